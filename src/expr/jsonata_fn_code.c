
/*
 * JSONata: functions over strings that go byte by byte or letter by letter:
 * encodings and case.
 */

#include "base/digest.h"
#include "base/utf8.h"
#include "expr/jsonata_fn.h"


/* What stays as it is in URLs, and in their parts. */
#define CODE_BYTES  4                   /* coded in one step */
#define PART_PLAIN  "-_.!~*'()"
#define URL_PLAIN   ";/?:@&=+$,#" PART_PLAIN
#define URL_KEPT    ";/?:@&=+$,#"       /* decodeUrl() leaves these encoded */

typedef struct {
    uint32_t  first;
    uint32_t  last;
    uint32_t  step;
    int32_t   delta;
} range_t;

typedef struct {
    uint32_t  code;
    wf_str_t  text;
} long_t;

typedef struct {
    const range_t  *ranges;
    uint32_t        range_count;
    const long_t   *longs;
    uint32_t        long_count;
    uint8_t         first;      /* of ASCII letters */
} case_t;

#define LOWER(first, last, step, delta)
#define LOWER_LONG(code, text)
#define UPPER(first, last, step, delta)  { first, last, step, delta },
#define UPPER_LONG(code, text)

static const range_t  upper_ranges[] = {
#include "expr/jsonata_case.def"
};

#undef UPPER
#undef UPPER_LONG
#define UPPER(first, last, step, delta)
#define UPPER_LONG(code, text)           { code, wf_str_init(text) },

static const long_t  upper_longs[] = {
#include "expr/jsonata_case.def"
};

#undef UPPER_LONG
#undef LOWER
#define UPPER_LONG(code, text)
#define LOWER(first, last, step, delta)  { first, last, step, delta },

static const range_t  lower_ranges[] = {
#include "expr/jsonata_case.def"
};

#undef LOWER
#undef LOWER_LONG
#define LOWER(first, last, step, delta)
#define LOWER_LONG(code, text)           { code, wf_str_init(text) },

static const long_t  lower_longs[] = {
#include "expr/jsonata_case.def"
};

static const case_t  upper = {
    upper_ranges, wf_countof(upper_ranges),
    upper_longs, wf_countof(upper_longs), 'a'
};

static const case_t  lower = {
    lower_ranges, wf_countof(lower_ranges),
    lower_longs, wf_countof(lower_longs), 'A'
};


static void
put_code(wf_buf_t *buf, uint32_t code)
{
    if (code < 0x80) {
        wf_buf_byte(buf, (uint8_t) code);
        return;
    }

    if (code < 0x800) {
        wf_buf_byte(buf, (uint8_t) (0xc0 | code >> 6));

    } else {
        if (code < 0x10000) {
            wf_buf_byte(buf, (uint8_t) (0xe0 | code >> 12));

        } else {
            wf_buf_byte(buf, (uint8_t) (0xf0 | code >> 18));
            wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 12 & 63)));
        }

        wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 6 & 63)));
    }

    wf_buf_byte(buf, (uint8_t) (0x80 | (code & 63)));
}


/* The code point at *pos, which moves on. */
static uint32_t
code_at(wf_str_t text, size_t *pos)
{
    uint8_t   byte;
    uint32_t  code;

    byte = text.data[(*pos)++];

    if (byte < 0xc0) {
        return byte;
    }

    code = byte >= 0xf0 ? byte & 7 : byte >= 0xe0 ? byte & 15 : byte & 31;

    while (*pos < text.len && (text.data[*pos] & 0xc0) == 0x80) {
        code = code << 6 | (text.data[(*pos)++] & 63);
    }

    return code;
}


/* The letter in the other case: a code, or a text; false: it has none. */
static bool
other_case(const case_t *table, uint32_t code, uint32_t *other,
    wf_str_t *text)
{
    uint32_t        i, low, high, middle;
    const range_t  *range;

    for (i = 0; i < table->long_count; i++) {
        if (table->longs[i].code == code) {
            *text = table->longs[i].text;
            return true;
        }
    }

    low = 0;
    high = table->range_count;

    while (low < high) {
        middle = (low + high) / 2;
        range = &table->ranges[middle];

        if (code > range->last) {
            low = middle + 1;

        } else if (code < range->first) {
            high = middle;

        } else {
            *other = (uint32_t) ((int32_t) code + range->delta);
            return (code - range->first) % range->step == 0;
        }
    }

    return false;
}


