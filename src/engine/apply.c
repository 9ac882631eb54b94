
/*
 * What each event does to the state.  Owns the table of phases; trusts
 * nothing, because a history may come from a disk.  Here: the execution, its
 * steps and their scopes; apply_task.c and apply_fork.c have the rest.
 *
 *            StepEntered      StepStarted      SCOPE_ENTERED
 *    READY ------------> ENTERED --> STARTED ---------------> READY (inner)
 *      ^                   |         |    |                     |
 *      |                   |         | WAIT_STARTED             | SCOPE_EXITED
 *      |  StepExited       |         v    |                     v
 *      +------ SUCCEEDED <-|----- WAITING +-------------- RETURNED
 *           ^              |         |                          |
 *           |              +---------+-- StepFailed ------------+
 *           |                        v
 *           +-- STEP_CAUGHT -- FAILED -- StepExited --> RAISED
 *                                 ^------ StepFailed -----'  (of the scope's
 *                                                             owner)
 *
 *            TaskScheduled         TaskStarted          TaskSubmitted
 *    STARTED ------------> SCHEDULED ---> CALLED -----------> SUBMITTED
 *       ^                                   |                     |
 *    BACKOFF <-- RETRY_SCHEDULED -- BROKEN <+-- TaskFailed, ... --+
 *                                           +-- TaskSucceeded ----+-> ANSWERED
 *
 *            FORK_STARTED, MAP_RUN_STARTED                all is over
 *    STARTED -----------------> FORKING <--> FORKED ---------------> JOINED
 *                  BROKEN <-- BRANCH_ABANDONED -'
 *
 * Amazon States Language: MAP_OPENED leads over OPENED to MAP_RUN_STARTED, or,
 * after a redrive, MAP_RUN_REDRIVEN to where it was;
 * EVALUATION_FAILED to BROKEN, STATE_ABORTED of a part of a fork that breaks
 * to ABORTED.
 *
 * ANSWERED and JOINED lead to StepSucceeded; whatever fails in them, BROKEN
 * and STARTED leads to RETRY_SCHEDULED or StepFailed.  Every running phase of
 * the root may go to ENDED.  FORKED stands for FORKING, FORKED or JOINED, as
 * the fork's counts say.
 */

#include "engine/swf_apply.h"


static wf_rc_t (*const appliers[WF_EVENT_END])(wf_exec_t *exec,
    wf_branch_t *branch, const wf_event_t *event) =
{
#define EVENT(symbol, number, apply, rpc, fields)  [number] = apply,
#include "engine/events.def"
#undef EVENT
};


#define ENDINGS                                                               \
    [WF_EVENT_EXECUTION_FAILED] = WF_PHASE_ENDED,                             \
    [WF_EVENT_EXECUTION_STOPPED] = WF_PHASE_ENDED,                            \
    [WF_EVENT_EXECUTION_TIMED_OUT] = WF_PHASE_ENDED

#define BREAKAGE                                                              \
    [WF_EVENT_EVALUATION_FAILED] = WF_PHASE_BROKEN

/* A part of a fork that is given up. */
#define ABORTION                                                              \
    [WF_EVENT_STATE_ABORTED] = WF_PHASE_ABORTED,                              \
    [WF_EVENT_ITERATION_ABORTED] = WF_PHASE_ABORTED

