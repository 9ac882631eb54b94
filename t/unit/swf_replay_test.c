
/*
 * Runs of Amazon SWF, again from their chunks: lives of random inputs, what is
 * owed after a crash, histories that nobody wrote, no memory.
 */

#include "expr/random.h"
#include "swf_rig.h"


static swf_rig_t  swf;


/* One of each, where the shapes allow it. */
#define EVERY                                                                 \
    D_ACTIVITY("a%", ",\"scheduleToStartTimeout\":\"7\",\"input\":\"iiiii\"," \
               "\"heartbeatTimeout\":\"4\"")                                  \
    "," D_ACTIVITY("b%", "") "," D_CANCELING("b%") "," D_CANCELING("none")    \
    "," D_TIMER("t%", "3") "," D_CANCEL_TIMER("t%") "," D_TIMER("u%", "5")    \
    "," D_MARKER("m") "," D_CHILD("k%", ",\"control\":\"c\"") ","             \
    D_SIGNAL("s%", "n", ",\"input\":\"i\"") "," D_REQUEST("s%", "") ","       \
    D_LAMBDA("l%", "fn", ",\"startToCloseTimeout\":\"6\"") ","                \
    D_LAMBDA("l%", "fn", "")

#define WITH_ROLE                                                             \
    "{\"executionStartToCloseTimeout\":\"600\",\"taskStartToCloseTimeout\":"  \
    "\"60\",\"childPolicy\":\"TERMINATE\",\"taskList\":{\"name\":\"dl\"},"    \
    "\"workflowType\":{\"name\":\"wf\",\"version\":\"1\"},\"lambdaRole\":"    \
    "\"role\",\"parentWorkflowExecution\":{\"workflowId\":\"p\",\"runId\":"   \
    "\"P\"},\"parentInitiatedEventId\":3}"


/* The number in place of each %. */
static const char *
numbered(const char *text, uint64_t number)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, swf.rig.arena, 0);

    for ( /* void */ ; *text; text++) {
        if (*text == '%') {
            wf_buf_uint(&buf, number);

        } else {
            wf_buf_byte(&buf, (uint8_t) *text);
        }
    }

    wf_buf_byte(&buf, 0);

    return (const char *) buf.data;
}


/*
 * Random lives
 */

static const char *const  decisions[] = {
    EVERY, D_ACTIVITY("a%", ""), D_CANCELING("a%"), D_TIMER("t%", "0"),
    D_CANCEL_TIMER("t%"), D_CHILD("k%", ""), D_LAMBDA("l%", "fn", ""),
    D_SIGNAL("w%", "n", ""), "",
    D_MARKER("m") "," D_TIMER("x", "2") "," D_TIMER("x", "2")
};

static const struct {
    wf_swf_kind_t  kind;
    const char    *value;
} words[] = {
    { WF_SWF_SIGNAL, "{\"signalName\":\"s\",\"input\":\"%\"}" },
    { WF_SWF_SIGNAL, "{\"signalName\":\"s\",\"externalWorkflowExecution\":{"
      "\"workflowId\":\"x\",\"runId\":\"X\"},\"externalInitiatedEventId\":%}" },
    { WF_SWF_CANCEL, "{}" },
    { WF_SWF_COMPLETED, "{\"result\":\"%\"}" },
    { WF_SWF_FAILED, "{\"reason\":\"%\"}" },
    { WF_SWF_CANCELED, "{}" },
    { WF_SWF_HEARTBEAT, "{\"details\":\"%\"}" },
    { WF_SWF_ANSWER, "{\"runId\":\"%\"}" },
    { WF_SWF_ANSWER, "{\"cause\":\"OPERATION_NOT_PERMITTED\"}" },
    { WF_SWF_CLOSED, "{\"initiatedEventId\":%,\"workflowExecution\":{"
      "\"workflowId\":\"k\",\"runId\":\"K\"},\"event\":"
      "\"ChildWorkflowExecutionCompleted\"}" }
};


