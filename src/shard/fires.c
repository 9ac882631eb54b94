
/*
 * The times of schedules (cloudflow-api 6.6): what each is due for next, in a
 * heap; the starts that are away, one of each schedule at most.  A start that
 * has no answer is made again until it has one.  What is more than
 * WF_SCHEDULE_GRACE_MS late when its turn comes, as after a time without an
 * owner, is dropped.  Decides nothing about who may write a schedule.
 */

#include "shard/publish.h"
#include "shard/tasks.h"


#define RETRY_MS  1000              /* after a start without an answer */

_Static_assert(sizeof(wf_schedule_entry_t) + WF_NAME_LEN_MAX <= WF_SLAB_MAX,
               "a schedule fits a slab");


static void fire_done(wf_task_t *task, const wf_task_result_t *result,
    int64_t now_ms);


void
wf_schedules_init(wf_shard_t *shard)
{
    wf_heap_init(&shard->schedules.due);
}


void
wf_schedules_free(wf_shard_t *shard)
{
    wf_schedules_stop(shard);
    wf_heap_free(&shard->schedules.due);
    wf_zones_free(shard->schedules.zones);
    shard->schedules.zones = NULL;
}


/*
 * Times
 */

/* The first time after after_ms. */
static void
advance(wf_schedule_entry_t *schedule, int64_t after_ms)
{
    const wf_zone_t  *zone;

    zone = schedule->zone;

    if (!schedule->is_enabled || (zone != NULL && zone->why != NULL)
        || wf_cron_next(&schedule->cron, zone ? zone->tz : NULL,
                        schedule->anchor_ms, after_ms, &schedule->due_ms)
           != WF_OK)
    {
        schedule->due_ms = 0;
    }
}


static void
look_at(wf_schedule_entry_t *schedule, int64_t due_ms)
{
    wf_shard_t  *shard;

    shard = schedule->shard;

    if (wf_heap_add(&shard->schedules.due, &schedule->node,
                    (uint64_t) due_ms) != WF_OK)
    {
        wf_shard_oom(shard);
    }
}


static void
await(wf_schedule_entry_t *schedule)
{
    if (schedule->due_ms != 0 && schedule->batch == NULL
        && schedule->task == NULL)
    {
        look_at(schedule, schedule->due_ms);
    }
}


static void
task_away(wf_schedule_entry_t *schedule, wf_task_t *task)
{
    wf_schedules_t  *schedules;

    schedules = &schedule->shard->schedules;
    schedule->task = task;
    schedule->next_away = schedules->away;
    schedule->prev_away = &schedules->away;
    schedules->away = schedule;
    schedules->away_count++;

    if (schedule->next_away != NULL) {
        schedule->next_away->prev_away = &schedule->next_away;
    }
}


static void
task_back(wf_schedule_entry_t *schedule)
{
    schedule->task = NULL;
    schedule->shard->schedules.away_count--;
    *schedule->prev_away = schedule->next_away;

    if (schedule->next_away != NULL) {
        schedule->next_away->prev_away = schedule->prev_away;
    }
}


static void
task_drop(wf_schedule_entry_t *schedule)
{
    wf_task_t  *task;

    task = schedule->task;
    schedule->is_owed = false;

    if (task != NULL) {
        task_back(schedule);
        wf_task_drop(task);
    }
}


void
wf_schedule_reset(wf_shard_t *shard, wf_schedule_entry_t *schedule,
    int64_t after_ms)
{
    wf_heap_remove(&shard->schedules.due, &schedule->node);
    task_drop(schedule);
    advance(schedule, after_ms);
}


/*
 * Coming and going
 */

wf_schedule_entry_t *
wf_schedule_find(const wf_flow_entry_t *entry, wf_str_t name)
{
    wf_schedule_entry_t  *schedule;

    for (schedule = entry->schedules; schedule; schedule = schedule->next) {
        if (wf_str_eq(schedule->name, name)) {
            break;
        }
    }

    return schedule;
}


