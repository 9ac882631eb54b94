
/*
 * RFC 3339 times as milliseconds since 1970, UTC, without libc's calendar:
 * no locale, no environment, no clock.
 */

#ifndef WF_TIMEFMT_H
#define WF_TIMEFMT_H


#include "base/arena.h"


#define WF_TIME_LEN  (sizeof("1970-01-01T00:00:00.000Z") - 1)

/* "2024-06-24T02:58:42.043Z"; ms from year 0 to 9999, clamped. */
void wf_time_print(wf_buf_t *buf, int64_t ms);

/* "YYYY-MM-DDThh:mm:ss[.fraction](Z|+hh:mm)"; lower-case t and z allowed. */
wf_rc_t wf_time_parse(wf_str_t text, int64_t *ms);


#endif /* WF_TIMEFMT_H */
