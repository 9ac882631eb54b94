
/*
 * What a durable start costs in the store, beside the least that SQLite can
 * do: one row of the same size, integer key, one transaction per group, WAL,
 * synchronous FULL.  Prints a line per group size, in rows per second:
 *
 *   group  raw  store  ratio  random  ratio
 *
 * "store" has names in order of time, as generated ones are, "random" has
 * random ones.  Usage: store_bench [-d directory] [-t seconds per number].
 */

#include <dirent.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"


#define GROUP_MAX   128
#define NAME_LEN    36
#define HEAD_LEN    150
#define CHUNK_LEN   300
#define TAIL_LEN    40
#define SECONDS     1.0


/* One contestant: takes a group, all of it durable on return. */
typedef struct {
    void  (*open)(const char *dir);
    void  (*append)(uint32_t group);
    void  (*close)(void);
} side_t;


static void raw_open(const char *dir);
static void raw_append(uint32_t group);
static void raw_close(void);
static void ordered_open(const char *dir);
static void random_open(const char *dir);
static void store_open(const char *dir, bool is_random);
static void store_append(uint32_t group);
static void store_name(char *name);
static void store_close(void);
static double measure(const side_t *side, const char *dir, uint32_t group,
    double seconds);
static double now(void);
static uint64_t dice(void);
static void clean(const char *dir);
static void die(const char *what);


static const side_t  sides[] = {
    { raw_open,     raw_append,   raw_close },
    { ordered_open, store_append, store_close },
    { random_open,  store_append, store_close }
};

static const uint32_t  groups[] = { 1, 8, 32, 64, 128 };

static uint8_t         payload[HEAD_LEN + CHUNK_LEN + TAIL_LEN + NAME_LEN];

static sqlite3        *raw_db;
static sqlite3_stmt   *raw_begin, *raw_insert, *raw_commit;

static wf_store_t     *store;
static uint64_t        store_epoch, store_no;
static bool            store_is_random;
static wf_error_t      store_err;


