
/*
 * Rules of time zones: POSIX TZ strings with the wider hours of RFC 8536.
 * Pure integers; a rule is evaluated around the year that is asked for.
 */

#include "base/tz.h"

#include "base/civil.h"


#define DAY_SECONDS     86400
#define HOURS_MAX       24              /* of an offset */
#define TIME_HOURS_MAX  167             /* of a change, either sign */

/* Changes may lie a week outside of their year: one more on either side. */
#define YEARS_AROUND    2
#define CHANGES         (2 * (2 * YEARS_AROUND + 1))


typedef struct {
    const uint8_t  *pos;
    const uint8_t  *end;
    bool            ok;
} cursor_t;

typedef struct {
    int64_t    at;
    int32_t    offset;
} turn_t;


static bool
next_is(cursor_t *cursor, uint8_t byte)
{
    if (cursor->pos < cursor->end && *cursor->pos == byte) {
        cursor->pos++;
        return true;
    }

    return false;
}


static void
expect(cursor_t *cursor, uint8_t byte)
{
    if (!next_is(cursor, byte)) {
        cursor->ok = false;
    }
}


static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}


static int32_t
get_number(cursor_t *cursor, int32_t min, int32_t max)
{
    int32_t  number;

    number = 0;

    if (cursor->pos == cursor->end || !is_digit(*cursor->pos)) {
        cursor->ok = false;
        return min;
    }

    while (cursor->pos < cursor->end && is_digit(*cursor->pos)
           && number <= max)
    {
        number = number * 10 + (*cursor->pos++ - '0');
    }

    if (number < min || number > max) {
        cursor->ok = false;
        return min;
    }

    return number;
}


/* "+hh:mm:ss" and shorter; minutes and seconds go with the sign. */
static int32_t
get_time(cursor_t *cursor, int32_t hours_max)
{
    bool     is_negative;
    int32_t  seconds;

    is_negative = next_is(cursor, '-');

    if (!is_negative) {
        (void) next_is(cursor, '+');
    }

    seconds = get_number(cursor, 0, hours_max) * 3600;

    if (next_is(cursor, ':')) {
        seconds += get_number(cursor, 0, 59) * 60;

        if (next_is(cursor, ':')) {
            seconds += get_number(cursor, 0, 59);
        }
    }

    return is_negative ? -seconds : seconds;
}


/* "CET" or "<+03>": passed over, at least three characters. */
static void
skip_name(cursor_t *cursor)
{
    bool            is_quoted;
    uint8_t         c;
    const uint8_t  *start;

    is_quoted = next_is(cursor, '<');
    start = cursor->pos;

    for ( /* void */ ; cursor->pos < cursor->end; cursor->pos++) {
        c = *cursor->pos;

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && !(is_quoted && (is_digit(c) || c == '+' || c == '-')))
        {
            break;
        }
    }

    if (cursor->pos - start < 3) {
        cursor->ok = false;
    }

    if (is_quoted) {
        expect(cursor, '>');
    }
}


static void
get_change(cursor_t *cursor, wf_tz_change_t *change)
{
    change->time = 2 * 3600;

    if (next_is(cursor, 'M')) {
        change->kind = 'M';
        change->month = (uint8_t) get_number(cursor, 1, 12);
        expect(cursor, '.');
        change->week = (uint8_t) get_number(cursor, 1, 5);
        expect(cursor, '.');
        change->weekday = (uint8_t) get_number(cursor, 0, 6);

    } else if (next_is(cursor, 'J')) {
        change->kind = 'J';
        change->day = (uint16_t) get_number(cursor, 1, 365);

    } else {
        change->kind = '0';
        change->day = (uint16_t) get_number(cursor, 0, 365);
    }

    if (next_is(cursor, '/')) {
        change->time = get_time(cursor, TIME_HOURS_MAX);
    }
}


/* POSIX counts offsets westwards. */
wf_rc_t
wf_tz_rule_parse(wf_str_t text, wf_tz_rule_t *rule)
{
    cursor_t      cursor;
    wf_tz_rule_t  made;

    if (text.len == 0) {
        return WF_ERROR;
    }

    memset(&made, 0, sizeof(made));
    cursor = (cursor_t) { text.data, text.data + text.len, true };

    skip_name(&cursor);
    made.standard = -get_time(&cursor, HOURS_MAX);
    made.summer = made.standard + 3600;

    if (cursor.ok && cursor.pos < cursor.end) {
        made.has_summer = true;
        skip_name(&cursor);

        if (cursor.pos < cursor.end && *cursor.pos != ',') {
            made.summer = -get_time(&cursor, HOURS_MAX);
        }

        expect(&cursor, ',');
        get_change(&cursor, &made.start);
        expect(&cursor, ',');
        get_change(&cursor, &made.end);
    }

    if (!cursor.ok || cursor.pos != cursor.end) {
        return WF_ERROR;
    }

    *rule = made;

    return WF_OK;
}


/* The day of a change, from 1970-01-01. */
static int64_t
change_day(const wf_tz_change_t *change, int year)
{
    int64_t   first;
    unsigned  day, days;

    if (change->kind == 'M') {
        first = wf_civil_days((wf_civil_t) { year, change->month, 1 });
        days = wf_civil_month_days(year, change->month);

        day = (change->weekday + 7 - wf_civil_weekday(first) % 7) % 7
              + 7 * (change->week - 1u);

        return first + (day < days ? day : day - 7);
    }

    first = wf_civil_days((wf_civil_t) { year, 1, 1 });

    if (change->kind == 'J') {
        return first + change->day - 1
               + (change->day >= 60 && wf_civil_is_leap(year));
    }

    return first + change->day;
}


/* In order of time; of equal ones the later one in the list counts. */
static void
turns_add(turn_t *turns, unsigned count, int64_t at, int32_t offset)
{
    while (count > 0 && turns[count - 1].at > at) {
        turns[count] = turns[count - 1];
        count--;
    }

    turns[count] = (turn_t) { at, offset };
}


static void
turns_fill(const wf_tz_rule_t *rule, int64_t second, turn_t *turns)
{
    int       year, first;
    int64_t   start, end;
    unsigned  count;

    first = wf_civil_of_days(second / DAY_SECONDS - (second < 0)).year
            - YEARS_AROUND;
    count = 0;

    for (year = first; year <= first + 2 * YEARS_AROUND; year++) {
        start = change_day(&rule->start, year) * DAY_SECONDS
                + rule->start.time - rule->standard;
        end = change_day(&rule->end, year) * DAY_SECONDS
              + rule->end.time - rule->summer;

        turns_add(turns, count++, start, rule->summer);
        turns_add(turns, count++, end, rule->standard);
    }
}


void
wf_tz_rule_span(const wf_tz_rule_t *rule, int64_t second, wf_tz_span_t *span)
{
    turn_t    turns[CHANGES];
    unsigned  now, before, next;

    if (!rule->has_summer) {
        *span = (wf_tz_span_t) { INT64_MIN, INT64_MAX, rule->standard,
                                 rule->standard };
        return;
    }

    turns_fill(rule, second, turns);

    for (next = 0; next < CHANGES && turns[next].at <= second; next++) {
        /* void */
    }

    wf_assert(next > 0 && next < CHANGES);

    now = next - 1;

    for (before = now; before > 0 && turns[before].at == turns[now].at;
         before--)
    {
        /* void */
    }

    span->begin = turns[now].at;
    span->end = turns[next].at;
    span->offset = turns[now].offset;
    span->offset_before = turns[before].offset;
}
