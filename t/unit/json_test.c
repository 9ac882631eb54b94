
#include <stdlib.h>

#include "base/json.c"
#include "unit.h"


static wf_arena_t  *arena;
static wf_error_t   err;


static wf_value_t *
parse(wf_str_t text)
{
    wf_rc_t       rc;
    wf_type_t     type;
    wf_value_t   *value;
    wf_error_t    other;

    value = NULL;
    wf_error_clear(&err);
    rc = wf_json_check(text, &type, &other);

    if (wf_json_parse(arena, text, &value, &err) != WF_OK) {
        CHECK(value == NULL);
        CHECK(err.code == WF_E_INTERNAL
              || (rc == WF_ERROR && strcmp(other.arg[0], err.arg[0]) == 0));
        return NULL;
    }

    CHECK(rc == WF_OK && type == value->type);

    return value;
}


static wf_str_t
print(const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    CHECK(!buf.failed);
    CHECK_INT(buf.len, wf_json_size(value));

    return wf_buf_done(&buf);
}


static void
same(const char *in, const char *want)
{
    wf_value_t  *value;

    value = parse(wf_str_of(in));

    if (value == NULL) {
        printf("# %s: %s\n", in, err.arg[0]);
        CHECK(0);
        return;
    }

    CHECK_STR(print(value), wf_str_of(want));
}


static void
refused(wf_str_t text, const char *want)
{
    wf_value_t  *value;

    value = parse(text);

    if (value != NULL) {
        printf("# accepted: %.*s\n", (int) text.len, (char *) text.data);
        CHECK(0);
        return;
    }

    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0), wf_str_of(want));
}


