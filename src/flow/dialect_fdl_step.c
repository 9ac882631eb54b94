
/*
 * Generation 1: wait, choice, parallel and foreach (fdl.md 1.3.3, 1.3.6 to
 * 1.3.8).
 */

#include "flow/dialect_fdl.h"


typedef struct {
    const wf_value_t  *condition;
    const wf_value_t  *steps;
    const wf_value_t  *go;              /* goto */
    const wf_value_t  *collection;
    const wf_value_t  *item;
    const wf_value_t  *index;
} part_t;

#define FIELD(name, kind, slot, required)                                     \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(part_t, slot), 1,          \
      required, 0, WF_FIELD_LIST_MAX, NULL }

static const wf_field_t  choice_rows[] = {
    FIELD("condition", TEXT, condition, 1),
    FIELD("steps", LIST, steps, 0),
    FIELD("goto", TEXT, go, 0)
};

static const wf_field_t  default_rows[] = {
    FIELD("steps", LIST, steps, 0),
    FIELD("goto", TEXT, go, 0)
};

static const wf_field_t  branch_rows[] = {
    FIELD("steps", LIST, steps, 1)
};

static const wf_field_t  iteration_rows[] = {
    FIELD("collection", TEXT, collection, 1),
    FIELD("item", TEXT, item, 1),
    FIELD("index", TEXT, index, 0)
};

#undef FIELD

static const wf_fields_t  choice_fields = wf_table(choice_rows);
static const wf_fields_t  default_fields = wf_table(default_rows);
static const wf_fields_t  branch_fields = wf_table(branch_rows);
static const wf_fields_t  iteration_fields = wf_table(iteration_rows);


static bool
is_path(const wf_value_t *value)
{
    return value->type == WF_STRING
           && wf_str_starts(value->u.string, wf_str("$"));
}


/* A numeric string is as good as a number (1.3.3); both may be negative. */
static wf_rc_t
seconds_parse(const wf_value_t *value, int64_t *seconds)
{
    bool      negative;
    size_t    i;
    wf_str_t  text;

    if (value->type == WF_NUMBER && value->is_integer) {
        *seconds = value->u.number.integer;
        return WF_OK;
    }

    if (value->type != WF_STRING) {
        return WF_ERROR;
    }

    text = value->u.string;
    negative = wf_str_starts(text, wf_str("-"));
    *seconds = 0;

    if (text.len == (size_t) negative || text.len > 15) {
        return WF_ERROR;
    }

    for (i = negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return WF_ERROR;
        }

        *seconds = *seconds * 10 + (text.data[i] - '0');
    }

    if (negative) {
        *seconds = -*seconds;
    }

    return WF_OK;
}


static wf_rc_t
duration_build(wf_front_t *front, const wf_value_t *value, wf_node_t *node,
    wf_error_t *err)
{
    wf_amount_t  *amount;

    amount = &node->u.wait.seconds;
    node->u.wait.has_seconds = true;

    if (is_path(value)) {
        return wf_front_expr(front, value, WF_EXPR_FDL_PATH, "duration",
                             &amount->expr, err);
    }

    if (seconds_parse(value, &amount->constant) != WF_OK) {
        return wf_refuse(err, value->mark,
                         "'duration' must be an integer or a path '$.x'");
    }

    if (amount->constant > WF_WAIT_FDL_MAX) {
        return wf_refuse(err, value->mark,
                         "'duration' must not be above %d (2 days)",
                         WF_WAIT_FDL_MAX);
    }

    return WF_OK;
}


