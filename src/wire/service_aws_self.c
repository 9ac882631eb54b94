
/*
 * Step Functions as the service that a task calls (asl 15): which calls stay
 * in the house, and what a job of it is that a task waits for.
 */

#include "wire/service_web.h"

#include "wire/service_aws.h"

#include "base/json.h"
#include "wire/aws_arn.h"


/* Behind "arn:PARTITION:states:::". */
static bool
rest_of(const wf_service_call_t *call, wf_str_t *rest)
{
    uint32_t  i;
    wf_str_t  part;

    *rest = call->resource;

    for (i = 0; i < 5; i++) {
        part = wf_service_cut(rest, ':');

        if (i == 2 && !wf_str_eq(part, wf_str("states"))) {
            return false;
        }
    }

    return call->is_aws;
}


bool
wf_service_is_self(const wf_service_call_t *call)
{
    wf_str_t  rest;

    return rest_of(call, &rest)
           && (wf_str_starts(rest, wf_str("states:"))
               || wf_str_starts(rest, wf_str("aws-sdk:sfn:")));
}


bool
wf_aws_service_is_job(const wf_service_call_t *call)
{
    wf_str_t  rest;

    return rest_of(call, &rest)
           && wf_str_starts(rest, wf_str("states:startExecution.sync"));
}


wf_rc_t
wf_aws_service_child(wf_service_sheet_t *sheet, wf_str_t *flow,
    wf_str_t *execution, wf_str_t *input, wf_error_t *err)
{
    wf_rc_t            rc;
    wf_arn_t           arn;
    wf_buf_t           name, text;
    wf_str_t           machine;
    const wf_value_t  *value;

    rc = wf_service_text_param(sheet, "StateMachineArn", &machine, err);

    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc : wf_service_refuse(err, "StateMachineArn",
                                                       "is missing");
    }

    if (wf_arn_parse(machine, 1u << WF_ARN_MACHINE, &arn, err) != WF_OK) {
        return WF_ERROR;
    }

    if (arn.label.len > 0) {
        return wf_service_refuse(err, "StateMachineArn",
                                 "is not that of a state machine");
    }

    *execution = wf_str_none;

    if (wf_service_text_param(sheet, "Name", execution, err) == WF_ERROR) {
        return WF_ERROR;
    }

    wf_buf_init(&name, sheet->arena, 96 + arn.name.len);
    wf_arn_flow(&name, &arn);

    if (arn.qualifier.len > 0) {
        wf_buf_byte(&name, ':');
        wf_buf_str(&name, arn.qualifier);
    }

    wf_buf_init(&text, sheet->arena, 256);
    value = wf_service_param(sheet, "Input");

    if (value && value->type == WF_STRING) {
        wf_buf_str(&text, value->u.string);

    } else if (value) {
        wf_json_print(&text, value);

    } else {
        wf_buf_text(&text, "{}");
    }

    sheet->failed |= name.failed || text.failed;
    *flow = wf_buf_done(&name);
    *input = wf_buf_done(&text);

    return WF_OK;
}
