
/*
 * Services for the engine's tests: who answers the calls of a rig, by stubs
 * in the format of the reference cases.  The answer to a task is fixed when
 * it is first asked for, so that a crash changes nothing.
 *
 * Beside the published forms (return, error, callback, callbackError) an
 * answer of ours may be {"hang": true}: none ever comes; {"early": output} or
 * {"earlyError": name}: the report is there before the call returns; "pad"
 * adds a member x of so many characters to what is returned.
 */

#ifndef WF_ENGINE_WORLD_H
#define WF_ENGINE_WORLD_H


#include "engine_rig.h"


#define WORLD_TASKS_MAX  4096

typedef struct {
    uint64_t           task;
    const wf_value_t  *answer;      /* NULL: a child flow */
    wf_str_t           child;       /* definition of the child flow */
    wf_value_t        *input;       /* of the child */
    wf_str_t           child_name;
    wf_str_t           flow;
    uint8_t            mode;
    bool               is_envelope;
} world_task_t;

typedef struct {
    rig_t             *rig;
    const wf_value_t  *item;        /* the case */
    const wf_value_t  *run;
    world_task_t      *tasks;
    uint32_t           task_count;
    uint32_t           asked[64];   /* by stub, in order */
    wf_value_t        *calls;       /* payloads, in order */
} world_t;


static inline const wf_value_t *
world_get(const wf_value_t *object, const char *name)
{
    return wf_value_get(object, wf_str_of(name));
}


