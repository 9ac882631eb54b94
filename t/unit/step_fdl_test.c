
/*
 * The step loop with flows of generation 1: what is in each event, inputs
 * that do not fit, yielding, running out of memory anywhere.
 */

#include "engine/step.c"
#include "engine_rig.h"


TEST(details)
{
    rig_t  rig;

    rig_open(&rig, wf_str(
        "version: v1\n"
        "type: flow\n"
        "steps:\n"
        "- type: pass\n"
        "  name: first\n"
        "  inputMappings: [{target: n, source: $input.name}]\n"
        "  outputMappings: [{target: who, source: $input.n}]\n"
        "- type: choice\n"
        "  name: pick\n"
        "  choices:\n"
        "  - condition: $.who == \"Ada\"\n"
        "    steps:\n"
        "    - {type: pass, name: inner, outputMappings: "
        "[{target: ok, source: true}]}\n"
        "- {type: wait, name: w, duration: 2}\n"));
    rig_start(&rig, "{\"name\":\"Ada\"}");
    rig_run(&rig);

    CHECK_STR(rig_trace(&rig), wf_str(
        "1 0 ExecutionStarted in={\"name\":\"Ada\"}\n"
        "2 1 StepEntered first in={\"name\":\"Ada\"} local={}\n"
        "3 2 StepStarted first in={\"n\":\"Ada\"}\n"
        "4 3 StepSucceeded first out={\"who\":\"Ada\"}\n"
        "5 4 StepExited first local={\"who\":\"Ada\"}\n"
        "6 5 StepEntered pick in={\"name\":\"Ada\"} local={\"who\":\"Ada\"}\n"
        "7 6 StepStarted pick in={\"name\":\"Ada\",\"who\":\"Ada\"}\n"
        "8 7 StepEntered inner in={\"name\":\"Ada\",\"who\":\"Ada\"} "
        "local={}\n"
        "9 8 StepStarted inner in={\"name\":\"Ada\",\"who\":\"Ada\"}\n"
        "10 9 StepSucceeded inner out={\"ok\":true}\n"
        "11 10 StepExited inner local={\"ok\":true}\n"
        "12 11 StepSucceeded pick out={\"ok\":true}\n"
        "13 12 StepExited pick local={\"who\":\"Ada\",\"ok\":true}\n"
        "14 13 StepEntered w in={\"name\":\"Ada\"} "
        "local={\"who\":\"Ada\",\"ok\":true}\n"
        "15 14 StepStarted w "
        "in={\"name\":\"Ada\",\"who\":\"Ada\",\"ok\":true}\n"
        "16 15 StepSucceeded w out={}\n"
        "17 16 StepExited w local={\"who\":\"Ada\",\"ok\":true}\n"
        "18 17 ExecutionSucceeded out={\"who\":\"Ada\",\"ok\":true}\n"));
    rig_close(&rig);
}


TEST(failure_details)
{
    rig_t  rig;

    rig_open(&rig, wf_str(
        "version: v1\n"
        "type: flow\n"
        "steps:\n"
        "- {type: pass, name: a, outputMappings: [{target: x, source: 1}]}\n"
        "- type: choice\n"
        "  name: c\n"
        "  default:\n"
        "    steps:\n"
        "    - {type: fail, name: f, error: E, cause: why}\n"));
    rig_start(&rig, "{}");

    CHECK_STR(rig_trace(&rig), wf_str(
        "1 0 ExecutionStarted in={}\n"
        "2 1 StepEntered a in={} local={}\n"
        "3 2 StepStarted a in={}\n"
        "4 3 StepSucceeded a out={\"x\":1}\n"
        "5 4 StepExited a local={\"x\":1}\n"
        "6 5 StepEntered c in={} local={\"x\":1}\n"
        "7 6 StepStarted c in={\"x\":1}\n"
        "8 7 StepEntered f in={\"x\":1} local={}\n"
        "9 8 StepStarted f in={\"x\":1}\n"
        "10 9 StepFailed f error=E/why\n"
        "11 10 StepExited f local={}\n"
        "12 11 StepFailed c error=E/why\n"
        "13 12 StepExited c local={\"x\":1}\n"
        "14 13 ExecutionFailed error=E/why\n"));
    rig_close(&rig);
}


static const char  waiting[] =
    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- {type: wait, name: w, duration: $.s}\n";


TEST(inputs_that_do_not_fit)
{
    rig_t     rig;
    uint64_t  was;

    rig_open(&rig, wf_str_of(waiting));
    was = wf_exec_fingerprint(rig.exec);

    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_FLOW_GONE) == WF_DECLINED);
    CHECK(rig_start(&rig, "[1]") == WF_DECLINED);
    CHECK(wf_exec_fingerprint(rig.exec) == was);

    CHECK(rig_start(&rig, "{\"s\":5}") == WF_OK);
    was = wf_exec_fingerprint(rig.exec);
    CHECK(rig_start(&rig, "{\"s\":5}") == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_DECLINED);
    rig.now_ms += 4999;
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_DECLINED);
    CHECK(wf_exec_fingerprint(rig.exec) == was);

    rig.now_ms += 1;
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    was = wf_exec_fingerprint(rig.exec);
    CHECK(rig_start(&rig, "{}") == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_DECLINED);
    CHECK(rig_input(&rig, WF_INPUT_FLOW_GONE) == WF_DECLINED);
    CHECK(wf_exec_fingerprint(rig.exec) == was);
    rig_close(&rig);
}


