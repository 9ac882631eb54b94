
/*
 * Any other operation of any other service: its parameters go out as a JSON
 * object, its response object comes back (fdl.md 1.9, 2.8).
 */

#include "wire/service_row.h"


static const char *const  code_names[] = {
    "Code", "code", "ErrorCode", "errorCode", NULL
};


wf_rc_t
wf_service_request_api(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    (void) err;

    request->function = wf_service_segment(sheet, sheet->operation);
    wf_service_headers(sheet, request, 1);

    if (sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      wf_str("application/json"));

    return WF_OK;
}


void
wf_service_result_api(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    if (!wf_service_is_good(answer)) {
        wf_service_fail(sheet, answer,
                        wf_service_member(wf_service_json(sheet,
                                                          answer->body),
                                          code_names),
                        result);
        return;
    }

    if (answer->body.len == 0) {
        result->value = wf_str("{}");
        return;
    }

    wf_service_bare(sheet, answer, result);
}
