
/*
 * What the files of the services share among themselves; nobody outside wire
 * includes this.
 */

#ifndef WF_SERVICE_ROW_H
#define WF_SERVICE_ROW_H


#include "wire/service.h"


typedef struct wf_service_row_s  wf_service_row_t;

/* A call that is being written or read. */
typedef struct {
    wf_arena_t               *arena;
    const wf_service_call_t  *call;
    const wf_service_row_t   *row;
    wf_str_t                  service;      /* as written */
    wf_str_t                  operation;
    const wf_value_t         *params;       /* parsed; {} if none */
    bool                      is_submission;    /* the answer is, if good */
    bool                      failed;       /* no memory, sticky */
} wf_service_sheet_t;

struct wf_service_row_s {
    const char   *service;
    const char   *operation;
    bool          legacy;
    const char   *prefix;
    const char   *nobody;
    const char   *late;

    /* Fills what differs from the common form: method POST, body the
     * parameters as JSON, path "/". */
    wf_rc_t     (*request)(wf_service_sheet_t *sheet,
                           wf_service_request_t *request, wf_error_t *err);

    /* Somebody answered.  Sets error (then cause too) or value. */
    void        (*result)(wf_service_sheet_t *sheet,
                          const wf_service_answer_t *answer,
                          wf_service_result_t *result);
};


/* service_request.c: building a request. */

/* service.c: the parameters again, for who needs them to read an answer.
 * WF_ERROR: no memory. */
wf_rc_t wf_service_params(wf_service_sheet_t *sheet);

/* Room for a number of further headers; sheet->failed on no memory. */
void wf_service_headers(wf_service_sheet_t *sheet,
    wf_service_request_t *request, uint32_t more);
void wf_service_header(wf_service_request_t *request, wf_str_t name,
    wf_str_t value);

/* Without control characters, so that it may stand in a header. */
bool wf_service_is_line(wf_str_t text);

/* A member of the parameters; NULL: absent or null. */
const wf_value_t *wf_service_param(const wf_service_sheet_t *sheet,
    const char *name);
/* A string; WF_DECLINED: absent; WF_ERROR: not a string (err). */
wf_rc_t wf_service_text_param(const wf_service_sheet_t *sheet,
    const char *name, wf_str_t *text, wf_error_t *err);

/* A string's bytes, anything else as JSON text. */
wf_str_t wf_service_raw(wf_service_sheet_t *sheet, const wf_value_t *value);

/* Percent-encoded, so that it is one segment of a path. */
wf_str_t wf_service_segment(wf_service_sheet_t *sheet, wf_str_t text);
wf_str_t wf_service_join(wf_service_sheet_t *sheet, const wf_str_t *parts,
    size_t count);

/* "acs:service:region:account:rest"; false: not of that form. */
bool wf_service_arn(wf_str_t arn, wf_str_t *service, wf_str_t *rest);
/* Up to the mark, which is skipped; everything if there is none. */
wf_str_t wf_service_cut(wf_str_t *rest, uint8_t mark);
bool wf_service_eq_nocase(wf_str_t text, const char *lower);

wf_rc_t wf_service_refuse(wf_error_t *err, const char *name,
    const char *reason);

/* service_http.c: lower case; what may not stand in a URL encoded, the rest as
 * it is; RFC 9110's token; a URL taken apart, which the parameter of that name
 * says. */
wf_str_t wf_service_clean(wf_service_sheet_t *sheet, wf_str_t text);
wf_str_t wf_service_lower(wf_service_sheet_t *sheet, wf_str_t text);
bool wf_service_is_token(wf_str_t name);
wf_rc_t wf_service_url(wf_service_sheet_t *sheet, const char *name,
    wf_str_t url, wf_service_request_t *request, wf_error_t *err);

/* service_child.c: what is to be started. */
wf_rc_t wf_service_child_read(wf_service_sheet_t *sheet, wf_str_t *flow,
    wf_str_t *execution, wf_str_t *input, wf_error_t *err);


/* service_answer.c: understanding an answer. */

bool wf_service_is_good(const wf_service_answer_t *answer);     /* 2xx */
wf_str_t wf_service_answer_header(const wf_service_answer_t *answer,
    wf_str_t name);

/* The body as JSON; NULL: it is none. */
const wf_value_t *wf_service_json(wf_service_sheet_t *sheet,
    wf_str_t text);

/* The first of these members that is a string or a number. */
wf_str_t wf_service_member(const wf_value_t *object, const char *const *names);

/* Text as a JSON string, whatever its bytes. */
void wf_service_print_text(wf_buf_t *buf, wf_str_t text);

/* {"Code","Header","Body"} (fdl.md 2.8). */
void wf_service_envelope(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result);

/* The body itself, which must be JSON in generation 1 (fdl.md 1.3.1). */
void wf_service_bare(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result);

/* prefix.code (code empty: the status), with the body as the cause. */
void wf_service_fail(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_str_t code,
    wf_service_result_t *result);
/* A whole name. */
void wf_service_fail_as(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_str_t name,
    wf_service_result_t *result);
void wf_service_fail_with(wf_service_sheet_t *sheet, wf_str_t name,
    wf_str_t cause, wf_service_result_t *result);


#endif /* WF_SERVICE_ROW_H */
