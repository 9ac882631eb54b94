
/*
 * Task: something is called, by an effect, and answers by an input (fdl.md
 * 1.3.1, 1.8, 1.9, 2.4.2).  Owns what is sent and what an answer means; trying
 * again is retry.c's.  The task's number is the seq of its TaskScheduled.
 */

#include "base/json.h"
#include "engine/work.h"


/*
 * The call
 */

wf_rc_t
wf_task_resume(wf_run_t *run, const wf_node_t *node)
{
    (void) node;

    return wf_run_add_effect(run, WF_EFFECT_CALL, run->entry);
}


static wf_rc_t
fail_task(wf_run_t *run, const char *reason)
{
    wf_error_set(run->err, WF_E_INVALID_ARGUMENT, "%s", reason);

    return wf_run_fail(run, wf_str("FnF.RuntimeError"));
}


/* When the attempt times out; 0: never. */
static wf_rc_t
deadline(wf_run_t *run, const wf_node_t *node, int64_t *due_ms)
{
    wf_rc_t             rc;
    int64_t             seconds;
    const wf_value_t   *value;
    const wf_amount_t  *amount;

    amount = &node->u.task.timeout_s;
    seconds = amount->constant;

    if (amount->expr) {
        rc = wf_run_eval(run, amount->expr, &value);

        if (rc != WF_OK) {
            return rc;
        }

        if (value->type != WF_NUMBER
            || !value->is_integer
            || value->u.number.integer < 0
            || value->u.number.integer > WF_TIMEOUT_CFL_MAX)
        {
            return fail_task(run, "the timeout must be a whole number of "
                                  "seconds from 0 to 604800");
        }

        seconds = value->u.number.integer;
    }

    *due_ms = seconds ? run->now_ms + seconds * 1000 : 0;

    return WF_OK;
}


/* A new attempt has a new token: an input that holds it is made anew. */
static wf_rc_t
renew_input(wf_run_t *run, const wf_node_t *node, wf_event_t *event)
{
    if (!run->dataflow->tokens_in_input
        || run->branch->phase != WF_PHASE_BACKOFF
        || node->u.task.mode == WF_CALL_REQUEST
        || node->input == NULL)
    {
        return WF_OK;
    }

    return run->dataflow->input(run, node, &event->local);
}


/* The parameters, evaluated; NULL: the step has none of its own. */
static wf_rc_t
fill_params(wf_run_t *run, const wf_node_t *node, const wf_value_t *input,
    const wf_value_t **params)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    *params = NULL;

    if (!wf_task_sends_params(run, node)) {
        return WF_OK;
    }

    run->dataflow->roots(run);
    run->env.roots[WF_ROOT_INPUT] = input;
    run->env.roots[WF_ROOT_SELF] = input;

    rc = wf_run_fill(run, node->u.task.params, &value);

    if (rc == WF_OK) {
        rc = wf_dataflow_limit(run, wf_json_size(value), WF_DATA_BYTES_CFL,
                               "parameters");
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "parameters");
    }

    if (rc != WF_OK) {
        return rc;
    }

    *params = wf_run_keep(run, value);

    return *params ? WF_OK : wf_run_out_of_memory(run);
}


/* Generation 1 shows the step's input, generation 2 what is sent. */
static wf_rc_t
fill_event(wf_run_t *run, const wf_node_t *node, wf_event_t *event)
{
    wf_rc_t            rc;
    const wf_value_t  *input, *params;

    rc = renew_input(run, node, event);

    if (rc != WF_OK) {
        return rc;
    }

    input = event->local ? event->local : run->branch->input;
    rc = fill_params(run, node, input, &params);

    if (rc != WF_OK) {
        return rc;
    }

    if (run->program->dialect == WF_DIALECT_FDL) {
        event->input = input;
        event->output = params;

    } else {
        event->input = params ? params : &wf_event_empty;
    }

    run->dataflow->roots(run);

    return deadline(run, node, &event->due_ms);
}


wf_rc_t
wf_task_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_TASK_SCHEDULED,
        .node = node->no,
        .index = run->branch->attempt
    };

    rc = fill_event(run, node, &event);

    if (rc == WF_OK) {
        rc = wf_run_emit(run, &event);
    }

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    return wf_run_add_effect(run, WF_EFFECT_CALL,
                      wf_roster_find(&run->exec->tasks, run->branch->task));
}


wf_rc_t
wf_task_begin(wf_run_t *run)
{
    wf_event_t  event;

    if (run->branch->phase != WF_PHASE_SCHEDULED) {
        return WF_OK;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_TASK_STARTED,
        .node = run->node->no
    };

    return wf_run_emit(run, &event);
}


/*
 * The answer
 */

wf_rc_t
wf_task_time_out(wf_run_t *run, wf_str_t error, wf_str_t cause)
{
    wf_rc_t                   rc;
    wf_event_t                event;
    const wf_roster_entry_t  *entry;

    rc = wf_task_begin(run);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    entry = wf_roster_find(&run->exec->tasks, run->branch->task);

    if (wf_run_add_effect(run, WF_EFFECT_CANCEL, entry) != WF_OK) {
        return WF_ERROR;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_TASK_TIMED_OUT,
        .node = run->node->no,
        .error = error,
        .error_cause = cause
    };

    return wf_run_emit(run, &event);
}


