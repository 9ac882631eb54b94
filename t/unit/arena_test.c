
#include "base/arena.c"
#include "unit.h"


TEST(alloc_is_aligned_and_apart)
{
    int          i;
    uint8_t     *p, *last;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    last = NULL;

    for (i = 0; i < 5000; i++) {
        p = wf_arena_alloc(arena, (size_t) (i % 37));
        CHECK(p != NULL && (uintptr_t) p % 8 == 0);
        memset(p, i, (size_t) (i % 37));
        CHECK(i % 37 < 2 || p > last || p + 36 < last);
        last = p;
    }

    wf_arena_free(arena);
}


TEST(large_allocation_keeps_the_chunk)
{
    uint8_t     *a, *b, *large;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    a = wf_arena_alloc(arena, 16);
    large = wf_arena_alloc(arena, 1024 * 1024);
    memset(large, 1, 1024 * 1024);
    b = wf_arena_alloc(arena, 16);

    CHECK(b == a + 16);
    CHECK(wf_arena_size(arena) > 1024 * 1024);

    wf_arena_free(arena);
}


TEST(reset_keeps_the_first_block)
{
    int          i;
    void        *first;
    size_t       size;
    wf_arena_t  *arena;

    arena = wf_arena_create(100);
    size = wf_arena_size(arena);
    first = wf_arena_alloc(arena, 8);

    for (i = 0; i < 1000; i++) {
        CHECK(wf_arena_alloc(arena, 100) != NULL);
    }

    CHECK(wf_arena_size(arena) > 100 * 1000);

    wf_arena_reset(arena);

    CHECK(wf_arena_size(arena) == size);
    CHECK(wf_arena_alloc(arena, 8) == first);

    wf_arena_free(arena);
    wf_arena_free(NULL);
}


TEST(owns)
{
    int          i;
    uint8_t     *p;
    wf_arena_t  *arena, *other;

    arena = wf_arena_create(100);
    other = wf_arena_create(100);

    for (i = 0; i < 1000; i++) {
        p = wf_arena_alloc(arena, (size_t) (i * 37 % 5000 + 1));
        CHECK(wf_arena_owns(arena, p));
        CHECK(wf_arena_owns(arena, p + i * 37 % 5000));
        CHECK(!wf_arena_owns(other, p));
    }

    CHECK(!wf_arena_owns(arena, &i));
    wf_arena_free(arena);
    wf_arena_free(other);
}


TEST(small_arena_is_small)
{
    wf_arena_t  *arena;

    arena = wf_arena_create(1);
    CHECK(wf_arena_size(arena) <= 256);
    CHECK(wf_arena_alloc(arena, 64) != NULL);
    CHECK(wf_arena_size(arena) <= 256);
    wf_arena_free(arena);
}


TEST(impossible_sizes_fail)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    CHECK(wf_arena_create(SIZE_MAX - 3) == NULL);

    arena = wf_arena_create(0);

    CHECK(wf_arena_alloc(arena, SIZE_MAX) == NULL);
    CHECK(wf_arena_alloc(arena, SIZE_MAX - 7) == NULL);
    CHECK(wf_arena_copy(arena, (wf_str_t) { SIZE_MAX, NULL }).data == NULL);

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "abc");
    wf_buf_reserve(&buf, SIZE_MAX);
    CHECK(buf.failed);
    wf_buf_byte(&buf, 'd');
    CHECK_STR(wf_buf_done(&buf), wf_str("abc"));

    CHECK(wf_malloc(SIZE_MAX) == NULL);
    CHECK(wf_realloc(NULL, SIZE_MAX) == NULL);

    wf_arena_free(arena);
}


TEST(nothing_is_something)
{
    wf_buf_t     buf;
    wf_str_t     copy;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    CHECK(wf_arena_alloc(arena, 0) != NULL);

    copy = wf_arena_copy(arena, wf_str_none);
    CHECK(copy.len == 0 && copy.data != NULL && *copy.data == '\0');

    wf_buf_init(&buf, arena, 0);
    CHECK(wf_buf_done(&buf).data != NULL);
    wf_buf_append(&buf, NULL, 0);
    CHECK(!buf.failed && buf.len == 0);

    wf_arena_free(arena);
}


