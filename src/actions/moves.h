
/*
 * What may happen to a waiting call, and what follows: the inputs and moves
 * of the table in life.c.
 */

#ifndef WF_MOVES_H
#define WF_MOVES_H


#include "actions/message.h"
#include "actions/place.h"


typedef enum {
    WF_IN_OWNER = 0,    /* its shard has a (new) owner */
    WF_IN_RETRY,        /* "not the owner" was a while ago */
    WF_IN_ANSWER,
    WF_IN_LOST,         /* not the owner, or it fell */
    WF_IN_CLOSED,       /* our own shard went, with its watches */
    WF_IN_NOTICE,       /* the watched execution is over */
    WF_IN_DEADLINE,
    WF_IN_RELEASE,      /* the worker is leaving */
    WF_IN_ABANDON,
    WF_IN_END
} wf_life_input_t;

typedef struct {
    int64_t             now_ms;
    const wf_saying_t  *answer;     /* ANSWER, LOST */
    wf_str_t            message;    /* NOTICE */
} wf_input_args_t;

typedef void (*wf_move_pt)(wf_life_t *life, const wf_input_args_t *in);

void wf_life_input(wf_life_t *life, wf_life_input_t type,
    const wf_input_args_t *in);
/* For all calls of a shard. */
void wf_life_input_all(wf_place_t *place, wf_life_input_t type,
    int64_t now_ms);


/* life.c */
void wf_move_drop(wf_life_t *life, const wf_input_args_t *in);
void wf_move_orphan(wf_life_t *life, const wf_input_args_t *in);

/* route.c */
void wf_move_route(wf_life_t *life, const wf_input_args_t *in);
void wf_move_route_anew(wf_life_t *life, const wf_input_args_t *in);
void wf_move_finish(wf_life_t *life, const wf_input_args_t *in);
void wf_move_wait(wf_life_t *life, const wf_input_args_t *in);
void wf_move_give_up(wf_life_t *life, const wf_input_args_t *in);

/* watch.c */
void wf_move_watch(wf_life_t *life, const wf_input_args_t *in);
void wf_move_watch_late(wf_life_t *life, const wf_input_args_t *in);
void wf_move_watch_lost(wf_life_t *life, const wf_input_args_t *in);
void wf_move_ended(wf_life_t *life, const wf_input_args_t *in);
void wf_move_look(wf_life_t *life, const wf_input_args_t *in);

/* stand.c */
void wf_move_join(wf_life_t *life, const wf_input_args_t *in);
void wf_move_join_late(wf_life_t *life, const wf_input_args_t *in);
void wf_move_join_lost(wf_life_t *life, const wf_input_args_t *in);
void wf_move_told(wf_life_t *life, const wf_input_args_t *in);
void wf_move_stood(wf_life_t *life, const wf_input_args_t *in);
void wf_move_met_long(wf_life_t *life, const wf_input_args_t *in);
void wf_move_release(wf_life_t *life, const wf_input_args_t *in);


#endif /* WF_MOVES_H */
