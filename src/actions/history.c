
/*
 * GetExecutionHistory (cloudflow-api 3.11, section 5).  Chunks are decoded in
 * a reader thread, from the first on, as later ones refer to values of
 * earlier ones; what stands before the page is dropped on the way.  Names of
 * steps come from the program of the execution's revision.
 *
 * From the end, a page is found in two rounds: the first learns how large the
 * events are, the second reads those that go into it.
 */

#include "actions/answers.h"
#include "actions/jobs.h"
#include "actions/pages.h"
#include "actions/place.h"
#include "actions/redact.h"
#include "base/json.h"
#include "flow/program_asl.h"


/* Values of skipped events: above this the few still needed move out. */
#define SKIP_BYTES_MAX  (8 * 1024 * 1024)


typedef struct {
    wf_job_t          job;
    uint32_t          shard_no;
    uint64_t          flow_no;
    wf_str_t          name;
    uint64_t          from_id;      /* none before it is wanted */
    uint64_t          first_id;     /* of the page */
    uint32_t          limit;
    uint8_t           key[WF_TOKEN_KEY_LEN];

    uint64_t          exec_no;
    wf_record_t       record;
    wf_execution_view_t  of;
    wf_codec_t        codec;
    wf_arena_t       *skipped;      /* values of events before the page */
    wf_event_view_t  *views;
    uint32_t          count;
    size_t            bytes;
    uint64_t          next_id;      /* 0: the end */

    bool              is_reversed;  /* the newest first */
    bool              is_counting;  /* first time round: sizes alone */
    uint64_t          last_id;      /* none after it is wanted; of the page,
                                       reversed; 0: the newest */
    uint32_t         *sizes;        /* of visible events, by id - from_id */
    uint32_t          size_count;
} page_t;


/* Which events belong to a step: those with a field N. */
static bool
has_step(uint8_t type)
{
    static const char  *fields[] = {
#define EVENT(symbol, number, apply, rpc, of)  [number] = of,
#include "engine/events.def"
#undef EVENT
    };

    return type < wf_countof(fields) && fields[type]
           && strchr(fields[type], 'N');
}


/* The decoder goes on in another arena: what it remembers comes along. */
static wf_rc_t
move_registers(page_t *page, wf_arena_t *arena)
{
    size_t              i;
    const wf_value_t  **value;

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        value = &page->codec.registers[i];

        if (*value == NULL) {
            continue;
        }

        *value = wf_value_copy(arena, *value);

        if (*value == NULL) {
            return wf_job_no_memory(&page->job.read);
        }
    }

    return WF_OK;
}


static void
drop_skipped(page_t *page)
{
    wf_arena_free(page->skipped);
    page->skipped = NULL;
}


/* The page begins with the next visible event. */
static bool
is_reached(const page_t *page)
{
    return !page->is_counting && page->codec.event_id + 1 >= page->first_id;
}


/* Where the values of the next event go.  NULL: no memory. */
static wf_arena_t *
value_arena(page_t *page)
{
    wf_rc_t      rc;
    wf_arena_t  *fresh;

    if (is_reached(page)) {

        if (page->skipped) {
            rc = move_registers(page, page->job.read.arena);
            drop_skipped(page);

            if (rc != WF_OK) {
                return NULL;
            }
        }

        return page->job.read.arena;
    }

    if (page->skipped && wf_arena_size(page->skipped) <= SKIP_BYTES_MAX) {
        return page->skipped;
    }

    fresh = wf_arena_create(0);

    if (fresh == NULL) {
        (void) wf_job_no_memory(&page->job.read);
        return NULL;
    }

    rc = move_registers(page, fresh);
    drop_skipped(page);
    page->skipped = fresh;

    return rc == WF_OK ? fresh : NULL;
}


static size_t
value_bytes(const wf_value_t *value)
{
    return value ? wf_json_size(value) : 0;
}


static size_t
event_bytes(const wf_event_t *event)
{
    return 256 + event->error.len + event->error_cause.len
           + value_bytes(event->input) + value_bytes(event->local)
           + value_bytes(event->output);
}


static wf_rc_t
size_keep(page_t *page, const wf_event_t *event)
{
    uint32_t  *larger;

    /* Full at every power of two. */

    if ((page->size_count & (page->size_count - 1)) == 0) {
        larger = wf_arena_alloc(page->job.read.arena,
                                wf_max(2 * (size_t) page->size_count, 1)
                                * sizeof(uint32_t));

        if (larger == NULL) {
            return wf_job_no_memory(&page->job.read);
        }

        if (page->size_count > 0) {
            memcpy(larger, page->sizes, page->size_count * sizeof(uint32_t));
        }

        page->sizes = larger;
    }

    page->sizes[page->size_count++] = (uint32_t) wf_min(event_bytes(event),
                                                        UINT32_MAX);

    return WF_OK;
}


