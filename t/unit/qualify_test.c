
/*
 * A worker's memory of qualifiers.
 */

#include "unit.h"

#include "shard/qualify.c"


static wf_routing_t
routing_of(uint64_t version)
{
    return (wf_routing_t) {
        .count = 1, .routes = { { version, version + 10, 5 } }
    };
}


TEST(good_for_one_version_of_the_catalogue)
{
    wf_routing_t         routing;
    wf_qualifiers_t     *known;
    const wf_routing_t  *found;

    known = wf_qualifiers_create();
    CHECK(wf_qualifiers_find(known, 7, wf_str("prod"), 1) == NULL);

    routing = routing_of(3);
    wf_qualifiers_keep(known, 7, wf_str("prod"), 1, &routing);
    found = wf_qualifiers_find(known, 7, wf_str("prod"), 1);
    CHECK(found != NULL);
    CHECK_INT(found->count, 1);
    CHECK_INT(found->routes[0].version, 3);
    CHECK_INT(found->routes[0].revision, 13);

    CHECK(wf_qualifiers_find(known, 7, wf_str("prod"), 2) == NULL);
    CHECK(wf_qualifiers_find(known, 7, wf_str("prod"), 0) == NULL);
    CHECK(wf_qualifiers_find(known, 8, wf_str("prod"), 1) == NULL);
    CHECK(wf_qualifiers_find(known, 7, wf_str("pro"), 1) == NULL);

    /* What is not there is remembered, too. */

    routing.count = 0;
    wf_qualifiers_keep(known, 7, wf_str("prod"), 2, &routing);
    CHECK_INT(wf_qualifiers_find(known, 7, wf_str("prod"), 2)->count, 0);

    /* A late answer does not take the place of a later one. */

    routing = routing_of(9);
    wf_qualifiers_keep(known, 7, wf_str("prod"), 1, &routing);
    CHECK_INT(wf_qualifiers_find(known, 7, wf_str("prod"), 2)->count, 0);
    CHECK(wf_qualifiers_find(known, 7, wf_str("prod"), 1) == NULL);
    CHECK_INT(known->table.count, 1);
    wf_qualifiers_free(known);
    wf_qualifiers_free(NULL);
}


TEST(bounded)
{
    char              text[16];
    uint32_t          i;
    wf_routing_t      routing;
    wf_qualifiers_t  *known;

    known = wf_qualifiers_create();

    for (i = 0; i < 3 * WF_QUALIFIERS_KEPT_MAX; i++) {
        snprintf(text, sizeof(text), "%u", i);
        routing = routing_of(i);
        wf_qualifiers_keep(known, 7, wf_str_of(text), 1, &routing);
        CHECK(wf_qualifiers_find(known, 7, wf_str_of(text), 1) != NULL);
        CHECK(known->table.count <= WF_QUALIFIERS_KEPT_MAX);
    }

    CHECK_INT(known->table.count, WF_QUALIFIERS_KEPT_MAX);
    CHECK(wf_qualifiers_find(known, 7, wf_str("1999"), 1) == NULL);
    CHECK(wf_qualifiers_find(known, 7, wf_str("2000"), 1) != NULL);

    /* What could be no qualifier takes no place. */

    memset(text, 'x', sizeof(text));
    wf_qualifiers_keep(known, 7, (wf_str_t) { WF_NAME_LEN_MAX + 1,
                       (const uint8_t *) known }, 1, &routing);
    CHECK(wf_qualifiers_find(known, 7, wf_str("2000"), 1) != NULL);
    wf_qualifiers_free(known);
}


TEST(no_memory)
{
    uint64_t          count;
    wf_routing_t      routing;
    wf_qualifiers_t  *known;

    routing = routing_of(1);

    for (count = 1; count < 20; count++) {
        wf_arena_fail_after(count);
        known = wf_qualifiers_create();

        if (known != NULL) {
            wf_qualifiers_keep(known, 7, wf_str("a"), 1, &routing);
            wf_qualifiers_keep(known, 7, wf_str("b"), 1, &routing);
        }

        wf_arena_fail_after(0);

        if (known != NULL) {
            wf_qualifiers_keep(known, 7, wf_str("c"), 1, &routing);
            CHECK(wf_qualifiers_find(known, 7, wf_str("c"), 1) != NULL);
        }

        wf_qualifiers_free(known);
    }
}


UNIT_MAIN()
