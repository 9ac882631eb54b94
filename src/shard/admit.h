
/*
 * May a new execution start here?
 */

#ifndef WF_ADMIT_H
#define WF_ADMIT_H


#include "shard/inside.h"


/* A child that was stopped before its start came: the two may have been sent
 * by different workers. */
/* Its flow went with all others. */
bool wf_admit_is_gone(const wf_shard_t *shard, const wf_submit_t *submit);
bool wf_admit_barred(const wf_shard_t *shard, const wf_submit_t *submit);

/* The operator's limit of running executions.  Clients are held up, not what
 * runs already: sub-flows and items count, but are never refused. */
bool wf_admit_place(const wf_shard_t *shard, const wf_submit_t *submit);


#endif /* WF_ADMIT_H */
