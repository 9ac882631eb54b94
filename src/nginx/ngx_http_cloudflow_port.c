
/*
 * The port: what shards and actions ask of the world, answered by nginx.
 * One timer for everything that is due, one posted event for the end of a
 * turn; reads go to the reader threads, batches to the writers.
 */

#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_connection.h"
#include "nginx/ngx_http_cloudflow_index.h"
#include "nginx/ngx_http_cloudflow_ipc.h"
#include "nginx/ngx_http_cloudflow_lease.h"
#include "nginx/ngx_http_cloudflow_metrics.h"
#include "nginx/ngx_http_cloudflow_port.h"
#include "nginx/ngx_http_cloudflow_reset.h"


/* Timers of nginx count milliseconds in a signed half of ngx_msec_t; further
 * dues are looked at again after an hour. */
#define TICK_MS_MAX  3600000


typedef struct {
    ngx_http_cloudflow_job_t   job;
    wf_read_t                 *read;
} read_job_t;

/* One thread's connections, opened when first needed. */
typedef struct {
    wf_store_reader_t  *reader;
} reader_thread_t;


static void port_random(wf_port_t *port, void *bytes, size_t len);
static void port_read(wf_port_t *port, wf_read_t *read);
static void read_run(ngx_http_cloudflow_job_t *job, void *thread_data);
static void read_done(ngx_http_cloudflow_job_t *job);
static void port_arm(wf_port_t *port, int64_t due_ms);
static void tick_handler(ngx_event_t *ev);
static void port_turn(wf_port_t *port);
static void turn_handler(ngx_event_t *ev);
static void port_publish(wf_port_t *port, uint32_t shard_no,
    const wf_record_t *record);
static void port_forget(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name);
static uint64_t port_running(wf_port_t *port);
static wf_rc_t port_lookup(wf_port_t *port, wf_arena_t *arena,
    uint32_t shard_no, uint64_t flow_no, wf_str_t name, wf_record_t *record);
static uint64_t port_catalog_version(wf_port_t *port);
static void port_catalog_changed(wf_port_t *port);
static wf_rc_t port_send(wf_port_t *port, uint32_t shard_no,
    wf_ticket_t ticket, wf_str_t message);
static wf_rc_t port_reply(wf_port_t *port, wf_ticket_t ticket,
    wf_str_t message);
static bool port_is_there(wf_port_t *port, wf_ticket_t ticket);
static void port_task(wf_port_t *port, wf_task_t *task);
static bool port_claim(wf_port_t *port, wf_str_t name, int64_t now_ms);
static void port_unclaim(wf_port_t *port, wf_str_t name, int64_t now_ms);
static void port_log(wf_port_t *port, const char *text);
static void ipc_call(uint32_t shard_no, wf_ticket_t ticket, wf_str_t bytes);
static void ipc_reply(wf_ticket_t ticket, wf_str_t bytes);
static void ipc_ready(uint32_t slot, uint32_t generation);
static void owner_changed(uint32_t shard_no);


/* A timer's data must look like a connection in debug logs. */
static ngx_connection_t  dumb = { .fd = (ngx_socket_t) -1 };

static ngx_event_t       tick_event;
static int64_t           tick_due_ms;
static ngx_event_t       turn_event;
static unsigned          in_turn;

static const ngx_http_cloudflow_ipc_handlers_t  ipc_handlers = {
    .call = ipc_call,
    .reply = ipc_reply,
    .ready = ipc_ready
};


