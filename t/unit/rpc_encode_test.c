
/*
 * Golden answers and errors of CloudFlow's RPC.
 */

#include "unit.h"

#include "wire/rpc_encode.c"

#include "rpc.h"


/* 2026-01-02T03:04:05.123Z */
#define STARTED_MS  1767323045123

#define HEAD  "{\"RequestId\":\"rid-1\""

static wf_arena_t      *arena;
static wf_rpc_state_t   state;
static wf_message_t     message;


static void
ask(const char *action)
{
    wf_arena_free(arena);
    arena = wf_arena_create(0);
    memset(&state, 0, sizeof(state));
    memset(&message, 0, sizeof(message));
    message.arena = arena;
    message.state = &state;
    message.request_id = wf_str("rid-1");
    message.action = wf_str_of(action);
}


static wf_str_t
encode(const wf_reply_t *reply)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    CHECK_INT(wf_rpc_encode(&buf, &message, reply), 200);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


static wf_flow_view_t
flow_view(void)
{
    return (wf_flow_view_t) {
        .id = wf_str("5b0f4d4e-0000-4000-8000-000000000001"),
        .name = wf_str("my_flow"),
        .definition = wf_str("Type: StateMachine\nName: \"x\""),
        .description = wf_str("d"),
        .type = wf_str("FDL"),
        .role = wf_str("acs:ram::1:role/r"),
        .storage = wf_str("/oss/bucket"),
        .group = wf_str("rg-1"),
        .environment = wf_str("[{\"Name\":\"k\",\"Value\":\"v\","
                              "\"Description\":\"d\"}]"),
        .created_ms = STARTED_MS,
        .modified_ms = STARTED_MS + 1000,
    };
}


#define FLOW_HEAD                                                             \
    "\"Id\":\"5b0f4d4e-0000-4000-8000-000000000001\",\"Name\":\"my_flow\","   \
    "\"Description\":\"d\",\"Definition\":"                                   \
    "\"Type: StateMachine\\nName: \\\"x\\\"\",\"Type\":\"FDL\","              \
    "\"RoleArn\":\"acs:ram::1:role/r\""

#define FLOW_TAIL                                                             \
    ",\"Environment\":{\"Variables\":[{\"Name\":\"k\",\"Value\":\"v\","       \
    "\"Description\":\"d\"}]},\"ResourceGroupId\":\"rg-1\","                  \
    "\"CreatedTime\":\"2026-01-02T03:04:05.123Z\","                           \
    "\"LastModifiedTime\":\"2026-01-02T03:04:06.123Z\""


TEST(flow)
{
    wf_reply_t      reply;
    wf_flow_view_t  view;

    view = flow_view();
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_FLOW;
    reply.count = 1;
    reply.u.flows = &view;

    ask("CreateFlow");
    CHECK_STR(encode(&reply), wf_str(HEAD "," FLOW_HEAD
              ",\"ExecutionMode\":\"Standard\"" FLOW_TAIL "}"));

    ask("DescribeFlow");
    view.is_express = true;
    CHECK_STR(encode(&reply), wf_str(HEAD "," FLOW_HEAD
              ",\"ExecutionMode\":\"Express\"" FLOW_TAIL "}"));

    ask("UpdateFlow");
    CHECK_STR(encode(&reply), wf_str(HEAD "," FLOW_HEAD
              ",\"ExternalStorageLocation\":\"/oss/bucket\"" FLOW_TAIL "}"));
}


TEST(bare_flow)
{
    wf_reply_t      reply;
    wf_flow_view_t  view;

    memset(&view, 0, sizeof(view));
    view.id = wf_str("i");
    view.name = wf_str("f");
    view.definition = wf_str("d");
    view.type = wf_str("DEFAULT");
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_FLOW;
    reply.u.flows = &view;

    ask("DescribeFlow");
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Id\":\"i\",\"Name\":\"f\","
        "\"Description\":\"\",\"Definition\":\"d\",\"Type\":\"DEFAULT\","
        "\"ExecutionMode\":\"Standard\",\"Environment\":{\"Variables\":[]},"
        "\"CreatedTime\":\"1970-01-01T00:00:00.000Z\","
        "\"LastModifiedTime\":\"1970-01-01T00:00:00.000Z\"}"));
}


