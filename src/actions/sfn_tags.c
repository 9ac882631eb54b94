
/*
 * TagResource, UntagResource, ListTagsForResource (asl 19).  The tags of a
 * state machine or an activity are a note of their own; it goes with it.
 */

#include "actions/sfn_notes.h"

#include "base/json.h"


#define LOOKS_MAX  5                /* at tags that others change */


/* In a list, or none. */
static const wf_value_t *
tag_find(const wf_value_t *list, wf_str_t key)
{
    uint32_t           i;
    const wf_value_t  *tag;

    for (i = 0; list && i < list->count; i++) {
        tag = list->u.items[i];

        if (wf_str_eq(wf_value_get(tag, wf_str("key"))->u.string, key)) {
            return tag;
        }
    }

    return NULL;
}


/* A member of a tag that a client gave; "" if it is not there. */
static wf_str_t
member(const wf_value_t *tag, wf_str_t name)
{
    const wf_value_t  *value;

    value = wf_value_get(tag, name);

    return value && value->type == WF_STRING ? value->u.string : wf_str("");
}


static void
tag_print(wf_buf_t *buf, wf_str_t key, wf_str_t value)
{
    wf_buf_str(buf, buf->len > 1 ? wf_str(",{\"key\":")
                                 : wf_str("{\"key\":"));
    wf_json_print_string(buf, key);
    wf_buf_text(buf, ",\"value\":");
    wf_json_print_string(buf, value);
    wf_buf_byte(buf, '}');
}


/* The last of equal keys. */
static wf_str_t
value_given(const wf_value_t *given, wf_str_t key, bool *found)
{
    uint32_t  i;

    for (i = given->count; i > 0; i--) {

        if (wf_str_eq(member(given->u.items[i - 1], wf_str("key")), key)) {
            *found = true;
            return member(given->u.items[i - 1], wf_str("value"));
        }
    }

    *found = false;

    return wf_str("");
}


static uint32_t
merge_print(wf_buf_t *buf, const wf_value_t *before, const wf_value_t *given)
{
    bool               found;
    uint32_t           i, k, count;
    wf_str_t           key, value;
    const wf_value_t  *tag;

    wf_buf_byte(buf, '[');

    for (count = 0; before && count < before->count; count++) {
        tag = before->u.items[count];
        key = member(tag, wf_str("key"));
        value = value_given(given, key, &found);
        tag_print(buf, key, found ? value : member(tag, wf_str("value")));
    }

    for (i = 0; i < given->count; i++) {
        key = member(given->u.items[i], wf_str("key"));

        for (k = 0; k < i; k++) {

            if (wf_str_eq(member(given->u.items[k], wf_str("key")), key)) {
                break;
            }
        }

        if (k == i && tag_find(before, key) == NULL) {
            tag_print(buf, key, value_given(given, key, &found));
            count++;
        }
    }

    wf_buf_byte(buf, ']');

    return count;
}


/* NULL stays NULL.  Not WF_OK: answered. */
static wf_rc_t
list_parse(wf_life_t *life, wf_str_t text, wf_value_t **list)
{
    *list = NULL;

    if (text.len == 0) {
        return WF_OK;
    }

    if (wf_json_parse(life->call->arena, text, list, life->call->err)
        == WF_OK)
    {
        return WF_OK;
    }

    wf_life_failed(life);

    return WF_ERROR;
}


wf_rc_t
wf_sfn_tags_merge(wf_life_t *life, wf_str_t before, wf_str_t *list)
{
    wf_buf_t     buf;
    uint32_t     count;
    wf_value_t  *old, *given;

    if (list_parse(life, before, &old) != WF_OK
        || list_parse(life, wf_arg(life, TAGS)->text, &given) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_buf_init(&buf, life->call->arena, 256);
    count = merge_print(&buf, old, given);

    if (buf.failed) {
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    if (count > WF_TAGS_MAX) {
        wf_error_set(life->call->err, WF_E_TOO_MANY_TAGS, "Too many tags: a "
                     "resource can have at most %d", WF_TAGS_MAX);
        wf_life_failed(life);
        return WF_ERROR;
    }

    *list = wf_buf_done(&buf);

    return WF_OK;
}


wf_rc_t
wf_sfn_tags_new(wf_life_t *life, wf_str_t name, wf_note_t **tags)
{
    wf_str_t    list;
    wf_note_t  *note;

    *tags = NULL;

    if (!wf_arg(life, TAGS)->present) {
        return WF_OK;
    }

    if (wf_sfn_tags_merge(life, wf_str_none, &list) != WF_OK) {
        return WF_ERROR;
    }

    note = wf_arena_calloc(life->call->arena, sizeof(wf_note_t));

    if (note) {
        note->name = wf_sfn_note_name(life, wf_str(WF_NOTE_TAGS), name);
        note->body = list;
    }

    if (note == NULL || note->name.data == NULL) {
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    *tags = note;

    return WF_OK;
}


/*
 * What has them
 */

static wf_str_t
name_of(wf_life_t *life)
{
    wf_str_t  activity;

    if (!wf_arg(life, ACTIVITY)->present) {
        return wf_arg(life, FLOW)->text;
    }

    activity = wf_str(WF_NOTE_ACTIVITY);

    return wf_sfn_note_name(life, activity, wf_arg(life, ACTIVITY)->text);
}


static void
missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_life_fail(life, WF_E_RESOURCE_NOT_FOUND,
                 wf_arg(life, RESOURCE_ARN)->text, wf_str_none);
}


/* It is there: its tags. */
static void
tags_ask(wf_life_t *life, int64_t now_ms)
{
    wf_str_t  name;

    (void) now_ms;

    name = name_of(life);

    if (name.data) {
        name = wf_sfn_note_name(life, wf_str(WF_NOTE_TAGS), name);
    }

    wf_sfn_note_ask(life, name, life->found);
}


static void
activity_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_note_t  note;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_DECLINED) {
        missing(life, now_ms);

    } else if (rc == WF_OK) {
        tags_ask(life, now_ms);
    }
}