TEST(calloc_is_zero)
{
    int          i, round;
    uint8_t     *p;
    wf_arena_t  *arena;

    for (round = 0; round < 2; round++) {
        arena = wf_arena_create(0);
        p = wf_arena_calloc(arena, 512);

        for (i = 0; i < 512; i++) {
            CHECK(p[i] == 0);
        }

        memset(p, 0xaa, 512);
        wf_arena_free(arena);
    }
}


TEST(fail_after)
{
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    wf_arena_fail_after(3);
    CHECK(wf_arena_alloc(arena, 1) != NULL);
    CHECK(wf_arena_alloc(arena, 1) != NULL);
    CHECK(wf_arena_alloc(arena, 1) == NULL);
    CHECK(wf_arena_alloc(arena, 1) != NULL);

    wf_arena_fail_after(1);
    CHECK(wf_arena_create(0) == NULL);
    wf_arena_fail_after(1);
    CHECK(wf_malloc(1) == NULL);
    wf_arena_fail_after(1);
    CHECK(wf_arena_copy(arena, wf_str("x")).data == NULL);

    wf_arena_free(arena);
}


TEST(spare_blocks_are_bounded)
{
    int          i;
    wf_arena_t  *arenas[2 * SPARE_MAX];

    for (i = 0; i < 2 * SPARE_MAX; i++) {
        arenas[i] = wf_arena_create(0);
        CHECK(arenas[i] != NULL);
    }

    for (i = 0; i < 2 * SPARE_MAX; i++) {
        wf_arena_free(arenas[i]);
    }

#if SPARE
    CHECK_INT(spare_count, SPARE_MAX);
    CHECK(wf_arena_create(0) == arenas[SPARE_MAX - 1]);
    wf_arena_free(arenas[SPARE_MAX - 1]);
#endif

    wf_arena_trim();

#if SPARE
    CHECK(spare == NULL && spare_count == 0);
#endif
}


TEST(buf_grows_where_it_stands)
{
    int          i;
    uint8_t     *data;
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 8);
    data = buf.data;

    for (i = 0; i < 1000; i++) {
        wf_buf_byte(&buf, (uint8_t) i);
    }

    CHECK(buf.data == data);

    CHECK(wf_arena_alloc(arena, 8) >= (void *) (data + 1000));

    for (i = 1000; i < 100000; i++) {
        wf_buf_byte(&buf, (uint8_t) i);
    }

    CHECK(!buf.failed && buf.len == 100000);

    for (i = 0; i < 100000; i++) {
        if (buf.data[i] != (uint8_t) i) {
            CHECK(buf.data[i] == (uint8_t) i);
            break;
        }
    }

    wf_arena_free(arena);
}


TEST(buf_numbers)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);

    wf_buf_uint(&buf, 0);
    wf_buf_byte(&buf, ' ');
    wf_buf_uint(&buf, UINT64_MAX);
    wf_buf_byte(&buf, ' ');
    wf_buf_int(&buf, -1);
    wf_buf_byte(&buf, ' ');
    wf_buf_int(&buf, INT64_MIN);
    wf_buf_byte(&buf, ' ');
    wf_buf_int(&buf, INT64_MAX);

    CHECK_STR(wf_buf_done(&buf),
              wf_str("0 18446744073709551615 -1 -9223372036854775808 "
                     "9223372036854775807"));

    wf_arena_free(arena);
}


TEST(buf_failure_is_sticky)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 8);
    wf_buf_text(&buf, "12345678");
    CHECK(!buf.failed);

    wf_arena_fail_after(2);     /* the extension, then the move */
    wf_buf_byte(&buf, '9');
    wf_arena_fail_after(1);
    wf_buf_byte(&buf, '9');
    wf_arena_fail_after(0);

    CHECK(buf.len == 8 || !buf.failed);

    wf_buf_init(&buf, arena, 0);
    wf_arena_fail_after(1);
    wf_buf_text(&buf, "x");
    CHECK(buf.failed);
    wf_buf_text(&buf, "");
    wf_buf_uint(&buf, 7);
    CHECK(buf.failed && buf.len == 0);

    wf_arena_free(arena);
}


UNIT_MAIN()
