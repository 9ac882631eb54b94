
/* What an end leaves to be said: written with it, said, said again after a
 * crash, erased. */

#include "unit.h"

#include "shard/outbox.c"
#include "shard_world.h"


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


static wf_str_t
token_text(void)
{
    wf_token_t  token;

    token = (wf_token_t) { .shard_no = 0, .flow_no = 9, .exec_no = 8 };
    token.task = 7;
    wf_token_name(&token, wf_str("parent"));

    return wf_token_seal(world.arena, world.port.token_key, &token);
}


static asked_t *
start_called(uint64_t flow_no, const char *name, wf_str_t token)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START,
        .key = 5,
        .flow_no = flow_no,
        .revision = 1,
        .flow_name = wf_str("flow"),
        .name = wf_str_of(name),
        .input = wf_str("{\"a\":1}"),
        .callback_token = token,
        .depth = 2,
        .done = asked_done
    };

    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);

    return asked;
}


static unsigned  item_count;

static wf_rc_t
count_item(void *data, wf_str_t key, wf_str_t value)
{
    (void) data;
    (void) value;
    CHECK_INT(key.len, KEY_LEN);
    item_count++;

    return WF_OK;
}


/* Parcels in the store of shard 1. */
static unsigned
stored(void)
{
    wf_error_t  err;

    item_count = 0;
    CHECK_INT(wf_store_memory.scan_items(world.stores[1], WF_ITEM_OUTBOX,
                                         count_item, NULL, &err),
              WF_STORE_OK);

    return item_count;
}


TEST(bytes_of_a_report)
{
    size_t       len;
    wf_buf_t     buf;
    wf_task_t    task, got;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    task = (wf_task_t) {
        .kind = WF_TASK_REPORT, .flow_no = 1, .revision = 2, .depth = 3,
        .flow = wf_str("f"), .execution = wf_str("e"),
        .report = {
            .token = wf_str("t"), .outcome = WF_OUTCOME_FAILED,
            .value = wf_str("v"), .error = wf_str("E"), .cause = wf_str("C")
        }
    };
    wf_buf_init(&buf, arena, 0);
    wf_parcel_encode(&buf, &task);
    memset(&got, 0, sizeof(got));
    CHECK_INT(wf_parcel_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_TASK_REPORT);
    CHECK_INT(got.flow_no, 1);
    CHECK_INT(got.revision, 2);
    CHECK_INT(got.depth, 3);
    CHECK_STR(got.flow, wf_str("f"));
    CHECK_STR(got.execution, wf_str("e"));
    CHECK_STR(got.report.token, wf_str("t"));
    CHECK_INT(got.report.outcome, WF_OUTCOME_FAILED);
    CHECK_STR(got.report.value, wf_str("v"));
    CHECK_STR(got.report.error, wf_str("E"));
    CHECK_STR(got.report.cause, wf_str("C"));

    for (len = 0; len < buf.len; len++) {
        CHECK_INT(wf_parcel_decode((wf_str_t) { len, buf.data }, &got),
                  WF_ERROR);
    }

    wf_buf_byte(&buf, 0);
    CHECK_INT(wf_parcel_decode(wf_buf_done(&buf), &got), WF_ERROR);
    buf.data[1] = WF_TASK_CALL;
    CHECK_INT(wf_parcel_decode(wf_buf_done(&buf), &got), WF_ERROR);
    wf_arena_free(arena);
}


