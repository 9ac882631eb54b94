
/*
 * The shard from inside: its state and the calls between the files of this
 * room that make it up.  Nobody else includes this.
 *
 *   shard.c    life table, turn, drain, abandon, falling
 *   live.c     who is running: table and heap; loaded.c, errand.c
 *   serve.h    submits: what only the owner can know; start.c, stop.c,
 *              redrive.c, report.c, keep.c
 *   load.c     bringing a resting execution back; recover.c, opening
 *   run.c      one input into the engine; timers, continuations
 *   tasks.h    calls that are away; what ends leave to be said
 *   commit.c   batches: gather, seal, release; answer.c
 *   publish.h  shard 0: the catalogue's owner; schedules.h, farewell.h
 *   retain.c   what is over for long is erased; used.h; reset.h: everything
 */

#ifndef WF_INSIDE_H
#define WF_INSIDE_H


#include "shard/commit.h"
#include "shard/errand.h"
#include "shard/farewell.h"
#include "shard/outbox.h"
#include "shard/retain.h"
#include "shard/schedules.h"
#include "shard/used.h"


typedef enum {
    WF_SHARD_OPEN = 0,
    WF_SHARD_DRAINING,
    WF_SHARD_DOWN,
    WF_SHARD_CLOSED
} wf_shard_state_t;

struct wf_shard_s {
    wf_port_t         *port;
    wf_catalog_t      *catalog;
    uint32_t           no;
    uint8_t            state;           /* wf_shard_state_t */
    bool               wants_turn;
    bool               has_fallen;      /* DOWN, and all have been told */
    bool               is_wiped;        /* DOWN, but nothing is wrong */
    int64_t            now_ms;          /* never runs backwards */
    int64_t            armed_ms;        /* 0: not */
    uint64_t           epoch;
    uint64_t           exec_no;         /* last used */
    uint64_t           reset_no;        /* flows below are gone for ever */
    wf_error_t        *fault;           /* why it is DOWN; in keep */
    wf_error_t        *throttled;       /* WF_QUEUE_MAX reached; in keep */
    wf_arena_t        *keep;            /* lives as long as the shard */
    wf_arena_t        *scratch;         /* reset after each use */
    wf_lives_t        *lives;

    /* commit.c */
    wf_batch_t        *open;            /* gathering; NULL: nothing yet */
    bool               holds_batch;     /* it takes one more, full or not */
    wf_batch_t        *sealed;          /* full ones that wait */
    wf_batch_t       **last_sealed;
    wf_batch_t        *flight;
    wf_batch_t        *spare;
    wf_submit_t       *refused;         /* to fail at the next turn */
    wf_submit_t      **last_refused;
    uint32_t           waiting;         /* submits not answered yet */

    const wf_record_t *found;           /* while an ENDED one is served */
    uint64_t           barred[WF_BARRED_MAX];   /* keys: stopped unstarted */
    uint32_t           barred_count;    /* ever */

    /* load.c, run.c */
    wf_loaded_t       *yielded;         /* CONTINUE is owed */
    wf_loaded_t      **last_yielded;
    wf_errand_t       *replays;         /* chunks are here */
    wf_errand_t      **last_replay;
    uint32_t           load_count;      /* reads away for loading */
    wf_table_t         calls;           /* away: tasks.c */
    uint32_t           held;            /* of them: it stays for these */
    wf_outbox_t        outbox;
    wf_used_t          used;
    wf_retain_t        retain;

    /* flows.c */
    wf_table_t         flows;           /* by name */
    wf_slab_t          flow_slab;
    uint64_t           flow_no;         /* last used */
    uint32_t           domain_count;    /* of SWF, among them */
    wf_table_t         notes;           /* notes.c: by name */
    uint32_t           type_count;      /* of SWF, among them */
    wf_farewell_t      farewell;
    wf_schedules_t     schedules;       /* fires.c */
    wf_shard_stats_t   stats;
};


/* shard.c */
void wf_shard_want_turn(wf_shard_t *shard);
void wf_shard_arm(wf_shard_t *shard);
void wf_shard_now(wf_shard_t *shard, int64_t now_ms);
/* Steps down; the rest happens at the next turn.  err: copied. */
void wf_shard_down(wf_shard_t *shard, const wf_error_t *err);
void wf_shard_oom(wf_shard_t *shard);
/* done() with a retryable error, from the next turn. */
void wf_shard_refuse(wf_shard_t *shard, wf_submit_t *submit);
/* The only place that calls done(). */
void wf_shard_answer(wf_shard_t *shard, const wf_answer_t *answer);
void wf_shard_log(wf_shard_t *shard, const wf_live_t *live, const char *what,
    const wf_error_t *err);

/* load.c */
void wf_load_begin(wf_shard_t *shard, wf_live_t *live);
/* One that is over: it is served in RUNNING, once and before anything else,
 * or as one that is not there. */
void wf_load_ended(wf_shard_t *shard, wf_live_t *live);
/* It is not to be here after all: nobody is told of what it was. */
void wf_load_drop(wf_shard_t *shard, wf_live_t *live);
void wf_load_replays(wf_shard_t *shard);
/* Does its flow still exist?  AGAIN: an errand is on its way. */
wf_rc_t wf_load_check(wf_shard_t *shard, wf_live_t *live);

/* run.c */
wf_rc_t wf_run_input(wf_shard_t *shard, wf_live_t *live, wf_input_t *input);
/* A timer, a continuation, a deleted flow: whatever is owed now. */
void wf_run_touch(wf_shard_t *shard, wf_live_t *live);
void wf_run_due(wf_shard_t *shard);
void wf_run_yielded(wf_shard_t *shard);
bool wf_run_is_saturated(const wf_shard_t *shard);
/* When loaded is to be looked at again; 0: never. */
int64_t wf_run_due_ms(const wf_loaded_t *loaded);

/* flows.c */
wf_rc_t wf_flows_adopt(wf_shard_t *shard, const wf_recovery_t *recovery);
void wf_flows_submit(wf_shard_t *shard, wf_submit_t *submit);

#endif /* WF_INSIDE_H */
