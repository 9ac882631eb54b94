
/*
 * Runs of Amazon SWF: activities and their time-outs, heartbeats, timers,
 * functions, how many there may be, and every cause of a failed decision.
 */

#include "swf_rig.h"


static swf_rig_t  swf;


static void
open_run(void)
{
    swf_open(&swf);
    swf_start(&swf, SWF_START);
}


/* The four time-outs: the earliest closes the task. */
TEST(activity_late)
{
    unsigned  i;

    static const struct {
        const char  *decision;
        int64_t      poll_ms;       /* 0: nobody does */
        int64_t      beat_ms;       /* 0: never */
        int64_t      late_ms;
        const char  *event;
    } rows[] = {
        { D_ACTIVITY("a", ",\"scheduleToStartTimeout\":\"2\","
                     "\"scheduleToCloseTimeout\":\"3\""), 0, 0, 2000,
          "ActivityTaskTimedOut {\"timeoutType\":\"SCHEDULE_TO_START\","
          "\"scheduledEventId\":5,\"startedEventId\":0}" },
        { D_ACTIVITY("a", ",\"scheduleToStartTimeout\":\"2\","
                     "\"scheduleToCloseTimeout\":\"2\""), 0, 0, 2000,
          "ActivityTaskTimedOut {\"timeoutType\":\"SCHEDULE_TO_START\","
          "\"scheduledEventId\":5,\"startedEventId\":0}" },
        { D_ACTIVITY("a", ",\"scheduleToStartTimeout\":\"4\","
                     "\"scheduleToCloseTimeout\":\"3\""), 0, 0, 3000,
          "ActivityTaskTimedOut {\"timeoutType\":\"SCHEDULE_TO_CLOSE\","
          "\"scheduledEventId\":5,\"startedEventId\":0}" },
        { D_ACTIVITY("a", ",\"scheduleToStartTimeout\":\"2\","
                     "\"scheduleToCloseTimeout\":\"3\""), 1000, 0, 3000,
          "ActivityTaskTimedOut {\"timeoutType\":\"SCHEDULE_TO_CLOSE\","
          "\"scheduledEventId\":5,\"startedEventId\":6}" },
        { D_ACTIVITY("a", ",\"startToCloseTimeout\":\"2\","
                     "\"heartbeatTimeout\":\"9\""), 5000, 6000, 7000,
          "ActivityTaskTimedOut {\"timeoutType\":\"START_TO_CLOSE\","
          "\"scheduledEventId\":5,\"startedEventId\":6,\"details\":\"d\"}" },
        { D_ACTIVITY("a", ",\"heartbeatTimeout\":\"3\""), 1000, 0, 4000,
          "ActivityTaskTimedOut {\"timeoutType\":\"HEARTBEAT\","
          "\"scheduledEventId\":5,\"startedEventId\":6}" },
        { D_ACTIVITY("a", ",\"heartbeatTimeout\":\"3\""), 1000, 3000, 6000,
          "ActivityTaskTimedOut {\"timeoutType\":\"HEARTBEAT\","
          "\"scheduledEventId\":5,\"startedEventId\":6,\"details\":\"d\"}" },
        { D_ACTIVITY("a", ",\"startToCloseTimeout\":\"0\""), 1000, 0, 1000,
          "ActivityTaskTimedOut {\"timeoutType\":\"START_TO_CLOSE\","
          "\"scheduledEventId\":5,\"startedEventId\":6}" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_run();
        swf_decide(&swf, 2, rows[i].decision);

        if (rows[i].poll_ms) {
            swf.rig.now_ms = RIG_NOW + rows[i].poll_ms;
            swf_poll(&swf, 5);
        }

        if (rows[i].beat_ms) {
            swf.rig.now_ms = RIG_NOW + rows[i].beat_ms;
            CHECK(swf_say(&swf, WF_SWF_HEARTBEAT, 5, "{\"details\":\"d\"}")
                  == WF_OK);
        }

        CHECK_INT(wf_exec_due_ms(swf.rig.exec), RIG_NOW + rows[i].late_ms);
        swf.rig.now_ms = RIG_NOW + rows[i].late_ms;
        CHECK(swf_time(&swf, 0) == WF_OK);
        CHECK_EVENT(&swf, rows[i].poll_ms ? 7 : 6, rows[i].event);
        CHECK_NAMES(&swf, rows[i].poll_ms ? 8 : 7, "DecisionTaskScheduled");

        /* nobody is offered it any more; its token is dead */

        CHECK_INT(swf_count(&swf, WF_EFFECT_CANCEL), rows[i].poll_ms == 0);
        CHECK(!wf_swf_has_activity(swf.rig.exec, 5));
        CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, "{}") == WF_DECLINED);
        CHECK(swf_say(&swf, WF_SWF_FAILED, 5, "{}") == WF_DECLINED);
        CHECK(swf_say(&swf, WF_SWF_CANCELED, 5, "{}") == WF_DECLINED);
        CHECK(swf_say(&swf, WF_SWF_HEARTBEAT, 5, "{}") == WF_DECLINED);
        swf_close(&swf);
    }
}


