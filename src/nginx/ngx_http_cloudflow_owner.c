
/*
 * Shards that this worker owns: opens them in their writer threads, carries
 * batches there and back, closes them and gives the lease away.  Decides
 * nothing about executions.
 */

#include "nginx/ngx_http_cloudflow_lease.h"
#include "nginx/ngx_http_cloudflow_reset.h"
#include "nginx/ngx_http_cloudflow_worker.h"


#define RETRY_FIRST_MS  200
#define RETRY_LAST_MS   30000


typedef struct {
    ngx_http_cloudflow_job_t     job;
    wf_batch_t                  *batch;
    ngx_http_cloudflow_owner_t  *owner;
} append_job_t;


static void open_run(ngx_http_cloudflow_job_t *job, void *thread_data);
static void open_done(ngx_http_cloudflow_job_t *job);
static void open_failed(ngx_http_cloudflow_owner_t *owner);
static void commit_mark(const ngx_http_cloudflow_owner_t *owner,
    uint64_t since_ms);
static void append_run(ngx_http_cloudflow_job_t *job, void *thread_data);
static void append_done(ngx_http_cloudflow_job_t *job);
static void owner_count_up(ngx_http_cloudflow_owner_t *owner);
static ngx_uint_t store_rest(void *thread_data);
static void close_start(ngx_http_cloudflow_owner_t *owner);
static void close_run(ngx_http_cloudflow_job_t *job, void *thread_data);
static void close_done(ngx_http_cloudflow_job_t *job);
static ngx_msec_t owner_retry(ngx_http_cloudflow_owner_t *owner);


void
ngx_http_cloudflow_owner_open(uint32_t shard_no)
{
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();
    owner = &worker->owners[shard_no];

    wf_assert(owner->state == NGX_HTTP_CLOUDFLOW_FREE);

    owner->shard_no = shard_no;
    owner->closed = 0;
    owner->failed = 0;
    owner->drain = 0;

    owner->writer.tray = &worker->tray;
    owner->writer.rest = store_rest;
    owner->writer.rest_ms = NGX_HTTP_CLOUDFLOW_STORE_REST_MS;
    owner->writer.data = owner;

    if (ngx_http_cloudflow_crew_open(&owner->writer, 1, worker->cycle->log)
        != NGX_OK)
    {
        ngx_http_cloudflow_lease_giveup(shard_no, owner_retry(owner));
        return;
    }

    owner->state = NGX_HTTP_CLOUDFLOW_OPENING;
    owner->job.run = open_run;
    owner->job.done = open_done;
    owner->job.data = owner;

    ngx_http_cloudflow_crew_post(&owner->writer, &owner->job);
}


static void
open_run(ngx_http_cloudflow_job_t *job, void *thread_data)
{
    ngx_http_cloudflow_owner_t  *owner;

    owner = job->data;

    owner->recovery = wf_recover(&wf_store_sqlite,
                            ngx_http_cloudflow_worker()->conf->store.data,
                            owner->shard_no);
    owner->store = owner->recovery ? owner->recovery->store : NULL;
}


static void
open_done(ngx_http_cloudflow_job_t *job)
{
    ngx_int_t                     rc;
    wf_recovery_t                *recovery;
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    owner = job->data;
    worker = ngx_http_cloudflow_worker();
    recovery = owner->recovery;

    if (recovery == NULL || recovery->status != WF_STORE_OK) {
        open_failed(owner);
        return;
    }

    owner->recovery = NULL;
    owner->epoch = recovery->epoch;

    ngx_log_error(NGX_LOG_NOTICE, worker->cycle->log, 0,
                  "cloudflow: shard %uD open, epoch %uL, "
                  "%uD executions running", owner->shard_no,
                  owner->epoch, recovery->row_count);

    owner->shard = wf_shard_create(&worker->port,
                                   wf_desk_catalog(worker->desk),
                                   owner->shard_no, recovery,
                                   ngx_http_cloudflow_now());
    if (owner->shard == NULL) {
        open_failed(owner);
        return;
    }

    owner->state = NGX_HTTP_CLOUDFLOW_OPEN;
    owner->failures = 0;
    commit_mark(owner, 0);
    ngx_memzero(&owner->stats, sizeof(wf_shard_stats_t));
    owner_count_up(owner);

    rc = ngx_http_cloudflow_lease_publish(owner->shard_no, owner->epoch);

    wf_desk_shard_open(worker->desk, owner->shard, ngx_http_cloudflow_now());

    if (owner->drain || rc == NGX_DECLINED) {
        wf_shard_drain(owner->shard, ngx_http_cloudflow_now());
    }
}


