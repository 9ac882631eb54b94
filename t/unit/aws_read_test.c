
/*
 * Inputs of Amazon's services: what is refused, in which words (asl 25), and
 * what becomes of the rest.
 */

#include "unit.h"

#include "wire/aws_read.c"

#include "aws.h"


#define M  "arn:aws:states:us-east-1:123456789012:stateMachine:m"


typedef struct {
    const char  *action;
    const char  *body;
    const char  *answer;
} refusal_t;

#define VALIDATION(text)                                                      \
    "{\"__type\":\"ValidationException\",\"message\":\"" text "\"}"
#define ONE  "1 validation error detected: "
#define FAIL "failed to satisfy constraint: "

static const refusal_t  refusals[] = {
    { "ListStateMachines", "{\"maxResults\":1001}",
      VALIDATION(ONE "Value '1001' at 'maxResults' " FAIL "Member must have "
                 "value less than or equal to 1000") },
    { "ListStateMachines", "{\"maxResults\":-1}",
      VALIDATION(ONE "Value '-1' at 'maxResults' " FAIL "Member must have "
                 "value greater than or equal to 0") },
    { "ListStateMachines", "{\"nextToken\":\"\"}",
      VALIDATION(ONE "Value '' at 'nextToken' " FAIL "Member must have "
                 "length greater than or equal to 1") },
    { "ListExecutions",
      "{\"stateMachineArn\":\"" M "\",\"statusFilter\":\"succeeded\"}",
      VALIDATION(ONE "Value 'succeeded' at 'statusFilter' " FAIL "Member must "
                 "satisfy enum value set: [SUCCEEDED, TIMED_OUT, "
                 "PENDING_REDRIVE, ABORTED, FAILED, RUNNING]") },
    { "CreateStateMachine", "{\"name\":\"x\"}",
      VALIDATION("2 validation errors detected: Value null at 'definition' "
                 FAIL "Member must not be null; Value null at 'roleArn' "
                 FAIL "Member must not be null") },

    /* What is sensitive is not shown. */
    { "CreateStateMachine",
      "{\"name\":\"x\",\"definition\":\"\",\"roleArn\":\"r\"}",
      VALIDATION(ONE "Value at 'definition' " FAIL "Member must have length "
                 "greater than or equal to 1") },
    { "CreateStateMachineAlias",
      "{\"name\":\"12\",\"routingConfiguration\":["
      "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":101}]}",
      VALIDATION("2 validation errors detected: Value '12' at 'name' " FAIL
                 "Member must satisfy regular expression pattern: "
                 "^(?=.*[a-zA-Z_\\\\-\\\\.])[a-zA-Z0-9_\\\\-\\\\.]+$; Value "
                 "'101' at 'routingConfiguration.1.member.weight' " FAIL
                 "Member must have value less than or equal to 100") },
    { "CreateStateMachineAlias",
      "{\"name\":\"a\",\"routingConfiguration\":["
      "{\"stateMachineVersionArn\":\"a\",\"weight\":1},"
      "{\"stateMachineVersionArn\":\"b\",\"weight\":2},"
      "{\"weight\":3,\"stateMachineVersionArn\":\"c\"}]}",
      VALIDATION(ONE "Value '[RoutingConfigurationListItem("
                 "stateMachineVersionArn=a, weight=1), "
                 "RoutingConfigurationListItem(stateMachineVersionArn=b, "
                 "weight=2), RoutingConfigurationListItem(weight=3, "
                 "stateMachineVersionArn=c)]' at 'routingConfiguration' " FAIL
                 "Member must have length less than or equal to 2") },
    { "TagResource",
      "{\"resourceArn\":\"" M "\",\"tags\":[{\"key\":\"\"},null]}",
      VALIDATION("2 validation errors detected: Value '' at "
                 "'tags.1.member.key' " FAIL "Member must have length greater "
                 "than or equal to 1; Value null at 'tags.2.member' " FAIL
                 "Member must not be null") },

    /* Another kind altogether. */
    { "ListStateMachines", "{\"maxResults\":\"1\"}",
      "{\"__type\":\"SerializationException\",\"message\":\"STRING_VALUE can "
      "not be converted to Integer\"}" },
    { "ListStateMachines", "{\"nextToken\":1}",
      "{\"__type\":\"SerializationException\",\"message\":\"NUMBER_VALUE can "
      "not be converted to String\"}" },
    { "ListStateMachines", "{\"nextToken\":{}}",
      "{\"__type\":\"SerializationException\",\"message\":\"Start of "
      "structure or map found where not expected.\"}" },
    { "TagResource", "{\"resourceArn\":\"a\",\"tags\":\"b\"}",
      "{\"__type\":\"SerializationException\",\"message\":\"Expected list or "
      "null\"}" },
    { "ListStateMachines", "[]", "{\"__type\":\"SerializationException\"}" },
    { "ListStateMachines", "{", "{\"__type\":\"SerializationException\"}" },

    /* Names and ARNs. */
    { "CreateActivity", "{\"name\":\"a:b\"}",
      "{\"__type\":\"InvalidName\",\"message\":\"Invalid Name: 'a:b'\"}" },
    { "CreateActivity", "{\"name\":\"\\u0000a\"}",
      "{\"__type\":\"InvalidName\",\"message\":\"Invalid Name: "
      "'\\u0000a'\"}" },
    { "DescribeStateMachine", "{\"stateMachineArn\":\"nope\"}",
      "{\"__type\":\"InvalidArn\",\"message\":\"Invalid Arn: 'Invalid ARN "
      "prefix: nope'\"}" },
    { "DescribeExecution",
      "{\"executionArn\":\"arn:aws:states:us-east-1:123456789012:express:"
      "m:e:u\"}",
      "{\"__type\":\"InvalidArn\",\"message\":\"Invalid Arn: 'Resource type "
      "not valid in this context: express'\"}" },
    { "ListStateMachines", "{\"nextToken\":\"abcd\"}",
      "{\"__type\":\"InvalidToken\",\"message\":\"Invalid Token: 'Invalid "
      "token'\"}" },
    { "CreateStateMachineAlias",
      "{\"name\":\"a\",\"routingConfiguration\":["
      "{\"stateMachineVersionArn\":\"" M "\",\"weight\":100}]}",
      VALIDATION("Routing configuration must contain state machine version "
                 "ARNs. Received: [" M "]") },
    { "CreateStateMachineAlias",
      "{\"name\":\"a\",\"routingConfiguration\":["
      "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":50},"
      "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":50}]}",
      VALIDATION("Routing configuration must contain distinct state machine "
                 "version ARNs. Received: [" M ":1, " M ":1]") },
    { "CreateStateMachineAlias",
      "{\"name\":\"a\",\"routingConfiguration\":["
      "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":70},"
      "{\"stateMachineVersionArn\":\"" M ":2\",\"weight\":29}]}",
      VALIDATION("Sum of routing configuration weights must equal 100. "
                 "Received: [70, 29]") }
};


