
/*
 * Lists over all shards: both stores, asked the same questions, must agree
 * with the simplest way to answer them.
 */

#define WF_SQLITE_SCAN_MAX  24

#include "store/store_sqlite_list.c"
#include "store/store_memory.h"
#include "store_world.h"


#define SHARDS   3
#define ROWS     600
#define FLOWS    2
#define TEXT     (16 * 1024)


typedef struct {
    uint32_t  shard_no;
    uint64_t  exec_no;
    uint64_t  flow_no;
    char      name[16];
    uint8_t   status;
    int64_t   started_ms;
} fact_t;

/* One store with all its shards open, and a reader. */
typedef struct {
    const wf_store_type_t  *type;
    void                   *place;
    wf_store_t             *stores[SHARDS];
    uint64_t                epochs[SHARDS];
    wf_store_reader_t      *reader;
    wf_error_t              err;
} side_t;


static fact_t    facts[ROWS];
static uint32_t  fact_count;
static uint32_t  seed;


static uint32_t
dice(uint32_t sides)
{
    seed = seed * 1664525 + 1013904223;

    return (seed >> 8) % sides;
}


/* Few starting times: many ties.  A third is running, few have failed. */
static void
facts_create(uint32_t count)
{
    uint32_t  i, no[SHARDS] = { 0 };
    fact_t   *fact;

    fact_count = count;

    for (i = 0; i < count; i++) {
        fact = &facts[i];
        fact->shard_no = dice(SHARDS);
        fact->exec_no = ++no[fact->shard_no];
        fact->flow_no = 1 + dice(FLOWS);
        fact->started_ms = 1000 + dice(60);
        fact->status = dice(3) == 0 ? 1 : dice(20) == 0 ? 3 + dice(3) : 2;
        snprintf(fact->name, sizeof(fact->name), "%c%u%c",
                 "abB\xe9"[dice(4)], i, 'a' + (int) dice(26));
    }
}


static void
side_begin(side_t *side, const wf_store_type_t *type, void *place)
{
    uint32_t  i;
    uint64_t  exec_no;

    memset(side, 0, sizeof(side_t));
    side->type = type;
    side->place = place;

    for (i = 0; i < SHARDS; i++) {
        CHECK_INT(type->open(place, i, &side->epochs[i], &exec_no,
                             &side->stores[i], &side->err), WF_STORE_OK);
    }

    CHECK_INT(type->reader_open(place, SHARDS, &side->reader, &side->err),
              WF_OK);
}


static void
side_append(side_t *side, uint32_t shard_no, wf_store_unit_t *units,
    uint32_t count)
{
    wf_append_t  append;

    append = (wf_append_t) { .epoch = side->epochs[shard_no],
                             .units = units, .unit_count = count };
    CHECK_INT(side->type->append(side->stores[shard_no], &append,
                                 &side->err), WF_STORE_OK);
}


static void
side_fill(side_t *side)
{
    uint32_t                i, shard_no, count;
    const fact_t           *fact;
    static wf_store_unit_t  units[ROWS];

    for (shard_no = 0; shard_no < SHARDS; shard_no++) {
        count = 0;

        for (i = 0; i < fact_count; i++) {
            fact = &facts[i];

            if (fact->shard_no == shard_no) {
                units[count] = unit_new(fact->exec_no, fact->flow_no,
                                        fact->name);
                units[count].status = fact->status;
                units[count].started_ms = fact->started_ms;
                count++;
            }
        }

        side_append(side, shard_no, units, count);
    }
}


static void
side_end(side_t *side)
{
    uint32_t  i;

    side->type->reader_close(side->reader);

    for (i = 0; i < SHARDS; i++) {
        side->type->close(side->stores[i]);
    }
}


static bool
fact_is_before(const fact_t *a, const fact_t *b)
{
    if (a->started_ms != b->started_ms) {
        return a->started_ms > b->started_ms;
    }

    return wf_str_cmp(wf_str_of(a->name), wf_str_of(b->name)) < 0;
}


