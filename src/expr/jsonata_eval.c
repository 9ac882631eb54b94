
/*
 * JSONata: evaluating a tree.  One row per type of node; what follows every
 * node (predicates, grouping, what a sequence stands for) is in one place.
 */

#include "expr/jsonata_make.h"


typedef jn_val_t (*eval_t)(jn_eval_t *eval, const jn_node_t *node,
    jn_val_t input, jn_frame_t *frame);


jn_frame_t *
jn_frame_create(jn_eval_t *eval, const jn_scope_t *scope, jn_frame_t *parent)
{
    size_t       size;
    jn_frame_t  *frame;

    size = scope->count * sizeof(jn_val_t);
    frame = jn_alloc(eval, sizeof(jn_frame_t) + size);

    if (frame != NULL) {
        frame->parent = parent;
        frame->scope = scope;
        memset(frame->slots, 0, size);
    }

    return frame;
}


bool
jn_globals(jn_eval_t *eval, const wf_jsonata_t *jsonata, jn_val_t **globals)
{
    uint32_t                     i, k;
    const wf_jsonata_binding_t  *binding;

    *globals = jn_alloc(eval, jsonata->global_count * sizeof(jn_val_t));

    if (*globals == NULL) {
        return false;
    }

    for (i = 0; i < jsonata->global_count; i++) {
        (*globals)[i] = jsonata->globals[i].value;

        if (wf_str_eq(jsonata->globals[i].name, wf_str("$"))) {
            (*globals)[i] = eval->input;
        }

        for (k = 0; k < eval->env->binding_count; k++) {
            binding = &eval->env->bindings[k];

            if (wf_str_eq(binding->name, jsonata->globals[i].name)) {
                (*globals)[i] = binding->value ? jn_json(binding->value)
                                               : jn_none;
                break;
            }
        }
    }

    return true;
}


jn_val_t
jn_variable(jn_eval_t *eval, const jn_node_t *node, jn_frame_t *frame)
{
    uint32_t         up;
    jn_val_t         value;
    jn_frame_t      *at;
    const jn_ref_t  *ref;

    for (ref = node->ref; ref != NULL; ref = ref->next) {
        for (at = frame, up = ref->up; up > 0; up--) {
            at = at->parent;
        }

        value = at->slots[ref->slot];

        if (value.type != JN_UNBOUND) {
            return value;
        }
    }

    return node->global < 0 ? jn_none : eval->globals[node->global];
}


static jn_val_t
eval_variable(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    if (node->text.len == 0) {
        return input.type == JN_ARRAY && (input.flags & JN_OUTER)
               ? jn_item(input, 0) : input;
    }

    return jn_variable(eval, node, frame);
}


static jn_val_t
eval_parent(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    (void) input;
    return jn_variable(eval, node, frame);
}


static jn_val_t
eval_literal(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    (void) eval;
    (void) input;
    (void) frame;
    return node->value;
}


static jn_val_t
eval_name(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    (void) frame;
    return jn_lookup(eval, input, node->text);
}


static jn_val_t
eval_wildcard(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    (void) node;
    (void) frame;
    return jn_wildcard(eval, input);
}


static jn_val_t
eval_descendant(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    (void) node;
    (void) frame;
    return jn_descendants(eval, input);
}


static jn_val_t
eval_binary(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  left, right;

    left = jn_eval(eval, node->left, input, frame);

    if (jn_bad(left)) {
        return left;
    }

    right = jn_eval(eval, node->right, input, frame);

    return jn_bad(right) ? right : jn_operate(eval, node, left, right);
}


static bool
is_true(jn_val_t truth)
{
    return truth.type == JN_BOOL && truth.u.boolean;
}


/* and, or: errors of the right side count as the operator's own. */
static jn_val_t
eval_logic(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value;

    value = jn_eval(eval, node->left, input, frame);

    if (jn_bad(value)) {
        return value;
    }

    value = jn_truth(eval, value);

    if (!jn_bad(value)) {
        if (is_true(value) == (node->type == JN_OR)) {
            return jn_bool(node->type == JN_OR);
        }

        value = jn_eval(eval, node->right, input, frame);
    }

    if (!jn_bad(value)) {
        value = jn_truth(eval, value);
    }

    if (jn_bad(value)) {
        eval->trouble.position = node->position;
        eval->trouble.token = jn_token_text(node->op);
        return value;
    }

    return jn_bool(is_true(value));
}


static jn_val_t
eval_negate(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value, numeric;

    value = jn_eval(eval, node->left, input, frame);

    if (jn_bad(value) || value.type == JN_NONE) {
        return value;
    }

    numeric = jn_numeric(eval, value);

    if (jn_bad(numeric)) {
        return numeric;
    }

    if (!numeric.u.boolean) {
        (void) jn_fail_at(eval, "D1002", value, node->position);
        eval->trouble.token = wf_str("-");
        return jn_failed;
    }

    return jn_number(-value.u.number);
}


