
/*
 * $formatNumber's second half: lays the digits of a number out in a picture
 * that jsonata_picture.c has read.
 */

#include <math.h>

#include "base/number.h"
#include "expr/jsonata_integer.h"
#include "expr/jsonata_pic.h"
#include "expr/jsonata_picture.h"


#define TEXT_MAX   64                   /* first size of a builder */
#define PERCENT    100
#define PER_MILLE  1000


static double mantissa_of(const pic_sub_t *sub, double v, int *exponent);
static void integer_lay(const pic_picture_t *picture, const pic_sub_t *sub,
    wf_str_t digits, wf_buf_t *buf);
static void fraction_lay(const pic_picture_t *picture, const pic_sub_t *sub,
    wf_str_t digits, wf_buf_t *buf);
static void exponent_lay(const pic_picture_t *picture, const pic_sub_t *sub,
    int exponent, wf_buf_t *buf);
static void digit_put(const pic_picture_t *picture, wf_buf_t *buf,
    uint8_t digit);


void
wf_pic_lay(const pic_picture_t *picture, const pic_sub_t *sub, double v,
    wf_buf_t *buf)
{
    int       exponent;
    size_t    point;
    wf_buf_t  digits;
    wf_str_t  fraction;

    if (sub->percent_count) {
        v *= PERCENT;

    } else if (sub->per_mille_count) {
        v *= PER_MILLE;
    }

    exponent = 0;
    v = sub->has_exponent ? mantissa_of(sub, v, &exponent) : v;

    if (!isfinite(v)) {
        wf_buf_str(buf, picture->format.text[PIC_OPTION_INFINITY]);
        return;
    }

    wf_buf_init(&digits, picture->arena, TEXT_MAX);
    wf_number_fixed(&digits, wf_pic_round(v, sub->fraction_max),
                    wf_min(sub->fraction_max, WF_NUMBER_PLACES_MAX));

    for (point = 0; point < digits.len && digits.data[point] != '.'; point++) {
        /* void */
    }

    integer_lay(picture, sub, (wf_str_t) { point, digits.data }, buf);

    fraction = point < digits.len ? (wf_str_t) { digits.len - point - 1,
                                                 digits.data + point + 1 }
                                  : wf_str_none;

    while (fraction.len > sub->fraction_min
           && fraction.data[fraction.len - 1] == '0')
    {
        fraction.len--;
    }

    if (fraction.len) {
        wf_buf_str(buf, picture->format.text[PIC_OPTION_DECIMAL]);
        fraction_lay(picture, sub, fraction, buf);
    }

    if (sub->has_exponent) {
        exponent_lay(picture, sub, exponent, buf);
    }

    buf->failed |= digits.failed;
}


/* Step by step as the reference: its roundings show in the last digit. */

static double
mantissa_of(const pic_sub_t *sub, double v, int *exponent)
{
    double  least, most;

    most = pow(10, sub->scale);
    least = pow(10, (double) sub->scale - 1);

    if (v == 0 || !isfinite(most)) {
        return v;
    }

    while (v < least) {
        v *= 10;
        --*exponent;
    }

    while (v > most) {
        v /= 10;
        ++*exponent;
    }

    return v;
}


static void
integer_lay(const pic_picture_t *picture, const pic_sub_t *sub,
    wf_str_t digits, wf_buf_t *buf)
{
    uint32_t         left, position, next;
    const pic_groups_t  *groups;

    while (digits.len && *digits.data == '0') {
        digits.data++;
        digits.len--;
    }

    groups = &sub->integer_groups;
    left = (uint32_t) wf_max(digits.len, sub->integer_min);
    next = 0;

    while (next < groups->count && groups->positions[next] >= left) {
        next++;
    }

    for ( /* void */ ; left; left--) {
        position = left - 1;

        if (left > digits.len) {
            digit_put(picture, buf, '0');

        } else {
            digit_put(picture, buf, digits.data[digits.len - left]);
        }

        if (groups->every ? position && position % groups->every == 0
                          : next < groups->count
                            && groups->positions[next] == position)
        {
            wf_buf_str(buf, picture->format.text[PIC_OPTION_GROUPING]);
            next++;
        }
    }
}


static void
fraction_lay(const pic_picture_t *picture, const pic_sub_t *sub,
    wf_str_t digits, wf_buf_t *buf)
{
    uint32_t         i, next;
    const pic_groups_t  *groups;

    groups = &sub->fraction_groups;
    next = 0;

    for (i = 0; i < digits.len; i++) {

        if (next < groups->count && groups->positions[next] == i) {
            wf_buf_str(buf, picture->format.text[PIC_OPTION_GROUPING]);
            next++;
        }

        digit_put(picture, buf, digits.data[i]);
    }
}


static void
exponent_lay(const pic_picture_t *picture, const pic_sub_t *sub, int exponent,
    wf_buf_t *buf)
{
    uint32_t  i, digits;
    uint8_t   text[TEXT_MAX];
    wf_buf_t  number;

    wf_buf_str(buf, picture->format.text[PIC_OPTION_EXPONENT]);

    if (exponent < 0) {
        wf_buf_str(buf, picture->format.text[PIC_OPTION_MINUS]);
        exponent = -exponent;
    }

    number = (wf_buf_t) { .data = text, .size = sizeof(text) };
    wf_buf_uint(&number, (uint64_t) exponent);
    digits = sub->exponent.end - sub->exponent.begin;

    for (i = (uint32_t) number.len; i < digits; i++) {
        digit_put(picture, buf, '0');
    }

    for (i = 0; i < number.len; i++) {
        digit_put(picture, buf, text[i]);
    }
}


static void
digit_put(const pic_picture_t *picture, wf_buf_t *buf, uint8_t digit)
{
    wf_pic_put(buf, picture->format.character[PIC_OPTION_ZERO] + (digit - '0'));
}
