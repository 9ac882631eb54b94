
/*
 * Sub-flows and children of map runs (fdl 1.10, 2.8; cloudflow-api 6.4, 6.7):
 * the start, the redrive and the stop are ordinary calls, made by the desk
 * itself.  A start
 * that is made again finds its own child, because key and name come from the
 * task.  What the child's end means for the task is not seen here: it reports
 * on the task's token.
 */

#include "actions/answers.h"
#include "actions/qualify.h"
#include "actions/trip.h"
#include "actions/uuid.h"
#include "base/json.h"
#include "base/timefmt.h"
#include "wire/aws_arn.h"
#include "wire/aws_job.h"


#define TRIES_MAX    8              /* of a start whose shard has no owner */
#define RETRY_MS     500            /* then twice that, and so on */


static void child_begin(wf_life_t *life, int64_t now_ms);
static void stop_begin(wf_life_t *life, int64_t now_ms);
static void redrive_begin(wf_life_t *life, int64_t now_ms);
static void child_start(wf_trip_t *trip, int64_t now_ms);


static const wf_action_t  start_action = {
    "desk", wf_str_init("StartChild"), child_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, true
};

static const wf_action_t  stop_action = {
    "desk", wf_str_init("StopChild"), stop_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, true
};

/* The same for state machines: they find those alone. */
static const wf_action_t  start_machine = {
    "desk", wf_str_init("StartChild"), child_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, false
};

static const wf_action_t  stop_machine = {
    "desk", wf_str_init("StopChild"), stop_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, false
};

static const wf_action_t  redrive_machine = {
    "desk", wf_str_init("RedriveChild"), redrive_begin, wf_action_exec_write,
    WF_ROUTE_EXECUTION, WF_KIND_WRITE, false
};

/* Why a start failed, as the parent's definition spells it. */
static const struct {
    wf_error_code_t   code;
    wf_str_t          name;
    const char       *text;             /* of the details */
} reasons[] = {
    { WF_E_FLOW_NOT_FOUND, wf_str_init("FlowNotExists"),
      "Flow '%s' does not exist." },
    { WF_E_EXECUTION_EXISTS, wf_str_init("ExecutionAlreadyExists"),
      "Execution '%s' for flow '%s' already exists." },
    { WF_E_INVALID_ARGUMENT, wf_str_init("InvalidArgument"), "%s" },
    { WF_E_NOT_SUPPORTED, wf_str_init("ActionNotSupported"), "%s" },
    { WF_E_THROTTLED, wf_str_init("ResourceThrottled"), "%s" },
    { WF_E_EXECUTION_LIMIT, wf_str_init("ResourceThrottled"), "%s" },
    { WF_E_ACCESS_DENIED, wf_str_init("AccessDenied"), "%s" },
    { WF_E_NOT_REDRIVABLE, wf_str_init("ExecutionNotRedrivable"), "%s" },
    { WF_E_INTERNAL, wf_str_init("InternalServerError"), "%s" }
};


static bool
is_map_item(const wf_trip_t *trip)
{
    return trip->task->effect.child.len > 0;
}


/* fdl 1.7, 2.6: the service as the action spells it. */
static wf_str_t
prefix_of(const wf_effect_t *effect)
{
    const uint8_t  *colon;

    if (effect->is_action) {
        colon = memchr(effect->resource.data, ':', effect->resource.len);

        if (colon) {
            return (wf_str_t) { (size_t) (colon - effect->resource.data),
                                effect->resource.data };
        }
    }

    return wf_str("FnF");
}


