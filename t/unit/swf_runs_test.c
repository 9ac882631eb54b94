
/*
 * Runs of Amazon SWF and other runs: children and their policies, signals and
 * requests from outside, doubles, continue-as-new.
 */

#include "swf_rig.h"


#define CHILD_CLOSED(event, more)                                             \
    "{\"initiatedEventId\":5,\"workflowExecution\":{\"workflowId\":\"kid\","  \
    "\"runId\":\"K2\"},\"event\":\"ChildWorkflowExecution" event "\"" more "}"

#define OWN_CHILD                                                             \
    "{\"executionStartToCloseTimeout\":\"600\",\"taskStartToCloseTimeout\":"  \
    "\"60\",\"childPolicy\":\"REQUEST_CANCEL\",\"taskList\":{\"name\":\"dl\"" \
    "},\"workflowType\":{\"name\":\"wf\",\"version\":\"1\"},"                 \
    "\"parentWorkflowExecution\":{\"workflowId\":\"p\",\"runId\":\"P\"},"     \
    "\"parentInitiatedEventId\":7}"


static swf_rig_t  swf;


static void
open_run(void)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
}


/*
 * Children
 */

/* How a child may end, as its parent hears it. */
TEST(child_ends)
{
    unsigned  i;

    static const struct {
        const char  *told;
        const char  *event;
    } rows[] = {
        { CHILD_CLOSED("Completed", ",\"result\":\"r\""),
          "ChildWorkflowExecutionCompleted {\"workflowExecution\":{"
          "\"workflowId\":\"kid\",\"runId\":\"K2\"},\"workflowType\":{"
          "\"name\":\"child\",\"version\":\"1\"},\"result\":\"r\","
          "\"initiatedEventId\":5,\"startedEventId\":6}" },
        { CHILD_CLOSED("Failed", ",\"reason\":\"r\",\"details\":\"d\""),
          "ChildWorkflowExecutionFailed {\"workflowExecution\":{"
          "\"workflowId\":\"kid\",\"runId\":\"K2\"},\"workflowType\":{"
          "\"name\":\"child\",\"version\":\"1\"},\"reason\":\"r\","
          "\"details\":\"d\",\"initiatedEventId\":5,\"startedEventId\":6}" },
        { CHILD_CLOSED("TimedOut", ",\"timeoutType\":\"START_TO_CLOSE\""),
          "ChildWorkflowExecutionTimedOut {\"workflowExecution\":{"
          "\"workflowId\":\"kid\",\"runId\":\"K2\"},\"workflowType\":{"
          "\"name\":\"child\",\"version\":\"1\"},\"timeoutType\":"
          "\"START_TO_CLOSE\",\"initiatedEventId\":5,\"startedEventId\":6}" },
        { CHILD_CLOSED("Canceled", ",\"details\":\"d\""),
          "ChildWorkflowExecutionCanceled {\"workflowExecution\":{"
          "\"workflowId\":\"kid\",\"runId\":\"K2\"},\"workflowType\":{"
          "\"name\":\"child\",\"version\":\"1\"},\"details\":\"d\","
          "\"initiatedEventId\":5,\"startedEventId\":6}" },
        { CHILD_CLOSED("Terminated", ""),
          "ChildWorkflowExecutionTerminated {\"workflowExecution\":{"
          "\"workflowId\":\"kid\",\"runId\":\"K2\"},\"workflowType\":{"
          "\"name\":\"child\",\"version\":\"1\"},\"initiatedEventId\":5,"
          "\"startedEventId\":6}" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_run();
        swf_decide(&swf, 2, D_CHILD("kid", ",\"input\":\"i\""));
        CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}") == WF_OK);
        CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, rows[i].told) == WF_OK);
        CHECK_EVENT(&swf, 8, rows[i].event);
        CHECK_NAMES(&swf, 9, "");

        /* told again: not any more */

        CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, rows[i].told) == WF_DECLINED);
        CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}")
              == WF_DECLINED);
        swf_close(&swf);
    }
}


