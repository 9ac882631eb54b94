
/*
 * Executions that live in the memory of this worker alone (cloudflow-api 6.1,
 * Express).  Nobody outside this room includes this.
 */

#ifndef WF_EXPRESS_H
#define WF_EXPRESS_H


#include "actions/place.h"


struct wf_express_s {
    wf_desk_t       *desk;
    wf_life_t       *life;          /* NULL: its client is gone */
    wf_revision_t   *revision;      /* held */
    wf_exec_t       *exec;          /* its home holds all of this */
    wf_arena_t      *arena;         /* of one step, and of the answer */
    wf_identity_t    identity;
    uint64_t         no;            /* unpredictable: keys come from it */
    wf_task_t       *tasks;         /* calls that are away */
    wf_task_t       *results;       /* back while it was at work */
    wf_task_t       *lost;          /* to be made again */
    uint32_t         lost_count;    /* so far */
    wf_buf_t         events;        /* a keeper's, in its call's arena */
    uint32_t         event_count;
    wf_due_t         due;
    bool             is_busy;       /* in the engine, or making calls */
    bool             is_cut;        /* CONTINUE is owed */
    bool             has_yielded;
    wf_express_t    *next_yielded;
    wf_express_t    *next;
    wf_express_t   **prev;
};


/* With the flow at hand: runs it, and answers when it is over. */
void wf_express_start(wf_life_t *life, int64_t now_ms);

/* Flows with lower numbers are gone, and so are these. */
void wf_express_end_below(wf_desk_t *desk, uint64_t flow_no);

/* The client is gone: the execution goes on without it. */
void wf_express_forsake(wf_express_t *express);

/* Those that yielded go on. */
void wf_express_turn(wf_desk_t *desk, int64_t now_ms);

/* The desk ends. */
void wf_express_free_all(wf_desk_t *desk);

void wf_express_free(wf_express_t *express);

/* sfn_test.c: the state on trial is over. */
void wf_sfn_test_answer(wf_life_t *life);


/* express_answer.c: the name, in arena (none: no memory); the input, as the
 * client gave it. */
wf_str_t wf_express_name(wf_life_t *life, wf_arena_t *arena);
wf_str_t wf_express_input(const wf_life_t *life);

/* It is over, and goes; its call is answered, or its shard asked first. */
void wf_express_answer(wf_express_t *express, int64_t now_ms);


#endif /* WF_EXPRESS_H */