void
ngx_http_cloudflow_port_init(ngx_http_cloudflow_worker_t *worker)
{
    wf_port_t  *port;

    port = &worker->port;

    port->world = worker;
    port->random = port_random;
    port->append = ngx_http_cloudflow_owner_append;
    port->read = port_read;
    port->arm = port_arm;
    port->turn = port_turn;
    port->publish = port_publish;
    port->forget = port_forget;
    port->running = port_running;
    port->lookup = port_lookup;
    port->catalog_version = port_catalog_version;
    port->catalog_changed = port_catalog_changed;
    port->send = port_send;
    port->reply = port_reply;
    port->is_there = port_is_there;
    port->closed = ngx_http_cloudflow_owner_closed;
    port->task = port_task;
    port->connection = ngx_http_cloudflow_connection;
    port->outbound = ngx_http_cloudflow_call;
    port->outbound_cancel = ngx_http_cloudflow_call_cancel;
    port->claim = port_claim;
    port->unclaim = port_unclaim;
    port->log = port_log;
    port->clock = ngx_http_cloudflow_metric_work;

    port->quota = worker->conf->quota;
    port->retention = (wf_retention_t) {
        .age_ms = (int64_t) worker->conf->retention_age,
        .grace_ms = (int64_t) worker->conf->retention_grace,
        .count = (worker->conf->retention_count + worker->conf->shards - 1)
                 / worker->conf->shards
    };

    wf_assert(sizeof(port->token_key) == sizeof(worker->conf->token_key));
    ngx_memcpy(port->token_key, worker->conf->token_key,
               sizeof(port->token_key));

    ngx_memzero(&tick_event, sizeof(ngx_event_t));
    tick_event.handler = tick_handler;
    tick_event.data = &dumb;
    tick_event.log = worker->cycle->log;
    tick_event.cancelable = 1;
    tick_due_ms = 0;

    ngx_memzero(&turn_event, sizeof(ngx_event_t));
    turn_event.handler = turn_handler;
    turn_event.data = &dumb;
    turn_event.log = worker->cycle->log;

    in_turn = 0;
}


void
ngx_http_cloudflow_port_talk(ngx_http_cloudflow_worker_t *worker)
{
    ngx_core_conf_t                  *ccf;
    ngx_http_cloudflow_lease_conf_t   lease;

    ccf = (ngx_core_conf_t *) ngx_get_conf(worker->cycle->conf_ctx,
                                           ngx_core_module);

    lease.zone = worker->zone;
    lease.place = (const char *) worker->conf->store.data;
    lease.shards = worker->conf->shards;
    lease.worker = ngx_process == NGX_PROCESS_SINGLE ? 0 : ngx_worker;
    lease.workers = ngx_process == NGX_PROCESS_SINGLE
                    ? 1 : ccf->worker_processes;
    lease.acquired = ngx_http_cloudflow_owner_open;
    lease.drain = ngx_http_cloudflow_owner_drain;
    lease.owner_changed = owner_changed;
    lease.holds = ngx_http_cloudflow_call_holds;

    ngx_http_cloudflow_index_init(worker->zone);
    ngx_http_cloudflow_ipc_init_process(worker->cycle, worker->zone,
                                        &ipc_handlers);
    ngx_http_cloudflow_lease_init(worker->cycle, &lease);
}


void
ngx_http_cloudflow_port_stop(void)
{
    if (tick_event.timer_set) {
        ngx_del_timer(&tick_event);
    }

    if (turn_event.posted) {
        ngx_delete_posted_event(&turn_event);
    }
}


static void
port_random(wf_port_t *port, void *bytes, size_t len)
{
    ngx_http_cloudflow_random(bytes, len);
}


static void
port_read(wf_port_t *port, wf_read_t *read)
{
    read_job_t                   *job;
    ngx_http_cloudflow_worker_t  *worker;

    worker = port->world;

    job = wf_arena_alloc(read->arena, sizeof(read_job_t));

    if (job == NULL) {
        job = ngx_alloc(sizeof(read_job_t), worker->cycle->log);
        wf_assert(job != NULL);
    }

    job->read = read;
    job->job.run = read_run;
    job->job.done = read_done;
    job->job.data = job;

    ngx_http_cloudflow_crew_post(&worker->readers, &job->job);
}


