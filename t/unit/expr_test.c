
/*
 * The door of expressions, through the cases of t/cases/expressions.txt,
 * which run at once as a whole and again with every allocation failing in
 * turn; and the properties that a text of cases cannot tell.
 */

#include "expr/expr.c"

#include "base/json.h"
#include "unit.h"


#define CASES  "t/cases/expressions.txt"


typedef enum {
    CASE_CFL = 0, CASE_TEST, CASE_CONDITION, CASE_PATH, CASE_MAPPINGS,
    CASE_PARAMS, CASE_CONSTRUCTOR, CASE_MODE_COUNT
} case_mode_t;

typedef struct {
    case_mode_t   mode;
    unsigned      line;
    wf_str_t      program;
    wf_str_t      data;
    wf_str_t      result;
} case_t;

static const char *const  mode_names[CASE_MODE_COUNT] = {
    "%cfl", "%test", "%condition", "%path", "%mappings", "%params",
    "%constructor"
};

static const struct {
    const char  *name;
    wf_root_t    root;
} root_names[] = {
    { "$Input", WF_ROOT_INPUT }, { "$input", WF_ROOT_INPUT },
    { "$local", WF_ROOT_LOCAL }, { "$Output", WF_ROOT_OUTPUT },
    { "$Context", WF_ROOT_CONTEXT }, { "$Global", WF_ROOT_GLOBAL },
    { "$Item", WF_ROOT_ITEM }, { "$", WF_ROOT_SELF }
};


static void
env_fill(wf_arena_t *arena, wf_env_t *env, const wf_value_t *data)
{
    unsigned           i;
    const wf_value_t  *outer;

    memset(env, 0, sizeof(wf_env_t));
    env->random_state = 42;

    if (data->type != WF_OBJECT || data->count == 0
        || data->u.members[0].key.len == 0
        || data->u.members[0].key.data[0] != '$')
    {
        env->roots[WF_ROOT_INPUT] = env->roots[WF_ROOT_SELF] = data;
        return;
    }

    for (i = 0; i < wf_countof(root_names); i++) {
        outer = wf_value_get(data, wf_str_of(root_names[i].name));
        if (outer) {
            env->roots[root_names[i].root] = outer;
        }
    }

    outer = wf_value_get(data, wf_str("$outer"));

    if (outer) {
        (void) arena;
        env->outer_locals = (const wf_value_t **) outer->u.items;
        env->outer_local_count = outer->count;
    }
}


static void
put_error(wf_buf_t *out, const char *what, const wf_error_t *err)
{
    wf_buf_append(out, what, strlen(what));
    wf_buf_str(out, wf_error_arg(err, 0));
}


static wf_rc_t
compile(wf_arena_t *arena, const case_t *c, wf_expr_t **expr,
    wf_template_t **template, wf_error_t *err)
{
    wf_value_t  *value;

    static const wf_expr_kind_t  kinds[] = {
        [CASE_CFL] = WF_EXPR_CFL, [CASE_TEST] = WF_EXPR_CFL,
        [CASE_CONDITION] = WF_EXPR_FDL_CONDITION,
        [CASE_PATH] = WF_EXPR_FDL_PATH
    };

    if (c->mode < CASE_MAPPINGS) {
        return wf_expr_compile(arena, kinds[c->mode], c->program, expr, err);
    }

    if (wf_json_parse(arena, c->program, &value, err) != WF_OK) {
        return WF_ERROR;
    }

    return c->mode == CASE_MAPPINGS
           ? wf_template_mappings(arena, value, template, err)
           : c->mode == CASE_PARAMS
           ? wf_template_params(arena, value, template, err)
           : wf_template_constructor(arena, value, template, err);
}


