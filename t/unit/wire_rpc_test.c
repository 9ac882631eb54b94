
/*
 * Layouts, protocol fields, actions and parameters of CloudFlow's RPC.
 */

#include "unit.h"

#include "wire/wire_rpc.c"

#include "rpc.h"


#define VERSIONED  "&Version=2019-03-15"


/* The code that begin ends with, and its details. */
static wf_error_code_t
begin(rpc_t *rpc)
{
    return req_begin(rpc) == WF_OK ? WF_E_NONE : rpc->err.code;
}


/* begin and decode of one request; the error as text, "" if none. */
static const char *
outcome(rpc_t *rpc)
{
    static char  text[2048];

    text[0] = '\0';

    if (req_begin(rpc) != WF_OK || req_decode(rpc) != WF_OK) {
        sprintf(text, "%s(%s)", wf_error_symbol(rpc->err.code),
                rpc->err.arg[0]);
    }

    return text;
}


TEST(method_and_path)
{
    size_t  i;
    rpc_t  *rpc;

    static const char  *methods[] = { "PUT", "DELETE", "HEAD", "get", "" };

    for (i = 0; i < wf_countof(methods); i++) {
        rpc = req_create(methods[i], "Action=ListFlows" VERSIONED, "");
        CHECK_INT(begin(rpc), WF_E_BAD_METHOD);
        CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str_of(methods[i]));
        CHECK_STR(rpc->message.request_id, RPC_FRESH);
        req_free(rpc);
    }

    rpc = req_create("GET", "Action=ListFlows" VERSIONED, "");
    rpc->request.path = wf_str("/x");
    CHECK_INT(begin(rpc), WF_E_NOT_FOUND);
    rpc->request.path = wf_str("//");
    CHECK_INT(begin(rpc), WF_E_NOT_FOUND);
    rpc->request.path = wf_str("");
    CHECK_INT(begin(rpc), WF_E_NONE);
    req_free(rpc);
}


/* The same call in every place gives the same answer. */
TEST(places)
{
    size_t  i;
    rpc_t  *rpc;

    static const char  *cases[][3] = {
        { "GET", "Action=DescribeExecution" VERSIONED
          "&FlowName=f&ExecutionName=e+1&WaitTimeSeconds=7", "" },
        { "POST", "Action=DescribeExecution" VERSIONED
          "&FlowName=f&ExecutionName=e%201&WaitTimeSeconds=7", "" },
        { "POST", "Action=DescribeExecution" VERSIONED,
          "FlowName=f&ExecutionName=e+1&WaitTimeSeconds=7" },
        { "POST", "", "Action=DescribeExecution" VERSIONED
          "&FlowName=f&ExecutionName=e+1&WaitTimeSeconds=7" },
        { "GET", "FlowName=g", "Action=DescribeExecution" VERSIONED
          "&FlowName=f&ExecutionName=e%201&WaitTimeSeconds=7" },
    };

    for (i = 0; i < wf_countof(cases); i++) {
        rpc = req_create(cases[i][0], cases[i][1], cases[i][2]);

        CHECK_STR(wf_str_of(outcome(rpc)), wf_str(""));
        CHECK_STR(rpc->message.action, wf_str("DescribeExecution"));
        CHECK_STR(wf_args_get(&rpc->args, WF_ARG_FLOW)->text, wf_str("f"));
        CHECK_STR(wf_args_get(&rpc->args, WF_ARG_EXECUTION)->text, wf_str("e 1"));
        CHECK_INT(wf_args_get(&rpc->args, WF_ARG_WAIT_SECONDS)->number, 7);
        req_free(rpc);
    }
}


