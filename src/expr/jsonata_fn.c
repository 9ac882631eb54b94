
/*
 * JSONata: the table of the function library, what its files share, and the
 * functions over numbers.
 */

#include <math.h>

#include "expr/jsonata_fn.h"
#include "expr/jsonata_pic.h"


#define PICTURE_STEPS  8        /* of a byte */


static const jn_builtin_t  builtins[] = {
#define FUNCTION(name, signature, arity, params, dialects, function)          \
    { wf_str_init(name), wf_str_init(signature), arity, params, dialects,     \
      jn_fn_##function },
#include "expr/jsonata_functions.def"
#undef FUNCTION
};


wf_rc_t
jn_builtin_value(jn_parser_t *parser, wf_str_t name, jn_val_t *value)
{
    uint32_t             i;
    jn_function_t       *function;
    const jn_builtin_t  *builtin;

    *value = jn_none;

    for (i = 0; i < wf_countof(builtins); i++) {
        builtin = &builtins[i];

        if ((builtin->dialects & (1u << parser->dialect))
            && wf_str_eq(builtin->name, name))
        {
            break;
        }
    }

    if (i == wf_countof(builtins)) {
        return WF_OK;
    }

    function = wf_arena_calloc(parser->arena, sizeof(jn_function_t));

    if (function == NULL) {
        return jn_parse_oom(parser);
    }

    function->kind = JN_F_BUILTIN;
    function->arity = builtin->arity;
    function->u.builtin = builtin;
    value->type = JN_FUNCTION;
    value->u.function = function;

    return jn_signature_parse(parser, builtin->signature, 0,
                              &function->signature);
}


jn_val_t
jn_fn_invoke(jn_eval_t *eval, const jn_call_t *call, jn_val_t function,
    jn_val_t *args, uint32_t count)
{
    jn_val_t   result;
    jn_call_t  inner;

    inner.node = NULL;
    inner.frame = call->frame;
    inner.input = jn_null;
    inner.args = args;
    inner.count = count;

    if (!jn_enter(eval)) {
        return jn_failed;
    }

    result = jn_apply(eval, function, &inner);
    jn_leave(eval);

    return result;
}


jn_val_t
jn_fn_visit(jn_eval_t *eval, const jn_call_t *call, jn_val_t function,
    const jn_val_t args[3])
{
    uint32_t  count;
    jn_val_t  given[3];

    memcpy(given, args, sizeof(given));
    count = function.type == JN_FUNCTION ? function.u.function->arity : 1;

    return jn_fn_invoke(eval, call, function, given,
                        wf_max(wf_min(count, 3), 1));
}


jn_val_t
jn_fn_test(jn_eval_t *eval, jn_val_t answer)
{
    jn_val_t  truth;

    if (jn_bad(answer)) {
        return answer;
    }

    truth = jn_truth(eval, answer);

    return truth.type == JN_NONE ? jn_bool(false) : truth;
}


jn_val_t
jn_fn_fail(jn_eval_t *eval, const char *code, jn_val_t value, uint32_t index)
{
    (void) jn_fail_value(eval, code, value);
    eval->trouble.index = index;

    return jn_failed;
}


/* Pictures are gone through several times. */
static bool
charge(jn_eval_t *eval, jn_val_t text, jn_val_t picture)
{
    return jn_work(eval, PICTURE_STEPS
                         * (1 + (text.type == JN_STRING ? text.len : 0)
                            + (picture.type == JN_STRING ? picture.len : 0)));
}


/* What a picture function answered. */
static jn_val_t
pictured(jn_eval_t *eval, wf_rc_t rc, wf_str_t text, const char *code,
    jn_val_t value)
{
    if (rc == WF_OK) {
        return jn_string(text);
    }

    return rc == WF_DECLINED ? jn_none
           : code == NULL ? jn_fail_oom(eval)
           : jn_fail_value(eval, code, value);
}


/* A string argument, or none. */
static wf_str_t
text_of(jn_val_t value)
{
    if (value.type != JN_STRING) {
        return wf_str_none;
    }

    return value.len ? jn_str(value) : wf_str("");
}


static bool
sum_of(jn_eval_t *eval, jn_val_t array, double *sum)
{
    uint32_t  i;

    *sum = 0;

    for (i = 0; i < array.len; i++) {
        *sum += jn_item(array, i).u.number;
    }

    return jn_work(eval, array.len / 4);
}


jn_val_t
jn_fn_sum(jn_eval_t *eval, const jn_call_t *call)
{
    double  sum;

    if (call->args[0].type != JN_ARRAY) {
        return jn_none;
    }

    return sum_of(eval, call->args[0], &sum) ? jn_number(sum) : jn_failed;
}


jn_val_t
jn_fn_average(jn_eval_t *eval, const jn_call_t *call)
{
    double  sum;

    if (call->args[0].type != JN_ARRAY || call->args[0].len == 0) {
        return jn_none;
    }

    return sum_of(eval, call->args[0], &sum)
           ? jn_number(sum / call->args[0].len) : jn_failed;
}


jn_val_t
jn_fn_count(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;

    return jn_number(call->args[0].type == JN_ARRAY ? call->args[0].len : 0);
}


static jn_val_t
extreme(jn_eval_t *eval, jn_val_t array, int sign)
{
    double    best, number;
    uint32_t  i;

    if (array.type != JN_ARRAY || array.len == 0) {
        return jn_none;
    }

    best = jn_item(array, 0).u.number;

    for (i = 1; i < array.len; i++) {
        number = jn_item(array, i).u.number;

        if (sign > 0 ? number > best : number < best) {
            best = number;
        }
    }

    return jn_work(eval, array.len / 4) ? jn_number(best) : jn_failed;
}


jn_val_t
jn_fn_max(jn_eval_t *eval, const jn_call_t *call)
{
    return extreme(eval, call->args[0], 1);
}


jn_val_t
jn_fn_min(jn_eval_t *eval, const jn_call_t *call)
{
    return extreme(eval, call->args[0], -1);
}


jn_val_t
jn_fn_number(jn_eval_t *eval, const jn_call_t *call)
{
    double    number;
    jn_val_t  value;

    value = call->args[0];

    if (value.type == JN_NONE || value.type == JN_NUMBER) {
        return value;
    }

    if (value.type == JN_BOOL) {
        return jn_number(value.u.boolean ? 1 : 0);
    }

    if (value.type == JN_STRING && value.len <= WF_NUMBER_LEN_MAX
        && wf_pic_parse_number(jn_str(value), &number) == WF_OK)
    {
        return jn_number(number);
    }

    return jn_fn_fail(eval, "D3030", value, 1);
}


static jn_val_t
rounded(const jn_call_t *call, double (*function)(double))
{
    return call->args[0].type == JN_NUMBER
           ? jn_number(function(call->args[0].u.number)) : jn_none;
}


jn_val_t
jn_fn_floor(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;
    return rounded(call, floor);
}


jn_val_t
jn_fn_ceil(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;
    return rounded(call, ceil);
}


jn_val_t
jn_fn_abs(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;
    return rounded(call, fabs);
}


jn_val_t
jn_fn_round(jn_eval_t *eval, const jn_call_t *call)
{
    (void) eval;

    if (call->args[0].type != JN_NUMBER) {
        return jn_none;
    }

    return jn_number(wf_pic_round(call->args[0].u.number,
                                  call->args[1].type == JN_NUMBER
                                  ? call->args[1].u.number : 0));
}


jn_val_t
jn_fn_sqrt(jn_eval_t *eval, const jn_call_t *call)
{
    if (call->args[0].type == JN_NUMBER && call->args[0].u.number < 0) {
        return jn_fn_fail(eval, "D3060", call->args[0], 1);
    }

    return rounded(call, sqrt);
}


jn_val_t
jn_fn_power(jn_eval_t *eval, const jn_call_t *call)
{
    double    power, exponent;
    jn_val_t  base;

    base = call->args[0];

    if (base.type != JN_NUMBER) {
        return jn_none;
    }

    exponent = call->args[1].type == JN_NUMBER ? call->args[1].u.number : NAN;

    /* 1 to the power of nothing is no number in JavaScript. */
    power = isfinite(exponent) ? pow(base.u.number, exponent) : NAN;

    if (isfinite(power)) {
        return jn_number(power);
    }

    (void) jn_fn_fail(eval, "D3061", base, 1);
    eval->trouble.value2 = call->args[1];

    return jn_failed;
}


jn_val_t
jn_fn_format_number(jn_eval_t *eval, const jn_call_t *call)
{
    wf_rc_t       rc;
    wf_str_t      text;
    wf_value_t   *options;
    const char   *code;

    if (call->args[0].type != JN_NUMBER) {
        return jn_none;
    }

    options = NULL;

    if (call->args[2].type == JN_OBJECT
        && !jn_export(eval, call->args[2], &options))
    {
        return jn_failed;
    }

    if (!charge(eval, jn_none, call->args[1])) {
        return jn_failed;
    }

    code = NULL;
    rc = wf_pic_format_number(eval->arena, call->args[0].u.number,
                              text_of(call->args[1]), options, &text, &code);

    return pictured(eval, rc, text, code, call->args[1]);
}


jn_val_t
jn_fn_format_base(jn_eval_t *eval, const jn_call_t *call)
{
    wf_rc_t      rc;
    wf_str_t     text;
    const char  *code;

    if (call->args[0].type != JN_NUMBER) {
        return jn_none;
    }

    code = NULL;
    rc = wf_pic_format_base(eval->arena, call->args[0].u.number,
                            call->args[1].type == JN_NUMBER
                            ? call->args[1].u.number : 10,
                            &text, &code);

    return pictured(eval, rc, text, code, call->args[1]);
}


jn_val_t
jn_fn_format_integer(jn_eval_t *eval, const jn_call_t *call)
{
    wf_rc_t      rc;
    wf_str_t     text;
    const char  *code;

    if (call->args[0].type != JN_NUMBER) {
        return jn_none;
    }

    if (!charge(eval, jn_none, call->args[1])) {
        return jn_failed;
    }

    code = NULL;
    rc = wf_pic_format_integer(eval->arena, call->args[0].u.number,
                               text_of(call->args[1]), &text, &code);

    return pictured(eval, rc, text, code, call->args[1]);
}


jn_val_t
jn_fn_parse_integer(jn_eval_t *eval, const jn_call_t *call)
{
    double       number;
    wf_rc_t      rc;
    const char  *code;

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    if (!charge(eval, call->args[0], call->args[1])) {
        return jn_failed;
    }

    code = NULL;
    rc = wf_pic_parse_integer(eval->arena, text_of(call->args[0]),
                              text_of(call->args[1]), &number, &code);

    return rc == WF_OK ? jn_number(number)
                       : pictured(eval, rc, wf_str_none, code, call->args[1]);
}


static jn_val_t
time_text(jn_eval_t *eval, double ms, jn_val_t picture, jn_val_t zone)
{
    wf_rc_t      rc;
    wf_str_t     text;
    const char  *code;

    if (!charge(eval, jn_none, picture)) {
        return jn_failed;
    }

    code = NULL;
    rc = wf_pic_from_millis(eval->arena, ms, text_of(picture), text_of(zone),
                            &text, &code);

    return pictured(eval, rc, text, code,
                    code && strcmp(code, "D1001") == 0 ? jn_number(ms)
                    : code && strcmp(code, "D3134") == 0
                      && picture.type == JN_NONE ? zone : picture);
}


jn_val_t
jn_fn_from_millis(jn_eval_t *eval, const jn_call_t *call)
{
    return call->args[0].type != JN_NUMBER ? jn_none
           : time_text(eval, call->args[0].u.number, call->args[1],
                       call->args[2]);
}


jn_val_t
jn_fn_now(jn_eval_t *eval, const jn_call_t *call)
{
    return time_text(eval, (double) eval->env->now_ms, call->args[0],
                     call->args[1]);
}


jn_val_t
jn_fn_millis(jn_eval_t *eval, const jn_call_t *call)
{
    (void) call;
    return jn_number((double) eval->env->now_ms);
}


jn_val_t
jn_fn_to_millis(jn_eval_t *eval, const jn_call_t *call)
{
    double       ms;
    wf_rc_t      rc;
    const char  *code;

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    if (!charge(eval, call->args[0], call->args[1])) {
        return jn_failed;
    }

    code = NULL;
    rc = wf_pic_to_millis(eval->arena, text_of(call->args[0]),
                          text_of(call->args[1]),
                          (double) eval->env->now_ms, &ms, &code);

    return rc == WF_OK ? jn_number(ms)
                       : pictured(eval, rc, wf_str_none, code, call->args[0]);
}


jn_val_t
jn_fn_boolean(jn_eval_t *eval, const jn_call_t *call)
{
    return jn_truth(eval, call->args[0]);
}


jn_val_t
jn_fn_not(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t  truth;

    truth = jn_truth(eval, call->args[0]);

    return truth.type == JN_BOOL ? jn_bool(!truth.u.boolean) : truth;
}
