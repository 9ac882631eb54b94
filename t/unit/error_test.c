
#include "base/error.c"
#include "unit.h"


static wf_error_t  err;


TEST(symbols)
{
    CHECK(strcmp(wf_error_symbol(WF_E_NONE), "NONE") == 0);
    CHECK(strcmp(wf_error_symbol(WF_E_INTERNAL), "INTERNAL") == 0);
    CHECK(strcmp(wf_error_symbol(WF_E_FLOW_NOT_FOUND), "FLOW_NOT_FOUND") == 0);
    CHECK(strcmp(wf_error_symbol((wf_error_code_t) 9999), "UNKNOWN") == 0);
    CHECK(strcmp(wf_error_symbol((wf_error_code_t) -1), "UNKNOWN") == 0);

    CHECK(wf_error_retryable(WF_E_INTERNAL));
    CHECK(wf_error_retryable(WF_E_THROTTLED));
    CHECK(!wf_error_retryable(WF_E_INVALID_ARGUMENT));
    CHECK(!wf_error_retryable((wf_error_code_t) 9999));
}


TEST(every_row_has_its_own_number)
{
    unsigned  i, count;

    count = 0;

    for (i = 1; i < wf_countof(rows); i++) {
        count += rows[i].symbol != NULL;
    }

#define ERROR(symbol, number, retryable, status, name, text)  count--;
#include "base/errors.def"
#undef ERROR

    CHECK_INT(count, 0);
}


TEST(set_and_wrap)
{
    wf_error_clear(&err);
    CHECK_INT(err.code, WF_E_NONE);
    CHECK_STR(wf_error_arg(&err, 0), wf_str(""));

    wf_error_set(&err, WF_E_INVALID_ARGUMENT, "%s is %d", "limit", -1);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&err, 0), wf_str("limit is -1"));
    CHECK_STR(wf_error_arg(&err, 1), wf_str(""));

    wf_error_wrap(&err, "step \"%s\"", "a");
    wf_error_wrap(&err, "flow");
    CHECK_STR(wf_error_arg(&err, 0), wf_str("flow: step \"a\": limit is -1"));
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);

    CHECK(wf_error_arg(&err, 2).data == NULL);
}


TEST(args)
{
    wf_error_args(&err, WF_E_EXECUTION_EXISTS, wf_str("a\0b"), wf_str("flow"));
    CHECK_STR(wf_error_arg(&err, 0), wf_str("a\0b"));
    CHECK_STR(wf_error_arg(&err, 1), wf_str("flow"));

    wf_error_args(&err, WF_E_FLOW_NOT_FOUND, wf_str("x"), wf_str_none);
    CHECK_STR(wf_error_arg(&err, 1), wf_str(""));
    CHECK(err.arg[0][1] == '\0' && err.arg[1][0] == '\0');
}


/* Whatever the position of the cut, whole characters are left. */

TEST(cut_at_a_character)
{
    char      text[2 * WF_ERROR_ARG_MAX + 16];
    size_t    i, pad, len;
    wf_str_t  arg;

    for (pad = 0; pad < 4; pad++) {
        len = pad;
        memset(text, 'x', pad);

        while (len < WF_ERROR_ARG_MAX + 100) {
            memcpy(text + len, "\xe4\xbd\xa0\xf0\x9f\x98\x80\xc3\xa9", 9);
            len += 9;
        }

        text[len] = '\0';

        wf_error_set(&err, WF_E_INTERNAL, "%s", text);
        arg = wf_error_arg(&err, 0);
        CHECK(arg.len > WF_ERROR_ARG_MAX - 5 && arg.len < WF_ERROR_ARG_MAX);
        CHECK(arg.data[arg.len] == '\0');
        CHECK(((uint8_t) text[arg.len] & 0xc0) != 0x80);

        wf_error_args(&err, WF_E_INTERNAL, (wf_str_t) { len, (void *) text },
                      wf_str_none);
        CHECK_STR(wf_error_arg(&err, 0), arg);

        for (i = 0; i < 10; i++) {
            wf_error_wrap(&err, "%zu", i);
            arg = wf_error_arg(&err, 0);
            CHECK(arg.len > WF_ERROR_ARG_MAX - 5);
            CHECK(((uint8_t) text[arg.len - 3 * (i + 1)] & 0xc0) != 0x80);
        }

        wf_error_wrap(&err, "%s", text);
        CHECK(wf_error_arg(&err, 0).len < WF_ERROR_ARG_MAX);
    }
}


UNIT_MAIN()
