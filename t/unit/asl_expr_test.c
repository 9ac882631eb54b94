
/*
 * Expressions of the Amazon States Language through the cases of
 * t/cases/asl.json, which run at once as a whole and again with every
 * allocation failing in turn; and the properties that cases cannot tell.
 *
 * A case has one of path, reference, value, template, choice, insert, or of
 * expression, output (JSONata, its template); the state's input or states,
 * perhaps context, variables (objects, inner scope first), field, put
 * (ResultPath's value).  It ends with is (a value) or count (of its items), or
 * fault (the whole text), error (its name) and location, or refused (how the
 * reason begins) and where.  names: the variables it refers to.
 */

#include "expr/asl_value.c"

#include "base/json.h"
#include "unit.h"


#define CASES  "t/cases/asl.json"


typedef struct {
    const wf_value_t  *how;         /* the case */
    const wf_value_t  *what;        /* text, template or rule */
    unsigned           kind;        /* of kinds[] */
} case_t;

enum {
    CASE_PATH = 0, CASE_REFERENCE, CASE_VALUE, CASE_TEMPLATE, CASE_CHOICE,
    CASE_INSERT, CASE_EXPRESSION, CASE_OUTPUT
};

static const char *const  kinds[] = {
    "path", "reference", "value", "template", "choice", "insert",
    "expression", "output"
};


static const wf_value_t *
field(const case_t *c, const char *name)
{
    return wf_value_get(c->how, wf_str_of(name));
}


static void
env_fill(wf_env_t *env, const case_t *c)
{
    const wf_value_t  *variables;

    memset(env, 0, sizeof(wf_env_t));

    env->random_state = 42;
    env->roots[WF_ROOT_SELF] = field(c, "input");
    env->roots[WF_ROOT_CONTEXT] = field(c, "context");
    env->states = field(c, "states");
    variables = field(c, "variables");

    if (variables) {
        env->variables = (const wf_value_t **) variables->u.items;
        env->variable_count = variables->count;
    }

    if (field(c, "field")) {
        env->field = field(c, "field")->u.string;
    }
}


typedef struct {
    wf_arena_t        *arena;
    wf_expr_t         *expr;
    wf_template_t     *template;
    wf_env_t           env;
    wf_error_t         err;
    const wf_value_t  *value;
} run_t;


static bool
is_template(const case_t *c)
{
    return c->kind == CASE_TEMPLATE || c->kind == CASE_OUTPUT;
}


static wf_rc_t
compile(run_t *run, const case_t *c)
{
    static const wf_expr_kind_t  expr_kinds[] = {
        [CASE_PATH] = WF_EXPR_ASL_PATH,
        [CASE_REFERENCE] = WF_EXPR_ASL_REFERENCE,
        [CASE_VALUE] = WF_EXPR_ASL_VALUE,
        [CASE_INSERT] = WF_EXPR_ASL_REFERENCE,
        [CASE_EXPRESSION] = WF_EXPR_JSONATA
    };

    if (is_template(c)) {
        return (c->kind == CASE_OUTPUT ? wf_template_jsonata
                                       : wf_template_payload)
               (run->arena, c->what, &run->template, &run->err);
    }

    if (c->kind == CASE_CHOICE) {
        return wf_expr_choice(run->arena, c->what, &run->expr, &run->err);
    }

    return wf_expr_compile(run->arena, expr_kinds[c->kind], c->what->u.string,
                           &run->expr, &run->err);
}


static wf_rc_t
evaluate(run_t *run, const case_t *c)
{
    bool     truth;
    wf_rc_t  rc;

    truth = false;
    env_fill(&run->env, c);

    if (is_template(c)) {
        return wf_template_fill(run->arena, run->template, &run->env,
                                &run->value, &run->err);
    }

    if (c->kind == CASE_INSERT) {
        return wf_expr_insert(run->arena, run->expr, field(c, "input"),
                              field(c, "put"), &run->value, &run->err);
    }

    if (c->kind == CASE_CHOICE) {
        rc = wf_expr_test(run->arena, run->expr, &run->env, &truth, &run->err);
        run->value = fdl_bool(truth);
        return rc;
    }

    return wf_expr_eval(run->arena, run->expr, &run->env, &run->value,
                        &run->err);
}


