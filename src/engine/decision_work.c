
/*
 * Decisions about work (swf 8): activities, timers, markers, functions.  Each
 * records its event, or that it failed; none ever fails the answer it is in.
 */

#include "engine/decision.h"


static const wf_setting_t  activity_settings[] = {
    { "taskList", "defaultTaskList", "DEFAULT_TASK_LIST_UNDEFINED" },
    { "scheduleToStartTimeout", "defaultTaskScheduleToStartTimeout",
      "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED" },
    { "scheduleToCloseTimeout", "defaultTaskScheduleToCloseTimeout",
      "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED" },
    { "startToCloseTimeout", "defaultTaskStartToCloseTimeout",
      "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
    { "heartbeatTimeout", "defaultTaskHeartbeatTimeout",
      "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED" },
    { "taskPriority", "defaultTaskPriority", NULL },
    { NULL, NULL, NULL }
};


static bool
is_full(const wf_decider_t *decider, wf_swf_item_kind_t kind)
{
    return decider->run->exec->swf->counts[kind] >= WF_SWF_OPEN_MAX;
}


static bool
is_open(const wf_decider_t *decider, wf_swf_item_kind_t kind, wf_str_t id)
{
    return wf_swf_item_named(decider->run->exec, kind, id) != NULL;
}


/*
 * Activities
 */

static const char *
activity_fault(wf_decider_t *decider, const wf_value_t *attributes,
    const wf_value_t *type)
{
    if (type == NULL) {
        return "ACTIVITY_TYPE_DOES_NOT_EXIST";
    }

    if (wf_decision_is_deprecated(type)) {
        return "ACTIVITY_TYPE_DEPRECATED";
    }

    if (is_open(decider, WF_SWF_ACTIVITY,
                wf_swf_text(attributes, "activityId")))
    {
        return "ACTIVITY_ID_ALREADY_IN_USE";
    }

    if (is_full(decider, WF_SWF_ACTIVITY)) {
        return "OPEN_ACTIVITIES_LIMIT_EXCEEDED";
    }

    return wf_decision_missing(activity_settings, attributes, type);
}


wf_rc_t
wf_decide_activity(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_rc_t            rc;
    wf_run_t          *run;
    wf_sheet_t         sheet;
    const char        *cause;
    const wf_value_t  *named, *type;

    static const char *const  names[] = { "activityType", "activityId", NULL };
    static const char *const  more[] = { "input", "control", NULL };

    rc = WF_OK;
    run = decider->run;
    named = wf_swf_member(attributes, "activityType", WF_OBJECT);
    type = wf_decision_type(decider, "a", wf_swf_text(named, "name"),
                            wf_swf_text(named, "version"), &rc);

    if (rc != WF_OK) {
        return rc;
    }

    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, attributes, names);
    cause = activity_fault(decider, attributes, type);

    if (cause) {
        return wf_decision_fail(decider, WF_EVENT_SWF_SCHEDULE_FAILED, &sheet,
                                cause);
    }

    wf_sheet_copy(&sheet, attributes, more);
    wf_decision_settle(&sheet, activity_settings, attributes, type);
    wf_decision_id(decider, &sheet);
    rc = wf_swf_emit(run, WF_EVENT_SWF_ACTIVITY_SCHEDULED, &sheet);

    return rc == WF_OK ? wf_swf_owe(run, run->exec->swf->last) : rc;
}


/* One that nobody has yet is canceled after the list, once. */
wf_rc_t
wf_decide_canceling(wf_decider_t *decider, const wf_value_t *attributes)
{
    bool            is_first;
    wf_rc_t         rc;
    wf_sheet_t      sheet;
    wf_swf_item_t  *item;

    static const char *const  names[] = { "activityId", NULL };

    item = wf_swf_item_named(decider->run->exec, WF_SWF_ACTIVITY,
                             wf_swf_text(attributes, "activityId"));
    sheet = wf_sheet(decider->run);
    wf_sheet_copy(&sheet, attributes, names);

    if (item == NULL) {
        return wf_decision_fail(decider, WF_EVENT_SWF_CANCELING_FAILED,
                                &sheet, "ACTIVITY_ID_UNKNOWN");
    }

    is_first = item->cancel_id < decider->completed_id;
    wf_decision_id(decider, &sheet);
    rc = wf_swf_emit(decider->run, WF_EVENT_SWF_ACTIVITY_CANCELING, &sheet);

    return rc == WF_OK && item->started_id == 0 && is_first
           ? wf_decision_later(decider, item) : rc;
}


wf_rc_t
wf_decision_canceled(wf_decider_t *decider, wf_swf_item_t *item)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(decider->run);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", 0);
    wf_sheet_id(&sheet, "latestCancelRequestedEventId", item->cancel_id);

    return wf_swf_withdraw(decider->run, item) == WF_OK
           ? wf_swf_tell(decider->run, WF_EVENT_SWF_ACTIVITY_CANCELED, &sheet)
           : WF_ERROR;
}


