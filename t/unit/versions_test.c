
/*
 * Versions, aliases and qualifiers through the desk, between workers: what
 * clients see, weights, conflicts, owners that go, no memory.
 */

#include "unit.h"

#include "actions/items.c"

#include "desk_calls.h"


#define PASS                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: p\nStates:\n"     \
    "  - Type: Pass\n    Name: p\n    End: true\n"

#define WAIT                                                                  \
    "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: w\nStates:\n"     \
    "  - Type: Wait\n    Name: w\n    Seconds: 100\n    End: true\n"


static wf_call_t *
update_of(int worker, const char *definition)
{
    wf_call_t  *call;

    call = about(worker, "UpdateFlow", "f", "");
    arg(call, WF_ARG_DEFINITION, definition);

    return call;
}


static uint64_t
publish(int worker, const char *description)
{
    wf_call_t   *call;
    wf_reply_t  *reply;

    call = about(worker, "PublishFlowVersion", "f", "");
    arg(call, WF_ARG_DESCRIPTION, description);
    reply = ask(call);
    CHECK(reply->error == NULL);

    if (reply->error) {
        return 0;
    }

    CHECK_INT(reply->kind, WF_REPLY_VERSION);
    CHECK_STR(reply->u.versions->flow, wf_str("f"));
    CHECK_STR(reply->u.versions->description, wf_str_of(description));
    CHECK_INT(reply->u.versions->created_ms, now_ms);

    return reply->u.versions->version;
}


static wf_call_t *
about_version(int worker, const char *action, const char *version)
{
    wf_call_t  *call;

    call = about(worker, action, "f", "");
    arg(call, WF_ARG_VERSION, version);

    return call;
}


static wf_call_t *
about_alias(int worker, const char *action, const char *name,
    const char *routes)
{
    wf_call_t  *call;

    call = about(worker, action, "f", "");
    arg(call, WF_ARG_ALIAS, name);
    arg(call, WF_ARG_ROUTES, routes);

    return call;
}


#define ONE    "[{\"Version\":\"1\",\"Weight\":100}]"
#define BOTH   "[{\"Version\":\"1\",\"Weight\":30}," \
               "{\"Version\":\"2\",\"Weight\":70}]"


static wf_call_t *
start_of(int worker, const char *name, const char *qualifier)
{
    wf_call_t  *call;

    call = about(worker, "StartExecution", "f", name);
    arg(call, WF_ARG_QUALIFIER, qualifier);

    return call;
}


/* A flow with two versions of different definitions, and a third revision. */
static void
world_two(void)
{
    world_create();
    create("f", PASS);
    CHECK_INT(publish(1, "first"), 1);
    CHECK(ask(update_of(0, WAIT))->error == NULL);
    CHECK_INT(publish(0, "second"), 2);
    CHECK(ask(update_of(1, PASS "# 3\n"))->error == NULL);
}


TEST(versions)
{
    int          worker;
    wf_call_t   *call;
    wf_reply_t  *reply;

    for (worker = 0; worker < WORKERS; worker++) {
        world_two();

        reply = ask(about(worker, "ListFlowVersions", "f", ""));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_VERSIONS);
        CHECK_INT(reply->count, 2);
        CHECK_INT(reply->u.versions[0].version, 2);
        CHECK_STR(reply->u.versions[0].description, wf_str("second"));
        CHECK_INT(reply->u.versions[1].version, 1);
        CHECK_INT(reply->next_token.len, 0);

        reply = ask(about_version(worker, "DescribeFlow", "1"));
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.flows->definition, wf_str(PASS));
        CHECK_STR(reply->u.flows->description, wf_str("first"));
        reply = ask(about_version(worker, "DescribeFlow", "2"));
        CHECK_STR(reply->u.flows->definition, wf_str(WAIT));
        reply = ask(about(worker, "DescribeFlow", "f", ""));
        CHECK_STR(reply->u.flows->definition, wf_str(PASS "# 3\n"));
        CHECK_STR(reply->u.flows->description, wf_str("about"));

        reply = ask(about_version(worker, "DeleteFlowVersion", "1"));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EMPTY);
        CHECK_ERROR(ask(about_version(worker, "DeleteFlowVersion", "1")),
                    WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_ERROR(ask(about_version(1 - worker, "DescribeFlow", "1")),
                    WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_INT(publish(worker, ""), 3);

        call = about(worker, "ListFlowVersions", "f", "");
        number(call, WF_ARG_NEXT_TOKEN, 2);
        reply = ask(call);
        CHECK_INT(reply->count, 1);
        CHECK_INT(reply->u.versions[0].version, 2);

        CHECK(ask(about(worker, "DeleteFlow", "f", ""))->error == NULL);
        CHECK_ERROR(ask(about(worker, "ListFlowVersions", "f", "")),
                    WF_E_FLOW_NOT_FOUND);
        create("f", PASS);
        CHECK_INT(ask(about(worker, "ListFlowVersions", "f", ""))->count, 0);
        end();
    }
}


