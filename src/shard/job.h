
/*
 * The end of a state machine as a task that waited for it hears it (asl 15:
 * states:startExecution.sync): what Describe shows, in the letters and times
 * of the SDK that such tasks speak of.
 */

#ifndef WF_JOB_H
#define WF_JOB_H


#include "shard/loaded.h"


/* Is it the execution of a state machine, "sfn/REGION/ACCOUNT/NAME", and no
 * item of a map run? */
bool wf_job_is(const wf_loaded_t *loaded);

/* {"ExecutionArn", ...}; Input and Output are texts.  Sticky failure in buf. */
void wf_job_print(wf_buf_t *buf, const wf_loaded_t *loaded);


#endif /* WF_JOB_H */