#define RESULTS                                                               \
    [WF_EVENT_STEP_SUCCEEDED] = WF_PHASE_SUCCEEDED,                           \
    [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED

/* What begins work, the first time and again. */
#define BEGINNINGS                                                            \
    [WF_EVENT_FORK_STARTED] = WF_PHASE_FORKED,                                \
    [WF_EVENT_FORK_OPENED] = WF_PHASE_FORKED,                                 \
    [WF_EVENT_MAP_RUN_STARTED] = WF_PHASE_FORKED,                             \
    [WF_EVENT_MAP_OPENED] = WF_PHASE_OPENED,                                  \
    [WF_EVENT_TASK_SCHEDULED] = WF_PHASE_SCHEDULED,                           \
    [WF_EVENT_TASK_OPENED] = WF_PHASE_SCHEDULED,                              \
    [WF_EVENT_RETRY_SCHEDULED] = WF_PHASE_BACKOFF

#define ANSWERS                                                               \
    [WF_EVENT_TASK_SUCCEEDED] = WF_PHASE_ANSWERED,                            \
    [WF_EVENT_TASK_FAILED] = WF_PHASE_BROKEN,                                 \
    [WF_EVENT_TASK_TIMED_OUT] = WF_PHASE_BROKEN

#define ITEMS                                                                 \
    [WF_EVENT_MAP_RUN_UPDATED] = WF_PHASE_FORKED,                             \
    [WF_EVENT_MAP_ITEM_TAKEN] = WF_PHASE_FORKED,                              \
    [WF_EVENT_MAP_ITEM_ENDED] = WF_PHASE_FORKED,                              \
    [WF_EVENT_MAP_ITEM_REFUSED] = WF_PHASE_FORKED,                            \
    [WF_EVENT_ITERATION_FAILED] = WF_PHASE_BROKEN,                            \
    [WF_EVENT_MAP_RUN_FAILED] = WF_PHASE_BROKEN,                              \
    [WF_EVENT_MAP_ITEMS_READ] = WF_PHASE_FORKED,                              \
    [WF_EVENT_MAP_WRITTEN] = WF_PHASE_FORKED,                                 \
    [WF_EVENT_BRANCH_ABANDONED] = WF_PHASE_BROKEN

/* (phase, event) -> phase; WF_PHASE_NONE: they do not fit. */
static const uint8_t  moves[WF_PHASE_ENDED + 1][WF_EVENT_END] = {
    [WF_PHASE_NONE] = {
        [WF_EVENT_EXECUTION_STARTED] = WF_PHASE_READY
    },
    [WF_PHASE_READY] = {
        [WF_EVENT_STEP_ENTERED] = WF_PHASE_ENTERED,
        [WF_EVENT_TEST_CASE_CHOSEN] = WF_PHASE_READY,
        [WF_EVENT_SCOPE_ENTERED] = WF_PHASE_READY,
        [WF_EVENT_SCOPE_EXITED] = WF_PHASE_RETURNED,
        [WF_EVENT_BRANCH_EXITED] = WF_PHASE_ENDED,
        [WF_EVENT_ITERATION_EXITED] = WF_PHASE_ENDED,
        [WF_EVENT_EXECUTION_SUCCEEDED] = WF_PHASE_ENDED,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_ENTERED] = {
        [WF_EVENT_STEP_STARTED] = WF_PHASE_STARTED,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_STARTED] = {
        [WF_EVENT_WAIT_STARTED] = WF_PHASE_WAITING,
        [WF_EVENT_SCOPE_ENTERED] = WF_PHASE_READY,
        [WF_EVENT_MAP_RUN_REDRIVEN] = WF_PHASE_FORKED,
        BEGINNINGS,
        RESULTS,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_WAITING] = { RESULTS, BREAKAGE, ABORTION, ENDINGS },
    [WF_PHASE_OPENED] = {
        [WF_EVENT_MAP_RUN_STARTED] = WF_PHASE_FORKED,
        [WF_EVENT_RETRY_SCHEDULED] = WF_PHASE_BACKOFF,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_SCHEDULED] = {
        [WF_EVENT_TASK_STARTED] = WF_PHASE_CALLED,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_CALLED] = {
        [WF_EVENT_TASK_SUBMITTED] = WF_PHASE_SUBMITTED,
        [WF_EVENT_TASK_SUBMIT_FAILED] = WF_PHASE_BROKEN,
        [WF_EVENT_TASK_HEARTBEAT] = WF_PHASE_CALLED,
        [WF_EVENT_ACTIVITY_STARTED] = WF_PHASE_CALLED,
        ANSWERS,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_SUBMITTED] = {
        [WF_EVENT_TASK_HEARTBEAT] = WF_PHASE_SUBMITTED,
        [WF_EVENT_JOB_OPENED] = WF_PHASE_SUBMITTED,
        ANSWERS,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_FORKING] = {
        [WF_EVENT_BRANCH_ENTERED] = WF_PHASE_FORKED,
        [WF_EVENT_ITERATION_ENTERED] = WF_PHASE_FORKED,
        [WF_EVENT_MAP_ITEM_STARTED] = WF_PHASE_FORKED,
        [WF_EVENT_MAP_ITEM_REDRIVEN] = WF_PHASE_FORKED,
        [WF_EVENT_MAP_READER_STARTED] = WF_PHASE_FORKED,
        ITEMS,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_FORKED] = { ITEMS, BREAKAGE, ABORTION, ENDINGS },
    [WF_PHASE_JOINED] = {
        [WF_EVENT_RETRY_SCHEDULED] = WF_PHASE_BACKOFF,
        [WF_EVENT_MAP_RUN_SUCCEEDED] = WF_PHASE_FORKED,
        [WF_EVENT_MAP_WRITER_STARTED] = WF_PHASE_FORKED,
        ITEMS,
        RESULTS,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_ANSWERED] = {
        [WF_EVENT_RETRY_SCHEDULED] = WF_PHASE_BACKOFF,
        RESULTS,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_RETURNED] = { RESULTS, ENDINGS },
    [WF_PHASE_BROKEN] = {
        [WF_EVENT_RETRY_SCHEDULED] = WF_PHASE_BACKOFF,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_BACKOFF] = {
        BEGINNINGS,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        BREAKAGE,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_SUCCEEDED] = {
        [WF_EVENT_STEP_EXITED] = WF_PHASE_READY,
        ABORTION,
        ENDINGS
    },
    [WF_PHASE_FAILED] = {
        [WF_EVENT_STEP_CAUGHT] = WF_PHASE_SUCCEEDED,
        [WF_EVENT_ERROR_CAUGHT] = WF_PHASE_SUCCEEDED,
        [WF_EVENT_EVALUATION_FAILED] = WF_PHASE_UNCAUGHT,
        [WF_EVENT_STEP_FAILED] = WF_PHASE_UNCAUGHT,
        [WF_EVENT_STEP_EXITED] = WF_PHASE_RAISED,
        [WF_EVENT_STATE_ABORTED] = WF_PHASE_RAISED,
        ENDINGS
    },
    [WF_PHASE_UNCAUGHT] = {
        [WF_EVENT_STEP_EXITED] = WF_PHASE_RAISED,
        [WF_EVENT_STATE_ABORTED] = WF_PHASE_RAISED,
        ENDINGS
    },
    [WF_PHASE_RAISED] = {
        [WF_EVENT_STEP_FAILED] = WF_PHASE_FAILED,
        ENDINGS
    },
    [WF_PHASE_ABORTED] = {
        [WF_EVENT_ITERATION_ABORTED] = WF_PHASE_ABORTED
    },
    [WF_PHASE_ENDED] = {
        [WF_EVENT_EXECUTION_REDRIVEN] = WF_PHASE_READY
    }
};

/* Shown by the Amazon States Language, but what comes next does not follow
 * them (asl 22). */
static const bool  lingers[WF_EVENT_END] = {
    [WF_EVENT_STEP_SUCCEEDED] = true,
    [WF_EVENT_STATE_ABORTED] = true,
    [WF_EVENT_ITERATION_FAILED] = true,
    [WF_EVENT_ITERATION_ABORTED] = true,
    [WF_EVENT_MAP_RUN_SUCCEEDED] = true
};

#define ASL_FIRST  WF_EVENT_EVALUATION_FAILED     /* and all behind it */

static const uint8_t  statuses[WF_EVENT_END] = {
    [WF_EVENT_EXECUTION_SUCCEEDED] = WF_STATUS_SUCCEEDED,
    [WF_EVENT_EXECUTION_FAILED] = WF_STATUS_FAILED,
    [WF_EVENT_EXECUTION_STOPPED] = WF_STATUS_STOPPED,
    [WF_EVENT_EXECUTION_TIMED_OUT] = WF_STATUS_TIMED_OUT
};


/* Is it one that an execution of that language may have? */
static bool
is_of_language(const wf_exec_t *exec, const wf_event_t *event)
{
    static const uint8_t  cloudflow[] = {
        WF_EVENT_FORK_STARTED, WF_EVENT_TASK_SCHEDULED, WF_EVENT_STEP_CAUGHT
    };

    if (!exec->is_asl) {
        return event->type < ASL_FIRST;
    }

    return memchr(cloudflow, event->type, sizeof(cloudflow)) == NULL;
}


/* A new branch is its parent's doing. */
static wf_branch_t *
subject(wf_exec_t *exec, const wf_event_t *event)
{
    if (event->type == WF_EVENT_BRANCH_ENTERED
        || event->type == WF_EVENT_ITERATION_ENTERED)
    {
        return wf_branch_find(exec, event->parent);
    }

    return wf_branch_find(exec, event->branch);
}


wf_rc_t
wf_engine_apply(wf_exec_t *exec, const wf_event_t *event)
{
    wf_rc_t       rc;
    uint8_t       phase;
    uint64_t      id_max;
    wf_branch_t  *branch;

    if (wf_event_is_swf(event->type) || exec->swf) {
        return wf_event_is_swf(event->type) && wf_swf_takes(exec, event)
               ? appliers[event->type](exec, &exec->branch, event)
               : WF_DECLINED;
    }

    /* the last one is the end's */

    id_max = (exec->is_asl ? WF_EVENTS_ASL_MAX : WF_EVENTS_MAX)
             - !wf_event_is_final(event->type);
    branch = subject(exec, event);
    phase = branch ? moves[branch->phase][event->type] : WF_PHASE_NONE;

    if (phase == WF_PHASE_NONE || event->event_id > id_max
        || !is_of_language(exec, event))
    {
        return WF_DECLINED;
    }

    rc = appliers[event->type](exec, branch, event);

    if (rc != WF_OK) {
        return rc;
    }

    if (event->type == WF_EVENT_EXECUTION_REDRIVEN) {
        return WF_OK;                   /* its branches have moved */
    }

    if (phase == WF_PHASE_FORKED) {
        phase = wf_fork_phase(branch->fork);
    }

    if (branch->due_ms != 0 && !wf_phase_waits(phase)) {
        (void) wf_branch_wait(exec, branch, 0);
    }

    wf_branch_move(exec, branch, phase);

    if (event->event_id != 0 && event->branch == branch->no
        && !(exec->is_asl && lingers[event->type]))
    {
        branch->cause_id = event->event_id;
    }

    return WF_OK;
}


/* An object, or the bare element of a Map that was there before. */
static bool
is_output(const wf_exec_t *exec, const wf_value_t *value,
    const wf_value_t *before)
{
    return wf_exec_takes(exec, value)
           || (value != NULL && before != NULL && wf_value_eq(value, before));
}


wf_rc_t
wf_apply_execution_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) branch;

    /* an item of a map run may be anything */

    if (event->input == NULL
        || (event->scope == 0 && event->input->type != WF_OBJECT
            && !event->is_asl)
        || event->due_ms <= event->time_ms)
    {
        return WF_DECLINED;
    }

    exec->status = WF_STATUS_RUNNING;
    exec->is_asl = event->is_asl;
    exec->started_ms = event->time_ms;
    exec->timeout_ms = event->due_ms;
    exec->scope = event->scope;
    exec->input = event->input;
    exec->globals = &wf_event_empty;

    return WF_OK;
}


