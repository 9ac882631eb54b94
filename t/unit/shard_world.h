
/*
 * A tiny world for tests of the shard: one worker, a store in memory, and a
 * port whose completions wait until the test lets them run.
 */

#ifndef WF_UNIT_SHARD_WORLD_H
#define WF_UNIT_SHARD_WORLD_H


#include "shard/notice.h"
#include "shard/shard.h"
#include "shard/task.h"
#include "shard/token.h"
#include "store/store_memory.h"


#define SHARDS      2
#define INDEX_MAX   4096
#define REPLIES_MAX 4096
#define TASKS_MAX   4096

typedef struct {
    uint32_t     shard_no;
    wf_str_t     bytes;
    wf_record_t  record;
} index_t;

typedef struct {
    wf_ticket_t  ticket;
    wf_str_t     message;
} reply_t;

typedef struct {
    wf_port_t            port;          /* first */
    wf_arena_t          *arena;
    wf_memory_t         *memory;
    const wf_store_type_t *type;        /* of reads */
    wf_store_reader_t   *reader;
    wf_catalog_t        *catalog;
    wf_shard_t          *shards[SHARDS];
    wf_store_t          *stores[SHARDS];
    wf_batch_t          *batches[SHARDS];
    wf_read_t           *reads, **last_read;
    uint32_t             read_count;    /* ever */
    uint32_t             append_count;
    int64_t              now_ms;
    int64_t              armed_ms;
    bool                 wants_turn;
    uint64_t             version;
    uint64_t             seed;
    index_t              index[INDEX_MAX];
    uint32_t             index_count;
    uint32_t             publish_count;
    reply_t              replies[REPLIES_MAX];
    uint32_t             reply_count;
    uint32_t             closed_count;
    wf_shard_t          *closed;
    wf_error_t           closed_err;
    bool                 closed_badly;
    wf_task_t           *tasks[TASKS_MAX];  /* not answered, in order */
    uint32_t             task_count;
    uint32_t             task_ever;
    char                 log[1024];
    uint32_t             log_count;
} world_t;

static world_t  world;


static void
port_random(wf_port_t *port, void *bytes, size_t len)
{
    size_t  i;

    (void) port;

    for (i = 0; i < len; i++) {
        world.seed = world.seed * 6364136223846793005ull + 1442695040888963407;
        ((uint8_t *) bytes)[i] = (uint8_t) (world.seed >> 56);
    }
}


static void
port_append(wf_port_t *port, wf_shard_t *shard, wf_batch_t *batch)
{
    (void) port;
    CHECK(world.batches[wf_shard_no(shard)] == NULL);
    world.batches[wf_shard_no(shard)] = batch;
    world.append_count++;
}


static void
port_read(wf_port_t *port, wf_read_t *read)
{
    (void) port;
    read->next = NULL;
    *world.last_read = read;
    world.last_read = &read->next;
    world.read_count++;
}


static void
port_arm(wf_port_t *port, int64_t due_ms)
{
    (void) port;

    if (world.armed_ms == 0 || due_ms < world.armed_ms) {
        world.armed_ms = due_ms;
    }
}


static void
port_turn(wf_port_t *port)
{
    (void) port;
    world.wants_turn = true;
}


static index_t *
index_find(uint32_t shard_no, uint64_t flow_no, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < world.index_count; i++) {
        if (world.index[i].shard_no == shard_no
            && world.index[i].record.flow_no == flow_no
            && wf_str_eq(world.index[i].record.name, name))
        {
            return &world.index[i];
        }
    }

    return NULL;
}


static void
port_publish(wf_port_t *port, uint32_t shard_no, const wf_record_t *record)
{
    wf_buf_t   buf;
    index_t   *index;

    (void) port;
    world.publish_count++;
    index = index_find(shard_no, record->flow_no, record->name);

    if (index == NULL) {
        if (world.index_count == INDEX_MAX) {
            return;
        }

        index = &world.index[world.index_count++];
    }

    wf_buf_init(&buf, world.arena, 256);
    wf_record_encode(&buf, record);

    if (buf.failed) {
        if (index == &world.index[world.index_count - 1]) {
            world.index_count--;
        }

        return;
    }

    index->shard_no = shard_no;
    index->bytes = wf_buf_done(&buf);
    CHECK_INT(wf_record_decode_whole(index->bytes, &index->record), WF_OK);
}


static void
port_forget(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name)
{
    index_t  *index;

    (void) port;
    index = index_find(shard_no, flow_no, name);

    if (index != NULL) {
        *index = world.index[--world.index_count];
    }
}


