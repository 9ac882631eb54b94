
/*
 * Activities: tasks that are offered, who asks for them, how both meet; two
 * workers and two shards, of which one may go.
 */

#include "unit.h"

#include "actions/offer.c"
#include "offer_calls.h"


TEST(offered_then_asked_for)
{
    char      name[8];
    poll_t   *poll;
    unsigned  i;

    begin(TASK(""));

    /* Executions of both shards, polls of both workers. */

    for (i = 0; i < 8; i++) {
        sprintf(name, "x%u", i);
        run(name);
        CHECK_INT(stand_count(true), 1);
        poll = poll_begin(i % 2, "me");
        CHECK(poll->is_done && poll->token.len > 0);
        CHECK_STR(poll->input, wf_str("{\"n\":1}"));
        CHECK_INT(stand_count(true), 0);
        CHECK(send(i / 4, "SendTaskSuccess", poll->token, "[7]")->error
              == NULL);
        CHECK_INT(look(name)->status, WF_STATUS_SUCCEEDED);
        CHECK_STR(look(name)->output, wf_str("[7]"));
        CHECK_ERROR(send(0, "SendTaskSuccess", poll->token, "[7]"),
                    WF_E_TASK_OVER);
    }

    finish();
}


TEST(asked_for_then_offered)
{
    char      name[8];
    poll_t   *poll;
    unsigned  i;

    begin(TASK(""));

    for (i = 0; i < 8; i++) {
        poll = poll_begin(i % 2, "");
        CHECK(!poll->is_done);
        CHECK_INT(stand_count(false), 1);
        sprintf(name, "x%u", i);
        run(name);
        CHECK(poll->is_done && poll->token.len > 0);
        CHECK(send(1, "SendTaskFailure", poll->token, "Bad")->error == NULL);
        CHECK_STR(look(name)->error, wf_str("Bad"));
        CHECK_STR(look(name)->cause, wf_str("why"));
    }

    finish();
}


TEST(first_come_first_served)
{
    char      name[8];
    poll_t   *all[6];
    unsigned  i, k;

    begin(TASK(""));

    for (i = 0; i < 6; i++) {
        all[i] = poll_begin(i % 2, "");
    }

    for (i = 0; i < 6; i++) {
        sprintf(name, "x%u", i);
        run(name);

        for (k = 0; k < 6; k++) {
            CHECK_INT(all[k]->is_done, k <= i);
        }
    }

    finish();
}


TEST(nothing_to_do)
{
    poll_t  *poll;

    begin(TASK(""));
    poll = poll_begin(0, "");
    world_pass(59999);
    CHECK(!poll->is_done);
    world_pass(1);
    CHECK(poll->is_done && poll->error == WF_E_NONE);
    CHECK_INT(poll->token.len, 0);
    CHECK_INT(stand_count(false), 0);
    finish();
}


TEST(unknown_activities)
{
    begin(TASK(""));
    CHECK_ERROR(about_activity(0, "GetActivityTask", "b"),
                WF_E_ACTIVITY_NOT_FOUND);
    CHECK(about_activity(0, "DeleteActivity", "a")->error == NULL);
    CHECK_ERROR(about_activity(1, "GetActivityTask", "a"),
                WF_E_ACTIVITY_NOT_FOUND);
    run("x");
    CHECK_INT(look("x")->status, WF_STATUS_FAILED);
    CHECK_STR(look("x")->error, wf_str("States.Runtime"));
    CHECK_STR(look("x")->cause, wf_str("An error occurred while executing "
              "the state 'A' (entered at the event id #2). The activity "
              ARN "a does not exist."));
    CHECK_INT(stand_count(true), 0);

    /* Back again. */

    CHECK(about_activity(0, "CreateActivity", "a")->error == NULL);
    run("y");
    CHECK_STR(look("y")->cause, wf_str(""));
    CHECK_INT(look("y")->status, WF_STATUS_RUNNING);
    CHECK_INT(stand_count(true), 1);
    finish();
}


