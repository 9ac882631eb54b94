
/*
 * Activities while a worker dies, or gives its shards away, at any moment:
 * whoever waits, for a task or for somebody who takes it, goes on within a
 * second or so.  Three workers, so that who polls, the list's home and the
 * execution's owner may be three.
 */

#define WORKERS  3

#include "unit.h"

#include "offer_calls.h"
#include "shard/inside.h"


#define SEEDS      3
#define EXECS      2
#define IDLE       3               /* then nothing happens any more */
#define SECOND_MS  1200             /* a look at who is there, and some work */


typedef void (*trouble_pt)(int victim, bool is_written);

static wf_call_t  *starts[EXECS];   /* NULL: over, or gone */


/*
 * The end of a worker
 */

static work_t *
work_take_of(int worker)
{
    work_t  **at, *work;

    for (at = &work_first; (work = *at) != NULL; at = &work->next) {

        if (work->worker == worker) {
            *at = work->next;

            if (work->next == NULL) {
                work_last = at;
            }

            return work;
        }
    }

    return NULL;
}


/* What it had begun to write may be there or not; it does not know. */
static void
work_lose(work_t *work, bool is_written)
{
    wf_batch_t  *batch;

    batch = work->batch;

    switch (work->type) {

    case WORK_READ:
        work_do(work);
        break;

    case WORK_APPEND:

        if (is_written) {
            (void) wf_store_memory.append(
                workers[work->worker].stores[wf_shard_no(work->shard)],
                &batch->append, &batch->err);
        }

        batch->status = WF_STORE_FAILED;
        wf_error_set(&batch->err, WF_E_INTERNAL, "dead");
        wf_shard_committed(work->shard, batch, now_ms);
        break;

    default:
        break;
    }

    free(work);
}


static void
clients_lose(int worker)
{
    unsigned  i;

    for (i = 0; i < poll_count; i++) {

        if (polls[i].call && polls[i].call->desk == workers[worker].desk) {
            wf_call_abandon(polls[i].call);
            polls[i].call = NULL;
        }
    }

    for (i = 0; i < EXECS; i++) {

        if (starts[i] && starts[i]->desk == workers[worker].desk) {
            wf_call_abandon(starts[i]);
            starts[i] = NULL;
        }
    }
}


/* Nobody hears anything of it from the first moment on; another one takes its
 * place. */
static void
worker_dies(int victim, bool is_written)
{
    work_t              *work;
    worker_t            *worker;
    uint32_t             no;
    wf_desk_settings_t   settings;

    worker = &workers[victim];
    is_deaf[victim] = true;
    clients_lose(victim);

    for (no = 0; no < SHARDS; no++) {

        if (owners[no] == victim) {
            world_lose(victim, no);
        }
    }

    do {
        worker->wants_turn = false;
        wf_desk_turn(worker->desk, now_ms);
        work = work_take_of(victim);

        if (work) {
            work_lose(work, is_written);
        }

    } while (work || worker->wants_turn);

    for (no = 0; no < SHARDS; no++) {

        if (worker->shards[no]) {
            world_close(victim, no);
        }
    }

    settings = worker->desk->settings;
    wf_desk_free(worker->desk);

    while ((work = work_take_of(victim)) != NULL) {
        work_lose(work, false);
    }

    worker->port.slot_generation++;
    worker->armed_ms = 0;
    worker->desk = wf_desk_create(&worker->port, &settings);
    wf_assert(worker->desk);
    is_deaf[victim] = false;
}


/* The shards of who is no more, or wants them no more, at the next one. */
static void
shards_move(int from)
{
    uint32_t  no;

    for (no = 0; no < SHARDS; no++) {

        if (owners[no] == NOBODY) {
            world_open((from + 1) % WORKERS, no);
            world_owner(no);
        }
    }
}


static void
death(int victim, bool is_written)
{
    worker_dies(victim, is_written);
    shards_move(victim);
}


/* A reload, say.  It may take until an alarm. */
static void
drain(int victim, bool is_slow)
{
    int        i;
    bool       is_open;
    worker_t  *worker;
    uint32_t   no;

    worker = &workers[victim];

    for (no = 0; no < SHARDS; no++) {

        if (owners[no] == victim) {
            wf_shard_drain(worker->shards[no], now_ms);
            owners[no] = NOBODY;
        }
    }

    for (i = 0, is_open = true; is_open && i < 100; i++) {
        (void) world_step();

        if (is_slow) {
            world_run();
        }

        if (i % 20 == 19) {
            world_pass(SECOND_MS / 10);
        }

        for (no = 0, is_open = false; no < SHARDS; no++) {

            if (worker->shards[no] == NULL || owners[no] != NOBODY) {
                continue;
            }

            if (worker->shards[no]->state == WF_SHARD_CLOSED) {
                world_close(victim, no);

            } else {
                is_open = true;
            }
        }
    }

    CHECK(!is_open);
    shards_move(victim);
}


/*
 * What is going on
 */

static void
started(wf_call_t *call)
{
    unsigned  i;

    for (i = 0; i < EXECS; i++) {

        if (starts[i] == call) {
            starts[i] = NULL;
        }
    }

    wf_call_free(call);
}


/* Of every shard one, in turn: the machine is the first flow. */
static void
name_of(unsigned no, char name[8])
{
    unsigned  i;

    for (i = no; /* void */ ; i++) {
        sprintf(name, "x%u-%u", no, i);

        if (wf_shard_of(1, wf_str_of(name), SHARDS) == no % SHARDS) {
            return;
        }
    }
}


