
/*
 * JSONata: functions over arrays and the functions that take functions.
 */

#include "expr/jsonata_fn.h"


static jn_val_t
array_of(jn_list_t *list, jn_eval_t *eval)
{
    return jn_list_array(eval, list, JN_SEQ);
}


jn_val_t
jn_fn_map(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i;
    jn_val_t   array, value;
    jn_list_t  list;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    jn_list_init(&list);

    for (i = 0; i < array.len; i++) {
        value = jn_fn_visit(eval, call, call->args[1],
                            (jn_val_t[3]) { jn_item(array, i), jn_number(i),
                                            array });

        if (jn_bad(value)
            || (value.type != JN_NONE && !jn_list_push(eval, &list, value)))
        {
            return jn_failed;
        }
    }

    return array_of(&list, eval);
}


jn_val_t
jn_fn_filter(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i;
    jn_val_t   array, item, chosen;
    jn_list_t  list;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    jn_list_init(&list);

    for (i = 0; i < array.len; i++) {
        item = jn_item(array, i);
        chosen = jn_fn_test(eval, jn_fn_visit(eval, call, call->args[1],
                                              (jn_val_t[3]) {
                                                  item, jn_number(i), array
                                              }));

        if (jn_bad(chosen)
            || (chosen.u.boolean && !jn_list_push(eval, &list, item)))
        {
            return jn_failed;
        }
    }

    return array_of(&list, eval);
}


jn_val_t
jn_fn_single(jn_eval_t *eval, const jn_call_t *call)
{
    bool      found;
    uint32_t  i;
    jn_val_t  array, item, chosen, result;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    found = false;
    result = jn_none;

    for (i = 0; i < array.len; i++) {
        item = jn_item(array, i);
        chosen = call->args[1].type == JN_NONE ? jn_bool(true)
                 : jn_fn_test(eval,
                              jn_fn_visit(eval, call, call->args[1],
                                          (jn_val_t[3]) {
                                              item, jn_number(i), array
                                          }));

        if (jn_bad(chosen)) {
            return chosen;
        }

        if (!chosen.u.boolean) {
            continue;
        }

        if (found) {
            return jn_fn_fail(eval, "D3138", jn_none, i);
        }

        found = true;
        result = item;
    }

    return found ? result : jn_fail(eval, "D3139");
}


jn_val_t
jn_fn_reduce(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t  i, arity;
    jn_val_t  array, result, args[4];

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    arity = call->args[1].type == JN_FUNCTION
            ? call->args[1].u.function->arity : 0;

    if (arity < 2) {
        return jn_fn_fail(eval, "D3050", jn_none, 1);
    }

    i = 0;
    result = call->args[2];

    if (result.type == JN_NONE && array.len > 0) {
        result = jn_item(array, i++);
    }

    for ( ; i < array.len && !jn_bad(result); i++) {
        args[0] = result;
        args[1] = jn_item(array, i);
        args[2] = jn_number(i);
        args[3] = array;
        result = jn_fn_invoke(eval, call, call->args[1], args,
                              wf_min(arity, 4));
    }

    return result;
}


jn_val_t
jn_fn_zip(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i, k, length;
    jn_val_t   tuple;
    jn_list_t  rows;

    length = UINT32_MAX;

    for (k = 0; k < call->count; k++) {
        length = wf_min(length, call->args[k].type == JN_ARRAY
                                ? call->args[k].len : 0);
    }

    jn_list_init(&rows);
    tuple = (jn_val_t) { .type = JN_ARRAY, .len = call->count };

    for (i = 0; call->count && i < length; i++) {
        tuple.u.items = jn_alloc(eval, call->count * sizeof(jn_val_t));

        if (tuple.u.items == NULL) {
            return jn_failed;
        }

        for (k = 0; k < call->count; k++) {
            tuple.u.items[k] = jn_item(call->args[k], i);
        }

        if (!jn_list_push(eval, &rows, tuple) || !jn_work(eval, 1)) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &rows, 0);
}


