
/*
 * The civil calendar: proleptic Gregorian, no leap seconds, as POSIX time.
 * Days count from 1970-01-01.
 */

#ifndef WF_CIVIL_H
#define WF_CIVIL_H


#include "base/base.h"


typedef struct {
    int       year;
    unsigned  month;            /* 1 to 12 */
    unsigned  day;              /* 1 to 31 */
} wf_civil_t;

wf_civil_t wf_civil_of_days(int64_t days);
int64_t wf_civil_days(wf_civil_t civil);

bool wf_civil_is_leap(int year);
unsigned wf_civil_month_days(int year, unsigned month);

/* 1 is Monday, 7 is Sunday. */
unsigned wf_civil_weekday(int64_t days);


#endif /* WF_CIVIL_H */
