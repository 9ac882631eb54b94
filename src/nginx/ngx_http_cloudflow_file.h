
/*
 * Files that directives name.
 */

#ifndef NGX_HTTP_CLOUDFLOW_FILE_H
#define NGX_HTTP_CLOUDFLOW_FILE_H


#include "nginx/ngx_http_cloudflow.h"


/* A file, and what nobody but its owner may do with it. */
typedef struct {
    ngx_str_t     name;             /* full, with a null byte */
    mode_t        forbidden;        /* 0: all may do all */
    size_t        size_max;
    const char   *advice;           /* where something is forbidden */
} ngx_http_cloudflow_source_t;


/* All of it, in pool.  WF_ERROR: err says what is wrong. */
wf_rc_t ngx_http_cloudflow_file_read(ngx_pool_t *pool,
    const ngx_http_cloudflow_source_t *source, wf_str_t *text,
    wf_error_t *err);

/*
 * A file with secrets, whole: as above, nobody else may read or write it.
 * WF_ERROR: err says why, without the name.
 */
wf_rc_t ngx_http_cloudflow_secret_read(ngx_pool_t *pool, ngx_str_t *name,
    size_t size_max, wf_str_t *text, wf_error_t *err);


#endif /* NGX_HTTP_CLOUDFLOW_FILE_H */