/* Any event's number; of one that is open, as often as not. */
static uint64_t
any_number(uint64_t *state)
{
    return wf_random_next(state)
           % wf_max(swf.rig.exec->codec.event_id, 1) + 1;
}


static wf_rc_t
random_word(uint64_t *state)
{
    size_t    i;
    uint64_t  no;

    i = wf_random_next(state) % wf_countof(words);
    no = any_number(state);

    return swf_say(&swf, words[i].kind, no, numbered(words[i].value, no));
}


static wf_rc_t
random_input(uint64_t *state)
{
    uint32_t           i;
    wf_rc_t            rc;
    const char        *text;
    const wf_exec_t   *exec;

    static const wf_outcome_t  outcomes[] = {
        WF_OUTCOME_SUBMITTED, WF_OUTCOME_SUBMITTED, WF_OUTCOME_SUCCEEDED,
        WF_OUTCOME_FAILED
    };

    exec = swf.rig.exec;

    switch (wf_random_next(state) % 4) {

    case 0:
        return swf_time(&swf, (int64_t) (wf_random_next(state) % 3000));

    case 1:
        return random_word(state);

    case 2:
        i = wf_random_next(state) % wf_countof(decisions);
        text = numbered(decisions[i], wf_random_next(state) % 8);

        for (i = 1; i <= exec->codec.event_id; i++) {
            if (wf_swf_has_decision(exec, i)) {
                return swf_answer(&swf, i, text);
            }
        }

        /* fall through */

    default:
        rc = WF_DECLINED;

        for (i = 1; i <= exec->codec.event_id && rc == WF_DECLINED; i++) {
            if (wf_swf_owes_task(exec, i)) {
                rc = swf_done(&swf, i, outcomes[wf_random_next(state) % 4],
                              "{\"workerName\":\"me\"}");
            }
        }

        return rc;
    }
}


TEST(random_lives)
{
    unsigned  life, turn, moved;
    uint64_t  state;

    moved = 0;

    for (life = 1; life <= 30; life++) {
        swf_open(&swf);
        state = life;
        swf_start(&swf, WITH_ROLE);

        for (turn = 0; turn < 150
                       && swf.rig.exec->status == WF_STATUS_RUNNING; turn++)
        {
            swf.rig.seed = wf_random_next(&state);
            moved += random_input(&state) == WF_OK;

            switch (wf_random_next(&state) % 8) {

            case 0:
                CHECK(wf_exec_compact(swf.rig.exec) == WF_OK);
                break;

            case 1:                     /* a crash */
                wf_exec_free(swf.rig.exec);
                swf.rig.exec = rig_replay(&swf.rig, swf.rig.chunk_count);
                (void) rig_owes(&swf.rig);
                break;

            default:
                break;
            }

            wf_exec_check(swf.rig.exec, true);
        }

        (void) swf_say(&swf, WF_SWF_TERMINATE, 0, "{}");
        CHECK(wf_status_is_final(swf.rig.exec->status));
        swf_close(&swf);
    }

    CHECK(moved > 1000);
}


/*
 * What is owed
 */

static uint32_t
resume(wf_effect_t *effects, uint32_t size)
{
    uint32_t            count;
    wf_step_t           step;
    const wf_effect_t  *effect;

    wf_step_init(&step, swf.rig.arena);
    CHECK(wf_engine_resume(swf.rig.exec, swf.rig.program, &swf.rig.identity,
                           &step, &swf.rig.err) == WF_OK);
    CHECK(!step.wants_continue);
    count = 0;

    for (effect = step.effects; effect; effect = effect->next) {
        if (count < size) {
            effects[count] = *effect;
        }

        count++;
    }

    return count;
}


