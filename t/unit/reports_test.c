
/* Reports of clients, and ends that call back. */

#include "unit.h"

#include "actions/reports.c"
#include "base/json.h"
#include "desk_calls.h"


#define WAITS                                                                 \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    TaskMode: WaitForCustomCallback\n"                                   \
    "    Parameters:\n      url: http://svc/a\n      body:\n"                 \
    "        list:\n          - token.$: $Context.Current.TaskToken\n"        \
    "    End: true\n"

#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Pass\n    Name: p\n    End: true\n"

#define FAIL                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Fail\n    Name: p\n    Code: Broken\n    Detail: it is\n"


/* "f" waits for its callback. */
static wf_str_t
waiting(const char *name)
{
    wf_str_t  token;

    start("f", name, "{}");
    CHECK_INT(out_count, 1);
    token = wf_arena_copy(world, outs[0]->task->effect.token);
    CHECK(token.len > 0);
    world_serve(0, 200, "{}");
    world_run();

    return token;
}


TEST(both_ways_from_both_workers)
{
    int                   worker;
    wf_str_t              token;
    wf_reply_t           *reply;
    wf_execution_view_t  *view;

    for (worker = 0; worker < WORKERS; worker++) {
        world_create();
        create("f", WAITS);
        token = waiting("x");
        CHECK_INT(describe("f", "x")->status, WF_STATUS_RUNNING);

        reply = report(worker, token, "{\"ok\":1}", NULL);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EVENT_ID);
        CHECK(reply->u.event_id > 3);
        view = describe("f", "x");
        CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
        CHECK_STR(view->output, wf_str("{\"ok\":1}"));
        CHECK_ERROR(report(worker, token, "{}", NULL), WF_E_TASK_COMPLETED);
        CHECK_STR(wf_error_arg(asked->reply.error, 0), token);

        token = waiting("y");
        CHECK(report(worker, token, NULL, "Rejected")->error == NULL);
        view = describe("f", "y");
        CHECK_INT(view->status, WF_STATUS_FAILED);
        CHECK_STR(view->error, wf_str("Rejected"));
        CHECK_STR(view->cause, wf_str("why"));
        end();
    }
}


TEST(tokens_that_are_none)
{
    wf_token_t   token;
    wf_reply_t  *reply;
    wf_arena_t  *arena;

    world_create();
    arena = wf_arena_create(0);
    reply = report(0, wf_str("12"), "{}", NULL);
    CHECK_ERROR(reply, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(reply->error, 0), wf_str("Invalid task token."));

    /* Of a store with more shards, of an execution that is not there. */

    token = (wf_token_t) { .shard_no = 5, .flow_no = 1, .exec_no = 1 };
    wf_token_name(&token, wf_str("x"));
    CHECK_ERROR(report(0, wf_token_seal(arena, workers[0].port.token_key,
                                        &token), "{}", NULL),
                WF_E_INVALID_ARGUMENT);
    token.shard_no = wf_shard_of(1, wf_str("x"), SHARDS);
    CHECK_ERROR(report(0, wf_token_seal(arena, workers[0].port.token_key,
                                        &token), "{}", NULL),
                WF_E_INVALID_ARGUMENT);
    wf_arena_free(arena);
    end();
}


TEST(histories_hide_tokens)
{
    bool               seen;
    uint32_t           i;
    wf_buf_t           buf;
    wf_str_t           token;
    wf_reply_t        *reply;
    const wf_event_t  *event;

    world_create();
    create("f", WAITS);
    token = waiting("x");
    reply = ask(about(0, "GetExecutionHistory", "f", "x"));
    CHECK(reply->error == NULL);
    wf_buf_init(&buf, world, 1024);

    for (seen = false, i = 0; i < reply->count; i++) {
        event = &reply->u.events[i].event;
        seen |= event->type == WF_EVENT_TASK_SCHEDULED;

        if (event->input) {
            wf_json_print(&buf, event->input);
        }
    }

    wf_buf_byte(&buf, 0);
    CHECK(seen);
    CHECK(strstr((char *) buf.data, (const char *) token.data) == NULL);
    CHECK(strstr((char *) buf.data, "\"<token>\"") != NULL);
    CHECK(report(0, token, "{}", NULL)->error == NULL);
    end();
}


/*
 * CallbackFnFTaskToken
 */

static void
start_calling(const char *flow, const char *name, wf_str_t token)
{
    wf_call_t  *call;

    call = about(0, "StartExecution", flow, name);
    arg(call, WF_ARG_INPUT, "{\"in\":1}");
    arg_str(call, WF_ARG_CALLBACK_TOKEN, token);
    CHECK(ask(call)->error == NULL);
}


TEST(ends_call_back)
{
    wf_execution_view_t  *view;

    world_create();
    create("f", WAITS);
    create("pass", PASS);
    create("fail", FAIL);

    start_calling("pass", "a", waiting("x"));
    view = describe("f", "x");
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(view->output, wf_str("{\"in\":1}"));

    start_calling("fail", "a", waiting("y"));
    view = describe("f", "y");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("Broken"));
    CHECK_STR(view->cause, wf_str("it is"));

    /* Somebody else was faster: nothing happens. */

    start_calling("pass", "b", wf_str("12"));
    CHECK_INT(describe("pass", "b")->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(ends_call_back_when_the_owner_has_gone)
{
    uint32_t              no;
    wf_str_t              token;
    wf_call_t            *call;
    wf_execution_view_t  *view;

    world_create();
    create("f", WAITS);
    create("pass", PASS);
    token = waiting("x");
    no = wf_shard_of(1, wf_str("x"), SHARDS);
    world_lose(owners[no], no);

    call = about(0, "StartExecution", "pass", "a");
    arg(call, WF_ARG_INPUT, "{\"in\":2}");
    arg_str(call, WF_ARG_CALLBACK_TOKEN, token);
    wf_call_run(call, now_ms);
    world_run();

    world_close((int) no, no);
    world_open(1 - (int) no, no);
    world_owner(no);
    world_run();
    world_pass(20000);
    view = describe("f", "x");
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(view->output, wf_str("{\"in\":2}"));
    wf_call_free(call);
    end();
}


UNIT_MAIN()
