
/*
 * A small world for tests of the desk: workers in one process, a store in
 * memory, a port whose completions wait until the test lets them run.
 */

#ifndef WF_UNIT_DESK_WORLD_H
#define WF_UNIT_DESK_WORLD_H


#include "actions/moves.h"
#include "store/store_memory.h"


#ifndef WORKERS
#define WORKERS     2
#endif

#define SHARDS      2
#define NOBODY      -1
#define INDEX_MAX   256
#define OUTS_MAX    256

typedef enum {
    WORK_READ, WORK_APPEND, WORK_MESSAGE, WORK_REPLY
} work_type_t;

typedef struct work_s  work_t;

struct work_s {
    work_t       *next;
    work_type_t   type;
    int           worker;           /* who is served */
    int           from;             /* who asked for it */
    wf_read_t    *read;
    wf_shard_t   *shard;
    wf_batch_t   *batch;
    uint32_t      shard_no;
    wf_ticket_t   ticket;
    wf_str_t      message;
};

typedef struct {
    wf_port_t            port;      /* first */
    wf_desk_t           *desk;
    wf_store_reader_t   *reader;
    bool                 wants_turn;
    int64_t              armed_ms;
    wf_shard_t          *shards[SHARDS];
    wf_recovery_t       *recoveries[SHARDS];
    wf_store_t          *stores[SHARDS];
} worker_t;

typedef struct {
    bool         used;
    uint64_t     flow_no;
    wf_str_t     bytes;
} index_t;

static worker_t      workers[WORKERS];
static int           owners[SHARDS];
static work_t       *work_first, **work_last;
static wf_memory_t  *memory;
static wf_arena_t   *world;
static uint64_t      catalog_version;
static wf_str_t      claims[16];
static int           claim_count;
static uint64_t      random_state;
static int64_t       now_ms;
static index_t       index_table[INDEX_MAX];
static unsigned      index_count;
static unsigned      sends;         /* messages to owners */
static unsigned      read_ever;     /* work for reader threads */
static bool          no_index;
static wf_outbound_t  *outs[OUTS_MAX];  /* calls of services, in order */
static unsigned      out_count;
static unsigned      out_ever;
static unsigned      out_cancels;
static char          last_log[1024];
static unsigned      closes;
static bool          is_dead[WORKERS];
static bool          is_deaf[WORKERS];  /* nobody hears of it any more */
static bool          is_full[WORKERS];  /* no answer gets there */
static uint64_t      shuffle;       /* not 0: who is served first is random */


static inline worker_t *
worker_of(wf_port_t *port)
{
    return (worker_t *) port;
}


static inline work_t *
work_add(work_type_t type, int worker, wf_port_t *port)
{
    work_t  *work;

    work = calloc(1, sizeof(work_t));
    work->type = type;
    work->worker = worker;
    work->from = (int) (worker_of(port) - workers);
    *work_last = work;
    work_last = &work->next;

    return work;
}


static inline void
port_random(wf_port_t *port, void *bytes, size_t len)
{
    uint8_t  *pos = bytes;

    (void) port;

    while (len--) {
        random_state = random_state * 6364136223846793005 + 1;
        *pos++ = (uint8_t) (random_state >> 40);
    }
}


static inline void
port_append(wf_port_t *port, wf_shard_t *shard, wf_batch_t *batch)
{
    work_t  *work;

    work = work_add(WORK_APPEND, (int) (worker_of(port) - workers), port);
    work->shard = shard;
    work->batch = batch;
}


static inline void
port_read(wf_port_t *port, wf_read_t *read)
{
    read_ever++;
    work_add(WORK_READ, (int) (worker_of(port) - workers), port)->read = read;
}


static inline void
port_arm(wf_port_t *port, int64_t due_ms)
{
    worker_t  *worker = worker_of(port);

    if (worker->armed_ms == 0 || due_ms < worker->armed_ms) {
        worker->armed_ms = due_ms;
    }
}


static inline void
port_turn(wf_port_t *port)
{
    worker_of(port)->wants_turn = true;
}


