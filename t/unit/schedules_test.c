
/*
 * Schedules through the desk, between workers: what clients see, what fires,
 * owners that go, no memory.
 */

#include "unit.h"

#include "actions/fire.c"

#include "desk_calls.h"


#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Pass\n    Name: p\n    End: true\n"

#define MINUTELY  "0 * * * * *"
#define MINUTE    INT64_C(60000)
#define FIRST_MS  1767323100000     /* the first minute of the world */


static wf_call_t *
about_schedule(int worker, const char *action, const char *name)
{
    wf_call_t  *call;

    call = about(worker, action, "f", "");
    arg(call, WF_ARG_SCHEDULE, name);

    return call;
}


static wf_call_t *
creation(int worker, const char *name, const char *cron, const char *payload)
{
    wf_call_t  *call;

    call = about_schedule(worker, "CreateSchedule", name);
    arg(call, WF_ARG_CRON, cron);
    arg(call, WF_ARG_PAYLOAD, payload);

    return call;
}


static wf_call_t *
update_of(int worker, const char *name, const char *cron, int enable)
{
    wf_call_t  *call;

    call = about_schedule(worker, "UpdateSchedule", name);
    arg(call, WF_ARG_CRON, cron);

    if (enable >= 0) {
        number(call, WF_ARG_ENABLE, enable);
    }

    return call;
}


static void
world_flow(void)
{
    world_create();
    create("f", PASS);
}


static uint32_t
executions(void)
{
    return ask(about(1, "ListExecutions", "f", ""))->count;
}


/* The alarms of all workers, until the clock shows that. */
static void
pass_until(int64_t until_ms)
{
    int64_t  next_ms;

    while (now_ms < until_ms) {
        next_ms = until_ms;

        if (workers[0].armed_ms > now_ms) {
            next_ms = wf_min(next_ms, workers[0].armed_ms);
        }

        if (workers[1].armed_ms > now_ms) {
            next_ms = wf_min(next_ms, workers[1].armed_ms);
        }

        world_pass(next_ms - now_ms);
    }
}


TEST(from_creation_to_deletion)
{
    int                  worker;
    char                 id[40];
    wf_call_t           *call;
    wf_reply_t          *reply;
    wf_schedule_view_t  *view;

    for (worker = 0; worker < WORKERS; worker++) {
        world_flow();
        reply = ask(about(worker, "ListSchedules", "f", ""));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_SCHEDULES);
        CHECK_INT(reply->count, 0);

        call = creation(worker, "s", MINUTELY, "{ \"a\": 1 }");
        arg(call, WF_ARG_DESCRIPTION, "d");
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_SCHEDULE);
        view = reply->u.schedules;
        CHECK_INT(view->id.len, WF_UUID_LEN);
        snprintf(id, sizeof(id), "%.*s", (int) view->id.len,
                 (const char *) view->id.data);
        CHECK_STR(view->name, wf_str("s"));
        CHECK_STR(view->description, wf_str("d"));
        CHECK_STR(view->payload, wf_str("{ \"a\": 1 }"));
        CHECK_STR(view->cron, wf_str(MINUTELY));
        CHECK(view->is_enabled);
        CHECK_INT(view->created_ms, now_ms);
        CHECK_INT(view->modified_ms, now_ms);

        reply = ask(creation(1 - worker, "s", MINUTELY, ""));
        CHECK_ERROR(reply, WF_E_SCHEDULE_EXISTS);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("s"));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));

        now_ms += 1000;
        reply = ask(update_of(1 - worker, "s", "@every 5m", 0));
        CHECK(reply->error == NULL);
        view = reply->u.schedules;
        CHECK_STR(view->id, wf_str_of(id));
        CHECK_STR(view->description, wf_str("d"));
        CHECK_STR(view->payload, wf_str("{ \"a\": 1 }"));
        CHECK_STR(view->cron, wf_str("@every 5m"));
        CHECK(!view->is_enabled);
        CHECK_INT(view->created_ms, now_ms - 1000);
        CHECK_INT(view->modified_ms, now_ms);

        call = update_of(worker, "s", "", -1);
        arg(call, WF_ARG_DESCRIPTION, "new");
        arg(call, WF_ARG_PAYLOAD, "{}");
        CHECK(ask(call)->error == NULL);

        reply = ask(about_schedule(worker, "DescribeSchedule", "s"));
        CHECK(reply->error == NULL);
        view = reply->u.schedules;
        CHECK_STR(view->id, wf_str_of(id));
        CHECK_STR(view->description, wf_str("new"));
        CHECK_STR(view->payload, wf_str("{}"));
        CHECK_STR(view->cron, wf_str("@every 5m"));
        CHECK(!view->is_enabled);

        reply = ask(about(worker, "ListSchedules", "f", ""));
        CHECK_INT(reply->count, 1);
        CHECK_STR(reply->u.schedules->name, wf_str("s"));
        CHECK_STR(reply->u.schedules->cron, wf_str("@every 5m"));

        reply = ask(about_schedule(worker, "DeleteSchedule", "s"));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EMPTY);
        CHECK_ERROR(ask(about_schedule(worker, "DeleteSchedule", "s")),
                    WF_E_SCHEDULE_NOT_FOUND);
        reply = ask(about_schedule(1 - worker, "DescribeSchedule", "s"));
        CHECK_ERROR(reply, WF_E_SCHEDULE_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("s"));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));
        end();
    }
}