TEST(version_refusals)
{
    size_t       i;
    wf_reply_t  *reply;

    static const char  *odd[] = {
        "3", "0", "01", "x", "1x", "-1", "99999999999999999999"
    };

    world_two();

    for (i = 0; i < wf_countof(odd); i++) {
        reply = ask(about_version(1, "DescribeFlow", odd[i]));
        CHECK_ERROR(reply, WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(odd[i]));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));
        reply = ask(about_version(1, "DeleteFlowVersion", odd[i]));
        CHECK_ERROR(reply, WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(odd[i]));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));
    }

    CHECK_ERROR(ask(about(0, "PublishFlowVersion", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "DeleteFlowVersion", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(about(0, "ListFlowVersions", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    end();
}


TEST(version_pages)
{
    unsigned     i, seen;
    wf_call_t   *call;
    wf_reply_t  *reply;
    wf_str_t     token;

    world_create();
    create("a", PASS);
    create("f", PASS);
    create("z", PASS);
    CHECK(ask(about(0, "PublishFlowVersion", "a", ""))->error == NULL);
    CHECK(ask(about(0, "PublishFlowVersion", "z", ""))->error == NULL);

    for (i = 1; i <= 300; i++) {
        CHECK_INT(publish((int) i % 2, ""), i);
    }

    seen = 300;
    token = wf_str_none;

    do {
        call = about((int) seen % 2, "ListFlowVersions", "f", "");
        number(call, WF_ARG_LIMIT, 7);

        if (token.len) {
            number(call, WF_ARG_NEXT_TOKEN, strtol((const char *) token.data,
                                                   NULL, 10));
        }

        reply = ask(call);
        CHECK(reply->count == 7 || reply->next_token.len == 0);

        for (i = 0; i < reply->count; i++) {
            CHECK_INT(reply->u.versions[i].version, seen--);
        }

        {
            static char  text[24];

            snprintf(text, sizeof(text), "%.*s", (int) reply->next_token.len,
                     (const char *) reply->next_token.data);
            token = wf_str_of(text);
        }
    } while (token.len > 0 && seen > 0);

    CHECK_INT(seen, 0);
    CHECK_INT(token.len, 0);

    /* From beyond the newest. */
    call = about(0, "ListFlowVersions", "f", "");
    number(call, WF_ARG_NEXT_TOKEN, 1000);
    number(call, WF_ARG_LIMIT, 1);
    CHECK_INT(ask(call)->u.versions[0].version, 300);
    end();
}


TEST(page_of_large_ones_ends_early)
{
    char        *large;
    wf_reply_t  *reply;

    large = malloc(WF_PAGE_BYTES_MAX / 2 + 1);
    memset(large, 'x', WF_PAGE_BYTES_MAX / 2);
    large[WF_PAGE_BYTES_MAX / 2] = '\0';
    world_create();
    create("f", PASS);
    publish(0, large);
    publish(0, large);
    publish(1, large);
    reply = ask(about(1, "ListFlowVersions", "f", ""));
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->next_token, wf_str("1"));
    end();
    free(large);
}


TEST(aliases)
{
    int          worker;
    wf_call_t   *call;
    wf_reply_t  *reply;

    for (worker = 0; worker < WORKERS; worker++) {
        world_two();
        call = about_alias(worker, "CreateFlowAlias", "prod", BOTH);
        arg(call, WF_ARG_DESCRIPTION, "d");
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_ALIAS);
        CHECK_STR(reply->u.aliases->flow, wf_str("f"));
        CHECK_STR(reply->u.aliases->name, wf_str("prod"));
        CHECK_STR(reply->u.aliases->description, wf_str("d"));
        CHECK_INT(reply->u.aliases->route_count, 2);
        CHECK_INT(reply->u.aliases->routes[0].version, 1);
        CHECK_INT(reply->u.aliases->routes[0].weight, 30);
        CHECK_INT(reply->u.aliases->routes[1].version, 2);
        CHECK_INT(reply->u.aliases->routes[1].weight, 70);
        CHECK_INT(reply->u.aliases->created_ms, now_ms);

        reply = ask(about_alias(worker, "CreateFlowAlias", "prod", ONE));
        CHECK_ERROR(reply, WF_E_FLOW_ALIAS_EXISTS);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("prod"));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));

        now_ms += 1000;
        reply = ask(about_alias(1 - worker, "UpdateFlowAlias", "prod", ONE));
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.aliases->description, wf_str("d"));
        CHECK_INT(reply->u.aliases->route_count, 1);
        CHECK_INT(reply->u.aliases->created_ms, now_ms - 1000);

        call = about_alias(worker, "UpdateFlowAlias", "prod", "");
        arg(call, WF_ARG_DESCRIPTION, "new");
        reply = ask(call);
        CHECK(reply->error == NULL);
        CHECK_INT(reply->u.aliases->route_count, 1);

        reply = ask(about_alias(worker, "DescribeFlowAlias", "prod", ""));
        CHECK(reply->error == NULL);
        CHECK_STR(reply->u.aliases->description, wf_str("new"));
        CHECK_INT(reply->u.aliases->routes[0].version, 1);
        CHECK_INT(reply->u.aliases->routes[0].weight, 100);

        reply = ask(about_version(worker, "DeleteFlowVersion", "1"));
        CHECK_ERROR(reply, WF_E_FLOW_VERSION_IN_USE);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("1"));
        CHECK_STR(wf_error_arg(reply->error, 1),
                  wf_str("f' is used by alias 'prod"));
        CHECK(ask(about_version(worker, "DeleteFlowVersion", "2"))->error
              == NULL);

        reply = ask(about_alias(1 - worker, "DeleteFlowAlias", "prod", ""));
        CHECK(reply->error == NULL);
        CHECK_INT(reply->kind, WF_REPLY_EMPTY);
        CHECK(ask(about_version(worker, "DeleteFlowVersion", "1"))->error
              == NULL);
        end();
    }
}


