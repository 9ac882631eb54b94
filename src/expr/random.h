
/*
 * Random numbers of expressions, drawn from one word of state that the engine
 * seeds and keeps: a run can be repeated.  Never for secrets.
 */

#ifndef WF_RANDOM_H
#define WF_RANDOM_H


#include "base/arena.h"


/* Advances the state; every state is good. */
uint64_t wf_random_next(uint64_t *state);

/* min <= max, both included, every number equally likely. */
int64_t wf_random_between(uint64_t *state, int64_t min, int64_t max);

/* Version 4, RFC 9562: 36 characters. */
void wf_random_uuid(uint64_t *state, wf_buf_t *buf);


#endif /* WF_RANDOM_H */
