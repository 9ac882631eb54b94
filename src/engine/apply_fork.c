
/*
 * What the events of forks do to the state: branches come and go, results
 * gather.  Trusts nothing: see apply.c; map runs are apply_run.c's.
 */

#include "base/json.h"
#include "engine/apply.h"


#define ROOM_MIN  4


wf_fork_t *
wf_fork_create(wf_exec_t *exec, const wf_value_t *items, uint32_t count)
{
    wf_fork_t  *fork;

    fork = wf_arena_calloc(exec->arena, sizeof(wf_fork_t));
    if (fork == NULL) {
        return NULL;
    }

    fork->items = items;
    fork->count = count;

    return fork;
}


/*
 * One more has started.  Its result gets a place only now: a fork that breaks
 * early may have a million items, and a Map many such forks.
 */
wf_rc_t
wf_fork_start(wf_exec_t *exec, wf_fork_t *fork)
{
    uint32_t            room;
    const wf_value_t  **results;

    if (fork->started == fork->room) {
        room = wf_min(wf_max(2 * fork->room, ROOM_MIN), fork->count);
        results = wf_arena_calloc(exec->arena, room * sizeof(wf_value_t *));

        if (results == NULL) {
            return WF_ERROR;
        }

        if (fork->started) {
            memcpy(results, fork->results,
                   fork->started * sizeof(wf_value_t *));
        }

        fork->results = results;
        fork->room = room;
    }

    fork->started++;
    fork->running++;

    return WF_OK;
}


bool
wf_fork_takes(const wf_value_t *value, uint32_t count_max)
{
    return value != NULL
           && value->type == WF_ARRAY
           && value->count <= count_max;
}


wf_rc_t
wf_apply_fork_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)
        || event->width == 0
        || (exec->is_asl && (event->input == NULL) == (event->local == NULL))
        || (event->input ? !wf_fork_takes(event->input, event->index)
                           || event->input->count != event->index
                         : event->index > (exec->is_asl
                                           ? WF_BRANCHES_ASL_MAX
                                           : WF_BRANCHES_FDL_MAX)))
    {
        return WF_DECLINED;
    }

    branch->fork = wf_fork_create(exec, event->input, event->index);
    if (branch->fork == NULL) {
        return WF_ERROR;
    }

    branch->fork->width = event->width;
    branch->fork->input = event->local;
    branch->fork->cause_id = event->event_id;

    return WF_OK;
}


static wf_branch_t *
branch_create(wf_exec_t *exec, wf_branch_t *parent, const wf_event_t *event)
{
    wf_frame_t   *frame;
    wf_branch_t  *branch;

    frame = wf_arena_alloc(exec->arena, sizeof(wf_frame_t));
    branch = wf_arena_alloc(exec->arena, sizeof(wf_branch_t));

    if (frame == NULL || branch == NULL) {
        return NULL;
    }

    *frame = (wf_frame_t) {
        .depth = parent->frame->depth + 1,
        .scope = event->scope,
        .owner = event->node,
        .after = WF_NONE,
        .input = event->input,
        .local = &wf_event_empty
    };

    *branch = (wf_branch_t) {
        .no = event->branch,
        .index = event->index,
        .parent = parent,
        .node = event->next,
        .next = WF_NONE,
        .failed = WF_NONE,
        .frame = frame,
        .cause_id = event->event_id ? event->event_id : event->cause_id
    };

    return branch;
}


/* branch: the owner of the fork. */
wf_rc_t
wf_apply_branch_entered(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t    *fork;
    wf_branch_t  *child;

    fork = branch->fork;

    if (!wf_branch_is_at(branch, event)
        || fork->run != NULL
        || (event->type == WF_EVENT_ITERATION_ENTERED)
           != (fork->items != NULL)
        || event->branch != exec->last_branch + 1
        || event->branch == 0
        || event->index != fork->started
        || event->scope == WF_NONE
        || event->input == NULL
        || branch->frame->depth + 1 > WF_SCOPE_DEPTH_MAX)
    {
        return WF_DECLINED;
    }

    child = branch_create(exec, branch, event);

    if (child == NULL
        || wf_roster_add(exec->arena, &exec->branches, child->no, child, 0)
           != WF_OK
        || wf_fork_start(exec, fork) != WF_OK)
    {
        return WF_ERROR;
    }

    exec->last_branch = child->no;
    wf_branch_move(exec, child, WF_PHASE_READY);

    return WF_OK;
}


wf_rc_t
wf_apply_branch_exited(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t    *fork;
    wf_branch_t  *parent;

    parent = branch->parent;

    if (parent == NULL
        || event->node != parent->node
        || event->index != branch->index
        || branch->node != WF_NONE
        || branch->frame->outer != NULL
        || !wf_exec_takes(exec, event->output))
    {
        return WF_DECLINED;
    }

    fork = parent->fork;

    if ((event->type == WF_EVENT_ITERATION_EXITED) != (fork->items != NULL)) {
        return WF_DECLINED;
    }

    fork->results[branch->index] = event->output;
    fork->result_bytes += wf_json_size(event->output);
    fork->running--;

    wf_roster_remove(&exec->branches,
                     wf_roster_find(&exec->branches, branch->no));
    wf_roster_tighten(&exec->branches);
    wf_branch_move(exec, parent, wf_fork_phase(fork));
    fork->cause_id = branch->cause_id;
    parent->cause_id = event->event_id ? event->event_id : branch->cause_id;

    return WF_OK;
}


