
/*
 * Numbers among the values: digits <-> integer and double.  Owns the two
 * conversions; both are exact, and neither listens to the locale: a decimal
 * point never reaches strtod(), and the one snprintf() prints is skipped.
 */

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/value.h"


#define DIGITS_MAX      (WF_NUMBER_LEN_MAX + 32)
#define EXPONENT_MAX    100000          /* far beyond any double */
#define MANTISSA_BITS   52              /* of a double (IEEE 754) */
#define MANTISSA_ONE    (UINT64_C(1) << MANTISSA_BITS)
#define MANTISSA_MASK   (MANTISSA_ONE - 1)
#define EXPONENT_BIAS   (1023 + MANTISSA_BITS)
#define FEW_MIN         1e-5
#define FEW_MAX         1e15            /* EXACT_DIGITS of them */
#define INTEGER_DIGITS  19              /* of INT64_MAX */
#define EXACT_DIGITS    15              /* any so long survives a double */
#define EXACT_POWER     22              /* 10^22 is a double, 10^23 is not */
#define SHORT_DIGITS    18              /* any so long fits an int64 */
#define ECMA_FIXED_MAX  21              /* then 1e+21 */
#define ECMA_FIXED_MIN  (-6)            /* then 1e-7 */
#define REAL_TEXT_MAX   32              /* "-1.2345678901234567e-308" */
#define INT_TEXT_MAX    20
#define TIE_DIGITS      10              /* to see that it is no tie */
#define EXACT_TEXT_MAX  800             /* no double has more digits */
#define FIXED_TEXT_MAX  (WF_NUMBER_PLACES_MAX + 320)
#define SAFE_INTEGER    9007199254740992.0      /* 2^53 */


__extension__ typedef unsigned __int128  wide_t;

/* negative ? -: + digits * 10^exponent; no zeros at either end */
typedef struct {
    char      digits[DIGITS_MAX];
    unsigned  count;
    int64_t   exponent;
    bool      negative;
} decimal_t;


static bool short_integer(wf_str_t text, int64_t *integer);
static void decimal_read(decimal_t *decimal, wf_str_t text);
static void decimal_digit(decimal_t *decimal, char digit, bool fraction);
static int64_t decimal_exponent(const uint8_t *pos, const uint8_t *end);
static bool decimal_integer(const decimal_t *decimal, int64_t *integer);
static double decimal_real(const decimal_t *decimal);
static unsigned digits_of(const char *text, char *digits, int *point);
static bool few_digits(double real, uint64_t *mantissa, int *places);
static bool middle_digits(double real, uint64_t *mantissa, int *places);
static unsigned tried_digits(double real, char digits[REAL_TEXT_MAX],
    int *point);
static unsigned shortest(double real, char digits[REAL_TEXT_MAX], int *point);
static void zeros(wf_buf_t *buf, int count);


wf_value_t *
wf_value_int(wf_arena_t *arena, int64_t integer)
{
    wf_buf_t     buf;
    wf_value_t  *value;

    value = wf_arena_calloc(arena, sizeof(wf_value_t));
    wf_buf_init(&buf, arena, INT_TEXT_MAX);
    wf_buf_int(&buf, integer);

    if (value == NULL || buf.failed) {
        return NULL;
    }

    value->type = WF_NUMBER;
    value->is_integer = true;
    value->u.number.text = wf_buf_done(&buf);
    value->u.number.integer = integer;
    value->u.number.real = (double) integer;

    return value;
}


wf_value_t *
wf_value_real(wf_arena_t *arena, double real)
{
    wf_buf_t     buf;
    wf_value_t  *value;

    wf_assert(isfinite(real));

    if (real == floor(real) && fabs(real) <= SAFE_INTEGER) {
        return wf_value_int(arena, (int64_t) real);
    }

    wf_buf_init(&buf, arena, REAL_TEXT_MAX);
    wf_number_print(&buf, real);

    if (buf.failed) {
        return NULL;
    }

    if (real == floor(real)) {
        value = wf_value_number(arena, wf_buf_done(&buf));

    } else {
        value = wf_arena_calloc(arena, sizeof(wf_value_t));
    }

    if (value != NULL) {
        value->type = WF_NUMBER;
        value->u.number.text = wf_buf_done(&buf);
        value->u.number.real = real;
    }

    return value;
}


