
/*
 * The shared zone: sizes, birth, and where its parts are.  Owns the header.
 * Must never trust what a dead process left beyond what its users check, nor
 * take a lock.  All others reach the zone through the doors here.
 */

#include "nginx/ngx_http_cloudflow_folder.h"
#include "nginx/ngx_http_cloudflow_key.h"
#include "nginx/ngx_http_cloudflow_zone.h"

#include <sys/random.h>


#define MAGIC          0x5746
#define ALIGNED        64
#define OVERHEAD_PAGES 16           /* of the slab pool, and 1/64 */

#define align_up(n)    (((n) + ALIGNED - 1) & ~(size_t) (ALIGNED - 1))


/* What a configuration says; lives in its pool, in shm_zone->data. */
typedef struct {
    ngx_http_cloudflow_zone_t       *zone;      /* once made */
    ngx_http_cloudflow_main_conf_t  *main;
    ngx_core_conf_t                 *ccf;
} zone_conf_t;


static ngx_int_t zone_compare(ngx_conf_t *cf, ngx_shm_zone_t *shm_zone,
    ngx_uint_t workers, ngx_uint_t shards);
static ngx_uint_t zone_is_kept(const ngx_shm_zone_t *old,
    const ngx_shm_zone_t *shm_zone, ngx_uint_t workers, ngx_uint_t shards);
static ngx_int_t zone_init(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t zone_keep(ngx_shm_zone_t *shm_zone, ngx_uint_t workers);
static ngx_int_t zone_make(ngx_shm_zone_t *shm_zone, ngx_uint_t workers);
static ngx_int_t zone_secret(ngx_http_cloudflow_zone_t *zone);
static ngx_int_t zone_divide(ngx_http_cloudflow_zone_t *zone, size_t bytes,
    ngx_uint_t workers, ngx_uint_t shards);
static ngx_int_t zone_place(ngx_http_cloudflow_zone_t *zone, size_t bytes);
static ngx_uint_t zone_fits(const ngx_http_cloudflow_zone_t *zone,
    ngx_uint_t workers, ngx_uint_t shards);
static uint64_t zone_layout(void);
static size_t power_below(size_t number, size_t least, size_t most);


/* Of the newest configuration that this process saw. */
static uint64_t  ngx_http_cloudflow_cycle;


ngx_uint_t
ngx_http_cloudflow_zone_slots(ngx_uint_t workers)
{
    ngx_uint_t  slots;

    /* Rings are slots squared: generous only while that is little. */

    slots = ngx_min(4 * workers + 4, NGX_HTTP_CLOUDFLOW_SLOTS_GENEROUS);
    slots = ngx_max(slots, 2 * workers + 4);

    return ngx_max(slots, NGX_HTTP_CLOUDFLOW_SLOTS_MIN);
}


size_t
ngx_http_cloudflow_zone_min(ngx_uint_t workers, ngx_uint_t shards)
{
    size_t                     bytes, slots;
    ngx_http_cloudflow_zone_t  zone;

    slots = ngx_http_cloudflow_zone_slots(workers);

    bytes = sizeof(zone)
            + slots * sizeof(ngx_http_cloudflow_slot_t)
            + shards * sizeof(ngx_http_cloudflow_lease_t)
            + slots * slots
              * ngx_http_cloudflow_ring_room(NGX_HTTP_CLOUDFLOW_RING_MIN)
            + shards * NGX_HTTP_CLOUDFLOW_PARTITION_MIN
            + NGX_HTTP_CLOUDFLOW_NONCES_MIN;

    bytes += bytes / 64 + OVERHEAD_PAGES * ngx_pagesize;

    /* In whole units that one would write. */
    return ngx_align(bytes, 64 * 1024);
}


ngx_int_t
ngx_http_cloudflow_zone_setup(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf)
{
    size_t            size;
    ngx_uint_t        workers, shards;
    zone_conf_t      *conf;
    ngx_shm_zone_t   *shm_zone;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);
    shm_zone = cmcf->zone;
    shards = cmcf->shards;
    workers = ccf->worker_processes > 0 ? (ngx_uint_t) ccf->worker_processes
                                        : 1;
    size = ngx_http_cloudflow_zone_min(workers, shards);

    if (shm_zone->shm.size < size) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "cloudflow zone \"%V\" is too small: %ui workers "
                           "and %ui shards need at least %uzk",
                           &shm_zone->shm.name, workers, shards,
                           size / 1024);
        return NGX_ERROR;
    }

    conf = ngx_pcalloc(cf->pool, sizeof(zone_conf_t));
    if (conf == NULL) {
        return NGX_ERROR;
    }

    conf->main = cmcf;
    conf->ccf = ccf;

    shm_zone->init = zone_init;
    shm_zone->data = conf;

    return zone_compare(cf, shm_zone, workers, shards);
}


