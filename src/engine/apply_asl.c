
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

    wf_branch_drop(exec, branch, WF_STATUS_FAILED, event->time_ms);
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

    wf_branch_drop(exec, branch, WF_STATUS_STOPPED, event->time_ms);
    branch->output = NULL;
    branch->assigned = NULL;

    return WF_OK;
}


wf_rc_t
wf_apply_iteration_aborted(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_branch_t  *parent;

    parent = branch->parent;

    if (parent == NULL
        || event->node != parent->node
        || event->index != branch->index)
    {
        return WF_DECLINED;
    }

    wf_branch_drop(exec, branch, WF_STATUS_STOPPED, event->time_ms);
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
