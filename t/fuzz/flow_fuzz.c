
/*
 * Any bytes as a definition, in both modes: compiled and dumped, or refused
 * with a reason.  One that is taken runs for a while.  JSON is YAML too.
 */

#include "history.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  mutate_keys[] = {
    "Action", "BatchInput", "Branches", "Catch", "Cause", "Choices", "Code",
    "Condition", "Default", "Description", "Detail", "End", "Error", "Errors",
    "ExecutionMode", "FixedBackoff", "GlobalConstructor", "HeartbeatSeconds",
    "InputConstructor", "IntervalSeconds", "ItemBatcher", "ItemConstructor",
    "ItemProcessor", "ItemsPath", "Iterator", "MaxAttempts",
    "MaxBackoffSeconds", "MaxConcurrency", "MaxInputBytesPerBatch",
    "MaxItems", "MaxItemsPerBatch", "Multiplier", "Name", "Next",
    "OutputConstructor", "Parameters", "Processor", "ProcessorConfig",
    "Retry", "Seconds", "SpecVersion", "StartAt", "States", "TaskMode",
    "TimeoutSeconds", "Timestamp", "ToleratedFailureCount",
    "ToleratedFailurePercentage", "Type", "Timeout", "branches", "catch",
    "choices", "collection", "condition", "default", "duration", "end",
    "errorMappings", "errors", "goto", "index", "inputMappings",
    "intervalSeconds", "item", "iterationMapping", "maxAttempts",
    "maxIntervalSeconds", "multiplier", "name", "outputMappings", "pattern",
    "resourceArn", "retry", "serviceParams", "source", "steps", "target",
    "timeoutSeconds", "timestamp", "type", "a.$", "a", "b"
};

static const char *const  mutate_values[] = {
    "{}", "[]", "null", "true", "false", "0", "1", "3", "-1", "1.5", "1e30",
    "86400", "\"\"", "\"a\"", "\"A\"", "\"b\"", "\"$\"", "\"$.a\"",
    "\"$.l\"", "\"$.l[*]\"", "\"$.l[0].x\"", "\"$.n\"", "\"$.s\"",
    "\"$Input\"", "\"$Input.l\"", "\"$Input.n\"", "\"$Output\"",
    "\"$Output.a\"", "\"$Global\"", "\"$Global.g\"", "\"$Item\"",
    "\"$Context.Execution.Name\"", "\"$Context.Task.Token\"",
    "\"$context.task.token\"", "\"$context.flow.name\"", "\"$input\"",
    "\"$input.l\"", "\"$local\"", "\"$local.a\"", "\"$local.error\"",
    "\"$.a > 1 && $.b\"", "\"$Input.n == 3\"", "\"$Input.s != 't'\"",
    "\"format('{}', $.n)\"", "\"arrayLength($.l)\"",
    "\"jsonToString($)\"", "\"uuid()\"", "\"flow\"", "\"task\"",
    "\"pass\"", "\"wait\"", "\"choice\"", "\"parallel\"", "\"foreach\"",
    "\"succeed\"", "\"fail\"", "\"StateMachine\"", "\"Task\"", "\"Pass\"",
    "\"Wait\"", "\"Choice\"", "\"Parallel\"", "\"Map\"", "\"Succeed\"",
    "\"Fail\"", "\"Standard\"", "\"Express\"", "\"RequestComplete\"",
    "\"WaitForSystemCallback\"", "\"WaitForCustomCallback\"",
    "\"requestComplete\"", "\"sync\"", "\"waitForCallback\"",
    "\"FnF.ALL\"", "\"FnF.TaskTimeout\"", "\"E\"", "\"2030-01-01T00:00:00Z\"",
    "\"acs:fc:::services/s/functions/f\"", "\"acs:fnf:::flow/f\"",
    "\"acs:mns:::/topics/t/messages\"", "\"FNF:StartExecution\"",
    "\"HTTP:Request\"", "{\"target\":\"t\",\"source\":\"$.a\"}",
    "[{\"errors\":[\"FnF.ALL\"],\"goto\":\"b\"}]",
    "[{\"errors\":[\"E\"],\"maxAttempts\":2}]",
    "[{\"Errors\":[\"FnF.ALL\"],\"Next\":\"b\"}]",
    "[{\"Errors\":[\"E\"],\"MaxAttempts\":2,\"IntervalSeconds\":1}]",
    "{\"ExecutionMode\":\"Standard\"}", "{\"type\":\"pass\",\"name\":\"b\"}",
    "{\"Type\":\"Pass\",\"Name\":\"b\",\"End\":true}",
    "{\"type\":\"succeed\",\"name\":\"s\"}", "{\"a.$\":\"$Input\"}"
};

#include "mutate.h"


static bool
is_json(wf_str_t text)
{
    wf_type_t   type;
    wf_error_t  err;

    return wf_json_check(text, &type, &err) == WF_OK && type == WF_OBJECT;
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_str_t       reason;
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);

    if (wf_compile(text, mode, &program, &err) == WF_OK) {
        check_dump(program);
        run_program(program, text.len % 2);
        wf_program_release(program);
        return;
    }

    reason = wf_error_arg(&err, 0);
    wf_assert(err.code == WF_E_INVALID_ARGUMENT && reason.len > 0);

    /* a state machine's faults have a path for a place: see asl_fuzz.c */

    if (!wf_str_starts(reason, wf_str("line "))) {
        wf_assert(is_json(text) && wf_utf8_valid(reason));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
