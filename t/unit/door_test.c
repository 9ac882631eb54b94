
/* Locations that are a flow: any request is an input. */

#include "unit.h"

#include "engine/record.h"
#include "wire/door.c"


static wf_arena_t    *arena;
static wf_message_t   message;
static wf_request_t   request;
static wf_door_t      door;
static wf_args_t      args;
static wf_error_t     err;


static wf_rc_t
read_request(const char *query, const char *type, const char *body)
{
    wf_arena_free(arena);
    arena = wf_arena_create(0);
    wf_error_clear(&err);
    args.first = NULL;
    request = (wf_request_t) {
        .method = wf_str("POST"),
        .query = wf_str_of(query),
        .content_type = wf_str_of(type),
        .body = wf_str_of(body),
        .door = &door
    };
    message = (wf_message_t) {
        .arena = arena, .scratch = arena, .request = &request
    };

    CHECK(door_recognise(&request));

    if (door_begin(&message, wf_str("id"), &err) != WF_OK
        || door_verify(&message, NULL, &err) != WF_OK)
    {
        return WF_ERROR;
    }

    return door_decode(&message, NULL, &args, &err);
}


static wf_str_t
arg(wf_arg_id_t id)
{
    return wf_args_get(&args, id)->text;
}


TEST(inputs)
{
    size_t  i;

    static const struct {
        const char  *query;
        const char  *type;
        const char  *body;
        const char  *input;     /* NULL: refused */
    } cases[] = {
        { "", "", "", "{}" },
        { "a=1&b=%22&a=2", "", "", "{\"a\":\"1\",\"b\":\"\\\"\"}" },
        { "a=1", "application/json", "{\"b\": 2}", "{\"b\": 2}" },
        { "", "", " {} ", " {} " },
        { "", "application/json; charset=utf-8", "{}", "{}" },
        { "", "application/x-www-form-urlencoded", "x=a+b&y",
          "{\"x\":\"a b\",\"y\":\"\"}" },
        { "a=%zz", "", "", NULL },
        { "", "", "[]", NULL },
        { "", "application/json", "{", NULL },
        { "", "text/plain", "{}", NULL },
    };

    door = (wf_door_t) { wf_str("StartExecution"), wf_str("f"), wf_str_none };

    for (i = 0; i < wf_countof(cases); i++) {

        if (cases[i].input == NULL) {
            CHECK_INT(read_request(cases[i].query, cases[i].type,
                                   cases[i].body), WF_ERROR);
            CHECK(err.code == WF_E_INVALID_ARGUMENT
                  || err.code == WF_E_MEDIA_TYPE);
            continue;
        }

        CHECK_INT(read_request(cases[i].query, cases[i].type, cases[i].body),
                  WF_OK);
        CHECK_STR(arg(WF_ARG_INPUT), wf_str_of(cases[i].input));
        CHECK_STR(arg(WF_ARG_FLOW), wf_str("f"));
        CHECK(!wf_args_get(&args, WF_ARG_EXECUTION)->present);
        CHECK_STR(message.action, wf_str("StartExecution"));
    }
}


/* What is too long for any flow is refused before it is looked at, and many
 * parameters cost no more than their bytes. */