/* Checklist item 3, what is not about transport. */
TEST(spellings)
{
    rpc_t  *rpc;

    rpc = req_create("POST", "Action=CreateFlow" VERSIONED "&SignatureType="
                     "&RegionId=cn-hangzhou&Unknown=%2A*~%7E",
                     "Name=f&Type=FDL&Description=*%2A~%7E+%20"
                     "&Definition=a%2Bb");
    CHECK_STR(wf_str_of(outcome(rpc)), wf_str(""));
    CHECK_STR(wf_args_get(&rpc->args, WF_ARG_DESCRIPTION)->text, wf_str("**~~  "));
    CHECK_STR(wf_args_get(&rpc->args, WF_ARG_DEFINITION)->text, wf_str("a+b"));
    req_free(rpc);
}


TEST(content_types)
{
    size_t  i;
    rpc_t  *rpc;

    static const struct {
        const char       *type;
        const char       *body;
        wf_error_code_t   code;
    } cases[] = {
        { "application/x-www-form-urlencoded", "a=b", WF_E_NONE },
        { "application/x-www-form-urlencoded;charset=utf-8", "a=b",
          WF_E_NONE },
        { "Application/X-WWW-Form-Urlencoded ; Charset=UTF-8", "a=b",
          WF_E_NONE },
        { "", "a=b", WF_E_NONE },
        { "application/json", "{\"a\":\"b\"}", WF_E_NONE },
        { "application/json; charset=utf-8", "{}", WF_E_NONE },
        { "application/json", "a=b", WF_E_INVALID_ARGUMENT },
        { "application/jsonx", "{}", WF_E_MEDIA_TYPE },
        { "text/xml", "<a/>", WF_E_MEDIA_TYPE },
        { "multipart/form-data", "x", WF_E_MEDIA_TYPE },
        { "text/xml", "", WF_E_NONE },
    };

    for (i = 0; i < wf_countof(cases); i++) {
        rpc = req_create("POST", "Action=ListFlows" VERSIONED, cases[i].body);
        req_header(rpc, "content-type", cases[i].type);
        CHECK_INT(begin(rpc), cases[i].code);
        req_free(rpc);
    }
}


TEST(layouts)
{
    rpc_t           *rpc;
    wf_rpc_state_t  *state;

    /* V1: parameters win over headers. */
    rpc = req_create("GET", "Action=ListFlows" VERSIONED, "");
    req_header(rpc, "x-acs-action", "describeFlow");
    req_header(rpc, "x-acs-version", "2000-01-01");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.action, wf_str("ListFlows"));
    state = rpc->message.state;
    CHECK(!state->is_v3);
    req_free(rpc);

    /* V1 without parameters: the headers serve. */
    rpc = req_create("GET", "Format=json", "");
    req_header(rpc, "x-acs-action", "describeFlow");
    req_header(rpc, "x-acs-version", "2019-03-15");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.action, wf_str("DescribeFlow"));
    req_free(rpc);

    /* V3: headers alone. */
    rpc = req_create("GET", "Action=ListFlows" VERSIONED, "");
    req_header(rpc, "authorization", "ACS3-HMAC-SHA256 x");
    CHECK_INT(begin(rpc), WF_E_MISSING_HEADER);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("x-acs-action"));
    req_header(rpc, "x-acs-action", "DescribeFlow");
    CHECK_INT(begin(rpc), WF_E_MISSING_HEADER);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("x-acs-version"));
    req_header(rpc, "x-acs-version", "2019-03-15");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.action, wf_str("DescribeFlow"));
    state = rpc->message.state;
    CHECK(state->is_v3);
    req_free(rpc);

    /* Another scheme is no V3. */
    rpc = req_create("GET", "", "");
    req_header(rpc, "authorization", "Basic eDp5");
    CHECK_INT(begin(rpc), WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("Action"));
    req_free(rpc);
}


