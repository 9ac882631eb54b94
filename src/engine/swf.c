
/*
 * One input to a run of Amazon SWF in, events out: which input fits and what
 * it means.  Changes no state itself; it records.  Decisions are decision.c's.
 */

#include "engine/swf.h"

#include "base/json.h"
#include "engine/decision.h"


static const char *const  timeout_types[WF_SWF_TIMEOUT_END] = {
    [WF_SWF_SCHEDULE_TO_START] = "SCHEDULE_TO_START",
    [WF_SWF_START_TO_CLOSE] = "START_TO_CLOSE",
    [WF_SWF_SCHEDULE_TO_CLOSE] = "SCHEDULE_TO_CLOSE",
    [WF_SWF_HEARTBEAT_LATE] = "HEARTBEAT"
};


const char *
wf_swf_event_name(uint8_t type)
{
    return wf_event_is_swf(type) ? wf_event_rpc_name(type) : "";
}


void
wf_swf_view(const wf_exec_t *exec, wf_swf_view_t *view)
{
    const wf_swf_t  *swf;

    swf = exec->swf;

    *view = (wf_swf_view_t) {
        .cancel_requested = swf->is_canceling
                            || exec->status == WF_STATUS_CANCELED,
        .activities = swf->counts[WF_SWF_ACTIVITY],
        .decisions = swf->counts[WF_SWF_DECISION] != 0,
        .timers = swf->counts[WF_SWF_TIMER],
        .children = swf->children,
        .lambdas = swf->counts[WF_SWF_LAMBDA],
        .latest_activity_ms = swf->latest_activity_ms,
        .has_context = swf->context != NULL,
        .context = swf->context ? swf->context->u.string : wf_str_none
    };
}


bool
wf_swf_has_decision(const wf_exec_t *exec, uint64_t task)
{
    return exec->swf && exec->swf->started && exec->swf->started->no == task;
}


bool
wf_swf_has_activity(const wf_exec_t *exec, uint64_t task)
{
    const wf_swf_item_t  *item;

    item = wf_swf_item_find(exec, task);

    return item && item->kind == WF_SWF_ACTIVITY && item->started_id != 0;
}


bool
wf_swf_owes_task(const wf_exec_t *exec, uint64_t task)
{
    const wf_swf_item_t  *item;

    item = wf_swf_item_find(exec, task);

    return item && item->is_owed;
}


static wf_rc_t
on_start(wf_run_t *run)
{
    int64_t            life_ms;
    wf_sheet_t         sheet;
    const wf_value_t  *value;

    value = run->input->value;

    if (run->exec->status != 0 || value == NULL
        || !wf_swf_starts(value, &life_ms))
    {
        return WF_DECLINED;
    }

    sheet.run = run;
    sheet.object = wf_value_copy(run->exec->arena, value);
    sheet.failed = sheet.object == NULL;

    return wf_swf_tell(run, WF_EVENT_SWF_STARTED, &sheet);
}


/*
 * Time
 */

static wf_rc_t
decision_late(wf_run_t *run, const wf_swf_item_t *item,
    wf_swf_timeout_t timeout)
{
    wf_rc_t     rc;
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_text(&sheet, "timeoutType", wf_str_of(timeout_types[timeout]));
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);

    if (wf_swf_withdraw(run, item) != WF_OK) {
        return WF_ERROR;
    }

    rc = wf_swf_emit(run, WF_EVENT_SWF_DECISION_TIMED_OUT, &sheet);

    if (rc != WF_OK) {
        return rc;
    }

    /* the next one may stand behind it */

    return run->exec->swf->scheduled
           ? wf_swf_owe(run, run->exec->swf->scheduled)
           : wf_swf_schedule(run);
}


static wf_rc_t
activity_late(wf_run_t *run, const wf_swf_item_t *item,
    wf_swf_timeout_t timeout)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_text(&sheet, "timeoutType", wf_str_of(timeout_types[timeout]));
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);
    wf_sheet_share(&sheet, "details", item->details);

    return wf_swf_withdraw(run, item) == WF_OK
           ? wf_swf_tell(run, WF_EVENT_SWF_ACTIVITY_TIMED_OUT, &sheet)
           : WF_ERROR;
}


