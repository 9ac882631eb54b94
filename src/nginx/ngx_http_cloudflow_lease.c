
/*
 * Ownership of shards.  Owns the lock files' descriptors, the leases' words
 * in the zone while it holds a lock, and a timer.  Must never wait for a
 * lock, fail a worker's start, or act for a shard whose lock it lacks.
 *
 *   state      lock  word in the zone   leaves by
 *   NONE       no    of others, or 0    take()
 *   OPENING    yes   OPENING            publish(), withdraw(), drop()
 *   OPEN       yes   OPEN               withdraw(), drop()
 *   DRAINING   yes   DRAINING           drop()
 *
 * Invariants: the word is ours if and only if the state is not NONE; it is
 * set after the lock was taken and the index emptied, and withdrawn before
 * the lock is given up; drain() is called at most once per OPEN.
 */

#include "nginx/ngx_http_cloudflow_index.h"
#include "nginx/ngx_http_cloudflow_ipc.h"
#include "nginx/ngx_http_cloudflow_lease.h"
#include "nginx/ngx_http_cloudflow_lockfile.h"
#include "nginx/ngx_http_cloudflow_word.h"


#define PROBES  256             /* then the want file is opened again */

#define NONE      NGX_HTTP_CLOUDFLOW_WORD_NONE
#define OPENING   NGX_HTTP_CLOUDFLOW_WORD_OPENING
#define OPEN      NGX_HTTP_CLOUDFLOW_WORD_OPEN
#define DRAINING  NGX_HTTP_CLOUDFLOW_WORD_DRAINING

typedef ngx_http_cloudflow_word_state_t  state_t;

typedef struct {
    state_t                         state;
    ngx_http_cloudflow_lockfile_t   lock;
    ngx_http_cloudflow_lockfile_t   want;
    ngx_msec_t                      since;      /* held, or seen like this */
    ngx_msec_t                      hold_ms;    /* before it is drained */
    ngx_msec_t                      file_at;    /* after trouble with files */
    uint64_t                        seen;       /* owner_changed() told */
    uint64_t                        seen_epoch;
    ngx_uint_t                      probes;
    unsigned                        is_free:1;  /* since is valid */
    unsigned                        wanted:1;   /* calls wait here */
    unsigned                        complained:1;
} shard_t;

typedef struct {
    ngx_http_cloudflow_lease_conf_t  conf;
    shard_t                          shards[WF_SHARDS_MAX];
    ngx_event_t                      timer;
    ngx_event_t                      soon;
    ngx_uint_t                       held;
    unsigned                         active:1;
    unsigned                         leaving:1;
} lease_t;


static void event_init(ngx_event_t *ev, ngx_event_handler_pt handler);
static void timer_handler(ngx_event_t *ev);
static void soon_handler(ngx_event_t *ev);
static void look_soon(void);
static void hint_received(uint32_t shard_no);
static void look(uint32_t shard_no);
static void look_owner(uint32_t shard_no, uint64_t word);
static void look_free(uint32_t shard_no);
static void look_other(uint32_t shard_no, uint64_t word);
static ngx_uint_t is_busy(uint32_t slot);
static ngx_uint_t is_mine(uint32_t shard_no);
static ngx_uint_t is_serving(void);
static ngx_uint_t may_take(uint32_t shard_no);
static ngx_uint_t is_my_turn(uint32_t shard_no);
static ngx_uint_t is_wanted_elsewhere(uint32_t shard_no);
static void take(uint32_t shard_no);
static void look_held(uint32_t shard_no);
static void drain(uint32_t shard_no);
static void drop(uint32_t shard_no, ngx_msec_t retry_ms);
static void word_set(uint32_t shard_no, state_t state);
static void file_trouble(uint32_t shard_no, const char *suffix,
    ngx_err_t err);


static lease_t  lease;

/* A timer's data must look like a connection in debug logs. */
static ngx_connection_t  dumb = { .fd = (ngx_socket_t) -1 };


void
ngx_http_cloudflow_lease_init(ngx_cycle_t *cycle,
    const ngx_http_cloudflow_lease_conf_t *conf)
{
    ngx_uint_t  i;

    (void) cycle;

    ngx_memzero(&lease, sizeof(lease_t));

    lease.conf = *conf;
    lease.active = 1;

    for (i = 0; i < WF_SHARDS_MAX; i++) {
        lease.shards[i].lock = ngx_http_cloudflow_lockfile_closed;
        lease.shards[i].want = ngx_http_cloudflow_lockfile_closed;
    }

    event_init(&lease.timer, timer_handler);
    event_init(&lease.soon, soon_handler);
    lease.timer.cancelable = 1;

    ngx_http_cloudflow_ipc_set_hint(hint_received);

    ngx_add_timer(&lease.timer, NGX_HTTP_CLOUDFLOW_LEASE_FAST_MS);
    ngx_post_event(&lease.soon, &ngx_posted_events);
}


