
/*
 * The fake world: one clock, a heap of things to happen, workers, leases.
 * Everything comes from one seed.  Decides nothing about workflows.
 */

#include <stdarg.h>

#include "t/sim/sim.h"


sim_t  sim;
bool   sim_verbose;


/*
 * Chance
 */

static uint64_t
next_random(uint64_t *state)
{
    uint64_t  x;

    *state += 0x9e3779b97f4a7c15ull;
    x = *state;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;

    return x ^ x >> 31;
}


uint64_t
sim_random(void)
{
    return next_random(&sim.random);
}


uint32_t
sim_below(uint32_t n)
{
    return (uint32_t) (sim_random() % n);
}


bool
sim_chance(uint32_t percent)
{
    return sim_below(100) < percent;
}


static bool
rare(uint32_t per_mille)
{
    return next_random(&sim.rare) % 1000 < per_mille;
}


int64_t
sim_clock(void)
{
    sim.latest_ms = wf_max(sim.latest_ms,
                           SIM_START_MS + sim.time_ms + sim.skew_ms);

    return SIM_START_MS + sim.time_ms + sim.skew_ms;
}


void
sim_failed(const char *format, ...)
{
    va_list  args;

    if (sim.trouble[0] != '\0') {
        return;
    }

    va_start(args, format);
    vsnprintf(sim.trouble, sizeof(sim.trouble), format, args);
    va_end(args);

    sim_say("TROUBLE: %s", sim.trouble);
}


void
sim_say(const char *format, ...)
{
    va_list  args;

    if (!sim_verbose) {
        return;
    }

    printf("# %8lld ", (long long) sim.time_ms);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}


/*
 * Events
 */

sim_event_t *
sim_post(sim_event_type_t type, uint32_t worker, int64_t delay_ms)
{
    sim_event_t  *event;

    event = sim.spare;

    if (event != NULL) {
        sim.spare = event->next;
        memset(event, 0, offsetof(sim_event_t, err));

    } else {
        event = wf_arena_calloc(sim.arena, sizeof(sim_event_t));
    }

    wf_assert(event != NULL);

    event->type = type;
    event->worker = worker;
    event->life = worker < SIM_WORKERS ? sim.workers[worker].life : 0;
    wf_heap_add(&sim.events, &event->node,
                (uint64_t) (sim.time_ms + wf_max(delay_ms, 0)));

    return event;
}


void
sim_event_free(sim_event_t *event)
{
    event->next = sim.spare;
    sim.spare = event;
}


uint32_t
sim_worker_no(const sim_worker_t *worker)
{
    return (uint32_t) (worker - sim.workers);
}


/*
 * Shards
 */

static void
lease_wanted(uint32_t shard_no)
{
    if (!sim.leases[shard_no].is_opening
        && sim.leases[shard_no].owner == SIM_NOBODY)
    {
        sim.leases[shard_no].is_opening = true;
        sim_post(SIM_OPEN, sim_below(sim.worker_count), 1 + sim_below(40))
            ->shard_no = shard_no;
    }
}


/* The next owner is announced by SIM_OWNER. */

void
sim_lease_gone(uint32_t shard_no)
{
    sim.leases[shard_no].owner = SIM_NOBODY;
    lease_wanted(shard_no);
}


static void
on_open(sim_event_t *event)
{
    uint32_t        i, no;
    sim_worker_t   *worker;
    wf_recovery_t  *recovery;

    no = event->shard_no;
    worker = &sim.workers[event->worker];
    sim.leases[no].is_opening = false;

    if (!worker->is_alive || worker->shards[no] != NULL) {
        lease_wanted(no);
        return;
    }

    recovery = wf_recover(&wf_store_memory, sim.memory, no);

    if (recovery->status != WF_STORE_OK) {
        if (recovery->store != NULL) {
            wf_store_memory.close(recovery->store);
        }

        wf_recovery_free(recovery);
        lease_wanted(no);
        return;
    }

    sim_say("worker %u: opens shard %u, epoch %llu", event->worker, no,
            (unsigned long long) recovery->epoch);

    sim_audit_opened(no, recovery->store);
    sim_index_clear(no);
    sim.leases[no].owner = event->worker;
    worker->stores[no] = recovery->store;
    worker->shards[no] = wf_shard_create(&worker->port,
                                         wf_desk_catalog(worker->desk), no,
                                         recovery, sim_clock());
    wf_desk_shard_open(worker->desk, worker->shards[no], sim_clock());

    for (i = 0; i < sim.worker_count; i++) {
        if (i != event->worker && sim.workers[i].is_alive) {
            sim_post(SIM_OWNER, i, sim_below(6))->shard_no = no;
        }
    }
}


