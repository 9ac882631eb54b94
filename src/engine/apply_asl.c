
/*
 * What events that only the Amazon States Language has do to the state: faults
 * of expressions, states that are given up, map runs in their steps.  Trusts
 * nothing: see apply.c.
 */

#include "engine/apply.h"


/* From FAILED the catch has failed; from all other phases the work has. */
wf_rc_t
wf_apply_evaluation_failed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    wf_branch_stall(exec, branch, WF_STATUS_FAILED, event->time_ms);
    branch->output = NULL;

    return wf_branch_keep_error(exec, branch, event);
}


/* What is under it has been given up before, or goes now. */
wf_rc_t
wf_apply_state_aborted(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (branch->parent == NULL || !wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    if (branch->phase == WF_PHASE_FAILED
        || branch->phase == WF_PHASE_UNCAUGHT)
    {
        wf_branch_pass(branch);
        return WF_OK;
    }

    wf_branch_stall(exec, branch, WF_STATUS_STOPPED, event->time_ms);
    branch->output = NULL;
    branch->assigned = NULL;

    return WF_OK;
}


/* Once for each iteration: of its state, if it stood in one, comes before. */
wf_rc_t
wf_apply_iteration_aborted(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_branch_t  *parent;

    parent = branch->parent;

    if (parent == NULL
        || parent->fork == NULL
        || parent->fork->items == NULL
        || event->node != parent->node
        || event->index != branch->index
        || (branch->phase == WF_PHASE_ABORTED && branch->node == WF_NONE))
    {
        return WF_DECLINED;
    }

    wf_branch_stall(exec, branch, WF_STATUS_STOPPED, event->time_ms);
    branch->failed = branch->node;
    branch->failed_input = branch->input;
    branch->node = WF_NONE;
    branch->output = NULL;
    branch->assigned = NULL;

    return WF_OK;
}


/* The items wait in output for the run; NULL: they are to be read. */
wf_rc_t
wf_apply_map_opened(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) exec;

    if (!wf_branch_is_at(branch, event)
        || (event->input && event->input->type != WF_ARRAY
            && event->input->type != WF_OBJECT)
        || (event->input ? event->input->count : 0) != event->index)
    {
        return WF_DECLINED;
    }

    branch->output = event->input;
    branch->stalled = NULL;

    return WF_OK;
}


wf_rc_t
wf_apply_map_run_succeeded(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t  *fork;

    (void) exec;

    fork = branch->fork;

    if (!wf_branch_is_at(branch, event) || fork->run == NULL
        || fork->is_over || wf_map_run_is_broken(fork->run))
    {
        return WF_DECLINED;
    }

    fork->is_over = true;
    fork->cause_id = event->event_id;

    return WF_OK;
}


/*
 * Redrive (asl 18): what did not succeed begins anew, with the input that it
 * had; what did keeps its result.
 */

void
wf_exec_stall(wf_exec_t *exec)
{
    wf_branch_t  *root;

    root = &exec->branch;
    root->halted = root->phase;
    wf_branch_stall(exec, root, WF_STATUS_STOPPED, exec->stopped_ms);
    (void) wf_branch_wait(exec, root, 0);
}


/* Ready to work at the node that it could not get past, or at the next. */
static void
revive(wf_exec_t *exec, wf_branch_t *branch, uint64_t cause_id)
{
    uint8_t  phase;

    if (branch->node == WF_NONE && branch->failed != WF_NONE) {
        branch->node = branch->failed;
        branch->input = branch->failed_input;
    }

    branch->tries = NULL;
    branch->attempt = 0;
    branch->error = wf_str_none;
    branch->error_cause = wf_str_none;
    branch->cause_id = cause_id;
    phase = branch->input ? WF_PHASE_STARTED : WF_PHASE_READY;

    if (!wf_fork_may_resume(branch->stalled)) {
        branch->stalled = NULL;
    }

    if (branch->stalled && branch->stalled->run == NULL) {
        branch->fork = branch->stalled;
        branch->fork->cause_id = cause_id;
        branch->stalled = NULL;
        phase = wf_fork_phase(branch->fork);

    } else if (branch->halted == WF_PHASE_SUCCEEDED) {
        phase = WF_PHASE_SUCCEEDED;

    } else {
        branch->output = NULL;
    }

    wf_branch_move(exec, branch, phase);
}


/* A map run waits for a word of its own. */
wf_rc_t
wf_apply_test_case_chosen(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!exec->is_asl
        || branch != &exec->branch
        || branch->frame != NULL
        || exec->test_case != NULL
        || event->output == NULL
        || event->output->type != WF_STRING
        || event->output->u.string.len == 0)
    {
        return WF_DECLINED;
    }

    exec->test_case = event->output;

    return WF_OK;
}


wf_rc_t
wf_apply_execution_redriven(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    uint32_t      i;
    wf_branch_t  *child;

    if (!exec->is_asl
        || exec->status == WF_STATUS_SUCCEEDED
        || branch->frame == NULL
        || event->index != exec->redrive_count + 1
        || event->due_ms <= event->time_ms)
    {
        return WF_DECLINED;
    }

    exec->status = WF_STATUS_RUNNING;
    exec->stopped_ms = 0;
    exec->timeout_ms = event->due_ms;
    exec->error = wf_str_none;
    exec->error_cause = wf_str_none;
    exec->redrive_count++;
    exec->redriven_ms = event->time_ms;

    revive(exec, branch, event->event_id);

    for (i = 0; i < exec->branches.count; i++) {
        child = exec->branches.entries[i].branch;

        if (child) {
            revive(exec, child, event->event_id);
        }
    }

    return WF_OK;
}
