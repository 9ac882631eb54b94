
/*
 * Execution records as bytes.  Owns their layout; knows no event and no
 * value: texts stay texts.  A version opens each blob, so that fields can be
 * added behind the ones that are there.
 */

#include "base/limits.h"
#include "engine/record.h"


/* 1: no depth, no root_scope; 2: no version */
#define HEAD_VERSION  3
#define TAIL_VERSION  2           /* 1: no event_id, never redriven */

#define REDRIVE_LEN   16            /* key and time of one */


void
wf_record_encode_head(wf_buf_t *buf, const wf_record_t *record)
{
    wf_buf_byte(buf, HEAD_VERSION);
    wf_put_uint(buf, record->flow_no);
    wf_put_uint(buf, record->revision);
    wf_put_u64(buf, record->start_key);
    wf_put_str(buf, record->name);
    wf_put_str(buf, record->input);
    wf_put_str(buf, record->callback_token);
    wf_put_str(buf, record->qualifier);
    wf_put_int(buf, record->started_ms);
    wf_put_uint(buf, record->depth);
    wf_put_uint(buf, record->root_scope);
    wf_put_uint(buf, record->version);
}


void
wf_record_encode_tail(wf_buf_t *buf, const wf_record_t *record)
{
    wf_buf_byte(buf, TAIL_VERSION);
    wf_buf_byte(buf, record->status);
    wf_put_int(buf, record->stopped_ms);
    wf_put_u64(buf, record->stop_key);
    wf_put_str(buf, record->output);
    wf_put_str(buf, record->error);
    wf_put_str(buf, record->cause);
    wf_put_uint(buf, record->event_id);
    wf_put_uint(buf, record->redrive_count);

    if (record->redrive_count > 0) {
        wf_put_int(buf, record->redriven_ms);
        wf_put_str(buf, record->redrive_token);
        wf_put_str(buf, record->redrives);
    }
}


static uint8_t
get_byte(wf_reader_t *reader)
{
    if (!reader->ok || reader->pos == reader->end) {
        reader->ok = false;
        return 0;
    }

    return *reader->pos++;
}


static void
get_head(wf_reader_t *reader, wf_record_t *record)
{
    uint8_t  version;

    version = get_byte(reader);

    if (version == 0 || version > HEAD_VERSION) {
        reader->ok = false;
        return;
    }

    record->flow_no = wf_get_uint(reader);
    record->revision = wf_get_uint(reader);
    record->start_key = wf_get_u64(reader);
    record->name = wf_get_str(reader);
    record->input = wf_get_str(reader);
    record->callback_token = wf_get_str(reader);
    record->qualifier = wf_get_str(reader);
    record->started_ms = wf_get_int(reader);

    if (version > 1) {
        record->depth = (uint32_t) wf_get_uint(reader);
        record->root_scope = (uint32_t) wf_get_uint(reader);
    }

    if (version > 2) {
        record->version = wf_get_uint(reader);
    }
}


static void
get_redrives(wf_reader_t *reader, wf_record_t *record)
{
    record->event_id = wf_get_uint(reader);
    record->redrive_count = (uint32_t) wf_get_uint(reader);

    if (record->redrive_count > 0) {
        record->redriven_ms = wf_get_int(reader);
        record->redrive_token = wf_get_str(reader);
        record->redrives = wf_get_str(reader);

        if (record->redrives.len == 0
            || record->redrives.len % REDRIVE_LEN != 0)
        {
            reader->ok = false;
        }
    }
}


static void
get_tail(wf_reader_t *reader, wf_record_t *record)
{
    uint8_t  version;

    version = get_byte(reader);

    if (version == 0 || version > TAIL_VERSION) {
        reader->ok = false;
        return;
    }

    record->status = get_byte(reader);
    record->stopped_ms = wf_get_int(reader);
    record->stop_key = wf_get_u64(reader);
    record->output = wf_get_str(reader);
    record->error = wf_get_str(reader);
    record->cause = wf_get_str(reader);

    if (version > 1) {
        get_redrives(reader, record);
    }

    if (record->status < WF_STATUS_RUNNING
        || record->status > WF_STATUS_CONTINUED)
    {
        reader->ok = false;
    }
}


/* Read to its end and without fault? */
static bool
is_whole(const wf_reader_t *reader)
{
    return reader->ok && reader->pos == reader->end;
}


wf_rc_t
wf_record_decode(wf_str_t head, wf_str_t tail, wf_record_t *record)
{
    wf_record_t  got;
    wf_reader_t  reader;

    got = (wf_record_t) { .status = WF_STATUS_RUNNING };
    reader = wf_reader(head);
    get_head(&reader, &got);

    if (!is_whole(&reader)) {
        return WF_ERROR;
    }

    if (tail.len != 0) {
        reader = wf_reader(tail);
        get_tail(&reader, &got);

        if (!is_whole(&reader)) {
            return WF_ERROR;
        }
    }

    *record = got;

    return WF_OK;
}


