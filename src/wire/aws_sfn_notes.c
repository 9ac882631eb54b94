
/*
 * Answers of Step Functions about activities, their tasks, and tags.
 */

#include "wire/aws_sfn.h"


#define ACTIVITY  "activity/"       /* and REGION/ACCOUNT/NAME */


static void
arn_print(wf_buf_t *buf, wf_str_t name, wf_arn_t *arn)
{
    wf_rc_t   rc;
    wf_buf_t  flow;

    /* What a machine's name looks like but for its beginning. */

    wf_assert(wf_str_starts(name, wf_str(ACTIVITY)));
    name.data += sizeof(ACTIVITY) - 1;
    name.len -= sizeof(ACTIVITY) - 1;
    wf_buf_init(&flow, buf->arena, name.len + 8);
    wf_buf_text(&flow, WF_ARN_FLOW);
    wf_buf_str(&flow, name);
    buf->failed |= flow.failed;

    if (flow.failed) {
        return;
    }

    rc = wf_arn_of_flow(wf_buf_done(&flow), arn);
    wf_assert(rc == WF_OK);
    arn->kind = WF_ARN_ACTIVITY;
    wf_aws_key(buf, "activityArn");
    wf_buf_byte(buf, '"');
    wf_arn_print(buf, arn);
    wf_buf_byte(buf, '"');
}


void
wf_sfn_encode_activity(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_arn_t  arn;

    (void) message;

    wf_buf_byte(buf, '{');
    arn_print(buf, reply->u.notes->name, &arn);
    wf_aws_time(buf, "creationDate", reply->u.notes->created_ms);
    wf_buf_byte(buf, '}');
}


static void
named_print(wf_buf_t *buf, const wf_note_view_t *view)
{
    wf_arn_t  arn;

    memset(&arn, 0, sizeof(wf_arn_t));
    arn_print(buf, view->name, &arn);
    wf_aws_string(buf, "name", arn.name);
    wf_aws_time(buf, "creationDate", view->created_ms);
}


void
wf_sfn_encode_activity_described(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_note_view_t  *view;

    (void) message;

    view = reply->u.notes;
    wf_buf_byte(buf, '{');
    named_print(buf, view);
    wf_aws_raw(buf, "encryptionConfiguration",
               wf_aws_member(view->body, wf_str("encryptionConfiguration")));
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_activities(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    (void) message;

    wf_buf_text(buf, "{\"activities\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        named_print(buf, &reply->u.notes[i]);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_tags(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_raw(buf, "tags", reply->u.notes->body);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_task(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    if (reply->u.task.token.len == 0) {
        wf_buf_text(buf, "{\"taskToken\":null}");
        return;
    }

    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "taskToken", reply->u.task.token);
    wf_aws_string(buf, "input", reply->u.task.input);
    wf_buf_byte(buf, '}');
}
