
/* Everything goes: at once, for ever, and nobody waits for nothing. */

#include "unit.h"

#include "shard/reset.c"
#include "shard_world.h"


static uint64_t
opened(const char *definition)
{
    world_open();
    world_shard(0);
    world_shard(1);
    world_settle();

    return make_flow("a", definition);
}


static asked_t *
ask_reset(uint32_t shard_no, uint64_t flow_no)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_RESET, .key = 99, .flow_no = flow_no,
        .done = asked_done
    };

    wf_shard_submit(world.shards[shard_no], &asked->submit, world.now_ms);

    return asked;
}


/* Done, and opened anew; what the answer was. */
static uint64_t
reset(uint32_t shard_no, uint64_t flow_no)
{
    asked_t  *asked;

    world.closed_badly = true;
    asked = ask_reset(shard_no, flow_no);
    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(!world.closed_badly);
    CHECK(world.shards[shard_no] == NULL);
    world_shard(shard_no);
    world_settle();

    return asked->submit.event_id;
}


static wf_rc_t
count_row(void *data, const wf_store_row_t *row)
{
    (void) row;
    ++*(uint32_t *) data;

    return WF_OK;
}


static uint32_t
rows(uint32_t shard_no)
{
    uint32_t    count;
    wf_error_t  err;

    count = 0;
    CHECK_INT(wf_store_memory.names(world.reader, shard_no, 0, UINT32_MAX,
                                    count_row, &count, &err), WF_OK);

    return count;
}


TEST(what_runs_and_what_is_over_goes)
{
    uint64_t   flow_no, gone;
    asked_t   *asked;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "runs", 1);
    ask_start(0, flow_no, "here", 2);
    world_settle();
    CHECK_INT(rows(0) + rows(1), 2);

    gone = reset(0, 0);
    CHECK_INT(gone, flow_no + 1);
    CHECK_INT(rows(0), 0);
    CHECK_INT(world.shards[0]->flows.count, 0);
    CHECK_INT(world.shards[0]->lives->running_count, 0);
    CHECK_INT(reset(1, gone), gone);
    CHECK_INT(rows(1), 0);

    /* Who is late hears so, after a restart too. */

    asked = ask_start(1, flow_no, "late", 3);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);
    world_crash();
    world_shard(0);
    world_shard(1);
    world_settle();
    asked = ask_start(1, flow_no, "late", 3);
    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);

    /* No number is given twice. */

    CHECK_INT(make_flow("a", PASS), flow_no + 1);
    asked = ask_start(1, flow_no + 1, "runs", 4);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.shards[1]->exec_no, 2);
    world_close();
}


/* What is under way with it is removed, or fails for another try. */
TEST(those_beside_it)
{
    uint64_t   flow_no;
    asked_t   *before, *asked, *behind, *watched;

    flow_no = opened(WAIT);
    watched = ask_start(1, flow_no, "w", 1);
    world_settle();
    CHECK_INT(watched->err.code, WF_E_NONE);
    wf_shard_watch(world.shards[1], flow_no, wf_str("w"),
                   (wf_ticket_t) { 0, 7, 1, 1 }, world.now_ms);
    before = ask_start(1, flow_no, "b", 2);
    asked = ask_reset(1, flow_no + 1);
    behind = ask_start(1, flow_no, "c", 3);
    world_settle();
    CHECK_INT(before->err.code, WF_E_NONE);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(behind->done, 1);
    CHECK(wf_error_retryable(behind->err.code));
    CHECK(world.shards[1] == NULL);
    CHECK_INT(rows(1), 0);

    world_shard(1);
    world_settle();
    CHECK_INT(world.task_count, 0);
    CHECK_INT(world.shards[1]->lives->running_count, 0);
    world_close();
}


/* All or nothing: a crash before it is durable leaves what there was. */
TEST(a_crash_in_between)
{
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = opened(WAIT);
    ask_start(1, flow_no, "runs", 1);
    world_settle();
    asked = ask_reset(0, 0);
    wf_shard_turn(world.shards[0], world.now_ms);
    CHECK_INT(asked->done, 0);
    world_crash();
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(world.shards[0]->flows.count, 1);
    CHECK_INT(rows(1), 1);

    /* Shard 0 was done, the other not: it is asked again. */

    CHECK_INT(reset(0, 0), flow_no + 1);
    CHECK_INT(rows(1), 1);
    CHECK_INT(reset(0, 0), flow_no + 1);
    CHECK_INT(reset(1, flow_no + 1), flow_no + 1);
    CHECK_INT(rows(1), 0);
    world_close();
}


/* With no flow ever made there is something to wipe all the same. */
TEST(an_empty_one)
{
    world_open();
    world_shard(0);
    world_shard(1);
    world_settle();
    CHECK_INT(reset(0, 0), 1);
    CHECK_INT(reset(1, 1), 1);
    CHECK_INT(make_flow("a", PASS), 1);
    world_close();
}


UNIT_MAIN()
