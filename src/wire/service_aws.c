
/*
 * Services of AWS that tasks call (asl 15): who is called, how failures are
 * named, what is said of the exchange.  How bytes look is the protocols':
 * service_aws_*.c.
 */

#include "wire/service_aws_http.h"
#include "wire/service_aws_watch.h"

#include "base/json.h"


#define ERROR_MAX  256          /* characters; asl 24 */
#define CAUSE_MAX  32768


static const wf_aws_row_t  rows[] = {
#define AWS_SERVICE(service, sdk, prefix, long_name, sdk_prefix, protocol,    \
    target, is_lower, endpoint, signing)                                      \
    { service, sdk, prefix, long_name, sdk_prefix, &wf_aws_##protocol,        \
      target, is_lower, endpoint, signing },
#define wf_aws_JSON_1_0   wf_aws_json_1_0
#define wf_aws_JSON_1_1   wf_aws_json_1_1
#define wf_aws_REST_JSON  wf_aws_rest_json
#define wf_aws_HTTP       wf_aws_http
#define wf_aws_LAMBDA     wf_aws_lambda
#define wf_aws_QUERY      wf_aws_query
#define wf_aws_S3         wf_aws_s3
#include "wire/aws_services.def"
#undef AWS_SERVICE
};

/* What map runs read and write: no task has S3 as an optimised service. */
static const wf_aws_row_t  store = {
    "s3", "", "S3", "Amazon S3", "", &wf_aws_map, "", false, "s3", "s3"
};

/* Functions called by their own ARN, and services that have no row. */
static const wf_aws_row_t  other = {
    "", "", "", "", "", &wf_aws_json_1_1, "", false, "", ""
};


static bool
cut_suffix(wf_str_t *text, wf_str_t suffix)
{
    if (text->len <= suffix.len
        || memcmp(text->data + text->len - suffix.len, suffix.data,
                  suffix.len) != 0)
    {
        return false;
    }

    text->len -= suffix.len;

    return true;
}


static const wf_aws_row_t *
row_find(wf_str_t service, bool is_sdk)
{
    size_t       i;
    const char  *name;

    for (i = 0; i < wf_countof(rows); i++) {
        name = is_sdk ? rows[i].sdk : rows[i].service;

        if (wf_str_eq(service, wf_str_of(name))) {
            return &rows[i];
        }
    }

    return &other;
}


/* arn:aws:lambda:REGION:..., arn:aws:states:::[aws-sdk:]SERVICE:ACTION. */
static void
call_init(wf_aws_call_t *call, wf_service_sheet_t *sheet)
{
    uint32_t  i;
    wf_str_t  rest, part[5];

    memset(call, 0, sizeof(*call));
    call->sheet = sheet;
    rest = sheet->call->resource;

    for (i = 0; i < wf_countof(part); i++) {
        part[i] = wf_service_cut(&rest, ':');
    }

    if (wf_str_eq(part[2], wf_str("lambda"))) {
        call->is_direct = true;
        call->service = part[2];
        call->action = wf_str("invoke");
        call->row = row_find(call->service, false);
        return;
    }

    call->service = wf_service_cut(&rest, ':');
    call->is_sdk = wf_str_eq(call->service, wf_str("aws-sdk"));

    if (call->is_sdk) {
        call->service = wf_service_cut(&rest, ':');
    }

    if (!cut_suffix(&rest, wf_str(".sync:2"))
        && !cut_suffix(&rest, wf_str(".sync")))
    {
        (void) cut_suffix(&rest, wf_str(".waitForTaskToken"));
    }

    call->action = rest;
    call->row = !call->is_sdk && wf_str_eq(call->service, wf_str("s3"))
                ? &store : row_find(call->service, call->is_sdk);
}


wf_str_t
wf_aws_operation(wf_aws_call_t *call)
{
    uint8_t  *name;

    name = wf_arena_alloc(call->sheet->arena, call->action.len);

    if (name == NULL) {
        call->sheet->failed = true;
        return wf_str("");
    }

    memcpy(name, call->action.data, call->action.len);

    if (call->action.len && name[0] >= 'a' && name[0] <= 'z') {
        name[0] &= ~0x20;
    }

    return (wf_str_t) { call->action.len, name };
}


