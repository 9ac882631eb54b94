
/*
 * Numbers in English words, spoken and read: up to trillions, then trillions
 * of trillions.
 */

#include <math.h>

#include "expr/jsonata_integer.h"


#define FAMILY          10
#define HUNDRED         100
#define THOUSAND        1000
#define NUMBER_TENS     18              /* + tens */
#define NUMBER_LAST     (wf_countof(numbers) - 1)


/* 0 to 19, then tens, then what multiplies. */
static const struct {
    double      value;
    const char  *cardinal;
    const char  *ordinal;
} numbers[] = {
    { 0, "Zero", "Zeroth" },
    { 1, "One", "First" },
    { 2, "Two", "Second" },
    { 3, "Three", "Third" },
    { 4, "Four", "Fourth" },
    { 5, "Five", "Fifth" },
    { 6, "Six", "Sixth" },
    { 7, "Seven", "Seventh" },
    { 8, "Eight", "Eighth" },
    { 9, "Nine", "Ninth" },
    { 10, "Ten", "Tenth" },
    { 11, "Eleven", "Eleventh" },
    { 12, "Twelve", "Twelfth" },
    { 13, "Thirteen", "Thirteenth" },
    { 14, "Fourteen", "Fourteenth" },
    { 15, "Fifteen", "Fifteenth" },
    { 16, "Sixteen", "Sixteenth" },
    { 17, "Seventeen", "Seventeenth" },
    { 18, "Eighteen", "Eighteenth" },
    { 19, "Nineteen", "Nineteenth" },
    { 20, "Twenty", "Twentieth" },
    { 30, "Thirty", "Thirtieth" },
    { 40, "Forty", "Fortieth" },
    { 50, "Fifty", "Fiftieth" },
    { 60, "Sixty", "Sixtieth" },
    { 70, "Seventy", "Seventieth" },
    { 80, "Eighty", "Eightieth" },
    { 90, "Ninety", "Ninetieth" },
    { 100, "Hundred", "Hundredth" },
    { 1e3, "Thousand", "Thousandth" },
    { 1e6, "Million", "Millionth" },
    { 1e9, "Billion", "Billionth" },
    { 1e12, "Trillion", "Trillionth" }
};

typedef struct {
    wf_buf_t    *buf;
    pic_case_t   letter_case;
} speech_t;


static void words_print(speech_t *speech, double v, bool ordinal);
static void rest_print(speech_t *speech, double v, bool ordinal);
static void below_hundred(speech_t *speech, unsigned v, bool ordinal);
static void number_print(speech_t *speech, size_t index, bool ordinal);
static void word_print(speech_t *speech, const char *word);
static size_t word_find(wf_str_t text, double *value, bool *ordinal);
static size_t gap_find(wf_str_t text);
static bool begins(wf_str_t text, const char *word);


void
wf_pic_words_print(wf_buf_t *buf, pic_case_t letter_case, double v,
    bool ordinal)
{
    speech_t  speech = { buf, letter_case };

    words_print(&speech, v, ordinal);
}


/* Trillions of trillions go on for as long as a double does. */

static void
words_print(speech_t *speech, double v, bool ordinal)
{
    size_t  i;
    double  count;

    if (v < HUNDRED) {
        below_hundred(speech, (unsigned) v, ordinal);
        return;
    }

    for (i = NUMBER_LAST; v < numbers[i].value; i--) { /* void */ }

    count = floor(v / numbers[i].value);
    v -= count * numbers[i].value;

    words_print(speech, count, false);
    word_print(speech, " ");
    number_print(speech, i, ordinal && v <= 0);

    if (v > 0) {
        rest_print(speech, v, ordinal);
    }
}


static void
rest_print(speech_t *speech, double v, bool ordinal)
{
    if (v < HUNDRED) {
        wf_buf_text(speech->buf, " ");
        wf_buf_append(speech->buf,
                      speech->letter_case == PIC_UPPER ? "AND " : "and ", 4);

    } else {
        wf_buf_text(speech->buf, ", ");
    }

    words_print(speech, v, ordinal);
}


static void
below_hundred(speech_t *speech, unsigned v, bool ordinal)
{
    if (v < 2 * FAMILY) {
        number_print(speech, v, ordinal);
        return;
    }

    number_print(speech, NUMBER_TENS + v / FAMILY,
                 ordinal && v % FAMILY == 0);

    if (v % FAMILY) {
        word_print(speech, "-");
        number_print(speech, v % FAMILY, ordinal);
    }
}


static void
number_print(speech_t *speech, size_t index, bool ordinal)
{
    word_print(speech, ordinal ? numbers[index].ordinal
                               : numbers[index].cardinal);
}


static void
word_print(speech_t *speech, const char *word)
{
    uint8_t  c;

    for ( /* void */ ; *word; word++) {
        c = (uint8_t) *word;

        if (speech->letter_case == PIC_LOWER && c >= 'A' && c <= 'Z') {
            c |= 0x20;

        } else if (speech->letter_case == PIC_UPPER && c >= 'a' && c <= 'z') {
            c &= 0xdf;
        }

        wf_buf_byte(speech->buf, c);
    }
}


bool
wf_pic_words_next(pic_words_t *words)
{
    bool      ordinal;
    size_t    len, gap;
    double    value;
    wf_str_t  rest;

    rest.data = words->text.data + words->pos;
    rest.len = words->text.len - words->pos;
    gap = words->begun ? gap_find(rest) : 0;

    if ((words->begun && gap == 0) || (words->strict && words->ended)) {
        return false;
    }

    rest.data += gap;
    rest.len -= gap;
    len = word_find(rest, &value, &ordinal);

    if (len == 0) {
        return false;
    }

    words->begun = true;
    words->ended = ordinal;
    words->pos += gap + len;

    if (value >= HUNDRED) {
        words->top *= value;
        return true;
    }

    if (words->top >= THOUSAND) {
        words->sum += words->top;
        words->top = 0;
    }

    words->top += value;

    return true;
}


/* The longest of those that text begins with; its length. */

static size_t
word_find(wf_str_t text, double *value, bool *ordinal)
{
    size_t       i, k, len, longest;
    const char  *words[2];

    longest = 0;

    for (i = 0; i < wf_countof(numbers); i++) {
        words[0] = numbers[i].cardinal;
        words[1] = numbers[i].ordinal;

        for (k = 0; k < wf_countof(words); k++) {
            len = strlen(words[k]);

            if (len > longest && begins(text, words[k])) {
                longest = len;
                *value = numbers[i].value;
                *ordinal = k == 1;
            }
        }
    }

    return longest;
}


static size_t
gap_find(wf_str_t text)
{
    static const char *const  gaps[] = { ", ", " and ", " ", "-" };

    size_t  i;

    for (i = 0; i < wf_countof(gaps); i++) {
        if (begins(text, gaps[i])) {
            return strlen(gaps[i]);
        }
    }

    return 0;
}


/* Whatever the case of its letters. */

static bool
begins(wf_str_t text, const char *word)
{
    size_t   i;
    uint8_t  c;

    for (i = 0; word[i]; i++) {
        c = i < text.len ? text.data[i] : 0;

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (word[i] >= 'A' && word[i] <= 'Z' ? word[i] | 0x20
                                                   : word[i]))
        {
            return false;
        }
    }

    return true;
}
