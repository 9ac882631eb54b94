
/*
 * The messages behind watches, as bytes.  Knows their layout, nothing else.
 */

#include "shard/notice.h"


void
wf_notice_ended(wf_buf_t *buf, const wf_record_t *record)
{
    wf_buf_byte(buf, WF_NOTICE_ENDED);

    if (record != NULL) {
        wf_record_encode(buf, record);
    }
}


wf_rc_t
wf_notice_decode(wf_str_t message, wf_record_t *record)
{
    if (message.len == 0 || message.data[0] != WF_NOTICE_ENDED) {
        return WF_ERROR;
    }

    if (message.len == 1) {
        return WF_DECLINED;
    }

    message.data++;
    message.len--;

    return wf_record_decode_whole(message, record);
}
