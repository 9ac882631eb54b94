
/*
 * Events of state machines -> HistoryEvent (asl 22).
 */

#ifndef WF_AWS_HISTORY_H
#define WF_AWS_HISTORY_H


#include "wire/views.h"


/* Whose history it is; what its ARNs are made of. */
typedef struct {
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   machine;             /* its name */
    wf_str_t   role;
    wf_str_t   version_arn;         /* it was started by; empty: none */
    wf_str_t   alias_arn;
    bool       has_data;            /* includeExecutionData */
} wf_history_frame_t;


/* One event, an object.  Sticky failure in buf. */
void wf_aws_history_event(wf_buf_t *buf, const wf_history_frame_t *frame,
    const wf_event_view_t *view);

/* "arn:aws:states:...:mapRun:MACHINE/LABEL:UUID": run of the Map called state;
 * name: 32 hex digits.  Without a label: one that only depends on the names. */
void wf_aws_map_run_arn(wf_buf_t *buf, const wf_history_frame_t *frame,
    wf_str_t state, wf_str_t label, wf_str_t name);

/* LABEL alone. */
void wf_aws_map_run_label(wf_buf_t *buf, const wf_history_frame_t *frame,
    wf_str_t state, wf_str_t label);


#endif /* WF_AWS_HISTORY_H */
