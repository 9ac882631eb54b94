
/*
 * Tasks that wait for somebody to ask for them.
 */

#ifndef WF_OFFER_H
#define WF_OFFER_H


#include "actions/place.h"


/* The shard is not ours any more: who was to get its tasks comes again. */
void wf_offer_close(wf_desk_t *desk, uint32_t shard_no);
void wf_offer_free_all(wf_desk_t *desk);


#endif /* WF_OFFER_H */
