
/*
 * Decisions about runs (swf 8, 11, 12): the end of this one, children, words to
 * others.  What goes to another run leaves as a message; its answer is
 * swf_close.c's.
 */

#include "base/json.h"
#include "engine/decision.h"


/* In the order in which they are looked for: swf 5. */
static const wf_setting_t  workflow_settings[] = {
    { "executionStartToCloseTimeout", "defaultExecutionStartToCloseTimeout",
      "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
    { "taskList", "defaultTaskList", "DEFAULT_TASK_LIST_UNDEFINED" },
    { "taskStartToCloseTimeout", "defaultTaskStartToCloseTimeout",
      "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
    { "childPolicy", "defaultChildPolicy", "DEFAULT_CHILD_POLICY_UNDEFINED" },
    { "taskPriority", "defaultTaskPriority", NULL },
    { NULL, NULL, NULL }
};

/* A child has its type's role, one that continues its own alone. */
static const wf_setting_t  child_role[] = {
    { "lambdaRole", "defaultLambdaRole", NULL },
    { NULL, NULL, NULL }
};

static const wf_setting_t  own_role[] = {
    { "lambdaRole", NULL, NULL },
    { NULL, NULL, NULL }
};

/* What a run starts with of what its Initiated or ContinuedAsNew says. */
static const char *const  started_names[] = {
    "input", "executionStartToCloseTimeout", "taskStartToCloseTimeout",
    "childPolicy", "taskList", "taskPriority", "workflowType", "tagList",
    "lambdaRole", NULL
};


static const char *
type_fault(const wf_value_t *attributes, const wf_value_t *type)
{
    if (type == NULL) {
        return "WORKFLOW_TYPE_DOES_NOT_EXIST";
    }

    if (wf_decision_is_deprecated(type)) {
        return "WORKFLOW_TYPE_DEPRECATED";
    }

    return wf_decision_missing(workflow_settings, attributes, type);
}


/*
 * Ends
 */

/* Something happened that the decider does not know: swf 6, rule 6. */
static bool
is_unhandled(const wf_decider_t *decider)
{
    return decider->run->exec->swf->scheduled != NULL;
}


static wf_rc_t
close_run(wf_decider_t *decider, const wf_value_t *attributes,
    const char *const *names, uint8_t type, uint8_t failed)
{
    wf_sheet_t  sheet;

    sheet = wf_sheet(decider->run);

    if (is_unhandled(decider)) {
        return wf_decision_fail(decider, failed, &sheet, "UNHANDLED_DECISION");
    }

    wf_sheet_copy(&sheet, attributes, names);
    wf_decision_id(decider, &sheet);

    return wf_swf_close(decider->run, type, &sheet, wf_str_none);
}


wf_rc_t
wf_decide_complete(wf_decider_t *decider, const wf_value_t *attributes)
{
    static const char *const  names[] = { "result", NULL };

    return close_run(decider, attributes, names, WF_EVENT_SWF_COMPLETED,
                     WF_EVENT_SWF_COMPLETE_FAILED);
}


wf_rc_t
wf_decide_fail(wf_decider_t *decider, const wf_value_t *attributes)
{
    static const char *const  names[] = { "reason", "details", NULL };

    return close_run(decider, attributes, names, WF_EVENT_SWF_FAILED,
                     WF_EVENT_SWF_FAIL_FAILED);
}


wf_rc_t
wf_decide_cancel(wf_decider_t *decider, const wf_value_t *attributes)
{
    static const char *const  names[] = { "details", NULL };

    return close_run(decider, attributes, names, WF_EVENT_SWF_CANCELED,
                     WF_EVENT_SWF_CANCEL_FAILED);
}


/* The next run: what ContinuedAsNew says, and whose child this one is. */
static wf_rc_t
go_on(wf_decider_t *decider, const wf_value_t *continued, wf_str_t run_id)
{
    wf_run_t    *run;
    wf_sheet_t   sheet;

    static const char *const  parent[] = {
        "parentWorkflowExecution", "parentInitiatedEventId", NULL
    };

    run = decider->run;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, continued, started_names);
    wf_sheet_text(&sheet, "continuedExecutionRunId", wf_swf_own_run(run));
    wf_sheet_copy(&sheet, run->exec->input, parent);

    return sheet.failed ? wf_run_out_of_memory(run)
                        : wf_swf_go_on(run, run_id, sheet.object);
}


/* Nothing comes from the old run but its type's name: swf 12. */
static wf_rc_t
continue_as(wf_decider_t *decider, const wf_value_t *attributes,
    const wf_value_t *type, wf_str_t version)
{
    wf_rc_t      rc;
    wf_run_t    *run;
    wf_str_t     run_id;
    wf_sheet_t   sheet, named;

    static const char *const  names[] = { "input", "tagList", NULL };

    run = decider->run;
    run_id = wf_swf_new_run(run);
    named = wf_sheet(run);
    wf_sheet_text(&named, "name",
                  wf_swf_text(wf_value_get(run->exec->input,
                                           wf_str("workflowType")),
                              "name"));
    wf_sheet_text(&named, "version", version);

    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, attributes, names);
    wf_sheet_text(&sheet, "newExecutionRunId", run_id);
    wf_decision_settle(&sheet, workflow_settings, attributes, type);
    wf_decision_settle(&sheet, own_role, attributes, type);
    wf_sheet_share(&sheet, "workflowType", named.object);
    wf_decision_id(decider, &sheet);

    if (run_id.data == NULL || named.failed) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_swf_close(run, WF_EVENT_SWF_CONTINUED, &sheet, wf_str_none);

    return rc == WF_OK ? go_on(decider, sheet.object, run_id) : rc;
}