static const fact_t *
fact_named(const wf_list_query_t *query)
{
    uint32_t  i;

    for (i = 0; i < fact_count; i++) {
        if (facts[i].flow_no == query->flow_no
            && wf_str_eq(wf_str_of(facts[i].name), query->from))
        {
            return &facts[i];
        }
    }

    return NULL;
}


static bool
fact_is_wanted(const fact_t *fact, const wf_list_query_t *query)
{
    return fact->flow_no == query->flow_no
           && (query->status == 0 || fact->status == query->status)
           && wf_str_starts(wf_str_of(fact->name), query->prefix)
           && fact->started_ms >= query->begin_ms
           && (query->end_ms == 0 || fact->started_ms <= query->end_ms);
}


/* The next one in order, as often as there is one. */
static wf_rc_t
expect(const wf_list_query_t *query, char *text)
{
    uint32_t       i, given;
    const fact_t  *from, *last, *next;

    text[0] = '\0';
    from = query->from.len ? fact_named(query) : NULL;

    if (query->from.len && from == NULL) {
        return WF_DECLINED;
    }

    for (last = NULL, given = 0; given < query->limit; given++) {

        for (next = NULL, i = 0; i < fact_count; i++) {
            if (fact_is_wanted(&facts[i], query)
                && (from == NULL || !fact_is_before(&facts[i], from))
                && (last == NULL || fact_is_before(last, &facts[i]))
                && (next == NULL || fact_is_before(&facts[i], next)))
            {
                next = &facts[i];
            }
        }

        if (next == NULL) {
            break;
        }

        last = next;
        text += sprintf(text, "%s/%d/%d ", next->name,
                        (int) next->started_ms, next->status);
    }

    return WF_OK;
}


static wf_rc_t
see_fact(void *data, const wf_store_row_t *row)
{
    CHECK_STR(row->head, wf_str("h"));

    return see(data, "%.*s/%d/%d ", (int) row->name.len,
               (const char *) row->name.data, (int) row->started_ms,
               row->status);
}


static void
compare(side_t *side, const wf_list_query_t *query)
{
    wf_rc_t      rc;
    static char  want[TEXT];

    rc = expect(query, want);
    see_nothing();
    CHECK_INT(side->type->list(side->reader, query, see_fact, &seen,
                               &side->err), rc);
    CHECK_SEEN(want);
}


static void
query_random(wf_list_query_t *query)
{
    memset(query, 0, sizeof(wf_list_query_t));
    query->flow_no = 1 + dice(FLOWS + 1);
    query->limit = dice(8) == 0 ? 1000 : dice(12);

    if (dice(2)) {
        query->status = (uint8_t) (1 + dice(6));
    }

    if (dice(3) == 0) {
        query->prefix = wf_str_of(facts[dice(fact_count)].name);
        query->prefix.len = 1 + dice(2);
    }

    if (dice(3) == 0) {
        query->begin_ms = 1000 + dice(60);
    }

    if (dice(3) == 0) {
        query->end_ms = 1000 + dice(60);
    }

    if (dice(3) == 0) {
        query->from = wf_str_of(facts[dice(fact_count)].name);
    }

    if (dice(40) == 0) {
        query->from = wf_str("nobody");
    }
}


static void
questions(side_t *side)
{
    uint32_t         i;
    wf_list_query_t  query;

    seed = 7;
    facts_create(ROWS);
    side_fill(side);

    for (i = 0; i < 400; i++) {
        query_random(&query);
        compare(side, &query);
    }
}


static wf_rc_t
see_last(void *data, const wf_store_row_t *row)
{
    memcpy(data, row->name.data, row->name.len);
    ((char *) data)[row->name.len] = '\0';

    return WF_OK;
}


