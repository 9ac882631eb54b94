
/*
 * Services of AWS that speak JSON, by X-Amz-Target (JSON 1.0 and 1.1, asl 15);
 * and what those with a path per operation (service_aws_rest.c) do like them.
 */

#include "wire/service_aws.h"

#include "base/json.h"


static const char *const  type_names[] = { "__type", "code", NULL };
static const char *const  text_names[] = { "message", "Message", NULL };


/* What optimised integrations let one write as JSON and the service takes as
 * text. */
static const struct {
    const char  *service;
    const char  *list;          /* NULL: a member of the parameters */
    const char  *member;
} texts[] = {
    { "events", "Entries", "Detail" },
    { "sqs", NULL, "MessageBody" },
    { "states", NULL, "Input" }
};


static bool
text_make(wf_aws_call_t *call, wf_value_t *object, const char *name)
{
    wf_buf_t           buf;
    const wf_value_t  *value;

    value = wf_value_get(object, wf_str_of(name));

    if (value == NULL || value->type == WF_STRING) {
        return true;
    }

    wf_buf_init(&buf, call->sheet->arena, 256);
    wf_json_print(&buf, value);

    return !buf.failed
           && wf_value_set(call->sheet->arena, object, wf_str_of(name),
                           wf_value_string(call->sheet->arena,
                                           wf_buf_done(&buf)))
              == WF_OK;
}


/* The parameters, changed where the service wants text. */
static wf_value_t *
params_texts(wf_aws_call_t *call)
{
    size_t       i;
    uint32_t     k;
    wf_value_t  *params, *list;

    params = wf_value_copy(call->sheet->arena, call->sheet->params);

    for (i = 0; params && i < wf_countof(texts) && !call->is_sdk; i++) {
        if (!wf_str_eq(call->service, wf_str_of(texts[i].service))) {
            continue;
        }

        if (texts[i].list == NULL) {
            call->sheet->failed |= !text_make(call, params, texts[i].member);
            continue;
        }

        list = wf_value_get(params, wf_str_of(texts[i].list));

        for (k = 0; list && list->type == WF_ARRAY && k < list->count; k++) {
            call->sheet->failed |= list->u.items[k]->type == WF_OBJECT
                                   && !text_make(call, list->u.items[k],
                                                 texts[i].member);
        }
    }

    return params;
}


void
wf_aws_body(wf_aws_call_t *call, wf_service_request_t *request)
{
    wf_buf_t     buf;
    wf_value_t  *params;

    params = params_texts(call);

    if (params && call->row->is_lower) {
        params = wf_aws_letters(call, params, false);
    }

    if (params == NULL) {
        call->sheet->failed = true;
        return;
    }

    wf_buf_init(&buf, call->sheet->arena, 512);
    wf_json_print(&buf, params);
    call->sheet->failed |= buf.failed;
    request->body = wf_buf_done(&buf);
}


static wf_rc_t
json_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_str_t type)
{
    wf_str_t  parts[3];

    parts[0] = call->row->target[0] ? wf_str_of(call->row->target)
                                    : call->service;
    parts[1] = wf_str(".");
    parts[2] = wf_aws_operation(call);

    wf_aws_body(call, request);
    wf_service_headers(call->sheet, request, 2);

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"), type);
    wf_service_header(request, wf_str("x-amz-target"),
                      wf_service_join(call->sheet, parts, 3));

    return WF_OK;
}


static wf_rc_t
json_1_0_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    (void) err;

    return json_request(call, request, wf_str("application/x-amz-json-1.0"));
}


static wf_rc_t
json_1_1_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    (void) err;

    return json_request(call, request, wf_str("application/x-amz-json-1.1"));
}


/* "com.amazonaws.dynamodb.v20120810#Code:http://..." */
static wf_str_t
code_of(wf_aws_call_t *call, const wf_service_answer_t *answer)
{
    wf_str_t  code, before;

    code = wf_service_member(wf_service_json(call->sheet, answer->body),
                             type_names);

    if (code.len == 0) {
        code = wf_service_answer_header(answer, wf_str("x-amzn-errortype"));
    }

    if (memchr(code.data ? code.data : (const uint8_t *) "", '#', code.len)) {
        before = code;
        (void) wf_service_cut(&before, '#');
        code = before;
    }

    return wf_service_cut(&code, ':');
}


/* Of events:putEvents: entries that were not taken are a failure. */
static bool
entries_failed(const wf_aws_call_t *call, const wf_value_t *object)
{
    const wf_value_t  *count;

    count = wf_value_get(object, wf_str("FailedEntryCount"));

    return !call->is_sdk
           && wf_str_eq(call->service, wf_str("events"))
           && count && count->type == WF_NUMBER && count->u.number.real > 0;
}


void
wf_aws_json_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_value_t        *object;
    const wf_value_t  *value;

    value = wf_service_json(call->sheet, answer->body);

    if (!wf_service_is_good(answer)) {
        wf_aws_fail(call, answer, code_of(call, answer),
                    wf_service_member(value, text_names), result);
        return;
    }

    if (value && entries_failed(call, value)) {
        wf_aws_fail_as(call, wf_str("EventBridge.FailedEntry"), answer->body,
                       result);
        return;
    }

    object = value && value->type == WF_OBJECT
             ? call->row->is_lower
               ? wf_aws_letters(call, value, true)
               : wf_value_copy(call->sheet->arena, value)
             : wf_value_object(call->sheet->arena, 2);

    wf_aws_result(call, answer, object, result);
}


const wf_aws_protocol_t  wf_aws_json_1_0 = { json_1_0_request,
                                               wf_aws_json_result };
const wf_aws_protocol_t  wf_aws_json_1_1 = { json_1_1_request,
                                               wf_aws_json_result };