/* Out of time (fdl.md 1.8, 2.9). */
wf_rc_t
wf_task_on_input(wf_run_t *run, const wf_node_t *node)
{
    (void) node;

    return wf_task_time_out(run, wf_str("FnF.TaskTimeout"),
                            wf_str("the task took longer than allowed"));
}


static wf_rc_t
emit_failure(wf_run_t *run, uint8_t type, wf_str_t error, wf_str_t cause)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = type,
        .node = run->node->no,
        .error = error,
        .error_cause = cause
    };

    return wf_run_emit(run, &event);
}


/* The value of the input, of the event's lifetime. */
static wf_rc_t
emit_value(wf_run_t *run, uint8_t type)
{
    size_t             size;
    wf_event_t         event;
    const wf_value_t  *value;

    value = run->input->value ? run->input->value : &wf_event_empty;

    if (type == WF_EVENT_TASK_SUCCEEDED && run->node->asl) {
        value = wf_machine_job(run, value);
    }

    if (value == NULL) {
        return wf_run_out_of_memory(run);
    }

    size = wf_json_size(value);

    if (type == WF_EVENT_TASK_SUCCEEDED
        && run->dataflow->weigh(run, size) == WF_DECLINED)
    {
        return emit_failure(run, WF_EVENT_TASK_FAILED, run->error, run->cause);
    }

    /* nobody reads what the submission said but the history */

    if (type == WF_EVENT_TASK_SUBMITTED
        && size > (run->exec->is_asl ? WF_DATA_BYTES_ASL : WF_DATA_BYTES_CFL))
    {
        value = &wf_event_empty;
    }

    event = (wf_event_t) {
        .type = type,
        .node = run->node->no,
        .output = wf_run_keep(run, value)
    };

    return event.output ? wf_run_emit(run, &event)
                        : wf_run_out_of_memory(run);
}


wf_rc_t
wf_task_done(wf_run_t *run, const wf_roster_entry_t *entry)
{
    uint8_t  mode, type;
    wf_rc_t  rc;

    static const uint8_t  types[][WF_CALL_TOKEN + 1] = {
        [WF_OUTCOME_SUCCEEDED] = {
            [WF_CALL_REQUEST] = WF_EVENT_TASK_SUCCEEDED,
            [WF_CALL_SYNC] = WF_EVENT_TASK_SUCCEEDED,
            [WF_CALL_TOKEN] = WF_EVENT_TASK_SUBMITTED
        },
        [WF_OUTCOME_FAILED] = {
            [WF_CALL_REQUEST] = WF_EVENT_TASK_FAILED,
            [WF_CALL_SYNC] = WF_EVENT_TASK_SUBMIT_FAILED,
            [WF_CALL_TOKEN] = WF_EVENT_TASK_SUBMIT_FAILED
        },
        [WF_OUTCOME_SUBMITTED] = {
            [WF_CALL_REQUEST] = WF_EVENT_TASK_SUCCEEDED,
            [WF_CALL_SYNC] = WF_EVENT_TASK_SUBMITTED,
            [WF_CALL_TOKEN] = WF_EVENT_TASK_SUBMITTED
        }
    };

    (void) entry;

    wf_assert(run->input->outcome < wf_countof(types));

    if (run->branch->job && run->input->outcome == WF_OUTCOME_SUBMITTED) {
        return WF_DECLINED;
    }

    mode = run->node->u.task.mode;
    type = types[run->input->outcome][mode];
    rc = wf_task_begin(run);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    if (run->input->outcome == WF_OUTCOME_FAILED) {
        type = run->branch->job ? WF_EVENT_TASK_FAILED : type;
        return emit_failure(run, type, run->input->error, run->input->cause);
    }

    if (wf_task_is_activity(run->node) && !run->branch->is_claimed) {
        return wf_task_claimed(run);
    }

    rc = emit_value(run, type);

    return rc == WF_OK && type == WF_EVENT_TASK_SUBMITTED && run->input->job
           && wf_run_goes_on(run) ? wf_task_open_job(run) : rc;
}


/* The report may be here before the call has returned (fdl.md 1.8). */
static wf_rc_t
submitted_after_all(wf_run_t *run)
{
    wf_rc_t     rc;
    wf_event_t  event;

    rc = wf_task_begin(run);

    if (rc != WF_OK
        || !wf_run_goes_on(run)
        || run->branch->phase != WF_PHASE_CALLED)
    {
        return rc;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_TASK_SUBMITTED,
        .node = run->node->no,
        .output = &wf_event_empty
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_task_reported(wf_run_t *run, const wf_roster_entry_t *entry)
{
    wf_rc_t  rc;

    if (run->node->u.task.mode == WF_CALL_REQUEST) {
        return WF_DECLINED;
    }

    /* nobody else shall get it */

    if (wf_task_is_activity(run->node) && !entry->is_taken
        && wf_run_add_effect(run, WF_EFFECT_CANCEL, entry) != WF_OK)
    {
        return WF_ERROR;
    }

    rc = submitted_after_all(run);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    rc = run->input->outcome == WF_OUTCOME_FAILED
         ? emit_failure(run, WF_EVENT_TASK_FAILED, run->input->error,
                        run->input->cause)
         : emit_value(run, WF_EVENT_TASK_SUCCEEDED);

    run->step->event_id = run->exec->codec.event_id;

    return rc;
}
