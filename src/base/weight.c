
/*
 * Weighted choice without a random source and without floating point.
 */

#include "base/weight.h"


#define LOT_SEED  UINT64_C(0x616c696173206c6f)      /* another than shards' */


uint64_t
wf_weight_lot(uint64_t flow_no, wf_str_t name)
{
    return wf_hash(LOT_SEED ^ (flow_no * UINT64_C(0x9e3779b97f4a7c15)), name);
}


/* The lot's place in the sum of all weights: high bits, no remainder, so that
 * the shares are exact to 2^-32 and better. */
uint32_t
wf_weight_choose(uint64_t lot, const uint32_t *weights, uint32_t count)
{
    uint32_t  i;
    uint64_t  total, point;

    total = 0;

    for (i = 0; i < count; i++) {
        total += weights[i];
    }

    if (total == 0) {
        return count;
    }

    point = (uint64_t) ((unsigned __int128) lot * total >> 64);

    for (i = 0; point >= weights[i]; i++) {
        point -= weights[i];
    }

    return i;
}
