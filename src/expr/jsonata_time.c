
/*
 * Pictures of times: reads them into parts, and $fromMillis, which prints a
 * time by them.  The rules are those of format-dateTime() in XPath and XQuery
 * Functions and Operators 3.1, section 9.8, English and ISO weeks alone.
 */

#include <math.h>

#include "expr/jsonata_pic.h"
#include "expr/jsonata_time.h"


#define TEXT_MAX      64                /* first size of a builder */
#define PARTS_FIRST   16
#define WEEK          7
#define THURSDAY      4
#define NOON          12
#define ZONE_DIGITS   4                 /* "+hhmm" */
#define HOURS         100               /* in hhmm */
#define HOUR_MINUTES  60


const char *const  wf_pic_months[12] = {
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"
};

const char *const  wf_pic_days[7] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    "Sunday"
};

/* Which components there are, and how they look unless told otherwise. */
static const struct {
    uint8_t   letter;
    wf_str_t  usual;
} components[] = {
    { 'Y', wf_str_init("1") },
    { 'M', wf_str_init("1") },
    { 'D', wf_str_init("1") },
    { 'd', wf_str_init("1") },
    { 'F', wf_str_init("n") },
    { 'W', wf_str_init("1") },
    { 'w', wf_str_init("1") },
    { 'X', wf_str_init("1") },
    { 'x', wf_str_init("1") },
    { 'H', wf_str_init("1") },
    { 'h', wf_str_init("1") },
    { 'P', wf_str_init("n") },
    { 'm', wf_str_init("01") },
    { 's', wf_str_init("01") },
    { 'f', wf_str_init("1") },
    { 'Z', wf_str_init("01:01") },
    { 'z', wf_str_init("01:01") },
    { 'C', wf_str_init("n") },
    { 'E', wf_str_init("n") }
};

static const wf_str_t  iso_picture =
    wf_str_init("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]");


static pic_part_t *part_add(wf_arena_t *arena, pic_time_t *time);
static wf_rc_t literal_add(wf_arena_t *arena, pic_time_t *time,
    wf_buf_t *literal);
static wf_rc_t marker_add(wf_arena_t *arena, pic_time_t *time,
    wf_str_t marker, const char **code);
static wf_rc_t marker_read(wf_arena_t *arena, wf_str_t marker,
    pic_part_t *part, const char **code);
static void width_take(wf_str_t *marker, pic_part_t *part);
static uint32_t width_read(wf_str_t text);
static wf_rc_t blanks_drop(wf_arena_t *arena, wf_str_t *marker);
static bool is_blank(uint32_t c);
static wf_rc_t integer_read(wf_arena_t *arena, wf_str_t look,
    pic_part_t *part, const char **code);
static wf_rc_t zone_read(wf_str_t text, int *minutes);
static wf_rc_t part_print(wf_buf_t *buf, const pic_part_t *part,
    const pic_clock_t *clock, int zone, const char **code);
static void name_print(wf_buf_t *buf, const pic_part_t *part,
    const char *name);
static wf_rc_t number_print(wf_buf_t *buf, const pic_part_t *part,
    const pic_clock_t *clock, const char **code);
static wf_rc_t zone_print(wf_buf_t *buf, const pic_part_t *part, int zone,
    const char **code);
static int64_t thursday_of(const pic_clock_t *clock);
static int64_t day_of_year(int64_t days);


