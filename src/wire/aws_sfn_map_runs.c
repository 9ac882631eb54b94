
/*
 * Answers of Step Functions about map runs (asl 14).
 */

#include "base/arn.h"
#include "base/limits_lang.h"
#include "base/number.h"
#include "wire/aws_sfn.h"


static wf_str_t
word(uint8_t status)
{
    static const wf_str_t  words[] = {
        wf_str_init("RUNNING"), wf_str_init("RUNNING"),
        wf_str_init("SUCCEEDED"), wf_str_init("FAILED"),
        wf_str_init("ABORTED"), wf_str_init("FAILED")
    };

    wf_assert(status < wf_countof(words));

    return words[status];
}


/* The ARN that is the same as in the history. */
static void
run_arn_print(wf_buf_t *buf, const wf_map_run_view_t *view)
{
    wf_arn_t        arn;
    wf_buf_t        text;
    wf_arn_place_t  place;

    memset(&arn, 0, sizeof(wf_arn_t));
    (void) wf_arn_of_flow(view->flow, &arn);
    place = (wf_arn_place_t) { arn.region, arn.account, arn.name };
    wf_buf_init(&text, buf->arena, 160);
    wf_arn_map_run(&text, &place, view->step, view->label, view->name);
    buf->failed |= text.failed;
    wf_aws_string(buf, "mapRunArn", wf_buf_done(&text));
}


/* MACHINE/LABEL */
static void
machine_print(wf_buf_t *buf, const wf_map_run_view_t *view)
{
    wf_arn_t        arn;
    wf_buf_t        label, text;
    wf_arn_place_t  place;

    memset(&arn, 0, sizeof(wf_arn_t));
    (void) wf_arn_of_flow(view->flow, &arn);
    place = (wf_arn_place_t) { arn.region, arn.account, arn.name };
    wf_buf_init(&label, buf->arena, 40);
    wf_arn_label(&label, &place, view->step, view->label);
    arn.label = wf_buf_done(&label);
    wf_buf_init(&text, buf->arena, 160);
    wf_arn_print(&text, &arn);
    buf->failed |= label.failed || text.failed;
    wf_aws_string(buf, "stateMachineArn", wf_buf_done(&text));
}


static void
counts_print(wf_buf_t *buf, const char *name, const wf_map_run_view_t *view)
{
    wf_aws_key(buf, name);
    wf_buf_byte(buf, '{');
    wf_aws_uint(buf, "pending", view->pending);
    wf_aws_uint(buf, "running", view->running);
    wf_aws_uint(buf, "succeeded", view->succeeded);
    wf_aws_uint(buf, "failed", view->failed);
    wf_aws_uint(buf, "timedOut", 0);
    wf_aws_uint(buf, "aborted", view->aborted);
    wf_aws_uint(buf, "total", view->total);
    wf_aws_uint(buf, "resultsWritten", view->is_written ? view->succeeded
                                                        : 0);
    wf_aws_uint(buf, "failuresNotRedrivable", view->not_redrivable);
    wf_aws_uint(buf, "pendingRedrive", view->pending_redrive);
    wf_buf_byte(buf, '}');
}


static void
share_print(wf_buf_t *buf, double share)
{
    wf_aws_key(buf, "toleratedFailurePercentage");
    wf_number_print(buf, share >= 0 ? share : 0);
}