static wf_rc_t
timer_fired(wf_run_t *run, const wf_swf_item_t *item, wf_swf_timeout_t timeout)
{
    wf_sheet_t  sheet;

    (void) timeout;
    sheet = wf_sheet(run);
    wf_sheet_text(&sheet, "timerId", item->id);
    wf_sheet_id(&sheet, "startedEventId", item->no);

    return wf_swf_tell(run, WF_EVENT_SWF_TIMER_FIRED, &sheet);
}


static wf_rc_t
lambda_late(wf_run_t *run, const wf_swf_item_t *item, wf_swf_timeout_t timeout)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);
    wf_sheet_text(&sheet, "timeoutType", wf_str_of(timeout_types[timeout]));

    return wf_swf_withdraw(run, item) == WF_OK
           ? wf_swf_tell(run, WF_EVENT_SWF_LAMBDA_TIMED_OUT, &sheet)
           : WF_ERROR;
}


static wf_rc_t (*const late[WF_SWF_ITEM_END])(wf_run_t *run,
    const wf_swf_item_t *item, wf_swf_timeout_t timeout) =
{
    [WF_SWF_DECISION] = decision_late,
    [WF_SWF_ACTIVITY] = activity_late,
    [WF_SWF_TIMER] = timer_fired,
    [WF_SWF_LAMBDA] = lambda_late
};


/* What was due first comes first, even when all of it is late. */
static wf_rc_t
on_timer(wf_run_t *run)
{
    wf_rc_t           rc;
    int64_t           due_ms;
    wf_exec_t        *exec;
    wf_swf_item_t    *item;
    wf_heap_node_t   *node;
    wf_swf_timeout_t  timeout;

    exec = run->exec;
    rc = WF_DECLINED;

    while (exec->status == WF_STATUS_RUNNING
           && wf_exec_due_ms(exec) <= run->now_ms
           && !wf_run_is_enough(run))
    {
        node = wf_heap_min(&exec->due);

        if (node == NULL || (int64_t) node->due_ms > exec->timeout_ms) {
            return wf_swf_time_out(run);
        }

        item = (wf_swf_item_t *) ((uint8_t *) node
                                  - offsetof(wf_swf_item_t, due));
        timeout = wf_swf_item_due(item, &due_ms);
        rc = late[item->kind](run, item, timeout);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return rc;
}


/*
 * Calls
 */

static wf_rc_t
task_started(wf_run_t *run, wf_swf_item_t *item)
{
    wf_rc_t     rc;
    wf_str_t    worker;
    wf_sheet_t  sheet;

    worker = wf_swf_text(run->input->value, "workerName");
    sheet = wf_sheet(run);

    if (worker.len) {
        wf_sheet_text(&sheet, "identity", worker);
    }

    wf_sheet_id(&sheet, "scheduledEventId", item->no);

    rc = wf_swf_emit(run, item->kind == WF_SWF_DECISION
                          ? WF_EVENT_SWF_DECISION_STARTED
                          : WF_EVENT_SWF_ACTIVITY_STARTED,
                     &sheet);

    return rc == WF_OK ? wf_swf_owe(run, item) : rc;
}


/* The first so many characters. */
static wf_str_t
cut(wf_str_t text, size_t length_max)
{
    size_t  i, length;

    length = 0;

    for (i = 0; i < text.len; i++) {
        if ((text.data[i] & 0xc0) != 0x80 && ++length > length_max) {
            break;
        }
    }

    return (wf_str_t) { i, text.data };
}


static wf_rc_t
lambda_failed(wf_run_t *run, const wf_swf_item_t *item, wf_str_t reason,
    wf_str_t details)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);
    wf_sheet_text(&sheet, "reason", cut(reason, WF_SWF_REASON_LEN_MAX));
    wf_sheet_text(&sheet, "details", cut(details, WF_SWF_TEXT_LEN_MAX));

    return wf_swf_tell(run, WF_EVENT_SWF_LAMBDA_FAILED, &sheet);
}


