
/*
 * Parcels: written in the batch of the event that makes them true, delivered
 * as tasks when that is durable, erased when they are settled.  Owns their
 * layout in the store and the list of what is under way; decides nothing
 * about who receives them.  They outlive the execution that left them.
 */

#include "base/json.h"
#include "engine/swf.h"
#include "shard/job.h"
#include "shard/tasks.h"
#include "shard/token.h"


#define VERSION     1
#define RETRY_MS    1000            /* after it could not be delivered; then
                                       twice that, and so on */
#define RETRY_MAX   64000
#define KEY_LEN     16


static void parcel_done(wf_task_t *task, const wf_task_result_t *result,
    int64_t now_ms);


void
wf_outbox_init(wf_outbox_t *outbox)
{
    memset(outbox, 0, sizeof(wf_outbox_t));
    outbox->last_ready = &outbox->ready;
    outbox->last_busy = &outbox->busy;
    wf_heap_init(&outbox->later);
}


static void
enlist(wf_parcel_t ***last, wf_parcel_t *parcel)
{
    parcel->next = NULL;
    parcel->prev = *last;
    **last = parcel;
    *last = &parcel->next;
}


static void
make_ready(wf_outbox_t *outbox, wf_parcel_t *parcel)
{
    enlist(&outbox->last_ready, parcel);
}


static void
make_busy(wf_outbox_t *outbox, wf_parcel_t *parcel)
{
    enlist(&outbox->last_busy, parcel);
}


static void
unlist(wf_outbox_t *outbox, wf_parcel_t *parcel)
{
    *parcel->prev = parcel->next;

    if (parcel->next != NULL) {
        parcel->next->prev = parcel->prev;

    } else if (outbox->last_ready == &parcel->next) {
        outbox->last_ready = parcel->prev;

    } else {
        outbox->last_busy = parcel->prev;
    }
}


void
wf_parcels_free(wf_parcel_t *parcels)
{
    wf_parcel_t  *parcel;

    while ((parcel = parcels) != NULL) {
        parcels = parcel->next;

        if (parcel->task != NULL) {
            wf_task_drop(parcel->task);
        }

        wf_arena_free(parcel->arena);
    }
}


void
wf_outbox_free(wf_outbox_t *outbox)
{
    wf_heap_node_t  *node;

    while ((node = wf_heap_min(&outbox->later)) != NULL) {
        wf_heap_remove(&outbox->later, node);
        make_ready(outbox, (wf_parcel_t *) node);
    }

    wf_parcels_free(outbox->ready);
    wf_parcels_free(outbox->busy);
    wf_heap_free(&outbox->later);
    wf_outbox_init(outbox);
}


/*
 * Bytes
 */

void
wf_parcel_encode(wf_buf_t *buf, const wf_task_t *task)
{
    const wf_effect_t  *effect;
    const wf_report_t  *report;

    effect = &task->effect;
    report = &task->report;

    wf_buf_byte(buf, VERSION);
    wf_buf_byte(buf, task->kind);
    wf_put_uint(buf, task->flow_no);
    wf_put_uint(buf, task->revision);
    wf_put_uint(buf, task->depth);
    wf_put_str(buf, task->flow);
    wf_put_str(buf, task->execution);

    if (task->kind == WF_TASK_REPORT) {
        wf_put_str(buf, report->token);
        wf_put_uint(buf, report->outcome);
        wf_put_str(buf, report->value);
        wf_put_str(buf, report->error);
        wf_put_str(buf, report->cause);
        return;
    }

    wf_put_uint(buf, effect->dialect);
    wf_put_uint(buf, effect->mode);
    wf_put_uint(buf, effect->is_action);
    wf_put_uint(buf, effect->has_params);
    wf_put_uint(buf, effect->task);
    wf_put_uint(buf, effect->scope);
    wf_put_str(buf, effect->resource);
    wf_put_str(buf, effect->params);
    wf_put_str(buf, effect->child);

    if (effect->job.len > 0) {
        wf_put_str(buf, effect->job);
    }
}


