
/*
 * StartSyncExecution (cloudflow-api 3.7, 6.1): an Express execution runs in
 * the memory of the worker that took the call, from its start to its answer.
 * Owns those executions, their timers and their calls.  While it runs nothing
 * of it is written: when the worker dies it is gone, as is the connection of
 * the client that waited.  A client that leaves does not end it.
 *
 * The engine is the one of the shards: same inputs, same events, which are
 * thrown away once they were applied; unless the execution is to be kept: then
 * they are gathered, and its shard writes them before anyone hears the answer
 * (law 2).
 */

#include "actions/answers.h"
#include "actions/express.h"
#include "actions/qualify.h"
#include "base/json.h"
#include "engine/probe.h"
#include "shard/task.h"
#include "shard/turn.h"


#define STEP_BYTES   4096           /* first block of a step's arena */
#define LOST_MS      20             /* before a lost call is made again */
#define LOST_MAX     100            /* calls; then it fails */
#define TURN_MAX     8              /* that go on in one turn */


static void express_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms);
static void express_work(wf_express_t *express, wf_input_t *input,
    int64_t now_ms);
static void task_done(wf_task_t *task, const wf_task_result_t *result,
    int64_t now_ms);


/*
 * From birth to death
 */

static wf_str_t
no_token(void *data, uint64_t task, wf_arena_t *arena)
{
    (void) data;
    (void) task;
    (void) arena;

    /* Express flows have no task that could be reported on (6.1). */

    return wf_str("");
}


static wf_express_t *
express_create(wf_life_t *life)
{
    wf_exec_t        *exec;
    wf_desk_t        *desk;
    wf_express_t     *express;
    const wf_flow_t  *flow;

    desk = life->call->desk;
    exec = wf_exec_create();
    express = exec ? wf_arena_calloc(exec->home, sizeof(wf_express_t)) : NULL;

    if (express == NULL) {
        wf_exec_free(exec);
        return NULL;
    }

    flow = &life->revision->flow;
    express->identity = (wf_identity_t) {
        .flow_name = flow->name,
        .execution_name = wf_express_name(life, exec->home),
        .role = flow->role,
        .environment = flow->environment,
        .token = no_token
    };

    express->arena = wf_arena_create(STEP_BYTES);

    if (express->arena == NULL || !express->identity.execution_name.data) {
        wf_arena_free(express->arena);
        wf_exec_free(exec);
        return NULL;
    }

    exec->probe = life->probe;
    express->desk = desk;
    express->exec = exec;
    express->revision = life->revision;
    wf_revision_hold(express->revision);
    desk->port->random(desk->port, &express->no, sizeof(express->no));
    express->due.fire = express_fire;

    if (life->is_keeper) {
        wf_buf_init(&express->events, life->call->arena, 0);
    }

    express->next = desk->expresses;
    express->prev = &desk->expresses;

    if (express->next) {
        express->next->prev = &express->next;
    }

    desk->expresses = express;
    desk->express_count++;

    return express;
}


static void
unyield(wf_express_t *express)
{
    wf_express_t  **at;

    if (!express->has_yielded) {
        return;
    }

    for (at = &express->desk->yielded; *at != express;
         at = &(*at)->next_yielded)
    {
        wf_assert(*at != NULL);
    }

    *at = express->next_yielded;
    express->has_yielded = false;

    if (*at == NULL) {
        express->desk->last_yielded = at;
    }
}


static void
results_free(wf_task_t *list)
{
    wf_task_t  *task;

    while ((task = list) != NULL) {
        list = task->next;
        wf_arena_free(task->arena);
    }
}


void
wf_express_free(wf_express_t *express)
{
    wf_desk_t  *desk;
    wf_task_t  *task;

    desk = express->desk;
    unyield(express);
    wf_heap_remove(&desk->due, &express->due.node);

    while ((task = express->tasks) != NULL) {
        wf_task_unlink(task);
        wf_task_drop(task);
    }

    results_free(express->results);
    results_free(express->lost);

    *express->prev = express->next;

    if (express->next) {
        express->next->prev = express->prev;
    }

    desk->express_count--;
    wf_revision_release(express->revision);
    wf_arena_free(express->arena);
    wf_exec_free(express->exec);
}


void
wf_express_free_all(wf_desk_t *desk)
{
    wf_life_t     *life;
    wf_express_t  *express;

    while ((express = desk->expresses) != NULL) {
        life = express->life;
        wf_express_free(express);

        if (life != NULL) {
            life->express = NULL;

            if (life->is_left) {
                wf_life_free(life);
            }
        }
    }
}


