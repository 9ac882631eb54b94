
/*
 * Tasks that call Step Functions itself (asl 15): the request is decoded,
 * made as a call of our own and its answer encoded, as if a client had sent
 * it.  A start that is made again finds its own execution: key and name come
 * from the task.  Jobs that are waited for are child.c's.
 */

#include "actions/trip.h"
#include "wire/aws_arn.h"
#include "wire/wire.h"


/* In the call's arena, as long as the call. */
typedef struct {
    wf_trip_t      *trip;
    wf_message_t    message;
    wf_request_t    request;
    wf_header_t     headers[2];
} loop_t;


/* As the service would have answered. */
static void
loop_answer(loop_t *loop, const wf_call_t *call, const wf_error_t *err,
    int64_t now_ms)
{
    wf_buf_t              body;
    wf_trip_t            *trip;
    wf_service_answer_t   answer;
    wf_service_header_t   headers[2];
    wf_service_result_t   got;
    wf_task_result_t      result;

    trip = loop->trip;
    memset(&answer, 0, sizeof(answer));
    wf_buf_init(&body, trip->task->arena, 512);

    if (err) {
        answer.status = wf_protocol_sfn.encode_error(&body, &loop->message,
                                                     err);
    } else {
        answer.status = wf_protocol_sfn.encode(&body, &loop->message,
                                               &call->reply);
    }

    answer.body = wf_buf_done(&body);
    answer.headers = headers;
    answer.header_count = 2;
    headers[0].name = wf_str("x-amzn-requestid");
    headers[0].value = trip->call.key;
    headers[1].name = wf_str("content-type");
    headers[1].value = wf_protocol_sfn.content_type;

    if (body.failed
        || wf_service_result(trip->task->arena, &trip->call, &answer, &got)
           != WF_OK)
    {
        wf_trip_lost(trip, now_ms);
        return;
    }

    result = (wf_task_result_t) {
        .outcome = got.outcome,
        .value = got.value,
        .tree = got.tree,
        .error = got.error,
        .cause = got.cause
    };

    wf_trip_done(trip, &result, now_ms);
}


static void
loop_end(loop_t *loop, wf_call_t *call, const wf_error_t *err,
    int64_t now_ms)
{
    wf_trip_t  *trip;

    trip = loop->trip;
    trip->task->cancel = NULL;
    trip->inner = NULL;

    if (err && err->code == WF_E_INTERNAL) {
        wf_trip_lost(trip, now_ms);

    } else {
        loop_answer(loop, call, err, now_ms);
    }

    wf_call_free(call);
}


static void
loop_done(wf_call_t *call)
{
    loop_t      *loop;
    wf_error_t   err;

    loop = call->data;

    if (call->reply.error == NULL) {
        loop_end(loop, call, NULL, loop->trip->desk->now_ms);
        return;
    }

    err = *call->reply.error;
    loop_end(loop, call, &err, loop->trip->desk->now_ms);
}


/* Whoever stops the task does not wait for its call. */
static void
loop_cancel(wf_task_t *task)
{
    wf_trip_t  *trip;

    trip = task->data;

    if (trip->inner) {
        wf_call_abandon(trip->inner);
        trip->inner = NULL;
    }

    wf_trip_lost(trip, 0);
}


static wf_rc_t
copy(wf_call_t *call, wf_str_t text, wf_str_t *out)
{
    *out = wf_arena_copy(call->arena, text);

    return out->data ? WF_OK : WF_ERROR;
}


/* "sfn/REGION/ACCOUNT/NAME": the caller's own place. */
static wf_rc_t
place_fill(loop_t *loop, wf_call_t *call)
{
    wf_arn_t  arn;

    if (wf_arn_of_flow(loop->trip->task->flow, &arn) != WF_OK) {
        return WF_OK;
    }

    return copy(call, arn.region, &loop->request.region) == WF_OK
           && copy(call, arn.account, &loop->request.account) == WF_OK
           ? WF_OK : WF_ERROR;
}


