
/*
 * A choice by weight that comes out the same whenever it is made again: an
 * alias sends some of the executions of a flow to one version, the others to
 * another.
 */

#ifndef WF_WEIGHT_H
#define WF_WEIGHT_H


#include "base/base.h"


/*
 * The lot of an execution.  Independent of its shard, so that each shard sees
 * the same shares.  Never change it: a start that is repeated must find the
 * version that it found before.
 */
uint64_t wf_weight_lot(uint64_t flow_no, wf_str_t name);

/* Which of them; count: none, the weights are all 0. */
uint32_t wf_weight_choose(uint64_t lot, const uint32_t *weights,
    uint32_t count);


#endif /* WF_WEIGHT_H */