static bool
is_letter(uint32_t code)
{
    uint32_t  other;
    wf_str_t  text;

    return (code < 0x80 && ((code | 0x20) >= 'a' && (code | 0x20) <= 'z'))
           || other_case(&upper, code, &other, &text)
           || other_case(&lower, code, &other, &text);
}


/* A capital sigma at pos: does it end a word? */
static bool
final_sigma(wf_str_t text, size_t start, size_t end)
{
    size_t  pos;

    if (end < text.len && is_letter(code_at(text, &end))) {
        return false;
    }

    for (pos = start; pos > 0 && (text.data[--pos] & 0xc0) == 0x80; ) {
        /* void */
    }

    return start > 0 && is_letter(code_at(text, &pos));
}


static jn_val_t
cased(jn_eval_t *eval, const case_t *table, jn_val_t value)
{
    size_t    pos, start;
    uint8_t   byte;
    uint32_t  code, other;
    wf_str_t  text, made;
    wf_buf_t  buf;

    if (value.type != JN_STRING) {
        return jn_none;
    }

    text = jn_str(value);
    wf_buf_init(&buf, eval->arena, text.len);

    for (pos = 0; pos < text.len; ) {
        byte = text.data[pos];

        if (byte < 0x80) {
            byte ^= byte >= table->first && byte < table->first + 26 ? 0x20
                                                                     : 0;
            wf_buf_byte(&buf, byte);
            pos++;
            continue;
        }

        start = pos;
        code = code_at(text, &pos);
        made = wf_str_none;

        if (!jn_work(eval, 4)) {
            return jn_failed;
        }

        if (table == &lower && code == 0x3a3 && final_sigma(text, start, pos))
        {
            put_code(&buf, 0x3c2);

        } else if (!other_case(table, code, &other, &made)) {
            wf_buf_append(&buf, text.data + start, pos - start);

        } else if (made.data) {
            wf_buf_str(&buf, made);

        } else {
            put_code(&buf, other);
        }
    }

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_lowercase(jn_eval_t *eval, const jn_call_t *call)
{
    return cased(eval, &lower, call->args[0]);
}


jn_val_t
jn_fn_uppercase(jn_eval_t *eval, const jn_call_t *call)
{
    return cased(eval, &upper, call->args[0]);
}


/* Of each UTF-16 unit its lower byte, as the reference does. */
jn_val_t
jn_fn_base64_encode(jn_eval_t *eval, const jn_call_t *call)
{
    size_t    pos;
    uint32_t  code;
    wf_buf_t  bytes, buf;
    wf_str_t  text;

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    text = jn_str(call->args[0]);

    if (!jn_work(eval, text.len / CODE_BYTES)) {
        return jn_failed;
    }

    wf_buf_init(&bytes, eval->arena, text.len);

    for (pos = 0; pos < text.len; ) {
        code = code_at(text, &pos);

        if (code >= 0x10000) {
            wf_buf_byte(&bytes, (uint8_t) ((code - 0x10000) >> 10));
        }

        wf_buf_byte(&bytes, (uint8_t) code);
    }

    wf_buf_init(&buf, eval->arena, text.len * 4 / 3 + 4);

    if (!bytes.failed) {
        wf_base64_print(&buf, wf_buf_done(&bytes));
    }

    return bytes.failed ? jn_fail_oom(eval) : jn_give(eval, &buf);
}


/* Lenient: both alphabets, padding and blanks do not matter. */
jn_val_t
jn_fn_base64_decode(jn_eval_t *eval, const jn_call_t *call)
{
    int         digit;
    size_t      i;
    uint8_t     byte;
    uint32_t    bits;
    unsigned    count;
    wf_buf_t    buf;
    wf_str_t    text;

    if (call->args[0].type != JN_STRING) {
        return jn_none;
    }

    text = jn_str(call->args[0]);

    if (!jn_work(eval, text.len / CODE_BYTES)) {
        return jn_failed;
    }

    wf_buf_init(&buf, eval->arena, text.len);
    bits = 0;
    count = 0;

    for (i = 0; i < text.len; i++) {
        byte = text.data[i];

        if (byte == '=') {
            break;
        }

        digit = byte >= 'A' && byte <= 'Z' ? byte - 'A'
                : byte >= 'a' && byte <= 'z' ? byte - 'a' + 26
                : byte >= '0' && byte <= '9' ? byte - '0' + 52
                : byte == '+' || byte == '-' ? 62
                : byte == '/' || byte == '_' ? 63 : -1;

        if (digit < 0) {
            continue;
        }

        bits = bits << 6 | (uint32_t) digit;
        count += 6;

        if (count >= 8) {
            count -= 8;
            put_code(&buf, bits >> count & 0xff);
        }
    }

    return jn_give(eval, &buf);
}


static jn_val_t
malformed(jn_eval_t *eval, jn_val_t value, const char *function)
{
    (void) jn_fail_value(eval, "D3140", value);
    eval->trouble.type = function;

    return jn_failed;
}


static bool
is_plain(uint8_t byte, const char *plain)
{
    return (byte >= '0' && byte <= '9')
           || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
           || (byte && strchr(plain, byte));
}


static jn_val_t
encode(jn_eval_t *eval, jn_val_t value, const char *plain,
    const char *function)
{
    size_t    i;
    wf_buf_t  buf;
    wf_str_t  text;

    static const char  hex[] = "0123456789ABCDEF";

    if (value.type != JN_STRING) {
        return jn_none;
    }

    text = jn_str(value);

    if (!jn_work(eval, text.len / CODE_BYTES)) {
        return jn_failed;
    }

    if (!wf_utf8_valid(text)) {
        return malformed(eval, value, function);
    }

    wf_buf_init(&buf, eval->arena, text.len + 16);

    for (i = 0; i < text.len; i++) {
        if (is_plain(text.data[i], plain)) {
            wf_buf_byte(&buf, text.data[i]);
            continue;
        }

        wf_buf_byte(&buf, '%');
        wf_buf_byte(&buf, (uint8_t) hex[text.data[i] >> 4]);
        wf_buf_byte(&buf, (uint8_t) hex[text.data[i] & 15]);
    }

    return jn_give(eval, &buf);
}


static int
hex_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0'
           : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
           : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}


