
/*
 * The credentials file: who may call, and with which secret.
 */

#ifndef NGX_HTTP_CLOUDFLOW_CREDENTIALS_H
#define NGX_HTTP_CLOUDFLOW_CREDENTIALS_H


#include "nginx/ngx_http_cloudflow.h"


/*
 * Reads a file, once per cycle and name.  A line holds an AccessKey id and
 * its secret, optionally an STS token and the time it expires (RFC 3339),
 * separated by blanks; '#' begins a comment.  Refused: unreadable, writable
 * or readable by others, malformed, a key id twice.  NULL: logged.
 */
ngx_http_cloudflow_keys_t *ngx_http_cloudflow_credentials_read(
    ngx_conf_t *cf, ngx_str_t *name);

/* What the protocols' verify() asks for. */
void ngx_http_cloudflow_credentials(ngx_http_cloudflow_loc_conf_t *clcf,
    wf_credentials_t *credentials);


#endif /* NGX_HTTP_CLOUDFLOW_CREDENTIALS_H */
