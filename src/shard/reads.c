
/*
 * Everyday reads.  A fetch lives in its own arena, which travels with it:
 * asker, reader thread, done().  What runs in the reader thread (run_*, keep_*)
 * touches the fetch alone; decoding happens there, to keep the loop free.
 */

#include "shard/buggify.h"
#include "shard/reads.h"
#include "shard/names.h"


#define FETCH_BYTES  2048           /* first block of a fetch's arena */
#define ROWS_MIN     1


typedef wf_rc_t (*ask_pt)(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);


static void fetch_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static void fetch_done(wf_read_t *read, int64_t now_ms);
static wf_rc_t ask_find(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_history(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_chunks(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_list(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_flow(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_flows(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_revision(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_names(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);
static wf_rc_t ask_ended(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader);


/*
 * Asking
 */

static wf_fetch_t *
fetch_create(wf_fetch_pt done, void *data, ask_pt ask)
{
    wf_fetch_t  *fetch;
    wf_arena_t  *arena;

    arena = wf_arena_create(FETCH_BYTES);
    if (arena == NULL) {
        return NULL;
    }

    fetch = wf_arena_calloc(arena, sizeof(wf_fetch_t));
    if (fetch == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    fetch->read.run = fetch_run;
    fetch->read.done = fetch_done;
    fetch->read.data = fetch;
    fetch->read.arena = arena;
    fetch->ask = ask;
    fetch->done = done;
    fetch->data = data;

    return fetch;
}


/* The last step of every asking: the name is copied, the read goes off. */

static wf_fetch_t *
fetch_send(wf_port_t *port, wf_fetch_t *fetch, wf_str_t name)
{
    fetch->name = wf_arena_copy(fetch->read.arena, name);

    if (fetch->name.data == NULL) {
        wf_fetch_free(fetch);
        return NULL;
    }

    port->read(port, &fetch->read);

    return fetch;
}


static void
fetch_done(wf_read_t *read, int64_t now_ms)
{
    wf_fetch_t  *fetch;

    fetch = read->data;

    if (fetch->done == NULL) {
        wf_fetch_free(fetch);
        return;
    }

    fetch->done(fetch, now_ms);
}


void
wf_fetch_cancel(wf_fetch_t *fetch)
{
    if (fetch != NULL) {
        fetch->done = NULL;
    }
}


void
wf_fetch_free(wf_fetch_t *fetch)
{
    wf_arena_free(fetch->read.arena);
}


wf_fetch_t *
wf_read_find(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_find);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->shard_no = shard_no;
    fetch->flow_no = flow_no;

    return fetch_send(port, fetch, name);
}


wf_fetch_t *
wf_read_history(wf_port_t *port, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_history);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->shard_no = shard_no;
    fetch->flow_no = flow_no;
    fetch->first_seq = 1;

    return fetch_send(port, fetch, name);
}


wf_fetch_t *
wf_read_chunks(wf_port_t *port, uint32_t shard_no, uint64_t exec_no,
    uint64_t first_seq, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_chunks);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->shard_no = shard_no;
    fetch->exec_no = exec_no;
    fetch->first_seq = first_seq;

    return fetch_send(port, fetch, wf_str_none);
}


wf_fetch_t *
wf_read_list(wf_port_t *port, const wf_list_query_t *query, wf_fetch_pt done,
    void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_list);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->query = *query;
    fetch->query.prefix = wf_arena_copy(fetch->read.arena, query->prefix);
    fetch->query.from = wf_arena_copy(fetch->read.arena, query->from);

    if (fetch->query.prefix.data == NULL || fetch->query.from.data == NULL) {
        wf_fetch_free(fetch);
        return NULL;
    }

    return fetch_send(port, fetch, wf_str_none);
}


wf_fetch_t *
wf_read_flow(wf_port_t *port, wf_str_t name, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_flow);

    return fetch ? fetch_send(port, fetch, name) : NULL;
}


wf_fetch_t *
wf_read_revision(wf_port_t *port, uint64_t flow_no, uint64_t revision,
    wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_revision);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->flow_no = flow_no;
    fetch->first_seq = revision;

    return fetch_send(port, fetch, wf_str_none);
}


wf_fetch_t *
wf_read_flows(wf_port_t *port, wf_str_t from, uint32_t limit, wf_fetch_pt done,
    void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_flows);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->limit = limit;

    return fetch_send(port, fetch, from);
}


wf_fetch_t *
wf_read_names(wf_port_t *port, uint32_t shard_no, uint64_t after,
    uint32_t limit, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_names);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->shard_no = shard_no;
    fetch->exec_no = after;
    fetch->limit = limit;

    return fetch_send(port, fetch, wf_str_none);
}


