
/*
 * Runs of Amazon SWF: when there is a decision task, on which list, how a run
 * ends; one rule of the reference's section 6 after the other.
 */

#include "swf_rig.h"


#define SIGNAL  "{\"signalName\":\"s\"}"


static swf_rig_t  swf;


static void
signal_it(void)
{
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0, SIGNAL) == WF_OK);
}


static void
open_run(void)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
}


/* Rule 1: five signals before the first poll leave one task. */
TEST(one_scheduled)
{
    unsigned       i;
    wf_swf_view_t  view;

    open_run();

    for (i = 0; i < 5; i++) {
        signal_it();
        CHECK_INT(swf.effect_count, 0);
    }

    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.decisions, 1);
    CHECK_NAMES(&swf, 2, "DecisionTaskScheduled WorkflowExecutionSignaled "
                "WorkflowExecutionSignaled WorkflowExecutionSignaled "
                "WorkflowExecutionSignaled WorkflowExecutionSignaled");

    /* one word of it: delivered twice is not */

    swf_poll(&swf, 2);
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{}") == WF_DECLINED);
    swf_close(&swf);
}


/* Rules 2 and 3: one more while one is started, offered to nobody. */
TEST(one_behind)
{
    wf_swf_view_t  view;

    open_run();
    swf_poll(&swf, 2);
    CHECK(!wf_exec_owes(swf.rig.exec));
    signal_it();
    CHECK(!wf_exec_owes(swf.rig.exec));
    signal_it();
    CHECK(!wf_swf_owes_task(swf.rig.exec, 5));
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_DECLINED);
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.decisions, 1);

    CHECK(swf_answer(&swf, 2, "") == WF_OK);
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->task, 5);
    CHECK(wf_swf_owes_task(swf.rig.exec, 5));
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.decisions, 1);
    CHECK_NAMES(&swf, 3, "DecisionTaskStarted WorkflowExecutionSignaled "
                "DecisionTaskScheduled WorkflowExecutionSignaled "
                "DecisionTaskCompleted");
    swf_close(&swf);
}


/* Rule 4: a failure makes a task, behind the list; nothing makes none. */
TEST(after_the_list)
{
    open_run();
    swf_decide(&swf, 2, "");
    CHECK_NAMES(&swf, 4, "DecisionTaskCompleted");
    signal_it();
    swf_decide(&swf, 6, D_CANCEL_TIMER("t") "," D_TIMER("t", "9") ","
               D_TIMER("t", "9") "," D_MARKER("m"));
    CHECK_NAMES(&swf, 8, "DecisionTaskCompleted CancelTimerFailed "
                "TimerStarted StartTimerFailed MarkerRecorded "
                "DecisionTaskScheduled");
    CHECK_EVENT(&swf, 11, "StartTimerFailed {\"timerId\":\"t\",\"cause\":"
                "\"TIMER_ID_ALREADY_IN_USE\",\"decisionTaskCompletedEventId\":"
                "8}");
    swf_close(&swf);

    /* ... and the close goes through (15.2) */

    open_run();
    swf_decide(&swf, 2, D_CANCEL_TIMER("t") "," D_COMPLETE(""));
    CHECK_NAMES(&swf, 4, "DecisionTaskCompleted CancelTimerFailed "
                "WorkflowExecutionCompleted");
    CHECK_INT(swf_count(&swf, WF_EFFECT_CALL), 0);
    swf_close(&swf);
}


/* Rule 6: each closing decision is refused when something came; the others of
 * the list are carried out. */
