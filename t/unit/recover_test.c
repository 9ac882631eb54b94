
/* Opening: what crashed goes on, what is damaged stays alone. */

#include <time.h>

#include "unit.h"

#include "shard/recover.c"
#include "shard/load.c"
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
}


static wf_record_t *
seen(uint64_t flow_no, const char *name)
{
    index_t  *index;

    index = index_find(1, flow_no, wf_str_of(name));

    return index ? &index->record : NULL;
}


TEST(running_ones_rest_and_end)
{
    asked_t           *asked;
    uint64_t           flow_no;
    wf_shard_stats_t   stats;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    ask_start(1, flow_no, "y", 6);
    world_settle();
    reopened();

    wf_shard_stats(world.shards[1], &stats);
    CHECK_INT(stats.running, 2);
    CHECK_INT(stats.resting, 2);
    CHECK(wf_shard_due_ms(world.shards[1]) == world.now_ms + 60000);

    /* A start of a resting one is answered with it. */

    asked = ask_start(1, flow_no, "x", 7);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->record.start_key, 5);
    CHECK_STR(asked->record.input, wf_str("{\"a\":1}"));

    world_later(61000);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(seen(flow_no, "y")->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(seen(flow_no, "y")->output, wf_str("{\"a\":1}"));

    /* Numbers go on where they were. */

    asked = ask_start(1, flow_no, "z", 8);
    world_settle();
    CHECK_INT(world.shards[1]->exec_no, 3);
    world_close();
}


TEST(late_ones_go_on_at_once)
{
    uint64_t  flow_no;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    world_crash();
    world.now_ms += 100000;
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    world_close();
}


TEST(stops_a_resting_one)
{
    asked_t   *stop;
    uint64_t   flow_no;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    reopened();
    stop = ask_stop(1, flow_no, "x", 9);
    world_settle();
    CHECK_INT(stop->err.code, WF_E_NONE);
    CHECK_INT(stop->record.status, WF_STATUS_STOPPED);
    CHECK_STR(stop->record.input, wf_str("{\"a\":1}"));
    world_close();
}


TEST(continues_a_run)
{
    int        i;
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened(LOOP);
    asked = ask_start(1, flow_no, "x", 5);

    for (i = 0; asked->done == 0; i++) {
        world_turn();
    }

    reopened();
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    world_settle();
    CHECK_STR(seen(flow_no, "x")->error, wf_str("FnF.EventLimitExceeded"));
    world_close();
}


/* A run that was cut short is owed at once, also if the crash falls while
 * the catalogue is asked whether its flow still exists. */

static void
commit_one(void)
{
    wf_batch_t  *batch;

    batch = world.batches[1];
    CHECK(batch != NULL);
    world.batches[1] = NULL;
    batch->status = wf_store_memory.append(world.stores[1], &batch->append,
                                           &batch->err);
    wf_shard_committed(world.shards[1], batch, world.now_ms);
    wf_shard_turn(world.shards[1], world.now_ms);
}


TEST(continues_what_was_being_checked)
{
    uint64_t  flow_no;

    flow_no = opened(LOOP);
    ask_start(1, flow_no, "warm", 4);
    world_settle();

    ask_start(1, flow_no, "x", 5);
    wf_shard_turn(world.shards[1], world.now_ms);
    wf_shard_turn(world.shards[1], world.now_ms);
    world.version++;
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK_INT(wf_live_find(world.shards[1]->lives, flow_no, wf_str("x"))
              ->phase, WF_LIVE_LOADING);

    /* Its second part is sealed now. */

    commit_one();
    commit_one();
    reopened();
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    CHECK(wf_shard_due_ms(world.shards[1]) <= world.now_ms);
    world_settle();
    CHECK_STR(seen(flow_no, "x")->error, wf_str("FnF.EventLimitExceeded"));
    world_close();
}


