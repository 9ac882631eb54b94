
/*
 * From one fact to the next.  Owns the order of things: who acts in which
 * phase, when to yield.  Changes no state itself; it emits.  Which input fits
 * is input.c's.
 *
 * Each turn of the loop records one fact.  It ends when the branch waits or
 * the execution is over, or between two states once enough was done.
 */

#include "engine/machine.h"
#include "engine/sight.h"
#include "engine/work.h"


static wf_rc_t ready(wf_run_t *run);
static wf_rc_t entered(wf_run_t *run);
static wf_rc_t started(wf_run_t *run);
static wf_rc_t scheduled(wf_run_t *run);
static wf_rc_t answered(wf_run_t *run);
static wf_rc_t returned(wf_run_t *run);
static wf_rc_t broken(wf_run_t *run);
static wf_rc_t succeeded(wf_run_t *run);
static wf_rc_t failed(wf_run_t *run);
static wf_rc_t uncaught(wf_run_t *run);
static wf_rc_t raised(wf_run_t *run);


/* NULL: nothing moves without an input (wf_phase_moves()). */
static wf_rc_t (*const phases[])(wf_run_t *run) = {
    [WF_PHASE_NONE] = NULL,
    [WF_PHASE_READY] = ready,
    [WF_PHASE_ENTERED] = entered,
    [WF_PHASE_STARTED] = started,
    [WF_PHASE_WAITING] = NULL,
    [WF_PHASE_OPENED] = wf_machine_map_begin,
    [WF_PHASE_SCHEDULED] = scheduled,
    [WF_PHASE_CALLED] = NULL,
    [WF_PHASE_SUBMITTED] = NULL,
    [WF_PHASE_FORKING] = wf_fork_next,
    [WF_PHASE_FORKED] = NULL,
    [WF_PHASE_JOINED] = wf_fork_join,
    [WF_PHASE_ANSWERED] = answered,
    [WF_PHASE_RETURNED] = returned,
    [WF_PHASE_BROKEN] = broken,
    [WF_PHASE_BACKOFF] = NULL,
    [WF_PHASE_SUCCEEDED] = succeeded,
    [WF_PHASE_FAILED] = failed,
    [WF_PHASE_UNCAUGHT] = uncaught,
    [WF_PHASE_RAISED] = raised,
    [WF_PHASE_ABORTED] = NULL,
    [WF_PHASE_STALLED] = NULL,
    [WF_PHASE_ENDED] = NULL
};


static const wf_dataflow_t *const  dataflows[] = {
    [WF_DIALECT_FDL] = &wf_dataflow_fdl,
    [WF_DIALECT_CFL] = &wf_dataflow_cfl,
    [WF_DIALECT_ASL] = &wf_dataflow_asl,
    [WF_DIALECT_SWF] = NULL
};


void
wf_step_init(wf_step_t *step, wf_arena_t *arena)
{
    wf_buf_init(&step->events, arena, 0);
    step->event_count = 0;
    step->wants_continue = false;
    step->event_id = 0;
    step->cancel_requested = false;
    step->is_double = false;
    step->effects = NULL;
    step->last_effect = &step->effects;
}


/* An error of no node: the execution's own mappings, or the outermost. */
static wf_rc_t
fail_execution(wf_run_t *run, wf_str_t error, wf_str_t cause)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_FAILED,
        .error = error,
        .error_cause = cause
    };

    return wf_run_emit(run, &event);
}


static wf_rc_t
open_flow(wf_run_t *run)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_SCOPE_ENTERED,
        .node = WF_NONE,
        .scope = run->exec->scope,
        .next = run->program->scopes[run->exec->scope].first,
        .after = WF_NONE
    };

    rc = run->dataflow->open(run, &event.input);

    if (rc == WF_DECLINED) {
        return fail_execution(run, run->error, run->cause);
    }

    return rc == WF_OK ? wf_run_emit(run, &event) : rc;
}


static wf_rc_t
close_flow(wf_run_t *run)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) { .type = WF_EVENT_EXECUTION_SUCCEEDED };
    rc = run->dataflow->close(run, &event.output);

    if (rc == WF_DECLINED) {
        return fail_execution(run, run->error, run->cause);
    }

    return rc == WF_OK ? wf_run_emit(run, &event) : rc;
}


