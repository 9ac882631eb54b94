
/*
 * Task lists (house: a meeting place, not a store): what is offered meets
 * those who wait for it; a higher priority first, then first come, first
 * served.  In memory alone; a list is
 * there as long as somebody stands in it.  Whoever stands is known by a
 * ticket, which stands once; a poller may say a word that whoever it meets
 * gets to hear.
 */

#ifndef WF_TASKLIST_H
#define WF_TASKLIST_H


#include "shard/port.h"


typedef struct wf_tasklists_s  wf_tasklists_t;

typedef struct {
    wf_ticket_t   ticket;
    uint32_t      attempt;          /* which of its joinings */
    bool          is_offer;         /* else it polls */
    bool          is_first;         /* before all others of its kind */
    int32_t       priority;         /* an offer's; higher ones first */
    wf_str_t      word;             /* a poller's; WF_TASKLIST_WORD_MAX */
} wf_stand_t;


wf_tasklists_t *wf_tasklists_create(void);      /* NULL: no memory */
void wf_tasklists_free(wf_tasklists_t *lists);

/*
 * WF_OK: it met *other, both have left; the other's word is good until the
 * next call.  WF_AGAIN: it stands and waits.  WF_ERROR: no memory, or it has
 * too much to say.
 */
wf_rc_t wf_tasklist_join(wf_tasklists_t *lists, wf_str_t list,
    const wf_stand_t *stand, wf_stand_t *other);

/* Allowed when it does not stand. */
void wf_tasklist_leave(wf_tasklists_t *lists, wf_ticket_t ticket);

/* Who stands in a list. */
uint32_t wf_tasklist_count(const wf_tasklists_t *lists, wf_str_t list,
    bool is_offer);

/* Who stands in all lists together. */
uint32_t wf_tasklists_count(const wf_tasklists_t *lists, bool is_offer);


#endif /* WF_TASKLIST_H */
