
/*
 * The fake port: what shards and desks ask of the world becomes events, with
 * delays, doubles and losses.  Owns the execution index.
 */

#include "t/sim/sim.h"


static sim_worker_t *
worker_of(wf_port_t *port)
{
    return (sim_worker_t *) port;
}


static void
port_random(wf_port_t *port, void *bytes, size_t len)
{
    size_t    i;
    uint64_t  word;

    (void) port;
    word = 0;

    for (i = 0; i < len; i++) {
        if (i % 8 == 0) {
            word = sim_random();
        }

        ((uint8_t *) bytes)[i] = (uint8_t) (word >> i % 8 * 8);
    }
}


static void
port_append(wf_port_t *port, wf_shard_t *shard, wf_batch_t *batch)
{
    sim_event_t   *event;
    sim_worker_t  *worker;

    worker = worker_of(port);

    if (worker->is_dying) {
        sim_failed("an append of a dead worker");
        return;
    }

    event = sim_post(SIM_APPEND_RUN, sim_worker_no(worker), sim_below(6));
    event->shard = shard;
    event->batch = batch;
    event->shard_no = wf_shard_no(shard);
}


static void
port_read(wf_port_t *port, wf_read_t *read)
{
    sim_event_t   *event;
    sim_worker_t  *worker;

    worker = worker_of(port);
    event = sim_post(SIM_READ_RUN, sim_worker_no(worker), sim_below(9));
    event->read = read;
}


static void
port_arm(wf_port_t *port, int64_t due_ms)
{
    sim_worker_t  *worker;

    worker = worker_of(port);

    if (worker->is_dying) {
        return;
    }

    if (worker->armed_ms == 0 || due_ms < worker->armed_ms) {
        worker->armed_ms = due_ms;
        worker->alarm = sim_post(SIM_TICK, sim_worker_no(worker),
                                 due_ms - sim_clock());
    }
}


static void
port_turn(wf_port_t *port)
{
    sim_worker_t  *worker;

    worker = worker_of(port);

    if (!worker->turn_posted && !worker->is_dying) {
        worker->turn_posted = true;
        sim_post(SIM_TURN, sim_worker_no(worker), sim_chance(20));
    }
}


static sim_entry_t *
entry_find(uint32_t shard_no, uint64_t flow_no, wf_str_t name)
{
    sim_entry_t  *entry;

    for (entry = sim.index; entry != NULL; entry = entry->next) {
        if (entry->shard_no == shard_no && entry->flow_no == flow_no
            && wf_str_eq(entry->name, name))
        {
            return entry;
        }
    }

    return NULL;
}


static void
port_publish(wf_port_t *port, uint32_t shard_no, const wf_record_t *record)
{
    wf_buf_t       buf;
    sim_entry_t   *entry;
    sim_worker_t  *worker;

    worker = worker_of(port);
    sim_audit_publish(shard_no, record);

    if (worker->is_dying
        || sim.leases[shard_no].owner != sim_worker_no(worker))
    {
        return;
    }

    entry = entry_find(shard_no, record->flow_no, record->name);

    if (entry == NULL) {
        entry = wf_arena_calloc(sim.arena, sizeof(sim_entry_t));
        entry->shard_no = shard_no;
        entry->flow_no = record->flow_no;
        entry->name = wf_arena_copy(sim.arena, record->name);
        entry->next = sim.index;
        sim.index = entry;
    }

    wf_buf_init(&buf, sim.arena, 256);
    wf_record_encode(&buf, record);
    entry->bytes = wf_buf_done(&buf);
}


static void
port_forget(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name)
{
    sim_entry_t   *entry, **at;
    sim_worker_t  *worker;

    worker = worker_of(port);
    sim_audit_forget(shard_no, flow_no, name);

    if (worker->is_dying
        || sim.leases[shard_no].owner != sim_worker_no(worker))
    {
        return;
    }

    entry = entry_find(shard_no, flow_no, name);

    for (at = &sim.index; *at != NULL; at = &(*at)->next) {
        if (*at == entry) {
            *at = entry->next;
            return;
        }
    }
}


/* Forgets now and then, as a full zone does. */

static wf_rc_t
port_lookup(wf_port_t *port, wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record)
{
    wf_str_t      bytes;
    sim_entry_t  *entry;

    (void) port;
    entry = entry_find(shard_no, flow_no, name);

    if (entry == NULL || sim.leases[shard_no].owner == SIM_NOBODY
        || sim_chance(20))
    {
        return WF_DECLINED;
    }

    bytes = wf_arena_copy(arena, entry->bytes);

    return wf_record_decode_whole(bytes, record);
}


