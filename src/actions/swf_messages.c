
/*
 * What one run of SWF says to another (swf 8, 11, 12): a child is to start, a
 * signal, a request to cancel, the end of a child, the policy for children.
 * The call is the desk's own and may be made again: starts have a key, signals
 * and requests name the event that they come from, so that the other run drops
 * doubles.  What came of it is the sender's to record.
 */

#include "actions/answers.h"
#include "actions/trip.h"
#include "base/json.h"
#include "engine/swf.h"


typedef struct {
    wf_str_t   name;                /* resource of the effect */
    uint8_t    kind;                /* wf_swf_kind_t; 0: a start */
    bool       is_answered;         /* the sender wants to know */
} message_t;


static const message_t  messages[] = {
    { wf_str_init("start"),     0,                true },
    { wf_str_init("signal"),    WF_SWF_SIGNAL,    true },
    { wf_str_init("cancel"),    WF_SWF_CANCEL,    true },
    { wf_str_init("terminate"), WF_SWF_TERMINATE, false },
    { wf_str_init("closed"),    WF_SWF_CLOSED,    false }
};

/* Why not, as the sender's history has it; what is not here is tried again or
 * not permitted. */
static const struct {
    wf_error_code_t   code;
    wf_str_t          cause;
} causes[] = {
    { WF_E_EXECUTION_EXISTS, wf_str_init("WORKFLOW_ALREADY_RUNNING") },
    { WF_E_THROTTLED, wf_str_init("OPEN_WORKFLOWS_LIMIT_EXCEEDED") },
    { WF_E_QUOTA, wf_str_init("OPEN_WORKFLOWS_LIMIT_EXCEEDED") },
    { WF_E_UNKNOWN_RUN, wf_str_init("UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION") },
    { WF_E_UNKNOWN_WORKFLOW_ID,
      wf_str_init("UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION") }
};


static void deliver_begin(wf_life_t *life, int64_t now_ms);


static const wf_action_t  deliver_action = {
    "desk", wf_str_init("TellRun"), deliver_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, false
};


static const message_t *
message_of(const wf_task_t *task)
{
    size_t  i;

    for (i = 0; i < wf_countof(messages); i++) {

        if (wf_str_eq(messages[i].name, task->effect.resource)) {
            return &messages[i];
        }
    }

    return NULL;
}


/* The submit outlives the task, if the call is abandoned. */
static void
deliver_begin(wf_life_t *life, int64_t now_ms)
{
    wf_arena_t       *arena;
    wf_submit_t      *submit;
    const wf_task_t  *task;
    const message_t  *message;

    task = life->internal->task;
    message = message_of(task);
    arena = life->call->arena;
    submit = wf_arena_calloc(arena, sizeof(wf_submit_t));

    if (submit) {
        submit->name = wf_arena_copy(arena, task->effect.child);
        submit->input = wf_arena_copy(arena, task->effect.params);
        submit->flow_name = wf_arena_copy(arena, task->flow);
    }

    if (submit == NULL || submit->name.data == NULL
        || submit->input.data == NULL || submit->flow_name.data == NULL)
    {
        wf_life_no_memory(life);
        return;
    }

    submit->type = message->kind ? WF_SUBMIT_SWF : WF_SUBMIT_START;
    submit->swf = message->kind;
    submit->is_internal = true;
    submit->flow_no = task->flow_no;
    submit->revision = task->revision;
    submit->key = life->internal->key;
    submit->depth = message->kind ? 0 : 1;
    life->submit = submit;
    life->shard_no = wf_shard_of(submit->flow_no, submit->name,
                                 life->call->desk->settings.shard_count);
    wf_life_submit(life, now_ms);
}


static wf_str_t
cause_of(const wf_error_t *err)
{
    size_t  i;

    for (i = 0; i < wf_countof(causes); i++) {

        if (causes[i].code == err->code) {
            return causes[i].cause;
        }
    }

    return wf_str("OPERATION_NOT_PERMITTED");
}


/* {"runId"} or {"cause"}. */
static wf_str_t
answer_print(wf_arena_t *arena, const char *member, wf_str_t text)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 64 + text.len);
    wf_buf_text(&buf, "{\"");
    wf_buf_str(&buf, wf_str_of(member));
    wf_buf_text(&buf, "\":");
    wf_json_print_string(&buf, text);
    wf_buf_byte(&buf, '}');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static void
deliver_done(wf_call_t *call)
{
    int64_t           now_ms;
    wf_life_t        *life;
    wf_trip_t        *trip;
    wf_error_t       *err;
    wf_task_result_t  result;

    trip = call->data;
    life = call->state;
    now_ms = trip->desk->now_ms;
    err = call->reply.error;

    if (err && wf_error_retryable(err->code) && err->code != WF_E_THROTTLED) {
        wf_trip_call_free(trip);
        wf_trip_lost(trip, now_ms);
        return;
    }

    memset(&result, 0, sizeof(result));
    result.outcome = WF_OUTCOME_SUCCEEDED;

    if (message_of(trip->task)->is_answered) {
        result.value = err
            ? answer_print(trip->task->arena, "cause", cause_of(err))
            : answer_print(trip->task->arena, "runId",
                           wf_swf_run(life->record->name));
        result.is_lost = result.value.len == 0;
    }

    wf_trip_call_free(trip);
    wf_trip_done(trip, &result, now_ms);
}


void
wf_swf_deliver(wf_trip_t *trip, int64_t now_ms)
{
    uint8_t     bytes[16];
    wf_call_t  *call;

    if (message_of(trip->task) == NULL) {
        wf_trip_settled(trip, now_ms);      /* another release's */
        return;
    }

    wf_trip_derive(trip->desk, trip->task, UINT32_MAX - 3, bytes);
    memcpy(&trip->internal.key, bytes, sizeof(trip->internal.key));
    trip->internal.key += trip->internal.key == 0;
    call = wf_trip_call(trip, &deliver_action, deliver_done);

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_call_run(call, now_ms);
}
