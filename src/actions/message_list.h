
/*
 * What desks say to each other about task lists (home.h, stand.h).  Strings
 * of what is decoded point into the message.
 */

#ifndef WF_MESSAGE_LIST_H
#define WF_MESSAGE_LIST_H


#include "actions/message.h"
#include "shard/tasklist.h"


/* Who stood in a list, and which of its joinings is meant: what is said about
 * an earlier one is not obeyed. */
typedef struct {
    wf_ticket_t   ticket;
    uint32_t      attempt;
} wf_claim_t;

/* JOIN: to the list's home, with the ticket of who joins. */
typedef struct {
    uint32_t   attempt;
    bool       is_offer;
    bool       is_first;
    int32_t    priority;            /* an offer's */
    wf_str_t   list;
    wf_str_t   word;
} wf_joining_t;

void wf_message_join(wf_buf_t *buf, const wf_joining_t *joining);
wf_rc_t wf_message_join_decode(wf_str_t message, wf_joining_t *joining);

/* TAKEN: who is there. */
typedef struct {
    uint32_t      attempt;          /* of who offers */
    wf_claim_t    poller;
    wf_str_t      word;             /* its own */
} wf_taken_t;

void wf_message_taken(wf_buf_t *buf, const wf_taken_t *taken);
wf_rc_t wf_message_taken_decode(wf_str_t message, wf_taken_t *taken);

/* MET: who was told to come. */
typedef struct {
    uint32_t      attempt;          /* of who polls */
    wf_ticket_t   giver;
} wf_met_t;

void wf_message_met(wf_buf_t *buf, const wf_met_t *met);
wf_rc_t wf_message_met_decode(wf_str_t message, wf_met_t *met);

/* REJOIN: the joining that came to nothing. */
void wf_message_rejoin(wf_buf_t *buf, uint32_t attempt);
wf_rc_t wf_message_rejoin_decode(wf_str_t message, uint32_t *attempt);

/* HAND: the task, and who wants to know that it has arrived. */
typedef struct {
    wf_ticket_t   giver;
    uint32_t      attempt;          /* of who polls */
    wf_str_t      token;
    wf_str_t      input;
} wf_hand_t;

void wf_message_hand(wf_buf_t *buf, const wf_hand_t *hand);
wf_rc_t wf_message_hand_decode(wf_str_t message, wf_hand_t *hand);

/* LEAVE, RECEIVED, REFUSED: the kind says it all. */
void wf_message_word(wf_buf_t *buf, wf_say_t kind);


#endif /* WF_MESSAGE_LIST_H */
