
/* How long executions are kept: ages, counts, names that are free again. */

#include "unit.h"

#include "shard/retain.c"
#include "shard_world.h"


#define DAY_MS    86400000
#define GRACE_MS  30000


/* Both shards are open, and keep for a day. */

static uint64_t
opened(const char *definition, uint64_t count)
{
    world_open();
    world.port.retention = (wf_retention_t) {
        .age_ms = DAY_MS, .grace_ms = GRACE_MS, .count = count
    };
    world_shard(0);
    world_shard(1);
    world_settle();

    return make_flow("a", definition);
}


static void
start_many(uint64_t flow_no, uint32_t first, uint32_t count)
{
    char      name[16];
    uint32_t  i;

    for (i = first; i < first + count; i++) {
        snprintf(name, sizeof(name), "x%u", i);
        ask_start(1, flow_no, (char *) kept(wf_str_of(name)).data, i + 1);
        world_settle();
    }
}


static wf_rc_t
count_row(void *data, const wf_store_row_t *row)
{
    (void) row;
    ++*(uint32_t *) data;

    return WF_OK;
}


static uint32_t
rows(void)
{
    uint32_t    count;
    wf_error_t  err;

    count = 0;
    CHECK_INT(wf_store_memory.names(world.reader, 1, 0, UINT32_MAX, count_row,
                                    &count, &err),
              WF_OK);

    return count;
}


static bool
is_kept(uint64_t flow_no, const char *name)
{
    uint32_t    count;
    wf_error_t  err;

    count = 0;
    (void) wf_store_memory.find(world.reader, 1, flow_no, wf_str_of(name),
                                count_row, &count, &err);

    return count == 1;
}


/* Nothing before its day has passed, all but the newest after it. */

TEST(a_day_is_a_day)
{
    uint32_t   reads;
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = opened(PASS, 0);
    start_many(flow_no, 0, 5);
    world_later(DAY_MS);
    CHECK_INT(rows(), 5);
    CHECK(index_find(1, flow_no, wf_str("x0")) != NULL);

    world_later(1002);
    CHECK_INT(rows(), 1);
    CHECK(is_kept(flow_no, "x4"));
    CHECK(index_find(1, flow_no, wf_str("x0")) == NULL);
    CHECK(index_find(1, flow_no, wf_str("x4")) != NULL);
    CHECK_INT(world.shards[1]->stats.erased, 4);
    CHECK_INT(world.shards[1]->retain.kept, 1);

    /* Nobody asks while nobody can be old enough. */

    reads = world.read_count;
    world_later(60000);
    CHECK_INT(world.read_count, reads);

    asked = ask_start(1, flow_no, "x0", 77);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(is_kept(flow_no, "x0"));
    asked = ask_start(1, flow_no, "x4", 78);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_EXISTS);
    world_close();
}


/* What a schedule has started its next owner may start again for a minute. */

TEST(what_may_be_made_up_for_stays)
{
    size_t    i;
    uint64_t  flow_no;

    static const char  *const  names[] = {
        "6ba7b810-9dad-41d1-80b4-00c04fd430c8",     /* as of a schedule */
        "6ba7b810-9dad-71d1-80b4-00c04fd430c8",
        "6ba7b810-9dad-41d1-80b4-00c04fd430c",
        "6ba7b81009dad-41d1-80b4-00c04fd430c8",
        "last"
    };

    flow_no = opened(PASS, 1);

    for (i = 0; i < wf_countof(names); i++) {
        ask_start(1, flow_no, names[i], i + 1);
        world_settle();
    }

    world_later(GRACE_MS + 1002);
    CHECK_INT(rows(), 2);
    CHECK(is_kept(flow_no, names[0]));
    world_later(WF_SCHEDULE_GRACE_MS - 1002);
    CHECK_INT(rows(), 2);
    world_later(1002);
    CHECK_INT(rows(), 1);
    CHECK(is_kept(flow_no, "last"));
    world_close();
}


