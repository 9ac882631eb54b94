
/*
 * Ends: of the run, and what its children and its parent hear of it; of a
 * child, and what has become of the words that were sent to other runs.
 */

#include "engine/swf_run.h"


/* A child's end is told before anybody has answered for its start. */
#define POLICY_TASK  (1ull << 32)   /* and its number: behind all events */

static const char *const  result[] = { "result", NULL };
static const char *const  reason[] = { "reason", "details", NULL };
static const char *const  details[] = { "details", NULL };
static const char *const  timeout_type[] = { "timeoutType", NULL };
static const char *const  nothing[] = { NULL };

/* What a parent is told, in its own events' words. */
static const struct {
    uint8_t             type;       /* of the run's last event */
    uint8_t             told;       /* of the parent's */
    const char *const  *members;
} closings[] = {
    { WF_EVENT_SWF_COMPLETED, WF_EVENT_SWF_CHILD_COMPLETED, result },
    { WF_EVENT_SWF_FAILED, WF_EVENT_SWF_CHILD_FAILED, reason },
    { WF_EVENT_SWF_TIMED_OUT, WF_EVENT_SWF_CHILD_TIMED_OUT, timeout_type },
    { WF_EVENT_SWF_CANCELED, WF_EVENT_SWF_CHILD_CANCELED, details },
    { WF_EVENT_SWF_TERMINATED, WF_EVENT_SWF_CHILD_TERMINATED, nothing }
};

static const struct {
    wf_str_t     policy;
    const char  *what;
} policies[] = {
    { wf_str_init("TERMINATE"), "terminate" },
    { wf_str_init("REQUEST_CANCEL"), "cancel" }
};


/*
 * The end of the run
 */

/* By its name alone: a child may have continued as new.  It looks whose child
 * it is. */
static wf_rc_t
tell_child(wf_run_t *run, const wf_swf_item_t *child, const char *what)
{
    wf_rc_t     rc;
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_text(&sheet, "cause", wf_str("CHILD_POLICY_APPLIED"));
    wf_sheet_execution(&sheet, "externalWorkflowExecution",
                       wf_swf_own_id(run), wf_swf_own_run(run));
    wf_sheet_id(&sheet, "externalInitiatedEventId", child->no);

    rc = sheet.failed ? wf_run_out_of_memory(run) : WF_OK;

    return rc == WF_OK ? wf_swf_send(run, &(wf_swf_message_t) {
                             .what = what,
                             .task = POLICY_TASK | child->no,
                             .id = child->id,
                             .params = sheet.object,
                             .is_next = true
                         }) : rc;
}


