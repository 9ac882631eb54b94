
/*
 * Branches as appliers use them: found by number, queued while they can move,
 * in the heap while they wait.  Decides nothing.
 */

#include "engine/apply.h"


/* Who moves without an input; step.c has a function for each. */
static const bool  moving[WF_PHASE_ENDED + 1] = {
    [WF_PHASE_READY] = true,
    [WF_PHASE_ENTERED] = true,
    [WF_PHASE_STARTED] = true,
    [WF_PHASE_OPENED] = true,
    [WF_PHASE_SCHEDULED] = true,
    [WF_PHASE_FORKING] = true,
    [WF_PHASE_JOINED] = true,
    [WF_PHASE_ANSWERED] = true,
    [WF_PHASE_RETURNED] = true,
    [WF_PHASE_BROKEN] = true,
    [WF_PHASE_SUCCEEDED] = true,
    [WF_PHASE_FAILED] = true,
    [WF_PHASE_UNCAUGHT] = true,
    [WF_PHASE_RAISED] = true
};

/* Who may wait for a time. */
static const bool  waiting[WF_PHASE_ENDED + 1] = {
    [WF_PHASE_WAITING] = true,
    [WF_PHASE_SCHEDULED] = true,
    [WF_PHASE_CALLED] = true,
    [WF_PHASE_SUBMITTED] = true,
    [WF_PHASE_BACKOFF] = true
};


bool
wf_phase_moves(uint8_t phase)
{
    return moving[phase];
}


bool
wf_phase_waits(uint8_t phase)
{
    return waiting[phase];
}


wf_branch_t *
wf_branch_find(wf_exec_t *exec, uint32_t no)
{
    wf_roster_entry_t  *entry;

    if (no == 0) {
        return &exec->branch;
    }

    entry = wf_roster_find(&exec->branches, no);

    return entry ? entry->branch : NULL;
}


static void
queue_add(wf_exec_t *exec, wf_branch_t *branch)
{
    branch->next_ready = NULL;
    branch->prev_ready = exec->last_ready;
    *exec->last_ready = branch;
    exec->last_ready = &branch->next_ready;
}


static void
queue_remove(wf_exec_t *exec, wf_branch_t *branch)
{
    *branch->prev_ready = branch->next_ready;

    if (branch->next_ready) {
        branch->next_ready->prev_ready = branch->prev_ready;

    } else {
        exec->last_ready = branch->prev_ready;
    }

    branch->next_ready = NULL;
    branch->prev_ready = NULL;
}


void
wf_branch_move(wf_exec_t *exec, wf_branch_t *branch, uint8_t phase)
{
    bool  is_queued;

    is_queued = branch->prev_ready != NULL;
    branch->phase = phase;

    if (moving[phase] == is_queued) {
        return;
    }

    if (is_queued) {
        queue_remove(exec, branch);

    } else {
        queue_add(exec, branch);
    }
}


wf_rc_t
wf_branch_wait(wf_exec_t *exec, wf_branch_t *branch, int64_t due_ms)
{
    branch->due_ms = due_ms;

    if (due_ms == 0) {
        wf_heap_remove(&exec->due, &branch->due);
        return WF_OK;
    }

    return wf_heap_add(&exec->due, &branch->due, (uint64_t) due_ms);
}


bool
wf_branch_is_at(const wf_branch_t *branch, const wf_event_t *event)
{
    return branch->frame != NULL
           && event->node != WF_NONE
           && event->node == branch->node;
}


wf_rc_t
wf_branch_keep_error(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_str_t  error, cause;

    error = wf_arena_copy(exec->arena, event->error);
    cause = wf_arena_copy(exec->arena, event->error_cause);

    if (error.data == NULL || cause.data == NULL) {
        return WF_ERROR;
    }

    branch->error = error;
    branch->error_cause = cause;

    return WF_OK;
}


wf_rc_t
wf_branch_end_work(wf_branch_t *branch)
{
    if (branch->fork && branch->fork->running != 0) {
        return WF_DECLINED;
    }

    branch->fork = NULL;

    return WF_OK;
}


bool
wf_map_run_is_broken(const wf_map_run_t *run)
{
    bool  has_count, has_share;

    has_count = run->tolerated_count != UINT32_MAX;
    has_share = run->tolerated_percentage >= 0;

    if (!has_count && !has_share) {
        return run->failed != 0;
    }

    return (has_count && run->failed > run->tolerated_count)
           || (has_share
               && run->failed * 100.0
                  > run->tolerated_percentage * run->total);
}


bool
wf_fork_may_resume(const wf_fork_t *fork)
{
    return fork != NULL
           && (fork->run == NULL || (!fork->is_unread && !fork->is_over));
}


uint8_t
wf_fork_phase(const wf_fork_t *fork)
{
    if (fork->run && wf_map_run_is_broken(fork->run)) {
        return WF_PHASE_JOINED;
    }

    if (fork->task) {
        return WF_PHASE_FORKED;
    }

    if (fork->is_unread) {
        return WF_PHASE_FORKING;
    }

    if ((fork->started < fork->count || fork->redo < fork->redo_end)
        && fork->running < fork->width)
    {
        return WF_PHASE_FORKING;
    }

    return fork->running ? WF_PHASE_FORKED : WF_PHASE_JOINED;
}


void
wf_exec_clear(wf_exec_t *exec, int64_t now_ms)
{
    wf_heap_node_t     *node;
    wf_map_run_link_t  *link;

    while ((node = wf_heap_min(&exec->due)) != NULL) {
        wf_heap_remove(&exec->due, node);
    }

    for (link = exec->map_runs; link; link = link->next) {
        wf_map_run_end(&link->run, WF_STATUS_STOPPED, now_ms);
    }

    exec->tasks = (wf_roster_t) { .count = 0 };
    exec->owed_count = 0;

    if (exec->is_asl && exec->status != WF_STATUS_SUCCEEDED) {
        wf_exec_stall(exec);
        return;
    }

    exec->branches = (wf_roster_t) { .count = 0 };
    exec->ready = NULL;
    exec->last_ready = &exec->ready;

    exec->branch = (wf_branch_t) {
        .node = WF_NONE,
        .next = WF_NONE,
        .failed = WF_NONE,
        .cause_id = exec->branch.cause_id
    };
}
