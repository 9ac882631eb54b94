
/*
 * Everything goes.
 */

#ifndef WF_RESET_H
#define WF_RESET_H


#include "shard/inside.h"


void wf_reset_submit(wf_shard_t *shard, wf_submit_t *submit);

/* The batch that wipes is durable. */
void wf_reset_release(wf_shard_t *shard);


#endif /* WF_RESET_H */
