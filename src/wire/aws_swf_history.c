
/*
 * Events of Amazon SWF as JSON.  Knows no type: the name of an event's
 * attributes follows from that of its type (swf 9).
 */

#include "wire/aws_swf_history.h"


void
wf_swf_time_print(wf_buf_t *buf, int64_t time_ms)
{
    unsigned  fraction;

    fraction = (unsigned) (time_ms % 1000);
    wf_buf_int(buf, time_ms / 1000);
    wf_buf_byte(buf, '.');
    wf_buf_byte(buf, (uint8_t) ('0' + fraction / 100));
    wf_buf_byte(buf, (uint8_t) ('0' + fraction / 10 % 10));
    wf_buf_byte(buf, (uint8_t) ('0' + fraction % 10));
}


void
wf_swf_event_print(wf_buf_t *buf, wf_str_t type, uint64_t id, int64_t time_ms,
    wf_str_t attributes)
{
    wf_assert(type.len > 0);
    wf_buf_text(buf, "{\"eventId\":");
    wf_buf_uint(buf, id);
    wf_buf_text(buf, ",\"eventType\":\"");
    wf_buf_str(buf, type);
    wf_buf_text(buf, "\",\"eventTimestamp\":");
    wf_swf_time_print(buf, time_ms);
    wf_buf_text(buf, ",\"");
    wf_buf_byte(buf, (uint8_t) (type.data[0] | 0x20));
    wf_buf_str(buf, (wf_str_t) { type.len - 1, type.data + 1 });
    wf_buf_text(buf, "EventAttributes\":");
    wf_buf_str(buf, attributes);
    wf_buf_byte(buf, '}');
}
