
/*
 * Templates: constants and sharing, places in messages, depth.  What they
 * yield stands in t/cases/expressions.txt.
 */

#include "expr/template.c"

#include "base/json.h"
#include "base/yaml.h"
#include "unit.h"


static wf_error_t  err;


static wf_value_t *
json(wf_arena_t *arena, const char *text)
{
    wf_value_t  *value;

    return wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK
           ? value : NULL;
}


/* Without expressions filling takes no memory and gives the same value. */
TEST(constant)
{
    wf_env_t           env;
    wf_arena_t        *arena, *parsed;
    wf_template_t     *template;
    const wf_value_t  *first, *second;

    arena = wf_arena_create(0);
    parsed = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    CHECK(wf_template_constructor(arena,
              json(parsed, "{\"a\":[1,{\"b\":2}],\"c.$\":\"1 < 2\"}"),
              &template, &err) == WF_OK);
    wf_arena_free(parsed);

    wf_arena_fail_after(1);
    CHECK(wf_template_fill(arena, template, &env, &first, &err) == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &second, &err) == WF_OK);
    wf_arena_fail_after(0);

    CHECK(first == second);
    CHECK(wf_value_eq(first, json(arena, "{\"a\":[1,{\"b\":2}],\"c\":true}")));

    wf_arena_free(arena);
}


/* Around expressions constants are shared with the template, values with
 * the environment. */
TEST(shared)
{
    wf_env_t           env;
    wf_value_t        *input;
    wf_arena_t        *arena;
    wf_template_t     *template;
    const wf_value_t  *first, *second;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));
    input = json(arena, "{\"x\":[1,2]}");
    env.roots[WF_ROOT_INPUT] = input;

    CHECK(wf_template_constructor(arena,
              json(arena, "{\"a\":{\"b\":[1]},\"x.$\":\"$Input.x\"}"),
              &template, &err) == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &first, &err) == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &second, &err) == WF_OK);

    CHECK(first != second);
    CHECK(wf_value_get(first, wf_str("a"))
          == wf_value_get(second, wf_str("a")));
    CHECK(wf_value_get(first, wf_str("x"))
          == wf_value_get(input, wf_str("x")));

    wf_arena_free(arena);
}


typedef struct {
    const char  *yaml;
    const char  *reason;
} place_t;


static void
places_check(const place_t *cases, unsigned count,
    wf_rc_t (*compile)(wf_arena_t *arena, const wf_value_t *value,
        wf_template_t **template, wf_error_t *error))
{
    unsigned        i;
    wf_value_t     *value;
    wf_arena_t     *arena;
    wf_template_t  *template;

    for (i = 0; i < count; i++) {
        arena = wf_arena_create(0);

        CHECK(wf_yaml_parse(arena, wf_str_of(cases[i].yaml), &value, &err)
              == WF_OK);
        CHECK(compile(arena, value, &template, &err) == WF_ERROR);
        CHECK(err.code == WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(cases[i].reason));

        wf_arena_free(arena);
    }
}


TEST(places_of_constructors)
{
    static const place_t  cases[] = {
        { "a: 1\nb:\n  c.$: $Input.x +\n",
          "line 3, column 8: c.$: column 10: operator '+' is not "
          "supported" },
        { "a: 1\nb:\n  - c.$: [1]\n",
          "line 3, column 10: the value of 'c.$' must be a string, an "
          "expression" },
        { "a: 1\na.$: $Input\n",
          "line 2, column 1: both 'a' and 'a.$' are given" },
        { "\n- a\n", "line 2, column 1: a constructor must be an object" }
    };

    places_check(cases, wf_countof(cases), wf_template_constructor);
}


TEST(places_of_mappings)
{
    static const place_t  cases[] = {
        { "- target: a\n  source: $input..b\n",
          "line 2, column 11: a: column 8: '..' is not supported" },
        { "- target: a\n- source: b\n",
          "line 2, column 3: a mapping needs 'target'" },
        { "- target: a\n  sorce: b\n",
          "line 2, column 3: unknown field 'sorce' in a mapping" },
        { "- target: 5\n",
          "line 1, column 11: 'target' must be a string that is not "
          "empty" },
        { "- x\n",
          "line 1, column 3: a mapping must have 'target' and 'source'" },
        { "a: b\n", "line 1, column 1: mappings must be a list" }
    };

    places_check(cases, wf_countof(cases), wf_template_mappings);
}


TEST(places_of_params)
{
    static const place_t  cases[] = {
        { "Input:\n  - $.a\n  - $.a b\n",
          "line 3, column 5: column 5: the end is expected before 'b'" },
    };

    places_check(cases, wf_countof(cases), wf_template_params);
}


/* Depth counts where a value ends up, not where it was found. */
TEST(depth)
{
    char               text[2 * WF_DEPTH_MAX + 1];
    wf_env_t           env;
    wf_arena_t        *arena;
    wf_template_t     *template;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&env, 0, sizeof(env));

    memset(text, '[', WF_DEPTH_MAX);
    memset(text + WF_DEPTH_MAX, ']', WF_DEPTH_MAX);
    text[2 * WF_DEPTH_MAX] = '\0';
    env.roots[WF_ROOT_INPUT] = json(arena, text);

    CHECK(wf_template_constructor(arena, json(arena, "{\"a\":{\"b.$\":"
                                              "\"$Input[0][0]\"}}"),
                                  &template, &err) == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &value, &err) == WF_OK);
    CHECK_INT(wf_value_depth(value), WF_DEPTH_MAX);

    CHECK(wf_template_constructor(arena, json(arena, "{\"a\":{\"b.$\":"
                                              "\"$Input[0]\"}}"),
                                  &template, &err) == WF_OK);
    CHECK(wf_template_fill(arena, template, &env, &value, &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("b.$: the value is nested deeper "
                                            "than 100 levels"));

    wf_arena_free(arena);
}


/* Templates with many members, members that vanish, and no memory. */
TEST(torture)
{
    wf_rc_t            rc;
    uint64_t           n;
    wf_env_t           env;
    wf_value_t        *list;
    wf_arena_t        *arena, *keep;
    wf_template_t     *template;
    const wf_value_t  *value;

    keep = wf_arena_create(0);
    list = json(keep, "[{\"target\":\"a\",\"source\":\"$input.x\"},"
                      "{\"target\":\"b\",\"source\":\"$input.none\"},"
                      "{\"target\":\"c\",\"source\":[1,{\"d\":\"$input\"}]},"
                      "{\"target\":\"e\",\"source\":\"$input.l[*]\"}]");
    memset(&env, 0, sizeof(env));
    env.roots[WF_ROOT_INPUT] = json(keep, "{\"x\":1,\"l\":[1,2,3,4,5,6,7]}");
    rc = WF_ERROR;

    for (n = 1; rc != WF_OK && n < 1000; n++) {
        arena = wf_arena_create(0);
        wf_arena_fail_after(n);

        rc = wf_template_mappings(arena, list, &template, &err);
        if (rc == WF_OK) {
            rc = wf_template_fill(arena, template, &env, &value, &err);
        }

        wf_arena_fail_after(0);
        CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);

        if (rc == WF_OK) {
            CHECK_INT(value->count, 3);
        }

        wf_arena_free(arena);
    }

    CHECK(rc == WF_OK && n > 20);
    wf_arena_free(keep);
}


UNIT_MAIN()
