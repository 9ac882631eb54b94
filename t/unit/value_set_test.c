
/*
 * Sets of values: hashes agree with equality, what is equal stands once.
 */

#include "expr/value_set.c"

#include "base/json.h"
#include "unit.h"


static wf_value_t *
json(wf_arena_t *arena, wf_str_t text)
{
    wf_error_t   err;
    wf_value_t  *value;

    return wf_json_parse(arena, text, &value, &err) == WF_OK ? value : NULL;
}


/* Whatever is equal has one hash; what is not has, here, another. */
TEST(hashes)
{
    unsigned     i, n;
    wf_value_t  *all, *a, *b;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    all = json(arena, wf_str(
        "[null, false, true, 0, -0, 0.0, 1, 1.0, 1e0, 10e-1, 2, \"\", \"1\","
        " [], [[]], [1], [1.0], [1, 2], [2, 1], {}, {\"a\": 1},"
        " {\"a\": 1, \"b\": 2}, {\"b\": 2.0, \"a\": 1}, {\"a\": 2, \"b\": 1},"
        " 9007199254740993, 1e400, 1e401]"));

    for (i = 0; i < all->count; i++) {
        for (n = 0; n < all->count; n++) {
            a = all->u.items[i];
            b = all->u.items[n];

            CHECK(!wf_value_eq(a, b) || value_hash(a) == value_hash(b));
            CHECK(wf_value_eq(a, b) || value_hash(a) != value_hash(b));
        }
    }

    wf_arena_free(arena);
}


TEST(each_once)
{
    uint32_t     i, count;
    value_set_t  set;
    wf_arena_t  *arena;
    wf_value_t  *all;

    arena = wf_arena_create(0);
    all = json(arena, wf_str("[1, \"a\", 1.0, [1], null, [1e0], \"a\", 2]"));

    CHECK(value_set_init(arena, &set, all->count) == WF_OK);

    for (i = 0, count = 0; i < all->count; i++) {
        count += value_set_add(&set, all->u.items[i]);
    }

    CHECK_INT(count, 5);

    for (i = 0; i < all->count; i++) {
        CHECK(!value_set_add(&set, all->u.items[i]));
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
