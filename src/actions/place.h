
/*
 * The desk from inside: shards as this worker sees them, the calls that wait
 * for each, their tickets and deadlines; who commits a call, who is told when
 * an execution ends.
 */

#ifndef WF_PLACE_H
#define WF_PLACE_H


#include "actions/life.h"
#include "shard/qualify.h"
#include "shard/tasklist.h"


typedef struct wf_guest_s  wf_guest_t;
typedef struct wf_trip_s   wf_trip_t;
typedef struct wf_match_s  wf_match_t;

/* A shard as this worker sees it. */
typedef struct {
    wf_shard_t    *shard;           /* NULL: not here */
    wf_life_t     *lives;           /* WAITING, SENT, WATCHING, STANDING,
                                       MET */
    wf_match_t    *matches;         /* offer.c: of its tasks */
    wf_due_t       retry;
    int64_t        retry_ms;        /* the next delay */
    wf_tasklists_t  *lists;         /* whose home it is; NULL: none yet */
} wf_place_t;

typedef struct {
    wf_life_t     *life;            /* NULL: free */
    uint32_t       generation;
    uint32_t       next_free;       /* index + 1 */
} wf_ticket_slot_t;

#define WF_TICKET_BLOCK       256
#define WF_TICKET_BLOCKS_MAX  4096

struct wf_desk_s {
    wf_port_t           *port;
    wf_desk_settings_t   settings;
    wf_arena_t          *arena;
    wf_catalog_t        *catalog;
    const wf_region_t   *regions;
    uint32_t             region_count;
    const wf_mock_config_t  *mocks;     /* NULL: none */
    wf_qualifiers_t     *qualifiers;
    wf_heap_t            due;
    int64_t              armed_ms;      /* 0: not */
    int64_t              now_ms;        /* of the last event, about */
    bool                 is_leaving;    /* polls are not parked any more */
    bool                 is_ending;     /* nobody is told any more */
    uint32_t             turn_no;       /* who comes first in it */
    uint32_t             call_count;    /* begun, not answered */
    wf_place_t          *places;        /* by shard */
    wf_guest_t          *guests;
    wf_trip_t           *trips;
    wf_table_t           matches;       /* offer.c */
    struct wf_bearer_s  *bearers;       /* web.c */
    uint32_t             bearer_count;
    wf_express_t        *expresses;
    wf_express_t        *yielded;       /* of them */
    wf_express_t       **last_yielded;
    uint32_t             express_count;
    wf_arena_t          *scratch;       /* of one step of theirs */
    wf_error_t           err;           /* of the call that fails now */
    wf_ticket_slot_t   **tickets;       /* blocks */
    uint32_t             ticket_count;
    uint32_t             ticket_free;   /* index + 1 */
};


/*
 * desk.c
 */

/* Heap and port->arm. */
wf_rc_t wf_desk_due(wf_desk_t *desk, wf_due_t *due, int64_t due_ms);
void wf_desk_arm(wf_desk_t *desk);


/* guest.c */
void wf_guest_free_all(wf_desk_t *desk);


/*
 * ticket.c
 */

wf_rc_t wf_ticket_take(wf_life_t *life);        /* it may have one */
void wf_ticket_give(wf_life_t *life);
wf_ticket_t wf_ticket_of(const wf_life_t *life);
wf_life_t *wf_ticket_find(const wf_desk_t *desk, wf_ticket_t ticket);


/*
 * route.c
 */

/* Lets the owner of life->shard_no commit life->submit; the answer goes to
 * the client. */
void wf_life_submit(wf_life_t *life, int64_t now_ms);

/* Is that error the end of the shard rather than of the submit? */
bool wf_place_is_lost(const wf_place_t *place, const wf_error_t *err);
wf_shard_t *wf_place_open(const wf_place_t *place);     /* NULL: not open */
/* Try again what waits there, soon. */
void wf_place_retry(wf_desk_t *desk, wf_place_t *place, int64_t now_ms);
void wf_place_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms);


/* life.c: calls of that shard that nobody else would free. */
void wf_life_free_left(wf_place_t *place);


/*
 * watch.c
 */

/* Parks until the execution that args name ends, or until_ms; then goes on
 * with wf_describe_look() or wf_describe_ended(). */
void wf_life_park(wf_life_t *life, int64_t now_ms);
void wf_watch_withdraw(wf_life_t *life);


#endif /* WF_PLACE_H */
