
/*
 * CloudFlow's RPC protocol (cloudflow-api section 1): is it ours, which
 * layout, which action, under which request id; then the parameters through
 * the action's shape.  Signatures are checked in sign_rpc.c, answers are
 * written in rpc_encode.c.  Copies into the message's arena what must outlive
 * the request: little, for a call may be parked.
 */

#include "wire/rpc.h"

#include "base/json.h"
#include "wire/shape.h"


#define VERSION             "2019-03-15"
#define REQUEST_ID_LEN_MAX  128


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static bool
is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}


/* Does s begin with prefix (lower case), whatever the case of s? */
static bool
starts_nocase(wf_str_t s, wf_str_t prefix)
{
    size_t   i;
    uint8_t  c;

    if (s.len < prefix.len) {
        return false;
    }

    for (i = 0; i < prefix.len; i++) {
        c = s.data[i];

        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != prefix.data[i]) {
            return false;
        }
    }

    return true;
}


static const wf_header_t *
find_header(const wf_request_t *request, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {

        if (wf_str_eq(request->headers[i].name, name)) {
            return &request->headers[i];
        }
    }

    return NULL;
}


wf_str_t
wf_rpc_header(const wf_message_t *message, wf_str_t name)
{
    bool                 again;
    uint32_t             i;
    wf_buf_t             buf;
    const wf_header_t   *first, *header;
    const wf_request_t  *request;

    request = message->request;
    first = find_header(request, name);

    if (first == NULL) {
        return wf_str_none;
    }

    again = false;
    wf_buf_init(&buf, message->scratch, 0);

    for (i = (uint32_t) (first - request->headers) + 1;
         i < request->header_count;
         i++)
    {
        header = &request->headers[i];

        if (!wf_str_eq(header->name, name)) {
            continue;
        }

        if (!again) {
            wf_buf_str(&buf, first->value);
            again = true;
        }

        wf_buf_byte(&buf, ',');
        wf_buf_str(&buf, header->value);
    }

    if (!again) {
        return first->value;
    }

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


/* The tongue of last resort: everything that is not plainly another's. */
static bool
rpc_recognise(const wf_request_t *request)
{
    return find_header(request, wf_str("x-amz-target")) == NULL
           && find_header(request, wf_str("smithy-protocol")) == NULL
           && !starts_nocase(request->content_type,
                             wf_str("application/x-amz-json"));
}


/* cloudflow-api 1.12, steps 1 and 2 (as far as the raw size tells). */
static wf_rc_t
check_request(const wf_request_t *request, wf_error_t *err)
{
    if (!wf_str_eq(request->method, wf_str("GET"))
        && !wf_str_eq(request->method, wf_str("POST")))
    {
        wf_error_args(err, WF_E_BAD_METHOD, request->method, wf_str_none);
        return WF_ERROR;
    }

    if (request->path.len > 1
        || (request->path.len == 1 && request->path.data[0] != '/'))
    {
        wf_error_args(err, WF_E_NOT_FOUND, wf_str_none, wf_str_none);
        return WF_ERROR;
    }

    if (request->body.len > WF_RAW_REQUEST_BYTES_MAX
        || request->query.len > WF_RAW_REQUEST_BYTES_MAX)
    {
        wf_error_set(err, WF_E_TOO_LARGE, "%d", WF_REQUEST_BYTES_MAX);
        return WF_ERROR;
    }

    return WF_OK;
}


bool
wf_rpc_is_media_type(wf_str_t content_type, wf_str_t name)
{
    uint8_t  c;

    if (!starts_nocase(content_type, name)) {
        return false;
    }

    if (content_type.len == name.len) {
        return true;
    }

    c = content_type.data[name.len];

    return c == ';' || c == ' ' || c == '\t' || c == ',';
}


/* cloudflow-api 1.3, item 11. */
static wf_rc_t
read_body(wf_message_t *message, wf_params_t *params, wf_error_t *err)
{
    wf_str_t             type;
    const wf_request_t  *request;

    request = message->request;
    type = request->content_type;

    if (request->body.len == 0) {
        return WF_OK;
    }

    if (type.len == 0
        || wf_rpc_is_media_type(type,
                                wf_str("application/x-www-form-urlencoded")))
    {
        return wf_params_form(message->scratch, params, request->body, true,
                              err);
    }

    if (wf_rpc_is_media_type(type, wf_str("application/json"))) {
        return wf_params_json(message->scratch, params, request->body, err);
    }

    wf_error_args(err, WF_E_MEDIA_TYPE, wf_str_none, wf_str_none);

    return WF_ERROR;
}


/* cloudflow-api 1.3, item 9. */
static bool
is_request_id(wf_str_t id)
{
    size_t   i;
    uint8_t  c;

    if (id.len == 0 || id.len > REQUEST_ID_LEN_MAX) {
        return false;
    }

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-') {
            return false;
        }
    }

    return true;
}


static wf_rc_t
read_request_id(wf_message_t *message, wf_error_t *err)
{
    wf_str_t               id;
    const wf_rpc_state_t  *state;

    state = message->state;
    id = wf_params_value(&state->params, wf_str("RequestId"));

    if (!is_request_id(id)) {
        return WF_OK;
    }

    id = wf_arena_copy(message->arena, id);

    if (id.data == NULL) {
        return no_memory(err);
    }

    message->request_id = id;

    return WF_OK;
}


