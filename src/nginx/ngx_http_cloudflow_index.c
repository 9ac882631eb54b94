
/*
 * The execution index: records in and out of the shards' partitions.  Owns
 * the scratch that records are spelt in.  Must never write a partition whose
 * lease this worker does not hold, nor answer from one that nobody of this
 * zone holds: another nginx may have gone on with the shard.
 */

#include "nginx/ngx_http_cloudflow_index.h"
#include "nginx/ngx_http_cloudflow_lease.h"


#define SCRATCH_BYTES      (64 * 1024)
#define SCRATCH_BYTES_MAX  (1024 * 1024)


static ngx_int_t index_scratch(void);


static ngx_http_cloudflow_zone_t  *ngx_http_cloudflow_index_zone;
static wf_arena_t                 *ngx_http_cloudflow_index_arena;


void
ngx_http_cloudflow_index_init(ngx_http_cloudflow_zone_t *zone)
{
    ngx_http_cloudflow_index_zone = zone;
}


void
ngx_http_cloudflow_index_exit_process(void)
{
    wf_arena_free(ngx_http_cloudflow_index_arena);
    ngx_http_cloudflow_index_arena = NULL;
}


void
ngx_http_cloudflow_index_publish(uint32_t shard_no, const wf_record_t *record)
{
    uint64_t                         key;
    wf_buf_t                         buf;
    ngx_http_cloudflow_partition_t  *part;

    if (!ngx_http_cloudflow_lease_is_held(shard_no)) {
        return;
    }

    part = ngx_http_cloudflow_zone_partition(ngx_http_cloudflow_index_zone,
                                             shard_no);
    key = wf_hash(record->flow_no, record->name);

    if (index_scratch() != NGX_OK) {
        ngx_http_cloudflow_partition_erase(part, key);
        return;
    }

    wf_buf_init(&buf, ngx_http_cloudflow_index_arena, 0);
    wf_record_encode(&buf, record);

    /* Half a record must not stand for it, nor may an older one. */

    if (buf.failed) {
        ngx_http_cloudflow_partition_erase(part, key);
        return;
    }

    ngx_http_cloudflow_metric_add(
        ngx_http_cloudflow_partition_put(part, key, wf_buf_done(&buf))
        ? NGX_HTTP_CLOUDFLOW_METRIC_INDEX_PUBLISHED
        : NGX_HTTP_CLOUDFLOW_METRIC_INDEX_TOO_LARGE, 1);
}


void
ngx_http_cloudflow_index_forget(uint32_t shard_no, uint64_t flow_no,
    wf_str_t name)
{
    if (ngx_http_cloudflow_lease_is_held(shard_no)) {
        ngx_http_cloudflow_partition_erase(
            ngx_http_cloudflow_zone_partition(ngx_http_cloudflow_index_zone,
                                              shard_no),
            wf_hash(flow_no, name));
    }
}


/* An empty arena; one that a large record has blown up is not kept. */
static ngx_int_t
index_scratch(void)
{
    if (ngx_http_cloudflow_index_arena
        && wf_arena_size(ngx_http_cloudflow_index_arena) > SCRATCH_BYTES_MAX)
    {
        ngx_http_cloudflow_index_exit_process();
    }

    if (ngx_http_cloudflow_index_arena) {
        wf_arena_reset(ngx_http_cloudflow_index_arena);

    } else {
        ngx_http_cloudflow_index_arena = wf_arena_create(SCRATCH_BYTES);
    }

    return ngx_http_cloudflow_index_arena ? NGX_OK : NGX_ERROR;
}


/* The lease is looked at before and after: what was copied in between was
 * the newest fact at some moment of the call. */
wf_rc_t
ngx_http_cloudflow_index_lookup(wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record)
{
    uint64_t      lease;
    wf_str_t      bytes;
    wf_record_t   found;

    lease = ngx_http_cloudflow_lease_holder(shard_no);

    if (lease
        && ngx_http_cloudflow_partition_find(
               ngx_http_cloudflow_zone_partition(
                   ngx_http_cloudflow_index_zone, shard_no),
               arena, wf_hash(flow_no, name), &bytes) == WF_OK
        && ngx_http_cloudflow_lease_holder(shard_no) == lease
        && wf_record_decode_whole(bytes, &found) == WF_OK
        && found.flow_no == flow_no
        && wf_str_eq(found.name, name))
    {
        ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_INDEX_HITS,
                                      1);
        *record = found;
        return WF_OK;
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_INDEX_MISSES, 1);

    return WF_DECLINED;
}


void
ngx_http_cloudflow_index_clear(uint32_t shard_no)
{
    ngx_http_cloudflow_partition_clear(
        ngx_http_cloudflow_zone_partition(ngx_http_cloudflow_index_zone,
                                          shard_no));
}
