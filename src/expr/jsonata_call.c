
/*
 * JSONata: functions as values and their application.  A call that ends a
 * function's body is not made inside it but handed back and made here, in a
 * loop: that is why tail recursion needs no stack.
 */

#include "expr/jsonata_fn.h"


static jn_val_t apply_once(jn_eval_t *eval, jn_val_t function,
    const jn_call_t *call);


static jn_val_t
function_value(const jn_function_t *function)
{
    return (jn_val_t) { .type = JN_FUNCTION, .u = { .function = function } };
}


static jn_function_t *
function_create(jn_eval_t *eval, jn_kind_t kind, uint32_t arity)
{
    jn_function_t  *function;

    function = jn_alloc(eval, sizeof(jn_function_t));

    if (function != NULL) {
        memset(function, 0, sizeof(jn_function_t));
        function->kind = (uint8_t) kind;
        function->arity = arity;
    }

    return function;
}


/* Of functions and of transforms. */
jn_val_t
jn_lambda(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_function_t  *function;

    function = node->type == JN_LAMBDA
               ? function_create(eval, JN_F_LAMBDA, node->list.count)
               : function_create(eval, JN_F_TRANSFORM, 1);

    if (function == NULL) {
        return jn_failed;
    }

    function->signature = node->signature;
    function->u.lambda.node = node;
    function->u.lambda.frame = frame;
    function->u.lambda.input = input;

    return function_value(function);
}


static jn_val_t
apply_lambda(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    uint32_t          i;
    jn_frame_t       *frame;
    const jn_node_t  *node;

    node = function->u.lambda.node;
    frame = jn_frame_create(eval, node->scope, function->u.lambda.frame);

    if (frame == NULL) {
        return jn_failed;
    }

    for (i = 0; i < node->list.count; i++) {
        frame->slots[node->list.items[i]->focus_slot] =
            i < call->count ? call->args[i] : jn_none;
    }

    return jn_eval(eval, node->right, function->u.lambda.input, frame);
}


/* The open places get the arguments; no signature is checked again. */
static jn_val_t
apply_partial(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    uint32_t              i, next;
    jn_val_t             *args, result;
    jn_call_t             inner;
    const jn_function_t  *base;

    base = function->u.partial.function;
    args = jn_alloc(eval, function->u.partial.count * sizeof(jn_val_t));

    if (args == NULL) {
        return jn_failed;
    }

    next = 0;

    for (i = 0; i < function->u.partial.count; i++) {
        args[i] = function->u.partial.args[i];

        if (args[i].type == JN_UNBOUND) {
            args[i] = next < call->count ? call->args[next] : jn_none;
            next++;
        }
    }

    inner = *call;
    inner.args = args;
    inner.count = function->u.partial.count;
    inner.input = jn_none;

    if (base->kind == JN_F_LAMBDA) {
        return apply_lambda(eval, base, &inner);
    }

    if (!jn_enter(eval)) {
        return jn_failed;
    }

    result = apply_once(eval, function_value(base), &inner);
    jn_leave(eval);

    return result;
}


static jn_val_t
apply_chain(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    jn_val_t   result;
    jn_call_t  inner;

    inner = *call;
    inner.input = jn_null;
    inner.count = 1;
    inner.args = jn_alloc(eval, sizeof(jn_val_t));

    if (inner.args == NULL || !jn_enter(eval)) {
        return jn_failed;
    }

    inner.args[0] = call->count ? call->args[0] : jn_none;
    result = jn_apply(eval, function->u.chain.first, &inner);

    if (!jn_bad(result)) {
        inner.args[0] = jn_normal(result);
        inner.count = 1;
        result = jn_apply(eval, function->u.chain.second, &inner);
    }

    jn_leave(eval);

    return result;
}


static jn_val_t
apply_transform(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    return jn_transform(eval, function, call->args[0]);
}


static jn_val_t
apply_builtin(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    return function->u.builtin->function(eval, call);
}


