
/*
 * The start of an execution that a task waits for (asl 15:
 * states:startExecution.sync); its end is shard/job.h's.
 */

#ifndef WF_AWS_JOB_H
#define WF_AWS_JOB_H


#include "wire/views.h"


/* What the start of it answered; id: of the request. */
void wf_aws_job_started(wf_buf_t *buf, const wf_execution_view_t *view,
    wf_str_t id);

/* Why it was not started, as an answer of the service. */
void wf_aws_job_refused(wf_buf_t *buf, const wf_error_t *err, wf_str_t flow,
    wf_str_t name);


#endif /* WF_AWS_JOB_H */
