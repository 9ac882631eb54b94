
/*
 * Lexemes of the FDL expression language: space, names, words, strings,
 * numbers, and the way errors point into the text.  Owns the parser's
 * position, never a tree.  Text is checked once, so everything below may
 * trust it to be UTF-8.
 */

#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "expr/fdl_parse.h"


#define FDL_REASON_MAX  512     /* bytes of one reason */
#define FDL_CLIP_MAX    64      /* bytes of foreign text in a reason */


wf_rc_t
fdl_oom(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


/* Columns count characters from 1, line breaks included. */
static unsigned
column(const fdl_parser_t *parser, const uint8_t *at)
{
    unsigned        count;
    const uint8_t  *p;

    count = 1;

    for (p = parser->text.data; p < at; p++) {
        count += (*p & 0xc0) != 0x80;
    }

    return count;
}


void
fdl_fail(fdl_parser_t *parser, const uint8_t *at, const char *format, ...)
{
    char     reason[FDL_REASON_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);

    wf_error_set(parser->err, WF_E_INVALID_ARGUMENT, "column %u: %s",
                 column(parser, at), reason);
}


wf_rc_t
fdl_wrap(fdl_parser_t *parser, const uint8_t *at)
{
    if (parser->err->code != WF_E_INTERNAL) {
        wf_error_wrap(parser->err, "column %u", column(parser, at));
    }

    return WF_ERROR;
}


wf_rc_t
fdl_parser_init(fdl_parser_t *parser, wf_arena_t *arena,
    fdl_dialect_t dialect, wf_str_t text, wf_error_t *err)
{
    memset(parser, 0, sizeof(fdl_parser_t));

    parser->arena = arena;
    parser->err = err;
    parser->dialect = dialect;

    if (text.len > WF_EXPR_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "column 1: the expression is longer than %u bytes",
                     (unsigned) WF_EXPR_LEN_MAX);
        return WF_ERROR;
    }

    if (!wf_utf8_valid(text)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "column 1: the expression is not valid UTF-8");
        return WF_ERROR;
    }

    parser->text = wf_arena_copy(arena, text);
    if (parser->text.data == NULL) {
        return fdl_oom(err);
    }

    parser->pos = parser->text.data;
    parser->end = parser->text.data + parser->text.len;

    return WF_OK;
}


void
fdl_space(fdl_parser_t *parser)
{
    while (parser->pos < parser->end
           && (*parser->pos == ' ' || *parser->pos == '\t'
               || *parser->pos == '\n' || *parser->pos == '\r'))
    {
        parser->pos++;
    }
}


bool
fdl_accept(fdl_parser_t *parser, const char *spelling)
{
    size_t  len;

    fdl_space(parser);
    len = strlen(spelling);

    if ((size_t) (parser->end - parser->pos) < len
        || memcmp(parser->pos, spelling, len) != 0)
    {
        return false;
    }

    parser->pos += len;
    return true;
}


/* Bytes of the character that begins here. */
static size_t
character_size(const uint8_t *p)
{
    return *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
}


wf_str_t
fdl_character(const fdl_parser_t *parser)
{
    if (parser->pos == parser->end) {
        return wf_str_none;
    }

    return (wf_str_t) { character_size(parser->pos), parser->pos };
}


wf_str_t
fdl_clip(wf_str_t s)
{
    if (s.len > FDL_CLIP_MAX) {
        s.len = FDL_CLIP_MAX;

        while (s.len && (s.data[s.len] & 0xc0) == 0x80) {
            s.len--;
        }
    }

    return s;
}


bool
fdl_word_char(uint8_t ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
           || (ch >= '0' && ch <= '9') || ch == '_';
}


static uint32_t
code_point(const uint8_t *p, size_t size)
{
    size_t    i;
    uint32_t  code;

    code = *p & (0xff >> (size + 1));

    for (i = 1; i < size; i++) {
        code = code << 6 | (p[i] & 0x3f);
    }

    return code;
}


/*
 * Letters of any script make a name.  Refused are the spaces and marks that
 * slip in when an expression is pasted from a document.
 */
