
/*
 * Numbers of JSONata as text and back, and rounded: $string, $number,
 * $formatBase, $round.  Knows no pictures.
 */

#include <float.h>
#include <math.h>

#include "base/number.h"
#include "expr/jsonata_pic.h"


#define STRING_DIGITS    15             /* of $string */
#define NUMBER_TEXT_MAX  32
#define RADIX_MIN        2
#define RADIX_MAX        36
#define RADIX_TEXT_MAX   1100           /* DBL_MAX in binary, a sign */
#define RADIX_WORDS      35             /* of 32 bits, DBL_MAX and more */
#define SHIFT_MAX        700            /* beyond any double's exponent */
#define UINT64_BITS      64


static double shifted(double v, int places);
static bool number_is_json(wf_str_t text);
static const uint8_t *digits_skip(const uint8_t *pos, const uint8_t *end);
static wf_rc_t radix_parse(wf_str_t text, double *v);
static unsigned digit_value(uint8_t c);
static size_t radix_digits(double v, unsigned radix, uint8_t *end);


wf_rc_t
wf_pic_number_text(wf_arena_t *arena, double v, wf_str_t *out)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, NUMBER_TEXT_MAX);
    wf_number_print(&buf, v == floor(v) ? v
                                        : wf_number_precise(v, STRING_DIGITS));

    if (buf.failed) {
        return WF_ERROR;
    }

    *out = wf_buf_done(&buf);

    return WF_OK;
}


/*
 * The decimal point moves in the digits, not by a multiplication: 1.005 is
 * 100.5 hundredths.
 */

double
wf_pic_round(double v, double precision)
{
    int     places;
    double  rounded;

    if (!isfinite(v) || isnan(precision)) {
        return v;
    }

    places = (int) wf_min(wf_max(precision, -SHIFT_MAX), SHIFT_MAX);

    if (places == 0) {
        return nearbyint(v) + 0.0;
    }

    rounded = shifted(v, places);

    if (!isfinite(rounded)) {
        return v;                       /* it has no digits so far behind */
    }

    return shifted(nearbyint(rounded), -places) + 0.0;
}


static double
shifted(double v, int places)
{
    int        exponent;
    uint8_t    text[NUMBER_TEXT_MAX * 2];
    wf_buf_t   buf;
    wf_str_t   digits;
    unsigned   i;

    /* Never grows: two numbers are shorter than that. */

    buf = (wf_buf_t) { .data = text, .size = sizeof(text) };
    wf_number_print(&buf, v);

    digits = wf_buf_done(&buf);
    exponent = 0;

    for (i = 0; i < digits.len; i++) {
        if (digits.data[i] == 'e') {
            exponent = (int) wf_number_parse((wf_str_t) {
                digits.len - i - 1 - (digits.data[i + 1] == '+'),
                digits.data + i + 1 + (digits.data[i + 1] == '+') });
            buf.len = i;
            break;
        }
    }

    wf_buf_byte(&buf, 'e');
    wf_buf_int(&buf, exponent + places);

    return wf_number_parse(wf_buf_done(&buf));
}


wf_rc_t
wf_pic_parse_number(wf_str_t text, double *v)
{
    double  parsed;

    text = text.data ? text : wf_str("");

    if (!number_is_json(text)) {
        return radix_parse(text, v);
    }

    parsed = wf_number_parse(text);

    if (!isfinite(parsed)) {
        return WF_DECLINED;
    }

    *v = parsed;

    return WF_OK;
}


/* JSON's grammar, but for zeros in front. */

static bool
number_is_json(wf_str_t text)
{
    const uint8_t  *p, *q, *end;

    p = text.data;
    end = p + text.len;

    if (p < end && *p == '-') {
        p++;
    }

    q = digits_skip(p, end);

    if (q == p) {
        return false;
    }

    if (q < end && *q == '.') {
        p = q + 1;
        q = digits_skip(p, end);

        if (q == p) {
            return false;
        }
    }

    if (q < end && (*q == 'e' || *q == 'E')) {
        p = q + 1;

        if (p < end && (*p == '-' || *p == '+')) {
            p++;
        }

        q = digits_skip(p, end);

        if (q == p) {
            return false;
        }
    }

    return q == end;
}


static const uint8_t *
digits_skip(const uint8_t *pos, const uint8_t *end)
{
    while (pos < end && *pos >= '0' && *pos <= '9') {
        pos++;
    }

    return pos;
}


