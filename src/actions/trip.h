
/*
 * A task of a shard of ours on its trip through this desk: to a service by
 * way of the port, or to another execution by way of a call of our own.
 * Nobody outside this room includes this.
 */

#ifndef WF_TRIP_H
#define WF_TRIP_H


#include "actions/place.h"


/* In the task's arena; goes with the task. */
struct wf_trip_s {
    wf_desk_t           *desk;
    wf_task_t           *task;
    wf_service_call_t    call;
    wf_outbound_t        out;
    wf_arena_t          *ask_arena;     /* of a question about a job; NULL */
    wf_connection_t      connection;    /* of an HTTP task: call.connection */
    wf_internal_t        internal;      /* of the call that is made */
    wf_call_t           *inner;         /* that call; NULL: none is away */
    wf_due_t             due;           /* the next try */
    unsigned             try_count;
    bool                 has_claimed;   /* fire.c */
    bool                 is_redrive;    /* child.c: of a map run's child that
                                           is there */
    wf_str_t             flow;          /* child.c: what is started, stopped */
    wf_str_t             qualifier;     /* empty: the newest revision */
    wf_str_t             test_case;     /* empty: none */
    wf_str_t             name;          /* empty: derived */
    wf_str_t             input;
    wf_trip_t           *next;
    wf_trip_t          **prev;
};

typedef void (*wf_trip_pt)(wf_trip_t *trip, int64_t now_ms);


/* The end of a trip; trip and task are gone then. */
void wf_trip_done(wf_trip_t *trip, const wf_task_result_t *result,
    int64_t now_ms);
void wf_trip_fail(wf_trip_t *trip, wf_str_t error, wf_str_t cause,
    int64_t now_ms);
/* Nothing is known, or no memory: the shard asks again. */
void wf_trip_lost(wf_trip_t *trip, int64_t now_ms);
/* Is done with; nothing to tell. */
void wf_trip_settled(wf_trip_t *trip, int64_t now_ms);

/* A call of our own; done() hears of it.  NULL: no memory. */
wf_call_t *wf_trip_call(wf_trip_t *trip, const wf_action_t *action,
    void (*done)(wf_call_t *call));
/* The answer is here; the call goes. */
void wf_trip_call_free(wf_trip_t *trip);

/* 16 bytes that only this task has, and no one can guess; no: of several. */
void wf_trip_derive(const wf_desk_t *desk, const wf_task_t *task, unsigned no,
    uint8_t out[16]);

void wf_trip_free_all(wf_desk_t *desk);

/* child.c: for tasks that are sub-flows. */
void wf_child_call(wf_trip_t *trip, int64_t now_ms);
void wf_child_stop(wf_trip_t *trip, int64_t now_ms);

/* offer.c: for tasks that somebody asks for. */
void wf_offer_call(wf_trip_t *trip, int64_t now_ms);

/* loop.c: for tasks that call Step Functions itself. */
void wf_loop_call(wf_trip_t *trip, int64_t now_ms);

/* follow.c: for tasks whose job has begun at a service that is asked about it;
 * and for a parcel that stops one. */
void wf_follow_call(wf_trip_t *trip, int64_t now_ms);
void wf_follow_stop(wf_trip_t *trip, int64_t now_ms);

/* fire.c: a schedule is due. */
void wf_fire_call(wf_trip_t *trip, int64_t now_ms);

/* swf_messages.c: from one run of SWF to another. */
void wf_swf_deliver(wf_trip_t *trip, int64_t now_ms);

/* reports.c */
void wf_report_deliver(wf_trip_t *trip, int64_t now_ms);


#endif /* WF_TRIP_H */
