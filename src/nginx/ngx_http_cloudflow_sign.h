
/*
 * Calls of tasks that are signed: which key of the file of
 * cloudflow_signing_keys a resource names, and when its calls are signed.
 * Secrets reach no log.
 */

#ifndef NGX_HTTP_CLOUDFLOW_SIGN_H
#define NGX_HTTP_CLOUDFLOW_SIGN_H


#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_resource.h"
#include "wire/sigv4_out.h"


/* cloudflow_signing_keys file | off; */
char *ngx_http_cloudflow_signing_keys(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* key=, region=, service=, host= of cloudflow_resource.  NGX_DECLINED: the
 * word is another one. */
ngx_int_t ngx_http_cloudflow_sign_option(ngx_conf_t *cf,
    ngx_http_cloudflow_resource_t *resource, ngx_str_t *word);

/* Once all is read: finds the keys. */
ngx_int_t ngx_http_cloudflow_sign_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf);

/* A copy that outlives the configuration, to be freed by ngx_free(); *signer
 * NULL: the resource's calls are not signed. */
ngx_int_t ngx_http_cloudflow_sign_create(
    const ngx_http_cloudflow_resource_t *resource, wf_signer_t **signer);

/* Just before the call goes out: signatures are good for minutes.
 * NGX_ERROR: call->fault says why, or there is no memory. */
ngx_int_t ngx_http_cloudflow_sign_call(ngx_http_cloudflow_call_t *call,
    const wf_signer_t *signer);


#endif /* NGX_HTTP_CLOUDFLOW_SIGN_H */
