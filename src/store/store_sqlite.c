
/*
 * The writer of one shard's file: takes it over with a new epoch, hands out
 * what recovery wants, appends one group per transaction.  Must never be
 * called before the fork nor from an event loop: everything here may sleep.
 * Talks to store_sqlite_file.c.
 */

#include "store/store_sqlite.h"
#include "store/store_sqlite_read.h"


struct wf_store_s {
    wf_arena_t        *arena;
    wf_arena_t        *scratch;     /* of one append */
    wf_sqlite_file_t   file;
    int64_t            changes;     /* at the last checkpoint; -1: unknown */
};


static wf_store_status_t sqlite_open(void *place, uint32_t shard_no,
    uint64_t *epoch, uint64_t *exec_no, wf_store_t **store, wf_error_t *err);
static wf_store_t *sqlite_create(const char *dir, uint32_t shard_no);
static wf_store_status_t sqlite_own(wf_store_t *store, uint64_t *epoch,
    uint64_t *exec_no, wf_error_t *err);
static wf_store_status_t sqlite_last(wf_store_t *store, uint64_t *exec_no,
    wf_error_t *err);
static wf_store_status_t sqlite_scan_running(wf_store_t *store,
    wf_row_pt each, void *data, wf_error_t *err);
static wf_store_status_t sqlite_scan_items(wf_store_t *store, uint8_t kind,
    wf_bytes_pt each, void *data, wf_error_t *err);
static wf_store_status_t sqlite_scan_names(wf_store_t *store, wf_row_pt each,
    void *data, wf_error_t *err);
static wf_store_status_t sqlite_scan_end(wf_store_t *store,
    sqlite3_stmt *statement, int code, wf_rc_t rc, wf_error_t *err);
static wf_store_status_t sqlite_append(wf_store_t *store,
    const wf_append_t *append, wf_error_t *err);
static bool sqlite_shrink(wf_store_t *store);
static bool sqlite_rest(wf_store_t *store);
static void sqlite_close(wf_store_t *store);


const wf_store_type_t  wf_store_sqlite = {
    .open = sqlite_open,
    .scan_running = sqlite_scan_running,
    .scan_items = sqlite_scan_items,
    .scan_names = sqlite_scan_names,
    .append = sqlite_append,
    .rest = sqlite_rest,
    .close = sqlite_close,
    .reader_open = wf_sqlite_reader_open,
    .find = wf_sqlite_find,
    .chunks = wf_sqlite_chunks,
    .names = wf_sqlite_names,
    .list = wf_sqlite_list,
    .item = wf_sqlite_item,
    .items = wf_sqlite_items,
    .reader_close = wf_sqlite_reader_close
};


static wf_store_status_t
sqlite_open(void *place, uint32_t shard_no, uint64_t *epoch,
    uint64_t *exec_no, wf_store_t **store, wf_error_t *err)
{
    wf_store_t        *made;
    wf_store_status_t  status;

    wf_assert(sqlite3_threadsafe());

    made = sqlite_create(place, shard_no);

    if (made == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "cannot open shard %u: out of memory",
                     (unsigned) shard_no);
        return WF_STORE_FAILED;
    }

    status = wf_sqlite_file_open(&made->file, true, err);

    if (status == WF_STORE_OK) {
        status = sqlite_own(made, epoch, exec_no, err);
    }

    if (status != WF_STORE_OK) {
        sqlite_close(made);
        return status;
    }

    *store = made;

    return WF_STORE_OK;
}


static wf_store_t *
sqlite_create(const char *dir, uint32_t shard_no)
{
    wf_arena_t  *arena;
    wf_store_t  *store;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NULL;
    }

    store = wf_arena_calloc(arena, sizeof(wf_store_t));

    if (store == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    store->arena = arena;
    store->changes = -1;
    store->scratch = wf_arena_create(0);

    if (store->scratch == NULL
        || wf_sqlite_file_init(&store->file, arena, dir, shard_no) != WF_OK)
    {
        wf_arena_free(store->scratch);
        wf_arena_free(arena);
        return NULL;
    }

    return store;
}


