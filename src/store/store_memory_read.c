
/*
 * Readers of shards in memory: what the disks say, in the order that a
 * database would say it.  Must never change a disk.  Talks to
 * store_memory_disk.c.
 */

#include <stdlib.h>

#include "store/store_memory_disk.h"


struct wf_store_reader_s {
    wf_memory_t  *memory;
    uint32_t      shard_count;
    uint64_t      life;             /* of the memory, when opened */
};


static wf_rc_t reader_disk(wf_store_reader_t *reader, uint32_t shard_no,
    wf_memory_disk_t **disk, wf_error_t *err);
static wf_rc_t reader_place(wf_store_reader_t *reader,
    const wf_list_query_t *query, const wf_store_row_t **place,
    wf_error_t *err);
static wf_rc_t reader_count(wf_store_reader_t *reader, uint32_t *count,
    wf_error_t *err);
static uint32_t reader_gather(wf_store_reader_t *reader,
    const wf_list_query_t *query, const wf_store_row_t **rows);
static bool reader_is_wanted(const wf_store_row_t *row,
    const wf_list_query_t *query);
static int reader_by_start(const void *one, const void *two);


wf_rc_t
wf_memory_reader_open(void *place, uint32_t shard_count,
    wf_store_reader_t **reader, wf_error_t *err)
{
    wf_memory_t        *memory;
    wf_store_reader_t  *made;

    memory = place;
    made = wf_arena_calloc(memory->arena, sizeof(wf_store_reader_t));

    if (made == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "cannot open a reader: out of memory");
        return WF_ERROR;
    }

    made->memory = memory;
    made->shard_count = shard_count;
    made->life = memory->life;
    *reader = made;

    return WF_OK;
}


void
wf_memory_reader_close(wf_store_reader_t *reader)
{
    wf_assert(reader->memory != NULL);
    reader->memory = NULL;
}


wf_rc_t
wf_memory_find(wf_store_reader_t *reader, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_row_pt each, void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    wf_memory_disk_t  *disk;
    wf_memory_exec_t  *exec;

    rc = reader_disk(reader, shard_no, &disk, err);

    if (rc != WF_OK) {
        return rc;
    }

    exec = wf_memory_disk_named(disk, flow_no, name);

    return exec ? each(data, &exec->row) : WF_DECLINED;
}


wf_rc_t
wf_memory_chunks(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t exec_no, uint64_t first_seq, wf_bytes_pt each, void *data,
    wf_error_t *err)
{
    wf_rc_t             rc;
    wf_memory_disk_t   *disk;
    wf_memory_exec_t   *exec;
    wf_memory_chunk_t  *chunk;

    rc = reader_disk(reader, shard_no, &disk, err);

    if (rc != WF_OK) {
        return rc;
    }

    exec = wf_memory_disk_find(disk, exec_no);

    if (exec == NULL) {
        return WF_DECLINED;
    }

    for (chunk = exec->first; rc == WF_OK && chunk; chunk = chunk->next) {
        if (chunk->first_seq + chunk->event_count > first_seq) {
            rc = each(data, wf_str_none, chunk->bytes);
        }
    }

    return rc;
}