TEST(gone_flow_ends_what_rests)
{
    uint64_t  flow_no;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = flow_no, .revision = 1, .name = wf_str("flow")
    });
    world_settle();
    reopened();
    world_later(61000);
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_STOPPED);
    CHECK_STR(seen(flow_no, "x")->error, wf_str("FnF.FlowDeleted"));
    world_close();
}


TEST(unacknowledged_may_be_true)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = opened(WAIT);
    wf_memory_fault(world.memory, 1, 1, WF_MEMORY_TEAR, WF_STORE_FAILED);
    asked = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK(wf_error_retryable(asked->err.code));
    reopened();

    /* The same call again finds its own work. */

    asked = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.shards[1]->stats.starts, 0);
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    world_close();
}


/* A store whose chunks of one execution are damaged. */

static uint64_t  damaged_no;
static bool      is_damaged;


static wf_rc_t
damage(void *data, wf_str_t key, wf_str_t value)
{
    void     **both;
    uint8_t    copy[4096];

    both = data;
    CHECK(value.len < sizeof(copy));
    memcpy(copy, value.data, value.len);
    copy[value.len - 1] ^= 0x40;
    value.data = copy;

    return (*(wf_bytes_pt *) both[0])(both[1], key, value);
}


static wf_rc_t
damaged_chunks(wf_store_reader_t *reader, uint32_t shard_no, uint64_t exec_no,
    uint64_t first_seq, wf_bytes_pt each, void *data, wf_error_t *err)
{
    void  *both[2];

    if (!is_damaged || exec_no != damaged_no) {
        return wf_store_memory.chunks(reader, shard_no, exec_no, first_seq,
                                      each, data, err);
    }

    both[0] = &each;
    both[1] = data;

    return wf_store_memory.chunks(reader, shard_no, exec_no, first_seq,
                                  damage, both, err);
}


TEST(damage_stays_alone)
{
    asked_t          *stop;
    uint64_t          flow_no;
    wf_store_type_t   type;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    ask_start(1, flow_no, "y", 6);
    world_settle();
    reopened();

    damaged_no = wf_live_find(world.shards[1]->lives, flow_no, wf_str("x"))
                 ->exec_no;
    is_damaged = true;
    type = wf_store_memory;
    type.chunks = damaged_chunks;
    world.type = &type;

    world_later(61000);
    CHECK(!world.closed_badly);
    CHECK(seen(flow_no, "x") == NULL);
    CHECK_INT(seen(flow_no, "y")->status, WF_STATUS_SUCCEEDED);
    CHECK(strstr(world.log, "is broken") != NULL);

    stop = ask_stop(1, flow_no, "x", 9);
    world_settle();
    CHECK_INT(stop->err.code, WF_E_INTERNAL);

    /* Mended and opened again it goes on. */

    is_damaged = false;
    reopened();
    world_settle();
    CHECK_INT(seen(flow_no, "x")->status, WF_STATUS_SUCCEEDED);
    world_close();
}


/* A reader that fails now and then. */

static wf_rc_t
failing_find(wf_store_reader_t *reader, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_row_pt each, void *data, wf_error_t *err)
{
    if (is_damaged) {
        wf_error_set(err, WF_E_INTERNAL, "disk on fire");
        return WF_ERROR;
    }

    return wf_store_memory.find(reader, shard_no, flow_no, name, each, data,
                                err);
}


TEST(failed_read_is_tried_again)
{
    asked_t          *stop;
    uint64_t          flow_no;
    wf_store_type_t   type;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "x", 5);
    world_settle();
    reopened();

    is_damaged = true;
    type = wf_store_memory;
    type.find = failing_find;
    world.type = &type;

    stop = ask_stop(1, flow_no, "x", 9);
    world_settle();
    CHECK(wf_error_retryable(stop->err.code));
    CHECK(!world.closed_badly);

    is_damaged = false;
    world_later(1000);
    stop = ask_stop(1, flow_no, "x", 9);
    world_settle();
    CHECK_INT(stop->err.code, WF_E_NONE);
    world_close();
}


/* Memory runs out at every place of a load and of the stop behind it. */

