
/*
 * Regular expressions: what matches, what is refused, what a hostile pattern
 * may cost.
 */

#include "expr/regex.c"

#include "unit.h"


static wf_rc_t
match(const char *pattern, wf_str_t text, uint64_t *steps, bool *matched,
    wf_error_t *err)
{
    wf_rc_t      rc;
    wf_arena_t  *arena;
    wf_meter_t   meter;
    wf_regex_t  *regex;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    memset(&meter, 0, sizeof(meter));
    rc = wf_regex_compile(arena, wf_str_of(pattern), steps, &regex, err);
    meter.steps = *steps;

    if (rc == WF_OK) {
        rc = wf_regex_match(arena, regex, text, &meter, matched, err);
    }

    *steps = meter.steps;

    wf_arena_free(arena);
    return rc;
}


TEST(matches)
{
    bool        matched;
    unsigned    i;
    uint64_t    steps;
    wf_error_t  err;

    static const struct {
        const char  *pattern;
        const char  *text;
        bool         matched;
    } cases[] = {
        { "", "", true },
        { "", "x", true },
        { "b", "abc", true },
        { "^b", "abc", false },
        { "c$", "abc", true },
        { "c$", "abc\n", false },
        { "(?m)^b$", "a\nb\nc", true },
        { "^(a|b)*c$", "ababac", true },
        { "^.{2}$", "\xc3\xa9\xe4\xb8\xad", true },
        { "\\d", "\xd9\xa3", false },
        { "(?i)STRASSE", "strasse", true },
        { "a{2,3}", "caab", true },
        { "[^a-z]", "abc", false },
        { "(?<y>\\d{4})-(?<m>\\d\\d)", "on 2024-06", true }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        steps = 0;
        matched = !cases[i].matched;

        CHECK(match(cases[i].pattern, wf_str_of(cases[i].text), &steps,
                    &matched, &err) == WF_OK);
        CHECK(matched == cases[i].matched);
        CHECK(steps > 0);
    }
}


TEST(refusals)
{
    char         pattern[WF_REGEX_LEN_MAX + 2];
    uint64_t     steps;
    unsigned     i;
    wf_error_t   err;
    wf_regex_t  *regex;
    wf_arena_t  *arena;

    steps = 0;
    static const char *const  cases[] = {
        "(", ")", "[", "*", "a{3,1}", "\\C", "(?<a", "\\", "(?P>none)"
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK(wf_regex_compile(arena, wf_str_of(cases[i]), &steps, &regex,
                               &err)
              == WF_ERROR);
        CHECK(err.code == WF_E_INVALID_ARGUMENT);
        CHECK(wf_str_starts(wf_error_arg(&err, 0),
                            wf_str("the regular expression is malformed at "
                                   "byte ")));
    }

    memset(pattern, 'a', sizeof(pattern) - 1);
    pattern[sizeof(pattern) - 1] = '\0';

    CHECK(wf_regex_compile(arena, wf_str_of(pattern), &steps, &regex, &err)
          == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the regular expression is longer than 4096 bytes"));

    wf_arena_free(arena);
}


/* Text that is not UTF-8 never comes from a value, but must not hurt. */
TEST(bad_text)
{
    bool        matched;
    uint64_t    steps;
    wf_error_t  err;

    steps = 0;
    CHECK(match("a", wf_str("\xff\xfe"), &steps, &matched, &err) == WF_ERROR);
    CHECK(err.code == WF_E_INVALID_ARGUMENT);
}


TEST(hostile)
{
    bool        matched;
    size_t      i;
    uint64_t    steps;
    unsigned    n;
    wf_str_t    text;
    wf_error_t  err;

    static uint8_t            letters[64 * 1024];
    static const char *const  patterns[] = {
        "(a+)+$b", "(a|aa)+c", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x",
        "(?:a?){60}a{60}c", "[ab]*[bc]x", "(?>a*)y", "^(a|b|ab)*c",
        "a*a*a*a*a*a*c", "(?=(a+))a*b\\1"
    };

    for (i = 0; i < sizeof(letters); i++) {
        letters[i] = 'a';
    }

    text = (wf_str_t) { sizeof(letters), letters };

    for (n = 0; n < wf_countof(patterns); n++) {
        steps = 0;

        if (match(patterns[n], text, &steps, &matched, &err) != WF_OK) {
            CHECK(err.code == WF_E_INVALID_ARGUMENT);
            CHECK_STR(wf_error_arg(&err, 0),
                      wf_str("the regular expression takes too much work on "
                             "this text"));
        }

        CHECK(steps < 2 * WF_EXPR_STEPS_MAX);
    }
}


/* Short patterns may make a lot of code; steps tell. */
TEST(costly_patterns)
{
    bool        matched;
    unsigned    n;
    uint64_t    steps;
    wf_error_t  err;

    static const struct {
        const char  *pattern;
        uint64_t     steps_min;
    } costs[] = {
        { "a", 20 },
        { "(?:[a-z]{1,3}){1,250}", 10000 },
        { "(?:(?:a{1,9}|b){1,60}){1,10}", 10000 }
    };

    for (n = 0; n < wf_countof(costs); n++) {
        steps = 0;
        CHECK(match(costs[n].pattern, wf_str("b"), &steps, &matched, &err)
              == WF_OK);
        CHECK(steps > costs[n].steps_min);
        CHECK(steps < WF_EXPR_STEPS_MAX);
    }
}


/* What has been spent before counts. */
TEST(budget)
{
    bool        matched;
    uint64_t    steps;
    wf_error_t  err;

    steps = WF_EXPR_STEPS_MAX - 2;
    CHECK(match("[a-z]+[0-9]", wf_str("abcdef"), &steps, &matched, &err)
          == WF_ERROR);
    CHECK(err.code == WF_E_INVALID_ARGUMENT);
}


TEST(torture)
{
    bool        matched;
    wf_rc_t     rc;
    uint64_t    n, steps;
    wf_error_t  err;

    rc = WF_ERROR;

    for (n = 1; rc != WF_OK && n < 1000; n++) {
        steps = 0;
        wf_arena_fail_after(n);
        rc = match("^(a|b(c|d)?)*x$", wf_str("abcabdx"), &steps, &matched,
                   &err);
        wf_arena_fail_after(0);

        CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
    }

    CHECK(rc == WF_OK && matched);
    CHECK(n > 4);
}


UNIT_MAIN()
