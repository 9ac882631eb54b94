
/*
 * Readers: committed facts of all shards, through connections that cannot
 * write.  Must never leave a read transaction open, or the writer's log
 * grows without end (nginx-engineering D).  A file that is not there yet is
 * not an error: its owner has not made it.  Talks to store_sqlite_file.c.
 */

#include <errno.h>
#include <unistd.h>

#include "store/store_sqlite_read.h"


static wf_rc_t reader_statement(wf_store_reader_t *reader, uint32_t shard_no,
    wf_sqlite_statement_t which, wf_sqlite_file_t **file, wf_error_t *err);
static wf_rc_t reader_bytes(wf_sqlite_file_t *file, sqlite3_stmt *statement,
    wf_bytes_pt each, void *data, wf_error_t *err);


wf_rc_t
wf_sqlite_reader_open(void *place, uint32_t shard_count,
    wf_store_reader_t **reader, wf_error_t *err)
{
    uint32_t            i;
    wf_arena_t         *arena;
    wf_store_reader_t  *made;

    wf_assert(sqlite3_threadsafe());

    arena = wf_arena_create(0);
    made = arena ? wf_arena_calloc(arena, sizeof(wf_store_reader_t)) : NULL;

    if (made == NULL) {
        wf_arena_free(arena);
        goto failed;
    }

    made->arena = arena;
    made->scratch = wf_arena_create(0);
    made->files = wf_arena_calloc(arena,
                                  shard_count * sizeof(wf_sqlite_file_t));

    if (made->scratch == NULL || made->files == NULL) {
        wf_sqlite_reader_close(made);
        goto failed;
    }

    for (i = 0; i < shard_count; i++) {
        if (wf_sqlite_file_init(&made->files[i], arena, place, i) != WF_OK) {
            wf_sqlite_reader_close(made);
            goto failed;
        }

        made->shard_count++;
    }

    *reader = made;

    return WF_OK;

failed:

    wf_error_set(err, WF_E_INTERNAL, "cannot open a reader: out of memory");

    return WF_ERROR;
}


void
wf_sqlite_reader_close(wf_store_reader_t *reader)
{
    uint32_t  i;

    for (i = 0; i < reader->shard_count; i++) {
        wf_sqlite_file_close(&reader->files[i]);
    }

    wf_arena_free(reader->scratch);
    wf_arena_free(reader->arena);
}


wf_rc_t
wf_sqlite_reader_file(wf_store_reader_t *reader, uint32_t shard_no,
    wf_sqlite_file_t **file, wf_error_t *err)
{
    wf_sqlite_file_t  *found;

    if (shard_no >= reader->shard_count) {
        return WF_DECLINED;
    }

    found = &reader->files[shard_no];

    if (found->db == NULL) {

        /* else: opening it says what is wrong */
        if (access(found->path, F_OK) != 0 && errno == ENOENT) {
            return WF_DECLINED;
        }

        if (wf_sqlite_file_open(found, false, err) != WF_STORE_OK) {
            return WF_ERROR;
        }

        if (found->layout == 0) {
            wf_sqlite_file_close(found);
            return WF_DECLINED;
        }

        if (wf_sqlite_layout_check(found, err) != WF_STORE_OK) {
            wf_sqlite_file_close(found);
            return WF_ERROR;
        }
    }

    *file = found;

    return WF_OK;
}


wf_rc_t
wf_sqlite_reader_failed(wf_sqlite_file_t *file, wf_error_t *err)
{
    (void) wf_sqlite_failed(file, err);
    wf_sqlite_file_close(file);

    return WF_ERROR;
}


