
/*
 * Schedules as their owner decides about them, and their times: what fires,
 * once, and what does not, whatever happens in between.
 */

#include "unit.h"

#include "shard/fires.c"
#include "shard_world.h"
#include "tz_case.h"


#define ID        "01234567-89ab-4def-8123-456789abcdef"
#define MINUTELY  "0 * * * * *"
#define START_MS  1767225600000     /* 2026-01-01T00:00:00Z */
#define MINUTE    INT64_C(60000)

static uint64_t  flow_no;
static uint64_t  last_key;


static void
opened(void)
{
    world_open();
    world.now_ms = START_MS;
    world_shard(0);
    flow_no = make_flow("flow", PASS);
    last_key = 100;
}


static void
reopened(void)
{
    world_crash();
    world_shard(0);
    world_settle();
}


static asked_t *
asked_of(wf_submit_type_t type, uint64_t key, const char *name,
    const char *cron)
{
    asked_t        *asked;
    wf_schedule_t  *schedule;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    schedule = wf_arena_calloc(world.arena, sizeof(wf_schedule_t));
    *schedule = (wf_schedule_t) {
        .flow_no = flow_no, .request_key = last_key, .id = wf_str(ID),
        .name = wf_str_of(name), .description = wf_str("about"),
        .payload = wf_str("{\"a\":1}"), .cron = wf_str_of(cron),
        .is_enabled = true, .created_ms = world.now_ms,
        .modified_ms = world.now_ms
    };
    asked->submit.type = type;
    asked->submit.key = key;
    asked->submit.flow_no = flow_no;
    asked->submit.flow_name = wf_str("flow");
    asked->submit.schedule = schedule;
    asked->submit.done = asked_done;

    return asked;
}


static void
submit(asked_t *asked)
{
    wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);
}


static asked_t *
submitted(asked_t *asked)
{
    submit(asked);
    world_settle();
    CHECK_INT(asked->done, 1);

    if (asked->err.code == WF_E_NONE) {
        last_key = asked->submit.key;
    }

    return asked;
}


static asked_t *
ask(wf_submit_type_t type, uint64_t key, const char *name, const char *cron)
{
    return submitted(asked_of(type, key, name, cron));
}


static void
make(const char *name, const char *cron)
{
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_CREATE, last_key + 1, name, cron)
              ->err.code, WF_E_NONE);
}


/* Of the schedule written last. */
static void
change(const char *name, const char *cron, bool is_enabled)
{
    asked_t  *asked;

    asked = asked_of(WF_SUBMIT_SCHEDULE_UPDATE, last_key + 1, name, cron);
    asked->submit.schedule->is_enabled = is_enabled;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
}


static int64_t
due(void)
{
    return wf_shard_due_ms(world.shards[0]);
}


/* The clock moves, and whatever is due fires. */
static void
tick(int64_t now_ms)
{
    world.now_ms = now_ms;
    wf_shard_tick(world.shards[0], now_ms);
    world_settle();
}


/* The one start that is away is for that time. */
static void
check_fired(int64_t due_ms)
{
    CHECK_INT(world.task_count, 1);

    if (world.task_count == 1) {
        CHECK_INT(world.tasks[0]->kind, WF_TASK_FIRE);
        CHECK_INT(world.tasks[0]->fire.due_ms, due_ms);
        CHECK_INT(world.tasks[0]->flow_no, flow_no);
        CHECK_STR(world.tasks[0]->flow, wf_str("flow"));
        CHECK_STR(world.tasks[0]->fire.id, wf_str(ID));
    }
}


static void
settle_task(void)
{
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");
    world_settle();
}


/*
 * The store
 */

static wf_schedule_t  stored;


static wf_rc_t
see_item(void *data, wf_str_t key, wf_str_t value)
{
    (void) key;
    (*(uint32_t *) data)++;
    CHECK_INT(wf_schedule_decode(kept(value), &stored), WF_OK);

    return WF_OK;
}


