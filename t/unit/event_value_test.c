
/*
 * Values of history records that have members in common with an earlier one.
 */

#include "base/json.h"
#include "engine/event_value.c"
#include "unit.h"


static wf_arena_t  *arena;
static wf_error_t   err;


static wf_value_t *
parse(const char *text)
{
    wf_value_t  *value;

    value = NULL;
    CHECK(wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK);

    return value;
}


/* An object with a list of count numbers. */
static wf_value_t *
base_make(uint32_t count)
{
    uint32_t     i;
    wf_value_t  *list, *object;

    list = wf_value_array(arena, count);
    object = wf_value_object(arena, 2);

    for (i = 0; i < count; i++) {
        CHECK(wf_value_push(arena, list, wf_value_int(arena, i)) == WF_OK);
    }

    CHECK(wf_value_set(arena, object, wf_str("list"), list) == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("who"), parse("\"me\""))
          == WF_OK);

    return object;
}


static wf_value_t *
with(const wf_value_t *base, const char *key, const char *text)
{
    wf_value_t  *object;

    object = wf_value_merge(arena, base, NULL);
    CHECK(wf_value_set(arena, object, wf_str_of(key), parse(text)) == WF_OK);

    return object;
}


/* Puts value behind the others, gets it again, compares. */
static const wf_value_t *
there_and_back(wf_codec_t *in, wf_codec_t *out, const wf_value_t *value,
    size_t *len)
{
    wf_buf_t           buf;
    wf_reader_t        reader;
    const wf_value_t  *got;

    got = NULL;
    wf_buf_init(&buf, arena, 0);
    wf_event_value_put(&buf, in, value);
    CHECK(!buf.failed);
    *len = buf.len;

    reader = wf_reader(wf_buf_done(&buf));
    CHECK(wf_event_value_get(arena, &reader, out, &got, &err) == WF_OK);
    CHECK(reader.pos == reader.end);
    CHECK(wf_value_eq(got, value));
    CHECK(out->registers[0] == got && in->registers[0] == value);

    return got;
}


TEST(parts)
{
    size_t             len;
    wf_codec_t         in, out;
    wf_value_t        *base, *other;
    const wf_value_t  *first, *got;

    arena = wf_arena_create(0);
    memset(&in, 0, sizeof(in));
    memset(&out, 0, sizeof(out));
    base = base_make(1000);

    first = there_and_back(&in, &out, base, &len);
    CHECK(len > 3000);

    other = with(base, "n", "{\"x\":[1,\"\\u00e9\"]}");
    got = there_and_back(&in, &out, other, &len);
    CHECK(len < 50);
    CHECK(wf_value_get(got, wf_str("list"))
          == wf_value_get(first, wf_str("list")));

    /* a member that has changed, and the members' order */

    got = there_and_back(&in, &out, with(other, "who", "\"you\""), &len);
    CHECK(len < 70);
    CHECK_STR(got->u.members[1].key, wf_str("who"));
    CHECK_STR(got->u.members[1].value->u.string, wf_str("you"));
    CHECK_STR(got->u.members[2].key, wf_str("n"));

    /* one of them is enough */

    other = wf_value_object(arena, 1);
    CHECK(wf_value_set(arena, other, wf_str("list"),
                       wf_value_get(base, wf_str("list"))) == WF_OK);
    got = there_and_back(&in, &out, other, &len);
    CHECK(len < 10);

    /* not under another name, not when it is small, not for many members */

    other = wf_value_object(arena, 1);
    CHECK(wf_value_set(arena, other, wf_str("names"),
                       wf_value_get(base, wf_str("list"))) == WF_OK);
    (void) there_and_back(&in, &out, other, &len);
    CHECK(len > 3000);

    other = base_make(10);
    (void) there_and_back(&in, &out, other, &len);
    (void) there_and_back(&in, &out, with(other, "n", "1"), &len);
    CHECK(len > 40);

    wf_arena_free(arena);
}


TEST(many_members)
{
    char          key[8];
    size_t        len;
    uint32_t      i;
    wf_codec_t    in, out;
    wf_value_t   *base;

    arena = wf_arena_create(0);
    memset(&in, 0, sizeof(in));
    memset(&out, 0, sizeof(out));
    base = base_make(1000);
    (void) there_and_back(&in, &out, base, &len);

    for (i = 0; i < PARTS_MAX + 2; i++) {
        (void) snprintf(key, sizeof(key), "k%u", i);
        base = with(base, key, "[]");
        (void) there_and_back(&in, &out, base, &len);
        CHECK((len < 1000) == (base->count <= PARTS_MAX));
    }

    wf_arena_free(arena);
}


static wf_rc_t
get(const char *bytes, size_t len)
{
    wf_rc_t            rc;
    wf_codec_t         codec;
    wf_reader_t        reader;
    const wf_value_t  *value;

    arena = wf_arena_create(0);
    memset(&codec, 0, sizeof(codec));
    codec.registers[0] = parse("{\"a\":1,\"b\":[2]}");
    codec.registers[1] = parse("[1]");
    reader = wf_reader((wf_str_t) { len, (const uint8_t *) bytes });
    rc = wf_event_value_get(arena, &reader, &codec, &value, &err);
    CHECK(rc == WF_OK || err.code == WF_E_INTERNAL);
    CHECK(rc != WF_OK || !reader.ok || reader.pos == reader.end);
    rc = reader.ok ? rc : WF_ERROR;
    wf_arena_free(arena);

    return rc;
}

#define GET(bytes)  get(bytes, sizeof(bytes) - 1)


TEST(malformed)
{
    CHECK(GET("\x7f\x00\x02\x01\x02") == WF_OK);
    CHECK(GET("\x7f\x00\x02\x01\x00\x01" "c\x01" "3") == WF_OK);
    CHECK(GET("\x7f") == WF_ERROR);
    CHECK(GET("\x7f\x00") == WF_ERROR);
    CHECK(GET("\x7f\x00\x00") == WF_ERROR);                 /* {} */
    CHECK(GET("\x7f\x00\x02\x01") == WF_ERROR);             /* cut off */
    CHECK(GET("\x7f\x01\x01\x01") == WF_ERROR);             /* no object */
    CHECK(GET("\x7f\x02\x01\x01") == WF_ERROR);             /* unused */
    CHECK(GET("\x7f\x08\x01\x01") == WF_ERROR);             /* none */
    CHECK(GET("\x7f\x00\x01\x03") == WF_ERROR);             /* no member */
    CHECK(GET("\x7f\x00\x02\x01\x01") == WF_ERROR);         /* twice */
    CHECK(GET("\x7f\x00\x02\x01\x00\x01" "a\x01" "3") == WF_ERROR);
    CHECK(GET("\x7f\x00\x01\x00\x01\xff\x01" "3") == WF_ERROR); /* UTF-8 */
    CHECK(GET("\x7f\x00\x01\x00\x01" "c\x01" "{") == WF_ERROR);
    CHECK(GET("\x7f\x00\x01\x00\x09" "c") == WF_ERROR);
    CHECK(GET("\x7f\x00\xff\xff\x7f\x01") == WF_ERROR);     /* too many */
}


UNIT_MAIN()
