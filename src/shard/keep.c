
/*
 * Express executions that are over and are to be kept: written whole, with
 * their events, in one commit, and answered when that is durable.  They come
 * with a name of their own ("{name}:{uuid}"); who comes again (an owner went)
 * is known by the key, and is answered that it is done.  Must never touch an
 * execution that has that name already.
 */

#include "shard/serve.h"


void
wf_keep_taken(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    wf_answer_error(shard, submit, WF_E_EXECUTION_EXISTS, submit->name,
                    submit->flow_name);
}


static void
keep_again(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit,
    const wf_record_t *record)
{
    if (record->start_key != submit->key || submit->key == 0) {
        wf_keep_taken(shard, live, submit);
        return;
    }

    wf_answer(shard, submit, NULL, NULL);
}


void
wf_keep_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    keep_again(shard, live, submit, shard->found);
}


void
wf_keep_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    keep_again(shard, live, submit, &live->loaded->record);
}


/* Everything that its last batch will look at; strings in the home. */
static wf_rc_t
keep_build(wf_loaded_t *loaded, const wf_submit_t *submit)
{
    wf_exec_t    *exec;
    wf_arena_t   *home;
    wf_record_t  *record;

    exec = loaded->exec;
    home = exec->home;
    record = &loaded->record;

    *record = submit->ended->record;
    record->flow_no = submit->flow_no;
    record->start_key = submit->key;
    record->name = wf_arena_copy(home, submit->name);
    record->input = wf_arena_copy(home, record->input);
    record->qualifier = wf_arena_copy(home, record->qualifier);
    record->output = wf_arena_copy(home, record->output);
    record->callback_token = wf_str_none;

    exec->status = record->status;
    exec->started_ms = record->started_ms;
    exec->stopped_ms = record->stopped_ms;
    exec->error = wf_arena_copy(home, record->error);
    exec->error_cause = wf_arena_copy(home, record->cause);

    return record->name.data && record->input.data && record->qualifier.data
           && record->output.data && exec->error.data
           && exec->error_cause.data ? WF_OK : WF_ERROR;
}


/* No memory half way: the unit is in the batch and cannot be taken out. */
static void
keep_write(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_unit_t    *unit;
    wf_loaded_t  *loaded;

    loaded = live->loaded;
    live->exec_no = ++shard->exec_no;
    shard->lives->running_count++;
    shard->retain.kept++;
    wf_live_phase(shard->lives, live, WF_LIVE_OVER);
    wf_used_add(shard, live->flow_no, submit->name);
    loaded->is_new = true;

    unit = wf_batch_unit(shard, loaded);

    if (unit != NULL) {
        wf_buf_append(&unit->step.events, submit->ended->events.data,
                      submit->ended->events.len);
        unit->step.event_count = submit->ended->event_count;
    }

    if (unit == NULL || unit->step.events.failed) {
        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    shard->stats.starts++;
    shard->stats.events += submit->ended->event_count;
    wf_answer(shard, submit, NULL, NULL);
}


void
wf_keep_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_error_t    err;
    wf_loaded_t  *loaded;

    if (!wf_status_is_final(submit->ended->record.status)
        || submit->ended->event_count == 0)
    {
        wf_error_set(&err, WF_E_INTERNAL, "an execution that is not over");
        wf_answer_err(shard, submit, &err);
        return;
    }

    loaded = wf_loaded_create(shard->lives, live);

    if (loaded == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    loaded->shard = shard;

    if (keep_build(loaded, submit) != WF_OK) {
        wf_shard_refuse(shard, submit);
        wf_loaded_free(shard->lives, loaded);
        return;
    }

    live->loaded = loaded;
    keep_write(shard, live, submit);
}