static wf_rc_t
port_lookup(wf_port_t *port, wf_arena_t *arena, uint32_t shard_no,
    uint64_t flow_no, wf_str_t name, wf_record_t *record)
{
    index_t  *index;

    (void) port;
    index = index_find(shard_no, flow_no, name);

    if (index == NULL) {
        return WF_DECLINED;
    }

    return wf_record_decode_whole(wf_arena_copy(arena, index->bytes), record);
}


static uint64_t
port_running(wf_port_t *port)
{
    uint32_t  i;
    uint64_t  count;

    (void) port;

    for (count = 0, i = 0; i < SHARDS; i++) {
        count += world.shards[i] != NULL && world.shards[i]->lives != NULL
                 ? world.shards[i]->lives->running_count : 0;
    }

    return count;
}


static uint64_t
port_version(wf_port_t *port)
{
    (void) port;
    return world.version;
}


static void
port_changed(wf_port_t *port)
{
    (void) port;
    world.version++;
}


static wf_rc_t
port_send(wf_port_t *port, uint32_t shard_no, wf_ticket_t ticket,
    wf_str_t message)
{
    (void) port;
    (void) shard_no;
    (void) ticket;
    (void) message;

    return WF_ERROR;
}


static wf_rc_t
port_reply(wf_port_t *port, wf_ticket_t ticket, wf_str_t message)
{
    (void) port;

    if (world.reply_count < REPLIES_MAX) {
        world.replies[world.reply_count].ticket = ticket;
        world.replies[world.reply_count++].message
            = wf_arena_copy(world.arena, message);
    }

    return WF_OK;
}


static void
port_task(wf_port_t *port, wf_task_t *task)
{
    (void) port;
    CHECK(world.task_count < TASKS_MAX);
    world.tasks[world.task_count++] = task;
    world.task_ever++;
}


static void
port_closed(wf_port_t *port, wf_shard_t *shard, const wf_error_t *err)
{
    (void) port;
    CHECK(world.closed == NULL);
    world.wants_turn = true;
    world.closed_count++;
    world.closed = shard;
    world.closed_badly = err != NULL;

    if (err != NULL) {
        world.closed_err = *err;
    }
}


static void
port_log(wf_port_t *port, const char *text)
{
    (void) port;
    world.log_count++;
    snprintf(world.log, sizeof(world.log), "%s", text);
}


static void
world_open(void)
{
    wf_error_t  err;

    memset(&world, 0, sizeof(world));
    world.last_read = &world.reads;
    world.type = &wf_store_memory;
    world.now_ms = 1000000;
    world.version = 1;
    world.seed = 1;
    world.arena = wf_arena_create(0);
    world.memory = wf_memory_create();
    world.port = (wf_port_t) {
        .random = port_random,
        .append = port_append,
        .read = port_read,
        .arm = port_arm,
        .turn = port_turn,
        .publish = port_publish,
        .forget = port_forget,
        .running = port_running,
        .lookup = port_lookup,
        .catalog_version = port_version,
        .catalog_changed = port_changed,
        .send = port_send,
        .reply = port_reply,
        .task = port_task,
        .token_key = "the key of this little world...",
        .closed = port_closed,
        .log = port_log
    };

    CHECK_INT(wf_store_memory.reader_open(world.memory, SHARDS, &world.reader,
                                          &err),
              WF_OK);
    world.catalog = wf_catalog_create(&world.port);
}


static void
world_shard(uint32_t shard_no)
{
    wf_recovery_t  *recovery;

    recovery = wf_recover(&wf_store_memory, world.memory, shard_no);
    CHECK(recovery != NULL);
    CHECK_INT(recovery->status, WF_STORE_OK);
    world.stores[shard_no] = recovery->store;
    world.shards[shard_no] = wf_shard_create(&world.port, world.catalog,
                                             shard_no, recovery,
                                             world.now_ms);
    CHECK(world.shards[shard_no] != NULL);
}


/* One round of the event loop: false, nothing was left to do. */