/* It is not waited for. */
static void
run_begin(unsigned no)
{
    char  name[8];

    name_of(no, name);
    starts[no] = sfn_call(2, "StartExecution");
    starts[no]->done = started;
    arg(starts[no], WF_ARG_FLOW, MACHINE);
    arg_str(starts[no], WF_ARG_EXECUTION,
            wf_arena_copy(world, wf_str_of(name)));
    arg(starts[no], WF_ARG_INPUT, "{\"n\":1}");
    wf_call_run(starts[no], now_ms);
}


static poll_t *
poll_only(int worker)
{
    poll_t  *poll;

    poll = &polls[poll_count++];
    memset(poll, 0, sizeof(poll_t));
    poll->call = sfn_call(worker, "GetActivityTask");
    poll->call->done = poll_done;
    poll->call->data = poll;
    arg(poll->call, WF_ARG_ACTIVITY, ACTIVITY "a");
    arg(poll->call, WF_ARG_ACTIVITY_ARN, ARN "a");
    wf_call_run(poll->call, now_ms);

    return poll;
}


static void
settle(void)
{
    unsigned  i;

    world_run();

    for (i = 0; i < 12; i++) {
        world_pass(SECOND_MS / 12);
    }
}


static unsigned
parked(void)
{
    unsigned  i, count;

    for (i = 0, count = 0; i < poll_count; i++) {
        count += polls[i].call != NULL;
    }

    return count;
}


static bool
is_running(unsigned no)
{
    char         name[8];
    wf_call_t   *call;
    wf_reply_t  *reply;

    name_of(no, name);
    call = sfn_call(1, "DescribeExecution");
    arg(call, WF_ARG_FLOW, MACHINE);
    arg(call, WF_ARG_EXECUTION, name);
    reply = ask(call);

    return reply->error == NULL
           && reply->u.executions->status == WF_STATUS_RUNNING;
}


/* Whoever has one is done with it.  How many were given more than once. */
static unsigned
work_done(void)
{
    unsigned  i, k, twice;

    for (i = 0, twice = 0; i < poll_count; i++) {

        if (polls[i].token.len == 0) {
            continue;
        }

        for (k = 0; k < i; k++) {
            twice += wf_str_eq(polls[i].token, polls[k].token);
        }

        (void) send(1, "SendTaskSuccess", polls[i].token, "1");
    }

    return twice;
}


/* True: the trouble came after all was over. */
static bool
life(trouble_pt trouble, int victim, bool how, bool polls_first,
    unsigned steps, uint64_t seed, unsigned *twice)
{
    char      name[8];
    unsigned  i, idle;

    begin(TASK(""));

    for (i = 0; polls_first && i < WORKERS; i++) {
        (void) poll_begin((int) i, "");
    }

    shuffle = seed;

    for (i = 0; i < EXECS; i++) {
        run_begin(i);
    }

    if (!polls_first) {
        world_run();
        world_pass(1);
        world_pass(1);
    }

    for (i = 0; !polls_first && i < WORKERS; i++) {
        (void) poll_only((int) i);
    }

    for (i = 0, idle = 0; i < steps && idle < IDLE; i++) {

        if (world_step()) {
            idle = 0;

        } else {
            idle++;
            world_tick(1);
        }
    }

    trouble(victim, how);
    settle();
    *twice += work_done();

    /* None waits for a task while a task waits. */

    for (i = 0; i < EXECS; i++) {
        CHECK(parked() == 0 || !is_running(i));
    }

    /* Nobody has been forgotten. */

    for (i = 0; parked() > 0 && i < WORKERS; i++) {
        sprintf(name, "y%u", i);
        run(name);
        settle();
    }

    CHECK_INT(parked(), 0);
    polls_end();
    offers_end();

    return idle == IDLE;
}


static void
lives(trouble_pt trouble, unsigned *twice)
{
    int       victim, how, order;
    unsigned  steps;
    uint64_t  seed;

    for (seed = 0; seed < SEEDS; seed++) {

        for (victim = 0; victim < WORKERS; victim++) {

            for (how = 0; how < 4; how++) {
                order = how / 2;

                for (steps = 0;
                     !life(trouble, victim, how % 2, order, steps, seed * 7,
                           twice);
                     steps++)
                {
                    /* void */
                }

                CHECK(steps > 15);
            }
        }
    }
}


TEST(nobody_waits_for_the_dead)
{
    unsigned  twice;

    twice = 0;
    lives(death, &twice);
    printf("# given twice: %u\n", twice);
}


/* Who leaves knows what was handed over, and says so before it goes. */
TEST(shards_that_are_given_away)
{
    unsigned  twice;

    twice = 0;
    lives(drain, &twice);
    CHECK_INT(twice, 0);
}


/* Whoever hangs for so long that nothing gets there any more misses no match
 * for good. */
TEST(who_cannot_be_told)
{
    poll_t    *poll;
    uint32_t   owner;

    for (owner = 0; owner < SHARDS; owner++) {
        begin(TASK(""));
        run_begin(owner);
        world_run();
        world_pass(1);
        world_pass(1);
        CHECK_INT(stand_count(true), 1);
        is_full[owner] = true;
        poll = poll_only(2);
        settle();
        CHECK(!poll->is_done);
        is_full[owner] = false;
        settle();
        CHECK(poll->is_done && poll->token.len > 0);
        finish();
    }
}


UNIT_MAIN()
