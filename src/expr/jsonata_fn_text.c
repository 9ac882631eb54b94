
/*
 * JSONata: functions over strings.  Strings are UTF-8; lengths and positions
 * count code points, those of matches UTF-16 units.
 */

#define _GNU_SOURCE             /* memmem() */

#include <math.h>

#include "expr/jsonata_fn.h"



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


/* ASCII is counted by eight. */
uint32_t
jn_text_units(wf_str_t text)
{
    size_t    i;
    uint32_t  count;
    uint64_t  word;

    for (i = 0; i + sizeof(word) <= text.len; i += sizeof(word)) {
        memcpy(&word, text.data + i, sizeof(word));

        if (word & 0x8080808080808080) {
            break;
        }
    }

    for (count = (uint32_t) i; i < text.len; i++) {
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
    const uint8_t  *at;

    if (from > text.len) {
        return -1;
    }

    if (needle.len == 0) {
        return (int64_t) from;
    }

    /* Takes linear time, whatever the needle. */

    at = memmem(text.data + from, text.len - from, needle.data, needle.len);

    return at ? at - text.data : -1;
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
        if (call->args[2].u.number <= 0 || call->args[1].type != JN_NUMBER) {
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

    if (fabs(width) > (double) (eval->byte_max / pad.len)) {
        (void) jn_fail(eval, "D1014");
        eval->trouble.trouble = WF_JSONATA_LIMIT;
        return jn_failed;
    }

    if (!jn_work(eval, (uint64_t) fabs(width) / 4)) {
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
