
/*
 * Histories that no engine wrote but whose checksums are right: apply refuses
 * each event that would leave a state from which the engine could not go on,
 * and a redrive goes on from whatever it has taken.
 */

#include "base/json.h"
#include "engine/engine.h"
#include "engine/work.h"
#include "flow/compile.h"
#include "unit.h"


#define NOW  1700000000000

typedef struct {
    wf_arena_t  *arena;
    wf_exec_t   *exec;
    uint32_t     count;             /* events so far */
} forged_t;


static const char  forking[] =
    "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\",\"Branches\":["
    "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Wait\",\"Seconds\":9,"
    "\"End\":true}}},{\"StartAt\":\"B\",\"States\":{\"B\":{\"Type\":\"Wait\","
    "\"Seconds\":9,\"End\":true}}}],\"End\":true}}}";

static const char  running[] =
    "{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\",\"ItemProcessor\":{"
    "\"ProcessorConfig\":{\"Mode\":\"DISTRIBUTED\",\"ExecutionType\":"
    "\"STANDARD\"},\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\","
    "\"End\":true}}},\"End\":true}}}";


static const wf_value_t *
json(forged_t *forged, const char *text)
{
    wf_value_t  *value;
    wf_error_t   err;

    CHECK(wf_json_parse(forged->arena, wf_str_of(text), &value, &err)
          == WF_OK);

    return value;
}


/* event_id: 0 hidden, else shown. */
static wf_rc_t
put(forged_t *forged, wf_event_t event)
{
    wf_buf_t    bytes, chunk;
    wf_codec_t  codec;
    wf_error_t  err;

    codec = forged->exec->codec;
    event.seq = codec.seq + 1;
    event.event_id = event.event_id ? codec.event_id + 1 : 0;
    event.cause_id = codec.event_id;
    event.time_ms = NOW + forged->count++;

    wf_buf_init(&bytes, forged->arena, 0);
    wf_buf_init(&chunk, forged->arena, 0);
    wf_event_encode(&bytes, &codec, &event);
    wf_chunk_seal(&chunk, wf_buf_done(&bytes), 1);
    wf_error_clear(&err);

    return wf_engine_replay(forged->exec, wf_buf_done(&chunk), &err);
}


