
/*
 * cloudflow_resource: which location a task's resource is called through.
 */

#ifndef NGX_HTTP_CLOUDFLOW_RESOURCE_H
#define NGX_HTTP_CLOUDFLOW_RESOURCE_H


#include "nginx/ngx_http_cloudflow.h"
#include "wire/sigv4_out.h"


typedef struct {
    ngx_str_t    pattern;       /* "*" stands for any bytes, also none */
    ngx_str_t    uri;
    ngx_uint_t   literal;       /* bytes of the pattern that are no "*" */
    ngx_uint_t   calls;         /* in flight per worker; 0: no own limit */
    wf_signer_t  signer;        /* no key_id: calls are not signed */
} ngx_http_cloudflow_resource_t;


/* cloudflow_resource pattern uri [calls=number] [key=id [region=...]
 *     [service=...] [host=...]]; */
char *ngx_http_cloudflow_resource(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Of the patterns that match target, the one with most bytes that are no "*",
 * of equals the first; if none does, the same with the action.  Its place in
 * the array, or NGX_DECLINED.
 */
ngx_int_t ngx_http_cloudflow_resource_find(ngx_array_t *resources,
    wf_str_t target, wf_str_t action);


#endif /* NGX_HTTP_CLOUDFLOW_RESOURCE_H */
