
/*
 * Signatures: the vectors of cloudflow-api 1.4 and 1.5, and everything that
 * must not pass.
 */

#include "unit.h"

#include "wire/sign_rpc.c"

#include "rpc.h"


#define ID      "testAccessKeyId"
#define SECRET  "testAccessKeySecret"

#define COMMON(action, nonce)                                                 \
    "Action=" action "&Format=json&Version=2019-03-15"                        \
    "&Timestamp=2026-01-02T03%3A04%3A05Z&SignatureNonce=" nonce               \
    "&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&AccessKeyId=" ID

typedef struct {
    const char  *method;
    const char  *query;
    const char  *body;
    const char  *text;          /* to-sign; NULL: not published */
    const char  *signature;
    const char  *token;
} v1_t;


static const v1_t  v1[] = {
    { "GET",
      COMMON("DescribeExecution", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
      "&FlowName=my_flow&ExecutionName=run-1&WaitTimeSeconds=20",
      "",
      "GET&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DDescribeExecution%26"
      "ExecutionName%3Drun-1%26FlowName%3Dmy_flow%26Format%3Djson%26Signature"
      "Method%3DHMAC-SHA1%26SignatureNonce%3D0f1e2d3c4b5a69788796a5b4c3d2e1f0"
      "%26SignatureVersion%3D1.0%26Timestamp%3D2026-01-02T03%253A04%253A05Z%2"
      "6Version%3D2019-03-15%26WaitTimeSeconds%3D20",
      "JNcqWryTRiz/7p4B8abO2Gs1Hm4=", "" },

    { "POST",
      COMMON("StartExecution", "11112222333344445555666677778888"),
      "ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a%20b%2Bc%2"
      "Ad~e%2F%C3%A9%3D%26%25%22%7D",
      "POST&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DStartExecution%26Exe"
      "cutionName%3Drun-1%26FlowName%3Dmy_flow%26Format%3Djson%26Input%3D%257"
      "B%2522k%2522%253A%2522a%2520b%252Bc%252Ad~e%252F%25C3%25A9%253D%2526%2"
      "525%2522%257D%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D1111222"
      "2333344445555666677778888%26SignatureVersion%3D1.0%26Timestamp%3D2026-"
      "01-02T03%253A04%253A05Z%26Version%3D2019-03-15",
      "DsHjl4NxSwwe09X3kUn53didKVs=", "" },

    { "POST",
      COMMON("StartExecution", "11112222333344445555666677778888"),
      "ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a+b%2Bc*d%7"
      "Ee%2F%C3%A9%3D%26%25%22%7D",
      NULL, "DsHjl4NxSwwe09X3kUn53didKVs=", "" },

    /* All in the body. */
    { "POST", "",
      COMMON("StartExecution", "11112222333344445555666677778888")
      "&ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a+b%2Bc*d%"
      "7Ee%2F%C3%A9%3D%26%25%22%7D",
      NULL, "DsHjl4NxSwwe09X3kUn53didKVs=", "" },

    /* All in the query. */
    { "POST",
      COMMON("StartExecution", "11112222333344445555666677778888")
      "&ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a%20b%2Bc%"
      "2Ad~e%2F%C3%A9%3D%26%25%22%7D",
      "",
      NULL, "DsHjl4NxSwwe09X3kUn53didKVs=", "" },

    { "POST",
      COMMON("ReportTaskSucceeded", "aaaabbbbccccddddeeeeffff00001111")
      "&SecurityToken=CAIS%2Btoken%2Fwith%3Dchars"
      "&TaskToken=djEjYSN0b2tlbiMxMiMvYSti%3D%3D",
      "Output=%7B%22ok%22%3Atrue%7D",
      "POST&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DReportTaskSucceeded%"
      "26Format%3Djson%26Output%3D%257B%2522ok%2522%253Atrue%257D%26SecurityT"
      "oken%3DCAIS%252Btoken%252Fwith%253Dchars%26SignatureMethod%3DHMAC-SHA1"
      "%26SignatureNonce%3Daaaabbbbccccddddeeeeffff00001111%26SignatureVersio"
      "n%3D1.0%26TaskToken%3DdjEjYSN0b2tlbiMxMiMvYSti%253D%253D%26Timestamp%3"
      "D2026-01-02T03%253A04%253A05Z%26Version%3D2019-03-15",
      "TGUmfB51Z0SFIAjihlinOxH/CW8=", "CAIS+token/with=chars" },

    { "POST",
      "Version=2019-03-15&Action=CreateFlow&Format=JSON&RegionId=cn-hangzhou&"
      "Timestamp=2026-01-02T03%3A04%3A05Z&SignatureMethod=HMAC-SHA1&Signature"
      "Type=&SignatureVersion=1.0&SignatureNonce=9999888877776666555544443333"
      "2222&AccessKeyId=testAccessKeyId",
      "Name=my_flow&Description=a+b&Type=FDL&Definition=Type%3A+StateMachine%"
      "0ASpecVersion%3A+v1%0AName%3A+my_flow%0AStartAt%3A+p%0AStates%3A%0A++-"
      "+Type%3A+Pass%0A++++Name%3A+p%0A++++End%3A+true%0A",
      "POST&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DCreateFlow%26Definit"
      "ion%3DType%253A%2520StateMachine%250ASpecVersion%253A%2520v1%250AName%"
      "253A%2520my_flow%250AStartAt%253A%2520p%250AStates%253A%250A%2520%2520"
      "-%2520Type%253A%2520Pass%250A%2520%2520%2520%2520Name%253A%2520p%250A%"
      "2520%2520%2520%2520End%253A%2520true%250A%26Description%3Da%2520b%26Fo"
      "rmat%3DJSON%26Name%3Dmy_flow%26RegionId%3Dcn-hangzhou%26SignatureMetho"
      "d%3DHMAC-SHA1%26SignatureNonce%3D99998888777766665555444433332222%26Si"
      "gnatureType%3D%26SignatureVersion%3D1.0%26Timestamp%3D2026-01-02T03%25"
      "3A04%253A05Z%26Type%3DFDL%26Version%3D2019-03-15",
      "ykEA5Ujrg6b+GlzEDqNLseW96ek=", "" },
};


/* The signature as a parameter, in the body if the query is empty. */
static rpc_t *
v1_request(const v1_t *row, const char *signature, char *place)
{
    char      *pos;
    rpc_t     *rpc;
    wf_buf_t   buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 64);
    wf_sign_escape(&buf, wf_str_of(signature));

    pos = place;
    pos += sprintf(pos, "%s&Signature=%.*s",
                   row->query[0] ? row->query : row->body,
                   (int) buf.len, (const char *) buf.data);
    wf_arena_free(arena);

    rpc = row->query[0] ? req_create(row->method, place, row->body)
                        : req_create(row->method, "", place);
    req_header(rpc, "host", "127.0.0.1:8080");

    return rpc;
}


