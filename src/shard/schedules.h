
/*
 * Schedules as the owner of the catalogue knows them.  schedules.c decides
 * about their writes, fires.c about their times.  Nobody outside this room
 * includes this.
 *
 *   written ---> durable ---> waits in the heap for due_ms ---> task away
 *                                     ^                             |
 *                                     +--- the next time, when -----+
 *                                          the start is answered
 *
 * A due time is nothing but a number: the execution that it starts has a name
 * made of the schedule's id and that number, so nothing is written when one
 * fires, and who fires it again finds the execution there.
 */

#ifndef WF_SCHEDULES_H
#define WF_SCHEDULES_H


#include "base/cron.h"
#include "base/heap.h"
#include "flow/schedule.h"
#include "shard/port.h"
#include "shard/task.h"
#include "shard/zones.h"


typedef struct wf_schedule_entry_s  wf_schedule_entry_t;

struct wf_schedule_entry_s {
    wf_heap_node_t         node;        /* first: when to look at it */
    wf_schedule_entry_t   *next;        /* of the same flow */
    wf_schedule_entry_t   *next_fresh;
    wf_schedule_entry_t   *next_away;
    wf_schedule_entry_t  **prev_away;
    wf_shard_t            *shard;
    struct wf_flow_entry_s  *flow;
    uint64_t               key;         /* of the last write */
    wf_cron_t              cron;        /* its zone's text is not kept */
    const wf_zone_t       *zone;        /* NULL: UTC */
    int64_t                anchor_ms;
    int64_t                since_ms;
    int64_t                due_ms;      /* the next time; 0: none */
    const void            *batch;       /* that makes the last write durable;
                                           NULL: it is */
    wf_task_t             *task;        /* the start of due_ms, away; or NULL */
    bool                   is_enabled;
    bool                   is_owed;     /* due_ms was tried, and is not
                                           answered: not to be dropped */
    bool                   has_failed;  /* it was said */
    uint8_t                id[WF_SCHEDULE_ID_LEN];
    wf_str_t               name;        /* behind */
};

typedef struct {
    wf_heap_t              due;
    wf_schedule_entry_t   *fresh;       /* written, not durable */
    wf_schedule_entry_t   *away;        /* their tasks are */
    wf_zones_t            *zones;       /* NULL: not shard 0 */
    uint32_t               away_count;
} wf_schedules_t;


/*
 * fires.c
 */

void wf_schedules_init(wf_shard_t *shard);
void wf_schedules_free(wf_shard_t *shard);
/* Nothing fires any more; what is away is of no interest. */
void wf_schedules_stop(wf_shard_t *shard);
/* Durable. */
void wf_schedules_release(wf_shard_t *shard, const wf_batch_t *batch);
/* Those that are due. */
void wf_schedules_fire(wf_shard_t *shard);
int64_t wf_schedules_due_ms(const wf_shard_t *shard);      /* 0: never */


#endif /* WF_SCHEDULES_H */
