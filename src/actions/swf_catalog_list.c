
/*
 * ListDomains, ListWorkflowTypes, ListActivityTypes (swf 4): pages of what the
 * catalogue has in order, forwards or backwards.  The store goes forwards
 * alone: a page from the end is counted first.
 */

#include "actions/jobs.h"
#include "actions/swf_types.h"


typedef struct list_s  list_t;

struct list_s {
    wf_job_t        job;
    uint8_t         kind;           /* wf_item_kind_t */
    wf_str_t        prefix;         /* of all keys */
    wf_str_t        token;          /* where the page begins, behind the
                                       prefix; data == NULL: at the first */
    bool            is_reverse;
    bool            is_deprecated;  /* those are wanted */
    wf_swf_domain_state_t  domain;  /* of types */
    uint32_t        limit;
    uint32_t        count;
    uint32_t        skip;           /* from the end: before the page */
    uint32_t        seen;
    bool            is_counting;
    bool            is_damaged;
    wf_str_t        next;
    union {
        wf_flow_view_t  *flows;
        wf_note_view_t  *notes;
    } views;

    /* Is value wanted?  Decoded into the views' entry "at", whose strings
     * are value's. */
    bool          (*read)(list_t *list, uint32_t at, wf_str_t value);
};


/*
 * In the reader thread
 */

/* There is an entry behind the last one of a page, for what is not shown. */
static bool
domain_read(list_t *list, uint32_t at, wf_str_t value)
{
    wf_flow_t              flow;
    wf_flow_view_t        *view;
    wf_swf_domain_state_t  domain;

    if (wf_flow_decode(value, &flow) != WF_OK) {
        list->is_damaged = true;
        return false;
    }

    wf_swf_domain_read(&flow, &domain);
    view = &list->views.flows[at];
    memset(view, 0, sizeof(wf_flow_view_t));
    view->name = flow.name;
    view->description = flow.description;
    view->is_deprecated = domain.deprecated_ms != 0;

    return view->is_deprecated == list->is_deprecated;
}


static bool
type_read(list_t *list, uint32_t at, wf_str_t value)
{
    wf_note_t        note;
    wf_note_view_t  *view;

    if (wf_note_decode(value, &note) != WF_OK) {
        list->is_damaged = true;
        return false;
    }

    view = &list->views.notes[at];
    view->name = note.name;
    view->body = note.body;
    view->created_ms = note.created_ms;
    view->deprecated_ms = wf_swf_type_deprecated(&list->domain, note.body);

    return (view->deprecated_ms != 0) == list->is_deprecated;
}


static wf_str_t
behind_prefix(const list_t *list, wf_str_t key)
{
    return (wf_str_t) { key.len - list->prefix.len,
                        key.data + list->prefix.len };
}


static wf_rc_t
next_set(list_t *list, wf_str_t key)
{
    list->next = behind_prefix(list, key);

    return wf_job_copy(&list->job.read, &list->next);
}


/* Of a page: copied, and shown. */
static wf_rc_t
show(list_t *list, wf_str_t value)
{
    if (wf_job_copy(&list->job.read, &value) != WF_OK) {
        return WF_ERROR;
    }

    (void) list->read(list, list->count, value);
    list->count++;

    return WF_OK;
}


/* From the end: the page is what comes last, in front of it is the next. */
static wf_rc_t
backwards(list_t *list, wf_str_t key, wf_str_t value)
{
    uint32_t  at;

    at = list->seen++;

    if (list->is_counting) {
        return WF_OK;
    }

    if (at + 1 == list->skip) {
        return next_set(list, key);
    }

    if (list->count == list->limit) {
        return WF_DECLINED;
    }

    return at < list->skip ? WF_OK : show(list, value);
}


static wf_rc_t
forwards(list_t *list, wf_str_t key, wf_str_t value)
{
    if (list->count == list->limit) {
        return next_set(list, key) == WF_OK ? WF_DECLINED : WF_ERROR;
    }

    return show(list, value);
}


/* DECLINED: the page is full, or there are no more. */
static wf_rc_t
list_each(void *data, wf_str_t key, wf_str_t value)
{
    bool     is_wanted;
    list_t  *list;

    list = data;

    if (!wf_str_starts(key, list->prefix)
        || (list->is_reverse && list->token.data
            && wf_str_cmp(behind_prefix(list, key), list->token) > 0))
    {
        return WF_DECLINED;
    }

    is_wanted = list->read(list, list->limit, value);

    if (list->is_damaged) {
        wf_error_set(&list->job.read.err, WF_E_INTERNAL,
                     "a record of the catalogue is damaged");
        return WF_ERROR;
    }

    if (!is_wanted) {
        return WF_OK;
    }

    return list->is_reverse ? backwards(list, key, value)
                            : forwards(list, key, value);
}


