
/*
 * How values move through a flow, per dialect: fdl.md 1.4 and 2.3.  The rest
 * of the engine calls through this table and never asks for the dialect.
 *
 * Values handed out live in exec's arena, within the dialect's limits and
 * fit to be read again (depth, UTF-8).  Return codes as in engine/step.h.
 */

#ifndef WF_DATAFLOW_H
#define WF_DATAFLOW_H


#include "engine/exec.h"


typedef struct wf_run_s  wf_run_t;

typedef wf_rc_t (*wf_handler_pt)(wf_run_t *run, const wf_node_t *node);

/* What states of one type do: states.def. */
typedef struct {
    wf_handler_pt  enter;
    wf_handler_pt  on_input;
    wf_handler_pt  resume;
} wf_handlers_t;

/* How an execution ends that the engine itself gives up. */
typedef struct {
    wf_str_t       error;
    wf_str_t       cause;
} wf_ending_t;

typedef struct {
    const wf_handlers_t  *states;   /* by type */

    /* Is the event shown, and what does it follow?  NULL: as its row says,
     * and what was shown last of its branch. */
    void (*link)(const wf_run_t *run, wf_event_t *event);

    /* run->err is a fault of an expression: the workflow's failure. */
    wf_rc_t (*fault)(wf_run_t *run);

    /* Does a retrier or catcher that names it take the branch's error? */
    bool (*matches)(const wf_run_t *run, wf_str_t name, wf_str_t error);

    /* What the flow's scope begins with. */
    wf_rc_t (*open)(wf_run_t *run, const wf_value_t **input);

    /* StepEntered and StepExited: what the scope shows. */
    void (*show)(const wf_frame_t *frame, wf_event_t *event);

    /* The effective input of node. */
    wf_rc_t (*input)(wf_run_t *run, const wf_node_t *node,
        const wf_value_t **input);

    /* Roots for the node's own expressions: conditions, times. */
    void (*roots)(wf_run_t *run);

    /* The result of a state that makes none. */
    const wf_value_t *(*result)(const wf_run_t *run);

    /* result -> event->output and event->globals. */
    wf_rc_t (*output)(wf_run_t *run, const wf_node_t *node,
        const wf_value_t *result, wf_event_t *event);

    /* The branch's output goes to its scope: into event (StepExited). */
    wf_rc_t (*leave)(wf_run_t *run, wf_event_t *event);

    /* What the branch at index of node's fork begins with; element: of the
     * Map's items, NULL: of a Parallel. */
    wf_rc_t (*branch_input)(wf_run_t *run, const wf_node_t *node,
        const wf_value_t *element, uint32_t index, const wf_value_t **input);

    /* The results of all branches in one; NULL: no memory. */
    wf_value_t *(*gather)(wf_run_t *run, const wf_fork_t *fork);

    /* May the task's result be one? */
    wf_rc_t (*answer)(wf_run_t *run, const wf_value_t *result);

    /* May the result be that large? */
    wf_rc_t (*weigh)(wf_run_t *run, size_t size);

    /* A step's failure is caught: output and all that goes with it. */
    wf_rc_t (*caught)(wf_run_t *run, const wf_node_t *node,
        const wf_catcher_t *catcher, wf_event_t *event);

    /* What is sent where a task names no parameters. */
    const wf_value_t *(*params)(const wf_run_t *run);

    /* What a scope amounts to. */
    const wf_value_t *(*scope_result)(const wf_frame_t *frame);

    /* The output of the execution. */
    wf_rc_t (*close)(wf_run_t *run, const wf_value_t **output);

    /* $context, $Context; NULL: no memory. */
    const wf_value_t *(*context)(wf_env_t *env, wf_arena_t *arena);

    wf_str_t   expression_error;    /* name of the error */
    bool       wait_texts;          /* "3" is 3 seconds */
    bool       tokens_in_input;     /* so a retry needs a new input */
    size_t     result_bytes_max;    /* of a task, before it is made smaller */
    size_t     error_len_max;       /* characters */
    size_t     cause_len_max;
    uint64_t   events_max;

    wf_ending_t  full;              /* of the history */
    wf_ending_t  large;             /* too much data */
    wf_ending_t  late;
    wf_ending_t  gone;              /* the flow is */
} wf_dataflow_t;


extern const wf_dataflow_t  wf_dataflow_fdl;
extern const wf_dataflow_t  wf_dataflow_cfl;
extern const wf_dataflow_t  wf_dataflow_asl;


/*
 * Can the value be recorded and read back?  Fails with the dialect's error
 * when it nests too deep; what: its name in the cause.
 */
wf_rc_t wf_dataflow_check(wf_run_t *run, const wf_value_t *value,
    const char *what);

/* size > limit: fails with the dialect's error. */
wf_rc_t wf_dataflow_limit(wf_run_t *run, size_t size, size_t limit,
    const char *what);

/* What a template makes, checked by both and kept in exec's lifetime. */
wf_rc_t wf_dataflow_fill(wf_run_t *run, const wf_template_t *template,
    size_t limit, const char *what, const wf_value_t **value);

/* wf_dataflow_t.context of the two dialects; env->data is the run. */
const wf_value_t *wf_context_fdl(wf_env_t *env, wf_arena_t *arena);
const wf_value_t *wf_context_cfl(wf_env_t *env, wf_arena_t *arena);


#endif /* WF_DATAFLOW_H */
