
/*
 * From chunks back to a state, and what that state still owes.  Evaluates
 * nothing and trusts no byte: a bad history is an error, never a crash.
 */

#include "engine/step.h"
#include "engine/swf.h"


/* CloudFlow shows what the rows say; a state machine at least its start and
 * the states that are entered. */
static bool
is_shown_rightly(const wf_exec_t *exec, const wf_event_t *event)
{
    bool  is_shown;

    is_shown = event->event_id != 0;

    if (exec->is_asl || event->is_asl) {
        return is_shown
               || (event->type != WF_EVENT_EXECUTION_STARTED
                   && event->type != WF_EVENT_STEP_ENTERED);
    }

    return is_shown == (wf_event_rpc_name(event->type)[0] != '\0');
}


static wf_rc_t
replay_event(wf_exec_t *exec, wf_reader_t *reader, wf_error_t *err)
{
    wf_rc_t     rc;
    wf_event_t  event;

    if (wf_exec_tidy(exec) != WF_OK) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    if (wf_event_decode(exec->arena, reader, &exec->codec, &event, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    rc = is_shown_rightly(exec, &event) ? wf_engine_apply(exec, &event)
                                        : WF_DECLINED;

    if (rc == WF_DECLINED) {
        wf_error_set(err, WF_E_INTERNAL,
                     "corrupt history: event %llu does not fit",
                     (unsigned long long) event.seq);

    } else if (rc == WF_ERROR) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
    }

    return rc == WF_OK ? WF_OK : WF_ERROR;
}


wf_rc_t
wf_engine_replay(wf_exec_t *exec, wf_str_t chunk, wf_error_t *err)
{
    uint32_t     i, count;
    wf_reader_t  reader;

    exec->is_replayed = true;

    if (wf_chunk_open(chunk, &reader, &count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < count; i++) {
        if (replay_event(exec, &reader, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (reader.pos != reader.end) {
        wf_error_set(err, WF_E_INTERNAL,
                     "corrupt history: bytes behind the last event");
        return WF_ERROR;
    }

    wf_exec_check(exec, true);

    return WF_OK;
}


wf_rc_t
wf_engine_resume(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, wf_step_t *step, wf_error_t *err)
{
    uint32_t                  i;
    wf_run_t                  run;
    wf_input_t                input;
    const wf_roster_entry_t  *entry;

    input = (wf_input_t) { .type = WF_INPUT_CONTINUE };
    run = (wf_run_t) {
        .exec = exec,
        .program = program,
        .identity = identity,
        .input = &input,
        .step = step,
        .err = err
    };

    if (wf_run_open(&run) != WF_OK) {
        return WF_ERROR;
    }

    if (wf_exec_is_swf(exec)) {
        return wf_swf_resume(&run);
    }

    step->wants_continue = exec->status == WF_STATUS_RUNNING
                           && exec->ready != NULL;

    for (i = 0; i < exec->tasks.count; i++) {
        entry = &exec->tasks.entries[i];

        if (entry->branch && !entry->is_taken
            && wf_run_resume(&run, entry) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
