
/*
 * Services: golden requests, a table of answers, sub-flows (fdl.md 1.3.1, 1.7,
 * 1.9, 1.10, 2.6, 2.8).
 */

#include "unit.h"

#include "base/arena.h"
#include "base/json.h"
#include "flow/program.h"
#include "engine/engine.h"
#include "wire/service.c"


#define REQUEST  WF_SERVICE_REQUEST
#define SYNC     WF_SERVICE_SYNC
#define TOKEN    WF_SERVICE_TOKEN

#define FN       "acs:fc:::services/demo.LATEST/functions/book"
#define QUEUE    "acs:mns:::/queues/q/messages"
#define TOPIC    "acs:mns:::/topics/t/messages"


static wf_service_call_t
call_of(bool is_legacy, uint8_t mode, const char *resource,
    const char *params)
{
    const char         *colon;
    wf_service_call_t   call;

    memset(&call, 0, sizeof(call));
    colon = strchr(resource, ':');
    call.is_legacy = is_legacy;
    call.is_action = colon != NULL && strchr(colon + 1, ':') == NULL
                     && strncmp(resource, "http", 4) != 0;
    call.mode = mode;
    call.resource = wf_str_of(resource);
    call.params = wf_str_of(params ? params : "{\"input\":1}");
    call.has_params = params != NULL;
    call.token = wf_str("T-1");
    call.key = wf_str("K-1");
    call.attempt = 2;

    return call;
}


/* "METHOD scheme://host|uri|args|target|function\nname: value\n...\n\nbody" */
static wf_str_t
print(wf_arena_t *arena, const wf_service_request_t *request)
{
    uint32_t  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 512);
    wf_buf_str(&buf, request->method);
    wf_buf_byte(&buf, ' ');
    wf_buf_str(&buf, request->scheme);
    wf_buf_text(&buf, "://");
    wf_buf_str(&buf, request->host);
    wf_buf_byte(&buf, '|');
    wf_buf_str(&buf, request->uri);
    wf_buf_byte(&buf, '|');
    wf_buf_str(&buf, request->args);
    wf_buf_byte(&buf, '|');
    wf_buf_str(&buf, request->target);
    wf_buf_byte(&buf, '|');
    wf_buf_str(&buf, request->function);
    wf_buf_byte(&buf, '\n');

    CHECK_STR(request->headers[0].name, wf_str("x-fnf-idempotency-key"));
    CHECK_STR(request->headers[0].value, wf_str("K-1"));
    CHECK_STR(request->headers[1].name, wf_str("x-fnf-attempt"));
    CHECK_STR(request->headers[1].value, wf_str("2"));

    for (i = 2; i < request->header_count; i++) {
        wf_buf_str(&buf, request->headers[i].name);
        wf_buf_text(&buf, ": ");
        wf_buf_str(&buf, request->headers[i].value);
        wf_buf_byte(&buf, '\n');
    }

    wf_buf_byte(&buf, '\n');
    wf_buf_str(&buf, request->body);

    return wf_buf_done(&buf);
}


typedef struct {
    bool         is_legacy;
    uint8_t      mode;
    const char  *resource;
    const char  *params;
    const char  *want;
} out_t;

#define XML                                                                   \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                              \
    "<Message xmlns=\"http://mns.aliyuncs.com/doc/v1/\">"
#define FC_URI  "/2016-08-15/services/demo.LATEST/functions/book/invocations"
#define MNS_HEADERS                                                           \
    "content-type: text/xml;charset=utf-8\nx-mns-version: 2015-06-06\n\n"