wf_rc_t
wf_sqlite_find(wf_store_reader_t *reader, uint32_t shard_no, uint64_t flow_no,
    wf_str_t name, wf_row_pt each, void *data, wf_error_t *err)
{
    int                code;
    wf_rc_t            rc;
    sqlite3_stmt      *statement;
    wf_store_row_t     row;
    wf_sqlite_file_t  *file;

    rc = reader_statement(reader, shard_no, WF_SQLITE_FIND, &file, err);

    if (rc != WF_OK) {
        return rc;
    }

    statement = file->statements[WF_SQLITE_FIND];
    sqlite3_bind_int64(statement, 1, (int64_t) flow_no);
    wf_sqlite_bind(statement, 2, name);

    code = sqlite3_step(statement);

    if (code == SQLITE_ROW) {
        wf_sqlite_row(statement, &row);
        rc = each(data, &row);

    } else if (code == SQLITE_DONE) {
        rc = WF_DECLINED;

    } else {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return rc;
}


/*
 * The statement begins with the last chunk that starts at or before the
 * first one wanted; it may end before it too, if that is beyond the end.
 */
wf_rc_t
wf_sqlite_chunks(wf_store_reader_t *reader, uint32_t shard_no,
    uint64_t exec_no, uint64_t first_seq, wf_bytes_pt each, void *data,
    wf_error_t *err)
{
    int                code;
    bool               is_found;
    wf_rc_t            rc;
    uint64_t           end_seq;
    sqlite3_stmt      *statement;
    wf_sqlite_file_t  *file;

    if (exec_no > WF_STORE_EXEC_NO_MAX) {
        return WF_DECLINED;
    }

    rc = reader_statement(reader, shard_no, WF_SQLITE_CHUNKS, &file, err);

    if (rc != WF_OK) {
        return rc;
    }

    statement = file->statements[WF_SQLITE_CHUNKS];
    first_seq = wf_min(first_seq, WF_STORE_SEQ_MAX);
    sqlite3_bind_int64(statement, 1, wf_sqlite_chunk_id(exec_no, 0));
    sqlite3_bind_int64(statement, 2, wf_sqlite_chunk_id(exec_no, first_seq));
    sqlite3_bind_int64(statement, 3, wf_sqlite_chunk_id(exec_no + 1, 0));

    is_found = false;
    code = SQLITE_DONE;

    while (rc == WF_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        is_found = true;
        end_seq = ((uint64_t) sqlite3_column_int64(statement, 0)
                   & WF_STORE_SEQ_MAX)
                  + (uint64_t) sqlite3_column_int64(statement, 1);

        if (end_seq > first_seq && sqlite3_column_int64(statement, 1)) {
            rc = each(data, wf_str_none, wf_sqlite_bytes(statement, 2));
        }
    }

    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return is_found ? rc : WF_DECLINED;
}


/* No file yet: no names, which is an answer. */
wf_rc_t
wf_sqlite_names(wf_store_reader_t *reader, uint32_t shard_no, uint64_t after,
    uint32_t limit, wf_row_pt each, void *data, wf_error_t *err)
{
    int                code;
    wf_rc_t            rc;
    sqlite3_stmt      *statement;
    wf_store_row_t     row;
    wf_sqlite_file_t  *file;

    rc = reader_statement(reader, shard_no, WF_SQLITE_NAMES, &file, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    statement = file->statements[WF_SQLITE_NAMES];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64) after);
    sqlite3_bind_int64(statement, 2, limit);

    memset(&row, 0, sizeof(wf_store_row_t));
    code = SQLITE_DONE;

    while (rc == WF_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        row.exec_no = (uint64_t) sqlite3_column_int64(statement, 0);
        row.flow_no = (uint64_t) sqlite3_column_int64(statement, 1);
        row.name = wf_sqlite_bytes(statement, 2);
        row.status = (uint8_t) sqlite3_column_int(statement, 3);
        row.started_ms = sqlite3_column_int64(statement, 4);
        row.stopped_ms = sqlite3_column_int64(statement, 5);
        rc = each(data, &row);
    }

    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return rc;
}


wf_rc_t
wf_sqlite_item(wf_store_reader_t *reader, uint8_t kind, wf_str_t key,
    wf_bytes_pt each, void *data, wf_error_t *err)
{
    int                code;
    wf_rc_t            rc;
    sqlite3_stmt      *statement;
    wf_sqlite_file_t  *file;

    rc = reader_statement(reader, 0, WF_SQLITE_ITEM, &file, err);

    if (rc != WF_OK) {
        return rc;
    }

    statement = file->statements[WF_SQLITE_ITEM];
    sqlite3_bind_int(statement, 1, kind);
    wf_sqlite_bind(statement, 2, key);

    code = sqlite3_step(statement);

    if (code == SQLITE_ROW) {
        rc = each(data, wf_sqlite_bytes(statement, 0),
                  wf_sqlite_bytes(statement, 1));

    } else if (code == SQLITE_DONE) {
        rc = WF_DECLINED;

    } else {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return rc;
}


/* No file yet: no items, which is an answer. */
wf_rc_t
wf_sqlite_items(wf_store_reader_t *reader, uint8_t kind, wf_str_t from,
    uint32_t limit, wf_bytes_pt each, void *data, wf_error_t *err)
{
    wf_rc_t            rc;
    sqlite3_stmt      *statement;
    wf_sqlite_file_t  *file;

    rc = reader_statement(reader, 0, WF_SQLITE_ITEMS, &file, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    statement = file->statements[WF_SQLITE_ITEMS];
    sqlite3_bind_int(statement, 1, kind);
    wf_sqlite_bind(statement, 2, from);
    sqlite3_bind_int64(statement, 3, limit);

    return reader_bytes(file, statement, each, data, err);
}


static wf_rc_t
reader_statement(wf_store_reader_t *reader, uint32_t shard_no,
    wf_sqlite_statement_t which, wf_sqlite_file_t **file, wf_error_t *err)
{
    wf_rc_t  rc;

    rc = wf_sqlite_reader_file(reader, shard_no, file, err);

    if (rc == WF_OK && wf_sqlite_statement(*file, which) == NULL) {
        return wf_sqlite_reader_failed(*file, err);
    }

    return rc;
}


static wf_rc_t
reader_bytes(wf_sqlite_file_t *file, sqlite3_stmt *statement,
    wf_bytes_pt each, void *data, wf_error_t *err)
{
    int      code;
    wf_rc_t  rc;

    rc = WF_OK;
    code = SQLITE_DONE;

    while (rc == WF_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        rc = each(data, wf_sqlite_bytes(statement, 0),
                  wf_sqlite_bytes(statement, 1));
    }

    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return rc;
}
