
/*
 * $cloudflow_action, $cloudflow_flow and others: what a request was about and
 * what became of it, for log_format.
 */

#ifndef NGX_HTTP_CLOUDFLOW_VARIABLE_H
#define NGX_HTTP_CLOUDFLOW_VARIABLE_H


#include "nginx/ngx_http_cloudflow.h"


/* Preconfiguration. */
ngx_int_t ngx_http_cloudflow_variables(ngx_conf_t *cf);


#endif /* NGX_HTTP_CLOUDFLOW_VARIABLE_H */
