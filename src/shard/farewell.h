
/*
 * Flows that are being deleted: they go when nothing of them runs.  Part of
 * inside.h; publish.h has the entries.
 */

#ifndef WF_FAREWELL_H
#define WF_FAREWELL_H


#include "shard/reads.h"
#include "shard/shard.h"


typedef struct wf_flow_entry_s  wf_flow_entry_t;

typedef struct {
    wf_flow_entry_t  *first;        /* the next to look at */
    wf_fetch_t       *fetch;        /* away; NULL: not */
    uint64_t          flow_no;      /* that it is about */
    int64_t           pause_ms;     /* no look before */
} wf_farewell_t;


/* From now on it goes when nothing of it runs; not any more. */
void wf_farewell_add(wf_shard_t *shard, wf_flow_entry_t *entry);
void wf_farewell_remove(wf_shard_t *shard, wf_flow_entry_t *entry);

void wf_farewell_turn(wf_shard_t *shard);
/* When it wants to be called next; 0: never. */
int64_t wf_farewell_due_ms(const wf_shard_t *shard);
/* Lets go of what is read. */
void wf_farewell_stop(wf_shard_t *shard);

/* flows.c: with all that it has, entry too.  WF_ERROR: no memory, the batch
 * is of no use. */
wf_rc_t wf_flow_entry_erase(wf_shard_t *shard, wf_flow_entry_t *entry);


#endif /* WF_FAREWELL_H */
