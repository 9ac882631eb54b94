
/*
 * Submits for executions, from inside the shard: what start.c shares, and the
 * rows of its table that stand in other files.
 */

#ifndef WF_SERVE_H
#define WF_SERVE_H


#include "shard/inside.h"


/* start.c */
void wf_start_submit(wf_shard_t *shard, wf_submit_t *submit);
/* Serves who waits, if the phase allows; then lets go of what is idle. */
void wf_start_serve(wf_shard_t *shard, wf_live_t *live);
/* Fails everybody who waits. */
void wf_start_fail(wf_shard_t *shard, wf_live_t *live, const wf_error_t *err);
/* Let it be loaded, then serve submit. */
void wf_start_wait(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_start_wait_load(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
/* begin.c: the record, identity and input of a new one; its first step.
 * WF_ERROR of the latter: the shard cannot go on. */
wf_rc_t wf_start_build(wf_loaded_t *loaded, const wf_submit_t *submit,
    const wf_value_t **value, wf_error_t *err);
wf_rc_t wf_start_step(wf_shard_t *shard, wf_live_t *live,
    const wf_submit_t *submit, const wf_value_t *value);

/* stop.c, redrive.c, keep.c, report.c */
void wf_stop_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_stop_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_stop_running(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_stop_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_redrive_fresh(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_redrive_ended(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
void wf_redrive_running(wf_shard_t *shard, wf_live_t *live,
    wf_submit_t *submit);
void wf_redrive_over(wf_shard_t *shard, wf_live_t *live, wf_submit_t *submit);
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
