
/*
 * What the events of Amazon SWF do to the state: the run itself, decision
 * tasks, what others tell.  swf_apply_work.c has what decisions make.  Trusts
 * nothing, because a history may come from a disk: whatever is not as this
 * engine writes it is declined.
 */

#include "engine/swf_apply.h"


#define SECONDS_LEN_MAX  8          /* the API's durations */


static const uint8_t  statuses[WF_EVENT_END] = {
    [WF_EVENT_SWF_COMPLETED] = WF_STATUS_SUCCEEDED,
    [WF_EVENT_SWF_FAILED] = WF_STATUS_FAILED,
    [WF_EVENT_SWF_TIMED_OUT] = WF_STATUS_TIMED_OUT,
    [WF_EVENT_SWF_CANCELED] = WF_STATUS_CANCELED,
    [WF_EVENT_SWF_CONTINUED] = WF_STATUS_CONTINUED,
    [WF_EVENT_SWF_TERMINATED] = WF_STATUS_STOPPED
};


bool
wf_swf_takes(const wf_exec_t *exec, const wf_event_t *event)
{
    if (event->type == WF_EVENT_SWF_STARTED) {
        return exec->status == 0 && event->event_id == 1 && event->seq == 1
               && event->input != NULL && event->input->type == WF_OBJECT;
    }

    if (exec->swf == NULL || exec->status != WF_STATUS_RUNNING) {
        return false;
    }

    if (event->event_id == 0) {
        return event->type == WF_EVENT_SWF_DELIVERED
               || event->type == WF_EVENT_SWF_HEARTBEAT;
    }

    return event->input != NULL && event->input->type == WF_OBJECT;
}


const wf_value_t *
wf_swf_member(const wf_value_t *attributes, const char *name, wf_type_t type)
{
    const wf_value_t  *value;

    value = attributes ? wf_value_get(attributes, wf_str_of(name)) : NULL;

    return value && value->type == type ? value : NULL;
}


wf_str_t
wf_swf_text(const wf_value_t *attributes, const char *name)
{
    const wf_value_t  *value;

    value = wf_swf_member(attributes, name, WF_STRING);

    return value ? value->u.string : wf_str_none;
}


uint64_t
wf_swf_id(const wf_value_t *attributes, const char *name)
{
    const wf_value_t  *value;

    value = wf_swf_member(attributes, name, WF_NUMBER);

    return value && value->is_integer && value->u.number.integer > 0
           ? (uint64_t) value->u.number.integer : 0;
}


bool
wf_swf_limit(const wf_value_t *attributes, const char *name, int64_t *limit_ms)
{
    return wf_swf_limit_of(wf_value_get(attributes, wf_str_of(name)),
                           limit_ms);
}


bool
wf_swf_limit_of(const wf_value_t *value, int64_t *limit_ms)
{
    size_t    i;
    int64_t   seconds;
    wf_str_t  text;

    *limit_ms = WF_SWF_NO_LIMIT;

    if (value == NULL) {
        return true;
    }

    if (value->type != WF_STRING || value->u.string.len > SECONDS_LEN_MAX) {
        return false;
    }

    text = value->u.string;

    if (text.len == 0 || wf_str_eq(text, wf_str("NONE"))) {
        return true;
    }

    seconds = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }

        seconds = seconds * 10 + text.data[i] - '0';
    }

    *limit_ms = seconds * 1000;

    return true;
}


/* {"name"}, {"name", "version"}, {"workflowId", "runId"}: NULL: it is none. */
const wf_value_t *
wf_swf_pair(const wf_value_t *attributes, const char *name, const char *first,
    const char *second)
{
    const wf_value_t  *value;

    value = wf_swf_member(attributes, name, WF_OBJECT);

    return value && wf_swf_text(value, first).len != 0
           && (second == NULL || wf_swf_text(value, second).len != 0)
           ? value : NULL;
}