wf_rc_t
wf_pic_from_millis(wf_arena_t *arena, double ms, wf_str_t picture,
    wf_str_t zone_text, wf_str_t *out, const char **code)
{
    int          zone;
    uint32_t     i;
    wf_buf_t     buf;
    pic_time_t   time;
    pic_clock_t  clock;

    zone = 0;

    if (!(fabs(ms) <= PIC_TIME_MAX)) {
        *code = "D1001";
        return WF_ERROR;
    }

    if (zone_text.data && zone_read(zone_text, &zone) != WF_OK) {
        *code = "D3134";
        return WF_ERROR;
    }

    if (wf_pic_time_analyse(arena, picture.data ? picture : iso_picture,
                            &time, code) != WF_OK)
    {
        return WF_ERROR;
    }

    clock = wf_pic_clock((int64_t) ms + (int64_t) zone * PIC_MINUTE_MS);
    wf_buf_init(&buf, arena, TEXT_MAX);

    for (i = 0; i < time.count; i++) {
        if (part_print(&buf, &time.parts[i], &clock, zone, code) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (buf.failed) {
        *code = NULL;
        return WF_ERROR;
    }

    *out = wf_buf_done(&buf);

    return WF_OK;
}


/* "[[" and "]]" stand for themselves. */

wf_rc_t
wf_pic_time_analyse(wf_arena_t *arena, wf_str_t picture, pic_time_t *time,
    const char **code)
{
    wf_buf_t        literal;
    const uint8_t  *p, *end, *close;

    *code = NULL;
    memset(time, 0, sizeof(pic_time_t));
    wf_buf_init(&literal, arena, TEXT_MAX);

    p = picture.data;
    end = p + picture.len;

    while (p < end) {

        if (*p != '[' || (end - p > 1 && p[1] == '[')) {
            wf_buf_byte(&literal, *p);
            p += (*p == '[' || *p == ']') && end - p > 1 && p[1] == *p ? 2 : 1;
            continue;
        }

        close = memchr(p, ']', (size_t) (end - p));

        if (close == NULL) {
            *code = "D3135";
            return WF_ERROR;
        }

        if (literal_add(arena, time, &literal) != WF_OK
            || marker_add(arena, time,
                          (wf_str_t) { (size_t) (close - p - 1), p + 1 },
                          code) != WF_OK)
        {
            return WF_ERROR;
        }

        p = close + 1;
    }

    return literal_add(arena, time, &literal);
}


static pic_part_t *
part_add(wf_arena_t *arena, pic_time_t *time)
{
    uint32_t     size;
    pic_part_t  *parts;

    if (time->count == time->size) {
        size = time->size ? time->size * 2 : PARTS_FIRST;
        parts = wf_arena_alloc(arena, size * sizeof(pic_part_t));

        if (parts == NULL) {
            return NULL;
        }

        if (time->count) {
            memcpy(parts, time->parts, time->count * sizeof(pic_part_t));
        }

        time->parts = parts;
        time->size = size;
    }

    parts = &time->parts[time->count++];
    memset(parts, 0, sizeof(pic_part_t));

    return parts;
}


static wf_rc_t
literal_add(wf_arena_t *arena, pic_time_t *time, wf_buf_t *literal)
{
    pic_part_t  *part;

    if (literal->failed) {
        return WF_ERROR;
    }

    if (literal->len == 0) {
        return WF_OK;
    }

    part = part_add(arena, time);

    if (part == NULL) {
        return WF_ERROR;
    }

    part->literal = wf_buf_done(literal);
    wf_buf_init(literal, arena, TEXT_MAX);

    return WF_OK;
}


static wf_rc_t
marker_add(wf_arena_t *arena, pic_time_t *time, wf_str_t marker,
    const char **code)
{
    pic_part_t  *part;

    part = part_add(arena, time);

    if (part == NULL || blanks_drop(arena, &marker) != WF_OK) {
        return WF_ERROR;
    }

    if (time->count > WF_PICTURE_PARTS_MAX) {
        *code = "D1014";
        return WF_ERROR;
    }

    return marker_read(arena, marker, part, code);
}


static wf_rc_t
blanks_drop(wf_arena_t *arena, wf_str_t *marker)
{
    uint32_t        c;
    wf_buf_t        kept;
    const uint8_t  *p, *end;

    wf_buf_init(&kept, arena, marker->len + 1);
    p = marker->data;
    end = p + marker->len;

    while (p < end) {
        c = wf_pic_char(&p);

        if (!is_blank(c)) {
            wf_pic_put(&kept, c);
        }
    }

    *marker = wf_buf_done(&kept);

    return kept.failed ? WF_ERROR : WF_OK;
}


static bool
is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x1680
           || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029
           || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}


/* letter [presentation [atco]] [,width] */

static wf_rc_t
marker_read(wf_arena_t *arena, wf_str_t marker, pic_part_t *part,
    const char **code)
{
    size_t    i;
    uint8_t   last;
    wf_str_t  look;

    width_take(&marker, part);

    for (i = 0; i < wf_countof(components); i++) {
        if (marker.len && marker.data[0] == components[i].letter) {
            break;
        }
    }

    if (i == wf_countof(components)) {
        *code = "D3132";
        return WF_ERROR;
    }

    part->letter = components[i].letter;
    look = (wf_str_t) { marker.len - 1, marker.data + 1 };

    if (look.len > 1) {
        last = look.data[look.len - 1];

        if (memchr("atco", last, 4)) {
            part->traditional = last == 't';
            part->integer.ordinal = last == 'o';
            look.len--;
        }
    }

    if (look.len == 0) {
        look = components[i].usual;
    }

    if (look.data[0] == 'n' || look.data[0] == 'N') {
        part->named = true;
        part->name_case = look.data[0] == 'n' ? PIC_LOWER
                          : look.len > 1 && look.data[1] == 'n' ? PIC_TITLE
                          : PIC_UPPER;
        return WF_OK;
    }

    return integer_read(arena, look, part, code);
}


static void
width_take(wf_str_t *marker, pic_part_t *part)
{
    size_t    i, dash;
    wf_str_t  width;

    part->width_min = PIC_NO_WIDTH;
    part->width_max = PIC_NO_WIDTH;

    for (i = marker->len; i > 0 && marker->data[i - 1] != ','; i--) {
        /* void */
    }

    if (i == 0) {
        return;
    }

    width = (wf_str_t) { marker->len - i, marker->data + i };
    marker->len = i - 1;

    for (dash = 0; dash < width.len && width.data[dash] != '-'; dash++) {
        /* void */
    }

    part->width_min = width_read((wf_str_t) { dash, width.data });

    if (dash < width.len) {
        part->width_max = width_read((wf_str_t) { width.len - dash - 1,
                                                  width.data + dash + 1 });
    }
}


/* What is no number sets no bound. */

static uint32_t
width_read(wf_str_t text)
{
    size_t    i;
    uint32_t  width;

    width = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            break;
        }

        width = width * 10 + (text.data[i] - '0');
        width = wf_min(width, WF_PICTURE_WIDTH_MAX + 1);
    }

    return i ? width : PIC_NO_WIDTH;
}


