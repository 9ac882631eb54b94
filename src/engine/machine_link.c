
/*
 * Which facts the history of a state machine shows, and what each of them
 * follows (asl 22).  Decided when an event is completed and stored with it, so
 * nobody works it out again.
 */

#include "engine/machine.h"


typedef enum {
    HIDDEN = 0,
    SHOWN,
    OF_FORK,                    /* Parallel and Map; not while it is caught */
    OF_EXIT,                    /* not of a failure that goes on */
    OF_CALL                     /* not of an activity */
} show_t;

typedef enum {
    LAST = 0,                   /* of the same branch */
    NOTHING,
    ENTRANCE,                   /* nothing, if it is the machine's first */
    FORK,                       /* what the fork's next branch follows */
    RESULT,                     /* of a map run: how it ended */
    FAILED                      /* the last of the branch that failed */
} follow_t;

static const struct {
    uint8_t  show;              /* show_t */
    uint8_t  follow;            /* follow_t */
} links[WF_EVENT_END] = {
    [WF_EVENT_EXECUTION_STARTED] = { SHOWN, NOTHING },
    [WF_EVENT_EXECUTION_SUCCEEDED] = { SHOWN, LAST },
    [WF_EVENT_EXECUTION_FAILED] = { SHOWN, LAST },
    [WF_EVENT_EXECUTION_STOPPED] = { SHOWN, NOTHING },
    [WF_EVENT_EXECUTION_TIMED_OUT] = { SHOWN, NOTHING },
    [WF_EVENT_EXECUTION_REDRIVEN] = { SHOWN, LAST },
    [WF_EVENT_STEP_ENTERED] = { SHOWN, ENTRANCE },
    [WF_EVENT_STEP_SUCCEEDED] = { OF_FORK, RESULT },
    [WF_EVENT_STEP_FAILED] = { OF_FORK, LAST },
    [WF_EVENT_STEP_EXITED] = { OF_EXIT, LAST },
    [WF_EVENT_FORK_OPENED] = { SHOWN, LAST },
    [WF_EVENT_BRANCH_ENTERED] = { HIDDEN, FORK },
    [WF_EVENT_ITERATION_ENTERED] = { SHOWN, FORK },
    [WF_EVENT_ITERATION_EXITED] = { SHOWN, LAST },
    [WF_EVENT_ITERATION_FAILED] = { SHOWN, FAILED },
    [WF_EVENT_ITERATION_ABORTED] = { SHOWN, LAST },
    [WF_EVENT_TASK_OPENED] = { SHOWN, LAST },
    [WF_EVENT_TASK_STARTED] = { OF_CALL, LAST },
    [WF_EVENT_TASK_SUBMITTED] = { OF_CALL, LAST },
    [WF_EVENT_TASK_SUBMIT_FAILED] = { SHOWN, LAST },
    [WF_EVENT_TASK_SUCCEEDED] = { SHOWN, LAST },
    [WF_EVENT_TASK_FAILED] = { SHOWN, LAST },
    [WF_EVENT_TASK_TIMED_OUT] = { SHOWN, LAST },
    [WF_EVENT_ACTIVITY_STARTED] = { SHOWN, LAST },
    [WF_EVENT_EVALUATION_FAILED] = { SHOWN, LAST },
    [WF_EVENT_STATE_ABORTED] = { SHOWN, LAST },
    [WF_EVENT_MAP_OPENED] = { SHOWN, LAST },
    [WF_EVENT_MAP_RUN_STARTED] = { SHOWN, LAST },
    [WF_EVENT_MAP_RUN_REDRIVEN] = { SHOWN, LAST },
    [WF_EVENT_MAP_RUN_SUCCEEDED] = { SHOWN, LAST },
    [WF_EVENT_MAP_RUN_FAILED] = { SHOWN, LAST }
};


static bool
is_shown(const wf_run_t *run, const wf_event_t *event)
{
    const wf_node_t  *node;

    node = run->node;

    switch (links[event->type].show) {

    case SHOWN:
        return true;

    case OF_FORK:
        return (node->type == WF_STATE_PARALLEL || node->type == WF_STATE_MAP)
               && run->branch->phase != WF_PHASE_FAILED;

    case OF_EXIT:
        return run->branch->phase == WF_PHASE_SUCCEEDED;

    case OF_CALL:
        return node->asl->kind != WF_ASL_ACTIVITY;

    default:
        return false;
    }
}


static uint64_t
followed(const wf_run_t *run, const wf_event_t *event)
{
    const wf_fork_t    *fork;
    const wf_branch_t  *branch;

    branch = run->branch;

    switch (links[event->type].follow) {

    case NOTHING:
        return 0;

    case ENTRANCE:
        return run->exec->codec.event_id == 1 ? 0 : branch->cause_id;

    case FORK:
        return branch->fork->cause_id;

    case RESULT:
        fork = branch->fork;
        return fork && fork->is_over ? fork->cause_id : branch->cause_id;

    case FAILED:
        return wf_branch_find(run->exec, event->parent)->cause_id;

    default:
        return branch ? branch->cause_id : run->exec->codec.event_id;
    }
}


/* What is hidden follows what was shown last: that takes no byte. */
void
wf_machine_link(const wf_run_t *run, wf_event_t *event)
{
    bool  shown;

    shown = is_shown(run, event);

    event->event_id = shown ? run->exec->codec.event_id + 1 : 0;
    event->cause_id = shown || links[event->type].follow == FORK
                      ? followed(run, event) : run->exec->codec.event_id;
}
