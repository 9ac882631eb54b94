
/*
 * Inside of the generation-2 dialect: the fields of a state, and what the
 * files of the dialect call from one another.
 */

#ifndef WF_DIALECT_CFL_H
#define WF_DIALECT_CFL_H


#include "flow/front.h"


/* The fields of a state of any type; NULL: absent.  "_path" is a ".$" key. */
typedef struct {
    const wf_value_t  *type;
    const wf_value_t  *name;
    const wf_value_t  *description;
    const wf_value_t  *input;               /* constructors */
    const wf_value_t  *output;
    const wf_value_t  *global;
    const wf_value_t  *next;
    const wf_value_t  *end;
    const wf_value_t  *retry;
    const wf_value_t  *catch;
    const wf_value_t  *on_errors;
    const wf_value_t  *action;
    const wf_value_t  *task_mode;
    const wf_value_t  *params;
    const wf_value_t  *timeout;
    const wf_value_t  *timeout_path;
    const wf_value_t  *seconds;
    const wf_value_t  *seconds_path;
    const wf_value_t  *until;
    const wf_value_t  *until_path;
    const wf_value_t  *code;
    const wf_value_t  *code_path;
    const wf_value_t  *detail;
    const wf_value_t  *detail_path;
    const wf_value_t  *branches;
    const wf_value_t  *otherwise;           /* Default */
    const wf_value_t  *items;               /* ItemsPath */
    const wf_value_t  *processor;
    const wf_value_t  *config;              /* ProcessorConfig */
    const wf_value_t  *concurrency;
    const wf_value_t  *item;                /* ItemConstructor */
    const wf_value_t  *reader;
    const wf_value_t  *batcher;
    const wf_value_t  *writer;
    const wf_value_t  *items_max;
    const wf_value_t  *tolerated_share;
    const wf_value_t  *tolerated_count;
} wf_cfl_state_t;

/* What a state type adds to the common fields of its node. */
typedef wf_rc_t (*wf_cfl_build_pt)(wf_front_t *front,
    const wf_cfl_state_t *state, wf_node_t *node, wf_error_t *err);


extern const wf_fields_t  wf_cfl_state_fields;

wf_rc_t wf_cfl_task(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_cfl_parallel(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err);
wf_rc_t wf_cfl_map(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err);

/* What a Map of distributed mode adds; mode: of the child executions. */
wf_rc_t wf_cfl_map_run(wf_front_t *front, const wf_cfl_state_t *state,
    wf_mode_t mode, wf_node_t *node, wf_error_t *err);

/* Retry, Catch, and OnErrors as both. */
wf_rc_t wf_cfl_errors(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err);

/* A new scope of owner; start is a string, states a list. */
wf_rc_t wf_cfl_scope(wf_front_t *front, uint32_t owner,
    const wf_value_t *start, const wf_value_t *states, uint32_t *scope,
    wf_error_t *err);

/* A template; NULL gives NULL.  what: "InputConstructor". */
wf_rc_t wf_cfl_template(wf_front_t *front, const wf_value_t *value,
    const char *what, wf_template_t **template, wf_error_t *err);


#endif /* WF_DIALECT_CFL_H */
