
/*
 * Flows that are declared in nginx.conf: checked with it, written to the
 * store when a worker starts.
 */

#ifndef NGX_HTTP_CLOUDFLOW_FLOW_H
#define NGX_HTTP_CLOUDFLOW_FLOW_H


#include "nginx/ngx_http_cloudflow.h"


/* cloudflow_flow name file [mode=express] [role=text] [description=text]; */
char *ngx_http_cloudflow_flow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* May they ask for as much as they do?  Once all directives are known. */
ngx_int_t ngx_http_cloudflow_flows_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf);

/* One worker creates what is not there and updates what differs; what cannot
 * be done now is tried again. */
void ngx_http_cloudflow_flows_init(ngx_http_cloudflow_main_conf_t *conf);
void ngx_http_cloudflow_flows_stop(void);


#endif /* NGX_HTTP_CLOUDFLOW_FLOW_H */
