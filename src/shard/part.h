
/*
 * What submits carry besides their own fields, by their types.
 */

#ifndef WF_PART_H
#define WF_PART_H


#include "shard/submit.h"


/* What a submit carries besides its own fields. */
typedef enum {
    WF_PART_NONE = 0,
    WF_PART_FLOW,
    WF_PART_VERSION,
    WF_PART_ALIAS,
    WF_PART_SCHEDULE,
    WF_PART_NOTE,
    WF_PART_ENDED,
    WF_PART_END
} wf_submit_part_t;

static inline wf_submit_part_t
wf_submit_part(uint8_t type)
{
    static const uint8_t  parts[WF_SUBMIT_END] = {
        [WF_SUBMIT_FLOW_CREATE]     = WF_PART_FLOW,
        [WF_SUBMIT_FLOW_UPDATE]     = WF_PART_FLOW,
        [WF_SUBMIT_FLOW_DELETE]     = WF_PART_FLOW,
        [WF_SUBMIT_VERSION_PUBLISH] = WF_PART_VERSION,
        [WF_SUBMIT_VERSION_DELETE]  = WF_PART_VERSION,
        [WF_SUBMIT_ALIAS_CREATE]    = WF_PART_ALIAS,
        [WF_SUBMIT_ALIAS_UPDATE]    = WF_PART_ALIAS,
        [WF_SUBMIT_ALIAS_DELETE]    = WF_PART_ALIAS,
        [WF_SUBMIT_SCHEDULE_CREATE] = WF_PART_SCHEDULE,
        [WF_SUBMIT_SCHEDULE_UPDATE] = WF_PART_SCHEDULE,
        [WF_SUBMIT_SCHEDULE_DELETE] = WF_PART_SCHEDULE,
        [WF_SUBMIT_NOTE_PUT]        = WF_PART_NOTE,
        [WF_SUBMIT_NOTE_ERASE]      = WF_PART_NOTE,
        [WF_SUBMIT_KEEP]            = WF_PART_ENDED
    };

    return type < WF_SUBMIT_END ? parts[type] : WF_PART_NONE;
}


#endif /* WF_PART_H */
