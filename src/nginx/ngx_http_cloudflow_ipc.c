
/*
 * The life of this worker's slot, and when inbox and outbox are looked at.
 * Owns the slot, its doorbell and two timers.  Must never fail a worker's
 * start, nor keep the event loop for longer than a pass.
 *
 * The doorbell: when all rings are empty the reader sets asleep, looks once
 * more and returns to the loop; a writer publishes, and rings only if it can
 * flip asleep off.  Between the two there is a full fence on both sides, so
 * either the reader sees the message or the writer sees asleep.  A timer
 * looks too, about once a second.
 */

#include "nginx/ngx_http_cloudflow_bell.h"
#include "nginx/ngx_http_cloudflow_inbox.h"
#include "nginx/ngx_http_cloudflow_ipc.h"
#include "nginx/ngx_http_cloudflow_outbox.h"

#include <sys/eventfd.h>


#define BELL_NAME      "anon_inode:[eventfd]"
#define RETRY_MS_MAX   50


typedef struct {
    ngx_http_cloudflow_zone_t         *zone;        /* NULL: not a worker */
    ngx_http_cloudflow_ipc_handlers_t  handlers;
    uint32_t                           slot;
    uint32_t                           generation;
    unsigned                           ready:1;
    unsigned                           resting:1;   /* wants no slot */
    unsigned                           complained:1;
    ngx_http_cloudflow_bell_t          bell;
    ngx_event_t                        look;
    ngx_event_t                        retry;
    ngx_msec_t                         retry_ms;
} ipc_t;


static ngx_uint_t bells_are_there(ngx_http_cloudflow_zone_t *zone);
static void bells_close(void);
static void slot_give(void);
static void event_init(ngx_event_t *ev, ngx_event_handler_pt handler);
static void look_handler(ngx_event_t *ev);
static void slot_claim(void);
static void bell_listen(void);
static void bell_heard(void *data);
static void pass(void);
static ngx_int_t posted(ngx_int_t rc);
static void retry_handler(ngx_event_t *ev);


static ipc_t  ipc;

/* A timer's data must look like a connection in debug logs. */
static ngx_connection_t  dumb = { .fd = (ngx_socket_t) -1 };

/* The master's, to close those of a zone that was replaced.  Only a module
 * file that was replaced as well makes it forget. */
static int        *bells;
static ngx_uint_t  bell_count;


/*
 * In the master, before the workers of this configuration are forked: they
 * and those that are respawned inherit the descriptors under the numbers in
 * the slots.  A zone that was kept keeps its bells; workers of a zone that
 * was replaced have their own copies.
 */
void
ngx_http_cloudflow_ipc_init_module(ngx_cycle_t *cycle,
    ngx_http_cloudflow_zone_t *zone)
{
    int         fd;
    uint32_t    i;

    static uint64_t  family;

    if (zone->family && bells_are_there(zone)) {
        return;
    }

    bells_close();

    bells = ngx_alloc(zone->slot_count * sizeof(int), cycle->log);

    for (i = 0; bells && i < zone->slot_count; i++) {
        fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);

        if (fd == -1) {
            ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_errno,
                          "cloudflow: eventfd() failed, %uD are needed",
                          zone->slot_count);
            break;
        }

        bells[i] = fd;
        bell_count = i + 1;
        ngx_http_cloudflow_zone_slot(zone, i)->bell = fd;
    }

    for (i = bell_count; i < zone->slot_count; i++) {
        ngx_http_cloudflow_zone_slot(zone, i)->bell = -1;
    }

    zone->family = ++family;
}


/* The numbers in a kept zone are this process's, unless its memory of them
 * is older than itself: look. */
static ngx_uint_t
bells_are_there(ngx_http_cloudflow_zone_t *zone)
{
    int       fd;
    char      path[sizeof("/proc/self/fd/") + NGX_INT_T_LEN];
    char      name[sizeof(BELL_NAME)];
    ssize_t   n;
    uint32_t  i;

    for (i = 0; i < zone->slot_count; i++) {
        fd = ngx_http_cloudflow_zone_slot(zone, i)->bell;

        if (i < bell_count && bells[i] == fd) {
            continue;
        }

        (void) ngx_sprintf((u_char *) path, "/proc/self/fd/%d%Z", fd);
        n = readlink(path, name, sizeof(name));

        if (n != sizeof(BELL_NAME) - 1
            || ngx_memcmp(name, BELL_NAME, sizeof(BELL_NAME) - 1) != 0)
        {
            return 0;
        }
    }

    return 1;
}


static void
bells_close(void)
{
    while (bell_count) {
        (void) close(bells[--bell_count]);
    }

    ngx_free(bells);
    bells = NULL;
}