TEST(activity_ends)
{
    wf_swf_view_t  view;

    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", ",\"control\":\"c\","
                                   "\"taskPriority\":\"12\"") ","
               D_ACTIVITY("b", "") "," D_ACTIVITY("c", ""));
    CHECK_INT(swf.effect_count, 3);
    CHECK_INT(swf.effects[0]->priority, 12);
    CHECK_INT(swf.effects[1]->priority, 0);
    swf.rig.now_ms += 5;
    CHECK(!wf_swf_has_activity(swf.rig.exec, 5));
    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, "{}") == WF_DECLINED);
    swf_poll(&swf, 5);
    swf_poll(&swf, 6);
    swf_poll(&swf, 7);
    CHECK(swf_say(&swf, WF_SWF_FAILED, 6, "{\"reason\":\"r\",\"details\":"
                  "\"d\"}") == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, NULL) == WF_OK);

    /* nobody asked for that: it is taken */

    CHECK(swf_say(&swf, WF_SWF_CANCELED, 7, NULL) == WF_OK);
    CHECK_NAMES(&swf, 11, "ActivityTaskFailed DecisionTaskScheduled "
                "ActivityTaskCompleted ActivityTaskCanceled");
    CHECK_EVENT(&swf, 11, "ActivityTaskFailed {\"reason\":\"r\",\"details\":"
                "\"d\",\"scheduledEventId\":6,\"startedEventId\":9}");
    CHECK_EVENT(&swf, 13, "ActivityTaskCompleted {\"scheduledEventId\":5,"
                "\"startedEventId\":8}");
    CHECK_EVENT(&swf, 14, "ActivityTaskCanceled {\"scheduledEventId\":7,"
                "\"startedEventId\":10}");
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.activities, 0);
    CHECK_INT(view.latest_activity_ms, RIG_NOW + 5);
    swf_close(&swf);
}


/* Somebody has it and said so before the word of that was here. */
TEST(done_before_delivered)
{
    open_run();
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_answer(&swf, 2, D_ACTIVITY("a", "")) == WF_OK);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK_INT(swf.effects[0]->task, 2);
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, NULL) == WF_OK);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK_INT(swf.effects[0]->task, 5);
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_DECLINED);
    swf_close(&swf);
}


/* An answer of a heartbeat, whether it is recorded or not. */
static bool
beat(uint64_t task, const char *json, uint32_t event_count)
{
    wf_step_t   step;
    wf_input_t  input;

    input = (wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = WF_SWF_HEARTBEAT,
        .task = task,
        .now_ms = swf.rig.now_ms,
        .value = swf_json(&swf, json)
    };

    wf_step_init(&step, swf.rig.arena);
    CHECK(wf_engine_step(swf.rig.exec, swf.rig.program, &swf.rig.identity,
                         &input, swf.rig.scratch, &step, &swf.rig.err)
          == WF_OK);
    CHECK_INT(step.event_count, event_count);
    rig_keep(&swf.rig, &step);

    return step.cancel_requested;
}


