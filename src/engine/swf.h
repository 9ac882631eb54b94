
/*
 * Amazon SWF's runs: deciders decide, the engine keeps count.  The state of one
 * run hangs off wf_exec_t; inputs are what clients, workers and other runs
 * say.  Same rules as for states: only apply writes, emitting applies, replay
 * applies again; every rule of swf.md sections 5 to 13 is here or in the
 * tables decisions.def and events.def.
 */

#ifndef WF_SWF_H
#define WF_SWF_H


#include "engine/dataflow.h"
#include "engine/engine.h"


/*
 * What a run is told: WF_INPUT_SWF, wf_input_t.swf.  value is an object (NULL:
 * {}) of attributes as the API names them, without absent members.
 *
 *   SIGNAL    signalName, input; of another run also externalWorkflowExecution
 *             and externalInitiatedEventId (its doubles are dropped:
 *             WF_DECLINED with step's is_double)
 *   CANCEL    externalWorkflowExecution, externalInitiatedEventId (likewise);
 *             cause CHILD_POLICY_APPLIED: these name the parent that ended
 *             (WF_DECLINED: it is not that parent's child)
 *   TERMINATE reason, details, childPolicy; cause CHILD_POLICY_APPLIED: as
 *             with CANCEL; else OPERATOR_INITIATED
 *   DECIDED   task: scheduledEventId.  decisions (valid ones, wire has checked
 *             them), executionContext, taskList,
 *             taskListScheduleToStartTimeout;
 *             types: {KEY: {"status":"REGISTERED"|"DEPRECATED","defaults":{}}},
 *             KEY = "a"|"w" 0x01 NAME 0x01 VERSION, of all types that the
 *             decisions name (and of the run's own type name with the version
 *             that continue-as-new names); not there: the type does not exist
 *   COMPLETED, FAILED, CANCELED   of an activity; task: scheduledEventId;
 *             result / reason, details / details
 *   HEARTBEAT task; details.  The answer: cancel_requested; perhaps no event
 *   ANSWER    task: initiatedEventId of a message's effect (or its number);
 *             {"runId":..} or {"cause":..}
 *   CLOSED    a child is over: initiatedEventId, workflowExecution, and
 *             {"event":"ChildWorkflowExecutionCompleted", result | reason,
 *             details | timeoutType}
 */
typedef enum {
    WF_SWF_SIGNAL = 1,
    WF_SWF_CANCEL,
    WF_SWF_TERMINATE,
    WF_SWF_DECIDED,
    WF_SWF_COMPLETED,
    WF_SWF_FAILED,
    WF_SWF_CANCELED,
    WF_SWF_HEARTBEAT,
    WF_SWF_ANSWER,
    WF_SWF_CLOSED,
    WF_SWF_END
} wf_swf_kind_t;

/* What DescribeWorkflowExecution tells beyond the record. */
typedef struct {
    bool        cancel_requested;
    uint32_t    activities;         /* open: these five */
    uint32_t    decisions;          /* 0, 1 */
    uint32_t    timers;
    uint32_t    children;
    uint32_t    lambdas;
    int64_t     latest_activity_ms; /* 0: none was ever scheduled */
    bool        has_context;
    wf_str_t    context;            /* of exec's arena */
} wf_swf_view_t;


/* Is this an SWF run?  From its first event on. */
static inline bool
wf_exec_is_swf(const wf_exec_t *exec)
{
    return exec->swf != NULL;
}

void wf_swf_view(const wf_exec_t *exec, wf_swf_view_t *view);

/*
 * Is the task still open?  For errors: the answer to DECIDED and to what is
 * said of activities is WF_DECLINED when it is not.
 */
bool wf_swf_has_decision(const wf_exec_t *exec, uint64_t task);
bool wf_swf_has_activity(const wf_exec_t *exec, uint64_t task);

/* The name of the event's type in the API; "" for others and hidden ones. */
const char *wf_swf_event_name(uint8_t type);


/*
 * For the files of the engine
 */

/* WF_INPUT_START with an SWF program, WF_INPUT_SWF, TIMER, TASK_DONE (of offers
 * and lambda functions), STOP, FLOW_GONE, CONTINUE of an SWF run. */
wf_rc_t wf_swf_step(wf_run_t *run);

/* Effects that are owed after a replay. */
wf_rc_t wf_swf_resume(wf_run_t *run);

/* Of a task that is scheduled, or started and not delivered. */
bool wf_swf_owes_task(const wf_exec_t *exec, uint64_t task);


#endif /* WF_SWF_H */
