
#include "unit.h"

#include "wire/mock_config.c"


#define PARTS(states, responses)                                              \
    "{\"StateMachines\":{\"m\":{\"TestCases\":{\"C\":" states "}}},"          \
    "\"MockedResponses\":" responses "}"


static wf_arena_t        *arena;
static wf_mock_config_t   config;
static wf_error_t         err;


static wf_rc_t
parse(const char *text)
{
    wf_error_clear(&err);

    return wf_mock_config_parse(arena, wf_str_of(text), &config, &err);
}


static void
refused(const char *text, const char *why)
{
    CHECK(parse(text) == WF_ERROR);
    CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);

    if (strstr(err.arg[0], why) == NULL) {
        unit_failed(__FILE__, __LINE__, err.arg[0]);
    }
}


static wf_rc_t
find(const char *test_case, const char *state, uint32_t call_no,
    wf_mock_t *mock)
{
    wf_mock_call_t  call;

    call = (wf_mock_call_t) {
        .machine = wf_str("m"), .test_case = wf_str_of(test_case),
        .state = wf_str_of(state), .call_no = call_no
    };

    return wf_mock_config_find(&config, &call, mock);
}


TEST(answers)
{
    wf_mock_t  mock;

    arena = wf_arena_create(0);
    CHECK(parse(PARTS("{\"A\":\"R\",\"B\":\"N\"}",
                      "{\"R\":{\"1-2\":{\"Throw\":{\"Error\":\"E\","
                      "\"Cause\":\"c\"}},\"0\":{\"Return\":null},"
                      "\"4\":{\"Throw\":{\"Error\":\"F\"}},"
                      "\"9-4294967295\":{\"Return\":[1]}},\"N\":{}}"))
          == WF_OK);

    CHECK(wf_mock_config_has(&config, wf_str("m"), wf_str("C")));
    CHECK(!wf_mock_config_has(&config, wf_str("m"), wf_str("D")));
    CHECK(!wf_mock_config_has(&config, wf_str("n"), wf_str("C")));

    CHECK(find("C", "A", 0, &mock) == WF_OK);
    CHECK(mock.value && mock.value->type == WF_NULL);
    CHECK(find("C", "A", 1, &mock) == WF_OK);
    CHECK(mock.value == NULL);
    CHECK_STR(mock.error, wf_str("E"));
    CHECK_STR(mock.cause, wf_str("c"));
    CHECK(find("C", "A", 2, &mock) == WF_OK);
    CHECK(find("C", "A", 3, &mock) == WF_ERROR);
    CHECK(find("C", "A", 4, &mock) == WF_OK);
    CHECK_STR(mock.error, wf_str("F"));
    CHECK_INT(mock.cause.len, 0);
    CHECK(find("C", "A", 8, &mock) == WF_ERROR);
    CHECK(find("C", "A", UINT32_MAX, &mock) == WF_OK);
    CHECK_INT(mock.value->count, 1);

    CHECK(find("C", "B", 0, &mock) == WF_ERROR);
    CHECK(find("C", "X", 0, &mock) == WF_DECLINED);
    CHECK(find("D", "A", 0, &mock) == WF_ERROR);
    wf_arena_free(arena);
}


TEST(refusals)
{
    arena = wf_arena_create(0);
    refused("", "line 1");
    refused("{\"StateMachines\":{}\n,\n\"StateMachines\":{}}", "line 3");
    refused("[]", "has no \"StateMachines\"");
    refused("{\"MockedResponses\":{}}", "has no \"StateMachines\"");
    refused("{\"StateMachines\":[]}", "member \"StateMachines\" is no object");
    refused("{\"StateMachines\":{},\"MockedResponses\":1}",
            "member \"MockedResponses\" is no object");
    refused("{\"StateMachines\":{\"m\":{}}}", "\"m\" has no \"TestCases\"");
    refused("{\"StateMachines\":{\"m\":1}}", "\"m\" has no \"TestCases\"");
    refused(PARTS("1", "{}"), "\"m\": test case \"C\" is no object");
    refused(PARTS("{\"A\":1}", "{}"), "\"C\": state \"A\" names no response");
    refused(PARTS("{\"A\":\"R\"}", "{}"),
            "response \"R\" is not in \"MockedResponses\"");
    refused(PARTS("{}", "{\"R\":1}"), "response \"R\" is no object");
    refused(PARTS("{}", "{\"R\":{\"x\":{\"Return\":1}}}"),
            "response \"R\": attempt \"x\" is neither");
    refused(PARTS("{}", "{\"R\":{\"\":{\"Return\":1}}}"), "is neither");
    refused(PARTS("{}", "{\"R\":{\"2-1\":{\"Return\":1}}}"), "is neither");
    refused(PARTS("{}", "{\"R\":{\"1-\":{\"Return\":1}}}"), "is neither");
    refused(PARTS("{}", "{\"R\":{\"-1\":{\"Return\":1}}}"), "is neither");
    refused(PARTS("{}", "{\"R\":{\"1-2-3\":{\"Return\":1}}}"), "is neither");
    refused(PARTS("{}", "{\"R\":{\"4294967296\":{\"Return\":1}}}"),
            "is neither");
    refused(PARTS("{}", "{\"R\":{\"0\":1}}"), "has to have a \"Return\"");
    refused(PARTS("{}", "{\"R\":{\"0\":{}}}"), "has to have a \"Return\"");
    refused(PARTS("{}", "{\"R\":{\"0\":{\"Return\":1,\"Throw\":"
                  "{\"Error\":\"E\"}}}}"), "and nothing else");
    refused(PARTS("{}", "{\"R\":{\"0\":{\"Return\":1,\"X\":2}}}"),
            "and nothing else");
    refused(PARTS("{}", "{\"R\":{\"0\":{\"Throw\":{}}}}"),
            "the \"Throw\" of \"0\" has no \"Error\"");
    refused(PARTS("{}", "{\"R\":{\"0\":{\"Throw\":\"E\"}}}"),
            "has no \"Error\"");
    refused(PARTS("{}", "{\"R\":{\"0\":{\"Throw\":{\"Error\":\"E\","
                  "\"Cause\":1}}}}"), "the \"Cause\" of \"0\" is no text");
    refused(PARTS("{}", "{\"R\":{\"0-3\":{\"Return\":1},"
                  "\"3\":{\"Return\":1}}}"), "\"3\" is answered twice");
    wf_arena_free(arena);
}


TEST(bounds)
{
    unsigned  i;
    wf_buf_t  buf;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "{\"StateMachines\":{},\"MockedResponses\":{\"R\":{");

    for (i = 0; i <= WF_MOCK_ATTEMPTS_MAX; i++) {
        wf_buf_str(&buf, i ? wf_str(",\"") : wf_str("\""));
        wf_buf_uint(&buf, i);
        wf_buf_text(&buf, "\":{\"Return\":1}");
    }

    wf_buf_text(&buf, "}}}");
    wf_buf_byte(&buf, '\0');
    refused((const char *) wf_buf_done(&buf).data, "too many attempts");
    wf_arena_free(arena);
}


UNIT_MAIN()