TEST(flows)
{
    wf_reply_t      reply;
    wf_flow_view_t  views[2];

    views[0] = views[1] = flow_view();
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_FLOWS;
    reply.count = 2;
    reply.u.flows = views;
    reply.next_token = wf_str("next_\"flow");

    ask("ListFlows");
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Flows\":["
        "{" FLOW_HEAD ",\"ExecutionMode\":\"Standard\"" FLOW_TAIL "},"
        "{" FLOW_HEAD ",\"ExecutionMode\":\"Standard\"" FLOW_TAIL "}],"
        "\"NextToken\":\"next_\\\"flow\"}"));

    reply.count = 0;
    reply.next_token = wf_str_none;
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Flows\":[]}"));
}


static wf_execution_view_t
execution_view(void)
{
    return (wf_execution_view_t) {
        .flow = wf_str("my_flow"),
        .name = wf_str("run1"),
        .definition = wf_str("d\n"),
        .input = wf_str("{\"key\": \"value\"}"),
        .output = wf_str("{\"o\":1}"),
        .role = wf_str("r"),
        .environment = wf_str("[{\"Name\":\"k\",\"Value\":\"v\","
                              "\"Description\":\"d\"},"
                              "{\"Name\":\"k2\",\"Value\":\"\","
                              "\"Description\":\"\"}]"),
        .status = 2,
        .started_ms = STARTED_MS,
        .stopped_ms = STARTED_MS + 1000,
    };
}


#define EXEC_HEAD                                                             \
    "\"FlowName\":\"my_flow\",\"Name\":\"run1\""

#define EXEC_DATA                                                             \
    ",\"FlowDefinition\":\"d\\n\",\"Input\":\"{\\\"key\\\": \\\"value\\\"}\"" \
    ",\"Output\":\"{\\\"o\\\":1}\""

#define EXEC_TIMES                                                            \
    ",\"StartedTime\":\"2026-01-02T03:04:05.123Z\""                           \
    ",\"StoppedTime\":\"2026-01-02T03:04:06.123Z\""

#define EXEC_ENV                                                              \
    ",\"Environment\":{\"Variables\":[{\"Name\":\"k\",\"Value\":\"v\"},"      \
    "{\"Name\":\"k2\",\"Value\":\"\"}]}"


TEST(execution)
{
    wf_reply_t           reply;
    wf_execution_view_t  view;

    view = execution_view();
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_EXECUTION;
    reply.count = 1;
    reply.u.executions = &view;

    ask("DescribeExecution");
    CHECK_STR(encode(&reply), wf_str(HEAD "," EXEC_HEAD EXEC_DATA
              ",\"Status\":\"Succeeded\"" EXEC_TIMES EXEC_ENV "}"));

    ask("StopExecution");
    view.status = 4;
    CHECK_STR(encode(&reply), wf_str(HEAD "," EXEC_HEAD EXEC_DATA
              ",\"Status\":\"Stopped\"" EXEC_TIMES ",\"RoleArn\":\"r\"}"));

    ask("StartExecution");
    view.status = 1;
    view.stopped_ms = 0;
    view.output = wf_str_none;
    CHECK_STR(encode(&reply), wf_str(HEAD "," EXEC_HEAD
              ",\"FlowDefinition\":\"d\\n\","
              "\"Input\":\"{\\\"key\\\": \\\"value\\\"}\",\"Output\":\"\","
              "\"Status\":\"Running\","
              "\"StartedTime\":\"2026-01-02T03:04:05.123Z\","
              "\"StoppedTime\":\"1970-01-01T00:00:00Z\"}"));

    /* No role, no variables. */
    ask("StopExecution");
    view.role = wf_str_none;
    view.status = 5;
    CHECK_STR(encode(&reply), wf_str(HEAD "," EXEC_HEAD
              ",\"FlowDefinition\":\"d\\n\","
              "\"Input\":\"{\\\"key\\\": \\\"value\\\"}\",\"Output\":\"\","
              "\"Status\":\"TimedOut\","
              "\"StartedTime\":\"2026-01-02T03:04:05.123Z\","
              "\"StoppedTime\":\"1970-01-01T00:00:00Z\"}"));

    ask("DescribeExecution");
    view.environment = wf_str("[]");
    view.status = 3;
    CHECK_STR(encode(&reply), wf_str(HEAD "," EXEC_HEAD
              ",\"FlowDefinition\":\"d\\n\","
              "\"Input\":\"{\\\"key\\\": \\\"value\\\"}\",\"Output\":\"\","
              "\"Status\":\"Failed\","
              "\"StartedTime\":\"2026-01-02T03:04:05.123Z\","
              "\"StoppedTime\":\"1970-01-01T00:00:00Z\","
              "\"Environment\":{\"Variables\":[]}}"));
}


