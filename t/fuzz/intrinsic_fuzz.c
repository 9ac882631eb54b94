
/*
 * Any text as an intrinsic call, and any JSON as a payload template or a
 * choice rule, the first byte chooses: compile it, evaluate it twice from the
 * same state of randomness, and expect the same end.
 */

#include <stdlib.h>

#include "base/json.h"
#include "expr/expr.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char  input_text[] =
    "{\"n\":5,\"s\":\"a,b;c\",\"t\":true,\"f\":false,\"a\":[1,\"x\",{\"k\":2},1],"
    "\"o\":{\"k\":1,\"z\":null},\"e\":\"\",\"j\":\"{\\\"x\\\":[1]}\",\"r\":-1.50,"
    "\"d\":\"2012-10-09T19:00:55Z\",\"b\":12345678901234567890,"
    "\"x\":\"YWJj\",\"u\":\"na\xc3\xafve\",\"h\":\"SHA-256\"}";

typedef struct {
    wf_expr_t      *expr;           /* or */
    wf_template_t  *template;
} subject_t;


static void
expect(bool truth)
{
    if (!truth) {
        abort();
    }
}


static wf_value_t *
parse(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;
    wf_error_t   err;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


static wf_rc_t
compile(wf_arena_t *arena, unsigned kind, wf_str_t text, subject_t *subject,
    wf_error_t *err)
{
    wf_value_t  *value;

    memset(subject, 0, sizeof(subject_t));

    if (kind == 0) {
        return wf_expr_compile(arena, WF_EXPR_ASL_VALUE, text, &subject->expr,
                               err);
    }

    value = parse(arena, text);

    if (value == NULL) {
        return WF_DECLINED;
    }

    return kind == 1
           ? wf_template_payload(arena, value, &subject->template, err)
           : wf_expr_choice(arena, value, &subject->expr, err);
}


static wf_rc_t
evaluate(wf_arena_t *arena, const subject_t *subject, wf_env_t *env,
    const wf_value_t **value, wf_error_t *err)
{
    return subject->template
           ? wf_template_fill(arena, subject->template, env, value, err)
           : wf_expr_eval(arena, subject->expr, env, value, err);
}


static void
run(wf_arena_t *arena, const subject_t *subject, const wf_value_t *input)
{
    int                i;
    wf_rc_t            rc[2];
    wf_buf_t           buf;
    wf_env_t           env;
    wf_error_t         err;
    const wf_value_t  *value[2], *variables[1];

    variables[0] = input;

    for (i = 0; i < 2; i++) {
        memset(&env, 0, sizeof(env));
        env.roots[WF_ROOT_SELF] = env.roots[WF_ROOT_CONTEXT] = input;
        env.variables = variables;
        env.variable_count = 1;
        env.random_state = 1;

        rc[i] = evaluate(arena, subject, &env, &value[i], &err);

        expect(rc[i] == WF_OK || rc[i] == WF_ERROR);
        expect(env.meter.steps < 4 * WF_EXPR_STEPS_MAX);
    }

    expect(rc[0] == rc[1]);

    if (rc[0] == WF_ERROR) {
        expect(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        expect(wf_utf8_valid(wf_error_arg(&err, 0)));
        expect(wf_utf8_valid(env.fault));
        return;
    }

    expect(wf_value_eq(value[0], value[1]));

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value[0]);
    value[1] = parse(arena, wf_buf_done(&buf));
    expect(value[1] && wf_value_eq(value[0], value[1]));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_rc_t            rc;
    subject_t          subject;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *input;

    if (size == 0) {
        return 0;
    }

    arena = wf_arena_create(0);
    input = parse(arena, wf_str(input_text));
    expect(input != NULL);

    rc = compile(arena, data[0] % 3, (wf_str_t) { size - 1, data + 1 },
                 &subject, &err);

    if (rc == WF_OK) {
        run(arena, &subject, input);

    } else if (rc == WF_ERROR) {
        expect(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        expect(wf_utf8_valid(wf_error_arg(&err, 0)));
        expect(wf_utf8_valid(wf_error_arg(&err, 1)));
    }

    wf_arena_free(arena);
    return 0;
}
