
/*
 * What the events of what decisions make do to the state: activities, timers,
 * children, functions, words to other runs.  Trusts nothing, like swf_apply.c.
 */

#include "engine/swf_apply.h"


/* What closes what: the events of a task's end, and whether it was started. */
static const bool  needs_start[WF_EVENT_END] = {
    [WF_EVENT_SWF_ACTIVITY_COMPLETED] = true,
    [WF_EVENT_SWF_ACTIVITY_FAILED] = true,
    [WF_EVENT_SWF_LAMBDA_COMPLETED] = true,
    [WF_EVENT_SWF_LAMBDA_FAILED] = true,
    [WF_EVENT_SWF_LAMBDA_TIMED_OUT] = true
};


/* The item that a member names; NULL: no such item of that kind. */
static wf_swf_item_t *
find(const wf_exec_t *exec, const wf_event_t *event, const char *name,
    wf_swf_item_kind_t kind)
{
    wf_swf_item_t  *item;

    item = wf_swf_item_find(exec, wf_swf_id(event->input, name));

    return item && item->kind == kind ? item : NULL;
}


/* A new item whose id nobody has.  WF_DECLINED: it is taken, or none. */
static wf_rc_t
open_named(wf_exec_t *exec, wf_swf_item_kind_t kind, const wf_event_t *event,
    const char *name, wf_swf_item_t **item)
{
    wf_str_t  id;

    id = wf_swf_text(event->input, name);

    if (id.len == 0 || wf_swf_item_named(exec, kind, id)) {
        return WF_DECLINED;
    }

    *item = wf_swf_item_add(exec, kind, event, id);

    return *item ? WF_OK : WF_ERROR;
}


/* Of the item's attributes these alone are asked for later; the others may be
 * large.  names: NULL ends it. */
static wf_rc_t
keep(wf_exec_t *exec, wf_swf_item_t *item, const char *const *names)
{
    wf_value_t  *kept, *value;

    kept = wf_value_object(exec->arena, 4);

    for ( /* void */ ; kept && *names; names++) {
        value = wf_value_get(item->attributes, wf_str_of(*names));

        if (value
            && wf_value_set(exec->arena, kept, wf_str_of(*names), value)
               != WF_OK)
        {
            return WF_ERROR;
        }
    }

    item->attributes = kept;

    return kept ? WF_OK : WF_ERROR;
}


wf_rc_t
wf_swf_item_start(wf_exec_t *exec, wf_swf_item_t *item,
    const wf_event_t *event)
{
    item->started_id = event->event_id;
    item->started_seq = event->seq;
    item->started_ms = event->time_ms;
    item->beat_ms = event->time_ms;

    return wf_swf_item_settle(exec, item);
}


/*
 * Activities
 */

wf_rc_t
wf_swf_apply_activity_scheduled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    unsigned        i;
    wf_rc_t         rc;
    wf_swf_item_t  *item;

    static const char *const  names[WF_SWF_TIMEOUT_END] = {
        [WF_SWF_SCHEDULE_TO_START] = "scheduleToStartTimeout",
        [WF_SWF_START_TO_CLOSE] = "startToCloseTimeout",
        [WF_SWF_SCHEDULE_TO_CLOSE] = "scheduleToCloseTimeout",
        [WF_SWF_HEARTBEAT_LATE] = "heartbeatTimeout"
    };

    static const char *const  kept[] = {
        "activityType", "taskList", "taskPriority", "input", NULL
    };

    (void) branch;

    if (!wf_swf_pair(event->input, "taskList", "name", NULL)
        || !wf_swf_pair(event->input, "activityType", "name", "version"))
    {
        return WF_DECLINED;
    }

    rc = open_named(exec, WF_SWF_ACTIVITY, event, "activityId", &item);

    for (i = 0; rc == WF_OK && i < WF_SWF_TIMEOUT_END; i++) {
        if (!wf_swf_limit(event->input, names[i], &item->limits[i])) {
            return WF_DECLINED;
        }
    }

    exec->swf->latest_activity_ms = event->time_ms;

    if (rc == WF_OK) {
        rc = keep(exec, item, kept);
    }

    return rc == WF_OK ? wf_swf_item_settle(exec, item) : rc;
}


wf_rc_t
wf_swf_apply_activity_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "scheduledEventId", WF_SWF_ACTIVITY);

    if (item == NULL || item->started_id != 0) {
        return WF_DECLINED;
    }

    exec->swf->latest_activity_ms = event->time_ms;

    return wf_swf_item_start(exec, item, event);
}


/* One that has ended, or was not begun. */
static wf_rc_t
task_over(wf_exec_t *exec, const wf_event_t *event, wf_swf_item_kind_t kind)
{
    wf_swf_item_t  *item;

    item = find(exec, event, "scheduledEventId", kind);

    if (item == NULL
        || wf_swf_id(event->input, "startedEventId") != item->started_id
        || (needs_start[event->type] && item->started_id == 0))
    {
        return WF_DECLINED;
    }

    wf_swf_item_remove(exec, item);

    return WF_OK;
}


wf_rc_t
wf_swf_apply_activity_closed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;
    exec->swf->latest_activity_ms = event->time_ms;

    return task_over(exec, event, WF_SWF_ACTIVITY);
}


wf_rc_t
wf_swf_apply_activity_canceling(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = wf_swf_item_named(exec, WF_SWF_ACTIVITY,
                             wf_swf_text(event->input, "activityId"));

    if (item == NULL) {
        return WF_DECLINED;
    }

    item->cancel_id = event->event_id;

    return WF_OK;
}


