
/*
 * Workflow and activity types (swf 4): Register..., Describe..., Deprecate...,
 * Undeprecate... and Delete...Type.  Both kinds are the same but for their
 * name space.
 */

#include "actions/sfn_notes.h"
#include "actions/swf_types.h"
#include "base/json.h"
#include "wire/aws_walk.h"


#define LOOKS_MAX  5                /* at a type that others change */

/* What both kinds are refused with. */
typedef enum {
    REFUSE_UNKNOWN = 0,
    REFUSE_EXISTS,
    REFUSE_DEPRECATED,
    REFUSE_IN_USE
} refusal_t;

typedef struct {
    int64_t    registered_ms;       /* or undeprecated */
    int64_t    created_ms;
    int64_t    deprecated_ms;
    wf_str_t   defaults;            /* JSON texts; description: may be empty */
    wf_str_t   description;
} type_t;


static const wf_error_code_t  refusals[][2] = {
    [REFUSE_UNKNOWN] = { WF_E_UNKNOWN_ACTIVITY_TYPE,
                         WF_E_UNKNOWN_WORKFLOW_TYPE },
    [REFUSE_EXISTS] = { WF_E_ACTIVITY_TYPE_EXISTS,
                        WF_E_WORKFLOW_TYPE_EXISTS },
    [REFUSE_DEPRECATED] = { WF_E_ACTIVITY_TYPE_DEPRECATED,
                            WF_E_WORKFLOW_TYPE_DEPRECATED },
    [REFUSE_IN_USE] = { WF_E_ACTIVITY_TYPE_IN_USE,
                        WF_E_WORKFLOW_TYPE_IN_USE }
};


/* The action's name says it. */
static bool
is_workflow(const wf_life_t *life)
{
    wf_str_t  name, end;

    name = life->call->action->name;
    end = wf_str("WorkflowType");

    return name.len > end.len
           && memcmp(name.data + name.len - end.len, end.data, end.len) == 0;
}


static void
refuse(wf_life_t *life, refusal_t refusal)
{
    wf_life_fail(life, refusals[refusal][is_workflow(life)],
                 wf_arg(life, TYPE_NAME)->text,
                 wf_arg(life, TYPE_VERSION)->text);
}


static wf_str_t
key_print(wf_life_t *life)
{
    return wf_swf_type_key(life->call->arena, life->revision->flow.name,
                           is_workflow(life), &wf_arg(life, TYPE_NAME)->text,
                           &wf_arg(life, TYPE_VERSION)->text);
}


/* data == NULL: no memory. */
static wf_str_t
body_print(wf_life_t *life, const type_t *type)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, life->call->arena, 160 + type->defaults.len
                                         + type->description.len);
    wf_buf_text(&buf, "{\"registeredMs\":");
    wf_buf_int(&buf, type->registered_ms);
    wf_buf_text(&buf, ",\"createdMs\":");
    wf_buf_int(&buf, type->created_ms);
    wf_buf_text(&buf, ",\"deprecatedMs\":");
    wf_buf_int(&buf, type->deprecated_ms);
    wf_buf_text(&buf, ",\"defaults\":");
    wf_buf_str(&buf, type->defaults);

    if (type->description.len > 0) {
        wf_buf_text(&buf, ",\"description\":");
        wf_buf_str(&buf, type->description);
    }

    wf_buf_byte(&buf, '}');

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


static void
body_read(wf_str_t body, type_t *type)
{
    type->registered_ms = wf_swf_number(body, "registeredMs");
    type->created_ms = wf_swf_number(body, "createdMs");
    type->deprecated_ms = wf_swf_number(body, "deprecatedMs");
    type->defaults = wf_aws_member(body, wf_str("defaults"));
    type->description = wf_aws_member(body, wf_str("description"));
}