TEST(protocol_fields)
{
    rpc_t  *rpc;

    rpc = req_create("GET", "Action=&Version=2019-03-15", "");
    CHECK_INT(begin(rpc), WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("Action"));
    req_free(rpc);

    rpc = req_create("GET", "Action=ListFlows", "");
    CHECK_INT(begin(rpc), WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("Version"));
    req_free(rpc);

    rpc = req_create("GET", "Action=ListFlows&Version=2019-03-16", "");
    CHECK_INT(begin(rpc), WF_E_UNKNOWN_VERSION);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("2019-03-16"));
    req_free(rpc);

    /* An unknown action is for others to refuse, as it was sent. */
    rpc = req_create("GET", "Action=noSuch" VERSIONED, "");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.action, wf_str("noSuch"));
    CHECK(wf_rpc_shape(rpc->message.action) == NULL);
    req_free(rpc);

    rpc = req_create("GET", "Action=listFlows" VERSIONED, "");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.action, wf_str("ListFlows"));
    req_free(rpc);

    rpc = req_create("GET", "Action=LISTFLOWS" VERSIONED, "");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK(wf_rpc_shape(rpc->message.action) == NULL);
    req_free(rpc);
}


TEST(request_id)
{
    size_t  i;
    rpc_t  *rpc;
    char    query[512];

    static const char  *bad[] = { "", "a%20b", "a.b", "%22",
        "0123456789012345678901234567890123456789012345678901234567890123"
        "0123456789012345678901234567890123456789012345678901234567890123x" };

    rpc = req_create("GET", "Action=ListFlows" VERSIONED "&RequestId=Aa-_9",
                     "");
    CHECK_INT(begin(rpc), WF_E_NONE);
    CHECK_STR(rpc->message.request_id, wf_str("Aa-_9"));
    req_free(rpc);

    /* An error carries it, too. */
    rpc = req_create("GET", "RequestId=Aa-_9", "");
    CHECK_INT(begin(rpc), WF_E_MISSING_PARAM);
    CHECK_STR(rpc->message.request_id, wf_str("Aa-_9"));
    req_free(rpc);

    for (i = 0; i < wf_countof(bad); i++) {
        sprintf(query, "Action=ListFlows" VERSIONED "&RequestId=%s", bad[i]);
        rpc = req_create("GET", query, "");
        CHECK_INT(begin(rpc), WF_E_NONE);
        CHECK_STR(rpc->message.request_id, RPC_FRESH);
        req_free(rpc);
    }
}


TEST(too_large)
{
    rpc_t  *rpc;
    char   *body;

    body = malloc(WF_RAW_REQUEST_BYTES_MAX + 2);
    memset(body, 'a', WF_RAW_REQUEST_BYTES_MAX + 1);
    body[WF_REQUEST_BYTES_MAX + 1] = '\0';

    rpc = req_create("POST", "Action=ListFlows" VERSIONED, body);
    CHECK_INT(begin(rpc), WF_E_TOO_LARGE);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("1048576"));
    req_free(rpc);

    body[WF_REQUEST_BYTES_MAX + 1] = 'a';
    body[WF_RAW_REQUEST_BYTES_MAX + 1] = '\0';
    rpc = req_create("POST", "", body);
    CHECK_INT(begin(rpc), WF_E_TOO_LARGE);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("1048576"));
    req_free(rpc);

    free(body);
}


