
/*
 * The door of cloudflow_api locations: bytes of a request in, a call through
 * the desk, bytes of an answer out.
 */

#ifndef NGX_HTTP_CLOUDFLOW_HANDLER_H
#define NGX_HTTP_CLOUDFLOW_HANDLER_H


#include "nginx/ngx_http_cloudflow.h"


/* A request of the API, or of a door; the module's context of it. */
typedef struct {
    ngx_http_request_t   *request;
    wf_call_t            *call;         /* NULL: the request ends */
    wf_message_t          message;
    wf_error_code_t       error_code;   /* of the answer */
    uint64_t              wait_ms;      /* until its bucket has room; 0: it
                                           had */
    ngx_msec_t            began_ms;
    ngx_msec_t            took_ms;      /* until the answer was known */
    unsigned              running:1;    /* inside wf_call_run() */
    unsigned              answered:1;
    unsigned              parked:1;     /* counted as such */
} ngx_http_cloudflow_ctx_t;


/* Content handler. */
ngx_int_t ngx_http_cloudflow_handler(ngx_http_request_t *r);


#endif /* NGX_HTTP_CLOUDFLOW_HANDLER_H */