/* Over before its parent has heard that it began: both are told, in order. */
TEST(child_is_quick)
{
    wf_str_t  run_id, event;

    open_run();
    swf_decide(&swf, 2, D_CHILD("kid", ""));
    run_id = swf.effects[0]->child;
    run_id = (wf_str_t) { WF_SWF_RUN_ID_LEN, run_id.data + 4 };
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, CHILD_CLOSED("Completed", ""))
          == WF_OK);
    CHECK_NAMES(&swf, 5, "StartChildWorkflowExecutionInitiated "
                "ChildWorkflowExecutionStarted DecisionTaskScheduled "
                "ChildWorkflowExecutionCompleted");

    /* the run that was started is the one that it asked for */

    event = swf_event(&swf, 6);
    CHECK_STR(((wf_str_t) { WF_SWF_RUN_ID_LEN, event.data + 80 }), run_id);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}")
          == WF_DECLINED);
    swf_close(&swf);
}


TEST(child_refused)
{
    unsigned  i;

#define CHILD(name, more)                                                     \
    DECISION("StartChildWorkflowExecution", "startChildWorkflowExecution",    \
             "\"workflowId\":\"kid\",\"control\":\"c\",\"workflowType\":{"    \
             "\"name\":\"" name "\",\"version\":\"1\"}" more)
#define LIFE    ",\"executionStartToCloseTimeout\":\"1\""
#define LIST    ",\"taskList\":{\"name\":\"l\"}"
#define TASK    ",\"taskStartToCloseTimeout\":\"1\""
#define POLICY  ",\"childPolicy\":\"ABANDON\""

    static const struct {
        const char  *decision;
        const char  *cause;
        const char  *name;
    } rows[] = {
        { CHILD("none", ""), "WORKFLOW_TYPE_DOES_NOT_EXIST", "none" },
        { CHILD("old", ""), "WORKFLOW_TYPE_DEPRECATED", "old" },
        { CHILD("bare", ""),
          "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED", "bare" },
        { CHILD("bare", LIFE), "DEFAULT_TASK_LIST_UNDEFINED", "bare" },
        { CHILD("bare", LIFE LIST),
          "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED", "bare" },
        { CHILD("bare", LIFE LIST TASK), "DEFAULT_CHILD_POLICY_UNDEFINED",
          "bare" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        wf_buf_t  buf;

        open_run();
        swf_decide(&swf, 2, rows[i].decision);
        CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 0);
        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_text(&buf, "StartChildWorkflowExecutionFailed {"
                    "\"workflowType\":{\"name\":\"");
        wf_buf_append(&buf, rows[i].name, strlen(rows[i].name));
        wf_buf_text(&buf, "\",\"version\":\"1\"},\"workflowId\":\"kid\","
                    "\"control\":\"c\",\"initiatedEventId\":0,\"cause\":\"");
        wf_buf_append(&buf, rows[i].cause, strlen(rows[i].cause));
        wf_buf_text(&buf, "\",\"decisionTaskCompletedEventId\":4}");
        CHECK_STR(swf_event(&swf, 5), wf_buf_done(&buf));
        CHECK_NAMES(&swf, 6, "DecisionTaskScheduled");
        swf_close(&swf);
    }

    /* by what the other shard knows */

    open_run();
    swf_decide(&swf, 2, CHILD("bare", LIFE LIST TASK POLICY));
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{}") == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5,
                  "{\"cause\":\"WORKFLOW_ALREADY_RUNNING\"}") == WF_OK);
    CHECK_EVENT(&swf, 6, "StartChildWorkflowExecutionFailed {"
                "\"workflowType\":{\"name\":\"bare\",\"version\":\"1\"},"
                "\"cause\":\"WORKFLOW_ALREADY_RUNNING\",\"workflowId\":"
                "\"kid\",\"decisionTaskCompletedEventId\":4,\"control\":\"c\","
                "\"initiatedEventId\":5}");
    CHECK_NAMES(&swf, 7, "DecisionTaskScheduled");
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, CHILD_CLOSED("Completed", ""))
          == WF_DECLINED);
    swf_close(&swf);
}


TEST(not_a_child)
{
    open_run();
    swf_decide(&swf, 2, D_TIMER("t", "9"));
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, CHILD_CLOSED("Completed", ""))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}")
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 99, "{\"runId\":\"K\"}")
          == WF_DECLINED);
    swf_close(&swf);

    open_run();
    swf_decide(&swf, 2, D_CHILD("kid", ""));
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, CHILD_CLOSED("Vanished", ""))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, "{\"initiatedEventId\":5,"
                  "\"event\":\"ChildWorkflowExecutionCompleted\"}")
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_CLOSED, 0, NULL) == WF_DECLINED);
    swf_close(&swf);
}