/* With the zones of the running cycle. */
static ngx_int_t
zone_compare(ngx_conf_t *cf, ngx_shm_zone_t *shm_zone, ngx_uint_t workers,
    ngx_uint_t shards)
{
    ngx_uint_t        i;
    ngx_cycle_t      *old;
    ngx_shm_zone_t   *zones;
    ngx_list_part_t  *part;

    old = cf->cycle->old_cycle;

    if (old == NULL || ngx_is_init_cycle(old)) {
        return NGX_OK;
    }

    for (part = &old->shared_memory.part; part; part = part->next) {
        zones = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (zones[i].tag != shm_zone->tag || zones[i].shm.addr == NULL) {
                continue;
            }

            /* nginx asks the new zone whether to take the old one's memory,
             * but the old one whether to free it: both must say the same. */

            zones[i].noreuse = !zone_is_kept(&zones[i], shm_zone, workers,
                                             shards);
            if (!zones[i].noreuse) {
                continue;
            }

            if (ngx_process == NGX_PROCESS_SINGLE) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "cloudflow zone \"%V\" cannot be changed "
                                   "without a master process, restart nginx",
                                   &zones[i].shm.name);
                return NGX_ERROR;
            }

            shm_zone->noreuse = 1;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
zone_is_kept(const ngx_shm_zone_t *old, const ngx_shm_zone_t *shm_zone,
    ngx_uint_t workers, ngx_uint_t shards)
{
    return old->shm.size == shm_zone->shm.size
           && old->shm.name.len == shm_zone->shm.name.len
           && ngx_memcmp(old->shm.name.data, shm_zone->shm.name.data,
                         old->shm.name.len) == 0
           && zone_fits(((ngx_slab_pool_t *) old->shm.addr)->data, workers,
                        shards);
}


ngx_http_cloudflow_zone_t *
ngx_http_cloudflow_zone_get(ngx_shm_zone_t *shm_zone)
{
    zone_conf_t  *conf;

    conf = shm_zone->data;

    return conf->zone;
}


/* By now worker_processes is known for certain, and the worker's user. */
static ngx_int_t
zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_uint_t    workers;
    zone_conf_t  *conf;

    conf = shm_zone->data;
    workers = (ngx_uint_t) ngx_max(conf->ccf->worker_processes, 1);

    if (!ngx_test_config
        && (ngx_http_cloudflow_folder_make(shm_zone->shm.log, conf->ccf,
                                           conf->main) != NGX_OK
            || ngx_http_cloudflow_key_load(shm_zone->shm.log, conf->ccf,
                                           conf->main) != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (data || shm_zone->shm.exists) {
        return zone_keep(shm_zone, workers);
    }

    return zone_make(shm_zone, workers);
}


static ngx_int_t
zone_keep(ngx_shm_zone_t *shm_zone, ngx_uint_t workers)
{
    zone_conf_t                *conf;
    ngx_slab_pool_t            *pool;
    ngx_http_cloudflow_zone_t  *zone;

    conf = shm_zone->data;
    pool = (ngx_slab_pool_t *) shm_zone->shm.addr;
    zone = pool->data;

    if (zone == NULL || zone->layout != zone_layout()) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "cloudflow zone \"%V\" was made by another version of "
                      "the module; restart nginx or change the zone's size",
                      &shm_zone->shm.name);
        return NGX_ERROR;
    }

    if (!zone_fits(zone, workers, conf->main->shards)) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "cloudflow zone \"%V\" was made for %uD workers and "
                      "%uD shards; put \"worker_processes\" above \"http\", "
                      "change the zone's size or restart nginx",
                      &shm_zone->shm.name, zone->worker_count,
                      zone->shard_count);
        return NGX_ERROR;
    }

    conf->zone = zone;

    return NGX_OK;
}


