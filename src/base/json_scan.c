
/*
 * The strict reader of JSON text.  Owns the grammar and the words that tell
 * what is wrong; never allocates, never makes a value.
 */

#include "base/json_scan.h"
#include "base/utf8.h"


#define QUOTE(text)   QUOTE_(text)
#define QUOTE_(text)  #text


typedef enum {
    CLASS_OTHER = 0,
    CLASS_SPACE,
    CLASS_OPEN,
    CLASS_CLOSE,
    CLASS_COMMA,
    CLASS_COLON,
    CLASS_STRING,
    CLASS_NUMBER,
    CLASS_WORD
} class_t;

/* Takes one token; NULL, or why it is refused. */
typedef const char *(*scanner_pt)(wf_json_scan_t *scan);


static const char *scan_other(wf_json_scan_t *scan);
static const char *scan_open(wf_json_scan_t *scan);
static const char *scan_close(wf_json_scan_t *scan);
static const char *scan_comma(wf_json_scan_t *scan);
static const char *scan_colon(wf_json_scan_t *scan);
static const char *scan_string(wf_json_scan_t *scan);
static const char *scan_number(wf_json_scan_t *scan);
static const char *scan_word(wf_json_scan_t *scan);
static const char *scan_value_begin(wf_json_scan_t *scan);
static void scan_value_end(wf_json_scan_t *scan);
static const char *scan_character(wf_json_scan_t *scan);
static const char *scan_escape(wf_json_scan_t *scan);
static const uint8_t *skip_plain(const uint8_t *pos, const uint8_t *end);
static void keep(wf_json_scan_t *scan, size_t len);
static void put(wf_json_scan_t *scan, uint8_t byte);
static int hex4(const uint8_t *pos, const uint8_t *end);
static const uint8_t *skip_digits(const uint8_t *pos, const uint8_t *end);
static const uint8_t *skip_number(const uint8_t *pos, const uint8_t *end);
static const char *unexpected(const wf_json_scan_t *scan);


static const uint8_t  classes[256] = {
    [' '] = CLASS_SPACE, ['\t'] = CLASS_SPACE,
    ['\n'] = CLASS_SPACE, ['\r'] = CLASS_SPACE,
    ['{'] = CLASS_OPEN, ['['] = CLASS_OPEN,
    ['}'] = CLASS_CLOSE, [']'] = CLASS_CLOSE,
    [','] = CLASS_COMMA, [':'] = CLASS_COLON, ['"'] = CLASS_STRING,
    ['-'] = CLASS_NUMBER, ['0' ... '9'] = CLASS_NUMBER,
    ['t'] = CLASS_WORD, ['f'] = CLASS_WORD, ['n'] = CLASS_WORD
};

static const scanner_pt  scanners[] = {
    [CLASS_OTHER] = scan_other,
    [CLASS_OPEN] = scan_open,
    [CLASS_CLOSE] = scan_close,
    [CLASS_COMMA] = scan_comma,
    [CLASS_COLON] = scan_colon,
    [CLASS_STRING] = scan_string,
    [CLASS_NUMBER] = scan_number,
    [CLASS_WORD] = scan_word
};


void
wf_json_scan_init(wf_json_scan_t *scan, wf_str_t text, uint8_t *out)
{
    memset(scan, 0, sizeof(wf_json_scan_t));

    scan->pos = text.data;
    scan->end = text.len ? text.data + text.len : text.data;
    scan->out = out;
}


const char *
wf_json_scan(wf_json_scan_t *scan)
{
    class_t      class;
    const char  *reason;

    while (scan->pos < scan->end) {
        class = classes[*scan->pos];

        if (class == CLASS_SPACE) {
            scan->pos++;
            continue;
        }

        reason = scanners[class](scan);

        if (reason != NULL) {
            return reason;
        }
    }

    return scan->expect == WF_JSON_END ? NULL : "the text ends too early";
}


static const char *
unexpected(const wf_json_scan_t *scan)
{
    static const char  *reasons[] = {
        [WF_JSON_VALUE] = "a value is expected",
        [WF_JSON_VALUE_OR_CLOSE] = "a value or ] is expected",
        [WF_JSON_KEY] = "a key in double quotes is expected",
        [WF_JSON_KEY_OR_CLOSE] = "a key in double quotes or } is expected",
        [WF_JSON_COLON] = "a colon is expected",
        [WF_JSON_COMMA_OR_CLOSE] = "a comma or a closing bracket is expected",
        [WF_JSON_END] = "the text should end here"
    };

    return reasons[scan->expect];
}