TEST(owed)
{
    wf_effect_t  effects[4];

    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    CHECK_INT(resume(effects, 4), 1);
    CHECK(!effects[0].is_started);
    CHECK_INT(effects[0].seq, 2);
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);

    /* started, and not handed over: that again, not an offer */

    CHECK_INT(resume(effects, 4), 1);
    CHECK(effects[0].is_started);
    CHECK_INT(effects[0].seq, 3);
    CHECK_STR(effects[0].token, wf_str("token-1"));
    CHECK(swf_done(&swf, 2, WF_OUTCOME_SUBMITTED, "{}") == WF_OK);
    CHECK_INT(resume(effects, 4), 0);

    CHECK(swf_answer(&swf, 2, D_ACTIVITY("a", ",\"input\":\"i\"") ","
                     D_LAMBDA("l", "fn", ",\"input\":\"1\"") ","
                     D_TIMER("t", "9") "," D_CHILD("k", "")) == WF_OK);
    CHECK_INT(swf.effect_count, 3);
    wf_exec_free(swf.rig.exec);
    swf.rig.exec = rig_replay(&swf.rig, swf.rig.chunk_count);

    /* messages are the outbox's */

    CHECK_INT(resume(effects, 4), 2);
    CHECK_STR(effects[0].resource, wf_str("swf/us-east-1/123/d\1a\1al"));
    CHECK_STR(effects[1].resource,
              wf_str("arn:aws:lambda:us-east-1:123:function:fn"));
    CHECK_STR(effects[1].params, wf_str("1"));

    /* and after the end nothing */

    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, "{}") == WF_OK);
    CHECK_INT(resume(effects, 4), 0);
    swf_close(&swf);
}


/*
 * Histories that nobody wrote
 */

#define EVENT(type, json)  { WF_EVENT_SWF_##type, 0, json }
#define HIDDEN(type, task, json)  { WF_EVENT_SWF_##type, task, json }

typedef struct {
    uint8_t      type;
    uint64_t     task;
    const char  *json;
} forged_t;


/* Replays what was sealed plus this one. */
static wf_rc_t
forge(const forged_t *forged)
{
    wf_rc_t     rc;
    wf_buf_t    events, chunk;
    wf_exec_t  *exec;
    wf_event_t  event;
    wf_codec_t  codec;

    exec = rig_replay(&swf.rig, swf.rig.chunk_count);
    codec = exec->codec;
    event = (wf_event_t) {
        .type = forged->type,
        .seq = codec.seq + 1,
        .event_id = wf_event_rpc_name(forged->type)[0] ? codec.event_id + 1
                                                       : 0,
        .cause_id = codec.event_id,
        .time_ms = codec.time_ms,
        .task = forged->task,
        .input = swf_json(&swf, forged->json),
        .error = wf_str("RUN")
    };

    wf_buf_init(&events, swf.rig.arena, 0);
    wf_buf_init(&chunk, swf.rig.arena, 0);
    wf_event_encode(&events, &codec, &event);
    wf_chunk_seal(&chunk, wf_buf_done(&events), 1);
    rc = wf_engine_replay(exec, wf_buf_done(&chunk), &swf.rig.err);
    wf_exec_free(exec);

    return rc;
}


/* 5 is activity "a", 6 activity "b", started at 12, 7 timer "t", 8 a child,
 * started at 13, 9 a signal, 10 a function, started at 11, 14 a decision. */
