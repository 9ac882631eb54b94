
/*
 * Lists over all shards: each shard's keys come newest first from an index,
 * a few at a time, and are merged; only rows that go out are read whole.
 * Must never hold a read transaction while it looks for something rare: a
 * shard is asked for at most WF_SQLITE_SCAN_MAX keys at once, and again from
 * where it stopped.  Keys never change, so nothing is missed in between.
 * Talks to store_sqlite_read.c.
 */

#include "store/store_sqlite_read.h"


/* Keys kept beyond a shard's fair part of the page. */
#define LIST_SPARE  8


/* Where a row stands in the order of lists, and how to read it. */
typedef struct {
    uint64_t   exec_no;
    int64_t    started_ms;
    wf_str_t   name;
} list_key_t;

/* A shard's part of one list; lives in the reader's scratch arena. */
typedef struct {
    list_key_t   *keys;
    uint32_t      count;
    uint32_t      next;             /* the first one not yet given out */
    bool          is_over;          /* no key behind the last one */
    list_key_t    place;            /* ask from here on */
    bool          is_taken;         /* .. which was seen already */
} list_shard_t;

typedef struct {
    wf_store_reader_t      *reader;
    const wf_list_query_t  *query;
    wf_sqlite_statement_t   which;
    int64_t                 begin_ms;
    uint32_t                size;   /* of keys */
    list_shard_t           *shards;
} list_t;


static wf_rc_t list_create(list_t *list, wf_error_t *err);
static wf_rc_t list_place(list_t *list, list_key_t *place, wf_error_t *err);
static wf_sqlite_statement_t list_statement(const wf_list_query_t *query);
static wf_rc_t list_next(list_t *list, uint32_t *shard_no, wf_error_t *err);
static wf_rc_t list_fill(list_t *list, uint32_t shard_no, wf_error_t *err);
static wf_rc_t list_scan(list_t *list, wf_sqlite_file_t *file,
    list_shard_t *shard, wf_error_t *err);
static bool list_is_wanted(const list_t *list, const list_shard_t *shard,
    sqlite3_stmt *statement);
static wf_rc_t list_keep(list_t *list, list_key_t *key,
    sqlite3_stmt *statement, wf_error_t *err);
static wf_rc_t list_give(list_t *list, uint32_t shard_no, bool *is_given,
    wf_row_pt each, void *data, wf_error_t *err);
static bool list_is_before(const list_key_t *a, const list_key_t *b);


wf_rc_t
wf_sqlite_list(wf_store_reader_t *reader, const wf_list_query_t *query,
    wf_row_pt each, void *data, wf_error_t *err)
{
    bool      is_given;
    list_t    list;
    wf_rc_t   rc;
    uint32_t  given, shard_no;

    wf_arena_reset(reader->scratch);

    list.reader = reader;
    list.query = query;

    rc = list_create(&list, err);
    shard_no = 0;

    for (given = 0; rc == WF_OK && given < query->limit; given += is_given) {

        is_given = false;
        rc = list_next(&list, &shard_no, err);

        if (rc == WF_DECLINED) {
            return WF_OK;
        }

        if (rc == WF_OK) {
            rc = list_give(&list, shard_no, &is_given, each, data, err);
        }
    }

    return rc;
}


static wf_rc_t
list_create(list_t *list, wf_error_t *err)
{
    wf_rc_t             rc;
    uint32_t            i;
    list_key_t          place;
    wf_store_reader_t  *reader;

    reader = list->reader;
    list->which = list_statement(list->query);
    list->begin_ms = list->query->begin_ms;
    list->size = wf_min(list->query->limit, WF_SQLITE_SCAN_MAX)
                 / wf_max(reader->shard_count, 1) + LIST_SPARE;

    rc = list_place(list, &place, err);

    if (rc != WF_OK) {
        return rc;
    }

    list->shards = wf_arena_calloc(reader->scratch, reader->shard_count
                                                    * sizeof(list_shard_t));

    for (i = 0; list->shards && i < reader->shard_count; i++) {
        list->shards[i].place = place;
        list->shards[i].keys = wf_arena_alloc(reader->scratch,
                                              list->size
                                              * sizeof(list_key_t));
        if (list->shards[i].keys == NULL) {
            list->shards = NULL;
        }
    }

    if (list->shards == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "cannot list: out of memory");
        return WF_ERROR;
    }

    return WF_OK;
}