wf_rc_t
wf_swf_apply_heartbeat(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t     *item;
    const wf_value_t  *details;

    (void) branch;
    item = wf_swf_item_find(exec, event->task);

    if (item == NULL || item->kind != WF_SWF_ACTIVITY
        || item->started_id == 0)
    {
        return WF_DECLINED;
    }

    details = event->input ? wf_swf_member(event->input, "details", WF_STRING)
                           : NULL;
    item->details = details ? details : item->details;
    item->beat_ms = event->time_ms;

    return wf_swf_item_settle(exec, item);
}


/*
 * Timers
 */

wf_rc_t
wf_swf_apply_timer_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_rc_t         rc;
    wf_swf_item_t  *item;

    (void) branch;
    rc = open_named(exec, WF_SWF_TIMER, event, "timerId", &item);

    if (rc != WF_OK) {
        return rc;
    }

    /* its id is all that is told of it */

    item->attributes = &wf_event_empty;

    return wf_swf_limit(event->input, "startToFireTimeout",
                        &item->limits[WF_SWF_SCHEDULE_TO_CLOSE])
           ? wf_swf_item_settle(exec, item) : WF_DECLINED;
}


wf_rc_t
wf_swf_apply_timer_over(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "startedEventId", WF_SWF_TIMER);

    if (item == NULL
        || !wf_str_eq(wf_swf_text(event->input, "timerId"), item->id))
    {
        return WF_DECLINED;
    }

    wf_swf_item_remove(exec, item);

    return WF_OK;
}


/*
 * Children
 */

wf_rc_t
wf_swf_apply_child_initiated(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_str_t        id;
    wf_swf_item_t  *item;

    static const char *const  kept[] = {
        "workflowId", "workflowType", "decisionTaskCompletedEventId",
        "control", NULL
    };

    (void) branch;
    id = wf_swf_text(event->input, "workflowId");

    if (id.len == 0 || event->error.len == 0
        || !wf_swf_pair(event->input, "workflowType", "name", "version"))
    {
        return WF_DECLINED;
    }

    item = wf_swf_item_add(exec, WF_SWF_CHILD, event, id);

    if (item == NULL) {
        return WF_ERROR;
    }

    item->run_id = wf_arena_copy(exec->arena, event->error);

    return item->run_id.data ? keep(exec, item, kept) : WF_ERROR;
}


wf_rc_t
wf_swf_apply_child_failed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;

    if (wf_swf_id(event->input, "initiatedEventId") == 0) {
        return WF_OK;
    }

    item = find(exec, event, "initiatedEventId", WF_SWF_CHILD);

    if (item == NULL || item->started_id != 0) {
        return WF_DECLINED;
    }

    wf_swf_item_remove(exec, item);

    return WF_OK;
}


wf_rc_t
wf_swf_apply_child_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "initiatedEventId", WF_SWF_CHILD);

    if (item == NULL || item->started_id != 0) {
        return WF_DECLINED;
    }

    item->attributes = wf_value_get(item->attributes, wf_str("workflowType"));
    exec->swf->children++;

    return wf_swf_item_start(exec, item, event);
}


wf_rc_t
wf_swf_apply_child_closed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "initiatedEventId", WF_SWF_CHILD);

    if (item == NULL || item->started_id == 0
        || wf_swf_id(event->input, "startedEventId") != item->started_id)
    {
        return WF_DECLINED;
    }

    exec->swf->children--;
    wf_swf_item_remove(exec, item);

    return WF_OK;
}


/*
 * Words to other runs
 */

static wf_swf_item_kind_t
word_kind(const wf_event_t *event)
{
    return event->type >= WF_EVENT_SWF_REQUEST_INITIATED
           ? WF_SWF_REQUEST_SENT : WF_SWF_SIGNAL_SENT;
}


wf_rc_t
wf_swf_apply_external_initiated(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    static const char *const  kept[] = {
        "workflowId", "runId", "decisionTaskCompletedEventId", "control", NULL
    };

    (void) branch;

    if (wf_swf_text(event->input, "workflowId").len == 0) {
        return WF_DECLINED;
    }

    item = wf_swf_item_add(exec, word_kind(event), event, wf_str_none);

    return item ? keep(exec, item, kept) : WF_ERROR;
}


wf_rc_t
wf_swf_apply_external_over(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "initiatedEventId", word_kind(event));

    if (item == NULL) {
        return WF_DECLINED;
    }

    wf_swf_item_remove(exec, item);

    return WF_OK;
}


/*
 * Functions
 */

wf_rc_t
wf_swf_apply_lambda_scheduled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_rc_t         rc;
    wf_swf_item_t  *item;

    static const char *const  kept[] = { "name", "input", NULL };

    (void) branch;

    if (wf_swf_text(event->input, "name").len == 0) {
        return WF_DECLINED;
    }

    rc = open_named(exec, WF_SWF_LAMBDA, event, "id", &item);

    if (rc != WF_OK) {
        return rc;
    }

    if (!wf_swf_limit(event->input, "startToCloseTimeout",
                      &item->limits[WF_SWF_START_TO_CLOSE]))
    {
        return WF_DECLINED;
    }

    rc = keep(exec, item, kept);

    return rc == WF_OK ? wf_swf_item_settle(exec, item) : rc;
}


wf_rc_t
wf_swf_apply_lambda_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = find(exec, event, "scheduledEventId", WF_SWF_LAMBDA);

    if (item == NULL || item->started_id != 0) {
        return WF_DECLINED;
    }

    return wf_swf_item_start(exec, item, event);
}


wf_rc_t
wf_swf_apply_lambda_closed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;

    return task_over(exec, event, WF_SWF_LAMBDA);
}
