
/*
 * One input in, events out.  Owns the order of things: which input fits, who
 * acts in which phase, when to yield.  Changes no state itself; it emits.
 *
 * Each turn of the loop records one fact.  It ends when the branch waits or
 * the execution is over, or between two states once enough was done.
 */

#include "engine/step.h"


static wf_rc_t ready(wf_run_t *run);
static wf_rc_t entered(wf_run_t *run);
static wf_rc_t started(wf_run_t *run);
static wf_rc_t returned(wf_run_t *run);
static wf_rc_t succeeded(wf_run_t *run);
static wf_rc_t failed(wf_run_t *run);
static wf_rc_t raised(wf_run_t *run);

static wf_rc_t on_start(wf_run_t *run);
static wf_rc_t on_timer(wf_run_t *run);
static wf_rc_t on_stop(wf_run_t *run);
static wf_rc_t on_continue(wf_run_t *run);
static wf_rc_t on_flow_gone(wf_run_t *run);


typedef struct {
    wf_handler_pt  enter;
    wf_handler_pt  on_input;
    wf_handler_pt  resume;
} state_row_t;

static const state_row_t  states[WF_STATE_END] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    [number] = { enter, on_input, resume },
#include "flow/states.def"
#undef STATE
};

/* NULL: nothing moves without an input. */
static wf_rc_t (*const phases[])(wf_run_t *run) = {
    [WF_PHASE_NONE] = NULL,
    [WF_PHASE_READY] = ready,
    [WF_PHASE_ENTERED] = entered,
    [WF_PHASE_STARTED] = started,
    [WF_PHASE_WAITING] = NULL,
    [WF_PHASE_RETURNED] = returned,
    [WF_PHASE_SUCCEEDED] = succeeded,
    [WF_PHASE_FAILED] = failed,
    [WF_PHASE_RAISED] = raised,
    [WF_PHASE_ENDED] = NULL
};

static wf_rc_t (*const inputs[])(wf_run_t *run) = {
    [WF_INPUT_START] = on_start,
    [WF_INPUT_TIMER] = on_timer,
    [WF_INPUT_STOP] = on_stop,
    [WF_INPUT_CONTINUE] = on_continue,
    [WF_INPUT_FLOW_GONE] = on_flow_gone
};

static const wf_dataflow_t *const  dataflows[] = {
    [WF_DIALECT_FDL] = &wf_dataflow_fdl,
    [WF_DIALECT_CFL] = &wf_dataflow_cfl
};


void
wf_step_init(wf_step_t *step, wf_arena_t *arena)
{
    wf_buf_init(&step->events, arena, 0);
    step->event_count = 0;
    step->wants_continue = false;
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
        .scope = 0,
        .next = run->program->scopes[0].first,
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

    frame = run->exec->branch.frame;
    event = (wf_event_t) { .type = WF_EVENT_STEP_ENTERED };

    if (frame == NULL) {
        return open_flow(run);
    }

    if (run->node) {
        event.node = run->node->no;
        run->dataflow->show(frame, &event);
        return wf_run_emit(run, &event);
    }

    if (frame->owner == WF_NONE) {
        return close_flow(run);
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
        return wf_run_settle(run, run->node, rc);
    }

    return wf_run_emit(run, &event);
}


static wf_rc_t
started(wf_run_t *run)
{
    return wf_run_settle(run, run->node,
                         states[run->node->type].enter(run, run->node));
}


static wf_rc_t
returned(wf_run_t *run)
{
    const wf_branch_t  *branch;

    branch = &run->exec->branch;

    return wf_run_finish(run, run->node, branch->output, branch->next);
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


static wf_rc_t
failed(wf_run_t *run)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_EXITED,
        .node = run->node->no
    };

    run->dataflow->show(run->exec->branch.frame, &event);

    return wf_run_emit(run, &event);
}


static wf_rc_t
raised(wf_run_t *run)
{
    wf_event_t          event;
    const wf_branch_t  *branch;

    branch = &run->exec->branch;

    if (branch->frame->owner == WF_NONE) {
        return fail_execution(run, branch->error, branch->error_cause);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_FAILED,
        .node = branch->frame->owner,
        .error = branch->error,
        .error_cause = branch->error_cause
    };

    return wf_run_emit(run, &event);
}


/* Enough for one turn of the event loop? */
static bool
is_enough(const wf_run_t *run, uint32_t first_count, size_t first_bytes)
{
    return run->step->event_count - first_count >= WF_STEP_EVENTS_MAX
           || run->step->events.len - first_bytes >= WF_STEP_BYTES_MAX
           || run->work >= WF_STEP_WORK_MAX;
}


static void
find_node(wf_run_t *run)
{
    uint32_t  no;

    no = run->exec->branch.node;
    run->node = no == WF_NONE ? NULL : &run->program->nodes[no];
}