static bool
text_is(const wf_value_t *want, wf_str_t got)
{
    return want && wf_str_eq(want->u.string, got);
}


static bool
names_fit(run_t *run, const case_t *c)
{
    wf_rc_t      rc;
    wf_value_t  *names;

    names = wf_value_array(run->arena, 0);
    rc = names == NULL ? WF_ERROR
         : is_template(c)
         ? wf_template_variables(run->arena, run->template, names)
         : wf_expr_variables(run->arena, run->expr, names);

    /* No memory: the only error that there is. */

    if (rc == WF_ERROR) {
        run->err.code = WF_E_INTERNAL;
    }

    return rc == WF_OK && wf_value_eq(names, field(c, "names"));
}


static bool
fault_fits(const run_t *run, const case_t *c)
{
    wf_str_t           text;
    const wf_value_t  *fault;

    text = run->env.fault.len ? run->env.fault : wf_error_arg(&run->err, 0);
    fault = field(c, "fault");

    return run->err.code == WF_E_INVALID_ARGUMENT && text.len
           && (fault == NULL || text_is(fault, text))
           && text_is(field(c, "error"), wf_error_arg(&run->err, 1))
           && (field(c, "location") == NULL
               ? run->env.location.len == 0
               : text_is(field(c, "location"), run->env.location))
           && wf_str_starts(text, wf_error_arg(&run->err, 0));
}


/* Does it end as the case says? */
static bool
fits(run_t *run, const case_t *c)
{
    wf_rc_t            rc;
    const wf_value_t  *want;

    rc = compile(run, c);
    want = field(c, "refused");

    if (rc != WF_OK || want) {
        return rc == WF_ERROR && want
               && run->err.code == WF_E_INVALID_ARGUMENT
               && wf_str_starts(wf_error_arg(&run->err, 0), want->u.string)
               && (field(c, "where") == NULL
                   || text_is(field(c, "where"), wf_error_arg(&run->err, 1)));
    }

    rc = evaluate(run, c);

    if (rc != WF_OK) {
        return rc == WF_ERROR && fault_fits(run, c);
    }

    if (field(c, "names") && !names_fit(run, c)) {
        return false;
    }

    if (field(c, "count")) {
        return run->value->count
               == (uint32_t) field(c, "count")->u.number.integer;
    }

    want = field(c, "is");

    return want && wf_value_eq(run->value, want);
}


static void
show(run_t *run, const case_t *c)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->arena, 0);
    wf_json_print(&buf, c->how);
    wf_buf_text(&buf, "\n#   error: ");
    wf_buf_str(&buf, wf_error_arg(&run->err, 0));
    wf_buf_text(&buf, " | ");
    wf_buf_str(&buf, wf_error_arg(&run->err, 1));

    if (run->value) {
        wf_buf_text(&buf, "\n#   value: ");
        wf_json_print(&buf, run->value);
    }

    unit_failed(CASES, 0, "a case ends otherwise");
    printf("#   %.*s\n", (int) buf.len, buf.data);
}


