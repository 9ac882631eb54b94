
/*
 * What an operator grants: how much, and for how long.
 */

#ifndef WF_QUOTA_H
#define WF_QUOTA_H


#include "base/base.h"


/* How long executions are kept that are over. */
typedef struct {
    int64_t    age_ms;          /* since their end; 0: for ever */
    int64_t    grace_ms;        /* none younger goes, however many there are:
                                   a call that started it may be repeated */
    uint64_t   count;           /* kept of a shard; 0: any number */
} wf_retention_t;

/* What an operator allows; 0: as limits.h has it. */
typedef struct {
    uint64_t   flows;           /* in the store */
    uint64_t   executions;      /* that run, in the store; 0: any number */
    uint64_t   express;         /* at a time, of a worker */
    uint64_t   map_concurrency; /* children of a map run at a time */
    uint64_t   wait_speed;      /* times that waits are shortened */
    uint64_t   domains;         /* of SWF, in the store */
    uint64_t   types;           /* of SWF, of one kind in a domain */
} wf_quota_t;


#endif /* WF_QUOTA_H */
