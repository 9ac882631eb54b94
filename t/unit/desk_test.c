
/*
 * The desk: all actions, between workers that own a shard each, through
 * losses of owners, polls and clients.
 */

#include "unit.h"

#include "actions/desk.c"

#include "desk_world.h"


#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Pass\n    Name: p\n    End: true\n"

#define WAIT                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: w\nStates:\n"     \
    "  - Type: Wait\n    Name: w\n    Seconds: 100\n    End: true\n"

#define LEGACY                                                                \
    "version: v1\ntype: flow\nsteps:\n  - type: pass\n    name: p1\n"         \
    "  - type: pass\n    name: p2\n"

#define ENV  "[{\"Name\":\"k\",\"Value\":\"v\",\"Description\":\"\"}]"

#define CHECK_ERROR(reply_of, wanted)                                         \
    unit_check_int(error_code(reply_of), wanted, __FILE__, __LINE__,          \
                   #reply_of)


static int
error_code(const wf_reply_t *reply)
{
    return reply->error ? (int) reply->error->code : WF_E_NONE;
}


/* Calls that are not freed yet. */
static wf_call_t  *asked;
static bool        done_seen;
static unsigned    done_count;


static void
done(wf_call_t *call)
{
    (void) call;
    done_count++;

    if (call == asked) {
        done_seen = true;
    }
}


static wf_call_t *
call_of(int worker, const char *action)
{
    wf_call_t  *call;

    call = wf_call_create(workers[worker].desk);
    call->action = wf_action_find("rpc", wf_str_of(action));
    wf_assert(call->action);
    call->done = done;

    return call;
}


/* The one that is there, else a new one. */
static wf_arg_t *
given(wf_call_t *call, wf_arg_id_t id)
{
    wf_arg_t  *arg;

    for (arg = call->args.first; arg; arg = arg->next) {

        if (arg->id == id) {
            return arg;
        }
    }

    return wf_args_add(call->arena, &call->args, id);
}


static void
arg(wf_call_t *call, wf_arg_id_t id, const char *text)
{
    if (text[0] != '\0') {
        given(call, id)->text = wf_str_of(text);
    }
}


static void
number(wf_call_t *call, wf_arg_id_t id, int64_t value)
{
    given(call, id)->number = value;
}


/* Runs it to its end; the call is free again with the next one. */
static wf_reply_t *
ask(wf_call_t *call)
{
    if (asked) {
        wf_call_free(asked);
    }

    asked = call;
    done_seen = false;
    wf_call_run(call, now_ms);
    world_run();
    CHECK(done_seen);

    return &call->reply;
}


static void
end(void)
{
    if (asked) {
        wf_call_free(asked);
        asked = NULL;
    }

    CHECK_INT(wf_desk_waiting(workers[0].desk), 0);
    CHECK_INT(wf_desk_waiting(workers[1].desk), 0);
    world_free();
}


static wf_reply_t *
create(int worker, const char *name, const char *definition)
{
    wf_call_t  *call;

    call = call_of(worker, "CreateFlow");
    arg(call, WF_ARG_FLOW, name);
    arg(call, WF_ARG_DEFINITION, definition);
    arg(call, WF_ARG_DESCRIPTION, "about");
    arg(call, WF_ARG_TYPE, "FDL");
    arg(call, WF_ARG_ENVIRONMENT, ENV);

    return ask(call);
}


static wf_call_t *
about(int worker, const char *action, const char *flow, const char *name)
{
    wf_call_t  *call;

    call = call_of(worker, action);
    arg(call, WF_ARG_FLOW, flow);
    arg(call, WF_ARG_EXECUTION, name);

    return call;
}


/* A flow called "f" and where its executions of that name live. */
static uint32_t
shard_of(const char *name)
{
    return wf_shard_of(1, wf_str_of(name), SHARDS);
}


static const char *
name_in(uint32_t shard_no)
{
    unsigned  i;

    static char  name[2][16];

    for (i = 0; ; i++) {
        sprintf(name[shard_no], "run%u", i);

        if (shard_of(name[shard_no]) == shard_no) {
            return name[shard_no];
        }
    }
}


TEST(flow_life)
{
    int          worker;
    wf_call_t   *call;
    wf_reply_t  *reply;

    /* Once from the owner of the catalogue, once from the other. */
    for (worker = 0; worker < WORKERS; worker++) {
        world_create();

        reply = ask(about(worker, "DescribeFlow", "f", ""));
        CHECK_ERROR(reply, WF_E_FLOW_NOT_FOUND);

        reply = create(worker, "f", PASS);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_FLOW);
        CHECK_INT(reply->u.flows->id.len, 36);
        CHECK_STR(reply->u.flows->name, wf_str("f"));
        CHECK_STR(reply->u.flows->definition, wf_str(PASS));
        CHECK_STR(reply->u.flows->description, wf_str("about"));
        CHECK_STR(reply->u.flows->environment, wf_str(ENV));
        CHECK_INT(reply->u.flows->created_ms, now_ms);
        CHECK_INT(reply->u.flows->modified_ms, now_ms);

        reply = create(1 - worker, "f", PASS);
        CHECK_ERROR(reply, WF_E_FLOW_EXISTS);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("f"));

        now_ms += 1000;
        call = about(1 - worker, "UpdateFlow", "f", "");
        arg(call, WF_ARG_DEFINITION, WAIT);
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.flows->definition, wf_str(WAIT));
        CHECK_STR(reply->u.flows->description, wf_str("about"));
        CHECK_INT(reply->u.flows->modified_ms, now_ms);
        CHECK_INT(reply->u.flows->created_ms, now_ms - 1000);

        call = about(worker, "UpdateFlow", "f", "");
        arg(call, WF_ARG_DESCRIPTION, "new");
        arg(call, WF_ARG_ENVIRONMENT, "[]");
        CHECK(ask(call)->error == NULL);

        reply = ask(about(worker, "DescribeFlow", "f", ""));
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.flows->description, wf_str("new"));
        CHECK_STR(reply->u.flows->definition, wf_str(WAIT));
        CHECK_STR(reply->u.flows->environment, wf_str("[]"));

        call = about(worker, "DescribeFlow", "f", "");
        arg(call, WF_ARG_VERSION, "3");
        CHECK_ERROR(ask(call), WF_E_FLOW_VERSION_NOT_FOUND);

        reply = ask(about(1 - worker, "DeleteFlow", "f", ""));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EMPTY);

        CHECK_ERROR(ask(about(worker, "DeleteFlow", "f", "")),
                    WF_E_FLOW_NOT_FOUND);
        CHECK_ERROR(ask(about(worker, "UpdateFlow", "f", "")),
                    WF_E_FLOW_NOT_FOUND);

        /* The name is free at once. */
        CHECK(create(worker, "f", PASS)->error == NULL);
        end();
    }
}


