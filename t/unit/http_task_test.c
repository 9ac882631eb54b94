
/*
 * HTTP tasks and the file of their connections.
 */

#include "wire/connection.c"

#include "unit.h"

#include "wire/service_web.h"


#define HTTP  "arn:aws:states:::http:invoke"
#define ARN   "arn:aws:events:us-east-1:123456789012:connection/"

#define KEY                                                                   \
    "{\"AuthorizationType\":\"API_KEY\",\"AuthParameters\":{"                 \
    "\"ApiKeyAuthParameters\":{\"ApiKeyName\":\"X-Key\","                     \
    "\"ApiKeyValue\":\"hush\"}"
#define OAUTH(more)                                                           \
    "{\"o\":{\"AuthorizationType\":\"OAUTH_CLIENT_CREDENTIALS\","             \
    "\"AuthParameters\":{\"OAuthParameters\":{\"AuthorizationEndpoint\":"     \
    "\"https://a.test/t\",\"HttpMethod\":\"POST\",\"ClientParameters\":"      \
    "{\"ClientID\":\"i\",\"ClientSecret\":\"hush\"}" more "}}}}"


static wf_rc_t
parse(wf_arena_t *arena, const char *text, wf_connections_t *connections,
    wf_error_t *err)
{
    wf_error_clear(err);
    memset(connections, 0, sizeof(*connections));

    return wf_connections_parse(arena, wf_str_of(text), connections, err);
}


