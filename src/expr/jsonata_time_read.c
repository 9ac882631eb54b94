
/*
 * $toMillis: finds the time that the parts of a text agree on, once
 * jsonata_time_match.c has told them apart.  Without a picture: ISO 8601 as
 * ECMAScript understands it.
 */

#include <math.h>

#include "expr/jsonata_pic.h"
#include "expr/jsonata_time.h"


#define FAMILY          10              /* digits */
#define YEAR_MAX        1e6             /* no such time is a time */
#define FIELD_MAX       1e13
#define NOON            12
#define MONTHS          12
#define CENTURY         100
#define OLD_CENTURY     1900            /* of years of two digits */
#define COMPONENTS      17
#define HOUR_MINUTES    60
#define ISO_YEAR        4


/* What the text says, by component. */
typedef struct {
    double  value[COMPONENTS];
    bool    known[COMPONENTS];
    bool    full_year;              /* two digits are a year of our Lord */
} facts_t;

static const char  letters[COMPONENTS + 1] = "YMDdXxWwFPHhmsfZz";

/* Kinds of dates and of times: those that they are made of, in order. */
static const char *const  dates[] = { "YMD", "Yd", "XxwF", "XWF" };
static const char *const  times[] = { "Hmsf", "Phmsf" };


static wf_rc_t iso_read(wf_str_t text, double *ms);
static bool iso_number(const uint8_t **pos, const uint8_t *end, size_t digits,
    double *number);
static bool iso_time(const uint8_t **pos, const uint8_t *end, facts_t *facts);
static bool iso_zone(const uint8_t **pos, const uint8_t *end, double *minutes);
static wf_rc_t names_check(const pic_time_t *time, const char **code);
static void facts_gather(const pic_time_t *time, const double *values,
    facts_t *facts);
static unsigned slot_of(char letter);
static const char *kind_of(const facts_t *facts, const char *const *kinds,
    size_t count, const char *otherwise);
static wf_rc_t facts_complete(facts_t *facts, const char *date,
    const char *time, const pic_clock_t *now);
static wf_rc_t facts_time(const facts_t *facts, const char *date,
    const char *time, double *ms);


wf_rc_t
wf_pic_to_millis(wf_arena_t *arena, wf_str_t text, wf_str_t picture,
    double now_ms, double *ms, const char **code)
{
    double      *values;
    wf_rc_t      rc;
    facts_t      facts;
    pic_time_t   parts;
    pic_clock_t  now;
    const char  *date, *time;

    *code = NULL;
    text = text.data ? text : wf_str("");

    if (picture.data == NULL) {
        rc = iso_read(text, ms);
        *code = rc == WF_OK ? NULL : "D3110";
        return rc;
    }

    if (wf_pic_time_analyse(arena, picture, &parts, code) != WF_OK
        || names_check(&parts, code) != WF_OK)
    {
        return WF_ERROR;
    }

    rc = wf_pic_time_match(arena, &parts, text, &values);

    if (rc != WF_OK) {
        return rc;
    }

    facts_gather(&parts, values, &facts);

    if (memchr(facts.known, true, sizeof(facts.known)) == NULL) {
        return WF_DECLINED;
    }

    date = kind_of(&facts, dates, wf_countof(dates), dates[0]);
    time = kind_of(&facts, times, wf_countof(times), times[0]);
    now = wf_pic_clock((int64_t) now_ms);

    if (strchr(date, 'X') || facts_complete(&facts, date, time, &now) != WF_OK)
    {
        *code = "D3136";
        return WF_ERROR;
    }

    return facts_time(&facts, date, time, ms);
}


/*
 * YYYY[-MM[-DD[Thh:mm:ss[.f]]]][Z|(+|-)hh[:]mm]; an offset wants a time, a
 * day may be one that the month does not have.
 */

