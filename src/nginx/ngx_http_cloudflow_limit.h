
/*
 * What an operator may bound: how long executions are kept, how many flows
 * and executions there are.
 */

#ifndef NGX_HTTP_CLOUDFLOW_LIMIT_H
#define NGX_HTTP_CLOUDFLOW_LIMIT_H


#include "nginx/ngx_http_cloudflow.h"


/* cloudflow_retention off | time [count=number]; */
char *ngx_http_cloudflow_retention(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* cloudflow_limit name=number ...; */
char *ngx_http_cloudflow_limit(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* cloudflow_wait_speed number; */
char *ngx_http_cloudflow_wait_speed(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* After cloudflow_owner_wait and the number of shards are known. */
ngx_int_t ngx_http_cloudflow_limit_init(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf);


#endif /* NGX_HTTP_CLOUDFLOW_LIMIT_H */
