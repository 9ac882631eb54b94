
/*
 * All that shards and actions may ask of the world, on one page.  nginx
 * implements it, and the simulator.  Every function returns at once; what takes
 * time comes back through the named entry point with the time as an argument,
 * from the event loop, never from inside the asking call.
 */

#ifndef WF_PORT_H
#define WF_PORT_H


#include "base/error.h"
#include "engine/record.h"
#include "shard/quota.h"
#include "store/store.h"


/* Names a waiting call across processes; a stale one is dropped quietly. */
typedef struct {
    uint32_t   slot, slot_generation;   /* of the worker that holds the call */
    uint32_t   index, generation;
} wf_ticket_t;

typedef struct wf_port_s   wf_port_t;
typedef struct wf_shard_s  wf_shard_t;
typedef struct wf_batch_s  wf_batch_t;
typedef struct wf_read_s   wf_read_t;
typedef struct wf_task_s   wf_task_t;
typedef struct wf_outbound_s  wf_outbound_t;
struct wf_connection_s;

/*
 * Work for a reader thread.  run() is called there with a reader that no one
 * else uses; it may touch only the read itself and its arena.  done() is
 * called in the worker.  The structure and arena belong to whoever holds
 * them: giver, thread, done().  run gets reader == NULL if none could be
 * opened (err says why).
 */
struct wf_read_s {
    void                  (*run)(wf_read_t *read, const wf_store_type_t *type,
                                 wf_store_reader_t *reader);
    void                  (*done)(wf_read_t *read, int64_t now_ms);
    void                   *data;
    wf_arena_t             *arena;
    wf_rc_t                 rc;
    wf_error_t              err;
    wf_read_t              *next;       /* the holder's */
};

struct wf_port_s {
    void  *world;

    /* Unpredictable bytes: ids, keys, seeds. */
    void  (*random)(wf_port_t *port, void *bytes, size_t len);

    /* One group commit, in order per shard; at most one in flight per shard.
     * Comes back through wf_shard_committed(). */
    void  (*append)(wf_port_t *port, wf_shard_t *shard, wf_batch_t *batch);

    /* Comes back through read->done(). */
    void  (*read)(wf_port_t *port, wf_read_t *read);

    /* wf_desk_tick() is wanted no later than due_ms. */
    void  (*arm)(wf_port_t *port, int64_t due_ms);

    /* wf_desk_turn() is wanted at the end of this event-loop turn. */
    void  (*turn)(wf_port_t *port);

    /* The execution index: committed facts, any worker may look.  publish is
     * for the owner alone.  lookup copies into arena: WF_OK, or WF_DECLINED:
     * not in the index, ask the store.  forget is for the owner alone: it is
     * kept no longer.  An owner may die between a commit and
     * its publication: entries that say "running" end with the ownership
     * under which they were published. */
    void  (*publish)(wf_port_t *port, uint32_t shard_no,
        const wf_record_t *record);
    void  (*forget)(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
        wf_str_t name);
    wf_rc_t (*lookup)(wf_port_t *port, wf_arena_t *arena, uint32_t shard_no,
        uint64_t flow_no, wf_str_t name, wf_record_t *record);

    /* Executions that run in all shards: exact of our own, of others as of
     * their last commits.  Asked only if quota.executions is set. */
    uint64_t (*running)(wf_port_t *port);

    /* The catalogue's version; changed after each commit to it. */
    uint64_t (*catalog_version)(wf_port_t *port);
    void  (*catalog_changed)(wf_port_t *port);

    /* Between workers.  send: WF_OK, WF_AGAIN (no owner now; wf_desk_owner()
     * will tell), WF_ERROR (too large, no memory).  The owner may be
     * ourselves only if we have no such shard open yet.  reply goes to the
     * ticket's worker and comes out of wf_desk_reply(); WF_ERROR: it will not
     * (it has too much to read; a dead one is none). */
    wf_rc_t (*send)(wf_port_t *port, uint32_t shard_no, wf_ticket_t ticket,
        wf_str_t message);
    wf_rc_t (*reply)(wf_port_t *port, wf_ticket_t ticket, wf_str_t message);
    /* Does the ticket's worker live?  Says nothing about the ticket. */
    bool  (*is_there)(wf_port_t *port, wf_ticket_t ticket);

    /* A task whose TaskScheduled is durable: shard/task.h.  The desk takes
     * it (wf_desk_task()): a sub-flow becomes a call of its own, anything
     * else an outbound call. */
    void  (*task)(wf_port_t *port, wf_task_t *task);

    /* Through the location that maps out->request.target; out->done(). */
    void  (*outbound)(wf_port_t *port, wf_outbound_t *out);
    void  (*outbound_cancel)(wf_port_t *port, wf_outbound_t *out);

    /* A copy of the operator's; WF_DECLINED: unknown.  NULL: none. */
    wf_rc_t (*connection)(wf_port_t *port, wf_arena_t *arena, wf_str_t arn,
        struct wf_connection_s *connection);
    /* A shard stepped down (why) or finished draining (err == NULL): its
     * lease is to be given back; a stepped-down one may be reopened. */
    void  (*closed)(wf_port_t *port, wf_shard_t *shard, const wf_error_t *err);

    /* That something of this name has begun is known to all workers until
     * nginx ends, for longer than missed times are made up for.  false: it
     * has begun before.  unclaim: it has not. */
    bool  (*claim)(wf_port_t *port, wf_str_t name, int64_t now_ms);
    void  (*unclaim)(wf_port_t *port, wf_str_t name, int64_t now_ms);

    /* An operator must act. */
    void  (*log)(wf_port_t *port, const char *text);

    wf_clock_pt  clock;         /* NULL: there is none; turn.h */
    uint64_t     turn_ns;       /* what it said when the turn or tick began */
    uint32_t     turn_steps;    /* executions that moved since then */

    uint32_t   slot;            /* our own, for tickets */
    uint32_t   slot_generation;
    wf_retention_t  retention;
    wf_quota_t      quota;
    uint8_t    token_key[32];   /* seals task tokens; the store's */
};


#endif /* WF_PORT_H */