TEST(heartbeat)
{
    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", "") ","
               D_ACTIVITY("b", ",\"heartbeatTimeout\":\"5\""));
    swf_poll(&swf, 5);
    swf_poll(&swf, 6);

    /* no clock, nothing said: nothing is recorded */

    CHECK(!beat(5, NULL, 0));
    CHECK(!beat(5, "{\"details\":\"1\"}", 1));
    CHECK(!beat(5, "{\"details\":\"1\"}", 0));
    CHECK(!beat(5, "{\"details\":\"2\"}", 1));
    swf.rig.now_ms += 3000;
    CHECK(!beat(6, NULL, 1));
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), RIG_NOW + 8000);
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, NULL) == WF_OK);
    swf_decide(&swf, 10, D_CANCELING("a"));
    CHECK(beat(5, NULL, 0));
    CHECK(!beat(6, NULL, 1));

    /* its id is free when it is over, and not before */

    CHECK(swf_say(&swf, WF_SWF_COMPLETED, 5, NULL) == WF_OK);
    swf_decide(&swf, 15, D_ACTIVITY("a", "") "," D_ACTIVITY("b", ""));
    CHECK_NAMES(&swf, 17, "DecisionTaskCompleted ActivityTaskScheduled "
                "ScheduleActivityTaskFailed DecisionTaskScheduled");
    swf_close(&swf);
}


/* One that nobody has is canceled after the list, once. */
TEST(canceling)
{
    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", "") "," D_CANCELING("a") ","
               D_CANCELING("a") "," D_ACTIVITY("a", "") ","
               D_CANCELING("x") "," D_MARKER("m"));
    CHECK_NAMES(&swf, 5, "ActivityTaskScheduled ActivityTaskCancelRequested "
                "ActivityTaskCancelRequested ScheduleActivityTaskFailed "
                "RequestCancelActivityTaskFailed MarkerRecorded "
                "DecisionTaskScheduled ActivityTaskCanceled");
    CHECK_EVENT(&swf, 9, "RequestCancelActivityTaskFailed {\"activityId\":"
                "\"x\",\"cause\":\"ACTIVITY_ID_UNKNOWN\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 12, "ActivityTaskCanceled {\"scheduledEventId\":5,"
                "\"startedEventId\":0,\"latestCancelRequestedEventId\":7}");
    CHECK(!wf_swf_owes_task(swf.rig.exec, 5));
    swf_close(&swf);

    /* the list of the published example */

    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", ""));
    CHECK(swf_say(&swf, WF_SWF_CANCEL, 0, NULL) == WF_OK);
    swf_decide(&swf, 7, D_CANCELING("a"));
    CHECK_NAMES(&swf, 9, "DecisionTaskCompleted ActivityTaskCancelRequested "
                "ActivityTaskCanceled DecisionTaskScheduled");
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    swf_close(&swf);

    /* the run is over: nothing follows */

    open_run();
    swf_decide(&swf, 2, D_ACTIVITY("a", "") "," D_CANCELING("a") ","
               D_COMPLETE(""));
    CHECK_NAMES(&swf, 5, "ActivityTaskScheduled ActivityTaskCancelRequested "
                "WorkflowExecutionCompleted");
    swf_close(&swf);
}


/* Every cause of ScheduleActivityTaskFailed, in the order they are looked
 * for. */
TEST(activity_refused)
{
    unsigned  i;

#define ACTIVITY(id, name, more)                                              \
    DECISION("ScheduleActivityTask", "scheduleActivityTask",                  \
             "\"activityId\":\"" id "\",\"activityType\":{\"name\":\"" name   \
             "\",\"version\":\"1\"}" more)
#define LIST   ",\"taskList\":{\"name\":\"l\"}"
#define START  ",\"scheduleToStartTimeout\":\"1\""
#define CLOSE  ",\"scheduleToCloseTimeout\":\"NONE\""
#define WORK   ",\"startToCloseTimeout\":\"1\""
#define BEAT   ",\"heartbeatTimeout\":\"1\""

    static const struct {
        const char  *decision;
        const char  *cause;
    } rows[] = {
        { ACTIVITY("a", "none", ""), "ACTIVITY_TYPE_DOES_NOT_EXIST" },
        { ACTIVITY("taken", "old", ""), "ACTIVITY_TYPE_DEPRECATED" },
        { ACTIVITY("taken", "bare", ""), "ACTIVITY_ID_ALREADY_IN_USE" },
        { ACTIVITY("a", "bare", START CLOSE WORK BEAT),
          "DEFAULT_TASK_LIST_UNDEFINED" },
        { ACTIVITY("a", "bare", LIST CLOSE WORK BEAT),
          "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED" },
        { ACTIVITY("a", "bare", LIST START WORK BEAT),
          "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED" },
        { ACTIVITY("a", "bare", LIST START CLOSE BEAT),
          "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED" },
        { ACTIVITY("a", "bare", LIST START CLOSE WORK
                   ",\"heartbeatTimeout\":\"\""),
          "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED" },
        { ACTIVITY("a", "bare", ""), "DEFAULT_TASK_LIST_UNDEFINED" },
        { ACTIVITY("a", "bare", LIST START CLOSE WORK BEAT), NULL }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        wf_buf_t  buf;

        open_run();
        wf_buf_init(&buf, swf.rig.arena, 0);
        wf_buf_text(&buf, D_ACTIVITY("taken", "") ",");
        wf_buf_append(&buf, rows[i].decision, strlen(rows[i].decision) + 1);
        swf_decide(&swf, 2, (const char *) buf.data);

        if (rows[i].cause == NULL) {
            CHECK_NAMES(&swf, 6, "ActivityTaskScheduled");

        } else {
            CHECK_NAMES(&swf, 6, "ScheduleActivityTaskFailed "
                        "DecisionTaskScheduled");
            CHECK(strstr((const char *) swf_event(&swf, 6).data,
                         rows[i].cause) != NULL);
        }

        swf_close(&swf);
    }
}