static void
open_failed(ngx_http_cloudflow_owner_t *owner)
{
    ngx_log_error(NGX_LOG_CRIT, ngx_cycle->log, 0,
                  "cloudflow: shard %uD could not be opened: %s",
                  owner->shard_no,
                  owner->recovery ? owner->recovery->err.arg[0]
                                  : "out of memory");

    if (owner->recovery) {
        wf_recovery_free(owner->recovery);
        owner->recovery = NULL;
    }

    owner->failed = 1;
    close_start(owner);
}


/* For who looks from outside. */
static void
commit_mark(const ngx_http_cloudflow_owner_t *owner, uint64_t since_ms)
{
    ngx_http_cloudflow_lease_t  *lease;

    lease = ngx_http_cloudflow_zone_lease(ngx_http_cloudflow_worker()->zone,
                                          owner->shard_no);
    __atomic_store_n(&lease->commit_ms, since_ms, __ATOMIC_RELAXED);
}


void
ngx_http_cloudflow_owner_append(wf_port_t *port, wf_shard_t *shard,
    wf_batch_t *batch)
{
    append_job_t                 *append;
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = port->world;
    owner = &worker->owners[wf_shard_no(shard)];

    append = wf_arena_alloc(batch->arena, sizeof(append_job_t));

    if (append == NULL) {
        /* The batch must come back, and not from inside this call. */
        append = ngx_alloc(sizeof(append_job_t), worker->cycle->log);
        wf_assert(append != NULL);
    }

    append->batch = batch;
    append->owner = owner;
    append->job.run = append_run;
    append->job.done = append_done;
    append->job.data = append;

    commit_mark(owner, ngx_max(ngx_current_msec, 1));
    ngx_http_cloudflow_crew_post(&owner->writer, &append->job);
}


static void
append_run(ngx_http_cloudflow_job_t *job, void *thread_data)
{
    wf_batch_t                  *batch;
    append_job_t                *append;
    ngx_http_cloudflow_owner_t  *owner;

    append = job->data;
    batch = append->batch;
    owner = thread_data;

    batch->append.epoch = owner->epoch;
    batch->status = wf_store_sqlite.append(owner->store, &batch->append,
                                           &batch->err);
}


static void
append_done(ngx_http_cloudflow_job_t *job)
{
    append_job_t                *append;
    ngx_http_cloudflow_owner_t  *owner;

    append = job->data;
    owner = append->owner;
    commit_mark(owner, 0);

    if (append->batch->status != WF_STORE_OK) {
        ngx_http_cloudflow_metric_add(
                             NGX_HTTP_CLOUDFLOW_METRIC_COMMIT_FAILURES, 1);
    }

    if (append->batch->status == WF_STORE_OK
        && append->batch->append.wipes)
    {
        ngx_http_cloudflow_reset_tell(append->batch->append.wipes);
    }

    wf_shard_committed(owner->shard, append->batch,
                       ngx_http_cloudflow_now());
    owner_count_up(owner);
}


/* What the shard has counted since it was looked at last. */
static void
owner_count_up(ngx_http_cloudflow_owner_t *owner)
{
    wf_shard_stats_t  *before, now;

    before = &owner->stats;
    wf_shard_stats(owner->shard, &now);

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_COMMITS,
                                  now.commits - before->commits);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_EVENTS,
                                  now.events - before->events);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_STARTS,
                                  now.starts - before->starts);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_ERASED,
                                  now.erased - before->erased);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_DROPPED,
                                  now.dropped - before->dropped);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_RUNNING,
                                  now.running - before->running);
    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_RESTING,
                                  now.resting - before->resting);
    *before = now;
}


int64_t
ngx_http_cloudflow_owner_untold(void)
{
    int64_t                       untold;
    uint32_t                      i;
    wf_shard_stats_t              now;
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();
    untold = 0;

    for (i = 0; i < worker->conf->shards; i++) {
        owner = &worker->owners[i];

        if (owner->state == NGX_HTTP_CLOUDFLOW_OPEN) {
            wf_shard_stats(owner->shard, &now);
            untold += (int64_t) now.running - (int64_t) owner->stats.running;
        }
    }

    return untold;
}


/* An idle moment in the writer thread. */
static ngx_uint_t
store_rest(void *thread_data)
{
    ngx_http_cloudflow_owner_t  *owner;

    owner = thread_data;

    return owner->store && wf_store_sqlite.rest(owner->store);
}


