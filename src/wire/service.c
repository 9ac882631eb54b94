
/*
 * The doors to the services: finds the row, writes what is common to all
 * requests, tells what a missing answer means.  Knows no service by name:
 * those are the rows' own files.
 */

#include "wire/service_aws.h"

#include "base/json.h"


#define COMMON_HEADERS  4
#define TARGET_LEN_MAX  2048


#define SERVICE(symbol, service, operation, legacy, prefix, nobody, late)     \
    wf_rc_t wf_service_request_##symbol(wf_service_sheet_t *sheet,            \
        wf_service_request_t *request, wf_error_t *err);                      \
    void wf_service_result_##symbol(wf_service_sheet_t *sheet,                \
        const wf_service_answer_t *answer, wf_service_result_t *result);
#include "wire/services.def"
#undef SERVICE

static const wf_service_row_t  rows[] = {
#define SERVICE(symbol, service, operation, legacy, prefix, nobody, late)     \
    { service, operation, legacy, prefix, nobody, late,                       \
      wf_service_request_##symbol, wf_service_result_##symbol },
#include "wire/services.def"
#undef SERVICE
};


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static bool
column_fits(wf_str_t text, const char *column)
{
    return strcmp(column, "*") == 0 || wf_service_eq_nocase(text, column);
}


/* What an ARN or a name means, said as an action. */
static void
sheet_resource(wf_service_sheet_t *sheet)
{
    size_t    i;
    wf_str_t  arn, rest;

    static const struct {
        const char  *service;
        wf_str_t     operation;
    } arns[] = {
        { "fc", wf_str_init("InvokeFunction") },
        { "mns", wf_str_init("SendMessage") },
        { "fnf", wf_str_init("StartExecution") },
    };

    arn = sheet->call->resource;

    if (wf_str_starts(arn, wf_str("http://"))
        || wf_str_starts(arn, wf_str("https://")))
    {
        sheet->service = wf_str("HTTP");
        sheet->operation = wf_str("Request");
        return;
    }

    if (wf_service_arn(arn, &sheet->service, &rest)) {

        for (i = 0; i < wf_countof(arns); i++) {

            if (wf_service_eq_nocase(sheet->service, arns[i].service)) {
                sheet->operation = arns[i].operation;
                return;
            }
        }
    }

    /* A name of the operator's: called like a function (settled). */

    sheet->service = wf_str("FC");
    sheet->operation = arns[0].operation;
}


static void
sheet_init(wf_service_sheet_t *sheet, wf_arena_t *arena,
    const wf_service_call_t *call)
{
    size_t                   i;
    bool                     is_legacy_action;
    const wf_service_row_t  *row;

    memset(sheet, 0, sizeof(*sheet));
    sheet->arena = arena;
    sheet->call = call;

    if (call->is_aws) {
        return;
    }

    if (call->is_action) {
        sheet->operation = call->resource;
        sheet->service = wf_service_cut(&sheet->operation, ':');

    } else {
        sheet_resource(sheet);
    }

    is_legacy_action = call->is_legacy && call->is_action;

    for (i = 0; i < wf_countof(rows); i++) {
        row = &rows[i];

        if (column_fits(sheet->service, row->service)
            && column_fits(sheet->operation, row->operation)
            && (row->legacy || !is_legacy_action))
        {
            sheet->row = row;
            return;
        }
    }

    wf_assert(sheet->row != NULL);
}


static wf_rc_t
sheet_params(wf_service_sheet_t *sheet, wf_error_t *err)
{
    wf_str_t     text;
    wf_value_t  *params;

    text = sheet->call->params;

    if (text.len == 0) {
        text = wf_str("{}");
    }

    if (wf_json_parse(sheet->arena, text, &params, err) != WF_OK) {
        return WF_ERROR;
    }

    sheet->params = params;

    return WF_OK;
}


wf_rc_t
wf_service_params(wf_service_sheet_t *sheet)
{
    wf_error_t  err;

    return sheet_params(sheet, &err);
}


static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* The byte at i as a service may see it; i moves to its end. */
static uint8_t
byte_decoded(wf_str_t text, size_t *i)
{
    int      high, low;
    uint8_t  c;

    c = text.data[*i];

    if (c == '%' && text.len - *i > 2) {
        high = hex_digit(text.data[*i + 1]);
        low = hex_digit(text.data[*i + 2]);

        if (high >= 0 && low >= 0) {
            c = (uint8_t) (high << 4 | low);
            *i += 2;
        }
    }

    return c == '\\' ? '/' : c;
}


/* Is "." or ".." a part of the path, said openly or in hexadecimal? */
static bool
has_dots(wf_str_t path)
{
    bool     is_dots;
    size_t   i, len;
    uint8_t  c;

    is_dots = true;
    len = 0;

    for (i = 0; i < path.len; i++) {
        c = byte_decoded(path, &i);

        if (c == '/') {

            if (is_dots && (len == 1 || len == 2)) {
                return true;
            }

            is_dots = true;
            len = 0;
            continue;
        }

        is_dots &= c == '.';
        len++;
    }

    return is_dots && (len == 1 || len == 2);
}


/* Patterns of resources say what may be reached: what a service reads as
 * another path than they do would lead around them. */
static wf_rc_t
path_check(const wf_service_request_t *request, wf_error_t *err)
{
    wf_str_t  path;

    path = request->target;

    if (request->scheme.len > 0) {
        (void) wf_service_cut(&path, '/');
        path = wf_service_cut(&path, '?');
    }

    if (has_dots(path)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "The name of the resource "
                     "must not have '.' or '..' as a part of its path.");
        return WF_ERROR;
    }

    return WF_OK;
}


