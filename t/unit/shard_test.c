
/* The shard's doors: submits, commits, watches, timers, its end. */

#include "unit.h"

#include "shard/shard.c"
#include "shard_world.h"


static uint64_t
passes(void)
{
    world_open();
    world_shard(0);
    world_shard(1);

    return make_flow("flow", PASS);
}


static uint64_t
waits(void)
{
    world_open();
    world_shard(0);
    world_shard(1);

    return make_flow("flow", WAIT);
}


TEST(life_is_a_table)
{
    uint8_t  state;

    /* Nothing leads back, and whatever is lost stays lost. */

    for (state = 0; state <= WF_SHARD_CLOSED; state++) {
        CHECK(life_table[state][LIFE_DRAIN] >= state);
        CHECK(life_table[state][LIFE_LOST] >= state);
        CHECK(life_table[state][LIFE_IDLE] >= state);
    }

    CHECK_INT(life_table[WF_SHARD_OPEN][LIFE_IDLE], WF_SHARD_OPEN);
    CHECK_INT(life_table[WF_SHARD_DRAINING][LIFE_LOST], WF_SHARD_DOWN);
}


TEST(start_runs_and_ends)
{
    asked_t   *asked;
    index_t   *index;
    uint64_t   flow_no;

    flow_no = passes();
    asked = ask_start(1, flow_no, "x", 5);
    CHECK_INT(asked->done, 0);
    world_settle();

    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->published, 1);

    /* The answer is as of the start, the index knows the end. */

    CHECK_INT(asked->record.status, WF_STATUS_RUNNING);
    CHECK_STR(asked->record.output, wf_str(""));
    CHECK_STR(asked->record.input, wf_str("{\"a\":1}"));
    CHECK_INT(asked->record.started_ms, world.now_ms);

    index = index_find(1, flow_no, wf_str("x"));
    CHECK(index != NULL);
    CHECK_INT(index->record.status, WF_STATUS_SUCCEEDED);
    CHECK_STR(index->record.output, wf_str("{\"a\":1}"));
    CHECK_INT(world.shards[1]->lives->table.count, 0);
    CHECK_INT(world.shards[1]->waiting, 0);

    world_close();
}


TEST(nothing_before_the_commit)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = passes();
    ask_start(1, flow_no, "warm", 5);
    world_settle();

    world.publish_count = 0;
    asked = ask_start(1, flow_no, "x", 5);
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK(world.batches[1] != NULL);
    CHECK_INT(asked->done, 0);
    CHECK_INT(world.publish_count, 0);

    world_settle();
    CHECK_INT(asked->done, 1);
    world_close();
}


TEST(names_are_taken_once)
{
    asked_t   *first, *again, *other;
    uint64_t   flow_no;

    flow_no = waits();

    first = ask_start(1, flow_no, "x", 5);
    again = ask_start(1, flow_no, "x", 6);
    world_settle();
    CHECK_INT(first->err.code, WF_E_NONE);
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(again->record.status, WF_STATUS_RUNNING);
    CHECK_INT(again->record.start_key, 5);

    world_later(61000);
    CHECK_INT(index_find(1, flow_no, wf_str("x"))->record.status,
              WF_STATUS_SUCCEEDED);

    other = ask_start(1, flow_no, "x", 7);
    again = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK_INT(other->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_STR(wf_error_arg(&other->err, 0), wf_str("x"));
    CHECK_STR(wf_error_arg(&other->err, 1), wf_str("flow"));
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(again->record.start_key, 5);

    /* The same without the index: the store knows. */

    world.index_count = 0;
    other = ask_start(1, flow_no, "x", 7);
    again = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK_INT(other->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(again->err.code, WF_E_NONE);

    CHECK_INT(world.shards[1]->stats.starts, 1);
    world_close();
}


TEST(new_names_need_no_read)
{
    uint32_t   count;
    uint64_t   flow_no;

    flow_no = passes();
    ask_start(1, flow_no, "x", 5);
    world_settle();

    count = world.read_count;
    ask_start(1, flow_no, "y", 6);
    ask_stop(1, flow_no, "z", 7);
    world_settle();
    CHECK_INT(world.read_count, count);
    world_close();
}


TEST(checks_queue_submits)
{
    asked_t   *first, *second, *stop;
    uint64_t   flow_no;

    flow_no = passes();
    world.shards[1]->used.names.is_whole = false;
    world.shards[1]->used.retry_ms = INT64_MAX;

    first = ask_start(1, flow_no, "x", 5);
    second = ask_start(1, flow_no, "x", 6);
    stop = ask_stop(1, flow_no, "x", 7);
    world_settle();

    CHECK_INT(first->err.code, WF_E_NONE);
    CHECK_INT(second->err.code, WF_E_EXECUTION_EXISTS);
    CHECK_INT(stop->err.code, WF_E_EXECUTION_COMPLETED);
    CHECK_INT(world.shards[1]->stats.starts, 1);
    world_close();
}


/* Clients are held up beyond the quota, children are not. */

TEST(quota_of_executions)
{
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = waits();
    world.port.quota.executions = 2;
    CHECK_INT(ask_start(1, flow_no, "a", 1)->err.code, WF_E_NONE);
    ask_start(1, flow_no, "b", 2);
    asked = ask_start(1, flow_no, "c", 3);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_LIMIT);
    CHECK_INT(world.shards[1]->lives->running_count, 2);

    asked = ask_start(1, flow_no, "b", 2);      /* the same again */
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);

    ask_stop(1, flow_no, "a", 4);
    world_settle();
    asked = ask_start(1, flow_no, "c", 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);

    asked = ask_start(1, flow_no, "d", 6);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_EXECUTION_LIMIT);
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START, .key = 7, .flow_no = flow_no, .revision = 1,
        .flow_name = wf_str("flow"), .name = wf_str("d"), .depth = 1,
        .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.shards[1]->lives->running_count, 3);
    world_close();
}


