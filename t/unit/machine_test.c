
/*
 * State machines where nothing is recorded: heartbeats, activities, parts of
 * forks that are given up, faults of expressions, limits, calls of map runs,
 * redrives, and memory that runs out.  Every input is replayed by the rig.
 */

#include "machine_history.h"


static rig_t  rig;


static void
begin(const char *definition, const char *input)
{
    rig_open(&rig, wf_str_of(definition));
    rig.identity.flow_name = wf_str("sfn/us-east-1/123456789012/m");
    CHECK(rig_start(&rig, input) == WF_OK);
}


static wf_rc_t
task_input(wf_input_type_t type, uint64_t task, wf_outcome_t outcome,
    const char *json, const char *error)
{
    wf_input_t   input;
    wf_value_t  *value;

    value = NULL;

    if (json) {
        CHECK(wf_json_parse(rig.arena, wf_str_of(json), &value, &rig.err)
              == WF_OK);
    }

    input = (wf_input_t) {
        .type = (uint8_t) type,
        .now_ms = rig.now_ms,
        .random_seed = rig.seed,
        .task = task,
        .outcome = (uint8_t) outcome,
        .value = value,
        .error = wf_str_of(error),
        .cause = error ? wf_str("why") : wf_str_none
    };

    return rig_submit(&rig, &input);
}


static wf_rc_t
answer(uint64_t task, const char *json)
{
    return task_input(WF_INPUT_TASK_DONE, task, WF_OUTCOME_SUCCEEDED, json,
                      NULL);
}


static wf_rc_t
fail(uint64_t task, const char *error)
{
    return task_input(WF_INPUT_TASK_DONE, task, WF_OUTCOME_FAILED, NULL,
                      error);
}


/* The n-th that is open. */
static uint64_t
task_no(uint32_t n)
{
    uint32_t                  i;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < rig.exec->tasks.count; i++) {
        entry = &rig.exec->tasks.entries[i];

        if (entry->branch && n-- == 0) {
            return entry->no;
        }
    }

    return 0;
}


static void
pass(int64_t seconds)
{
    rig.now_ms += seconds * 1000;
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_OK);
}


/* "3<2 PassStateExited;..." */
static wf_str_t
shape(void)
{
    uint32_t           i;
    wf_buf_t           buf;
    wf_value_t        *list;
    const wf_value_t  *event;

    list = machine_history(&rig);
    wf_buf_init(&buf, rig.arena, 256);

    for (i = 0; i < list->count; i++) {
        event = list->u.items[i];
        wf_buf_int(&buf, wf_value_get(event, wf_str("id"))
                             ->u.number.integer);
        wf_buf_byte(&buf, '<');
        wf_buf_int(&buf, wf_value_get(event, wf_str("previousEventId"))
                             ->u.number.integer);
        wf_buf_byte(&buf, ' ');
        wf_buf_str(&buf, wf_value_get(event, wf_str("type"))->u.string);
        wf_buf_byte(&buf, ';');
    }

    return wf_buf_done(&buf);
}


static void
check_end(wf_status_t status, const char *output, const char *error)
{
    CHECK_INT(rig.exec->status, status);

    if (output) {
        CHECK_STR(rig_json(&rig, rig.exec->output), wf_str_of(output));
    }

    CHECK_STR(rig.exec->error, wf_str_of(error ? error : ""));
    CHECK_INT(rig.exec->tasks.live, 0);
    rig_close(&rig);
}


#define FUNCTION  "\"Type\":\"Task\",\"Resource\":"                           \
                  "\"arn:aws:lambda:us-east-1:1:function:f\""
#define TOKEN     "\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::"        \
                  "lambda:invoke.waitForTaskToken\",\"Parameters\":"          \
                  "{\"FunctionName\":\"f\",\"Payload\":"                      \
                  "{\"t.$\":\"$$.Task.Token\"}}"


/* Word of a task moves the time when it is given up, not its time-out. */
TEST(heartbeats)
{
    uint64_t  task;

    begin("{\"StartAt\":\"T\",\"States\":{\"T\":{" TOKEN
          ",\"TimeoutSeconds\":10,\"HeartbeatSeconds\":4,\"Catch\":[{"
          "\"ErrorEquals\":[\"States.HeartbeatTimeout\"],\"Next\":\"S\"}],"
          "\"End\":true},\"S\":{\"Type\":\"Succeed\"}}}", "{}");

    task = rig.last_call;
    CHECK_INT(wf_exec_due_ms(rig.exec) - rig.now_ms, 4000);
    CHECK(task_input(WF_INPUT_TASK_DONE, task, WF_OUTCOME_SUBMITTED, "{}",
                     NULL)
          == WF_OK);
    rig.now_ms += 3000;
    CHECK(task_input(WF_INPUT_TASK_HEARTBEAT, task, WF_OUTCOME_ALIVE, NULL,
                     NULL)
          == WF_OK);
    CHECK_INT(wf_exec_due_ms(rig.exec) - rig.now_ms, 4000);
    rig.now_ms += 3500;
    CHECK(task_input(WF_INPUT_TASK_HEARTBEAT, task, WF_OUTCOME_ALIVE, NULL,
                     NULL)
          == WF_OK);
    CHECK_INT(wf_exec_due_ms(rig.exec) - rig.now_ms, 3500);
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_DECLINED);

    /* the task's own time: no heartbeat was missed, so nobody catches it */

    pass(4);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK(task_input(WF_INPUT_TASK_HEARTBEAT, task, WF_OUTCOME_ALIVE, NULL,
                     NULL)
          == WF_DECLINED);
    check_end(WF_STATUS_FAILED, NULL, "States.Timeout");
}


