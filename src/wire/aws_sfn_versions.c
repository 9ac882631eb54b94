
/*
 * Answers of Step Functions about versions and aliases (asl 19).
 */

#include "wire/aws_sfn.h"


void
wf_sfn_encode_version(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_version_view_t  *view;

    (void) message;

    view = reply->u.versions;
    wf_buf_byte(buf, '{');
    wf_aws_time(buf, "creationDate", view->created_ms);
    wf_aws_version(buf, "stateMachineVersionArn", view->flow, view->version);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_versions(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t                  i;
    const wf_version_view_t  *view;

    (void) message;

    wf_buf_text(buf, "{\"stateMachineVersions\":[");

    for (i = 0; i < reply->count; i++) {
        view = &reply->u.versions[i];
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        wf_aws_version(buf, "stateMachineVersionArn", view->flow,
                       view->version);
        wf_aws_time(buf, "creationDate", view->created_ms);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_alias(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_alias_view_t  *view;

    (void) message;

    view = reply->u.aliases;
    wf_buf_byte(buf, '{');
    wf_aws_machine(buf, "stateMachineAliasArn", view->flow, view->name);
    wf_aws_time(buf, "creationDate", view->created_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_alias_updated(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_byte(buf, '{');
    wf_aws_time(buf, "updateDate", reply->u.aliases->modified_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_alias_described(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t                i;
    const wf_alias_view_t  *view;

    (void) message;

    view = reply->u.aliases;
    wf_buf_byte(buf, '{');
    wf_aws_machine(buf, "stateMachineAliasArn", view->flow, view->name);
    wf_aws_string(buf, "name", view->name);
    wf_aws_optional(buf, "description", view->description);
    wf_aws_key(buf, "routingConfiguration");
    wf_buf_byte(buf, '[');

    for (i = 0; i < view->route_count; i++) {
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        wf_aws_version(buf, "stateMachineVersionArn", view->flow,
                       view->routes[i].version);
        wf_aws_uint(buf, "weight", view->routes[i].weight);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_time(buf, "creationDate", view->created_ms);
    wf_aws_time(buf, "updateDate", view->modified_ms);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_aliases(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t                i;
    const wf_alias_view_t  *view;

    (void) message;

    wf_buf_text(buf, "{\"stateMachineAliases\":[");

    for (i = 0; i < reply->count; i++) {
        view = &reply->u.aliases[i];
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        wf_aws_machine(buf, "stateMachineAliasArn", view->flow, view->name);
        wf_aws_time(buf, "creationDate", view->created_ms);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}
