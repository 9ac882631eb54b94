
/*
 * What each event does to the state.  Owns the table of phases; trusts
 * nothing, because a history may come from a disk.
 *
 *            StepEntered      StepStarted      SCOPE_ENTERED
 *    READY ------------> ENTERED --> STARTED ---------------> READY (inner)
 *      ^                   |         |    |                     |
 *      |                   |         | WAIT_STARTED             | SCOPE_EXITED
 *      |  StepExited       |         v    |                     v
 *      +------ SUCCEEDED <-|----- WAITING +-------------- RETURNED
 *                          |         |                          |
 *                          +---------+-- StepFailed ------------+
 *                                    v
 *                      FAILED -- StepExited --> RAISED
 *                         ^------ StepFailed -----'  (of the scope's owner)
 *
 * Every running phase may go to ENDED.
 */

#include "engine/apply.h"


#define EVENT(symbol, number, apply, rpc, fields)                             \
    static wf_rc_t apply(wf_exec_t *exec, const wf_event_t *event);
#include "engine/events.def"
#undef EVENT


static wf_rc_t (*const appliers[WF_EVENT_END])(wf_exec_t *exec,
    const wf_event_t *event) =
{
#define EVENT(symbol, number, apply, rpc, fields)  [number] = apply,
#include "engine/events.def"
#undef EVENT
};


#define ENDINGS                                                               \
    [WF_EVENT_EXECUTION_FAILED] = WF_PHASE_ENDED,                             \
    [WF_EVENT_EXECUTION_STOPPED] = WF_PHASE_ENDED,                            \
    [WF_EVENT_EXECUTION_TIMED_OUT] = WF_PHASE_ENDED

