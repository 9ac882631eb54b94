
/*
 * Who asks: Amazon's Signature Version 4.  Makes from the bytes that came what
 * the client should have signed and compares in constant time.  Knows keys
 * only through wf_credentials_t; secrets never leave this file in any text.
 */

#include "wire/sigv4.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/timefmt.h"
#include "wire/aws.h"
#include "wire/rpc.h"
#include "wire/sign_rpc.h"


#define ALGORITHM        "AWS4-HMAC-SHA256"
#define TERMINATOR       "aws4_request"
#define SIGNED_MAX       64         /* headers */
#define QUERY_MAX        64         /* parameters */
#define DATE_LEN         (sizeof("20150830T123600Z") - 1)
#define DAY_LEN          (sizeof("20150830") - 1)

typedef struct {
    wf_str_t   name;
    wf_str_t   value;
} pair_t;


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
refuse(wf_error_t *err, wf_error_code_t code)
{
    wf_error_args(err, code, wf_str_none, wf_str_none);
    return WF_ERROR;
}


/*
 * The header
 */

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


/* Up to the next byte of those; the rest moves behind it. */
static wf_str_t
take(wf_str_t *rest, const char *stops)
{
    size_t    i;
    wf_str_t  part;

    for (i = 0; i < rest->len; i++) {

        if (rest->data[i] != '\0' && strchr(stops, rest->data[i])) {
            break;
        }
    }

    part = (wf_str_t) { i, rest->data };
    i += i < rest->len;

    if (i > 0) {
        *rest = (wf_str_t) { rest->len - i, rest->data + i };
    }

    return part;
}


static void
scope_parse(wf_sigv4_t *sign, wf_str_t credential)
{
    size_t    i;
    wf_str_t  rest;

    /* The last four; a key's id may hold anything before them. */

    sign->part_count = 1;

    for (i = 0; i < credential.len; i++) {
        sign->part_count += credential.data[i] == '/';
    }

    if (sign->part_count < 5) {
        return;
    }

    rest = credential;

    for (i = 0; i < sign->part_count - 4; i++) {
        (void) take(&rest, "/");
    }

    sign->key_id = (wf_str_t) { credential.len - rest.len - 1,
                                credential.data };
    sign->scope = rest;
    sign->day = take(&rest, "/");
    sign->region = take(&rest, "/");
    sign->service = take(&rest, "/");
    sign->terminator = rest;
}


bool
wf_sigv4_parse(wf_str_t header, wf_sigv4_t *sign)
{
    wf_str_t  rest, name, value;

    memset(sign, 0, sizeof(wf_sigv4_t));
    rest = trim(header);

    if (!wf_str_eq(take(&rest, " "), wf_str(ALGORITHM))) {
        return false;
    }

    while (rest.len > 0) {
        value = trim(take(&rest, ", "));
        name = take(&value, "=");

        if (wf_str_eq(name, wf_str("Credential"))) {
            sign->credential = value;
            scope_parse(sign, value);

        } else if (wf_str_eq(name, wf_str("SignedHeaders"))) {
            sign->signed_headers = value;

        } else if (wf_str_eq(name, wf_str("Signature"))) {
            sign->signature = value;
        }
    }

    return true;
}


wf_str_t
wf_aws_scope_region(const wf_message_t *message)
{
    wf_sigv4_t  sign;

    return wf_sigv4_parse(wf_rpc_header(message, wf_str("authorization")),
                          &sign)
           ? sign.region : wf_str_none;
}


/*
 * The canonical request
 */

static int
pair_order(const void *a, const void *b)
{
    int            rc;
    const pair_t  *first, *second;

    first = a;
    second = b;
    rc = wf_str_cmp(first->name, second->name);

    return rc ? rc : wf_str_cmp(first->value, second->value);
}


static unsigned
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
}


