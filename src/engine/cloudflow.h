
/*
 * What the data flows of both generations of CloudFlow have in common.
 */

#ifndef WF_CLOUDFLOW_H
#define WF_CLOUDFLOW_H


#include "engine/dataflow.h"


extern const wf_handlers_t  wf_handlers_cloudflow[WF_STATE_END];
wf_rc_t wf_cloudflow_fault(wf_run_t *run);
wf_rc_t wf_cloudflow_weigh(wf_run_t *run, size_t size);
bool wf_cloudflow_matches(const wf_run_t *run, wf_str_t name, wf_str_t error);

#define WF_CLOUDFLOW_LIMITS                                                   \
    .error_len_max = WF_ERROR_NAME_LEN_MAX,                                   \
    .cause_len_max = WF_CAUSE_LEN_MAX,                                        \
    .events_max = WF_EVENTS_MAX,                                              \
    .full = {                                                                 \
        wf_str_init("FnF.EventLimitExceeded"),                                \
        wf_str_init("the execution has too many history events")              \
    },                                                                        \
    .large = {                                                                \
        wf_str_init("FnF.DataLimitExceeded"),                                 \
        wf_str_init("the execution holds more data than allowed")             \
    },                                                                        \
    .late = {                                                                 \
        wf_str_init("FnF.ExecutionTimedOut"),                                 \
        wf_str_init("the execution took longer than allowed")                 \
    },                                                                        \
    .gone = {                                                                 \
        wf_str_init("FnF.FlowDeleted"),                                       \
        wf_str_init("the flow was deleted")                                   \
    }


#endif /* WF_CLOUDFLOW_H */
