
/* Express executions that are written before they are answered, because it is
 * asked for: what is told of them afterwards, and what may come between. */

#include "unit.h"

#include "actions/express_answer.c"
#include "desk_calls.h"


#define HEAD  "Type: StateMachine\nSpecVersion: v1\nName: c\nStartAt: A\n"    \
              "States:\n"

#define PASS                                                                  \
    HEAD "  - Type: Pass\n    Name: A\n    OutputConstructor:\n"              \
    "      got.$: $Input.n\n    Next: B\n"                                    \
    "  - Type: Pass\n    Name: B\n    End: true\n"

#define FAIL                                                                  \
    HEAD "  - Type: Fail\n    Name: A\n    Code: E1\n    Detail: why\n"

#define CALL                                                                  \
    HEAD "  - Type: Task\n    Name: A\n    Action: HTTP:Request\n"            \
    "    Parameters: {url: http://svc/a}\n    End: true\n"

/* Goes round with 60 KB in its hands. */
#define LARGE                                                                 \
    HEAD "  - Type: Pass\n    Name: A\n    OutputConstructor:\n"              \
    "      list.$: $Input.list\n      s.$: $Input.s\n    Next: A\n"

static uint8_t   large[60 * 1024];
static uint64_t  fail_after;        /* begin(): of the run's allocations */


static void
create_mode(const char *name, const char *definition, wf_mode_t mode)
{
    wf_call_t  *call;

    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, name);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_TYPE, "FDL");
    number(call, WF_ARG_MODE, mode);
    CHECK(ask(call)->error == NULL);
}


static void
open_with(const char *definition)
{
    world_create();
    create_mode("f", definition, WF_MODE_EXPRESS);
}


static void
begin(int worker, const char *name, bool keeps)
{
    wf_call_t  *call;

    call = about(worker, "StartSyncExecution", "f", name);
    arg(call, WF_ARG_INPUT, "{\"n\":7}");
    call->keeps_express = keeps;

    if (asked) {
        wf_call_free(asked);
    }

    asked = call;
    done_seen = false;
    wf_arena_fail_after(fail_after);
    wf_call_run(call, now_ms);
}


/* The name in the answer lives as long as the world. */
static const char *
run_sync(int worker, const char *name)
{
    wf_reply_t  *reply;

    begin(worker, name, true);
    world_run();
    reply = &asked->reply;
    CHECK(done_seen);
    CHECK(reply->error == NULL);
    CHECK_INT(reply->kind, WF_REPLY_SYNC_EXECUTION);

    return reply->error
           ? "" : (const char *) wf_arena_copy(world, reply->u.executions
                                                      ->name).data;
}


static uint64_t
appends(void)
{
    return wf_memory_appends(memory, 0) + wf_memory_appends(memory, 1);
}


static wf_reply_t *
list(const char *flow, const char *prefix)
{
    wf_call_t  *call;

    call = about(1, "ListExecutions", flow, "");
    arg(call, WF_ARG_NAME_PREFIX, prefix);
    CHECK(ask(call)->error == NULL);

    return &call->reply;
}


/* Types and steps of all events, as text. */
static const char *
history(const char *flow, const char *name)
{
    uint32_t     i;
    wf_buf_t     buf;
    wf_reply_t  *reply;

    reply = ask(about(1, "GetExecutionHistory", flow, name));
    CHECK(reply->error == NULL);
    wf_buf_init(&buf, world, 64);

    for (i = 0; reply->error == NULL && i < reply->count; i++) {
        wf_buf_uint(&buf, reply->u.events[i].event.event_id);
        wf_buf_byte(&buf, ' ');
        wf_buf_uint(&buf, reply->u.events[i].event.type);
        wf_buf_byte(&buf, ' ');
        wf_buf_str(&buf, reply->u.events[i].step);
        wf_buf_byte(&buf, '\n');
    }

    wf_buf_byte(&buf, '\0');

    return (const char *) buf.data;
}