/* A catalogue's version may be 0 when a server begins anew. */
TEST(known_from_the_first_version_on)
{
    begin(TASK(""));
    world_move(0);
    world_move(1);
    catalog_version = 0;
    run("x");
    CHECK_STR(look("x")->cause, wf_str(""));
    CHECK_INT(look("x")->status, WF_STATUS_RUNNING);
    finish();
}


TEST(wrong_tokens_and_outputs)
{
    poll_t  *poll;

    begin(TASK(""));
    run("x");
    poll = poll_begin(0, "");
    CHECK_ERROR(send(0, "SendTaskSuccess", wf_str("junk"), "1"),
                WF_E_INVALID_TOKEN);
    CHECK_ERROR(send(0, "SendTaskFailure", wf_str("junk"), "1"),
                WF_E_INVALID_TOKEN);
    CHECK_ERROR(send(0, "SendTaskHeartbeat", wf_str("junk"), ""),
                WF_E_INVALID_TOKEN);
    CHECK_ERROR(send(0, "SendTaskSuccess", poll->token, "{"),
                WF_E_INVALID_OUTPUT);
    CHECK_INT(look("x")->status, WF_STATUS_RUNNING);
    CHECK(send(0, "SendTaskHeartbeat", poll->token, "")->error == NULL);
    CHECK(send(0, "SendTaskSuccess", poll->token, "null")->error == NULL);
    CHECK_STR(look("x")->output, wf_str("null"));
    CHECK_ERROR(send(0, "SendTaskHeartbeat", poll->token, ""),
                WF_E_TASK_OVER);
    finish();
}


TEST(given_up_while_offered)
{
    poll_t  *poll;

    begin(TASK("\"TimeoutSeconds\":5,"));
    run("x");
    CHECK_INT(stand_count(true), 1);
    world_pass(5000);
    CHECK_INT(look("x")->status, WF_STATUS_FAILED);
    CHECK_STR(look("x")->error, wf_str("States.Timeout"));
    CHECK_INT(stand_count(true), 0);
    poll = poll_begin(0, "");
    CHECK(!poll->is_done);
    finish();
}


/* It is silent only once somebody has it. */
TEST(heartbeats)
{
    poll_t  *poll;

    begin(TASK("\"TimeoutSeconds\":100,\"HeartbeatSeconds\":5,"));
    run("x");
    world_pass(20000);
    CHECK_INT(look("x")->status, WF_STATUS_RUNNING);
    poll = poll_begin(0, "");
    CHECK(poll->is_done && poll->token.len > 0);
    world_pass(4000);
    CHECK(send(1, "SendTaskHeartbeat", poll->token, "")->error == NULL);
    world_pass(4000);
    CHECK_INT(look("x")->status, WF_STATUS_RUNNING);
    world_pass(1000);
    CHECK_INT(look("x")->status, WF_STATUS_FAILED);
    CHECK_STR(look("x")->error, wf_str("States.Timeout"));
    CHECK_ERROR(send(1, "SendTaskHeartbeat", poll->token, ""),
                WF_E_TASK_OVER);
    finish();
}


TEST(pollers_that_go)
{
    poll_t  *first, *second;

    begin(TASK(""));
    first = poll_begin(0, "");
    second = poll_begin(1, "");
    wf_call_abandon(first->call);
    first->call = NULL;
    world_run();
    CHECK_INT(stand_count(false), 1);
    run("x");
    CHECK(second->is_done && second->token.len > 0);
    finish();
}


/* Between the match and the hand-over. */
TEST(a_poller_that_goes_too_late)
{
    poll_t  *first, *second;

    begin(TASK(""));
    first = poll_begin(1 - owners[home_shard()], "one");
    run("x");
    CHECK(first->is_done);
    first = poll_begin(0, "two");
    second = NULL;

    /* As if it went in the middle: its word is missing. */

    while (world_step()) {
        /* void */
    }

    wf_call_abandon(first->call);
    first->call = NULL;
    run("y");
    second = poll_begin(1, "three");
    world_run();
    CHECK(second->is_done && second->token.len > 0);
    CHECK(send(0, "SendTaskSuccess", second->token, "1")->error == NULL);
    CHECK_INT(look("y")->status, WF_STATUS_SUCCEEDED);
    finish();
}