/* Which events go into the page: as many of the last ones as it holds. */
static void
page_turn(page_t *page)
{
    size_t    bytes;
    uint32_t  first;

    bytes = 0;
    first = page->size_count;

    while (first > 0 && page->size_count - first < page->limit
           && bytes <= WF_PAGE_BYTES_MAX)
    {
        bytes += page->sizes[--first];
    }

    page->is_counting = false;
    page->first_id = page->from_id + first;
    page->last_id = page->from_id + page->size_count - 1;
    page->next_id = first ? page->first_id - 1 : 0;
    memset(&page->codec, 0, sizeof(wf_codec_t));
}


/* DECLINED: the page is full. */
static wf_rc_t
keep_event(page_t *page, const wf_event_t *event)
{
    wf_event_view_t  *view;

    if (event->event_id == 0 || event->event_id < page->first_id) {
        return WF_OK;
    }

    if (page->last_id != 0 && event->event_id > page->last_id) {
        return WF_DECLINED;
    }

    if (page->is_counting) {
        return size_keep(page, event);
    }

    if (!page->is_reversed
        && (page->count == page->limit || page->bytes > WF_PAGE_BYTES_MAX))
    {
        page->next_id = event->event_id;
        return WF_DECLINED;
    }

    view = &page->views[page->count++];
    memset(view, 0, sizeof(wf_event_view_t));
    view->event = *event;

    if (wf_redact_event(page->job.read.arena, page->key, &view->event)
        != WF_OK)
    {
        return wf_job_no_memory(&page->job.read);
    }

    /* They point into the chunk, which is about to go. */
    if (wf_job_copy(&page->job.read, &view->event.error) != WF_OK
        || wf_job_copy(&page->job.read, &view->event.error_cause) != WF_OK)
    {
        return WF_ERROR;
    }

    page->bytes += event_bytes(event);

    return WF_OK;
}


