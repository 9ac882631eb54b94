
/*
 * StartExecution, StopExecution (cloudflow-api 3.6, 3.8), RedriveExecution
 * (asl 18), and what answers about one execution share.  Checks what needs no
 * owner here; what only the owner can know (is the name taken, is it over) the
 * shard decides.
 */

#include "actions/answers.h"
#include "actions/mocked.h"
#include "actions/place.h"
#include "actions/qualify.h"
#include "actions/uuid.h"
#include "base/digest.h"


/* Tries to give a new execution a name that lives in a shard of our own. */
#define NAME_TRIES          16

/* No token of ours is longer; one that is can call nobody back, which does
 * not fail the start (6.4). */
#define CALLBACK_LEN_MAX    1024


void
wf_execution_view(wf_execution_view_t *view, wf_str_t flow,
    const wf_record_t *record, const wf_flow_t *revision)
{
    *view = (wf_execution_view_t) {
        .flow = flow,
        .name = record->name,
        .input = record->input,
        .output = record->output,
        .status = record->status,
        .started_ms = record->started_ms,
        .stopped_ms = record->stopped_ms,
        .error = record->error,
        .cause = record->cause,
        .qualifier = record->qualifier,
        .version = record->version,
        .redrive_count = record->redrive_count,
        .redriven_ms = record->redriven_ms
    };

    if (revision) {
        view->definition = revision->definition;
        view->role = revision->role;
        view->environment = revision->environment;
    }
}


/* Whether it can be redriven is so at that time. */
static void
redrive_view(wf_execution_view_t *view, const wf_record_t *record,
    int64_t now_ms)
{
    wf_redrive_t  reason;

    reason = wf_record_redrive(record, now_ms);
    view->is_run_by_map = reason == WF_REDRIVE_BY_MAP_RUN;

    if (!view->is_run_by_map) {
        view->redrive_reason = wf_redrive_text(reason);
    }
}


/* The revision is here.  If it went with its flow there is nothing to show to
 * those who only look; what was done is told with the one we know. */