static wf_rc_t
request_fill(loop_t *loop, wf_call_t *call, const wf_service_request_t *out,
    int64_t now_ms)
{
    uint32_t       i, count;
    wf_request_t  *request;

    request = &loop->request;
    count = 0;

    for (i = 0; i < out->header_count && count < 2; i++) {
        if (!wf_str_eq(out->headers[i].name, wf_str("x-amz-target"))) {
            continue;
        }

        loop->headers[count].name = wf_str("x-amz-target");

        if (copy(call, out->headers[i].value, &loop->headers[count++].value)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    request->method = wf_str("POST");
    request->path = wf_str("/");
    request->content_type = wf_protocol_sfn.content_type;
    request->headers = loop->headers;
    request->header_count = count;
    request->now_ms = now_ms;
    loop->message.protocol = &wf_protocol_sfn;
    loop->message.arena = call->arena;
    loop->message.scratch = call->arena;
    loop->message.request = request;

    return copy(call, out->body, &request->body) == WF_OK
           ? place_fill(loop, call) : WF_ERROR;
}


/* WF_DECLINED: the service would have refused it (err). */
static wf_rc_t
message_read(loop_t *loop, wf_call_t *call, wf_error_t *err)
{
    wf_str_t       id;
    wf_message_t  *message;

    message = &loop->message;

    if (copy(call, loop->trip->call.key, &id) != WF_OK) {
        return WF_ERROR;
    }

    if (message->protocol->begin(message, id, err) != WF_OK) {
        return err->code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
    }

    call->action = wf_action_find(message->protocol->name, message->action);

    if (call->action == NULL || !message->protocol->knows(message)) {
        wf_error_args(err, WF_E_UNKNOWN_ACTION, message->action, wf_str_none);
        return WF_DECLINED;
    }

    if (message->protocol->decode(message, NULL, &call->args, err) != WF_OK) {
        return err->code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
    }

    return WF_OK;
}


static void
key_set(wf_trip_t *trip)
{
    uint8_t  bytes[16];

    wf_trip_derive(trip->desk, trip->task, UINT32_MAX - 1, bytes);
    memcpy(&trip->internal.key, bytes, sizeof(trip->internal.key));

    trip->internal.key += trip->internal.key == 0;
    trip->internal.depth = trip->task->depth + 1;
    trip->internal.wants_reply = true;
}


void
wf_loop_call(wf_trip_t *trip, int64_t now_ms)
{
    wf_rc_t                rc;
    loop_t                *loop;
    wf_call_t             *call;
    wf_error_t             err;
    wf_service_request_t   request;

    wf_error_clear(&err);
    key_set(trip);
    call = wf_trip_call(trip, NULL, loop_done);
    loop = call ? wf_arena_calloc(call->arena, sizeof(loop_t)) : NULL;

    if (loop == NULL) {
        if (call) {
            wf_trip_call_free(trip);
        }

        wf_trip_lost(trip, now_ms);
        return;
    }

    loop->trip = trip;
    call->data = loop;

    rc = wf_service_request(trip->task->arena, &trip->call, &request, &err);

    if (rc == WF_OK) {
        rc = request_fill(loop, call, &request, now_ms);
    }

    if (rc == WF_OK) {
        rc = message_read(loop, call, &err);
    }

    if (rc != WF_OK) {
        err.code = rc == WF_ERROR && err.code == WF_E_NONE ? WF_E_INTERNAL
                                                           : err.code;
        loop_end(loop, call, &err, now_ms);
        return;
    }

    if (trip->internal.depth > WF_CHILD_DEPTH_MAX) {
        wf_error_set(&err, WF_E_INVALID_ARGUMENT,
                     "Executions may start others 16 deep at most.");
        loop_end(loop, call, &err, now_ms);
        return;
    }

    trip->task->data = trip;
    trip->task->cancel = loop_cancel;
    wf_call_run(call, now_ms);
}