TEST(bytes_of_a_stop)
{
    size_t       len;
    wf_buf_t     buf;
    wf_task_t    task, got;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    task = (wf_task_t) {
        .kind = WF_TASK_STOP, .flow_no = 1, .revision = 2,
        .flow = wf_str("f"), .execution = wf_str("e"),
        .effect = {
            .dialect = WF_DIALECT_CFL, .mode = WF_CALL_SYNC,
            .is_action = true, .has_params = true, .task = 1 << 20,
            .scope = 4, .resource = wf_str("FNF:StartExecution"),
            .params = wf_str("{}"), .child = wf_str("r:1")
        }
    };
    wf_buf_init(&buf, arena, 0);
    wf_parcel_encode(&buf, &task);
    memset(&got, 0, sizeof(got));
    CHECK_INT(wf_parcel_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_INT(got.kind, WF_TASK_STOP);
    CHECK_INT(got.effect.dialect, WF_DIALECT_CFL);
    CHECK_INT(got.effect.mode, WF_CALL_SYNC);
    CHECK(got.effect.is_action && got.effect.has_params);
    CHECK_INT(got.effect.task, 1 << 20);
    CHECK_INT(got.effect.scope, 4);
    CHECK_STR(got.effect.resource, wf_str("FNF:StartExecution"));
    CHECK_STR(got.effect.params, wf_str("{}"));
    CHECK_STR(got.effect.child, wf_str("r:1"));

    for (len = 0; len < buf.len; len++) {
        CHECK_INT(wf_parcel_decode((wf_str_t) { len, buf.data }, &got),
                  WF_ERROR);
    }

    wf_arena_free(arena);
}


TEST(an_end_calls_back)
{
    asked_t    *asked;
    wf_str_t    token;
    uint64_t    flow_no;
    wf_task_t  *task;

    flow_no = opened(PASS);
    token = token_text();
    asked = start_called(flow_no, "x", token);
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK_INT(world.task_ever, 0);
    world_settle();

    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.task_count, 1);
    CHECK_INT(stored(), 1);

    task = world.tasks[0];
    CHECK_INT(task->kind, WF_TASK_REPORT);
    CHECK_INT(task->shard_no, 1);
    CHECK_INT(task->exec_no, 1);
    CHECK_INT(task->depth, 2);
    CHECK_STR(task->flow, wf_str("flow"));
    CHECK_STR(task->execution, wf_str("x"));
    CHECK_STR(task->report.token, token);
    CHECK_INT(task->report.outcome, WF_OUTCOME_SUCCEEDED);
    CHECK_STR(task->report.value, wf_str("{\"a\":1}"));

    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();
    CHECK_INT(stored(), 0);
    CHECK_INT(world.task_ever, 1);
    CHECK(world.shards[1]->outbox.ready == NULL);
    CHECK(world.shards[1]->outbox.busy == NULL);
    CHECK_INT(world.shards[1]->outbox.away_count, 0);

    reopened();
    CHECK_INT(world.task_ever, 1);
    world_close();
}


TEST(after_a_crash_it_is_said_again)
{
    uint64_t  flow_no;

    flow_no = opened(PASS);
    start_called(flow_no, "x", token_text());
    start_called(flow_no, "y", token_text());
    world_settle();
    CHECK_INT(world.task_count, 2);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();

    reopened();
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->execution, wf_str("y"));
    CHECK_STR(world.tasks[0]->report.value, wf_str("{\"a\":1}"));
    world_answer_with(0, WF_OUTCOME_FAILED, "whatever");
    world_settle();
    CHECK_INT(stored(), 0);
    world_close();
}


TEST(it_holds_up_nobody_else)
{
    uint64_t  flow_no;

    flow_no = opened(PASS);
    start_called(flow_no, "x", token_text());
    world_settle();
    world_lose(0);
    start_called(flow_no, "y", token_text());
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->execution, wf_str("y"));
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();
    CHECK_INT(stored(), 1);

    /* Each try takes twice as long. */

    world_later(1000);
    CHECK_INT(world.task_count, 1);
    world_lose(0);
    world_later(1999);
    CHECK_INT(world.task_count, 0);
    world_later(1);
    CHECK_INT(world.task_count, 1);
    CHECK_STR(world.tasks[0]->execution, wf_str("x"));
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();
    CHECK_INT(stored(), 0);
    world_close();
}


TEST(what_cannot_be_said_is_tried_again)
{
    uint64_t  flow_no;

    flow_no = opened(PASS);
    start_called(flow_no, "x", token_text());
    world_settle();
    world_lose(0);
    world_settle();
    CHECK_INT(world.task_count, 0);
    CHECK_INT(wf_shard_due_ms(world.shards[1]), world.now_ms + RETRY_MS);
    CHECK_INT(stored(), 1);

    world_later(RETRY_MS - 1);
    CHECK_INT(world.task_count, 0);
    world_later(1);
    CHECK_INT(world.task_count, 1);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();
    CHECK_INT(stored(), 0);
    CHECK_INT(wf_shard_due_ms(world.shards[1]), 0);
    world_close();
}