static wf_error_code_t
v1_check(const v1_t *row, const char *signature)
{
    rpc_t       *rpc;
    rpc_keys_t   keys;
    char         place[4096];

    rpc_keys_init(&keys, ID, SECRET);
    keys.key.token = wf_str_of(row->token);

    rpc = v1_request(row, signature, place);
    CHECK_INT(req_begin(rpc), WF_OK);

    if (req_verify(rpc, &keys) == WF_OK) {
        CHECK_STR(rpc->message.key_id, wf_str(ID));
        rpc->err.code = WF_E_NONE;
    }

    place[0] = (char) rpc->err.code;
    req_free(rpc);

    return (wf_error_code_t) place[0];
}


TEST(v1_vectors)
{
    size_t            i;
    rpc_t            *rpc;
    wf_buf_t          canonical, text;
    wf_rpc_state_t   *state;
    char              place[4096];

    for (i = 0; i < wf_countof(v1); i++) {
        CHECK_INT(v1_check(&v1[i], v1[i].signature), WF_E_NONE);

        if (v1[i].text == NULL) {
            continue;
        }

        rpc = v1_request(&v1[i], v1[i].signature, place);
        CHECK_INT(req_begin(rpc), WF_OK);
        state = rpc->message.state;
        wf_buf_init(&canonical, rpc->message.arena, 0);
        wf_buf_init(&text, rpc->message.arena, 0);
        CHECK_INT(wf_sign_canonical(&canonical, &state->params, false,
                                    wf_str("Signature")), WF_OK);
        wf_sign_v1_text(&text, rpc->request.method, wf_buf_done(&canonical));
        CHECK_STR(wf_buf_done(&text), wf_str_of(v1[i].text));
        req_free(rpc);
    }
}