/* Page by page: one more is asked for, it is the start of the next page. */
static void
pages(side_t *side)
{
    char             next[32], previous[32];
    uint32_t         i, limit, total, wanted;
    wf_list_query_t  query;

    seed = 11;
    facts_create(ROWS);
    side_fill(side);

    for (limit = 1; limit < 100; limit = limit * 3 + 1) {
        query = (wf_list_query_t) { .flow_no = 1, .limit = limit + 1 };
        total = wanted = 0;
        previous[0] = '\0';

        for (i = 0; i < fact_count; i++) {
            wanted += facts[i].flow_no == 1;
        }

        for ( ;; ) {
            compare(side, &query);
            total += seen.calls;

            if (seen.calls <= limit) {
                break;
            }

            total--;
            CHECK_INT(side->type->list(side->reader, &query, see_last, next,
                                       &side->err), WF_OK);

            if (strcmp(next, previous) == 0) {
                unit_failed(__FILE__, __LINE__, "the page does not move");
                break;
            }

            strcpy(previous, next);
            query.from = wf_str_of(previous);
        }

        CHECK_INT(total, wanted);
    }
}


/* What was running on the first page is over when the second is asked for. */
static void
changes(side_t *side)
{
    uint32_t         i;
    wf_list_query_t  query;
    wf_store_unit_t  units[4];
    static char      names[4][2] = { "a", "b", "c", "d" };

    for (i = 0; i < 4; i++) {
        units[i] = unit_new(i + 1, 1, names[i]);
        units[i].started_ms = 100 - i;
    }

    side_append(side, 0, units, 4);
    query = (wf_list_query_t) { .flow_no = 1, .status = 1, .limit = 2,
                                .from = wf_str("b") };
    see_nothing();
    CHECK_INT(side->type->list(side->reader, &query, see_name, &seen,
                               &side->err), WF_OK);
    CHECK_SEEN("b c ");

    units[0] = unit_end(2, 1, 2);
    units[1] = unit_end(3, 1, 2);
    units[1].status = 5;
    side_append(side, 0, units, 2);
    see_nothing();
    CHECK_INT(side->type->list(side->reader, &query, see_name, &seen,
                               &side->err), WF_OK);
    CHECK_SEEN("d ");
    query.status = 5;
    query.from = wf_str_none;
    see_nothing();
    CHECK_INT(side->type->list(side->reader, &query, see_name, &seen,
                               &side->err), WF_OK);
    CHECK_SEEN("c ");
}


/* Nothing, and bounds at the ends of what numbers can say. */
static void
edges(side_t *side)
{
    wf_list_query_t  query;

    seed = 3;
    facts_create(40);
    side_fill(side);

    query = (wf_list_query_t) { .flow_no = 1 };
    compare(side, &query);
    query.limit = UINT32_MAX;
    compare(side, &query);
    query.begin_ms = INT64_MIN;
    query.end_ms = INT64_MAX;
    compare(side, &query);
    query.begin_ms = INT64_MAX;
    compare(side, &query);
    query = (wf_list_query_t) { .flow_no = UINT64_MAX, .limit = 5 };
    compare(side, &query);
    query = (wf_list_query_t) { .flow_no = 1, .limit = 5, .status = 255 };
    compare(side, &query);
    query = (wf_list_query_t) { .flow_no = 1, .limit = 5,
                                .from = wf_str("\0\xff") };
    compare(side, &query);
}


static void
on_memory(void (*run)(side_t *side))
{
    side_t        side;
    wf_memory_t  *memory;

    memory = wf_memory_create();
    side_begin(&side, &wf_store_memory, memory);
    run(&side);
    side_end(&side);
    wf_memory_free(memory);
}


static void
on_sqlite(void (*run)(side_t *side))
{
    char    *dir;
    side_t   side;

    dir = dir_create();
    side_begin(&side, &wf_store_sqlite, dir);
    run(&side);
    side_end(&side);
    dir_remove(dir);
}


#define BOTH(id)                                                              \
    TEST(id##_memory) { on_memory(id); }                                      \
    TEST(id##_sqlite) { on_sqlite(id); }

BOTH(questions)
BOTH(pages)
BOTH(changes)
BOTH(edges)


UNIT_MAIN()