TEST(a_missed_heartbeat)
{
    begin("{\"StartAt\":\"T\",\"States\":{\"T\":{" TOKEN
          ",\"HeartbeatSeconds\":4,\"Catch\":[{"
          "\"ErrorEquals\":[\"States.HeartbeatTimeout\"],\"Next\":\"S\"}],"
          "\"End\":true},\"S\":{\"Type\":\"Succeed\"}}}", "{}");

    pass(4);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 TaskStateEntered;"
                              "3<2 TaskScheduled;4<3 TaskStarted;"
                              "5<4 TaskTimedOut;6<5 TaskStateExited;"
                              "7<6 SucceedStateEntered;"
                              "8<7 SucceedStateExited;"
                              "9<8 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED,
              "{\"Error\":\"States.Timeout\",\"Cause\":\"\"}", NULL);
}


TEST(activities)
{
    uint64_t  task;

    begin("{\"StartAt\":\"T\",\"States\":{\"T\":{\"Type\":\"Task\","
          "\"Resource\":\"arn:aws:states:us-east-1:1:activity:a\","
          "\"TimeoutSeconds\":9,\"End\":true}}}", "{\"a\":1}");

    task = rig.last_call;
    CHECK(answer(task, "{\"workerName\":\"w\"}") == WF_OK);
    CHECK(task_input(WF_INPUT_TASK_DONE, task, WF_OUTCOME_SUBMITTED, "{}",
                     NULL)
          == WF_OK);
    CHECK(answer(task, "{\"workerName\":\"v\"}") == WF_DECLINED);
    CHECK(task_input(WF_INPUT_TASK_REPORTED, task, WF_OUTCOME_SUCCEEDED,
                     "[1]", NULL)
          == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 TaskStateEntered;"
                              "3<2 ActivityScheduled;4<3 ActivityStarted;"
                              "5<4 ActivitySucceeded;6<5 TaskStateExited;"
                              "7<6 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED, "[1]", NULL);
}


#define JOB       "\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::"        \
                  "glue:startJobRun.sync\",\"Parameters\":{\"JobName\":"     \
                  "\"j\"}"

static wf_str_t  last_job;
static uint32_t  cancels;


static void
see_job(void *data, const wf_effect_t *effect)
{
    (void) data;

    last_job = wf_arena_copy(rig.arena, effect->job);
    cancels += effect->type == WF_EFFECT_CANCEL;
}


static wf_rc_t
submitted(uint64_t task)
{
    wf_input_t   input;
    wf_value_t  *job, *value;

    CHECK(wf_json_parse(rig.arena, wf_str("{\"Ask\":{\"Id\":\"r\"}}"), &job,
                        &rig.err) == WF_OK);
    CHECK(wf_json_parse(rig.arena, wf_str("{\"JobRunId\":\"r\"}"), &value,
                        &rig.err) == WF_OK);

    input = (wf_input_t) {
        .type = WF_INPUT_TASK_DONE, .now_ms = rig.now_ms,
        .random_seed = rig.seed, .task = task,
        .outcome = WF_OUTCOME_SUBMITTED, .value = value, .job = job
    };

    return rig_submit(&rig, &input);
}


static uint64_t
begin_job(const char *more)
{
    char  text[512];

    snprintf(text, sizeof(text), "{\"StartAt\":\"T\",\"States\":{\"T\":{" JOB
             "%s,\"End\":true}}}", more);
    begin(text, "{}");
    rig.effect = see_job;
    cancels = 0;
    CHECK(submitted(rig.last_call) == WF_OK);

    return rig.last_call;
}


/* The call is owed again, with what is asked by, until the job is over. */
TEST(jobs)
{
    uint64_t  task;

    task = begin_job(",\"TimeoutSeconds\":9");
    CHECK_INT(rig.call_count, 2);
    CHECK_STR(last_job, wf_str("{\"Ask\":{\"Id\":\"r\"}}"));
    CHECK_INT(rig.exec->owed_count, 1);
    CHECK(submitted(task) == WF_DECLINED);
    CHECK(answer(task, "{\"Id\":\"r\"}") == WF_OK);
    CHECK(answer(task, "{}") == WF_DECLINED);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 TaskStateEntered;"
                              "3<2 TaskScheduled;4<3 TaskStarted;"
                              "5<4 TaskSubmitted;6<5 TaskSucceeded;"
                              "7<6 TaskStateExited;8<7 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED, "{\"Id\":\"r\"}", NULL);
    CHECK_INT(cancels, 0);

    /* a bad end is no failure to submit it; a retry begins another */

    task = begin_job(",\"Retry\":[{\"ErrorEquals\":[\"E\"],"
                     "\"IntervalSeconds\":1,\"MaxAttempts\":1}]");
    CHECK(fail(task, "E") == WF_OK);
    pass(1);
    CHECK_INT(rig.call_count, 3);
    CHECK_STR(last_job, wf_str(""));
    CHECK(rig.last_call != task);
    CHECK(fail(rig.last_call, "E") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 TaskStateEntered;"
                              "3<2 TaskScheduled;4<3 TaskStarted;"
                              "5<4 TaskSubmitted;6<5 TaskFailed;"
                              "7<6 TaskScheduled;8<7 TaskStarted;"
                              "9<8 TaskSubmitFailed;10<9 ExecutionFailed;"));
    check_end(WF_STATUS_FAILED, NULL, "E");
}


