
/*
 * Runs of SWF that are open: the one of each workflow, and all by number.
 */

#ifndef WF_OPEN_H
#define WF_OPEN_H


#include "shard/live.h"


/* NULL: none. */
wf_live_t *wf_open_find(const wf_lives_t *lives, uint64_t flow_no,
    wf_str_t workflow);
wf_live_t *wf_open_number(const wf_lives_t *lives, uint64_t exec_no);

/* exec_no is set.  Of something else than a run of SWF: nothing happens.
 * WF_ERROR: no memory. */
wf_rc_t wf_open_add(wf_lives_t *lives, wf_live_t *live);

/* It is over, durable or not: the workflow may be started again.  Allowed
 * when it is not there. */
void wf_open_remove(wf_lives_t *lives, wf_live_t *live);


#endif /* WF_OPEN_H */
