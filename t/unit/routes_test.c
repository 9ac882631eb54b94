
/*
 * The routes of an alias: one form, every refusal, no memory.
 */

#include "unit.h"

#include "base/json.h"
#include "wire/routes.c"


static wf_arena_t  *arena;
static wf_error_t   err;


static wf_rc_t
check(const char *text, wf_str_t *out)
{
    wf_value_t  *value;

    wf_arena_free(arena);
    arena = wf_arena_create(0);
    wf_error_clear(&err);
    CHECK_INT(wf_json_parse(arena, wf_str_of(text), &value, &err), WF_OK);

    return wf_routes_check(arena, wf_str("R"), value, out, &err);
}


TEST(accepted)
{
    size_t    i;
    wf_str_t  got;

    static const char  *cases[][2] = {
        { "[{\"Version\":\"1\",\"Weight\":30}]",
          "[{\"Version\":\"1\",\"Weight\":30}]" },
        { "[ {\"Weight\":\"100\", \"Version\":2, \"More\":[]},"
          "{\"Version\":\"1\",\"Weight\":0}]",
          "[{\"Version\":\"2\",\"Weight\":100},"
          "{\"Version\":\"1\",\"Weight\":0}]" },
        { "[{\"Version\":\"a\\\"b\",\"Weight\":\"007\"}]",
          "[{\"Version\":\"a\\\"b\",\"Weight\":7}]" }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK_INT(check(cases[i][0], &got), WF_OK);
        CHECK_STR(got, wf_str_of(cases[i][1]));
    }
}


TEST(refused)
{
    size_t    i;
    wf_str_t  got;

    static const char  *cases[][2] = {
        { "{}", "R must be a list of one or two objects." },
        { "[]", "R must be a list of one or two objects." },
        { "3", "R must be a list of one or two objects." },
        { "[{},{},{}]", "R must be a list of one or two objects." },
        { "[1]", "R must be a list of objects with Version and Weight." },
        { "[{}]", "R must name a Version in each object." },
        { "[{\"Version\":null,\"Weight\":1}]",
          "R must name a Version in each object." },
        { "[{\"Version\":\"\",\"Weight\":1}]",
          "R must name a Version in each object." },
        { "[{\"Version\":\"1\"}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":101}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":-1}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":1.5}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":99999999999999999999999999}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":\"\"}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":true}]",
          "R must have an integer Weight between 0 and 100 in each object." },
        { "[{\"Version\":\"1\",\"Weight\":0}]",
          "R must have a Weight above 0." },
        { "[{\"Version\":\"1\",\"Weight\":0},"
          "{\"Version\":\"2\",\"Weight\":0}]",
          "R must have a Weight above 0." },
        { "[{\"Version\":\"1\",\"Weight\":5},"
          "{\"Version\":1,\"Weight\":6}]", "R must name different versions." }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        got = wf_str("untouched");
        CHECK_INT(check(cases[i][0], &got), WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(cases[i][1]));
        CHECK_STR(got, wf_str("untouched"));
    }
}


TEST(no_memory)
{
    wf_rc_t      rc;
    wf_str_t     got;
    uint64_t     count;
    wf_value_t  *value;
    wf_arena_t  *scratch;

    wf_arena_free(arena);
    arena = wf_arena_create(0);
    CHECK_INT(wf_json_parse(arena, wf_str("[{\"Version\":\"1\","
                            "\"Weight\":30}]"), &value, &err), WF_OK);
    rc = WF_ERROR;

    for (count = 1; rc != WF_OK && count < 20; count++) {
        scratch = wf_arena_create(1);
        wf_arena_alloc(scratch, 60 * 1024);
        wf_arena_fail_after(count);
        rc = wf_routes_check(scratch, wf_str("R"), value, &got, &err);
        wf_arena_fail_after(0);

        if (rc != WF_OK) {
            CHECK_INT(err.code, WF_E_INTERNAL);
        }

        wf_arena_free(scratch);
    }

    CHECK_INT(rc, WF_OK);
    CHECK(count > 2);
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
