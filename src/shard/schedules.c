
/*
 * Shard 0: who may create, change and delete schedules (cloudflow-api 3.14 to
 * 3.16, 6.6).  Who changes one names the write that it saw, by its key; a
 * repeated call finds its own work by its own.  Payloads and descriptions pass
 * through into the batch.  Memory may be ahead of the store by the batches
 * that are away, as in flows.c; but nothing is due before it is durable.
 */

#include "shard/publish.h"


/* When it is due. */
typedef struct {
    wf_cron_t         cron;
    const wf_zone_t  *zone;         /* NULL: UTC */
} times_t;


static void
answer(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer(shard, submit, NULL, NULL);
}


/* WF_DECLINED: no zone, or no memory. */
static wf_rc_t
times_zone(wf_shard_t *shard, wf_str_t bytes, times_t *times)
{
    wf_str_t  name;

    name = times->cron.zone;
    times->cron.zone = wf_str_none;
    times->zone = NULL;

    if (name.len == 0 || wf_str_eq(name, wf_str("UTC"))) {
        return WF_OK;
    }

    times->zone = wf_zones_find(shard->schedules.zones, name);

    if (bytes.len > 0 && (times->zone == NULL || times->zone->why != NULL)) {
        times->zone = wf_zones_add(shard->schedules.zones, name, bytes);
    }

    return times->zone ? WF_OK : WF_DECLINED;
}


static bool
times_are_same(const wf_schedule_entry_t *known, const times_t *times)
{
    const wf_cron_t  *a, *b;

    a = &known->cron;
    b = &times->cron;

    return known->zone == times->zone
           && a->every_minutes == b->every_minutes
           && a->minutes == b->minutes && a->hours == b->hours
           && a->days == b->days && a->months == b->months
           && a->weekdays == b->weekdays && a->second == b->second;
}


static wf_rc_t
schedule_write(wf_shard_t *shard, const wf_schedule_t *schedule)
{
    wf_buf_t     key, value;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&key, batch->arena, 8 + schedule->name.len);
    wf_schedule_key(&key, schedule->flow_no, schedule->name);
    wf_buf_init(&value, batch->arena, schedule->description.len
                                      + schedule->payload.len + 512);
    wf_schedule_encode(&value, schedule);

    if (key.failed || value.failed) {
        return WF_ERROR;
    }

    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = WF_ITEM_SCHEDULE, .key = wf_buf_done(&key),
        .value = wf_buf_done(&value)
    });
}


/* What is due stays so if nothing about that changes. */
static void
entry_set(wf_shard_t *shard, wf_schedule_entry_t *known,
    const wf_submit_t *submit, const times_t *times)
{
    bool  was_enabled, is_same;

    was_enabled = known->is_enabled;
    is_same = known->key != 0 && times_are_same(known, times)
              && was_enabled == submit->schedule->is_enabled;

    known->key = submit->key;
    known->cron = times->cron;
    known->zone = times->zone;
    known->is_enabled = submit->schedule->is_enabled;

    if (is_same) {
        return;
    }

    if (known->is_enabled && !was_enabled) {
        known->anchor_ms = shard->now_ms;
    }

    known->since_ms = shard->now_ms;
    wf_schedule_reset(shard, known, shard->now_ms);
}


/* known NULL: a new one.  What the giver holds is not touched: the next owner
 * may need it again. */
static void
schedule_put(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry,
    wf_schedule_entry_t *known)
{
    times_t        times;
    wf_error_t     err;
    wf_schedule_t  schedule;

    wf_error_clear(&err);

    if (wf_cron_parse(submit->schedule->cron, &times.cron, &err) != WF_OK) {
        wf_answer_err(shard, submit, &err);
        return;
    }

    if (times_zone(shard, submit->zone, &times) != WF_OK) {
        wf_shard_refuse(shard, submit);
        return;
    }

    schedule = *submit->schedule;
    schedule.flow_no = entry->flow_no;
    schedule.request_key = submit->key;

    if (known == NULL) {
        known = wf_schedule_add(shard, entry, &schedule);

        if (known == NULL) {
            wf_shard_refuse(shard, submit);
            return;
        }

        known->anchor_ms = shard->now_ms;
    }

    entry_set(shard, known, submit, &times);
    schedule.anchor_ms = known->anchor_ms;
    schedule.since_ms = known->since_ms;

    if (schedule_write(shard, &schedule) != WF_OK) {
        /* Memory knows it, the batch does not: the shard is opened anew. */

        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    wf_schedule_written(shard, known);
    answer(shard, submit);
}


void
wf_schedule_create(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry)
{
    wf_schedule_entry_t  *known;

    known = wf_schedule_find(entry, submit->schedule->name);

    if (known != NULL) {
        if (wf_submit_is_own(submit, known->key)) {
            answer(shard, submit);
            return;
        }

        wf_answer_error(shard, submit, WF_E_SCHEDULE_EXISTS,
                        submit->schedule->name, submit->flow_name);
        return;
    }

    if (entry->schedule_count >= WF_SCHEDULES_MAX) {
        wf_answer_error(shard, submit, WF_E_THROTTLED, wf_str_none,
                        wf_str_none);
        return;
    }

    schedule_put(shard, submit, entry, NULL);
}


void
wf_schedule_update(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry)
{
    wf_schedule_entry_t  *known;

    known = wf_schedule_find(entry, submit->schedule->name);

    if (known == NULL) {
        wf_answer_error(shard, submit, WF_E_SCHEDULE_NOT_FOUND,
                        submit->schedule->name, submit->flow_name);

    } else if (wf_submit_is_own(submit, known->key)) {
        answer(shard, submit);

    } else if (known->key != submit->schedule->request_key) {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);

    } else {
        schedule_put(shard, submit, entry, known);
    }
}


/* What was seen is what is deleted; a name may have been used again. */
void
wf_schedule_delete(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry)
{
    wf_buf_t              key;
    wf_batch_t           *batch;
    wf_schedule_entry_t  *known;

    known = wf_schedule_find(entry, submit->schedule->name);

    if (known == NULL && submit->is_repeat) {
        answer(shard, submit);
        return;
    }

    if (known == NULL || known->key != submit->schedule->request_key) {
        wf_answer_error(shard, submit, known ? WF_E_CONCURRENT_UPDATE
                                             : WF_E_SCHEDULE_NOT_FOUND,
                        submit->schedule->name, submit->flow_name);
        return;
    }

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_buf_init(&key, batch->arena, 8 + known->name.len);
    wf_schedule_key(&key, entry->flow_no, known->name);

    if (key.failed
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_SCHEDULE, .key = wf_buf_done(&key),
               .erase = true
           }) != WF_OK)
    {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_schedule_remove(shard, known);
    answer(shard, submit);
}