/* A timer of 0 s is due in a step of its own. */
TEST(timers)
{
    open_run();
    swf_decide(&swf, 2, D_TIMER("t", "0"));
    CHECK_NAMES(&swf, 5, "TimerStarted");
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), swf.rig.now_ms);
    CHECK(swf_time(&swf, 0) == WF_OK);
    CHECK_NAMES(&swf, 6, "TimerFired DecisionTaskScheduled");
    swf_close(&swf);

    /* one list cancels it and starts it again */

    open_run();
    swf_decide(&swf, 2, D_TIMER("t", "5") "," D_CANCEL_TIMER("t") ","
               D_TIMER("t", "6") "," D_CANCEL_TIMER("u"));
    CHECK_NAMES(&swf, 5, "TimerStarted TimerCanceled TimerStarted "
                "CancelTimerFailed DecisionTaskScheduled");
    CHECK_INT(wf_exec_due_ms(swf.rig.exec), swf.rig.now_ms + 6000);
    swf_close(&swf);

    /* many at a time: in the order of their times, then of their starts */

    open_run();
    swf_decide(&swf, 2, D_TIMER("c", "3") "," D_TIMER("b", "2") ","
               D_TIMER("a", "2"));
    CHECK(swf_time(&swf, 5000) == WF_OK);
    CHECK_EVENT(&swf, 8, "TimerFired {\"timerId\":\"b\",\"startedEventId\":"
                "6}");
    CHECK_EVENT(&swf, 10, "TimerFired {\"timerId\":\"a\",\"startedEventId\":"
                "7}");
    CHECK_EVENT(&swf, 11, "TimerFired {\"timerId\":\"c\",\"startedEventId\":"
                "5}");
    CHECK_NAMES(&swf, 9, "DecisionTaskScheduled TimerFired TimerFired");
    swf_close(&swf);
}


/*
 * Functions
 */

static void
open_with_role(void)
{
    swf_open(&swf);
    swf_start(&swf, "{\"executionStartToCloseTimeout\":\"6000\","
              "\"taskStartToCloseTimeout\":\"60\",\"childPolicy\":"
              "\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},\"workflowType\":{"
              "\"name\":\"wf\",\"version\":\"1\"},\"lambdaRole\":\"role\"}");
}