TEST(flow_refused)
{
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();

    reply = create(1, "f", "Type: StateMachine\nStates: 3\n");
    CHECK_ERROR(reply, WF_E_INVALID_ARGUMENT);
    CHECK(wf_str_starts(wf_error_arg(reply->error, 0),
                        wf_str("Definition is not valid: ")));
    CHECK_ERROR(ask(about(0, "DescribeFlow", "f", "")), WF_E_FLOW_NOT_FOUND);

    CHECK(create(1, "f", PASS)->error == NULL);
    call = about(1, "UpdateFlow", "f", "");
    arg(call, WF_ARG_DEFINITION, "nonsense");
    CHECK_ERROR(ask(call), WF_E_INVALID_ARGUMENT);

    end();
}


/* Two updates that saw the same revision. */
TEST(flow_conflict)
{
    unsigned    i;
    wf_call_t  *calls[2];

    world_create();
    CHECK(create(0, "f", PASS)->error == NULL);
    CHECK(ask(about(0, "DescribeFlow", "f", ""))->error == NULL);
    CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);

    for (i = 0; i < 2; i++) {
        calls[i] = about((int) i, "UpdateFlow", "f", "");
        arg(calls[i], WF_ARG_DESCRIPTION, "new");
        wf_call_run(calls[i], now_ms);
    }

    world_run();
    CHECK(calls[0]->reply.error == NULL);
    CHECK_ERROR(&calls[1]->reply, WF_E_CONCURRENT_UPDATE);
    wf_call_free(calls[0]);
    wf_call_free(calls[1]);
    end();
}


TEST(flow_lists)
{
    unsigned     i;
    char         name[8];
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();

    for (i = 0; i < 7; i++) {
        sprintf(name, "f%u", 6 - i);
        call = call_of((int) i % 2, "CreateFlow");
        arg(call, WF_ARG_FLOW, name);
        arg(call, WF_ARG_DEFINITION, PASS);
        arg(call, WF_ARG_TYPE, "FDL");
        arg(call, WF_ARG_GROUP, i % 3 ? "a" : "b");
        CHECK(ask(call)->error == NULL);
    }

    reply = ask(call_of(1, "ListFlows"));
    CHECK_INT(reply->kind, WF_REPLY_FLOWS);
    CHECK_INT(reply->count, 7);
    CHECK_STR(reply->u.flows[0].name, wf_str("f0"));
    CHECK_STR(reply->u.flows[6].name, wf_str("f6"));
    CHECK_STR(reply->u.flows[6].definition, wf_str(PASS));
    CHECK_INT(reply->next_token.len, 0);

    call = call_of(0, "ListFlows");
    number(call, WF_ARG_LIMIT, 3);
    reply = ask(call);
    CHECK_INT(reply->count, 3);
    CHECK_STR(reply->next_token, wf_str("f3"));

    call = call_of(0, "ListFlows");
    number(call, WF_ARG_LIMIT, 4);
    arg(call, WF_ARG_NEXT_TOKEN, "f3");
    reply = ask(call);
    CHECK_INT(reply->count, 4);
    CHECK_STR(reply->u.flows[0].name, wf_str("f3"));
    CHECK_INT(reply->next_token.len, 0);

    /* A name that is none any more. */
    call = call_of(0, "ListFlows");
    arg(call, WF_ARG_NEXT_TOKEN, "f4x");
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.flows[0].name, wf_str("f5"));

    call = call_of(0, "ListFlows");
    arg(call, WF_ARG_GROUP, "b");
    number(call, WF_ARG_LIMIT, 2);
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.flows[0].name, wf_str("f0"));
    CHECK_STR(reply->u.flows[1].name, wf_str("f3"));
    CHECK_STR(reply->next_token, wf_str("f6"));

    end();
}