/* Each action: the first missing parameter, in the order of the tables. */
TEST(missing_params)
{
    size_t  i;
    rpc_t  *rpc;
    char    query[512];

    static const char  *cases[][2] = {
        { "CreateFlow", "MISSING_PARAM(Name)" },
        { "CreateFlow&Type=x", "MISSING_PARAM(Name)" },
        { "CreateFlow&Name=f", "MISSING_PARAM(Definition)" },
        { "CreateFlow&Name=f&Definition=d", "MISSING_PARAM(Description)" },
        { "CreateFlow&Name=f&Definition=d&Description=",
          "MISSING_PARAM(Type)" },
        { "CreateFlow&Name=f&Definition=d&Description=&Type=FDL", "" },
        { "CreateFlow&Name=1&Definition=d&Description=&Type=",
          "MISSING_PARAM(Type)" },
        { "UpdateFlow", "MISSING_PARAM(Name)" },
        { "UpdateFlow&Name=f", "" },
        { "DeleteFlow", "MISSING_PARAM(Name)" },
        { "DescribeFlow", "MISSING_PARAM(Name)" },
        { "DescribeFlow&Name=1&FlowVersion=3", "" },
        { "ListFlows", "" },
        { "StartExecution", "MISSING_PARAM(FlowName)" },
        { "StartExecution&FlowName=f", "" },
        { "StopExecution", "MISSING_PARAM(FlowName)" },
        { "StopExecution&FlowName=f", "MISSING_PARAM(ExecutionName)" },
        { "DescribeExecution&ExecutionName=e", "MISSING_PARAM(FlowName)" },
        { "DescribeExecution&FlowName=f", "MISSING_PARAM(ExecutionName)" },
        { "ListExecutions", "MISSING_PARAM(FlowName)" },
        { "GetExecutionHistory", "MISSING_PARAM(FlowName)" },
        { "GetExecutionHistory&FlowName=f", "MISSING_PARAM(ExecutionName)" },
    };

    for (i = 0; i < wf_countof(cases); i++) {
        sprintf(query, "Version=2019-03-15&Action=%s", cases[i][0]);
        rpc = req_create("GET", query, "");
        CHECK_STR(wf_str_of(outcome(rpc)), wf_str_of(cases[i][1]));
        req_free(rpc);
    }
}


TEST(bounds)
{
    size_t  i;
    rpc_t  *rpc;
    char    query[512];

#define RANGE(name, min, max)                                                 \
    "INVALID_ARGUMENT(" name " must be between " min " and " max ".)"

    static const char  *cases[][2] = {
        { "ListFlows&Limit=1", "" },
        { "ListFlows&Limit=1000", "" },
        { "ListFlows&Limit=0", RANGE("Limit", "1", "1000") },
        { "ListFlows&Limit=1001", RANGE("Limit", "1", "1000") },
        { "ListExecutions&FlowName=f&Limit=100", "" },
        { "ListExecutions&FlowName=f&Limit=101", RANGE("Limit", "1", "100") },
        { "ListExecutions&FlowName=f&Status=Starting", "" },
        { "ListExecutions&FlowName=f&Status=running",
          "INVALID_ARGUMENT(Status must be one of "
          "Starting|Running|Succeeded|Failed|Stopped|TimedOut.)" },
        { "ListExecutions&FlowName=f&MetadataOnly=True", "" },
        { "DescribeExecution&FlowName=f&ExecutionName=e&WaitTimeSeconds=60",
          "" },
        { "DescribeExecution&FlowName=f&ExecutionName=e&WaitTimeSeconds=61",
          RANGE("WaitTimeSeconds", "0", "60") },
        { "GetExecutionHistory&FlowName=f&ExecutionName=e&NextToken=3", "" },
        { "GetExecutionHistory&FlowName=f&ExecutionName=e&NextToken=x",
          "INVALID_ARGUMENT(NextToken must be an integer.)" },
        { "CreateFlow&Name=f&Definition=d&Description=&Type=fdl",
          "INVALID_ARGUMENT(Type must be one of FDL|DEFAULT.)" },
        { "CreateFlow&Name=f&Definition=d&Description=&Type=DEFAULT"
          "&ExecutionMode=", "" },
        { "CreateFlow&Name=f&Definition=d&Description=&Type=FDL"
          "&ExecutionMode=Fast",
          "INVALID_ARGUMENT(ExecutionMode must be one of Standard|Express.)" },
        { "StartExecution&FlowName=f&Input=%5B%5D",
          "INVALID_ARGUMENT(Input must be a JSON object.)" },
    };

    for (i = 0; i < wf_countof(cases); i++) {
        sprintf(query, "Version=2019-03-15&Action=%s", cases[i][0]);
        rpc = req_create("GET", query, "");
        CHECK_STR(wf_str_of(outcome(rpc)), wf_str_of(cases[i][1]));
        req_free(rpc);
    }
}