TEST(forged)
{
    unsigned  i;

#define ACTIVITY  "{\"activityId\":\"z\",\"activityType\":{\"name\":\"n\","   \
                  "\"version\":\"1\"},\"taskList\":{\"name\":\"l\"}"

    static const forged_t  bad[] = {
        EVENT(STARTED, SWF_START),
        EVENT(STARTED, NULL),
        EVENT(SIGNALED, NULL),
        EVENT(SIGNALED, "[]"),
        EVENT(DECISION_SCHEDULED, "{\"taskList\":{\"name\":\"dl\"}}"),
        EVENT(DECISION_STARTED, "{\"scheduledEventId\":5}"),
        EVENT(DECISION_STARTED, "{}"),
        EVENT(DECISION_COMPLETED, "{\"scheduledEventId\":2,"
              "\"startedEventId\":3}"),
        EVENT(DECISION_TIMED_OUT, "{\"scheduledEventId\":14,"
              "\"startedEventId\":3}"),
        EVENT(DECISION_TIMED_OUT, "{\"scheduledEventId\":2}"),
        EVENT(ACTIVITY_SCHEDULED, "{}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"activityId\":\"a\"}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"activityId\":7}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"taskList\":{}}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"activityType\":{}}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"heartbeatTimeout\":\"x\"}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY ",\"heartbeatTimeout\":1}"),
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY
              ",\"heartbeatTimeout\":\"999999999\"}"),
        EVENT(ACTIVITY_STARTED, "{\"scheduledEventId\":6}"),
        EVENT(ACTIVITY_STARTED, "{\"scheduledEventId\":7}"),
        EVENT(ACTIVITY_STARTED, "{\"scheduledEventId\":5.5}"),
        EVENT(ACTIVITY_STARTED, "{\"scheduledEventId\":-5}"),
        EVENT(ACTIVITY_COMPLETED, "{\"scheduledEventId\":5}"),
        EVENT(ACTIVITY_COMPLETED, "{\"scheduledEventId\":6}"),
        EVENT(ACTIVITY_FAILED, "{\"scheduledEventId\":6,\"startedEventId\":"
              "13}"),
        EVENT(ACTIVITY_TIMED_OUT, "{\"scheduledEventId\":99}"),
        EVENT(ACTIVITY_CANCELING, "{\"activityId\":\"c\"}"),
        EVENT(TIMER_STARTED, "{\"timerId\":\"t\",\"startToFireTimeout\":"
              "\"1\"}"),
        EVENT(TIMER_STARTED, "{\"timerId\":\"v\",\"startToFireTimeout\":"
              "\"?\"}"),
        EVENT(TIMER_FIRED, "{\"timerId\":\"u\",\"startedEventId\":7}"),
        EVENT(TIMER_FIRED, "{\"timerId\":\"t\",\"startedEventId\":6}"),
        EVENT(CHILD_INITIATED, "{\"workflowType\":{\"name\":\"n\","
              "\"version\":\"1\"}}"),
        EVENT(CHILD_INITIATED, "{\"workflowId\":\"k\"}"),
        EVENT(CHILD_STARTED, "{\"initiatedEventId\":9}"),
        EVENT(CHILD_STARTED, "{\"initiatedEventId\":8}"),
        EVENT(CHILD_START_FAILED, "{\"initiatedEventId\":8}"),
        EVENT(CHILD_COMPLETED, "{\"initiatedEventId\":8,\"startedEventId\":"
              "12}"),
        EVENT(CHILD_COMPLETED, "{\"initiatedEventId\":6,\"startedEventId\":"
              "11}"),
        EVENT(SIGNAL_INITIATED, "{}"),
        EVENT(EXTERNAL_SIGNALED, "{\"initiatedEventId\":8}"),
        EVENT(EXTERNAL_CANCELING, "{\"initiatedEventId\":9}"),
        EVENT(LAMBDA_SCHEDULED, "{\"id\":\"l\",\"name\":\"fn\"}"),
        EVENT(LAMBDA_SCHEDULED, "{\"id\":\"m\"}"),
        EVENT(LAMBDA_STARTED, "{\"scheduledEventId\":10}"),
        EVENT(LAMBDA_COMPLETED, "{\"scheduledEventId\":10}"),
        HIDDEN(DELIVERED, 5, NULL),
        HIDDEN(DELIVERED, 6, NULL),
        HIDDEN(DELIVERED, 7, NULL),
        HIDDEN(HEARTBEAT, 5, NULL),
        HIDDEN(HEARTBEAT, 99, NULL),
        { WF_EVENT_STEP_ENTERED, 0, "{}" },
        { WF_EVENT_EXECUTION_STARTED, 0, "{}" },
        { WF_EVENT_EXECUTION_FAILED, 0, NULL }
    };

    static const forged_t  good[] = {
        EVENT(ACTIVITY_SCHEDULED, ACTIVITY "}"),
        EVENT(ACTIVITY_STARTED, "{\"scheduledEventId\":5}"),
        EVENT(ACTIVITY_COMPLETED, "{\"scheduledEventId\":6,"
              "\"startedEventId\":12}"),
        EVENT(DECISION_STARTED, "{\"scheduledEventId\":14}"),
        EVENT(TIMER_FIRED, "{\"timerId\":\"t\",\"startedEventId\":7}"),
        EVENT(CHILD_COMPLETED, "{\"initiatedEventId\":8,\"startedEventId\":"
              "13}"),
        EVENT(EXTERNAL_SIGNALED, "{\"initiatedEventId\":9}"),
        EVENT(LAMBDA_COMPLETED, "{\"scheduledEventId\":10,"
              "\"startedEventId\":11}"),
        EVENT(CHILD_INITIATED, "{\"workflowId\":\"k\",\"workflowType\":{"
              "\"name\":\"n\",\"version\":\"1\"}}"),
        EVENT(COMPLETED, "{}"),
        HIDDEN(HEARTBEAT, 6, "{\"details\":3}")
    };

    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    swf_decide(&swf, 2, D_ACTIVITY("a", "") "," D_ACTIVITY("b", "") ","
               D_TIMER("t", "9") "," D_CHILD("k", "") ","
               D_SIGNAL("s", "n", "") "," D_LAMBDA("l", "fn", ""));
    swf_poll(&swf, 6);
    CHECK(swf_say(&swf, WF_SWF_ANSWER, 8, "{\"runId\":\"K\"}") == WF_OK);
    CHECK_NAMES(&swf, 10, "LambdaFunctionScheduled LambdaFunctionStarted "
                "ActivityTaskStarted ChildWorkflowExecutionStarted "
                "DecisionTaskScheduled");

    for (i = 0; i < wf_countof(bad); i++) {
        if (forge(&bad[i]) != WF_ERROR) {
            CHECK(!"refused");
            printf("# %s %s\n", wf_event_rpc_name(bad[i].type), bad[i].json);
        }
    }

    for (i = 0; i < wf_countof(good); i++) {
        if (forge(&good[i]) != WF_OK) {
            CHECK(!"taken");
            printf("# %s %s\n", wf_event_rpc_name(good[i].type),
                   good[i].json);
        }
    }

    /* nothing follows an end */

    CHECK(swf_say(&swf, WF_SWF_TERMINATE, 0, "{}") == WF_OK);
    CHECK(forge(&(forged_t) EVENT(SIGNALED, "{}")) == WF_ERROR);
    CHECK(forge(&(forged_t) EVENT(COMPLETED, "{}")) == WF_ERROR);
    swf_close(&swf);
}


