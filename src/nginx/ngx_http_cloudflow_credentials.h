
/*
 * The credentials file: who may call, with which secret, and what.
 */

#ifndef NGX_HTTP_CLOUDFLOW_CREDENTIALS_H
#define NGX_HTTP_CLOUDFLOW_CREDENTIALS_H


#include "nginx/ngx_http_cloudflow.h"


/*
 * Reads a file, once per cycle and name; its form is in wire/credentials.h.
 * Refused: unreadable, writable or readable by others, malformed, a key id
 * twice; the same for policies that it names, which others may read.  NULL:
 * logged.
 */
ngx_http_cloudflow_keys_t *ngx_http_cloudflow_credentials_read(
    ngx_conf_t *cf, ngx_str_t *name);


/* What the protocols' verify() asks for. */
void ngx_http_cloudflow_credentials(ngx_http_cloudflow_loc_conf_t *clcf,
    wf_credentials_t *credentials);


#endif /* NGX_HTTP_CLOUDFLOW_CREDENTIALS_H */