wf_rc_t
wf_decide_continue(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_rc_t            rc;
    wf_str_t           version;
    wf_sheet_t         sheet;
    const char        *cause;
    const wf_value_t  *own, *type;

    rc = WF_OK;
    own = wf_value_get(decider->run->exec->input, wf_str("workflowType"));
    version = wf_swf_text(attributes, "workflowTypeVersion");
    version = version.len ? version : wf_swf_text(own, "version");
    type = wf_decision_type(decider, "w", wf_swf_text(own, "name"), version,
                            &rc);

    if (rc != WF_OK) {
        return rc;
    }

    cause = is_unhandled(decider) ? "UNHANDLED_DECISION"
                                  : type_fault(attributes, type);

    if (cause) {
        sheet = wf_sheet(decider->run);

        return wf_decision_fail(decider, WF_EVENT_SWF_CONTINUE_FAILED, &sheet,
                                cause);
    }

    return continue_as(decider, attributes, type, version);
}


/*
 * Children
 */

static wf_rc_t
refuse_child(wf_decider_t *decider, const wf_value_t *attributes,
    const char *cause)
{
    wf_sheet_t  sheet;

    static const char *const  names[] = {
        "workflowType", "workflowId", "control", NULL
    };

    sheet = wf_sheet(decider->run);
    wf_sheet_copy(&sheet, attributes, names);
    wf_sheet_id(&sheet, "initiatedEventId", 0);

    return wf_decision_fail(decider, WF_EVENT_SWF_CHILD_START_FAILED, &sheet,
                            cause);
}


static wf_rc_t
send_start(wf_run_t *run, const wf_value_t *initiated)
{
    wf_sheet_t            sheet;
    const wf_swf_item_t  *item;

    item = run->exec->swf->last;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, initiated, started_names);
    wf_sheet_execution(&sheet, "parentWorkflowExecution", wf_swf_own_id(run),
                       wf_swf_own_run(run));
    wf_sheet_id(&sheet, "parentInitiatedEventId", item->no);

    return sheet.failed
           ? wf_run_out_of_memory(run)
           : wf_swf_send(run, &(wf_swf_message_t) {
                 .what = "start",
                 .task = item->no,
                 .id = item->id,
                 .run_id = item->run_id,
                 .params = sheet.object
             });
}