/* No input at all is {}; a clock that runs backwards is held. */
TEST(start_and_clock)
{
    rig_t  rig;

    rig_open(&rig, wf_str(
        "version: v1\ntype: flow\nsteps:\n"
        "- {type: wait, name: w, duration: 5}\n"));
    CHECK(rig_input(&rig, WF_INPUT_START) == WF_OK);
    CHECK_STR(rig_json(&rig, rig.exec->input), wf_str("{}"));

    rig.now_ms -= 100000;
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK_INT(rig.exec->stopped_ms, RIG_NOW);
    rig_close(&rig);
}


static const char  loop[] =
    "version: v1\n"
    "type: flow\n"
    "timeoutSeconds: 10\n"
    "steps:\n"
    "- type: pass\n"
    "  name: a\n"
    "  inputMappings: [{target: v, source: $input.v}]\n"
    "  outputMappings: [{target: v, source: $input.v}]\n"
    "- {type: choice, name: back, default: {goto: a}}\n";


TEST(yields)
{
    rig_t     rig;
    unsigned  turns;

    rig_open(&rig, wf_str_of(loop));
    rig_start(&rig, "{}");
    CHECK(rig.wants_continue);
    CHECK(rig.event_count >= WF_STEP_EVENTS_MAX);
    CHECK(rig.event_count < WF_STEP_EVENTS_MAX + 10);
    CHECK_INT(rig.exec->branch.phase, WF_PHASE_READY);

    /* nothing is due, but it may be stopped, or time may run out */

    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_DECLINED);

    for (turns = 1; rig.wants_continue; turns++) {
        CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
    }

    CHECK(turns > 15 && turns < 25);
    CHECK_STR(rig.exec->error, wf_str("FnF.EventLimitExceeded"));
    CHECK_INT(rig.exec->codec.event_id, WF_EVENTS_MAX);
    rig_close(&rig);
}


TEST(ends_between_turns)
{
    rig_t  rig;

    rig_open(&rig, wf_str_of(loop));
    rig_start(&rig, "{}");
    CHECK(rig_input(&rig, WF_INPUT_STOP) == WF_OK);
    CHECK(!rig.wants_continue);
    CHECK_INT(rig.exec->status, WF_STATUS_STOPPED);

    wf_exec_free(rig.exec);
    rig_new_exec(&rig);
    rig_start(&rig, "{}");
    rig.now_ms += 10000;
    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_TIMED_OUT);
    CHECK_STR(rig.exec->error, wf_str("FnF.ExecutionTimedOut"));

    wf_exec_free(rig.exec);
    rig_new_exec(&rig);
    rig_start(&rig, "{}");
    rig.now_ms += 10000;
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_OK);
    CHECK_INT(rig.exec->status, WF_STATUS_TIMED_OUT);
    rig_close(&rig);
}


/* Large values make a turn shorter. */
TEST(yields_by_bytes)
{
    rig_t     rig;
    uint8_t   text[16000];
    wf_buf_t  buf;

    rig_open(&rig, wf_str_of(loop));
    memset(text, 'x', sizeof(text));
    wf_buf_init(&buf, rig.arena, 0);
    wf_buf_text(&buf, "{\"v\":\"");
    wf_buf_append(&buf, text, sizeof(text));
    wf_buf_text(&buf, "\"}");
    wf_buf_byte(&buf, '\0');
    rig_start(&rig, (const char *) buf.data);

    CHECK(rig.wants_continue);
    CHECK(rig.event_count < WF_STEP_EVENTS_MAX / 2);
    CHECK(rig.chunks[0].len < WF_STEP_BYTES_MAX + 4 * 32768);
    rig_close(&rig);
}


/* A history under another definition is an error, not a crash. */
TEST(wrong_program)
{
    rig_t          rig, other;
    wf_program_t  *program;

    rig_open(&rig, wf_str(
        "version: v1\ntype: flow\nsteps:\n"
        "- {type: pass, name: a}\n"
        "- {type: wait, name: w, duration: 5}\n"));
    rig_open(&other, wf_str("version: v1\ntype: flow\nsteps: []\n"));
    rig_start(&rig, "{}");

    wf_exec_free(rig.exec);
    rig.exec = rig_replay(&rig, 1);
    program = rig.program;
    rig.program = other.program;
    rig.now_ms += 5000;
    CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_ERROR);
    CHECK_INT(rig.err.code, WF_E_INTERNAL);
    rig.program = program;

    rig_close(&rig);
    rig_close(&other);
}


/* The n-th allocation fails, for every n: a named error, nothing lost. */
TEST(torture)
{
    rig_t       rig;
    wf_input_t  input;

    rig_open(&rig, wf_str(
        "version: v1\n"
        "type: flow\n"
        "inputMappings: [{target: v, source: $input.v}]\n"
        "steps:\n"
        "- type: pass\n"
        "  name: a\n"
        "  inputMappings: [{target: f, source: $context.flow.name}]\n"
        "  outputMappings: [{target: x, source: $input.f}]\n"
        "- type: choice\n"
        "  name: c\n"
        "  choices:\n"
        "  - condition: $.x == \"io\"\n"
        "    steps:\n"
        "    - {type: wait, name: w, duration: $.v}\n"
        "    - {type: pass, name: d, inputMappings: "
        "[{target: l, source: $local.x}]}\n"
        "- {type: pass, name: e}\n"
        "outputMappings: [{target: v, source: $local}]\n"));

    input = rig_start_input(&rig, "{\"v\":\"1\"}");
    CHECK(rig_torture(&rig, &input) > 20);
    CHECK_INT(rig.exec->branch.phase, WF_PHASE_WAITING);

    input = (wf_input_t) {
        .type = WF_INPUT_TIMER,
        .now_ms = rig.now_ms + 1000
    };
    CHECK(rig_torture(&rig, &input) > 5);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(rig_json(&rig, rig.exec->output),
              wf_str("{\"v\":{\"x\":\"io\"}}"));
    rig_close(&rig);
}


UNIT_MAIN()