static wf_rc_t
iso_read(wf_str_t text, double *ms)
{
    double          minutes;
    facts_t         facts = { .value = { 0 } };
    const uint8_t  *p, *end;

    p = text.data;
    end = p + text.len;
    minutes = 0;

    facts.value[slot_of('M')] = 1;
    facts.value[slot_of('D')] = 1;

    if (!iso_number(&p, end, ISO_YEAR, &facts.value[slot_of('Y')])) {
        return WF_ERROR;
    }

    facts.full_year = true;

    if (p < end && *p == '-'
        && (p++, !iso_number(&p, end, 2, &facts.value[slot_of('M')])))
    {
        return WF_ERROR;
    }

    if (p - text.data == 7 && p < end && *p == '-'
        && (p++, !iso_number(&p, end, 2, &facts.value[slot_of('D')])))
    {
        return WF_ERROR;
    }

    if (p - text.data == 10 && p < end && *p == 'T') {
        p++;

        if (!iso_time(&p, end, &facts) || !iso_zone(&p, end, &minutes)) {
            return WF_ERROR;
        }

    } else if (p < end && *p == 'Z') {
        p++;
    }

    if (p != end
        || facts.value[slot_of('M')] < 1 || facts.value[slot_of('M')] > MONTHS
        || facts.value[slot_of('D')] < 1 || facts.value[slot_of('D')] > 31)
    {
        return WF_ERROR;
    }

    facts.value[slot_of('Z')] = minutes;

    return facts_time(&facts, dates[0], times[0], ms);
}


static bool
iso_number(const uint8_t **pos, const uint8_t *end, size_t digits,
    double *number)
{
    size_t  i;

    *number = 0;

    if ((size_t) (end - *pos) < digits) {
        return false;
    }

    for (i = 0; i < digits; i++, ++*pos) {
        if (**pos < '0' || **pos > '9') {
            return false;
        }

        *number = *number * FAMILY + (**pos - '0');
    }

    return true;
}


static bool
iso_time(const uint8_t **pos, const uint8_t *end, facts_t *facts)
{
    static const struct {
        char     letter;
        uint8_t  after;
        double   max;
    } fields[] = { { 'H', ':', 24 }, { 'm', ':', 59 }, { 's', 0, 59 } };

    double  *value;
    size_t   i;
    double   digit, scale;

    for (i = 0; i < wf_countof(fields); i++) {
        value = &facts->value[slot_of(fields[i].letter)];

        if (!iso_number(pos, end, 2, value) || *value > fields[i].max) {
            return false;
        }

        if (fields[i].after
            && (*pos == end || *(*pos)++ != fields[i].after))
        {
            return false;
        }
    }

    if (*pos < end && **pos == '.') {
        ++*pos;

        for (scale = CENTURY; iso_number(pos, end, 1, &digit); scale /= FAMILY)
        {
            facts->value[slot_of('f')] += scale >= 1 ? digit * scale : 0;
        }

        if ((*pos)[-1] == '.') {
            return false;
        }
    }

    /* 24:00 is the end of the day. */

    return facts->value[slot_of('H')] < 24
           || (facts->value[slot_of('m')] == 0
               && facts->value[slot_of('s')] == 0
               && facts->value[slot_of('f')] == 0);
}


static bool
iso_zone(const uint8_t **pos, const uint8_t *end, double *minutes)
{
    double  hours, sign;

    *minutes = 0;

    if (*pos == end) {
        return true;
    }

    if (**pos == 'Z') {
        ++*pos;
        return true;
    }

    sign = **pos == '-' ? -1 : 1;

    if (*(*pos)++ != (sign < 0 ? '-' : '+')
        || !iso_number(pos, end, 2, &hours) || hours > 23)
    {
        return false;
    }

    if (*pos < end && **pos == ':') {
        ++*pos;
    }

    if (!iso_number(pos, end, 2, minutes) || *minutes >= HOUR_MINUTES) {
        return false;
    }

    *minutes = sign * (hours * HOUR_MINUTES + *minutes);

    return true;
}