/* As Step Functions would have refused the start (asl 15). */
static void
job_failed(wf_trip_t *trip, const wf_error_t *err, int64_t now_ms)
{
    wf_buf_t              body;
    wf_service_answer_t   answer;
    wf_service_header_t   id;
    wf_service_result_t   got;

    id.name = wf_str("x-amzn-requestid");
    id.value = trip->call.key;
    wf_buf_init(&body, trip->task->arena, 256);
    wf_aws_job_refused(&body, err, trip->flow, trip->name);
    answer = (wf_service_answer_t) {
        .status = 400, .headers = &id, .header_count = 1,
        .body = wf_buf_done(&body)
    };

    if (body.failed
        || wf_service_result(trip->task->arena, &trip->call, &answer, &got)
           != WF_OK)
    {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_trip_fail(trip, got.error, got.cause, now_ms);
}


static void
child_failed(wf_trip_t *trip, const wf_error_t *err, int64_t now_ms)
{
    size_t      i;
    wf_buf_t    error;
    wf_error_t  cause;

    if (trip->call.is_aws && !is_map_item(trip)) {
        job_failed(trip, err, now_ms);
        return;
    }

    for (i = 0; i < wf_countof(reasons) - 1; i++) {

        if (reasons[i].code == err->code) {
            break;
        }
    }

    wf_buf_init(&error, trip->task->arena, 64);
    wf_buf_str(&error, prefix_of(&trip->task->effect));
    wf_buf_byte(&error, '.');
    wf_buf_str(&error, reasons[i].name);

    if (error.failed) {
        wf_trip_lost(trip, now_ms);
        return;
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
    wf_error_set(&cause, err->code, reasons[i].text, err->arg[0],
                 err->arg[1]);
#pragma GCC diagnostic pop

    wf_trip_fail(trip, wf_buf_done(&error), wf_error_arg(&cause, 0), now_ms);
}


/*
 * Start
 */

/* What StartExecution answers, as the generation shows it. */
static wf_rc_t
answer_print(wf_trip_t *trip, const wf_record_t *record, wf_str_t *value)
{
    wf_buf_t              buf;
    wf_execution_view_t   view;

    wf_buf_init(&buf, trip->task->arena, 320);

    if (trip->call.is_aws) {
        view = (wf_execution_view_t) {
            .flow = trip->flow,
            .name = record->name,
            .started_ms = record->started_ms
        };

        wf_aws_job_started(&buf, &view, trip->call.key);
        *value = wf_buf_done(&buf);

        return buf.failed ? WF_ERROR : WF_OK;
    }

    wf_buf_text(&buf, "{\"FlowName\":");
    wf_json_print_string(&buf, trip->flow);
    wf_buf_str(&buf, trip->call.is_legacy ? wf_str(",\"Name\":")
                                          : wf_str(",\"ExecutionName\":"));
    wf_json_print_string(&buf, record->name);

    if (trip->call.is_legacy) {
        wf_buf_text(&buf, ",\"Status\":\"Running\",\"StartedTime\":\"");
        wf_time_print(&buf, record->started_ms);
        wf_buf_text(&buf, "\",\"RequestId\":");

    } else {
        wf_buf_text(&buf, ",\"RequestID\":");
    }

    wf_json_print_string(&buf, trip->call.key);
    wf_buf_byte(&buf, '}');
    *value = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}


/* It runs under that name, but not because of us: nobody would report. */
static bool
is_anothers(const wf_trip_t *trip, const wf_record_t *record)
{
    return trip->task->effect.mode == WF_CALL_SYNC
           && wf_record_key(record) != trip->internal.key;
}


/* A map run takes its child up again, and it had succeeded all along. */
static bool
is_done(const wf_trip_t *trip, const wf_record_t *record)
{
    return trip->is_redrive && record->status == WF_STATUS_SUCCEEDED
           && wf_record_key(record) != trip->internal.key;
}


static void
child_succeeded(wf_trip_t *trip, const wf_record_t *record, int64_t now_ms)
{
    wf_error_t        err;
    wf_task_result_t  result;

    if (is_done(trip, record)) {
        memset(&result, 0, sizeof(result));
        result.outcome = WF_OUTCOME_SUCCEEDED;
        result.value = record->output;
        wf_trip_done(trip, &result, now_ms);
        return;
    }

    if (is_anothers(trip, record)) {
        wf_error_args(&err, WF_E_EXECUTION_EXISTS, record->name, trip->flow);
        child_failed(trip, &err, now_ms);
        return;
    }

    memset(&result, 0, sizeof(result));
    result.outcome = trip->task->effect.mode == WF_CALL_REQUEST
                     ? WF_OUTCOME_SUCCEEDED : WF_OUTCOME_SUBMITTED;

    if (answer_print(trip, record, &result.value) != WF_OK) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_trip_done(trip, &result, now_ms);
}


static void
child_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    wf_trip_t  *trip;

    (void) desk;

    trip = (wf_trip_t *) ((uint8_t *) due - offsetof(wf_trip_t, due));
    trip->task->cancel = NULL;
    child_start(trip, now_ms);
}


/* It waits for its next try: what it might have started is stopped by the
 * parcel that follows. */
static void
child_cancel(wf_task_t *task)
{
    wf_trip_lost(task->data, 0);
}


/* A start that is on its way is waited for, so that the stop comes after it;
 * unless its shard has gone, and another worker asks and stops. */
static void
start_cancel(wf_task_t *task)
{
    wf_trip_t  *trip;

    if (!task->is_dropped) {
        return;
    }

    trip = task->data;

    if (trip->inner) {
        wf_call_abandon(trip->inner);
        trip->inner = NULL;
    }

    wf_trip_lost(trip, 0);
}


/* Its shard has no owner for a while: no fault of the definition. */
static void
child_again(wf_trip_t *trip, const wf_error_t *err, int64_t now_ms)
{
    int64_t  delay_ms;

    if (trip->try_count >= TRIES_MAX) {
        child_failed(trip, err, now_ms);
        return;
    }

    delay_ms = wf_min((int64_t) RETRY_MS << trip->try_count,
                      WF_CHILD_RETRY_MS_MAX);
    trip->try_count++;
    trip->due.fire = child_fire;

    if (trip->task->is_cancelled
        || wf_desk_due(trip->desk, &trip->due, now_ms + delay_ms) != WF_OK)
    {
        wf_trip_lost(trip, now_ms);
        return;
    }

    trip->task->data = trip;
    trip->task->cancel = child_cancel;
}


static void
child_done(wf_call_t *call)
{
    int64_t       now_ms;
    wf_trip_t    *trip;
    wf_life_t    *life;
    wf_error_t    err;
    wf_record_t   record;

    trip = call->data;
    life = call->state;
    now_ms = trip->desk->now_ms;
    trip->task->cancel = NULL;

    if (call->reply.error) {
        err = *call->reply.error;
        wf_trip_call_free(trip);

        if (err.code == WF_E_INTERNAL) {
            child_again(trip, &err, now_ms);

        } else if (err.code == WF_E_EXECUTION_NOT_FOUND && trip->is_redrive) {
            trip->is_redrive = false;
            child_start(trip, now_ms);

        } else {
            child_failed(trip, &err, now_ms);
        }

        return;
    }

    wf_assert(life->record);
    record = *life->record;
    record.name = wf_arena_copy(trip->task->arena, record.name);
    record.output = wf_arena_copy(trip->task->arena, record.output);
    record.redrives = wf_arena_copy(trip->task->arena, record.redrives);
    wf_trip_call_free(trip);

    if (record.name.data == NULL || record.output.data == NULL
        || record.redrives.data == NULL)
    {
        wf_trip_lost(trip, now_ms);
        return;
    }

    child_succeeded(trip, &record, now_ms);
}


/* A call that is abandoned outlives its task, as long as a shard has it. */
static wf_rc_t
arg_set(wf_call_t *call, wf_arg_id_t id, wf_str_t text)
{
    wf_arg_t  *arg;

    if (text.len == 0) {
        return WF_OK;
    }

    arg = wf_args_add(call->arena, &call->args, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->text = wf_arena_copy(call->arena, text);

    return arg->text.data ? WF_OK : WF_ERROR;
}


static wf_rc_t
child_args(wf_trip_t *trip, wf_call_t *call)
{
    if (arg_set(call, WF_ARG_FLOW, trip->flow) != WF_OK
        || arg_set(call, WF_ARG_QUALIFIER, trip->qualifier) != WF_OK
        || arg_set(call, WF_ARG_TEST_CASE, trip->test_case) != WF_OK
        || arg_set(call, WF_ARG_EXECUTION, trip->name) != WF_OK
        || arg_set(call, WF_ARG_INPUT, trip->input) != WF_OK)
    {
        return WF_ERROR;
    }

    return trip->task->effect.mode == WF_CALL_SYNC
           ? arg_set(call, WF_ARG_CALLBACK_TOKEN, trip->task->effect.token)
           : WF_OK;
}


static const wf_action_t *
start_of(const wf_trip_t *trip)
{
    if (trip->is_redrive) {
        return &redrive_machine;
    }

    return trip->call.is_aws ? &start_machine : &start_action;
}


static void
child_start(wf_trip_t *trip, int64_t now_ms)
{
    wf_call_t  *call;

    call = wf_trip_call(trip, start_of(trip), child_done);

    if (call && child_args(trip, call) != WF_OK) {
        wf_trip_call_free(trip);
        call = NULL;
    }

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    trip->task->data = trip;
    trip->task->cancel = start_cancel;
    wf_call_run(call, now_ms);
}


/* An item of a map run is what its parent is: no other revision will do. */
static void
item_begin(wf_life_t *life, int64_t now_ms)
{
    const wf_task_t  *task;

    task = life->internal->task;

    if (life->revision->flow.flow_no != task->flow_no
        || life->revision->flow.revision != task->revision)
    {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, task->flow, wf_str_none);
        return;
    }

    wf_execution_start(life, now_ms);
}


static void
item_look(wf_life_t *life, int64_t now_ms)
{
    const wf_task_t  *task;

    task = life->internal->task;
    wf_life_revision(life, task->flow_no, task->revision, item_begin, now_ms);
}


/* It goes on with the definition that it has. */
static void
redrive_begin(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, wf_execution_redrive, now_ms);
}


