
/*
 * Calls of an action that a location takes: token buckets in the zone, one
 * word each, shared by all workers without a lock.
 */

#ifndef NGX_HTTP_CLOUDFLOW_THROTTLE_H
#define NGX_HTTP_CLOUDFLOW_THROTTLE_H


#include "nginx/ngx_http_cloudflow.h"


/* cloudflow_throttle off | published | (action | *) rate=number/s
 * [burst=number]; */
char *ngx_http_cloudflow_throttle(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* Takes a token; NGX_BUSY: there is none, one comes in *wait_ms. */
ngx_int_t ngx_http_cloudflow_throttle_take(
    const ngx_http_cloudflow_throttle_t *throttle,
    const wf_action_t *action, uint64_t *wait_ms);


#endif /* NGX_HTTP_CLOUDFLOW_THROTTLE_H */