static wf_rc_t
initiate_child(wf_decider_t *decider, const wf_value_t *attributes,
    const wf_value_t *type)
{
    wf_rc_t      rc;
    wf_run_t    *run;
    wf_str_t     run_id;
    wf_sheet_t   sheet;

    static const char *const  names[] = {
        "workflowId", "workflowType", "control", "input", "tagList", NULL
    };

    run = decider->run;
    run_id = wf_swf_new_run(run);
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, attributes, names);
    wf_decision_settle(&sheet, workflow_settings, attributes, type);
    wf_decision_settle(&sheet, child_role, attributes, type);
    wf_decision_id(decider, &sheet);

    if (run_id.data == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_swf_emit_child(run, &sheet, run_id);

    return rc == WF_OK ? send_start(run, sheet.object) : rc;
}


wf_rc_t
wf_decide_child(wf_decider_t *decider, const wf_value_t *attributes)
{
    wf_rc_t            rc;
    const char        *cause;
    const wf_value_t  *named, *type;

    rc = WF_OK;
    named = wf_swf_member(attributes, "workflowType", WF_OBJECT);
    type = wf_decision_type(decider, "w", wf_swf_text(named, "name"),
                            wf_swf_text(named, "version"), &rc);

    if (rc != WF_OK) {
        return rc;
    }

    cause = type_fault(attributes, type);

    if (cause == NULL
        && decider->run->exec->swf->counts[WF_SWF_CHILD] >= WF_SWF_OPEN_MAX)
    {
        cause = "OPEN_CHILDREN_LIMIT_EXCEEDED";
    }

    return cause ? refuse_child(decider, attributes, cause)
                 : initiate_child(decider, attributes, type);
}


/*
 * Words to other runs
 */

static wf_rc_t
send_word(wf_run_t *run, const wf_value_t *initiated, const char *what)
{
    wf_sheet_t            sheet;
    const wf_swf_item_t  *item;

    static const char *const  names[] = { "signalName", "input", NULL };

    item = run->exec->swf->last;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, initiated, names);
    wf_sheet_execution(&sheet, "externalWorkflowExecution",
                       wf_swf_own_id(run), wf_swf_own_run(run));
    wf_sheet_id(&sheet, "externalInitiatedEventId", item->no);

    return sheet.failed
           ? wf_run_out_of_memory(run)
           : wf_swf_send(run, &(wf_swf_message_t) {
                 .what = what,
                 .task = item->no,
                 .id = wf_swf_text(item->attributes, "workflowId"),
                 .run_id = wf_swf_text(item->attributes, "runId"),
                 .params = sheet.object
             });
}


static wf_rc_t
initiate_word(wf_decider_t *decider, const wf_value_t *attributes,
    uint8_t type, const char *what)
{
    wf_rc_t      rc;
    wf_run_t    *run;
    wf_sheet_t   sheet;

    static const char *const  names[] = {
        "workflowId", "signalName", "input", "control", NULL
    };

    run = decider->run;
    sheet = wf_sheet(run);
    wf_sheet_copy(&sheet, attributes, names);

    if (wf_swf_text(attributes, "runId").len) {
        wf_sheet_put(&sheet, "runId",
                     wf_value_get(attributes, wf_str("runId")));
    }

    wf_decision_id(decider, &sheet);
    rc = wf_swf_emit(run, type, &sheet);

    return rc == WF_OK ? send_word(run, sheet.object, what) : rc;
}


wf_rc_t
wf_decide_signal(wf_decider_t *decider, const wf_value_t *attributes)
{
    return initiate_word(decider, attributes, WF_EVENT_SWF_SIGNAL_INITIATED,
                         "signal");
}


wf_rc_t
wf_decide_request(wf_decider_t *decider, const wf_value_t *attributes)
{
    return initiate_word(decider, attributes, WF_EVENT_SWF_REQUEST_INITIATED,
                         "cancel");
}