/*
 * Policies: swf 12
 */

/* A run with one child that has begun and one that has not been answered. */
static void
open_with_children(const char *policy)
{
    wf_buf_t  buf;

    swf_open(&swf);
    wf_buf_init(&buf, swf.rig.arena, 0);
    wf_buf_text(&buf, "{\"executionStartToCloseTimeout\":\"600\","
                "\"taskStartToCloseTimeout\":\"60\",\"taskList\":{\"name\":"
                "\"dl\"},\"workflowType\":{\"name\":\"wf\",\"version\":\"1\"},"
                "\"childPolicy\":\"");
    wf_buf_append(&buf, policy, strlen(policy));
    wf_buf_text(&buf, "\"}");
    wf_buf_byte(&buf, 0);
    swf_start(&swf, (const char *) buf.data);
    swf_decide(&swf, 2, D_CHILD("kid", "") "," D_CHILD("new", ""));
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"K\"}") == WF_OK);
}


#define POLICY_TOLD(what, id, no)                                             \
    what " " id " {\"cause\":\"CHILD_POLICY_APPLIED\","                       \
    "\"externalWorkflowExecution\":{\"workflowId\":\"w\",\"runId\":\"R\"},"   \
    "\"externalInitiatedEventId\":" no "}"

TEST(policies)
{
    unsigned  i;

    static const struct {
        const char  *policy;
        const char  *given;         /* by who terminates */
        const char  *what;          /* NULL: nothing is told */
    } rows[] = {
        { "TERMINATE", "{}", "terminate" },
        { "REQUEST_CANCEL", "{}", "cancel" },
        { "ABANDON", "{}", NULL },
        { "TERMINATE", "{\"childPolicy\":\"ABANDON\"}", NULL },
        { "ABANDON", "{\"childPolicy\":\"TERMINATE\"}", "terminate" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_with_children(rows[i].policy);
        CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, rows[i].given) == WF_OK);

        if (rows[i].what == NULL) {
            CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 0);

        } else {
            CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 2);
            CHECK_STR(swf_message(&swf, 0),
                      wf_str_of(rows[i].what[0] == 't'
                                ? POLICY_TOLD("terminate", "kid", "5")
                                : POLICY_TOLD("cancel", "kid", "5")));
            CHECK_STR(swf_message(&swf, 1),
                      wf_str_of(rows[i].what[0] == 't'
                                ? POLICY_TOLD("terminate", "new", "6")
                                : POLICY_TOLD("cancel", "new", "6")));
        }

        swf_close(&swf);
    }

    /* its time is over: the run's own */

    open_with_children("REQUEST_CANCEL");
    CHECK(swf_time(&swf, 600000) == WF_OK);
    CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 2);
    swf_close(&swf);
}


/* Whoever decides its end leaves them alone. */
TEST(children_are_left)
{
    unsigned  i;

    static const char *const  rows[] = {
        D_COMPLETE(""), D_FAIL("", ""), D_CANCEL(""), D_CONTINUE("")
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_with_children("TERMINATE");
        swf_decide(&swf, 8, rows[i]);
        CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 0);
        CHECK(wf_status_is_final(swf.rig.exec->status));
        swf_close(&swf);
    }
}