wf_schedule_entry_t *
wf_schedule_add(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_schedule_t *from)
{
    wf_schedule_entry_t  *schedule;

    wf_assert(from->id.len == WF_SCHEDULE_ID_LEN);

    schedule = wf_slab_alloc(&shard->flow_slab, sizeof(wf_schedule_entry_t)
                                                + from->name.len);
    if (schedule == NULL) {
        return NULL;
    }

    memcpy(schedule + 1, from->name.data, from->name.len);
    memcpy(schedule->id, from->id.data, WF_SCHEDULE_ID_LEN);
    schedule->name = (wf_str_t) { from->name.len,
                                  (const uint8_t *) (schedule + 1) };
    schedule->shard = shard;
    schedule->flow = entry;
    schedule->next = entry->schedules;
    entry->schedules = schedule;
    entry->schedule_count++;

    return schedule;
}


static void
fresh_remove(wf_shard_t *shard, wf_schedule_entry_t *schedule)
{
    wf_schedule_entry_t  **at;

    for (at = &shard->schedules.fresh; *at != schedule;
         at = &(*at)->next_fresh)
    {
        /* void */
    }

    *at = schedule->next_fresh;
    schedule->batch = NULL;
}


void
wf_schedule_remove(wf_shard_t *shard, wf_schedule_entry_t *schedule)
{
    wf_schedule_entry_t  **at;

    wf_heap_remove(&shard->schedules.due, &schedule->node);
    task_drop(schedule);

    if (schedule->batch != NULL) {
        fresh_remove(shard, schedule);
    }

    for (at = &schedule->flow->schedules; *at != schedule;
         at = &(*at)->next)
    {
        /* void */
    }

    *at = schedule->next;
    schedule->flow->schedule_count--;
    wf_slab_free(&shard->flow_slab, schedule,
                 sizeof(wf_schedule_entry_t) + schedule->name.len);
}


void
wf_schedule_written(wf_shard_t *shard, wf_schedule_entry_t *schedule)
{
    wf_effects_t  *effects;

    wf_heap_remove(&shard->schedules.due, &schedule->node);

    if (schedule->batch == NULL) {
        schedule->next_fresh = shard->schedules.fresh;
        shard->schedules.fresh = schedule;
    }

    schedule->batch = shard->open;
    schedule->has_failed = false;
    effects = shard->open->effects;
    effects->schedule_count++;
}


void
wf_schedules_release(wf_shard_t *shard, const wf_batch_t *batch)
{
    wf_schedule_entry_t  **at, *schedule;

    at = &shard->schedules.fresh;

    while ((schedule = *at) != NULL) {

        if (schedule->batch != batch) {
            at = &schedule->next_fresh;
            continue;
        }

        *at = schedule->next_fresh;
        schedule->batch = NULL;
        await(schedule);
    }

    wf_shard_want_turn(shard);
}


/* What an operator should know: the schedule starts nothing. */
static void
complain(wf_schedule_entry_t *schedule, wf_str_t why)
{
    wf_port_t   *port;
    wf_error_t   line;

    if (schedule->has_failed) {
        return;
    }

    schedule->has_failed = true;
    port = schedule->shard->port;
    wf_error_set(&line, WF_E_INTERNAL,
                 "schedule \"%.*s\" of flow \"%.*s\" starts nothing: %.*s",
                 (int) schedule->name.len, (const char *) schedule->name.data,
                 (int) schedule->flow->name.len,
                 (const char *) schedule->flow->name.data,
                 (int) wf_min(why.len, 512), (const char *) why.data);
    port->log(port, line.arg[0]);
}


static void
stranded(wf_schedule_entry_t *schedule, wf_str_t why)
{
    schedule->due_ms = 0;
    complain(schedule, why);
}


/* A text that another release took is no reason not to open the shard. */
wf_rc_t
wf_schedule_adopt(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_schedule_t *from)
{
    wf_error_t            err;
    wf_schedule_entry_t  *schedule;

    schedule = wf_schedule_add(shard, entry, from);

    if (schedule == NULL) {
        return WF_ERROR;
    }

    schedule->key = from->request_key;
    schedule->is_enabled = from->is_enabled;
    schedule->anchor_ms = from->anchor_ms;
    schedule->since_ms = from->since_ms;

    if (wf_cron_parse(from->cron, &schedule->cron, &err) != WF_OK) {
        schedule->is_enabled = false;
        stranded(schedule, wf_error_arg(&err, 0));
        return WF_OK;
    }

    schedule->zone = wf_zones_find(shard->schedules.zones,
                                   schedule->cron.zone);
    schedule->cron.zone = wf_str_none;

    if (schedule->zone != NULL && schedule->zone->why != NULL) {
        stranded(schedule, wf_str_of(schedule->zone->why));
        return WF_OK;
    }

    advance(schedule, wf_max(schedule->since_ms,
                             shard->now_ms - WF_SCHEDULE_GRACE_MS - 1));
    await(schedule);

    return WF_OK;
}