TEST(what_runs_stays)
{
    uint64_t  flow_no;

    flow_no = opened(WAIT, 0);
    ask_start(1, flow_no, "r", 1);
    world_settle();
    world_later(59000);
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    ask_stop(1, flow_no, "r", 2);
    world_settle();
    ask_start(1, flow_no, "s", 3);
    world_settle();

    world.now_ms += DAY_MS - 1000;
    world_settle();
    CHECK(is_kept(flow_no, "r"));
    world_later(1002);
    CHECK(!is_kept(flow_no, "r"));
    CHECK(is_kept(flow_no, "s"));
    world_close();
}


/* More than a slice, more than a page, and in bounded steps. */

TEST(slices_are_bounded)
{
    uint32_t     i, most;
    uint64_t     flow_no;
    wf_batch_t  *batch;

    flow_no = opened(PASS, 0);

    for (i = 0; i < 5000; i += 500) {
        start_many(flow_no, i, 500);
    }

    CHECK_INT(rows(), 5000);
    world.now_ms += DAY_MS + 1;
    most = 0;

    while (world_turn()) {
        batch = world.batches[1];

        if (batch != NULL) {
            most = wf_max(most, batch->append.erased_count);
        }
    }

    CHECK_INT(most, WF_ERASE_MAX);
    CHECK_INT(rows(), 1);
    world_close();
}


/* A count goes by the start, never below the grace. */

TEST(counts)
{
    uint64_t  flow_no;

    flow_no = opened(PASS, 3);
    start_many(flow_no, 0, 5);
    world_later(GRACE_MS - 1000);
    CHECK_INT(rows(), 5);
    world_later(2001);
    CHECK_INT(rows(), 3);
    CHECK(!is_kept(flow_no, "x0"));
    CHECK(!is_kept(flow_no, "x1"));

    start_many(flow_no, 5, 1);
    CHECK_INT(rows(), 4);
    world_later(GRACE_MS + 2001);
    CHECK_INT(rows(), 3);
    CHECK(!is_kept(flow_no, "x2"));
    CHECK(is_kept(flow_no, "x3"));
    world_close();
}


/* What another owner left is counted, and is its turn. */

TEST(another_owner_goes_on)
{
    uint64_t  flow_no;

    flow_no = opened(PASS, 3);
    start_many(flow_no, 0, 6);
    world_crash();
    world.now_ms += 1000;
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(world.shards[1]->retain.kept, 6);
    world_later(GRACE_MS + 1000);
    CHECK_INT(rows(), 3);
    world_later(DAY_MS);
    CHECK_INT(rows(), 1);
    CHECK_INT(world.shards[1]->exec_no, 6);
    world_close();
}


TEST(off_is_for_ever)
{
    uint64_t  flow_no;

    flow_no = opened(PASS, 0);
    world.port.retention.age_ms = 0;
    start_many(flow_no, 0, 5);
    world_later(400ll * DAY_MS);
    CHECK_INT(rows(), 5);
    CHECK_INT(wf_retain_due_ms(world.shards[1]), 0);
    world_close();
}


/* While an end cannot be told, whoever began it may ask for it again. */

TEST(nothing_goes_while_something_is_unheard)
{
    uint64_t     flow_no;
    wf_parcel_t  parcel;

    memset(&parcel, 0, sizeof(parcel));
    flow_no = opened(PASS, 0);
    start_many(flow_no, 0, 5);
    CHECK(wf_heap_add(&world.shards[1]->outbox.later, &parcel.due, INT64_MAX)
          == WF_OK);
    world_later(DAY_MS + 2);
    CHECK_INT(rows(), 5);
    wf_heap_remove(&world.shards[1]->outbox.later, &parcel.due);
    wf_shard_want_turn(world.shards[1]);
    world_settle();
    CHECK_INT(rows(), 1);
    world_close();
}


/* A start that looks the name up while it is erased: it is there, or it is
 * not and the name is free; never both, never neither. */

