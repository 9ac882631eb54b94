
/*
 * What became of a call, as its task is told.  Decides what a status or its
 * absence means, nothing else; must be called from an event of our own.
 */

#include "nginx/ngx_http_cloudflow_call.h"


static uint8_t answer_fault(ngx_http_cloudflow_call_t *call);
static ngx_uint_t is_lost(ngx_http_cloudflow_call_t *call);


void
ngx_http_cloudflow_call_answer(ngx_http_cloudflow_call_t *call)
{
    wf_outbound_t        *out;
    wf_service_answer_t   answer;

    out = call->out;

    if (out == NULL) {
        return;
    }

    call->out = NULL;
    out->world = NULL;

    if (is_lost(call)) {
        out->is_lost = true;
        out->done(out, NULL, ngx_http_cloudflow_now());
        return;
    }

    ngx_memzero(&answer, sizeof(wf_service_answer_t));
    answer.fault = answer_fault(call);
    answer.status = call->seen.status;
    answer.headers = call->seen.headers;
    answer.header_count = call->seen.header_count;
    answer.body.data = call->seen.body;
    answer.body.len = call->seen.len;

    if (call->lane == NULL && call->seen.status) {
        answer.body = wf_str("Too many calls wait (cloudflow_calls queue).");
    }

    if (answer.fault != WF_FAULT_NONE && answer.fault != WF_FAULT_NO_RESOURCE)
    {
        ngx_http_cloudflow_metric_add(
                             NGX_HTTP_CLOUDFLOW_METRIC_CALLS_UNANSWERED, 1);
    }

    out->done(out, &answer, ngx_http_cloudflow_now());
}


/* The table of nginx-engineering B, "what it means". */
static uint8_t
answer_fault(ngx_http_cloudflow_call_t *call)
{
    if (call->fault != WF_FAULT_NONE) {
        return call->fault;
    }

    if (call->seen.too_large) {
        return WF_FAULT_TOO_LARGE;
    }

    if (call->seen.status == 0) {
        return WF_FAULT_CONNECT;
    }

    if (call->seen.made_here
        && call->seen.status >= NGX_HTTP_INTERNAL_SERVER_ERROR)
    {
        return call->seen.status == NGX_HTTP_GATEWAY_TIME_OUT
               ? WF_FAULT_TIMEOUT : WF_FAULT_CONNECT;
    }

    return call->seen.complete ? WF_FAULT_NONE : WF_FAULT_CUT;
}


/* Ended because we end: says nothing about the service. */
static ngx_uint_t
is_lost(ngx_http_cloudflow_call_t *call)
{
    return call->is_lost
           || ((ngx_terminate
                || (ngx_exiting && call->out->task->shard_no
                                   != WF_TASK_NO_SHARD))
               && call->fault == WF_FAULT_NONE && !call->seen.complete);
}
