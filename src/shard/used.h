
/*
 * Which names are used in a shard, as far as its owner can tell without
 * asking the store: names.h, and how it gets there.
 */

#ifndef WF_USED_H
#define WF_USED_H


#include "shard/names.h"
#include "shard/reads.h"


typedef struct {
    wf_names_t   names;
    wf_names_t   next;          /* takes its place when it is whole */
    bool         is_renewing;
    wf_fetch_t  *fetch;
    uint64_t     end_no;        /* numbers that were used by then */
    uint64_t     done_no;       /* of them, listed */
    uint64_t     durable_no;    /* the highest that is in the store */
    uint64_t     gone_count;    /* in the filter, not in the store */
    int64_t      retry_ms;      /* 0: no retry wanted */
} wf_used_t;


void wf_used_turn(wf_shard_t *shard);
/* A name is used from now on. */
void wf_used_add(wf_shard_t *shard, uint64_t flow_no, wf_str_t name);


#endif /* WF_USED_H */
