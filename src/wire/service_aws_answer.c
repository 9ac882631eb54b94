
/*
 * What an HTTP task makes of an answer: headers, body, status and its phrase
 * as the result, any status but 2xx as an error of that number.
 */

#include "wire/service_aws_http.h"

#include "base/json.h"
#include "base/utf8.h"


static const struct {
    unsigned     status;
    const char  *text;
} reasons[] = {
    { 100, "Continue" }, { 101, "Switching Protocols" }, { 200, "OK" },
    { 201, "Created" }, { 202, "Accepted" },
    { 203, "Non-Authoritative Information" }, { 204, "No Content" },
    { 205, "Reset Content" }, { 206, "Partial Content" },
    { 207, "Multi-Status" }, { 300, "Multiple Choices" },
    { 301, "Moved Permanently" }, { 302, "Found" }, { 303, "See Other" },
    { 304, "Not Modified" }, { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" }, { 400, "Bad Request" },
    { 401, "Unauthorized" }, { 402, "Payment Required" },
    { 403, "Forbidden" }, { 404, "Not Found" },
    { 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" }, { 408, "Request Timeout" },
    { 409, "Conflict" }, { 410, "Gone" }, { 411, "Length Required" },
    { 412, "Precondition Failed" }, { 413, "Content Too Large" },
    { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
    { 416, "Range Not Satisfiable" }, { 417, "Expectation Failed" },
    { 421, "Misdirected Request" }, { 422, "Unprocessable Content" },
    { 423, "Locked" }, { 424, "Failed Dependency" }, { 425, "Too Early" },
    { 426, "Upgrade Required" }, { 428, "Precondition Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 451, "Unavailable For Legal Reasons" },
    { 500, "Internal Server Error" }, { 501, "Not Implemented" },
    { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" }, { 505, "HTTP Version Not Supported" },
    { 507, "Insufficient Storage" }, { 511,
      "Network Authentication Required" }
};

/* How the types begin that no task can read. */
static const wf_str_t  unread[] = {
    wf_str_init("application/octet-stream"), wf_str_init("image/"),
    wf_str_init("video/"), wf_str_init("audio/")
};


wf_str_t
wf_http_reason(unsigned status)
{
    size_t  i;

    for (i = 0; i < wf_countof(reasons); i++) {
        if (reasons[i].status == status) {
            return wf_str_of(reasons[i].text);
        }
    }

    return wf_str("");
}


/* Without its parameters, in lower case. */
static wf_str_t
type_of(wf_aws_call_t *call, const wf_service_answer_t *answer)
{
    wf_str_t  type;

    type = wf_service_answer_header(answer, wf_str("content-type"));
    type = wf_service_cut(&type, ';');

    while (type.len > 0 && type.data[type.len - 1] == ' ') {
        type.len--;
    }

    return wf_service_lower(call->sheet, type);
}


static bool
is_json(wf_str_t type)
{
    wf_str_t  end;

    if (wf_str_eq(type, wf_str("application/json")) || type.len < 5) {
        return type.len >= 5;
    }

    end = (wf_str_t) { 5, type.data + type.len - 5 };

    return wf_str_eq(end, wf_str("+json"));
}


static wf_value_t *
body_build(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_str_t type)
{
    const wf_value_t  *value;

    value = is_json(type) ? wf_service_json(call->sheet, answer->body) : NULL;

    return value ? (wf_value_t *) value
                 : wf_value_string(call->sheet->arena, answer->body.len
                                                       ? answer->body
                                                       : wf_str(""));
}


/* Each name with the list of its values. */
static wf_value_t *
headers_build(wf_aws_call_t *call, const wf_service_answer_t *answer)
{
    uint32_t                    i;
    wf_arena_t                 *arena;
    wf_value_t                 *headers, *list;
    const wf_service_header_t  *header;

    arena = call->sheet->arena;
    headers = wf_value_object(arena, answer->header_count);

    for (i = 0; headers && i < answer->header_count; i++) {
        header = &answer->headers[i];

        if (!wf_utf8_valid(header->name) || !wf_utf8_valid(header->value)) {
            continue;
        }

        list = wf_value_get(headers, header->name);

        if (list == NULL) {
            list = wf_value_array(arena, 1);

            if (wf_value_set(arena, headers, header->name, list) != WF_OK) {
                return NULL;
            }
        }

        if (wf_value_push(arena, list,
                          wf_value_string(arena, header->value.len
                                                 ? header->value
                                                 : wf_str("")))
            != WF_OK)
        {
            return NULL;
        }
    }

    return headers;
}


static void
result_build(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_str_t type, wf_service_result_t *result)
{
    wf_arena_t  *arena;
    wf_value_t  *object;

    arena = call->sheet->arena;
    object = wf_value_object(arena, 4);

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Headers"),
                        headers_build(call, answer)) != WF_OK
        || wf_value_set(arena, object, wf_str("ResponseBody"),
                        body_build(call, answer, type)) != WF_OK
        || wf_value_set(arena, object, wf_str("StatusCode"),
                        wf_value_int(arena, answer->status)) != WF_OK
        || wf_value_set(arena, object, wf_str("StatusText"),
                        wf_value_string(arena,
                                        wf_http_reason(answer->status)))
           != WF_OK)
    {
        call->sheet->failed = true;
        return;
    }

    wf_aws_print(call, object, result);
}


static void
fail_status(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_buf_t  error;

    wf_buf_init(&error, call->sheet->arena, 32);
    wf_buf_text(&error, "States.Http.StatusCode.");
    wf_buf_uint(&error, answer->status);
    call->sheet->failed |= error.failed;

    wf_aws_fail_as(call, wf_buf_done(&error),
                   answer->body.len && wf_utf8_valid(answer->body)
                   ? answer->body : wf_http_reason(answer->status), result);
}


void
wf_http_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    size_t                    i;
    wf_str_t                  type;
    const wf_service_call_t  *service;

    service = call->sheet->call;

    if (answer->status == 401 && service->is_kept) {
        result->is_more = true;
        result->is_refused = true;
        return;
    }

    if (!wf_service_is_good(answer)) {
        fail_status(call, answer, result);
        return;
    }

    type = type_of(call, answer);

    for (i = 0; i < wf_countof(unread); i++) {
        if (wf_str_starts(type, unread[i])) {
            wf_aws_fail_as(call, wf_str("States.Runtime"),
                           wf_str("The response has a content type that is "
                                  "not supported."), result);
            return;
        }
    }

    if (!wf_utf8_valid(answer->body)) {
        wf_aws_fail_as(call, wf_str("States.Runtime"),
                       wf_str("The response is no text."), result);
        return;
    }

    result_build(call, answer, type, result);
}
