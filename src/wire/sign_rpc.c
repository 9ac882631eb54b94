
/*
 * Who asks: CloudFlow's signatures V1 and V3 (cloudflow-api 1.4 to 1.7).
 * Recomputes what the client should have signed from the bytes that came and
 * compares in constant time.  Knows keys and nonces only through
 * wf_credentials_t; secrets never leave this file in any text.
 */

#include "wire/sign_rpc.h"

#include <stdlib.h>

#include "base/timefmt.h"


#define NONCE_LEN_MAX  128


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
refuse(wf_error_t *err, wf_error_code_t code, wf_str_t detail)
{
    wf_error_args(err, code, detail, wf_str_none);
    return WF_ERROR;
}


void
wf_sign_escape(wf_buf_t *buf, wf_str_t s)
{
    size_t   i, start;
    uint8_t  c;

    static const char  hex[] = "0123456789ABCDEF";

    if (s.len == 0) {
        return;
    }

    start = 0;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9')
            || c == '-' || c == '_' || c == '.' || c == '~')
        {
            continue;
        }

        wf_buf_append(buf, s.data + start, i - start);
        wf_buf_byte(buf, '%');
        wf_buf_byte(buf, (uint8_t) hex[c >> 4]);
        wf_buf_byte(buf, (uint8_t) hex[c & 15]);
        start = i + 1;
    }

    wf_buf_append(buf, s.data + start, s.len - start);
}


static int
param_cmp(const void *a, const void *b)
{
    int                rc;
    const wf_param_t  *x, *y;

    x = *(const wf_param_t *const *) a;
    y = *(const wf_param_t *const *) b;
    rc = wf_str_cmp(x->name, y->name);

    return rc ? rc : wf_str_cmp(x->value, y->value);
}


wf_rc_t
wf_sign_canonical(wf_buf_t *buf, const wf_params_t *params, bool query_only,
    wf_str_t except)
{
    uint32_t            i, count;
    const wf_param_t  **sorted;

    sorted = wf_arena_alloc(buf->arena, params->count * sizeof(*sorted));

    if (sorted == NULL) {
        buf->failed = true;
        return WF_ERROR;
    }

    count = 0;

    for (i = 0; i < params->count; i++) {

        if ((query_only && params->items[i].in_body)
            || (except.len > 0 && wf_str_eq(params->items[i].name, except)))
        {
            continue;
        }

        sorted[count++] = &params->items[i];
    }

    qsort(sorted, count, sizeof(*sorted), param_cmp);

    for (i = 0; i < count; i++) {

        if (i > 0) {
            wf_buf_byte(buf, '&');
        }

        wf_sign_escape(buf, sorted[i]->name);
        wf_buf_byte(buf, '=');
        wf_sign_escape(buf, sorted[i]->value);
    }

    return buf->failed ? WF_ERROR : WF_OK;
}


void
wf_sign_v1_text(wf_buf_t *buf, wf_str_t method, wf_str_t canonical)
{
    wf_buf_str(buf, method);
    wf_buf_text(buf, "&%2F&");
    wf_sign_escape(buf, canonical);
}


void
wf_sign_v1(wf_buf_t *buf, wf_str_t secret, wf_str_t text)
{
    size_t    len;
    uint8_t   mac[WF_DIGEST_LEN_MAX];
    wf_buf_t  key;

    wf_buf_init(&key, buf->arena, secret.len + 1);
    wf_buf_str(&key, secret);
    wf_buf_byte(&key, '&');

    len = key.failed ? 0 : wf_hmac(WF_SHA1, wf_buf_done(&key), text, mac);

    if (len == 0) {
        buf->failed = true;
        return;
    }

    wf_base64_print(buf, (wf_str_t) { len, mac });
}


static wf_str_t
trim(wf_str_t s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }

    while (s.len > 0
           && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    {
        s.len--;
    }

    return s;
}


