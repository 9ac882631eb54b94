
#include <locale.h>

#include "base/number.c"
#include "unit.h"


static wf_arena_t  *arena;


static wf_str_t
real_text(double real)
{
    return wf_value_real(arena, real)->u.number.text;
}


static wf_value_t *
number(const char *text)
{
    return wf_value_number(arena, wf_str_of(text));
}


TEST(ints)
{
    wf_value_t  *value;

    arena = wf_arena_create(0);

    value = wf_value_int(arena, INT64_MIN);
    CHECK_STR(value->u.number.text, wf_str("-9223372036854775808"));
    CHECK(value->is_integer && value->u.number.integer == INT64_MIN);
    CHECK(value->u.number.real == -9223372036854775808.0);

    CHECK_STR(wf_value_int(arena, 0)->u.number.text, wf_str("0"));

    wf_arena_free(arena);
}


TEST(reals)
{
    static const struct {
        double       real;
        const char  *text;
    } rows[] = {
        { 0.0, "0" }, { -0.0, "0" }, { 1.0, "1" }, { -1.0, "-1" },
        { 0.1, "0.1" }, { 0.5, "0.5" }, { 1.5, "1.5" }, { -2.25, "-2.25" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3, "0.3333333333333333" },
        { 100.0, "100" }, { 123456.789, "123456.789" },
        { 9007199254740992.0, "9007199254740992" },
        { 9007199254740994.0, "9007199254740994" },
        { 1e18, "1000000000000000000" },
        { 1e20, "100000000000000000000" },
        { 123456789012345680000.0, "123456789012345680000" },
        { 1e21, "1e+21" }, { -1.5e21, "-1.5e+21" }, { 1e22, "1e+22" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 0.000001, "0.000001" }, { 0.00000123, "0.00000123" },
        { 0.0000001, "1e-7" }, { -1.25e-10, "-1.25e-10" },
        { 5e-324, "5e-324" }, { 1.5e-323, "1.5e-323" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 4.35, "4.35" }, { 0.000035, "0.000035" }, { 1e-5, "0.00001" },
        { 5e-5, "0.00005" }, { 2.5e15 + 0.5, "2500000000000000.5" }
    };

    size_t       i;
    wf_value_t  *value;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        CHECK_STR(real_text(rows[i].real), wf_str_of(rows[i].text));

        value = wf_value_real(arena, rows[i].real);
        CHECK(value->u.number.real == rows[i].real);
        CHECK(number(rows[i].text)->u.number.real == rows[i].real);
        CHECK(strtod(rows[i].text, NULL) == rows[i].real);
    }

    CHECK(wf_value_real(arena, 3.0)->is_integer);
    CHECK(wf_value_real(arena, 1e18)->is_integer);
    CHECK(!wf_value_real(arena, 3.5)->is_integer);

    wf_arena_free(arena);
}


TEST(integers_in_any_spelling)
{
    static const struct {
        const char  *text;
        int64_t      integer;
    } rows[] = {
        { "0", 0 }, { "-0", 0 }, { "-0.0e5", 0 }, { "0e999999999999", 0 },
        { "1.0", 1 }, { "1e3", 1000 }, { "1E+3", 1000 }, { "-12.50e1", -125 },
        { "100e-2", 1 }, { "0.001e3", 1 },
        { "123456789012345678", 123456789012345678 },
        { "9223372036854775807", INT64_MAX },
        { "-9223372036854775808", INT64_MIN },
        { "9223372036854775807.000", INT64_MAX },
        { "922337203685477580700e-2", INT64_MAX },
        { "9e18", 9000000000000000000 }
    };
    static const char  *not[] = {
        "0.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19",
        "1e400", "1e-400", "123456789012345678901234567890", "1.5e0"
    };

    size_t       i;
    wf_value_t  *value;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        value = number(rows[i].text);
        CHECK_STR(value->u.number.text, wf_str_of(rows[i].text));
        CHECK(value->is_integer);
        CHECK_INT(value->u.number.integer, rows[i].integer);
    }

    for (i = 0; i < wf_countof(not); i++) {
        CHECK(!number(not[i])->is_integer);
    }

    wf_arena_free(arena);
}


TEST(doubles_are_the_nearest)
{
    static const char  *texts[] = {
        "0.1", "0.3", "1e22", "1e23", "8.41e21", "9007199254740993",
        "9007199254740992.9999999999999999999", "2.2250738585072011e-308",
        "2.2250738585072014e-308", "4.9406564584124654e-324", "1e-400",
        "6631236846766476e-316", "1.7976931348623157e308",
        "123456789012345678901234567890.123456789", "-0.0", "-1e-5",
        "179769313486231580793728971405303415079934132710037826936173",
        "0.000000000000000000000000000000000000000000000000000000012345"
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(texts); i++) {
        CHECK(number(texts[i])->u.number.real == strtod(texts[i], NULL));
    }

    CHECK(number("1e400")->u.number.real == DBL_MAX);
    CHECK(number("-1e99999999999999999999")->u.number.real == -DBL_MAX);
    CHECK(number("1e-99999999999999999999")->u.number.real == 0);
    CHECK(signbit(number("-0")->u.number.real));

    wf_arena_free(arena);
}