/* stored: the last of them. */
static uint32_t
items(void)
{
    uint32_t    count;
    wf_error_t  err;

    count = 0;
    CHECK_INT(wf_store_memory.items(world.reader, WF_ITEM_SCHEDULE,
                                    wf_str(""), 10000, see_item, &count,
                                    &err), WF_OK);

    return count;
}


/*
 * Decisions
 */

TEST(writes)
{
    asked_t  *asked;

    opened();
    make("a", MINUTELY);
    CHECK_INT(items(), 1);
    CHECK_STR(stored.name, wf_str("a"));
    CHECK_STR(stored.payload, wf_str("{\"a\":1}"));
    CHECK_INT(stored.request_key, 101);
    CHECK_INT(stored.anchor_ms, START_MS);
    CHECK_INT(stored.since_ms, START_MS);

    asked = ask(WF_SUBMIT_SCHEDULE_CREATE, 7, "a", MINUTELY);
    CHECK_INT(asked->err.code, WF_E_SCHEDULE_EXISTS);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("a"));
    CHECK_STR(wf_error_arg(&asked->err, 1), wf_str("flow"));

    /* A repeated call finds its own work, also after a crash. */

    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_CREATE, 101, "a", MINUTELY)->err.code,
              WF_E_NONE);
    reopened();
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_CREATE, 101, "a", MINUTELY)->err.code,
              WF_E_NONE);
    CHECK_INT(items(), 1);

    /* Who changes it has seen the last write. */

    last_key = 5;
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_UPDATE, 8, "a", MINUTELY)->err.code,
              WF_E_CONCURRENT_UPDATE);
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_DELETE, 9, "a", MINUTELY)->err.code,
              WF_E_CONCURRENT_UPDATE);
    asked = ask(WF_SUBMIT_SCHEDULE_UPDATE, 10, "none", MINUTELY);
    CHECK_INT(asked->err.code, WF_E_SCHEDULE_NOT_FOUND);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("none"));
    CHECK_STR(wf_error_arg(&asked->err, 1), wf_str("flow"));
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_DELETE, 11, "none", MINUTELY)->err.code,
              WF_E_SCHEDULE_NOT_FOUND);

    last_key = 101;
    change("a", "0 0 * * * *", true);
    CHECK_INT(items(), 1);
    CHECK_STR(stored.cron, wf_str("0 0 * * * *"));
    CHECK_INT(stored.request_key, 102);
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_UPDATE, 102, "a", "0 0 * * * *")
              ->err.code, WF_E_NONE);

    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_DELETE, 103, "a", "")->err.code,
              WF_E_NONE);
    CHECK_INT(items(), 0);
    asked = asked_of(WF_SUBMIT_SCHEDULE_DELETE, 103, "a", "");
    asked->submit.is_repeat = true;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(due(), 0);
    world_close();
}


TEST(refused)
{
    asked_t  *asked;

    opened();
    asked = ask(WF_SUBMIT_SCHEDULE_CREATE, 1, "a", "every day");
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);

    /* Nobody has brought its file. */
    asked = ask(WF_SUBMIT_SCHEDULE_CREATE, 1, "a",
                "CRON_TZ=Some/Where 0 * * * * *");
    CHECK_INT(asked->err.code, WF_E_INTERNAL);
    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 1, "a",
                     "CRON_TZ=Some/Where 0 * * * * *");
    asked->submit.zone = wf_str("no zone");
    CHECK_INT(submitted(asked)->err.code, WF_E_INTERNAL);

    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 2, "a", MINUTELY);
    asked->submit.flow_no++;
    CHECK_INT(submitted(asked)->err.code, WF_E_CONCURRENT_UPDATE);
    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 2, "a", MINUTELY);
    asked->submit.flow_name = wf_str("none");
    CHECK_INT(submitted(asked)->err.code, WF_E_FLOW_NOT_FOUND);
    asked = asked_of(WF_SUBMIT_SCHEDULE_DELETE, 2, "a", MINUTELY);
    asked->submit.flow_name = wf_str("none");
    asked->submit.is_repeat = true;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(items(), 0);
    world_close();
}


