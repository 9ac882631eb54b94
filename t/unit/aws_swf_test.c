
/*
 * Amazon SWF's inputs: what is refused, in which words (swf 2, 3, 6), what
 * becomes of the rest, and how answers look.
 */

#include "unit.h"

#include "wire/aws_read.c"

#include "wire/aws_swf.h"
#include "wire/aws_swf_history.h"

#include "aws.h"


#define VALIDATION(text)                                                      \
    "{\"__type\":\"com.amazon.coral.validate#ValidationException\","          \
    "\"message\":\"" text "\"}"
#define SERIALIZATION(text)                                                   \
    "{\"__type\":\"com.amazon.coral.service#SerializationException\","        \
    "\"message\":\"" text "\"}"
#define ONE   "1 validation error detected: "
#define TWO   "2 validation errors detected: "
#define FAIL  "failed to satisfy constraint: Member must "
#define NULL_FAIL  FAIL "not be null"
#define D     "\"domain\":\"d\""
#define TYPE  "\"workflowType\":{\"name\":\"n\",\"version\":\"v\"}"
#define START D ",\"workflowId\":\"w\"," TYPE
#define RULE  "not contain ':', '/', '|' or control characters, and not be "  \
              "'arn'"
#define TRIM  "not contain ':', '/', '|' or control characters, not begin "   \
              "or end with white space, and not be 'arn'"
#define FLOW  "swf/us-east-1/123456789012/"


static aws_t *
create(const char *target, const char *body)
{
    aws_t  *aws;

    aws = aws_create(target, body);
    aws->message.protocol = &wf_protocol_swf;

    return aws;
}


static aws_t *
ask(const char *action, const char *body)
{
    char   *target;
    aws_t  *aws;

    aws = create(NULL, body);
    target = wf_arena_alloc(aws->message.arena, 128);
    snprintf(target, 128, "SimpleWorkflowService.%s", action);
    aws_header(aws, "x-amz-target", target);
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK(wf_protocol_swf.knows(&aws->message));

    return aws;
}


static aws_t *
got(const char *action, const char *body)
{
    aws_t  *aws;

    aws = ask(action, body);

    if (aws_decode(aws) != WF_OK) {
        fprintf(stderr, "%s: %s\n", action,
                (const char *) wf_error_arg(&aws->err, 0).data);
        CHECK(!"it is refused");
    }

    return aws;
}


typedef struct {
    const char  *action;
    const char  *body;
    const char  *answer;
} refusal_t;