TEST(files_refused)
{
    size_t             i;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_connections_t   connections;

    static const struct {
        const char  *text;
        const char  *reason;        /* begins so */
    } cases[] = {
        { "", "line 1" },
        { "{\n\n\"a\":hush}", "line 3" },
        { "[]", "is no JSON object" },
        { "{\"a\":1}", "connection \"a\": AuthorizationType must be" },
        { "{\"a\":{\"AuthorizationType\":\"X\"}}",
          "connection \"a\": AuthorizationType must be" },
        { "{\"a\":{\"AuthorizationType\":\"BASIC\"}}",
          "connection \"a\": BasicAuthParameters is missing" },
        { "{\"a\":{\"AuthorizationType\":\"BASIC\",\"AuthParameters\":{"
          "\"BasicAuthParameters\":{\"Username\":\"u\"}}}}",
          "connection \"a\": Password must be a text" },
        { "{\"a\":{\"AuthorizationType\":\"BASIC\",\"AuthParameters\":{"
          "\"BasicAuthParameters\":{\"Username\":\"u\\n\","
          "\"Password\":\"hush\"}}}}",
          "connection \"a\": Username must be a text" },
        { "{\"a\":{\"AuthorizationType\":\"API_KEY\",\"AuthParameters\":{"
          "\"ApiKeyAuthParameters\":{\"ApiKeyName\":\"Host\","
          "\"ApiKeyValue\":\"hush\"}}}}",
          "connection \"a\": ApiKeyName is no header" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":[]}}}",
          "connection \"a\": InvocationHttpParameters must be an object" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":{"
          "\"HeaderParameters\":{}}}}}",
          "connection \"a\": HeaderParameters must be a list" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":{"
          "\"HeaderParameters\":[{\"Key\":\"a b\",\"Value\":\"hush\"}]}}}}",
          "connection \"a\": HeaderParameters has what is no header" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":{"
          "\"HeaderParameters\":[{\"Key\":\"a\",\"Value\":\"hu\\nsh\"}]}}}}",
          "connection \"a\": HeaderParameters has what is no header" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":{"
          "\"BodyParameters\":[{\"Key\":\"a\",\"Value\":1}]}}}}",
          "connection \"a\": BodyParameters must have texts" },
        { "{\"a\":" KEY ",\"InvocationHttpParameters\":{"
          "\"QueryStringParameters\":[{\"Key\":\"a\",\"Value\":\"hush\","
          "\"IsValueSecret\":\"yes\"}]}}}}",
          "connection \"a\": QueryStringParameters must have texts" },
        { OAUTH(",\"HttpMethod\":\"DELETE\""), "line 1" },
        { OAUTH(",\"OAuthHttpParameters\":1"),
          "connection \"o\": OAuthHttpParameters must be an object" }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        CHECK(parse(arena, cases[i].text, &connections, &err) == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK(strncmp(err.arg[0], cases[i].reason, strlen(cases[i].reason))
              == 0);
        CHECK(strstr(err.arg[0], "hush") == NULL);

        if (strncmp(err.arg[0], cases[i].reason, strlen(cases[i].reason))) {
            printf("# %zu: %s\n", i, err.arg[0]);
        }

        wf_arena_free(arena);
    }
}


TEST(found_by_name)
{
    wf_error_t              err;
    wf_arena_t             *arena;
    wf_connection_t         copy;
    wf_connections_t        connections;
    const wf_connection_t  *found;

    arena = wf_arena_create(0);
    CHECK(parse(arena, "{\"a\":" KEY "}},\"" ARN "a/2\":" KEY "}}}",
                &connections, &err) == WF_OK);
    CHECK_INT(connections.count, 2);

    found = wf_connections_find(&connections, wf_str(ARN "a/1"));
    CHECK(found == &connections.items[0]);
    CHECK(wf_connections_find(&connections, wf_str(ARN "a")) == found);
    CHECK(wf_connections_find(&connections, wf_str("a")) == found);
    CHECK(wf_connections_find(&connections, wf_str(ARN "a/2"))
          == &connections.items[1]);
    CHECK(wf_connections_find(&connections, wf_str(ARN "b/1")) == NULL);
    CHECK(wf_connections_find(&connections, wf_str("")) == NULL);
    CHECK(wf_connections_find(&connections, wf_str("x:connection/a/1"))
          == NULL);

    CHECK(wf_connection_copy(arena, found, &copy) == WF_OK);
    CHECK(copy.own != found->own && copy.extra == NULL);
    CHECK_STR(wf_connection_text(&copy, "ApiKeyValue"), wf_str("hush"));
    wf_arena_free(arena);
}


static wf_service_call_t
call_of(const char *params, const wf_connection_t *connection,
    const char *bearer)
{
    return (wf_service_call_t) {
        .is_aws = true, .resource = wf_str(HTTP),
        .params = wf_str_of(params), .has_params = true,
        .key = wf_str("k"), .region = wf_str("eu-west-1"),
        .connection = connection, .bearer = wf_str_of(bearer)
    };
}


static wf_str_t
header_of(const wf_service_request_t *request, const char *name)
{
    uint32_t  i;
    wf_str_t  found;

    found = wf_str_none;

    for (i = 0; i < request->header_count; i++) {
        if (wf_str_eq(request->headers[i].name, wf_str_of(name))) {
            CHECK(found.len == 0);
            found = request->headers[i].value;
        }
    }

    return found;
}


#define GIVEN                                                                 \
    "{\"ApiEndpoint\":\"https://api.test/p?a=1\",\"Method\":\"POST\","        \
    "\"Headers\":{\"X-KEY\":\"mine\",\"H\":[1,true,\"x\"]},"                  \
    "\"QueryParameters\":{\"q\":\"mine\",\"l\":[\"a b\",null]},"              \
    "\"RequestBody\":{\"b\":\"mine\",\"c\":[1]}}"
#define EXTRA                                                                 \
    "{\"a\":" KEY ",\"InvocationHttpParameters\":{\"HeaderParameters\":"      \
    "[{\"Key\":\"User-Agent\",\"Value\":\"theirs\"}],"                        \
    "\"QueryStringParameters\":[{\"Key\":\"q\",\"Value\":\"hu&sh\","          \
    "\"IsValueSecret\":true}],\"BodyParameters\":[{\"Key\":\"b\","            \
    "\"Value\":\"hush\",\"IsValueSecret\":true}]}}}}"


TEST(requests_are_merged)
{
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_connections_t       connections;
    wf_service_call_t      call;
    wf_service_request_t   request;

    arena = wf_arena_create(0);
    CHECK(parse(arena, EXTRA, &connections, &err) == WF_OK);
    call = call_of(GIVEN, &connections.items[0], "");
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);

    CHECK_STR(request.target, wf_str("https://api.test/p?a=1"));
    CHECK_STR(request.uri, wf_str("/p"));
    CHECK_STR(request.args, wf_str("a=1&l=a%20b&l=&q=hu%26sh"));
    CHECK_INT(request.args_secret, strlen("&q=hu%26sh"));
    CHECK_STR(request.body, wf_str("{\"b\":\"hush\",\"c\":[1]}"));
    CHECK_STR(header_of(&request, "x-key"), wf_str("hush"));
    CHECK_STR(header_of(&request, "h"), wf_str("1,true,x"));
    CHECK_STR(header_of(&request, "user-agent"), wf_str("theirs"));
    CHECK_STR(header_of(&request, "content-type"),
              wf_str("application/json; charset=UTF-8"));
    CHECK_INT(request.time_ms, 60000);

    call.is_masked = true;
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(request.args, wf_str("a=1&l=a%20b&l=&q=%2A%2A%2A"));
    CHECK_STR(request.body, wf_str("{\"b\":\"***\",\"c\":[1]}"));
    CHECK_STR(header_of(&request, "x-key"), wf_str("***"));

    call = call_of("{\"ApiEndpoint\":\"http://h\",\"Method\":\"GET\"}", NULL,
                   "");
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(header_of(&request, "user-agent"),
              wf_str("Amazon|StepFunctions|HttpInvoke|eu-west-1"));
    CHECK_STR(header_of(&request, "range"), wf_str("bytes=0-262144"));
    CHECK(header_of(&request, "content-type").len == 0);
    CHECK_INT(request.args_secret, 0);
    wf_arena_free(arena);
}


