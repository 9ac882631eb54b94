
/*
 * $toMillis: reads a text by a picture of a time, with as much backtracking as
 * it takes, and finds the time that the parts agree on.  Without a picture: ISO
 * 8601 as ECMAScript understands it.
 */

#include <math.h>

#include "base/utf8.h"
#include "expr/jsonata_pic.h"
#include "expr/jsonata_time.h"


#define FAMILY          10              /* digits */
#define READINGS_MAX    64              /* of one part at one place */
#define LETTERS_MAX     16              /* of a number as letters */
#define ROMAN_MAX       32
#define ZONE_PIECE_MAX  4               /* digits */
#define MILLIS_DIGITS   3
#define YEAR_MAX        1e6             /* no such time is a time */
#define FIELD_MAX       1e13
#define NOON            12
#define MONTHS          12
#define CENTURY         100
#define OLD_CENTURY     1900            /* of years of two digits */
#define COMPONENTS      17
#define HOUR_MINUTES    60
#define ISO_YEAR        4


/* A part may be read so far, and means that. */
typedef struct {
    size_t  end;
    double  value;
} reading_t;

typedef struct {
    reading_t  items[READINGS_MAX];
    unsigned   count;
} readings_t;

typedef struct {
    wf_arena_t        *arena;
    const pic_time_t  *time;
    wf_str_t           text;
    double            *values;          /* of the parts */
    uint8_t           *failed;          /* a bit per part and place */
} reader_t;

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
static bool read_from(reader_t *reader, uint32_t index, size_t pos);
static bool literal_read(const reader_t *reader, wf_str_t literal,
    size_t *pos);
static uint32_t folded(uint32_t c);
static void part_read(const reader_t *reader, uint32_t index, size_t pos,
    readings_t *readings);
static void reading_add(readings_t *readings, size_t end, double value);
static uint32_t width_of(const reader_t *reader, uint32_t index);
static void digits_read(const reader_t *reader, const pic_part_t *part,
    uint32_t width, size_t pos, readings_t *readings);
static bool suffix_read(const reader_t *reader, size_t *pos);
static void run_read(const reader_t *reader, const pic_part_t *part,
    size_t pos, readings_t *readings);
static void words_read(const reader_t *reader, size_t pos,
    readings_t *readings);
static void names_read(const reader_t *reader, const pic_part_t *part,
    size_t pos, readings_t *readings);
static size_t name_length(const reader_t *reader, size_t pos,
    const char *name, uint32_t width_max);
static void zone_read(const reader_t *reader, const pic_part_t *part,
    size_t pos, readings_t *readings);
static void facts_gather(const reader_t *reader, facts_t *facts);
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
    facts_t      facts;
    reader_t     reader;
    pic_time_t   parts;
    pic_clock_t  now;
    const char  *date, *time;

    *code = NULL;

    if (picture.data == NULL) {
        *code = "D3110";
        return iso_read(text, ms);
    }

    if (wf_pic_time_analyse(arena, picture, &parts, code) != WF_OK
        || names_check(&parts, code) != WF_OK)
    {
        return WF_ERROR;
    }

    reader = (reader_t) { .arena = arena, .time = &parts, .text = text };
    reader.values = wf_arena_calloc(arena, (parts.count + 1)
                                           * sizeof(double));
    reader.failed = wf_arena_calloc(arena, ((size_t) parts.count
                                            * (text.len + 1)) / 8 + 1);

    if (reader.values == NULL || reader.failed == NULL) {
        return WF_ERROR;
    }

    if (!read_from(&reader, 0, 0)) {
        return WF_DECLINED;
    }

    facts_gather(&reader, &facts);

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
    }

    return WF_OK;
}


/*
 * The longest reading of each part first, as a regular expression would.
 * What follows a place does not depend on how it was reached: a place that
 * has failed once is not tried again.
 */

static bool
read_from(reader_t *reader, uint32_t index, size_t pos)
{
    size_t             bit;
    readings_t         readings;
    const pic_part_t  *part;

    if (index == reader->time->count) {
        return pos == reader->text.len;
    }

    bit = (size_t) index * (reader->text.len + 1) + pos;

    if (reader->failed[bit / 8] & 1u << bit % 8) {
        return false;
    }

    part = &reader->time->parts[index];
    readings.count = 0;

    if (part->letter) {
        part_read(reader, index, pos, &readings);

    } else if (literal_read(reader, part->literal, &pos)) {
        reading_add(&readings, pos, 0);
    }

    while (readings.count) {
        readings.count--;

        if (read_from(reader, index + 1, readings.items[readings.count].end)) {
            reader->values[index] = readings.items[readings.count].value;
            return true;
        }
    }

    reader->failed[bit / 8] |= (uint8_t) (1u << bit % 8);

    return false;
}