TEST(limited)
{
    uint32_t  i;
    char      names[WF_SCHEDULES_MAX + 1][8];

    opened();

    for (i = 0; i <= WF_SCHEDULES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "s%u", i);
        CHECK_INT(ask(WF_SUBMIT_SCHEDULE_CREATE, 1000 + i, names[i],
                      "@every 60m")->err.code,
                  i < WF_SCHEDULES_MAX ? WF_E_NONE : WF_E_THROTTLED);
    }

    last_key = 1005;
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_DELETE, 9, names[5], "")->err.code,
              WF_E_NONE);
    make("again", MINUTELY);

    /* All at once: so many at a time, until they are answered. */

    reopened();
    tick(START_MS + 60 * MINUTE);
    CHECK_INT(world.task_count, WF_FIRES_AWAY_MAX);
    CHECK_INT(due(), 0);

    while (world.task_count > 0) {
        settle_task();
    }

    /* Of the one of every minute two were not too late. */

    CHECK_INT(world.task_ever, WF_SCHEDULES_MAX + 1);
    CHECK_INT(due(), START_MS + 61 * MINUTE);
    world_close();
}


TEST(a_flow_takes_them_along)
{
    uint64_t  first;

    opened();
    make("a", MINUTELY);
    make("b", MINUTELY);
    first = flow_no;
    tick(START_MS + MINUTE);
    CHECK_INT(world.task_count, 2);
    world_answer_with(0, WF_OUTCOME_SUCCEEDED, "");

    flow_no = make_flow("other", PASS);
    {
        asked_t  *asked;

        asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 500, "a", "@every 60m");
        asked->submit.flow_name = wf_str("other");
        CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    }

    ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = first, .revision = 1, .name = wf_str("flow")
    });
    world_settle();
    CHECK_INT(items(), 1);
    CHECK_INT(stored.flow_no, flow_no);
    CHECK(world.tasks[0]->is_cancelled);
    CHECK_INT(world.shards[0]->schedules.away_count, 0);
    CHECK_INT(due(), START_MS + 61 * MINUTE);
    settle_task();
    reopened();
    CHECK_INT(due(), START_MS + 61 * MINUTE);
    world_close();
}


/*
 * Times
 */

TEST(each_time_once)
{
    opened();
    make("a", MINUTELY);
    CHECK_INT(due(), START_MS + MINUTE);
    tick(START_MS + MINUTE - 1);
    CHECK_INT(world.task_count, 0);
    tick(START_MS + MINUTE);
    check_fired(START_MS + MINUTE);
    CHECK_INT(due(), 0);

    /* The next one waits for the answer of the one before. */

    tick(START_MS + 2 * MINUTE + 5000);
    check_fired(START_MS + MINUTE);
    settle_task();
    check_fired(START_MS + 2 * MINUTE);
    settle_task();
    CHECK_INT(due(), START_MS + 3 * MINUTE);
    CHECK_INT(world.log_count, 0);
    world_close();
}


TEST(asked_again_until_answered)
{
    int  i;

    opened();
    make("a", MINUTELY);
    tick(START_MS + MINUTE);

    /* Also when it has become far too late for any other. */

    for (i = 0; i < 200; i++) {
        check_fired(START_MS + MINUTE);
        world_lose(0);
        world_settle();
        CHECK_INT(due(), world.now_ms + RETRY_MS);
        tick(due());
    }

    check_fired(START_MS + MINUTE);
    settle_task();

    /* Of the three since, the last is not too late. */

    CHECK_INT(world.now_ms, START_MS + MINUTE + 200 * RETRY_MS);
    tick(due());
    tick(due());
    check_fired(START_MS + 4 * MINUTE);
    world_close();
}


