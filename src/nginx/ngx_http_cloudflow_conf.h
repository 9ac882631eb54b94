
/*
 * Directive setters, creation and merging of configurations.
 */

#ifndef NGX_HTTP_CLOUDFLOW_CONF_H
#define NGX_HTTP_CLOUDFLOW_CONF_H


#include "nginx/ngx_http_cloudflow.h"


void *ngx_http_cloudflow_create_main_conf(ngx_conf_t *cf);
char *ngx_http_cloudflow_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_cloudflow_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_cloudflow_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);

/* Checks what belongs together: store, zone, sizes. */
ngx_int_t ngx_http_cloudflow_postconfiguration(ngx_conf_t *cf);

/* "name=number"; anything else is an invalid parameter.  The error is
 * logged. */
ngx_int_t ngx_http_cloudflow_option(ngx_conf_t *cf, ngx_str_t *word,
    const char *name, ngx_uint_t min, ngx_uint_t max, ngx_uint_t *value);

char *ngx_http_cloudflow_store(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_account(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_region(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_cloudflow_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_calls(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_tasks(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_cloudflow_credentials_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* NGX_HTTP_CLOUDFLOW_CONF_H */
