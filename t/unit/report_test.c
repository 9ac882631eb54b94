
/* Reports of tasks: by token, first one wins, early, late, never. */

#include "unit.h"

#include "shard/report.c"
#include "shard_world.h"


#define TASK(mode)                                                            \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    TaskMode: " mode "\n"                                                \
    "    Parameters:\n      url: http://svc/a\n"                             \
    "      body:\n        token.$: $Context.Current.TaskToken\n"             \
    "    Timeout: 60\n    End: true\n"

#define LEGACY                                                                \
    "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: a\n"         \
    "    resourceArn: acs:mns:::/queues/q/messages\n"                        \
    "    pattern: waitForCallback\n    inputMappings:\n"                     \
    "      - target: token\n        source: $context.task.token\n"           \
    "    serviceParams:\n      MessageBody: $\n"

#define WAITS  TASK("WaitForCustomCallback")


static uint64_t
opened(const char *definition)
{
    world_open();
    world_shard(0);
    world_shard(1);

    return make_flow("flow", definition);
}


static void
reopened(void)
{
    world_crash();
    world_shard(0);
    world_shard(1);
    world_settle();
}


static wf_record_t *
seen(uint64_t flow_no, const char *name)
{
    index_t  *index;

    index = index_find(1, flow_no, wf_str_of(name));
    CHECK(index != NULL);

    return &index->record;
}


/* Of the first call that is away. */
static wf_token_t
token_of(void)
{
    wf_token_t  token;

    CHECK(world.task_count > 0);
    CHECK_INT(wf_token_open(world.port.token_key,
                            world.tasks[0]->effect.token, &token),
              WF_OK);
    CHECK_INT(token.task, world.tasks[0]->effect.task);
    CHECK_INT(token.exec_no, world.tasks[0]->exec_no);
    CHECK_INT(token.shard_no, 1);

    return token;
}


static uint64_t
submitted(const char *definition, wf_token_t *token)
{
    uint64_t  flow_no;

    flow_no = opened(definition);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    *token = token_of();
    world_answer_with(0, WF_OUTCOME_SUBMITTED, "{\"sent\":1}");
    world_settle();

    return flow_no;
}


TEST(success)
{
    asked_t     *asked, *again;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = submitted(WAITS, &token);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_RUNNING);
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{\"ok\":true}");
    again = ask_report(token, 7, WF_OUTCOME_SUCCEEDED, "{\"ok\":false}");
    CHECK_INT(asked->done, 0);
    world_settle();

    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(asked->submit.event_id > 3);
    CHECK_INT(again->err.code, WF_E_TASK_COMPLETED);
    CHECK_STR(wf_error_arg(&again->err, 0), again->submit.callback_token);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"ok\":true}"));

    /* After the end, and with no index. */

    again = ask_report(token, 8, WF_OUTCOME_FAILED, "E");
    world_settle();
    CHECK_INT(again->err.code, WF_E_TASK_COMPLETED);
    world.index_count = 0;
    again = ask_report(token, 8, WF_OUTCOME_FAILED, "E");
    world_settle();
    CHECK_INT(again->err.code, WF_E_TASK_COMPLETED);
    world_close();
}


TEST(failure)
{
    asked_t     *asked;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = submitted(WAITS, &token);
    asked = ask_report(token, 6, WF_OUTCOME_FAILED, "Rejected");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_FAILED);
    CHECK_STR(seen(flow_no, "x")->error, wf_str("Rejected"));
    world_close();
}


/* The answer of the call comes when all is over. */
TEST(early)
{
    asked_t     *asked;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = opened(WAITS);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    token = token_of();
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{\"ok\":1}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);

    if (world.task_count > 0) {
        world_answer_with(0, WF_OUTCOME_SUBMITTED, "{}");
        world_settle();
    }

    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"ok\":1}"));
    world_close();
}


TEST(after_a_restart)
{
    asked_t     *asked;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = submitted(WAITS, &token);
    reopened();
    CHECK_INT(world.task_count, 0);     /* it has been taken */
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{\"ok\":1}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    reopened();
    asked = ask_report(token, 7, WF_OUTCOME_SUCCEEDED, "{\"ok\":2}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_TASK_COMPLETED);
    world_close();
}


TEST(after_its_time)
{
    asked_t     *asked;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = submitted(WAITS, &token);
    world_later(60000);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_FAILED);
    CHECK_STR(seen(flow_no, "x")->error, wf_str("FnF.TaskTimeout"));
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_TASK_COMPLETED);
    world_close();
}


TEST(a_number_that_is_none)
{
    asked_t     *asked;
    wf_token_t   token;

    submitted(WAITS, &token);
    token.task += 1000;
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_TASK_COMPLETED);
    token.task -= 1000;
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


/* Sealed by us, but its execution is not kept any more. */
TEST(an_execution_that_is_gone)
{
    asked_t     *asked;
    wf_token_t   token;

    submitted(WAITS, &token);
    token.exec_no += 7;
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    wf_token_name(&token, wf_str("nobody"));
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("Invalid task token."));
    world_close();
}


/* settled.md: what cannot be an output is refused, and waited for again. */
TEST(outputs_that_are_refused)
{
    asked_t     *asked;
    uint8_t     *big;
    uint64_t     flow_no;
    wf_token_t   token;

    flow_no = submitted(LEGACY, &token);
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "[1]");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{oops");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);

    big = wf_arena_alloc(world.arena, WF_DATA_BYTES_FDL + 16);
    memset(big, ' ', WF_DATA_BYTES_FDL + 15);
    big[0] = '{';
    big[WF_DATA_BYTES_FDL + 14] = '}';
    big[WF_DATA_BYTES_FDL + 15] = '\0';
    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, (char *) big);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_RUNNING);

    asked = ask_report(token, 6, WF_OUTCOME_SUCCEEDED, "{\"b\":1}");
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"b\":1}"));
    world_close();
}


TEST(reports_load_what_rests)
{
    uint32_t     i, count;
    char         name[16];
    uint64_t     flow_no;
    wf_token_t   tokens[20];
    asked_t     *asked;

    flow_no = opened(WAITS);
    count = wf_countof(tokens);

    for (i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "x%u", i);
        ask_start(1, flow_no, (char *) kept(wf_str_of(name)).data, 5);
        world_settle();
        tokens[i] = token_of();
        world_answer_with(0, WF_OUTCOME_SUBMITTED, "{}");
        world_settle();
    }

    reopened();
    CHECK_INT(world.shards[1]->lives->resting_count, count);
    CHECK_INT(world.task_count, 0);

    for (i = 0; i < count; i++) {
        asked = ask_report(tokens[i], i, WF_OUTCOME_SUCCEEDED, "{}");
        CHECK_INT(asked->done, 0);
    }

    world_settle();
    CHECK_INT(world.shards[1]->lives->table.count, 0);
    world_close();
}


TEST(map_runs_of_nobody)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened(WAITS);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_MAP_RUN, .key = 4, .flow_no = flow_no,
        .name = wf_str("x"), .done = asked_done,
        .map_run = { .name = wf_str("0123456789abcdef0123456789abcdef") }
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_MAP_RUN_NOT_FOUND);

    asked->submit.name = wf_str("y");
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_NOT_FOUND);

    ask_stop(1, flow_no, "x", 9);
    world_settle();
    asked->submit.name = wf_str("x");
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    world_close();
}


UNIT_MAIN()