static const out_t  requests[] = {

    /* Function Compute. */

    { true, REQUEST, FN, NULL,
      "POST ://|" FC_URI "||" FN "|book\n"
      "content-type: application/json\nx-fc-invocation-type: Sync\n\n"
      "{\"input\":1}" },
    { true, SYNC, FN, "{\"n\":1.50}",
      "POST ://|" FC_URI "||" FN "|book\n"
      "content-type: application/json\nx-fc-invocation-type: Async\n"
      "x-fnf-task-token: T-1\n\n{\"n\":1.50}" },
    { true, TOKEN, "acs:fc:cn-x:12:functions/f", NULL,
      "POST ://|/2023-03-30/functions/f/invocations||"
      "acs:fc:cn-x:12:functions/f|f\ncontent-type: application/json\n"
      "x-fc-invocation-type: Sync\n\n{\"input\":1}" },
    { true, REQUEST, "!Ref svc/fn", NULL,
      "POST ://|/%21Ref%20svc%2Ffn||!Ref svc/fn|fn\n"
      "content-type: application/json\nx-fc-invocation-type: Sync\n\n"
      "{\"input\":1}" },
    { false, REQUEST, "FC:InvokeFunction",
      "{\"resourceArn\":\"acs:fc:r:a:functions/f/LATEST\","
      "\"invocationType\":\"Sync\",\"body\":{\"id\":1}}",
      "POST ://|/2023-03-30/functions/f/invocations|qualifier=LATEST|"
      "acs:fc:r:a:functions/f/LATEST|f\ncontent-type: application/json\n"
      "x-fc-invocation-type: Sync\n\n{\"id\":1}" },
    { false, REQUEST, "FC:InvokeFunction",
      "{\"resourceArn\":\"" FN "\",\"invocationType\":\"Async\","
      "\"body\":\"raw\"}",
      "POST ://|" FC_URI "||" FN "|book\n"
      "content-type: application/octet-stream\n"
      "x-fc-invocation-type: Async\n\nraw" },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"" FN "\"}",
      "POST ://|" FC_URI "||" FN "|book\n"
      "content-type: application/octet-stream\n"
      "x-fc-invocation-type: Sync\n\n" },
    { false, SYNC, "FC:InvokeFunction",
      "{\"resourceArn\":\"acs:fc:::functions/.../x\",\"body\":[1]}",
      "POST ://|/2023-03-30/functions/%2E%2E%2E/invocations|qualifier=x|"
      "acs:fc:::functions/.../x|%2E%2E%2E\ncontent-type: application/json\n"
      "x-fc-invocation-type: Async\nx-fnf-task-token: T-1\n\n[1]" },

    /* Queues and topics. */

    { true, REQUEST, QUEUE, "{\"MessageBody\":{\"a\":\"<&>\"},"
      "\"Priority\":1,\"DelaySeconds\":604800}",
      "POST ://|/queues/q/messages||" QUEUE "|q\n" MNS_HEADERS XML
      "<MessageBody>{&quot;a&quot;:&quot;&lt;&amp;&gt;&quot;}</MessageBody>"
      "<DelaySeconds>604800</DelaySeconds><Priority>1</Priority></Message>" },
    { true, TOKEN, TOPIC, NULL,
      "POST ://|/topics/t/messages||" TOPIC "|t\n" MNS_HEADERS XML
      "<MessageBody>{&quot;input&quot;:1}</MessageBody></Message>" },
    { false, REQUEST, "MNS:SendMessage", "{\"resourceArn\":\"" TOPIC "\","
      "\"message\":\"it's\\r\\n\",\"messageTag\":\"x\","
      "\"messageAttributes\":{\"DirectMail\":{\"k\":1}},\"priority\":9}",
      "POST ://|/topics/t/messages||" TOPIC "|t\n" MNS_HEADERS XML
      "<MessageBody>it&apos;s&#13;\n</MessageBody><MessageTag>x</MessageTag>"
      "<MessageAttributes><DirectMail>{&quot;k&quot;:1}</DirectMail>"
      "</MessageAttributes></Message>" },

    /* HTTP. */

    { false, TOKEN, "HTTP:Request", "{\"url\":\"HTTP://Example.TEST:80/a b"
      "/\xc3\xa9?q={1}&r=%20#f\",\"method\":\"post\",\"headers\":"
      "{\"X-Trace\":\"e\",\"N\":1,\"List\":[\"a\",null,true],"
      "\"Accept-Encoding\":\"gzip\",\"Content-Length\":\"9\"},"
      "\"body\":{\"q\":\"blue\"}}",
      "POST http://example.test:80|/a%20b/%C3%A9|q=%7B1%7D&r=%20|"
      "http://example.test:80/a%20b/%C3%A9?q=%7B1%7D&r=%20|Request\n"
      "x-trace: e\nn: 1\nlist: a\nlist: true\n"
      "content-type: application/json\n"
      "x-fnf-http-callback-task-token: T-1\n\n{\"q\":\"blue\"}" },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"https://h\"}",
      "GET https://h|/||https://h/|Request\n\n" },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"https://h?x\","
      "\"method\":\"PaTcH\",\"headers\":{\"Content-Type\":\"text/csv\"},"
      "\"body\":\"a,b\"}",
      "PATCH https://h|/|x|https://h/?x|Request\n"
      "content-type: text/csv\n\na,b" },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"https://h/\",\"headers\":"
      "{\"content-type\":\"x/y\"},\"body\":[1],\"method\":\"PUT\"}",
      "PUT https://h|/||https://h/|Request\ncontent-type: x/y\n\n[1]" },
    { true, REQUEST, "https://h:8443/x", NULL,
      "POST https://h:8443|/x||https://h:8443/x|Request\n"
      "content-type: application/json\n\n{\"input\":1}" },

    /* Anything else. */

    { true, REQUEST, "ocr:RecognizeIdentityCard", "{\"Side\":\"face\"}",
      "POST ://|/||ocr:RecognizeIdentityCard|RecognizeIdentityCard\n"
      "content-type: application/json\n\n{\"Side\":\"face\"}" },
    { true, REQUEST, "fc:InvokeFunction", "{\"a\":1}",
      "POST ://|/||fc:InvokeFunction|InvokeFunction\n"
      "content-type: application/json\n\n{\"a\":1}" },
    { false, TOKEN, "EventBridge:PutEvents", "{}",
      "POST ://|/||EventBridge:PutEvents|PutEvents\n"
      "content-type: application/json\n\n{}" },
    { false, REQUEST, "FNF:StopExecution", "{}",
      "POST ://|/||FNF:StopExecution|StopExecution\n"
      "content-type: application/json\n\n{}" },
};


