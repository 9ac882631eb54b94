
/*
 * Clients: each asks one thing after the other of any worker, about few flows
 * and few names, so that they meet.
 */

#include "t/sim/sim.h"


#define FLOWS     4
#define MACHINES  3
#define NAMES     8
#define CALLS     40            /* of one client */
#define VERSIONS  4             /* asked for; few are there */
#define ALIASES   2
#define SCHEDULES 3
#define SCHEDULE_ASKS  5        /* the last ones */


typedef struct {
    uint32_t      no;
    uint32_t      left;
    uint32_t      worker;
    wf_call_t    *call;         /* being asked; NULL: none */
    wf_call_t    *over;         /* to be freed */
    const char   *action;
    int64_t       begun_ms;
} client_t;

static client_t  clients[SIM_CLIENTS];
uint64_t         sim_calls_done, sim_calls_failed;


/*
 * Calls
 */

static void
arg(client_t *client, wf_arg_id_t id, wf_str_t text)
{
    wf_args_add(client->call->arena, &client->call->args, id)->text =
        wf_arena_copy(client->call->arena, text);
}


static void
arg_number(client_t *client, wf_arg_id_t id, int64_t number)
{
    wf_args_add(client->call->arena, &client->call->args, id)->number = number;
}


static wf_str_t
some_name(char buf[16], char letter, uint32_t count)
{
    snprintf(buf, 16, "%c%u", letter, sim_below(count));

    return wf_str_of(buf);
}


/* A flow of Step Functions. */
static wf_str_t
some_machine(char buf[40])
{
    snprintf(buf, 40, "sfn/us-east-1/123456789012/m%u",
             sim_below(MACHINES));

    return wf_str_of(buf);
}


static wf_str_t
flow_for(client_t *client)
{
    wf_str_t  name;

    name = wf_args_get(&client->call->args, WF_ARG_FLOW)->text;

    return name.len > 2 ? sim_machine()
                        : sim_flow(name.data[1] - '0', FLOWS);
}


static void
ask_create(client_t *client)
{
    arg(client, WF_ARG_DEFINITION, flow_for(client));
    arg(client, WF_ARG_DESCRIPTION, wf_str("simulated"));
    arg(client, WF_ARG_TYPE, wf_str("FDL"));
}


static void
ask_update(client_t *client)
{
    arg(client, WF_ARG_DEFINITION, flow_for(client));
}


/* One flow for all of them; it calls nobody, but takes its time. */

static void
ask_express_create(client_t *client)
{
    arg(client, WF_ARG_FLOW, wf_str("x0"));
    arg(client, WF_ARG_DEFINITION,
        wf_str("Type: StateMachine\nSpecVersion: v1\nName: x\nStartAt: P\n"
               "States:\n  - Type: Pass\n    Name: P\n"
               "    OutputConstructor:\n      got.$: $Input.n\n"
               "    Next: W\n  - Type: Wait\n    Name: W\n    Seconds: 1\n"
               "    End: true\n"));
    arg(client, WF_ARG_DESCRIPTION, wf_str("simulated"));
    arg(client, WF_ARG_TYPE, wf_str("FDL"));
    arg_number(client, WF_ARG_MODE, WF_MODE_EXPRESS);
}


static void
ask_express(client_t *client)
{
    char  name[16], input[32];

    arg(client, WF_ARG_FLOW, wf_str("x0"));
    client->call->keeps_express = sim_chance(80);

    if (sim_chance(70)) {
        arg(client, WF_ARG_EXECUTION, some_name(name, 'e', NAMES));
    }

    snprintf(input, sizeof(input), "{\"n\":%u}", sim_below(4));
    arg(client, WF_ARG_INPUT, wf_str_of(input));
}


static void
ask_nothing(client_t *client)
{
    (void) client;
}


static wf_str_t
some_version(char buf[16])
{
    snprintf(buf, 16, "%u", 1 + sim_below(VERSIONS));

    return wf_str_of(buf);
}