static bool
is_letter(uint32_t code)
{
    unsigned  i;

    static const uint32_t  marks[][2] = {
        { 0x0080, 0x00a9 }, { 0x00ab, 0x00b4 }, { 0x00b6, 0x00b9 },
        { 0x00bb, 0x00bf }, { 0x00d7, 0x00d7 }, { 0x00f7, 0x00f7 },
        { 0x1680, 0x1680 }, { 0x2000, 0x206f }, { 0x3000, 0x3004 },
        { 0x3008, 0x3020 }, { 0xfe50, 0xfe6f }, { 0xfeff, 0xfeff },
        { 0xff01, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 },
        { 0xff5b, 0xff65 }
    };

    for (i = 0; i < wf_countof(marks); i++) {
        if (code >= marks[i][0] && code <= marks[i][1]) {
            return false;
        }
    }

    return true;
}


/* A member's name in a path: letters of any script, digits, '_', '-'. */
wf_str_t
fdl_name(fdl_parser_t *parser)
{
    size_t          size;
    const uint8_t  *start;

    start = parser->pos;

    for ( ; parser->pos < parser->end; parser->pos += size) {
        size = character_size(parser->pos);

        if (size == 1 && !fdl_word_char(*parser->pos)
            && (*parser->pos != '-' || parser->pos == start))
        {
            break;
        }

        if (size > 1 && !is_letter(code_point(parser->pos, size))) {
            break;
        }
    }

    return (wf_str_t) { parser->pos - start, start };
}


/* A function's name or a keyword. */
wf_str_t
fdl_word(fdl_parser_t *parser)
{
    const uint8_t  *start;

    start = parser->pos;

    if (start < parser->end && *start >= '0' && *start <= '9') {
        return (wf_str_t) { 0, start };
    }

    while (parser->pos < parser->end && fdl_word_char(*parser->pos)) {
        parser->pos++;
    }

    return (wf_str_t) { parser->pos - start, start };
}


static bool
hex_unit(const uint8_t *p, const uint8_t *end, uint32_t *unit)
{
    int       i;
    uint8_t   ch;
    uint32_t  value;

    if (end - p < 4) {
        return false;
    }

    value = 0;

    for (i = 0; i < 4; i++) {
        ch = p[i] | 0x20;

        if (p[i] >= '0' && p[i] <= '9') {
            value = value << 4 | (p[i] - '0');

        } else if (ch >= 'a' && ch <= 'f') {
            value = value << 4 | (ch - 'a' + 10);

        } else {
            return false;
        }
    }

    *unit = value;
    return true;
}


static uint8_t *
put_utf8(uint8_t *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = code;
        return out;
    }

    if (code < 0x800) {
        *out++ = 0xc0 | code >> 6;

    } else if (code < 0x10000) {
        *out++ = 0xe0 | code >> 12;
        *out++ = 0x80 | (code >> 6 & 0x3f);

    } else {
        *out++ = 0xf0 | code >> 18;
        *out++ = 0x80 | (code >> 12 & 0x3f);
        *out++ = 0x80 | (code >> 6 & 0x3f);
    }

    *out++ = 0x80 | (code & 0x3f);
    return out;
}


/* \uXXXX, pos behind the u; two of them for what lies beyond U+FFFF. */
static uint8_t *
unicode_escape(fdl_parser_t *parser, uint8_t *out)
{
    uint32_t        code, low;
    const uint8_t  *p;

    p = parser->pos;

    if (!hex_unit(p, parser->end, &code)) {
        fdl_fail(parser, p, "four hexadecimal digits must follow \\u");
        return NULL;
    }

    p += 4;

    if (code >= 0xd800 && code <= 0xdbff && parser->end - p >= 6
        && p[0] == '\\' && p[1] == 'u' && hex_unit(p + 2, parser->end, &low)
        && low >= 0xdc00 && low <= 0xdfff)
    {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        p += 6;
    }

    if (code >= 0xd800 && code <= 0xdfff) {
        fdl_fail(parser, parser->pos, "\\u names half a surrogate pair");
        return NULL;
    }

    parser->pos = p;
    return put_utf8(out, code);
}


