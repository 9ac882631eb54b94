
/*
 * Batches: what one group commit holds.  Gathers units and items, seals them
 * into store rows, and once they are durable releases what waited: first the
 * index, then answers, then notices to watches, then calls of tasks.  An
 * execution that moves several times within one batch is one unit with one
 * chunk.
 *
 * The bytes handed to the writer thread live in batch->arena alone; so the
 * shard may forget everything else while a batch is away.
 */

#include "base/json.h"
#include "flow/note.h"
#include "shard/buggify.h"
#include "shard/notice.h"
#include "shard/tasks.h"


#define BATCH_BYTES  (64 * 1024)    /* first block of a batch's arena */
#define UNIT_BYTES   512            /* usual events of a unit */
#define HEAD_BYTES   128            /* a head without its texts */


/* A notice that fits without memory. */
static const uint8_t   ended_kind = WF_NOTICE_ENDED;
static const wf_str_t  ended = { 1, &ended_kind };


static bool batch_is_full(const wf_batch_t *batch);
static wf_rc_t batch_close(wf_shard_t *shard);
static wf_batch_t *batch_next(wf_shard_t *shard);
static wf_rc_t batch_seal(wf_shard_t *shard, wf_batch_t *batch);
static wf_rc_t unit_seal(wf_batch_t *batch, wf_unit_t *unit,
    wf_store_unit_t *out, int64_t now_ms);
static wf_rc_t record_finish(wf_batch_t *batch, wf_loaded_t *loaded);


wf_batch_t *
wf_batch_open(wf_shard_t *shard)
{
    wf_batch_t    *batch;
    wf_effects_t  *effects;

    if (shard->open != NULL) {
        return shard->open;
    }

    batch = shard->spare;

    if (batch != NULL) {
        shard->spare = batch->next;

    } else {
        batch = wf_arena_calloc(shard->keep, sizeof(wf_batch_t));
        if (batch == NULL) {
            return NULL;
        }

        batch->arena = wf_arena_create(BATCH_BYTES);
        if (batch->arena == NULL) {
            return NULL;
        }
    }

    effects = wf_arena_calloc(batch->arena, sizeof(wf_effects_t));
    if (effects == NULL) {
        batch->next = shard->spare;
        shard->spare = batch;
        return NULL;
    }

    effects->last_unit = &effects->units;
    effects->last_answer = &effects->answers;
    effects->last_hint = &effects->hints;
    effects->last_item = &effects->items;
    effects->last_parcel = &effects->parcels;

    batch->shard = shard;
    batch->effects = effects;
    batch->next = NULL;
    batch->append = (wf_append_t) { .epoch = shard->epoch };
    batch->status = WF_STORE_OK;
    wf_error_clear(&batch->err);

    shard->open = batch;
    wf_shard_want_turn(shard);

    return batch;
}


/* A full batch takes no more; loaded, which may have an empty unit in it, is
 * not put to rest by that. */

static wf_rc_t
batch_make_room(wf_shard_t *shard, wf_loaded_t *loaded)
{
    wf_rc_t  rc;

    if (shard->open == NULL || shard->holds_batch
        || !batch_is_full(shard->open))
    {
        return WF_OK;
    }

    loaded->pins++;
    rc = batch_close(shard);
    loaded->pins--;

    return rc;
}


wf_unit_t *
wf_batch_unit(wf_shard_t *shard, wf_loaded_t *loaded)
{
    wf_unit_t     *unit;
    wf_batch_t    *batch;
    wf_effects_t  *effects;

    if (batch_make_room(shard, loaded) != WF_OK) {
        return NULL;
    }

    if (loaded->unit != NULL) {
        return loaded->unit;
    }

    batch = wf_batch_open(shard);
    if (batch == NULL) {
        return NULL;
    }

    unit = wf_arena_calloc(batch->arena, sizeof(wf_unit_t));
    if (unit == NULL) {
        return NULL;
    }

    unit->loaded = loaded;
    unit->batch = batch;
    unit->exec_no = loaded->live->exec_no;
    unit->first_seq = loaded->exec->codec.seq + 1;
    wf_step_init(&unit->step, batch->arena);

    effects = batch->effects;
    *effects->last_unit = unit;
    effects->last_unit = &unit->next;
    effects->unit_count++;

    loaded->unit = unit;
    loaded->pins++;

    return unit;
}


