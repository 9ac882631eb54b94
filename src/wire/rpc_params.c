
/*
 * Query, form and JSON body -> names and values (cloudflow-api 1.3).  Owns
 * the decoding and its limits; knows no parameter by name.  Everything is
 * copied into the arena, so the request's bytes may go.
 */

#include "wire/rpc.h"

#include "base/json.h"


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
too_large(wf_error_t *err)
{
    wf_error_set(err, WF_E_TOO_LARGE, "%d", WF_REQUEST_BYTES_MAX);
    return WF_ERROR;
}


static wf_rc_t
params_room(wf_arena_t *arena, wf_params_t *params, size_t more,
    wf_error_t *err)
{
    wf_param_t  *items;

    if (more > WF_PARAMS_MAX || params->count + more > WF_PARAMS_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "There are more than %d parameters.", WF_PARAMS_MAX);
        return WF_ERROR;
    }

    if (params->count + more <= params->size) {
        return WF_OK;
    }

    items = wf_arena_alloc(arena, (params->count + more) * sizeof(*items));

    if (items == NULL) {
        return no_memory(err);
    }

    if (params->count > 0) {
        memcpy(items, params->items, params->count * sizeof(*items));
    }

    params->items = items;
    params->size = params->count + (uint32_t) more;

    return WF_OK;
}


/* There is room. */
static wf_rc_t
params_add(wf_params_t *params, wf_str_t name, wf_str_t value, bool in_body,
    wf_error_t *err)
{
    params->byte_count += name.len + value.len;

    if (params->byte_count > WF_REQUEST_BYTES_MAX) {
        return too_large(err);
    }

    params->items[params->count++] = (wf_param_t) { name, value, in_body };

    return WF_OK;
}


static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* Item 1: '+' is a space, then %XX.  out has room for size bytes, unless raw
 * is shorter. */
static wf_rc_t
decode(wf_str_t raw, uint8_t *out, size_t size, wf_str_t *text,
    wf_error_t *err)
{
    int       high, low;
    size_t    i;
    uint8_t   byte, seen, *pos;

    pos = out;
    seen = 0;

    for (i = 0; i < raw.len; i++) {
        byte = raw.data[i];

        if (byte == '+') {
            byte = ' ';

        } else if (byte == '%') {
            high = i + 2 < raw.len ? hex_digit(raw.data[i + 1]) : -1;
            low = high >= 0 ? hex_digit(raw.data[i + 2]) : -1;

            if (low < 0) {
                wf_error_set(err, WF_E_INVALID_ARGUMENT, "A '%%' must be "
                             "followed by two hexadecimal digits.");
                return WF_ERROR;
            }

            byte = (uint8_t) (high << 4 | low);
            i += 2;
        }

        if ((size_t) (pos - out) == size) {
            return too_large(err);
        }

        *pos++ = byte;
        seen |= byte;
    }

    *text = (wf_str_t) { (size_t) (pos - out), out };

    if (seen >= 0x80 && !wf_utf8_valid(*text)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "Names and values of parameters must be UTF-8.");
        return WF_ERROR;
    }

    return WF_OK;
}


/* The bytes up to the mark; *rest is what follows it. */
static wf_str_t
cut(wf_str_t text, char mark, wf_str_t *rest)
{
    wf_str_t        head;
    const uint8_t  *pos;

    pos = text.len ? memchr(text.data, mark, text.len) : NULL;

    if (pos == NULL) {
        *rest = wf_str_none;
        return text;
    }

    head = (wf_str_t) { (size_t) (pos - text.data), text.data };
    *rest = (wf_str_t) { text.len - head.len - 1, pos + 1 };

    return head;
}


static size_t
count_pairs(wf_str_t text)
{
    size_t    count;
    wf_str_t  pair, rest;

    count = 0;

    for (rest = text; rest.len > 0; ) {
        pair = cut(rest, '&', &rest);
        count += pair.len > 0;
    }

    return count;
}


