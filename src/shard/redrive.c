
/*
 * REDRIVE: RedriveExecution (asl 18), and a map run that takes its children up
 * again.  Rows of the table in start.c.  One that is over is loaded from the
 * store, and goes on with one event, in one commit with its row; who comes
 * again is known by the key.  Must never touch one that is being erased.
 *
 *   ENDED -> LOADING -> RUNNING, still over: the event, and on it goes
 *                    -> FRESH: it is not there, or cannot be read
 */

#include "shard/admit.h"
#include "shard/serve.h"
#include "shard/tasks.h"


static void
answer_reason(wf_shard_t *shard, wf_submit_t *submit, wf_redrive_t reason)
{
    wf_answer_error(shard, submit, WF_E_NOT_REDRIVABLE,
                    wf_redrive_text(reason), wf_str_none);
}


void
wf_redrive_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    wf_answer_error(shard, submit, WF_E_EXECUTION_NOT_FOUND, submit->name,
                    submit->flow_name);
}


/* The same call again hears what it heard the first time. */
static bool
redrive_again(wf_shard_t *shard, wf_submit_t *submit,
    const wf_record_t *record)
{
    int64_t      since_ms, redriven_ms;
    wf_record_t  redriven;

    since_ms = submit->is_internal ? 0 : shard->now_ms - WF_REDRIVE_KNOWN_MS;
    redriven_ms = wf_record_redriven(record, submit->key, since_ms);

    if (redriven_ms == 0) {
        return false;
    }

    redriven = submit->is_internal ? *record : wf_answer_started(record);
    redriven.redriven_ms = redriven_ms;
    wf_answer_copy(shard, submit, &redriven);

    return true;
}


/* A map run may, and only it, what is a child of one. */
static wf_redrive_t
reason_of(const wf_shard_t *shard, const wf_submit_t *submit,
    const wf_record_t *record)
{
    wf_redrive_t  reason;

    reason = wf_record_redrive(record, shard->now_ms);

    return reason == WF_REDRIVE_BY_MAP_RUN && submit->is_internal
           ? WF_REDRIVE_READY : reason;
}


void
wf_redrive_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_redrive_t  reason;
    wf_errand_t  *errand;

    if (redrive_again(shard, submit, shard->found)) {
        return;
    }

    if (wf_admit_barred(shard, submit)) {
        wf_answer_error(shard, submit, WF_E_EXECUTION_NOT_FOUND, submit->name,
                        submit->flow_name);
        return;
    }

    reason = reason_of(shard, submit, shard->found);

    /* A map run hears of what has succeeded after all. */

    if (reason == WF_REDRIVE_SUCCEEDED && submit->is_internal) {
        wf_answer_copy(shard, submit, shard->found);
        return;
    }

    if (reason != WF_REDRIVE_READY) {
        answer_reason(shard, submit, reason);
        return;
    }

    if (wf_retain_is_going(shard, live->flow_no, wf_live_name(live))) {
        wf_redrive_fresh(shard, live, submit);
        return;
    }

    if (!submit->is_internal && !wf_admit_place(shard, submit)) {
        wf_answer_error(shard, submit, WF_E_EXECUTION_LIMIT, wf_str_none,
                        wf_str_none);
        return;
    }

    errand = wf_errand_of(shard, shard->lives, live);

    if (errand == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_errand_push(errand, submit);
    wf_load_ended(shard, live);
}


/* What the step, the next seal and the answer will look at. */
static wf_rc_t
record_redrive(const wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_submit_t *submit)
{
    wf_exec_t    *exec;
    wf_record_t  *record;

    exec = loaded->exec;
    record = &loaded->record;
    *record = wf_answer_started(record);
    record->redrive_token = wf_arena_copy(exec->home, submit->callback_token);
    loaded->is_redriven = true;

    return record->redrive_token.data
           ? wf_record_redrive_add(exec->home, record, submit->key,
                                   wf_max(shard->now_ms,
                                          exec->codec.time_ms))
           : WF_ERROR;
}


/* Its history and its record agree, and its definition is there: nothing has
 * happened yet. */
static void
redrive(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_input_t    input;
    wf_loaded_t  *loaded;
    wf_record_t  *redriven;

    loaded = live->loaded;
    input = (wf_input_t) { .type = WF_INPUT_REDRIVE };

    if (record_redrive(shard, loaded, submit) != WF_OK
        || wf_run_input(shard, live, &input) != WF_OK)
    {
        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);            /* if it is not down already */
        return;
    }

    /* The open batch is the one that its unit has just joined. */

    redriven = wf_arena_alloc(shard->open->arena, sizeof(wf_record_t));

    if (redriven == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    *redriven = wf_answer_started(&loaded->record);
    wf_answer(shard, submit, redriven, NULL);
}


/* WF_OK: nothing is in the way. */
static wf_rc_t
check(const wf_loaded_t *loaded, wf_error_t *err)
{
    if (loaded->revision == NULL) {
        wf_error_args(err, WF_E_EXECUTION_NOT_FOUND, loaded->record.name,
                      wf_str_none);
        return WF_ERROR;
    }

    if (loaded->revision->program == NULL) {
        *err = *loaded->revision->err;
        return WF_ERROR;
    }

    if (!wf_engine_may_redrive(loaded->exec, loaded->revision->program)
        || loaded->exec->redrive_count != loaded->record.redrive_count)
    {
        wf_error_args(err, WF_E_NOT_REDRIVABLE,
                      wf_redrive_text(WF_REDRIVE_FULL), wf_str_none);
        return WF_ERROR;
    }

    return WF_OK;
}


/* It was loaded for this. */
static void
redrive_loaded(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_error_t  err;

    if (check(live->loaded, &err) == WF_OK) {
        redrive(shard, live, submit);
        return;
    }

    wf_answer_err(shard, submit, &err);
    wf_load_drop(shard, live);
}


/*
 * A map run takes up a child that does not know yet that it was to be stopped
 * when the run broke: that is made up for, and the stop that is on its way
 * will not find it.
 */
static void
redrive_anew(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_error_t  err;
    wf_input_t  input;

    input = (wf_input_t) { .type = WF_INPUT_STOP };

    if (wf_run_input(shard, live, &input) != WF_OK) {
        wf_shard_refuse(shard, submit);
        return;
    }

    if (check(live->loaded, &err) != WF_OK) {
        wf_answer_err(shard, submit, &err);
        return;
    }

    wf_live_phase(shard->lives, live, WF_LIVE_RUNNING);
    redrive(shard, live, submit);
}


void
wf_redrive_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_loaded_t  *loaded;

    loaded = live->loaded;

    if (wf_status_is_final(loaded->exec->status)) {
        redrive_loaded(shard, live, submit);
        return;
    }

    if (redrive_again(shard, submit, &loaded->record)) {
        return;
    }

    if (wf_admit_barred(shard, submit)) {
        wf_redrive_fresh(shard, live, submit);
        return;
    }

    if (submit->is_internal) {
        redrive_anew(shard, live, submit);
        return;
    }

    answer_reason(shard, submit, WF_REDRIVE_RUNNING);
}


/* Nobody can have seen its end: to a client it runs. */
void
wf_redrive_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_error_t  err;

    if (redrive_again(shard, submit, &live->loaded->record)) {
        return;
    }

    if (submit->is_internal) {
        wf_error_set(&err, WF_E_INTERNAL, "its end is not durable yet");
        wf_answer_err(shard, submit, &err);
        return;
    }

    answer_reason(shard, submit, WF_REDRIVE_RUNNING);
}