static void
answer(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t           *reply;
    const wf_flow_t      *flow;
    wf_execution_view_t  *view;

    flow = &life->revision->flow;

    if (life->call->action->kind == WF_KIND_POLL
        && (flow->flow_no != life->record->flow_no
            || flow->revision != life->record->revision))
    {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    if (life->found) {
        life->found(life, now_ms);
        return;
    }

    view = wf_arena_alloc(life->call->arena, sizeof(wf_execution_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_execution_view(view, wf_arg(life, FLOW)->text, life->record, flow);
    redrive_view(view, life->record, now_ms);

    reply = &life->call->reply;
    reply->kind = WF_REPLY_EXECUTION;
    reply->count = 1;
    reply->u.executions = view;
    wf_life_done(life);
}


void
wf_execution_answer(wf_life_t *life, int64_t now_ms)
{
    wf_life_revision(life, life->record->flow_no, life->record->revision,
                     answer, now_ms);
}


void
wf_execution_not_found(wf_life_t *life)
{
    wf_life_fail(life, WF_E_EXECUTION_NOT_FOUND,
                 wf_arg(life, EXECUTION)->text, wf_arg(life, FLOW)->text);
}


bool
wf_execution_exists_never(wf_life_t *life)
{
    if (wf_arg(life, EXECUTION)->text.len <= WF_EXECUTION_NAME_LEN_MAX) {
        return false;
    }

    wf_execution_not_found(life);

    return true;
}


/* cloudflow-api 7; the limit is the language's. */
static wf_rc_t
check_input(wf_life_t *life)
{
    size_t  max;

    static const size_t  maxima[] = {
        [WF_DIALECT_FDL] = WF_DATA_BYTES_FDL,
        [WF_DIALECT_CFL] = WF_DATA_BYTES_CFL,
        [WF_DIALECT_ASL] = WF_DATA_BYTES_ASL
    };

    max = maxima[life->revision->program->dialect];

    if (wf_arg(life, INPUT)->text.len <= max) {
        return WF_OK;
    }

    wf_error_set(life->call->err, WF_E_INVALID_ARGUMENT,
                 "Input must be at most %u bytes long.", (unsigned) max);
    wf_life_failed(life);

    return WF_ERROR;
}


wf_rc_t
wf_execution_check(wf_life_t *life, wf_mode_t mode)
{
    wf_revision_t  *revision;

    revision = life->revision;

    if (revision->program == NULL) {
        /* It did once: another release wrote it. */
        wf_error_set(life->call->err, WF_E_INVALID_ARGUMENT,
                     "The definition of the flow is not valid: %s",
                     revision->err ? revision->err->arg[0] : "");
        wf_life_failed(life);
        return WF_ERROR;
    }

    if (check_input(life) != WF_OK || wf_mocked_check(life) != WF_OK) {
        return WF_ERROR;
    }

    if (revision->flow.mode != mode) {
        wf_life_fail(life, WF_E_NOT_SUPPORTED,
                     mode == WF_MODE_STANDARD
                     ? wf_str("Express execution is not supported")
                     : wf_str("Standard execution is not supported"),
                     wf_str_none);
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_submit_t *
submit_create(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = type;
    submit->is_idempotent = life->is_exact;
    submit->flow_no = life->revision->flow.flow_no;
    submit->flow_name = wf_arg(life, FLOW)->text;
    submit->name = wf_arg(life, EXECUTION)->text;
    life->submit = submit;

    if (life->internal) {
        submit->key = life->internal->key;
        submit->start_key = life->internal->start_key;
        submit->depth = life->internal->depth;
        submit->root_scope = life->internal->root_scope;
    }

    return submit;
}


static uint32_t
shard_of(const wf_life_t *life)
{
    return wf_shard_of(life->submit->flow_no, life->submit->name,
                       life->call->desk->settings.shard_count);
}


/* The same for the same task, so that a repeated call finds its child. */
static void
name_derive(wf_life_t *life, uint8_t *text)
{
    unsigned          i;
    uint8_t           bytes[16];
    const wf_task_t  *task;

    task = life->internal->task;

    for (i = 0; i < NAME_TRIES; i++) {
        wf_trip_derive(life->call->desk, task, i, bytes);
        wf_uuid_v4(bytes, text);

        if (shard_of(life) == task->shard_no) {
            break;
        }
    }
}


/* A name of ours may as well belong to a shard of ours: no detour. */
static wf_rc_t
name_create(wf_life_t *life, int64_t now_ms)
{
    unsigned     i;
    uint8_t     *text, random[16];
    wf_desk_t   *desk;

    desk = life->call->desk;
    text = wf_arena_alloc(life->call->arena, WF_UUID_LEN);

    if (text == NULL) {
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    life->submit->name = (wf_str_t) { WF_UUID_LEN, text };

    if (life->internal) {
        name_derive(life, text);
        return WF_OK;
    }

    life->submit->name_is_fresh = true;

    for (i = 0; i < NAME_TRIES; i++) {
        desk->port->random(desk->port, random, sizeof(random));
        wf_uuid_v7(now_ms, random, text);

        if (wf_place_open(&desk->places[shard_of(life)])) {
            break;
        }
    }

    return WF_OK;
}


void
wf_execution_start(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    if (wf_execution_check(life, WF_MODE_STANDARD) != WF_OK) {
        return;
    }

    submit = submit_create(life, WF_SUBMIT_START);

    if (submit == NULL) {
        return;
    }

    submit->revision = life->revision->flow.revision;

    if (life->pinned) {
        submit->version = life->pinned->version;
        submit->qualifier = wf_arg(life, QUALIFIER)->text;
    }

    submit->test_case = wf_arg(life, TEST_CASE)->text;
    submit->input = wf_arg(life, INPUT)->present
                    ? wf_arg(life, INPUT)->text : wf_str("{}");

    if (wf_arg(life, CALLBACK_TOKEN)->text.len <= CALLBACK_LEN_MAX) {
        submit->callback_token = wf_arg(life, CALLBACK_TOKEN)->text;
    }

    if (submit->name.len == 0 && name_create(life, now_ms) != WF_OK) {
        return;
    }

    life->shard_no = shard_of(life);
    wf_life_submit(life, now_ms);
}


static void
start_qualified(wf_life_t *life, int64_t now_ms)
{
    wf_life_qualify(life, wf_execution_start, now_ms);
}


void
wf_action_exec_start(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, start_qualified, now_ms);
}


void
wf_execution_stop(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    if (wf_execution_exists_never(life)) {
        return;
    }

    submit = submit_create(life, WF_SUBMIT_STOP);

    if (submit == NULL) {
        return;
    }

    submit->error = wf_arg(life, ERROR)->text;
    submit->cause = wf_arg(life, CAUSE)->text;

    if (life->internal && submit->name.len == 0
        && name_create(life, now_ms) != WF_OK)
    {
        return;
    }

    life->shard_no = shard_of(life);
    wf_life_submit(life, now_ms);
}


void
wf_action_exec_stop(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, wf_execution_stop, now_ms);
}


/* The same for the same token; 0: any. */
static uint64_t
key_of_token(wf_str_t token)
{
    uint8_t   bytes[WF_DIGEST_LEN_MAX];
    uint64_t  key;

    key = 0;

    if (token.len > 0 && wf_digest(WF_SHA256, token, bytes) > 0) {
        memcpy(&key, bytes, sizeof(key));
        key += key == 0;
    }

    return key;
}


void
wf_execution_redrive(wf_life_t *life, int64_t now_ms)
{
    wf_submit_t  *submit;

    if (wf_execution_exists_never(life)) {
        return;
    }

    submit = submit_create(life, WF_SUBMIT_REDRIVE);

    if (submit == NULL) {
        return;
    }

    if (life->internal) {
        submit->is_internal = true;
        submit->callback_token = wf_arg(life, CALLBACK_TOKEN)->text;

    } else {
        submit->key = key_of_token(wf_arg(life, CLIENT_TOKEN)->text);
    }

    life->shard_no = shard_of(life);
    wf_life_submit(life, now_ms);
}


void
wf_action_exec_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}
