
/*
 * What fuzzers of histories share: programs of all three languages, and what
 * becomes of an execution whose history was replayed.  It goes on like any
 * other, and what it then records must replay to the same state.
 */

#ifndef WF_FUZZ_HISTORY_H
#define WF_FUZZ_HISTORY_H


#include "base/json.h"
#include "engine/engine.h"
#include "flow/compile.h"


#define TURNS      16
#define START_MS   1700000000000


static const char *const  flows[] = {
    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- {type: wait, name: w, duration: $.d}\n"
    "- type: choice\n"
    "  name: c\n"
    "  default:\n"
    "    steps:\n"
    "    - type: pass\n"
    "      name: p\n"
    "      inputMappings: [{target: a, source: $local.a}]\n"
    "      outputMappings: [{target: b, source: $input}]\n"
    "    goto: w\n"
    "outputMappings: [{target: x, source: $local}]\n",

    "Type: StateMachine\n"
    "SpecVersion: v1\n"
    "Name: t\n"
    "StartAt: W\n"
    "States:\n"
    "- {Type: Wait, Name: W, Seconds.$: $Input.d, Next: C}\n"
    "- Type: Choice\n"
    "  Name: C\n"
    "  Branches: [{Condition: $Global.stop, Next: F}]\n"
    "  Default: P\n"
    "- Type: Pass\n"
    "  Name: P\n"
    "  InputConstructor: {a.$: $Input}\n"
    "  GlobalConstructor: {g.$: $Output}\n"
    "  Next: W\n"
    "- {Type: Fail, Name: F}\n",

    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- type: foreach\n"
    "  name: each\n"
    "  iterationMapping: {collection: $.l, item: i, index: n}\n"
    "  steps:\n"
    "  - type: parallel\n"
    "    name: both\n"
    "    branches:\n"
    "    - steps:\n"
    "      - type: task\n"
    "        name: t\n"
    "        resourceArn: acs:mns:::/topics/t/messages\n"
    "        pattern: waitForCallback\n"
    "        timeoutSeconds: 9\n"
    "        inputMappings: [{target: t, source: $context.task.token}]\n"
    "        serviceParams: {MessageBody: $}\n"
    "        retry: [{errors: [E], maxAttempts: 2}]\n"
    "        catch: [{errors: [FnF.ALL], goto: p}]\n"
    "        errorMappings: [{target: e, source: $local.error}]\n"
    "      - {type: pass, name: p}\n"
    "    - steps: [{type: wait, name: w, duration: 3}]\n"
    "    outputMappings: [{target: r, source: $local}]\n"
    "- {type: task, name: u, resourceArn: 'acs:fc:::services/a/functions/b'}\n",

    "Type: StateMachine\n"
    "SpecVersion: v1\n"
    "Name: t\n"
    "StartAt: P\n"
    "States:\n"
    "- Type: Parallel\n"
    "  Name: P\n"
    "  Branches:\n"
    "  - StartAt: M\n"
    "    States:\n"
    "    - Type: Map\n"
    "      Name: M\n"
    "      ItemsPath: $Input.l\n"
    "      MaxConcurrency: 2\n"
    "      ToleratedFailureCount: 1\n"
    "      ProcessorConfig: {ExecutionMode: Standard}\n"
    "      Processor: {StartAt: x, States: [{Type: Succeed, Name: x}]}\n"
    "      Retry: [{Errors: [E], MaxAttempts: 1, IntervalSeconds: 1}]\n"
    "      End: true\n"
    "  - StartAt: N\n"
    "    States:\n"
    "    - Type: Map\n"
    "      Name: N\n"
    "      ItemsPath: $Input.l\n"
    "      MaxConcurrency: 2\n"
    "      Processor:\n"
    "        StartAt: T\n"
    "        States:\n"
    "        - Type: Task\n"
    "          Name: T\n"
    "          Action: FNF:StartExecution\n"
    "          TaskMode: WaitForSystemCallback\n"
    "          Parameters: {resourceArn: 'acs:fnf:::flow/c', "
    "input: {a.$: $Input}}\n"
    "          End: true\n"
    "      End: true\n"
    "  Catch: [{Errors: [FnF.ALL], Next: Z}]\n"
    "  End: true\n"
    "- {Type: Pass, Name: Z, End: true}\n",

    "{\"StartAt\":\"X\",\"States\":{\"X\":{\"Type\":\"Pass\",\"Assign\":{"
    "\"v.$\":\"$\"},\"Next\":\"P\"},\"P\":{\"Type\":\"Parallel\",\"Branches\":"
    "[{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":"
    "\"arn:aws:states:::lambda:invoke.waitForTaskToken\",\"HeartbeatSeconds"
    "\":5,\"TimeoutSeconds\":9,\"Parameters\":{\"t.$\":\"$v\"},\"End\":"
    "true}}},{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\","
    "\"MaxConcurrency\":2,\"ItemProcessor\":{\"StartAt\":\"B\",\"States\":{"
    "\"B\":{\"Type\":\"Wait\",\"Seconds\":3,\"Next\":\"C\"},\"C\":{\"Type\":"
    "\"Task\",\"Resource\":\"arn:aws:lambda:us-east-1:1:function:f\","
    "\"End\":true}}},\"Retry\":[{\"ErrorEquals\":[\"E\"],\"MaxAttempts\":1}"
    "],\"End\":true}}}],\"Catch\":[{\"ErrorEquals\":[\"F\"],\"Next\":\"X\"}],"
    "\"End\":true}}}",

    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"
    "\"Type\":\"Map\",\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:"
    "getObject\",\"Arguments\":{\"Bucket\":\"b\"}},\"ResultWriter\":{"
    "\"Resource\":\"arn:aws:states:::s3:putObject\",\"Arguments\":{\"Bucket"
    "\":\"b\"}},\"ToleratedFailureCount\":1,\"ItemProcessor\":{"
    "\"ProcessorConfig\":{\"Mode\":\"DISTRIBUTED\",\"ExecutionType\":"
    "\"STANDARD\"},\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\","
    "\"End\":true}}},\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"Output\":"
    "\"{% $none %}\",\"Next\":\"T\"}],\"Next\":\"T\"},\"T\":{\"Type\":\"Task\","
    "\"Resource\":\"arn:aws:states:us-east-1:1:activity:a\",\"Arguments\":"
    "\"{% $states.input.x %}\",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],"
    "\"MaxAttempts\":1}],\"End\":true}}}",

    "{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\",\"ItemsPath\":"
    "\"$.l\",\"ItemSelector\":{\"i.$\":\"$$.Map.Item.Value\"},"
    "\"ItemProcessor\":{\"StartAt\":\"R\",\"States\":{\"R\":{\"Type\":\"Map\","
    "\"MaxConcurrencyPath\":\"$.i\",\"ItemBatcher\":{\"MaxItemsPerBatch\":2},"
    "\"ToleratedFailurePercentage\":50,\"ItemProcessor\":{"
    "\"ProcessorConfig\":{\"Mode\":\"DISTRIBUTED\",\"ExecutionType\":"
    "\"EXPRESS\"},\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}},"
    "\"ResultPath\":\"$.r\",\"Next\":\"C\"},\"C\":{\"Type\":\"Choice\","
    "\"Choices\":[{\"Variable\":\"$.x\",\"IsPresent\":true,\"Next\":\"F\"}],"
    "\"Default\":\"R\"},\"F\":{\"Type\":\"Fail\",\"Error\":\"E\"}}},"
    "\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"MaxAttempts\":1}],\"Catch\""
    ":[{\"ErrorEquals\":[\"E\"],\"Next\":\"Z\"}],\"Next\":\"W\"},\"W\":{"
    "\"Type\":\"Wait\",\"SecondsPath\":\"$.d\",\"Next\":\"M\"},\"Z\":{"
    "\"Type\":\"Succeed\"}}}"
};

