
/*
 * $$, the context object of a state machine (asl 6): made only when it is
 * asked for, in the evaluation's arena, its members in the order of the
 * service.
 */

#include "base/arn.h"
#include "base/timefmt.h"
#include "engine/machine.h"
#include "engine/sight.h"


/* Names as ARNs have them; all point into the identity. */
typedef struct {
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   machine;
    wf_str_t   name;            /* of the execution */
    bool       is_express;
} names_t;


/* Up to the next such byte; the rest begins behind it. */
static wf_str_t
take(wf_str_t *rest, char end)
{
    size_t    i;
    wf_str_t  part;

    for (i = 0; i < rest->len && rest->data[i] != (uint8_t) end; i++) {
        /* void */
    }

    part = (wf_str_t) { i, rest->data };
    i = wf_min(i + 1, rest->len);
    *rest = (wf_str_t) { rest->len - i, rest->data + i };

    return part;
}


/* The flow of a state machine is "sfn/REGION/ACCOUNT/NAME"; an execution of
 * an express one "NAME:UUID", which no other is called. */
static names_t
names_of(const wf_run_t *run)
{
    names_t   names;
    wf_str_t  rest;

    rest = run->identity->flow_name;
    (void) take(&rest, '/');
    names.region = take(&rest, '/');
    names.account = take(&rest, '/');
    names.machine = rest;

    rest = run->identity->execution_name;
    names.name = rest;
    names.is_express = run->exec->probe != NULL;

    if (run->exec->scope == 0
        && memchr(rest.data, ':', rest.len ? rest.len : 0) != NULL)
    {
        names.is_express = true;
        names.name = take(&rest, ':');
    }

    return names;
}


static wf_value_t *
arn_make(wf_arena_t *arena, const names_t *names, const char *kind,
    wf_str_t tail)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 96);
    wf_buf_text(&buf, "arn:aws:states:");
    wf_buf_str(&buf, names->region);
    wf_buf_byte(&buf, ':');
    wf_buf_str(&buf, names->account);
    wf_buf_byte(&buf, ':');
    wf_buf_str(&buf, wf_str_of(kind));
    wf_buf_byte(&buf, ':');
    wf_buf_str(&buf, names->machine);

    if (tail.len) {
        wf_buf_byte(&buf, ':');
        wf_buf_str(&buf, tail);
    }

    return buf.failed ? NULL : wf_value_string(arena, wf_buf_done(&buf));
}


wf_value_t *
wf_machine_map_run_arn(wf_run_t *run, wf_arena_t *arena,
    const wf_map_run_t *map_run)
{
    names_t         names;
    wf_buf_t        buf;
    wf_arn_place_t  place;

    names = names_of(run);
    place = (wf_arn_place_t) { names.region, names.account, names.machine };
    wf_buf_init(&buf, arena, 160);
    wf_arn_map_run(&buf, &place, run->node->name, run->node->asl->label,
                   map_run->name);

    return buf.failed ? NULL : wf_value_string(arena, wf_buf_done(&buf));
}


static wf_value_t *
time_make(wf_arena_t *arena, int64_t ms)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, WF_TIME_LEN);
    wf_time_print(&buf, ms);

    return buf.failed ? NULL : wf_value_string(arena, wf_buf_done(&buf));
}


/* A new member that is an object; NULL: no memory. */
static wf_value_t *
add_object(wf_arena_t *arena, wf_value_t *parent, wf_str_t key)
{
    wf_value_t  *object;

    object = wf_value_object(arena, 4);

    return wf_value_set(arena, parent, key, object) == WF_OK ? object : NULL;
}


static wf_rc_t
add_execution(const wf_run_t *run, wf_arena_t *arena, const names_t *names,
    wf_value_t *context)
{
    wf_value_t  *object;

    object = add_object(arena, context, wf_str("Execution"));

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Id"),
                        arn_make(arena, names,
                                 names->is_express ? "express" : "execution",
                                 run->identity->execution_name))
           != WF_OK
        || wf_value_set(arena, object, wf_str("Input"),
                        (wf_value_t *) run->exec->input)
           != WF_OK
        || wf_value_set(arena, object, wf_str("StartTime"),
                        time_make(arena, run->exec->started_ms))
           != WF_OK
        || wf_value_set(arena, object, wf_str("Name"),
                        wf_value_string(arena, names->name))
           != WF_OK
        || wf_value_set(arena, object, wf_str("RoleArn"),
                        run->identity->role.len
                        ? wf_value_string(arena, run->identity->role)
                        : wf_value_null(arena))
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (names->is_express) {
        return WF_OK;
    }

    if (wf_value_set(arena, object, wf_str("RedriveCount"),
                     wf_value_int(arena, run->exec->redrive_count))
        != WF_OK)
    {
        return WF_ERROR;
    }

    return run->exec->redriven_ms == 0
           ? WF_OK
           : wf_value_set(arena, object, wf_str("RedriveTime"),
                          time_make(arena, run->exec->redriven_ms));
}


