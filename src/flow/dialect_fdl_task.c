
/*
 * Generation 1: task, with retry and catch (fdl.md 1.3.1, 1.7).  What may be
 * called how is resource.c's.
 */

#include "flow/dialect_fdl.h"
#include "flow/resource.h"


typedef struct {
    const wf_value_t  *errors;
    const wf_value_t  *interval;
    const wf_value_t  *interval_max;
    const wf_value_t  *attempts;
    const wf_value_t  *multiplier;
    const wf_value_t  *go;              /* goto */
} rule_t;

#define FIELD(name, kind, slot, required, min, max)                           \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(rule_t, slot), 1,          \
      required, min, max, NULL }

static const wf_field_t  retry_rows[] = {
    FIELD("errors", LIST, errors, 1, 1, WF_FIELD_LIST_MAX),
    FIELD("intervalSeconds", INT, interval, 0, 0, WF_RETRY_SECONDS_MAX),
    FIELD("maxIntervalSeconds", INT, interval_max, 0, 0,
          WF_RETRY_SECONDS_MAX),
    FIELD("maxAttempts", INT, attempts, 0, 0, WF_RETRY_ATTEMPTS_MAX),
    FIELD("multiplier", NUMBER, multiplier, 0, 0, WF_RETRY_FACTOR_MAX)
};

static const wf_field_t  catch_rows[] = {
    FIELD("errors", LIST, errors, 1, 1, WF_FIELD_LIST_MAX),
    FIELD("goto", TEXT, go, 1, 0, 0),
    { wf_str_init("steps"), WF_FIELD_REFUSED, 0, 1, 0, 0, 0,
      "is not supported in a catch entry; use 'goto'" }
};

#undef FIELD

static const wf_fields_t  retry_fields = wf_table(retry_rows);
static const wf_fields_t  catch_fields = wf_table(catch_rows);

static const wf_word_t  pattern_words[] = {
    { wf_str_init("requestResponse"), WF_CALL_REQUEST },
    { wf_str_init("requestComplete"), WF_CALL_REQUEST },
    { wf_str_init("sync"), WF_CALL_SYNC },
    { wf_str_init("waitForCallback"), WF_CALL_TOKEN }
};

static const wf_words_t  patterns = wf_words(pattern_words);

#define INTERVAL_DEFAULT    1
#define ATTEMPTS_DEFAULT    3
#define MULTIPLIER_DEFAULT  2.0


