
#include <stdlib.h>

#include "base/yaml.c"
#include "unit.h"


static wf_arena_t  *arena;
static wf_error_t   err;


static wf_value_t *
parse(wf_str_t text)
{
    wf_value_t  *value;

    value = NULL;
    wf_error_clear(&err);

    if (wf_yaml_parse(arena, text, &value, &err) != WF_OK) {
        CHECK(value == NULL && err.code != WF_E_NONE);
        return NULL;
    }

    return value;
}


static void
same(const char *yaml, const char *json)
{
    wf_buf_t     buf;
    wf_value_t  *value;

    value = parse(wf_str_of(yaml));

    if (value == NULL) {
        printf("# %s\n# refused: %s\n", yaml, err.arg[0]);
        CHECK(0);
        return;
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    CHECK_STR(wf_buf_done(&buf), wf_str_of(json));
}


static void
refused(const char *yaml, const char *reason)
{
    if (parse(wf_str_of(yaml)) != NULL) {
        printf("# accepted: %s\n", yaml);
        CHECK(0);
        return;
    }

    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0), wf_str_of(reason));
}


TEST(scalars)
{
    static const char  *rows[][2] = {
        { "true", "true" }, { "True", "true" }, { "TRUE", "true" },
        { "false", "false" }, { "tRUE", "\"tRUE\"" },
        { "yes", "\"yes\"" }, { "no", "\"no\"" }, { "on", "\"on\"" },
        { "off", "\"off\"" }, { "y", "\"y\"" }, { "n", "\"n\"" },
        { "null", "null" }, { "Null", "null" }, { "~", "null" },
        { "nULL", "\"nULL\"" }, { "---", "null" }, { "none", "\"none\"" },
        { "0", "0" }, { "-0", "-0" }, { "12", "12" }, { "+12", "12" },
        { "-12", "-12" }, { "007", "7" }, { "000", "0" }, { "-010", "-10" },
        { "0o17", "15" }, { "0o18", "\"0o18\"" }, { "0x1F", "31" },
        { "0xfg", "\"0xfg\"" }, { "0o", "\"0o\"" }, { "0x", "\"0x\"" },
        { "-0x1F", "\"-0x1F\"" }, { "0b11", "\"0b11\"" },
        { "0xffffffffffffffff", "18446744073709551615" },
        { "0x10000000000000000", "\"0x10000000000000000\"" },
        { "1_000", "\"1_000\"" }, { "1:30", "\"1:30\"" },
        { "190:20:30", "\"190:20:30\"" },
        { "12345678901234567890", "12345678901234567890" },
        { "1.5", "1.5" }, { "1.50", "1.50" }, { "+1.5", "1.5" },
        { ".5", "0.5" }, { "-.5", "-0.5" }, { "1.", "1" }, { "00.5", "0.5" },
        { "1e3", "1e3" }, { "1E+3", "1E+3" }, { "1.e-3", "1e-3" },
        { ".5e1", "0.5e1" }, { "1e", "\"1e\"" }, { "e3", "\"e3\"" },
        { ".", "\".\"" }, { "+", "\"+\"" }, { "+.e1", "\"+.e1\"" },
        { ".inf", "\".inf\"" }, { "-.INF", "\"-.INF\"" },
        { ".nan", "\".nan\"" },
        { "2019-01-01", "\"2019-01-01\"" },
        { "2019-01-01T00:00:00Z", "\"2019-01-01T00:00:00Z\"" },
        { "${X}", "\"${X}\"" }, { "<x>", "\"<x>\"" }, { "<<", "\"<<\"" },
        { "$.a.b", "\"$.a.b\"" }, { "=", "\"=\"" },
        { "'true'", "\"true\"" }, { "\"12\"", "\"12\"" },
        { "''", "\"\"" }, { "|\n  12\n  x\n", "\"12\\nx\\n\"" },
        { ">-\n  acs:fc\n  :x\n", "\"acs:fc :x\"" },
        { "\"a\\0b\\u4f60\\/\"", "\"a\\u0000b\xe4\xbd\xa0/\"" },
        { "!!str 12", "\"12\"" }, { "!!int '12'", "12" },
        { "!!float '1'", "1" }, { "!!bool 'true'", "true" },
        { "!!null ''", "null" }, { "! 12", "\"12\"" },
        { "!!str", "\"\"" }, { "!Ref svc/fn", "\"svc/fn\"" },
        { "!GetAtt a.b", "\"a.b\"" }, { "!Ref 12", "\"12\"" },
        { "!Ref", "\"\"" }, { "!!timestamp 2019-01-01", "\"2019-01-01\"" },
        { "!<tag:yaml.org,2002:int> 0o10", "8" }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        same(rows[i][0], rows[i][1]);
    }

    wf_arena_free(arena);
}