static wf_rc_t
add_machine(wf_arena_t *arena, const names_t *names, wf_value_t *context)
{
    wf_value_t  *object;

    object = add_object(arena, context, wf_str("StateMachine"));

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Id"),
                        arn_make(arena, names, "stateMachine", wf_str("")))
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_value_set(arena, object, wf_str("Name"),
                        wf_value_string(arena, names->machine));
}


static wf_rc_t
add_state(const wf_run_t *run, wf_arena_t *arena, wf_value_t *context)
{
    uint8_t      type;
    wf_value_t  *object;

    if (run->node == NULL) {
        return WF_OK;
    }

    type = run->node->type;
    object = add_object(arena, context, wf_str("State"));

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Name"),
                        wf_value_string(arena, run->node->name))
           != WF_OK
        || wf_value_set(arena, object, wf_str("EnteredTime"),
                        time_make(arena, run->branch->entered_ms))
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (type != WF_STATE_TASK && type != WF_STATE_PARALLEL
        && type != WF_STATE_MAP)
    {
        return WF_OK;
    }

    return wf_value_set(arena, object, wf_str("RetryCount"),
                        wf_value_int(arena, run->branch->attempt));
}


/* The token of the attempt that is about to be made, or was: between the
 * evaluation and the event nothing else is recorded. */
static wf_rc_t
add_token(const wf_run_t *run, wf_arena_t *arena, wf_value_t *context)
{
    uint64_t     task;
    wf_str_t     token;
    wf_value_t  *object;

    if (run->node == NULL
        || run->node->type != WF_STATE_TASK
        || run->node->u.task.mode != WF_CALL_TOKEN
        || run->node->asl->kind == WF_ASL_ACTIVITY
        || run->identity->token == NULL)
    {
        return WF_OK;
    }

    task = run->branch->phase == WF_PHASE_STARTED
           || run->branch->phase == WF_PHASE_BACKOFF
           ? run->exec->codec.seq + 1 : run->branch->task;

    if (task == 0) {
        return WF_OK;
    }

    token = run->identity->token(run->identity->data, task, arena);
    object = add_object(arena, context, wf_str("Task"));

    if (token.data == NULL || object == NULL) {
        return WF_ERROR;
    }

    return wf_value_set(arena, object, wf_str("Token"),
                        wf_value_string(arena, token));
}


/* The innermost iteration; run->item: one that is about to begin. */
static wf_rc_t
add_item(const wf_run_t *run, wf_arena_t *arena, wf_value_t *context)
{
    uint32_t            index;
    wf_value_t         *object, *item;
    const wf_value_t   *value;
    const wf_branch_t  *branch;

    value = run->item;
    index = run->item_index;

    for (branch = run->branch; value == NULL && branch && branch->parent;
         branch = branch->parent)
    {
        if (branch->parent->fork && branch->parent->fork->items) {
            value = branch->parent->fork->items->u.items[branch->index];
            index = branch->index;
        }
    }

    if (value == NULL) {
        return WF_OK;
    }

    object = add_object(arena, context, wf_str("Map"));
    item = object ? add_object(arena, object, wf_str("Item")) : NULL;

    if (item == NULL
        || wf_value_set(arena, item, wf_str("Index"),
                        wf_value_int(arena, index))
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (run->item_key
        && wf_value_set(arena, item, wf_str("Key"),
                        (wf_value_t *) run->item_key)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_value_set(arena, item, wf_str("Value"), (wf_value_t *) value);
}


const wf_value_t *
wf_context_asl(wf_env_t *env, wf_arena_t *arena)
{
    names_t      names;
    wf_run_t    *run;
    wf_value_t  *context;

    run = env->data;

    if (run->exec->probe && run->exec->probe->context) {
        return run->exec->probe->context;
    }

    names = names_of(run);
    context = wf_value_object(arena, 5);

    if (context == NULL
        || add_execution(run, arena, &names, context) != WF_OK
        || add_machine(arena, &names, context) != WF_OK
        || add_state(run, arena, context) != WF_OK
        || add_token(run, arena, context) != WF_OK
        || add_item(run, arena, context) != WF_OK)
    {
        return NULL;
    }

    return context;
}
