
/*
 * AWS Lambda's Invoke (asl 15): by a function's own ARN, where input and
 * result are the payloads, and as a service, where both are wrapped.
 */

#include "wire/service_aws.h"

#include "base/json.h"


static const char *const  type_names[] = { "errorType", NULL };
static const char *const  text_names[] = { "message", "Message", NULL };


/* NAME, ARN, ARN:QUALIFIER: the last part names the function. */
static wf_str_t
function_name(wf_str_t text)
{
    uint32_t  i;
    wf_str_t  rest;

    if (!wf_str_starts(text, wf_str("arn:"))) {
        return wf_service_cut(&text, ':');
    }

    rest = text;

    for (i = 0; i < 6; i++) {
        (void) wf_service_cut(&rest, ':');
    }

    return wf_service_cut(&rest, ':');
}


/* Where an ARN says that it is; else nowhere. */
static wf_str_t
function_region(wf_str_t text)
{
    uint32_t  i;

    if (!wf_str_starts(text, wf_str("arn:"))) {
        return wf_str_none;
    }

    for (i = 0; i < 3; i++) {
        (void) wf_service_cut(&text, ':');
    }

    return wf_service_cut(&text, ':');
}


/* Parameters that are headers. */
static const struct {
    const char  *member;
    wf_str_t     header;
} headers[] = {
    { "InvocationType", wf_str_init("x-amz-invocation-type") },
    { "LogType", wf_str_init("x-amz-log-type") },
    { "ClientContext", wf_str_init("x-amz-client-context") }
};


static wf_rc_t
headers_add(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    size_t    i;
    wf_rc_t   rc;
    wf_str_t  text;

    wf_service_headers(call->sheet, request, wf_countof(headers));

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    for (i = 0; i < wf_countof(headers) && !call->is_direct; i++) {
        rc = wf_service_text_param(call->sheet, headers[i].member, &text,
                                   err);
        if (rc == WF_ERROR) {
            return WF_ERROR;
        }

        if (rc == WF_OK && !wf_service_is_line(text)) {
            return wf_service_refuse(err, headers[i].member,
                                     "has control characters");
        }

        if (rc == WF_OK) {
            wf_service_header(request, headers[i].header, text);
        }
    }

    return WF_OK;
}


static wf_rc_t
params_read(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    wf_rc_t            rc;
    wf_buf_t           buf;
    wf_str_t           text, parts[2];
    const wf_value_t  *value;

    rc = wf_service_text_param(call->sheet, "FunctionName", &request->target,
                               err);
    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc : wf_service_refuse(err, "FunctionName",
                                                       "is missing");
    }

    rc = wf_service_text_param(call->sheet, "Qualifier", &text, err);

    if (rc == WF_ERROR) {
        return rc;
    }

    if (rc == WF_OK) {
        parts[0] = wf_str("Qualifier=");
        parts[1] = wf_service_segment(call->sheet, text);
        request->args = wf_service_join(call->sheet, parts, 2);
    }

    value = wf_service_param(call->sheet, "Payload");
    wf_buf_init(&buf, call->sheet->arena, 256);

    if (value && value->type == WF_STRING
        && wf_service_json(call->sheet, value->u.string))
    {
        /* the payload itself, as text */

        wf_buf_str(&buf, value->u.string);

    } else if (value) {
        wf_json_print(&buf, value);

    } else {
        wf_buf_text(&buf, "{}");
    }

    call->sheet->failed |= buf.failed;
    request->body = wf_buf_done(&buf);

    return WF_OK;
}


static wf_rc_t
lambda_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    wf_str_t  parts[3];

    if (!call->is_direct && params_read(call, request, err) != WF_OK) {
        return WF_ERROR;
    }

    request->function = wf_service_segment(call->sheet,
                                           function_name(request->target));
    request->region = function_region(request->target);
    parts[0] = wf_str("/2015-03-31/functions/");
    parts[1] = wf_service_segment(call->sheet, request->target);
    parts[2] = wf_str("/invocations");
    request->uri = wf_service_join(call->sheet, parts, 3);

    wf_service_headers(call->sheet, request, 1);

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      wf_str("application/json"));

    return headers_add(call, request, err);
}


/* The service refused: the function did not run. */
static void
fail_service(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_str_t  code;

    code = wf_service_answer_header(answer, wf_str("x-amzn-errortype"));
    code = wf_service_cut(&code, ':');

    wf_aws_fail(call, answer, code,
                wf_service_member(wf_service_json(call->sheet, answer->body),
                                  text_names),
                result);
}


/* What the function returned; bytes that are no JSON are a string. */
static wf_value_t *
payload_value(wf_aws_call_t *call, wf_str_t body)
{
    wf_value_t  *value;

    if (body.len == 0) {
        return wf_value_null(call->sheet->arena);
    }

    value = (wf_value_t *) wf_service_json(call->sheet, body);

    if (value || !wf_utf8_valid(body)) {
        return value;
    }

    return wf_value_string(call->sheet->arena, body);
}


static void
lambda_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_str_t     version, log;
    wf_arena_t  *arena;
    wf_value_t  *object, *payload;

    if (!wf_service_is_good(answer)) {
        fail_service(call, answer, result);
        return;
    }

    if (wf_service_answer_header(answer, wf_str("x-amz-function-error")).len)
    {
        wf_aws_fail_as(call, wf_service_member(
                                 wf_service_json(call->sheet, answer->body),
                                 type_names),
                       answer->body, result);
        return;
    }

    payload = payload_value(call, answer->body);

    if (payload == NULL) {
        wf_aws_fail_as(call, wf_str("Lambda.ServiceException"),
                       wf_str("The function's result is no text."), result);
        return;
    }

    if (call->is_direct) {
        wf_aws_print(call, payload, result);
        return;
    }

    arena = call->sheet->arena;
    object = wf_value_object(arena, 6);
    log = wf_service_answer_header(answer, wf_str("x-amz-log-result"));
    version = wf_service_answer_header(answer,
                                       wf_str("x-amz-executed-version"));
    version = version.len ? version : wf_str("$LATEST");

    if (object == NULL
        || wf_value_set(arena, object, wf_str("ExecutedVersion"),
                        wf_value_string(arena, version)) != WF_OK
        || wf_value_set(arena, object, wf_str("Payload"), payload) != WF_OK
        || wf_value_set(arena, object, wf_str("StatusCode"),
                        wf_value_int(arena, answer->status)) != WF_OK
        || (log.len > 0 && wf_utf8_valid(log)
            && wf_value_set(arena, object, wf_str("LogResult"),
                            wf_value_string(arena, log)) != WF_OK))
    {
        call->sheet->failed = true;
        return;
    }

    wf_aws_result(call, answer, object, result);
}


const wf_aws_protocol_t  wf_aws_lambda = { lambda_request, lambda_result };
