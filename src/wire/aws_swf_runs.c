
/*
 * Answers of Amazon SWF about runs, their events and their tasks (swf 7, 10,
 * 13).
 */

#include "wire/aws_swf.h"
#include "wire/aws_swf_history.h"

#include "base/json.h"
#include "base/run_name.h"


/* By wf_status_t; the first two are none. */
static const wf_str_t  close_statuses[] = {
    wf_str_init(""), wf_str_init(""), wf_str_init("COMPLETED"),
    wf_str_init("FAILED"), wf_str_init("TERMINATED"),
    wf_str_init("TIMED_OUT"), wf_str_init("CANCELED"),
    wf_str_init("CONTINUED_AS_NEW")
};


void
wf_swf_encode_started(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "runId", wf_swf_run(reply->u.runs->name));
    wf_buf_byte(buf, '}');
}


/*
 * Runs.  What was resolved at the start is in its attributes, as JSON.
 */

static void
start_raw(wf_buf_t *buf, const wf_run_view_t *view, const char *name)
{
    wf_str_t  value;

    value = wf_aws_member(view->input, wf_str_of(name));

    if (value.len > 0) {
        wf_aws_raw(buf, name, value);
    }
}


static void
execution_print(wf_buf_t *buf, wf_str_t name)
{
    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "workflowId", wf_swf_workflow(name));
    wf_aws_string(buf, "runId", wf_swf_run(name));
    wf_buf_byte(buf, '}');
}


static void
info_print(wf_buf_t *buf, const wf_run_view_t *view)
{
    wf_str_t  parent;

    parent = wf_aws_member(view->input, wf_str("parentWorkflowExecution"));

    wf_buf_byte(buf, '{');
    wf_aws_key(buf, "execution");
    execution_print(buf, view->name);
    start_raw(buf, view, "workflowType");
    wf_aws_time(buf, "startTimestamp", view->started_ms);

    if (view->stopped_ms) {
        wf_aws_time(buf, "closeTimestamp", view->stopped_ms);
        wf_aws_string(buf, "executionStatus", wf_str("CLOSED"));
        wf_aws_string(buf, "closeStatus", close_statuses[view->status]);

    } else {
        wf_aws_string(buf, "executionStatus", wf_str("OPEN"));
    }

    if (parent.len > 0) {
        wf_aws_raw(buf, "parent", parent);
    }

    start_raw(buf, view, "tagList");
    wf_aws_bool(buf, "cancelRequested", view->cancel_requested);
    wf_buf_byte(buf, '}');
}


static void
configuration_print(wf_buf_t *buf, const wf_run_view_t *view)
{
    wf_buf_byte(buf, '{');
    start_raw(buf, view, "taskStartToCloseTimeout");
    start_raw(buf, view, "executionStartToCloseTimeout");
    start_raw(buf, view, "taskList");
    start_raw(buf, view, "taskPriority");
    start_raw(buf, view, "childPolicy");
    start_raw(buf, view, "lambdaRole");
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_run(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_run_view_t  *view;

    (void) message;

    view = reply->u.runs;
    wf_buf_text(buf, "{\"executionInfo\":");
    info_print(buf, view);
    wf_buf_text(buf, ",\"executionConfiguration\":");
    configuration_print(buf, view);
    wf_buf_text(buf, ",\"openCounts\":{");
    wf_aws_uint(buf, "openActivityTasks", view->activities);
    wf_aws_uint(buf, "openDecisionTasks", view->decisions);
    wf_aws_uint(buf, "openTimers", view->timers);
    wf_aws_uint(buf, "openChildWorkflowExecutions", view->children);
    wf_aws_uint(buf, "openLambdaFunctions", view->lambdas);
    wf_buf_byte(buf, '}');
    wf_aws_time(buf, "latestActivityTaskTimestamp",
                view->latest_activity_ms);

    if (view->has_context) {
        wf_aws_string(buf, "latestExecutionContext", view->context);
    }

    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_runs(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    wf_buf_text(buf, "{\"executionInfos\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",") : wf_str(""));
        info_print(buf, &reply->u.runs[i]);
    }

    wf_buf_byte(buf, ']');
    wf_swf_next(buf, message, reply);
    wf_buf_byte(buf, '}');
}


/* {"count":N,"truncated":false} */
void
wf_swf_encode_count(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_uint(buf, "count", reply->count);
    wf_aws_bool(buf, "truncated", reply->is_truncated);
    wf_buf_byte(buf, '}');
}


/*
 * Events
 */

static void
events_print(wf_buf_t *buf, const wf_reply_t *reply)
{
    uint32_t           i;
    wf_buf_t           text;
    const wf_event_t  *event;

    wf_buf_text(buf, "\"events\":[");

    for (i = 0; i < reply->count; i++) {
        event = &reply->u.events[i].event;
        wf_buf_init(&text, buf->arena, 256);
        wf_json_print(&text, event->input);
        buf->failed |= text.failed;
        wf_buf_str(buf, i ? wf_str(",") : wf_str(""));
        wf_swf_event_print(buf, wf_str_of(wf_event_rpc_name(event->type)),
                           event->event_id, event->time_ms,
                           wf_buf_done(&text));
    }

    wf_buf_byte(buf, ']');
}


void
wf_swf_encode_history(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_buf_byte(buf, '{');
    events_print(buf, reply);
    wf_swf_next(buf, message, reply);
    wf_buf_byte(buf, '}');
}


/*
 * Tasks: what comes with the token is an object, ready to be shown.
 */

static void
task_print(wf_buf_t *buf, const wf_task_view_t *task)
{
    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "taskToken", task->token);
    wf_buf_byte(buf, ',');
    wf_assert(task->input.len > 2);
    wf_buf_str(buf, (wf_str_t) { task->input.len - 2, task->input.data + 1 });
}


void
wf_swf_encode_activity_task(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    if (reply->u.task.token.len == 0) {
        wf_buf_text(buf, "{\"startedEventId\":0}");
        return;
    }

    task_print(buf, &reply->u.task);
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_decision_task(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    if (reply->kind == WF_REPLY_TASK) {
        wf_buf_text(buf, "{\"startedEventId\":0,\"previousStartedEventId\":0}");
        return;
    }

    task_print(buf, reply->task);
    wf_buf_byte(buf, ',');
    events_print(buf, reply);
    wf_swf_next(buf, message, reply);
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_heartbeat(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_bool(buf, "cancelRequested", reply->u.event_id != 0);
    wf_buf_byte(buf, '}');
}
