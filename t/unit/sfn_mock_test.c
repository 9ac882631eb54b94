
/*
 * Mocked results against the models of their services, and context objects.
 */

#include "actions/sfn_mock.h"
#include "base/json.h"
#include "unit.h"


#define SCHEMA   "Mock result schema validation error: "
#define CONTEXT  "Invalid Context object provided: "

#define LONG                                                                  \
    "0123456789012345678901234567890123456789012345678901234567890123456789"


static const wf_value_t *
value_of(wf_arena_t *arena, const char *text)
{
    wf_value_t  *value;
    wf_error_t   err;

    wf_error_clear(&err);
    CHECK(wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK);

    return value;
}


static void
say(wf_rc_t rc, const wf_error_t *err, const char *expected)
{
    CHECK_INT(rc, expected ? WF_ERROR : WF_OK);
    CHECK_STR(wf_error_arg(err, 0), wf_str_of(expected ? expected : ""));

    if (expected) {
        CHECK(err->code == WF_E_VALIDATION);
    }
}


TEST(results)
{
    size_t       i;
    wf_asl_t     task;
    wf_error_t   err;
    wf_arena_t  *arena;

    static const struct {
        const char  *service;
        const char  *operation;
        const char  *result;
        const char  *strict;        /* what is said; NULL: nothing */
        const char  *present;
    } rows[] = {
        { "events", "putEvents", "{}", NULL, NULL },
        { "events", "putEvents", "{\"No\":1}", NULL, NULL },
        { "events", "putEvents", "[]",
          SCHEMA "Field 'result' must be an object",
          SCHEMA "Field 'result' must be an object" },
        { "aws-sdk:eventbridge", "putEvents", "{\"Entries\":{}}",
          SCHEMA "Field 'Entries' must be an array",
          SCHEMA "Field 'Entries' must be an array" },
        { "events", "putEvents", "{\"Entries\":[{\"EventId\":\"a\"},3]}",
          SCHEMA "Field 'Entries' must be an object",
          SCHEMA "Field 'Entries' must be an object" },
        { "events", "putEvents", "{\"Entries\":[{},{\"EventId\":1}]}",
          SCHEMA "Field 'EventId' must be a string",
          SCHEMA "Field 'EventId' must be a string" },
        { "aws-sdk:kms", "encrypt", "{\"CiphertextBlob\":\"\"}",
          SCHEMA "Field 'CiphertextBlob' is smaller than the minimum length",
          SCHEMA "Field 'CiphertextBlob' is smaller than the minimum length" },
        { "aws-sdk:lambda", "getFunction",
          "{\"Configuration\":{\"MemorySize\":127}}",
          SCHEMA "Field 'MemorySize' is less than the minimum value",
          SCHEMA "Field 'MemorySize' is less than the minimum value" },
        { "aws-sdk:lambda", "getFunction",
          "{\"Configuration\":{\"MemorySize\":10240}}", NULL, NULL },
        { "aws-sdk:s3", "getObject",
          "{\"StorageClass\":\"STANDARD\",\"Metadata\":{\"a\":\"b\"}}", NULL,
          NULL },
        { "aws-sdk:s3", "getObject", "{\"StorageClass\":\"STANDARD_\"}",
          SCHEMA "Field 'StorageClass' is not an expected value",
          SCHEMA "Field 'StorageClass' is not an expected value" },
        { "aws-sdk:s3", "getObject", "{\"Metadata\":{\"a\":1}}",
          SCHEMA "Field 'Metadata' must be a string",
          SCHEMA "Field 'Metadata' must be a string" },
        { "aws-sdk:s3", "getObject", "{\"DeleteMarker\":\"no\"}",
          SCHEMA "Field 'DeleteMarker' must be a boolean",
          SCHEMA "Field 'DeleteMarker' must be a boolean" },
        { "states", "startExecution", "{}",
          SCHEMA "Required field 'ExecutionArn' is missing", NULL },
        { "states", "startExecution", "{\"ExecutionArn\":\"\"}",
          SCHEMA "Required field 'StartDate' is missing",
          SCHEMA "Field 'ExecutionArn' is smaller than the minimum length" },
        { "lambda", "invoke", "{\"Payload\":[null],\"StatusCode\":200}", NULL,
          NULL },
        { "dynamodb", "getItem",
          "{\"Item\":{\"a\":{\"L\":[{\"M\":{\"b\":{\"S\":1}}}]}}}",
          SCHEMA "Field 'S' must be a string",
          SCHEMA "Field 'S' must be a string" },
        { "states", "describeExecution",
          "{\"ExecutionArn\":\"a\",\"StateMachineArn\":\"m\",\"Status\":\"RUN"
          "NING\",\"StartDate\":\"d\",\"Name\":\"" LONG LONG "\"}",
          SCHEMA "Field 'Name' exceeds the maximum length",
          SCHEMA "Field 'Name' exceeds the maximum length" },
        { "aws-sdk:quantum", "leap", "[1]", NULL, NULL }
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        memset(&task, 0, sizeof(wf_asl_t));
        task.service = wf_str_of(rows[i].service);
        task.operation = wf_str_of(rows[i].operation);

        wf_error_clear(&err);
        say(wf_sfn_mock_check(&task, value_of(arena, rows[i].result), true,
                              &err), &err, rows[i].strict);

        wf_error_clear(&err);
        say(wf_sfn_mock_check(&task, value_of(arena, rows[i].result), false,
                              &err), &err, rows[i].present);
    }

    wf_arena_free(arena);
}


