
/*
 * Time zones: bytes of a TZif file (RFC 8536) -> what a clock in that zone
 * shows at any second.  Told the bytes, never reads a file; tz_file.h does
 * that.  A zone is read-only and lives in the arena that it was made in.
 */

#ifndef WF_TZ_H
#define WF_TZ_H


#include "base/arena.h"
#include "base/error.h"


typedef struct wf_tz_s  wf_tz_t;

/* The time during which a zone's clock runs on one offset; seconds since
 * 1970, UTC. */
typedef struct {
    int64_t    begin;           /* INT64_MIN: always has been */
    int64_t    end;             /* the first second after; INT64_MAX: never */
    int32_t    offset;          /* local time less UTC, seconds */
    int32_t    offset_before;   /* before begin; offset, if there is none */
} wf_tz_span_t;

/* Could it be the name of a zone ("Asia/Shanghai")?  Safe in a path. */
bool wf_tz_name_valid(wf_str_t name);

/* WF_ERROR: not a zone (err: INVALID_ARGUMENT and why), or no memory. */
wf_rc_t wf_tz_parse(wf_arena_t *arena, wf_str_t bytes, const wf_tz_t **tz,
    wf_error_t *err);

/* tz NULL: UTC. */
void wf_tz_span(const wf_tz_t *tz, int64_t second, wf_tz_span_t *span);


/*
 * The rule that a file ends with, for the years that it does not list: a
 * POSIX TZ string as in "CET-1CEST,M3.5.0,M10.5.0/3".
 */
typedef struct {
    uint8_t    kind;            /* 'M': month, week, weekday; 'J': day 1 to
                                   365, never February 29; '0': day 0 to 365 */
    uint8_t    month;
    uint8_t    week;            /* 5: the last */
    uint8_t    weekday;         /* 0: Sunday */
    uint16_t   day;
    int32_t    time;            /* seconds of the local clock */
} wf_tz_change_t;

typedef struct {
    int32_t         standard;   /* offset */
    int32_t         summer;     /* offset */
    bool            has_summer;
    wf_tz_change_t  start;      /* of summer time, told in standard time */
    wf_tz_change_t  end;        /* of summer time, told in summer time */
} wf_tz_rule_t;

/* WF_ERROR: malformed. */
wf_rc_t wf_tz_rule_parse(wf_str_t text, wf_tz_rule_t *rule);
void wf_tz_rule_span(const wf_tz_rule_t *rule, int64_t second,
    wf_tz_span_t *span);


#endif /* WF_TZ_H */
