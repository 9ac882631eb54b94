
/*
 * The execution's state as a thing: its life, its invariants, what is due.
 * Never changes what the state says; apply.c does.
 */

#include "engine/swf_state.h"


#define HOME_BYTES   1024       /* wf_exec_t and the arena's own */
#define VALUE_BYTES  2048

/* A debug build looks at all items of a run of SWF, always. */
#ifndef WF_DEBUG
#define WF_DEBUG  0
#endif


wf_exec_t *
wf_exec_create(void)
{
    wf_exec_t   *exec;
    wf_arena_t  *home;

    home = wf_arena_create(HOME_BYTES);
    if (home == NULL) {
        return NULL;
    }

    exec = wf_arena_calloc(home, sizeof(wf_exec_t));
    if (exec == NULL) {
        wf_arena_free(home);
        return NULL;
    }

    exec->home = home;
    exec->branch.node = WF_NONE;
    exec->branch.next = WF_NONE;
    exec->branch.failed = WF_NONE;
    exec->last_ready = &exec->ready;
    exec->arena = wf_arena_create(VALUE_BYTES);

    if (exec->arena == NULL) {
        wf_arena_free(home);
        return NULL;
    }

    wf_heap_init(&exec->due);

    return exec;
}


void
wf_exec_free(wf_exec_t *exec)
{
    wf_arena_t  *home;

    if (exec == NULL) {
        return;
    }

    home = exec->home;
    wf_exec_unmake(exec);
    wf_heap_free(&exec->due);
    wf_arena_free(exec->arena);
    wf_arena_free(home);
}


void
wf_exec_unmake(wf_exec_t *exec)
{
    if (exec->making) {
        wf_arena_free(exec->making->arena);
        exec->making = NULL;
    }
}


int64_t
wf_exec_due_ms(const wf_exec_t *exec)
{
    const wf_heap_node_t  *node;

    if (exec->status != WF_STATUS_RUNNING) {
        return 0;
    }

    node = wf_heap_min(&exec->due);

    return node ? wf_min(exec->timeout_ms, (int64_t) node->due_ms)
                : exec->timeout_ms;
}


bool
wf_exec_owes(const wf_exec_t *exec)
{
    return exec->status == WF_STATUS_RUNNING
           && (exec->ready != NULL || exec->owed_count != 0);
}


size_t
wf_exec_size(const wf_exec_t *exec)
{
    return wf_arena_size(exec->home) + wf_arena_size(exec->arena)
           + (exec->making ? wf_arena_size(exec->making->arena) : 0)
           + exec->due.size * sizeof(wf_heap_node_t *);
}


const wf_map_run_t *
wf_exec_map_run(const wf_exec_t *exec, wf_str_t name)
{
    const wf_map_run_link_t  *link;

    for (link = exec->map_runs; link; link = link->next) {
        if (wf_str_eq(link->run.name, name)) {
            return &link->run;
        }
    }

    return NULL;
}


static void
check_frames(const wf_branch_t *branch)
{
    uint32_t           depth;
    const wf_frame_t  *frame;

    for (frame = branch->frame; frame; frame = frame->outer) {
        depth = branch->parent ? branch->parent->frame->depth : 0;
        depth = frame->outer ? frame->outer->depth : depth;

        wf_assert(frame->depth == depth + 1);
        wf_assert(frame->depth <= WF_SCOPE_DEPTH_MAX);
        wf_assert((frame->owner == WF_NONE)
                  == (frame->outer == NULL && branch->parent == NULL));
        wf_assert(frame->input != NULL && frame->local != NULL);
        wf_assert(frame->outer == NULL || frame->owner_input != NULL);
    }
}


