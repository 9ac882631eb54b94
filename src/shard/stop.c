
/*
 * STOP: StopExecution, and what a parent does not want any more.  Rows of the
 * table in start.c.  What was stopped once is not stopped twice: who comes
 * again is known by the key.
 */

#include "shard/serve.h"


/* What would be set going by that call is not: it may be on its way. */
static void
stop_bar(wf_shard_t *shard, const wf_submit_t *submit,
    const wf_record_t *record)
{
    if (submit->start_key != 0
        && (record == NULL || submit->start_key != wf_record_key(record)))
    {
        shard->barred[shard->barred_count++ % WF_BARRED_MAX]
            = submit->start_key;
    }
}


void
wf_stop_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    stop_bar(shard, submit, NULL);
    wf_answer_error(shard, submit, WF_E_EXECUTION_NOT_FOUND, submit->name,
                    submit->flow_name);
}


static void
stop_late(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer_error(shard, submit, WF_E_EXECUTION_COMPLETED, submit->name,
                    submit->flow_name);
}


void
wf_stop_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    (void) live;
    stop_bar(shard, submit, shard->found);

    if (submit->is_idempotent
        || (shard->found->stop_key == submit->key && submit->key != 0))
    {
        wf_answer_copy(shard, submit, shard->found);

    } else {
        stop_late(shard, submit);
    }
}


/* Its end may still be in the open batch, where its record is completed by
 * the seal; otherwise the record may be gone before our batch is back. */

void
wf_stop_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_loaded_t  *loaded;

    loaded = live->loaded;
    stop_bar(shard, submit, &loaded->record);

    if (!submit->is_idempotent
        && (loaded->record.stop_key != submit->key || submit->key == 0))
    {
        stop_late(shard, submit);

    } else if (loaded->unit != NULL) {
        wf_answer(shard, submit, &loaded->record, NULL);

    } else {
        wf_answer_copy(shard, submit, &loaded->record);
    }
}


void
wf_stop_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit)
{
    wf_rc_t      rc;
    wf_input_t   input;
    wf_error_t   err;

    input = (wf_input_t) {
        .type = WF_INPUT_STOP,
        .error = submit->error,
        .cause = submit->cause
    };

    if (submit->start_key != 0
        && submit->start_key != wf_record_key(&live->loaded->record))
    {
        wf_stop_fresh(shard, live, submit);
        return;
    }

    rc = wf_run_input(shard, live, &input);

    if (rc == WF_OK) {
        live->loaded->record.stop_key = submit->key;
        wf_answer(shard, submit, &live->loaded->record, NULL);

    } else if (rc == WF_DECLINED) {
        wf_error_set(&err, WF_E_INTERNAL, "the execution cannot be stopped");
        wf_answer_err(shard, submit, &err);

    } else {
        wf_shard_refuse(shard, submit);
    }
}
