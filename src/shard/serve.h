
/*
 * What start.c's table of submits has of other files: by the phase in which
 * an execution is.
 */

#ifndef WF_SERVE_H
#define WF_SERVE_H


#include "shard/inside.h"


/* keep.c, report.c */
void wf_keep_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_keep_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_keep_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_keep_taken(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_report_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_report_running(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
void wf_report_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_map_run_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_map_run_running(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
void wf_map_run_late(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);


#endif /* WF_SERVE_H */