void
wf_express_forsake(wf_express_t *express)
{
    express->life = NULL;
}


/* Neither an end nor an answer of the workflow. */
static void
broken(wf_express_t *express, const wf_error_t *err)
{
    wf_life_t  *life;

    life = express->life;
    wf_express_free(express);

    if (life == NULL) {
        return;
    }

    life->express = NULL;

    if (err->code == WF_E_NONE) {
        wf_life_no_memory(life);
        return;
    }

    *life->call->err = *err;
    wf_life_failed(life);
}


/* Whoever hears of it may start others: look from the beginning again. */
void
wf_express_end_below(wf_desk_t *desk, uint64_t flow_no)
{
    wf_error_t     err;
    wf_express_t  *express;

    wf_error_args(&err, WF_E_FLOW_NOT_FOUND, wf_str_none, wf_str_none);

    for (express = desk->expresses; express; /* void */ ) {

        if (express->revision->flow.flow_no >= flow_no || express->is_busy
            || express->exec->probe)
        {
            express = express->next;
            continue;
        }

        broken(express, &err);
        express = desk->expresses;
    }
}


/*
 * Calls
 */

static wf_rc_t
call_make(wf_express_t *express, const wf_effect_t *effect)
{
    wf_task_t  *task;
    wf_port_t  *port;

    task = wf_task_create(effect, &express->identity);

    if (task == NULL) {
        return WF_ERROR;
    }

    /* In no shard: its name alone says so. */

    task->shard_no = WF_TASK_NO_SHARD;
    task->exec_no = express->no;
    task->flow_no = express->revision->flow.flow_no;
    task->revision = express->revision->flow.revision;
    task->done = task_done;
    task->owner = express;
    task->is_traced = express->exec->probe
                      && express->exec->probe->is_traced;
    task->is_revealing = task->is_traced
                         && express->exec->probe->is_revealing;
    wf_task_link(&express->tasks, task);

    port = express->desk->port;
    port->task(port, task);

    return WF_OK;
}


static wf_rc_t
effects_do(wf_express_t *express, const wf_effect_t *effect)
{
    wf_task_t  *task;

    for ( /* void */ ; effect != NULL; effect = effect->next) {

        if (effect->type == WF_EFFECT_CALL) {
            if (call_make(express, effect) != WF_OK) {
                return WF_ERROR;
            }

            continue;
        }

        /* A result that is here already the engine will decline. */

        task = wf_task_find(express->tasks, effect->task);

        if (task != NULL) {
            wf_task_unlink(task);
            wf_task_drop(task);
        }
    }

    return WF_OK;
}


static void
trace_keep(struct wf_probe_s *probe, const wf_task_result_t *result)
{
    if (probe && result->trace.len > 0) {
        probe->trace = wf_arena_copy(probe->arena, result->trace);
        probe->failed |= probe->trace.data == NULL;
    }
}


/* What comes back while we are at work waits. */
static void
task_done(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    wf_input_t     input;
    wf_express_t  *express;

    express = task->owner;
    wf_task_unlink(task);
    trace_keep(express->exec->probe, result);

    if (express->is_busy || express->is_cut) {
        wf_task_keep(task, result);
        wf_task_link(&express->results, task);
        return;
    }

    task->result = *result;
    wf_task_link(&express->results, task);
    input = (wf_input_t) { 0 };
    express_work(express, &input, now_ms);
}


/* Nobody else would make them again. */
static wf_rc_t
calls_again(wf_express_t *express)
{
    wf_rc_t     rc;
    wf_task_t  *task;

    rc = WF_OK;

    while (rc == WF_OK && (task = express->lost) != NULL) {
        wf_task_unlink(task);
        rc = call_make(express, &task->effect);
        wf_arena_free(task->arena);
    }

    return rc;
}


/*
 * Work
 */

/* Of a state on trial: the state. */
static bool
is_over(const wf_express_t *express)
{
    return wf_status_is_final(express->exec->status)
           || wf_probe_is_over(express->exec);
}


static bool
keeps(const wf_express_t *express)
{
    return express->life != NULL && express->life->is_keeper;
}