/* One escape, pos behind the backslash. */
static uint8_t *
escape(fdl_parser_t *parser, uint8_t quote, uint8_t *out)
{
    wf_str_t     ch;
    const char  *known;

    static const char  letters[] = "\"\\/bfnrt";
    static const char  meanings[] = "\"\\/\b\f\n\r\t";

    ch = fdl_character(parser);

    if (ch.len == 0) {
        fdl_fail(parser, parser->pos, "the string is not closed");
        return NULL;
    }

    if (*ch.data == 'u') {
        parser->pos++;
        return unicode_escape(parser, out);
    }

    known = *ch.data ? strchr(letters, *ch.data) : NULL;

    if (known == NULL && *ch.data != quote) {
        fdl_fail(parser, parser->pos - 1,
                 "unknown escape '\\%.*s'; write '\\\\' for a backslash, "
                 "or use a back-quoted string", (int) ch.len, ch.data);
        return NULL;
    }

    *out = known ? (uint8_t) meanings[known - letters] : quote;
    parser->pos++;

    return out + 1;
}


/* Between pos and the closing quote there is a backslash: make a copy. */
static wf_rc_t
string_unescape(fdl_parser_t *parser, uint8_t quote, wf_str_t *string)
{
    uint8_t  *out, *start;

    /* No escape is longer than its meaning. */
    start = wf_arena_alloc(parser->arena, parser->end - parser->pos);
    if (start == NULL) {
        return fdl_oom(parser->err);
    }

    out = start;

    while (parser->pos < parser->end && *parser->pos != quote) {
        if (*parser->pos != '\\') {
            *out++ = *parser->pos++;
            continue;
        }

        parser->pos++;
        out = escape(parser, quote, out);

        if (out == NULL) {
            return WF_ERROR;
        }
    }

    *string = (wf_str_t) { out - start, start };
    return WF_OK;
}


/* In the quotes that stand at pos: "..." and '...' escaped, `...` raw. */
wf_rc_t
fdl_string(fdl_parser_t *parser, wf_str_t *string)
{
    uint8_t         quote;
    const uint8_t  *open, *p;

    open = parser->pos++;
    quote = *open;

    for (p = parser->pos; p < parser->end && *p != quote; p++) {
        if (*p == '\\' && quote != '`') {
            break;
        }
    }

    if (p < parser->end && *p == '\\' && quote != '`') {
        if (string_unescape(parser, quote, string) != WF_OK) {
            return WF_ERROR;
        }

    } else {
        *string = (wf_str_t) { p - parser->pos, parser->pos };
        parser->pos = p;
    }

    if (parser->pos == parser->end) {
        fdl_fail(parser, open, "the string is not closed");
        return WF_ERROR;
    }

    parser->pos++;
    return WF_OK;
}


static void
digits_skip(fdl_parser_t *parser)
{
    while (parser->pos < parser->end && *parser->pos >= '0'
           && *parser->pos <= '9')
    {
        parser->pos++;
    }
}


/* Digits with an optional fraction, at a digit; as RFC 8259 spells it. */
wf_rc_t
fdl_number(fdl_parser_t *parser, wf_str_t *digits)
{
    const uint8_t  *start, *fraction;

    start = parser->pos;
    digits_skip(parser);

    if (parser->pos < parser->end && *parser->pos == '.') {
        fraction = ++parser->pos;
        digits_skip(parser);

        if (parser->pos == fraction) {
            fdl_fail(parser, fraction, "a digit must follow the point");
            return WF_ERROR;
        }
    }

    if (parser->pos < parser->end && fdl_word_char(*parser->pos)) {
        fdl_fail(parser, start, "malformed number");
        return WF_ERROR;
    }

    while (*start == '0' && parser->pos - start > 1 && start[1] >= '0'
           && start[1] <= '9')
    {
        start++;
    }

    if (parser->pos - start > WF_NUMBER_LEN_MAX) {
        fdl_fail(parser, start, "the number is longer than %u digits",
                 (unsigned) WF_NUMBER_LEN_MAX);
        return WF_ERROR;
    }

    *digits = (wf_str_t) { parser->pos - start, start };
    return WF_OK;
}
