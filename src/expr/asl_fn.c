
/*
 * The intrinsic functions' table, what all of them share, and those over
 * numbers and values in general (asl.md 8).  Randomness comes from the
 * environment's state alone, or from the seed that is given.
 */

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "expr/asl_fn.h"
#include "expr/random.h"


#define UUID_LEN  36
#define INTEGER_LIMIT  9223372036854775808.0    /* 2^63 */


static const asl_function_t  functions[] = {
#define INTRINSIC(name, min, max, function)                                   \
    { wf_str_init(name), min, max, asl_fn_##function },
#include "expr/intrinsics.def"
#undef INTRINSIC
};


const asl_function_t *
asl_function_find(wf_str_t name)
{
    unsigned  i;

    for (i = 0; i < wf_countof(functions); i++) {
        if (wf_str_eq(functions[i].name, name)) {
            return &functions[i];
        }
    }

    return NULL;
}


wf_rc_t
asl_fn_fail(asl_eval_t *asl, const asl_call_t *call, const char *reason)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, asl->eval.arena, 128);
    wf_buf_text(&buf, "Invalid arguments in States.");
    wf_buf_str(&buf, call->node->u.function->name);
    wf_buf_text(&buf, ": ");
    wf_buf_str(&buf, wf_str_of(reason));

    return asl_fault(&asl->eval, &buf, "States.IntrinsicFailure");
}


wf_rc_t
asl_fn_need(asl_eval_t *asl, const asl_call_t *call, uint32_t index,
    wf_type_t type)
{
    char  reason[64];

    static const char *const  names[] = {
        [WF_NULL] = "null",
        [WF_BOOL] = "a boolean",
        [WF_NUMBER] = "a number",
        [WF_STRING] = "a string",
        [WF_ARRAY] = "an array",
        [WF_OBJECT] = "an object"
    };

    if (call->args[index]->type == type) {
        return WF_OK;
    }

    snprintf(reason, sizeof(reason), "argument %u must be %s",
             (unsigned) index + 1, names[type]);

    return asl_fn_fail(asl, call, reason);
}


wf_rc_t
asl_fn_need_integer(asl_eval_t *asl, const asl_call_t *call, uint32_t index,
    int64_t *integer)
{
    double             rounded;
    const wf_value_t  *number;

    if (asl_fn_need(asl, call, index, WF_NUMBER) != WF_OK) {
        return WF_ERROR;
    }

    number = call->args[index];

    if (number->is_integer) {
        *integer = number->u.number.integer;
        return WF_OK;
    }

    rounded = floor(number->u.number.real + 0.5);

    if (rounded < -INTEGER_LIMIT || rounded >= INTEGER_LIMIT) {
        return asl_fn_fail(asl, call, "a number does not fit into 64 bits");
    }

    *integer = (int64_t) rounded;
    return WF_OK;
}


wf_rc_t
asl_fn_need_text(asl_eval_t *asl, const asl_call_t *call, uint32_t index,
    wf_str_t *text)
{
    if (asl_fn_need(asl, call, index, WF_STRING) != WF_OK) {
        return WF_ERROR;
    }

    *text = call->args[index]->u.string;

    if (fdl_charge(&asl->eval, text->len / FDL_READ_PER_STEP) != WF_OK) {
        return WF_ERROR;
    }

    if (text->len > WF_INTRINSIC_TEXT_MAX
        && wf_utf8_length(*text) > WF_INTRINSIC_TEXT_MAX)
    {
        return asl_fn_fail(asl, call, "the text is longer than 10000 "
                           "characters");
    }

    return WF_OK;
}


wf_rc_t
asl_fn_give(asl_eval_t *asl, const wf_value_t *made, const wf_value_t **value)
{
    if (made == NULL) {
        return fdl_oom(asl->eval.err);
    }

    *value = made;
    return WF_OK;
}


wf_rc_t
asl_fn_give_buf(asl_eval_t *asl, const wf_buf_t *buf, const wf_value_t **value)
{
    if (buf->failed) {
        return fdl_oom(asl->eval.err);
    }

    return asl_fn_give(asl, wf_value_string(asl->eval.arena, wf_buf_done(buf)),
                       value);
}


wf_rc_t
asl_fn_push(asl_eval_t *asl, wf_value_t *array, const wf_value_t *item)
{
    return wf_value_push(asl->eval.arena, array, fdl_share(item)) == WF_OK
           ? WF_OK : fdl_oom(asl->eval.err);
}


wf_rc_t
asl_fn_math_add(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    int64_t  a, b, sum;

    if (asl_fn_need_integer(asl, call, 0, &a) != WF_OK
        || asl_fn_need_integer(asl, call, 1, &b) != WF_OK)
    {
        return WF_ERROR;
    }

    if (__builtin_add_overflow(a, b, &sum)) {
        return asl_fn_fail(asl, call, "the sum does not fit into 64 bits");
    }

    return asl_fn_give(asl, wf_value_int(asl->eval.arena, sum), value);
}


/* The first end is included, the second is not. */
wf_rc_t
asl_fn_math_random(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    int64_t    start, end, seed;
    uint64_t  *state, seeded;

    if (asl_fn_need_integer(asl, call, 0, &start) != WF_OK
        || asl_fn_need_integer(asl, call, 1, &end) != WF_OK)
    {
        return WF_ERROR;
    }

    state = &asl->eval.env->random_state;

    if (call->count == 3) {
        if (asl_fn_need_integer(asl, call, 2, &seed) != WF_OK) {
            return WF_ERROR;
        }

        seeded = (uint64_t) seed;
        state = &seeded;
    }

    if (start >= end) {
        return asl_fn_fail(asl, call, "the start must be less than the end");
    }

    return asl_fn_give(asl,
                       wf_value_int(asl->eval.arena,
                                    wf_random_between(state, start, end - 1)),
                       value);
}


wf_rc_t
asl_fn_uuid(asl_eval_t *asl, const asl_call_t *call, const wf_value_t **value)
{
    wf_buf_t  buf;

    (void) call;

    wf_buf_init(&buf, asl->eval.arena, UUID_LEN);
    wf_random_uuid(&asl->eval.env->random_state, &buf);

    return asl_fn_give_buf(asl, &buf, value);
}


/* Members of the second win, whole: nothing is merged below the top. */
wf_rc_t
asl_fn_json_merge(asl_eval_t *asl, const asl_call_t *call,
    const wf_value_t **value)
{
    if (asl_fn_need(asl, call, 0, WF_OBJECT) != WF_OK
        || asl_fn_need(asl, call, 1, WF_OBJECT) != WF_OK
        || asl_fn_need(asl, call, 2, WF_BOOL) != WF_OK
        || fdl_charge(&asl->eval, FDL_COST_MADE
                                  * ((uint64_t) call->args[0]->count
                                     + call->args[1]->count))
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (call->args[2]->boolean) {
        return asl_fn_fail(asl, call, "only shallow merging is supported: "
                           "argument 3 must be false");
    }

    return asl_fn_give(asl, wf_value_merge(asl->eval.arena, call->args[0],
                                           call->args[1]),
                       value);
}
