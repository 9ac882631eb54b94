
/*
 * What expressions of a state machine see and make: $, $$, variables, $states
 * (asl 4, 6, 9, 10), and the values that a state's fields have.
 */

#include "base/json.h"
#include "engine/machine.h"
#include "engine/sight.h"


/* Objects of variables, the innermost scope first. */
static void
set_variables(wf_run_t *run)
{
    uint32_t            count;
    const wf_frame_t   *frame;
    const wf_branch_t  *branch;

    count = 0;

    for (branch = run->branch; branch; branch = branch->parent) {
        for (frame = branch->frame; frame; frame = frame->outer) {
            if (frame->local->count != 0) {
                run->outer_locals[count++] = frame->local;
            }
        }
    }

    if (run->exec->probe && run->exec->probe->variables) {
        run->outer_locals[count++] = run->exec->probe->variables;
    }

    run->env.variables = run->outer_locals;
    run->env.variable_count = count;
}


/* A missing member is left out; WF_ERROR: no memory. */
static wf_rc_t
set_member(wf_run_t *run, wf_value_t *object, wf_str_t key,
    const wf_value_t *value)
{
    if (value == NULL) {
        return WF_OK;
    }

    return wf_value_set(run->scratch, object, key, (wf_value_t *) value);
}


static wf_rc_t
set_states(wf_run_t *run, const wf_value_t *result, const wf_value_t *error)
{
    wf_value_t        *states;
    const wf_value_t  *context;

    states = wf_value_object(run->scratch, 4);
    context = wf_context_asl(&run->env, run->scratch);

    if (states == NULL || context == NULL
        || set_member(run, states, wf_str("input"),
                      run->branch->frame->input)
           != WF_OK
        || set_member(run, states, wf_str("context"), context) != WF_OK
        || set_member(run, states, wf_str("result"), result) != WF_OK
        || set_member(run, states, wf_str("errorOutput"), error) != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    run->env.states = states;

    return WF_OK;
}


wf_rc_t
wf_machine_env(wf_run_t *run, const wf_value_t *self,
    const wf_value_t *result, const wf_value_t *error)
{
    wf_run_env(run);
    run->env.now_ms = run->now_ms;
    set_variables(run);

    if (run->node->asl->is_jsonata) {
        return set_states(run, result, error);
    }

    run->env.roots[WF_ROOT_SELF] = self;

    return WF_OK;
}


wf_rc_t
wf_machine_eval(wf_run_t *run, const char *field, const wf_expr_t *expr,
    const wf_value_t **value)
{
    run->env.field = wf_str_of(field);

    return wf_run_eval(run, expr, value);
}


wf_rc_t
wf_machine_fill(wf_run_t *run, const char *field,
    const wf_template_t *template, const wf_value_t **value)
{
    run->env.field = wf_str_of(field);

    return wf_run_fill(run, template, value);
}


wf_rc_t
wf_machine_path(wf_run_t *run, const wf_asl_path_t *path,
    const wf_value_t *self, const wf_value_t **value)
{
    wf_rc_t  rc;

    if (path->is_null) {
        *value = &wf_event_empty;
        return WF_OK;
    }

    if (path->expr == NULL) {
        *value = self;
        return WF_OK;
    }

    rc = wf_machine_env(run, self, NULL, NULL);

    return rc == WF_OK ? wf_run_eval(run, path->expr, value) : rc;
}


wf_str_t
wf_machine_text(wf_run_t *run, const wf_value_t *value)
{
    return value->type == WF_STRING ? value->u.string
                                    : wf_machine_json(run, value);
}


wf_str_t
wf_machine_json(wf_run_t *run, const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->scratch, 0);
    wf_json_print(&buf, value);

    return buf.failed ? wf_str("") : wf_buf_done(&buf);
}


static wf_rc_t
misnumbered(wf_run_t *run, const wf_asl_number_t *number, bool is_real,
    const wf_value_t *value)
{
    wf_str_t  field, text, path;

    field = number->field;

    if (run->node->asl->is_jsonata) {
        return wf_machine_mistyped(run, (const char *) field.data,
                                   number->expr,
                                   is_real ? "number" : "integer", value);
    }

    text = wf_machine_text(run, value);
    path = wf_expr_text(number->expr);

    return wf_machine_refuse(run, NULL, "The %.*sPath field refers to value "
                             "\"%.*s\" which is not a valid %s: %.*s",
                             (int) field.len, (const char *) field.data,
                             (int) wf_min(text.len, 256u),
                             (const char *) text.data,
                             is_real ? "float" : "integer",
                             (int) path.len, (const char *) path.data);
}


/* A path may find a number that is spelled by a text [R]. */
static wf_rc_t
spelled(wf_run_t *run, const wf_value_t **value)
{
    wf_value_t  *number;

    if ((*value)->type != WF_STRING || run->node->asl->is_jsonata) {
        return WF_OK;
    }

    if (wf_json_parse(run->scratch, (*value)->u.string, &number, run->err)
        == WF_OK)
    {
        *value = number->type == WF_NUMBER ? number : *value;
        return WF_OK;
    }

    if (run->err->code == WF_E_INTERNAL) {
        return WF_ERROR;
    }

    wf_error_clear(run->err);

    return WF_OK;
}


wf_rc_t
wf_machine_number(wf_run_t *run, const wf_asl_number_t *number, bool is_real,
    double *result)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (number->expr == NULL) {
        *result = number->constant;
        return WF_OK;
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        run->env.field = number->field;
        rc = wf_run_eval(run, number->expr, &value);
    }

    if (rc != WF_OK) {
        return rc;
    }

    rc = spelled(run, &value);

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type != WF_NUMBER || (!is_real && !value->is_integer)) {
        return misnumbered(run, number, is_real, value);
    }

    *result = value->is_integer ? (double) value->u.number.integer
                                : value->u.number.real;

    return WF_OK;
}


wf_rc_t
wf_machine_keep(wf_run_t *run, const wf_value_t *from, const wf_value_t **to)
{
    *to = wf_arena_owns(run->exec->arena, from) ? from
                                                : wf_run_keep(run, from);

    return *to ? WF_OK : wf_run_out_of_memory(run);
}


wf_rc_t
wf_machine_params(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **params)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (node->asl->parameters == NULL) {
        *params = run->branch->input;
        wf_probe_see(run, WF_SEEN_PARAMETERS, *params);
        return WF_OK;
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = wf_machine_fill(run, node->asl->is_jsonata ? "Arguments"
                                                        : "Parameters",
                             node->asl->parameters, &value);
    }

    if (rc == WF_OK) {
        rc = wf_machine_limit(run, wf_json_size(value), node->name);
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "parameters");
    }

    if (rc != WF_OK) {
        return rc;
    }

    wf_probe_see(run, WF_SEEN_PARAMETERS, value);
    wf_probe_see(run, WF_SEEN_ARGUMENTS, value);

    return wf_machine_keep(run, value, params);
}
