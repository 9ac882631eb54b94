
#include "unit.h"

#include "wire/policy.c"


static wf_arena_t  *arena;


static wf_policy_t *
policy_of(const char *lines)
{
    size_t        len;
    wf_error_t    err;
    const char   *end;
    wf_policy_t  *policy;

    policy = wf_policy_create(arena);
    CHECK(policy != NULL);

    for ( /* void */ ; *lines; lines = *end ? end + 1 : end) {
        end = strchr(lines, '\n');
        end = end ? end : lines + strlen(lines);
        len = (size_t) (end - lines);

        wf_error_clear(&err);
        CHECK(wf_policy_line(policy,
                             (wf_str_t) { len, (const uint8_t *) lines },
                             &err) == WF_OK);
    }

    return policy;
}


static wf_policy_t *
document_of(const char *text)
{
    wf_error_t    err;
    wf_policy_t  *policy;

    wf_error_clear(&err);
    policy = wf_policy_create(arena);

    if (wf_policy_document(policy, wf_str_of(text), &err) != WF_OK) {
        unit_failed(__FILE__, __LINE__, err.arg[0]);
    }

    return policy;
}


static bool
allows(const wf_policy_t *policy, const char *action, const char *flow,
    const char *execution)
{
    return wf_policy_allows(policy, wf_str_of(action), wf_str_of(flow),
                            wf_str_of(execution));
}


TEST(patterns)
{
    unsigned  i;

    static const struct {
        const char  *pattern;
        const char  *text;
        bool         want;
    } cases[] = {
        { "", "", true }, { "", "a", false }, { "*", "", true },
        { "*", "abc", true }, { "**", "", true }, { "a", "a", true },
        { "a", "A", false }, { "?", "a", true }, { "?", "", false },
        { "??", "a", false }, { "a*", "a", true }, { "a*", "ba", false },
        { "*a", "ba", true }, { "*a", "ab", false }, { "a*c", "abbc", true },
        { "a*c", "acb", false }, { "a*b*c", "axbxbxc", true },
        { "*ab", "aab", true }, { "*aab", "aaab", true },
        { "a?c*", "abc", true }, { "*?*", "", false }, { "*?*", "x", true },
        { "?*", "*", false }, { "*", "*", true }, { "**", "*", true },
        { "a*", "*", false }, { "a**b", "ab", true },
        { "*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaac", false },
        { "*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaab", true },
    };

    for (i = 0; i < wf_countof(cases); i++) {

        if (wf_pattern_matches(wf_str_of(cases[i].pattern),
                               wf_str_of(cases[i].text), false)
            != cases[i].want)
        {
            printf("# \"%s\" and \"%s\"\n", cases[i].pattern, cases[i].text);
            CHECK(!"as wanted");
        }
    }

    CHECK(wf_pattern_matches(wf_str("sTaRt*"), wf_str("StartExecution"),
                             true));
}


/* One flow alone: of all actions and several names nothing else gets in. */
TEST(one_flow)
{
    unsigned      i, j, inside, outside;
    wf_policy_t  *policy;

    static const char  *names[] = {
        "orders", "orders2", "order", "Orders", "", "*", "ord?rs", "payroll",
        "orders/execution/x", "x/flow/orders", "flow/orders", "orders\n",
        "orders/", "/orders", "%6frders"
    };

    arena = wf_arena_create(0);
    policy = policy_of("allow fnf:* on flow/orders");
    inside = outside = 0;

    for (i = 0; i < wf_countof(asks); i++) {
        for (j = 0; j < wf_countof(names); j++) {

            if (wf_policy_allows(policy, asks[i].action, wf_str_of(names[j]),
                                 wf_str("orders")))
            {
                inside++;
                CHECK(j == 0);
                CHECK(asks[i].ask != WF_ASK_ALL
                      && asks[i].ask != WF_ASK_FLOWS);

            } else {
                outside++;
            }
        }
    }

    CHECK_INT(inside, wf_countof(asks) - 2);
    CHECK_INT(inside + outside, wf_countof(asks) * wf_countof(names));

    CHECK(!allows(policy, "NoSuchAction", "orders", ""));
    CHECK(!allows(policy, "", "orders", ""));

    /* NUL inside. */
    CHECK(!wf_policy_allows(policy, wf_str("DescribeFlow"),
                            wf_str("orders\0x"), wf_str_none));

    wf_arena_free(arena);
}