TEST(starts_meet_erasing)
{
    uint32_t   i, turns;
    uint64_t   flow_no;
    asked_t   *asked, *again;

    for (turns = 0; turns < 12; turns++) {
        flow_no = opened(PASS, 0);
        start_many(flow_no, 0, 3);
        world.now_ms += DAY_MS + 2;
        world.index_count = 0;

        for (i = 0; i < turns; i++) {
            world_turn();
        }

        asked = ask_start(1, flow_no, "x0", 100);
        world_settle();
        again = ask_start(1, flow_no, "x0", 101);
        world_settle();

        if (asked->err.code == WF_E_EXECUTION_EXISTS) {
            CHECK_INT(again->err.code, WF_E_NONE);

        } else {
            CHECK_INT(asked->err.code, WF_E_NONE);
            CHECK_INT(again->err.code, WF_E_EXECUTION_EXISTS);
        }

        CHECK(is_kept(flow_no, "x0"));
        CHECK(index_find(1, flow_no, wf_str("x0")) != NULL);
        world_close();
    }
}


/* Those who wait for an end that is long gone hear that it is. */

TEST(watches_of_the_erased_fire)
{
    uint64_t     flow_no;
    wf_ticket_t  ticket = { 1, 2, 3, 4 };

    flow_no = opened(PASS, 0);
    start_many(flow_no, 0, 3);
    world_later(DAY_MS + 2);
    wf_shard_watch(world.shards[1], flow_no, wf_str("x0"), ticket,
                   world.now_ms);
    world_settle();
    CHECK_INT(world.reply_count, 1);
    CHECK_INT(world.replies[0].message.data[0], WF_NOTICE_ENDED);
    world_close();
}


/* The filter is made anew when most of it is gone. */

TEST(names_are_forgotten)
{
    uint64_t  flow_no, hash;

    flow_no = opened(PASS, 0);
    start_many(flow_no, 0, 300);
    world_later(DAY_MS + 2);
    CHECK_INT(rows(), 1);
    CHECK_INT(world.shards[1]->used.gone_count, 299);
    hash = wf_names_hash(flow_no, wf_str("x7"));
    CHECK(wf_names_may_have(&world.shards[1]->used.names, hash));

    world.shards[1]->used.gone_count = 8192;
    wf_shard_want_turn(world.shards[1]);
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK(world.shards[1]->used.is_renewing);
    CHECK(wf_names_may_have(&world.shards[1]->used.names, hash));
    ask_start(1, flow_no, "between", 1000);
    world_settle();
    CHECK(!world.shards[1]->used.is_renewing);
    CHECK(!wf_names_may_have(&world.shards[1]->used.names, hash));
    CHECK(wf_names_may_have(&world.shards[1]->used.names,
                            wf_names_hash(flow_no, wf_str("x299"))));
    CHECK(wf_names_may_have(&world.shards[1]->used.names,
                            wf_names_hash(flow_no, wf_str("between"))));
    CHECK_INT(world.shards[1]->retain.kept, 2);
    world_close();
}


/* A name that is on its way to the store is not missed. */

TEST(names_wait_for_the_store)
{
    uint64_t  flow_no;

    flow_no = opened(PASS, 0);
    start_many(flow_no, 0, 3);
    ask_start(1, flow_no, "away", 1000);
    world.shards[1]->used.gone_count = 8192;
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK(world.shards[1]->used.is_renewing);
    CHECK(world.shards[1]->used.fetch == NULL);
    world_settle();
    CHECK(!world.shards[1]->used.is_renewing);
    CHECK(wf_names_may_have(&world.shards[1]->used.names,
                            wf_names_hash(flow_no, wf_str("away"))));
    world_close();
}


/* No memory at any point: later then, and nothing but what may go. */

TEST(memory_runs_out)
{
    uint64_t  n, flow_no;

    for (n = 1; n < 60; n++) {
        flow_no = opened(PASS, 0);
        start_many(flow_no, 0, 5);
        world.now_ms += DAY_MS + 2;
        wf_arena_fail_after(n);
        world_turn();
        world_turn();
        wf_arena_fail_after(0);
        world_settle();

        if (world.shards[1] == NULL) {
            world_shard(1);
            world_settle();
        }

        world_later(6000);
        world_later(GRACE_MS);
        CHECK_INT(rows(), 1);
        CHECK(is_kept(flow_no, "x4"));
        CHECK_INT(world.shards[1]->retain.kept, 1);
        world_close();
    }
}


UNIT_MAIN()
