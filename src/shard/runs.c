
/*
 * What clients, workers and other runs say to a run of SWF becomes an input of
 * its engine here; and the run that continues another begins here.  A closed
 * run is answered like one that never was (swf 2), so nothing is looked up in
 * the store.
 */

#include "base/json.h"
#include "engine/swf.h"
#include "shard/open.h"
#include "shard/runs.h"
#include "shard/serve.h"


wf_live_t *
wf_runs_find(const wf_shard_t *shard, const wf_submit_t *submit)
{
    wf_live_t  *live;

    if (submit->exec_no != 0) {
        live = wf_open_number(shard->lives, submit->exec_no);

        return live && live->flow_no == submit->flow_no ? live : NULL;
    }

    return wf_swf_is_run(submit->name)
           ? wf_live_find(shard->lives, submit->flow_no, submit->name)
           : wf_open_find(shard->lives, submit->flow_no, submit->name);
}


bool
wf_runs_is_open(const wf_shard_t *shard, const wf_submit_t *submit)
{
    return wf_open_find(shard->lives, submit->flow_no,
                        wf_swf_workflow(submit->name)) != NULL;
}


void
wf_runs_unknown(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_str_t  run;

    run = wf_swf_run(submit->name);

    wf_answer_error(shard, submit,
                    run.len ? WF_E_UNKNOWN_RUN : WF_E_UNKNOWN_WORKFLOW_ID,
                    wf_swf_workflow(submit->name), run);
}


/* The one that was meant has closed meanwhile; the next one may be open. */
void
wf_runs_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_live_t  *next;

    next = wf_runs_find(shard, submit);

    if (next == NULL || next == live || live->phase == WF_LIVE_FRESH) {
        wf_runs_unknown(shard, submit);
        return;
    }

    wf_start_submit(shard, submit);
}


/* The task is not open any more: of the run's task, or of a worker's. */
static void
answer_declined(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_error_t  err;

    wf_error_set(&err, submit->swf == WF_SWF_DECIDED ? WF_E_UNKNOWN_DECISION
                                                     : WF_E_UNKNOWN_ACTIVITY,
                 "%llu", (unsigned long long) submit->task);
    wf_answer_err(shard, submit, &err);
}


/* Another run wants to know which one heard it. */
static void
answer_told(wf_shard_t *shard, wf_submit_t *submit, const wf_loaded_t *loaded)
{
    wf_record_t  told;

    if (!submit->is_internal) {
        wf_answer(shard, submit, NULL, NULL);
        return;
    }

    told = wf_answer_started(&loaded->record);
    told.input = wf_str_none;
    wf_answer_copy(shard, submit, &told);
}


/* WF_ERROR: answered. */
static wf_rc_t
value_of(wf_shard_t *shard, wf_submit_t *submit, const wf_value_t **value)
{
    wf_error_t   err;
    wf_batch_t  *batch;
    wf_value_t  *parsed;

    *value = NULL;

    if (submit->input.len == 0) {
        return WF_OK;
    }

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_refuse(shard, submit);
        return WF_ERROR;
    }

    wf_error_clear(&err);

    if (wf_json_parse(batch->arena, submit->input, &parsed, &err) != WF_OK) {
        wf_answer_err(shard, submit, &err);
        return WF_ERROR;
    }

    *value = parsed;

    return WF_OK;
}


void
wf_runs_tell(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_rc_t       rc;
    wf_input_t    input;
    wf_loaded_t  *loaded;

    loaded = live->loaded;

    if (!wf_exec_is_swf(loaded->exec)) {
        wf_runs_unknown(shard, submit);
        return;
    }

    input = (wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = submit->swf,
        .task = submit->task
    };

    if (value_of(shard, submit, &input.value) != WF_OK) {
        return;
    }

    rc = wf_run_input(shard, live, &input);

    if (rc == WF_ERROR) {
        wf_shard_refuse(shard, submit);

    } else if (rc == WF_OK
               || (loaded->unit && loaded->unit->step.is_double))
    {
        submit->event_id = loaded->unit->step.cancel_requested;
        answer_told(shard, submit, loaded);

    } else {
        answer_declined(shard, submit);
    }
}


/*
 * Continue-as-new
 */

static wf_loaded_t *
next_create(wf_shard_t *shard, const wf_loaded_t *loaded, wf_str_t name)
{
    wf_live_t    *live;
    wf_loaded_t  *next;

    live = wf_live_add(shard->lives, loaded->record.flow_no, name);
    next = live ? wf_loaded_create(shard->lives, live) : NULL;

    if (next == NULL) {
        return NULL;
    }

    next->shard = shard;
    next->revision = loaded->revision;
    wf_revision_hold(next->revision);

    return next;
}


/*
 * Its workflow's place is free: the old run's end is in this batch, and so
 * must be the new one's start.
 */
wf_rc_t
wf_runs_next(wf_shard_t *shard, wf_loaded_t *loaded, const wf_effect_t *effect)
{
    wf_rc_t            rc;
    wf_error_t         err;
    wf_submit_t        submit;
    wf_loaded_t       *next;
    const wf_value_t  *value;

    wf_open_remove(shard->lives, loaded->live);
    next = next_create(shard, loaded, effect->child);

    if (next == NULL) {
        return WF_ERROR;
    }

    submit = (wf_submit_t) {
        .type = WF_SUBMIT_START,
        .flow_no = loaded->record.flow_no,
        .revision = loaded->record.revision,
        .name = effect->child,
        .input = effect->params
    };

    wf_error_clear(&err);

    if (wf_start_build(next, &submit, &value, &err) != WF_OK) {
        return WF_ERROR;
    }

    next->live->loaded = next;
    shard->holds_batch = true;
    rc = wf_start_step(shard, next->live, &submit, value);
    shard->holds_batch = false;

    return rc;
}
