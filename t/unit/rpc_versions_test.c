
/*
 * Golden answers about versions and aliases.
 */

#include "unit.h"

#include "wire/rpc_versions.c"


/* 2026-01-02T03:04:05.123Z */
#define CREATED_MS  1767323045123
#define CREATED     "\"CreatedTime\":\"2026-01-02T03:04:05.123Z\""

#define HEAD  "{\"RequestId\":\"rid-1\""

static wf_arena_t  *arena;
static wf_reply_t   reply;


static wf_str_t
encoded(const char *action)
{
    wf_buf_t      buf;
    wf_message_t  message;

    wf_arena_free(arena);
    arena = wf_arena_create(0);
    memset(&message, 0, sizeof(message));
    message.arena = arena;
    message.request_id = wf_str("rid-1");
    message.action = wf_str_of(action);
    wf_buf_init(&buf, arena, 0);
    CHECK_INT(wf_rpc_encode(&buf, &message, &reply), 200);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


TEST(version)
{
    wf_version_view_t  views[2];

    views[0] = (wf_version_view_t) {
        .flow = wf_str("f"), .version = 12, .description = wf_str("a \"b\""),
        .created_ms = CREATED_MS
    };
    views[1] = views[0];
    views[1].version = 3;
    views[1].description = wf_str_none;

    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_VERSION;
    reply.count = 1;
    reply.u.versions = views;
    CHECK_STR(encoded("PublishFlowVersion"), wf_str(HEAD
        ",\"FlowName\":\"f\",\"Version\":\"12\","
        "\"Description\":\"a \\\"b\\\"\"," CREATED "}"));

    reply.kind = WF_REPLY_VERSIONS;
    reply.count = 2;
    reply.next_token = wf_str("2");
    CHECK_STR(encoded("ListFlowVersions"), wf_str(HEAD
        ",\"FlowVersions\":[{\"Version\":\"12\","
        "\"Description\":\"a \\\"b\\\"\"," CREATED "},"
        "{\"Version\":\"3\",\"Description\":\"\"," CREATED "}],"
        "\"NextToken\":\"2\"}"));

    reply.count = 0;
    reply.next_token = wf_str_none;
    CHECK_STR(encoded("ListFlowVersions"),
              wf_str(HEAD ",\"FlowVersions\":[]}"));
}


/* Flat, nested; and weights as strings in lists alone. */
TEST(alias)
{
    wf_alias_view_t  views[2];

    views[0] = (wf_alias_view_t) {
        .flow = wf_str("f"), .name = wf_str("prod"),
        .description = wf_str("d"), .routes = { { 12, 30 }, { 3, 70 } },
        .route_count = 2, .created_ms = CREATED_MS
    };
    views[1] = views[0];
    views[1].name = wf_str("test");
    views[1].description = wf_str_none;
    views[1].route_count = 1;

    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_ALIAS;
    reply.count = 1;
    reply.u.aliases = views;
    CHECK_STR(encoded("CreateFlowAlias"), wf_str(HEAD
        ",\"FlowName\":\"f\",\"Name\":\"prod\",\"Description\":\"d\","
        "\"RoutingConfigurations\":[{\"Version\":\"12\",\"Weight\":30},"
        "{\"Version\":\"3\",\"Weight\":70}]," CREATED "}"));

#define NESTED                                                                \
        ",\"Alias\":{\"Name\":\"prod\",\"Description\":\"d\","              \
        "\"RoutingConfigurations\":[{\"Version\":\"12\",\"Weight\":30},"    \
        "{\"Version\":\"3\",\"Weight\":70}]," CREATED "}}"

    CHECK_STR(encoded("UpdateFlowAlias"), wf_str(HEAD NESTED));
    CHECK_STR(encoded("DescribeFlowAlias"), wf_str(HEAD NESTED));

    reply.kind = WF_REPLY_ALIASES;
    reply.count = 2;
    reply.next_token = wf_str("u");
    CHECK_STR(encoded("ListFlowAliases"), wf_str(HEAD
        ",\"Aliases\":[{\"Name\":\"prod\",\"Description\":\"d\","
        "\"RoutingConfigurations\":[{\"Version\":\"12\",\"Weight\":\"30\"},"
        "{\"Version\":\"3\",\"Weight\":\"70\"}]," CREATED "},"
        "{\"Name\":\"test\",\"Description\":\"\","
        "\"RoutingConfigurations\":[{\"Version\":\"12\",\"Weight\":\"30\"}],"
        CREATED "}],\"NextToken\":\"u\"}"));
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
