
/*
 * JSONata: functions over strings.  Strings are UTF-8; lengths and positions
 * count code points, those of matches UTF-16 units.
 */

#include <math.h>

#include "expr/jsonata_fn.h"


#define GROUP_DIGITS_MAX  9

static bool replacement(jn_eval_t *eval, const jn_call_t *call,
    const jn_match_t *match, wf_buf_t *buf);


uint32_t
jn_text_length(wf_str_t text)
{
    size_t    i;
    uint32_t  count;

    for (count = 0, i = 0; i < text.len; i++) {
        count += (text.data[i] & 0xc0) != 0x80;
    }

    return count;
}


uint32_t
jn_text_units(wf_str_t text)
{
    size_t    i;
    uint32_t  count;

    for (count = 0, i = 0; i < text.len; i++) {
        count += ((text.data[i] & 0xc0) != 0x80) + (text.data[i] >= 0xf0);
    }

    return count;
}


uint32_t
jn_text_offset(wf_str_t text, uint32_t n)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if ((text.data[i] & 0xc0) != 0x80 && n-- == 0) {
            break;
        }
    }

    return (uint32_t) i;
}


uint32_t
jn_text_unit_offset(wf_str_t text, uint32_t units)
{
    size_t    i;
    uint32_t  width;

    for (i = 0; i < text.len; i++) {
        width = ((text.data[i] & 0xc0) != 0x80) + (text.data[i] >= 0xf0);

        if (width && units == 0) {
            break;
        }

        units -= wf_min(units, width);
    }

    return (uint32_t) i;
}


int64_t
jn_text_find(wf_str_t text, wf_str_t needle, size_t from)
{
    size_t          last;
    const uint8_t  *at;

    if (needle.len > text.len || from > text.len - needle.len) {
        return -1;
    }

    if (needle.len == 0) {
        return (int64_t) from;
    }

    for (last = text.len - needle.len; from <= last; from++) {
        at = memchr(text.data + from, needle.data[0], last - from + 1);

        if (at == NULL) {
            return -1;
        }

        from = (size_t) (at - text.data);

        if (memcmp(at, needle.data, needle.len) == 0) {
            return (int64_t) from;
        }
    }

    return -1;
}


/* Work for text that is gone through. */
static bool
charge(jn_eval_t *eval, jn_val_t text)
{
    return jn_work(eval, text.len / 16);
}


static jn_val_t
part(jn_val_t text, uint32_t from, uint32_t to)
{
    return jn_string((wf_str_t) { to - from, text.u.data + from });
}


jn_val_t
jn_fn_string(jn_eval_t *eval, const jn_call_t *call)
{
    return jn_text(eval, call->args[0],
                   call->args[1].type == JN_BOOL
                   && call->args[1].u.boolean);
}


/* An index of Array.prototype.slice(). */
static uint32_t
slice_index(double index, uint32_t length)
{
    index = isnan(index) ? 0 : trunc(index);
    index += index < 0 ? length : 0;

    return index <= 0 ? 0 : index >= length ? length : (uint32_t) index;
}


jn_val_t
jn_fn_substring(jn_eval_t *eval, const jn_call_t *call)
{
    double    start, end;
    uint32_t  length, from, to;
    jn_val_t  text;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!charge(eval, text)) {
        return jn_failed;
    }

    length = jn_text_length(jn_str(text));
    start = call->args[1].type == JN_NUMBER ? call->args[1].u.number : 0;
    start = length + start < 0 ? 0 : start;
    end = length;

    if (call->args[2].type == JN_NUMBER) {
        if (call->args[2].u.number <= 0) {
            return jn_string(wf_str(""));
        }

        end = (start >= 0 ? start : length + start) + call->args[2].u.number;
    }

    from = slice_index(start, length);
    to = slice_index(end, length);

    if (from >= to) {
        return jn_string(wf_str(""));
    }

    from = jn_text_offset(jn_str(text), from);
    to = jn_text_offset(jn_str(text), to);

    return part(text, from, to);
}


jn_val_t
jn_fn_substring_before(jn_eval_t *eval, const jn_call_t *call)
{
    int64_t   at;
    jn_val_t  text;

    text = call->args[0];

    if (text.type != JN_STRING || call->args[1].type != JN_STRING) {
        return text;
    }

    at = jn_text_find(jn_str(text), jn_str(call->args[1]), 0);

    return !charge(eval, text) ? jn_failed
           : at < 0 ? text : part(text, 0, (uint32_t) at);
}


