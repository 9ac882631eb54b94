
/*
 * The SQLite store: the cases of every store, then what only files can do:
 * crash, fill the disk, be read-only, be damaged, be somebody else's.
 */

#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#define WF_SQLITE_BUSY_MS_MAX  100

#include "store/store_sqlite_file.c"
#include "store/store_sqlite_layout.c"
#include "store/store_sqlite_append.c"
#include "store/store_sqlite_read.c"
#include "store/store_sqlite.c"
#include "store_world.h"


#define NOBODY  65534


STORE_CASES(STORE_CASE)


TEST(plans_are_as_stated)
{
    unsigned           i;
    world_t            w;
    char               text[2048], plan[2048];
    sqlite3_stmt      *statement;
    wf_sqlite_file_t  *file;
    const struct {
        const char  *symbol, *plan, *text;
    } rows[] = {
#define STATEMENT(symbol, plan, text)  { #symbol, plan, text },
#include "store/store_sqlite.def"
#undef STATEMENT
    };

    world_begin(&w);
    file = &w.store->file;

    for (i = 0; i < wf_countof(rows); i++) {
        CHECK(wf_sqlite_statement(file, (wf_sqlite_statement_t) i) != NULL);
        snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", rows[i].text);
        CHECK_INT(sqlite3_prepare_v2(file->db, text, -1, &statement, NULL),
                  SQLITE_OK);
        plan[0] = '\0';

        while (sqlite3_step(statement) == SQLITE_ROW) {
            strncat(plan, (const char *) sqlite3_column_text(statement, 3),
                    sizeof(plan) - strlen(plan) - 2);
            strcat(plan, ";");
        }

        sqlite3_finalize(statement);

        if (strstr(plan, rows[i].plan) == NULL
            || (i != WF_SQLITE_SCAN_RUNNING && strstr(plan, "TEMP B-TREE")))
        {
            unit_failed(__FILE__, __LINE__, rows[i].symbol);
            printf("#   %s\n", plan);
        }
    }

    world_end(&w);
}


