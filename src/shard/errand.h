
/*
 * Who waits for an execution: submits, while something is read or compiled
 * for it, and watches, which want to hear of its end.
 */

#ifndef WF_ERRAND_H
#define WF_ERRAND_H


#include "shard/loaded.h"
#include "shard/reads.h"
#include "shard/shard.h"


/* Something is away, or submits wait. */
struct wf_errand_s {
    wf_shard_t       *shard;
    wf_live_t        *live;
    wf_submit_t      *first;        /* submits, in order */
    wf_submit_t     **last;
    wf_fetch_t       *fetch;        /* away, or being used */
    wf_waiter_t       waiter;
    bool              is_away;      /* fetch has not come back */
    bool              is_waiting;   /* for the catalogue */
    bool              is_replaying; /* among shard->replays */
    bool              is_ended;     /* what is over is loaded, to be redriven */
    wf_loaded_t      *loaded;       /* being built */
    uint32_t          chunk;        /* next one to replay */
    uint64_t          last_seq;     /* that the store promised */
    wf_errand_t      *next_replay;
    wf_errand_t      *next;         /* all errands, in order */
    wf_errand_t     **prev;
};

/* One ticket that waits for the end of one execution. */
struct wf_watch_s {
    wf_link_t      link;            /* first: by ticket */
    wf_ticket_t    ticket;
    wf_live_t     *live;
    wf_watch_t    *next;            /* of the same execution */
    wf_watch_t    *prev;
};


/* There is one, or one is made; NULL: no memory. */
wf_errand_t *wf_errand_of(wf_shard_t *shard, wf_lives_t *lives,
    wf_live_t *live);
void wf_errand_queue(wf_errand_t *errand, wf_submit_t *submit);
void wf_errand_push(wf_errand_t *errand, wf_submit_t *submit);  /* in front */
wf_submit_t *wf_errand_take(wf_errand_t *errand);       /* NULL: none */
/* Cancels what is away; no submit waits any more. */
void wf_errand_remove(wf_lives_t *lives, wf_errand_t *errand);

wf_rc_t wf_watch_add(wf_lives_t *lives, wf_live_t *live, wf_ticket_t ticket);
void wf_watch_remove(wf_lives_t *lives, wf_watch_t *watch);
wf_watch_t *wf_watch_find(const wf_lives_t *lives, wf_ticket_t ticket);


#endif /* WF_ERRAND_H */
