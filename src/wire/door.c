
/*
 * Locations that are a flow (cloudflow_start, cloudflow_run): any request is
 * its input.  A protocol like others, with the action and the names given by
 * the configuration instead of the client.  Errors are those of the RPC
 * protocol, and so is their text.
 *
 *   no body             {"parameter": "text", ...} of the query
 *   a form              the same of the form
 *   a JSON object       that
 */

#include "wire/rpc.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/map.h"
#include "wire/shape.h"


#define NAME_DIGITS  32             /* of a name that is made of another text */


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static bool
door_recognise(const wf_request_t *request)
{
    return request->door != NULL;
}


static wf_rc_t
door_begin(wf_message_t *message, wf_str_t fresh_id, wf_error_t *err)
{
    wf_rpc_state_t      *state;
    const wf_request_t  *request;

    request = message->request;
    message->key_id = wf_str_none;
    message->request_id = fresh_id;
    message->action = wf_arena_copy(message->arena, request->door->action);

    state = wf_arena_calloc(message->arena, sizeof(wf_rpc_state_t));
    message->state = state;

    if (state == NULL || message->action.data == NULL) {
        return no_memory(err);
    }

    state->host = wf_arena_copy(message->arena,
                                wf_rpc_header(message, wf_str("host")));

    if (state->host.data == NULL) {
        return no_memory(err);
    }

    if (request->body.len > WF_RAW_REQUEST_BYTES_MAX
        || request->query.len > WF_RAW_REQUEST_BYTES_MAX)
    {
        wf_error_set(err, WF_E_TOO_LARGE, "%d", WF_REQUEST_BYTES_MAX);
        return WF_ERROR;
    }

    return WF_OK;
}


/* Who may come in is nginx's to say. */
static wf_rc_t
door_verify(wf_message_t *message, const wf_credentials_t *credentials,
    wf_error_t *err)
{
    (void) message;
    (void) credentials;
    (void) err;

    return WF_OK;
}


static wf_rc_t
arg_add(wf_message_t *message, wf_args_t *args, wf_arg_id_t id, wf_str_t text,
    wf_error_t *err)
{
    wf_arg_t  *arg;

    if (text.len == 0) {
        return WF_OK;
    }

    arg = wf_args_add(message->arena, args, id);

    if (arg == NULL) {
        return no_memory(err);
    }

    arg->text = wf_arena_copy(message->arena, text);

    return arg->text.data ? WF_OK : no_memory(err);
}


/* A key of the client's need not be a name: then one is made of it, always
 * the same. */
static wf_rc_t
name_add(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_str_t  key;
    wf_buf_t  name;
    uint8_t   sum[WF_DIGEST_LEN_MAX];

    key = message->request->door->execution;

    if (key.len == 0 || wf_name_valid(key)) {
        return arg_add(message, args, WF_ARG_EXECUTION, key, err);
    }

    if (wf_digest(WF_SHA256, key, sum) < NAME_DIGITS / 2) {
        return no_memory(err);
    }

    wf_buf_init(&name, message->scratch, NAME_DIGITS + 1);
    wf_buf_byte(&name, '_');
    wf_hex_print(&name, (wf_str_t) { NAME_DIGITS / 2, sum });

    return name.failed ? no_memory(err)
                       : arg_add(message, args, WF_ARG_EXECUTION,
                                 wf_buf_done(&name), err);
}


/* No flow takes so much: nobody's loop is held for looking at it. */
static wf_rc_t
length_check(wf_str_t text, size_t max, wf_error_t *err)
{
    if (text.len <= max) {
        return WF_OK;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "Input must be at most %d bytes long.", WF_DATA_BYTES_CFL);
    return WF_ERROR;
}