TEST(alias_refusals)
{
    size_t       i;
    char         large[WF_NAME_LEN_MAX + 2];
    wf_reply_t  *reply;

    static const char  *actions[] = {
        "UpdateFlowAlias", "DescribeFlowAlias", "DeleteFlowAlias"
    };

    static const char  *missing[][2] = {
        { "[{\"Version\":\"3\",\"Weight\":1}]", "3" },
        { "[{\"Version\":\"01\",\"Weight\":1}]", "01" },
        { "[{\"Version\":\"LATEST\",\"Weight\":1}]", "LATEST" },
        { "[{\"Version\":\"1\",\"Weight\":1},"
          "{\"Version\":\"9\",\"Weight\":1}]", "9" }
    };

    world_two();
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", ONE))->error == NULL);

    for (i = 0; i < wf_countof(actions); i++) {
        reply = ask(about_alias(1, actions[i], "none", ONE));
        CHECK_ERROR(reply, WF_E_FLOW_ALIAS_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str("none"));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));
        CHECK_ERROR(ask(about_alias(1, actions[i], large, ONE)),
                    WF_E_FLOW_ALIAS_NOT_FOUND);
        CHECK_ERROR(ask(about(1, actions[i], "none", "")),
                    WF_E_FLOW_NOT_FOUND);
    }

    for (i = 0; i < wf_countof(missing); i++) {
        reply = ask(about_alias(1, "CreateFlowAlias", "new", missing[i][0]));
        CHECK_ERROR(reply, WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(missing[i][1]));
        reply = ask(about_alias(1, "UpdateFlowAlias", "prod", missing[i][0]));
        CHECK_ERROR(reply, WF_E_FLOW_VERSION_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(missing[i][1]));
    }

    CHECK_ERROR(ask(about(1, "CreateFlowAlias", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_ERROR(ask(about(1, "ListFlowAliases", "none", "")),
                WF_E_FLOW_NOT_FOUND);
    CHECK_INT(ask(about(1, "ListFlowAliases", "f", ""))->count, 1);
    end();
}


TEST(alias_pages)
{
    unsigned     i;
    char         name[8];
    wf_call_t   *call;
    wf_reply_t  *reply;

    world_two();
    create("g", PASS);

    for (i = 0; i < 5; i++) {
        sprintf(name, "a%u", 4 - i);
        CHECK(ask(about_alias((int) i % 2, "CreateFlowAlias", name, BOTH))
              ->error == NULL);
    }

    reply = ask(about(1, "ListFlowAliases", "f", ""));
    CHECK_INT(reply->kind, WF_REPLY_ALIASES);
    CHECK_INT(reply->count, 5);
    CHECK_STR(reply->u.aliases[0].name, wf_str("a0"));
    CHECK_STR(reply->u.aliases[4].name, wf_str("a4"));
    CHECK_INT(reply->u.aliases[4].routes[1].weight, 70);
    CHECK_INT(reply->next_token.len, 0);

    call = about(0, "ListFlowAliases", "f", "");
    number(call, WF_ARG_LIMIT, 2);
    arg(call, WF_ARG_NEXT_TOKEN, "a1");
    reply = ask(call);
    CHECK_INT(reply->count, 2);
    CHECK_STR(reply->u.aliases[0].name, wf_str("a1"));
    CHECK_STR(reply->next_token, wf_str("a3"));

    call = about(0, "ListFlowAliases", "f", "");
    arg(call, WF_ARG_NEXT_TOKEN, "a3x");
    reply = ask(call);
    CHECK_INT(reply->count, 1);
    CHECK_STR(reply->u.aliases[0].name, wf_str("a4"));
    CHECK_INT(ask(about(1, "ListFlowAliases", "g", ""))->count, 0);
    end();
}


/* Two changes that saw the same alias; two calls that create one. */
TEST(conflicts)
{
    size_t       k;
    unsigned     i, lost;
    wf_call_t   *calls[2];

    static const struct {
        const char        *actions[2];
        wf_error_code_t    code;
    } cases[] = {
        { { "UpdateFlowAlias", "UpdateFlowAlias" }, WF_E_CONCURRENT_UPDATE },
        { { "UpdateFlowAlias", "DeleteFlowAlias" }, WF_E_CONCURRENT_UPDATE },
        { { "DeleteFlowAlias", "UpdateFlowAlias" },
          WF_E_FLOW_ALIAS_NOT_FOUND },
        { { "DeleteFlowAlias", "DeleteFlowAlias" },
          WF_E_FLOW_ALIAS_NOT_FOUND },
        { { "CreateFlowAlias", "CreateFlowAlias" }, WF_E_FLOW_ALIAS_EXISTS }
    };

    for (k = 0; k < wf_countof(cases); k++) {
        world_two();
        CHECK(ask(about_alias(0, "CreateFlowAlias",
                              k == 4 ? "other" : "prod", BOTH))->error
              == NULL);
        CHECK(ask(about(0, "DescribeFlow", "f", ""))->error == NULL);
        CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);

        for (i = 0; i < 2; i++) {
            calls[i] = about_alias((int) i, cases[k].actions[i], "prod", ONE);
            wf_call_run(calls[i], now_ms);
        }

        world_run();
        lost = 0;

        for (i = 0; i < 2; i++) {
            if (calls[i]->reply.error) {
                CHECK_ERROR(&calls[i]->reply, cases[k].code);
                lost++;
            }

            wf_call_free(calls[i]);
        }

        CHECK_INT(lost, 1);
        end();
    }
}


TEST(a_start_pins_its_version)
{
    wf_call_t            *call;
    wf_reply_t           *reply;
    wf_execution_view_t  *view;

    world_two();
    CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", ONE))->error == NULL);

    reply = ask(start_of(0, "a", "1"));
    CHECK(reply->error == NULL);
    CHECK_STR(reply->u.executions->definition, wf_str(PASS));
    reply = ask(start_of(1, "b", "2"));
    CHECK_STR(reply->u.executions->definition, wf_str(WAIT));
    reply = ask(start_of(1, "c", "prod"));
    CHECK_STR(reply->u.executions->definition, wf_str(PASS));
    reply = ask(start_of(0, "d", ""));
    CHECK_STR(reply->u.executions->definition, wf_str(PASS "# 3\n"));

    /* It runs on, whatever happens to its version or alias. */
    CHECK(ask(about_version(0, "DeleteFlowVersion", "2"))->error == NULL);
    CHECK(ask(about_alias(0, "UpdateFlowAlias", "prod", ONE))->error == NULL);
    CHECK_STR(describe("f", "b")->definition, wf_str(WAIT));
    CHECK_INT(describe("f", "b")->status, WF_STATUS_RUNNING);
    world_move(0);
    world_pass(101000);
    CHECK_INT(describe("f", "b")->status, WF_STATUS_SUCCEEDED);
    CHECK_ERROR(ask(start_of(1, "e", "2")), WF_E_FLOW_VERSION_NOT_FOUND);

    /* By version, whichever way; by alias. */
    call = about(1, "ListExecutions", "f", "");
    arg(call, WF_ARG_QUALIFIER, "1");
    reply = ask(call);
    CHECK_INT(reply->count, 2);

    call = about(1, "ListExecutions", "f", "");
    arg(call, WF_ARG_QUALIFIER, "2");
    reply = ask(call);
    CHECK_INT(reply->count, 1);
    view = reply->u.executions;
    CHECK_STR(view->name, wf_str("b"));
    CHECK_STR(view->definition, wf_str(WAIT));

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_QUALIFIER, "prod");
    reply = ask(call);
    CHECK_INT(reply->count, 1);
    CHECK_STR(reply->u.executions->name, wf_str("c"));

    call = about(0, "ListExecutions", "f", "");
    arg(call, WF_ARG_QUALIFIER, "pro");
    CHECK_INT(ask(call)->count, 0);
    end();
}


