
/*
 * Task tokens do not stand in histories (cloudflow-api 5.3, settled.md).
 */

#ifndef WF_REDACT_H
#define WF_REDACT_H


#include "engine/event.h"
#include "shard/token.h"


/* Every value that is a token of this store becomes "<token>"; what holds
 * none is left as it is.  WF_ERROR: no memory. */
wf_rc_t wf_redact_event(wf_arena_t *arena,
    const uint8_t key[WF_TOKEN_KEY_LEN], wf_event_t *event);


#endif /* WF_REDACT_H */