/*
 * Timers and markers
 */

wf_rc_t
wf_decide_timer(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_sheet_t   sheet;
    const char  *cause;

    static const char *const  id[] = { "timerId", NULL };
    static const char *const  more[] = {
        "control", "startToFireTimeout", NULL
    };

    cause = NULL;
    sheet = wf_sheet(decider->run);
    wf_sheet_copy(&sheet, attributes, id);

    if (is_open(decider, WF_SWF_TIMER, wf_swf_text(attributes, "timerId"))) {
        cause = "TIMER_ID_ALREADY_IN_USE";

    } else if (is_full(decider, WF_SWF_TIMER)) {
        cause = "OPEN_TIMERS_LIMIT_EXCEEDED";
    }

    if (cause) {
        return wf_decision_fail(decider, WF_EVENT_SWF_TIMER_FAILED, &sheet,
                                cause);
    }

    wf_sheet_copy(&sheet, attributes, more);
    wf_decision_id(decider, &sheet);

    return wf_swf_emit(decider->run, WF_EVENT_SWF_TIMER_STARTED, &sheet);
}


wf_rc_t
wf_decide_cancel_timer(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_sheet_t            sheet;
    const wf_swf_item_t  *item;

    static const char *const  id[] = { "timerId", NULL };

    item = wf_swf_item_named(decider->run->exec, WF_SWF_TIMER,
                             wf_swf_text(attributes, "timerId"));
    sheet = wf_sheet(decider->run);
    wf_sheet_copy(&sheet, attributes, id);

    if (item == NULL) {
        return wf_decision_fail(decider, WF_EVENT_SWF_CANCEL_TIMER_FAILED,
                                &sheet, "TIMER_ID_UNKNOWN");
    }

    wf_sheet_id(&sheet, "startedEventId", item->no);
    wf_decision_id(decider, &sheet);

    return wf_swf_emit(decider->run, WF_EVENT_SWF_TIMER_CANCELED, &sheet);
}


wf_rc_t
wf_decide_marker(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_sheet_t  sheet;

    static const char *const  names[] = { "markerName", "details", NULL };

    sheet = wf_sheet(decider->run);
    wf_sheet_copy(&sheet, attributes, names);
    wf_decision_id(decider, &sheet);

    return wf_swf_emit(decider->run, WF_EVENT_SWF_MARKER_RECORDED, &sheet);
}


/*
 * Functions
 */

/* Without a role that calls it, there is none (swf 11). */
static const char *
lambda_fault(wf_decider_t *decider, const wf_value_t *attributes)
{
    if (wf_swf_text(decider->run->exec->input, "lambdaRole").len == 0) {
        return "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION";
    }

    if (is_open(decider, WF_SWF_LAMBDA, wf_swf_text(attributes, "id"))) {
        return "ID_ALREADY_IN_USE";
    }

    return is_full(decider, WF_SWF_LAMBDA)
           ? "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED" : NULL;
}


/* 1 to 900 seconds; else, and without one, 900. */
static void
put_lambda_limit(wf_sheet_t *sheet, const wf_value_t *attributes)
{
    int64_t  limit_ms;

    if (wf_swf_limit(attributes, "startToCloseTimeout", &limit_ms)
        && limit_ms > 0 && limit_ms <= WF_SWF_LAMBDA_SECONDS_MAX * 1000)
    {
        wf_sheet_put(sheet, "startToCloseTimeout",
                     wf_value_get(attributes, wf_str("startToCloseTimeout")));

    } else {
        wf_sheet_text(sheet, "startToCloseTimeout", wf_str("900"));
    }
}


wf_rc_t
wf_decide_lambda(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_rc_t      rc;
    wf_run_t    *run;
    wf_sheet_t   sheet;
    const char  *cause;

    static const char *const  names[] = { "id", "name", NULL };
    static const char *const  more[] = { "control", "input", NULL };

    run = decider->run;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, attributes, names);
    cause = lambda_fault(decider, attributes);

    if (cause) {
        return wf_decision_fail(decider, WF_EVENT_SWF_LAMBDA_REFUSED, &sheet,
                                cause);
    }

    wf_sheet_copy(&sheet, attributes, more);
    put_lambda_limit(&sheet, attributes);
    wf_decision_id(decider, &sheet);
    rc = wf_swf_emit(run, WF_EVENT_SWF_LAMBDA_SCHEDULED, &sheet);

    return rc == WF_OK ? wf_decision_later(decider, run->exec->swf->last) : rc;
}


wf_rc_t
wf_decision_call(wf_decider_t *decider, wf_swf_item_t *item)
{
    wf_rc_t     rc;
    wf_sheet_t  sheet;

    sheet = wf_sheet(decider->run);
    wf_sheet_id(&sheet, "scheduledEventId", item->no);
    rc = wf_swf_emit(decider->run, WF_EVENT_SWF_LAMBDA_STARTED, &sheet);

    return rc == WF_OK ? wf_swf_owe(decider->run, item) : rc;
}