TEST(stops)
{
    asked_t   *stop, *again, *late, *never;
    uint64_t   flow_no;

    flow_no = waits();
    ask_start(1, flow_no, "x", 5);
    world_settle();

    stop = ask_stop(1, flow_no, "x", 8);
    again = ask_stop(1, flow_no, "x", 8);
    late = ask_stop(1, flow_no, "x", 9);
    never = ask_stop(1, flow_no, "y", 10);
    CHECK_INT(stop->done, 0);
    world_settle();

    CHECK_INT(stop->err.code, WF_E_NONE);
    CHECK_INT(stop->record.status, WF_STATUS_STOPPED);
    CHECK_INT(stop->record.stop_key, 8);
    CHECK_STR(stop->record.error, wf_str("Enough"));
    CHECK_STR(stop->record.cause, wf_str("because"));
    CHECK_INT(stop->record.stopped_ms, world.now_ms);
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(again->record.status, WF_STATUS_STOPPED);
    CHECK_INT(late->err.code, WF_E_EXECUTION_COMPLETED);
    CHECK_INT(never->err.code, WF_E_EXECUTION_NOT_FOUND);
    CHECK_STR(wf_error_arg(&never->err, 0), wf_str("y"));

    again = ask_stop(1, flow_no, "x", 8);
    late = ask_stop(1, flow_no, "x", 9);
    world_settle();
    CHECK_INT(again->err.code, WF_E_NONE);
    CHECK_INT(late->err.code, WF_E_EXECUTION_COMPLETED);

    CHECK_INT(wf_shard_due_ms(world.shards[1]), 0);
    world_close();
}


TEST(stop_in_the_same_batch)
{
    asked_t   *start, *stop;
    uint64_t   flow_no;

    flow_no = waits();
    ask_start(1, flow_no, "warm", 4);
    world_settle();

    start = ask_start(1, flow_no, "x", 5);
    stop = ask_stop(1, flow_no, "x", 8);
    world.append_count = 0;
    world_settle();
    CHECK_INT(world.append_count, 1);
    CHECK_INT(start->record.status, WF_STATUS_RUNNING);
    CHECK_INT(stop->record.status, WF_STATUS_STOPPED);
    world_close();
}


TEST(watches_hear_the_end)
{
    wf_record_t  record;
    wf_ticket_t  ticket;
    uint64_t     flow_no;

    flow_no = waits();
    ticket = (wf_ticket_t) { 1, 2, 3, 4 };

    ask_start(1, flow_no, "x", 5);
    world_settle();
    wf_shard_watch(world.shards[1], flow_no, wf_str("x"), ticket,
                   world.now_ms);
    ticket.index = 9;
    wf_shard_watch(world.shards[1], flow_no, wf_str("x"), ticket,
                   world.now_ms);
    wf_shard_unwatch(world.shards[1], flow_no, wf_str("x"), ticket);
    world_settle();
    CHECK_INT(world.reply_count, 0);

    world_later(61000);
    CHECK_INT(world.reply_count, 1);
    CHECK_INT(world.replies[0].ticket.index, 3);
    CHECK_INT(wf_notice_decode(world.replies[0].message, &record), WF_OK);
    CHECK_INT(record.status, WF_STATUS_SUCCEEDED);
    CHECK_STR(record.name, wf_str("x"));

    /* Over already: told in the next turn, from the index if it knows. */

    wf_shard_watch(world.shards[1], flow_no, wf_str("x"), ticket,
                   world.now_ms);
    wf_shard_watch(world.shards[1], flow_no, wf_str("never"), ticket,
                   world.now_ms);
    CHECK_INT(world.reply_count, 1);
    world_settle();
    CHECK_INT(world.reply_count, 3);
    CHECK_INT(wf_notice_decode(world.replies[1].message, &record), WF_OK);
    CHECK_INT(wf_notice_decode(world.replies[2].message, &record),
              WF_DECLINED);
    world_close();
}


