
/*
 * Functions over containers: large lists cost little.
 */

#include "expr/fdl_fn_list.c"

#include "base/json.h"
#include "unit.h"


static wf_error_t  err;


static wf_value_t *
json(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


TEST(large_list)
{
    unsigned           i;
    wf_buf_t           buf;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "[-1");

    for (i = 0; i < 50000; i++) {
        wf_buf_byte(&buf, ',');
        wf_buf_uint(&buf, i % 30000);
    }

    wf_buf_byte(&buf, ']');
    env.roots[WF_ROOT_INPUT] = json(arena, wf_buf_done(&buf));

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL, wf_str("arrayUnique($Input)"),
                          &expr, &err) == WF_OK);
    CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
    CHECK_INT(value->count, 30001);
    CHECK_INT(value->u.items[30000]->u.number.integer, 29999);

    wf_arena_free(arena);
}


/* Arguments are shared, never changed. */
TEST(arguments_stay)
{
    wf_env_t           env;
    wf_buf_t           buf;
    wf_expr_t         *expr;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_INPUT] = json(arena,
                                    wf_str("{\"b\":{\"x\":1},\"a\":[2,2]}"));

    CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                          wf_str("toArray(jsonMerge($Input, {\"b\": 0}), "
                                 "mapValues($Input), arrayUnique($Input.a), "
                                 "mapKeys($Input))"), &expr, &err) == WF_OK);
    CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    CHECK_STR(wf_buf_done(&buf),
              wf_str("[{\"b\":0,\"a\":[2,2]},[[2,2],{\"x\":1}],[2],"
                     "[\"a\",\"b\"]]"));

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, env.roots[WF_ROOT_INPUT]);
    CHECK_STR(wf_buf_done(&buf), wf_str("{\"b\":{\"x\":1},\"a\":[2,2]}"));

    CHECK(value->u.items[1]->u.items[1]
          == env.roots[WF_ROOT_INPUT]->u.members[0].value);

    wf_arena_free(arena);
}


UNIT_MAIN()
