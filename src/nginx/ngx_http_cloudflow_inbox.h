
/*
 * The receiving half of the ipc: records out of rings, pieces put together,
 * whole messages to those who asked for them.
 */

#ifndef NGX_HTTP_CLOUDFLOW_INBOX_H
#define NGX_HTTP_CLOUDFLOW_INBOX_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "nginx/ngx_http_cloudflow_ipc.h"


/* This worker has a slot now.  NGX_ERROR: no memory. */
ngx_int_t ngx_http_cloudflow_inbox_open(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation,
    const ngx_http_cloudflow_ipc_handlers_t *handlers);

/* What is incomplete is lost. */
void ngx_http_cloudflow_inbox_close(void);

/* See ipc_set_hint(); outlives open and close. */
void ngx_http_cloudflow_inbox_set_hint(void (*hint)(uint32_t shard_no));

/* One round over all rings, at most *budget records, which is counted down.
 * True: something was there. */
ngx_uint_t ngx_http_cloudflow_inbox_read(ngx_uint_t *budget);

ngx_uint_t ngx_http_cloudflow_inbox_is_empty(void);


#endif /* NGX_HTTP_CLOUDFLOW_INBOX_H */