TEST(round_trip)
{
    static const char  *rows[][2] = {
        { "{}", "{}" }, { "[]", "[]" }, { " { } ", "{}" },
        { "null", "null" }, { "true", "true" }, { " false\n", "false" },
        { "\"\"", "\"\"" }, { "0", "0" }, { "-0", "-0" },
        { "1.50", "1.50" }, { "1E400", "1E400" },
        { "12345678901234567890123456789", "12345678901234567890123456789" },
        { "[1,-2.0,3e5,4E-5,5e+6]", "[1,-2.0,3e5,4E-5,5e+6]" },
        { "{\"b\":1,\"a\":{\"c\":[true,null]}}",
          "{\"b\":1,\"a\":{\"c\":[true,null]}}" },
        { "\t{\r\n\"a\" :\t1 , \"\" : \"\" }", "{\"a\":1,\"\":\"\"}" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { "\"\\u0001\\u001F\\u007f\"", "\"\\u0001\\u001f\x7f\"" },
        { "\"\\u00e9\\u4f60\\ud83d\\ude00\"",
          "\"\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\"" },
        { "\"\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"",
          "\"\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"" },
        { "\"\\ufffe\\uffff\"", "\"\xef\xbf\xbe\xef\xbf\xbf\"" },
        { "\"\\u0000a\\u0000\"", "\"\\u0000a\\u0000\"" },
        { "{\"\\u0000\":1,\"\\u0000\\u0000\":2,\"\":3}",
          "{\"\\u0000\":1,\"\\u0000\\u0000\":2,\"\":3}" },
        { "[\"#1\",\"$x\",\"1\",1]", "[\"#1\",\"$x\",\"1\",1]" },
        { "{\"#1\":\"#\",\"$\":\"$\"}", "{\"#1\":\"#\",\"$\":\"$\"}" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
        { "{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}" }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        same(rows[i][0], rows[i][1]);
    }

    wf_arena_free(arena);
}


static const struct {
    wf_str_t     text;
    const char  *reason;
} strict_rows[] = {
#define VALUE  "a value is expected"
#define KEY    "a key in double quotes is expected"
#define COMMA  "a comma or a closing bracket is expected"
#define END    "the text should end here"
    { wf_str_init(""), "1: the text ends too early" },
    { wf_str_init("  "), "3: the text ends too early" },
    { wf_str_init("{"), "2: the text ends too early" },
    { wf_str_init("[1"), "3: the text ends too early" },
    { wf_str_init("{\"a\":"), "6: the text ends too early" },
    { wf_str_init("\"abc"), "5: the string does not end" },
    { wf_str_init("{}x"), "3: " END }, { wf_str_init("{} {}"), "4: " END },
    { wf_str_init("1 2"), "3: " END }, { wf_str_init("{}\0"), "3: " END },
    { wf_str_init("truefalse"), "5: " END },
    { wf_str_init("[1,]"), "4: " VALUE },
    { wf_str_init("[,1]"), "2: a value or ] is expected" },
    { wf_str_init("[1 2]"), "4: " COMMA },
    { wf_str_init("[1}"), "3: " COMMA }, { wf_str_init("{]"),
        "2: a key in double quotes or } is expected" },
    { wf_str_init("{\"a\":1,}"), "8: " KEY },
    { wf_str_init("{1:2}"), "2: a key in double quotes or } is expected" },
    { wf_str_init("{\"a\":1,2:3}"), "8: " KEY },
    { wf_str_init("{\"a\" 1}"), "6: a colon is expected" },
    { wf_str_init("{\"a\":}"), "6: " VALUE },
    { wf_str_init("{\"a\":1 \"b\":2}"), "8: " COMMA },
    { wf_str_init("{a:1}"), "2: a key in double quotes or } is expected" },
    { wf_str_init("]"), "1: " VALUE }, { wf_str_init(":"), "1: " VALUE },
    { wf_str_init("'a'"), "1: " VALUE },
    { wf_str_init("nul"), "1: " VALUE },
    { wf_str_init("NaN"), "1: " VALUE },
    { wf_str_init("/**/1"), "1: " VALUE },
    { wf_str_init("\xef\xbb\xbf{}"), "1: " VALUE },
    { wf_str_init("\f1"), "1: " VALUE }, { wf_str_init("+1"), "1: " VALUE },
    { wf_str_init(".5"), "1: " VALUE },
    { wf_str_init("1."), "1: malformed number" },
    { wf_str_init("[01]"), "2: malformed number" },
    { wf_str_init("-"), "1: malformed number" },
    { wf_str_init("1e"), "1: malformed number" },
    { wf_str_init("1e+"), "1: malformed number" },
    { wf_str_init("0x10"), "2: " END }, { wf_str_init("1-1"), "2: " END },
    { wf_str_init("\"\n\""), "2: control characters must be escaped" },
    { wf_str_init("\"\0\""), "2: control characters must be escaped" },
    { wf_str_init("\"\\x\""), "2: unknown escape sequence" },
    { wf_str_init("\"\\\0\""), "2: unknown escape sequence" },
    { wf_str_init("\"\\"), "2: unknown escape sequence" },
    { wf_str_init("\"\\u12"), "2: \\u needs four hexadecimal digits" },
    { wf_str_init("\"\\u12g4\""), "2: \\u needs four hexadecimal digits" },
    { wf_str_init("\"\\ud800\""), "2: half of a surrogate pair" },
    { wf_str_init("\"\\udc00\""), "2: half of a surrogate pair" },
    { wf_str_init("\"\\ud800\\u0041\""), "2: half of a surrogate pair" },
    { wf_str_init("\"\\udc00\\ud800\""), "2: half of a surrogate pair" },
    { wf_str_init("\"\\ud800\\ud"), "2: half of a surrogate pair" },
    { wf_str_init("\"\xff\""), "2: the bytes are not UTF-8" },
    { wf_str_init("\"\xc3\""), "2: the bytes are not UTF-8" },
    { wf_str_init("\"\xc0\x80\""), "2: the bytes are not UTF-8" },
    { wf_str_init("\"\xed\xa0\x80\""), "2: the bytes are not UTF-8" },
    { wf_str_init("\"\xf4\x90\x80\x80\""), "2: the bytes are not UTF-8" }
};


TEST(strict)
{
    size_t    i;
    wf_buf_t  want;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(strict_rows); i++) {
        wf_buf_init(&want, arena, 0);
        wf_buf_text(&want, "invalid JSON at byte ");
        wf_buf_str(&want, wf_str_of(strict_rows[i].reason));
        wf_buf_byte(&want, '\0');
        refused(strict_rows[i].text, (char *) want.data);
    }

    wf_arena_free(arena);
}


/* No byte behind the text is read, and no prefix of a text is a text. */

TEST(prefixes)
{
    static const char  text[] = "{\"a\":[1.5e+3,\"\\ud83d\\ude00\xe4\xbd\xa0"
                                "\\n\"],\"b\":{\"c\":false,\"d\":null}}";

    size_t       len;
    uint8_t     *copy;
    wf_value_t  *value;

    arena = wf_arena_create(0);

    for (len = 0; len <= sizeof(text) - 1; len++) {
        copy = malloc(len + !len);
        memcpy(copy, text, len);
        value = parse((wf_str_t) { len, copy });
        CHECK((value != NULL) == (len == sizeof(text) - 1));
        free(copy);
    }

    CHECK(parse(wf_str_none) == NULL);

    wf_arena_free(arena);
}


TEST(limits)
{
    char      text[2 * WF_DEPTH_MAX + 64];
    wf_buf_t  buf;

    arena = wf_arena_create(0);

    memset(text, '[', WF_DEPTH_MAX);
    memset(text + WF_DEPTH_MAX, ']', WF_DEPTH_MAX);
    text[2 * WF_DEPTH_MAX] = '\0';
    same(text, text);

    memset(text, '[', WF_DEPTH_MAX + 1);
    memset(text + WF_DEPTH_MAX + 1, ']', WF_DEPTH_MAX + 1);
    refused((wf_str_t) { 2 * WF_DEPTH_MAX + 2, (uint8_t *) text },
            "invalid JSON at byte 101: more than 100 levels");

    wf_buf_init(&buf, arena, 0);

    while (buf.len < WF_NUMBER_LEN_MAX) {
        wf_buf_byte(&buf, '9');
    }

    CHECK(parse(wf_buf_done(&buf)) != NULL);
    wf_buf_byte(&buf, '9');
    refused(wf_buf_done(&buf),
            "invalid JSON at byte 1: a number of more than 256 characters");

    wf_arena_free(arena);
}


TEST(unique)
{
    size_t       offset;
    wf_rc_t      rc;
    wf_value_t  *value;

    arena = wf_arena_create(0);

    rc = wf_json_parse_unique(arena, wf_str("{\"a\":{\"b\":1},\"b\":[2]}"),
                              &value, &offset, &err);
    CHECK(rc == WF_OK);

    value = NULL;
    rc = wf_json_parse_unique(arena,
                              wf_str("{\"a\":{\"b\":1},\"c\":{\"x\":1, "
                                     "\"\\u0078\":2}}"),
                              &value, &offset, &err);
    CHECK(rc == WF_ERROR && value == NULL);
    CHECK_INT(offset, 25);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("this key is there twice"));

    rc = wf_json_parse_unique(arena, wf_str("[1,,2]"), &value, &offset, &err);
    CHECK(rc == WF_ERROR);
    CHECK_INT(offset, 3);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("a value is expected"));

    wf_arena_free(arena);
}


