
/*
 * wf_node_t: one state or step of a program, and what hangs on it: retriers,
 * catchers, alternatives.  Part of program.h.
 */

#ifndef WF_NODE_H
#define WF_NODE_H


#include "expr/expr.h"


typedef enum {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    WF_STATE_##symbol = number,
#include "flow/states.def"
#undef STATE
    WF_STATE_END
} wf_state_type_t;

#define WF_NONE  UINT32_MAX     /* no node, no scope */

/* What a state of the Amazon States Language has beyond that. */
typedef struct wf_asl_s  wf_asl_t;
typedef struct wf_asl_catch_s  wf_asl_catch_t;

typedef struct {
    wf_str_t   *errors;
    uint32_t    error_count;
    uint64_t    interval_ms;
    uint64_t    max_interval_ms;    /* WF_EXECUTION_MS_MAX: not capped */
    uint32_t    max_attempts;
    double      multiplier;
    bool        is_jittered;        /* asl 11: FULL */
} wf_retrier_t;

typedef struct {
    wf_str_t       *errors;
    uint32_t        error_count;
    wf_template_t  *output;     /* NULL: the dialect's default */
    uint32_t        next;       /* node; WF_NONE: not caught after all */
    wf_asl_catch_t *asl;        /* NULL: another dialect */
} wf_catcher_t;

typedef struct {
    wf_expr_t  *condition;      /* NULL: the default, last */
    uint32_t    scope;          /* run first; WF_NONE (generation 1 only) */
    uint32_t    next;           /* node to go on with; WF_NONE: node->next */
    wf_template_t  *assign;     /* asl 7: the rule's own; NULL: none */
    wf_template_t  *output;
} wf_alternative_t;

typedef enum {
    WF_CALL_REQUEST = 0,        /* requestResponse, RequestComplete */
    WF_CALL_SYNC,               /* sync, WaitForSystemCallback */
    WF_CALL_TOKEN               /* waitForCallback, WaitForCustomCallback */
} wf_task_mode_t;

typedef struct {
    wf_expr_t  *expr;           /* NULL: constant */
    int64_t     constant;
} wf_amount_t;

typedef struct {
    uint32_t          no;
    uint8_t           type;         /* wf_state_type_t */
    bool              ends_scope;   /* generation 1 end: true, succeed */
    wf_str_t          name;
    wf_mark_t         mark;
    uint32_t          scope;        /* it stands in */
    uint32_t          next;         /* WF_NONE: the scope ends after it */
    wf_template_t    *input;        /* inputMappings, InputConstructor */
    wf_template_t    *output;       /* outputMappings, OutputConstructor */
    wf_template_t    *global;       /* GlobalConstructor */
    wf_template_t    *error_output; /* errorMappings */
    wf_retrier_t     *retriers;
    uint32_t          retrier_count;
    wf_catcher_t     *catchers;
    uint32_t          catcher_count;
    wf_asl_t         *asl;          /* NULL: another dialect */

    union {
        struct {
            wf_alternative_t  *alternatives;
            uint32_t           count;
        } choice;
        struct {
            wf_amount_t    seconds;     /* used when has_seconds */
            bool           has_seconds, is_capped;  /* until too, by max */
            uint32_t       seconds_min, seconds_max;    /* of computed ones */
            wf_expr_t     *until;       /* RFC 3339 by expression */
            int64_t        until_ms;    /* by constant, until == NULL */
        } wait;
        struct {
            wf_str_t       error, cause;
            wf_expr_t     *error_expr;  /* Code.$, Detail.$; NULL: constant */
            wf_expr_t     *cause_expr;
        } fail;
        struct {
            wf_str_t       resource;    /* resourceArn, Action, action */
            bool           is_action;   /* "service:Operation", not an ARN */
            uint8_t        mode;        /* wf_task_mode_t */
            wf_amount_t    timeout_s;   /* 0: none */
            wf_template_t *params;      /* NULL: none given */
        } task;
        struct {
            uint32_t      *scopes;      /* one per branch; Map: one */
            uint32_t       count;
            uint32_t       concurrency; /* Map */
            wf_expr_t     *items;       /* Map: collection, ItemsPath */
            wf_str_t       item_key;    /* generation 1 */
            wf_str_t       index_key;   /* generation 1, empty: none */
            wf_value_t    *distributed; /* or NULL; dialect_cfl_run.c */
            wf_template_t *item;        /* ItemConstructor */
            wf_template_t *batch;       /* ItemBatcher.BatchInput */
            wf_template_t *reader;      /* ItemReader.SourceParameters */
            wf_template_t *writer;      /* ResultWriter.Parameters */
        } fork;
    } u;
} wf_node_t;


#endif /* WF_NODE_H */
