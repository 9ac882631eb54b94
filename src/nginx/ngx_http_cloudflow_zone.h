
/*
 * The shared zone: one slab allocation with fixed tables, made once and kept
 * over reloads.  It is a cache of the store and a meeting place; losing it
 * costs a rebuild, never a fact.  No lock lives in it: what is published is
 * published by one atomic store (nginx-engineering F).
 *
 *   header | slots | leases | rings (from x to) | partitions | nonces
 */

#ifndef NGX_HTTP_CLOUDFLOW_ZONE_H
#define NGX_HTTP_CLOUDFLOW_ZONE_H


#include "nginx/ngx_http_cloudflow.h"
#include "nginx/ngx_http_cloudflow_metrics.h"
#include "nginx/ngx_http_cloudflow_nonce.h"
#include "nginx/ngx_http_cloudflow_partition.h"
#include "nginx/ngx_http_cloudflow_ring.h"
#include "nginx/ngx_http_cloudflow_slot.h"


/* Changes whenever a struct below, a core's layout or the sizing changes. */
#define NGX_HTTP_CLOUDFLOW_ZONE_VERSION   2

#define NGX_HTTP_CLOUDFLOW_RING_MIN       4096
#define NGX_HTTP_CLOUDFLOW_RING_MAX       (256 * 1024)
#define NGX_HTTP_CLOUDFLOW_PARTITION_MIN  (64 * 1024)
#define NGX_HTTP_CLOUDFLOW_NONCES_MIN     (64 * 1024)   /* bytes */
#define NGX_HTTP_CLOUDFLOW_NONCES_MAX     (4 * 1024 * 1024)
#define NGX_HTTP_CLOUDFLOW_SLOTS_MIN      8
#define NGX_HTTP_CLOUDFLOW_SLOTS_GENEROUS 32

/* Who owns a shard.  Written by whoever holds the shard's file lock; a dead
 * owner's word may be cleared by anyone (compare-and-set). */
typedef struct {
    uint64_t   owner;           /* word.h; 0: nobody */
    uint64_t   epoch;           /* of the store; which opening it is */
    uint64_t   retry_ms;        /* not before, after failures to open */
    uint64_t   commit_ms;       /* since when a batch is with the writer
                                   thread; 0: none is */
} __attribute__((aligned(64))) ngx_http_cloudflow_lease_t;

struct ngx_http_cloudflow_zone_s {
    uint64_t   layout;          /* first word: version and sizes */
    uint64_t   bytes;           /* of everything */
    uint32_t   slot_count;
    uint32_t   shard_count;
    uint32_t   ring_bytes;
    uint32_t   worker_count;    /* it was made for */
    uint64_t   partition_bytes;
    uint64_t   nonce_bytes;
    uint64_t   slots_at;        /* offsets from the header */
    uint64_t   leases_at;
    uint64_t   rings_at;
    uint64_t   partitions_at;
    uint64_t   nonces_at;
    uint64_t   family;          /* of doorbells; 0: none yet */
    uint64_t   cycle;           /* counts configurations */
    uint8_t    secret[32];      /* of the nonce table */
    uint64_t   resets;          /* shards that were emptied */
    uint64_t   reset_no;        /* flows with numbers below are gone */
    uint64_t   catalog_version __attribute__((aligned(64)));
    uint64_t   buckets[NGX_HTTP_CLOUDFLOW_THROTTLES]
                      [NGX_HTTP_CLOUDFLOW_ACTIONS] __attribute__((aligned(64)));
} __attribute__((aligned(64)));


/* The smallest zone, in bytes, for so many workers and shards. */
size_t ngx_http_cloudflow_zone_min(ngx_uint_t workers, ngx_uint_t shards);

/* Slots in a zone for so many workers: more than two generations of them,
 * four of a few (old workers may live on for slow clients). */
ngx_uint_t ngx_http_cloudflow_zone_slots(ngx_uint_t workers);

/*
 * Postconfiguration.  cmcf->zone comes from ngx_shared_memory_add(cf, name,
 * size, &ngx_http_cloudflow_module); this sets its init and data.  Workers
 * are counted when the zone is made: worker_processes may stand below http.
 * The store's folder is made then, too: later nothing can be refused.
 * Logs emerg and returns NGX_ERROR if the zone is surely too small, or if a
 * nginx without master process would have to change a zone it stands on.  A
 * zone of the running cycle that does not fit any more (layout, slots,
 * shards) is not reused; a fresh one is made beside it.
 */
ngx_int_t ngx_http_cloudflow_zone_setup(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf);

/* After the zones have been made (init_module, init_process). */
ngx_http_cloudflow_zone_t *ngx_http_cloudflow_zone_get(
    ngx_shm_zone_t *shm_zone);

/* init_module, in the master or single process: counts the configuration.
 * Workers forked later belong to it. */
void ngx_http_cloudflow_zone_init_module(ngx_http_cloudflow_zone_t *zone);

/* Whether this worker belongs to the newest configuration of the zone. */
ngx_uint_t ngx_http_cloudflow_zone_is_current(
    ngx_http_cloudflow_zone_t *zone);


/* Parts.  Numbers must be in range. */
ngx_http_cloudflow_slot_t *ngx_http_cloudflow_zone_slot(
    ngx_http_cloudflow_zone_t *zone, uint32_t slot);
ngx_http_cloudflow_lease_t *ngx_http_cloudflow_zone_lease(
    ngx_http_cloudflow_zone_t *zone, uint32_t shard_no);
ngx_http_cloudflow_ring_t *ngx_http_cloudflow_zone_ring(
    ngx_http_cloudflow_zone_t *zone, uint32_t from, uint32_t to);
ngx_http_cloudflow_partition_t *ngx_http_cloudflow_zone_partition(
    ngx_http_cloudflow_zone_t *zone, uint32_t shard_no);
ngx_http_cloudflow_nonces_t *ngx_http_cloudflow_zone_nonces(
    ngx_http_cloudflow_zone_t *zone);


/* The catalogue's version (port.h): changed after each commit to it. */
uint64_t ngx_http_cloudflow_zone_catalog_version(
    ngx_http_cloudflow_zone_t *zone);
void ngx_http_cloudflow_zone_catalog_changed(ngx_http_cloudflow_zone_t *zone);


#endif /* NGX_HTTP_CLOUDFLOW_ZONE_H */