void
ngx_http_cloudflow_ipc_init_process(ngx_cycle_t *cycle,
    ngx_http_cloudflow_zone_t *zone,
    const ngx_http_cloudflow_ipc_handlers_t *handlers)
{
    if (ngx_process != NGX_PROCESS_WORKER
        && ngx_process != NGX_PROCESS_SINGLE)
    {
        return;
    }

    ngx_memzero(&ipc, sizeof(ipc_t));

    ipc.zone = zone;
    ipc.handlers = *handlers;

    event_init(&ipc.look, look_handler);
    event_init(&ipc.retry, retry_handler);
    ipc.look.cancelable = 1;

    slot_claim();

    ngx_add_timer(&ipc.look, ipc.ready ? NGX_HTTP_CLOUDFLOW_IPC_LOOK_MS
                                       : NGX_HTTP_CLOUDFLOW_IPC_CLAIM_MS);
}


static void
event_init(ngx_event_t *ev, ngx_event_handler_pt handler)
{
    ev->handler = handler;
    ev->data = &dumb;
    ev->log = ngx_cycle->log;
}


void
ngx_http_cloudflow_ipc_exit_process(void)
{
    if (ipc.zone == NULL) {
        return;
    }

    if (ipc.look.timer_set) {
        ngx_del_timer(&ipc.look);
    }

    if (ipc.retry.timer_set) {
        ngx_del_timer(&ipc.retry);
    }

    slot_give();

    ngx_memzero(&ipc, sizeof(ipc_t));
}


static void
slot_give(void)
{
    ngx_http_cloudflow_outbox_close();
    ngx_http_cloudflow_inbox_close();

    if (ipc.ready) {
        ipc.ready = 0;
        ngx_http_cloudflow_bell_ignore(&ipc.bell);
        ngx_http_cloudflow_slot_leave(ipc.zone, ipc.slot, ipc.generation);
    }
}


ngx_int_t
ngx_http_cloudflow_ipc_rest(void)
{
    if (ngx_http_cloudflow_outbox_bytes()) {
        return NGX_AGAIN;
    }

    ipc.resting = 1;
    slot_give();

    return NGX_OK;
}


void
ngx_http_cloudflow_ipc_resume(void)
{
    if (ipc.resting) {
        ipc.resting = 0;
        ngx_add_timer(&ipc.look, 1);
    }
}


ngx_uint_t
ngx_http_cloudflow_ipc_is_ready(void)
{
    return ipc.ready;
}


uint32_t
ngx_http_cloudflow_ipc_slot(void)
{
    return ipc.slot;
}


uint32_t
ngx_http_cloudflow_ipc_generation(void)
{
    return ipc.generation;
}


/* Logs are those of the newest configuration: a single process that reads
 * its configuration again gives the old one's back. */
static void
look_handler(ngx_event_t *ev)
{
    ipc.look.log = ngx_cycle->log;
    ipc.retry.log = ngx_cycle->log;

    if (ipc.resting) {
        return;
    }

    if (!ipc.ready) {
        slot_claim();

    } else {
        ngx_http_cloudflow_bell_renew(&ipc.bell, ngx_cycle->log);

        /* Nobody takes the slot of a process that is there. */
        wf_assert(ngx_http_cloudflow_slot_is_tenant(ipc.zone, ipc.slot,
                                                    ipc.generation));

        ngx_http_cloudflow_slot_seen(ipc.zone, ipc.slot);
        pass();
    }

    ngx_add_timer(ev, ipc.ready ? NGX_HTTP_CLOUDFLOW_IPC_LOOK_MS
                                : NGX_HTTP_CLOUDFLOW_IPC_CLAIM_MS);
}


static void
slot_claim(void)
{
    uint32_t  slot, generation;

    if (ngx_http_cloudflow_slot_claim(ipc.zone, &slot, &generation)
        != NGX_OK)
    {
        if (!ipc.complained) {
            ipc.complained = 1;
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "cloudflow: all %uD worker slots of the zone are "
                          "taken, waiting for one", ipc.zone->slot_count);
        }

        return;
    }

    if (ngx_http_cloudflow_outbox_open(ipc.zone, slot, generation,
                                       ngx_cycle->log) != NGX_OK
        || ngx_http_cloudflow_inbox_open(ipc.zone, slot, generation,
                                         &ipc.handlers) != NGX_OK)
    {
        ngx_http_cloudflow_outbox_close();
        ngx_http_cloudflow_slot_leave(ipc.zone, slot, generation);
        return;
    }

    ipc.slot = slot;
    ipc.generation = generation;
    ipc.ready = 1;

    bell_listen();
    ipc.handlers.ready(slot, generation);
}


static void
bell_listen(void)
{
    if (ngx_http_cloudflow_bell_listen(&ipc.bell,
                        ngx_http_cloudflow_zone_slot(ipc.zone, ipc.slot)->bell,
                        ngx_cycle->log, bell_heard, NULL) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "cloudflow: no doorbell, looking once a second");
    }

    /* It may have rung for the last tenant, or before we listened. */
    ngx_post_event(&ipc.bell.read, &ngx_posted_events);
}


