
/*
 * The evaluator: the order of values, what is missing, what work costs.
 * What expressions yield stands in t/cases/expressions.txt.
 */

#include "expr/fdl_eval.c"

#include "base/json.h"
#include "unit.h"


static wf_error_t  err;


static wf_value_t *
json(wf_arena_t *arena, const char *text)
{
    wf_value_t  *value;

    return wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK
           ? value : NULL;
}


static wf_rc_t
run(wf_arena_t *arena, wf_env_t *env, wf_str_t text, const wf_value_t **value)
{
    wf_expr_t  *expr;

    if (wf_expr_compile(arena, WF_EXPR_CFL, text, &expr, &err) != WF_OK) {
        return WF_ERROR;
    }

    return wf_expr_eval(arena, expr, env, value, &err);
}


/* Values of all types in every pair: one table tells all comparisons. */
TEST(comparisons)
{
    int          rc;
    unsigned     i, n;
    wf_arena_t  *arena;
    wf_value_t  *a, *b;

    static const char *const  values[] = {
        "null", "false", "true", "-1", "0", "1", "1.5", "9007199254740992",
        "9007199254740993", "\"\"", "\"1\"", "\"a\"", "\"ab\"", "\"b\"", "[]",
        "[1]", "{}", "{\"a\":1}"
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(values); i++) {
        for (n = 0; n < wf_countof(values); n++) {
            a = json(arena, values[i]);
            b = json(arena, values[n]);
            rc = (i > n) - (i < n);

            if (a->type != b->type
                || (a->type != WF_NUMBER && a->type != WF_STRING))
            {
                rc = 2;
            }

            CHECK_INT(order(a, b), rc);
            CHECK(compare_equal(a, b) == (i == n));
            CHECK(compare_unequal(a, b) == (i != n));
            CHECK(compare_less(a, b) == (rc == -1));
            CHECK(compare_greater(a, b) == (rc == 1));
            CHECK(compare_less_equal(a, b) == (rc == -1 || rc == 0));
            CHECK(compare_greater_equal(a, b) == (rc == 1 || rc == 0));
        }
    }

    wf_arena_free(arena);
}


/* With a missing operand, left or right, every comparison is false. */
TEST(missing)
{
    bool         result;
    unsigned     i, side;
    wf_buf_t     buf;
    wf_env_t     env;
    wf_expr_t   *expr;
    wf_arena_t  *arena;

    static const char *const  operators[] = {
#define OPERATOR(symbol, spelling, function)  spelling,
#include "expr/operators.def"
#undef OPERATOR
    };

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_SELF] = json(arena, "{\"a\":[1],\"b\":\"k\"}");

    for (i = 0; i < wf_countof(operators); i++) {
        for (side = 0; side < 3; side++) {
            wf_buf_init(&buf, arena, 0);
            wf_buf_str(&buf, wf_str_of(side == 0 ? "$.none " : "$.b "));
            wf_buf_str(&buf, wf_str_of(operators[i]));
            wf_buf_str(&buf, wf_str_of(side == 1 ? " $.none" : " $.a"));

            CHECK(wf_expr_compile(arena, WF_EXPR_FDL_CONDITION,
                                  wf_buf_done(&buf), &expr, &err) == WF_OK);
            CHECK(wf_expr_test(arena, expr, &env, &result, &err) == WF_OK);
            CHECK(result == (side == 2
                             && strcmp(operators[i], "!=") == 0));
        }
    }

    wf_arena_free(arena);
}


TEST(truth)
{
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    CHECK(fdl_is_true(fdl_bool(true)));
    CHECK(!fdl_is_true(fdl_bool(false)));
    CHECK(!fdl_is_true(NULL));
    CHECK(!fdl_is_true(json(arena, "1")));
    CHECK(!fdl_is_true(json(arena, "\"true\"")));
    CHECK(!fdl_is_true(json(arena, "[true]")));

    wf_arena_free(arena);
}


/* Nesting of what comes out is bounded, wherever the levels come from. */
TEST(depth)
{
    char               text[2 * WF_DEPTH_MAX + 1];
    wf_env_t           env;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    memset(text, '[', WF_DEPTH_MAX);
    memset(text + WF_DEPTH_MAX, ']', WF_DEPTH_MAX);
    text[2 * WF_DEPTH_MAX] = '\0';

    env.roots[WF_ROOT_INPUT] = json(arena, text);
    CHECK(env.roots[WF_ROOT_INPUT] != NULL);

    CHECK(run(arena, &env, wf_str("$Input"), &value) == WF_OK);
    CHECK(run(arena, &env, wf_str("[$Input[0]]"), &value) == WF_OK);
    CHECK_INT(wf_value_depth(value), WF_DEPTH_MAX);
    CHECK(run(arena, &env, wf_str("[$Input]"), &value) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the value is nested deeper than 100 levels"));
    CHECK(run(arena, &env, wf_str("toArray({\"a\": $Input})"), &value)
          == WF_ERROR);
    CHECK(run(arena, &env, wf_str("length([[$Input]])"), &value) == WF_OK);

    wf_arena_free(arena);
}


/* A small text cannot make a large value: sharing is cheap, its size not. */
TEST(work)
{
    unsigned           i;
    wf_buf_t           buf;
    wf_env_t           env;
    wf_str_t           text;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "[0");
    for (i = 0; i < 20000; i++) {
        wf_buf_text(&buf, ",1");
    }
    wf_buf_byte(&buf, ']');
    wf_buf_byte(&buf, '\0');

    env.roots[WF_ROOT_INPUT] = json(arena, (const char *) buf.data);

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "jsonToString([0");
    for (i = 0; i < 60; i++) {
        wf_buf_text(&buf, ",$Input");
    }
    wf_buf_text(&buf, "])");
    text = wf_buf_done(&buf);

    CHECK(run(arena, &env, text, &value) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the expression takes more than 500000 steps"));

    /* Spent is spent. */
    CHECK(run(arena, &env, wf_str("$Input"), &value) == WF_ERROR);
    env.meter.steps = 0;
    CHECK(run(arena, &env, wf_str("$Input == $Input"), &value) == WF_OK);
    CHECK(env.meter.steps > 20000 && env.meter.steps < 20010);

    wf_arena_free(arena);
}


/* A failing condition is an error, not false. */
TEST(errors)
{
    bool         result;
    wf_env_t     env;
    wf_expr_t   *expr;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_INPUT] = json(arena, "{\"n\":1}");

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("length($Input.n) == 1"), &expr, &err)
          == WF_OK);
    result = true;
    CHECK(wf_expr_test(arena, expr, &env, &result, &err) == WF_ERROR);
    CHECK(err.code == WF_E_INVALID_ARGUMENT);
    CHECK(result);

    wf_arena_free(arena);
}


UNIT_MAIN()
