
/*
 * Reading objects by table.
 */

#include "flow/fields.c"

#include "base/yaml.h"
#include "unit.h"


typedef struct {
    const wf_value_t  *any;
    const wf_value_t  *string;
    const wf_value_t  *text;
    const wf_value_t  *flag;
    const wf_value_t  *count;
    const wf_value_t  *share;
    const wf_value_t  *object;
    const wf_value_t  *list;
} thing_t;

#define FIELD(name, kind, slot, allowed, required, min, max)                  \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(thing_t, slot), allowed,   \
      required, min, max, NULL }

static const wf_field_t  rows[] = {
    FIELD("any", ANY, any, 3, 0, 0, 0),
    FIELD("string", STRING, string, 3, 2, 0, 0),
    FIELD("text", TEXT, text, 3, 0, 0, 0),
    FIELD("flag", BOOL, flag, 3, 0, 0, 0),
    FIELD("count", INT, count, 3, 0, 1, 10),
    FIELD("amount", INT, count, 3, 0, 1, 10),
    FIELD("share", NUMBER, share, 3, 0, 0, 100),
    FIELD("object", OBJECT, object, 1, 0, 0, 0),
    FIELD("list", LIST, list, 3, 0, 1, 2),
    { wf_str_init("old"), WF_FIELD_REFUSED, 0, 3, 0, 0, 0, "is gone" }
};

static const wf_fields_t  table = wf_table(rows);
static const wf_fields_t  open_table = { rows, wf_countof(rows), true };

static wf_error_t   err;
static wf_arena_t  *arena;
static thing_t      thing;


/* "" or the reason for the refusal. */
static wf_str_t
reading(const char *text, const wf_fields_t *fields, uint32_t variant)
{
    wf_value_t  *value;

    if (arena == NULL) {
        arena = wf_arena_create(0);
    }

    wf_error_clear(&err);

    if (wf_yaml_parse(arena, wf_str_of(text), &value, &err) != WF_OK) {
        return wf_str("no YAML");
    }

    (void) wf_fields_read(value, fields, variant, "a thing", &thing, &err);

    return wf_error_arg(&err, 0);
}


TEST(reads_every_kind)
{
    CHECK_STR(reading("any: null\nstring: ''\ntext: x\nflag: false\n"
                      "count: 10\nshare: 0.5\nobject: {}\nlist: [1]\n",
                      &table, 1),
              wf_str(""));
    CHECK_INT(thing.any->type, WF_NULL);
    CHECK_INT(thing.string->type, WF_STRING);
    CHECK_STR(thing.text->u.string, wf_str("x"));
    CHECK(!thing.flag->boolean);
    CHECK_INT(thing.count->u.number.integer, 10);
    CHECK(thing.share->u.number.real == 0.5);
    CHECK_INT(thing.object->count, 0);
    CHECK_INT(thing.list->count, 1);
}


TEST(absent_is_null)
{
    CHECK_STR(reading("{}", &table, 1), wf_str(""));
    CHECK(thing.any == NULL && thing.count == NULL && thing.list == NULL);
}


TEST(unknown_and_misplaced)
{
    CHECK_STR(reading("any: 1\nnever: 2", &table, 1),
              wf_str("line 2, column 1: unknown field 'never' in a thing"));
    CHECK_STR(reading("any: 1\nnever: 2", &open_table, 1), wf_str(""));
    CHECK_STR(reading("string: a\nobject: {}", &table, 2),
              wf_str("line 2, column 1: 'object' is not allowed in a thing"));
    CHECK_STR(reading("old: 1", &table, 1),
              wf_str("line 1, column 1: 'old' is gone"));
    CHECK_STR(reading("[]", &table, 1),
              wf_str("line 1, column 1: a thing must be a mapping"));
}


TEST(required)
{
    CHECK_STR(reading("any: 1", &table, 2),
              wf_str("line 1, column 1: a thing needs 'string'"));
}


TEST(two_spellings)
{
    CHECK_STR(reading("amount: 3", &table, 1), wf_str(""));
    CHECK_INT(thing.count->u.number.integer, 3);
    CHECK_STR(reading("amount: 3\ncount: 3", &table, 1),
              wf_str("line 2, column 1: 'count' is another spelling of a "
                     "field given before"));
}