/* A partition is empty when its shard has a new owner. */

void
sim_index_clear(uint32_t shard_no)
{
    sim_entry_t  **at;

    for (at = &sim.index; *at != NULL; /* void */ ) {
        if ((*at)->shard_no == shard_no) {
            *at = (*at)->next;

        } else {
            at = &(*at)->next;
        }
    }
}


static uint64_t
port_version(wf_port_t *port)
{
    (void) port;

    return sim.catalog_version;
}


/* Schedules here are of Standard flows: nobody claims. */
static bool
port_claim(wf_port_t *port, wf_str_t name, int64_t now_ms)
{
    (void) port;
    (void) name;
    (void) now_ms;

    return true;
}


static void
port_unclaim(wf_port_t *port, wf_str_t name, int64_t now_ms)
{
    (void) port;
    (void) name;
    (void) now_ms;
}


static void
port_changed(wf_port_t *port)
{
    if (!worker_of(port)->is_dying) {
        sim.catalog_version++;
    }
}


static wf_rc_t
port_send(wf_port_t *port, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message)
{
    uint32_t      owner;
    sim_event_t  *event;

    owner = sim.leases[shard_no].owner;

    if (worker_of(port)->is_dying || owner == SIM_NOBODY) {
        return WF_AGAIN;
    }

    event = sim_post(SIM_MESSAGE, owner, sim_below(6));
    event->shard_no = shard_no;
    event->ticket = ticket;
    event->message = wf_arena_copy(sim.arena, message);

    return WF_OK;
}


static wf_rc_t
port_reply(wf_port_t *port, wf_ticket_t ticket, wf_str_t message)
{
    uint32_t      copies;
    sim_event_t  *event;

    if (worker_of(port)->is_dying) {
        return WF_OK;
    }

    sim_audit_notice(message);

    for (copies = sim_chance(3) ? 2 : 1; copies > 0; copies--) {
        event = sim_post(SIM_REPLY, ticket.slot, sim_below(6));
        event->ticket = ticket;
        event->message = wf_arena_copy(sim.arena, message);
    }

    return WF_OK;
}


static bool
port_is_there(wf_port_t *port, wf_ticket_t ticket)
{
    (void) port;

    return sim.workers[ticket.slot].is_alive
           && sim.workers[ticket.slot].port.slot_generation
              == ticket.slot_generation;
}


static void
port_task(wf_port_t *port, wf_task_t *task)
{
    wf_desk_task(worker_of(port)->desk, task, sim_clock());
}


static void
port_outbound(wf_port_t *port, wf_outbound_t *out)
{
    sim_service_call(sim_worker_no(worker_of(port)), out);
}


static void
port_outbound_cancel(wf_port_t *port, wf_outbound_t *out)
{
    (void) port;
    sim_service_cancel(out);
}


static void
port_closed(wf_port_t *port, wf_shard_t *shard, const wf_error_t *err)
{
    sim_event_t  *event;

    sim_say("worker %u: shard %u closed: %s", sim_worker_no(worker_of(port)),
            wf_shard_no(shard), err ? err->arg[0] : "drained");

    event = sim_post(SIM_CLOSED, sim_worker_no(worker_of(port)), sim_below(3));
    event->epoch = shard->epoch;
    event->shard_no = wf_shard_no(shard);
}


/* An owner that has lost its lease may see what it does not understand. */

static void
port_log(wf_port_t *port, const char *text)
{
    unsigned  shard_no;

    sim_say("worker %u: %s", sim_worker_no(worker_of(port)), text);

    if ((strstr(text, "is broken") || strstr(text, "is unknown"))
        && sscanf(text, "shard %u", &shard_no) == 1
        && sim.leases[shard_no].owner == sim_worker_no(worker_of(port)))
    {
        sim_failed("log: %s", text);
    }
}


void
sim_port_init(uint32_t no)
{
    sim_worker_t  *worker;

    worker = &sim.workers[no];
    worker->port = (wf_port_t) {
        .random = port_random, .append = port_append, .read = port_read,
        .arm = port_arm, .turn = port_turn, .publish = port_publish,
        .forget = port_forget, .lookup = port_lookup,
        .catalog_version = port_version,
        .catalog_changed = port_changed, .send = port_send,
        .reply = port_reply, .is_there = port_is_there,
        .closed = port_closed, .log = port_log,
        .claim = port_claim, .unclaim = port_unclaim,
        .task = port_task, .outbound = port_outbound,
        .outbound_cancel = port_outbound_cancel,
        .token_key = "one key for all of a small world",
        .retention = sim.retention,
        .slot = no, .slot_generation = worker->life
    };
}