/* Who gives it up says what is to be stopped. */
TEST(jobs_given_up)
{
    (void) begin_job(",\"TimeoutSeconds\":9");
    pass(9);
    CHECK_INT(cancels, 1);
    CHECK_STR(last_job, wf_str("{\"Ask\":{\"Id\":\"r\"}}"));
    check_end(WF_STATUS_FAILED, NULL, "States.Timeout");

    (void) begin_job("");
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK_INT(cancels, 1);
    CHECK_STR(last_job, wf_str("{\"Ask\":{\"Id\":\"r\"}}"));
    CHECK_INT(rig.exec->owed_count, 0);
    rig_close(&rig);
}


/* What runs beside it is left, innermost first. */
TEST(a_parallel_that_fails)
{
    uint64_t  task;

    begin("{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\","
          "\"Branches\":[{\"StartAt\":\"A\",\"States\":{\"A\":{" FUNCTION
          ",\"End\":true}}},{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":"
          "\"Wait\",\"Seconds\":9,\"End\":true}}},{\"StartAt\":\"Q\","
          "\"States\":{\"Q\":{\"Type\":\"Parallel\",\"Branches\":[{"
          "\"StartAt\":\"B\",\"States\":{\"B\":{" FUNCTION
          ",\"End\":true}}}],\"End\":true}}}],\"Catch\":[{\"ErrorEquals\":["
          "\"E\"],\"Next\":\"S\"}],\"End\":true},\"S\":{\"Type\":"
          "\"Succeed\"}}}", "{}");

    task = task_no(0);
    CHECK(fail(task, "E") == WF_OK);
    CHECK_INT(rig.cancel_count, 1);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 ParallelStateEntered;"
                              "3<2 ParallelStateStarted;4<3 TaskStateEntered;"
                              "5<4 LambdaFunctionScheduled;"
                              "6<5 LambdaFunctionStarted;"
                              "7<3 WaitStateEntered;"
                              "8<3 ParallelStateEntered;"
                              "9<8 ParallelStateStarted;"
                              "10<9 TaskStateEntered;"
                              "11<10 LambdaFunctionScheduled;"
                              "12<11 LambdaFunctionStarted;"
                              "13<6 LambdaFunctionFailed;"
                              "14<13 TaskStateAborted;"
                              "15<12 TaskStateAborted;"
                              "16<9 ParallelStateAborted;"
                              "17<7 WaitStateAborted;"
                              "18<13 ParallelStateFailed;"
                              "19<18 ParallelStateExited;"
                              "20<19 SucceedStateEntered;"
                              "21<20 SucceedStateExited;"
                              "22<21 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED, "{\"Error\":\"E\",\"Cause\":\"why\"}",
              NULL);
}


TEST(a_map_that_fails)
{
    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\","
          "\"ItemProcessor\":{\"StartAt\":\"A\",\"States\":{\"A\":{" FUNCTION
          ",\"End\":true}}},\"End\":true}}}", "[1,2]");

    CHECK(fail(task_no(1), "E") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 MapStateEntered;"
                              "3<2 MapStateStarted;4<3 MapIterationStarted;"
                              "5<3 MapIterationStarted;6<4 TaskStateEntered;"
                              "7<6 LambdaFunctionScheduled;"
                              "8<7 LambdaFunctionStarted;"
                              "9<5 TaskStateEntered;"
                              "10<9 LambdaFunctionScheduled;"
                              "11<10 LambdaFunctionStarted;"
                              "12<11 LambdaFunctionFailed;"
                              "13<8 TaskStateAborted;"
                              "14<8 MapIterationAborted;"
                              "15<12 MapIterationFailed;"
                              "16<12 MapStateFailed;"
                              "17<16 ExecutionFailed;"));
    check_end(WF_STATUS_FAILED, NULL, "E");
}


/* A fault is an error like others for who catches it; of the catch: not. */
TEST(faults_of_expressions)
{
    begin("{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"T\",\"States\":{"
          "\"T\":{" FUNCTION ",\"Arguments\":\"{% $nothing %}\",\"Retry\":[{"
          "\"ErrorEquals\":[\"States.QueryEvaluationError\"],"
          "\"MaxAttempts\":1}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],"
          "\"Output\":\"{% $states.errorOutput.Error %}\",\"Assign\":{\"x\":"
          "\"{% $states.input %}\"},\"Next\":\"U\"}],\"End\":true},\"U\":{"
          FUNCTION ",\"Arguments\":\"{% $x.n %}\",\"Catch\":[{"
          "\"ErrorEquals\":[\"States.ALL\"],\"Output\":\"{% $none %}\","
          "\"Next\":\"U\"}],\"End\":true}}}", "{\"n\":1}");

    pass(1);
    CHECK_STR(rig.last_params, wf_str("1"));
    CHECK(fail(rig.last_call, "E") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 TaskStateEntered;"
                              "3<2 EvaluationFailed;4<3 EvaluationFailed;"
                              "5<4 TaskStateExited;6<5 TaskStateEntered;"
                              "7<6 LambdaFunctionScheduled;"
                              "8<7 LambdaFunctionStarted;"
                              "9<8 LambdaFunctionFailed;"
                              "10<9 EvaluationFailed;"
                              "11<10 ExecutionFailed;"));
    check_end(WF_STATUS_FAILED, NULL, "States.QueryEvaluationError");
}


