
/*
 * Making a task around what the engine asked for.  Whose it is and where it
 * belongs the maker adds.
 */

#include "base/json.h"
#include "shard/task.h"


#define TASK_BYTES  (sizeof(wf_task_t) + 512)


static wf_rc_t
effect_copy(wf_arena_t *arena, wf_effect_t *to, const wf_effect_t *from)
{
    *to = *from;
    to->next = NULL;
    to->resource = wf_arena_copy(arena, from->resource);
    to->step = wf_arena_copy(arena, from->step);
    to->params = wf_arena_copy(arena, from->params);
    to->token = wf_arena_copy(arena, from->token);
    to->child = wf_arena_copy(arena, from->child);
    to->test_case = wf_arena_copy(arena, from->test_case);
    to->job = wf_arena_copy(arena, from->job);

    return to->resource.data && to->step.data && to->params.data
           && to->token.data && to->child.data && to->test_case.data
           && to->job.data
           ? WF_OK : WF_ERROR;
}


wf_task_t *
wf_task_create(const wf_effect_t *effect, const wf_identity_t *identity)
{
    wf_task_t   *task;
    wf_arena_t  *arena;

    arena = wf_arena_create(TASK_BYTES + effect->params.len);
    task = arena ? wf_arena_calloc(arena, sizeof(wf_task_t)) : NULL;

    if (task == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    task->arena = arena;
    task->kind = WF_TASK_CALL;
    task->flow = wf_arena_copy(arena, identity->flow_name);
    task->execution = wf_arena_copy(arena, identity->execution_name);
    task->role = wf_arena_copy(arena, identity->role);

    if (!task->flow.data || !task->execution.data || !task->role.data
        || effect_copy(arena, &task->effect, effect) != WF_OK)
    {
        wf_arena_free(arena);
        return NULL;
    }

    return task;
}


void
wf_task_link(wf_task_t **list, wf_task_t *task)
{
    task->next = *list;
    task->prev = list;

    if (task->next != NULL) {
        task->next->prev = &task->next;
    }

    *list = task;
}


void
wf_task_unlink(wf_task_t *task)
{
    *task->prev = task->next;

    if (task->next != NULL) {
        task->next->prev = task->prev;
    }

    task->next = NULL;
    task->prev = NULL;
}


wf_task_t *
wf_task_find(wf_task_t *list, uint64_t no)
{
    wf_task_t  *task;

    for (task = list; task != NULL; task = task->next) {
        if (task->effect.task == no) {
            return task;
        }
    }

    return NULL;
}


static void
task_gone(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    (void) result;
    (void) now_ms;

    wf_arena_free(task->arena);
}


void
wf_task_drop(wf_task_t *task)
{
    task->owner = NULL;
    task->done = task_gone;
    task->is_dropped = true;
    wf_task_cancel(task);
}


void
wf_task_keep(wf_task_t *task, const wf_task_result_t *result)
{
    task->result = *result;
    task->result.tree = NULL;
    task->result.value = wf_arena_copy(task->arena, result->value);
    task->result.error = wf_arena_copy(task->arena, result->error);
    task->result.cause = wf_arena_copy(task->arena, result->cause);
    task->result.job = wf_arena_copy(task->arena, result->job);
    task->result.trace = wf_arena_copy(task->arena, result->trace);

    if (!task->result.value.data || !task->result.error.data
        || !task->result.cause.data || !task->result.job.data
        || !task->result.trace.data)
    {
        task->result = (wf_task_result_t) { .is_lost = true };
    }
}


wf_rc_t
wf_task_input(const wf_task_t *task, const wf_task_result_t *result,
    wf_arena_t *arena, wf_input_t *input)
{
    wf_error_t   err;
    wf_value_t  *value;

    *input = (wf_input_t) {
        .type = result->is_reported ? WF_INPUT_TASK_REPORTED
                                    : WF_INPUT_TASK_DONE,
        .task = task->effect.task,
        .outcome = result->outcome,
        .error = result->error,
        .cause = result->cause,
        .value = result->tree
    };

    wf_error_clear(&err);

    if (result->job.len > 0) {
        if (wf_json_parse(arena, result->job, &value, &err) != WF_OK) {
            return WF_ERROR;
        }

        input->job = value;
    }

    if (result->tree != NULL || result->value.len == 0) {
        return WF_OK;
    }

    if (wf_json_parse(arena, result->value, &value, &err) == WF_OK) {
        input->value = value;
        return WF_OK;
    }

    input->outcome = WF_OUTCOME_FAILED;
    input->error = wf_str("FnF.RuntimeError");
    input->cause = wf_arena_copy(arena, wf_error_arg(&err, 0));

    return input->cause.data ? WF_OK : WF_ERROR;
}
