
/*
 * Schedules as bytes, and their keys.
 */

#include "flow/schedule.c"

#include "unit.h"


static wf_schedule_t
schedule_of(void)
{
    return (wf_schedule_t) {
        .flow_no = UINT64_MAX, .request_key = 0x0123456789abcdefull,
        .id = wf_str("01234567-89ab-4def-8123-456789abcdef"),
        .name = wf_str("nightly"), .description = wf_str("a\0b"),
        .payload = wf_str("{ \"a\": 1 }"),
        .cron = wf_str("CRON_TZ=Asia/Shanghai 0 0 3 * * ?"),
        .is_enabled = true, .created_ms = 1700000000123,
        .modified_ms = 1700000000124, .anchor_ms = -1,
        .since_ms = 1700000000125
    };
}


TEST(there_and_back)
{
    wf_buf_t        buf;
    wf_arena_t     *arena;
    wf_schedule_t   schedule, got;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    schedule = schedule_of();
    wf_schedule_encode(&buf, &schedule);
    CHECK_INT(wf_schedule_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK(got.flow_no == schedule.flow_no);
    CHECK(got.request_key == schedule.request_key);
    CHECK_STR(got.id, schedule.id);
    CHECK_STR(got.name, schedule.name);
    CHECK_STR(got.description, schedule.description);
    CHECK_STR(got.payload, schedule.payload);
    CHECK_STR(got.cron, schedule.cron);
    CHECK(got.is_enabled);
    CHECK_INT(got.created_ms, schedule.created_ms);
    CHECK_INT(got.modified_ms, schedule.modified_ms);
    CHECK_INT(got.anchor_ms, -1);
    CHECK_INT(got.since_ms, schedule.since_ms);

    schedule.is_enabled = false;
    wf_buf_init(&buf, arena, 0);
    wf_schedule_encode(&buf, &schedule);
    CHECK_INT(wf_schedule_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK(!got.is_enabled);
    wf_arena_free(arena);
}


static wf_rc_t
decoded(const uint8_t *bytes, size_t len, wf_schedule_t *got)
{
    wf_rc_t   rc;
    uint8_t  *copy;

    copy = malloc(len + 1);
    memcpy(copy, bytes, len);
    rc = wf_schedule_decode((wf_str_t) { len, copy }, got);
    free(copy);

    return rc;
}


/* Every prefix and one byte too many are refused; an altered byte does no
 * harm. */
TEST(malformed)
{
    char            long_name[WF_NAME_LEN_MAX + 1];
    size_t          i, len;
    wf_buf_t        buf;
    wf_arena_t     *arena;
    wf_schedule_t   schedule, got;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    schedule = schedule_of();
    wf_schedule_encode(&buf, &schedule);
    len = buf.len;
    wf_buf_byte(&buf, 0);
    memset(&got, 0x55, sizeof(got));

    for (i = 0; i <= len + 1; i++) {
        if (i != len) {
            CHECK_INT(decoded(buf.data, i, &got), WF_ERROR);
        }
    }

    CHECK_INT(got.created_ms, 0x5555555555555555);      /* untouched */

    for (i = 0; i < 8 * len; i++) {
        buf.data[i / 8] ^= (uint8_t) (1 << i % 8);
        (void) decoded(buf.data, len, &got);
        buf.data[i / 8] ^= (uint8_t) (1 << i % 8);
    }

    buf.data[0] = LAYOUT + 1;
    CHECK_INT(decoded(buf.data, len, &got), WF_ERROR);

    schedule.id.len--;
    wf_buf_init(&buf, arena, 0);
    wf_schedule_encode(&buf, &schedule);
    CHECK_INT(decoded(buf.data, buf.len, &got), WF_ERROR);

    schedule = schedule_of();
    memset(long_name, 'a', sizeof(long_name));
    schedule.name = (wf_str_t) { sizeof(long_name),
                                 (const uint8_t *) long_name };
    wf_buf_init(&buf, arena, 0);
    wf_schedule_encode(&buf, &schedule);
    CHECK_INT(decoded(buf.data, buf.len, &got), WF_ERROR);
    wf_arena_free(arena);
}


TEST(keys_sort_by_name_within_a_flow)
{
    wf_buf_t     keys[3];
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&keys[0], arena, 0);
    wf_buf_init(&keys[1], arena, 0);
    wf_buf_init(&keys[2], arena, 0);
    wf_schedule_key(&keys[0], 7, wf_str("zz"));
    wf_schedule_key(&keys[1], 256, wf_str("a"));
    wf_schedule_key(&keys[2], 256, wf_str("ab"));
    CHECK_INT(keys[0].len, 10);
    CHECK(memcmp(keys[0].data, keys[1].data, 9) < 0);
    CHECK(memcmp(keys[1].data, keys[2].data, 9) == 0);
    wf_arena_free(arena);
}


UNIT_MAIN()