TEST(requests)
{
    size_t                 i;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_request_t   request;

    for (i = 0; i < wf_countof(requests); i++) {
        arena = wf_arena_create(0);
        call = call_of(requests[i].is_legacy, requests[i].mode,
                       requests[i].resource, requests[i].params);
        wf_error_clear(&err);
        CHECK_INT(wf_service_request(arena, &call, &request, &err), WF_OK);

        if (err.code == WF_E_NONE) {
            CHECK_STR(print(arena, &request), wf_str_of(requests[i].want));

        } else {
            CHECK_STR(wf_error_arg(&err, 0), wf_str("no error"));
        }

        wf_arena_free(arena);
    }
}


static const out_t  refused[] = {
    { false, REQUEST, "FC:InvokeFunction", "{}",
      "'resourceArn' is missing." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":1}",
      "'resourceArn' must be a string." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"\"}",
      "The name of the resource must be 1 to 2048 bytes long." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"a\\nb\"}",
      "The name of the resource has control characters." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"..\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction",
      "{\"resourceArn\":\"acs:fc:::functions/../x\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"a/%2e%2E\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"a%2f..%2Fb\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"a%5c.%5cb\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"a\\\\..\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction", "{\"resourceArn\":\"./a\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/a/../b\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/..\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/%2e?x\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/a%2F..#b\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/.\\\\x\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction",
      "{\"resourceArn\":\"f\",\"invocationType\":\"Perhaps\"}",
      "'invocationType' must be Sync or Async." },
    { true, REQUEST, QUEUE, "{}", "'MessageBody' is missing." },
    { true, REQUEST, QUEUE, "{\"MessageBody\":\"\\u0001\"}",
      "'MessageBody' has control characters, which a message can't carry." },
    { true, REQUEST, QUEUE, "{\"MessageBody\":\"\",\"Priority\":17}",
      "'Priority' must be an integer between 1 and 16." },
    { true, REQUEST, QUEUE, "{\"MessageBody\":\"\",\"DelaySeconds\":\"1\"}",
      "'DelaySeconds' must be an integer between 0 and 604800." },
    { true, REQUEST, TOPIC,
      "{\"MessageBody\":\"\",\"MessageAttributes\":{\"<a>\":1}}",
      "'MessageAttributes' has a member whose name is not usable." },
    { true, REQUEST, TOPIC,
      "{\"MessageBody\":\"\",\"MessageAttributes\":[]}",
      "'MessageAttributes' must be an object." },
    { true, REQUEST, TOPIC, "{\"MessageBody\":\"\",\"MessageTag\":[]}",
      "'MessageTag' must be a string." },
    { false, REQUEST, "MNS:SendMessage",
      "{\"resourceArn\":\"acs:mns:::/x/y/messages\",\"message\":\"\"}",
      "'resourceArn' must be acs:mns:::/queues/NAME/messages or "
      "acs:mns:::/topics/NAME/messages." },
    { false, REQUEST, "MNS:SendMessage", "{\"message\":\"\"}",
      "'resourceArn' is missing." },
    { false, REQUEST, "HTTP:Request", "{}", "'url' is missing." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"ftp://h\"}",
      "'url' must begin with http:// or https://." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http:h\"}",
      "'url' must begin with http:// or https://." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://\"}",
      "'url' names no host." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://u:p@h/\"}",
      "'url' has a host of other characters than letters, digits, '-', '.', "
      "'_' and a port." },
    { false, REQUEST, "HTTP:Request",
      "{\"url\":\"http://h\",\"method\":\"CONNECT\"}",
      "'method' must be GET, POST, PUT, PATCH, DELETE or HEAD." },
    { false, REQUEST, "HTTP:Request",
      "{\"url\":\"http://h\",\"headers\":{\"Host\":\"x\"}}",
      "'headers' can't set 'host'." },
    { false, REQUEST, "HTTP:Request",
      "{\"url\":\"http://h\",\"headers\":{\"a b\":\"x\"}}",
      "'headers' can't set 'a b'." },
    { false, REQUEST, "HTTP:Request",
      "{\"url\":\"http://h\",\"headers\":{\"a\":\"x\\r\\ny: z\"}}",
      "'headers' has a value with control characters." },
    { false, REQUEST, "HTTP:Request",
      "{\"url\":\"http://h\",\"headers\":{\"a\":{}}}",
      "'headers' must have strings or lists of strings as values." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h\",\"headers\":1}",
      "'headers' must be an object." },
    { false, REQUEST, "HTTP:Request", "{\"url\":\"http://h/a/%2e./b\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FC:InvokeFunction",
      "{\"resourceArn\":\"acs:fc:::functions/../x\"}",
      "The name of the resource must not have '.' or '..' as a part of its "
      "path." },
    { false, REQUEST, "FNF:StartExecution", "{}",
      "A sub-flow is started, not called." },
};


