
/* StartSyncExecution: executions in the memory of one worker. */

#include "unit.h"

#include "actions/express.c"
#include "actions/trip.h"
#include "actions/uuid.h"
#include "desk_calls.h"


#define HEAD  "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"    \
              "States:\n"

#define PASS                                                                  \
    HEAD "  - Type: Pass\n    Name: A\n    OutputConstructor:\n"              \
    "      got.$: $Input.n\n      env.$: $Context.Environment.stage\n"        \
    "    End: true\n"

#define FAIL                                                                  \
    HEAD "  - Type: Fail\n    Name: A\n    Code: E1\n    Detail: why\n"

#define WAIT                                                                  \
    HEAD "  - Type: Wait\n    Name: A\n    Seconds: 20\n    End: true\n"

#define CALL                                                                  \
    HEAD "  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"            \
    "    Parameters:\n      url: http://svc/a\n      method: POST\n"          \
    "      body.$: $Input\n    OutputConstructor:\n"                          \
    "      got.$: $Output.Body\n"                                             \
    "    Retry:\n      - Errors: [HTTP.503]\n        MaxAttempts: 1\n"        \
    "        IntervalSeconds: 5\n        Description: d\n    End: true\n"

#define BOTH                                                                  \
    HEAD "  - Type: Parallel\n    Name: A\n    Branches:\n"                   \
    "      - StartAt: X\n        States:\n          - Type: Task\n"           \
    "            Name: X\n            Action: HTTP:Request\n"                 \
    "            Parameters: {url: http://svc/x}\n            End: true\n"    \
    "      - StartAt: W\n        States:\n          - Type: Wait\n"           \
    "            Name: W\n            Seconds: 1\n            Next: Y\n"       \
    "          - Type: Fail\n            Name: Y\n            Code: E2\n"      \
    "            Detail: d\n"                                                \
    "    End: true\n"

/* Goes round until its time is over. */
#define LOOP                                                                  \
    HEAD "  - Type: Pass\n    Name: A\n    Next: B\n"                         \
    "  - Type: Wait\n    Name: B\n    Seconds: 20\n    Next: A\n"

#define BUSY                                                                  \
    HEAD "  - Type: Pass\n    Name: A\n    Next: A\n"


static void
create_express(const char *name, const char *definition)
{
    wf_call_t  *call;

    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, name);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_DESCRIPTION, "about");
    arg(call, WF_ARG_TYPE, "FDL");
    arg(call, WF_ARG_ENVIRONMENT, "[{\"Name\":\"stage\",\"Value\":\"x\"}]");
    number(call, WF_ARG_MODE, WF_MODE_EXPRESS);
    CHECK(ask(call)->error == NULL);
}


static wf_call_t *
sync_call(const char *flow, const char *name, const char *input)
{
    wf_call_t  *call;

    call = call_of(0, "StartSyncExecution");
    arg(call, WF_ARG_FLOW, flow);
    arg(call, WF_ARG_EXECUTION, name);
    arg(call, WF_ARG_INPUT, input);

    return call;
}


/* Begins; whatever it waits for comes later. */
static wf_call_t *
begin_sync(const char *flow, const char *input)
{
    wf_call_t  *call;

    call = sync_call(flow, "x", input);
    done_seen = false;

    if (asked) {
        wf_call_free(asked);
    }

    asked = call;
    wf_call_run(call, now_ms);
    world_run();

    return call;
}


static wf_execution_view_t *
answer_of(wf_call_t *call)
{
    CHECK(done_seen);
    CHECK(call->reply.error == NULL);
    CHECK_INT(call->reply.kind, WF_REPLY_SYNC_EXECUTION);
    CHECK_INT(workers[0].desk->express_count, 0);

    return call->reply.u.executions;
}


TEST(an_end_is_the_answer)
{
    wf_execution_view_t  *view;

    world_create();
    create_express("f", PASS);
    view = answer_of(begin_sync("f", "{\"n\":7}"));
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(view->flow, wf_str("f"));
    CHECK_STR(view->output, wf_str("{\"got\":7,\"env\":\"x\"}"));
    CHECK_INT(view->name.len, 2 + WF_UUID_LEN);
    CHECK(wf_str_starts(view->name, wf_str("x:")));
    CHECK_INT(view->started_ms, now_ms);
    CHECK_INT(view->stopped_ms, now_ms);
    CHECK_STR(view->environment,
              wf_str("[{\"Name\":\"stage\",\"Value\":\"x\"}]"));

    view = ask(sync_call("f", "", "{\"n\":1}"))->u.executions;
    CHECK_INT(view->name.len, 2 * WF_UUID_LEN + 1);
    end();
}


TEST(a_failure_is_an_answer)
{
    wf_execution_view_t  *view;

    world_create();
    create_express("f", FAIL);
    view = answer_of(begin_sync("f", "{}"));
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("E1"));
    CHECK_STR(view->cause, wf_str("why"));
    CHECK_STR(view->output, wf_str(""));
    end();
}


