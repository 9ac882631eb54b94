
/*
 * CreateActivity, DescribeActivity, DeleteActivity, ListActivities (asl 16).
 * An activity is a name; that there is one is all that is kept of it.
 */

#include "actions/sfn_notes.h"

#include "base/json.h"
#include "wire/aws_walk.h"


#define LOOKS_MAX  5                /* at an activity that others make */


static void create_look(wf_life_t *life);


static wf_str_t
name_of(wf_life_t *life)
{
    return wf_sfn_note_name(life, wf_str(WF_NOTE_ACTIVITY),
                            wf_arg(life, ACTIVITY)->text);
}


/*
 * Create: the same again is no error
 */

static void
created(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    (void) now_ms;

    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        wf_sfn_note_reply(life, life->submit->note);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE
        && life->look_count++ < LOOKS_MAX)
    {
        create_look(life);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


static wf_str_t
body_print(wf_life_t *life)
{
    wf_buf_t         body;
    const wf_arg_t  *encryption;

    encryption = wf_arg(life, ENCRYPTION);
    wf_buf_init(&body, life->call->arena, 128);
    wf_buf_text(&body, "{\"encryptionConfiguration\":");
    wf_sfn_encryption_print(&body, encryption->present ? encryption->text
                                                       : wf_str("{}"));
    wf_buf_byte(&body, '}');

    return body.failed ? wf_str_none : wf_buf_done(&body);
}


static void
create_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t     rc;
    wf_str_t    body;
    wf_note_t   seen, *note;

    rc = wf_sfn_note_answer(life, &seen);
    body = body_print(life);

    if (rc == WF_ERROR) {
        return;
    }

    if (body.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (rc == WF_OK && wf_str_eq(seen.body, body)) {
        wf_sfn_note_reply(life, &seen);
        return;
    }

    if (rc == WF_OK) {
        wf_life_fail(life, WF_E_ACTIVITY_EXISTS, wf_arg(life, AWS_NAME)->text,
                     wf_str_none);
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;
    note = wf_sfn_note_submit(life, WF_SUBMIT_NOTE_PUT);

    if (note == NULL) {
        return;
    }

    note->name = name_of(life);
    note->body = body;
    note->created_ms = now_ms;

    if (note->name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (wf_sfn_tags_new(life, note->name, &life->submit->tags) == WF_OK) {
        life->after = created;
        wf_life_submit(life, now_ms);
    }
}


static void
create_look(wf_life_t *life)
{
    wf_sfn_note_ask(life, name_of(life), create_looked);
}


void
wf_action_sfn_activity_create(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    if (wf_sfn_encryption_check(life) == WF_OK) {
        create_look(life);
    }
}


/*
 * Describe
 */

static void
described(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_note_t  note;

    (void) now_ms;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_OK) {
        wf_sfn_note_reply(life, &note);

    } else if (rc == WF_DECLINED) {
        wf_life_fail(life, WF_E_ACTIVITY_NOT_FOUND,
                     wf_arg(life, ACTIVITY_ARN)->text, wf_str_none);
    }
}


void
wf_action_sfn_activity_describe(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_sfn_note_ask(life, name_of(life), described);
}


/*
 * Delete: one that is not there is deleted
 */

void
wf_action_sfn_activity_delete(wf_life_t *life, int64_t now_ms)
{
    wf_note_t  *note;

    note = wf_sfn_note_submit(life, WF_SUBMIT_NOTE_ERASE);

    if (note == NULL) {
        return;
    }

    note->name = name_of(life);

    if (note->name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_life_submit(life, now_ms);
}


/*
 * List
 */

typedef struct {
    wf_job_t         job;
    wf_str_t         prefix;
    wf_str_t         from;
    uint32_t         limit;
    wf_note_view_t  *views;
    uint32_t         count;
    wf_str_t         next;
} activities_t;


/* DECLINED: the page is full, or there are no more. */
static wf_rc_t
activities_each(void *data, wf_str_t key, wf_str_t value)
{
    wf_note_t      note;
    wf_read_t     *read;
    activities_t  *list;

    list = data;
    read = &list->job.read;

    if (!wf_str_starts(key, list->prefix)) {
        return WF_DECLINED;
    }

    if (list->count == list->limit) {
        list->next = key;
        return wf_job_copy(read, &list->next) == WF_OK ? WF_DECLINED
                                                       : WF_ERROR;
    }

    if (wf_note_decode(value, &note) != WF_OK) {
        wf_error_set(&read->err, WF_E_INTERNAL, "a note is damaged");
        return WF_ERROR;
    }

    list->views[list->count] = (wf_note_view_t) {
        .name = note.name,
        .created_ms = note.created_ms
    };

    return wf_job_copy(read, &list->views[list->count++].name);
}


static void
activities_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    activities_t  *list;

    list = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->items(reader, WF_ITEM_NOTE, list->from, UINT32_MAX,
                           activities_each, list, &read->err);

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


static void
activities_done(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t    *reply;
    activities_t  *list;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    list = (activities_t *) life->job;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_NOTES;
    reply->count = list->count;
    reply->u.notes = list->views;
    reply->next_token = list->next;
    wf_life_done(life);
}


static wf_rc_t
activities_ask(activities_t *list, wf_life_t *life)
{
    wf_buf_t    prefix;
    wf_read_t  *read;

    read = &list->job.read;
    wf_buf_init(&prefix, read->arena, 64);
    wf_buf_text(&prefix, WF_NOTE_ACTIVITY);
    wf_buf_str(&prefix, wf_arg(life, REGION)->text);
    wf_buf_byte(&prefix, '/');
    wf_buf_str(&prefix, wf_arg(life, ACCOUNT)->text);
    wf_buf_byte(&prefix, '/');

    list->prefix = wf_buf_done(&prefix);
    list->from = wf_arg(life, NEXT_TOKEN)->present
                 ? wf_arg(life, NEXT_TOKEN)->text : list->prefix;
    list->limit = (uint32_t) wf_arg(life, LIMIT)->number;
    list->views = wf_arena_alloc(read->arena,
                                 list->limit * sizeof(wf_note_view_t));

    if (prefix.failed || list->views == NULL) {
        return WF_ERROR;
    }

    return wf_job_copy(read, &list->from);
}


void
wf_action_sfn_activity_list(wf_life_t *life, int64_t now_ms)
{
    activities_t  *list;

    (void) now_ms;

    list = (activities_t *) wf_job_create(sizeof(activities_t),
                                          activities_run);

    if (list && activities_ask(list, life) != WF_OK) {
        wf_job_drop(&list->job);
        list = NULL;
    }

    wf_job_run(life, (wf_job_t *) list, activities_done);
}
