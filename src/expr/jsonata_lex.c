
/*
 * JSONata: text to tokens.  One at a time, since what / means depends on
 * what the parser expects.  Knows nothing of grammar.
 */

#include <float.h>
#include <math.h>

#include "base/utf8.h"
#include "expr/jsonata_parse.h"


static void skip_blanks(jn_parser_t *parser);
static wf_rc_t skip_comment(jn_parser_t *parser);
static unsigned operator_at(const jn_parser_t *parser);
static void token_set(jn_parser_t *parser, unsigned type, wf_str_t text);
static wf_rc_t lex_string(jn_parser_t *parser);
static wf_rc_t lex_escape(jn_parser_t *parser, wf_buf_t *buf);
static wf_rc_t lex_unicode(jn_parser_t *parser, wf_buf_t *buf);
static void put_code_point(wf_buf_t *buf, uint32_t code);
static bool lex_number(jn_parser_t *parser, wf_rc_t *rc);
static wf_rc_t lex_quoted(jn_parser_t *parser);
static void lex_name(jn_parser_t *parser);
static wf_rc_t lex_regex(jn_parser_t *parser);
static wf_rc_t regex_make(jn_parser_t *parser, wf_str_t pattern);


static const wf_str_t  tokens[] = {
#define TOKEN(symbol, text, power, prefix, infix)  wf_str_init(text),
#include "expr/jsonata_tokens.def"
#undef TOKEN
};


wf_str_t
jn_token_text(unsigned type)
{
    return tokens[type];
}


static uint8_t
at(const jn_parser_t *parser, size_t pos)
{
    return pos < parser->text.len ? parser->text.data[pos] : 0;
}


static wf_str_t
slice(const jn_parser_t *parser, size_t from, size_t to)
{
    return (wf_str_t) { to - from, parser->text.data + from };
}


static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'
           || byte == '\v';
}


