
/*
 * The shard's life and its doors: submits, watches, ticks, turns, the end.
 * Owns the state; the work is done by the other files of inside.h.  Talks to
 * the world through its port alone, and never from inside a submit: answers
 * come out of turns and commits.
 *
 *               drain        lost          idle
 *   OPEN        DRAINING     DOWN          -
 *   DRAINING    -            DOWN          CLOSED, port->closed(NULL)
 *   DOWN        -            -             CLOSED, port->closed(why)
 *   CLOSED      -            -             -
 *
 * Lost: an append failed, memory ran out in mid-step, the lease is gone, or
 * everything was removed (then nothing is wrong: port->closed(NULL)).  No
 * live execution is ever rolled back: the shard is opened anew instead.
 */

#include "shard/admit.h"
#include "shard/notes.h"
#include "shard/part.h"
#include "shard/publish.h"
#include "shard/reset.h"
#include "shard/serve.h"
#include "shard/tasks.h"


typedef enum {
    LIFE_DRAIN = 0,
    LIFE_LOST,
    LIFE_IDLE
} life_t;


static bool life(wf_shard_t *shard, life_t what);
static bool is_idle(const wf_shard_t *shard);
static void fall(wf_shard_t *shard);
static void fail_refused(wf_shard_t *shard);
static wf_rc_t shard_init(wf_shard_t *shard);


static const uint8_t  life_table[][3] = {
    [WF_SHARD_OPEN]     = { WF_SHARD_DRAINING, WF_SHARD_DOWN,
                            WF_SHARD_OPEN },
    [WF_SHARD_DRAINING] = { WF_SHARD_DRAINING, WF_SHARD_DOWN,
                            WF_SHARD_CLOSED },
    [WF_SHARD_DOWN]     = { WF_SHARD_DOWN, WF_SHARD_DOWN, WF_SHARD_CLOSED },
    [WF_SHARD_CLOSED]   = { WF_SHARD_CLOSED, WF_SHARD_CLOSED,
                            WF_SHARD_CLOSED }
};


static bool
life(wf_shard_t *shard, life_t what)
{
    uint8_t  next;

    next = life_table[shard->state][what];

    if (next == shard->state) {
        return false;
    }

    shard->state = next;

    return true;
}


wf_shard_t *
wf_shard_create(wf_port_t *port, wf_catalog_t *catalog, uint32_t shard_no,
    wf_recovery_t *recovery, int64_t now_ms)
{
    wf_arena_t  *keep;
    wf_shard_t  *shard;

    keep = wf_arena_create(0);
    shard = keep ? wf_arena_calloc(keep, sizeof(wf_shard_t)) : NULL;

    if (shard == NULL) {
        wf_arena_free(keep);
        wf_recovery_free(recovery);
        return NULL;
    }

    shard->port = port;
    shard->catalog = catalog;
    shard->no = shard_no;
    shard->keep = keep;
    shard->epoch = recovery->epoch;
    shard->exec_no = recovery->exec_no;
    shard->reset_no = recovery->reset_no;
    shard->used.end_no = recovery->exec_no;
    shard->used.durable_no = recovery->exec_no;
    shard->now_ms = wf_max(recovery->now_ms, now_ms);
    shard->schedules.zones = recovery->zones;
    recovery->zones = NULL;

    /* Whoever could not reach us may ask again for what is over. */

    shard->retain.pause_ms = shard->now_ms + port->retention.grace_ms;

    if (shard_init(shard) != WF_OK || wf_flows_adopt(shard, recovery) != WF_OK)
    {
        wf_shard_free(shard);
        wf_recovery_free(recovery);
        return NULL;
    }

    shard->lives = recovery->lives;
    recovery->lives = NULL;
    wf_outbox_adopt(shard, recovery->parcels);
    recovery->parcels = NULL;
    wf_recovery_free(recovery);

    wf_names_init(&shard->used.names, shard->used.end_no);
    wf_used_turn(shard);

    /* The one before us may have died between commit and word of it. */

    if (shard_no == 0) {
        port->catalog_changed(port);
    }

    wf_shard_arm(shard);
    wf_shard_want_turn(shard);

    return shard;
}