static void
shard_gone(sim_worker_t *worker, uint32_t no)
{
    wf_shard_t  *shard;

    shard = worker->shards[no];
    wf_desk_shard_closed(worker->desk, shard, sim_clock());
    worker->shards[no] = NULL;
    wf_shard_free(shard);
    wf_store_memory.close(worker->stores[no]);
    worker->stores[no] = NULL;

    if (sim.leases[no].owner == sim_worker_no(worker)) {
        sim_lease_gone(no);
    }
}


/* The one that is meant, not one that came after it. */

static bool
is_meant(const sim_event_t *event)
{
    const wf_shard_t  *shard;

    shard = sim.workers[event->worker].shards[event->shard_no];

    return shard != NULL && shard->epoch == event->epoch;
}


static void
on_closed(sim_event_t *event)
{
    sim_worker_t  *worker;

    worker = &sim.workers[event->worker];

    if (is_meant(event)) {
        shard_gone(worker, event->shard_no);
    }
}


static void
on_owner(sim_event_t *event)
{
    wf_desk_owner(sim.workers[event->worker].desk, event->shard_no,
                  sim_clock());
}


static void
on_abandon(sim_event_t *event)
{
    sim_worker_t  *worker;

    worker = &sim.workers[event->worker];

    if (is_meant(event)) {
        wf_shard_abandon(worker->shards[event->shard_no], sim_clock());
    }
}


/*
 * Storage
 */

static void
append_run(sim_worker_t *worker, uint32_t shard_no, wf_batch_t *batch)
{
    batch->status = wf_store_memory.append(worker->stores[shard_no],
                                           &batch->append, &batch->err);

    if (batch->status == WF_STORE_OK) {
        sim_audit_append(shard_no, &batch->append);

        return;
    }

    sim_say("shard %u: append fails: %s", shard_no, batch->err.arg[0]);
    sim_audit_unsure(shard_no);

    /* The store itself must never find anything wrong with what we write. */

    if (batch->status != WF_STORE_FENCED
        && strstr(batch->err.arg[0], "told to fail") == NULL)
    {
        sim_failed("shard %u: an append is refused: %s", shard_no,
                   batch->err.arg[0]);
    }
}


/* Durable, and nobody has heard of it: the worst moment to die. */

static bool
is_crash(void)
{
    return ++sim.append_count == sim.crash_append
           || (!sim.is_calm && sim.crash_percent > 0
               && sim_chance(sim.crash_percent));
}


static void
on_append_run(sim_event_t *event)
{
    sim_event_t   *done;
    sim_worker_t  *worker;

    worker = &sim.workers[event->worker];
    append_run(worker, event->shard_no, event->batch);

    if (is_crash()) {
        sim.kills++;
        sim_worker_kill(event->worker);
        return;
    }

    done = sim_post(SIM_APPEND_DONE, event->worker, sim_below(8));
    done->shard = event->shard;
    done->batch = event->batch;
    done->shard_no = event->shard_no;
}


static void
on_append_done(sim_event_t *event)
{
    wf_shard_committed(event->shard, event->batch, sim_clock());
}


static void
read_run(sim_worker_t *worker, wf_read_t *read)
{
    if (!sim.is_calm && sim_chance(1)) {
        wf_error_set(&read->err, WF_E_INTERNAL, "no connection to read with");
        read->run(read, &wf_store_memory, NULL);
        return;
    }

    read->run(read, &wf_store_memory, worker->reader);
}


static void
on_read_run(sim_event_t *event)
{
    sim_event_t  *done;

    read_run(&sim.workers[event->worker], event->read);
    done = sim_post(SIM_READ_DONE, event->worker, sim_below(9));
    done->read = event->read;
}


static void
on_read_done(sim_event_t *event)
{
    event->read->done(event->read, sim_clock());
}


/*
 * Messages, time
 */

static void
on_message(sim_event_t *event)
{
    wf_desk_message(sim.workers[event->worker].desk, event->shard_no,
                    event->ticket, event->message, sim_clock());
}


static void
on_reply(sim_event_t *event)
{
    if (event->ticket.slot_generation
        == sim.workers[event->worker].port.slot_generation)
    {
        wf_desk_reply(sim.workers[event->worker].desk, event->ticket,
                      event->message, sim_clock());
    }
}


static void
on_turn(sim_event_t *event)
{
    sim.workers[event->worker].turn_posted = false;
    wf_desk_turn(sim.workers[event->worker].desk, sim_clock());
}


static void
on_tick(sim_event_t *event)
{
    sim_worker_t  *worker;

    worker = &sim.workers[event->worker];

    /* One alarm at a time, or they would grow without end. */

    if (worker->armed_ms == 0 || worker->alarm != event) {
        return;
    }

    if (worker->armed_ms > sim_clock()) {
        worker->alarm = sim_post(SIM_TICK, event->worker,
                                 worker->armed_ms - sim_clock());
        return;
    }

    worker->armed_ms = 0;
    wf_desk_tick(worker->desk, sim_clock());
}


