
/*
 * Functions over arrays and objects (fdl.md 2.5): new containers around
 * shared values.  Table and checks are fdl_fn.c's.
 */

#include <stdlib.h>

#include "expr/fdl_fn.h"
#include "expr/value_set.h"


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

    if (value_set_init(eval->arena, &set, array->count) != WF_OK) {
        return fdl_oom(eval->err);
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
