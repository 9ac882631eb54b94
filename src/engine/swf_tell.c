
/*
 * Recording: attributes, events, and the decision task that an event makes.
 * Owns which events make one; decides nothing else.
 */

#include "engine/swf_run.h"


/* swf 9: "makes a decision task". */
static const bool  makes_task[WF_EVENT_END] = {
    [WF_EVENT_SWF_STARTED] = true,
    [WF_EVENT_SWF_CANCEL_REQUESTED] = true,
    [WF_EVENT_SWF_DECISION_TIMED_OUT] = true,
    [WF_EVENT_SWF_ACTIVITY_COMPLETED] = true,
    [WF_EVENT_SWF_ACTIVITY_FAILED] = true,
    [WF_EVENT_SWF_ACTIVITY_TIMED_OUT] = true,
    [WF_EVENT_SWF_ACTIVITY_CANCELED] = true,
    [WF_EVENT_SWF_SIGNALED] = true,
    [WF_EVENT_SWF_TIMER_FIRED] = true,
    [WF_EVENT_SWF_CHILD_START_FAILED] = true,
    [WF_EVENT_SWF_CHILD_STARTED] = true,
    [WF_EVENT_SWF_CHILD_COMPLETED] = true,
    [WF_EVENT_SWF_CHILD_FAILED] = true,
    [WF_EVENT_SWF_CHILD_TIMED_OUT] = true,
    [WF_EVENT_SWF_CHILD_CANCELED] = true,
    [WF_EVENT_SWF_CHILD_TERMINATED] = true,
    [WF_EVENT_SWF_SIGNAL_FAILED] = true,
    [WF_EVENT_SWF_EXTERNAL_SIGNALED] = true,
    [WF_EVENT_SWF_REQUEST_FAILED] = true,
    [WF_EVENT_SWF_EXTERNAL_CANCELING] = true,
    [WF_EVENT_SWF_LAMBDA_COMPLETED] = true,
    [WF_EVENT_SWF_LAMBDA_FAILED] = true,
    [WF_EVENT_SWF_LAMBDA_TIMED_OUT] = true,
    [WF_EVENT_SWF_LAMBDA_START_FAILED] = true
};


/*
 * Attributes
 */

wf_sheet_t
wf_sheet(wf_run_t *run)
{
    wf_sheet_t  sheet;

    sheet.run = run;
    sheet.object = wf_value_object(run->exec->arena, 8);
    sheet.failed = sheet.object == NULL;

    return sheet;
}


static void
set(wf_sheet_t *sheet, const char *name, wf_value_t *value)
{
    if (!sheet->failed
        && wf_value_set(sheet->run->exec->arena, sheet->object,
                        wf_str_of(name), value)
           != WF_OK)
    {
        sheet->failed = true;
    }
}


void
wf_sheet_put(wf_sheet_t *sheet, const char *name, const wf_value_t *value)
{
    if (value) {
        set(sheet, name, wf_value_copy(sheet->run->exec->arena, value));
    }
}


void
wf_sheet_share(wf_sheet_t *sheet, const char *name, const wf_value_t *value)
{
    if (value) {
        set(sheet, name, (wf_value_t *) value);
    }
}


void
wf_sheet_text(wf_sheet_t *sheet, const char *name, wf_str_t text)
{
    wf_str_t     copy;
    wf_arena_t  *arena;

    arena = sheet->run->exec->arena;
    copy = wf_arena_copy(arena, text);
    set(sheet, name, copy.data ? wf_value_string(arena, copy) : NULL);
}


void
wf_sheet_id(wf_sheet_t *sheet, const char *name, uint64_t id)
{
    set(sheet, name, wf_value_int(sheet->run->exec->arena, (int64_t) id));
}


