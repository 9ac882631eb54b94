
/* Histories without tokens. */

#include "unit.h"

#include "actions/redact.c"
#include "base/json.h"


static const uint8_t  key[WF_TOKEN_KEY_LEN] = "a key of thirty-two bytes, more ";

static wf_arena_t  *arena;


static wf_str_t
token_of(uint64_t task)
{
    wf_token_t  token;

    token = (wf_token_t) { .shard_no = 1, .flow_no = 2, .exec_no = 3 };
    token.task = task;
    wf_token_name(&token, wf_str("e"));

    return wf_token_seal(arena, key, &token);
}


/* % in text stands for a token. */
static wf_value_t *
parse(const char *text, wf_str_t token)
{
    wf_buf_t     buf;
    wf_error_t   err;
    wf_value_t  *value;

    wf_buf_init(&buf, arena, 64);

    for ( /* void */ ; *text; text++) {

        if (*text == '%') {
            wf_buf_str(&buf, token);

        } else {
            wf_buf_byte(&buf, (uint8_t) *text);
        }
    }

    CHECK_INT(wf_json_parse(arena, wf_buf_done(&buf), &value, &err), WF_OK);

    return value;
}


static wf_str_t
print(const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 64);
    wf_json_print(&buf, value);

    return wf_buf_done(&buf);
}


TEST(tokens_go_wherever_they_stand)
{
    size_t       i;
    wf_str_t     before;
    wf_event_t   event;
    wf_value_t  *value;

    static const char  *cases[][2] = {
        { "\"%\"", "\"<token>\"" },
        { "{\"a\":1,\"t\":\"%\",\"b\":[2]}",
          "{\"a\":1,\"t\":\"<token>\",\"b\":[2]}" },
        { "[0,[\"x\",{\"k\":[\"%\",\"y\",\"%\"]}],{}]",
          "[0,[\"x\",{\"k\":[\"<token>\",\"y\",\"<token>\"]}],{}]" },
        { "[\"%\",\"%x\"]", NULL },
    };

    arena = wf_arena_create(0);

    for (i = 0; i < 3; i++) {
        value = parse(cases[i][0], token_of(i + 1));
        before = print(value);
        memset(&event, 0, sizeof(event));
        event.input = event.output = value;
        CHECK_INT(wf_redact_event(arena, key, &event), WF_OK);
        CHECK_STR(print(event.input), wf_str_of(cases[i][1]));
        CHECK_STR(print(event.output), wf_str_of(cases[i][1]));
        CHECK(event.local == NULL);

        /* What others hold is as it was. */
        CHECK_STR(print(value), before);
    }

    /* A part of a text is not a value. */
    memset(&event, 0, sizeof(event));
    event.local = parse(cases[3][0], token_of(1));
    CHECK_INT(wf_redact_event(arena, key, &event), WF_OK);
    CHECK_STR(event.local->u.items[0]->u.string, wf_str("<token>"));
    CHECK(event.local->u.items[1]->u.string.len > 30);
    wf_arena_free(arena);
}


TEST(what_holds_none_is_left_alone)
{
    wf_event_t   event;
    wf_value_t  *value;

    arena = wf_arena_create(0);
    value = parse("{\"a\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
                  "\"b\":[1,null,true,\"\"]}", wf_str_none);
    memset(&event, 0, sizeof(event));
    event.input = value;
    CHECK_INT(wf_redact_event(arena, key, &event), WF_OK);
    CHECK(event.input == value);
    wf_arena_free(arena);
}


TEST(no_memory)
{
    int          rc;
    uint64_t     n;
    wf_event_t   event;
    wf_value_t  *value;
    wf_arena_t  *small;

    arena = wf_arena_create(0);
    value = parse("{\"a\":[\"x\",\"%\"],\"b\":\"%\"}", token_of(1));

    for (n = 1; n < 20; n++) {
        small = wf_arena_create(1);
        memset(&event, 0, sizeof(event));
        event.input = value;
        wf_arena_fail_after(n);
        rc = wf_redact_event(small, key, &event);
        wf_arena_fail_after(0);

        if (rc == WF_OK) {
            CHECK_STR(print(event.input), wf_str("{\"a\":[\"x\",\"<token>\"],"
                                                 "\"b\":\"<token>\"}"));
        }

        wf_arena_free(small);
    }

    CHECK_INT(rc, WF_OK);
    wf_arena_free(arena);
}


UNIT_MAIN()