/* What workers remember as of its version; tags they do not. */
static bool
changes_catalog(const wf_store_item_t *item)
{
    return item->kind == WF_ITEM_NOTE
           ? !wf_str_starts(item->key, wf_str(WF_NOTE_TAGS))
           : item->kind != WF_ITEM_OUTBOX;
}


wf_rc_t
wf_batch_item(wf_shard_t *shard, const wf_store_item_t *from)
{
    wf_item_t     *item;
    wf_batch_t    *batch;
    wf_effects_t  *effects;

    batch = wf_batch_open(shard);
    if (batch == NULL) {
        return WF_ERROR;
    }

    item = wf_arena_calloc(batch->arena, sizeof(wf_item_t));
    if (item == NULL) {
        return WF_ERROR;
    }

    item->item = *from;

    effects = batch->effects;
    *effects->last_item = item;
    effects->last_item = &item->next;
    effects->item_count++;
    effects->changes_catalog |= changes_catalog(&item->item);

    return WF_OK;
}


static bool
batch_is_full(const wf_batch_t *batch)
{
    const wf_effects_t  *effects;

    effects = batch->effects;

    return effects->unit_count >= WF_BATCH_UNITS_MAX
           || wf_arena_size(batch->arena) >= WF_BATCH_BYTES_MAX
           || (effects->unit_count > 0 && wf_buggify(100));
}


/* The open batch takes no more; it waits for its turn at the writer. */

static wf_rc_t
batch_close(wf_shard_t *shard)
{
    wf_batch_t  *batch;

    batch = shard->open;

    if (batch_seal(shard, batch) != WF_OK) {
        return WF_ERROR;
    }

    shard->open = NULL;
    batch->next = NULL;
    *shard->last_sealed = batch;
    shard->last_sealed = &batch->next;

    return WF_OK;
}


bool
wf_batch_clogged(const wf_shard_t *shard)
{
    return shard->sealed != NULL;
}


bool
wf_batch_is_idle(const wf_shard_t *shard)
{
    return shard->open == NULL && shard->sealed == NULL
           && shard->flight == NULL;
}


static wf_batch_t *
batch_next(wf_shard_t *shard)
{
    wf_batch_t  *batch;

    if (shard->sealed == NULL && shard->open != NULL
        && batch_close(shard) != WF_OK)
    {
        wf_shard_oom(shard);
        return NULL;
    }

    batch = shard->sealed;

    if (batch != NULL) {
        shard->sealed = batch->next;
        batch->next = NULL;

        if (shard->sealed == NULL) {
            shard->last_sealed = &shard->sealed;
        }
    }

    return batch;
}


void
wf_batch_flush(wf_shard_t *shard)
{
    wf_batch_t  *batch;

    if (shard->flight != NULL || shard->state >= WF_SHARD_DOWN) {
        return;
    }

    batch = batch_next(shard);

    if (batch == NULL) {
        return;
    }

    if (batch->append.unit_count > 0 || batch->append.item_count > 0
        || batch->append.erased_count > 0)
    {
        shard->flight = batch;
        shard->port->append(shard->port, shard, batch);
        return;
    }

    /* Only answers about facts that are durable since the last flight. */

    wf_batch_release(shard, batch);
    wf_batch_recycle(shard, batch);
    wf_shard_want_turn(shard);
}


static wf_rc_t
batch_seal(wf_shard_t *shard, wf_batch_t *batch)
{
    wf_item_t     *item;
    wf_unit_t     *unit, **at;
    wf_append_t   *append;
    wf_effects_t  *effects;

    effects = batch->effects;
    append = &batch->append;

    append->units = wf_arena_calloc(batch->arena, effects->unit_count
                                                  * sizeof(wf_store_unit_t));
    append->items = wf_arena_calloc(batch->arena, effects->item_count
                                                  * sizeof(wf_store_item_t));
    if (append->units == NULL || append->items == NULL) {
        return WF_ERROR;
    }

    for (item = effects->items; item != NULL; item = item->next) {
        append->items[append->item_count++] = item->item;
    }

    for (at = &effects->units; *at != NULL; /* void */ ) {
        unit = *at;
        unit->loaded->unit = NULL;

        if (unit->step.event_count == 0) {
            wf_assert(unit->step.effects == NULL);
            *at = unit->next;
            unit->loaded->pins--;
            wf_loaded_settle(shard->lives, unit->loaded);
            continue;
        }

        if (unit_seal(batch, unit, &append->units[append->unit_count++],
                      shard->now_ms)
            != WF_OK)
        {
            return WF_ERROR;
        }

        at = &unit->next;
    }

    effects->last_unit = at;

    return WF_OK;
}