/* What a child makes of its parent's policy. */
TEST(policy_applied)
{
#define FROM(id, run, no)                                                     \
    "{\"cause\":\"CHILD_POLICY_APPLIED\",\"externalWorkflowExecution\":{"     \
    "\"workflowId\":\"" id "\",\"runId\":\"" run "\"},"                       \
    "\"externalInitiatedEventId\":" no "}"

    swf_open(&swf);
    swf_start(&swf, OWN_CHILD);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, FROM("p", "P", "8"))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, FROM("p", "Q", "7"))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, FROM("p", "P", "7")) == WF_OK);
    CHECK_EVENT(&swf, 3, "WorkflowExecutionCancelRequested {"
                "\"externalInitiatedEventId\":0,\"cause\":"
                "\"CHILD_POLICY_APPLIED\"}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_RUNNING);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, FROM("p", "P", "7"))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, FROM("p", "P", "8"))
          == WF_DECLINED);
    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, FROM("p", "P", "7")) == WF_OK);

    /* its own policy is the one of its children; its parent is over */

    CHECK_EVENT(&swf, 4, "WorkflowExecutionTerminated {\"childPolicy\":"
                "\"REQUEST_CANCEL\",\"cause\":\"CHILD_POLICY_APPLIED\"}");
    CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 0);
    swf_close(&swf);

    /* nobody's child */

    open_run();
    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, FROM("p", "P", "7"))
          == WF_DECLINED);
    CHECK_INT(swf.rig.exec->status, WF_STATUS_RUNNING);
    swf_close(&swf);
}


/* How a parent hears of each end, and that of one that goes on nothing. */
TEST(parent_is_told)
{
    unsigned  i;

#define CLOSED(no, event, more)                                               \
    "closed p/P {\"initiatedEventId\":7,\"workflowExecution\":{"              \
    "\"workflowId\":\"w\",\"runId\":\"R\"},\"event\":"                        \
    "\"ChildWorkflowExecution" event "\"" more "}"

    static const struct {
        const char  *decision;
        const char  *told;
    } rows[] = {
        { D_COMPLETE("r"), CLOSED(5, "Completed", ",\"result\":\"r\"") },
        { D_FAIL("r", "d"),
          CLOSED(5, "Failed", ",\"reason\":\"r\",\"details\":\"d\"") },
        { D_CANCEL("d"), CLOSED(5, "Canceled", ",\"details\":\"d\"") },
        { NULL, CLOSED(3, "Terminated", "") }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        swf_open(&swf);
        swf_start(&swf, OWN_CHILD);

        if (rows[i].decision) {
            swf_decide(&swf, 2, rows[i].decision);

        } else {
            CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, "{\"reason\":\"r\","
                          "\"details\":\"d\"}") == WF_OK);
        }

        CHECK_MESSAGE(&swf, 0, rows[i].told);
        CHECK_MESSAGE(&swf, 1, "");
        swf_close(&swf);
    }

    swf_open(&swf);
    swf_start(&swf, OWN_CHILD);
    CHECK(swf_time(&swf, 600000) == WF_OK);
    CHECK_MESSAGE(&swf, 0, CLOSED(3, "TimedOut",
                                  ",\"timeoutType\":\"START_TO_CLOSE\""));
    swf_close(&swf);

    swf_open(&swf);
    swf_start(&swf, OWN_CHILD);
    swf_decide(&swf, 2, D_CONTINUE(""));
    CHECK_INT(swf_count(&swf, WF_EFFECT_MESSAGE), 0);
    CHECK_INT(swf_count(&swf, WF_EFFECT_RUN), 1);
    CHECK(strstr((const char *) swf.effects[0]->params.data,
                 "\"parentWorkflowExecution\":{\"workflowId\":\"p\","
                 "\"runId\":\"P\"},\"parentInitiatedEventId\":7}") != NULL);
    swf_close(&swf);
}


/*
 * Words
 */

