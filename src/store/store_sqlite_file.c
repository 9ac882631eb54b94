
/*
 * One connection to a shard's file: its name, its tuning, its statements,
 * and what SQLite's errors mean.  Must never be entered before the fork, nor
 * by two threads with one file; must never open the file by hand while
 * SQLite has it (closing it would drop the process's locks).  Talks to
 * SQLite and the file system.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "store/store_sqlite.h"


#define PRAGMA_LEN_MAX  256


static int file_busy(void *data, int attempt);
static wf_store_status_t file_create(const wf_sqlite_file_t *file,
    wf_error_t *err);
static wf_store_status_t file_tune(wf_sqlite_file_t *file, wf_error_t *err);
static wf_store_status_t file_status(int code, int cause);


static const struct {
    const char  *text;
} statements[] = {
#define STATEMENT(symbol, plan, text)  { text },
#include "store/store_sqlite.def"
#undef STATEMENT
};


/* What SQLite says, then what the system said below it (0: any). */
static const struct {
    int                code;
    int                cause;
    wf_store_status_t  status;
} troubles[] = {
    { SQLITE_FULL,     0,      WF_STORE_FULL },
    { SQLITE_IOERR,    ENOSPC, WF_STORE_FULL },
    { SQLITE_IOERR,    EDQUOT, WF_STORE_FULL },
    { SQLITE_IOERR,    EFBIG,  WF_STORE_FULL },
    { SQLITE_IOERR,    EROFS,  WF_STORE_READONLY },
    { SQLITE_CANTOPEN, ENOSPC, WF_STORE_FULL },
    { SQLITE_CANTOPEN, EDQUOT, WF_STORE_FULL },
    { SQLITE_CANTOPEN, EMFILE, WF_STORE_FAILED },
    { SQLITE_CANTOPEN, ENFILE, WF_STORE_FAILED },
    { SQLITE_CANTOPEN, ENOMEM, WF_STORE_FAILED },
    { SQLITE_CANTOPEN, EINTR,  WF_STORE_FAILED },
    { SQLITE_CANTOPEN, 0,      WF_STORE_READONLY },
    { SQLITE_READONLY, 0,      WF_STORE_READONLY },
    { SQLITE_PERM,     0,      WF_STORE_READONLY },
    { SQLITE_CORRUPT,  0,      WF_STORE_CORRUPT },
    { SQLITE_NOTADB,   0,      WF_STORE_CORRUPT },
    { SQLITE_FORMAT,   0,      WF_STORE_CORRUPT }
};


wf_rc_t
wf_sqlite_file_init(wf_sqlite_file_t *file, wf_arena_t *arena,
    const char *dir, uint32_t shard_no)
{
    char      *path;
    size_t     size;
    wf_str_t   copy;

    memset(file, 0, sizeof(wf_sqlite_file_t));

    size = strlen(dir) + sizeof("/shard-4294967295.db");
    copy = wf_arena_copy(arena, wf_str_of(dir));
    path = wf_arena_alloc(arena, size);

    if (copy.data == NULL || path == NULL) {
        return WF_ERROR;
    }

    snprintf(path, size, "%s/shard-%03u.db", dir, (unsigned) shard_no);

    file->dir = (const char *) copy.data;
    file->path = path;
    file->shard_no = shard_no;

    return WF_OK;
}


