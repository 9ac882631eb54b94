
/*
 * The execution index: committed records, readable by every worker.  Each
 * shard's owner alone writes its partition (port.h: publish, lookup).
 */

#ifndef NGX_HTTP_CLOUDFLOW_INDEX_H
#define NGX_HTTP_CLOUDFLOW_INDEX_H


#include <ngx_config.h>
#include <ngx_core.h>

#include "engine/record.h"
#include "nginx/ngx_http_cloudflow_zone.h"


/* init_process, before the lease. */
void ngx_http_cloudflow_index_init(ngx_http_cloudflow_zone_t *zone);

/* By the owner, while it holds the lease; otherwise ignored.  A record that
 * is too large or finds no memory removes what the index had for it. */
void ngx_http_cloudflow_index_publish(uint32_t shard_no,
    const wf_record_t *record);

/* By the owner, as above: the store has it no longer. */
void ngx_http_cloudflow_index_forget(uint32_t shard_no, uint64_t flow_no,
    wf_str_t name);

/* WF_OK: a copy in arena.  WF_DECLINED: not in the index, or nobody of this
 * zone owns the shard: ask the store. */
wf_rc_t ngx_http_cloudflow_index_lookup(wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record);

/* The lease's: a new owner starts with nothing. */
void ngx_http_cloudflow_index_clear(uint32_t shard_no);

/* exit_process. */
void ngx_http_cloudflow_index_exit_process(void);


#endif /* NGX_HTTP_CLOUDFLOW_INDEX_H */