TEST(refusals)
{
    size_t       i;
    char         odd[WF_NAME_LEN_MAX + 2];
    wf_reply_t  *reply;

    static const char  *actions[] = {
        "CreateSchedule", "UpdateSchedule", "DeleteSchedule",
        "DescribeSchedule", "ListSchedules"
    };

    static const struct {
        const char  *cron;
        const char  *text;
    } cases[] = {
        { "@every 0m", "CronExpression is not valid: after \"@\" only "
          "\"@every <n>m\" is known, n from 1 to 5256000." },
        { "* * * * * *", "CronExpression is not valid: \"*\" in the field "
          "seconds is not one number, 0 to 59." },
        { "CRON_TZ=Asia/Nowhere 0 * * * * *", "CronExpression is not valid: "
          "the time zone \"Asia/Nowhere\" is not known." },
        { "CRON_TZ=../etc 0 * * * * *", "CronExpression is not valid: "
          "\"../etc\" cannot be a time zone, as in CRON_TZ=Asia/Shanghai." }
    };

    world_flow();

    for (i = 0; i < wf_countof(actions); i++) {
        wf_call_t  *call;

        call = about(0, actions[i], "none", "");
        arg(call, WF_ARG_SCHEDULE, "s");

        if (i == 0) {
            arg(call, WF_ARG_CRON, MINUTELY);
        }

        CHECK_ERROR(ask(call), WF_E_FLOW_NOT_FOUND);
    }

    CHECK(ask(creation(0, "s", MINUTELY, ""))->error == NULL);

    for (i = 0; i < wf_countof(cases); i++) {
        reply = ask(creation(1, "t", cases[i].cron, ""));
        CHECK_ERROR(reply, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(cases[i].text));
        reply = ask(update_of(1, "s", cases[i].cron, -1));
        CHECK_ERROR(reply, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(cases[i].text));
    }

    memset(odd, 'x', sizeof(odd) - 1);
    odd[sizeof(odd) - 1] = '\0';
    CHECK_ERROR(ask(about_schedule(0, "DescribeSchedule", odd)),
                WF_E_SCHEDULE_NOT_FOUND);
    CHECK_ERROR(ask(update_of(0, "none", MINUTELY, 1)),
                WF_E_SCHEDULE_NOT_FOUND);
    end();
}


