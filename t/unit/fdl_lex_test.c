
/*
 * Lexemes: names, words, strings, numbers, positions.
 */

#include "expr/fdl_lex.c"

#include "unit.h"


static wf_arena_t  *arena;
static wf_error_t   err;


static fdl_parser_t
parser_of(wf_str_t text)
{
    fdl_parser_t  parser;

    wf_error_clear(&err);
    CHECK(fdl_parser_init(&parser, arena, FDL_FULL, text, &err) == WF_OK);

    return parser;
}


TEST(setup)
{
    arena = wf_arena_create(0);
    CHECK(arena != NULL);
}


TEST(names)
{
    unsigned      i;
    wf_str_t      name;
    fdl_parser_t  parser;

    static const struct {
        const char  *text;
        const char  *name;
    } cases[] = {
        { "abc.d", "abc" }, { "a-b-1[0]", "a-b-1" }, { "_x y", "_x" },
        { "0a", "0a" }, { "-a", "" }, { "", "" }, { "$a", "" },
        { "名前.x", "名前" }, { "naïve=", "naïve" }, { "a\xc2\xa0" "b", "a" },
        { "x“y", "x" }, { "é×", "é" }, { "ａ（", "ａ" }, { "😀!", "😀" },
        { "a\xe2\x80\x8b", "a" }, { "\xef\xbb\xbf" "a", "" }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        parser = parser_of(wf_str_of(cases[i].text));
        name = fdl_name(&parser);
        CHECK_STR(name, wf_str_of(cases[i].name));
        CHECK(parser.pos == parser.text.data + name.len);
    }
}


TEST(words)
{
    fdl_parser_t  parser;

    parser = parser_of(wf_str("toBase64(x)"));
    CHECK_STR(fdl_word(&parser), wf_str("toBase64"));
    parser = parser_of(wf_str("6x"));
    CHECK_INT(fdl_word(&parser).len, 0);
    parser = parser_of(wf_str("é"));
    CHECK_INT(fdl_word(&parser).len, 0);
}


TEST(strings)
{
    unsigned      i;
    wf_str_t      string;
    fdl_parser_t  parser;

    static const struct {
        wf_str_t  text;
        wf_str_t  string;
    } cases[] = {
        { wf_str_init("\"\""), wf_str_init("") },
        { wf_str_init("\"a'b`c\""), wf_str_init("a'b`c") },
        { wf_str_init("'a\"b\\'c'"), wf_str_init("a\"b'c") },
        { wf_str_init("`a\\nb\"'`"), wf_str_init("a\\nb\"'") },
        { wf_str_init("\"a\\u0000b\""), wf_str_init("a\0b") },
        { wf_str_init("\"\\u00e9\\u20AC\\uD83D\\ude00\""),
          wf_str_init("é€😀") },
        { wf_str_init("\"two\nlines\""), wf_str_init("two\nlines") },
        { wf_str_init("\"\\b\\f\\n\\r\\t\\/\\\\\\\"\""),
          wf_str_init("\b\f\n\r\t/\\\"") }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        parser = parser_of(cases[i].text);
        CHECK(fdl_string(&parser, &string) == WF_OK);
        CHECK_STR(string, cases[i].string);
        CHECK(parser.pos == parser.end);
    }
}


TEST(bad_strings)
{
    unsigned      i;
    wf_str_t      string;
    fdl_parser_t  parser;

    static const char *const  cases[] = {
        "\"", "\"a", "'a\"", "`a", "\"a\\", "\"a\\\"", "\"\\u\"",
        "\"\\u00g0\"", "\"\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"",
        "\"\\x41\"", "\"\\'\"", "'\\é'"
    };

    for (i = 0; i < wf_countof(cases); i++) {
        parser = parser_of(wf_str_of(cases[i]));
        CHECK(fdl_string(&parser, &string) == WF_ERROR);
        CHECK(err.code == WF_E_INVALID_ARGUMENT);
    }
}


TEST(numbers)
{
    char          text[WF_NUMBER_LEN_MAX + 2];
    unsigned      i;
    wf_str_t      digits;
    fdl_parser_t  parser;

    static const struct {
        const char  *text;
        const char  *digits;        /* NULL: refused */
    } cases[] = {
        { "0", "0" }, { "12", "12" }, { "12.50)", "12.50" },
        { "007", "7" }, { "000", "0" }, { "00.10", "0.10" },
        { "1 .5", "1" }, { "1.", NULL }, { "1.x", NULL }, { "1x", NULL },
        { "1e5", NULL }, { "1_000", NULL }, { "0x10", NULL }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        parser = parser_of(wf_str_of(cases[i].text));

        if (cases[i].digits) {
            CHECK(fdl_number(&parser, &digits) == WF_OK);
            CHECK_STR(digits, wf_str_of(cases[i].digits));

        } else {
            CHECK(fdl_number(&parser, &digits) == WF_ERROR);
        }
    }

    memset(text, '9', sizeof(text));
    parser = parser_of((wf_str_t) { WF_NUMBER_LEN_MAX, (uint8_t *) text });
    CHECK(fdl_number(&parser, &digits) == WF_OK);
    parser = parser_of((wf_str_t) { WF_NUMBER_LEN_MAX + 1,
                                    (uint8_t *) text });
    CHECK(fdl_number(&parser, &digits) == WF_ERROR);
}


TEST(positions)
{
    fdl_parser_t  parser;

    parser = parser_of(wf_str("é\n😀x"));
    fdl_fail(&parser, parser.end - 1, "here %d", 7);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("column 4: here 7"));
    CHECK(err.code == WF_E_INVALID_ARGUMENT);

    wf_error_set(&err, WF_E_INVALID_ARGUMENT, "reason");
    CHECK(fdl_wrap(&parser, parser.text.data) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("column 1: reason"));

    fdl_oom(&err);
    fdl_wrap(&parser, parser.text.data);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("out of memory"));
}


TEST(clip)
{
    wf_str_t  clipped;
    uint8_t   text[80];

    memset(text, 'a', sizeof(text));
    memcpy(text + 62, "😀", 4);

    clipped = fdl_clip((wf_str_t) { sizeof(text), text });
    CHECK_INT(clipped.len, 62);
    CHECK_INT(fdl_clip(wf_str("abc")).len, 3);
}


TEST(bad_text)
{
    char          *text;
    fdl_parser_t   parser;

    CHECK(fdl_parser_init(&parser, arena, FDL_FULL, wf_str("a\xff"), &err)
          == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("column 1: the expression is not valid UTF-8"));

    text = wf_arena_alloc(arena, WF_EXPR_LEN_MAX + 1);
    memset(text, ' ', WF_EXPR_LEN_MAX + 1);
    CHECK(fdl_parser_init(&parser, arena, FDL_FULL,
                          (wf_str_t) { WF_EXPR_LEN_MAX + 1,
                                       (uint8_t *) text },
                          &err) == WF_ERROR);
    CHECK(fdl_parser_init(&parser, arena, FDL_FULL,
                          (wf_str_t) { WF_EXPR_LEN_MAX, (uint8_t *) text },
                          &err) == WF_OK);
}


TEST(teardown)
{
    wf_arena_free(arena);
}


UNIT_MAIN()
