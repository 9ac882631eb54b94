
#include "base/timefmt.h"
#include "base/cron.c"
#include "tz_case.h"


static wf_arena_t  *arena;


static int64_t
ms_of(wf_str_t text)
{
    int64_t  ms;

    ms = -1;
    CHECK(wf_time_parse(text, &ms) == WF_OK);

    return ms;
}


static wf_cron_t
parse(const char *text)
{
    wf_cron_t   cron;
    wf_error_t  err;

    memset(&cron, 0, sizeof(cron));
    wf_error_clear(&err);
    CHECK(wf_cron_parse(wf_str_of(text), &cron, &err) == WF_OK);

    return cron;
}


/* Computed minute by minute with another implementation of time zones. */
static const struct {
    const char  *text;
    const char  *rule;          /* of the zone; NULL: UTC */
    const char  *after;
    const char  *due;
} cases[] = {
    { "0 * * * * *", NULL,
      "2026-01-02T03:04:00Z",
      "2026-01-02T03:05:00Z"
      " 2026-01-02T03:06:00Z"
      " 2026-01-02T03:07:00Z" },
    { "0 * * * * *", NULL,
      "2026-01-02T03:03:59.999Z",
      "2026-01-02T03:04:00Z" },
    { "30 9 * * * *", NULL,
      "2026-01-02T03:09:30Z",
      "2026-01-02T04:09:30Z"
      " 2026-01-02T05:09:30Z" },
    { "0 0 10 1 * ?", NULL,
      "2026-01-02T03:04:05Z",
      "2026-02-01T10:00:00Z"
      " 2026-03-01T10:00:00Z"
      " 2026-04-01T10:00:00Z" },
    { "59 59 23 31 12 ?", NULL,
      "2026-12-31T23:59:58Z",
      "2026-12-31T23:59:59Z"
      " 2027-12-31T23:59:59Z" },
    { "0 0 0 29 2 ?", NULL,
      "2024-03-01T00:00:00Z",
      "2028-02-29T00:00:00Z"
      " 2032-02-29T00:00:00Z" },
    { "0 0 0 29 FEB ?", NULL,
      "2096-03-01T00:00:00Z",
      "2104-02-29T00:00:00Z" },
    { "0 0 12 29 2 MON", NULL,
      "2026-01-01T00:00:00Z",
      "2044-02-29T12:00:00Z" },
    { "0 0 0 31 * ?", NULL,
      "2026-01-31T00:00:00Z",
      "2026-03-31T00:00:00Z"
      " 2026-05-31T00:00:00Z"
      " 2026-07-31T00:00:00Z" },
    { "0 0 0 30 2,4 ?", NULL,
      "2026-01-01T00:00:00Z",
      "2026-04-30T00:00:00Z"
      " 2027-04-30T00:00:00Z" },
    { "0 0 8 ? * 1", NULL,
      "2026-01-01T00:00:00Z",
      "2026-01-05T08:00:00Z"
      " 2026-01-12T08:00:00Z" },
    { "0 0 8 ? * sun", NULL,
      "2026-01-01T00:00:00Z",
      "2026-01-04T08:00:00Z"
      " 2026-01-11T08:00:00Z" },
    { "0 0 8 13 * FRI", NULL,
      "2026-01-01T00:00:00Z",
      "2026-02-13T08:00:00Z"
      " 2026-03-13T08:00:00Z"
      " 2026-11-13T08:00:00Z" },
    { "0 */20 9-10 * * Mon-Fri", NULL,
      "2026-01-02T10:20:00Z",
      "2026-01-02T10:40:00Z"
      " 2026-01-05T09:00:00Z"
      " 2026-01-05T09:20:00Z" },
    { "0 5/25 * * * *", NULL,
      "2026-01-02T10:06:00Z",
      "2026-01-02T10:30:00Z"
      " 2026-01-02T10:55:00Z"
      " 2026-01-02T11:05:00Z" },
    { "0 10-40/15,59 3 * * *", NULL,
      "2026-01-02T00:00:00Z",
      "2026-01-02T03:10:00Z"
      " 2026-01-02T03:25:00Z"
      " 2026-01-02T03:40:00Z"
      " 2026-01-02T03:59:00Z" },
    { "0 0 0 1 jan,Jul ?", NULL,
      "2026-01-01T00:00:00Z",
      "2026-07-01T00:00:00Z"
      " 2027-01-01T00:00:00Z" },
    { "0 0 0 * * *", "CST-8",
      "2026-01-02T03:04:05Z",
      "2026-01-02T16:00:00Z"
      " 2026-01-03T16:00:00Z" },
    { "0 30 2 * * *", "EST5EDT,M3.2.0,M11.1.0",
      "2026-03-07T00:00:00Z",
      "2026-03-07T07:30:00Z"
      " 2026-03-09T06:30:00Z" },
    { "0 30 1 * * *", "EST5EDT,M3.2.0,M11.1.0",
      "2026-10-31T00:00:00Z",
      "2026-10-31T05:30:00Z"
      " 2026-11-01T05:30:00Z"
      " 2026-11-02T06:30:00Z" },
    { "0 30 * * * *", "EST5EDT,M3.2.0,M11.1.0",
      "2026-11-01T04:00:00Z",
      "2026-11-01T04:30:00Z"
      " 2026-11-01T05:30:00Z"
      " 2026-11-01T06:30:00Z"
      " 2026-11-01T07:30:00Z" },
    { "0 30 * * * *", "EST5EDT,M3.2.0,M11.1.0",
      "2026-03-08T06:00:00Z",
      "2026-03-08T06:30:00Z"
      " 2026-03-08T07:30:00Z"
      " 2026-03-08T08:30:00Z" },
    { "0 30 0-22 * * *", "EST5EDT,M3.2.0,M11.1.0",
      "2026-11-01T04:00:00Z",
      "2026-11-01T04:30:00Z"
      " 2026-11-01T05:30:00Z"
      " 2026-11-01T07:30:00Z" },
    { "0 0 2 * * *", "CET-1CEST,M3.5.0,M10.5.0/3",
      "2027-03-27T00:00:00Z",
      "2027-03-27T01:00:00Z"
      " 2027-03-29T00:00:00Z" },
    { "0 0 2 * * *", "CET-1CEST,M3.5.0,M10.5.0/3",
      "2027-10-30T00:00:00Z",
      "2027-10-31T00:00:00Z"
      " 2027-11-01T01:00:00Z"
      " 2027-11-02T01:00:00Z" },
    { "0 45 1 * * *", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
      "2027-04-02T00:00:00Z",
      "2027-04-02T14:45:00Z"
      " 2027-04-03T14:45:00Z"
      " 2027-04-04T15:15:00Z" },
    { "0 15 2 * * *", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
      "2027-10-02T00:00:00Z",
      "2027-10-03T15:15:00Z"
      " 2027-10-04T15:15:00Z" },
    { "0 0 0 * * *", "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
      "2027-09-03T00:00:00Z",
      "2027-09-03T04:00:00Z"
      " 2027-09-04T04:00:00Z"
      " 2027-09-06T03:00:00Z" },
    { "0 0 12 25 12 ?", "IST-1GMT0,M10.5.0,M3.5.0/1",
      "2099-01-01T00:00:00Z",
      "2099-12-25T12:00:00Z" },
};