static void
bell_heard(void *data)
{
    ngx_http_cloudflow_clock_t  since;

    (void) data;

    since = ngx_http_cloudflow_metric_clock();
    pass();
    ngx_http_cloudflow_metric_held(since);
}


/*
 * Everything that is there, within a budget; what remains is for the next
 * turn of the loop (law 3: not for the queue that is drained until empty).
 */
static void
pass(void)
{
    ngx_uint_t                  budget, delivered;
    ngx_http_cloudflow_slot_t  *slot;

    slot = ngx_http_cloudflow_zone_slot(ipc.zone, ipc.slot);
    budget = NGX_HTTP_CLOUDFLOW_IPC_PASS_MAX;
    delivered = 0;

    __atomic_store_n(&slot->asleep, 0, __ATOMIC_RELAXED);

    for ( ;; ) {
        delivered |= ngx_http_cloudflow_inbox_read(&budget);

        if (budget == 0) {
            if (!ipc.bell.read.posted) {
                ngx_post_event(&ipc.bell.read, &ngx_posted_next_events);
            }

            break;
        }

        __atomic_store_n(&slot->asleep, 1, __ATOMIC_SEQ_CST);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);

        if (ngx_http_cloudflow_inbox_is_empty()) {
            break;
        }

        __atomic_store_n(&slot->asleep, 0, __ATOMIC_RELAXED);
    }

    if (delivered && ipc.handlers.pass) {
        ipc.handlers.pass();
    }
}


ngx_int_t
ngx_http_cloudflow_ipc_call(uint32_t slot, uint32_t generation,
    uint32_t shard_no, wf_ticket_t ticket, wf_str_t bytes)
{
    ngx_http_cloudflow_envelope_t  envelope;

    envelope.kind = NGX_HTTP_CLOUDFLOW_IPC_CALL;
    envelope.to_generation = generation;
    envelope.shard_no = shard_no;
    envelope.ticket = ticket;

    return posted(ngx_http_cloudflow_outbox_post(slot, &envelope, bytes));
}


ngx_int_t
ngx_http_cloudflow_ipc_reply(wf_ticket_t ticket, wf_str_t bytes)
{
    ngx_http_cloudflow_envelope_t  envelope;

    envelope.kind = NGX_HTTP_CLOUDFLOW_IPC_REPLY;
    envelope.to_generation = ticket.slot_generation;
    envelope.shard_no = 0;
    envelope.ticket = ticket;

    return posted(ngx_http_cloudflow_outbox_post(ticket.slot, &envelope,
                                                 bytes));
}


void
ngx_http_cloudflow_ipc_hint(uint32_t shard_no)
{
    uint32_t                       i;
    uint64_t                       tenant;
    ngx_http_cloudflow_envelope_t  envelope;

    if (!ipc.ready) {
        return;
    }

    ngx_memzero(&envelope, sizeof(envelope));
    envelope.kind = NGX_HTTP_CLOUDFLOW_IPC_LEASE;
    envelope.shard_no = shard_no;

    for (i = 0; i < ipc.zone->slot_count; i++) {
        tenant = __atomic_load_n(
                     &ngx_http_cloudflow_zone_slot(ipc.zone, i)->tenant,
                     __ATOMIC_ACQUIRE);

        if (i == ipc.slot || ngx_http_cloudflow_tenant_pid(tenant) == 0) {
            continue;
        }

        envelope.to_generation = ngx_http_cloudflow_tenant_generation(tenant);
        ngx_http_cloudflow_outbox_hint(i, &envelope);
    }
}


void
ngx_http_cloudflow_ipc_set_hint(void (*hint)(uint32_t shard_no))
{
    ngx_http_cloudflow_inbox_set_hint(hint);
}


size_t
ngx_http_cloudflow_ipc_waiting(void)
{
    return ngx_http_cloudflow_outbox_bytes();
}


static ngx_int_t
posted(ngx_int_t rc)
{
    if (ngx_http_cloudflow_outbox_bytes() && !ipc.retry.timer_set) {
        ipc.retry_ms = NGX_HTTP_CLOUDFLOW_IPC_RETRY_MS;
        ipc.retry.cancelable = 0;
        ngx_add_timer(&ipc.retry, ipc.retry_ms);
    }

    return rc;
}


/* The less moves, the more seldom; and a receiver that hangs must not keep
 * this worker from leaving. */
static void
retry_handler(ngx_event_t *ev)
{
    ngx_uint_t  moved;

    moved = ngx_http_cloudflow_outbox_flush();

    if (ngx_http_cloudflow_outbox_bytes() == 0) {
        return;
    }

    ipc.retry_ms = moved ? NGX_HTTP_CLOUDFLOW_IPC_RETRY_MS
                         : ngx_min(2 * ipc.retry_ms, RETRY_MS_MAX);

    ev->cancelable = ngx_http_cloudflow_outbox_age()
                     > NGX_HTTP_CLOUDFLOW_IPC_LINGER_MS;
    ngx_add_timer(ev, ipc.retry_ms);
}