static const refusal_t  refusals[] = {
    { "StartWorkflowExecution", "{" D ",\"workflowId\":\"w\"}",
      VALIDATION(ONE "Value null at 'workflowType' " NULL_FAIL) },
    { "StartWorkflowExecution",
      "{" START ",\"childPolicy\":\"X\",\"taskPriority\":\"high\"}",
      VALIDATION(TWO "Value 'high' at 'taskPriority' " FAIL "be a number "
                 "between -2147483648 and 2147483647; Value 'X' at "
                 "'childPolicy' " FAIL "satisfy enum value set: [TERMINATE, "
                 "REQUEST_CANCEL, ABANDON]") },
    { "StartWorkflowExecution",
      "{" D ",\"workflowId\":\"w\",\"workflowType\":{\"name\":\"n\"}}",
      VALIDATION(ONE "Value null at 'workflowType.version' " NULL_FAIL) },
    { "StartWorkflowExecution",
      "{" START ",\"tagList\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}",
      VALIDATION(ONE "Value '[1, 2, 3, 4, 5, 6]' at 'tagList' " FAIL
                 "have length less than or equal to 5") },
    { "StartWorkflowExecution",
      "{" START ",\"executionStartToCloseTimeout\":\"NONE\"}",
      VALIDATION(ONE "Value 'NONE' at 'executionStartToCloseTimeout' " FAIL
                 "be a number of seconds, at most 31536000") },
    { "StartWorkflowExecution",
      "{" START ",\"executionStartToCloseTimeout\":\"31536001\"}",
      VALIDATION(ONE "Value '31536001' at 'executionStartToCloseTimeout' "
                 FAIL "be a number of seconds, at most 31536000") },
    { "StartWorkflowExecution",
      "{" START ",\"taskStartToCloseTimeout\":\"-1\"}",
      VALIDATION(ONE "Value '-1' at 'taskStartToCloseTimeout' " FAIL
                 "be a number of seconds or NONE") },
    { "StartWorkflowExecution",
      "{" START ",\"taskStartToCloseTimeout\":\"123456789\"}",
      VALIDATION(ONE "Value '123456789' at 'taskStartToCloseTimeout' " FAIL
                 "have length less than or equal to 8") },
    { "StartWorkflowExecution", "{" START ",\"taskPriority\":\"2147483648\"}",
      VALIDATION(ONE "Value '2147483648' at 'taskPriority' " FAIL
                 "be a number between -2147483648 and 2147483647") },
    { "StartWorkflowExecution",
      "{" D ",\"workflowId\":\"a/b\"," TYPE "}",
      VALIDATION(ONE "Value 'a/b' at 'workflowId' " FAIL RULE) },
    { "StartWorkflowExecution",
      "{" D ",\"workflowId\":\"a\\u0085b\"," TYPE "}",
      VALIDATION(ONE "Value 'a\xc2\x85" "b' at 'workflowId' " FAIL RULE) },
    { "DescribeDomain", "{\"name\":\"arn\"}",
      VALIDATION(ONE "Value 'arn' at 'name' " FAIL TRIM) },
    { "DescribeDomain", "{\"name\":\" d\"}",
      VALIDATION(ONE "Value ' d' at 'name' " FAIL TRIM) },
    { "DescribeDomain", "{\"name\":\"\"}",
      VALIDATION(ONE "Value '' at 'name' " FAIL
                 "have length greater than or equal to 1") },
    { "DescribeDomain", "{\"name\":null}",
      VALIDATION(ONE "Value null at 'name' " NULL_FAIL) },
    { "RegisterDomain",
      "{\"name\":\"d\",\"workflowExecutionRetentionPeriodInDays\":\"91\"}",
      VALIDATION(ONE "Value '91' at 'workflowExecutionRetentionPeriodInDays' "
                 FAIL "be a number of days, at most 90, or NONE") },
    { "PollForDecisionTask", "{" D ",\"taskList\":{\"name\":\"l \"}}",
      VALIDATION(ONE "Value 'l ' at 'taskList.name' " FAIL TRIM) },
    { "PollForDecisionTask",
      "{" D ",\"taskList\":{\"name\":\"l\"},\"maximumPageSize\":1001}",
      VALIDATION(ONE "Value '1001' at 'maximumPageSize' " FAIL
                 "have value less than or equal to 1000") },
    { "ListDomains", "{\"registrationStatus\":\"OPEN\"}",
      VALIDATION(ONE "Value 'OPEN' at 'registrationStatus' " FAIL
                 "satisfy enum value set: [REGISTERED, DEPRECATED]") },
    { "ListDomains",
      "{\"registrationStatus\":\"REGISTERED\",\"nextPageToken\":\"abcd\"}",
      VALIDATION("Invalid token") },
    { "TagResource", "{\"resourceArn\":\"arn:aws:swf:r:1:domain\","
      "\"tags\":[]}",
      VALIDATION("Invalid ARN: arn:aws:swf:r:1:domain") },

    /* Kinds. */
    { "DescribeDomain", "{\"name\":1}",
      SERIALIZATION("NUMBER_VALUE can not be converted to String") },
    { "StartWorkflowExecution",
      "{" START ",\"taskStartToCloseTimeout\":60}",
      SERIALIZATION("NUMBER_VALUE can not be converted to String") },
    { "DescribeDomain", "[]",
      "{\"__type\":\"com.amazon.coral.service#SerializationException\"}" },

    /* Filters. */
    { "ListOpenWorkflowExecutions", "{" D "}",
      VALIDATION(ONE "Value null at 'startTimeFilter' " NULL_FAIL) },
    { "ListClosedWorkflowExecutions", "{" D "}",
      VALIDATION("Must specify time filter") },
    { "CountClosedWorkflowExecutions",
      "{" D ",\"startTimeFilter\":{\"oldestDate\":1},"
      "\"closeTimeFilter\":{\"oldestDate\":1}}",
      VALIDATION("Cannot specify both startTimeFilter and "
                 "closeTimeFilter") },
    { "CountOpenWorkflowExecutions",
      "{" D ",\"startTimeFilter\":{\"oldestDate\":1},"
      "\"tagFilter\":{\"tag\":\"t\"},\"typeFilter\":{\"name\":\"n\"}}",
      VALIDATION("Cannot specify more than one of executionFilter, "
                 "typeFilter, tagFilter and closeStatusFilter") },

    /* Decisions: all of it, or nothing. */
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":[{\"decisionType\":\"Bogus\"},"
      "{\"decisionType\":\"CompleteWorkflowExecution\"},"
      "{\"decisionType\":\"RecordMarker\"}]}",
      VALIDATION("Close must be last decision in list") },
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":["
      "{\"decisionType\":\"StartTimer\"},"
      "{\"decisionType\":\"CompleteWorkflowExecution\"}]}",
      VALIDATION(TWO "Value null at 'decisions.1.member."
                 "startTimerDecisionAttributes.timerId' " NULL_FAIL
                 "; Value null at 'decisions.1.member."
                 "startTimerDecisionAttributes.startToFireTimeout' "
                 NULL_FAIL) },
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":[{}]}",
      VALIDATION(ONE "Value null at 'decisions.1.member.decisionType' "
                 NULL_FAIL) },

    /* What belongs to another type is looked at, too. */
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":["
      "{\"decisionType\":\"CompleteWorkflowExecution\","
      "\"cancelTimerDecisionAttributes\":{}}]}",
      VALIDATION(ONE "Value null at 'decisions.1.member."
                 "cancelTimerDecisionAttributes.timerId' " NULL_FAIL) },
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":["
      "{\"decisionType\":\"StartTimer\",\"startTimerDecisionAttributes\":"
      "{\"timerId\":\"t\",\"startToFireTimeout\":\"NONE\"}}]}",
      VALIDATION(ONE "Value 'NONE' at 'decisions.1.member."
                 "startTimerDecisionAttributes.startToFireTimeout' " FAIL
                 "be a number of seconds") },
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":["
      "{\"decisionType\":\"ScheduleLambdaFunction\","
      "\"scheduleLambdaFunctionDecisionAttributes\":"
      "{\"id\":\"i\",\"name\":\"f\",\"startToCloseTimeout\":\"0\"}}]}",
      VALIDATION(ONE "Value '0' at 'decisions.1.member."
                 "scheduleLambdaFunctionDecisionAttributes."
                 "startToCloseTimeout' " FAIL
                 "be a number between 1 and 900") },
    { "RespondDecisionTaskCompleted",
      "{\"taskToken\":\"t\",\"decisions\":[null]}",
      VALIDATION(ONE "Value null at 'decisions.1.member' " NULL_FAIL) }
};