static inline bool
world_turn(void)
{
    bool         busy;
    uint32_t     i;
    wf_read_t   *read, *next;
    wf_batch_t  *batch;

    busy = false;
    next = world.reads;
    world.reads = NULL;
    world.last_read = &world.reads;

    while ((read = next) != NULL) {
        next = read->next;
        read->run(read, world.type, world.reader);
        read->done(read, world.now_ms);
        busy = true;
    }

    for (i = 0; i < SHARDS; i++) {
        batch = world.batches[i];

        if (batch != NULL) {
            world.batches[i] = NULL;
            batch->status = wf_store_memory.append(world.stores[i],
                                                   &batch->append,
                                                   &batch->err);
            wf_shard_committed(world.shards[i], batch, world.now_ms);
            busy = true;
        }
    }

    if (world.armed_ms != 0 && world.armed_ms <= world.now_ms) {
        world.armed_ms = 0;
        busy = true;

        for (i = 0; i < SHARDS; i++) {
            if (world.shards[i] != NULL) {
                wf_shard_tick(world.shards[i], world.now_ms);
            }
        }
    }

    if (world.wants_turn) {
        world.wants_turn = false;
        busy = true;

        for (i = 0; i < SHARDS; i++) {
            if (world.shards[i] != NULL && world.shards[i] != world.closed) {
                wf_shard_turn(world.shards[i], world.now_ms);
            }

            if (world.closed != NULL && world.shards[i] == world.closed) {
                wf_shard_free(world.closed);
                world.shards[i] = NULL;
                world.closed = NULL;
                wf_store_memory.close(world.stores[i]);
                world.stores[i] = NULL;
            }
        }
    }

    return busy;
}


static inline void
world_settle(void)
{
    int  i;

    for (i = 0; i < 10000; i++) {
        if (!world_turn()) {
            return;
        }
    }

    CHECK(!"the world does not come to rest");
}


static inline void
world_later(int64_t ms)
{
    world.now_ms += ms;
    world_settle();
}


/* The world answers a task, which is nobody's then. */

static inline void
world_answer(uint32_t i, const wf_task_result_t *result)
{
    wf_task_t  *task;

    CHECK(i < world.task_count);
    task = world.tasks[i];
    world.task_count--;
    memmove(&world.tasks[i], &world.tasks[i + 1],
            (world.task_count - i) * sizeof(wf_task_t *));
    task->done(task, result, world.now_ms);
}


static inline void
world_answer_with(uint32_t i, wf_outcome_t outcome, const char *value)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) { .outcome = (uint8_t) outcome };

    if (outcome == WF_OUTCOME_FAILED) {
        result.error = wf_str_of(value);
        result.cause = wf_str("why");

    } else {
        result.value = wf_str_of(value);
    }

    world_answer(i, &result);
}


static inline void
world_lose(uint32_t i)
{
    wf_task_result_t  result;

    result = (wf_task_result_t) { .is_lost = true };
    world_answer(i, &result);
}


/* The power goes: what was in memory is gone, also what readers held. */

static inline void
world_crash(void)
{
    uint32_t    i;
    wf_read_t  *read, *next;
    wf_error_t  err;

    for (i = 0; i < SHARDS; i++) {
        if (world.shards[i] != NULL) {
            wf_shard_abandon(world.shards[i], world.now_ms);

            if (world.batches[i] != NULL) {
                world.batches[i]->status = WF_STORE_FAILED;
                wf_shard_committed(world.shards[i], world.batches[i],
                                   world.now_ms);
                world.batches[i] = NULL;
            }

            wf_shard_turn(world.shards[i], world.now_ms);
            CHECK(world.closed == world.shards[i]);
            wf_shard_free(world.shards[i]);
            world.shards[i] = NULL;
            world.closed = NULL;
        }
    }

    while (world.task_count > 0) {
        world_lose(0);
    }

    for (read = world.reads; read != NULL; read = next) {
        next = read->next;
        read->run(read, world.type, world.reader);
        read->done(read, world.now_ms);
    }

    world.reads = NULL;
    world.last_read = &world.reads;
    world.armed_ms = 0;
    world.wants_turn = false;
    world.index_count = 0;
    world.closed_badly = false;

    wf_catalog_free(world.catalog);
    wf_store_memory.reader_close(world.reader);
    wf_memory_crash(world.memory);
    CHECK_INT(wf_store_memory.reader_open(world.memory, SHARDS, &world.reader,
                                          &err),
              WF_OK);
    world.catalog = wf_catalog_create(&world.port);
}


static void
world_close(void)
{
    wf_read_t  *read;

    world_crash();

    while ((read = world.reads) != NULL) {
        world.reads = read->next;
        read->run(read, world.type, world.reader);
        read->done(read, world.now_ms);
    }

    wf_catalog_free(world.catalog);
    wf_store_memory.reader_close(world.reader);
    wf_memory_free(world.memory);
    wf_arena_free(world.arena);
}


