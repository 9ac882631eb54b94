
/*
 * wf_flow_t: a flow as the catalogue keeps it, one record per revision.  The
 * same bytes serve the store, the rings between workers and the replies.
 */

#ifndef WF_FLOW_H
#define WF_FLOW_H


#include "base/pack.h"
#include "flow/compile.h"


typedef struct {
    uint64_t   flow_no;         /* never reused; names may be */
    uint64_t   revision;        /* from 1, one more with each update */
    uint64_t   request_key;     /* of the call that wrote it: a repeated call
                                   finds its own work */
    wf_str_t   id;              /* UUID text */
    wf_str_t   name;
    wf_str_t   definition;
    wf_str_t   description;
    wf_str_t   type;            /* FDL, DEFAULT */
    wf_str_t   role;
    wf_str_t   storage;         /* ExternalStorageLocation */
    wf_str_t   group;           /* ResourceGroupId */
    wf_str_t   environment;     /* JSON text of the Variables list */
    uint8_t    mode;            /* wf_mode_t */
    bool       is_deleting;     /* it goes when none of its executions runs */
    int64_t    created_ms;
    int64_t    modified_ms;
    wf_str_t   attributes;      /* JSON text of what one API alone knows, or
                                   empty */
} wf_flow_t;

void wf_flow_encode(wf_buf_t *buf, const wf_flow_t *flow);

/* Strings point into bytes.  WF_ERROR: malformed. */
wf_rc_t wf_flow_decode(wf_str_t bytes, wf_flow_t *flow);


#endif /* WF_FLOW_H */