static wf_rc_t
retrier_build(wf_front_t *front, const wf_value_t *item,
    wf_retrier_t *retrier, wf_error_t *err)
{
    rule_t  rule;

    if (wf_fields_read(item, &retry_fields, 1, "a retry entry", &rule, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    retrier->error_count = rule.errors->count;
    retrier->interval_ms = wf_front_int(rule.interval, INTERVAL_DEFAULT)
                           * 1000;
    retrier->max_interval_ms = wf_front_int(rule.interval_max,
                                            WF_RETRY_SECONDS_MAX)
                               * 1000;
    retrier->max_attempts = wf_front_int(rule.attempts, ATTEMPTS_DEFAULT);
    retrier->multiplier = rule.multiplier ? rule.multiplier->u.number.real
                                          : MULTIPLIER_DEFAULT;

    return wf_fields_strings(front->arena, rule.errors, "errors",
                             &retrier->errors, err);
}


static wf_rc_t
retry_build(wf_front_t *front, const wf_value_t *list, wf_node_t *node,
    wf_error_t *err)
{
    uint32_t  i;

    if (list == NULL) {
        return WF_OK;
    }

    if (wf_front_retriers(front, node, list->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        if (retrier_build(front, list->u.items[i], &node->retriers[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
catcher_build(wf_front_t *front, const wf_value_t *item, wf_node_t *node,
    wf_catcher_t *catcher, wf_error_t *err)
{
    rule_t  rule;

    if (wf_fields_read(item, &catch_fields, 1, "a catch entry", &rule, err)
        != WF_OK
        || wf_fields_strings(front->arena, rule.errors, "errors",
                             &catcher->errors, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    catcher->error_count = rule.errors->count;

    return wf_builder_link(front->builder, node->scope, rule.go->u.string,
                           rule.go->mark, node->no, &catcher->next, err);
}


static wf_rc_t
catch_build(wf_front_t *front, const wf_value_t *list, wf_node_t *node,
    wf_error_t *err)
{
    uint32_t  i;

    if (list == NULL) {
        return WF_OK;
    }

    if (wf_front_catchers(front, node, list->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count; i++) {
        if (catcher_build(front, list->u.items[i], node, &node->catchers[i],
                          err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* Exactly one of resourceArn and action; which modes it offers. */
static wf_rc_t
resource_build(const wf_fdl_step_t *step, wf_node_t *node, uint32_t *modes,
    wf_error_t *err)
{
    const wf_value_t  *value;

    if (wf_fields_either(step->resource, "resourceArn", step->action,
                         "action", err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    if (step->resource == NULL && step->action == NULL) {
        return wf_refuse(err, node->mark,
                         "a task step needs 'resourceArn' or 'action'");
    }

    value = step->resource ? step->resource : step->action;
    node->u.task.resource = value->u.string;
    node->u.task.is_action = step->action != NULL;

    if (step->resource) {
        *modes = wf_resource_modes(value->u.string);

    } else {
        /* Any service may hand the token on, in its parameters. */
        *modes = wf_action_modes(value->u.string);
        *modes |= *modes ? wf_mode_bit(WF_CALL_TOKEN) : 0;
    }

    if (*modes == 0 && step->resource) {
        return wf_refuse(err, value->mark,
                         "'resourceArn' is of no known kind: '%.*s'",
                         wf_quoted(value->u.string));
    }

    if (*modes == 0) {
        return wf_refuse(err, value->mark,
                         "'action' must be '<service>:<Operation>', "
                         "not '%.*s'", wf_quoted(value->u.string));
    }

    return WF_OK;
}


static wf_rc_t
pattern_build(wf_front_t *front, const wf_value_t *value, uint32_t modes,
    wf_node_t *node, wf_error_t *err)
{
    uint8_t  mode;

    node->u.task.mode = WF_CALL_REQUEST;

    if (value == NULL) {
        return WF_OK;
    }

    if (wf_fields_word(value, &patterns, "pattern", &mode, err) != WF_OK) {
        return WF_ERROR;
    }

    if (!(modes & wf_mode_bit(mode))) {
        return wf_refuse(err, value->mark,
                         "pattern '%.*s' is not offered by '%.*s'",
                         wf_quoted(value->u.string),
                         wf_quoted(node->u.task.resource));
    }

    if (front->mode == WF_MODE_EXPRESS && mode != WF_CALL_REQUEST) {
        return wf_refuse(err, value->mark,
                         "pattern '%.*s' is not allowed in an Express flow",
                         wf_quoted(value->u.string));
    }

    node->u.task.mode = mode;

    return WF_OK;
}


wf_rc_t
wf_fdl_task(wf_front_t *front, const wf_fdl_step_t *step, wf_node_t *node,
    wf_error_t *err)
{
    uint32_t  modes;

    if (resource_build(step, node, &modes, err) != WF_OK
        || pattern_build(front, step->pattern, modes, node, err) != WF_OK)
    {
        return WF_ERROR;
    }

    node->u.task.timeout_s.constant = wf_front_int(step->timeout, 0);

    if (step->params
        && wf_template_params(front->arena, step->params,
                              &node->u.task.params, err)
           != WF_OK)
    {
        return wf_refuse_wrap(err, step->params->mark, "serviceParams");
    }

    if (retry_build(front, step->retry, node, err) != WF_OK
        || catch_build(front, step->catch, node, err) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_fdl_mappings(front, step->error_output, &node->error_output,
                           err);
}