/* Of a year, a width also says which digits are shown at all. */

static wf_rc_t
integer_read(wf_arena_t *arena, wf_str_t look, pic_part_t *part,
    const char **code)
{
    bool  ordinal;

    ordinal = part->integer.ordinal;

    if (wf_pic_integer_analyse(arena, look, &part->integer, code) != WF_OK) {

        if (*code == NULL || part->integer.mandatory) {
            return WF_ERROR;
        }

        /* Matters once it is asked to show something. */

        *code = NULL;
        return WF_OK;
    }

    part->integer.ordinal = ordinal;

    if (part->width_min != PIC_NO_WIDTH
        && part->integer.kind == PIC_DECIMAL
        && part->letter != 'Z' && part->letter != 'z')
    {
        part->integer.mandatory = wf_max(part->integer.mandatory,
                                         part->width_min);
    }

    if (part->letter == 'Y') {
        part->year_digits = part->integer.mandatory + part->integer.optional;

        if (part->year_digits < 2) {
            part->year_digits = PIC_NO_WIDTH;
        }

        if (part->width_max != PIC_NO_WIDTH) {
            part->year_digits = part->width_max;
            part->integer.mandatory = part->width_max;
        }
    }

    if (part->integer.mandatory > WF_PICTURE_WIDTH_MAX) {
        *code = "D1014";
        return WF_ERROR;
    }

    return WF_OK;
}


/* "+hhmm", as a number of that form; "+hh:mm" and "Z" too. */

static wf_rc_t
zone_read(wf_str_t text, int *minutes)
{
    int     number, sign;
    size_t  i, digits;

    if (wf_str_eq(text, wf_str("Z"))) {
        *minutes = 0;
        return WF_OK;
    }

    i = text.len && (text.data[0] == '-' || text.data[0] == '+');
    sign = i && text.data[0] == '-' ? -1 : 1;
    number = 0;
    digits = 0;

    for ( /* void */ ; i < text.len; i++) {

        if (text.data[i] == ':' && digits == 2 && text.len - i == 3) {
            continue;
        }

        if (text.data[i] < '0' || text.data[i] > '9'
            || ++digits > ZONE_DIGITS)
        {
            return WF_ERROR;
        }

        number = number * 10 + (text.data[i] - '0');
    }

    if (digits == 0) {
        return WF_ERROR;
    }

    *minutes = sign * (number / HOURS * HOUR_MINUTES + number % HOURS);

    return WF_OK;
}


bool
wf_pic_has_name(const pic_part_t *part)
{
    return part->letter == 'M' || part->letter == 'x' || part->letter == 'F'
           || part->letter == 'P';
}


bool
wf_pic_is_number(const pic_part_t *part)
{
    return part->integer.kind != PIC_DECIMAL || part->integer.mandatory;
}


static wf_rc_t
part_print(wf_buf_t *buf, const pic_part_t *part, const pic_clock_t *clock,
    int zone, const char **code)
{
    int64_t  number;

    number = wf_pic_component(clock, part->letter);

    switch (part->letter) {

    case '\0':
        wf_buf_str(buf, part->literal);
        return WF_OK;

    case 'C':
    case 'E':
        wf_buf_text(buf, "ISO");
        return WF_OK;

    case 'P':
        wf_buf_append(buf, part->named && part->name_case == PIC_UPPER
                           ? (number ? "PM" : "AM")
                           : (number ? "pm" : "am"), 2);
        return WF_OK;

    case 'Z':
    case 'z':
        return zone_print(buf, part, zone, code);
    }

    if (!part->named) {
        return number_print(buf, part, clock, code);
    }

    if (!wf_pic_has_name(part)) {
        *code = "D3133";
        return WF_ERROR;
    }

    name_print(buf, part, part->letter == 'F' ? wf_pic_days[number - 1]
                                              : wf_pic_months[number - 1]);

    return WF_OK;
}