TEST(request_from_outside)
{
    open_run();
    swf_decide(&swf, 2, D_REQUEST("target", ",\"runId\":\"RT\",\"control\":"
                                  "\"C\"")
               "," D_REQUEST("ghost", ",\"runId\":\"\"") ","
               D_COMPLETE(""));

    /* it is over, and they are sent */

    CHECK_MESSAGE(&swf, 0, "cancel target/RT {\"externalWorkflowExecution\":{"
                  "\"workflowId\":\"w\",\"runId\":\"R\"},"
                  "\"externalInitiatedEventId\":5}");
    CHECK_MESSAGE(&swf, 1, "cancel ghost {\"externalWorkflowExecution\":{"
                  "\"workflowId\":\"w\",\"runId\":\"R\"},"
                  "\"externalInitiatedEventId\":6}");
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"RT\"}")
          == WF_DECLINED);
    swf_close(&swf);

    open_run();
    swf_decide(&swf, 2, D_REQUEST("target", ",\"runId\":\"RT\",\"control\":"
                                  "\"C\"")
               "," D_REQUEST("ghost", ""));
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 6, "{\"cause\":"
                  "\"UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION\"}") == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"RT\"}") == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 5, "{\"runId\":\"RT\"}")
          == WF_DECLINED);
    CHECK_EVENT(&swf, 5, "RequestCancelExternalWorkflowExecutionInitiated {"
                "\"workflowId\":\"target\",\"control\":\"C\",\"runId\":\"RT\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 6, "RequestCancelExternalWorkflowExecutionInitiated {"
                "\"workflowId\":\"ghost\",\"decisionTaskCompletedEventId\":"
                "4}");
    CHECK_EVENT(&swf, 7, "RequestCancelExternalWorkflowExecutionFailed {"
                "\"workflowId\":\"ghost\",\"decisionTaskCompletedEventId\":4,"
                "\"cause\":\"UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION\","
                "\"initiatedEventId\":6}");
    CHECK_EVENT(&swf, 9, "ExternalWorkflowExecutionCancelRequested {"
                "\"workflowExecution\":{\"workflowId\":\"target\",\"runId\":"
                "\"RT\"},\"initiatedEventId\":5}");
    swf_close(&swf);
}


/* Told at least once, heard once: after a replay and a compaction, too. */
TEST(doubles)
{
    unsigned    i;
    wf_rc_t     rc;
    wf_step_t   step;
    wf_input_t  input;

#define SENDER(run, no)                                                       \
    "\"externalWorkflowExecution\":{\"workflowId\":\"s\",\"runId\":\"" run    \
    "\"},\"externalInitiatedEventId\":" no

    static const struct {
        wf_swf_kind_t  kind;
        const char    *value;
        bool           is_double;
    } rows[] = {
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("S", "5") "}", false },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("S", "5") "}", true },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("S", "6") "}", false },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("T", "5") "}", false },
        { WF_SWF_CANCEL, "{" SENDER("S", "7") "}", false },
        { WF_SWF_CANCEL, "{" SENDER("S", "7") "}", true },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("S", "6") "}", true },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"," SENDER("T", "5") "}", true },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"}", false },
        { WF_SWF_SIGNAL, "{\"signalName\":\"s\"}", false },
        { WF_SWF_CANCEL, "{}", false },
        { WF_SWF_CANCEL, "{}", false }
    };

    open_run();

    for (i = 0; i < wf_countof(rows); i++) {
        input = (wf_input_t) {
            .type = WF_INPUT_SWF,
            .swf = (uint8_t) rows[i].kind,
            .now_ms = swf.rig.now_ms,
            .value = swf_json(&swf, rows[i].value)
        };
        wf_step_init(&step, swf.rig.arena);
        rc = wf_engine_step(swf.rig.exec, swf.rig.program, &swf.rig.identity,
                            &input, swf.rig.scratch, &step, &swf.rig.err);
        CHECK(rc == (rows[i].is_double ? WF_DECLINED : WF_OK));
        CHECK(step.is_double == rows[i].is_double);
        rig_keep(&swf.rig, &step);

        if (i % 3 == 0) {
            CHECK(wf_exec_compact(swf.rig.exec) == WF_OK);

        } else if (i % 3 == 1) {
            wf_exec_free(swf.rig.exec);
            swf.rig.exec = rig_replay(&swf.rig, swf.rig.chunk_count);
        }
    }

    CHECK_NAMES(&swf, 2, "DecisionTaskScheduled WorkflowExecutionSignaled "
                "WorkflowExecutionSignaled WorkflowExecutionSignaled "
                "WorkflowExecutionCancelRequested WorkflowExecutionSignaled "
                "WorkflowExecutionSignaled WorkflowExecutionCancelRequested "
                "WorkflowExecutionCancelRequested");
    CHECK_EVENT(&swf, 6, "WorkflowExecutionCancelRequested {"
                "\"externalWorkflowExecution\":{\"workflowId\":\"s\","
                "\"runId\":\"S\"},\"externalInitiatedEventId\":7}");
    swf_close(&swf);
}


/*
 * Continue as new
 */