static wf_rc_t
step(wf_express_t *express, wf_input_t *input, int64_t now_ms,
    wf_error_t *err)
{
    wf_rc_t      rc;
    wf_port_t   *port;
    wf_desk_t   *desk;
    wf_step_t    said;

    desk = express->desk;
    port = desk->port;
    wf_step_init(&said, express->arena);
    input->now_ms = wf_max(now_ms, express->exec->codec.time_ms);
    port->random(port, &input->random_seed, sizeof(input->random_seed));
    input->map_concurrency = (uint32_t) port->quota.map_concurrency;
    input->wait_speed = (uint32_t) port->quota.wait_speed;
    input->clock = port->clock;

    rc = wf_engine_step(express->exec, express->revision->program,
                        &express->identity, input, desk->scratch, &said, err);

    wf_arena_reset(desk->scratch);

    if (rc != WF_OK) {
        return rc;
    }

    express->is_cut = said.wants_continue;

    if (keeps(express)) {
        wf_buf_append(&express->events, said.events.data, said.events.len);
        express->event_count += said.event_count;

        if (said.events.failed || express->events.failed) {
            return WF_ERROR;
        }
    }

    if (is_over(express)) {
        return WF_OK;
    }

    return effects_do(express, said.effects);
}


/* A result; WF_DECLINED: none is there that can be taken. */
static wf_rc_t
result_take(wf_express_t *express, int64_t now_ms, wf_error_t *err)
{
    wf_rc_t      rc;
    wf_task_t   *task;
    wf_input_t   input;

    task = express->results;

    if (task == NULL) {
        return WF_DECLINED;
    }

    wf_task_unlink(task);

    if (task->result.is_lost) {
        task->result = (wf_task_result_t) { .is_lost = true };
        wf_task_link(&express->lost, task);

        return ++express->lost_count > LOST_MAX ? WF_ERROR : WF_OK;
    }

    wf_arena_reset(express->arena);
    rc = wf_task_input(task, &task->result, express->arena, &input);

    if (rc == WF_OK) {
        rc = step(express, &input, now_ms, err);
    }

    wf_arena_free(task->arena);

    return rc == WF_DECLINED ? WF_OK : rc;
}


/* What is to be written whole must not grow without end. */
static wf_rc_t
bound(wf_express_t *express, int64_t now_ms, wf_error_t *err)
{
    wf_input_t  input;

    if (!keeps(express) || express->events.len <= WF_EXPRESS_HISTORY_MAX
        || wf_status_is_final(express->exec->status))
    {
        return WF_OK;
    }

    input = (wf_input_t) {
        .type = WF_INPUT_STOP,
        .error = wf_str("FnF.DataLimitExceeded"),
        .cause = wf_str("the history of the Express execution is larger than "
                        "allowed")
    };

    wf_arena_reset(express->arena);

    return step(express, &input, now_ms, err);
}


/* Until it can not move without the world, or has held us long enough. */
static wf_rc_t
work(wf_express_t *express, wf_input_t *input, int64_t now_ms,
    wf_error_t *err)
{
    wf_rc_t  rc;

    rc = WF_OK;

    if (input->type != 0) {
        wf_arena_reset(express->arena);
        rc = step(express, input, now_ms, err);
    }

    while (rc != WF_ERROR && !express->is_cut && !is_over(express)
           && express->exec->status == WF_STATUS_RUNNING)
    {
        rc = result_take(express, now_ms, err);

        if (rc == WF_DECLINED) {
            break;
        }
    }

    return rc == WF_ERROR ? WF_ERROR : bound(express, now_ms, err);
}


static void
yield(wf_express_t *express)
{
    wf_desk_t  *desk;

    desk = express->desk;

    if (!express->has_yielded) {
        express->has_yielded = true;
        express->next_yielded = NULL;
        *desk->last_yielded = express;
        desk->last_yielded = &express->next_yielded;
    }

    desk->port->turn(desk->port);
}


/* Never at once: the loop goes on first. */
static wf_rc_t
wait_on(wf_express_t *express, int64_t now_ms)
{
    int64_t     due_ms;
    wf_desk_t  *desk;

    desk = express->desk;
    due_ms = wf_exec_due_ms(express->exec);

    if (express->lost != NULL) {
        due_ms = wf_min(due_ms, now_ms + LOST_MS);
    }

    wf_heap_remove(&desk->due, &express->due.node);

    return wf_desk_due(desk, &express->due, wf_max(due_ms, now_ms + 1));
}