void
ngx_http_cloudflow_owner_drain(uint32_t shard_no)
{
    ngx_http_cloudflow_owner_t  *owner;

    owner = &ngx_http_cloudflow_worker()->owners[shard_no];

    if (owner->state == NGX_HTTP_CLOUDFLOW_OPENING) {
        owner->drain = 1;
    }

    if (owner->state == NGX_HTTP_CLOUDFLOW_OPEN && !owner->closed) {
        wf_shard_drain(owner->shard, ngx_http_cloudflow_now());
    }
}


/* Called by the shard, so it can't be freed yet: the sweep does that. */
void
ngx_http_cloudflow_owner_closed(wf_port_t *port, wf_shard_t *shard,
    const wf_error_t *err)
{
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = port->world;
    owner = &worker->owners[wf_shard_no(shard)];

    owner->closed = 1;
    owner->failed = err != NULL;

    if (err) {
        ngx_log_error(NGX_LOG_CRIT, worker->cycle->log, 0,
                      "cloudflow: shard %uD stepped down: %s",
                      owner->shard_no, err->arg[0]);
    }

    port->turn(port);
}


void
ngx_http_cloudflow_owner_sweep(void)
{
    uint32_t                      i;
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();

    for (i = 0; i < worker->conf->shards; i++) {
        owner = &worker->owners[i];

        if (owner->state != NGX_HTTP_CLOUDFLOW_OPEN || !owner->closed) {
            continue;
        }

        ngx_http_cloudflow_lease_withdraw(i);
        wf_desk_shard_closed(worker->desk, owner->shard,
                             ngx_http_cloudflow_now());
        wf_shard_free(owner->shard);
        owner->shard = NULL;

        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_RUNNING,
                                      -(int64_t) owner->stats.running);
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_RESTING,
                                      -(int64_t) owner->stats.resting);

        close_start(owner);
    }
}


static void
close_start(ngx_http_cloudflow_owner_t *owner)
{
    owner->state = NGX_HTTP_CLOUDFLOW_CLOSING;
    owner->job.run = close_run;
    owner->job.done = close_done;
    owner->job.data = owner;

    ngx_http_cloudflow_crew_post(&owner->writer, &owner->job);
}


static void
close_run(ngx_http_cloudflow_job_t *job, void *thread_data)
{
    ngx_http_cloudflow_owner_t  *owner;

    owner = job->data;

    if (owner->store) {
        wf_store_sqlite.close(owner->store);
        owner->store = NULL;
    }
}


static void
close_done(ngx_http_cloudflow_job_t *job)
{
    ngx_http_cloudflow_owner_t  *owner;

    owner = job->data;

    ngx_http_cloudflow_crew_close(&owner->writer);

    owner->state = NGX_HTTP_CLOUDFLOW_FREE;
    owner->closed = 0;

    if (owner->failed) {
        ngx_http_cloudflow_lease_giveup(owner->shard_no, owner_retry(owner));

    } else {
        ngx_http_cloudflow_lease_release(owner->shard_no);
    }
}


static ngx_msec_t
owner_retry(ngx_http_cloudflow_owner_t *owner)
{
    ngx_msec_t  retry_ms;

    retry_ms = RETRY_FIRST_MS << ngx_min(owner->failures, 8);
    owner->failures++;

    return ngx_min(retry_ms, RETRY_LAST_MS);
}


ngx_uint_t
ngx_http_cloudflow_owner_count(void)
{
    uint32_t                      i;
    ngx_uint_t                    count;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();
    count = 0;

    for (i = 0; i < worker->conf->shards; i++) {
        count += worker->owners[i].state != NGX_HTTP_CLOUDFLOW_FREE;
    }

    return count;
}


/*
 * Usually nothing is left: the worker left only when all was drained.  After
 * a forced end the writers finish what they hold; nobody waits for it.
 */
void
ngx_http_cloudflow_owner_exit(void)
{
    uint32_t                      i;
    ngx_http_cloudflow_owner_t   *owner;
    ngx_http_cloudflow_worker_t  *worker;

    worker = ngx_http_cloudflow_worker();

    for (i = 0; i < worker->conf->shards; i++) {
        owner = &worker->owners[i];

        if (owner->state == NGX_HTTP_CLOUDFLOW_FREE) {
            continue;
        }

        ngx_http_cloudflow_crew_close(&owner->writer);

        if (owner->state == NGX_HTTP_CLOUDFLOW_OPENING && owner->recovery) {
            owner->recovery->store = NULL;
            wf_recovery_free(owner->recovery);
        }

        ngx_http_cloudflow_lease_withdraw(i);

        if (owner->store) {
            wf_store_sqlite.close(owner->store);
        }

        ngx_http_cloudflow_lease_release(i);
    }
}