static inline void
port_publish(wf_port_t *port, uint32_t shard_no, const wf_record_t *record)
{
    unsigned   i;
    wf_buf_t   buf;
    index_t   *entry;

    (void) port;
    (void) shard_no;

    wf_buf_init(&buf, world, 256);
    wf_record_encode(&buf, record);

    for (i = 0; i < index_count; i++) {
        wf_record_t  other;

        entry = &index_table[i];
        wf_record_decode_whole(entry->bytes, &other);

        if (other.flow_no == record->flow_no
            && wf_str_eq(other.name, record->name))
        {
            entry->bytes = wf_buf_done(&buf);
            return;
        }
    }

    if (index_count < INDEX_MAX) {
        index_table[index_count++].bytes = wf_buf_done(&buf);
    }
}


static inline void
port_forget(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name)
{
    unsigned     i;
    wf_record_t  other;

    (void) port;
    (void) shard_no;

    for (i = 0; i < index_count; i++) {
        wf_record_decode_whole(index_table[i].bytes, &other);

        if (other.flow_no == flow_no && wf_str_eq(other.name, name)) {
            index_table[i] = index_table[--index_count];
            return;
        }
    }
}


static inline wf_rc_t
port_lookup(wf_port_t *port, wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record)
{
    unsigned  i;

    (void) port;
    (void) shard_no;

    for (i = 0; i < index_count && !no_index; i++) {
        wf_record_decode_whole(index_table[i].bytes, record);

        if (record->flow_no == flow_no && wf_str_eq(record->name, name)) {
            return wf_record_decode_whole(wf_arena_copy(arena,
                                              index_table[i].bytes), record);
        }
    }

    return WF_DECLINED;
}


static inline uint64_t
port_catalog_version(wf_port_t *port)
{
    (void) port;

    return catalog_version;
}


static inline bool
port_claim(wf_port_t *port, wf_str_t name, int64_t at_ms)
{
    int  i;

    (void) port;
    (void) at_ms;

    for (i = 0; i < claim_count; i++) {
        if (wf_str_eq(claims[i], name)) {
            return false;
        }
    }

    wf_assert(claim_count < (int) wf_countof(claims));
    claims[claim_count++] = wf_arena_copy(world, name);

    return true;
}


static inline void
port_unclaim(wf_port_t *port, wf_str_t name, int64_t at_ms)
{
    int  i;

    (void) port;
    (void) at_ms;

    for (i = 0; i < claim_count; i++) {
        if (wf_str_eq(claims[i], name)) {
            claims[i] = claims[--claim_count];
        }
    }
}


static inline void
port_catalog_changed(wf_port_t *port)
{
    (void) port;
    catalog_version++;
}


static inline wf_rc_t
port_send(wf_port_t *port, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message)
{
    work_t    *work;
    wf_str_t   copy;

    if (owners[shard_no] == NOBODY || is_deaf[worker_of(port) - workers]) {
        return WF_AGAIN;
    }

    copy = wf_arena_copy(world, message);

    if (copy.data == NULL) {
        return WF_ERROR;
    }

    sends++;
    work = work_add(WORK_MESSAGE, owners[shard_no], port);
    work->shard_no = shard_no;
    work->ticket = ticket;
    work->message = copy;

    return WF_OK;
}


static inline wf_rc_t
port_reply(wf_port_t *port, wf_ticket_t ticket, wf_str_t message)
{
    work_t  *work;

    if (is_full[ticket.slot]) {
        return WF_ERROR;
    }

    if (is_deaf[worker_of(port) - workers]) {
        return WF_OK;
    }

    work = work_add(WORK_REPLY, (int) ticket.slot, port);
    work->ticket = ticket;
    work->message = wf_arena_copy(world, message);

    return WF_OK;
}


static inline bool
port_is_there(wf_port_t *port, wf_ticket_t ticket)
{
    (void) port;

    return !is_dead[ticket.slot]
           && workers[ticket.slot].port.slot_generation
              == ticket.slot_generation;
}


static inline void
port_closed(wf_port_t *port, wf_shard_t *shard, const wf_error_t *err)
{
    (void) port;
    (void) shard;
    (void) err;

    closes++;
}


static inline void
port_log(wf_port_t *port, const char *text)
{
    (void) port;
    snprintf(last_log, sizeof(last_log), "%s", text);
}


static inline void
port_task(wf_port_t *port, wf_task_t *task)
{
    wf_desk_task(worker_of(port)->desk, task, now_ms);
}


static inline void
port_outbound(wf_port_t *port, wf_outbound_t *out)
{
    (void) port;
    wf_assert(out_count < OUTS_MAX);
    outs[out_count++] = out;
    out_ever++;
}