void
wf_record_encode(wf_buf_t *buf, const wf_record_t *record)
{
    wf_record_encode_head(buf, record);
    wf_record_encode_tail(buf, record);
}


wf_rc_t
wf_record_decode_whole(wf_str_t bytes, wf_record_t *record)
{
    wf_record_t  got;
    wf_reader_t  reader;

    got = (wf_record_t) { 0 };
    reader = wf_reader(bytes);
    get_head(&reader, &got);
    get_tail(&reader, &got);

    if (!is_whole(&reader)) {
        return WF_ERROR;
    }

    *record = got;

    return WF_OK;
}


/*
 * Redrives (asl 18)
 */

wf_redrive_t
wf_record_redrive(const wf_record_t *record, int64_t now_ms)
{
    if (record->status == WF_STATUS_RUNNING) {
        return WF_REDRIVE_RUNNING;
    }

    if (record->status == WF_STATUS_SUCCEEDED) {
        return WF_REDRIVE_SUCCEEDED;
    }

    if (record->event_id + WF_REDRIVE_EVENTS > WF_EVENTS_ASL_MAX) {
        return WF_REDRIVE_FULL;
    }

    if (now_ms - record->started_ms >= (int64_t) WF_EXECUTION_MS_MAX) {
        return WF_REDRIVE_LONG;
    }

    if (now_ms - record->stopped_ms >= WF_REDRIVE_MS_MAX) {
        return WF_REDRIVE_LATE;
    }

    if (record->redrive_count >= WF_REDRIVES_MAX) {
        return WF_REDRIVE_OFTEN;
    }

    return record->root_scope ? WF_REDRIVE_BY_MAP_RUN : WF_REDRIVE_READY;
}


wf_str_t
wf_redrive_text(wf_redrive_t reason)
{
    static const wf_str_t  texts[] = {
        [WF_REDRIVE_READY] = { 0, NULL },
        [WF_REDRIVE_RUNNING] =
            wf_str_init("Execution is RUNNING and cannot be redriven"),
        [WF_REDRIVE_SUCCEEDED] =
            wf_str_init("Execution is SUCCEEDED and cannot be redriven"),
        [WF_REDRIVE_FULL] =
            wf_str_init("Execution history event limit exceeded"),
        [WF_REDRIVE_LONG] =
            wf_str_init("Execution has exceeded the max execution time"),
        [WF_REDRIVE_LATE] =
            wf_str_init("Execution redrivable period exceeded"),
        [WF_REDRIVE_OFTEN] =
            wf_str_init("Execution redrive limit exceeded"),
        [WF_REDRIVE_BY_MAP_RUN] =
            wf_str_init("Execution can only be redriven by its Map Run")
    };

    return texts[reason];
}


int64_t
wf_record_redriven(const wf_record_t *record, uint64_t key, int64_t since_ms)
{
    int64_t      time_ms;
    uint64_t     found;
    wf_reader_t  reader;

    reader = wf_reader(record->redrives);

    while (reader.ok && reader.pos != reader.end) {
        found = wf_get_u64(&reader);
        time_ms = (int64_t) wf_get_u64(&reader);

        if (reader.ok && found == key && time_ms >= since_ms) {
            return time_ms;
        }
    }

    return 0;
}


wf_rc_t
wf_record_redrive_add(wf_arena_t *arena, wf_record_t *record, uint64_t key,
    int64_t now_ms)
{
    size_t    kept;
    wf_buf_t  buf;

    kept = wf_min(record->redrives.len,
                  (WF_REDRIVES_KNOWN - 1) * REDRIVE_LEN);
    wf_buf_init(&buf, arena, REDRIVE_LEN + kept);
    wf_put_u64(&buf, key);
    wf_put_u64(&buf, (uint64_t) now_ms);
    wf_buf_append(&buf, record->redrives.data, kept);

    if (buf.failed) {
        return WF_ERROR;
    }

    record->redrives = wf_buf_done(&buf);
    record->redriven_ms = now_ms;
    record->redrive_count++;

    return WF_OK;
}


uint64_t
wf_record_key(const wf_record_t *record)
{
    wf_reader_t  reader;

    if (record->redrives.len == 0) {
        return record->start_key;
    }

    reader = wf_reader(record->redrives);

    return wf_get_u64(&reader);
}


#define DAY_MS  (24 * 60 * 60 * 1000LL)


int64_t
wf_swf_kept_ms(wf_str_t name)
{
    unsigned   i, digit;
    int64_t    days;
    wf_str_t   run;

    run = wf_swf_run(name);

    if (run.len < 2) {
        return -1;
    }

    for (days = 0, i = 2; i > 0; i--) {
        digit = run.data[run.len - i];
        digit = digit >= 'a' ? digit - 'a' + 10 : digit - '0';

        if (digit > 15) {
            return -1;
        }

        days = 16 * days + digit;
    }

    return days * DAY_MS;
}
