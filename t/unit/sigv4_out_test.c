
/*
 * Signatures of requests that leave: against those of botocore 1.43 over the
 * same requests.
 */

#include "unit.h"

#include "wire/sigv4_out.c"


#define SECRET  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define BEFORE  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"
#define NOW_MS  1440938160000       /* 2015-08-30T12:36:00Z */

typedef struct {
    const char  *method;
    const char  *uri;
    const char  *args;
    const char  *headers[2][2];
    const char  *body;
    const char  *host;          /* the request's */
    const char  *endpoint;
    const char  *signing;
    wf_signer_t  signer;
    const char  *want_host;
    const char  *want;          /* after the key's id */
} vector_t;

static const vector_t  vectors[] = {
    { "POST", "/", "",
      { { "content-type", "application/x-amz-json-1.0" },
        { "x-amz-target", "DynamoDB_20120810.PutItem" } }, "{\"a\":1}",
      "", "dynamodb", "dynamodb", { .region = wf_str_init("eu-west-1") },
      "dynamodb.eu-west-1.amazonaws.com",
      "/20150830/eu-west-1/dynamodb/aws4_request, SignedHeaders=content-type;"
      "host;x-amz-date;x-amz-target, Signature="
      "b09322839afbeaf232bad9050283e05ac361eccacd5fd4a3affec3ec9e4074f4" },

    /* S3: the path as it is, the body's sum, a token. */
    { "GET", "/b/a%20b//%2B..", "list-type=2&prefix=a%20b%2Bc",
      { { "x-fnf-attempt", "0" } }, "", "", "s3", "s3",
      { .region = wf_str_init("cn-north-1"), .token = wf_str_init("token==") },
      "s3.cn-north-1.amazonaws.com.cn",
      "/20150830/cn-north-1/s3/aws4_request, SignedHeaders=host;"
      "x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="
      "536d7ba0e30205f8cf18c02da9b3f79d7a79459c72c5a92776cd04ab2bbb6976" },

    /* Any other: escaped once more. */
    { "POST", "/2015-03-31/functions/arn%3Aaws/invocations",
      "Qualifier=a%2Bb",
      { { "content-type", "application/json" }, { "x-amz-log-type", "Tail" } },
      "{}", "", "lambda", "lambda", { .region = wf_str_init("eu-west-1") },
      "lambda.eu-west-1.amazonaws.com",
      "/20150830/eu-west-1/lambda/aws4_request, SignedHeaders=content-type;"
      "host;x-amz-date;x-amz-log-type, Signature="
      "b2807a8aaf7ceaf7dcf6ae15ef159e3f874830c728db14ddffe33f574bdebeca" },

    /* A URL's own host; and one of the operator's goes before it. */
    { "POST", "/p", "b=2&a=1", { { NULL } }, "x", "abc.example:8443", "", "",
      { .region = wf_str_init("eu-west-1") }, "abc.example:8443",
      "/20150830/eu-west-1/execute-api/aws4_request, SignedHeaders=host;"
      "x-amz-date, Signature="
      "7bdcbbf82b73f0ae847144cbcd01dc32905f7c457b987c8e5a34ff9809387e60" },
    { "POST", "/p", "b=2&a=1", { { NULL } }, "x", "nobody", "s3", "s3",
      { .region = wf_str_init("eu-west-1"),
        .service = wf_str_init("execute-api"),
        .host = wf_str_init("abc.example:8443") }, "abc.example:8443",
      "/20150830/eu-west-1/execute-api/aws4_request, SignedHeaders=host;"
      "x-amz-date, Signature="
      "7bdcbbf82b73f0ae847144cbcd01dc32905f7c457b987c8e5a34ff9809387e60" }
};


static void
request_fill(wf_service_request_t *request, wf_service_header_t *headers,
    const vector_t *vector)
{
    uint32_t  i;

    memset(request, 0, sizeof(*request));
    request->method = wf_str_of(vector->method);
    request->uri = wf_str_of(vector->uri);
    request->args = wf_str_of(vector->args);
    request->body = wf_str_of(vector->body);
    request->host = wf_str_of(vector->host);
    request->endpoint = wf_str_of(vector->endpoint);
    request->signing = wf_str_of(vector->signing);
    request->headers = headers;

    for (i = 0; i < 2 && vector->headers[i][0]; i++) {
        headers[request->header_count++] = (wf_service_header_t) {
            wf_str_of(vector->headers[i][0]), wf_str_of(vector->headers[i][1])
        };
    }
}


static wf_str_t
header_of(const wf_service_request_t *request, const char *name)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {
        if (wf_str_eq(request->headers[i].name, wf_str_of(name))) {
            return request->headers[i].value;
        }
    }

    return wf_str_none;
}


