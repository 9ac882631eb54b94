
/*
 * Answers of Step Functions about state machines.  What only this service
 * knows of a flow is its attributes: a JSON object whose members are written
 * as they stand there.
 */

#include "wire/aws_sfn.h"


static wf_str_t
type_word(const wf_flow_view_t *view)
{
    return view->is_express ? wf_str("EXPRESS") : wf_str("STANDARD");
}


void
wf_sfn_encode_created(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_flow_view_t  *view;

    (void) message;

    view = reply->u.flows;
    wf_buf_byte(buf, '{');
    wf_aws_machine(buf, "stateMachineArn", view->name, wf_str_none);
    wf_aws_time(buf, "creationDate", view->created_ms);

    if (view->version != 0) {
        wf_aws_version(buf, "stateMachineVersionArn", view->name,
                       view->version);
    }

    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_updated(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_flow_view_t  *view;

    (void) message;

    view = reply->u.flows;
    wf_buf_byte(buf, '{');
    wf_aws_time(buf, "updateDate", view->modified_ms);

    /* A change that changed nothing makes no revision. */

    if (reply->has_changed) {
        wf_aws_optional(buf, "revisionId", view->id);
    }

    if (view->version != 0) {
        wf_aws_version(buf, "stateMachineVersionArn", view->name,
                       view->version);
    }

    wf_buf_byte(buf, '}');
}


static void
attribute(wf_buf_t *buf, const wf_flow_view_t *view, const char *name)
{
    wf_aws_raw(buf, name,
               wf_aws_member(view->attributes, wf_str_of(name)));
}


/* What all descriptions share. */
static void
body_print(wf_buf_t *buf, const wf_flow_view_t *view)
{
    wf_aws_string(buf, "definition", view->definition);
    wf_aws_string(buf, "roleArn", view->role);
    attribute(buf, view, "loggingConfiguration");
    attribute(buf, view, "tracingConfiguration");
    attribute(buf, view, "encryptionConfiguration");
    wf_aws_optional(buf, "revisionId", view->id);
    wf_aws_raw(buf, "variableReferences", view->references);
}


void
wf_sfn_encode_machine(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_arn_t               arn;
    const wf_flow_view_t  *view;

    (void) message;

    view = reply->u.flows;
    (void) wf_arn_of_flow(view->name, &arn);
    wf_buf_byte(buf, '{');

    if (view->version != 0) {
        wf_aws_version(buf, "stateMachineArn", view->name, view->version);

    } else {
        wf_aws_machine(buf, "stateMachineArn", view->name, wf_str_none);
    }

    wf_aws_string(buf, "name", arn.name);
    wf_aws_string(buf, "status", view->is_deleting ? wf_str("DELETING")
                                                   : wf_str("ACTIVE"));
    wf_aws_string(buf, "type", type_word(view));
    wf_aws_time(buf, "creationDate", view->created_ms);
    wf_aws_optional(buf, "description", view->description);
    body_print(buf, view);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_for_execution(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    wf_arn_t               arn;
    const wf_flow_view_t  *view;

    (void) message;

    view = reply->u.flows;
    (void) wf_arn_of_flow(view->name, &arn);
    wf_buf_byte(buf, '{');
    wf_aws_machine(buf, "stateMachineArn", view->name, wf_str_none);
    wf_aws_string(buf, "name", arn.name);
    wf_aws_time(buf, "updateDate", view->modified_ms);
    body_print(buf, view);
    wf_buf_byte(buf, '}');
}


void
wf_sfn_encode_json(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    (void) message;

    wf_buf_str(buf, reply->u.json);
}


void
wf_sfn_encode_machines(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    uint32_t               i;
    wf_arn_t               arn;
    const wf_flow_view_t  *view;

    (void) message;

    wf_buf_text(buf, "{\"stateMachines\":[");

    for (i = 0; i < reply->count; i++) {
        view = &reply->u.flows[i];
        (void) wf_arn_of_flow(view->name, &arn);
        wf_buf_str(buf, i ? wf_str(",{") : wf_str("{"));
        wf_aws_machine(buf, "stateMachineArn", view->name, wf_str_none);
        wf_aws_string(buf, "name", arn.name);
        wf_aws_string(buf, "type", type_word(view));
        wf_aws_time(buf, "creationDate", view->created_ms);
        wf_buf_byte(buf, '}');
    }

    wf_buf_byte(buf, ']');
    wf_aws_next(buf, reply);
    wf_buf_byte(buf, '}');
}
