
/*
 * Generation 2: Task, and Retry, Catch and OnErrors of all states that have
 * them (fdl.md 2.4.2, 2.6).  What may be called how is resource.c's.
 */

#include "flow/dialect_cfl.h"
#include "flow/resource.h"


typedef struct {
    const wf_value_t  *errors;
    const wf_value_t  *description;
    const wf_value_t  *attempts;
    const wf_value_t  *interval;
    const wf_value_t  *rate;
    const wf_value_t  *interval_max;
    const wf_value_t  *output;
    const wf_value_t  *next;
    const wf_value_t  *retry;           /* OnErrors */
} rule_t;

#define FIELD(name, kind, slot, required, min, max)                           \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(rule_t, slot), 1,          \
      required, min, max, NULL }
#define ERRORS                                                                \
    FIELD("Errors", LIST, errors, 1, 1, WF_FIELD_LIST_MAX)
#define DESCRIPTION                                                           \
    FIELD("Description", STRING, description, 0, 0, 0)

static const wf_field_t  retry_rows[] = {
    ERRORS,
    DESCRIPTION,
    FIELD("MaxAttempts", INT, attempts, 1, 0, WF_RETRY_ATTEMPTS_MAX),
    FIELD("IntervalSeconds", INT, interval, 1, 0, WF_RETRY_SECONDS_MAX),
    FIELD("BackoffRate", NUMBER, rate, 0, 0, WF_RETRY_FACTOR_MAX),
    FIELD("MaxBackoffSeconds", INT, interval_max, 0, 0, WF_RETRY_SECONDS_MAX)
};

static const wf_field_t  catch_rows[] = {
    ERRORS,
    DESCRIPTION,
    FIELD("OutputConstructor", OBJECT, output, 0, 0, 0),
    FIELD("Next", TEXT, next, 1, 0, 0),
    { wf_str_init("Goto"), WF_FIELD_REFUSED, 0, 1, 0, 0, 0,
      "is not a field of this language; use 'Next'" }
};

/* The form of 2023: one rule for both. */
static const wf_field_t  on_errors_rows[] = {
    ERRORS,
    DESCRIPTION,
    FIELD("Retry", OBJECT, retry, 0, 0, 0),
    FIELD("OutputConstructor", OBJECT, output, 0, 0, 0),
    FIELD("Next", TEXT, next, 0, 0, 0)
};

static const wf_field_t  on_errors_retry_rows[] = {
    FIELD("MaxAttempts", INT, attempts, 1, 0, WF_RETRY_ATTEMPTS_MAX),
    FIELD("FixedBackoff", INT, interval, 0, 0, WF_RETRY_SECONDS_MAX),
    FIELD("Multiplier", NUMBER, rate, 0, 0, WF_RETRY_FACTOR_MAX)
};

#undef FIELD

static const wf_fields_t  retry_fields = wf_table(retry_rows);
static const wf_fields_t  catch_fields = wf_table(catch_rows);
static const wf_fields_t  on_errors_fields = wf_table(on_errors_rows);
static const wf_fields_t  on_errors_retry_fields =
    wf_table(on_errors_retry_rows);

static const wf_word_t  mode_words[] = {
    { wf_str_init("RequestComplete"), WF_CALL_REQUEST },
    { wf_str_init("WaitForSystemCallback"), WF_CALL_SYNC },
    { wf_str_init("WaitForCustomCallback"), WF_CALL_TOKEN }
};

static const wf_words_t  modes = wf_words(mode_words);

#define INTERVAL_DEFAULT  1
#define RATE_DEFAULT      1.0


static void
retrier_fill(const rule_t *rule, wf_retrier_t *retrier)
{
    retrier->max_attempts = wf_front_int(rule->attempts, 0);
    retrier->interval_ms = wf_front_int(rule->interval, INTERVAL_DEFAULT)
                           * 1000;
    retrier->max_interval_ms = rule->interval_max
                               ? rule->interval_max->u.number.integer * 1000
                               : (int64_t) WF_EXECUTION_MS_MAX;
    retrier->multiplier = rule->rate ? rule->rate->u.number.real
                                     : RATE_DEFAULT;
}