TEST(unhandled)
{
    unsigned  i;

    static const struct {
        const char  *decision;
        const char  *event;
    } rows[] = {
        { D_COMPLETE(""), "CompleteWorkflowExecutionFailed" },
        { D_FAIL("", ""), "FailWorkflowExecutionFailed" },
        { D_CANCEL(""), "CancelWorkflowExecutionFailed" },
        { D_CONTINUE(""), "ContinueAsNewWorkflowExecutionFailed" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        wf_buf_t  buf;

        open_run();
        swf_poll(&swf, 2);
        signal_it();
        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_text(&buf, D_MARKER("m") ",");
        wf_buf_append(&buf, rows[i].decision, strlen(rows[i].decision) + 1);
        CHECK(swf_answer(&swf, 2, (const char *) buf.data) == WF_OK);

        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_append(&buf, rows[i].event, strlen(rows[i].event));
        wf_buf_text(&buf, " {\"cause\":\"UNHANDLED_DECISION\","
                    "\"decisionTaskCompletedEventId\":6}");
        CHECK_STR(swf_event(&swf, 8), wf_buf_done(&buf));
        CHECK_NAMES(&swf, 9, "");
        CHECK_INT(swf_count(&swf, WF_EFFECT_CALL), 1);
        CHECK_INT(swf.rig.exec->status, WF_STATUS_RUNNING);
        swf_close(&swf);
    }
}


/* Rules 7 and 9: late is like new, and what was completed last counts. */
TEST(decision_late)
{
    open_run();
    swf_decide(&swf, 2, "");
    signal_it();
    swf_poll(&swf, 6);
    signal_it();
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), swf.rig.now_ms + 60000);
    CHECK(swf_time(&swf, 60000) == WF_OK);
    CHECK_NAMES(&swf, 7, "DecisionTaskStarted WorkflowExecutionSignaled "
                "DecisionTaskScheduled DecisionTaskTimedOut");
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->task, 9);
    CHECK(swf_answer(&swf, 6, "") == WF_DECLINED);
    CHECK(swf_done(&swf, 9, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"startedEventId\":11,\"workflowExecution\":{"
                     "\"workflowId\":\"w\",\"runId\":\"R\"},"
                     "\"previousStartedEventId\":3,\"workflowType\":{\"name\":"
                     "\"wf\",\"version\":\"1\"}}"));

    /* not handed over, and late: the offer is withdrawn */

    CHECK(swf_time(&swf, 60000) == WF_OK);
    CHECK_INT(swf.effect_count, 2);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK_INT(swf.effects[0]->task, 9);
    CHECK_INT(swf.effects[1]->task, 13);
    swf_close(&swf);
}


/* Rule 8: one that waits waits; a decision without a limit takes its time. */
TEST(decision_patient)
{
    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"31536000\","
              "\"taskStartToCloseTimeout\":\"NONE\",\"childPolicy\":"
              "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"taskPriority\":"
              "\"-5\",\"workflowType\":{\"name\":\"wf\",\"version\":\"1\"}}");
    CHECK_INT(swf.effects[0]->priority, -5);
    CHECK_EVENT(&swf, 2, "DecisionTaskScheduled {\"taskList\":{\"name\":"
                "\"dl\"},\"taskPriority\":\"-5\",\"startToCloseTimeout\":"
                "\"NONE\",\"scheduleToStartTimeout\":\"NONE\"}");
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), RIG_NOW + 31536000000);
    swf_poll(&swf, 2);
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), RIG_NOW + 31536000000);
    swf_close(&swf);
}


static wf_rc_t
answer_list(uint64_t task, const char *list)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, swf.rig.arena, 0);
    wf_buf_text(&buf, "{\"decisions\":[],");
    wf_buf_append(&buf, list, strlen(list) + 1);

    return swf_say(&swf, WF_SWF_DECIDED, task, (const char *) buf.data);
}


/* Rule 10: another list for good. */
TEST(list_for_good)
{
    open_run();
    swf_poll(&swf, 2);
    signal_it();

    /* what is scheduled already stays where it is */

    CHECK(answer_list(2, "\"taskList\":{\"name\":\"other\"}}") == WF_OK);
    CHECK_EVENT(&swf, 6, "DecisionTaskCompleted {\"scheduledEventId\":2,"
                "\"startedEventId\":3,\"taskList\":{\"name\":\"other\"}}");
    CHECK_STR(swf.effects[0]->resource, wf_str("swf/us-east-1/123/d\1d\1dl"));
    swf_poll(&swf, 5);
    CHECK(swf_answer(&swf, 5, "") == WF_OK);
    signal_it();
    CHECK_STR(swf.effects[0]->resource,
              wf_str("swf/us-east-1/123/d\1d\1other"));
    CHECK_EVENT(&swf, 10, "DecisionTaskScheduled {\"taskList\":{\"name\":"
                "\"other\"},\"startToCloseTimeout\":\"60\","
                "\"scheduleToStartTimeout\":\"NONE\"}");
    swf_poll(&swf, 10);
    CHECK(swf_time(&swf, 60000) == WF_OK);
    CHECK_STR(swf.effects[0]->resource,
              wf_str("swf/us-east-1/123/d\1d\1other"));
    swf_close(&swf);
}


