
/*
 * What the events of map runs do to the state: limits, items that are taken
 * and end, what is read before and written after.  Trusts nothing: see
 * apply.c.
 */

#include "base/json.h"
#include "engine/apply.h"


/* A whole number from min to max; absent: as it was. */
static wf_rc_t
get_limit(const wf_value_t *limits, wf_str_t key, int64_t min, int64_t max,
    uint32_t *limit)
{
    const wf_value_t  *value;

    value = wf_value_get(limits, key);

    if (value == NULL) {
        return WF_OK;
    }

    if (value->type != WF_NUMBER
        || !value->is_integer
        || value->u.number.integer < min
        || value->u.number.integer > max)
    {
        return WF_DECLINED;
    }

    *limit = (uint32_t) value->u.number.integer;

    return WF_OK;
}


static wf_rc_t
get_limits(wf_map_run_t *run, const wf_value_t *limits)
{
    const wf_value_t  *share;

    if (limits == NULL || limits->type != WF_OBJECT) {
        return WF_DECLINED;
    }

    share = wf_value_get(limits, wf_str("ToleratedFailedPercentage"));

    if (share) {
        if (share->type != WF_NUMBER
            || !(share->u.number.real >= 0 && share->u.number.real <= 100))
        {
            return WF_DECLINED;
        }

        run->tolerated_percentage = share->u.number.real;
    }

    if (get_limit(limits, wf_str("ToleratedFailedCount"), 0,
                  WF_MAP_RUN_ITEMS_MAX, &run->tolerated_count)
        != WF_OK)
    {
        return WF_DECLINED;
    }

    return get_limit(limits, wf_str("MaxConcurrency"), 1,
                     WF_CONCURRENCY_RUN_MAX, &run->concurrency);
}


static wf_rc_t
map_run_add(wf_exec_t *exec, wf_str_t name, wf_fork_t *fork,
    const wf_event_t *event)
{
    wf_map_run_t       *run;
    wf_map_run_link_t  *link;

    link = wf_arena_calloc(exec->arena, sizeof(wf_map_run_link_t));
    if (link == NULL) {
        return WF_ERROR;
    }

    run = &link->run;

    *run = (wf_map_run_t) {
        .status = WF_STATUS_RUNNING,
        .node = event->node,
        .started_ms = event->time_ms,
        .concurrency = WF_CONCURRENCY_CFL,
        .tolerated_count = UINT32_MAX,
        .tolerated_percentage = -1,
        .total = fork->count,
        .pending = fork->count
    };

    if (get_limits(run, event->local) != WF_OK) {
        return WF_DECLINED;
    }

    run->name = wf_arena_copy(exec->arena, name);
    if (run->name.data == NULL) {
        return WF_ERROR;
    }

    if (fork->count == 0 && event->input) {
        wf_map_run_end(run, WF_STATUS_SUCCEEDED, event->time_ms);
    }

    fork->run = run;
    fork->width = run->concurrency;
    link->next = exec->map_runs;
    exec->map_runs = link;

    return WF_OK;
}


wf_rc_t
wf_apply_map_run_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t         *fork;
    const wf_value_t  *name;

    static const wf_value_t  none = { .type = WF_ARRAY };

    name = wf_value_get(event->output, wf_str("MapRunName"));

    if (!wf_branch_is_at(branch, event)
        || (event->input ? !wf_fork_takes(event->input, WF_MAP_RUN_ITEMS_MAX)
                         : !exec->is_asl)
        || name == NULL
        || name->type != WF_STRING
        || name->u.string.len == 0
        || wf_exec_map_run(exec, name->u.string) != NULL)
    {
        return WF_DECLINED;
    }

    fork = wf_fork_create(exec, event->input ? event->input : &none,
                       event->input ? event->input->count : 0);
    if (fork == NULL) {
        return WF_ERROR;
    }

    fork->is_unread = event->input == NULL;
    fork->cause_id = event->event_id;
    branch->fork = fork;

    return map_run_add(exec, name->u.string, fork, event);
}


static void
end_if_done(wf_map_run_t *run, int64_t now_ms)
{
    if (run->pending == 0 && run->running == 0 && run->pending_redrive == 0
        && !wf_map_run_is_broken(run))
    {
        wf_map_run_end(run, WF_STATUS_SUCCEEDED, now_ms);
    }
}