/*
 * Layout, identity and epoch in one transaction: from its commit on, whoever
 * had the shard before us is refused (law 5).
 */
static wf_store_status_t
sqlite_own(wf_store_t *store, uint64_t *epoch, uint64_t *exec_no,
    wf_error_t *err)
{
    bool               is_new;
    uint64_t           raised, last;
    wf_sqlite_file_t  *file;
    wf_store_status_t  status;

    file = &store->file;
    is_new = file->layout == 0;
    raised = last = 0;

    status = wf_sqlite_begin(file, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    status = wf_sqlite_layout_migrate(file, err);

    if (status == WF_STORE_OK) {
        status = wf_sqlite_layout_check(file, err);
    }

    if (status == WF_STORE_OK) {
        status = wf_sqlite_run(file, wf_sqlite_statement(file,
                                                         WF_SQLITE_RAISE),
                               err);
    }

    if (status == WF_STORE_OK) {
        status = wf_sqlite_layout_meta(file, "epoch", &raised, err);
    }

    if (status == WF_STORE_OK) {
        status = sqlite_last(store, &last, err);
    }

    status = wf_sqlite_commit(file, status, err);

    if (status == WF_STORE_OK && is_new) {
        status = wf_sqlite_file_sync(file, err);
    }

    if (status == WF_STORE_OK) {
        *epoch = raised;
        *exec_no = last;
    }

    return status;
}


/*
 * The newest row and the newest chunk must belong together: they were
 * written by one transaction.  All that is looked at of a big file; what
 * else is wrong with it shows where it is read.
 */
static wf_store_status_t
sqlite_last(wf_store_t *store, uint64_t *exec_no, wf_error_t *err)
{
    uint64_t           chunk_id;
    sqlite3_stmt      *statement;
    wf_store_status_t  status;

    statement = wf_sqlite_statement(&store->file, WF_SQLITE_LAST);

    if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW) {
        status = wf_sqlite_failed(&store->file, err);
        sqlite3_reset(statement);
        return status;
    }

    *exec_no = (uint64_t) sqlite3_column_int64(statement, 0);
    chunk_id = (uint64_t) sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);

    if (chunk_id >> WF_SQLITE_SEQ_BITS != *exec_no) {
        return wf_sqlite_refused(&store->file, WF_STORE_CORRUPT, err,
                                 "its last execution is %llu, but its last "
                                 "events are of %llu",
                                 (unsigned long long) *exec_no,
                                 (unsigned long long)
                                     (chunk_id >> WF_SQLITE_SEQ_BITS));
    }

    return WF_STORE_OK;
}


static wf_store_status_t
sqlite_scan_running(wf_store_t *store, wf_row_pt each, void *data,
    wf_error_t *err)
{
    int              code;
    wf_rc_t          rc;
    sqlite3_stmt    *statement;
    wf_store_row_t   row;

    statement = wf_sqlite_statement(&store->file, WF_SQLITE_SCAN_RUNNING);
    rc = WF_OK;
    code = SQLITE_ERROR;

    while (rc == WF_OK && statement
           && (code = sqlite3_step(statement)) == SQLITE_ROW)
    {
        wf_sqlite_row(statement, &row);
        rc = each(data, &row);
    }

    return sqlite_scan_end(store, statement, code, rc, err);
}


static wf_store_status_t
sqlite_scan_items(wf_store_t *store, uint8_t kind, wf_bytes_pt each,
    void *data, wf_error_t *err)
{
    int            code;
    wf_rc_t        rc;
    sqlite3_stmt  *statement;

    statement = wf_sqlite_statement(&store->file, WF_SQLITE_SCAN_ITEMS);
    rc = WF_OK;
    code = SQLITE_ERROR;

    if (statement) {
        sqlite3_bind_int(statement, 1, kind);
    }

    while (rc == WF_OK && statement
           && (code = sqlite3_step(statement)) == SQLITE_ROW)
    {
        rc = each(data, wf_sqlite_bytes(statement, 0),
                  wf_sqlite_bytes(statement, 1));
    }

    return sqlite_scan_end(store, statement, code, rc, err);
}


