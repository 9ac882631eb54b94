
/*
 * The table of choice operators, and orders that cases cannot tell.
 */

#include "expr/asl_compare.c"

#include "unit.h"


/* asl.md 7: three families of five, booleans, patterns, the Is... group. */
TEST(table)
{
    bool      is_path;
    char      name[64];
    unsigned  i;

    CHECK_INT(wf_countof(choices), 3 * 5 + 1 + 1 + 6);

    for (i = 0; i < wf_countof(choices); i++) {
        CHECK(asl_choice_find(choices[i].name, &is_path) == &choices[i]);
        CHECK(!is_path);
        CHECK(i == 0 || wf_str_cmp(choices[i - 1].name, choices[i].name) < 0);

        snprintf(name, sizeof(name), "%.*sPath", (int) choices[i].name.len,
                 choices[i].name.data);
        CHECK(asl_choice_find(wf_str_of(name), &is_path)
              == (choices[i].has_path ? &choices[i] : NULL));
        CHECK(is_path == choices[i].has_path);
    }

    CHECK(asl_choice_find(wf_str("String"), &is_path) == NULL);
    CHECK(asl_choice_find(wf_str("StringEqualspath"), &is_path) == NULL);
    CHECK(asl_choice_find(wf_str(""), &is_path) == NULL);
}


/* In the order of UTF-16 code units. */
TEST(code_units)
{
    unsigned  i, n;
    int       cmp;

    static const char *const  texts[] = {
        "", "a", "ab", "b", "\xc3\xa4", "\xed\x9f\xbf", "\xf0\x90\x80\x80",
        "\xf0\x9f\x98\x80", "\xee\x80\x80", "\xef\xbf\xbd"
    };

    for (i = 0; i < wf_countof(texts); i++) {
        for (n = 0; n < wf_countof(texts); n++) {
            cmp = code_unit_cmp(wf_str_of(texts[i]), wf_str_of(texts[n]));
            CHECK(i < n ? cmp < 0 : i > n ? cmp > 0 : cmp == 0);
        }
    }
}


TEST(fractions)
{
    unsigned  i;

    static const struct {
        const char  *text;
        const char  *digits;
    } cases[] = {
        { "2012-10-09T19:00:55Z", "" }, { "2012-10-09T19:00:55.123Z", "" },
        { "2012-10-09T19:00:55.1234Z", "4" },
        { "2012-10-09T19:00:55.123400+01:00", "4" },
        { "2012-10-09T19:00:55.1230Z", "" },
        { "2012-10-09T19:00:55.1Z", "" },
        { "2012-10-09T19:00:55+01:00", "" }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK_STR(fine_digits(wf_str_of(cases[i].text)),
                  wf_str_of(cases[i].digits));
    }
}


UNIT_MAIN()
