
/*
 * Generation 2, "Type: StateMachine": the flow, scopes, the fields of all
 * states and the simple ones (fdl.md 2.1, 2.2, 2.4.1, 2.4.3 to 2.4.6).  Tasks
 * are in dialect_cfl_task.c, Parallel and Map in dialect_cfl_fork.c.
 */

#include "flow/dialect_cfl.h"

#include <stdio.h>


typedef struct {
    const wf_value_t  *type;
    const wf_value_t  *version;
    const wf_value_t  *name;
    const wf_value_t  *start;
    const wf_value_t  *states;
    const wf_value_t  *description;
} root_t;

#define FIELD(name, kind, slot, required, min)                                \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(root_t, slot), 1,          \
      required, min, WF_FIELD_LIST_MAX, NULL }

static const wf_field_t  root_rows[] = {
    FIELD("Type", STRING, type, 1, 0),
    FIELD("SpecVersion", STRING, version, 1, 0),
    FIELD("Name", TEXT, name, 1, 0),
    FIELD("StartAt", TEXT, start, 1, 0),
    FIELD("States", LIST, states, 1, 1),
    FIELD("Description", STRING, description, 0, 0)
};

#undef FIELD

static const wf_fields_t  root_fields = {
    root_rows, wf_countof(root_rows), true
};

static const wf_word_t  version_words[] = {
    { wf_str_init("v1"), 0 }
};

static const wf_words_t  versions = wf_words(version_words);


typedef struct {
    const wf_value_t  *condition;
    const wf_value_t  *next;
    const wf_value_t  *description;
} branch_t;

static const wf_field_t  branch_rows[] = {
    { wf_str_init("Condition"), WF_FIELD_TEXT, offsetof(branch_t, condition),
      1, 1, 0, 0, NULL },
    { wf_str_init("Next"), WF_FIELD_TEXT, offsetof(branch_t, next),
      1, 1, 0, 0, NULL },
    { wf_str_init("Description"), WF_FIELD_STRING,
      offsetof(branch_t, description), 1, 0, 0, 0, NULL }
};

static const wf_fields_t  branch_fields = wf_table(branch_rows);


wf_rc_t
wf_cfl_template(wf_front_t *front, const wf_value_t *value, const char *what,
    wf_template_t **template, wf_error_t *err)
{
    if (value == NULL) {
        *template = NULL;
        return WF_OK;
    }

    if (wf_template_constructor(front->arena, value, template, err)
        != WF_OK)
    {
        return wf_refuse_wrap(err, value->mark, what);
    }

    return WF_OK;
}


static wf_rc_t
until_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    if (state->until_path) {
        return wf_front_expr(front, state->until_path, WF_EXPR_CFL,
                             "UntilDateTime.$", &node->u.wait.until, err);
    }

    if (state->until) {
        return wf_front_time(state->until, "UntilDateTime",
                             &node->u.wait.until_ms, err);
    }

    return WF_OK;
}


static wf_rc_t
seconds_build(wf_front_t *front, const wf_cfl_state_t *state,
    wf_node_t *node, wf_error_t *err)
{
    int64_t   seconds;
    uint32_t  max;

    max = front->mode == WF_MODE_EXPRESS ? WF_WAIT_EXPRESS_MAX
                                         : WF_WAIT_CFL_MAX;

    node->u.wait.seconds_min = 1;
    node->u.wait.seconds_max = max;

    if (state->seconds_path) {
        return wf_front_expr(front, state->seconds_path, WF_EXPR_CFL,
                             "Seconds.$", &node->u.wait.seconds.expr, err);
    }

    if (state->seconds == NULL) {
        return WF_OK;
    }

    seconds = state->seconds->u.number.integer;

    if (seconds < 1 || seconds > max) {
        return wf_refuse(err, state->seconds->mark,
                         "'Seconds' must be from 1 to %u in %s mode",
                         max, front->mode == WF_MODE_EXPRESS
                                    ? "Express" : "Standard");
    }

    node->u.wait.seconds.constant = seconds;

    return WF_OK;
}


