
/*
 * The words of the Amazon States Language for mutations of definitions.
 */

#ifndef WF_FUZZ_MUTATE_ASL_H
#define WF_FUZZ_MUTATE_ASL_H


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
    "OutputType", "Transformation", "RoleArn", "a.$", "a", "A", "B",
    "definition", "stateName", "mock", "result", "errorOutput", "error",
    "cause", "fieldValidationMode", "stateConfiguration", "context",
    "variables", "input", "mapIterationFailureCount", "mapItemReaderData",
    "retrierRetryCount", "errorCausedByState"
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


#endif /* WF_FUZZ_MUTATE_ASL_H */