static aws_t *
ask(const char *action, const char *body)
{
    char   *target;
    aws_t  *aws;

    aws = aws_create(NULL, body);
    target = wf_arena_alloc(aws->message.arena, 128);
    snprintf(target, 128, "AWSStepFunctions.%s", action);
    aws_header(aws, "x-amz-target", target);
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK(wf_protocol_sfn.knows(&aws->message));

    return aws;
}


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


/* A message is as long as the value that it shows. */
TEST(long_value)
{
    char      body[2048 + 64];
    aws_t    *aws;
    wf_str_t  answer;

    memset(body, 'x', sizeof(body));
    memcpy(body, "{\"nextToken\":\"", 14);
    memcpy(body + 14 + 1025, "\"}", 3);

    aws = ask("ListStateMachines", body);
    CHECK_INT(aws_decode(aws), WF_ERROR);
    answer = aws_refused(aws, 400);
    CHECK(answer.len > 1025);
    answer.data += answer.len - 101;
    answer.len = 101;
    CHECK_STR(answer, wf_str("xx' at 'nextToken' failed to satisfy "
                             "constraint: Member must have length less than "
                             "or equal to 1024\"}"));
    aws_free(aws);
}


TEST(values)
{
    aws_t  *aws;

    aws = ask("StartExecution", "{ \"unknown\": [1, {\"a\": \"}\"}],\n"
              "\"stateMachineArn\": \"" M ":live\", \"name\": \"e\\u00e9\","
              "\"input\": \"{\\\"a\\\": \\\"\\ud83d\\ude00\\\"}\","
              "\"traceHeader\": null }");
    CHECK_INT(aws_decode(aws), WF_OK);
    CHECK_STR(aws_arg(aws, WF_ARG_FLOW), wf_str("sfn/us-east-1/123456789012/m"));
    CHECK_STR(aws_arg(aws, WF_ARG_QUALIFIER), wf_str("live"));
    CHECK_STR(aws_arg(aws, WF_ARG_EXECUTION), wf_str("e\xc3\xa9"));
    CHECK_STR(aws_arg(aws, WF_ARG_INPUT),
              wf_str("{\"a\": \"\xf0\x9f\x98\x80\"}"));
    CHECK(!wf_args_get(&aws->args, WF_ARG_TRACE_HEADER)->present);
    aws_free(aws);

    aws = ask("ListExecutions", "{\"stateMachineArn\":\"" M "\","
              "\"statusFilter\":\"FAILED\",\"maxResults\":7}");
    CHECK_INT(aws_decode(aws), WF_OK);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_STATUS_FILTER)->number, 4);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_LIMIT)->number, 7);
    aws_free(aws);

    aws = ask("ListStateMachines", "");
    CHECK_INT(aws_decode(aws), WF_OK);
    CHECK_INT(wf_args_get(&aws->args, WF_ARG_LIMIT)->number, 100);
    aws_free(aws);

    aws = ask("CreateStateMachineAlias",
              "{\"name\":\"a\",\"routingConfiguration\":["
              "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":70},"
              "{\"stateMachineVersionArn\":\"" M ":12\",\"weight\":30}]}");
    CHECK_INT(aws_decode(aws), WF_OK);
    CHECK_STR(aws_arg(aws, WF_ARG_ROUTES),
              wf_str("[{\"Version\":\"1\",\"Weight\":70},"
                     "{\"Version\":\"12\",\"Weight\":30}]"));
    CHECK_STR(aws_arg(aws, WF_ARG_FLOW), wf_str("sfn/us-east-1/123456789012/m"));
    aws_free(aws);
}