static void
name_print(wf_buf_t *buf, const pic_part_t *part, const char *name)
{
    uint8_t   c;
    uint32_t  i;

    for (i = 0; name[i] && i < part->width_max; i++) {
        c = (uint8_t) name[i];

        if (part->name_case == PIC_UPPER) {
            c &= 0xdf;

        } else if (part->name_case == PIC_LOWER) {
            c |= 0x20;
        }

        wf_buf_byte(buf, c);
    }
}


static wf_rc_t
number_print(wf_buf_t *buf, const pic_part_t *part, const pic_clock_t *clock,
    const char **code)
{
    double  number;

    number = (double) wf_pic_component(clock, part->letter);

    if (!wf_pic_is_number(part)) {
        *code = "D3130";
        return WF_ERROR;
    }

    if (part->letter == 'Y' && part->year_digits != PIC_NO_WIDTH) {
        number = fmod(number, pow(10, part->year_digits));
    }

    return wf_pic_integer_print(buf, &part->integer, number, code);
}


/*
 * One or two digits show hours, and minutes if there are any; three or four
 * show both.
 */

static wf_rc_t
zone_print(wf_buf_t *buf, const pic_part_t *part, int zone, const char **code)
{
    int            hours, minutes;
    wf_rc_t        rc;
    pic_integer_t  integer;

    integer = part->integer;
    integer.ordinal = false;

    if (part->integer.mandatory == 0 || part->integer.mandatory > ZONE_DIGITS)
    {
        *code = "D3134";
        return WF_ERROR;
    }

    if (part->traditional && zone == 0) {
        wf_buf_byte(buf, 'Z');
        return WF_OK;
    }

    if (part->letter == 'z') {
        wf_buf_text(buf, "GMT");
    }

    wf_buf_byte(buf, zone < 0 ? '-' : '+');
    hours = (zone < 0 ? -zone : zone) / HOUR_MINUTES;
    minutes = (zone < 0 ? -zone : zone) % HOUR_MINUTES;

    if (part->integer.mandatory > 2) {
        return wf_pic_integer_print(buf, &integer, hours * HOURS + minutes,
                                    code);
    }

    rc = wf_pic_integer_print(buf, &integer, hours, code);

    if (rc == WF_OK && minutes) {
        wf_buf_byte(buf, ':');
        wf_buf_byte(buf, (uint8_t) ('0' + minutes / 10));
        wf_buf_byte(buf, (uint8_t) ('0' + minutes % 10));
    }

    return rc;
}


pic_clock_t
wf_pic_clock(int64_t ms)
{
    pic_clock_t  clock;

    clock.days = ms / PIC_DAY_MS - (ms % PIC_DAY_MS < 0);
    clock.day_ms = ms - clock.days * PIC_DAY_MS;
    clock.civil = wf_civil_of_days(clock.days);

    return clock;
}


int64_t
wf_pic_component(const pic_clock_t *clock, uint8_t letter)
{
    int64_t  hour;

    hour = clock->day_ms / PIC_HOUR_MS;

    switch (letter) {
    case 'Y':
        return clock->civil.year;
    case 'M':
        return clock->civil.month;
    case 'D':
        return clock->civil.day;
    case 'd':
        return day_of_year(clock->days);
    case 'F':
        return wf_civil_weekday(clock->days);
    case 'X':
        return wf_civil_of_days(thursday_of(clock)).year;
    case 'W':
        return (day_of_year(thursday_of(clock)) - 1) / WEEK + 1;
    case 'x':
        return wf_civil_of_days(thursday_of(clock)).month;
    case 'w':
        return (wf_civil_of_days(thursday_of(clock)).day - 1) / WEEK + 1;
    case 'H':
        return hour;
    case 'h':
        return hour % NOON ? hour % NOON : NOON;
    case 'P':
        return hour >= NOON;
    case 'm':
        return clock->day_ms / PIC_MINUTE_MS % HOUR_MINUTES;
    case 's':
        return clock->day_ms / PIC_SECOND_MS % HOUR_MINUTES;
    case 'f':
        return clock->day_ms % PIC_SECOND_MS;
    }

    return 0;
}


/* A week belongs to the year, and to the month, that its Thursday is in. */

static int64_t
thursday_of(const pic_clock_t *clock)
{
    return clock->days + THURSDAY - wf_civil_weekday(clock->days);
}


static int64_t
day_of_year(int64_t days)
{
    wf_civil_t  first;

    first = wf_civil_of_days(days);
    first.month = 1;
    first.day = 1;

    return days - wf_civil_days(first) + 1;
}
