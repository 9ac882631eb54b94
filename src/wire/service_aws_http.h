
/*
 * HTTP tasks (asl 15, http:invoke): what their files share.  Nobody else
 * includes this.
 */

#ifndef WF_SERVICE_AWS_HTTP_H
#define WF_SERVICE_AWS_HTTP_H


#include "wire/service_aws.h"


/* RequestEncodingOptions.ArrayFormat. */
typedef enum {
    WF_FORM_INDICES = 0,
    WF_FORM_REPEAT,
    WF_FORM_COMMAS,
    WF_FORM_BRACKETS
} wf_form_arrays_t;

/* "name=value&..." that is being written. */
typedef struct {
    wf_service_sheet_t  *sheet;
    wf_buf_t             text;
    uint8_t              arrays;        /* wf_form_arrays_t */
} wf_form_t;


/* service_aws_form.c */
void wf_form_init(wf_form_t *form, wf_service_sheet_t *sheet,
    uint8_t arrays);
/* A value of any type under a name as it is. */
void wf_form_put(wf_form_t *form, wf_str_t name, const wf_value_t *value);
void wf_form_put_text(wf_form_t *form, wf_str_t name, wf_str_t text);
/* Text that is a query already. */
void wf_form_put_raw(wf_form_t *form, wf_str_t text);
wf_str_t wf_form_done(wf_form_t *form);

/* The connection's token is asked for, not the endpoint. */
bool wf_http_is_token(const wf_service_call_t *call);

/* What is shown instead of a secret, if the call is masked. */
wf_str_t wf_http_secret(const wf_service_call_t *call, wf_str_t secret);

/* Item i of a list of a connection; a secret one masked. */
void wf_http_item(const wf_service_call_t *call, const wf_value_t *list,
    uint32_t i, wf_str_t *key, wf_str_t *value);

/* service_aws_token.c: the request for a token, and its answer. */
wf_rc_t wf_http_token_request(wf_aws_call_t *call,
    wf_service_request_t *request, wf_error_t *err);
void wf_http_token_result(wf_aws_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result);

/* service_aws_answer.c */
wf_str_t wf_http_reason(unsigned status);
void wf_http_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result);


#endif /* WF_SERVICE_AWS_HTTP_H */
