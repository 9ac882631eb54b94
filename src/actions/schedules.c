
/*
 * CreateSchedule, UpdateSchedule, DeleteSchedule, DescribeSchedule,
 * ListSchedules (cloudflow-api 3.14 to 3.18, 6.6).  The time zone that an
 * expression names is read here, by a reader thread, and its bytes go along to
 * the catalogue's owner, which reads no files.  Who changes a schedule reads
 * it first and names the write that was seen, as with aliases.
 */

#include "actions/answers.h"
#include "actions/items.h"
#include "actions/place.h"
#include "actions/uuid.h"
#include "base/cron.h"
#include "base/tz_file.h"
#include "flow/version.h"


/* A time zone's file. */
typedef struct {
    wf_job_t   job;
    wf_str_t   name;
    wf_str_t   bytes;
    wf_go_pt   go;
} zone_t;


static void
not_found(wf_life_t *life)
{
    wf_life_fail(life, WF_E_SCHEDULE_NOT_FOUND, wf_arg(life, SCHEDULE)->text,
                 wf_arg(life, FLOW)->text);
}


/* Not WF_OK: answered. */
static wf_rc_t
submit_create(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->schedule = wf_arena_calloc(life->call->arena,
                                           sizeof(wf_schedule_t));
    }

    if (submit == NULL || submit->schedule == NULL) {
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    submit->type = type;
    submit->flow_name = wf_arg(life, FLOW)->text;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;

    return WF_OK;
}


static void
schedule_view(wf_schedule_view_t *view, const wf_schedule_t *schedule)
{
    *view = (wf_schedule_view_t) {
        .id = schedule->id,
        .name = schedule->name,
        .description = schedule->description,
        .payload = schedule->payload,
        .cron = schedule->cron,
        .is_enabled = schedule->is_enabled,
        .created_ms = schedule->created_ms,
        .modified_ms = schedule->modified_ms
    };
}


void
wf_schedule_answer(wf_life_t *life, const wf_schedule_t *schedule)
{
    wf_buf_t             buf;
    wf_reply_t          *reply;
    wf_schedule_t        kept;
    wf_schedule_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_schedule_view_t));
    wf_buf_init(&buf, life->call->arena, schedule->payload.len
                                         + schedule->description.len + 512);
    wf_schedule_encode(&buf, schedule);

    if (view == NULL || buf.failed
        || wf_schedule_decode(wf_buf_done(&buf), &kept) != WF_OK)
    {
        wf_life_no_memory(life);
        return;
    }

    schedule_view(view, &kept);
    reply = &life->call->reply;
    reply->kind = WF_REPLY_SCHEDULE;
    reply->count = 1;
    reply->u.schedules = view;
    wf_life_done(life);
}


/*
 * The expression
 */

/* In the reader thread. */
static void
zone_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    zone_t  *zone;

    (void) type;
    (void) reader;

    zone = read->data;
    read->rc = wf_tz_read(read->arena, zone->name, &zone->bytes, &read->err);

    if (read->rc != WF_OK && read->err.code == WF_E_INVALID_ARGUMENT) {
        wf_error_wrap(&read->err, "CronExpression is not valid");
    }
}


static void
zone_done(wf_life_t *life, int64_t now_ms)
{
    wf_go_pt     go;
    zone_t      *zone;
    wf_submit_t *submit;

    if (wf_job_failed(life)) {
        return;
    }

    zone = (zone_t *) life->job;
    go = zone->go;
    submit = life->submit;
    submit->zone = wf_arena_copy(life->call->arena, zone->bytes);
    wf_job_drop(life->job);
    life->job = NULL;

    if (submit->zone.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    go(life, now_ms);
}


/* life->submit gets the zone, if the expression names one; then goes on. */
static void
cron_check(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    zone_t     *zone;
    wf_cron_t   cron;

    if (!wf_arg(life, CRON)->present) {
        go(life, now_ms);
        return;
    }

    if (wf_cron_parse(wf_arg(life, CRON)->text, &cron, life->call->err)
        != WF_OK)
    {
        wf_error_wrap(life->call->err, "CronExpression is not valid");
        wf_life_failed(life);
        return;
    }

    if (cron.zone.len == 0) {
        go(life, now_ms);
        return;
    }

    zone = (zone_t *) wf_job_create(sizeof(zone_t), zone_run);

    if (zone) {
        zone->name = cron.zone;
        zone->go = go;

        if (wf_job_copy(&zone->job.read, &zone->name) != WF_OK) {
            wf_job_drop(&zone->job);
            zone = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) zone, zone_done);
}


/*
 * Create
 */

static void
create(wf_life_t *life, int64_t now_ms)
{
    uint8_t        *id, random[16];
    wf_port_t      *port;
    wf_schedule_t  *schedule;

    id = wf_arena_alloc(life->call->arena, WF_UUID_LEN);

    if (id == NULL) {
        wf_life_no_memory(life);
        return;
    }

    port = life->call->desk->port;
    port->random(port, random, sizeof(random));
    wf_uuid_v4(random, id);
    schedule = life->submit->schedule;
    life->submit->flow_no = life->revision->flow.flow_no;

    *schedule = (wf_schedule_t) {
        .flow_no = life->submit->flow_no,
        .id = { WF_UUID_LEN, id },
        .name = wf_arg(life, SCHEDULE)->text,
        .description = wf_arg(life, DESCRIPTION)->text,
        .payload = wf_arg(life, PAYLOAD)->text,
        .cron = wf_arg(life, CRON)->text,
        .is_enabled = !wf_arg(life, ENABLE)->present
                      || wf_arg(life, ENABLE)->number != 0,
        .created_ms = now_ms,
        .modified_ms = now_ms
    };

    wf_life_submit(life, now_ms);
}


static void
create_look(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, create, now_ms);
}


