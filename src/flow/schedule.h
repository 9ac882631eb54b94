
/*
 * A schedule of a flow (cloudflow-api 6.6), as the catalogue keeps it.  The
 * same bytes serve the store and the rings between workers.
 */

#ifndef WF_SCHEDULE_H
#define WF_SCHEDULE_H


#include "base/pack.h"


#define WF_SCHEDULE_ID_LEN  36

typedef struct {
    uint64_t   flow_no;
    uint64_t   request_key;     /* of the last write: who changes it names the
                                   write that it saw */
    wf_str_t   id;              /* WF_SCHEDULE_ID_LEN; another one if deleted
                                   and created again */
    wf_str_t   name;
    wf_str_t   description;
    wf_str_t   payload;         /* text of a JSON object; empty: none */
    wf_str_t   cron;            /* as given */
    bool       is_enabled;
    int64_t    created_ms;
    int64_t    modified_ms;
    int64_t    anchor_ms;       /* the owner's: created or last enabled; what
                                   @every counts from */
    int64_t    since_ms;        /* the owner's: what was due by then is not due
                                   as the schedule is now */
} wf_schedule_t;

void wf_schedule_encode(wf_buf_t *buf, const wf_schedule_t *schedule);

/* Strings point into bytes.  WF_ERROR: malformed. */
wf_rc_t wf_schedule_decode(wf_str_t bytes, wf_schedule_t *schedule);

/* Of its item: begins with the flow's number, WF_VERSION_PREFIX bytes, then
 * sorts by name. */
void wf_schedule_key(wf_buf_t *key, uint64_t flow_no, wf_str_t name);


#endif /* WF_SCHEDULE_H */