#define RESULTS                                                               \
    [WF_EVENT_STEP_SUCCEEDED] = WF_PHASE_SUCCEEDED,                           \
    [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED

/* (phase, event) -> phase; WF_PHASE_NONE: they do not fit. */
static const uint8_t  moves[WF_PHASE_ENDED + 1][WF_EVENT_END] = {
    [WF_PHASE_NONE] = {
        [WF_EVENT_EXECUTION_STARTED] = WF_PHASE_READY
    },
    [WF_PHASE_READY] = {
        [WF_EVENT_STEP_ENTERED] = WF_PHASE_ENTERED,
        [WF_EVENT_SCOPE_ENTERED] = WF_PHASE_READY,
        [WF_EVENT_SCOPE_EXITED] = WF_PHASE_RETURNED,
        [WF_EVENT_EXECUTION_SUCCEEDED] = WF_PHASE_ENDED,
        ENDINGS
    },
    [WF_PHASE_ENTERED] = {
        [WF_EVENT_STEP_STARTED] = WF_PHASE_STARTED,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        ENDINGS
    },
    [WF_PHASE_STARTED] = {
        [WF_EVENT_WAIT_STARTED] = WF_PHASE_WAITING,
        [WF_EVENT_SCOPE_ENTERED] = WF_PHASE_READY,
        RESULTS,
        ENDINGS
    },
    [WF_PHASE_WAITING] = { RESULTS, ENDINGS },
    [WF_PHASE_RETURNED] = { RESULTS, ENDINGS },
    [WF_PHASE_SUCCEEDED] = {
        [WF_EVENT_STEP_EXITED] = WF_PHASE_READY,
        ENDINGS
    },
    [WF_PHASE_FAILED] = {
        [WF_EVENT_STEP_EXITED] = WF_PHASE_RAISED,
        ENDINGS
    },
    [WF_PHASE_RAISED] = {
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        ENDINGS
    }
};

static const uint8_t  statuses[WF_EVENT_END] = {
    [WF_EVENT_EXECUTION_SUCCEEDED] = WF_STATUS_SUCCEEDED,
    [WF_EVENT_EXECUTION_FAILED] = WF_STATUS_FAILED,
    [WF_EVENT_EXECUTION_STOPPED] = WF_STATUS_STOPPED,
    [WF_EVENT_EXECUTION_TIMED_OUT] = WF_STATUS_TIMED_OUT
};


wf_rc_t
wf_engine_apply(wf_exec_t *exec, const wf_event_t *event)
{
    wf_rc_t       rc;
    uint8_t       phase;
    uint64_t      id_max;
    wf_branch_t  *branch;

    /* the last one is the end's */

    id_max = WF_EVENTS_MAX - !wf_event_is_final(event->type);
    branch = &exec->branch;
    phase = moves[branch->phase][event->type];

    if (phase == WF_PHASE_NONE
        || event->branch != branch->no
        || event->event_id > id_max)
    {
        return WF_DECLINED;
    }

    rc = appliers[event->type](exec, event);

    if (rc != WF_OK) {
        return rc;
    }

    branch->phase = phase;

    if (event->event_id != 0) {
        branch->cause_id = event->event_id;
    }

    return WF_OK;
}


static bool
is_object(const wf_value_t *value)
{
    return value != NULL && value->type == WF_OBJECT;
}


static bool
is_here(const wf_branch_t *branch, const wf_event_t *event)
{
    return branch->frame != NULL
           && event->node != WF_NONE
           && event->node == branch->node;
}


static wf_rc_t
keep_error(wf_exec_t *exec, const wf_event_t *event, wf_str_t *error,
    wf_str_t *cause)
{
    wf_str_t  kept_error, kept_cause;

    kept_error = wf_arena_copy(exec->arena, event->error);
    kept_cause = wf_arena_copy(exec->arena, event->error_cause);

    if (kept_error.data == NULL || kept_cause.data == NULL) {
        return WF_ERROR;
    }

    *error = kept_error;
    *cause = kept_cause;

    return WF_OK;
}


static wf_rc_t
wf_apply_execution_started(wf_exec_t *exec, const wf_event_t *event)
{
    if (!is_object(event->input) || event->due_ms <= event->time_ms) {
        return WF_DECLINED;
    }

    exec->status = WF_STATUS_RUNNING;
    exec->started_ms = event->time_ms;
    exec->timeout_ms = event->due_ms;
    exec->input = event->input;
    exec->globals = &wf_event_empty;

    return WF_OK;
}


static wf_rc_t
wf_apply_execution_ended(wf_exec_t *exec, const wf_event_t *event)
{
    wf_branch_t  *branch;

    branch = &exec->branch;

    if (event->type == WF_EVENT_EXECUTION_SUCCEEDED
        && (!is_object(event->output)
            || branch->node != WF_NONE
            || branch->frame == NULL
            || branch->frame->owner != WF_NONE))
    {
        return WF_DECLINED;
    }

    if (keep_error(exec, event, &exec->error, &exec->error_cause) != WF_OK) {
        return WF_ERROR;
    }

    exec->status = statuses[event->type];
    exec->stopped_ms = event->time_ms;
    exec->output = event->output;

    *branch = (wf_branch_t) { .no = branch->no, .node = WF_NONE,
                              .next = WF_NONE, .cause_id = branch->cause_id };

    return WF_OK;
}


static wf_rc_t
wf_apply_step_entered(wf_exec_t *exec, const wf_event_t *event)
{
    return is_here(&exec->branch, event) && event->input ? WF_OK
                                                         : WF_DECLINED;
}


static wf_rc_t
wf_apply_step_started(wf_exec_t *exec, const wf_event_t *event)
{
    if (!is_here(&exec->branch, event) || event->input == NULL) {
        return WF_DECLINED;
    }

    exec->branch.input = event->input;

    return WF_OK;
}


static wf_rc_t
wf_apply_step_succeeded(wf_exec_t *exec, const wf_event_t *event)
{
    wf_value_t   *globals;
    wf_branch_t  *branch;

    branch = &exec->branch;

    if (!is_here(branch, event)
        || !is_object(event->output)
        || (event->globals && event->globals->type != WF_OBJECT))
    {
        return WF_DECLINED;
    }

    if (event->globals && event->globals->count != 0) {
        globals = wf_value_merge(exec->arena, exec->globals, event->globals);

        if (globals == NULL) {
            return WF_ERROR;
        }

        exec->globals = globals;
    }

    branch->output = event->output;
    branch->next = event->next;
    branch->due_ms = 0;

    return WF_OK;
}


static wf_rc_t
wf_apply_step_failed(wf_exec_t *exec, const wf_event_t *event)
{
    wf_branch_t  *branch;

    branch = &exec->branch;

    if (branch->phase == WF_PHASE_RAISED) {
        if (branch->frame->owner == WF_NONE
            || event->node != branch->frame->owner)
        {
            return WF_DECLINED;
        }

        branch->node = event->node;
        branch->frame = branch->frame->outer;

    } else if (!is_here(branch, event)) {
        return WF_DECLINED;
    }

    if (keep_error(exec, event, &branch->error, &branch->error_cause)
        != WF_OK)
    {
        return WF_ERROR;
    }

    branch->input = NULL;
    branch->output = NULL;
    branch->next = WF_NONE;
    branch->due_ms = 0;

    return WF_OK;
}


static wf_rc_t
wf_apply_step_exited(wf_exec_t *exec, const wf_event_t *event)
{
    wf_branch_t  *branch;

    branch = &exec->branch;

    if (!is_here(branch, event)
        || (event->local && event->local->type != WF_OBJECT)
        || (event->output && event->output->type != WF_OBJECT))
    {
        return WF_DECLINED;
    }

    /* one of them: generation 1 grows its local, generation 2 hands on */

    if (event->local) {
        branch->frame->local = event->local;
    }

    if (event->output) {
        branch->frame->input = event->output;
    }

    branch->node = branch->next;
    branch->next = WF_NONE;
    branch->input = NULL;
    branch->output = NULL;

    return WF_OK;
}


static wf_rc_t
wf_apply_wait_started(wf_exec_t *exec, const wf_event_t *event)
{
    if (!is_here(&exec->branch, event) || event->due_ms <= event->time_ms) {
        return WF_DECLINED;
    }

    exec->branch.due_ms = event->due_ms;

    return WF_OK;
}


static wf_rc_t
wf_apply_scope_entered(wf_exec_t *exec, const wf_event_t *event)
{
    bool          is_flow;
    uint32_t      depth;
    wf_frame_t   *frame;
    wf_branch_t  *branch;

    branch = &exec->branch;
    is_flow = branch->phase == WF_PHASE_READY;
    depth = branch->frame ? branch->frame->depth + 1 : 1;

    if (is_flow ? (branch->frame != NULL || event->node != WF_NONE)
                : !is_here(branch, event))
    {
        return WF_DECLINED;
    }

    if (event->scope == WF_NONE
        || event->input == NULL
        || depth > WF_SCOPE_DEPTH_MAX)
    {
        return WF_DECLINED;
    }

    frame = wf_arena_alloc(exec->arena, sizeof(wf_frame_t));
    if (frame == NULL) {
        return WF_ERROR;
    }

    *frame = (wf_frame_t) {
        .outer = branch->frame,
        .depth = depth,
        .scope = event->scope,
        .owner = event->node,
        .after = event->after,
        .owner_input = branch->input,
        .input = event->input,
        .local = &wf_event_empty
    };

    branch->frame = frame;
    branch->node = event->next;
    branch->input = NULL;

    return WF_OK;
}


static wf_rc_t
wf_apply_scope_exited(wf_exec_t *exec, const wf_event_t *event)
{
    wf_frame_t   *frame;
    wf_branch_t  *branch;

    branch = &exec->branch;
    frame = branch->frame;

    if (frame == NULL
        || frame->owner == WF_NONE
        || event->node != frame->owner
        || branch->node != WF_NONE
        || !is_object(event->output))
    {
        return WF_DECLINED;
    }

    branch->node = frame->owner;
    branch->next = frame->after;
    branch->input = frame->owner_input;
    branch->output = event->output;
    branch->frame = frame->outer;

    return WF_OK;
}
