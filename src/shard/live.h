
/*
 * Who is running here.  A resting execution is one small wf_live_t: its
 * identity and its due time.  What is in memory hangs off it (loaded.h); so
 * do the submits that wait for something, and the watches (errand.h).
 *
 * Phases:
 *   CHECKING   does the store know the name?  Submits queue.
 *   FRESH      it does not; nothing here yet, a START may be served
 *   ENDED      it does: over long ago; errand->fetch holds the record
 *   PREPARING  a START waits for its program
 *   RESTING    running, not in memory
 *   LOADING    on its way into memory, or its flow is looked for
 *   RUNNING    in memory
 *   OVER       its end is not durable yet
 *   BROKEN     its history cannot be read; until the shard is opened again
 */

#ifndef WF_LIVE_H
#define WF_LIVE_H


#include <stddef.h>

#include "base/heap.h"
#include "store/store.h"
#include "shard/slab.h"
#include "shard/table.h"


typedef struct wf_live_s    wf_live_t;
typedef struct wf_loaded_s  wf_loaded_t;
typedef struct wf_errand_s  wf_errand_t;
typedef struct wf_watch_s   wf_watch_t;

typedef enum {
    WF_LIVE_CHECKING = 0,
    WF_LIVE_FRESH,
    WF_LIVE_ENDED,
    WF_LIVE_PREPARING,
    WF_LIVE_RESTING,
    WF_LIVE_LOADING,
    WF_LIVE_RUNNING,
    WF_LIVE_OVER,
    WF_LIVE_BROKEN,
    WF_LIVE_PHASES
} wf_live_phase_t;

struct wf_live_s {
    wf_link_t        link;          /* first: by (flow_no, name) */
    wf_heap_node_t   due;
    wf_loaded_t     *loaded;        /* RUNNING, OVER, LOADING for a check */
    wf_errand_t     *errand;
    wf_watch_t      *watches;
    uint64_t         flow_no;
    uint64_t         exec_no;       /* 0: not started */
    uint8_t          phase;         /* wf_live_phase_t */
    uint16_t         name_len;
    uint8_t          name[];
};

typedef struct {
    wf_table_t     table;
    wf_table_t     watches;
    wf_table_t     opens;           /* open.h: by workflow, */
    wf_table_t     numbers;         /* ... by exec_no */
    wf_heap_t      due;
    wf_slab_t      slab;
    wf_errand_t   *errands;
    wf_errand_t  **last_errand;
    wf_loaded_t   *clean;           /* least used first */
    wf_loaded_t   *last_clean;
    size_t         clean_bytes;
    uint32_t       loaded_count;
    uint32_t       running_count;   /* exec_no given */
    uint32_t       resting_count;
} wf_lives_t;


/* NULL: no memory.  May be filled in one thread and used in another. */
wf_lives_t *wf_lives_create(void);
/* Everything in it; nothing may be held by a batch any more. */
void wf_lives_free(wf_lives_t *lives);

wf_live_t *wf_live_find(const wf_lives_t *lives, uint64_t flow_no,
    wf_str_t name);
/* Not there yet.  Phase FRESH.  NULL: no memory. */
wf_live_t *wf_live_add(wf_lives_t *lives, uint64_t flow_no, wf_str_t name);
/* An execution of recovery: RESTING. */
wf_rc_t wf_live_adopt(wf_lives_t *lives, const wf_store_row_t *row);
/* Out of the table, the heap and memory; it has no errand, no watch and no
 * loaded part any more. */
void wf_live_remove(wf_lives_t *lives, wf_live_t *live);

void wf_live_phase(wf_lives_t *lives, wf_live_t *live, wf_live_phase_t phase);

static inline wf_str_t
wf_live_name(const wf_live_t *live)
{
    return (wf_str_t) { live->name_len, live->name };
}

#define wf_live_of_due(node)                                                  \
    ((wf_live_t *) ((uint8_t *) (node) - offsetof(wf_live_t, due)))

/* due_ms 0: never. */
wf_rc_t wf_live_due(wf_lives_t *lives, wf_live_t *live, int64_t due_ms);


#endif /* WF_LIVE_H */
