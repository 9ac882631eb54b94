
/*
 * Calls of executions in memory, from the moment their event is durable until
 * their result is an input.  Owns the list of calls that are away of each
 * loaded execution, which stays loaded meanwhile.  Whatever is lost on the way
 * is made again under the same number: by wf_tasks_resume() here, or by the
 * next owner.  Knows no service.
 */

#include "base/json.h"
#include "shard/tasks.h"
#include "shard/token.h"


#define TASK_BYTES  (sizeof(wf_task_t) + 512)
#define AGAIN_MS    1000            /* after a call was lost */


static void task_done(wf_task_t *task, const wf_task_result_t *result,
    int64_t now_ms);
static void task_gone(wf_task_t *task, const wf_task_result_t *result,
    int64_t now_ms);


wf_str_t
wf_tasks_token(void *data, uint64_t task, wf_arena_t *arena)
{
    wf_token_t          token;
    const wf_live_t    *live;
    const wf_loaded_t  *loaded;

    loaded = data;
    live = loaded->live;
    token.shard_no = loaded->shard->no;
    token.flow_no = live->flow_no;
    token.exec_no = live->exec_no;
    token.task = task;
    wf_token_name(&token, wf_live_name(live));

    return wf_token_seal(arena, loaded->shard->port->token_key, &token);
}


static void
task_link(wf_task_t **list, wf_task_t *task)
{
    task->next = *list;
    task->prev = list;

    if (task->next != NULL) {
        task->next->prev = &task->next;
    }

    *list = task;
}


static void
task_unlink(wf_task_t *task)
{
    *task->prev = task->next;

    if (task->next != NULL) {
        task->next->prev = task->prev;
    }

    task->next = NULL;
    task->prev = NULL;
}


static wf_task_t *
task_find(const wf_loaded_t *loaded, uint64_t no)
{
    wf_task_t  *task;

    for (task = loaded->tasks; task != NULL; task = task->next) {
        if (task->effect.task == no) {
            return task;
        }
    }

    return NULL;
}


void
wf_task_drop(wf_task_t *task)
{
    task->owner = NULL;
    task->done = task_gone;
    wf_task_cancel(task);
}


static void
task_gone(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    (void) result;
    (void) now_ms;

    wf_arena_free(task->arena);
}


void
wf_tasks_drop(wf_loaded_t *loaded)
{
    wf_task_t  *task;

    while ((task = loaded->tasks) != NULL) {
        task_unlink(task);
        wf_task_drop(task);
    }

    while ((task = loaded->results) != NULL) {
        task_unlink(task);
        wf_arena_free(task->arena);
    }
}


/*
 * Out
 */

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

    return to->resource.data && to->step.data && to->params.data
           && to->token.data && to->child.data ? WF_OK : WF_ERROR;
}


static wf_task_t *
task_create(wf_shard_t *shard, const wf_loaded_t *loaded,
    const wf_effect_t *effect)
{
    wf_task_t          *task;
    wf_arena_t         *arena;
    const wf_record_t  *record;

    arena = wf_arena_create(TASK_BYTES + effect->params.len);
    task = arena ? wf_arena_calloc(arena, sizeof(wf_task_t)) : NULL;

    if (task == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    record = &loaded->record;
    task->arena = arena;
    task->kind = WF_TASK_CALL;
    task->shard_no = shard->no;
    task->exec_no = loaded->live->exec_no;
    task->flow_no = record->flow_no;
    task->revision = record->revision;
    task->depth = record->depth;
    task->flow = wf_arena_copy(arena, loaded->identity.flow_name);
    task->execution = wf_arena_copy(arena, record->name);
    task->role = wf_arena_copy(arena, loaded->identity.role);
    task->done = task_done;

    if (!task->flow.data || !task->execution.data || !task->role.data
        || effect_copy(arena, &task->effect, effect) != WF_OK)
    {
        wf_arena_free(arena);
        return NULL;
    }

    return task;
}


/* Whatever it owes is called again, before long. */
static void
tasks_again(wf_shard_t *shard, wf_loaded_t *loaded)
{
    if (loaded->resume_ms == 0) {
        loaded->resume_ms = shard->now_ms + AGAIN_MS;
    }

    if (wf_live_due(shard->lives, loaded->live, wf_run_due_ms(loaded))
        != WF_OK)
    {
        wf_shard_oom(shard);
    }

    wf_shard_arm(shard);
}


static void
task_start(wf_shard_t *shard, wf_loaded_t *loaded, const wf_effect_t *effect,
    bool is_again)
{
    wf_task_t  *task;

    task = task_create(shard, loaded, effect);

    if (task == NULL) {
        /* Once more when there may be memory. */
        tasks_again(shard, loaded);
        return;
    }

    task->is_again = is_again;
    task->owner = loaded;
    task_link(&loaded->tasks, task);
    wf_loaded_touch(shard->lives, loaded);
    shard->stats.calls++;
    shard->port->task(shard->port, task);
}


/* Is it still of interest to make its calls? */
static bool
may_call(const wf_shard_t *shard, const wf_loaded_t *loaded)
{
    return shard->state == WF_SHARD_OPEN && loaded->live != NULL
           && (loaded->live->phase == WF_LIVE_RUNNING
               || loaded->live->phase == WF_LIVE_LOADING);
}


/* What was over again, or given up, before it could begin is not called.  If
 * that is not durable yet, and never will be, the next owner calls. */
static bool
is_owed(const wf_loaded_t *loaded, uint64_t no)
{
    const wf_roster_entry_t  *entry;

    entry = wf_roster_find(&loaded->exec->tasks, no);

    return entry != NULL && !entry->is_taken;
}


static void
task_give_up(wf_shard_t *shard, wf_loaded_t *loaded, const wf_batch_t *batch,
    const wf_effect_t *effect)
{
    wf_task_t  *task;

    task = task_find(loaded, effect->task);

    if (task == NULL) {
        return;
    }

    task_unlink(task);

    if (effect->mode != WF_CALL_SYNC || !wf_outbox_block(shard, batch, task)) {
        wf_task_drop(task);
    }
}


void
wf_tasks_release(wf_shard_t *shard, wf_unit_t *unit)
{
    wf_loaded_t        *loaded;
    const wf_effect_t  *effect;

    loaded = unit->loaded;
    loaded->durable_seq = unit->first_seq + unit->step.event_count - 1;

    for (effect = unit->step.effects; effect != NULL; effect = effect->next) {

        if (effect->type == WF_EFFECT_CANCEL) {
            task_give_up(shard, loaded, unit->batch, effect);

        } else if (may_call(shard, loaded) && is_owed(loaded, effect->task)) {
            task_start(shard, loaded, effect, false);
        }
    }
}


void
wf_tasks_resume(wf_shard_t *shard, wf_live_t *live)
{
    wf_step_t           step;
    wf_error_t          err;
    wf_arena_t         *arena;
    wf_loaded_t        *loaded;
    const wf_effect_t  *effect;

    loaded = live->loaded;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        wf_shard_oom(shard);
        return;
    }

    wf_step_init(&step, arena);
    wf_error_clear(&err);

    if (wf_engine_resume(loaded->exec, loaded->revision->program,
                         &loaded->identity, &step, &err) != WF_OK)
    {
        wf_shard_oom(shard);
        wf_arena_free(arena);
        return;
    }

    loaded->resume_ms = 0;
    loaded->is_cut = step.wants_continue;

    /* What is not durable yet is called when it is. */

    for (effect = step.effects; effect != NULL; effect = effect->next) {

        if (effect->type == WF_EFFECT_CALL && may_call(shard, loaded)
            && effect->task <= loaded->durable_seq
            && task_find(loaded, effect->task) == NULL)
        {
            task_start(shard, loaded, effect, true);
        }
    }

    wf_arena_free(arena);
}