static wf_rc_t
unit_seal(wf_batch_t *batch, wf_unit_t *unit, wf_store_unit_t *out,
    int64_t now_ms)
{
    bool          is_new, is_final;
    wf_buf_t      head, tail, chunk;
    wf_exec_t    *exec;
    wf_record_t  *record;

    exec = unit->loaded->exec;
    record = &unit->loaded->record;
    is_new = unit->loaded->is_new;
    unit->loaded->is_new = false;
    is_final = wf_status_is_final(exec->status);

    if (is_final && record_finish(batch, unit->loaded) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&head, batch->arena, is_new ? HEAD_BYTES
                + record->input.len + record->name.len : 1);
    wf_buf_init(&tail, batch->arena, is_final ? HEAD_BYTES : 1);
    wf_buf_init(&chunk, batch->arena, unit->step.events.len + 64);

    if (is_new) {
        wf_record_encode_head(&head, record);
    }

    if (is_final) {
        wf_record_encode_tail(&tail, record);
    }

    wf_chunk_seal(&chunk, wf_buf_done(&unit->step.events),
                  unit->step.event_count);

    *out = (wf_store_unit_t) {
        .exec_no = unit->loaded->live->exec_no,
        .is_new = is_new,
        .flow_no = record->flow_no,
        .name = wf_arena_copy(batch->arena, record->name),
        .status = exec->status,
        .started_ms = record->started_ms,
        .stopped_ms = record->stopped_ms,
        .due_ms = wf_exec_owes(exec) ? now_ms : wf_exec_due_ms(exec),
        .head = wf_buf_done(&head),
        .tail = wf_buf_done(&tail),
        .first_seq = unit->first_seq,
        .event_count = unit->step.event_count,
        .chunk = wf_buf_done(&chunk)
    };

    if (is_new || is_final) {
        unit->publish = wf_arena_alloc(batch->arena, sizeof(wf_record_t));
        if (unit->publish == NULL) {
            return WF_ERROR;
        }

        *unit->publish = *record;
    }

    if (head.failed || tail.failed || chunk.failed
        || unit->step.events.failed || out->name.data == NULL)
    {
        return WF_ERROR;
    }

    return WF_OK;
}


/* An execution that is over is not stepped again: its state may be used. */

static wf_rc_t
record_finish(wf_batch_t *batch, wf_loaded_t *loaded)
{
    wf_buf_t      text;
    wf_record_t  *record;

    record = &loaded->record;
    record->status = loaded->exec->status;
    record->stopped_ms = loaded->exec->stopped_ms;
    record->error = loaded->exec->error;
    record->cause = loaded->exec->error_cause;

    if (loaded->exec->output == NULL
        || record->status != WF_STATUS_SUCCEEDED)
    {
        return WF_OK;
    }

    wf_buf_init(&text, batch->arena, UNIT_BYTES);
    wf_json_print(&text, loaded->exec->output);
    record->output = wf_buf_done(&text);

    return text.failed ? WF_ERROR : WF_OK;
}


/*
 * Durable.  What is over leaves the table before anyone is told, so that
 * done() may ask about it again; its memory stays until all are told.
 */