static wf_program_t  *programs[wf_countof(flows)];

/* What tasks answer in turn; the last one nothing. */
static const char *const  answers[] = {
    "[1,{\"x\":2}]", "7", "{\"a\":\"b\",\"l\":[3]}", NULL
};

static wf_value_t  *answer_values[wf_countof(answers)];

static unsigned  fuzz_questions;    /* about activities, of this input */


static inline void
programs_init(void)
{
    size_t              i;
    wf_error_t          err;
    static wf_arena_t  *arena;

    if (arena == NULL) {
        arena = wf_arena_create(0);
    }

    for (i = 0; i + 1 < wf_countof(answers); i++) {
        if (answer_values[i] == NULL) {
            wf_assert(wf_json_parse(arena, wf_str_of(answers[i]),
                                    &answer_values[i], &err) == WF_OK);
        }
    }

    fuzz_questions = 0;

    for (i = 0; i < wf_countof(flows); i++) {
        if (programs[i]) {
            continue;
        }

        wf_assert(wf_compile(wf_str_of(flows[i]), WF_MODE_STANDARD,
                             &programs[i], &err)
                  == WF_OK);
    }
}


static inline wf_str_t
fuzz_token(void *data, uint64_t task, wf_arena_t *arena)
{
    wf_buf_t  buf;

    (void) data;

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "token-");
    wf_buf_uint(&buf, task);

    return wf_buf_done(&buf);
}