static void
event_init(ngx_event_t *ev, ngx_event_handler_pt handler)
{
    ev->handler = handler;
    ev->data = &dumb;
    ev->log = ngx_cycle->log;
}


/* Fast while something is on its way, unowned, or wanted here; slower while
 * all that can happen is that another nginx wants what we own; slow in a
 * worker that only looks on. */
static ngx_msec_t
timer_delay(const shard_t *shard)
{
    if ((shard->state != NONE && shard->state != OPEN)
        || shard->wanted
        || (shard->seen == 0 && !lease.leaving))
    {
        return NGX_HTTP_CLOUDFLOW_LEASE_FAST_MS;
    }

    return shard->state == OPEN ? NGX_HTTP_CLOUDFLOW_LEASE_WATCH_MS
                                : NGX_HTTP_CLOUDFLOW_LEASE_SLOW_MS;
}


static void
timer_handler(ngx_event_t *ev)
{
    ngx_msec_t                  delay_ms;
    ngx_uint_t                  i;
    ngx_http_cloudflow_clock_t  since;

    since = ngx_http_cloudflow_metric_clock();

    lease.timer.log = ngx_cycle->log;
    lease.soon.log = ngx_cycle->log;

    if (ngx_exiting && !lease.conf.holds()) {
        ngx_http_cloudflow_lease_quit();
    }

    if (ngx_http_cloudflow_ipc_is_ready()) {
        ngx_http_cloudflow_slot_serve(lease.conf.zone,
                                      ngx_http_cloudflow_ipc_slot(),
                                      ngx_http_cloudflow_ipc_generation(),
                                      is_serving());
    }

    delay_ms = NGX_HTTP_CLOUDFLOW_LEASE_SLOW_MS;

    for (i = 0; i < lease.conf.shards; i++) {
        look(i);
        delay_ms = ngx_min(delay_ms, timer_delay(&lease.shards[i]));
    }

    ngx_http_cloudflow_metric_set(NGX_HTTP_CLOUDFLOW_METRIC_SHARDS_OWNED,
                                  lease.held);

    ngx_add_timer(ev, delay_ms);

    ngx_http_cloudflow_metric_held(since);
}


/* Something changed by a call to this part: callbacks must not come from
 * inside it. */
static void
soon_handler(ngx_event_t *ev)
{
    (void) ev;

    if (lease.timer.timer_set) {
        ngx_del_timer(&lease.timer);
    }

    timer_handler(&lease.timer);
}


static void
look_soon(void)
{
    if (!lease.soon.posted) {
        ngx_post_event(&lease.soon, &ngx_posted_next_events);
    }
}


static void
hint_received(uint32_t shard_no)
{
    if (shard_no < lease.conf.shards) {
        look(shard_no);

        if (lease.shards[shard_no].seen == 0) {
            look_soon();
        }
    }
}


static void
look(uint32_t shard_no)
{
    uint64_t  word;

    if (!ngx_http_cloudflow_ipc_is_ready()) {
        return;
    }

    word = ngx_http_cloudflow_word_look(lease.conf.zone, shard_no);

    look_owner(shard_no, word);

    if (lease.shards[shard_no].state != NONE) {
        look_held(shard_no);

    } else if (word == 0) {
        look_free(shard_no);

    } else {
        look_other(shard_no, word);
    }
}


/* One that was closed and opened again by the same worker, while nobody looked,
 * has another epoch: it has forgotten who waits there.  The epoch is stored
 * before the word. */
static void
look_owner(uint32_t shard_no, uint64_t word)
{
    uint64_t   open, epoch;
    shard_t   *shard;

    shard = &lease.shards[shard_no];
    open = ngx_http_cloudflow_word_state(word) == OPEN ? word : 0;
    epoch = __atomic_load_n(
                &ngx_http_cloudflow_zone_lease(lease.conf.zone,
                                               shard_no)->epoch,
                __ATOMIC_RELAXED);

    if (shard->seen != open || (open && shard->seen_epoch != epoch)) {
        shard->seen = open;
        shard->seen_epoch = epoch;

        if (shard->state == NONE) {
            shard->since = ngx_current_msec;
            shard->is_free = 0;
        }

        lease.conf.owner_changed(shard_no);
    }
}


