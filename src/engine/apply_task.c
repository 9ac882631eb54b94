
/*
 * What the events of tasks, and of trying again, do to the state.  Trusts
 * nothing: see apply.c.
 */

#include "engine/apply.h"


/* When the task is given up, unless there is word of it; 0: never. */
static int64_t
alarm_ms(const wf_branch_t *branch, const wf_event_t *event)
{
    int64_t  silent_ms;

    if (branch->heartbeat_s == 0) {
        return branch->deadline_ms;
    }

    silent_ms = event->time_ms + branch->heartbeat_s * 1000ll;

    return branch->deadline_ms ? wf_min(branch->deadline_ms, silent_ms)
                               : silent_ms;
}


/* What a mock answers depends on how often its state was called before. */
static wf_rc_t
count_call(wf_exec_t *exec, wf_branch_t *branch)
{
    uint32_t   size;
    uint32_t  *counts;

    if (exec->test_case == NULL) {
        return WF_OK;
    }

    if (branch->node >= WF_REQUEST_BYTES_MAX) {
        return WF_DECLINED;         /* no definition has so many */
    }

    if (branch->node >= exec->call_nodes) {
        size = wf_max(2 * exec->call_nodes, branch->node + 1);
        counts = wf_arena_calloc(exec->home, size * sizeof(uint32_t));

        if (counts == NULL) {
            return WF_ERROR;
        }

        if (exec->call_nodes > 0) {
            memcpy(counts, exec->call_counts,
                   exec->call_nodes * sizeof(uint32_t));
        }

        exec->call_counts = counts;
        exec->call_nodes = size;
    }

    branch->call_no = exec->call_counts[branch->node]++;

    return WF_OK;
}


wf_rc_t
wf_apply_task_scheduled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_rc_t  rc;

    if (!wf_branch_is_at(branch, event)
        || event->input == NULL
        || event->index != branch->attempt
        || (event->due_ms != 0 && event->due_ms <= event->time_ms))
    {
        return WF_DECLINED;
    }

    rc = count_call(exec, branch);

    if (rc != WF_OK) {
        return rc;
    }

    if (wf_roster_add(exec->arena, &exec->tasks, event->seq, branch, WF_NONE)
        != WF_OK)
    {
        return WF_ERROR;
    }

    exec->owed_count++;
    branch->task = event->seq;
    branch->params = event->output ? event->output : event->input;
    branch->job = NULL;

    if (event->type == WF_EVENT_TASK_OPENED) {
        branch->params = event->input;
        branch->deadline_ms = event->due_ms;
        branch->heartbeat_s = event->width;
        branch->is_silent = false;
        branch->is_claimed = false;

        return wf_branch_wait(exec, branch, alarm_ms(branch, event));
    }

    if (event->local) {
        branch->input = event->local;
    }

    return wf_branch_wait(exec, branch, event->due_ms);
}


wf_rc_t
wf_apply_task_heartbeat(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    if (branch->heartbeat_s == 0) {
        return WF_OK;
    }

    (void) wf_branch_wait(exec, branch, 0);

    return wf_branch_wait(exec, branch, alarm_ms(branch, event));
}


wf_rc_t
wf_apply_activity_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event) || event->output == NULL
        || branch->is_claimed)
    {
        return WF_DECLINED;
    }

    /* It has yet to be handed over: the call is still owed. */

    branch->is_claimed = true;
    (void) wf_branch_wait(exec, branch, 0);

    return wf_branch_wait(exec, branch, alarm_ms(branch, event));
}


/* Hidden: an activity's, which nobody has yet who could be silent. */
wf_rc_t
wf_apply_task_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    if (!exec->is_asl || event->event_id != 0 || branch->heartbeat_s == 0) {
        return WF_OK;
    }

    (void) wf_branch_wait(exec, branch, 0);

    return wf_branch_wait(exec, branch, branch->deadline_ms);
}


