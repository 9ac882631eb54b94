
/*
 * The function library's table, its random numbers and integers.  What the
 * functions yield stands in t/cases/expressions.txt.
 */

#include "expr/fdl_fn.c"

#include "unit.h"


static wf_error_t  err;


static wf_rc_t
run(wf_arena_t *arena, wf_env_t *env, const char *text,
    const wf_value_t **value)
{
    wf_expr_t  *expr;

    if (wf_expr_compile(arena, WF_EXPR_CFL, wf_str_of(text), &expr, &err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_expr_eval(arena, expr, env, value, &err);
}


TEST(table)
{
    unsigned               i, n;
    const fdl_function_t  *function;

    CHECK_INT(wf_countof(functions), 20);

    for (i = 0; i < wf_countof(functions); i++) {
        function = &functions[i];

        CHECK(function->min <= function->max);
        CHECK(fdl_function_find(function->name) == function);
        CHECK(!function->may_miss || function->min > 0);

        for (n = i + 1; n < wf_countof(functions); n++) {
            CHECK(wf_str_cmp(function->name, functions[n].name) < 0);
        }
    }

    CHECK(fdl_function_find(wf_str("Length")) == NULL);
    CHECK(fdl_function_find(wf_str("")) == NULL);
}


TEST(random_range)
{
    unsigned           i, seen[6];
    int64_t            number;
    wf_env_t           env;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    memset(seen, 0, sizeof(seen));

    for (i = 0; i < 1000; i++) {
        wf_arena_reset(arena);
        CHECK(run(arena, &env, "randomInt(-2, 3)", &value) == WF_OK);
        number = value->u.number.integer;
        CHECK(number >= -2 && number <= 3);
        seen[number + 2]++;
    }

    for (i = 0; i < 6; i++) {
        CHECK(seen[i] > 100);
    }

    CHECK(run(arena, &env, "randomInt(-9223372036854775808, "
                           "9223372036854775807)", &value) == WF_OK);
    CHECK(run(arena, &env, "randomInt(-9223372036854775808, "
                           "-9223372036854775808)", &value) == WF_OK);
    CHECK(value->u.number.integer == INT64_MIN);
    CHECK(run(arena, &env, "randomInt(0, 9223372036854775808)", &value)
          == WF_ERROR);

    wf_arena_free(arena);
}


TEST(uuid_text)
{
    wf_env_t           env;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    CHECK(run(arena, &env, "uuid()", &value) == WF_OK);
    CHECK_STR(value->u.string, wf_str("afcd1d7b-39a8-40e2-b465-b9a16a9e786e"));
    CHECK(env.random_state != 0);

    wf_arena_free(arena);
}


TEST(integers)
{
    wf_env_t           env;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    CHECK(run(arena, &env, "intAdd(-9223372036854775807, -1)", &value)
          == WF_OK);
    CHECK(value->u.number.integer == INT64_MIN);
    CHECK(run(arena, &env, "intAdd(-9223372036854775808, -1)", &value)
          == WF_ERROR);
    CHECK(run(arena, &env, "intAdd(18446744073709551616, 1)", &value)
          == WF_ERROR);

    wf_arena_free(arena);
}


UNIT_MAIN()