static void
child_qualify(wf_life_t *life, int64_t now_ms)
{
    wf_life_qualify(life, wf_execution_start, now_ms);
}


static void
child_begin(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text,
                 life->internal->task->effect.child.len > 0
                 ? item_look : child_qualify, now_ms);
}


/* What stands behind the mark leaves text; empty: there is none. */
static wf_str_t
tail_take(wf_str_t *text, uint8_t mark)
{
    wf_str_t        tail;
    const uint8_t  *at;

    at = text->len ? memchr(text->data, mark, text->len) : NULL;

    if (at == NULL) {
        return wf_str_none;
    }

    tail.data = at + 1;
    tail.len = text->len - (size_t) (tail.data - text->data);
    text->len = (size_t) (at - text->data);

    return tail;
}


/* "FLOW[:QUALIFIER][#TEST CASE]" of a machine. */
static void
flow_split(wf_trip_t *trip)
{
    if (trip->call.is_aws) {
        trip->test_case = tail_take(&trip->flow, '#');
        trip->qualifier = tail_take(&trip->flow, ':');
    }
}


/* The key by which a start knows its own child. */
static uint64_t
key_of(const wf_trip_t *trip)
{
    uint8_t   bytes[16];
    uint64_t  key;

    wf_trip_derive(trip->desk, trip->task, UINT32_MAX - 1, bytes);
    memcpy(&key, bytes, sizeof(key));

    return key + (key == 0);
}