TEST(collections)
{
    static const char  *rows[][2] = {
        { "a: 1\nb:\n- x\n- y:\n", "{\"a\":1,\"b\":[\"x\",{\"y\":null}]}" },
        { "{}", "{}" }, { "[]", "[]" },
        { "a: {}\nb: []", "{\"a\":{},\"b\":[]}" },
        { "true: 1\n1: 2\n~: 3\n'': 4\n1.0: 5\n",
          "{\"true\":1,\"1\":2,\"~\":3,\"\":4,\"1.0\":5}" },
        { "'<<': 1", "{\"<<\":1}" },
        { "a: &x [1, 2]\nb: *x\nc: [*x, *x]",
          "{\"a\":[1,2],\"b\":[1,2],\"c\":[[1,2],[1,2]]}" },
        { "- &x a\n- *x\n- &x b\n- *x", "[\"a\",\"a\",\"b\",\"b\"]" },
        { "&k key: *k", "{\"key\":\"key\"}" },
        { "- &x !Ref a\n- *x", "[\"a\",\"a\"]" },
        { "a: !Sub\n  - x\n  - {b: 1}", "{\"a\":[\"x\",{\"b\":1}]}" },
        { "a: !!map {b: !!seq [1]}", "{\"a\":{\"b\":[1]}}" },
        { "%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}" },
        { "# note\na: 1 # one\n", "{\"a\":1}" },
        { "\xef\xbb\xbf" "a: 1", "{\"a\":1}" },
        { "\xe5\xbc\x80\xe5\xa7\x8b: \xf0\x9f\x98\x80",
          "{\"\xe5\xbc\x80\xe5\xa7\x8b\":\"\xf0\x9f\x98\x80\"}" },
        { "a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}" },
        { "? a\n: 1\n", "{\"a\":1}" }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        same(rows[i][0], rows[i][1]);
    }

    wf_arena_free(arena);
}


TEST(json_is_yaml)
{
    static const char  *rows[][2] = {
        { "{\"a\":1,\"b\":[true,null,\"x\"],\"c\":{}}",
          "{\"a\":1,\"b\":[true,null,\"x\"],\"c\":{}}" },
        { "{\n\t\"a\":\t1,\n\t\"b\": [\n\t\t1,\n\t\t2\n\t]\n}\n",
          "{\"a\":1,\"b\":[1,2]}" },
        { "\t\n\t{\"a\":1}\t\n", "{\"a\":1}" },
        { "{\"a\":\"\\ud83d\\ude00\"}", "{\"a\":\"\xf0\x9f\x98\x80\"}" },
        { "{\"a\":\"\\/\",\"b\":1E5,\"c\":-0}",
          "{\"a\":\"/\",\"b\":1E5,\"c\":-0}" },
        { "[\"a \xe2\x80\xa8 b\xc2\x85\x7f\"]",
          "[\"a \xe2\x80\xa8 b\xc2\x85\x7f\"]" },
        { "[\"a\\u0000\"]", "[\"a\\u0000\"]" },
        { "[\"a: b # c\", \"- d\", \"? e\"]",
          "[\"a: b # c\",\"- d\",\"? e\"]" },
        { "{\"a\":\n1\n,\"b\"\n:2}", "{\"a\":1,\"b\":2}" }
    };

    char         text[3000];
    size_t       i;
    wf_value_t  *value;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        same(rows[i][0], rows[i][1]);
    }

    /* A key libyaml finds too long. */

    memset(text, 'k', sizeof(text));
    memcpy(text, "{\"", 2);
    memcpy(text + 2000, "\":1}", 4);
    value = parse((wf_str_t) { 2004, (uint8_t *) text });
    CHECK(value != NULL && value->u.members[0].key.len == 1998);

    wf_arena_free(arena);
}


TEST(refusals)
{
    static const char  *rows[][2] = {
        { "", "line 1, column 1: there is no document" },
        { "# only\n# words\n", "line 3, column 1: there is no document" },
        { "a: 1\nb: 2\na: 3\n",
          "line 3, column 1: this key is there twice: a" },
        { "x:\n  {a: 1, \"a\": 2}",
          "line 2, column 10: this key is there twice: a" },
        { "{\"a\":1,\"a\":2}", "line 1, column 8: this key is there twice: a" },
        { "a: &x {b: 1}\nc:\n  <<: *x\n",
          "line 3, column 3: merge keys are not supported: <<" },
        { "a: 1\n---\nb: 2\n", "line 2, column 1: a second document" },
        { "? [a]\n: 1\n", "line 1, column 3: a key must be a scalar" },
        { "{a: &x b, *x : 1}", "line 1, column 11: a key must be a scalar" },
        { "a: *b", "line 1, column 4: there is no anchor: b" },
        { "a: &a [1, *a]",
          "line 1, column 11: an alias inside its own anchor: a" },
        { "!!int x", "line 1, column 1: this is not an integer: x" },
        { "!!int 1.5", "line 1, column 1: this is not an integer: 1.5" },
        { "!!bool yes", "line 1, column 1: this is not a boolean: yes" },
        { "!!null x", "line 1, column 1: this is not a null: x" },
        { "!!float x", "line 1, column 1: this is not a number: x" },
        { "a: [1, 2\nb: 3\n",
          "line 2, column 2: did not find expected ',' or ']' "
          "while parsing a flow sequence" },
        { "a: 'x", "line 1, column 6: found unexpected end of stream "
          "while scanning a quoted scalar" },
        { "\ta: 1", "line 1, column 1: found character that cannot start "
          "any token while scanning for the next token" },
        { "a: 1\nb: \xff", "line 2, column 4: invalid leading UTF-8 octet" },
        { "a: 1\nb: \x01", "line 2, column 4: control characters are not "
          "allowed" },

        /* libyaml stumbles over the tab, JSON comes further */

        { "\t{\"a\":1,\n\"b\":2,}", "line 2, column 7: "
          "a key in double quotes is expected" },
        { "\t{\"a\":1,\n \"a\":2}", "line 2, column 2: "
          "this key is there twice" }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        refused(rows[i][0], rows[i][1]);
    }

    wf_arena_free(arena);
}