static wf_service_answer_t
answer_of(unsigned status, const char *type, const char *body,
    wf_service_header_t *header)
{
    *header = (wf_service_header_t) { wf_str("content-type"),
                                      wf_str_of(type) };

    return (wf_service_answer_t) {
        .status = status, .headers = header, .header_count = 1,
        .body = wf_str_of(body)
    };
}


TEST(answers)
{
    size_t                i;
    wf_arena_t           *arena;
    wf_service_call_t     call;
    wf_service_answer_t   answer;
    wf_service_header_t   header;
    wf_service_result_t   result;

    static const struct {
        unsigned     status;
        const char  *type;
        const char  *body;
        const char  *error;         /* or the result */
        const char  *cause;
    } cases[] = {
        { 200, "application/json", "{\"a\":1}", NULL,
          "{\"Headers\":{\"content-type\":[\"application/json\"]},"
          "\"ResponseBody\":{\"a\":1},\"StatusCode\":200,"
          "\"StatusText\":\"OK\"}" },
        { 201, "Application/problem+JSON ; x=y", "[]", NULL,
          "{\"Headers\":{\"content-type\":[\"Application/problem+JSON ; x=y\""
          "]},\"ResponseBody\":[],\"StatusCode\":201,"
          "\"StatusText\":\"Created\"}" },
        { 299, "application/json", "no", NULL,
          "{\"Headers\":{\"content-type\":[\"application/json\"]},"
          "\"ResponseBody\":\"no\",\"StatusCode\":299,\"StatusText\":\"\"}" },
        { 204, "x", "", NULL,
          "{\"Headers\":{\"content-type\":[\"x\"]},\"ResponseBody\":\"\","
          "\"StatusCode\":204,\"StatusText\":\"No Content\"}" },
        { 200, "text/json2", "{}", NULL,
          "{\"Headers\":{\"content-type\":[\"text/json2\"]},"
          "\"ResponseBody\":\"{}\",\"StatusCode\":200,"
          "\"StatusText\":\"OK\"}" },
        { 401, "x", "who?", "States.Http.StatusCode.401", "who?" },
        { 500, "x", "", "States.Http.StatusCode.500",
          "Internal Server Error" },
        { 418, "x", "\xff", "States.Http.StatusCode.418", "" },
        { 200, "x", "\xff", "States.Runtime", "The response is no text." },
        { 200, "IMAGE/png", "x", "States.Runtime", "The response has a "
          "content type that is not supported." },
        { 200, "application/octet-stream;a=b", "x", "States.Runtime",
          "The response has a content type that is not supported." }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        call = call_of("{}", NULL, "");
        answer = answer_of(cases[i].status, cases[i].type, cases[i].body,
                           &header);
        CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);

        if (cases[i].error == NULL) {
            CHECK_STR(result.value, wf_str_of(cases[i].cause));
            CHECK(result.error.len == 0 && !result.is_more);

        } else {
            CHECK_STR(result.error, wf_str_of(cases[i].error));
            CHECK_STR(result.cause, wf_str_of(cases[i].cause));
        }

        wf_arena_free(arena);
    }
}