static inline wf_outbound_t *
out_take(unsigned i)
{
    wf_outbound_t  *out;

    wf_assert(i < out_count);
    out = outs[i];
    out_count--;
    memmove(&outs[i], &outs[i + 1], (out_count - i) * sizeof(outs[0]));

    return out;
}


static inline void
port_outbound_cancel(wf_port_t *port, wf_outbound_t *out)
{
    unsigned  i;

    (void) port;

    for (i = 0; outs[i] != out; i++) {
        wf_assert(i < out_count);
    }

    out_take(i);
    out_cancels++;
    out->is_lost = true;
    out->done(out, NULL, now_ms);
}


/* The service of call i says something. */
static inline void
world_serve(unsigned i, unsigned status, const char *body)
{
    wf_outbound_t         *out;
    wf_service_answer_t    answer;
    wf_service_header_t    header;

    out = out_take(i);
    header.name = wf_str("content-type");
    header.value = wf_str("application/json");
    answer = (wf_service_answer_t) {
        .status = status,
        .headers = &header,
        .header_count = 1,
        .body = wf_str_of(body)
    };
    out->done(out, &answer, now_ms);
}


static inline void
world_open(int worker, uint32_t shard_no)
{
    worker_t       *w = &workers[worker];
    wf_recovery_t  *recovery;

    recovery = wf_recover(&wf_store_memory, memory, shard_no);
    wf_assert(recovery && recovery->status == WF_STORE_OK);
    w->stores[shard_no] = recovery->store;
    w->shards[shard_no] = wf_shard_create(&w->port, wf_desk_catalog(w->desk),
                                          shard_no, recovery, now_ms);
    wf_assert(w->shards[shard_no]);
    owners[shard_no] = worker;
    wf_desk_shard_open(w->desk, w->shards[shard_no], now_ms);
}


/* The lease is gone: whatever is on its way to the shard finds it down. */
static inline void
world_lose(int worker, uint32_t shard_no)
{
    wf_shard_abandon(workers[worker].shards[shard_no], now_ms);
    owners[shard_no] = NOBODY;
}


/* Tells everybody. */
static inline void
world_owner(uint32_t shard_no)
{
    int  i;

    for (i = 0; i < WORKERS; i++) {
        wf_desk_owner(workers[i].desk, shard_no, now_ms);
    }
}


static inline void
world_close(int worker, uint32_t shard_no)
{
    worker_t  *w = &workers[worker];

    wf_desk_shard_closed(w->desk, w->shards[shard_no], now_ms);
    wf_shard_free(w->shards[shard_no]);
    wf_store_memory.close(w->stores[shard_no]);
    w->shards[shard_no] = NULL;
}


static inline void
world_create(void)
{
    int                 i;
    wf_error_t          err;
    wf_desk_settings_t  settings;

    work_first = NULL;
    work_last = &work_first;
    memory = wf_memory_create();
    world = wf_arena_create(0);
    catalog_version = 1;
    claim_count = 0;
    random_state = 42;
    shuffle = 0;
    now_ms = 1767323045000;
    index_count = sends = closes = 0;
    out_count = out_ever = out_cancels = 0;
    no_index = false;
    settings.shard_count = SHARDS;
    settings.owner_wait_ms = 15000;
    settings.task_poll_ms = 60000;
    settings.swf_poll_ms = 58000;
    memset(is_dead, 0, sizeof(is_dead));
    memset(is_deaf, 0, sizeof(is_deaf));
    memset(is_full, 0, sizeof(is_full));
    settings.keeps_express = false;
    memset(workers, 0, sizeof(workers));

    for (i = 0; i < SHARDS; i++) {
        owners[i] = NOBODY;
    }

    for (i = 0; i < WORKERS; i++) {
        workers[i].port = (wf_port_t) {
            .random = port_random, .append = port_append, .read = port_read,
            .arm = port_arm, .turn = port_turn, .publish = port_publish,
            .forget = port_forget, .lookup = port_lookup,
            .catalog_version = port_catalog_version,
            .catalog_changed = port_catalog_changed, .send = port_send,
            .reply = port_reply, .is_there = port_is_there,
            .closed = port_closed, .log = port_log,
            .task = port_task, .claim = port_claim,
            .unclaim = port_unclaim, .outbound = port_outbound,
            .outbound_cancel = port_outbound_cancel,
            .token_key = "the key of this little world...",
            .slot = (uint32_t) i, .slot_generation = 1
        };
        workers[i].desk = wf_desk_create(&workers[i].port, &settings);
        wf_assert(workers[i].desk);
    }

    world_open(0, 0);
    world_open(1, 1);

    for (i = 0; i < WORKERS; i++) {
        wf_assert(wf_store_memory.reader_open(memory, SHARDS,
                                              &workers[i].reader, &err)
                  == WF_OK);
    }
}


