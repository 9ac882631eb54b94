
/*
 * Pictures of integers: $formatInteger and $parseInteger, and what the
 * pictures of times borrow from them.
 */

#include <math.h>

#include "base/number.h"
#include "expr/jsonata_integer.h"
#include "expr/jsonata_pic.h"


#define FAMILY          10              /* digits */
#define LETTERS         26
#define TEXT_MAX        64              /* first size of a builder */
#define ORDINAL_SUFFIX  2               /* "th" */


/* The zeros of Unicode's decimal digits (Nd) below U+10000. */
static const uint16_t  zeros[] = {
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66,
    0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040,
    0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10
};

static const struct {
    wf_str_t    picture;
    pic_kind_t  kind;
    pic_case_t  letter_case;
} named[] = {
    { wf_str_init("a"), PIC_LETTERS, PIC_LOWER },
    { wf_str_init("A"), PIC_LETTERS, PIC_UPPER },
    { wf_str_init("i"), PIC_ROMAN, PIC_LOWER },
    { wf_str_init("I"), PIC_ROMAN, PIC_UPPER },
    { wf_str_init("w"), PIC_WORDS, PIC_LOWER },
    { wf_str_init("W"), PIC_WORDS, PIC_UPPER },
    { wf_str_init("Ww"), PIC_WORDS, PIC_TITLE }
};

