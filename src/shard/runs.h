
/*
 * Runs of SWF: what they are told, and what one leaves behind (engine/swf.h).
 * Nobody outside this room includes this.
 */

#ifndef WF_RUNS_H
#define WF_RUNS_H


#include "shard/inside.h"


/* Whom a WF_SUBMIT_SWF is for: by number, by name, or the open run of the
 * workflow.  NULL: there is none that is open. */
wf_live_t *wf_runs_find(const wf_shard_t *shard, const wf_submit_t *submit);
void wf_runs_unknown(wf_shard_t *shard, wf_submit_t *submit);

/* Rows of the table in start.c. */
void wf_runs_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_runs_tell(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);

/* Is another run of that workflow open? */
bool wf_runs_is_open(const wf_shard_t *shard, const wf_submit_t *submit);

/* WF_EFFECT_RUN, in the batch of loaded's end.  WF_ERROR: no memory. */
wf_rc_t wf_runs_next(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect);


#endif /* WF_RUNS_H */
