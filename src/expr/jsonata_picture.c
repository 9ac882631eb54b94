
/*
 * $formatNumber: pictures of numbers as in XPath and XQuery Functions and
 * Operators 3.1, section 4.7.  A picture is read into classes of characters,
 * checked, measured, and then the digits are laid out in it.
 */

#include <math.h>

#include "expr/jsonata_integer.h"
#include "expr/jsonata_pic.h"
#include "expr/jsonata_picture.h"


#define FAMILY         10               /* digits */
#define TEXT_MAX       64               /* first size of a builder */
#define NO_CHARACTER   0xffffffffu
#define NOWHERE        UINT32_MAX
#define CHARACTER_MAX  0x10ffffu
#define SURROGATE_MIN  0xd800u
#define SURROGATE_MAX  0xdfffu


static const struct {
    wf_str_t  name;
    wf_str_t  usual;
} options_known[PIC_OPTION_COUNT] = {
    [PIC_OPTION_DECIMAL] = { wf_str_init("decimal-separator"),
                             wf_str_init(".") },
    [PIC_OPTION_GROUPING] = { wf_str_init("grouping-separator"),
                              wf_str_init(",") },
    [PIC_OPTION_EXPONENT] = { wf_str_init("exponent-separator"),
                              wf_str_init("e") },
    [PIC_OPTION_INFINITY] = { wf_str_init("infinity"),
                              wf_str_init("Infinity") },
    [PIC_OPTION_MINUS] = { wf_str_init("minus-sign"), wf_str_init("-") },
    [PIC_OPTION_NAN] = { wf_str_init("NaN"), wf_str_init("NaN") },
    [PIC_OPTION_PERCENT] = { wf_str_init("percent"), wf_str_init("%") },
    [PIC_OPTION_PER_MILLE] = { wf_str_init("per-mille"),
                               wf_str_init("\xe2\x80\xb0") },
    [PIC_OPTION_ZERO] = { wf_str_init("zero-digit"), wf_str_init("0") },
    [PIC_OPTION_DIGIT] = { wf_str_init("digit"), wf_str_init("#") },
    [PIC_OPTION_SEPARATOR] = { wf_str_init("pattern-separator"),
                               wf_str_init(";") }
};

static wf_rc_t format_read(pic_picture_t *picture, const wf_value_t *options);
static wf_rc_t option_text(wf_arena_t *arena, const wf_value_t *value,
    wf_str_t *text);
static bool is_family(uint32_t zero);
static wf_rc_t picture_read(pic_picture_t *picture, wf_str_t text);
static pic_class_t class_of(const pic_format_t *format, uint32_t c);
static wf_rc_t sub_add(pic_picture_t *picture, pic_range_t all);
static void sub_split(const pic_picture_t *picture, pic_sub_t *sub);
static const char *sub_check(const pic_picture_t *picture,
    const pic_sub_t *sub);
static const char *parts_check(const pic_picture_t *picture,
    const pic_sub_t *sub);
static uint32_t occurrences(const pic_picture_t *picture, pic_range_t range,
    pic_option_t option);
static uint32_t first_of(const pic_picture_t *picture, pic_range_t range,
    pic_class_t class);
static uint32_t count_of(const pic_picture_t *picture, pic_range_t range,
    pic_class_t class);
static bool follows(const pic_picture_t *picture, pic_range_t range,
    pic_class_t first, pic_class_t second);
static wf_rc_t sub_measure(pic_picture_t *picture, pic_sub_t *sub);
static wf_rc_t groups_find(pic_picture_t *picture, pic_range_t range,
    bool leftwards, pic_groups_t *groups);
static void groups_measure(pic_groups_t *groups);


wf_rc_t
wf_pic_format_number(wf_arena_t *arena, double v, wf_str_t text,
    const wf_value_t *options, wf_str_t *out, const char **code)
{
    wf_buf_t      buf;
    pic_picture_t     picture = { .arena = arena, .code = code };
    const pic_sub_t  *sub;

    *code = NULL;

    if (format_read(&picture, options) != WF_OK
        || picture_read(&picture, text) != WF_OK)
    {
        return WF_ERROR;
    }

    sub = &picture.subs[v < 0 ? picture.sub_count - 1 : 0];
    wf_buf_init(&buf, arena, TEXT_MAX);

    if (v < 0 && picture.sub_count == 1) {
        wf_buf_str(&buf, picture.format.text[PIC_OPTION_MINUS]);
    }

    if (isnan(v)) {
        wf_buf_str(&buf, picture.format.text[PIC_OPTION_NAN]);

    } else {
        wf_buf_str(&buf, wf_pic_piece(&picture, sub->all.begin,
                                      sub->active.begin));

        if (isinf(v)) {
            wf_buf_str(&buf, picture.format.text[PIC_OPTION_INFINITY]);

        } else {
            wf_pic_lay(&picture, sub, fabs(v), &buf);
        }

        wf_buf_str(&buf, wf_pic_piece(&picture, sub->active.end, sub->all.end));
    }

    if (buf.failed) {
        return WF_ERROR;
    }

    *out = wf_buf_done(&buf);

    return WF_OK;
}


