
/*
 * Starts of executions as tasks hear of them, in the letters and times of the
 * SDK that such tasks speak of (asl 15).
 */

#include "wire/aws_job.h"

#include "base/json.h"
#include "wire/aws_sfn.h"


void
wf_aws_job_started(wf_buf_t *buf, const wf_execution_view_t *view,
    wf_str_t id)
{
    wf_buf_byte(buf, '{');
    wf_aws_execution(buf, "ExecutionArn", view->flow, view->name);
    wf_buf_text(buf, ",\"SdkHttpMetadata\":{\"AllHttpHeaders\":{");
    wf_buf_text(buf, "\"x-amzn-RequestId\":[");
    wf_json_print_string(buf, id);
    wf_buf_text(buf, "],\"Content-Type\":[\"application/x-amz-json-1.0\"]},"
                "\"HttpHeaders\":{\"x-amzn-RequestId\":");
    wf_json_print_string(buf, id);
    wf_buf_text(buf, ",\"Content-Type\":\"application/x-amz-json-1.0\"},"
                "\"HttpStatusCode\":200},\"SdkResponseMetadata\":"
                "{\"RequestId\":");
    wf_json_print_string(buf, id);
    wf_buf_text(buf, "},\"StartDate\":");
    wf_buf_uint(buf, (uint64_t) view->started_ms);
    wf_buf_byte(buf, '}');
}


/* By what is wrong; the last row is for all others. */
static const struct {
    wf_error_code_t  code;
    const char      *type;
    const char      *text;          /* before the ARN; NULL: err's own */
    bool             is_machine;    /* whose ARN */
} refusals[] = {
    { WF_E_FLOW_NOT_FOUND, "StateMachineDoesNotExist",
      "State Machine Does Not Exist: '", true },
    { WF_E_FLOW_VERSION_NOT_FOUND, "StateMachineDoesNotExist",
      "State Machine Does Not Exist: '", true },
    { WF_E_FLOW_ALIAS_NOT_FOUND, "StateMachineDoesNotExist",
      "State Machine Does Not Exist: '", true },
    { WF_E_EXECUTION_EXISTS, "ExecutionAlreadyExists",
      "Execution Already Exists: '", false },
    { WF_E_INVALID_ARGUMENT, "InvalidName", NULL, false },
    { WF_E_VALIDATION, "ValidationException", NULL, false },
    { WF_E_THROTTLED, "ExecutionLimitExceeded", NULL, false },
    { WF_E_EXECUTION_LIMIT, "ExecutionLimitExceeded", NULL, false },
    { WF_E_NONE, "ServiceException", NULL, false }
};


void
wf_aws_job_refused(wf_buf_t *buf, const wf_error_t *err, wf_str_t flow,
    wf_str_t name)
{
    size_t     i;
    wf_arn_t   arn;
    wf_buf_t   text;

    for (i = 0; i < wf_countof(refusals) - 1; i++) {
        if (refusals[i].code == err->code) {
            break;
        }
    }

    wf_buf_init(&text, buf->arena, 128);

    if (refusals[i].text && wf_arn_of_flow(flow, &arn) == WF_OK) {
        arn.kind = refusals[i].is_machine ? WF_ARN_MACHINE : WF_ARN_EXECUTION;
        arn.execution = refusals[i].is_machine ? wf_str_none : name;
        wf_buf_str(&text, wf_str_of(refusals[i].text));
        wf_arn_print(&text, &arn);
        wf_buf_byte(&text, '\'');

    } else {
        wf_buf_str(&text, wf_error_arg(err, 0));
    }

    buf->failed |= text.failed;
    wf_buf_byte(buf, '{');
    wf_aws_string(buf, "__type", wf_str_of(refusals[i].type));
    wf_aws_string(buf, "message", wf_buf_done(&text));
    wf_buf_byte(buf, '}');
}
