
/*
 * Schedules that are due (cloudflow-api 6.6): the start is an ordinary call,
 * made by the desk itself.  Its input is what the schedule says now, so one
 * that was deleted, created anew or disabled meanwhile starts nothing.  Name
 * and key come from the schedule's id and the due time: a start that is made
 * again finds the execution that is there.  One of an Express flow leaves none
 * behind: that it has begun is claimed before, for all workers.
 */

#include "actions/fire.h"

#include "actions/answers.h"
#include "actions/express.h"
#include "actions/items.h"
#include "actions/trip.h"
#include "base/digest.h"


static void fire_begin(wf_life_t *life, int64_t now_ms);


static const wf_action_t  fire_action = {
    "desk", wf_str_init("FireSchedule"), fire_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, true
};


/* purpose: one of several. */
static void
derive(const uint8_t token_key[32], const wf_fire_t *fire, uint8_t purpose,
    uint8_t out[16])
{
    size_t   i;
    uint8_t  text[8 + 1 + WF_SCHEDULE_ID_LEN], sum[WF_DIGEST_LEN_MAX];

    wf_assert(fire->id.len == WF_SCHEDULE_ID_LEN);

    for (i = 0; i < 8; i++) {
        text[i] = (uint8_t) ((uint64_t) fire->due_ms >> i * 8);
    }

    text[8] = purpose;
    memcpy(text + 9, fire->id.data, WF_SCHEDULE_ID_LEN);

    if (wf_hmac(WF_SHA256, (wf_str_t) { 32, token_key },
                (wf_str_t) { sizeof(text), text }, sum)
        < 16)
    {
        wf_assert(!"libcrypto knows SHA-256");
    }

    memcpy(out, sum, 16);
}


void
wf_fire_name(const uint8_t token_key[32], const wf_fire_t *fire,
    uint8_t text[WF_UUID_LEN])
{
    uint8_t  bytes[16];

    derive(token_key, fire, 'n', bytes);
    wf_uuid_v4(bytes, text);
}


static uint64_t
key_of(const uint8_t token_key[32], const wf_fire_t *fire)
{
    uint8_t   bytes[16];
    uint64_t  key;

    derive(token_key, fire, 'k', bytes);
    memcpy(&key, bytes, sizeof(key));

    return key + (key == 0);
}


static wf_rc_t
arg_copy(wf_call_t *call, wf_arg_id_t id, wf_str_t text)
{
    wf_arg_t  *arg;

    arg = wf_args_add(call->arena, &call->args, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->text = wf_arena_copy(call->arena, text);

    return arg->text.data ? WF_OK : WF_ERROR;
}


static void
gone(wf_life_t *life)
{
    const wf_task_t  *task;

    task = life->internal->task;
    wf_life_fail(life, WF_E_SCHEDULE_NOT_FOUND, task->fire.schedule,
                 task->flow);
}


/* Who has claimed it before us has begun it: an owner before us, or we
 * ourselves. */
static void
express_start(wf_life_t *life, int64_t now_ms)
{
    wf_port_t  *port;
    wf_trip_t  *trip;

    port = life->call->desk->port;
    trip = life->internal->task->data;

    if (!port->claim(port, wf_arg(life, EXECUTION)->text, now_ms)) {
        life->call->reply.kind = WF_REPLY_EMPTY;
        wf_life_done(life);
        return;
    }

    trip->has_claimed = true;
    wf_express_start(life, now_ms);
}


static void
looked(wf_life_t *life, int64_t now_ms)
{
    wf_schedule_t     schedule;
    wf_item_read_t   *item;
    const wf_fire_t  *fire;

    fire = &life->internal->task->fire;
    item = wf_item_answer(life);

    if (item == NULL) {
        return;
    }

    if (!item->is_there) {
        gone(life);
        return;
    }

    if (wf_schedule_decode(item->value, &schedule) != WF_OK) {
        wf_item_damaged(life);
        return;
    }

    if (!wf_str_eq(schedule.id, fire->id) || !schedule.is_enabled) {
        gone(life);
        return;
    }

    if (schedule.payload.len > 0
        && arg_copy(life->call, WF_ARG_INPUT, schedule.payload) != WF_OK)
    {
        wf_life_no_memory(life);
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;

    if (life->revision->flow.mode == WF_MODE_EXPRESS) {
        express_start(life, now_ms);
        return;
    }

    wf_execution_start(life, now_ms);
}


static void
look(wf_life_t *life, int64_t now_ms)
{
    wf_buf_t          key;
    const wf_task_t  *task;

    (void) now_ms;

    task = life->internal->task;

    if (life->revision->flow.flow_no != task->flow_no) {
        gone(life);
        return;
    }

    wf_buf_init(&key, life->call->arena, 8 + task->fire.schedule.len);
    wf_schedule_key(&key, task->flow_no, task->fire.schedule);

    if (key.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_item_ask(life, WF_ITEM_SCHEDULE, wf_buf_done(&key), NULL, looked);
}


static void
fire_begin(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, look, now_ms);
}


static void
fire_done(wf_call_t *call)
{
    int64_t      now_ms;
    wf_port_t   *port;
    wf_trip_t   *trip;
    wf_error_t   err, cause;

    trip = call->data;
    now_ms = trip->desk->now_ms;

    if (call->reply.error == NULL) {
        wf_trip_call_free(trip);
        wf_trip_settled(trip, now_ms);
        return;
    }

    err = *call->reply.error;

    /* Has not begun after all, as when too many run. */

    if (trip->has_claimed && wf_error_retryable(err.code)) {
        port = trip->desk->port;
        port->unclaim(port, wf_args_get(&call->args, WF_ARG_EXECUTION)->text,
                      now_ms);
    }

    wf_trip_call_free(trip);

    if (wf_error_retryable(err.code)) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_error_set(&cause, err.code, "%s: %s", wf_error_symbol(err.code),
                 err.arg[0]);
    wf_trip_fail(trip, wf_str_of(wf_error_symbol(err.code)),
                 wf_error_arg(&cause, 0), now_ms);
}


/* Its schedule is gone, or another by now: what waits for an owner does not
 * set out any more. */
static void
fire_cancel(wf_task_t *task)
{
    wf_trip_t  *trip;

    trip = task->data;

    if (trip->inner) {
        wf_call_abandon(trip->inner);
        trip->inner = NULL;
    }

    wf_trip_lost(trip, trip->desk->now_ms);
}


void
wf_fire_call(wf_trip_t *trip, int64_t now_ms)
{
    uint8_t          text[WF_UUID_LEN];
    wf_task_t       *task;
    wf_call_t       *call;
    const uint8_t   *token_key;

    task = trip->task;
    token_key = trip->desk->port->token_key;
    trip->internal.key = key_of(token_key, &task->fire);
    wf_fire_name(token_key, &task->fire, text);
    call = wf_trip_call(trip, &fire_action, fire_done);

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    if (arg_copy(call, WF_ARG_FLOW, task->flow) != WF_OK
        || arg_copy(call, WF_ARG_EXECUTION,
                    (wf_str_t) { WF_UUID_LEN, text }) != WF_OK)
    {
        wf_trip_call_free(trip);
        wf_trip_lost(trip, now_ms);
        return;
    }

    task->data = trip;
    task->cancel = fire_cancel;
    wf_call_run(call, now_ms);
}