TEST(numbers_arrive)
{
    wf_value_t  *value;

    arena = wf_arena_create(0);

    value = parse(wf_str("[9007199254740993,0.1,-3]"));
    CHECK(value->u.items[0]->is_integer);
    CHECK_INT(value->u.items[0]->u.number.integer, 9007199254740993);
    CHECK(value->u.items[1]->u.number.real == 0.1);
    CHECK_INT(value->u.items[2]->u.number.integer, -3);

    wf_arena_free(arena);
}


TEST(large)
{
    unsigned     i;
    wf_buf_t     buf;
    wf_value_t  *value;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    wf_buf_byte(&buf, '{');

    for (i = 0; i < 20000; i++) {
        wf_buf_text(&buf, "\"key-");
        wf_buf_uint(&buf, i % 10000);
        wf_buf_text(&buf, "\":");
        wf_buf_uint(&buf, i);
        wf_buf_byte(&buf, i == 19999 ? '}' : ',');
    }

    value = parse(wf_buf_done(&buf));
    CHECK_INT(value->count, 10000);
    CHECK_INT(wf_value_get(value, wf_str("key-77"))->u.number.integer, 10077);

    wf_arena_free(arena);
}


TEST(bounded)
{
    wf_value_t  *value;

    static const wf_str_t  text = wf_str_init(" {\"a\":[1,\"x\",{}]} ");

    arena = wf_arena_create(0);

    CHECK_INT(wf_json_parse_bounded(arena, text, 5, &value, &err), WF_OK);
    CHECK_INT(value->count, 1);
    CHECK_INT(wf_json_parse_bounded(arena, text, 4, &value, &err), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("invalid JSON at byte 14: too many values"));

    wf_arena_free(arena);
}


