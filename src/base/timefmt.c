
/*
 * RFC 3339 text <-> milliseconds.  Never asks a clock, a locale or the
 * environment; civil.c has the calendar.
 */

#include "base/timefmt.h"

#include "base/civil.h"


#define SECOND_MS     1000ll
#define MINUTE_MS     (60 * SECOND_MS)
#define HOUR_MS       (60 * MINUTE_MS)
#define DAY_MS        (24 * HOUR_MS)

#define TIME_MS_MIN   (-62167219200000ll)       /* 0000-01-01T00:00:00.000Z */
#define TIME_MS_MAX   253402300799999ll         /* 9999-12-31T23:59:59.999Z */


typedef struct {
    const uint8_t  *pos;
    const uint8_t  *end;
    bool            ok;
} cursor_t;


static void put_digits(uint8_t *pos, unsigned len, unsigned number);
static unsigned get_digits(cursor_t *cursor, unsigned len, unsigned max);
static void get_byte(cursor_t *cursor, uint8_t byte);
static int64_t get_fraction(cursor_t *cursor);
static int64_t get_offset(cursor_t *cursor);


void
wf_time_print(wf_buf_t *buf, int64_t ms)
{
    int64_t   days;
    uint8_t   text[] = "0000-00-00T00:00:00.000Z";
    wf_civil_t  civil;
    unsigned  rest;

    ms = wf_min(wf_max(ms, TIME_MS_MIN), TIME_MS_MAX);

    /* Rounded down, also before 1970. */

    days = (ms - TIME_MS_MIN) / DAY_MS + TIME_MS_MIN / DAY_MS;
    rest = (unsigned) (ms - days * DAY_MS);
    civil = wf_civil_of_days(days);

    put_digits(text, 4, (unsigned) civil.year);
    put_digits(text + 5, 2, civil.month);
    put_digits(text + 8, 2, civil.day);
    put_digits(text + 11, 2, rest / HOUR_MS);
    put_digits(text + 14, 2, rest / MINUTE_MS % 60);
    put_digits(text + 17, 2, rest / SECOND_MS % 60);
    put_digits(text + 20, 3, rest % SECOND_MS);

    wf_buf_append(buf, text, WF_TIME_LEN);
}


wf_rc_t
wf_time_parse(wf_str_t text, int64_t *ms)
{
    int64_t   time;
    wf_civil_t  civil;
    cursor_t  cursor;

    if (text.len == 0) {
        return WF_ERROR;
    }

    cursor = (cursor_t) { text.data, text.data + text.len, true };

    civil.year = (int) get_digits(&cursor, 4, 9999);
    get_byte(&cursor, '-');
    civil.month = get_digits(&cursor, 2, 12);
    get_byte(&cursor, '-');
    civil.day = get_digits(&cursor, 2, 31);

    get_byte(&cursor, 't');

    time = get_digits(&cursor, 2, 23) * HOUR_MS;
    get_byte(&cursor, ':');
    time += get_digits(&cursor, 2, 59) * MINUTE_MS;
    get_byte(&cursor, ':');

    /* A leap second has no place in POSIX time: 60 is refused. */

    time += get_digits(&cursor, 2, 59) * SECOND_MS;
    time += get_fraction(&cursor);
    time -= get_offset(&cursor);

    if (!cursor.ok || cursor.pos != cursor.end
        || civil.month == 0 || civil.day == 0
        || civil.day > wf_civil_month_days(civil.year, civil.month))
    {
        return WF_ERROR;
    }

    *ms = wf_civil_days(civil) * DAY_MS + time;

    return WF_OK;
}


static void
put_digits(uint8_t *pos, unsigned len, unsigned number)
{
    while (len-- > 0) {
        pos[len] = (uint8_t) ('0' + number % 10);
        number /= 10;
    }
}


/* Exactly len digits, no more than max. */

static unsigned
get_digits(cursor_t *cursor, unsigned len, unsigned max)
{
    unsigned  number;

    number = 0;

    while (len-- > 0) {
        if (cursor->pos == cursor->end
            || *cursor->pos < '0' || *cursor->pos > '9')
        {
            cursor->ok = false;
            return 0;
        }

        number = number * 10 + (*cursor->pos++ - '0');
    }

    if (number > max) {
        cursor->ok = false;
        return 0;
    }

    return number;
}


/* Letters are given in lower case and match both. */

static void
get_byte(cursor_t *cursor, uint8_t byte)
{
    if (cursor->pos < cursor->end
        && (*cursor->pos == byte
            || (byte >= 'a' && *cursor->pos == byte - 'a' + 'A')))
    {
        cursor->pos++;
        return;
    }

    cursor->ok = false;
}


/* Any number of digits; what is finer than a millisecond is cut off. */

static int64_t
get_fraction(cursor_t *cursor)
{
    int64_t   ms;
    unsigned  unit;

    if (cursor->pos == cursor->end || *cursor->pos != '.') {
        return 0;
    }

    cursor->pos++;
    ms = get_digits(cursor, 1, 9) * 100;
    unit = 10;

    while (cursor->pos < cursor->end
           && *cursor->pos >= '0' && *cursor->pos <= '9')
    {
        ms += (*cursor->pos++ - '0') * unit;
        unit /= 10;
    }

    return ms;
}


static int64_t
get_offset(cursor_t *cursor)
{
    int64_t  ms;
    uint8_t  sign;

    sign = cursor->pos < cursor->end ? *cursor->pos : 0;

    if (sign != '+' && sign != '-') {
        get_byte(cursor, 'z');
        return 0;
    }

    cursor->pos++;
    ms = get_digits(cursor, 2, 23) * HOUR_MS;
    get_byte(cursor, ':');
    ms += get_digits(cursor, 2, 59) * MINUTE_MS;

    return sign == '-' ? -ms : ms;
}