/* The start of the page: of the row it begins with, wherever that lives. */
static wf_rc_t
list_place(list_t *list, list_key_t *place, wf_error_t *err)
{
    int                code;
    wf_rc_t            rc;
    uint32_t           i;
    sqlite3_stmt      *statement;
    wf_sqlite_file_t  *file;

    place->exec_no = 0;
    place->started_ms = list->query->end_ms ? list->query->end_ms : INT64_MAX;
    place->name = wf_str_none;

    if (list->query->from.len == 0) {
        return WF_OK;
    }

    for (i = 0; i < list->reader->shard_count; i++) {
        rc = wf_sqlite_reader_file(list->reader, i, &file, err);

        if (rc == WF_DECLINED) {
            continue;
        }

        if (rc != WF_OK) {
            return rc;
        }

        statement = wf_sqlite_statement(file, WF_SQLITE_LIST_PLACE);

        if (statement == NULL) {
            return wf_sqlite_reader_failed(file, err);
        }

        sqlite3_bind_int64(statement, 1, (int64_t) list->query->flow_no);
        wf_sqlite_bind(statement, 2, list->query->from);
        code = sqlite3_step(statement);

        if (code == SQLITE_ROW) {
            if (sqlite3_column_int64(statement, 0) <= place->started_ms) {
                place->started_ms = sqlite3_column_int64(statement, 0);
                place->name = list->query->from;
            }

            sqlite3_reset(statement);
            return WF_OK;
        }

        if (code != SQLITE_DONE) {
            return wf_sqlite_reader_failed(file, err);
        }

        sqlite3_reset(statement);
    }

    return WF_DECLINED;
}


static wf_sqlite_statement_t
list_statement(const wf_list_query_t *query)
{
    if (query->status == 0) {
        return WF_SQLITE_LIST_ANY;
    }

    if (query->status == WF_SQLITE_RUNNING) {
        return WF_SQLITE_LIST_RUNNING;
    }

    return query->status == WF_SQLITE_DONE ? WF_SQLITE_LIST_DONE
                                           : WF_SQLITE_LIST_ENDED;
}


/* The shard that has the next row.  WF_DECLINED: none has. */
static wf_rc_t
list_next(list_t *list, uint32_t *shard_no, wf_error_t *err)
{
    wf_rc_t        rc;
    uint32_t       i;
    list_key_t    *best;
    list_shard_t  *shard;

    best = NULL;

    for (i = 0; i < list->reader->shard_count; i++) {
        shard = &list->shards[i];

        while (shard->next == shard->count && !shard->is_over) {
            rc = list_fill(list, i, err);

            if (rc != WF_OK) {
                return rc;
            }
        }

        if (shard->next < shard->count
            && (best == NULL
                || list_is_before(&shard->keys[shard->next], best)))
        {
            best = &shard->keys[shard->next];
            *shard_no = i;
        }
    }

    return best ? WF_OK : WF_DECLINED;
}


static wf_rc_t
list_fill(list_t *list, uint32_t shard_no, wf_error_t *err)
{
    wf_rc_t                 rc;
    list_shard_t           *shard;
    sqlite3_stmt           *statement;
    wf_sqlite_file_t       *file;
    const wf_list_query_t  *query;

    shard = &list->shards[shard_no];
    query = list->query;
    shard->count = shard->next = 0;

    rc = wf_sqlite_reader_file(list->reader, shard_no, &file, err);

    if (rc == WF_DECLINED) {
        shard->is_over = true;
        return WF_OK;
    }

    if (rc != WF_OK) {
        return rc;
    }

    statement = wf_sqlite_statement(file, list->which);

    if (statement == NULL) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_bind_int64(statement, 1, (int64_t) query->flow_no);
    sqlite3_bind_int64(statement, 2, shard->place.started_ms);
    sqlite3_bind_int64(statement, 3, list->begin_ms);
    wf_sqlite_bind(statement, 4, shard->place.name);
    sqlite3_bind_int64(statement, 5, WF_SQLITE_SCAN_MAX);

    if (list->which == WF_SQLITE_LIST_ENDED) {
        sqlite3_bind_int(statement, 6, query->status);
    }

    return list_scan(list, file, shard, err);
}


