
/*
 * Execution records as bytes.  Owns their layout; knows no event and no
 * value: texts stay texts.  A version opens each blob, so that fields can be
 * added behind the ones that are there.
 */

#include "engine/record.h"


/* 1: no depth, no root_scope; 2: no version */
#define HEAD_VERSION  3
#define TAIL_VERSION  1


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
get_tail(wf_reader_t *reader, wf_record_t *record)
{
    if (get_byte(reader) != TAIL_VERSION) {
        reader->ok = false;
        return;
    }

    record->status = get_byte(reader);
    record->stopped_ms = wf_get_int(reader);
    record->stop_key = wf_get_u64(reader);
    record->output = wf_get_str(reader);
    record->error = wf_get_str(reader);
    record->cause = wf_get_str(reader);

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