TEST(file_is_ours_alone)
{
    world_t      w;
    struct stat  st;

    world_begin(&w);
    CHECK_INT(stat(world_path(&w, "shard-000.db"), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    CHECK_INT(stat(world_path(&w, "shard-000.db-wal"), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    world_end(&w);
}


static int64_t
pragma(sqlite3 *db, const char *text)
{
    int64_t        number;
    sqlite3_stmt  *statement;

    number = -1;
    CHECK_INT(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);

    if (sqlite3_step(statement) == SQLITE_ROW) {
        number = sqlite3_column_int64(statement, 0);
    }

    sqlite3_finalize(statement);

    return number;
}


TEST(durability_is_full)
{
    world_t   w;
    sqlite3  *db;

    world_begin(&w);
    db = w.store->file.db;
    CHECK_INT(pragma(db, "PRAGMA synchronous"), 2);
    CHECK_INT(pragma(db, "PRAGMA journal_mode = WAL") == 0, 1);
    CHECK_INT(pragma(db, "PRAGMA cache_size"), -2048);
    CHECK_INT(pragma(db, "PRAGMA mmap_size"), 0);
    CHECK_INT(pragma(db, "PRAGMA wal_autocheckpoint"), 8192);
    CHECK_INT(pragma(db, "PRAGMA user_version"), WF_STORE_LAYOUT);
    CHECK_INT(pragma(db, "PRAGMA application_id"), WF_SQLITE_APPLICATION);
    world_end(&w);
}


/* However a call on a reader ends, its connection is in no transaction. */
TEST(readers_leave_nothing_open)
{
    world_t           w;
    wf_list_query_t   query;
    wf_store_unit_t   units[2];

    world_begin(&w);
    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    CHECK_INT(put(&w, units, 2), WF_STORE_OK);
    query = (wf_list_query_t) { .flow_no = 7, .limit = 1 };

#define ENDED()                                                               \
    CHECK_INT(sqlite3_txn_state(w.reader->files[0].db, NULL),                 \
              SQLITE_TXN_NONE)

    CHECK_INT(find(&w, 7, "a"), WF_OK);
    ENDED();
    CHECK_INT(find(&w, 7, "no"), WF_DECLINED);
    ENDED();
    CHECK_INT(chunks(&w, 1, 1), WF_OK);
    ENDED();
    see_nothing();
    seen.stop_at = 1;
    CHECK_INT(w.type->list(w.reader, &query, see_row, &seen, &w.err),
              WF_AGAIN);
    ENDED();
    CHECK_INT(w.type->list(w.reader, &query, see_row, &seen, &w.err), WF_OK);
    ENDED();
    query.from = wf_str("nobody");
    CHECK_INT(w.type->list(w.reader, &query, see_row, &seen, &w.err),
              WF_DECLINED);
    ENDED();
    CHECK_INT(w.type->items(w.reader, 2, wf_str_none, 5, see_bytes, &seen,
                            &w.err), WF_OK);
    ENDED();
#undef ENDED

    world_end(&w);
}


/* What rest() folded is in the file itself. */
TEST(rest_folds_the_log)
{
    world_t          w, copy;
    wf_store_unit_t  unit;

    world_begin(&w);
    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    w.type->rest(w.store);
    w.type->rest(w.store);
    CHECK_INT(w.store->changes, sqlite3_total_changes64(w.store->file.db));

    copy = w;
    copy.place = dir_create();
    file_copy(world_path(&w, "shard-000.db"),
              world_path(&copy, "shard-000.db"));
    CHECK_INT(world_open(&copy), WF_STORE_OK);
    CHECK_INT(copy.exec_no, 1);
    copy.reader = NULL;
    world_end(&copy);
    world_end(&w);
}


static void
put_big(world_t *w, uint64_t exec_no, bool is_over)
{
    char             name[16];
    wf_store_unit_t  unit;
    static uint8_t   bytes[64 * 1024];

    snprintf(name, sizeof(name), "e%u", (unsigned) exec_no);
    unit = unit_new(exec_no, 7, name);
    unit.chunk = (wf_str_t) { sizeof(bytes), bytes };
    unit.status = is_over ? 2 : 1;
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
}


/* 200 executions of 64 KiB go; what they took goes back step by step. */
TEST(rest_gives_space_back)
{
    world_t      w;
    uint64_t     no;
    unsigned     steps;
    struct stat  before, after;

    world_begin(&w);
    CHECK_INT(pragma(w.store->file.db, "PRAGMA auto_vacuum"), 2);

    for (no = 1; no <= 600; no++) {
        put_big(&w, no, true);
    }

    put_big(&w, no, false);
    CHECK(!w.type->rest(w.store));
    CHECK_INT(stat(world_path(&w, "shard-000.db"), &before), 0);
    CHECK(before.st_size > 600 * 65536);

    for (no = 1; no <= 600; no++) {
        CHECK_INT(erase(&w, no), WF_STORE_OK);
    }

    for (steps = 0; w.type->rest(w.store); steps++) {
        CHECK(steps < 1000);
    }

    CHECK(steps > 20);
    CHECK_INT(stat(world_path(&w, "shard-000.db"), &after), 0);
    CHECK(after.st_size < (WF_SQLITE_SPARE_PAGES + 600) * 4096);
    CHECK_INT(find(&w, 7, "e601"), WF_OK);
    CHECK_INT(w.type->names(w.reader, 0, 0, 9, see_name, &seen, &w.err),
              WF_OK);
    CHECK_INT(reopen(&w), WF_STORE_OK);
    CHECK_INT(w.exec_no, 601);
    world_end(&w);
}


/* A file of before that: nothing happens to it. */
TEST(older_files_keep_their_size)
{
    world_t   w;
    uint64_t  no;

    world_begin(&w);
    CHECK_INT(sqlite3_exec(w.store->file.db, "PRAGMA journal_mode = DELETE;"
                           "PRAGMA auto_vacuum = NONE; VACUUM;"
                           "PRAGMA journal_mode = WAL", NULL, NULL, NULL),
              SQLITE_OK);
    CHECK_INT(reopen(&w), WF_STORE_OK);
    CHECK_INT(pragma(w.store->file.db, "PRAGMA auto_vacuum"), 0);

    for (no = 1; no <= 200; no++) {
        put_big(&w, no, true);
    }

    for (no = 1; no < 200; no++) {
        CHECK_INT(erase(&w, no), WF_STORE_OK);
    }

    CHECK(pragma(w.store->file.db, "PRAGMA freelist_count") > 3000);
    CHECK(!w.type->rest(w.store));
    CHECK(pragma(w.store->file.db, "PRAGMA freelist_count") > 3000);
    CHECK_INT(find(&w, 7, "e200"), WF_OK);
    world_end(&w);
}


/* A child that appends until it is killed says what was acknowledged. */
static void
crash_child(world_t *w, int fd)
{
    char             name[16];
    uint64_t         no;
    wf_store_unit_t  unit;

    if (world_open(w) != WF_STORE_OK) {
        _exit(1);
    }

    for (no = w->exec_no + 1; ; no++) {
        snprintf(name, sizeof(name), "n%llu", (unsigned long long) no);
        unit = unit_new(no, 7, name);

        if (put(w, &unit, 1) != WF_STORE_OK
            || write(fd, &no, sizeof(no)) != sizeof(no))
        {
            _exit(2);
        }
    }
}


TEST(killed_writers_lose_nothing)
{
    int       fds[2], round, status;
    pid_t     pid;
    world_t   w;
    uint64_t  no, last;

    world_begin(&w);
    world_close(&w);

    for (round = 0; round < 5; round++) {
        CHECK_INT(pipe(fds), 0);
        fflush(stdout);
        pid = fork();

        if (pid == 0) {
            crash_child(&w, fds[1]);
        }

        close(fds[1]);

        for (no = 0; no < (uint64_t) round * 20 + 3; no++) {
            CHECK_INT(read(fds[0], &last, sizeof(last)), sizeof(last));
        }

        kill(pid, SIGKILL);

        while (read(fds[0], &no, sizeof(no)) == sizeof(no)) {
            last = no;
        }

        close(fds[0]);
        waitpid(pid, &status, 0);
        CHECK(WIFSIGNALED(status));

        CHECK_INT(world_open(&w), WF_STORE_OK);
        CHECK(w.exec_no == last || w.exec_no == last + 1);
        CHECK_INT(w.epoch, round * 2 + 3);
        see_nothing();
        CHECK_INT(w.type->scan_names(w.store, see_name, &seen, &w.err),
                  WF_STORE_OK);
        CHECK_INT(seen.calls, w.exec_no);
        w.type->close(w.store);
    }

    w.store = NULL;
    world_end(&w);
}


TEST(full_disk_fails_the_group)
{
    world_t          w;
    char             text[64];
    wf_store_unit_t  unit;
    static uint8_t   bytes[400 * 1024];

    world_begin(&w);
    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    snprintf(text, sizeof(text), "PRAGMA max_page_count = %d",
             (int) pragma(w.store->file.db, "PRAGMA page_count") + 20);
    CHECK(pragma(w.store->file.db, text) > 0);

    unit = unit_new(2, 7, "b");
    unit.chunk = (wf_str_t) { sizeof(bytes), bytes };
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FULL);
    CHECK(strstr(w.err.arg[0], "is full") != NULL);
    CHECK_INT(find(&w, 7, "b"), WF_DECLINED);
    CHECK_INT(find(&w, 7, "a"), WF_OK);

    unit = unit_new(2, 7, "b");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    CHECK_INT(find(&w, 7, "b"), WF_OK);
    world_end(&w);
}


/* The system refuses to let the log grow; then there is room again. */
static int
full_child(world_t *w)
{
    wf_store_unit_t  unit;
    struct rlimit    limit;
    static uint8_t   bytes[400 * 1024];

    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_INT(world_open(w), WF_STORE_OK);
    unit = unit_new(201, 7, "big");
    unit.chunk = (wf_str_t) { sizeof(bytes), bytes };

    limit.rlim_cur = 200 * 1024;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_INT(put(w, &unit, 1), WF_STORE_FULL);
    CHECK(strstr(w->err.arg[0], "shard-000.db") != NULL);
    CHECK(sqlite3_get_autocommit(w->store->file.db));

    limit.rlim_cur = limit.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    w->type->close(w->store);
    w->store = NULL;

    return unit_failures != 0;
}


static int
as_child(world_t *w, int (*run)(world_t *w))
{
    int    status;
    pid_t  pid;

    fflush(stdout);
    pid = fork();

    if (pid == 0) {
        status = run(w);
        fflush(stdout);
        _exit(status);
    }

    waitpid(pid, &status, 0);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}


TEST(full_system_fails_the_group)
{
    world_t  w;

    world_filled(&w);
    CHECK_INT(as_child(&w, full_child), 0);
    CHECK_INT(world_open(&w), WF_STORE_OK);
    CHECK_INT(w.exec_no, 201);
    world_end(&w);
}


/* Somebody to whom permissions mean something. */
static bool
become_nobody(void)
{
    return geteuid() != 0
           || (setgroups(0, NULL) == 0 && setgid(NOBODY) == 0
               && setuid(NOBODY) == 0);
}


static int
readonly_child(world_t *w)
{
    if (!become_nobody()) {
        printf("# skipped: cannot become another user\n");
        return 0;
    }

    unusable(w, WF_STORE_READONLY, "(");

    return unit_failures != 0;
}


TEST(readonly_directory_says_so)
{
    world_t  w;

    world_filled(&w);
    CHECK_INT(chmod(world_path(&w, "shard-000.db"), 0444), 0);
    CHECK_INT(chmod(w.place, 0555), 0);
    CHECK_INT(as_child(&w, readonly_child), 0);
    CHECK_INT(chmod(w.place, 0755), 0);
    world_end(&w);
}


static int
forbidden_child(world_t *w)
{
    if (become_nobody()) {
        CHECK_INT(world_open(w), WF_STORE_READONLY);
        CHECK(strstr(w->err.arg[0], "Permission denied") != NULL);
    }

    return unit_failures != 0;
}


TEST(forbidden_directory_says_so)
{
    world_t  w;

    world_begin(&w);
    world_close(&w);
    CHECK_INT(unlink(world_path(&w, "shard-000.db")), 0);
    CHECK_INT(chmod(w.place, 0555), 0);
    CHECK_INT(as_child(&w, forbidden_child), 0);
    CHECK_INT(chmod(w.place, 0755), 0);
    world_end(&w);
}


static int
hidden_child(world_t *w)
{
    if (become_nobody()) {
        CHECK_INT(w->type->reader_open(w->place, 3, &w->reader, &w->err),
                  WF_OK);
        CHECK_INT(find(w, 7, "n1"), WF_ERROR);
        CHECK(strstr(w->err.arg[0], "cannot read") != NULL);
        w->type->reader_close(w->reader);
    }

    return unit_failures != 0;
}


/* What may not be looked at is not the same as what is not there. */
TEST(hidden_directory_says_so)
{
    world_t  w;

    world_filled(&w);
    CHECK_INT(chmod(w.place, 0), 0);
    CHECK_INT(as_child(&w, hidden_child), 0);
    CHECK_INT(chmod(w.place, 0755), 0);
    world_end(&w);
}


TEST(missing_directory_says_so)
{
    world_t      w;
    wf_store_t  *store;

    world_begin(&w);
    CHECK_INT(w.type->open((void *) "/nonexistent/dir", 0, &w.epoch,
                           &w.exec_no, &store, &w.err), WF_STORE_READONLY);
    CHECK(strstr(w.err.arg[0], "/nonexistent/dir/shard-000.db") != NULL);
    CHECK(strstr(w.err.arg[0], "No such file") != NULL);
    world_end(&w);
}


/* Another connection holds the lock: for a while, then for ever. */
TEST(locks_are_waited_for_and_given_up)
{
    int              code;
    world_t          w;
    sqlite3         *db;
    wf_store_unit_t  unit;

    world_begin(&w);
    CHECK_INT(sqlite3_open(world_path(&w, "shard-000.db"), &db), SQLITE_OK);
    code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    CHECK_INT(code, SQLITE_OK);

    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FAILED);
    CHECK(strstr(w.err.arg[0], "database is locked") != NULL);
    CHECK(w.store->file.waited_ms >= 100);
    CHECK_INT(find(&w, 7, "a"), WF_DECLINED);

    code = sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    CHECK_INT(code, SQLITE_OK);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    world_end(&w);
}


static int
locking_child(world_t *w)
{
    sqlite3          *db;
    struct timespec   pause = { 0, 30 * 1000000 };

    if (sqlite3_open(world_path(w, "shard-000.db"), &db) != SQLITE_OK
        || sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL)
           != SQLITE_OK)
    {
        return 1;
    }

    file_write(world_path(w, "locked"), 0, "!", 1);
    nanosleep(&pause, NULL);

    return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK;
}


TEST(leftovers_of_others_pass)
{
    int              status;
    pid_t            pid;
    world_t          w;
    struct timespec  pause = { 0, 1000000 };

    world_begin(&w);
    world_close(&w);
    fflush(stdout);
    pid = fork();

    if (pid == 0) {
        _exit(locking_child(&w));
    }

    while (file_size(world_path(&w, "locked")) < 1) {
        nanosleep(&pause, NULL);
    }

    CHECK_INT(world_open(&w), WF_STORE_OK);
    waitpid(pid, &status, 0);
    CHECK_INT(status, 0);
    world_end(&w);
}


/* Reads as fast as it can while the other thread writes. */
static void *
reading_thread(void *data)
{
    wf_rc_t             rc;
    world_t            *w;
    unsigned            count;
    static seen_t       mine;
    wf_list_query_t     query;

    w = data;
    query = (wf_list_query_t) { .flow_no = 7, .limit = 1000 };
    rc = WF_OK;

    for (count = 0; rc == WF_OK && count < 300; count = mine.calls) {
        mine.len = mine.calls = 0;
        rc = w->type->list(w->reader, &query, see_name, &mine, &w->err);

        if (mine.calls < count || mine.calls % 3 != 0) {
            return "a group was seen in part";
        }
    }

    return rc == WF_OK ? NULL : "a list failed";
}


TEST(threads_do_not_meet)
{
    void             *answer;
    char              names[3][16];
    world_t           w, other;
    uint64_t          no;
    unsigned          i;
    pthread_t         thread;
    wf_store_unit_t   units[3];

    world_begin(&w);
    other = w;
    CHECK_INT(pthread_create(&thread, NULL, reading_thread, &other), 0);

    for (no = 1; no <= 300; no += 3) {
        for (i = 0; i < 3; i++) {
            snprintf(names[i], sizeof(names[i]), "n%u", (unsigned) no + i);
            units[i] = unit_new(no + i, 7, names[i]);
            units[i].started_ms = (int64_t) no;
        }

        CHECK_INT(put(&w, units, 3), WF_STORE_OK);

        if (no % 60 == 1) {
            w.type->rest(w.store);
        }
    }

    CHECK_INT(pthread_join(thread, &answer), 0);
    CHECK_STR(wf_str_of(answer), wf_str(""));
    world_end(&w);
}


TEST(troubles_have_their_status)
{
    CHECK_INT(file_status(SQLITE_FULL, 0), WF_STORE_FULL);
    CHECK_INT(file_status(SQLITE_IOERR, ENOSPC), WF_STORE_FULL);
    CHECK_INT(file_status(SQLITE_IOERR, EDQUOT), WF_STORE_FULL);
    CHECK_INT(file_status(SQLITE_IOERR, EIO), WF_STORE_FAILED);
    CHECK_INT(file_status(SQLITE_CANTOPEN, EACCES), WF_STORE_READONLY);
    CHECK_INT(file_status(SQLITE_CANTOPEN, EMFILE), WF_STORE_FAILED);
    CHECK_INT(file_status(SQLITE_READONLY, 0), WF_STORE_READONLY);
    CHECK_INT(file_status(SQLITE_CORRUPT, 0), WF_STORE_CORRUPT);
    CHECK_INT(file_status(SQLITE_NOTADB, 0), WF_STORE_CORRUPT);
    CHECK_INT(file_status(SQLITE_BUSY, 0), WF_STORE_FAILED);
    CHECK_INT(file_status(SQLITE_NOMEM, 0), WF_STORE_FAILED);
    CHECK_INT(file_status(SQLITE_CONSTRAINT, 0), WF_STORE_FAILED);
}


UNIT_MAIN()
