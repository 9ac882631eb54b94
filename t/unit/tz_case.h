
/*
 * Time zones made in memory: files of version 2 with the changes and the
 * footer that a test wants.
 */

#ifndef WF_TZ_CASE_H
#define WF_TZ_CASE_H


#include "base/tz.h"
#include "unit.h"


typedef struct {
    int64_t  at;
    uint8_t  type;
} tz_change_t;

typedef struct {
    const int32_t      *types;      /* offsets */
    unsigned            type_count;
    const tz_change_t  *changes;
    unsigned            change_count;
    const char         *footer;
} tz_case_t;


static inline void
tz_put(wf_buf_t *buf, uint64_t number, unsigned size)
{
    while (size-- > 0) {
        wf_buf_byte(buf, size < 8 ? (uint8_t) (number >> 8 * size) : 0);
    }
}


static inline void
tz_header(wf_buf_t *buf, unsigned times, unsigned types)
{
    unsigned  i;

    wf_buf_text(buf, "TZif2");

    for (i = 0; i < 15; i++) {
        wf_buf_byte(buf, 0);
    }

    tz_put(buf, 0, 12);
    tz_put(buf, times, 4);
    tz_put(buf, types, 4);
    tz_put(buf, 4, 4);
}


static inline void
tz_types(wf_buf_t *buf, const tz_case_t *of)
{
    unsigned  i;

    for (i = 0; i < of->type_count; i++) {
        tz_put(buf, (uint32_t) of->types[i], 4);
        tz_put(buf, 0, 2);
    }

    wf_buf_append(buf, "XXX", 4);
}


static inline wf_str_t
tz_bytes(wf_arena_t *arena, const tz_case_t *of)
{
    unsigned  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);

    tz_header(&buf, 0, 1);
    tz_put(&buf, 0, 6);
    wf_buf_append(&buf, "XXX", 4);

    tz_header(&buf, of->change_count, of->type_count);

    for (i = 0; i < of->change_count; i++) {
        tz_put(&buf, (uint64_t) of->changes[i].at, 8);
    }

    for (i = 0; i < of->change_count; i++) {
        wf_buf_byte(&buf, of->changes[i].type);
    }

    tz_types(&buf, of);

    wf_buf_byte(&buf, '\n');
    wf_buf_str(&buf, wf_str_of(of->footer));
    wf_buf_byte(&buf, '\n');

    return wf_buf_done(&buf);
}


/* A zone that is a rule alone; NULL: UTC. */
static inline const wf_tz_t *
tz_of_rule(wf_arena_t *arena, const char *footer)
{
    tz_case_t       of;
    wf_error_t      err;
    const int32_t   utc = 0;
    const wf_tz_t  *tz;

    if (footer == NULL) {
        return NULL;
    }

    tz = NULL;
    of = (tz_case_t) { &utc, 1, NULL, 0, footer };
    CHECK(wf_tz_parse(arena, tz_bytes(arena, &of), &tz, &err) == WF_OK);

    return tz;
}


#endif /* WF_TZ_CASE_H */
