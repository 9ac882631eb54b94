
/*
 * Calls that are away, and what ends leave to be said: the part of inside.h
 * that has to do with the world beyond.
 */

#ifndef WF_TASKS_H
#define WF_TASKS_H


#include "shard/inside.h"


/* tasks.c */
/* Durable: the calls of unit are made, those it gave up are dropped. */
void wf_tasks_release(wf_shard_t *shard, wf_unit_t *unit);
/* Makes the calls again that it owes, but for those that are away or not
 * durable.  WF_ERROR: no memory, or its history is not its definition's. */
wf_rc_t wf_tasks_resume(wf_shard_t *shard, wf_live_t *live, wf_error_t *err);
/* Results that came while it was not to be stepped. */
void wf_tasks_results(wf_shard_t *shard, wf_live_t *live);
/* Nobody waits for any of its calls. */
void wf_tasks_drop(wf_loaded_t *loaded);
/* The call is not the execution's any more.  NULL: it is not away. */
wf_task_t *wf_tasks_take(wf_shard_t *shard, uint64_t exec_no, uint64_t no);
/* $context.task.token and its kind: wf_identity_t; data: wf_loaded_t. */
wf_str_t wf_tasks_token(void *data, uint64_t task, wf_arena_t *arena);

/* Is there such an activity?  The same. */
wf_rc_t wf_tasks_activity(void *data, wf_str_t arn);

/* outbox.c: whom its end is to be told; empty: nobody. */
wf_str_t wf_outbox_token(const wf_record_t *record);
/* Into the open batch.  WF_ERROR: no memory. */
wf_rc_t wf_outbox_report(wf_shard_t *shard, wf_loaded_t *loaded);
wf_rc_t wf_outbox_stop(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect);
wf_rc_t wf_outbox_message(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect);
/* Durable: the parcels of a batch.  One that shall stop a child whose call is
 * still away waits for that. */
void wf_outbox_release(wf_shard_t *shard, wf_parcel_t *parcels);
void wf_outbox_deliver(wf_shard_t *shard);
/* When there is something to be delivered again; 0: never. */
int64_t wf_outbox_due_ms(const wf_shard_t *shard);
void wf_outbox_adopt(wf_shard_t *shard, wf_parcel_t *parcels);


#endif /* WF_TASKS_H */
