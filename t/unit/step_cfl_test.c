
/*
 * The step loop with flows of generation 2: what is in each event, random
 * values, work that makes it yield, running out of memory anywhere.
 */

#include "engine/step.c"
#include "engine_rig.h"


TEST(details)
{
    rig_t  rig;

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Pass\n"
        "  Name: A\n"
        "  InputConstructor: {n.$: $Input.name}\n"
        "  OutputConstructor: {who.$: $Input.n}\n"
        "  GlobalConstructor: {g.$: $Output.n}\n"
        "  Next: B\n"
        "- Type: Choice\n"
        "  Name: B\n"
        "  Branches: [{Condition: $Global.g == \"Ada\", Next: W}]\n"
        "  Default: A\n"
        "- {Type: Wait, Name: W, Seconds: 2, Next: C}\n"
        "- {Type: Succeed, Name: C}\n"));
    rig_start(&rig, "{\"name\":\"Ada\"}");
    rig_run(&rig);

    CHECK_STR(rig_trace(&rig), wf_str(
        "1 0 ExecutionStarted in={\"name\":\"Ada\"}\n"
        "2 1 StepEntered A in={\"name\":\"Ada\"}\n"
        "3 2 StepStarted A in={\"n\":\"Ada\"}\n"
        "4 3 StepSucceeded A out={\"who\":\"Ada\"} global={\"g\":\"Ada\"}\n"
        "5 4 StepExited A out={\"who\":\"Ada\"}\n"
        "6 5 StepEntered B in={\"who\":\"Ada\"}\n"
        "7 6 StepStarted B in={\"who\":\"Ada\"}\n"
        "8 7 StepSucceeded B out={\"who\":\"Ada\"}\n"
        "9 8 StepExited B out={\"who\":\"Ada\"}\n"
        "10 9 StepEntered W in={\"who\":\"Ada\"}\n"
        "11 10 StepStarted W in={\"who\":\"Ada\"}\n"
        "12 11 StepSucceeded W out={\"who\":\"Ada\"}\n"
        "13 12 StepExited W out={\"who\":\"Ada\"}\n"
        "14 13 StepEntered C in={\"who\":\"Ada\"}\n"
        "15 14 StepStarted C in={\"who\":\"Ada\"}\n"
        "16 15 StepSucceeded C out={\"who\":\"Ada\"}\n"
        "17 16 StepExited C out={\"who\":\"Ada\"}\n"
        "18 17 ExecutionSucceeded out={\"who\":\"Ada\"}\n"));
    rig_close(&rig);
}


TEST(failure_details)
{
    rig_t  rig;

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- {Type: Pass, Name: A, InputConstructor: {x.$: $Input.none}, "
        "End: true}\n"));
    rig_start(&rig, "{}");
    CHECK_STR(rig.exec->error, wf_str("FnF.InvalidExpression"));
    CHECK(rig.exec->error_cause.len != 0);
    CHECK_INT(rig.exec->codec.event_id, 5);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK(rig.exec->output == NULL);
    rig_close(&rig);
}


/* Equal seeds give equal values, within a step they differ, and replay (in
 * rig_submit) reads them from the events. */
TEST(random)
{
    rig_t     rig;
    wf_str_t  first, second;

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- {Type: Pass, Name: A, OutputConstructor: {a.$: uuid()}, Next: B}\n"
        "- Type: Pass\n"
        "  Name: B\n"
        "  OutputConstructor: {a.$: $Input.a, b.$: uuid()}\n"
        "  End: true\n"));
    rig_start(&rig, "{}");
    first = rig_json(&rig, rig.exec->output);
    CHECK(!wf_value_eq(wf_value_get(rig.exec->output, wf_str("a")),
                       wf_value_get(rig.exec->output, wf_str("b"))));

    wf_exec_free(rig.exec);
    rig_new_exec(&rig);
    rig_start(&rig, "{}");
    CHECK_STR(rig_json(&rig, rig.exec->output), first);

    wf_exec_free(rig.exec);
    rig_new_exec(&rig);
    rig.seed = 2;
    rig_start(&rig, "{}");
    second = rig_json(&rig, rig.exec->output);
    CHECK(!wf_str_eq(first, second));
    rig_close(&rig);
}