/* The run of the branch while it runs; NULL: none. */
static wf_map_run_t *
running_run(const wf_branch_t *branch, const wf_event_t *event)
{
    wf_map_run_t  *run;

    run = branch->fork->run;

    return wf_branch_is_at(branch, event) && run && run->stopped_ms == 0
           ? run : NULL;
}


wf_rc_t
wf_apply_map_run_updated(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_map_run_t  *run;

    (void) exec;

    run = running_run(branch, event);

    if (run == NULL || get_limits(run, event->local) != WF_OK) {
        return WF_DECLINED;
    }

    branch->fork->width = run->concurrency;

    /* it may have been broken, with nothing more to do, until now */

    if (!branch->fork->is_unread) {
        end_if_done(run, event->time_ms);
    }

    return WF_OK;
}


wf_rc_t
wf_apply_map_item_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t     *fork;
    wf_map_run_t  *run;

    fork = branch->fork;
    run = running_run(branch, event);

    if (run == NULL || fork->is_unread || event->index != fork->started) {
        return WF_DECLINED;
    }

    if (wf_roster_add(exec->arena, &exec->tasks, event->seq, branch,
                      event->index)
        != WF_OK
        || wf_fork_start(exec, fork) != WF_OK)
    {
        return WF_ERROR;
    }

    exec->owed_count++;
    run->pending--;
    run->running++;

    return WF_OK;
}


/*
 * A run is taken up again (asl 18): what had succeeded keeps its result, what
 * had not is to go on, what had not begun begins.
 */

static void
redo_find(wf_fork_t *fork)
{
    while (fork->redo < fork->redo_end && fork->results[fork->redo]) {
        fork->redo++;
    }
}


static void
run_reopen(wf_fork_t *fork, int64_t now_ms)
{
    uint32_t       i;
    wf_map_run_t  *run;

    run = fork->run;
    run->status = WF_STATUS_RUNNING;
    run->stopped_ms = 0;
    run->redriven_ms = now_ms;
    run->redrive_count++;
    run->pending = fork->count - fork->started;
    run->failed = 0;
    run->aborted = 0;
    run->not_redrivable = 0;
    run->pending_redrive = 0;

    for (i = 0; i < fork->started; i++) {
        run->pending_redrive += fork->results[i] == NULL;
    }

    fork->running = 0;
    fork->task = 0;
    fork->request = NULL;
    fork->written = NULL;
    fork->redo = 0;
    fork->redo_end = fork->started;
    redo_find(fork);

    if (run->pending == 0 && run->pending_redrive == 0) {
        wf_map_run_end(run, WF_STATUS_SUCCEEDED, now_ms);
    }
}


wf_rc_t
wf_apply_map_run_redriven(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t         *fork;
    const wf_value_t  *name;

    (void) exec;

    fork = branch->stalled;
    name = wf_value_get(event->output, wf_str("MapRunName"));

    if (!wf_branch_is_at(branch, event)
        || !wf_fork_may_resume(fork)
        || fork->run == NULL
        || fork->run->node != branch->node
        || fork->run->stopped_ms == 0
        || event->index != fork->run->redrive_count + 1
        || name == NULL
        || name->type != WF_STRING
        || !wf_str_eq(name->u.string, fork->run->name))
    {
        return WF_DECLINED;
    }

    run_reopen(fork, event->time_ms);
    fork->cause_id = event->event_id;
    branch->fork = fork;
    branch->stalled = NULL;

    return WF_OK;
}


wf_rc_t
wf_apply_map_item_redriven(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t     *fork;
    wf_map_run_t  *run;

    fork = branch->fork;
    run = running_run(branch, event);

    if (run == NULL || fork->redo >= fork->redo_end
        || event->index != fork->redo)
    {
        return WF_DECLINED;
    }

    if (wf_roster_add(exec->arena, &exec->tasks, event->seq, branch,
                      event->index)
        != WF_OK)
    {
        return WF_ERROR;
    }

    exec->owed_count++;
    fork->running++;
    fork->redo++;
    redo_find(fork);
    run->pending_redrive--;
    run->running++;

    return WF_OK;
}


static wf_roster_entry_t *
find_item(wf_exec_t *exec, const wf_branch_t *branch, const wf_event_t *event)
{
    wf_roster_entry_t  *entry;

    if (running_run(branch, event) == NULL) {
        return NULL;
    }

    entry = wf_roster_find(&exec->tasks, event->task);

    return entry && entry->branch == branch && entry->item != WF_NONE
           && !wf_item_is_call(entry->item) ? entry : NULL;
}