static wf_rc_t
lambda_done(wf_run_t *run, const wf_swf_item_t *item)
{
    wf_rc_t     rc;
    wf_str_t    text;
    wf_sheet_t  sheet;

    if (run->input->outcome == WF_OUTCOME_FAILED) {
        return lambda_failed(run, item, run->input->error, run->input->cause);
    }

    if (run->input->outcome != WF_OUTCOME_SUCCEEDED) {
        return WF_DECLINED;
    }

    rc = WF_OK;
    text = run->input->value ? wf_effect_print(run, run->input->value, &rc)
                             : wf_str("null");

    if (rc != WF_OK) {
        return rc;
    }

    if (text.len > WF_SWF_TEXT_LEN_MAX
        && wf_utf8_length(text) > WF_SWF_TEXT_LEN_MAX)
    {
        return lambda_failed(run, item, wf_str("ResultSizeLimitExceeded"),
                             wf_str("the result has more than 32768 "
                                    "characters"));
    }

    sheet = wf_sheet(run);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);
    wf_sheet_text(&sheet, "result", text);

    return wf_swf_tell(run, WF_EVENT_SWF_LAMBDA_COMPLETED, &sheet);
}


/* An offer: somebody is there, or it was handed over; a function's result. */
static wf_rc_t
on_task_done(wf_run_t *run)
{
    wf_swf_item_t  *item;

    item = wf_swf_item_find(run->exec, run->input->task);

    if (item == NULL || !item->is_owed) {
        return WF_DECLINED;
    }

    if (item->kind == WF_SWF_LAMBDA) {
        return lambda_done(run, item);
    }

    if (run->input->outcome != WF_OUTCOME_SUBMITTED) {
        return WF_DECLINED;
    }

    return item->started_id
           ? wf_swf_emit_hidden(run, WF_EVENT_SWF_DELIVERED, item->no, NULL)
           : task_started(run, item);
}


/*
 * What the run is told
 */

/* Another run's word that was heard before. */
static bool
is_double(const wf_run_t *run)
{
    const wf_value_t  *teller;

    teller = wf_swf_member(run->input->value, "externalWorkflowExecution",
                           WF_OBJECT);

    return teller
           && wf_swf_told(run->exec, wf_swf_text(teller, "runId"),
                          wf_swf_id(run->input->value,
                                    "externalInitiatedEventId"));
}


static wf_rc_t
told_before(wf_run_t *run)
{
    run->step->is_double = true;

    return WF_DECLINED;
}


static wf_rc_t
on_signal(wf_run_t *run)
{
    wf_sheet_t         sheet;
    const wf_value_t  *value;

    static const char *const  names[] = {
        "signalName", "input", "externalWorkflowExecution", NULL
    };

    value = run->input->value;

    if (is_double(run)) {
        return told_before(run);
    }

    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, value, names);
    wf_sheet_id(&sheet, "externalInitiatedEventId",
                wf_swf_id(value, "externalInitiatedEventId"));

    return wf_swf_tell(run, WF_EVENT_SWF_SIGNALED, &sheet);
}


static bool
is_of_policy(const wf_run_t *run)
{
    return wf_str_eq(wf_swf_text(run->input->value, "cause"),
                     wf_str("CHILD_POLICY_APPLIED"));
}


/* Is it that parent's child, by that start? */
static bool
is_own_parent(const wf_run_t *run)
{
    const wf_value_t  *parent, *teller, *value;

    value = run->input->value;
    teller = wf_swf_member(value, "externalWorkflowExecution", WF_OBJECT);
    parent = wf_swf_member(run->exec->input, "parentWorkflowExecution",
                           WF_OBJECT);

    return teller == NULL
           || (parent
               && wf_str_eq(wf_swf_text(parent, "runId"),
                            wf_swf_text(teller, "runId"))
               && wf_swf_id(run->exec->input, "parentInitiatedEventId")
                  == wf_swf_id(value, "externalInitiatedEventId"));
}


