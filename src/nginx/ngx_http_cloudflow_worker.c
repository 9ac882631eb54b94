
/*
 * Birth and end of a worker.  init_process never fails for what can go wrong
 * at run time: a worker that could not start would be given up by the master
 * with its port open.
 */

#include "nginx/ngx_http_cloudflow_call.h"
#include "nginx/ngx_http_cloudflow_flow.h"
#include "nginx/ngx_http_cloudflow_index.h"
#include "nginx/ngx_http_cloudflow_ipc.h"
#include "nginx/ngx_http_cloudflow_lease.h"
#include "nginx/ngx_http_cloudflow_port.h"

#include <openssl/rand.h>


#define LINGER_MS  10       /* while leaving: look again */


static void settings_set(ngx_http_cloudflow_worker_t *w,
    ngx_http_cloudflow_main_conf_t *conf);
static ngx_int_t worker_create(ngx_cycle_t *cycle,
    ngx_http_cloudflow_main_conf_t *conf);
static void farewell_watch(ngx_cycle_t *cycle);
static void farewell_read(ngx_event_t *rev);
static void worker_quit(void);
static void linger_handler(ngx_event_t *ev);


static ngx_http_cloudflow_worker_t   the_worker;
static ngx_http_cloudflow_worker_t  *worker;

static ngx_connection_t              dumb = { .fd = (ngx_socket_t) -1 };
static ngx_event_t                   linger_event;


ngx_http_cloudflow_worker_t *
ngx_http_cloudflow_worker(void)
{
    return worker;
}


/* In the master, also at reload; not under nginx -t.  The old cycle is gone
 * by now: an error would end the master and leave its workers alone. */
ngx_int_t
ngx_http_cloudflow_init_module(ngx_cycle_t *cycle)
{
    ngx_http_cloudflow_zone_t       *zone;
    ngx_http_cloudflow_main_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_cloudflow_module);

    if (conf == NULL || conf->store.len == 0 || ngx_test_config) {
        return NGX_OK;
    }

    zone = ngx_http_cloudflow_zone_get(conf->zone);

    if (worker) {
        /* A single process has read a new configuration. */
        worker->conf = conf;
        worker->cycle = cycle;
        ngx_http_cloudflow_call_reload(conf);
        ngx_http_cloudflow_flows_init(conf);
        settings_set(worker, conf);
    }

    ngx_http_cloudflow_zone_init_module(zone);
    ngx_http_cloudflow_ipc_init_module(cycle, zone);

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_init_process(ngx_cycle_t *cycle)
{
    ngx_http_cloudflow_main_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_cloudflow_module);

    if (conf == NULL || conf->store.len == 0
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    if (worker_create(cycle, conf) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0,
                      "cloudflow: this worker serves no calls");
        return NGX_OK;
    }

    ngx_http_cloudflow_port_talk(worker);
    ngx_http_cloudflow_flows_init(conf);
    farewell_watch(cycle);

    return NGX_OK;
}


