
/*
 * Tasks of our shards: who must be called, and what became of it.  A sub-flow
 * becomes a call of our own (child.c), so do a parcel of the outbox (child.c,
 * reports.c) and a schedule that is due (fire.c), anything else an outbound
 * call of the port.  Takes no decision about retries of a service: those are
 * the definition's.
 */

#include "actions/mocked.h"
#include "actions/uuid.h"
#include "actions/web.h"
#include "base/digest.h"
#include "wire/aws_arn.h"
#include "wire/service_web.h"


static void trip_call(wf_trip_t *trip, int64_t now_ms);
static void trip_stop(wf_trip_t *trip, int64_t now_ms);
static void trip_service(wf_trip_t *trip, int64_t now_ms);
static void trip_outbound(wf_trip_t *trip, int64_t now_ms);
static void outbound_done(wf_outbound_t *out,
    const wf_service_answer_t *answer, int64_t now_ms);


static const wf_trip_pt  kinds[] = {
    [WF_TASK_CALL] = trip_call,
    [WF_TASK_STOP] = trip_stop,
    [WF_TASK_REPORT] = wf_report_deliver,
    [WF_TASK_FIRE] = wf_fire_call,
    [WF_TASK_MESSAGE] = wf_swf_deliver
};


void
wf_desk_task(wf_desk_t *desk, wf_task_t *task, int64_t now_ms)
{
    wf_trip_t         *trip;
    wf_task_result_t   result;

    wf_assert(task->kind < wf_countof(kinds));
    trip = wf_arena_calloc(task->arena, sizeof(wf_trip_t));

    if (trip == NULL) {
        result = (wf_task_result_t) { .is_lost = true };
        task->done(task, &result, now_ms);
        return;
    }

    trip->desk = desk;
    trip->task = task;
    trip->next = desk->trips;
    trip->prev = &desk->trips;

    if (desk->trips) {
        desk->trips->prev = &trip->next;
    }

    desk->trips = trip;
    desk->now_ms = wf_max(desk->now_ms, now_ms);
    kinds[task->kind](trip, now_ms);
}


void
wf_trip_done(wf_trip_t *trip, const wf_task_result_t *result, int64_t now_ms)
{
    *trip->prev = trip->next;

    if (trip->next) {
        trip->next->prev = trip->prev;
    }

    wf_heap_remove(&trip->desk->due, &trip->due.node);
    trip->task->cancel = NULL;
    trip->task->done(trip->task, result, now_ms);
}


void
wf_trip_fail(wf_trip_t *trip, wf_str_t error, wf_str_t cause, int64_t now_ms)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) {
        .outcome = WF_OUTCOME_FAILED,
        .error = error,
        .cause = cause
    };

    wf_trip_done(trip, &result, now_ms);
}


void
wf_trip_lost(wf_trip_t *trip, int64_t now_ms)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) { .is_lost = true };
    wf_trip_done(trip, &result, now_ms);
}


void
wf_trip_settled(wf_trip_t *trip, int64_t now_ms)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) { .outcome = WF_OUTCOME_SUCCEEDED };
    wf_trip_done(trip, &result, now_ms);
}


/* The desk ends: shards are gone already, nobody listens. */
void
wf_trip_free_all(wf_desk_t *desk)
{
    wf_trip_t  *trip;

    while ((trip = desk->trips) != NULL) {

        if (trip->inner) {
            wf_call_abandon(trip->inner);
            trip->inner = NULL;
        }

        wf_task_cancel(trip->task);

        if (desk->trips == trip) {
            wf_trip_lost(trip, desk->now_ms);
        }
    }
}