static bool
literal_read(const reader_t *reader, wf_str_t literal, size_t *pos)
{
    const uint8_t  *p, *q, *end, *literal_end;

    p = reader->text.data + *pos;
    end = reader->text.data + reader->text.len;
    q = literal.data;
    literal_end = q + literal.len;

    while (q < literal_end) {
        if (p == end
            || folded(wf_pic_char(&p)) != folded(wf_pic_char(&q)))
        {
            return false;
        }
    }

    *pos = (size_t) (p - reader->text.data);

    return true;
}


/* Latin, Greek and Cyrillic letters without their case. */

static uint32_t
folded(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7)
        || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
    {
        return c + 0x20;
    }

    return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}


static void
part_read(const reader_t *reader, uint32_t index, size_t pos,
    readings_t *readings)
{
    const pic_part_t  *part;

    part = &reader->time->parts[index];

    if (part->letter == 'Z' || part->letter == 'z') {
        zone_read(reader, part, pos, readings);

    } else if (part->named || part->letter == 'P') {
        names_read(reader, part, pos, readings);

    } else if (part->letter == 'f' || part->integer.kind == PIC_DECIMAL) {
        digits_read(reader, part, width_of(reader, index), pos, readings);

    } else if (part->integer.kind == PIC_WORDS) {
        words_read(reader, pos, readings);

    } else {
        run_read(reader, part, pos, readings);
    }
}


static void
reading_add(readings_t *readings, size_t end, double value)
{
    if (readings->count < READINGS_MAX) {
        readings->items[readings->count].end = end;
        readings->items[readings->count].value = value;
        readings->count++;
    }
}


/* Digits that stand next to another number are counted; 0: as many as there
 * are. */

static uint32_t
width_of(const reader_t *reader, uint32_t index)
{
    const pic_part_t  *part, *next;

    if (index + 1 == reader->time->count) {
        return 0;
    }

    part = &reader->time->parts[index];
    next = part + 1;

    if (next->letter == 0 || next->named || next->letter == 'P'
        || next->letter == 'Z' || next->letter == 'z')
    {
        return 0;
    }

    return part->width_max != PIC_NO_WIDTH ? part->width_max
                                           : part->integer.mandatory;
}


/* The part of a second is a fraction: its first digits count. */

static void
digits_read(const reader_t *reader, const pic_part_t *part, uint32_t width,
    size_t pos, readings_t *readings)
{
    double          value;
    size_t          end, digits, counted;
    uint32_t        c, zero;
    const uint8_t  *p, *text_end;

    p = reader->text.data + pos;
    text_end = reader->text.data + reader->text.len;
    zero = part->integer.kind == PIC_DECIMAL ? part->integer.zero : '0';
    value = 0;
    counted = part->letter == 'f' ? MILLIS_DIGITS : READINGS_MAX;

    for (digits = 1; p < text_end && digits <= READINGS_MAX; digits++) {
        c = wf_pic_char(&p);

        if (c < zero || c >= zero + FAMILY) {
            return;
        }

        if (digits <= counted) {
            value = value * FAMILY + (c - zero);
        }

        end = (size_t) (p - reader->text.data);

        if (width && digits != width) {
            continue;
        }

        if (part->letter == 'f') {
            reading_add(readings, end, digits == 1 ? value * 100
                                       : digits == 2 ? value * 10 : value);

        } else if (!part->integer.ordinal || suffix_read(reader, &end)) {
            reading_add(readings, end, value);
        }
    }
}


static bool
suffix_read(const reader_t *reader, size_t *pos)
{
    static const char *const  suffixes[] = { "th", "st", "nd", "rd" };

    size_t          i;
    const uint8_t  *p;

    if (reader->text.len - *pos < 2) {
        return false;
    }

    p = reader->text.data + *pos;

    for (i = 0; i < wf_countof(suffixes); i++) {
        if ((p[0] | 0x20) == suffixes[i][0] && (p[1] | 0x20) == suffixes[i][1])
        {
            *pos += 2;
            return true;
        }
    }

    return false;
}


/* Numbers as letters, Roman numerals. */

