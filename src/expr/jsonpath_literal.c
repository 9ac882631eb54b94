
/*
 * Literals of JSONPath filters and of intrinsic calls: numbers, strings, null,
 * true and false, objects as JSON, and lists, whose strings may stand in
 * either quotes.
 */

#include "expr/jsonpath_filter.h"


/* A JSON text that begins here: the end of its brackets, or NULL. */
static const uint8_t *
json_end(const fdl_parser_t *parser)
{
    bool            quoted;
    unsigned        open;
    const uint8_t  *p;

    quoted = false;
    open = 0;

    for (p = parser->pos; p < parser->end; p++) {
        if (quoted) {
            if (*p == '\\' && p + 1 < parser->end) {
                p++;

            } else if (*p == '"') {
                quoted = false;
            }

        } else if (*p == '"') {
            quoted = true;

        } else if (*p == '[' || *p == '{') {
            open++;

        } else if ((*p == ']' || *p == '}') && --open == 0) {
            return p + 1;
        }
    }

    return NULL;
}


/* Jayway also takes lists of strings in single quotes. */
static wf_rc_t
list_parse(fdl_parser_t *parser, wf_value_t *list)
{
    const wf_value_t  *item;

    parser->pos++;

    if (fdl_accept(parser, "]")) {
        return WF_OK;
    }

    do {
        fdl_space(parser);
        item = jsonpath_literal(parser);

        if (item == NULL) {
            return WF_ERROR;
        }

        if (wf_value_push(parser->arena, list, fdl_share(item)) != WF_OK) {
            return fdl_oom(parser->err);
        }
    } while (fdl_accept(parser, ","));

    if (!fdl_accept(parser, "]")) {
        fdl_fail(parser, parser->pos, "']' or ',' is expected");
        return WF_ERROR;
    }

    return WF_OK;
}


static const wf_value_t *
object_value(fdl_parser_t *parser)
{
    wf_value_t     *value;
    const uint8_t  *start, *end;

    start = parser->pos;
    end = json_end(parser);

    if (end == NULL) {
        fdl_fail(parser, start, "the literal is not closed");
        return NULL;
    }

    if (wf_json_parse(parser->arena, (wf_str_t) { end - start, start }, &value,
                      parser->err)
        != WF_OK)
    {
        fdl_wrap(parser, start);
        return NULL;
    }

    parser->pos = end;
    return value;
}


const wf_value_t *
jsonpath_constant(wf_str_t word)
{
    unsigned  i;

    static const struct {
        wf_str_t    word;
        wf_value_t  value;
    } words[] = {
        { wf_str_init("null"),  { .type = WF_NULL } },
        { wf_str_init("true"),  { .type = WF_BOOL, .boolean = true } },
        { wf_str_init("false"), { .type = WF_BOOL, .boolean = false } }
    };

    for (i = 0; i < wf_countof(words); i++) {
        if (wf_str_eq(words[i].word, word)) {
            return &words[i].value;
        }
    }

    return NULL;
}


static const wf_value_t *
word_value(fdl_parser_t *parser)
{
    wf_str_t           word;
    const wf_value_t  *value;

    word = fdl_word(parser);
    value = jsonpath_constant(word);

    if (value == NULL) {
        fdl_fail(parser, word.data, "a literal is expected");
    }

    return value;
}


static const wf_value_t *
string_value(fdl_parser_t *parser)
{
    wf_str_t     string;
    wf_value_t  *value;

    if (jsonpath_string(parser, &string) != WF_OK) {
        return NULL;
    }

    value = wf_value_string(parser->arena, string);

    if (value == NULL) {
        fdl_oom(parser->err);
    }

    return value;
}


static const uint8_t *
digits_skip(const uint8_t *p, const uint8_t *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


/* Behind a number as JSON spells it; NULL: it is not one. */
static const uint8_t *
number_end(const uint8_t *p, const uint8_t *end)
{
    const uint8_t  *digits;

    p += p < end && *p == '-';
    digits = p;
    p = digits_skip(p, end);

    if (p == digits || (*digits == '0' && p > digits + 1)) {
        return NULL;
    }

    if (p < end && *p == '.') {
        digits = ++p;
        p = digits_skip(p, end);

        if (p == digits) {
            return NULL;
        }
    }

    if (p < end && (*p | 0x20) == 'e') {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        digits = p;
        p = digits_skip(p, end);

        if (p == digits) {
            return NULL;
        }
    }

    return p < end && (fdl_word_char(*p) || *p == '.') ? NULL : p;
}


const wf_value_t *
jsonpath_number(fdl_parser_t *parser)
{
    wf_value_t     *value;
    const uint8_t  *start, *end;

    start = parser->pos;
    end = number_end(start, parser->end);

    if (end == NULL) {
        fdl_fail(parser, start, "malformed number");
        return NULL;
    }

    if (end - start > WF_NUMBER_LEN_MAX) {
        fdl_fail(parser, start, "the number is longer than %u characters",
                 (unsigned) WF_NUMBER_LEN_MAX);
        return NULL;
    }

    parser->pos = end;
    value = wf_value_number(parser->arena,
                            (wf_str_t) { end - start, start });

    if (value == NULL) {
        fdl_oom(parser->err);
    }

    return value;
}


static const wf_value_t *
list_value(fdl_parser_t *parser)
{
    wf_value_t  *list;

    list = wf_value_array(parser->arena, 0);

    if (list == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    if (jsonpath_enter(parser) != WF_OK || list_parse(parser, list) != WF_OK) {
        return NULL;
    }

    parser->depth--;
    return list;
}


static const wf_value_t *
number_or_none(fdl_parser_t *parser)
{
    const uint8_t  *p;

    p = parser->pos;

    if (p < parser->end && (*p == '-' || (*p >= '0' && *p <= '9'))) {
        return jsonpath_number(parser);
    }

    fdl_fail(parser, p, "a literal is expected");
    return NULL;
}


const wf_value_t *
jsonpath_literal(fdl_parser_t *parser)
{
    switch (parser->pos < parser->end ? *parser->pos : '\0') {

    case '\'':
    case '"':
        return string_value(parser);

    case '[':
        return list_value(parser);

    case '{':
        return object_value(parser);

    case 'n':
    case 't':
    case 'f':
        return word_value(parser);

    default:
        return number_or_none(parser);
    }
}
