
/*
 * An execution as the result of a task that waited for it (asl 15:
 * states:startExecution.sync), and the start of one.
 */

#ifndef WF_AWS_JOB_H
#define WF_AWS_JOB_H


#include "wire/views.h"


/* {"ExecutionArn",...}; Input and Output are texts. */
void wf_aws_job(wf_buf_t *buf, const wf_execution_view_t *view);

/* What the start of it answered; id: of the request. */
void wf_aws_job_started(wf_buf_t *buf, const wf_execution_view_t *view,
    wf_str_t id);

/* Why it was not started, as an answer of the service. */
void wf_aws_job_refused(wf_buf_t *buf, const wf_error_t *err, wf_str_t flow,
    wf_str_t name);

/* Is it an execution of a state machine? */
bool wf_aws_job_is(wf_str_t flow);


#endif /* WF_AWS_JOB_H */