TEST(zones_of_the_system)
{
    wf_reply_t  *reply;

    world_flow();

    /* 11:04 there. */
    CHECK(ask(creation(1, "s", "CRON_TZ=Asia/Shanghai 0 5 11 * * *", ""))
          ->error == NULL);
    CHECK(ask(creation(1, "t", "TZ=UTC 0 6 3 * * *", ""))->error == NULL);
    reply = ask(about_schedule(0, "DescribeSchedule", "s"));
    CHECK_STR(reply->u.schedules->cron,
              wf_str("CRON_TZ=Asia/Shanghai 0 5 11 * * *"));
    pass_until(FIRST_MS - 1);
    CHECK_INT(executions(), 0);
    pass_until(FIRST_MS);
    CHECK_INT(executions(), 1);
    CHECK(ask(update_of(1, "s", "CRON_TZ=Asia/Shanghai 0 7 11 * * *", -1))
          ->error == NULL);
    world_move(0);
    pass_until(FIRST_MS + MINUTE);
    CHECK_INT(executions(), 2);
    pass_until(FIRST_MS + 2 * MINUTE - 1);
    CHECK_INT(executions(), 2);
    pass_until(FIRST_MS + 2 * MINUTE);
    CHECK_INT(executions(), 3);
    end();
}


TEST(pages)
{
    char         name[16], token[16];
    unsigned     i, seen;
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();
    create("a", PASS);
    create("f", PASS);
    create("z", PASS);

    for (i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "s%02u", (i * 37) % 100);
        CHECK(ask(creation((int) i % 2, name, "@every 60m", ""))->error
              == NULL);
    }

    call = about(0, "CreateSchedule", "a", "");
    arg(call, WF_ARG_SCHEDULE, "zz");
    arg(call, WF_ARG_CRON, MINUTELY);
    CHECK(ask(call)->error == NULL);
    call = about(0, "CreateSchedule", "z", "");
    arg(call, WF_ARG_SCHEDULE, "aa");
    arg(call, WF_ARG_CRON, MINUTELY);
    CHECK(ask(call)->error == NULL);

    seen = 0;
    token[0] = '\0';

    do {
        call = about((int) seen % 2, "ListSchedules", "f", "");
        number(call, WF_ARG_LIMIT, 7);
        arg(call, WF_ARG_NEXT_TOKEN, token);
        reply = ask(call);
        CHECK(reply->count == 7 || reply->next_token.len == 0);

        for (i = 0; i < reply->count; i++) {
            snprintf(name, sizeof(name), "s%02u", seen++);
            CHECK_STR(reply->u.schedules[i].name, wf_str_of(name));
        }

        snprintf(token, sizeof(token), "%.*s", (int) reply->next_token.len,
                 (const char *) reply->next_token.data);
    } while (token[0] != '\0' && seen < 100);

    CHECK_INT(seen, 100);
    CHECK(token[0] == '\0');

    /* From one that is not there: the next larger. */
    call = about(1, "ListSchedules", "f", "");
    arg(call, WF_ARG_NEXT_TOKEN, "s97x");
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.schedules[0].name, wf_str("s98"));
    CHECK_INT(ask(about(0, "ListSchedules", "f", ""))->count, 60);
    end();
}


/* Two at once, with what both saw: one of them is told to try again. */
TEST(colliding_changes)
{
    wf_call_t   *first, *second;

    world_flow();
    CHECK(ask(creation(0, "s", MINUTELY, ""))->error == NULL);
    first = update_of(0, "s", "@every 2m", -1);
    second = update_of(1, "s", "@every 3m", -1);
    wf_call_run(first, now_ms);
    wf_call_run(second, now_ms);
    world_run();
    CHECK_INT(error_code(&first->reply) + error_code(&second->reply),
              WF_E_CONCURRENT_UPDATE);
    wf_call_free(first);
    wf_call_free(second);
    end();
}


/*
 * Fires
 */

static void
check_first(const char *input)
{
    wf_reply_t  *reply;

    reply = ask(about(1, "ListExecutions", "f", ""));
    CHECK(reply->count > 0);

    if (reply->count > 0) {
        CHECK_STR(reply->u.executions[0].input, wf_str_of(input));
        CHECK_INT(reply->u.executions[0].status, WF_STATUS_SUCCEEDED);
        CHECK_INT(reply->u.executions[0].name.len, WF_UUID_LEN);
    }
}


