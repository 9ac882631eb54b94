
/*
 * Schedule expressions: text -> sets of numbers -> the next due time.  Is told
 * the time and the zone.  Jumps from field to field and from one stretch of a
 * zone's clock to the next; never tries minute by minute.
 */

#include <stdio.h>

#include "base/cron.h"

#include "base/civil.h"


#define SECOND_MS      INT64_C(1000)
#define MINUTE_MS      INT64_C(60000)
#define MINUTE         60
#define DAY            86400
#define YEAR           (INT64_C(366) * DAY)

#define YEAR_END       9999
#define SECONDS_END    INT64_C(253402300800)    /* 10000-01-01T00:00:00Z */
#define HOURS_ALL      0xffffffu

#define ONE            0x01     /* a single number */
#define STEPS          0x02     /* n/m */
#define NONE           0x04     /* ? */


typedef struct {
    const char  *name;
    uint8_t      min;
    uint8_t      max;
    uint8_t      allows;
    const char  *words;         /* three letters each, from min on */
} field_t;

enum { SECONDS = 0, MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS, FIELDS };

static const field_t  fields[FIELDS] = {
    { "seconds",      0, 59, ONE,          "" },
    { "minutes",      0, 59, STEPS,        "" },
    { "hours",        0, 23, STEPS,        "" },
    { "day-of-month", 1, 31, STEPS | NONE, "" },
    { "month",        1, 12, STEPS, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC" },
    { "day-of-week",  1,  7, NONE,         "MONTUEWEDTHUFRISATSUN" },
};


/*
 * Parsing
 */

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}


static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}


/* Takes the text before mark off rest; all of it if there is none. */
static wf_str_t
cut(wf_str_t *rest, uint8_t mark)
{
    wf_str_t  head;
    size_t    i;

    for (i = 0; i < rest->len && rest->data[i] != mark; i++) {
        /* void */
    }

    head = (wf_str_t) { i, rest->data };
    i += i < rest->len;

    rest->data += i;
    rest->len -= i;

    return head;
}


/* The next word; empty: no more. */
static wf_str_t
cut_word(wf_str_t *rest)
{
    wf_str_t  word;

    while (rest->len > 0 && is_blank(rest->data[0])) {
        rest->data++;
        rest->len--;
    }

    word = (wf_str_t) { 0, rest->data };

    while (rest->len > 0 && !is_blank(rest->data[0])) {
        word.len++;
        rest->data++;
        rest->len--;
    }

    return word;
}


/* Decimal digits alone, up to max; -1: not that. */
static int64_t
number_of(wf_str_t text, int64_t max)
{
    size_t   i;
    int64_t  number;

    number = text.len > 0 ? 0 : -1;

    for (i = 0; i < text.len && number >= 0; i++) {
        number = is_digit(text.data[i]) ? number * 10 + (text.data[i] - '0')
                                        : -1;
        if (number > max) {
            number = -1;
        }
    }

    return number;
}


static bool
word_is(wf_str_t text, const char *word)
{
    size_t  i;

    for (i = 0; i < 3; i++) {

        if ((text.data[i] & ~0x20) != word[i]) {
            return false;
        }
    }

    return true;
}


/* A number of the field, or one of its words; -1: neither. */
static int
field_number(const field_t *field, wf_str_t text)
{
    int          n;
    const char  *word;

    if (text.len == 3 && !is_digit(text.data[0])) {
        n = field->min;

        for (word = field->words; *word; word += 3) {
            if (word_is(text, word)) {
                return n;
            }

            n++;
        }
    }

    n = (int) number_of(text, field->max);

    return n < field->min ? -1 : n;
}


static wf_rc_t
field_refuse(const field_t *field, wf_str_t text, const char *why,
    wf_error_t *err)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "\"%.*s\" in the field %s %s.",
                 (int) wf_min(text.len, 100), (const char *) text.data,
                 field->name, why);
    return WF_ERROR;
}