TEST(qualifiers_refused)
{
    size_t       i;
    char         large[WF_NAME_LEN_MAX + 2];
    wf_reply_t  *reply;

    static const char  *odd[] = {
        "3", "0", "01", "99999999999999999999", "none", "1x", "-1", "PROD"
    };

    world_two();
    CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", ONE))->error == NULL);

    for (i = 0; i < wf_countof(odd); i++) {
        reply = ask(start_of(1, "", odd[i]));
        CHECK_ERROR(reply, i < 4 ? WF_E_FLOW_VERSION_NOT_FOUND
                                 : WF_E_FLOW_ALIAS_NOT_FOUND);
        CHECK_STR(wf_error_arg(reply->error, 0), wf_str_of(odd[i]));
        CHECK_STR(wf_error_arg(reply->error, 1), wf_str("f"));
    }

    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    CHECK_ERROR(ask(start_of(1, "", large)), WF_E_FLOW_ALIAS_NOT_FOUND);
    memset(large, '1', sizeof(large) - 1);
    CHECK_ERROR(ask(start_of(1, "", large)), WF_E_FLOW_VERSION_NOT_FOUND);
    end();
}


/* What was written is what the next start means, from any worker; and what
 * nobody has written since is not read again. */
TEST(own_writes_are_seen)
{
    int         i;
    unsigned    reads;
    work_t     *work;
    wf_call_t  *call;

    world_two();

    for (i = 0; i < 20; i++) {
        CHECK_ERROR(ask(start_of(i % 2, "", "prod")),
                    WF_E_FLOW_ALIAS_NOT_FOUND);
        CHECK(ask(about_alias(1 - i % 2, "CreateFlowAlias", "prod",
                              i % 3 ? ONE : "[{\"Version\":\"2\","
                                            "\"Weight\":1}]"))->error
              == NULL);
        call = start_of(i % 2, "", "prod");
        CHECK_STR(ask(call)->u.executions->definition,
                  i % 3 ? wf_str(PASS) : wf_str(WAIT));
        CHECK(ask(about_alias(i % 2, "UpdateFlowAlias", "prod",
                              "[{\"Version\":\"2\",\"Weight\":1}]"))->error
              == NULL);
        call = start_of(1 - i % 2, "", "prod");
        CHECK_STR(ask(call)->u.executions->definition, wf_str(WAIT));
        CHECK(ask(about_alias(i % 2, "DeleteFlowAlias", "prod", ""))->error
              == NULL);
    }

    CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", ONE))->error == NULL);
    CHECK(ask(start_of(1, "", "prod"))->error == NULL);
    call = start_of(1, "", "prod");
    wf_call_run(call, now_ms);
    reads = 0;

    for (work = work_first; work; work = work->next) {
        reads += work->type == WORK_READ;
    }

    CHECK_INT(reads, 0);
    world_run();
    wf_call_free(call);
    end();
}