wf_fetch_t *
wf_read_ended(wf_port_t *port, uint32_t shard_no, uint64_t after,
    uint32_t limit, int64_t before_ms, wf_fetch_pt done, void *data)
{
    wf_fetch_t  *fetch;

    fetch = fetch_create(done, data, ask_ended);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->shard_no = shard_no;
    fetch->exec_no = after;
    fetch->limit = limit;
    fetch->query.end_ms = before_ms;
    fetch->oldest_ms = INT64_MAX;

    return fetch_send(port, fetch, wf_str_none);
}


/*
 * Keeping: from here on everything runs in the reader thread
 */

static wf_rc_t
fetch_oom(wf_fetch_t *fetch)
{
    wf_error_set(&fetch->read.err, WF_E_INTERNAL, "out of memory");

    return WF_ERROR;
}


/* A table that has count of *size places used gets room for one more. */

static void *
room_for(wf_fetch_t *fetch, void *table, uint32_t count, uint32_t *size,
    size_t width)
{
    void      *larger;
    uint32_t   want;

    if (count < *size) {
        return table;
    }

    want = wf_max(ROWS_MIN, *size * 2);
    larger = wf_arena_calloc(fetch->read.arena, want * width);

    if (larger != NULL) {
        if (count != 0) {
            memcpy(larger, table, count * width);
        }

        *size = want;
    }

    return larger;
}


static wf_rc_t
copy_str(wf_fetch_t *fetch, wf_str_t *s)
{
    *s = wf_arena_copy(fetch->read.arena, *s);

    return s->data ? WF_OK : fetch_oom(fetch);
}


