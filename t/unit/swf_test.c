
/*
 * Runs of Amazon SWF: the transcripts of the reference, event by event.
 */

#include "swf_rig.h"


static swf_rig_t  swf;


TEST(transcript_1)
{
    swf_open(&swf);
    swf_start(&swf, "{\"input\":\"order-17\",\"executionStartToCloseTimeout\":"
              "\"600\",\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
              "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":{"
              "\"name\":\"wf\",\"version\":\"1\"},\"parentInitiatedEventId\":"
              "0}");

    CHECK_INT(swf.effect_count, 1);
    CHECK_STR(swf.effects[0]->resource, wf_str("swf/us-east-1/123/d\1d\1dl"));
    CHECK(swf.effects[0]->is_activity && !swf.effects[0]->is_started);
    CHECK_INT(swf.effects[0]->task, 2);
    CHECK_INT(swf.effects[0]->seq, 2);

    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{\"workerName\":\"me\"}")
          == WF_OK);
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"startedEventId\":3,\"workflowExecution\":{"
                     "\"workflowId\":\"w\",\"runId\":\"R\"},"
                     "\"previousStartedEventId\":0,\"workflowType\":{\"name\":"
                     "\"wf\",\"version\":\"1\"}}"));
    CHECK_STR(swf.effects[0]->token, wf_str("token-1"));
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_answer(&swf, 2, D_ACTIVITY("charge", ",\"input\":\"17\""))
          == WF_OK);

    CHECK_STR(swf.effects[0]->resource, wf_str("swf/us-east-1/123/d\1a\1al"));
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"startedEventId\":6,\"workflowExecution\":{"
                     "\"workflowId\":\"w\",\"runId\":\"R\"},\"activityId\":"
                     "\"charge\",\"activityType\":{\"name\":\"act\",\"version"
                     "\":\"1\"},\"input\":\"17\"}"));
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, "{\"result\":\"paid\"}")
          == WF_OK);

    CHECK(swf_done(&swf, 8, WF_OUTCOME_SUBMITTED, "{\"workerName\":\"me\"}")
          == WF_OK);
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"startedEventId\":9,\"workflowExecution\":{"
                     "\"workflowId\":\"w\",\"runId\":\"R\"},"
                     "\"previousStartedEventId\":3,\"workflowType\":{\"name\":"
                     "\"wf\",\"version\":\"1\"}}"));
    CHECK(swf_done(&swf, 8, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_answer(&swf, 8, D_COMPLETE("shipped")) == WF_OK);

    CHECK_NAMES(&swf, 1, "WorkflowExecutionStarted DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "ActivityTaskScheduled ActivityTaskStarted "
                "ActivityTaskCompleted DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 2, "DecisionTaskScheduled {\"taskList\":{\"name\":\"dl\""
                "},\"startToCloseTimeout\":\"60\",\"scheduleToStartTimeout\":"
                "\"NONE\"}");
    CHECK_EVENT(&swf, 3, "DecisionTaskStarted {\"identity\":\"me\","
                "\"scheduledEventId\":2}");
    CHECK_EVENT(&swf, 4, "DecisionTaskCompleted {\"scheduledEventId\":2,"
                "\"startedEventId\":3}");
    CHECK_EVENT(&swf, 5, "ActivityTaskScheduled {\"activityType\":{\"name\":"
                "\"act\",\"version\":\"1\"},\"activityId\":\"charge\",\"input"
                "\":\"17\",\"taskList\":{\"name\":\"al\"},"
                "\"scheduleToStartTimeout\":\"NONE\","
                "\"scheduleToCloseTimeout\":\"NONE\",\"startToCloseTimeout\":"
                "\"NONE\",\"heartbeatTimeout\":\"NONE\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 6, "ActivityTaskStarted {\"scheduledEventId\":5}");
    CHECK_EVENT(&swf, 7, "ActivityTaskCompleted {\"result\":\"paid\","
                "\"scheduledEventId\":5,\"startedEventId\":6}");
    CHECK_EVENT(&swf, 10, "DecisionTaskCompleted {\"scheduledEventId\":8,"
                "\"startedEventId\":9}");
    CHECK_EVENT(&swf, 11, "WorkflowExecutionCompleted {\"result\":\"shipped\""
                ",\"decisionTaskCompletedEventId\":10}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_SUCCEEDED);
    swf_close(&swf);
}


/* A signal during a decision. */
TEST(transcript_2)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_poll(&swf, 2);
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0,
                  "{\"signalName\":\"more\",\"input\":\"x\"}") == WF_OK);

    /* it waits behind the one that is being decided */

    CHECK_INT(swf.effect_count, 0);
    CHECK(swf_answer(&swf, 2, D_COMPLETE("1")) == WF_OK);
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->task, 5);
    CHECK(!swf.effects[0]->is_started);

    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"startedEventId\":8,\"workflowExecution\":{"
                     "\"workflowId\":\"w\",\"runId\":\"R\"},"
                     "\"previousStartedEventId\":3,\"workflowType\":{\"name\":"
                     "\"wf\",\"version\":\"1\"}}"));
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_answer(&swf, 5, D_COMPLETE("2")) == WF_OK);

    CHECK_NAMES(&swf, 3, "DecisionTaskStarted WorkflowExecutionSignaled "
                "DecisionTaskScheduled DecisionTaskCompleted "
                "CompleteWorkflowExecutionFailed DecisionTaskStarted "
                "DecisionTaskCompleted WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 4, "WorkflowExecutionSignaled {\"signalName\":\"more\","
                "\"input\":\"x\",\"externalInitiatedEventId\":0}");
    CHECK_EVENT(&swf, 6, "DecisionTaskCompleted {\"scheduledEventId\":2,"
                "\"startedEventId\":3}");
    CHECK_EVENT(&swf, 7, "CompleteWorkflowExecutionFailed {\"cause\":"
                "\"UNHANDLED_DECISION\",\"decisionTaskCompletedEventId\":6}");
    CHECK_EVENT(&swf, 8, "DecisionTaskStarted {\"scheduledEventId\":5}");
    CHECK_EVENT(&swf, 9, "DecisionTaskCompleted {\"scheduledEventId\":5,"
                "\"startedEventId\":8}");
    swf_close(&swf);
}


