
/*
 * Jobs of services that are asked how they go on (asl 15, .sync), and actions
 * that go by another name: what their files share.  Nobody else includes this.
 */

#ifndef WF_SERVICE_AWS_WATCH_H
#define WF_SERVICE_AWS_WATCH_H


#include "wire/service_aws.h"


/* service_aws_fill.c.  NULL: not there, or no memory (sheet->failed). */
const wf_value_t *wf_aws_at(wf_service_sheet_t *sheet, wf_str_t path,
    const wf_value_t *answer);
const wf_value_t *wf_aws_fill(wf_service_sheet_t *sheet, const char *shape,
    const wf_value_t *answer);


/* service_aws_watch.c.  Is the action one that is asked about? */
bool wf_aws_watch_is(const wf_aws_call_t *call);

/* The parameters with what makes a repeated call known, and the operation and
 * its parameters where the action is called otherwise. */
void wf_aws_watch_rename(wf_aws_call_t *call);
/* Its result again. */
void wf_aws_watch_result(wf_aws_call_t *call, wf_service_result_t *result);

/* It was begun: result->job, or it was not begun after all. */
void wf_aws_watch_open(wf_aws_call_t *call, wf_service_result_t *result);

/* Steps ASK and STOP. */
wf_rc_t wf_aws_watch_step_request(wf_aws_call_t *call,
    wf_service_request_t *request, wf_error_t *err);
void wf_aws_watch_step_result(wf_aws_call_t *call,
    const wf_service_answer_t *answer, wf_service_result_t *result);


#endif /* WF_SERVICE_AWS_WATCH_H */