/*
 * 10,000 starts at 30 to 70: within five standard deviations (45.8 each).
 */
TEST(weights)
{
    unsigned     i, first;
    wf_reply_t  *reply;

    world_create();
    create("f", PASS);
    publish(0, "");
    CHECK(ask(update_of(0, PASS "# 2\n"))->error == NULL);
    publish(0, "");
    CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", BOTH))->error
          == NULL);
    first = 0;

    for (i = 0; i < 10000; i++) {
        reply = ask(start_of((int) i % 2, "", "prod"));
        CHECK(reply->error == NULL);
        first += wf_str_eq(reply->u.executions->definition, wf_str(PASS));
    }

    printf("# %u of 10000 at a weight of 30\n", first);
    CHECK(first > 3000 - 229 && first < 3000 + 229);

    /* None at all, and all of them. */
    CHECK(ask(about_alias(0, "UpdateFlowAlias", "prod",
                          "[{\"Version\":\"1\",\"Weight\":0},"
                          "{\"Version\":\"2\",\"Weight\":1}]"))->error
          == NULL);

    for (i = 0; i < 200; i++) {
        reply = ask(start_of((int) i % 2, "", "prod"));
        CHECK_STR(reply->u.executions->definition, wf_str(PASS "# 2\n"));
    }

    end();
}