/*
 * 0x, 0o and 0b.  What does not fit 64 bits is squeezed into the lowest of
 * them, so that the conversion to double rounds once.
 */

static wf_rc_t
radix_parse(wf_str_t text, double *v)
{
    static const struct {
        char      letter;
        unsigned  bits;
    } radices[] = { { 'x', 4 }, { 'o', 3 }, { 'b', 1 } };

    size_t    i;
    double    parsed;
    uint64_t  number, low;
    unsigned  bits, digit, dropped;

    bits = 0;

    for (i = 0; i < wf_countof(radices); i++) {
        if (text.len > 2 && text.data[0] == '0'
            && (text.data[1] | 0x20) == radices[i].letter)
        {
            bits = radices[i].bits;
        }
    }

    if (bits == 0) {
        return WF_DECLINED;
    }

    number = 0;
    dropped = 0;

    for (i = 2; i < text.len; i++) {
        digit = digit_value(text.data[i]);

        if (digit >= 1u << bits) {
            return WF_DECLINED;
        }

        if (dropped == 0 && number >> (UINT64_BITS - bits) == 0) {
            number = number << bits | digit;
            continue;
        }

        low = digit != 0;
        number |= low;
        dropped += bits;

        if (dropped > DBL_MAX_EXP) {
            return WF_DECLINED;
        }
    }

    parsed = ldexp((double) number, (int) dropped);

    if (!isfinite(parsed)) {
        return WF_DECLINED;
    }

    *v = parsed;

    return WF_OK;
}


static unsigned
digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned) (c - '0');
    }

    c |= 0x20;

    return c >= 'a' && c <= 'z' ? (unsigned) (c - 'a') + 10 : RADIX_MAX;
}


wf_rc_t
wf_pic_format_base(wf_arena_t *arena, double v, double radix, wf_str_t *out,
    const char **code)
{
    size_t    len;
    uint8_t   text[RADIX_TEXT_MAX];
    wf_str_t  made;

    v = wf_pic_round(v, 0);
    radix = wf_pic_round(radix, 0);

    if (!(radix >= RADIX_MIN && radix <= RADIX_MAX)) {
        *code = "D3100";
        return WF_ERROR;
    }

    if (!isfinite(v)) {
        *code = "D1001";
        return WF_ERROR;
    }

    *code = NULL;

    if (radix == 10) {
        return wf_pic_number_text(arena, v, out);
    }

    len = radix_digits(fabs(v), (unsigned) radix, text + sizeof(text));

    if (v < 0) {
        text[sizeof(text) - ++len] = '-';
    }

    made = wf_arena_copy(arena, (wf_str_t) { len, text + sizeof(text) - len });

    if (made.data == NULL) {
        return WF_ERROR;
    }

    *out = made;

    return WF_OK;
}


/* Exact digits of a whole number, written backwards from end. */

static size_t
radix_digits(double v, unsigned radix, uint8_t *end)
{
    int       exponent;
    size_t    i, count;
    uint8_t  *p;
    uint32_t  words[RADIX_WORDS];
    uint64_t  mantissa, rest;

    memset(words, 0, sizeof(words));
    mantissa = (uint64_t) ldexp(frexp(v, &exponent), DBL_MANT_DIG);
    exponent -= DBL_MANT_DIG;

    if (exponent < 0) {
        mantissa >>= wf_min(-exponent, DBL_MANT_DIG);
        exponent = 0;
    }

    /* The mantissa's 53 bits and up to 31 more take three words. */

    i = (size_t) exponent / 32;
    exponent %= 32;
    rest = (mantissa & UINT32_MAX) << exponent;
    words[i] = (uint32_t) rest;
    rest = (rest >> 32) + ((mantissa >> 32) << exponent);
    words[i + 1] = (uint32_t) rest;
    words[i + 2] = (uint32_t) (rest >> 32);
    count = i + 3;

    for (p = end; count || p == end; /* void */ ) {
        rest = 0;

        for (i = count; i > 0; i--) {
            rest = rest << 32 | words[i - 1];
            words[i - 1] = (uint32_t) (rest / radix);
            rest %= radix;
        }

        while (count && words[count - 1] == 0) {
            count--;
        }

        *--p = (uint8_t) "0123456789abcdefghijklmnopqrstuvwxyz"[rest];
    }

    return (size_t) (end - p);
}
