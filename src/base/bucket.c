
/*
 * Token buckets as a generic cell rate algorithm: the word is the time, in
 * nanoseconds, at which the bucket will be full again.
 */

#include "base/bucket.h"


#define SECOND_NS  UINT64_C(1000000000)
#define MS_NS      UINT64_C(1000000)
#define NOW_MAX    INT64_C(9000000000000)       /* 2255; fits as ns */


bool
wf_bucket_take(const wf_bucket_t *bucket, uint64_t old, int64_t now_ms,
    uint64_t *new, uint64_t *wait_ms)
{
    uint64_t  now, full, each, all;

    wf_assert(bucket->size > 0 && bucket->size <= WF_BUCKET_SIZE_MAX
              && bucket->per_second > 0
              && bucket->per_second <= WF_BUCKET_RATE_MAX);

    now = (uint64_t) wf_min(wf_max(now_ms, 0), NOW_MAX) * MS_NS;
    each = SECOND_NS / bucket->per_second;
    all = each * bucket->size;

    /* A clock that was set back must not close the bucket for long. */

    full = wf_min(wf_max(old, now), now + all) + each;

    if (full > now + all) {
        *wait_ms = (full - now - all + MS_NS - 1) / MS_NS;
        return false;
    }

    *new = full;

    return true;
}
