
/*
 * Calls that stand in a task list: a client's that asks for a task, or our
 * own that offers one.  Nobody outside this room includes this.
 */

#ifndef WF_STAND_H
#define WF_STAND_H


#include "actions/message_list.h"
#include "actions/moves.h"


/* life->standing; in the call's arena. */
struct wf_standing_s {
    wf_str_t     list;
    wf_str_t     word;              /* a poller's; of the call's arena */
    bool         is_offer;
    bool         is_first;          /* from now on */
    int32_t      priority;          /* an offer's */
    bool         is_set;            /* the home was told */
    uint32_t     join_count;        /* ... so often */
    int64_t      until_ms;          /* then over(); 0: never */
    wf_ticket_t  other;             /* an offer's: who takes it */

    /* Both may end the call.  told(): TAKEN, HAND or what a HANDING waits
     * for. */
    void       (*told)(wf_life_t *life, wf_str_t message, int64_t now_ms);
    void       (*over)(wf_life_t *life, int64_t now_ms);
};


/* The list's name and the functions are set. */
void wf_stand_begin(wf_life_t *life, int64_t now_ms);

/* Out of its list's home and of all lists; the ticket stays. */
void wf_stand_end(wf_life_t *life);
/* The home has let it go already, as far as it knows. */
void wf_stand_met(wf_life_t *life);

void wf_stand_withdraw(wf_life_t *life);

/* False: the message is not about task lists.  life: whom it is for; NULL:
 * nobody is there, and who must know is told. */
bool wf_stand_tell(wf_desk_t *desk, wf_life_t *life, wf_str_t message,
    int64_t now_ms);


#endif /* WF_STAND_H */
