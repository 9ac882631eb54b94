
/*
 * Signature Version 4 for requests that leave: which headers are signed, what
 * they say.  How a signature is made is sigv4.c's; the secret goes nowhere but
 * there.
 */

#include "wire/sigv4_out.h"

#include <stdlib.h>

#include "wire/sigv4.h"


#define ADDED_HEADERS   4       /* of the request */
#define OTHER_SERVICE   "execute-api"   /* APIs that are no service's */


/* What is made along the way. */
typedef struct {
    wf_arena_t            *arena;
    const wf_signer_t     *signer;
    wf_service_request_t  *request;
    wf_sigv4_t             scope;
    wf_str_t               date;
    wf_header_t           *headers;     /* sorted; those that are signed */
    uint32_t               count;
    bool                   failed;
} out_t;


static int
header_order(const void *one, const void *two)
{
    const wf_header_t  *a, *b;

    a = one;
    b = two;

    return wf_str_cmp(a->name, b->name);
}


static wf_str_t
done(out_t *out, wf_buf_t *buf)
{
    out->failed |= buf->failed;

    return wf_buf_done(buf);
}


/* "dynamodb.eu-west-1.amazonaws.com" */
static void
host_set(out_t *out)
{
    wf_buf_t               host;
    wf_service_request_t  *request;

    request = out->request;

    if (out->signer->host.len > 0) {
        request->host = out->signer->host;
        return;
    }

    if (request->host.len > 0) {
        return;
    }

    wf_buf_init(&host, out->arena, 64);
    wf_buf_str(&host, request->endpoint.len ? request->endpoint
                                            : out->scope.service);
    wf_buf_byte(&host, '.');
    wf_buf_str(&host, out->scope.region);
    wf_buf_text(&host, ".amazonaws.com");

    if (wf_str_starts(out->scope.region, wf_str("cn-"))) {
        wf_buf_text(&host, ".cn");
    }

    request->host = done(out, &host);
}


static void
scope_set(out_t *out)
{
    wf_buf_t     scope;
    wf_sigv4_t  *sign;

    sign = &out->scope;
    sign->key_id = out->signer->key_id;
    sign->day = (wf_str_t) { 8, out->date.data };
    sign->region = out->signer->region;
    sign->service = out->signer->service.len ? out->signer->service
                    : out->request->signing.len ? out->request->signing
                    : wf_str(OTHER_SERVICE);
    sign->terminator = wf_str("aws4_request");

    wf_buf_init(&scope, out->arena, 64);
    wf_buf_str(&scope, sign->day);
    wf_buf_byte(&scope, '/');
    wf_buf_str(&scope, sign->region);
    wf_buf_byte(&scope, '/');
    wf_buf_str(&scope, sign->service);
    wf_buf_byte(&scope, '/');
    wf_buf_str(&scope, sign->terminator);
    sign->scope = done(out, &scope);
}


static bool
is_s3(const out_t *out)
{
    return wf_str_eq(out->scope.service, wf_str("s3"));
}


static void
header_add(out_t *out, wf_str_t name, wf_str_t value)
{
    wf_service_request_t  *request;

    request = out->request;
    request->headers[request->header_count++] =
                                     (wf_service_header_t) { name, value };
}


/* Room for ours behind the request's own. */
static bool
headers_grow(out_t *out)
{
    wf_service_header_t   *headers;
    wf_service_request_t  *request;

    request = out->request;
    headers = wf_arena_alloc(out->arena,
                             (request->header_count + ADDED_HEADERS)
                             * sizeof(wf_service_header_t));

    if (headers == NULL) {
        return false;
    }

    if (request->header_count > 0) {
        memcpy(headers, request->headers,
               request->header_count * sizeof(wf_service_header_t));
    }

    request->headers = headers;

    return true;
}


static void
headers_amz(out_t *out)
{
    wf_buf_t  hash;

    header_add(out, wf_str("x-amz-date"), out->date);

    if (out->signer->token.len > 0) {
        header_add(out, wf_str("x-amz-security-token"), out->signer->token);
    }

    if (is_s3(out)) {
        wf_buf_init(&hash, out->arena, 64);
        wf_sigv4_hash(&hash, out->request->body);
        header_add(out, wf_str("x-amz-content-sha256"), done(out, &hash));
    }
}


