
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


UNIT_MAIN()