static const char *
scan_other(wf_json_scan_t *scan)
{
    return unexpected(scan);
}


static const char *
scan_value_begin(wf_json_scan_t *scan)
{
    if (scan->expect != WF_JSON_VALUE
        && scan->expect != WF_JSON_VALUE_OR_CLOSE)
    {
        return unexpected(scan);
    }

    if (++scan->value_count == scan->value_stop) {
        return "too many values";
    }

    return NULL;
}


static void
scan_value_end(wf_json_scan_t *scan)
{
    scan->expect = scan->depth ? WF_JSON_COMMA_OR_CLOSE : WF_JSON_END;
}


static const char *
scan_open(wf_json_scan_t *scan)
{
    bool         object;
    const char  *reason;

    reason = scan_value_begin(scan);

    if (reason != NULL) {
        return reason;
    }

    if (scan->depth == WF_DEPTH_MAX) {
        return "more than " QUOTE(WF_DEPTH_MAX) " levels";
    }

    object = *scan->pos == '{';

    scan->closers[scan->depth++] = object ? '}' : ']';
    scan->expect = object ? WF_JSON_KEY_OR_CLOSE : WF_JSON_VALUE_OR_CLOSE;
    keep(scan, 1);

    return NULL;
}


static const char *
scan_close(wf_json_scan_t *scan)
{
    if (scan->depth == 0
        || scan->closers[scan->depth - 1] != *scan->pos
        || (scan->expect != WF_JSON_COMMA_OR_CLOSE
            && scan->expect != WF_JSON_KEY_OR_CLOSE
            && scan->expect != WF_JSON_VALUE_OR_CLOSE))
    {
        return unexpected(scan);
    }

    scan->depth--;
    keep(scan, 1);
    scan_value_end(scan);

    return NULL;
}


static const char *
scan_comma(wf_json_scan_t *scan)
{
    if (scan->expect != WF_JSON_COMMA_OR_CLOSE) {
        return unexpected(scan);
    }

    scan->expect = scan->closers[scan->depth - 1] == '}' ? WF_JSON_KEY
                                                         : WF_JSON_VALUE;
    keep(scan, 1);

    return NULL;
}


static const char *
scan_colon(wf_json_scan_t *scan)
{
    if (scan->expect != WF_JSON_COLON) {
        return unexpected(scan);
    }

    scan->expect = WF_JSON_VALUE;
    keep(scan, 1);

    return NULL;
}


static const char *
scan_string(wf_json_scan_t *scan)
{
    bool         key;
    const char  *reason;

    key = scan->expect == WF_JSON_KEY || scan->expect == WF_JSON_KEY_OR_CLOSE;
    reason = key ? NULL : scan_value_begin(scan);

    if (reason == NULL && key && ++scan->key_count == scan->key_stop) {
        reason = "the key to stop at";
    }

    if (reason != NULL) {
        return reason;
    }

    keep(scan, 1);

    if (!key) {
        put(scan, WF_JSON_MARK_STRING);
    }

    for ( ;; ) {
        keep(scan, (size_t) (skip_plain(scan->pos, scan->end) - scan->pos));

        if (scan->pos == scan->end) {
            return "the string does not end";
        }

        if (*scan->pos == '"') {
            break;
        }

        reason = scan_character(scan);

        if (reason != NULL) {
            return reason;
        }
    }

    keep(scan, 1);

    if (key) {
        scan->expect = WF_JSON_COLON;
        return NULL;
    }

    scan_value_end(scan);

    return NULL;
}


/* The end of what stands for itself. */

static const uint8_t *
skip_plain(const uint8_t *pos, const uint8_t *end)
{
    while (pos < end && *pos >= 0x20 && *pos < 0x80
           && *pos != '"' && *pos != '\\')
    {
        pos++;
    }

    return pos;
}


/* One that is not plain. */

static const char *
scan_character(wf_json_scan_t *scan)
{
    unsigned  len;

    if (*scan->pos == '\\') {
        return scan_escape(scan);
    }

    if (*scan->pos < 0x20) {
        return "control characters must be escaped";
    }

    len = wf_utf8_step(scan->pos, scan->end);

    if (len == 0) {
        return "the bytes are not UTF-8";
    }

    keep(scan, len);

    return NULL;
}


static void
keep(wf_json_scan_t *scan, size_t len)
{
    if (scan->out) {
        memcpy(scan->out, scan->pos, len);
        scan->out += len;
    }

    scan->pos += len;
}