static jn_val_t
eval_list(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    bool        pushed;
    uint32_t    i;
    jn_val_t    value, first;
    jn_list_t   list;

    jn_list_init(&list);
    first = jn_none;

    for (i = 0; i < node->list.count; i++) {
        value = jn_eval(eval, node->list.items[i], input, frame);

        if (jn_bad(value)) {
            return value;
        }

        if (value.type == JN_NONE) {
            continue;
        }

        /* A range alone needs no copy. */
        if (node->list.count == 1 && value.type == JN_ARRAY
            && node->list.items[i]->type != JN_LIST)
        {
            first = value;
            break;
        }

        pushed = node->list.items[i]->type == JN_LIST
                 ? jn_list_push(eval, &list, value)
                 : jn_list_append(eval, &list, value);

        if (!pushed) {
            return jn_failed;
        }
    }

    if (first.type == JN_ARRAY) {
        first.flags = (uint8_t) ((first.flags & JN_JSON)
                                 | (node->cons ? JN_CONS : 0));
        return first;
    }

    return jn_list_array(eval, &list, node->cons ? JN_CONS : 0);
}


static jn_val_t
eval_record(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    return jn_group(eval, &node->list, node->position, input, frame);
}


static jn_val_t
eval_condition(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value;

    value = jn_eval(eval, node->left, input, frame);

    if (!jn_bad(value)) {
        value = jn_truth(eval, value);
    }

    if (jn_bad(value)) {
        return value;
    }

    if (is_true(value)) {
        return jn_eval(eval, node->right, input, frame);
    }

    return node->third ? jn_eval(eval, node->third, input, frame) : jn_none;
}


/* ?: and ?? */
static jn_val_t
eval_default(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value, truth;

    value = jn_eval(eval, node->left, input, frame);

    if (jn_bad(value)) {
        return value;
    }

    truth = node->op == JN_T_COALESCE ? jn_bool(value.type != JN_NONE)
                                      : jn_truth(eval, value);

    if (jn_bad(truth)) {
        return truth;
    }

    return is_true(truth) ? value : jn_eval(eval, node->third, input, frame);
}


static jn_val_t
eval_block(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    uint32_t  i;
    jn_val_t  value;

    if (node->scope != NULL) {
        frame = jn_frame_create(eval, node->scope, frame);

        if (frame == NULL) {
            return jn_failed;
        }
    }

    value = jn_none;

    for (i = 0; i < node->list.count && !jn_bad(value); i++) {
        value = jn_eval(eval, node->list.items[i], input, frame);
    }

    return value;
}


static jn_val_t
eval_bind(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value;

    value = jn_eval(eval, node->right, input, frame);

    if (!jn_bad(value) && node->ref != NULL && node->ref->up == 0) {
        frame->slots[node->ref->slot] = value;
    }

    return value;
}


static jn_val_t
eval_regex(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_function_t  *function;

    (void) input;
    (void) frame;

    function = jn_alloc(eval, sizeof(jn_function_t));

    if (function == NULL) {
        return jn_failed;
    }

    memset(function, 0, sizeof(jn_function_t));
    function->kind = JN_F_REGEX;
    function->arity = 2;
    function->u.regex.node = node;

    return (jn_val_t) { .type = JN_FUNCTION, .u = { .function = function } };
}


static jn_val_t
eval_call(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    if (node->tail) {
        eval->thunk.node = node;
        eval->thunk.input = input;
        eval->thunk.frame = frame;
        return (jn_val_t) { .type = JN_THUNK };
    }

    return jn_eval_call(eval, node, input, frame, NULL);
}


static const eval_t  evals[JN_NODE_COUNT] = {
    [JN_PATH] = jn_path, [JN_BINARY] = eval_binary, [JN_AND] = eval_logic,
    [JN_OR] = eval_logic, [JN_NEGATE] = eval_negate, [JN_LIST] = eval_list,
    [JN_RECORD] = eval_record, [JN_NAME] = eval_name,
    [JN_LITERAL] = eval_literal, [JN_WILDCARD] = eval_wildcard,
    [JN_DESCENDANT] = eval_descendant, [JN_PARENT] = eval_parent,
    [JN_CONDITION] = eval_condition, [JN_DEFAULT] = eval_default,
    [JN_BLOCK] = eval_block, [JN_BIND] = eval_bind, [JN_REGEX] = eval_regex,
    [JN_CALL] = eval_call, [JN_VARIABLE] = eval_variable,
    [JN_LAMBDA] = jn_lambda, [JN_PARTIAL] = jn_eval_partial,
    [JN_APPLY] = jn_eval_chain, [JN_TRANSFORM] = jn_lambda
};


/* Predicates and grouping of what is no path. */
static jn_val_t
eval_behind(jn_eval_t *eval, const jn_node_t *node, jn_val_t value,
    jn_frame_t *frame)
{
    uint32_t  i;

    for (i = 0; i < node->predicates.count && !jn_bad(value); i++) {
        value = jn_filter(eval, node->predicates.items[i], value, frame);
    }

    if (node->predicates.count && node->keep && !jn_bad(value)
        && value.type != JN_ARRAY && value.type != JN_NONE)
    {
        value = jn_array_of(eval, value, JN_SEQ);
    }

    if (!jn_bad(value) && node->grouped && node->type != JN_PATH) {
        value = jn_group(eval, &node->group, node->group_position, value,
                         frame);
    }

    return value;
}


jn_val_t
jn_eval(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t  value;

    if (!jn_enter(eval)) {
        return jn_failed;
    }

    value = evals[node->type](eval, node, input, frame);

    if ((node->predicates.count || node->grouped) && !jn_bad(value)) {
        value = eval_behind(eval, node, value, frame);
    }

    if (value.type == JN_ARRAY) {
        if (node->keep && (value.flags & JN_SEQ)
            && !(value.flags & JN_STREAM))
        {
            value.flags |= JN_KEEP;
        }

        value = jn_normal(value);
    }

    jn_leave(eval);

    return value;
}
