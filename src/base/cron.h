
/*
 * When a schedule is due (cloudflow-api 6.6).  Two forms, each of them with
 * "CRON_TZ=ZONE " or "TZ=ZONE " before it if it is not meant in UTC:
 *
 *   @every <n>m
 *   seconds minutes hours day-of-month month day-of-week
 *
 * Weekdays: 1 is Monday.  If both day fields are restricted, both must match.
 *
 * Where a zone's clock jumps: a time that its clock passes over is not due
 * that day.  A time that its clock shows twice is due the first time only;
 * but a schedule of every hour (all 24) goes on through both passes.
 */

#ifndef WF_CRON_H
#define WF_CRON_H


#include "base/tz.h"


typedef struct {
    wf_str_t   zone;            /* in the text; empty: UTC */
    uint32_t   every_minutes;   /* not 0: @every, the rest is unused */
    uint64_t   minutes;         /* bit n: n is in the set */
    uint32_t   hours;
    uint32_t   days;            /* of the month, 1 to 31 */
    uint16_t   months;          /* 1 to 12 */
    uint8_t    weekdays;        /* 1 to 7 */
    uint8_t    second;
} wf_cron_t;

/*
 * WF_ERROR: err is INVALID_ARGUMENT with a reason, a sentence.  Whether the
 * zone exists is not looked at, only whether it could be the name of one.
 */
wf_rc_t wf_cron_parse(wf_str_t text, wf_cron_t *cron, wf_error_t *err);

/*
 * The first due time later than after_ms.  tz: the zone that cron names,
 * NULL for UTC.  anchor_ms: what @every counts from.  WF_DECLINED: none
 * within WF_CRON_YEARS_MAX, nor before the year 10000.
 */
wf_rc_t wf_cron_next(const wf_cron_t *cron, const wf_tz_t *tz,
    int64_t anchor_ms, int64_t after_ms, int64_t *due_ms);


#endif /* WF_CRON_H */
