
/*
 * What is inside a shard's file: whose it is, which layout it has and how an
 * older one becomes today's.  Must never change a file that is not ours.
 * Talks to store_sqlite_file.c.
 *
 * Layout 1 was chosen by measuring new one-commit executions (head 150,
 * chunk 300, name 36 bytes; WAL, FULL): per second in groups of 1, 10, 50,
 * 100 with names in time order, then the same with random names.
 *
 *   chunks(exec_no, first_seq) WITHOUT ROWID, head in execs
 *       4,700 35,000  91,000 109,000     5,400 28,000 49,000 55,000
 *   chunks with rowid and a UNIQUE INDEX, head in execs
 *       5,000 34,000  91,000 119,000     5,200 28,000 50,000 56,000
 *   chunks by one integer, head in execs
 *       4,900 38,000 104,000 121,000     4,800 31,000 48,000 53,000
 *   chunks by one integer, head beside the first chunk
 *       4,800 36,000  92,000 131,000     5,300 31,000 49,000 58,000
 *
 * The last one also keeps what never changes out of the row that does.  A
 * plain index on due times is not kept: recovery sorts the running ones,
 * and their rows are not touched twice for every timer.
 */

#include <stdio.h>

#include "store/store_sqlite.h"


#define LAYOUT_TEXT_MAX  256


/*
 * migrations[n] leads from layout n to n + 1.  Names are blobs: compared by
 * bytes, whatever a client looked for.  Descending names in the list's
 * indexes make "newest first, then by name" a plain walk backwards.
 */
static const char  *migrations[WF_STORE_LAYOUT] = {

    "CREATE TABLE meta ("
        "name TEXT PRIMARY KEY, value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE execs ("
        "no INTEGER PRIMARY KEY, flow_no INTEGER NOT NULL,"
        "status INTEGER NOT NULL, started INTEGER NOT NULL,"
        "stopped INTEGER NOT NULL, due INTEGER NOT NULL,"
        "last_seq INTEGER NOT NULL, name BLOB NOT NULL, tail BLOB NOT NULL"
    ") STRICT;"

    "CREATE UNIQUE INDEX execs_name ON execs (flow_no, name);"
    "CREATE INDEX execs_list ON execs (flow_no, started, name DESC);"
    "CREATE INDEX execs_running ON execs (flow_no, started, name DESC)"
        " WHERE status = 1;"
    "CREATE INDEX execs_ended ON execs (flow_no, status, started, name DESC)"
        " WHERE status NOT IN (1, 2);"

    /* id: no << 20 | first_seq; the head stands with the first one */
    "CREATE TABLE chunks ("
        "id INTEGER PRIMARY KEY, count INTEGER NOT NULL,"
        "bytes BLOB NOT NULL, head BLOB"
    ") STRICT;"

    "CREATE TABLE items ("
        "kind INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
        "PRIMARY KEY (kind, key)"
    ") STRICT, WITHOUT ROWID;"

    "INSERT INTO meta (name, value) VALUES ('epoch', 0);"
};


