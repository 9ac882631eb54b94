
/*
 * ListExecutions (cloudflow-api 3.10, 1.11).  The whole page is put together
 * in a reader thread: rows, filters, the revisions that go with them.  It
 * ends at its limit, or at WF_PAGE_BYTES_MAX.
 */

#include "actions/answers.h"
#include "actions/jobs.h"


/* Rows asked for at once when some may be filtered out. */
#define BATCH_MIN  100


typedef struct {
    uint64_t    no;
    wf_flow_t   flow;           /* empty: it has gone */
} revision_t;

typedef struct {
    wf_job_t         job;
    wf_list_query_t  query;
    wf_str_t         flow_name;
    wf_str_t         qualifier;
    uint64_t         version;       /* 0: the qualifier is none */
    bool             shows_items;   /* of a map run */
    bool             asks_redrives; /* those alone that were redriven, */
    bool             is_redriven;   /* or were not */
    bool             asks_pending;  /* those alone that wait for a redrive */
    int64_t          since_ms;      /* the map run goes on; 0: it does not */
    int64_t          now_ms;
    bool             is_bare;       /* neither inputs nor definitions */
    uint32_t         limit;
    wf_record_t     *records;   /* one more than limit */
    uint32_t         count;
    uint32_t         seen;      /* rows of the last batch */
    wf_str_t         last;      /* of the last row seen; in last_name */
    uint8_t          last_name[WF_EXECUTION_NAME_LEN_MAX];
    bool             is_repeat; /* the first row of a batch is the last one's */
    revision_t      *revisions;
    uint32_t         revision_count;
    wf_execution_view_t  *views;
    wf_str_t         next_token;
} executions_t;


/* Items of map runs are "<run>:<number>"; no client can make such a name.
 * Express executions are "<name>:<uuid>". */
static bool
is_item(wf_str_t name)
{
    const uint8_t  *colon;

    colon = memchr(name.data, ':', name.len);

    return colon != NULL
           && memchr(colon, '-', (size_t) (name.data + name.len - colon))
              == NULL;
}


/* Started with that alias; or with that version, by whatever name. */
static bool
is_qualified(const executions_t *list, const wf_record_t *record)
{
    return list->version ? record->version == list->version
                         : wf_str_eq(record->qualifier, list->qualifier);
}


/* Its map run is being redriven and has not come to it yet. */
static bool
is_pending(const executions_t *list, const wf_record_t *record)
{
    return list->since_ms != 0
           && record->redriven_ms < list->since_ms
           && record->stopped_ms <= list->since_ms
           && wf_record_redrive(record, list->now_ms)
              == WF_REDRIVE_BY_MAP_RUN;
}


static bool
is_wanted(const executions_t *list, const wf_record_t *record)
{
    if (list->qualifier.len > 0 && !is_qualified(list, record)) {
        return false;
    }

    if (!list->shows_items && is_item(record->name)) {
        return false;
    }

    if (list->asks_redrives
        && (record->redrive_count > 0) != list->is_redriven)
    {
        return false;
    }

    return list->asks_pending ? is_pending(list, record)
                              : list->query.status == 0
                                || !is_pending(list, record);
}