TEST(start_and_describe)
{
    int          worker;
    unsigned     i;
    char         name[40];
    wf_reply_t  *reply;

    world_create();
    CHECK(create(0, "f", PASS)->error == NULL);

    for (i = 0; i < 8; i++) {
        worker = (int) i % 2;
        sends = 0;
        reply = ask(about(worker, "StartExecution", "f", ""));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EXECUTION);
        CHECK_INT(reply->u.executions->name.len, 36);
        CHECK_STR(reply->u.executions->flow, wf_str("f"));
        CHECK_STR(reply->u.executions->definition, wf_str(PASS));
        CHECK_STR(reply->u.executions->input, wf_str("{}"));
        CHECK_INT(reply->u.executions->started_ms, now_ms);

        /* Names of ours live in shards of ours. */
        CHECK_INT(sends, 0);

        sprintf(name, "%.36s", (const char *) reply->u.executions->name.data);

        no_index = i & 2;
        reply = ask(about(1 - worker, "DescribeExecution", "f", name));
        no_index = false;
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.executions->name, wf_str_of(name));
        CHECK_INT(reply->u.executions->status, WF_STATUS_SUCCEEDED);
        CHECK_STR(reply->u.executions->output, wf_str("{}"));
        CHECK_STR(reply->u.executions->environment, wf_str(ENV));
    }

    CHECK_ERROR(ask(about(0, "DescribeExecution", "f", "none")),
                WF_E_EXECUTION_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "DescribeExecution", "none", "none")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "StartExecution", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


/* Checklist item 7. */
TEST(start_twice)
{
    int          worker;
    const char  *name;
    wf_call_t   *call;
    wf_reply_t  *reply;

    for (worker = 0; worker < WORKERS; worker++) {
        world_create();
        CHECK(create(0, "f", WAIT)->error == NULL);
        name = name_in(0);

        call = about(worker, "StartExecution", "f", name);
        arg(call, WF_ARG_INPUT, "{\"a\": 1}");
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->u.executions->status, WF_STATUS_RUNNING);
        CHECK_STR(reply->u.executions->input, wf_str("{\"a\": 1}"));

        /* Running: the same one, whatever the input. */
        now_ms += 1000;
        reply = ask(about(1 - worker, "StartExecution", "f", name));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->u.executions->status, WF_STATUS_RUNNING);
        CHECK_INT(reply->u.executions->started_ms, now_ms - 1000);
        CHECK_STR(reply->u.executions->input, wf_str("{\"a\": 1}"));

        call = about(worker, "StopExecution", "f", name);
        arg(call, WF_ARG_ERROR, "E");
        arg(call, WF_ARG_CAUSE, "C");
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->u.executions->status, WF_STATUS_STOPPED);
        CHECK_INT(reply->u.executions->stopped_ms, now_ms);

        reply = ask(about(worker, "StartExecution", "f", name));
        CHECK_ERROR(reply, WF_E_EXECUTION_EXISTS);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(name));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));

        CHECK_ERROR(ask(about(worker, "StopExecution", "f", name)),
                    WF_E_EXECUTION_COMPLETED);
        CHECK_ERROR(ask(about(worker, "StopExecution", "f", "none")),
                    WF_E_EXECUTION_NOT_FOUND);
        end();
    }
}


TEST(start_refused)
{
    char        *input;
    size_t       size;
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();
    CHECK(create(0, "f", PASS)->error == NULL);
    CHECK(create(0, "old", LEGACY)->error == NULL);

    call = call_of(0, "CreateFlow");
    arg(call, WF_ARG_FLOW, "express");
    arg(call, WF_ARG_DEFINITION, PASS);
    arg(call, WF_ARG_TYPE, "FDL");
    number(call, WF_ARG_MODE, WF_MODE_EXPRESS);
    CHECK(ask(call)->u.flows->is_express);

    reply = ask(about(0, "StartExecution", "express", ""));
    CHECK_ERROR(reply, WF_E_NOT_SUPPORTED);
    CHECK_STR(wf_error_arg(reply->error, 0),
              wf_str("Express execution is not supported"));

    call = about(0, "StartExecution", "f", "");
    arg(call, WF_ARG_QUALIFIER, "12");
    reply = ask(call);
    CHECK_ERROR(reply, WF_E_FLOW_VERSION_NOT_FOUND);
    CHECK_STR(wf_error_arg(reply->error, 0), wf_str("12"));
    CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));

    call = about(0, "StartExecution", "f", "");
    arg(call, WF_ARG_QUALIFIER, "v12");
    CHECK_ERROR(ask(call), WF_E_FLOW_ALIAS_NOT_FOUND);

    size = WF_DATA_BYTES_CFL + 1;
    input = malloc(size + 1);
    memset(input, ' ', size);
    memcpy(input, "{}", 2);
    input[size] = '\0';

    call = about(0, "StartExecution", "f", "");
    arg(call, WF_ARG_INPUT, input);
    reply = ask(call);
    CHECK_ERROR(reply, WF_E_INVALID_ARGUMENT);
    CHECK_STR(wf_error_arg(reply->error, 0),
              wf_str("Input must be at most 65536 bytes long."));

    input[WF_DATA_BYTES_FDL + 1] = '\0';
    call = about(0, "StartExecution", "old", "");
    arg(call, WF_ARG_INPUT, input);
    reply = ask(call);
    CHECK_STR(wf_error_arg(reply->error, 0),
              wf_str("Input must be at most 32768 bytes long."));
    free(input);

    end();
}