TEST(executions)
{
    wf_reply_t           reply;
    wf_execution_view_t  views[2];

    views[0] = views[1] = execution_view();
    views[1].status = 5;
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_EXECUTIONS;
    reply.count = 2;
    reply.u.executions = views;

    ask("ListExecutions");
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Executions\":["
        "{" EXEC_HEAD EXEC_DATA ",\"Status\":\"Succeeded\"" EXEC_TIMES
        EXEC_ENV "},"
        "{" EXEC_HEAD EXEC_DATA ",\"Status\":\"TimedOut\"" EXEC_TIMES
        EXEC_ENV "}]}"));

    reply.metadata_only = true;
    reply.count = 1;
    reply.next_token = wf_str("n");
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Executions\":["
        "{" EXEC_HEAD ",\"Status\":\"Succeeded\"" EXEC_TIMES
        EXEC_ENV "}],\"NextToken\":\"n\"}"));
}


TEST(events)
{
    wf_reply_t        reply;
    wf_error_t        err;
    wf_value_t       *input;
    wf_event_view_t   views[2];

    ask("GetExecutionHistory");
    CHECK_INT(wf_json_parse(arena, wf_str("{\"a\":\"\\\"\"}"), &input, &err),
              WF_OK);
    memset(views, 0, sizeof(views));
    memset(&reply, 0, sizeof(reply));
    views[0].event.type = WF_EVENT_EXECUTION_STARTED;
    views[0].event.event_id = 1;
    views[0].event.time_ms = STARTED_MS;
    views[0].event.input = input;
    views[1].event.type = WF_EVENT_STEP_ENTERED;
    views[1].event.event_id = 2;
    views[1].event.cause_id = 1;
    views[1].event.time_ms = STARTED_MS;
    views[1].event.input = input;
    views[1].step = wf_str("pass1");
    views[1].is_legacy = true;
    reply.kind = WF_REPLY_EVENTS;
    reply.count = 2;
    reply.u.events = views;
    reply.next_token = wf_str("3");

    CHECK_STR(encode(&reply), wf_str(HEAD ",\"Events\":["
        "{\"EventId\":1,\"ScheduleEventId\":0,\"Type\":\"ExecutionStarted\","
        "\"StepName\":\"\",\"Time\":\"2026-01-02T03:04:05.123Z\","
        "\"EventDetail\":\"{\\\"input\\\":{\\\"a\\\":\\\"\\\\\\\"\\\"}}\"},"
        "{\"EventId\":2,\"ScheduleEventId\":1,\"Type\":\"StepEntered\","
        "\"StepName\":\"pass1\",\"Time\":\"2026-01-02T03:04:05.123Z\","
        "\"EventDetail\":\"{\\\"input\\\":{\\\"a\\\":\\\"\\\\\\\"\\\"},"
        "\\\"local\\\":{}}\"}],\"NextToken\":\"3\"}"));
}


TEST(empty)
{
    wf_reply_t  reply;

    memset(&reply, 0, sizeof(reply));
    ask("DeleteFlow");
    CHECK_STR(encode(&reply), wf_str(HEAD "}"));
}


TEST(event_id)
{
    wf_reply_t  reply;

    memset(&reply, 0, sizeof(reply));
    ask("ReportTaskSucceeded");
    reply.kind = WF_REPLY_EVENT_ID;
    reply.u.event_id = 7;
    CHECK_STR(encode(&reply), wf_str(HEAD ",\"EventId\":7}"));
}


TEST(map_run)
{
    wf_reply_t         reply;
    wf_map_run_view_t  view;

    memset(&reply, 0, sizeof(reply));
    memset(&view, 0, sizeof(view));
    view.flow = wf_str("f");
    view.execution = wf_str("e");
    view.name = wf_str("c39142f1345b196d678333c41f113000");
    view.started_ms = STARTED_MS;
    view.concurrency = 3;
    view.tolerated_count = UINT32_MAX;
    view.tolerated_percentage = -1;
    view.total = 6;
    view.pending = view.running = view.succeeded = 1;
    view.failed = 2;
    view.aborted = 1;
    reply.u.map_run = &view;
    reply.kind = WF_REPLY_MAP_RUN;
    ask("DescribeMapRun");

    CHECK_STR(encode(&reply), wf_str(HEAD
        ",\"MapRunName\":\"c39142f1345b196d678333c41f113000\","
        "\"ExecutionName\":\"e\",\"Status\":\"Pending\","
        "\"StartedTime\":\"2026-01-02T03:04:05.123Z\","
        "\"StoppedTime\":\"1970-01-01T00:00:00Z\",\"Concurrency\":3,"
        "\"ToleratedFailedCount\":0,\"ToleratedFailedPercentage\":0,"
        "\"ItemCounts\":{\"Total\":6,\"Pending\":1,\"Running\":1,"
        "\"Succeed\":1,\"Failed\":2,\"Aborted\":1}}"));

    view.status = 4;
    view.tolerated_count = 5;
    view.tolerated_percentage = 12.5;
    view.stopped_ms = STARTED_MS;
    CHECK(strstr((const char *) encode(&reply).data,
                 "\"Status\":\"Aborted\"") != NULL);

    reply.kind = WF_REPLY_MAP_RUN_LIMITS;
    ask("UpdateMapRun");
    CHECK_STR(encode(&reply), wf_str(HEAD
        ",\"FlowName\":\"f\",\"ExecutionName\":\"e\","
        "\"MapRunName\":\"c39142f1345b196d678333c41f113000\","
        "\"Concurrency\":3,\"ToleratedFailedCount\":5,"
        "\"ToleratedFailedPercentage\":12.5}"));
}


