
/* Tasks on their way through the desk to services. */

#include "unit.h"

#include "actions/trip.c"
#include "desk_calls.h"


#define CALL                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    Parameters:\n      url: http://svc/a\n      method: POST\n"          \
    "      body.$: $Input\n    OutputConstructor:\n"                          \
    "      got.$: $Output.Body\n    End: true\n"

#define RETRY                                                                 \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    Parameters:\n      url: http://svc/a\n"                              \
    "    Retry:\n      - Errors: [HTTP.503]\n        MaxAttempts: 2\n"        \
    "        IntervalSeconds: 5\n        Description: d\n    End: true\n"


/* Executions of flow 1 in shard 0 and in shard 1. */
static const char *
name_in(uint32_t shard_no)
{
    unsigned  i;

    static char  name[2][16];

    for (i = 0; ; i++) {
        sprintf(name[shard_no], "run%u", i);

        if (wf_shard_of(1, wf_str_of(name[shard_no]), SHARDS) == shard_no) {
            return name[shard_no];
        }
    }
}


TEST(a_service_is_called)
{
    uint32_t              no;
    const wf_outbound_t  *out;
    wf_execution_view_t  *view;

    world_create();
    create("f", CALL);

    for (no = 0; no < SHARDS; no++) {
        CHECK(start("f", name_in(no), "{\"n\":1}")->error == NULL);
        CHECK_INT(out_count, 1);
        out = outs[0];
        CHECK_STR(out->request.method, wf_str("POST"));
        CHECK_STR(out->request.body, wf_str("{\"n\":1}"));
        CHECK_STR(out->task->effect.step, wf_str("A"));
        CHECK_STR(out->task->execution, wf_str_of(name_in(no)));
        CHECK_INT(out->deadline_ms, 0);
        CHECK(!out->is_lost);

        world_serve(0, 200, "{\"answer\":42}");
        world_run();
        view = describe("f", name_in(no));
        CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
        CHECK_STR(view->output, wf_str("{\"got\":{\"answer\":42}}"));
    }

    CHECK_INT(out_ever, 2);
    end();
}


TEST(a_service_fails)
{
    wf_execution_view_t  *view;

    world_create();
    create("f", CALL);
    start("f", "x", "{}");
    world_serve(0, 500, "no");
    world_run();
    view = describe("f", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("HTTP.500"));
    end();
}


static wf_str_t
key_of_call(unsigned i)
{
    const wf_trip_t  *trip;

    trip = outs[i]->data;
    CHECK_INT(trip->call.key.len, WF_UUID_LEN);

    return wf_arena_copy(world, trip->call.key);
}


/* One key per attempt: the same for the same one, through any crash. */
TEST(keys)
{
    uint32_t  no;
    wf_str_t  first, again, second;

    world_create();
    create("f", RETRY);
    start("f", "x", "{}");
    no = wf_shard_of(1, wf_str("x"), SHARDS);
    first = key_of_call(0);

    world_move(no);
    world_pass(1);
    CHECK_INT(out_count, 1);
    CHECK_INT(out_cancels, 1);
    again = key_of_call(0);
    CHECK_STR(again, first);

    world_serve(0, 503, "later");
    world_run();
    CHECK_INT(out_count, 0);
    world_pass(5000);
    CHECK_INT(out_count, 1);
    second = key_of_call(0);
    CHECK(!wf_str_eq(second, first));

    world_serve(0, 200, "{}");
    world_run();
    CHECK_INT(describe("f", "x")->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(a_stop_cuts_the_call)
{
    world_create();
    create("f", CALL);
    start("f", "x", "{}");
    CHECK_INT(out_count, 1);
    CHECK(ask(about(1, "StopExecution", "f", "x"))->error == NULL);
    CHECK_INT(out_count, 0);
    CHECK_INT(out_cancels, 1);
    CHECK_INT(describe("f", "x")->status, WF_STATUS_STOPPED);
    end();
}


/* The port could not do it: once more, a little later. */
TEST(lost_calls_are_made_again)
{
    wf_outbound_t  *out;

    world_create();
    create("f", CALL);
    start("f", "x", "{}");
    out = out_take(0);
    out->is_lost = true;
    out->done(out, NULL, now_ms);
    world_run();
    CHECK_INT(out_count, 0);
    world_pass(1000);
    CHECK_INT(out_count, 1);
    world_serve(0, 200, "{}");
    world_run();
    CHECK_INT(describe("f", "x")->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(what_nobody_can_send)
{
    wf_execution_view_t  *view;

    world_create();
    create("f",
           "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"
           "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"
           "    Parameters:\n      method: POST\n      url.$: $Input.url\n"
           "    End: true\n");
    start("f", "x", "{\"url\":7}");
    CHECK_INT(out_ever, 0);
    view = describe("f", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK(view->error.len > 0 && view->cause.len > 0);
    end();
}


TEST(derived_bytes)
{
    uint8_t    a[16], b[16];
    wf_task_t  task;

    world_create();
    memset(&task, 0, sizeof(task));
    task.exec_no = 5;
    wf_trip_derive(workers[0].desk, &task, 0, a);
    wf_trip_derive(workers[1].desk, &task, 0, b);
    CHECK(memcmp(a, b, 16) == 0);
    wf_trip_derive(workers[0].desk, &task, 1, b);
    CHECK(memcmp(a, b, 16) != 0);
    task.effect.task = 1;
    wf_trip_derive(workers[0].desk, &task, 0, b);
    CHECK(memcmp(a, b, 16) != 0);
    end();
}


UNIT_MAIN()