TEST(large_inputs)
{
    size_t   i, len;
    char    *text;

    len = WF_DATA_BYTES_CFL + 1;
    text = malloc(3 * WF_DATA_BYTES_CFL + 2);
    wf_assert(text);
    memset(text, ' ', len);
    text[0] = '{';
    text[len - 1] = '}';
    text[len] = '\0';
    CHECK_INT(read_request("", "", text), WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("Input must be at most 65536 bytes long."));
    text[len - 2] = '}';
    text[len - 1] = '\0';
    CHECK_INT(read_request("", "", text), WF_OK);
    CHECK_INT(arg(WF_ARG_INPUT).len, WF_DATA_BYTES_CFL);
    text[0] = '[';                      /* not even looked at */
    text[len - 1] = ']';
    text[len] = '\0';
    CHECK_INT(read_request("", "", text), WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("Input must be at most 65536 bytes long."));

    memset(text, '&', 3 * WF_DATA_BYTES_CFL + 1);
    text[3 * WF_DATA_BYTES_CFL + 1] = '\0';
    CHECK_INT(read_request(text, "", ""), WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("Input must be at most 65536 bytes long."));
    text[3 * WF_DATA_BYTES_CFL] = '\0';
    CHECK_INT(read_request(text, "", ""), WF_OK);
    CHECK_STR(arg(WF_ARG_INPUT), wf_str("{}"));
    free(text);

    text = malloc(WF_PARAMS_MAX * 8 + 1);
    wf_assert(text);

    for (i = 0; i < WF_PARAMS_MAX; i++) {
        snprintf(text + i * 8, 9, "n%04u=%c&", (unsigned) (i / 2),
                 i % 2 ? 'b' : 'a');
    }

    CHECK_INT(read_request(text, "", ""), WF_OK);
    CHECK_INT(arg(WF_ARG_INPUT).len, WF_PARAMS_MAX / 2 * 12 + 1);
    CHECK(memcmp(arg(WF_ARG_INPUT).data,
                 "{\"n0000\":\"a\",\"n0001\":\"a\",", 25) == 0);
    free(text);
}


TEST(names)
{
    wf_str_t  first;

    door = (wf_door_t) { wf_str("StartExecution"), wf_str("f"),
                         wf_str("order-7") };
    CHECK_INT(read_request("", "", ""), WF_OK);
    CHECK_STR(arg(WF_ARG_EXECUTION), wf_str("order-7"));

    door.execution = wf_str("7 of 9");
    CHECK_INT(read_request("", "", ""), WF_OK);
    first = arg(WF_ARG_EXECUTION);
    CHECK_INT(first.len, NAME_DIGITS + 1);
    CHECK(wf_name_valid(first));
    CHECK_STR(first, wf_str("_6dec7c2179b8fa539cb81fa5d651f74a"));
}


static unsigned
answer(const wf_reply_t *reply, wf_str_t *text)
{
    wf_buf_t  buf;
    unsigned  status;

    wf_buf_init(&buf, arena, 64);
    status = reply->error ? door_encode_error(&buf, &message, reply->error)
                          : door_encode(&buf, &message, reply);
    *text = wf_buf_done(&buf);

    return status;
}


TEST(answers)
{
    wf_str_t              text;
    wf_reply_t            reply;
    wf_execution_view_t   view;

    door = (wf_door_t) { wf_str("StartExecution"), wf_str("f"), wf_str_none };
    CHECK_INT(read_request("", "", ""), WF_OK);

    view = (wf_execution_view_t) {
        .flow = wf_str("f"), .name = wf_str("n"), .output = wf_str("[1]"),
        .status = WF_STATUS_SUCCEEDED
    };
    reply = (wf_reply_t) { .kind = WF_REPLY_EXECUTION, .count = 1,
                           .u.executions = &view };
    CHECK_INT(answer(&reply, &text), 202);
    CHECK_STR(text, wf_str("{\"FlowName\":\"f\",\"Name\":\"n\"}"));

    reply.kind = WF_REPLY_SYNC_EXECUTION;
    CHECK_INT(answer(&reply, &text), 200);
    CHECK_STR(text, wf_str("[1]"));

    view.status = WF_STATUS_FAILED;
    view.error = wf_str("E");
    view.cause = wf_str("\"");
    CHECK_INT(answer(&reply, &text), 502);
    CHECK_STR(text, wf_str("{\"Code\":\"E\",\"Message\":\"\\\"\","
                           "\"Name\":\"n\"}"));

    view.status = WF_STATUS_TIMED_OUT;
    CHECK_INT(answer(&reply, &text), 504);

    reply.error = &err;
    wf_error_args(&err, WF_E_EXECUTION_EXISTS, wf_str("n"), wf_str("f"));
    CHECK_INT(answer(&reply, &text), 202);
    CHECK_STR(text, wf_str("{\"FlowName\":\"f\",\"Name\":\"n\"}"));

    wf_error_args(&err, WF_E_FLOW_NOT_FOUND, wf_str("f"), wf_str_none);
    CHECK_INT(answer(&reply, &text), 404);
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