/* Nobody of this zone holds it. */
static void
look_free(uint32_t shard_no)
{
    wf_rc_t   rc;
    shard_t  *shard;

    shard = &lease.shards[shard_no];

    if (!shard->is_free) {
        shard->is_free = 1;
        shard->since = ngx_current_msec;
    }

    if (!may_take(shard_no) || !is_my_turn(shard_no)
        || is_wanted_elsewhere(shard_no))
    {
        return;
    }

    rc = ngx_http_cloudflow_lockfile_lock(&shard->lock, lease.conf.place,
                                          shard_no, "lock");
    if (rc == WF_OK) {
        take(shard_no);
        return;
    }

    if (rc == WF_ERROR) {
        file_trouble(shard_no, "lock", ngx_errno);
        return;
    }

    /* Another nginx has it (or, for a moment, a worker of ours). */

    if (shard->wanted
        && ngx_http_cloudflow_lockfile_lock(&shard->want, lease.conf.place,
                                            shard_no, "want") == WF_ERROR)
    {
        file_trouble(shard_no, "want", ngx_errno);
    }
}


/*
 * Another worker of the zone holds it: it must not take our want for that of
 * another nginx.  But a shard that should be ours and has settled there
 * (after a crash, say) is asked for, so that the load spreads again.  That
 * may wait for a moment without calls: those in flight are made once more.
 */
static void
look_other(uint32_t shard_no, uint64_t word)
{
    shard_t     *shard;
    ngx_msec_t   settled_ms;

    shard = &lease.shards[shard_no];
    shard->is_free = 0;
    settled_ms = ngx_current_msec - shard->since;

    if (shard->seen == 0 || !is_serving() || !is_mine(shard_no)
        || settled_ms < NGX_HTTP_CLOUDFLOW_LEASE_SETTLED_MS
        || (settled_ms < NGX_HTTP_CLOUDFLOW_LEASE_BUSY_MS
            && is_busy(ngx_http_cloudflow_word_slot(word))))
    {
        ngx_http_cloudflow_lockfile_unlock(&shard->want);
        return;
    }

    (void) ngx_http_cloudflow_lockfile_lock(&shard->want, lease.conf.place,
                                            shard_no, "want");
}


static ngx_uint_t
is_busy(uint32_t slot)
{
    ngx_http_cloudflow_slot_t  *place;

    if (slot >= lease.conf.zone->slot_count) {
        return 0;
    }

    place = ngx_http_cloudflow_zone_slot(lease.conf.zone, slot);

    return __atomic_load_n(
               &place->metrics[NGX_HTTP_CLOUDFLOW_METRIC_CALLS_RUNNING],
               __ATOMIC_RELAXED)
           != 0;
}


/* Each shard has a worker that is to own it. */
static ngx_uint_t
is_mine(uint32_t shard_no)
{
    return shard_no % lease.conf.workers == lease.conf.worker;
}


static ngx_uint_t
is_serving(void)
{
    return !lease.leaving && !ngx_exiting
           && ngx_http_cloudflow_zone_is_current(lease.conf.zone);
}


/*
 * A worker that leaves takes no shard, with one exception: calls wait here,
 * and its zone is left by all (the zone was replaced, or the binary), so
 * that no owner can ever be reached.  It fetches the shard back, answers,
 * and gives it away again.
 */
static ngx_uint_t
may_take(uint32_t shard_no)
{
    return is_serving()
           || (lease.shards[shard_no].wanted
               && !ngx_http_cloudflow_slot_is_any_serving(lease.conf.zone));
}


/* Whose it is takes it at once; the others give it time, less if calls wait.
 * Who has made its owner drain it does not wait. */
static ngx_uint_t
is_my_turn(uint32_t shard_no)
{
    uint64_t     retry_ms;
    shard_t     *shard;
    ngx_msec_t   grace_ms;

    shard = &lease.shards[shard_no];
    grace_ms = shard->wanted ? NGX_HTTP_CLOUDFLOW_LEASE_WANTED_MS
                             : NGX_HTTP_CLOUDFLOW_LEASE_GRACE_MS;
    retry_ms = __atomic_load_n(
                   &ngx_http_cloudflow_zone_lease(lease.conf.zone,
                                                  shard_no)->retry_ms,
                   __ATOMIC_RELAXED);

    if ((int64_t) (retry_ms - (uint64_t) ngx_current_msec) > 0
        || (shard->complained
            && (ngx_msec_int_t) (shard->file_at - ngx_current_msec) > 0))
    {
        return 0;
    }

    return shard->want.is_locked
           || is_mine(shard_no)
           || ngx_current_msec - shard->since >= grace_ms;
}


