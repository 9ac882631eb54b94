
/*
 * Answers of Step Functions about executions (asl 17, 18).
 */

#include "wire/aws_history.h"
#include "wire/aws_sfn.h"


/* By wf_status_t. */
static const wf_str_t  statuses[] = {
    wf_str_init("RUNNING"), wf_str_init("RUNNING"), wf_str_init("SUCCEEDED"),
    wf_str_init("FAILED"), wf_str_init("ABORTED"), wf_str_init("TIMED_OUT")
};


static bool
is_number(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }

    return text.len > 0;
}


static wf_str_t
status_of(const wf_execution_view_t *view)
{
    wf_assert(view->status < wf_countof(statuses));

    return view->is_pending ? wf_str("PENDING_REDRIVE")
                            : statuses[view->status];
}


void
wf_sfn_encode_start(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_execution_view_t  *view;

    (void) message;

    view = reply->u.executions;
    wf_buf_byte(buf, '{');
    wf_aws_execution(buf, "executionArn", view->flow, view->name);
    wf_aws_time(buf, "startDate", view->started_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_stop(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_time(buf, "stopDate", reply->u.executions->stopped_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_redriven(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_time(buf, "redriveDate", reply->u.executions->redriven_ms);
    wf_buf_byte(buf, '}');
}


/* By which version or alias it was started. */
static void
qualifier_print(wf_buf_t *buf, const wf_execution_view_t *view)
{
    if (view->qualifier.len == 0) {
        return;
    }

    if (!is_number(view->qualifier)) {
        wf_aws_machine(buf, "stateMachineAliasArn", view->flow,
                       view->qualifier);
    }

    wf_aws_version(buf, "stateMachineVersionArn", view->flow, view->version);
}


static void
data_print(wf_buf_t *buf, const char *name, const char *details,
    wf_str_t text)
{
    if (text.len > 0) {
        wf_aws_string(buf, name, text);
        wf_aws_raw(buf, details, wf_str("{\"included\":true}"));
    }
}


static void
identity_print(wf_buf_t *buf, const wf_message_t *message,
    const wf_execution_view_t *view)
{
    if (wf_sfn_is_child(view->name)) {
        wf_sfn_child_print(buf, message, view);

    } else {
        wf_aws_execution(buf, "executionArn", view->flow, view->name);
        wf_aws_machine(buf, "stateMachineArn", view->flow, wf_str_none);
        wf_aws_string(buf, "name", view->name);
    }

    wf_aws_string(buf, "status", status_of(view));
    wf_aws_time(buf, "startDate", view->started_ms);
    wf_aws_time(buf, "stopDate", view->stopped_ms);
    wf_aws_uint(buf, "redriveCount", view->redrive_count);
    wf_aws_time(buf, "redriveDate", view->redriven_ms);
    qualifier_print(buf, view);
}


static wf_str_t
redrive_status(const wf_execution_view_t *view)
{
    if (view->redrive_reason.len > 0) {
        return wf_str("NOT_REDRIVABLE");
    }

    return view->is_run_by_map ? wf_str("REDRIVABLE_BY_MAP_RUN")
                               : wf_str("REDRIVABLE");
}


void
wf_sfn_encode_execution(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_execution_view_t  *view;

    view = reply->u.executions;
    wf_buf_byte(buf, '{');
    identity_print(buf, message, view);

    if (reply->metadata_only) {
        wf_aws_raw(buf, "inputDetails", wf_str("{\"included\":false}"));

    } else {
        data_print(buf, "input", "inputDetails", view->input);
        data_print(buf, "output", "outputDetails", view->output);
        wf_aws_optional(buf, "error", view->error);
        wf_aws_optional(buf, "cause", view->cause);
    }

    wf_aws_string(buf, "redriveStatus", redrive_status(view));
    wf_aws_optional(buf, "redriveStatusReason", view->redrive_reason);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_executions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    wf_buf_text(buf, "{\"executions\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        identity_print(buf, message, &reply->u.executions[i]);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


/* The ARN of the machine with that behind it. */
static wf_str_t
qualified(wf_buf_t *buf, wf_arn_t arn, wf_str_t qualifier)
{
    wf_buf_t  text;

    arn.qualifier = qualifier;
    wf_buf_init(&text, buf->arena, 128);
    wf_arn_print(&text, &arn);
    buf->failed |= text.failed;

    return wf_buf_done(&text);
}


static void
frame_fill(wf_history_frame_t *frame, wf_buf_t *buf,
    const wf_execution_view_t *view)
{
    wf_arn_t  arn;
    wf_buf_t  number;

    memset(&arn, 0, sizeof(wf_arn_t));
    (void) wf_arn_of_flow(view->flow, &arn);
    memset(frame, 0, sizeof(wf_history_frame_t));
    frame->place.region = arn.region;
    frame->place.account = arn.account;
    frame->place.machine = arn.name;
    frame->role = view->role;

    if (view->qualifier.len == 0) {
        return;
    }

    wf_buf_init(&number, buf->arena, 20);
    wf_buf_uint(&number, view->version);
    buf->failed |= number.failed;
    frame->version_arn = qualified(buf, arn, wf_buf_done(&number));

    if (!is_number(view->qualifier)) {
        frame->alias_arn = qualified(buf, arn, view->qualifier);
    }
}


void
wf_sfn_encode_history(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t             i;
    wf_history_frame_t   frame;

    (void) message;

    frame_fill(&frame, buf, reply->of);
    frame.has_data = !reply->metadata_only;
    wf_buf_text(buf, "{\"events\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",") : wf_str(""));
        wf_aws_history_event(buf, &frame, &reply->u.events[i]);
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


/*
 * Express
 */

#define BILLED_MS      100          /* a unit of time */
#define BILLED_MEMORY  64           /* MB */


static void
billing_print(wf_buf_t *buf, const wf_execution_view_t *view)
{
    int64_t  units;

    units = (view->stopped_ms - view->started_ms + BILLED_MS - 1) / BILLED_MS;
    wf_aws_key(buf, "billingDetails");
    wf_buf_byte(buf, '{');
    wf_aws_uint(buf, "billedMemoryUsedInMB", BILLED_MEMORY);
    wf_aws_uint(buf, "billedDurationInMilliseconds",
                (uint64_t) wf_max(units, 1) * BILLED_MS);
    wf_buf_byte(buf, '}');
}


/* Its name is NAME:UUID. */
void
wf_sfn_encode_sync(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_str_t                    name;
    const wf_execution_view_t  *view;

    (void) message;

    view = reply->u.executions;
    name = view->name;

    while (name.len > 0 && name.data[--name.len] != ':') {
        /* void */
    }

    wf_buf_byte(buf, '{');
    wf_aws_execution(buf, "executionArn", view->flow, view->name);
    wf_aws_machine(buf, "stateMachineArn", view->flow, wf_str_none);
    wf_aws_string(buf, "name", name);
    wf_aws_time(buf, "startDate", view->started_ms);
    wf_aws_time(buf, "stopDate", view->stopped_ms);
    wf_aws_string(buf, "status", status_of(view));
    wf_aws_optional(buf, "error", view->error);
    wf_aws_optional(buf, "cause", view->cause);

    if (reply->metadata_only) {
        wf_aws_raw(buf, "inputDetails", wf_str("{\"included\":false}"));

    } else {
        data_print(buf, "input", "inputDetails", view->input);
        data_print(buf, "output", "outputDetails", view->output);
    }

    billing_print(buf, view);
    wf_buf_byte(buf, '}');
}
