
#include <time.h>

#include "base/timefmt.c"
#include "unit.h"


static wf_arena_t  *arena;


static wf_str_t
print(int64_t ms)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, WF_TIME_LEN);
    wf_time_print(&buf, ms);

    return wf_buf_done(&buf);
}


static int64_t
parse(const char *text)
{
    int64_t  ms;

    ms = -1;
    CHECK(wf_time_parse(wf_str_of(text), &ms) == WF_OK);

    return ms;
}


TEST(printed)
{
    arena = wf_arena_create(0);

    CHECK_STR(print(0), wf_str("1970-01-01T00:00:00.000Z"));
    CHECK_STR(print(-1), wf_str("1969-12-31T23:59:59.999Z"));
    CHECK_STR(print(1719197922043), wf_str("2024-06-24T02:58:42.043Z"));
    CHECK_STR(print(951782400000), wf_str("2000-02-29T00:00:00.000Z"));
    CHECK_STR(print(4107542400000), wf_str("2100-03-01T00:00:00.000Z"));
    CHECK_STR(print(INT64_MIN), wf_str("0000-01-01T00:00:00.000Z"));
    CHECK_STR(print(INT64_MAX), wf_str("9999-12-31T23:59:59.999Z"));

    wf_arena_free(arena);
}


TEST(parsed)
{
    CHECK_INT(parse("1970-01-01T00:00:00Z"), 0);
    CHECK_INT(parse("2024-06-24T02:58:42.043Z"), 1719197922043);
    CHECK_INT(parse("2024-06-24t02:58:42.043z"), 1719197922043);
    CHECK_INT(parse("2024-06-24T10:58:42.043+08:00"), 1719197922043);
    CHECK_INT(parse("2024-06-23T21:28:42.043-05:30"), 1719197922043);
    CHECK_INT(parse("2024-06-24T02:58:42.0439999999999Z"), 1719197922043);
    CHECK_INT(parse("2024-06-24T02:58:42.5Z"), 1719197922500);
    CHECK_INT(parse("1969-12-31T23:59:59.999Z"), -1);
    CHECK_INT(parse("2000-02-29T00:00:00-00:00"), 951782400000);
    CHECK_INT(parse("0000-01-01T00:00:00Z"), TIME_MS_MIN);
    CHECK_INT(parse("9999-12-31T23:59:59.999Z"), TIME_MS_MAX);
    CHECK_INT(parse("0000-02-29T00:00:00Z"),
              TIME_MS_MIN + 59 * DAY_MS);
}


TEST(refused)
{
    static const char  *texts[] = {
        "", "Z", "2024", "2024-06-24", "2024-06-24T02:58Z",
        "2024-06-24T02:58:42", "2024-06-24 02:58:42Z",
        "2024-6-24T02:58:42Z", "24-06-24T02:58:42Z",
        "2024-00-24T02:58:42Z", "2024-13-24T02:58:42Z",
        "2024-06-00T02:58:42Z", "2024-06-31T02:58:42Z",
        "2023-02-29T02:58:42Z", "1900-02-29T02:58:42Z",
        "2024-06-24T24:00:00Z", "2024-06-24T02:60:00Z",
        "2024-06-24T02:58:60Z", "2024-06-24T02:58:42.Z",
        "2024-06-24T02:58:42,5Z", "2024-06-24T02:58:42+08",
        "2024-06-24T02:58:42+0800", "2024-06-24T02:58:42+24:00",
        "2024-06-24T02:58:42+08:60", "2024-06-24T02:58:42Zx",
        "2024-06-24T02:58:42Z ", " 2024-06-24T02:58:42Z",
        "+024-06-24T02:58:42Z", "2024-06-24T02:58:4\xc2\xb2Z"
    };

    size_t   i;
    int64_t  ms;

    ms = 77;

    for (i = 0; i < wf_countof(texts); i++) {
        if (wf_time_parse(wf_str_of(texts[i]), &ms) != WF_ERROR) {
            printf("# accepted: %s\n", texts[i]);
            CHECK(0);
        }
    }

    CHECK(wf_time_parse(wf_str_none, &ms) == WF_ERROR);
    CHECK_INT(ms, 77);
}


/* A second opinion on the calendar: libc's. */

TEST(same_as_libc)
{
    int64_t    ms;
    wf_str_t   text;
    time_t     seconds;
    struct tm  tm;
    char       want[64];

    arena = wf_arena_create(0);

    for (ms = TIME_MS_MIN; ms <= TIME_MS_MAX; ms += 97 * DAY_MS + 12345678) {
        seconds = (time_t) ((ms - TIME_MS_MIN) / 1000 + TIME_MS_MIN / 1000);
        gmtime_r(&seconds, &tm);

        snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);

        text = print(ms);
        CHECK_STR(((wf_str_t) { 19, text.data }), wf_str_of(want));
        CHECK_INT(parse((char *) wf_arena_copy(arena, text).data), ms);

        wf_arena_reset(arena);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
