
/*
 * Parameter tables: presence, order, kinds, bounds, reasons.
 */

#include "unit.h"

#include "wire/shape.c"


typedef struct {
    const char  *name;
    const char  *value;
} pair_t;


static wf_arena_t  *arena, *scratch;
static wf_args_t    args;
static wf_error_t   err;


static wf_rc_t
get(void *data, wf_arena_t *unused, const wf_field_t *field, wf_str_t *text)
{
    const pair_t  *pair;

    (void) unused;

    for (pair = data; pair->name; pair++) {

        if (wf_str_eq(field->name, wf_str_of(pair->name))) {
            *text = wf_str_of(pair->value);
            return WF_OK;
        }
    }

    return WF_DECLINED;
}


static wf_rc_t
decode(const wf_shape_t *shape, pair_t *pairs)
{
    wf_source_t  source;

    wf_arena_free(arena);
    wf_arena_free(scratch);
    arena = wf_arena_create(0);
    scratch = wf_arena_create(0);
    wf_error_clear(&err);
    source.get = get;
    source.data = pairs;

    return wf_shape_decode(arena, scratch, shape, &source, &args, &err);
}


/* What was decoded, when the scratch is gone. */
static const wf_arg_t *
arg(wf_arg_id_t id)
{
    wf_arena_free(scratch);
    scratch = NULL;

    return wf_args_get(&args, id);
}


#define FIELD(text, id, of)                                                   \
    .name = wf_str_init(text), .arg = WF_ARG_##id, .kind = WF_FIELD_##of

static const wf_field_t  fields[] = {
    { FIELD("String", DEFINITION, STRING), .min = 1, .max = 3 },
    { FIELD("First", FLOW, STRING), .required = true },
    { FIELD("Name", EXECUTION, NAME) },
    { FIELD("Empty", DESCRIPTION, STRING), .required = true,
      .may_be_empty = true },
    { FIELD("Int", LIMIT, INTEGER), .min = 1, .max = 100 },
    { FIELD("Long", NEXT_TOKEN, INTEGER) },
    { FIELD("Bool", METADATA_ONLY, BOOLEAN) },
    { FIELD("Time", STARTED_BEGIN, TIME) },
    { FIELD("Json", INPUT, JSON_OBJECT), .max = 16 },
    { FIELD("Env", ENVIRONMENT, ENVIRONMENT) },
    { FIELD("Enum", TYPE, ENUM), .choices = "A|Bb|C" },
    { FIELD("Any", OUTPUT, JSON) },
    { FIELD("Number", TOLERATED_PERCENT, NUMBER), .min = 0, .max = 100 },
    { FIELD("Routes", ROUTES, ROUTES) },
};

static const wf_shape_t  shape = { fields, wf_countof(fields) };


static wf_rc_t
one(const char *name, const char *value)
{
    pair_t  pairs[] = {
        { "First", "f" }, { "Empty", "" }, { name, value }, { NULL, NULL }
    };

    return decode(&shape, pairs);
}


TEST(routes)
{
    CHECK_INT(one("Routes", "[{\"Version\":1,\"Weight\":\"30\"}]"), WF_OK);
    CHECK_STR(arg(WF_ARG_ROUTES)->text,
              wf_str("[{\"Version\":\"1\",\"Weight\":30}]"));
    CHECK_INT(one("Routes", "[{\"Version\":1}]"), WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("Routes must have an integer Weight between 0 and 100 in "
                     "each object."));
    CHECK_INT(one("Routes", "[{\"Version\":1"), WF_ERROR);
    CHECK(wf_str_starts(wf_error_arg(&err, 0),
                        wf_str("Routes is not valid JSON")));
}


TEST(required)
{
    pair_t  none[] = { { "String", "too long" }, { NULL, NULL } };
    pair_t  first[] = { { "First", "f" }, { "Int", "x" }, { NULL, NULL } };
    pair_t  empty[] = { { "First", "" }, { "Empty", "" }, { NULL, NULL } };

    /* Before any value, in the order of the table. */
    CHECK_INT(decode(&shape, none), WF_ERROR);
    CHECK_INT(err.code, WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("First"));

    CHECK_INT(decode(&shape, first), WF_ERROR);
    CHECK_INT(err.code, WF_E_MISSING_PARAM);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("Empty"));

    CHECK_INT(decode(&shape, empty), WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("First"));

    CHECK_INT(one("Int", ""), WF_OK);
    CHECK(!arg(WF_ARG_LIMIT)->present);
    CHECK(arg(WF_ARG_FLOW)->present);
    CHECK(arg(WF_ARG_DESCRIPTION)->present);
    CHECK_INT(arg(WF_ARG_DESCRIPTION)->text.len, 0);
}


