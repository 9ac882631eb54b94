
/*
 * HTTP tasks at this desk: the connection that they name, and the tokens of
 * OAuth connections, which this worker keeps in memory while they are good.
 * Nobody outside this room includes this.
 */

#ifndef WF_WEB_H
#define WF_WEB_H


#include "actions/trip.h"


typedef struct wf_bearer_s  wf_bearer_t;


/* Before the first request.  WF_DECLINED: the trip has failed, and is gone;
 * WF_ERROR: no memory. */
wf_rc_t wf_web_begin(wf_trip_t *trip, int64_t now_ms);

/* What an answer said of tokens; another round follows. */
void wf_web_seen(wf_trip_t *trip, const wf_service_result_t *got,
    int64_t now_ms);

void wf_web_free_all(wf_desk_t *desk);


#endif /* WF_WEB_H */
