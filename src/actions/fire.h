
/*
 * The execution that a schedule starts when it is due.
 */

#ifndef WF_FIRE_H
#define WF_FIRE_H


#include "actions/uuid.h"
#include "shard/task.h"


/* Its name, the same for whoever fires it again; no client can guess it. */
void wf_fire_name(const uint8_t token_key[32], const wf_fire_t *fire,
    uint8_t text[WF_UUID_LEN]);


#endif /* WF_FIRE_H */