int
main(int argc, char **argv)
{
    int       option;
    char      dir[PATH_MAX];
    double    seconds, rate[3];
    uint32_t  i, n;

    seconds = SECONDS;
    snprintf(dir, sizeof(dir), "%s",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");

    while ((option = getopt(argc, argv, "d:t:")) != -1) {

        if (option == 'd') {
            snprintf(dir, sizeof(dir), "%s", optarg);

        } else if (option == 't') {
            seconds = atof(optarg);

        } else {
            die("usage: store_bench [-d directory] [-t seconds]");
        }
    }

    strncat(dir, "/store-bench-XXXXXX", sizeof(dir) - strlen(dir) - 1);

    if (mkdtemp(dir) == NULL) {
        die(dir);
    }

    memset(payload, 'x', sizeof(payload));
    printf("%6s %9s %9s %6s %9s %6s\n", "group", "raw", "store", "ratio",
           "random", "ratio");

    for (i = 0; i < wf_countof(groups); i++) {

        for (n = 0; n < wf_countof(sides); n++) {
            rate[n] = measure(&sides[n], dir, groups[i], seconds);
        }

        printf("%6u %9.0f %9.0f %6.2f %9.0f %6.2f\n", groups[i], rate[0],
               rate[1], rate[1] / rate[0], rate[2], rate[2] / rate[0]);
        fflush(stdout);
    }

    rmdir(dir);

    return 0;
}


static double
measure(const side_t *side, const char *dir, uint32_t group, double seconds)
{
    double    start, end;
    uint64_t  rows;

    side->open(dir);

    rows = 0;
    start = now();

    do {
        side->append(group);
        rows += group;
        end = now();
    } while (end - start < seconds);

    side->close();
    clean(dir);

    return (double) rows / (end - start);
}


static void
raw_open(const char *dir)
{
    char  path[PATH_MAX + 16];

    snprintf(path, sizeof(path), "%s/raw.db", dir);

    if (sqlite3_open_v2(path, &raw_db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                        | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK
        || sqlite3_exec(raw_db, "PRAGMA journal_mode = WAL;"
                                "PRAGMA synchronous = FULL;"
                                "PRAGMA wal_autocheckpoint = 8192;"
                                "CREATE TABLE t (id INTEGER PRIMARY KEY,"
                                " payload BLOB)", NULL, NULL, NULL)
           != SQLITE_OK
        || sqlite3_prepare_v2(raw_db, "BEGIN IMMEDIATE", -1, &raw_begin,
                              NULL) != SQLITE_OK
        || sqlite3_prepare_v2(raw_db, "INSERT INTO t (payload) VALUES (?1)",
                              -1, &raw_insert, NULL) != SQLITE_OK
        || sqlite3_prepare_v2(raw_db, "COMMIT", -1, &raw_commit, NULL)
           != SQLITE_OK)
    {
        die(sqlite3_errmsg(raw_db));
    }
}


static void
raw_append(uint32_t group)
{
    int       code;
    uint32_t  i;

    code = sqlite3_step(raw_begin);
    sqlite3_reset(raw_begin);

    for (i = 0; code == SQLITE_DONE && i < group; i++) {
        sqlite3_bind_blob(raw_insert, 1, payload, sizeof(payload),
                          SQLITE_STATIC);
        code = sqlite3_step(raw_insert);
        sqlite3_reset(raw_insert);
    }

    if (code != SQLITE_DONE || sqlite3_step(raw_commit) != SQLITE_DONE) {
        die(sqlite3_errmsg(raw_db));
    }

    sqlite3_reset(raw_commit);
}


static void
raw_close(void)
{
    sqlite3_finalize(raw_begin);
    sqlite3_finalize(raw_insert);
    sqlite3_finalize(raw_commit);
    sqlite3_close(raw_db);
}


static void
ordered_open(const char *dir)
{
    store_open(dir, false);
}


static void
random_open(const char *dir)
{
    store_open(dir, true);
}


static void
store_open(const char *dir, bool is_random)
{
    store_is_random = is_random;

    if (wf_store_sqlite.open((void *) dir, 0, &store_epoch, &store_no,
                             &store, &store_err) != WF_STORE_OK)
    {
        die(store_err.arg[0]);
    }
}


/* New executions that are over at once: one state, no waiting. */
static void
store_append(uint32_t group)
{
    uint32_t          i;
    wf_append_t       append;
    wf_store_unit_t  *unit;

    static char             names[GROUP_MAX][NAME_LEN + 1];
    static wf_store_unit_t  units[GROUP_MAX];

    for (i = 0; i < group; i++) {
        store_no++;
        store_name(names[i]);
        unit = &units[i];
        unit->exec_no = store_no;
        unit->is_new = true;
        unit->flow_no = 1;
        unit->name = (wf_str_t) { NAME_LEN, (uint8_t *) names[i] };
        unit->status = 2;
        unit->started_ms = 1700000000000 + (int64_t) store_no / 20;
        unit->stopped_ms = unit->started_ms + 1;
        unit->head = (wf_str_t) { HEAD_LEN, payload };
        unit->tail = (wf_str_t) { TAIL_LEN, payload };
        unit->first_seq = 1;
        unit->event_count = 4;
        unit->chunk = (wf_str_t) { CHUNK_LEN, payload };
    }

    memset(&append, 0, sizeof(wf_append_t));
    append.epoch = store_epoch;
    append.units = units;
    append.unit_count = group;

    if (wf_store_sqlite.append(store, &append, &store_err) != WF_STORE_OK) {
        die(store_err.arg[0]);
    }
}


static void
store_name(char *name)
{
    uint64_t  first, second;

    first = store_is_random ? dice()
                            : (1700000000000ull + store_no / 20) << 16
                              | (store_no & 0xfff) | 0x7000;
    second = dice();

    snprintf(name, NAME_LEN + 1, "%08x-%04x-%04x-%04x-%012llx",
             (unsigned) (first >> 32), (unsigned) (first >> 16 & 0xffff),
             (unsigned) (first & 0xffff), (unsigned) (second >> 48),
             (unsigned long long) (second & 0xffffffffffff));
}


static void
store_close(void)
{
    wf_store_sqlite.close(store);
}


static double
now(void)
{
    struct timespec  time;

    clock_gettime(CLOCK_MONOTONIC, &time);

    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}


static uint64_t
dice(void)
{
    static uint64_t  state = 0x9e3779b97f4a7c15;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


static void
clean(const char *dir)
{
    DIR            *d;
    char            path[PATH_MAX + 300];
    struct dirent  *entry;

    d = opendir(dir);

    while (d && (entry = readdir(d)) != NULL) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
            unlink(path);
        }
    }

    if (d) {
        closedir(d);
    }
}


static void
die(const char *what)
{
    fprintf(stderr, "store_bench: %s\n", what);
    exit(1);
}
