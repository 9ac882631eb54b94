
/*
 * Answers: what the givers of submits hear, once the batch that the answer
 * joins is durable.  Owns no state; everything lives in the open batch.  An
 * answer that finds no memory becomes a retryable error.
 */

#include "shard/inside.h"


static wf_answer_t *
answer_add(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_batch_t    *batch;
    wf_answer_t   *answer;
    wf_effects_t  *effects;

    batch = wf_batch_open(shard);
    answer = batch ? wf_arena_calloc(batch->arena, sizeof(wf_answer_t)) : NULL;

    if (answer == NULL) {
        wf_shard_refuse(shard, submit);
        return NULL;
    }

    answer->submit = submit;

    effects = batch->effects;
    *effects->last_answer = answer;
    effects->last_answer = &answer->next;

    return answer;
}


void
wf_answer(wf_shard_t *shard, wf_submit_t *submit, const wf_record_t *record,
    wf_flow_t *flow)
{
    wf_answer_t  *answer;

    answer = answer_add(shard, submit);

    if (answer != NULL) {
        answer->record = record;
        answer->flow = flow;
    }
}


static wf_rc_t
record_copy(wf_arena_t *arena, wf_record_t *to, const wf_record_t *from)
{
    *to = *from;
    to->name = wf_arena_copy(arena, from->name);
    to->input = wf_arena_copy(arena, from->input);
    to->callback_token = wf_arena_copy(arena, from->callback_token);
    to->qualifier = wf_arena_copy(arena, from->qualifier);
    to->output = wf_arena_copy(arena, from->output);
    to->error = wf_arena_copy(arena, from->error);
    to->cause = wf_arena_copy(arena, from->cause);
    to->redrive_token = wf_arena_copy(arena, from->redrive_token);
    to->redrives = wf_arena_copy(arena, from->redrives);

    return to->name.data && to->input.data && to->callback_token.data
           && to->qualifier.data && to->output.data && to->error.data
           && to->cause.data && to->redrive_token.data && to->redrives.data
           ? WF_OK : WF_ERROR;
}


void
wf_answer_copy(wf_shard_t *shard, wf_submit_t *submit,
    const wf_record_t *record)
{
    wf_batch_t   *batch;
    wf_record_t  *copy;

    batch = wf_batch_open(shard);
    copy = batch ? wf_arena_alloc(batch->arena, sizeof(wf_record_t)) : NULL;

    if (copy == NULL || record_copy(batch->arena, copy, record) != WF_OK) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_answer(shard, submit, copy, NULL);
}


void
wf_answer_err(wf_shard_t *shard, wf_submit_t *submit, const wf_error_t *err)
{
    wf_error_t   *copy;
    wf_batch_t   *batch;
    wf_answer_t  *answer;

    batch = wf_batch_open(shard);
    copy = batch ? wf_arena_alloc(batch->arena, sizeof(wf_error_t)) : NULL;

    if (copy == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    *copy = *err;
    answer = answer_add(shard, submit);

    if (answer != NULL) {
        answer->err = copy;
    }
}


void
wf_answer_error(wf_shard_t *shard, wf_submit_t *submit, wf_error_code_t code,
    wf_str_t first, wf_str_t second)
{
    wf_error_t  err;

    wf_error_args(&err, code, first, second);
    wf_answer_err(shard, submit, &err);
}


void
wf_answer_throttled(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer_t  *answer;

    answer = answer_add(shard, submit);

    if (answer != NULL) {
        answer->err = shard->throttled;
    }
}


void
wf_answer_hint(wf_shard_t *shard, uint64_t flow_no, wf_str_t name,
    wf_ticket_t ticket)
{
    wf_hint_t     *hint;
    wf_batch_t    *batch;
    wf_effects_t  *effects;

    batch = wf_batch_open(shard);
    hint = batch ? wf_arena_calloc(batch->arena, sizeof(wf_hint_t)) : NULL;

    if (hint == NULL) {
        return;
    }

    hint->flow_no = flow_no;
    hint->ticket = ticket;
    hint->name = wf_arena_copy(batch->arena, name);

    if (hint->name.data == NULL) {
        return;
    }

    effects = batch->effects;
    *effects->last_hint = hint;
    effects->last_hint = &hint->next;
}


wf_record_t
wf_answer_started(const wf_record_t *record)
{
    wf_record_t  started;

    started = *record;
    started.status = WF_STATUS_RUNNING;
    started.stopped_ms = 0;
    started.stop_key = 0;
    started.output = wf_str_none;
    started.error = wf_str_none;
    started.cause = wf_str_none;

    return started;
}


void
wf_answer_fail(wf_shard_t *shard, wf_batch_t *batch)
{
    wf_answer_t   *answer;
    wf_effects_t  *effects;

    effects = batch->effects;

    while ((answer = effects->answers) != NULL) {
        effects->answers = answer->next;
        answer->err = shard->fault;
        answer->record = NULL;
        answer->flow = NULL;
        wf_shard_answer(shard, answer);
    }
}