void
wf_trip_derive(const wf_desk_t *desk, const wf_task_t *task, unsigned no,
    uint8_t out[16])
{
    size_t    i;
    uint8_t   text[5 * 8], sum[WF_DIGEST_LEN_MAX];
    uint64_t  numbers[5];

    numbers[0] = no;
    numbers[1] = task->shard_no;
    numbers[2] = task->flow_no;
    numbers[3] = task->exec_no;
    numbers[4] = task->effect.task;

    for (i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t) (numbers[i / 8] >> i % 8 * 8);
    }

    if (wf_hmac(WF_SHA256, (wf_str_t) { 32, desk->port->token_key },
                (wf_str_t) { sizeof(text), text }, sum)
        < 16)
    {
        wf_assert(!"libcrypto knows SHA-256");
    }

    memcpy(out, sum, 16);
}


/*
 * Calls of our own
 */

wf_call_t *
wf_trip_call(wf_trip_t *trip, const wf_action_t *action,
    void (*done)(wf_call_t *call))
{
    wf_life_t  *life;
    wf_call_t  *call;

    call = wf_call_create(trip->desk);

    if (call == NULL) {
        return NULL;
    }

    life = call->state;
    life->internal = &trip->internal;
    trip->internal.task = trip->task;
    call->action = action;
    call->done = done;
    call->data = trip;
    trip->inner = call;

    return call;
}


void
wf_trip_call_free(wf_trip_t *trip)
{
    wf_call_t  *call;

    call = trip->inner;
    trip->inner = NULL;
    wf_call_free(call);
}


/*
 * Services
 */

static wf_rc_t
key_create(wf_trip_t *trip)
{
    uint8_t  bytes[16], *text;

    text = wf_arena_alloc(trip->task->arena, WF_UUID_LEN);

    if (text == NULL) {
        return WF_ERROR;
    }

    wf_trip_derive(trip->desk, trip->task, UINT32_MAX, bytes);
    wf_uuid_v4(bytes, text);
    trip->call.key = (wf_str_t) { WF_UUID_LEN, text };

    return WF_OK;
}


static void
call_fill(wf_trip_t *trip)
{
    wf_arn_t            arn;
    const wf_effect_t  *effect;

    effect = &trip->task->effect;
    trip->call.is_legacy = effect->dialect == WF_DIALECT_FDL;
    trip->call.is_aws = effect->dialect == WF_DIALECT_ASL;
    trip->call.is_action = effect->is_action;
    trip->call.mode = effect->mode;
    trip->call.resource = effect->resource;
    trip->call.params = effect->params;
    trip->call.has_params = effect->has_params;
    trip->call.token = effect->token;
    trip->call.attempt = effect->attempt;

    if (wf_arn_of_flow(trip->task->flow, &arn) == WF_OK) {
        trip->call.region = arn.region;
    }
}


