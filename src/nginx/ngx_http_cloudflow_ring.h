
/*
 * A ring of records in a plain block of shared memory: one writer, one
 * reader, of any two processes or threads.  Knows no nginx.
 *
 * head and tail are counts of bytes ever written and ever read.  Only the
 * writer stores head, only the reader stores tail, each once its work is
 * complete; so whoever dies leaves a ring that its successor goes on with,
 * and there is nothing to reset when a side gets a new tenant.  A damaged
 * ring is noticed by the reader, which skips to the head.
 */

#ifndef NGX_HTTP_CLOUDFLOW_RING_H
#define NGX_HTTP_CLOUDFLOW_RING_H


#include "base/base.h"


typedef struct {
    uint64_t   head __attribute__((aligned(64)));   /* the writer's */
    uint64_t   tail __attribute__((aligned(64)));   /* the reader's */
    uint8_t    bytes[] __attribute__((aligned(64)));
} ngx_http_cloudflow_ring_t;

/* Room needed for a ring of size bytes; size: a power of two >= 1024.  All
 * zero bytes are an empty ring. */
#define ngx_http_cloudflow_ring_room(size)                                    \
    (sizeof(ngx_http_cloudflow_ring_t) + (size))

/* Longest record of a ring of size bytes. */
#define ngx_http_cloudflow_ring_record_max(size)  ((size) / 4 - 8)


/* The writer: a record made of two parts.  False: no room now.  The parts
 * together are not longer than ..._record_max(size). */
bool ngx_http_cloudflow_ring_write(ngx_http_cloudflow_ring_t *ring,
    uint32_t size, wf_str_t first, wf_str_t second);

/* Free bytes as the writer sees them; a record takes 8 and up to 7 more. */
uint32_t ngx_http_cloudflow_ring_free(const ngx_http_cloudflow_ring_t *ring,
    uint32_t size);

/* The reader: true and the oldest record, in place (aligned to 8), or false:
 * empty.  *damaged: the ring held garbage and was skipped. */
bool ngx_http_cloudflow_ring_peek(ngx_http_cloudflow_ring_t *ring,
    uint32_t size, wf_str_t *record, bool *damaged);

/* The reader: done with the record of peek(); its bytes are gone. */
void ngx_http_cloudflow_ring_next(ngx_http_cloudflow_ring_t *ring,
    uint32_t size);

/* The reader: nothing to read. */
bool ngx_http_cloudflow_ring_is_empty(const ngx_http_cloudflow_ring_t *ring);


#endif /* NGX_HTTP_CLOUDFLOW_RING_H */
