
/*
 * Calls of executions in memory, from the moment their event is durable until
 * their result is an input.  Owns the list of calls that are away of each
 * loaded execution, which stays loaded meanwhile.  Whatever is lost on the way
 * is made again under the same number: by wf_tasks_resume() here, or by the
 * next owner.  Knows no service.
 */

#include "shard/tasks.h"
#include "shard/token.h"


#define AGAIN_MS    1000            /* after a call was lost */


static void task_done(wf_task_t *task, const wf_task_result_t *result,
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


void
wf_tasks_drop(wf_loaded_t *loaded)
{
    wf_task_t  *task;

    while ((task = loaded->tasks) != NULL) {
        wf_task_unlink(task);
        wf_task_drop(task);
    }

    while ((task = loaded->results) != NULL) {
        wf_task_unlink(task);
        wf_arena_free(task->arena);
    }
}


/*
 * Out
 */

static wf_task_t *
task_create(wf_shard_t *shard, const wf_loaded_t *loaded,
    const wf_effect_t *effect)
{
    wf_task_t          *task;
    const wf_record_t  *record;

    task = wf_task_create(effect, &loaded->identity);

    if (task == NULL) {
        return NULL;
    }

    record = &loaded->record;
    task->shard_no = shard->no;
    task->exec_no = loaded->live->exec_no;
    task->flow_no = record->flow_no;
    task->revision = record->revision;
    task->depth = record->depth;
    task->done = task_done;

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
    wf_task_link(&loaded->tasks, task);
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

    task = wf_task_find(loaded->tasks, effect->task);

    if (task == NULL) {
        return;
    }

    wf_task_unlink(task);

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
            && wf_task_find(loaded->tasks, effect->task) == NULL)
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
    wf_input_t   input;

    batch = wf_batch_open(shard);

    if (batch == NULL
        || wf_task_input(task, result, batch->arena, &input) != WF_OK)
    {
        wf_shard_oom(shard);
        return;
    }

    (void) wf_run_input(shard, live, &input);
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
    wf_task_unlink(task);
    wf_shard_now(shard, now_ms);

    if (live != NULL && live->phase == WF_LIVE_LOADING
        && shard->state < WF_SHARD_DOWN)
    {
        wf_task_keep(&loaded->results, task, result);
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
        wf_task_unlink(task);
        task_back(shard, live, task, &task->result);
    }
}
