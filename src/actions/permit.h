
/*
 * May the caller do this?  Asked before anything is looked up, so that a
 * refusal says nothing about what exists.
 */

#ifndef WF_PERMIT_H
#define WF_PERMIT_H


#include "actions/life.h"


/* Actions that name their flow; those with a token are let through here. */
bool wf_permit_begin(const wf_life_t *life);

/* ACCESS_DENIED. */
void wf_permit_refuse(wf_life_t *life);

/*
 * wf_life_submit() of a client's report, if its policy allows the flow and the
 * execution that the token names.
 */
void wf_permit_submit(wf_life_t *life, int64_t now_ms);


/*
 * The same for a report to a run of SWF: goes on if the policy allows the
 * domain, whose revision the token says.
 */
void wf_permit_domain(wf_life_t *life, wf_go_pt go, int64_t now_ms);


#endif /* WF_PERMIT_H */