static wf_str_t
encode_error(const wf_error_t *err, unsigned status)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    CHECK_INT(wf_rpc_encode_error(&buf, &message, err), status);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


/* Every code, with the details "one" and "two". */
TEST(errors)
{
    size_t      i;
    char        want[512];
    wf_error_t  err;

    static const struct {
        wf_error_code_t   code;
        unsigned          status;
        const char       *name;
        const char       *text;
    } cases[] = {
        { WF_E_INTERNAL, 500, "InternalServerError",
          "An internal error has occurred. Please retry." },
        { WF_E_INVALID_ARGUMENT, 400, "InvalidArgument",
          "Parameter error. one" },
        { WF_E_MISSING_PARAM, 400, "MissingRequiredParams",
          "The HTTP query 'one' must be specified." },
        { WF_E_MISSING_HEADER, 400, "MissingRequiredHeader",
          "The HTTP header 'one' must be specified." },
        { WF_E_UNKNOWN_ACTION, 400, "ActionNotSupported",
          "The requested API operation 'one' is incorrect. Please check." },
        { WF_E_UNKNOWN_VERSION, 400, "APIVersionNotSupported",
          "The requested API version 'one' is not supported yet. "
          "Please check." },
        { WF_E_TOO_LARGE, 400, "EntityTooLarge",
          "The payload size exceeds maximum allowed size (one bytes)." },
        { WF_E_EXECUTION_EXISTS, 400, "ExecutionAlreadyExists",
          "Execution 'one' for flow 'two' already exists." },
        { WF_E_EXECUTION_COMPLETED, 400, "ExecutionAlreadyCompleted",
          "Execution 'one' for flow 'two' has already completed." },
        { WF_E_ACCESS_DENIED, 403, "AccessDenied",
          "The resources doesn't belong to you." },
        { WF_E_INVALID_KEY, 403, "InvalidAccessKeyID",
          "The AccessKey ID 'one' is invalid." },
        { WF_E_TIME_SKEWED, 403, "RequestTimeTooSkewed",
          "The difference between the request time 'one' and the current "
          "time 'two' is too large." },
        { WF_E_BAD_SIGNATURE, 403, "SignatureNotMatch",
          "The request signature we calculated does not match the signature "
          "you provided. Check your access key and signing method." },
        { WF_E_NONCE_USED, 400, "SignatureNonceUsed",
          "Specified signature nonce was used already." },
        { WF_E_FLOW_NOT_FOUND, 404, "FlowNotExists",
          "Flow 'one' does not exist." },
        { WF_E_EXECUTION_NOT_FOUND, 404, "ExecutionNotExists",
          "Execution 'one' for flow 'two' does not exist." },
        { WF_E_FLOW_EXISTS, 409, "FlowAlreadyExists",
          "Flow 'one' already exists." },
        { WF_E_CONCURRENT_UPDATE, 409, "ConcurrentUpdateError",
          "Update conflict, please retry." },
        { WF_E_PRECONDITION, 412, "PreconditionFailed",
          "The resource to be modified has been changed." },
        { WF_E_MEDIA_TYPE, 415, "UnsupportedMediaType",
          "The content type must be \\\"application/json\\\"." },
        { WF_E_THROTTLED, 429, "ResourceThrottled",
          "The request is throttled. Please try again later." },
        { WF_E_BAD_METHOD, 405, "UnsupportedHTTPMethod",
          "The HTTP method 'one' is not supported." },
        { WF_E_NOT_SUPPORTED, 400, "ActionNotSupported", "one" },
        { WF_E_NOT_FOUND, 404, "ResourceNotExists",
          "The requested resource does not exist." },
        { WF_E_FLOW_VERSION_NOT_FOUND, 404, "FlowVersionNotExists",
          "Version 'one' for flow 'two' does not exist." },
        { WF_E_FLOW_ALIAS_NOT_FOUND, 404, "FlowAliasNotExists",
          "Alias 'one' for flow 'two' does not exist." },
        { WF_E_TASK_COMPLETED, 400, "TaskAlreadyCompleted",
          "Task 'one' has already completed." },
        { WF_E_TASK_STATE, 409, "TaskInvalidState",
          "Task is in an invalid state, please retry." },
        { WF_E_MAP_RUN_NOT_FOUND, 404, "MapRunNotExists",
          "Map run 'one' for execution 'two' does not exist." },
        { WF_E_FLOW_VERSION_IN_USE, 409, "FlowVersionInUse",
          "Version 'one' of flow 'two'." },
        { WF_E_FLOW_ALIAS_EXISTS, 409, "FlowAliasAlreadyExists",
          "Alias 'one' for flow 'two' already exists." },
        { WF_E_SCHEDULE_NOT_FOUND, 404, "ScheduleNotExists",
          "The schedule 'one' for flow 'two' does not exist." },
        { WF_E_SCHEDULE_EXISTS, 409, "ScheduleAlreadyExists",
          "The schedule 'one' already exists in flow 'two'." },
    };

    /* Those from 60 on are other protocols'. */

    CHECK_INT(wf_countof(cases), WF_E_SCHEDULE_EXISTS);

    for (i = 0; i < wf_countof(cases); i++) {
        ask("DescribeFlow");
        wf_error_args(&err, cases[i].code, wf_str("one"), wf_str("two"));
        sprintf(want, HEAD ",\"HostId\":\"localhost\",\"Code\":\"%s\","
                "\"Message\":\"%s\"}", cases[i].name, cases[i].text);
        CHECK_STR(encode_error(&err, cases[i].status), wf_str_of(want));
    }
}