static const struct {
    unsigned    value;
    const char  *letters;
} romans[] = {
    { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" },
    { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" },
    { 5, "V" }, { 4, "IV" }, { 1, "I" }
};

static wf_rc_t decimal_analyse(wf_arena_t *arena, wf_str_t picture,
    pic_integer_t *integer, const char **code);
static wf_rc_t separators_add(wf_arena_t *arena, wf_str_t picture,
    pic_integer_t *integer);
static void separators_measure(pic_integer_t *integer);
static bool separator_stands(const pic_integer_t *integer, uint32_t position);
static void decimal_print(wf_buf_t *buf, const pic_integer_t *integer,
    double v);
static void ordinal_print(wf_buf_t *buf, wf_str_t digits, uint32_t zero);
static void letters_print(wf_buf_t *buf, pic_case_t letter_case, double v);
static void roman_print(wf_buf_t *buf, pic_case_t letter_case, double v);
static wf_rc_t decimal_read(wf_arena_t *arena, const pic_integer_t *integer,
    wf_str_t text, double *v);
static bool is_separator(const pic_integer_t *integer, uint32_t c);
static wf_rc_t letters_read(const pic_integer_t *integer, wf_str_t text,
    double *v);
static wf_rc_t roman_read(const pic_integer_t *integer, wf_str_t text,
    double *v);
static wf_rc_t words_read(wf_str_t text, double *v);
static bool modifier_take(wf_str_t *picture);


wf_rc_t
wf_pic_format_integer(wf_arena_t *arena, double v, wf_str_t picture,
    wf_str_t *out, const char **code)
{
    bool           ordinal;
    wf_buf_t       buf;
    pic_integer_t  integer;

    ordinal = modifier_take(&picture);

    if (wf_pic_integer_analyse(arena, picture, &integer, code) != WF_OK) {
        return WF_ERROR;
    }

    integer.ordinal = ordinal;
    wf_buf_init(&buf, arena, TEXT_MAX);

    if (wf_pic_integer_print(&buf, &integer, floor(v), code) != WF_OK) {
        return WF_ERROR;
    }

    if (buf.failed) {
        *code = NULL;
        return WF_ERROR;
    }

    *out = wf_buf_done(&buf);

    return WF_OK;
}


wf_rc_t
wf_pic_parse_integer(wf_arena_t *arena, wf_str_t text, wf_str_t picture,
    double *v, const char **code)
{
    bool           ordinal;
    pic_integer_t  integer;

    ordinal = modifier_take(&picture);

    if (wf_pic_integer_analyse(arena, picture, &integer, code) != WF_OK) {
        return WF_ERROR;
    }

    integer.ordinal = ordinal;
    *code = NULL;

    return wf_pic_integer_read(arena, &integer, text.data ? text : wf_str(""),
                               v);
}


/* "0;o" -> "0", ordinal.  What else stands behind the last semicolon has no
 * meaning here. */

static bool
modifier_take(wf_str_t *picture)
{
    bool    ordinal;
    size_t  i;

    for (i = picture->len; i > 0; i--) {
        if (picture->data[i - 1] == ';') {
            ordinal = i < picture->len && picture->data[i] == 'o';
            picture->len = i - 1;
            return ordinal;
        }
    }

    return false;
}


wf_rc_t
wf_pic_integer_analyse(wf_arena_t *arena, wf_str_t picture,
    pic_integer_t *integer, const char **code)
{
    size_t  i;

    memset(integer, 0, sizeof(pic_integer_t));
    integer->zero = '0';
    picture = picture.data ? picture : wf_str("");

    for (i = 0; i < wf_countof(named); i++) {
        if (wf_str_eq(picture, named[i].picture)) {
            integer->kind = named[i].kind;
            integer->letter_case = named[i].letter_case;
            return WF_OK;
        }
    }

    return decimal_analyse(arena, picture, integer, code);
}


uint32_t
wf_pic_digit_zero(uint32_t c)
{
    size_t  i;

    for (i = 0; i < wf_countof(zeros); i++) {
        if (c >= zeros[i] && c < zeros[i] + (uint32_t) FAMILY) {
            return zeros[i];
        }
    }

    return 0;
}


static wf_rc_t
decimal_analyse(wf_arena_t *arena, wf_str_t picture, pic_integer_t *integer,
    const char **code)
{
    uint32_t        c, zero;
    const uint8_t  *p, *end;

    p = picture.data;
    end = p + picture.len;

    while (p < end) {
        c = wf_pic_char(&p);
        zero = wf_pic_digit_zero(c);

        if (zero == 0) {
            integer->optional += c == '#';
            integer->separator_count += c != '#';
            continue;
        }

        if (integer->mandatory && zero != integer->zero) {
            *code = "D3131";
            return WF_ERROR;
        }

        integer->zero = zero;
        integer->mandatory++;
    }

    if (integer->mandatory == 0) {
        *code = "D3130";
        return WF_ERROR;
    }

    if (integer->separator_count
        && separators_add(arena, picture, integer) != WF_OK)
    {
        *code = NULL;
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
separators_add(wf_arena_t *arena, wf_str_t picture, pic_integer_t *integer)
{
    uint32_t        c, i, position;
    const uint8_t  *p, *end;

    integer->separators = wf_arena_alloc(arena, integer->separator_count
                                                * sizeof(pic_separator_t));

    if (integer->separators == NULL) {
        return WF_ERROR;
    }

    i = integer->separator_count;
    position = integer->mandatory + integer->optional;
    p = picture.data;
    end = p + picture.len;

    while (p < end) {
        c = wf_pic_char(&p);

        if (c == '#' || wf_pic_digit_zero(c)) {
            position--;
            continue;
        }

        i--;
        integer->separators[i].position = position;
        integer->separators[i].character = c;
    }

    separators_measure(integer);

    return WF_OK;
}


/*
 * All alike and at the multiples of one distance: then they go on to the
 * left of the picture.
 */

static void
separators_measure(pic_integer_t *integer)
{
    uint32_t  i, a, b, rest;

    a = 0;

    for (i = 0; i < integer->separator_count; i++) {
        if (integer->separators[i].character
            != integer->separators[0].character)
        {
            return;
        }

        for (b = integer->separators[i].position; b; b = rest) {
            rest = a % b;
            a = b;
        }
    }

    for (i = 1; a && i <= integer->separator_count; i++) {
        if (!separator_stands(integer, i * a)) {
            return;
        }
    }

    integer->every = a;
}


/* Their positions ascend. */

static bool
separator_stands(const pic_integer_t *integer, uint32_t position)
{
    uint32_t  low, high, middle;

    low = 0;
    high = integer->separator_count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (integer->separators[middle].position == position) {
            return true;
        }

        if (integer->separators[middle].position < position) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return false;
}


wf_rc_t
wf_pic_integer_print(wf_buf_t *buf, const pic_integer_t *integer, double v,
    const char **code)
{
    if (!isfinite(v)) {
        *code = "D1001";
        return WF_ERROR;
    }

    if (integer->kind == PIC_ROMAN && fabs(v) > WF_ROMAN_MAX) {
        *code = "D1001";
        return WF_ERROR;
    }

    if (v < 0) {
        wf_buf_byte(buf, '-');
        v = -v;
    }

    switch (integer->kind) {

    case PIC_LETTERS:
        letters_print(buf, integer->letter_case, v);
        break;

    case PIC_ROMAN:
        roman_print(buf, integer->letter_case, v);
        break;

    case PIC_WORDS:
        wf_pic_words_print(buf, integer->letter_case, v, integer->ordinal);
        break;

    default:
        decimal_print(buf, integer, v);
    }

    return WF_OK;
}


static void
decimal_print(wf_buf_t *buf, const pic_integer_t *integer, double v)
{
    uint32_t  i, left, next, position;
    uint8_t   text[TEXT_MAX];
    wf_buf_t  digits;

    /* Never grows: the longest, "1.7976931348623157e+308", fits. */

    digits = (wf_buf_t) { .data = text, .size = sizeof(text) };
    wf_number_print(&digits, v);

    left = (uint32_t) wf_max(digits.len, integer->mandatory);
    next = integer->separator_count;

    while (next && integer->separators[next - 1].position >= left) {
        next--;
    }

    for (i = 0; left; left--) {

        if (left > digits.len) {
            wf_pic_put(buf, integer->zero);

        } else if (text[i] >= '0' && text[i] <= '9') {
            wf_pic_put(buf, integer->zero + (text[i++] - '0'));

        } else {
            wf_buf_byte(buf, text[i++]);
        }

        position = left - 1;

        if (integer->every) {
            if (position && position % integer->every == 0) {
                wf_pic_put(buf, integer->separators[0].character);
            }

            continue;
        }

        while (next && integer->separators[next - 1].position == position) {
            next--;
            wf_pic_put(buf, integer->separators[next].character);
        }
    }

    if (integer->ordinal) {
        ordinal_print(buf, wf_buf_done(&digits), integer->zero);
    }
}


/* English suffixes belong to European digits: others have "th" alone. */

static void
ordinal_print(wf_buf_t *buf, wf_str_t digits, uint32_t zero)
{
    static const char *const  suffixes[] = { "th", "st", "nd", "rd" };

    uint8_t  last;

    last = digits.data[digits.len - 1] - '0';

    if (last >= wf_countof(suffixes) || zero != '0'
        || (digits.len > 1 && digits.data[digits.len - 2] == '1'))
    {
        last = 0;
    }

    wf_buf_append(buf, suffixes[last], ORDINAL_SUFFIX);
}


static void
letters_print(wf_buf_t *buf, pic_case_t letter_case, double v)
{
    double   digit;
    size_t   len;
    uint8_t  text[TEXT_MAX * 4];        /* 26^218 > DBL_MAX */

    for (len = 0; v > 0 && len < sizeof(text); len++) {
        digit = fmod(v - 1, LETTERS);
        v = floor((v - 1) / LETTERS);
        text[sizeof(text) - 1 - len] = (uint8_t)
            ((letter_case == PIC_UPPER ? 'A' : 'a') + (int) digit);
    }

    wf_buf_append(buf, text + sizeof(text) - len, len);
}


static void
roman_print(wf_buf_t *buf, pic_case_t letter_case, double v)
{
    size_t       i;
    unsigned     left;
    const char  *p;

    left = (unsigned) v;

    for (i = 0; i < wf_countof(romans); i++) {
        for ( /* void */ ; left >= romans[i].value; left -= romans[i].value) {
            for (p = romans[i].letters; *p; p++) {
                wf_buf_byte(buf, (uint8_t)
                            (letter_case == PIC_LOWER ? *p | 0x20 : *p));
            }
        }
    }
}


wf_rc_t
wf_pic_integer_read(wf_arena_t *arena, const pic_integer_t *integer,
    wf_str_t text, double *v)
{
    switch (integer->kind) {

    case PIC_LETTERS:
        return letters_read(integer, text, v);

    case PIC_ROMAN:
        return roman_read(integer, text, v);

    case PIC_WORDS:
        return words_read(text, v);

    default:
        return decimal_read(arena, integer, text, v);
    }
}


/*
 * Blanks and a sign, then digits and separators up to anything else, which is
 * not looked at.
 */

static wf_rc_t
decimal_read(wf_arena_t *arena, const pic_integer_t *integer, wf_str_t text,
    double *v)
{
    double          read;
    uint32_t        c;
    wf_buf_t        digits;
    const uint8_t  *p, *end;

    if (integer->ordinal) {
        text.len -= wf_min(text.len, ORDINAL_SUFFIX);
    }

    wf_buf_init(&digits, arena, text.len + 1);
    p = text.data;
    end = p + text.len;

    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) {
        p++;
    }

    if (p < end && (*p == '-' || *p == '+')) {
        if (*p++ == '-') {
            wf_buf_byte(&digits, '-');
        }
    }

    while (p < end) {
        c = wf_pic_char(&p);

        if (c >= integer->zero && c < integer->zero + FAMILY) {
            wf_buf_byte(&digits, (uint8_t) ('0' + (c - integer->zero)));

        } else if (!is_separator(integer, c)) {
            break;
        }
    }

    if (digits.failed) {
        return WF_ERROR;
    }

    if (digits.len == 0 || digits.data[digits.len - 1] == '-') {
        return WF_DECLINED;
    }

    read = wf_number_parse(wf_buf_done(&digits));

    if (!isfinite(read)) {
        return WF_DECLINED;
    }

    *v = read + 0.0;

    return WF_OK;
}


static bool
is_separator(const pic_integer_t *integer, uint32_t c)
{
    uint32_t  i, count;

    count = integer->every ? 1 : integer->separator_count;

    for (i = 0; i < count; i++) {
        if (integer->separators[i].character == c) {
            return true;
        }
    }

    return false;
}


static wf_rc_t
letters_read(const pic_integer_t *integer, wf_str_t text, double *v)
{
    size_t   i;
    double   read;
    uint8_t  first;

    read = 0;
    first = integer->letter_case == PIC_UPPER ? 'A' : 'a';

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < first || text.data[i] >= first + LETTERS) {
            return WF_DECLINED;
        }

        read = read * LETTERS + (text.data[i] - first + 1);
    }

    if (!isfinite(read)) {
        return WF_DECLINED;
    }

    *v = read;

    return WF_OK;
}


unsigned
wf_pic_roman_digit(uint8_t letter)
{
    size_t  i;

    for (i = 0; i < wf_countof(romans); i++) {
        if ((uint8_t) romans[i].letters[0] == letter
            && romans[i].letters[1] == '\0')
        {
            return romans[i].value;
        }
    }

    return 0;
}


/* Numbers that no Roman would have written are read by the same rule: a
 * letter in front of a greater one counts against it. */

static wf_rc_t
roman_read(const pic_integer_t *integer, wf_str_t text, double *v)
{
    size_t    i;
    double    read;
    uint8_t   c;
    unsigned  digit, greatest;

    read = 0;
    greatest = 0;

    for (i = text.len; i > 0; i--) {
        c = text.data[i - 1];

        if (integer->letter_case == PIC_LOWER && c >= 'a' && c <= 'z') {
            c &= 0xdf;
        }

        digit = wf_pic_roman_digit(c);

        if (digit == 0) {
            return WF_DECLINED;
        }

        if (digit < greatest) {
            read -= digit;

        } else {
            read += digit;
            greatest = digit;
        }
    }

    *v = read;

    return WF_OK;
}


static wf_rc_t
words_read(wf_str_t text, double *v)
{
    pic_words_t  words = { .text = text };

    while (wf_pic_words_next(&words)) { /* void */ }

    if (!words.begun || words.pos != text.len
        || !isfinite(words.sum + words.top))
    {
        return WF_DECLINED;
    }

    *v = words.sum + words.top;

    return WF_OK;
}
