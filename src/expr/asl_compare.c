
/*
 * Comparisons of choice rules (asl.md 7): the table of operators and what each
 * of them says of two values.  Types that an operator is not about compare as
 * nothing: every relation is false then.
 */

#define _GNU_SOURCE             /* memmem() */

#include "base/timefmt.h"
#include "expr/asl_choice.h"


#define LESS     1
#define EQUAL    2
#define GREATER  4


static unsigned
outcome(int cmp)
{
    return cmp < 0 ? LESS : cmp > 0 ? GREATER : EQUAL;
}


/*
 * By UTF-16 code units, as Java does: bytes in UTF-8 are in that order but
 * for characters beyond U+FFFF, whose surrogates come before U+E000.
 */
static int
code_unit_cmp(wf_str_t a, wf_str_t b)
{
    size_t  i, len;

    len = wf_min(a.len, b.len);

    for (i = 0; i < len && a.data[i] == b.data[i]; i++) {
        /* void */
    }

    if (i == len) {
        return a.len < b.len ? -1 : a.len > b.len;
    }

    if ((a.data[i] >= 0xf0 && b.data[i] >= 0xee && b.data[i] < 0xf0)
        || (b.data[i] >= 0xf0 && a.data[i] >= 0xee && a.data[i] < 0xf0))
    {
        return b.data[i] - a.data[i];
    }

    return a.data[i] - b.data[i];
}


static unsigned
compare_strings(const wf_value_t *a, const wf_value_t *b)
{
    if (a->type != WF_STRING || b->type != WF_STRING) {
        return 0;
    }

    return outcome(code_unit_cmp(a->u.string, b->u.string));
}


static unsigned
compare_numbers(const wf_value_t *a, const wf_value_t *b)
{
    if (a->type != WF_NUMBER || b->type != WF_NUMBER) {
        return 0;
    }

    return outcome(wf_number_cmp(a, b));
}


static unsigned
compare_booleans(const wf_value_t *a, const wf_value_t *b)
{
    if (a->type != WF_BOOL || b->type != WF_BOOL) {
        return 0;
    }

    return outcome(a->boolean - b->boolean);
}


/* The digits behind the third of a second's fraction. */
static wf_str_t
fine_digits(wf_str_t text)
{
    size_t  start, end;

    start = sizeof("1970-01-01T00:00:00.000") - 1;

    for (end = start; end < text.len && text.data[end] >= '0'
         && text.data[end] <= '9'; end++)
    {
        /* void */
    }

    if (end >= text.len || text.data[sizeof("1970-01-01T00:00:00") - 1] != '.')
    {
        return wf_str_none;
    }

    while (end > start && text.data[end - 1] == '0') {
        end--;
    }

    return (wf_str_t) { end - start, text.data + start };
}


/* RFC 3339 with capital letters. */
static bool
time_read(const wf_value_t *value, int64_t *ms)
{
    wf_str_t  text;

    text = value->u.string;

    return value->type == WF_STRING && wf_time_parse(text, ms) == WF_OK
           && text.data[sizeof("1970-01-01") - 1] == 'T'
           && text.data[text.len - 1] != 'z';
}


bool
asl_is_time(const wf_value_t *value)
{
    int64_t  ignored;

    return time_read(value, &ignored);
}


static unsigned
compare_times(const wf_value_t *a, const wf_value_t *b)
{
    int64_t  first, second;

    if (!time_read(a, &first) || !time_read(b, &second)) {
        return 0;
    }

    if (first != second) {
        return first < second ? LESS : GREATER;
    }

    return outcome(wf_str_cmp(fine_digits(a->u.string),
                              fine_digits(b->u.string)));
}


static unsigned
is(bool truth, const wf_value_t *expected)
{
    return truth == expected->boolean ? EQUAL : 0;
}


static unsigned
compare_is_present(const wf_value_t *a, const wf_value_t *b)
{
    return is(a != NULL, b);
}


static unsigned
compare_is_null(const wf_value_t *a, const wf_value_t *b)
{
    return is(a->type == WF_NULL, b);
}


static unsigned
compare_is_boolean(const wf_value_t *a, const wf_value_t *b)
{
    return is(a->type == WF_BOOL, b);
}


static unsigned
compare_is_numeric(const wf_value_t *a, const wf_value_t *b)
{
    return is(a->type == WF_NUMBER, b);
}


static unsigned
compare_is_string(const wf_value_t *a, const wf_value_t *b)
{
    return is(a->type == WF_STRING, b);
}


static unsigned
compare_is_time(const wf_value_t *a, const wf_value_t *b)
{
    return is(asl_is_time(a), b);
}


/* The operand is an array of the pieces between the stars. */
static unsigned
compare_matches(const wf_value_t *a, const wf_value_t *b)
{
    size_t          len;
    uint32_t        i, last;
    wf_str_t        piece;
    const uint8_t  *p, *end, *found;

    if (a->type != WF_STRING) {
        return 0;
    }

    p = a->u.string.len ? a->u.string.data : (const uint8_t *) "";
    end = p + a->u.string.len;
    last = b->count - 1;

    piece = b->u.items[0]->u.string;

    if (!wf_str_starts(a->u.string, piece)) {
        return 0;
    }

    p += piece.len;

    for (i = 1; i < last; i++) {
        piece = b->u.items[i]->u.string;
        len = end - p;
        found = piece.len == 0 ? p
                : len < piece.len ? NULL
                                  : memmem(p, len, piece.data, piece.len);
        if (found == NULL) {
            return 0;
        }

        p = found + piece.len;
    }

    piece = b->u.items[last]->u.string;
    len = end - p;

    if (last == 0) {
        return len == 0 ? EQUAL : 0;
    }

    return len >= piece.len
           && wf_str_eq((wf_str_t) { piece.len, end - piece.len }, piece)
           ? EQUAL : 0;
}


static const asl_choice_t  choices[] = {
#define CHOICE(name, operand, path, kind, compares, relation)                 \
    { wf_str_init(name), WF_##operand, path, ASL_CHOICE_##kind,               \
      compare_##compares, relation },
#include "expr/choices.def"
#undef CHOICE
};


const asl_choice_t *
asl_choice_find(wf_str_t key, bool *is_path)
{
    unsigned  i;
    wf_str_t  name;

    for (i = 0; i < wf_countof(choices); i++) {
        name = choices[i].name;
        *is_path = key.len == name.len + 4 && choices[i].has_path
                   && memcmp(key.data + name.len, "Path", 4) == 0;

        if (wf_str_starts(key, name) && (*is_path || key.len == name.len)) {
            return &choices[i];
        }
    }

    return NULL;
}
