
/*
 * Locations that are a flow: cloudflow_start, cloudflow_run.
 */

#ifndef NGX_HTTP_CLOUDFLOW_DOOR_H
#define NGX_HTTP_CLOUDFLOW_DOOR_H


#include "nginx/ngx_http_cloudflow.h"


/* cloudflow_start flow [name=text];
 * cloudflow_run flow;
 * flow and text may contain variables. */
char *ngx_http_cloudflow_door(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* What the configuration says of this request; in its pool.  NGX_ERROR: no
 * memory. */
ngx_int_t ngx_http_cloudflow_door_fill(ngx_http_request_t *r,
    const ngx_http_cloudflow_door_t *door, wf_door_t *to);


#endif /* NGX_HTTP_CLOUDFLOW_DOOR_H */