TEST(values)
{
    size_t  i;

    static const struct {
        const char  *name;
        const char  *value;
        const char  *reason;        /* NULL: accepted */
    } cases[] = {
        { "String", "abc", NULL },
        { "String", "\xc3\xa9\xc3\xa9\xc3\xa9", NULL },
        { "String", "abcd", "String must be between 1 and 3 characters long." },
        { "Name", "_a-9", NULL },
        { "Name", "9a", "Name must be 1 to 128 characters long, begin with a "
          "letter or '_' and consist of letters, digits, '_' and '-'." },
        { "Int", "1", NULL },
        { "Int", "100", NULL },
        { "Int", "007", NULL },
        { "Int", "0", "Int must be between 1 and 100." },
        { "Int", "101", "Int must be between 1 and 100." },
        { "Int", "-1", "Int must be between 1 and 100." },
        { "Int", "99999999999999999999999", "Int must be between 1 and 100." },
        { "Int", "1.0", "Int must be an integer." },
        { "Int", "-", "Int must be an integer." },
        { "Int", "+1", "Int must be an integer." },
        { "Int", " 1", "Int must be an integer." },
        { "Long", "3", NULL },
        { "Long", "x", "Long must be an integer." },
        { "Long", "-3", "Long must be an integer that is not negative and not "
          "beyond 64 bits." },
        { "Bool", "True", NULL },
        { "Bool", "FALSE", NULL },
        { "Bool", "1", "Bool must be true or false." },
        { "Time", "2026-01-02T03:04:05.5+08:00", NULL },
        { "Time", "2026-01-02", "Time must be a time by RFC 3339, like "
          "2026-01-02T03:04:05Z." },
        { "Json", "{\"a\":1}", NULL },
        { "Json", "[]", "Json must be a JSON object." },
        { "Json", "\"x\"", "Json must be a JSON object." },
        { "Any", "{\"a\":1}", NULL },
        { "Any", "null", NULL },
        { "Any", "\"x\"", NULL },
        { "Any", "12", NULL },
        { "Number", "0", NULL },
        { "Number", "99.5", NULL },
        { "Number", " 1e2 ", NULL },
        { "Number", "100.1", "Number must be between 0 and 100." },
        { "Number", "-0.1", "Number must be between 0 and 100." },
        { "Number", "ten", "Number must be a number." },
        { "Number", "\"1\"", "Number must be a number." },
        { "Json", "{\"a\":1234567890}", NULL },
        { "Json", "{\"a\":12345678901}",
          "Json must be at most 16 bytes long." },
        { "Enum", "A", NULL },
        { "Enum", "Bb", NULL },
        { "Enum", "C", NULL },
        { "Enum", "B", "Enum must be one of A|Bb|C." },
        { "Enum", "A|Bb", "Enum must be one of A|Bb|C." },
        { "Env", "{}", NULL },
        { "Env", "{\"Variables\":[]}", NULL },
        { "Env", "{\"Variables\":null}", NULL },
        { "Env", "[]", "Env must be a JSON object with a member Variables." },
        { "Env", "{\"Variables\":{}}",
          "Env.Variables must be a list of at most 100 variables." },
        { "Env", "{\"Variables\":[1]}",
          "Env.Variables[0] must be an object." },
        { "Env", "{\"Variables\":[{\"Value\":\"v\"}]}",
          "Env.Variables[0].Name must be a string that is not empty." },
        { "Env", "{\"Variables\":[{\"Name\":\"n\",\"Value\":1}]}",
          "Env.Variables[0]: Value and Description must be strings." },
        { "Env", "{\"Variables\":[{\"Name\":\"n\"},{\"Name\":\"n\"}]}",
          "Env.Variables[1].Name is used twice." },
    };

    for (i = 0; i < wf_countof(cases); i++) {

        if (cases[i].reason == NULL) {
            CHECK_INT(one(cases[i].name, cases[i].value), WF_OK);
            continue;
        }

        CHECK_INT(one(cases[i].name, cases[i].value), WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(cases[i].reason));
    }
}