TEST(refused_parameters)
{
    size_t                 i;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_request_t   request;

    for (i = 0; i < wf_countof(refused); i++) {
        arena = wf_arena_create(0);
        call = call_of(refused[i].is_legacy, refused[i].mode,
                       refused[i].resource, refused[i].params);
        wf_error_clear(&err);
        CHECK_INT(wf_service_request(arena, &call, &request, &err), WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(refused[i].want));
        wf_arena_free(arena);
    }
}


typedef struct {
    bool         is_legacy;
    uint8_t      mode;
    const char  *resource;
    unsigned     status;
    uint8_t      fault;
    const char  *headers;       /* "name: value|name: value" */
    const char  *body;
    const char  *want;          /* "outcome value" or "error: cause" */
} in_t;

#define INVOKE  "FC:InvokeFunction"
#define ERRTYPE "x-fc-error-type: UnhandledInvocationError"

static const in_t  answers[] = {

    /* Functions, generation 1. */

    { true, REQUEST, FN, 200, 0, "", "{\"a\":9007199254740993}",
      "succeeded {\"a\":9007199254740993}" },
    { true, REQUEST, FN, 200, 0, "", "[1]", "succeeded [1]" },
    { true, REQUEST, FN, 200, 0, "", "oops",
      "FnF.InvalidLocal: The result is not a JSON object." },
    { true, REQUEST, FN, 200, 0, "", "",
      "FnF.InvalidLocal: The result is not a JSON object." },
    { true, REQUEST, FN, 200, 0, ERRTYPE,
      "{\"errorType\":\"SoldOut\",\"errorMessage\":\"none\"}",
      "SoldOut: {\"errorType\":\"SoldOut\",\"errorMessage\":\"none\"}" },
    { true, REQUEST, FN, 200, 0, ERRTYPE, "{\"errorMessage\":\"x\"}",
      "FC.Unknown: {\"errorMessage\":\"x\"}" },
    { true, REQUEST, FN, 200, 0, ERRTYPE, "",
      "FC.Unknown: The answer has status 200 and no body." },
    { true, REQUEST, FN, 429, 0, "",
      "{\"ErrorCode\":\"ResourceExhausted\",\"ErrorMessage\":\"m\"}",
      "FC.ResourceExhausted: "
      "{\"ErrorCode\":\"ResourceExhausted\",\"ErrorMessage\":\"m\"}" },
    { true, REQUEST, FN, 429, 0, "", "slow down",
      "FC.ResourceThrottled: slow down" },
    { true, REQUEST, FN, 404, 0, "", "{\"ErrorCode\":\"FunctionNotFound\"}",
      "FC.FunctionNotFound: {\"ErrorCode\":\"FunctionNotFound\"}" },
    { true, REQUEST, FN, 403, 0, "", "<html>",
      "FC.403: <html>" },
    { true, REQUEST, FN, 302, 0, "location: /", "",
      "FC.302: The answer has status 302 and no body." },
    { true, REQUEST, FN, 500, 0, "", "{\"ErrorCode\":\"Whatever\"}",
      "FC.InternalServerError: {\"ErrorCode\":\"Whatever\"}" },
    { true, REQUEST, FN, 0, WF_FAULT_CONNECT, "", "",
      "FC.InternalServerError: No answer from '" FN "': the connection could "
      "not be made, or was closed before the answer." },
    { true, REQUEST, FN, 504, WF_FAULT_TIMEOUT, "", "",
      "FC.InternalServerError: No answer from '" FN "' in time." },
    { true, REQUEST, FN, 200, WF_FAULT_CUT, "", "{\"a\":",
      "FC.InternalServerError: The answer of '" FN "' was cut off." },
    { true, REQUEST, FN, 200, WF_FAULT_TOO_LARGE, "", "",
      "FnF.DataLimitExceeded: The answer of '" FN "' is larger than "
      "cloudflow_response_size." },
    { true, REQUEST, "!Ref a/b", 0, WF_FAULT_NO_RESOURCE, "", "",
      "FnF.ResourceNotMapped: No cloudflow_resource says where to find "
      "'!Ref a/b'." },

    /* Waiting for somebody. */

    { true, TOKEN, FN, 200, 0, "", "{\"a\":1}", "submitted {\"a\":1}" },
    { true, TOKEN, FN, 200, 0, "", "done", "submitted {\"Body\":\"done\"}" },
    { true, TOKEN, FN, 204, 0, "", "", "submitted {\"Body\":\"\"}" },
    { true, TOKEN, FN, 200, 0, ERRTYPE, "{\"errorType\":\"E\"}",
      "E: {\"errorType\":\"E\"}" },
    { true, SYNC, FN, 202, 0, "", "", "submitted {\"Body\":\"\"}" },
    { true, SYNC, FN, 200, 0, "", "{\"a\":1}", "succeeded {\"a\":1}" },
    { true, SYNC, FN, 503, 0, "", "x", "FC.InternalServerError: x" },
    { false, SYNC, INVOKE, 202, 0, "", "",
      "submitted {\"Code\":202,\"Header\":{},\"Body\":\"\"}" },

    /* Functions, generation 2. */

    { false, REQUEST, INVOKE, 200, 0,
      "content-type: application/json|set-cookie: a|x-y_z: 1|set-cookie: b",
      "{ \"seat\" : 4.0 }",
      "succeeded {\"Code\":200,\"Header\":{\"Content-Type\":"
      "[\"application/json\"],\"Set-Cookie\":[\"a\",\"b\"],\"X-Y_z\":[\"1\"]},"
      "\"Body\":{\"seat\":4.0}}" },
    { false, REQUEST, INVOKE, 202, 0, "", "",
      "succeeded {\"Code\":202,\"Header\":{},\"Body\":\"\"}" },
    { false, REQUEST, INVOKE, 200, 0, "", "not\xff json",
      "succeeded {\"Code\":200,\"Header\":{},"
      "\"Body\":\"not\xef\xbf\xbd json\"}" },
    { false, REQUEST, INVOKE, 400, 0, "", "{\"ErrorCode\":\"Inval\\nid\"}",
      "FC.400: {\"ErrorCode\":\"Inval\\nid\"}" },

    /* Messages. */

    { true, REQUEST, QUEUE, 201, 0, "x-mns-request-id: R",
      "<?xml version=\"1.0\"?><Message xmlns=\"u\">"
      "<MessageBodyMD5>AB</MessageBodyMD5><MessageId>1-&lt;2&gt;</MessageId>"
      "</Message>",
      "succeeded {\"MessageId\":\"1-<2>\",\"MessageBodyMD5\":\"AB\","
      "\"RequestId\":\"R\"}" },
    { false, REQUEST, "MNS:SendMessage", 201, 0, "",
      "{\"MessageId\":\"m\",\"RequestId\":\"r\",\"more\":1}",
      "succeeded {\"MessageId\":\"m\",\"RequestId\":\"r\"}" },
    { true, TOKEN, TOPIC, 200, 0, "", "ok", "submitted {}" },
    { true, REQUEST, QUEUE, 404, 0, "",
      "<Error><Code>QueueNotExist</Code><Message>no</Message></Error>",
      "MNS.QueueNotExist: "
      "<Error><Code>QueueNotExist</Code><Message>no</Message></Error>" },
    { true, REQUEST, QUEUE, 403, 0, "", "{\"Code\":\"AccessDenied\"}",
      "MNS.AccessDenied: {\"Code\":\"AccessDenied\"}" },
    { true, REQUEST, QUEUE, 500, 0, "", "<Code>half", "MNS.500: <Code>half" },
    { true, REQUEST, QUEUE, 0, WF_FAULT_TIMEOUT, "", "",
      "MNS.InternalError: No answer from '" QUEUE "' in time." },

    /* HTTP. */

    { false, REQUEST, "HTTP:Request", 204, 0, "", "",
      "succeeded {\"Code\":204,\"Header\":{},\"Body\":\"\"}" },
    { false, TOKEN, "HTTP:Request", 200, 0, "", "{}",
      "submitted {\"Code\":200,\"Header\":{},\"Body\":{}}" },
    { false, REQUEST, "HTTP:Request", 302, 0, "location: /x", "moved",
      "HTTP.302: moved" },
    { false, REQUEST, "HTTP:Request", 500, 0, "", "{\"Code\":\"x\"}",
      "HTTP.500: {\"Code\":\"x\"}" },
    { false, REQUEST, "HTTP:Request", 0, WF_FAULT_CONNECT, "", "",
      "HTTP.RequestFailed: No answer from 'HTTP:Request': the connection "
      "could not be made, or was closed before the answer." },
    { true, REQUEST, "http://h/", 200, 0, "", "x",
      "FnF.InvalidLocal: The result is not a JSON object." },
    { true, REQUEST, "http://h/", 418, 0, "", "tea", "HTTP.418: tea" },

    /* Anything else. */

    { true, REQUEST, "ocr:Read", 200, 0, "", "{\"Data\":{}}",
      "succeeded {\"Data\":{}}" },
    { true, REQUEST, "ocr:Read", 200, 0, "", "", "succeeded {}" },
    { true, REQUEST, "ocr:Read", 503, 0, "",
      "{\"Code\":\"ServiceUnavailable\"}",
      "ocr.ServiceUnavailable: {\"Code\":\"ServiceUnavailable\"}" },
    { false, REQUEST, "DashScope:Qwen", 400, 0, "", "{\"code\":4}",
      "DashScope.4: {\"code\":4}" },
    { false, REQUEST, "DashScope:Qwen", 200, 0, "", "text",
      "succeeded \"text\"" },
    { false, REQUEST, "ECS:Stop", 0, WF_FAULT_TIMEOUT, "", "",
      "ECS.Timeout: No answer from 'ECS:Stop' in time." },
    { false, TOKEN, "EventBridge:PutEvents", 200, 0, "", "{\"e\":1}",
      "submitted {\"e\":1}" },
};


