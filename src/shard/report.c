
/*
 * REPORT and MAP_RUN: what clients and children say to a running execution
 * (cloudflow-api 3.12, 3.13, 3.28).  Rows of the table in start.c.  The first
 * valid report of a task wins; what comes later, or after the end, is told so.
 */

#include "base/json.h"
#include "shard/serve.h"


static void
answer_invalid(wf_shard_t *shard, wf_submit_t *submit, const char *text)
{
    wf_error_t  err;

    wf_error_set(&err, WF_E_INVALID_ARGUMENT, "%s", text);
    wf_answer_err(shard, submit, &err);
}


static void
answer_completed(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer_error(shard, submit, WF_E_TASK_COMPLETED,
                    submit->callback_token, wf_str_none);
}


/* The token is ours, but its execution is not kept any more. */
void
wf_report_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    answer_invalid(shard, submit, "Invalid task token.");
}


void
wf_report_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    answer_completed(shard, submit);
}


/* What a client reports is refused at the door when it cannot be taken;
 * what a child reports is not: the step fails with it (settled.md). */
static wf_rc_t
output_check(const wf_submit_t *submit, wf_dialect_t dialect,
    const wf_value_t *value, wf_error_t *err)
{
    size_t  max;

    /* What state machines may get their API knows, and their engine. */

    if (submit->is_internal || dialect == WF_DIALECT_ASL) {
        return WF_OK;
    }

    if (dialect == WF_DIALECT_FDL && value->type != WF_OBJECT) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "Output must be a JSON object.");
        return WF_ERROR;
    }

    max = dialect == WF_DIALECT_FDL ? WF_DATA_BYTES_FDL : WF_DATA_BYTES_CFL;

    if (submit->input.len > max) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "Output must be at most %u bytes long.", (unsigned) max);
        return WF_ERROR;
    }

    return WF_OK;
}


/* WF_ERROR: answered. */
static wf_rc_t
report_value(wf_shard_t *shard, const wf_loaded_t *loaded,
    wf_submit_t *submit, const wf_value_t **value)
{
    wf_error_t   err;
    wf_batch_t  *batch;
    wf_value_t  *parsed;

    *value = NULL;

    if (submit->outcome != WF_OUTCOME_SUCCEEDED) {
        return WF_OK;
    }

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_refuse(shard, submit);
        return WF_ERROR;
    }

    wf_error_clear(&err);

    if (wf_json_parse(batch->arena, submit->input, &parsed, &err) != WF_OK
        || output_check(submit, loaded->revision->program->dialect, parsed,
                        &err)
           != WF_OK)
    {
        wf_answer_err(shard, submit, &err);
        return WF_ERROR;
    }

    *value = parsed;

    return WF_OK;
}


static bool
has_program(const wf_loaded_t *loaded)
{
    return loaded->revision != NULL && loaded->revision->program != NULL;
}


void
wf_report_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_rc_t       rc;
    wf_input_t    input;
    wf_loaded_t  *loaded;

    loaded = live->loaded;

    if (live->exec_no != submit->exec_no) {
        wf_report_fresh(shard, live, submit);
        return;
    }

    if (!has_program(loaded)) {
        wf_answer_error(shard, submit, WF_E_TASK_STATE, wf_str_none,
                        wf_str_none);
        return;
    }

    input = (wf_input_t) {
        .type = submit->outcome == WF_OUTCOME_ALIVE
                ? WF_INPUT_TASK_HEARTBEAT : WF_INPUT_TASK_REPORTED,
        .task = submit->task,
        .outcome = submit->outcome,
        .error = submit->error,
        .cause = submit->cause
    };

    if (report_value(shard, loaded, submit, &input.value) != WF_OK) {
        return;
    }

    rc = wf_run_input(shard, live, &input);

    if (rc == WF_OK) {
        submit->event_id = loaded->unit->step.event_id;
        wf_answer(shard, submit, NULL, NULL);

    } else if (rc == WF_DECLINED) {
        answer_completed(shard, submit);

    } else {
        wf_shard_refuse(shard, submit);
    }
}


/*
 * Map runs
 */

void
wf_map_run_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    wf_answer_error(shard, submit, WF_E_EXECUTION_NOT_FOUND, submit->name,
                    submit->flow_name);
}


void
wf_map_run_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    answer_invalid(shard, submit, "The map run has ended.");
}


void
wf_map_run_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_rc_t              rc;
    wf_str_t             name;
    wf_input_t           input;
    wf_loaded_t         *loaded;
    const wf_map_run_t  *run;

    loaded = live->loaded;
    name = submit->map_run.name;
    run = wf_exec_map_run(loaded->exec, name);

    if (run == NULL || !has_program(loaded)) {
        wf_answer_error(shard, submit, WF_E_MAP_RUN_NOT_FOUND, name,
                        submit->name);
        return;
    }

    if (run->stopped_ms != 0) {
        wf_map_run_late(shard, live, submit);
        return;
    }

    input = (wf_input_t) {
        .type = WF_INPUT_MAP_RUN,
        .map_run = &submit->map_run
    };

    rc = wf_run_input(shard, live, &input);

    if (rc == WF_ERROR) {
        wf_shard_refuse(shard, submit);
        return;
    }

    run = rc == WF_OK ? wf_exec_map_run(loaded->exec, name) : NULL;

    if (run == NULL) {
        wf_map_run_late(shard, live, submit);
        return;
    }

    submit->map_run = *run;
    submit->map_run.name = name;
    wf_answer(shard, submit, NULL, NULL);
}