void
wf_sheet_execution(wf_sheet_t *sheet, const char *name, wf_str_t id,
    wf_str_t run_id)
{
    wf_sheet_t  inner;

    inner = wf_sheet(sheet->run);
    wf_sheet_text(&inner, "workflowId", id);
    wf_sheet_text(&inner, "runId", run_id);
    set(sheet, name, inner.failed ? NULL : inner.object);
}


void
wf_sheet_copy(wf_sheet_t *sheet, const wf_value_t *from,
    const char *const *names)
{
    for ( /* void */ ; from && *names; names++) {
        wf_sheet_put(sheet, *names, wf_value_get(from, wf_str_of(*names)));
    }
}


/*
 * Events
 */

static wf_rc_t
record(wf_run_t *run, wf_event_t *event)
{
    wf_rc_t      rc;
    wf_codec_t  *codec;

    codec = &run->exec->codec;
    event->seq = codec->seq + 1;
    event->event_id = wf_event_rpc_name(event->type)[0] ? codec->event_id + 1
                                                        : 0;
    event->cause_id = codec->event_id;
    event->time_ms = run->now_ms;

    wf_event_encode(&run->step->events, codec, event);

    if (run->step->events.failed) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_engine_apply(run->exec, event);

    wf_assert(rc != WF_DECLINED);

    if (rc != WF_OK) {
        return wf_run_out_of_memory(run);
    }

    run->step->event_count++;

    return WF_OK;
}


wf_rc_t
wf_swf_emit(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet)
{
    wf_event_t  event;

    if (sheet->failed) {
        return wf_run_out_of_memory(run);
    }

    event = (wf_event_t) { .type = type, .input = sheet->object };

    return record(run, &event);
}


wf_rc_t
wf_swf_emit_child(wf_run_t *run, const wf_sheet_t *sheet, wf_str_t run_id)
{
    wf_event_t  event;

    if (sheet->failed) {
        return wf_run_out_of_memory(run);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_SWF_CHILD_INITIATED,
        .input = sheet->object,
        .error = run_id
    };

    return record(run, &event);
}


wf_rc_t
wf_swf_emit_hidden(wf_run_t *run, uint8_t type, uint64_t task,
    const wf_value_t *value)
{
    wf_event_t  event;

    event = (wf_event_t) { .type = type, .task = task, .input = value };

    return record(run, &event);
}


uint64_t
wf_swf_last_id(const wf_run_t *run)
{
    return run->exec->codec.event_id;
}


wf_rc_t
wf_swf_schedule(wf_run_t *run)
{
    wf_rc_t            rc;
    wf_swf_t          *swf;
    wf_sheet_t         sheet;
    const wf_value_t  *started;

    swf = run->exec->swf;

    if (swf->scheduled || run->exec->status != WF_STATUS_RUNNING) {
        return WF_OK;
    }

    started = run->exec->input;
    sheet = wf_sheet(run);
    wf_sheet_share(&sheet, "taskList",
                   swf->list ? swf->list
                             : wf_value_get(started, wf_str("taskList")));
    wf_sheet_share(&sheet, "taskPriority",
                   wf_value_get(started, wf_str("taskPriority")));
    wf_sheet_share(&sheet, "startToCloseTimeout",
                   wf_value_get(started, wf_str("taskStartToCloseTimeout")));

    if (swf->list_timeout) {
        wf_sheet_share(&sheet, "scheduleToStartTimeout", swf->list_timeout);

    } else {
        wf_sheet_text(&sheet, "scheduleToStartTimeout", wf_str("NONE"));
    }

    rc = wf_swf_emit(run, WF_EVENT_SWF_DECISION_SCHEDULED, &sheet);

    return rc == WF_OK && swf->started == NULL
           ? wf_swf_owe(run, swf->scheduled) : rc;
}


wf_rc_t
wf_swf_tell(wf_run_t *run, uint8_t type, const wf_sheet_t *sheet)
{
    wf_rc_t  rc;

    rc = wf_swf_emit(run, type, sheet);

    return rc == WF_OK && makes_task[type] ? wf_swf_schedule(run) : rc;
}
