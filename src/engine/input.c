
/*
 * One input in, events out: which input fits, what it means, and then on until
 * nothing can move without the world.  Changes no state itself; it emits.
 */

#include "engine/machine.h"
#include "engine/swf.h"


/* A debug build looks at all branches after every step. */
#ifndef WF_DEBUG
#define WF_DEBUG  0
#endif


static wf_rc_t on_start(wf_run_t *run);
static wf_rc_t on_timer(wf_run_t *run);
static wf_rc_t on_stop(wf_run_t *run);
static wf_rc_t on_continue(wf_run_t *run);
static wf_rc_t on_flow_gone(wf_run_t *run);
static wf_rc_t on_task_done(wf_run_t *run);
static wf_rc_t on_task_reported(wf_run_t *run);
static wf_rc_t on_map_run(wf_run_t *run);
static wf_rc_t on_task_heartbeat(wf_run_t *run);
static wf_rc_t on_redrive(wf_run_t *run);
static wf_rc_t on_swf(wf_run_t *run);


static wf_rc_t (*const inputs[])(wf_run_t *run) = {
    [WF_INPUT_START] = on_start,
    [WF_INPUT_TIMER] = on_timer,
    [WF_INPUT_STOP] = on_stop,
    [WF_INPUT_CONTINUE] = on_continue,
    [WF_INPUT_FLOW_GONE] = on_flow_gone,
    [WF_INPUT_TASK_DONE] = on_task_done,
    [WF_INPUT_TASK_REPORTED] = on_task_reported,
    [WF_INPUT_MAP_RUN] = on_map_run,
    [WF_INPUT_TASK_HEARTBEAT] = on_task_heartbeat,
    [WF_INPUT_REDRIVE] = on_redrive,
    [WF_INPUT_SWF] = on_swf
};


static wf_rc_t
time_out(wf_run_t *run)
{
    return wf_run_end(run, WF_EVENT_EXECUTION_TIMED_OUT,
                      run->dataflow->late.error, run->dataflow->late.cause);
}


/* Durable with the start: whoever goes on with it has the same. */
static wf_rc_t
choose_test_case(wf_run_t *run)
{
    wf_event_t        event;
    const wf_value_t  name = {
        .type = WF_STRING, .u.string = run->input->test_case
    };

    event = (wf_event_t) {
        .type = WF_EVENT_TEST_CASE_CHOSEN,
        .output = wf_run_keep(run, &name)
    };

    return event.output ? wf_run_emit(run, &event)
                        : wf_run_out_of_memory(run);
}


