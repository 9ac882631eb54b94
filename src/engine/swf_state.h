
/*
 * The state of a run of Amazon SWF: what its events add up to.  Written by the
 * appliers alone.  Everything that is open is an item, named by the id of the
 * event that opened it; items stand in the order of their numbers.
 *
 * In exec->arena.  Lookup is by hash: a run may have thousands of items in its
 * life, and a thousand of each kind at a time.
 */

#ifndef WF_SWF_STATE_H
#define WF_SWF_STATE_H


#include "base/map.h"
#include "engine/apply.h"
#include "engine/moved.h"


typedef enum {
    WF_SWF_DECISION = 0,
    WF_SWF_ACTIVITY,
    WF_SWF_TIMER,
    WF_SWF_CHILD,
    WF_SWF_LAMBDA,
    WF_SWF_SIGNAL_SENT,         /* to another run, and not answered */
    WF_SWF_REQUEST_SENT,        /* of another run's cancellation */
    WF_SWF_ITEM_END
} wf_swf_item_kind_t;

/* In the order in which they are told when two are due at a time. */
typedef enum {
    WF_SWF_SCHEDULE_TO_START = 0,
    WF_SWF_START_TO_CLOSE,
    WF_SWF_SCHEDULE_TO_CLOSE,   /* a timer's delay, too */
    WF_SWF_HEARTBEAT_LATE,
    WF_SWF_TIMEOUT_END
} wf_swf_timeout_t;

#define WF_SWF_NO_LIMIT  (-1)   /* ms: NONE */

typedef struct wf_swf_item_s  wf_swf_item_t;

struct wf_swf_item_s {
    wf_heap_node_t     due;         /* the first of its time-outs */
    wf_swf_item_t     *prev;
    wf_swf_item_t     *next;
    uint64_t           no;          /* id of the event that opened it */
    uint64_t           seq;         /* of that event */
    uint64_t           started_id;  /* 0: not started */
    uint64_t           started_seq;
    uint64_t           cancel_id;   /* latest ActivityTaskCancelRequested */
    int64_t            since_ms;
    int64_t            started_ms;
    int64_t            beat_ms;     /* latest heartbeat, or the start */
    int64_t            limits[WF_SWF_TIMEOUT_END];
    uint8_t            kind;        /* wf_swf_item_kind_t */
    bool               is_delivered;
    bool               is_owed;     /* an offer, a call */
    bool               is_held;     /* a decision task behind a started one */
    wf_str_t           id;          /* the decider's name for it; or none */
    wf_str_t           run_id;      /* a child's */
    const wf_value_t  *attributes;  /* what is asked for of that event's; of a
                                       child that has started: its
                                       workflowType; NULL: delivered */
    const wf_value_t  *details;     /* of the latest heartbeat; NULL: none */
};

struct wf_swf_s {
    wf_swf_item_t     *first;
    wf_swf_item_t     *last;
    wf_map_t           numbers;     /* 8 bytes -> item */
    wf_map_t           ids[WF_SWF_ITEM_END];    /* of the first ones */
    wf_map_t           told;        /* by other runs: see wf_swf_told() */
    uint32_t           counts[WF_SWF_ITEM_END]; /* they stay after the end */
    uint32_t           children;    /* started */
    wf_swf_item_t     *scheduled;   /* decision tasks; NULL: none */
    wf_swf_item_t     *started;
    uint64_t           previous_id; /* the start of the last one completed */
    int64_t            latest_activity_ms;
    bool               is_canceling;
    bool               is_orphaned; /* has been told by its parent's policy */
    const wf_value_t  *context;     /* a string; NULL: none */
    const wf_value_t  *list;        /* instead of the run's; NULL */
    const wf_value_t  *list_timeout;    /* until it gives way; NULL */
};


/*
 * Items.  NULL: no memory, or not there.  The id stays the caller's.
 */
wf_swf_item_t *wf_swf_item_add(wf_exec_t *exec, wf_swf_item_kind_t kind,
    const wf_event_t *event, wf_str_t id);
wf_swf_item_t *wf_swf_item_find(const wf_exec_t *exec, uint64_t no);
wf_swf_item_t *wf_swf_item_named(const wf_exec_t *exec,
    wf_swf_item_kind_t kind, wf_str_t id);
void wf_swf_item_remove(wf_exec_t *exec, wf_swf_item_t *item);

/* After a change: what it waits for and owes.  WF_ERROR: no memory. */
wf_rc_t wf_swf_item_settle(wf_exec_t *exec, wf_swf_item_t *item);

/* Which of its time-outs is first, and when; WF_SWF_TIMEOUT_END: none. */
wf_swf_timeout_t wf_swf_item_due(const wf_swf_item_t *item, int64_t *due_ms);

/* At the end; the counts stay. */
void wf_swf_items_drop(wf_exec_t *exec);

/*
 * What another run has told: sender's run and the number of its event.  told:
 * was it there before?  note: WF_ERROR: no memory.
 */
bool wf_swf_told(const wf_exec_t *exec, wf_str_t run_id, uint64_t no);
wf_rc_t wf_swf_note(wf_exec_t *exec, wf_str_t run_id, uint64_t no);

/* compact.c: into another arena.  relink: the heap gets to know the places. */
wf_rc_t wf_swf_move(wf_arena_t *arena, wf_moved_t *moved, wf_swf_t **swf);
void wf_swf_relink(wf_exec_t *exec);

/* Invariants; asserts.  all: of every item, however many. */
void wf_swf_check(const wf_exec_t *exec, bool all);


#endif /* WF_SWF_STATE_H */