jn_val_t
jn_fn_append(jn_eval_t *eval, const jn_call_t *call)
{
    jn_list_t  list;

    if (call->args[0].type == JN_NONE) {
        return call->args[1];
    }

    if (call->args[1].type == JN_NONE) {
        return call->args[0];
    }

    jn_list_init(&list);

    return jn_list_append(eval, &list, call->args[0])
           && jn_list_append(eval, &list, call->args[1])
           ? jn_list_array(eval, &list, 0) : jn_failed;
}


jn_val_t
jn_fn_reverse(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t  i;
    jn_val_t  array, made;

    array = call->args[0];

    if (array.type != JN_ARRAY || array.len <= 1) {
        return array;
    }

    made = (jn_val_t) { .type = JN_ARRAY, .len = array.len };
    made.u.items = jn_alloc(eval, array.len * sizeof(jn_val_t));

    if (made.u.items == NULL || !jn_work(eval, array.len / 8)) {
        return jn_failed;
    }

    for (i = 0; i < array.len; i++) {
        made.u.items[array.len - 1 - i] = jn_item(array, i);
    }

    return made;
}


jn_val_t
jn_fn_sort(jn_eval_t *eval, const jn_call_t *call)
{
    return call->args[0].type != JN_ARRAY ? jn_none
           : jn_sort(eval, call->args[0], call, call->args[1]);
}


/* Fisher and Yates. */
jn_val_t
jn_fn_shuffle(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i, k;
    jn_val_t   array, other;
    jn_list_t  list;

    array = call->args[0];

    if (array.type != JN_ARRAY || array.len <= 1) {
        return array;
    }

    jn_list_init(&list);

    if (!jn_list_append(eval, &list, array)) {
        return jn_failed;
    }

    for (i = list.count - 1; i > 0; i--) {
        k = (uint32_t) (jn_random_next(&eval->env->random_state) % (i + 1));
        other = list.items[k];
        list.items[k] = list.items[i];
        list.items[i] = other;
    }

    return jn_list_array(eval, &list, 0);
}


/* Is value among the items kept so far?  Keeps it if not. */
static bool
distinct_add(jn_eval_t *eval, jn_list_t *list, jn_val_t value,
    uint32_t *slots, uint32_t mask)
{
    uint32_t  k;
    uint64_t  hash;
    jn_val_t  equal;

    if (!jn_hash(eval, value, &hash)) {
        return false;
    }

    for (k = (uint32_t) (hash ^ hash >> 32) & mask; slots[k];
         k = (k + 1) & mask)
    {
        equal = jn_equal(eval, list->items[slots[k] - 1], value);

        /* Functions all have the same hash. */

        if (jn_bad(equal) || !jn_work(eval, 1)) {
            return false;
        }

        if (equal.u.boolean) {
            return true;
        }
    }

    slots[k] = list->count + 1;

    return jn_list_push(eval, list, value);
}


jn_val_t
jn_fn_distinct(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i, size, *slots;
    jn_val_t   array;
    jn_list_t  list;

    array = call->args[0];

    if (array.type != JN_ARRAY || array.len <= 1) {
        return array;
    }

    for (size = 16; size < 2 * array.len; size *= 2) {
        /* void */
    }

    slots = jn_alloc(eval, size * sizeof(uint32_t));

    if (slots == NULL) {
        return jn_failed;
    }

    memset(slots, 0, size * sizeof(uint32_t));
    jn_list_init(&list);

    for (i = 0; i < array.len; i++) {
        if (!jn_work(eval, 1)
            || !distinct_add(eval, &list, jn_item(array, i), slots, size - 1))
        {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, array.flags & JN_SEQ);
}


jn_val_t
jn_fn_exists(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;
    return jn_bool(call->args[0].type != JN_NONE);
}