TEST(nothing_before_it_is_durable)
{
    asked_t  *asked;

    opened();
    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 1, "a", MINUTELY);
    submit(asked);
    wf_shard_turn(world.shards[0], world.now_ms);
    CHECK(world.batches[0] != NULL);
    CHECK_INT(due(), 0);

    /* The disk takes its time. */

    world.now_ms = START_MS + MINUTE + 300;
    wf_shard_tick(world.shards[0], world.now_ms);
    CHECK_INT(world.task_count, 0);
    world_settle();
    CHECK_INT(asked->done, 1);
    check_fired(START_MS + MINUTE);

    /* Changed twice while that goes on: the time in between is not lost. */

    settle_task();
    last_key = 1;
    world.now_ms = START_MS + 2 * MINUTE - 1;
    submit(asked_of(WF_SUBMIT_SCHEDULE_UPDATE, 2, "a", MINUTELY));
    wf_shard_turn(world.shards[0], world.now_ms);
    last_key = 2;
    world.now_ms = START_MS + 2 * MINUTE + 1;
    submit(asked_of(WF_SUBMIT_SCHEDULE_UPDATE, 3, "a", MINUTELY));
    CHECK_INT(world.task_count, 0);
    world_settle();
    check_fired(START_MS + 2 * MINUTE);
    settle_task();

    /* Deleted before it was ever durable. */

    submit(asked_of(WF_SUBMIT_SCHEDULE_CREATE, 7, "b", "@every 1m"));
    last_key = 7;
    submit(asked_of(WF_SUBMIT_SCHEDULE_DELETE, 8, "b", ""));
    world_settle();
    CHECK_INT(items(), 1);
    CHECK_INT(due(), START_MS + 3 * MINUTE);
    world_close();
}


TEST(changed_ones_forget)
{
    opened();
    make("a", MINUTELY);
    tick(START_MS + MINUTE);
    check_fired(START_MS + MINUTE);

    /* What it starts does not touch its times, nor what is away. */

    change("a", MINUTELY, true);
    CHECK(!world.tasks[0]->is_cancelled);
    CHECK_INT(items(), 1);
    CHECK_INT(stored.since_ms, START_MS);
    change("a", "0   *  * * * ?", true);
    CHECK(!world.tasks[0]->is_cancelled);

    /* Others do. */

    world.now_ms += 10000;
    change("a", "30 * * * * *", true);
    CHECK(world.tasks[0]->is_cancelled);
    settle_task();
    CHECK_INT(items(), 1);
    CHECK_INT(stored.anchor_ms, START_MS);
    CHECK_INT(stored.since_ms, START_MS + MINUTE + 10000);
    CHECK_INT(due(), START_MS + MINUTE + 30000);

    tick(due());
    check_fired(START_MS + MINUTE + 30000);
    change("a", "30 * * * * *", false);
    CHECK(world.tasks[0]->is_cancelled);
    settle_task();
    CHECK_INT(due(), 0);
    reopened();
    CHECK_INT(due(), 0);
    tick(START_MS + 10 * MINUTE);
    change("a", "30 * * * * *", true);
    CHECK_INT(due(), START_MS + 10 * MINUTE + 30000);
    reopened();
    CHECK_INT(due(), START_MS + 10 * MINUTE + 30000);

    tick(due());
    check_fired(START_MS + 10 * MINUTE + 30000);
    CHECK_INT(ask(WF_SUBMIT_SCHEDULE_DELETE, 900, "a", "")->err.code,
              WF_E_NONE);
    CHECK(world.tasks[0]->is_cancelled);
    settle_task();
    CHECK_INT(due(), 0);
    world_close();
}


TEST(every_counts_from_creation_or_enabling)
{
    opened();
    world.now_ms = START_MS + 1234;
    make("a", "@every 5m");
    CHECK_INT(due(), START_MS + 1234 + 5 * MINUTE);
    world.now_ms += 7 * MINUTE;
    reopened();
    CHECK_INT(due(), START_MS + 1234 + 10 * MINUTE);
    change("a", "@every 5m", true);
    CHECK_INT(due(), START_MS + 1234 + 10 * MINUTE);
    change("a", "@every 4m", true);
    CHECK_INT(due(), START_MS + 1234 + 8 * MINUTE);
    change("a", "@every 4m", false);
    CHECK_INT(due(), 0);
    world.now_ms = START_MS + 20 * MINUTE;
    change("a", "@every 4m", true);
    CHECK_INT(due(), START_MS + 24 * MINUTE);
    reopened();
    CHECK_INT(due(), START_MS + 24 * MINUTE);
    world_close();
}