/* Timers and a marker. */
TEST(transcript_3)
{
    wf_swf_view_t  view;

    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2, D_TIMER("slow", "600") "," D_TIMER("fast", "1"));
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.timers, 2);
    CHECK_INT(view.decisions, 0);
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), RIG_NOW + 1000);
    CHECK(swf_time(&swf, 999) == WF_DECLINED);
    CHECK(swf_time(&swf, 1) == WF_OK);
    swf_decide(&swf, 8, D_CANCEL_TIMER("slow") "," D_MARKER("note") ","
               D_COMPLETE(""));

    CHECK_NAMES(&swf, 5, "TimerStarted TimerStarted TimerFired "
                "DecisionTaskScheduled DecisionTaskStarted "
                "DecisionTaskCompleted TimerCanceled MarkerRecorded "
                "WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 5, "TimerStarted {\"timerId\":\"slow\","
                "\"startToFireTimeout\":\"600\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 7, "TimerFired {\"timerId\":\"fast\","
                "\"startedEventId\":6}");
    CHECK_EVENT(&swf, 11, "TimerCanceled {\"timerId\":\"slow\","
                "\"startedEventId\":5,\"decisionTaskCompletedEventId\":10}");
    CHECK_EVENT(&swf, 12, "MarkerRecorded {\"markerName\":\"note\","
                "\"decisionTaskCompletedEventId\":10}");
    swf_close(&swf);
}


/* A child that fails: the parent's side, and the child's. */
TEST(transcript_4)
{
    wf_str_t       name;
    wf_swf_view_t  view;

    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2, D_CHILD("kid", ",\"taskList\":{\"name\":\"kids\"}"));
    CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 1);
    CHECK_INT(swf.effects[0]->task, 5);
    name = swf.effects[0]->child;
    CHECK_INT(name.len, 4 + WF_SWF_RUN_ID_LEN);
    CHECK(wf_str_starts(name, wf_str("kid/")));
    CHECK_STR(swf.effects[0]->resource, wf_str("start"));
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"executionStartToCloseTimeout\":\"600\","
                     "\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
                     "\"ABANDON\",\"taskList\":{\"name\":\"kids\"},"
                     "\"taskPriority\":\"7\",\"workflowType\":{\"name\":"
                     "\"child\",\"version\":\"1\"},\"lambdaRole\":\"role\","
                     "\"parentWorkflowExecution\":{\"workflowId\":\"w\","
                     "\"runId\":\"R\"},\"parentInitiatedEventId\":5}"));
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.children, 0);

    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}") == WF_OK);
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.children, 1);
    swf_decide(&swf, 7, "");
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, "{\"initiatedEventId\":5,"
                  "\"workflowExecution\":{\"workflowId\":\"kid\",\"runId\":"
                  "\"K\"},\"event\":\"ChildWorkflowExecutionFailed\","
                  "\"reason\":\"no\",\"details\":\"really\"}") == WF_OK);
    swf_decide(&swf, 11, D_COMPLETE(""));

    CHECK_NAMES(&swf, 5, "StartChildWorkflowExecutionInitiated "
                "ChildWorkflowExecutionStarted DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "ChildWorkflowExecutionFailed DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 5, "StartChildWorkflowExecutionInitiated {"
                "\"workflowId\":\"kid\",\"workflowType\":{\"name\":\"child\","
                "\"version\":\"1\"},\"executionStartToCloseTimeout\":\"600\","
                "\"taskList\":{\"name\":\"kids\"},\"taskStartToCloseTimeout\""
                ":\"60\",\"childPolicy\":\"ABANDON\",\"taskPriority\":\"7\","
                "\"lambdaRole\":\"role\",\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 6, "ChildWorkflowExecutionStarted {"
                "\"workflowExecution\":{\"workflowId\":\"kid\",\"runId\":"
                "\"K\"},\"workflowType\":{\"name\":\"child\",\"version\":"
                "\"1\"},\"initiatedEventId\":5}");
    CHECK_EVENT(&swf, 10, "ChildWorkflowExecutionFailed {"
                "\"workflowExecution\":{\"workflowId\":\"kid\",\"runId\":"
                "\"K\"},\"workflowType\":{\"name\":\"child\",\"version\":"
                "\"1\"},\"reason\":\"no\",\"details\":\"really\","
                "\"initiatedEventId\":5,\"startedEventId\":6}");
    swf_close(&swf);

    swf_open(&swf);
    swf.rig.identity.execution_name = wf_str("kid/K");
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\",\"childPolicy\""
              ":\"ABANDON\",\"taskList\":{\"name\":\"kids\"},\"workflowType\":"
              "{\"name\":\"child\",\"version\":\"1\"},"
              "\"parentWorkflowExecution\":{\"workflowId\":\"w\",\"runId\":"
              "\"R\"},\"parentInitiatedEventId\":5}");
    CHECK_STR(swf.effects[0]->resource,
              wf_str("swf/us-east-1/123/d\1d\1kids"));
    swf_decide(&swf, 2, D_FAIL("no", "really"));
    CHECK_MESSAGE(&swf, 0, "closed w/R {\"initiatedEventId\":5,"
                  "\"workflowExecution\":{\"workflowId\":\"kid\",\"runId\":"
                  "\"K\"},\"event\":\"ChildWorkflowExecutionFailed\","
                  "\"reason\":\"no\",\"details\":\"really\"}");
    CHECK_INT(swf.effects[0]->task, 5);
    CHECK_EVENT(&swf, 5, "WorkflowExecutionFailed {\"reason\":\"no\","
                "\"details\":\"really\",\"decisionTaskCompletedEventId\":4}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_FAILED);
    swf_close(&swf);
}


