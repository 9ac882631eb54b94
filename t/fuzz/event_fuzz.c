
/*
 * Any bytes as a history: refused or replayed, never a crash.  What was
 * replayed keeps its fingerprint when it is compacted, and goes on from there
 * like any execution: what it then records replays to the same state.
 *
 * Input: a byte of choices, a byte of event count, the bytes.  Bit 0 of the
 * first byte: the bytes are events and get sealed (the checksum would keep
 * the fuzzer out); the other bits: which program goes on.
 */

#include "base/json.h"
#include "engine/swf.h"
#include "flow/compile.h"


#define SEAL      1
#define PROGRAM   1                 /* first of its bits */
#define TURNS     12


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


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

    "{\"Decider\":\"SWF\"}"
};

/* What a run of SWF is told, in turn. */
static const struct {
    wf_swf_kind_t  kind;
    const char    *value;
} words[] = {
    { WF_SWF_DECIDED,
      "{\"types\":{\"a\\u0001t\\u00011\":{\"defaults\":{\"defaultTaskList\":{"
      "\"name\":\"l\"},\"defaultTaskScheduleToStartTimeout\":\"1\","
      "\"defaultTaskScheduleToCloseTimeout\":\"2\","
      "\"defaultTaskStartToCloseTimeout\":\"NONE\","
      "\"defaultTaskHeartbeatTimeout\":\"3\"}},\"w\\u0001t\\u00011\":{"
      "\"defaults\":{\"defaultExecutionStartToCloseTimeout\":\"9\","
      "\"defaultTaskList\":{\"name\":\"l\"},\"defaultTaskStartToCloseTimeout"
      "\":\"NONE\",\"defaultChildPolicy\":\"TERMINATE\"}}},\"taskList\":{"
      "\"name\":\"m\"},\"taskListScheduleToStartTimeout\":\"2\",\"decisions\""
      ":[{\"decisionType\":\"ScheduleActivityTask\","
      "\"scheduleActivityTaskDecisionAttributes\":{\"activityId\":\"a\","
      "\"activityType\":{\"name\":\"t\",\"version\":\"1\"}}},{\"decisionType"
      "\":\"RequestCancelActivityTask\","
      "\"requestCancelActivityTaskDecisionAttributes\":{\"activityId\":\"b\"}"
      "},{\"decisionType\":\"StartTimer\",\"startTimerDecisionAttributes\":{"
      "\"timerId\":\"t\",\"startToFireTimeout\":\"1\"}},{\"decisionType\":"
      "\"StartChildWorkflowExecution\","
      "\"startChildWorkflowExecutionDecisionAttributes\":{\"workflowId\":\"k\""
      ",\"workflowType\":{\"name\":\"t\",\"version\":\"1\"}}},{"
      "\"decisionType\":\"SignalExternalWorkflowExecution\","
      "\"signalExternalWorkflowExecutionDecisionAttributes\":{\"workflowId\":"
      "\"s\",\"signalName\":\"n\"}},{\"decisionType\":"
      "\"ScheduleLambdaFunction\",\"scheduleLambdaFunctionDecisionAttributes\":"
      "{\"id\":\"i\",\"name\":\"f\"}},{\"decisionType\":"
      "\"ContinueAsNewWorkflowExecution\"}]}" },
    { WF_SWF_SIGNAL, "{\"signalName\":\"s\",\"externalWorkflowExecution\":{"
      "\"workflowId\":\"w\",\"runId\":\"r\"},\"externalInitiatedEventId\":5}" },
    { WF_SWF_CANCEL, "{\"cause\":\"CHILD_POLICY_APPLIED\"}" },
    { WF_SWF_COMPLETED, "{\"result\":\"r\"}" },
    { WF_SWF_HEARTBEAT, "{\"details\":\"d\"}" },
    { WF_SWF_ANSWER, "{\"runId\":\"r\"}" },
    { WF_SWF_CANCELED, "{}" },
    { WF_SWF_ANSWER, "{\"cause\":\"c\"}" },
    { WF_SWF_FAILED, "{}" },
    { WF_SWF_CLOSED, "{\"initiatedEventId\":5,\"workflowExecution\":{"
      "\"workflowId\":\"k\",\"runId\":\"r\"},\"event\":"
      "\"ChildWorkflowExecutionFailed\"}" }
};

static wf_program_t  *programs[wf_countof(flows)];


static void
programs_init(void)
{
    size_t      i;
    wf_error_t  err;

    for (i = 0; i < wf_countof(flows); i++) {
        if (programs[i]) {
            continue;
        }

        wf_assert(wf_compile(wf_str_of(flows[i]), WF_MODE_STANDARD,
                             &programs[i], &err)
                  == WF_OK);
    }
}