wf_rc_t
wf_memory_names(wf_store_reader_t *reader, uint32_t shard_no, uint64_t after,
    uint32_t limit, wf_row_pt each, void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_memory_disk_t  *disk;

    rc = reader_disk(reader, shard_no, &disk, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    for (i = wf_memory_disk_place(disk, after + 1);
         rc == WF_OK && limit && i < disk->exec_count;
         i++, limit--)
    {
        rc = each(data, &disk->execs[i]->row);
    }

    return rc;
}


wf_rc_t
wf_memory_list(wf_store_reader_t *reader, const wf_list_query_t *query,
    wf_row_pt each, void *data, wf_error_t *err)
{
    wf_rc_t                 rc;
    uint32_t                i, count, given;
    wf_arena_t             *arena;
    const wf_store_row_t   *place, **rows;

    place = NULL;
    rc = reader_count(reader, &count, err);

    if (rc == WF_OK) {
        rc = reader_place(reader, query, &place, err);
    }

    if (rc != WF_OK) {
        return rc;
    }

    arena = wf_arena_create(0);
    rows = arena ? wf_arena_alloc(arena, count * sizeof(wf_store_row_t *))
                 : NULL;

    if (rows == NULL) {
        wf_arena_free(arena);
        wf_error_set(err, WF_E_INTERNAL, "cannot list: out of memory");
        return WF_ERROR;
    }

    count = reader_gather(reader, query, rows);
    qsort(rows, count, sizeof(wf_store_row_t *), reader_by_start);

    for (i = given = 0;
         rc == WF_OK && i < count && given < query->limit;
         i++)
    {
        if (place == NULL || reader_by_start(&rows[i], &place) >= 0) {
            rc = each(data, rows[i]);
            given++;
        }
    }

    wf_arena_free(arena);

    return rc;
}


wf_rc_t
wf_memory_item(wf_store_reader_t *reader, uint8_t kind, wf_str_t key,
    wf_bytes_pt each, void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_memory_disk_t  *disk;

    rc = reader_disk(reader, 0, &disk, err);

    if (rc != WF_OK) {
        return rc;
    }

    i = wf_memory_disk_item(disk, kind, key);

    if (i == disk->item_count || disk->items[i].kind != kind
        || !wf_str_eq(disk->items[i].key, key))
    {
        return WF_DECLINED;
    }

    return each(data, disk->items[i].key, disk->items[i].value);
}


wf_rc_t
wf_memory_items(wf_store_reader_t *reader, uint8_t kind, wf_str_t from,
    uint32_t limit, wf_bytes_pt each, void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_memory_disk_t  *disk;

    rc = reader_disk(reader, 0, &disk, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    for (i = wf_memory_disk_item(disk, kind, from);
         rc == WF_OK && limit && i < disk->item_count
         && disk->items[i].kind == kind;
         i++)
    {
        rc = each(data, disk->items[i].key, disk->items[i].value);
        limit--;
    }

    return rc;
}


/* WF_DECLINED: never opened for writing. */
static wf_rc_t
reader_disk(wf_store_reader_t *reader, uint32_t shard_no,
    wf_memory_disk_t **disk, wf_error_t *err)
{
    if (reader->life != reader->memory->life) {
        wf_error_set(err, WF_E_INTERNAL, "the reader is gone: it crashed");
        return WF_ERROR;
    }

    if (shard_no >= reader->shard_count) {
        return WF_DECLINED;
    }

    *disk = &reader->memory->disks[shard_no];

    if ((*disk)->is_broken) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    return (*disk)->is_there ? WF_OK : WF_DECLINED;
}


/* NULL: from the newest on. */
static wf_rc_t
reader_place(wf_store_reader_t *reader, const wf_list_query_t *query,
    const wf_store_row_t **place, wf_error_t *err)
{
    uint32_t           i;
    wf_memory_disk_t  *disk;
    wf_memory_exec_t  *exec;

    *place = NULL;

    if (query->from.len == 0) {
        return WF_OK;
    }

    for (i = 0; i < reader->shard_count; i++) {
        if (reader_disk(reader, i, &disk, err) != WF_OK) {
            continue;
        }

        exec = wf_memory_disk_named(disk, query->flow_no, query->from);

        if (exec) {
            *place = &exec->row;
            return WF_OK;
        }
    }

    return WF_DECLINED;
}


/* Also whether all of them can be read. */
static wf_rc_t
reader_count(wf_store_reader_t *reader, uint32_t *count, wf_error_t *err)
{
    wf_rc_t            rc;
    uint32_t           i;
    wf_memory_disk_t  *disk;

    *count = 0;

    for (i = 0; i < reader->shard_count; i++) {
        rc = reader_disk(reader, i, &disk, err);

        if (rc == WF_ERROR) {
            return rc;
        }

        if (rc == WF_OK) {
            *count += disk->exec_count;
        }
    }

    return WF_OK;
}


static uint32_t
reader_gather(wf_store_reader_t *reader, const wf_list_query_t *query,
    const wf_store_row_t **rows)
{
    uint32_t           i, n, count;
    wf_memory_disk_t  *disk;

    count = 0;

    for (i = 0; i < reader->shard_count; i++) {
        disk = &reader->memory->disks[i];

        for (n = 0; n < disk->exec_count; n++) {
            if (reader_is_wanted(&disk->execs[n]->row, query)) {
                rows[count++] = &disk->execs[n]->row;
            }
        }
    }

    return count;
}


static bool
reader_is_wanted(const wf_store_row_t *row, const wf_list_query_t *query)
{
    return row->flow_no == query->flow_no
           && (query->status == 0 || row->status == query->status)
           && wf_str_starts(row->name, query->prefix)
           && row->started_ms >= query->begin_ms
           && (query->end_ms == 0 || row->started_ms <= query->end_ms);
}


static int
reader_by_start(const void *one, const void *two)
{
    const wf_store_row_t  *a, *b;

    a = *(const wf_store_row_t *const *) one;
    b = *(const wf_store_row_t *const *) two;

    if (a->started_ms != b->started_ms) {
        return a->started_ms > b->started_ms ? -1 : 1;
    }

    return wf_str_cmp(a->name, b->name);
}