static wf_value_t *
cases_read(wf_arena_t *arena)
{
    FILE        *file;
    size_t       len;
    char         bytes[4096];
    wf_buf_t     buf;
    wf_error_t   err;
    wf_value_t  *list;

    wf_buf_init(&buf, arena, 0);
    file = fopen(CASES, "r");

    while (file && (len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        wf_buf_append(&buf, bytes, len);
    }

    if (file) {
        fclose(file);
    }

    if (wf_json_parse(arena, wf_buf_done(&buf), &list, &err) != WF_OK) {
        printf("# %s: %s\n", CASES, err.arg[0]);
        return NULL;
    }

    return list;
}


static bool
case_of(const wf_value_t *how, case_t *c)
{
    c->how = how;

    for (c->kind = 0; c->kind < wf_countof(kinds); c->kind++) {
        c->what = wf_value_get(how, wf_str_of(kinds[c->kind]));

        if (c->what) {
            return true;
        }
    }

    return false;
}


static void
cases_each(void (*body)(const case_t *c))
{
    case_t       c;
    uint32_t     i, count;
    wf_arena_t  *arena;
    wf_value_t  *list;

    arena = wf_arena_create(0);
    list = cases_read(arena);
    CHECK(list != NULL);

    for (i = 0, count = 0; list && i < list->count; i++) {
        if (case_of(list->u.items[i], &c)) {
            body(&c);
            count++;
        }
    }

    CHECK(count >= 300);
    wf_arena_free(arena);
}


static void
case_run(const case_t *c)
{
    run_t  run;

    memset(&run, 0, sizeof(run));
    run.arena = wf_arena_create(0);

    if (!fits(&run, c)) {
        show(&run, c);
    }

    wf_arena_free(run.arena);
}


TEST(cases)
{
    cases_each(case_run);
}


/* With the n-th allocation failing: the same end, or "no memory". */
static void
case_torture(const case_t *c)
{
    run_t     run;
    uint64_t  n;

    for (n = 1; n < 5000; n++) {
        memset(&run, 0, sizeof(run));
        run.arena = wf_arena_create(64);

        wf_arena_fail_after(n);
        (void) fits(&run, c);
        wf_arena_fail_after(0);

        if (run.err.code != WF_E_INTERNAL) {
            memset(&run.err, 0, sizeof(run.err));
            wf_arena_free(run.arena);
            run.arena = wf_arena_create(0);
            CHECK(fits(&run, c));
            wf_arena_free(run.arena);
            return;
        }

        wf_arena_free(run.arena);
    }

    CHECK(!"an allocation failed for ever");
}


TEST(without_memory)
{
    cases_each(case_torture);
}


static wf_value_t *
json(wf_arena_t *arena, const char *text)
{
    wf_error_t   err;
    wf_value_t  *value;

    return wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK
           ? value : NULL;
}


static wf_expr_t *
expr_of(wf_arena_t *arena, wf_expr_kind_t kind, const char *text)
{
    wf_expr_t   *expr;
    wf_error_t   err;

    return wf_expr_compile(arena, kind, wf_str_of(text), &expr, &err) == WF_OK
           ? expr : NULL;
}


/* Definite paths share what they find and take no memory. */
TEST(definite_paths_are_free)
{
    unsigned           i;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    wf_error_t         err;
    wf_value_t        *input;
    const wf_value_t  *value, *variables[1];

    static const char *const  paths[] = { "$", "$.a", "$['a'].b[1]", "$v.c" };

    arena = wf_arena_create(0);
    input = json(arena, "{\"a\":{\"b\":[1,[2]]},\"c\":3}");
    variables[0] = json(arena, "{\"v\":{\"c\":[]}}");
    value = NULL;

    for (i = 0; i < wf_countof(paths); i++) {
        expr = expr_of(arena, WF_EXPR_ASL_PATH, paths[i]);
        memset(&env, 0, sizeof(env));
        env.roots[WF_ROOT_SELF] = input;
        env.variables = variables;
        env.variable_count = 1;

        wf_arena_fail_after(1);
        CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
        wf_arena_fail_after(0);
    }

    CHECK(value == wf_value_get(wf_value_get(variables[0], wf_str("v")),
                                wf_str("c")));
    wf_arena_free(arena);
}


/* The document that a result is put into stays as it was. */
TEST(insert_changes_nothing)
{
    wf_expr_t         *path;
    wf_arena_t        *arena;
    wf_error_t         err;
    wf_value_t        *root;
    const wf_value_t  *out;

    arena = wf_arena_create(0);
    root = json(arena, "{\"a\":{\"b\":[1,2]},\"z\":[]}");
    path = expr_of(arena, WF_EXPR_ASL_REFERENCE, "$.a.b[0]");

    CHECK(wf_expr_inserts(path));
    CHECK(wf_expr_insert(arena, path, root, fdl_bool(true), &out, &err)
          == WF_OK);
    CHECK(wf_value_eq(root, json(arena, "{\"a\":{\"b\":[1,2]},\"z\":[]}")));
    CHECK(wf_value_get(out, wf_str("z")) == wf_value_get(root, wf_str("z")));

    CHECK(!wf_expr_inserts(expr_of(arena, WF_EXPR_ASL_REFERENCE, "$$.a")));
    CHECK(!wf_expr_inserts(expr_of(arena, WF_EXPR_ASL_REFERENCE, "$v.a")));
    CHECK(!wf_expr_inserts(expr_of(arena, WF_EXPR_ASL_PATH, "$.a")));

    wf_arena_free(arena);
}


/* A value that would be nested deeper than any of ours may be. */
TEST(insert_is_bounded)
{
    int                i;
    wf_buf_t           text;
    wf_expr_t         *path;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *out;

    arena = wf_arena_create(0);
    wf_buf_init(&text, arena, 0);
    wf_buf_byte(&text, '$');

    for (i = 0; i < WF_DEPTH_MAX; i++) {
        wf_buf_text(&text, ".a");
    }

    wf_buf_byte(&text, '\0');
    path = expr_of(arena, WF_EXPR_ASL_REFERENCE, (char *) text.data);

    CHECK(wf_expr_insert(arena, path, json(arena, "{}"), fdl_bool(true), &out,
                         &err)
          == WF_OK);
    CHECK_INT(wf_value_depth(out), WF_DEPTH_MAX);
    CHECK(wf_expr_insert(arena, path, json(arena, "{}"), json(arena, "[]"),
                         &out, &err)
          == WF_ERROR);
    CHECK(err.code == WF_E_INVALID_ARGUMENT);

    wf_arena_free(arena);
}


/* What is filled in may not nest deeper, either. */
TEST(templates_are_bounded)
{
    int                i;
    wf_buf_t           text;
    wf_env_t           env;
    wf_arena_t        *arena;
    wf_error_t         err;
    wf_template_t     *template;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    wf_buf_init(&text, arena, 0);

    for (i = 0; i < WF_DEPTH_MAX; i++) {
        wf_buf_byte(&text, '[');
    }

    for (i = 0; i < WF_DEPTH_MAX; i++) {
        wf_buf_byte(&text, ']');
    }

    wf_buf_byte(&text, '\0');
    env.roots[WF_ROOT_SELF] = json(arena, (char *) text.data);
    CHECK(env.roots[WF_ROOT_SELF] != NULL);

    CHECK(wf_template_payload(arena, json(arena, "{\"a.$\":\"$\"}"),
                              &template, &err)
          == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &value, &err) == WF_ERROR);
    CHECK(err.code == WF_E_INVALID_ARGUMENT && err.len[1] == 0);

    CHECK(wf_template_payload(arena, json(arena, "{\"a.$\":"
                                          "\"States.Array($)\"}"),
                              &template, &err)
          == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &value, &err) == WF_ERROR);

    CHECK(wf_template_payload(arena, json(arena, "{\"a.$\":\"$[0]\"}"),
                              &template, &err)
          == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &value, &err) == WF_OK);

    wf_arena_free(arena);
}