static wf_str_t
column_or(const char *column, wf_str_t other)
{
    return column[0] != '\0' ? wf_str_of(column) : other;
}


wf_rc_t
wf_aws_service_request(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    wf_aws_call_t  call;

    call_init(&call, sheet);

    if (sheet->call->step != WF_SERVICE_START) {
        return wf_aws_watch_step_request(&call, request, err);
    }

    if (sheet->call->mode == WF_SERVICE_SYNC && !wf_aws_watch_is(&call)) {
        return wf_service_refuse(err, "Resource", "is a job that can't be "
                                 "waited for");
    }

    wf_aws_watch_rename(&call);
    request->function = wf_service_segment(sheet, call.action);
    request->endpoint = column_or(call.row->endpoint, call.service);
    request->signing = column_or(call.row->signing, call.service);

    return call.row->protocol->request(&call, request, err);
}


void
wf_aws_service_result(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    bool           is_job;
    wf_aws_call_t  call;

    call_init(&call, sheet);

    if (sheet->call->step != WF_SERVICE_START) {
        wf_aws_watch_step_result(&call, answer, result);
        return;
    }

    is_job = sheet->call->mode == WF_SERVICE_SYNC && wf_aws_watch_is(&call);

    if (sheet->params == NULL && (call.row == &store || is_job)
        && wf_service_params(sheet) != WF_OK)
    {
        sheet->failed = true;
        return;
    }

    call.row->protocol->result(&call, answer, result);

    if (!sheet->failed) {
        wf_aws_watch_result(&call, result);
    }

    if (is_job && !sheet->failed) {
        wf_aws_watch_open(&call, result);
    }
}


/*
 * Failures
 */

/* "sfn" is "Sfn"; what errors of a service without a row begin with. */
static void
print_title(wf_buf_t *buf, wf_str_t name)
{
    if (name.len) {
        wf_buf_byte(buf, name.data[0] >= 'a' && name.data[0] <= 'z'
                         ? name.data[0] & ~0x20 : name.data[0]);
        wf_buf_append(buf, name.data + 1, name.len - 1);
    }
}


static void
print_prefix(wf_buf_t *buf, const wf_aws_call_t *call)
{
    const char  *prefix;

    prefix = call->is_sdk ? call->row->sdk_prefix : call->row->prefix;

    if (prefix[0] != '\0') {
        wf_buf_str(buf, wf_str_of(prefix));

    } else {
        print_title(buf, call->service);
    }
}


static wf_str_t
text_cut(wf_str_t text, size_t max)
{
    if (text.len > max) {
        text.len = max;

        while (text.len > 0 && (text.data[text.len] & 0xc0) == 0x80) {
            text.len--;
        }
    }

    return text;
}


void
wf_aws_fail_as(wf_aws_call_t *call, wf_str_t error, wf_str_t cause,
    wf_service_result_t *result)
{
    (void) call;

    /* who fails without a name fails all the same */

    result->error = error.len ? text_cut(error, ERROR_MAX)
                              : wf_str("States.TaskFailed");
    result->cause = text_cut(cause, CAUSE_MAX);
}


static wf_str_t
request_id(const wf_service_answer_t *answer)
{
    size_t    i;
    wf_str_t  id;

    static const wf_str_t  names[] = {
        wf_str_init("x-amzn-requestid"), wf_str_init("x-amz-request-id"),
        wf_str_init("x-amzn-request-id")
    };

    for (i = 0; i < wf_countof(names); i++) {
        id = wf_service_answer_header(answer, names[i]);

        if (id.len) {
            return id;
        }
    }

    return wf_str("null");
}


static void
print_cause(wf_buf_t *buf, wf_aws_call_t *call,
    const wf_service_answer_t *answer, wf_str_t code, wf_str_t message)
{
    wf_buf_str(buf, message);

    if (call->is_sdk) {
        wf_buf_text(buf, " (Service: ");
        print_prefix(buf, call);
        wf_buf_text(buf, ", Status Code: ");
        wf_buf_uint(buf, answer->status);
        wf_buf_text(buf, ", Request ID: ");
        wf_buf_str(buf, request_id(answer));
        wf_buf_text(buf, ") (SDK Attempt Count: 1)");
        return;
    }

    wf_buf_text(buf, " (Service: ");

    if (call->row->long_name[0] != '\0') {
        wf_buf_str(buf, wf_str_of(call->row->long_name));

    } else {
        print_title(buf, call->service);
    }

    wf_buf_text(buf, "; Status Code: ");
    wf_buf_uint(buf, answer->status);
    wf_buf_text(buf, "; Error Code: ");
    wf_buf_str(buf, code);
    wf_buf_text(buf, "; Request ID: ");
    wf_buf_str(buf, request_id(answer));
    wf_buf_text(buf, "; Proxy: null)");
}


