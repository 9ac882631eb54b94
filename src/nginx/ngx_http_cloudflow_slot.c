
/*
 * Slots: who lives in the zone.  Owns the slots' tenant words.  Must never
 * take a slot from a process that may be alive: its rings have one writer.
 */

#include "nginx/ngx_http_cloudflow_slot.h"
#include "nginx/ngx_http_cloudflow_zone.h"


#define STAT_BYTES    1024
#define STAT_STARTED  19            /* blanks between state and start time */


static ngx_uint_t tenant_is_alive(const ngx_http_cloudflow_slot_t *place,
    uint64_t tenant);
static uint32_t process_started(ngx_pid_t pid);


ngx_uint_t
ngx_http_cloudflow_slot_is_tenant(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot, uint32_t generation)
{
    uint64_t  tenant;

    tenant = __atomic_load_n(
                 &ngx_http_cloudflow_zone_slot(zone, slot)->tenant,
                 __ATOMIC_ACQUIRE);

    return ngx_http_cloudflow_tenant_generation(tenant) == generation
           && ngx_http_cloudflow_tenant_pid(tenant) != 0;
}


ngx_uint_t
ngx_http_cloudflow_slot_is_alive(ngx_http_cloudflow_zone_t *zone,
    uint32_t slot)
{
    ngx_http_cloudflow_slot_t  *place;

    place = ngx_http_cloudflow_zone_slot(zone, slot);

    return tenant_is_alive(place, __atomic_load_n(&place->tenant,
                                                  __ATOMIC_ACQUIRE));
}


static ngx_uint_t
tenant_is_alive(const ngx_http_cloudflow_slot_t *place, uint64_t tenant)
{
    int64_t    unseen_ms;
    uint32_t   started;
    uint64_t   known;
    ngx_pid_t  pid;

    pid = ngx_http_cloudflow_tenant_pid(tenant);

    if (pid == 0 || (kill(pid, 0) == -1 && ngx_errno == NGX_ESRCH)) {
        return 0;
    }

    /* The pid exists.  It is the tenant's unless that one has long been
     * silent and another process was given the number. */

    unseen_ms = (int64_t) ((uint64_t) ngx_current_msec
                    - __atomic_load_n(&place->seen_ms, __ATOMIC_RELAXED));
    known = __atomic_load_n(&place->started, __ATOMIC_ACQUIRE);

    if (unseen_ms < NGX_HTTP_CLOUDFLOW_STALE_MS
        || known >> 32 != ngx_http_cloudflow_tenant_generation(tenant)
        || (uint32_t) known == 0)
    {
        return 1;
    }

    started = process_started(pid);

    return started == 0 || started == (uint32_t) known;
}


/* Low bits of the start time in the kernel's ticks; 0: unknown. */
static uint32_t
process_started(ngx_pid_t pid)
{
    u_char      name[NGX_INT64_LEN + sizeof("/proc//stat")];
    u_char      text[STAT_BYTES + 1], *p;
    ssize_t     n;
    ngx_fd_t    fd;
    ngx_uint_t  i;

    (void) ngx_sprintf(name, "/proc/%P/stat%Z", pid);

    fd = ngx_open_file(name, NGX_FILE_RDONLY|O_CLOEXEC, NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        return 0;
    }

    n = ngx_read_fd(fd, text, STAT_BYTES);
    (void) ngx_close_file(fd);

    if (n <= 0) {
        return 0;
    }

    text[n] = '\0';

    /* The name may hold anything, but it ends with the last ")". */
    p = (u_char *) strrchr((char *) text, ')');
    if (p == NULL || p[1] != ' ') {
        return 0;
    }

    p += 2;

    for (i = 0; i < STAT_STARTED; i++) {
        p = (u_char *) strchr((char *) p, ' ');
        if (p == NULL) {
            return 0;
        }

        p++;
    }

    return (uint32_t) strtoull((char *) p, NULL, 10);
}


