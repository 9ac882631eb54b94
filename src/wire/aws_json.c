
/*
 * Amazon's JSON protocol, version 1.0, which Step Functions (asl 1) and SWF
 * (swf 1) speak: one path, an operation in X-Amz-Target, an object as input.
 * Recognises, begins and decodes; one wf_protocol_t per service.  Copies into
 * the message's arena what must outlive the request.
 */

#include "wire/aws.h"
#include "wire/rpc.h"


#define REGION_LEN_MAX   64
#define DEFAULT_REGION   "us-east-1"
#define DEFAULT_ACCOUNT  "123456789012"


static const wf_aws_service_t  *services[] = {
    &wf_aws_sfn,
    &wf_aws_swf
};


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_str_t
header(const wf_request_t *request, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {

        if (wf_str_eq(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }

    return wf_str_none;
}


/* The operation that target names; data == NULL: none of the service. */
static wf_str_t
operation_name(const wf_aws_service_t *service, wf_str_t target)
{
    wf_str_t  prefix;

    prefix = service->target;

    if (!wf_str_starts(target, prefix)) {
        prefix = service->old_target;

        if (prefix.len == 0 || !wf_str_starts(target, prefix)) {
            return wf_str_none;
        }
    }

    return (wf_str_t) { target.len - prefix.len, target.data + prefix.len };
}


/*
 * A request that names an operation of the service, or one that is in this
 * protocol, or a newer one of the same clients, and names nobody's.
 */
static bool
recognise(const wf_request_t *request, const wf_aws_service_t *service)
{
    size_t    i;
    wf_str_t  target;

    target = header(request, wf_str("x-amz-target"));

    for (i = 0; i < wf_countof(services); i++) {

        if (operation_name(services[i], target).data
            || (services[i]->path.len > 0
                && wf_str_starts(request->path, services[i]->path)))
        {
            return services[i] == service;
        }
    }

    return target.len > 0
           || header(request, wf_str("smithy-protocol")).len > 0
           || wf_rpc_is_media_type(request->content_type,
                                   wf_str("application/x-amz-json-1.0"))
           || wf_rpc_is_media_type(request->content_type,
                                   wf_str("application/x-amz-json-1.1"));
}


static bool
sfn_recognise(const wf_request_t *request)
{
    return recognise(request, &wf_aws_sfn);
}


static bool
swf_recognise(const wf_request_t *request)
{
    return recognise(request, &wf_aws_swf);
}


static const wf_aws_operation_t *
operation_find(const wf_aws_service_t *service, wf_str_t action)
{
    uint32_t  i;

    for (i = 0; i < service->operation_count; i++) {

        if (wf_str_eq(service->operations[i].action, action)) {
            return &service->operations[i];
        }
    }

    return NULL;
}


/* It is a part of names: nothing else may come in. */
static bool
is_region(wf_str_t region)
{
    size_t   i;
    uint8_t  c;

    for (i = 0; i < region.len; i++) {
        c = region.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }

    return region.len > 0 && region.len <= REGION_LEN_MAX;
}


static wf_rc_t
place_read(wf_message_t *message, wf_aws_state_t *state, wf_error_t *err)
{
    wf_str_t             region, account;
    const wf_request_t  *request;

    request = message->request;
    region = wf_aws_scope_region(message);
    account = request->account.len ? request->account
                                   : wf_str(DEFAULT_ACCOUNT);

    if (!is_region(region)) {
        region = request->region.len ? request->region
                                     : wf_str(DEFAULT_REGION);
    }

    state->region = wf_arena_copy(message->arena, region);
    state->account = wf_arena_copy(message->arena, account);

    return state->region.data && state->account.data ? WF_OK : no_memory(err);
}


static wf_rc_t
not_ours(wf_aws_state_t *state, wf_error_t *err)
{
    state->is_plain = true;
    wf_error_set(err, WF_E_NOT_RPC, "<UnknownOperationException/>");

    return WF_ERROR;
}


static wf_rc_t
operation_read(wf_message_t *message, wf_aws_state_t *state, wf_error_t *err)
{
    wf_str_t                 name, target;
    const wf_aws_service_t  *service;

    service = state->service;
    target = header(message->request, wf_str("x-amz-target"));
    name = operation_name(service, target);

    if (name.data == NULL) {
        wf_error_args(err, WF_E_UNKNOWN_ACTION, target, wf_str_none);
        return WF_ERROR;
    }

    message->action = wf_arena_copy(message->arena, name);

    if (message->action.data == NULL) {
        return no_memory(err);
    }

    state->operation = operation_find(service, message->action);

    return WF_OK;
}


static wf_rc_t
begin(wf_message_t *message, const wf_aws_service_t *service,
    wf_str_t fresh_id, wf_error_t *err)
{
    wf_aws_state_t      *state;
    const wf_request_t  *request;

    request = message->request;
    message->action = wf_str_none;
    message->key_id = wf_str_none;
    message->request_id = fresh_id;

    state = wf_arena_calloc(message->arena, sizeof(wf_aws_state_t));
    message->state = state;

    if (state == NULL) {
        return no_memory(err);
    }

    state->service = service;
    state->now_ms = request->now_ms;

    /* Newer protocols have a path for each operation. */

    if (!wf_str_eq(request->method, wf_str("POST")) || request->path.len > 1
        || header(request, wf_str("smithy-protocol")).len > 0)
    {
        return not_ours(state, err);
    }

    if (request->body.len > service->body_max) {
        wf_error_set(err, WF_E_TOO_LARGE, "%zu", service->body_max);
        return WF_ERROR;
    }

    if (place_read(message, state, err) != WF_OK) {
        return WF_ERROR;
    }

    return operation_read(message, state, err);
}


static wf_rc_t
sfn_begin(wf_message_t *message, wf_str_t fresh_id, wf_error_t *err)
{
    return begin(message, &wf_aws_sfn, fresh_id, err);
}


static wf_rc_t
swf_begin(wf_message_t *message, wf_str_t fresh_id, wf_error_t *err)
{
    return begin(message, &wf_aws_swf, fresh_id, err);
}


static wf_rc_t
place_add(wf_message_t *message, wf_args_t *args, wf_arg_id_t id,
    wf_str_t text)
{
    wf_arg_t  *arg;

    arg = wf_args_add(message->arena, args, id);

    if (arg == NULL) {
        return WF_ERROR;
    }

    arg->text = text;

    return WF_OK;
}


/* Before anything is looked up: a refusal says nothing about what exists. */
static wf_rc_t
check_permit(const wf_message_t *message, wf_error_t *err)
{
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);

    if (message->policy == NULL || state->is_late
        || wf_policy_allows_arn(message->policy, state->service->signing_name,
                                message->action, state->asked))
    {
        return WF_OK;
    }

    wf_error_args(err, WF_E_ACCESS_DENIED, wf_str_none, wf_str_none);

    return WF_ERROR;
}


static wf_rc_t
decode(wf_message_t *message, const wf_shape_t *shape, wf_args_t *args,
    wf_error_t *err)
{
    const wf_aws_state_t  *state;

    (void) shape;

    state = wf_aws_state(message);
    wf_assert(state->operation != NULL);

    if (wf_aws_read(message, args, err) != WF_OK) {
        return WF_ERROR;
    }

    if (place_add(message, args, WF_ARG_REGION, state->region) != WF_OK
        || place_add(message, args, WF_ARG_ACCOUNT, state->account) != WF_OK)
    {
        return no_memory(err);
    }

    if (state->operation->resolve
        && state->operation->resolve(message, args, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return check_permit(message, err);
}


static bool
knows(const wf_message_t *message)
{
    return wf_aws_state(message)->operation != NULL;
}


static unsigned
encode(wf_buf_t *buf, const wf_message_t *message, const wf_reply_t *reply)
{
    wf_aws_state(message)->operation->encode(buf, message, reply);

    return 200;
}


const wf_protocol_t  wf_protocol_sfn = {
    .name = "sfn",
    .service = "states",
    .recognise = sfn_recognise,
    .begin = sfn_begin,
    .knows = knows,
    .verify = wf_aws_verify,
    .decode = decode,
    .encode = encode,
    .encode_error = wf_aws_encode_error,
    .error_code = wf_aws_error_code,
    .content_type = wf_str_init("application/x-amz-json-1.0"),
    .request_id_header = wf_str_init("x-amzn-RequestId"),
    .error_code_header = wf_str_init("x-amzn-ErrorType"),
    .retry_header = wf_str_init("Retry-After"),
    .retry_unit_ms = 1000
};


const wf_protocol_t  wf_protocol_swf = {
    .name = "swf",
    .service = "swf",
    .recognise = swf_recognise,
    .begin = swf_begin,
    .knows = knows,
    .verify = wf_aws_verify,
    .decode = decode,
    .encode = encode,
    .encode_error = wf_aws_encode_error,
    .error_code = wf_aws_error_code,
    .content_type = wf_str_init("application/json"),
    .request_id_header = wf_str_init("x-amzn-RequestId"),
    .error_code_header = wf_str_init("x-amzn-ErrorType"),
    .retry_header = wf_str_init("Retry-After"),
    .retry_unit_ms = 1000
};