TEST(kinds_and_ranges)
{
    static const struct {
        const char  *text;
        const char  *reason;
    } cases[] = {
        { "string: 1", "line 1, column 9: 'string' must be a string" },
        { "text: ''", "line 1, column 7: 'text' must not be empty" },
        { "flag: yes", "line 1, column 7: 'flag' must be true or false" },
        { "count: 0",
          "line 1, column 8: 'count' must be an integer from 1 to 10" },
        { "count: 11",
          "line 1, column 8: 'count' must be an integer from 1 to 10" },
        { "count: 1.5", "line 1, column 8: 'count' must be an integer" },
        { "count: 99999999999999999999",
          "line 1, column 8: 'count' must be an integer" },
        { "count: '3'", "line 1, column 8: 'count' must be an integer" },
        { "share: -0.1",
          "line 1, column 8: 'share' must be a number from 0 to 100" },
        { "share: 1e300",
          "line 1, column 8: 'share' must be a number from 0 to 100" },
        { "object: []", "line 1, column 9: 'object' must be a mapping" },
        { "list: {}", "line 1, column 7: 'list' must be a list" },
        { "list: []", "line 1, column 7: 'list' must have 1 to 2 items" },
        { "list: [1, 2, 3]",
          "line 1, column 7: 'list' must have 1 to 2 items" }
    };

    size_t  i;

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK_STR(reading(cases[i].text, &table, 1),
                  wf_str_of(cases[i].reason));
    }
}


TEST(words)
{
    static const wf_word_t   word_rows[] = {
        { wf_str_init("one"), 1 },
        { wf_str_init("two"), 2 }
    };
    static const wf_words_t  known = wf_words(word_rows);

    uint8_t     number;
    wf_value_t  value;

    memset(&value, 0, sizeof(value));
    value.type = WF_STRING;
    value.mark = wf_mark(3, 4);
    value.u.string = wf_str("two");
    CHECK_INT(wf_fields_word(&value, &known, "word", &number, &err), WF_OK);
    CHECK_INT(number, 2);

    value.u.string = wf_str("three");
    CHECK_INT(wf_fields_word(&value, &known, "word", &number, &err),
              WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 3, column 4: unknown word 'three'; known are: "
                     "one, two"));

    value.type = WF_NULL;
    CHECK_INT(wf_fields_word(&value, &known, "word", &number, &err),
              WF_ERROR);
    CHECK_INT(number, 2);
}


TEST(quoted_text_is_cut_at_a_character)
{
    char    text[100];
    size_t  i;

    memset(text, 'a', sizeof(text));

    for (i = 61; i + 3 <= sizeof(text); i += 3) {
        memcpy(text + i, "\xe8\xa7\x86", 3);
    }

    CHECK_INT(wf_quoted_len((wf_str_t) { 100, (uint8_t *) text }), 64);
    CHECK_INT(wf_quoted_len((wf_str_t) { 99, (uint8_t *) text + 1 }), 63);
    CHECK_INT(wf_quoted_len((wf_str_t) { 98, (uint8_t *) text + 2 }), 62);
    CHECK_INT(wf_quoted_len((wf_str_t) { 97, (uint8_t *) text + 3 }), 64);
    CHECK_INT(wf_quoted_len(wf_str_none), 0);
}


TEST(strings)
{
    wf_str_t    *strings;
    wf_value_t  *value;

    CHECK_INT(wf_yaml_parse(arena, wf_str("[a, b]"), &value, &err), WF_OK);
    CHECK_INT(wf_fields_strings(arena, value, "errors", &strings, &err),
              WF_OK);
    CHECK_STR(strings[1], wf_str("b"));
    CHECK_INT(wf_yaml_parse(arena, wf_str("[a, '']"), &value, &err), WF_OK);
    CHECK_INT(wf_fields_strings(arena, value, "errors", &strings, &err),
              WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("line 1, column 5: 'errors' must be a list of strings, "
                     "none empty"));
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