TEST(due_times)
{
    int64_t         ms, due;
    wf_str_t        rest;
    unsigned        i;
    wf_cron_t       cron;
    const wf_tz_t  *tz;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        cron = parse(cases[i].text);
        tz = tz_of_rule(arena, cases[i].rule);
        ms = ms_of(wf_str_of(cases[i].after));
        rest = wf_str_of(cases[i].due);

        while (rest.len > 0) {
            due = -1;
            CHECK(wf_cron_next(&cron, tz, 0, ms, &due) == WF_OK);
            ms = ms_of(cut_word(&rest));

            if (due != ms) {
                printf("# \"%s\" after %s\n", cases[i].text, cases[i].after);
            }

            CHECK_INT(due, ms);
        }
    }

    wf_arena_free(arena);
}


TEST(every)
{
    int64_t    due;
    wf_cron_t  cron;

    cron = parse("@every 90m");
    CHECK_INT(cron.every_minutes, 90);

    CHECK(wf_cron_next(&cron, NULL, 1000, 0, &due) == WF_OK);
    CHECK_INT(due, 1000 + 5400000);
    CHECK(wf_cron_next(&cron, NULL, 1000, 5400999, &due) == WF_OK);
    CHECK_INT(due, 1000 + 5400000);
    CHECK(wf_cron_next(&cron, NULL, 1000, 5401000, &due) == WF_OK);
    CHECK_INT(due, 1000 + 2 * 5400000);
    CHECK(wf_cron_next(&cron, NULL, 1000, 1000 + 5400000ll * 1000000, &due)
          == WF_OK);
    CHECK_INT(due, 1000 + 5400000ll * 1000001);

    CHECK(wf_cron_next(&cron, NULL, 0, INT64_MAX, &due) == WF_DECLINED);
    CHECK(wf_cron_next(&cron, NULL, INT64_MAX, INT64_MIN, &due)
          == WF_DECLINED);
    CHECK(wf_cron_next(&cron, NULL, INT64_MIN, INT64_MIN, &due) == WF_OK);
    CHECK_INT(due, 5400000);

    cron = parse(" \tTZ=Asia/Shanghai  @every\t5256000m ");
    CHECK_INT(cron.every_minutes, WF_CRON_MINUTES_MAX);
    CHECK_STR(cron.zone, wf_str("Asia/Shanghai"));
}


