
/*
 * What is still to be said to other executions: that this one is over, to the
 * token it was started with; that a child is not wanted any more.  A parcel
 * is written with the event that makes it true, delivered through the port as
 * a task (task.h), and erased when that is done; a crash in between delivers
 * it twice.
 */

#ifndef WF_OUTBOX_H
#define WF_OUTBOX_H


#include "base/heap.h"
#include "shard/task.h"


typedef struct wf_parcel_s  wf_parcel_t;

struct wf_parcel_s {
    wf_heap_node_t       due;       /* first; in later */
    wf_arena_t          *arena;     /* owns everything here */
    struct wf_shard_s   *shard;
    uint32_t             try_count;
    bool                 is_durable;
    wf_parcel_t         *beside;    /* of the same batch */
    uint64_t             exec_no;
    uint64_t             no;        /* task; 0: the end */
    wf_str_t             key;
    wf_str_t             value;
    wf_task_t           *task;      /* away with it, or waited for */
    wf_parcel_t         *next;
    wf_parcel_t        **prev;
};

typedef struct {
    wf_parcel_t   *ready;           /* to be delivered */
    wf_parcel_t  **last_ready;
    wf_parcel_t   *busy;            /* not durable, away, or waiting */
    wf_parcel_t  **last_busy;
    wf_heap_t      later;           /* could not be delivered just now */
    uint32_t       away_count;
} wf_outbox_t;


void wf_outbox_init(wf_outbox_t *outbox);
/* Everything in it; what is away is of no interest any more. */
void wf_outbox_free(wf_outbox_t *outbox);

/* From the store.  NULL: no memory, or malformed. */
wf_parcel_t *wf_parcel_adopt(wf_str_t key, wf_str_t value);
void wf_parcels_free(wf_parcel_t *parcels);

/* A parcel's value. */
void wf_parcel_encode(wf_buf_t *buf, const wf_task_t *task);
/* Strings point into value. */
wf_rc_t wf_parcel_decode(wf_str_t value, wf_task_t *task);


#endif /* WF_OUTBOX_H */
