
/*
 * The store's folder: made by the master, and the one fact about a store that
 * must not change, the number of its shards, in a file of its own.
 */

#ifndef NGX_HTTP_CLOUDFLOW_FOLDER_H
#define NGX_HTTP_CLOUDFLOW_FOLDER_H


#include "nginx/ngx_http_cloudflow.h"


/* Configuration time: shards of an existing store, or the default of a new
 * one; another number than the store has is refused.  Creates nothing. */
ngx_int_t ngx_http_cloudflow_folder_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *conf);

/* In the master, while a configuration can still be refused: makes the folder
 * for the worker's user, notes the shards. */
ngx_int_t ngx_http_cloudflow_folder_make(ngx_log_t *log,
    ngx_core_conf_t *ccf, ngx_http_cloudflow_main_conf_t *conf);


#endif /* NGX_HTTP_CLOUDFLOW_FOLDER_H */