TEST(nothing_catches_the_interpreter)
{
    begin("{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\","
          "\"Branches\":[{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":"
          "\"Pass\",\"InputPath\":\"$.no\",\"End\":true}}}],\"Catch\":[{"
          "\"ErrorEquals\":[\"States.Runtime\"],\"Next\":\"S\"},{"
          "\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"S\"}],\"End\":true},"
          "\"S\":{\"Type\":\"Succeed\"}}}", "{}");
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 ParallelStateEntered;"
                              "3<2 ParallelStateStarted;4<3 PassStateEntered;"
                              "5<4 ExecutionFailed;"));
    check_end(WF_STATUS_FAILED, NULL, "States.Runtime");
}


TEST(no_choice)
{
    begin("{\"StartAt\":\"C\",\"States\":{\"C\":{\"Type\":\"Choice\","
          "\"Choices\":[{\"Variable\":\"$.a\",\"NumericEquals\":1,\"Next\":"
          "\"S\"}]},\"S\":{\"Type\":\"Succeed\"}}}", "{\"a\":2}");
    check_end(WF_STATUS_FAILED, NULL, "States.NoChoiceMatched");
}


TEST(time_outs_say_nothing)
{
    begin("{\"TimeoutSeconds\":3,\"StartAt\":\"W\",\"States\":{\"W\":{"
          "\"Type\":\"Wait\",\"Seconds\":9,\"End\":true}}}", "\"x\"");
    pass(3);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 WaitStateEntered;"
                              "3<0 ExecutionTimedOut;"));
    CHECK_INT(rig.exec->error_cause.len, 0);
    check_end(WF_STATUS_TIMED_OUT, NULL, "");
}


/* Anything from now to the whole pause. */
TEST(jitter)
{
    int64_t  pause_ms;

    begin("{\"StartAt\":\"T\",\"States\":{\"T\":{" FUNCTION ",\"Retry\":[{"
          "\"ErrorEquals\":[\"States.TaskFailed\"],\"IntervalSeconds\":1000,"
          "\"JitterStrategy\":\"FULL\"}],\"End\":true}}}", "{}");
    CHECK(fail(rig.last_call, "E") == WF_OK);
    pause_ms = wf_exec_due_ms(rig.exec) - rig.now_ms;
    CHECK(pause_ms >= 0 && pause_ms <= 1000000 && pause_ms % 1000 != 0);
    rig_close(&rig);
}


TEST(history_has_an_end)
{
    begin("{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"Next\":"
          "\"B\"},\"B\":{\"Type\":\"Choice\",\"Choices\":[{\"Variable\":"
          "\"$.n\",\"IsPresent\":false,\"Next\":\"A\"}],\"Default\":\"S\"},"
          "\"S\":{\"Type\":\"Succeed\"}}}", "{}");
    rig.is_quick = true;
    rig_run(&rig);
    rig_compare(&rig);
    CHECK_INT(rig.exec->codec.event_id, 25000);
    check_end(WF_STATUS_FAILED, NULL, "States.Runtime");
}


/* What is too large can be caught where it came from a task. */
TEST(too_much_data)
{
    size_t     i;
    wf_buf_t   buf;

    begin("{\"StartAt\":\"T\",\"States\":{\"T\":{" FUNCTION ",\"Catch\":[{"
          "\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":null,\"Next\":"
          "\"S\"}],\"End\":true},\"S\":{\"Type\":\"Succeed\"}}}", "{\"n\":1}");

    wf_buf_init(&buf, rig.arena, 300000);
    wf_buf_byte(&buf, '"');

    for (i = 0; i < 262143; i++) {
        wf_buf_byte(&buf, 'x');
    }

    wf_buf_text(&buf, "\"\0");
    CHECK(answer(rig.last_call, (const char *) buf.data) == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "{\"n\":1}", NULL);
}


TEST(any_input)
{
    begin("{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":"
          "true}}}", "null");
    check_end(WF_STATUS_SUCCEEDED, "null", NULL);
}


/*
 * Map runs
 */

#define RUN  "\"Type\":\"Map\",\"ItemProcessor\":{\"ProcessorConfig\":{"      \
             "\"Mode\":\"DISTRIBUTED\",\"ExecutionType\":\"STANDARD\"},"      \
             "\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\","        \
             "\"End\":true}}},\"End\":true"
#define READER  "\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:"         \
                "getObject\",\"Parameters\":{\"Bucket\":\"b\",\"Key.$\":"     \
                "\"$.k\"},\"ReaderConfig\":{\"InputType\":\"JSON\","          \
                "\"MaxItems\":2}}"
#define WRITER  "\"ResultWriter\":{\"Resource\":\"arn:aws:states:::s3:"       \
                "putObject\",\"Parameters\":{\"Bucket\":\"b\"}}"


