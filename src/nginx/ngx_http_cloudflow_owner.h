
/*
 * Life of a shard in the worker that owns it:
 *
 *   FREE      not ours
 *   OPENING   lease taken; the writer thread recovers the store
 *   OPEN      serving
 *   CLOSING   drained or stepped down; the writer thread closes the store
 *
 * Invariants: the store is open only while the lease's lock is held; a writer
 * thread lives from OPENING to the end of CLOSING; at most one batch is away.
 */

#ifndef NGX_HTTP_CLOUDFLOW_OWNER_H
#define NGX_HTTP_CLOUDFLOW_OWNER_H


#include "nginx/ngx_http_cloudflow.h"
#include "nginx/ngx_http_cloudflow_thread.h"


typedef enum {
    NGX_HTTP_CLOUDFLOW_FREE = 0,
    NGX_HTTP_CLOUDFLOW_OPENING,
    NGX_HTTP_CLOUDFLOW_OPEN,
    NGX_HTTP_CLOUDFLOW_CLOSING
} ngx_http_cloudflow_owner_state_e;

typedef struct {
    uint32_t                    shard_no;
    ngx_uint_t                  state;
    ngx_http_cloudflow_crew_t   writer;     /* one thread */
    ngx_http_cloudflow_job_t    job;        /* open, close */
    wf_recovery_t              *recovery;
    wf_store_t                 *store;      /* the writer thread's */
    wf_shard_t                 *shard;
    uint64_t                    epoch;
    wf_shard_stats_t            stats;      /* as last counted */
    ngx_uint_t                  failures;   /* in a row, for back-off */
    unsigned                    closed:1;   /* port->closed() was called */
    unsigned                    failed:1;   /* ... with an error */
    unsigned                    drain:1;    /* leave as soon as it is open */
} ngx_http_cloudflow_owner_t;


/* The lease is taken: open. */
void ngx_http_cloudflow_owner_open(uint32_t shard_no);

/* The shard is wanted elsewhere, or the worker leaves. */
void ngx_http_cloudflow_owner_drain(uint32_t shard_no);

/* port->append(), port->closed(). */
void ngx_http_cloudflow_owner_append(wf_port_t *port, wf_shard_t *shard,
    wf_batch_t *batch);
void ngx_http_cloudflow_owner_closed(wf_port_t *port, wf_shard_t *shard,
    const wf_error_t *err);

/* Outside of any shard's call: free what was closed. */
void ngx_http_cloudflow_owner_sweep(void);

/* Shards that are not FREE. */
ngx_uint_t ngx_http_cloudflow_owner_count(void);

/* Executions that run in our shards, beyond what the gauges say. */
int64_t ngx_http_cloudflow_owner_untold(void);

/* The process ends: finish what the writers hold, close the stores. */
void ngx_http_cloudflow_owner_exit(void);


#endif /* NGX_HTTP_CLOUDFLOW_OWNER_H */