/* What stands before the mark; *rest is what follows it. */
static wf_str_t
cut(wf_str_t s, char mark, wf_str_t *rest)
{
    size_t  len;

    for (len = 0; len < s.len && s.data[len] != (uint8_t) mark; len++) {
        /* void */
    }

    *rest = wf_str_none;

    if (len < s.len) {
        *rest = (wf_str_t) { s.len - len - 1, s.data + len + 1 };
    }

    return (wf_str_t) { len, s.data };
}


void
wf_sign_v3_parse(wf_str_t header, wf_sign_v3_t *parts)
{
    wf_str_t  field, name, value, rest;

    memset(parts, 0, sizeof(wf_sign_v3_t));

    parts->algorithm = cut(trim(header), ' ', &rest);

    while (rest.len > 0) {
        field = trim(cut(rest, ',', &rest));
        name = cut(field, '=', &value);

        if (wf_str_eq(name, wf_str("Credential"))) {
            parts->key_id = value;

        } else if (wf_str_eq(name, wf_str("SignedHeaders"))) {
            parts->signed_headers = value;

        } else if (wf_str_eq(name, wf_str("Signature"))) {
            parts->signature = value;
        }
    }
}


wf_rc_t
wf_sign_v3_algorithm(wf_str_t name, wf_digest_t *digest)
{
    if (wf_str_eq(name, wf_str("ACS3-HMAC-SHA256"))) {
        *digest = WF_SHA256;
        return WF_OK;
    }

    if (wf_str_eq(name, wf_str("ACS3-HMAC-SM3"))) {
        *digest = WF_SM3;
        return WF_OK;
    }

    return WF_DECLINED;
}


void
wf_sign_hash(wf_buf_t *buf, wf_digest_t digest, wf_str_t data)
{
    size_t   len;
    uint8_t  hash[WF_DIGEST_LEN_MAX];

    len = wf_digest(digest, data, hash);

    if (len == 0) {
        buf->failed = true;
        return;
    }

    wf_hex_print(buf, (wf_str_t) { len, hash });
}


