
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


/* Amazon States Language: what a failure is, apart from its error. */
typedef enum {
    WF_FAULT_NONE = 0,
    WF_FAULT_FATAL,             /* of the interpreter: nothing catches it */
    WF_FAULT_EXPRESSION         /* of JSONata: recorded first */
} wf_fault_t;

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
    wf_env_t              env;      /* random_state lasts over the run,
                                       the meter over a state */
    const wf_value_t     *outer_locals[WF_SCOPE_DEPTH_MAX];
    uint64_t              work;     /* steps of the states before, and what
                                       values of all cost by their size */
    uint64_t              seen_work; /* when the clock was asked */
    uint64_t              first_ns; /* the clock when the run began, as far as
                                       is known; 0: was not asked yet */
    const wf_value_t     *variables; /* Environment, once asked for */
    wf_str_t              error;    /* after WF_DECLINED */
    wf_str_t              cause;
    uint8_t               fault;    /* wf_fault_t */
    const wf_value_t     *location; /* of the expression; NULL: not known */
    const wf_alternative_t  *rule;  /* of the choice; NULL: none chosen */
    const wf_value_t     *item;     /* of a Map, about to begin; NULL: none */
    const wf_value_t     *item_key; /* of an object; NULL: none */
    uint32_t              item_index;
};


/* Made ready by its first fields; WF_ERROR: the history is another's. */
wf_rc_t wf_run_open(wf_run_t *run);

/* The effect that the task of entry owes.  WF_ERROR: no memory. */
wf_rc_t wf_run_resume(wf_run_t *run, const wf_roster_entry_t *entry);

/*
 * Fills in numbers and time, encodes, applies.  Values are exec's already.  The
 * branch is run->branch, unless event names one (a new one).  When the history
 * is full, the execution's end is recorded instead.
 */
wf_rc_t wf_run_emit(wf_run_t *run, wf_event_t *event);

/* Is it still running, after what was recorded? */
bool wf_run_goes_on(const wf_run_t *run);

/* How long an execution of the input's scope may take, in ms: what the flow
 * says and its kind allows; of a map run's children the run says the kind. */
int64_t wf_run_life(const wf_run_t *run);

/* When a wait or pause of delay_ms is over, as the input has it. */
int64_t wf_run_until(const wf_run_t *run, int64_t delay_ms);

/* Makes branch the one that acts. */
void wf_run_turn_to(wf_run_t *run, wf_branch_t *branch);

/* The value in exec's lifetime: a copy, unless it is {}.  NULL: no memory. */
const wf_value_t *wf_run_keep(wf_run_t *run, const wf_value_t *value);

/* Notes the failure, its cause from run->err; WF_DECLINED (or WF_ERROR). */
wf_rc_t wf_run_fail(wf_run_t *run, wf_str_t error);

/* A fresh environment: no roots, $context on demand; the budget goes on. */
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