wf_rc_t
jn_lex(jn_parser_t *parser, bool operand)
{
    uint8_t   byte;
    wf_rc_t   rc;
    unsigned  type;

    for ( ;; ) {
        skip_blanks(parser);

        if (at(parser, parser->pos) != '/'
            || at(parser, parser->pos + 1) != '*')
        {
            break;
        }

        if (skip_comment(parser) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (parser->pos == parser->text.len) {
        token_set(parser, JN_T_END, jn_token_text(JN_T_END));
        return WF_OK;
    }

    byte = at(parser, parser->pos);

    if (byte == '/' && operand) {
        return lex_regex(parser);
    }

    type = operator_at(parser);

    if (type != JN_T_COUNT) {
        parser->pos += tokens[type].len;

        if (type == JN_T_BANG || type == JN_T_TILDE) {
            return jn_refuse(parser, "S0204", (uint32_t) parser->pos,
                             tokens[type]);
        }

        token_set(parser, type, tokens[type]);
        return WF_OK;
    }

    if (byte == '"' || byte == '\'') {
        return lex_string(parser);
    }

    if (lex_number(parser, &rc)) {
        return rc;
    }

    if (byte == '`') {
        return lex_quoted(parser);
    }

    lex_name(parser);

    return WF_OK;
}


static void
skip_blanks(jn_parser_t *parser)
{
    while (parser->pos < parser->text.len
           && is_blank(parser->text.data[parser->pos]))
    {
        parser->pos++;
    }
}


static wf_rc_t
skip_comment(jn_parser_t *parser)
{
    size_t  pos;

    for (pos = parser->pos + 2; pos + 1 < parser->text.len; pos++) {
        if (at(parser, pos) == '*' && at(parser, pos + 1) == '/') {
            parser->pos = pos + 2;
            return WF_OK;
        }
    }

    return jn_refuse(parser, "S0106", (uint32_t) parser->pos, wf_str_none);
}


/* The longest operator that begins here; words are not among them. */
static unsigned
operator_at(const jn_parser_t *parser)
{
    unsigned  type, found;
    wf_str_t  rest;

    static const char  firsts[] = ".[]{}(),@#;:?+-*/%|=<>^&!~";

    rest = slice(parser, parser->pos, parser->text.len);
    found = JN_T_COUNT;

    if (memchr(firsts, rest.data[0], sizeof(firsts) - 1) == NULL) {
        return found;
    }

    for (type = 0; type < JN_T_NAME; type++) {
        if (type == JN_T_AND || type == JN_T_OR || type == JN_T_IN
            || !wf_str_starts(rest, tokens[type]))
        {
            continue;
        }

        if (found == JN_T_COUNT || tokens[type].len > tokens[found].len) {
            found = type;
        }
    }

    return found;
}


static void
token_set(jn_parser_t *parser, unsigned type, wf_str_t text)
{
    parser->token.type = (uint8_t) type;
    parser->token.position = (uint32_t) parser->pos;
    parser->token.text = text;
    parser->token.value = jn_string(text);
}


static wf_rc_t
lex_string(jn_parser_t *parser)
{
    uint8_t   byte, quote;
    wf_buf_t  buf;

    quote = at(parser, parser->pos++);
    wf_buf_init(&buf, parser->arena, 16);

    while (parser->pos < parser->text.len) {
        byte = at(parser, parser->pos++);

        if (byte == quote) {
            if (buf.failed) {
                return jn_parse_oom(parser);
            }

            token_set(parser, JN_T_LITERAL, wf_buf_done(&buf));
            return WF_OK;
        }

        if (byte != '\\') {
            wf_buf_byte(&buf, byte);

        } else if (lex_escape(parser, &buf) != WF_OK) {
            return WF_ERROR;
        }
    }

    return jn_refuse(parser, "S0101", (uint32_t) parser->text.len,
                     wf_str_none);
}


/* Behind the backslash. */
static wf_rc_t
lex_escape(jn_parser_t *parser, wf_buf_t *buf)
{
    uint8_t      byte;
    size_t       len;
    const char  *found;

    static const char  names[] = "\"\\/bfnrt";
    static const char  bytes[] = "\"\\/\b\f\n\r\t";

    byte = at(parser, parser->pos);

    if (byte == 'u') {
        return lex_unicode(parser, buf);
    }

    found = byte ? strchr(names, byte) : NULL;

    if (found == NULL) {
        len = parser->pos < parser->text.len
              ? wf_utf8_step(parser->text.data + parser->pos,
                             parser->text.data + parser->text.len) : 0;

        return jn_refuse(parser, "S0103", (uint32_t) parser->pos,
                         slice(parser, parser->pos, parser->pos + len));
    }

    wf_buf_byte(buf, (uint8_t) bytes[found - names]);
    parser->pos++;

    return WF_OK;
}


static int
hex_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0'
           : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
           : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}


/* Four hexadecimal digits at pos; -1: they are not. */
static int32_t
hex_four(const jn_parser_t *parser, size_t pos)
{
    int       digit;
    int32_t   code;
    unsigned  i;

    code = 0;

    for (i = 0; i < 4; i++) {
        digit = hex_digit(at(parser, pos + i));

        if (digit < 0) {
            return -1;
        }

        code = code << 4 | digit;
    }

    return code;
}


/*
 * A pair of surrogates makes one character; a lone one is kept in three bytes
 * as if it were one, and replaced when it leaves the evaluation.
 */
static wf_rc_t
lex_unicode(jn_parser_t *parser, wf_buf_t *buf)
{
    int32_t  code, low;

    code = hex_four(parser, parser->pos + 1);

    if (code < 0) {
        return jn_refuse(parser, "S0104", (uint32_t) parser->pos,
                         wf_str_none);
    }

    parser->pos += 5;

    if (code >= 0xd800 && code < 0xdc00 && at(parser, parser->pos) == '\\'
        && at(parser, parser->pos + 1) == 'u')
    {
        low = hex_four(parser, parser->pos + 2);

        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            parser->pos += 6;
        }
    }

    put_code_point(buf, (uint32_t) code);

    return WF_OK;
}


static void
put_code_point(wf_buf_t *buf, uint32_t code)
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


static size_t
digits_end(const jn_parser_t *parser, size_t pos)
{
    while (at(parser, pos) >= '0' && at(parser, pos) <= '9') {
        pos++;
    }

    return pos;
}


/* false: no number begins here. */
static bool
lex_number(jn_parser_t *parser, wf_rc_t *rc)
{
    size_t       end, next;
    wf_str_t     text;
    wf_value_t  *number;

    end = parser->pos;
    next = at(parser, end) == '0' ? end + 1 : digits_end(parser, end);

    if (next == end) {
        return false;
    }

    end = next;

    if (at(parser, end) == '.' && digits_end(parser, end + 1) > end + 1) {
        end = digits_end(parser, end + 1);
    }

    if (at(parser, end) == 'e' || at(parser, end) == 'E') {
        next = end + 1;
        next += at(parser, next) == '-' || at(parser, next) == '+';

        if (digits_end(parser, next) > next) {
            end = digits_end(parser, next);
        }
    }

    text = slice(parser, parser->pos, end);
    number = wf_value_number(parser->arena, text);

    if (number == NULL) {
        *rc = jn_parse_oom(parser);
        return true;
    }

    /* Beyond the doubles wf_value_number() gives the last of them. */
    if (number->u.number.real >= DBL_MAX) {
        *rc = jn_refuse(parser, "S0102", (uint32_t) parser->pos, text);
        return true;
    }

    parser->pos = end;
    token_set(parser, JN_T_LITERAL, text);
    parser->token.value = jn_number(number->u.number.real);
    *rc = WF_OK;

    return true;
}