wf_rc_t
wf_sign_v3_request(wf_buf_t *buf, const wf_message_t *message,
    wf_str_t signed_headers, wf_str_t payload_hash)
{
    wf_str_t               name, value, rest;
    const wf_rpc_state_t  *state;

    state = message->state;

    wf_buf_str(buf, message->request->method);
    wf_buf_text(buf, "\n/\n");

    if (wf_sign_canonical(buf, &state->params, true, wf_str_none) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_byte(buf, '\n');

    for (rest = signed_headers; rest.len > 0; ) {
        name = cut(rest, ';', &rest);
        value = wf_rpc_header(message, name);

        if (value.data == NULL) {
            return WF_DECLINED;
        }

        wf_buf_str(buf, name);
        wf_buf_byte(buf, ':');
        wf_buf_str(buf, trim(value));
        wf_buf_byte(buf, '\n');
    }

    wf_buf_byte(buf, '\n');
    wf_buf_str(buf, signed_headers);
    wf_buf_byte(buf, '\n');
    wf_buf_str(buf, payload_hash);

    return buf->failed ? WF_ERROR : WF_OK;
}


void
wf_sign_v3_text(wf_buf_t *buf, wf_str_t algorithm, wf_digest_t digest,
    wf_str_t canonical_request)
{
    wf_buf_str(buf, algorithm);
    wf_buf_byte(buf, '\n');
    wf_sign_hash(buf, digest, canonical_request);
}


void
wf_sign_v3(wf_buf_t *buf, wf_digest_t digest, wf_str_t secret, wf_str_t text)
{
    size_t   len;
    uint8_t  mac[WF_DIGEST_LEN_MAX];

    len = wf_hmac(digest, secret, text, mac);

    if (len == 0) {
        buf->failed = true;
        return;
    }

    wf_hex_print(buf, (wf_str_t) { len, mac });
}


/* What both layouts say of themselves, wherever it stood. */
typedef struct {
    wf_str_t   key_id;
    wf_str_t   token;
    wf_str_t   time;
    wf_str_t   nonce;
    wf_str_t   time_name;       /* for messages */
    wf_str_t   nonce_name;
} claims_t;


/* cloudflow-api 1.4, "required parameters". */
static wf_rc_t
claims_v1(wf_message_t *message, claims_t *claims, wf_error_t *err)
{
    size_t              i;
    const wf_params_t  *params;

    static const wf_str_t  required[] = {
        wf_str_init("Action"),
        wf_str_init("Version"),
        wf_str_init("AccessKeyId"),
        wf_str_init("Signature"),
        wf_str_init("SignatureMethod"),
        wf_str_init("SignatureVersion"),
        wf_str_init("SignatureNonce"),
        wf_str_init("Timestamp"),
    };

    params = &((wf_rpc_state_t *) message->state)->params;

    /* 1.6: no secret of ours signs a bearer's request. */
    if (wf_params_value(params, wf_str("BearerToken")).len > 0
        || wf_rpc_header(message, wf_str("x-acs-bearer-token")).len > 0)
    {
        return refuse(err, WF_E_INVALID_KEY,
                      wf_params_value(params, wf_str("AccessKeyId")));
    }

    for (i = 0; i < wf_countof(required); i++) {

        if (wf_params_value(params, required[i]).len == 0) {
            return refuse(err, WF_E_MISSING_PARAM, required[i]);
        }
    }

    *claims = (claims_t) {
        .key_id = wf_params_value(params, wf_str("AccessKeyId")),
        .token = wf_params_value(params, wf_str("SecurityToken")),
        .time = wf_params_value(params, wf_str("Timestamp")),
        .nonce = wf_params_value(params, wf_str("SignatureNonce")),
        .time_name = wf_str("Timestamp"),
        .nonce_name = wf_str("SignatureNonce"),
    };

    return WF_OK;
}


/* The list that 1.5 demands, for presence and in SignedHeaders. */
static const wf_str_t  signed_always[] = {
    wf_str_init("host"),
    wf_str_init("x-acs-action"),
    wf_str_init("x-acs-version"),
    wf_str_init("x-acs-date"),
    wf_str_init("x-acs-signature-nonce"),
    wf_str_init("x-acs-content-sha256"),
};


static wf_rc_t
claims_v3(wf_message_t *message, claims_t *claims, wf_error_t *err)
{
    size_t        i;
    wf_sign_v3_t  parts;

    wf_sign_v3_parse(wf_rpc_header(message, wf_str("authorization")), &parts);

    if (wf_rpc_header(message, wf_str("x-acs-bearer-token")).len > 0) {
        return refuse(err, WF_E_INVALID_KEY, parts.key_id);
    }

    for (i = 0; i < wf_countof(signed_always); i++) {

        if (wf_rpc_header(message, signed_always[i]).len == 0) {
            return refuse(err, WF_E_MISSING_HEADER, signed_always[i]);
        }
    }

    if (parts.key_id.len == 0 || parts.signed_headers.len == 0
        || parts.signature.len == 0)
    {
        return refuse(err, WF_E_MISSING_HEADER, wf_str("Authorization"));
    }

    *claims = (claims_t) {
        .key_id = parts.key_id,
        .token = wf_rpc_header(message, wf_str("x-acs-security-token")),
        .time = wf_rpc_header(message, wf_str("x-acs-date")),
        .nonce = wf_rpc_header(message, wf_str("x-acs-signature-nonce")),
        .time_name = wf_str("x-acs-date"),
        .nonce_name = wf_str("x-acs-signature-nonce"),
    };

    return WF_OK;
}


/* cloudflow-api 1.6: the token must be the one issued with the key. */
static const wf_key_t *
check_key(const wf_message_t *message, const wf_credentials_t *credentials,
    const claims_t *claims, wf_error_t *err)
{
    const wf_key_t  *key;

    key = credentials->find(credentials->data, claims->key_id);

    if (key == NULL
        || (key->expires_ms != 0
            && key->expires_ms <= message->request->now_ms)
        || !wf_secret_eq(key->token, claims->token))
    {
        wf_error_args(err, WF_E_INVALID_KEY, claims->key_id, wf_str_none);
        return NULL;
    }

    return key;
}


/* cloudflow-api 1.7 */
static wf_rc_t
check_time(const wf_message_t *message, const wf_credentials_t *credentials,
    const claims_t *claims, wf_error_t *err)
{
    int64_t   time_ms, now_ms;
    wf_buf_t  now;

    now_ms = message->request->now_ms;

    if (wf_time_parse(claims->time, &time_ms) != WF_OK) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "%.*s must have the form YYYY-MM-DDThh:mm:ssZ.",
                     (int) claims->time_name.len,
                     (const char *) claims->time_name.data);
        return WF_ERROR;
    }

    if (time_ms >= now_ms - credentials->skew_ms
        && time_ms <= now_ms + credentials->skew_ms)
    {
        return WF_OK;
    }

    wf_buf_init(&now, message->scratch, WF_TIME_LEN);
    wf_time_print(&now, now_ms);

    if (now.failed) {
        return no_memory(err);
    }

    wf_error_args(err, WF_E_TIME_SKEWED, claims->time, wf_buf_done(&now));

    return WF_ERROR;
}


