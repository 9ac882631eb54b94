
/*
 * Values inside history records: for event.c, which says what they are, and
 * for compaction, which keeps what they have in common.
 */

#ifndef WF_EVENT_VALUE_H
#define WF_EVENT_VALUE_H


#include "engine/event.h"


#define WF_COMMON_MIN  64            /* bytes of JSON */

/* May it be a member that objects have in common?  Small ones are written and
 * copied faster than they are looked for. */
static inline bool
wf_event_is_common(const wf_value_t *value)
{
    return value->type == WF_STRING
           ? value->u.string.len >= WF_COMMON_MIN
           : value->type >= WF_ARRAY && value->count > 0;
}

/* value: NULL is one, too.  Sticky failure in buf. */
void wf_event_value_put(wf_buf_t *buf, wf_codec_t *codec,
    const wf_value_t *value);

/* What was put, made of what codec remembers and of new values in arena.
 * WF_ERROR (INTERNAL): malformed, or no memory. */
wf_rc_t wf_event_value_get(wf_arena_t *arena, wf_reader_t *reader,
    wf_codec_t *codec, const wf_value_t **value, wf_error_t *err);


#endif /* WF_EVENT_VALUE_H */
