
/*
 * Any request to Amazon's JSON protocol: method, query, headers and body split
 * from the input, then everything that the door does with it: signature,
 * input, names, refusals.  A signature that is all that is wrong is put right.
 * Decoded and encoded things are sound: valid UTF-8, valid JSON, a named error;
 * the two readers of JSON agree.
 *
 * Input: lines "METHOD path?query", "name: value" ..., an empty line, body.
 */

#include <stdlib.h>

#include "base/json.h"
#include "wire/aws.h"
#include "wire/rpc.h"
#include "wire/sigv4.h"


#define HEADERS_MAX  16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* 2015-08-30T12:36:00Z, where the corpus is at home. */
#define NOW_MS  1440938160000


static const wf_key_t  key = {
    .id = wf_str_init("AKIDEXAMPLE"),
    .secret = wf_str_init("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
};


static const wf_key_t *
find(void *data, wf_str_t id)
{
    (void) data;

    return wf_str_eq(id, key.id) ? &key : NULL;
}


static wf_str_t
cut(wf_str_t *rest, char mark)
{
    wf_str_t        head;
    const uint8_t  *pos;

    head = *rest;
    pos = rest->len ? memchr(rest->data, mark, rest->len) : NULL;

    if (pos == NULL) {
        rest->data += rest->len;
        rest->len = 0;
        return head;
    }

    head.len = (size_t) (pos - rest->data);
    rest->data = pos + 1;
    rest->len -= head.len + 1;

    return head;
}


static void
split(wf_request_t *request, wf_header_t *headers, wf_str_t rest)
{
    wf_str_t  line, name;

    memset(request, 0, sizeof(*request));
    line = cut(&rest, '\n');
    request->method = cut(&line, ' ');
    request->path = cut(&line, '?');
    request->query = line;
    request->headers = headers;
    request->now_ms = NOW_MS;

    while (rest.len > 0) {
        line = cut(&rest, '\n');

        if (line.len == 0) {
            break;
        }

        name = cut(&line, ':');

        if (wf_str_eq(name, wf_str("content-type"))) {
            request->content_type = line;
        }

        if (request->header_count < HEADERS_MAX) {
            headers[request->header_count++] = (wf_header_t) { name, line };
        }
    }

    request->body = rest;
}


static void
check_error(wf_message_t *message, const wf_error_t *err)
{
    unsigned     status;
    wf_buf_t     buf;
    wf_error_t   ignored;
    wf_type_t    type;

    wf_assert(err->code != WF_E_NONE);
    wf_buf_init(&buf, message->arena, 0);
    status = message->protocol->encode_error(&buf, message, err);
    wf_assert(!buf.failed && status >= 400 && status < 600);
    wf_assert(message->protocol->error_code(message, err).len > 0);

    if (wf_aws_state(message)->is_plain) {
        return;
    }

    /* What a client sent in a header may be no UTF-8 and is shown cut. */

    if (wf_utf8_valid(wf_buf_done(&buf))) {
        wf_assert(wf_json_check(wf_buf_done(&buf), &type, &ignored) == WF_OK
                  && type == WF_OBJECT);
    }
}


/* Texts of the input are what the other reader makes of them. */
static void
check_args(const wf_message_t *message, const wf_args_t *args)
{
    wf_type_t         type;
    wf_error_t        err;
    wf_value_t       *root, *value;
    const wf_arg_t   *arg;

    for (arg = args->first; arg; arg = arg->next) {
        wf_assert(arg->id < WF_ARG_COUNT && arg->present);
        wf_assert(wf_utf8_valid(arg->text));

        /* What wire has put together. */

        if (arg->id == WF_ARG_DECISIONS || arg->id == WF_ARG_DEFAULTS) {
            wf_assert(wf_json_check(arg->text, &type, &err) == WF_OK);
            wf_assert(type == (arg->id == WF_ARG_DECISIONS ? WF_ARRAY
                                                           : WF_OBJECT));
        }
    }

    if (wf_json_parse(message->scratch, message->request->body, &root, &err)
        != WF_OK)
    {
        return;
    }

    value = wf_value_get(root, wf_str("input"));
    arg = wf_args_get(args, WF_ARG_INPUT);

    if (arg->present) {
        wf_assert(value && value->type == WF_STRING
                  && wf_str_eq(value->u.string, arg->text));
    }
}


static void
check_operations(wf_message_t *message)
{
    uint32_t                 i;
    wf_args_t                args;
    wf_error_t               err;
    wf_aws_state_t          *state;
    const wf_aws_service_t  *service;

    state = message->state;
    service = state->service;

    for (i = 0; i < service->operation_count; i++) {
        wf_error_clear(&err);
        state->operation = &service->operations[i];
        state->fault = wf_str_none;
        message->action = state->operation->action;
        args.first = NULL;

        if (message->protocol->decode(message, NULL, &args, &err) != WF_OK) {
            check_error(message, &err);
            continue;
        }

        check_args(message, &args);
    }
}


static bool
contains(wf_str_t text, wf_str_t part)
{
    for (/* void */; text.len >= part.len; text.data++, text.len--) {
        if (wf_str_starts(text, part)) {
            return true;
        }
    }

    return false;
}


/* The Authorization header as its sender would have written it; false: it can
 * not be signed. */
static bool
sign_rightly(wf_message_t *message, wf_header_t *headers)
{
    size_t      i;
    wf_str_t    old, date;
    wf_buf_t    request, text, value;
    wf_sigv4_t  sign;

    old = wf_rpc_header(message, wf_str("authorization"));
    date = wf_rpc_header(message, wf_str("x-amz-date"));
    date = date.len ? date : wf_rpc_header(message, wf_str("date"));
    wf_buf_init(&request, message->arena, 0);
    wf_buf_init(&text, message->arena, 0);
    wf_buf_init(&value, message->arena, 0);
    wf_assert(wf_sigv4_parse(old, &sign));

    if (!wf_sigv4_request(&request, message, &sign)
        || contains(sign.signed_headers, wf_str("authorization")))
    {
        return false;
    }

    wf_buf_text(&text, "AWS4-HMAC-SHA256\n");
    wf_buf_str(&text, date);
    wf_buf_byte(&text, '\n');
    wf_buf_str(&text, sign.scope);
    wf_buf_byte(&text, '\n');
    wf_sigv4_hash(&text, wf_buf_done(&request));

    wf_buf_text(&value, "AWS4-HMAC-SHA256 Credential=");
    wf_buf_str(&value, sign.credential);
    wf_buf_text(&value, ", SignedHeaders=");
    wf_buf_str(&value, sign.signed_headers);
    wf_buf_text(&value, ", Signature=");
    wf_sigv4_sign(&value, key.secret, &sign, wf_buf_done(&text));

    for (i = 0; i < message->request->header_count; i++) {
        if (headers[i].value.data == old.data) {
            headers[i].value = wf_buf_done(&value);
            return true;
        }
    }

    return false;                   /* it came in several parts */
}


static void
check_protocol(const wf_protocol_t *protocol, const wf_request_t *request,
    wf_header_t *headers)
{
    wf_rc_t           rc;
    wf_error_t        err;
    wf_message_t      message;
    wf_credentials_t  credentials;

    memset(&message, 0, sizeof(message));
    message.protocol = protocol;
    message.arena = wf_arena_create(0);
    message.scratch = wf_arena_create(0);
    message.request = request;
    wf_error_clear(&err);
    credentials = (wf_credentials_t) { find, NULL, NULL, 900000 };
    (void) protocol->recognise(request);

    if (protocol->begin(&message,
                        wf_str("00000000-0000-4000-8000-000000000000"), &err)
        != WF_OK)
    {
        check_error(&message, &err);

    } else {

        rc = protocol->verify(&message, &credentials, &err);

        if (rc != WF_OK) {
            check_error(&message, &err);

            if (err.code == WF_E_BAD_SIGNATURE
                && sign_rightly(&message, headers))
            {
                wf_error_clear(&err);
                rc = protocol->verify(&message, &credentials, &err);
                wf_assert(rc == WF_OK);
            }
        }

        if (rc == WF_OK) {
            wf_assert(wf_str_eq(message.key_id, key.id));
        }

        check_operations(&message);
    }

    wf_arena_free(message.arena);
    wf_arena_free(message.scratch);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_header_t   headers[HEADERS_MAX];
    wf_request_t  request;

    split(&request, headers, (wf_str_t) { size, data });
    check_protocol(&wf_protocol_sfn, &request, headers);

    /* the signature that was made belongs to the first message */

    split(&request, headers, (wf_str_t) { size, data });
    check_protocol(&wf_protocol_swf, &request, headers);

    return 0;
}