TEST(fires)
{
    wf_call_t  *call;

    world_flow();
    CHECK(ask(creation(1, "s", MINUTELY, "{\"a\":1}"))->error == NULL);
    pass_until(FIRST_MS - 1);
    CHECK_INT(executions(), 0);
    pass_until(FIRST_MS);
    CHECK_INT(executions(), 1);
    check_first("{\"a\":1}");

    call = update_of(1, "s", "", -1);
    arg(call, WF_ARG_PAYLOAD, "{\"a\":2}");
    CHECK(ask(call)->error == NULL);
    pass_until(FIRST_MS + MINUTE);
    CHECK_INT(executions(), 2);
    check_first("{\"a\":2}");

    CHECK(ask(update_of(0, "s", "", 0))->error == NULL);
    pass_until(FIRST_MS + 9 * MINUTE);
    CHECK_INT(executions(), 2);
    CHECK(ask(update_of(0, "s", "", 1))->error == NULL);
    pass_until(FIRST_MS + 10 * MINUTE);
    CHECK_INT(executions(), 3);

    /* Without a payload. */
    CHECK(ask(about_schedule(0, "DeleteSchedule", "s"))->error == NULL);
    pass_until(FIRST_MS + 11 * MINUTE);
    CHECK_INT(executions(), 3);
    CHECK(ask(creation(1, "s", MINUTELY, ""))->error == NULL);
    pass_until(FIRST_MS + 12 * MINUTE);
    CHECK_INT(executions(), 4);
    check_first("{}");

    /* All goes with the flow. */
    CHECK(ask(about(1, "DeleteFlow", "f", ""))->error == NULL);
    create("f", PASS);
    pass_until(FIRST_MS + 14 * MINUTE);
    CHECK_INT(executions(), 0);
    CHECK_INT(ask(about(0, "ListSchedules", "f", ""))->count, 0);
    end();
}


/* The owner goes at each moment of a fire: before, after, in between. */
TEST(owners_go_at_any_moment)
{
    unsigned  steps, i, shard_no;

    for (shard_no = 0; shard_no < SHARDS; shard_no++) {
        for (steps = 0; steps < 24; steps++) {
            world_flow();
            CHECK(ask(creation(1, "s", MINUTELY, "{\"a\":1}"))->error
                  == NULL);
            now_ms = FIRST_MS;

            if (steps > 0) {
                wf_desk_tick(workers[0].desk, now_ms);
            }

            for (i = 1; i < steps && world_step(); i++) {
                /* void */
            }

            world_move(shard_no);
            pass_until(FIRST_MS + 30000);
            CHECK_INT(executions(), 1);
            world_move(0);
            pass_until(FIRST_MS + 59000);
            CHECK_INT(executions(), 1);
            pass_until(FIRST_MS + 61000);
            CHECK_INT(executions(), 2);
            end();
        }
    }
}


/* All of them, page by page. */
static uint32_t
executions_all(void)
{
    char         token[WF_UUID_LEN + 1];
    uint32_t     count;
    wf_call_t   *call;
    wf_reply_t  *reply;

    count = 0;
    token[0] = '\0';

    do {
        call = about(1, "ListExecutions", "f", "");
        number(call, WF_ARG_LIMIT, WF_EXECUTIONS_LIMIT_MAX);
        arg(call, WF_ARG_NEXT_TOKEN, token);
        reply = ask(call);
        count += reply->count;
        snprintf(token, sizeof(token), "%.*s", (int) reply->next_token.len,
                 (const char *) reply->next_token.data);
    } while (token[0] != '\0');

    return count;
}


