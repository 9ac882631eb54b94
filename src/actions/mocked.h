
/*
 * Tasks that a mock configuration answers.  Nobody outside this room includes
 * this.
 */

#ifndef WF_MOCKED_H
#define WF_MOCKED_H


#include "actions/trip.h"


/* The test case that the call names is one of the machine at hand, or it
 * names none.  Not WF_OK: answered. */
wf_rc_t wf_mocked_check(wf_life_t *life);

/* Was it answered? */
bool wf_mocked_call(wf_trip_t *trip, int64_t now_ms);


#endif /* WF_MOCKED_H */