TEST(vectors)
{
    size_t                 i;
    wf_str_t               got;
    wf_arena_t            *arena;
    wf_signer_t            signer;
    wf_service_header_t    headers[2];
    wf_service_request_t   request;

    for (i = 0; i < wf_countof(vectors); i++) {
        arena = wf_arena_create(0);
        request_fill(&request, headers, &vectors[i]);
        signer = vectors[i].signer;
        signer.key_id = wf_str("AKIDEXAMPLE");
        signer.secret = wf_str(SECRET);

        CHECK(wf_sigv4_out(arena, &signer, &request, NOW_MS) == WF_OK);
        CHECK(wf_str_eq(request.host, wf_str_of(vectors[i].want_host)));
        CHECK(wf_str_eq(header_of(&request, "x-amz-date"),
                        wf_str("20150830T123600Z")));
        CHECK(wf_str_eq(header_of(&request, "x-amz-security-token"),
                        signer.token));

        got = header_of(&request, "authorization");
        CHECK(wf_str_starts(got, wf_str(BEFORE)));
        got.data += sizeof(BEFORE) - 1;
        got.len -= sizeof(BEFORE) - 1;
        CHECK(wf_str_eq(got, wf_str_of(vectors[i].want)));
        wf_arena_free(arena);
    }
}


/* What was signed is good for who checks signatures here. */
static wf_key_t  key;

static const wf_key_t *
find_key(void *data, wf_str_t id)
{
    (void) data;

    return wf_str_eq(id, key.id) ? &key : NULL;
}


TEST(both_directions)
{
    uint32_t               i;
    wf_error_t             err;
    wf_arena_t            *arena;
    wf_header_t            headers[8];
    wf_signer_t            signer;
    wf_request_t           in;
    wf_message_t           message;
    wf_credentials_t       credentials;
    wf_service_header_t    given[2];
    wf_service_request_t   request;

    arena = wf_arena_create(0);
    key = (wf_key_t) { .id = wf_str("k"), .secret = wf_str("s"),
                       .token = wf_str("t") };
    signer = (wf_signer_t) { .key_id = key.id, .secret = key.secret,
                             .token = key.token, .region = wf_str("r") };

    memset(&request, 0, sizeof(request));
    given[0] = (wf_service_header_t) {
        wf_str("x-amz-target"), wf_str("AWSStepFunctions.ListStateMachines")
    };
    request.method = wf_str("POST");
    request.uri = wf_str("/");
    request.body = wf_str("{}");
    request.signing = wf_str("states");
    request.headers = given;
    request.header_count = 1;
    CHECK(wf_sigv4_out(arena, &signer, &request, NOW_MS) == WF_OK);

    headers[0] = (wf_header_t) { wf_str("host"), request.host };

    for (i = 0; i < request.header_count; i++) {
        headers[i + 1] = (wf_header_t) { request.headers[i].name,
                                         request.headers[i].value };
    }

    memset(&in, 0, sizeof(in));
    in.method = request.method;
    in.path = request.uri;
    in.body = request.body;
    in.content_type = wf_str("application/x-amz-json-1.0");
    in.headers = headers;
    in.header_count = request.header_count + 1;
    in.now_ms = NOW_MS + 60000;
    memset(&message, 0, sizeof(message));
    message.protocol = &wf_protocol_sfn;
    message.arena = arena;
    message.scratch = arena;
    message.request = &in;
    credentials = (wf_credentials_t) { .find = find_key, .skew_ms = 900000 };
    wf_error_clear(&err);

    CHECK(wf_protocol_sfn.begin(&message,
                 wf_str("00000000-0000-4000-8000-000000000000"), &err)
          == WF_OK);
    CHECK(wf_protocol_sfn.verify(&message, &credentials, &err) == WF_OK);

    in.body = wf_str("{} ");
    CHECK(wf_protocol_sfn.verify(&message, &credentials, &err) == WF_ERROR);
    CHECK(err.code == WF_E_BAD_SIGNATURE);
    wf_arena_free(arena);
}


TEST(too_many_parts)
{
    uint32_t               i;
    wf_buf_t               args;
    wf_arena_t            *arena;
    wf_signer_t            signer;
    wf_service_header_t    headers[2];
    wf_service_request_t   request;

    arena = wf_arena_create(0);
    request_fill(&request, headers, &vectors[0]);
    wf_buf_init(&args, arena, 0);

    for (i = 0; i < 70; i++) {
        wf_buf_text(&args, "a=b&");
    }

    request.args = wf_buf_done(&args);
    signer = (wf_signer_t) { .key_id = wf_str("k"), .secret = wf_str("s"),
                             .region = wf_str("r") };
    CHECK(wf_sigv4_out(arena, &signer, &request, NOW_MS) == WF_DECLINED);
    wf_arena_free(arena);
}


UNIT_MAIN()
