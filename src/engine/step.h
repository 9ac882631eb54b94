
/*
 * What state handlers share: one run of wf_engine_step().
 *
 * A handler records exactly one fact and returns; the loop in step.c looks at
 * the phase that apply left and calls whoever is next.  So a run can be cut
 * after any event and taken up again.
 *
 * WF_ERROR: no memory, the shard steps down.  WF_DECLINED: the workflow's own
 * failure, noted in run->error and run->cause by wf_run_fail().
 */

#ifndef WF_STEP_H
#define WF_STEP_H


#include "engine/apply.h"
#include "engine/dataflow.h"
#include "engine/engine.h"


struct wf_run_s {
    wf_exec_t            *exec;
    const wf_program_t   *program;
    const wf_identity_t  *identity;
    const wf_input_t     *input;
    const wf_dataflow_t  *dataflow;
    wf_arena_t           *scratch;
    wf_step_t            *step;
    wf_error_t           *err;
    int64_t               now_ms;
    uint32_t              first_count;  /* of step, when the run began */
    size_t                first_bytes;
    wf_branch_t          *branch;   /* that acts; NULL: none does */
    const wf_roster_entry_t  *entry;    /* resume: of the task that is owed */
    const wf_node_t      *node;     /* of the branch; NULL: none */
    wf_env_t              env;      /* random_state lasts over the run */
    const wf_value_t     *outer_locals[WF_SCOPE_DEPTH_MAX];
    uint64_t              work;     /* of expressions, done so far */
    wf_str_t              error;    /* after WF_DECLINED */
    wf_str_t              cause;
};

typedef wf_rc_t (*wf_handler_pt)(wf_run_t *run, const wf_node_t *node);


/*
 * Fills in numbers and time, encodes, applies.  Values are exec's already.  The
 * branch is run->branch, unless event names one (a new one).  When the history
 * is full, the execution's end is recorded instead.
 */
wf_rc_t wf_run_emit(wf_run_t *run, wf_event_t *event);

/* Is it still running, after what was recorded? */
bool wf_run_goes_on(const wf_run_t *run);

/* Makes branch the one that acts. */
void wf_run_turn_to(wf_run_t *run, wf_branch_t *branch);

/* The value in exec's lifetime: a copy, unless it is {}.  NULL: no memory. */
const wf_value_t *wf_run_keep(wf_run_t *run, const wf_value_t *value);

/* Notes the failure, its cause from run->err; WF_DECLINED (or WF_ERROR). */
wf_rc_t wf_run_fail(wf_run_t *run, wf_str_t error);

/* A fresh environment: no roots, $context on demand. */
void wf_run_env(wf_run_t *run);

/* Expressions; a missing path and a fault fail with the dialect's name. */
wf_rc_t wf_run_fill(wf_run_t *run, const wf_template_t *template,
    const wf_value_t **value);
wf_rc_t wf_run_eval(wf_run_t *run, const wf_expr_t *expr,
    const wf_value_t **value);
wf_rc_t wf_run_test(wf_run_t *run, const wf_expr_t *expr, bool *result);

/* StepSucceeded from the raw result, or StepFailed if that cannot leave. */
wf_rc_t wf_run_finish(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *result, uint32_t next);

/* After WF_DECLINED of work: RETRY_SCHEDULED or StepFailed; else rc. */
wf_rc_t wf_run_settle(wf_run_t *run, const wf_node_t *node, wf_rc_t rc);

/* The same, and never again: what went before the work, or after it. */
wf_rc_t wf_run_fail_step(wf_run_t *run, const wf_node_t *node, wf_rc_t rc);

/* The catcher of the branch's error; NULL: none (fdl.md 1.7, 2.6). */
const wf_catcher_t *wf_run_catcher(const wf_run_t *run,
    const wf_node_t *node);

wf_rc_t wf_run_out_of_memory(wf_run_t *run);


/*
 * Effects: state_task.c and state_map.c
 */

/* Adds one.  NULL: no memory. */
wf_effect_t *wf_run_effect(wf_run_t *run, wf_effect_type_t type,
    const wf_roster_entry_t *entry);

/* A text of the effect, copied; a value of it, printed.  Sticky in rc. */
wf_str_t wf_effect_copy(wf_run_t *run, wf_str_t text, wf_rc_t *rc);
wf_str_t wf_effect_print(wf_run_t *run, const wf_value_t *value, wf_rc_t *rc);

/* CANCEL for all tasks of owner's fork and of what is under it; NULL: all. */
wf_rc_t wf_run_cancel(wf_run_t *run, const wf_branch_t *owner);

/* TaskStarted, where a crash left it out. */
wf_rc_t wf_task_begin(wf_run_t *run);

/*
 * Inputs, by the task's entry.  WF_DECLINED: not to be had any more.
 */
wf_rc_t wf_task_done(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_task_reported(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_item_done(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_item_reported(wf_run_t *run, const wf_roster_entry_t *entry);
wf_rc_t wf_map_run_update(wf_run_t *run);

/* How long before the next try, in ms: count tries were there before. */
int64_t wf_retry_delay(const wf_retrier_t *retrier, uint32_t count);


/*
 * Phases of forks: state_fork.c and state_map.c
 */

wf_rc_t wf_fork_next(wf_run_t *run);            /* FORKING */
wf_rc_t wf_fork_join(wf_run_t *run);            /* JOINED */
wf_rc_t wf_fork_leave(wf_run_t *run);           /* a branch has ended */
wf_rc_t wf_fork_raise(wf_run_t *run);           /* a branch has failed */
wf_rc_t wf_item_next(wf_run_t *run);            /* FORKING, of a map run */

/* BRANCH_ABANDONED: failed is a branch's number, or WF_NONE. */
wf_rc_t wf_fork_abandon(wf_run_t *run, uint32_t failed, wf_str_t error,
    wf_str_t cause);

/* The items of a Map, or those of its children; kept in exec's arena. */
wf_rc_t wf_map_items(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **items);
wf_rc_t wf_map_run_enter(wf_run_t *run, const wf_node_t *node);


/* Does the replayed state belong to this program? */
bool wf_exec_fits(const wf_exec_t *exec, const wf_program_t *program);


/* The handlers of states.def. */
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    wf_rc_t enter(wf_run_t *run, const wf_node_t *node);                      \
    wf_rc_t on_input(wf_run_t *run, const wf_node_t *node);                   \
    wf_rc_t resume(wf_run_t *run, const wf_node_t *node);
#include "flow/states.def"
#undef STATE


#endif /* WF_STEP_H */
