
/*
 * UUIDs as lower-case text (RFC 9562): random ones name things, time-ordered
 * ones name executions, so that neighbours in time are neighbours in an index.
 */

#ifndef WF_UUID_H
#define WF_UUID_H


#include "base/base.h"


#define WF_UUID_LEN  36

/* random: 16 unpredictable bytes. */
void wf_uuid_v4(const uint8_t random[16], uint8_t text[WF_UUID_LEN]);
void wf_uuid_v7(int64_t now_ms, const uint8_t random[16],
    uint8_t text[WF_UUID_LEN]);


#endif /* WF_UUID_H */