static wf_loaded_t *
release_units(wf_shard_t *shard, wf_effects_t *effects)
{
    wf_unit_t    *unit;
    wf_live_t    *live;
    wf_watch_t   *watch;
    wf_loaded_t  *dead, **last, *loaded;

    dead = NULL;
    last = &dead;

    for (unit = effects->units; unit != NULL; unit = unit->next) {
        if (unit->publish == NULL) {
            continue;
        }

        shard->port->publish(shard->port, shard->no, unit->publish);
        shard->used.durable_no = wf_max(shard->used.durable_no,
                                   unit->loaded->live->exec_no);

        if (!wf_status_is_final(unit->publish->status)) {
            continue;
        }

        loaded = unit->loaded;
        live = loaded->live;

        wf_assert(live->phase == WF_LIVE_OVER && live->errand == NULL);

        for (watch = live->watches; watch != NULL; watch = watch->next) {
            wf_table_remove(&shard->lives->watches, &watch->link);
        }

        loaded->watches = live->watches;
        loaded->live = NULL;
        live->watches = NULL;
        live->loaded = NULL;
        wf_live_remove(shard->lives, live);

        loaded->next = NULL;
        *last = loaded;
        last = &loaded->next;
    }

    return dead;
}


static void
release_notices(wf_shard_t *shard, wf_batch_t *batch, wf_loaded_t *dead)
{
    wf_buf_t     buf;
    wf_str_t     message;
    wf_watch_t  *watch;

    for ( /* void */ ; dead != NULL; dead = dead->next) {
        if (dead->watches == NULL) {
            continue;
        }

        wf_buf_init(&buf, batch->arena, UNIT_BYTES + dead->record.output.len
                                        + dead->record.input.len);
        wf_notice_ended(&buf, &dead->record);

        message = buf.failed ? ended : wf_buf_done(&buf);

        while ((watch = dead->watches) != NULL) {
            dead->watches = watch->next;
            shard->port->reply(shard->port, watch->ticket, message);
            wf_slab_free(&shard->lives->slab, watch, sizeof(wf_watch_t));
        }
    }
}


/* The index may know the end of what is not running here. */

static void
release_hints(wf_shard_t *shard, wf_batch_t *batch, wf_hint_t *hint)
{
    wf_buf_t     buf;
    wf_record_t  record;

    for ( /* void */ ; hint != NULL; hint = hint->next) {
        wf_buf_init(&buf, batch->arena, UNIT_BYTES);

        if (shard->port->lookup(shard->port, batch->arena, shard->no,
                                hint->flow_no, hint->name, &record) == WF_OK
            && wf_status_is_final(record.status))
        {
            wf_notice_ended(&buf, &record);

        } else {
            wf_notice_ended(&buf, NULL);
        }

        shard->port->reply(shard->port, hint->ticket,
                           buf.failed ? ended : wf_buf_done(&buf));
    }
}


void
wf_batch_release(wf_shard_t *shard, wf_batch_t *batch)
{
    wf_unit_t     *unit;
    wf_answer_t   *answer;
    wf_loaded_t   *dead, *loaded;
    wf_effects_t  *effects;

    effects = batch->effects;

    if (effects->changes_catalog) {
        shard->port->catalog_changed(shard->port);
    }

    wf_retain_release(shard, batch);
    dead = release_units(shard, effects);

    while ((answer = effects->answers) != NULL) {
        effects->answers = answer->next;
        wf_shard_answer(shard, answer);
    }

    release_notices(shard, batch, dead);
    release_hints(shard, batch, effects->hints);

    wf_outbox_release(shard, effects->parcels);

    for (unit = effects->units; unit != NULL; unit = unit->next) {
        wf_tasks_release(shard, unit);
    }

    if (effects->schedule_count > 0) {
        wf_schedules_release(shard, batch);
    }

    for (unit = effects->units; unit != NULL; unit = unit->next) {
        if (unit->loaded->live != NULL) {
            unit->loaded->pins--;
            wf_loaded_settle(shard->lives, unit->loaded);
        }
    }

    while ((loaded = dead) != NULL) {
        dead = loaded->next;
        loaded->next = NULL;
        wf_loaded_free(shard->lives, loaded);
    }
}


void
wf_batch_recycle(wf_shard_t *shard, wf_batch_t *batch)
{
    wf_arena_reset(batch->arena);
    batch->effects = NULL;
    batch->next = shard->spare;
    shard->spare = batch;
}


void
wf_batch_free(wf_batch_t *batch)
{
    wf_batch_t  *next;

    for ( /* void */ ; batch != NULL; batch = next) {
        next = batch->next;
        wf_arena_free(batch->arena);
        batch->arena = NULL;
    }
}