TEST(asked_for)
{
    unsigned      i;
    wf_policy_t  *policy;

    static const struct {
        const char  *lines;
        const char  *action;
        const char  *flow;
        const char  *execution;
        bool         want;
    } cases[] = {
        /* nothing is said */
        { "", "ListFlows", "", "", false },
        { "deny fnf:DeleteFlow on *", "DescribeFlow", "a", "", false },

        /* everything */
        { "allow * on *", "DescribeRegions", "", "", true },
        { "allow * on *", "ListFlows", "", "", true },
        { "allow * on *", "StartExecution", "a", "x", true },
        { "allow *:* on acs:*:*:*:*", "DescribeRegions", "", "", true },

        /* lists ask for all flows */
        { "allow fnf:List* on flow/*", "ListFlows", "", "", true },
        { "allow fnf:List* on flow/a*", "ListFlows", "", "", false },
        { "allow fnf:List* on flow/?", "ListFlows", "", "", false },
        { "allow fnf:List* on flow/*/*", "ListFlows", "", "", false },
        { "allow * on flow/*", "DescribeRegions", "", "", false },
        { "allow * on *\ndeny * on flow/a", "ListFlows", "", "", true },
        { "allow * on *\ndeny * on flow/*", "ListFlows", "", "", false },

        /* actions in any case, with and without the service */
        { "allow fnf:startexecution on *", "StartExecution", "a", "", true },
        { "allow StartExecution on *", "StartExecution", "a", "", true },
        { "allow FNF:Start* on *", "StartSyncExecution", "a", "", true },
        { "allow fnf:Start* on *", "StopExecution", "a", "", false },
        { "allow oss:* on *", "StopExecution", "a", "", false },
        { "deny oss:* on *\nallow * on *", "StopExecution", "a", "", true },

        /* deny wins wherever it stands */
        { "deny * on flow/a\nallow * on *", "DescribeFlow", "a", "", false },
        { "allow * on *\ndeny * on flow/a", "DescribeFlow", "a", "", false },
        { "allow * on *\ndeny * on flow/a", "DescribeFlow", "b", "", true },
        { "allow * on *\ndeny fnf:Stop* on *", "StopExecution", "b", "x",
          false },

        /* regions and accounts are not compared */
        { "allow * on acs:fnf:cn-hangzhou:1234:flow/a", "DescribeFlow", "a",
          "", true },
        { "allow * on acs:fnf:*:*:flow/a", "DescribeFlow", "b", "", false },
        { "allow * on acs:oss:*:*:*", "DescribeFlow", "b", "", false },

        /* executions */
        { "allow * on flow/a", "StopExecution", "a", "x", true },
        { "allow * on flow/a/execution/job-*", "StopExecution", "a", "job-1",
          true },
        { "allow * on flow/a/execution/job-*", "StopExecution", "a", "x",
          false },
        { "allow * on flow/a/execution/job-*", "StopExecution", "b", "job-1",
          false },
        { "allow * on flow/a/execution/job-*", "StartExecution", "a", "",
          false },
        { "allow * on flow/a/execution/*", "StartExecution", "a", "", true },
        { "allow * on flow/a/*", "StartExecution", "a", "x", true },
        { "allow * on flow/a/*", "DescribeFlow", "a", "", false },
        { "allow * on flow/a/*", "ListExecutions", "a", "", false },
        { "allow * on flow/a/*", "ReportTaskFailed", "a", "x", true },
        { "allow * on flow/a\ndeny * on flow/a/execution/x*",
          "DescribeExecution", "a", "xy", false },
        { "allow * on flow/a\ndeny * on flow/a/execution/x*",
          "DescribeExecution", "a", "y", true },
        { "allow * on flow/a\ndeny * on flow/a/execution/x*",
          "DescribeFlow", "a", "", true },

        /* what callers choose never reaches over a slash */
        { "allow * on flow/*-public", "StartExecution", "secret",
          "x-public", false },
        { "allow * on flow/*-public", "StartExecution", "secret",
          "y/flow/x-public", false },
        { "allow * on flow/a/execution/*", "DescribeExecution",
          "b/flow/a/execution", "x", false },
        { "allow * on flow/*/execution/mine", "StopExecution", "b",
          "x/execution/mine", false },
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(cases); i++) {
        policy = policy_of(cases[i].lines);

        if (allows(policy, cases[i].action, cases[i].flow,
                   cases[i].execution) != cases[i].want)
        {
            printf("# \"%s\": %s of %s, %s\n", cases[i].lines,
                   cases[i].action, cases[i].flow, cases[i].execution);
            CHECK(!"as wanted");
        }
    }

    wf_arena_free(arena);
}


