
/*
 * Schedules and time zones: any expression is read or refused with a reason;
 * due times of what is read move on, lie in the sets and leave out nothing
 * that a look at single minutes finds.  Any bytes are a zone or none; its
 * spans tile the time.
 *
 * Input: the expression, a newline, a rule (POSIX TZ), a newline, a number
 * (minutes since 1970), a newline, bytes of a zone file.
 */

#include <stdlib.h>

#include "base/civil.h"
#include "base/cron.h"


#define DAY          86400
#define HOURS_ALL    0xffffffu
#define LOOKED_AT    600                /* minutes before a due time */
#define SPANS        50

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static wf_str_t
cut(wf_str_t *rest)
{
    wf_str_t        head;
    const uint8_t  *pos;

    head = *rest;
    pos = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;

    if (pos == NULL) {
        *rest = (wf_str_t) { 0, head.data + head.len };
        return head;
    }

    head.len = (size_t) (pos - rest->data);
    rest->data = pos + 1;
    rest->len -= head.len + 1;

    return head;
}


static void
check_spans(const wf_tz_t *tz, int64_t second)
{
    unsigned      i;
    wf_tz_span_t  span, other;

    wf_tz_span(tz, second, &span);
    wf_assert(span.begin <= second && second < span.end);

    for (i = 0; i < SPANS && span.end < INT64_C(1) << 40; i++) {
        wf_tz_span(tz, span.end - 1, &other);
        wf_assert(other.begin == span.begin && other.end == span.end
                  && other.offset == span.offset);

        wf_tz_span(tz, span.end, &other);
        wf_assert(other.begin == span.end && other.end > other.begin);
        span = other;
    }
}


static bool
is_due(const wf_cron_t *cron, const wf_tz_t *tz, int64_t second)
{
    int64_t       local, day, before;
    unsigned      rest;
    wf_civil_t    civil;
    wf_tz_span_t  span, last;

    wf_tz_span(tz, second, &span);
    local = second + span.offset;
    day = local / DAY - (local % DAY < 0);
    rest = (unsigned) (local - day * DAY);
    civil = wf_civil_of_days(day);

    if (rest % 60 != cron->second
        || !(cron->minutes >> (rest / 60 % 60) & 1)
        || !(cron->hours >> (rest / 3600) & 1)
        || !(cron->days >> civil.day & 1)
        || !(cron->months >> civil.month & 1)
        || !(cron->weekdays >> wf_civil_weekday(day) & 1))
    {
        return false;
    }

    if (cron->hours == HOURS_ALL || span.begin == INT64_MIN) {
        return true;
    }

    before = local - span.offset_before;
    wf_tz_span(tz, span.begin - 1, &last);

    return before >= span.begin || before < last.begin;
}


/* Offsets may have seconds: then a minute does not begin at its second. */
static void
check_left_out(const wf_cron_t *cron, const wf_tz_t *tz, int64_t after,
    int64_t due)
{
    int64_t       second;
    unsigned      i;
    wf_tz_span_t  span;

    wf_tz_span(tz, due - 1, &span);
    second = due - 1 + span.offset;
    second = due - 1 - ((second % 60 + 60) % 60 + 60 - cron->second) % 60;

    for (i = 0; i < LOOKED_AT; i++) {

        if (second <= after || second < span.begin) {
            break;
        }

        wf_assert(!is_due(cron, tz, second));
        second -= 60;
    }
}


static void
check_cron(const wf_cron_t *cron, const wf_tz_t *tz, int64_t after_ms)
{
    int64_t   due;
    unsigned  i;

    for (i = 0; i < 4; i++) {

        if (wf_cron_next(cron, tz, after_ms, after_ms, &due) != WF_OK) {
            break;
        }

        wf_assert(due > after_ms && (cron->every_minutes || due % 1000 == 0));

        if (cron->every_minutes == 0) {
            wf_assert(is_due(cron, tz, due / 1000));
            check_left_out(cron, tz, after_ms / 1000, due / 1000);
        }

        after_ms = due;
    }
}


static const wf_tz_t *
zone_of(wf_arena_t *arena, wf_str_t bytes)
{
    wf_error_t      err;
    const wf_tz_t  *tz;

    wf_error_clear(&err);

    if (wf_tz_parse(arena, bytes, &tz, &err) == WF_OK) {
        return tz;
    }

    wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);

    return NULL;
}


/* A zone that is a rule alone. */
static const wf_tz_t *
zone_of_rule(wf_arena_t *arena, wf_str_t rule)
{
    unsigned      i;
    wf_buf_t      buf;
    wf_tz_rule_t  made;

    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < 2; i++) {
        wf_buf_append(&buf, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                            "\0\0\0\1\0\0\0\1" "\0\0\0\0\0\0" "\0", 51);
    }

    wf_buf_byte(&buf, '\n');
    wf_buf_str(&buf, rule);
    wf_buf_byte(&buf, '\n');

    if (rule.len == 0 || wf_tz_rule_parse(rule, &made) != WF_OK) {
        wf_assert(rule.len == 0 || zone_of(arena, wf_buf_done(&buf)) == NULL);
        return NULL;
    }

    return zone_of(arena, wf_buf_done(&buf));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t         after_ms;
    wf_str_t        rest, text, rule, number;
    wf_cron_t       cron;
    wf_error_t      err;
    wf_arena_t     *arena;
    const wf_tz_t  *zones[3];
    unsigned        i;

    arena = wf_arena_create(0);
    rest = (wf_str_t) { size, data };
    text = cut(&rest);
    rule = cut(&rest);
    number = cut(&rest);
    after_ms = 0;

    for (i = 0; i < number.len && i < 9; i++) {
        after_ms = after_ms * 10 + number.data[i] % 10;
    }

    after_ms *= 60000;
    zones[0] = NULL;
    zones[1] = zone_of_rule(arena, rule);
    zones[2] = zone_of(arena, rest);

    for (i = 0; i < 3; i++) {
        check_spans(zones[i], after_ms / 1000);
        check_spans(zones[i], -3000000000);
    }

    wf_error_clear(&err);

    if (wf_cron_parse(text, &cron, &err) == WF_OK) {
        wf_assert(cron.zone.len == 0 || wf_tz_name_valid(cron.zone));

        for (i = 0; i < 3; i++) {
            check_cron(&cron, zones[i], after_ms);
        }

    } else {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
    }

    wf_arena_free(arena);

    return 0;
}
