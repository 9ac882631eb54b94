
/*
 * Any text as a JSONPath against a fixed document, twice: the same answer
 * within the limits, one that can be printed and read again; a definite path
 * yields what stands in the document; putting a value at a reference path and
 * reading it there gives the value back.
 */

#include <stdlib.h>

#include "base/json.h"
#include "expr/expr.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char  input_text[] =
    "{\"n\":5,\"s\":\"abc\",\"t\":true,\"f\":false,\"a\":[1,\"x\",{\"k\":2}],"
    "\"o\":{\"k\":1,\"z\":null},\"e\":\"\",\"l\":[{\"v\":1,\"p\":[1,[2]]},"
    "{\"v\":2},{\"w\":3}],\"r\":1.50,\"m\":-0,\"b\":12345678901234567890,"
    "\"u\":\"na\xc3\xafve\",\"k-y\":{\"k\":[\"a\",\"b\",\"abc\"]}}";


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


static void
env_fill(wf_env_t *env, const wf_value_t *input, const wf_value_t **variables)
{
    memset(env, 0, sizeof(wf_env_t));

    env->roots[WF_ROOT_SELF] = input;
    env->roots[WF_ROOT_CONTEXT] = wf_value_get(input, wf_str("o"));
    env->variables = variables;
    env->variable_count = 1;
}


/* Every answer can be printed and read again, every fault has a text. */
static void
check(wf_arena_t *arena, wf_rc_t rc, const wf_env_t *env,
    const wf_value_t *value, const wf_error_t *err)
{
    wf_buf_t     buf;
    wf_value_t  *again;

    expect(rc == WF_OK || rc == WF_ERROR);

    /* What is counted before it is done is at most one step too much. */
    expect(env->meter.steps < 4 * WF_EXPR_STEPS_MAX);

    if (rc == WF_ERROR) {
        expect(err->code == WF_E_INVALID_ARGUMENT && err->len[0] > 0);
        expect(wf_utf8_valid(wf_error_arg(err, 0)));
        expect(wf_utf8_valid(env->fault));
        return;
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    again = parse(arena, wf_buf_done(&buf));
    expect(again && wf_value_eq(again, value));
}


static void
reference_run(wf_arena_t *arena, wf_str_t text, const wf_value_t *input)
{
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_error_t         err;
    const wf_value_t  *put, *out, *value;

    if (wf_expr_compile(arena, WF_EXPR_ASL_REFERENCE, text, &expr, &err)
        != WF_OK
        || !wf_expr_inserts(expr))
    {
        return;
    }

    put = wf_value_string(arena, wf_str("put"));

    if (wf_expr_insert(arena, expr, input, put, &out, &err) != WF_OK) {
        expect(err.code == WF_E_INVALID_ARGUMENT);
        return;
    }

    env_fill(&env, out, &out);
    expect(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
    expect(value == put);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                i;
    wf_rc_t            rc[2];
    wf_str_t           text;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    wf_error_t         err;
    wf_value_t        *names;
    const wf_value_t  *input, *value[2], *variables[1];

    text = (wf_str_t) { size, data };
    arena = wf_arena_create(0);
    input = parse(arena, wf_str(input_text));
    expect(input != NULL);
    variables[0] = input;

    if (wf_expr_compile(arena, WF_EXPR_ASL_PATH, text, &expr, &err) == WF_OK) {
        expect(wf_str_eq(wf_expr_text(expr), text));

        names = wf_value_array(arena, 0);
        expect(wf_expr_variables(arena, expr, names) == WF_OK);
        expect(names->count <= 1);

        for (i = 0; i < 2; i++) {
            env_fill(&env, input, variables);
            rc[i] = wf_expr_eval(arena, expr, &env, &value[i], &err);
            check(arena, rc[i], &env, value[i], &err);
        }

        expect(rc[0] == rc[1]);
        expect(rc[0] != WF_OK || wf_value_eq(value[0], value[1]));

    } else {
        expect(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        expect(wf_utf8_valid(wf_error_arg(&err, 0)));
    }

    reference_run(arena, text, input);
    expect(wf_value_eq(input, parse(arena, wf_str(input_text))));

    wf_arena_free(arena);
    return 0;
}
