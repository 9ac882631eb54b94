
/*
 * What else is asked about HTTP tasks: the connection that they name, and what
 * went out and came back, for those who look on (asl 20).
 */

#include "wire/service_web.h"

#include "wire/service_aws_http.h"

#include "base/json.h"


wf_str_t
wf_service_refusal(const wf_service_call_t *call)
{
    if (!call->is_aws) {
        return wf_str("FnF.InvalidArgument");
    }

    return wf_aws_service_is_http(call) ? wf_str("States.Runtime")
                                        : wf_str("States.TaskFailed");
}


wf_rc_t
wf_service_connection(wf_arena_t *arena, const wf_service_call_t *call,
    wf_str_t *arn)
{
    size_t             i;
    wf_error_t         err;
    wf_value_t        *params;
    const wf_value_t  *value;

    static const wf_str_t  fields[] = {
        wf_str_init("InvocationConfig"), wf_str_init("Authentication")
    };

    if (!wf_aws_service_is_http(call)) {
        return WF_DECLINED;
    }

    wf_error_clear(&err);

    if (wf_json_parse(arena, call->params, &params, &err) != WF_OK) {
        return err.code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
    }

    for (i = 0; i < wf_countof(fields); i++) {
        value = wf_value_get(wf_value_get(params, fields[i]),
                             wf_str("ConnectionArn"));

        if (value && value->type == WF_STRING) {
            *arn = value->u.string;
            return WF_OK;
        }
    }

    return WF_DECLINED;
}


/* "headers" is a text that holds an object. */
static void
print_headers(wf_buf_t *buf, const wf_service_header_t *headers,
    uint32_t count)
{
    bool      is_first;
    uint32_t  i;
    wf_buf_t  text;

    is_first = true;
    wf_buf_init(&text, buf->arena, 512);
    wf_buf_byte(&text, '{');

    for (i = 0; i < count; i++) {
        if (wf_str_starts(headers[i].name, wf_str("x-fnf-"))) {
            continue;
        }

        wf_buf_str(&text, is_first ? wf_str("") : wf_str(","));
        is_first = false;
        wf_service_print_text(&text, headers[i].name);
        wf_buf_byte(&text, ':');
        wf_service_print_text(&text, headers[i].value);
    }

    wf_buf_byte(&text, '}');
    buf->failed |= text.failed;
    wf_buf_text(buf, ",\"headers\":");
    wf_json_print_string(buf, wf_buf_done(&text));
}


static void
print_body(wf_buf_t *buf, wf_str_t body)
{
    if (body.len > 0) {
        wf_buf_text(buf, ",\"body\":");
        wf_service_print_text(buf, body);
    }
}


static void
print_request(wf_buf_t *buf, const wf_service_request_t *request)
{
    wf_buf_t  url;

    wf_buf_init(&url, buf->arena, 256);
    wf_buf_str(&url, request->scheme);
    wf_buf_text(&url, "://");
    wf_buf_str(&url, request->host);
    wf_buf_str(&url, request->uri);

    if (request->args.len > 0) {
        wf_buf_byte(&url, '?');
        wf_buf_str(&url, request->args);
    }

    buf->failed |= url.failed;
    wf_buf_text(buf, "\"request\":{\"protocol\":\"HTTP/1.1\",\"method\":");
    wf_json_print_string(buf, request->method);
    wf_buf_text(buf, ",\"url\":");
    wf_service_print_text(buf, wf_buf_done(&url));
    print_headers(buf, request->headers, request->header_count);
    print_body(buf, request->body);
    wf_buf_byte(buf, '}');
}


static void
print_response(wf_buf_t *buf, const wf_service_answer_t *answer)
{
    wf_buf_text(buf, ",\"response\":{\"protocol\":\"HTTP/1.1\","
                "\"statusCode\":\"");
    wf_buf_uint(buf, answer->status);
    wf_buf_text(buf, "\",\"statusMessage\":");
    wf_json_print_string(buf, wf_http_reason(answer->status));
    print_headers(buf, answer->headers, answer->header_count);
    print_body(buf, answer->body);
    wf_buf_byte(buf, '}');
}


wf_rc_t
wf_service_trace(wf_arena_t *arena, const wf_service_call_t *call,
    const wf_service_answer_t *answer, wf_str_t *text)
{
    wf_buf_t              buf;
    wf_error_t            err;
    wf_service_request_t  request;

    if (!wf_aws_service_is_http(call) || wf_http_is_token(call)) {
        return WF_DECLINED;
    }

    wf_error_clear(&err);

    if (wf_service_request(arena, call, &request, &err) != WF_OK) {
        return err.code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
    }

    wf_buf_init(&buf, arena, 1024);
    print_request(&buf, &request);

    if (answer->fault == WF_FAULT_NONE && answer->status != 0) {
        print_response(&buf, answer);
    }

    *text = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}
