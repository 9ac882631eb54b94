
/*
 * Mocked tasks: an execution that was started as a test case has some of its
 * tasks answered by the mock configuration, and no service hears of them.
 * Which call of its state a task is the engine counts, so that a repeated one
 * hears the same; what it hears is of the configuration of this worker.
 */

#include "actions/mocked.h"

#include "base/json.h"
#include "wire/aws_arn.h"


void
wf_desk_mocks(wf_desk_t *desk, const wf_mock_config_t *mocks)
{
    desk->mocks = mocks;
}


static wf_str_t
machine_name(wf_str_t flow)
{
    wf_arn_t  arn;

    return wf_arn_of_flow(flow, &arn) == WF_OK ? arn.name : wf_str_none;
}


/* Without a configuration it is as in the cloud, where no name has a '#'.
 * With nothing behind it, as in Step Functions Local: no mocks. */
wf_rc_t
wf_mocked_check(wf_life_t *life)
{
    wf_str_t                 flow, name;
    const wf_arg_t          *test_case;
    const wf_mock_config_t  *mocks;

    flow = wf_arg(life, FLOW)->text;
    mocks = life->call->desk->mocks;
    test_case = wf_arg(life, TEST_CASE);

    /* An item of a map run has what its parent has. */

    if (!test_case->present
        || (life->internal && life->internal->root_scope != 0))
    {
        return WF_OK;
    }

    if (mocks == NULL) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, flow, wf_str_none);
        return WF_ERROR;
    }

    name = machine_name(flow);

    if (test_case->text.len == 0
        || wf_mock_config_has(mocks, name, test_case->text))
    {
        return WF_OK;
    }

    wf_error_set(life->call->err, WF_E_VALIDATION,
                 "The mock configuration has no test case '%.*s' of the state "
                 "machine '%.*s'.",
                 (int) wf_min(test_case->text.len, WF_NAME_LEN_MAX),
                 (const char *) test_case->text.data, (int) name.len,
                 (const char *) name.data);
    wf_life_failed(life);

    return WF_ERROR;
}


/* asl 9: no Retry and no Catch helps. */
static void
unanswered(wf_trip_t *trip, int64_t now_ms)
{
    wf_error_t          cause;
    const wf_effect_t  *effect;

    effect = &trip->task->effect;
    wf_error_set(&cause, WF_E_INTERNAL,
                 "The mock configuration has no answer for call %u of the "
                 "state '%.*s' in the test case '%.*s'.", effect->call_no,
                 (int) effect->step.len, (const char *) effect->step.data,
                 (int) wf_min(effect->test_case.len, WF_NAME_LEN_MAX),
                 (const char *) effect->test_case.data);

    wf_trip_fail(trip, wf_str("States.Runtime"), wf_error_arg(&cause, 0),
                 now_ms);
}


/* As a service would: a job was taken before it is done, an activity's task
 * was given to a worker. */
static void
answer(wf_trip_t *trip, const wf_mock_t *mock, int64_t now_ms)
{
    wf_buf_t            text;
    wf_task_result_t    result;
    const wf_effect_t  *effect;

    effect = &trip->task->effect;
    memset(&result, 0, sizeof(result));

    if (effect->is_activity && !effect->is_started) {
        result.outcome = WF_OUTCOME_SUBMITTED;
        result.value = wf_str("{}");
        wf_trip_done(trip, &result, now_ms);
        return;
    }

    result.is_reported = effect->mode != WF_CALL_REQUEST;

    if (mock->value == NULL) {
        result.outcome = WF_OUTCOME_FAILED;
        result.error = mock->error;
        result.cause = mock->cause;
        wf_trip_done(trip, &result, now_ms);
        return;
    }

    wf_buf_init(&text, trip->task->arena, wf_json_size(mock->value));
    wf_json_print(&text, mock->value);

    if (text.failed) {
        wf_trip_lost(trip, now_ms);
        return;
    }

    result.outcome = WF_OUTCOME_SUCCEEDED;
    result.value = wf_buf_done(&text);
    wf_trip_done(trip, &result, now_ms);
}


bool
wf_mocked_call(wf_trip_t *trip, int64_t now_ms)
{
    wf_rc_t                  rc;
    wf_mock_t                mock;
    wf_mock_call_t           call;
    const wf_effect_t       *effect;
    const wf_mock_config_t  *mocks;

    effect = &trip->task->effect;
    mocks = trip->desk->mocks;

    if (effect->test_case.len == 0 || effect->child.len > 0) {
        return false;
    }

    call = (wf_mock_call_t) {
        .machine = machine_name(trip->task->flow),
        .test_case = effect->test_case,
        .state = effect->step,
        .call_no = effect->call_no
    };

    rc = mocks ? wf_mock_config_find(mocks, &call, &mock) : WF_ERROR;

    if (rc == WF_OK) {
        answer(trip, &mock, now_ms);

    } else if (rc == WF_ERROR) {
        unanswered(trip, now_ms);
    }

    return rc != WF_DECLINED;
}