wf_value_t *
wf_value_number(wf_arena_t *arena, wf_str_t text)
{
    decimal_t    decimal;
    wf_value_t  *value;

    value = wf_arena_calloc(arena, sizeof(wf_value_t));

    if (value == NULL) {
        return NULL;
    }

    value->type = WF_NUMBER;
    value->u.number.text = text;

    if (short_integer(text, &value->u.number.integer)) {
        value->is_integer = true;
        value->u.number.real = (double) value->u.number.integer;
        return value;
    }

    decimal_read(&decimal, text);

    value->is_integer = decimal_integer(&decimal, &value->u.number.integer);
    value->u.number.real = wf_max(wf_min(decimal_real(&decimal), DBL_MAX),
                                  -DBL_MAX);

    return value;
}


int
wf_number_cmp(const wf_value_t *a, const wf_value_t *b)
{
    double  x, y;

    if (a->is_integer && b->is_integer) {
        return (a->u.number.integer > b->u.number.integer)
               - (a->u.number.integer < b->u.number.integer);
    }

    x = a->u.number.real;
    y = b->u.number.real;

    return (x > y) - (x < y);
}


/* Most numbers are a few digits and nothing else.  "-0" is not one. */

static bool
short_integer(wf_str_t text, int64_t *integer)
{
    size_t   i;
    bool     negative;
    int64_t  number;

    negative = text.len > 0 && text.data[0] == '-';
    number = 0;

    if (text.len > SHORT_DIGITS) {
        return false;
    }

    for (i = negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }

        number = number * 10 + (text.data[i] - '0');
    }

    if (negative && number == 0) {
        return false;
    }

    *integer = negative ? -number : number;

    return true;
}


static void
decimal_read(decimal_t *decimal, wf_str_t text)
{
    bool            fraction;
    const uint8_t  *p, *end;

    decimal->count = 0;
    decimal->exponent = 0;
    decimal->negative = false;

    fraction = false;
    end = text.data + text.len;

    for (p = text.data; p < end; p++) {
        if (*p == 'e' || *p == 'E') {
            decimal->exponent += decimal_exponent(p + 1, end);
            break;
        }

        if (*p == '-') {
            decimal->negative = true;

        } else if (*p == '.') {
            fraction = true;

        } else {
            decimal_digit(decimal, (char) *p, fraction);
        }
    }

    while (decimal->count && decimal->digits[decimal->count - 1] == '0') {
        decimal->count--;
        decimal->exponent++;
    }
}


/* Digits beyond DIGITS_MAX cannot move a double and no integer has them. */

static void
decimal_digit(decimal_t *decimal, char digit, bool fraction)
{
    if (decimal->count == DIGITS_MAX) {
        decimal->exponent += !fraction;
        return;
    }

    if (decimal->count || digit != '0') {
        decimal->digits[decimal->count++] = digit;
    }

    decimal->exponent -= fraction;
}


static int64_t
decimal_exponent(const uint8_t *pos, const uint8_t *end)
{
    bool     negative;
    int64_t  exponent;

    negative = pos < end && *pos == '-';
    exponent = 0;

    if (pos < end && (*pos == '-' || *pos == '+')) {
        pos++;
    }

    for ( /* void */ ; pos < end; pos++) {
        exponent = exponent * 10 + (*pos - '0');
        exponent = wf_min(exponent, EXPONENT_MAX);
    }

    return negative ? -exponent : exponent;
}


static bool
decimal_integer(const decimal_t *decimal, int64_t *integer)
{
    int64_t   i;
    uint64_t  number;

    if (decimal->count == 0) {
        *integer = 0;
        return true;
    }

    if (decimal->exponent < 0
        || decimal->exponent + decimal->count > INTEGER_DIGITS)
    {
        return false;
    }

    number = 0;

    for (i = 0; i < decimal->exponent + decimal->count; i++) {
        number *= 10;

        if (i < decimal->count) {
            number += (uint64_t) (decimal->digits[i] - '0');
        }
    }

    if (number > (uint64_t) INT64_MAX + decimal->negative) {
        return false;
    }

    *integer = (int64_t) (decimal->negative ? 0 - number : number);

    return true;
}