/* ... for as long as somebody is there in time. */
TEST(list_for_a_time)
{
    open_run();
    swf_poll(&swf, 2);
    CHECK(answer_list(2, "\"taskList\":{\"name\":\"other\"},"
                      "\"taskListScheduleToStartTimeout\":\"5\","
                      "\"executionContext\":\"\"}") == WF_OK);
    CHECK_EVENT(&swf, 4, "DecisionTaskCompleted {\"executionContext\":\"\","
                "\"scheduledEventId\":2,\"startedEventId\":3,\"taskList\":{"
                "\"name\":\"other\"},\"taskListScheduleToStartTimeout\":"
                "\"5\"}");
    signal_it();
    CHECK_EVENT(&swf, 6, "DecisionTaskScheduled {\"taskList\":{\"name\":"
                "\"other\"},\"startToCloseTimeout\":\"60\","
                "\"scheduleToStartTimeout\":\"5\"}");
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), swf.rig.now_ms + 5000);
    CHECK_INT(swf.effects[0]->deadline_ms, swf.rig.now_ms + 5000);

    /* there in time: the list stays */

    swf_poll(&swf, 6);
    CHECK(swf_answer(&swf, 6, "") == WF_OK);
    signal_it();
    CHECK(swf_time(&swf, 5000) == WF_OK);
    CHECK_INT(swf.effect_count, 2);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK_STR(swf.effects[1]->resource, wf_str("swf/us-east-1/123/d\1d\1dl"));
    CHECK_NAMES(&swf, 9, "WorkflowExecutionSignaled DecisionTaskScheduled "
                "DecisionTaskTimedOut DecisionTaskScheduled");
    CHECK_EVENT(&swf, 11, "DecisionTaskTimedOut {\"timeoutType\":"
                "\"SCHEDULE_TO_START\",\"scheduledEventId\":10,"
                "\"startedEventId\":0}");
    CHECK_EVENT(&swf, 12, "DecisionTaskScheduled {\"taskList\":{\"name\":"
                "\"dl\"},\"startToCloseTimeout\":\"60\","
                "\"scheduleToStartTimeout\":\"NONE\"}");
    swf_close(&swf);

    /* there, but not done in time */

    open_run();
    swf_poll(&swf, 2);
    CHECK(answer_list(2, "\"taskList\":{\"name\":\"other\"},"
                      "\"taskListScheduleToStartTimeout\":\"5\"}") == WF_OK);
    signal_it();
    swf_poll(&swf, 6);
    CHECK(swf_time(&swf, 60000) == WF_OK);
    CHECK_STR(swf.effects[0]->resource, wf_str("swf/us-east-1/123/d\1d\1dl"));
    swf_close(&swf);
}


/* Behind a started one, the time to be started in has not begun. */
TEST(list_behind)
{
    open_run();
    swf_poll(&swf, 2);
    CHECK(answer_list(2, "\"taskList\":{\"name\":\"other\"},"
                      "\"taskListScheduleToStartTimeout\":\"5\"}") == WF_OK);
    signal_it();
    swf_poll(&swf, 6);
    signal_it();
    CHECK(swf_time(&swf, 10000) == WF_DECLINED);
    CHECK(swf_answer(&swf, 6, "") == WF_OK);
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), swf.rig.now_ms + 5000);
    CHECK(swf_time(&swf, 5000) == WF_OK);
    CHECK_NAMES(&swf, 10, "DecisionTaskCompleted DecisionTaskTimedOut "
                "DecisionTaskScheduled");
    swf_close(&swf);
}