TEST(loops_yield)
{
    int        turns;
    asked_t   *asked;
    uint64_t   flow_no;

    world_open();
    world_shard(0);
    world_shard(1);
    flow_no = make_flow("flow", LOOP);

    asked = ask_start(1, flow_no, "x", 5);

    for (turns = 0; asked->done == 0; turns++) {
        world_turn();
    }

    CHECK(index_find(1, flow_no, wf_str("x"))->record.status
          == WF_STATUS_RUNNING);

    for (turns = 0; world_turn(); turns++);

    /* 5,000 events, 256 a turn. */

    CHECK(turns > 15);
    CHECK_INT(index_find(1, flow_no, wf_str("x"))->record.status,
              WF_STATUS_FAILED);
    CHECK_STR(index_find(1, flow_no, wf_str("x"))->record.error,
              wf_str("FnF.EventLimitExceeded"));
    world_close();
}


TEST(stops_a_loop)
{
    int        i;
    asked_t   *stop;
    uint64_t   flow_no;

    world_open();
    world_shard(0);
    world_shard(1);
    flow_no = make_flow("flow", LOOP);
    ask_start(1, flow_no, "x", 5);

    for (i = 0; i < 5; i++) {
        world_turn();
    }

    stop = ask_stop(1, flow_no, "x", 8);
    world_settle();
    CHECK_INT(stop->err.code, WF_E_NONE);
    CHECK_INT(stop->record.status, WF_STATUS_STOPPED);
    CHECK(world.shards[1]->yielded == NULL);
    world_close();
}


TEST(failed_append_steps_down)
{
    asked_t      *asked, *late;
    uint64_t      flow_no;
    wf_ticket_t   ticket;

    flow_no = waits();
    ticket = (wf_ticket_t) { 1, 2, 3, 4 };
    ask_start(1, flow_no, "before", 4);
    world_settle();

    wf_memory_fault(world.memory, 1, 1, WF_MEMORY_FAIL, WF_STORE_FULL);
    asked = ask_start(1, flow_no, "x", 5);
    wf_shard_watch(world.shards[1], flow_no, wf_str("before"), ticket,
                   world.now_ms);
    wf_shard_turn(world.shards[1], world.now_ms);
    late = ask_start(1, flow_no, "y", 6);
    world_settle();

    CHECK_INT(asked->done, 1);
    CHECK(wf_error_retryable(asked->err.code));
    CHECK_INT(late->done, 1);
    CHECK(wf_error_retryable(late->err.code));
    CHECK_INT(world.closed_count, 1);
    CHECK(world.closed_badly);
    CHECK_INT(world.reply_count, 0);
    CHECK(world.shards[1] == NULL);

    /* Opened again nothing of it is known, and the rest is. */

    world_shard(1);
    world_settle();
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    asked = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


TEST(abandoned)
{
    asked_t   *asked, *late;
    uint64_t   flow_no;

    flow_no = waits();
    asked = ask_start(1, flow_no, "x", 5);
    wf_shard_turn(world.shards[1], world.now_ms);
    CHECK(world.batches[1] == NULL || asked->done == 0);
    wf_shard_abandon(world.shards[1], world.now_ms);
    CHECK(!wf_shard_is_open(world.shards[1]));
    late = ask_start(1, flow_no, "y", 6);
    CHECK_INT(late->done, 0);
    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK(wf_error_retryable(asked->err.code));
    CHECK(wf_error_retryable(late->err.code));
    CHECK_INT(world.closed_count, 1);
    CHECK(world.closed_badly);
    world_close();
}


TEST(drains)
{
    asked_t   *asked, *late;
    uint64_t   flow_no;

    flow_no = waits();
    world.shards[1]->used.names.is_whole = false;
    world.shards[1]->used.retry_ms = INT64_MAX;
    asked = ask_start(1, flow_no, "x", 5);
    wf_shard_drain(world.shards[1], world.now_ms);
    late = ask_start(1, flow_no, "y", 6);
    world_settle();

    /* What was taken is finished, what comes later is for the next owner. */

    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->done, 1);
    CHECK(wf_error_retryable(late->err.code));
    CHECK_INT(world.closed_count, 1);
    CHECK(!world.closed_badly);

    world_shard(1);
    world_settle();
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    world_later(61000);
    CHECK_INT(index_find(1, flow_no, wf_str("x"))->record.status,
              WF_STATUS_SUCCEEDED);
    world_close();
}


