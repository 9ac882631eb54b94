
/*
 * Amazon SWF: the tables of its inputs, its operations, and what an input
 * names (swf 1, 3).  A domain is a flow; structures of names become arguments
 * of their own.  The table of these is in aws_swf.def.
 */

#include "wire/aws_swf.h"

#include "base/json.h"


enum {
#define TYPE(symbol, kind, min, max, hidden, first, count, text)              \
    TYPE_##symbol,
#include "wire/aws_swf.def"
#undef TYPE
    TYPE_COUNT
};

enum {
#define MEMBER(structure, name, type, required, arg)                          \
    MEMBER_##structure##_##name,
#include "wire/aws_swf.def"
#undef MEMBER
    MEMBER_COUNT
};

#define NONE    WF_AWS_NONE
#define INSIDE  WF_AWS_INSIDE

static const wf_aws_type_t  types[TYPE_COUNT] = {
#define TYPE(symbol, kind, min, max, hidden, first, count, text)              \
    { #symbol, WF_AWS_##kind, hidden, min, max, first, count, text },
#include "wire/aws_swf.def"
#undef TYPE
};

static const wf_aws_member_t  members[MEMBER_COUNT] = {
#define MEMBER(structure, name, type, required, arg)                          \
    { wf_str_init(#name), TYPE_##type, required, arg },
#include "wire/aws_swf.def"
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
refuse(wf_error_t *err, const char *why)
{
    wf_error_set(err, WF_E_VALIDATION, "%s", why);
    return WF_ERROR;
}


static wf_rc_t
arg_add(wf_message_t *message, wf_args_t *args, wf_arg_id_t id, wf_str_t text,
    wf_error_t *err)
{
    wf_arg_t  *arg;

    arg = text.data ? wf_args_add(message->arena, args, id) : NULL;

    if (arg == NULL) {
        return no_memory(err);
    }

    arg->text = text;

    return WF_OK;
}


/*
 * Members of structures as arguments of their own
 */

typedef struct {
    uint8_t    structure;           /* wf_arg_id_t; both */
    uint8_t    arg;
    wf_str_t   name;
    uint16_t   type;
} part_t;

#define PART(structure, arg, owner, name)                                     \
    { WF_ARG_##structure, WF_ARG_##arg, wf_str_init(#name),                   \
      MEMBER_##owner##_##name }

static const part_t  parts[] = {
    PART(WORKFLOW_TYPE,    TYPE_NAME,     WorkflowType,       name),
    PART(WORKFLOW_TYPE,    TYPE_VERSION,  WorkflowType,       version),
    PART(ACTIVITY_TYPE,    TYPE_NAME,     ActivityType,       name),
    PART(ACTIVITY_TYPE,    TYPE_VERSION,  ActivityType,       version),
    PART(TASK_LIST_OBJECT, TASK_LIST,     TaskList,           name),
    PART(RUN_OBJECT,       WORKFLOW_ID,   WorkflowExecution,  workflowId),
    PART(RUN_OBJECT,       RUN_ID,        WorkflowExecution,  runId),
    PART(RUN_FILTER,       WORKFLOW_ID,   WorkflowExecutionFilter, workflowId),
    PART(TYPE_FILTER,      TYPE_NAME,     WorkflowTypeFilter, name),
    PART(TYPE_FILTER,      TYPE_VERSION,  WorkflowTypeFilter, version),
    PART(TAG_FILTER,       TAG,           TagFilter,          tag),
    PART(STATUS_OBJECT,    CLOSE_STATUS,  CloseStatusFilter,  status),
    PART(START_FILTER,     STARTED_BEGIN, ExecutionTimeFilter, oldestDate),
    PART(START_FILTER,     STARTED_END,   ExecutionTimeFilter, latestDate),
    PART(CLOSE_FILTER,     CLOSED_BEGIN,  ExecutionTimeFilter, oldestDate),
    PART(CLOSE_FILTER,     CLOSED_END,    ExecutionTimeFilter, latestDate)
};


/* Checked before: it is a number, and fits. */
static wf_rc_t
time_read(wf_message_t *message, wf_arg_t *arg, wf_str_t raw, wf_error_t *err)
{
    wf_error_t   ignored;
    wf_value_t  *value;

    if (wf_json_parse(message->scratch, raw, &value, &ignored) != WF_OK) {
        return no_memory(err);
    }

    arg->number = (int64_t) (value->u.number.real * 1000.0);
    arg->text = wf_arena_copy(message->arena, raw);

    return arg->text.data ? WF_OK : no_memory(err);
}


static wf_rc_t
part_add(wf_message_t *message, wf_args_t *args, const part_t *part,
    wf_error_t *err)
{
    wf_str_t              raw;
    wf_arg_t             *arg;
    const wf_aws_type_t  *type;

    raw = wf_aws_member(wf_args_get(args, part->structure)->text, part->name);
    type = &types[members[part->type].type];

    if (raw.len == 0 || (raw.len == 2 && wf_aws_may_be_empty(type))) {
        return WF_OK;
    }

    arg = wf_args_add(message->arena, args, part->arg);

    if (arg == NULL) {
        return no_memory(err);
    }

    if (type->kind == WF_AWS_TIMESTAMP) {
        return time_read(message, arg, raw, err);
    }

    arg->text = wf_walk_text(message->arena, raw);

    if (arg->text.data == NULL) {
        return no_memory(err);
    }

    if (type->kind == WF_AWS_ENUM) {
        arg->number = wf_aws_choice(type->text, arg->text);
    }

    return WF_OK;
}


static wf_rc_t
parts_add(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    size_t  i;

    for (i = 0; i < wf_countof(parts); i++) {

        if (wf_args_get(args, parts[i].structure)->present
            && part_add(message, args, &parts[i], err) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/*
 * Domains
 */

/* For policies: all is asked for in one form. */
static wf_rc_t
domain_ask(wf_message_t *message, const wf_swf_domain_t *domain,
    wf_error_t *err)
{
    wf_buf_t         buf;
    wf_aws_state_t  *state;

    if (message->policy == NULL) {
        return WF_OK;
    }

    state = message->state;
    wf_buf_init(&buf, message->arena, 128);
    wf_swf_domain_arn(&buf, domain);
    state->asked = wf_buf_done(&buf);

    return buf.failed ? no_memory(err) : WF_OK;
}


static wf_rc_t
domain_add(wf_message_t *message, wf_args_t *args,
    const wf_swf_domain_t *domain, wf_error_t *err)
{
    wf_buf_t         flow;
    wf_aws_state_t  *state;

    state = message->state;
    state->resource = domain->name;
    wf_buf_init(&flow, message->arena, 64 + domain->name.len);
    wf_swf_domain_flow(&flow, domain);

    if (domain_ask(message, domain, err) != WF_OK) {
        return WF_ERROR;
    }

    return arg_add(message, args, WF_ARG_FLOW,
                   flow.failed ? wf_str_none : wf_buf_done(&flow), err);
}


static wf_rc_t
by_domain(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_swf_domain_t        domain;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    domain.region = state->region;
    domain.account = state->account;
    domain.name = wf_args_get(args, WF_ARG_DOMAIN)->text;

    return parts_add(message, args, err) == WF_OK
           ? domain_add(message, args, &domain, err) : WF_ERROR;
}


static wf_rc_t
by_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return wf_swf_page(message, args, err) == WF_OK
           ? by_domain(message, args, err) : WF_ERROR;
}


/* All of an account. */
static wf_rc_t
by_account(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_swf_domain_t        domain;
    const wf_aws_state_t  *state;

    state = wf_aws_state(message);
    domain.region = state->region;
    domain.account = state->account;
    domain.name = wf_str("*");

    return wf_swf_page(message, args, err) == WF_OK
           ? domain_ask(message, &domain, err) : WF_ERROR;
}


/* What has tags. */
static wf_rc_t
by_resource(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_str_t         arn;
    wf_swf_domain_t  domain;

    arn = wf_args_get(args, WF_ARG_RESOURCE_ARN)->text;

    if (wf_swf_domain_of_arn(arn, &domain) != WF_OK) {
        wf_error_set(err, WF_E_VALIDATION, "Invalid ARN: %.*s",
                     (int) arn.len, (const char *) arn.data);
        return WF_ERROR;
    }

    return arg_add(message, args, WF_ARG_DOMAIN, domain.name, err) == WF_OK
           ? domain_add(message, args, &domain, err) : WF_ERROR;
}


/* Its domain is in the token, which only actions can read. */
static wf_rc_t
by_token(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_aws_state_t  *state;

    state = message->state;
    state->is_late = true;

    return parts_add(message, args, err);
}


/*
 * Types: default...
 */

static wf_rc_t
by_registration(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    uint16_t                i;
    wf_buf_t                buf;
    wf_str_t                raw;
    const wf_arg_t         *arg;
    const wf_aws_type_t    *type, *inner;
    const wf_aws_member_t  *member;

    type = &types[wf_aws_state(message)->operation->input];
    wf_buf_init(&buf, message->arena, 256);
    wf_buf_byte(&buf, '{');

    for (i = 0; i < type->count; i++) {
        member = &members[type->first + i];
        arg = wf_args_get(args, member->arg);

        if (!arg->present
            || !wf_str_starts(member->name, wf_str("default")))
        {
            continue;
        }

        inner = &types[member->type];
        wf_aws_key(&buf, (const char *) member->name.data);

        if (inner->kind == WF_AWS_STRUCTURE) {
            raw = arg->text;
            wf_aws_tidy(&buf, &model, inner, raw);

        } else {
            wf_json_print_string(&buf, arg->text);
        }
    }

    wf_buf_byte(&buf, '}');

    return arg_add(message, args, WF_ARG_DEFAULTS,
                   buf.failed ? wf_str_none : wf_buf_done(&buf), err) == WF_OK
           ? by_domain(message, args, err) : WF_ERROR;
}


/*
 * Filters (swf 3)
 */

static wf_rc_t
filters_check(const wf_args_t *args, wf_error_t *err)
{
    size_t    i;
    unsigned  count;

    static const uint8_t  filters[] = {
        WF_ARG_RUN_FILTER, WF_ARG_TYPE_FILTER, WF_ARG_TAG_FILTER,
        WF_ARG_STATUS_OBJECT
    };

    for (count = 0, i = 0; i < wf_countof(filters); i++) {
        count += wf_args_get(args, filters[i])->present;
    }

    return count <= 1 ? WF_OK
           : refuse(err, "Cannot specify more than one of executionFilter, "
                    "typeFilter, tagFilter and closeStatusFilter");
}


static wf_rc_t
times_check(const wf_args_t *args, wf_error_t *err)
{
    unsigned  count;

    count = wf_args_get(args, WF_ARG_START_FILTER)->present
            + wf_args_get(args, WF_ARG_CLOSE_FILTER)->present;

    if (count == 0) {
        return refuse(err, "Must specify time filter");
    }

    return count == 1 ? WF_OK
           : refuse(err, "Cannot specify both startTimeFilter and "
                    "closeTimeFilter");
}


static wf_rc_t
by_open(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return filters_check(args, err) == WF_OK
           ? by_domain(message, args, err) : WF_ERROR;
}


static wf_rc_t
by_open_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return wf_swf_page(message, args, err) == WF_OK
           ? by_open(message, args, err) : WF_ERROR;
}


static wf_rc_t
by_closed(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return times_check(args, err) == WF_OK
           ? by_open(message, args, err) : WF_ERROR;
}


static wf_rc_t
by_closed_page(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    return wf_swf_page(message, args, err) == WF_OK
           ? by_closed(message, args, err) : WF_ERROR;
}


/*
 * Decisions (swf 6)
 */

static bool
is_close(wf_str_t decision)
{
    size_t    i;
    wf_str_t  word;

    static const wf_str_t  words[] = {
        wf_str_init("CompleteWorkflowExecution"),
        wf_str_init("FailWorkflowExecution"),
        wf_str_init("CancelWorkflowExecution"),
        wf_str_init("ContinueAsNewWorkflowExecution")
    };

    word = wf_aws_member(decision, wf_str("decisionType"));

    for (i = 0; i < wf_countof(words); i++) {

        if (wf_walk_is(word, words[i])) {
            return true;
        }
    }

    return false;
}


static wf_rc_t
close_last(wf_message_t *message, wf_error_t *err)
{
    bool       is_closed;
    wf_str_t   list, decision;
    wf_walk_t  walk;

    list = wf_aws_member(message->request->body, wf_str("decisions"));

    if (list.len == 0) {
        return WF_OK;
    }

    is_closed = false;
    walk = wf_walk(list);
    wf_walk_enter(&walk);

    while (wf_walk_entry(&walk, &decision)) {

        if (is_closed) {
            return refuse(err, "Close must be last decision in list");
        }

        is_closed = is_close(decision);
    }

    return WF_OK;
}


static wf_rc_t
by_decisions(wf_message_t *message, wf_args_t *args, wf_error_t *err)
{
    wf_buf_t   buf;
    wf_arg_t  *arg;

    for (arg = args->first; arg; arg = arg->next) {

        if (arg->id == WF_ARG_DECISIONS) {
            wf_buf_init(&buf, message->arena, arg->text.len);
            wf_aws_tidy(&buf, &model, &types[TYPE_DecisionList], arg->text);

            if (buf.failed) {
                return no_memory(err);
            }

            arg->text = wf_buf_done(&buf);
        }
    }

    return by_token(message, args, err);
}


static const wf_aws_operation_t  operations[] = {
#define OPERATION(name, check, resolve, encode)                               \
    { wf_str_init(#name), TYPE_##name##Input, check, resolve,                 \
      wf_swf_encode_##encode },
#include "wire/aws_swf_operations.def"
#undef OPERATION
};


const wf_aws_service_t  wf_aws_swf = {
    .target = wf_str_init("SimpleWorkflowService."),
    .old_target = wf_str_init("com.amazonaws.swf.service.model."
                              "SimpleWorkflowService."),
    .path = wf_str_init(""),
    .signing_name = wf_str_init("swf"),
    .model = &model,
    .operations = operations,
    .operation_count = wf_countof(operations),
    .body_max = WF_REQUEST_BYTES_MAX
};