/* An event of SWF where there is none; another language's definition. */
TEST(not_its_own)
{
    rig_t       rig;
    wf_exec_t  *exec;
    wf_error_t  err;
    wf_step_t   step;

    rig_open(&rig, wf_str("type: flow\nversion: v1\nsteps: [{type: wait, "
                          "name: w, duration: 9}]\n"));
    rig_start(&rig, "{}");
    swf_open(&swf);
    swf_start(&swf, SWF_START);

    exec = rig_replay(&rig, 1);
    CHECK(wf_engine_replay(exec, swf.rig.chunks[0], &rig.err) == WF_ERROR);
    wf_exec_free(exec);

    wf_error_clear(&err);
    wf_step_init(&step, rig.arena);
    exec = rig_replay(&swf.rig, 1);
    CHECK(wf_engine_resume(exec, rig.program, &rig.identity, &step, &err)
          == WF_ERROR);
    wf_exec_free(exec);
    exec = rig_replay(&rig, 1);
    CHECK(wf_engine_resume(exec, swf.rig.program, &rig.identity, &step, &err)
          == WF_ERROR);
    wf_exec_free(exec);
    swf_close(&swf);
    rig_close(&rig);
}


/* Whole by checksum, but not what was written: never more than an error. */
TEST(altered)
{
    size_t        i, len;
    uint8_t      *copy;
    uint32_t      count;
    unsigned      bad;
    wf_buf_t      buf;
    wf_exec_t    *exec;
    wf_reader_t   reader;

    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    swf_poll(&swf, 2);
    CHECK(swf_answer(&swf, 2, numbered(EVERY, 1)) == WF_OK);
    CHECK(wf_chunk_open(swf.rig.chunks[swf.rig.chunk_count - 1], &reader,
                        &count, &swf.rig.err) == WF_OK);
    len = (size_t) (reader.end - reader.pos);
    copy = wf_arena_alloc(swf.rig.arena, len);
    bad = 0;

    for (i = 0; i < len * 8; i += 3) {
        memcpy(copy, reader.pos, len);
        copy[i / 8] ^= (uint8_t) (1 << i % 8);
        wf_buf_init(&buf, swf.rig.scratch, 0);
        wf_chunk_seal(&buf, (wf_str_t) { len, copy }, count);
        exec = rig_replay(&swf.rig, swf.rig.chunk_count - 1);
        bad += wf_engine_replay(exec, wf_buf_done(&buf), &swf.rig.err)
               != WF_OK;
        wf_exec_free(exec);
        wf_arena_reset(swf.rig.scratch);
    }

    CHECK(bad > len / 3);
    swf_close(&swf);
}


