
/* RedriveExecution in the shard: what is over goes on, in one commit. */

#include "unit.h"

#include "shard/redrive.c"
#include "shard/token.h"
#include "shard_world.h"


#define MINUTE_MS  60000ll
#define DAY_MS     (24 * 60 * MINUTE_MS)

#define MACHINE                                                               \
    "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":"   \
    "\"arn:aws:lambda:us-east-1:123456789012:function:f\",\"Next\":\"B\"},"   \
    "\"B\":{\"Type\":\"Task\",\"Resource\":"                                  \
    "\"arn:aws:lambda:us-east-1:123456789012:function:g\",\"End\":true}}}"

#define FAILS                                                                 \
    "{\"StartAt\":\"F\",\"States\":{\"F\":{\"Type\":\"Fail\",\"Error\":"      \
    "\"E\"}}}"


/* Both shards are open. */

static uint64_t
opened(const char *definition)
{
    world_open();
    world.port.retention = (wf_retention_t) {
        .age_ms = 90 * DAY_MS, .grace_ms = 30000
    };
    world_shard(0);
    world_shard(1);
    world_settle();

    return make_flow("sfn/us-east-1/123456789012/m", definition);
}


static asked_t *
ask_redrive(uint64_t flow_no, const char *name, uint64_t key)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_REDRIVE,
        .key = key,
        .flow_no = flow_no,
        .flow_name = wf_str("sfn/us-east-1/123456789012/m"),
        .name = wf_str_of(name),
        .done = asked_done
    };

    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);

    return asked;
}


static asked_t *
redriven(uint64_t flow_no, const char *name, uint64_t key)
{
    asked_t  *asked;

    asked = ask_redrive(flow_no, name, key);
    world_settle();
    CHECK_INT(asked->done, 1);

    return asked;
}


static void
check_refused(asked_t *asked, wf_redrive_t reason)
{
    CHECK_INT(asked->err.code, WF_E_NOT_REDRIVABLE);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_redrive_text(reason));
}


static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    wf_record_t  *record;

    record = data;
    CHECK_INT(wf_record_decode(kept(row->head), kept(row->tail), record),
              WF_OK);
    CHECK_INT(record->status, row->status);
    CHECK_INT(record->stopped_ms, row->stopped_ms);

    return WF_OK;
}


/* As the store has it, and the index. */

static wf_record_t
stored(uint64_t flow_no, const char *name)
{
    index_t      *index;
    wf_error_t    err;
    wf_record_t   record;

    CHECK_INT(wf_store_memory.find(world.reader, 1, flow_no, wf_str_of(name),
                                   each_row, &record, &err),
              WF_OK);
    index = index_find(1, flow_no, wf_str_of(name));

    if (index != NULL) {
        CHECK_INT(index->record.status, record.status);
        CHECK_INT(index->record.redrive_count, record.redrive_count);
    }

    return record;
}


/* It failed in B. */

static void
start_failed(uint64_t flow_no, const char *name)
{
    asked_t  *asked;

    asked = ask_start(1, flow_no, name, 1);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 1);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{\"a\":2}");
    world_settle();
    CHECK_INT(world.task_count, 1);
    world_answer_with(0, WF_OUTCOME_FAILED, "Bad");
    world_settle();
    CHECK_INT(stored(flow_no, name).status, WF_STATUS_FAILED);
    CHECK_INT(world.shards[1]->lives->running_count, 0);
}