TEST(v1_flipped_signature)
{
    size_t  i, k;
    char    copy[64];

    for (i = 0; i < wf_countof(v1); i++) {

        for (k = 0; k < strlen(v1[i].signature); k++) {
            strcpy(copy, v1[i].signature);
            copy[k] = copy[k] == 'A' ? 'B' : 'A';
            CHECK_INT(v1_check(&v1[i], copy), WF_E_BAD_SIGNATURE);

            /* One bit, too. */
            strcpy(copy, v1[i].signature);
            copy[k] ^= 1;
            CHECK_INT(v1_check(&v1[i], copy), WF_E_BAD_SIGNATURE);
        }

        strcpy(copy, v1[i].signature);
        copy[strlen(copy) - 1] = '\0';
        CHECK_INT(v1_check(&v1[i], copy), WF_E_BAD_SIGNATURE);
    }
}


TEST(v1_flipped_request)
{
    v1_t    row;
    char    query[2048], body[2048];

    row = v1[1];
    strcpy(query, row.query);
    strcpy(body, row.body);
    row.query = query;
    row.body = body;

    body[strlen("ExecutionName=run-")] = '2';
    CHECK_INT(v1_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    strcpy(body, v1[1].body);
    CHECK_INT(v1_check(&row, row.signature), WF_E_NONE);

    row.method = "GET";
    CHECK_INT(v1_check(&row, row.signature), WF_E_BAD_SIGNATURE);
}


/* No character of a request may change, in its query or in its body. */
static bool
v1_passes(const v1_t *row)
{
    bool         passes;
    rpc_t       *rpc;
    rpc_keys_t   keys;
    char         place[4096];

    rpc_keys_init(&keys, ID, SECRET);
    keys.key.token = wf_str_of(row->token);

    rpc = v1_request(row, row->signature, place);
    passes = req_begin(rpc) == WF_OK && req_verify(rpc, &keys) == WF_OK;
    req_free(rpc);

    return passes;
}


TEST(v1_flipped_anywhere)
{
    v1_t     row;
    size_t   i, k, n;
    char     place[2][2048], c;

    for (i = 0; i < wf_countof(v1); i++) {
        row = v1[i];
        row.query = strcpy(place[0], v1[i].query);
        row.body = strcpy(place[1], v1[i].body);
        CHECK(v1_passes(&row));

        for (n = 0; n < 2; n++) {

            for (k = 0; (c = place[n][k]) != '\0'; k++) {
                place[n][k] = c == '0' ? '1' : '0';
                CHECK(!v1_passes(&row));
                place[n][k] = c;
            }
        }
    }
}


/* The vector of the official signature page, of another product. */
TEST(v1_published)
{
    wf_buf_t      canonical, text, signature;
    wf_error_t    err;
    wf_params_t   params;
    wf_arena_t   *arena;

    arena = wf_arena_create(0);
    memset(&params, 0, sizeof(params));

    CHECK_INT(wf_params_form(arena, &params, wf_str("AccessKeyId=testid&"
        "Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&Signature"
        "Nonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0&Times"
        "tamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26"), false, &err),
        WF_OK);

    wf_buf_init(&canonical, arena, 0);
    wf_buf_init(&text, arena, 0);
    wf_buf_init(&signature, arena, 0);
    CHECK_INT(wf_sign_canonical(&canonical, &params, false,
                                wf_str("Signature")), WF_OK);
    wf_sign_v1_text(&text, wf_str("GET"), wf_buf_done(&canonical));
    wf_sign_v1(&signature, wf_str("testsecret"), wf_buf_done(&text));
    CHECK_STR(wf_buf_done(&signature),
              wf_str("OLeaidS1JvxuMvnyHOwuJ+uX5qY="));

    wf_arena_free(arena);
}


TEST(v1_both_places_are_signed)
{
    wf_buf_t      canonical;
    wf_error_t    err;
    wf_params_t   params;
    wf_arena_t   *arena;

    arena = wf_arena_create(0);
    memset(&params, 0, sizeof(params));

    CHECK_INT(wf_params_form(arena, &params, wf_str("b=2&a=x"), false, &err),
              WF_OK);
    CHECK_INT(wf_params_form(arena, &params, wf_str("b=1&c="), true, &err),
              WF_OK);
    wf_buf_init(&canonical, arena, 0);
    CHECK_INT(wf_sign_canonical(&canonical, &params, false, wf_str_none),
              WF_OK);
    CHECK_STR(wf_buf_done(&canonical), wf_str("a=x&b=1&b=2&c="));
    CHECK_STR(wf_params_value(&params, wf_str("b")), wf_str("1"));

    canonical.len = 0;
    CHECK_INT(wf_sign_canonical(&canonical, &params, true, wf_str_none),
              WF_OK);
    CHECK_STR(wf_buf_done(&canonical), wf_str("a=x&b=2"));

    wf_arena_free(arena);
}


typedef struct {
    const char  *method;
    const char  *query;
    const char  *body;
    const char  *algorithm;
    const char  *headers[14][2];
    const char  *signed_headers;
    const char  *request_hash;
    const char  *signature;
    const char  *token;
} v3_t;

#define EMPTY_HASH                                                            \
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define PUBLIC_HOST  "cn-hangzhou.fnf.aliyuncs.com"
#define TIME         "2026-01-02T03:04:05Z"
#define FORM         "application/x-www-form-urlencoded"

static const v3_t  v3[] = {
    { "GET", "ExecutionName=run-1&FlowName=my_flow&WaitTimeSeconds=20", "",
      "ACS3-HMAC-SHA256",
      { { "host", PUBLIC_HOST },
        { "x-acs-action", "DescribeExecution" },
        { "x-acs-content-sha256", EMPTY_HASH },
        { "x-acs-date", TIME },
        { "x-acs-signature-nonce", "0f1e2d3c4b5a69788796a5b4c3d2e1f0" },
        { "x-acs-version", "2019-03-15" } },
      "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
      "x-acs-signature-nonce;x-acs-version",
      "ffb47934519f569839e9e1ba5ff14909f3da8fbe60024f39c353a51b7bee7fe7",
      "9c994b2ad91d7674e10a66adad06cde8cbe1005cf55ed7c1076e560bfbb944f0",
      "" },

    { "GET", "ExecutionName=run-1&FlowName=my_flow&WaitTimeSeconds=20", "",
      "ACS3-HMAC-SM3",
      { { "host", PUBLIC_HOST },
        { "x-acs-action", "DescribeExecution" },
        { "x-acs-content-sha256", "1ab21d8355cfa17f8e61194831e81a8f"
          "22bec8c728fefb747ed035eb5082aa2b" },
        { "x-acs-date", TIME },
        { "x-acs-signature-nonce", "0f1e2d3c4b5a69788796a5b4c3d2e1f0" },
        { "x-acs-version", "2019-03-15" } },
      "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
      "x-acs-signature-nonce;x-acs-version",
      "a5d22af6c807758b877fda67e0ac775ec7db415b8699dc11862470899f0e2cc7",
      "eff0a4423a640b939a613c900fd4d725ff4720b61813d5262dbfd864794007e9",
      "" },

    { "POST", "",
      "ExecutionName=run-1&FlowName=my_flow&Input=%7B%22k%22%3A%22a%20b%2Bc%2"
      "Ad~e%2F%C3%A9%3D%26%25%22%7D",
      "ACS3-HMAC-SHA256",
      { { "content-type", FORM },
        { "host", PUBLIC_HOST },
        { "x-acs-action", "StartExecution" },
        { "x-acs-content-sha256", "96e316c2ecda45b40bc2ec012e42f2db"
          "3e79d482e23c4af6d17a24ec9fcfda87" },
        { "x-acs-credentials-provider", "static_ak" },
        { "x-acs-date", TIME },
        { "x-acs-signature-nonce", "11112222333344445555666677778888" },
        { "x-acs-version", "2019-03-15" } },
      "content-type;host;x-acs-action;x-acs-content-sha256;"
      "x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;"
      "x-acs-version",
      "3413fc7a76d357f7390e24030c0edc3b83e91e22f9a1bef5f19265b7a1461361",
      "bc5be45026654b41017bae5ca07ff48754e9c9b4de1ad9eff70e64c6b7e25f43",
      "" },

    { "POST", "TaskToken=djEjYSN0b2tlbiMxMiMvYSti%3D%3D",
      "Output=%7B%22ok%22%3Atrue%7D",
      "ACS3-HMAC-SHA256",
      { { "content-type", FORM },
        { "host", "127.0.0.1:8080" },
        { "x-acs-accesskey-id", ID },
        { "x-acs-action", "ReportTaskSucceeded" },
        { "x-acs-content-sha256", "05f66b655a1476607602f4b09183917c"
          "949b16d6f0c9915d050dbead858df9ee" },
        { "x-acs-credentials-provider", "static_sts" },
        { "x-acs-date", TIME },
        { "x-acs-security-token", "CAIS+token/with=chars" },
        { "x-acs-signature-nonce", "aaaabbbbccccddddeeeeffff00001111" },
        { "x-acs-version", "2019-03-15" } },
      "content-type;host;x-acs-accesskey-id;x-acs-action;"
      "x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
      "x-acs-security-token;x-acs-signature-nonce;x-acs-version",
      "5a1cc6049d9483d5da08fc06861ca5d00608a1c279215b9551a48b4eb7c81f46",
      "7abd635dc5c28801835744dfa57e1d64472c0741ee9e9f3074b8fcd167c46bba",
      "CAIS+token/with=chars" },
};


static rpc_t *
v3_request(const v3_t *row, const char *signature, char *place)
{
    size_t   i;
    rpc_t   *rpc;

    rpc = req_create(row->method, row->query, row->body);

    for (i = 0; row->headers[i][0]; i++) {
        req_header(rpc, row->headers[i][0], row->headers[i][1]);
    }

    sprintf(place, "%s Credential=" ID ",SignedHeaders=%s,Signature=%s",
            row->algorithm, row->signed_headers, signature);
    req_header(rpc, "authorization", place);

    return rpc;
}


static wf_error_code_t
v3_check(const v3_t *row, const char *signature)
{
    rpc_t            *rpc;
    rpc_keys_t        keys;
    wf_error_code_t   code;
    char              place[4096];

    rpc_keys_init(&keys, ID, SECRET);
    keys.key.token = wf_str_of(row->token);

    rpc = v3_request(row, signature, place);
    CHECK_INT(req_begin(rpc), WF_OK);
    code = req_verify(rpc, &keys) == WF_OK ? WF_E_NONE : rpc->err.code;
    req_free(rpc);

    return code;
}


TEST(v3_vectors)
{
    size_t        i;
    rpc_t        *rpc;
    wf_buf_t      request, hash;
    wf_str_t      payload;
    wf_digest_t   digest;
    char          place[4096];

    for (i = 0; i < wf_countof(v3); i++) {
        CHECK_INT(v3_check(&v3[i], v3[i].signature), WF_E_NONE);

        rpc = v3_request(&v3[i], v3[i].signature, place);
        CHECK_INT(req_begin(rpc), WF_OK);
        wf_buf_init(&request, rpc->message.arena, 0);
        wf_buf_init(&hash, rpc->message.arena, 0);
        payload = wf_rpc_header(&rpc->message, wf_str("x-acs-content-sha256"));
        CHECK_INT(wf_sign_v3_request(&request, &rpc->message,
                                     wf_str_of(v3[i].signed_headers), payload),
                  WF_OK);
        CHECK_INT(wf_sign_v3_algorithm(wf_str_of(v3[i].algorithm), &digest),
                  WF_OK);
        wf_sign_hash(&hash, digest, wf_buf_done(&request));
        CHECK_STR(wf_buf_done(&hash), wf_str_of(v3[i].request_hash));
        req_free(rpc);
    }
}


TEST(v3_canonical_request)
{
    rpc_t     *rpc;
    wf_buf_t   request;
    char       place[4096];

    rpc = v3_request(&v3[3], v3[3].signature, place);
    CHECK_INT(req_begin(rpc), WF_OK);
    wf_buf_init(&request, rpc->message.arena, 0);
    CHECK_INT(wf_sign_v3_request(&request, &rpc->message,
                                 wf_str("host;x-acs-date"),
                                 wf_str("payload")), WF_OK);
    CHECK_STR(wf_buf_done(&request),
              wf_str("POST\n/\nTaskToken=djEjYSN0b2tlbiMxMiMvYSti%3D%3D\n"
                     "host:127.0.0.1:8080\nx-acs-date:" TIME "\n\n"
                     "host;x-acs-date\npayload"));
    req_free(rpc);
}


TEST(v3_flipped_signature)
{
    size_t  i, k;
    char    copy[80];

    for (i = 0; i < wf_countof(v3); i++) {

        for (k = 0; k < 64; k++) {
            strcpy(copy, v3[i].signature);
            copy[k] = copy[k] == '0' ? '1' : '0';
            CHECK_INT(v3_check(&v3[i], copy), WF_E_BAD_SIGNATURE);

            strcpy(copy, v3[i].signature);
            copy[k] ^= 0x20;
            CHECK_INT(v3_check(&v3[i], copy), WF_E_BAD_SIGNATURE);
        }
    }
}


TEST(v3_flipped_request)
{
    v3_t  row;

    row = v3[2];
    row.body = "ExecutionName=run-2&FlowName=my_flow";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.query = "FlowName=other";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.headers[1][1] = "127.0.0.1";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.headers[2][1] = "DescribeExecution";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.algorithm = "ACS3-HMAC-SM3";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.algorithm = "ACS3-RSA-SHA256";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.signed_headers = "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                         "x-acs-signature-nonce";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);

    row = v3[2];
    row.signed_headers = "host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                         "x-acs-signature-nonce;x-acs-version;x-missing";
    CHECK_INT(v3_check(&row, row.signature), WF_E_BAD_SIGNATURE);
}


/* Nor may one of what V3 signs: query, body, headers, and their list. */
static bool
v3_passes(const v3_t *row)
{
    bool         passes;
    rpc_t       *rpc;
    rpc_keys_t   keys;
    char         place[4096];

    rpc_keys_init(&keys, ID, SECRET);
    keys.key.token = wf_str_of(row->token);

    rpc = v3_request(row, row->signature, place);
    passes = req_begin(rpc) == WF_OK && req_verify(rpc, &keys) == WF_OK;
    req_free(rpc);

    return passes;
}


static void
v3_flip(const v3_t *row, const char **text)
{
    size_t       k;
    char         place[2048], c;
    const char  *whole;

    whole = *text;
    *text = strcpy(place, whole);

    for (k = 0; (c = place[k]) != '\0'; k++) {
        place[k] = c == '0' ? '1' : '0';
        CHECK(!v3_passes(row));
        place[k] = c;
    }

    *text = whole;
}


TEST(v3_flipped_anywhere)
{
    v3_t    row;
    size_t  i, k;

    for (i = 0; i < wf_countof(v3); i++) {
        row = v3[i];
        CHECK(v3_passes(&row));
        v3_flip(&row, &row.query);
        v3_flip(&row, &row.body);
        v3_flip(&row, &row.algorithm);
        v3_flip(&row, &row.signed_headers);

        for (k = 0; row.headers[k][0]; k++) {
            v3_flip(&row, &row.headers[k][0]);
            v3_flip(&row, &row.headers[k][1]);
        }

        CHECK(v3_passes(&row));
    }
}


/* The vector of the official page of V3, of another product. */
TEST(v3_published)
{
    rpc_t           *rpc;
    wf_buf_t         request, text, signature;
    wf_rpc_state_t   state;

    rpc = req_create("POST", "", "");
    req_header(rpc, "host", "ecs.cn-shanghai.aliyuncs.com");
    req_header(rpc, "x-acs-action", "RunInstances");
    req_header(rpc, "x-acs-content-sha256", EMPTY_HASH);
    req_header(rpc, "x-acs-date", "2023-10-26T10:22:32Z");
    req_header(rpc, "x-acs-signature-nonce",
               "3156853299f313e23d1673dc12e1703d");
    req_header(rpc, "x-acs-version", "2014-05-26");

    memset(&state, 0, sizeof(state));
    rpc->message.state = &state;
    CHECK_INT(wf_params_form(rpc->message.arena, &state.params, wf_str("Image"
        "Id=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-sh"
        "anghai"), false, &rpc->err), WF_OK);

    wf_buf_init(&request, rpc->message.arena, 0);
    wf_buf_init(&text, rpc->message.arena, 0);
    wf_buf_init(&signature, rpc->message.arena, 0);
    CHECK_INT(wf_sign_v3_request(&request, &rpc->message,
        wf_str("host;x-acs-action;x-acs-content-sha256;x-acs-date;"
               "x-acs-signature-nonce;x-acs-version"), wf_str(EMPTY_HASH)),
        WF_OK);
    wf_sign_v3_text(&text, wf_str("ACS3-HMAC-SHA256"), WF_SHA256,
                    wf_buf_done(&request));
    wf_sign_v3(&signature, WF_SHA256, wf_str("YourAccessKeySecret"),
               wf_buf_done(&text));
    CHECK_STR(wf_buf_done(&signature), wf_str("06563a9e1b43f5dfe96b81484da74bc"
                                              "eab24a1d853912eee15083a6f0f3283"
                                              "c0"));
    req_free(rpc);
}


TEST(v3_authorization)
{
    wf_sign_v3_t  parts;

    wf_sign_v3_parse(wf_str("ACS3-HMAC-SHA256 Credential=k, "
                            "SignedHeaders=a;b , Signature=00"), &parts);
    CHECK_STR(parts.algorithm, wf_str("ACS3-HMAC-SHA256"));
    CHECK_STR(parts.key_id, wf_str("k"));
    CHECK_STR(parts.signed_headers, wf_str("a;b"));
    CHECK_STR(parts.signature, wf_str("00"));

    wf_sign_v3_parse(wf_str("ACS3-x Signature=1,Credential,,="), &parts);
    CHECK_STR(parts.key_id, wf_str(""));
    CHECK_STR(parts.signature, wf_str("1"));

    wf_sign_v3_parse(wf_str("ACS3-"), &parts);
    CHECK_STR(parts.algorithm, wf_str("ACS3-"));
    CHECK_STR(parts.signature, wf_str(""));
}


TEST(v1_required)
{
    size_t            i, len;
    rpc_t            *rpc;
    char              query[1024], *pos;
    rpc_keys_t        keys;

    static const char  *names[] = {
        "AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion",
        "SignatureNonce", "Timestamp"
    };

    rpc_keys_init(&keys, ID, SECRET);

    for (i = 0; i < wf_countof(names); i++) {
        sprintf(query, "%s&Signature=x&End=1", v1[0].query);
        len = strlen(names[i]);

        for (pos = query; strncmp(pos, names[i], len) || pos[len] != '=';
             pos = strchr(pos, '&') + 1)
        {
            /* void */
        }

        pos[0] = '_';

        rpc = req_create("GET", query, "");
        CHECK_INT(req_begin(rpc), WF_OK);
        CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
        CHECK_INT(rpc->err.code, WF_E_MISSING_PARAM);
        CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str_of(names[i]));
        CHECK_STR(rpc->message.key_id, wf_str(""));
        req_free(rpc);
    }
}