/* The owner goes at any moment, committed or not: each call is done once. */
TEST(owners_go)
{
    size_t       k;
    unsigned     steps, i;
    uint32_t     versions, aliases;
    wf_call_t   *call;

    static const char  *actions[] = {
        "PublishFlowVersion", "DeleteFlowVersion", "CreateFlowAlias",
        "UpdateFlowAlias", "DeleteFlowAlias"
    };

    for (k = 0; k < wf_countof(actions); k++) {

        for (steps = 0; steps < 12; steps++) {
            world_two();
            CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", ONE))->error
                  == NULL);
            CHECK(ask(about(1, "DescribeFlow", "f", ""))->error == NULL);

            call = about_alias(1, actions[k], k == 2 ? "new" : "prod", ONE);
            arg(call, WF_ARG_VERSION, "2");
            asked = asked ? (wf_call_free(asked), call) : call;
            done_seen = false;
            wf_call_run(call, now_ms);

            for (i = 0; i < steps && work_first; i++) {
                world_step();
            }

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
            world_close(0, 0);
            world_open(1, 0);
            world_owner(0);
            world_run();
            CHECK(done_seen);
            CHECK(call->reply.error == NULL);

            if (k == 0) {
                CHECK_INT(call->reply.u.versions->version, 3);
            }

            versions = ask(about(1, "ListFlowVersions", "f", ""))->count;
            aliases = ask(about(1, "ListFlowAliases", "f", ""))->count;
            CHECK_INT(versions, k == 0 ? 3 : k == 1 ? 1 : 2);
            CHECK_INT(aliases, k == 2 ? 2 : k == 4 ? 0 : 1);
            end();
        }
    }
}