static void
effect_decode(wf_reader_t *reader, wf_effect_t *effect)
{
    effect->type = WF_EFFECT_CANCEL;
    effect->dialect = (uint8_t) wf_get_uint(reader);
    effect->mode = (uint8_t) wf_get_uint(reader);
    effect->is_action = wf_get_uint(reader) != 0;
    effect->has_params = wf_get_uint(reader) != 0;
    effect->task = wf_get_uint(reader);
    effect->scope = (uint32_t) wf_get_uint(reader);
    effect->resource = wf_get_str(reader);
    effect->params = wf_get_str(reader);
    effect->child = wf_get_str(reader);

    /* One of an older version has none. */

    if (reader->ok && reader->pos != reader->end) {
        effect->job = wf_get_str(reader);
    }
}


static void
report_decode(wf_reader_t *reader, wf_report_t *report)
{
    report->token = wf_get_str(reader);
    report->outcome = (uint8_t) wf_get_uint(reader);
    report->value = wf_get_str(reader);
    report->error = wf_get_str(reader);
    report->cause = wf_get_str(reader);
}


wf_rc_t
wf_parcel_decode(wf_str_t value, wf_task_t *task)
{
    wf_reader_t  reader;

    if (value.len < 2 || value.data[0] != VERSION
        || (value.data[1] != WF_TASK_STOP && value.data[1] != WF_TASK_REPORT
            && value.data[1] != WF_TASK_MESSAGE))
    {
        return WF_ERROR;
    }

    reader = wf_reader((wf_str_t) { value.len - 2, value.data + 2 });
    task->kind = value.data[1];
    task->flow_no = wf_get_uint(&reader);
    task->revision = wf_get_uint(&reader);
    task->depth = (uint32_t) wf_get_uint(&reader);
    task->flow = wf_get_str(&reader);
    task->execution = wf_get_str(&reader);

    if (task->kind == WF_TASK_REPORT) {
        report_decode(&reader, &task->report);

    } else {
        effect_decode(&reader, &task->effect);
    }

    return reader.ok && reader.pos == reader.end ? WF_OK : WF_ERROR;
}


static uint64_t
key_number(const uint8_t *bytes)
{
    unsigned  i;
    uint64_t  number;

    for (number = 0, i = 0; i < 8; i++) {
        number = number << 8 | bytes[i];
    }

    return number;
}


