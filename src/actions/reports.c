
/*
 * ReportTaskSucceeded, ReportTaskFailed (cloudflow-api 3.12, 3.13, 6.3), and
 * what an execution's end says to the token that it was started with (6.4).
 * The token names shard and execution; whether the task still waits its owner
 * knows.
 */

#include "actions/answers.h"
#include "actions/permit.h"
#include "actions/trip.h"
#include "base/digest.h"
#include "shard/token.h"


static void deliver_begin(wf_life_t *life, int64_t now_ms);


static const wf_action_t  deliver_action = {
    "desk", wf_str_init("ReportEnd"), deliver_begin, wf_action_exec_write,
    WF_ROUTE_TOKEN, WF_KIND_WRITE, true
};


/* Is it a token of this store as it is now? */
static bool
token_open(const wf_desk_t *desk, wf_str_t text, wf_token_t *token)
{
    uint32_t  count;
    wf_str_t  name;

    if (wf_token_open(desk->port->token_key, text, token) != WF_OK) {
        return false;
    }

    count = desk->settings.shard_count;
    name = (wf_str_t) { token->name_len, token->name };

    return token->shard_no < count
           && wf_shard_of(token->flow_no, name, count) == token->shard_no;
}


wf_submit_t *
wf_report_create(wf_life_t *life, wf_str_t text, wf_error_code_t refusal)
{
    wf_token_t    token;
    wf_submit_t  *submit;

    if (!token_open(life->call->desk, text, &token)) {
        wf_life_fail(life, refusal, wf_str("Invalid task token."),
                     wf_str_none);
        return NULL;
    }

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->name = wf_arena_copy(life->call->arena,
                             (wf_str_t) { token.name_len, token.name });
    }

    if (submit == NULL || submit->name.data == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = WF_SUBMIT_REPORT;
    submit->flow_no = token.flow_no;
    submit->exec_no = token.exec_no;
    submit->task = token.task;
    submit->callback_token = text;
    life->submit = submit;
    life->shard_no = token.shard_no;

    return submit;
}


void
wf_action_task_succeeded(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_report_create(life, wf_arg(life, TASK_TOKEN)->text,
                              WF_E_INVALID_ARGUMENT);

    if (submit) {
        submit->outcome = WF_OUTCOME_SUCCEEDED;
        submit->input = wf_arg(life, OUTPUT)->text;
        wf_permit_submit(life, now_ms);
    }
}


void
wf_action_task_failed(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_report_create(life, wf_arg(life, TASK_TOKEN)->text,
                              WF_E_INVALID_ARGUMENT);

    if (submit) {
        submit->outcome = WF_OUTCOME_FAILED;
        submit->error = wf_arg(life, ERROR)->text;
        submit->cause = wf_arg(life, CAUSE)->text;
        wf_permit_submit(life, now_ms);
    }
}


void
wf_action_task_report(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}


/*
 * Ends
 */

static void
deliver_begin(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t        *submit;
    const wf_report_t  *report;

    report = &life->internal->task->report;
    submit = wf_report_create(life, report->token, WF_E_INVALID_ARGUMENT);

    if (submit) {
        submit->key = life->internal->key;
        submit->is_internal = true;
        submit->outcome = report->outcome;
        submit->input = report->value;
        submit->error = report->error;
        submit->cause = report->cause;
        wf_life_submit(life, now_ms);
    }
}


/* Too late, or nobody there: then it has been said. */
static void
deliver_done(wf_call_t *call)
{
    bool         is_lost;
    wf_desk_t   *desk;
    wf_trip_t   *trip;
    wf_error_t  *err;

    trip = call->data;
    desk = trip->desk;
    err = call->reply.error;
    is_lost = err && wf_error_retryable(err->code);

    if (err && err->code == WF_E_INVALID_ARGUMENT) {
        desk->port->log(desk->port, "an end calls back nobody: its token is "
                        "not valid (any more)");
    }

    wf_trip_call_free(trip);

    if (is_lost) {
        wf_trip_lost(trip, desk->now_ms);

    } else {
        wf_trip_settled(trip, desk->now_ms);
    }
}


void
wf_report_deliver(wf_trip_t *trip, int64_t now_ms)
{
    uint8_t     bytes[16];
    wf_call_t  *call;

    wf_trip_derive(trip->desk, trip->task, UINT32_MAX - 2, bytes);
    memcpy(&trip->internal.key, bytes, sizeof(trip->internal.key));
    trip->internal.key += trip->internal.key == 0;
    call = wf_trip_call(trip, &deliver_action, deliver_done);

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_call_run(call, now_ms);
}
