
/* Express executions that a shard is given to be written, whole. */

#include "unit.h"

#include "shard/keep.c"
#include "shard_world.h"


#define DAY_MS    86400000
#define GRACE_MS  30000
#define NAME      "n:0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"


static wf_ended_t  ended;


static uint64_t
opened(void)
{
    world_open();
    world.port.retention = (wf_retention_t) {
        .age_ms = DAY_MS, .grace_ms = GRACE_MS
    };
    world_shard(0);
    world_shard(1);
    world_settle();
    ended = (wf_ended_t) {
        .record = {
            .revision = 1, .input = wf_str("{\"a\":1}"),
            .started_ms = world.now_ms - 5, .status = WF_STATUS_SUCCEEDED,
            .stopped_ms = world.now_ms, .output = wf_str("{\"b\":2}"),
            .version = 3, .qualifier = wf_str("prod")
        },
        .events = wf_str("some bytes"),
        .event_count = 4
    };

    return make_flow("flow", PASS);
}


static asked_t *
ask_keep(uint64_t flow_no, const char *name, uint64_t key)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_KEEP, .key = key, .flow_no = flow_no,
        .flow_name = wf_str("flow"), .name = wf_str_of(name),
        .ended = &ended, .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);

    return asked;
}


/* What the store has under that name. */

static unsigned   row_count;
static wf_record_t  row_record;
static unsigned   chunk_count;


static wf_rc_t
row_each(void *data, const wf_store_row_t *row)
{
    uint64_t  *exec_no = data;

    row_count++;
    *exec_no = row->exec_no;

    return wf_record_decode(kept(row->head), kept(row->tail), &row_record);
}


static wf_rc_t
chunk_each(void *data, wf_str_t key, wf_str_t value)
{
    uint32_t     count;
    wf_reader_t  events;

    (void) key;
    chunk_count++;

    if (wf_chunk_open(value, &events, &count, data) != WF_OK) {
        return WF_ERROR;
    }

    CHECK_INT(count, ended.event_count);
    CHECK_STR(((wf_str_t) { (size_t) (events.end - events.pos), events.pos }),
              ended.events);

    return WF_OK;
}


static unsigned
rows(uint64_t flow_no, const char *name)
{
    uint64_t    exec_no;
    wf_error_t  err;

    row_count = chunk_count = 0;
    (void) wf_store_memory.find(world.reader, 1, flow_no, wf_str_of(name),
                                row_each, &exec_no, &err);

    if (row_count > 0) {
        CHECK_INT(wf_store_memory.chunks(world.reader, 1, exec_no, 1,
                                         chunk_each, &err, &err),
                  WF_OK);
    }

    return row_count;
}


TEST(written_whole_in_one_commit)
{
    asked_t   *asked;
    uint64_t   flow_no, before;

    flow_no = opened();
    before = wf_memory_appends(world.memory, 1);
    asked = ask_keep(flow_no, NAME, 5);
    CHECK_INT(asked->done, 0);
    CHECK_INT(rows(flow_no, NAME), 0);
    world_settle();

    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(wf_memory_appends(world.memory, 1), before + 1);
    CHECK_INT(rows(flow_no, NAME), 1);
    CHECK_INT(chunk_count, 1);
    CHECK_INT(row_record.status, WF_STATUS_SUCCEEDED);
    CHECK_INT(row_record.start_key, 5);
    CHECK_INT(row_record.version, 3);
    CHECK_STR(row_record.qualifier, wf_str("prod"));
    CHECK_STR(row_record.input, wf_str("{\"a\":1}"));
    CHECK_STR(row_record.output, wf_str("{\"b\":2}"));
    CHECK_INT(row_record.started_ms, ended.record.started_ms);
    CHECK_INT(row_record.stopped_ms, ended.record.stopped_ms);

    /* It was in the index before anyone heard of it. */

    CHECK_INT(asked->published, 1);
    CHECK_STR(world.index[0].record.output, wf_str("{\"b\":2}"));

    CHECK_INT(world.shards[1]->lives->running_count, 0);
    CHECK_INT(world.shards[1]->lives->loaded_count, 0);
    CHECK_INT(world.shards[1]->retain.kept, 1);
    CHECK_INT(world.shards[1]->stats.starts, 1);
    CHECK_INT(world.shards[1]->stats.events, 4);
    world_close();
}