static ngx_int_t
worker_create(ngx_cycle_t *cycle, ngx_http_cloudflow_main_conf_t *conf)
{
    wf_desk_settings_t            settings;
    ngx_http_cloudflow_worker_t  *w;

    w = &the_worker;
    ngx_memzero(w, sizeof(ngx_http_cloudflow_worker_t));

    w->conf = conf;
    w->cycle = cycle;
    w->zone = ngx_http_cloudflow_zone_get(conf->zone);
    w->resets = __atomic_load_n(&w->zone->resets, __ATOMIC_RELAXED);

    if (ngx_http_cloudflow_tray_open(&w->tray, cycle->log) != NGX_OK) {
        return NGX_ERROR;
    }

    w->readers.tray = &w->tray;
    w->readers.enter = ngx_http_cloudflow_port_reader_enter;
    w->readers.leave = ngx_http_cloudflow_port_reader_leave;

    ngx_http_cloudflow_port_init(w);

    settings.shard_count = conf->shards;
    settings.owner_wait_ms = conf->owner_wait;
    settings.task_poll_ms = conf->activity_poll;
    settings.swf_poll_ms = conf->swf_poll;
    settings.keeps_express = conf->express_history;

    w->desk = wf_desk_create(&w->port, &settings);

    if (w->desk == NULL) {
        ngx_http_cloudflow_tray_close(&w->tray);
        return NGX_ERROR;
    }

    worker = w;
    settings_set(w, conf);
    ngx_http_cloudflow_call_init(w);

    if (ngx_http_cloudflow_crew_open(&w->readers, conf->readers, cycle->log)
        != NGX_OK)
    {
        worker = NULL;
        wf_desk_free(w->desk);
        ngx_http_cloudflow_tray_close(&w->tray);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* What the desk borrows from the configuration. */
static void
settings_set(ngx_http_cloudflow_worker_t *w,
    ngx_http_cloudflow_main_conf_t *conf)
{
    if (conf->regions) {
        wf_desk_regions(w->desk, conf->regions->elts, conf->regions->nelts);

    } else {
        wf_desk_regions(w->desk, NULL, 0);
    }

    wf_desk_mocks(w->desk, conf->mocks);
}


/*
 * There is no hook for the start of a graceful exit.  nginx closes its idle
 * connections then; this one belongs to us.
 */
static void
farewell_watch(ngx_cycle_t *cycle)
{
    int                fd;
    ngx_connection_t  *c;

    fd = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return;
    }

    c = ngx_get_connection(fd, cycle->log);

    if (c == NULL) {
        (void) ngx_close_socket(fd);
        return;
    }

    c->idle = 1;
    c->shared = 1;
    c->log = cycle->log;
    c->read->handler = farewell_read;
    c->read->log = cycle->log;
    c->write->log = cycle->log;
}


static void
farewell_read(ngx_event_t *rev)
{
    ngx_socket_t       fd;
    ngx_connection_t  *c;

    c = rev->data;

    if (!c->close) {
        return;
    }

    fd = c->fd;
    c->idle = 0;
    ngx_close_connection(c);
    (void) ngx_close_socket(fd);

    worker_quit();
}


/*
 * Parked polls get their legal "nothing yet" at once; shards are drained and
 * their leases given away, a little later if calls to services are about to
 * end; whatever was promised an answer still gets it.
 */
static void
worker_quit(void)
{
    if (worker->quitting) {
        return;
    }

    worker->quitting = 1;

    ngx_memzero(&linger_event, sizeof(ngx_event_t));
    linger_event.handler = linger_handler;
    linger_event.data = &dumb;
    linger_event.log = worker->cycle->log;

    wf_desk_release_polls(worker->desk, ngx_http_cloudflow_now());
    ngx_http_cloudflow_call_quit();

    if (!ngx_http_cloudflow_call_holds()) {
        ngx_http_cloudflow_lease_quit();
    }

    ngx_http_cloudflow_worker_busy();
}


void
ngx_http_cloudflow_worker_busy(void)
{
    if (worker->quitting) {
        ngx_http_cloudflow_ipc_resume();

        if (!linger_event.timer_set) {
            ngx_add_timer(&linger_event, LINGER_MS);
        }
    }
}


/* Not cancelable: the worker stays while there is something to finish.  Then
 * others may have its slot: it may stay for long, but not for us. */
static void
linger_handler(ngx_event_t *ev)
{
    wf_desk_release_polls(worker->desk, ngx_http_cloudflow_now());

    if (!ngx_http_cloudflow_call_holds()) {
        ngx_http_cloudflow_lease_quit();
    }

    if (ngx_http_cloudflow_owner_count()
        || wf_desk_waiting(worker->desk)
        || ngx_http_cloudflow_ipc_rest() != NGX_OK)
    {
        ngx_add_timer(ev, LINGER_MS);
        return;
    }

    ngx_http_cloudflow_lease_rest();
}


void
ngx_http_cloudflow_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_cloudflow_worker_t  *w;

    w = worker;

    if (w == NULL) {
        return;
    }

    ngx_http_cloudflow_flows_stop();
    ngx_http_cloudflow_port_stop();
    ngx_http_cloudflow_call_stop();
    ngx_http_cloudflow_crew_close(&w->readers);
    ngx_http_cloudflow_owner_exit();
    ngx_http_cloudflow_lease_exit_process();
    ngx_http_cloudflow_index_exit_process();
    ngx_http_cloudflow_ipc_exit_process();
    ngx_http_cloudflow_bell_close(&w->tray.bell);

    worker = NULL;
}


int64_t
ngx_http_cloudflow_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}


/*
 * From a buffer, so that an id costs no system call.  Filled after the fork:
 * every process has its own.
 */
void
ngx_http_cloudflow_random(void *bytes, size_t len)
{
    u_char         *to;
    size_t          part;
    static u_char   pool[4096];
    static size_t   used = sizeof(pool);
    static pid_t    pid;

    to = bytes;

    if (pid != ngx_pid) {
        pid = ngx_pid;
        used = sizeof(pool);
    }

    while (len) {
        if (used == sizeof(pool)) {
            wf_assert(RAND_bytes(pool, sizeof(pool)) == 1);
            used = 0;
        }

        part = ngx_min(len, sizeof(pool) - used);
        ngx_memcpy(to, pool + used, part);
        ngx_explicit_memzero(pool + used, part);

        used += part;
        to += part;
        len -= part;
    }
}


void
ngx_http_cloudflow_uuid(u_char id[NGX_HTTP_CLOUDFLOW_UUID_LEN])
{
    u_char            *p;
    ngx_uint_t         i;
    u_char             b[16];
    static const char  hex[] = "0123456789abcdef";

    ngx_http_cloudflow_random(b, sizeof(b));

    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;

    p = id;

    for (i = 0; i < sizeof(b); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }

        *p++ = hex[b[i] >> 4];
        *p++ = hex[b[i] & 0x0f];
    }
}