static void
put(wf_json_scan_t *scan, uint8_t byte)
{
    if (scan->out) {
        *scan->out++ = byte;
    }
}


/* Escapes stay as they are, for cJSON to read, all but \u0000. */

static const char *
scan_escape(wf_json_scan_t *scan)
{
    int             code, low;
    const uint8_t  *p;

    p = scan->pos + 1;

    if (p == scan->end || *p == '\0' || strchr("\"\\/bfnrtu", *p) == NULL) {
        return "unknown escape sequence";
    }

    if (*p != 'u') {
        keep(scan, 2);
        return NULL;
    }

    code = hex4(p + 1, scan->end);

    if (code < 0) {
        return "\\u needs four hexadecimal digits";
    }

    if (code == 0) {
        put(scan, WF_JSON_BYTE_NUL);
        scan->pos += 6;
        scan->has_nul = true;
        return NULL;
    }

    if (code < 0xd800 || code > 0xdfff) {
        keep(scan, 6);
        return NULL;
    }

    low = -1;

    if (scan->end - p > 6 && p[5] == '\\' && p[6] == 'u') {
        low = hex4(p + 7, scan->end);
    }

    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        return "half of a surrogate pair";
    }

    keep(scan, 12);

    return NULL;
}


/* -1: these are not four hexadecimal digits. */

static int
hex4(const uint8_t *pos, const uint8_t *end)
{
    int       code;
    uint8_t   byte, lower;
    unsigned  i;

    if (end - pos < 4) {
        return -1;
    }

    code = 0;

    for (i = 0; i < 4; i++) {
        byte = pos[i];
        lower = byte | 0x20;

        if (byte >= '0' && byte <= '9') {
            code = code * 16 + (byte - '0');

        } else if (lower >= 'a' && lower <= 'f') {
            code = code * 16 + (lower - 'a' + 10);

        } else {
            return -1;
        }
    }

    return code;
}


static const uint8_t *
skip_digits(const uint8_t *pos, const uint8_t *end)
{
    while (pos < end && *pos >= '0' && *pos <= '9') {
        pos++;
    }

    return pos;
}


static const char *
scan_number(wf_json_scan_t *scan)
{
    size_t          len;
    const char     *reason;
    const uint8_t  *end;

    reason = scan_value_begin(scan);

    if (reason != NULL) {
        return reason;
    }

    end = skip_number(scan->pos, scan->end);

    if (end == NULL) {
        return "malformed number";
    }

    len = (size_t) (end - scan->pos);

    if (len > WF_NUMBER_LEN_MAX) {
        return "a number of more than " QUOTE(WF_NUMBER_LEN_MAX)
               " characters";
    }

    put(scan, '"');
    put(scan, WF_JSON_MARK_NUMBER);
    keep(scan, len);
    put(scan, '"');

    scan_value_end(scan);

    return NULL;
}


/* The end of the number; NULL: it is not one. */

static const uint8_t *
skip_number(const uint8_t *pos, const uint8_t *end)
{
    const uint8_t  *digits;

    digits = pos + (*pos == '-');
    pos = skip_digits(digits, end);

    if (pos == digits || (*digits == '0' && pos - digits > 1)) {
        return NULL;
    }

    if (pos < end && *pos == '.') {
        digits = pos + 1;
        pos = skip_digits(digits, end);

        if (pos == digits) {
            return NULL;
        }
    }

    if (pos < end && (*pos == 'e' || *pos == 'E')) {
        digits = pos + 1;

        if (digits < end && (*digits == '+' || *digits == '-')) {
            digits++;
        }

        pos = skip_digits(digits, end);

        if (pos == digits) {
            return NULL;
        }
    }

    return pos;
}


static const char *
scan_word(wf_json_scan_t *scan)
{
    static const wf_str_t  words[] = {
        wf_str_init("true"), wf_str_init("false"), wf_str_init("null")
    };

    unsigned     i;
    wf_str_t     rest;
    const char  *reason;

    reason = scan_value_begin(scan);

    if (reason != NULL) {
        return reason;
    }

    rest = (wf_str_t) { (size_t) (scan->end - scan->pos), scan->pos };

    for (i = 0; i < wf_countof(words); i++) {
        if (wf_str_starts(rest, words[i])) {
            keep(scan, words[i].len);
            scan_value_end(scan);
            return NULL;
        }
    }

    return unexpected(scan);
}