wf_rc_t
wf_apply_execution_ended(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (event->type == WF_EVENT_EXECUTION_SUCCEEDED
        && (!wf_exec_takes(exec, event->output)
            || branch->node != WF_NONE
            || branch->frame == NULL
            || branch->frame->outer != NULL))
    {
        return WF_DECLINED;
    }

    if (wf_branch_keep_error(exec, branch, event) != WF_OK) {
        return WF_ERROR;
    }

    exec->error = branch->error;
    exec->error_cause = branch->error_cause;
    exec->status = statuses[event->type];
    exec->stopped_ms = event->time_ms;
    exec->output = event->output;

    wf_exec_clear(exec, event->time_ms);

    return WF_OK;
}


wf_rc_t
wf_apply_step_entered(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event) || event->input == NULL) {
        return WF_DECLINED;
    }

    if (exec->is_asl) {
        wf_branch_forget(exec, branch, event->time_ms);
    }

    branch->tries = NULL;
    branch->attempt = 0;
    branch->task = 0;
    branch->entered_id = event->event_id;
    branch->entered_ms = event->time_ms;

    return WF_OK;
}


wf_rc_t
wf_apply_step_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    (void) exec;

    if (!wf_branch_is_at(branch, event) || event->input == NULL) {
        return WF_DECLINED;
    }

    branch->input = event->input;

    return WF_OK;
}


