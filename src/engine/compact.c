
/*
 * Compaction: what is alive moves into a fresh arena, the old one goes.
 * Owns the copying of a state, never changes what it says.
 *
 * What was one value stays one value: else a list that a foreach hands to each
 * of its iterations would become as many lists (see moved.h).
 */

#include "engine/swf_state.h"


#define VALUE_BYTES  2048


typedef struct {
    wf_arena_t        *arena;
    const wf_exec_t   *from;
    wf_exec_t         *to;
    wf_moved_t         moved;
} move_t;


static wf_rc_t
move_value(move_t *move, const wf_value_t **value)
{
    return wf_moved_value(&move->moved, value);
}


static wf_rc_t
move_str(move_t *move, wf_str_t *s)
{
    wf_str_t  copy;

    if (s->len == 0) {
        *s = wf_str_none;
        return WF_OK;
    }

    copy = wf_arena_copy(move->arena, *s);
    if (copy.data == NULL) {
        return WF_ERROR;
    }

    *s = copy;

    return WF_OK;
}


static wf_rc_t
move_frames(move_t *move, wf_frame_t **link)
{
    wf_frame_t  *frame;

    for ( /* void */ ; *link; link = &frame->outer) {
        frame = wf_arena_alloc(move->arena, sizeof(wf_frame_t));
        if (frame == NULL) {
            return WF_ERROR;
        }

        *frame = **link;
        *link = frame;

        if (move_value(move, &frame->owner_input) != WF_OK
            || move_value(move, &frame->input) != WF_OK
            || move_value(move, &frame->local) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
move_tries(move_t *move, wf_tries_t **link)
{
    wf_tries_t  *tries;

    for ( /* void */ ; *link; link = &tries->next) {
        tries = wf_arena_alloc(move->arena, sizeof(wf_tries_t));
        if (tries == NULL) {
            return WF_ERROR;
        }

        *tries = **link;
        *link = tries;
    }

    return WF_OK;
}


/* Where the run of the fork has gone: both lists have the same order. */
static wf_map_run_t *
moved_run(const move_t *move, const wf_map_run_t *run)
{
    wf_map_run_link_t        *is;
    const wf_map_run_link_t  *was;

    is = move->to->map_runs;

    for (was = move->from->map_runs; was; was = was->next) {
        if (&was->run == run) {
            return &is->run;
        }

        is = is->next;
    }

    return NULL;
}


static wf_rc_t
move_fork(move_t *move, wf_fork_t **link)
{
    uint32_t            i;
    wf_fork_t          *fork;
    const wf_value_t  **results;

    if (*link == NULL) {
        return WF_OK;
    }

    fork = wf_arena_alloc(move->arena, sizeof(wf_fork_t));
    if (fork == NULL) {
        return WF_ERROR;
    }

    *fork = **link;
    *link = fork;
    results = wf_arena_calloc(move->arena,
                              fork->room * sizeof(wf_value_t *));

    if (results == NULL
        || move_value(move, &fork->items) != WF_OK
        || move_value(move, &fork->input) != WF_OK
        || move_value(move, &fork->request) != WF_OK
        || move_value(move, &fork->written) != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = 0; i < fork->started; i++) {
        results[i] = fork->results[i];

        if (wf_moved_result(&move->moved, &results[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    fork->results = results;
    fork->run = moved_run(move, fork->run);

    return WF_OK;
}


static wf_rc_t
move_branch(move_t *move, wf_branch_t *branch)
{
    if (move_value(move, &branch->input) != WF_OK
        || move_value(move, &branch->output) != WF_OK
        || move_value(move, &branch->params) != WF_OK
        || move_value(move, &branch->job) != WF_OK
        || move_value(move, &branch->assigned) != WF_OK
        || move_value(move, &branch->failed_input) != WF_OK
        || move_str(move, &branch->error) != WF_OK
        || move_str(move, &branch->error_cause) != WF_OK
        || move_tries(move, &branch->tries) != WF_OK
        || move_frames(move, &branch->frame) != WF_OK)
    {
        return WF_ERROR;
    }

    if (move_fork(move, &branch->stalled) != WF_OK) {
        return WF_ERROR;
    }

    return move_fork(move, &branch->fork);
}


/* In the new state; was: of the old one. */
static wf_branch_t *
moved_branch(const move_t *move, const wf_branch_t *was)
{
    if (was == NULL) {
        return NULL;
    }

    return was->no == 0
           ? &move->to->branch
           : wf_roster_find(&move->to->branches, was->no)->branch;
}


/* The element that branch is about: its items have moved as a whole. */
static wf_rc_t
note_element(move_t *move, const wf_branch_t *branch)
{
    const wf_fork_t  *was, *is;

    was = wf_branch_forked(branch->parent);

    if (was->items == NULL) {
        return WF_OK;
    }

    is = wf_branch_forked(moved_branch(move, branch->parent));

    return wf_moved_note(&move->moved, was->items->u.items[branch->index],
                         is->items->u.items[branch->index]);
}


/* Parents have lower numbers: they are moved before. */
static wf_rc_t
move_branches(move_t *move)
{
    uint32_t            i;
    wf_roster_t        *branches;
    wf_branch_t        *branch;
    const wf_branch_t  *was;

    branches = &move->to->branches;

    if (wf_roster_copy(move->arena, branches, &move->from->branches)
        != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = 0; i < branches->count; i++) {
        was = branches->entries[i].branch;
        branch = wf_arena_alloc(move->arena, sizeof(wf_branch_t));
        if (branch == NULL) {
            return WF_ERROR;
        }

        *branch = *was;
        branches->entries[i].branch = branch;
        branch->parent = moved_branch(move, was->parent);

        if (note_element(move, was) != WF_OK
            || move_branch(move, branch) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
move_tasks(move_t *move)
{
    uint32_t      i;
    wf_roster_t  *tasks;

    tasks = &move->to->tasks;

    if (wf_roster_copy(move->arena, tasks, &move->from->tasks) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < tasks->count; i++) {
        tasks->entries[i].branch = moved_branch(move,
                                                tasks->entries[i].branch);
    }

    return WF_OK;
}


static wf_rc_t
move_map_runs(move_t *move, wf_map_run_link_t **at)
{
    wf_map_run_link_t  *link;

    for ( /* void */ ; *at; at = &link->next) {
        link = wf_arena_alloc(move->arena, sizeof(wf_map_run_link_t));
        if (link == NULL) {
            return WF_ERROR;
        }

        *link = **at;
        *at = link;

        if (move_str(move, &link->run.name) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
move_exec(move_t *move)
{
    uint32_t    i;
    wf_exec_t  *exec;

    exec = move->to;

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        if (move_value(move, &exec->codec.registers[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (move_value(move, &exec->input) != WF_OK
        || move_value(move, &exec->output) != WF_OK
        || move_value(move, &exec->globals) != WF_OK
        || move_value(move, &exec->test_case) != WF_OK
        || move_str(move, &exec->error) != WF_OK
        || move_str(move, &exec->error_cause) != WF_OK
        || move_map_runs(move, &exec->map_runs) != WF_OK
        || wf_swf_move(move->arena, &move->moved, &exec->swf) != WF_OK)
    {
        return WF_ERROR;
    }

    if (move_branch(move, &exec->branch) != WF_OK
        || move_branches(move) != WF_OK)
    {
        return WF_ERROR;
    }

    return move_tasks(move);
}


/*
 * Nothing can fail any more: queue and heap get to know the new places.  The
 * queue is read off the old branches; the root has stayed where it was.
 */
static void
relink(wf_exec_t *exec, const wf_branch_t *ready)
{
    uint32_t      i;
    wf_branch_t  *branch;

    exec->ready = NULL;
    exec->last_ready = &exec->ready;

    for ( /* void */ ; ready; ready = ready->next_ready) {
        branch = ready->no == 0
                 ? &exec->branch
                 : wf_roster_find(&exec->branches, ready->no)->branch;
        branch->prev_ready = exec->last_ready;
        *exec->last_ready = branch;
        exec->last_ready = &branch->next_ready;
    }

    *exec->last_ready = NULL;

    for (i = 0; i < exec->branches.count; i++) {
        branch = exec->branches.entries[i].branch;

        if (branch->due.slot != 0) {
            exec->due.nodes[branch->due.slot - 1] = &branch->due;
        }

        if (branch->parent->no == 0) {
            branch->parent = &exec->branch;
        }
    }

    for (i = 0; i < exec->tasks.count; i++) {
        if (exec->tasks.entries[i].branch->no == 0) {
            exec->tasks.entries[i].branch = &exec->branch;
        }
    }
}


wf_rc_t
wf_exec_compact(wf_exec_t *exec)
{
    wf_rc_t             rc;
    move_t              move;
    wf_exec_t           moved;
    wf_arena_t         *old;
    const wf_branch_t  *ready;

    move.from = exec;
    move.to = &moved;
    move.arena = wf_arena_create(VALUE_BYTES);
    if (move.arena == NULL) {
        return WF_ERROR;
    }

    moved = *exec;
    wf_moved_init(&move.moved, move.arena);
    rc = move_exec(&move);
    wf_moved_free(&move.moved);

    if (rc != WF_OK) {
        wf_arena_free(move.arena);
        return WF_ERROR;
    }

    old = exec->arena;
    ready = exec->ready;
    *exec = moved;
    exec->arena = move.arena;
    exec->live_bytes = wf_arena_size(move.arena);

    relink(exec, ready);
    wf_swf_relink(exec);
    wf_arena_free(old);

    return WF_OK;
}


/* Garbage may equal what is alive: then a copy is paid for by its making. */
bool
wf_exec_is_untidy(const wf_exec_t *exec)
{
    size_t  garbage;

    garbage = wf_arena_size(exec->arena) - exec->live_bytes;

    return garbage > exec->live_bytes + WF_EXEC_GARBAGE_BYTES_MAX;
}


wf_rc_t
wf_exec_tidy(wf_exec_t *exec)
{
    return wf_exec_is_untidy(exec) ? wf_exec_compact(exec) : WF_OK;
}