/* Names that nothing can have, everywhere. */
TEST(endless_names)
{
    size_t  i;
    char    name[400];

    static const char  *actions[] = {
        "StopExecution", "DescribeExecution", "GetExecutionHistory"
    };

    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = '\0';

    world_create();
    CHECK(create(0, "f", PASS)->error == NULL);

    for (i = 0; i < wf_countof(actions); i++) {
        CHECK_ERROR(ask(about(0, actions[i], "f", name)),
                    WF_E_EXECUTION_NOT_FOUND);
        CHECK_ERROR(ask(about(0, actions[i], name, "e")),
                    WF_E_FLOW_NOT_FOUND);
    }

    CHECK_ERROR(ask(about(0, "DescribeFlow", name, "")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


/* What an execution shows is what its flow was when it started. */
TEST(snapshot)
{
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);
    CHECK(ask(about(0, "StartExecution", "f", "a"))->error == NULL);

    call = about(1, "UpdateFlow", "f", "");
    arg(call, WF_ARG_DEFINITION, PASS);
    arg(call, WF_ARG_ENVIRONMENT, "[]");
    CHECK(ask(call)->error == NULL);

    reply = ask(about(1, "DescribeExecution", "f", "a"));
    CHECK_STR(reply->u.executions->definition, wf_str(WAIT));
    CHECK_STR(reply->u.executions->environment, wf_str(ENV));

    reply = ask(about(0, "StartExecution", "f", "a"));
    CHECK_STR(reply->u.executions->definition, wf_str(WAIT));

    reply = ask(about(0, "StartExecution", "f", "b"));
    CHECK_STR(reply->u.executions->definition, wf_str(PASS));

    call = about(1, "ListExecutions", "f", "");
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.executions[0].name, wf_str("a"));
    CHECK_STR(reply->u.executions[0].definition, wf_str(WAIT));
    CHECK_STR(reply->u.executions[1].definition, wf_str(PASS));
    CHECK_STR(reply->u.executions[1].environment, wf_str("[]"));

    /* Gone with its flow. */
    CHECK(ask(about(0, "DeleteFlow", "f", ""))->error == NULL);
    CHECK_ERROR(ask(about(1, "DescribeExecution", "f", "a")),
                WF_E_FLOW_NOT_FOUND);
    CHECK(create(0, "f", PASS)->error == NULL);
    CHECK_ERROR(ask(about(1, "DescribeExecution", "f", "a")),
                WF_E_EXECUTION_NOT_FOUND);
    end();
}


TEST(execution_lists)
{
    unsigned     i;
    char         name[8];
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);

    for (i = 0; i < 5; i++) {
        sprintf(name, "%c%u", i % 2 ? 'a' : 'b', i);
        CHECK(ask(about((int) i % 2, "StartExecution", "f", name))->error
              == NULL);
        now_ms += 1000;
    }

    CHECK(ask(about(0, "StopExecution", "f", "a3"))->error == NULL);

    call = about(1, "ListExecutions", "f", "");
    number(call, WF_ARG_LIMIT, 3);
    reply = ask(call);
    CHECK_INT(reply->kind, WF_REPLY_EXECUTIONS);
    CHECK_INT(reply->count, 3);
    CHECK_STR(reply->u.executions[0].name, wf_str("b4"));
    CHECK_STR(reply->u.executions[1].name, wf_str("a3"));
    CHECK_INT(reply->u.executions[1].status, WF_STATUS_STOPPED);
    CHECK_STR(reply->u.executions[2].name, wf_str("b2"));
    CHECK_STR(reply->u.executions[2].flow, wf_str("f"));
    CHECK_STR(reply->next_token, wf_str("a1"));

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_NEXT_TOKEN, "a1");
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.executions[0].name, wf_str("a1"));
    CHECK_INT(reply->next_token.len, 0);

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_STATUS, "Running");
    number(call, WF_ARG_STATUS, WF_STATUS_RUNNING);
    arg(call, WF_ARG_NAME_PREFIX, "a");
    number(call, WF_ARG_METADATA_ONLY, 1);
    reply = ask(call);
    CHECK_INT(reply->count, 1);
    CHECK(reply->metadata_only);
    CHECK_STR(reply->u.executions[0].name, wf_str("a1"));

    call = about(0, "ListExecutions", "f", "");
    number(call, WF_ARG_STARTED_BEGIN, now_ms - 4000);
    number(call, WF_ARG_STARTED_END, now_ms - 3000);
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.executions[0].name, wf_str("b2"));
    CHECK_STR(reply->u.executions[1].name, wf_str("a1"));

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_STATUS, "Starting");
    number(call, WF_ARG_STATUS, 0);
    CHECK_INT(ask(call)->count, 0);

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_MAP_RUN, "m");
    CHECK_INT(ask(call)->count, 0);

    /* Nothing has a qualifier; many rows are looked at. */
    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_QUALIFIER, "prod");
    reply = ask(call);
    CHECK(reply->error == NULL);
    CHECK_INT(reply->count, 0);

    CHECK_ERROR(ask(about(0, "ListExecutions", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


/* The published trace, cloudflow-api 5.2. */
TEST(history)
{
    unsigned     i;
    wf_call_t   *call;
    wf_reply_t  *reply;

    static const struct {
        uint8_t      type;
        const char  *step;
    } trace[] = {
        { WF_EVENT_EXECUTION_STARTED, "" },
        { WF_EVENT_STEP_ENTERED, "p1" }, { WF_EVENT_STEP_STARTED, "p1" },
        { WF_EVENT_STEP_SUCCEEDED, "p1" }, { WF_EVENT_STEP_EXITED, "p1" },
        { WF_EVENT_STEP_ENTERED, "p2" }, { WF_EVENT_STEP_STARTED, "p2" },
        { WF_EVENT_STEP_SUCCEEDED, "p2" }, { WF_EVENT_STEP_EXITED, "p2" },
        { WF_EVENT_EXECUTION_SUCCEEDED, "" },
    };

    world_create();
    CHECK(create(0, "f", LEGACY)->error == NULL);
    CHECK(ask(about(0, "StartExecution", "f", "a"))->error == NULL);

    reply = ask(about(1, "GetExecutionHistory", "f", "a"));
    CHECK(reply->error == NULL);
    CHECK_INT(reply->kind, WF_REPLY_EVENTS);
    CHECK_INT(reply->count, wf_countof(trace));
    CHECK_INT(reply->next_token.len, 0);

    for (i = 0; i < wf_min(reply->count, wf_countof(trace)); i++) {
        CHECK_INT(reply->u.events[i].event.type, trace[i].type);
        CHECK_INT(reply->u.events[i].event.event_id, i + 1);
        CHECK_INT(reply->u.events[i].event.cause_id, i);
        CHECK_STR(reply->u.events[i].step, wf_str_of(trace[i].step));
        CHECK(reply->u.events[i].is_legacy);
    }

    call = about(1, "GetExecutionHistory", "f", "a");
    number(call, WF_ARG_LIMIT, 4);
    number(call, WF_ARG_NEXT_TOKEN, 3);
    reply = ask(call);
    CHECK_INT(reply->count, 4);
    CHECK_INT(reply->u.events[0].event.event_id, 3);
    CHECK(reply->u.events[0].event.input != NULL);
    CHECK_STR(reply->u.events[0].step, wf_str("p1"));
    CHECK_STR(reply->next_token, wf_str("7"));

    call = about(1, "GetExecutionHistory", "f", "a");
    number(call, WF_ARG_NEXT_TOKEN, 99);
    reply = ask(call);
    CHECK_INT(reply->count, 0);
    CHECK_INT(reply->next_token.len, 0);

    CHECK_ERROR(ask(about(0, "GetExecutionHistory", "f", "none")),
                WF_E_EXECUTION_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "GetExecutionHistory", "none", "a")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


/* {"a":"xxx..."} */
static char *
large_input(size_t size)
{
    char  *text;

    text = malloc(size + 16);
    memcpy(text, "{\"a\":\"", 6);
    memset(text + 6, 'x', size);
    memcpy(text + 6 + size, "\"}", 3);

    return text;
}


/* Every state makes a large value of its own: pages end early, and what is
 * before a page does not stay in memory. */
TEST(large_history)
{
    char        *definition, *pos, *input;
    unsigned     i, pages;
    uint64_t     first;
    wf_call_t   *call;
    wf_reply_t  *reply;

    enum { STATES = 160 };

    definition = malloc(STATES * 200);
    pos = definition;
    pos += sprintf(pos, "Type: StateMachine\nSpecVersion: v1\nName: f\n"
                   "StartAt: s0\nStates:\n");

    for (i = 0; i < STATES; i++) {
        pos += sprintf(pos, "  - Type: Pass\n    Name: s%u\n"
                       "    OutputConstructor:\n      a.$: $Input.a\n"
                       "      n: %u\n", i, i);
        pos += i + 1 < STATES ? sprintf(pos, "    Next: s%u\n", i + 1)
                              : sprintf(pos, "    End: true\n");
    }

    world_create();
    CHECK(create(0, "f", definition)->error == NULL);
    input = large_input(60000);
    call = about(0, "StartExecution", "f", "a");
    arg(call, WF_ARG_INPUT, input);
    CHECK(ask(call)->error == NULL);

    first = 1;
    pages = 0;

    do {
        call = about(1, "GetExecutionHistory", "f", "a");
        number(call, WF_ARG_NEXT_TOKEN, (int64_t) first);
        number(call, WF_ARG_LIMIT, 1000);
        reply = ask(call);
        CHECK(reply->error == NULL && reply->count > 0);
        CHECK(reply->count < 200);

        for (i = 0; i < reply->count; i++) {
            CHECK_INT(reply->u.events[i].event.event_id, first);
            first++;
        }

        pages++;
    } while (reply->next_token.len > 0 && pages < 100);

    CHECK_INT(first - 1, 2 + STATES * 4);
    CHECK_INT(reply->u.events[reply->count - 1].event.type,
              WF_EVENT_EXECUTION_SUCCEEDED);
    CHECK_INT(wf_value_get(reply->u.events[reply->count - 1].event.output,
                           wf_str("n"))->u.number.integer, STATES - 1);
    CHECK(pages > 3);

    free(input);
    free(definition);
    end();
}


TEST(large_list)
{
    char        *input, name[8];
    unsigned     i;
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_create();
    CHECK(create(0, "f", PASS)->error == NULL);
    input = large_input(60000);

    for (i = 0; i < 10; i++) {
        sprintf(name, "e%02u", i);
        call = about(0, "StartExecution", "f", name);
        arg(call, WF_ARG_INPUT, input);
        CHECK(ask(call)->error == NULL);
    }

    call = about(0, "ListExecutions", "f", "");
    number(call, WF_ARG_LIMIT, 100);
    reply = ask(call);
    CHECK(reply->count > 4 && reply->count < 10);
    sprintf(name, "e%02u", reply->count);
    CHECK_STR(reply->next_token, wf_str_of(name));

    i = reply->count;
    call = about(0, "ListExecutions", "f", "");
    number(call, WF_ARG_LIMIT, 100);
    arg(call, WF_ARG_NEXT_TOKEN, name);
    reply = ask(call);
    CHECK_INT(reply->count, 10 - i);
    CHECK_STR(reply->u.executions[0].name, wf_str_of(name));
    CHECK_INT(reply->next_token.len, 0);

    free(input);
    end();
}


/* A parked poll. */
static wf_call_t *
poll_start(int worker, const char *name)
{
    wf_call_t  *call;

    call = about(worker, "DescribeExecution", "f", name);
    number(call, WF_ARG_WAIT_SECONDS, 20);
    done_count = 0;
    wf_call_run(call, now_ms);
    world_run();
    CHECK_INT(done_count, 0);
    CHECK_INT(wf_desk_waiting(workers[worker].desk), 1);

    return call;
}


static void
stop(const char *name)
{
    CHECK(ask(about(0, "StopExecution", "f", name))->error == NULL);
}


/* World with a running execution in a shard of worker 0. */
static const char *
running_world(void)
{
    const char  *name;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);
    name = name_in(0);
    CHECK(ask(about(0, "StartExecution", "f", name))->error == NULL);
    CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);

    return name;
}


/* Checklist item 8: ends early, from here and from elsewhere. */
TEST(poll_ends)
{
    int          worker;
    const char  *name;
    wf_call_t   *call;

    for (worker = 0; worker < WORKERS; worker++) {
        name = running_world();
        call = poll_start(worker, name);
        stop(name);
        CHECK_INT(done_count, 2);
        CHECK(call->reply.error == NULL);
        CHECK_INT(call->reply.u.executions->status, WF_STATUS_STOPPED);
        CHECK_STR(call->reply.u.executions->name, wf_str_of(name));
        CHECK_STR(call->reply.u.executions->definition, wf_str(WAIT));
        wf_call_free(call);

        /* It is over: no wait. */
        call = about(worker, "DescribeExecution", "f", name);
        number(call, WF_ARG_WAIT_SECONDS, 20);
        CHECK_INT(ask(call)->u.executions->status, WF_STATUS_STOPPED);
        end();
    }
}


/* The execution's own timer ends it. */
TEST(poll_sees_timer)
{
    const char  *name;
    wf_call_t   *call;

    name = running_world();
    world_pass(90000);
    call = poll_start(1, name);
    world_pass(10001);
    CHECK_INT(done_count, 1);
    CHECK_INT(call->reply.u.executions->status, WF_STATUS_SUCCEEDED);
    wf_call_free(call);
    end();
}


TEST(poll_times_out)
{
    const char  *name;
    wf_call_t   *call;

    name = running_world();
    call = poll_start(1, name);
    world_pass(19999);
    CHECK_INT(done_count, 0);
    world_pass(1);
    CHECK_INT(done_count, 1);
    CHECK(call->reply.error == NULL);
    CHECK_INT(call->reply.u.executions->status, WF_STATUS_RUNNING);
    wf_call_free(call);

    /* Its watch went along: nobody is told. */
    done_count = 0;
    stop(name);
    CHECK_INT(done_count, 1);
    end();
}


TEST(poll_abandoned)
{
    int          worker;
    const char  *name;
    wf_call_t   *call;

    for (worker = 0; worker < WORKERS; worker++) {
        name = running_world();
        call = poll_start(worker, name);
        wf_call_abandon(call);
        CHECK_INT(wf_desk_waiting(workers[worker].desk), 0);
        world_run();
        stop(name);
        CHECK_INT(done_count, 1);
        end();
    }
}


TEST(poll_released)
{
    const char  *name;
    wf_call_t   *call, *late;

    name = running_world();
    call = poll_start(1, name);
    wf_desk_release_polls(workers[1].desk, now_ms);
    world_run();
    CHECK_INT(done_count, 1);
    CHECK_INT(call->reply.u.executions->status, WF_STATUS_RUNNING);
    wf_call_free(call);

    /* Nothing is parked any more. */
    late = about(1, "DescribeExecution", "f", name);
    number(late, WF_ARG_WAIT_SECONDS, 20);
    CHECK_INT(ask(late)->u.executions->status, WF_STATUS_RUNNING);
    end();
}


/* The owner goes; its successor, elsewhere, gets the watch. */
TEST(poll_moves)
{
    int          worker;
    const char  *name;
    wf_call_t   *call;

    for (worker = 0; worker < WORKERS; worker++) {
        name = running_world();
        call = poll_start(worker, name);

        world_lose(0, 0);
        world_run();
        CHECK_INT(closes, 1);
        world_close(0, 0);
        world_open(1, 0);
        world_owner(0);
        world_run();
        CHECK_INT(done_count, 0);

        CHECK(ask(about(0, "StopExecution", "f", name))->error == NULL);
        CHECK_INT(done_count, 2);
        CHECK_INT(call->reply.u.executions->status, WF_STATUS_STOPPED);
        wf_call_free(call);
        end();
    }
}


/* Watches that met an owner that was none: tried again, soon. */
TEST(poll_retries)
{
    const char  *name;
    wf_call_t   *call;

    name = running_world();
    world_lose(0, 0);
    world_run();
    world_close(0, 0);

    /* The lease says worker 0, which has not opened it yet. */
    owners[0] = 0;
    call = poll_start(1, name);
    CHECK(sends > 0);

    /* It opens, but word of it is lost. */
    world_open(0, 0);
    world_run();
    world_pass(60);
    stop(name);
    CHECK_INT(done_count, 2);
    CHECK_INT(call->reply.u.executions->status, WF_STATUS_STOPPED);
    wf_call_free(call);
    end();
}


/* The deleted flow takes its executions along. */
TEST(poll_of_a_deleted_flow)
{
    const char  *name;
    wf_call_t   *call;

    name = running_world();
    call = poll_start(1, name);
    CHECK(ask(about(0, "DeleteFlow", "f", ""))->error == NULL);
    world_pass(20000);
    CHECK_INT(done_count, 2);
    wf_call_free(call);
    end();
}


static wf_call_t *
start_in(int worker, uint32_t shard_no)
{
    wf_call_t  *call;

    call = about(worker, "StartExecution", "f", name_in(shard_no));
    done_count = 0;
    wf_call_run(call, now_ms);

    return call;
}


/* Nobody owns the shard: the call waits, and gives up in the end. */
TEST(no_owner)
{
    wf_call_t  *call;

    running_world();
    world_lose(0, 0);
    world_run();
    world_close(0, 0);

    call = start_in(1, 0);
    world_run();
    CHECK_INT(done_count, 0);
    world_pass(14999);
    CHECK_INT(done_count, 0);
    world_pass(2);
    CHECK_INT(done_count, 1);
    CHECK_ERROR(&call->reply, WF_E_INTERNAL);
    wf_call_free(call);

    call = about(1, "StopExecution", "f", name_in(0));
    wf_call_run(call, now_ms);
    world_pass(5000);
    world_open(1, 0);
    world_owner(0);
    world_run();
    CHECK(call->reply.error == NULL);
    CHECK_INT(call->reply.u.executions->status, WF_STATUS_STOPPED);
    wf_call_free(call);
    end();
}


/*
 * The owner committed and went before its answer arrived, or had not yet
 * committed: the next one is asked again, and it runs once.
 */
TEST(resent)
{
    unsigned    steps, i;
    wf_call_t  *call;

    for (steps = 0; steps < 8; steps++) {
        world_create();
        CHECK(create(0, "f", WAIT)->error == NULL);
        CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);

        call = start_in(1, 0);

        for (i = 0; i < steps && work_first; i++) {
            world_step();
        }

        /* A crash: what it would have said is never said. */
        world_lose(0, 0);

        while (work_first && work_first->type == WORK_REPLY) {
            work_t  *work = work_first;

            work_first = work->next;

            if (work_first == NULL) {
                work_last = &work_first;
            }

            free(work);
        }

        world_run();

        if (!done_count) {
            world_close(0, 0);
            world_open(0, 0);
            world_owner(0);
            world_run();
        }

        CHECK_INT(done_count, 1);
        CHECK(call->reply.error == NULL);
        CHECK_INT(call->reply.u.executions->status, WF_STATUS_RUNNING);
        wf_call_free(call);
        end();
    }
}


/* Local submits, too: the shard falls, another worker goes on. */
TEST(resent_from_here)
{
    wf_call_t  *call;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);

    call = start_in(0, 0);
    world_lose(0, 0);
    world_run();
    CHECK_INT(done_count, 0);
    world_close(0, 0);
    world_open(1, 0);
    world_owner(0);
    world_run();
    CHECK_INT(done_count, 1);
    CHECK(call->reply.error == NULL);
    wf_call_free(call);
    end();
}


