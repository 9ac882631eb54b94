
/*
 * Events of state machines -> HistoryEvent (asl 22).
 */

#ifndef WF_AWS_HISTORY_H
#define WF_AWS_HISTORY_H


#include "base/arn.h"
#include "wire/views.h"


/* Whose history it is; what its ARNs are made of. */
typedef struct {
    wf_arn_place_t  place;
    wf_str_t   role;
    wf_str_t   version_arn;         /* it was started by; empty: none */
    wf_str_t   alias_arn;
    bool       has_data;            /* includeExecutionData */
} wf_history_frame_t;


/* One event, an object.  Sticky failure in buf. */
void wf_aws_history_event(wf_buf_t *buf, const wf_history_frame_t *frame,
    const wf_event_view_t *view);


#endif /* WF_AWS_HISTORY_H */
