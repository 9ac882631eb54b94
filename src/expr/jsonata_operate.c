
/*
 * JSONata: the binary operators on values.  Knows nothing of evaluation.
 */

#include <math.h>

#include "base/utf8.h"
#include "expr/jsonata_make.h"


typedef jn_val_t (*operate_t)(jn_eval_t *eval, unsigned op, jn_val_t left,
    jn_val_t right);


/*
 * Below 0xee bytes of UTF-8 sort as UTF-16 units do; beyond, what takes four
 * bytes is a pair of surrogates, which come before U+E000.
 */
static int
unit_order(uint8_t byte)
{
    return byte >= 0xf0 ? byte - 0x100 + 0xee : byte >= 0xee ? byte + 8 : byte;
}


int
jn_string_cmp(wf_str_t a, wf_str_t b)
{
    size_t  i, len;

    len = wf_min(a.len, b.len);

    for (i = 0; i < len; i++) {
        if (a.data[i] != b.data[i]) {
            return unit_order(a.data[i]) - unit_order(b.data[i]);
        }
    }

    return a.len < b.len ? -1 : a.len > b.len;
}


static jn_val_t
arithmetic(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    double  a, b;

    if (left.type != JN_NUMBER || right.type != JN_NUMBER
        || !isfinite(left.u.number) || !isfinite(right.u.number))
    {
        if (left.type != JN_NONE) {
            if (left.type == JN_NUMBER && isinf(left.u.number)) {
                return jn_fail_value(eval, "D1001", left);
            }

            if (left.type != JN_NUMBER || isnan(left.u.number)) {
                return jn_fail_value(eval, "T2001", left);
            }
        }

        if (right.type != JN_NONE) {
            if (right.type == JN_NUMBER && isinf(right.u.number)) {
                return jn_fail_value(eval, "D1001", right);
            }

            if (right.type != JN_NUMBER || isnan(right.u.number)) {
                return jn_fail_value(eval, "T2002", right);
            }
        }

        return jn_none;
    }

    a = left.u.number;
    b = right.u.number;

    return jn_number(op == JN_T_PLUS ? a + b : op == JN_T_MINUS ? a - b
                     : op == JN_T_STAR ? a * b : op == JN_T_SLASH ? a / b
                     : fmod(a, b));
}


static jn_val_t
equality(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    jn_val_t  equal;

    if (left.type == JN_NONE || right.type == JN_NONE) {
        return jn_bool(false);
    }

    equal = jn_equal(eval, left, right);

    return op == JN_T_EQ || jn_bad(equal) ? equal : jn_bool(!equal.u.boolean);
}


static bool
comparable(jn_val_t value)
{
    return value.type == JN_NONE || value.type == JN_STRING
           || value.type == JN_NUMBER;
}


static jn_val_t
comparison(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    int     order;
    double  a, b;

    if (!comparable(left) || !comparable(right)) {
        return jn_fail_value(eval, "T2010",
                             left.type != JN_STRING && left.type != JN_NUMBER
                             ? left : right);
    }

    if (left.type == JN_NONE || right.type == JN_NONE) {
        return jn_none;
    }

    if (left.type != right.type) {
        (void) jn_fail_value(eval, "T2009", left);
        eval->trouble.value2 = right;
        return jn_failed;
    }

    if (left.type == JN_STRING) {
        if (!jn_work(eval, wf_min(left.len, right.len) / JN_ORDER_BYTES)) {
            return jn_failed;
        }

        order = jn_string_cmp(jn_str(left), jn_str(right));

        return jn_bool(op == JN_T_LT ? order < 0 : op == JN_T_LE ? order <= 0
                       : op == JN_T_GT ? order > 0 : order >= 0);
    }

    a = left.u.number;
    b = right.u.number;

    return jn_bool(op == JN_T_LT ? a < b : op == JN_T_LE ? a <= b
                   : op == JN_T_GT ? a > b : a >= b);
}


