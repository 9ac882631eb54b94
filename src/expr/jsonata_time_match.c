
/*
 * Matches a text with a picture of a time, with as much backtracking as it
 * takes and no more: no pair of a part and a place is tried twice.
 */

#include <math.h>

#include "expr/jsonata_time.h"


#define FAMILY          10              /* digits */
#define READINGS_MAX    64              /* of one part at one place */
#define LETTERS_MAX     16              /* of a number as letters */
#define ROMAN_MAX       32
#define ZONE_PIECE_MAX  4               /* digits */
#define MILLIS_DIGITS   3
#define HOUR_MINUTES    60
#define HOURS           100             /* in hhmm */


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


wf_rc_t
wf_pic_time_match(wf_arena_t *arena, const pic_time_t *time, wf_str_t text,
    double **values)
{
    reader_t  reader = { .arena = arena, .time = time, .text = text };

    reader.values = wf_arena_calloc(arena, (time->count + 1)
                                           * sizeof(double));
    reader.failed = wf_arena_calloc(arena, ((size_t) time->count
                                            * (text.len + 1)) / 8 + 1);

    if (reader.values == NULL || reader.failed == NULL) {
        return WF_ERROR;
    }

    *values = reader.values;

    return read_from(&reader, 0, 0) ? WF_OK : WF_DECLINED;
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
                                     reader->text.data + pos },
                           .strict = true };

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
                piece[1] = digits > 2 ? fmod(piece[0], HOURS) : 0;
                reading_add(readings, (size_t) (p - reader->text.data), sign
                            * (digits > 2 ? floor(piece[0] / HOURS)
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
