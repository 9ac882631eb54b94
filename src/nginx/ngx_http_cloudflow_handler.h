
/*
 * The door of cloudflow_api locations: bytes of a request in, a call through
 * the desk, bytes of an answer out.
 */

#ifndef NGX_HTTP_CLOUDFLOW_HANDLER_H
#define NGX_HTTP_CLOUDFLOW_HANDLER_H


#include "nginx/ngx_http_cloudflow.h"


/* Content handler. */
ngx_int_t ngx_http_cloudflow_handler(ngx_http_request_t *r);


#endif /* NGX_HTTP_CLOUDFLOW_HANDLER_H */