wf_rc_t
wf_apply_step_succeeded(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_value_t  *globals;

    if (!wf_branch_is_at(branch, event)
        || !is_output(exec, event->output, branch->input)
        || (event->globals && event->globals->type != WF_OBJECT)
        || wf_branch_end_work(branch) != WF_OK)
    {
        return WF_DECLINED;
    }

    if (exec->is_asl) {
        branch->assigned = event->globals;

    } else if (event->globals && event->globals->count != 0) {
        globals = wf_value_merge(exec->arena, exec->globals, event->globals);

        if (globals == NULL) {
            return WF_ERROR;
        }

        exec->globals = globals;
    }

    branch->output = event->output;
    branch->next = event->next;

    return WF_OK;
}


wf_rc_t
wf_apply_step_failed(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (branch->phase == WF_PHASE_RAISED) {
        if (branch->frame->outer == NULL
            || event->node != branch->frame->owner)
        {
            return WF_DECLINED;
        }

        branch->node = event->node;
        branch->input = branch->frame->owner_input;
        branch->frame = branch->frame->outer;

    } else if (!wf_branch_is_at(branch, event)
               || wf_branch_end_work(branch) != WF_OK)
    {
        return WF_DECLINED;
    }

    branch->output = NULL;
    branch->next = WF_NONE;

    if (exec->is_asl) {
        branch->failed = event->node;
        branch->failed_input = branch->input;
    }

    return wf_branch_keep_error(exec, branch, event);
}


