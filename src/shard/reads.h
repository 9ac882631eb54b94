
/*
 * Everyday reads: what shards, catalogue and actions ask of the store through
 * port->read().  Results are copied rows in the fetch's own arena, decoded in
 * the reader thread, so the worker only looks at them.
 */

#ifndef WF_READS_H
#define WF_READS_H


#include "engine/event.h"
#include "flow/flow.h"
#include "shard/port.h"


/* Chunks of one fetch: about this many bytes, then has_more. */
#define WF_READ_BYTES_MAX  (4 * 1024 * 1024)

typedef struct wf_fetch_s  wf_fetch_t;

/* The answer.  fetch belongs to the callee now: wf_fetch_free(). */
typedef void (*wf_fetch_pt)(wf_fetch_t *fetch, int64_t now_ms);

struct wf_fetch_s {
    wf_read_t         read;         /* rc, err, arena.  WF_DECLINED: not
                                       there (find, history, flow, revision;
                                       list: nothing is named query.from) */
    void             *data;         /* the asker's */

    /* find, history: one; list: many; names: exec_no, flow_no, and the
       name's wf_names_hash() in last_seq; ended: what names() of the store
       gives */
    uint32_t          row_count;
    wf_store_row_t   *rows;
    wf_record_t      *records;      /* decoded; not for names, ended */

    /* ended */
    uint32_t          looked_count; /* rows */
    int64_t           oldest_ms;    /* none of the others ended before */

    /* history, chunks: sealed, in order */
    uint32_t          chunk_count;
    wf_str_t         *chunks;
    uint64_t          next_seq;     /* first event of the next chunk */
    bool              has_more;     /* cut at WF_READ_BYTES_MAX: go on with
                                       wf_read_chunks() from next_seq; ended:
                                       go on after next_no */
    uint64_t          next_no;

    /* flow, flows, revision */
    uint32_t          flow_count;
    wf_flow_t        *flows;

    wf_fetch_pt       done;         /* NULL: cancelled */

    /* the question */
    wf_rc_t         (*ask)(wf_fetch_t *fetch, const wf_store_type_t *type,
                           wf_store_reader_t *reader);
    uint32_t          shard_no;
    uint64_t          flow_no;
    uint64_t          exec_no;
    uint64_t          first_seq;
    wf_str_t          name;         /* copied */
    wf_list_query_t   query;        /* copied, strings too */
    uint32_t          limit;
    uint32_t          row_size;     /* capacities */
    uint32_t          chunk_size;
    uint32_t          flow_size;
    size_t            bytes;
};

/*
 * All return NULL if there is no memory; otherwise done() is called once,
 * from the event loop, unless the fetch is cancelled first.
 */

/* One execution: rows[0], records[0]. */
wf_fetch_t *wf_read_find(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_fetch_pt done, void *data);

/* One execution and its chunks from the first. */
wf_fetch_t *wf_read_history(wf_port_t *port, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_fetch_pt done, void *data);

/* Chunks from the one that holds first_seq. */
wf_fetch_t *wf_read_chunks(wf_port_t *port, uint32_t shard_no,
    uint64_t exec_no, uint64_t first_seq, wf_fetch_pt done, void *data);

/* ListExecutions over all shards. */
wf_fetch_t *wf_read_list(wf_port_t *port, const wf_list_query_t *query,
    wf_fetch_pt done, void *data);

/* The current revision of a flow by name: flows[0]. */
wf_fetch_t *wf_read_flow(wf_port_t *port, wf_str_t name, wf_fetch_pt done,
    void *data);

/* One revision: flows[0]. */
wf_fetch_t *wf_read_revision(wf_port_t *port, uint64_t flow_no,
    uint64_t revision, wf_fetch_pt done, void *data);

/* Current revisions by name, ascending, names >= from. */
wf_fetch_t *wf_read_flows(wf_port_t *port, wf_str_t from, uint32_t limit,
    wf_fetch_pt done, void *data);

/* Names used in a shard, exec_no > after. */
wf_fetch_t *wf_read_names(wf_port_t *port, uint32_t shard_no, uint64_t after,
    uint32_t limit, wf_fetch_pt done, void *data);

/*
 * Executions of a shard that were over before before_ms: of the limit rows
 * after "after" that come next, but never the newest one of the shard.
 */
wf_fetch_t *wf_read_ended(wf_port_t *port, uint32_t shard_no, uint64_t after,
    uint32_t limit, int64_t before_ms, wf_fetch_pt done, void *data);

/* done() will not be called; it frees itself when it comes back. */
void wf_fetch_cancel(wf_fetch_t *fetch);        /* NULL is allowed */

/* After done(); everything in it is gone. */
void wf_fetch_free(wf_fetch_t *fetch);


#endif /* WF_READS_H */