jn_val_t
jn_fn_substring_after(jn_eval_t *eval, const jn_call_t *call)
{
    int64_t   at;
    jn_val_t  text;

    text = call->args[0];

    if (text.type != JN_STRING || call->args[1].type != JN_STRING) {
        return text;
    }

    at = jn_text_find(jn_str(text), jn_str(call->args[1]), 0);

    return !charge(eval, text) ? jn_failed
           : at < 0 ? text
           : part(text, (uint32_t) at + call->args[1].len, text.len);
}


jn_val_t
jn_fn_length(jn_eval_t *eval, const jn_call_t *call)
{
    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    return charge(eval, call->args[0])
           ? jn_number(jn_text_length(jn_str(call->args[0]))) : jn_failed;
}


/* Runs of blanks become one, none at the ends. */
jn_val_t
jn_fn_trim(jn_eval_t *eval, const jn_call_t *call)
{
    bool       blank;
    uint8_t    byte;
    uint32_t   i;
    jn_val_t   text;
    wf_buf_t   buf;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    wf_buf_init(&buf, eval->arena, text.len);
    blank = false;

    for (i = 0; i < text.len; i++) {
        byte = text.u.data[i];

        if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
            blank = true;
            continue;
        }

        if (blank && buf.len) {
            wf_buf_byte(&buf, ' ');
        }

        blank = false;
        wf_buf_byte(&buf, byte);
    }

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_pad(jn_eval_t *eval, const jn_call_t *call)
{
    double     width;
    wf_buf_t   buf;
    uint32_t   i, length, missing, pos;
    jn_val_t   text;
    wf_str_t   pad;

    text = call->args[0];

    if (text.type != JN_STRING || call->args[1].type != JN_NUMBER) {
        return text;
    }

    pad = call->args[2].type == JN_STRING && call->args[2].len
          ? jn_str(call->args[2]) : wf_str(" ");
    width = trunc(call->args[1].u.number);
    length = jn_text_length(jn_str(text));

    if (!(fabs(width) > length)) {
        return charge(eval, text) ? text : jn_failed;
    }

    if (fabs(width) > eval->byte_max / pad.len
        || !jn_work(eval, (uint64_t) fabs(width) / 4))
    {
        (void) jn_fail(eval, "D1014");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return jn_failed;
    }

    missing = (uint32_t) fabs(width) - length;
    wf_buf_init(&buf, eval->arena, text.len + missing);

    if (width > 0) {
        wf_buf_str(&buf, jn_str(text));
    }

    for (i = 0, pos = 0; i < missing; i++) {
        do {
            wf_buf_byte(&buf, pad.data[pos++]);
        } while (pos < pad.len && (pad.data[pos] & 0xc0) == 0x80);

        pos = pos == pad.len ? 0 : pos;
    }

    if (width < 0) {
        wf_buf_str(&buf, jn_str(text));
    }

    return jn_give(eval, &buf);
}


/* A limit: infinity without one; negative ones are an error. */
static bool
limit_of(jn_eval_t *eval, jn_val_t arg, const char *code, uint32_t index,
    double *limit)
{
    *limit = INFINITY;

    if (arg.type != JN_NUMBER) {
        return true;
    }

    *limit = arg.u.number;

    if (*limit >= 0) {
        return true;
    }

    (void) jn_fn_fail(eval, code, arg, index);

    return false;
}


static jn_val_t
match_record(jn_eval_t *eval, const jn_match_t *match)
{
    jn_object_t  *object;

    object = jn_object_create(eval, 3);

    return object
           && jn_object_set(eval, object, wf_str("match"), match->text)
           && jn_object_set(eval, object, wf_str("index"), match->start)
           && jn_object_set(eval, object, wf_str("groups"), match->groups)
           ? jn_object(object) : jn_failed;
}


