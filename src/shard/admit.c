
/*
 * What keeps a new execution out although its name is free.  Looks only; the
 * answer is start.c's.
 */

#include "shard/admit.h"


static bool
is_child(const wf_submit_t *submit)
{
    return submit->depth > 0 || submit->root_scope != 0;
}


bool
wf_admit_is_gone(const wf_shard_t *shard, const wf_submit_t *submit)
{
    return submit->flow_no < shard->reset_no
           && (submit->type == WF_SUBMIT_START
               || submit->type == WF_SUBMIT_KEEP);
}


bool
wf_admit_barred(const wf_shard_t *shard, const wf_submit_t *submit)
{
    uint32_t  i, count;

    count = 0;

    if (is_child(submit) || submit->is_internal) {
        count = wf_min(shard->barred_count, WF_BARRED_MAX);
    }

    for (i = 0; i < count; i++) {
        if (shard->barred[i] == submit->key) {
            return true;
        }
    }

    return false;
}


bool
wf_admit_place(const wf_shard_t *shard, const wf_submit_t *submit)
{
    uint64_t  max;

    max = shard->port->quota.executions;

    return max == 0 || is_child(submit)
           || shard->port->running(shard->port) < max;
}
