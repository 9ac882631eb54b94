
/*
 * AWS Step Functions: the tables of its inputs, its operations, and what the
 * names and ARNs of an input name (asl 23).  A state machine is a flow; its
 * ARN becomes FLOW and QUALIFIER, an execution's FLOW and EXECUTION.
 */

#include "wire/aws_sfn.h"


#define NAME_LEN_MAX  80


enum {
#define TYPE(symbol, kind, min, max, hidden, first, count, text)              \
    TYPE_##symbol,
#include "wire/aws_sfn.def"
#undef TYPE
    TYPE_COUNT
};

enum {
#define MEMBER(structure, name, type, required, arg)                          \
    MEMBER_##structure##_##name,
#include "wire/aws_sfn.def"
#undef MEMBER
    MEMBER_COUNT
};

#define NONE    WF_AWS_NONE
#define INSIDE  WF_AWS_INSIDE

static const wf_aws_type_t  types[TYPE_COUNT] = {
#define TYPE(symbol, kind, min, max, hidden, first, count, text)              \
    { #symbol, WF_AWS_##kind, hidden, min, max, first, count, text },
#include "wire/aws_sfn.def"
#undef TYPE
};

static const wf_aws_member_t  members[MEMBER_COUNT] = {
#define MEMBER(structure, name, type, required, arg)                          \
    { wf_str_init(#name), TYPE_##type, required, arg },
#include "wire/aws_sfn.def"
#undef MEMBER
};

static const wf_aws_model_t  model = { types, members };


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
arg_add(wf_message_t *message, wf_args_t *args, wf_arg_id_t id, wf_str_t text,
    wf_error_t *err)
{
    wf_arg_t  *arg;

    if (text.data == NULL) {
        return no_memory(err);
    }

    arg = wf_args_add(message->arena, args, id);

    if (arg == NULL) {
        return no_memory(err);
    }

    arg->text = text;

    return WF_OK;
}


/* What the request is about: as it came, for errors ... */
static void
about(wf_message_t *message, wf_str_t text)
{
    wf_aws_state_t  *state;

    state = message->state;
    state->resource = text;
}


/* ... and in one form, for policies. */
static wf_rc_t
asked(wf_message_t *message, const wf_arn_t *arn, wf_error_t *err)
{
    wf_buf_t         buf;
    wf_aws_state_t  *state;

    if (message->policy == NULL) {
        return WF_OK;
    }

    state = message->state;
    wf_buf_init(&buf, message->arena, 128);
    wf_arn_print(&buf, arn);
    state->asked = wf_buf_done(&buf);

    return buf.failed ? no_memory(err) : WF_OK;
}


static wf_rc_t
flow_add(wf_message_t *message, wf_args_t *args, const wf_arn_t *arn,
    wf_error_t *err)
{
    wf_buf_t  flow;

    if (asked(message, arn, err) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&flow, message->arena, 64 + arn->name.len);
    wf_arn_flow(&flow, arn);

    return arg_add(message, args, WF_ARG_FLOW,
                   flow.failed ? wf_str_none : wf_buf_done(&flow), err);
}


static wf_rc_t
name_check(wf_str_t name, wf_error_t *err)
{
    if (!wf_arn_name_is_valid(name)) {
        wf_error_args(err, WF_E_INVALID_NAME, name, wf_str_none);
        return WF_ERROR;
    }

    return WF_OK;
}


/* What a Map made is not what its machine is, nor what may be done to it. */
static wf_rc_t
label_check(const wf_arn_t *arn, wf_error_code_t missing, wf_error_t *err)
{
    if (arn->label.len == 0) {
        return WF_OK;
    }

    wf_error_args(err, missing, arn->name, wf_str_none);

    return WF_ERROR;
}


/* A machine's, a version's or an alias'. */
static wf_rc_t
machine_resolve(wf_message_t *message, wf_args_t *args, wf_str_t text,
    wf_error_t *err)
{
    wf_arn_t  arn;

    about(message, text);

    if (wf_arn_parse(text, 1u << WF_ARN_MACHINE, &arn, err) != WF_OK
        || label_check(&arn, WF_E_FLOW_NOT_FOUND, err) != WF_OK
        || flow_add(message, args, &arn, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return arn.qualifier.len
           ? arg_add(message, args, WF_ARG_QUALIFIER, arn.qualifier, err)
           : WF_OK;
}


static wf_rc_t
by_machine(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return machine_resolve(message, args,
                           wf_args_get(args, WF_ARG_MACHINE_ARN)->text, err);
}


/* A page of what a machine has. */
static wf_rc_t
by_machine_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return wf_aws_page(message, args, err) == WF_OK
           ? by_machine(message, args, err) : WF_ERROR;
}


/* Version or alias; without either the ARN is not of the kind wanted. */
static wf_rc_t
qualified_resolve(wf_message_t *message, wf_args_t *args, wf_str_t text,
    wf_arg_id_t id, wf_error_t *err)
{
    const wf_arg_t  *qualifier;

    if (machine_resolve(message, args, text, err) != WF_OK) {
        return WF_ERROR;
    }

    qualifier = wf_args_get(args, WF_ARG_QUALIFIER);

    if (!qualifier->present) {
        wf_error_set(err, WF_E_INVALID_ARN, "Resource type not valid in this "
                     "context: stateMachine");
        return WF_ERROR;
    }

    return arg_add(message, args, id, qualifier->text, err);
}


static wf_rc_t
by_version(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return qualified_resolve(message, args,
                             wf_args_get(args, WF_ARG_VERSION_ARN)->text,
                             WF_ARG_VERSION, err);
}


/* With or without new routes; these lead to the alias' own machine. */
static wf_rc_t
by_alias(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  alias, version;
    wf_str_t  first;

    if (wf_args_get(args, WF_ARG_ROUTING)->present) {

        if (wf_sfn_routes(message, args, err, &first) != WF_OK) {
            return WF_ERROR;
        }

        if (wf_arn_parse(wf_args_get(args, WF_ARG_ALIAS_ARN)->text,
                         1u << WF_ARN_MACHINE, &alias, err) != WF_OK
            || wf_arn_parse(first, 1u << WF_ARN_MACHINE, &version, err)
               != WF_OK)
        {
            return WF_ERROR;
        }

        if (!wf_arn_same_machine(&alias, &version)) {
            wf_error_set(err, WF_E_VALIDATION, "Routing configuration must "
                         "contain versions of the alias' state machine");
            return WF_ERROR;
        }
    }

    return qualified_resolve(message, args,
                             wf_args_get(args, WF_ARG_ALIAS_ARN)->text,
                             WF_ARG_ALIAS, err);
}


/* A new alias: of the machine whose versions it routes to. */
static wf_rc_t
by_routes(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  arn;
    wf_str_t  first;

    if (wf_sfn_routes(message, args, err, &first) != WF_OK
        || wf_arn_parse(first, 1u << WF_ARN_MACHINE, &arn, err) != WF_OK
        || flow_add(message, args, &arn, err) != WF_OK)
    {
        return WF_ERROR;
    }

    about(message, first);

    return arg_add(message, args, WF_ARG_ALIAS,
                   wf_args_get(args, WF_ARG_AWS_NAME)->text, err);
}


/* One that is not there yet. */
static wf_rc_t
by_name(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t               arn;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    memset(&arn, 0, sizeof(wf_arn_t));
    arn.kind = WF_ARN_MACHINE;
    arn.region = state->region;
    arn.account = state->account;
    arn.name = wf_args_get(args, WF_ARG_AWS_NAME)->text;

    if (name_check(arn.name, err) != WF_OK) {
        return WF_ERROR;
    }

    return flow_add(message, args, &arn, err);
}


/* "ARN#CASE", as Step Functions Local has it.  A name has no '#'. */
static wf_rc_t
by_test_case(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_str_t        text, machine, test_case;
    const uint8_t  *mark;

    text = wf_args_get(args, WF_ARG_MACHINE_ARN)->text;
    mark = text.len ? memchr(text.data, '#', text.len) : NULL;

    if (mark == NULL) {
        return machine_resolve(message, args, text, err);
    }

    machine = (wf_str_t) { (size_t) (mark - text.data), text.data };
    test_case = (wf_str_t) { text.len - machine.len - 1, mark + 1 };

    if (machine_resolve(message, args, machine, err) != WF_OK) {
        return WF_ERROR;
    }

    about(message, text);

    return arg_add(message, args, WF_ARG_TEST_CASE, test_case, err);
}


/* A machine, and the name of an execution that may have one. */
static wf_rc_t
by_start(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    const wf_arg_t  *name;

    name = wf_args_get(args, WF_ARG_AWS_NAME);

    if (by_test_case(message, args, err) != WF_OK) {
        return WF_ERROR;
    }

    if (!name->present) {
        return WF_OK;
    }

    if (name_check(name->text, err) != WF_OK) {
        return WF_ERROR;
    }

    return arg_add(message, args, WF_ARG_EXECUTION, name->text, err);
}


/* A child of a map run by the name that it is shown with. */
static wf_rc_t
child_rename(wf_message_t *message, wf_arn_t *arn, wf_error_t *err)
{
    if (arn->label.len == 0) {
        return WF_OK;
    }

    return wf_sfn_child_name(message->arena, arn->execution, &arn->execution)
           == WF_OK ? WF_OK : label_check(arn, WF_E_EXECUTION_NOT_FOUND, err);
}


static wf_rc_t
execution_resolve(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  arn;
    wf_str_t  text;

    text = wf_args_get(args, WF_ARG_EXECUTION_ARN)->text;
    about(message, text);

    if (wf_arn_parse(text, 1u << WF_ARN_EXECUTION, &arn, err) != WF_OK
        || child_rename(message, &arn, err) != WF_OK
        || flow_add(message, args, &arn, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return arg_add(message, args, WF_ARG_EXECUTION, arn.execution, err);
}


static wf_rc_t
by_execution(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return execution_resolve(message, args, err);
}


static wf_rc_t
by_execution_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return wf_aws_page(message, args, err) == WF_OK
           ? execution_resolve(message, args, err) : WF_ERROR;
}


/* The UUID of an ARN as the engine has it: without the dashes. */
static wf_rc_t
run_add(wf_message_t *message, wf_args_t *args, wf_str_t uuid,
    wf_error_t *err)
{
    size_t    i;
    wf_buf_t  name;

    wf_buf_init(&name, message->arena, 32);

    for (i = 0; i < uuid.len; i++) {

        if (uuid.data[i] != '-') {
            wf_buf_byte(&name, uuid.data[i]);
        }
    }

    return arg_add(message, args, WF_ARG_MAP_RUN,
                   name.failed ? wf_str_none : wf_buf_done(&name), err);
}


static wf_rc_t
by_map_run(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  arn;
    wf_str_t  text;

    text = wf_args_get(args, WF_ARG_MAP_RUN_ARN)->text;
    about(message, text);

    if (wf_arn_parse(text, 1u << WF_ARN_MAP_RUN, &arn, err) != WF_OK
        || flow_add(message, args, &arn, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return run_add(message, args, arn.id, err);
}


/* Executions of a machine, or of a map run. */
static wf_rc_t
by_list(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    if (wf_args_get(args, WF_ARG_MACHINE_ARN)->present
        == wf_args_get(args, WF_ARG_MAP_RUN_ARN)->present)
    {
        wf_error_set(err, WF_E_VALIDATION, "Must specify exactly one of "
                     "StateMachineArn or MapRunArn");
        return WF_ERROR;
    }

    if (wf_args_get(args, WF_ARG_MACHINE_ARN)->present) {
        return by_machine_page(message, args, err);
    }

    return wf_aws_page(message, args, err) == WF_OK
           ? by_map_run(message, args, err) : WF_ERROR;
}


static wf_rc_t
activity_add(wf_message_t *message, wf_args_t *args, const wf_arn_t *arn,
    wf_error_t *err)
{
    wf_buf_t  key;

    if (asked(message, arn, err) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&key, message->arena, 64 + arn->name.len);
    wf_buf_str(&key, arn->region);
    wf_buf_byte(&key, '/');
    wf_buf_str(&key, arn->account);
    wf_buf_byte(&key, '/');
    wf_buf_str(&key, arn->name);

    return arg_add(message, args, WF_ARG_ACTIVITY,
                   key.failed ? wf_str_none : wf_buf_done(&key), err);
}


static wf_rc_t
by_activity_name(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t               arn;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    memset(&arn, 0, sizeof(wf_arn_t));
    arn.kind = WF_ARN_ACTIVITY;
    arn.region = state->region;
    arn.account = state->account;
    arn.name = wf_args_get(args, WF_ARG_AWS_NAME)->text;

    if (name_check(arn.name, err) != WF_OK) {
        return WF_ERROR;
    }

    return activity_add(message, args, &arn, err);
}


static wf_rc_t
by_activity(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  arn;
    wf_str_t  text;

    text = wf_args_get(args, WF_ARG_ACTIVITY_ARN)->text;
    about(message, text);

    if (wf_arn_parse(text, 1u << WF_ARN_ACTIVITY, &arn, err) != WF_OK) {
        return WF_ERROR;
    }

    return activity_add(message, args, &arn, err);
}


/* Machines and activities have tags; versions and aliases have none. */
static wf_rc_t
by_resource(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_arn_t  arn;
    wf_str_t  text;

    text = wf_args_get(args, WF_ARG_RESOURCE_ARN)->text;
    about(message, text);

    if (wf_arn_parse(text, 1u << WF_ARN_ACTIVITY | 1u << WF_ARN_MACHINE, &arn,
                     err) != WF_OK)
    {
        return WF_ERROR;
    }

    if (arn.qualifier.len > 0 || arn.label.len > 0) {
        wf_error_args(err, WF_E_RESOURCE_NOT_FOUND, text, wf_str_none);
        return WF_ERROR;
    }

    return arn.kind == WF_ARN_ACTIVITY
           ? activity_add(message, args, &arn, err)
           : flow_add(message, args, &arn, err);
}


static const wf_aws_operation_t  operations[] = {
#define OPERATION(name, resolve, encode)                                      \
    { wf_str_init(#name), TYPE_##name##Input, NULL, resolve,                  \
      wf_sfn_encode_##encode },
#include "wire/aws_sfn_operations.def"
#undef OPERATION
};


const wf_aws_service_t  wf_aws_sfn = {
    .target = wf_str_init("AWSStepFunctions."),
    .path = wf_str_init("/service/AWSStepFunctions/"),
    .signing_name = wf_str_init("states"),
    .model = &model,
    .operations = operations,
    .operation_count = wf_countof(operations),
    .body_max = WF_RAW_REQUEST_BYTES_MAX
};