TEST(marks)
{
    wf_value_t  *value, *b;

    arena = wf_arena_create(0);

    value = parse(wf_str("# c\na: 1\nb:\n  - x\n  -   y: {z: 1}\n"));

    CHECK_INT(value->mark, wf_mark(2, 1));
    CHECK_INT(value->u.members[0].mark, wf_mark(2, 1));
    CHECK_INT(value->u.members[0].value->mark, wf_mark(2, 4));
    CHECK_INT(value->u.members[1].mark, wf_mark(3, 1));

    b = value->u.members[1].value;
    CHECK_INT(b->mark, wf_mark(4, 3));
    CHECK_INT(b->u.items[0]->mark, wf_mark(4, 5));
    CHECK_INT(b->u.items[1]->mark, wf_mark(5, 7));

    /* JSON that libyaml reads has marks, too. */

    value = parse(wf_str("{\n  \"a\": [1]\n}"));
    CHECK_INT(value->u.members[0].mark, wf_mark(2, 3));
    CHECK_INT(value->u.members[0].value->u.items[0]->mark, wf_mark(2, 9));

    wf_arena_free(arena);
}


TEST(expansion)
{
    size_t    i;
    wf_buf_t  buf;

    arena = wf_arena_create(0);

    /* the billion laughs */

    refused("a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
            "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
            "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
            "line 6, column 8: more than 200000 values");

    /* few values, many bytes */

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "a: &a ");

    for (i = 0; i < 100000; i++) {
        wf_buf_byte(&buf, 'x');
    }

    wf_buf_text(&buf, "\nb: [");

    for (i = 0; i < 200; i++) {
        wf_buf_text(&buf, "*a ,");
    }

    wf_buf_text(&buf, "1]");
    CHECK(parse(wf_buf_done(&buf)) == NULL);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 2, column 165: the aliases make it too large"));

    wf_arena_free(arena);
}


TEST(depth)
{
    size_t    i;
    wf_buf_t  buf;

    arena = wf_arena_create(0);

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < WF_DEPTH_MAX; i++) {
        wf_buf_byte(&buf, '[');
    }

    for (i = 0; i < WF_DEPTH_MAX; i++) {
        wf_buf_byte(&buf, ']');
    }

    CHECK(parse(wf_buf_done(&buf)) != NULL);

    refused("a: &a [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"
            "]]]]]]]]]]]]]]]]]]]]]]]]\n"
            "b: &b [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]"
            "]]]]]]]]]]]]]]]]]]]]]]]]]]\n"
            "c: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*b]]]]]]]]]]]]]]]]"
            "]]]]]]]]]]]]]]]]]]]]]]]]\n",
            "line 3, column 44: more than 100 levels by the alias: b");

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < 50000; i++) {
        wf_buf_byte(&buf, '[');
    }

    CHECK(parse(wf_buf_done(&buf)) == NULL);

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < 300; i++) {
        wf_buf_byte(&buf, '9');
    }

    CHECK(parse(wf_buf_done(&buf)) == NULL);
    CHECK(strstr(err.arg[0], "too many characters") != NULL);

    wf_arena_free(arena);
}


/* No byte behind the text is read. */

TEST(prefixes)
{
    static const char  text[] = "a: &x [1, 'b', \"\\u4f60\"]\nc: |\n  d\n"
                                "e: !Ref f\ng: *x\n{\"";

    size_t    len;
    uint8_t  *copy;

    for (len = 0; len < sizeof(text); len++) {
        arena = wf_arena_create(0);
        copy = malloc(len + !len);
        memcpy(copy, text, len);
        (void) parse((wf_str_t) { len, copy });
        free(copy);
        wf_arena_free(arena);
    }
}


UNIT_MAIN()