TEST(environment)
{
    rpc_t     *rpc;
    wf_str_t   want;

    want = wf_str("[{\"Name\":\"k\",\"Value\":\"v\",\"Description\":\"d\"}]");

    rpc = req_create("POST", "Action=UpdateFlow" VERSIONED "&Name=f",
                     "Environment=%7B%22Variables%22%3A%5B%7B%22Name%22%3A%22"
                     "k%22%2C%22Value%22%3A%22v%22%2C%22Description%22%3A%22d"
                     "%22%7D%5D%7D");
    CHECK_STR(wf_str_of(outcome(rpc)), wf_str(""));
    CHECK_STR(wf_args_get(&rpc->args, WF_ARG_ENVIRONMENT)->text, want);
    req_free(rpc);

    rpc = req_create("POST", "Action=UpdateFlow" VERSIONED "&Name=f",
                     "Environment.Variables.1.Name=k"
                     "&Environment.Variables.1.Value=v"
                     "&Environment.Variables.1.Description=d");
    CHECK_STR(wf_str_of(outcome(rpc)), wf_str(""));
    CHECK_STR(wf_args_get(&rpc->args, WF_ARG_ENVIRONMENT)->text, want);
    req_free(rpc);

    rpc = req_create("POST", "Action=UpdateFlow" VERSIONED,
                     "{\"Name\":\"f\",\"Environment\":{\"Variables\":[{\"Name"
                     "\":\"k\",\"Value\":\"v\",\"Description\":\"d\"}]}}");
    req_header(rpc, "content-type", "application/json");
    CHECK_STR(wf_str_of(outcome(rpc)), wf_str(""));
    CHECK_STR(wf_args_get(&rpc->args, WF_ARG_ENVIRONMENT)->text, want);
    req_free(rpc);
}


TEST(recognise)
{
    rpc_t  *rpc;

    rpc = req_create("POST", "", "{}");
    CHECK(wf_protocol_rpc.recognise(&rpc->request));
    req_header(rpc, "content-type", "application/x-amz-json-1.0");
    CHECK(!wf_protocol_rpc.recognise(&rpc->request));
    req_free(rpc);

    rpc = req_create("POST", "", "{}");
    req_header(rpc, "x-amz-target", "AWSStepFunctions.ListStateMachines");
    CHECK(!wf_protocol_rpc.recognise(&rpc->request));
    req_free(rpc);
}


TEST(joined_headers)
{
    rpc_t  *rpc;

    rpc = req_create("GET", "", "");
    req_header(rpc, "a", "1");
    req_header(rpc, "b", "2");
    req_header(rpc, "a", "3");
    CHECK_STR(wf_rpc_header(&rpc->message, wf_str("a")), wf_str("1,3"));
    CHECK_STR(wf_rpc_header(&rpc->message, wf_str("b")), wf_str("2"));
    CHECK(wf_rpc_header(&rpc->message, wf_str("c")).data == NULL);
    req_free(rpc);
}


TEST(no_memory)
{
    bool      done;
    rpc_t    *rpc;
    uint64_t  count;

    done = false;

    for (count = 1; !done; count++) {
        rpc = req_create("POST", "Action=createFlow" VERSIONED "&Name=f",
                         "Definition=d&Description=x&Type=FDL"
                         "&Environment.Variables.1.Name=k");
        wf_arena_fail_after(count);
        done = req_begin(rpc) == WF_OK && req_decode(rpc) == WF_OK;
        wf_arena_fail_after(0);
        CHECK(done || rpc->err.code == WF_E_INTERNAL);
        CHECK(rpc->message.request_id.len == 36);
        req_free(rpc);
    }

    CHECK(count > 3);
}


UNIT_MAIN()