TEST(goes_on)
{
    uint64_t      flow_no;
    asked_t      *asked;
    wf_record_t   record;

    flow_no = opened(MACHINE);
    start_failed(flow_no, "x");
    world_later(MINUTE_MS);
    asked = redriven(flow_no, "x", 7);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->record.status, WF_STATUS_RUNNING);
    CHECK_INT(asked->record.redriven_ms, world.now_ms);
    CHECK_INT(world.shards[1]->lives->running_count, 1);

    record = stored(flow_no, "x");
    CHECK_INT(record.status, WF_STATUS_RUNNING);
    CHECK_INT(record.redrive_count, 1);
    CHECK_INT(record.redriven_ms, world.now_ms);
    CHECK_INT(record.stopped_ms, 0);
    CHECK_INT(record.error.len, 0);

    /* A has succeeded: it is not called again. */

    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->effect.step, wf_str("B"));
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "3");
    world_settle();
    record = stored(flow_no, "x");
    CHECK_INT(record.status, WF_STATUS_SUCCEEDED);
    CHECK_STR(record.output, wf_str("3"));
    CHECK_INT(record.redrive_count, 1);
    CHECK_INT(world.shards[1]->lives->running_count, 0);
    CHECK_INT(world.shards[1]->retain.kept, 1);

    check_refused(redriven(flow_no, "x", 8), WF_REDRIVE_SUCCEEDED);
    world_close();
}


/* Answered is durable: the next owner goes on with it. */

TEST(survives_a_crash)
{
    uint64_t      flow_no;
    asked_t      *asked;
    wf_record_t   record;

    flow_no = opened(MACHINE);
    start_failed(flow_no, "x");
    asked = redriven(flow_no, "x", 7);
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_crash();
    world_shard(0);
    world_shard(1);
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->effect.step, wf_str("B"));

    /* Whoever did not hear of it asks again. */

    record = redriven(flow_no, "x", 7)->record;
    CHECK_INT(record.redriven_ms, asked->record.redriven_ms);
    check_refused(redriven(flow_no, "x", 8), WF_REDRIVE_RUNNING);

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "3");
    world_settle();
    record = stored(flow_no, "x");
    CHECK_INT(record.status, WF_STATUS_SUCCEEDED);
    CHECK_INT(record.redrive_count, 1);
    world_close();
}


/* The commit is lost: so is the answer, and it is over as before. */

TEST(crash_before_the_commit)
{
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = opened(MACHINE);
    start_failed(flow_no, "x");
    asked = ask_redrive(flow_no, "x", 7);

    while (world.batches[1] == NULL) {
        CHECK(world_turn());
    }

    CHECK_INT(asked->done, 0);
    world_crash();
    CHECK_INT(asked->done, 1);
    CHECK(asked->err.code != WF_E_NONE);
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(stored(flow_no, "x").status, WF_STATUS_FAILED);
    CHECK_INT(world.task_count, 0);
    world_close();
}


/* The same token is the same call, for a quarter of an hour. */

TEST(tokens)
{
    int64_t    first_ms;
    uint32_t   i;
    uint64_t   flow_no;

    flow_no = opened(FAILS);
    ask_start(1, flow_no, "x", 1);
    world_settle();

    for (i = 0; i < 12; i++) {
        world_later(1000);
        CHECK_INT(redriven(flow_no, "x", 100 + i)->err.code, WF_E_NONE);
        CHECK_INT(stored(flow_no, "x").redrive_count, i + 1);
    }

    first_ms = world.now_ms - 9000;
    world_later(MINUTE_MS);
    CHECK_INT(redriven(flow_no, "x", 102)->record.redriven_ms, first_ms);
    CHECK_INT(stored(flow_no, "x").redrive_count, 12);

    /* the eleventh last one is not known any more */

    CHECK_INT(redriven(flow_no, "x", 101)->record.redriven_ms, world.now_ms);
    CHECK_INT(stored(flow_no, "x").redrive_count, 13);

    world_later(WF_REDRIVE_KNOWN_MS);
    CHECK_INT(redriven(flow_no, "x", 101)->record.redriven_ms,
              world.now_ms - WF_REDRIVE_KNOWN_MS);
    world_later(1);
    CHECK_INT(redriven(flow_no, "x", 101)->record.redriven_ms, world.now_ms);
    CHECK_INT(stored(flow_no, "x").redrive_count, 14);
    world_close();
}


