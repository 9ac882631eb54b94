
/* Calls that are away: made once their event is durable, made again under
 * the same number after whatever happened, heard once. */

#include "unit.h"

#include "shard/tasks.c"
#include "shard_world.h"


#define CALL                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    Parameters:\n      url: http://svc/a\n      body.$: $Input\n"         \
    "    End: true\n"

#define TWICE                                                                 \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    Parameters:\n      url: http://svc/a\n    Next: B\n"                 \
    "  - Type: Task\n    Name: B\n    Action: HTTP:Request\n"                 \
    "    Parameters:\n      url: http://svc/b\n    Timeout: 30\n"             \
    "    End: true\n"

#define BESIDE                                                                \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: P\n"              \
    "States:\n  - Type: Parallel\n    Name: P\n    End: true\n"              \
    "    OutputConstructor:\n      n: 1\n    Branches:\n"                    \
    "      - StartAt: A\n        States:\n"                                  \
    "          - Type: Task\n            Name: A\n"                          \
    "            Action: HTTP:Request\n            Parameters:\n"            \
    "              url: http://svc/a\n            Next: B\n"                 \
    "          - Type: Task\n            Name: B\n"                          \
    "            Action: HTTP:Request\n            Parameters:\n"            \
    "              url: http://svc/b\n            End: true\n"               \
    "      - StartAt: C\n        States:\n"                                  \
    "          - Type: Task\n            Name: C\n"                          \
    "            Action: HTTP:Request\n            Parameters:\n"            \
    "              url: http://svc/c\n            End: true\n"

#define RETRY                                                                 \
    "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"              \
    "States:\n  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"        \
    "    Parameters:\n      url: http://svc/a\n"                             \
    "    Retry:\n      - Errors: [FnF.ALL]\n        MaxAttempts: 2\n"         \
    "        IntervalSeconds: 5\n        BackoffRate: 1\n"                   \
    "        Description: d\n    End: true\n"


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


static wf_live_t *
live_of(uint64_t flow_no, const char *name)
{
    return wf_live_find(world.shards[1]->lives, flow_no, wf_str_of(name));
}


TEST(a_call_after_its_commit)
{
    uint64_t    flow_no;
    wf_live_t  *live;
    wf_task_t  *task;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK_INT(world.task_ever, 0);
    world_settle();

    CHECK_INT(world.task_ever, 1);
    task = world.tasks[0];
    CHECK_INT(task->kind, WF_TASK_CALL);
    CHECK_INT(task->shard_no, 1);
    CHECK_INT(task->exec_no, 1);
    CHECK_INT(task->flow_no, flow_no);
    CHECK_INT(task->revision, 1);
    CHECK_INT(task->depth, 0);
    CHECK_STR(task->flow, wf_str("flow"));
    CHECK_STR(task->execution, wf_str("x"));
    CHECK_STR(task->effect.resource, wf_str("HTTP:Request"));
    CHECK_STR(task->effect.step, wf_str("A"));
    CHECK_STR(task->effect.params,
              wf_str("{\"url\":\"http://svc/a\",\"body\":{\"a\":1}}"));
    CHECK(task->effect.task > 0);
    CHECK(!task->is_cancelled);

    /* It stays in memory, and nothing turns meanwhile. */

    live = live_of(flow_no, "x");
    CHECK_INT(live->phase, WF_LIVE_RUNNING);
    CHECK(!live->loaded->is_clean);
    CHECK(!world.wants_turn);

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":2}");
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_RUNNING);
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"r\":2}"));
    CHECK_INT(world.task_ever, 1);
    CHECK_INT(world.shards[1]->stats.calls, 1);
    world_close();
}


TEST(a_failure)
{
    uint64_t  flow_no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    world_answer_with(0, WF_OUTCOME_FAILED, "HTTP.503");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_FAILED);
    CHECK_STR(seen(flow_no, "x")->error, wf_str("HTTP.503"));
    CHECK_STR(seen(flow_no, "x")->cause, wf_str("why"));
    world_close();
}


TEST(a_result_that_is_no_json)
{
    uint64_t  flow_no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{oops");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_FAILED);
    CHECK_STR(seen(flow_no, "x")->error, wf_str("FnF.RuntimeError"));
    world_close();
}


TEST(again_after_a_crash_under_the_same_number)
{
    uint64_t  flow_no, no;

    flow_no = opened(TWICE);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    no = world.tasks[0]->effect.task;

    reopened();
    CHECK_INT(world.task_count, 1);
    CHECK_INT(world.tasks[0]->effect.task, no);
    CHECK_INT(world.task_ever, 2);

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":2}");
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK(world.tasks[0]->effect.task != no);
    CHECK_STR(world.tasks[0]->effect.step, wf_str("B"));
    CHECK_INT(world.tasks[0]->effect.deadline_ms, world.now_ms + 30000);
    no = world.tasks[0]->effect.task;

    /* The result is heard, but not durable. */

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":3}");
    wf_shard_turn(world.shards[1], world.now_ms);
    reopened();
    CHECK_INT(world.task_count, 1);
    CHECK_INT(world.tasks[0]->effect.task, no);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":4}");
    world_settle();
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"r\":4}"));
    world_close();
}


