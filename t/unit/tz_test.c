
#include "base/timefmt.h"
#include "base/tz_file.h"
#include "tz_case.h"


#define ALWAYS  "XXX3EDT4,0/0,J365/23"      /* summer time all the year */

static wf_arena_t  *arena;


static int64_t
second_of(const char *text)
{
    int64_t  ms;

    ms = -1;
    CHECK(wf_time_parse(wf_str_of(text), &ms) == WF_OK);

    return ms / 1000;
}


/* Spans tile the time: no hole, no overlap, and none is empty. */
static void
check_tiles(const wf_tz_t *tz, int64_t second, int64_t last)
{
    wf_tz_span_t  span, next;

    wf_tz_span(tz, second, &span);

    while (span.end < last) {
        CHECK(span.begin < span.end);
        wf_tz_span(tz, span.end - 1, &next);
        CHECK(next.begin == span.begin && next.end == span.end
              && next.offset == span.offset);
        wf_tz_span(tz, span.end, &next);
        CHECK(next.begin == span.end && next.offset_before == span.offset);
        span = next;
    }
}


TEST(names)
{
    unsigned  i;
    char      longest[WF_TZ_NAME_LEN_MAX + 2];

    static const char  *good[] = {
        "UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "EST5EDT",
        "Etc/GMT+8", "America/Port-au-Prince"
    };
    static const char  *bad[] = {
        "", "/etc/passwd", "../x", "Asia/", "Asia//Shanghai", "Asia/.",
        "zone.tab", "a b", "\xc3\xa9", "a\\b", "Asia/Shanghai\n", "%s", "/"
    };

    for (i = 0; i < wf_countof(good); i++) {
        CHECK(wf_tz_name_valid(wf_str_of(good[i])));
    }

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK(!wf_tz_name_valid(wf_str_of(bad[i])));
    }

    CHECK(!wf_tz_name_valid((wf_str_t) { 3, (const uint8_t *) "a\0b" }));

    memset(longest, 'a', sizeof(longest));
    CHECK(wf_tz_name_valid((wf_str_t) { WF_TZ_NAME_LEN_MAX,
                                        (uint8_t *) longest }));
    CHECK(!wf_tz_name_valid((wf_str_t) { WF_TZ_NAME_LEN_MAX + 1,
                                         (uint8_t *) longest }));
}


TEST(rules_read)
{
    unsigned      i;
    wf_tz_rule_t  rule;

    static const struct {
        const char  *text;
        int32_t      standard;
        int32_t      summer;    /* INT32_MAX: none */
    } good[] = {
        { "UTC0", 0, INT32_MAX },
        { "CST-8", 28800, INT32_MAX },
        { "<+0545>-5:45", 20700, INT32_MAX },
        { "<-00>0:0:1", -1, INT32_MAX },
        { "EST5EDT,M3.2.0,M11.1.0", -18000, -14400 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, 39600 },
        { "NZST-12NZDT,J60/-167,364/+167:59:59", 43200, 46800 },
    };
    static const char  *bad[] = {
        "", "CST", "CS-8", "C5T-8", "<+08-8", "<>0", "CST-25", "CST-8:60",
        "CST-8x", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,J0,J1", "EST5EDT,J366,J1", "EST5EDT,366,1",
        "EST5EDT,M3.2,M11.1.0", "EST99999999999999999999EDT,J1,J2"
    };

    for (i = 0; i < wf_countof(good); i++) {
        CHECK(wf_tz_rule_parse(wf_str_of(good[i].text), &rule) == WF_OK);
        CHECK_INT(rule.standard, good[i].standard);
        CHECK_INT(rule.has_summer, good[i].summer != INT32_MAX);

        if (rule.has_summer) {
            CHECK_INT(rule.summer, good[i].summer);
        }
    }

    for (i = 0; i < wf_countof(bad); i++) {
        CHECK(wf_tz_rule_parse(wf_str_of(bad[i]), &rule) == WF_ERROR);
    }
}


TEST(rules_told)
{
    unsigned        i;
    wf_tz_span_t    span;
    const wf_tz_t  *tz;

    static const struct {
        const char  *rule;
        const char  *at;
        int32_t      offset;
        const char  *begin;
        const char  *end;
    } cases[] = {
        { "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18000,
          "2025-11-02T06:00:00Z", "2026-03-08T07:00:00Z" },
        { "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14400,
          "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z" },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2028-10-29T00:59:59Z", 7200,
          "2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z" },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-01-01T00:00:00Z",
          39600, "2026-10-03T15:30:00Z", "2027-04-03T15:00:00Z" },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", "2099-12-25T00:00:00Z", 0,
          "2099-10-25T01:00:00Z", "2100-03-28T01:00:00Z" },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-06-01T00:00:00Z", -3600,
          "2030-03-31T01:00:00Z", "2030-10-27T01:00:00Z" },
        { "AAA0BBB,J60/0,J61/0", "2024-03-01T12:00:00Z", 3600,
          "2024-03-01T00:00:00Z", "2024-03-01T23:00:00Z" },
        { "AAA0BBB,59/0,60/0", "2024-02-29T12:00:00Z", 3600,
          "2024-02-29T00:00:00Z", "2024-02-29T23:00:00Z" },
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        tz = tz_of_rule(arena, cases[i].rule);
        wf_tz_span(tz, second_of(cases[i].at), &span);

        CHECK_INT(span.offset, cases[i].offset);
        CHECK_INT(span.begin, second_of(cases[i].begin));
        CHECK_INT(span.end, second_of(cases[i].end));

        check_tiles(tz, 0, second_of("2101-01-01T00:00:00Z"));
    }

    wf_arena_free(arena);
}