TEST(refusals)
{
    uint64_t      flow_no;
    wf_record_t   record;

    flow_no = opened(MACHINE);
    CHECK_INT(redriven(flow_no, "x", 7)->err.code, WF_E_EXECUTION_NOT_FOUND);
    ask_start(1, flow_no, "x", 1);
    world_settle();
    check_refused(redriven(flow_no, "x", 7), WF_REDRIVE_RUNNING);
    world_answer_with(0, WF_OUTCOME_FAILED, "Bad");
    world_settle();
    world_later(WF_REDRIVE_MS_MAX);
    check_refused(redriven(flow_no, "x", 7), WF_REDRIVE_LATE);

    record = stored(flow_no, "x");
    record.stopped_ms = world.now_ms;
    CHECK_INT(wf_record_redrive(&record, world.now_ms), WF_REDRIVE_READY);
    record.redrive_count = WF_REDRIVES_MAX;
    CHECK_INT(wf_record_redrive(&record, world.now_ms), WF_REDRIVE_OFTEN);
    record.event_id = 24999;
    CHECK_INT(wf_record_redrive(&record, world.now_ms), WF_REDRIVE_FULL);
    record.event_id = 24998;
    record.redrive_count = 0;
    record.started_ms = world.now_ms - 365 * DAY_MS;
    CHECK_INT(wf_record_redrive(&record, world.now_ms), WF_REDRIVE_LONG);
    record.started_ms++;
    record.root_scope = 1;
    CHECK_INT(wf_record_redrive(&record, world.now_ms),
              WF_REDRIVE_BY_MAP_RUN);
    world_close();
}


/* No more may run than there is room for. */

TEST(quota)
{
    uint64_t   flow_no;

    flow_no = opened(MACHINE);
    start_failed(flow_no, "x");
    world.port.quota.executions = 1;
    ask_start(1, flow_no, "y", 2);
    world_settle();
    CHECK_INT(redriven(flow_no, "x", 7)->err.code, WF_E_EXECUTION_LIMIT);
    ask_stop(1, flow_no, "y", 3);
    world_settle();
    CHECK_INT(redriven(flow_no, "x", 7)->err.code, WF_E_NONE);
    CHECK_INT(redriven(flow_no, "y", 8)->err.code, WF_E_EXECUTION_LIMIT);
    world_close();
}


/* What was stopped goes on as well; while it is loaded others wait. */

TEST(others_wait)
{
    uint64_t   flow_no;
    asked_t   *redrive, *again, *start, *stop;

    flow_no = opened(MACHINE);
    ask_start(1, flow_no, "x", 1);
    world_settle();
    ask_stop(1, flow_no, "x", 2);
    world_settle();
    CHECK_INT(world.task_count, 1);
    world_lose(0);                          /* the call that was cancelled */
    world_settle();

    redrive = ask_redrive(flow_no, "x", 7);
    again = ask_redrive(flow_no, "x", 8);
    start = ask_start(1, flow_no, "x", 3);
    stop = ask_stop(1, flow_no, "x", 4);
    world_settle();
    CHECK_INT(redrive->err.code, WF_E_NONE);
    check_refused(again, WF_REDRIVE_RUNNING);
    CHECK_INT(start->err.code, WF_E_NONE);
    CHECK_INT(stop->err.code, WF_E_NONE);
    CHECK_INT(stop->record.status, WF_STATUS_STOPPED);
    CHECK_INT(stored(flow_no, "x").redrive_count, 1);
    CHECK_INT(stored(flow_no, "x").status, WF_STATUS_STOPPED);
    CHECK_INT(world.shards[1]->lives->running_count, 0);
    world_close();
}


/* What is being erased is not there any more; what goes on is not erased,
 * though it was listed. */