/* Is branch one of the fork's, or one of theirs? */
static bool
is_under(const wf_branch_t *branch, const wf_branch_t *owner)
{
    for (branch = branch->parent; branch; branch = branch->parent) {
        if (branch == owner) {
            return true;
        }
    }

    return false;
}


void
wf_map_run_end(wf_map_run_t *run, uint8_t status, int64_t now_ms)
{
    if (run == NULL || run->stopped_ms != 0) {
        return;
    }

    run->status = status;
    run->stopped_ms = now_ms;
    run->aborted += run->pending + run->running + run->pending_redrive;
    run->pending = 0;
    run->running = 0;
    run->pending_redrive = 0;
}


static void
drop_tasks(wf_exec_t *exec, const wf_branch_t *owner)
{
    uint32_t            i;
    wf_roster_t        *tasks;
    wf_roster_entry_t  *entry;

    tasks = &exec->tasks;

    /* from the last one on: removal shortens the list there alone */

    for (i = tasks->count; i-- > 0; ) {
        entry = &tasks->entries[i];

        if (entry->branch
            && (entry->branch == owner || is_under(entry->branch, owner)))
        {
            exec->owed_count -= !entry->is_taken;
            wf_roster_remove(tasks, entry);
        }
    }

    wf_roster_tighten(tasks);
}


static void
drop_branches(wf_exec_t *exec, const wf_branch_t *owner, int64_t now_ms)
{
    uint32_t            i;
    wf_roster_t        *branches;
    wf_branch_t        *branch;
    wf_roster_entry_t  *entry;

    branches = &exec->branches;

    /* from the last one on: so children go before their parents */

    for (i = branches->count; i-- > 0; ) {
        entry = &branches->entries[i];
        branch = entry->branch;

        if (branch == NULL || !is_under(branch, owner)) {
            continue;
        }

        if (branch->fork) {
            wf_map_run_end(branch->fork->run, WF_STATUS_STOPPED, now_ms);
        }

        (void) wf_branch_wait(exec, branch, 0);
        wf_branch_move(exec, branch, WF_PHASE_ENDED);
        wf_roster_remove(branches, entry);
    }

    wf_roster_tighten(branches);
}


void
wf_branch_drop(wf_exec_t *exec, wf_branch_t *branch, uint8_t status,
    int64_t now_ms)
{
    if (branch->fork) {
        wf_map_run_end(branch->fork->run, status, now_ms);
    }

    drop_tasks(exec, branch);
    drop_branches(exec, branch, now_ms);
    branch->fork = NULL;
    branch->params = NULL;
    branch->job = NULL;
}


void
wf_branch_stall(wf_exec_t *exec, wf_branch_t *branch, uint8_t status,
    int64_t now_ms)
{
    uint32_t      i;
    wf_branch_t  *child;

    if (branch->fork) {
        wf_map_run_end(branch->fork->run, status, now_ms);
        branch->stalled = branch->fork;
        branch->fork = NULL;
    }

    drop_tasks(exec, branch);
    branch->params = NULL;
    branch->job = NULL;

    for (i = exec->branches.count; i-- > 0; ) {
        child = exec->branches.entries[i].branch;

        if (child == NULL || child->phase == WF_PHASE_STALLED
            || !is_under(child, branch))
        {
            continue;
        }

        if (child->fork) {
            wf_map_run_end(child->fork->run, WF_STATUS_STOPPED, now_ms);
            child->stalled = child->fork;
            child->fork = NULL;
        }

        child->params = NULL;
        child->job = NULL;
        child->halted = child->phase;
        (void) wf_branch_wait(exec, child, 0);
        wf_branch_move(exec, child, WF_PHASE_STALLED);
    }
}


void
wf_branch_forget(wf_exec_t *exec, wf_branch_t *branch, int64_t now_ms)
{
    branch->failed = WF_NONE;
    branch->failed_input = NULL;

    if (branch->stalled) {
        drop_branches(exec, branch, now_ms);
        branch->stalled = NULL;
    }
}


/* The number of the branch that failed; WF_NONE: the fork itself. */
static uint32_t
failed_branch(const wf_event_t *event)
{
    static const size_t  fields[WF_EVENT_END] = {
        [WF_EVENT_BRANCH_ABANDONED] = offsetof(wf_event_t, index),
        [WF_EVENT_ITERATION_FAILED] = offsetof(wf_event_t, parent)
    };

    return fields[event->type]
           ? *(const uint32_t *) ((const uint8_t *) event
                                  + fields[event->type])
           : WF_NONE;
}


/* branch: the owner of the fork, all of which is given up. */
wf_rc_t
wf_apply_branch_abandoned(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    uint32_t      no;
    wf_branch_t  *failed;

    failed = NULL;
    no = failed_branch(event);

    if (no != WF_NONE) {
        failed = wf_branch_find(exec, no);

        if (failed == NULL || failed->parent != branch) {
            return WF_DECLINED;
        }
    }

    if (!wf_branch_is_at(branch, event)) {
        return WF_DECLINED;
    }

    if (failed) {
        branch->cause_id = failed->cause_id;
    }

    if (exec->is_asl) {
        wf_branch_stall(exec, branch, WF_STATUS_FAILED, event->time_ms);

    } else {
        wf_branch_drop(exec, branch, WF_STATUS_FAILED, event->time_ms);
    }

    return wf_branch_keep_error(exec, branch, event);
}