/* What the client had before it wrote it into the query, written anew. */
static wf_str_t
query_escape(wf_arena_t *arena, wf_str_t raw, bool *failed)
{
    size_t    i;
    wf_buf_t  plain, out;

    wf_buf_init(&plain, arena, raw.len);
    wf_buf_init(&out, arena, 2 * raw.len);

    for (i = 0; i < raw.len; i++) {

        if (raw.data[i] == '%' && raw.len - i > 2
            && hex_digit(raw.data[i + 1]) < 16
            && hex_digit(raw.data[i + 2]) < 16)
        {
            wf_buf_byte(&plain, (uint8_t) (hex_digit(raw.data[i + 1]) << 4
                                           | hex_digit(raw.data[i + 2])));
            i += 2;
            continue;
        }

        wf_buf_byte(&plain, raw.data[i]);
    }

    wf_sign_escape(&out, wf_buf_done(&plain));
    *failed |= plain.failed || out.failed;

    return wf_buf_done(&out);
}


static bool
query_print(wf_buf_t *buf, wf_arena_t *arena, wf_str_t query)
{
    bool      failed;
    size_t    i, count;
    pair_t    pairs[QUERY_MAX];
    wf_str_t  part;

    failed = false;

    for (count = 0; query.len > 0; ) {
        part = take(&query, "&");

        if (part.len == 0) {
            continue;
        }

        if (count == QUERY_MAX) {
            return false;
        }

        pairs[count].name = query_escape(arena, take(&part, "="), &failed);
        pairs[count].value = query_escape(arena, part, &failed);
        count++;
    }

    qsort(pairs, count, sizeof(pair_t), pair_order);

    for (i = 0; i < count; i++) {
        wf_buf_str(buf, i ? wf_str("&") : wf_str(""));
        wf_buf_str(buf, pairs[i].name);
        wf_buf_byte(buf, '=');
        wf_buf_str(buf, pairs[i].value);
    }

    buf->failed |= failed;

    return true;
}


/* The path, normal and escaped (once more than it came). */
static void
path_print(wf_buf_t *buf, wf_str_t path)
{
    size_t    base;
    wf_str_t  part;

    base = buf->len;
    path.data += path.len > 0;
    path.len -= path.len > 0;

    for ( ;; ) {
        part = take(&path, "/");

        if (wf_str_eq(part, wf_str(".."))) {

            while (buf->len > base && buf->data[--buf->len] != '/') {
                /* void */
            }

        } else if (part.len > 0 && !wf_str_eq(part, wf_str("."))) {
            wf_buf_byte(buf, '/');
            wf_sign_escape(buf, part);
        }

        if (path.len == 0) {
            break;
        }
    }

    /* It ended with a slash, or is nothing else. */
    if (buf->len == base || path.data[-1] == '/') {
        wf_buf_byte(buf, '/');
    }
}


/* Blanks inside become one. */
static void
value_print(wf_buf_t *buf, wf_str_t value)
{
    size_t  i;

    value = trim(value);

    for (i = 0; i < value.len; i++) {

        if (value.data[i] != ' ' || value.data[i - 1] != ' ') {
            wf_buf_byte(buf, value.data[i]);
        }
    }
}


static void
header_print(wf_buf_t *buf, const wf_request_t *request, wf_str_t name)
{
    bool      again;
    uint32_t  i;

    again = false;
    wf_buf_str(buf, name);
    wf_buf_byte(buf, ':');

    for (i = 0; i < request->header_count; i++) {

        if (wf_str_eq(request->headers[i].name, name)) {
            wf_buf_str(buf, again ? wf_str(",") : wf_str(""));
            value_print(buf, request->headers[i].value);
            again = true;
        }
    }

    wf_buf_byte(buf, '\n');
}


void
wf_sigv4_hash(wf_buf_t *buf, wf_str_t data)
{
    size_t   len;
    uint8_t  sum[WF_DIGEST_LEN_MAX];

    len = wf_digest(WF_SHA256, data, sum);
    buf->failed |= len == 0;
    wf_hex_print(buf, (wf_str_t) { len, sum });
}