/* The byte that %XX at pos stands for; -1: it is not such. */
static int
percent(wf_str_t text, size_t pos)
{
    int  high, low;

    if (pos + 2 >= text.len || text.data[pos] != '%') {
        return -1;
    }

    high = hex_digit(text.data[pos + 1]);
    low = hex_digit(text.data[pos + 2]);

    return high < 0 || low < 0 ? -1 : high << 4 | low;
}


static jn_val_t
decode(jn_eval_t *eval, jn_val_t value, const char *kept,
    const char *function)
{
    int       byte;
    size_t    i, start, from;
    wf_buf_t  buf;
    wf_str_t  text, part;

    if (value.type != JN_STRING) {
        return jn_none;
    }

    text = jn_str(value);

    if (!jn_work(eval, text.len / CODE_BYTES)) {
        return jn_failed;
    }

    wf_buf_init(&buf, eval->arena, text.len + 1);

    for (i = 0; i < text.len; ) {
        if (text.data[i] != '%') {
            wf_buf_byte(&buf, text.data[i++]);
            continue;
        }

        start = buf.len;
        from = i;

        do {
            byte = percent(text, i);

            if (byte < 0) {
                return malformed(eval, value, function);
            }

            wf_buf_byte(&buf, (uint8_t) byte);
            i += 3;
            part = (wf_str_t) { buf.len - start, buf.data + start };

        } while (part.len < 4 && byte >= 0x80 && !wf_utf8_valid(part)
                 && !buf.failed);

        if (!buf.failed && !wf_utf8_valid(part)) {
            return malformed(eval, value, function);
        }

        if (byte > 0 && byte < 0x80 && strchr(kept, byte)) {
            buf.len = start;
            wf_buf_append(&buf, text.data + from, 3);
        }
    }

    return jn_give(eval, &buf);
}


jn_val_t
jn_fn_encode_url_component(jn_eval_t *eval, const jn_call_t *call)
{
    return encode(eval, call->args[0], PART_PLAIN, "encodeUrlComponent");
}


jn_val_t
jn_fn_encode_url(jn_eval_t *eval, const jn_call_t *call)
{
    return encode(eval, call->args[0], URL_PLAIN, "encodeUrl");
}


jn_val_t
jn_fn_decode_url_component(jn_eval_t *eval, const jn_call_t *call)
{
    return decode(eval, call->args[0], "", "decodeUrlComponent");
}


jn_val_t
jn_fn_decode_url(jn_eval_t *eval, const jn_call_t *call)
{
    return decode(eval, call->args[0], URL_KEPT, "decodeUrl");
}