/* The header that serves the anonymous does not serve the signed. */
TEST(v1_action_must_be_signed)
{
    rpc_t       *rpc;
    rpc_keys_t   keys;

    rpc_keys_init(&keys, ID, SECRET);

    rpc = req_create("GET", "AccessKeyId=" ID, "");
    req_header(rpc, "x-acs-action", "ListFlows");
    req_header(rpc, "x-acs-version", "2019-03-15");
    CHECK_INT(req_begin(rpc), WF_OK);
    CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
    CHECK_INT(rpc->err.code, WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("Action"));
    req_free(rpc);
}


TEST(v3_required)
{
    size_t        i, skip;
    rpc_t        *rpc;
    rpc_keys_t    keys;

    rpc_keys_init(&keys, ID, SECRET);

    for (skip = 0; skip < 6; skip++) {
        rpc = req_create("GET", "", "");

        for (i = 0; i < 6; i++) {

            if (i != skip) {
                req_header(rpc, v3[0].headers[i][0], v3[0].headers[i][1]);
            }
        }

        req_header(rpc, "authorization", "ACS3-HMAC-SHA256 Credential=x");

        if (req_begin(rpc) == WF_OK) {
            CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
        }

        CHECK_INT(rpc->err.code, WF_E_MISSING_HEADER);
        CHECK_STR(wf_error_arg(&rpc->err, 0),
                  wf_str_of(v3[0].headers[skip][0]));
        req_free(rpc);
    }

    rpc = req_create("GET", "", "");

    for (i = 0; i < 6; i++) {
        req_header(rpc, v3[0].headers[i][0], v3[0].headers[i][1]);
    }

    req_header(rpc, "authorization", "ACS3-HMAC-SHA256 Credential=x");
    CHECK_INT(req_begin(rpc), WF_OK);
    CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
    CHECK_INT(rpc->err.code, WF_E_MISSING_HEADER);
    CHECK_STR(wf_error_arg(&rpc->err, 0), wf_str("Authorization"));
    req_free(rpc);
}


