
/*
 * Where task lists are at home: at the owner of the shard that the list's
 * name says.  What is known here is known to those who stand too: they come
 * again when the owner changes.
 */

#ifndef WF_HOME_H
#define WF_HOME_H


#include "actions/message_list.h"
#include "actions/place.h"


uint32_t wf_home_of(const wf_desk_t *desk, wf_str_t list);      /* shard */

/* At our own shard, which is open.  Who offers is told when somebody is
 * there.  WF_ERROR: no memory, or it could not be told; to be tried again. */
wf_rc_t wf_home_join(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket,
    const wf_joining_t *joining);
void wf_home_leave(wf_desk_t *desk, uint32_t shard_no, wf_ticket_t ticket);

/* How many offers stand in the list of that name, which is at home at a shard
 * of ours. */
uint32_t wf_home_pending(const wf_desk_t *desk, uint32_t shard_no,
    wf_str_t list);

/* Messages of other workers. */
void wf_home_receive_join(wf_desk_t *desk, uint32_t shard_no,
    wf_ticket_t ticket, wf_str_t message, int64_t now_ms);
void wf_home_receive_leave(wf_desk_t *desk, uint32_t shard_no,
    wf_ticket_t ticket, wf_str_t message, int64_t now_ms);

/* The shard is not ours any more. */
void wf_home_close(wf_place_t *place);
void wf_home_free_all(wf_desk_t *desk);

/* To a ticket, without more. */
void wf_home_say(wf_desk_t *desk, wf_ticket_t ticket, wf_say_t kind);
/* Who polls: its match came to nothing. */
void wf_home_rejoin(wf_desk_t *desk, wf_claim_t poller);


#endif /* WF_HOME_H */