/* Goes on with the note of the tags, if there is one. */
static void
look(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    life->found = go;
    life->missing = missing;

    if (wf_arg(life, ACTIVITY)->present) {
        wf_sfn_note_ask(life, name_of(life), activity_looked);
        return;
    }

    wf_life_flow(life, wf_arg(life, FLOW)->text, tags_ask, now_ms);
}


/*
 * Actions
 */

static void
listed(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_note_t  note;

    (void) now_ms;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_DECLINED) {
        memset(&note, 0, sizeof(wf_note_t));
        note.body = wf_str("[]");
    }

    if (rc != WF_ERROR) {
        wf_sfn_note_reply(life, &note);
    }
}


void
wf_action_sfn_tags(wf_life_t *life, int64_t now_ms)
{
    look(life, listed, now_ms);
}


static void
written(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE
        && life->look_count++ < LOOKS_MAX)
    {
        look(life, life->found, now_ms);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


/* seen: of the write that was read. */
static void
write(wf_life_t *life, uint64_t seen, wf_str_t body, int64_t now_ms)
{
    wf_str_t    name;
    wf_note_t  *note;

    wf_job_drop(life->job);
    life->job = NULL;
    note = wf_sfn_note_submit(life, WF_SUBMIT_NOTE_PUT);

    if (note == NULL) {
        return;
    }

    name = name_of(life);
    note->request_key = seen;
    note->body = body;
    note->created_ms = now_ms;

    if (name.data) {
        note->name = wf_sfn_note_name(life, wf_str(WF_NOTE_TAGS), name);
    }

    if (note->name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->after = written;
    wf_life_submit(life, now_ms);
}


static void
tag(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_str_t   list;
    wf_note_t  note;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_DECLINED) {
        memset(&note, 0, sizeof(wf_note_t));
    }

    if (rc != WF_ERROR
        && wf_sfn_tags_merge(life, note.body, &list) == WF_OK)
    {
        write(life, note.request_key, list, now_ms);
    }
}


void
wf_action_sfn_tag(wf_life_t *life, int64_t now_ms)
{
    look(life, tag, now_ms);
}


static bool
is_named(const wf_value_t *keys, wf_str_t key)
{
    uint32_t  i;

    for (i = 0; i < keys->count; i++) {

        if (wf_str_eq(keys->u.items[i]->u.string, key)) {
            return true;
        }
    }

    return false;
}


static void
untag(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_buf_t           buf;
    wf_str_t           key;
    wf_note_t          note;
    wf_value_t        *list, *keys;
    const wf_value_t  *tag;

    rc = wf_sfn_note_answer(life, &note);

    if (rc == WF_DECLINED) {
        wf_sfn_done(life, now_ms);
    }

    if (rc != WF_OK || list_parse(life, note.body, &list) != WF_OK
        || list_parse(life, wf_arg(life, TAG_KEYS)->text, &keys) != WF_OK)
    {
        return;
    }

    wf_buf_init(&buf, life->call->arena, note.body.len);
    wf_buf_byte(&buf, '[');

    for (i = 0; i < list->count; i++) {
        tag = list->u.items[i];
        key = member(tag, wf_str("key"));

        if (!is_named(keys, key)) {
            tag_print(&buf, key, member(tag, wf_str("value")));
        }
    }

    wf_buf_byte(&buf, ']');

    if (buf.failed) {
        wf_life_no_memory(life);
        return;
    }

    write(life, note.request_key, wf_buf_done(&buf), now_ms);
}


void
wf_action_sfn_untag(wf_life_t *life, int64_t now_ms)
{
    look(life, untag, now_ms);
}
