
/* Map runs: their children, what is told of them, what may be changed. */

#include "unit.h"

#include "actions/map_runs.c"
#include "desk_calls.h"


#define RUN                                                                   \
    "Type: StateMachine\nSpecVersion: v1\nName: m\nStartAt: M\n"              \
    "States:\n  - Type: Map\n    Name: M\n    ItemsPath: $Input.list\n"       \
    "    ProcessorConfig:\n      ExecutionMode: Standard\n"                   \
    "    MaxConcuccency: 2\n    End: true\n    Processor:\n"                  \
    "      StartAt: A\n      States:\n        - Type: Task\n"                 \
    "          Name: A\n          Action: HTTP:Request\n"                     \
    "          Parameters:\n            url: http://svc/a\n"                  \
    "            body.$: $Input\n          OutputConstructor:\n"              \
    "            got.$: $Output.Body\n          End: true\n"


/* As the history tells it. */
static const char *
run_name(const char *execution)
{
    uint32_t           i;
    wf_reply_t        *reply;
    const wf_value_t  *output, *name;

    reply = ask(about(1, "GetExecutionHistory", "f", execution));
    CHECK(reply->error == NULL);

    for (i = 0; i < reply->count; i++) {

        if (reply->u.events[i].event.type == WF_EVENT_MAP_RUN_STARTED) {
            output = reply->u.events[i].event.output;
            name = wf_value_get(output, wf_str("MapRunName"));
            CHECK(name != NULL);
            CHECK_INT(name->u.string.len, 32);

            return (const char *) wf_arena_copy(world, name->u.string).data;
        }
    }

    CHECK(!"no map run");

    return "";
}


static wf_map_run_view_t *
look(int worker, const char *execution, const char *run)
{
    static wf_map_run_view_t  none;

    wf_call_t   *call;
    wf_reply_t  *reply;

    call = about(worker, "DescribeMapRun", "f", execution);
    arg(call, WF_ARG_MAP_RUN, run);
    reply = ask(call);
    CHECK(reply->error == NULL);
    CHECK_INT(reply->error ? 0 : reply->kind, WF_REPLY_MAP_RUN);

    return reply->error ? &none : reply->u.map_run;
}


static wf_call_t *
change(const char *execution, const char *run)
{
    wf_call_t  *call;

    call = about(0, "UpdateMapRun", "f", execution);
    arg(call, WF_ARG_MAP_RUN, run);

    return call;
}


static unsigned
children(const char *run, const char *prefix)
{
    wf_call_t   *call;
    wf_reply_t  *reply;

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_MAP_RUN, run);
    arg(call, WF_ARG_NAME_PREFIX, prefix);
    reply = ask(call);
    CHECK(reply->error == NULL);

    return reply->count;
}