wf_rc_t
wf_fdl_wait(wf_front_t *front, const wf_fdl_step_t *step, wf_node_t *node,
    wf_error_t *err)
{
    if (wf_fields_either(step->duration, "duration", step->timestamp,
                         "timestamp", err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    node->u.wait.seconds_min = 0;
    node->u.wait.seconds_max = WF_WAIT_FDL_MAX;
    node->u.wait.is_capped = true;

    if (step->duration) {
        return duration_build(front, step->duration, node, err);
    }

    if (step->timestamp == NULL) {
        return wf_refuse(err, node->mark,
                         "a wait step needs 'duration' or 'timestamp'");
    }

    if (is_path(step->timestamp)) {
        return wf_front_expr(front, step->timestamp, WF_EXPR_FDL_PATH,
                             "timestamp", &node->u.wait.until, err);
    }

    return wf_front_time(step->timestamp, "timestamp", &node->u.wait.until_ms,
                         err);
}


/* What a choice and its default have in common: steps, then goto. */
static wf_rc_t
alternative_build(wf_front_t *front, const part_t *part, wf_node_t *node,
    wf_alternative_t *alternative, wf_error_t *err)
{
    alternative->scope = WF_NONE;
    alternative->next = WF_NONE;

    if (part->steps) {
        alternative->scope = wf_fdl_scope(front, node->no, part->steps, err);

        if (alternative->scope == WF_NONE) {
            return WF_ERROR;
        }
    }

    if (part->go == NULL) {
        return WF_OK;
    }

    return wf_builder_link(front->builder, node->scope, part->go->u.string,
                           part->go->mark, node->no, &alternative->next, err);
}


static wf_rc_t
choice_build(wf_front_t *front, const wf_value_t *item, wf_node_t *node,
    wf_alternative_t *alternative, wf_error_t *err)
{
    part_t  part;

    if (wf_fields_read(item, &choice_fields, 1, "a choice", &part, err)
        != WF_OK
        || wf_front_expr(front, part.condition, WF_EXPR_FDL_CONDITION,
                         "condition", &alternative->condition, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return alternative_build(front, &part, node, alternative, err);
}


wf_rc_t
wf_fdl_choice(wf_front_t *front, const wf_fdl_step_t *step, wf_node_t *node,
    wf_error_t *err)
{
    part_t             part;
    uint32_t           i, count;
    wf_alternative_t  *alternatives;

    count = step->choices ? step->choices->count : 0;

    alternatives = wf_front_array(front, count + 1, sizeof(wf_alternative_t),
                                  err);
    if (alternatives == NULL) {
        return WF_ERROR;
    }

    node->u.choice.alternatives = alternatives;
    node->u.choice.count = count + (step->otherwise != NULL);

    for (i = 0; i < count; i++) {
        if (choice_build(front, step->choices->u.items[i], node,
                         &alternatives[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    if (step->otherwise == NULL) {
        return WF_OK;
    }

    memset(&part, 0, sizeof(part));

    if (wf_fields_read(step->otherwise, &default_fields, 1, "a default",
                       &part, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return alternative_build(front, &part, node, &alternatives[count], err);
}


wf_rc_t
wf_fdl_parallel(wf_front_t *front, const wf_fdl_step_t *step,
    wf_node_t *node, wf_error_t *err)
{
    part_t    part;
    uint32_t  i, scope;

    if (wf_front_fork(front, node, step->branches->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < step->branches->count; i++) {
        if (wf_fields_read(step->branches->u.items[i], &branch_fields, 1,
                           "a branch", &part, err)
            != WF_OK)
        {
            return WF_ERROR;
        }

        scope = wf_fdl_scope(front, node->no, part.steps, err);

        if (scope == WF_NONE) {
            return WF_ERROR;
        }

        node->u.fork.scopes[i] = scope;
    }

    return WF_OK;
}


wf_rc_t
wf_fdl_foreach(wf_front_t *front, const wf_fdl_step_t *step, wf_node_t *node,
    wf_error_t *err)
{
    part_t    part;
    uint32_t  scope;

    if (wf_fields_read(step->iteration, &iteration_fields, 1,
                       "'iterationMapping'", &part, err)
        != WF_OK
        || wf_front_expr(front, part.collection, WF_EXPR_FDL_PATH,
                         "collection", &node->u.fork.items, err)
           != WF_OK
        || wf_front_fork(front, node, 1, err) != WF_OK)
    {
        return WF_ERROR;
    }

    node->u.fork.concurrency = WF_CONCURRENCY_FDL;
    node->u.fork.item_key = part.item->u.string;
    node->u.fork.index_key = wf_front_string(part.index);

    if (wf_str_eq(node->u.fork.item_key, node->u.fork.index_key)) {
        return wf_refuse(err, part.index->mark,
                         "'item' and 'index' must be different keys");
    }

    scope = wf_fdl_scope(front, node->no, step->steps, err);
    node->u.fork.scopes[0] = scope;

    return scope == WF_NONE ? WF_ERROR : WF_OK;
}
