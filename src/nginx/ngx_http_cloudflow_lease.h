
/*
 * Who owns a shard.  Two things that must not be confused:
 *
 *   the lock    flock() on <store>/shard-NNN.lock, held by one process of the
 *               machine, whatever zone or nginx it belongs to; the kernel
 *               gives it up when the process dies
 *   the lease   a word in the zone that tells the zone's workers who answers
 *               for the shard; written by the holder of the lock
 *
 * The store's epoch fences whatever these two let through.
 *
 * Life of a shard in this worker, a table in lease.c:
 *   NONE      not ours
 *   OPENING   locked; acquired() was called, the port opens the store
 *   OPEN      published; calls are routed here
 *   DRAINING  withdrawn, or drain() was called; calls wait for the next owner
 *
 * Between two nginx on one store (binary upgrade): who has calls waiting and
 * finds the lock held outside its zone locks <store>/shard-NNN.want; the
 * owner looks at that file and drains.  So does a worker whose shard has
 * settled with another one of its zone (shards are dealt by number).
 */

#ifndef NGX_HTTP_CLOUDFLOW_LEASE_H
#define NGX_HTTP_CLOUDFLOW_LEASE_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "nginx/ngx_http_cloudflow_zone.h"


#define NGX_HTTP_CLOUDFLOW_LEASE_GRACE_MS      200  /* then anyone may take */
#define NGX_HTTP_CLOUDFLOW_LEASE_WANTED_MS     50   /* ... with calls waiting */
#define NGX_HTTP_CLOUDFLOW_LEASE_FAST_MS       20   /* something is to do */
#define NGX_HTTP_CLOUDFLOW_LEASE_WATCH_MS      100  /* looks at want files */
#define NGX_HTTP_CLOUDFLOW_LEASE_SLOW_MS       500
#define NGX_HTTP_CLOUDFLOW_LEASE_HOLD_MS       100  /* before it is drained */
#define NGX_HTTP_CLOUDFLOW_LEASE_HOLD_MAX      2000 /* ... opened slowly */
#define NGX_HTTP_CLOUDFLOW_LEASE_SETTLED_MS    2000 /* with the wrong worker */
#define NGX_HTTP_CLOUDFLOW_LEASE_BUSY_MS       10000 /* ... that makes calls */
#define NGX_HTTP_CLOUDFLOW_LEASE_YIELD_MS      1000 /* to who wants it */
#define NGX_HTTP_CLOUDFLOW_LEASE_FILE_MS       5000 /* lock file trouble */


/* Callbacks come from the event loop (timer or hint), never from inside a
 * call to this part, except drain() from quit(). */
typedef struct {
    ngx_http_cloudflow_zone_t  *zone;
    const char                 *place;      /* the store's folder; kept */
    ngx_uint_t                  shards;
    ngx_uint_t                  worker;     /* ngx_worker */
    ngx_uint_t                  workers;    /* of this configuration */

    /* The lock is held, the shard's index is empty.  Open the store, then
     * call publish() or giveup(). */
    void  (*acquired)(uint32_t shard_no);

    /* Please drain, close, then release(). Once per OPEN. */
    void  (*drain)(uint32_t shard_no);

    /* Of a worker that leaves: not yet, something is about to end. */
    ngx_uint_t  (*holds)(void);

    /* The answer of lease_owner() is another one: new owner, or none. */
    void  (*owner_changed)(uint32_t shard_no);
} ngx_http_cloudflow_lease_conf_t;


/* init_process, after ipc_init_process; works once ipc is ready.  Never
 * fails. */
void ngx_http_cloudflow_lease_init(ngx_cycle_t *cycle,
    const ngx_http_cloudflow_lease_conf_t *conf);

/* OPENING -> OPEN.  NGX_DECLINED: this worker is leaving; the shard is
 * DRAINING at once and nothing is routed here: close it and release().  A
 * leaving worker may be asked to open a shard all the same (calls wait here
 * and its zone has no other owner to offer); it gets NGX_OK then, answers
 * what waits, and drain() follows. */
ngx_int_t ngx_http_cloudflow_lease_publish(uint32_t shard_no, uint64_t epoch);

/* Any -> DRAINING: no calls are routed here any more; the lock stays until
 * release() or giveup(), the index until then too. */
void ngx_http_cloudflow_lease_withdraw(uint32_t shard_no);

/* Any -> NONE after a failure (cannot open, disk full, fenced): nobody of the
 * zone tries again before retry_ms have passed.  The caller makes it grow.
 * Allowed inside acquired(). */
void ngx_http_cloudflow_lease_giveup(uint32_t shard_no, ngx_msec_t retry_ms);

/* Any -> NONE after drain and close. */
void ngx_http_cloudflow_lease_release(uint32_t shard_no);

/* For routing.  NGX_OK; NGX_DECLINED: nobody answers now, owner_changed()
 * will tell. */
ngx_int_t ngx_http_cloudflow_lease_owner(uint32_t shard_no, uint32_t *slot,
    uint32_t *generation);

/* This worker holds the lock (OPENING, OPEN, DRAINING). */
ngx_uint_t ngx_http_cloudflow_lease_is_held(uint32_t shard_no);

/* The zone's word for whoever of its live workers holds the lock; 0: nobody.
 * Two equal answers: the same holder all the time. */
uint64_t ngx_http_cloudflow_lease_holder(uint32_t shard_no);

/* Calls wait here for the shard (on), or no more (off). */
void ngx_http_cloudflow_lease_want(uint32_t shard_no, ngx_uint_t on);

/* The worker is leaving: acquire nothing more, but for calls that wait here
 * and would find no owner otherwise; drain() for all that is OPEN.
 * May be called twice. */
void ngx_http_cloudflow_lease_quit(void);

/* The worker that is leaving has given its slot back (ipc_rest); nothing is
 * held, and nothing known any more. */
void ngx_http_cloudflow_lease_rest(void);

/* exit_process: withdraw whatever is left. */
void ngx_http_cloudflow_lease_exit_process(void);


#endif /* NGX_HTTP_CLOUDFLOW_LEASE_H */