/*
 * A giver of submits that remembers what it heard
 */

typedef struct {
    wf_submit_t   submit;           /* first */
    wf_flow_t     flow;
    uint32_t      done;
    wf_error_t    err;              /* code NONE: fine */
    wf_record_t   record;
    wf_flow_t     written;
    uint32_t      published;        /* when it heard */
} asked_t;


static inline wf_str_t
kept(wf_str_t s)
{
    return wf_arena_copy(world.arena, s);
}


static void
asked_done(wf_submit_t *submit, const wf_error_t *err,
    const wf_record_t *record, const wf_flow_t *flow, int64_t now_ms)
{
    asked_t  *asked;

    asked = (asked_t *) submit;
    CHECK(now_ms >= world.now_ms);
    asked->done++;
    asked->published = world.publish_count;
    asked->err.code = WF_E_NONE;

    if (err != NULL) {
        asked->err = *err;
        return;
    }

    if (record != NULL) {
        asked->record = *record;
        asked->record.name = kept(record->name);
        asked->record.input = kept(record->input);
        asked->record.output = kept(record->output);
        asked->record.error = kept(record->error);
        asked->record.cause = kept(record->cause);
    }

    if (flow != NULL) {
        asked->written = *flow;
    }
}


static inline asked_t *
ask_flow(wf_submit_type_t type, uint64_t key, wf_flow_t flow)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->flow = flow;
    asked->submit.type = type;
    asked->submit.key = key;
    asked->submit.flow = &asked->flow;
    asked->submit.done = asked_done;
    wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);

    return asked;
}


static inline uint64_t
make_flow(const char *name, const char *definition)
{
    asked_t  *asked;

    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, 77, (wf_flow_t) {
        .name = wf_str_of(name),
        .definition = wf_str_of(definition),
        .type = wf_str("FDL")
    });

    world_settle();
    CHECK_INT(asked->done, 1);
    CHECK_INT(asked->err.code, WF_E_NONE);

    return asked->written.flow_no;
}


static inline asked_t *
ask_start(uint32_t shard_no, uint64_t flow_no, const char *name,
    uint64_t key)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_START,
        .key = key,
        .flow_no = flow_no,
        .revision = 1,
        .flow_name = wf_str("flow"),
        .name = wf_str_of(name),
        .input = wf_str("{\"a\":1}"),
        .done = asked_done
    };

    wf_shard_submit(world.shards[shard_no], &asked->submit, world.now_ms);

    return asked;
}


static inline asked_t *
ask_report(wf_token_t token, uint64_t key, wf_outcome_t outcome,
    const char *text)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_REPORT,
        .key = key,
        .flow_no = token.flow_no,
        .exec_no = token.exec_no,
        .task = token.task,
        .name = kept((wf_str_t) { token.name_len, token.name }),
        .callback_token = wf_token_seal(world.arena, world.port.token_key,
                                        &token),
        .outcome = (uint8_t) outcome,
        .input = outcome == WF_OUTCOME_SUCCEEDED ? wf_str_of(text)
                                                 : wf_str_none,
        .error = outcome == WF_OUTCOME_FAILED ? wf_str_of(text) : wf_str_none,
        .done = asked_done
    };

    wf_shard_submit(world.shards[token.shard_no], &asked->submit,
                    world.now_ms);

    return asked;
}


static inline asked_t *
ask_stop(uint32_t shard_no, uint64_t flow_no, const char *name, uint64_t key)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit = (wf_submit_t) {
        .type = WF_SUBMIT_STOP,
        .key = key,
        .flow_no = flow_no,
        .flow_name = wf_str("flow"),
        .name = wf_str_of(name),
        .error = wf_str("Enough"),
        .cause = wf_str("because"),
        .done = asked_done
    };

    wf_shard_submit(world.shards[shard_no], &asked->submit, world.now_ms);

    return asked;
}


#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: p\nStartAt: A\n"              \
    "States:\n  - Type: Pass\n    Name: A\n    End: true\n"

#define WAIT                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: w\nStartAt: A\n"              \
    "States:\n  - Type: Wait\n    Name: A\n    Seconds: 60\n"                \
    "    End: true\n"

#define LOOP                                                                  \
    "version: v1\ntype: flow\nsteps:\n  - type: pass\n    name: a\n"          \
    "  - type: choice\n    name: b\n    choices:\n"                           \
    "      - condition: $.a == 1\n        goto: a\n"


#endif /* WF_UNIT_SHARD_WORLD_H */
