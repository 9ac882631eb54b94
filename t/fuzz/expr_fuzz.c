
/*
 * Any text as an expression or a template: compile it, evaluate it against a
 * fixed environment, twice, and expect the same answer.  The first byte
 * chooses what the rest is.
 */

#include <stdlib.h>

#include "base/json.h"
#include "expr/expr.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char  input_text[] =
    "{\"n\":5,\"s\":\"abc\",\"t\":true,\"f\":false,\"a\":[1,\"x\",{\"k\":2}],"
    "\"o\":{\"k\":1,\"z\":null},\"e\":\"\",\"l\":[{\"v\":1,\"p\":[1,[2]]},"
    "{\"v\":2},{\"w\":3}],\"r\":1.50,\"m\":-0,\"b\":12345678901234567890,"
    "\"u\":\"na\xc3\xafve\",\"Environment\":{\"A\":\"b\"}}";


static wf_value_t *
parse(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;
    wf_error_t   err;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


static const wf_value_t *
context_make(wf_env_t *env, wf_arena_t *arena)
{
    (void) arena;

    return env->data;
}


static void
env_fill(wf_env_t *env, wf_value_t *input)
{
    unsigned                  i;
    static const wf_value_t  *outer[1];

    memset(env, 0, sizeof(wf_env_t));

    for (i = 0; i < WF_ROOT_COUNT; i++) {
        if (i != WF_ROOT_CONTEXT && i != WF_ROOT_ENV && i != WF_ROOT_OUTPUT) {
            env->roots[i] = input;
        }
    }

    outer[0] = wf_value_get(input, wf_str("o"));
    env->outer_locals = outer;
    env->outer_local_count = 1;
    env->context = context_make;
    env->data = input;
    env->random_state = 1;
}


static void
expect(bool truth)
{
    if (!truth) {
        abort();
    }
}


/* Every answer can be printed and read again. */
static void
check(wf_arena_t *arena, wf_rc_t rc[2], const wf_value_t *value[2],
    const wf_error_t *err)
{
    wf_buf_t     buf;
    wf_value_t  *again;

    expect(rc[0] == rc[1]);

    if (rc[0] == WF_ERROR) {
        expect(err->code == WF_E_INVALID_ARGUMENT && err->len[0] > 0);
        expect(wf_utf8_valid(wf_error_arg(err, 0)));
    }

    if (rc[0] != WF_OK) {
        return;
    }

    expect(wf_value_eq(value[0], value[1]));

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value[0]);
    again = parse(arena, wf_buf_done(&buf));
    expect(again && wf_value_eq(again, value[0]));
}


static void
expr_run(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    wf_value_t *input)
{
    int                i;
    bool               truth;
    wf_rc_t            rc[2];
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_error_t         err;
    const wf_value_t  *value[2];

    if (wf_expr_compile(arena, kind, text, &expr, &err) != WF_OK) {
        rc[0] = rc[1] = WF_ERROR;
        check(arena, rc, NULL, &err);
        return;
    }

    expect(wf_str_eq(wf_expr_text(expr), text));

    for (i = 0; i < 2; i++) {
        env_fill(&env, input);
        rc[i] = wf_expr_eval(arena, expr, &env, &value[i], &err);
    }

    check(arena, rc, value, &err);

    env_fill(&env, input);

    if (wf_expr_test(arena, expr, &env, &truth, &err) == WF_OK
        && rc[0] == WF_OK)
    {
        expect(truth == (value[0]->type == WF_BOOL && value[0]->boolean));
    }
}


static void
template_run(wf_arena_t *arena, unsigned kind, wf_str_t text,
    wf_value_t *input)
{
    int                i;
    wf_rc_t            rc[2];
    wf_env_t           env;
    wf_value_t        *source;
    wf_error_t         err;
    wf_template_t     *template;
    const wf_value_t  *value[2];

    static wf_rc_t  (*const compile[])(wf_arena_t *arena,
        const wf_value_t *source, wf_template_t **template,
        wf_error_t *err) =
    {
        wf_template_mappings, wf_template_params, wf_template_constructor
    };

    source = parse(arena, text);

    if (source == NULL) {
        return;
    }

    if (compile[kind](arena, source, &template, &err) != WF_OK) {
        rc[0] = rc[1] = WF_ERROR;
        check(arena, rc, NULL, &err);
        return;
    }

    for (i = 0; i < 2; i++) {
        env_fill(&env, input);
        rc[i] = wf_template_fill(arena, template, &env, &value[i], &err);
    }

    check(arena, rc, value, &err);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned     kind;
    wf_str_t     text;
    wf_value_t  *input;
    wf_arena_t  *arena;

    if (size == 0) {
        return 0;
    }

    kind = data[0] % 6;
    text = (wf_str_t) { size - 1, data + 1 };

    arena = wf_arena_create(0);
    input = parse(arena, wf_str(input_text));
    expect(input != NULL);

    if (kind < 3) {
        expr_run(arena, (wf_expr_kind_t) kind, text, input);

    } else {
        template_run(arena, kind - 3, text, input);
    }

    wf_arena_free(arena);
    return 0;
}
