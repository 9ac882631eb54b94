
/*
 * Golden answers of Step Functions; ARNs there and back.
 */

#include "unit.h"

#include "wire/aws_arn.c"

#include "aws.h"


#define HERE     "us-east-1:123456789012"
#define MACHINE  "arn:aws:states:" HERE ":stateMachine:m"
#define FLOW     wf_str("sfn/us-east-1/123456789012/m")

/* 2026-01-02T03:04:05.123Z */
#define STARTED_MS  1767323045123

static wf_arena_t  *arena;


static wf_str_t
encode(const char *action, const wf_reply_t *reply)
{
    uint32_t         i;
    wf_buf_t         buf;
    wf_message_t     message;
    wf_aws_state_t   state;

    wf_arena_free(arena);
    arena = wf_arena_create(0);
    memset(&message, 0, sizeof(message));
    memset(&state, 0, sizeof(state));
    message.arena = message.scratch = arena;
    message.state = &state;
    state.service = &wf_aws_sfn;

    for (i = 0; i < wf_aws_sfn.operation_count; i++) {

        if (wf_str_eq(wf_aws_sfn.operations[i].action, wf_str_of(action))) {
            state.operation = &wf_aws_sfn.operations[i];
        }
    }

    CHECK(state.operation != NULL);
    wf_buf_init(&buf, arena, 0);
    CHECK_INT(wf_protocol_sfn.encode(&buf, &message, reply), 200);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


TEST(machines)
{
    wf_reply_t      reply;
    wf_flow_view_t  view;

    memset(&reply, 0, sizeof(reply));
    view = (wf_flow_view_t) {
        .name = FLOW,
        .definition = wf_str("{\"a\":1}"),
        .role = wf_str("arn:aws:iam::1:role/r"),
        .created_ms = STARTED_MS,
        .modified_ms = STARTED_MS + 1000,
        .attributes = wf_str("{\"loggingConfiguration\":{\"level\":\"OFF\"},"
                             "\"tracingConfiguration\":{\"enabled\":false},"
                             "\"creation\":{\"publish\":true}}"),
        .references = wf_str("{\"S\":[\"x\"]}")
    };

    reply.kind = WF_REPLY_FLOW;
    reply.count = 1;
    reply.u.flows = &view;

    CHECK_STR(encode("CreateStateMachine", &reply),
              wf_str("{\"stateMachineArn\":\"" MACHINE "\","
                     "\"creationDate\":1767323045.123}"));
    CHECK_STR(encode("DescribeStateMachine", &reply),
              wf_str("{\"stateMachineArn\":\"" MACHINE "\",\"name\":\"m\","
                     "\"status\":\"ACTIVE\",\"type\":\"STANDARD\","
                     "\"creationDate\":1767323045.123,"
                     "\"definition\":\"{\\\"a\\\":1}\","
                     "\"roleArn\":\"arn:aws:iam::1:role/r\","
                     "\"loggingConfiguration\":{\"level\":\"OFF\"},"
                     "\"tracingConfiguration\":{\"enabled\":false},"
                     "\"variableReferences\":{\"S\":[\"x\"]}}"));

    view.id = wf_str("u-u-i-d");
    view.version = 3;
    reply.has_changed = true;
    CHECK_STR(encode("UpdateStateMachine", &reply),
              wf_str("{\"updateDate\":1767323046.123,"
                     "\"revisionId\":\"u-u-i-d\","
                     "\"stateMachineVersionArn\":\"" MACHINE ":3\"}"));

    reply.next_token = wf_str("next");
    CHECK_STR(encode("ListStateMachines", &reply),
              wf_str("{\"stateMachines\":[{\"stateMachineArn\":\"" MACHINE
                     "\",\"name\":\"m\",\"type\":\"STANDARD\","
                     "\"creationDate\":1767323045.123}],"
                     "\"nextToken\":\"M2MxMDJmMDRuZXh0\"}"));
}


TEST(executions)
{
    wf_reply_t           reply;
    wf_execution_view_t  view;

    memset(&reply, 0, sizeof(reply));
    view = (wf_execution_view_t) {
        .flow = FLOW,
        .name = wf_str("e"),
        .status = 2,
        .started_ms = STARTED_MS,
        .stopped_ms = STARTED_MS + 101,
        .input = wf_str("{\"a\":1}"),
        .output = wf_str("[]"),
        .qualifier = wf_str("live"),
        .version = 7,
        .redrive_reason = wf_str("Execution is SUCCEEDED and cannot be "
                                 "redriven")
    };

    reply.kind = WF_REPLY_EXECUTION;
    reply.count = 1;
    reply.u.executions = &view;

    CHECK_STR(encode("StartExecution", &reply),
              wf_str("{\"executionArn\":\"arn:aws:states:" HERE
                     ":execution:m:e\",\"startDate\":1767323045.123}"));
    CHECK_STR(encode("DescribeExecution", &reply),
              wf_str("{\"executionArn\":\"arn:aws:states:" HERE
                     ":execution:m:e\",\"stateMachineArn\":\"" MACHINE "\","
                     "\"name\":\"e\",\"status\":\"SUCCEEDED\","
                     "\"startDate\":1767323045.123,"
                     "\"stopDate\":1767323045.224,\"redriveCount\":0,"
                     "\"stateMachineAliasArn\":\"" MACHINE ":live\","
                     "\"stateMachineVersionArn\":\"" MACHINE ":7\","
                     "\"input\":\"{\\\"a\\\":1}\","
                     "\"inputDetails\":{\"included\":true},"
                     "\"output\":\"[]\","
                     "\"outputDetails\":{\"included\":true},"
                     "\"redriveStatus\":\"NOT_REDRIVABLE\","
                     "\"redriveStatusReason\":\"Execution is SUCCEEDED and "
                     "cannot be redriven\"}"));

    view.status = 3;
    view.qualifier = wf_str("");
    view.output = wf_str("");
    view.error = wf_str("E");
    view.redrive_reason = wf_str("");
    view.redrive_count = 2;
    view.redriven_ms = STARTED_MS + 50;
    reply.metadata_only = true;
    CHECK_STR(encode("RedriveExecution", &reply),
              wf_str("{\"redriveDate\":1767323045.173}"));
    CHECK_STR(encode("DescribeExecution", &reply),
              wf_str("{\"executionArn\":\"arn:aws:states:" HERE
                     ":execution:m:e\",\"stateMachineArn\":\"" MACHINE "\","
                     "\"name\":\"e\",\"status\":\"FAILED\","
                     "\"startDate\":1767323045.123,"
                     "\"stopDate\":1767323045.224,\"redriveCount\":2,"
                     "\"redriveDate\":1767323045.173,"
                     "\"inputDetails\":{\"included\":false},"
                     "\"redriveStatus\":\"REDRIVABLE\"}"));
    view.is_run_by_map = true;
    CHECK(strstr((const char *) encode("DescribeExecution", &reply).data,
                 "\"redriveStatus\":\"REDRIVABLE_BY_MAP_RUN\"") != NULL);
    view.redrive_count = 0;
    view.redriven_ms = 0;
    reply.metadata_only = false;
    CHECK_STR(encode("ListExecutions", &reply),
              wf_str("{\"executions\":[{\"executionArn\":\"arn:aws:states:"
                     HERE ":execution:m:e\",\"stateMachineArn\":\"" MACHINE
                     "\",\"name\":\"e\",\"status\":\"FAILED\","
                     "\"startDate\":1767323045.123,"
                     "\"stopDate\":1767323045.224,\"redriveCount\":0}]}"));

    view.name = wf_str("e:u-u");
    reply.metadata_only = true;
    CHECK_STR(encode("StartSyncExecution", &reply),
              wf_str("{\"executionArn\":\"arn:aws:states:" HERE
                     ":express:m:e:u-u\",\"stateMachineArn\":\"" MACHINE
                     "\",\"name\":\"e\",\"startDate\":1767323045.123,"
                     "\"stopDate\":1767323045.224,\"status\":\"FAILED\","
                     "\"error\":\"E\",\"inputDetails\":{\"included\":false},"
                     "\"billingDetails\":{\"billedMemoryUsedInMB\":64,"
                     "\"billedDurationInMilliseconds\":200}}"));
}


TEST(notes)
{
    wf_reply_t      reply;
    wf_note_view_t  view;

    memset(&reply, 0, sizeof(reply));
    view = (wf_note_view_t) {
        .name = wf_str("activity/us-east-1/123456789012/a"),
        .body = wf_str("{\"encryptionConfiguration\":{\"type\":\"T\"}}"),
        .created_ms = STARTED_MS
    };

    reply.count = 1;
    reply.u.notes = &view;
    CHECK_STR(encode("CreateActivity", &reply),
              wf_str("{\"activityArn\":\"arn:aws:states:" HERE
                     ":activity:a\",\"creationDate\":1767323045.123}"));
    CHECK_STR(encode("DescribeActivity", &reply),
              wf_str("{\"activityArn\":\"arn:aws:states:" HERE
                     ":activity:a\",\"name\":\"a\","
                     "\"creationDate\":1767323045.123,"
                     "\"encryptionConfiguration\":{\"type\":\"T\"}}"));

    view.body = wf_str("[]");
    CHECK_STR(encode("ListTagsForResource", &reply),
              wf_str("{\"tags\":[]}"));
}


TEST(arns)
{
    size_t      i;
    wf_arn_t    arn;
    wf_buf_t    buf;
    wf_error_t  err;

    static const char  *good[] = {
        MACHINE, MACHINE ":12", MACHINE ":live", MACHINE "/label",
        "arn:aws:states:" HERE ":execution:m:e",
        "arn:aws:states:" HERE ":execution:m/label:e",
        "arn:aws:states:" HERE ":express:m:e:u",
        "arn:aws:states:" HERE ":activity:a",
        "arn:aws:states:" HERE ":mapRun:m/label:u",
        "arn:aws-cn:states:cn-north-1:1:stateMachine:m"
    };

    static const char  *bad[] = {
        "", "arn", "arn:", "arn:aws:states", "arn:aws:sqs:r:a:stateMachine:m",
        "arn:aws:states:r:a:stateMachine", "arn:aws:states:r:a:stateMachine:",
        "arn:aws:states::a:stateMachine:m", "arn:aws:states:r::activity:m",
        "arn:aws:states:r:a:execution:m", "arn:aws:states:r:a:activity:m:n",
        "arn:aws:states:r:a:stateMachine:m:1:2", "arn:aws:states:r:a:other:m"
    };

    arena = arena ? arena : wf_arena_create(0);

    for (i = 0; i < wf_countof(good); i++) {
        CHECK_INT(wf_arn_parse(wf_str_of(good[i]), 0xff, &arn, &err), WF_OK);
        wf_buf_init(&buf, arena, 0);
        wf_arn_print(&buf, &arn);
        CHECK_STR(wf_buf_done(&buf), wf_str_of(good[i]));
    }

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK_INT(wf_arn_parse(wf_str_of(bad[i]), 0xff, &arn, &err),
                  WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARN);
    }

    CHECK_INT(wf_arn_of_flow(FLOW, &arn), WF_OK);
    wf_buf_init(&buf, arena, 0);
    wf_arn_flow(&buf, &arn);
    CHECK_STR(wf_buf_done(&buf), FLOW);
    CHECK_INT(wf_arn_of_flow(wf_str("my_flow"), &arn), WF_DECLINED);
    CHECK_INT(wf_arn_of_flow(wf_str("sfn/r/a"), &arn), WF_DECLINED);
}


TEST(names)
{
    size_t  i;

    static const char  *good[] = {
        "a", "state.machine_x", "a-b'c()+=@!", "\xc3\xa9t\xc3\xa9", "\xc2\xa1"
    };

    static const char  *bad[] = {
        "", "a b", "a\tb", "a:b", "a/b", "a\"b", "a#b", "a\x7f", "\xc2\x80",
        "\xc2\x9f", "a?", "a*", "a<", "a{", "a[", "a`", "a$", "a&", "a,", "a;"
    };

    for (i = 0; i < wf_countof(good); i++) {
        CHECK(wf_arn_name_is_valid(wf_str_of(good[i])));
    }

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK(!wf_arn_name_is_valid(wf_str_of(bad[i])));
    }
}


UNIT_MAIN()