/* What happens, as the third line of a case says it. */
static wf_error_code_t
run(wf_arena_t *arena, const case_t *c, const wf_value_t *data, wf_buf_t *out)
{
    bool               result;
    wf_rc_t            rc;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_error_t         err;
    wf_template_t     *template;
    const wf_value_t  *value;

    wf_error_clear(&err);
    env_fill(arena, &env, data);
    expr = NULL;
    template = NULL;
    value = NULL;
    result = false;

    if (compile(arena, c, &expr, &template, &err) != WF_OK) {
        put_error(out, "refused: ", &err);
        return err.code;
    }

    if (c->mode == CASE_TEST || c->mode == CASE_CONDITION) {
        rc = wf_expr_test(arena, expr, &env, &result, &err);

    } else if (c->mode >= CASE_MAPPINGS) {
        rc = wf_template_fill(arena, template, &env, &value, &err);

    } else {
        rc = wf_expr_eval(arena, expr, &env, &value, &err);
    }

    if (rc == WF_ERROR) {
        put_error(out, "error: ", &err);

    } else if (rc == WF_DECLINED) {
        wf_buf_text(out, "missing");

    } else if (value) {
        wf_json_print(out, value);

    } else {
        wf_json_print(out, fdl_bool(result));
    }

    return rc == WF_ERROR ? err.code : WF_E_NONE;
}


static wf_str_t
file_read(const char *path)
{
    FILE         *file;
    size_t        len;
    static char   text[256 * 1024];

    file = fopen(path, "rb");

    if (file == NULL) {
        return wf_str_none;
    }

    len = fread(text, 1, sizeof(text), file);
    fclose(file);

    return (wf_str_t) { len, (const uint8_t *) text };
}


static bool
line_next(wf_str_t *text, wf_str_t *line)
{
    const uint8_t  *end;

    if (text->len == 0) {
        return false;
    }

    end = memchr(text->data, '\n', text->len);
    line->data = text->data;
    line->len = end ? (size_t) (end - text->data) : text->len;

    text->data += line->len + (end != NULL);
    text->len -= line->len + (end != NULL);

    return true;
}


/* The next case; false: no more. */
static bool
case_next(wf_str_t *text, case_t *c)
{
    unsigned   i;
    wf_str_t   line;

    while (line_next(text, &line)) {
        c->line++;

        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }

        if (line.data[0] != '%') {
            c->program = line;
            c->line += 2;
            return line_next(text, &c->data) && line_next(text, &c->result);
        }

        for (i = 0; i < CASE_MODE_COUNT; i++) {
            if (wf_str_eq(line, wf_str_of(mode_names[i]))) {
                c->mode = i;
            }
        }
    }

    return false;
}


/* "error: abc" in a case is the beginning of what is said. */
static bool
agrees(wf_str_t got, const case_t *c)
{
    if (wf_str_starts(c->result, wf_str("error: "))) {
        return wf_str_starts(got, c->result);
    }

    return wf_str_eq(got, c->result);
}


static void
report(const case_t *c, wf_str_t got)
{
    unit_failed(CASES, (int) c->line, "case differs");
    printf("#   program %.*s\n#   got     %.*s\n#   want    %.*s\n",
           (int) c->program.len, c->program.data, (int) got.len, got.data,
           (int) c->result.len, c->result.data);
}


TEST(cases)
{
    case_t       c;
    wf_buf_t     out;
    unsigned     count;
    wf_str_t     text;
    wf_value_t  *data;
    wf_error_t   err;
    wf_arena_t  *arena;

    memset(&c, 0, sizeof(c));
    text = file_read(CASES);
    count = 0;

    while (case_next(&text, &c)) {
        arena = wf_arena_create(0);
        wf_buf_init(&out, arena, 0);

        if (wf_json_parse(arena, c.data, &data, &err) != WF_OK) {
            report(&c, wf_error_arg(&err, 0));

        } else {
            run(arena, &c, data, &out);

            if (!agrees(wf_buf_done(&out), &c)) {
                report(&c, wf_buf_done(&out));
            }
        }

        wf_arena_free(arena);
        count++;
    }

    CHECK(count > 250);
}


/* Each case once per allocation, failing the n-th: out of memory, no crash. */
TEST(cases_torture)
{
    case_t            c;
    bool              failed;
    wf_buf_t          out;
    uint64_t          n;
    wf_str_t          text;
    wf_value_t       *data;
    wf_error_t        err;
    wf_arena_t       *arena, *keep;
    wf_error_code_t   code;

    memset(&c, 0, sizeof(c));
    text = file_read(CASES);

    while (case_next(&text, &c)) {
        keep = wf_arena_create(0);

        if (wf_json_parse(keep, c.data, &data, &err) != WF_OK) {
            wf_arena_free(keep);
            continue;
        }

        for (n = 1, failed = true; failed; n++) {
            arena = wf_arena_create(0);
            wf_buf_init(&out, keep, 0);

            wf_arena_fail_after(n);
            code = run(arena, &c, data, &out);
            wf_arena_fail_after(0);

            failed = code == WF_E_INTERNAL;

            if (!failed && !out.failed && !agrees(wf_buf_done(&out), &c)) {
                report(&c, wf_buf_done(&out));
            }

            wf_arena_free(arena);
            failed |= out.failed;

            if (n > 1000) {
                report(&c, wf_str("never comes through"));
                break;
            }
        }

        wf_arena_free(keep);
    }
}