static jn_val_t
apply_once(jn_eval_t *eval, jn_val_t value, const jn_call_t *call)
{
    jn_call_t             checked;
    const jn_function_t  *function;

    static jn_val_t (*const appliers[])(jn_eval_t *eval,
        const jn_function_t *function, const jn_call_t *call) = {
        [JN_F_LAMBDA] = apply_lambda, [JN_F_BUILTIN] = apply_builtin,
        [JN_F_PARTIAL] = apply_partial, [JN_F_CHAIN] = apply_chain,
        [JN_F_TRANSFORM] = apply_transform, [JN_F_REGEX] = jn_regex_apply,
        [JN_F_NEXT] = jn_regex_next
    };

    if (value.type != JN_FUNCTION) {
        return jn_fail(eval, "T1006");
    }

    function = value.u.function;
    checked = *call;

    if (function->signature != NULL
        && !jn_signature_check(eval, function->signature, &checked))
    {
        return jn_failed;
    }

    return appliers[function->kind](eval, function, &checked);
}


static wf_str_t
called_name(const jn_node_t *node)
{
    const jn_node_t  *procedure;

    procedure = node->left;

    return procedure->type == JN_PATH ? procedure->list.items[0]->text
           : procedure->type == JN_VARIABLE ? procedure->text : wf_str_none;
}


static bool
arguments(jn_eval_t *eval, jn_call_t *call, const jn_val_t *first)
{
    uint32_t           i, count;
    jn_val_t          *arg;
    const jn_nodes_t  *nodes;

    nodes = &call->node->list;
    count = nodes->count + (first != NULL);
    call->args = jn_alloc(eval, count * sizeof(jn_val_t));
    call->count = count;

    if (call->args == NULL) {
        return false;
    }

    arg = call->args;

    if (first != NULL) {
        *arg++ = *first;
    }

    for (i = 0; i < nodes->count; i++) {
        *arg = jn_eval(eval, nodes->items[i], call->input, call->frame);

        if (jn_bad(*arg++)) {
            return false;
        }
    }

    return true;
}


/* Calls that bodies end with, one after the other. */
static jn_val_t
trampoline(jn_eval_t *eval, jn_val_t result, jn_val_t input)
{
    jn_val_t   function;
    jn_call_t  call;

    while (result.type == JN_THUNK) {
        call.node = eval->thunk.node;
        call.frame = eval->thunk.frame;
        call.input = eval->thunk.input;

        if (!jn_work(eval, 1)) {
            return jn_failed;
        }

        function = jn_eval(eval, call.node->left, call.input, call.frame);

        if (jn_bad(function) || !arguments(eval, &call, NULL)) {
            return jn_failed;
        }

        call.input = input;
        result = apply_once(eval, function, &call);

        if (jn_bad(result)) {
            if (eval->trouble.token.data == NULL) {
                eval->trouble.token = called_name(call.node);
            }

            if (function.type == JN_FUNCTION || !eval->trouble.position) {
                eval->trouble.position = call.node->left->position;
            }
        }
    }

    return result;
}


jn_val_t
jn_apply(jn_eval_t *eval, jn_val_t function, const jn_call_t *call)
{
    jn_val_t  result;

    result = apply_once(eval, function, call);

    return result.type == JN_THUNK ? trampoline(eval, result, call->input)
                                   : result;
}


/* A path that is nothing, where the variable of that name is something. */
static bool
meant_variable(jn_eval_t *eval, const jn_node_t *node, jn_val_t function,
    jn_frame_t *frame)
{
    jn_val_t  variable;

    if (function.type != JN_NONE || node->left->type != JN_PATH
        || node->left->list.items[0]->type != JN_NAME)
    {
        return false;
    }

    variable = jn_variable(eval, node, frame);

    return variable.type == JN_FUNCTION || variable.type == JN_ARRAY
           || variable.type == JN_OBJECT
           || (variable.type == JN_STRING && variable.len)
           || (variable.type == JN_BOOL && variable.u.boolean)
           || (variable.type == JN_NUMBER && variable.u.number != 0);
}


