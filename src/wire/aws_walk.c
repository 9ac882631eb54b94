
/*
 * Over JSON text that wf_json_check() has passed: so nothing here looks for
 * errors, and nothing looks beyond the end.
 */

#include "wire/aws_walk.h"


static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


static void
skip_blanks(wf_walk_t *walk)
{
    while (walk->pos < walk->end && is_blank(*walk->pos)) {
        walk->pos++;
    }
}


/* At the opening quote; to behind the closing one. */
static void
skip_string(wf_walk_t *walk)
{
    const uint8_t  *pos;

    for (pos = walk->pos + 1; pos < walk->end && *pos != '"'; pos++) {
        pos += *pos == '\\';
    }

    walk->pos = pos < walk->end ? pos + 1 : walk->end;
}


static void
skip_nested(wf_walk_t *walk)
{
    unsigned  depth;

    depth = 0;

    while (walk->pos < walk->end) {

        switch (*walk->pos) {

        case '"':
            skip_string(walk);
            continue;

        case '{':
        case '[':
            depth++;
            break;

        case '}':
        case ']':
            depth--;
            break;
        }

        walk->pos++;

        if (depth == 0) {
            return;
        }
    }
}


static void
skip_word(wf_walk_t *walk)
{
    uint8_t  c;

    while (walk->pos < walk->end) {
        c = *walk->pos;

        if (c == ',' || c == '}' || c == ']' || is_blank(c)) {
            return;
        }

        walk->pos++;
    }
}


wf_walk_t
wf_walk(wf_str_t text)
{
    wf_walk_t  walk;

    walk.pos = text.data;
    walk.end = text.data + text.len;
    skip_blanks(&walk);

    return walk;
}


wf_str_t
wf_walk_value(wf_walk_t *walk)
{
    const uint8_t  *start;

    skip_blanks(walk);
    start = walk->pos;

    if (start == walk->end) {
        return wf_str_none;
    }

    if (*start == '"') {
        skip_string(walk);

    } else if (*start == '{' || *start == '[') {
        skip_nested(walk);

    } else {
        skip_word(walk);
    }

    return (wf_str_t) { (size_t) (walk->pos - start), start };
}


void
wf_walk_enter(wf_walk_t *walk)
{
    skip_blanks(walk);
    walk->pos += walk->pos < walk->end;
}


/* Is there another one?  Steps over its comma, or over the end. */
static bool
goes_on(wf_walk_t *walk)
{
    skip_blanks(walk);

    if (walk->pos == walk->end) {
        return false;
    }

    if (*walk->pos == ']' || *walk->pos == '}') {
        walk->pos++;
        return false;
    }

    walk->pos += *walk->pos == ',';

    return true;
}


bool
wf_walk_entry(wf_walk_t *walk, wf_str_t *value)
{
    if (!goes_on(walk)) {
        return false;
    }

    *value = wf_walk_value(walk);

    return true;
}


bool
wf_walk_member(wf_walk_t *walk, wf_str_t *key, wf_str_t *value)
{
    if (!goes_on(walk)) {
        return false;
    }

    *key = wf_walk_value(walk);
    skip_blanks(walk);
    walk->pos += walk->pos < walk->end;     /* the colon */
    *value = wf_walk_value(walk);

    return true;
}


bool
wf_walk_is(wf_str_t string, wf_str_t text)
{
    return string.len == text.len + 2
           && memcmp(string.data + 1, text.data, text.len) == 0;
}


static uint32_t
hex4(const uint8_t *pos)
{
    uint8_t   c;
    unsigned  i;
    uint32_t  code;

    for (code = 0, i = 0; i < 4; i++) {
        c = pos[i];
        code = code << 4 | (uint32_t) (c <= '9' ? c - '0'
                                                : (c | 0x20) - 'a' + 10);
    }

    return code;
}


static void
utf8_print(wf_buf_t *buf, uint32_t code)
{
    if (code < 0x80) {
        wf_buf_byte(buf, (uint8_t) code);

    } else if (code < 0x800) {
        wf_buf_byte(buf, (uint8_t) (0xc0 | code >> 6));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code & 0x3f)));

    } else if (code < 0x10000) {
        wf_buf_byte(buf, (uint8_t) (0xe0 | code >> 12));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 6 & 0x3f)));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code & 0x3f)));

    } else {
        wf_buf_byte(buf, (uint8_t) (0xf0 | code >> 18));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 12 & 0x3f)));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 6 & 0x3f)));
        wf_buf_byte(buf, (uint8_t) (0x80 | (code & 0x3f)));
    }
}


/* At the backslash; to behind the escape. */
static const uint8_t *
escape_print(wf_buf_t *buf, const uint8_t *pos)
{
    uint32_t     code;
    const char  *at;

    static const char  from[] = "\"\\/bfnrt";
    static const char  to[] = "\"\\/\b\f\n\r\t";

    if (pos[1] != 'u') {
        at = strchr(from, pos[1]);
        wf_assert(at != NULL);
        wf_buf_byte(buf, (uint8_t) to[at - from]);

        return pos + 2;
    }

    code = hex4(pos + 2);
    pos += 6;

    if (code >= 0xd800 && code < 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(pos + 2) - 0xdc00);
        pos += 6;
    }

    utf8_print(buf, code);

    return pos;
}


wf_str_t
wf_walk_text(wf_arena_t *arena, wf_str_t string)
{
    wf_buf_t        buf;
    const uint8_t  *pos, *end, *stop;

    pos = string.data + 1;
    end = string.data + string.len - 1;

    if (memchr(pos, '\\', (size_t) (end - pos)) == NULL) {
        return wf_arena_copy(arena, (wf_str_t) { (size_t) (end - pos), pos });
    }

    wf_buf_init(&buf, arena, string.len);

    while (pos < end) {
        stop = memchr(pos, '\\', (size_t) (end - pos));

        if (stop == NULL) {
            stop = end;
        }

        wf_buf_append(&buf, pos, (size_t) (stop - pos));
        pos = stop < end ? escape_print(&buf, stop) : end;
    }

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


size_t
wf_walk_length(wf_str_t text)
{
    size_t  i, length;

    for (length = 0, i = 0; i < text.len; i++) {
        length += (text.data[i] & 0xc0) != 0x80;
        length += text.data[i] >= 0xf0;
    }

    return length;
}


/* The last of equal ones: the one whose bounds were checked. */
wf_str_t
wf_aws_member(wf_str_t object, wf_str_t name)
{
    wf_str_t   key, value, found;
    wf_walk_t  walk;

    found = wf_str_none;
    walk = wf_walk(object);

    if (walk.pos == walk.end || *walk.pos != '{') {
        return found;
    }

    wf_walk_enter(&walk);

    while (wf_walk_member(&walk, &key, &value)) {

        if (wf_walk_is(key, name)) {
            found = wf_str_eq(value, wf_str("null")) ? wf_str_none : value;
        }
    }

    return found;
}
