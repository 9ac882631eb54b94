
/*
 * Messages that port->reply() carries to a ticket.  The first byte is the
 * kind; those of actions start at WF_NOTICE_ACTIONS.
 */

#ifndef WF_NOTICE_H
#define WF_NOTICE_H


#include "engine/record.h"


#define WF_NOTICE_ENDED    0x01     /* a watched execution is over */
#define WF_NOTICE_ACTIONS  0x10     /* this and above: not the shard's */


/*
 * ENDED is followed by wf_record_encode() bytes of the final record.  record
 * NULL: nothing follows; the watched one is not running and its record is not
 * at hand: index or store know more.
 */
void wf_notice_ended(wf_buf_t *buf, const wf_record_t *record);

/* WF_OK; WF_DECLINED: nothing follows the kind; WF_ERROR: malformed, or not
 * ENDED.  Strings point into message. */
wf_rc_t wf_notice_decode(wf_str_t message, wf_record_t *record);


#endif /* WF_NOTICE_H */
