
/* What policies let in, and that a refusal says nothing else. */

#include "unit.h"

#include "actions/permit.c"
#include "desk_calls.h"
#include "shard/token.h"


#define WAITS                                                                 \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    TaskMode: WaitForCustomCallback\n"                                   \
    "    Parameters:\n      url: http://svc/a\n      body:\n"                 \
    "        token.$: $Context.Current.TaskToken\n    End: true\n"

static const char  *actions[] = {
#define ACTION(protocol, name, begin, commit, route, kind)  #name,
#include "actions/actions.def"
#undef ACTION
};


/* In the arena of the world. */
static const wf_policy_t *
policy_of(const char *line)
{
    wf_error_t    err;
    wf_policy_t  *policy;

    policy = wf_policy_create(world);
    CHECK(wf_policy_line(policy, wf_str_of(line), &err) == WF_OK);

    return policy;
}


static wf_reply_t *
ask_as(const wf_policy_t *policy, wf_call_t *call)
{
    call->policy = policy;

    return ask(call);
}


static wf_reply_t *
report_as(const wf_policy_t *policy, int worker, wf_str_t token)
{
    wf_call_t  *call;

    call = call_of(worker, "ReportTaskSucceeded");
    arg_str(call, WF_ARG_TASK_TOKEN, token);
    arg(call, WF_ARG_OUTPUT, "{}");

    return ask_as(policy, call);
}


static wf_str_t
waiting(const char *flow, const char *name)
{
    wf_str_t  token;

    start(flow, name, "{}");
    CHECK_INT(out_count, 1);
    token = wf_arena_copy(world, outs[0]->task->effect.token);
    CHECK(token.len > 0);
    world_serve(0, 200, "{}");
    world_run();

    return token;
}


static wf_call_t *
any_call(int worker, const char *action, const char *flow, const char *name)
{
    wf_call_t  *call;

    call = about(worker, action, flow, name);
    arg(call, WF_ARG_DEFINITION, WAITS);
    arg(call, WF_ARG_DESCRIPTION, "about");
    arg(call, WF_ARG_TYPE, "FDL");
    arg(call, WF_ARG_MAP_RUN, "c39142f1345b196d678333c41f113000");
    arg(call, WF_ARG_INPUT, "{}");
    arg(call, WF_ARG_TASK_TOKEN, "12");
    arg(call, WF_ARG_OUTPUT, "{}");
    arg(call, WF_ARG_ERROR, "E");

    return call;
}