/* What no flow can be called is cut: neither slow nor let in by it. */
TEST(long_names)
{
    wf_str_t      name;
    uint8_t      *bytes;
    wf_policy_t  *policy;

    arena = wf_arena_create(0);
    bytes = wf_arena_alloc(arena, 1 << 20);
    memset(bytes, 'a', 1 << 20);
    name = (wf_str_t) { 1 << 20, bytes };

    policy = policy_of("allow * on flow/*a*a*a*a*a*a*a*a*b");
    CHECK(!wf_policy_allows(policy, wf_str("DescribeFlow"), name, name));
    policy = policy_of("allow * on *");
    CHECK(wf_policy_allows(policy, wf_str("DescribeFlow"), name, name));
    policy = policy_of("allow * on *\ndeny * on flow/aaa*");
    CHECK(!wf_policy_allows(policy, wf_str("DescribeFlow"), name, name));

    wf_arena_free(arena);
}


TEST(documents)
{
    wf_policy_t  *policy;

    arena = wf_arena_create(0);

    policy = document_of("{\n\t\"Version\": \"1\",\n\t\"Statement\": [{\n"
                         "\t\t\"Effect\": \"Allow\",\n"
                         "\t\t\"Action\": [\"fnf:Describe*\", \"oss:Get*\"],\n"
                         "\t\t\"Resource\": \"acs:fnf:*:*:flow/a*\"\n\t}, {\n"
                         "\t\t\"Effect\": \"Deny\",\n"
                         "\t\t\"Action\": \"fnf:*\",\n"
                         "\t\t\"Resource\": [\"acs:fnf:*:*:flow/ab\",\n"
                         "\t\t\t\"acs:log:*:*:project/x\"]\n\t}]\n}\n");

    CHECK(allows(policy, "DescribeFlow", "a", ""));
    CHECK(allows(policy, "DescribeExecution", "ac", "x"));
    CHECK(!allows(policy, "DescribeFlow", "ab", ""));
    CHECK(!allows(policy, "UpdateFlow", "a", ""));

    policy = document_of("{\"Version\":\"1\",\"Statement\":[{\"Effect\":"
                         "\"Allow\",\"NotAction\":[\"ram:*\",\"fnf:Delete*\"],"
                         "\"Resource\":\"*\"}]}");

    CHECK(allows(policy, "DescribeRegions", "", ""));
    CHECK(allows(policy, "UpdateFlow", "a", ""));
    CHECK(!allows(policy, "DeleteFlow", "a", ""));
    CHECK(!allows(policy, "DeleteSchedule", "a", ""));

    policy = document_of("{\"Version\":\"1\",\"Statement\":[]}");
    CHECK(!allows(policy, "ListFlows", "", ""));

    wf_arena_free(arena);
}


