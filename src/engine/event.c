
/*
 * History records on disk: one event after the other inside a sealed chunk.
 * Owns the bytes, never an event's meaning; apply.c knows that.
 *
 *   event   type, flags, [time delta], [cause], fields in their row's order;
 *           the type's high bit: shown where its row hides it, or the reverse
 *   value   see event_value.c
 *   chunk   version, event count, length, events, CRC-32 of all before it
 *
 * seq, event_id and (nearly always) the cause are not written: they follow.
 */

#include "base/digest.h"
#include "engine/event_value.h"


#define CHUNK_VERSION  1

#define TIME_MS_MAX    253402300799999      /* the end of year 9999 */

/* Flags of an event. */
#define HAS_TIME    0x01        /* later than the event before */
#define HAS_CAUSE   0x02        /* not the visible event before */
#define HAS_BRANCH  0x04        /* not the first branch */
#define HAS_SCOPE   0x08        /* not the flow's scope is run */
#define IS_ASL      0x10        /* the Amazon States Language */
#define ALL_FLAGS   0x1f

/* Of the type. */
#define IS_OTHERWISE  0x80      /* not shown as its row says */

typedef struct {
    const char  *name;          /* of the event type */
    const char  *rpc;
    const char  *fields;
} event_row_t;

/* Where a field of events.def stands in wf_event_t. */
typedef struct {
    char     letter;
    uint8_t  kind;              /* index into encoders and decoders */
    size_t   offset;
} event_field_t;

/* What a decode works on; passed to the field functions whole. */
typedef struct {
    wf_arena_t   *arena;
    wf_reader_t  *reader;
    wf_codec_t   *codec;
    wf_error_t   *err;
} decoder_t;


static void put_node(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field);
static void put_number(wf_buf_t *buf, wf_codec_t *codec,
    const wf_event_t *event, const void *field);
static void put_task(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field);
static void put_flagged(wf_buf_t *buf, wf_codec_t *codec,
    const wf_event_t *event, const void *field);
static void put_time(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field);
static void put_value(wf_buf_t *buf, wf_codec_t *codec,
    const wf_event_t *event, const void *field);
static void put_string(wf_buf_t *buf, wf_codec_t *codec,
    const wf_event_t *event, const void *field);
