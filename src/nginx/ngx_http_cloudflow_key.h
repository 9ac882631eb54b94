
/*
 * The key that seals task tokens: one file of the store, made by the master.
 */

#ifndef NGX_HTTP_CLOUDFLOW_KEY_H
#define NGX_HTTP_CLOUDFLOW_KEY_H


#include "nginx/ngx_http_cloudflow.h"


/* In the master, while a configuration can still be refused and after the
 * folder was made: reads <store>/token.key into the configuration; makes it
 * for the worker's user if there is none.  Logs emerg and returns NGX_ERROR if
 * it can't be read or made. */
ngx_int_t ngx_http_cloudflow_key_load(ngx_log_t *log, ngx_core_conf_t *ccf,
    ngx_http_cloudflow_main_conf_t *conf);


#endif /* NGX_HTTP_CLOUDFLOW_KEY_H */