static void
check_work(const wf_exec_t *exec, const wf_branch_t *branch)
{
    bool              is_called, is_forked;
    const wf_fork_t  *fork;

    is_called = branch->phase >= WF_PHASE_SCHEDULED
                && branch->phase <= WF_PHASE_SUBMITTED;
    is_forked = branch->phase >= WF_PHASE_FORKING
                && branch->phase <= WF_PHASE_JOINED;

    wf_assert(is_called == (branch->params != NULL));
    wf_assert(!is_called || wf_roster_find(&exec->tasks, branch->task));
    wf_assert(is_forked == (branch->fork != NULL));

    fork = branch->fork;

    if (fork == NULL) {
        return;
    }

    wf_assert(fork->started <= fork->count && fork->running <= fork->started);
    wf_assert(fork->width != 0);
    wf_assert(branch->phase == wf_fork_phase(fork));
    wf_assert(fork->run == NULL
              || fork->run->total == fork->run->pending + fork->run->running
                                     + fork->run->succeeded
                                     + fork->run->failed
                                     + fork->run->aborted
                                     + fork->run->pending_redrive);
}


static void
check_branch(const wf_exec_t *exec, const wf_branch_t *branch)
{
    uint8_t  phase;

    phase = branch->phase;

    wf_assert(phase > WF_PHASE_NONE && phase < WF_PHASE_ENDED);
    wf_assert(phase < WF_PHASE_ENTERED || phase > WF_PHASE_UNCAUGHT
              || branch->node != WF_NONE);
    wf_assert(phase == WF_PHASE_READY || branch->frame != NULL);
    wf_assert(phase < WF_PHASE_STARTED || phase > WF_PHASE_BACKOFF
              || branch->input != NULL);
    wf_assert(branch->output != NULL
              || (phase != WF_PHASE_RETURNED && phase != WF_PHASE_ANSWERED
                  && phase != WF_PHASE_SUCCEEDED));

    wf_assert(wf_phase_moves(phase) == (branch->prev_ready != NULL));
    wf_assert(branch->due_ms == 0 || wf_phase_waits(phase));
    wf_assert((branch->due_ms != 0) == (branch->due.slot != 0));
    wf_assert(branch->assigned == NULL || phase == WF_PHASE_SUCCEEDED
              || (phase == WF_PHASE_STALLED
                  && branch->halted == WF_PHASE_SUCCEEDED));
    wf_assert(branch->due_ms != 0
              || (phase != WF_PHASE_WAITING && phase != WF_PHASE_BACKOFF));

    wf_assert(branch->cause_id != 0 || exec->is_asl);
    wf_assert(branch->cause_id <= exec->codec.event_id);
    wf_assert((branch->parent == NULL) == (branch->no == 0));

    check_frames(branch);
    check_work(exec, branch);
}


static void
check_all(const wf_exec_t *exec)
{
    uint32_t                  i;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < exec->branches.count; i++) {
        entry = &exec->branches.entries[i];

        if (entry->branch) {
            wf_assert(entry->branch->no == entry->no);
            check_branch(exec, entry->branch);
        }
    }
}


void
wf_exec_check(const wf_exec_t *exec, bool all)
{
    if (exec->status == 0) {
        wf_assert(exec->branch.phase == WF_PHASE_NONE);
        wf_assert(exec->codec.seq == 0);
        return;
    }

    wf_assert(exec->input != NULL && exec->globals != NULL);

    if (exec->swf) {
        wf_swf_check(exec, all && WF_DEBUG);
        return;
    }

    wf_assert(exec->codec.event_id
              <= (exec->is_asl ? WF_EVENTS_ASL_MAX : WF_EVENTS_MAX));
    wf_assert(exec->codec.event_id <= exec->codec.seq);
    wf_assert(exec->started_ms <= exec->codec.time_ms);
    wf_assert(exec->owed_count <= exec->tasks.live);
    wf_assert(wf_status_is_final(exec->status)
              == (exec->branch.phase == WF_PHASE_ENDED));

    if (wf_status_is_final(exec->status)) {
        wf_assert(exec->stopped_ms == exec->codec.time_ms);
        wf_assert((exec->status == WF_STATUS_SUCCEEDED)
                  == (exec->output != NULL));
        wf_assert(exec->ready == NULL && exec->due.count == 0);
        return;
    }

    check_branch(exec, &exec->branch);

    if (all) {
        check_all(exec);
    }
}