/*
 * Names that come from data go into URLs, headers and logs of the operator:
 * nothing in them may end a line or hide.
 */
static wf_rc_t
target_check(const wf_service_request_t *request, wf_error_t *err)
{
    wf_str_t  target;

    target = request->target;

    if (target.len == 0 || target.len > TARGET_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "The name of the resource must be 1 to %d bytes long.",
                     TARGET_LEN_MAX);
        return WF_ERROR;
    }

    if (!wf_service_is_line(target)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "The name of the resource has control characters.");
        return WF_ERROR;
    }

    return path_check(request, err);
}


/* Whoever is called twice sees the same key. */
static void
request_common(wf_service_sheet_t *sheet, wf_service_request_t *request)
{
    wf_buf_t  attempt;

    wf_buf_init(&attempt, sheet->arena, 16);
    wf_buf_uint(&attempt, sheet->call->attempt);
    sheet->failed |= attempt.failed;

    wf_service_headers(sheet, request, COMMON_HEADERS);

    if (sheet->failed) {
        return;
    }

    wf_service_header(request, wf_str("x-fnf-idempotency-key"),
                      sheet->call->key);
    wf_service_header(request, wf_str("x-fnf-attempt"),
                      wf_buf_done(&attempt));
}


wf_rc_t
wf_service_request(wf_arena_t *arena, const wf_service_call_t *call,
    wf_service_request_t *request, wf_error_t *err)
{
    wf_rc_t              rc;
    wf_service_sheet_t   sheet;

    sheet_init(&sheet, arena, call);

    if (sheet_params(&sheet, err) != WF_OK) {
        return WF_ERROR;
    }

    memset(request, 0, sizeof(*request));
    request->target = call->resource;
    request->function = sheet.operation;
    request->method = wf_str("POST");
    request->uri = wf_str("/");
    request->body = call->params;
    request_common(&sheet, request);

    rc = WF_ERROR;

    if (!sheet.failed) {
        rc = call->is_aws ? wf_aws_service_request(&sheet, request, err)
                          : sheet.row->request(&sheet, request, err);
    }

    if (sheet.failed) {
        return no_memory(err);
    }

    return rc == WF_OK ? target_check(request, err) : rc;
}


/*
 * Answers that are none
 */

static void
fault_text(wf_service_sheet_t *sheet, const char *text, wf_str_t *cause)
{
    wf_buf_t              buf;
    wf_error_t            err;
    wf_service_request_t  request;

    wf_error_clear(&err);
    wf_buf_init(&buf, sheet->arena, 128);

    if (wf_service_request(sheet->arena, sheet->call, &request, &err)
        != WF_OK)
    {
        request.target = sheet->call->resource;
    }

    while (*text != '\0') {

        if (*text == '%') {
            wf_buf_str(&buf, request.target);

        } else {
            wf_buf_byte(&buf, (uint8_t) *text);
        }

        text++;
    }

    sheet->failed |= buf.failed;
    *cause = wf_buf_done(&buf);
}


/* name: whole, or NULL and a column of the row. */
static const struct {
    const char  *name;
    bool         is_late;
    const char  *cause;
} faults[] = {
    [WF_FAULT_NONE] = { NULL, false,
        "No answer from '%'." },
    [WF_FAULT_CONNECT] = { NULL, false,
        "No answer from '%': the connection could not be made, or was closed "
        "before the answer." },
    [WF_FAULT_TIMEOUT] = { NULL, true,
        "No answer from '%' in time." },
    [WF_FAULT_CUT] = { NULL, false,
        "The answer of '%' was cut off." },
    [WF_FAULT_TOO_LARGE] = { "FnF.DataLimitExceeded", false,
        "The answer of '%' is larger than cloudflow_response_size." },
    [WF_FAULT_NO_RESOURCE] = { "FnF.ResourceNotMapped", false,
        "No cloudflow_resource says where to find '%'." },
    [WF_FAULT_UNSIGNED] = { NULL, false,
        "The request for '%' has more parameters than can be signed." },
};