/* A fault that is longer than an error's detail is told whole. */
TEST(long_faults)
{
    int                i;
    wf_buf_t           text;
    wf_env_t           env;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    wf_buf_init(&text, arena, 0);
    wf_buf_text(&text, "{\"a\":\"");

    for (i = 0; i < 5000; i++) {
        wf_buf_byte(&text, 'x');
    }

    wf_buf_append(&text, "\"}", sizeof("\"}"));
    env.roots[WF_ROOT_SELF] = json(arena, (char *) text.data);
    env.field = wf_str("ErrorPath");

    CHECK(wf_expr_eval(arena, expr_of(arena, WF_EXPR_ASL_VALUE, "$.b"), &env,
                       &value, &err)
          == WF_ERROR);
    CHECK(env.is_missing);
    CHECK_INT(err.len[0], WF_ERROR_ARG_MAX - 1);
    CHECK_INT(env.fault.len,
              sizeof("The JSONPath '$.b' specified for the field 'ErrorPath' "
                     "could not be found in the input ''") - 1
              + text.len - 1);

    CHECK(wf_expr_eval(arena, expr_of(arena, WF_EXPR_ASL_VALUE, "$.a[0]"),
                       &env, &value, &err)
          == WF_ERROR);
    CHECK(wf_expr_eval(arena, expr_of(arena, WF_EXPR_ASL_VALUE, "$.a"), &env,
                       &value, &err)
          == WF_OK);
    CHECK(!env.is_missing && env.fault.len == 0);

    wf_arena_free(arena);
}


