
#include "base/pack.c"
#include "unit.h"


TEST(round_trip)
{
    static const uint64_t  numbers[] = {
        0, 1, 127, 128, 16383, 16384, UINT32_MAX, 1ull << 63, UINT64_MAX
    };
    static const int64_t  integers[] = {
        0, -1, 1, -64, 64, INT32_MIN, INT64_MIN, INT64_MAX
    };

    size_t        i;
    wf_buf_t      buf;
    wf_arena_t   *arena;
    wf_reader_t   reader;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);

    for (i = 0; i < wf_countof(numbers); i++) {
        wf_put_uint(&buf, numbers[i]);
        wf_put_u64(&buf, numbers[i]);
    }

    for (i = 0; i < wf_countof(integers); i++) {
        wf_put_int(&buf, integers[i]);
    }

    wf_put_str(&buf, wf_str("a\0b"));
    wf_put_str(&buf, wf_str_none);

    reader = wf_reader(wf_buf_done(&buf));

    for (i = 0; i < wf_countof(numbers); i++) {
        CHECK(wf_get_uint(&reader) == numbers[i]);
        CHECK(wf_get_u64(&reader) == numbers[i]);
    }

    for (i = 0; i < wf_countof(integers); i++) {
        CHECK(wf_get_int(&reader) == integers[i]);
    }

    CHECK_STR(wf_get_str(&reader), wf_str("a\0b"));
    CHECK_STR(wf_get_str(&reader), wf_str(""));
    CHECK(reader.ok && reader.pos == reader.end);

    CHECK(wf_get_uint(&reader) == 0 && !reader.ok);

    wf_arena_free(arena);
}


/* On disk for ever. */

TEST(golden_bytes)
{
    wf_buf_t     buf;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);

    wf_put_uint(&buf, 300);
    wf_put_int(&buf, -3);
    wf_put_u64(&buf, 0x0102030405060708ull);
    wf_put_key_u64(&buf, 0x0102030405060708ull);
    wf_put_str(&buf, wf_str("hi"));

    CHECK_STR(wf_buf_done(&buf),
              wf_str("\xac\x02" "\x05" "\x08\x07\x06\x05\x04\x03\x02\x01"
                     "\x01\x02\x03\x04\x05\x06\x07\x08" "\x02hi"));

    wf_arena_free(arena);
}


TEST(malformed)
{
    wf_reader_t  reader;

    reader = wf_reader(wf_str("\x80"));
    CHECK(wf_get_uint(&reader) == 0 && !reader.ok);
    CHECK(wf_get_u64(&reader) == 0 && wf_get_int(&reader) == 0);
    CHECK(wf_get_str(&reader).data == NULL && !reader.ok);

    /* 65 bits */

    reader = wf_reader(wf_str("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    CHECK(wf_get_uint(&reader) == 0 && !reader.ok);

    reader = wf_reader(wf_str("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    CHECK(wf_get_uint(&reader) == 0 && !reader.ok);

    reader = wf_reader(wf_str("\x03" "ab"));
    CHECK(wf_get_str(&reader).data == NULL && !reader.ok);

    reader = wf_reader(wf_str("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" "ab"));
    CHECK(wf_get_str(&reader).data == NULL && !reader.ok);

    reader = wf_reader(wf_str("1234567"));
    CHECK(wf_get_u64(&reader) == 0 && !reader.ok);

    reader = wf_reader(wf_str_none);
    CHECK(reader.ok && wf_get_uint(&reader) == 0 && !reader.ok);
}


/* Every prefix of a record is refused, none is read beyond its end. */

TEST(prefixes)
{
    size_t        len;
    uint8_t      *copy;
    wf_buf_t      buf;
    wf_arena_t   *arena;
    wf_reader_t   reader;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    wf_put_uint(&buf, 70000);
    wf_put_str(&buf, wf_str("hello"));
    wf_put_u64(&buf, 1);

    for (len = 0; len < buf.len; len++) {
        copy = malloc(len + !len);
        memcpy(copy, buf.data, len);

        reader = wf_reader((wf_str_t) { len, copy });
        (void) wf_get_uint(&reader);
        (void) wf_get_str(&reader);
        (void) wf_get_u64(&reader);
        CHECK(!reader.ok);

        free(copy);
    }

    wf_arena_free(arena);
}


UNIT_MAIN()