/*
 * No memory
 */

static void
torture(wf_input_t input)
{
    input.now_ms = swf.rig.now_ms;
    input.random_seed = 1;
    CHECK(rig_torture(&swf.rig, &input) > 4);
}


TEST(torture_steps)
{
    wf_buf_t  buf;

    swf_open(&swf);
    torture((wf_input_t) {
        .type = WF_INPUT_START,
        .value = swf_json(&swf, WITH_ROLE)
    });
    torture((wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = 2,
        .outcome = WF_OUTCOME_SUBMITTED,
        .value = swf_json(&swf, "{\"workerName\":\"me\"}")
    });

    wf_buf_init(&buf, swf.rig.arena, 0);
    wf_buf_text(&buf, "{\"executionContext\":\"c\",\"taskList\":{\"name\":"
                "\"l\"},\"taskListScheduleToStartTimeout\":\"9\",\"types\":"
                SWF_TYPES ",\"decisions\":[");
    wf_buf_str(&buf, wf_str_of(numbered(EVERY, 1)));
    wf_buf_text(&buf, "]}");
    wf_buf_byte(&buf, 0);
    torture((wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = WF_SWF_DECIDED,
        .task = 2,
        .value = swf_json(&swf, (const char *) buf.data)
    });
    torture((wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = WF_SWF_SIGNAL,
        .value = swf_json(&swf, numbered(words[1].value, 7))
    });
    swf.rig.now_ms += 20000;
    torture((wf_input_t) { .type = WF_INPUT_TIMER });
    torture((wf_input_t) { .type = WF_INPUT_SWF, .swf = WF_SWF_TERMINATE });
    CHECK_INT(swf.rig.exec->status, WF_STATUS_STOPPED);
    swf_close(&swf);
}


static void
torture_word(wf_swf_kind_t kind, uint64_t task, const char *json)
{
    torture((wf_input_t) {
        .type = WF_INPUT_SWF,
        .swf = (uint8_t) kind,
        .task = task,
        .value = swf_json(&swf, json)
    });
}