static uint32_t
split(wf_service_header_t *headers, const char *text)
{
    uint32_t  count;
    wf_str_t  rest, line;

    rest = wf_str_of(text);

    for (count = 0; rest.len > 0; count++) {
        line = wf_service_cut(&rest, '|');
        headers[count].name = wf_service_cut(&line, ':');
        headers[count].value = (wf_str_t) { line.len - 1, line.data + 1 };
    }

    return count;
}


static wf_str_t
outcome(wf_arena_t *arena, const wf_service_result_t *result)
{
    wf_buf_t    buf;
    wf_error_t   err;
    wf_value_t  *value;

    static const char  *words[] = { "?", "succeeded", "failed", "submitted" };

    wf_buf_init(&buf, arena, 128);

    if (result->outcome == WF_SERVICE_FAILED) {
        wf_buf_str(&buf, result->error);
        wf_buf_text(&buf, ": ");
        wf_buf_str(&buf, result->cause);
        return wf_buf_done(&buf);
    }

    CHECK_INT(result->error.len, 0);
    CHECK_INT(wf_json_parse(arena, result->value, &value, &err), WF_OK);
    wf_buf_str(&buf, wf_str_of(words[result->outcome]));
    wf_buf_byte(&buf, ' ');
    wf_buf_str(&buf, result->value);

    return wf_buf_done(&buf);
}


