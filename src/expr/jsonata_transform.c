
/*
 * JSONata: | pattern | update, delete |: a clone of a value, changed where the
 * pattern finds something.  The only place where values change.
 */

#include "expr/jsonata_make.h"


static bool
update(jn_eval_t *eval, const jn_function_t *function, jn_val_t match)
{
    uint32_t          i;
    jn_val_t          value;
    jn_member_t       member;
    const jn_node_t  *node;

    node = function->u.lambda.node;
    value = jn_eval(eval, node->right, match, function->u.lambda.frame);

    if (jn_bad(value) || value.type == JN_NONE) {
        return !jn_bad(value);
    }

    if (value.type != JN_OBJECT) {
        (void) jn_fail_at(eval, "T2011", value, node->right->position);
        return false;
    }

    /* What came from outside is not ours to change. */
    if (match.type != JN_OBJECT || (match.flags & JN_JSON)) {
        return true;
    }

    for (i = 0; i < jn_count(value); i++) {
        member = jn_member(value, i);

        if (!jn_object_set(eval, match.u.object, member.key, member.value)) {
            return false;
        }
    }

    return true;
}


static bool
delete(jn_eval_t *eval, const jn_function_t *function, jn_val_t match)
{
    uint32_t          i, count;
    jn_val_t          value, key;
    const jn_node_t  *node;

    node = function->u.lambda.node;

    if (node->third == NULL) {
        return true;
    }

    value = jn_eval(eval, node->third, match, function->u.lambda.frame);

    if (jn_bad(value) || value.type == JN_NONE) {
        return !jn_bad(value);
    }

    count = value.type == JN_ARRAY ? value.len : 1;

    for (i = 0; i < count; i++) {
        key = value.type == JN_ARRAY ? jn_item(value, i) : value;

        if (key.type != JN_STRING) {
            (void) jn_fail_at(eval, "T2012", value, node->third->position);
            return false;
        }
    }

    for (i = 0; i < count; i++) {
        key = value.type == JN_ARRAY ? jn_item(value, i) : value;

        if (match.type == JN_OBJECT && !(match.flags & JN_JSON)
            && !jn_object_remove(eval, match.u.object, jn_str(key)))
        {
            return false;
        }
    }

    return true;
}


jn_val_t
jn_transform(jn_eval_t *eval, const jn_function_t *function, jn_val_t value)
{
    uint32_t  i, count;
    jn_val_t  copy, matches, match;

    if (value.type == JN_NONE) {
        return value;
    }

    copy = jn_clone(eval, value);

    if (jn_bad(copy)) {
        return copy;
    }

    matches = jn_eval(eval, function->u.lambda.node->left, copy,
                      function->u.lambda.frame);

    if (jn_bad(matches)) {
        return matches;
    }

    count = matches.type == JN_NONE ? 0
            : matches.type == JN_ARRAY ? matches.len : 1;

    for (i = 0; i < count; i++) {
        match = matches.type == JN_ARRAY ? jn_item(matches, i) : matches;

        if (!update(eval, function, match) || !delete(eval, function, match))
        {
            return jn_failed;
        }
    }

    return copy;
}