void
wf_action_schedule_create(wf_life_t *life, int64_t now_ms)
{
    if (submit_create(life, WF_SUBMIT_SCHEDULE_CREATE) == WF_OK) {
        cron_check(life, create_look, now_ms);
    }
}


void
wf_action_schedule_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}


/*
 * Looking
 */

static void
look(wf_life_t *life, wf_go_pt go)
{
    wf_buf_t  key;

    if (wf_arg(life, SCHEDULE)->text.len > WF_NAME_LEN_MAX) {
        not_found(life);
        return;
    }

    wf_buf_init(&key, life->call->arena,
                8 + wf_arg(life, SCHEDULE)->text.len);
    wf_schedule_key(&key, life->revision->flow.flow_no,
                    wf_arg(life, SCHEDULE)->text);

    if (key.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_item_ask(life, WF_ITEM_SCHEDULE, wf_buf_done(&key), NULL, go);
}


/* Its strings last as long as the job.  Not WF_OK: answered. */
static wf_rc_t
looked(wf_life_t *life, wf_schedule_t *schedule)
{
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return WF_ERROR;
    }

    if (!item->is_there) {
        not_found(life);
        return WF_ERROR;
    }

    if (wf_schedule_decode(item->value, schedule) != WF_OK) {
        wf_item_damaged(life);
        return WF_ERROR;
    }

    return WF_OK;
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    wf_schedule_t  schedule;

    (void) now_ms;

    if (looked(life, &schedule) == WF_OK) {
        wf_schedule_answer(life, &schedule);
    }
}


static void
describe(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, described);
}


void
wf_action_schedule_describe(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe, now_ms);
}


/*
 * Update, delete: what is absent is unchanged
 */

static void
merge(wf_str_t *field, const wf_arg_t *arg)
{
    if (arg->present) {
        *field = arg->text;
    }
}


static void
update_seen(wf_life_t *life, int64_t now_ms)
{
    wf_schedule_t  *schedule;

    schedule = life->submit->schedule;

    if (looked(life, schedule) != WF_OK) {
        return;
    }

    merge(&schedule->description, wf_arg(life, DESCRIPTION));
    merge(&schedule->payload, wf_arg(life, PAYLOAD));
    merge(&schedule->cron, wf_arg(life, CRON));

    if (wf_arg(life, ENABLE)->present) {
        schedule->is_enabled = wf_arg(life, ENABLE)->number != 0;
    }

    schedule->modified_ms = wf_max(now_ms, schedule->modified_ms);
    life->submit->flow_no = schedule->flow_no;
    wf_life_submit(life, now_ms);
}


static void
update(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, update_seen);
}


static void
update_look(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, update, now_ms);
}


void
wf_action_schedule_update(wf_life_t *life, int64_t now_ms)
{
    if (submit_create(life, WF_SUBMIT_SCHEDULE_UPDATE) == WF_OK) {
        cron_check(life, update_look, now_ms);
    }
}


static void
delete_seen(wf_life_t *life, int64_t now_ms)
{
    wf_schedule_t  seen;

    if (looked(life, &seen) != WF_OK
        || submit_create(life, WF_SUBMIT_SCHEDULE_DELETE) != WF_OK)
    {
        return;
    }

    *life->submit->schedule = seen;
    life->submit->flow_no = seen.flow_no;
    wf_life_submit(life, now_ms);
}


static void
delete(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, delete_seen);
}


void
wf_action_schedule_delete(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete, now_ms);
}


/*
 * List
 */

static size_t
page_keep(wf_item_page_t *page, wf_str_t value)
{
    wf_schedule_t  schedule;

    if (wf_schedule_decode(value, &schedule) != WF_OK) {
        return 0;
    }

    schedule_view((wf_schedule_view_t *) page->views + page->count,
                  &schedule);

    return schedule.description.len + schedule.payload.len
           + schedule.cron.len + 384;
}


static void
list_done(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t      *reply;
    wf_item_page_t  *page;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    page = (wf_item_page_t *) life->job;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_SCHEDULES;
    reply->count = page->count;
    reply->u.schedules = page->views;

    if (page->next.len > 0) {
        reply->next_token = page->next;
        reply->next_token.data += WF_VERSION_PREFIX;
        reply->next_token.len -= WF_VERSION_PREFIX;
    }

    wf_life_done(life);
}


static void
list(wf_life_t *life, int64_t now_ms)
{
    wf_buf_t         from;
    wf_item_page_t  *page;

    (void) now_ms;

    wf_buf_init(&from, life->call->arena, 8);
    wf_schedule_key(&from, life->revision->flow.flow_no,
                    wf_arg(life, NEXT_TOKEN)->text);
    page = wf_item_page(life, WF_ITEM_SCHEDULE, &from,
                        sizeof(wf_schedule_view_t));

    if (page) {
        page->keep = page_keep;
        wf_job_run(life, &page->job, list_done);
    }
}


void
wf_action_schedule_list(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, list, now_ms);
}