TEST(the_home_moves)
{
    poll_t    *poll;
    uint32_t   home;

    begin(TASK(""));
    home = home_shard();
    poll = poll_begin(0, "");
    world_move(home);
    CHECK_INT(stand_count(false), 1);
    run("x");
    CHECK(poll->is_done && poll->token.len > 0);

    run("y");
    run("z");
    world_move(home);
    world_move(home);
    world_pass(1000);
    CHECK_INT(stand_count(true), 2);
    poll = poll_begin(0, "");
    CHECK(poll->is_done && poll->token.len > 0);
    finish();
}


TEST(the_executions_owner_moves)
{
    char       name[8];
    poll_t    *poll;
    unsigned   i;

    begin(TASK(""));

    for (i = 0; i < 8; i++) {
        sprintf(name, "x%u", i);
        run(name);
    }

    CHECK_INT(stand_count(true), 8);
    world_move(0);
    world_move(1);
    world_pass(1000);
    world_pass(1000);
    CHECK_INT(stand_count(true), 8);

    for (i = 0; i < 8; i++) {
        poll = poll_begin(i % 2, "");
        CHECK(poll->is_done && poll->token.len > 0);
        CHECK(send(i % 2, "SendTaskSuccess", poll->token, "1")->error
              == NULL);
    }

    for (i = 0; i < 8; i++) {
        sprintf(name, "x%u", i);
        CHECK_INT(look(name)->status, WF_STATUS_SUCCEEDED);
    }

    finish();
}


/* Every place where the world may stop between the poll and its answer: the
 * shards go and come, and the task is given to somebody all the same. */
TEST(never_lost)
{
    bool      is_over;
    poll_t   *poll, *other;
    unsigned  steps, i;

    for (steps = 0, is_over = false; !is_over; steps++) {
        begin(TASK(""));
        run("x");
        poll = &polls[poll_count++];
        memset(poll, 0, sizeof(poll_t));
        poll->call = sfn_call(steps % 2, "GetActivityTask");
        poll->call->done = poll_done;
        poll->call->data = poll;
        arg(poll->call, WF_ARG_ACTIVITY, ACTIVITY "a");
        arg(poll->call, WF_ARG_ACTIVITY_ARN, ARN "a");
        wf_call_run(poll->call, now_ms);

        for (i = 0; i < steps && !is_over; i++) {
            is_over = !world_step();
        }

        world_move(0);
        world_move(1);

        for (i = 0; i < 8; i++) {
            world_pass(1000);
        }

        other = poll->is_done ? poll : poll_begin(0, "");
        world_pass(1000);
        CHECK((poll->is_done && poll->token.len > 0)
              || (other->is_done && other->token.len > 0));
        other = poll->token.len > 0 ? poll : other;
        CHECK(send(0, "SendTaskSuccess", other->token, "1")->error == NULL);
        CHECK_INT(look("x")->status, WF_STATUS_SUCCEEDED);
        finish();
    }

    CHECK(steps > 5);
}


TEST(a_worker_dies)
{
    int      home;
    poll_t  *dead, *live;

    begin(TASK(""));
    home = owners[home_shard()];

    /* Polls of the other worker, which is dead: they are passed over. */

    dead = poll_begin(1 - home, "");
    live = poll_begin(home, "");
    CHECK_INT(stand_count(false), 2);
    is_dead[1 - home] = true;
    run("x");
    CHECK(!dead->is_done);
    CHECK(live->is_done && live->token.len > 0);
    is_dead[1 - home] = false;
    finish();
}


TEST(leaving)
{
    poll_t  *poll, *late;

    begin(TASK(""));
    poll = poll_begin(0, "");
    run("x");
    poll = poll_begin(0, "");
    CHECK(!poll->is_done);
    wf_desk_release_polls(workers[0].desk, now_ms);
    CHECK(poll->is_done && poll->token.len == 0);
    late = poll_begin(0, "");
    CHECK(late->is_done && late->token.len == 0);
    finish();
}


UNIT_MAIN()