TEST(answers)
{
    size_t                i;
    wf_arena_t           *arena;
    wf_service_call_t     call;
    wf_service_header_t   headers[8];
    wf_service_answer_t   answer;
    wf_service_result_t   result;

    for (i = 0; i < wf_countof(answers); i++) {
        arena = wf_arena_create(0);
        call = call_of(answers[i].is_legacy, answers[i].mode,
                       answers[i].resource,
                       answers[i].is_legacy ? NULL : "{}");
        answer = (wf_service_answer_t) {
            .status = answers[i].status,
            .fault = answers[i].fault,
            .headers = headers,
            .header_count = split(headers, answers[i].headers),
            .body = wf_str_of(answers[i].body)
        };
        CHECK_INT(wf_service_result(arena, &call, &answer, &result), WF_OK);
        CHECK_STR(outcome(arena, &result), wf_str_of(answers[i].want));
        wf_arena_free(arena);
    }
}


/* What leaves is within the limits, whatever came in. */
TEST(limits_of_failures)
{
    char                  body[9000];
    wf_arena_t           *arena;
    wf_service_call_t     call;
    wf_service_answer_t   answer;
    wf_service_result_t   result;

    arena = wf_arena_create(0);
    call = call_of(true, REQUEST, FN, NULL);
    memset(&answer, 0, sizeof(answer));
    answer.status = 404;

    memset(body, 'x', sizeof(body));
    body[WF_CAUSE_LEN_MAX - 1] = '\xc3';
    body[WF_CAUSE_LEN_MAX] = '\xa9';
    answer.body = (wf_str_t) { sizeof(body), (uint8_t *) body };
    CHECK_INT(wf_service_result(arena, &call, &answer, &result), WF_OK);
    CHECK_INT(result.cause.len, WF_CAUSE_LEN_MAX - 1);

    memcpy(body, "{\"ErrorCode\":\"", 14);
    memset(body + 14, 'y', sizeof(body) - 14);
    memcpy(body + sizeof(body) - 2, "\"}", 2);
    CHECK_INT(wf_service_result(arena, &call, &answer, &result), WF_OK);
    CHECK_INT(result.error.len, WF_ERROR_NAME_LEN_MAX);
    CHECK(wf_str_starts(result.error, wf_str("FC.yyyy")));

    wf_arena_free(arena);
}