/* A call of the run itself: items are read, results written. */
wf_rc_t
wf_apply_map_call_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    bool        reads;
    wf_fork_t  *fork;

    fork = branch->fork;
    reads = event->type == WF_EVENT_MAP_READER_STARTED;

    if (!wf_branch_is_at(branch, event) || fork->run == NULL
        || fork->task != 0 || event->input == NULL
        || event->input->type != WF_OBJECT
        || fork->is_unread != reads || fork->is_over
        || wf_map_run_is_broken(fork->run))
    {
        return WF_DECLINED;
    }

    if (wf_roster_add(exec->arena, &exec->tasks, event->seq, branch,
                      reads ? WF_ITEM_READER : WF_ITEM_WRITER)
        != WF_OK)
    {
        return WF_ERROR;
    }

    exec->owed_count++;
    fork->task = event->seq;
    fork->request = event->input;

    return WF_OK;
}


/* WF_DECLINED: not the one that is under way. */
static wf_rc_t
end_call(wf_exec_t *exec, wf_branch_t *branch, const wf_event_t *event)
{
    wf_fork_t          *fork;
    wf_roster_entry_t  *entry;

    fork = branch->fork;
    entry = wf_roster_find(&exec->tasks, event->task);

    if (!wf_branch_is_at(branch, event) || fork->task == 0
        || fork->task != event->task || entry == NULL)
    {
        return WF_DECLINED;
    }

    exec->owed_count -= !entry->is_taken;
    wf_roster_remove(&exec->tasks, entry);
    wf_roster_tighten(&exec->tasks);
    fork->task = 0;
    fork->request = NULL;

    return WF_OK;
}


wf_rc_t
wf_apply_map_items_read(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_fork_t  *fork;

    fork = branch->fork;

    if (!wf_fork_takes(event->input, WF_MAP_RUN_ITEMS_MAX)
        || !fork->is_unread
        || end_call(exec, branch, event) != WF_OK)
    {
        return WF_DECLINED;
    }

    fork->is_unread = false;
    fork->items = event->input;
    fork->count = event->input->count;
    fork->run->total = fork->count;
    fork->run->pending = fork->count;

    if (fork->count == 0) {
        wf_map_run_end(fork->run, WF_STATUS_SUCCEEDED, event->time_ms);
    }

    return WF_OK;
}


wf_rc_t
wf_apply_map_written(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (event->output == NULL || branch->fork->is_unread
        || end_call(exec, branch, event) != WF_OK)
    {
        return WF_DECLINED;
    }

    branch->fork->written = event->output;

    return WF_OK;
}


wf_rc_t
wf_apply_map_item_taken(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_roster_entry_t  *entry;

    entry = find_item(exec, branch, event);

    if (entry == NULL || entry->is_taken) {
        return WF_DECLINED;
    }

    entry->is_taken = true;
    exec->owed_count--;

    return WF_OK;
}


/* The error of the latest failure is kept: it may be the one too many. */
static wf_rc_t
item_result(wf_exec_t *exec, wf_branch_t *branch, uint32_t item,
    const wf_event_t *event)
{
    wf_fork_t  *fork;

    fork = branch->fork;

    if (event->output == NULL) {
        fork->run->failed++;
        fork->run->not_redrivable
            += event->type == WF_EVENT_MAP_ITEM_REFUSED;
        return wf_branch_keep_error(exec, branch, event);
    }

    fork->run->succeeded++;
    fork->results[item] = event->output;
    fork->result_bytes += wf_json_size(event->output);

    return WF_OK;
}


wf_rc_t
wf_apply_map_item_ended(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_rc_t             rc;
    wf_fork_t          *fork;
    wf_map_run_t       *run;
    wf_roster_entry_t  *entry;

    entry = find_item(exec, branch, event);

    if (entry == NULL) {
        return WF_DECLINED;
    }

    fork = branch->fork;
    run = fork->run;
    rc = item_result(exec, branch, entry->item, event);

    exec->owed_count -= !entry->is_taken;
    wf_roster_remove(&exec->tasks, entry);
    wf_roster_tighten(&exec->tasks);
    fork->running--;
    run->running--;

    end_if_done(run, event->time_ms);

    return rc;
}