static void
trip_refused(wf_trip_t *trip, const wf_error_t *err, int64_t now_ms)
{
    if (err->code == WF_E_INTERNAL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_trip_fail(trip, wf_service_refusal(&trip->call), wf_error_arg(err, 0),
                 now_ms);
}


static void
trip_call(wf_trip_t *trip, int64_t now_ms)
{
    wf_error_t  err;

    call_fill(trip);

    if (key_create(trip) != WF_OK) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    if (wf_mocked_call(trip, now_ms)) {
        return;
    }

    if (trip->task->effect.job.len > 0) {
        wf_follow_call(trip, now_ms);
        return;
    }

    if (trip->task->effect.child.len > 0) {
        wf_child_call(trip, now_ms);
        return;
    }

    if (trip->task->effect.is_activity) {
        wf_offer_call(trip, now_ms);
        return;
    }

    wf_error_clear(&err);

    switch (wf_service_child(trip->task->arena, &trip->call, &trip->flow,
                             &trip->name, &trip->input, &err))
    {

    case WF_OK:
        wf_child_call(trip, now_ms);
        return;

    case WF_DECLINED:
        if (wf_service_is_self(&trip->call)) {
            wf_loop_call(trip, now_ms);

        } else {
            trip_service(trip, now_ms);
        }

        return;

    default:
        trip_refused(trip, &err, now_ms);
        return;
    }
}


static void
trip_stop(wf_trip_t *trip, int64_t now_ms)
{
    if (trip->task->effect.job.len == 0) {
        wf_child_stop(trip, now_ms);
        return;
    }

    call_fill(trip);

    if (key_create(trip) == WF_OK) {
        wf_follow_stop(trip, now_ms);

    } else {
        wf_trip_lost(trip, now_ms);
    }
}


static void
trip_service(wf_trip_t *trip, int64_t now_ms)
{
    wf_rc_t  rc;

    rc = wf_web_begin(trip, now_ms);

    if (rc == WF_OK) {
        trip_outbound(trip, now_ms);

    } else if (rc == WF_ERROR) {
        wf_trip_lost(trip, now_ms);
    }
}


static void
outbound_cancel(wf_task_t *task)
{
    wf_port_t  *port;
    wf_trip_t  *trip;

    trip = task->data;
    port = trip->desk->port;
    port->outbound_cancel(port, &trip->out);
}


/* The task's own, or the request's, which may be earlier. */
static int64_t
deadline_of(const wf_trip_t *trip, int64_t now_ms)
{
    int64_t  task_ms, own_ms;

    task_ms = trip->task->effect.deadline_ms;

    if (trip->out.request.time_ms == 0) {
        return task_ms;
    }

    own_ms = now_ms + trip->out.request.time_ms;

    return task_ms ? wf_min(task_ms, own_ms) : own_ms;
}


static void
trip_outbound(wf_trip_t *trip, int64_t now_ms)
{
    wf_port_t   *port;
    wf_error_t   err;

    port = trip->desk->port;
    wf_error_clear(&err);

    if (wf_service_request(trip->task->arena, &trip->call,
                           &trip->out.request, &err)
        != WF_OK)
    {
        trip_refused(trip, &err, now_ms);
        return;
    }

    trip->out.task = trip->task;
    trip->out.arena = trip->task->arena;
    trip->out.deadline_ms = deadline_of(trip, now_ms);
    trip->out.done = outbound_done;
    trip->out.data = trip;
    trip->task->data = trip;
    trip->task->cancel = outbound_cancel;
    port->outbound(port, &trip->out);
}


/* Empty: nobody looks, or there is nothing to be seen. */
static wf_str_t
trace_of(wf_trip_t *trip, const wf_service_answer_t *answer)
{
    wf_str_t           trace;
    wf_service_call_t  call;

    if (!trip->task->is_traced) {
        return wf_str_none;
    }

    call = trip->call;
    call.is_masked = !trip->task->is_revealing;

    return wf_service_trace(trip->task->arena, &call, answer, &trace) == WF_OK
           ? trace : wf_str_none;
}


static void
outbound_done(wf_outbound_t *out, const wf_service_answer_t *answer,
    int64_t now_ms)
{
    wf_trip_t            *trip;
    wf_task_result_t      result;
    wf_service_result_t   got;

    trip = out->data;
    trip->task->cancel = NULL;

    if (out->is_lost || answer == NULL
        || wf_service_result(trip->task->arena, &trip->call, answer, &got)
           != WF_OK)
    {
        wf_trip_lost(trip, now_ms);
        return;
    }

    if (got.is_more && got.error.len == 0
        && ++trip->call.round < WF_SERVICE_ROUNDS_MAX)
    {
        trip->call.carry = got.carry;
        wf_web_seen(trip, &got, now_ms);
        trip_outbound(trip, now_ms);
        return;
    }

    result = (wf_task_result_t) {
        .outcome = got.outcome,
        .value = got.value,
        .tree = got.tree,
        .error = got.error,
        .cause = got.cause,
        .job = got.job,
        .trace = trace_of(trip, answer)
    };

    if (got.is_more && got.error.len == 0) {
        wf_trip_fail(trip, wf_str("States.DataLimitExceeded"),
                     wf_str("The service has more pages than are read."),
                     now_ms);
        return;
    }

    wf_trip_done(trip, &result, now_ms);
}