/* One changed circumstance at a time. */
static wf_error_code_t
v1_with(rpc_keys_t *keys, int64_t now_ms, wf_error_t *err)
{
    rpc_t            *rpc;
    wf_error_code_t   code;
    char              place[4096];

    rpc = v1_request(&v1[5], v1[5].signature, place);
    rpc->request.now_ms = now_ms;
    CHECK_INT(req_begin(rpc), WF_OK);
    code = req_verify(rpc, keys) == WF_OK ? WF_E_NONE : rpc->err.code;
    *err = rpc->err;
    req_free(rpc);

    return code;
}


TEST(key_time_nonce)
{
    wf_error_t  err;
    rpc_keys_t  keys;

    rpc_keys_init(&keys, ID, SECRET);

    /* A token where none was issued, the wrong one, the right one. */
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_INVALID_KEY);
    CHECK_STR(wf_error_arg(&err, 0), wf_str(ID));
    keys.key.token = wf_str("CAIS+token/with=charz");
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_INVALID_KEY);
    keys.key.token = wf_str("CAIS+token/with=chars");
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_NONE);

    /* Again. */
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_NONCE_USED);
    keys.credentials.nonce_used = NULL;
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_NONE);

    CHECK_INT(v1_with(&keys, RPC_NOW_MS + 900000, &err), WF_E_NONE);
    CHECK_INT(v1_with(&keys, RPC_NOW_MS - 900000, &err), WF_E_NONE);
    CHECK_INT(v1_with(&keys, RPC_NOW_MS - 900001, &err), WF_E_TIME_SKEWED);
    CHECK_INT(v1_with(&keys, RPC_NOW_MS + 900001, &err), WF_E_TIME_SKEWED);
    CHECK_STR(wf_error_arg(&err, 0), wf_str(TIME));
    CHECK_STR(wf_error_arg(&err, 1), wf_str("2026-01-02T03:19:05.001Z"));

    keys.key.expires_ms = RPC_NOW_MS;
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_INVALID_KEY);
    keys.key.expires_ms = RPC_NOW_MS + 1;
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_NONE);

    keys.key.id = wf_str("other");
    CHECK_INT(v1_with(&keys, RPC_NOW_MS, &err), WF_E_INVALID_KEY);
}