void
wf_sfn_encode_map_run(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_map_run_view_t  *view;

    (void) message;

    view = reply->u.map_run;
    wf_buf_byte(buf, '{');
    run_arn_print(buf, view);
    wf_aws_execution(buf, "executionArn", view->flow, view->execution);
    wf_aws_string(buf, "status", word(view->status));
    wf_aws_time(buf, "startDate", view->started_ms);
    wf_aws_time(buf, "stopDate", view->stopped_ms);

    /* 0: as many as there may be. */

    wf_aws_uint(buf, "maxConcurrency",
                view->concurrency == WF_CONCURRENCY_RUN_MAX
                ? 0 : view->concurrency);
    share_print(buf, view->tolerated_percentage);
    wf_aws_uint(buf, "toleratedFailureCount",
                view->tolerated_count == UINT32_MAX ? 0
                                                    : view->tolerated_count);
    counts_print(buf, "itemCounts", view);
    counts_print(buf, "executionCounts", view);
    wf_aws_uint(buf, "redriveCount", view->redrive_count);
    wf_aws_time(buf, "redriveDate", view->redriven_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_map_runs(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t                  i;
    const wf_map_run_view_t  *view;

    (void) message;

    wf_buf_text(buf, "{\"mapRuns\":[");

    for (i = 0; i < reply->count; i++) {
        view = &reply->u.map_run[i];
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        wf_aws_execution(buf, "executionArn", view->flow, view->execution);
        run_arn_print(buf, view);
        machine_print(buf, view);
        wf_aws_time(buf, "startDate", view->started_ms);
        wf_aws_time(buf, "stopDate", view->stopped_ms);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


/*
 * Children
 */

#define RUN_NAME_LEN  32


static bool
is_child(wf_str_t name, uint8_t between)
{
    size_t  i;

    if (name.len <= RUN_NAME_LEN + 1 || name.data[RUN_NAME_LEN] != between) {
        return false;
    }

    for (i = 0; i < name.len; i++) {

        if ((name.data[i] < '0' || name.data[i] > '9')
            && i != RUN_NAME_LEN
            && (i > RUN_NAME_LEN || name.data[i] < 'a' || name.data[i] > 'f'))
        {
            return false;
        }
    }

    return true;
}


bool
wf_sfn_is_child(wf_str_t name)
{
    return is_child(name, ':');
}


/* The same with that byte between run and number. */
static wf_str_t
child_rename(wf_arena_t *arena, wf_str_t name, uint8_t between)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, name.len);
    wf_buf_append(&buf, name.data, RUN_NAME_LEN);
    wf_buf_byte(&buf, between);
    wf_buf_append(&buf, name.data + RUN_NAME_LEN + 1,
                  name.len - RUN_NAME_LEN - 1);

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


wf_rc_t
wf_sfn_child_name(wf_arena_t *arena, wf_str_t shown, wf_str_t *name)
{
    if (!is_child(shown, '-')) {
        return WF_DECLINED;
    }

    *name = child_rename(arena, shown, ':');

    return WF_OK;
}


static void
child_arn_print(wf_buf_t *buf, const char *key, const wf_arn_t *arn)
{
    wf_buf_t  text;

    wf_buf_init(&text, buf->arena, 160);
    wf_arn_print(&text, arn);
    buf->failed |= text.failed;
    wf_aws_string(buf, key, wf_buf_done(&text));
}


void
wf_sfn_child_print(wf_buf_t *buf, const wf_message_t *message,
    const wf_execution_view_t *view)
{
    wf_arn_t        arn, asked;
    wf_buf_t        text;
    wf_str_t        name, run;
    wf_error_t      err;
    wf_arn_place_t  place;

    memset(&arn, 0, sizeof(wf_arn_t));
    memset(&asked, 0, sizeof(wf_arn_t));
    (void) wf_arn_of_flow(view->flow, &arn);
    (void) wf_arn_parse(wf_aws_state(message)->resource,
                        1u << WF_ARN_EXECUTION | 1u << WF_ARN_MAP_RUN, &asked,
                        &err);
    name = child_rename(buf->arena, view->name, '-');

    if (name.data == NULL) {
        buf->failed = true;
        return;
    }

    arn.label = asked.label;
    child_arn_print(buf, "stateMachineArn", &arn);
    arn.kind = WF_ARN_EXECUTION;
    arn.execution = name;
    child_arn_print(buf, "executionArn", &arn);
    wf_aws_string(buf, "name", name);

    run = (wf_str_t) { RUN_NAME_LEN, view->name.data };
    place = (wf_arn_place_t) { arn.region, arn.account, arn.name };
    wf_buf_init(&text, buf->arena, 160);
    wf_arn_map_run(&text, &place, wf_str_none, asked.label, run);
    buf->failed |= text.failed;
    wf_aws_string(buf, "mapRunArn", wf_buf_done(&text));
}
