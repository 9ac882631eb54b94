
/*
 * One group of facts, one transaction: durable and complete on return, or
 * not there at all.  Must never write for an owner whose epoch has passed
 * (law 5).  Talks to store_sqlite_file.c.
 */

#include "store/store_sqlite.h"


#define STATUS_RUNNING  1       /* as the partial indexes have it */


static wf_store_status_t append_run(wf_sqlite_file_t *file,
    wf_sqlite_statement_t which, wf_error_t *err);
static wf_store_status_t append_add_unit(wf_sqlite_file_t *file,
    const wf_store_unit_t *unit, wf_error_t *err);
static wf_store_status_t append_set_unit(wf_sqlite_file_t *file,
    const wf_store_unit_t *unit, wf_error_t *err);
static wf_store_status_t append_add_chunk(wf_sqlite_file_t *file,
    const wf_store_unit_t *unit, wf_error_t *err);
static wf_store_status_t append_item(wf_sqlite_file_t *file,
    wf_arena_t *scratch, const wf_store_item_t *item, wf_error_t *err);
static wf_store_status_t append_wipe(wf_sqlite_file_t *file,
    wf_error_t *err);
static wf_store_status_t append_erase(wf_sqlite_file_t *file,
    uint64_t exec_no, wf_error_t *err);
static wf_store_status_t append_prune(wf_sqlite_file_t *file,
    wf_arena_t *scratch, const wf_store_item_t *item, wf_error_t *err);


/* IMMEDIATE: one that upgrades later fails without waiting. */
wf_store_status_t
wf_sqlite_begin(wf_sqlite_file_t *file, wf_error_t *err)
{
    return append_run(file, WF_SQLITE_BEGIN, err);
}


/*
 * Commits if all went well, else rolls back.  After a commit that failed
 * SQLite may still be inside the transaction: it must not stay there.
 */
wf_store_status_t
wf_sqlite_commit(wf_sqlite_file_t *file, wf_store_status_t status,
    wf_error_t *err)
{
    wf_error_t  ignored;

    if (status == WF_STORE_OK) {
        status = append_run(file, WF_SQLITE_COMMIT, err);
    }

    if (status != WF_STORE_OK && !sqlite3_get_autocommit(file->db)) {
        (void) append_run(file, WF_SQLITE_ROLLBACK, &ignored);
    }

    return status;
}