static wf_rc_t
on_cancel(wf_run_t *run)
{
    wf_sheet_t         sheet;
    const wf_value_t  *value;

    value = run->input->value;
    sheet = wf_sheet(run);

    if (is_of_policy(run)) {
        if (run->exec->swf->is_orphaned) {
            return told_before(run);
        }

        if (!is_own_parent(run)) {
            return WF_DECLINED;
        }

        wf_sheet_id(&sheet, "externalInitiatedEventId", 0);
        wf_sheet_text(&sheet, "cause", wf_str("CHILD_POLICY_APPLIED"));

        return wf_swf_tell(run, WF_EVENT_SWF_CANCEL_REQUESTED, &sheet);
    }

    if (is_double(run)) {
        return told_before(run);
    }

    wf_sheet_put(&sheet, "externalWorkflowExecution",
                 wf_value_get(value, wf_str("externalWorkflowExecution")));
    wf_sheet_id(&sheet, "externalInitiatedEventId",
                wf_swf_id(value, "externalInitiatedEventId"));

    return wf_swf_tell(run, WF_EVENT_SWF_CANCEL_REQUESTED, &sheet);
}


static wf_rc_t
on_terminate(wf_run_t *run)
{
    if (!is_of_policy(run)) {
        return wf_swf_terminate(run, run->input->value, "OPERATOR_INITIATED");
    }

    return is_own_parent(run)
           ? wf_swf_terminate(run, NULL, "CHILD_POLICY_APPLIED") : WF_DECLINED;
}


/* The activity that somebody has; NULL: nobody has it. */
static wf_swf_item_t *
held_activity(const wf_run_t *run)
{
    return wf_swf_has_activity(run->exec, run->input->task)
           ? wf_swf_item_find(run->exec, run->input->task) : NULL;
}


static wf_rc_t
activity_over(wf_run_t *run, uint8_t type, const char *const *names)
{
    wf_sheet_t            sheet;
    const wf_swf_item_t  *item;

    item = held_activity(run);

    if (item == NULL) {
        return WF_DECLINED;
    }

    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, run->input->value, names);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);

    if (type == WF_EVENT_SWF_ACTIVITY_CANCELED && item->cancel_id) {
        wf_sheet_id(&sheet, "latestCancelRequestedEventId", item->cancel_id);
    }

    return wf_swf_withdraw(run, item) == WF_OK
           ? wf_swf_tell(run, type, &sheet) : WF_ERROR;
}


static wf_rc_t
on_completed(wf_run_t *run)
{
    static const char *const  names[] = { "result", NULL };

    return activity_over(run, WF_EVENT_SWF_ACTIVITY_COMPLETED, names);
}


static wf_rc_t
on_failed(wf_run_t *run)
{
    static const char *const  names[] = { "reason", "details", NULL };

    return activity_over(run, WF_EVENT_SWF_ACTIVITY_FAILED, names);
}


static wf_rc_t
on_canceled(wf_run_t *run)
{
    static const char *const  names[] = { "details", NULL };

    return activity_over(run, WF_EVENT_SWF_ACTIVITY_CANCELED, names);
}


/* Where no clock runs and nothing new is said, nothing is recorded. */
static wf_rc_t
on_heartbeat(wf_run_t *run)
{
    wf_sheet_t         sheet;
    wf_swf_item_t     *item;
    const wf_value_t  *details;

    item = held_activity(run);

    if (item == NULL) {
        return WF_DECLINED;
    }

    run->step->cancel_requested = item->cancel_id != 0;
    details = run->input->value
              ? wf_swf_member(run->input->value, "details", WF_STRING) : NULL;

    if (details && item->details && wf_value_eq(details, item->details)) {
        details = NULL;
    }

    if (details == NULL) {
        return item->limits[WF_SWF_HEARTBEAT_LATE] == WF_SWF_NO_LIMIT
               ? WF_OK
               : wf_swf_emit_hidden(run, WF_EVENT_SWF_HEARTBEAT, item->no,
                                    NULL);
    }

    sheet = wf_sheet(run);
    wf_sheet_put(&sheet, "details", details);

    return sheet.failed
           ? wf_run_out_of_memory(run)
           : wf_swf_emit_hidden(run, WF_EVENT_SWF_HEARTBEAT, item->no,
                                sheet.object);
}


