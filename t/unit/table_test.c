
/* The intrusive table that grows bucket by bucket. */

#include "unit.h"

#include "shard/table.c"


#define COUNT  5000


typedef struct {
    wf_link_t  link;
    uint32_t   no;
} thing_t;


static thing_t *
thing_find(const wf_table_t *table, uint32_t hash, uint32_t no)
{
    wf_link_t  *link;

    for (link = wf_table_chain(table, hash); link; link = link->next) {
        if (link->hash == hash && ((thing_t *) link)->no == no) {
            return (thing_t *) link;
        }
    }

    return NULL;
}


static uint32_t
mix(uint32_t no)
{
    return no * 2654435761u;
}


TEST(grows_and_finds)
{
    uint32_t        i;
    wf_table_t      table;
    static thing_t  things[COUNT];

    wf_table_init(&table);
    CHECK(wf_table_chain(&table, 1) == NULL);

    for (i = 0; i < COUNT; i++) {
        things[i].no = i;
        CHECK_INT(wf_table_add(&table, &things[i].link, mix(i)), WF_OK);
    }

    CHECK_INT(table.count, COUNT);
    CHECK(table.bucket_count > COUNT / 2);

    for (i = 0; i < COUNT; i++) {
        CHECK(thing_find(&table, mix(i), i) == &things[i]);
    }

    for (i = 0; i < COUNT; i += 2) {
        wf_table_remove(&table, &things[i].link);
    }

    for (i = 0; i < COUNT; i++) {
        CHECK((thing_find(&table, mix(i), i) != NULL) == (i % 2 == 1));
    }

    wf_table_free(&table);
}


TEST(empties_by_any)
{
    uint32_t        i, start;
    wf_link_t      *link;
    wf_table_t      table;
    static thing_t  things[COUNT];

    wf_table_init(&table);

    for (i = 0; i < COUNT; i++) {
        wf_table_add(&table, &things[i].link, mix(i));
    }

    for (i = 0, start = 0; (link = wf_table_any(&table, &start)); i++) {
        wf_table_remove(&table, link);
    }

    CHECK_INT(i, COUNT);
    CHECK_INT(table.count, 0);
    wf_table_free(&table);
}


TEST(without_memory)
{
    uint32_t        i;
    wf_table_t      table;
    static thing_t  things[COUNT];

    wf_table_init(&table);
    wf_arena_fail_after(1);
    CHECK_INT(wf_table_add(&table, &things[0].link, 1), WF_ERROR);
    wf_arena_fail_after(2);
    CHECK_INT(wf_table_add(&table, &things[0].link, 1), WF_ERROR);

    /* Once there is a bucket, adding goes on, in longer chains. */

    wf_arena_fail_after(0);

    for (i = 0; i < COUNT; i++) {
        wf_arena_fail_after(i ? 1 : 0);
        CHECK_INT(wf_table_add(&table, &things[i].link, mix(i)), WF_OK);
    }

    wf_arena_fail_after(0);

    for (i = 0; i < COUNT; i++) {
        CHECK(thing_find(&table, mix(i), 0) != NULL);
    }

    wf_table_free(&table);
}


UNIT_MAIN()