static wf_parcel_t *
parcel_create(size_t bytes)
{
    wf_arena_t   *arena;
    wf_parcel_t  *parcel;

    arena = wf_arena_create(sizeof(wf_parcel_t) + bytes + 128);
    parcel = arena ? wf_arena_calloc(arena, sizeof(wf_parcel_t)) : NULL;

    if (parcel == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    parcel->arena = arena;

    return parcel;
}


wf_parcel_t *
wf_parcel_adopt(wf_str_t key, wf_str_t value)
{
    wf_task_t     task;
    wf_parcel_t  *parcel;

    memset(&task, 0, sizeof(task));

    if (key.len != KEY_LEN || wf_parcel_decode(value, &task) != WF_OK) {
        return NULL;
    }

    parcel = parcel_create(key.len + value.len);

    if (parcel == NULL) {
        return NULL;
    }

    parcel->exec_no = key_number(key.data);
    parcel->no = key_number(key.data + 8);
    parcel->key = wf_arena_copy(parcel->arena, key);
    parcel->value = wf_arena_copy(parcel->arena, value);

    if (parcel->key.data == NULL || parcel->value.data == NULL) {
        wf_arena_free(parcel->arena);
        return NULL;
    }

    return parcel;
}


void
wf_outbox_adopt(wf_shard_t *shard, wf_parcel_t *parcels)
{
    wf_parcel_t  *parcel;

    while ((parcel = parcels) != NULL) {
        parcels = parcel->next;
        parcel->shard = shard;
        parcel->is_durable = true;
        make_ready(&shard->outbox, parcel);
    }
}


/*
 * Writing
 */

static wf_rc_t
parcel_write(wf_shard_t *shard, wf_loaded_t *loaded, const wf_task_t *task)
{
    wf_buf_t          key, value;
    wf_batch_t       *batch;
    wf_effects_t     *effects;
    wf_parcel_t      *parcel;
    wf_store_item_t   item;

    batch = loaded->unit->batch;
    effects = batch->effects;
    wf_buf_init(&key, batch->arena, KEY_LEN);
    wf_buf_init(&value, batch->arena, 256 + task->report.value.len
                                      + task->effect.params.len);
    wf_put_key_u64(&key, loaded->live->exec_no);
    wf_put_key_u64(&key, task->effect.task);
    wf_parcel_encode(&value, task);

    if (key.failed || value.failed) {
        return WF_ERROR;
    }

    item = (wf_store_item_t) {
        .kind = WF_ITEM_OUTBOX,
        .key = wf_buf_done(&key),
        .value = wf_buf_done(&value)
    };

    wf_assert(batch == shard->open);
    parcel = wf_parcel_adopt(item.key, item.value);

    if (parcel == NULL) {
        return WF_ERROR;
    }

    parcel->shard = shard;
    *effects->last_parcel = parcel;
    effects->last_parcel = &parcel->beside;
    make_busy(&shard->outbox, parcel);

    return wf_batch_item(shard, &item);
}


static wf_task_t
parcel_task(const wf_loaded_t *loaded, wf_task_kind_t kind)
{
    return (wf_task_t) {
        .kind = (uint8_t) kind,
        .flow_no = loaded->record.flow_no,
        .revision = loaded->record.revision,
        .depth = loaded->record.depth,
        .flow = loaded->identity.flow_name,
        .execution = loaded->record.name
    };
}


/* asl 15: a task that waits for a state machine hears all of its end; child of
 * a map run: only what it amounts to. */
static wf_rc_t
job_fill(wf_arena_t *arena, wf_report_t *report, const wf_loaded_t *loaded)
{
    wf_buf_t  text;

    wf_buf_init(&text, arena, 1024);
    wf_job_print(&text, loaded);

    if (loaded->exec->status == WF_STATUS_SUCCEEDED) {
        report->outcome = WF_OUTCOME_SUCCEEDED;
        report->value = wf_buf_done(&text);

    } else {
        report->outcome = WF_OUTCOME_FAILED;
        report->error = wf_str("States.TaskFailed");
        report->cause = wf_buf_done(&text);
    }

    return text.failed ? WF_ERROR : WF_OK;
}


/* cloudflow-api 6.4, settled.md: what the token of an end hears. */
static wf_rc_t
report_fill(wf_arena_t *arena, wf_report_t *report, const wf_loaded_t *loaded)
{
    wf_buf_t          text;
    const wf_exec_t  *exec;

    exec = loaded->exec;

    if (wf_job_is(loaded)) {
        return job_fill(arena, report, loaded);
    }

    if (exec->status == WF_STATUS_SUCCEEDED) {
        report->outcome = WF_OUTCOME_SUCCEEDED;
        report->value = wf_str("{}");

        if (exec->output != NULL) {
            wf_buf_init(&text, arena, 512);
            wf_json_print(&text, exec->output);
            report->value = wf_buf_done(&text);

            return text.failed ? WF_ERROR : WF_OK;
        }

        return WF_OK;
    }

    report->outcome = WF_OUTCOME_FAILED;
    report->error = exec->error;
    report->cause = exec->error_cause;

    if (report->error.len == 0 && exec->status == WF_STATUS_STOPPED) {
        report->error = wf_str("FnF.ExecutionStopped");
    }

    if (report->error.len == 0 && exec->status == WF_STATUS_TIMED_OUT) {
        report->error = wf_str("FnF.ExecutionTimedOut");
    }

    return WF_OK;
}


/* The token it was started with has heard of the first end. */
wf_str_t
wf_outbox_token(const wf_record_t *record)
{
    return record->redrive_count > 0 ? record->redrive_token
                                     : record->callback_token;
}


/* The parcel of an earlier end may still be under way: no two share a key. */
static uint64_t
end_number(const wf_record_t *record)
{
    return record->redrive_count > 0 ? UINT64_MAX - record->redrive_count : 0;
}


/* A token that is none of ours does not fail anything: 6.4. */
wf_rc_t
wf_outbox_report(wf_shard_t *shard, wf_loaded_t *loaded)
{
    wf_task_t    task;
    wf_error_t   err;
    wf_token_t   token;

    task = parcel_task(loaded, WF_TASK_REPORT);
    task.effect.task = end_number(&loaded->record);
    task.report.token = wf_outbox_token(&loaded->record);

    if (wf_token_open(shard->port->token_key, task.report.token, &token)
        != WF_OK)
    {
        wf_error_set(&err, WF_E_INTERNAL, "its callback token is not valid");
        wf_shard_log(shard, loaded->live, "calls nobody back", &err);
        return WF_OK;
    }

    if (report_fill(loaded->unit->batch->arena, &task.report, loaded)
        != WF_OK)
    {
        return WF_ERROR;
    }

    return parcel_write(shard, loaded, &task);
}


wf_rc_t
wf_outbox_stop(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect)
{
    wf_task_t  task;

    task = parcel_task(loaded, WF_TASK_STOP);
    task.effect = *effect;

    return parcel_write(shard, loaded, &task);
}


wf_rc_t
wf_outbox_message(wf_shard_t *shard, wf_loaded_t *loaded,
    const wf_effect_t *effect)
{
    wf_task_t  task;

    task = parcel_task(loaded, WF_TASK_MESSAGE);
    task.effect = *effect;

    return parcel_write(shard, loaded, &task);
}


/*
 * Delivery
 */

static void
call_done(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    wf_parcel_t  *parcel;

    (void) result;
    (void) now_ms;

    parcel = task->owner;
    parcel->task = NULL;

    if (parcel->is_durable) {
        unlist(&parcel->shard->outbox, parcel);
        make_ready(&parcel->shard->outbox, parcel);
        wf_shard_want_turn(parcel->shard);
    }

    wf_arena_free(task->arena);
}


/* The child may have been started by the call, or be about to: it is stopped
 * when that is known. */
static void
parcel_block(wf_shard_t *shard, wf_parcel_t *parcel)
{
    wf_task_t  *call;

    call = parcel->no != 0
           ? wf_tasks_take(shard, parcel->exec_no, parcel->no) : NULL;

    if (call != NULL) {
        parcel->task = call;
        call->owner = parcel;
        call->done = call_done;
        wf_task_cancel(call);
    }
}


void
wf_outbox_release(wf_shard_t *shard, wf_parcel_t *parcels)
{
    wf_parcel_t  *parcel, *next;

    for (parcel = parcels; parcel != NULL; parcel = next) {
        next = parcel->beside;
        parcel->beside = NULL;
        parcel_block(shard, parcel);
        parcel->is_durable = true;

        if (parcel->task == NULL) {
            unlist(&shard->outbox, parcel);
            make_ready(&shard->outbox, parcel);
            wf_shard_want_turn(shard);
        }
    }
}


/* NULL: no memory. */
static wf_task_t *
parcel_unpack(wf_shard_t *shard, const wf_parcel_t *parcel)
{
    wf_rc_t      rc;
    wf_str_t     value;
    wf_task_t   *task;
    wf_arena_t  *arena;

    arena = wf_arena_create(sizeof(wf_task_t) + parcel->value.len + 256);
    task = arena ? wf_arena_calloc(arena, sizeof(wf_task_t)) : NULL;
    value = task ? wf_arena_copy(arena, parcel->value) : wf_str_none;

    if (value.data == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    rc = wf_parcel_decode(value, task);
    wf_assert(rc == WF_OK);

    task->arena = arena;
    task->shard_no = shard->no;
    task->exec_no = parcel->exec_no;
    task->effect.task = parcel->no;
    task->done = parcel_done;

    return task;
}


int64_t
wf_outbox_due_ms(const wf_shard_t *shard)
{
    wf_heap_node_t  *node;

    node = wf_heap_min(&shard->outbox.later);

    return node != NULL ? (int64_t) node->due_ms : 0;
}


/* Others are not held up by it. */
static void
parcel_later(wf_shard_t *shard, wf_parcel_t *parcel)
{
    int64_t  delay_ms;

    delay_ms = wf_min((int64_t) RETRY_MS << wf_min(parcel->try_count, 16u),
                      RETRY_MAX);
    parcel->try_count++;

    if (wf_heap_add(&shard->outbox.later, &parcel->due,
                    (uint64_t) (shard->now_ms + delay_ms))
        != WF_OK)
    {
        make_ready(&shard->outbox, parcel);
        wf_shard_oom(shard);
        return;
    }

    wf_shard_arm(shard);
}


static void
outbox_due(wf_shard_t *shard)
{
    wf_outbox_t     *outbox;
    wf_heap_node_t  *node;

    outbox = &shard->outbox;

    while ((node = wf_heap_min(&outbox->later)) != NULL
           && node->due_ms <= (uint64_t) shard->now_ms)
    {
        wf_heap_remove(&outbox->later, node);
        make_ready(outbox, (wf_parcel_t *) node);
    }
}


void
wf_outbox_deliver(wf_shard_t *shard)
{
    wf_task_t    *task;
    wf_outbox_t  *outbox;
    wf_parcel_t  *parcel;

    outbox = &shard->outbox;
    outbox_due(shard);

    while ((parcel = outbox->ready) != NULL
           && shard->state == WF_SHARD_OPEN
           && outbox->away_count < WF_OUTBOX_AWAY_MAX)
    {
        task = parcel_unpack(shard, parcel);
        unlist(outbox, parcel);

        if (task == NULL) {
            parcel_later(shard, parcel);
            return;
        }

        make_busy(outbox, parcel);
        outbox->away_count++;
        parcel->task = task;
        task->owner = parcel;
        shard->port->task(shard->port, task);
    }
}


static void
parcel_erase(wf_shard_t *shard, wf_parcel_t *parcel)
{
    wf_batch_t       *batch;
    wf_store_item_t   item;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_oom(shard);
        return;
    }

    item = (wf_store_item_t) {
        .kind = WF_ITEM_OUTBOX,
        .key = wf_arena_copy(batch->arena, parcel->key),
        .erase = true
    };

    if (item.key.data == NULL || wf_batch_item(shard, &item) != WF_OK) {
        wf_shard_oom(shard);
    }
}


/* It has been said, and whoever wanted to know what came of it knows. */
static void
parcel_settle(wf_shard_t *shard, wf_parcel_t *parcel)
{
    unlist(&shard->outbox, parcel);
    parcel_erase(shard, parcel);
    wf_arena_free(parcel->arena);
}


/* The run that sent it is told, or is over; or the shard is. */
static void
told_done(wf_submit_t *submit, const wf_error_t *err,
    const wf_record_t *record, const wf_flow_t *flow, int64_t now_ms)
{
    wf_shard_t   *shard;
    wf_parcel_t  *parcel;

    (void) record;
    (void) flow;
    (void) now_ms;

    parcel = submit->data;
    shard = parcel->shard;

    if (shard->state < WF_SHARD_DOWN
        && (err == NULL || !wf_error_retryable(err->code)))
    {
        parcel_settle(shard, parcel);
        wf_shard_want_turn(shard);
    }
}


/* In the parcel's own arena.  Not told for want of memory: delivered again. */
static wf_rc_t
parcel_tell(wf_shard_t *shard, wf_parcel_t *parcel, const wf_task_t *task,
    const wf_task_result_t *result)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(parcel->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->input = wf_arena_copy(parcel->arena, result->value);
    }

    if (submit == NULL || submit->input.data == NULL) {
        return WF_ERROR;
    }

    submit->type = WF_SUBMIT_SWF;
    submit->swf = WF_SWF_ANSWER;
    submit->flow_no = task->flow_no;
    submit->exec_no = parcel->exec_no;
    submit->task = parcel->no;
    submit->is_internal = true;
    submit->done = told_done;
    submit->data = parcel;
    wf_shard_submit(shard, submit, shard->now_ms);

    return WF_OK;
}


static void
parcel_done(wf_task_t *task, const wf_task_result_t *result, int64_t now_ms)
{
    wf_shard_t   *shard;
    wf_parcel_t  *parcel;

    parcel = task->owner;
    shard = parcel->shard;
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);

    parcel->task = NULL;
    shard->outbox.away_count--;

    if (result->is_lost
        || (result->value.len > 0
            && parcel_tell(shard, parcel, task, result) != WF_OK))
    {
        unlist(&shard->outbox, parcel);
        parcel_later(shard, parcel);

    } else if (result->value.len == 0) {
        parcel_settle(shard, parcel);
    }

    wf_arena_free(task->arena);
}