/* It may have been given up for somebody.  Who hangs waits in vain. */
static ngx_uint_t
is_wanted_elsewhere(uint32_t shard_no)
{
    shard_t  *shard;

    shard = &lease.shards[shard_no];

    return ngx_current_msec - shard->since < NGX_HTTP_CLOUDFLOW_LEASE_YIELD_MS
           && ngx_http_cloudflow_lockfile_probe(&shard->want,
                                                lease.conf.place, shard_no,
                                                "want") == WF_AGAIN;
}


static void
take(uint32_t shard_no)
{
    shard_t  *shard;

    shard = &lease.shards[shard_no];

    shard->state = OPENING;
    shard->since = ngx_current_msec;
    shard->is_free = 0;
    shard->complained = 0;
    lease.held++;

    ngx_http_cloudflow_index_clear(shard_no);
    word_set(shard_no, OPENING);
    ngx_http_cloudflow_lockfile_unlock(&shard->want);

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_LEASES_TAKEN, 1);

    lease.conf.acquired(shard_no);
}


/* Does somebody else want it? */
static void
look_held(uint32_t shard_no)
{
    shard_t  *shard;

    shard = &lease.shards[shard_no];

    if (shard->state != OPEN
        || ngx_current_msec - shard->since < shard->hold_ms
        || (ngx_exiting && lease.conf.holds()))
    {
        return;
    }

    if (lease.leaving && !shard->wanted) {
        drain(shard_no);
        return;
    }

    if (shard->probes++ % PROBES == 0) {
        ngx_http_cloudflow_lockfile_close(&shard->want);
    }

    if (ngx_http_cloudflow_lockfile_probe(&shard->want, lease.conf.place,
                                          shard_no, "want") == WF_AGAIN)
    {
        ngx_http_cloudflow_metric_add(
                                   NGX_HTTP_CLOUDFLOW_METRIC_LEASES_WANTED,
                                   1);
        drain(shard_no);
    }
}


static void
drain(uint32_t shard_no)
{
    ngx_http_cloudflow_lease_withdraw(shard_no);
    lease.conf.drain(shard_no);
}


ngx_int_t
ngx_http_cloudflow_lease_publish(uint32_t shard_no, uint64_t epoch)
{
    shard_t                     *shard;
    ngx_http_cloudflow_lease_t  *place;

    shard = &lease.shards[shard_no];
    wf_assert(shard->state == OPENING);

    place = ngx_http_cloudflow_zone_lease(lease.conf.zone, shard_no);
    __atomic_store_n(&place->epoch, epoch, __ATOMIC_RELAXED);

    /* What took long to open is not to change hands all the time. */

    shard->hold_ms = 2 * (ngx_current_msec - shard->since);
    shard->hold_ms = ngx_min(shard->hold_ms,
                             NGX_HTTP_CLOUDFLOW_LEASE_HOLD_MAX);
    shard->hold_ms = ngx_max(shard->hold_ms,
                             NGX_HTTP_CLOUDFLOW_LEASE_HOLD_MS);
    shard->since = ngx_current_msec;

    if (lease.leaving && !shard->wanted) {
        ngx_http_cloudflow_lease_withdraw(shard_no);
        return NGX_DECLINED;
    }

    shard->state = OPEN;
    word_set(shard_no, OPEN);

    ngx_http_cloudflow_ipc_hint(shard_no);
    look_soon();

    return NGX_OK;
}


void
ngx_http_cloudflow_lease_withdraw(uint32_t shard_no)
{
    shard_t  *shard;

    shard = &lease.shards[shard_no];

    if (shard->state == NONE || shard->state == DRAINING) {
        return;
    }

    shard->state = DRAINING;
    word_set(shard_no, DRAINING);

    ngx_http_cloudflow_ipc_hint(shard_no);
    look_soon();
}


void
ngx_http_cloudflow_lease_giveup(uint32_t shard_no, ngx_msec_t retry_ms)
{
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_LEASES_FAILED, 1);

    drop(shard_no, retry_ms);
}


void
ngx_http_cloudflow_lease_release(uint32_t shard_no)
{
    drop(shard_no, 0);
}


