
/*
 * From chunks back to a state.  Evaluates nothing and trusts no byte: a bad
 * history is an error, never a crash.
 */

#include "engine/apply.h"
#include "engine/engine.h"


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

    rc = wf_engine_apply(exec, &event);

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