bool
wf_sigv4_request(wf_buf_t *buf, const wf_message_t *message,
    const wf_sigv4_t *sign)
{
    unsigned             count;
    wf_str_t             rest;
    const wf_request_t  *request;

    request = message->request;
    wf_buf_str(buf, request->method);
    wf_buf_byte(buf, '\n');

    if (sign->is_path_plain) {
        wf_buf_str(buf, request->path);

    } else {
        path_print(buf, request->path);
    }

    wf_buf_byte(buf, '\n');

    if (!query_print(buf, message->scratch, request->query)) {
        return false;
    }

    wf_buf_byte(buf, '\n');
    rest = sign->signed_headers;

    for (count = 0; rest.len > 0; count++) {

        if (count == SIGNED_MAX) {
            return false;
        }

        header_print(buf, request, take(&rest, ";"));
    }

    wf_buf_byte(buf, '\n');
    wf_buf_str(buf, sign->signed_headers);
    wf_buf_byte(buf, '\n');
    wf_sigv4_hash(buf, request->body);

    return true;
}


/* Hexadecimal. */
void
wf_sigv4_sign(wf_buf_t *buf, wf_str_t secret, const wf_sigv4_t *sign,
    wf_str_t text)
{
    size_t     i, len;
    uint8_t    sum[WF_DIGEST_LEN_MAX], next[WF_DIGEST_LEN_MAX];
    wf_buf_t   first;
    wf_str_t   key;
    wf_str_t   steps[5];

    steps[0] = sign->day;
    steps[1] = sign->region;
    steps[2] = sign->service;
    steps[3] = sign->terminator;
    steps[4] = text;

    wf_buf_init(&first, buf->arena, secret.len + 4);
    wf_buf_text(&first, "AWS4");
    wf_buf_str(&first, secret);
    key = wf_buf_done(&first);

    for (i = 0; i < wf_countof(steps); i++) {
        len = wf_hmac(WF_SHA256, key, steps[i], next);
        buf->failed |= len == 0;
        memcpy(sum, next, len);
        key = (wf_str_t) { len, sum };
    }

    buf->failed |= first.failed;
    wf_hex_print(buf, key);
}


void
wf_sigv4_seal(wf_buf_t *buf, wf_str_t secret, const wf_sigv4_t *sign,
    wf_str_t date, wf_str_t request)
{
    wf_buf_t  text;

    wf_buf_init(&text, buf->arena, 256);
    wf_buf_text(&text, ALGORITHM "\n");
    wf_buf_str(&text, date);
    wf_buf_byte(&text, '\n');
    wf_buf_str(&text, sign->scope);
    wf_buf_byte(&text, '\n');
    wf_sigv4_hash(&text, request);
    wf_sigv4_sign(buf, secret, sign, wf_buf_done(&text));
    buf->failed |= text.failed;
}


/*
 * What must be there
 */

static bool
is_signed(wf_str_t signed_headers, wf_str_t name)
{
    while (signed_headers.len > 0) {

        if (wf_str_eq(take(&signed_headers, ";"), name)) {
            return true;
        }
    }

    return false;
}


