
/*
 * Answers of Step Functions about executions (asl 17, 18).
 */

#include "wire/aws_sfn.h"


typedef struct {
    wf_str_t   word;
    wf_str_t   reason;              /* why it cannot be redriven; empty: it
                                       can */
} status_t;

#define REASON(word)  "Execution is " word " and cannot be redriven"

/* By wf_status_t. */
static const status_t  statuses[] = {
    { wf_str_init("RUNNING"), wf_str_init(REASON("RUNNING")) },
    { wf_str_init("RUNNING"), wf_str_init(REASON("RUNNING")) },
    { wf_str_init("SUCCEEDED"), wf_str_init(REASON("SUCCEEDED")) },
    { wf_str_init("FAILED"), { 0, NULL } },
    { wf_str_init("ABORTED"), { 0, NULL } },
    { wf_str_init("TIMED_OUT"), { 0, NULL } }
};


static const status_t *
status_of(const wf_execution_view_t *view)
{
    wf_assert(view->status < wf_countof(statuses));

    return &statuses[view->status];
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


/* By which version or alias it was started. */
static void
qualifier_print(wf_buf_t *buf, const wf_execution_view_t *view)
{
    size_t    i;
    wf_str_t  qualifier;

    qualifier = view->qualifier;

    if (qualifier.len == 0) {
        return;
    }

    for (i = 0; i < qualifier.len; i++) {

        if (qualifier.data[i] < '0' || qualifier.data[i] > '9') {
            wf_aws_machine(buf, "stateMachineAliasArn", view->flow,
                           qualifier);
            break;
        }
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
identity_print(wf_buf_t *buf, const wf_execution_view_t *view)
{
    wf_aws_execution(buf, "executionArn", view->flow, view->name);
    wf_aws_machine(buf, "stateMachineArn", view->flow, wf_str_none);
    wf_aws_string(buf, "name", view->name);
    wf_aws_string(buf, "status", status_of(view)->word);
    wf_aws_time(buf, "startDate", view->started_ms);
    wf_aws_time(buf, "stopDate", view->stopped_ms);
    wf_aws_uint(buf, "redriveCount", 0);
    qualifier_print(buf, view);
}


void
wf_sfn_encode_execution(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const status_t             *status;
    const wf_execution_view_t  *view;

    (void) message;

    view = reply->u.executions;
    status = status_of(view);
    wf_buf_byte(buf, '{');
    identity_print(buf, view);

    if (reply->metadata_only) {
        wf_aws_raw(buf, "inputDetails", wf_str("{\"included\":false}"));

    } else {
        data_print(buf, "input", "inputDetails", view->input);
        data_print(buf, "output", "outputDetails", view->output);
        wf_aws_optional(buf, "error", view->error);
        wf_aws_optional(buf, "cause", view->cause);
    }

    wf_aws_string(buf, "redriveStatus", status->reason.len
                                        ? wf_str("NOT_REDRIVABLE")
                                        : wf_str("REDRIVABLE"));
    wf_aws_optional(buf, "redriveStatusReason", status->reason);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_executions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    (void) message;

    wf_buf_text(buf, "{\"executions\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        identity_print(buf, &reply->u.executions[i]);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_history(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_text(buf, "{\"events\":[");
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
    wf_aws_string(buf, "status", status_of(view)->word);
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