/* Cancelling, down to the worker. */
TEST(transcript_5)
{
    wf_swf_view_t  view;

    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2, D_ACTIVITY("long", ",\"heartbeatTimeout\":\"60\""));
    swf_poll(&swf, 5);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, NULL) == WF_OK);
    wf_swf_view(swf.rig.exec, &view);
    CHECK(view.cancel_requested);
    CHECK_INT(view.activities, 1);
    swf_decide(&swf, 8, D_CANCELING("long"));
    CHECK_INT(swf.effect_count, 0);
    CHECK(swf_say(&swf, WF_SWF_HEARTBEAT, 5, NULL) == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_CANCELED, 5, "{\"details\":\"rolled back\"}")
          == WF_OK);
    swf_decide(&swf, 13, D_CANCEL("ok"));

    CHECK_NAMES(&swf, 5, "ActivityTaskScheduled ActivityTaskStarted "
                "WorkflowExecutionCancelRequested DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "ActivityTaskCancelRequested ActivityTaskCanceled "
                "DecisionTaskScheduled DecisionTaskStarted "
                "DecisionTaskCompleted WorkflowExecutionCanceled");
    CHECK_EVENT(&swf, 7, "WorkflowExecutionCancelRequested {"
                "\"externalInitiatedEventId\":0}");
    CHECK_EVENT(&swf, 11, "ActivityTaskCancelRequested {\"activityId\":"
                "\"long\",\"decisionTaskCompletedEventId\":10}");
    CHECK_EVENT(&swf, 12, "ActivityTaskCanceled {\"details\":\"rolled back\","
                "\"scheduledEventId\":5,\"startedEventId\":6,"
                "\"latestCancelRequestedEventId\":11}");
    CHECK_EVENT(&swf, 16, "WorkflowExecutionCanceled {\"details\":\"ok\","
                "\"decisionTaskCompletedEventId\":15}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_CANCELED);
    swf_close(&swf);
}