TEST(refusals)
{
    aws_t   *aws;
    size_t   i;

    for (i = 0; i < wf_countof(refusals); i++) {
        aws = ask(refusals[i].action, refusals[i].body);
        CHECK_INT(aws_decode(aws), WF_ERROR);
        CHECK_STR(aws_refused(aws, 400), wf_str_of(refusals[i].answer));
        aws_free(aws);
    }
}


TEST(unknown_decision)
{
    aws_t     *aws;
    wf_str_t   answer, start;

    aws = ask("RespondDecisionTaskCompleted", "{\"taskToken\":\"t\","
              "\"decisions\":[{\"decisionType\":\"Bogus\"}]}");
    CHECK_INT(aws_decode(aws), WF_ERROR);
    answer = aws_refused(aws, 400);
    start = wf_str("{\"__type\":\"com.amazon.coral.validate#"
                   "ValidationException\",\"message\":\"" ONE "Value 'Bogus' "
                   "at 'decisions.1.member.decisionType' " FAIL "satisfy enum "
                   "value set: [ScheduleActivityTask, "
                   "RequestCancelActivityTask, CompleteWorkflowExecution, ");
    CHECK(wf_str_starts(answer, start));
    answer.data += answer.len - 25;
    answer.len = 25;
    CHECK_STR(answer, wf_str("ScheduleLambdaFunction]\"}"));
    aws_free(aws);
}