/* cloudflow-api 2: what a client could have named it. */
static bool
is_name(wf_str_t name)
{
    size_t   i;
    uint8_t  ch, letter;

    for (i = 0; i < name.len; i++) {
        ch = name.data[i];
        letter = ch | 0x20;

        if ((letter >= 'a' && letter <= 'z') || ch == '_') {
            continue;
        }

        if (i == 0 || ((ch < '0' || ch > '9') && ch != '-')) {
            return false;
        }
    }

    return name.len <= WF_NAME_LEN_MAX;
}


void
wf_child_call(wf_trip_t *trip, int64_t now_ms)
{
    wf_error_t        err;
    const wf_task_t  *task;

    task = trip->task;
    trip->internal.key = key_of(trip);
    trip->internal.depth = task->depth + 1;
    flow_split(trip);

    if (is_map_item(trip)) {
        trip->flow = task->flow;
        trip->name = task->effect.child;
        trip->input = task->effect.params;
        trip->internal.depth = task->depth;
        trip->internal.root_scope = task->effect.scope;
        trip->is_redrive = task->effect.is_redrive;
        trip->test_case = task->effect.test_case;

    } else if (trip->call.is_aws ? trip->name.len > 0
                                   && !wf_arn_name_is_valid(trip->name)
                                 : !is_name(trip->name))
    {
        wf_error_set(&err, WF_E_INVALID_ARGUMENT,
                     "The execution name is not valid.");
        child_failed(trip, &err, now_ms);
        return;
    }

    if (trip->internal.depth > WF_CHILD_DEPTH_MAX && trip->call.is_aws) {
        wf_error_set(&err, WF_E_THROTTLED,
                     "Executions may start others 16 deep at most.");
        child_failed(trip, &err, now_ms);
        return;
    }

    if (trip->internal.depth > WF_CHILD_DEPTH_MAX) {
        wf_trip_fail(trip, wf_str("FnF.ChildDepthExceeded"),
                     wf_str("Sub-flows may be nested 16 deep at most."),
                     now_ms);
        return;
    }

    child_start(trip, now_ms);
}