/* A stale "not the owner" does not stop what the next owner does. */
TEST(stale_refusal)
{
    work_t     *held;
    wf_call_t  *call;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);
    CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);
    call = start_in(1, 0);

    /* The message is on its way to worker 0; hold it there. */
    CHECK(work_first != NULL && work_first->type == WORK_MESSAGE);
    held = work_first;
    work_first = NULL;
    work_last = &work_first;

    world_lose(0, 0);
    world_run();
    world_close(0, 0);
    world_open(1, 0);
    work_do(held);
    free(held);
    world_owner(0);
    world_run();
    CHECK_INT(done_count, 1);
    CHECK(call->reply.error == NULL);
    wf_call_free(call);
    end();
}


/* A shard that falls again and again is no use. */
TEST(falls)
{
    unsigned    i;
    wf_call_t  *call;

    world_create();
    CHECK(create(0, "f", WAIT)->error == NULL);
    CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);
    call = start_in(1, 0);

    for (i = 0; i < 5 && !done_count; i++) {
        wf_memory_fault(memory, 0, 1, WF_MEMORY_FAIL, WF_STORE_FULL);
        world_run();
        world_close(0, 0);
        world_open(0, 0);
        world_owner(0);
    }

    CHECK_INT(i, 3);
    CHECK_INT(done_count, 1);
    CHECK_ERROR(&call->reply, WF_E_INTERNAL);
    wf_call_free(call);
    end();
}