static double
decimal_real(const decimal_t *decimal)
{
    static const double  powers[EXACT_POWER + 1] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    int       exponent;
    char      text[DIGITS_MAX + REAL_TEXT_MAX];
    double    real;
    unsigned  i;

    exponent = (int) wf_min(wf_max(decimal->exponent, -2 * EXPONENT_MAX),
                            2 * EXPONENT_MAX);
    real = 0;

    if (decimal->count <= EXACT_DIGITS
        && exponent >= -EXACT_POWER && exponent <= EXACT_POWER)
    {
        /* Both operands are exact, so one operation rounds correctly. */

        for (i = 0; i < decimal->count; i++) {
            real = real * 10 + (decimal->digits[i] - '0');
        }

        real = exponent < 0 ? real / powers[-exponent]
                            : real * powers[exponent];

    } else if (decimal->count) {
        memcpy(text, decimal->digits, decimal->count);
        snprintf(text + decimal->count, REAL_TEXT_MAX, "e%d", exponent);

        real = strtod(text, NULL);
    }

    return decimal->negative ? -real : real;
}


/*
 * real as mantissa / 10^places with at most EXACT_DIGITS digits, if it is
 * such, as prices are: both operands are exact, so an equal quotient is what
 * the digits read back as, and no other so few digits do.
 */

static bool
few_digits(double real, uint64_t *mantissa, int *places)
{
    int     i;
    double  power, scaled;

    if (real < FEW_MIN) {
        return false;
    }

    for (i = 0, power = 1; i <= EXACT_DIGITS; i++, power *= 10) {
        scaled = nearbyint(real * power);

        if (scaled >= FEW_MAX) {
            return false;
        }

        if (scaled / power == real) {
            *mantissa = (uint64_t) scaled;
            *places = i;
            return true;
        }
    }

    return false;
}


/*
 * The shortest digits of a double of middle size, exactly, in integers:
 *
 *     real = m / 2^s,  10^16 <= real * 10^k < 10^17
 *
 * In units of 2^-(s+1) that is 2 * m * 10^k, and what reads back as real lies
 * 10^k on either side.  From few digits to many: the nearest decimal that is
 * not farther away.
 */

static bool
middle_digits(double real, uint64_t *mantissa, int *places)
{
    int       k, s;
    double    power;
    uint64_t  bits, m, whole, step, rest;
    wide_t    half, centre, below, above, span;

    memcpy(&bits, &real, sizeof(bits));
    m = (bits & MANTISSA_MASK) | MANTISSA_ONE;
    s = EXPONENT_BIAS - (int) (bits >> MANTISSA_BITS);

    if (real < FEW_MIN || real >= FEW_MAX || m == MANTISSA_ONE) {
        return false;
    }

    for (k = 0, half = 1, power = 1; real * power < 1e16; k++) {
        half *= 10;
        power *= 10;
    }

    centre = half * m * 2;
    whole = (uint64_t) (centre >> (s + 1));

    for (step = 10000000000000000; step > 0; step /= 10) {
        span = (wide_t) step << (s + 1);
        rest = whole % step;
        below = ((wide_t) rest << (s + 1))
                + (centre & (((wide_t) 1 << (s + 1)) - 1));
        above = span - below;

        if (below < half || above < half
            || ((below == half || above == half) && m % 2 == 0))
        {
            /* Of two that are as near the even one. */
            *mantissa = whole - rest;
            *mantissa += below < above
                         || (below == above && *mantissa / step % 2 == 0)
                         ? 0 : step;
            *places = k;
            return true;
        }
    }

    return false;
}


/* Digits by trying, which takes a while but knows every double. */

static unsigned
tried_digits(double real, char digits[REAL_TEXT_MAX], int *point)
{
    int   precision;
    char  text[REAL_TEXT_MAX];

    /* Any 15 digits survive a normal double, few survive a subnormal one. */

    precision = real < DBL_MIN ? 1 : EXACT_DIGITS;

    for ( /* void */ ; ; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision - 1, real);

        if (precision >= DBL_DECIMAL_DIG || strtod(text, NULL) == real) {
            break;
        }
    }

    return digits_of(text, digits, point);
}


/* 0.digits * 10^point, digits without zeros at the end. */

static unsigned
shortest(double real, char digits[REAL_TEXT_MAX], int *point)
{
    int       places;
    char      text[REAL_TEXT_MAX];
    char     *p;
    unsigned  count;
    uint64_t  mantissa;

    if (!few_digits(real, &mantissa, &places)
        && !middle_digits(real, &mantissa, &places))
    {
        return tried_digits(real, digits, point);
    }

    p = text + sizeof(text);
    count = 0;

    for ( /* void */ ; mantissa; mantissa /= 10, places--) {
        if (count || mantissa % 10) {
            *--p = (char) ('0' + mantissa % 10);
            count++;
        }
    }

    memcpy(digits, p, count);
    *point = -places;

    return count;
}


