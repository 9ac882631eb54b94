
/*
 * What the files of the SQLite store share: a shard's file, its layout, its
 * statements, and the one place where SQLite's troubles are sorted into
 * ours.  Included by store_sqlite*.c alone.
 */

#ifndef WF_STORE_SQLITE_H
#define WF_STORE_SQLITE_H


#include <sqlite3.h>

#include "store/store.h"


/* "CFlw": what file(1) and a careless restore can tell a shard by. */
#define WF_SQLITE_APPLICATION     0x43466c77

/*
 * A chunk's key: execution and first sequence in one integer, so that chunks
 * sit in the order they are written and need no index of their own.  The
 * width is layout: it stands in store_sqlite.def and, as a limit, in store.h.
 */
#define WF_SQLITE_SEQ_BITS        20

#define wf_sqlite_chunk_id(exec_no, seq)                                      \
    ((int64_t) ((exec_no) << WF_SQLITE_SEQ_BITS | (seq)))

/* Locks of other owners and of recovery: waited for, then given up. */
#ifndef WF_SQLITE_BUSY_MS_MAX
#define WF_SQLITE_BUSY_MS_MAX     5000
#endif

/* Budgets: memory of one connection, pages of the log before it is folded. */
#define WF_SQLITE_WRITER_KB       2048
#define WF_SQLITE_READER_KB       512
#define WF_SQLITE_LOG_PAGES       8192

/* Free pages: kept at least, and as a part of the file; given back at once. */
#define WF_SQLITE_SPARE_PAGES     1024
#define WF_SQLITE_SPARE_PART      8
#define WF_SQLITE_SHRINK_PAGES    256
#define WF_SQLITE_SHRINK_TEXT     "256"

/* Statuses of store.h, as the indexes know them. */
#define WF_SQLITE_RUNNING         1
#define WF_SQLITE_DONE            2


typedef enum {
#define STATEMENT(symbol, plan, text)  WF_SQLITE_##symbol,
#include "store/store_sqlite.def"
#undef STATEMENT
    WF_SQLITE_STATEMENTS
} wf_sqlite_statement_t;

/* One connection to one shard's file; of one thread. */
typedef struct {
    sqlite3       *db;              /* NULL: closed */
    const char    *dir;
    const char    *path;
    uint32_t       shard_no;
    uint32_t       layout;          /* as found; 0: nothing in it yet */
    uint32_t       waited_ms;       /* for the lock wanted now */
    bool           is_writer;
    sqlite3_stmt  *statements[WF_SQLITE_STATEMENTS];
} wf_sqlite_file_t;


/* Names the file; the names live in the arena.  WF_ERROR: no memory. */
wf_rc_t wf_sqlite_file_init(wf_sqlite_file_t *file, wf_arena_t *arena,
    const char *dir, uint32_t shard_no);

/*
 * Connects and makes sure that it is our file (or, layout 0, an empty one).
 * A writer creates what is missing.  Failed: it is closed again.
 */
wf_store_status_t wf_sqlite_file_open(wf_sqlite_file_t *file, bool is_writer,
    wf_error_t *err);
void wf_sqlite_file_close(wf_sqlite_file_t *file);

/* Makes the directory entry of a new file durable. */
wf_store_status_t wf_sqlite_file_sync(wf_sqlite_file_t *file,
    wf_error_t *err);

/* Reset and ready for binding; NULL: wf_sqlite_failed() says why. */
sqlite3_stmt *wf_sqlite_statement(wf_sqlite_file_t *file,
    wf_sqlite_statement_t which);

/* Runs a statement that returns nothing. */
wf_store_status_t wf_sqlite_run(wf_sqlite_file_t *file,
    sqlite3_stmt *statement, wf_error_t *err);

/* SQLite's last error on this file as ours; err names file and cause. */
wf_store_status_t wf_sqlite_failed(wf_sqlite_file_t *file, wf_error_t *err);

/* What SQLite does not mind, but we do. */
wf_store_status_t wf_sqlite_refused(const wf_sqlite_file_t *file,
    wf_store_status_t status, wf_error_t *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Bytes in and out; empty is a blob of no bytes, never NULL. */
void wf_sqlite_bind(sqlite3_stmt *statement, int index, wf_str_t bytes);
wf_str_t wf_sqlite_bytes(sqlite3_stmt *statement, int column);

/* A row in the order that store_sqlite.def states. */
void wf_sqlite_row(sqlite3_stmt *statement, wf_store_row_t *row);

/*
 * Is it a shard's file, an empty one (layout 0), or a stranger's?  Then, in
 * the caller's transaction, up to today's layout.  Then whether it is the
 * file of this shard and not a copy of another's.
 */
wf_store_status_t wf_sqlite_layout_identify(wf_sqlite_file_t *file,
    wf_error_t *err);
wf_store_status_t wf_sqlite_layout_migrate(wf_sqlite_file_t *file,
    wf_error_t *err);
wf_store_status_t wf_sqlite_layout_check(wf_sqlite_file_t *file,
    wf_error_t *err);

/* What a pragma or a query of one number says. */
wf_store_status_t wf_sqlite_layout_number(wf_sqlite_file_t *file,
    const char *text, int64_t *number, wf_error_t *err);

/* A number of the file's own: "epoch", "shard". */
wf_store_status_t wf_sqlite_layout_meta(wf_sqlite_file_t *file,
    const char *name, uint64_t *value, wf_error_t *err);

/*
 * A transaction: begun, then ended by a commit if all went well so far, else
 * (or if the commit fails) by a rollback.  The status of the whole.
 */
wf_store_status_t wf_sqlite_begin(wf_sqlite_file_t *file, wf_error_t *err);
wf_store_status_t wf_sqlite_commit(wf_sqlite_file_t *file,
    wf_store_status_t status, wf_error_t *err);
wf_store_status_t wf_sqlite_append(wf_sqlite_file_t *file,
    wf_arena_t *scratch, const wf_append_t *append, wf_error_t *err);


#endif /* WF_STORE_SQLITE_H */
