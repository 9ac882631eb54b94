
/*
 * The evaluator: tree -> value (fdl.md 1.6, 2.5).  Shares what it finds,
 * builds only what is new, reads no clock and no random source.  A missing
 * path is WF_DECLINED on its way up until an operator says what it means.
 */

#include <stdarg.h>
#include <stdio.h>

#include "expr/fdl_cost.h"


#define EVAL_REASON_MAX  512    /* bytes of one reason */

#define COMPARED_PER_STEP  64   /* bytes */


typedef wf_rc_t (*eval_pt)(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value);
typedef bool (*compare_pt)(const wf_value_t *a, const wf_value_t *b);


const wf_value_t *
fdl_bool(bool boolean)
{
    static const wf_value_t  values[] = {
        { .type = WF_BOOL, .boolean = false },
        { .type = WF_BOOL, .boolean = true }
    };

    return &values[boolean];
}


bool
fdl_is_true(const wf_value_t *value)
{
    return value && value->type == WF_BOOL && value->boolean;
}


wf_rc_t
fdl_eval_fail(fdl_eval_t *eval, const char *format, ...)
{
    char     reason[EVAL_REASON_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);

    wf_error_set(eval->err, WF_E_INVALID_ARGUMENT, "%s", reason);
    return WF_ERROR;
}


wf_rc_t
fdl_charge(fdl_eval_t *eval, uint64_t steps)
{
    if (wf_meter_charge(&eval->env->meter, steps)) {
        return WF_OK;
    }

    if (eval->env->meter.is_late) {
        return fdl_eval_fail(eval, "the expression takes more than %u ms",
                             (unsigned) (WF_EXPR_NS_MAX / 1000000));
    }

    return fdl_eval_fail(eval, "the expression takes more than %u steps",
                         (unsigned) WF_EXPR_STEPS_MAX);
}


static bool
is_container(const wf_value_t *value)
{
    return value->type == WF_ARRAY || value->type == WF_OBJECT;
}


static wf_rc_t
weigh_text(fdl_eval_t *eval, wf_str_t text)
{
    return fdl_charge(eval, 1 + text.len / FDL_MOVED_PER_STEP);
}