TEST(nobody_answers)
{
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_connections_t       connections;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_result_t    result;

    arena = wf_arena_create(0);
    memset(&answer, 0, sizeof(answer));
    answer.fault = WF_FAULT_TIMEOUT;
    call = call_of(GIVEN, NULL, "");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_STR(result.error, wf_str("States.Http.Socket"));

    answer.fault = WF_FAULT_TOO_LARGE;
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_STR(result.error, wf_str("States.DataLimitExceeded"));
    CHECK_STR(result.cause, wf_str("The state/task 'http' returned a result "
                                   "with a size exceeding the maximum number "
                                   "of bytes service limit."));

    CHECK(parse(arena, OAUTH(""), &connections, &err) == WF_OK);
    answer.fault = WF_FAULT_CONNECT;
    call = call_of(GIVEN, &connections.items[0], "");
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_STR(result.error,
              wf_str("Events.ConnectionResource.InternalError"));
    wf_arena_free(arena);
}


TEST(tokens)
{
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_connections_t       connections;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_header_t    header;
    wf_service_result_t    result;
    wf_service_request_t   request;

    arena = wf_arena_create(0);
    CHECK(parse(arena, OAUTH(",\"OAuthHttpParameters\":{\"HeaderParameters\":"
                             "[{\"Key\":\"Content-Type\",\"Value\":"
                             "\"application/json\"}]}"), &connections, &err)
          == WF_OK);
    call = call_of(GIVEN, &connections.items[0], "");
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(request.target, wf_str("https://a.test/t"));
    CHECK_STR(request.body, wf_str("{\"grant_type\":\"client_credentials\","
                                   "\"client_id\":\"i\","
                                   "\"client_secret\":\"hush\"}"));

    answer = answer_of(200, "x", "{\"access_token\":\"t\",\"expires_in\":60}",
                       &header);
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(result.is_more && result.error.len == 0);
    CHECK_STR(result.bearer, wf_str("t"));
    CHECK_INT(result.bearer_s, 60);

    answer = answer_of(200, "x", "{\"access_token\":\"t\\n\"}", &header);
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK_STR(result.error,
              wf_str("Events.ConnectionResource.InvalidConnectionState"));

    call.bearer = wf_str("t");
    CHECK(wf_service_request(arena, &call, &request, &err) == WF_OK);
    CHECK_STR(header_of(&request, "authorization"), wf_str("Bearer t"));

    answer = answer_of(401, "x", "", &header);
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(!result.is_more && result.error.len > 0);
    call.is_kept = true;
    CHECK(wf_service_result(arena, &call, &answer, &result) == WF_OK);
    CHECK(result.is_more && result.is_refused && result.error.len == 0);
    wf_arena_free(arena);
}