static ngx_int_t
zone_make(ngx_shm_zone_t *shm_zone, ngx_uint_t workers)
{
    size_t                      bytes;
    uint32_t                    i;
    zone_conf_t                *conf;
    ngx_slab_pool_t            *pool;
    ngx_http_cloudflow_zone_t  *zone;

    conf = shm_zone->data;
    pool = (ngx_slab_pool_t *) shm_zone->shm.addr;
    pool->log_nomem = 0;

    /* All there is, in one piece; no page is touched before it is used. */
    bytes = pool->pfree * ngx_pagesize;
    zone = bytes ? ngx_slab_alloc(pool, bytes) : NULL;

    if (zone == NULL
        || zone_divide(zone, bytes, workers, conf->main->shards) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "cloudflow zone \"%V\" is too small: %ui workers and "
                      "%ui shards need at least %uzk",
                      &shm_zone->shm.name, workers, conf->main->shards,
                      ngx_http_cloudflow_zone_min(workers, conf->main->shards)
                      / 1024);
        return NGX_ERROR;
    }

    if (zone_secret(zone) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, ngx_errno,
                      "getrandom() failed");
        return NGX_ERROR;
    }

    for (i = 0; i < zone->slot_count; i++) {
        ngx_http_cloudflow_zone_slot(zone, i)->bell = -1;
    }

    for (i = 0; i < zone->shard_count; i++) {
        ngx_http_cloudflow_partition_init(
                                 ngx_http_cloudflow_zone_partition(zone, i),
                                 zone->partition_bytes);
    }

    zone->layout = zone_layout();
    pool->data = zone;
    conf->zone = zone;

    return NGX_OK;
}


static ngx_int_t
zone_secret(ngx_http_cloudflow_zone_t *zone)
{
    ssize_t  n;

    do {
        n = getrandom(zone->secret, sizeof(zone->secret), 0);
    } while (n == -1 && ngx_errno == NGX_EINTR);

    return n == (ssize_t) sizeof(zone->secret) ? NGX_OK : NGX_ERROR;
}


/*
 * A quarter for the rings, a sixteenth for nonces, the rest is the index; in
 * a small zone the least that rings and nonces can do with.
 */
static ngx_int_t
zone_divide(ngx_http_cloudflow_zone_t *zone, size_t bytes, ngx_uint_t workers,
    ngx_uint_t shards)
{
    size_t  slots;

    slots = ngx_http_cloudflow_zone_slots(workers);

    if (bytes < sizeof(ngx_http_cloudflow_zone_t)) {
        return NGX_DECLINED;
    }

#if (NGX_DEBUG_MALLOC)
    ngx_memzero(zone, bytes);       /* the slab pool filled it with junk */
#endif

    zone->worker_count = (uint32_t) workers;
    zone->slot_count = (uint32_t) slots;
    zone->shard_count = (uint32_t) shards;
    zone->ring_bytes = (uint32_t) power_below(bytes / 4 / (slots * slots),
                                              NGX_HTTP_CLOUDFLOW_RING_MIN,
                                              NGX_HTTP_CLOUDFLOW_RING_MAX);
    zone->nonce_bytes = power_below(bytes / 16, NGX_HTTP_CLOUDFLOW_NONCES_MIN,
                                    NGX_HTTP_CLOUDFLOW_NONCES_MAX);

    if (zone_place(zone, bytes) == NGX_OK) {
        return NGX_OK;
    }

    zone->ring_bytes = NGX_HTTP_CLOUDFLOW_RING_MIN;
    zone->nonce_bytes = NGX_HTTP_CLOUDFLOW_NONCES_MIN;

    return zone_place(zone, bytes);
}