TEST(odd_details)
{
    wf_error_t  err;

    ask("DescribeFlow");
    state.host = wf_str("127.0.0.1:8080");

    wf_error_args(&err, WF_E_FLOW_NOT_FOUND, wf_str("a'b\"c\\d\n\x01"),
                  wf_str_none);
    CHECK_STR(encode_error(&err, 404), wf_str(HEAD
        ",\"HostId\":\"127.0.0.1:8080\",\"Code\":\"FlowNotExists\","
        "\"Message\":\"Flow 'a'b\\\"c\\\\d\\n\\u0001' does not exist.\"}"));

    /* Percent signs of a detail are no template; bytes that are no UTF-8
     * do not spoil the answer. */
    state.host = wf_str("h\xff\"");
    wf_error_args(&err, WF_E_UNKNOWN_ACTION, wf_str("%s%q\xc3"), wf_str_none);
    CHECK_STR(encode_error(&err, 400), wf_str(HEAD
        ",\"HostId\":\"h?\\\"\",\"Code\":\"ActionNotSupported\","
        "\"Message\":\"The requested API operation '%s%q?' is incorrect. "
        "Please check.\"}"));

    /* A code that is none. */
    err.code = 9999;
    (void) encode_error(&err, 500);
    err.code = WF_E_NONE;
    (void) encode_error(&err, 500);

    /* The memory for the state was not there. */
    message.state = NULL;
    wf_error_set(&err, WF_E_INTERNAL, "out of memory");
    CHECK(strstr((const char *) encode_error(&err, 500).data,
                 "\"HostId\":\"localhost\"") != NULL);
}


TEST(no_memory)
{
    wf_buf_t              buf;
    uint64_t              count;
    wf_reply_t            reply;
    wf_error_t            err;
    wf_execution_view_t   view;

    view = execution_view();
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_EXECUTION;
    reply.u.executions = &view;
    count = 0;

    do {
        ask("DescribeExecution");
        wf_arena_fail_after(++count);
        wf_buf_init(&buf, arena, 0);
        wf_rpc_encode(&buf, &message, &reply);
        wf_arena_fail_after(0);
    } while (buf.failed);

    CHECK(count > 1);
    count = 0;

    do {
        ask("DescribeExecution");
        wf_error_args(&err, WF_E_FLOW_NOT_FOUND, wf_str("f"), wf_str_none);
        wf_arena_fail_after(++count);
        wf_buf_init(&buf, arena, 0);
        wf_rpc_encode_error(&buf, &message, &err);
        wf_arena_fail_after(0);
    } while (buf.failed);

    CHECK(count > 1);
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