TEST(how_it_ended)
{
    uint64_t  flow_no;

    flow_no = opened(WAIT);
    start_called(flow_no, "x", token_text());
    start_called(flow_no, "y", token_text());
    world_settle();
    CHECK_INT(world.task_count, 0);

    ask_stop(1, flow_no, "x", 8);
    world_settle();
    CHECK_INT(world.task_count, 1);
    CHECK_INT(world.tasks[0]->report.outcome, WF_OUTCOME_FAILED);
    CHECK_STR(world.tasks[0]->report.error, wf_str("Enough"));
    CHECK_STR(world.tasks[0]->report.cause, wf_str("because"));

    /* Over while nothing of it is in memory. */

    reopened();
    world_later(60000);
    CHECK_INT(world.task_count, 2);
    CHECK_STR(world.tasks[1]->execution, wf_str("y"));
    CHECK_INT(world.tasks[1]->report.outcome, WF_OUTCOME_SUCCEEDED);
    world_close();
}


TEST(a_stop_without_a_name)
{
    asked_t   *stop;
    uint64_t   flow_no;

    flow_no = opened(WAIT);
    start_called(flow_no, "x", token_text());
    world_settle();

    stop = wf_arena_calloc(world.arena, sizeof(asked_t));
    stop->submit = (wf_submit_t) {
        .type = WF_SUBMIT_STOP, .key = 4, .flow_no = flow_no,
        .name = wf_str("x"), .done = asked_done
    };
    wf_shard_submit(world.shards[1], &stop->submit, world.now_ms);
    world_settle();
    CHECK_STR(world.tasks[0]->report.error, wf_str("FnF.ExecutionStopped"));
    world_close();
}


/* cloudflow-api 6.4: the sample of the pages is "12". */
TEST(a_token_of_nobody)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened(PASS);
    asked = start_called(flow_no, "x", wf_str("12"));
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.task_ever, 0);
    CHECK_INT(stored(), 0);
    CHECK(strstr(world.log, "callback token is not valid") != NULL);
    world_close();
}


/* Not more at a time than are good for everybody. */
TEST(many)
{
    int         i;
    char        name[16];
    uint64_t    flow_no;

    flow_no = opened(PASS);

    for (i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "x%d", i);
        start_called(flow_no, (char *) kept(wf_str_of(name)).data,
                     token_text());
    }

    world_settle();
    CHECK_INT(world.task_count, WF_OUTBOX_AWAY_MAX);
    CHECK_INT(stored(), 200);
    reopened();
    CHECK_INT(world.task_count, WF_OUTBOX_AWAY_MAX);

    while (world.task_count > 0) {
        world_answer_with(world.task_count - 1, WF_OUTCOME_SUCCEEDED, "");
        world_settle();
    }

    CHECK_INT(world.task_ever, WF_OUTBOX_AWAY_MAX + 200);
    CHECK_INT(stored(), 0);
    world_close();
}


/* Words that come back when the shard has gone are nobody's. */
TEST(answers_to_a_shard_that_went)
{
    uint32_t    count;
    uint64_t    flow_no;

    flow_no = opened(PASS);
    start_called(flow_no, "x", token_text());
    world_settle();
    wf_shard_drain(world.shards[1], world.now_ms);
    world_settle();
    CHECK(world.shards[1] == NULL);
    CHECK_INT(world.task_count, 1);
    CHECK(world.tasks[0]->is_cancelled);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");

    count = world.task_ever;
    world_shard(1);
    world_settle();
    CHECK_INT(world.task_ever, count + 1);
    world_close();
}


TEST(a_damaged_parcel)
{
    wf_str_t  key;

    key = wf_str("0123456789abcdef");
    CHECK(wf_parcel_adopt(key, wf_str("")) == NULL);
    CHECK(wf_parcel_adopt(key, wf_str("\x01\x02")) == NULL);
    CHECK(wf_parcel_adopt(wf_str("short"), wf_str("\x01\x02")) == NULL);
}


UNIT_MAIN()