TEST(continue_refused)
{
    unsigned  i;

    static const struct {
        const char  *decision;
        const char  *cause;
    } rows[] = {
        { D_CONTINUE("\"workflowTypeVersion\":\"9\""),
          "WORKFLOW_TYPE_DOES_NOT_EXIST" },
        { D_CONTINUE(""),
          "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
        { D_CONTINUE("\"executionStartToCloseTimeout\":\"1\""),
          "DEFAULT_TASK_LIST_UNDEFINED" },
        { D_CONTINUE("\"executionStartToCloseTimeout\":\"1\",\"taskList\":{"
                     "\"name\":\"l\"}"),
          "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
        { D_CONTINUE("\"executionStartToCloseTimeout\":\"1\",\"taskList\":{"
                     "\"name\":\"l\"},\"taskStartToCloseTimeout\":\"NONE\""),
          "DEFAULT_CHILD_POLICY_UNDEFINED" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        wf_buf_t  buf;

        swf_open(&swf);
        swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\","
                  "\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
                  "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},"
                  "\"workflowType\":{\"name\":\"bare\",\"version\":\"1\"},"
                  "\"input\":\"i\",\"tagList\":[\"t\"]}");
        swf_decide(&swf, 2, rows[i].decision);
        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_text(&buf, "ContinueAsNewWorkflowExecutionFailed {\"cause\":"
                    "\"");
        wf_buf_append(&buf, rows[i].cause, strlen(rows[i].cause));
        wf_buf_text(&buf, "\",\"decisionTaskCompletedEventId\":4}");
        CHECK_STR(swf_event(&swf, 5), wf_buf_done(&buf));
        CHECK_NAMES(&swf, 6, "DecisionTaskScheduled");
        swf_close(&swf);
    }

    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\",\"childPolicy\""
              ":\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":"
              "{\"name\":\"old\",\"version\":\"1\"}}");
    swf_decide(&swf, 2, D_CONTINUE(""));
    CHECK_EVENT(&swf, 5, "ContinueAsNewWorkflowExecutionFailed {\"cause\":"
                "\"WORKFLOW_TYPE_DEPRECATED\","
                "\"decisionTaskCompletedEventId\":4}");
    swf_close(&swf);
}


/* All of it from the decision, nothing but the name from the old run. */
TEST(continue_with)
{
    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\",\"childPolicy\""
              ":\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":"
              "{\"name\":\"child\",\"version\":\"1\"},\"input\":\"i\","
              "\"lambdaRole\":\"r\",\"taskPriority\":\"3\",\"tagList\":["
              "\"t\"]}");
    swf_decide(&swf, 2, D_CONTINUE("\"executionStartToCloseTimeout\":\"7\","
                                   "\"taskList\":{\"name\":\"l\"},"
                                   "\"taskPriority\":\"1\","
                                   "\"taskStartToCloseTimeout\":\"8\","
                                   "\"childPolicy\":\"ABANDON\",\"tagList\":["
                                   "\"a\",\"b\"],\"lambdaRole\":\"x\""));
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"executionStartToCloseTimeout\":\"7\","
                     "\"taskStartToCloseTimeout\":\"8\",\"childPolicy\":"
                     "\"ABANDON\",\"taskList\":{\"name\":\"l\"},"
                     "\"taskPriority\":\"1\",\"workflowType\":{\"name\":"
                     "\"child\",\"version\":\"1\"},\"tagList\":[\"a\",\"b\"],"
                     "\"lambdaRole\":\"x\",\"continuedExecutionRunId\":"
                     "\"R\"}"));
    swf_close(&swf);

    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"600\",\"childPolicy\""
              ":\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":"
              "{\"name\":\"child\",\"version\":\"1\"},\"input\":\"i\","
              "\"lambdaRole\":\"r\",\"tagList\":[\"t\"]}");
    swf_decide(&swf, 2, D_CONTINUE(""));
    CHECK_STR(swf.effects[0]->params,
              wf_str("{\"executionStartToCloseTimeout\":\"600\","
                     "\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
                     "\"ABANDON\",\"taskList\":{\"name\":\"dl\"},"
                     "\"taskPriority\":\"7\",\"workflowType\":{\"name\":"
                     "\"child\",\"version\":\"1\"},"
                     "\"continuedExecutionRunId\":\"R\"}"));
    swf_close(&swf);
}


UNIT_MAIN()