/* Nobody needs to ask for it: the store says that it is due now. */
TEST(due_at_once_after_a_crash)
{
    uint64_t           flow_no;
    wf_shard_stats_t   stats;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    world_crash();
    world_shard(0);
    world_shard(1);
    wf_shard_stats(world.shards[1], &stats);
    CHECK_INT(stats.resting, 1);
    CHECK(wf_shard_due_ms(world.shards[1]) <= world.now_ms);
    world_settle();
    CHECK_INT(world.task_count, 1);

    /* The live owner has nothing due. */

    CHECK_INT(wf_shard_due_ms(world.shards[1]),
              wf_exec_due_ms(live_of(flow_no, "x")->loaded->exec));
    world_close();
}


TEST(lost_ones_are_made_again_soon)
{
    uint64_t  flow_no, no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    no = world.tasks[0]->effect.task;
    world_lose(0);
    world_settle();
    CHECK_INT(world.task_count, 0);
    world_later(500);
    CHECK_INT(world.task_count, 0);
    world_later(500);
    CHECK_INT(world.task_count, 1);
    CHECK_INT(world.tasks[0]->effect.task, no);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    world_close();
}


/* A lost call is made again while the event of another is under way: that one
 * waits for it. */
TEST(a_resume_calls_only_what_is_durable)
{
    uint64_t  flow_no;

    flow_no = opened(BESIDE);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK_INT(world.task_count, 2);
    CHECK_STR(world.tasks[1]->effect.step, wf_str("C"));
    world_lose(1);
    world_settle();
    world.now_ms += 1000;
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":1}");
    wf_shard_tick(world.shards[1], world.now_ms);
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->effect.step, wf_str("C"));
    world_settle();
    CHECK_INT(world.task_count, 2);
    CHECK_STR(world.tasks[1]->effect.step, wf_str("B"));
    CHECK_INT(world.task_ever, 4);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    world_close();
}


TEST(a_stop_gives_up)
{
    asked_t   *stop;
    uint64_t   flow_no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    stop = ask_stop(1, flow_no, "x", 8);
    CHECK(!world.tasks[0]->is_cancelled);
    world_settle();
    CHECK_INT(stop->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 1);
    CHECK(world.tasks[0]->is_cancelled);

    /* What comes late is heard by nobody. */

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_STOPPED);
    reopened();
    CHECK_INT(world.task_ever, 1);
    world_close();
}


/* The end is in the open batch: the answer comes between. */
TEST(an_answer_to_what_is_over)
{
    uint64_t  flow_no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    ask_stop(1, flow_no, "x", 8);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_STOPPED);
    CHECK_INT(world.task_count, 0);
    world_close();
}


/* Scheduled and given up before either was durable: nobody is called. */
TEST(never_made)
{
    uint64_t  flow_no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    ask_stop(1, flow_no, "x", 8);
    world_settle();
    CHECK_INT(world.task_ever, 0);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_STOPPED);
    world_close();
}


TEST(retries_are_new_calls)
{
    uint64_t  flow_no, first;

    flow_no = opened(RETRY);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    first = world.tasks[0]->effect.task;
    CHECK_INT(world.tasks[0]->effect.attempt, 0);
    world_answer_with(0, WF_OUTCOME_FAILED, "HTTP.503");
    world_settle();
    CHECK_INT(world.task_count, 0);
    CHECK_INT(wf_shard_due_ms(world.shards[1]), world.now_ms + 5000);

    /* It may rest between two attempts. */

    reopened();
    CHECK_INT(world.task_count, 0);
    world_later(5000);
    CHECK_INT(world.task_count, 1);
    CHECK(world.tasks[0]->effect.task > first);
    CHECK_INT(world.tasks[0]->effect.attempt, 1);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    world_close();
}


TEST(a_drain_does_not_wait)
{
    uint64_t  flow_no, no;

    flow_no = opened(CALL);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    no = world.tasks[0]->effect.task;
    wf_shard_drain(world.shards[1], world.now_ms);
    world_settle();
    CHECK(world.shards[1] == NULL);
    CHECK(world.tasks[0]->is_cancelled);

    world_shard(1);
    world_settle();
    CHECK_INT(world.task_count, 2);
    CHECK_INT(world.tasks[1]->effect.task, no);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"from\":\"before\"}");
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"from\":\"now\"}");
    world_settle();
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"from\":\"now\"}"));
    world_close();
}


/* A result comes while the catalogue is asked for the flow. */
TEST(a_result_that_waits)
{
    wf_live_t  *live;
    uint64_t    flow_no;

    flow_no = opened(RETRY);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    world.version++;
    live = live_of(flow_no, "x");
    wf_run_touch(world.shards[1], live);
    CHECK_INT(live->phase, WF_LIVE_LOADING);

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"r\":9}");
    CHECK(live->loaded->results != NULL);
    CHECK(live->loaded->tasks == NULL);
    world_settle();
    CHECK_STR(seen(flow_no, "x")->output, wf_str("{\"r\":9}"));
    CHECK_INT(world.task_ever, 1);
    world_close();
}


TEST(many_after_a_crash)
{
    int       i;
    char      name[16];
    uint64_t  flow_no;

    flow_no = opened(CALL);

    for (i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "x%d", i);
        ask_start(1, flow_no, (char *) kept(wf_str_of(name)).data, 5);
    }

    world_settle();
    CHECK_INT(world.task_count, 500);
    reopened();
    CHECK_INT(world.task_count, 500);

    while (world.task_count > 0) {
        world_answer_with(world.task_count / 2, WF_OUTCOME_SUCCEEDED, "{}");
    }

    world_settle();
    CHECK_INT(world.shards[1]->lives->table.count, 0);
    world_close();
}


UNIT_MAIN()