static wf_rc_t
each_chunk(void *data, wf_str_t key, wf_str_t value)
{
    page_t       *page;
    wf_rc_t       rc;
    uint32_t      i, count;
    wf_event_t    event;
    wf_arena_t   *arena;
    wf_reader_t   events;

    (void) key;

    page = data;

    if (wf_chunk_open(value, &events, &count, &page->job.read.err) != WF_OK) {
        return WF_ERROR;
    }

    for (i = 0; i < count; i++) {
        arena = value_arena(page);

        if (arena == NULL
            || wf_event_decode(arena, &events, &page->codec, &event,
                               &page->job.read.err) != WF_OK)
        {
            return WF_ERROR;
        }

        rc = keep_event(page, &event);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    page_t    *page;
    wf_str_t   head, tail;

    page = data;
    head = row->head;
    tail = row->tail;

    if (wf_job_copy(&page->job.read, &head) != WF_OK
        || wf_job_copy(&page->job.read, &tail) != WF_OK)
    {
        return WF_ERROR;
    }

    page->exec_no = row->exec_no;

    if (wf_record_decode(head, tail, &page->record) != WF_OK) {
        wf_error_set(&page->job.read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    return WF_OK;
}


static void
page_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    page_t  *page;

    page = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = type->find(reader, page->shard_no, page->flow_no, page->name,
                          each_row, page, &read->err);

    if (read->rc != WF_OK) {
        return;
    }

    page->is_counting = page->is_reversed;
    read->rc = type->chunks(reader, page->shard_no, page->exec_no, 1,
                            each_chunk, page, &read->err);
    drop_skipped(page);

    if (page->size_count > 0 && read->rc != WF_ERROR) {
        page_turn(page);
        read->rc = type->chunks(reader, page->shard_no, page->exec_no, 1,
                                each_chunk, page, &read->err);
        drop_skipped(page);
    }

    if (read->rc == WF_DECLINED) {
        read->rc = WF_OK;
    }
}


/* Generation 2 spells them as the Amazon States Language does. */
static wf_str_t
type_name(uint8_t type)
{
    static const char *const  names[] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
        [number] = cfl,
#include "flow/states.def"
#undef STATE
    };

    return wf_str_of(names[type]);
}


static void
view_node(wf_event_view_t *view, const wf_node_t *node)
{
    view->step = node->name;

    if (node->asl) {
        view->type = type_name(node->type);
        view->kind = node->asl->kind;
        view->service = node->asl->service;
        view->operation = node->asl->operation;
        view->label = node->asl->label;
    }

    if (node->type == WF_STATE_TASK) {
        view->resource = node->u.task.resource;
        view->is_action = node->u.task.is_action;
        view->mode = node->u.task.mode;
    }
}


static void
page_reverse(page_t *page)
{
    uint32_t         i, k;
    wf_event_view_t  view;

    for (i = 0, k = page->count; i + 1 < k; i++) {
        view = page->views[i];
        page->views[i] = page->views[--k];
        page->views[k] = view;
    }
}


/* The page's events, and its token. */
static wf_rc_t
reply_fill(wf_life_t *life, page_t *page)
{
    wf_buf_t     token;
    wf_reply_t  *reply;

    if (page->is_reversed) {
        page_reverse(page);
    }

    wf_buf_init(&token, life->call->arena, 24);

    if (page->next_id) {
        wf_buf_uint(&token, page->next_id);
    }

    if (token.failed) {
        wf_life_no_memory(life);
        return WF_ERROR;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_EVENTS;
    reply->count = page->count;
    reply->u.events = page->views;
    reply->next_token = wf_buf_done(&token);

    return WF_OK;
}


wf_rc_t
wf_history_reply(wf_life_t *life)
{
    page_t  *page;

    page = (page_t *) life->job;

    if (page->job.read.rc == WF_DECLINED) {
        return WF_DECLINED;
    }

    return wf_job_failed(life) ? WF_ERROR : reply_fill(life, page);
}


const wf_record_t *
wf_history_record(const wf_life_t *life)
{
    return &((const page_t *) life->job)->record;
}


/* Steps get their names. */
static void
answer(wf_life_t *life, int64_t now_ms)
{
    page_t              *page;
    uint32_t             i;
    wf_event_view_t     *view;
    const wf_program_t  *program;

    (void) now_ms;

    page = (page_t *) life->job;
    program = life->revision->program;

    if (life->revision->flow.revision != page->record.revision) {
        /* The flow has gone meanwhile. */
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    for (i = 0; program && i < page->count; i++) {
        view = &page->views[i];
        view->is_legacy = program->dialect == WF_DIALECT_FDL;

        if (has_step(view->event.type)
            && view->event.node < program->node_count)
        {
            view_node(view, &program->nodes[view->event.node]);
        }
    }

    wf_execution_view(&page->of, wf_arg(life, FLOW)->text, &page->record,
                      &life->revision->flow);
    life->call->reply.of = &page->of;

    if (reply_fill(life, page) == WF_OK) {
        wf_life_done(life);
    }
}


static void
page_done(wf_life_t *life, int64_t now_ms)
{
    page_t  *page;

    page = (page_t *) life->job;

    if (page->job.read.rc == WF_DECLINED) {
        wf_execution_not_found(life);
        return;
    }

    if (wf_job_failed(life)) {
        return;
    }

    wf_life_revision(life, page->flow_no, page->record.revision, answer,
                     now_ms);
}


static wf_rc_t
page_ask(page_t *page, const wf_life_t *life, const wf_history_t *wanted)
{
    page->flow_no = wanted->flow_no;
    page->name = wanted->name;
    page->shard_no = wf_shard_of(page->flow_no, page->name,
                                 life->call->desk->settings.shard_count);
    memcpy(page->key, life->call->desk->port->token_key, sizeof(page->key));
    page->from_id = wanted->first_id;
    page->first_id = wanted->first_id;
    page->last_id = wanted->last_id;
    page->limit = wanted->limit;
    page->is_reversed = wanted->is_reversed;
    page->views = wf_arena_alloc(page->job.read.arena,
                                 page->limit * sizeof(wf_event_view_t));

    return page->views ? wf_job_copy(&page->job.read, &page->name) : WF_ERROR;
}


void
wf_history_read(wf_life_t *life, const wf_history_t *wanted, wf_go_pt go)
{
    page_t  *page;

    page = (page_t *) wf_job_create(sizeof(page_t), page_run);

    if (page && page_ask(page, life, wanted) != WF_OK) {
        wf_job_drop(&page->job);
        page = NULL;
    }

    wf_job_run(life, (wf_job_t *) page, go);
}


static void
ask(wf_life_t *life, int64_t now_ms)
{
    wf_history_t  wanted;

    (void) now_ms;

    if (wf_execution_exists_never(life)) {
        return;
    }

    wanted = (wf_history_t) {
        .flow_no = life->revision->flow.flow_no,
        .name = wf_arg(life, EXECUTION)->text,
        .first_id = 1,
        .limit = wf_list_limit(life),
        .is_reversed = wf_arg(life, REVERSE_ORDER)->number
    };

    if (wf_arg(life, NEXT_TOKEN)->number > 0) {
        *(wanted.is_reversed ? &wanted.last_id : &wanted.first_id)
            = (uint64_t) wf_arg(life, NEXT_TOKEN)->number;
    }

    wf_history_read(life, &wanted, page_done);
}


void
wf_action_exec_history(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, ask, now_ms);
}