static inline wf_str_t
world_text(const wf_value_t *object, const char *name)
{
    const wf_value_t  *value;

    value = world_get(object, name);

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


static inline bool
world_fits(const wf_value_t *when, const wf_value_t *payload)
{
    uint32_t           i;
    const wf_value_t  *value;

    for (i = 0; i < when->count; i++) {
        value = wf_value_get(payload, when->u.members[i].key);

        if (value == NULL
            || !wf_value_eq(value, when->u.members[i].value))
        {
            return false;
        }
    }

    return true;
}


/* By "when", else in order, the last again and again. */
static inline const wf_value_t *
world_answer(world_t *world, const wf_value_t *list, uint32_t stub,
    const wf_value_t *payload)
{
    uint32_t           i;
    const wf_value_t  *when;

    for (i = 0; i < list->count; i++) {
        when = world_get(list->u.items[i], "when");

        if (when && world_fits(when, payload)) {
            return list->u.items[i];
        }
    }

    i = world->asked[stub]++;

    return list->u.items[wf_min(i, list->count - 1)];
}


/* "Action ARN" in generation 2, the ARN or the action in generation 1. */
static inline wf_str_t
world_key(world_t *world, const wf_effect_t *effect, const wf_value_t *params)
{
    wf_buf_t  key;
    wf_str_t  place;

    wf_buf_init(&key, world->rig->arena, 0);
    wf_buf_str(&key, effect->resource);

    if (effect->dialect == WF_DIALECT_CFL) {
        place = world_text(params, "resourceArn");
        place = place.len ? place : world_text(params, "url");

        if (place.len) {
            wf_buf_byte(&key, ' ');
            wf_buf_str(&key, place);
        }
    }

    return wf_buf_done(&key);
}


static inline void
world_child(world_t *world, const wf_effect_t *effect,
    const wf_value_t *params, world_task_t *task)
{
    uint32_t           i;
    wf_str_t           arn;
    const wf_value_t  *children, *input;

    children = world_get(world->item, "childFlows");
    arn = effect->dialect == WF_DIALECT_FDL ? effect->resource
                                            : world_text(params,
                                                         "resourceArn");

    for (i = 0; children && i < children->count; i++) {
        wf_str_t  name = children->u.members[i].key;

        if (arn.len > name.len
            && memcmp(arn.data + arn.len - name.len, name.data, name.len)
               == 0)
        {
            input = world_get(params, effect->dialect == WF_DIALECT_FDL
                                      ? "Input" : "input");
            task->child = children->u.members[i].value->u.string;
            task->flow = name;
            task->input = (wf_value_t *) (input ? input : &wf_event_empty);
            task->child_name = world_text(params,
                                          effect->dialect == WF_DIALECT_FDL
                                          ? "ExecutionName"
                                          : "executionName");
            return;
        }
    }
}


/* An effect of the main run: what will be answered is fixed now. */
static inline void
world_effect(void *data, const wf_effect_t *effect)
{
    uint32_t           i;
    wf_str_t           key;
    world_t           *world;
    world_task_t      *task;
    wf_value_t        *params;
    const wf_value_t  *stubs, *payload;

    world = data;

    for (i = 0; i < world->task_count; i++) {
        if (world->tasks[i].task == effect->task) {
            return;
        }
    }

    if (effect->type != WF_EFFECT_CALL) {
        CHECK(!"cancelled, but never called");
        return;
    }

    CHECK(wf_json_parse(world->rig->arena, effect->params, &params,
                        &world->rig->err)
          == WF_OK);
    CHECK(effect->step.len != 0);
    CHECK((effect->mode != WF_CALL_REQUEST) == (effect->token.len != 0));
    wf_assert(world->task_count < WORLD_TASKS_MAX);

    task = &world->tasks[world->task_count++];
    *task = (world_task_t) { .task = effect->task, .mode = effect->mode };

    payload = params;

    if (effect->dialect == WF_DIALECT_CFL
        && wf_str_eq(effect->resource, wf_str("FC:InvokeFunction")))
    {
        task->is_envelope = true;
        payload = world_get(params, "body");
        payload = payload ? payload : &wf_event_empty;
    }

    CHECK(wf_value_push(world->rig->arena, world->calls,
                        (wf_value_t *) payload)
          == WF_OK);

    stubs = world_get(world->run, "stubs");
    stubs = stubs ? stubs : world_get(world->item, "stubs");
    key = effect->child.len ? wf_str("child")
                            : world_key(world, effect, params);

    for (i = 0; stubs && i < stubs->count; i++) {
        if (wf_str_eq(stubs->u.members[i].key, key)) {
            task->answer = world_answer(world, stubs->u.members[i].value, i,
                                        payload);
            return;
        }
    }

    world_child(world, effect, params, task);

    if (task->child.len == 0) {
        CHECK(!"the call has a stub");
        printf("# %.*s\n", (int) key.len, (const char *) key.data);
    }
}


static inline void
world_init(world_t *world, rig_t *rig, const wf_value_t *item,
    const wf_value_t *run)
{
    memset(world, 0, sizeof(world_t));
    world->rig = rig;
    world->item = item;
    world->run = run;
    world->tasks = wf_arena_calloc(rig->arena,
                                   WORLD_TASKS_MAX * sizeof(world_task_t));
    world->calls = wf_value_array(rig->arena, 4);
    rig->effect = world_effect;
    rig->data = world;
}


static inline const world_task_t *
world_task(const world_t *world, uint64_t no)
{
    uint32_t  i;

    for (i = 0; i < world->task_count; i++) {
        if (world->tasks[i].task == no) {
            return &world->tasks[i];
        }
    }

    return NULL;
}


static inline wf_rc_t
world_submit(rig_t *rig, wf_input_type_t type, uint64_t task,
    wf_outcome_t outcome, const wf_value_t *value, wf_str_t error,
    wf_str_t cause)
{
    wf_input_t  input;

    input = (wf_input_t) {
        .type = (uint8_t) type,
        .now_ms = rig->now_ms,
        .random_seed = rig->seed,
        .task = task,
        .outcome = (uint8_t) outcome,
        .value = value,
        .error = error,
        .cause = cause
    };

    return rig_submit(rig, &input);
}


/* Runs the child flow to its end, in a world without services. */
static inline wf_rc_t
world_run_child(rig_t *rig, const world_task_t *task, bool is_taken)
{
    rig_t        child;
    wf_rc_t      rc;
    wf_str_t     json;
    wf_value_t  *answer;

    if (!is_taken) {
        answer = wf_value_object(rig->arena, 2);
        CHECK(wf_value_set(rig->arena, answer, wf_str("FlowName"),
                           wf_value_string(rig->arena, task->flow))
              == WF_OK);
        CHECK(wf_value_set(rig->arena, answer, wf_str("ExecutionName"),
                           wf_value_string(rig->arena, task->child_name))
              == WF_OK);

        return world_submit(rig, WF_INPUT_TASK_DONE, task->task,
                            task->mode == WF_CALL_REQUEST
                            ? WF_OUTCOME_SUCCEEDED : WF_OUTCOME_SUBMITTED,
                            answer, wf_str_none, wf_str_none);
    }

    rig_open(&child, task->child);
    json = wf_arena_copy(rig->arena, rig_json(rig, task->input));
    rig_start(&child, (const char *) json.data);
    rig_run(&child);

    rc = world_submit(rig, WF_INPUT_TASK_REPORTED, task->task,
                      child.exec->status == WF_STATUS_SUCCEEDED
                      ? WF_OUTCOME_SUCCEEDED : WF_OUTCOME_FAILED,
                      child.exec->output, child.exec->error,
                      child.exec->error_cause);
    rig_close(&child);

    return rc;
}


/* A string of so many x. */
static inline wf_value_t *
world_pad(rig_t *rig, const wf_value_t *length)
{
    wf_str_t   text;
    uint8_t   *bytes;

    text.len = (size_t) length->u.number.integer;
    bytes = wf_arena_alloc(rig->arena, text.len + 1);
    memset(bytes, 'x', text.len);
    text.data = bytes;

    return wf_value_string(rig->arena, text);
}


static inline const wf_value_t *
world_result(rig_t *rig, const world_task_t *task, const wf_value_t *value)
{
    wf_value_t        *envelope;
    const wf_value_t  *pad;

    pad = world_get(task->answer, "pad");

    if (pad) {
        envelope = wf_value_object(rig->arena, 1);
        CHECK(wf_value_set(rig->arena, envelope, wf_str("x"),
                           world_pad(rig, pad))
              == WF_OK);
        value = envelope;
    }

    if (!task->is_envelope) {
        return value;
    }

    envelope = wf_value_object(rig->arena, 2);
    CHECK(wf_value_set(rig->arena, envelope, wf_str("Code"),
                       wf_value_int(rig->arena, 200))
          == WF_OK);
    CHECK(wf_value_set(rig->arena, envelope, wf_str("Body"),
                       (wf_value_t *) value)
          == WF_OK);

    return envelope;
}


/* What comes next for this task; WF_DECLINED: nothing, for ever. */
static inline wf_rc_t
world_move(rig_t *rig, const world_task_t *task, bool is_taken)
{
    wf_str_t           cause;
    const wf_value_t  *answer, *value;

    if (task->answer == NULL) {
        return task->child.len ? world_run_child(rig, task, is_taken)
                               : WF_DECLINED;
    }

    answer = task->answer;
    cause = world_text(answer, "cause");

    if (world_get(answer, "hang")) {
        return WF_DECLINED;
    }

    if ((value = world_get(answer, "return")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_DONE, task->task,
                            WF_OUTCOME_SUCCEEDED,
                            world_result(rig, task, value), wf_str_none,
                            wf_str_none);
    }

    if ((value = world_get(answer, "error")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_DONE, task->task,
                            WF_OUTCOME_FAILED, NULL, value->u.string, cause);
    }

    if ((value = world_get(answer, "early")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_REPORTED, task->task,
                            WF_OUTCOME_SUCCEEDED, value, wf_str_none,
                            wf_str_none);
    }

    if ((value = world_get(answer, "earlyError")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_REPORTED, task->task,
                            WF_OUTCOME_FAILED, NULL, value->u.string, cause);
    }

    if (!is_taken) {
        value = world_get(answer, "submitted");

        return world_submit(rig, WF_INPUT_TASK_DONE, task->task,
                            WF_OUTCOME_SUBMITTED, value, wf_str_none,
                            wf_str_none);
    }

    if ((value = world_get(answer, "callback")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_REPORTED, task->task,
                            WF_OUTCOME_SUCCEEDED, value, wf_str_none,
                            wf_str_none);
    }

    if ((value = world_get(answer, "callbackError")) != NULL) {
        return world_submit(rig, WF_INPUT_TASK_REPORTED, task->task,
                            WF_OUTCOME_FAILED, NULL, value->u.string, cause);
    }

    return WF_DECLINED;
}


/* The first task that gets an answer does; WF_DECLINED: none does. */
static inline wf_rc_t
world_turn(const world_t *world, rig_t *rig)
{
    wf_rc_t                   rc;
    uint32_t                  i;
    const world_task_t       *task;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < rig->exec->tasks.count; i++) {
        entry = &rig->exec->tasks.entries[i];

        if (entry->branch == NULL) {
            continue;
        }

        task = world_task(world, entry->no);
        CHECK(task != NULL);

        if (task == NULL) {
            continue;
        }

        rc = world_move(rig, task, entry->is_taken);

        if (rc != WF_DECLINED) {
            return rc;
        }
    }

    return WF_DECLINED;
}


#endif /* WF_ENGINE_WORLD_H */