TEST(a_run_from_begin_to_end)
{
    char                  name[64];
    unsigned              i;
    const char           *run;
    wf_map_run_view_t    *view;
    wf_execution_view_t  *execution;

    world_create();
    create("f", RUN);
    start("f", "x", "{\"list\":[{\"n\":0},{\"n\":1},{\"n\":2},{\"n\":3}]}");
    run = run_name("x");
    CHECK_INT(out_count, 2);

    view = look(0, "x", run);
    CHECK_STR(view->name, wf_str_of(run));
    CHECK_STR(view->execution, wf_str("x"));
    CHECK_INT(view->status, WF_STATUS_RUNNING);
    CHECK_INT(view->total, 4);
    CHECK_INT(view->running, 2);
    CHECK_INT(view->pending, 2);
    CHECK_INT(view->concurrency, 2);

    /* Hidden, unless they are asked for. */

    CHECK_INT(children("", ""), 1);
    CHECK_INT(children(run, ""), 2);
    sprintf(name, "%s:1", run);
    CHECK_INT(children(run, name), 1);
    name[4] = '\0';
    CHECK_INT(children(run, name), 2);
    CHECK_INT(children(run, "x"), 0);

    for (i = 0; i < 4; i++) {
        CHECK(out_count > 0);
        world_serve(0, 200, "{\"done\":true}");
        world_run();
    }

    CHECK_INT(out_count, 0);
    execution = describe("f", "x");
    CHECK_INT(execution->status, WF_STATUS_SUCCEEDED);
    view = look(1, "x", run);
    CHECK_INT(view->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(view->succeeded, 4);
    CHECK_INT(view->running + view->pending + view->failed, 0);
    CHECK(view->stopped_ms >= view->started_ms && view->started_ms > 0);
    CHECK_INT(children(run, ""), 4);
    sprintf(name, "%s:3", run);
    execution = describe("f", name);
    CHECK_STR(execution->input, wf_str("{\"n\":3}"));
    CHECK_STR(execution->output, wf_str("{\"got\":{\"done\":true}}"));
    end();
}


TEST(changed_while_it_runs)
{
    wf_call_t          *call;
    const char         *run;
    wf_reply_t         *reply;

    world_create();
    create("f", RUN);
    start("f", "x", "{\"list\":[0,1,2,3,4,5,6,7]}");
    run = run_name("x");
    CHECK_INT(out_count, 2);

    call = change("x", run);
    number(call, WF_ARG_CONCURRENCY, 5);
    number(call, WF_ARG_TOLERATED_COUNT, 3);
    arg(call, WF_ARG_TOLERATED_PERCENT, "12.5");
    reply = ask(call);
    CHECK_ERROR(reply, WF_E_NONE);
    CHECK_INT(reply->kind, WF_REPLY_MAP_RUN_LIMITS);
    CHECK_INT(reply->u.map_run->concurrency, 5);
    CHECK_INT(reply->u.map_run->tolerated_count, 3);
    CHECK(reply->u.map_run->tolerated_percentage == 12.5);
    CHECK_INT(out_count, 5);
    CHECK_INT(look(1, "x", run)->concurrency, 5);

    /* Through another owner, too. */

    world_move(wf_shard_of(1, wf_str("x"), SHARDS));
    CHECK_INT(look(0, "x", run)->tolerated_count, 3);

    call = change("x", run);
    arg(call, WF_ARG_TOLERATED_PERCENT, "101");
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);
    call = change("x", run);
    arg(call, WF_ARG_TOLERATED_PERCENT, "many");
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);

    CHECK(ask(about(0, "StopExecution", "f", "x"))->error == NULL);
    CHECK_ERROR(ask(change("x", run)), WF_E_INVALID_ARGUMENT);
    world_pass(5000);
    CHECK_INT(out_count, 0);
    end();
}


/* MaxConcuccency: 300 */
static const char *
wide_run(unsigned concurrency)
{
    char        *text;
    size_t       size;
    const char  *at;

    size = sizeof(RUN) + 64;
    text = (char *) wf_arena_alloc(world, size);
    at = strstr(RUN, "MaxConcuccency: 2\n");
    snprintf(text, size, "%.*sMaxConcuccency: %u\n%s", (int) (at - RUN), RUN,
             concurrency, at + sizeof("MaxConcuccency: 2\n") - 1);

    return text;
}


static void
set_quota(uint64_t map_concurrency)
{
    int  i;

    for (i = 0; i < WORKERS; i++) {
        workers[i].port.quota.map_concurrency = map_concurrency;
    }
}


static wf_call_t *
creation(const char *name, const char *definition)
{
    wf_call_t  *call;

    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, name);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_TYPE, "FDL");

    return call;
}


TEST(no_definition_asks_for_more_than_allowed)
{
    wf_call_t  *call;

    world_create();
    CHECK(ask(creation("a", wide_run(300)))->error == NULL);
    CHECK_ERROR(ask(creation("b", wide_run(301))), WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(asked->err, 0),
              wf_str("Definition is not valid: line 11, column 21: the "
                     "concurrency of a Map in distributed mode must be from "
                     "1 to 300"));
    set_quota(301);
    CHECK(ask(creation("b", wide_run(301)))->error == NULL);
    set_quota(5);
    CHECK_ERROR(ask(creation("c", wide_run(6))), WF_E_INVALID_ARGUMENT);
    CHECK(ask(creation("c", wide_run(5)))->error == NULL);

    /* What is there may stay, another definition may not come. */

    call = call_of(0, "UpdateFlow");
    arg(call, WF_ARG_FLOW, "b");
    arg(call, WF_ARG_DESCRIPTION, "other");
    CHECK(ask(call)->error == NULL);
    call = call_of(0, "UpdateFlow");
    arg(call, WF_ARG_FLOW, "b");
    arg(call, WF_ARG_DEFINITION, wide_run(7));
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);
    end();
}