/* The write that was seen; 0: none. */
static void
write(wf_life_t *life, uint64_t seen, const type_t *type, wf_after_pt after,
    int64_t now_ms)
{
    wf_note_t  *note;

    note = wf_sfn_note_submit(life, WF_SUBMIT_NOTE_PUT);

    if (note == NULL) {
        return;
    }

    note->request_key = seen;
    note->name = key_print(life);
    note->body = body_print(life, type);
    note->created_ms = type->created_ms;

    if (note->name.data == NULL || note->body.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->after = after;
    wf_life_submit(life, now_ms);
}


/*
 * Register: it is there already if somebody has written it
 */

static void
registered(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE) {
        refuse(life, REFUSE_EXISTS);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


static void
register_known(wf_life_t *life, int64_t now_ms)
{
    type_t           type;
    wf_buf_t         text;
    wf_swf_domain_state_t  domain;

    wf_swf_domain_read(&life->revision->flow, &domain);

    if (domain.deprecated_ms != 0) {
        wf_life_fail(life, WF_E_DOMAIN_DEPRECATED, wf_arg(life, DOMAIN)->text,
                     wf_str_none);
        return;
    }

    memset(&type, 0, sizeof(type_t));
    type.created_ms = now_ms;
    type.registered_ms = wf_max(now_ms, domain.types_ms + 1);
    type.defaults = wf_arg(life, DEFAULTS)->text;

    if (wf_arg(life, DESCRIPTION)->text.len > 0) {
        wf_buf_init(&text, life->call->arena, 256);
        wf_json_print_string(&text, wf_arg(life, DESCRIPTION)->text);

        if (text.failed) {
            wf_life_no_memory(life);
            return;
        }

        type.description = wf_buf_done(&text);
    }

    write(life, 0, &type, registered, now_ms);
}


void
wf_action_swf_type_register(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, register_known, now_ms);
}


/*
 * Types that are there
 */

/* Goes on with the note. */
static void
look(wf_life_t *life, wf_go_pt go)
{
    wf_sfn_note_ask(life, key_print(life), go);
}


/* Not WF_OK: answered.  deprecated_ms: since when it is, all in all. */
static wf_rc_t
looked(wf_life_t *life, wf_note_t *note, wf_swf_domain_state_t *domain,
    int64_t *deprecated_ms)
{
    wf_rc_t  rc;

    rc = wf_sfn_note_answer(life, note);

    if (rc == WF_DECLINED) {
        refuse(life, REFUSE_UNKNOWN);
        return WF_ERROR;
    }

    if (rc == WF_OK) {
        wf_swf_domain_read(&life->revision->flow, domain);
        *deprecated_ms = wf_swf_type_deprecated(domain, note->body);
    }

    return rc;
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    int64_t          deprecated_ms;
    wf_note_t        note;
    wf_reply_t      *reply;
    wf_note_view_t  *view;
    wf_swf_domain_state_t  domain;

    (void) now_ms;

    if (looked(life, &note, &domain, &deprecated_ms) != WF_OK) {
        return;
    }

    view = wf_arena_calloc(life->call->arena, sizeof(wf_note_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    view->name = note.name;
    view->body = note.body;
    view->created_ms = note.created_ms;
    view->deprecated_ms = deprecated_ms;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_NOTE;
    reply->count = 1;
    reply->u.notes = view;
    wf_life_done(life);
}


static void
describe_known(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, described);
}


void
wf_action_swf_type_describe(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, describe_known, now_ms);
}


/*
 * Changes
 */

static void
changed(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR) {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE
        && life->look_count++ < LOOKS_MAX)
    {
        life->call->action->begin(life, now_ms);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


/* The note goes with the job: what is written is printed first. */
static void
rewrite(wf_life_t *life, const wf_note_t *note, const type_t *type,
    int64_t now_ms)
{
    write(life, note->request_key, type, changed, now_ms);
}


static void
deprecate(wf_life_t *life, int64_t now_ms)
{
    type_t           type;
    int64_t          deprecated_ms;
    wf_note_t        note;
    wf_swf_domain_state_t  domain;

    if (looked(life, &note, &domain, &deprecated_ms) != WF_OK) {
        return;
    }

    if (deprecated_ms != 0) {
        refuse(life, REFUSE_DEPRECATED);
        return;
    }

    body_read(note.body, &type);
    type.deprecated_ms = now_ms;
    rewrite(life, &note, &type, now_ms);
}


static void
deprecate_known(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, deprecate);
}


void
wf_action_swf_type_deprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, deprecate_known, now_ms);
}


/* In a deprecated domain everything is. */
static void
undeprecate(wf_life_t *life, int64_t now_ms)
{
    type_t           type;
    int64_t          deprecated_ms;
    wf_note_t        note;
    wf_swf_domain_state_t  domain;

    if (looked(life, &note, &domain, &deprecated_ms) != WF_OK) {
        return;
    }

    if (deprecated_ms == 0) {
        refuse(life, REFUSE_EXISTS);
        return;
    }

    if (domain.deprecated_ms != 0) {
        wf_life_fail(life, WF_E_DOMAIN_DEPRECATED, wf_arg(life, DOMAIN)->text,
                     wf_str_none);
        return;
    }

    body_read(note.body, &type);
    type.deprecated_ms = 0;
    type.registered_ms = wf_max(now_ms, domain.types_ms + 1);
    rewrite(life, &note, &type, now_ms);
}


static void
undeprecate_known(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, undeprecate);
}


void
wf_action_swf_type_undeprecate(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, undeprecate_known, now_ms);
}


static void
delete(wf_life_t *life, int64_t now_ms)
{
    int64_t          deprecated_ms;
    wf_note_t        note, *gone;
    wf_swf_domain_state_t  domain;

    if (looked(life, &note, &domain, &deprecated_ms) != WF_OK) {
        return;
    }

    if (deprecated_ms == 0) {
        refuse(life, REFUSE_IN_USE);
        return;
    }

    gone = wf_sfn_note_submit(life, WF_SUBMIT_NOTE_ERASE);

    if (gone == NULL) {
        return;
    }

    gone->request_key = note.request_key;
    gone->name = key_print(life);

    if (gone->name.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    life->after = changed;
    wf_life_submit(life, now_ms);
}


static void
delete_known(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    look(life, delete);
}


void
wf_action_swf_type_delete(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, delete_known, now_ms);
}