static wf_rc_t get_node(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_number(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_task(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_flagged(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_time(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_value(decoder_t *decoder, wf_event_t *event, void *field);
static wf_rc_t get_string(decoder_t *decoder, wf_event_t *event, void *field);


const wf_value_t  wf_event_empty = { .type = WF_OBJECT };


static const event_row_t  event_rows[WF_EVENT_END] = {
#define EVENT(symbol, number, apply, rpc, fields)                             \
    [number] = { #symbol, rpc, fields },
#include "engine/events.def"
#undef EVENT
};


enum {
    KIND_NODE = 0,
    KIND_NUMBER,
    KIND_TASK,
    KIND_FLAGGED,               /* there when its flag is */
    KIND_TIME,
    KIND_VALUE,
    KIND_STRING
};

static void (*const encoders[])(wf_buf_t *buf, wf_codec_t *codec,
    const wf_event_t *event, const void *field) =
{
    [KIND_NODE] = put_node,
    [KIND_NUMBER] = put_number,
    [KIND_TASK] = put_task,
    [KIND_FLAGGED] = put_flagged,
    [KIND_TIME] = put_time,
    [KIND_VALUE] = put_value,
    [KIND_STRING] = put_string
};

static wf_rc_t (*const decoders[])(decoder_t *decoder, wf_event_t *event,
    void *field) =
{
    [KIND_NODE] = get_node,
    [KIND_NUMBER] = get_number,
    [KIND_TASK] = get_task,
    [KIND_FLAGGED] = get_flagged,
    [KIND_TIME] = get_time,
    [KIND_VALUE] = get_value,
    [KIND_STRING] = get_string
};


#define FIELD(letter, kind, member)                                           \
    [letter - 'A'] = { letter, kind, offsetof(wf_event_t, member) }

static const event_field_t  event_fields[26] = {
    FIELD('A', KIND_NODE, after),
    FIELD('B', KIND_FLAGGED, branch),
    FIELD('C', KIND_STRING, error_cause),
    FIELD('E', KIND_STRING, error),
    FIELD('G', KIND_VALUE, globals),
    FIELD('I', KIND_VALUE, input),
    FIELD('K', KIND_NUMBER, index),
    FIELD('L', KIND_VALUE, local),
    FIELD('N', KIND_NODE, node),
    FIELD('O', KIND_VALUE, output),
    FIELD('P', KIND_NUMBER, parent),
    FIELD('Q', KIND_TASK, task),
    FIELD('S', KIND_NODE, scope),
    FIELD('T', KIND_TIME, due_ms),
    FIELD('W', KIND_NUMBER, width),
    FIELD('X', KIND_NODE, next),
    FIELD('Z', KIND_FLAGGED, scope)
};


static const event_row_t *
event_row(uint8_t type)
{
    return type < WF_EVENT_END && event_rows[type].name ? &event_rows[type]
                                                        : NULL;
}


const char *
wf_event_rpc_name(uint8_t type)
{
    const event_row_t  *row;

    row = event_row(type);

    return row ? row->rpc : "";
}


const char *
wf_event_fields(uint8_t type)
{
    const event_row_t  *row;

    row = event_row(type);

    return row ? row->fields : "";
}


static void
put_node(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) codec;
    (void) event;

    /* WF_NONE becomes 0 and takes one byte */
    wf_put_uint(buf, (uint32_t) (*(const uint32_t *) field + 1));
}


static void
put_number(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) codec;
    (void) event;

    wf_put_uint(buf, *(const uint32_t *) field);
}


static void
put_task(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) codec;
    (void) event;

    wf_put_uint(buf, *(const uint64_t *) field);
}


static void
put_flagged(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    if (*(const uint32_t *) field != 0) {
        put_number(buf, codec, event, field);
    }
}


static void
put_time(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) codec;

    wf_put_int(buf, *(const int64_t *) field - event->time_ms);
}


static void
put_value(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) event;

    wf_event_value_put(buf, codec, *(const wf_value_t *const *) field);
}


static void
put_string(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event,
    const void *field)
{
    (void) codec;
    (void) event;

    wf_put_str(buf, *(const wf_str_t *) field);
}


void
wf_event_encode(wf_buf_t *buf, wf_codec_t *codec, const wf_event_t *event)
{
    bool                  is_shown;
    uint8_t               flags;
    const char           *letter;
    const event_row_t    *row;
    const event_field_t  *field;

    row = event_row(event->type);

    wf_assert(row != NULL);
    wf_assert(event->seq == codec->seq + 1);
    wf_assert(event->event_id == 0
              || event->event_id == codec->event_id + 1);
    wf_assert(event->time_ms >= codec->time_ms);
    wf_assert(event->time_ms <= TIME_MS_MAX);
    wf_assert(event->cause_id <= codec->event_id);

    flags = event->time_ms != codec->time_ms ? HAS_TIME : 0;
    flags |= event->cause_id != codec->event_id ? HAS_CAUSE : 0;
    flags |= event->branch != 0 ? HAS_BRANCH : 0;
    flags |= event->type == WF_EVENT_EXECUTION_STARTED && event->scope != 0
             ? HAS_SCOPE : 0;
    flags |= event->is_asl ? IS_ASL : 0;

    is_shown = row->rpc[0] != '\0';
    wf_buf_byte(buf, (uint8_t) (event->type
                                | (is_shown != (event->event_id != 0)
                                   ? IS_OTHERWISE : 0)));
    wf_buf_byte(buf, flags);

    if (flags & HAS_TIME) {
        wf_put_uint(buf, (uint64_t) event->time_ms - (uint64_t) codec->time_ms);
    }

    if (flags & HAS_CAUSE) {
        wf_put_uint(buf, event->cause_id);
    }

    for (letter = row->fields; *letter; letter++) {
        field = &event_fields[*letter - 'A'];
        encoders[field->kind](buf, codec, event,
                              (const uint8_t *) event + field->offset);
    }

    codec->seq = event->seq;
    codec->event_id += event->event_id != 0;
    codec->time_ms = event->time_ms;
}


static wf_rc_t
malformed(wf_error_t *err, const char *what)
{
    wf_error_set(err, WF_E_INTERNAL, "corrupt history: %s", what);

    return WF_ERROR;
}


static wf_rc_t
get_node(decoder_t *decoder, wf_event_t *event, void *field)
{
    uint64_t  number;

    (void) event;

    number = wf_get_uint(decoder->reader);

    if (number > UINT32_MAX) {
        return malformed(decoder->err, "node number");
    }

    *(uint32_t *) field = (uint32_t) number - 1;

    return WF_OK;
}


static wf_rc_t
get_number(decoder_t *decoder, wf_event_t *event, void *field)
{
    uint64_t  number;

    (void) event;

    number = wf_get_uint(decoder->reader);

    if (number > UINT32_MAX) {
        return malformed(decoder->err, "number");
    }

    *(uint32_t *) field = (uint32_t) number;

    return WF_OK;
}


static wf_rc_t
get_task(decoder_t *decoder, wf_event_t *event, void *field)
{
    (void) event;

    *(uint64_t *) field = wf_get_uint(decoder->reader);

    return WF_OK;
}


/* The field holds the flag until its number is read. */
static wf_rc_t
get_flagged(decoder_t *decoder, wf_event_t *event, void *field)
{
    if (*(uint32_t *) field == 0) {
        return WF_OK;
    }

    if (get_number(decoder, event, field) != WF_OK) {
        return WF_ERROR;
    }

    return *(uint32_t *) field != 0
           ? WF_OK : malformed(decoder->err, "flagged number");
}


static wf_rc_t
get_time(decoder_t *decoder, wf_event_t *event, void *field)
{
    uint64_t  time_ms;

    time_ms = (uint64_t) event->time_ms
              + (uint64_t) wf_get_int(decoder->reader);

    if (time_ms > INT64_MAX) {
        return malformed(decoder->err, "due time");
    }

    *(int64_t *) field = (int64_t) time_ms;

    return WF_OK;
}


static wf_rc_t
get_value(decoder_t *decoder, wf_event_t *event, void *field)
{
    (void) event;

    return wf_event_value_get(decoder->arena, decoder->reader, decoder->codec,
                              field, decoder->err);
}


static wf_rc_t
get_string(decoder_t *decoder, wf_event_t *event, void *field)
{
    (void) event;

    *(wf_str_t *) field = wf_get_str(decoder->reader);

    return WF_OK;
}


/* Type, flags and what follows from them and from the codec. */
static wf_rc_t
get_head(decoder_t *decoder, wf_event_t *event)
{
    bool                is_shown;
    uint8_t             flags;
    uint64_t            delta;
    wf_codec_t         *codec;
    wf_reader_t        *reader;
    const event_row_t  *row;

    codec = decoder->codec;
    reader = decoder->reader;

    if (!reader->ok || reader->end - reader->pos < 2) {
        return malformed(decoder->err, "event cut off");
    }

    is_shown = (*reader->pos & IS_OTHERWISE) == 0;
    event->type = *reader->pos++ & (uint8_t) ~IS_OTHERWISE;
    flags = *reader->pos++;
    row = event_row(event->type);

    if (row == NULL) {
        return malformed(decoder->err, "event type");
    }

    if (flags & ~ALL_FLAGS
        || (flags & HAS_BRANCH && strchr(row->fields, 'B') == NULL)
        || (flags & (HAS_SCOPE | IS_ASL)
            && strchr(row->fields, 'Z') == NULL))
    {
        return malformed(decoder->err, "event flags");
    }

    is_shown = is_shown == (row->rpc[0] != '\0');

    delta = flags & HAS_TIME ? wf_get_uint(reader) : 0;
    event->cause_id = flags & HAS_CAUSE ? wf_get_uint(reader)
                                        : codec->event_id;

    if (delta > (uint64_t) (TIME_MS_MAX - codec->time_ms)
        || event->cause_id > codec->event_id)
    {
        return malformed(decoder->err, "event time or cause");
    }

    event->seq = codec->seq + 1;
    event->event_id = is_shown ? codec->event_id + 1 : 0;
    event->is_asl = (flags & IS_ASL) != 0;
    event->time_ms = codec->time_ms + (int64_t) delta;
    event->branch = (flags & HAS_BRANCH) != 0;
    event->scope = (flags & HAS_SCOPE) != 0;

    return WF_OK;
}


wf_rc_t
wf_event_decode(wf_arena_t *arena, wf_reader_t *reader, wf_codec_t *codec,
    wf_event_t *event, wf_error_t *err)
{
    decoder_t             decoder;
    wf_event_t            got;
    const char           *letter;
    const event_field_t  *field;

    decoder = (decoder_t) { arena, reader, codec, err };
    got = (wf_event_t) { 0 };

    if (get_head(&decoder, &got) != WF_OK) {
        return WF_ERROR;
    }

    for (letter = event_rows[got.type].fields; *letter; letter++) {
        field = &event_fields[*letter - 'A'];

        if (decoders[field->kind](&decoder, &got,
                                  (uint8_t *) &got + field->offset)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    if (!reader->ok) {
        return malformed(err, "event cut off");
    }

    codec->seq = got.seq;
    codec->event_id += got.event_id != 0;
    codec->time_ms = got.time_ms;
    *event = got;

    return WF_OK;
}


void
wf_chunk_seal(wf_buf_t *out, wf_str_t events, uint32_t count)
{
    size_t    start;
    unsigned  shift;
    uint32_t  crc;

    start = out->len;

    wf_buf_reserve(out, events.len + 32);
    wf_buf_byte(out, CHUNK_VERSION);
    wf_put_uint(out, count);
    wf_put_str(out, events);

    if (out->failed) {
        return;
    }

    crc = wf_crc32((wf_str_t) { out->len - start, out->data + start });

    for (shift = 0; shift < 32; shift += 8) {
        wf_buf_byte(out, (uint8_t) (crc >> shift));
    }
}


wf_rc_t
wf_chunk_open(wf_str_t bytes, wf_reader_t *events, uint32_t *count,
    wf_error_t *err)
{
    uint32_t        crc;
    uint64_t        number;
    wf_str_t        body;
    wf_reader_t     reader;
    const uint8_t  *tail;

    if (bytes.len < 1 + 1 + 1 + sizeof(crc)) {
        return malformed(err, "chunk cut off");
    }

    if (bytes.data[0] != CHUNK_VERSION) {
        return malformed(err, "chunk version");
    }

    bytes.len -= sizeof(crc);
    tail = bytes.data + bytes.len;
    crc = (uint32_t) tail[0] | (uint32_t) tail[1] << 8
          | (uint32_t) tail[2] << 16 | (uint32_t) tail[3] << 24;

    if (crc != wf_crc32(bytes)) {
        return malformed(err, "chunk checksum");
    }

    reader = wf_reader((wf_str_t) { bytes.len - 1, bytes.data + 1 });
    number = wf_get_uint(&reader);
    body = wf_get_str(&reader);

    if (!reader.ok || reader.pos != reader.end || number > UINT32_MAX) {
        return malformed(err, "chunk header");
    }

    *count = (uint32_t) number;
    *events = wf_reader(body);

    return WF_OK;
}