TEST(refused)
{
    world_create();
    create_express("f", PASS);
    create("s", PASS);
    CHECK_ERROR(ask(sync_call("none", "", "{}")), WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(sync_call("s", "", "{}")), WF_E_NOT_SUPPORTED);
    CHECK_STR(wf_error_arg(asked->err, 0),
              wf_str("Standard execution is not supported"));
    CHECK_ERROR(start("f", "x", "{}"), WF_E_NOT_SUPPORTED);

    workers[0].desk->express_count = WF_EXPRESS_RUNNING_MAX;
    CHECK_ERROR(ask(sync_call("f", "", "{}")), WF_E_THROTTLED);
    workers[0].desk->express_count = 2;
    workers[0].port.quota.express = 3;
    CHECK(ask(sync_call("f", "", "{}"))->error == NULL);
    workers[0].desk->express_count = 3;
    CHECK_ERROR(ask(sync_call("f", "", "{}")), WF_E_THROTTLED);
    workers[0].port.quota.express = 0;
    workers[0].desk->express_count = 0;
    end();
}


TEST(waits)
{
    wf_call_t  *call;

    world_create();
    create_express("f", WAIT);
    call = begin_sync("f", "{}");
    world_pass(19999);
    CHECK(!done_seen);
    world_pass(1);
    CHECK_INT(answer_of(call)->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(no_longer_than_five_minutes)
{
    int         i;
    wf_call_t  *call;

    world_create();
    create_express("f", LOOP);
    call = begin_sync("f", "{}");

    for (i = 0; i < 14; i++) {
        world_pass(20000);
        CHECK(!done_seen);
    }

    world_pass(20000);
    CHECK_INT(answer_of(call)->status, WF_STATUS_TIMED_OUT);
    CHECK_STR(call->reply.u.executions->error,
              wf_str("FnF.ExecutionTimedOut"));
    end();
}


TEST(no_turn_is_too_long)
{
    wf_execution_view_t  *view;

    world_create();
    create_express("f", BUSY);
    view = answer_of(begin_sync("f", "{}"));
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("FnF.EventLimitExceeded"));
    end();
}


TEST(calls)
{
    wf_str_t    key;
    wf_call_t  *call;

    world_create();
    create_express("f", CALL);
    call = begin_sync("f", "{\"n\":1}");
    CHECK_INT(out_count, 1);
    CHECK_STR(outs[0]->request.body, wf_str("{\"n\":1}"));
    CHECK_INT(outs[0]->task->shard_no, WF_TASK_NO_SHARD);
    key = wf_arena_copy(world, ((wf_trip_t *) outs[0]->data)->call.key);

    world_serve(0, 503, "{}");
    world_run();
    world_pass(5000);
    CHECK_INT(out_count, 1);
    CHECK(!wf_str_eq(((wf_trip_t *) outs[0]->data)->call.key, key));

    world_serve(0, 200, "{\"a\":2}");
    world_run();
    CHECK_STR(answer_of(call)->output, wf_str("{\"got\":{\"a\":2}}"));
    end();
}


TEST(what_is_away_at_the_end_is_cut)
{
    wf_call_t  *call;

    world_create();
    create_express("f", BOTH);
    call = begin_sync("f", "{}");
    CHECK_INT(out_count, 1);
    world_pass(1000);
    CHECK_STR(answer_of(call)->error, wf_str("E2"));
    CHECK_INT(out_count, 0);
    CHECK_INT(out_cancels, 1);
    end();
}


TEST(a_lost_call_is_made_again)
{
    wf_outbound_t  *out;
    wf_call_t      *call;

    world_create();
    create_express("f", CALL);
    call = begin_sync("f", "{}");
    out = out_take(0);
    out->is_lost = true;
    out->done(out, NULL, now_ms);
    world_run();
    CHECK_INT(out_count, 0);
    world_pass(LOST_MS);
    CHECK_INT(out_count, 1);
    world_serve(0, 200, "{}");
    world_run();
    CHECK_INT(answer_of(call)->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(nobody_waits_any_more)
{
    world_create();
    create_express("f", CALL);
    begin_sync("f", "{}");
    wf_call_abandon(asked);
    asked = NULL;
    CHECK_INT(workers[0].desk->express_count, 1);
    world_serve(0, 200, "{}");
    world_run();
    CHECK_INT(workers[0].desk->express_count, 0);

    begin_sync("f", "{}");
    wf_call_abandon(asked);
    asked = NULL;
    end();
}


TEST(no_memory)
{
    uint64_t    n;
    wf_call_t  *call;

    world_create();
    create_express("f", CALL);

    for (n = 1; ; n++) {
        call = sync_call("f", "x", "{\"n\":1}");
        done_seen = false;

        if (asked) {
            wf_call_free(asked);
        }

        asked = call;
        wf_arena_fail_after(n);
        wf_call_run(call, now_ms);
        wf_arena_fail_after(0);
        world_run();
        world_pass(LOST_MS);

        if (done_seen) {
            CHECK_ERROR(&call->reply, WF_E_INTERNAL);
            continue;
        }

        CHECK_INT(out_count, 1);
        wf_arena_fail_after(n);
        world_serve(0, 200, "{}");
        wf_arena_fail_after(0);
        world_run();
        world_pass(LOST_MS);

        if (!done_seen) {
            CHECK_INT(out_count, 1);
            world_serve(0, 200, "{}");
            world_run();
        }

        CHECK(done_seen);

        if (call->reply.error == NULL) {
            break;
        }
    }

    CHECK(n > 3);
    end();
}


UNIT_MAIN()