static void
ask_version(client_t *client)
{
    char  version[16];

    arg(client, WF_ARG_VERSION, some_version(version));
}


static void
ask_alias(client_t *client)
{
    char  name[16];

    arg(client, WF_ARG_ALIAS, some_name(name, 'a', ALIASES));
}


static void
ask_routes(client_t *client)
{
    char      text[128];
    uint32_t  first;

    ask_alias(client);
    first = 1 + sim_below(VERSIONS);

    if (sim_chance(50)) {
        snprintf(text, sizeof(text), "[{\"Version\":\"%u\",\"Weight\":%u}]",
                 first, 1 + sim_below(100));

    } else {
        snprintf(text, sizeof(text), "[{\"Version\":\"%u\",\"Weight\":%u},"
                 "{\"Version\":\"%u\",\"Weight\":%u}]", first,
                 sim_below(101), first % VERSIONS + 1, 1 + sim_below(100));
    }

    arg(client, WF_ARG_ROUTES, wf_str_of(text));
}


static void
ask_schedule(client_t *client)
{
    char  name[16];

    arg(client, WF_ARG_SCHEDULE, some_name(name, 's', SCHEDULES));
}


/* Due in the first minutes of the world, or not for long. */

static wf_str_t
some_cron(char buf[64])
{
    static const char  *forms[] = {
        "%u 13-15 22 14 11 ?", "%u 13/2 22 14 NOV *", "@every %um",
        "CRON_TZ=UTC %u 14 22 * * TUE"
    };

    uint32_t  form;

    form = sim_below(wf_countof(forms));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(buf, 64, forms[form],
             form == 2 ? 60 + sim_below(1000) : sim_below(60));
#pragma GCC diagnostic pop

    return wf_str_of(buf);
}


static void
ask_schedule_create(client_t *client)
{
    char  cron[64], payload[32];

    ask_schedule(client);
    arg(client, WF_ARG_CRON, some_cron(cron));

    if (sim_chance(60)) {
        snprintf(payload, sizeof(payload), "{\"n\":%u}", sim_below(4));
        arg(client, WF_ARG_PAYLOAD, wf_str_of(payload));
    }

    if (sim_chance(20)) {
        arg_number(client, WF_ARG_ENABLE, 0);
    }
}


static void
ask_schedule_update(client_t *client)
{
    char  cron[64];

    ask_schedule(client);

    if (sim_chance(40)) {
        arg(client, WF_ARG_CRON, some_cron(cron));
    }

    if (sim_chance(40)) {
        arg_number(client, WF_ARG_ENABLE, sim_chance(60));
    }

    if (sim_chance(40)) {
        arg(client, WF_ARG_PAYLOAD, wf_str("{\"n\":5}"));
    }
}


static void
ask_start(client_t *client)
{
    char  name[16], input[32], qualifier[16];

    if (sim_chance(40)) {
        arg(client, WF_ARG_QUALIFIER,
            sim_chance(50) ? some_version(qualifier)
                           : some_name(qualifier, 'a', ALIASES));
    }

    if (sim_chance(70)) {
        arg(client, WF_ARG_EXECUTION, some_name(name, 'e', NAMES));
    }

    snprintf(input, sizeof(input), "{\"n\":%u}", sim_below(4));
    arg(client, WF_ARG_INPUT, wf_str_of(input));
}


static void
ask_named(client_t *client)
{
    char  name[16];

    arg(client, WF_ARG_EXECUTION, some_name(name, 'e', NAMES));
}


static void
ask_poll(client_t *client)
{
    ask_named(client);
    arg_number(client, WF_ARG_WAIT_SECONDS, sim_below(61));
}


static void
ask_run(client_t *client)
{
    wf_str_t  flow, execution, run;

    sim_audit_some_run(&flow, &execution, &run);
    arg(client, WF_ARG_FLOW, flow);
    arg(client, WF_ARG_EXECUTION, execution);
    arg(client, WF_ARG_MAP_RUN, run);
}