static wf_rc_t
bad_signature(wf_error_t *err)
{
    return refuse(err, WF_E_BAD_SIGNATURE, wf_str_none);
}


static wf_rc_t
check_v1(const wf_message_t *message, const wf_key_t *key, wf_error_t *err)
{
    wf_buf_t               canonical, text, signature;
    const wf_params_t     *params;
    const wf_rpc_state_t  *state;

    state = message->state;
    params = &state->params;

    if (!wf_str_eq(wf_params_value(params, wf_str("SignatureMethod")),
                   wf_str("HMAC-SHA1"))
        || !wf_str_eq(wf_params_value(params, wf_str("SignatureVersion")),
                      wf_str("1.0")))
    {
        return bad_signature(err);
    }

    wf_buf_init(&canonical, message->scratch, params->byte_count * 2);
    wf_buf_init(&text, message->scratch, params->byte_count * 3);
    wf_buf_init(&signature, message->scratch, 32);

    if (wf_sign_canonical(&canonical, params, false, wf_str("Signature"))
        != WF_OK)
    {
        return no_memory(err);
    }

    wf_sign_v1_text(&text, message->request->method, wf_buf_done(&canonical));

    if (text.failed) {
        return no_memory(err);
    }

    wf_sign_v1(&signature, key->secret, wf_buf_done(&text));

    if (signature.failed) {
        return no_memory(err);
    }

    if (!wf_secret_eq(wf_buf_done(&signature),
                      wf_params_value(params, wf_str("Signature"))))
    {
        return bad_signature(err);
    }

    return WF_OK;
}


static bool
is_listed(wf_str_t list, wf_str_t name)
{
    while (list.len > 0) {

        if (wf_str_eq(cut(list, ';', &list), name)) {
            return true;
        }
    }

    return false;
}


/* The signed list and the body's hash, before anything is computed from
 * them.  WF_DECLINED: refused. */
static wf_rc_t
check_v3_form(const wf_message_t *message, const wf_sign_v3_t *parts,
    wf_digest_t digest, wf_str_t *payload_hash)
{
    size_t    i;
    wf_buf_t  hash;

    for (i = 0; i < wf_countof(signed_always); i++) {

        if (!is_listed(parts->signed_headers, signed_always[i])) {
            return WF_DECLINED;
        }
    }

    wf_buf_init(&hash, message->scratch, 64);
    wf_sign_hash(&hash, digest, message->request->body);

    if (hash.failed) {
        return WF_ERROR;
    }

    *payload_hash = wf_buf_done(&hash);

    return wf_secret_eq(*payload_hash,
                        wf_rpc_header(message, wf_str("x-acs-content-sha256")))
           ? WF_OK : WF_DECLINED;
}