wf_rc_t
wf_params_form(wf_arena_t *arena, wf_params_t *params, wf_str_t text,
    bool in_body, wf_error_t *err)
{
    size_t    count, left;
    uint8_t  *out;
    wf_str_t  pair, rest, name, value, raw_name, raw_value;

    count = count_pairs(text);

    if (count == 0) {
        return WF_OK;
    }

    if (params_room(arena, params, count, err) != WF_OK) {
        return WF_ERROR;
    }

    out = wf_arena_alloc(arena, text.len);

    if (out == NULL) {
        return no_memory(err);
    }

    for (rest = text; rest.len > 0; ) {
        pair = cut(rest, '&', &rest);

        if (pair.len == 0) {
            continue;
        }

        raw_name = cut(pair, '=', &raw_value);
        left = WF_REQUEST_BYTES_MAX - params->byte_count;

        if (decode(raw_name, out, left, &name, err) != WF_OK) {
            return WF_ERROR;
        }

        out += name.len;
        left -= name.len;

        if (decode(raw_value, out, left, &value, err) != WF_OK) {
            return WF_ERROR;
        }

        out += value.len;

        if (params_add(params, name, value, in_body, err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* Item 11.  WF_DECLINED: null, the same as absent. */
static wf_rc_t
json_text(wf_arena_t *arena, const wf_value_t *value, wf_str_t *text)
{
    wf_buf_t  buf;

    switch (value->type) {

    case WF_NULL:
        return WF_DECLINED;

    case WF_STRING:
        *text = value->u.string;
        return WF_OK;

    default:
        wf_buf_init(&buf, arena, 32);
        wf_json_print(&buf, value);
        *text = wf_buf_done(&buf);
        return buf.failed ? WF_ERROR : WF_OK;
    }
}


wf_rc_t
wf_params_json(wf_arena_t *arena, wf_params_t *params, wf_str_t text,
    wf_error_t *err)
{
    wf_rc_t      rc;
    uint32_t     i;
    wf_str_t     member;
    wf_value_t  *value;

    if (wf_json_parse_bounded(arena, text, WF_PARAM_VALUES_MAX, &value, err)
        != WF_OK)
    {

        if (err->code == WF_E_INVALID_ARGUMENT) {
            wf_error_wrap(err, "The body is not valid JSON");
        }

        return WF_ERROR;
    }

    if (value->type != WF_OBJECT) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "The body must be a JSON object.");
        return WF_ERROR;
    }

    if (params_room(arena, params, value->count, err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < value->count; i++) {
        rc = json_text(arena, value->u.members[i].value, &member);

        if (rc == WF_ERROR) {
            return no_memory(err);
        }

        if (rc == WF_OK && params_add(params, value->u.members[i].key, member,
                                      true, err)
                           != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


const wf_param_t *
wf_params_find(const wf_params_t *params, wf_str_t name)
{
    uint32_t           i;
    const wf_param_t  *item, *found;

    found = NULL;

    for (i = 0; i < params->count; i++) {
        item = &params->items[i];

        if ((found && found->in_body >= item->in_body)
            || !wf_str_eq(item->name, name))
        {
            continue;
        }

        found = item;
    }

    return found;
}


wf_str_t
wf_params_value(const wf_params_t *params, wf_str_t name)
{
    const wf_param_t  *param;

    param = wf_params_find(params, name);

    return param ? param->value : wf_str_none;
}


/* "Object.List.no.member"; NULL: absent. */
static const wf_param_t *
find_flattened(const wf_params_t *params, wf_str_t prefix, uint32_t no,
    wf_str_t member)
{
    uint32_t           i;
    wf_str_t           rest, digits;
    char               number[12];
    const wf_param_t  *item;

    digits = (wf_str_t) { 0, (uint8_t *) number + sizeof(number) };

    for ( /* void */ ; no > 0; no /= 10) {
        number[sizeof(number) - ++digits.len] = (char) ('0' + no % 10);
        digits.data--;
    }

    for (i = 0; i < params->count; i++) {
        item = &params->items[i];

        if (!wf_str_starts(item->name, prefix)) {
            continue;
        }

        rest = item->name;
        rest.data += prefix.len;
        rest.len -= prefix.len;

        if (wf_str_eq(cut(rest, '.', &rest), digits)
            && wf_str_eq(rest, member))
        {
            return wf_params_find(params, item->name);
        }
    }

    return NULL;
}


/* One {"Name":"..."} after its mark; false: no member of that number. */
static bool
print_flattened(wf_buf_t *buf, const wf_params_t *params, wf_str_t prefix,
    uint32_t no, const wf_str_t *members)
{
    bool               any;
    const wf_param_t  *param;

    any = false;

    for ( /* void */ ; members->len > 0; members++) {
        param = find_flattened(params, prefix, no, *members);

        if (param == NULL) {
            continue;
        }

        if (!any) {
            wf_buf_byte(buf, no == 1 ? '[' : ',');
        }

        wf_buf_byte(buf, any ? ',' : '{');
        wf_json_print_string(buf, *members);
        wf_buf_byte(buf, ':');
        wf_json_print_string(buf, param->value);
        any = true;
    }

    if (any) {
        wf_buf_byte(buf, '}');
    }

    return any;
}


/* Item 8; numbers count from 1 without gaps.  One too many is let through,
 * so that the list is refused, not cut. */
wf_rc_t
wf_params_flattened(wf_arena_t *arena, const wf_params_t *params,
    wf_str_t object, wf_str_t list, const wf_str_t *members, wf_str_t *text)
{
    wf_buf_t  buf, prefix;
    uint32_t  no;

    wf_buf_init(&prefix, arena, object.len + list.len + 2);
    wf_buf_init(&buf, arena, 64);

    if (object.len > 0) {
        wf_buf_str(&prefix, object);
        wf_buf_byte(&prefix, '.');
        wf_buf_byte(&buf, '{');
        wf_json_print_string(&buf, list);
        wf_buf_byte(&buf, ':');
    }

    wf_buf_str(&prefix, list);
    wf_buf_byte(&prefix, '.');

    if (prefix.failed) {
        return WF_ERROR;
    }

    for (no = 1;
         no <= WF_ENVIRONMENT_MAX + 1
         && print_flattened(&buf, params, wf_buf_done(&prefix), no, members);
         no++)
    {
        /* void */
    }

    if (no == 1) {
        return WF_DECLINED;
    }

    wf_buf_byte(&buf, ']');

    if (object.len > 0) {
        wf_buf_byte(&buf, '}');
    }

    *text = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}
