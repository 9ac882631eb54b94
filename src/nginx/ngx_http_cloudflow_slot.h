
/*
 * Places of workers in the zone.  A slot is claimed by compare-and-set on its
 * tenant, never derived from ngx_worker: over a reload old and new worker 0
 * live side by side.  A dead tenant is replaced; the generation tells the
 * tenants of a slot apart.
 */

#ifndef NGX_HTTP_CLOUDFLOW_SLOT_H
#define NGX_HTTP_CLOUDFLOW_SLOT_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "nginx/ngx_http_cloudflow_metrics.h"


/* A tenant that has not been seen for so long is looked at closely. */
#define NGX_HTTP_CLOUDFLOW_STALE_MS       5000


/* A worker's place.  tenant is changed by compare-and-set alone. */
typedef struct {
    uint64_t   tenant;          /* generation << 32 | pid; pid 0: free */
    uint32_t   asleep;          /* 1: ring the bell after writing */
    int32_t    bell;            /* eventfd, the same number in all processes */
    uint64_t   seen_ms;         /* the tenant's last sign of life */
    uint64_t   started;         /* generation << 32 | low bits of the
                                   process's start time; detects pid reuse */
    uint64_t   serving;         /* generation << 32 | low bits of the cycle */
    uint64_t   metrics[NGX_HTTP_CLOUDFLOW_METRICS];
} __attribute__((aligned(64))) ngx_http_cloudflow_slot_t;


#define ngx_http_cloudflow_tenant_pid(tenant)                                 \
    ((ngx_pid_t) ((tenant) & 0xffffffff))
#define ngx_http_cloudflow_tenant_generation(tenant)                          \
    ((uint32_t) ((tenant) >> 32))

/* Of a slot in range: the tenant's generation is this one and it has not left.
 * Two loads; says nothing about a process that died a moment ago. */
ngx_uint_t ngx_http_cloudflow_slot_is_tenant(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation);

/* The tenant's process is there (a system call; /proc when it looks stale). */
ngx_uint_t ngx_http_cloudflow_slot_is_alive(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot);

/* Take a free or dead slot for this process.  NGX_DECLINED: none. */
ngx_int_t ngx_http_cloudflow_slot_claim(ngx_http_cloudflow_zone_t *zone,
    uint32_t *slot, uint32_t *generation);

/* Sign of life; about once a second. */
void ngx_http_cloudflow_slot_seen(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot);

/* The tenant takes shards (on), or is leaving (off). */
void ngx_http_cloudflow_slot_serve(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation, ngx_uint_t on);

/* Some live worker of the newest configuration takes shards. */
ngx_uint_t ngx_http_cloudflow_slot_is_any_serving(
    ngx_http_cloudflow_zone_t *zone);

/* Give it back; nothing of this process may use its rings afterwards. */
void ngx_http_cloudflow_slot_leave(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation);


#endif /* NGX_HTTP_CLOUDFLOW_SLOT_H */
