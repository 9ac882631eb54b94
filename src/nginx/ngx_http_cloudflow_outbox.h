
/*
 * The sending half of the ipc: envelopes into rings, in pieces if need be,
 * and what waits here because a ring is full.
 */

#ifndef NGX_HTTP_CLOUDFLOW_OUTBOX_H
#define NGX_HTTP_CLOUDFLOW_OUTBOX_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "shard/port.h"
#include "nginx/ngx_http_cloudflow_zone.h"


enum {
#define IPC(symbol, number, receive)  NGX_HTTP_CLOUDFLOW_IPC_##symbol = number,
#include "nginx/ipc.def"
#undef IPC
    NGX_HTTP_CLOUDFLOW_IPC_END
};

/* In front of every record of a ring; a multiple of 8 bytes. */
typedef struct {
    uint32_t      kind;             /* ipc.def */
    uint32_t      from;             /* slot */
    uint32_t      from_generation;
    uint32_t      to_generation;
    uint32_t      shard_no;
    uint32_t      number;           /* of the message, by this sender */
    uint32_t      total;            /* bytes of the message */
    uint32_t      offset;           /* of this piece */
    wf_ticket_t   ticket;
} ngx_http_cloudflow_envelope_t;


/* This worker has a slot now.  NGX_ERROR: no memory. */
ngx_int_t ngx_http_cloudflow_outbox_open(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation, ngx_log_t *log);

/* What waits is lost. */
void ngx_http_cloudflow_outbox_close(void);

/* kind, shard_no, ticket and to_generation are the caller's; see ipc.h for
 * what comes back. */
ngx_int_t ngx_http_cloudflow_outbox_post(uint32_t to,
    ngx_http_cloudflow_envelope_t *envelope, wf_str_t bytes);

/* Without bytes, and only if there is room at once. */
void ngx_http_cloudflow_outbox_hint(uint32_t to,
    ngx_http_cloudflow_envelope_t *envelope);

/* Send what waits as far as there is room; drop what nobody will read.
 * False: nothing moved. */
ngx_uint_t ngx_http_cloudflow_outbox_flush(void);

/* Bytes that wait, and how long the oldest message has waited. */
size_t ngx_http_cloudflow_outbox_bytes(void);
ngx_msec_t ngx_http_cloudflow_outbox_age(void);


#endif /* NGX_HTTP_CLOUDFLOW_OUTBOX_H */