TEST(text_is_kept)
{
    char          text[] = "$Input.a == 1";
    wf_expr_t    *expr;
    wf_error_t    err;
    wf_arena_t   *arena;

    arena = wf_arena_create(0);

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL, wf_str_of(text), &expr, &err)
          == WF_OK);
    memset(text, 'x', sizeof(text) - 1);

    CHECK_STR(wf_expr_text(expr), wf_str("$Input.a == 1"));
    wf_arena_free(arena);
}


/* A path costs no memory at all, and its value is the environment's own. */
TEST(path_is_shared)
{
    size_t             before;
    wf_env_t           env;
    wf_expr_t         *expr, *test;
    bool               result;
    wf_value_t        *data;
    wf_error_t         err;
    wf_arena_t        *arena, *scratch;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    scratch = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    CHECK(wf_json_parse(arena, wf_str("{\"a\":{\"b\":[1,2]},\"n\":5}"), &data,
                        &err) == WF_OK);
    CHECK(wf_expr_compile(arena, WF_EXPR_CFL, wf_str("$Input.a.b"), &expr,
                          &err) == WF_OK);
    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("$Input.n > 4 && !($Input.n in [1, 2])"),
                          &test, &err) == WF_OK);

    env.roots[WF_ROOT_INPUT] = data;
    before = wf_arena_size(scratch);
    wf_arena_fail_after(1);

    CHECK(wf_expr_eval(scratch, expr, &env, &value, &err) == WF_OK);
    CHECK(value == data->u.members[0].value->u.members[0].value);

    CHECK(wf_expr_test(scratch, test, &env, &result, &err) == WF_OK);
    CHECK(result);

    wf_arena_fail_after(0);
    CHECK_INT(wf_arena_size(scratch), before);
    CHECK(env.meter.steps > 0 && env.meter.steps < 40);

    wf_arena_free(scratch);
    wf_arena_free(arena);
}


static unsigned  context_calls;


static const wf_value_t *
context_make(wf_env_t *env, wf_arena_t *arena)
{
    wf_value_t  *value;
    wf_error_t   err;

    CHECK(env->data == &context_calls);
    context_calls++;

    return wf_json_parse(arena, wf_str("{\"Execution\":{\"Name\":\"e\"},"
                                       "\"Environment\":{\"A\":\"b\"}}"),
                         &value, &err) == WF_OK ? value : NULL;
}


TEST(context_is_lazy)
{
    bool         result;
    wf_env_t     env;
    wf_expr_t   *expr;
    wf_error_t   err;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.context = context_make;
    env.data = &context_calls;
    context_calls = 0;

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("true || $Context.Execution.Name == 1"),
                          &expr, &err) == WF_OK);
    CHECK(wf_expr_test(arena, expr, &env, &result, &err) == WF_OK);
    CHECK_INT(context_calls, 0);

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("$Env.A == \"b\" && $Env.A != \"c\" && "
                                 "$Context.Execution.Name == \"e\""),
                          &expr, &err) == WF_OK);
    CHECK(wf_expr_test(arena, expr, &env, &result, &err) == WF_OK);
    CHECK(result);
    CHECK_INT(context_calls, 1);

    wf_arena_free(arena);
}


/* The same state gives the same numbers; each call another one. */
TEST(randomness_repeats)
{
    int                i;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_error_t         err;
    wf_arena_t        *arena;
    const wf_value_t  *value[3];

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("toArray(uuid(), randomInt(-5, 1000000))"),
                          &expr, &err) == WF_OK);

    for (i = 0; i < 3; i++) {
        env.random_state = i == 1 ? env.random_state : 7;
        CHECK(wf_expr_eval(arena, expr, &env, &value[i], &err) == WF_OK);
    }

    CHECK(wf_value_eq(value[0], value[2]));
    CHECK(!wf_value_eq(value[0], value[1]));
    wf_arena_free(arena);
}


UNIT_MAIN()
