
/*
 * State machines with an activity, and clients that ask for its tasks, in the
 * world of desk_world.h.
 */

#ifndef WF_UNIT_OFFER_CALLS_H
#define WF_UNIT_OFFER_CALLS_H


#include "actions/home.h"
#include "desk_calls.h"


#define ACTIVITY  "us-east-1/123456789012/"
#define ARN       "arn:aws:states:us-east-1:123456789012:activity:"
#define MACHINE   "sfn/us-east-1/123456789012/m"
#define POLLS     64

#define TASK(more)                                                            \
    "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\","                \
    "\"Resource\":\"" ARN "a\"," more "\"End\":true}}}"


/* A poll, and what it was told. */
typedef struct {
    wf_call_t   *call;              /* NULL: answered, or gone */
    bool         is_done;
    int          error;
    wf_str_t     token;
    wf_str_t     input;
} poll_t;

static poll_t    polls[POLLS];
static unsigned  poll_count;


static inline wf_call_t *
sfn_call(int worker, const char *action)
{
    wf_call_t  *call;

    call = wf_call_create(workers[worker].desk);
    call->action = wf_action_find("sfn", wf_str_of(action));
    wf_assert(call->action);
    call->done = done;

    return call;
}


static inline wf_reply_t *
about_activity(int worker, const char *action, const char *name)
{
    char        text[128];
    wf_call_t  *call;

    call = sfn_call(worker, action);
    sprintf(text, ACTIVITY "%s", name);
    arg_str(call, WF_ARG_ACTIVITY, wf_arena_copy(world, wf_str_of(text)));
    sprintf(text, ARN "%s", name);
    arg_str(call, WF_ARG_ACTIVITY_ARN,
            wf_arena_copy(world, wf_str_of(text)));

    return ask(call);
}


static inline void
machine(const char *definition)
{
    wf_call_t  *call;

    call = sfn_call(0, "CreateStateMachine");
    arg(call, WF_ARG_FLOW, MACHINE);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_ROLE, "arn:aws:iam::123456789012:role/r");
    number(call, WF_ARG_MACHINE_TYPE, WF_MODE_STANDARD);
    CHECK(ask(call)->error == NULL);
}


static inline void
begin(const char *definition)
{
    world_create();
    poll_count = 0;
    CHECK(about_activity(0, "CreateActivity", "a")->error == NULL);
    machine(definition);
}


static inline void
run(const char *name)
{
    wf_call_t  *call;

    call = sfn_call(0, "StartExecution");
    arg(call, WF_ARG_FLOW, MACHINE);
    arg(call, WF_ARG_EXECUTION, name);
    arg_str(call, WF_ARG_INPUT, wf_arena_copy(world, wf_str_of("{\"n\":1}")));
    CHECK(ask(call)->error == NULL);

    /* It may have to look for the activity. */

    world_pass(1);
    world_pass(1);
}


static inline wf_execution_view_t *
look(const char *name)
{
    static wf_execution_view_t  none;

    wf_call_t   *call;
    wf_reply_t  *reply;

    call = sfn_call(1, "DescribeExecution");
    arg(call, WF_ARG_FLOW, MACHINE);
    arg(call, WF_ARG_EXECUTION, name);
    reply = ask(call);
    CHECK(reply->error == NULL);

    return reply->error ? &none : reply->u.executions;
}


static inline void
poll_done(wf_call_t *call)
{
    poll_t  *poll;

    poll = call->data;
    poll->is_done = true;
    poll->error = error_code(&call->reply);

    if (call->reply.error == NULL) {
        CHECK_INT(call->reply.kind, WF_REPLY_TASK);
        poll->token = wf_arena_copy(world, call->reply.u.task.token);
        poll->input = wf_arena_copy(world, call->reply.u.task.input);
    }

    poll->call = NULL;
    wf_call_free(call);
}


static inline poll_t *
poll_begin(int worker, const char *word)
{
    poll_t  *poll;

    poll = &polls[poll_count++];
    memset(poll, 0, sizeof(poll_t));
    poll->call = sfn_call(worker, "GetActivityTask");
    poll->call->done = poll_done;
    poll->call->data = poll;
    arg(poll->call, WF_ARG_ACTIVITY, ACTIVITY "a");
    arg(poll->call, WF_ARG_ACTIVITY_ARN, ARN "a");
    arg(poll->call, WF_ARG_WORKER_NAME, word);
    wf_call_run(poll->call, now_ms);
    world_run();

    return poll;
}


static inline wf_reply_t *
send(int worker, const char *action, wf_str_t token, const char *text)
{
    wf_call_t  *call;

    call = sfn_call(worker, action);
    arg_str(call, WF_ARG_TASK_TOKEN, token);

    if (strcmp(action, "SendTaskSuccess") == 0) {
        arg(call, WF_ARG_OUTPUT, text);

    } else if (strcmp(action, "SendTaskFailure") == 0) {
        arg(call, WF_ARG_ERROR, text);
        arg(call, WF_ARG_CAUSE, "why");
    }

    return ask(call);
}


static inline uint32_t
home_shard(void)
{
    return wf_home_of(workers[0].desk, wf_str("activity/" ACTIVITY "a"));
}


static inline uint32_t
stand_count(bool is_offer)
{
    uint32_t        no, count;
    wf_tasklists_t  *lists;

    count = 0;

    for (no = 0; no < WORKERS * SHARDS; no++) {
        lists = workers[no / SHARDS].desk->places[no % SHARDS].lists;
        count += lists ? wf_tasklists_count(lists, is_offer) : 0;
    }

    return count;
}


static inline void
polls_end(void)
{
    unsigned  i;

    for (i = 0; i < poll_count; i++) {

        if (polls[i].call) {
            wf_call_abandon(polls[i].call);
        }
    }

    world_run();
}


static inline void
offers_end(void)
{
    if (asked) {
        wf_call_free(asked);
        asked = NULL;
    }

    world_free();
}


static inline void
finish(void)
{
    polls_end();
    CHECK_INT(stand_count(false), 0);
    offers_end();
}


#endif /* WF_UNIT_OFFER_CALLS_H */
