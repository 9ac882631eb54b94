
/*
 * Functions over text: the edges of split, format and what hostile texts
 * cost.
 */

#include "expr/fdl_fn_text.c"

#include "unit.h"


static wf_error_t  err;


TEST(split_positions)
{
    wf_str_t  text;

    text = wf_str("abcabcab");

    CHECK_INT(split_next(text, 0, wf_str("c")), 2);
    CHECK_INT(split_next(text, 3, wf_str("c")), 5);
    CHECK_INT(split_next(text, 6, wf_str("c")), 8);
    CHECK_INT(split_next(text, 8, wf_str("c")), 8);
    CHECK_INT(split_next(text, 0, wf_str("cab")), 2);
    CHECK_INT(split_next(text, 3, wf_str("cab")), 5);
    CHECK_INT(split_next(text, 6, wf_str("cab")), 8);
    CHECK_INT(split_next(text, 0, wf_str("abcabcabc")), 8);
    CHECK_INT(split_next(wf_str("aab"), 0, wf_str("ab")), 1);
    CHECK_INT(split_next(wf_str_none, 0, wf_str("ab")), 0);
    CHECK_INT(split_next(wf_str("é€x"), 0, wf_str_none), 2);
    CHECK_INT(split_next(wf_str("é€x"), 2, wf_str_none), 5);
    CHECK_INT(split_next(wf_str("é€x"), 5, wf_str_none), 6);
    CHECK_INT(split_next(wf_str_none, 0, wf_str_none), 0);
}


/* The cost of a search is bounded by text times separator. */
TEST(split_charged)
{
    wf_env_t    env;
    fdl_eval_t  eval;
    wf_str_t    half;

    memset(&env, 0, sizeof(env));
    eval = (fdl_eval_t) { NULL, &env, &err, NULL };
    half = (wf_str_t) { 128 * 1024, (const uint8_t *) "" };

    CHECK(split_charge(&eval, half, wf_str(",")) == WF_OK);
    CHECK_INT(env.step_count, 64);
    CHECK(split_charge(&eval, half, half) == WF_ERROR);
}


/* A pattern that varies is compiled when it is met. */
TEST(regex_prepared)
{
    unsigned           i;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    static const char *const  texts[] = {
        "regexMatchString(\"^a+$\", \"aaa\")",
        "regexMatchString(format(\"^{}+$\", \"a\"), \"aaa\")"
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(texts); i++) {
        memset(&env, 0, sizeof(env));
        CHECK(wf_expr_compile(arena, WF_EXPR_CFL, wf_str_of(texts[i]), &expr,
                              &err) == WF_OK);
        CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
        CHECK(fdl_is_true(value));
        CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
        CHECK(fdl_is_true(value));
    }

    wf_arena_free(arena);
}


/* A text many times as long as its data is not made. */
TEST(format_charged)
{
    unsigned           i;
    wf_buf_t           buf;
    wf_env_t           env;
    wf_str_t           text;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    wf_buf_init(&buf, arena, 0);
    for (i = 0; i < 64 * 1024; i++) {
        wf_buf_byte(&buf, 'x');
    }
    env.roots[WF_ROOT_INPUT] = wf_value_string(arena, wf_buf_done(&buf));

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "format(\"");
    for (i = 0; i < 5000; i++) {
        wf_buf_text(&buf, "{}");
    }
    wf_buf_byte(&buf, '"');
    for (i = 0; i < 5000; i++) {
        wf_buf_text(&buf, ",$Input");
    }
    wf_buf_byte(&buf, ')');
    text = wf_buf_done(&buf);

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL, text, &expr, &err) == WF_OK);
    CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the expression takes more than 1000000 steps"));

    wf_arena_free(arena);
}


UNIT_MAIN()