TEST(off_writes_nothing)
{
    uint64_t  before;

    open_with(PASS);
    before = appends();
    begin(0, "x", false);
    world_run();
    CHECK(done_seen);
    CHECK(asked->reply.error == NULL);
    CHECK_INT(appends(), before);
    CHECK_INT(index_count, 0);
    CHECK_INT(list("f", "")->count, 0);
    end();
}


/* Whatever is told of a Standard one is told of it. */

static void
check_alike(const char *definition, wf_status_t status)
{
    const char            *name;
    uint64_t               before;
    wf_execution_view_t    express, *standard;

    open_with(definition);
    create_mode("s", definition, WF_MODE_STANDARD);
    before = appends();
    name = run_sync(0, "x");
    CHECK_INT(appends(), before + 1);
    CHECK(start("s", "x", "{\"n\":7}")->error == NULL);

    express = *describe("f", name);
    express.output = wf_arena_copy(world, express.output);
    express.input = wf_arena_copy(world, express.input);
    express.error = wf_arena_copy(world, express.error);
    express.cause = wf_arena_copy(world, express.cause);
    CHECK_STR(wf_arena_copy(world, express.name), wf_str_of(name));
    standard = describe("s", "x");
    CHECK_INT(express.status, status);
    CHECK_INT(express.status, standard->status);
    CHECK_STR(express.output, standard->output);
    CHECK_STR(express.input, standard->input);
    CHECK_STR(express.error, standard->error);
    CHECK_STR(express.cause, standard->cause);
    CHECK_INT(express.started_ms, standard->started_ms);
    CHECK_INT(express.stopped_ms, standard->stopped_ms);
    CHECK(strcmp(history("f", name), history("s", "x")) == 0);
    CHECK(strlen(history("f", name)) > 10);
    CHECK_INT(list("f", "x:")->count, 1);
    CHECK_STR(asked->reply.u.executions->name, wf_str_of(name));

    /* No index: the store says the same. */

    no_index = true;
    CHECK_INT(describe("f", name)->status, status);
    CHECK_ERROR(ask(about(0, "StopExecution", "f", name)),
                WF_E_EXECUTION_COMPLETED);
    end();
}


TEST(as_a_standard_one)
{
    check_alike(PASS, WF_STATUS_SUCCEEDED);
    check_alike(FAIL, WF_STATUS_FAILED);
}


