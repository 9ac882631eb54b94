
/*
 * Pages of histories: read for whoever shows events (history.c).
 */

#ifndef WF_PAGES_H
#define WF_PAGES_H


#include "actions/life.h"


/* What is wanted; the job that reads it copies the name. */
typedef struct {
    uint64_t   flow_no;
    wf_str_t   name;
    uint64_t   first_id;            /* none before it; from 1 */
    uint64_t   last_id;             /* none after it; 0: the newest */
    uint32_t   limit;
    bool       is_reversed;         /* the newest first */
} wf_history_t;


/* Goes on when it is read; life->job has it. */
void wf_history_read(wf_life_t *life, const wf_history_t *wanted, wf_go_pt go);

/* Its events as the reply, and the id that the next page begins with as its
 * token.  WF_DECLINED: there is no such execution; WF_ERROR: answered. */
wf_rc_t wf_history_reply(wf_life_t *life);

/* After a reply: whose history it is. */
const wf_record_t *wf_history_record(const wf_life_t *life);


#endif /* WF_PAGES_H */