TEST(tongues)
{
    aws_t  *aws;

    aws = create("com.amazonaws.swf.service.model.SimpleWorkflowService."
                 "ListDomains", "{\"registrationStatus\":\"DEPRECATED\"}");
    aws_header(aws, "content-encoding", "amz-1.0");
    aws_header(aws, "content-type", "application/x-amz-json-1.0; "
               "charset=UTF-8");
    CHECK(wf_protocol_swf.recognise(&aws->request));
    CHECK(!wf_protocol_sfn.recognise(&aws->request));
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK(wf_protocol_swf.knows(&aws->message));
    CHECK_INT(aws_decode(aws), WF_OK);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_REGISTRATION)->number, 1);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_LIMIT)->number, 1000);
    aws_free(aws);

    aws = create("SimpleWorkflowService.Nothing", "{}");
    CHECK(wf_protocol_swf.recognise(&aws->request));
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK(!wf_protocol_swf.knows(&aws->message));
    wf_error_args(&aws->err, WF_E_UNKNOWN_ACTION, wf_str("Nothing"),
                  wf_str_none);
    CHECK_STR(aws_refused(aws, 400),
              wf_str("{\"__type\":\"com.amazon.coral.service#"
                     "UnknownOperationException\"}"));
    aws_free(aws);

    aws = create("AWSStepFunctions.ListStateMachines", "{}");
    CHECK(!wf_protocol_swf.recognise(&aws->request));
    aws_free(aws);

    /* Nobody's path is everybody's. */
    aws = create(NULL, "{}");
    CHECK(!wf_protocol_swf.recognise(&aws->request));
    aws_free(aws);
}


/* What actions get; the empty and the null are absent. */
TEST(values)
{
    aws_t  *aws;

    aws = got("StartWorkflowExecution", "{\"domain\":\"d\\\"\\u00e9\","
              "\"workflowId\":\"w\"," TYPE ",\"taskList\":{\"name\":\"l\"},"
              "\"taskPriority\":\"-5\",\"executionStartToCloseTimeout\":"
              "\"\",\"taskStartToCloseTimeout\":\"NONE\",\"childPolicy\":"
              "\"ABANDON\",\"tagList\":[\"a\"],\"input\":\"\","
              "\"lambdaRole\":null,\"what\":{\"is\":[\"this\"]}}");
    CHECK_STR(aws_arg(aws, WF_ARG_FLOW), wf_str(FLOW "d\"\xc3\xa9"));
    CHECK_STR(aws_arg(aws, WF_ARG_DOMAIN), wf_str("d\"\xc3\xa9"));
    CHECK_STR(aws_arg(aws, WF_ARG_WORKFLOW_ID), wf_str("w"));
    CHECK_STR(aws_arg(aws, WF_ARG_TYPE_NAME), wf_str("n"));
    CHECK_STR(aws_arg(aws, WF_ARG_TYPE_VERSION), wf_str("v"));
    CHECK_STR(aws_arg(aws, WF_ARG_TASK_LIST), wf_str("l"));
    CHECK_STR(aws_arg(aws, WF_ARG_TASK_PRIORITY), wf_str("-5"));
    CHECK_STR(aws_arg(aws, WF_ARG_TASK_TIMEOUT), wf_str("NONE"));
    CHECK_STR(aws_arg(aws, WF_ARG_CHILD_POLICY), wf_str("ABANDON"));
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_CHILD_POLICY)->number, 2);
    CHECK_STR(aws_arg(aws, WF_ARG_TAG_LIST), wf_str("[\"a\"]"));
    CHECK(wf_args_get(&aws->args, WF_ARG_INPUT)->present);
    CHECK(!wf_args_get(&aws->args, WF_ARG_EXECUTION_TIMEOUT)->present);
    CHECK(!wf_args_get(&aws->args, WF_ARG_LAMBDA_ROLE)->present);
    aws_free(aws);

    aws = got("SignalWorkflowExecution", "{" D ",\"workflowId\":\"w\","
              "\"runId\":\"\",\"signalName\":\"s:/\"}");
    CHECK(!wf_args_get(&aws->args, WF_ARG_RUN_ID)->present);
    CHECK_STR(aws_arg(aws, WF_ARG_SIGNAL_NAME), wf_str("s:/"));
    aws_free(aws);

    aws = got("GetWorkflowExecutionHistory", "{" D ",\"execution\":"
              "{\"workflowId\":\"w\",\"runId\":\"r\"},\"reverseOrder\":true,"
              "\"maximumPageSize\":0,\"nextPageToken\":\"\"}");
    CHECK_STR(aws_arg(aws, WF_ARG_WORKFLOW_ID), wf_str("w"));
    CHECK_STR(aws_arg(aws, WF_ARG_RUN_ID), wf_str("r"));
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_LIMIT)->number, 1000);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_REVERSE_ORDER)->number, 1);
    CHECK(!wf_args_get(&aws->args, WF_ARG_NEXT_TOKEN)->present);
    aws_free(aws);

    aws = got("ListClosedWorkflowExecutions", "{" D ",\"closeTimeFilter\":"
              "{\"oldestDate\":1.5E9,\"latestDate\":1500000000.25},"
              "\"closeStatusFilter\":{\"status\":\"CONTINUED_AS_NEW\"}}");
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_CLOSED_BEGIN)->number,
              1500000000000);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_CLOSED_END)->number,
              1500000000250);
    CHECK(!wf_args_get(&aws->args, WF_ARG_STARTED_BEGIN)->present);
    CHECK_STR(aws_arg(aws, WF_ARG_CLOSE_STATUS), wf_str("CONTINUED_AS_NEW"));
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_CLOSE_STATUS)->number, 4);
    aws_free(aws);

    aws = got("ListOpenWorkflowExecutions", "{" D ",\"startTimeFilter\":"
              "{\"oldestDate\":0},\"typeFilter\":{\"name\":\"n\","
              "\"version\":\"\"}}");
    CHECK(wf_args_get(&aws->args, WF_ARG_STARTED_BEGIN)->present);
    CHECK(!wf_args_get(&aws->args, WF_ARG_STARTED_END)->present);
    CHECK(!wf_args_get(&aws->args, WF_ARG_TYPE_VERSION)->present);
    aws_free(aws);

    aws = got("TagResource", "{\"resourceArn\":\"arn:aws:swf:eu-west-1:"
              "000000000001:/domain/d:e\",\"tags\":[{\"key\":\"k\"}]}");
    CHECK_STR(aws_arg(aws, WF_ARG_FLOW),
              wf_str("swf/eu-west-1/000000000001/d:e"));
    aws_free(aws);
}