/* Owners that move in the middle of everything, for three days. */
TEST(days_of_moves)
{
    unsigned  minute, moves, i;
    uint64_t  random;

    world_flow();
    CHECK(ask(creation(1, "s", MINUTELY, "{\"a\":1}"))->error == NULL);
    CHECK(ask(creation(0, "t", "@every 7m", ""))->error == NULL);
    random = 7;
    moves = 0;

    for (minute = 0; minute < 3 * 1440; minute++) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;

        if (random >> 61 == 0) {
            pass_until(FIRST_MS + minute * MINUTE - 1);
            now_ms++;
            wf_desk_tick(workers[owners[0]].desk, now_ms);

            for (i = 0; i < (random >> 40) % 20 && world_step(); i++) {
                /* void */
            }

            now_ms += (int64_t) ((random >> 32) % 40000);
            world_move((random >> 33) & 1);
            moves++;
        }

        pass_until(FIRST_MS + minute * MINUTE + 40000);
    }

    /* The first seven minutes end at 03:11:05. */
    CHECK(moves > 400);
    CHECK_INT(executions_all(), minute + minute / 7);
    end();
}


/* Its shard has no owner for longer than anyone waits. */
TEST(no_owner_for_long)
{
    char      name[8];
    unsigned  i;

    world_flow();

    for (i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "s%u", i);
        CHECK(ask(creation(0, name, MINUTELY, ""))->error == NULL);
    }

    world_lose(1, 1);
    world_run();
    world_close(1, 1);
    pass_until(FIRST_MS + 40000);
    CHECK(executions() > 0 && executions() < 20);
    world_open(0, 1);
    world_owner(1);
    world_run();
    pass_until(FIRST_MS + 59000);
    CHECK_INT(executions(), 20);
    end();
}


/* Changed while its start waits for an owner: it is not made. */
TEST(changed_while_it_waits)
{
    char      name[8];
    unsigned  i;

    world_flow();

    for (i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "s%u", i);
        CHECK(ask(creation(0, name, MINUTELY, ""))->error == NULL);
    }

    world_lose(1, 1);
    world_run();
    world_close(1, 1);
    pass_until(FIRST_MS);
    CHECK(executions() > 0 && executions() < 20);

    for (i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "s%u", i);
        CHECK(ask(i % 2 ? about_schedule(0, "DeleteSchedule", name)
                        : update_of(0, name, "", 0))->error == NULL);
    }

    i = executions();
    world_open(0, 1);
    world_owner(1);
    world_run();
    pass_until(FIRST_MS + 59000);
    CHECK_INT(executions(), i);
    end();
}


TEST(without_memory)
{
    uint64_t  n;

    for (n = 1; n < 80; n++) {
        world_flow();
        CHECK(ask(creation(1, "s", MINUTELY, "{\"a\":1}"))->error == NULL);
        now_ms = FIRST_MS;
        wf_arena_fail_after(n);
        wf_desk_tick(workers[0].desk, now_ms);
        world_run();
        wf_arena_fail_after(0);

        /* A shard of ours may have stepped down. */

        if (!wf_shard_is_open(workers[0].shards[0])) {
            world_run();
            world_close(0, 0);
            world_open(0, 0);
            world_owner(0);
        }

        if (!wf_shard_is_open(workers[1].shards[1])) {
            world_run();
            world_close(1, 1);
            world_open(1, 1);
            world_owner(1);
        }

        world_run();
        pass_until(FIRST_MS + 59999);
        CHECK_INT(executions(), 1);
        end();
    }
}


/* Calls without memory are answered so, or done; and done once. */
TEST(asked_without_memory)
{
    unsigned     kind;
    uint64_t     n;
    wf_call_t   *call;

    for (kind = 0; kind < 5; kind++) {
        for (n = 1; n < 40; n++) {
            world_flow();
            CHECK(ask(creation(0, "s", MINUTELY, ""))->error == NULL);
            call = kind == 0
                   ? creation(1, "t", "CRON_TZ=Asia/Shanghai 0 * * * * *", "")
                 : kind == 1 ? update_of(1, "s", "TZ=Asia/Shanghai 0 * * * * *",
                                         0)
                 : about_schedule(1, kind == 2 ? "DeleteSchedule"
                                  : kind == 3 ? "DescribeSchedule"
                                  : "ListSchedules", "s");

            if (asked) {
                wf_call_free(asked);
            }

            asked = call;
            done_seen = false;
            wf_arena_fail_after(n);
            wf_call_run(call, now_ms);
            world_run();
            wf_arena_fail_after(0);

            if (!wf_shard_is_open(workers[0].shards[0])) {
                world_run();
                world_close(0, 0);
                world_open(0, 0);
                world_owner(0);
                world_run();
            }

            /* A message without memory is lost: the call gives up. */

            if (!done_seen) {
                pass_until(now_ms + 61000);
            }

            CHECK(done_seen);

            if (call->reply.error) {
                CHECK_ERROR(&call->reply, WF_E_INTERNAL);
            }

            end();
        }
    }
}