static jn_val_t
concatenation(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    size_t    len;
    uint8_t  *data;
    wf_str_t  a, b;

    (void) op;

    left = jn_text(eval, left, false);

    if (jn_bad(left)) {
        return left;
    }

    right = jn_text(eval, right, false);

    if (jn_bad(right)) {
        return right;
    }

    a = left.type == JN_STRING ? jn_str(left) : wf_str("");
    b = right.type == JN_STRING ? jn_str(right) : wf_str("");
    len = a.len + b.len;

    if (len > UINT32_MAX) {
        return jn_fail_oom(eval);
    }

    data = jn_alloc(eval, len);

    if (data == NULL) {
        return jn_failed;
    }

    if (a.len) {
        memcpy(data, a.data, a.len);
    }

    if (b.len) {
        memcpy(data + a.len, b.data, b.len);
    }

    return jn_string((wf_str_t) { len, data });
}


static bool
is_integer(jn_val_t value)
{
    return value.type == JN_NUMBER && isfinite(value.u.number)
           && value.u.number == floor(value.u.number);
}


static jn_val_t
range(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    double    size;
    uint32_t  i, count;
    jn_val_t  array;

    (void) op;

    if (left.type != JN_NONE && !is_integer(left)) {
        return jn_fail_value(eval, "T2003", left);
    }

    if (right.type != JN_NONE && !is_integer(right)) {
        return jn_fail_value(eval, "T2004", right);
    }

    if (left.type == JN_NONE || right.type == JN_NONE
        || left.u.number > right.u.number)
    {
        return jn_none;
    }

    size = right.u.number - left.u.number + 1;

    if (size > WF_JSONATA_RANGE_MAX) {
        (void) jn_fail_value(eval, "D2014", jn_number(size));
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return jn_failed;
    }

    count = (uint32_t) size;
    array = (jn_val_t) { .type = JN_ARRAY, .flags = JN_SEQ, .len = count };

    if (!jn_work(eval, count / 4)) {
        return jn_failed;
    }

    array.u.items = jn_alloc(eval, (size_t) count * sizeof(jn_val_t));

    if (array.u.items == NULL) {
        return jn_failed;
    }

    for (i = 0; i < count; i++) {
        array.u.items[i] = jn_number(left.u.number + i);
    }

    return array;
}


/* Is left the very value of an item?  Arrays and objects are themselves. */
static jn_val_t
inclusion(jn_eval_t *eval, unsigned op, jn_val_t left, jn_val_t right)
{
    uint32_t  i;
    jn_val_t  item, equal;

    (void) op;

    if (left.type == JN_NONE || right.type == JN_NONE) {
        return jn_bool(false);
    }

    if (right.type == JN_ARRAY && !jn_work(eval, right.len / 4)) {
        return jn_failed;
    }

    for (i = 0; i < (right.type == JN_ARRAY ? right.len : 1); i++) {
        item = right.type == JN_ARRAY ? jn_item(right, i) : right;

        if (item.type != left.type) {
            continue;
        }

        if (item.type == JN_ARRAY || item.type == JN_OBJECT) {
            if (item.u.json == left.u.json) {
                return jn_bool(true);
            }

            continue;
        }

        equal = jn_equal(eval, item, left);

        if (jn_bad(equal) || equal.u.boolean) {
            return equal;
        }
    }

    return jn_bool(false);
}


static const operate_t  operators[JN_T_COUNT] = {
    [JN_T_PLUS] = arithmetic, [JN_T_MINUS] = arithmetic,
    [JN_T_STAR] = arithmetic, [JN_T_SLASH] = arithmetic,
    [JN_T_PERCENT] = arithmetic, [JN_T_EQ] = equality,
    [JN_T_NE] = equality, [JN_T_LT] = comparison, [JN_T_LE] = comparison,
    [JN_T_GT] = comparison, [JN_T_GE] = comparison,
    [JN_T_AMPERSAND] = concatenation, [JN_T_RANGE] = range,
    [JN_T_IN] = inclusion
};


jn_val_t
jn_operate(jn_eval_t *eval, const jn_node_t *node, jn_val_t left,
    jn_val_t right)
{
    jn_val_t  result;

    result = operators[node->op](eval, node->op, left, right);

    if (jn_bad(result)) {
        eval->trouble.position = node->position;
        eval->trouble.token = jn_token_text(node->op);
    }

    return result;
}
