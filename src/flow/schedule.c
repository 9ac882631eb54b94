
/*
 * Schedules as bytes.  Owns their layout, which is on disk: the first byte is
 * its version; fields are only added at the end under a new one.
 */

#include "flow/schedule.h"


#define LAYOUT  1


void
wf_schedule_encode(wf_buf_t *buf, const wf_schedule_t *schedule)
{
    wf_put_uint(buf, LAYOUT);
    wf_put_uint(buf, schedule->flow_no);
    wf_put_u64(buf, schedule->request_key);
    wf_put_str(buf, schedule->id);
    wf_put_str(buf, schedule->name);
    wf_put_str(buf, schedule->description);
    wf_put_str(buf, schedule->payload);
    wf_put_str(buf, schedule->cron);
    wf_put_uint(buf, schedule->is_enabled);
    wf_put_int(buf, schedule->created_ms);
    wf_put_int(buf, schedule->modified_ms);
    wf_put_int(buf, schedule->anchor_ms);
    wf_put_int(buf, schedule->since_ms);
}


wf_rc_t
wf_schedule_decode(wf_str_t bytes, wf_schedule_t *schedule)
{
    uint64_t       enabled;
    wf_reader_t    reader;
    wf_schedule_t  got;

    reader = wf_reader(bytes);

    if (wf_get_uint(&reader) != LAYOUT) {
        return WF_ERROR;
    }

    got.flow_no = wf_get_uint(&reader);
    got.request_key = wf_get_u64(&reader);
    got.id = wf_get_str(&reader);
    got.name = wf_get_str(&reader);
    got.description = wf_get_str(&reader);
    got.payload = wf_get_str(&reader);
    got.cron = wf_get_str(&reader);
    enabled = wf_get_uint(&reader);
    got.is_enabled = enabled == 1;
    got.created_ms = wf_get_int(&reader);
    got.modified_ms = wf_get_int(&reader);
    got.anchor_ms = wf_get_int(&reader);
    got.since_ms = wf_get_int(&reader);

    if (!reader.ok || reader.pos != reader.end || enabled > 1
        || got.id.len != WF_SCHEDULE_ID_LEN
        || got.name.len > WF_NAME_LEN_MAX)
    {
        return WF_ERROR;
    }

    *schedule = got;

    return WF_OK;
}


void
wf_schedule_key(wf_buf_t *key, uint64_t flow_no, wf_str_t name)
{
    wf_put_key_u64(key, flow_no);
    wf_buf_str(key, name);
}
