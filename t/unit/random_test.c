
/*
 * Random numbers of expressions: the same state gives the same.
 */

#include "expr/random.c"

#include "unit.h"


/* Known outputs of SplitMix64 for seed 0. */
TEST(known)
{
    uint64_t  state;

    state = 0;

    CHECK(wf_random_next(&state) == 0xe220a8397b1dcdaf);
    CHECK(wf_random_next(&state) == 0x6e789e6aa1b965f4);
    CHECK(wf_random_next(&state) == 0x06c45d188009454f);
}


/* Both ends come, and so do ranges that no int64 could count. */
TEST(between)
{
    int       i, seen[3];
    int64_t   number;
    uint64_t  state;

    state = 7;
    memset(seen, 0, sizeof(seen));

    for (i = 0; i < 300; i++) {
        number = wf_random_between(&state, -1, 1);
        CHECK(number >= -1 && number <= 1);
        seen[number + 1]++;
    }

    CHECK(seen[0] > 60 && seen[1] > 60 && seen[2] > 60);
    CHECK_INT(wf_random_between(&state, 5, 5), 5);
    CHECK(wf_random_between(&state, INT64_MIN, INT64_MAX)
          != wf_random_between(&state, INT64_MIN, INT64_MAX));
    CHECK(wf_random_between(&state, INT64_MAX - 1, INT64_MAX)
          >= INT64_MAX - 1);
}


TEST(uuid)
{
    wf_buf_t     buf;
    uint64_t     state;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    state = 1;
    wf_buf_init(&buf, arena, 0);
    wf_random_uuid(&state, &buf);

    CHECK_INT(buf.len, 36);
    CHECK(buf.data[8] == '-' && buf.data[13] == '-' && buf.data[18] == '-'
          && buf.data[23] == '-');
    CHECK(buf.data[14] == '4');
    CHECK(strchr("89ab", buf.data[19]) != NULL);

    wf_arena_free(arena);
}


UNIT_MAIN()