static wf_rc_t
run_on(wf_run_t *run)
{
    size_t        first_bytes;
    wf_rc_t       rc;
    uint32_t      first_count;
    wf_branch_t  *branch;

    branch = &run->exec->branch;
    first_count = run->step->event_count;
    first_bytes = run->step->events.len;

    while (phases[branch->phase]) {

        if (branch->phase == WF_PHASE_READY) {

            /* each state has a budget of its own */

            run->work += run->env.step_count;
            run->env.step_count = 0;

            if (is_enough(run, first_count, first_bytes)) {
                run->step->wants_continue = true;
                return WF_OK;
            }

            if (wf_exec_tidy(run->exec) != WF_OK) {
                return wf_run_out_of_memory(run);
            }
        }

        find_node(run);
        rc = phases[branch->phase](run);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static wf_rc_t
end_execution(wf_run_t *run, wf_event_type_t type, wf_str_t error,
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

    return wf_run_emit(run, &event);
}


static wf_rc_t
time_out(wf_run_t *run)
{
    return end_execution(run, WF_EVENT_EXECUTION_TIMED_OUT,
                         wf_str("FnF.ExecutionTimedOut"),
                         wf_str("the execution took longer than allowed"));
}


static wf_rc_t
on_start(wf_run_t *run)
{
    wf_rc_t            rc;
    uint64_t           timeout_ms;
    wf_event_t         event;
    const wf_value_t  *value;

    value = run->input->value ? run->input->value : &wf_event_empty;

    if (run->exec->status != 0 || value->type != WF_OBJECT) {
        return WF_DECLINED;
    }

    timeout_ms = run->program->timeout_ms;

    if (timeout_ms == 0 || timeout_ms > WF_EXECUTION_MS_MAX) {
        timeout_ms = WF_EXECUTION_MS_MAX;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_STARTED,
        .due_ms = run->now_ms + (int64_t) timeout_ms,
        .input = wf_run_keep(run, value)
    };

    if (event.input == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_run_emit(run, &event);

    return rc == WF_OK ? run_on(run) : rc;
}


/*
 * What was due first comes first, even when all of it is late: a wait that
 * ended before the time-out still lets the run go on, at today's time.
 */
static wf_rc_t
on_timer(wf_run_t *run)
{
    bool                is_wait;
    wf_rc_t             rc;
    wf_exec_t          *exec;
    const wf_branch_t  *branch;

    exec = run->exec;
    branch = &exec->branch;
    rc = WF_DECLINED;

    while (exec->status == WF_STATUS_RUNNING
           && wf_exec_due_ms(exec) <= run->now_ms)
    {
        is_wait = branch->phase == WF_PHASE_WAITING
                  && branch->due_ms <= exec->timeout_ms;

        if (!is_wait) {
            run->step->wants_continue = false;
            return time_out(run);
        }

        find_node(run);
        rc = states[run->node->type].on_input(run, run->node);

        if (rc == WF_OK) {
            rc = run_on(run);
        }

        if (rc != WF_OK) {
            return rc;
        }
    }

    return rc;
}


static wf_rc_t
on_stop(wf_run_t *run)
{
    return end_execution(run, WF_EVENT_EXECUTION_STOPPED, run->input->error,
                         run->input->cause);
}


static wf_rc_t
on_flow_gone(wf_run_t *run)
{
    return end_execution(run, WF_EVENT_EXECUTION_STOPPED,
                         wf_str("FnF.FlowDeleted"),
                         wf_str("the flow was deleted"));
}


static wf_rc_t
on_continue(wf_run_t *run)
{
    const wf_exec_t  *exec;

    exec = run->exec;

    if (exec->status != WF_STATUS_RUNNING) {
        return WF_DECLINED;
    }

    if (exec->branch.phase == WF_PHASE_WAITING) {
        find_node(run);
        return states[run->node->type].resume(run, run->node);
    }

    return exec->timeout_ms <= run->now_ms ? time_out(run) : run_on(run);
}


/* Do the numbers of a replayed history belong to this program? */
static bool
is_of_program(const wf_exec_t *exec, const wf_program_t *program)
{
    const wf_frame_t   *frame;
    const wf_branch_t  *branch;

#define IS_NODE(no)  ((no) == WF_NONE || (no) < program->node_count)

    branch = &exec->branch;

    if (!IS_NODE(branch->node) || !IS_NODE(branch->next)) {
        return false;
    }

    for (frame = branch->frame; frame; frame = frame->outer) {
        if (!IS_NODE(frame->owner)
            || !IS_NODE(frame->after)
            || frame->scope >= program->scope_count
            || frame->input->type != WF_OBJECT)
        {
            return false;
        }
    }

    return true;

#undef IS_NODE
}


wf_rc_t
wf_engine_step(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, const wf_input_t *input,
    wf_arena_t *scratch, wf_step_t *step, wf_error_t *err)
{
    wf_rc_t   rc;
    wf_run_t  run;

    wf_assert(input->type < wf_countof(inputs) && inputs[input->type]);

    if (!is_of_program(exec, program)) {
        wf_error_set(err, WF_E_INTERNAL,
                     "the history does not belong to this definition");
        return WF_ERROR;
    }

    run.exec = exec;
    run.program = program;
    run.identity = identity;
    run.input = input;
    run.dataflow = dataflows[program->dialect];
    run.scratch = scratch;
    run.step = step;
    run.err = err;
    run.now_ms = wf_max(input->now_ms, exec->codec.time_ms);
    run.node = NULL;
    run.env = (wf_env_t) { .random_state = input->random_seed };
    run.work = 0;
    run.variables = NULL;
    run.error = wf_str_none;
    run.cause = wf_str_none;

    step->wants_continue = false;

    rc = inputs[input->type](&run);

    if (rc == WF_OK) {
        wf_exec_check(exec);
    }

    return rc;
}