static ngx_int_t
zone_place(ngx_http_cloudflow_zone_t *zone, size_t bytes)
{
    size_t  at;

    at = sizeof(ngx_http_cloudflow_zone_t);

    zone->slots_at = at;
    at += zone->slot_count * sizeof(ngx_http_cloudflow_slot_t);

    zone->leases_at = at;
    at += zone->shard_count * sizeof(ngx_http_cloudflow_lease_t);

    zone->nonces_at = align_up(at);
    at = zone->nonces_at + zone->nonce_bytes;

    zone->rings_at = align_up(at);
    at = zone->rings_at + (size_t) zone->slot_count * zone->slot_count
                          * ngx_http_cloudflow_ring_room(zone->ring_bytes);

    zone->partitions_at = align_up(at);
    at = zone->partitions_at;

    if (at >= bytes) {
        return NGX_DECLINED;
    }

    zone->partition_bytes = (bytes - at) / zone->shard_count
                            & ~(uint64_t) (ALIGNED - 1);
    zone->bytes = bytes;

    return zone->partition_bytes >= NGX_HTTP_CLOUDFLOW_PARTITION_MIN
           ? NGX_OK : NGX_DECLINED;
}


/* The largest power of two that is not above, within bounds that are. */
static size_t
power_below(size_t number, size_t least, size_t most)
{
    size_t  power;

    power = least;

    while (power * 2 <= number && power < most) {
        power *= 2;
    }

    return power;
}


static ngx_uint_t
zone_fits(const ngx_http_cloudflow_zone_t *zone, ngx_uint_t workers,
    ngx_uint_t shards)
{
    return zone != NULL
           && zone->layout == zone_layout()
           && zone->slot_count >= ngx_http_cloudflow_zone_slots(workers)
           && zone->shard_count == shards;
}


static uint64_t
zone_layout(void)
{
    return (uint64_t) MAGIC << 48
           | (uint64_t) NGX_HTTP_CLOUDFLOW_ZONE_VERSION << 32
           | (uint64_t) NGX_HTTP_CLOUDFLOW_METRICS << 20
           | (sizeof(ngx_http_cloudflow_zone_t)
              + sizeof(ngx_http_cloudflow_slot_t)
              + sizeof(ngx_http_cloudflow_lease_t));
}


void
ngx_http_cloudflow_zone_init_module(ngx_http_cloudflow_zone_t *zone)
{
    ngx_http_cloudflow_cycle = __atomic_add_fetch(&zone->cycle, 1,
                                                  __ATOMIC_SEQ_CST);
}


ngx_uint_t
ngx_http_cloudflow_zone_is_current(ngx_http_cloudflow_zone_t *zone)
{
    return __atomic_load_n(&zone->cycle, __ATOMIC_RELAXED)
           == ngx_http_cloudflow_cycle;
}


ngx_http_cloudflow_slot_t *
ngx_http_cloudflow_zone_slot(ngx_http_cloudflow_zone_t *zone, uint32_t slot)
{
    return (ngx_http_cloudflow_slot_t *)
           ((u_char *) zone + zone->slots_at) + slot;
}


ngx_http_cloudflow_lease_t *
ngx_http_cloudflow_zone_lease(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no)
{
    return (ngx_http_cloudflow_lease_t *)
           ((u_char *) zone + zone->leases_at) + shard_no;
}


ngx_http_cloudflow_ring_t *
ngx_http_cloudflow_zone_ring(ngx_http_cloudflow_zone_t *zone, uint32_t from,
    uint32_t to)
{
    return (ngx_http_cloudflow_ring_t *)
           ((u_char *) zone + zone->rings_at
            + ((size_t) from * zone->slot_count + to)
              * ngx_http_cloudflow_ring_room(zone->ring_bytes));
}


ngx_http_cloudflow_partition_t *
ngx_http_cloudflow_zone_partition(ngx_http_cloudflow_zone_t *zone,
    uint32_t shard_no)
{
    return (ngx_http_cloudflow_partition_t *)
           ((u_char *) zone + zone->partitions_at
            + shard_no * zone->partition_bytes);
}


ngx_http_cloudflow_nonces_t *
ngx_http_cloudflow_zone_nonces(ngx_http_cloudflow_zone_t *zone)
{
    return (ngx_http_cloudflow_nonces_t *)
           ((u_char *) zone + zone->nonces_at);
}


uint64_t
ngx_http_cloudflow_zone_catalog_version(ngx_http_cloudflow_zone_t *zone)
{
    return __atomic_load_n(&zone->catalog_version, __ATOMIC_ACQUIRE);
}


void
ngx_http_cloudflow_zone_catalog_changed(ngx_http_cloudflow_zone_t *zone)
{
    (void) __atomic_add_fetch(&zone->catalog_version, 1, __ATOMIC_SEQ_CST);
}