/* A flow that is there and one that is not, running, ended, unheard of. */
TEST(refusals_are_alike)
{
    unsigned            i, j, count;
    wf_reply_t         *reply;
    const wf_policy_t  *policy;

    static const char  *flows[] = { "theirs", "nobodys", "", "mine2" };
    static const char  *names[] = { "there", "nowhere", "" };

    world_create();
    create("theirs", WAITS);
    create("mine", WAITS);
    (void) waiting("theirs", "there");
    policy = policy_of("allow * on flow/mine");
    count = 0;

    for (i = 0; i < wf_countof(actions); i++) {

        if (wf_policy_asks(wf_str_of(actions[i])) == WF_ASK_TOKEN) {
            continue;
        }

        for (j = 0; j < wf_countof(flows) * wf_countof(names); j++) {
            reply = ask_as(policy, any_call((int) j % WORKERS, actions[i],
                                            flows[j / wf_countof(names)],
                                            names[j % wf_countof(names)]));
            CHECK_ERROR(reply, WF_E_ACCESS_DENIED);
            CHECK_INT(reply->error->len[0], 0);
            count++;
        }
    }

    CHECK(count >= 144);
    CHECK_INT(describe("theirs", "there")->status, WF_STATUS_RUNNING);
    CHECK_ERROR(ask(about(0, "DescribeFlow", "nobodys", "")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "DescribeFlow", "mine2", "")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


TEST(own_flow)
{
    unsigned            i;
    wf_reply_t         *reply;
    const wf_policy_t  *policy;

    world_create();
    policy = policy_of("allow * on flow/mine");

    for (i = 0; i < wf_countof(actions); i++) {

        if (wf_policy_asks(wf_str_of(actions[i])) == WF_ASK_TOKEN
            || strcmp(actions[i], "ListFlows") == 0
            || strcmp(actions[i], "DescribeRegions") == 0)
        {
            continue;
        }

        reply = ask_as(policy, any_call((int) i % WORKERS, actions[i], "mine",
                                        "x"));
        CHECK(error_code(reply) != WF_E_ACCESS_DENIED);

        while (out_count > 0) {
            world_serve(0, 200, "{}");
            world_run();
        }
    }

    CHECK(ask_as(policy_of("allow fnf:ListFlows on flow/*"),
                 call_of(0, "ListFlows"))->error == NULL);
    CHECK(ask_as(policy_of("allow fnf:DescribeRegions on *"),
                 call_of(0, "DescribeRegions"))->error == NULL);
    end();
}


/* By the index and by the store, from the owner and from elsewhere. */
TEST(tokens)
{
    unsigned            i;
    wf_str_t            theirs, mine;
    const wf_policy_t  *policy;

    for (i = 0; i < 2 * WORKERS; i++) {
        world_create();
        create("theirs", WAITS);
        create("mine", WAITS);
        policy = policy_of("allow fnf:Report* on flow/mine");
        theirs = waiting("theirs", "x");
        mine = waiting("mine", "x");
        no_index = i >= WORKERS;

        CHECK_ERROR(report_as(policy, (int) i % WORKERS, theirs),
                    WF_E_ACCESS_DENIED);
        CHECK_ERROR(report_as(policy_of("allow fnf:Describe* on *"),
                              (int) i % WORKERS, mine), WF_E_ACCESS_DENIED);
        CHECK_ERROR(report_as(policy_of("allow * on flow/mine/execution/y"),
                              (int) i % WORKERS, mine), WF_E_ACCESS_DENIED);
        CHECK_INT(describe("theirs", "x")->status, WF_STATUS_RUNNING);
        CHECK_INT(describe("mine", "x")->status, WF_STATUS_RUNNING);

        CHECK(report_as(policy, (int) i % WORKERS, mine)->error == NULL);
        CHECK_INT(describe("mine", "x")->status, WF_STATUS_SUCCEEDED);
        CHECK_ERROR(report_as(policy, (int) i % WORKERS, mine),
                    WF_E_TASK_COMPLETED);
        CHECK_ERROR(report_as(policy, (int) i % WORKERS, wf_str("12")),
                    WF_E_INVALID_ARGUMENT);

        CHECK(report_as(policy_of("allow * on flow/theirs/execution/x"),
                        (int) i % WORKERS, theirs)->error == NULL);
        no_index = false;
        end();
    }
}


/* While its revision is at hand its name is known; later nobody may. */
TEST(tokens_of_deleted_flows)
{
    int       code;
    wf_str_t  token;

    world_create();
    create("mine", WAITS);
    token = waiting("mine", "x");
    CHECK(ask(about(0, "DeleteFlow", "mine", ""))->error == NULL);

    CHECK_ERROR(report_as(policy_of("allow * on flow/other"), 0, token),
                WF_E_ACCESS_DENIED);
    CHECK_ERROR(report_as(policy_of("allow * on flow/other"), 1, token),
                WF_E_ACCESS_DENIED);
    code = error_code(report_as(policy_of("allow * on flow/mine"), 1, token));
    CHECK(code == WF_E_NONE || code == WF_E_ACCESS_DENIED);
    end();
}


/* An execution that has never been: with a policy as without one. */
TEST(tokens_of_nothing)
{
    wf_str_t     text;
    wf_token_t   token;
    wf_arena_t  *arena;

    world_create();
    create("mine", WAITS);
    arena = wf_arena_create(0);
    token = (wf_token_t) { .flow_no = 1, .exec_no = 1 };
    wf_token_name(&token, wf_str("x"));
    token.shard_no = wf_shard_of(1, wf_str("x"), SHARDS);
    text = wf_token_seal(arena, workers[0].port.token_key, &token);

    CHECK_ERROR(report(0, text, "{}", NULL), WF_E_INVALID_ARGUMENT);
    CHECK_ERROR(report_as(policy_of("allow * on flow/mine"), 0, text),
                WF_E_INVALID_ARGUMENT);
    CHECK_ERROR(report_as(policy_of("allow * on flow/other"), 1, text),
                WF_E_INVALID_ARGUMENT);
    wf_arena_free(arena);
    end();
}


TEST(without_memory)
{
    uint64_t            n;
    wf_str_t            token;
    wf_call_t          *call;
    wf_error_code_t     code;
    const wf_policy_t  *policy;

    world_create();
    create("mine", WAITS);
    token = waiting("mine", "x");
    policy = policy_of("allow fnf:Report* on flow/other");
    code = WF_E_INTERNAL;

    for (n = 1; code == WF_E_INTERNAL && n < 100; n++) {
        call = call_of(0, "ReportTaskSucceeded");
        arg_str(call, WF_ARG_TASK_TOKEN, token);
        arg(call, WF_ARG_OUTPUT, "{}");
        call->policy = policy;

        if (asked) {
            wf_call_free(asked);
        }

        asked = call;
        done_seen = false;
        wf_arena_fail_after(n);
        wf_call_run(call, now_ms);
        wf_arena_fail_after(0);
        world_run();
        CHECK(done_seen);
        code = (wf_error_code_t) error_code(&call->reply);
        CHECK(code == WF_E_INTERNAL || code == WF_E_ACCESS_DENIED);
    }

    CHECK_INT(code, WF_E_ACCESS_DENIED);
    CHECK(n > 2);
    end();
}


/* The client goes while the flow of its token is looked up. */
TEST(abandoned)
{
    wf_str_t    token;
    wf_call_t  *call;

    world_create();
    create("mine", WAITS);
    token = waiting("mine", "x");
    no_index = true;

    call = call_of(1, "ReportTaskSucceeded");
    arg_str(call, WF_ARG_TASK_TOKEN, token);
    arg(call, WF_ARG_OUTPUT, "{}");
    call->policy = policy_of("allow fnf:Report* on flow/mine");
    wf_call_run(call, now_ms);
    wf_call_abandon(call);
    world_run();

    no_index = false;
    CHECK_INT(describe("mine", "x")->status, WF_STATUS_RUNNING);
    end();
}


UNIT_MAIN()