wf_store_status_t
wf_sqlite_append(wf_sqlite_file_t *file, wf_arena_t *scratch,
    const wf_append_t *append, wf_error_t *err)
{
    uint32_t           i;
    uint64_t           epoch;
    wf_store_status_t  status;

    status = wf_sqlite_begin(file, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    status = wf_sqlite_layout_meta(file, "epoch", &epoch, err);

    if (status == WF_STORE_OK && epoch != append->epoch) {
        status = wf_sqlite_refused(file, WF_STORE_FENCED, err,
                                   "its epoch is %llu, the writer's is %llu",
                                   (unsigned long long) epoch,
                                   (unsigned long long) append->epoch);
    }

    if (status == WF_STORE_OK && append->wipes) {
        status = append_wipe(file, err);
    }

    for (i = 0; status == WF_STORE_OK && i < append->unit_count; i++) {
        status = append->units[i].is_new
                 ? append_add_unit(file, &append->units[i], err)
                 : append_set_unit(file, &append->units[i], err);
    }

    for (i = 0; status == WF_STORE_OK && i < append->item_count; i++) {
        status = append_item(file, scratch, &append->items[i], err);
    }

    for (i = 0; status == WF_STORE_OK && i < append->erased_count; i++) {
        status = append_erase(file, append->erased[i], err);
    }

    return wf_sqlite_commit(file, status, err);
}


static wf_store_status_t
append_run(wf_sqlite_file_t *file, wf_sqlite_statement_t which,
    wf_error_t *err)
{
    return wf_sqlite_run(file, wf_sqlite_statement(file, which), err);
}


static wf_store_status_t
append_add_unit(wf_sqlite_file_t *file, const wf_store_unit_t *unit,
    wf_error_t *err)
{
    uint64_t           last_seq;
    sqlite3_stmt      *statement;
    wf_store_status_t  status;

    if (unit->exec_no == 0 || unit->exec_no > WF_STORE_EXEC_NO_MAX) {
        return wf_sqlite_refused(file, WF_STORE_FAILED, err,
                                 "%llu cannot be an execution's number",
                                 (unsigned long long) unit->exec_no);
    }

    statement = wf_sqlite_statement(file, WF_SQLITE_EXEC_ADD);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    last_seq = unit->event_count ? unit->first_seq + unit->event_count - 1 : 0;

    sqlite3_bind_int64(statement, 1, (int64_t) unit->exec_no);
    sqlite3_bind_int64(statement, 2, (int64_t) unit->flow_no);
    wf_sqlite_bind(statement, 3, unit->name);
    sqlite3_bind_int(statement, 4, unit->status);
    sqlite3_bind_int64(statement, 5, unit->started_ms);
    sqlite3_bind_int64(statement, 6, unit->stopped_ms);
    sqlite3_bind_int64(statement, 7, unit->due_ms);
    sqlite3_bind_int64(statement, 8, (int64_t) last_seq);
    wf_sqlite_bind(statement, 9, unit->tail);

    status = wf_sqlite_run(file, statement, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    return append_add_chunk(file, unit, err);
}


/* Most are: then the indexes, which cost more than the row, stay as they are.
 * One that was over and runs again has a tail. */
static bool
goes_on(const wf_store_unit_t *unit)
{
    return unit->status == STATUS_RUNNING && unit->event_count > 0
           && unit->stopped_ms == 0 && unit->tail.len == 0;
}


static wf_store_status_t
append_set_unit(wf_sqlite_file_t *file, const wf_store_unit_t *unit,
    wf_error_t *err)
{
    int64_t            first_seq, last_seq;
    sqlite3_stmt      *statement;
    wf_store_status_t  status;

    statement = wf_sqlite_statement(file, goes_on(unit) ? WF_SQLITE_EXEC_MOVE
                                                        : WF_SQLITE_EXEC_SET);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    last_seq = 0;
    first_seq = INT64_MAX;

    if (unit->event_count) {
        first_seq = (int64_t) unit->first_seq;
        last_seq = first_seq + unit->event_count - 1;
    }

    sqlite3_bind_int64(statement, 1, (int64_t) unit->exec_no);
    sqlite3_bind_int64(statement, 2, (int64_t) unit->flow_no);
    sqlite3_bind_int(statement, 3, unit->status);
    sqlite3_bind_int64(statement, 4, unit->stopped_ms);
    sqlite3_bind_int64(statement, 5, unit->due_ms);
    sqlite3_bind_int64(statement, 6, last_seq);
    wf_sqlite_bind(statement, 7, unit->tail);
    sqlite3_bind_int64(statement, 8, first_seq);

    status = wf_sqlite_run(file, statement, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    if (sqlite3_changes(file->db) != 1) {
        return wf_sqlite_refused(file, WF_STORE_FAILED, err,
                                 "execution %llu is not there or is beyond "
                                 "event %llu already",
                                 (unsigned long long) unit->exec_no,
                                 (unsigned long long) unit->first_seq);
    }

    return unit->event_count ? append_add_chunk(file, unit, err)
                             : WF_STORE_OK;
}


/* A new execution without events has a chunk all the same: for its head. */
static wf_store_status_t
append_add_chunk(wf_sqlite_file_t *file, const wf_store_unit_t *unit,
    wf_error_t *err)
{
    uint64_t       seq;
    sqlite3_stmt  *statement;

    seq = unit->event_count ? unit->first_seq : 0;

    if (seq > WF_STORE_SEQ_MAX) {
        return wf_sqlite_refused(file, WF_STORE_FAILED, err,
                                 "execution %llu has too many events",
                                 (unsigned long long) unit->exec_no);
    }

    statement = wf_sqlite_statement(file, WF_SQLITE_CHUNK_ADD);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_int64(statement, 1, wf_sqlite_chunk_id(unit->exec_no, seq));
    sqlite3_bind_int64(statement, 2, unit->event_count);
    wf_sqlite_bind(statement, 3,
                   unit->event_count ? unit->chunk : wf_str_none);

    if (unit->is_new) {
        wf_sqlite_bind(statement, 4, unit->head);

    } else {
        sqlite3_bind_null(statement, 4);
    }

    return wf_sqlite_run(file, statement, err);
}


static wf_store_status_t
append_item(wf_sqlite_file_t *file, wf_arena_t *scratch,
    const wf_store_item_t *item, wf_error_t *err)
{
    sqlite3_stmt  *statement;

    if (item->erase_prefix) {
        return append_prune(file, scratch, item, err);
    }

    statement = wf_sqlite_statement(file,
                                    item->erase ? WF_SQLITE_ITEM_ERASE
                                                : WF_SQLITE_ITEM_SET);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_int(statement, 1, item->kind);
    wf_sqlite_bind(statement, 2, item->key);

    if (!item->erase) {
        wf_sqlite_bind(statement, 3, item->value);
    }

    return wf_sqlite_run(file, statement, err);
}


/*
 * Keys that start with a prefix end before the prefix with its last byte
 * raised; bytes 0xff cannot be raised and fall away.  Nothing left: they go
 * on to the end.
 */
static wf_store_status_t
append_prune(wf_sqlite_file_t *file, wf_arena_t *scratch,
    const wf_store_item_t *item, wf_error_t *err)
{
    wf_str_t       end;
    sqlite3_stmt  *statement;

    end = wf_arena_copy(scratch, item->key);

    if (end.data == NULL) {
        return wf_sqlite_refused(file, WF_STORE_FAILED, err,
                                 "out of memory");
    }

    while (end.len && end.data[end.len - 1] == 0xff) {
        end.len--;
    }

    if (end.len) {
        ((uint8_t *) end.data)[end.len - 1]++;
    }

    statement = wf_sqlite_statement(file,
                                    end.len ? WF_SQLITE_ITEM_PRUNE
                                            : WF_SQLITE_ITEM_PRUNE_UP);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_int(statement, 1, item->kind);
    wf_sqlite_bind(statement, 2, item->key);

    if (end.len) {
        wf_sqlite_bind(statement, 3, end);
    }

    return wf_sqlite_run(file, statement, err);
}


static wf_store_status_t
append_wipe(wf_sqlite_file_t *file, wf_error_t *err)
{
    size_t             i;
    wf_store_status_t  status;

    static const wf_sqlite_statement_t  tables[] = {
        WF_SQLITE_WIPE_EXECS, WF_SQLITE_WIPE_CHUNKS, WF_SQLITE_WIPE_ITEMS
    };

    status = WF_STORE_OK;

    for (i = 0; status == WF_STORE_OK && i < wf_countof(tables); i++) {
        status = append_run(file, tables[i], err);
    }

    return status;
}


/* The row, then, if it was one that may go, its chunks. */
static wf_store_status_t
append_erase(wf_sqlite_file_t *file, uint64_t exec_no, wf_error_t *err)
{
    sqlite3_stmt       *statement;
    wf_store_status_t   status;

    statement = wf_sqlite_statement(file, WF_SQLITE_EXEC_ERASE);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_int64(statement, 1, (int64_t) exec_no);
    status = wf_sqlite_run(file, statement, err);

    if (status != WF_STORE_OK || sqlite3_changes(file->db) == 0) {
        return status;
    }

    statement = wf_sqlite_statement(file, WF_SQLITE_CHUNKS_ERASE);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_int64(statement, 1, wf_sqlite_chunk_id(exec_no, 0));
    sqlite3_bind_int64(statement, 2, wf_sqlite_chunk_id(exec_no + 1, 0));

    return wf_sqlite_run(file, statement, err);
}