static wf_rc_t
keep_row(void *data, const wf_store_row_t *from)
{
    uint32_t         size;
    wf_fetch_t      *fetch;
    wf_record_t     *record;
    wf_store_row_t  *row;

    fetch = data;
    size = fetch->row_size;
    fetch->rows = room_for(fetch, fetch->rows, fetch->row_count, &size,
                           sizeof(wf_store_row_t));
    fetch->records = room_for(fetch, fetch->records, fetch->row_count,
                              &fetch->row_size, sizeof(wf_record_t));

    if (fetch->rows == NULL || fetch->records == NULL) {
        fetch->row_count = 0;
        return fetch_oom(fetch);
    }

    row = &fetch->rows[fetch->row_count];
    record = &fetch->records[fetch->row_count];
    *row = *from;

    if (copy_str(fetch, &row->name) != WF_OK
        || copy_str(fetch, &row->head) != WF_OK
        || copy_str(fetch, &row->tail) != WF_OK)
    {
        return WF_ERROR;
    }

    if (wf_record_decode(row->head, row->tail, record) != WF_OK) {
        *record = (wf_record_t) { 0 };
        wf_error_set(&fetch->read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
    }

    /* A damaged record still has its row; a list can show that much. */

    record->flow_no = row->flow_no;
    record->name = row->name;
    record->status = row->status;
    record->started_ms = row->started_ms;
    record->stopped_ms = row->stopped_ms;
    fetch->row_count++;

    return WF_OK;
}


static wf_rc_t
keep_name(void *data, const wf_store_row_t *from)
{
    wf_fetch_t      *fetch;
    wf_store_row_t  *row;

    fetch = data;
    fetch->rows = room_for(fetch, fetch->rows, fetch->row_count,
                           &fetch->row_size, sizeof(wf_store_row_t));
    if (fetch->rows == NULL) {
        fetch->row_count = 0;
        return fetch_oom(fetch);
    }

    row = &fetch->rows[fetch->row_count++];
    row->exec_no = from->exec_no;
    row->flow_no = from->flow_no;
    row->last_seq = wf_names_hash(from->flow_no, from->name);

    return WF_OK;
}


/*
 * Executions come in the order of their starts, and none is over before it
 * began: what began too late ends the search.  One that runs will end later
 * than any that could be erased now.
 */

static wf_rc_t
keep_ended(void *data, const wf_store_row_t *from)
{
    int64_t          before_ms;
    wf_fetch_t      *fetch;
    wf_store_row_t  *row;

    fetch = data;
    before_ms = fetch->query.end_ms;
    fetch->looked_count++;

    if (from->started_ms >= before_ms) {
        fetch->oldest_ms = wf_min(fetch->oldest_ms, from->started_ms);
        return WF_DECLINED;
    }

    fetch->next_no = fetch->first_seq;
    fetch->first_seq = from->exec_no;

    if (!wf_status_is_final(from->status)) {
        return WF_OK;
    }

    if (from->stopped_ms >= before_ms) {
        fetch->oldest_ms = wf_min(fetch->oldest_ms, from->stopped_ms);
        return WF_OK;
    }

    fetch->rows = room_for(fetch, fetch->rows, fetch->row_count,
                           &fetch->row_size, sizeof(wf_store_row_t));
    if (fetch->rows == NULL) {
        fetch->row_count = 0;
        return fetch_oom(fetch);
    }

    row = &fetch->rows[fetch->row_count];
    *row = *from;

    if (copy_str(fetch, &row->name) != WF_OK) {
        fetch->row_count = 0;
        return WF_ERROR;
    }

    fetch->row_count++;

    return WF_OK;
}


/*
 * next_seq comes from the chunk's own count; a damaged one is kept as it is,
 * the replay will say so.
 */

static wf_rc_t
keep_chunk(void *data, wf_str_t key, wf_str_t value)
{
    uint32_t      count;
    wf_error_t    err;
    wf_fetch_t   *fetch;
    wf_reader_t   events;

    (void) key;
    fetch = data;

    if (fetch->bytes >= WF_READ_BYTES_MAX
        || (fetch->chunk_count > 0 && wf_buggify(300)))
    {
        fetch->has_more = true;
        return WF_DECLINED;
    }

    fetch->chunks = room_for(fetch, fetch->chunks, fetch->chunk_count,
                             &fetch->chunk_size, sizeof(wf_str_t));
    if (fetch->chunks == NULL || copy_str(fetch, &value) != WF_OK) {
        fetch->chunk_count = 0;
        return fetch_oom(fetch);
    }

    fetch->chunks[fetch->chunk_count++] = value;
    fetch->bytes += value.len;
    wf_error_clear(&err);

    if (wf_chunk_open(value, &events, &count, &err) == WF_OK) {
        fetch->next_seq += count;
    }

    return WF_OK;
}


static wf_rc_t
keep_flow(void *data, wf_str_t key, wf_str_t value)
{
    wf_fetch_t  *fetch;

    fetch = data;
    fetch->flows = room_for(fetch, fetch->flows, fetch->flow_count,
                            &fetch->flow_size, sizeof(wf_flow_t));
    if (fetch->flows == NULL || copy_str(fetch, &value) != WF_OK) {
        fetch->flow_count = 0;
        return fetch_oom(fetch);
    }

    if (wf_flow_decode(value, &fetch->flows[fetch->flow_count]) != WF_OK) {
        wf_error_set(&fetch->read.err, WF_E_INTERNAL,
                     "catalogue entry \"%.*s\" is damaged",
                     (int) wf_min(key.len, WF_NAME_LEN_MAX),
                     (const char *) key.data);
        return WF_ERROR;
    }

    fetch->flow_count++;

    return WF_OK;
}


/*
 * Running
 */

static void
fetch_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_fetch_t  *fetch;

    fetch = read->data;
    read->rc = reader ? fetch->ask(fetch, type, reader) : WF_ERROR;
}


