
/*
 * apply: the only code that changes a wf_exec_t, called by emit and by
 * replay alike.  It evaluates nothing and reads no program.
 */

#ifndef WF_APPLY_H
#define WF_APPLY_H


#include "engine/exec.h"


/*
 * Values of the event must live in exec->arena; strings are copied.
 * WF_DECLINED: the event does not fit the state (a corrupt history, or our
 * mistake).  WF_ERROR: no memory.  After both exec is of no use.
 */
wf_rc_t wf_engine_apply(wf_exec_t *exec, const wf_event_t *event);


/*
 * One for each apply column of events.def: branch is the one whose phase the
 * event moves.
 */
#define EVENT(symbol, number, apply, rpc, fields)                             \
    wf_rc_t apply(wf_exec_t *exec, wf_branch_t *branch,                       \
        const wf_event_t *event);
#include "engine/events.def"
#undef EVENT


/*
 * For appliers.
 */

/* May it be an input or output?  CloudFlow: objects. */
static inline bool
wf_exec_takes(const wf_exec_t *exec, const wf_value_t *value)
{
    return value != NULL && (value->type == WF_OBJECT || exec->is_asl);
}

/* NULL: there is no such branch, or no more. */
wf_branch_t *wf_branch_find(wf_exec_t *exec, uint32_t no);

/* A new phase; what can move stands in exec->ready from now on. */
void wf_branch_move(wf_exec_t *exec, wf_branch_t *branch, uint8_t phase);

/* due_ms 0: it waits no more.  WF_ERROR: no memory. */
wf_rc_t wf_branch_wait(wf_exec_t *exec, wf_branch_t *branch, int64_t due_ms);

/* Is what waits for a time or a task in this phase? */
bool wf_phase_moves(uint8_t phase);
bool wf_phase_waits(uint8_t phase);

/* Is it about the node that the branch stands at? */
bool wf_branch_is_at(const wf_branch_t *branch, const wf_event_t *event);

/* Leaves its node for the next one. */
static inline void
wf_branch_pass(wf_branch_t *branch)
{
    branch->node = branch->next;
    branch->next = WF_NONE;
    branch->input = NULL;
    branch->output = NULL;
    branch->assigned = NULL;
}

/* All of its fork, and of what is under that, is given up; its own task too. */
void wf_branch_drop(wf_exec_t *exec, wf_branch_t *branch, uint8_t status,
    int64_t now_ms);

/* The error of the event, kept with the branch. */
wf_rc_t wf_branch_keep_error(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event);

/* The work is over: the fork goes.  WF_DECLINED: parts of it still run. */
wf_rc_t wf_branch_end_work(wf_branch_t *branch);

/* What FORKED stands for: FORKING, FORKED or JOINED, as the counts say. */
uint8_t wf_fork_phase(const wf_fork_t *fork);

/* A fork of count branches; NULL: no memory.  start: one more has begun. */
wf_fork_t *wf_fork_create(wf_exec_t *exec, const wf_value_t *items,
    uint32_t count);
wf_rc_t wf_fork_start(wf_exec_t *exec, wf_fork_t *fork);

/* An array of no more than so many items? */
bool wf_fork_takes(const wf_value_t *value, uint32_t count_max);

/* Does it go on after a redrive?  A map run whose items were never read, or
 * that had succeeded, begins anew. */
bool wf_fork_may_resume(const wf_fork_t *fork);

/* NULL, or over already: nothing happens. */
void wf_map_run_end(wf_map_run_t *run, uint8_t status, int64_t now_ms);

/* More failures than the map run may have? */
bool wf_map_run_is_broken(const wf_map_run_t *run);

/* A fork that breaks, and all under it, is kept until it is known that nothing
 * catches that: a redrive goes on from there.  Then forget. */
void wf_branch_stall(wf_exec_t *exec, wf_branch_t *branch, uint8_t status,
    int64_t now_ms);
void wf_branch_forget(wf_exec_t *exec, wf_branch_t *branch, int64_t now_ms);

/* The execution is over, but may be redriven: nothing moves. */
void wf_exec_stall(wf_exec_t *exec);

/* Nothing runs any more: branches, tasks, map runs. */
void wf_exec_clear(wf_exec_t *exec, int64_t now_ms);


#endif /* WF_APPLY_H */
