
/*
 * The room base with every allocation failing in turn: no crash, no leak
 * (the sanitizer looks), a named error, and the next try succeeds.
 */

#include "base/json.h"
#include "base/map.h"
#include "base/yaml.h"
#include "unit.h"


#define TRIES_MAX  10000

/* Runs with an arena that exists; WF_OK: nothing failed. */
typedef wf_rc_t (*torture_pt)(wf_arena_t *arena, wf_error_t *err);


static void
torture(torture_pt run, unsigned at_least)
{
    wf_rc_t       rc;
    unsigned      n;
    wf_error_t    err;
    wf_arena_t   *arena;

    for (n = 1; n < TRIES_MAX; n++) {
        arena = wf_arena_create(0);
        wf_error_set(&err, WF_E_INTERNAL, "out of memory");

        wf_arena_fail_after(n);
        rc = run(arena, &err);
        wf_arena_fail_after(0);
        wf_arena_free(arena);

        if (rc == WF_OK) {
            break;
        }

        CHECK_INT(rc, WF_ERROR);
        CHECK_INT(err.code, WF_E_INTERNAL);
        CHECK_STR(wf_error_arg(&err, 0), wf_str("out of memory"));
    }

    CHECK(n > at_least && n < TRIES_MAX);
}


static wf_rc_t
run_json(wf_arena_t *arena, wf_error_t *err)
{
    wf_rc_t      rc;
    wf_buf_t     buf;
    wf_value_t  *value;

    rc = wf_json_parse(arena, wf_str("{\"a\":[1,2.5,\"x\\u0000\",null,true,{}],"
                                     "\"b\":{\"c\":\"\\ud83d\\ude00\"}}"),
                       &value, err);

    if (rc != WF_OK) {
        return rc;
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    if (buf.failed) {
        return WF_ERROR;
    }

    CHECK_STR(wf_buf_done(&buf),
              wf_str("{\"a\":[1,2.5,\"x\\u0000\",null,true,{}],"
                     "\"b\":{\"c\":\"\xf0\x9f\x98\x80\"}}"));

    return WF_OK;
}


static wf_rc_t
run_json_empty(wf_arena_t *arena, wf_error_t *err)
{
    wf_value_t  *value;

    return wf_json_parse(arena, wf_str("{}"), &value, err);
}


static wf_rc_t
run_yaml(wf_arena_t *arena, wf_error_t *err)
{
    wf_value_t  *value;

    return wf_yaml_parse(arena,
                         wf_str("a: &x [1, 0x1f, .5, true, ~, text, !Ref b]\n"
                                "&k c: *x\nd: {e: *k}\nf: |\n  block\n"
                                "g: [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"),
                         &value, err);
}


static wf_rc_t
run_yaml_json(wf_arena_t *arena, wf_error_t *err)
{
    wf_value_t  *value;

    return wf_yaml_parse(arena, wf_str("\t{\"a\":\"\\ud83d\\ude00\"}"), &value,
                         err);
}


static wf_rc_t
run_value(wf_arena_t *arena, wf_error_t *err)
{
    int          i;
    wf_buf_t     key;
    wf_value_t  *object, *copy, *merged;

    (void) err;

    object = wf_value_object(arena, 0);

    for (i = 0; i < 100; i++) {
        wf_buf_init(&key, arena, 0);
        wf_buf_int(&key, i);

        if (key.failed
            || wf_value_set(arena, object, wf_buf_done(&key),
                            wf_value_real(arena, i / 7.0)) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    copy = wf_value_copy(arena, object);
    merged = wf_value_merge(arena, object, NULL);

    if (copy == NULL || merged == NULL) {
        return WF_ERROR;
    }

    CHECK(wf_value_eq(object, copy) && wf_value_eq(merged, copy));

    return WF_OK;
}


static wf_rc_t
run_map(wf_arena_t *arena, wf_error_t *err)
{
    int        i;
    wf_buf_t   key;
    wf_rc_t    rc;
    wf_map_t   map;

    (void) err;

    rc = WF_OK;
    wf_map_init(&map, NULL);

    for (i = 0; i < 100 && rc == WF_OK; i++) {
        wf_buf_init(&key, arena, 0);
        wf_buf_int(&key, i);

        rc = key.failed ? WF_ERROR
                        : wf_map_set(&map, wf_buf_done(&key), arena);

        if (i % 3 == 0) {
            wf_map_erase(&map, wf_buf_done(&key));
        }
    }

    wf_map_free(&map);

    return rc;
}


TEST(json) { torture(run_json, 20); }
TEST(json_empty) { torture(run_json_empty, 1); }
TEST(yaml) { torture(run_yaml, 40); }
TEST(yaml_json) { torture(run_yaml_json, 4); }
TEST(value) { torture(run_value, 300); }
TEST(map) { torture(run_map, 100); }


UNIT_MAIN()