static wf_rc_t
weigh_members(fdl_eval_t *eval, const wf_value_t *object, uint32_t depth)
{
    uint32_t  i;

    for (i = 0; i < object->count; i++) {
        if (weigh_text(eval, object->u.members[i].key) != WF_OK
            || fdl_weigh(eval, object->u.members[i].value, depth) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_rc_t
fdl_weigh(fdl_eval_t *eval, const wf_value_t *value, uint32_t depth)
{
    uint32_t  i;

    if (!is_container(value)) {
        return weigh_text(eval, value->type == WF_STRING ? value->u.string
                                : value->type == WF_NUMBER
                                  ? value->u.number.text : wf_str_none);
    }

    if (depth >= WF_DEPTH_MAX) {
        return fdl_eval_fail(eval, "the value is nested deeper than %u "
                             "levels", (unsigned) WF_DEPTH_MAX);
    }

    if (value->type == WF_OBJECT) {
        return weigh_members(eval, value, depth + 1);
    }

    for (i = 0; i < value->count; i++) {
        if (fdl_weigh(eval, value->u.items[i], depth + 1) != WF_OK) {
            return WF_ERROR;
        }
    }

    return fdl_charge(eval, 1);
}


/* An operand that may be missing: *value is NULL then. */
static wf_rc_t
operand(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    wf_rc_t  rc;

    rc = fdl_eval(eval, node, value);

    if (rc == WF_DECLINED) {
        *value = NULL;
        return WF_OK;
    }

    return rc;
}


static wf_rc_t
eval_constant(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value)
{
    (void) eval;

    *value = node->u.value;
    return WF_OK;
}


static wf_rc_t
eval_path(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    return fdl_path_eval(eval, node->u.path, value);
}


/* "||" stops at the first true operand, "&&" at the first that is not. */
static wf_rc_t
eval_chain(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    bool               stop;
    uint32_t           i;
    const wf_value_t  *found;

    stop = node->kind == FDL_OR;

    for (i = 0; i < node->count; i++) {
        if (operand(eval, node->args[i], &found) != WF_OK) {
            return WF_ERROR;
        }

        if (fdl_is_true(found) == stop) {
            *value = fdl_bool(stop);
            return WF_OK;
        }
    }

    *value = fdl_bool(!stop);
    return WF_OK;
}


static wf_rc_t
eval_not(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    const wf_value_t  *found;

    if (operand(eval, node->args[0], &found) != WF_OK) {
        return WF_ERROR;
    }

    *value = fdl_bool(!fdl_is_true(found));
    return WF_OK;
}


/* On the digits: exact for every number. */
static wf_rc_t
eval_negate(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value)
{
    wf_rc_t            rc;
    wf_buf_t           buf;
    wf_str_t           text;
    const wf_value_t  *found;

    rc = fdl_eval(eval, node->args[0], &found);
    if (rc != WF_OK) {
        return rc;
    }

    if (found->type != WF_NUMBER) {
        return fdl_eval_fail(eval, "operator '-' needs a number");
    }

    text = found->u.number.text;

    if (found->is_integer && found->u.number.integer == 0) {
        *value = found;
        return WF_OK;
    }

    if (text.data[0] == '-') {
        text = (wf_str_t) { text.len - 1, text.data + 1 };

    } else if (text.len == WF_NUMBER_LEN_MAX) {

        /* Longer ones no parser of ours takes back, nor that of replay. */

        return fdl_eval_fail(eval, "the number is longer than %u characters",
                             (unsigned) WF_NUMBER_LEN_MAX);

    } else {
        wf_buf_init(&buf, eval->arena, text.len + 1);
        wf_buf_byte(&buf, '-');
        wf_buf_str(&buf, text);

        if (buf.failed) {
            return fdl_oom(eval->err);
        }

        text = wf_buf_done(&buf);
    }

    *value = wf_value_number(eval->arena, text);
    return *value ? WF_OK : fdl_oom(eval->err);
}


static bool
compare_equal(const wf_value_t *a, const wf_value_t *b)
{
    return wf_value_eq(a, b);
}


static bool
compare_unequal(const wf_value_t *a, const wf_value_t *b)
{
    return !wf_value_eq(a, b);
}


/* -1, 0, 1; 2: there is no order between these. */
static int
order(const wf_value_t *a, const wf_value_t *b)
{
    int  rc;

    if (a->type == WF_NUMBER && b->type == WF_NUMBER) {
        rc = wf_number_cmp(a, b);

    } else if (a->type == WF_STRING && b->type == WF_STRING) {
        rc = wf_str_cmp(a->u.string, b->u.string);

    } else {
        return 2;
    }

    return rc < 0 ? -1 : rc > 0;
}


static bool
compare_less(const wf_value_t *a, const wf_value_t *b)
{
    return order(a, b) == -1;
}


static bool
compare_less_equal(const wf_value_t *a, const wf_value_t *b)
{
    return order(a, b) <= 0;
}


static bool
compare_greater(const wf_value_t *a, const wf_value_t *b)
{
    return order(a, b) == 1;
}


static bool
compare_greater_equal(const wf_value_t *a, const wf_value_t *b)
{
    return order(a, b) == 0 || order(a, b) == 1;
}


/* An array has the value, an object has the key. */
static bool
compare_in(const wf_value_t *a, const wf_value_t *b)
{
    uint32_t  i;

    if (b->type == WF_OBJECT) {
        return a->type == WF_STRING && wf_value_get(b, a->u.string) != NULL;
    }

    if (b->type != WF_ARRAY) {
        return false;
    }

    for (i = 0; i < b->count; i++) {
        if (wf_value_eq(a, b->u.items[i])) {
            return true;
        }
    }

    return false;
}


static const compare_pt  comparisons[FDL_OPERATOR_COUNT] = {
#define OPERATOR(symbol, spelling, function)  [FDL_##symbol] = function,
#include "expr/operators.def"
#undef OPERATOR
};


/* Comparing costs what the right side holds, at most. */
static wf_rc_t
compare_charge(fdl_eval_t *eval, const wf_value_t *a, const wf_value_t *b)
{
    if (b->type == WF_STRING) {
        return fdl_charge(eval, b->u.string.len / COMPARED_PER_STEP);
    }

    if (!is_container(b)) {
        return WF_OK;
    }

    return is_container(a) ? fdl_weigh(eval, b, 0)
                           : fdl_charge(eval, b->count);
}


/* With a missing operand every comparison is false, "!=" too (fdl.md 1.6). */
static wf_rc_t
eval_compare(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value)
{
    const wf_value_t  *a, *b;

    if (operand(eval, node->args[0], &a) != WF_OK
        || operand(eval, node->args[1], &b) != WF_OK)
    {
        return WF_ERROR;
    }

    if (a == NULL || b == NULL) {
        *value = fdl_bool(false);
        return WF_OK;
    }

    if (compare_charge(eval, a, b) != WF_OK) {
        return WF_ERROR;
    }

    *value = fdl_bool(comparisons[node->compare](a, b));
    return WF_OK;
}


static wf_rc_t
eval_array(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_value_t        *array;
    const wf_value_t  *item;

    array = wf_value_array(eval->arena, node->count);
    if (array == NULL) {
        return fdl_oom(eval->err);
    }

    for (i = 0; i < node->count; i++) {
        rc = fdl_eval(eval, node->args[i], &item);
        if (rc != WF_OK) {
            return rc;
        }

        if (wf_value_push(eval->arena, array, fdl_share(item)) != WF_OK) {
            return fdl_oom(eval->err);
        }
    }

    *value = array;
    return WF_OK;
}


static wf_rc_t
eval_object(fdl_eval_t *eval, const fdl_node_t *node,
    const wf_value_t **value)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_value_t        *object;
    const wf_value_t  *key, *member;

    object = wf_value_object(eval->arena, node->count / 2);
    if (object == NULL) {
        return fdl_oom(eval->err);
    }

    for (i = 0; i < node->count; i += 2) {
        rc = fdl_eval(eval, node->args[i], &key);
        if (rc != WF_OK) {
            return rc;
        }

        if (key->type != WF_STRING) {
            return fdl_eval_fail(eval, "the key of a member must be a "
                                 "string");
        }

        rc = fdl_eval(eval, node->args[i + 1], &member);
        if (rc != WF_OK) {
            return rc;
        }

        if (fdl_charge(eval, FDL_COST_MADE) != WF_OK) {
            return WF_ERROR;
        }

        if (wf_value_set(eval->arena, object, key->u.string,
                         fdl_share(member))
            != WF_OK)
        {
            return fdl_oom(eval->err);
        }
    }

    *value = object;
    return WF_OK;
}


static wf_rc_t
eval_call(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    wf_rc_t                rc;
    uint32_t               i;
    fdl_call_t             call;
    const fdl_function_t  *function;

    function = node->u.call.function;

    call.node = node;
    call.count = node->count;
    call.args = wf_arena_alloc(eval->arena,
                               node->count * sizeof(wf_value_t *));

    if (call.args == NULL) {
        return fdl_oom(eval->err);
    }

    for (i = 0; i < node->count; i++) {
        rc = i == 0 && function->may_miss
             ? operand(eval, node->args[i], &call.args[i])
             : fdl_eval(eval, node->args[i], &call.args[i]);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return function->call(eval, &call, value);
}


static const eval_pt  evaluators[FDL_NODE_KIND_COUNT] = {
    [FDL_CONSTANT] = eval_constant,
    [FDL_PATH] = eval_path,
    [FDL_OR] = eval_chain,
    [FDL_AND] = eval_chain,
    [FDL_NOT] = eval_not,
    [FDL_NEGATE] = eval_negate,
    [FDL_COMPARE] = eval_compare,
    [FDL_ARRAY] = eval_array,
    [FDL_OBJECT] = eval_object,
    [FDL_CALL] = eval_call
};


wf_rc_t
fdl_eval(fdl_eval_t *eval, const fdl_node_t *node, const wf_value_t **value)
{
    if (fdl_charge(eval, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    return evaluators[node->kind](eval, node, value);
}