/* keep_*() stop a scan with DECLINED when they have enough. */

static wf_rc_t
scan_rc(wf_rc_t rc)
{
    return rc == WF_DECLINED ? WF_OK : rc;
}


static wf_rc_t
ask_find(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    rc = type->find(reader, fetch->shard_no, fetch->flow_no, fetch->name,
                    keep_row, fetch, &fetch->read.err);
    if (rc != WF_OK) {
        return rc;
    }

    if (fetch->row_count == 0) {
        return WF_DECLINED;
    }

    fetch->exec_no = fetch->rows[0].exec_no;

    return fetch->read.err.code == WF_E_NONE ? WF_OK : WF_ERROR;
}


static wf_rc_t
ask_history(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    rc = ask_find(fetch, type, reader);

    return rc == WF_OK ? ask_chunks(fetch, type, reader) : rc;
}


static wf_rc_t
ask_chunks(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    fetch->next_seq = fetch->first_seq;

    return scan_rc(type->chunks(reader, fetch->shard_no, fetch->exec_no,
                                fetch->first_seq, keep_chunk, fetch,
                                &fetch->read.err));
}


static wf_rc_t
ask_list(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    rc = type->list(reader, &fetch->query, keep_row, fetch, &fetch->read.err);

    if (rc == WF_OK) {
        wf_error_clear(&fetch->read.err);
    }

    return rc;
}


static wf_rc_t
ask_flow(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    rc = type->item(reader, WF_ITEM_FLOW, fetch->name, keep_flow, fetch,
                    &fetch->read.err);

    return rc == WF_OK && fetch->flow_count == 0 ? WF_DECLINED : rc;
}


static wf_rc_t
ask_revision(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t   rc;
    wf_buf_t  key;

    wf_buf_init(&key, fetch->read.arena, 16);
    wf_put_key_u64(&key, fetch->flow_no);
    wf_put_key_u64(&key, fetch->first_seq);

    if (key.failed) {
        return fetch_oom(fetch);
    }

    rc = type->item(reader, WF_ITEM_REVISION, wf_buf_done(&key), keep_flow,
                    fetch, &fetch->read.err);

    return rc == WF_OK && fetch->flow_count == 0 ? WF_DECLINED : rc;
}


static wf_rc_t
ask_flows(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    return type->items(reader, WF_ITEM_FLOW, fetch->name, fetch->limit,
                       keep_flow, fetch, &fetch->read.err);
}


static wf_rc_t
ask_names(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    return type->names(reader, fetch->shard_no, fetch->exec_no, fetch->limit,
                       keep_name, fetch, &fetch->read.err);
}


/* The last row may be the newest of its shard: it is left to the next page,
 * if there is one, else until there is a newer one. */

static wf_rc_t
ask_ended(wf_fetch_t *fetch, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t                rc;
    const wf_store_row_t  *last;

    fetch->first_seq = fetch->exec_no;
    rc = type->names(reader, fetch->shard_no, fetch->exec_no, fetch->limit,
                     keep_ended, fetch, &fetch->read.err);

    if (rc != WF_OK) {
        return scan_rc(rc);
    }

    fetch->has_more = fetch->looked_count == fetch->limit;

    if (fetch->row_count == 0) {
        return WF_OK;
    }

    last = &fetch->rows[fetch->row_count - 1];

    if (last->exec_no == fetch->first_seq) {
        fetch->row_count--;
    }

    return WF_OK;
}
