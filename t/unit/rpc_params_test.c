
/*
 * Query, form and JSON body -> parameters.
 */

#include "unit.h"

#include "wire/rpc_params.c"


static wf_arena_t   *arena;
static wf_params_t   params;
static wf_error_t    err;


static void
reset(void)
{
    wf_arena_free(arena);
    arena = wf_arena_create(0);
    memset(&params, 0, sizeof(params));
    wf_error_clear(&err);
}


static wf_rc_t
form(const char *text, bool in_body)
{
    return wf_params_form(arena, &params, wf_str_of(text), in_body, &err);
}


static wf_str_t
value(const char *name)
{
    return wf_params_value(&params, wf_str_of(name));
}


TEST(spellings)
{
    reset();
    CHECK_INT(form("a=x+y%20z%2Bw&b=*~%2A%7E&c=&d&=e&&f=%C3%A9=&%67=h", false),
              WF_OK);
    CHECK_INT(params.count, 7);
    CHECK_STR(value("a"), wf_str("x y z+w"));
    CHECK_STR(value("b"), wf_str("*~*~"));
    CHECK(wf_params_find(&params, wf_str("c")) != NULL);
    CHECK(wf_params_find(&params, wf_str("d")) != NULL);
    CHECK_STR(value("c"), wf_str(""));
    CHECK_STR(value("f"), wf_str("\xc3\xa9="));
    CHECK_STR(value("g"), wf_str("h"));
    CHECK(wf_params_find(&params, wf_str("G")) == NULL);
}


TEST(body_wins)
{
    reset();
    CHECK_INT(form("a=1&a=2&b=3", false), WF_OK);
    CHECK_STR(value("a"), wf_str("1"));
    CHECK_INT(form("a=4&a=5", true), WF_OK);
    CHECK_STR(value("a"), wf_str("4"));
    CHECK_STR(value("b"), wf_str("3"));
    CHECK_INT(params.count, 5);
}


TEST(refused)
{
    size_t  i;

    static const char  *texts[] = {
        "a=%", "a=%2", "a=%2x", "a=%x2", "%=1", "a=%ff", "a=%C3", "%C3=1",
        "a=\xc3", "a=%ED%A0%80", "a=%C0%80", "a=%F4%90%80%80"
    };

    for (i = 0; i < wf_countof(texts); i++) {
        reset();
        CHECK_INT(form(texts[i], false), WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK(wf_error_arg(&err, 0).len > 0);
    }
}


/* Decoded sizes count: percent-encoding triples the raw ones. */
TEST(size_limit)
{
    char    *text;
    size_t   i, count;

    reset();
    count = WF_REQUEST_BYTES_MAX - 1;
    text = malloc(3 * count + 8);
    text[0] = 'a';
    text[1] = '=';

    for (i = 0; i < count; i++) {
        memcpy(text + 2 + 3 * i, "%20", 4);
    }

    CHECK_INT(form(text, true), WF_OK);
    CHECK_INT(value("a").len, count);
    CHECK_INT(form("", false), WF_OK);
    CHECK_INT(form("b=", false), WF_ERROR);
    CHECK_INT(err.code, WF_E_TOO_LARGE);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("1048576"));

    /* One byte too many, the last of a name or of a value. */
    reset();
    memcpy(text + 2 + 3 * count, "x", 2);
    CHECK_INT(form(text, true), WF_ERROR);
    CHECK_INT(err.code, WF_E_TOO_LARGE);

    reset();
    text[1] = 'b';
    CHECK_INT(form(text, true), WF_ERROR);
    CHECK_INT(err.code, WF_E_TOO_LARGE);
    free(text);
}


