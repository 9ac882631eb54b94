
/*
 * Executions of state machines: StartExecution, StopExecution,
 * RedriveExecution, DescribeExecution, ListExecutions (asl 18).  What is
 * special to them is said here; the rest is the work of CloudFlow's actions.
 */

#include "actions/express.h"
#include "actions/qualify.h"
#include "actions/sfn_machine.h"

#include "base/json.h"
#include "base/json_fault.h"


/*
 * Start
 */

/* asl 25: the parser's words. */
static void
input_refuse(wf_life_t *life, wf_str_t input)
{
    wf_arena_t       *arena;
    wf_json_fault_t   fault;

    if (input.len == 0) {
        wf_error_set(life->call->err, WF_E_INVALID_INPUT,
                     "Invalid execution input.");
        wf_life_failed(life);
        return;
    }

    arena = life->call->arena;
    wf_json_fault(input, arena, &fault);

    if (fault.reason.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_error_set(life->call->err, WF_E_INVALID_INPUT,
                 "Invalid State Machine Execution Input: '%.*s'",
                 (int) fault.reason.len, (const char *) fault.reason.data);
    wf_life_failed(life);
}


wf_rc_t
wf_sfn_input(wf_life_t *life)
{
    wf_type_t        type;
    wf_error_t       err;
    const wf_arg_t  *input;

    input = wf_arg(life, INPUT);

    if (!input->present || wf_json_check(input->text, &type, &err) == WF_OK) {
        return WF_OK;
    }

    input_refuse(life, input->text);

    return WF_ERROR;
}


static void
start(wf_life_t *life, int64_t now_ms)
{
    if (life->revision->flow.mode == WF_MODE_EXPRESS) {
        wf_express_start(life, now_ms);
        return;
    }

    wf_execution_start(life, now_ms);
}


static void
start_qualified(wf_life_t *life, int64_t now_ms)
{
    wf_life_qualify(life, start, now_ms);
}


void
wf_action_sfn_start(wf_life_t *life, int64_t now_ms)
{
    if (wf_sfn_input(life) != WF_OK) {
        return;
    }

    life->is_exact = true;
    wf_life_flow(life, wf_arg(life, FLOW)->text, start_qualified, now_ms);
}


void
wf_action_sfn_start_sync(wf_life_t *life, int64_t now_ms)
{
    if (wf_sfn_input(life) == WF_OK) {
        life->call->reply.metadata_only = wf_arg(life, INCLUDED_DATA)->number;
        wf_action_express_start(life, now_ms);
    }
}


/*
 * One execution
 */

static void
execution_missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_execution_not_found(life);
}


void
wf_action_sfn_stop(wf_life_t *life, int64_t now_ms)
{
    life->is_exact = true;
    life->missing = execution_missing;
    wf_action_exec_stop(life, now_ms);
}


/* What is Express has no history to go on from. */
static void
redrive(wf_life_t *life, int64_t now_ms)
{
    if (life->revision->flow.mode == WF_MODE_EXPRESS) {
        wf_execution_not_found(life);
        return;
    }

    wf_execution_redrive(life, now_ms);
}


void
wf_action_sfn_redrive(wf_life_t *life, int64_t now_ms)
{
    life->missing = execution_missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, redrive, now_ms);
}


void
wf_action_sfn_execution(wf_life_t *life, int64_t now_ms)
{
    life->call->reply.metadata_only = wf_arg(life, INCLUDED_DATA)->number;
    life->missing = execution_missing;
    wf_action_exec_describe(life, now_ms);
}


static void
machine_found(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_sfn_machine_describe(life, &life->revision->flow, 0);
}


void
wf_action_sfn_for_execution(wf_life_t *life, int64_t now_ms)
{
    life->missing = execution_missing;
    life->found = machine_found;
    wf_action_exec_describe(life, now_ms);
}


void
wf_action_sfn_history(wf_life_t *life, int64_t now_ms)
{
    life->missing = execution_missing;
    life->call->reply.metadata_only = wf_arg(life, INCLUDE_DATA)->present
                                      && !wf_arg(life, INCLUDE_DATA)->number;
    wf_action_exec_history(life, now_ms);
}


/*
 * List
 */

static void
list(wf_life_t *life, int64_t now_ms)
{
    if (life->revision->flow.mode == WF_MODE_EXPRESS) {
        wf_life_fail(life, WF_E_TYPE_NOT_SUPPORTED, wf_str_none, wf_str_none);
        return;
    }

    wf_execution_list(life, now_ms);
}


void
wf_action_sfn_executions(wf_life_t *life, int64_t now_ms)
{
    const wf_arg_t  *status;

    /* In the order of the enumeration; PENDING_REDRIVE is none of a record. */

    static const uint8_t  statuses[] = {
        WF_STATUS_SUCCEEDED, WF_STATUS_TIMED_OUT, 0, WF_STATUS_STOPPED,
        WF_STATUS_FAILED, WF_STATUS_RUNNING
    };

    status = wf_arg(life, STATUS_FILTER);

    if (wf_sfn_number(life, WF_ARG_METADATA_ONLY, true) != WF_OK) {
        return;
    }

    if (status->present && statuses[status->number] == 0
        && !wf_arg(life, MAP_RUN_ARN)->present)
    {
        wf_life_fail(life, WF_E_VALIDATION,
                     wf_str("PENDING_REDRIVE is a status of child executions:"
                            " it needs a mapRunArn"), wf_str_none);
        return;
    }

    if (status->present && statuses[status->number] != 0
        && wf_sfn_number(life, WF_ARG_STATUS, statuses[status->number])
           != WF_OK)
    {
        return;
    }

    if (wf_arg(life, MAP_RUN_ARN)->present) {
        wf_sfn_children(life, now_ms);
        return;
    }

    wf_life_flow(life, wf_arg(life, FLOW)->text, list, now_ms);
}