wf_store_status_t
wf_sqlite_file_open(wf_sqlite_file_t *file, bool is_writer, wf_error_t *err)
{
    int                flags, code;
    wf_store_status_t  status;

    file->is_writer = is_writer;
    file->layout = 0;

    flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
            | (is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

    if (is_writer) {
        status = file_create(file, err);

        if (status != WF_STORE_OK) {
            return status;
        }
    }

    code = sqlite3_open_v2(file->path, &file->db, flags, NULL);

    if (code != SQLITE_OK) {
        status = wf_sqlite_failed(file, err);
        wf_sqlite_file_close(file);
        return status;
    }

    sqlite3_extended_result_codes(file->db, 1);
    sqlite3_busy_handler(file->db, file_busy, file);

    /* who it is comes first: a stranger's file is left as it was */
    status = wf_sqlite_layout_identify(file, err);

    if (status == WF_STORE_OK) {
        status = file_tune(file, err);
    }

    if (status != WF_STORE_OK) {
        wf_sqlite_file_close(file);
    }

    return status;
}


void
wf_sqlite_file_close(wf_sqlite_file_t *file)
{
    unsigned  i;

    for (i = 0; i < WF_SQLITE_STATEMENTS; i++) {
        sqlite3_finalize(file->statements[i]);
        file->statements[i] = NULL;
    }

    if (file->db) {
        wf_assert(sqlite3_close(file->db) == SQLITE_OK);
        file->db = NULL;
    }
}


wf_store_status_t
wf_sqlite_file_sync(wf_sqlite_file_t *file, wf_error_t *err)
{
    int  fd, rc, cause;

    fd = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = fd == -1 ? -1 : fsync(fd);
    cause = errno;

    if (fd != -1) {
        close(fd);
    }

    if (rc == -1) {
        return wf_sqlite_refused(file, file_status(SQLITE_IOERR, cause), err,
                                 "its directory cannot be synced (%s)",
                                 strerror(cause));
    }

    return WF_STORE_OK;
}


sqlite3_stmt *
wf_sqlite_statement(wf_sqlite_file_t *file, wf_sqlite_statement_t which)
{
    sqlite3_stmt  **statement;

    statement = &file->statements[which];
    errno = 0;

    if (*statement) {
        sqlite3_reset(*statement);
        return *statement;
    }

    (void) sqlite3_prepare_v3(file->db, statements[which].text, -1,
                              SQLITE_PREPARE_PERSISTENT, statement, NULL);

    return *statement;
}


wf_store_status_t
wf_sqlite_run(wf_sqlite_file_t *file, sqlite3_stmt *statement,
    wf_error_t *err)
{
    wf_store_status_t  status;

    if (statement == NULL) {
        return wf_sqlite_failed(file, err);
    }

    status = WF_STORE_OK;

    if (sqlite3_step(statement) != SQLITE_DONE) {
        status = wf_sqlite_failed(file, err);
    }

    sqlite3_reset(statement);

    return status;
}


wf_store_status_t
wf_sqlite_failed(wf_sqlite_file_t *file, wf_error_t *err)
{
    int          code, cause, last;
    const char  *verb;

    last = errno;
    verb = file->is_writer ? "write" : "read";

    if (file->db == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "cannot %s \"%s\": out of memory",
                     verb, file->path);
        return WF_STORE_FAILED;
    }

    code = sqlite3_extended_errcode(file->db);
    cause = 0;

    if ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN) {
        cause = sqlite3_system_errno(file->db);
    }

    /* a commit that fails does not say why, the system's last word does */
    if ((code & 0xff) == SQLITE_IOERR && cause == 0) {
        cause = last;
    }

    if (cause) {
        wf_error_set(err, WF_E_INTERNAL, "cannot %s \"%s\": %s (%d: %s)",
                     verb, file->path, sqlite3_errmsg(file->db), code,
                     strerror(cause));

    } else {
        wf_error_set(err, WF_E_INTERNAL, "cannot %s \"%s\": %s (%d)", verb,
                     file->path, sqlite3_errmsg(file->db), code);
    }

    return file_status(code & 0xff, cause);
}