void
wf_schedules_stop(wf_shard_t *shard)
{
    wf_heap_node_t  *node;

    while ((node = wf_heap_min(&shard->schedules.due)) != NULL) {
        wf_heap_remove(&shard->schedules.due, node);
    }

    while (shard->schedules.away != NULL) {
        task_drop(shard->schedules.away);
    }
}


/*
 * Fires
 */

/* NULL: no memory. */
static wf_task_t *
task_create(wf_schedule_entry_t *schedule)
{
    wf_task_t   *task;
    wf_arena_t  *arena;

    arena = wf_arena_create(sizeof(wf_task_t) + 1024);
    task = arena ? wf_arena_calloc(arena, sizeof(wf_task_t)) : NULL;

    if (task == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    task->arena = arena;
    task->kind = WF_TASK_FIRE;
    task->shard_no = schedule->shard->no;
    task->flow_no = schedule->flow->flow_no;
    task->flow = wf_arena_copy(arena, schedule->flow->name);
    task->fire.schedule = wf_arena_copy(arena, schedule->name);
    task->fire.id = wf_arena_copy(arena, (wf_str_t) { WF_SCHEDULE_ID_LEN,
                                                      schedule->id });
    task->fire.due_ms = schedule->due_ms;
    task->owner = schedule;
    task->done = fire_done;

    if (task->flow.data == NULL || task->fire.schedule.data == NULL
        || task->fire.id.data == NULL)
    {
        wf_arena_free(arena);
        return NULL;
    }

    return task;
}


static void
fire(wf_shard_t *shard, wf_schedule_entry_t *schedule)
{
    int64_t     oldest_ms;
    wf_task_t  *task;

    oldest_ms = shard->now_ms - WF_SCHEDULE_GRACE_MS;

    if (schedule->due_ms < oldest_ms && !schedule->is_owed) {
        advance(schedule, oldest_ms - 1);
        await(schedule);
        return;
    }

    schedule->is_owed = true;
    task = task_create(schedule);

    if (task == NULL) {
        look_at(schedule, shard->now_ms + RETRY_MS);
        return;
    }

    task_away(schedule, task);
    shard->port->task(shard->port, task);
}


void
wf_schedules_fire(wf_shard_t *shard)
{
    wf_heap_node_t  *node;

    while (shard->schedules.away_count < WF_FIRES_AWAY_MAX
           && shard->state == WF_SHARD_OPEN)
    {
        node = wf_heap_min(&shard->schedules.due);

        if (node == NULL || (int64_t) node->due_ms > shard->now_ms) {
            return;
        }

        wf_heap_remove(&shard->schedules.due, node);
        fire(shard, (wf_schedule_entry_t *) node);
    }
}


/* The end of one that is away wakes the shard. */
int64_t
wf_schedules_due_ms(const wf_shard_t *shard)
{
    wf_heap_node_t  *node;

    if (shard->schedules.away_count >= WF_FIRES_AWAY_MAX) {
        return 0;
    }

    node = wf_heap_min(&shard->schedules.due);

    return node ? (int64_t) node->due_ms : 0;
}


static void
fire_done(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    wf_shard_t           *shard;
    wf_schedule_entry_t  *schedule;

    schedule = task->owner;
    shard = schedule->shard;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);
    task_back(schedule);

    if (result->is_lost) {
        /* Still owed; if a write is away that looks at it. */

        if (schedule->batch == NULL) {
            look_at(schedule, shard->now_ms + RETRY_MS);
        }

    } else {
        if (result->outcome == WF_OUTCOME_FAILED) {
            complain(schedule, result->cause);
        }

        schedule->is_owed = false;
        advance(schedule, schedule->due_ms);
        await(schedule);
    }

    wf_arena_free(task->arena);
}