/* "InvalidToken" is InvalidTokenException. */
static void
print_error(wf_buf_t *buf, wf_aws_call_t *call, wf_str_t code)
{
    wf_str_t  name;

    print_prefix(buf, call);
    wf_buf_byte(buf, '.');
    wf_buf_str(buf, code);
    name = code;

    if (!cut_suffix(&name, wf_str("Exception"))
        && !cut_suffix(&name, wf_str("Error")))
    {
        wf_buf_text(buf, "Exception");
    }
}


void
wf_aws_fail(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_str_t code, wf_str_t message, wf_service_result_t *result)
{
    wf_buf_t  error, cause;

    if (code.len == 0) {
        code = answer->status >= 500 ? wf_str("ServiceException")
                                     : wf_str("ClientException");
    }

    wf_buf_init(&error, call->sheet->arena, 128);
    wf_buf_init(&cause, call->sheet->arena, 256 + message.len);
    print_error(&error, call, code);
    print_cause(&cause, call, answer, code, message);
    call->sheet->failed |= error.failed || cause.failed;

    wf_aws_fail_as(call, wf_buf_done(&error), wf_buf_done(&cause), result);
}


/* What the state's history calls its service (asl 15). */
static wf_str_t
type_of(const wf_aws_call_t *call)
{
    wf_str_t  rest, type;

    if (call->is_direct) {
        return call->sheet->call->resource;
    }

    rest = call->service;
    type = rest;

    if (call->is_sdk) {
        type.data -= sizeof("aws-sdk:") - 1;
        type.len += sizeof("aws-sdk:") - 1;
    }

    return type;
}


static void
fail_large(wf_aws_call_t *call, wf_service_result_t *result)
{
    wf_buf_t  cause;

    wf_buf_init(&cause, call->sheet->arena, 128);
    wf_buf_text(&cause, "The state/task '");
    wf_buf_str(&cause, type_of(call));
    wf_buf_text(&cause, "' returned a result with a size exceeding the "
                "maximum number of bytes service limit.");
    call->sheet->failed |= cause.failed;
    wf_aws_fail_as(call, wf_str("States.DataLimitExceeded"),
                   wf_buf_done(&cause), result);
}


void
wf_aws_service_fault(wf_service_sheet_t *sheet, uint8_t fault,
    wf_str_t cause, wf_service_result_t *result)
{
    wf_buf_t       error;
    wf_aws_call_t  call;

    call_init(&call, sheet);

    if (fault == WF_FAULT_TOO_LARGE) {
        fail_large(&call, result);
        return;
    }

    if (call.row->protocol == &wf_aws_http) {
        wf_aws_fail_as(&call, wf_http_is_token(sheet->call)
                       ? wf_str("Events.ConnectionResource.InternalError")
                       : wf_str("States.Http.Socket"), cause, result);
        return;
    }

    if (fault == WF_FAULT_TIMEOUT && call.is_direct) {
        wf_aws_fail_as(&call, wf_str("States.Timeout"), cause, result);
        return;
    }

    wf_buf_init(&error, sheet->arena, 64);
    print_prefix(&error, &call);
    wf_buf_text(&error, ".SdkClientException");
    sheet->failed |= error.failed;
    wf_aws_fail_as(&call, wf_buf_done(&error), cause, result);
}


bool
wf_aws_service_is_http(const wf_service_call_t *call)
{
    wf_aws_call_t       aws;
    wf_service_sheet_t  sheet;

    if (!call->is_aws) {
        return false;
    }

    memset(&sheet, 0, sizeof(sheet));
    sheet.call = call;
    call_init(&aws, &sheet);

    return aws.row->protocol == &wf_aws_http;
}