/* Of the frame: what it is from now on, or what changes of it. */
static wf_rc_t
set_local(wf_exec_t *exec, wf_frame_t *frame, const wf_value_t *local)
{
    wf_value_t  *merged;

    if (local == NULL || !exec->is_asl) {
        frame->local = local ? local : frame->local;
        return WF_OK;
    }

    merged = wf_value_merge(exec->arena, frame->local, local);
    if (merged == NULL) {
        return WF_ERROR;
    }

    frame->local = merged;

    return WF_OK;
}


wf_rc_t
wf_apply_step_exited(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event)
        || (event->local && event->local->type != WF_OBJECT)
        || (event->output && !is_output(exec, event->output, branch->output)))
    {
        return WF_DECLINED;
    }

    /* generation 1 grows its local, generation 2 hands on, the Amazon States
     * Language may do both */

    if (set_local(exec, branch->frame, event->local) != WF_OK) {
        return WF_ERROR;
    }

    if (event->output) {
        branch->frame->input = event->output;
    }

    wf_branch_pass(branch);

    return WF_OK;
}


wf_rc_t
wf_apply_wait_started(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    if (!wf_branch_is_at(branch, event) || event->due_ms <= event->time_ms) {
        return WF_DECLINED;
    }

    return wf_branch_wait(exec, branch, event->due_ms);
}


wf_rc_t
wf_apply_scope_entered(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    uint32_t     depth;
    wf_frame_t  *frame;

    depth = branch->frame ? branch->frame->depth + 1 : 1;

    /* a state of the Amazon States Language has no scope inside of its own
     * branch */

    if (branch->phase == WF_PHASE_READY
        ? (branch->frame != NULL || event->node != WF_NONE
           || event->scope != exec->scope)
        : (exec->is_asl || !wf_branch_is_at(branch, event)))
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


wf_rc_t
wf_apply_scope_exited(wf_exec_t *exec, wf_branch_t *branch,
    const wf_event_t *event)
{
    wf_frame_t  *frame;

    frame = branch->frame;

    if (frame == NULL
        || frame->outer == NULL
        || event->node != frame->owner
        || branch->node != WF_NONE
        || !wf_exec_takes(exec, event->output))
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
