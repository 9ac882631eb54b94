
/* The filter of names. */

#include "unit.h"

#include "shard/names.c"


static uint64_t
name_no(uint64_t i)
{
    char  text[32];

    snprintf(text, sizeof(text), "name-%llu", (unsigned long long) i);

    return wf_names_hash(1, wf_str_of(text));
}


TEST(never_forgets)
{
    uint64_t    i;
    wf_names_t  names;

    wf_names_init(&names, 0);
    names.is_whole = true;

    for (i = 0; i < 100000; i++) {
        CHECK_INT(wf_names_add(&names, name_no(i)), WF_OK);
    }

    CHECK(names.layer_count > 1);

    for (i = 0; i < 100000; i++) {
        CHECK(wf_names_may_have(&names, name_no(i)));
    }

    wf_names_free(&names);
}


TEST(errs_seldom)
{
    uint64_t    i, wrong;
    wf_names_t  names;

    wf_names_init(&names, 50000);
    names.is_whole = true;

    for (i = 0; i < 50000; i++) {
        wf_names_add(&names, name_no(i));
    }

    for (wrong = 0, i = 100000; i < 200000; i++) {
        wrong += wf_names_may_have(&names, name_no(i));
    }

    CHECK(wrong < 2000);
    wf_names_free(&names);
}


TEST(flows_differ)
{
    wf_names_t  names;

    wf_names_init(&names, 0);
    names.is_whole = true;
    wf_names_add(&names, wf_names_hash(1, wf_str("x")));
    CHECK(wf_names_may_have(&names, wf_names_hash(1, wf_str("x"))));
    CHECK(!wf_names_may_have(&names, wf_names_hash(2, wf_str("x"))));
    wf_names_free(&names);
}


TEST(knows_nothing_until_whole)
{
    wf_names_t  names;

    wf_names_init(&names, 0);
    CHECK(wf_names_may_have(&names, 1));
    names.is_whole = true;
    CHECK(!wf_names_may_have(&names, 1));
    names.is_lossy = true;
    CHECK(wf_names_may_have(&names, 1));
    wf_names_free(&names);
}


TEST(without_memory)
{
    wf_names_t  names;

    wf_arena_fail_after(1);
    wf_names_init(&names, 0);
    CHECK_INT(names.layer_count, 0);
    names.is_whole = true;

    wf_arena_fail_after(1);
    CHECK_INT(wf_names_add(&names, 1), WF_ERROR);
    wf_arena_fail_after(0);

    CHECK(wf_names_may_have(&names, 2));
    wf_names_free(&names);
}


UNIT_MAIN()