static wf_rc_t
on_start(wf_run_t *run)
{
    wf_rc_t            rc;
    wf_event_t         event;
    const wf_value_t  *value;

    value = run->input->value ? run->input->value : &wf_event_empty;

    if (run->exec->status != 0
        || run->input->scope >= run->program->scope_count
        || (run->input->scope == 0 && value->type != WF_OBJECT
            && run->program->dialect != WF_DIALECT_ASL))
    {
        return WF_DECLINED;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_STARTED,
        .is_asl = run->program->dialect == WF_DIALECT_ASL,
        .due_ms = run->now_ms + wf_run_life(run),
        .scope = run->input->scope,
        .input = wf_run_keep(run, value)
    };

    if (event.input == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_run_emit(run, &event);

    if (rc == WF_OK && run->input->test_case.len > 0) {
        rc = choose_test_case(run);
    }

    return rc == WF_OK ? wf_run_on(run) : rc;
}


/* The branch that is due first, by its time; NULL: the whole execution is. */
static wf_branch_t *
due_branch(const wf_exec_t *exec)
{
    wf_heap_node_t  *node;

    node = wf_heap_min(&exec->due);

    if (node == NULL || (int64_t) node->due_ms > exec->timeout_ms) {
        return NULL;
    }

    return (wf_branch_t *) ((uint8_t *) node - offsetof(wf_branch_t, due));
}


static wf_rc_t
timer(wf_run_t *run, wf_branch_t *branch)
{
    wf_run_turn_to(run, branch);

    return branch->phase == WF_PHASE_BACKOFF
           ? wf_run_again(run)
           : run->dataflow->states[run->node->type].on_input(run, run->node);
}


/*
 * What was due first comes first, even when all of it is late: a wait that
 * ended before the time-out still lets the run go on, at today's time.
 */
static wf_rc_t
on_timer(wf_run_t *run)
{
    wf_rc_t       rc;
    wf_exec_t    *exec;
    wf_branch_t  *branch;

    exec = run->exec;
    rc = WF_DECLINED;

    while (exec->status == WF_STATUS_RUNNING
           && wf_exec_due_ms(exec) <= run->now_ms
           && !wf_run_is_enough(run))
    {
        branch = due_branch(exec);

        if (branch == NULL) {
            return time_out(run);
        }

        rc = timer(run, branch);

        if (rc == WF_OK) {
            rc = wf_run_on(run);
        }

        if (rc != WF_OK || run->step->wants_continue) {
            return rc;
        }
    }

    return rc;
}


static wf_rc_t
on_stop(wf_run_t *run)
{
    return wf_run_end(run, WF_EVENT_EXECUTION_STOPPED, run->input->error,
                      run->input->cause);
}


static wf_rc_t
on_flow_gone(wf_run_t *run)
{
    return wf_run_end(run, WF_EVENT_EXECUTION_STOPPED,
                      run->dataflow->gone.error, run->dataflow->gone.cause);
}


static wf_rc_t
on_continue(wf_run_t *run)
{
    const wf_exec_t  *exec;

    exec = run->exec;

    if (exec->status != WF_STATUS_RUNNING || exec->ready == NULL) {
        return WF_DECLINED;
    }

    return exec->timeout_ms <= run->now_ms ? time_out(run) : wf_run_on(run);
}


/* Who waits for the task of the input; NULL: nobody any more. */
static const wf_roster_entry_t *
find_task(wf_run_t *run)
{
    wf_roster_entry_t  *entry;

    entry = wf_roster_find(&run->exec->tasks, run->input->task);

    if (entry) {
        wf_run_turn_to(run, entry->branch);
    }

    return entry;
}


static wf_rc_t
on_task_done(wf_run_t *run)
{
    wf_rc_t                   rc;
    const wf_roster_entry_t  *entry;

    entry = find_task(run);

    if (entry == NULL || entry->is_taken) {
        return WF_DECLINED;
    }

    rc = entry->item == WF_NONE ? wf_task_done(run, entry)
                                : wf_item_done(run, entry);

    return rc == WF_OK ? wf_run_on(run) : rc;
}


static wf_rc_t
on_task_reported(wf_run_t *run)
{
    wf_rc_t                   rc;
    const wf_roster_entry_t  *entry;

    entry = find_task(run);

    if (entry == NULL) {
        return WF_DECLINED;
    }

    rc = entry->item == WF_NONE ? wf_task_reported(run, entry)
                                : wf_item_reported(run, entry);

    return rc == WF_OK ? wf_run_on(run) : rc;
}


/* Word of a task that goes on: neither its call nor its result. */
static wf_rc_t
on_word(wf_run_t *run, wf_rc_t (*record)(wf_run_t *run))
{
    wf_rc_t                   rc;
    const wf_roster_entry_t  *entry;

    entry = find_task(run);

    if (entry == NULL || entry->item != WF_NONE) {
        return WF_DECLINED;
    }

    rc = record(run);

    return rc == WF_OK ? wf_run_on(run) : rc;
}


static wf_rc_t
on_task_heartbeat(wf_run_t *run)
{
    return on_word(run, wf_task_heartbeat);
}


static bool
may_redrive(const wf_exec_t *exec)
{
    return exec->is_asl
           && wf_status_is_final(exec->status)
           && exec->status != WF_STATUS_SUCCEEDED
           && exec->branch.frame != NULL
           && exec->redrive_count < WF_REDRIVES_MAX
           && exec->codec.event_id + WF_REDRIVE_EVENTS <= WF_EVENTS_ASL_MAX;
}


bool
wf_engine_may_redrive(const wf_exec_t *exec, const wf_program_t *program)
{
    return may_redrive(exec) && wf_exec_fits(exec, program);
}


static wf_rc_t
on_redrive(wf_run_t *run)
{
    wf_rc_t           rc;
    wf_event_t        event;
    const wf_exec_t  *exec;

    exec = run->exec;

    if (!may_redrive(exec)) {
        return WF_DECLINED;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_REDRIVEN,
        .due_ms = run->now_ms + wf_run_life(run),
        .index = exec->redrive_count + 1
    };

    rc = wf_run_emit(run, &event);

    return rc == WF_OK ? wf_run_on(run) : rc;
}


static wf_rc_t
on_map_run(wf_run_t *run)
{
    wf_rc_t  rc;

    if (run->exec->status != WF_STATUS_RUNNING) {
        return WF_DECLINED;
    }

    rc = wf_map_run_update(run);

    return rc == WF_OK ? wf_run_on(run) : rc;
}


/* Told to what is no run of SWF. */
static wf_rc_t
on_swf(wf_run_t *run)
{
    (void) run;

    return WF_DECLINED;
}


/* Before its first event, its program says what it is. */
static bool
is_swf(const wf_run_t *run)
{
    return wf_exec_is_swf(run->exec)
           || (run->exec->status == 0
               && run->program->dialect == WF_DIALECT_SWF);
}


wf_rc_t
wf_engine_step(wf_exec_t *exec, const wf_program_t *program,
    const wf_identity_t *identity, const wf_input_t *input,
    wf_arena_t *scratch, wf_step_t *step, wf_error_t *err)
{
    wf_rc_t   rc;
    wf_run_t  run;

    wf_assert(input->type < wf_countof(inputs) && inputs[input->type]);

    run.exec = exec;
    run.program = program;
    run.identity = identity;
    run.input = input;
    run.scratch = scratch;
    run.step = step;
    run.err = err;

    if (wf_run_open(&run) != WF_OK) {
        return WF_ERROR;
    }

    step->wants_continue = false;

    rc = is_swf(&run) ? wf_swf_step(&run) : inputs[input->type](&run);

    if (rc == WF_OK) {
        step->wants_continue = exec->ready != NULL;
        wf_exec_check(exec, WF_DEBUG);
    }

    return rc;
}
