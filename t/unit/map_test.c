
#include "base/map.c"
#include "unit.h"


static wf_str_t
key_of(wf_arena_t *arena, unsigned number)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 16);
    wf_buf_text(&buf, "key-");
    wf_buf_uint(&buf, number);

    return wf_buf_done(&buf);
}


static void
fill_and_empty(wf_arena_t *arena)
{
    static int  values[1000];

    unsigned     i;
    wf_map_t     map;
    wf_arena_t  *keys;

    keys = wf_arena_create(0);
    wf_map_init(&map, arena);

    CHECK(wf_map_get(&map, wf_str("nothing")) == NULL);
    wf_map_erase(&map, wf_str("nothing"));

    for (i = 0; i < 1000; i++) {
        CHECK(wf_map_set(&map, key_of(keys, i), &values[i]) == WF_OK);
    }

    CHECK_INT(map.live_count, 1000);

    for (i = 0; i < 1000; i++) {
        CHECK(wf_map_get(&map, key_of(keys, i)) == &values[i]);
        CHECK(map.entries[i].value == &values[i]);
    }

    CHECK(wf_map_set(&map, key_of(keys, 7), &values[8]) == WF_OK);
    CHECK(wf_map_get(&map, key_of(keys, 7)) == &values[8]);
    CHECK_INT(map.live_count, 1000);

    for (i = 0; i < 1000; i += 2) {
        wf_map_erase(&map, key_of(keys, i));
        wf_map_erase(&map, key_of(keys, i));
    }

    CHECK_INT(map.live_count, 500);

    for (i = 0; i < 1000; i++) {
        CHECK((wf_map_get(&map, key_of(keys, i)) != NULL) == (i % 2));
    }

    wf_map_free(&map);
    wf_arena_free(keys);
}


TEST(in_an_arena)
{
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    fill_and_empty(arena);
    wf_arena_free(arena);
}


TEST(with_its_own_tables)
{
    fill_and_empty(NULL);
}


TEST(order_is_insertion)
{
    unsigned     i, last, seen;
    wf_map_t     map;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_map_init(&map, arena);

    for (i = 1; i <= 300; i++) {
        CHECK(wf_map_set(&map, key_of(arena, i), (void *) (uintptr_t) i)
              == WF_OK);

        if (i % 3 == 0) {
            wf_map_erase(&map, key_of(arena, i - 1));
        }
    }

    last = seen = 0;

    for (i = 0; i < map.entry_count; i++) {
        if (map.entries[i].value != NULL) {
            CHECK((uintptr_t) map.entries[i].value > last);
            last = (unsigned) (uintptr_t) map.entries[i].value;
            seen++;
        }
    }

    CHECK_INT(seen, 200);
    CHECK_INT(map.live_count, 200);

    wf_arena_free(arena);
}


/* A map that stays small must not grow, however often it is used. */

TEST(coming_and_going)
{
    char         key[32];
    unsigned     i;
    wf_map_t     map;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_map_init(&map, arena);

    CHECK(wf_map_set(&map, wf_str("stays"), "x") == WF_OK);

    for (i = 0; i < 10000; i++) {

        /* The key's bytes die with the entry. */

        snprintf(key, sizeof(key), "visitor-%u", i);
        CHECK(wf_map_set(&map, wf_str_of(key), key) == WF_OK);
        wf_map_erase(&map, wf_str_of(key));
        memset(key, 'z', sizeof(key));
    }

    CHECK_INT(map.live_count, 1);
    CHECK(map.slot_count <= 64);
    CHECK(wf_map_get(&map, wf_str("stays")) != NULL);

    wf_arena_free(arena);
}


TEST(no_memory_changes_nothing)
{
    unsigned     i;
    wf_rc_t      rc;
    wf_map_t     map;
    wf_arena_t  *keys;

    keys = wf_arena_create(0);
    wf_map_init(&map, NULL);

    for (i = 0; i < 200; i++) {
        wf_str_t  key = key_of(keys, i);

        wf_arena_fail_after(1);
        rc = wf_map_set(&map, key, keys);
        wf_arena_fail_after(0);

        if (rc != WF_OK) {
            CHECK(wf_map_get(&map, key) == NULL);
            CHECK(wf_map_set(&map, key, keys) == WF_OK);
        }

        CHECK_INT(map.live_count, i + 1);
    }

    for (i = 0; i < 200; i++) {
        CHECK(wf_map_get(&map, key_of(keys, i)) == keys);
    }

    wf_map_free(&map);
    wf_map_free(&map);
    wf_arena_free(keys);
}


UNIT_MAIN()