wf_store_status_t
wf_sqlite_refused(const wf_sqlite_file_t *file, wf_store_status_t status,
    wf_error_t *err, const char *format, ...)
{
    char     text[WF_ERROR_ARG_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    wf_error_set(err, WF_E_INTERNAL, "cannot %s \"%s\": %s",
                 file->is_writer ? "write" : "read", file->path, text);

    return status;
}


void
wf_sqlite_bind(sqlite3_stmt *statement, int index, wf_str_t bytes)
{
    /* too big or out of range cannot be: NOT NULL would refuse the row */
    (void) sqlite3_bind_blob64(statement, index,
                               bytes.len ? (const void *) bytes.data : "",
                               bytes.len, SQLITE_STATIC);
}


wf_str_t
wf_sqlite_bytes(sqlite3_stmt *statement, int column)
{
    wf_str_t  bytes;

    /* in this order: SQLite's manual */
    bytes.data = sqlite3_column_blob(statement, column);
    bytes.len = (size_t) sqlite3_column_bytes(statement, column);

    return bytes;
}


void
wf_sqlite_row(sqlite3_stmt *statement, wf_store_row_t *row)
{
    row->exec_no = (uint64_t) sqlite3_column_int64(statement, 0);
    row->flow_no = (uint64_t) sqlite3_column_int64(statement, 1);
    row->name = wf_sqlite_bytes(statement, 2);
    row->status = (uint8_t) sqlite3_column_int(statement, 3);
    row->started_ms = sqlite3_column_int64(statement, 4);
    row->stopped_ms = sqlite3_column_int64(statement, 5);
    row->due_ms = sqlite3_column_int64(statement, 6);
    row->last_seq = (uint64_t) sqlite3_column_int64(statement, 7);
    row->tail = wf_sqlite_bytes(statement, 8);
    row->head = wf_str_none;

    if (sqlite3_column_count(statement) > 9) {
        row->head = wf_sqlite_bytes(statement, 9);
    }
}


/* Short sleeps, in the writer's or a reader's thread (nginx-engineering D). */
static int
file_busy(void *data, int attempt)
{
    wf_sqlite_file_t  *file;
    uint32_t           sleep_ms;
    struct timespec    pause;

    file = data;

    if (attempt == 0) {
        file->waited_ms = 0;
    }

    if (file->waited_ms >= WF_SQLITE_BUSY_MS_MAX) {
        return 0;
    }

    sleep_ms = attempt < 10 ? 1 : 5;

    pause.tv_sec = 0;
    pause.tv_nsec = sleep_ms * 1000000;
    (void) nanosleep(&pause, NULL);

    file->waited_ms += sleep_ms;

    return 1;
}


/*
 * Inputs of executions are nobody else's business: the file, and with it
 * the log beside it, is its owner's alone.
 */
static wf_store_status_t
file_create(const wf_sqlite_file_t *file, wf_error_t *err)
{
    int  fd, cause;

    fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd != -1) {
        close(fd);
        return WF_STORE_OK;
    }

    cause = errno;

    if (cause == EEXIST) {
        return WF_STORE_OK;
    }

    return wf_sqlite_refused(file, file_status(SQLITE_CANTOPEN, cause), err,
                             "it cannot be created (%s)", strerror(cause));
}


/*
 * journal_size_limit: the log's file is cut back to its usual size when it
 * starts over.  It is not cut to nothing, for growing it again would cost
 * every commit a change of the file's size.
 */
static wf_store_status_t
file_tune(wf_sqlite_file_t *file, wf_error_t *err)
{
    char           text[PRAGMA_LEN_MAX];
    bool           is_wal;
    sqlite3_stmt  *statement;

    snprintf(text, sizeof(text),
             "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
             "PRAGMA cache_size = -%d; PRAGMA mmap_size = 0;"
             "PRAGMA wal_autocheckpoint = %d;"
             "PRAGMA journal_size_limit = %d",
             file->is_writer ? WF_SQLITE_WRITER_KB : WF_SQLITE_READER_KB,
             WF_SQLITE_LOG_PAGES, WF_SQLITE_LOG_PAGES * 4096);

    if (sqlite3_exec(file->db, text, NULL, NULL, NULL) != SQLITE_OK) {
        return wf_sqlite_failed(file, err);
    }

    if (!file->is_writer) {
        (void) sqlite3_db_config(file->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                 1, NULL);
        return WF_STORE_OK;
    }

    /* before anything is in it: rest() gives space back (store_sqlite.c) */
    if (file->layout == 0
        && sqlite3_exec(file->db, "PRAGMA auto_vacuum = INCREMENTAL", NULL,
                        NULL, NULL)
           != SQLITE_OK)
    {
        return wf_sqlite_failed(file, err);
    }

    if (sqlite3_prepare_v2(file->db, "PRAGMA journal_mode = WAL", -1,
                           &statement, NULL)
        != SQLITE_OK
        || sqlite3_step(statement) != SQLITE_ROW)
    {
        sqlite3_finalize(statement);
        return wf_sqlite_failed(file, err);
    }

    is_wal = strcmp((const char *) sqlite3_column_text(statement, 0), "wal")
             == 0;
    sqlite3_finalize(statement);

    if (!is_wal) {
        return wf_sqlite_refused(file, WF_STORE_READONLY, err,
                                 "no write-ahead log can be kept there");
    }

    return WF_STORE_OK;
}


static wf_store_status_t
file_status(int code, int cause)
{
    unsigned  i;

    for (i = 0; i < wf_countof(troubles); i++) {
        if (troubles[i].code == code
            && (troubles[i].cause == 0 || troubles[i].cause == cause))
        {
            return troubles[i].status;
        }
    }

    return WF_STORE_FAILED;
}