TEST(late_ones)
{
    opened();
    make("a", MINUTELY);

    /* Within the grace they are made up for, one by one. */

    world_crash();
    world.now_ms = START_MS + 2 * MINUTE;
    world_shard(0);
    CHECK_INT(due(), START_MS + MINUTE);
    tick(world.now_ms);
    check_fired(START_MS + MINUTE);
    settle_task();
    tick(world.now_ms);
    check_fired(START_MS + 2 * MINUTE);

    /* That one was not answered. */

    world_crash();
    world.now_ms = START_MS + 3 * MINUTE;
    world_shard(0);
    tick(world.now_ms);
    check_fired(START_MS + 2 * MINUTE);
    settle_task();

    /* What was answered may be asked again: the name is there. */

    world_crash();
    world.now_ms = START_MS + 3 * MINUTE + 1;
    world_shard(0);
    tick(world.now_ms);
    check_fired(START_MS + 3 * MINUTE);
    settle_task();
    CHECK_INT(due(), START_MS + 4 * MINUTE);

    /* Older ones are dropped, whether the server or the clock was away. */

    world_crash();
    world.now_ms = START_MS + 100 * MINUTE + 1;
    world_shard(0);
    CHECK_INT(due(), START_MS + 100 * MINUTE);
    tick(world.now_ms);
    check_fired(START_MS + 100 * MINUTE);
    settle_task();
    tick(START_MS + 200 * MINUTE - 1);
    check_fired(START_MS + 199 * MINUTE);
    world_close();
}


TEST(complaints)
{
    opened();
    make("a", MINUTELY);
    tick(due());
    world_answer_with(0, WF_OUTCOME_FAILED, "E");
    world_settle();
    CHECK_INT(world.log_count, 1);
    CHECK_STR(wf_str_of(world.log),
              wf_str("schedule \"a\" of flow \"flow\" starts nothing: why"));
    tick(due());
    world_answer_with(0, WF_OUTCOME_FAILED, "E");
    world_settle();
    CHECK_INT(world.log_count, 1);

    /* Written anew, said anew. */

    change("a", MINUTELY, true);
    tick(due());
    world_answer_with(0, WF_OUTCOME_FAILED, "E");
    world_settle();
    CHECK_INT(world.log_count, 2);
    world_close();
}


/*
 * Zones
 */

static wf_str_t
zone_bytes(const char *footer)
{
    static const int32_t  utc[] = { 0 };

    return tz_bytes(world.arena, &(tz_case_t) { utc, 1, NULL, 0, footer });
}


TEST(zones)
{
    asked_t  *asked;

    opened();
    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 1, "a",
                     "CRON_TZ=Some/Where 0 0 12 * * *");
    asked->submit.zone = zone_bytes("XXX-5");
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(due(), START_MS + 7 * 60 * MINUTE);

    /* It is known now; and UTC needs none. */

    change("a", "CRON_TZ=Some/Where 0 0 13 * * *", true);
    CHECK_INT(due(), START_MS + 8 * 60 * MINUTE);
    change("a", "TZ=UTC 0 0 12 * * *", true);
    CHECK_INT(due(), START_MS + 12 * 60 * MINUTE);
    change("a", "0 0 12 * * *", true);
    CHECK_INT(items(), 1);
    CHECK_INT(stored.since_ms, START_MS);
    change("a", "CRON_TZ=Some/Where 0 0 13 * * *", true);

    /* After a restart there is no such file: it sleeps, and that is said;
     * until someone brings it. */

    reopened();
    CHECK_INT(due(), 0);
    CHECK_INT(world.log_count, 1);
    CHECK_STR(wf_str_of(world.log),
              wf_str("schedule \"a\" of flow \"flow\" starts nothing: the "
                     "time zone \"Some/Where\" is not known."));
    change("a", "CRON_TZ=Some/Where 0 0 13 * * *", true);
    CHECK_INT(due(), 0);
    asked = asked_of(WF_SUBMIT_SCHEDULE_UPDATE, last_key + 1, "a",
                     "CRON_TZ=Some/Where 0 0 13 * * *");
    asked->submit.zone = zone_bytes("XXX-4");
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(due(), START_MS + 9 * 60 * MINUTE);

    /* The system's own are read when the shard is opened. */

    asked = asked_of(WF_SUBMIT_SCHEDULE_UPDATE, last_key + 1, "a",
                     "CRON_TZ=Asia/Shanghai 0 0 13 * * *");
    asked->submit.zone = zone_bytes("CST-8");
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(due(), START_MS + 5 * 60 * MINUTE);
    reopened();
    CHECK_INT(due(), START_MS + 5 * 60 * MINUTE);
    world_close();
}