static void
ask_limits(client_t *client)
{
    ask_run(client);
    arg_number(client, WF_ARG_CONCURRENCY, 1 + sim_below(5));

    if (sim_chance(50)) {
        arg_number(client, WF_ARG_TOLERATED_COUNT, sim_below(5));

    } else {
        arg(client, WF_ARG_TOLERATED_PERCENT, wf_str("33.3"));
    }
}


/* Something that has failed, or anything. */

static void
ask_redrive(client_t *client)
{
    char      name[16], token[16], machine[40];
    wf_str_t  flow, execution;

    flow = some_machine(machine);
    execution = some_name(name, 'e', NAMES);

    if (sim_chance(80)) {
        sim_audit_some_failed(&flow, &execution);
    }

    arg(client, WF_ARG_FLOW, flow);
    arg(client, WF_ARG_EXECUTION, execution);

    if (sim_chance(50)) {
        arg(client, WF_ARG_CLIENT_TOKEN, some_name(token, 't', 2));
    }
}


static const struct {
    const char   *name;
    void        (*fill)(client_t *client);
    uint32_t      weight;
    bool          has_flow;     /* any */
} asks[] = {
    { "CreateFlow",          ask_create,  10, true },
    { "UpdateFlow",          ask_update,  5, true },
    { "DeleteFlow",          ask_nothing, 3, true },
    { "DescribeFlow",        ask_nothing, 3, true },
    { "ListFlows",           ask_nothing, 2, false },
    { "StartExecution",      ask_start,   45, true },
    { "StopExecution",       ask_named,   8, true },
    { "RedriveExecution",    ask_redrive, 15, false },
    { "DescribeExecution",   ask_poll,    20, true },
    { "ListExecutions",      ask_nothing, 4, true },
    { "GetExecutionHistory", ask_named,   4, true },
    { "DescribeMapRun",      ask_run,     3, false },
    { "UpdateMapRun",        ask_limits,  4, false },
    { "CreateFlow",          ask_express_create, 4, false },
    { "StartSyncExecution",  ask_express, 10, false },
    { "PublishFlowVersion",  ask_nothing, 8, true },
    { "DeleteFlowVersion",   ask_version, 3, true },
    { "ListFlowVersions",    ask_nothing, 2, true },
    { "CreateFlowAlias",     ask_routes,  8, true },
    { "UpdateFlowAlias",     ask_routes,  4, true },
    { "DescribeFlowAlias",   ask_alias,   2, true },
    { "ListFlowAliases",     ask_nothing, 2, true },
    { "DeleteFlowAlias",     ask_alias,   2, true },
    { "CreateSchedule",      ask_schedule_create, 8, true },
    { "UpdateSchedule",      ask_schedule_update, 6, true },
    { "DescribeSchedule",    ask_schedule, 2, true },
    { "ListSchedules",       ask_nothing, 2, true },
    { "DeleteSchedule",      ask_schedule, 2, true }
};


/* They live as long as there is something to forget. */

static uint32_t
pause_ms(void)
{
    return sim_below(sim.retention.age_ms > 0 ? 2500 : 300);
}


static void
client_later(client_t *client)
{
    if (client->left > 0) {
        sim_post(SIM_CLIENT, SIM_WORKERS, pause_ms())->shard_no
            = client->no;
    }
}


static void
call_done(wf_call_t *call)
{
    wf_str_t   flow;
    client_t  *client;

    client = call->data;

    if (client->call != call) {
        sim_failed("done() of a call that is not asked");
        return;
    }

    sim_calls_done++;
    sim_calls_failed += call->reply.error != NULL;

    if (sim_verbose) {
        flow = wf_args_get(&call->args, WF_ARG_FLOW)->text;
        sim_say("client %u: %s %.*s: %s", client->no, client->action,
                (int) flow.len, flow.data,
                call->reply.error ? wf_error_symbol(call->reply.error->code)
                                  : "ok");
    }

    sim_audit_call(call, client->action, client->begun_ms);
    client->call = NULL;
    client->over = call;
    sim_post(SIM_CLIENT, SIM_WORKERS, pause_ms())->shard_no = client->no;
}