static wf_rc_t
format_read(pic_picture_t *picture, const wf_value_t *options)
{
    size_t             i;
    wf_str_t          *text;
    const uint8_t     *p;
    const wf_value_t  *value;

    for (i = 0; i < PIC_OPTION_COUNT; i++) {
        text = &picture->format.text[i];
        *text = options_known[i].usual;
        value = options ? wf_value_get(options, options_known[i].name) : NULL;

        if (value && option_text(picture->arena, value, text) != WF_OK) {
            return WF_ERROR;
        }

        picture->format.character[i] = NO_CHARACTER;

        if (text->len) {
            p = text->data;
            picture->format.character[i] = wf_pic_char(&p);

            if (p != text->data + text->len && i != PIC_OPTION_ZERO) {
                picture->format.character[i] = NO_CHARACTER;
            }
        }
    }

    if (!is_family(picture->format.character[PIC_OPTION_ZERO])) {
        picture->format.character[PIC_OPTION_ZERO] = '0';
    }

    return WF_OK;
}


/* Are all ten of them characters? */

static bool
is_family(uint32_t zero)
{
    return zero <= CHARACTER_MAX - FAMILY
           && (zero + FAMILY <= SURROGATE_MIN || zero > SURROGATE_MAX);
}


/* Containers say nothing. */

static wf_rc_t
option_text(wf_arena_t *arena, const wf_value_t *value, wf_str_t *text)
{
    if (value->type == WF_STRING) {
        *text = value->u.string;

    } else if (value->type == WF_NUMBER) {
        return wf_pic_number_text(arena, value->u.number.real, text);
    }

    return WF_OK;
}


