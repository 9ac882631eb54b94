
/*
 * Any request: method, query, headers and body split from the input, then
 * everything that the door does with it.  Decoded and encoded things are
 * sound: valid UTF-8, valid JSON, a named error.
 *
 * Input: lines "METHOD path?query", "name: value" ..., an empty line, body.
 */

#include <stdlib.h>

#include "base/json.h"
#include "wire/wire.h"


#define HEADERS_MAX  16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* 2026-01-02T03:04:05Z, where the vectors of the corpus are at home. */
#define NOW_MS  1767323045000


static const wf_key_t  key = {
    .id = wf_str_init("testAccessKeyId"),
    .secret = wf_str_init("testAccessKeySecret"),
};


static const wf_key_t *
find(void *data, wf_str_t id)
{
    (void) data;

    return wf_str_eq(id, key.id) ? &key : NULL;
}


static bool
nonce_used(void *data, wf_str_t id, wf_str_t nonce, int64_t now_ms)
{
    (void) data;
    (void) id;
    (void) now_ms;

    return nonce.len == 1;
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

    while (rest.len > 0 && request->header_count < HEADERS_MAX) {
        line = cut(&rest, '\n');

        if (line.len == 0) {
            break;
        }

        name = cut(&line, ':');

        if (line.len > 0 && line.data[0] == ' ') {
            line.data++;
            line.len--;
        }

        headers[request->header_count++] = (wf_header_t) { name, line };

        if (wf_str_eq(name, wf_str("content-type"))) {
            request->content_type = line;
        }
    }

    request->body = rest;
}


/* Whatever we answer, it is a JSON object. */
static void
check_json(wf_arena_t *arena, const wf_buf_t *buf)
{
    wf_error_t   err;
    wf_value_t  *value;

    wf_assert(!buf->failed);
    wf_assert(wf_json_parse(arena, wf_buf_done(buf), &value, &err) == WF_OK);
    wf_assert(value->type == WF_OBJECT);
    wf_assert(wf_value_get(value, wf_str("RequestId")) != NULL);
}


static void
check_error(wf_message_t *message, const wf_error_t *err)
{
    unsigned  status;
    wf_buf_t  buf;

    wf_assert(err->code > WF_E_NONE && err->code < WF_E_END);
    wf_buf_init(&buf, message->arena, 0);
    status = wf_protocol_rpc.encode_error(&buf, message, err);
    wf_assert(status >= 400 && status < 600);
    check_json(message->arena, &buf);
}


static void
check_args(const wf_args_t *args)
{
    const wf_arg_t  *arg;

    for (arg = args->first; arg; arg = arg->next) {
        wf_assert(arg->present && arg == wf_args_get(args, arg->id));
        wf_assert(wf_utf8_valid(arg->text));
    }
}


/* The arguments come back in an answer. */
static void
check_answer(wf_message_t *message, const wf_args_t *args)
{
    wf_buf_t              buf;
    wf_reply_t            reply;
    wf_flow_view_t        flow;
    wf_execution_view_t   execution;

    memset(&reply, 0, sizeof(reply));
    memset(&flow, 0, sizeof(flow));
    memset(&execution, 0, sizeof(execution));

    flow.name = wf_args_get(args, WF_ARG_FLOW)->text;
    flow.definition = wf_args_get(args, WF_ARG_DEFINITION)->text;
    flow.role = wf_args_get(args, WF_ARG_ROLE)->text;
    flow.environment = wf_args_get(args, WF_ARG_ENVIRONMENT)->text;
    reply.kind = WF_REPLY_FLOW;
    reply.count = 1;
    reply.u.flows = &flow;
    wf_buf_init(&buf, message->arena, 0);
    wf_assert(wf_protocol_rpc.encode(&buf, message, &reply) == 200);
    check_json(message->arena, &buf);

    execution.name = wf_args_get(args, WF_ARG_EXECUTION)->text;
    execution.input = wf_args_get(args, WF_ARG_INPUT)->text;
    execution.environment = wf_args_get(args, WF_ARG_ENVIRONMENT)->text;
    execution.status = 1;
    reply.kind = WF_REPLY_EXECUTION;
    reply.u.executions = &execution;
    wf_buf_init(&buf, message->arena, 0);
    wf_assert(wf_protocol_rpc.encode(&buf, message, &reply) == 200);
    check_json(message->arena, &buf);
}


static void
check_shapes(wf_message_t *message)
{
    size_t       i;
    wf_args_t    args;
    wf_error_t   err;

    static const char  *names[] = {
#define ACTION(protocol, name, begin, commit, route, kind)  #name,
#include "actions/actions.def"
#undef ACTION
    };

    for (i = 0; i < wf_countof(names); i++) {
        wf_error_clear(&err);

        if (wf_protocol_rpc.decode(message, wf_rpc_shape(wf_str_of(names[i])),
                                   &args, &err) != WF_OK)
        {
            check_error(message, &err);
            continue;
        }

        check_args(&args);
        check_answer(message, &args);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_error_t        err;
    wf_header_t       headers[HEADERS_MAX];
    wf_message_t      message;
    wf_request_t      request;
    wf_credentials_t  credentials;

    split(&request, headers, (wf_str_t) { size, data });
    memset(&message, 0, sizeof(message));
    message.protocol = &wf_protocol_rpc;
    message.arena = wf_arena_create(0);
    message.scratch = wf_arena_create(0);
    message.request = &request;
    wf_error_clear(&err);

    credentials = (wf_credentials_t) { find, nonce_used, NULL, 900000 };
    (void) wf_protocol_rpc.recognise(&request);

    if (wf_protocol_rpc.begin(&message,
                              wf_str("00000000-0000-4000-8000-000000000000"),
                              &err) != WF_OK)
    {
        check_error(&message, &err);
        wf_arena_free(message.arena);
        wf_arena_free(message.scratch);
        return 0;
    }

    wf_assert(message.action.len > 0);

    if (wf_protocol_rpc.verify(&message, &credentials, &err) != WF_OK) {
        wf_assert(message.key_id.len == 0);
        check_error(&message, &err);

    } else {
        wf_assert(wf_str_eq(message.key_id, key.id));
    }

    check_shapes(&message);
    wf_arena_free(message.arena);
    wf_arena_free(message.scratch);

    return 0;
}