/* DECLINED: the page is full. */
static wf_rc_t
executions_each(void *data, const wf_store_row_t *row)
{
    wf_str_t       head, tail;
    wf_record_t   *record;
    executions_t  *list;

    list = data;
    list->seen++;

    if (list->is_repeat && list->seen == 1
        && wf_str_eq(row->name, list->last))
    {
        return WF_OK;
    }

    wf_assert(row->name.len <= sizeof(list->last_name));
    memcpy(list->last_name, row->name.data, row->name.len);
    list->last = (wf_str_t) { row->name.len, list->last_name };

    head = row->head;
    tail = row->tail;
    record = &list->records[list->count];

    if (wf_record_decode(head, tail, record) != WF_OK) {
        wf_error_set(&list->job.read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    if (!is_wanted(list, record)) {
        return WF_OK;
    }

    if (wf_job_copy(&list->job.read, &head) != WF_OK
        || wf_job_copy(&list->job.read, &tail) != WF_OK)
    {
        return WF_ERROR;
    }

    (void) wf_record_decode(head, tail, record);
    list->count++;

    return list->count > list->limit ? WF_DECLINED : WF_OK;
}


/* Batch after batch until the page is full and one more is known, or no row
 * is left. */
static wf_rc_t
executions_collect(executions_t *list, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    list->query.limit = list->limit + 1;

    if (list->qualifier.len > 0 || list->asks_redrives
        || list->asks_pending)
    {
        list->query.limit = wf_max(list->query.limit, BATCH_MIN);
    }

    for ( ;; ) {
        list->seen = 0;
        rc = type->list(reader, &list->query, executions_each, list,
                        &list->job.read.err);

        if (rc == WF_DECLINED) {
            return WF_OK;
        }

        if (rc != WF_OK || list->seen < list->query.limit) {
            return rc;
        }

        list->query.from = list->last;
        list->query.limit = wf_max(list->query.limit, BATCH_MIN);
        list->is_repeat = true;

        if (wf_job_copy(&list->job.read, &list->query.from) != WF_OK) {
            return WF_ERROR;
        }
    }
}


static wf_rc_t
revision_each(void *data, wf_str_t key, wf_str_t value)
{
    executions_t  *list;

    (void) key;

    list = data;

    if (wf_job_copy(&list->job.read, &value) != WF_OK) {
        return WF_ERROR;
    }

    if (wf_flow_decode(value, &list->revisions[list->revision_count].flow)
        != WF_OK)
    {
        wf_error_set(&list->job.read.err, WF_E_INTERNAL,
                     "the record of a flow is damaged");
        return WF_ERROR;
    }

    return WF_OK;
}


/* NULL: failed. */
static const wf_flow_t *
revision_find(executions_t *list, const wf_store_type_t *type,
    wf_store_reader_t *reader, uint64_t no)
{
    wf_rc_t      rc;
    uint32_t     i;
    wf_buf_t     key;
    revision_t  *revision;

    for (i = 0; i < list->revision_count; i++) {

        if (list->revisions[i].no == no) {
            return &list->revisions[i].flow;
        }
    }

    revision = &list->revisions[list->revision_count];
    memset(revision, 0, sizeof(revision_t));
    revision->no = no;

    wf_buf_init(&key, list->job.read.arena, 16);
    wf_put_key_u64(&key, list->query.flow_no);
    wf_put_key_u64(&key, no);

    if (key.failed) {
        (void) wf_job_no_memory(&list->job.read);
        return NULL;
    }

    rc = type->item(reader, WF_ITEM_REVISION, wf_buf_done(&key),
                    revision_each, list, &list->job.read.err);

    if (rc == WF_ERROR) {
        return NULL;
    }

    list->revision_count++;

    return &revision->flow;
}


/* Records -> views; the first record that goes no more into the page is where
 * the next one starts. */
static wf_rc_t
executions_fill(executions_t *list, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    size_t                bytes;
    uint32_t              i, count;
    const wf_flow_t      *flow;
    const wf_record_t    *record;
    wf_execution_view_t  *view;

    bytes = 0;
    count = wf_min(list->count, list->limit);

    for (i = 0; i < count && bytes <= WF_PAGE_BYTES_MAX; i++) {
        record = &list->records[i];
        flow = revision_find(list, type, reader, record->revision);

        if (flow == NULL) {
            return WF_ERROR;
        }

        view = &list->views[i];
        wf_execution_view(view, list->flow_name, record, flow);
        view->is_pending = is_pending(list, record);
        bytes += 256 + (list->is_bare ? 0 : view->definition.len
                                            + view->input.len
                                            + view->output.len
                                            + view->environment.len);
    }

    if (i < list->count) {
        list->next_token = list->records[i].name;
    }

    list->count = i;

    return WF_OK;
}


static void
executions_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    executions_t  *list;

    list = read->data;

    if (reader == NULL) {
        read->rc = WF_ERROR;
        return;
    }

    read->rc = executions_collect(list, type, reader);

    if (read->rc == WF_OK) {
        read->rc = executions_fill(list, type, reader);
    }
}


static void
executions_reply(wf_life_t *life, uint32_t count, wf_execution_view_t *views,
    wf_str_t next_token)
{
    wf_reply_t  *reply;

    reply = &life->call->reply;
    reply->kind = WF_REPLY_EXECUTIONS;
    reply->metadata_only = wf_arg(life, METADATA_ONLY)->number;
    reply->count = count;
    reply->u.executions = views;
    reply->next_token = next_token;
    wf_life_done(life);
}


static void
executions_done(wf_life_t *life, int64_t now_ms)
{
    executions_t  *list;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    list = (executions_t *) life->job;
    executions_reply(life, list->count, list->views, list->next_token);
}


/* Both filters as one prefix.  WF_DECLINED: nothing has it. */
static wf_rc_t
executions_prefix(const wf_life_t *life, wf_str_t *prefix)
{
    wf_buf_t  buf;
    wf_str_t  run, name;

    name = wf_arg(life, NAME_PREFIX)->text;

    if (!wf_arg(life, MAP_RUN)->present) {
        *prefix = name;
        return WF_OK;
    }

    wf_buf_init(&buf, life->call->arena, 64);
    wf_buf_str(&buf, wf_arg(life, MAP_RUN)->text);
    wf_buf_byte(&buf, ':');
    run = wf_buf_done(&buf);

    if (buf.failed) {
        return WF_ERROR;
    }

    if (!wf_str_starts(run, name) && !wf_str_starts(name, run)) {
        return WF_DECLINED;
    }

    *prefix = name.len > run.len ? name : run;

    return WF_OK;
}


static wf_rc_t
executions_query(executions_t *list, const wf_life_t *life, wf_str_t prefix,
    int64_t now_ms)
{
    wf_read_t        *read;
    wf_list_query_t  *query;

    read = &list->job.read;
    query = &list->query;
    query->flow_no = life->revision->flow.flow_no;
    query->status = (uint8_t) wf_arg(life, STATUS)->number;
    query->prefix = prefix;
    query->from = wf_arg(life, NEXT_TOKEN)->text;
    query->begin_ms = INT64_MIN;
    query->end_ms = INT64_MAX;

    if (wf_arg(life, STARTED_BEGIN)->present) {
        query->begin_ms = wf_arg(life, STARTED_BEGIN)->number;
    }

    if (wf_arg(life, STARTED_END)->present) {
        query->end_ms = wf_arg(life, STARTED_END)->number;
    }

    list->qualifier = wf_arg(life, QUALIFIER)->text;
    list->version = wf_version_parse(list->qualifier);
    list->shows_items = wf_arg(life, MAP_RUN)->present;
    list->asks_redrives = wf_arg(life, REDRIVE_FILTER)->present;
    list->is_redriven = wf_arg(life, REDRIVE_FILTER)->number == 0;
    list->asks_pending = wf_arg(life, STATUS_FILTER)->present
                         && !wf_arg(life, STATUS)->present;
    list->since_ms = wf_arg(life, REDRIVEN_MS)->number;
    list->now_ms = now_ms;
    list->is_bare = wf_arg(life, METADATA_ONLY)->number;
    list->flow_name = wf_arg(life, FLOW)->text;
    list->limit = wf_list_limit(life);
    list->records = wf_arena_alloc(read->arena,
                                   (list->limit + 1) * sizeof(wf_record_t));
    list->revisions = wf_arena_alloc(read->arena,
                                     (list->limit + 1) * sizeof(revision_t));
    list->views = wf_arena_alloc(read->arena,
                                 list->limit * sizeof(wf_execution_view_t));

    if (list->records == NULL || list->revisions == NULL
        || list->views == NULL
        || wf_job_copy(read, &query->prefix) != WF_OK
        || wf_job_copy(read, &query->from) != WF_OK
        || wf_job_copy(read, &list->qualifier) != WF_OK
        || wf_job_copy(read, &list->flow_name) != WF_OK)
    {
        return WF_ERROR;
    }

    return WF_OK;
}


void
wf_execution_list(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t        rc;
    wf_str_t       prefix;
    executions_t  *list;

    rc = executions_prefix(life, &prefix);

    if (rc == WF_ERROR) {
        wf_life_no_memory(life);
        return;
    }

    /* No execution is ever "Starting". */
    if (rc == WF_DECLINED
        || (wf_arg(life, STATUS)->present
            && wf_arg(life, STATUS)->number == 0))
    {
        executions_reply(life, 0, NULL, wf_str_none);
        return;
    }

    list = (executions_t *) wf_job_create(sizeof(executions_t),
                                          executions_run);

    if (list == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (executions_query(list, life, prefix, now_ms) != WF_OK) {
        wf_job_drop(&list->job);
        wf_life_no_memory(life);
        return;
    }

    wf_job_run(life, &list->job, executions_done);
}


void
wf_action_exec_list(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, wf_execution_list, now_ms);
}