static wf_rc_t
shard_init(wf_shard_t *shard)
{
    shard->last_sealed = &shard->sealed;
    shard->last_refused = &shard->refused;
    shard->last_yielded = &shard->yielded;
    shard->last_replay = &shard->replays;

    wf_outbox_init(&shard->outbox);
    wf_schedules_init(shard);
    wf_table_init(&shard->flows);
    wf_table_init(&shard->notes);
    wf_table_init(&shard->calls);

    shard->scratch = wf_arena_create(64 * 1024);
    shard->fault = wf_arena_calloc(shard->keep, sizeof(wf_error_t));
    shard->throttled = wf_arena_calloc(shard->keep, sizeof(wf_error_t));

    if (shard->scratch == NULL || shard->fault == NULL
        || shard->throttled == NULL
        || wf_slab_init(&shard->flow_slab) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_error_set(shard->fault, WF_E_INTERNAL, "the shard has stepped down");
    wf_error_set(shard->throttled, WF_E_THROTTLED, "%d submits are waiting",
                 WF_QUEUE_MAX);

    return WF_OK;
}


/* Batches lie in the shard's own arena, their bytes do not. */

void
wf_shard_free(wf_shard_t *shard)
{
    fail_refused(shard);

    /* Everybody has been answered, once. */

    wf_assert(shard->waiting == 0);

    if (shard->used.fetch != NULL) {
        wf_fetch_cancel(shard->used.fetch);
    }

    wf_retain_stop(shard);
    wf_farewell_stop(shard);

    wf_outbox_free(&shard->outbox);
    wf_schedules_free(shard);
    wf_lives_free(shard->lives);
    wf_names_free(&shard->used.names);
    wf_names_free(&shard->used.next);
    wf_table_free(&shard->flows);
    wf_table_free(&shard->notes);
    wf_table_free(&shard->calls);
    wf_slab_done(&shard->flow_slab);
    wf_batch_free(shard->open);
    wf_batch_free(shard->sealed);
    wf_batch_free(shard->flight);
    wf_batch_free(shard->spare);
    wf_arena_free(shard->scratch);
    wf_arena_free(shard->keep);
}


uint32_t
wf_shard_no(const wf_shard_t *shard)
{
    return shard->no;
}


bool
wf_shard_is_open(const wf_shard_t *shard)
{
    return shard->state == WF_SHARD_OPEN;
}


uint32_t
wf_shard_of(uint64_t flow_no, wf_str_t name, uint32_t shard_count)
{
    return (uint32_t) (wf_hash(flow_no, wf_swf_workflow(name)) % shard_count);
}


void
wf_shard_now(wf_shard_t *shard, int64_t now_ms)
{
    shard->now_ms = wf_max(shard->now_ms, now_ms);
}


void
wf_shard_want_turn(wf_shard_t *shard)
{
    if (!shard->wants_turn) {
        shard->wants_turn = true;
        shard->port->turn(shard->port);
    }
}


void
wf_shard_arm(wf_shard_t *shard)
{
    int64_t  due_ms;

    due_ms = wf_shard_due_ms(shard);

    if (due_ms != 0 && (shard->armed_ms == 0 || due_ms < shard->armed_ms)) {
        shard->armed_ms = due_ms;
        shard->port->arm(shard->port, due_ms);
    }
}


void
wf_shard_log(wf_shard_t *shard, const wf_live_t *live, const char *what,
    const wf_error_t *err)
{
    wf_error_t  line;

    if (live != NULL) {
        wf_error_set(&line, WF_E_INTERNAL,
                     "shard %u: execution \"%.*s\" of flow %llu %s: %s",
                     shard->no, (int) live->name_len, (const char *) live->name,
                     (unsigned long long) live->flow_no, what,
                     err ? err->arg[0] : "");
    } else {
        wf_error_set(&line, WF_E_INTERNAL, "shard %u %s: %s", shard->no, what,
                     err ? err->arg[0] : "");
    }

    shard->port->log(shard->port, line.arg[0]);
}


/*
 * Doors
 */

void
wf_shard_submit(wf_shard_t *shard, wf_submit_t *submit, int64_t now_ms)
{
    wf_shard_now(shard, now_ms);
    submit->next = NULL;
    shard->waiting++;

    if (shard->state != WF_SHARD_OPEN) {
        wf_shard_refuse(shard, submit);

    } else if (shard->waiting > WF_QUEUE_MAX) {
        wf_answer_throttled(shard, submit);

    } else if (submit->type == WF_SUBMIT_RESET) {
        wf_reset_submit(shard, submit);

    } else if (wf_admit_is_gone(shard, submit)) {
        wf_answer_error(shard, submit, WF_E_FLOW_NOT_FOUND, submit->flow_name,
                        wf_str_none);

    } else if (wf_submit_part(submit->type) == WF_PART_FLOW) {
        wf_flows_submit(shard, submit);

    } else if (wf_submit_part(submit->type) == WF_PART_NOTE) {
        wf_notes_submit(shard, submit);

    } else if (wf_submit_part(submit->type) == WF_PART_NONE
               || submit->type == WF_SUBMIT_KEEP)
    {
        wf_start_submit(shard, submit);

    } else {
        wf_publish_submit(shard, submit);
    }
}


void
wf_shard_refuse(wf_shard_t *shard, wf_submit_t *submit)
{
    submit->next = NULL;
    *shard->last_refused = submit;
    shard->last_refused = &submit->next;
    wf_shard_want_turn(shard);
}


void
wf_shard_answer(wf_shard_t *shard, const wf_answer_t *answer)
{
    wf_submit_t  *submit;

    submit = answer->submit;
    submit->next = NULL;
    shard->waiting--;
    submit->done(submit, answer->err, answer->err ? NULL : answer->record,
                 answer->err ? NULL : answer->flow, shard->now_ms);
}


static void
fail_refused(wf_shard_t *shard)
{
    wf_submit_t  *submit, *next;
    wf_answer_t   answer;

    next = shard->refused;
    shard->refused = NULL;
    shard->last_refused = &shard->refused;

    while ((submit = next) != NULL) {
        next = submit->next;
        answer = (wf_answer_t) { .submit = submit, .err = shard->fault };
        wf_shard_answer(shard, &answer);
    }
}


void
wf_shard_watch(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket, int64_t now_ms)
{
    wf_live_t  *live;

    wf_shard_now(shard, now_ms);
    wf_shard_unwatch(shard, flow_no, name, ticket);

    if (shard->state >= WF_SHARD_DOWN) {
        return;
    }

    live = wf_live_find(shard->lives, flow_no, name);

    if (live == NULL || wf_watch_add(shard->lives, live, ticket) != WF_OK) {
        wf_answer_hint(shard, flow_no, name, ticket);
    }
}


void
wf_shard_unwatch(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket)
{
    wf_watch_t  *watch;

    (void) flow_no;
    (void) name;

    if (shard->state >= WF_SHARD_DOWN) {
        return;
    }

    watch = wf_watch_find(shard->lives, ticket);

    if (watch != NULL) {
        wf_watch_remove(shard->lives, watch);
    }
}


void
wf_shard_tick(wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_now(shard, now_ms);
    shard->armed_ms = 0;

    if (shard->state == WF_SHARD_OPEN) {
        wf_outbox_deliver(shard);
        wf_schedules_fire(shard);
        wf_run_due(shard);
        wf_retain_turn(shard);
        wf_farewell_turn(shard);
    }
}


int64_t
wf_shard_due_ms(const wf_shard_t *shard)
{
    size_t           i;
    int64_t          due_ms, others[4];
    wf_heap_node_t  *node;

    if (wf_run_is_saturated(shard)) {
        return 0;
    }

    node = wf_heap_min(&shard->lives->due);
    due_ms = node ? (int64_t) node->due_ms : 0;
    others[0] = wf_outbox_due_ms(shard);
    others[1] = wf_schedules_due_ms(shard);
    others[2] = wf_retain_due_ms(shard);
    others[3] = wf_farewell_due_ms(shard);

    for (i = 0; i < wf_countof(others); i++) {
        if (others[i] != 0 && (due_ms == 0 || others[i] < due_ms)) {
            due_ms = others[i];
        }
    }

    return due_ms;
}


void
wf_shard_turn(wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_now(shard, now_ms);
    shard->wants_turn = false;

    if (shard->state < WF_SHARD_DOWN) {
        wf_load_replays(shard);
    }

    if (shard->state == WF_SHARD_OPEN) {
        wf_run_yielded(shard);
        wf_outbox_deliver(shard);
        wf_used_turn(shard);
        wf_retain_turn(shard);
        wf_farewell_turn(shard);
        wf_shard_arm(shard);
    }

    wf_batch_flush(shard);
    fail_refused(shard);

    if (shard->state == WF_SHARD_DOWN && !shard->has_fallen) {
        fall(shard);
    }

    if (is_idle(shard) && life(shard, LIFE_IDLE)) {
        shard->port->closed(shard->port, shard,
                            shard->has_fallen && !shard->is_wiped
                            ? shard->fault : NULL);
    }
}


void
wf_shard_committed(wf_shard_t *shard, wf_batch_t *batch, int64_t now_ms)
{
    wf_assert(shard->flight == batch);

    wf_shard_now(shard, now_ms);
    shard->flight = NULL;
    wf_shard_want_turn(shard);

    if (shard->state < WF_SHARD_DOWN && batch->status == WF_STORE_OK) {
        shard->stats.commits++;
        wf_batch_release(shard, batch);

        if (batch->append.wipes) {
            wf_reset_release(shard);
        }

    } else {
        wf_shard_down(shard, &batch->err);
        wf_answer_fail(shard, batch);
    }

    wf_batch_recycle(shard, batch);
}


/*
 * The end
 */

void
wf_shard_drain(wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_now(shard, now_ms);
    life(shard, LIFE_DRAIN);
    wf_shard_want_turn(shard);
}


void
wf_shard_abandon(wf_shard_t *shard, int64_t now_ms)
{
    wf_error_t  err;

    wf_shard_now(shard, now_ms);
    wf_error_set(&err, WF_E_INTERNAL, "the shard has another owner");
    wf_shard_down(shard, &err);
}


void
wf_shard_down(wf_shard_t *shard, const wf_error_t *err)
{
    if (!life(shard, LIFE_LOST)) {
        return;
    }

    /* Whatever the store said: those who wait may ask again. */

    wf_error_set(shard->fault, WF_E_INTERNAL, "%s", err->arg[0]);
    wf_shard_want_turn(shard);
}


void
wf_shard_oom(wf_shard_t *shard)
{
    wf_error_t  err;

    wf_error_set(&err, WF_E_INTERNAL, "out of memory");
    wf_shard_down(shard, &err);
}


/* Nobody is left without an answer, nothing in memory is believed. */

static void
fall(wf_shard_t *shard)
{
    wf_batch_t   *batch;
    wf_answer_t   answer;
    wf_errand_t  *errand;

    answer = (wf_answer_t) { .err = shard->fault };
    shard->has_fallen = true;
    shard->yielded = NULL;
    shard->replays = NULL;

    if (shard->flight != NULL) {
        wf_answer_fail(shard, shard->flight);
    }

    for (batch = shard->sealed; batch != NULL; batch = batch->next) {
        wf_answer_fail(shard, batch);
    }

    if (shard->open != NULL) {
        wf_answer_fail(shard, shard->open);
    }

    for (errand = shard->lives->errands; errand; errand = errand->next) {
        while ((answer.submit = wf_errand_take(errand)) != NULL) {
            wf_shard_answer(shard, &answer);
        }
    }

    fail_refused(shard);
    wf_outbox_free(&shard->outbox);
    wf_schedules_stop(shard);
    wf_lives_free(shard->lives);
    shard->lives = NULL;
}


static bool
is_idle(const wf_shard_t *shard)
{
    const wf_errand_t  *errand;

    if (shard->state == WF_SHARD_DOWN) {
        return shard->has_fallen && shard->flight == NULL
               && shard->refused == NULL;
    }

    if (shard->state != WF_SHARD_DRAINING || !wf_batch_is_idle(shard)
        || shard->refused != NULL || shard->held > 0)
    {
        return false;
    }

    for (errand = shard->lives->errands; errand; errand = errand->next) {
        if (errand->first != NULL) {
            return false;
        }
    }

    return true;
}


void
wf_shard_stats(const wf_shard_t *shard, wf_shard_stats_t *stats)
{
    *stats = shard->stats;

    if (shard->lives != NULL) {
        stats->running = shard->lives->running_count;
        stats->resting = shard->lives->resting_count;
    }
}
