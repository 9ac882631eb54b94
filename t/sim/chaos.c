
/*
 * Chaos: workers that die, power that fails, disks that fill, leases that
 * move, clocks that jump.
 */

#include "t/sim/sim.h"


static void
chaos_kill(void)
{
    uint32_t  no;

    no = sim_below(sim.worker_count);

    if (sim.workers[no].is_alive) {
        sim.kills++;
        sim_worker_kill(no);
    }
}


static void
chaos_power(void)
{
    uint32_t    i;
    wf_error_t  err;

    sim.powers++;
    sim_say("the power fails");

    for (i = 0; i < sim.worker_count; i++) {
        if (sim.workers[i].is_alive) {
            sim_worker_kill(i);
        }
    }

    wf_store_memory.reader_close(sim.reader);
    wf_memory_crash(sim.memory);

    if (wf_store_memory.reader_open(sim.memory, sim.shard_count, &sim.reader,
                                    &err)
        != WF_OK)
    {
        sim_failed("no reader: %s", err.arg[0]);
    }

    for (i = 0; i < sim.shard_count; i++) {
        sim_audit_unsure(i);
    }
}


static void
chaos_fault(void)
{
    static const wf_store_status_t  statuses[] = {
        WF_STORE_FULL, WF_STORE_FAILED, WF_STORE_READONLY, WF_STORE_CORRUPT
    };

    wf_memory_fault_t  fault;

    sim.faults++;
    fault = sim_chance(50) ? WF_MEMORY_TEAR : WF_MEMORY_FAIL;
    wf_memory_fault(sim.memory, sim_below(sim.shard_count), 1 + sim_below(3),
                    fault, statuses[sim_below(wf_countof(statuses))]);

    if (sim_chance(30)) {
        wf_memory_fail_open(sim.memory, sim_below(sim.shard_count),
                            1 + sim_below(3), WF_STORE_FAILED);
    }
}


/* The lease is taken from its owner, who hears of it now or later. */

static void
chaos_move(void)
{
    uint32_t       no;
    sim_event_t   *event;
    sim_lease_t   *lease;
    sim_worker_t  *worker;

    no = sim_below(sim.shard_count);
    lease = &sim.leases[no];

    if (lease->owner == SIM_NOBODY || sim.worker_count < 2) {
        return;
    }

    sim.moves++;
    worker = &sim.workers[lease->owner];
    event = sim_post(SIM_ABANDON, lease->owner, sim_below(60));
    event->epoch = worker->shards[no]->epoch;
    event->shard_no = no;
    sim_say("worker %u: loses shard %u", lease->owner, no);
    sim_lease_gone(no);
}


static void
chaos_drain(void)
{
    uint32_t       no;
    sim_worker_t  *worker;

    no = sim_below(sim.shard_count);

    if (sim.leases[no].owner == SIM_NOBODY) {
        return;
    }

    sim.drains++;
    worker = &sim.workers[sim.leases[no].owner];
    sim_say("worker %u: drains shard %u", sim_worker_no(worker), no);
    wf_shard_drain(worker->shards[no], sim_clock());
}


static void
chaos_jump(void)
{
    uint32_t  i;

    sim.jumps++;
    sim.skew_ms += (int64_t) sim_below(20000) - 5000;

    /* one that jumps ahead makes old what has just ended */

    if (sim.retention.age_ms > 0) {
        sim.skew_ms = wf_min(sim.skew_ms, 0);
    }

    sim_say("the clock jumps");

    for (i = 0; i < sim.worker_count; i++) {
        if (sim.workers[i].is_alive) {
            sim_post(SIM_TICK, i, 0);
        }
    }
}


void
sim_chaos(void)
{
    static void (*const chaos[])(void) = {
        chaos_kill, chaos_kill, chaos_power, chaos_fault, chaos_fault,
        chaos_move, chaos_move, chaos_drain, chaos_drain, chaos_jump
    };

    if (sim.is_calm) {
        return;
    }

    chaos[sim_below(wf_countof(chaos))]();
    sim_post(SIM_CHAOS, SIM_WORKERS, 10 + sim_below(900));
}
