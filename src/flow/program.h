
/*
 * wf_program_t: a compiled definition.  Nodes, scopes and templates in one
 * arena, read-only once verified, shared by all executions of a revision.
 * Dialects build it through flow/builder.h, the engine reads this.
 *
 * Node and scope numbers are in histories on disk: a text always gets the
 * same, from 0 in document order: a node before all inside it, a scope before
 * its nodes, a choice's default last.  "steps: []" is a scope, no "steps" none.
 */

#ifndef WF_PROGRAM_H
#define WF_PROGRAM_H


#include "expr/expr.h"


typedef enum {
    WF_DIALECT_FDL = 1,         /* CloudFlow generation 1, type: flow */
    WF_DIALECT_CFL,             /* CloudFlow generation 2, StateMachine */
    WF_DIALECT_ASL              /* Amazon States Language */
} wf_dialect_t;

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

typedef struct {
    uint32_t   first;           /* WF_NONE: empty */
    uint32_t   owner;           /* node; WF_NONE: the flow itself */
    uint32_t   depth;
} wf_scope_t;

typedef struct {
    wf_arena_t     *arena;
    wf_dialect_t    dialect;
    uint64_t        timeout_ms;     /* whole execution; 0: only the cap */
    wf_template_t  *input, *output; /* flow-level mappings */
    wf_node_t      *nodes;
    uint32_t        node_count;
    wf_scope_t     *scopes;         /* [0]: the flow */
    uint32_t        scope_count;
    uint32_t        run_concurrency;    /* most of a map run; where: */
    wf_mark_t       run_mark;
} wf_program_t;


/* Arena and all.  Who shares a program counts (shard/catalog.h). */
void wf_program_release(wf_program_t *program);
/* Printable, one node a line: golden dumps of t/cases/flows. */
void wf_program_dump(wf_buf_t *buf, const wf_program_t *program);


#endif /* WF_PROGRAM_H */