jn_val_t
jn_fn_match(jn_eval_t *eval, const jn_call_t *call)
{
    double      limit;
    jn_val_t    record, text;
    jn_list_t   list;
    jn_match_t  match;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!limit_of(eval, call->args[2], "D3040", 3, &limit)) {
        return jn_failed;
    }

    jn_list_init(&list);
    match.text = jn_none;

    if (limit > 0
        && !jn_match_first(eval, call, call->args[1], text, &match))
    {
        return jn_failed;
    }

    while (match.text.type != JN_NONE && list.count < limit) {
        record = match_record(eval, &match);

        if (jn_bad(record) || !jn_list_push(eval, &list, record)
            || !jn_match_next(eval, call, call->args[1], text, &match))
        {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}


jn_val_t
jn_fn_contains(jn_eval_t *eval, const jn_call_t *call)
{
    jn_val_t    text, token;
    jn_match_t  match;

    text = call->args[0];
    token = call->args[1];

    if (text.type != JN_STRING || token.type == JN_NONE) {
        return jn_none;
    }

    if (token.type == JN_STRING) {
        return charge(eval, text)
               ? jn_bool(jn_text_find(jn_str(text), jn_str(token), 0) >= 0)
               : jn_failed;
    }

    return jn_match_first(eval, call, token, text, &match)
           ? jn_bool(match.text.type != JN_NONE) : jn_failed;
}


/* $replace() of a string by a string or, as it stands, anything. */
static jn_val_t
replace_string(jn_eval_t *eval, const jn_call_t *call, double limit)
{
    int64_t    at;
    double     count;
    size_t     from;
    wf_buf_t   buf;
    wf_str_t   text, pattern, by;

    text = jn_str(call->args[0]);
    pattern = jn_str(call->args[1]);
    by = call->args[2].type == JN_STRING ? jn_str(call->args[2])
                                         : wf_str("undefined");
    wf_buf_init(&buf, eval->arena, text.len);
    from = 0;

    for (count = 0; count < limit; count++) {
        at = jn_text_find(text, pattern, from);

        if (at < 0) {
            break;
        }

        if (!jn_work(eval, 1) || buf.len > eval->byte_max) {
            (void) jn_give(eval, &buf);
            return jn_failed;
        }

        wf_buf_append(&buf, text.data + from, (size_t) at - from);
        wf_buf_str(&buf, by);
        from = (size_t) at + pattern.len;
    }

    wf_buf_append(&buf, text.data + from, text.len - from);

    return jn_give(eval, &buf);
}


static jn_val_t
replace_matches(jn_eval_t *eval, const jn_call_t *call, double limit)
{
    double      count;
    wf_buf_t    buf;
    uint32_t    from;
    jn_val_t    text;
    jn_match_t  match;

    text = call->args[0];

    if (!jn_match_first(eval, call, call->args[1], text, &match)) {
        return jn_failed;
    }

    wf_buf_init(&buf, eval->arena, text.len);
    from = 0;

    for (count = 0; match.text.type != JN_NONE && count < limit; count++) {
        if (match.from >= from) {
            wf_buf_append(&buf, text.u.data + from, match.from - from);
        }

        if (!replacement(eval, call, &match, &buf)) {
            return jn_failed;
        }

        if (buf.len > eval->byte_max) {
            return jn_give(eval, &buf);
        }

        from = wf_min(match.from + match.text.len, text.len);

        if (!jn_match_next(eval, call, call->args[1], text, &match)) {
            return jn_failed;
        }
    }

    wf_buf_append(&buf, text.u.data + from, text.len - from);

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_replace(jn_eval_t *eval, const jn_call_t *call)
{
    double    limit;
    jn_val_t  pattern;

    pattern = call->args[1];

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    if (pattern.type == JN_STRING && pattern.len == 0) {
        return jn_fn_fail(eval, "D3010", pattern, 2);
    }

    if (!limit_of(eval, call->args[3], "D3011", 4, &limit)) {
        return jn_failed;
    }

    if (limit <= 0) {
        return call->args[0];
    }

    return pattern.type == JN_STRING ? replace_string(eval, call, limit)
                                     : replace_matches(eval, call, limit);
}


/* The number behind a $, of at most so many digits; -1: none is there. */
static int64_t
group_number(wf_str_t text, size_t pos, unsigned digits)
{
    int64_t   number;
    unsigned  i;

    number = -1;

    for (i = 0; i < digits && pos + i < text.len; i++) {
        if (text.data[pos + i] < '0' || text.data[pos + i] > '9') {
            break;
        }

        number = (number < 0 ? 0 : number * 10) + (text.data[pos + i] - '0');
    }

    return number;
}


static unsigned
digits_of(uint64_t number)
{
    unsigned  count;

    for (count = 1; number >= 10; number /= 10) {
        count++;
    }

    return count;
}


/* What stands for $N at pos; returns how many bytes of it were read. */
static size_t
substitute(wf_str_t by, size_t pos, const jn_match_t *match, wf_buf_t *buf)
{
    int64_t   number;
    jn_val_t  group;
    uint32_t  groups;
    unsigned  digits;

    groups = match->groups.type == JN_ARRAY ? match->groups.len : 0;
    digits = groups ? wf_min(digits_of(groups), GROUP_DIGITS_MAX) : 1;
    number = group_number(by, pos, digits);

    if (digits > 1 && number > groups) {
        number = group_number(by, pos, digits - 1);
    }

    if (number < 0) {
        wf_buf_byte(buf, '$');
        return 0;
    }

    if (number > 0 && number <= groups) {
        group = jn_item(match->groups, (uint32_t) number - 1);

        if (group.type == JN_STRING) {
            wf_buf_str(buf, jn_str(group));
        }
    }

    return digits_of((uint64_t) number);
}


static void
expand(wf_str_t by, const jn_match_t *match, wf_buf_t *buf)
{
    size_t  pos;

    for (pos = 0; pos < by.len; ) {
        if (by.data[pos] != '$') {
            wf_buf_byte(buf, by.data[pos++]);
            continue;
        }

        pos++;

        if (pos < by.len && by.data[pos] == '$') {
            wf_buf_byte(buf, '$');
            pos++;

        } else if (pos < by.len && by.data[pos] == '0') {
            wf_buf_str(buf, jn_str(match->text));
            pos++;

        } else {
            pos += substitute(by, pos, match, buf);
        }
    }
}


/* What comes in place of a match: a string with $N, or a function's. */
static bool
replacement(jn_eval_t *eval, const jn_call_t *call, const jn_match_t *match,
    wf_buf_t *buf)
{
    jn_val_t  answer, object;

    if (call->args[2].type == JN_STRING) {
        expand(jn_str(call->args[2]), match, buf);
        return jn_work(eval, 1 + call->args[2].len / 16);
    }

    object = jn_match_object(eval, match);

    if (jn_bad(object)) {
        return false;
    }

    answer = jn_normal(jn_fn_invoke(eval, call, call->args[2], &object, 1));

    if (jn_bad(answer)) {
        return false;
    }

    if (answer.type != JN_STRING) {
        (void) jn_fail_value(eval, "D3012", answer);
        return false;
    }

    wf_buf_str(buf, jn_str(answer));

    return true;
}


/* Each character, if the separator is empty. */
static jn_val_t
split_string(jn_eval_t *eval, jn_val_t text, wf_str_t separator, double limit)
{
    int64_t    at;
    uint32_t   from, to;
    jn_list_t  list;

    jn_list_init(&list);
    limit = floor(limit);
    from = 0;

    while (list.count < limit && (separator.len || from < text.len)) {
        at = separator.len
             ? jn_text_find(jn_str(text), separator, from)
             : from + jn_text_offset(jn_str(part(text, from, text.len)), 1);
        to = at < 0 ? text.len : (uint32_t) at;

        if (!jn_list_push(eval, &list, part(text, from, to))
            || !jn_work(eval, 1))
        {
            return jn_failed;
        }

        if (at < 0) {
            break;
        }

        from = to + (uint32_t) separator.len;
    }

    return jn_list_array(eval, &list, 0);
}


jn_val_t
jn_fn_split(jn_eval_t *eval, const jn_call_t *call)
{
    double      limit;
    uint32_t    from;
    jn_val_t    text;
    jn_list_t   list;
    jn_match_t  match;

    text = call->args[0];

    if (text.type != JN_STRING) {
        return jn_none;
    }

    if (!limit_of(eval, call->args[2], "D3020", 3, &limit)) {
        return jn_failed;
    }

    if (call->args[1].type == JN_STRING) {
        return split_string(eval, text, jn_str(call->args[1]), limit);
    }

    jn_list_init(&list);
    from = 0;

    if (limit > 0 && call->args[1].type == JN_FUNCTION) {
        if (!jn_match_first(eval, call, call->args[1], text, &match)) {
            return jn_failed;
        }

        while (match.text.type != JN_NONE && list.count < limit) {
            if (!jn_list_push(eval, &list,
                              part(text, from, wf_max(from, match.from))))
            {
                return jn_failed;
            }

            from = match.to;

            if (!jn_match_next(eval, call, call->args[1], text, &match)) {
                return jn_failed;
            }
        }
    }

    if (list.count < limit
        && !jn_list_push(eval, &list, part(text, from, text.len)))
    {
        return jn_failed;
    }

    return jn_list_array(eval, &list, 0);
}


jn_val_t
jn_fn_join(jn_eval_t *eval, const jn_call_t *call)
{
    uint32_t   i;
    wf_buf_t   buf;
    jn_val_t   array;

    array = call->args[0];

    if (array.type != JN_ARRAY) {
        return jn_none;
    }

    wf_buf_init(&buf, eval->arena, 64);

    for (i = 0; i < array.len; i++) {
        if (i && call->args[1].type == JN_STRING) {
            wf_buf_str(&buf, jn_str(call->args[1]));
        }

        if (jn_item(array, i).type == JN_STRING) {
            wf_buf_str(&buf, jn_str(jn_item(array, i)));
        }

        if (buf.len > eval->byte_max) {
            break;
        }
    }

    return jn_work(eval, array.len) ? jn_give(eval, &buf) : jn_failed;
}
