
/*
 * Events -> the history of a protocol.
 */

#ifndef WF_HISTORY_H
#define WF_HISTORY_H


#include "wire/call.h"


/* EventDetail of CloudFlow: a JSON object, cloudflow-api 5.2 and 5.3.  Sticky
 * failure in buf. */
void wf_history_rpc_detail(wf_buf_t *buf, const wf_event_view_t *view);


#endif /* WF_HISTORY_H */