static wf_rc_t
retry_build(wf_front_t *front, const wf_value_t *list, wf_node_t *node,
    wf_error_t *err)
{
    rule_t         rule;
    uint32_t       i;
    wf_retrier_t  *retrier;

    if (wf_front_retriers(front, node, list->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        retrier = &node->retriers[i];

        if (wf_fields_read(list->u.items[i], &retry_fields, 1,
                           "a Retry entry", &rule, err)
            != WF_OK
            || wf_fields_strings(front->arena, rule.errors, "Errors",
                                 &retrier->errors, err)
               != WF_OK)
        {
            return WF_ERROR;
        }

        retrier->error_count = rule.errors->count;
        retrier_fill(&rule, retrier);
    }

    return WF_OK;
}


/* errors are set by the caller. */
static wf_rc_t
catcher_build(wf_front_t *front, const rule_t *rule, wf_node_t *node,
    wf_catcher_t *catcher, wf_error_t *err)
{
    catcher->next = WF_NONE;

    if (wf_cfl_template(front, rule->output, "OutputConstructor",
                        &catcher->output, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    if (rule->next == NULL) {
        return WF_OK;
    }

    return wf_builder_link(front->builder, node->scope, rule->next->u.string,
                           rule->next->mark, node->no, &catcher->next, err);
}


static wf_rc_t
catch_build(wf_front_t *front, const wf_value_t *list, wf_node_t *node,
    wf_error_t *err)
{
    rule_t         rule;
    uint32_t       i;
    wf_catcher_t  *catcher;

    if (wf_front_catchers(front, node, list->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        catcher = &node->catchers[i];

        if (wf_fields_read(list->u.items[i], &catch_fields, 1,
                           "a Catch entry", &rule, err)
            != WF_OK
            || wf_fields_strings(front->arena, rule.errors, "Errors",
                                 &catcher->errors, err)
               != WF_OK)
        {
            return WF_ERROR;
        }

        catcher->error_count = rule.errors->count;

        if (catcher_build(front, &rule, node, catcher, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* One rule of OnErrors: its errors into both lists, then each part. */
static wf_rc_t
on_error_build(wf_front_t *front, const wf_value_t *item, wf_node_t *node,
    uint32_t index, wf_error_t *err)
{
    rule_t         rule, retry;
    wf_catcher_t  *catcher;
    wf_retrier_t  *retrier;

    memset(&retry, 0, sizeof(retry));
    catcher = &node->catchers[index];
    retrier = &node->retriers[index];

    if (wf_fields_read(item, &on_errors_fields, 1, "an OnErrors entry",
                       &rule, err)
        != WF_OK
        || wf_fields_strings(front->arena, rule.errors, "Errors",
                             &catcher->errors, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (rule.retry == NULL && rule.next == NULL) {
        return wf_refuse(err, item->mark,
                         "an OnErrors entry needs 'Retry' or 'Next'");
    }

    if (rule.retry
        && wf_fields_read(rule.retry, &on_errors_retry_fields, 1, "'Retry'",
                          &retry, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    catcher->error_count = rule.errors->count;
    retrier->errors = catcher->errors;
    retrier->error_count = catcher->error_count;
    retrier_fill(&retry, retrier);

    return catcher_build(front, &rule, node, catcher, err);
}


/*
 * The first rule that names the error decides alone.  So every rule goes into
 * both lists, in order: without Retry as a retrier of no attempts, without
 * Next as a catcher that does not catch.  Thus no later rule steps in.
 */
static wf_rc_t
on_errors_build(wf_front_t *front, const wf_value_t *list, wf_node_t *node,
    wf_error_t *err)
{
    uint32_t  i;

    if (wf_front_retriers(front, node, list->count, err) != WF_OK
        || wf_front_catchers(front, node, list->count, err) != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        if (on_error_build(front, list->u.items[i], node, i, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_rc_t
wf_cfl_errors(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    if (wf_fields_either(state->on_errors, "OnErrors", state->retry, "Retry",
                         err)
        != WF_OK
        || wf_fields_either(state->on_errors, "OnErrors", state->catch,
                            "Catch", err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (state->on_errors) {
        return on_errors_build(front, state->on_errors, node, err);
    }

    if (state->retry
        && retry_build(front, state->retry, node, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return state->catch ? catch_build(front, state->catch, node, err) : WF_OK;
}


static wf_rc_t
mode_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    uint8_t            mode;
    uint32_t           offered;
    const wf_value_t  *value;

    offered = wf_action_modes(state->action->u.string);

    if (offered == 0) {
        return wf_refuse(err, state->action->mark,
                         "'Action' must be '<Service>:<Operation>', "
                         "not '%.*s'", wf_quoted(state->action->u.string));
    }

    mode = WF_CALL_REQUEST;
    value = state->task_mode;

    if (value && wf_fields_word(value, &modes, "TaskMode", &mode, err)
                 != WF_OK)
    {
        return WF_ERROR;
    }

    if (value && !(offered & wf_mode_bit(mode))) {
        return wf_refuse(err, value->mark,
                         "TaskMode '%.*s' is not offered by '%.*s'",
                         wf_quoted(value->u.string),
                         wf_quoted(state->action->u.string));
    }

    if (value && front->mode == WF_MODE_EXPRESS && mode != WF_CALL_REQUEST) {
        return wf_refuse(err, value->mark,
                         "TaskMode '%.*s' is not allowed in an Express flow",
                         wf_quoted(value->u.string));
    }

    node->u.task.mode = mode;

    return WF_OK;
}


wf_rc_t
wf_cfl_task(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    wf_amount_t  *timeout;

    node->u.task.resource = state->action->u.string;
    node->u.task.is_action = true;

    if (mode_build(front, state, node, err) != WF_OK
        || wf_fields_either(state->timeout, "Timeout", state->timeout_path,
                            "Timeout.$", err)
           != WF_OK
        || wf_cfl_template(front, state->params, "Parameters",
                           &node->u.task.params, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    timeout = &node->u.task.timeout_s;
    timeout->constant = wf_front_int(state->timeout, 0);

    if (state->timeout_path == NULL) {
        return WF_OK;
    }

    return wf_front_expr(front, state->timeout_path, WF_EXPR_CFL,
                         "Timeout.$", &timeout->expr, err);
}