TEST(a_map_run_reads_and_writes)
{
    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN "," READER "," WRITER
          ",\"ItemSelector\":{\"v.$\":\"$$.Map.Item.Value\",\"i.$\":"
          "\"$$.Map.Item.Index\"}}}}", "{\"k\":\"x\"}");

    CHECK_STR(rig.last_params, wf_str("{\"Resource\":\"arn:aws:states:::s3:"
                                      "getObject\",\"Parameters\":{\"Bucket\""
                                      ":\"b\",\"Key\":\"x\"},\"ReaderConfig\""
                                      ":{\"InputType\":\"JSON\",\"MaxItems\":"
                                      "2},\"MaxItems\":2}"));
    CHECK(answer(rig.last_call, "[\"a\",\"b\",\"c\"]") == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 2);
    CHECK_STR(rig.last_params, wf_str("{\"v\":\"b\",\"i\":1}"));
    CHECK(answer(task_no(0), "1") == WF_OK);
    CHECK(answer(rig.last_call, "2") == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK(strstr((const char *) rig.last_params.data,
                 "\"Results\":[1,2]") != NULL);
    CHECK(answer(rig.last_call, "{\"Bucket\":\"b\",\"Key\":\"k\"}") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 MapStateEntered;"
                              "3<2 MapStateStarted;4<3 MapRunStarted;"
                              "5<4 MapRunSucceeded;6<5 MapStateSucceeded;"
                              "7<4 MapStateExited;8<7 ExecutionSucceeded;"));
    CHECK_STR(rig_json(&rig, wf_value_get(rig.exec->output,
                                          wf_str("ResultWriterDetails"))),
              wf_str("{\"Bucket\":\"b\",\"Key\":\"k\"}"));
    check_end(WF_STATUS_SUCCEEDED, NULL, NULL);
}


TEST(a_reader_that_fails)
{
    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN "," READER ",\"Catch\""
          ":[{\"ErrorEquals\":[\"States.ItemReaderFailed\"],\"Next\":\"S\"}]"
          "},\"S\":{\"Type\":\"Succeed\"}}}", "{\"k\":\"x\"}");
    CHECK(fail(rig.last_call, "S3.NoSuchKey") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 MapStateEntered;"
                              "3<2 MapStateStarted;4<3 MapRunStarted;"
                              "5<4 MapRunFailed;6<5 MapStateFailed;"
                              "7<6 MapStateExited;8<7 SucceedStateEntered;"
                              "9<8 SucceedStateExited;"
                              "10<9 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED, NULL, NULL);
}


/* {"k":[[...]]}, so deep that nothing may be around it. */
static const char *
deep_input(void)
{
    size_t       i;
    static char  text[2 * WF_DEPTH_MAX + 8];

    strcpy(text, "{\"k\":");

    for (i = 1; i < WF_DEPTH_MAX; i++) {
        strcat(text, "[");
    }

    for (i = 1; i < WF_DEPTH_MAX; i++) {
        strcat(text, "]");
    }

    return strcat(text, "}");
}


/* What is recorded has to be read again (the rig does). */
TEST(too_deep)
{
    begin("{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\","
          "\"InputPath\":\"$$\",\"OutputPath\":\"$.State.Name\",\"End\":true}}}",
          deep_input());
    check_end(WF_STATUS_FAILED, NULL, "States.DataLimitExceeded");

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN ",\"ItemReader\":{"
          "\"Resource\":\"arn:aws:states:::s3:getObject\",\"Parameters\":{"
          "\"Bucket\":\"b\",\"Key.$\":\"$.k\"}}}}}", deep_input());
    check_end(WF_STATUS_FAILED, NULL, "States.DataLimitExceeded");

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN ",\"ItemsPath\":"
          "\"$.k\",\"ResultWriter\":{\"Resource\":\"arn:aws:states:::s3:"
          "putObject\",\"Parameters\":{\"Bucket.$\":\"$.k\"}}}}}",
          deep_input());
    CHECK(answer(task_no(0), "1") == WF_OK);
    check_end(WF_STATUS_FAILED, NULL, "States.DataLimitExceeded");
}


/* What is read may be more than the selector can take. */
TEST(a_selector_that_fails_behind_a_reader)
{
    begin("{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"
          RUN ",\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:getObject\","
          "\"Arguments\":{\"Bucket\":\"b\"}},\"ItemSelector\":\"{% "
          "$sum($states.context.Map.Item.Value) %}\",\"Catch\":[{"
          "\"ErrorEquals\":[\"States.QueryEvaluationError\"],\"Next\":\"S\"}]},"
          "\"S\":{\"Type\":\"Succeed\"}}}", "{}");
    CHECK(answer(rig.last_call, "[1,\"x\"]") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 MapStateEntered;"
                              "3<2 MapStateStarted;4<3 MapRunStarted;"
                              "5<4 EvaluationFailed;6<5 MapStateFailed;"
                              "7<6 MapStateExited;8<7 SucceedStateEntered;"
                              "9<8 SucceedStateExited;"
                              "10<9 ExecutionSucceeded;"));
    CHECK_INT(rig.exec->tasks.live, 0);
    CHECK_INT(rig.exec->map_runs->run.status, WF_STATUS_FAILED);
    check_end(WF_STATUS_SUCCEEDED, NULL, NULL);

    /* of JSONPath it is the interpreter's own */

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN "," READER
          ",\"ItemSelector\":{\"v.$\":\"$$.Map.Item.Value.x\"}}}}",
          "{\"k\":\"x\"}");
    CHECK(answer(rig.last_call, "[1]") == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 0);
    check_end(WF_STATUS_FAILED, NULL, "States.Runtime");
}