static void
drop(uint32_t shard_no, ngx_msec_t retry_ms)
{
    shard_t                     *shard;
    ngx_http_cloudflow_lease_t  *place;

    shard = &lease.shards[shard_no];

    if (shard->state == NONE) {
        return;
    }

    place = ngx_http_cloudflow_zone_lease(lease.conf.zone, shard_no);

    if (retry_ms) {
        __atomic_store_n(&place->retry_ms,
                         (uint64_t) ngx_current_msec + retry_ms,
                         __ATOMIC_RELAXED);
    }

    shard->state = NONE;
    shard->since = ngx_current_msec;
    shard->is_free = 1;
    lease.held--;

    word_set(shard_no, NONE);
    ngx_http_cloudflow_lockfile_unlock(&shard->lock);

    /* After the unlocking: who looks at once finds it free. */
    ngx_http_cloudflow_ipc_hint(shard_no);
    look_soon();
}


/* The lock is held, so nobody else writes it but to bury a dead owner. */
static void
word_set(uint32_t shard_no, state_t state)
{
    ngx_http_cloudflow_word_set(lease.conf.zone, shard_no, state,
                                ngx_http_cloudflow_ipc_slot(),
                                ngx_http_cloudflow_ipc_generation());
}


ngx_int_t
ngx_http_cloudflow_lease_owner(uint32_t shard_no, uint32_t *slot,
    uint32_t *generation)
{
    uint64_t  word;

    word = ngx_http_cloudflow_lease_holder(shard_no);

    if (ngx_http_cloudflow_word_state(word) != OPEN) {
        return NGX_DECLINED;
    }

    *slot = ngx_http_cloudflow_word_slot(word);
    *generation = ngx_http_cloudflow_word_generation(word);

    return NGX_OK;
}


uint64_t
ngx_http_cloudflow_lease_holder(uint32_t shard_no)
{
    if (!lease.active || shard_no >= lease.conf.shards) {
        return 0;
    }

    return ngx_http_cloudflow_word_get(lease.conf.zone, shard_no);
}


ngx_uint_t
ngx_http_cloudflow_lease_is_held(uint32_t shard_no)
{
    return lease.active && shard_no < lease.conf.shards
           && lease.shards[shard_no].state != NONE;
}


void
ngx_http_cloudflow_lease_want(uint32_t shard_no, ngx_uint_t on)
{
    shard_t  *shard;

    if (!lease.active || shard_no >= lease.conf.shards) {
        return;
    }

    shard = &lease.shards[shard_no];

    if (on && !shard->wanted) {
        shard->wanted = 1;
        look_soon();
    }

    if (!on && shard->wanted) {
        shard->wanted = 0;
        ngx_http_cloudflow_lockfile_unlock(&shard->want);
    }
}


void
ngx_http_cloudflow_lease_quit(void)
{
    ngx_uint_t  i;

    if (!lease.active || lease.leaving) {
        return;
    }

    lease.leaving = 1;
    look_soon();

    for (i = 0; i < lease.conf.shards; i++) {
        ngx_http_cloudflow_lockfile_unlock(&lease.shards[i].want);

        if (lease.shards[i].state == OPEN) {
            drain(i);
        }
    }
}


/* Whoever owned a shard may be another one when this worker looks again. */
void
ngx_http_cloudflow_lease_rest(void)
{
    ngx_uint_t  i;

    for (i = 0; i < lease.conf.shards; i++) {
        ngx_http_cloudflow_lease_want(i, 0);
        lease.shards[i].seen = 0;
    }
}


void
ngx_http_cloudflow_lease_exit_process(void)
{
    ngx_uint_t  i;

    if (!lease.active) {
        return;
    }

    lease.leaving = 1;

    for (i = 0; i < lease.conf.shards; i++) {
        drop(i, 0);
        ngx_http_cloudflow_lockfile_close(&lease.shards[i].lock);
        ngx_http_cloudflow_lockfile_close(&lease.shards[i].want);
    }

    if (lease.timer.timer_set) {
        ngx_del_timer(&lease.timer);
    }

    if (lease.soon.posted) {
        ngx_delete_posted_event(&lease.soon);
    }

    lease.active = 0;
}


/* Once, until it works again; looked at seldom. */
static void
file_trouble(uint32_t shard_no, const char *suffix, ngx_err_t err)
{
    shard_t  *shard;

    shard = &lease.shards[shard_no];
    shard->file_at = ngx_current_msec + NGX_HTTP_CLOUDFLOW_LEASE_FILE_MS;

    if (!shard->complained) {
        shard->complained = 1;
        ngx_log_error(NGX_LOG_CRIT, ngx_cycle->log, err,
                      "cloudflow: cannot lock \"%s/shard-%03uD.%s\", the "
                      "shard cannot be served here", lease.conf.place,
                      shard_no, suffix);
    }
}
