
/*
 * What Step Functions alone knows of a state machine: logging, tracing,
 * encryption.  Nothing here acts on them; they are checked, kept in one form
 * and shown again (asl 25).
 */

#include "actions/sfn_machine.h"

#include "base/json.h"
#include "wire/aws_walk.h"


#define LOGGING     "loggingConfiguration"
#define TRACING     "tracingConfiguration"
#define ENCRYPTION  "encryptionConfiguration"
#define CREATION    "creation"




static void
key_print(wf_buf_t *buf, const char *name)
{
    if (buf->len > 0 && buf->data[buf->len - 1] != '{') {
        wf_buf_byte(buf, ',');
    }

    wf_json_print_string(buf, wf_str_of(name));
    wf_buf_byte(buf, ':');
}


static void
member_print(wf_buf_t *buf, const char *name, wf_str_t value)
{
    if (value.len > 0) {
        key_print(buf, name);
        wf_buf_str(buf, value);
    }
}


static wf_str_t
or(wf_str_t value, wf_str_t otherwise)
{
    return value.len > 0 ? value : otherwise;
}


/*
 * One form for each
 */

static void
logging_print(wf_buf_t *buf, wf_str_t text)
{
    wf_buf_byte(buf, '{');
    member_print(buf, "level", or(wf_aws_member(text, wf_str("level")),
                                  wf_str("\"OFF\"")));
    member_print(buf, "includeExecutionData",
                 or(wf_aws_member(text, wf_str("includeExecutionData")),
                    wf_str("false")));
    member_print(buf, "destinations",
                 wf_aws_member(text, wf_str("destinations")));
    wf_buf_byte(buf, '}');
}


static void
tracing_print(wf_buf_t *buf, wf_str_t text)
{
    wf_buf_byte(buf, '{');
    member_print(buf, "enabled", or(wf_aws_member(text, wf_str("enabled")),
                                    wf_str("false")));
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encryption_print(wf_buf_t *buf, wf_str_t text)
{
    wf_str_t  type, seconds;

    type = or(wf_aws_member(text, wf_str("type")),
              wf_str("\"AWS_OWNED_KEY\""));
    seconds = wf_aws_member(text, wf_str("kmsDataKeyReusePeriodSeconds"));

    wf_buf_byte(buf, '{');
    member_print(buf, "type", type);

    if (wf_walk_is(type, wf_str("CUSTOMER_MANAGED_KMS_KEY"))) {
        member_print(buf, "kmsKeyId", wf_aws_member(text,
                                                    wf_str("kmsKeyId")));
        member_print(buf, "kmsDataKeyReusePeriodSeconds",
                     or(seconds, wf_str("300")));
    }

    wf_buf_byte(buf, '}');
}


static void
creation_print(wf_buf_t *buf, wf_life_t *life)
{
    const wf_arg_t  *description;

    description = wf_arg(life, VERSION_DESCRIPTION);

    if (!wf_arg(life, PUBLISH)->number) {
        return;
    }

    key_print(buf, CREATION);
    wf_buf_text(buf, "{\"publish\":true");

    if (description->present) {
        wf_buf_text(buf, ",\"description\":");
        wf_json_print_string(buf, description->text);
    }

    wf_buf_byte(buf, '}');
}


static void
part_print(wf_buf_t *buf, const char *name, const wf_arg_t *arg,
    const wf_flow_t *before, void (*print)(wf_buf_t *buf, wf_str_t text))
{
    if (!arg->present && before) {
        member_print(buf, name, wf_aws_member(before->attributes,
                                              wf_str_of(name)));
        return;
    }

    key_print(buf, name);
    print(buf, arg->present ? arg->text : wf_str("{}"));
}


wf_str_t
wf_sfn_attributes(wf_life_t *life, const wf_flow_t *before)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, life->call->arena, 512);
    wf_buf_byte(&buf, '{');
    part_print(&buf, LOGGING, wf_arg(life, LOGGING), before, logging_print);
    part_print(&buf, TRACING, wf_arg(life, TRACING), before, tracing_print);
    part_print(&buf, ENCRYPTION, wf_arg(life, ENCRYPTION), before,
               wf_sfn_encryption_print);

    if (before) {
        member_print(&buf, CREATION, wf_aws_member(before->attributes,
                                                   wf_str(CREATION)));
    } else {
        creation_print(&buf, life);
    }

    wf_buf_byte(&buf, '}');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


/*
 * What will not do
 */

static wf_rc_t
logging_refuse(wf_life_t *life, wf_str_t why)
{
    wf_life_fail(life, WF_E_INVALID_LOGGING, why, wf_str_none);
    return WF_ERROR;
}


/* "arn:...:logs:REGION:ACCOUNT:log-group:NAME:*" */
static bool
is_log_group(wf_str_t arn)
{
    size_t    i, colons;
    wf_str_t  end;

    end = wf_str(":*\"");
    colons = 0;

    for (i = 0; i < arn.len; i++) {
        colons += arn.data[i] == ':';
    }

    return wf_str_starts(arn, wf_str("\"arn:")) && colons == 7
           && memcmp(arn.data + arn.len - end.len, end.data, end.len) == 0;
}


static wf_rc_t
logging_check(wf_life_t *life)
{
    wf_str_t    text, list, entry, first;
    uint32_t    count;
    wf_walk_t   walk;

    text = wf_arg(life, LOGGING)->text;
    list = wf_aws_member(text, wf_str("destinations"));
    first = wf_str_none;
    count = 0;

    if (list.len > 0) {
        walk = wf_walk(list);
        wf_walk_enter(&walk);

        while (wf_walk_entry(&walk, &entry)) {
            first = entry;
            count++;
        }
    }

    if (count == 0
        && wf_walk_is(or(wf_aws_member(text, wf_str("level")),
                         wf_str("\"OFF\"")), wf_str("OFF")))
    {
        return WF_OK;
    }

    if (count != 1) {
        return logging_refuse(life, wf_str("Must specify exactly one Log "
                                           "Destination."));
    }

    first = wf_aws_member(first, wf_str("cloudWatchLogsLogGroup"));

    if (!is_log_group(wf_aws_member(first, wf_str("logGroupArn")))) {
        return logging_refuse(life, wf_str("Log Destination not found."));
    }

    return WF_OK;
}


wf_rc_t
wf_sfn_encryption_check(wf_life_t *life)
{
    wf_str_t  text, type;

    text = wf_arg(life, ENCRYPTION)->text;
    type = wf_aws_member(text, wf_str("type"));

    if (wf_arg(life, ENCRYPTION)->present
        && wf_walk_is(type, wf_str("CUSTOMER_MANAGED_KMS_KEY"))
        && wf_aws_member(text, wf_str("kmsKeyId")).len == 0)
    {
        wf_error_set(life->call->err, WF_E_INVALID_ENCRYPTION,
                     "Invalid Encryption Configuration: kmsKeyId must be "
                     "specified for CUSTOMER_MANAGED_KMS_KEY");
        wf_life_failed(life);
        return WF_ERROR;
    }

    return WF_OK;
}


wf_rc_t
wf_sfn_attributes_check(wf_life_t *life)
{
    if (wf_arg(life, LOGGING)->present && logging_check(life) != WF_OK) {
        return WF_ERROR;
    }

    return wf_sfn_encryption_check(life);
}
