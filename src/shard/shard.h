
/*
 * The single writer.  A shard holds the running executions of one partition:
 * takes submits, steps the engine, gathers events into a batch, and releases
 * effects (answers, publications, notices) once the batch is durable.
 *
 * Life, a table in shard.c:
 *   OPEN      takes submits
 *   DRAINING  takes none; closed when nothing is in flight, and no task is
 *             being handed over
 *   DOWN      an append failed: all waiting answers failed as retryable,
 *             memory forgotten; closed
 */

#ifndef WF_SHARD_H
#define WF_SHARD_H


#include "engine/engine.h"
#include "shard/catalog.h"
#include "shard/port.h"
#include "shard/recover.h"
#include "shard/submit.h"


/* shard_count: of the store.  Takes over recovery.  NULL: no memory. */
wf_shard_t *wf_shard_create(wf_port_t *port, wf_catalog_t *catalog,
    uint32_t shard_no, wf_recovery_t *recovery, int64_t now_ms);

/* After port->closed() alone, which is called from wf_shard_turn() alone, as
 * its very last act; everything it held is gone. */
void wf_shard_free(wf_shard_t *shard);

uint32_t wf_shard_no(const wf_shard_t *shard);
bool wf_shard_is_open(const wf_shard_t *shard);

/* Not open: done() is called with a retryable error, from the next turn. */
void wf_shard_submit(wf_shard_t *shard, wf_submit_t *submit, int64_t now_ms);

/* port->reply(ticket, WF_NOTICE_ENDED message) once the execution is over
 * and published; at once (next turn) if it is not running here.  One watch
 * per ticket; a watch is dropped by unwatch, by firing, or with the shard. */
void wf_shard_watch(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket, int64_t now_ms);
void wf_shard_unwatch(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket);

/* Due timers; loads what rests. */
void wf_shard_tick(wf_shard_t *shard, int64_t now_ms);

/* 0: nothing is due, ever. */
int64_t wf_shard_due_ms(const wf_shard_t *shard);

/* End of an event-loop turn: continue yielded executions, seal and hand over
 * the open batch if none is in flight. */
void wf_shard_turn(wf_shard_t *shard, int64_t now_ms);

/* The world's answer to port->append(). */
void wf_shard_committed(wf_shard_t *shard, wf_batch_t *batch, int64_t now_ms);

/* Stop taking submits, finish, then port->closed(). */
void wf_shard_drain(wf_shard_t *shard, int64_t now_ms);

/* Someone else owns it now, or its lease is lost: step down at once. */
void wf_shard_abandon(wf_shard_t *shard, int64_t now_ms);


/* What the writer thread needs of a batch. */
struct wf_batch_s {
    wf_append_t         append;
    wf_store_status_t   status;     /* set by the writer */
    wf_error_t          err;
    wf_shard_t         *shard;
    wf_arena_t         *arena;
    void               *effects;    /* the shard's */
    wf_batch_t         *next;       /* the holder's */
};

/* Counters for operators. */
typedef struct {
    uint64_t   running;
    uint64_t   resting;         /* of them, not in memory */
    uint64_t   commits;
    uint64_t   events;
    uint64_t   starts;
    uint64_t   dropped;         /* late or doubled inputs */
    uint64_t   calls;           /* of tasks, repeated ones too */
    uint64_t   erased;          /* executions that were kept long enough */
} wf_shard_stats_t;

void wf_shard_stats(const wf_shard_t *shard, wf_shard_stats_t *stats);

/* An execution's number among those of all shards, and what it says. */
static inline uint64_t
wf_shard_number(uint32_t shard_no, uint64_t exec_no)
{
    return (uint64_t) shard_no << 48 | exec_no;
}

#define wf_number_shard(number)  ((uint32_t) ((number) >> 48))
#define wf_number_exec(number)   ((number) & (((uint64_t) 1 << 48) - 1))

/* Which shard an execution lives in.  All runs of an SWF workflow, which are
 * called WORKFLOW/RUN, live in one. */
uint32_t wf_shard_of(uint64_t flow_no, wf_str_t name, uint32_t shard_count);


#endif /* WF_SHARD_H */
