
/*
 * Signature Version 4: vectors of the published test suite, and everything
 * that must not pass.
 */

#include "unit.h"

#include "wire/sigv4.c"

#include "aws.h"


#define ID      "AKIDEXAMPLE"
#define SECRET  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define DATE    "20150830T123600Z"
#define SCOPE   "20150830/us-east-1/service/aws4_request"
#define LETTERS "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"    \
                "qrstuvwxyz"

typedef struct {
    const char  *method;
    const char  *path;
    const char  *query;
    const char  *headers[4][2];     /* besides host and x-amz-date */
    const char  *signed_headers;
    const char  *body;
    const char  *signature;
} vector_t;


static const vector_t  vectors[] = {
    { "GET", "/", "", { { 0 } }, "host;x-amz-date", "",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    { "POST", "/", "", { { 0 } }, "host;x-amz-date", "",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "GET", "/", "Param2=value2&Param1=value1", { { 0 } }, "host;x-amz-date",
      "",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
    { "GET", "/", LETTERS "=" LETTERS, { { 0 } }, "host;x-amz-date", "",
      "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
    { "GET", "/", "",
      { { "my-header1", " value1" }, { "my-header2", " \"a   b   c\"" } },
      "host;my-header1;my-header2;x-amz-date", "",
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
    { "GET", "/", "",
      { { "my-header1", "value2" }, { "my-header1", "value2" },
        { "my-header1", "value1" } },
      "host;my-header1;x-amz-date", "",
      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea" },
    { "POST", "/", "",
      { { "content-type", "application/x-www-form-urlencoded" } },
      "content-type;host;x-amz-date", "Param1=value1",
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },

    /* Paths are made normal. */
    { "GET", "//./example/..", "", { { 0 } }, "host;x-amz-date", "",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
};


static wf_str_t
sign(aws_t *aws, const char *secret, const char *signed_headers)
{
    wf_buf_t    request, text, out;
    wf_sigv4_t  parts;

    CHECK(wf_sigv4_parse(wf_str("AWS4-HMAC-SHA256 Credential=" ID "/" SCOPE),
                         &parts));
    wf_buf_init(&request, aws->message.arena, 0);
    wf_buf_init(&text, aws->message.arena, 0);
    wf_buf_init(&out, aws->message.arena, 0);
    parts.signed_headers = wf_str_of(signed_headers);
    CHECK(wf_sigv4_request(&request, &aws->message, &parts));
    wf_buf_text(&text, "AWS4-HMAC-SHA256\n" DATE "\n" SCOPE "\n");
    wf_sigv4_hash(&text, wf_buf_done(&request));
    wf_sigv4_sign(&out, wf_str_of(secret), &parts, wf_buf_done(&text));
    CHECK(!request.failed && !text.failed && !out.failed);

    return wf_buf_done(&out);
}


TEST(vectors)
{
    aws_t           *aws;
    size_t           i, k;
    const vector_t  *vector;

    for (i = 0; i < wf_countof(vectors); i++) {
        vector = &vectors[i];
        aws = aws_create(NULL, vector->body);
        aws->request.method = wf_str_of(vector->method);
        aws->request.path = wf_str_of(vector->path);
        aws->request.query = wf_str_of(vector->query);
        aws_header(aws, "host", "example.amazonaws.com");
        aws_header(aws, "x-amz-date", DATE);

        for (k = 0; k < 4 && vector->headers[k][0]; k++) {
            aws_header(aws, vector->headers[k][0], vector->headers[k][1]);
        }

        CHECK_STR(sign(aws, SECRET, vector->signed_headers),
                  wf_str_of(vector->signature));
        aws_free(aws);
    }
}


/*
 * The door.  Signed by the same code, which the vectors have proved.
 */

#define STATES  "20150830/eu-west-1/states/aws4_request"
#define SIGNED  "host;x-amz-date;x-amz-target"

static wf_key_t  key;


static const wf_key_t *
find(void *data, wf_str_t id)
{
    (void) data;

    return wf_str_eq(id, key.id) ? &key : NULL;
}


/* %s: the signature. */
static aws_t *
signed_request(const char *authorization, const char *date,
    const char *secret, const char *signed_headers)
{
    char        *header;
    aws_t       *aws;
    wf_buf_t     request, text, out;
    wf_sigv4_t   parts;

    key = (wf_key_t) { .id = wf_str(ID), .secret = wf_str(SECRET) };
    aws = aws_create("AWSStepFunctions.ListStateMachines", "{}");
    aws_header(aws, "host", "sync-states.eu-west-1.amazonaws.com");

    if (date) {
        aws_header(aws, "x-amz-date", date);
    }

    memset(&parts, 0, sizeof(parts));
    parts.day = wf_str("20150830");
    parts.region = wf_str("eu-west-1");
    parts.service = wf_str("states");
    parts.terminator = wf_str("aws4_request");

    wf_buf_init(&request, aws->message.arena, 0);
    wf_buf_init(&text, aws->message.arena, 0);
    wf_buf_init(&out, aws->message.arena, 0);
    parts.signed_headers = wf_str_of(signed_headers);
    (void) wf_sigv4_request(&request, &aws->message, &parts);
    wf_buf_text(&text, "AWS4-HMAC-SHA256\n");
    wf_buf_str(&text, wf_str_of(date ? date : ""));
    wf_buf_text(&text, "\n" STATES "\n");
    wf_sigv4_hash(&text, wf_buf_done(&request));
    wf_sigv4_sign(&out, wf_str_of(secret), &parts, wf_buf_done(&text));
    wf_buf_byte(&out, '\0');

    if (authorization) {
        header = wf_arena_alloc(aws->message.arena, 1024);
        snprintf(header, 1024, authorization, (char *) out.data);
        aws_header(aws, "authorization", header);
    }

    return aws;
}


static wf_rc_t
verify(aws_t *aws)
{
    wf_credentials_t  credentials;

    credentials = (wf_credentials_t) { find, NULL, NULL, 900000 };
    CHECK_INT(aws_begin(aws), WF_OK);

    return wf_protocol_sfn.verify(&aws->message, &credentials, &aws->err);
}


#define GOOD  "AWS4-HMAC-SHA256 Credential=" ID "/" STATES ", "               \
              "SignedHeaders=" SIGNED ", Signature=%s"


TEST(good)
{
    aws_t  *aws;

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    CHECK_INT(verify(aws), WF_OK);
    CHECK_STR(aws->message.key_id, wf_str(ID));
    CHECK_STR(wf_aws_state(&aws->message)->region, wf_str("eu-west-1"));
    aws_free(aws);

    /* Commas alone will do. */
    aws = signed_request("AWS4-HMAC-SHA256 Credential=" ID "/" STATES
                         ",SignedHeaders=" SIGNED ",Signature=%s", DATE,
                         SECRET, SIGNED);
    CHECK_INT(verify(aws), WF_OK);
    aws_free(aws);
}


typedef struct {
    const char       *authorization;
    const char       *date;
    const char       *secret;
    const char       *signed_headers;
    wf_error_code_t   code;
    const char       *text;         /* how the message begins */
} bad_t;

#define CREDENTIAL(id, scope)                                                 \
    "AWS4-HMAC-SHA256 Credential=" id "/" scope ", SignedHeaders=" SIGNED     \
    ", Signature=%s"

static const bad_t  bads[] = {
    { NULL, DATE, SECRET, SIGNED, WF_E_MISSING_SIGNATURE, "" },
    { "Bearer %s", DATE, SECRET, SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Unsupported AWS 'algorithm': 'Bearer'." },
    { "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=%s", DATE, SECRET,
      SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Authorization header requires 'Credential' parameter." },
    { "AWS4-HMAC-SHA256 Credential=" ID "/" STATES ", SignedHeaders=" SIGNED,
      DATE, SECRET, SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Authorization header requires 'Signature' parameter." },
    { GOOD, NULL, SECRET, SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Authorization header requires existence of either" },
    { CREDENTIAL(ID, "states/aws4_request"), DATE, SECRET, SIGNED,
      WF_E_INCOMPLETE_SIGNATURE, "Credential must have" },
    { CREDENTIAL("AKIDOTHER", STATES), DATE, SECRET, SIGNED,
      WF_E_INVALID_KEY, "" },
    { CREDENTIAL(ID, "20150830/eu-west-1/sqs/aws4_request"), DATE, SECRET,
      SIGNED, WF_E_SIGNATURE_REFUSED,
      "Credential should be scoped to correct service: 'states'." },
    { CREDENTIAL(ID, "20150830/eu-west-1/states/aws5_request"), DATE, SECRET,
      SIGNED, WF_E_SIGNATURE_REFUSED,
      "Credential should be scoped with a valid terminator" },
    { CREDENTIAL(ID, "20150830//states/aws4_request"), DATE, SECRET, SIGNED,
      WF_E_SIGNATURE_REFUSED,
      "Credential should be scoped to a valid region." },
    { CREDENTIAL(ID, "20150829/eu-west-1/states/aws4_request"), DATE, SECRET,
      SIGNED, WF_E_SIGNATURE_REFUSED, "Date in Credential scope does not" },
    { GOOD, DATE, "another", SIGNED, WF_E_BAD_SIGNATURE, "" },
    { "AWS4-HMAC-SHA256 Credential=" ID "/" STATES ", SignedHeaders="
      "x-amz-date;x-amz-target, Signature=%s", DATE, SECRET,
      "x-amz-date;x-amz-target", WF_E_SIGNATURE_REFUSED,
      "'Host' or ':authority' must be" },
    { "AWS4-HMAC-SHA256 Credential=" ID "/" STATES ", SignedHeaders="
      "host;x-amz-date, Signature=%s", DATE, SECRET, "host;x-amz-date",
      WF_E_SIGNATURE_REFUSED, "'X-Amz-Target' must be" },
    { GOOD, "20150830T122059Z", SECRET, SIGNED, WF_E_SIGNATURE_REFUSED,
      "Signature expired: 20150830T122059Z is now earlier than "
      "20150830T122100Z (20150830T123600Z - 15 min.)" },
    { GOOD, "20150830T125101Z", SECRET, SIGNED, WF_E_SIGNATURE_REFUSED,
      "Signature not yet current: 20150830T125101Z is still later than "
      "20150830T125100Z (20150830T123600Z + 15 min.)" },
    { GOOD, "20150830", SECRET, SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Date must be in ISO-8601" },
    { GOOD, "20150830T126000Z", SECRET, SIGNED, WF_E_INCOMPLETE_SIGNATURE,
      "Date must be in ISO-8601" }
};


TEST(bad)
{
    aws_t        *aws;
    size_t        i;
    const bad_t  *bad;

    for (i = 0; i < wf_countof(bads); i++) {
        bad = &bads[i];
        aws = signed_request(bad->authorization, bad->date, bad->secret,
                             bad->signed_headers);
        CHECK_INT(verify(aws), WF_ERROR);
        CHECK_INT(aws->err.code, bad->code);
        CHECK(wf_str_starts(wf_error_arg(&aws->err, 0),
                            wf_str_of(bad->text)));

        if (!wf_str_starts(wf_error_arg(&aws->err, 0), wf_str_of(bad->text)))
        {
            printf("# %s\n", aws->err.arg[0]);
        }

        CHECK(aws->message.policy == NULL);
        aws_free(aws);
    }
}


/* Not a byte of what is signed may change. */
TEST(changed)
{
    aws_t  *aws;

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    aws->request.body = wf_str("{ }");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_BAD_SIGNATURE);
    aws_free(aws);

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    aws->headers[0].value = wf_str("AWSStepFunctions.DeleteStateMachine");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_BAD_SIGNATURE);
    aws_free(aws);

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    aws->request.query = wf_str("a=b");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_BAD_SIGNATURE);
    aws_free(aws);
}


TEST(session_token)
{
    aws_t  *aws;

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    key.token = wf_str("token");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_INVALID_KEY);
    aws_free(aws);

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    key.token = wf_str("token");
    key.expires_ms = AWS_NOW_MS + 1;
    aws_header(aws, "x-amz-security-token", "token");
    CHECK_INT(verify(aws), WF_OK);
    aws_free(aws);

    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    key.token = wf_str("token");
    key.expires_ms = AWS_NOW_MS;
    aws_header(aws, "x-amz-security-token", "token");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_KEY_EXPIRED);
    aws_free(aws);

    /* One who has none brings none. */
    aws = signed_request(GOOD, DATE, SECRET, SIGNED);
    aws_header(aws, "x-amz-security-token", "token");
    CHECK_INT(verify(aws), WF_ERROR);
    CHECK_INT(aws->err.code, WF_E_INVALID_KEY);
    aws_free(aws);
}


TEST(limits)
{
    aws_t     *aws;
    size_t     i;
    wf_buf_t   text, out;
    wf_sigv4_t parts;

    aws = aws_create(NULL, "");
    wf_buf_init(&text, aws->message.arena, 0);

    for (i = 0; i <= QUERY_MAX; i++) {
        wf_buf_text(&text, "a=b&");
    }

    aws->request.query = wf_buf_done(&text);
    wf_buf_init(&out, aws->message.arena, 0);
    memset(&parts, 0, sizeof(parts));
    parts.signed_headers = wf_str("host");
    CHECK(!wf_sigv4_request(&out, &aws->message, &parts));

    wf_buf_init(&text, aws->message.arena, 0);

    for (i = 0; i <= SIGNED_MAX; i++) {
        wf_buf_text(&text, "a;");
    }

    aws->request.query = wf_str("");
    wf_buf_init(&out, aws->message.arena, 0);
    parts.signed_headers = wf_buf_done(&text);
    CHECK(!wf_sigv4_request(&out, &aws->message, &parts));
    aws_free(aws);
}


UNIT_MAIN()
