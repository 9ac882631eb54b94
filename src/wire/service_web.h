
/*
 * What else is asked about calls of services, HTTP tasks above all.
 */

#ifndef WF_SERVICE_WEB_H
#define WF_SERVICE_WEB_H


#include "wire/service.h"


/* Is Step Functions itself called (asl 15)? */
bool wf_service_is_self(const wf_service_call_t *call);

/* The ARN of the connection that an HTTP task names.  WF_DECLINED: it names
 * none, or is no HTTP task; WF_ERROR: no memory. */
wf_rc_t wf_service_connection(wf_arena_t *arena,
    const wf_service_call_t *call, wf_str_t *arn);

/* How a refusal of wf_service_request() is called. */
wf_str_t wf_service_refusal(const wf_service_call_t *call);

/* Members "request" and "response" of an HTTP task (asl 20), JSON text, with
 * secrets only if the call is not masked.  WF_DECLINED: it is none; WF_ERROR:
 * no memory. */
wf_rc_t wf_service_trace(wf_arena_t *arena, const wf_service_call_t *call,
    const wf_service_answer_t *answer, wf_str_t *text);


#endif /* WF_SERVICE_WEB_H */
