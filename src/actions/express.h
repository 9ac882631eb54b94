
/*
 * Executions that live in the memory of this worker alone (cloudflow-api 6.1,
 * Express).  Nobody outside this room includes this.
 */

#ifndef WF_EXPRESS_H
#define WF_EXPRESS_H


#include "actions/place.h"


/* The client is gone: the execution goes on without it. */
void wf_express_forsake(wf_express_t *express);

/* Those that yielded go on. */
void wf_express_turn(wf_desk_t *desk, int64_t now_ms);

/* The desk ends. */
void wf_express_free_all(wf_desk_t *desk);


#endif /* WF_EXPRESS_H */