static wf_rc_t
tell_children(wf_run_t *run, wf_str_t policy)
{
    size_t                i;
    const wf_swf_item_t  *item;

    for (i = 0; i < wf_countof(policies); i++) {
        if (wf_str_eq(policies[i].policy, policy)) {
            break;
        }
    }

    if (i == wf_countof(policies)) {
        return WF_OK;
    }

    for (item = run->exec->swf->first; item; item = item->next) {
        if (item->kind == WF_SWF_CHILD
            && tell_child(run, item, policies[i].what) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
withdraw_all(wf_run_t *run)
{
    const wf_swf_item_t  *item;

    for (item = run->exec->swf->first; item; item = item->next) {
        if (wf_swf_withdraw(run, item) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static bool
is_policys(const wf_value_t *attributes)
{
    return wf_str_eq(wf_swf_text(attributes, "cause"),
                     wf_str("CHILD_POLICY_APPLIED"));
}


/* One that continues as new is still its child; one that was told so by its
 * parent's end has nobody to tell. */
static wf_rc_t
tell_parent(wf_run_t *run, uint8_t type, const wf_value_t *attributes)
{
    size_t             i;
    wf_sheet_t         sheet;
    const wf_value_t  *parent;

    parent = wf_swf_member(run->exec->input, "parentWorkflowExecution",
                           WF_OBJECT);

    for (i = 0; i < wf_countof(closings); i++) {
        if (closings[i].type == type) {
            break;
        }
    }

    if (parent == NULL || i == wf_countof(closings) || is_policys(attributes))
    {
        return WF_OK;
    }

    sheet = wf_sheet(run);
    wf_sheet_id(&sheet, "initiatedEventId",
                wf_swf_id(run->exec->input, "parentInitiatedEventId"));
    wf_sheet_execution(&sheet, "workflowExecution", wf_swf_own_id(run),
                       wf_swf_own_run(run));
    wf_sheet_text(&sheet, "event",
                  wf_str_of(wf_swf_event_name(closings[i].told)));
    wf_sheet_copy(&sheet, attributes, closings[i].members);

    return sheet.failed
           ? wf_run_out_of_memory(run)
           : wf_swf_send(run, &(wf_swf_message_t) {
                 .what = "closed",
                 .task = wf_swf_last_id(run),
                 .id = wf_swf_text(parent, "workflowId"),
                 .run_id = wf_swf_text(parent, "runId"),
                 .params = sheet.object
             });
}


wf_rc_t
wf_swf_close(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet,
    wf_str_t policy)
{
    if (sheet->failed) {
        return wf_run_out_of_memory(run);
    }

    if (withdraw_all(run) != WF_OK
        || tell_children(run, policy) != WF_OK
        || wf_swf_emit(run, type, sheet) != WF_OK)
    {
        return WF_ERROR;
    }

    return tell_parent(run, type, sheet->object);
}


static wf_str_t
own_policy(const wf_run_t *run)
{
    return wf_swf_text(run->exec->input, "childPolicy");
}


/* value: reason, details, childPolicy, cause; NULL: none of them. */
wf_rc_t
wf_swf_terminate(wf_run_t *run, const wf_value_t *value, const char *cause)
{
    wf_str_t    policy;
    wf_sheet_t  sheet;

    policy = wf_swf_text(value, "childPolicy");
    policy = policy.len ? policy : own_policy(run);
    sheet = wf_sheet(run);

    if (value) {
        wf_sheet_copy(&sheet, value, reason);
    }

    wf_sheet_text(&sheet, "childPolicy", policy);
    wf_sheet_text(&sheet, "cause", wf_str_of(cause));

    return wf_swf_close(run, WF_EVENT_SWF_TERMINATED, &sheet, policy);
}


wf_rc_t
wf_swf_time_out(wf_run_t *run)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_text(&sheet, "timeoutType", wf_str("START_TO_CLOSE"));
    wf_sheet_text(&sheet, "childPolicy", own_policy(run));

    return wf_swf_close(run, WF_EVENT_SWF_TIMED_OUT, &sheet, own_policy(run));
}


/*
 * The end of a child
 */

static const wf_value_t *
child_type(const wf_swf_item_t *item)
{
    return item->started_id
           ? item->attributes
           : wf_value_get(item->attributes, wf_str("workflowType"));
}


static wf_rc_t
child_started(wf_run_t *run, const wf_swf_item_t *item, wf_str_t run_id)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(run);
    wf_sheet_execution(&sheet, "workflowExecution", item->id, run_id);
    wf_sheet_share(&sheet, "workflowType", child_type(item));
    wf_sheet_id(&sheet, "initiatedEventId", item->no);

    return wf_swf_tell(run, WF_EVENT_SWF_CHILD_STARTED, &sheet);
}


static wf_rc_t
child_closed(wf_run_t *run, const wf_swf_item_t *item, size_t i)
{
    wf_sheet_t         sheet;
    const wf_value_t  *value;

    value = run->input->value;
    sheet = wf_sheet(run);
    wf_sheet_put(&sheet, "workflowExecution",
                 wf_value_get(value, wf_str("workflowExecution")));
    wf_sheet_share(&sheet, "workflowType", child_type(item));
    wf_sheet_copy(&sheet, value, closings[i].members);
    wf_sheet_id(&sheet, "initiatedEventId", item->no);
    wf_sheet_id(&sheet, "startedEventId", item->started_id);

    return wf_swf_tell(run, closings[i].told, &sheet);
}


/* It may be heard of before the answer that it has started. */
wf_rc_t
wf_swf_told_closed(wf_run_t *run)
{
    size_t             i;
    wf_rc_t            rc;
    wf_str_t           name;
    wf_swf_item_t     *item;
    const wf_value_t  *value;

    value = run->input->value;
    name = wf_swf_text(value, "event");
    item = wf_swf_item_find(run->exec, wf_swf_id(value, "initiatedEventId"));

    for (i = 0; i < wf_countof(closings); i++) {
        if (wf_str_eq(wf_str_of(wf_swf_event_name(closings[i].told)), name)) {
            break;
        }
    }

    if (i == wf_countof(closings) || item == NULL
        || item->kind != WF_SWF_CHILD
        || !wf_swf_pair(value, "workflowExecution", "workflowId", "runId"))
    {
        return WF_DECLINED;
    }

    rc = item->started_id ? WF_OK : child_started(run, item, item->run_id);

    return rc == WF_OK ? child_closed(run, item, i) : rc;
}


/*
 * Answers of other runs
 */

static wf_rc_t
child_refused(wf_run_t *run, const wf_swf_item_t *item, wf_str_t cause)
{
    wf_sheet_t  sheet;

    static const char *const  names[] = {
        "workflowId", "decisionTaskCompletedEventId", "control", NULL
    };

    sheet = wf_sheet(run);
    wf_sheet_share(&sheet, "workflowType", child_type(item));
    wf_sheet_text(&sheet, "cause", cause);
    wf_sheet_copy(&sheet, item->attributes, names);
    wf_sheet_id(&sheet, "initiatedEventId", item->no);

    return wf_swf_tell(run, WF_EVENT_SWF_CHILD_START_FAILED, &sheet);
}


static wf_rc_t
answered_child(wf_run_t *run, const wf_swf_item_t *item, wf_str_t run_id,
    wf_str_t cause)
{
    if (item->started_id != 0) {
        return WF_DECLINED;
    }

    return run_id.len ? child_started(run, item, run_id)
                      : child_refused(run, item, cause);
}


static wf_rc_t
answered_word(wf_run_t *run, const wf_swf_item_t *item, wf_str_t run_id,
    wf_str_t cause)
{
    bool        is_signal;
    wf_sheet_t  sheet;

    static const char *const  names[] = {
        "workflowId", "runId", "decisionTaskCompletedEventId", "control", NULL
    };

    is_signal = item->kind == WF_SWF_SIGNAL_SENT;
    sheet = wf_sheet(run);

    if (run_id.len) {
        wf_sheet_execution(&sheet, "workflowExecution",
                           wf_swf_text(item->attributes, "workflowId"),
                           run_id);
        wf_sheet_id(&sheet, "initiatedEventId", item->no);

        return wf_swf_tell(run, is_signal ? WF_EVENT_SWF_EXTERNAL_SIGNALED
                                          : WF_EVENT_SWF_EXTERNAL_CANCELING,
                           &sheet);
    }

    wf_sheet_copy(&sheet, item->attributes, names);
    wf_sheet_text(&sheet, "cause", cause);
    wf_sheet_id(&sheet, "initiatedEventId", item->no);

    return wf_swf_tell(run, is_signal ? WF_EVENT_SWF_SIGNAL_FAILED
                                      : WF_EVENT_SWF_REQUEST_FAILED,
                       &sheet);
}


wf_rc_t
wf_swf_answered(wf_run_t *run)
{
    wf_str_t              run_id, cause;
    const wf_swf_item_t  *item;

    item = wf_swf_item_find(run->exec, run->input->task);
    run_id = wf_swf_text(run->input->value, "runId");
    cause = wf_swf_text(run->input->value, "cause");

    if (item == NULL || (run_id.len == 0 && cause.len == 0)) {
        return WF_DECLINED;
    }

    switch (item->kind) {

    case WF_SWF_CHILD:
        return answered_child(run, item, run_id, cause);

    case WF_SWF_SIGNAL_SENT:
    case WF_SWF_REQUEST_SENT:
        return answered_word(run, item, run_id, cause);

    default:
        return WF_DECLINED;
    }
}
