
/*
 * Owns the arithmetic of the civil calendar.  Pure integers: no clock, no
 * locale, no table of years.
 */

#include "base/civil.h"


/* A year that begins in March has its leap day at the end. */
#define ERA_DAYS      146097                    /* 400 years */
#define ERA_EPOCH     719468                    /* 0000-03-01 to 1970-01-01 */


wf_civil_t
wf_civil_of_days(int64_t days)
{
    int64_t     era;
    unsigned    day, year, month;
    wf_civil_t  civil;

    days += ERA_EPOCH;
    era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    day = (unsigned) (days - era * ERA_DAYS);

    year = (day - day / 1460 + day / 36524 - day / (ERA_DAYS - 1)) / 365;
    day -= 365 * year + year / 4 - year / 100;
    month = (5 * day + 2) / 153;                /* 0 is March */

    civil.day = day - (153 * month + 2) / 5 + 1;
    civil.month = month < 10 ? month + 3 : month - 9;
    civil.year = (int) (era * 400 + year + (civil.month <= 2));

    return civil;
}


int64_t
wf_civil_days(wf_civil_t civil)
{
    int64_t   year, era;
    unsigned  month, day;

    year = civil.year - (civil.month <= 2);
    era = (year >= 0 ? year : year - 399) / 400;
    year -= era * 400;

    month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
    day = (153 * month + 2) / 5 + civil.day - 1;

    return era * ERA_DAYS + year * 365 + year / 4 - year / 100 + day
           - ERA_EPOCH;
}


bool
wf_civil_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}


unsigned
wf_civil_month_days(int year, unsigned month)
{
    static const uint8_t  days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    return month == 2 && wf_civil_is_leap(year) ? 29 : days[month - 1];
}


/* 1970-01-01 was a Thursday. */
unsigned
wf_civil_weekday(int64_t days)
{
    int64_t  rest;

    rest = (days + 3) % 7;

    return (unsigned) (rest < 0 ? rest + 7 : rest) + 1;
}
