
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


static wf_str_t
repeat(wf_arena_t *arena, const char *open, const char *item, unsigned count,
    const char *close)
{
    unsigned  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_buf_str(&buf, wf_str_of(open));

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, wf_str_of(item));
    }

    wf_buf_str(&buf, wf_str_of(close));

    return wf_buf_done(&buf);
}


static wf_value_t *
parsed(wf_arena_t *arena, wf_str_t text)
{
    wf_value_t  *value;

    value = NULL;
    CHECK(wf_json_parse(arena, text, &value, &err) == WF_OK);

    return value;
}


/* Much data in every form that somebody could think of. */
static wf_value_t *
hostile_data(wf_arena_t *arena)
{
    wf_value_t  *data, *object;

    data = wf_value_object(arena, 0);
    object = wf_value_object(arena, 0);

#define SET(key, value)                                                       \
    CHECK(wf_value_set(arena, data, wf_str(key), value) == WF_OK)

    CHECK(wf_value_set(arena, object, repeat(arena, "", "k", 60000, ""),
                       wf_value_int(arena, 1))
          == WF_OK);

    SET("key", object);
    SET("text", wf_value_string(arena, repeat(arena, "", "x", 60000, "")));
    SET("end", wf_value_string(arena, repeat(arena, "", "x", 30000, "y")));
    SET("path", wf_value_string(arena, repeat(arena, "a[*]", ".a", 30000,
                                              "")));
    SET("pattern", wf_value_string(arena, wf_str("(?:[a-z]{1,3}){1,250}")));
    SET("json", wf_value_string(arena, repeat(arena, "[0", ",[]", 20000, "]")));
    SET("long", parsed(arena, repeat(arena, "[0", ",123456789123456789123",
                                     2800, "]")));
    SET("items", parsed(arena, repeat(arena, "[0", ",[1]", 15000, "]")));

#undef SET

    return data;
}


/* Whatever is asked for costs at most so much; memory follows from it. */
TEST(hostile)
{
    unsigned           i;
    wf_env_t           env;
    wf_rc_t            rc;
    wf_expr_t         *expr;
    wf_value_t        *data;
    wf_arena_t        *arena, *scratch;
    const wf_value_t  *value;

    static const struct {
        const char  *item;
        unsigned     count;
    } cases[] = {
        { ",jsonToString($Input.key)", 2000 },
        { ",jsonToString($Input.long)", 2000 },
        { ",format(\"{}{}\", $Input.key, $Input.text)", 1500 },
        { ",get($Input, $Input.path, 0)", 2000 },
        { ",regexMatchString($Input.pattern, \"a\")", 1500 },
        { ",regexMatchString(\"(x+x+)+y\", $Input.text)", 1000 },
        { ",split($Input.text, $Input.end)", 1500 },
        { ",split($Input.text, \"\")", 2000 },
        { ",stringToJson($Input.json)", 2000 },
        { ",arrayUnique($Input.items)", 2000 },
        { ",arrayContains($Input.items, 1)", 1500 },
        { ",$Input.items[*][0]", 3000 },
        { ",$Input.items == $Input.items[0]", 1800 },
        { ",0 in $Input.items", 3000 },
        { ",mapKeys($Input.key)", 3000 },
        { ",jsonMerge($Input.key, $Input)", 2000 },
        { ",hash($Input.text, \"SHA-512\")", 2000 },
        { ",fromBase64($Input.text)", 2000 },
        { ",length(toBase64($Input.text))", 2000 },
        { ",{\"a\": $Input, \"b\": $Input}", 2000 }
    };

    arena = wf_arena_create(0);
    scratch = wf_arena_create(0);
    data = hostile_data(arena);

    for (i = 0; i < wf_countof(cases); i++) {
        memset(&env, 0, sizeof(env));
        env.roots[WF_ROOT_INPUT] = data;

        CHECK(wf_expr_compile(arena, WF_EXPR_CFL,
                              repeat(arena, "length([0", cases[i].item,
                                     cases[i].count, "])"),
                              &expr, &err)
              == WF_OK);

        rc = wf_expr_eval(scratch, expr, &env, &value, &err);

        CHECK(rc == WF_OK || err.code == WF_E_INVALID_ARGUMENT);
        CHECK(env.meter.steps < 2 * WF_EXPR_STEPS_MAX);
        CHECK(wf_arena_size(scratch) < 64 * 1024 * 1024);

        if (unit_failures) {
            printf("# %s: %llu steps, %zu bytes\n", cases[i].item,
                   (unsigned long long) env.meter.steps,
                   wf_arena_size(scratch));
            break;
        }

        wf_arena_reset(scratch);
    }

    wf_arena_free(scratch);
    wf_arena_free(arena);
}


/* One function over as much data as a state can have is never too much. */
TEST(affordable)
{
    unsigned           i;
    wf_env_t           env;
    wf_expr_t         *expr;
    wf_value_t        *data;
    wf_arena_t        *arena;
    const wf_value_t  *value;

    static const char *const  texts[] = {
        "length(split($Input.text, \"\"))", "stringToJson($Input.json)",
        "jsonToString($Input.items)", "arrayUnique($Input.items)",
        "arrayContains($Input.items, [2])", "hash($Input.text, \"SHA-512\")",
        "toBase64($Input.text)", "$Input.items[*][0]",
        "format(\"{}{}\", $Input.items, $Input.text)"
    };

    arena = wf_arena_create(0);
    data = hostile_data(arena);

    for (i = 0; i < wf_countof(texts); i++) {
        memset(&env, 0, sizeof(env));
        env.roots[WF_ROOT_INPUT] = data;

        CHECK(wf_expr_compile(arena, WF_EXPR_CFL, wf_str_of(texts[i]), &expr,
                              &err)
              == WF_OK);
        CHECK(wf_expr_eval(arena, expr, &env, &value, &err) == WF_OK);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
