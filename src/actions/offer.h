
/*
 * Tasks that wait for somebody to ask for them.
 */

#ifndef WF_OFFER_H
#define WF_OFFER_H


#include "actions/place.h"


void wf_offer_free_all(wf_desk_t *desk);


#endif /* WF_OFFER_H */
