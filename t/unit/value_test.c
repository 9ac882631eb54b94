
#include "base/value.c"
#include "base/json.h"
#include "unit.h"


static wf_arena_t  *arena;


static wf_value_t *
json(const char *text)
{
    wf_error_t   err;
    wf_value_t  *value;

    value = NULL;
    CHECK(wf_json_parse(arena, wf_str_of(text), &value, &err) == WF_OK);

    return value;
}


static wf_str_t
text_of(const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


static wf_str_t
key_of(unsigned number)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 8);
    wf_buf_text(&buf, "k");
    wf_buf_uint(&buf, number);

    return wf_buf_done(&buf);
}


TEST(built_by_hand)
{
    wf_value_t  *object, *array;

    arena = wf_arena_create(0);

    array = wf_value_array(arena, 0);
    CHECK(wf_value_push(arena, array, wf_value_null(arena)) == WF_OK);
    CHECK(wf_value_push(arena, array, wf_value_bool(arena, true)) == WF_OK);
    CHECK(wf_value_push(arena, array, wf_value_int(arena, -5)) == WF_OK);

    object = wf_value_object(arena, 1);
    CHECK(wf_value_set(arena, object, wf_str("a"), array) == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("b"),
                       wf_value_string(arena, wf_str("x\ny"))) == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("a"),
                       wf_value_array(arena, 0)) == WF_OK);
    CHECK(wf_value_set(arena, object, wf_str("c"), array) == WF_OK);

    CHECK_STR(text_of(object),
              wf_str("{\"a\":[],\"b\":\"x\\ny\",\"c\":[null,true,-5]}"));

    CHECK(wf_value_get(object, wf_str("c")) == array);
    CHECK(wf_value_get(object, wf_str("d")) == NULL);
    CHECK(wf_value_get(array, wf_str("c")) == NULL);
    CHECK(wf_value_get(NULL, wf_str("c")) == NULL);

    CHECK(wf_value_push(arena, array, NULL) == WF_ERROR);
    CHECK(wf_value_push(arena, NULL, array) == WF_ERROR);
    CHECK(wf_value_set(arena, object, wf_str("d"), NULL) == WF_ERROR);
    CHECK(wf_value_set(arena, NULL, wf_str("d"), array) == WF_ERROR);
    CHECK_INT(object->count, 3);

    wf_arena_free(arena);
}


TEST(large_objects_have_an_index)
{
    unsigned     i, size;
    wf_value_t  *object, *value;

    arena = wf_arena_create(0);
    value = wf_value_null(arena);

    for (size = 0; size <= 5000; size += 1000) {
        object = wf_value_object(arena, size);

        for (i = 0; i < 3000; i++) {
            CHECK(wf_value_set(arena, object, key_of(i), value) == WF_OK);
            CHECK(wf_value_set(arena, object, key_of(i / 2),
                               wf_value_int(arena, i)) == WF_OK);
        }

        CHECK_INT(object->count, 3000);

        for (i = 0; i < 3000; i++) {
            CHECK_STR(object->u.members[i].key, key_of(i));
            CHECK(wf_value_get(object, key_of(i))
                  == object->u.members[i].value);
        }

        CHECK(wf_value_get(object, key_of(3000)) == NULL);
    }

    wf_arena_free(arena);
}


TEST(copied)
{
    wf_str_t     text;
    wf_arena_t  *first;
    wf_value_t  *value, *copy;

    first = arena = wf_arena_create(0);
    value = json("{\"a\":[1,2.50,\"x\",null,true,{}],\"\":\"\","
                 "\"b\":{\"c\":[]}}");
    value->mark = wf_mark(3, 4);
    value->u.members[0].mark = wf_mark(5, 6);

    arena = wf_arena_create(0);
    copy = wf_value_copy(arena, value);
    CHECK(wf_value_eq(value, copy));
    wf_arena_free(first);

    text = text_of(copy);
    CHECK_STR(text, wf_str("{\"a\":[1,2.50,\"x\",null,true,{}],\"\":\"\","
                           "\"b\":{\"c\":[]}}"));
    CHECK_INT(wf_mark_line(copy->mark), 3);
    CHECK_INT(wf_mark_column(copy->u.members[0].mark), 6);

    /* A copy is private again: it may be built on. */

    CHECK(wf_value_set(arena, copy, wf_str("z"), copy->u.members[0].value)
          == WF_OK);
    CHECK_INT(copy->count, 4);

    wf_arena_free(arena);
}