/* One input on exec; its events on twin, which must then be alike. */
static bool
turn(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program,
    const wf_input_t *input)
{
    bool         stepped;
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_step_t    step;
    wf_error_t   err;
    wf_arena_t  *arena;

    static const wf_identity_t  identity = {
        .flow_name = wf_str_init("f"),
        .execution_name = wf_str_init("e")
    };

    arena = wf_arena_create(0);
    wf_error_clear(&err);
    wf_step_init(&step, arena);
    rc = wf_engine_step(exec, program, &identity, input, arena, &step, &err);
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
static void
check_owed(wf_exec_t *exec, const wf_program_t *program)
{
    uint32_t            count;
    wf_step_t           step;
    wf_error_t          err;
    wf_arena_t         *arena;
    const wf_effect_t  *effect;

    static const wf_identity_t  identity = { .flow_name = wf_str_init("f") };

    arena = wf_arena_create(0);
    wf_step_init(&step, arena);
    wf_error_clear(&err);

    if (wf_engine_resume(exec, program, &identity, &step, &err) == WF_OK) {
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
static wf_input_t
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

    for (i = 0; i < exec->tasks.count && turn_no % 3 != 2; i++) {
        entry = &exec->tasks.entries[i];

        if (entry->branch) {
            input.type = entry->is_taken ? WF_INPUT_TASK_REPORTED
                                         : WF_INPUT_TASK_DONE;
            input.task = entry->no;
            input.outcome = outcomes[turn_no % wf_countof(outcomes)];
            input.error = wf_str("E");
            return input;
        }
    }

    input.now_ms = wf_min(wf_max(now_ms, wf_exec_due_ms(exec)),
                          253402300799999);

    return input;
}


/* An item's number, if there is one. */
static uint64_t
some_task(const wf_exec_t *exec, unsigned turn_no, bool is_owed)
{
    uint64_t  no, last;

    last = exec->codec.event_id;

    for (no = 1; no <= last; no++) {
        if (is_owed ? wf_swf_owes_task(exec, no)
                    : wf_swf_has_decision(exec, no)
                      || wf_swf_has_activity(exec, no))
        {
            return no;
        }
    }

    return turn_no % (last + 1);
}


/* A run of SWF: what is owed is done, somebody says something, the time. */
static void
go_on_swf(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program)
{
    unsigned     i;
    wf_arena_t  *arena;
    wf_error_t   err;
    wf_input_t   input;
    wf_value_t  *value;

    arena = wf_arena_create(0);
    input = (wf_input_t) { .now_ms = exec->codec.time_ms };

    for (i = 0; i < TURNS * 3; i++) {
        check_owed(exec, program);
        input = (wf_input_t) { .now_ms = input.now_ms };

        switch (i % 3) {

        case 0:
            input.type = WF_INPUT_TASK_DONE;
            input.task = some_task(exec, i, true);
            input.outcome = i % 5 ? WF_OUTCOME_SUBMITTED
                                  : WF_OUTCOME_SUCCEEDED;
            break;

        case 1:
            input.type = WF_INPUT_SWF;
            input.swf = (uint8_t) words[i / 3 % wf_countof(words)].kind;
            input.task = some_task(exec, i, false);
            wf_assert(wf_json_parse(arena,
                              wf_str_of(words[i / 3 % wf_countof(words)]
                                        .value), &value, &err) == WF_OK);
            input.value = value;
            break;

        default:
            input.type = WF_INPUT_TIMER;
            input.now_ms = wf_min(wf_max(input.now_ms, wf_exec_due_ms(exec)),
                                  253402300799999);
            break;
        }

        (void) turn(exec, twin, program, &input);
        wf_exec_check(exec, true);
    }

    wf_assert(wf_exec_compact(exec) == WF_OK);
    input = (wf_input_t) { .type = WF_INPUT_STOP, .now_ms = input.now_ms };
    (void) turn(exec, twin, program, &input);
    wf_arena_free(arena);
}


static void
go_on(wf_exec_t *exec, wf_exec_t *twin, const wf_program_t *program)
{
    unsigned    i;
    wf_input_t  input;

    if (wf_exec_is_swf(exec) && program->dialect == WF_DIALECT_SWF) {
        go_on_swf(exec, twin, program);
        return;
    }

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


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t     fingerprint;
    wf_str_t     bytes;
    wf_buf_t     buf;
    wf_exec_t   *exec, *twin;
    wf_error_t   err;
    wf_arena_t  *arena;

    if (size < 2) {
        return 0;
    }

    programs_init();
    arena = wf_arena_create(0);
    exec = wf_exec_create();
    twin = wf_exec_create();
    wf_error_clear(&err);
    bytes = (wf_str_t) { size - 2, data + 2 };

    if (data[0] & SEAL) {
        wf_buf_init(&buf, arena, 0);
        wf_chunk_seal(&buf, bytes, data[1]);
        bytes = wf_buf_done(&buf);
    }

    if (wf_engine_replay(exec, bytes, &err) == WF_OK) {
        wf_assert(wf_engine_replay(twin, bytes, &err) == WF_OK);
        fingerprint = wf_exec_fingerprint(exec);
        wf_assert(wf_exec_compact(exec) == WF_OK);
        wf_assert(wf_exec_fingerprint(exec) == fingerprint);
        go_on(exec, twin,
              programs[(data[0] >> PROGRAM) % wf_countof(programs)]);

    } else {
        wf_assert(err.code == WF_E_INTERNAL && err.len[0] > 0);
    }

    wf_exec_free(exec);
    wf_exec_free(twin);
    wf_arena_free(arena);

    return 0;
}