/*
 * Stop
 */

static void
stop_begin(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, wf_execution_stop, now_ms);
}


/* Over, unknown, gone: all the same. */
static void
stop_done(wf_call_t *call)
{
    bool        is_lost;
    wf_trip_t  *trip;

    trip = call->data;
    is_lost = call->reply.error
              && wf_error_retryable(call->reply.error->code);
    wf_trip_call_free(trip);

    if (is_lost) {
        wf_trip_lost(trip, trip->desk->now_ms);

    } else {
        wf_trip_settled(trip, trip->desk->now_ms);
    }
}


static wf_rc_t
stop_find(wf_trip_t *trip)
{
    wf_error_t        err;
    const wf_task_t  *task;

    task = trip->task;

    trip->call.is_aws = task->effect.dialect == WF_DIALECT_ASL;

    if (is_map_item(trip)) {
        trip->flow = task->flow;
        trip->name = task->effect.child;
        return WF_OK;
    }

    wf_error_clear(&err);
    trip->call.is_legacy = task->effect.dialect == WF_DIALECT_FDL;
    trip->call.is_action = task->effect.is_action;
    trip->call.mode = task->effect.mode;
    trip->call.resource = task->effect.resource;
    trip->call.params = task->effect.params;
    trip->call.has_params = task->effect.has_params;

    if (wf_service_child(task->arena, &trip->call, &trip->flow, &trip->name,
                         &trip->input, &err) != WF_OK)
    {
        return WF_ERROR;
    }

    flow_split(trip);

    return WF_OK;
}


void
wf_child_stop(wf_trip_t *trip, int64_t now_ms)
{
    wf_call_t  *call;

    if (stop_find(trip) != WF_OK) {
        /* A service's own job: there is no way to stop it. */
        wf_trip_settled(trip, now_ms);
        return;
    }

    trip->internal.start_key = key_of(trip);
    trip->internal.key = trip->internal.start_key ^ 1;
    trip->internal.key += trip->internal.key == 0;
    call = wf_trip_call(trip, trip->call.is_aws ? &stop_machine
                                            : &stop_action, stop_done);

    if (call == NULL) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    if (arg_set(call, WF_ARG_FLOW, trip->flow) != WF_OK
        || arg_set(call, WF_ARG_EXECUTION, trip->name) != WF_OK
        || arg_set(call, WF_ARG_ERROR, wf_str("FnF.ExecutionStopped"))
           != WF_OK
        || arg_set(call, WF_ARG_CAUSE,
                   wf_str("The task that started it has ended."))
           != WF_OK)
    {
        wf_trip_call_free(trip);
        wf_trip_lost(trip, now_ms);
        return;
    }

    wf_call_run(call, now_ms);
}