TEST(merged)
{
    wf_value_t  *a, *b;

    arena = wf_arena_create(0);
    a = json("{\"x\":1,\"y\":2}");
    b = json("{\"y\":3,\"z\":4}");

    CHECK_STR(text_of(wf_value_merge(arena, a, b)),
              wf_str("{\"x\":1,\"y\":3,\"z\":4}"));
    CHECK_STR(text_of(wf_value_merge(arena, a, NULL)),
              wf_str("{\"x\":1,\"y\":2}"));
    CHECK_STR(text_of(wf_value_merge(arena, NULL, b)),
              wf_str("{\"y\":3,\"z\":4}"));
    CHECK_STR(text_of(wf_value_merge(arena, NULL, NULL)), wf_str("{}"));
    CHECK_STR(text_of(wf_value_merge(arena, a, a)),
              wf_str("{\"x\":1,\"y\":2}"));
    CHECK_STR(text_of(a), wf_str("{\"x\":1,\"y\":2}"));

    wf_arena_free(arena);
}


TEST(equal)
{
    static const struct {
        const char  *a, *b;
        bool         equal;
    } rows[] = {
        { "1", "1.0", true }, { "1", "1e0", true }, { "100", "1e2", true },
        { "0", "-0", true }, { "0.1", "0.10", true }, { "1", "2", false },
        { "9007199254740993", "9007199254740992", false },
        { "9007199254740993", "9007199254740993.0", true },
        { "1", "true", false }, { "1", "\"1\"", false },
        { "null", "false", false }, { "true", "true", true },
        { "true", "false", false }, { "\"a\"", "\"a\"", true },
        { "\"a\"", "\"\\u0061\"", true }, { "\"a\"", "\"A\"", false },
        { "[]", "{}", false }, { "[1,2]", "[1,2.0]", true },
        { "[1,2]", "[2,1]", false }, { "[1]", "[1,1]", false },
        { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true },
        { "{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false },
        { "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
        { "{\"a\":{\"b\":[null]}}", "{\"a\":{\"b\":[null]}}", true }
    };

    size_t  i;

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(rows); i++) {
        if (wf_value_eq(json(rows[i].a), json(rows[i].b)) != rows[i].equal
            || wf_value_eq(json(rows[i].b), json(rows[i].a)) != rows[i].equal)
        {
            printf("# %s and %s\n", rows[i].a, rows[i].b);
            CHECK(0);
        }
    }

    wf_arena_free(arena);
}


TEST(depth)
{
    arena = wf_arena_create(0);

    CHECK_INT(wf_value_depth(json("1")), 0);
    CHECK_INT(wf_value_depth(json("[]")), 1);
    CHECK_INT(wf_value_depth(json("{\"a\":1,\"b\":[[1],2],\"c\":{}}")), 3);

    wf_arena_free(arena);
}


TEST(marks)
{
    CHECK_INT(wf_mark_line(wf_mark(1, 1)), 1);
    CHECK_INT(wf_mark_column(wf_mark(1, 1)), 1);
    CHECK_INT(wf_mark_line(wf_mark(1048575u, 9000u)), 1048575);
    CHECK_INT(wf_mark_column(wf_mark(1048575u, 9000u)), 4095);
}


TEST(impossible_sizes)
{
    arena = wf_arena_create(0);
    CHECK(wf_value_array(arena, UINT32_MAX) == NULL);
    CHECK(wf_value_object(arena, ROOM_MAX + 1) == NULL);
    wf_arena_free(arena);
}


UNIT_MAIN()