TEST(documents_refused)
{
    unsigned      i;
    wf_error_t    err;
    wf_policy_t  *policy;

#define HEAD  "{\"Version\":\"1\",\"Statement\":[\n"
#define TAIL  "]}"
    static const struct {
        const char  *text;
        const char  *why;
    } bad[] = {
        { "[]", "line 1, column 1: a policy must be an object" },
        { "{\"Statement\":[]}",
          "line 1, column 1: Version must be \"1\" or \"2012-10-17\"" },
        { "{\"Version\":1,\"Statement\":[]}",
          "line 1, column 12: Version must be \"1\" or \"2012-10-17\"" },
        { "{\"Version\":\"1\"}",
          "line 1, column 1: Statement must be a list" },
        { "{\"Version\":\"1\",\"Statement\":{}}",
          "line 1, column 28: Statement must be a list" },
        { "{\"Version\":\"1\",\n \"Statement\":[],\"Id\":\"x\"}",
          "line 2, column 17: a policy has Version and Statement, nothing "
          "else" },
        { HEAD "1" TAIL, "line 2, column 1: a statement must be an object" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"*\"}" TAIL,
          "line 2, column 1: a statement needs Effect, either Action or "
          "NotAction, and Resource" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotAction\":\"*\","
          "\"Resource\":\"*\"}" TAIL,
          "line 2, column 1: a statement needs Effect, either Action or "
          "NotAction, and Resource" },
        { HEAD "{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}"
          TAIL, "line 2, column 11: Effect must be \"Allow\" or \"Deny\"" },
        { HEAD "{\"Effect\":true,\"Action\":\"*\",\"Resource\":\"*\"}"
          TAIL, "line 2, column 11: Effect must be \"Allow\" or \"Deny\"" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\n"
          "\"Condition\":{}}" TAIL,
          "line 3, column 1: a statement has Effect, Action or NotAction, and "
          "Resource; nothing else is supported" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":[],\"Resource\":\"*\"}" TAIL,
          "line 2, column 28: an empty list" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":[1],\"Resource\":\"*\"}"
          TAIL, "line 2, column 29: want a text, or a list of them" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"\",\"Resource\":\"*\"}"
          TAIL, "line 2, column 28: want a text, or a list of them" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"fnf:StratExecution\","
          "\"Resource\":\"*\"}" TAIL,
          "line 2, column 28: \"fnf:StratExecution\" is no action of "
          "CloudFlow" },
        { HEAD "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"a\"}"
          TAIL, "line 2, column 43: \"a\" is no resource of CloudFlow: want "
          "flow/NAME, flow/NAME/execution/NAME or *" },
    };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(bad); i++) {
        wf_error_clear(&err);
        policy = wf_policy_create(arena);
        CHECK(wf_policy_document(policy, wf_str_of(bad[i].text), &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(bad[i].why));
    }

    /* Syntax, and a name twice: with their place, in the parser's words. */

    CHECK(wf_policy_document(wf_policy_create(arena), wf_str("{\n]"), &err)
          == WF_ERROR);
    CHECK(strstr(err.arg[0], "line 2"));
    CHECK(wf_policy_document(wf_policy_create(arena),
                             wf_str("{\"Version\":\"1\",\"Version\":\"1\"}"),
                             &err) == WF_ERROR);
    CHECK(strstr(err.arg[0], "line 1"));
    CHECK(wf_policy_document(wf_policy_create(arena), wf_str_none, &err)
          == WF_ERROR);

    wf_arena_free(arena);
}