/* Every second question finds one, every eighth nobody knows yet. */
static inline wf_rc_t
fuzz_activity(void *data, wf_str_t arn)
{
    (void) data;
    (void) arn;

    fuzz_questions++;

    return fuzz_questions % 8 == 0 ? WF_AGAIN
           : fuzz_questions % 2 ? WF_OK : WF_DECLINED;
}


static const wf_identity_t  fuzz_identity = {
    .flow_name = wf_str_init("sfn/us-east-1/123456789012/m"),
    .execution_name = wf_str_init("e"),
    .number = 7,
    .token = fuzz_token,
    .activity = fuzz_activity
};


/* One input on exec; its events on twin, which must then be alike. */
static inline bool
turn(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program,
    const wf_input_t *input)
{
    bool         stepped;
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_step_t    step;
    wf_error_t   err;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_error_clear(&err);
    wf_step_init(&step, arena);
    rc = wf_engine_step(exec, program, &fuzz_identity, input, arena, &step,
                        &err);
    stepped = rc == WF_OK;

    if (stepped) {
        wf_buf_init(&buf, arena, 0);
        wf_chunk_seal(&buf, wf_buf_done(&step.events), step.event_count);
        wf_assert(wf_engine_replay(twin, wf_buf_done(&buf), &err) == WF_OK);

    } else {
        wf_assert(step.event_count == 0);
        wf_assert(rc == WF_DECLINED || err.code == WF_E_INTERNAL);
    }

    wf_assert(wf_exec_fingerprint(exec) == wf_exec_fingerprint(twin));
    wf_arena_free(arena);

    return stepped;
}


/* What is owed must be a call of each task that nobody took. */
static inline void
check_owed(wf_exec_t *exec, const wf_program_t *program)
{
    uint32_t            count;
    wf_step_t           step;
    wf_error_t          err;
    wf_arena_t         *arena;
    const wf_effect_t  *effect;

    arena = wf_arena_create(0);
    wf_step_init(&step, arena);
    wf_error_clear(&err);

    if (wf_engine_resume(exec, program, &fuzz_identity, &step, &err)
        == WF_OK)
    {
        count = 0;

        for (effect = step.effects; effect; effect = effect->next) {
            wf_assert(effect->type == WF_EFFECT_CALL);
            count++;
        }

        wf_assert(count == exec->owed_count);
        wf_assert(wf_exec_owes(exec) == (step.wants_continue || count != 0));
    }

    wf_arena_free(arena);
}