/* What another release took. */
static void
write_item(const wf_schedule_t *schedule, wf_str_t value)
{
    wf_buf_t          key, bytes;
    wf_error_t        err;
    wf_append_t       append;
    wf_store_item_t   item;

    wf_buf_init(&key, world.arena, 0);
    wf_schedule_key(&key, flow_no, wf_str("a"));
    wf_buf_init(&bytes, world.arena, 0);

    if (schedule != NULL) {
        wf_schedule_encode(&bytes, schedule);
        value = wf_buf_done(&bytes);
    }

    item = (wf_store_item_t) {
        .kind = WF_ITEM_SCHEDULE, .key = wf_buf_done(&key), .value = value
    };
    append = (wf_append_t) {
        .epoch = world.shards[0]->epoch, .items = &item, .item_count = 1
    };
    CHECK_INT(wf_store_memory.append(world.stores[0], &append, &err),
              WF_STORE_OK);
}


TEST(strange_ones)
{
    asked_t        *asked;
    wf_store_t     *store;
    wf_recovery_t  *recovery;

    opened();
    make("a", MINUTELY);
    CHECK_INT(items(), 1);
    stored.cron = wf_str("0 0 L * * *");
    write_item(&stored, wf_str_none);
    reopened();
    CHECK_INT(due(), 0);
    CHECK_INT(world.log_count, 1);
    asked = asked_of(WF_SUBMIT_SCHEDULE_UPDATE, 500, "a", "0 0 L * * *");
    CHECK_INT(submitted(asked)->err.code, WF_E_INVALID_ARGUMENT);
    change("a", MINUTELY, true);
    CHECK_INT(due(), START_MS + MINUTE);

    write_item(NULL, wf_str("x"));
    world_crash();
    recovery = wf_recover(&wf_store_memory, world.memory, 0);
    CHECK(recovery->status != WF_STORE_OK);
    CHECK_STR(wf_error_arg(&recovery->err, 0), wf_str("a schedule is damaged"));
    store = recovery->store;
    wf_recovery_free(recovery);
    wf_store_memory.close(store);
    world_close();
}


/*
 * Memory
 */

TEST(decided_without_memory)
{
    uint32_t   kind;
    uint64_t   n;
    asked_t   *asked;

    for (kind = 0; kind < 4; kind++) {
        for (n = 1; n < 20; n++) {
            opened();
            make("a", MINUTELY);
            asked = kind == 0
                    ? asked_of(WF_SUBMIT_SCHEDULE_CREATE, 4, "b", MINUTELY)
                  : kind == 1
                    ? asked_of(WF_SUBMIT_SCHEDULE_UPDATE, 4, "a", "@every 2m")
                  : kind == 2
                    ? asked_of(WF_SUBMIT_SCHEDULE_DELETE, 4, "a", "")
                  : asked_of(WF_SUBMIT_SCHEDULE_CREATE, 4, "b",
                             "CRON_TZ=Some/Where 0 * * * * *");

            if (kind == 3) {
                asked->submit.zone = zone_bytes("XXX-5");
            }

            wf_arena_fail_after(n);
            submit(asked);
            wf_shard_turn(world.shards[0], world.now_ms);
            wf_arena_fail_after(0);
            world_settle();
            CHECK_INT(asked->done, 1);

            if (world.shards[0] == NULL) {
                world_shard(0);
            }

            if (asked->err.code != WF_E_NONE) {
                CHECK(wf_error_retryable(asked->err.code));
                asked->submit.is_repeat = true;
                asked->done = 0;
                submitted(asked);
                CHECK_INT(asked->err.code, WF_E_NONE);
            }

            CHECK_INT(items(), kind == 1 ? 1 : kind == 2 ? 0 : 2);
            CHECK_INT(due(), kind == 2 ? 0
                             : START_MS + (kind == 1 ? 2 : 1) * MINUTE);
            world_close();
        }
    }
}


