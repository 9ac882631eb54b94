
#include "base/civil.h"
#include "unit.h"


TEST(weekdays)
{
    CHECK_INT(wf_civil_weekday(0), 4);              /* 1970-01-01 */
    CHECK_INT(wf_civil_weekday(-1), 3);
    CHECK_INT(wf_civil_weekday(-4), 7);
    CHECK_INT(wf_civil_weekday(-700000), 4);
    CHECK_INT(wf_civil_weekday(wf_civil_days((wf_civil_t) { 2000, 2, 29 })),
              2);
    CHECK_INT(wf_civil_weekday(wf_civil_days((wf_civil_t) { 2026, 1, 4 })),
              7);
}


TEST(leap_years)
{
    CHECK(wf_civil_is_leap(2000) && wf_civil_is_leap(2024));
    CHECK(!wf_civil_is_leap(1900) && !wf_civil_is_leap(2100));
    CHECK(!wf_civil_is_leap(2023));
    CHECK_INT(wf_civil_month_days(2000, 2), 29);
    CHECK_INT(wf_civil_month_days(2100, 2), 28);
    CHECK_INT(wf_civil_month_days(2023, 4), 30);
    CHECK_INT(wf_civil_month_days(2023, 12), 31);
}


/* Every day of 800 years follows the one before it. */
TEST(every_day)
{
    int64_t     days, last;
    unsigned    weekday;
    wf_civil_t  civil, before;

    before = (wf_civil_t) { 1599, 12, 31 };
    days = wf_civil_days((wf_civil_t) { 1600, 1, 1 });
    last = wf_civil_days((wf_civil_t) { 2400, 1, 1 });
    weekday = wf_civil_weekday(days - 1);

    CHECK_INT(last - days, 2 * 146097);

    for ( /* void */ ; days < last; days++) {
        civil = wf_civil_of_days(days);
        weekday = weekday % 7 + 1;

        CHECK(wf_civil_days(civil) == days);
        CHECK(wf_civil_weekday(days) == weekday);
        CHECK(civil.day == before.day + 1
              || (civil.day == 1
                  && before.day == wf_civil_month_days(before.year,
                                                       before.month)
                  && civil.month == before.month % 12 + 1
                  && civil.year == before.year + (civil.month == 1)));
        before = civil;
    }
}


UNIT_MAIN()