TEST(decoded_json)
{
    CHECK_INT(one("Any", " [1, 2]"), WF_OK);
    CHECK_STR(arg(WF_ARG_OUTPUT)->text, wf_str(" [1, 2]"));

    CHECK_INT(one("Number", " 2.50"), WF_OK);
    CHECK_STR(arg(WF_ARG_TOLERATED_PERCENT)->text, wf_str("2.50"));

    CHECK_INT(one("Any", "{x}"), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK(wf_str_starts(wf_error_arg(&err, 0),
                        wf_str("Any is not valid JSON: ")));
}


TEST(decoded)
{
    CHECK_INT(one("Int", "42"), WF_OK);
    CHECK_INT(arg(WF_ARG_LIMIT)->number, 42);

    CHECK_INT(one("Bool", "tRUE"), WF_OK);
    CHECK_INT(arg(WF_ARG_METADATA_ONLY)->number, 1);

    CHECK_INT(one("Time", "1970-01-01T01:00:00.5+01:00"), WF_OK);
    CHECK_INT(arg(WF_ARG_STARTED_BEGIN)->number, 500);

    CHECK_INT(one("Json", " {\"a\" : 1 } "), WF_OK);
    CHECK_STR(arg(WF_ARG_INPUT)->text, wf_str(" {\"a\" : 1 } "));

    CHECK_INT(one("Json", "{\"a\":"), WF_ERROR);
    CHECK(wf_str_starts(wf_error_arg(&err, 0),
                        wf_str("Json is not valid JSON: ")));

    CHECK_INT(one("Env", "{\"Variables\":[{\"Value\":\"1\",\"Name\":\"a\","
                  "\"Other\":2},{\"Name\":\"b\",\"Description\":\"d\"}]}"),
              WF_OK);
    CHECK_STR(arg(WF_ARG_ENVIRONMENT)->text,
              wf_str("[{\"Name\":\"a\",\"Value\":\"1\",\"Description\":\"\"},"
                     "{\"Name\":\"b\",\"Value\":\"\",\"Description\":\"d\"}]"));

    CHECK_INT(one("Env", "{}"), WF_OK);
    CHECK_STR(arg(WF_ARG_ENVIRONMENT)->text, wf_str("[]"));
}


TEST(names)
{
    char  name[WF_NAME_LEN_MAX + 2];

    memset(name, 'a', sizeof(name));
    CHECK(wf_name_valid((wf_str_t) { WF_NAME_LEN_MAX, (uint8_t *) name }));
    CHECK(!wf_name_valid((wf_str_t) { WF_NAME_LEN_MAX + 1,
                                      (uint8_t *) name }));
    CHECK(!wf_name_valid(wf_str_none));
    CHECK(!wf_name_valid(wf_str("a.b")));
    CHECK(!wf_name_valid(wf_str("-a")));
    CHECK(!wf_name_valid(wf_str("a b")));
    CHECK(!wf_name_valid(wf_str("\xc3\xa9")));
    CHECK(wf_name_valid(wf_str("A")));
}


TEST(no_memory)
{
    bool      done;
    uint64_t  count;
    wf_source_t  source;
    pair_t    pairs[] = {
        { "First", "f" }, { "Empty", "" }, { "Json", "{\"a\":[1]}" },
        { "Env", "{\"Variables\":[{\"Name\":\"n\",\"Value\":\"v\"}]}" },
        { NULL, NULL }
    };

    done = false;
    source.get = get;
    source.data = pairs;

    for (count = 1; !done; count++) {
        wf_arena_free(arena);
        wf_arena_free(scratch);
        arena = wf_arena_create(0);
        scratch = wf_arena_create(0);
        wf_arena_fail_after(count);
        done = wf_shape_decode(arena, scratch, &shape, &source, &args, &err)
               == WF_OK;
        wf_arena_fail_after(0);
        CHECK(done || err.code == WF_E_INTERNAL);
    }

    CHECK(count > 2);
    wf_arena_free(arena);
    wf_arena_free(scratch);
    arena = scratch = NULL;
}


UNIT_MAIN()