/* Others may be changed on the way, or are not the service's business. */
static bool
headers_sort(out_t *out)
{
    uint32_t                     i;
    const wf_service_request_t  *request;

    request = out->request;
    out->headers = wf_arena_alloc(out->arena, (request->header_count + 1)
                                              * sizeof(wf_header_t));

    if (out->headers == NULL) {
        return false;
    }

    out->headers[out->count++] = (wf_header_t) { wf_str("host"),
                                                 request->host };

    for (i = 0; i < request->header_count; i++) {

        if (wf_str_starts(request->headers[i].name, wf_str("x-amz-"))
            || wf_str_eq(request->headers[i].name, wf_str("content-type")))
        {
            out->headers[out->count++] =
                        (wf_header_t) { request->headers[i].name,
                                        request->headers[i].value };
        }
    }

    qsort(out->headers, out->count, sizeof(wf_header_t), header_order);

    return true;
}


/* Each name once. */
static wf_str_t
names_print(out_t *out)
{
    uint32_t  i;
    wf_buf_t  names;

    wf_buf_init(&names, out->arena, 128);

    for (i = 0; i < out->count; i++) {

        if (i > 0 && wf_str_eq(out->headers[i].name,
                               out->headers[i - 1].name))
        {
            continue;
        }

        wf_buf_str(&names, i ? wf_str(";") : wf_str(""));
        wf_buf_str(&names, out->headers[i].name);
    }

    return done(out, &names);
}


static bool
request_sign(out_t *out, wf_buf_t *signature)
{
    wf_buf_t      canonical;
    wf_str_t      hash;
    wf_request_t  request;
    wf_message_t  message;

    memset(&message, 0, sizeof(message));
    memset(&request, 0, sizeof(request));
    request.method = out->request->method;
    request.path = out->request->uri;
    request.query = out->request->args;
    request.body = out->request->body;
    request.headers = out->headers;
    request.header_count = out->count;
    message.request = &request;
    message.arena = out->arena;
    message.scratch = out->arena;

    out->scope.signed_headers = names_print(out);
    out->scope.is_path_plain = is_s3(out);
    wf_buf_init(&canonical, out->arena, 1024);

    if (!wf_sigv4_request(&canonical, &message, &out->scope)) {
        return false;
    }

    hash = done(out, &canonical);
    wf_sigv4_seal(signature, out->signer->secret, &out->scope, out->date,
                  hash);

    return true;
}


static void
authorization_add(out_t *out, wf_str_t signature)
{
    wf_buf_t  text;

    wf_buf_init(&text, out->arena, 256);
    wf_buf_text(&text, "AWS4-HMAC-SHA256 Credential=");
    wf_buf_str(&text, out->scope.key_id);
    wf_buf_byte(&text, '/');
    wf_buf_str(&text, out->scope.scope);
    wf_buf_text(&text, ", SignedHeaders=");
    wf_buf_str(&text, out->scope.signed_headers);
    wf_buf_text(&text, ", Signature=");
    wf_buf_str(&text, signature);
    header_add(out, wf_str("authorization"), done(out, &text));
}


wf_rc_t
wf_sigv4_out(wf_arena_t *arena, const wf_signer_t *signer,
    wf_service_request_t *request, int64_t now_ms)
{
    out_t     out;
    wf_buf_t  signature;

    memset(&out, 0, sizeof(out));
    out.arena = arena;
    out.signer = signer;
    out.request = request;
    out.date = wf_sigv4_date(arena, now_ms);

    if (out.date.data == NULL || !headers_grow(&out)) {
        return WF_ERROR;
    }

    scope_set(&out);
    host_set(&out);
    headers_amz(&out);
    wf_buf_init(&signature, arena, 64);

    if (!headers_sort(&out)) {
        return WF_ERROR;
    }

    if (!request_sign(&out, &signature)) {
        return WF_DECLINED;
    }

    authorization_add(&out, done(&out, &signature));

    return out.failed ? WF_ERROR : WF_OK;
}