TEST(retention)
{
    uint64_t      flow_no;
    asked_t      *asked;
    wf_record_t   record;

    flow_no = opened(FAILS);
    world.port.retention.age_ms = DAY_MS;
    ask_start(1, flow_no, "x", 1);
    ask_start(1, flow_no, "y", 2);
    world_settle();
    world.now_ms += DAY_MS + 2000;
    wf_shard_tick(world.shards[1], world.now_ms);
    world.armed_ms = 0;

    while (world.batches[1] == NULL) {
        CHECK(world_turn());
    }

    asked = ask_redrive(flow_no, "x", 7);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_NOT_FOUND);

    ask_start(1, flow_no, "z", 3);
    world_settle();
    CHECK_INT(redriven(flow_no, "y", 7)->err.code, WF_E_NONE);
    world_later(DAY_MS - 1000);
    record = stored(flow_no, "y");
    CHECK_INT(record.redrive_count, 1);
    world_close();
}


/* A token it was started with has heard of the first end, the second is its
 * own affair. */

TEST(is_told_once)
{
    uint64_t      flow_no;
    asked_t      *asked;
    wf_token_t    token;

    flow_no = opened(FAILS);
    token = (wf_token_t) { .shard_no = 0, .flow_no = 99, .exec_no = 1,
                           .task = 5 };
    wf_token_name(&token, wf_str("p"));
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START, .key = 1, .flow_no = flow_no, .revision = 1,
        .flow_name = wf_str("flow"), .name = wf_str("x"), .depth = 1,
        .callback_token = wf_token_seal(world.arena, world.port.token_key,
                                        &token),
        .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK_INT(world.tasks[0]->kind, WF_TASK_REPORT);
    CHECK_INT(redriven(flow_no, "x", 7)->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 1);
    world_close();
}


/* A map run's child: nobody else's to redrive; it reports on the token that
 * came last, also when an older report is still away. */

TEST(children)
{
    uint64_t      flow_no;
    asked_t      *asked;
    wf_token_t    token;

    flow_no = opened("{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\","
                     "\"ItemProcessor\":{\"ProcessorConfig\":{\"Mode\":"
                     "\"DISTRIBUTED\",\"ExecutionType\":\"STANDARD\"},"
                     "\"StartAt\":\"F\",\"States\":{\"F\":{\"Type\":\"Fail\""
                     "}}},\"End\":true}}}");
    token = (wf_token_t) { .shard_no = 0, .flow_no = 99, .exec_no = 1,
                           .task = 5 };
    wf_token_name(&token, wf_str("p"));
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START, .key = 1, .flow_no = flow_no, .revision = 1,
        .flow_name = wf_str("flow"), .name = wf_str("r:0"), .root_scope = 1,
        .callback_token = wf_token_seal(world.arena, world.port.token_key,
                                        &token),
        .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 1);
    check_refused(redriven(flow_no, "r:0", 7), WF_REDRIVE_BY_MAP_RUN);

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    token.task = 9;
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_REDRIVE, .key = 8, .flow_no = flow_no,
        .is_internal = true, .flow_name = wf_str("flow"),
        .name = wf_str("r:0"),
        .callback_token = wf_token_seal(world.arena, world.port.token_key,
                                        &token),
        .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 2);
    CHECK_STR(world.tasks[1]->report.token, asked->submit.callback_token);
    CHECK(world.tasks[0]->effect.task != world.tasks[1]->effect.task);

    /* The first is erased, the second not: it is told after a crash. */

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "{}");
    world_settle();
    world_crash();
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->report.token, asked->submit.callback_token);
    world_close();
}


/* The stop of an earlier start does not find what was taken up since then. */

TEST(old_stops)
{
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = opened(MACHINE);
    start_failed(flow_no, "x");
    CHECK_INT(redriven(flow_no, "x", 7)->err.code, WF_E_NONE);
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_STOP, .key = 9, .start_key = 1, .flow_no = flow_no,
        .flow_name = wf_str("flow"), .name = wf_str("x"), .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_NOT_FOUND);
    CHECK_INT(stored(flow_no, "x").status, WF_STATUS_RUNNING);
    asked->submit.start_key = 7;
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(stored(flow_no, "x").status, WF_STATUS_STOPPED);
    world_close();
}


UNIT_MAIN()