/* Lengths are those of UTF-16. */
TEST(lengths)
{
    char    body[1024];
    aws_t  *aws;
    int     i, len;

    len = snprintf(body, sizeof(body), "{\"name\":\"");

    for (i = 0; i < 40; i++) {
        len += snprintf(body + len, sizeof(body) - len, "\xf0\x9f\x98\x80");
    }

    memcpy(body + len, "\"}", 3);
    aws = ask("CreateActivity", body);
    CHECK_INT(aws_decode(aws), WF_OK);
    aws_free(aws);

    memcpy(body + len, "x\"}", 4);
    aws = ask("CreateActivity", body);
    CHECK_INT(aws_decode(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_VALIDATION);
    aws_free(aws);
}


/* Who asks in which tongue. */
TEST(recognised)
{
    aws_t  *aws;

    aws = aws_create("AWSStepFunctions.Anything", "{}");
    CHECK(wf_protocol_sfn.recognise(&aws->request));
    CHECK(!wf_protocol_rpc.recognise(&aws->request));
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK(!wf_protocol_sfn.knows(&aws->message));
    aws_free(aws);

    aws = aws_create(NULL, "{}");
    CHECK(!wf_protocol_sfn.recognise(&aws->request));
    CHECK(wf_protocol_rpc.recognise(&aws->request));
    aws_free(aws);

    aws = aws_create("Other_20150101.List", "{}");
    CHECK(wf_protocol_sfn.recognise(&aws->request));
    CHECK_INT(aws_begin(aws), WF_ERROR);
    CHECK_STR(aws_refused(aws, 400),
              wf_str("{\"__type\":\"UnknownOperationException\"}"));
    aws_free(aws);

    /* A newer protocol, by its header and by its path. */
    aws = aws_create(NULL, "\xa0");
    aws_header(aws, "smithy-protocol", "rpc-v2-cbor");
    aws->request.path = wf_str("/service/AWSStepFunctions/operation/X");
    CHECK(wf_protocol_sfn.recognise(&aws->request));
    CHECK_INT(aws_begin(aws), WF_ERROR);
    CHECK_STR(aws_refused(aws, 404), wf_str("<UnknownOperationException/>"));
    aws_free(aws);

    aws = aws_create(NULL, "");
    aws->request.method = wf_str("GET");
    CHECK_INT(aws_begin(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_NOT_RPC);
    aws_free(aws);
}


/* The region is the scope's, if it can be one. */
TEST(places)
{
    aws_t  *aws;

    aws = aws_create("AWSStepFunctions.ListStateMachines", "{}");
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK_STR(wf_aws_state(&aws->message)->region, wf_str("us-east-1"));
    CHECK_STR(wf_aws_state(&aws->message)->account, wf_str("123456789012"));
    aws_free(aws);

    aws = aws_create("AWSStepFunctions.ListStateMachines", "{}");
    aws->request.account = wf_str("000000000001");
    aws_header(aws, "authorization", "AWS4-HMAC-SHA256 Credential=any/x/y/"
               "20150830/cn-north-1/states/aws4_request");
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK_STR(wf_aws_state(&aws->message)->region, wf_str("cn-north-1"));
    CHECK_STR(wf_aws_state(&aws->message)->account, wf_str("000000000001"));
    aws_free(aws);

    aws = aws_create("AWSStepFunctions.ListStateMachines", "{}");
    aws_header(aws, "authorization", "AWS4-HMAC-SHA256 Credential=any/"
               "20150830/US_1/states/aws4_request");
    CHECK_INT(aws_begin(aws), WF_OK);
    CHECK_STR(wf_aws_state(&aws->message)->region, wf_str("us-east-1"));
    aws_free(aws);
}


TEST(floats)
{
    aws_t    *aws;
    size_t    i;
    check_t   check;
    item_t    item;

    static const wf_aws_type_t  type = {
        "Percentage", WF_AWS_FLOAT, false, 0, 100, 0, 0, NULL
    };

    static const struct {
        const char  *text;
        unsigned     faults;
    } floats[] = {
        { "0", 0 }, { "100", 0 }, { "99.9", 0 }, { "100.5", 1 },
        { "-0.5", 1 }, { "1e2", 0 }, { "1e300", 1 }, { "-1e300", 1 }
    };

    for (i = 0; i < wf_countof(floats); i++) {
        aws = aws_create(NULL, "");
        memset(&check, 0, sizeof(check));
        memset(&item, 0, sizeof(item));
        check.message = &aws->message;
        check.err = &aws->err;
        wf_buf_init(&check.faults, aws->message.arena, 0);
        item.raw = wf_str_of(floats[i].text);
        CHECK_INT(check_float(&check, &type, &item), WF_OK);
        CHECK_INT(check.count, floats[i].faults);
        aws_free(aws);
    }
}


/* Every operation's input is a structure whose members have arguments. */
TEST(tables)
{
    uint32_t                 i, k;
    const wf_aws_type_t     *type;
    const wf_aws_member_t   *member;

    for (i = 0; i < wf_aws_sfn.operation_count; i++) {
        type = &wf_aws_sfn.model->types[wf_aws_sfn.operations[i].input];
        CHECK_INT(type->kind, WF_AWS_STRUCTURE);
        CHECK(type->count <= MEMBERS_MAX);

        for (k = 0; k < type->count; k++) {
            member = &wf_aws_sfn.model->members[type->first + k];
            CHECK(member->arg != WF_AWS_INSIDE);
            CHECK(wf_aws_sfn.model->types[member->type].kind
                  <= WF_AWS_STRUCTURE);
        }
    }
}


TEST(out_of_memory)
{
    aws_t     *aws;
    wf_rc_t    rc;
    uint64_t   n;

    for (n = 1; ; n++) {
        aws = ask("CreateStateMachineAlias", "{\"name\":\"a\","
                  "\"description\":\"x\\ny\",\"routingConfiguration\":["
                  "{\"stateMachineVersionArn\":\"" M ":1\",\"weight\":100}]}");
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
