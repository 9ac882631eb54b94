
/*
 * Intrinsic functions over arrays (asl.md 8): new arrays around shared
 * values.  Table and checks are asl_fn.c's.
 */

#include "expr/asl_fn.h"
#include "expr/value_set.h"


/* Argument 1 is an array, all of it looked at, each item at that cost. */
static wf_rc_t
need_array(asl_eval_t *asl, const asl_call_t *call, uint64_t cost)
{
    if (asl_fn_need(asl, call, 0, WF_ARRAY) != WF_OK
        || fdl_weigh(&asl->eval, call->args[0], 0) != WF_OK)
    {
        return WF_ERROR;
    }

    return fdl_charge(&asl->eval, cost * call->args[0]->count);
}


wf_rc_t
asl_fn_array(asl_eval_t *asl, const asl_call_t *call, const wf_value_t **value)
{
    uint32_t     i;
    wf_value_t  *array;

    array = wf_value_array(asl->eval.arena, call->count);

    for (i = 0; i < call->count; i++) {
        if (asl_fn_push(asl, array, call->args[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    return asl_fn_give(asl, array, value);
}


wf_rc_t
asl_fn_array_length(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    if (asl_fn_need(asl, call, 0, WF_ARRAY) != WF_OK) {
        return WF_ERROR;
    }

    return asl_fn_give(asl, wf_value_int(asl->eval.arena,
                                         call->args[0]->count),
                       value);
}


wf_rc_t
asl_fn_array_contains(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    uint32_t           i;
    const wf_value_t  *array;

    if (need_array(asl, call, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    array = call->args[0];

    for (i = 0; i < array->count; i++) {
        if (wf_value_eq(array->u.items[i], call->args[1])) {
            break;
        }
    }

    *value = fdl_bool(i < array->count);
    return WF_OK;
}


wf_rc_t
asl_fn_array_get_item(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    int64_t  index;

    if (asl_fn_need(asl, call, 0, WF_ARRAY) != WF_OK
        || asl_fn_need_integer(asl, call, 1, &index) != WF_OK)
    {
        return WF_ERROR;
    }

    if (index < 0 || index >= (int64_t) call->args[0]->count) {
        return asl_fn_fail(asl, call, "the index is out of range");
    }

    *value = call->args[0]->u.items[index];
    return WF_OK;
}


wf_rc_t
asl_fn_array_partition(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    int64_t            size;
    uint32_t           i;
    wf_arena_t        *arena;
    wf_value_t        *parts, *part;
    const wf_value_t  *array;

    if (asl_fn_need(asl, call, 0, WF_ARRAY) != WF_OK
        || asl_fn_need_integer(asl, call, 1, &size) != WF_OK)
    {
        return WF_ERROR;
    }

    if (size < 1) {
        return asl_fn_fail(asl, call, "the size must be a positive integer");
    }

    arena = asl->eval.arena;
    array = call->args[0];
    parts = wf_value_array(arena, 0);
    part = NULL;

    for (i = 0; i < array->count; i++) {
        if (i % size == 0) {
            part = wf_value_array(arena, 0);

            if (wf_value_push(arena, parts, part) != WF_OK) {
                return fdl_oom(asl->eval.err);
            }
        }

        if (asl_fn_push(asl, part, array->u.items[i]) != WF_OK
            || fdl_charge(&asl->eval, 2 * FDL_COST_MADE) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return asl_fn_give(asl, parts, value);
}


/* Both ends are included. */
wf_rc_t
asl_fn_array_range(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    int64_t      first, last, step;
    uint64_t     i, count;
    wf_value_t  *array;

    if (asl_fn_need_integer(asl, call, 0, &first) != WF_OK
        || asl_fn_need_integer(asl, call, 1, &last) != WF_OK
        || asl_fn_need_integer(asl, call, 2, &step) != WF_OK)
    {
        return WF_ERROR;
    }

    if (step == 0) {
        return asl_fn_fail(asl, call, "the step must not be 0");
    }

    /* Differences that no int64 holds are far beyond the limit anyway. */

    count = step > 0 ? ((uint64_t) last - (uint64_t) first) / (uint64_t) step
                     : ((uint64_t) first - (uint64_t) last)
                       / (0 - (uint64_t) step);

    if (step > 0 ? first > last : first < last) {
        count = 0;

    } else if (count++ >= WF_RANGE_ITEMS_MAX) {
        return asl_fn_fail(asl, call, "the range has more than 1000 items");
    }

    array = wf_value_array(asl->eval.arena, (uint32_t) count);

    for (i = 0; i < count; i++) {
        if (wf_value_push(asl->eval.arena, array,
                          wf_value_int(asl->eval.arena,
                                       (int64_t) ((uint64_t) first
                                                  + i * (uint64_t) step)))
            != WF_OK)
        {
            return fdl_oom(asl->eval.err);
        }
    }

    return fdl_charge(&asl->eval, FDL_COST_MADE * count) == WF_OK
           ? asl_fn_give(asl, array, value) : WF_ERROR;
}


wf_rc_t
asl_fn_array_unique(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    uint32_t           i;
    wf_value_t        *unique;
    value_set_t        set;
    const wf_value_t  *array;

    if (need_array(asl, call, FDL_COST_MADE) != WF_OK) {
        return WF_ERROR;
    }

    array = call->args[0];

    if (value_set_init(asl->eval.arena, &set, array->count) != WF_OK) {
        return fdl_oom(asl->eval.err);
    }

    unique = wf_value_array(asl->eval.arena, array->count);

    for (i = 0; i < array->count; i++) {
        if (value_set_add(&set, array->u.items[i])
            && asl_fn_push(asl, unique, array->u.items[i]) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return asl_fn_give(asl, unique, value);
}
