
/*
 * Answers of Amazon SWF about domains, types and tags, and such that are
 * ready (swf 4).
 */

#include "wire/aws_swf.h"

#include "base/json.h"


void
wf_swf_encode_empty(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) buf;
    (void) message;
    (void) reply;
}


/* An object; the token goes in before its end. */
void
wf_swf_encode_json(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_str_t  json;

    json = reply->u.json;

    if (reply->next_token.len > 0) {
        wf_assert(json.len >= 2 && json.data[json.len - 1] == '}');
        json.len--;
    }

    wf_buf_str(buf, json);

    if (reply->next_token.len > 0) {
        wf_swf_next(buf, message, reply);
        wf_buf_byte(buf, '}');
    }
}


/* A text of a record of ours, quotes included. */
static void
record_raw(wf_buf_t *buf, const char *name, wf_str_t record, wf_str_t member)
{
    wf_aws_raw(buf, name, wf_aws_member(record, member));
}


static void
domain_print(wf_buf_t *buf, const wf_flow_view_t *view)
{
    wf_rc_t          rc;
    wf_buf_t         arn;
    wf_swf_domain_t  domain;

    rc = wf_swf_domain_of_flow(view->name, &domain);
    wf_assert(rc == WF_OK);
    wf_buf_init(&arn, buf->arena, 64 + domain.name.len);
    wf_swf_domain_arn(&arn, &domain);
    buf->failed |= arn.failed;

    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "name", domain.name);
    wf_aws_string(buf, "status", view->is_deprecated ? wf_str("DEPRECATED")
                                                     : wf_str("REGISTERED"));
    wf_aws_optional(buf, "description", view->description);
    wf_aws_string(buf, "arn", wf_buf_done(&arn));
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_domain(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_text(buf, "{\"domainInfo\":");
    domain_print(buf, reply->u.flows);
    wf_buf_text(buf, ",\"configuration\":{");
    record_raw(buf, "workflowExecutionRetentionPeriodInDays",
               reply->u.flows->attributes, wf_str("retention"));
    wf_buf_text(buf, "}}");
}


void
wf_swf_encode_domains(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    wf_buf_text(buf, "{\"domainInfos\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",") : wf_str(""));
        domain_print(buf, &reply->u.flows[i]);
    }

    wf_buf_byte(buf, ']');
    wf_swf_next(buf, message, reply);
    wf_buf_byte(buf, '}');
}


/*
 * Types: FLOW 0x01 "w"|"a" 0x01 NAME 0x01 VERSION
 */

static wf_str_t
type_part(wf_str_t *name)
{
    wf_str_t        part;
    const uint8_t  *end;

    end = name->len ? memchr(name->data, WF_SWF_MARK, name->len) : NULL;

    if (end == NULL) {
        part = *name;
        name->len = 0;
        return part;
    }

    part = (wf_str_t) { (size_t) (end - name->data), name->data };
    name->len -= part.len + 1;
    name->data = end + 1;

    return part;
}


static void
type_print(wf_buf_t *buf, const wf_note_view_t *view)
{
    wf_str_t  rest, kind, name;

    rest = view->name;
    (void) type_part(&rest);
    kind = type_part(&rest);
    name = type_part(&rest);

    wf_buf_byte(buf, '{');
    wf_aws_key(buf, wf_str_eq(kind, wf_str("w")) ? "workflowType"
                                                 : "activityType");
    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "name", name);
    wf_aws_string(buf, "version", rest);
    wf_buf_byte(buf, '}');
    wf_aws_string(buf, "status", view->deprecated_ms
                                 ? wf_str("DEPRECATED")
                                 : wf_str("REGISTERED"));
    record_raw(buf, "description", view->body, wf_str("description"));
    wf_aws_time(buf, "creationDate", view->created_ms);
    wf_aws_time(buf, "deprecationDate", view->deprecated_ms);
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_type(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_text(buf, "{\"typeInfo\":");
    type_print(buf, reply->u.notes);
    record_raw(buf, "configuration", reply->u.notes->body,
               wf_str("defaults"));
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_types(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t  i;

    wf_buf_text(buf, "{\"typeInfos\":[");

    for (i = 0; i < reply->count; i++) {
        wf_buf_str(buf, i ? wf_str(",") : wf_str(""));
        type_print(buf, &reply->u.notes[i]);
    }

    wf_buf_byte(buf, ']');
    wf_swf_next(buf, message, reply);
    wf_buf_byte(buf, '}');
}


void
wf_swf_encode_tags(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_raw(buf, "tags", reply->u.notes->body);
    wf_buf_byte(buf, '}');
}