/* In whatever state the client leaves: nothing is answered, nothing leaks. */
TEST(abandoned_anywhere)
{
    size_t      kind;
    unsigned    steps, i;
    wf_call_t  *call;

    static const char  *actions[] = {
        "StartExecution", "StopExecution", "DescribeExecution",
        "ListExecutions", "GetExecutionHistory", "CreateFlow", "UpdateFlow",
        "DeleteFlow", "DescribeFlow", "ListFlows"
    };

    for (kind = 0; kind < wf_countof(actions); kind++) {

        for (steps = 0; steps < 12; steps++) {
            world_create();
            CHECK(create(0, "f", WAIT)->error == NULL);
            CHECK(ask(about(0, "StartExecution", "f", name_in(0)))->error
                  == NULL);
            done_count = 0;
            no_index = true;

            call = about((int) steps % 2, actions[kind], "f",
                         kind == 0 ? "other" : name_in(0));
            arg(call, WF_ARG_DEFINITION, PASS);
            arg(call, WF_ARG_TYPE, "FDL");
            number(call, WF_ARG_WAIT_SECONDS, 20);
            wf_call_run(call, now_ms);

            for (i = 0; i < steps / 2 && !done_count; i++) {
                world_step();
            }

            if (done_count) {
                wf_call_free(call);

            } else {
                wf_call_abandon(call);
                world_run();
                CHECK_INT(done_count, 0);
            }

            end();
        }
    }
}


