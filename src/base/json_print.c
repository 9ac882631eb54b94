
/*
 * Values -> JSON text.  Compact, members in their order, numbers in the
 * digits they were read with; what RFC 8259 does not force to be escaped is
 * written as it is.  Recursion is bounded by the depth of the value.
 */

#include "base/json.h"


static void print_items(wf_buf_t *buf, const wf_value_t *array);
static void print_members(wf_buf_t *buf, const wf_value_t *object);
static size_t string_size(wf_str_t string);
static inline const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end);
static inline bool is_plain(const uint8_t *p);


/* In each of eight bytes. */
#define ONES       0x0101010101010101ull
#define HIGH_BITS  0x8080808080808080ull

/* Not 0 if one of the bytes is below n (at most 128). */
#define any_below(word, n)  (((word) - ONES * (n)) & ~(word) & HIGH_BITS)


/* The letter behind the backslash; 0: spelled \u00xx, or not escaped at all. */
static const uint8_t  escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
    ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
};


void
wf_json_print(wf_buf_t *buf, const wf_value_t *value)
{
    switch ((wf_type_t) value->type) {

    case WF_NULL:
        wf_buf_text(buf, "null");
        return;

    case WF_BOOL:
        wf_buf_str(buf, value->boolean ? wf_str("true") : wf_str("false"));
        return;

    case WF_NUMBER:
        wf_buf_str(buf, value->u.number.text);
        return;

    case WF_STRING:
        wf_json_print_string(buf, value->u.string);
        return;

    case WF_ARRAY:
        print_items(buf, value);
        return;

    case WF_OBJECT:
        print_members(buf, value);
        return;
    }

    wf_assert(!"a type of value");
}


static void
print_items(wf_buf_t *buf, const wf_value_t *array)
{
    uint32_t  i;

    wf_buf_byte(buf, '[');

    for (i = 0; i < array->count; i++) {
        if (i) {
            wf_buf_byte(buf, ',');
        }

        wf_json_print(buf, array->u.items[i]);
    }

    wf_buf_byte(buf, ']');
}


static void
print_members(wf_buf_t *buf, const wf_value_t *object)
{
    uint32_t  i;

    wf_buf_byte(buf, '{');

    for (i = 0; i < object->count; i++) {
        if (i) {
            wf_buf_byte(buf, ',');
        }

        wf_json_print_string(buf, object->u.members[i].key);
        wf_buf_byte(buf, ':');
        wf_json_print(buf, object->u.members[i].value);
    }

    wf_buf_byte(buf, '}');
}


void
wf_json_print_string(wf_buf_t *buf, wf_str_t string)
{
    static const uint8_t  hex[] = "0123456789abcdef";

    const uint8_t  *p, *run, *end;

    if (string.len == 0) {
        wf_buf_text(buf, "\"\"");
        return;
    }

    wf_buf_reserve(buf, string.len + 2);
    wf_buf_byte(buf, '"');

    run = string.data;
    end = run + string.len;

    while ((p = skip_plain(run, end)) < end) {
        wf_buf_append(buf, run, (size_t) (p - run));
        run = p + 1;

        wf_buf_byte(buf, '\\');

        if (escapes[*p]) {
            wf_buf_byte(buf, escapes[*p]);
            continue;
        }

        wf_buf_text(buf, "u00");
        wf_buf_byte(buf, hex[*p >> 4]);
        wf_buf_byte(buf, hex[*p & 15]);
    }

    wf_buf_append(buf, run, (size_t) (end - run));
    wf_buf_byte(buf, '"');
}


/* The first byte that is to be escaped, or end. */
static inline const uint8_t *
skip_plain(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 8 && is_plain(p)) {
        p += 8;
    }

    while (p < end && *p >= 0x20 && *p != '"' && *p != '\\') {
        p++;
    }

    return p;
}


/* Eight bytes of which none is to be escaped. */
static inline bool
is_plain(const uint8_t *p)
{
    uint64_t  word;

    memcpy(&word, p, sizeof(word));

    return (any_below(word, 0x20) | any_below(word ^ ONES * '"', 1)
            | any_below(word ^ ONES * '\\', 1))
           == 0;
}


size_t
wf_json_size(const wf_value_t *value)
{
    size_t    size;
    uint32_t  i;

    switch ((wf_type_t) value->type) {

    case WF_NULL:
        return 4;

    case WF_BOOL:
        return value->boolean ? 4 : 5;

    case WF_NUMBER:
        return value->u.number.text.len;

    case WF_STRING:
        return string_size(value->u.string);

    default:
        break;
    }

    /* Two brackets, and a comma less than there are values. */

    size = value->count ? value->count + 1 : 2;

    for (i = 0; i < value->count; i++) {
        if (value->type == WF_ARRAY) {
            size += wf_json_size(value->u.items[i]);
            continue;
        }

        size += string_size(value->u.members[i].key) + 1
                + wf_json_size(value->u.members[i].value);
    }

    return size;
}


static size_t
string_size(wf_str_t string)
{
    size_t          size;
    const uint8_t  *p, *end;

    size = string.len + 2;
    end = string.data + string.len;

    for (p = skip_plain(string.data, end); p < end;
         p = skip_plain(p + 1, end))
    {
        size += escapes[*p] ? 1 : 5;
    }

    return size;
}
