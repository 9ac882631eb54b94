
/*
 * Pieces of answers of Amazon's services: members of JSON objects, times as
 * they spell them, ARNs.
 */

#include "wire/aws_sfn.h"

#include "base/json.h"


void
wf_aws_key(wf_buf_t *buf, const char *name)
{
    if (buf->len > 0 && buf->data[buf->len - 1] != '{') {
        wf_buf_byte(buf, ',');
    }

    wf_buf_byte(buf, '"');
    wf_buf_str(buf, wf_str_of(name));
    wf_buf_text(buf, "\":");
}


void
wf_aws_string(wf_buf_t *buf, const char *name, wf_str_t text)
{
    wf_aws_key(buf, name);
    wf_json_print_string(buf, text);
}


void
wf_aws_optional(wf_buf_t *buf, const char *name, wf_str_t text)
{
    if (text.len > 0) {
        wf_aws_string(buf, name, text);
    }
}


void
wf_aws_raw(wf_buf_t *buf, const char *name, wf_str_t json)
{
    if (json.len > 0) {
        wf_aws_key(buf, name);
        wf_buf_str(buf, json);
    }
}


void
wf_aws_time(wf_buf_t *buf, const char *name, int64_t ms)
{
    unsigned  fraction;

    if (ms == 0) {
        return;
    }

    fraction = (unsigned) (ms % 1000);
    wf_aws_key(buf, name);
    wf_buf_int(buf, ms / 1000);
    wf_buf_byte(buf, '.');
    wf_buf_byte(buf, (uint8_t) ('0' + fraction / 100));
    wf_buf_byte(buf, (uint8_t) ('0' + fraction / 10 % 10));
    wf_buf_byte(buf, (uint8_t) ('0' + fraction % 10));
}


void
wf_aws_bool(wf_buf_t *buf, const char *name, bool value)
{
    wf_aws_key(buf, name);
    wf_buf_str(buf, value ? wf_str("true") : wf_str("false"));
}


void
wf_aws_uint(wf_buf_t *buf, const char *name, uint64_t value)
{
    wf_aws_key(buf, name);
    wf_buf_uint(buf, value);
}


/* Names hold no quotes, no backslashes and no control characters. */
static void
arn_print(wf_buf_t *buf, const char *name, const wf_arn_t *arn)
{
    wf_aws_key(buf, name);
    wf_buf_byte(buf, '"');
    wf_arn_print(buf, arn);
    wf_buf_byte(buf, '"');
}


static void
arn_of(wf_arn_t *arn, wf_str_t flow)
{
    wf_rc_t  rc;

    rc = wf_arn_of_flow(flow, arn);
    wf_assert(rc == WF_OK);
}


void
wf_aws_machine(wf_buf_t *buf, const char *name, wf_str_t flow,
    wf_str_t qualifier)
{
    wf_arn_t  arn;

    arn_of(&arn, flow);
    arn.qualifier = qualifier;
    arn_print(buf, name, &arn);
}


void
wf_aws_version(wf_buf_t *buf, const char *name, wf_str_t flow,
    uint64_t version)
{
    wf_buf_t  number;

    wf_buf_init(&number, buf->arena, 20);
    wf_buf_uint(&number, version);
    buf->failed |= number.failed;
    wf_aws_machine(buf, name, flow, wf_buf_done(&number));
}


/* That of an Express execution is NAME:UUID. */
void
wf_aws_execution(wf_buf_t *buf, const char *name, wf_str_t flow,
    wf_str_t execution)
{
    wf_arn_t  arn;

    arn_of(&arn, flow);
    arn.kind = execution.len && memchr(execution.data, ':', execution.len)
               ? WF_ARN_EXPRESS : WF_ARN_EXECUTION;
    arn.execution = execution;
    arn_print(buf, name, &arn);
}


void
wf_sfn_encode_empty(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;
    (void) reply;

    wf_buf_text(buf, "{}");
}
