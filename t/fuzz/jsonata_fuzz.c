
/*
 * Any text as a JSONata expression: compile it, evaluate it against a fixed
 * input within small limits, twice, and expect the same answer.  The first
 * byte chooses the dialect, or that the rest is "picture NUL text" for the
 * pictures of numbers and times.
 */

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "expr/jsonata.h"
#include "expr/jsonata_pic.h"


#define STEPS_MAX  200000
#define BYTES_MAX  (16 * 1024 * 1024)
#define DEPTH_MAX  300
#define NOW_MS     1795534452109


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char  input_text[] =
    "{\"n\":5,\"s\":\"a,b c\",\"t\":true,\"z\":null,\"a\":[1,\"x\",{\"k\":2}],"
    "\"o\":{\"k\":1,\"z\":null},\"e\":\"\",\"l\":[{\"v\":1,\"p\":[1,[2]]},"
    "{\"v\":2,\"p\":[]},{\"v\":2,\"w\":3}],\"r\":1.5,\"b\":[3,1,2],"
    "\"u\":\"na\xc3\xafve \xf0\x9f\x98\x80\",\"d\":\"2018-03-04\"}";


static void
expect(bool truth)
{
    if (!truth) {
        abort();
    }
}


static void
env_fill(wf_jsonata_env_t *env, wf_jsonata_binding_t *bound,
    const wf_value_t *input)
{
    bound->name = wf_str("states");
    bound->value = input;

    *env = (wf_jsonata_env_t) {
        .input = input,
        .bindings = bound,
        .binding_count = 1,
        .now_ms = NOW_MS,
        .random_state = 1,
        .meter = { .steps_max = STEPS_MAX },
        .byte_max = BYTES_MAX,
        .depth_max = DEPTH_MAX
    };
}


/* What is wrong has a code and words, and a place in the text. */
static void
check_error(const wf_jsonata_error_t *err, wf_str_t text)
{
    expect(err->trouble != WF_JSONATA_OOM);

    if (err->trouble == WF_JSONATA_UNSUPPORTED) {
        return;
    }

    expect(err->code[0] != '\0' && wf_utf8_valid(err->message));
    expect(wf_utf8_valid(err->token) && err->position <= text.len);
}


static void
check_value(wf_arena_t *arena, const wf_value_t *value)
{
    wf_buf_t     buf;
    wf_error_t   err;
    wf_value_t  *again;

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    if (wf_value_depth(value) > WF_DEPTH_MAX) {
        return;
    }

    expect(wf_json_parse(arena, wf_buf_done(&buf), &again, &err) == WF_OK);
    expect(wf_value_eq(again, value));
}


static void
expression_run(wf_arena_t *arena, wf_jsonata_dialect_t dialect, wf_str_t text,
    const wf_value_t *input)
{
    int                    i;
    wf_rc_t                rc[2];
    wf_jsonata_t          *jsonata;
    const wf_value_t      *value[2];
    wf_jsonata_env_t       env;
    wf_jsonata_error_t     err;
    wf_jsonata_binding_t   bound;

    if (wf_jsonata_compile(arena, dialect, text, &jsonata, &err) != WF_OK) {
        check_error(&err, text);
        return;
    }

    expect(wf_str_eq(wf_jsonata_text(jsonata), text));
    expect(wf_jsonata_look(jsonata) != NULL);

    for (i = 0; i < 2; i++) {
        env_fill(&env, &bound, input);
        rc[i] = wf_jsonata_eval(arena, jsonata, &env, &value[i], &err);

        if (rc[i] == WF_ERROR) {
            check_error(&err, text);
        }
    }

    expect(rc[0] == rc[1]);

    if (rc[0] == WF_OK) {
        expect(wf_value_eq(value[0], value[1]));
        check_value(arena, value[0]);
    }
}


static void
picture_run(wf_arena_t *arena, wf_str_t rest, const wf_value_t *options)
{
    static const double  numbers[] = {
        0, 1, -1, 12.5, -0.375, 1234567.891, 1e21, 5e-324, 1e300, -4000,
        1521801216617, -62167219200001, 8.64e15, 0.1
    };

    size_t       i, split;
    double       v;
    wf_str_t     out, picture, text;
    const char  *code;

    for (split = 0; split < rest.len && rest.data[split]; split++) {
        /* void */
    }

    picture = (wf_str_t) { split, rest.data };
    text = split < rest.len ? (wf_str_t) { rest.len - split - 1,
                                           rest.data + split + 1 }
                            : wf_str_none;

    if (!wf_utf8_valid(picture) || !wf_utf8_valid(text)) {
        return;
    }

    for (i = 0; i < wf_countof(numbers); i++) {
        if (wf_pic_format_number(arena, numbers[i], picture,
                                 i % 2 ? NULL : options, &out, &code) == WF_OK)
        {
            expect(wf_utf8_valid(out));
        }

        if (wf_pic_format_integer(arena, floor(numbers[i]), picture, &out,
                                  &code) == WF_OK)
        {
            expect(wf_utf8_valid(out));
            (void) wf_pic_parse_integer(arena, out, picture, &v, &code);
        }

        if (wf_pic_from_millis(arena, numbers[i], picture, wf_str("-0530"),
                               &out, &code) == WF_OK)
        {
            expect(wf_utf8_valid(out));
            (void) wf_pic_to_millis(arena, out, picture, NOW_MS, &v, &code);
        }
    }

    if (wf_pic_to_millis(arena, text, picture, NOW_MS, &v, &code) == WF_OK) {
        expect(isfinite(v));
    }

    if (wf_pic_parse_integer(arena, text, picture, &v, &code) == WF_OK) {
        expect(isfinite(v));
    }

    if (wf_pic_to_millis(arena, text, wf_str_none, NOW_MS, &v, &code) == WF_OK
        && wf_pic_parse_number(text, &v) == WF_OK)
    {
        expect(isfinite(wf_pic_round(v, 2)));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_str_t     text;
    wf_error_t   err;
    wf_value_t  *input, *options;
    wf_arena_t  *arena;

    if (size == 0) {
        return 0;
    }

    text = (wf_str_t) { size - 1, data + 1 };
    arena = wf_arena_create(0);
    expect(wf_json_parse(arena, wf_str(input_text), &input, &err) == WF_OK);
    expect(wf_json_parse(arena, wf_str("{\"zero-digit\":\"\xd9\xa0\","
                                       "\"decimal-separator\":\",\"}"),
                         &options, &err) == WF_OK);

    if (data[0] == 'p') {
        picture_run(arena, text, options);

    } else if (wf_utf8_valid(text)) {
        expression_run(arena, data[0] == 'r' ? WF_JSONATA_REFERENCE
                                             : WF_JSONATA_STATES,
                       text, input);
    }

    wf_arena_free(arena);

    return 0;
}