/* 5 and 6 activities, 7 and 8 children, 9 a signal, 10 and 11 functions. */
TEST(torture_words)
{
    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    swf_decide(&swf, 2, D_ACTIVITY("a", ",\"heartbeatTimeout\":\"9\"") ","
               D_ACTIVITY("b", "") "," D_CHILD("k", "") "," D_CHILD("l", "")
               "," D_SIGNAL("s", "n", "") "," D_LAMBDA("f", "fn", "") ","
               D_LAMBDA("g", "fn", ""));
    swf_poll(&swf, 5);
    torture_word(WF_SWF_HEARTBEAT, 5, "{\"details\":\"d\"}");
    torture_word(WF_SWF_COMPLETED, 5, "{\"result\":\"r\"}");
    torture_word(WF_SWF_ANSWER, 7, "{\"runId\":\"K\"}");
    torture_word(WF_SWF_ANSWER, 9, "{\"cause\":\"C\"}");
    torture_word(WF_SWF_CLOSED, 0, "{\"initiatedEventId\":8,"
                 "\"workflowExecution\":{\"workflowId\":\"l\",\"runId\":"
                 "\"L\"},\"event\":\"ChildWorkflowExecutionCompleted\"}");
    torture_word(WF_SWF_CANCEL, 0, "{\"cause\":\"CHILD_POLICY_APPLIED\"}");
    torture((wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = 10,
        .outcome = WF_OUTCOME_SUCCEEDED,
        .value = swf_json(&swf, "{\"a\":[1,2]}")
    });
    torture((wf_input_t) {
        .type = WF_INPUT_TASK_DONE,
        .task = 11,
        .outcome = WF_OUTCOME_FAILED,
        .error = wf_str("E"),
        .cause = wf_str("C")
    });
    torture((wf_input_t) { .type = WF_INPUT_STOP, .error = wf_str("E") });
    swf_close(&swf);

    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    swf_poll(&swf, 2);
    torture_word(WF_SWF_DECIDED, 2, "{\"types\":" SWF_TYPES ",\"decisions\":["
                 D_CONTINUE("\"input\":\"i\"") "]}");
    CHECK_INT(swf.rig.exec->status, WF_STATUS_CONTINUED);
    swf_close(&swf);
}


TEST(torture_moves)
{
    uint64_t     i, fingerprint;
    wf_rc_t      rc;
    wf_step_t    step;
    wf_exec_t   *exec;
    wf_error_t   err;

    swf_open(&swf);
    swf_start(&swf, WITH_ROLE);
    swf_decide(&swf, 2, numbered(EVERY, 1));
    CHECK(swf_say(&swf, WF_SWF_SIGNAL, 0, numbered(words[1].value, 7))
          == WF_OK);
    fingerprint = wf_exec_fingerprint(swf.rig.exec);

    for (i = 1; ; i++) {
        wf_arena_fail_after(i);
        rc = wf_exec_compact(swf.rig.exec);
        wf_arena_fail_after(0);
        CHECK(wf_exec_fingerprint(swf.rig.exec) == fingerprint);
        wf_exec_check(swf.rig.exec, true);

        if (rc == WF_OK) {
            break;
        }
    }

    CHECK(i > 20);

    for (i = 1; ; i++) {
        exec = rig_replay(&swf.rig, swf.rig.chunk_count - 2);
        wf_error_clear(&err);
        wf_arena_fail_after(i);
        rc = wf_engine_replay(exec, swf.rig.chunks[swf.rig.chunk_count - 2],
                              &err);
        wf_arena_fail_after(0);
        wf_exec_free(exec);

        if (rc == WF_OK) {
            break;
        }

        CHECK_STR(wf_error_arg(&err, 0), wf_str("out of memory"));
    }

    CHECK(i > 20);

    for (i = 1; ; i++) {
        wf_step_init(&step, swf.rig.arena);
        wf_error_clear(&err);
        wf_arena_fail_after(i);
        rc = wf_engine_resume(swf.rig.exec, swf.rig.program,
                              &swf.rig.identity, &step, &err);
        wf_arena_fail_after(0);

        if (rc == WF_OK) {
            break;
        }

        CHECK_INT(err.code, WF_E_INTERNAL);
    }

    swf_close(&swf);
}


UNIT_MAIN()