static wf_store_status_t
sqlite_scan_names(wf_store_t *store, wf_row_pt each, void *data,
    wf_error_t *err)
{
    int              code;
    wf_rc_t          rc;
    sqlite3_stmt    *statement;
    wf_store_row_t   row;

    statement = wf_sqlite_statement(&store->file, WF_SQLITE_SCAN_NAMES);
    rc = WF_OK;
    code = SQLITE_ERROR;
    memset(&row, 0, sizeof(wf_store_row_t));

    while (rc == WF_OK && statement
           && (code = sqlite3_step(statement)) == SQLITE_ROW)
    {
        row.exec_no = (uint64_t) sqlite3_column_int64(statement, 0);
        row.flow_no = (uint64_t) sqlite3_column_int64(statement, 1);
        row.name = wf_sqlite_bytes(statement, 2);
        rc = each(data, &row);
    }

    return sqlite_scan_end(store, statement, code, rc, err);
}


/* Not at its end: either the caller stopped it or SQLite did. */
static wf_store_status_t
sqlite_scan_end(wf_store_t *store, sqlite3_stmt *statement, int code,
    wf_rc_t rc, wf_error_t *err)
{
    wf_store_status_t  status;

    if (rc != WF_OK) {
        sqlite3_reset(statement);
        return wf_sqlite_refused(&store->file, WF_STORE_FAILED, err,
                                 "what was read of it was refused");
    }

    status = WF_STORE_OK;

    if (code != SQLITE_DONE) {
        status = wf_sqlite_failed(&store->file, err);
    }

    sqlite3_reset(statement);

    return status;
}


static wf_store_status_t
sqlite_append(wf_store_t *store, const wf_append_t *append, wf_error_t *err)
{
    wf_arena_reset(store->scratch);

    return wf_sqlite_append(&store->file, store->scratch, append, err);
}


/*
 * Pages that nothing is in any more go back to the file system, a few at a
 * time, from the end of the file; some are kept, for what is free is soon
 * used again.  Files that were made before this was so have no list of whom
 * a page belongs to and do nothing here: they use their free pages again.
 */
static bool
sqlite_shrink(wf_store_t *store)
{
    int64_t     pages, spare, spare_max;
    wf_error_t  ignored;

    if (wf_sqlite_layout_number(&store->file, "PRAGMA freelist_count", &spare,
                                &ignored)
        != WF_STORE_OK
        || spare <= WF_SQLITE_SPARE_PAGES
        || wf_sqlite_layout_number(&store->file, "PRAGMA page_count", &pages,
                                   &ignored)
           != WF_STORE_OK)
    {
        return false;
    }

    spare_max = wf_max(pages / WF_SQLITE_SPARE_PART, WF_SQLITE_SPARE_PAGES);

    if (spare <= spare_max + WF_SQLITE_SHRINK_PAGES
        || sqlite3_exec(store->file.db, "PRAGMA incremental_vacuum("
                        WF_SQLITE_SHRINK_TEXT ")", NULL, NULL, NULL)
           != SQLITE_OK)
    {
        return false;
    }

    pages = spare;
    store->changes = -1;

    return wf_sqlite_layout_number(&store->file, "PRAGMA freelist_count",
                                   &spare, &ignored)
           == WF_STORE_OK && spare < pages;
}


/*
 * PASSIVE: folds what no reader needs any more and waits for nobody.  What
 * was left over is tried again next time.
 */
static bool
sqlite_rest(wf_store_t *store)
{
    int      pages, folded;
    int64_t  changes;

    if (sqlite_shrink(store)) {
        return true;
    }

    changes = sqlite3_total_changes64(store->file.db);

    if (changes == store->changes) {
        return false;
    }

    if (sqlite3_wal_checkpoint_v2(store->file.db, NULL,
                                  SQLITE_CHECKPOINT_PASSIVE, &pages, &folded)
        == SQLITE_OK
        && pages == folded)
    {
        store->changes = changes;
    }

    (void) sqlite3_db_release_memory(store->file.db);

    return false;
}


static void
sqlite_close(wf_store_t *store)
{
    wf_sqlite_file_close(&store->file);
    wf_arena_free(store->scratch);
    wf_arena_free(store->arena);
}