TEST(lines_refused)
{
    unsigned      i;
    wf_error_t    err;
    wf_policy_t  *policy;

#define WANT  "want \"allow|deny ACTION[,...] on RESOURCE[,...]\""
#define NONE  " is no resource of CloudFlow: want flow/NAME, "                \
              "flow/NAME/execution/NAME or *"
    static const struct {
        const char  *text;
        const char  *why;
    } bad[] = {
        { "", WANT }, { "allow", WANT }, { "allow *", WANT },
        { "allow * on", WANT }, { "allow * of *", WANT },
        { "allow * on * *", WANT }, { "Allow * on *", WANT },
        { "permit * on *", WANT },
        { "allow fnf:a on *", "\"fnf:a\" is no action of CloudFlow" },
        { "allow fnf: on *", "\"fnf:\" is no action of CloudFlow" },
        { "allow ,* on *", "\",*\" has a comma too many" },
        { "allow *, on *", "\"*,\" has a comma too many" },
        { "allow * on *,,*", "\"*,,*\" has a comma too many" },
        { "allow * on flow", "\"flow\"" NONE },
        { "allow * on flow/", "\"flow/\"" NONE },
        { "allow * on f*", "\"f*\"" NONE },
        { "allow * on flow/a/", "\"flow/a/\"" NONE },
        { "allow * on flow//*", "\"flow//*\"" NONE },
        { "allow * on flow/a/execution", "\"flow/a/execution\"" NONE },
        { "allow * on flow/a/execution/", "\"flow/a/execution/\"" NONE },
        { "allow * on flow/a/execution/b/c",
          "\"flow/a/execution/b/c\"" NONE },
        { "allow * on flow/a/b/execution/c",
          "\"flow/a/b/execution/c\"" NONE },
        { "allow * on flow/a/schedule/b", "\"flow/a/schedule/b\"" NONE },
        { "allow * on acs:fnf:*:flow/a",
          "\"acs:fnf:*:flow/a\" is not acs:SERVICE:REGION:ACCOUNT:RESOURCE" },
        { "allow * on acs:fnf:*:*:", "\"acs:fnf:*:*:\"" NONE },
        { "allow * on acs:*", "\"acs:*\" is not acs:SERVICE:REGION:ACCOUNT:"
                              "RESOURCE" },
        { "allow * on flow/\x01", "a blank or a special character in an "
                                  "action or a resource" },
        { "allow * on flow/\xc3\xa9", "a blank or a special character in an "
                                      "action or a resource" },
    };

    arena = wf_arena_create(0);
    policy = wf_policy_create(arena);

    for (i = 0; i < wf_countof(bad); i++) {
        wf_error_clear(&err);
        CHECK(wf_policy_line(policy, wf_str_of(bad[i].text), &err)
              == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
        CHECK_STR(wf_error_arg(&err, 0), wf_str_of(bad[i].why));
    }

    /* What was refused allows nothing. */
    CHECK(!allows(policy, "DescribeFlow", "a", ""));
    CHECK(wf_policy_line(policy, wf_str_none, &err) == WF_ERROR);

    wf_arena_free(arena);
}


TEST(limits)
{
    unsigned      i;
    wf_buf_t      buf;
    wf_error_t    err;
    wf_policy_t  *policy;

    arena = wf_arena_create(0);
    policy = wf_policy_create(arena);

    for (i = 0; i < WF_POLICY_PATTERNS_MAX / 2; i++) {
        CHECK(wf_policy_line(policy, wf_str("allow * on *"), &err) == WF_OK);
    }

    CHECK(wf_policy_line(policy, wf_str("allow * on *"), &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("more than 1000 actions and resources"));

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "allow * on flow/");

    for (i = 0; i < WF_POLICY_PATTERN_LEN_MAX - 5; i++) {
        wf_buf_byte(&buf, 'a');
    }

    policy = wf_policy_create(arena);
    CHECK(wf_policy_line(policy, wf_buf_done(&buf), &err) == WF_OK);
    wf_buf_byte(&buf, 'a');
    CHECK(wf_policy_line(policy, wf_buf_done(&buf), &err) == WF_ERROR);
    CHECK_STR(wf_error_arg(&err, 0),
              wf_str("an action or a resource of more than 512 bytes"));

    wf_arena_free(arena);
}


TEST(without_memory)
{
    wf_rc_t       rc;
    uint64_t      n;
    wf_error_t    err;
    wf_buf_t      text;
    wf_arena_t   *mine;
    wf_policy_t  *policy;

    mine = wf_arena_create(0);
    wf_buf_init(&text, mine, 0);
    wf_buf_text(&text, "{\"Version\":\"1\",\"Statement\":[");

    for (n = 0; n < 5; n++) {
        wf_buf_text(&text, "{\"Effect\":\"Allow\",\"Action\":[\"fnf:*\","
                           "\"Start*\"],\"Resource\":\"flow/a\"}");
        wf_buf_str(&text, n < 4 ? wf_str(",") : wf_str("]}"));
    }

    rc = WF_ERROR;

    for (n = 1; rc != WF_OK && n < 1000; n++) {
        arena = wf_arena_create(0);
        wf_error_clear(&err);
        wf_arena_fail_after(n);
        policy = wf_policy_create(arena);
        rc = policy ? wf_policy_document(policy, wf_buf_done(&text), &err)
                    : WF_ERROR;
        wf_arena_fail_after(0);

        CHECK(rc == WF_OK || policy == NULL || err.code == WF_E_INTERNAL);

        if (rc == WF_OK) {
            CHECK(allows(policy, "StartExecution", "a", ""));
        }

        wf_arena_free(arena);
    }

    CHECK(rc == WF_OK && n > 2);
    wf_arena_free(mine);
}


/* Services of Amazon's: ARNs are compared whole, and nothing of CloudFlow's
 * reaches over. */
TEST(arns)
{
    size_t        i;
    wf_error_t    err;
    wf_arena_t   *arena;
    wf_policy_t  *policy;

    static const char  *lines[] = {
        "allow states:Describe*,states:Start* on "
            "arn:aws:states:*:*:stateMachine:orders*",
        "allow states:List* on *",
        "deny states:* on arn:aws:states:*:*:stateMachine:orders-secret",
        "allow fnf:* on *"
    };

    static const struct {
        const char  *action;
        const char  *arn;
        bool         is_allowed;
    } cases[] = {
        { "StartExecution", "arn:aws:states:r:a:stateMachine:orders", true },
        { "StartExecution", "arn:aws:states:r:a:stateMachine:other", false },
        { "StartExecution", "arn:aws:states:r:a:stateMachine:orders-secret",
          false },
        { "DeleteStateMachine", "arn:aws:states:r:a:stateMachine:orders",
          false },
        { "ListStateMachines", "", true },
        { "ListStateMachines", "arn:aws:states:r:a:stateMachine:orders-secret",
          false },
        { "CreateActivity", "arn:aws:states:r:a:activity:orders", false }
    };

    arena = wf_arena_create(0);
    policy = wf_policy_create(arena);

    for (i = 0; i < wf_countof(lines); i++) {
        CHECK_INT(wf_policy_line(policy, wf_str_of(lines[i]), &err), WF_OK);
    }

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK_INT(wf_policy_allows_arn(policy, wf_str("states"),
                                       wf_str_of(cases[i].action),
                                       wf_str_of(cases[i].arn)),
                  cases[i].is_allowed);
    }

    CHECK(wf_policy_allows(policy, wf_str("DescribeFlow"), wf_str("f"),
                           wf_str("")));

    /* And the other way round. */

    policy = wf_policy_create(arena);
    CHECK_INT(wf_policy_line(policy, wf_str("allow states:* on *"), &err),
              WF_OK);
    CHECK(!wf_policy_allows(policy, wf_str("DescribeFlow"), wf_str("f"),
                            wf_str("")));
    CHECK(!wf_policy_allows_arn(policy, wf_str("swf"), wf_str("ListDomains"),
                                wf_str("")));

    policy = wf_policy_create(arena);
    CHECK_INT(wf_policy_line(policy, wf_str("allow * on arn:aws:states:*"),
                             &err), WF_OK);
    CHECK(!wf_policy_allows(policy, wf_str("DescribeFlow"), wf_str("f"),
                            wf_str("")));
    CHECK(wf_policy_allows_arn(policy, wf_str("states"),
                               wf_str("StartExecution"),
                               wf_str("arn:aws:states:r:a:stateMachine:m")));

    CHECK_INT(wf_policy_line(policy, wf_str("allow states:Stat* on *"), &err),
              WF_ERROR);

    /* As Amazon writes them. */

    policy = wf_policy_create(arena);
    CHECK_INT(wf_policy_document(policy, wf_str(
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"One\","
        "\"Effect\":\"Allow\",\"Action\":\"states:StopExecution\","
        "\"Resource\":\"arn:aws:states:*:*:execution:m:*\"}]}"), &err),
        WF_OK);
    CHECK(wf_policy_allows_arn(policy, wf_str("states"),
                               wf_str("StopExecution"),
                               wf_str("arn:aws:states:r:a:execution:m:e")));
    wf_arena_free(arena);
}


UNIT_MAIN()