TEST(count_limit)
{
    size_t   i;
    char    *text;

    reset();
    text = malloc(2 * WF_PARAMS_MAX + 8);

    for (i = 0; i < WF_PARAMS_MAX; i++) {
        memcpy(text + 2 * i, "a&", 3);
    }

    CHECK_INT(form(text, false), WF_OK);
    CHECK_INT(params.count, WF_PARAMS_MAX);
    CHECK_INT(form("b", true), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    free(text);
}


TEST(json_body)
{
    reset();
    CHECK_INT(wf_params_json(arena, &params, wf_str("{\"FlowName\":\"f\","
        "\"Limit\":10,\"MetadataOnly\":true,\"Input\":{\"a\":[1,2.50]},"
        "\"Qualifier\":null,\"e\":\"\"}"), &err), WF_OK);
    CHECK_INT(params.count, 5);
    CHECK_STR(value("FlowName"), wf_str("f"));
    CHECK_STR(value("Limit"), wf_str("10"));
    CHECK_STR(value("MetadataOnly"), wf_str("true"));
    CHECK_STR(value("Input"), wf_str("{\"a\":[1,2.50]}"));
    CHECK(wf_params_find(&params, wf_str("Qualifier")) == NULL);
    CHECK(wf_params_find(&params, wf_str("FlowName"))->in_body);
}


TEST(json_refused)
{
    reset();
    CHECK_INT(wf_params_json(arena, &params, wf_str("[1]"), &err), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("The body must be a JSON object."));

    CHECK_INT(wf_params_json(arena, &params, wf_str("{"), &err), WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK(wf_str_starts(wf_error_arg(&err, 0),
                        wf_str("The body is not valid JSON: ")));
}


TEST(json_values_limit)
{
    size_t    i;
    wf_buf_t  buf;

    reset();
    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "{\"Input\":[1");

    for (i = 3; i < WF_PARAM_VALUES_MAX; i++) {
        wf_buf_text(&buf, ",1");
    }

    wf_buf_text(&buf, "]}");
    CHECK_INT(wf_params_json(arena, &params, wf_buf_done(&buf), &err), WF_OK);

    buf.len -= 2;
    wf_buf_text(&buf, ",1]}");
    CHECK_INT(wf_params_json(arena, &params, wf_buf_done(&buf), &err),
              WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK(strstr(err.arg[0], "too many values") != NULL);
}


static const wf_str_t  members[] = {
    wf_str_init("Name"), wf_str_init("Value"), { 0, NULL }
};


TEST(flattened)
{
    wf_str_t  text;

    reset();
    CHECK_INT(form("E.V.2.Name=b&E.V.1.Value=%22&E.V.1.Name=a&E.V.1.Odd=x"
                   "&E.V.4.Name=d&E.V.x.Name=e&E.V.11.Name=f", false), WF_OK);
    CHECK_INT(wf_params_flattened(arena, &params, wf_str("E"), wf_str("V"),
                                  members, &text), WF_OK);
    CHECK_STR(text, wf_str("{\"V\":[{\"Name\":\"a\",\"Value\":\"\\\"\"},"
                           "{\"Name\":\"b\"}]}"));
    CHECK_INT(wf_params_flattened(arena, &params, wf_str("F"), wf_str("V"),
                                  members, &text), WF_DECLINED);

    /* A list that is in no object. */
    CHECK_INT(form("L.2.Name=b&L.1.Value=2", false), WF_OK);
    CHECK_INT(wf_params_flattened(arena, &params, wf_str_none, wf_str("L"),
                                  members, &text), WF_OK);
    CHECK_STR(text, wf_str("[{\"Value\":\"2\"},{\"Name\":\"b\"}]"));
}


TEST(no_memory)
{
    bool       done;
    uint64_t   count;
    wf_str_t   text;

    done = false;

    for (count = 1; !done; count++) {
        reset();
        wf_arena_fail_after(count);
        done = form("a=b&E.V.1.Name=c", false) == WF_OK
               && wf_params_json(arena, &params,
                                 wf_str("{\"x\":[1,{\"y\":\"z\"}]}"), &err)
                  == WF_OK;

        if (done) {
            done = wf_params_flattened(arena, &params, wf_str("E"),
                                       wf_str("V"), members, &text) == WF_OK;

        } else {
            CHECK_INT(err.code, WF_E_INTERNAL);
        }

        wf_arena_fail_after(0);
    }

    CHECK(count > 3);
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