/* A level deeper than a value may be: then it is text in the envelope. */
TEST(deep_bodies)
{
    char                  body[2 * WF_DEPTH_MAX];
    wf_error_t            err;
    wf_value_t           *value;
    wf_arena_t           *arena;
    wf_service_call_t     call;
    wf_service_answer_t   answer;
    wf_service_result_t   result;

    arena = wf_arena_create(0);
    call = call_of(false, REQUEST, INVOKE, "{}");
    memset(&answer, 0, sizeof(answer));
    memset(body, '[', WF_DEPTH_MAX);
    memset(body + WF_DEPTH_MAX, ']', WF_DEPTH_MAX);
    answer.status = 200;
    answer.body = (wf_str_t) { sizeof(body), (uint8_t *) body };

    CHECK_INT(wf_service_result(arena, &call, &answer, &result), WF_OK);
    CHECK_INT(wf_json_parse(arena, result.value, &value, &err), WF_OK);
    CHECK_INT(wf_value_get(value, wf_str("Body"))->type, WF_STRING);

    answer.body.data++;
    answer.body.len -= 2;
    CHECK_INT(wf_service_result(arena, &call, &answer, &result), WF_OK);
    CHECK_INT(wf_json_parse(arena, result.value, &value, &err), WF_OK);
    CHECK_INT(wf_value_get(value, wf_str("Body"))->type, WF_ARRAY);

    wf_arena_free(arena);
}


typedef struct {
    bool         is_legacy;
    const char  *resource;
    const char  *params;
    int          rc;
    const char  *want;          /* "flow|execution|input", or the reason */
} child_t;

#define FLOW   "acs:fnf:::flow/audit"
#define START  "FNF:StartExecution"