static void
read_run(ngx_http_cloudflow_job_t *job, void *thread_data)
{
    wf_read_t                    *read;
    reader_thread_t              *thread;
    ngx_http_cloudflow_worker_t  *worker;

    read = ((read_job_t *) job->data)->read;
    thread = thread_data;
    worker = ngx_http_cloudflow_worker();

    if (thread == NULL) {
        wf_error_set(&read->err, WF_E_INTERNAL, "out of memory");
        read->run(read, &wf_store_sqlite, NULL);
        return;
    }

    if (thread->reader == NULL) {
        (void) wf_store_sqlite.reader_open(worker->conf->store.data,
                                           worker->conf->shards,
                                           &thread->reader, &read->err);
    }

    read->run(read, &wf_store_sqlite, thread->reader);
}


static void
read_done(ngx_http_cloudflow_job_t *job)
{
    wf_read_t  *read;

    read = ((read_job_t *) job->data)->read;
    read->done(read, ngx_http_cloudflow_now());
}


/* enter() and leave() of the readers. */
void *
ngx_http_cloudflow_port_reader_enter(void *data)
{
    return ngx_calloc(sizeof(reader_thread_t), ngx_cycle->log);
}


void
ngx_http_cloudflow_port_reader_leave(void *thread_data)
{
    reader_thread_t  *thread;

    thread = thread_data;

    if (thread && thread->reader) {
        wf_store_sqlite.reader_close(thread->reader);
    }

    ngx_free(thread);
}


static void
port_arm(wf_port_t *port, int64_t due_ms)
{
    int64_t  delay_ms;

    if (tick_event.timer_set) {

        if (tick_due_ms <= due_ms) {
            return;
        }

        ngx_del_timer(&tick_event);
    }

    tick_due_ms = due_ms;
    delay_ms = due_ms - ngx_http_cloudflow_now();
    delay_ms = ngx_max(delay_ms, 1);

    ngx_add_timer(&tick_event, (ngx_msec_t) ngx_min(delay_ms, TICK_MS_MAX));
}


static void
tick_handler(ngx_event_t *ev)
{
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();

    wf_desk_tick(ngx_http_cloudflow_worker()->desk,
                 ngx_http_cloudflow_now());

    ngx_http_cloudflow_metric_held(since);
}


static void
port_turn(wf_port_t *port)
{
    if (turn_event.posted) {
        return;
    }

    /* The queue of posted events is drained until it is empty: work that a
     * turn itself causes waits for the next one. */

    if (in_turn) {
        ngx_post_event(&turn_event, &ngx_posted_next_events);

    } else {
        ngx_post_event(&turn_event, &ngx_posted_events);
    }
}


static void
turn_handler(ngx_event_t *ev)
{
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();
    in_turn = 1;

    wf_desk_turn(ngx_http_cloudflow_worker()->desk,
                 ngx_http_cloudflow_now());
    ngx_http_cloudflow_owner_sweep();

    in_turn = 0;
    ngx_http_cloudflow_metric_held(since);
}


static void
port_publish(wf_port_t *port, uint32_t shard_no, const wf_record_t *record)
{
    ngx_http_cloudflow_index_publish(shard_no, record);
}


static void
port_forget(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name)
{
    ngx_http_cloudflow_index_forget(shard_no, flow_no, name);
}


/* The gauges, and what our own shards have not told theirs yet. */
static uint64_t
port_running(wf_port_t *port)
{
    return ngx_http_cloudflow_metric_read(
               ((ngx_http_cloudflow_worker_t *) port->world)->zone,
               NGX_HTTP_CLOUDFLOW_METRIC_RUNNING)
           + ngx_http_cloudflow_owner_untold();
}


static wf_rc_t
port_lookup(wf_port_t *port, wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record)
{
    return ngx_http_cloudflow_index_lookup(arena, shard_no, flow_no, name,
                                           record);
}


static uint64_t
port_catalog_version(wf_port_t *port)
{
    return ngx_http_cloudflow_zone_catalog_version(
                         ((ngx_http_cloudflow_worker_t *) port->world)->zone);
}


static void
port_catalog_changed(wf_port_t *port)
{
    ngx_http_cloudflow_zone_catalog_changed(
                         ((ngx_http_cloudflow_worker_t *) port->world)->zone);
}


