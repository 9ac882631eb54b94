
/*
 * Functions over arrays and objects (fdl.md 2.5): new containers around
 * shared values.  Table and checks are fdl_fn.c's.
 */

#include <stdlib.h>

#include "expr/fdl_fn.h"


/* Argument 1 is an array, all of it looked at, each item at that cost. */
static wf_rc_t
need_array(fdl_eval_t *eval, const fdl_call_t *call, uint64_t cost)
{
    if (fdl_fn_need(eval, call, 0, WF_ARRAY) != WF_OK
        || fdl_weigh(eval, call->args[0], 0) != WF_OK)
    {
        return WF_ERROR;
    }

    return fdl_charge(eval, cost * call->args[0]->count);
}


wf_rc_t
fdl_fn_array_contains(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    uint32_t           i;
    const wf_value_t  *array;

    if (need_array(eval, call, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    array = call->args[0];

    for (i = 0; i < array->count; i++) {
        if (wf_value_eq(array->u.items[i], call->args[1])) {
            *value = fdl_bool(true);
            return WF_OK;
        }
    }

    *value = fdl_bool(false);
    return WF_OK;
}


/*
 * Equal values have equal hashes: 1 and 1.0, members in any order.  Which
 * hash it is shows nowhere.
 */
static uint64_t
value_hash(const wf_value_t *value)
{
    double    real;
    int64_t   integer;
    uint32_t  i;
    uint64_t  hash;

    switch (value->type) {

    case WF_NUMBER:
        if (value->is_integer) {
            integer = value->u.number.integer;
            return wf_hash(wf_hash_secret(),
                           (wf_str_t) { sizeof(integer),
                                        (const uint8_t *) &integer });
        }

        real = value->u.number.real;
        return wf_hash(wf_hash_secret() + WF_NUMBER,
                       (wf_str_t) { sizeof(real), (const uint8_t *) &real });

    case WF_STRING:
        return wf_hash(wf_hash_secret() + WF_STRING, value->u.string);

    case WF_ARRAY:
        hash = WF_ARRAY;

        for (i = 0; i < value->count; i++) {
            hash = hash * 0x100000001b3 + value_hash(value->u.items[i]);
        }

        return hash;

    case WF_OBJECT:
        hash = WF_OBJECT;

        for (i = 0; i < value->count; i++) {
            hash += wf_hash(value_hash(value->u.members[i].value),
                            value->u.members[i].key);
        }

        return hash;

    default:
        return value->type << 1 | value->boolean;
    }
}


typedef struct {
    const wf_value_t  **values;
    uint64_t            mask;
} value_set_t;


static wf_rc_t
value_set_init(fdl_eval_t *eval, value_set_t *set, uint32_t count)
{
    for (set->mask = 7; set->mask < 2ull * count; set->mask = set->mask * 2 + 1)
    {
        /* void */
    }

    set->values = wf_arena_calloc(eval->arena,
                                  (set->mask + 1) * sizeof(wf_value_t *));

    return set->values ? WF_OK : fdl_oom(eval->err);
}


/* Was it new? */
static bool
value_set_add(value_set_t *set, const wf_value_t *value)
{
    uint64_t  i;

    for (i = value_hash(value) & set->mask; set->values[i];
         i = (i + 1) & set->mask)
    {
        if (wf_value_eq(set->values[i], value)) {
            return false;
        }
    }

    set->values[i] = value;
    return true;
}


wf_rc_t
fdl_fn_array_unique(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    uint32_t           i;
    wf_value_t        *unique;
    value_set_t        set;
    const wf_value_t  *array;

    if (need_array(eval, call, FDL_COST_MADE) != WF_OK) {
        return WF_ERROR;
    }

    array = call->args[0];

    if (value_set_init(eval, &set, array->count) != WF_OK) {
        return WF_ERROR;
    }

    unique = wf_value_array(eval->arena, array->count);

    for (i = 0; i < array->count; i++) {
        if (value_set_add(&set, array->u.items[i])
            && fdl_fn_push(eval, unique, array->u.items[i]) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return fdl_fn_give(eval, unique, value);
}


wf_rc_t
fdl_fn_to_array(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    uint32_t     i;
    wf_value_t  *array;

    array = wf_value_array(eval->arena, call->count);

    for (i = 0; i < call->count; i++) {
        if (fdl_fn_push(eval, array, call->args[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    return fdl_fn_give(eval, array, value);
}


static int
member_order(const void *a, const void *b)
{
    return wf_str_cmp((*(const wf_member_t *const *) a)->key,
                      (*(const wf_member_t *const *) b)->key);
}


/* The members by the byte order of their keys. */
static const wf_member_t **
members_sorted(fdl_eval_t *eval, const wf_value_t *object)
{
    uint32_t             i;
    const wf_member_t  **members;

    /* Sorted, then made. */
    if (fdl_charge(eval, 2 * FDL_COST_MADE * (uint64_t) object->count)
        != WF_OK)
    {
        return NULL;
    }

    members = wf_arena_alloc(eval->arena,
                             object->count * sizeof(wf_member_t *));

    if (members == NULL) {
        fdl_oom(eval->err);
        return NULL;
    }

    for (i = 0; i < object->count; i++) {
        members[i] = &object->u.members[i];
    }

    qsort(members, object->count, sizeof(wf_member_t *), member_order);
    return members;
}


static wf_rc_t
map_list(fdl_eval_t *eval, const fdl_call_t *call, bool keys,
    const wf_value_t **value)
{
    uint32_t             i, count;
    wf_value_t          *list, *item;
    const wf_member_t  **members;

    if (fdl_fn_need(eval, call, 0, WF_OBJECT) != WF_OK) {
        return WF_ERROR;
    }

    members = members_sorted(eval, call->args[0]);
    if (members == NULL) {
        return WF_ERROR;
    }

    count = call->args[0]->count;
    list = wf_value_array(eval->arena, count);

    for (i = 0; i < count; i++) {
        item = keys ? wf_value_string(eval->arena, members[i]->key)
                    : members[i]->value;

        if (fdl_fn_push(eval, list, item) != WF_OK) {
            return WF_ERROR;
        }
    }

    return fdl_fn_give(eval, list, value);
}


wf_rc_t
fdl_fn_map_keys(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    return map_list(eval, call, true, value);
}


wf_rc_t
fdl_fn_map_values(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    return map_list(eval, call, false, value);
}


wf_rc_t
fdl_fn_json_merge(fdl_eval_t *eval, const fdl_call_t *call,
    const wf_value_t **value)
{
    if (fdl_fn_need_two(eval, call, WF_OBJECT) != WF_OK
        || fdl_charge(eval, FDL_COST_MADE
                            * ((uint64_t) call->args[0]->count
                               + call->args[1]->count))
           != WF_OK)
    {
        return WF_ERROR;
    }

    return fdl_fn_give(eval,
                       wf_value_merge(eval->arena, call->args[0],
                                      call->args[1]),
                       value);
}
