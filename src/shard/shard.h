
/*
 * The single writer.  A shard holds the running executions of one partition:
 * takes submits, steps the engine, gathers events into a batch, and releases
 * effects (answers, publications, notices) once the batch is durable.
 *
 * Life, a table in shard.c:
 *   OPEN      takes submits
 *   DRAINING  takes none; closed when nothing is in flight
 *   DOWN      an append failed: all waiting answers failed as retryable,
 *             memory forgotten; closed
 */

#ifndef WF_SHARD_H
#define WF_SHARD_H


#include "engine/engine.h"
#include "shard/catalog.h"
#include "shard/port.h"
#include "shard/recover.h"


typedef struct wf_submit_s  wf_submit_t;

typedef enum {
    WF_SUBMIT_START = 1,
    WF_SUBMIT_STOP,
    WF_SUBMIT_FLOW_CREATE,      /* shard 0 */
    WF_SUBMIT_FLOW_UPDATE,
    WF_SUBMIT_FLOW_DELETE,
    WF_SUBMIT_REPORT,           /* ReportTask*, a child's end */
    WF_SUBMIT_MAP_RUN           /* DescribeMapRun, UpdateMapRun */
} wf_submit_type_t;

/*
 * A piece of work from outside.  Owned by the giver; the shard keeps the
 * pointer until it calls done(), exactly once, after the fact is durable (or
 * an error is certain).  err == NULL: done.  record (START, STOP) and
 * flow (FLOW_*) are valid during the call.
 */
struct wf_submit_s {
    uint8_t         type;           /* wf_submit_type_t */
    uint64_t        key;            /* random, same for a repeated call */
    bool            is_repeat;      /* sent before, to an owner that went */

    uint64_t        flow_no;        /* START, STOP */
    uint64_t        revision;       /* START */
    wf_str_t        flow_name;      /* for errors */
    wf_str_t        name;           /* execution */
    bool            name_is_fresh;  /* START: generated, cannot exist */
    wf_str_t        input;          /* START: text of an object */
    wf_str_t        callback_token;
    wf_str_t        qualifier;
    wf_str_t        error;          /* STOP */
    wf_str_t        cause;

    wf_flow_t      *flow;           /* FLOW_*: the record to write; UPDATE and
                                       DELETE name the revision they saw */

    void          (*done)(wf_submit_t *submit, const wf_error_t *err,
                          const wf_record_t *record, const wf_flow_t *flow,
                          int64_t now_ms);
    void           *data;
    wf_submit_t    *next;           /* the shard's */
};


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
} wf_shard_stats_t;

void wf_shard_stats(const wf_shard_t *shard, wf_shard_stats_t *stats);

/* Which shard an execution lives in. */
uint32_t wf_shard_of(uint64_t flow_no, wf_str_t name, uint32_t shard_count);


#endif /* WF_SHARD_H */