TEST(every_run_of_a_name_is_another)
{
    char         longest[WF_NAME_LEN_MAX + 1];
    const char  *one, *two;

    open_with(PASS);
    one = run_sync(0, "x");
    two = run_sync(0, "x");
    CHECK(strcmp(one, two) != 0);
    CHECK_INT(list("f", "")->count, 2);
    CHECK_INT(describe("f", one)->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(describe("f", two)->status, WF_STATUS_SUCCEEDED);

    memset(longest, 'a', WF_NAME_LEN_MAX);
    longest[WF_NAME_LEN_MAX] = '\0';
    one = run_sync(0, longest);
    CHECK_INT(strlen(one), WF_NAME_LEN_MAX + 37);
    CHECK(strlen(one) <= WF_EXECUTION_NAME_LEN_MAX);
    CHECK_INT(describe("f", one)->status, WF_STATUS_SUCCEEDED);
    CHECK(strlen(history("f", one)) > 10);
    end();
}


/* A call of a service between: one chunk for all that happened. */

TEST(with_a_task)
{
    const char  *name;

    open_with(CALL);
    begin(0, "x", true);
    world_run();
    CHECK_INT(out_count, 1);
    CHECK_INT(index_count, 0);
    now_ms += 1500;
    world_serve(0, 200, "{\"a\":2}");
    world_run();
    CHECK(done_seen);
    name = (const char *) wf_arena_copy(world, asked->reply.u.executions
                                               ->name).data;
    CHECK_INT(describe("f", name)->stopped_ms, now_ms);
    CHECK_INT(describe("f", name)->started_ms, now_ms - 1500);
    CHECK(strlen(history("f", name)) > 30);
    end();
}


/* Turns and work, until the next work is an append. */
static void
until_append(void)
{
    int      i, step;
    work_t  *work;

    for (step = 0; step < 100; step++) {

        for (i = 0; i < WORKERS; i++) {
            if (workers[i].wants_turn) {
                workers[i].wants_turn = false;
                wf_desk_turn(workers[i].desk, now_ms);
            }
        }

        work = work_first;

        if (work == NULL || work->type == WORK_APPEND) {
            break;
        }

        work_first = work->next;
        work_last = work_first ? work_last : &work_first;
        work_do(work);
        free(work);
    }

    CHECK(work_first != NULL && work_first->type == WORK_APPEND);
}


/* Law 2. */

TEST(answered_when_it_is_durable)
{
    open_with(PASS);
    begin(0, "x", true);
    until_append();
    CHECK(!done_seen);

    CHECK_INT(index_count, 0);
    CHECK_INT(workers[0].desk->express_count, 0);
    world_run();
    CHECK(done_seen);
    CHECK_INT(index_count, 1);
    end();
}


TEST(a_shard_of_another_worker)
{
    const char  *name;

    open_with(PASS);
    sends = 0;
    name = run_sync(0, "a");
    CHECK_INT(sends, 0);                /* it chose one of its own */
    world_move(0);
    name = run_sync(0, "b");
    CHECK_INT(sends, 1);
    CHECK_INT(describe("f", name)->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(describe("f", name)->output, wf_str("{\"got\":7}"));
    CHECK(strlen(history("f", name)) > 10);
    end();
}


/* Nobody owns its shard: as long as a start would, it waits; then it fails,
 * and nothing was written. */

static void
lose_all(void)
{
    world_lose(0, 0);
    world_lose(1, 1);
    world_run();
    world_close(0, 0);
    world_close(1, 1);
}


TEST(no_owner_for_a_moment)
{
    const char  *name;

    open_with(PASS);
    run_sync(0, "warm");
    lose_all();
    begin(0, "x", true);
    world_run();
    CHECK(!done_seen);
    world_pass(14000);
    CHECK(!done_seen);
    world_open(1, 0);
    world_open(0, 1);
    world_owner(0);
    world_owner(1);
    world_run();
    CHECK(done_seen);
    CHECK(asked->reply.error == NULL);
    name = (const char *) wf_arena_copy(world, asked->reply.u.executions
                                               ->name).data;
    CHECK_INT(describe("f", name)->status, WF_STATUS_SUCCEEDED);
    end();
}


TEST(no_owner_at_all)
{
    uint64_t  before;

    open_with(PASS);
    run_sync(0, "warm");
    before = appends();
    lose_all();
    begin(0, "x", true);
    world_run();
    world_pass(15000);
    CHECK(done_seen);
    CHECK_ERROR(&asked->reply, WF_E_INTERNAL);
    CHECK_INT(appends(), before);
    world_open(0, 0);
    world_open(1, 1);
    CHECK_INT(list("f", "x")->count, 0);
    end();
}


/* The owner goes with the commit under way: done once, whoever did it. */

TEST(an_owner_that_goes)
{
    const char  *name;

    open_with(PASS);
    world_move(0);                      /* worker 1 has both */
    begin(0, "x", true);
    until_append();

    world_move(0);
    world_move(1);
    CHECK(done_seen);
    CHECK(asked->reply.error == NULL);
    name = (const char *) wf_arena_copy(world, asked->reply.u.executions
                                               ->name).data;
    CHECK_INT(list("f", "x")->count, 1);
    CHECK_INT(describe("f", name)->status, WF_STATUS_SUCCEEDED);
    end();
}


/* A disk that is full: the shard steps down, another try, the answer of a
 * start. */

TEST(a_full_disk)
{
    open_with(PASS);
    run_sync(0, "warm");
    wf_memory_fault(memory, 0, 1, WF_MEMORY_FAIL, WF_STORE_FULL);
    begin(0, "x", true);
    world_run();
    CHECK(!done_seen);
    CHECK_INT(closes, 1);
    CHECK_INT(index_count, 1);
    world_close(0, 0);
    world_open(0, 0);
    world_run();
    CHECK(done_seen);
    CHECK(asked->reply.error == NULL);
    CHECK_INT(list("f", "x")->count, 1);
    end();
}


/*
 * The client has gone: what has run is written all the same
 */

static void
leave(void)
{
    wf_call_abandon(asked);
    asked = NULL;
}


TEST(nobody_waits_while_it_runs)
{
    open_with(CALL);
    begin(0, "x", true);
    world_run();
    leave();
    world_serve(0, 200, "{}");
    world_run();
    CHECK(!done_seen);
    CHECK_INT(workers[0].desk->express_count, 0);
    CHECK_INT(wf_desk_waiting(workers[0].desk), 0);
    CHECK_INT(list("f", "x")->count, 1);
    end();
}


TEST(nobody_waits_while_it_is_written)
{
    open_with(PASS);
    begin(0, "x", true);
    until_append();

    leave();
    world_run();
    CHECK_INT(list("f", "x")->count, 1);
    end();
}


TEST(nobody_waits_and_nobody_owns)
{
    open_with(PASS);
    run_sync(0, "warm");
    lose_all();
    begin(0, "x", true);
    world_run();
    leave();
    world_pass(5000);
    world_open(0, 0);
    world_open(1, 1);
    world_owner(0);
    world_owner(1);
    world_run();
    CHECK_INT(list("f", "x")->count, 1);
    CHECK_INT(wf_desk_waiting(workers[0].desk), 0);
    end();
}


/* The desk ends with such calls in every state. */

TEST(the_worker_goes)
{
    open_with(CALL);
    begin(0, "x", true);
    world_run();
    leave();
    begin(0, "y", true);
    world_run();
    leave();
    world_free();

    open_with(PASS);
    run_sync(0, "warm");
    wf_call_free(asked);
    asked = NULL;
    lose_all();
    begin(0, "x", true);
    world_run();
    leave();
    world_free();
}


TEST(a_history_that_is_too_large)
{
    char                  *text;
    wf_call_t             *call;
    const char            *name;
    wf_execution_view_t   *view;

    open_with(LARGE);
    memset(large, 'x', sizeof(large));
    text = (char *) wf_arena_alloc(world, sizeof(large) + 64);
    snprintf(text, sizeof(large) + 64, "{\"s\":\"%.*s\",\"list\":[]}",
             (int) sizeof(large), large);

    begin(0, "x", false);
    world_run();
    CHECK(done_seen);
    wf_call_free(asked);
    asked = NULL;

    call = about(0, "StartSyncExecution", "f", "y");
    arg(call, WF_ARG_INPUT, text);
    call->keeps_express = true;
    CHECK(ask(call)->error == NULL);
    view = call->reply.u.executions;
    CHECK_INT(view->status, WF_STATUS_STOPPED);
    CHECK_STR(view->error, wf_str("FnF.DataLimitExceeded"));
    name = (const char *) wf_arena_copy(world, view->name).data;
    CHECK_INT(describe("f", name)->status, WF_STATUS_STOPPED);
    CHECK(strlen(history("f", name)) > 20);
    end();
}


TEST(no_memory)
{
    uint64_t  n;

    for (n = 1; ; n++) {
        open_with(PASS);
        fail_after = n;
        begin(0, "x", true);
        fail_after = 0;
        world_step();
        wf_arena_fail_after(0);
        workers[0].wants_turn = workers[1].wants_turn = true;
        world_run();

        if (closes > 0) {
            /* It stepped down; the call waits for what comes after it. */
            world_close(0, 0);
            world_open(0, 0);
            world_run();
        }

        CHECK(done_seen);

        if (asked->reply.error == NULL) {
            CHECK_INT(list("f", "x")->count, 1);
            end();

            if (n > 200) {
                break;
            }

            continue;
        }

        CHECK_ERROR(&asked->reply, WF_E_INTERNAL);
        end();
    }
}


UNIT_MAIN()