TEST(context)
{
    wf_swf_view_t  view;

    open_run();
    wf_swf_view(swf.rig.exec, &view);
    CHECK(!view.has_context);
    swf_poll(&swf, 2);
    CHECK(answer_list(2, "\"executionContext\":\"c\"}") == WF_OK);
    signal_it();
    swf_decide(&swf, 6, "");
    wf_swf_view(swf.rig.exec, &view);
    CHECK(view.has_context);
    CHECK_STR(view.context, wf_str("c"));
    CHECK(wf_exec_compact(swf.rig.exec) == WF_OK);
    wf_swf_view(swf.rig.exec, &view);
    CHECK_STR(view.context, wf_str("c"));
    signal_it();
    swf_poll(&swf, 10);
    CHECK(answer_list(10, "\"executionContext\":\"\"}") == WF_OK);
    wf_swf_view(swf.rig.exec, &view);
    CHECK(view.has_context);
    CHECK_STR(view.context, wf_str(""));
    swf_close(&swf);
}


/* What the shapes let through is refused before anything is recorded. */
TEST(unsound)
{
    unsigned  i;

    static const char *const  rows[] = {
        "{\"decisionType\":\"Dream\"}",
        "{\"decisionType\":\"StartTimer\"}",
        DECISION("StartTimer", "startTimer", "\"timerId\":\"\","
                 "\"startToFireTimeout\":\"1\""),
        D_TIMER("t", "1x"), D_TIMER("t", "123456789"),
        DECISION("ScheduleActivityTask", "scheduleActivityTask",
                 "\"activityId\":\"a\",\"activityType\":{\"name\":\"act\"}"),
        D_ACTIVITY("a", ",\"taskList\":{}"),
        D_ACTIVITY("a", ",\"heartbeatTimeout\":\"-1\""),
        D_MARKER(""), D_CHILD("", ""), D_SIGNAL("", "s", ""),
        D_SIGNAL("w", "", ""), D_REQUEST("", ""), D_LAMBDA("", "n", ""),
        D_LAMBDA("i", "", ""), D_CANCELING(""), D_CANCEL_TIMER("")
    };

    open_run();
    swf_poll(&swf, 2);

    for (i = 0; i < wf_countof(rows); i++) {
        wf_buf_t  buf;

        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_text(&buf, D_MARKER("first") ",");
        wf_buf_append(&buf, rows[i], strlen(rows[i]) + 1);
        CHECK(swf_answer(&swf, 2, (const char *) buf.data) == WF_DECLINED);
    }

    CHECK(answer_list(2, "\"taskListScheduleToStartTimeout\":\"x\"}")
          == WF_DECLINED);
    CHECK_NAMES(&swf, 3, "DecisionTaskStarted");
    CHECK(swf_answer(&swf, 2, D_MARKER("first")) == WF_OK);
    swf_close(&swf);
}


/*
 * Ends
 */

TEST(terminated)
{
    wf_swf_view_t  view;

    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", "") "," D_ACTIVITY("b", "") ","
               D_TIMER("t", "9"));
    swf_poll(&swf, 5);
    signal_it();
    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, "{\"reason\":\"enough\","
                  "\"details\":\"d\"}") == WF_OK);

    /* what waits is withdrawn; what somebody has is not */

    CHECK_INT(swf.effect_count, 2);
    CHECK_INT(swf.effects[0]->task, 6);
    CHECK_INT(swf.effects[1]->task, 10);
    CHECK_INT(swf_count(&swf, WF_EFFECT_CANCEL), 2);
    CHECK_EVENT(&swf, 11, "WorkflowExecutionTerminated {\"reason\":\"enough\""
                ",\"details\":\"d\",\"childPolicy\":\"TERMINATE\",\"cause\":"
                "\"OPERATOR_INITIATED\"}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_STOPPED);
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), 0);
    CHECK(!wf_exec_owes(swf.rig.exec));

    /* the counts are what they were */

    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.activities, 2);
    CHECK_INT(view.timers, 1);
    CHECK_INT(view.decisions, 1);

    /* nothing is heard any more */

    CHECK(!wf_swf_has_activity(swf.rig.exec, 5));
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0, SIGNAL) == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, "{}") == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, "{}") == WF_DECLINED);
    CHECK(swf_time(&swf, 100000) == WF_DECLINED);
    swf_close(&swf);
}


