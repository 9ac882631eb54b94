
/*
 * A call's life inside the desk.  Nobody outside this room includes this.
 *
 * An action's begin function starts a call; each step ends by asking for
 * something (a flow, a read, a commit, the end of an execution) and naming
 * the function to go on with, or by answering.  After either the call may be
 * gone: it is the last thing that a function does.
 */

#ifndef WF_LIFE_H
#define WF_LIFE_H


#include "actions/desk.h"
#include "shard/reads.h"


typedef struct wf_life_s  wf_life_t;
typedef struct wf_job_s   wf_job_t;
typedef struct wf_due_s   wf_due_t;
typedef struct wf_express_s  wf_express_t;
typedef struct wf_pinned_s  wf_pinned_t;
typedef struct wf_standing_s  wf_standing_t;

typedef void (*wf_go_pt)(wf_life_t *life, int64_t now_ms);
typedef struct wf_saying_s  wf_saying_t;
/* In no list any more; the answer lasts as long as the call of this. */
typedef void (*wf_after_pt)(wf_life_t *life, const wf_saying_t *answer,
    int64_t now_ms);

/* A call that the desk itself makes for a task: it is answered with what the
 * owner said alone, and may be made again. */
typedef struct {
    const wf_task_t  *task;
    uint64_t          key;          /* of the submit: same for a repeat */
    uint64_t          start_key;    /* a stop's */
    uint32_t          depth;        /* a start's */
    uint32_t          root_scope;
    bool              wants_reply;  /* answered as a client, after all */
} wf_internal_t;

/* The table of moves and its invariants are in life.c. */
typedef enum {
    WF_LIFE_IDLE = 0,       /* not begun */
    WF_LIFE_LOOKING,        /* waits for the catalogue */
    WF_LIFE_READING,        /* waits for a reader thread */
    WF_LIFE_WAITING,        /* its shard has no owner */
    WF_LIFE_SENT,           /* the owner, another worker, has it */
    WF_LIFE_SUBMITTED,      /* our own shard has it */
    WF_LIFE_WATCHING,       /* parked until an execution ends */
    WF_LIFE_RUNNING,        /* an Express execution will answer it */
    WF_LIFE_STANDING,       /* in a task list */
    WF_LIFE_MET,            /* asked for a task; somebody has one */
    WF_LIFE_HANDING,        /* waits for word from who gets the task */
    WF_LIFE_DONE,           /* answered */
    WF_LIFE_STATES
} wf_life_state_t;

/* Something due; part of what is meant. */
struct wf_due_s {
    wf_heap_node_t   node;
    void           (*fire)(wf_desk_t *desk, wf_due_t *due, int64_t now_ms);
};

/* call->state; in the call's arena. */
struct wf_life_s {
    wf_call_t        *call;
    uint8_t           state;        /* wf_life_state_t */
    bool              is_orphan;    /* abandoned, but the shard has it */
    bool              is_set;       /* WATCHING: the owner was told */
    bool              is_keeper;    /* its Express execution is to be written,
                                       and the reply waits for that */
    bool              is_left;      /* a keeper: abandoned */
    uint8_t           fall_count;   /* shards that fell under it */
    uint8_t           look_count;   /* looks without a result */
    uint32_t          attempt;      /* times it was sent or submitted */
    uint32_t          attempt_first;    /* before this submit */
    uint32_t          shard_no;
    uint32_t          ticket;       /* index + 1; 0: none */
    wf_due_t          due;
    int64_t           until_ms;     /* when the wait for an owner, or the
                                       poll, ends; 0: no poll */
    wf_life_t        *next;         /* of the same shard */
    wf_life_t       **prev;         /* NULL: in no list */
    wf_waiter_t       waiter;
    wf_go_pt          go;           /* after LOOKING and READING */
    wf_go_pt          missing;      /* LOOKING: there is no such flow; NULL:
                                       that is the answer */
    wf_go_pt          found;        /* an execution was looked for: record and
                                       revision are here; NULL: they are the
                                       answer */
    wf_after_pt       after;        /* the owner's answer is not yet the
                                       client's; NULL: it is */
    void             *after_data;   /* of after; in the call's arena */
    bool              is_exact;     /* submits are idempotent */
    wf_revision_t    *revision;     /* held until the call goes */
    wf_fetch_t       *fetch;        /* away, or its answer */
    wf_job_t         *job;          /* away, or its answer */
    wf_arena_t       *scratch;      /* what a parked call need not keep */
    wf_submit_t      *submit;
    wf_record_t      *record;
    wf_express_t     *express;      /* RUNNING */
    struct wf_probe_s  *probe;      /* it is one state on trial; else NULL.
                                       In revision's arena */
    wf_standing_t    *standing;     /* STANDING, MET, HANDING */
    wf_pinned_t      *pinned;       /* a start's; NULL: no qualifier */
    struct wf_swf_type_s  *types;   /* of SWF, looked for or at */
    const wf_internal_t  *internal; /* NULL: a client's */
};

#define wf_arg(life, id)  wf_args_get(&(life)->call->args, WF_ARG_##id)


/* Answers; the call may be gone afterwards. */
void wf_life_done(wf_life_t *life);
/* ... with the error in call->err. */
void wf_life_failed(wf_life_t *life);
void wf_life_fail(wf_life_t *life, wf_error_code_t code, wf_str_t first,
    wf_str_t second);
void wf_life_no_memory(wf_life_t *life);

/* Current revision of a flow by name -> life->revision; FLOW_NOT_FOUND. */
void wf_life_flow(wf_life_t *life, wf_str_t name, wf_go_pt go,
    int64_t now_ms);

/* That revision -> life->revision; if it has gone with its flow the one held
 * stays, or there is none (calls with a token). */
void wf_life_revision(wf_life_t *life, uint64_t flow_no, uint64_t revision_no,
    wf_go_pt go, int64_t now_ms);

/* READING; life->fetch or life->job is away. */
void wf_life_read(wf_life_t *life, wf_go_pt go);

/* Drops what a parked call need not keep. */
void wf_life_forget(wf_life_t *life);

void wf_life_abandon(wf_life_t *life);
void wf_life_free(wf_life_t *life);

/* Into and out of a list by shard. */
void wf_life_list(wf_life_t **list, wf_life_t *life);
void wf_life_unlist(wf_life_t *life);

/* Replaces the one before. */
wf_rc_t wf_life_deadline(wf_life_t *life, int64_t due_ms);


#endif /* WF_LIFE_H */