static wf_rc_t
check_v3(const wf_message_t *message, const wf_key_t *key, wf_error_t *err)
{
    wf_rc_t       rc;
    wf_buf_t      request, text, signature;
    wf_str_t      payload_hash;
    wf_digest_t   digest;
    wf_sign_v3_t  parts;

    wf_sign_v3_parse(wf_rpc_header(message, wf_str("authorization")), &parts);

    if (wf_sign_v3_algorithm(parts.algorithm, &digest) != WF_OK) {
        return bad_signature(err);
    }

    wf_buf_init(&request, message->scratch, 1024);
    wf_buf_init(&text, message->scratch, 128);
    wf_buf_init(&signature, message->scratch, 64);

    rc = check_v3_form(message, &parts, digest, &payload_hash);

    if (rc == WF_OK) {
        rc = wf_sign_v3_request(&request, message, parts.signed_headers,
                                payload_hash);
    }

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? bad_signature(err) : no_memory(err);
    }

    wf_sign_v3_text(&text, parts.algorithm, digest, wf_buf_done(&request));

    if (text.failed) {
        return no_memory(err);
    }

    wf_sign_v3(&signature, digest, key->secret, wf_buf_done(&text));

    if (signature.failed) {
        return no_memory(err);
    }

    if (!wf_secret_eq(wf_buf_done(&signature), parts.signature)) {
        return bad_signature(err);
    }

    return WF_OK;
}


/* Last of all: only a request that is genuine uses its nonce up. */
static wf_rc_t
check_nonce(const wf_message_t *message, const wf_credentials_t *credentials,
    const claims_t *claims, wf_error_t *err)
{
    if (credentials->nonce_used
        && credentials->nonce_used(credentials->data, claims->key_id,
                                   claims->nonce, message->request->now_ms))
    {
        return refuse(err, WF_E_NONCE_USED, wf_str_none);
    }

    return WF_OK;
}


static wf_rc_t
check_signature(wf_message_t *message, const wf_key_t *key, wf_error_t *err)
{
    const wf_rpc_state_t  *state;

    state = message->state;

    return state->is_v3 ? check_v3(message, key, err)
                        : check_v1(message, key, err);
}


/* cloudflow-api 1.12, steps 3 and 6 to 9. */
wf_rc_t
wf_rpc_verify(wf_message_t *message, const wf_credentials_t *credentials,
    wf_error_t *err)
{
    bool             is_v3;
    claims_t         claims;
    wf_str_t         key_id;
    const wf_key_t  *key;

    is_v3 = ((wf_rpc_state_t *) message->state)->is_v3;

    if ((is_v3 ? claims_v3 : claims_v1)(message, &claims, err) != WF_OK) {
        return WF_ERROR;
    }

    if (claims.nonce.len > NONCE_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "%.*s must be at most %d characters long.",
                     (int) claims.nonce_name.len,
                     (const char *) claims.nonce_name.data, NONCE_LEN_MAX);
        return WF_ERROR;
    }

    key = check_key(message, credentials, &claims, err);

    if (key == NULL
        || check_time(message, credentials, &claims, err) != WF_OK
        || check_signature(message, key, err) != WF_OK
        || check_nonce(message, credentials, &claims, err) != WF_OK)
    {
        return WF_ERROR;
    }

    key_id = wf_arena_copy(message->arena, claims.key_id);

    if (key_id.data == NULL) {
        return no_memory(err);
    }

    message->key_id = key_id;
    message->policy = key->policy;

    return WF_OK;
}
