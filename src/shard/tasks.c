
/*
 * Calls of executions in memory, from the moment their event is durable until
 * their result is an input.  Owns the list of calls that are away of each
 * loaded execution, which stays loaded meanwhile.  Whatever is lost on the way
 * is made again under the same number: by wf_tasks_resume() here, or by the
 * next owner.  Knows no service.
 */

#include "engine/swf.h"
#include "flow/note.h"
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

    if (wf_swf_is_run(wf_live_name(live))) {
        wf_token_run(&token, loaded->record.revision, wf_live_name(live));

    } else {
        wf_token_name(&token, wf_live_name(live));
    }

    return wf_token_seal(arena, loaded->shard->port->token_key, &token);
}


wf_rc_t
wf_tasks_activity(void *data, wf_str_t arn)
{
    wf_rc_t       rc;
    wf_buf_t      name;
    wf_arena_t   *arena;
    wf_shard_t   *shard;
    wf_loaded_t  *loaded;

    loaded = data;
    shard = loaded->shard;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&name, arena, arn.len);
    rc = wf_note_activity(&name, arn);

    if (rc == WF_OK) {
        rc = wf_catalog_note(shard->catalog, wf_buf_done(&name));
    }

    loaded->is_asking = rc == WF_AGAIN;
    wf_arena_free(arena);

    return rc;
}


static uint32_t
call_hash(uint64_t exec_no, uint64_t no)
{
    uint64_t  numbers[2];

    numbers[0] = exec_no;
    numbers[1] = no;

    return (uint32_t) wf_hash(wf_hash_secret(), (wf_str_t) {
                                  sizeof(numbers), (uint8_t *) numbers });
}


static wf_task_t *
call_find(const wf_shard_t *shard, uint64_t exec_no, uint64_t no)
{
    uint32_t    hash;
    wf_link_t  *link;
    wf_task_t  *task;

    hash = call_hash(exec_no, no);
    link = wf_table_chain(&shard->calls, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        task = (wf_task_t *) link;

        if (link->hash == hash && task->exec_no == exec_no
            && task->effect.task == no)
        {
            return task;
        }
    }

    return NULL;
}


void
wf_task_hold(wf_task_t *task, bool on)
{
    wf_shard_t  *shard;

    if (task->owner == NULL || task->shard_no == WF_TASK_NO_SHARD
        || task->is_held == on)
    {
        return;
    }

    shard = ((wf_loaded_t *) task->owner)->shard;
    task->is_held = on;

    if (on) {
        shard->held++;
        return;
    }

    shard->held--;
    wf_shard_want_turn(shard);
}


static void
call_unlink(wf_shard_t *shard, wf_task_t *task)
{
    wf_task_hold(task, false);
    wf_table_remove(&shard->calls, &task->link);
    wf_task_unlink(task);
}


wf_task_t *
wf_tasks_take(wf_shard_t *shard, uint64_t exec_no, uint64_t no)
{
    wf_task_t  *task;

    task = call_find(shard, exec_no, no);

    if (task != NULL) {
        call_unlink(shard, task);
    }

    return task;
}


static wf_task_t *
result_take(wf_loaded_t *loaded)
{
    wf_task_t  *task;

    task = loaded->results;

    if (task != NULL) {
        loaded->results = task->next;

        if (task->next == NULL) {
            loaded->last_result = &loaded->results;
        }

        task->next = NULL;
    }

    return task;
}


void
wf_tasks_drop(wf_loaded_t *loaded)
{
    wf_task_t  *task;

    while ((task = loaded->tasks) != NULL) {
        call_unlink(loaded->shard, task);
        wf_task_drop(task);
    }

    while ((task = result_take(loaded)) != NULL) {
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

    if (task != NULL
        && wf_table_add(&shard->calls, &task->link,
                        call_hash(task->exec_no, effect->task))
           != WF_OK)
    {
        wf_arena_free(task->arena);
        task = NULL;
    }

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

    if (wf_exec_is_swf(loaded->exec)) {
        return wf_swf_owes_task(loaded->exec, no);
    }

    entry = wf_roster_find(&loaded->exec->tasks, no);

    return entry != NULL && !entry->is_taken;
}


void
wf_tasks_release(wf_shard_t *shard, wf_unit_t *unit)
{
    wf_task_t          *task;
    wf_loaded_t        *loaded;
    const wf_effect_t  *effect;

    loaded = unit->loaded;
    loaded->durable_seq = unit->first_seq + unit->step.event_count - 1;

    for (effect = unit->step.effects; effect != NULL; effect = effect->next) {

        if (effect->type == WF_EFFECT_CANCEL) {
            task = wf_tasks_take(shard, unit->exec_no, effect->task);

            if (task != NULL) {
                wf_task_drop(task);
            }

        } else if (effect->type == WF_EFFECT_CALL
                   && may_call(shard, loaded) && is_owed(loaded, effect->task)
                   && call_find(shard, unit->exec_no, effect->task) == NULL)
        {
            task_start(shard, loaded, effect, false);
        }
    }
}


/* Has it events that are not durable?  Among them may be the one that says
 * that the task has started. */
static bool
has_more(const wf_loaded_t *loaded)
{
    return loaded->exec->codec.seq > loaded->durable_seq;
}


wf_rc_t
wf_tasks_resume(wf_shard_t *shard, wf_live_t *live, wf_error_t *err)
{
    wf_rc_t             rc;
    wf_step_t           step;
    wf_arena_t         *arena;
    wf_loaded_t        *loaded;
    const wf_effect_t  *effect;

    loaded = live->loaded;
    arena = wf_arena_create(0);

    if (arena == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    wf_step_init(&step, arena);
    rc = wf_engine_resume(loaded->exec, loaded->revision->program,
                          &loaded->identity, &step, err);

    if (rc != WF_OK) {
        wf_arena_free(arena);
        return rc;
    }

    loaded->resume_ms = 0;
    loaded->is_cut = step.wants_continue;

    /* What is not durable yet is called when it is. */

    for (effect = step.effects; effect != NULL; effect = effect->next) {

        if (effect->is_started && has_more(loaded)) {
            tasks_again(shard, loaded);
            continue;
        }

        if (effect->type == WF_EFFECT_CALL && may_call(shard, loaded)
            && wf_max(effect->seq, effect->task) <= loaded->durable_seq
            && call_find(shard, live->exec_no, effect->task) == NULL)
        {
            task_start(shard, loaded, effect, true);
        }
    }

    wf_arena_free(arena);

    return WF_OK;
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


/* Not to be stepped just now: the result waits in the task's own arena. */
static void
task_keep(wf_loaded_t *loaded, wf_task_t *task,
    const wf_task_result_t *result)
{
    wf_task_keep(task, result);

    task->next = NULL;
    *loaded->last_result = task;
    loaded->last_result = &task->next;
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
    call_unlink(shard, task);
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
           && (task = result_take(live->loaded)) != NULL)
    {
        task_back(shard, live, task, &task->result);
    }
}