ngx_int_t
ngx_http_cloudflow_slot_claim(ngx_http_cloudflow_zone_t *zone, uint32_t *slot,
    uint32_t *generation)
{
    uint32_t                    i, next;
    uint64_t                    tenant, mine;
    ngx_pid_t                   pid;
    ngx_http_cloudflow_slot_t  *place;

    for (i = 0; i < zone->slot_count; i++) {
        place = ngx_http_cloudflow_zone_slot(zone, i);
        tenant = __atomic_load_n(&place->tenant, __ATOMIC_ACQUIRE);
        pid = ngx_http_cloudflow_tenant_pid(tenant);

        /* Our own number there is that of a dead process: we have none yet. */
        if (pid != 0 && pid != ngx_pid && tenant_is_alive(place, tenant)) {
            continue;
        }

        next = ngx_http_cloudflow_tenant_generation(tenant) + 1;
        mine = (uint64_t) next << 32 | (uint32_t) ngx_pid;

        if (!__atomic_compare_exchange_n(&place->tenant, &tenant, mine, 0,
                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        {
            continue;
        }

        ngx_http_cloudflow_slot_seen(zone, i);
        __atomic_store_n(&place->started,
                         (uint64_t) next << 32 | process_started(ngx_pid),
                         __ATOMIC_RELEASE);

        ngx_http_cloudflow_metrics_renew(place->metrics);
        ngx_http_cloudflow_metrics_init(place->metrics);

        *slot = i;
        *generation = next;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


void
ngx_http_cloudflow_slot_seen(ngx_http_cloudflow_zone_t *zone, uint32_t slot)
{
    __atomic_store_n(&ngx_http_cloudflow_zone_slot(zone, slot)->seen_ms,
                     (uint64_t) ngx_current_msec, __ATOMIC_RELAXED);
}


void
ngx_http_cloudflow_slot_serve(ngx_http_cloudflow_zone_t *zone, uint32_t slot,
    uint32_t generation, ngx_uint_t on)
{
    uint64_t  serving;

    serving = on ? (uint64_t) generation << 32
                   | (uint32_t) __atomic_load_n(&zone->cycle,
                                                __ATOMIC_RELAXED)
                 : 0;

    __atomic_store_n(&ngx_http_cloudflow_zone_slot(zone, slot)->serving,
                     serving, __ATOMIC_RELEASE);
}


ngx_uint_t
ngx_http_cloudflow_slot_is_any_serving(ngx_http_cloudflow_zone_t *zone)
{
    uint32_t                    i, cycle;
    uint64_t                    serving, tenant;
    ngx_http_cloudflow_slot_t  *place;

    cycle = (uint32_t) __atomic_load_n(&zone->cycle, __ATOMIC_RELAXED);

    for (i = 0; i < zone->slot_count; i++) {
        place = ngx_http_cloudflow_zone_slot(zone, i);
        serving = __atomic_load_n(&place->serving, __ATOMIC_ACQUIRE);
        tenant = __atomic_load_n(&place->tenant, __ATOMIC_ACQUIRE);

        if (serving
            && (uint32_t) serving == cycle
            && serving >> 32 == ngx_http_cloudflow_tenant_generation(tenant)
            && tenant_is_alive(place, tenant))
        {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_cloudflow_slot_leave(ngx_http_cloudflow_zone_t *zone, uint32_t slot,
    uint32_t generation)
{
    uint64_t                    mine;
    ngx_http_cloudflow_slot_t  *place;

    place = ngx_http_cloudflow_zone_slot(zone, slot);
    mine = (uint64_t) generation << 32 | (uint32_t) ngx_pid;

    ngx_http_cloudflow_metrics_renew(place->metrics);
    ngx_http_cloudflow_metrics_init(NULL);

    (void) __atomic_compare_exchange_n(&place->tenant, &mine,
                                       (uint64_t) generation << 32, 0,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
