
/*
 * Versions and aliases as bytes, their keys and numbers, and the choice
 * between routes.
 */

#include "flow/version.c"

#include "unit.h"


static wf_flow_version_t
version_of(void)
{
    return (wf_flow_version_t) {
        .flow_no = UINT64_MAX, .version = 300, .revision = 7,
        .request_key = 0x0123456789abcdefull, .description = wf_str("a\0b"),
        .created_ms = 1700000000123
    };
}


static wf_flow_alias_t
alias_of(void)
{
    return (wf_flow_alias_t) {
        .flow_no = 7, .request_key = 0xfedcba9876543210ull,
        .name = wf_str("prod"), .description = wf_str(""),
        .routes = { { 1, 3, 30 }, { 12, 4, 70 } }, .route_count = 2,
        .created_ms = -1
    };
}


TEST(there_and_back)
{
    wf_buf_t           buf;
    wf_arena_t        *arena;
    wf_flow_alias_t    alias, other;
    wf_flow_version_t  version, got;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    version = version_of();
    wf_version_encode(&buf, &version);
    CHECK_INT(wf_version_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK(got.flow_no == version.flow_no);
    CHECK_INT(got.version, 300);
    CHECK_INT(got.revision, 7);
    CHECK(got.request_key == version.request_key);
    CHECK_STR(got.description, version.description);
    CHECK_INT(got.created_ms, version.created_ms);

    wf_buf_init(&buf, arena, 0);
    alias = alias_of();
    wf_alias_encode(&buf, &alias);
    CHECK_INT(wf_alias_decode(wf_buf_done(&buf), &other), WF_OK);
    CHECK_INT(other.flow_no, 7);
    CHECK(other.request_key == alias.request_key);
    CHECK_STR(other.name, alias.name);
    CHECK_STR(other.description, alias.description);
    CHECK_INT(other.created_ms, -1);
    CHECK_INT(other.route_count, 2);
    CHECK_INT(other.routes[0].version, 1);
    CHECK_INT(other.routes[0].revision, 3);
    CHECK_INT(other.routes[0].weight, 30);
    CHECK_INT(other.routes[1].version, 12);
    CHECK_INT(other.routes[1].revision, 4);
    CHECK_INT(other.routes[1].weight, 70);
    wf_arena_free(arena);
}


/* Every prefix and one byte too many are refused; an altered byte does no
 * harm. */
static void
check_malformed(wf_buf_t *buf, bool is_alias)
{
    size_t             i, len;
    uint8_t           *copy;
    wf_flow_alias_t    alias;
    wf_flow_version_t  version;

    len = buf->len;
    memset(&alias, 0x55, sizeof(alias));
    memset(&version, 0x55, sizeof(version));
    wf_buf_byte(buf, 0);

    for (i = 0; i <= len + 1; i++) {
        copy = malloc(i + 1);
        memcpy(copy, buf->data, i);

        if (i != len) {
            CHECK_INT(is_alias
                      ? wf_alias_decode((wf_str_t) { i, copy }, &alias)
                      : wf_version_decode((wf_str_t) { i, copy }, &version),
                      WF_ERROR);
        }

        free(copy);
    }

    CHECK_INT(alias.route_count, 0x55555555);       /* untouched */
    CHECK_INT(version.created_ms, 0x5555555555555555);

    for (i = 0; i < 8 * len; i++) {
        copy = malloc(len);
        memcpy(copy, buf->data, len);
        copy[i / 8] ^= (uint8_t) (1 << i % 8);
        (void) wf_alias_decode((wf_str_t) { len, copy }, &alias);
        (void) wf_version_decode((wf_str_t) { len, copy }, &version);
        free(copy);
    }

    buf->data[0] = LAYOUT_ALIAS + 1;
    CHECK_INT(wf_alias_decode((wf_str_t) { len, buf->data }, &alias),
              WF_ERROR);
    CHECK_INT(wf_version_decode((wf_str_t) { len, buf->data }, &version),
              WF_ERROR);
}


TEST(malformed)
{
    wf_buf_t           buf;
    wf_arena_t        *arena;
    wf_flow_alias_t    alias;
    wf_flow_version_t  version;

    arena = wf_arena_create(0);
    wf_buf_init(&buf, arena, 0);
    version = version_of();
    wf_version_encode(&buf, &version);
    check_malformed(&buf, false);

    wf_buf_init(&buf, arena, 0);
    alias = alias_of();
    wf_alias_encode(&buf, &alias);
    check_malformed(&buf, true);

    /* As they were written before changes had a time. */

    wf_buf_init(&buf, arena, 0);
    alias = alias_of();
    alias.modified_ms = 0;
    wf_alias_encode(&buf, &alias);
    buf.data[0] = LAYOUT;
    CHECK_INT(wf_alias_decode((wf_str_t) { buf.len - 1, buf.data }, &alias),
              WF_OK);
    CHECK_INT(alias.modified_ms, alias.created_ms);

    wf_buf_init(&buf, arena, 0);
    alias.route_count = 0;
    wf_alias_encode(&buf, &alias);
    CHECK_INT(wf_alias_decode(wf_buf_done(&buf), &alias), WF_ERROR);

    wf_buf_init(&buf, arena, 0);
    alias = alias_of();
    alias.routes[1].weight = WF_WEIGHT_MAX + 1;
    wf_alias_encode(&buf, &alias);
    CHECK_INT(wf_alias_decode(wf_buf_done(&buf), &alias), WF_ERROR);
    wf_arena_free(arena);
}


TEST(keys_sort)
{
    unsigned     i;
    wf_buf_t     buf;
    wf_str_t     last;
    wf_arena_t  *arena;

    static const uint64_t  numbers[][2] = {
        { 1, 1000 }, { 1, 256 }, { 1, 255 }, { 1, 1 }, { 2, 3 }, { 2, 2 },
        { 256, 9 }
    };

    arena = wf_arena_create(0);
    last = wf_str_none;

    for (i = 0; i < wf_countof(numbers); i++) {
        wf_buf_init(&buf, arena, 0);
        wf_version_key(&buf, numbers[i][0], numbers[i][1]);
        CHECK_INT(buf.len, 16);
        CHECK(wf_str_cmp(last, wf_buf_done(&buf)) < 0);
        last = wf_buf_done(&buf);
    }

    wf_buf_init(&buf, arena, 0);
    wf_alias_key(&buf, 258, wf_str("prod"));
    CHECK_STR(wf_buf_done(&buf), wf_str("\0\0\0\0\0\0\1\2prod"));
    wf_arena_free(arena);
}


TEST(numbers)
{
    size_t  i;

    static const struct {
        const char  *text;
        uint64_t     number;
        bool         is_meant;
    } cases[] = {
        { "1", 1, true }, { "10", 10, true }, { "0", 0, true },
        { "01", 0, true }, { "", 0, false }, { "1a", 0, false },
        { "-1", 0, false }, { "+1", 0, false }, { " 1", 0, false },
        { "1.0", 0, false }, { "prod", 0, false },
        { "999999999999999999", 999999999999999999, true },
        { "1000000000000000000", 0, true },
        { "99999999999999999999999999", 0, true }
    };

    for (i = 0; i < wf_countof(cases); i++) {
        CHECK(wf_version_parse(wf_str_of(cases[i].text)) == cases[i].number);
        CHECK_INT(wf_version_is_meant(wf_str_of(cases[i].text)),
                  cases[i].is_meant);
    }
}


TEST(choice)
{
    unsigned         i, first;
    wf_flow_alias_t  alias;

    alias = alias_of();
    first = 0;

    for (i = 0; i < 1000; i++) {
        first += wf_route_choose(alias.routes, 2, i) == &alias.routes[0];
    }

    CHECK_INT(first, 300);

    /* A weight of none is never chosen, in either place. */

    alias.routes[0].weight = 0;
    alias.routes[1].weight = 1;

    for (i = 0; i < 100; i++) {
        CHECK(wf_route_choose(alias.routes, 2, UINT64_MAX - i)
              == &alias.routes[1]);
    }

    alias.routes[0].weight = 1;
    alias.routes[1].weight = 0;

    for (i = 0; i < 100; i++) {
        CHECK(wf_route_choose(alias.routes, 2, i) == &alias.routes[0]);
        CHECK(wf_route_choose(alias.routes, 1, i) == &alias.routes[0]);
    }
}


UNIT_MAIN()
