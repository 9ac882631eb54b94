
/*
 * Jobs of other services (asl 15, .sync): asked how they go on until they are
 * over, and stopped when nobody waits for them any more.  A question that is
 * not answered is asked again: what a job comes to is the service's to say.
 * After a crash the next owner asks on, by what was recorded when it began.
 */

#include "actions/trip.h"

#include "base/json.h"


static void follow_ask(wf_trip_t *trip, int64_t now_ms);
static void follow_wait(wf_trip_t *trip, int64_t now_ms);


static void
arena_drop(wf_trip_t *trip)
{
    wf_arena_free(trip->ask_arena);
    trip->ask_arena = NULL;
}


/* The trip is over; strings of the result are the last answer's. */
static void
follow_end(wf_trip_t *trip, const wf_task_result_t *result, int64_t now_ms)
{
    wf_arena_t  *arena;

    arena = trip->ask_arena;
    trip->ask_arena = NULL;
    wf_trip_done(trip, result, now_ms);
    wf_arena_free(arena);
}


static void
follow_lost(wf_trip_t *trip, int64_t now_ms)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) { .is_lost = true };
    follow_end(trip, &result, now_ms);
}


static void
follow_fail(wf_trip_t *trip, const wf_error_t *err, int64_t now_ms)
{
    wf_task_result_t  result;

    if (err->code == WF_E_INTERNAL) {
        follow_lost(trip, now_ms);
        return;
    }

    result = (wf_task_result_t) {
        .outcome = WF_OUTCOME_FAILED,
        .error = wf_str("States.TaskFailed"),
        .cause = wf_error_arg(err, 0)
    };

    follow_end(trip, &result, now_ms);
}


static void
wait_cancel(wf_task_t *task)
{
    wf_trip_t  *trip;

    trip = task->data;
    follow_lost(trip, trip->desk->now_ms);
}


static void
call_cancel(wf_task_t *task)
{
    wf_port_t  *port;
    wf_trip_t  *trip;

    trip = task->data;
    port = trip->desk->port;
    port->outbound_cancel(port, &trip->out);
}


static void
fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    (void) desk;

    follow_ask((wf_trip_t *) ((uint8_t *) due - offsetof(wf_trip_t, due)),
               now_ms);
}


/* Half as long again each time, up to a limit. */
static void
follow_wait(wf_trip_t *trip, int64_t now_ms)
{
    uint64_t  speed;
    int64_t   delay_ms;
    unsigned  i;

    delay_ms = WF_JOB_ASK_MS_MIN;

    for (i = 0; i < trip->try_count && delay_ms < WF_JOB_ASK_MS_MAX; i++) {
        delay_ms += delay_ms / 2;
    }

    trip->try_count++;
    speed = wf_max(trip->desk->port->quota.wait_speed, 1u);
    delay_ms = wf_min(delay_ms, WF_JOB_ASK_MS_MAX) / (int64_t) speed;
    trip->due.fire = fire;
    trip->task->data = trip;
    trip->task->cancel = wait_cancel;

    if (wf_desk_due(trip->desk, &trip->due, now_ms + wf_max(delay_ms, 1))
        != WF_OK)
    {
        follow_lost(trip, now_ms);
    }
}


static void
asked(wf_outbound_t *out, const wf_service_answer_t *answer, int64_t now_ms)
{
    wf_trip_t            *trip;
    wf_task_result_t      result;
    wf_service_result_t   got;

    trip = out->data;
    trip->task->cancel = NULL;

    if (out->is_lost || answer == NULL
        || wf_service_result(trip->ask_arena, &trip->call, answer, &got)
           != WF_OK)
    {
        follow_lost(trip, now_ms);
        return;
    }

    if (got.is_more && got.error.len == 0) {
        if (trip->call.step == WF_SERVICE_STOP) {
            follow_lost(trip, now_ms);

        } else {
            arena_drop(trip);
            follow_wait(trip, now_ms);
        }

        return;
    }

    result = (wf_task_result_t) {
        .outcome = got.outcome,
        .value = got.value,
        .tree = got.tree,
        .error = got.error,
        .cause = got.cause
    };

    follow_end(trip, &result, now_ms);
}


static void
follow_ask(wf_trip_t *trip, int64_t now_ms)
{
    wf_port_t   *port;
    wf_error_t   err;

    port = trip->desk->port;
    wf_error_clear(&err);
    trip->ask_arena = wf_arena_create(0);

    if (trip->ask_arena == NULL) {
        follow_lost(trip, now_ms);
        return;
    }

    if (wf_service_request(trip->ask_arena, &trip->call, &trip->out.request,
                           &err)
        != WF_OK)
    {
        follow_fail(trip, &err, now_ms);
        return;
    }

    trip->out.task = trip->task;
    trip->out.arena = trip->ask_arena;
    trip->out.deadline_ms = now_ms + WF_JOB_ANSWER_MS;
    trip->out.is_lost = false;
    trip->out.done = asked;
    trip->out.data = trip;
    trip->task->data = trip;
    trip->task->cancel = call_cancel;
    port->outbound(port, &trip->out);
}


static wf_rc_t
job_read(wf_trip_t *trip)
{
    wf_error_t   err;
    wf_value_t  *job;

    wf_error_clear(&err);

    if (wf_json_parse(trip->task->arena, trip->task->effect.job, &job, &err)
        != WF_OK)
    {
        return err.code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
    }

    trip->call.job = job;

    return WF_OK;
}


void
wf_follow_call(wf_trip_t *trip, int64_t now_ms)
{
    trip->call.step = WF_SERVICE_ASK;

    if (job_read(trip) != WF_OK) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    follow_wait(trip, now_ms);
}


void
wf_follow_stop(wf_trip_t *trip, int64_t now_ms)
{
    wf_rc_t  rc;

    trip->call.step = WF_SERVICE_STOP;
    rc = job_read(trip);

    if (rc == WF_OK) {
        follow_ask(trip, now_ms);

    } else if (rc == WF_DECLINED) {
        wf_trip_settled(trip, now_ms);

    } else {
        wf_trip_lost(trip, now_ms);
    }
}