/* Time-outs of an activity and of a decision. */
TEST(transcript_6)
{
    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\","
              "\"taskStartToCloseTimeout\":\"1\",\"childPolicy\":"
              "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":{"
              "\"name\":\"wf\",\"version\":\"1\"}}");
    swf_decide(&swf, 2, D_ACTIVITY("never",
                                   ",\"scheduleToStartTimeout\":\"1\""));
    CHECK(swf_time(&swf, 1000) == WF_OK);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK_INT(swf.effects[0]->task, 5);
    swf_poll(&swf, 7);
    CHECK(swf_time(&swf, 1000) == WF_OK);
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->task, 10);
    swf_poll(&swf, 10);
    CHECK(!wf_swf_has_decision(swf.rig.exec, 7));
    CHECK(wf_swf_has_decision(swf.rig.exec, 10));
    CHECK(swf_answer(&swf, 7, "") == WF_DECLINED);
    CHECK(swf_answer(&swf, 10, D_COMPLETE("")) == WF_OK);

    CHECK_NAMES(&swf, 5, "ActivityTaskScheduled ActivityTaskTimedOut "
                "DecisionTaskScheduled DecisionTaskStarted "
                "DecisionTaskTimedOut DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 6, "ActivityTaskTimedOut {\"timeoutType\":"
                "\"SCHEDULE_TO_START\",\"scheduledEventId\":5,"
                "\"startedEventId\":0}");
    CHECK_EVENT(&swf, 9, "DecisionTaskTimedOut {\"timeoutType\":"
                "\"START_TO_CLOSE\",\"scheduledEventId\":7,"
                "\"startedEventId\":8}");
    swf_close(&swf);
}


/* Continue as new. */
TEST(transcript_7)
{
    wf_str_t  event, name;

    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2, D_CONTINUE("\"input\":\"2\""));
    CHECK_INT(swf.rig.exec->status, WF_STATUS_CONTINUED);
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_RUN);
    name = swf.effects[0]->child;
    CHECK_INT(name.len, 2 + WF_SWF_RUN_ID_LEN);
    CHECK(wf_str_starts(name, wf_str("w/")));
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"input\":\"2\",\"executionStartToCloseTimeout\":"
                     "\"600\",\"taskStartToCloseTimeout\":\"60\","
                     "\"childPolicy\":\"TERMINATE\",\"taskList\":{\"name\":"
                     "\"dl\"},\"workflowType\":{\"name\":\"wf\",\"version\":"
                     "\"1\"},\"continuedExecutionRunId\":\"R\","
                     "\"parentInitiatedEventId\":0}"));

    event = swf_event(&swf, 5);
    CHECK(wf_str_starts(event, wf_str("WorkflowExecutionContinuedAsNew {"
                                      "\"input\":\"2\",\"newExecutionRunId\":"
                                      "\"")));
    CHECK(memcmp(event.data + 66, name.data + 2, WF_SWF_RUN_ID_LEN) == 0);
    event.data += 66 + WF_SWF_RUN_ID_LEN;
    event.len -= 66 + WF_SWF_RUN_ID_LEN;
    CHECK_STR(event, wf_str("\",\"executionStartToCloseTimeout\":\"600\","
                            "\"taskList\":{\"name\":\"dl\"},"
                            "\"taskStartToCloseTimeout\":\"60\","
                            "\"childPolicy\":\"TERMINATE\",\"workflowType\":{"
                            "\"name\":\"wf\",\"version\":\"1\"},"
                            "\"decisionTaskCompletedEventId\":4}"));
    swf_close(&swf);

    /* what it was started with lets it start */

    swf_open(&swf);
    swf_start(&swf, "{\"input\":\"2\",\"executionStartToCloseTimeout\":"
              "\"600\",\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
              "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":{"
              "\"name\":\"wf\",\"version\":\"1\"},\"continuedExecutionRunId\":"
              "\"R\",\"parentInitiatedEventId\":0}");
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0, "{\"signalName\":\"s\"}") == WF_OK);
    swf_decide(&swf, 2, D_COMPLETE(""));
    CHECK_NAMES(&swf, 1, "WorkflowExecutionStarted DecisionTaskScheduled "
                "WorkflowExecutionSignaled DecisionTaskStarted "
                "DecisionTaskCompleted WorkflowExecutionCompleted");
    swf_close(&swf);
}