wf_rc_t
wf_apply_task_submitted(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_roster_entry_t  *entry;

    if (!wf_branch_is_at(branch, event) || event->output == NULL) {
        return WF_DECLINED;
    }

    entry = wf_roster_find(&exec->tasks, branch->task);
    wf_assert(entry != NULL && !entry->is_taken);

    entry->is_taken = true;
    exec->owed_count--;

    return WF_OK;
}


/* Somebody has to ask how it goes on: the call is owed again. */
wf_rc_t
wf_apply_job_opened(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_roster_entry_t  *entry;

    if (!wf_branch_is_at(branch, event) || event->output == NULL
        || branch->job != NULL)
    {
        return WF_DECLINED;
    }

    entry = wf_roster_find(&exec->tasks, branch->task);

    if (entry == NULL || !entry->is_taken) {
        return WF_DECLINED;
    }

    entry->is_taken = false;
    exec->owed_count++;
    branch->job = event->output;

    return WF_OK;
}


static void
task_end(wf_exec_t *exec, wf_branch_t *branch)
{
    wf_roster_entry_t  *entry;

    entry = wf_roster_find(&exec->tasks, branch->task);
    wf_assert(entry != NULL && entry->branch == branch);

    exec->owed_count -= !entry->is_taken;
    wf_roster_remove(&exec->tasks, entry);
    wf_roster_tighten(&exec->tasks);
    branch->params = NULL;
    branch->job = NULL;
}


wf_rc_t
wf_apply_task_succeeded(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event) || event->output == NULL) {
        return WF_DECLINED;
    }

    branch->output = event->output;
    task_end(exec, branch);

    return WF_OK;
}


wf_rc_t
wf_apply_task_failed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    branch->is_silent = event->type == WF_EVENT_TASK_TIMED_OUT
                        && branch->heartbeat_s != 0
                        && (branch->deadline_ms == 0
                            || event->time_ms < branch->deadline_ms);
    task_end(exec, branch);

    return wf_branch_keep_error(exec, branch, event);
}


/* Counts a retry; WF_ERROR: no memory. */
static wf_rc_t
count_try(wf_exec_t *exec, wf_branch_t *branch, uint32_t retrier)
{
    wf_tries_t  *tries;

    for (tries = branch->tries; tries; tries = tries->next) {
        if (tries->retrier == retrier) {
            tries->count++;
            return WF_OK;
        }
    }

    tries = wf_arena_alloc(exec->arena, sizeof(wf_tries_t));
    if (tries == NULL) {
        return WF_ERROR;
    }

    *tries = (wf_tries_t) { branch->tries, retrier, 1 };
    branch->tries = tries;

    return WF_OK;
}


/* Due at once is a time too. */
wf_rc_t
wf_apply_retry_scheduled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)
        || event->due_ms <= 0
        || event->due_ms < event->time_ms
        || exec->retry_count >= wf_exec_retries_max(exec)
        || wf_branch_end_work(branch) != WF_OK)
    {
        return WF_DECLINED;
    }

    if (count_try(exec, branch, event->index) != WF_OK) {
        return WF_ERROR;
    }

    if (exec->is_asl) {
        wf_branch_forget(exec, branch, event->time_ms);
    }

    exec->retry_count++;
    branch->attempt++;
    branch->output = NULL;
    branch->error = wf_str_none;
    branch->error_cause = wf_str_none;

    return wf_branch_wait(exec, branch, event->due_ms);
}


wf_rc_t
wf_apply_step_caught(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)
        || !wf_exec_takes(exec, event->output)
        || (event->globals && event->globals->type != WF_OBJECT))
    {
        return WF_DECLINED;
    }

    if (exec->is_asl) {
        wf_branch_forget(exec, branch, event->time_ms);
    }

    branch->output = event->output;
    branch->assigned = event->globals;
    branch->next = event->next;
    branch->error = wf_str_none;
    branch->error_cause = wf_str_none;

    return WF_OK;
}