TEST(defaults)
{
    aws_t  *aws;

    aws = got("RegisterWorkflowType", "{" D ",\"name\":\"n\","
              "\"version\":\"v\",\"description\":\"t\","
              "\"defaultTaskList\":{\"name\":\"l\\\"\",\"x\":1},"
              "\"defaultChildPolicy\":\"TERMINATE\","
              "\"defaultTaskPriority\":\"\","
              "\"defaultTaskStartToCloseTimeout\":\"60\"}");
    CHECK_STR(aws_arg(aws, WF_ARG_DEFAULTS),
              wf_str("{\"defaultTaskStartToCloseTimeout\":\"60\","
                     "\"defaultTaskList\":{\"name\":\"l\\\"\"},"
                     "\"defaultChildPolicy\":\"TERMINATE\"}"));
    aws_free(aws);

    aws = got("RegisterActivityType", "{" D ",\"name\":\"n\","
              "\"version\":\"v\"}");
    CHECK_STR(aws_arg(aws, WF_ARG_DEFAULTS), wf_str("{}"));
    aws_free(aws);
}


/* What the engine gets of decisions. */
TEST(decisions)
{
    aws_t  *aws;

    aws = got("RespondDecisionTaskCompleted", "{\"taskToken\":\"t\","
              "\"executionContext\":\"\",\"taskList\":{\"name\":\"l\"},"
              "\"taskListScheduleToStartTimeout\":\"5\",\"decisions\":["
              "{\"scheduleActivityTaskDecisionAttributes\":"
              "{\"activityId\":\"1\",\"activityType\":{\"version\":\"v\","
              "\"name\":\"n\",\"more\":1},\"input\":\"a\\u000a\","
              "\"control\":null,\"heartbeatTimeout\":\"\","
              "\"taskPriority\":\"\",\"startToCloseTimeout\":\"NONE\"},"
              "\"decisionType\":\"ScheduleActivityTask\","
              "\"cancelTimerDecisionAttributes\":{\"timerId\":\"t\"}},"
              "{\"decisionType\":\"CompleteWorkflowExecution\"}]}");
    CHECK_STR(aws_arg(aws, WF_ARG_DECISIONS),
              wf_str("[{\"decisionType\":\"ScheduleActivityTask\","
                     "\"scheduleActivityTaskDecisionAttributes\":"
                     "{\"activityType\":{\"name\":\"n\",\"version\":\"v\"},"
                     "\"activityId\":\"1\",\"input\":\"a\\u000a\","
                     "\"startToCloseTimeout\":\"NONE\"}},"
                     "{\"decisionType\":\"CompleteWorkflowExecution\","
                     "\"completeWorkflowExecutionDecisionAttributes\":{}}]"));
    CHECK(wf_args_get(&aws->args, WF_ARG_EXECUTION_CONTEXT)->present);
    CHECK_STR(aws_arg(aws, WF_ARG_TASK_LIST), wf_str("l"));
    CHECK_STR(aws_arg(aws, WF_ARG_TASK_LIST_TIMEOUT), wf_str("5"));
    aws_free(aws);

    aws = got("RespondDecisionTaskCompleted", "{\"taskToken\":\"t\","
              "\"decisions\":[]}");
    CHECK_STR(aws_arg(aws, WF_ARG_DECISIONS), wf_str("[]"));
    aws_free(aws);

    aws = got("RespondDecisionTaskCompleted", "{\"taskToken\":\"t\"}");
    CHECK(!wf_args_get(&aws->args, WF_ARG_DECISIONS)->present);
    aws_free(aws);
}


