
/*
 * How long executions are kept that are over: the owner looks for those whose
 * time has come and erases them, a few with each batch.
 */

#ifndef WF_RETAIN_H
#define WF_RETAIN_H


#include "shard/reads.h"


typedef struct {
    wf_fetch_t  *fetch;         /* away for the next page */
    wf_fetch_t  *page;          /* being erased; NULL: none */
    uint32_t     next;          /* of its rows */
    bool         is_stale;      /* what is away is not what is so any more */
    bool         is_passing;    /* from the oldest on, page by page */
    uint64_t     after;         /* looked at in this pass */
    uint64_t     looked_count;
    int64_t      oldest_ms;     /* end of the oldest one that stays */

    int64_t      pause_ms;      /* no pass before */
    int64_t      age_ms;        /* nobody is too old before */
    int64_t      grace_ms;      /* nobody may go before */

    bool         has_runs;      /* of SWF, with times of their own */
    bool         knows_runs;    /* ... it is known whether */
    bool         met_runs;      /* ... in this pass */

    uint64_t     kept;          /* rows of the shard, those that run too */
} wf_retain_t;

/* What is erased by a batch. */
typedef struct {
    uint64_t     flow_no;
    wf_str_t     name;
} wf_erased_t;

void wf_retain_turn(wf_shard_t *shard);
/* When it wants to be called next; 0: not by the clock. */
int64_t wf_retain_due_ms(const wf_shard_t *shard);
/* Durable: the index may forget what the batch has erased. */
void wf_retain_release(wf_shard_t *shard, const wf_batch_t *batch);
/* Is it being erased by a batch that is not durable yet? */
bool wf_retain_is_going(const wf_shard_t *shard, uint64_t flow_no,
    wf_str_t name);
/* Something goes on that was over: what was listed is to be listed anew. */
void wf_retain_renew(wf_shard_t *shard);
/* Lets go of what is read. */
void wf_retain_stop(wf_shard_t *shard);


#endif /* WF_RETAIN_H */