static wf_rc_t
lex_quoted(jn_parser_t *parser)
{
    size_t          start;
    const uint8_t  *end;

    start = ++parser->pos;
    end = memchr(parser->text.data + start, '`', parser->text.len - start);

    if (end == NULL) {
        return jn_refuse(parser, "S0105", (uint32_t) parser->text.len,
                         wf_str_none);
    }

    parser->pos = (size_t) (end - parser->text.data) + 1;
    token_set(parser, JN_T_NAME, slice(parser, start, parser->pos - 1));

    return WF_OK;
}


static void
lex_name(jn_parser_t *parser)
{
    size_t    start;
    unsigned  i;
    wf_str_t  name;

    static const struct {
        wf_str_t  name;
        unsigned  type;
        jn_val_t  value;
    } words[] = {
        { wf_str_init("and"), JN_T_AND, { .type = JN_NONE } },
        { wf_str_init("or"), JN_T_OR, { .type = JN_NONE } },
        { wf_str_init("in"), JN_T_IN, { .type = JN_NONE } },
        { wf_str_init("true"), JN_T_LITERAL,
          { .type = JN_BOOL, .u = { .boolean = true } } },
        { wf_str_init("false"), JN_T_LITERAL, { .type = JN_BOOL } },
        { wf_str_init("null"), JN_T_LITERAL, { .type = JN_NULL } }
    };

    start = parser->pos;

    while (parser->pos < parser->text.len
           && !is_blank(at(parser, parser->pos))
           && operator_at(parser) == JN_T_COUNT)
    {
        parser->pos++;
    }

    name = slice(parser, start, parser->pos);

    if (name.data[0] == '$') {
        name.data++;
        name.len--;
        token_set(parser, JN_T_VARIABLE, name);
        return;
    }

    for (i = 0; i < wf_countof(words); i++) {
        if (wf_str_eq(name, words[i].name)) {
            token_set(parser, words[i].type, name);
            parser->token.value = words[i].value;
            return;
        }
    }

    token_set(parser, JN_T_NAME, name);
}


/* Is the slash at pos escaped?  An odd number of backslashes says so. */
static bool
escaped(const jn_parser_t *parser, size_t pos)
{
    size_t  count;

    for (count = 0; pos > count && at(parser, pos - count - 1) == '\\'; count++)
    {
        /* void */
    }

    return count % 2 == 1;
}


/* The end is the first slash that is neither escaped nor in brackets. */
static wf_rc_t
lex_regex(jn_parser_t *parser)
{
    int       depth;
    size_t    start, pos;
    uint8_t   byte;

    start = parser->pos + 1;
    depth = 0;

    for (pos = start; pos < parser->text.len; pos++) {
        byte = at(parser, pos);

        if (byte == '/' && depth == 0 && !escaped(parser, pos)) {
            parser->pos = pos;
            return regex_make(parser, slice(parser, start, pos));
        }

        if (at(parser, pos - 1) == '\\') {
            continue;
        }

        depth += byte == '(' || byte == '[' || byte == '{';
        depth -= byte == ')' || byte == ']' || byte == '}';
    }

    return jn_refuse(parser, "S0302", (uint32_t) parser->text.len,
                     wf_str_none);
}


static wf_rc_t
regex_make(jn_parser_t *parser, wf_str_t pattern)
{
    uint8_t       byte;
    unsigned      flags;
    wf_error_t    err;
    wf_regex_t   *regex;

    if (pattern.len == 0) {
        return jn_refuse(parser, "S0301", (uint32_t) parser->pos,
                         wf_str_none);
    }

    flags = 0;

    for ( ;; ) {
        byte = at(parser, ++parser->pos);

        if (byte != 'i' && byte != 'm') {
            break;
        }

        flags |= byte == 'i' ? WF_REGEX_CASELESS : WF_REGEX_MULTILINE;
    }

    if (wf_regex_compile_js(parser->arena, pattern, flags, &parser->steps,
                            &regex, &err)
        != WF_OK)
    {
        if (err.code == WF_E_INTERNAL) {
            return jn_parse_oom(parser);
        }

        parser->trouble.message = wf_arena_copy(parser->arena,
                                                wf_error_arg(&err, 0));
        return jn_refuse(parser, "S0303", (uint32_t) parser->pos, pattern);
    }

    token_set(parser, JN_T_REGEX, pattern);
    parser->token.regex = regex;

    return WF_OK;
}