/* A call that was never run. */
TEST(not_run)
{
    wf_call_t  *call;

    world_create();
    call = call_of(0, "ListFlows");
    wf_call_free(call);
    call = call_of(0, "ListFlows");
    wf_call_abandon(call);
    CHECK(wf_action_find("rpc", wf_str("NoSuch")) == NULL);
    CHECK(wf_action_find("sfn", wf_str("ListFlows")) == NULL);
    CHECK(strcmp(wf_action_name(wf_action_find("rpc", wf_str("ListFlows"))),
                 "ListFlows") == 0);
    end();
}


/* Tickets are used again, and old ones find nobody. */
TEST(tickets)
{
    unsigned      i;
    const char   *name;
    wf_ticket_t   ticket;
    wf_life_t    *life;
    wf_call_t    *calls[600];

    name = running_world();

    for (i = 0; i < 600; i++) {
        calls[i] = about(1, "DescribeExecution", "f", name);
        number(calls[i], WF_ARG_WAIT_SECONDS, 20);
        wf_call_run(calls[i], now_ms);
    }

    world_run();
    life = calls[0]->state;
    ticket = wf_ticket_of(life);
    CHECK(wf_ticket_find(workers[1].desk, ticket) == life);
    wf_call_abandon(calls[0]);
    CHECK(wf_ticket_find(workers[1].desk, ticket) == NULL);
    ticket.index = 1000000;
    CHECK(wf_ticket_find(workers[1].desk, ticket) == NULL);

    done_count = 0;
    stop(name);
    CHECK_INT(done_count, 600);

    for (i = 1; i < 600; i++) {
        CHECK_INT(calls[i]->reply.u.executions->status, WF_STATUS_STOPPED);
        wf_call_free(calls[i]);
    }

    end();
}


