
/* Sub-flows: started, waited for, stopped, refused. */

#include "unit.h"

#include "actions/child.c"
#include "desk_calls.h"


#define PARENT(mode, name)                                                    \
    "Type: StateMachine\nSpecVersion: v1\nName: p\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n"                                  \
    "    Action: FNF:StartExecution\n    TaskMode: " mode "\n"                \
    "    Parameters:\n      resourceArn: acs:fnf:::flow/child\n"              \
    name "      input.$: $Input\n    End: true\n"

#define SYNC   PARENT("WaitForSystemCallback", "")
#define NAMED  PARENT("WaitForSystemCallback", "      executionName: c-1\n")
#define ONLY   PARENT("RequestComplete", "      executionName: c-1\n")

#define LEGACY                                                                \
    "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: a\n"          \
    "    resourceArn: acs:fnf:::flow/child\n    pattern: sync\n"              \
    "    inputMappings:\n      - target: n\n        source: $input.n\n"       \
    "    serviceParams:\n      Input: $\n      ExecutionName: c-1\n"

#define LEGACY_ACTION                                                         \
    "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: a\n"          \
    "    action: fnf:StartExecution\n    serviceParams:\n"                    \
    "      FlowName: nobody\n      Input: '{}'\n"

#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Pass\n    Name: p\n    OutputConstructor:\n"                   \
    "      seen.$: $Input\n    End: true\n"

#define FAIL                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Fail\n    Name: p\n    Code: Broken\n    Detail: it is\n"

#define WAIT                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: w\nStates:\n"     \
    "  - Type: Wait\n    Name: w\n    Seconds: 100\n    End: true\n"


/* The name of the only execution of a flow. */
static const char *
only_one(const char *flow)
{
    wf_reply_t  *reply;

    reply = ask(about(0, "ListExecutions", flow, ""));
    CHECK(reply->error == NULL);
    CHECK_INT(reply->count, 1);

    return (const char *) wf_arena_copy(world, reply->u.executions[0].name)
                          .data;
}


static unsigned
how_many(const char *flow)
{
    wf_reply_t  *reply;

    reply = ask(about(0, "ListExecutions", flow, ""));
    CHECK(reply->error == NULL);

    return reply->count;
}


TEST(waits_for_the_end)
{
    char                  name[16];
    unsigned              i;
    wf_execution_view_t  *view;

    world_create();
    create("child", PASS);
    create("p", SYNC);

    /* Parents in both shards. */

    for (i = 0; i < 8; i++) {
        sprintf(name, "x%u", i);
        start("p", name, "{\"n\":1}");
        view = describe("p", name);
        CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
        CHECK_STR(view->output, wf_str("{\"seen\":{\"n\":1}}"));
        CHECK_INT(how_many("child"), i + 1);
    }

    end();
}


TEST(fails_with_it)
{
    wf_execution_view_t  *view;

    world_create();
    create("child", FAIL);
    create("p", SYNC);
    start("p", "x", "{}");
    view = describe("p", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("Broken"));
    CHECK_STR(view->cause, wf_str("it is"));
    end();
}


TEST(a_stopped_child)
{
    wf_call_t            *call;
    wf_execution_view_t  *view;

    world_create();
    create("child", WAIT);
    create("p", SYNC);
    start("p", "x", "{}");
    CHECK_INT(describe("p", "x")->status, WF_STATUS_RUNNING);
    CHECK(ask(about(0, "StopExecution", "child", only_one("child")))->error
          == NULL);
    view = describe("p", "x");
    CHECK_STR(view->error, wf_str("FnF.ExecutionStopped"));

    create("q", NAMED);
    start("q", "x", "{}");
    call = about(0, "StopExecution", "child", "c-1");
    arg(call, WF_ARG_ERROR, "Enough");
    CHECK(ask(call)->error == NULL);
    CHECK_STR(describe("q", "x")->error, wf_str("Enough"));
    end();
}


TEST(started_only)
{
    wf_execution_view_t  *view;

    world_create();
    create("child", WAIT);
    create("p", ONLY);
    start("p", "x", "{}");
    view = describe("p", "x");
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK(wf_str_starts(view->output,
              wf_str("{\"FlowName\":\"child\",\"ExecutionName\":\"c-1\","
                     "\"RequestID\":\"")));
    CHECK_INT(describe("child", "c-1")->status, WF_STATUS_RUNNING);
    end();
}


TEST(legacy)
{
    wf_execution_view_t  *view;

    world_create();
    create("child", PASS);
    create("p", LEGACY);
    start("p", "x", "{\"n\":7}");
    view = describe("p", "x");
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(view->output, wf_str("{\"seen\":{\"n\":7}}"));

    create("a", LEGACY_ACTION);
    start("a", "x", "{}");
    view = describe("a", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("fnf.FlowNotExists"));
    CHECK_STR(view->cause, wf_str("Flow 'nobody' does not exist."));
    end();
}