TEST(an_express_flow)
{
    int         i;
    wf_call_t  *call;

    world_create();
    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, "f");
    arg(call, WF_ARG_DEFINITION,
        "version: v1\ntype: flow\nsteps:\n- type: task\n  name: t\n"
        "  resourceArn: acs:fc:::services/s/functions/f\n");
    arg(call, WF_ARG_TYPE, "FDL");
    number(call, WF_ARG_MODE, WF_MODE_EXPRESS);
    CHECK(ask(call)->error == NULL);
    CHECK(ask(creation(0, "s", MINUTELY, ""))->error == NULL);
    last_log[0] = '\0';
    pass_until(FIRST_MS - 1);
    CHECK_INT(out_count, 0);
    pass_until(FIRST_MS);
    CHECK_INT(out_count, 1);
    CHECK_INT(executions(), 0);
    world_serve(0, 200, "{}");
    world_run();
    pass_until(FIRST_MS + MINUTE);
    CHECK_INT(out_count, 1);
    world_serve(0, 500, "{}");
    world_run();
    CHECK_INT(out_ever, 2);

    /* An owner after it does not run it once more; what it could not begin
     * it runs later. */

    workers[0].desk->express_count = WF_EXPRESS_RUNNING_MAX;
    workers[1].desk->express_count = WF_EXPRESS_RUNNING_MAX;
    pass_until(FIRST_MS + 2 * MINUTE + 2500);
    CHECK_INT(out_ever, 2);
    workers[0].desk->express_count = 0;
    workers[1].desk->express_count = 0;

    for (i = 0; i < 3; i++) {
        world_close(i & 1, 0);
        world_open(!(i & 1), 0);
        world_owner(0);
        pass_until(now_ms + 3000);
        CHECK_INT(out_ever, 3);

        if (i == 0) {
            world_serve(0, 200, "{}");
            world_run();
        }
    }

    CHECK(last_log[0] == '\0');
    end();
}


/* ... and the same where Express executions are kept: it is in the list. */

TEST(an_express_flow_that_is_kept)
{
    wf_call_t  *call;

    world_create();
    workers[0].desk->settings.keeps_express = true;
    workers[1].desk->settings.keeps_express = true;
    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, "f");
    arg(call, WF_ARG_DEFINITION,
        "version: v1\ntype: flow\nsteps:\n- type: task\n  name: t\n"
        "  resourceArn: acs:fc:::services/s/functions/f\n");
    arg(call, WF_ARG_TYPE, "FDL");
    number(call, WF_ARG_MODE, WF_MODE_EXPRESS);
    CHECK(ask(call)->error == NULL);
    CHECK(ask(creation(0, "s", MINUTELY, ""))->error == NULL);
    last_log[0] = '\0';
    pass_until(FIRST_MS);
    CHECK_INT(out_count, 1);
    CHECK_INT(executions(), 0);
    world_serve(0, 200, "{}");
    world_run();
    CHECK_INT(executions(), 1);
    pass_until(FIRST_MS + MINUTE);
    CHECK_INT(out_count, 1);

    /* Its schedule goes while it runs: it has begun, and is kept. */

    call = call_of(0, "DeleteSchedule");
    arg(call, WF_ARG_FLOW, "f");
    arg(call, WF_ARG_SCHEDULE, "s");
    CHECK(ask(call)->error == NULL);
    world_serve(0, 500, "{}");
    world_run();
    CHECK_INT(executions(), 2);
    CHECK(last_log[0] == '\0');
    end();
}