static wf_rc_t (*const words[WF_SWF_END])(wf_run_t *run) = {
    [WF_SWF_SIGNAL] = on_signal,
    [WF_SWF_CANCEL] = on_cancel,
    [WF_SWF_TERMINATE] = on_terminate,
    [WF_SWF_DECIDED] = wf_swf_decided,
    [WF_SWF_COMPLETED] = on_completed,
    [WF_SWF_FAILED] = on_failed,
    [WF_SWF_CANCELED] = on_canceled,
    [WF_SWF_HEARTBEAT] = on_heartbeat,
    [WF_SWF_ANSWER] = wf_swf_answered,
    [WF_SWF_CLOSED] = wf_swf_told_closed
};


static wf_rc_t
on_swf(wf_run_t *run)
{
    uint8_t  kind;

    kind = run->input->swf;

    wf_assert(kind < WF_SWF_END && words[kind]);

    return words[kind](run);
}


/* An operator's doing. */
static wf_rc_t
on_stop(wf_run_t *run)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);

    if (run->input->error.len) {
        wf_sheet_text(&sheet, "reason",
                      cut(run->input->error, WF_SWF_REASON_LEN_MAX));
    }

    if (run->input->cause.len) {
        wf_sheet_text(&sheet, "details",
                      cut(run->input->cause, WF_SWF_TEXT_LEN_MAX));
    }

    return sheet.failed ? wf_run_out_of_memory(run)
                        : wf_swf_terminate(run, sheet.object,
                                           "OPERATOR_INITIATED");
}


static wf_rc_t (*const inputs[])(wf_run_t *run) = {
    [WF_INPUT_START] = on_start,
    [WF_INPUT_TIMER] = on_timer,
    [WF_INPUT_STOP] = on_stop,
    [WF_INPUT_FLOW_GONE] = on_stop,
    [WF_INPUT_TASK_DONE] = on_task_done,
    [WF_INPUT_SWF] = on_swf
};


/* All that one input made is there before the history is too long, or what is
 * open takes too much memory. */
static wf_rc_t
limit(wf_run_t *run)
{
    if (run->exec->status == WF_STATUS_RUNNING
        && (wf_swf_last_id(run) >= WF_EVENTS_SWF_MAX
            || run->exec->live_bytes > WF_EXEC_BYTES_MAX))
    {
        return wf_swf_terminate(run, NULL, "EVENT_LIMIT_EXCEEDED");
    }

    return WF_OK;
}


wf_rc_t
wf_swf_step(wf_run_t *run)
{
    wf_rc_t  rc;
    uint8_t  type;

    type = run->input->type;

    if (type >= wf_countof(inputs) || inputs[type] == NULL
        || (type != WF_INPUT_START
            && run->exec->status != WF_STATUS_RUNNING))
    {
        return WF_DECLINED;
    }

    if (wf_exec_tidy(run->exec) != WF_OK) {
        return wf_run_out_of_memory(run);
    }

    rc = inputs[type](run);

    return rc == WF_OK ? limit(run) : rc;
}


wf_rc_t
wf_swf_resume(wf_run_t *run)
{
    const wf_swf_item_t  *item;

    run->step->wants_continue = false;

    if (run->exec->status != WF_STATUS_RUNNING) {
        return WF_OK;
    }

    for (item = run->exec->swf->first; item; item = item->next) {
        if (item->is_owed && wf_swf_owe(run, item) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