/* More children than a run may have, in less bytes than it may have. */
TEST(too_many_items)
{
    wf_buf_t  list;
    uint32_t  i;

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN ",\"ItemReader\":{"
          "\"Resource\":\"arn:aws:states:::s3:getObject\",\"Parameters\":{"
          "\"Bucket\":\"b\"}}}}}", "{}");
    wf_buf_init(&list, rig.arena, 0);

    for (i = 0; i <= WF_MAP_RUN_ITEMS_MAX; i++) {
        wf_buf_str(&list, i ? wf_str(",1") : wf_str("[1"));
    }

    wf_buf_text(&list, "]");
    wf_buf_byte(&list, '\0');
    CHECK(answer(rig.last_call, (const char *) list.data) == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 0);
    check_end(WF_STATUS_FAILED, NULL, "States.DataLimitExceeded");
}


TEST(too_many_failures)
{
    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN
          ",\"ToleratedFailureCount\":1}}}", "[1,2,3]");
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_RUNNING);
    CHECK(fail(task_no(1), "E") == WF_OK);
    CHECK_INT(rig.cancel_count, 1);
    check_end(WF_STATUS_FAILED, NULL,
              "States.ExceedToleratedFailureThreshold");
}


/*
 * Redrives
 */

#define TWO  "{\"StartAt\":\"X\",\"States\":{\"X\":{\"Type\":\"Pass\","       \
             "\"Assign\":{\"v\":7},\"Next\":\"P\"},\"P\":{\"Type\":"          \
             "\"Parallel\",\"Branches\":[{\"StartAt\":\"A\",\"States\":{"     \
             "\"A\":{" FUNCTION ",\"End\":true}}},{\"StartAt\":\"N\","        \
             "\"States\":{\"N\":{\"Type\":\"Map\",\"ItemProcessor\":{"        \
             "\"StartAt\":\"B\",\"States\":{\"B\":{" FUNCTION ",\"Parameters" \
             "\":{\"v.$\":\"$v\",\"i.$\":\"$\"},\"End\":true}}},\"End\":true" \
             "}}}],\"End\":true}}}"


static wf_rc_t
redrive(void)
{
    return rig_input(&rig, WF_INPUT_REDRIVE);
}


/* What has succeeded is not done again, however deep what failed is. */
TEST(a_redrive_goes_on)
{
    begin(TWO, "[1,2]");
    CHECK(redrive() == WF_DECLINED);
    CHECK_INT(rig.exec->tasks.live, 3);
    CHECK(answer(task_no(0), "\"a\"") == WF_OK);
    CHECK(answer(task_no(0), "\"b0\"") == WF_OK);
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK_STR(rig.exec->error, wf_str("E"));

    rig.now_ms += 60000;
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_RUNNING);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK_STR(rig.last_params, wf_str("{\"v\":7,\"i\":2}"));
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    rig_compare(&rig);
    CHECK(fail(rig.last_call, "F") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->redrive_count, 2);
    CHECK(answer(rig.last_call, "\"b1\"") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "[\"a\",[\"b0\",\"b1\"]]", NULL);
}


TEST(a_redrive_of_what_was_stopped)
{
    begin(TWO, "[1]");
    CHECK(answer(task_no(0), "\"a\"") == WF_OK);
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_STOPPED);
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK(answer(rig.last_call, "\"b\"") == WF_OK);
    CHECK(redrive() == WF_DECLINED);
    check_end(WF_STATUS_SUCCEEDED, "[\"a\",[\"b\"]]", NULL);
}


TEST(a_redrive_of_a_fail_state)
{
    begin("{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"Next\":"
          "\"F\"},\"F\":{\"Type\":\"Fail\",\"Error\":\"E\"}}}", "{}");
    CHECK(redrive() == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 PassStateEntered;"
                              "3<2 PassStateExited;4<3 FailStateEntered;"
                              "5<4 ExecutionFailed;6<5 ExecutionRedriven;"
                              "7<6 ExecutionFailed;"));
    check_end(WF_STATUS_FAILED, NULL, "E");
}


/* What is caught is forgotten: a later redrive does not wake it. */
TEST(a_redrive_behind_a_catch)
{
    begin("{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\","
          "\"Branches\":[{\"StartAt\":\"A\",\"States\":{\"A\":{" FUNCTION
          ",\"End\":true}}},{\"StartAt\":\"B\",\"States\":{\"B\":{" FUNCTION
          ",\"End\":true}}}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],"
          "\"Next\":\"T\"}],\"End\":true},\"T\":{" FUNCTION
          ",\"End\":true}}}", "{}");
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->branches.live, 0);
    CHECK(fail(rig.last_call, "F") == WF_OK);
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK(answer(rig.last_call, "1") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "1", NULL);
}


/* The children that succeeded keep their results; the others go on, in their
 * order, then what had not begun. */
