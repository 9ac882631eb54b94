
/*
 * A place for shards in memory, for tests and the simulator: same answers as
 * the SQLite store, plus faults on demand.  What is committed outlives the
 * handles, so that a world can crash and open it again.  Deterministic; of
 * one thread.
 */

#ifndef WF_STORE_MEMORY_H
#define WF_STORE_MEMORY_H


#include "store/store.h"


typedef struct wf_memory_s  wf_memory_t;

typedef enum {
    WF_MEMORY_FAIL = 1,     /* nothing is written */
    WF_MEMORY_TEAR,         /* all is written, and the append fails: what was
                               not acknowledged may be true after a crash */
    WF_MEMORY_FORGET        /* succeeds, but a crash loses it and all that
                               follows: a disk that lies, for auditors */
} wf_memory_fault_t;


/* NULL: no memory. */
wf_memory_t *wf_memory_create(void);

/* Also frees handles and readers that were never closed. */
void wf_memory_free(wf_memory_t *memory);

/*
 * The nth append to a shard from now on (1: the next) does not do as it
 * should; status is what FAIL and TEAR answer.  One fault per shard is
 * kept, a new one takes its place; nth 0 takes it away.
 *
 * TEAR: as with a commit whose sync failed, the handle that appended does not
 * see the group, nor does any reader, until a crash; another append to the
 * shard makes it untrue.
 */
void wf_memory_fault(wf_memory_t *memory, uint32_t shard_no, uint64_t nth,
    wf_memory_fault_t fault, wf_store_status_t status);

/* The next count openings of the shard for writing fail. */
void wf_memory_fail_open(wf_memory_t *memory, uint32_t shard_no,
    uint32_t count, wf_store_status_t status);

/* Another owner opens the shard: appends with today's epoch are refused. */
void wf_memory_fence(wf_memory_t *memory, uint32_t shard_no);

/*
 * Power off and on.  Handles and readers of before are dead: they answer
 * WF_STORE_FAILED and WF_ERROR; they may be closed or left alone.
 */
void wf_memory_crash(wf_memory_t *memory);

/* Groups committed to a shard so far. */
uint64_t wf_memory_appends(const wf_memory_t *memory, uint32_t shard_no);


#endif /* WF_STORE_MEMORY_H */