TEST(contexts)
{
    size_t       i;
    wf_asl_t     asl;
    wf_node_t    node;
    wf_error_t   err;
    wf_arena_t  *arena;

    static const struct {
        wf_task_mode_t  mode;
        const char     *context;
        const char     *said;
    } rows[] = {
        { WF_CALL_REQUEST, "{}", NULL },
        { WF_CALL_REQUEST, "{\"Execution\":{\"Input\":[1],\"Id\":\"i\"},"
          "\"State\":{\"RetryCount\":1},\"StateMachine\":{\"Name\":\"n\"}}",
          NULL },
        { WF_CALL_REQUEST, "{\"Pokedex\":{}}",
          CONTEXT "Field 'Pokedex' is not allowed" },
        { WF_CALL_REQUEST, "{\"Execution\":{\"Name\":\"n\",\"x\":1}}",
          CONTEXT "Field 'x' is not allowed" },
        { WF_CALL_REQUEST, "{\"Execution\":{\"Id\":5}}",
          CONTEXT "Execution.Id must be a string" },
        { WF_CALL_REQUEST, "{\"State\":{\"RetryCount\":\"1\"}}",
          CONTEXT "State.RetryCount must be a number" },
        { WF_CALL_REQUEST, "{\"State\":1}", CONTEXT "State must be an "
          "object" },
        { WF_CALL_REQUEST, "{\"Map\":{}}", CONTEXT "'Map' field is not "
          "supported when mocking a Context object" },
        { WF_CALL_REQUEST, "{\"Task\":{\"Token\":\"t\"}}", CONTEXT "Context "
          "object contains 'Task' when state is not a Task state with a "
          "'.sync' or '.waitForTaskToken' service integration pattern" },
        { WF_CALL_TOKEN, "{\"Task\":{\"Token\":\"t\"}}", NULL },
        { WF_CALL_SYNC, "{\"Task\":{\"Token\":1}}",
          CONTEXT "Task.Token must be a string" }
    };

    arena = wf_arena_create(0);
    memset(&asl, 0, sizeof(wf_asl_t));
    memset(&node, 0, sizeof(wf_node_t));
    asl.kind = WF_ASL_SERVICE;
    node.type = WF_STATE_TASK;
    node.asl = &asl;

    for (i = 0; i < wf_countof(rows); i++) {
        node.u.task.mode = (uint8_t) rows[i].mode;
        wf_error_clear(&err);
        say(wf_sfn_context_check(&node, value_of(arena, rows[i].context),
                                 &err), &err, rows[i].said);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