TEST(a_redrive_of_a_map_run)
{
    const wf_map_run_t  *map_run;

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN
          ",\"MaxConcurrency\":2}}}", "[1,2,3,4]");
    CHECK(answer(task_no(0), "10") == WF_OK);
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    map_run = &rig.exec->map_runs->run;
    CHECK_INT(map_run->aborted, 2);

    rig.now_ms += 60000;
    CHECK(redrive() == WF_OK);
    map_run = &rig.exec->map_runs->run;
    CHECK(rig.exec->map_runs->next == NULL);
    CHECK_INT(map_run->status, WF_STATUS_RUNNING);
    CHECK_INT(map_run->redrive_count, 1);
    CHECK_INT(map_run->redriven_ms, rig.now_ms);
    CHECK_INT(map_run->running, 2);
    CHECK_INT(map_run->pending_redrive, 0);
    CHECK_INT(map_run->pending, 1);
    CHECK_INT(map_run->failed + map_run->aborted, 0);
    CHECK_INT(rig.exec->tasks.live, 2);
    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    rig_compare(&rig);

    CHECK(task_input(WF_INPUT_TASK_REPORTED, task_no(1), WF_OUTCOME_FAILED,
                     NULL, "E")
          == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    map_run = &rig.exec->map_runs->run;
    CHECK_INT(map_run->failed, 1);
    CHECK_INT(map_run->not_redrivable, 0);
    CHECK_INT(map_run->aborted, 2);
    CHECK(redrive() == WF_OK);
    CHECK(answer(task_no(0), "20") == WF_OK);
    CHECK(answer(task_no(0), "30") == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK_STR(rig.last_params, wf_str("4"));
    CHECK(answer(rig.last_call, "40") == WF_OK);
    CHECK_STR(shape(), wf_str("1<0 ExecutionStarted;2<0 MapStateEntered;"
                              "3<2 MapStateStarted;4<3 MapRunStarted;"
                              "5<4 MapRunFailed;6<5 MapStateFailed;"
                              "7<6 ExecutionFailed;8<7 ExecutionRedriven;"
                              "9<8 MapRunRedriven;10<9 MapRunFailed;"
                              "11<10 MapStateFailed;12<11 ExecutionFailed;"
                              "13<12 ExecutionRedriven;14<13 MapRunRedriven;"
                              "15<14 MapRunSucceeded;16<15 MapStateSucceeded;"
                              "17<14 MapStateExited;"
                              "18<17 ExecutionSucceeded;"));
    check_end(WF_STATUS_SUCCEEDED, "[10,20,30,40]", NULL);
}


/* One that was given up with its branch goes on as well; one that is stopped
 * once more before it could is not lost. */
TEST(a_redrive_of_a_map_run_in_a_branch)
{
    const wf_map_run_t  *map_run;

    begin("{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\","
          "\"Branches\":[{\"StartAt\":\"X\",\"States\":{\"X\":{" FUNCTION
          ",\"End\":true}}},{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN
          "}}}],\"End\":true}}}", "[1,2]");
    CHECK_INT(rig.exec->tasks.live, 3);
    CHECK(answer(task_no(1), "10") == WF_OK);
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    map_run = &rig.exec->map_runs->run;
    CHECK_INT(map_run->status, WF_STATUS_STOPPED);
    CHECK_INT(map_run->aborted, 1);

    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 2);
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 2);
    map_run = &rig.exec->map_runs->run;
    CHECK(rig.exec->map_runs->next == NULL);
    CHECK_INT(map_run->redrive_count, 2);
    CHECK_INT(map_run->succeeded, 1);
    CHECK_INT(map_run->running, 1);
    CHECK(answer(task_no(0), "\"x\"") == WF_OK);
    CHECK(answer(task_no(0), "20") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "[\"x\",[10,20]]", NULL);
}


/* What cannot go on has failed for good, and counts as that. */
TEST(a_redrive_of_a_child_that_cannot)
{
    const wf_map_run_t  *map_run;

    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN
          ",\"ToleratedFailureCount\":1}}}", "[1,2]");
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK(fail(task_no(0), "E") == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK(redrive() == WF_OK);
    CHECK(fail(task_no(0), "FnF.ExecutionNotRedrivable") == WF_OK);
    map_run = &rig.exec->map_runs->run;
    CHECK_INT(map_run->not_redrivable, 1);
    CHECK_INT(map_run->failed, 1);
    CHECK_INT(rig.exec->status, WF_STATUS_RUNNING);
    CHECK(answer(task_no(0), "20") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "[null,20]", NULL);
}


/* Stopped while it wrote, or read: it writes again, it begins anew. */
TEST(a_redrive_of_calls_of_a_run)
{
    begin("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN "," READER ","
          WRITER "}}}", "{\"k\":\"x\"}");
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK(redrive() == WF_OK);
    CHECK(rig.exec->map_runs->next != NULL);
    CHECK(answer(rig.last_call, "[1]") == WF_OK);
    CHECK(answer(rig.last_call, "10") == WF_OK);
    CHECK(strstr((const char *) rig.last_params.data, "\"Results\":[10]")
          != NULL);
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK(redrive() == WF_OK);
    CHECK_INT(rig.exec->tasks.live, 1);
    CHECK(strstr((const char *) rig.last_params.data, "\"Results\":[10]")
          != NULL);
    CHECK(answer(rig.last_call, "{\"Bucket\":\"b\",\"Key\":\"k\"}")
          == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, NULL, NULL);
}


/*
 * Memory
 */