/* Item 5: clients may send the first letter in lower case. */
static wf_rc_t
read_action(wf_message_t *message, wf_str_t action, wf_error_t *err)
{
    wf_str_t   copy;
    uint8_t   *first;

    copy = wf_arena_copy(message->arena, action);

    if (copy.data == NULL) {
        return no_memory(err);
    }

    message->action = copy;

    if (wf_rpc_shape(copy) != NULL || copy.data[0] < 'a'
        || copy.data[0] > 'z')
    {
        return WF_OK;
    }

    first = (uint8_t *) copy.data;
    *first ^= 0x20;

    if (wf_rpc_shape(copy) == NULL) {
        *first ^= 0x20;
    }

    return WF_OK;
}


/*
 * A field that a layout keeps in a parameter or a header.  V1 takes the
 * header if there is no parameter: anonymous clients of the newer kind send
 * nothing else.  (With a signature the parameter is demanded later.)
 */
static wf_str_t
protocol_field(const wf_message_t *message, wf_str_t param, wf_str_t header)
{
    wf_str_t               value;
    const wf_rpc_state_t  *state;

    state = message->state;
    value = wf_str_none;

    if (!state->is_v3) {
        value = wf_params_value(&state->params, param);
    }

    return value.len > 0 ? value : wf_rpc_header(message, header);
}


static wf_rc_t
missing_field(const wf_message_t *message, wf_str_t param, wf_str_t header,
    wf_error_t *err)
{
    const wf_rpc_state_t  *state;

    state = message->state;

    if (state->is_v3) {
        wf_error_args(err, WF_E_MISSING_HEADER, header, wf_str_none);

    } else {
        wf_error_args(err, WF_E_MISSING_PARAM, param, wf_str_none);
    }

    return WF_ERROR;
}


/* Steps 3 and 4: what is needed to know the action and the version. */
static wf_rc_t
read_protocol(wf_message_t *message, wf_error_t *err)
{
    wf_str_t  action, version;

    action = protocol_field(message, wf_str("Action"),
                            wf_str("x-acs-action"));

    if (action.len == 0) {
        return missing_field(message, wf_str("Action"),
                             wf_str("x-acs-action"), err);
    }

    if (read_action(message, action, err) != WF_OK) {
        return WF_ERROR;
    }

    version = protocol_field(message, wf_str("Version"),
                             wf_str("x-acs-version"));

    if (version.len == 0) {
        return missing_field(message, wf_str("Version"),
                             wf_str("x-acs-version"), err);
    }

    if (!wf_str_eq(version, wf_str(VERSION))) {
        wf_error_args(err, WF_E_UNKNOWN_VERSION, version, wf_str_none);
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
rpc_begin(wf_message_t *message, wf_str_t fresh_id, wf_error_t *err)
{
    wf_rpc_state_t  *state;

    message->action = wf_str_none;
    message->key_id = wf_str_none;
    message->request_id = fresh_id;

    state = wf_arena_calloc(message->arena, sizeof(wf_rpc_state_t));
    message->state = state;

    if (state == NULL) {
        return no_memory(err);
    }

    state->host = wf_arena_copy(message->arena,
                                wf_rpc_header(message, wf_str("host")));

    if (state->host.data == NULL) {
        return no_memory(err);
    }

    if (check_request(message->request, err) != WF_OK
        || wf_params_form(message->scratch, &state->params,
                          message->request->query, false, err) != WF_OK
        || read_body(message, &state->params, err) != WF_OK
        || read_request_id(message, err) != WF_OK)
    {
        return WF_ERROR;
    }

    state->is_v3 = wf_str_starts(wf_rpc_header(message,
                                               wf_str("authorization")),
                                 wf_str("ACS3-"));

    return read_protocol(message, err);
}


/* A source for shape.c. */
static wf_rc_t
field_text(void *data, wf_arena_t *scratch, const wf_field_t *field,
    wf_str_t *text)
{
    const wf_param_t   *param;
    const wf_params_t  *params;

    static const wf_str_t  variable[] = {
        wf_str_init("Name"),
        wf_str_init("Value"),
        wf_str_init("Description"),
        { 0, NULL }
    };

    static const wf_str_t  route[] = {
        wf_str_init("Version"),
        wf_str_init("Weight"),
        { 0, NULL }
    };

    params = data;
    param = wf_params_find(params, field->name);

    if (param) {
        *text = param->value;
        return WF_OK;
    }

    if (field->kind == WF_FIELD_ENVIRONMENT) {
        return wf_params_flattened(scratch, params, field->name,
                                   wf_str("Variables"), variable, text);
    }

    if (field->kind == WF_FIELD_ROUTES) {
        return wf_params_flattened(scratch, params, wf_str_none, field->name,
                                   route, text);
    }

    return WF_DECLINED;
}


static wf_rc_t
rpc_decode(wf_message_t *message, const wf_shape_t *shape, wf_args_t *args,
    wf_error_t *err)
{
    wf_source_t      source;
    wf_rpc_state_t  *state;

    state = message->state;
    wf_assert(state != NULL);

    source.get = field_text;
    source.data = &state->params;

    return wf_shape_decode(message->arena, message->scratch, shape, &source,
                           args, err);
}


bool
wf_rpc_knows(const wf_message_t *message)
{
    return wf_rpc_shape(message->action) != NULL;
}


const wf_protocol_t  wf_protocol_rpc = {
    .name = "rpc",
    .service = "fnf",
    .recognise = rpc_recognise,
    .begin = rpc_begin,
    .knows = wf_rpc_knows,
    .verify = wf_rpc_verify,
    .decode = rpc_decode,
    .encode = wf_rpc_encode,
    .encode_error = wf_rpc_encode_error,
    .content_type = wf_str_init("application/json;charset=utf-8"),
    .request_id_header = wf_str_init("x-acs-request-id"),
    .retry_header = wf_str_init("x-acs-retry-after"),
    .retry_unit_ms = 1
};