/* Of what "%.*e" wrote. */

static unsigned
digits_of(const char *text, char *digits, int *point)
{
    unsigned     count;
    const char  *p;

    count = 0;

    for (p = text; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') {           /* whatever the point is */
            digits[count++] = *p;
        }
    }

    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }

    p++;
    *point = 1 + (int) decimal_exponent((const uint8_t *) p,
                                        (const uint8_t *) p + strlen(p));

    return count;
}


double
wf_number_parse(wf_str_t text)
{
    int64_t    integer;
    decimal_t  decimal;

    if (short_integer(text, &integer)) {
        return (double) integer;
    }

    decimal_read(&decimal, text);

    return decimal_real(&decimal);
}


double
wf_number_precise(double real, unsigned precision)
{
    int        point;
    char       text[EXACT_TEXT_MAX], digits[EXACT_TEXT_MAX];
    unsigned   count;
    uint64_t   mantissa;
    decimal_t  decimal;

    wf_assert(isfinite(real) && precision > 0 && precision <= EXACT_DIGITS);

    if (precision == EXACT_DIGITS && few_digits(fabs(real), &mantissa, &point))
    {
        return real;
    }

    /* Where a few more digits look like a tie, all of them decide. */

    snprintf(text, sizeof(text), "%.*e", (int) precision + TIE_DIGITS - 1,
             fabs(real));
    count = digits_of(text, digits, &point);

    if (count == precision + 1 && digits[precision] == '5') {
        snprintf(text, sizeof(text), "%.*e", EXACT_TEXT_MAX - 16, fabs(real));
        count = digits_of(text, digits, &point);
    }

    decimal.count = wf_min(count, precision);
    decimal.negative = real < 0;
    memcpy(decimal.digits, digits, decimal.count);

    if (count > precision && digits[precision] >= '5') {

        while (decimal.count && decimal.digits[decimal.count - 1] == '9') {
            decimal.count--;
        }

        if (decimal.count) {
            decimal.digits[decimal.count - 1]++;

        } else {
            decimal.digits[decimal.count++] = '1';
            point++;
        }
    }

    decimal.exponent = point - (int64_t) decimal.count;

    return decimal_real(&decimal);
}


void
wf_number_fixed(wf_buf_t *buf, double real, unsigned places)
{
    char  text[FIXED_TEXT_MAX], *p;

    wf_assert(isfinite(real) && places <= WF_NUMBER_PLACES_MAX);

    snprintf(text, sizeof(text), "%.*f", (int) places, real);

    for (p = text; *p; p++) {
        wf_buf_byte(buf, (*p >= '0' && *p <= '9') || *p == '-' ? (uint8_t) *p
                                                               : '.');
    }
}


void
wf_number_print(wf_buf_t *buf, double real)
{
    int   count, point;
    char  digits[REAL_TEXT_MAX];

    wf_assert(isfinite(real));

    if (real == floor(real) && fabs(real) <= SAFE_INTEGER) {
        wf_buf_int(buf, (int64_t) real);
        return;
    }

    if (real < 0) {
        wf_buf_byte(buf, '-');
        real = -real;
    }

    count = (int) shortest(real, digits, &point);

    if (point > ECMA_FIXED_MAX || point <= ECMA_FIXED_MIN) {
        wf_buf_byte(buf, (uint8_t) digits[0]);

        if (count > 1) {
            wf_buf_byte(buf, '.');
            wf_buf_append(buf, digits + 1, (size_t) count - 1);
        }

        wf_buf_text(buf, "e");
        wf_buf_byte(buf, point > 0 ? '+' : '-');
        wf_buf_uint(buf, (uint64_t) abs(point - 1));

    } else if (point <= 0) {
        wf_buf_text(buf, "0.");
        zeros(buf, -point);
        wf_buf_append(buf, digits, (size_t) count);

    } else if (point >= count) {
        wf_buf_append(buf, digits, (size_t) count);
        zeros(buf, point - count);

    } else {
        wf_buf_append(buf, digits, (size_t) point);
        wf_buf_byte(buf, '.');
        wf_buf_append(buf, digits + point, (size_t) (count - point));
    }
}


static void
zeros(wf_buf_t *buf, int count)
{
    while (count-- > 0) {
        wf_buf_byte(buf, '0');
    }
}