static wf_rc_t
picture_read(pic_picture_t *picture, wf_str_t text)
{
    uint32_t        c, i;
    pic_range_t         all;
    const uint8_t  *p, *end;

    text = text.data ? text : wf_str("");
    picture->text = text;
    picture->classes = wf_arena_alloc(picture->arena, text.len + 1);
    picture->offsets = wf_arena_alloc(picture->arena,
                                      (text.len + 1) * sizeof(uint32_t));

    if (picture->classes == NULL || picture->offsets == NULL) {
        return WF_ERROR;
    }

    p = text.data;
    end = p + text.len;
    all.begin = 0;

    for (i = 0; p < end; i++) {
        picture->offsets[i] = (uint32_t) (p - text.data);
        c = wf_pic_char(&p);

        if (c != picture->format.character[PIC_OPTION_SEPARATOR]) {
            picture->classes[i] = (uint8_t) class_of(&picture->format, c);
            continue;
        }

        /* Offsets of the end are asked for already. */

        picture->offsets[i + 1] = (uint32_t) (p - text.data);
        all.end = i;

        if (sub_add(picture, all) != WF_OK) {
            return WF_ERROR;
        }

        all.begin = i + 1;
    }

    picture->offsets[i] = (uint32_t) text.len;
    picture->count = i;
    all.end = i;

    if (sub_add(picture, all) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < picture->sub_count; i++) {
        sub_split(picture, &picture->subs[i]);
        *picture->code = sub_check(picture, &picture->subs[i]);

        if (*picture->code || sub_measure(picture, &picture->subs[i]) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static pic_class_t
class_of(const pic_format_t *format, uint32_t c)
{
    static const struct {
        pic_option_t  option;
        pic_class_t   class;
    } characters[] = {
        { PIC_OPTION_DECIMAL, PIC_POINT },
        { PIC_OPTION_EXPONENT, PIC_EXPONENT },
        { PIC_OPTION_GROUPING, PIC_GROUPING },
        { PIC_OPTION_DIGIT, PIC_OPTIONAL }
    };

    size_t    i;
    uint32_t  zero;

    for (i = 0; i < wf_countof(characters); i++) {
        if (c == format->character[characters[i].option]) {
            return characters[i].class;
        }
    }

    zero = format->character[PIC_OPTION_ZERO];

    return c >= zero && c - zero < FAMILY ? PIC_DIGIT : PIC_PASSIVE;
}


static wf_rc_t
sub_add(pic_picture_t *picture, pic_range_t all)
{
    pic_sub_t  *sub;

    if (picture->sub_count == PIC_SUBS_MAX) {
        *picture->code = "D3080";
        return WF_ERROR;
    }

    sub = &picture->subs[picture->sub_count++];
    sub->all = all;

    return WF_OK;
}


/*
 * prefix active suffix.  An exponent separator makes nothing active on its
 * own: "each 0" has a prefix, "0 each" a suffix.
 */

static void
sub_split(const pic_picture_t *picture, pic_sub_t *sub)
{
    uint32_t  i, point, end, exponent;
    uint8_t   class;

    sub->active.begin = NOWHERE;

    for (i = sub->all.begin; i < sub->all.end; i++) {
        class = picture->classes[i];

        if (class != PIC_PASSIVE && class != PIC_EXPONENT) {
            sub->active.end = i + 1;

            if (sub->active.begin == NOWHERE) {
                sub->active.begin = i;
            }
        }
    }

    if (sub->active.begin == NOWHERE) {
        sub->active = sub->all;
    }

    exponent = first_of(picture, (pic_range_t) { sub->active.begin,
                                             sub->all.end }, PIC_EXPONENT);
    sub->has_exponent = exponent <= sub->active.end
                        && exponent < sub->all.end;
    end = sub->has_exponent ? exponent : sub->active.end;

    if (sub->has_exponent) {
        sub->exponent.begin = wf_min(exponent + 1, sub->active.end);
        sub->exponent.end = sub->active.end;
    }

    point = first_of(picture, (pic_range_t) { sub->active.begin, end },
                     PIC_POINT);

    sub->integer = (pic_range_t) { sub->active.begin, wf_min(point, end) };
    sub->fraction = point < end ? (pic_range_t) { point + 1, end }
                                : (pic_range_t) { end, end };
    sub->percent_count = occurrences(picture, sub->all, PIC_OPTION_PERCENT);
    sub->per_mille_count = occurrences(picture, sub->all, PIC_OPTION_PER_MILLE);
}


/* Of several faults the last is told, as the reference does. */

static const char *
sub_check(const pic_picture_t *picture, const pic_sub_t *sub)
{
    uint32_t     i;
    const char  *code, *more;

    code = NULL;

    if (count_of(picture, sub->all, PIC_POINT) > 1) {
        code = "D3081";
    }

    if (sub->percent_count > 1) {
        code = "D3082";
    }

    if (sub->per_mille_count > 1) {
        code = "D3083";
    }

    if (sub->percent_count && sub->per_mille_count) {
        code = "D3084";
    }

    if (count_of(picture, sub->integer, PIC_DIGIT)
        + count_of(picture, sub->integer, PIC_OPTIONAL)
        + count_of(picture, sub->fraction, PIC_DIGIT)
        + count_of(picture, sub->fraction, PIC_OPTIONAL) == 0)
    {
        code = "D3085";
    }

    for (i = sub->active.begin; i < sub->active.end; i++) {
        if (picture->classes[i] == PIC_PASSIVE) {
            code = "D3086";
            break;
        }
    }

    more = parts_check(picture, sub);

    return more ? more : code;
}


static const char *
parts_check(const pic_picture_t *picture, const pic_sub_t *sub)
{
    uint32_t      digits;
    const char   *code;
    pic_range_t   range;

    code = NULL;

    if (follows(picture, sub->active, PIC_POINT, PIC_GROUPING)
        || follows(picture, sub->active, PIC_GROUPING, PIC_POINT))
    {
        code = "D3087";

    } else if (sub->integer.end > sub->integer.begin
               && picture->classes[sub->integer.end - 1] == PIC_GROUPING)
    {
        code = "D3088";
    }

    if (follows(picture, sub->active, PIC_GROUPING, PIC_GROUPING)) {
        code = "D3089";
    }

    range = sub->integer;
    range.begin = first_of(picture, range, PIC_DIGIT);

    if (first_of(picture, range, PIC_OPTIONAL) < range.end) {
        code = "D3090";
    }

    range = sub->fraction;
    range.begin = first_of(picture, range, PIC_OPTIONAL);

    if (first_of(picture, range, PIC_DIGIT) < range.end) {
        code = "D3091";
    }

    if (sub->has_exponent) {
        digits = count_of(picture, sub->exponent, PIC_DIGIT);

        if (digits && (sub->percent_count || sub->per_mille_count)) {
            code = "D3092";
        }

        if (digits == 0 || digits != sub->exponent.end - sub->exponent.begin) {
            code = "D3093";
        }
    }

    return code;
}


/* Of nothing there are always too many. */

static uint32_t
occurrences(const pic_picture_t *picture, pic_range_t range,
    pic_option_t option)
{
    size_t    i;
    wf_str_t  text, mark;
    uint32_t  count;

    text = wf_pic_piece(picture, range.begin, range.end);
    mark = picture->format.text[option];
    count = 0;

    if (mark.len == 0) {
        return (uint32_t) text.len + 2;
    }

    for (i = 0; i + mark.len <= text.len; i++) {
        count += memcmp(text.data + i, mark.data, mark.len) == 0;
    }

    return count;
}


/* range.end or more: none. */

static uint32_t
first_of(const pic_picture_t *picture, pic_range_t range, pic_class_t class)
{
    uint32_t  i;

    for (i = range.begin; i < range.end; i++) {
        if (picture->classes[i] == class) {
            break;
        }
    }

    return i;
}


static uint32_t
count_of(const pic_picture_t *picture, pic_range_t range, pic_class_t class)
{
    uint32_t  i, count;

    count = 0;

    for (i = range.begin; i < range.end; i++) {
        count += picture->classes[i] == class;
    }

    return count;
}


static bool
follows(const pic_picture_t *picture, pic_range_t range, pic_class_t first,
    pic_class_t second)
{
    uint32_t  i;

    for (i = range.begin; i + 1 < range.end; i++) {
        if (picture->classes[i] == first && picture->classes[i + 1] == second)
        {
            return true;
        }
    }

    return false;
}


static wf_rc_t
sub_measure(pic_picture_t *picture, pic_sub_t *sub)
{
    sub->integer_min = count_of(picture, sub->integer, PIC_DIGIT);
    sub->scale = sub->integer_min;
    sub->fraction_min = count_of(picture, sub->fraction, PIC_DIGIT);
    sub->fraction_max = sub->fraction_min
                        + count_of(picture, sub->fraction, PIC_OPTIONAL);

    if (sub->integer_min == 0 && sub->fraction_max == 0) {
        if (sub->has_exponent) {
            sub->fraction_min = 1;
            sub->fraction_max = 1;

        } else {
            sub->integer_min = 1;
        }
    }

    if (sub->has_exponent && sub->integer_min == 0
        && count_of(picture, sub->integer, PIC_OPTIONAL))
    {
        sub->integer_min = 1;
    }

    if (sub->integer_min == 0 && sub->fraction_min == 0) {
        sub->fraction_min = 1;
    }

    if (groups_find(picture, sub->integer, true, &sub->integer_groups) != WF_OK
        || groups_find(picture, sub->fraction, false, &sub->fraction_groups)
           != WF_OK)
    {
        return WF_ERROR;
    }

    groups_measure(&sub->integer_groups);

    return WF_OK;
}


static wf_rc_t
groups_find(pic_picture_t *picture, pic_range_t range, bool leftwards,
    pic_groups_t *groups)
{
    uint32_t  i, digits;

    groups->count = 0;
    groups->every = 0;
    groups->positions = wf_arena_alloc(picture->arena,
                                       (range.end - range.begin + 1)
                                       * sizeof(uint32_t));

    if (groups->positions == NULL) {
        return WF_ERROR;
    }

    digits = leftwards ? count_of(picture, range, PIC_DIGIT)
                         + count_of(picture, range, PIC_OPTIONAL) : 0;

    for (i = range.begin; i < range.end; i++) {
        if (picture->classes[i] == PIC_GROUPING) {
            groups->positions[groups->count++] = digits;

        } else if (leftwards) {
            digits--;

        } else {
            digits++;
        }
    }

    return WF_OK;
}


/* Positions at all multiples of one distance go on beyond the picture. */

static void
groups_measure(pic_groups_t *groups)
{
    uint32_t  i, every;

    if (groups->count == 0) {
        return;
    }

    every = groups->positions[groups->count - 1];

    for (i = 0; i < groups->count; i++) {
        if (groups->positions[i] != every * (groups->count - i)) {
            return;
        }
    }

    groups->every = every;
}
