
/*
 * A run of SWF as its history has it (swf_describe.c).
 */

#ifndef WF_SWF_SIGHT_H
#define WF_SWF_SIGHT_H


#include "actions/jobs.h"


typedef struct {
    uint32_t   shard_no;
    uint64_t   flow_no;
    wf_str_t   name;
    int64_t    now_ms;
} wf_swf_place_t;


/* Is it over for longer than its domain keeps it?  It may be there still. */
bool wf_swf_is_gone(const wf_record_t *record, int64_t now_ms);


/* In a reader thread; what it fills in is of the read's arena.  WF_DECLINED:
 * there is no such run. */
wf_rc_t wf_swf_see(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader, const wf_swf_place_t *place,
    wf_run_view_t *view);


#endif /* WF_SWF_SIGHT_H */
