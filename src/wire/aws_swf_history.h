
/*
 * Events of Amazon SWF as clients see them (swf 9).
 */

#ifndef WF_AWS_SWF_HISTORY_H
#define WF_AWS_SWF_HISTORY_H


#include "base/arena.h"


/*
 * {"eventId":..,"eventType":..,"eventTimestamp":..,"...EventAttributes":..};
 * type: "TimerFired"; attributes: JSON text of an object.
 */
void wf_swf_event_print(wf_buf_t *buf, wf_str_t type, uint64_t id,
    int64_t time_ms, wf_str_t attributes);

/* A time as the API has it: seconds, with milliseconds behind a point. */
void wf_swf_time_print(wf_buf_t *buf, int64_t time_ms);


#endif /* WF_AWS_SWF_HISTORY_H */