static const char *
answered(aws_t *aws, const wf_reply_t *reply)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, aws->message.arena, 0);
    CHECK_INT(wf_protocol_swf.encode(&buf, &aws->message, reply), 200);
    wf_buf_byte(&buf, '\0');
    CHECK(!buf.failed);

    return (const char *) wf_buf_done(&buf).data;
}


/* A token is good for its own operation, and for a day. */
TEST(pages)
{
    char         body[512];
    aws_t       *aws;
    char         token[256];
    unsigned     i;
    wf_reply_t   reply;
    const char  *text;

    static const struct {
        const char  *action;
        int64_t      later_ms;
        const char  *fault;
    } cases[] = {
        { "GetWorkflowExecutionHistory", 24 * 3600 * 1000, NULL },
        { "GetWorkflowExecutionHistory", 24 * 3600 * 1000 + 1,
          "Specified token has exceeded its maximum lifetime" },
        { "PollForDecisionTask", 0, "Invalid token" }
    };

    aws = got("GetWorkflowExecutionHistory", "{" D ",\"execution\":"
              "{\"workflowId\":\"w\",\"runId\":\"r\"}}");
    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_JSON;
    reply.u.json = wf_str("{\"events\":[]}");
    CHECK_STR(wf_str_of(answered(aws, &reply)), wf_str("{\"events\":[]}"));

    reply.next_token = wf_str("1001");
    text = answered(aws, &reply);
    CHECK_INT(sscanf(text, "{\"events\":[],\"nextPageToken\":\"%255[^\"]\"}",
                     token), 1);
    aws_free(aws);

    for (i = 0; i < wf_countof(cases); i++) {
        snprintf(body, sizeof(body), "{" D ",\"execution\":{\"workflowId\":"
                 "\"w\",\"runId\":\"r\"},\"taskList\":{\"name\":\"l\"},"
                 "\"nextPageToken\":\"%s\"}", token);
        aws = ask(cases[i].action, body);
        ((wf_aws_state_t *) aws->message.state)->now_ms += cases[i].later_ms;

        if (cases[i].fault) {
            CHECK_INT(aws_decode(aws), WF_ERROR);
            snprintf(body, sizeof(body), VALIDATION("%s"), cases[i].fault);
            CHECK_STR(aws_refused(aws, 400), wf_str_of(body));

        } else {
            CHECK_INT(aws_decode(aws), WF_OK);
            CHECK_INT(wf_args_get(&aws->args, WF_ARG_NEXT_TOKEN)->number,
                      1001);
        }

        aws_free(aws);
    }
}