/* What is to be escaped, at every place of a word and behind it. */
TEST(escaped_everywhere)
{
    size_t   i, len;
    uint8_t  text[24];
    wf_str_t    string;
    wf_buf_t    buf;
    wf_value_t  *value;

    static const uint8_t  bytes[] = { 0x01, 0x1f, '"', '\\', '\n', 0x7f, 0xc3 };

    arena = wf_arena_create(0);

    for (len = 1; len < sizeof(text); len++) {
        for (i = 0; i < len * wf_countof(bytes); i++) {
            memset(text, 'a', sizeof(text));
            text[i % len] = bytes[i / len];

            if (text[i % len] == 0xc3 && i % len + 1 < len) {
                text[i % len + 1] = 0xbf;

            } else if (text[i % len] == 0xc3) {
                continue;
            }

            string = (wf_str_t) { len, text };
            wf_buf_init(&buf, arena, 0);
            wf_json_print_string(&buf, string);
            value = parse(wf_buf_done(&buf));
            CHECK(value && wf_str_eq(value->u.string, string));
            CHECK_INT(buf.len, wf_json_size(value));
        }
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print_string(&buf, wf_str_none);
    CHECK_STR(wf_buf_done(&buf), wf_str("\"\""));

    wf_arena_free(arena);
}


/* cJSON's own allocations fail one after the other. */

static unsigned  hook_countdown;


static void *
hook_malloc(size_t size)
{
    if (hook_countdown && --hook_countdown == 0) {
        return NULL;
    }

    return malloc(size);
}


TEST(cjson_without_memory)
{
    static const char  text[] = "{\"a\":[1,\"x\",{\"b\":null}],\"c\":2.5}";

    unsigned      n, failures;
    cJSON_Hooks   hooks;
    wf_value_t   *value;

    hooks = (cJSON_Hooks) { hook_malloc, free };
    cJSON_InitHooks(&hooks);

    arena = wf_arena_create(0);
    failures = 0;

    for (n = 1; ; n++) {
        hook_countdown = n;
        value = parse(wf_str_of(text));

        if (value != NULL) {
            CHECK_STR(print(value), wf_str_of(text));
            break;
        }

        CHECK_INT(err.code, WF_E_INTERNAL);
        CHECK_STR(wf_error_arg(&err, 0), wf_str("out of memory"));
        failures++;
    }

    CHECK(failures > 10);

    hook_countdown = 0;
    cJSON_InitHooks(NULL);
    wf_arena_free(arena);
}


UNIT_MAIN()