static wf_rc_t
names_check(const pic_time_t *time, const char **code)
{
    uint32_t           i;
    const pic_part_t  *part;

    for (i = 0; i < time->count; i++) {
        part = &time->parts[i];

        if (part->letter == 'C' || part->letter == 'E'
            || (part->named && !wf_pic_has_name(part)
                && part->letter != 'Z' && part->letter != 'z'))
        {
            *code = "D3133";
            return WF_ERROR;
        }

        if (part->letter && !part->named && part->letter != 'f'
            && part->letter != 'P' && !wf_pic_is_number(part)
            && part->letter != 'Z' && part->letter != 'z')
        {
            *code = "D3130";
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* Of a component that stands twice the last counts. */

static void
facts_gather(const pic_time_t *time, const double *values, facts_t *facts)
{
    uint32_t  i;
    unsigned  slot;

    memset(facts, 0, sizeof(facts_t));

    for (i = 0; i < time->count; i++) {

        if (time->parts[i].letter) {
            slot = slot_of((char) time->parts[i].letter);
            facts->known[slot] = true;
            facts->value[slot] = values[i];
        }
    }
}


static unsigned
slot_of(char letter)
{
    return (unsigned) (strchr(letters, letter) - letters);
}


/*
 * The first kind that all that is known belongs to.  What is 0 tells
 * nothing: it may be a blank in a form.
 */

static const char *
kind_of(const facts_t *facts, const char *const *kinds, size_t count,
    const char *otherwise)
{
    size_t       i;
    unsigned     slot;
    const char  *all, *p;
    bool         some, fits;

    all = kinds == dates ? "YMDdXxWw" : "PHhmsf";

    for (i = 0; i < count; i++) {
        some = false;
        fits = true;

        for (p = all; *p; p++) {
            slot = slot_of(*p);

            if (facts->known[slot] && facts->value[slot] != 0) {
                some |= strchr(kinds[i], *p) != NULL;
                fits &= strchr(kinds[i], *p) != NULL;
            }
        }

        if (some && fits) {
            return kinds[i];
        }
    }

    return otherwise;
}


/*
 * What is larger than the largest known comes from today, what is smaller
 * than the smallest is the least that there is; nothing may lack between.
 */

static wf_rc_t
facts_complete(facts_t *facts, const char *date, const char *time,
    const pic_clock_t *now)
{
    bool         begun, ended;
    size_t       i;
    unsigned     slot;
    const char  *p, *parts[2];

    parts[0] = date;
    parts[1] = time;
    begun = false;
    ended = false;

    for (i = 0; i < wf_countof(parts); i++) {
        for (p = parts[i]; *p; p++) {
            slot = slot_of(*p);

            if (facts->known[slot]) {
                begun = true;

                if (ended) {
                    return WF_ERROR;
                }

            } else if (begun) {
                facts->value[slot] = *p == 'M' || *p == 'D' || *p == 'd';
                ended = true;

            } else if (*p != 'P') {
                facts->value[slot] = (double)
                                     wf_pic_component(now, (uint8_t) *p);
            }
        }
    }

    return WF_OK;
}


/*
 * Fields may be above what they are on a clock: the 32nd of a month is a day
 * of the next.  Years of two digits are of the 20th century, as ECMAScript
 * has it.
 */

static wf_rc_t
facts_time(const facts_t *facts, const char *date, const char *time,
    double *ms)
{
    size_t      i;
    double      year, month, day, hour, total;
    wf_civil_t  civil;

    for (i = 0; i < COMPONENTS; i++) {
        if (!(fabs(facts->value[i]) < FIELD_MAX)) {
            return WF_DECLINED;
        }
    }

    year = facts->value[slot_of('Y')];
    month = facts->value[slot_of('M')];
    day = facts->value[slot_of('D')];
    hour = facts->value[slot_of('H')];

    if (year >= 0 && year < CENTURY && !facts->full_year) {
        year += OLD_CENTURY;
    }

    if (strchr(date, 'd')) {
        month = 1;
        day = facts->value[slot_of('d')];
    }

    if (*time == 'P') {
        hour = facts->value[slot_of('h')];
        hour = (hour == NOON ? 0 : hour)
               + (facts->value[slot_of('P')] != 0 ? NOON : 0);
    }

    month = month > 0 ? month - 1 : 0;
    year += floor(month / MONTHS);

    if (!(fabs(year) < YEAR_MAX)) {
        return WF_DECLINED;
    }

    civil.year = (int) year;
    civil.month = (unsigned) fmod(month, MONTHS) + 1;
    civil.day = 1;

    total = ((double) wf_civil_days(civil) + day - 1) * PIC_DAY_MS
            + hour * PIC_HOUR_MS
            + facts->value[slot_of('m')] * PIC_MINUTE_MS
            + facts->value[slot_of('s')] * PIC_SECOND_MS
            + facts->value[slot_of('f')]
            - (facts->value[slot_of('Z')] + facts->value[slot_of('z')])
              * PIC_MINUTE_MS;

    if (!(fabs(total) <= PIC_TIME_MAX)) {
        return WF_DECLINED;
    }

    *ms = total + 0.0;

    return WF_OK;
}
