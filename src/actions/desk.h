
/*
 * A worker's desk: takes decoded calls, does what they mean, hands the answer
 * back.  Knows which shards are open here; everything else goes through the
 * port to the shard's owner and back by ticket.  Free of nginx and of any
 * protocol.
 */

#ifndef WF_DESK_H
#define WF_DESK_H


#include "base/heap.h"
#include "shard/shard.h"
#include "shard/task.h"
#include "wire/call.h"
#include "wire/mock_config.h"
#include "wire/policy.h"
#include "wire/service.h"


typedef struct wf_desk_s    wf_desk_t;
typedef struct wf_action_s  wf_action_t;
typedef struct wf_call_s    wf_call_t;

/* Operator's settings. */
typedef struct {
    uint32_t   shard_count;
    uint32_t   owner_wait_ms;   /* how long a call waits for a shard that has
                                   no owner (reload, crash); default 15 s */
    uint32_t   task_poll_ms;    /* how long who asks for a task is kept
                                   waiting; default 60 s */
    uint32_t   swf_poll_ms;     /* the same for deciders and workers of SWF;
                                   default 58 s */
    bool       keeps_express;   /* Express executions of schedules are written
                                   when they are over */
} wf_desk_settings_t;

/*
 * A request inside the desk.  Made by wf_call_create(), with its own arena;
 * the edge fills action, args and done, calls wf_call_run(), and gets done()
 * exactly once (maybe from inside wf_call_run()), unless it abandons the call
 * first.  The reply is valid until wf_call_free().
 */
struct wf_call_s {
    wf_arena_t          *arena;
    wf_desk_t           *desk;
    const wf_action_t   *action;
    wf_args_t            args;
    const wf_policy_t   *policy;        /* what the caller may do; NULL:
                                           everything.  Outlives the call */
    bool                 keeps_express; /* what it runs as Express is written
                                           when it is over */
    wf_reply_t           reply;
    wf_error_t          *err;           /* reply.error points here; one for
                                           all calls, good during done() */
    void               (*done)(wf_call_t *call);
    void                *data;          /* the edge's */
    void                *state;         /* the desk's own */
};

wf_desk_t *wf_desk_create(wf_port_t *port, const wf_desk_settings_t *settings);
void wf_desk_free(wf_desk_t *desk);

/* The operator's; used until others come.  count 0: one, called "local". */
void wf_desk_regions(wf_desk_t *desk, const wf_region_t *regions,
    uint32_t count);

/* The operator's; used until another comes.  NULL: there are no test cases. */
void wf_desk_mocks(wf_desk_t *desk, const wf_mock_config_t *mocks);

/* NULL: unknown. */
/* How many there are, and which of them this is. */
uint32_t wf_action_count(void);
uint32_t wf_action_no(const wf_action_t *action);
const wf_action_t *wf_action_find(const char *protocol, wf_str_t name);
const char *wf_action_name(const wf_action_t *action);

wf_call_t *wf_call_create(wf_desk_t *desk);             /* NULL: no memory */
void wf_call_run(wf_call_t *call, int64_t now_ms);

/* The client is gone: done() will not be called; the call frees itself. */
void wf_call_abandon(wf_call_t *call);

/* After done(). */
void wf_call_free(wf_call_t *call);

/* The worker is leaving: parked polls are answered now, with what is known. */
void wf_desk_release_polls(wf_desk_t *desk, int64_t now_ms);

/* The action that removes everything, of no protocol: for tests.  Answered
 * when it is done. */
const wf_action_t *wf_desk_reset(void);

/* It was, flows with numbers below flow_no are gone: polls are answered, the
 * Express executions of such flows fail. */
void wf_desk_was_reset(wf_desk_t *desk, uint64_t flow_no, int64_t now_ms);

/* Calls that have no answer yet, parked ones among them. */
uint32_t wf_desk_waiting(const wf_desk_t *desk);


/* The world's entry points. */
void wf_desk_tick(wf_desk_t *desk, int64_t now_ms);     /* port->arm */
void wf_desk_turn(wf_desk_t *desk, int64_t now_ms);     /* port->turn */

/* A message that port->send() of some worker sent to shard_no's owner: us.
 * Not ours (any more): answered as "not the owner", the origin tries again. */
void wf_desk_message(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message, int64_t now_ms);

/* A message that port->reply() sent to one of our tickets. */
void wf_desk_reply(wf_desk_t *desk, wf_ticket_t ticket, wf_str_t message,
    int64_t now_ms);

/* shard_no has a (new) owner: calls that waited for it or were sent to the
 * one before go out again, watches are set again. */
void wf_desk_owner(wf_desk_t *desk, uint32_t shard_no, int64_t now_ms);

/* We own shard_no now / no longer (after port->closed()). */
void wf_desk_shard_open(wf_desk_t *desk, wf_shard_t *shard, int64_t now_ms);
void wf_desk_shard_closed(wf_desk_t *desk, wf_shard_t *shard, int64_t now_ms);
wf_shard_t *wf_desk_shard(wf_desk_t *desk, uint32_t shard_no); /* NULL: no */

wf_catalog_t *wf_desk_catalog(wf_desk_t *desk);

/* port->task(). */
void wf_desk_task(wf_desk_t *desk, wf_task_t *task, int64_t now_ms);


/* An outbound call; the desk's until done(). */
struct wf_outbound_s {
    wf_service_request_t    request;
    const wf_task_t        *task;       /* for variables and logs */
    wf_arena_t             *arena;      /* the request's */
    int64_t                 deadline_ms;    /* 0: none */
    bool                    is_lost;    /* set when the worker leaves */
    void                  (*done)(wf_outbound_t *out,
                                  const wf_service_answer_t *answer,
                                  int64_t now_ms);
    void                   *data;       /* the desk's */
    void                   *world;      /* the port's */
};


#endif /* WF_DESK_H */
