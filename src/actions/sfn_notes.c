
/*
 * Notes of Step Functions: read in a reader thread, written by the catalogue's
 * owner.
 */

#include "actions/sfn_notes.h"


wf_str_t
wf_sfn_note_name(wf_life_t *life, wf_str_t first, wf_str_t second)
{
    wf_buf_t  name;

    wf_buf_init(&name, life->call->arena, first.len + second.len);
    wf_buf_str(&name, first);
    wf_buf_str(&name, second);

    return name.failed ? wf_str_none : wf_buf_done(&name);
}


void
wf_sfn_note_ask(wf_life_t *life, wf_str_t name, wf_go_pt go)
{
    if (name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;
    wf_item_ask(life, WF_ITEM_NOTE, name, NULL, go);
}


wf_rc_t
wf_sfn_note_answer(wf_life_t *life, wf_note_t *note)
{
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return WF_ERROR;
    }

    if (!item->is_there) {
        return WF_DECLINED;
    }

    if (wf_note_decode(item->value, note) != WF_OK) {
        wf_item_damaged(life);
        return WF_ERROR;
    }

    return WF_OK;
}


wf_note_t *
wf_sfn_note_submit(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->note = wf_arena_calloc(life->call->arena, sizeof(wf_note_t));
    }

    if (submit == NULL || submit->note == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = type;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;

    return submit->note;
}


void
wf_sfn_note_reply(wf_life_t *life, const wf_note_t *note)
{
    wf_reply_t      *reply;
    wf_note_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_note_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    *view = (wf_note_view_t) {
        .name = note->name,
        .body = note->body,
        .created_ms = note->created_ms
    };

    reply = &life->call->reply;
    reply->kind = WF_REPLY_NOTE;
    reply->count = 1;
    reply->u.notes = view;
    wf_life_done(life);
}


void
wf_action_note_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}
