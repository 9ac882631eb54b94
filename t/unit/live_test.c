
/* Who is running: table, heap, what may rest, errands, watches. */

#include "unit.h"

#include "shard/live.c"
#include "shard/loaded.c"
#include "shard/errand.c"


static wf_store_row_t
row_no(uint32_t no, char text[32])
{
    snprintf(text, 32, "execution-%u", no);

    return (wf_store_row_t) {
        .exec_no = no + 1,
        .flow_no = no % 3 + 1,
        .name = wf_str_of(text),
        .status = WF_STATUS_RUNNING,
        .started_ms = 1000 + no,
        .due_ms = 100000 - no
    };
}


TEST(adopts_and_finds)
{
    char             text[32];
    uint32_t         i;
    wf_live_t       *live;
    wf_lives_t      *lives;
    wf_store_row_t   row;

    lives = wf_lives_create();

    for (i = 0; i < 3000; i++) {
        row = row_no(i, text);
        CHECK_INT(wf_live_adopt(lives, &row), WF_OK);
    }

    CHECK_INT(lives->running_count, 3000);
    CHECK_INT(lives->resting_count, 3000);

    for (i = 0; i < 3000; i++) {
        row = row_no(i, text);
        live = wf_live_find(lives, row.flow_no, row.name);
        CHECK(live != NULL && live->exec_no == row.exec_no);
        CHECK(wf_live_find(lives, row.flow_no + 3, row.name) == NULL);
    }

    /* By due time: the last row is due first. */

    live = wf_live_of_due(wf_heap_min(&lives->due));
    CHECK_INT(live->exec_no, 3000);

    wf_live_remove(lives, live);
    CHECK_INT(lives->running_count, 2999);
    CHECK_INT(lives->resting_count, 2999);
    CHECK(wf_live_find(lives, row.flow_no, row.name) == NULL);

    wf_lives_free(lives);
}


TEST(resting_is_small)
{
    char             text[64];
    size_t           before;
    uint32_t         i;
    wf_lives_t      *lives;
    wf_store_row_t   row;

    lives = wf_lives_create();
    before = wf_arena_size(lives->slab.arena);

    for (i = 0; i < 20000; i++) {
        row = row_no(i, text);
        snprintf(text, sizeof(text), "%08x-0000-4000-8000-00000000beef", i);
        row.name = wf_str_of(text);
        wf_live_adopt(lives, &row);
    }

    CHECK((wf_arena_size(lives->slab.arena) - before) / 20000 <= 150);
    wf_lives_free(lives);
}


static wf_loaded_t *
loaded_no(wf_lives_t *lives, uint32_t no)
{
    char             text[32];
    wf_live_t       *live;
    wf_store_row_t   row;

    row = row_no(no, text);
    wf_live_adopt(lives, &row);
    live = wf_live_find(lives, row.flow_no, row.name);
    live->loaded = wf_loaded_create(lives, live);
    wf_live_phase(lives, live, WF_LIVE_RUNNING);

    return live->loaded;
}


TEST(least_used_rest)
{
    uint32_t      i;
    wf_live_t    *first, *second;
    wf_lives_t   *lives;
    wf_loaded_t  *loaded;

    lives = wf_lives_create();
    first = loaded_no(lives, 0)->live;
    second = loaded_no(lives, 1)->live;
    wf_loaded_settle(lives, first->loaded);
    wf_loaded_settle(lives, second->loaded);

    /* Used again: now the second is the older one. */

    wf_loaded_touch(lives, first->loaded);
    wf_loaded_settle(lives, first->loaded);

    for (i = 2; i <= WF_LOADED_MAX; i++) {
        loaded = loaded_no(lives, i);
        wf_loaded_settle(lives, loaded);
    }

    CHECK_INT(lives->loaded_count, WF_LOADED_MAX);
    CHECK_INT(lives->resting_count, 1);
    CHECK_INT(second->phase, WF_LIVE_RESTING);
    CHECK(second->loaded == NULL);
    CHECK_INT(first->phase, WF_LIVE_RUNNING);

    /* What a batch holds stays. */

    wf_loaded_touch(lives, first->loaded);
    first->loaded->pins = 1;
    wf_loaded_settle(lives, first->loaded);
    CHECK(!first->loaded->is_clean);

    wf_lives_free(lives);
}


TEST(errands_keep_order)
{
    wf_live_t    *live;
    wf_lives_t   *lives;
    wf_errand_t  *errand;
    wf_submit_t   a, b, c;

    lives = wf_lives_create();
    live = wf_live_add(lives, 1, wf_str("x"));
    errand = wf_errand_of(NULL, lives, live);
    CHECK(wf_errand_of(NULL, lives, live) == errand);

    CHECK(wf_errand_take(errand) == NULL);
    wf_errand_queue(errand, &a);
    wf_errand_queue(errand, &b);
    CHECK(wf_errand_take(errand) == &a);
    wf_errand_push(errand, &a);
    wf_errand_queue(errand, &c);
    CHECK(wf_errand_take(errand) == &a);
    CHECK(wf_errand_take(errand) == &b);
    CHECK(wf_errand_take(errand) == &c);
    CHECK(wf_errand_take(errand) == NULL);
    wf_errand_push(errand, &c);
    wf_errand_queue(errand, &a);
    CHECK(wf_errand_take(errand) == &c);
    CHECK(wf_errand_take(errand) == &a);

    wf_errand_remove(lives, errand);
    CHECK(live->errand == NULL && lives->errands == NULL);
    wf_live_remove(lives, live);
    wf_lives_free(lives);
}


TEST(watches)
{
    uint32_t      i;
    wf_live_t    *live;
    wf_lives_t   *lives;
    wf_ticket_t   ticket;

    lives = wf_lives_create();
    live = wf_live_add(lives, 1, wf_str("x"));
    ticket = (wf_ticket_t) { 1, 2, 0, 4 };

    for (i = 0; i < 2000; i++) {
        ticket.index = i;
        CHECK_INT(wf_watch_add(lives, live, ticket), WF_OK);
    }

    for (i = 0; i < 2000; i++) {
        ticket.index = i;
        CHECK(wf_watch_find(lives, ticket)->live == live);
        wf_watch_remove(lives, wf_watch_find(lives, ticket));
        CHECK(wf_watch_find(lives, ticket) == NULL);
    }

    CHECK(live->watches == NULL);
    wf_lives_free(lives);
}


UNIT_MAIN()