/* In whatever state the client leaves. */
TEST(abandoned_anywhere)
{
    size_t      k;
    unsigned    steps, i;
    wf_call_t  *call;

    static const char  *actions[] = {
        "PublishFlowVersion", "DeleteFlowVersion", "CreateFlowAlias",
        "UpdateFlowAlias", "DeleteFlowAlias", "DescribeFlowAlias",
        "ListFlowAliases", "ListFlowVersions", "DescribeFlow",
        "StartExecution"
    };

    for (k = 0; k < wf_countof(actions); k++) {

        for (steps = 0; steps < 14; steps++) {
            world_two();
            CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", BOTH))->error
                  == NULL);
            call = about_alias((int) steps % 2, actions[k], "prod", ONE);
            arg(call, WF_ARG_VERSION, "2");
            arg(call, WF_ARG_QUALIFIER, "prod");
            wf_call_free(asked);
            asked = call;
            done_seen = false;
            wf_call_run(call, now_ms);

            for (i = 0; i < steps / 2 && !done_seen; i++) {
                world_step();
            }

            if (!done_seen) {
                wf_call_abandon(call);
                asked = NULL;
                world_run();
                CHECK(!done_seen);
            }

            end();
        }
    }
}


/* Each allocation fails in turn, in every part of the call's life. */
TEST(no_memory)
{
    size_t      k;
    unsigned    steps, i;
    uint64_t    count;
    wf_call_t  *call;

    static const char  *actions[] = {
        "PublishFlowVersion", "DeleteFlowVersion", "CreateFlowAlias",
        "UpdateFlowAlias", "DeleteFlowAlias", "DescribeFlowAlias",
        "ListFlowAliases", "ListFlowVersions", "DescribeFlow",
        "StartExecution"
    };

    for (k = 0; k < wf_countof(actions); k++) {

        for (steps = 0; steps < 5; steps++) {

            for (count = 1; count < 16; count++) {
                world_two();
                CHECK(ask(about_alias(0, "CreateFlowAlias", "prod", BOTH))
                      ->error == NULL);
                call = about_alias(1, actions[k], k == 2 ? "new" : "prod",
                                   ONE);
                arg(call, WF_ARG_VERSION, "2");
                arg(call, WF_ARG_QUALIFIER, "prod");
                wf_call_free(asked);
                asked = call;
                done_seen = false;
                wf_call_run(call, now_ms);

                for (i = 0; i < steps && !done_seen; i++) {
                    world_step();
                }

                /* The world of the test must have memory. */
                if (work_first && work_first->type != WORK_APPEND) {
                    wf_arena_fail_after(count);
                    world_step();
                    wf_arena_fail_after(0);
                }

                for (i = 0; i < 6 && !done_seen; i++) {
                    world_run();
                    world_pass(20000);
                }

                CHECK(done_seen);

                if (call->reply.error && k != 1) {
                    CHECK_INT(call->reply.error->code, WF_E_INTERNAL);
                }

                wf_call_free(asked);
                asked = NULL;
                world_free();
            }
        }
    }
}


UNIT_MAIN()