/* Names are taken once. */
TEST(a_name_that_is_taken)
{
    wf_execution_view_t  *view;

    world_create();
    create("child", WAIT);
    create("p", NAMED);
    create("q", ONLY);
    start("child", "c-1", "{}");

    /* It runs, but would not call back. */

    start("p", "x", "{}");
    view = describe("p", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("FNF.ExecutionAlreadyExists"));

    /* Whoever only starts is content with what runs. */

    start("q", "x", "{}");
    CHECK_INT(describe("q", "x")->status, WF_STATUS_SUCCEEDED);
    world_pass(100000);
    start("q", "y", "{}");
    view = describe("q", "y");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("FNF.ExecutionAlreadyExists"));
    end();
}


TEST(the_parent_takes_it_along)
{
    wf_execution_view_t  *view;

    world_create();
    create("child", WAIT);
    create("p", SYNC);
    start("p", "x", "{}");
    CHECK(ask(about(0, "StopExecution", "p", "x"))->error == NULL);
    view = describe("child", only_one("child"));
    CHECK_INT(view->status, WF_STATUS_STOPPED);
    CHECK_STR(view->error, wf_str("FnF.ExecutionStopped"));
    CHECK_INT(describe("p", "x")->status, WF_STATUS_STOPPED);

    /* Not one that runs under the name for somebody else. */

    create("q", NAMED);
    start("child", "c-1", "{}");
    start("q", "x", "{}");
    CHECK_INT(describe("q", "x")->status, WF_STATUS_FAILED);
    CHECK_INT(describe("child", "c-1")->status, WF_STATUS_RUNNING);
    end();
}


/* The stop comes while the start is on its way. */
TEST(stopped_before_it_began)
{
    wf_call_t  *start_call, *stop_call;

    world_create();
    create("child", WAIT);
    create("p", SYNC);
    start_call = about(0, "StartExecution", "p", "x");
    stop_call = about(0, "StopExecution", "p", "x");
    wf_call_run(start_call, now_ms);
    wf_call_run(stop_call, now_ms);
    world_run();
    CHECK(stop_call->reply.error == NULL);
    CHECK_INT(describe("p", "x")->status, WF_STATUS_STOPPED);

    if (how_many("child") > 0) {
        CHECK_INT(describe("child", only_one("child"))->status,
                  WF_STATUS_STOPPED);
    }

    wf_call_free(start_call);
    wf_call_free(stop_call);
    end();
}


/* Every step of the world in turn is the last one of an owner. */
TEST(owners_go_at_any_moment)
{
    unsigned              moment, i;
    uint32_t              no;
    wf_call_t            *call;
    wf_execution_view_t  *view;

    for (moment = 0; moment < 40; moment++) {

        for (no = 0; no < SHARDS; no++) {
            world_create();
            create("child", PASS);
            create("p", SYNC);
            call = about(0, "StartExecution", "p", "x");
            arg(call, WF_ARG_INPUT, "{\"n\":1}");
            wf_call_run(call, now_ms);

            for (i = 0; i < moment && world_step(); i++) {
                /* void */
            }

            world_move(no);
            world_pass(2000);
            world_pass(20000);
            CHECK(call->reply.error == NULL);
            view = describe("p", "x");
            CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
            CHECK_STR(view->output, wf_str("{\"seen\":{\"n\":1}}"));
            CHECK_INT(how_many("child"), 1);
            wf_call_free(call);
            end();
        }
    }
}


TEST(too_deep)
{
    wf_execution_view_t  *view;

    world_create();
    create("child",
           PARENT("WaitForSystemCallback", ""));
    start("child", "x", "{}");
    view = describe("child", "x");
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_STR(view->error, wf_str("FnF.ChildDepthExceeded"));
    CHECK_INT(how_many("child"), WF_CHILD_DEPTH_MAX + 1);
    end();
}


TEST(names)
{
    size_t   i;
    uint8_t  big[129];

    static const struct {
        const char  *name;
        bool         is_good;
    } cases[] = {
        { "", true }, { "a", true }, { "_", true }, { "Zz-9_", true },
        { "9", false }, { "-a", false }, { "a:1", false }, { "a b", false },
        { "\xc3\xa4", false }, { "a@", false }, { "a[", false },
        { "{", false }, { "a`", false }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK_INT(is_name(wf_str_of(cases[i].name)), cases[i].is_good);
    }

    memset(big, 'a', sizeof(big));
    CHECK(is_name((wf_str_t) { 128, big }));
    CHECK(!is_name((wf_str_t) { 129, big }));
}


TEST(reasons_have_their_rows)
{
    size_t  i, k;

    for (i = 0; i < wf_countof(reasons); i++) {

        for (k = 0; k < i; k++) {
            CHECK(reasons[i].code != reasons[k].code);
        }
    }

    CHECK_INT(reasons[wf_countof(reasons) - 1].code, WF_E_INTERNAL);
}


UNIT_MAIN()