/* Seconds and UntilDateTime may stand together; Seconds wins (2.4.3). */
static wf_rc_t
wait_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    if (wf_fields_either(state->seconds, "Seconds", state->seconds_path,
                         "Seconds.$", err)
        != WF_OK
        || wf_fields_either(state->until, "UntilDateTime", state->until_path,
                            "UntilDateTime.$", err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    node->u.wait.has_seconds = state->seconds || state->seconds_path;

    if (!node->u.wait.has_seconds && !state->until && !state->until_path) {
        return wf_refuse(err, node->mark,
                         "a Wait state needs 'Seconds' or 'UntilDateTime'");
    }

    if (seconds_build(front, state, node, err) != WF_OK) {
        return WF_ERROR;
    }

    return until_build(front, state, node, err);
}


static wf_rc_t
fail_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    if (wf_fields_either(state->code, "Code", state->code_path, "Code.$", err)
        != WF_OK
        || wf_fields_either(state->detail, "Detail", state->detail_path,
                            "Detail.$", err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    node->u.fail.error = wf_front_string(state->code);
    node->u.fail.cause = wf_front_string(state->detail);

    if (state->code_path
        && wf_front_expr(front, state->code_path, WF_EXPR_CFL, "Code.$",
                         &node->u.fail.error_expr, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (state->detail_path == NULL) {
        return WF_OK;
    }

    return wf_front_expr(front, state->detail_path, WF_EXPR_CFL, "Detail.$",
                         &node->u.fail.cause_expr, err);
}


static wf_rc_t
branch_build(wf_front_t *front, const wf_value_t *item, wf_node_t *node,
    wf_alternative_t *alternative, wf_error_t *err)
{
    branch_t  branch;

    alternative->scope = WF_NONE;

    if (wf_fields_read(item, &branch_fields, 1, "a choice branch", &branch,
                       err)
        != WF_OK
        || wf_front_expr(front, branch.condition, WF_EXPR_CFL, "Condition",
                         &alternative->condition, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_builder_link(front->builder, node->scope,
                           branch.next->u.string, branch.next->mark, node->no,
                           &alternative->next, err);
}


static wf_rc_t
choice_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    wf_error_t *err)
{
    uint32_t           i, count;
    wf_alternative_t  *alternatives;

    count = state->branches->count;

    alternatives = wf_front_array(front, count + 1, sizeof(wf_alternative_t),
                                  err);
    if (alternatives == NULL) {
        return WF_ERROR;
    }

    node->u.choice.alternatives = alternatives;
    node->u.choice.count = count + 1;

    for (i = 0; i < count; i++) {
        if (branch_build(front, state->branches->u.items[i], node,
                         &alternatives[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    alternatives[count].scope = WF_NONE;

    return wf_builder_link(front->builder, node->scope,
                           state->otherwise->u.string, state->otherwise->mark,
                           node->no, &alternatives[count].next, err);
}


/* Next or End: exactly one, for those states that move on (2.2). */
static wf_rc_t
next_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    const char *what, wf_error_t *err)
{
    bool  ends;

    ends = state->end && state->end->boolean;

    if (state->next && ends) {
        return wf_refuse(err, state->next->mark,
                         "'Next' and 'End: true' exclude each other");
    }

    if (state->next) {
        return wf_builder_link(front->builder, node->scope,
                               state->next->u.string, state->next->mark,
                               node->no, &node->next, err);
    }

    if (ends || node->type == WF_STATE_CHOICE
        || node->type == WF_STATE_SUCCEED || node->type == WF_STATE_FAIL)
    {
        return WF_OK;
    }

    return wf_refuse(err, node->mark, "%s needs 'Next' or 'End: true'", what);
}


/* Indexed by wf_state_type_t; NULL: common fields only. */
static const wf_cfl_build_pt  builds[WF_STATE_END] = {
    [WF_STATE_CHOICE] = choice_build,
    [WF_STATE_WAIT] = wait_build,
    [WF_STATE_FAIL] = fail_build,
    [WF_STATE_TASK] = wf_cfl_task,
    [WF_STATE_PARALLEL] = wf_cfl_parallel,
    [WF_STATE_MAP] = wf_cfl_map
};


static wf_rc_t
common_build(wf_front_t *front, const wf_cfl_state_t *state, wf_node_t *node,
    const char *what, wf_error_t *err)
{
    if (wf_cfl_template(front, state->input, "InputConstructor",
                        &node->input, err)
        != WF_OK
        || wf_cfl_template(front, state->output, "OutputConstructor",
                           &node->output, err)
           != WF_OK
        || wf_cfl_template(front, state->global, "GlobalConstructor",
                           &node->global, err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (builds[node->type]
        && builds[node->type](front, state, node, err) != WF_OK)
    {
        return WF_ERROR;
    }

    if (wf_cfl_errors(front, state, node, err) != WF_OK) {
        return WF_ERROR;
    }

    return next_build(front, state, node, what, err);
}


static wf_rc_t
state_build(wf_front_t *front, const wf_value_t *item, uint32_t scope,
    wf_error_t *err)
{
    char              what[32];
    wf_node_t        *node;
    const char       *name;
    wf_cfl_state_t    state;
    wf_state_type_t   type;

    if (wf_front_type(WF_DIALECT_CFL, item, &type, err) != WF_OK) {
        return WF_ERROR;
    }

    name = wf_front_state_name(WF_DIALECT_CFL, type);
    (void) snprintf(what, sizeof(what), "a %s state", name);

    if (wf_fields_read(item, &wf_cfl_state_fields, 1u << type, what, &state,
                       err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    node = wf_builder_node(front->builder, scope, type, state.name->u.string,
                           item->mark, err);

    return node ? common_build(front, &state, node, what, err) : WF_ERROR;
}


wf_rc_t
wf_cfl_scope(wf_front_t *front, uint32_t owner, const wf_value_t *start,
    const wf_value_t *states, uint32_t *scope, wf_error_t *err)
{
    uint32_t  i;

    *scope = wf_builder_scope(front->builder, owner, states->mark, err);

    if (*scope == WF_NONE) {
        return WF_ERROR;
    }

    for (i = 0; i < states->count; i++) {
        if (state_build(front, states->u.items[i], *scope, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return wf_builder_start(front->builder, *scope, start->u.string,
                            start->mark, err);
}


wf_rc_t
wf_dialect_cfl(wf_front_t *front, const wf_value_t *root, wf_error_t *err)
{
    root_t    fields;
    uint8_t   ignored;
    uint32_t  scope;

    if (wf_fields_read(root, &root_fields, 1, "the flow", &fields, err)
        != WF_OK
        || wf_fields_word(fields.version, &versions, "SpecVersion", &ignored,
                          err)
           != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_cfl_scope(front, WF_NONE, fields.start, fields.states, &scope,
                        err);
}