/*
 * Workers
 */

/* Seconds instead of months, in some lives. */

static void
world_retention(uint64_t seed)
{
    uint64_t  state;

    state = seed * 77;
    sim.owner_wait_ms = 15000;

    if (next_random(&state) % 3 != 0) {
        return;
    }

    sim.owner_wait_ms = 300;
    sim.retention.grace_ms = 2 * sim.owner_wait_ms + 10000;
    sim.retention.age_ms = sim.retention.grace_ms
                           + (int64_t) (next_random(&state) % 4 * 10000);

    if (sim.is_long) {
        sim.retention.age_ms *= 100000;
    }

    if (next_random(&state) % 2) {
        sim.retention.count = 1 + next_random(&state) % 5;
    }
}


static void
worker_start(uint32_t no)
{
    wf_error_t           err;
    sim_worker_t        *worker;
    wf_desk_settings_t   settings;

    worker = &sim.workers[no];
    worker->is_alive = true;
    worker->is_dying = false;
    worker->life++;
    worker->turn_posted = false;
    worker->armed_ms = 0;
    sim_port_init(no);

    settings = (wf_desk_settings_t) {
        .shard_count = sim.shard_count,
        .owner_wait_ms = sim.owner_wait_ms,
        .task_poll_ms = 60000,
        .swf_poll_ms = 58000
    };

    worker->desk = wf_desk_create(&worker->port, &settings);
    wf_assert(worker->desk != NULL);

    if (wf_store_memory.reader_open(sim.memory, sim.shard_count,
                                    &worker->reader, &err)
        != WF_OK)
    {
        sim_failed("no reader: %s", err.arg[0]);
    }
}


/* Its reads come back to memory that is on its way out. */

static void
reads_finish(uint32_t no)
{
    uint32_t      i;
    sim_event_t  *event;

    for (i = 0; i < sim.events.count; /* void */ ) {
        event = (sim_event_t *) sim.events.nodes[i];

        if (event->worker != no || event->life != sim.workers[no].life
            || (event->type != SIM_READ_RUN && event->type != SIM_READ_DONE))
        {
            i++;
            continue;
        }

        wf_heap_remove(&sim.events, &event->node);

        if (event->type == SIM_READ_RUN) {
            event->read->run(event->read, &wf_store_memory,
                             sim.workers[no].reader);
        }

        event->read->done(event->read, sim_clock());
        sim_event_free(event);
        i = 0;
    }
}


/* An append that was on its way is done or not; nobody will hear of it. */

static void
append_finish(uint32_t no, uint32_t shard_no)
{
    uint32_t      i;
    wf_batch_t   *batch;
    sim_event_t  *event;

    batch = sim.workers[no].shards[shard_no]->flight;

    for (i = 0; i < sim.events.count; i++) {
        event = (sim_event_t *) sim.events.nodes[i];

        if (event->type == SIM_APPEND_RUN && event->batch == batch
            && sim_chance(50))
        {
            append_run(&sim.workers[no], shard_no, batch);
        }
    }

    batch->status = WF_STORE_FAILED;
    wf_shard_committed(sim.workers[no].shards[shard_no], batch, sim_clock());
}


void
sim_worker_kill(uint32_t no)
{
    uint32_t       i;
    sim_worker_t  *worker;

    worker = &sim.workers[no];
    sim_say("worker %u: dies", no);
    worker->is_dying = true;
    worker->is_alive = false;
    sim_clients_lost(no);
    sim_services_lost(no);

    for (i = 0; i < sim.shard_count; i++) {
        if (worker->shards[i] == NULL) {
            continue;
        }

        wf_shard_abandon(worker->shards[i], sim_clock());

        if (worker->shards[i]->flight != NULL) {
            append_finish(no, i);
        }

        wf_shard_turn(worker->shards[i], sim_clock());
        wf_shard_turn(worker->shards[i], sim_clock());

        if (worker->shards[i]->state != WF_SHARD_CLOSED) {
            sim_failed("an abandoned shard does not close");
        }

        shard_gone(worker, i);
    }

    reads_finish(no);
    wf_desk_free(worker->desk);
    reads_finish(no);
    wf_store_memory.reader_close(worker->reader);
    worker->desk = NULL;
    worker->life++;

    sim_post(SIM_RESTART, no, 5 + sim_below(100));
}


static void
on_restart(sim_event_t *event)
{
    if (!sim.workers[event->worker].is_alive) {
        worker_start(event->worker);
    }
}


static void
on_service(sim_event_t *event)
{
    sim_service_answer(event->worker, event->out);
}


static void
on_report(sim_event_t *event)
{
    sim_service_report(event->letter);
}


