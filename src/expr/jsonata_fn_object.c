
/*
 * JSONata: functions over objects and over values of any type, and those that
 * raise errors.
 */

#include "expr/jsonata_fn.h"


/* The keys of an object, or those of all objects in an array. */
static bool
keys_add(jn_eval_t *eval, jn_object_t *keys, jn_val_t value)
{
    bool      done;
    uint32_t  i, count;

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        return true;
    }

    count = value.type == JN_ARRAY ? value.len : jn_count(value);

    if (!jn_enter(eval) || !jn_work(eval, count)) {
        return false;
    }

    for (done = true, i = 0; done && i < count; i++) {
        done = value.type == JN_ARRAY
               ? keys_add(eval, keys, jn_item(value, i))
               : jn_object_set(eval, keys, jn_member(value, i).key,
                               jn_bool(true));
    }

    jn_leave(eval);

    return done;
}


jn_val_t
jn_fn_keys(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t      i;
    jn_list_t     list;
    jn_object_t  *keys;

    keys = jn_object_create(eval, 0);

    if (keys == NULL || !keys_add(eval, keys, call->args[0])) {
        return jn_failed;
    }

    jn_list_init(&list);

    for (i = 0; i < keys->count; i++) {
        if (!jn_list_push(eval, &list, jn_string(keys->members[i].key))) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_lookup(jn_eval_t *eval, const jn_call_t *call)
{
    return call->args[1].type == JN_STRING
           ? jn_lookup(eval, call->args[0], jn_str(call->args[1])) : jn_none;
}


/* Each member as an object of its own. */
static bool
spread_add(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    bool          done;
    uint32_t      i, count;
    jn_member_t   member;
    jn_object_t  *object;

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        return value.type == JN_NONE || jn_list_push(eval, list, value);
    }

    count = value.type == JN_ARRAY ? value.len : jn_count(value);

    if (!jn_enter(eval) || !jn_work(eval, count)) {
        return false;
    }

    for (done = true, i = 0; done && i < count; i++) {
        if (value.type == JN_ARRAY) {
            done = spread_add(eval, list, jn_item(value, i));
            continue;
        }

        member = jn_member(value, i);
        object = jn_object_create(eval, 1);
        done = object
               && jn_object_set(eval, object, member.key, member.value)
               && jn_list_push(eval, list, jn_object(object));
    }

    jn_leave(eval);

    return done;
}


jn_val_t
jn_fn_spread(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i;
    jn_val_t   value;
    jn_list_t  list;

    value = call->args[0];

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        return value;
    }

    jn_list_init(&list);

    if (!spread_add(eval, &list, value)) {
        return jn_failed;
    }

    /* Nothing, if there is nothing but nothing. */
    for (i = 0; value.type == JN_ARRAY && i < value.len; i++) {
        if (jn_item(value, i).type != JN_NONE) {
            return jn_list_array(eval, &list, 0);
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_merge(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t      i, k, count;
    jn_val_t      array, item;
    jn_member_t   member;
    jn_object_t  *object;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    object = jn_object_create(eval, 0);

    if (object == NULL) {
        return jn_failed;
    }

    for (i = 0; i < array.len; i++) {
        item = jn_item(array, i);
        count = item.type == JN_OBJECT ? jn_count(item) : 0;

        if (!jn_work(eval, 1 + count)) {
            return jn_failed;
        }

        for (k = 0; k < count; k++) {
            member = jn_member(item, k);

            if (!jn_object_set(eval, object, member.key, member.value)) {
                return jn_failed;
            }
        }
    }

    return jn_object(object);
}


jn_val_t
jn_fn_each(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t     i, count;
    jn_val_t     value;
    jn_list_t    list;
    jn_member_t  member;

    jn_list_init(&list);
    count = call->args[0].type == JN_OBJECT ? jn_count(call->args[0]) : 0;

    for (i = 0; i < count; i++) {
        member = jn_member(call->args[0], i);
        value = jn_fn_visit(eval, call, call->args[1],
                            (jn_val_t[3]) { member.value,
                                            jn_string(member.key),
                                            call->args[0] });

        if (jn_bad(value)
            || (value.type != JN_NONE && !jn_list_push(eval, &list, value)))
        {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_sift(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t      i, count;
    jn_val_t      chosen;
    jn_member_t   member;
    jn_object_t  *object;

    object = jn_object_create(eval, 0);

    if (object == NULL) {
        return jn_failed;
    }

    count = call->args[0].type == JN_OBJECT ? jn_count(call->args[0]) : 0;

    for (i = 0; i < count; i++) {
        member = jn_member(call->args[0], i);
        chosen = jn_fn_test(eval,
                            jn_fn_visit(eval, call, call->args[1],
                                        (jn_val_t[3]) {
                                            member.value,
                                            jn_string(member.key),
                                            call->args[0]
                                        }));

        if (jn_bad(chosen)
            || (chosen.u.boolean
                && !jn_object_set(eval, object, member.key, member.value)))
        {
            return jn_failed;
        }
    }

    return object->count ? jn_object(object) : jn_none;
}


jn_val_t
jn_fn_clone(jn_eval_t *eval, const jn_call_t *call)
{
    return jn_clone(eval, call->args[0]);
}


jn_val_t
jn_fn_type(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t  numeric;

    static const wf_str_t  names[] = {
        [JN_NULL] = wf_str_init("null"), [JN_BOOL] = wf_str_init("boolean"),
        [JN_NUMBER] = wf_str_init("number"),
        [JN_STRING] = wf_str_init("string"),
        [JN_ARRAY] = wf_str_init("array"),
        [JN_OBJECT] = wf_str_init("object"),
        [JN_FUNCTION] = wf_str_init("function"),
        [JN_TUPLE] = wf_str_init("object")
    };

    if (call->args[0].type == JN_NONE) {
        return jn_none;
    }

    numeric = jn_numeric(eval, call->args[0]);

    return jn_bad(numeric) ? numeric : jn_string(names[call->args[0].type]);
}


static jn_val_t
raise(jn_eval_t *eval, const char *code, jn_val_t message, wf_str_t standard)
{
    (void) jn_fail(eval, code);
    eval->trouble.message = message.type == JN_STRING && message.len
                            ? jn_str(message) : standard;

    return jn_failed;
}


jn_val_t
jn_fn_error(jn_eval_t *eval, const jn_call_t *call)
{
    return raise(eval, "D3137", call->args[0],
                 wf_str("$error() function evaluated"));
}


jn_val_t
jn_fn_assert(jn_eval_t *eval, const jn_call_t *call)
{
    if (call->args[0].type == JN_BOOL && call->args[0].u.boolean) {
        return jn_none;
    }

    return raise(eval, "D3141", call->args[1],
                 wf_str("$assert() statement failed"));
}