TEST(rules_of_one_offset)
{
    int64_t         second;
    wf_tz_span_t    span;
    const wf_tz_t  *tz;

    arena = wf_arena_create(0);

    tz = tz_of_rule(arena, "<+0545>-5:45");
    wf_tz_span(tz, 0, &span);
    CHECK(span.begin == INT64_MIN && span.end == INT64_MAX);
    CHECK_INT(span.offset, 20700);

    tz = tz_of_rule(arena, ALWAYS);

    for (second = 0; second < INT64_C(3000000000); second += 86399) {
        wf_tz_span(tz, second, &span);
        CHECK_INT(span.offset, -14400);
        CHECK_INT(span.offset_before, -14400);
    }

    wf_tz_span(NULL, INT64_MAX, &span);
    CHECK(span.begin == INT64_MIN && span.end == INT64_MAX);
    CHECK_INT(span.offset, 0);

    wf_tz_span(tz, INT64_MAX, &span);
    wf_tz_span(tz, INT64_MIN, &span);
    CHECK(span.begin < span.end);

    wf_arena_free(arena);
}


/* A list of changes, one of which changes nothing, then a rule. */
TEST(lists)
{
    tz_case_t       of;
    wf_error_t      err;
    wf_tz_span_t    span;
    const wf_tz_t  *tz;

    static const int32_t      types[] = { 100, 3600, 7200, 3600 };
    static const tz_change_t  changes[] = {
        { -1000, 1 }, { 1000, 2 }, { 2000, 1 }, { 3000, 3 }, { 5000, 2 },
        { 1000000000, 1 }
    };

    arena = wf_arena_create(0);
    of = (tz_case_t) { types, 4, changes, 6, "CET-1CEST,M3.5.0,M10.5.0/3" };
    CHECK(wf_tz_parse(arena, tz_bytes(arena, &of), &tz, &err) == WF_OK);

    wf_tz_span(tz, -1001, &span);
    CHECK(span.begin == INT64_MIN && span.end == -1000);
    CHECK(span.offset == 100 && span.offset_before == 100);

    wf_tz_span(tz, -1000, &span);
    CHECK(span.begin == -1000 && span.end == 1000);
    CHECK(span.offset == 3600 && span.offset_before == 100);

    wf_tz_span(tz, 3500, &span);
    CHECK(span.begin == 2000 && span.end == 5000);
    CHECK(span.offset == 3600 && span.offset_before == 7200);

    wf_tz_span(tz, 999999999, &span);
    CHECK(span.begin == 5000 && span.end == 1000000000);

    wf_tz_span(tz, 1000000000, &span);      /* 2001-09-09: CEST by the rule */
    CHECK(span.begin == 1000000000);
    CHECK_INT(span.offset, 7200);
    CHECK_INT(span.end, second_of("2001-10-28T01:00:00Z"));

    of.footer = "";
    CHECK(wf_tz_parse(arena, tz_bytes(arena, &of), &tz, &err) == WF_OK);
    wf_tz_span(tz, INT64_C(4000000000), &span);
    CHECK(span.begin == 1000000000 && span.end == INT64_MAX);
    CHECK_INT(span.offset, 3600);

    wf_arena_free(arena);
}