static void
result_fault(wf_service_sheet_t *sheet, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    unsigned  fault;
    wf_str_t  cause, name;

    fault = answer->fault < wf_countof(faults) ? answer->fault
                                               : WF_FAULT_NONE;
    fault_text(sheet, faults[fault].cause, &cause);

    if (faults[fault].name
        && (!sheet->call->is_aws || fault != WF_FAULT_TOO_LARGE))
    {
        wf_service_fail_with(sheet, wf_str_of(faults[fault].name), cause,
                             result);
        return;
    }

    if (sheet->call->is_aws) {
        wf_aws_service_fault(sheet, (uint8_t) fault, cause, result);
        return;
    }

    name = wf_str_of(faults[fault].is_late ? sheet->row->late
                                           : sheet->row->nobody);
    wf_service_fail(sheet, answer, name, result);
    wf_service_fail_with(sheet, result->error, cause, result);
}


/*
 * Results
 */

/* What is shown of a submission is an object (cloudflow-api 5.3). */
static void
result_submitted(wf_service_sheet_t *sheet, wf_service_result_t *result)
{
    wf_buf_t           buf;
    const wf_value_t  *value;

    result->outcome = WF_SERVICE_SUBMITTED;
    value = result->tree ? result->tree
                         : wf_service_json(sheet, result->value);

    if (value != NULL && value->type == WF_OBJECT) {
        return;
    }

    wf_buf_init(&buf, sheet->arena, result->value.len + 16);
    wf_buf_text(&buf, "{\"Body\":");

    if (value != NULL) {
        wf_buf_str(&buf, result->value);

    } else {
        wf_service_print_text(&buf, result->value);
    }

    wf_buf_byte(&buf, '}');
    sheet->failed |= buf.failed;
    result->value = wf_buf_done(&buf);
    result->tree = NULL;
}


static bool
is_submission(const wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer)
{
    return sheet->call->mode == WF_SERVICE_TOKEN
           || (sheet->call->mode == WF_SERVICE_SYNC && answer->status == 202);
}


/* Of a job nothing is known: who asked asks again. */
static bool
is_unheard(const wf_service_answer_t *answer)
{
    return answer->fault == WF_FAULT_CONNECT
           || answer->fault == WF_FAULT_TIMEOUT
           || answer->fault == WF_FAULT_CUT
           || (answer->fault == WF_FAULT_NONE && answer->status == 0);
}


wf_rc_t
wf_service_result(wf_arena_t *arena, const wf_service_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    wf_service_sheet_t  sheet;

    sheet_init(&sheet, arena, call);
    memset(result, 0, sizeof(*result));

    if (call->step != WF_SERVICE_START && is_unheard(answer)) {
        result->is_more = true;

    } else if (answer->status == 0 || answer->fault != WF_FAULT_NONE) {
        result_fault(&sheet, answer, result);

    } else if (call->is_aws) {
        sheet.is_submission = call->mode != WF_SERVICE_REQUEST
                              && call->step == WF_SERVICE_START;
        wf_aws_service_result(&sheet, answer, result);

    } else {
        sheet.is_submission = is_submission(&sheet, answer);
        sheet.row->result(&sheet, answer, result);
    }

    if (result->error.len > 0) {
        result->outcome = WF_SERVICE_FAILED;

    } else if (sheet.is_submission) {
        result_submitted(&sheet, result);

    } else {
        result->outcome = WF_SERVICE_SUCCEEDED;
    }

    return sheet.failed ? WF_ERROR : WF_OK;
}


wf_rc_t
wf_service_child(wf_arena_t *arena, const wf_service_call_t *call,
    wf_str_t *flow, wf_str_t *execution, wf_str_t *input, wf_error_t *err)
{
    wf_rc_t              rc;
    wf_service_sheet_t   sheet;

    sheet_init(&sheet, arena, call);

    if (call->is_aws ? !wf_aws_service_is_job(call)
                     : sheet.row->request != wf_service_request_child)
    {
        return WF_DECLINED;
    }

    if (sheet_params(&sheet, err) != WF_OK) {
        return WF_ERROR;
    }

    rc = call->is_aws
         ? wf_aws_service_child(&sheet, flow, execution, input, err)
         : wf_service_child_read(&sheet, flow, execution, input, err);

    return sheet.failed ? no_memory(err) : rc;
}