TEST(lambda)
{
    wf_swf_view_t  view;

    open_with_role();
    swf_decide(&swf, 2, D_LAMBDA("i", "fn", ",\"input\":\"{\\\"a\\\": 1}\","
                                 "\"control\":\"c\"") "," D_MARKER("m"));
    CHECK_NAMES(&swf, 5, "LambdaFunctionScheduled MarkerRecorded "
                "LambdaFunctionStarted");
    CHECK_EVENT(&swf, 5, "LambdaFunctionScheduled {\"id\":\"i\",\"name\":"
                "\"fn\",\"control\":\"c\",\"input\":\"{\\\"a\\\": 1}\","
                "\"startToCloseTimeout\":\"900\","
                "\"decisionTaskCompletedEventId\":4}");
    CHECK_EVENT(&swf, 7, "LambdaFunctionStarted {\"scheduledEventId\":5}");
    CHECK_INT(swf.effect_count, 1);
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CALL);
    CHECK(!swf.effects[0]->is_activity);
    CHECK_INT(swf.effects[0]->dialect, WF_DIALECT_ASL);
    CHECK_INT(swf.effects[0]->mode, WF_CALL_REQUEST);
    CHECK_STR(swf.effects[0]->resource,
              wf_str("arn:aws:lambda:us-east-1:123:function:fn"));
    CHECK_STR(swf.effects[0]->params, wf_str("{\"a\": 1}"));
    CHECK_INT(swf.effects[0]->deadline_ms, swf.rig.now_ms + 900000);
    CHECK(wf_swf_owes_task(swf.rig.exec, 5));
    wf_swf_view(swf.rig.exec, &view);
    CHECK_INT(view.lambdas, 1);
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUBMITTED, "{}") == WF_DECLINED);
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUCCEEDED, "{\"r\":[1]}") == WF_OK);
    CHECK_EVENT(&swf, 8, "LambdaFunctionCompleted {\"scheduledEventId\":5,"
                "\"startedEventId\":7,\"result\":\"{\\\"r\\\":[1]}\"}");
    CHECK_NAMES(&swf, 9, "DecisionTaskScheduled");
    swf_close(&swf);
}


TEST(lambda_ends)
{
    uint8_t     *text;
    wf_value_t  *value;
    wf_input_t   input;

    /* a text that is no JSON, none, an ARN; it fails, is late, says too
     * much */

    open_with_role();
    swf_decide(&swf, 2, D_LAMBDA("a", "fn", ",\"input\":\"hi\","
                                 "\"startToCloseTimeout\":\"5\"") ","
               D_LAMBDA("b", "arn:aws:lambda:eu-west-1:9:function:g",
                        ",\"startToCloseTimeout\":\"901\"") ","
               D_LAMBDA("c", "fn:1", ""));
    CHECK_STR(swf.effects[0]->params, wf_str("\"hi\""));
    CHECK_STR(swf.effects[1]->params, wf_str("{}"));
    CHECK_STR(swf.effects[1]->resource,
              wf_str("arn:aws:lambda:eu-west-1:9:function:g"));
    CHECK_STR(swf.effects[2]->resource,
              wf_str("arn:aws:lambda:us-east-1:123:function:fn:1"));
    CHECK(swf_time(&swf, 5000) == WF_OK);
    CHECK_EVENT(&swf, 11, "LambdaFunctionTimedOut {\"scheduledEventId\":5,"
                "\"startedEventId\":8,\"timeoutType\":\"START_TO_CLOSE\"}");
    CHECK_INT(swf.effects[0]->type, WF_EFFECT_CANCEL);
    CHECK(swf_done(&swf, 5, WF_OUTCOME_SUCCEEDED, "{}") == WF_DECLINED);
    CHECK(rig_done(&swf.rig, 6, FAILED, "Oops") == WF_OK);
    CHECK_EVENT(&swf, 13, "LambdaFunctionFailed {\"scheduledEventId\":6,"
                "\"startedEventId\":9,\"reason\":\"Oops\",\"details\":"
                "\"why\"}");

    text = wf_arena_alloc(swf.rig.arena, WF_SWF_TEXT_LEN_MAX);
    memset(text, 'x', WF_SWF_TEXT_LEN_MAX);
    value = wf_value_string(swf.rig.arena,
                            (wf_str_t) { WF_SWF_TEXT_LEN_MAX, text });
    input = (wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = 7,
        .outcome = WF_OUTCOME_SUCCEEDED,
        .value = value
    };
    CHECK(swf_submit(&swf, &input) == WF_OK);
    CHECK_EVENT(&swf, 14, "LambdaFunctionFailed {\"scheduledEventId\":7,"
                "\"startedEventId\":10,\"reason\":\"ResultSizeLimitExceeded\","
                "\"details\":\"the result has more than 32768 characters\"}");
    swf_close(&swf);
}