static wf_rc_t
pass(list_t *list, const wf_store_type_t *type, wf_store_reader_t *reader)
{
    wf_rc_t   rc;
    wf_buf_t  from;

    wf_buf_init(&from, list->job.read.arena,
                list->prefix.len + list->token.len);
    wf_buf_str(&from, list->prefix);

    if (!list->is_reverse) {
        wf_buf_str(&from, list->token);
    }

    if (from.failed) {
        return wf_job_no_memory(&list->job.read);
    }

    list->seen = 0;
    rc = type->items(reader, list->kind, wf_buf_done(&from), UINT32_MAX,
                     list_each, list, &list->job.read.err);

    return rc == WF_DECLINED ? WF_OK : rc;
}


static void
swap(list_t *list, uint32_t a, uint32_t b)
{
    wf_flow_view_t  flow;
    wf_note_view_t  note;

    if (list->kind == WF_ITEM_FLOW) {
        flow = list->views.flows[a];
        list->views.flows[a] = list->views.flows[b];
        list->views.flows[b] = flow;
        return;
    }

    note = list->views.notes[a];
    list->views.notes[a] = list->views.notes[b];
    list->views.notes[b] = note;
}


/* What is registered between the two passes is seen by the second alone, which
 * stops when the page is full. */
static wf_rc_t
from_the_end(list_t *list, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    uint32_t  i;

    list->is_counting = true;

    if (pass(list, type, reader) != WF_OK) {
        return WF_ERROR;
    }

    list->is_counting = false;
    list->skip = list->seen > list->limit ? list->seen - list->limit : 0;

    if (pass(list, type, reader) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < list->count / 2; i++) {
        swap(list, i, list->count - 1 - i);
    }

    return WF_OK;
}


static void
list_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    list_t  *list;

    list = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = list->is_reverse ? from_the_end(list, type, reader)
                                : pass(list, type, reader);
}


/*
 * In the worker
 */

static void
list_done(wf_life_t *life, int64_t now_ms)
{
    list_t      *list;
    wf_reply_t  *reply;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    list = (list_t *) life->job;
    reply = &life->call->reply;
    reply->count = list->count;
    reply->next_token = list->next;

    if (list->kind == WF_ITEM_FLOW) {
        reply->kind = WF_REPLY_FLOWS;
        reply->u.flows = list->views.flows;

    } else {
        reply->kind = WF_REPLY_NOTES;
        reply->u.notes = list->views.notes;
    }

    wf_life_done(life);
}


static wf_rc_t
list_ask(list_t *list, wf_life_t *life, size_t width)
{
    wf_read_t  *read;

    read = &list->job.read;
    list->is_reverse = wf_arg(life, REVERSE_ORDER)->number;
    list->is_deprecated = wf_arg(life, REGISTRATION)->number == 1;
    list->limit = (uint32_t) wf_arg(life, LIMIT)->number;
    list->views.notes = wf_arena_calloc(read->arena,
                                        (list->limit + 1) * width);

    if (list->views.notes == NULL || list->prefix.data == NULL
        || wf_job_copy(read, &list->prefix) != WF_OK)
    {
        return WF_ERROR;
    }

    if (!wf_arg(life, NEXT_TOKEN)->present) {
        return WF_OK;
    }

    list->token = wf_arg(life, NEXT_TOKEN)->text;

    return wf_job_copy(read, &list->token);
}


static void
list_go(wf_life_t *life, list_t *list, size_t width)
{
    if (list && list_ask(list, life, width) != WF_OK) {
        wf_job_drop(&list->job);
        list = NULL;
    }

    wf_job_run(life, (wf_job_t *) list, list_done);
}


static void
types_list(wf_life_t *life, bool is_workflow)
{
    list_t          *list;
    const wf_arg_t  *name;

    name = wf_arg(life, TYPE_NAME);
    list = (list_t *) wf_job_create(sizeof(list_t), list_run);

    if (list) {
        list->kind = WF_ITEM_NOTE;
        list->read = type_read;
        list->prefix = wf_swf_type_key(life->call->arena,
                                       life->revision->flow.name, is_workflow,
                                       name->present ? &name->text : NULL,
                                       NULL);
        wf_swf_domain_read(&life->revision->flow, &list->domain);
    }

    list_go(life, list, sizeof(wf_note_view_t));
}


static void
workflow_types(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    types_list(life, true);
}


static void
activity_types(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    types_list(life, false);
}


void
wf_action_swf_workflow_types(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, workflow_types, now_ms);
}


void
wf_action_swf_activity_types(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, activity_types, now_ms);
}


void
wf_action_swf_domains(wf_life_t *life, int64_t now_ms)
{
    list_t    *list;
    wf_buf_t   prefix;

    (void) now_ms;

    list = (list_t *) wf_job_create(sizeof(list_t), list_run);

    if (list) {
        list->kind = WF_ITEM_FLOW;
        list->read = domain_read;
        wf_buf_init(&prefix, list->job.read.arena, 64);
        wf_buf_text(&prefix, WF_NOTE_SWF);
        wf_buf_str(&prefix, wf_arg(life, REGION)->text);
        wf_buf_byte(&prefix, '/');
        wf_buf_str(&prefix, wf_arg(life, ACCOUNT)->text);
        wf_buf_byte(&prefix, '/');
        list->prefix = prefix.failed ? wf_str_none : wf_buf_done(&prefix);
    }

    list_go(life, list, sizeof(wf_flow_view_t));
}