TEST(texts_longer_than_any_limit)
{
    char         text[2000];
    wf_value_t  *value;

    arena = wf_arena_create(0);

    memset(text, '7', sizeof(text));
    value = wf_value_number(arena, (wf_str_t) { 300, (uint8_t *) text });
    CHECK(fabs(value->u.number.real / 7.777777777777777e299 - 1) < 1e-12);
    CHECK(!value->is_integer);

    memset(text, '0', sizeof(text));
    text[1] = '.';
    text[1999] = '1';
    value = wf_value_number(arena, (wf_str_t) { 2000, (uint8_t *) text });
    CHECK(value->u.number.real == 0);

    wf_arena_free(arena);
}


/* Random bits: print, read, compare. */

TEST(round_trip)
{
    int          i;
    double       real;
    wf_str_t     text;
    uint64_t     bits;
    wf_value_t  *value;

    bits = 88172645463325252ull;

    for (i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&real, &bits, sizeof(real));

        if (!isfinite(real)) {
            continue;
        }

        if (i % 3 == 0) {
            real = (double) (int64_t) (bits >> 20) / 1000;
        }

        arena = wf_arena_create(0);
        text = real_text(real);
        value = wf_value_number(arena, text);
        CHECK(value->u.number.real == real);
        CHECK(text.len <= 25);
        wf_arena_free(arena);
    }
}


TEST(compared)
{
    static const struct {
        const char  *a, *b;
        int          cmp;
    } rows[] = {
        { "1", "2", -1 }, { "2", "1", 1 }, { "1", "1.0", 0 },
        { "9007199254740993", "9007199254740992", 1 },
        { "-9223372036854775808", "9223372036854775807", -1 },
        { "0.1", "0.2", -1 }, { "1.5", "1", 1 }, { "-0", "0", 0 },
        { "1e300", "1e301", -1 }, { "1e400", "1", 1 }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        CHECK_INT(wf_number_cmp(number(rows[i].a), number(rows[i].b)),
                  rows[i].cmp);
    }

    wf_arena_free(arena);
}


static double
number_of_text(wf_str_t text)
{
    char  copy[64];

    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';

    return strtod(copy, NULL);
}


/* Without zeros at the begin and, of whole numbers, at the end. */
static size_t
digit_count(wf_str_t text)
{
    bool    whole;
    size_t  i, first, last;

    whole = memchr(text.data, '.', text.len) == NULL;
    first = 0;

    while (first + 1 < text.len && (text.data[first] == '0'
                                    || text.data[first] == '.'))
    {
        first++;
    }

    last = text.len;

    while (whole && last > first + 1 && text.data[last - 1] == '0') {
        last--;
    }

    for (i = first; i < last; i++) {
        if (text.data[i] == '.') {
            return last - first - 1;
        }
    }

    return last - first;
}


/* Numbers of few digits take a shorter way to the same text. */

TEST(few_digits_round_trip)
{
    int       places, k;
    char      digits[32];
    double    real, power;
    size_t    len, zeros;
    uint64_t  mantissa, state;
    wf_str_t  text;
    unsigned  i;

    arena = wf_arena_create(0);
    state = 7;

    for (i = 0; i < 20000; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        places = (int) (state >> 59) % 16;
        mantissa = (state >> 8) % 1000000000000000ull;

        for (k = (int) (state >> 40) % 15; k > 0; k--) {
            mantissa /= 10;
        }

        for (power = 1, k = 0; k < places; k++) {
            power *= 10;
        }

        real = (double) mantissa / power;
        text = real_text(real);
        CHECK(number_of_text(text) == real);

        /* No more digits than the mantissa has. */
        snprintf(digits, sizeof(digits), "%llu",
                 (unsigned long long) mantissa);
        len = strlen(digits);

        for (zeros = 0; zeros < len && digits[len - 1 - zeros] == '0'; zeros++)
        {
            /* void */
        }

        CHECK(real < 1e-5 || digit_count(text) <= wf_max(len - zeros, 1));
    }

    wf_arena_free(arena);
}


/* The exact way gives what trying gives. */

TEST(middle_digits_are_the_tried_ones)
{
    int       places, point, want_point;
    char      digits[REAL_TEXT_MAX], want[REAL_TEXT_MAX];
    double    real;
    unsigned  i, count, taken;
    uint64_t  mantissa, state, bits;

    state = 11;
    taken = 0;

    for (i = 0; i < 200000; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        bits = (state >> 11) & MANTISSA_MASK;
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        bits |= (uint64_t) (1023 - 18 + (state >> 40) % 72) << MANTISSA_BITS;

        /* Ends of the mantissa too. */
        bits = i % 5 == 0 ? bits & ~(uint64_t) 0xffffffffff
               : i % 7 == 0 ? bits | 0xffffffffff : bits;
        memcpy(&real, &bits, sizeof(real));

        taken += middle_digits(real, &mantissa, &places);
        count = shortest(real, digits, &point);

        CHECK_INT(count, tried_digits(real, want, &want_point));
        CHECK_INT(point, want_point);
        CHECK(memcmp(digits, want, count) == 0);
    }

    CHECK(taken > 100000);
}


/* Somebody else in the process may have set one. */

TEST(no_locale)
{
    arena = wf_arena_create(0);

    if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8")) {
        CHECK_STR(real_text(0.1 + 0.2), wf_str("0.30000000000000004"));
        CHECK(number("1.2345678901234567890")->u.number.real
              == 1.2345678901234567890);
        setlocale(LC_ALL, "C");
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