/*
 * A task whose schedule is another by now
 */

static wf_task_result_t  heard;
static char              heard_cause[200];


static void
hear(wf_task_t *task, const wf_task_result_t *result, int64_t at_ms)
{
    (void) at_ms;
    heard = *result;
    snprintf(heard_cause, sizeof(heard_cause), "%.*s",
             (int) result->cause.len, (const char *) result->cause.data);
    wf_arena_free(task->arena);
}


static void
fire_of(uint64_t flow_no, wf_str_t id)
{
    wf_task_t   *task;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    task = wf_arena_calloc(arena, sizeof(wf_task_t));
    task->arena = arena;
    task->kind = WF_TASK_FIRE;
    task->flow_no = flow_no;
    task->flow = wf_str("f");
    task->fire.schedule = wf_str("s");
    task->fire.id = wf_arena_copy(arena, id);
    task->fire.due_ms = FIRST_MS;
    task->done = hear;
    memset(&heard, 0x55, sizeof(heard));
    wf_desk_task(workers[0].desk, task, now_ms);
    world_run();
}


TEST(stale_ones_start_nothing)
{
    wf_str_t     id;
    char         text[40];
    wf_reply_t  *reply;

    world_flow();
    reply = ask(creation(0, "s", "0 0 0 1 1 *", ""));
    snprintf(text, sizeof(text), "%.*s",
             (int) reply->u.schedules->id.len,
             (const char *) reply->u.schedules->id.data);
    id = wf_str_of(text);

    fire_of(2, id);
    CHECK_INT(heard.outcome, WF_OUTCOME_FAILED);
    fire_of(1, wf_str("01234567-89ab-4def-8123-456789abcdef"));
    CHECK_INT(heard.outcome, WF_OUTCOME_FAILED);
    CHECK_STR(wf_str_of(heard_cause), wf_str("SCHEDULE_NOT_FOUND: s"));
    CHECK(ask(update_of(0, "s", "", 0))->error == NULL);
    fire_of(1, id);
    CHECK_INT(heard.outcome, WF_OUTCOME_FAILED);
    CHECK_INT(executions(), 0);

    CHECK(ask(update_of(0, "s", "", 1))->error == NULL);
    fire_of(1, id);
    CHECK_INT(heard.outcome, WF_OUTCOME_SUCCEEDED);
    CHECK(!heard.is_lost);
    CHECK_INT(executions(), 1);
    fire_of(1, id);
    CHECK_INT(heard.outcome, WF_OUTCOME_SUCCEEDED);
    CHECK_INT(executions(), 1);

    CHECK(ask(about_schedule(0, "DeleteSchedule", "s"))->error == NULL);
    fire_of(1, id);
    CHECK_INT(heard.outcome, WF_OUTCOME_FAILED);
    CHECK_INT(executions(), 1);
    end();
}


TEST(names_differ)
{
    size_t     i, k;
    uint8_t    names[4][WF_UUID_LEN], other[WF_UUID_LEN];
    wf_fire_t  fire;

    static const uint8_t  key[32] = { 1 }, key_other[32] = { 2 };

    fire = (wf_fire_t) {
        .id = wf_str("01234567-89ab-4def-8123-456789abcdef"), .due_ms = 1000
    };
    wf_fire_name(key, &fire, names[0]);
    wf_fire_name(key, &fire, other);
    CHECK(memcmp(names[0], other, WF_UUID_LEN) == 0);
    wf_fire_name(key_other, &fire, names[1]);
    fire.due_ms = 1001;
    wf_fire_name(key, &fire, names[2]);
    fire.due_ms = 1000;
    fire.id = wf_str("01234567-89ab-4def-8123-456789abcdee");
    wf_fire_name(key, &fire, names[3]);

    for (i = 0; i < 4; i++) {
        for (k = 0; k < i; k++) {
            CHECK(memcmp(names[i], names[k], WF_UUID_LEN) != 0);
        }
    }
}


UNIT_MAIN()
