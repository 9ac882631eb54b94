
/*
 * The table of intrinsic functions.  What they yield stands in
 * t/cases/asl.json.
 */

#include "expr/asl_fn.c"

#include "unit.h"


/* The service has 18 of them (asl.md 8). */
TEST(table)
{
    unsigned  i;

    CHECK_INT(wf_countof(functions), 18);

    for (i = 0; i < wf_countof(functions); i++) {
        CHECK(functions[i].min <= functions[i].max);
        CHECK(functions[i].call != NULL);
        CHECK(asl_function_find(functions[i].name) == &functions[i]);
        CHECK(i == 0 || wf_str_cmp(functions[i - 1].name, functions[i].name)
                        < 0);
    }

    CHECK(asl_function_find(wf_str("array")) == NULL);
    CHECK(asl_function_find(wf_str("")) == NULL);
}


/* Half goes towards plus infinity; what no int64 holds is refused. */
TEST(rounding)
{
    int64_t            integer;
    unsigned           i;
    wf_env_t           env;
    asl_call_t         call;
    asl_eval_t         asl;
    asl_node_t         node;
    wf_error_t         err;
    wf_arena_t        *arena;
    const wf_value_t  *arg;

    static const struct {
        const char  *text;
        int64_t      integer;
    } cases[] = {
        { "1.49", 1 }, { "1.5", 2 }, { "-1.5", -1 }, { "-1.51", -2 },
        { "-0.5", 0 }, { "0.5", 1 }, { "-2.5", -2 }, { "1e3", 1000 },
        { "9223372036854775807", INT64_MAX },
        { "-9223372036854775808", INT64_MIN }
    };
    static const char *const  bad[] = {
        "9223372036854775808", "-1e19", "1e400"
    };

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    memset(&node, 0, sizeof(node));
    node.u.function = &functions[0];
    asl = (asl_eval_t) { { arena, &env, &err, NULL }, NULL };
    call = (asl_call_t) { &node, &arg, 1 };

    for (i = 0; i < wf_countof(cases); i++) {
        arg = wf_value_number(arena, wf_str_of(cases[i].text));
        CHECK(asl_fn_need_integer(&asl, &call, 0, &integer) == WF_OK);
        CHECK_INT(integer, cases[i].integer);
    }

    for (i = 0; i < wf_countof(bad); i++) {
        arg = wf_value_number(arena, wf_str_of(bad[i]));
        CHECK(asl_fn_need_integer(&asl, &call, 0, &integer) == WF_ERROR);
        CHECK_STR(wf_error_arg(&err, 1), wf_str("States.IntrinsicFailure"));
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