/* In one transaction: its owner may be making the file at this moment. */
wf_store_status_t
wf_sqlite_layout_identify(wf_sqlite_file_t *file, wf_error_t *err)
{
    int64_t            application, layout, things;
    wf_store_status_t  status;

    application = layout = things = 0;

    if (sqlite3_exec(file->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        return wf_sqlite_failed(file, err);
    }

    status = wf_sqlite_layout_number(file, "PRAGMA application_id",
                                     &application, err);

    if (status == WF_STORE_OK) {
        status = wf_sqlite_layout_number(file, "PRAGMA user_version", &layout,
                                         err);
    }

    if (status == WF_STORE_OK) {
        status = wf_sqlite_layout_number(file, "SELECT count(*) FROM "
                                         "sqlite_schema", &things, err);
    }

    (void) sqlite3_exec(file->db, "COMMIT", NULL, NULL, NULL);

    if (status != WF_STORE_OK) {
        return status;
    }

    if (application == 0 && layout == 0 && things == 0) {
        return WF_STORE_OK;
    }

    if (application != WF_SQLITE_APPLICATION || layout < 1) {
        return wf_sqlite_refused(file, WF_STORE_CORRUPT, err,
                                 "it is a database, but not a shard's");
    }

    if (layout > WF_STORE_LAYOUT) {
        return wf_sqlite_refused(file, WF_STORE_CORRUPT, err,
                                 "its layout %lld is newer than %d, the "
                                 "newest known here", (long long) layout,
                                 WF_STORE_LAYOUT);
    }

    file->layout = (uint32_t) layout;

    return WF_STORE_OK;
}


wf_store_status_t
wf_sqlite_layout_migrate(wf_sqlite_file_t *file, wf_error_t *err)
{
    char               text[LAYOUT_TEXT_MAX];
    int64_t            layout;
    wf_store_status_t  status;

    /* another one may have been here since we looked */
    status = wf_sqlite_layout_number(file, "PRAGMA user_version", &layout, err);

    if (status != WF_STORE_OK) {
        return status;
    }

    if (layout == WF_STORE_LAYOUT) {
        return WF_STORE_OK;
    }

    while (layout < WF_STORE_LAYOUT) {
        if (sqlite3_exec(file->db, migrations[layout], NULL, NULL, NULL)
            != SQLITE_OK)
        {
            return wf_sqlite_failed(file, err);
        }

        layout++;
    }

    snprintf(text, sizeof(text),
             "INSERT OR IGNORE INTO meta (name, value) VALUES ('shard', %u);"
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             (unsigned) file->shard_no, WF_SQLITE_APPLICATION,
             WF_STORE_LAYOUT);

    if (sqlite3_exec(file->db, text, NULL, NULL, NULL) != SQLITE_OK) {
        return wf_sqlite_failed(file, err);
    }

    return WF_STORE_OK;
}


wf_store_status_t
wf_sqlite_layout_check(wf_sqlite_file_t *file, wf_error_t *err)
{
    uint64_t           shard_no;
    wf_store_status_t  status;

    status = wf_sqlite_layout_meta(file, "shard", &shard_no, err);

    if (status == WF_STORE_OK && shard_no != file->shard_no) {
        status = wf_sqlite_refused(file, WF_STORE_CORRUPT, err,
                                   "it is the file of shard %llu",
                                   (unsigned long long) shard_no);
    }

    return status;
}


wf_store_status_t
wf_sqlite_layout_meta(wf_sqlite_file_t *file, const char *name, uint64_t *value,
    wf_error_t *err)
{
    int                code;
    sqlite3_stmt      *statement;
    wf_store_status_t  status;

    statement = wf_sqlite_statement(file, WF_SQLITE_META);

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    code = sqlite3_step(statement);

    if (code == SQLITE_ROW) {
        *value = (uint64_t) sqlite3_column_int64(statement, 0);
        status = WF_STORE_OK;

    } else if (code == SQLITE_DONE) {
        status = wf_sqlite_refused(file, WF_STORE_CORRUPT, err,
                                   "it has lost its \"%s\"", name);

    } else {
        status = wf_sqlite_failed(file, err);
    }

    sqlite3_reset(statement);

    return status;
}


wf_store_status_t
wf_sqlite_layout_number(wf_sqlite_file_t *file, const char *text,
    int64_t *number, wf_error_t *err)
{
    sqlite3_stmt       *statement;
    wf_store_status_t   status;

    if (sqlite3_prepare_v2(file->db, text, -1, &statement, NULL)
        != SQLITE_OK)
    {
        return wf_sqlite_failed(file, err);
    }

    if (sqlite3_step(statement) == SQLITE_ROW) {
        *number = sqlite3_column_int64(statement, 0);
        status = WF_STORE_OK;

    } else {
        status = wf_sqlite_failed(file, err);
    }

    sqlite3_finalize(statement);

    return status;
}