/* A parked call keeps its own arena's first block and nothing else. */
TEST(parked_memory)
{
    const char  *name;
    wf_call_t   *call;
    wf_life_t   *life;

    name = running_world();
    call = poll_start(1, name);
    life = call->state;
    CHECK(life->scratch == NULL && life->fetch == NULL && life->job == NULL);
    CHECK(wf_arena_size(call->arena) <= sizeof(wf_call_t)
                                        + sizeof(wf_life_t) + 2200);
    CHECK(sizeof(wf_life_t) + sizeof(wf_ticket_slot_t) <= 320);
    wf_call_abandon(call);
    world_run();
    end();
}


/* Messages that make no sense hurt nobody. */
TEST(nonsense)
{
    const char   *name;
    wf_call_t    *call;
    wf_ticket_t   ticket;

    name = running_world();
    call = poll_start(1, name);
    ticket = wf_ticket_of(call->state);

    wf_desk_reply(workers[1].desk, ticket, wf_str("\xff"), now_ms);
    wf_desk_reply(workers[1].desk, ticket, wf_str(""), now_ms);
    wf_desk_reply(workers[1].desk, ticket, wf_str("\x16\x01"), now_ms);
    wf_desk_message(workers[0].desk, 0, ticket, wf_str(""), now_ms);
    wf_desk_message(workers[0].desk, 9, ticket, wf_str("\x10"), now_ms);
    wf_desk_message(workers[0].desk, 0, ticket, wf_str("\x10\x01"), now_ms);
    wf_desk_message(workers[0].desk, 0, ticket, wf_str("\x11\x01"), now_ms);
    wf_desk_message(workers[0].desk, 0, ticket, wf_str("\x01"), now_ms);
    world_run();
    CHECK_INT(done_count, 0);

    stop(name);
    CHECK_INT(done_count, 2);
    wf_call_free(call);
    end();
}


/* Each allocation of the origin fails in turn: a named error, no leak. */
TEST(no_memory)
{
    size_t      kind;
    bool        failed;
    uint64_t    count;
    wf_call_t  *call;

    static const char  *actions[] = {
        "StartExecution", "StopExecution", "DescribeExecution",
        "ListExecutions", "GetExecutionHistory", "CreateFlow", "UpdateFlow",
        "DeleteFlow", "DescribeFlow", "ListFlows"
    };

    for (kind = 0; kind < wf_countof(actions); kind++) {
        failed = true;

        for (count = 1; failed && count < 100; count++) {
            running_world();
            call = about(1, actions[kind], "f", name_in(0));
            arg(call, WF_ARG_TYPE, "FDL");
            number(call, WF_ARG_WAIT_SECONDS, 20);
            done_count = 0;

            wf_arena_fail_after(count);
            wf_call_run(call, now_ms);
            failed = done_count && call->reply.error
                     && call->reply.error->code == WF_E_INTERNAL;
            wf_arena_fail_after(0);

            if (!done_count) {
                world_pass(20000);
            }

            CHECK_INT(done_count, 1);
            wf_call_free(call);
            end();
        }

        CHECK(count < 100);
    }
}


UNIT_MAIN()