TEST(sets)
{
    wf_cron_t  cron;

    cron = parse("CRON_TZ=Europe/Berlin 7 0/15 1,3-5,20/2 ? FEB-apr,12 "
                 "tue-THU,7");

    CHECK_STR(cron.zone, wf_str("Europe/Berlin"));
    CHECK_INT(cron.second, 7);
    CHECK_INT(cron.minutes, 1ll | 1ll << 15 | 1ll << 30 | 1ll << 45);
    CHECK_INT(cron.hours, 1 << 1 | 7 << 3 | 1 << 20 | 1 << 22);
    CHECK_INT(cron.days, 0xfffffffe);
    CHECK_INT(cron.months, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 12);
    CHECK_INT(cron.weekdays, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 7);
    CHECK_INT(cron.every_minutes, 0);

    cron = parse("0 */59 0-23/23 */31 * *");
    CHECK_INT(cron.minutes, 1ll | 1ll << 59);
    CHECK_INT(cron.hours, 1 | 1 << 23);
    CHECK_INT(cron.days, 1 << 1);
    CHECK_INT(cron.weekdays, 0xfe);
    CHECK_INT(cron.zone.len, 0);

    cron = parse("0 007 * * * *");
    CHECK_INT(cron.minutes, 1 << 7);
}


TEST(refused)
{
    unsigned    i;
    wf_cron_t   cron;
    wf_error_t  err;

    static const struct {
        const char  *text;
        const char  *why;
    } bad[] = {
        { "", "0 fields instead of 6: seconds, minutes, hours, day-of-month, "
              "month, day-of-week." },
        { "* * * * *", "5 fields instead of 6: seconds, minutes, hours, "
                       "day-of-month, month, day-of-week." },
        { "0 0 0 1 1 ? 2026", "7 fields instead of 6: seconds, minutes, "
                              "hours, day-of-month, month, day-of-week." },
        { "* * * * * *", "\"*\" in the field seconds is not one number, 0 to "
                         "59." },
        { "0/5 * * * * *", "\"0/5\" in the field seconds is not one number, "
                           "0 to 59." },
        { "60 * * * * *", "\"60\" in the field seconds is not one number, 0 "
                          "to 59." },
        { "0 60 * * * *", "\"60\" in the field minutes is not 0 to 59." },
        { "0 -1 * * * *", "\"-1\" in the field minutes is not 0 to 59." },
        { "0 1- * * * *", "\"1-\" in the field minutes is not 0 to 59." },
        { "0 1-2-3 * * * *", "\"1-2-3\" in the field minutes is not 0 to "
                             "59." },
        { "0 *-5 * * * *", "\"*-5\" in the field minutes is not 0 to 59." },
        { "0 ,5 * * * *", "\"\" in the field minutes is not 0 to 59." },
        { "0 5, * * * *", "\"5,\" in the field minutes ends with a comma." },
        { "0 5,,6 * * * *", "\"\" in the field minutes is not 0 to 59." },
        { "0 5/0 * * * *", "\"5/0\" in the field minutes has a step that is "
                           "none." },
        { "0 5/ * * * *", "\"5/\" in the field minutes has a step that is "
                          "none." },
        { "0 5/60 * * * *", "\"5/60\" in the field minutes has a step that "
                            "is none." },
        { "0 5/1/1 * * * *", "\"5/1/1\" in the field minutes has a step that "
                             "is none." },
        { "0 ? * * * *", "\"?\" in the field minutes is for days alone." },
        { "0 0 24 * * *", "\"24\" in the field hours is not 0 to 23." },
        { "0 0 22-2 * * *", "\"22-2\" in the field hours ends before it "
                            "begins." },
        { "0 0 0 0 * ?", "\"0\" in the field day-of-month is not 1 to 31." },
        { "0 0 0 L * ?", "\"L\" in the field day-of-month is not 1 to 31." },
        { "0 0 0 15W * ?", "\"15W\" in the field day-of-month is not 1 to "
                           "31." },
        { "0 0 0 1,? * *", "\"?\" in the field day-of-month is not 1 to "
                           "31." },
        { "0 0 0 1 13 ?", "\"13\" in the field month is not 1 to 12 or a "
                          "name." },
        { "0 0 0 1 JANUARY ?", "\"JANUARY\" in the field month is not 1 to 12 "
                               "or a name." },
        { "0 0 0 1 ? ?", "\"?\" in the field month is for days alone." },
        { "0 0 0 ? * 0", "\"0\" in the field day-of-week is not 1 to 7 or a "
                         "name." },
        { "0 0 0 ? * 8", "\"8\" in the field day-of-week is not 1 to 7 or a "
                         "name." },
        { "0 0 0 ? * FRI#3", "\"FRI#3\" in the field day-of-week is not 1 to "
                             "7 or a name." },
        { "0 0 0 ? * 1/2", "\"1/2\" in the field day-of-week has a step: not "
                           "here." },
        { "0 0 0 ? * JAN", "\"JAN\" in the field day-of-week is not 1 to 7 or "
                           "a name." },
        { "0 99999999999999999999 * * * *", "\"99999999999999999999\" in the "
                                            "field minutes is not 0 to 59." },
        { "0 0 0 30 2 ?", "day-of-month and month name a day that no year "
                          "has." },
        { "0 0 0 31 4,6,9,11 MON", "day-of-month and month name a day that no "
                                   "year has." },
        { "@hourly", "after \"@\" only \"@every <n>m\" is known, n from 1 to "
                     "5256000." },
        { "@every 0m", "after \"@\" only \"@every <n>m\" is known, n from 1 "
                       "to 5256000." },
        { "@every 90s", "after \"@\" only \"@every <n>m\" is known, n from 1 "
                        "to 5256000." },
        { "@every 1m 2m", "after \"@\" only \"@every <n>m\" is known, n from "
                          "1 to 5256000." },
        { "@every m", "after \"@\" only \"@every <n>m\" is known, n from 1 to "
                      "5256000." },
        { "@every 5256001m", "after \"@\" only \"@every <n>m\" is known, n "
                             "from 1 to 5256000." },
        { "CRON_TZ=../etc 0 * * * * *", "\"../etc\" cannot be a time zone, as "
                                        "in CRON_TZ=Asia/Shanghai." },
        { "TZ= 0 * * * * *", "\"\" cannot be a time zone, as in "
                             "CRON_TZ=Asia/Shanghai." },
        { "TZ=UTC", "0 fields instead of 6: seconds, minutes, hours, "
                    "day-of-month, month, day-of-week." },
    };

    for (i = 0; i < wf_countof(bad); i++) {
        wf_error_clear(&err);
        CHECK(wf_cron_parse(wf_str_of(bad[i].text), &cron, &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(bad[i].why));
    }
}


TEST(length)
{
    char        text[WF_CRON_LEN_MAX + 2];
    wf_cron_t   cron;
    wf_error_t  err;

    memset(text, ' ', sizeof(text));
    memcpy(text, "0 * * * * *", 11);

    CHECK(wf_cron_parse((wf_str_t) { WF_CRON_LEN_MAX, (uint8_t *) text },
                        &cron, &err) == WF_OK);
    CHECK(wf_cron_parse((wf_str_t) { WF_CRON_LEN_MAX + 1, (uint8_t *) text },
                        &cron, &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("more than 1024 bytes."));
}


TEST(ends_of_time)
{
    int64_t    due;
    wf_cron_t  cron;

    cron = parse("0 0 0 1 1 ?");
    CHECK(wf_cron_next(&cron, NULL, 0, INT64_MIN, &due) == WF_OK);
    CHECK_INT(due, 0);
    CHECK(wf_cron_next(&cron, NULL, 0, -1, &due) == WF_OK);
    CHECK_INT(due, 0);
    CHECK(wf_cron_next(&cron, NULL, 0, 0, &due) == WF_OK);
    CHECK_INT(due, 365ll * 86400000);

    CHECK(wf_cron_next(&cron, NULL, 0, ms_of(wf_str("9998-06-01T00:00:00Z")),
                       &due) == WF_OK);
    CHECK_INT(due, ms_of(wf_str("9999-01-01T00:00:00Z")));
    CHECK(wf_cron_next(&cron, NULL, 0, due, &due) == WF_DECLINED);
    CHECK(wf_cron_next(&cron, NULL, 0, INT64_MAX, &due) == WF_DECLINED);
}


/*
 * Every minute of years with changes of the clock, against the plainest
 * reading of the rules.
 */
static bool
is_due(const wf_cron_t *cron, const wf_tz_t *tz, int64_t second)
{
    int64_t       local, day;
    unsigned      rest;
    wf_civil_t    civil;
    wf_tz_span_t  span;

    wf_tz_span(tz, second, &span);
    local = second + span.offset;
    day = local / DAY;
    rest = (unsigned) (local % DAY);
    civil = wf_civil_of_days(day);

    if (rest % 60 != cron->second
        || !(cron->minutes >> (rest / 60 % 60) & 1)
        || !(cron->hours >> (rest / 3600) & 1)
        || !(cron->days >> civil.day & 1)
        || !(cron->months >> civil.month & 1)
        || !(cron->weekdays >> wf_civil_weekday(day) & 1))
    {
        return false;
    }

    return cron->hours == HOURS_ALL || span.offset >= span.offset_before
           || local >= span.begin + span.offset_before;
}


TEST(minute_by_minute)
{
    int64_t         second, from, due;
    unsigned        i, j, count;
    wf_cron_t       cron;
    const wf_tz_t  *tz;

    static const char  *texts[] = {
        "7 */7 * * * *", "0 0,30 0-3 * * *", "59 59 1-2 ? 3-4,10-11 SUN",
        "0 15 2/2 */3 * ?", "0 1 * 1-7 * MON-FRI"
    };
    static const char  *rules[] = {
        "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "AAA0BBB-24,J60/0,J300/1"
    };

    arena = wf_arena_create(0);
    from = ms_of(wf_str("2026-02-01T00:00:00Z")) / 1000;

    for (i = 0; i < wf_countof(texts) * wf_countof(rules); i++) {
        cron = parse(texts[i % wf_countof(texts)]);
        tz = tz_of_rule(arena, rules[i / wf_countof(texts)]);
        count = 0;
        due = from * 1000;

        for (j = 0; j < 300 * DAY / 60; j++) {
            second = from + j * 60ll + cron.second;

            if (second * 1000 > from * 1000 && is_due(&cron, tz, second)) {
                CHECK(wf_cron_next(&cron, tz, 0, due, &due) == WF_OK);
                CHECK_INT(due, second * 1000);
                count++;
            }
        }

        CHECK(count > 20);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
