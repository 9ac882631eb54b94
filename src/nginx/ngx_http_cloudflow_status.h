
/*
 * cloudflow_status: the zone's counters as text, one metric a line with its
 * help, in the exposition format that Prometheus reads (version 0.0.4).
 */

#ifndef NGX_HTTP_CLOUDFLOW_STATUS_H
#define NGX_HTTP_CLOUDFLOW_STATUS_H


#include "nginx/ngx_http_cloudflow.h"


/* Content handler. */
ngx_int_t ngx_http_cloudflow_status_handler(ngx_http_request_t *r);


#endif /* NGX_HTTP_CLOUDFLOW_STATUS_H */