/* What a field cannot take is told with its type and its text. */
TEST(unexpected)
{
    unsigned           i;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *value;

    static const struct {
        const char  *text;
        const char  *rest;
    } cases[] = {
        { "1", "'array', but was 'number' for value: 1" },
        { "true", "'array', but was 'boolean' for value: true" },
        { "null", "'array', but was 'null' for value: null" },
        { "'s'", "'array', but was 'string' for value: \"s\"" },
        { "{'foo': 'bar'}", "'array', but was 'object' for value: "
                            "{\"foo\":\"bar\"}" }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        arena = wf_arena_create(0);
        memset(&env, 0, sizeof(env));
        env.field = wf_str("Items");

        expr = expr_of(arena, WF_EXPR_JSONATA, cases[i].text);
        CHECK(wf_expr_jsonata(expr) != NULL);
        CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
        CHECK(wf_expr_unexpected(arena, expr, &env, "array", value, &err)
              == WF_ERROR);

        CHECK(wf_str_starts(env.fault, wf_str("The JSONata expression '")));
        CHECK_STR(((wf_str_t) { strlen(cases[i].rest),
                                env.fault.data + env.fault.len
                                - strlen(cases[i].rest) }),
                  wf_str_of(cases[i].rest));
        CHECK_STR(wf_error_arg(&err, 1), wf_str("States.QueryEvaluationError"));
        CHECK_STR(env.location, wf_str("Items"));

        wf_arena_free(arena);
    }
}


/* The state moves, the same state gives the same; a seed leaves it alone. */
TEST(random)
{
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    wf_error_t         err;
    const wf_value_t  *first, *second, *again;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    expr = expr_of(arena, WF_EXPR_ASL_VALUE, "States.UUID()");
    CHECK(wf_expr_eval(arena, expr, &env, &first, &err) == WF_OK);
    CHECK(wf_expr_eval(arena, expr, &env, &second, &err) == WF_OK);
    env.random_state = 0;
    CHECK(wf_expr_eval(arena, expr, &env, &again, &err) == WF_OK);

    CHECK_INT(first->u.string.len, 36);
    CHECK(first->u.string.data[14] == '4');
    CHECK(!wf_value_eq(first, second));
    CHECK(wf_value_eq(first, again));

    expr = expr_of(arena, WF_EXPR_ASL_VALUE, "States.MathRandom(0, 999, 3)");
    env.random_state = 1;
    CHECK(wf_expr_eval(arena, expr, &env, &first, &err) == WF_OK);
    CHECK_INT(env.random_state, 1);
    CHECK(wf_expr_eval(arena, expr, &env, &second, &err) == WF_OK);
    CHECK(wf_value_eq(first, second));

    wf_arena_free(arena);
}


/* Variables of one state are so many at most. */
TEST(too_many_variables)
{
    int             i;
    char            text[64];
    wf_arena_t     *arena;
    wf_error_t      err;
    wf_value_t     *object, *names;
    wf_template_t  *template;

    arena = wf_arena_create(0);
    object = wf_value_object(arena, 0);

    for (i = 0; i <= WF_VARIABLE_NAMES_MAX; i++) {
        names = wf_value_array(arena, 0);

        if (i == WF_VARIABLE_NAMES_MAX) {
            CHECK(wf_template_payload(arena, object, &template, &err)
                  == WF_OK);
            CHECK(wf_template_variables(arena, template, names) == WF_OK);
            CHECK_INT(names->count, WF_VARIABLE_NAMES_MAX);
        }

        snprintf(text, sizeof(text), "k%d.$", i);
        snprintf(text + 32, sizeof(text) - 32, "$v%d", i);
        CHECK(wf_value_set(arena, object,
                           wf_arena_copy(arena, wf_str_of(text)),
                           wf_value_string(arena,
                               wf_arena_copy(arena, wf_str_of(text + 32))))
              == WF_OK);
    }

    names = wf_value_array(arena, 0);
    CHECK(wf_template_payload(arena, object, &template, &err) == WF_OK);
    CHECK(wf_template_variables(arena, template, names) == WF_DECLINED);

    wf_arena_free(arena);
}


UNIT_MAIN()