/* What comes next: go on, an answer, the time. */
static inline wf_input_t
next_input(const wf_exec_t *exec, unsigned turn_no, int64_t now_ms)
{
    uint32_t                  i;
    wf_input_t                input;
    const wf_roster_entry_t  *entry;

    static const uint8_t  outcomes[] = {
        WF_OUTCOME_SUCCEEDED, WF_OUTCOME_FAILED, WF_OUTCOME_SUBMITTED
    };

    input = (wf_input_t) { .type = WF_INPUT_TIMER, .now_ms = now_ms };

    if (exec->ready != NULL) {
        input.type = WF_INPUT_CONTINUE;
        return input;
    }

    for (i = 0; i < exec->tasks.count && turn_no % 4 != 3; i++) {
        entry = &exec->tasks.entries[i];

        if (entry->branch) {
            input.type = entry->is_taken ? WF_INPUT_TASK_REPORTED
                                         : WF_INPUT_TASK_DONE;
            input.task = entry->no;
            input.outcome = outcomes[turn_no % wf_countof(outcomes)];
            input.value = answer_values[turn_no / 2 % wf_countof(answers)];
            input.error = wf_str("E");
            return input;
        }
    }

    input.now_ms = wf_min(wf_max(now_ms, wf_exec_due_ms(exec)),
                          253402300799999);

    return input;
}


static inline void
go_on(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program)
{
    unsigned    i;
    wf_input_t  input;

    input = (wf_input_t) { .now_ms = exec->codec.time_ms };

    for (i = 0; i < TURNS; i++) {
        check_owed(exec, program);
        input = next_input(exec, i, input.now_ms);

        if (!turn(exec, twin, program, &input)) {
            break;
        }
    }

    input = (wf_input_t) { .type = WF_INPUT_STOP, .now_ms = input.now_ms };
    (void) turn(exec, twin, program, &input);

    /* once more from where it stands, if it may be redriven */

    wf_assert(wf_exec_compact(exec) == WF_OK);
    input = (wf_input_t) { .type = WF_INPUT_REDRIVE, .now_ms = input.now_ms };

    for (i = 0; i < TURNS && turn(exec, twin, program, &input); i++) {
        check_owed(exec, program);
        input = next_input(exec, i, input.now_ms);
    }
}


/* {"a":2,"l":[{"a":2,"l":[...]}]}, as deep as may be. */
static inline wf_value_t *
deep_value(wf_arena_t *arena)
{
    unsigned     i;
    wf_buf_t     buf;
    wf_error_t   err;
    wf_value_t  *value;

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < WF_DEPTH_MAX / 2; i++) {
        wf_buf_text(&buf, "{\"a\":2,\"l\":[");
    }

    wf_buf_byte(&buf, '7');

    for (i = 0; i < WF_DEPTH_MAX / 2; i++) {
        wf_buf_text(&buf, "]}");
    }

    wf_assert(wf_json_parse(arena, wf_buf_done(&buf), &value, &err) == WF_OK);

    return value;
}


/* Of any language, from its start on, with a small input or a deep one. */
static inline void
run_program(const wf_program_t *program, bool is_deep)
{
    wf_exec_t          *exec, *twin;
    wf_error_t          err;
    wf_input_t          input;
    wf_arena_t         *arena;
    static wf_value_t  *inputs[2];

    programs_init();

    if (inputs[0] == NULL) {
        arena = wf_arena_create(0);
        inputs[1] = deep_value(arena);
        wf_assert(wf_json_parse(arena,
                                wf_str("{\"a\":2,\"l\":[1,{\"x\":\"y\"},[]],"
                                       "\"n\":3,\"s\":\"t\",\"d\":9,"
                                       "\"v\":{\"E\":0}}"), &inputs[0], &err)
                  == WF_OK);
    }

    exec = wf_exec_create();
    twin = wf_exec_create();
    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .now_ms = START_MS,
        .value = inputs[is_deep]
    };

    wf_assert(turn(exec, twin, program, &input));
    go_on(exec, twin, program);

    wf_exec_free(exec);
    wf_exec_free(twin);
}


/* Twice alike. */
static inline void
check_dump(const wf_program_t *program)
{
    wf_buf_t     first, second;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&first, arena, 0);
    wf_buf_init(&second, arena, 0);
    wf_program_dump(&first, program);
    wf_program_dump(&second, program);
    wf_assert(!first.failed && first.len > 0);
    wf_assert(wf_str_eq(wf_buf_done(&first), wf_buf_done(&second)));
    wf_arena_free(arena);
}


#endif /* WF_FUZZ_HISTORY_H */
