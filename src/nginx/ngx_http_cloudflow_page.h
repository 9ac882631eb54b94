
/*
 * Small answers of our own locations: status, health, reset.
 */

#ifndef NGX_HTTP_CLOUDFLOW_PAGE_H
#define NGX_HTTP_CLOUDFLOW_PAGE_H


#include "nginx/ngx_http_cloudflow.h"


#define NGX_HTTP_CLOUDFLOW_PAGE_JSON  "application/json"

/* Sends the buffer, whole; type lasts as long as the request. */
ngx_int_t ngx_http_cloudflow_page_send(ngx_http_request_t *r,
    ngx_uint_t status, const char *type, ngx_buf_t *b);


#endif /* NGX_HTTP_CLOUDFLOW_PAGE_H */
