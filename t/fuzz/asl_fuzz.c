
/*
 * Any text as a state machine of the Amazon States Language, in both modes:
 * compiled and dumped, or refused with what is wrong and where.  One that is
 * taken runs for a while, as fuzzers of histories let theirs run.
 */

#include "flow/diagnostics.h"
#include "history.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  mutate_keys[] = {
#define FIELD(slot, name, kind, states, language, min, max)  name,
#include "flow/asl_fields.def"
#undef FIELD
#define CHOICE(name, operand, path, kind, compares, relation)  name,
#include "expr/choices.def"
#undef CHOICE
    "StartAt", "States", "Version", "Default", "Variable", "Condition", "And",
    "Or", "Not", "ErrorEquals", "MaxAttempts", "IntervalSeconds",
    "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "ProcessorConfig",
    "Mode", "ExecutionType", "MaxItems", "MaxItemsPerBatch",
    "MaxInputBytesPerBatch", "BatchInput", "InputType", "Bucket", "Key",
    "OutputType", "Transformation", "RoleArn", "a.$", "a", "A", "B"
};

static const char *const  mutate_values[] = {
    "{}", "[]", "null", "true", "false", "0", "1", "3", "-1", "1.5", "1e30",
    "99999999", "\"\"", "\"A\"", "\"B\"", "\"Pass\"", "\"Wait\"", "\"Task\"",
    "\"Choice\"", "\"Succeed\"", "\"Fail\"", "\"Parallel\"", "\"Map\"",
    "\"$\"", "\"$$\"", "\"$.a\"", "\"$.l[*]\"", "\"$v\"", "\"$.l[0].x\"",
    "\"$$.Task.Token\"", "\"$$.Map.Item.Value\"",
    "\"States.Format('{}', $.a)\"", "\"States.ArrayRange(1, $.n, 1)\"",
    "\"{% $states.input %}\"", "\"{% $states.result.x %}\"",
    "\"{% $states.errorOutput %}\"", "\"{% $v := 1 %}\"", "\"{% [1..3] %}\"",
    "\"{% $states.input.a > 1 %}\"", "\"{% $error('x') %}\"", "\"JSONata\"",
    "\"JSONPath\"", "\"INLINE\"", "\"DISTRIBUTED\"", "\"STANDARD\"",
    "\"EXPRESS\"", "\"States.ALL\"", "\"States.TaskFailed\"",
    "\"States.Timeout\"", "\"States.Runtime\"", "\"E\"", "\"FULL\"",
    "\"2030-01-01T00:00:00Z\"",
    "\"arn:aws:lambda:us-east-1:123456789012:function:f\"",
    "\"arn:aws:states:us-east-1:123456789012:activity:a\"",
    "\"arn:aws:states:::lambda:invoke.waitForTaskToken\"",
    "\"arn:aws:states:::states:startExecution.sync:2\"",
    "\"arn:aws:states:::s3:getObject\"", "\"arn:aws:states:::s3:putObject\"",
    "\"arn:aws:states:::sqs:sendMessage\"",
    "\"arn:aws:states:::http:invoke\"",
    "\"arn:aws:states:::aws-sdk:s3:listBuckets\"",
    "[{\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"B\"}]",
    "[{\"ErrorEquals\":[\"E\"],\"MaxAttempts\":2,\"IntervalSeconds\":1}]",
    "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}",
    "{\"Variable\":\"$.a\",\"NumericGreaterThan\":1,\"Next\":\"B\"}",
    "{\"Type\":\"Pass\",\"Next\":\"B\"}", "{\"Type\":\"Succeed\"}",
    "{\"a.$\":\"$\",\"b\":[{\"c.$\":\"$.l\"}]}"
};


#include "mutate.h"


/* What quotes the text is no better than the text. */
static void
check_list(const wf_diagnostics_t *list, bool is_utf8)
{
    uint32_t                count;
    const wf_diagnostic_t  *fault;

    count = 0;

    for (fault = list->first; fault; fault = fault->next) {
        wf_assert(fault->code && fault->code[0] && fault->message.len > 0);
        wf_assert(!is_utf8 || wf_utf8_valid(fault->message));
        wf_assert(!is_utf8 || wf_utf8_valid(fault->location));
        count++;
    }

    wf_assert(!list->failed && count <= list->error_count
                                        + list->warning_count);
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_error_t        err;
    wf_program_t     *program;
    wf_diagnostics_t  list, again;

    wf_error_clear(&err);
    list = (wf_diagnostics_t) { .arena = wf_arena_create(0) };
    again = list;
    program = NULL;

    wf_assert(wf_asl_compile(text, mode, &program, &list, &err) == WF_OK);
    wf_assert((program == NULL) == (list.error_count != 0));
    check_list(&list, wf_utf8_valid(text));

    wf_assert(wf_asl_compile(text, mode, NULL, &again, &err) == WF_OK);
    wf_assert(again.error_count == list.error_count);
    wf_assert(again.warning_count == list.warning_count);

    if (program) {
        check_dump(program);
        run_program(program);
        wf_program_release(program);
    }

    wf_arena_free(list.arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