/* A request that is no use must not use its nonce up. */
TEST(nonce_kept_for_the_genuine)
{
    rpc_t       *rpc;
    rpc_keys_t   keys;
    char         place[4096];

    rpc_keys_init(&keys, ID, SECRET);

    rpc = v1_request(&v1[0], "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", place);
    CHECK_INT(req_begin(rpc), WF_OK);
    CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
    CHECK_INT(rpc->err.code, WF_E_BAD_SIGNATURE);
    req_free(rpc);

    rpc = v1_request(&v1[0], v1[0].signature, place);
    CHECK_INT(req_begin(rpc), WF_OK);
    CHECK_INT(req_verify(rpc, &keys), WF_OK);
    req_free(rpc);
}


TEST(odd_claims)
{
    size_t       i;
    rpc_t       *rpc;
    rpc_keys_t   keys;
    char         query[2048];

    static const struct {
        const char       *query;
        wf_error_code_t   code;
    } cases[] = {
        { "&SignatureMethod=HMAC-SHA256&Timestamp=2026-01-02T03:04:05Z"
          "&SignatureVersion=1.0&SignatureNonce=n", WF_E_BAD_SIGNATURE },
        { "&SignatureMethod=HMAC-SHA1&Timestamp=2026-01-02T03:04:05Z"
          "&SignatureVersion=2.0&SignatureNonce=n", WF_E_BAD_SIGNATURE },
        { "&SignatureMethod=HMAC-SHA1&Timestamp=yesterday"
          "&SignatureVersion=1.0&SignatureNonce=n", WF_E_INVALID_ARGUMENT },
        { "&SignatureMethod=HMAC-SHA1&Timestamp=2026-01-02T03:04:05Z"
          "&SignatureVersion=1.0&SignatureNonce="
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123x",
          WF_E_INVALID_ARGUMENT },
        { "&BearerToken=b&SignatureType=BEARERTOKEN", WF_E_INVALID_KEY },
    };

    rpc_keys_init(&keys, ID, SECRET);

    for (i = 0; i < wf_countof(cases); i++) {
        sprintf(query, "Action=ListFlows&Version=2019-03-15&Signature=x"
                "&AccessKeyId=" ID "%s", cases[i].query);
        rpc = req_create("GET", query, "");
        CHECK_INT(req_begin(rpc), WF_OK);
        CHECK_INT(req_verify(rpc, &keys), WF_ERROR);
        CHECK_INT(rpc->err.code, cases[i].code);
        req_free(rpc);
    }
}


TEST(no_memory)
{
    bool         done;
    rpc_t       *rpc;
    uint64_t     count;
    rpc_keys_t   keys;
    char         place[4096];

    done = false;

    for (count = 1; !done; count++) {
        rpc_keys_init(&keys, ID, SECRET);
        rpc = v3_request(&v3[2], v3[2].signature, place);
        CHECK_INT(req_begin(rpc), WF_OK);

        wf_arena_fail_after(count);
        done = req_verify(rpc, &keys) == WF_OK;
        wf_arena_fail_after(0);

        CHECK(done || rpc->err.code == WF_E_INTERNAL);
        req_free(rpc);
    }

    CHECK(count > 2);

    do {
        rpc_keys_init(&keys, ID, SECRET);
        rpc = v1_request(&v1[1], v1[1].signature, place);
        CHECK_INT(req_begin(rpc), WF_OK);

        wf_arena_fail_after(--count);
        done = req_verify(rpc, &keys) == WF_OK;
        wf_arena_fail_after(0);

        CHECK(done || rpc->err.code == WF_E_INTERNAL);
        req_free(rpc);
    } while (count > 1);
}


UNIT_MAIN()