TEST(opened_without_memory)
{
    uint64_t        n;
    asked_t        *asked;
    wf_store_t     *store;
    wf_shard_t     *shard;
    wf_recovery_t  *recovery;

    opened();
    make("a", MINUTELY);
    make("b", "@every 1m");
    asked = asked_of(WF_SUBMIT_SCHEDULE_CREATE, 4, "c",
                     "CRON_TZ=Asia/Shanghai 0 * * * * *");
    asked->submit.zone = zone_bytes("CST-8");
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    world_crash();
    shard = NULL;

    for (n = 1; n < 80; n++) {
        wf_arena_fail_after(n);
        recovery = wf_recover(&wf_store_memory, world.memory, 0);
        shard = NULL;
        store = recovery ? recovery->store : NULL;

        if (recovery != NULL && recovery->status == WF_STORE_OK) {
            shard = wf_shard_create(&world.port, world.catalog, 0, recovery,
                                    world.now_ms);

        } else if (recovery != NULL) {
            wf_recovery_free(recovery);
        }

        wf_arena_fail_after(0);

        if (shard != NULL) {
            wf_shard_abandon(shard, world.now_ms);
            wf_shard_turn(shard, world.now_ms);
            wf_shard_free(shard);
            world.closed = NULL;
        }

        if (store != NULL) {
            wf_store_memory.close(store);
        }
    }

    CHECK(shard != NULL);
    world.wants_turn = false;
    world_shard(0);
    tick(START_MS + MINUTE);
    CHECK_INT(world.task_count, 3);
    world_close();
}


TEST(fired_without_memory)
{
    uint64_t  n;

    for (n = 1; n < 8; n++) {
        opened();
        make("a", MINUTELY);
        world.now_ms = START_MS + MINUTE;
        wf_arena_fail_after(n);
        wf_shard_tick(world.shards[0], world.now_ms);
        wf_arena_fail_after(0);
        world_settle();

        if (world.task_count == 0) {
            CHECK_INT(due(), world.now_ms + RETRY_MS);
            tick(due());
        }

        check_fired(START_MS + MINUTE);
        CHECK_INT(world.task_ever, 1);
        settle_task();
        CHECK_INT(due(), START_MS + 2 * MINUTE);
        world_close();
    }
}


/*
 * A year
 */

#define YEAR_MS   (365ll * 86400 * 1000)
#define SECONDS   (YEAR_MS / 1000 + 7200)
#define STARTED   0x01              /* the execution is there */
#define MAY       0x02              /* be lost: nobody was there in time */
#define LATE      0x04              /* must not be: it was too late */

typedef struct {
    const char  *name;
    const char  *cron;
    wf_cron_t    times;
    uint8_t     *seconds;           /* since START_MS */
} yearly_t;

static yearly_t  yearly[] = {
    { "minutely", MINUTELY, { .second = 0 }, NULL },
    { "every",    "@every 7m", { .second = 0 }, NULL },
    { "office",   "30 0/5 8-17 ? * MON-FRI", { .second = 0 }, NULL },
    { "monthly",  "59 59 23 28-31 * ?", { .second = 0 }, NULL }
};

static uint64_t  chance_state;


static uint64_t
below(uint64_t n)
{
    chance_state = chance_state * 6364136223846793005ull
                   + 1442695040888963407ull;

    return (chance_state >> 33) % n;
}