/* A ceiling that came down later, and one that goes up again. */

TEST(no_run_gets_more_than_allowed)
{
    wf_call_t   *call;
    const char  *run;

    world_create();
    CHECK(ask(creation("f", wide_run(40)))->error == NULL);
    set_quota(3);
    start("f", "x", "{\"list\":[0,1,2,3,4,5,6,7]}");
    run = run_name("x");
    CHECK_INT(look(0, "x", run)->concurrency, 3);
    CHECK_INT(out_count, 3);

    call = change("x", run);
    number(call, WF_ARG_CONCURRENCY, 4);
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(asked->err, 0),
              wf_str("Concurrency must be between 1 and 3."));
    CHECK_INT(out_count, 3);

    set_quota(0);
    call = change("x", run);
    number(call, WF_ARG_CONCURRENCY, 301);
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);
    set_quota(1000);
    call = change("x", run);
    number(call, WF_ARG_CONCURRENCY, 1000);
    CHECK(ask(call)->error == NULL);
    CHECK_INT(look(0, "x", run)->concurrency, 1000);
    CHECK_INT(out_count, 8);

    /* An owner that replays it comes to the same. */

    world_move(wf_shard_of(1, wf_str("x"), SHARDS));
    CHECK_INT(look(0, "x", run)->concurrency, 1000);
    CHECK_INT(look(0, "x", run)->running, 8);
    CHECK(ask(about(0, "StopExecution", "f", "x"))->error == NULL);
    world_pass(5000);
    CHECK_INT(out_count, 0);
    end();
}


TEST(runs_of_nobody)
{
    wf_call_t  *call;

    world_create();
    create("f", RUN);
    start("f", "x", "{\"list\":[1]}");

    call = about(0, "DescribeMapRun", "f", "x");
    arg(call, WF_ARG_MAP_RUN, "0123456789abcdef0123456789abcdef");
    CHECK_ERROR(ask(call), WF_E_MAP_RUN_NOT_FOUND);
    CHECK_ERROR(ask(change("x", "0123456789abcdef0123456789abcdef")),
                WF_E_MAP_RUN_NOT_FOUND);

    call = about(0, "DescribeMapRun", "f", "y");
    arg(call, WF_ARG_MAP_RUN, "0123456789abcdef0123456789abcdef");
    CHECK_ERROR(ask(call), WF_E_EXECUTION_NOT_FOUND);
    CHECK_ERROR(ask(change("y", "0")), WF_E_EXECUTION_NOT_FOUND);
    CHECK_ERROR(ask(change("x", "")), WF_E_MAP_RUN_NOT_FOUND);

    call = about(0, "DescribeMapRun", "nobody", "y");
    CHECK_ERROR(ask(call), WF_E_FLOW_NOT_FOUND);
    world_serve(0, 200, "{}");
    world_run();
    end();
}


/* One that fails is one too many, unless so many are tolerated. */
TEST(one_failure_is_too_many)
{
    const char         *run;
    wf_map_run_view_t  *view;

    world_create();
    create("f", RUN);
    start("f", "x", "{\"list\":[0,1,2,3]}");
    run = run_name("x");
    world_serve(0, 500, "no");
    world_run();
    world_pass(1000);
    CHECK_INT(describe("f", "x")->status, WF_STATUS_FAILED);
    view = look(0, "x", run);
    CHECK_INT(view->status, WF_STATUS_FAILED);
    CHECK_INT(view->failed, 1);
    CHECK_INT(view->failed + view->aborted + view->succeeded, 4);

    /* The other child was stopped with it. */

    CHECK_INT(out_count, 0);
    end();
}


UNIT_MAIN()