/* Heavy expressions make a turn shorter. */
TEST(yields_by_work)
{
    rig_t     rig;
    unsigned  i;
    wf_buf_t  buf;

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Pass\n"
        "  Name: A\n"
        "  OutputConstructor: {n.$: '-1 in $Context.Execution.Input.v'}\n"
        "  Next: A\n"));
    wf_buf_init(&buf, rig.arena, 0);
    wf_buf_text(&buf, "{\"v\":[0");

    for (i = 1; i < 4000; i++) {
        wf_buf_byte(&buf, ',');
        wf_buf_uint(&buf, i);
    }

    wf_buf_text(&buf, "]}");
    wf_buf_byte(&buf, '\0');
    rig_start(&rig, (const char *) buf.data);

    CHECK(rig.wants_continue);
    CHECK(rig.event_count < WF_STEP_EVENTS_MAX / 2);
    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
    rig_close(&rig);
}


/* What is allowed is allowed to each state; too much fails one alone. */
TEST(budget_of_a_state)
{
    rig_t     rig;
    unsigned  i, n;
    wf_buf_t  buf;

    static const unsigned  counts[] = { 25, 30 };

    for (n = 0; n < wf_countof(counts); n++) {
        rig_open(&rig, wf_str(
            "Type: StateMachine\n"
            "SpecVersion: v1\n"
            "Name: t\n"
            "StartAt: A\n"
            "States:\n"
            "- Type: Pass\n"
            "  Name: A\n"
            "  InputConstructor:\n"
            "    v.$: $Input.v\n"
            "    n.$: length(split($Input.v, \"\"))\n"
            "  Next: B\n"
            "- Type: Pass\n"
            "  Name: B\n"
            "  OutputConstructor:\n"
            "    a.$: length(split($Input.v, \"\"))\n"
            "    b.$: length(split(format(\"{}{}\", $Input.v, $Input.v),"
            " \"\"))\n"
            "  End: true\n"));

        wf_buf_init(&buf, rig.arena, 0);
        wf_buf_text(&buf, "{\"v\":\"");

        for (i = 0; i < counts[n] * 1000; i++) {
            wf_buf_byte(&buf, 'x');
        }

        wf_buf_text(&buf, "\"}");
        wf_buf_byte(&buf, '\0');
        rig_start(&rig, (const char *) buf.data);
        rig_run(&rig);

        if (n == 0) {
            CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);

        } else {
            CHECK_STR(rig.exec->error, wf_str("FnF.InvalidExpression"));
            CHECK_STR(rig.exec->error_cause,
                      wf_str("b.$: the expression takes more than 500000 "
                             "steps"));
        }

        rig_close(&rig);
    }
}


TEST(too_many_globals)
{
    rig_t        rig;
    unsigned     i, n;
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    for (n = 0; n < 2; n++) {
        wf_buf_init(&buf, arena, 0);
        wf_buf_text(&buf,
                    "{Type: StateMachine, SpecVersion: v1, Name: t,"
                    " StartAt: A, States: [{Type: Pass, Name: A, End: true,"
                    " GlobalConstructor: {");

        for (i = 0; i < WF_GLOBALS_MAX + n; i++) {
            wf_buf_text(&buf, "g");
            wf_buf_uint(&buf, i);
            wf_buf_text(&buf, ": 1, ");
        }

        wf_buf_text(&buf, "}}]}");
        rig_open(&rig, wf_buf_done(&buf));
        rig_start(&rig, "{}");

        CHECK_STR(rig.exec->error,
                  n ? wf_str("FnF.DataLimitExceeded") : wf_str(""));
        CHECK_STR(rig.exec->error_cause,
                  n ? wf_str("more than 1000 global variables") : wf_str(""));
        rig_close(&rig);
    }

    wf_arena_free(arena);
}