static wf_rc_t
ready(wf_run_t *run)
{
    wf_event_t         event;
    const wf_frame_t  *frame;

    frame = run->branch->frame;
    event = (wf_event_t) { .type = WF_EVENT_STEP_ENTERED };

    if (frame == NULL) {
        return open_flow(run);
    }

    if (run->node) {
        event.node = run->node->no;
        run->dataflow->show(frame, &event);
        return wf_run_emit(run, &event);
    }

    if (frame->outer == NULL) {
        return run->branch->parent ? wf_fork_leave(run) : close_flow(run);
    }

    event.type = WF_EVENT_SCOPE_EXITED;
    event.node = frame->owner;
    event.output = run->dataflow->scope_result(frame);

    return wf_run_emit(run, &event);
}


static wf_rc_t
entered(wf_run_t *run)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_STARTED,
        .node = run->node->no
    };

    rc = run->dataflow->input(run, run->node, &event.input);

    if (rc != WF_OK) {
        return wf_run_fail_step(run, run->node, rc);
    }

    return wf_run_emit(run, &event);
}


/* Also after a pause, once more. */
static wf_rc_t
started(wf_run_t *run)
{
    const wf_handlers_t  *state;

    state = &run->dataflow->states[run->node->type];

    return wf_run_settle(run, run->node, state->enter(run, run->node));
}


static wf_rc_t
scheduled(wf_run_t *run)
{
    return wf_task_begin(run);
}


static wf_rc_t
answered(wf_run_t *run)
{
    wf_rc_t            rc;
    const wf_value_t  *result;

    result = run->branch->output;
    rc = run->dataflow->answer(run, result);

    if (rc != WF_OK) {
        return wf_run_settle(run, run->node, rc);
    }

    wf_probe_see(run, WF_SEEN_RESULT, result);

    return wf_run_finish(run, run->node, result, run->node->next);
}


static wf_rc_t
returned(wf_run_t *run)
{
    return wf_run_finish(run, run->node, run->branch->output,
                         run->branch->next);
}


static wf_rc_t
broken(wf_run_t *run)
{
    run->error = run->branch->error;
    run->cause = run->branch->error_cause;

    return wf_run_settle(run, run->node, WF_DECLINED);
}


static wf_rc_t
succeeded(wf_run_t *run)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_EXITED,
        .node = run->node->no
    };

    rc = run->dataflow->leave(run, &event);

    return rc == WF_OK ? wf_run_emit(run, &event) : rc;
}


/* The failure of a catch is not caught. */
static wf_rc_t
failed(wf_run_t *run)
{
    wf_rc_t              rc;
    wf_event_t           event;
    const wf_catcher_t  *catcher;

    catcher = wf_run_catcher(run, run->node);

    if (catcher == NULL) {
        return uncaught(run);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_CAUGHT,
        .node = run->node->no,
        .next = catcher->next
    };

    rc = run->dataflow->caught(run, run->node, catcher, &event);

    if (rc != WF_OK) {
        return wf_run_fail_step(run, run->node, rc);
    }

    return wf_run_emit(run, &event);
}


static wf_rc_t
uncaught(wf_run_t *run)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = wf_machine_leaves_open(run) ? WF_EVENT_STATE_ABORTED
                                        : WF_EVENT_STEP_EXITED,
        .node = run->node->no
    };

    run->dataflow->show(run->branch->frame, &event);

    return wf_run_emit(run, &event);
}