static wf_rc_t
field_refuse_range(const field_t *field, wf_str_t text, wf_error_t *err)
{
    char  why[64];

    (void) snprintf(why, sizeof(why), "is not %u to %u%s", field->min,
                    field->max, *field->words ? " or a name" : "");

    return field_refuse(field, text, why, err);
}


/* "*", "n", "a-b", each with "/m" behind it where the field allows steps. */
static wf_rc_t
item_parse(const field_t *field, wf_str_t item, uint64_t *set, wf_error_t *err)
{
    int       first, last, step;
    bool      has_step, has_end;
    wf_str_t  rest, from, part;

    rest = item;
    from = cut(&rest, '/');
    has_step = from.len < item.len;
    step = 1;

    if (has_step) {
        step = (int) number_of(rest, field->max);

        if (!(field->allows & STEPS)) {
            return field_refuse(field, item, "has a step: not here", err);
        }

        if (step < 1) {
            return field_refuse(field, item, "has a step that is none", err);
        }
    }

    part = from;
    rest = cut(&part, '-');
    has_end = rest.len < from.len;

    if (wf_str_eq(from, wf_str("*"))) {
        first = field->min;
        last = field->max;

    } else {
        first = field_number(field, rest);
        last = has_end ? field_number(field, part)
                       : has_step ? field->max : first;
    }

    if (first < 0 || last < 0) {
        return field_refuse_range(field, item, err);
    }

    if (first > last) {
        return field_refuse(field, item, "ends before it begins", err);
    }

    for ( /* void */ ; first <= last; first += step) {
        *set |= UINT64_C(1) << first;
    }

    return WF_OK;
}