TEST(lambda_refused)
{
    open_run();
    swf_decide(&swf, 2, D_LAMBDA("a", "fn", ""));
    CHECK_NAMES(&swf, 5, "ScheduleLambdaFunctionFailed "
                "DecisionTaskScheduled");
    CHECK_EVENT(&swf, 5, "ScheduleLambdaFunctionFailed {\"id\":\"a\",\"name\":"
                "\"fn\",\"cause\":\"LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION\","
                "\"decisionTaskCompletedEventId\":4}");
    swf_close(&swf);

    open_with_role();
    swf_decide(&swf, 2, D_LAMBDA("a", "fn", "") "," D_LAMBDA("a", "fn", ""));
    CHECK_NAMES(&swf, 5, "LambdaFunctionScheduled "
                "ScheduleLambdaFunctionFailed DecisionTaskScheduled "
                "LambdaFunctionStarted");
    CHECK_EVENT(&swf, 6, "ScheduleLambdaFunctionFailed {\"id\":\"a\",\"name\":"
                "\"fn\",\"cause\":\"ID_ALREADY_IN_USE\","
                "\"decisionTaskCompletedEventId\":4}");

    /* a call that is under way when the run ends is given up */

    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, NULL) == WF_OK);
    CHECK_INT(swf_count(&swf, WF_EFFECT_CANCEL), 2);
    swf_close(&swf);
}


/*
 * How many
 */

/* So many decisions with a number for %. */
static const char *
many(const char *decision, unsigned count)
{
    unsigned     i;
    wf_buf_t     buf;
    const char  *c;

    wf_buf_init(&buf, swf.rig.arena, 0);

    for (i = 0; i < count; i++) {
        if (i > 0) {
            wf_buf_byte(&buf, ',');
        }

        for (c = decision; *c; c++) {
            if (*c == '%') {
                wf_buf_uint(&buf, i);

            } else {
                wf_buf_byte(&buf, (uint8_t) *c);
            }
        }
    }

    wf_buf_byte(&buf, 0);

    return (const char *) buf.data;
}


TEST(limits)
{
    unsigned  i;

    static const struct {
        const char  *decision;
        const char  *cause;
    } rows[] = {
        { D_ACTIVITY("a%", ""), "OPEN_ACTIVITIES_LIMIT_EXCEEDED" },
        { D_TIMER("t%", "9"), "OPEN_TIMERS_LIMIT_EXCEEDED" },
        { D_CHILD("k%", ""), "OPEN_CHILDREN_LIMIT_EXCEEDED" },
        { D_LAMBDA("l%", "fn", ""), "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED" }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_with_role();
        swf_decide(&swf, 2, many(rows[i].decision, WF_SWF_OPEN_MAX + 1));
        CHECK(strstr((const char *) swf_event(&swf, 5 + WF_SWF_OPEN_MAX).data,
                     rows[i].cause) != NULL);
        CHECK(strstr((const char *) swf_event(&swf, 4 + WF_SWF_OPEN_MAX).data,
                     rows[i].cause) == NULL);
        swf_close(&swf);
    }
}


/* What is open keeps what is asked for, and no more. */
TEST(memory)
{
    size_t       bytes;
    unsigned     i;
    wf_buf_t     buf;
    const char  *text;

    static const char *const  rows[] = {
        D_ACTIVITY("a%", ",\"control\":\"$\""),
        DECISION("StartTimer", "startTimer", "\"timerId\":\"t%\",\"control\":"
                 "\"$\",\"startToFireTimeout\":\"9\""),
        D_CHILD("k%", ",\"input\":\"$\""),
        D_SIGNAL("s%", "n", ",\"input\":\"$\""),
        D_LAMBDA("l%", "fn", ",\"control\":\"$\"")
    };

    for (i = 0; i < wf_countof(rows); i++) {
        open_with_role();
        swf.rig.is_quick = true;
        wf_buf_init(&buf, swf.rig.arena, 0);

        for (text = rows[i]; *text; text++) {
            if (*text == '$') {
                wf_buf_reserve(&buf, 1000);
                memset(buf.data + buf.len, 'x', 1000);
                buf.len += 1000;

            } else {
                wf_buf_byte(&buf, (uint8_t) *text);
            }
        }

        wf_buf_byte(&buf, 0);
        swf_decide(&swf, 2, many((const char *) buf.data, 500));
        CHECK(wf_exec_compact(swf.rig.exec) == WF_OK);
        bytes = wf_exec_size(swf.rig.exec);
        CHECK(bytes < 600000);
        CHECK(bytes > 100000);
        rig_compare(&swf.rig);
        swf_close(&swf);
    }
}


UNIT_MAIN()