TEST(a_failure)
{
    uint64_t  flow_no;

    flow_no = opened();
    ended.record.status = WF_STATUS_FAILED;
    ended.record.output = wf_str("");
    ended.record.error = wf_str("E1");
    ended.record.cause = wf_str("why");
    ask_keep(flow_no, NAME, 5);
    world_settle();
    CHECK_INT(rows(flow_no, NAME), 1);
    CHECK_INT(row_record.status, WF_STATUS_FAILED);
    CHECK_STR(row_record.error, wf_str("E1"));
    CHECK_STR(row_record.cause, wf_str("why"));
    CHECK_STR(row_record.output, wf_str(""));
    world_close();
}


/* Again before it is durable, again after; somebody else's; a running one. */

TEST(a_name_is_taken_once)
{
    asked_t   *first, *again, *other, *late, *running;
    uint64_t   flow_no;

    flow_no = opened();
    first = ask_keep(flow_no, NAME, 5);
    again = ask_keep(flow_no, NAME, 5);
    other = ask_keep(flow_no, NAME, 6);
    world_settle();
    CHECK_INT(first->err.code, WF_E_NONE);
    CHECK_INT(again->done, 1);
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(other->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(rows(flow_no, NAME), 1);

    world_crash();
    world_shard(0);
    world_shard(1);
    again = ask_keep(flow_no, NAME, 5);
    other = ask_keep(flow_no, NAME, 6);
    late = ask_keep(flow_no, NAME, 0);
    world_settle();
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(other->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(late->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(rows(flow_no, NAME), 1);
    CHECK_INT(row_record.start_key, 5);

    flow_no = make_flow("waits", WAIT);
    ask_start(1, flow_no, "r", 7);
    world_settle();
    running = ask_keep(flow_no, "r", 7);
    world_settle();
    CHECK_INT(running->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    world_close();
}


TEST(what_is_not_over_is_refused)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened();
    ended.record.status = WF_STATUS_RUNNING;
    asked = ask_keep(flow_no, NAME, 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INTERNAL);
    ended.record.status = WF_STATUS_SUCCEEDED;
    ended.event_count = 0;
    asked = ask_keep(flow_no, NAME, 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INTERNAL);
    CHECK_INT(rows(flow_no, NAME), 0);
    CHECK_INT(world.shards[1]->lives->loaded_count, 0);
    world_close();
}


TEST(a_full_disk)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened();
    wf_memory_fault(world.memory, 1, 1, WF_MEMORY_FAIL, WF_STORE_FULL);
    asked = ask_keep(flow_no, NAME, 5);
    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_INTERNAL);
    CHECK(world.closed_badly);
    CHECK_INT(rows(flow_no, NAME), 0);

    world_shard(1);
    asked = ask_keep(flow_no, NAME, 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(rows(flow_no, NAME), 1);
    world_close();
}


TEST(retention_erases_it)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened();
    ask_keep(flow_no, NAME, 5);
    world_settle();
    ask_keep(flow_no, "m:last", 6);     /* the newest stays */
    world_settle();
    world_later(DAY_MS - 1);
    CHECK_INT(rows(flow_no, NAME), 1);
    world_later(10 * GRACE_MS);
    CHECK_INT(rows(flow_no, NAME), 0);
    CHECK_INT(rows(flow_no, "m:last"), 1);
    CHECK_INT(world.shards[1]->retain.kept, 1);

    asked = ask_keep(flow_no, NAME, 9);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


TEST(no_memory)
{
    uint64_t   n, flow_no;
    asked_t   *asked;

    for (n = 1; ; n++) {
        flow_no = opened();
        asked = wf_arena_calloc(world.arena, sizeof(asked_t));
        asked->submit = (wf_submit_t) {
            .type = WF_SUBMIT_KEEP, .key = 5, .flow_no = flow_no,
            .flow_name = wf_str("flow"), .name = wf_str(NAME),
            .ended = &ended, .done = asked_done
        };
        wf_arena_fail_after(n);
        wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
        wf_shard_turn(world.shards[1], world.now_ms);
        wf_arena_fail_after(0);
        world.wants_turn = true;
        world_settle();
        CHECK_INT(asked->done, 1);

        if (asked->err.code == WF_E_NONE) {
            CHECK_INT(rows(flow_no, NAME), 1);
            world_close();
            break;
        }

        /* The last thing that may fail is the answer. */

        CHECK_INT(asked->err.code, WF_E_INTERNAL);
        CHECK(rows(flow_no, NAME) <= 1);
        world_close();
    }

    CHECK(n > 3);
}


UNIT_MAIN()