static wf_rc_t
field_parse(const field_t *field, wf_str_t text, uint64_t *set,
    wf_error_t *err)
{
    int       n;
    wf_str_t  rest, item;

    *set = 0;

    if (field->allows & ONE) {
        n = field_number(field, text);

        if (n < 0) {
            return field_refuse(field, text, "is not one number, 0 to 59",
                                err);
        }

        *set = UINT64_C(1) << n;
        return WF_OK;
    }

    if (wf_str_eq(text, wf_str("?"))) {

        if (!(field->allows & NONE)) {
            return field_refuse(field, text, "is for days alone", err);
        }

        text = wf_str("*");
    }

    if (text.data[text.len - 1] == ',') {
        return field_refuse(field, text, "ends with a comma", err);
    }

    for (rest = text; rest.len > 0; /* void */ ) {
        item = cut(&rest, ',');

        if (item_parse(field, item, set, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
every_parse(wf_str_t word, wf_str_t rest, wf_cron_t *cron, wf_error_t *err)
{
    int64_t   n;
    wf_str_t  count;

    count = cut_word(&rest);
    n = -1;

    if (wf_str_eq(word, wf_str("@every")) && count.len > 1
        && count.data[count.len - 1] == 'm' && cut_word(&rest).len == 0)
    {
        count.len--;
        n = number_of(count, WF_CRON_MINUTES_MAX);
    }

    if (n < 1) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "after \"@\" only \"@every <n>m\" is known, n from 1 to "
                     "%d.", WF_CRON_MINUTES_MAX);
        return WF_ERROR;
    }

    cron->every_minutes = (uint32_t) n;

    return WF_OK;
}


/* Some month of the set has some day of the set: then it comes, sooner or
 * later, on each weekday. */
static bool
date_exists(const wf_cron_t *cron)
{
    unsigned  month, days;

    for (month = 1; month <= 12; month++) {
        days = wf_civil_month_days(2000, month);

        if ((cron->months & 1u << month)
            && (cron->days & (UINT32_MAX >> (31 - days)) & ~1u))
        {
            return true;
        }
    }

    return false;
}


static wf_rc_t
fields_parse(wf_str_t word, wf_str_t rest, wf_cron_t *cron, wf_error_t *err)
{
    unsigned  i, count;
    uint64_t  sets[FIELDS];
    wf_str_t  words[FIELDS];

    for (count = 0; word.len > 0; word = cut_word(&rest)) {

        if (count < FIELDS) {
            words[count] = word;
        }

        count++;
    }

    if (count != FIELDS) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "%u fields instead of 6: "
                     "seconds, minutes, hours, day-of-month, month, "
                     "day-of-week.", count);
        return WF_ERROR;
    }

    for (i = 0; i < FIELDS; i++) {

        if (field_parse(&fields[i], words[i], &sets[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    cron->second = (uint8_t) __builtin_ctzll(sets[SECONDS]);
    cron->minutes = sets[MINUTES];
    cron->hours = (uint32_t) sets[HOURS];
    cron->days = (uint32_t) sets[DAYS];
    cron->months = (uint16_t) sets[MONTHS];
    cron->weekdays = (uint8_t) sets[WEEKDAYS];

    if (!date_exists(cron)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "day-of-month and month name "
                     "a day that no year has.");
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
zone_parse(wf_str_t word, wf_cron_t *cron, wf_error_t *err)
{
    (void) cut(&word, '=');

    if (!wf_tz_name_valid(word)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "\"%.*s\" cannot be a time "
                     "zone, as in CRON_TZ=Asia/Shanghai.",
                     (int) wf_min(word.len, 100), (const char *) word.data);
        return WF_ERROR;
    }

    cron->zone = word;

    return WF_OK;
}


wf_rc_t
wf_cron_parse(wf_str_t text, wf_cron_t *cron, wf_error_t *err)
{
    wf_str_t   rest, word;
    wf_cron_t  made;

    if (text.len > WF_CRON_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "more than %d bytes.",
                     WF_CRON_LEN_MAX);
        return WF_ERROR;
    }

    memset(&made, 0, sizeof(made));

    rest = text;
    word = cut_word(&rest);

    if (wf_str_starts(word, wf_str("CRON_TZ="))
        || wf_str_starts(word, wf_str("TZ=")))
    {
        if (zone_parse(word, &made, err) != WF_OK) {
            return WF_ERROR;
        }

        word = cut_word(&rest);
    }

    if ((word.len > 0 && word.data[0] == '@'
         ? every_parse(word, rest, &made, err)
         : fields_parse(word, rest, &made, err)) != WF_OK)
    {
        return WF_ERROR;
    }

    *cron = made;

    return WF_OK;
}


/*
 * Due times
 */

/* The lowest number of the set from n on; -1: none. */
static int
set_next(uint64_t set, unsigned n)
{
    set = n < 64 ? set >> n << n : 0;

    return set ? __builtin_ctzll(set) : -1;
}


/* The first minute of the day in the sets, from this one on; -1: none. */
static int
minute_next(const wf_cron_t *cron, unsigned minute)
{
    int       hour, found;
    unsigned  this_hour;

    this_hour = minute / 60;
    hour = set_next(cron->hours, this_hour);

    if (hour == (int) this_hour) {
        found = set_next(cron->minutes, minute % 60);

        if (found >= 0) {
            return hour * 60 + found;
        }

        hour = set_next(cron->hours, this_hour + 1);
    }

    return hour < 0 ? -1 : hour * 60 + set_next(cron->minutes, 0);
}


/* The days of a month that are in the sets: bit 1 is the first. */
static uint64_t
month_days(const wf_cron_t *cron, int year, unsigned month)
{
    int64_t   first;
    uint64_t  week, days;
    unsigned  shift;

    first = wf_civil_days((wf_civil_t) { year, month, 1 });
    shift = wf_civil_weekday(first) - 1;

    /* A week that begins with the weekday of the first, five times. */

    week = cron->weekdays >> 1;
    week = (week >> shift | week << (7 - shift)) & 0x7f;
    days = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;

    return days & cron->days
           & ((UINT64_C(2) << wf_civil_month_days(year, month)) - 1);
}


/* The first day in the sets, from this one on; INT64_MAX: none. */
static int64_t
day_next(const wf_cron_t *cron, int64_t days)
{
    int         day, month, year_last;
    wf_civil_t  civil;

    civil = wf_civil_of_days(days);
    year_last = wf_min(civil.year + WF_CRON_YEARS_MAX, YEAR_END);

    while (civil.year <= year_last) {
        month = set_next(cron->months, civil.month);

        if (month < 0) {
            civil = (wf_civil_t) { civil.year + 1, 1, 1 };
            continue;
        }

        if (month != (int) civil.month) {
            civil.month = (unsigned) month;
            civil.day = 1;
        }

        day = set_next(month_days(cron, civil.year, civil.month), civil.day);

        if (day > 0) {
            civil.day = (unsigned) day;
            return wf_civil_days(civil);
        }

        civil.month++;
        civil.day = 1;
    }

    return INT64_MAX;
}


/* The same for the seconds of a clock that never jumps. */
static int64_t
local_next(const wf_cron_t *cron, int64_t second)
{
    int       minute;
    int64_t   day, found;
    unsigned  rest;

    day = second / DAY - (second % DAY < 0);
    rest = (unsigned) (second - day * DAY);

    minute = minute_next(cron, rest / MINUTE
                               + (rest % MINUTE > cron->second));
    found = day_next(cron, minute < 0 ? day + 1 : day);

    if (found == INT64_MAX) {
        return INT64_MAX;
    }

    if (found != day) {
        minute = minute_next(cron, 0);
    }

    return found * DAY + minute * MINUTE + cron->second;
}


/*
 * Was this time of the local clock, shown in the span, shown in the one before
 * it?  Then where the second pass ends on the local clock, else INT64_MIN.
 */
static int64_t
second_pass_end(const wf_tz_t *tz, const wf_tz_span_t *span, int64_t local)
{
    int64_t       second;
    wf_tz_span_t  before;

    if (span->begin == INT64_MIN || span->offset_before <= span->offset) {
        return INT64_MIN;
    }

    second = local - span->offset_before;
    wf_tz_span(tz, span->begin - 1, &before);

    return second < span->begin && second >= before.begin
           ? span->begin + span->offset_before : INT64_MIN;
}


static wf_rc_t
every_next(const wf_cron_t *cron, int64_t anchor_ms, int64_t after_ms,
    int64_t *due_ms)
{
    int64_t  step;

    step = cron->every_minutes * MINUTE_MS;
    anchor_ms = wf_min(wf_max(anchor_ms, 0), SECONDS_END * SECOND_MS);
    after_ms = wf_max(after_ms, anchor_ms);

    if (after_ms >= SECONDS_END * SECOND_MS - step) {
        return WF_DECLINED;
    }

    *due_ms = anchor_ms + ((after_ms - anchor_ms) / step + 1) * step;

    return WF_OK;
}


/*
 * Span by span.  from and local remember the last search: nothing is due on
 * the local clock from "from" up to "local".
 */
wf_rc_t
wf_cron_next(const wf_cron_t *cron, const wf_tz_t *tz, int64_t anchor_ms,
    int64_t after_ms, int64_t *due_ms)
{
    int64_t       second, last, from, local, clock, end;
    wf_tz_span_t  span;

    if (cron->every_minutes > 0) {
        return every_next(cron, anchor_ms, after_ms, due_ms);
    }

    after_ms = wf_min(wf_max(after_ms, -1), SECONDS_END * SECOND_MS);
    second = (after_ms + SECOND_MS) / SECOND_MS;
    last = wf_min(second + WF_CRON_YEARS_MAX * YEAR, SECONDS_END);
    from = local = INT64_MIN;

    while (second < last) {
        wf_tz_span(tz, second, &span);
        clock = second + span.offset;

        if (clock < from || clock > local) {
            from = clock;
            local = local_next(cron, clock);
        }

        if (local == INT64_MAX || local - span.offset >= span.end) {
            second = span.end;
            continue;
        }

        end = second_pass_end(tz, &span, local);

        if (cron->hours == HOURS_ALL || end == INT64_MIN) {
            second = local - span.offset;
            break;
        }

        second = end - span.offset;
    }

    if (second < last) {
        *due_ms = second * SECOND_MS;
        return WF_OK;
    }

    return WF_DECLINED;
}