static const child_t  children[] = {
    { true, FLOW, NULL, WF_OK, "audit||{\"input\":1}" },
    { true, FLOW, "{\"Input\":{\"a\":1},\"ExecutionName\":\"c-1\"}", WF_OK,
      "audit|c-1|{\"a\":1}" },
    { true, FLOW, "{}", WF_OK, "audit||{}" },
    { true, FLOW, "{\"Input\":\"{\\\"a\\\": 1}\",\"ExecutionName\":null}",
      WF_OK, "audit||{\"a\": 1}" },
    { true, FLOW, "{\"Input\":[]}", WF_ERROR,
      "'Input' must be a JSON object." },
    { true, FLOW, "{\"Input\":\"{\"}", WF_ERROR,
      "'Input' must be a JSON object." },
    { true, FLOW, "{\"ExecutionName\":1}", WF_ERROR,
      "'ExecutionName' must be a string." },
    { true, "fnf:StartExecution",
      "{\"FlowName\":\"f\",\"Input\":\"{}\",\"ExecutionName\":\"e\"}", WF_OK,
      "f|e|{}" },
    { true, "fnf:StartExecution", "{}", WF_ERROR, "'FlowName' is missing." },
    { false, START, "{\"resourceArn\":\"acs:fnf:cn-x:1:flow/child\","
      "\"executionName\":\"c-2\",\"input\":{\"n\":2}}", WF_OK,
      "child|c-2|{\"n\":2}" },
    { false, START, "{\"resourceArn\":\"" FLOW "\"}", WF_OK, "audit||{}" },
    { false, START, "{}", WF_ERROR, "'resourceArn' is missing." },
    { false, START, "{\"resourceArn\":\"acs:fnf:::flow/\"}", WF_ERROR,
      "'resourceArn' must be acs:fnf:::flow/NAME." },
    { false, START, "{\"resourceArn\":\"acs:fc:::flow/x\"}", WF_ERROR,
      "'resourceArn' must be acs:fnf:::flow/NAME." },
    { false, "FNF:DescribeExecution", "{}", WF_DECLINED, "" },
    { true, FN, NULL, WF_DECLINED, "" },
    { true, "http://h/", NULL, WF_DECLINED, "" },
    { true, "anything", NULL, WF_DECLINED, "" },
    { false, "FC:InvokeFunction", "{}", WF_DECLINED, "" },
};


TEST(children)
{
    size_t              i;
    wf_buf_t            buf;
    wf_str_t            flow, execution, input;
    wf_error_t          err;
    wf_arena_t         *arena;
    wf_service_call_t   call;

    for (i = 0; i < wf_countof(children); i++) {
        arena = wf_arena_create(0);
        call = call_of(children[i].is_legacy, SYNC, children[i].resource,
                       children[i].params);
        wf_error_clear(&err);
        CHECK_INT(wf_service_child(arena, &call, &flow, &execution, &input,
                                   &err),
                  children[i].rc);
        wf_buf_init(&buf, arena, 64);

        if (children[i].rc == WF_OK && err.code == WF_E_NONE) {
            wf_buf_str(&buf, flow);
            wf_buf_byte(&buf, '|');
            wf_buf_str(&buf, execution);
            wf_buf_byte(&buf, '|');
            wf_buf_str(&buf, input);

        } else {
            wf_buf_str(&buf, wf_error_arg(&err, 0));
        }

        CHECK_STR(wf_buf_done(&buf), wf_str_of(children[i].want));
        wf_arena_free(arena);
    }
}


TEST(numbers_agree)
{
    CHECK_INT(WF_SERVICE_REQUEST, WF_CALL_REQUEST);
    CHECK_INT(WF_SERVICE_SYNC, WF_CALL_SYNC);
    CHECK_INT(WF_SERVICE_TOKEN, WF_CALL_TOKEN);
    CHECK_INT(WF_SERVICE_SUCCEEDED, WF_OUTCOME_SUCCEEDED);
    CHECK_INT(WF_SERVICE_FAILED, WF_OUTCOME_FAILED);
    CHECK_INT(WF_SERVICE_SUBMITTED, WF_OUTCOME_SUBMITTED);
}


/* Every allocation fails in turn: a named error, no leak. */
TEST(torture)
{
    size_t                 i, n;
    wf_rc_t                rc;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_result_t    result;
    wf_service_request_t   request;

    memset(&answer, 0, sizeof(answer));

    for (i = 0; i < wf_countof(requests); i++) {
        call = call_of(requests[i].is_legacy, requests[i].mode,
                       requests[i].resource, requests[i].params);
        answer.status = i % 2 ? 200 : 404;
        answer.body = wf_str("{\"Code\":\"x\",\"ErrorCode\":\"y\"}");

        for (n = 1; n < 200; n++) {
            arena = wf_arena_create(16);
            wf_error_clear(&err);
            wf_arena_fail_after(n);
            rc = wf_service_request(arena, &call, &request, &err);

            if (rc == WF_OK) {
                rc = wf_service_result(arena, &call, &answer, &result);

            } else {
                CHECK_INT(err.code, WF_E_INTERNAL);
            }

            wf_arena_fail_after(0);
            wf_arena_free(arena);

            if (rc == WF_OK) {
                break;
            }
        }

        CHECK(n < 200);
    }
}


UNIT_MAIN()
