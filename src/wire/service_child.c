
/*
 * Sub-flows: which flow is to be started, under which name, with what (fdl.md
 * 1.9, 1.10, 2.8).  They never leave the house: the desk starts them.
 */

#include "wire/service_row.h"


#define FLOW_PREFIX  "flow/"

/* As the three ways of asking spell it. */
typedef struct {
    const char  *flow;          /* NULL: the resource itself */
    const char  *execution;
    const char  *input;
    bool         is_arn;
} spelling_t;

static const spelling_t  spell_arn = {
    NULL, "ExecutionName", "Input", true
};
static const spelling_t  spell_api = {
    "FlowName", "ExecutionName", "Input", false
};
static const spelling_t  spell_action = {
    "resourceArn", "executionName", "input", true
};


static const spelling_t *
spelling_of(const wf_service_call_t *call)
{
    if (!call->is_action) {
        return &spell_arn;
    }

    return call->is_legacy ? &spell_api : &spell_action;
}


static wf_rc_t
flow_read(wf_service_sheet_t *sheet, const spelling_t *spelling,
    wf_str_t *flow, wf_error_t *err)
{
    wf_rc_t   rc;
    wf_str_t  text, service, rest;

    text = sheet->call->resource;

    if (spelling->flow != NULL) {
        rc = wf_service_text_param(sheet, spelling->flow, &text, err);

        if (rc != WF_OK) {
            return rc == WF_ERROR ? rc
                   : wf_service_refuse(err, spelling->flow, "is missing");
        }
    }

    if (!spelling->is_arn) {
        *flow = text;
        return WF_OK;
    }

    if (!wf_service_arn(text, &service, &rest)
        || !wf_service_eq_nocase(service, "fnf")
        || !wf_str_starts(rest, wf_str(FLOW_PREFIX))
        || rest.len == sizeof(FLOW_PREFIX) - 1)
    {
        return wf_service_refuse(err, spelling->flow ? spelling->flow
                                                     : "resourceArn",
                                 "must be acs:fnf:::flow/NAME");
    }

    (void) wf_service_cut(&rest, '/');
    *flow = rest;

    return WF_OK;
}


/* An object, or the text of one. */
static wf_rc_t
input_read(wf_service_sheet_t *sheet, const spelling_t *spelling,
    wf_str_t *input, wf_error_t *err)
{
    const wf_value_t  *value, *parsed;

    *input = wf_str("{}");

    if (!sheet->call->is_action && !sheet->call->has_params) {

        if (sheet->call->params.len > 0) {
            *input = sheet->call->params;
        }

        return WF_OK;
    }

    value = wf_service_param(sheet, spelling->input);

    if (value == NULL) {
        return WF_OK;
    }

    *input = wf_service_raw(sheet, value);
    parsed = value->type == WF_STRING ? wf_service_json(sheet, *input)
                                      : value;

    if (parsed == NULL || parsed->type != WF_OBJECT) {
        return wf_service_refuse(err, spelling->input,
                                 "must be a JSON object");
    }

    return WF_OK;
}


wf_rc_t
wf_service_child_read(wf_service_sheet_t *sheet, wf_str_t *flow,
    wf_str_t *execution, wf_str_t *input, wf_error_t *err)
{
    wf_rc_t            rc;
    const spelling_t  *spelling;

    spelling = spelling_of(sheet->call);
    *execution = wf_str_none;

    if (flow_read(sheet, spelling, flow, err) != WF_OK) {
        return WF_ERROR;
    }

    if (sheet->call->is_action || sheet->call->has_params) {
        rc = wf_service_text_param(sheet, spelling->execution, execution,
                                   err);

        if (rc == WF_ERROR) {
            return rc;
        }
    }

    return input_read(sheet, spelling, input, err);
}


/* The row is found, but nothing of it is ever sent. */
wf_rc_t
wf_service_request_child(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    (void) sheet;
    (void) request;

    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "A sub-flow is started, not called.");
    return WF_ERROR;
}


void
wf_service_result_child(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    wf_service_fail(sheet, answer, wf_str_none, result);
}