static wf_rc_t
check_complete(const wf_message_t *message, const wf_sigv4_t *sign,
    wf_str_t date, wf_error_t *err)
{
    if (sign->credential.len == 0 || sign->signature.len == 0
        || sign->signed_headers.len == 0 || date.len == 0)
    {
        wf_error_set(err, WF_E_INCOMPLETE_SIGNATURE, "%s%s%s%sAuthorization="
                     ALGORITHM,
                     sign->credential.len ? "" : "Authorization header "
                         "requires 'Credential' parameter. ",
                     sign->signature.len ? "" : "Authorization header "
                         "requires 'Signature' parameter. ",
                     sign->signed_headers.len ? "" : "Authorization header "
                         "requires 'SignedHeaders' parameter. ",
                     date.len ? "" : "Authorization header requires existence "
                         "of either a 'X-Amz-Date' or a 'Date' header. ");
        return WF_ERROR;
    }

    if (sign->part_count < 5) {
        wf_error_set(err, WF_E_INCOMPLETE_SIGNATURE, "Credential must have "
                     "exactly 5 slash-delimited elements, e.g. "
                     "keyid/date/region/service/term, got '%.*s'",
                     (int) wf_min(sign->credential.len, 256),
                     (const char *) sign->credential.data);
        return WF_ERROR;
    }

    if (!is_signed(sign->signed_headers, wf_str("host"))) {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "'Host' or ':authority' "
                     "must be a 'SignedHeader' in the AWS Authorization.");
        return WF_ERROR;
    }

    /* Else it could be sent again as another request. */

    if (!is_signed(sign->signed_headers, wf_str("x-amz-target"))
        && wf_rpc_header(message, wf_str("x-amz-target")).len > 0)
    {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "'X-Amz-Target' must be a "
                     "'SignedHeader' in the AWS Authorization.");
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
check_scope(const wf_sigv4_t *sign, wf_str_t service, wf_str_t date,
    wf_error_t *err)
{
    if (!wf_str_eq(sign->service, service)) {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "Credential should be "
                     "scoped to correct service: '%.*s'. ",
                     (int) service.len, (const char *) service.data);
        return WF_ERROR;
    }

    if (!wf_str_eq(sign->terminator, wf_str(TERMINATOR))) {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "Credential should be "
                     "scoped with a valid terminator: 'aws4_request', not "
                     "'%.*s'. ", (int) wf_min(sign->terminator.len, 64),
                     (const char *) sign->terminator.data);
        return WF_ERROR;
    }

    if (sign->region.len == 0) {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "Credential should be "
                     "scoped to a valid region. ");
        return WF_ERROR;
    }

    if (sign->day.len != DAY_LEN || !wf_str_starts(date, sign->day)) {
        wf_error_set(err, WF_E_SIGNATURE_REFUSED, "Date in Credential scope "
                     "does not match YYYYMMDD from ISO-8601 version of date "
                     "from HTTP: '%.*s' != '%.*s', from '%.*s'.",
                     (int) wf_min(sign->day.len, 64),
                     (const char *) sign->day.data,
                     (int) wf_min(date.len, DAY_LEN),
                     (const char *) date.data, (int) wf_min(date.len, 64),
                     (const char *) date.data);
        return WF_ERROR;
    }

    return WF_OK;
}


/*
 * Time
 */

/* "20150830T123600Z" as the form that is read elsewhere. */
static wf_rc_t
date_parse(wf_str_t date, int64_t *ms)
{
    size_t    i, out;
    uint8_t   text[sizeof("2015-08-30T12:36:00Z")];

    static const char  form[] = "dddd-dd-ddTdd:dd:ddZ";

    if (date.len != DATE_LEN) {
        return WF_ERROR;
    }

    for (i = 0, out = 0; form[out] != '\0'; out++) {
        text[out] = (uint8_t) form[out];

        if (form[out] == 'd' || form[out] == 'T' || form[out] == 'Z') {
            text[out] = date.data[i++];
        }
    }

    return wf_time_parse((wf_str_t) { out, text }, ms);
}


/* The other way round. */
wf_str_t
wf_sigv4_date(wf_arena_t *arena, int64_t ms)
{
    size_t    i;
    wf_buf_t  text, out;

    wf_buf_init(&text, arena, WF_TIME_LEN);
    wf_buf_init(&out, arena, WF_TIME_LEN);
    wf_time_print(&text, ms);

    for (i = 0; i < text.len && text.data[i] != '.'; i++) {

        if (text.data[i] != '-' && text.data[i] != ':') {
            wf_buf_byte(&out, text.data[i]);
        }
    }

    wf_buf_byte(&out, 'Z');

    return wf_buf_done(&out);
}