TEST(answers)
{
    aws_t           *aws;
    wf_reply_t       reply;
    wf_flow_view_t   flow;
    wf_note_view_t   note;

    memset(&reply, 0, sizeof(reply));
    memset(&flow, 0, sizeof(flow));
    memset(&note, 0, sizeof(note));

    aws = got("DeprecateDomain", "{\"name\":\"d\"}");
    CHECK_STR(wf_str_of(answered(aws, &reply)), wf_str(""));
    aws_free(aws);

    aws = got("DescribeDomain", "{\"name\":\"d\"}");
    flow.name = wf_str(FLOW "d \"");
    flow.attributes = wf_str("{\"retention\":\"NONE\",\"deprecatedMs\":5}");
    flow.is_deprecated = true;
    reply.count = 1;
    reply.u.flows = &flow;
    CHECK_STR(wf_str_of(answered(aws, &reply)),
              wf_str("{\"domainInfo\":{\"name\":\"d \\\"\",\"status\":"
                     "\"DEPRECATED\",\"arn\":\"arn:aws:swf:us-east-1:"
                     "123456789012:/domain/d \\\"\"},\"configuration\":"
                     "{\"workflowExecutionRetentionPeriodInDays\":"
                     "\"NONE\"}}"));
    aws_free(aws);

    aws = got("DescribeWorkflowType", "{" D "," TYPE "}");
    note.name = wf_str(FLOW "d\001w\001n\001v");
    note.body = wf_str("{\"description\":\"a\\\"\",\"defaults\":"
                       "{\"defaultChildPolicy\":\"ABANDON\"}}");
    note.created_ms = 1487851963534;
    reply.u.notes = &note;
    CHECK_STR(wf_str_of(answered(aws, &reply)),
              wf_str("{\"typeInfo\":{\"workflowType\":{\"name\":\"n\","
                     "\"version\":\"v\"},\"status\":\"REGISTERED\","
                     "\"description\":\"a\\\"\",\"creationDate\":"
                     "1487851963.534},\"configuration\":"
                     "{\"defaultChildPolicy\":\"ABANDON\"}}"));
    aws_free(aws);

    aws = got("ListActivityTypes", "{" D ",\"registrationStatus\":"
              "\"DEPRECATED\"}");
    note.name = wf_str(FLOW "d\001a\001n\001v");
    note.body = wf_str("{\"defaults\":{}}");
    note.deprecated_ms = 1487851964000;
    CHECK_STR(wf_str_of(answered(aws, &reply)),
              wf_str("{\"typeInfos\":[{\"activityType\":{\"name\":\"n\","
                     "\"version\":\"v\"},\"status\":\"DEPRECATED\","
                     "\"creationDate\":1487851963.534,\"deprecationDate\":"
                     "1487851964.000}]}"));
    aws_free(aws);
}


TEST(events)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    wf_swf_event_print(&buf, wf_str("TimerCanceled"), 11, 1487851963007,
                       wf_str("{\"timerId\":\"t\"}"));
    CHECK_STR(wf_buf_done(&buf),
              wf_str("{\"eventId\":11,\"eventType\":\"TimerCanceled\","
                     "\"eventTimestamp\":1487851963.007,"
                     "\"timerCanceledEventAttributes\":{\"timerId\":"
                     "\"t\"}}"));
    wf_arena_free(arena);
}


/* Every operation's input is a structure whose members have arguments. */
TEST(tables)
{
    uint32_t                i, k, n;
    const wf_aws_type_t    *type;
    const wf_aws_member_t  *member;

    CHECK_INT(wf_aws_swf.operation_count, 39);

    for (i = 0; i < wf_aws_swf.operation_count; i++) {
        type = &wf_aws_swf.model->types[wf_aws_swf.operations[i].input];
        CHECK_INT(type->kind, WF_AWS_STRUCTURE);
        CHECK(type->count <= MEMBERS_MAX);

        for (k = 0; k < type->count; k++) {
            member = &wf_aws_swf.model->members[type->first + k];
            CHECK(member->arg != WF_AWS_INSIDE);

            for (n = 0; n < k; n++) {
                CHECK(member->arg
                      != wf_aws_swf.model->members[type->first + n].arg);
            }
        }
    }
}


TEST(out_of_memory)
{
    aws_t     *aws;
    wf_rc_t    rc;
    uint64_t   n;

    for (n = 1; ; n++) {
        aws = ask("RespondDecisionTaskCompleted", "{\"taskToken\":\"t\","
                  "\"taskList\":{\"name\":\"l\"},\"decisions\":["
                  "{\"decisionType\":\"StartTimer\","
                  "\"startTimerDecisionAttributes\":{\"timerId\":\"t\","
                  "\"startToFireTimeout\":\"1\"}},"
                  "{\"decisionType\":\"CompleteWorkflowExecution\"}]}");
        wf_arena_fail_after(n);
        rc = aws_decode(aws);
        wf_arena_fail_after(0);
        CHECK(rc == WF_OK || aws->err.code == WF_E_INTERNAL);
        aws_free(aws);

        if (rc == WF_OK) {
            break;
        }
    }
}


UNIT_MAIN()