static wf_swf_t *
swf_create(wf_arena_t *arena)
{
    unsigned   i;
    wf_swf_t  *swf;

    swf = wf_arena_calloc(arena, sizeof(wf_swf_t));

    if (swf) {
        wf_map_init(&swf->numbers, arena);
        wf_map_init(&swf->told, arena);

        for (i = 0; i < WF_SWF_ITEM_END; i++) {
            wf_map_init(&swf->ids[i], arena);
        }
    }

    return swf;
}


bool
wf_swf_starts(const wf_value_t *attributes, int64_t *life_ms)
{
    int64_t  decision_ms;

    if (!wf_swf_limit(attributes, "executionStartToCloseTimeout", life_ms)
        || !wf_swf_limit(attributes, "taskStartToCloseTimeout", &decision_ms))
    {
        return false;
    }

    if (*life_ms == WF_SWF_NO_LIMIT
        || *life_ms > (int64_t) WF_EXECUTION_MS_MAX)
    {
        *life_ms = WF_EXECUTION_MS_MAX;
    }

    return wf_swf_pair(attributes, "workflowType", "name", "version")
           && wf_swf_pair(attributes, "taskList", "name", NULL)
           && wf_swf_text(attributes, "childPolicy").len != 0;
}


wf_rc_t
wf_swf_apply_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    int64_t  life_ms;

    (void) branch;

    if (!wf_swf_starts(event->input, &life_ms)) {
        return WF_DECLINED;
    }

    exec->swf = swf_create(exec->arena);

    if (exec->swf == NULL) {
        return WF_ERROR;
    }

    exec->status = WF_STATUS_RUNNING;
    exec->started_ms = event->time_ms;
    exec->timeout_ms = event->time_ms + life_ms;
    exec->input = event->input;
    exec->globals = &wf_event_empty;

    return WF_OK;
}


wf_rc_t
wf_swf_apply_closed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;

    exec->status = statuses[event->type];
    exec->stopped_ms = event->time_ms;
    wf_swf_items_drop(exec);

    return WF_OK;
}


wf_rc_t
wf_swf_apply_noted(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) exec;
    (void) branch;
    (void) event;

    return WF_OK;
}


/* Who told, if it was another run. */
static wf_rc_t
note_teller(wf_exec_t *exec, const wf_event_t *event)
{
    const wf_value_t  *teller;

    teller = wf_swf_member(event->input, "externalWorkflowExecution",
                           WF_OBJECT);

    return teller ? wf_swf_note(exec, wf_swf_text(teller, "runId"),
                                wf_swf_id(event->input,
                                          "externalInitiatedEventId"))
                  : WF_OK;
}


wf_rc_t
wf_swf_apply_signaled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;

    return note_teller(exec, event);
}


wf_rc_t
wf_swf_apply_cancel_requested(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;

    exec->swf->is_canceling = true;

    if (wf_swf_text(event->input, "cause").len != 0) {
        exec->swf->is_orphaned = true;
    }

    return note_teller(exec, event);
}


/*
 * Decision tasks
 */

/* Behind one that is started, its time has not begun. */
wf_rc_t
wf_swf_apply_decision_scheduled(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_t       *swf;
    wf_swf_item_t  *item;

    (void) branch;
    swf = exec->swf;

    if (swf->scheduled || !wf_swf_pair(event->input, "taskList", "name", NULL))
    {
        return WF_DECLINED;
    }

    item = wf_swf_item_add(exec, WF_SWF_DECISION, event, wf_str_none);

    if (item == NULL) {
        return WF_ERROR;
    }

    item->is_held = swf->started != NULL;
    swf->scheduled = item;

    if (!wf_swf_limit(event->input, "scheduleToStartTimeout",
                      &item->limits[WF_SWF_SCHEDULE_TO_START])
        || !wf_swf_limit(event->input, "startToCloseTimeout",
                         &item->limits[WF_SWF_START_TO_CLOSE]))
    {
        return WF_DECLINED;
    }

    return wf_swf_item_settle(exec, item);
}


