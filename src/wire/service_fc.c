
/*
 * Function Compute: invocations by its HTTP API, of either generation of
 * names.  An event goes out; what comes back is the function's own result, an
 * error that it raised (header x-fc-error-type), or one of the service (a
 * status other than 2xx) (fdl.md 1.7, 2.8).
 */

#include "wire/service_row.h"


static const char *const  code_names[] = { "ErrorCode", "Code", NULL };
static const char *const  type_names[] = { "errorType", NULL };


/*
 * "services/S.Q/functions/F" (the API of 2016), "functions/F/Q" (of 2023); any
 * other text is the operator's.
 */
static void
target_read(wf_service_sheet_t *sheet, wf_service_request_t *request)
{
    wf_str_t  service, rest, kind, first, second, parts[5];

    rest = request->target;
    (void) wf_service_arn(request->target, &service, &rest);
    kind = wf_service_cut(&rest, '/');
    first = wf_service_segment(sheet, wf_service_cut(&rest, '/'));

    if (wf_str_eq(kind, wf_str("services")) && first.len > 0
        && wf_str_starts(rest, wf_str("functions/")))
    {
        (void) wf_service_cut(&rest, '/');
        request->function = wf_service_segment(sheet, rest);
        parts[0] = wf_str("/2016-08-15/services/");
        parts[1] = first;
        parts[2] = wf_str("/functions/");
        parts[3] = request->function;
        parts[4] = wf_str("/invocations");
        request->uri = wf_service_join(sheet, parts, 5);
        return;
    }

    if (wf_str_eq(kind, wf_str("functions")) && first.len > 0) {
        request->function = first;
        parts[0] = wf_str("/2023-03-30/functions/");
        parts[1] = first;
        parts[2] = wf_str("/invocations");
        request->uri = wf_service_join(sheet, parts, 3);

        if (rest.len > 0) {
            parts[0] = wf_str("qualifier=");
            parts[1] = wf_service_segment(sheet, rest);
            request->args = wf_service_join(sheet, parts, 2);
        }

        return;
    }

    second = request->target;

    while (second.len > 0 && memchr(second.data, '/', second.len)) {
        (void) wf_service_cut(&second, '/');
    }

    request->function = wf_service_segment(sheet, second);
    parts[0] = wf_str("/");
    parts[1] = wf_service_segment(sheet, request->target);
    request->uri = wf_service_join(sheet, parts, 2);
}


/* Generation 2: who is called, how, and with what. */
static wf_rc_t
params_read(wf_service_sheet_t *sheet, wf_service_request_t *request,
    bool *is_async, bool *is_raw, wf_error_t *err)
{
    wf_rc_t            rc;
    wf_str_t           type;
    const wf_value_t  *body;

    rc = wf_service_text_param(sheet, "resourceArn", &request->target, err);

    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc
               : wf_service_refuse(err, "resourceArn", "is missing");
    }

    rc = wf_service_text_param(sheet, "invocationType", &type, err);

    if (rc == WF_ERROR) {
        return rc;
    }

    if (rc == WF_OK) {
        *is_async = wf_service_eq_nocase(type, "async");

        if (!*is_async && !wf_service_eq_nocase(type, "sync")) {
            return wf_service_refuse(err, "invocationType",
                                     "must be Sync or Async");
        }
    }

    body = wf_service_param(sheet, "body");
    *is_raw = body == NULL || body->type == WF_STRING;
    request->body = body ? wf_service_raw(sheet, body) : wf_str_none;

    return WF_OK;
}


wf_rc_t
wf_service_request_fc(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    bool  is_async, is_raw;

    is_async = false;
    is_raw = false;

    if (sheet->call->is_action
        && params_read(sheet, request, &is_async, &is_raw, err) != WF_OK)
    {
        return WF_ERROR;
    }

    is_async |= sheet->call->mode == WF_SERVICE_SYNC;
    target_read(sheet, request);
    wf_service_headers(sheet, request, 3);

    if (sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      is_raw ? wf_str("application/octet-stream")
                             : wf_str("application/json"));
    wf_service_header(request, wf_str("x-fc-invocation-type"),
                      is_async ? wf_str("Async") : wf_str("Sync"));

    if (sheet->call->mode == WF_SERVICE_SYNC) {
        wf_service_header(request, wf_str("x-fnf-task-token"),
                          sheet->call->token);
    }

    return WF_OK;
}


/* The service refused or failed; the function did not run. */
static void
fail_service(wf_service_sheet_t *sheet, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_str_t  code;

    if (answer->status >= 500) {
        wf_service_fail(sheet, answer, wf_str("InternalServerError"), result);
        return;
    }

    code = wf_service_member(wf_service_json(sheet, answer->body),
                             code_names);

    if (code.len == 0 && answer->status == 429) {
        code = wf_str("ResourceThrottled");
    }

    wf_service_fail(sheet, answer, code, result);
}


void
wf_service_result_fc(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    wf_str_t  type;

    if (!wf_service_is_good(answer)) {
        fail_service(sheet, answer, result);
        return;
    }

    if (wf_service_answer_header(answer, wf_str("x-fc-error-type")).len > 0) {
        type = wf_service_member(wf_service_json(sheet, answer->body),
                                 type_names);
        wf_service_fail_as(sheet, answer,
                           type.len > 0 ? type : wf_str("FC.Unknown"),
                           result);
        return;
    }

    if (sheet->call->is_legacy) {
        wf_service_bare(sheet, answer, result);

    } else {
        wf_service_envelope(sheet, answer, result);
    }
}