/*
 * Results
 */

wf_value_t *
wf_aws_letters(wf_aws_call_t *call, const wf_value_t *value, bool up)
{
    uint8_t      first, *key;
    uint32_t     i;
    wf_str_t     name;
    wf_arena_t  *arena;
    wf_value_t  *copy;

    arena = call->sheet->arena;

    if (value->type == WF_ARRAY) {
        copy = wf_value_array(arena, value->count);

        for (i = 0; copy && i < value->count; i++) {
            if (wf_value_push(arena, copy, wf_aws_letters(call,
                                           value->u.items[i], up))
                != WF_OK)
            {
                return NULL;
            }
        }

        return copy;
    }

    if (value->type != WF_OBJECT) {
        return (wf_value_t *) value;
    }

    copy = wf_value_object(arena, value->count);

    for (i = 0; copy && i < value->count; i++) {
        name = value->u.members[i].key;
        key = wf_arena_alloc(arena, name.len);

        if (key == NULL) {
            return NULL;
        }

        memcpy(key, name.data, name.len);
        first = name.len ? key[0] : 0;

        if (up && first >= 'a' && first <= 'z') {
            key[0] &= ~0x20;

        } else if (!up && first >= 'A' && first <= 'Z') {
            key[0] |= 0x20;
        }

        if (wf_value_set(arena, copy, (wf_str_t) { name.len, key },
                         wf_aws_letters(call, value->u.members[i].value, up))
            != WF_OK)
        {
            return NULL;
        }
    }

    return copy;
}


static bool
headers_build(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_value_t *all, wf_value_t *single)
{
    uint32_t     i;
    wf_str_t     name, text;
    wf_arena_t  *arena;
    wf_value_t  *list;

    arena = call->sheet->arena;

    for (i = 0; i < answer->header_count; i++) {
        name = answer->headers[i].name;
        text = answer->headers[i].value;

        if (!wf_utf8_valid(name) || !wf_utf8_valid(text)) {
            continue;
        }

        text = text.len ? text : wf_str("");
        list = wf_value_get(all, name);

        if (list == NULL) {
            list = wf_value_array(arena, 1);

            if (wf_value_set(arena, all, name, list) != WF_OK) {
                return false;
            }
        }

        if (wf_value_push(arena, list, wf_value_string(arena, text)) != WF_OK
            || wf_value_set(arena, single, name,
                            wf_value_string(arena, text)) != WF_OK)
        {
            return false;
        }
    }

    return true;
}


static bool
metadata_add(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_value_t *object)
{
    wf_arena_t  *arena;
    wf_value_t  *http, *response, *all, *single;

    arena = call->sheet->arena;
    http = wf_value_object(arena, 3);
    response = wf_value_object(arena, 1);
    all = wf_value_object(arena, answer->header_count);
    single = wf_value_object(arena, answer->header_count);

    return http && response && all && single
           && headers_build(call, answer, all, single)
           && wf_value_set(arena, http, wf_str("AllHttpHeaders"), all)
              == WF_OK
           && wf_value_set(arena, http, wf_str("HttpHeaders"), single)
              == WF_OK
           && wf_value_set(arena, http, wf_str("HttpStatusCode"),
                           wf_value_int(arena, answer->status))
              == WF_OK
           && wf_value_set(arena, response, wf_str("RequestId"),
                           wf_value_string(arena, request_id(answer)))
              == WF_OK
           && wf_value_set(arena, object, wf_str("SdkHttpMetadata"), http)
              == WF_OK
           && wf_value_set(arena, object, wf_str("SdkResponseMetadata"),
                           response)
              == WF_OK;
}


void
wf_aws_print(wf_aws_call_t *call, const wf_value_t *value,
    wf_service_result_t *result)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, call->sheet->arena, 512);
    wf_json_print(&buf, value);
    call->sheet->failed |= buf.failed;
    result->value = wf_buf_done(&buf);
    result->tree = value;
}


void
wf_aws_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_value_t *object, wf_service_result_t *result)
{
    if (object == NULL
        || (!call->is_sdk && !metadata_add(call, answer, object)))
    {
        call->sheet->failed = true;
        return;
    }

    wf_aws_print(call, object, result);
}