/* The first of equal names.  A byte may take three to be spelt. */
static wf_rc_t
params_print(wf_message_t *message, wf_str_t text, wf_str_t *input,
    wf_error_t *err)
{
    uint32_t     i;
    wf_buf_t     buf;
    wf_map_t     seen;
    wf_params_t  params;

    memset(&params, 0, sizeof(wf_params_t));

    if (length_check(text, 3 * WF_DATA_BYTES_CFL, err) != WF_OK
        || wf_params_form(message->scratch, &params, text, false, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    wf_map_init(&seen, message->scratch);
    wf_buf_init(&buf, message->scratch, 2 * text.len + 16);
    wf_buf_byte(&buf, '{');

    for (i = 0; i < params.count; i++) {

        if (wf_map_get(&seen, params.items[i].name)) {
            continue;
        }

        if (wf_map_set(&seen, params.items[i].name, &params.items[i])
            != WF_OK)
        {
            return no_memory(err);
        }

        if (buf.len > 1) {
            wf_buf_byte(&buf, ',');
        }

        wf_json_print_string(&buf, params.items[i].name);
        wf_buf_byte(&buf, ':');
        wf_json_print_string(&buf, params.items[i].value);
    }

    wf_buf_byte(&buf, '}');
    *input = wf_buf_done(&buf);

    return buf.failed ? no_memory(err) : WF_OK;
}


static wf_rc_t
object_check(wf_str_t text, wf_error_t *err)
{
    wf_type_t  type;

    if (length_check(text, WF_DATA_BYTES_CFL, err) != WF_OK) {
        return WF_ERROR;
    }

    if (wf_json_check(text, &type, err) != WF_OK) {

        if (err->code == WF_E_INVALID_ARGUMENT) {
            wf_error_wrap(err, "The body is not valid JSON");
        }

        return WF_ERROR;
    }

    if (type != WF_OBJECT) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "The body must be a JSON object.");
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
input_read(wf_message_t *message, wf_str_t *input, wf_error_t *err)
{
    wf_str_t             type;
    const wf_request_t  *request;

    request = message->request;
    type = request->content_type;

    if (request->body.len == 0) {
        return params_print(message, request->query, input, err);
    }

    if (wf_rpc_is_media_type(type,
                             wf_str("application/x-www-form-urlencoded")))
    {
        return params_print(message, request->body, input, err);
    }

    if (type.len != 0
        && !wf_rpc_is_media_type(type, wf_str("application/json")))
    {
        wf_error_args(err, WF_E_MEDIA_TYPE, wf_str_none, wf_str_none);
        return WF_ERROR;
    }

    *input = request->body;

    return object_check(request->body, err);
}


static wf_rc_t
door_decode(wf_message_t *message, const wf_shape_t *shape, wf_args_t *args,
    wf_error_t *err)
{
    wf_str_t  input;

    (void) shape;

    if (input_read(message, &input, err) != WF_OK) {
        return WF_ERROR;
    }

    if (arg_add(message, args, WF_ARG_FLOW, message->request->door->flow, err)
        != WF_OK
        || name_add(message, args, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return arg_add(message, args, WF_ARG_INPUT, input, err);
}


/*
 * Answers
 */

static void
member_print(wf_buf_t *buf, const char *before, wf_str_t text)
{
    wf_buf_str(buf, wf_str_of(before));
    wf_json_print_string(buf, text);
}


/* 202: it has begun, and that is on disk. */
static unsigned
started_encode(wf_buf_t *buf, wf_str_t flow, wf_str_t name)
{
    member_print(buf, "{\"FlowName\":", flow);
    member_print(buf, ",\"Name\":", name);
    wf_buf_byte(buf, '}');

    return 202;
}


static unsigned
door_encode(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply)
{
    const wf_execution_view_t  *execution;

    (void) message;

    execution = reply->u.executions;

    if (reply->kind != WF_REPLY_SYNC_EXECUTION) {
        return started_encode(buf, execution->flow, execution->name);
    }

    if (wf_str_eq(wf_rpc_status(execution->status), wf_str("Succeeded"))) {
        wf_buf_str(buf, execution->output);
        return 200;
    }

    member_print(buf, "{\"Code\":", execution->error);
    member_print(buf, ",\"Message\":", execution->cause);
    member_print(buf, ",\"Name\":", execution->name);
    wf_buf_byte(buf, '}');

    return wf_str_eq(wf_rpc_status(execution->status), wf_str("TimedOut"))
           ? 504 : 502;
}


/* What was started under that key before, and has ended since, has been
 * started. */
static unsigned
door_encode_error(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err)
{
    if (err->code == WF_E_EXECUTION_EXISTS) {
        return started_encode(buf, wf_error_arg(err, 1),
                              wf_error_arg(err, 0));
    }

    return wf_rpc_encode_error(buf, message, err);
}


const wf_protocol_t  wf_protocol_door = {
    .name = "rpc",
    .service = "fnf",
    .recognise = door_recognise,
    .begin = door_begin,
    .knows = wf_rpc_knows,
    .verify = door_verify,
    .decode = door_decode,
    .encode = door_encode,
    .encode_error = door_encode_error,
    .content_type = wf_str_init("application/json"),
    .request_id_header = wf_str_init("x-acs-request-id"),
    .retry_header = wf_str_init("Retry-After"),
    .retry_unit_ms = 1000
};
