
/*
 * What states of the Amazon States Language have that CloudFlow's have not:
 * the steps of their data (asl 4, 9), variables (10) and fields that a path or
 * an expression may fill.  Written by dialect_asl*.c, read by the engine.
 */

#ifndef WF_PROGRAM_ASL_H
#define WF_PROGRAM_ASL_H


#include "flow/program.h"


/* InputPath, OutputPath, ResultPath. */
typedef struct {
    wf_expr_t        *expr;         /* NULL: $ */
    bool              is_null;      /* null: {}, or the result is dropped */
} wf_asl_path_t;

/* A number that the definition gives, a path refers to or an expression makes;
 * is_set: the field is there at all. */
typedef struct {
    bool              is_set;
    wf_expr_t        *expr;         /* NULL: constant */
    double            constant;
    wf_str_t          field;        /* its name, for messages */
} wf_asl_number_t;

typedef enum {
    WF_ASL_LAMBDA = 1,              /* arn:aws:lambda:...: Lambda events */
    WF_ASL_ACTIVITY,                /* arn:...:activity:NAME: Activity events */
    WF_ASL_SERVICE                  /* arn:aws:states:::...: Task events */
} wf_asl_resource_t;

/* asl 11: a catcher's own. */
struct wf_asl_catch_s {
    wf_asl_path_t     result_path;
    wf_template_t    *output;       /* JSONata */
    wf_template_t    *assign;
};

struct wf_asl_s {
    bool              is_jsonata;
    wf_asl_path_t     input_path;
    wf_asl_path_t     result_path;
    wf_asl_path_t     output_path;
    wf_template_t    *parameters;   /* Parameters, Arguments; Map: none */
    wf_template_t    *selector;     /* ResultSelector */
    wf_template_t    *output;       /* JSONata: Output */
    wf_template_t    *assign;
    const wf_value_t *result;       /* Pass: Result; NULL: none */
    const wf_value_t *variables;    /* array of names that it refers to */

    /* Task.  u.task.resource: the ARN as written, mode: .sync and
     * .waitForTaskToken. */
    uint8_t           kind;         /* wf_asl_resource_t */
    wf_str_t          service;      /* resourceType: "lambda", "aws-sdk:sfn" */
    wf_str_t          operation;    /* resource: "startExecution.sync:2" */
    wf_asl_number_t   timeout;      /* s */
    wf_asl_number_t   heartbeat;    /* s */
    wf_template_t    *credentials;  /* NULL: none */

    /* Wait: u.wait.seconds and until hold constants, these the others. */
    wf_asl_number_t   seconds;
    wf_expr_t        *timestamp;    /* NULL: constant, or Seconds */
    wf_str_t          wait_path;    /* as written, for messages */

    /* Fail: u.fail; a text with data == NULL is not there. */

    /* Map.  u.fork.items: ItemsPath, Items; NULL: the effective input.
     * u.fork.item: ItemSelector. */
    const wf_value_t *items;        /* Items: a literal array */
    wf_template_t    *items_template;   /* Items: array with expressions */
    bool              is_distributed;
    bool              is_express;   /* ExecutionType of its children */
    wf_str_t          label;        /* empty: none */
    wf_asl_number_t   concurrency;
    wf_asl_number_t   tolerated_count;
    wf_asl_number_t   tolerated_percentage;
    wf_str_t          reader_resource;  /* empty: no ItemReader */
    wf_template_t    *reader;       /* its Parameters, Arguments */
    const wf_value_t *reader_config;
    wf_asl_number_t   reader_max_items;
    wf_asl_number_t   batch_items;  /* ItemBatcher */
    wf_asl_number_t   batch_bytes;
    wf_template_t    *batch_input;
    wf_str_t          writer_resource;  /* empty: no ResultWriter */
    wf_template_t    *writer;
    const wf_value_t *writer_config;
};


#endif /* WF_PROGRAM_ASL_H */