static void
run_read(const reader_t *reader, const pic_part_t *part, size_t pos,
    readings_t *readings)
{
    size_t    len, len_max;
    double    value;
    uint8_t   c;
    wf_str_t  text;

    len_max = part->integer.kind == PIC_ROMAN ? ROMAN_MAX : LETTERS_MAX;
    len_max = wf_min(len_max, reader->text.len - pos);
    text.data = reader->text.data + pos;

    for (len = 1; len <= len_max; len++) {
        c = text.data[len - 1];

        if ((c | 0x20) < 'a' || (c | 0x20) > 'z') {
            return;
        }

        text.len = len;

        if (wf_pic_integer_read(reader->arena, &part->integer, text, &value)
            != WF_OK)
        {
            return;
        }

        reading_add(readings, pos + len, value);
    }
}


static void
words_read(const reader_t *reader, size_t pos, readings_t *readings)
{
    pic_words_t  words = { .text = { reader->text.len - pos,
                                     reader->text.data + pos } };

    while (wf_pic_words_next(&words) && readings->count < READINGS_MAX) {
        reading_add(readings, pos + words.pos, words.sum + words.top);
    }
}


static void
names_read(const reader_t *reader, const pic_part_t *part, size_t pos,
    readings_t *readings)
{
    static const char *const  halves[] = { "am", "pm" };

    size_t              i, count, len;
    double              first;
    uint32_t            width_max;
    const char *const  *names;

    first = 1;
    width_max = part->width_max;

    if (part->letter == 'P') {
        names = halves;
        count = wf_countof(halves);
        first = 0;
        width_max = PIC_NO_WIDTH;

    } else if (part->letter == 'F') {
        names = wf_pic_days;
        count = wf_countof(wf_pic_days);

    } else {
        names = wf_pic_months;
        count = wf_countof(wf_pic_months);
    }

    for (i = 0; i < count; i++) {
        len = name_length(reader, pos, names[i], width_max);

        if (len) {
            reading_add(readings, pos + len, first + (double) i);
        }
    }
}


static size_t
name_length(const reader_t *reader, size_t pos, const char *name,
    uint32_t width_max)
{
    size_t  i;

    for (i = 0; name[i] && i < width_max; i++) {
        if (pos + i == reader->text.len
            || (reader->text.data[pos + i] | 0x20) != (name[i] | 0x20))
        {
            return 0;
        }
    }

    return i;
}


/* Minutes: sign hours [separator] minutes, as the picture shows it. */

static void
zone_read(const reader_t *reader, const pic_part_t *part, size_t pos,
    readings_t *readings)
{
    double          sign, piece[2];
    size_t          i, digits;
    uint32_t        separator;
    const uint8_t  *p, *end;

    p = reader->text.data + pos;
    end = reader->text.data + reader->text.len;
    separator = part->integer.every ? part->integer.separators[0].character
                                    : 0;

    if (part->traditional && p < end && *p == 'Z') {
        reading_add(readings, pos + 1, 0);
        return;
    }

    if (part->letter == 'z') {
        if (end - p < 3 || (p[0] | 0x20) != 'g' || (p[1] | 0x20) != 'm'
            || (p[2] | 0x20) != 't')
        {
            return;
        }

        p += 3;
    }

    if (p == end || (*p != '+' && *p != '-')) {
        return;
    }

    sign = *p++ == '-' ? -1 : 1;
    piece[0] = 0;

    for (i = 0; i < 2; i++) {
        piece[i] = 0;

        for (digits = 1; p < end && *p >= '0' && *p <= '9'; digits++) {

            if (digits > ZONE_PIECE_MAX) {
                break;
            }

            piece[i] = piece[i] * FAMILY + (*p++ - '0');

            if (separator == 0) {
                piece[1] = digits > 2 ? fmod(piece[0], CENTURY) : 0;
                reading_add(readings, (size_t) (p - reader->text.data), sign
                            * (digits > 2 ? floor(piece[0] / CENTURY)
                                            * HOUR_MINUTES + piece[1]
                                          : piece[0] * HOUR_MINUTES));

            } else if (i == 1) {
                reading_add(readings, (size_t) (p - reader->text.data),
                            sign * (piece[0] * HOUR_MINUTES + piece[1]));
            }
        }

        if (separator == 0 || i == 1 || digits == 1 || p == end
            || wf_pic_char(&p) != separator)
        {
            return;
        }
    }
}


/* Of a component that stands twice the last counts. */

static void
facts_gather(const reader_t *reader, facts_t *facts)
{
    uint32_t  i;
    unsigned  slot;

    memset(facts, 0, sizeof(facts_t));

    for (i = 0; i < reader->time->count; i++) {

        if (reader->time->parts[i].letter) {
            slot = slot_of((char) reader->time->parts[i].letter);
            facts->known[slot] = true;
            facts->value[slot] = reader->values[i];
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
