
/*
 * Golden answers about schedules.
 */

#include "unit.h"

#include "wire/rpc_schedules.c"


/* 2026-01-02T03:04:05.123Z */
#define CREATED_MS  1767323045123

#define HEAD  "{\"RequestId\":\"rid-1\""
#define ID    "01234567-89ab-4def-8123-456789abcdef"

#define FIRST                                                                 \
    "\"ScheduleId\":\"" ID "\",\"ScheduleName\":\"nightly\","                 \
    "\"Description\":\"a \\\"b\\\"\",\"Payload\":\"{ \\\"a\\\": 1 }\","       \
    "\"CronExpression\":\"0 0 3 * * ?\",\"Enable\":true,"                     \
    "\"CreatedTime\":\"2026-01-02T03:04:05.123Z\","                           \
    "\"LastModifiedTime\":\"2026-01-02T03:04:05.124Z\""

#define SECOND                                                                \
    "\"ScheduleId\":\"" ID "\",\"ScheduleName\":\"other\","                   \
    "\"Description\":\"\",\"Payload\":\"\","                                  \
    "\"CronExpression\":\"@every 5m\",\"Enable\":false,"                      \
    "\"CreatedTime\":\"2026-01-02T03:04:05.123Z\","                           \
    "\"LastModifiedTime\":\"2026-01-02T03:04:05.123Z\""

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


TEST(schedules)
{
    wf_schedule_view_t  views[2];

    views[0] = (wf_schedule_view_t) {
        .id = wf_str(ID), .name = wf_str("nightly"),
        .description = wf_str("a \"b\""), .payload = wf_str("{ \"a\": 1 }"),
        .cron = wf_str("0 0 3 * * ?"), .is_enabled = true,
        .created_ms = CREATED_MS, .modified_ms = CREATED_MS + 1
    };
    views[1] = (wf_schedule_view_t) {
        .id = wf_str(ID), .name = wf_str("other"),
        .cron = wf_str("@every 5m"), .created_ms = CREATED_MS,
        .modified_ms = CREATED_MS
    };

    memset(&reply, 0, sizeof(reply));
    reply.kind = WF_REPLY_SCHEDULE;
    reply.count = 1;
    reply.u.schedules = views;
    CHECK_STR(encoded("CreateSchedule"), wf_str(HEAD "," FIRST "}"));
    CHECK_STR(encoded("UpdateSchedule"), wf_str(HEAD "," FIRST "}"));
    CHECK_STR(encoded("DescribeSchedule"), wf_str(HEAD "," FIRST "}"));

    reply.kind = WF_REPLY_SCHEDULES;
    reply.count = 2;
    reply.next_token = wf_str("p");
    CHECK_STR(encoded("ListSchedules"), wf_str(HEAD
        ",\"Schedules\":[{" FIRST "},{" SECOND "}],\"NextToken\":\"p\"}"));

    reply.count = 0;
    reply.next_token = wf_str_none;
    CHECK_STR(encoded("ListSchedules"), wf_str(HEAD ",\"Schedules\":[]}"));
    wf_arena_free(arena);
    arena = NULL;
}


UNIT_MAIN()