static wf_rc_t
check_time(const wf_message_t *message, wf_str_t date, int64_t skew_ms,
    wf_error_t *err)
{
    bool         is_late;
    int64_t      ms, now_ms;
    wf_str_t     now, limit;
    const char  *format;

    now_ms = message->request->now_ms;

    if (date_parse(date, &ms) != WF_OK) {
        wf_error_set(err, WF_E_INCOMPLETE_SIGNATURE, "Date must be in "
                     "ISO-8601 'basic format'. Got '%.*s'. See "
                     "http://en.wikipedia.org/wiki/ISO_8601",
                     (int) wf_min(date.len, 64), (const char *) date.data);
        return WF_ERROR;
    }

    if (ms >= now_ms - skew_ms && ms <= now_ms + skew_ms) {
        return WF_OK;
    }

    is_late = ms < now_ms;
    now = wf_sigv4_date(message->scratch, now_ms);
    limit = wf_sigv4_date(message->scratch,
                          is_late ? now_ms - skew_ms : now_ms + skew_ms);
    format = is_late ? "Signature expired: %.*s is now earlier than %.*s "
                       "(%.*s - %lld min.)"
                     : "Signature not yet current: %.*s is still later than "
                       "%.*s (%.*s + %lld min.)";

    wf_error_set(err, WF_E_SIGNATURE_REFUSED, format, (int) date.len,
                 (const char *) date.data, (int) limit.len,
                 (const char *) limit.data, (int) now.len,
                 (const char *) now.data, (long long) skew_ms / 60000);

    return WF_ERROR;
}


/*
 * The key
 */

static wf_rc_t
check_key(const wf_message_t *message, const wf_key_t *key, wf_error_t *err)
{
    wf_str_t  token;

    token = wf_rpc_header(message, wf_str("x-amz-security-token"));

    if (key == NULL || !wf_secret_eq(token, key->token)) {
        return refuse(err, WF_E_INVALID_KEY);
    }

    if (key->expires_ms != 0 && message->request->now_ms >= key->expires_ms) {
        return refuse(err, WF_E_KEY_EXPIRED);
    }

    return WF_OK;
}


static wf_rc_t
check_signature(const wf_message_t *message, const wf_sigv4_t *sign,
    wf_str_t secret, wf_str_t date, wf_error_t *err)
{
    wf_buf_t  request, signature;

    wf_buf_init(&request, message->scratch, 1024);
    wf_buf_init(&signature, message->scratch, 2 * WF_DIGEST_LEN_MAX);

    if (!wf_sigv4_request(&request, message, sign)) {
        return refuse(err, WF_E_BAD_SIGNATURE);
    }

    wf_sigv4_seal(&signature, secret, sign, date, wf_buf_done(&request));

    if (request.failed || signature.failed) {
        return no_memory(err);
    }

    return wf_secret_eq(sign->signature, wf_buf_done(&signature))
           ? WF_OK : refuse(err, WF_E_BAD_SIGNATURE);
}


wf_rc_t
wf_aws_verify(wf_message_t *message, const wf_credentials_t *credentials,
    wf_error_t *err)
{
    wf_str_t               header, date;
    wf_sigv4_t             sign;
    const wf_key_t        *key;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    header = wf_rpc_header(message, wf_str("authorization"));

    if (header.len == 0) {
        return refuse(err, WF_E_MISSING_SIGNATURE);
    }

    if (!wf_sigv4_parse(header, &sign)) {
        header = take(&header, " ");
        wf_error_set(err, WF_E_INCOMPLETE_SIGNATURE, "Unsupported AWS "
                     "'algorithm': '%.*s'. ", (int) wf_min(header.len, 64),
                     (const char *) header.data);
        return WF_ERROR;
    }

    date = wf_rpc_header(message, wf_str("x-amz-date"));

    if (date.len == 0) {
        date = wf_rpc_header(message, wf_str("date"));
    }

    if (check_complete(message, &sign, date, err) != WF_OK
        || check_scope(&sign, state->service->signing_name, date, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    message->key_id = wf_arena_copy(message->arena, sign.key_id);

    if (message->key_id.data == NULL) {
        return no_memory(err);
    }

    key = credentials->find(credentials->data, sign.key_id);

    if (check_key(message, key, err) != WF_OK
        || check_time(message, date, credentials->skew_ms, err) != WF_OK
        || check_signature(message, &sign, key->secret, date, err) != WF_OK)
    {
        return WF_ERROR;
    }

    message->policy = key->policy;

    return WF_OK;
}
