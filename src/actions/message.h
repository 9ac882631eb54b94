
/*
 * What desks say to each other: work for the owner of a shard and its
 * answers.  The first byte is the kind; kinds below WF_NOTICE_ACTIONS are the
 * shard's own (shard/notice.h).  Strings of what is decoded point into the
 * message.
 *
 * attempt counts how often a call was sent; an answer repeats it, so that
 * "not mine" of an owner before the last one is known to be stale.
 */

#ifndef WF_MESSAGE_H
#define WF_MESSAGE_H


#include "shard/notice.h"
#include "shard/shard.h"


typedef enum {
    /* to the owner */
    WF_SAY_SUBMIT = WF_NOTICE_ACTIONS,
    WF_SAY_WATCH,
    WF_SAY_UNWATCH,             /* no answer */
    WF_SAY_JOIN,                /* a task list */
    WF_SAY_LEAVE,               /* all of them; no answer */

    /* to a ticket */
    WF_SAY_RECORD,              /* done */
    WF_SAY_FLOW,                /* done */
    WF_SAY_NOTHING,             /* done, nothing to show */
    WF_SAY_EVENT,               /* done */
    WF_SAY_MAP_RUN,             /* done */
    WF_SAY_VERSION,             /* done */
    WF_SAY_ALIAS,               /* done */
    WF_SAY_SCHEDULE,            /* done */
    WF_SAY_ERROR,
    WF_SAY_NOT_OWNER,           /* nothing was done */
    WF_SAY_FELL,                /* the shard stepped down; maybe done */

    /* about task lists: message_list.h */
    WF_SAY_TAKEN,               /* to who offers: somebody is there for it */
    WF_SAY_MET,                 /* to who polls: somebody has something */
    WF_SAY_REJOIN,              /* to who polls: it was not needed */
    WF_SAY_HAND,                /* to who polls: a task */
    WF_SAY_RECEIVED,            /* to who hands: it went to its client */
    WF_SAY_REFUSED,             /* to who hands: nobody is there */
    WF_SAY_END
} wf_say_t;

/* 0: empty. */
uint8_t wf_message_kind(wf_str_t message);

/* Everything of a submit but what is the giver's own. */
void wf_message_submit(wf_buf_t *buf, uint32_t attempt,
    const wf_submit_t *submit);
/* Its last part (flow, ...) is made in arena.  WF_ERROR: malformed, or no
 * memory. */
wf_rc_t wf_message_submit_decode(wf_arena_t *arena, wf_str_t message,
    uint32_t *attempt, wf_submit_t *submit);

typedef struct {
    uint32_t   attempt;
    uint64_t   flow_no;
    wf_str_t   name;
} wf_watching_t;

/* kind: WATCH, UNWATCH. */
void wf_message_watch(wf_buf_t *buf, wf_say_t kind,
    const wf_watching_t *watching);
wf_rc_t wf_message_watch_decode(wf_str_t message, wf_watching_t *watching);

void wf_message_record(wf_buf_t *buf, uint32_t attempt,
    const wf_record_t *record);
void wf_message_flow(wf_buf_t *buf, uint32_t attempt, const wf_flow_t *flow);
void wf_message_error(wf_buf_t *buf, uint32_t attempt, const wf_error_t *err);
void wf_message_event(wf_buf_t *buf, uint32_t attempt, uint64_t event_id);
void wf_message_map_run(wf_buf_t *buf, uint32_t attempt,
    const wf_map_run_t *run);
void wf_message_version(wf_buf_t *buf, uint32_t attempt,
    const wf_flow_version_t *version);
void wf_message_alias(wf_buf_t *buf, uint32_t attempt,
    const wf_flow_alias_t *alias);
void wf_message_schedule(wf_buf_t *buf, uint32_t attempt,
    const wf_schedule_t *schedule);
/* kind: NOTHING, NOT_OWNER, FELL. */
void wf_message_bare(wf_buf_t *buf, wf_say_t kind, uint32_t attempt);

typedef struct wf_saying_s  wf_saying_t;

struct wf_saying_s {
    uint8_t       kind;         /* wf_say_t, RECORD and above */
    uint32_t      attempt;
    wf_record_t   record;       /* RECORD */
    wf_flow_t     flow;         /* FLOW */
    uint64_t      event_id;     /* EVENT */
    wf_map_run_t  map_run;      /* MAP_RUN */
    wf_flow_version_t  version; /* VERSION */
    wf_flow_alias_t    alias;   /* ALIAS */
    wf_schedule_t      schedule;    /* SCHEDULE */
    wf_error_t    err;          /* ERROR */
};

/* WF_ERROR: malformed, or no answer. */
wf_rc_t wf_message_answer_decode(wf_str_t message, wf_saying_t *answer);


#endif /* WF_MESSAGE_H */