/* The start is made, or not, and its giver hears of that, or not. */
static void
year_answer(uint32_t i)
{
    size_t             k;
    uint64_t           what;
    const wf_fire_t   *fire;

    fire = &world.tasks[i]->fire;
    what = below(100);

    for (k = 0; !wf_str_eq(wf_str_of(yearly[k].name), fire->schedule); k++) {
        /* void */
    }

    if (what < 96) {
        yearly[k].seconds[(fire->due_ms - START_MS) / 1000] |= STARTED;
    }

    if (what < 92) {
        world_answer_with(i, WF_OUTCOME_SUCCEEDED, "");

    } else {
        world_lose(i);
    }

    world_settle();
}


/* from, to: when nobody was there.  What was asked shortly before may not
 * have been answered, nor what was being made up for. */
static void
year_outage(int64_t from_ms, int64_t to_ms)
{
    size_t   k;
    int64_t  at_ms, oldest_ms;

    oldest_ms = to_ms - WF_SCHEDULE_GRACE_MS;

    for (k = 0; k < wf_countof(yearly); k++) {
        at_ms = wf_max(from_ms - 90000, START_MS);

        while (wf_cron_next(&yearly[k].times, NULL, START_MS, at_ms, &at_ms)
               == WF_OK && at_ms < oldest_ms)
        {
            yearly[k].seconds[(at_ms - START_MS) / 1000]
                |= at_ms <= from_ms ? MAY : LATE;
        }
    }
}


static void
year_check(int64_t end_ms)
{
    size_t    k;
    int64_t   at_ms;
    uint8_t   seen;
    uint32_t  count, started, late;

    for (k = 0; k < wf_countof(yearly); k++) {
        count = started = late = 0;
        at_ms = START_MS;

        while (wf_cron_next(&yearly[k].times, NULL, START_MS, at_ms, &at_ms)
               == WF_OK && at_ms < end_ms - 60000)
        {
            seen = yearly[k].seconds[(at_ms - START_MS) / 1000];
            yearly[k].seconds[(at_ms - START_MS) / 1000] = 0;
            count++;
            started += seen & STARTED;
            late += (seen & LATE) != 0;

            if ((seen & LATE) ? seen & STARTED : seen == 0) {
                printf("# %s: %lld\n", yearly[k].name, (long long) at_ms);
                CHECK(!"started, or too late");
            }
        }

        printf("# %s: %u times, %u started, %u too late\n", yearly[k].name,
               count, started, late);

        /* Nothing else was. */

        for (at_ms = 0; at_ms < (end_ms - START_MS - 60000) / 1000; at_ms++) {
            CHECK_INT(yearly[k].seconds[at_ms], 0);
        }

        CHECK(started > 0 && started < count);
        free(yearly[k].seconds);
    }
}


TEST(a_year_with_restarts)
{
    size_t      k;
    int64_t     from_ms, end_ms;
    uint32_t    restarts;
    wf_error_t  err;

    opened();
    chance_state = 42;
    restarts = 0;
    end_ms = START_MS + YEAR_MS;

    for (k = 0; k < wf_countof(yearly); k++) {
        make(yearly[k].name, yearly[k].cron);
        CHECK_INT(wf_cron_parse(wf_str_of(yearly[k].cron), &yearly[k].times,
                                &err), WF_OK);
        yearly[k].seconds = calloc(SECONDS, 1);
    }

    while (world.now_ms < end_ms) {

        while (world.task_count > 0 && below(10) > 0) {
            year_answer((uint32_t) below(world.task_count));
        }

        if (below(100) == 0) {
            restarts++;
            from_ms = world.now_ms;
            world_crash();
            world.now_ms += (int64_t) below(below(20) ? 50000 : 7200000);
            year_outage(from_ms, world.now_ms);
            world_shard(0);
            world_settle();
        }

        if (world.task_count > 0 || due() == 0) {
            tick(world.now_ms + (int64_t) below(1000));

        } else {
            tick(wf_max(world.now_ms, due()) + (int64_t) below(500));
        }
    }

    printf("# %u restarts, %u starts asked for\n", restarts, world.task_ever);
    CHECK(restarts > 1000);
    year_check(end_ms);
    world_close();
}


UNIT_MAIN()
