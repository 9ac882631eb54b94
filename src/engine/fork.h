
/*
 * Forks: what a Parallel or Map has come to, and the run of a distributed Map.
 * Only apply changes them; they live in exec->arena.
 */

#ifndef WF_FORK_H
#define WF_FORK_H


#include "engine/event.h"


/* A distributed Map that runs or ran (cloudflow-api 3.27, 6.7). */
typedef struct {
    wf_str_t   name;            /* 32 hex digits */
    uint8_t    status;          /* wf_status_t; STOPPED: aborted */
    uint32_t   node;            /* of the Map */
    int64_t    started_ms;
    int64_t    stopped_ms;      /* 0: it runs */
    uint32_t   concurrency;
    uint32_t   tolerated_count;     /* UINT32_MAX: not set */
    double     tolerated_percentage; /* < 0: not set */
    uint32_t   total;
    uint32_t   pending;
    uint32_t   running;
    uint32_t   succeeded;
    uint32_t   failed;
    uint32_t   aborted;
    uint32_t   pending_redrive; /* unsuccessful ones, to be taken up again */
    uint32_t   not_redrivable;  /* of the failed ones */
    uint32_t   redrive_count;
    int64_t    redriven_ms;     /* 0: never */
} wf_map_run_t;

typedef struct wf_map_run_link_s  wf_map_run_link_t;

struct wf_map_run_link_s {
    wf_map_run_link_t  *next;       /* the one before it */
    wf_map_run_t        run;
};

/* Which execution began the run of that name, as its identity numbers it;
 * nonsense for a name that is none of ours. */
uint64_t wf_map_run_origin(wf_str_t name);

/* What a Parallel or Map has come to. */
typedef struct {
    const wf_value_t   *items;      /* Map; NULL: Parallel */
    const wf_value_t   *input;      /* of all branches; NULL: the owner's */
    uint64_t            cause_id;   /* what the next branch follows; of a run
                                       that is over: its end */
    const wf_value_t  **results;    /* by place; NULL: none yet, or failed */
    uint32_t            room;       /* of results: at least as many as started,
                                       and some for none */
    size_t              result_bytes;   /* of results, as JSON */
    uint32_t            count;
    uint32_t            started;    /* places, in order */
    uint32_t            running;
    uint32_t            width;      /* at a time */
    uint32_t            redo;       /* next place to be taken up again, */
    uint32_t            redo_end;   /* of those that had started then */
    bool                is_over;    /* MAP_RUN_SUCCEEDED recorded */
    bool                is_unread;  /* items are still to be read */
    uint64_t            task;       /* reader's or writer's; 0: none */
    const wf_value_t   *request;    /* of that task */
    const wf_value_t   *written;    /* where results are; NULL: nowhere yet */
    wf_map_run_t       *run;        /* distributed; else NULL */
} wf_fork_t;


#endif /* WF_FORK_H */