static inline void
work_do(work_t *work)
{
    worker_t  *worker = &workers[work->worker];

    switch (work->type) {

    case WORK_READ:
        work->read->run(work->read, &wf_store_memory, worker->reader);
        work->read->done(work->read, now_ms);
        break;

    case WORK_APPEND:
        work->batch->status = wf_store_memory.append(
            worker->stores[wf_shard_no(work->shard)], &work->batch->append,
            &work->batch->err);
        wf_shard_committed(work->shard, work->batch, now_ms);
        break;

    case WORK_MESSAGE:
        wf_desk_message(worker->desk, work->shard_no, work->ticket,
                        work->message, now_ms);
        break;

    default:
        if (work->ticket.slot_generation == worker->port.slot_generation) {
            wf_desk_reply(worker->desk, work->ticket, work->message, now_ms);
        }
    }
}


static inline bool
is_kept_in_order(const work_t *one, const work_t *two)
{
    return one->from == two->from && one->worker == two->worker
           && (one->type >= WORK_MESSAGE) == (two->type >= WORK_MESSAGE);
}


/* The next piece of work: the first, or, shuffled, any that is not behind
 * another one on its way.  NULL: there is none. */
static inline work_t *
work_take(void)
{
    work_t  **at, **chosen, *work, *before;

    chosen = &work_first;

    for (at = &work_first; shuffle && *at; at = &(*at)->next) {

        for (before = work_first; !is_kept_in_order(before, *at);
             before = before->next)
        {
            /* void */
        }

        shuffle = shuffle * 6364136223846793005 + 1442695040888963407;

        if (before == *at && (shuffle >> 33) % 3 == 0) {
            chosen = at;
        }
    }

    work = *chosen;

    if (work) {
        *chosen = work->next;

        if (work->next == NULL) {
            work_last = chosen;
        }
    }

    return work;
}


/* One piece of work; false: nothing to do. */
static inline bool
world_step(void)
{
    int      i;
    bool     any;
    work_t  *work;

    any = false;

    for (i = 0; i < WORKERS; i++) {

        if (workers[i].wants_turn) {
            workers[i].wants_turn = false;
            wf_desk_turn(workers[i].desk, now_ms);
            any = true;
        }
    }

    work = work_take();

    if (work == NULL) {
        return any;
    }

    work_do(work);
    free(work);

    return true;
}


static inline void
world_run(void)
{
    while (world_step()) {
        /* void */
    }
}


/* Time passes; alarms ring. */
static inline void
world_tick(int64_t ms)
{
    int  i;

    now_ms += ms;

    for (i = 0; i < WORKERS; i++) {

        if (workers[i].armed_ms && workers[i].armed_ms <= now_ms) {
            workers[i].armed_ms = 0;
            wf_desk_tick(workers[i].desk, now_ms);
        }
    }
}


static inline void
world_pass(int64_t ms)
{
    world_tick(ms);
    world_run();
}


static inline void
world_free(void)
{
    int       i;
    uint32_t  no;

    for (i = 0; i < WORKERS; i++) {

        for (no = 0; no < SHARDS; no++) {

            if (workers[i].shards[no] && owners[no] == i) {
                wf_shard_abandon(workers[i].shards[no], now_ms);
            }
        }
    }

    world_run();

    for (i = 0; i < WORKERS; i++) {

        for (no = 0; no < SHARDS; no++) {

            if (workers[i].shards[no]) {
                world_close(i, no);
            }
        }
    }

    world_run();

    for (i = 0; i < WORKERS; i++) {
        wf_desk_free(workers[i].desk);
        wf_store_memory.reader_close(workers[i].reader);
    }

    wf_memory_free(memory);
    wf_arena_free(world);
}


#endif /* WF_UNIT_DESK_WORLD_H */