TEST(timed_out)
{
    open_run();
    CHECK(swf_time(&swf, 600000) == WF_OK);
    CHECK_EVENT(&swf, 3, "WorkflowExecutionTimedOut {\"timeoutType\":"
                "\"START_TO_CLOSE\",\"childPolicy\":\"TERMINATE\"}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_TIMED_OUT);
    CHECK_INT(swf_count(&swf, WF_EFFECT_CANCEL), 1);
    swf_close(&swf);

    /* what was due before comes before */

    open_run();
    swf_decide(&swf, 2, D_TIMER("t", "599"));
    CHECK(swf_time(&swf, 700000) == WF_OK);
    CHECK_NAMES(&swf, 6, "TimerFired DecisionTaskScheduled "
                "WorkflowExecutionTimedOut");
    swf_close(&swf);
}


TEST(stopped)
{
    wf_input_t  input;

    open_run();
    input = (wf_input_t) {
        .type = WF_INPUT_STOP,
        .error = wf_str("E"),
        .cause = wf_str("C")
    };
    CHECK(swf_submit(&swf, &input) == WF_OK);
    CHECK_EVENT(&swf, 3, "WorkflowExecutionTerminated {\"reason\":\"E\","
                "\"details\":\"C\",\"childPolicy\":\"TERMINATE\",\"cause\":"
                "\"OPERATOR_INITIATED\"}");
    swf_close(&swf);

    open_run();
    CHECK(rig_input(&swf.rig, WF_INPUT_FLOW_GONE) == WF_OK);
    CHECK_INT(swf.rig.exec->status, WF_STATUS_STOPPED);
    swf_close(&swf);
}


/* An input of another kind, or of another language's run. */
TEST(not_for_it)
{
    rig_t       rig;
    wf_input_t  input;

    open_run();
    CHECK(rig_input(&swf.rig, WF_INPUT_CONTINUE) == WF_DECLINED);
    CHECK(rig_input(&swf.rig, WF_INPUT_REDRIVE) == WF_DECLINED);
    CHECK(rig_input(&swf.rig, WF_INPUT_MAP_RUN) == WF_DECLINED);
    CHECK(rig_report(&swf.rig, 2, SUCCEEDED, "{}") == WF_DECLINED);
    CHECK(rig_start(&swf.rig, SWF_START) == WF_DECLINED);
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUCCEEDED, "{}") == WF_DECLINED);
    CHECK(swf_done(&swf, 1, WF_OUTCOME_SUBMITTED, "{}") == WF_DECLINED);
    swf_close(&swf);

    swf_open(&swf);
    CHECK(rig_start(&swf.rig, "{}") == WF_DECLINED);
    CHECK(rig_input(&swf.rig, WF_INPUT_TIMER) == WF_DECLINED);
    swf_close(&swf);

    rig_open(&rig, wf_str("type: flow\nversion: v1\nsteps: []\n"));
    input = (wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = WF_SWF_SIGNAL,
        .now_ms = rig.now_ms
    };
    CHECK(rig_submit(&rig, &input) == WF_DECLINED);
    rig_close(&rig);
}


/* 25,000 events, and what the last input made; then no more. */
TEST(too_long)
{
    unsigned  i;
    wf_buf_t  buf;

    open_run();
    swf.rig.is_quick = true;
    swf_poll(&swf, 2);
    wf_buf_init(&buf, swf.rig.arena, 0);

    for (i = 0; i < WF_EVENTS_SWF_MAX - 5; i++) {
        if (i > 0) {
            wf_buf_byte(&buf, ',');
        }

        wf_buf_text(&buf, D_MARKER("m"));
    }

    wf_buf_byte(&buf, 0);
    CHECK(swf_answer(&swf, 2, (const char *) buf.data) == WF_OK);
    CHECK_INT(swf.rig.exec->codec.event_id, WF_EVENTS_SWF_MAX - 1);
    CHECK_INT(swf.rig.exec->status, WF_STATUS_RUNNING);
    signal_it();
    CHECK_INT(swf.rig.exec->status, WF_STATUS_STOPPED);
    CHECK_INT(swf.rig.exec->codec.event_id, WF_EVENTS_SWF_MAX + 2);
    CHECK_INT(swf_count(&swf, WF_EFFECT_CANCEL), 1);
    CHECK_EVENT(&swf, WF_EVENTS_SWF_MAX + 2, "WorkflowExecutionTerminated {"
                "\"childPolicy\":\"TERMINATE\",\"cause\":"
                "\"EVENT_LIMIT_EXCEEDED\"}");
    rig_compare(&swf.rig);
    swf_close(&swf);
}


UNIT_MAIN()