/* Beside the nonces: no key's id has a blank. */
static bool
port_claim(wf_port_t *port, wf_str_t name, int64_t now_ms)
{
    wf_str_t                    pair[2];
    ngx_http_cloudflow_zone_t  *zone;

    zone = ((ngx_http_cloudflow_worker_t *) port->world)->zone;
    pair[0] = wf_str("a claim");
    pair[1] = name;

    return ngx_http_cloudflow_nonce_check(ngx_http_cloudflow_zone_nonces(zone),
                                          zone->nonce_bytes, zone->secret,
                                          pair, now_ms,
                                          2 * WF_SCHEDULE_GRACE_MS)
           == WF_OK;
}


static void
port_unclaim(wf_port_t *port, wf_str_t name, int64_t now_ms)
{
    wf_str_t                    pair[2];
    ngx_http_cloudflow_zone_t  *zone;

    zone = ((ngx_http_cloudflow_worker_t *) port->world)->zone;
    pair[0] = wf_str("a claim");
    pair[1] = name;

    ngx_http_cloudflow_nonce_forget(ngx_http_cloudflow_zone_nonces(zone),
                                    zone->nonce_bytes, zone->secret, pair,
                                    now_ms);
}


static wf_rc_t
port_send(wf_port_t *port, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message)
{
    uint32_t   slot, generation;
    ngx_int_t  rc;

    rc = ngx_http_cloudflow_lease_owner(shard_no, &slot, &generation);

    if (rc == NGX_OK) {
        rc = ngx_http_cloudflow_ipc_call(slot, generation, shard_no, ticket,
                                         message);
    }

    if (rc == NGX_OK) {
        ngx_http_cloudflow_lease_want(shard_no, 0);
        return WF_OK;
    }

    if (rc == NGX_ERROR) {
        return WF_ERROR;
    }

    ngx_http_cloudflow_lease_want(shard_no, 1);

    return WF_AGAIN;
}


static wf_rc_t
port_reply(wf_port_t *port, wf_ticket_t ticket, wf_str_t message)
{
    /* A worker that is gone waits for nothing; one that gets too much looks
     * again when it misses the answer. */

    return ngx_http_cloudflow_ipc_reply(ticket, message) == NGX_ERROR
           ? WF_ERROR : WF_OK;
}


static bool
port_is_there(wf_port_t *port, wf_ticket_t ticket)
{
    ngx_http_cloudflow_zone_t  *zone;

    zone = ((ngx_http_cloudflow_worker_t *) port->world)->zone;

    return ticket.slot < zone->slot_count
           && ngx_http_cloudflow_slot_is_tenant(zone, ticket.slot,
                                                ticket.slot_generation)
           && ngx_http_cloudflow_slot_is_alive(zone, ticket.slot);
}


static void
port_task(wf_port_t *port, wf_task_t *task)
{
    ngx_http_cloudflow_worker_t  *worker;

    worker = port->world;
    wf_desk_task(worker->desk, task, ngx_http_cloudflow_now());
}


static void
port_log(wf_port_t *port, const char *text)
{
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "cloudflow: %s", text);
}


static void
ipc_call(uint32_t shard_no, wf_ticket_t ticket, wf_str_t bytes)
{
    wf_desk_message(ngx_http_cloudflow_worker()->desk, shard_no, ticket,
                    bytes, ngx_http_cloudflow_now());
}


static void
ipc_reply(wf_ticket_t ticket, wf_str_t bytes)
{
    wf_desk_reply(ngx_http_cloudflow_worker()->desk, ticket, bytes,
                  ngx_http_cloudflow_now());
}


static void
ipc_ready(uint32_t slot, uint32_t generation)
{
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();
    worker->port.slot = slot;
    worker->port.slot_generation = generation;
}


static void
owner_changed(uint32_t shard_no)
{
    uint32_t  slot, generation;

    if (ngx_http_cloudflow_lease_owner(shard_no, &slot, &generation)
        == NGX_OK)
    {
        ngx_http_cloudflow_lease_want(shard_no, 0);
    }

    ngx_http_cloudflow_reset_look();

    wf_desk_owner(ngx_http_cloudflow_worker()->desk, shard_no,
                  ngx_http_cloudflow_now());
}