#define PUT(forged, symbol, ...)                                              \
    put(forged, (wf_event_t) { .type = WF_EVENT_##symbol, __VA_ARGS__ })

#define TAKES(forged, ...)    CHECK(PUT(forged, __VA_ARGS__) == WF_OK)
#define REFUSES(forged, ...)                                                  \
    CHECK(PUT(forged, __VA_ARGS__) == WF_ERROR);                              \
    done(forged)


static void
done(forged_t *forged)
{
    wf_exec_free(forged->exec);
    wf_arena_free(forged->arena);
}


/* The first state has been started, with [1,2]. */
static void
begin(forged_t *forged, bool is_asl)
{
    const wf_value_t  *input;

    forged->arena = wf_arena_create(0);
    forged->exec = wf_exec_create();
    forged->count = 0;
    input = json(forged, is_asl ? "[1,2]" : "{}");

    TAKES(forged, EXECUTION_STARTED, .event_id = 1, .is_asl = is_asl,
          .input = input, .due_ms = NOW + 99000);
    TAKES(forged, SCOPE_ENTERED, .node = WF_NONE, .input = input,
          .after = WF_NONE);
    TAKES(forged, STEP_ENTERED, .event_id = 1, .input = input);
    TAKES(forged, STEP_STARTED, .event_id = !is_asl, .input = input);
}


/* And is a Parallel with two branches. */
static void
begin_fork(forged_t *forged)
{
    const wf_value_t  *input;

    begin(forged, true);
    input = json(forged, "{}");
    TAKES(forged, FORK_OPENED, .local = input, .index = 2, .width = 2);
    TAKES(forged, BRANCH_ENTERED, .branch = 1, .scope = 1, .next = 1,
          .input = input);
    TAKES(forged, BRANCH_ENTERED, .branch = 2, .index = 1, .scope = 2,
          .next = 2, .input = input);
}


/* And is a Map whose run has begun; input NULL: its items are unread. */
static void
begin_run(forged_t *forged, const char *input, const char *limits)
{
    begin(forged, true);
    TAKES(forged, MAP_RUN_STARTED,
          .input = input ? json(forged, input) : NULL,
          .output = json(forged, "{\"MapRunName\":\"r\"}"),
          .local = json(forged, limits));
}


static wf_rc_t
step(forged_t *forged, const char *definition, uint8_t type, wf_error_t *err)
{
    wf_rc_t        rc;
    wf_step_t      step;
    wf_input_t     input;
    wf_arena_t    *scratch;
    wf_program_t  *program;

    static const wf_identity_t  identity = { .flow_name = wf_str_init("f") };

    wf_error_clear(err);
    input = (wf_input_t) { .type = type, .now_ms = NOW + 5000 };
    CHECK(wf_compile(wf_str_of(definition), WF_MODE_STANDARD, &program, err)
          == WF_OK);

    scratch = wf_arena_create(0);
    wf_step_init(&step, scratch);
    rc = wf_engine_step(forged->exec, program, &identity, &input, scratch,
                        &step, err);
    wf_arena_free(scratch);
    wf_program_release(program);

    return rc;
}


TEST(scope_of_a_state)
{
    forged_t  forged;

    begin(&forged, true);
    REFUSES(&forged, SCOPE_ENTERED, .scope = 1, .next = 1, .after = WF_NONE,
            .input = json(&forged, "{}"));
}


/* What only another language has. */
TEST(language)
{
    forged_t  forged;

    begin(&forged, true);
    REFUSES(&forged, FORK_STARTED, .index = 2, .width = 2);

    begin(&forged, true);
    REFUSES(&forged, TASK_SCHEDULED, .event_id = 1,
            .input = json(&forged, "{}"));

    begin(&forged, true);
    TAKES(&forged, STEP_FAILED, .event_id = 1);
    REFUSES(&forged, STEP_CAUGHT, .output = json(&forged, "{}"));

    begin(&forged, false);
    REFUSES(&forged, FORK_OPENED, .local = json(&forged, "{}"), .index = 2,
            .width = 2);

    begin(&forged, false);
    REFUSES(&forged, MAP_OPENED, .input = json(&forged, "[]"));

    begin(&forged, false);
    REFUSES(&forged, EVALUATION_FAILED, .error = wf_str("E"));
}


TEST(fork_without_input)
{
    forged_t  forged;

    begin(&forged, true);
    REFUSES(&forged, FORK_OPENED, .index = 2, .width = 2);

    begin(&forged, true);
    REFUSES(&forged, FORK_OPENED, .input = json(&forged, "[1]"),
            .local = json(&forged, "{}"), .index = 1, .width = 2);
}


TEST(assigned)
{
    forged_t  forged;

    begin(&forged, true);
    TAKES(&forged, STEP_FAILED, .event_id = 1);
    REFUSES(&forged, ERROR_CAUGHT, .output = json(&forged, "{}"),
            .globals = json(&forged, "7"));
}


/* A branch has no iteration; an iteration goes once. */
TEST(iteration_aborted)
{
    forged_t           forged;
    const wf_value_t  *items;

    begin_fork(&forged);
    REFUSES(&forged, ITERATION_ABORTED, .event_id = 1, .branch = 1);

    begin(&forged, true);
    items = json(&forged, "[1]");
    TAKES(&forged, FORK_OPENED, .input = items, .index = 1, .width = 1);
    TAKES(&forged, ITERATION_ENTERED, .event_id = 1, .branch = 1, .scope = 1,
          .next = 1, .input = items);
    TAKES(&forged, ITERATION_ABORTED, .event_id = 1, .branch = 1);
    REFUSES(&forged, ITERATION_ABORTED, .event_id = 1, .branch = 1);
}


TEST(unread_items)
{
    forged_t  forged;

    begin_run(&forged, NULL, "{\"MaxConcurrency\":2}");
    REFUSES(&forged, MAP_ITEM_STARTED, .index = 0);
}


TEST(call_of_a_run)
{
    forged_t  forged;

    begin_run(&forged, NULL, "{\"MaxConcurrency\":2}");
    REFUSES(&forged, MAP_READER_STARTED, .input = json(&forged, "[]"));

    /* the first of two has failed: one too many */

    begin_run(&forged, "[1,2]", "{\"MaxConcurrency\":1}");
    TAKES(&forged, MAP_ITEM_STARTED, .index = 0);
    TAKES(&forged, MAP_ITEM_ENDED, .task = forged.exec->codec.seq,
          .error = wf_str("E"));
    CHECK_INT(forged.exec->branch.phase, WF_PHASE_JOINED);
    REFUSES(&forged, MAP_WRITER_STARTED, .input = json(&forged, "{}"));
}


/* It broke when there was nothing more to do, and is mended: it has ended. */
TEST(run_mended)
{
    forged_t             forged;
    const wf_map_run_t  *run;

    begin_run(&forged, "[1]", "{\"MaxConcurrency\":1}");
    TAKES(&forged, MAP_ITEM_STARTED, .index = 0);
    TAKES(&forged, MAP_ITEM_ENDED, .task = forged.exec->codec.seq,
          .error = wf_str("E"));
    TAKES(&forged, MAP_RUN_UPDATED,
          .local = json(&forged, "{\"ToleratedFailedCount\":1}"));

    run = wf_exec_map_run(forged.exec, wf_str("r"));
    CHECK_INT(run->status, WF_STATUS_SUCCEEDED);
    CHECK(run->stopped_ms != 0);
    CHECK_INT(run->failed, 1);
    CHECK_INT(forged.exec->branch.phase, WF_PHASE_JOINED);
    done(&forged);
}


/* A fork that was given up where the program has none. */
TEST(stalled_elsewhere)
{
    forged_t    forged;
    wf_error_t  err;

    begin_fork(&forged);
    TAKES(&forged, EXECUTION_STOPPED, .event_id = 1);
    CHECK(forged.exec->branch.stalled != NULL);
    CHECK(step(&forged, running, WF_INPUT_REDRIVE, &err) == WF_ERROR);
    CHECK_INT(err.code, WF_E_INTERNAL);
    done(&forged);

    begin_fork(&forged);
    TAKES(&forged, EXECUTION_STOPPED, .event_id = 1);
    CHECK(step(&forged, forking, WF_INPUT_REDRIVE, &err) == WF_OK);
    CHECK_INT(forged.exec->branch.phase, WF_PHASE_FORKED);
    CHECK_INT(forged.exec->due.count, 2);
    done(&forged);
}


/* Generation 2: what a scope amounts to is an object. */
TEST(bare_result)
{
    forged_t           forged;
    wf_error_t         err;
    const wf_value_t  *input;

    static const char  passing[] =
        "Type: StateMachine\n"
        "Name: t\n"
        "SpecVersion: v1\n"
        "StartAt: P\n"
        "States:\n"
        "- {Type: Pass, Name: P, End: true}\n";

    forged.arena = wf_arena_create(0);
    forged.exec = wf_exec_create();
    forged.count = 0;
    input = json(&forged, "7");

    TAKES(&forged, EXECUTION_STARTED, .event_id = 1, .scope = 0,
          .input = json(&forged, "{}"), .due_ms = NOW + 99000);
    TAKES(&forged, SCOPE_ENTERED, .node = WF_NONE, .input = input,
          .after = WF_NONE);
    TAKES(&forged, STEP_ENTERED, .event_id = 1, .input = input);
    TAKES(&forged, STEP_STARTED, .event_id = 1, .input = input);
    TAKES(&forged, STEP_SUCCEEDED, .event_id = 1, .next = WF_NONE,
          .output = input);
    CHECK(step(&forged, passing, WF_INPUT_CONTINUE, &err) == WF_ERROR);
    CHECK_INT(err.code, WF_E_INTERNAL);
    TAKES(&forged, STEP_EXITED, .event_id = 1, .output = input);
    CHECK(step(&forged, passing, WF_INPUT_CONTINUE, &err) == WF_ERROR);
    CHECK_INT(err.code, WF_E_INTERNAL);
    done(&forged);
}


/* Left in the middle of what it does next: variables to be set are kept. */
TEST(stalled_with_variables)
{
    forged_t           forged;
    wf_error_t         err;
    const wf_value_t  *input;

    begin_fork(&forged);
    input = json(&forged, "{}");
    TAKES(&forged, STEP_ENTERED, .event_id = 1, .branch = 1, .node = 1,
          .input = input);
    TAKES(&forged, STEP_STARTED, .branch = 1, .node = 1, .input = input);
    TAKES(&forged, STEP_SUCCEEDED, .branch = 1, .node = 1, .next = WF_NONE,
          .output = input, .globals = json(&forged, "{\"v\":1}"));
    TAKES(&forged, BRANCH_ABANDONED, .index = 2);
    TAKES(&forged, STEP_FAILED, .event_id = 1);
    TAKES(&forged, STEP_EXITED);
    TAKES(&forged, EXECUTION_FAILED, .event_id = 1);
    CHECK(step(&forged, forking, WF_INPUT_REDRIVE, &err) == WF_OK);
    CHECK_INT(forged.exec->branches.live, 1);
    done(&forged);
}


/* The engine's next name for a run is there already. */
TEST(run_name)
{
    forged_t           forged;
    wf_run_t           run;
    const wf_value_t  *name, *again;

    static wf_input_t           input;
    static const wf_identity_t  identity;

    begin(&forged, true);

    run.exec = forged.exec;
    run.input = &input;
    run.identity = &identity;
    forged.exec->codec.seq += 4;
    name = wf_map_run_name(&run);
    forged.exec->codec.seq -= 4;

    TAKES(&forged, MAP_RUN_STARTED, .input = json(&forged, "[1]"),
          .output = name, .local = json(&forged, "{\"MaxConcurrency\":1}"));

    /* as if it were drawn at that event */

    forged.exec->codec.seq += 3;
    again = wf_map_run_name(&run);
    forged.exec->codec.seq -= 3;

    CHECK(!wf_value_eq(name, again));
    done(&forged);
}


UNIT_MAIN()