static void
express_work(wf_express_t *express, wf_input_t *input, int64_t now_ms)
{
    wf_rc_t     rc;
    wf_error_t  err;

    wf_error_clear(&err);
    express->is_busy = true;
    rc = work(express, input, now_ms, &err);
    express->is_busy = false;

    if (rc == WF_OK && is_over(express)) {
        wf_express_answer(express, now_ms);
        return;
    }

    if (rc == WF_OK && express->is_cut) {
        yield(express);

    } else if (rc == WF_OK) {
        rc = wait_on(express, now_ms);
    }

    if (rc != WF_OK) {
        broken(express, &err);
    }
}


static void
express_fire(wf_desk_t *desk, wf_due_t *due, int64_t now_ms)
{
    wf_rc_t        rc;
    wf_input_t     input;
    wf_error_t     err;
    wf_express_t  *express;

    (void) desk;

    express = (wf_express_t *) ((uint8_t *) due
                                - offsetof(wf_express_t, due));
    express->is_busy = true;
    rc = calls_again(express);
    express->is_busy = false;

    if (rc != WF_OK) {
        wf_error_clear(&err);
        broken(express, &err);
        return;
    }

    input = (wf_input_t) { 0 };

    if (wf_exec_due_ms(express->exec) <= now_ms) {
        input.type = WF_INPUT_TIMER;
    }

    express_work(express, &input, now_ms);
}


void
wf_express_turn(wf_desk_t *desk, int64_t now_ms)
{
    unsigned       n;
    wf_input_t     input;
    wf_express_t  *express;

    for (n = 0; n < TURN_MAX && desk->yielded && wf_port_goes_on(desk->port);
         n++)
    {
        express = desk->yielded;
        unyield(express);
        express->is_cut = false;
        input = (wf_input_t) { .type = WF_INPUT_CONTINUE };
        express_work(express, &input, now_ms);
    }

    if (desk->yielded) {
        desk->port->turn(desk->port);
    }
}


/*
 * The start
 */

static bool
is_crowded(const wf_desk_t *desk)
{
    uint64_t  max;

    max = desk->port->quota.express;

    return desk->express_count >= (max ? max : WF_EXPRESS_RUNNING_MAX);
}


/* Nobody waits for its end: that it has begun is the answer. */
static void
go_alone(wf_express_t *express, wf_life_t *life, wf_input_t *input,
    int64_t now_ms)
{
    wf_reply_t           *reply;
    wf_execution_view_t  *view;

    view = wf_arena_calloc(life->call->arena, sizeof(wf_execution_view_t));

    if (view) {
        view->flow = wf_arg(life, FLOW)->text;
        view->name = wf_arena_copy(life->call->arena,
                                   express->identity.execution_name);
        view->started_ms = now_ms;
        view->status = WF_STATUS_RUNNING;
    }

    if (view == NULL || view->name.data == NULL) {
        wf_express_free(express);
        wf_life_no_memory(life);
        return;
    }

    express_work(express, input, now_ms);

    reply = &life->call->reply;
    reply->kind = WF_REPLY_EXECUTION;
    reply->count = 1;
    reply->u.executions = view;
    wf_life_done(life);
}


void
wf_express_start(wf_life_t *life, int64_t now_ms)
{
    wf_input_t     input;
    wf_value_t    *object;
    wf_express_t  *express;

    if (wf_execution_check(life, WF_MODE_EXPRESS) != WF_OK) {
        return;
    }

    if (is_crowded(life->call->desk)) {
        wf_life_fail(life, WF_E_THROTTLED, wf_str_none, wf_str_none);
        return;
    }

    life->is_keeper = life->probe ? false
                      : life->internal
                      ? life->call->desk->settings.keeps_express
                      : life->call->keeps_express;

    express = express_create(life);

    if (express == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (wf_json_parse(express->exec->arena, wf_express_input(life), &object,
                      life->call->err)
        != WF_OK)
    {
        wf_express_free(express);
        wf_life_failed(life);
        return;
    }

    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .value = object,
        .test_case = wf_arg(life, TEST_CASE)->text
    };

    if (!life->call->action->is_cloudflow
        && life->call->action->kind != WF_KIND_RUN)
    {
        go_alone(express, life, &input, now_ms);
        return;
    }

    express->life = life;
    life->express = express;
    life->state = WF_LIFE_RUNNING;
    express_work(express, &input, now_ms);
}


static void
begin_qualified(wf_life_t *life, int64_t now_ms)
{
    wf_life_qualify(life, wf_express_start, now_ms);
}


void
wf_action_express_start(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, begin_qualified, now_ms);
}