wf_rc_t
wf_swf_apply_decision_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_t       *swf;
    wf_swf_item_t  *item;

    (void) branch;
    swf = exec->swf;
    item = swf->scheduled;

    if (item == NULL || swf->started
        || wf_swf_id(event->input, "scheduledEventId") != item->no)
    {
        return WF_DECLINED;
    }

    swf->scheduled = NULL;
    swf->started = item;

    return wf_swf_item_start(exec, item, event);
}


/* The started one is over: the next one, if there is one, is on its list. */
static wf_rc_t
decision_over(wf_exec_t *exec, int64_t now_ms)
{
    wf_swf_t  *swf;

    swf = exec->swf;
    wf_swf_item_remove(exec, swf->started);
    swf->started = NULL;

    if (swf->scheduled == NULL) {
        return WF_OK;
    }

    swf->scheduled->is_held = false;
    swf->scheduled->since_ms = now_ms;

    return wf_swf_item_settle(exec, swf->scheduled);
}


/* Is the event about the task that is started? */
static bool
is_of_started(const wf_exec_t *exec, const wf_event_t *event)
{
    const wf_swf_item_t  *item;

    item = exec->swf->started;

    return item != NULL
           && wf_swf_id(event->input, "scheduledEventId") == item->no
           && wf_swf_id(event->input, "startedEventId") == item->started_id;
}


wf_rc_t
wf_swf_apply_decision_completed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    int64_t            limit_ms;
    wf_swf_t          *swf;
    const wf_value_t  *list, *context;

    (void) branch;
    swf = exec->swf;

    if (!is_of_started(exec, event)
        || !wf_swf_limit(event->input, "taskListScheduleToStartTimeout",
                         &limit_ms))
    {
        return WF_DECLINED;
    }

    list = wf_swf_pair(event->input, "taskList", "name", NULL);
    context = wf_swf_member(event->input, "executionContext", WF_STRING);
    swf->previous_id = swf->started->started_id;
    swf->context = context ? context : swf->context;

    if (list) {
        swf->list = list;
        swf->list_timeout = limit_ms == WF_SWF_NO_LIMIT
                            ? NULL
                            : wf_value_get(event->input,
                                  wf_str("taskListScheduleToStartTimeout"));
    }

    return decision_over(exec, event->time_ms);
}


/* A list that was given for a time is given back. */
wf_rc_t
wf_swf_apply_decision_timed_out(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_t       *swf;
    wf_swf_item_t  *item;

    (void) branch;
    swf = exec->swf;
    item = swf->scheduled;

    if (is_of_started(exec, event)) {
        item = swf->started;

    } else if (item == NULL || item->is_held
               || wf_swf_id(event->input, "scheduledEventId") != item->no
               || wf_swf_id(event->input, "startedEventId") != 0)
    {
        return WF_DECLINED;
    }

    if (item->limits[WF_SWF_SCHEDULE_TO_START] != WF_SWF_NO_LIMIT
        && swf->list_timeout)
    {
        swf->list = NULL;
        swf->list_timeout = NULL;
    }

    if (item == swf->started) {
        return decision_over(exec, event->time_ms);
    }

    wf_swf_item_remove(exec, item);
    swf->scheduled = NULL;

    return WF_OK;
}


wf_rc_t
wf_swf_apply_delivered(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_swf_item_t  *item;

    (void) branch;
    item = wf_swf_item_find(exec, event->task);

    if (item == NULL || item->started_id == 0 || item->is_delivered
        || (item->kind != WF_SWF_DECISION && item->kind != WF_SWF_ACTIVITY))
    {
        return WF_DECLINED;
    }

    /* what it was about is known to who has it */

    item->is_delivered = true;
    item->attributes = NULL;

    return wf_swf_item_settle(exec, item);
}