static wf_rc_t
raised(wf_run_t *run)
{
    wf_event_t          event;
    const wf_branch_t  *branch;

    branch = run->branch;

    if (branch->frame->outer == NULL) {
        return branch->parent
               ? wf_fork_raise(run)
               : fail_execution(run, branch->error, branch->error_cause);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_FAILED,
        .node = branch->frame->owner,
        .error = branch->error,
        .error_cause = branch->error_cause
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_run_again(wf_run_t *run)
{
    return started(run);
}


/* Work is at least the time that has passed: values of many small parts cost
 * more than their size says.  Little of it is not timed. */
static void
time_work(wf_run_t *run)
{
    uint64_t  now, passed;

    if (run->input->clock == NULL
        || run->work - run->seen_work < WF_STEP_LOOK_WORK)
    {
        return;
    }

    now = run->input->clock();
    passed = run->work * WF_EXPR_STEP_PRICE;

    if (run->first_ns == 0) {
        run->first_ns = now - wf_min(now - 1, passed);
    }

    run->work = wf_max(run->work,
                       (now - run->first_ns) / WF_EXPR_STEP_PRICE);
    run->seen_work = run->work;
}


/* Each state has a budget of its own. */
bool
wf_run_is_enough(wf_run_t *run)
{
    run->work += wf_meter_renew(&run->env.meter);
    time_work(run);

    return run->step->event_count - run->first_count >= WF_STEP_EVENTS_MAX
           || run->step->events.len - run->first_bytes >= WF_STEP_BYTES_MAX
           || run->work >= WF_STEP_WORK_MAX;
}


wf_rc_t
wf_run_end(wf_run_t *run, wf_event_type_t type, wf_str_t error,
    wf_str_t cause)
{
    wf_event_t  event;

    if (run->exec->status != WF_STATUS_RUNNING) {
        return WF_DECLINED;
    }

    event = (wf_event_t) {
        .type = (uint8_t) type,
        .error = error,
        .error_cause = cause
    };

    run->branch = NULL;
    run->step->wants_continue = false;

    return wf_run_emit(run, &event);
}


static wf_rc_t
overflow(wf_run_t *run)
{
    return wf_run_end(run, WF_EVENT_EXECUTION_FAILED,
                      run->dataflow->large.error,
                      run->dataflow->large.cause);
}


/*
 * Between two states: is there enough left of the turn?  Large compaction gets
 * a turn of its own, too.
 */
static bool
is_time_to_yield(wf_run_t *run)
{
    return wf_run_is_enough(run)
           || (wf_exec_is_untidy(run->exec)
               && wf_arena_size(run->exec->arena) > WF_EXEC_MOVED_BYTES_MAX
               && run->step->event_count != run->first_count);
}


/* WF_DECLINED: there is more to hold than one execution may have. */
static wf_rc_t
tidy(wf_run_t *run)
{
    wf_exec_t   *exec;
    wf_arena_t  *before;

    exec = run->exec;
    before = exec->arena;

    if (wf_exec_tidy(exec) != WF_OK) {
        return wf_run_out_of_memory(run);
    }

    if (exec->arena != before) {
        run->work += exec->live_bytes / WF_STEP_BYTES_PER_WORK;
    }

    return exec->live_bytes > WF_EXEC_BYTES_MAX ? WF_DECLINED : WF_OK;
}


/* A branch goes on until it has to wait; then it is the next one's turn. */
wf_rc_t
wf_run_on(wf_run_t *run)
{
    wf_rc_t       rc;
    wf_branch_t  *branch;

    while ((branch = run->exec->ready) != NULL
           && !wf_probe_is_over(run->exec))
    {

        /* What failed by its work must not fail its catcher. */

        if (branch->phase == WF_PHASE_READY
            || branch->phase == WF_PHASE_FORKING
            || branch->phase == WF_PHASE_FAILED)
        {
            if (is_time_to_yield(run)) {
                run->step->wants_continue = true;
                return WF_OK;
            }

            rc = tidy(run);

            if (rc != WF_OK) {
                return rc == WF_DECLINED ? overflow(run) : rc;
            }

            branch = run->exec->ready;
        }

        wf_run_turn_to(run, branch);
        rc = phases[branch->phase](run);

        if (rc == WF_AGAIN) {
            run->step->wants_continue = true;
            return WF_OK;
        }

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static void
run_init(wf_run_t *run)
{
    run->now_ms = wf_max(run->input->now_ms, run->exec->codec.time_ms);
    run->dataflow = run->exec->is_asl ? &wf_dataflow_asl
                                      : dataflows[run->program->dialect];
    run->first_count = run->step->event_count;
    run->first_bytes = run->step->events.len;
    run->branch = NULL;
    run->node = NULL;
    run->env = (wf_env_t) {
        .random_state = run->input->random_seed,
        .meter = { .clock = run->input->clock }
    };
    run->work = 0;
    run->seen_work = 0;
    run->first_ns = 0;
    run->variables = NULL;
    run->error = wf_str_none;
    run->cause = wf_str_none;
    run->fault = WF_FAULT_NONE;
    run->location = NULL;
    run->rule = NULL;
    run->item = NULL;
    run->item_key = NULL;
}


/*
 * The history is looked at once after each replay; from then on all numbers
 * are the program's own.  An end from outside needs no program.
 */
wf_rc_t
wf_run_open(wf_run_t *run)
{
    static const wf_program_t  none = { .dialect = WF_DIALECT_CFL };

    run_init(run);

    if (!run->exec->is_replayed || run->program->nodes == NULL) {
        return WF_OK;
    }

    if (wf_exec_fits(run->exec, run->program)) {
        run->exec->is_replayed = false;
        return WF_OK;
    }

    if (run->input->type == WF_INPUT_STOP
        || run->input->type == WF_INPUT_FLOW_GONE)
    {
        run->program = &none;
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INTERNAL,
                 "the history does not belong to this definition");

    return WF_ERROR;
}


wf_rc_t
wf_run_resume(wf_run_t *run, const wf_roster_entry_t *entry)
{
    wf_run_turn_to(run, entry->branch);
    run->entry = entry;

    return run->dataflow->states[run->node->type].resume(run, run->node);
}