static jn_val_t
fail_call(jn_eval_t *eval, const char *code, const jn_node_t *node)
{
    (void) jn_fail_at(eval, code, jn_none, node->position);
    eval->trouble.token = called_name(node);

    return jn_failed;
}


jn_val_t
jn_eval_call(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame, const jn_val_t *first)
{
    jn_val_t   function, result;
    jn_call_t  call;

    function = jn_eval(eval, node->left, input, frame);

    if (jn_bad(function)) {
        return function;
    }

    if (meant_variable(eval, node, function, frame)) {
        return fail_call(eval, "T1005", node);
    }

    call.node = node;
    call.frame = frame;
    call.input = input;

    if (!arguments(eval, &call, first)) {
        return jn_failed;
    }

    result = apply_once(eval, function, &call);

    /* What fails in the function itself is placed at its call. */
    if (jn_bad(result) && function.type == JN_FUNCTION) {
        eval->trouble.position = node->position;
    }

    if (result.type == JN_THUNK) {
        result = trampoline(eval, result, input);
    }

    if (jn_bad(result)) {
        if (eval->trouble.token.data == NULL) {
            eval->trouble.token = called_name(node);
        }

        if (eval->trouble.position == 0) {
            eval->trouble.position = node->position;
        }
    }

    return result;
}


/* How many arguments a function may be given in advance. */
static uint32_t
places(const jn_function_t *function)
{
    return function->kind == JN_F_BUILTIN ? function->u.builtin->params
                                          : function->arity;
}


jn_val_t
jn_eval_partial(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    uint32_t        i, count;
    jn_val_t       *args, function;
    jn_function_t  *partial;

    count = node->list.count;
    args = jn_alloc(eval, count * sizeof(jn_val_t));
    partial = function_create(eval, JN_F_PARTIAL, 0);

    if (args == NULL || partial == NULL) {
        return jn_failed;
    }

    for (i = 0; i < count; i++) {
        args[i] = (jn_val_t) { .type = JN_UNBOUND };

        if (node->list.items[i]->type == JN_PLACE) {
            continue;
        }

        args[i] = jn_eval(eval, node->list.items[i], input, frame);

        if (jn_bad(args[i])) {
            return jn_failed;
        }
    }

    function = jn_eval(eval, node->left, input, frame);

    if (jn_bad(function)) {
        return function;
    }

    if (meant_variable(eval, node, function, frame)) {
        return fail_call(eval, "T1007", node);
    }

    if (function.type != JN_FUNCTION) {
        return fail_call(eval, "T1008", node);
    }

    count = wf_min(count, places(function.u.function));

    for (i = 0; i < count; i++) {
        partial->arity += args[i].type == JN_UNBOUND;
    }

    partial->u.partial.function = function.u.function;
    partial->u.partial.args = args;
    partial->u.partial.count = count;

    return function_value(partial);
}


/* value ~> function, function ~> function, value ~> call(...) */
jn_val_t
jn_eval_chain(jn_eval_t *eval, const jn_node_t *node, jn_val_t input,
    jn_frame_t *frame)
{
    jn_val_t        left, right;
    jn_call_t       call;
    jn_function_t  *chain;

    left = jn_eval(eval, node->left, input, frame);

    if (jn_bad(left)) {
        return left;
    }

    if (node->right->type == JN_CALL) {
        return jn_eval_call(eval, node->right, input, frame, &left);
    }

    right = jn_eval(eval, node->right, input, frame);

    if (jn_bad(right)) {
        return right;
    }

    if (right.type != JN_FUNCTION) {
        return jn_fail_at(eval, "T2006", right, node->position);
    }

    if (left.type != JN_FUNCTION) {
        call.node = NULL;
        call.frame = frame;
        call.input = jn_null;
        call.count = 1;
        call.args = &left;

        return jn_apply(eval, right, &call);
    }

    chain = function_create(eval, JN_F_CHAIN, 1);

    if (chain == NULL) {
        return jn_failed;
    }

    chain->u.chain.first = left;
    chain->u.chain.second = right;

    return function_value(chain);
}