/* In a life of years a schedule would never let it rest. */

static uint32_t
some_ask(void)
{
    uint32_t  i, total, count;

    count = wf_countof(asks) - (sim.is_long ? SCHEDULE_ASKS : 0);

    for (total = 0, i = 0; i < count; i++) {
        total += asks[i].weight;
    }

    total = sim_below(total);

    for (i = 0; total >= asks[i].weight; i++) {
        total -= asks[i].weight;
    }

    return i;
}


static void
client_ask(client_t *client)
{
    bool        is_machine;
    char        name[16], machine[40];
    uint32_t    no;
    wf_call_t  *call;

    client->worker = sim_below(sim.worker_count);

    if (!sim.workers[client->worker].is_alive) {
        client_later(client);
        return;
    }

    client->left--;
    no = client->left > CALLS - 2 ? 0 : some_ask();
    call = wf_call_create(sim.workers[client->worker].desk);
    is_machine = asks[no].fill == ask_redrive
                 || (asks[no].has_flow && sim_chance(35));
    call->action = wf_action_find(is_machine ? "sfn" : "rpc",
                                  wf_str_of(asks[no].name));

    /* what there is for flows alone is tried on state machines, too */

    if (call->action == NULL) {
        call->action = wf_action_find("rpc", wf_str_of(asks[no].name));
    }

    call->done = call_done;
    call->data = client;
    client->call = call;
    client->action = asks[no].name;
    client->begun_ms = sim.time_ms;

    if (asks[no].has_flow) {
        arg(client, WF_ARG_FLOW, is_machine
                                 ? some_machine(machine)
                                 : some_name(name, 'f', FLOWS));
    }

    asks[no].fill(client);

    /* Sometimes the client does not wait for the answer. */

    if (sim_chance(5)) {
        sim_post(SIM_CLIENT, SIM_WORKERS, sim_below(2000))->shard_no
            = client->no;
    }

    wf_call_run(call, sim_clock());
}


void
sim_client_act(uint32_t no)
{
    client_t  *client;

    client = &clients[no];

    if (client->over != NULL) {
        wf_call_free(client->over);
        client->over = NULL;
    }

    if (client->call != NULL) {
        sim_say("client %u: goes away", no);
        wf_call_abandon(client->call);
        client->call = NULL;
    }

    if (client->left > 0 && !sim.is_quiet) {
        client_ask(client);
    }
}


void
sim_clients_lost(uint32_t worker)
{
    uint32_t   i;
    client_t  *client;

    for (i = 0; i < SIM_CLIENTS; i++) {
        client = &clients[i];

        if (client->worker != worker) {
            continue;
        }

        if (client->over != NULL) {
            wf_call_free(client->over);
            client->over = NULL;
        }

        if (client->call != NULL) {
            wf_call_abandon(client->call);
            client->call = NULL;
            client_later(client);
        }
    }
}


bool
sim_clients_idle(void)
{
    uint32_t  i;

    for (i = 0; i < SIM_CLIENTS; i++) {
        if (clients[i].left > 0 || clients[i].call != NULL) {
            return false;
        }
    }

    return true;
}


void
sim_clients_open(void)
{
    uint32_t  i;

    for (i = 0; i < SIM_CLIENTS; i++) {
        clients[i] = (client_t) { .no = i, .left = CALLS };
        client_later(&clients[i]);
    }
}


void
sim_clients_close(void)
{
    uint32_t  i;

    for (i = 0; i < SIM_CLIENTS; i++) {
        if (clients[i].over != NULL) {
            wf_call_free(clients[i].over);
            clients[i].over = NULL;
        }
    }
}