TEST(refused)
{
    wf_str_t        bytes;
    unsigned        i;
    tz_case_t       of;
    wf_error_t      err;
    const wf_tz_t  *tz;

    static const int32_t      one[] = { 0 }, far[] = { 93600 };
    static const tz_change_t  back[] = { { 10, 0 }, { 10, 0 } };
    static const tz_change_t  type[] = { { 10, 1 } };

    const struct {
        tz_case_t    of;
        const char  *why;
    } cases[] = {
        { { one, 1, back, 2, "" }, "not a time zone: changes out of order" },
        { { one, 1, type, 1, "" }, "not a time zone: a type that is not "
                                   "there" },
        { { far, 1, NULL, 0, "" }, "not a time zone: an offset of more than "
                                   "a day" },
        { { one, 0, NULL, 0, "" }, "not a time zone: no types of time, or "
                                   "too many" },
        { { one, 1, NULL, 0, "X" }, "not a time zone: a rule that cannot be "
                                    "read" },
    };

    arena = wf_arena_create(0);
    tz = NULL;

    for (i = 0; i < wf_countof(cases); i++) {
        wf_error_clear(&err);
        CHECK(wf_tz_parse(arena, tz_bytes(arena, &cases[i].of), &tz, &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(cases[i].why));
    }

    /* Cut anywhere. */

    of = (tz_case_t) { one, 1, back, 1, "UTC0" };
    bytes = tz_bytes(arena, &of);

    for (i = 0; i < bytes.len; i++) {
        CHECK(wf_tz_parse(arena, (wf_str_t) { i, bytes.data }, &tz, &err)
              == WF_ERROR);
    }

    CHECK(wf_tz_parse(arena, bytes, &tz, &err) == WF_OK);
    bytes.len = WF_TZ_BYTES_MAX + 1;
    CHECK(wf_tz_parse(arena, bytes, &tz, &err) == WF_ERROR);

    wf_arena_free(arena);
}


TEST(without_memory)
{
    wf_rc_t         rc;
    uint64_t        n;
    wf_str_t        bytes;
    tz_case_t       of;
    wf_error_t      err;
    const wf_tz_t  *tz;

    static const int32_t      one[] = { 0 };
    static tz_change_t        many[3000];

    for (n = 0; n < wf_countof(many); n++) {
        many[n].at = (int64_t) n;
    }

    of = (tz_case_t) { one, 1, many, wf_countof(many), "UTC0" };
    rc = WF_ERROR;
    arena = wf_arena_create(0);
    bytes = tz_bytes(arena, &of);

    for (n = 1; rc != WF_OK; n++) {
        wf_arena_t  *mine = wf_arena_create(0);

        wf_arena_fail_after(n);
        rc = wf_tz_parse(mine, bytes, &tz, &err);
        wf_arena_fail_after(0);

        CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
        wf_arena_free(mine);
    }

    CHECK(n > 2);
    wf_arena_free(arena);
}


/* What the system's files say of years that have been. */
TEST(files)
{
    unsigned        i;
    wf_str_t        bytes;
    wf_error_t      err;
    wf_tz_span_t    span;
    const wf_tz_t  *tz;

    static const struct {
        const char  *name;
        const char  *at;
        int32_t      offset;
    } cases[] = {
        { "Asia/Shanghai", "2026-07-01T00:00:00Z", 28800 },
        { "Asia/Shanghai", "1988-07-01T00:00:00Z", 32400 },
        { "America/New_York", "2006-03-20T00:00:00Z", -18000 },
        { "America/New_York", "2007-03-20T00:00:00Z", -14400 },
        { "Europe/Berlin", "1980-07-01T00:00:00Z", 7200 },
        { "Asia/Kathmandu", "1985-12-31T00:00:00Z", 19800 },
        { "Asia/Kathmandu", "2000-01-01T00:00:00Z", 20700 },
        { "Pacific/Apia", "2011-12-30T09:59:59Z", -36000 },
        { "Pacific/Apia", "2011-12-30T10:00:00Z", 50400 },
    };
    static const char  *unknown[] = {
        "Asia/Nowhere", "Asia", "leapseconds", "../zoneinfo/UTC", "", "."
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        tz = NULL;
        CHECK(wf_tz_load(arena, wf_str_of(cases[i].name), &tz, &err)
              == WF_OK);
        CHECK(tz != NULL);
        wf_tz_span(tz, second_of(cases[i].at), &span);
        CHECK_INT(span.offset, cases[i].offset);
        check_tiles(tz, 0, second_of("2150-01-01T00:00:00Z"));
    }

    for (i = 0; i < wf_countof(unknown); i++) {
        wf_error_clear(&err);
        CHECK(wf_tz_load(arena, wf_str_of(unknown[i]), &tz, &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    }

    CHECK(wf_tz_load(arena, wf_str("Asia/Nowhere"), &tz, &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("the time zone \"Asia/Nowhere\" is not known."));

    CHECK(wf_tz_load(arena, wf_str("UTC"), &tz, &err) == WF_OK && tz == NULL);

    /* As bytes, for others to parse. */
    CHECK(wf_tz_read(arena, wf_str("Asia/Kathmandu"), &bytes, &err) == WF_OK);
    CHECK(wf_tz_parse(arena, bytes, &tz, &err) == WF_OK);
    wf_tz_span(tz, second_of("2000-01-01T00:00:00Z"), &span);
    CHECK_INT(span.offset, 20700);
    CHECK(wf_tz_read(arena, wf_str("UTC"), &bytes, &err) == WF_OK);
    CHECK_INT(bytes.len, 0);
    CHECK(wf_tz_read(arena, wf_str("Asia/Nowhere"), &bytes, &err)
          == WF_ERROR);

    wf_arena_free(arena);
}


UNIT_MAIN()