TEST(loads_without_memory)
{
    uint64_t     n, flow_no;
    asked_t     *stop;
    wf_read_t   *read;

    for (n = 1; n < 120; n++) {
        flow_no = opened(WAIT);
        ask_start(1, flow_no, "x", 5);
        world_settle();
        reopened();
        world_settle();

        stop = wf_arena_calloc(world.arena, sizeof(asked_t));
        stop->submit = (wf_submit_t) {
            .type = WF_SUBMIT_STOP, .key = 9, .flow_no = flow_no,
            .flow_name = wf_str("flow"), .name = wf_str("x"),
            .done = asked_done
        };

        wf_arena_fail_after(n);
        wf_shard_submit(world.shards[1], &stop->submit, world.now_ms);

        while ((read = world.reads) != NULL) {
            world.reads = read->next;

            if (world.reads == NULL) {
                world.last_read = &world.reads;
            }

            read->run(read, &wf_store_memory, world.reader);
            read->done(read, world.now_ms);
            wf_shard_turn(world.shards[1], world.now_ms);
        }

        wf_arena_fail_after(0);
        world_settle();
        CHECK_INT(stop->done, 1);

        if (world.shards[1] == NULL) {
            world_shard(1);
        }

        if (stop->err.code == WF_E_NONE) {
            CHECK_INT(stop->record.status, WF_STATUS_STOPPED);

        } else {
            CHECK(wf_error_retryable(stop->err.code));
            world_settle();
            world_later(61000);
            stop = ask_stop(1, flow_no, "x", 10);
            world_settle();
            CHECK(stop->err.code == WF_E_EXECUTION_COMPLETED
                  || stop->err.code == WF_E_INTERNAL);
        }

        world_close();
    }
}


TEST(names_are_listed_in_the_background)
{
    uint32_t   i, count;
    uint64_t   flow_no;
    asked_t   *asked;
    char       names[500][8];

    flow_no = opened(PASS);

    for (i = 0; i < 500; i++) {
        snprintf(names[i], sizeof(names[i]), "x%u", i);
        ask_start(1, flow_no, names[i], i + 1);
    }

    world_settle();
    reopened();
    CHECK(!world.shards[1]->used.names.is_whole);
    world_settle();
    CHECK(world.shards[1]->used.names.is_whole);

    asked = ask_start(1, flow_no, "x77", 1000);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_EXISTS);

    count = world.read_count;
    asked = ask_start(1, flow_no, "new", 1001);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(world.read_count - count <= 1);
    world_close();
}


TEST(open_fails_with_a_reason)
{
    wf_recovery_t  *recovery;

    world_open();
    wf_memory_fail_open(world.memory, 1, 1, WF_STORE_READONLY);
    recovery = wf_recover(&wf_store_memory, world.memory, 1);
    CHECK_INT(recovery->status, WF_STORE_READONLY);
    CHECK(recovery->err.len[0] > 0);
    wf_recovery_free(recovery);
    world_close();
}


TEST(many_come_back_quickly)
{
    char             name[40];
    clock_t          begin;
    uint32_t         i;
    wf_lives_t      *lives;
    wf_recovery_t    recovery;
    wf_store_row_t   row;

    begin = clock();
    memset(&recovery, 0, sizeof(recovery));
    recovery.lives = lives = wf_lives_create();
    row = (wf_store_row_t) { .flow_no = 1, .status = WF_STATUS_RUNNING };

    for (i = 0; i < 100000; i++) {
        snprintf(name, sizeof(name), "%08x-0000-4000-8000-00000000beef", i);
        row.name = wf_str_of(name);
        row.exec_no = i + 1;
        row.due_ms = 5000 + i * 7919u % 100000;
        CHECK_INT(recover_row(&recovery, &row), WF_OK);
    }

    CHECK_INT(lives->running_count, 100000);
    CHECK_INT(recovery.exec_no, 100000);
    CHECK((double) (clock() - begin) / CLOCKS_PER_SEC < 1.0);
    wf_lives_free(lives);
}


UNIT_MAIN()
