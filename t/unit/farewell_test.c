
/* A flow that is being deleted stays while anything of it runs. */

#include "unit.h"

#include "shard/farewell.c"
#include "shard_world.h"


static uint64_t
opened(void)
{
    world_open();
    world_shard(0);
    world_shard(1);
    world_settle();

    return make_flow("a", WAIT);
}


static wf_flow_t
flow_of(uint64_t flow_no, uint64_t revision, bool is_deleting)
{
    return (wf_flow_t) {
        .name = wf_str("a"), .definition = wf_str(WAIT),
        .type = wf_str("FDL"), .flow_no = flow_no, .revision = revision,
        .is_deleting = is_deleting
    };
}


static void
refused(wf_submit_type_t type, uint64_t flow_no, wf_error_code_t code)
{
    asked_t  *asked;

    asked = ask_flow(type, 55, flow_of(flow_no, 2, false));
    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, code);
}


static void
leave(uint64_t flow_no)
{
    asked_t  *asked;

    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 5, flow_of(flow_no, 1, true));
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
}


TEST(it_goes_when_the_last_has_ended)
{
    uint32_t  reads;
    uint64_t  flow_no;

    flow_no = opened();
    ask_start(1, flow_no, "x", 1);
    world_settle();
    leave(flow_no);
    world_later(5 * LOOK_MS);
    CHECK_INT(world.shards[0]->flows.count, 1);
    refused(WF_SUBMIT_FLOW_CREATE, flow_no, WF_E_FLOW_DELETING);
    refused(WF_SUBMIT_FLOW_UPDATE, flow_no, WF_E_FLOW_DELETING);

    ask_stop(1, flow_no, "x", 2);
    world_settle();
    world_later(2 * LOOK_MS);
    CHECK_INT(world.shards[0]->flows.count, 0);
    CHECK(world.shards[0]->farewell.first == NULL);
    refused(WF_SUBMIT_FLOW_UPDATE, flow_no, WF_E_FLOW_NOT_FOUND);

    /* Nobody asks any more. */

    reads = world.read_count;
    world_later(10 * LOOK_MS);
    CHECK_INT(world.read_count, reads);
    CHECK_INT(make_flow("a", PASS), flow_no + 1);
    world_close();
}


/* The next owner goes on with it. */
TEST(over_a_crash)
{
    uint64_t  flow_no;

    flow_no = opened();
    ask_start(1, flow_no, "x", 1);
    world_settle();
    leave(flow_no);
    world_crash();
    world_shard(0);
    world_shard(1);
    world_later(5 * LOOK_MS);
    CHECK_INT(world.shards[0]->flows.count, 1);
    CHECK(world.shards[0]->farewell.first != NULL);
    refused(WF_SUBMIT_FLOW_CREATE, flow_no, WF_E_FLOW_DELETING);
    CHECK_INT(world.shards[1]->lives->running_count, 1);
    ask_stop(1, flow_no, "x", 2);
    world_settle();
    world_later(2 * LOOK_MS);
    CHECK_INT(world.shards[0]->flows.count, 0);
    world_close();
}


/* Deleted outright meanwhile: the look that is away finds nobody. */
TEST(deleted_while_it_is_looked_for)
{
    uint64_t   flow_no;
    asked_t   *asked;

    flow_no = opened();
    ask_start(1, flow_no, "x", 1);
    world_settle();
    leave(flow_no);
    world.now_ms += LOOK_MS;
    wf_shard_tick(world.shards[0], world.now_ms);
    CHECK(world.shards[0]->farewell.fetch != NULL);
    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 9, flow_of(flow_no, 2, true));
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(world.shards[0]->flows.count, 0);
    CHECK(world.shards[0]->farewell.first == NULL);
    world_close();
}


UNIT_MAIN()