/* Environment: a list, or nothing, or rubbish that is passed over. */
TEST(environment)
{
    unsigned  i;
    rig_t     rig;

    static const struct {
        wf_str_t   text;
        wf_str_t   want;
    } rows[] = {
        { wf_str_init(""), wf_str_init("{\"e\":{}}") },
        { wf_str_init("[]"), wf_str_init("{\"e\":{}}") },
        { wf_str_init("[{\"Name\":\"A\",\"Value\":\"1\"},{\"Name\":\"B\"},5,"
                      "{\"Value\":\"x\"},{\"Name\":\"C\",\"Value\":\"\"}]"),
          wf_str_init("{\"e\":{\"A\":\"1\",\"C\":\"\"}}") },
        { wf_str_init("{}"), wf_str_init("{\"e\":{}}") },
        { wf_str_init("oops"), wf_str_init("{\"e\":{}}") }
    };

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Pass\n"
        "  Name: A\n"
        "  OutputConstructor: {e.$: $Context.Environment}\n"
        "  End: true\n"));

    for (i = 0; i < wf_countof(rows); i++) {
        wf_exec_free(rig.exec);
        rig_new_exec(&rig);
        rig.identity.environment = rows[i].text;
        rig_start(&rig, "{}");
        CHECK_STR(rig_json(&rig, rig.exec->output), rows[i].want);
    }

    rig_close(&rig);
}


/* A child of an Express map run has five minutes, others a year. */
TEST(life_of_children)
{
    rig_t       rig;
    uint32_t    i;
    wf_input_t  start;

    static const char  head[] =
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Map\n"
        "  Name: A\n"
        "  ItemsPath: $Input.l\n";
    static const char  tail[] =
        "  Processor:\n"
        "    StartAt: f\n"
        "    States:\n"
        "    - {Type: Task, Name: f, Action: 'ocr:Read', End: true}\n"
        "  End: true\n";
    static const struct {
        const char  *config;
        int64_t      life_ms;
    } rows[] = {
        { "  ProcessorConfig: {ExecutionMode: Express}\n", 300000 },
        { "  ProcessorConfig: {ExecutionMode: Standard}\n",
          WF_EXECUTION_MS_MAX }
    };

    for (i = 0; i < wf_countof(rows); i++) {
        char  text[1024];

        snprintf(text, sizeof(text), "%s%s%s", head, rows[i].config, tail);
        rig_open(&rig, wf_str_of(text));
        start = rig_start_input(&rig, "7");
        start.scope = 1;
        CHECK(rig_submit(&rig, &start) == WF_OK);
        CHECK_INT(wf_exec_due_ms(rig.exec), RIG_NOW + rows[i].life_ms);

        rig.now_ms = RIG_NOW + rows[i].life_ms;
        CHECK(rig_input(&rig, WF_INPUT_TIMER) == WF_OK);
        CHECK_INT(rig.exec->status, WF_STATUS_TIMED_OUT);
        CHECK_STR(rig.exec->error, wf_str("FnF.ExecutionTimedOut"));
        CHECK_INT(rig.cancel_count, 1);
        rig_close(&rig);
    }
}


TEST(torture)
{
    rig_t       rig;
    wf_input_t  input;

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: A\n"
        "States:\n"
        "- Type: Pass\n"
        "  Name: A\n"
        "  InputConstructor: {n.$: $Input.name, "
        "e.$: $Context.Environment.E}\n"
        "  OutputConstructor: {who.$: 'format(\"{}\", $Input.n)', s: 1}\n"
        "  GlobalConstructor: {g.$: $Output.n}\n"
        "  Next: B\n"
        "- Type: Choice\n"
        "  Name: B\n"
        "  Branches: [{Condition: '$Global.g == \"Ada\"', Next: W}]\n"
        "  Default: F\n"
        "- {Type: Wait, Name: W, Seconds.$: $Input.s, Next: F}\n"
        "- {Type: Fail, Name: F, Code.$: $Global.g, Detail.$: $Input}\n"));
    rig.identity.environment = wf_str("[{\"Name\":\"E\",\"Value\":\"v\"}]");

    input = rig_start_input(&rig, "{\"name\":\"Ada\"}");
    CHECK(rig_torture(&rig, &input) > 20);
    CHECK_INT(rig.exec->branch.phase, WF_PHASE_WAITING);

    input = (wf_input_t) {
        .type = WF_INPUT_TIMER,
        .now_ms = rig.now_ms + 1000
    };
    CHECK(rig_torture(&rig, &input) > 2);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK_STR(rig.exec->error, wf_str("Ada"));
    CHECK_STR(rig.exec->error_cause, wf_str("{\"who\":\"Ada\",\"s\":1}"));
    rig_close(&rig);
}


UNIT_MAIN()