static wf_rc_t
list_scan(list_t *list, wf_sqlite_file_t *file, list_shard_t *shard,
    wf_error_t *err)
{
    int            code;
    wf_rc_t        rc;
    uint32_t       seen;
    sqlite3_stmt  *statement;

    statement = file->statements[list->which];
    code = SQLITE_DONE;
    rc = WF_OK;
    seen = 0;

    while (rc == WF_OK && shard->count < list->size
           && (code = sqlite3_step(statement)) == SQLITE_ROW)
    {
        seen++;

        if (list_is_wanted(list, shard, statement)) {
            rc = list_keep(list, &shard->keys[shard->count++], statement,
                           err);
        }

        /* the last key asked for, wanted or not: go on behind it */
        if (rc == WF_OK
            && (shard->count == list->size || seen == WF_SQLITE_SCAN_MAX))
        {
            rc = list_keep(list, &shard->place, statement, err);
            shard->is_taken = true;
            sqlite3_reset(statement);
            return rc;
        }
    }

    if (rc != WF_OK) {
        sqlite3_reset(statement);
        return rc;
    }

    if (code != SQLITE_DONE) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);
    shard->is_over = true;

    return WF_OK;
}


static bool
list_is_wanted(const list_t *list, const list_shard_t *shard,
    sqlite3_stmt *statement)
{
    wf_str_t  name;

    name = wf_sqlite_bytes(statement, 2);

    if (shard->is_taken
        && sqlite3_column_int64(statement, 1) == shard->place.started_ms
        && wf_str_eq(name, shard->place.name))
    {
        return false;
    }

    return wf_str_starts(name, list->query->prefix)
           && (list->query->status == 0
               || sqlite3_column_int(statement, 3) == list->query->status);
}


static wf_rc_t
list_keep(list_t *list, list_key_t *key, sqlite3_stmt *statement,
    wf_error_t *err)
{
    key->exec_no = (uint64_t) sqlite3_column_int64(statement, 0);
    key->started_ms = sqlite3_column_int64(statement, 1);
    key->name = wf_arena_copy(list->reader->scratch,
                              wf_sqlite_bytes(statement, 2));

    if (key->name.data == NULL) {
        wf_error_set(err, WF_E_INTERNAL, "cannot list: out of memory");
        return WF_ERROR;
    }

    return WF_OK;
}


/* Not given: it changed since its key was read, and is none of these now. */
static wf_rc_t
list_give(list_t *list, uint32_t shard_no, bool *is_given, wf_row_pt each,
    void *data, wf_error_t *err)
{
    int                code;
    wf_rc_t            rc;
    uint64_t           exec_no;
    list_shard_t      *shard;
    sqlite3_stmt      *statement;
    wf_store_row_t     row;
    wf_sqlite_file_t  *file;

    *is_given = false;
    shard = &list->shards[shard_no];
    exec_no = shard->keys[shard->next++].exec_no;
    rc = wf_sqlite_reader_file(list->reader, shard_no, &file, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    statement = wf_sqlite_statement(file, WF_SQLITE_ROW);

    if (statement == NULL) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_bind_int64(statement, 1, (int64_t) exec_no);
    code = sqlite3_step(statement);

    if (code == SQLITE_ROW) {
        wf_sqlite_row(statement, &row);

        if (list->query->status == 0 || row.status == list->query->status) {
            *is_given = true;
            rc = each(data, &row);
        }

    } else if (code != SQLITE_DONE) {
        return wf_sqlite_reader_failed(file, err);
    }

    sqlite3_reset(statement);

    return rc;
}


static bool
list_is_before(const list_key_t *a, const list_key_t *b)
{
    if (a->started_ms != b->started_ms) {
        return a->started_ms > b->started_ms;
    }

    return wf_str_cmp(a->name, b->name) < 0;
}
