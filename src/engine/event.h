
/*
 * A history record: encode and decode, checksummed chunks.  A chunk is what
 * one append adds to one execution.  Values are JSON text; a value equal (by
 * pointer) to one of the WF_EVENT_REGISTERS most recently used ones is a
 * one-byte reference, so chunks of an execution are decoded in order from the
 * first.
 */

#ifndef WF_EVENT_H
#define WF_EVENT_H


#include "base/error.h"
#include "base/pack.h"
#include "base/value.h"


typedef enum {
    WF_EVENT_NONE = 0,
#define EVENT(symbol, number, apply, rpc, fields)  WF_EVENT_##symbol = number,
#include "engine/events.def"
#undef EVENT
    WF_EVENT_END
} wf_event_type_t;

/* More of them may come, fewer never: references stand on disk. */
#define WF_EVENT_REGISTERS  8

/* One fact.  Fields that its row does not name are zero. */
typedef struct {
    uint8_t            type;        /* wf_event_type_t */
    bool               is_asl;      /* EXECUTION_STARTED: of the Amazon States
                                       Language */
    uint64_t           seq;         /* every event, from 1 */
    uint64_t           event_id;    /* visible ones, from 1; hidden: 0 */
    uint64_t           cause_id;    /* ScheduleEventId */
    int64_t            time_ms;
    uint32_t           branch;
    uint32_t           node;
    uint32_t           next;
    uint32_t           scope;
    uint32_t           after;
    uint32_t           parent;      /* branch that owns the fork */
    uint32_t           index;       /* place in a fork, retries, retrier */
    uint32_t           width;       /* branches at a time */
    uint64_t           task;
    int64_t            due_ms;
    const wf_value_t  *input;
    const wf_value_t  *local;
    const wf_value_t  *output;
    const wf_value_t  *globals;     /* members that change; NULL: none */
    wf_str_t           error;
    wf_str_t           error_cause;
} wf_event_t;

/* What encoder and decoder remember between events of one execution. */
typedef struct {
    const wf_value_t  *registers[WF_EVENT_REGISTERS];  /* latest first */
    uint64_t           seq;
    uint64_t           event_id;
    int64_t            time_ms;
} wf_codec_t;

/* {} : one for all; a byte on disk, never in a register. */
extern const wf_value_t  wf_event_empty;

/*
 * Appends one event to an open chunk; sticky failure in buf.  Of the event,
 * seq must be the codec's next one, event_id too, or 0, and time_ms not before
 * its last; values must outlive codec.
 */
void wf_event_encode(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event);

/* Seal: header (version, count, length) + events + CRC-32, as stored. */
void wf_chunk_seal(wf_buf_t *out, wf_str_t events, uint32_t count);

/* Open a stored chunk; WF_ERROR (INTERNAL): torn or altered. */
wf_rc_t wf_chunk_open(wf_str_t bytes, wf_reader_t *events, uint32_t *count,
    wf_error_t *err);

/*
 * The next event; values are parsed into arena, which must outlive codec;
 * error and cause point into the reader's bytes.  WF_ERROR (INTERNAL):
 * malformed, or no memory; the codec is then of no use.
 */
wf_rc_t wf_event_decode(wf_arena_t *arena, wf_reader_t *reader,
    wf_codec_t *codec, wf_event_t *event, wf_error_t *err);

/* Is it one of Amazon SWF (engine/swf.h)? */
static inline bool
wf_event_is_swf(uint8_t type)
{
    return type >= WF_EVENT_SWF_STARTED && type <= WF_EVENT_SWF_HEARTBEAT;
}

/* Columns of events.def; "" for a number that is none. */
const char *wf_event_rpc_name(uint8_t type);    /* "" : hidden */
const char *wf_event_fields(uint8_t type);

static inline bool
wf_event_is_final(uint8_t type)
{
    return type >= WF_EVENT_EXECUTION_SUCCEEDED
           && type <= WF_EVENT_EXECUTION_TIMED_OUT;
}


#endif /* WF_EVENT_H */