TEST(torture)
{
    wf_input_t  input;

    rig_open(&rig, wf_str(TWO));
    rig.identity.flow_name = wf_str("sfn/us-east-1/1/m");
    input = rig_start_input(&rig, "[1,2]");
    CHECK(rig_torture(&rig, &input) >= 10);
    CHECK(fail(task_no(0), "E") == WF_OK);
    input = (wf_input_t) {
        .type = WF_INPUT_REDRIVE, .now_ms = rig.now_ms, .random_seed = 1
    };
    CHECK(rig_torture(&rig, &input) >= 5);
    rig_close(&rig);

    rig_open(&rig, wf_str("{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"P\","
                          "\"States\":{\"P\":{\"Type\":\"Pass\",\"Assign\":{"
                          "\"v\":\"{% $states.context %}\"},\"Output\":"
                          "\"{% {'n': $states.input.n} %}\",\"Next\":\"Q\"},"
                          "\"Q\":{\"Type\":\"Pass\",\"Output\":"
                          "\"{% $none %}\",\"End\":true}}}"));
    rig.identity.flow_name = wf_str("sfn/us-east-1/1/m");
    input = rig_start_input(&rig, "{\"n\":1}");
    CHECK(rig_torture(&rig, &input) >= 10);
    rig_close(&rig);

    rig_open(&rig, wf_str("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN ","
                          READER "," WRITER "}}}"));
    rig.identity.flow_name = wf_str("sfn/us-east-1/1/m");
    input = rig_start_input(&rig, "{\"k\":1}");
    CHECK(rig_torture(&rig, &input) >= 10);
    rig_close(&rig);

    rig_open(&rig, wf_str("{\"StartAt\":\"M\",\"States\":{\"M\":{" RUN "}}}"));
    rig.identity.flow_name = wf_str("sfn/us-east-1/1/m");
    input = rig_start_input(&rig, "[1,2]");
    CHECK(rig_torture(&rig, &input) >= 10);
    CHECK(fail(task_no(0), "E") == WF_OK);
    input = (wf_input_t) {
        .type = WF_INPUT_REDRIVE, .now_ms = rig.now_ms, .random_seed = 1
    };
    CHECK(rig_torture(&rig, &input) >= 2);
    CHECK_INT(rig.exec->tasks.live, 2);
    rig_close(&rig);
}


/* asl: retries and iterations alike; what is replayed has the same number. */
TEST(calls_of_a_test_case_are_counted)
{
    uint32_t    i;
    wf_input_t  input;

    rig_open(&rig, wf_str("{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":"
             "\"Map\",\"MaxConcurrency\":1,\"Iterator\":{\"StartAt\":\"A\","
             "\"States\":{\"A\":{" FUNCTION ",\"Retry\":[{\"ErrorEquals\":["
             "\"States.ALL\"],\"IntervalSeconds\":1}],\"End\":true}}},"
             "\"Next\":\"B\"},\"B\":{" FUNCTION ",\"End\":true}}}"));
    input = rig_start_input(&rig, "[1,2,3]");
    input.test_case = wf_str("C");
    CHECK(rig_submit(&rig, &input) == WF_OK);
    CHECK_STR(rig.last_test_case, wf_str("C"));
    CHECK_INT(rig.last_call_no, 0);
    CHECK(fail(rig.last_call, "E") == WF_OK);
    pass(1);

    for (i = 1; i <= 3; i++) {
        CHECK_STR(rig.last_test_case, wf_str("C"));
        CHECK_INT(rig.last_call_no, i);
        CHECK(wf_exec_compact(rig.exec) == WF_OK);
        rig_compare(&rig);
        CHECK(answer(rig.last_call, "1") == WF_OK);
    }

    CHECK_INT(rig.last_call_no, 0);
    CHECK(answer(rig.last_call, "\"b\"") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "\"b\"", NULL);
}


TEST(no_retry_without_a_mock)
{
    wf_input_t  input;

    rig_open(&rig, wf_str("{\"StartAt\":\"A\",\"States\":{\"A\":{" FUNCTION
             ",\"Retry\":[{\"ErrorEquals\":[\"States.Runtime\"]},{"
             "\"ErrorEquals\":[\"States.ALL\"]}],\"Catch\":[{\"ErrorEquals"
             "\":[\"States.ALL\"],\"Next\":\"S\"}],\"End\":true},\"S\":{"
             "\"Type\":\"Succeed\"}}}"));
    input = rig_start_input(&rig, "{}");
    input.test_case = wf_str("C");
    CHECK(rig_submit(&rig, &input) == WF_OK);
    CHECK(fail(rig.last_call, "States.Runtime") == WF_OK);
    check_end(WF_STATUS_FAILED, NULL, "States.Runtime");
}


TEST(without_a_test_case_no_call_is_counted)
{
    begin("{\"StartAt\":\"A\",\"States\":{\"A\":{" FUNCTION
          ",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"]}],\"End\":true}}}",
          "{}");
    CHECK(fail(rig.last_call, "E") == WF_OK);
    pass(1);
    CHECK_INT(rig.last_test_case.len, 0);
    CHECK_INT(rig.last_call_no, 0);
    CHECK(rig.exec->call_counts == NULL);
    CHECK(answer(rig.last_call, "1") == WF_OK);
    check_end(WF_STATUS_SUCCEEDED, "1", NULL);
}


UNIT_MAIN()