/*
 * In
 */

static void
task_take(wf_shard_t *shard, wf_live_t *live, const wf_task_t *task,
    const wf_task_result_t *result)
{
    wf_batch_t  *batch;
    wf_error_t   err;
    wf_input_t   input;
    wf_value_t  *value;

    input = (wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = task->effect.task,
        .outcome = result->outcome,
        .error = result->error,
        .cause = result->cause,
        .value = result->tree
    };

    if (result->tree == NULL && result->value.len > 0) {
        batch = wf_batch_open(shard);

        if (batch == NULL) {
            wf_shard_oom(shard);
            return;
        }

        wf_error_clear(&err);

        if (wf_json_parse(batch->arena, result->value, &value, &err) != WF_OK)
        {
            input.outcome = WF_OUTCOME_FAILED;
            input.error = wf_str("FnF.RuntimeError");
            input.cause = wf_error_arg(&err, 0);

        } else {
            input.value = value;
        }
    }

    (void) wf_run_input(shard, live, &input);
}


/* Not to be stepped just now: the result waits in the task's own arena. */
static void
task_keep(wf_loaded_t *loaded, wf_task_t *task,
    const wf_task_result_t *result)
{
    wf_task_t  **at;

    task->result = *result;
    task->result.tree = NULL;
    task->result.value = wf_arena_copy(task->arena, result->value);
    task->result.error = wf_arena_copy(task->arena, result->error);
    task->result.cause = wf_arena_copy(task->arena, result->cause);

    if (!task->result.value.data || !task->result.error.data
        || !task->result.cause.data)
    {
        task->result = (wf_task_result_t) { .is_lost = true };
    }

    for (at = &loaded->results; *at != NULL; at = &(*at)->next) {
        /* void */
    }

    task_link(at, task);
}


/* The task is the shard's again. */
static void
task_back(wf_shard_t *shard, wf_live_t *live, wf_task_t *task,
    const wf_task_result_t *result)
{
    if (!result->is_lost) {
        task_take(shard, live, task, result);

    } else if (shard->state == WF_SHARD_OPEN) {
        tasks_again(shard, live->loaded);
    }

    wf_arena_free(task->arena);
}


static void
task_done(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    wf_live_t    *live;
    wf_shard_t   *shard;
    wf_loaded_t  *loaded;

    loaded = task->owner;
    live = loaded->live;
    shard = loaded->shard;
    task_unlink(task);
    wf_shard_now(shard, now_ms);

    if (live != NULL && live->phase == WF_LIVE_LOADING
        && shard->state < WF_SHARD_DOWN)
    {
        task_keep(loaded, task, result);
        return;
    }

    if (live == NULL || live->phase != WF_LIVE_RUNNING
        || shard->state >= WF_SHARD_DOWN)
    {
        wf_arena_free(task->arena);
        return;
    }

    task_back(shard, live, task, result);

    if (shard->state < WF_SHARD_DOWN) {
        wf_loaded_settle(shard->lives, loaded);
    }
}


void
wf_tasks_results(wf_shard_t *shard, wf_live_t *live)
{
    wf_task_t  *task;

    while (shard->state < WF_SHARD_DOWN && live->phase == WF_LIVE_RUNNING
           && (task = live->loaded->results) != NULL)
    {
        task_unlink(task);
        task_back(shard, live, task, &task->result);
    }
}
