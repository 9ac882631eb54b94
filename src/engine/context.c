
/*
 * The context object of both generations (fdl.md 1.5, 2.3), built only when
 * an expression asks for it.  Lives in the evaluation's arena; shares values
 * of exec, keeps nothing.
 */

#include "base/json.h"
#include "engine/step.h"


/* Sets a text; WF_ERROR: no memory. */
static wf_rc_t
set_text(wf_arena_t *arena, wf_value_t *object, wf_str_t key, wf_str_t text)
{
    return wf_value_set(arena, object, key, wf_value_string(arena, text));
}


/* Sets a value that is only read; a missing one is left out. */
static wf_rc_t
set_value(wf_arena_t *arena, wf_value_t *object, wf_str_t key,
    const wf_value_t *value)
{
    if (value == NULL) {
        return WF_OK;
    }

    return wf_value_set(arena, object, key, (wf_value_t *) value);
}


/* A new member that is an object; NULL: no memory. */
static wf_value_t *
add_object(wf_arena_t *arena, wf_value_t *parent, wf_str_t key)
{
    wf_value_t  *object;

    object = wf_value_object(arena, 4);

    return wf_value_set(arena, parent, key, object) == WF_OK ? object : NULL;
}


/*
 * The token of the task that the branch is about to call, or has called (fdl.md
 * 1.8, 2.3).  Its number is known before its event is: between the evaluation
 * and the event nothing else is recorded but the event of the step's start.
 */
static wf_rc_t
set_token(const wf_run_t *run, wf_arena_t *arena, wf_value_t *object,
    wf_str_t key)
{
    uint64_t            task;
    wf_str_t            token;
    const wf_branch_t  *branch;

    if (run->node == NULL
        || run->node->type != WF_STATE_TASK
        || run->node->u.task.mode == WF_CALL_REQUEST
        || run->identity->token == NULL)
    {
        return WF_OK;
    }

    branch = run->branch;
    task = branch->task;

    if (branch->phase == WF_PHASE_ENTERED) {
        task = run->exec->codec.seq + 2;

    } else if (branch->phase == WF_PHASE_STARTED
               || branch->phase == WF_PHASE_BACKOFF)
    {
        task = run->exec->codec.seq + 1;
    }

    if (task == 0) {
        return WF_OK;
    }

    token = run->identity->token(run->identity->data, task, arena);

    return token.data ? set_text(arena, object, key, token) : WF_ERROR;
}


const wf_value_t *
wf_context_fdl(wf_env_t *env, wf_arena_t *arena)
{
    wf_run_t    *run;
    wf_value_t  *context, *flow, *execution, *step, *task;

    run = env->data;
    context = wf_value_object(arena, 4);

    if (context == NULL) {
        return NULL;
    }

    flow = add_object(arena, context, wf_str("flow"));
    execution = add_object(arena, context, wf_str("execution"));
    step = add_object(arena, context, wf_str("step"));
    task = add_object(arena, context, wf_str("task"));

    if (flow == NULL || execution == NULL || step == NULL || task == NULL
        || set_token(run, arena, task, wf_str("token")) != WF_OK
        || set_text(arena, flow, wf_str("name"), run->identity->flow_name)
           != WF_OK
        || set_text(arena, execution, wf_str("name"),
                    run->identity->execution_name)
           != WF_OK
        || wf_value_set(arena, step, wf_str("eventId"),
                        wf_value_int(arena,
                                     (int64_t) run->exec->codec.event_id))
           != WF_OK)
    {
        return NULL;
    }

    if (run->node
        && set_text(arena, step, wf_str("name"), run->node->name) != WF_OK)
    {
        return NULL;
    }

    return context;
}


/* A Variables list -> {Name: Value}; what is none of it is passed over. */
static wf_rc_t
read_variables(wf_arena_t *arena, wf_value_t *object, wf_str_t text)
{
    uint32_t           i;
    wf_error_t         err;
    wf_value_t        *list;
    const wf_value_t  *name, *value;

    if (text.len == 0) {
        return WF_OK;
    }

    if (wf_json_parse(arena, text, &list, &err) != WF_OK) {
        return err.code == WF_E_INTERNAL ? WF_ERROR : WF_OK;
    }

    for (i = 0; list->type == WF_ARRAY && i < list->count; i++) {
        name = wf_value_get(list->u.items[i], wf_str("Name"));
        value = wf_value_get(list->u.items[i], wf_str("Value"));

        if (name == NULL || name->type != WF_STRING || value == NULL) {
            continue;
        }

        if (set_value(arena, object, name->u.string, value) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* In Catch constructors (fdl.md 2.6). */
static wf_rc_t
set_error(const wf_run_t *run, wf_arena_t *arena, wf_value_t *current)
{
    wf_value_t  *error;

    if (run->branch->phase != WF_PHASE_FAILED) {
        return WF_OK;
    }

    error = add_object(arena, current, wf_str("Error"));

    if (error == NULL
        || set_text(arena, error, wf_str("Code"), run->branch->error) != WF_OK
        || set_text(arena, error, wf_str("Detail"), run->branch->error_cause)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return WF_OK;
}


/* Read once in a run, whose scratch it lives in; NULL: no memory. */
static const wf_value_t *
variables_of(wf_run_t *run)
{
    wf_value_t  *object;

    if (run->variables == NULL) {
        object = wf_value_object(run->scratch, 0);

        if (object == NULL
            || read_variables(run->scratch, object,
                              run->identity->environment)
               != WF_OK)
        {
            return NULL;
        }

        run->variables = object;
    }

    return run->variables;
}


static wf_rc_t
fill_current(const wf_run_t *run, wf_arena_t *arena, wf_value_t *current)
{
    const wf_env_t  *env;

    env = &run->env;

    if (run->node == NULL) {
        return WF_OK;
    }

    if (set_text(arena, current, wf_str("Name"), run->node->name) != WF_OK
        || set_value(arena, current, wf_str("Input"),
                     env->roots[WF_ROOT_INPUT])
           != WF_OK
        || set_value(arena, current, wf_str("Output"),
                     env->roots[WF_ROOT_OUTPUT])
           != WF_OK
        || set_token(run, arena, current, wf_str("TaskToken")) != WF_OK
        || set_error(run, arena, current) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_value_set(arena, current, wf_str("RetryCount"),
                        wf_value_int(arena, run->branch->attempt));
}


const wf_value_t *
wf_context_cfl(wf_env_t *env, wf_arena_t *arena)
{
    wf_run_t          *run;
    wf_value_t        *context, *execution, *current;
    const wf_value_t  *variables;

    run = env->data;
    context = wf_value_object(arena, 3);

    if (context == NULL) {
        return NULL;
    }

    execution = add_object(arena, context, wf_str("Execution"));
    current = add_object(arena, context, wf_str("Current"));
    variables = variables_of(run);

    if (execution == NULL || current == NULL || variables == NULL
        || set_text(arena, execution, wf_str("Name"),
                    run->identity->execution_name)
           != WF_OK
        || set_value(arena, execution, wf_str("Input"), run->exec->input)
           != WF_OK
        || set_text(arena, execution, wf_str("RoleArn"), run->identity->role)
           != WF_OK
        || fill_current(run, arena, current) != WF_OK
        || set_value(arena, context, wf_str("Environment"), variables)
           != WF_OK)
    {
        return NULL;
    }

    return context;
}