/* Signals between workflows: the sender, then the target. */
TEST(transcript_8)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2, D_SIGNAL("target", "hey", ",\"input\":\"I\","
                                 "\"control\":\"C\""));
    CHECK_MESSAGE(&swf, 0, "signal target {\"signalName\":\"hey\",\"input\":"
                  "\"I\",\"externalWorkflowExecution\":{\"workflowId\":\"w\","
                  "\"runId\":\"R\"},\"externalInitiatedEventId\":5}");
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"RT\"}") == WF_OK);
    swf_decide(&swf, 7, D_SIGNAL("ghost", "boo", ""));
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 10, "{\"cause\":"
                  "\"UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION\"}") == WF_OK);
    swf_decide(&swf, 12, D_COMPLETE(""));

    CHECK_NAMES(&swf, 5, "SignalExternalWorkflowExecutionInitiated "
                "ExternalWorkflowExecutionSignaled DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "SignalExternalWorkflowExecutionInitiated "
                "SignalExternalWorkflowExecutionFailed DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "WorkflowExecutionCompleted");
    CHECK_EVENT(&swf, 5, "SignalExternalWorkflowExecutionInitiated {"
                "\"workflowId\":\"target\",\"signalName\":\"hey\",\"input\":"
                "\"I\",\"control\":\"C\",\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 6, "ExternalWorkflowExecutionSignaled {"
                "\"workflowExecution\":{\"workflowId\":\"target\",\"runId\":"
                "\"RT\"},\"initiatedEventId\":5}");
    CHECK_EVENT(&swf, 11, "SignalExternalWorkflowExecutionFailed {"
                "\"workflowId\":\"ghost\",\"decisionTaskCompletedEventId\":9,"
                "\"cause\":\"UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION\","
                "\"initiatedEventId\":10}");
    swf_close(&swf);

    swf_open(&swf);
    swf_start(&swf, SWF_START);
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0, "{\"signalName\":\"hey\",\"input\":"
                  "\"I\",\"externalWorkflowExecution\":{\"workflowId\":\"w8\","
                  "\"runId\":\"RS\"},\"externalInitiatedEventId\":5}")
          == WF_OK);
    CHECK_NAMES(&swf, 2, "DecisionTaskScheduled WorkflowExecutionSignaled");
    CHECK_EVENT(&swf, 3, "WorkflowExecutionSignaled {\"signalName\":\"hey\","
                "\"input\":\"I\",\"externalWorkflowExecution\":{"
                "\"workflowId\":\"w8\",\"runId\":\"RS\"},"
                "\"externalInitiatedEventId\":5}");
    swf_close(&swf);
}


/* Failed decisions. */
TEST(transcript_9)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
    swf_decide(&swf, 2,
               DECISION("ScheduleActivityTask", "scheduleActivityTask",
                        "\"activityId\":\"a1\",\"activityType\":{\"name\":"
                        "\"nosuch\",\"version\":\"1\"}")
               "," D_ACTIVITY("a2", "") "," D_ACTIVITY("a2", ""));
    swf_decide(&swf, 8, D_CANCELING("a2") "," D_CANCEL_TIMER("t"));

    CHECK_NAMES(&swf, 5, "ScheduleActivityTaskFailed ActivityTaskScheduled "
                "ScheduleActivityTaskFailed DecisionTaskScheduled "
                "DecisionTaskStarted DecisionTaskCompleted "
                "ActivityTaskCancelRequested CancelTimerFailed "
                "DecisionTaskScheduled ActivityTaskCanceled");
    CHECK_EVENT(&swf, 5, "ScheduleActivityTaskFailed {\"activityType\":{"
                "\"name\":\"nosuch\",\"version\":\"1\"},\"activityId\":\"a1\","
                "\"cause\":\"ACTIVITY_TYPE_DOES_NOT_EXIST\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 7, "ScheduleActivityTaskFailed {\"activityType\":{"
                "\"name\":\"act\",\"version\":\"1\"},\"activityId\":\"a2\","
                "\"cause\":\"ACTIVITY_ID_ALREADY_IN_USE\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 12, "CancelTimerFailed {\"timerId\":\"t\",\"cause\":"
                "\"TIMER_ID_UNKNOWN\",\"decisionTaskCompletedEventId\":10}");
    CHECK_EVENT(&swf, 14, "ActivityTaskCanceled {\"scheduledEventId\":6,"
                "\"startedEventId\":0,\"latestCancelRequestedEventId\":11}");
    swf_close(&swf);
}


UNIT_MAIN()
