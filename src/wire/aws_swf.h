
/*
 * What the files of Amazon SWF share among themselves; nobody outside of this
 * room includes this.
 */

#ifndef WF_AWS_SWF_H
#define WF_AWS_SWF_H


#include "wire/aws_print.h"


/*
 * A domain is the flow "swf/REGION/ACCOUNT/NAME".  Parts of a text; names hold
 * no '/'.
 */
typedef struct {
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   name;                /* "*": all, in ARNs alone */
} wf_swf_domain_t;

void wf_swf_domain_flow(wf_buf_t *buf, const wf_swf_domain_t *domain);
/* WF_DECLINED: it is no domain's. */
wf_rc_t wf_swf_domain_of_flow(wf_str_t flow, wf_swf_domain_t *domain);

/* "arn:aws:swf:REGION:ACCOUNT:/domain/NAME". */
void wf_swf_domain_arn(wf_buf_t *buf, const wf_swf_domain_t *domain);
/* WF_DECLINED: it is none. */
wf_rc_t wf_swf_domain_of_arn(wf_str_t arn, wf_swf_domain_t *domain);


/* Between the parts of a type's name: names hold no control characters. */
#define WF_SWF_MARK  0x01


typedef void  wf_swf_encode_pt(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);

/* aws_swf_answers.c */
wf_swf_encode_pt  wf_swf_encode_empty;      /* no body at all */
wf_swf_encode_pt  wf_swf_encode_json;       /* an object that is ready, and
                                               nextPageToken if there is a
                                               next page */
wf_swf_encode_pt  wf_swf_encode_domain;
wf_swf_encode_pt  wf_swf_encode_domains;
wf_swf_encode_pt  wf_swf_encode_type;
wf_swf_encode_pt  wf_swf_encode_types;
wf_swf_encode_pt  wf_swf_encode_tags;

/* aws_swf_runs.c */
wf_swf_encode_pt  wf_swf_encode_started;
wf_swf_encode_pt  wf_swf_encode_run;
wf_swf_encode_pt  wf_swf_encode_runs;
wf_swf_encode_pt  wf_swf_encode_count;
wf_swf_encode_pt  wf_swf_encode_history;
wf_swf_encode_pt  wf_swf_encode_activity_task;
wf_swf_encode_pt  wf_swf_encode_decision_task;
wf_swf_encode_pt  wf_swf_encode_heartbeat;


/* aws_swf_runs.c */
wf_swf_encode_pt  wf_swf_encode_started;
wf_swf_encode_pt  wf_swf_encode_run;
wf_swf_encode_pt  wf_swf_encode_runs;
wf_swf_encode_pt  wf_swf_encode_count;
wf_swf_encode_pt  wf_swf_encode_history;
wf_swf_encode_pt  wf_swf_encode_activity_task;
wf_swf_encode_pt  wf_swf_encode_decision_task;
wf_swf_encode_pt  wf_swf_encode_heartbeat;


#endif /* WF_AWS_SWF_H */