TEST(time_never_runs_backwards)
{
    asked_t   *first, *second;
    uint64_t   flow_no;

    flow_no = waits();
    first = ask_start(1, flow_no, "x", 5);
    world_settle();
    wf_shard_tick(world.shards[1], world.now_ms + 5000);
    second = ask_start(1, flow_no, "y", 6);
    world_settle();
    CHECK_INT(second->record.started_ms, first->record.started_ms + 5000);
    world_close();
}


TEST(full_batches_wait_their_turn)
{
    char        names[2500][16];
    asked_t    *asked[2500];
    uint32_t    i;
    uint64_t    flow_no;

    flow_no = passes();
    ask_start(1, flow_no, "warm", 4);
    world_settle();
    world.append_count = 0;

    for (i = 0; i < 2500; i++) {
        snprintf(names[i], sizeof(names[i]), "x%u", i);
        asked[i] = ask_start(1, flow_no, names[i], i + 100);
    }

    CHECK(wf_batch_clogged(world.shards[1]));
    world_settle();
    CHECK_INT(world.append_count, 3);

    for (i = 0; i < 2500; i++) {
        CHECK_INT(asked[i]->done, 1);
        CHECK_INT(asked[i]->err.code, WF_E_NONE);
    }

    CHECK_INT(world.shards[1]->lives->table.count, 0);
    CHECK_INT(world.shards[1]->lives->loaded_count, 0);
    world_close();
}


TEST(deleted_flow_ends_its_executions)
{
    asked_t      *asked;
    uint64_t      flow_no;
    wf_record_t  *record;

    flow_no = waits();
    ask_start(1, flow_no, "x", 5);
    world_settle();

    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = flow_no, .revision = 1, .name = wf_str("flow")
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);

    world_later(61000);
    record = &index_find(1, flow_no, wf_str("x"))->record;
    CHECK_INT(record->status, WF_STATUS_STOPPED);

    asked = ask_start(1, flow_no, "y", 6);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);
    world_close();
}


TEST(bad_input_is_refused)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = passes();
    asked = ask_start(1, flow_no, "x", 5);
    world_settle();

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START, .key = 9, .flow_no = flow_no, .revision = 1,
        .name = wf_str("y"), .input = wf_str("[1]"), .done = asked_done
    };
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INVALID_ARGUMENT);
    CHECK_INT(world.shards[1]->lives->table.count, 0);

    asked = ask_start(1, flow_no, "y", 10);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


TEST(answers_may_ask_again)
{
    asked_t   *asked;
    uint64_t   flow_no;

    flow_no = passes();

    /* The name is over and gone from the table when done() hears of it. */

    asked = ask_start(1, flow_no, "x", 5);
    world_settle();
    CHECK(wf_live_find(world.shards[1]->lives, flow_no, wf_str("x")) == NULL);
    CHECK_INT(asked->published, 1);
    world_close();
}


TEST(without_memory_nothing_is_lost)
{
    uint64_t      n, flow_no;
    asked_t      *asked;
    wf_record_t  *record;

    for (n = 1; n < 60; n++) {
        flow_no = waits();
        ask_start(1, flow_no, "warm", 4);
        world_settle();

        asked = wf_arena_calloc(world.arena, sizeof(asked_t));
        wf_arena_fail_after(n);
        asked->submit = (wf_submit_t) {
            .type = WF_SUBMIT_START, .key = n, .flow_no = flow_no,
            .revision = 1, .name = wf_str("x"), .done = asked_done
        };
        wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
        wf_shard_turn(world.shards[1], world.now_ms);
        wf_arena_fail_after(0);
        world_settle();

        CHECK_INT(asked->done, 1);

        if (asked->err.code == WF_E_NONE) {
            record = &index_find(1, flow_no, wf_str("x"))->record;
            CHECK_INT(record->status, WF_STATUS_RUNNING);
            CHECK_INT(record->start_key, n);

        } else {
            CHECK(wf_error_retryable(asked->err.code));
        }

        world_close();
    }
}


UNIT_MAIN()