TEST(traces)
{
    wf_str_t              text;
    wf_error_t            err;
    wf_arena_t           *arena;
    wf_connections_t      connections;
    wf_service_call_t     call;
    wf_service_answer_t   answer;
    wf_service_header_t   header;

    arena = wf_arena_create(0);
    CHECK(parse(arena, EXTRA, &connections, &err) == WF_OK);
    call = call_of(GIVEN, &connections.items[0], "");
    call.is_masked = true;
    answer = answer_of(404, "x", "no", &header);
    CHECK(wf_service_trace(arena, &call, &answer, &text) == WF_OK);
    CHECK(strstr((const char *) text.data, "hush") == NULL);
    CHECK(strstr((const char *) text.data, "\"url\":\"https://api.test/p?a=1&"
                 "l=a%20b&l=&q=%2A%2A%2A\"") != NULL);
    CHECK(strstr((const char *) text.data, "\"response\":{\"protocol\":"
                 "\"HTTP/1.1\",\"statusCode\":\"404\",\"statusMessage\":"
                 "\"Not Found\",\"headers\":\"{\\\"content-type\\\":"
                 "\\\"x\\\"}\",\"body\":\"no\"}") != NULL);

    call.is_masked = false;
    answer.status = 0;
    CHECK(wf_service_trace(arena, &call, &answer, &text) == WF_OK);
    CHECK(strstr((const char *) text.data, "hush") != NULL);
    CHECK(strstr((const char *) text.data, "response") == NULL);

    call.resource = wf_str("arn:aws:states:::sqs:sendMessage");
    CHECK(wf_service_trace(arena, &call, &answer, &text) == WF_DECLINED);
    wf_arena_free(arena);
}


/* Every allocation may fail. */
TEST(torture)
{
    size_t                 i, n;
    wf_rc_t                rc;
    wf_str_t               text;
    wf_error_t             err;
    wf_arena_t            *arena, *home;
    wf_connection_t        copy;
    wf_connections_t       connections;
    wf_service_call_t      call;
    wf_service_answer_t    answer;
    wf_service_header_t    header;
    wf_service_result_t    result;
    wf_service_request_t   request;

    static const char *const  files[] = { EXTRA, OAUTH("") };

    for (i = 0; i < wf_countof(files); i++) {
        home = wf_arena_create(0);
        CHECK(parse(home, files[i], &connections, &err) == WF_OK);
        answer = answer_of(200, "application/json",
                           "{\"access_token\":\"t\"}", &header);

        for (n = 1; n < 400; n++) {
            arena = wf_arena_create(16);
            wf_arena_fail_after(n);
            call = call_of(GIVEN, &copy, "");
            rc = wf_connection_copy(arena, &connections.items[0], &copy);

            if (rc == WF_OK) {
                wf_error_clear(&err);
                rc = wf_service_request(arena, &call, &request, &err);
                CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
            }

            if (rc == WF_OK) {
                rc = wf_service_result(arena, &call, &answer, &result);
            }

            if (rc == WF_OK && i == 0) {
                rc = wf_service_trace(arena, &call, &answer, &text);
                CHECK(rc != WF_DECLINED);
            }

            wf_arena_fail_after(0);
            wf_arena_free(arena);

            if (rc == WF_OK) {
                break;
            }
        }

        CHECK(n < 400);

        for (n = 1; n < 400; n++) {
            arena = wf_arena_create(16);
            wf_arena_fail_after(n);
            rc = parse(arena, files[i], &connections, &err);
            wf_arena_fail_after(0);
            wf_arena_free(arena);

            if (rc == WF_OK) {
                break;
            }

            CHECK_INT(err.code, WF_E_INTERNAL);
        }

        CHECK(n < 400);
        wf_arena_free(home);
    }
}


UNIT_MAIN()