static void
on_chaos(sim_event_t *event)
{
    (void) event;
    sim_chaos();
}


static void
on_client(sim_event_t *event)
{
    sim_client_act(event->shard_no);
}


/*
 * Life
 */

static const struct {
    void  (*run)(sim_event_t *event);
    bool    of_worker;              /* dies with it */
} event_table[SIM_EVENTS] = {
    [SIM_READ_RUN]    = { on_read_run,    true },
    [SIM_READ_DONE]   = { on_read_done,   true },
    [SIM_APPEND_RUN]  = { on_append_run,  true },
    [SIM_APPEND_DONE] = { on_append_done, true },
    [SIM_MESSAGE]     = { on_message,     true },
    [SIM_REPLY]       = { on_reply,       true },
    [SIM_TURN]        = { on_turn,        true },
    [SIM_TICK]        = { on_tick,        true },
    [SIM_OPEN]        = { on_open,        false },
    [SIM_OWNER]       = { on_owner,       true },
    [SIM_CLOSED]      = { on_closed,      true },
    [SIM_ABANDON]     = { on_abandon,     true },
    [SIM_RESTART]     = { on_restart,     false },
    [SIM_CLIENT]      = { on_client,      false },
    [SIM_SERVICE]     = { on_service,     true },
    [SIM_REPORT]      = { on_report,      false },
    [SIM_CHAOS]       = { on_chaos,       false }
};


void
sim_world_open(uint64_t seed)
{
    uint32_t    i;
    wf_error_t  err;

    memset(&sim, 0, sizeof(sim));
    sim.seed = seed;
    sim.random = seed * 0x2545f4914f6cdd1dull + 1;
    sim.rare = seed ^ 0x5bd1e995;
    sim.arena = wf_arena_create(256 * 1024);
    sim.memory = wf_memory_create();
    sim.catalog_version = 1;
    wf_heap_init(&sim.events);
    wf_buggify_hook = seed % 4 ? rare : NULL;

    sim.worker_count = 1 + sim_below(SIM_WORKERS);
    sim.shard_count = 1 + sim_below(SIM_SHARDS);

    if (wf_store_memory.reader_open(sim.memory, sim.shard_count, &sim.reader,
                                    &err)
        != WF_OK)
    {
        sim_failed("no reader: %s", err.arg[0]);
    }

    sim.is_long = seed % 16 == 5;
    world_retention(seed);

    for (i = 0; i < sim.worker_count; i++) {
        worker_start(i);
    }

    for (i = 0; i < sim.shard_count; i++) {
        sim.leases[i].owner = SIM_NOBODY;
        lease_wanted(i);
    }

    sim.crash_percent = seed % 16 == 3 ? 20 : 0;

    /* No chaos but for one crash, after each append in turn. */

    if (seed % 8 == 0) {
        sim.crash_append = 1 + seed / 8 % 300;

    } else {
        sim_post(SIM_CHAOS, SIM_WORKERS, sim_below(900));
    }
}


bool
sim_world_step(void)
{
    sim_event_t     *event;
    wf_heap_node_t  *node;

    node = wf_heap_min(&sim.events);

    if (node == NULL) {
        return false;
    }

    event = (sim_event_t *) node;
    wf_heap_remove(&sim.events, node);
    sim.time_ms = wf_max(sim.time_ms, (int64_t) node->due_ms);
    sim.event_count++;

    if (!event_table[event->type].of_worker
        || (sim.workers[event->worker].is_alive
            && sim.workers[event->worker].life == event->life))
    {
        event_table[event->type].run(event);
    }

    sim_event_free(event);

    return true;
}


void
sim_world_calm(void)
{
    uint32_t  i;

    sim.is_calm = true;

    for (i = 0; i < sim.shard_count; i++) {
        wf_memory_fault(sim.memory, i, 0, WF_MEMORY_FAIL, WF_STORE_FAILED);
        wf_memory_fail_open(sim.memory, i, 0, WF_STORE_FAILED);
    }
}


bool
sim_world_is_whole(void)
{
    uint32_t  i;

    for (i = 0; i < sim.worker_count; i++) {
        if (!sim.workers[i].is_alive) {
            return false;
        }
    }

    for (i = 0; i < sim.shard_count; i++) {
        if (sim.leases[i].owner == SIM_NOBODY) {
            return false;
        }
    }

    return true;
}


void
sim_world_close(void)
{
    uint32_t  i;

    for (i = 0; i < sim.worker_count; i++) {
        if (sim.workers[i].is_alive) {
            sim_worker_kill(i);
        }
    }

    wf_store_memory.reader_close(sim.reader);
    wf_memory_free(sim.memory);
    wf_heap_free(&sim.events);
    wf_arena_free(sim.arena);
}
