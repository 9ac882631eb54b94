
/*
 * Execution records: there and back, and every way to be malformed.
 */

#include "engine/record.c"
#include "unit.h"


static wf_arena_t  *arena;


static wf_record_t
sample(void)
{
    return (wf_record_t) {
        .flow_no = 7,
        .revision = 300,
        .start_key = 0xfedcba9876543210ull,
        .name = wf_str("exec-1"),
        .input = wf_str("{ \"a\": 1.0 }"),
        .callback_token = wf_str("token"),
        .qualifier = wf_str("LATEST"),
        .started_ms = 1700000000123,
        .depth = 3,
        .root_scope = 400,
        .version = 1000,
        .status = WF_STATUS_STOPPED,
        .stopped_ms = 1700000000999,
        .stop_key = 5,
        .output = wf_str("{}"),
        .error = wf_str("E"),
        .cause = wf_str("why")
    };
}


static void
check_head(const wf_record_t *got, const wf_record_t *want)
{
    CHECK_INT(got->flow_no, want->flow_no);
    CHECK_INT(got->revision, want->revision);
    CHECK(got->start_key == want->start_key);
    CHECK_STR(got->name, want->name);
    CHECK_STR(got->input, want->input);
    CHECK_STR(got->callback_token, want->callback_token);
    CHECK_STR(got->qualifier, want->qualifier);
    CHECK_INT(got->started_ms, want->started_ms);
    CHECK_INT(got->depth, want->depth);
    CHECK_INT(got->root_scope, want->root_scope);
    CHECK_INT(got->version, want->version);
}


static void
check_tail(const wf_record_t *got, const wf_record_t *want)
{
    CHECK_INT(got->status, want->status);
    CHECK_INT(got->stopped_ms, want->stopped_ms);
    CHECK(got->stop_key == want->stop_key);
    CHECK_STR(got->output, want->output);
    CHECK_STR(got->error, want->error);
    CHECK_STR(got->cause, want->cause);
}


static wf_str_t
encoded(void (*encode)(wf_buf_t *buf, const wf_record_t *record),
    const wf_record_t *record)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    encode(&buf, record);
    CHECK(!buf.failed);

    return wf_buf_done(&buf);
}


TEST(two_blobs)
{
    wf_str_t     head, tail;
    wf_record_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    head = encoded(wf_record_encode_head, &want);
    tail = encoded(wf_record_encode_tail, &want);

    CHECK(wf_record_decode(head, tail, &got) == WF_OK);
    check_head(&got, &want);
    check_tail(&got, &want);

    /* an empty tail: it runs */

    CHECK(wf_record_decode(head, wf_str_none, &got) == WF_OK);
    check_head(&got, &want);
    CHECK_INT(got.status, WF_STATUS_RUNNING);
    CHECK_INT(got.stopped_ms, 0);
    CHECK_INT(got.output.len, 0);

    wf_arena_free(arena);
}


/* As written before there were versions, and before there were children: the
 * last field missing, the three last ones. */
TEST(older_heads)
{
    wf_str_t     head, older;
    uint8_t      bytes[256];
    wf_record_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    head = encoded(wf_record_encode_head, &want);
    CHECK(head.len < sizeof(bytes));
    memcpy(bytes, head.data, head.len);
    bytes[0] = 2;
    older = (wf_str_t) { head.len - 2, bytes };
    CHECK(wf_record_decode(older, wf_str_none, &got) == WF_OK);
    want.version = 0;
    check_head(&got, &want);

    bytes[0] = 1;
    older = (wf_str_t) { head.len - 5, bytes };
    CHECK(wf_record_decode(older, wf_str_none, &got) == WF_OK);
    want.depth = 0;
    want.root_scope = 0;
    check_head(&got, &want);
    bytes[0] = 0;
    CHECK(wf_record_decode(older, wf_str_none, &got) == WF_ERROR);
    wf_arena_free(arena);
}


TEST(whole)
{
    wf_record_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    CHECK(wf_record_decode_whole(encoded(wf_record_encode, &want), &got)
          == WF_OK);
    check_head(&got, &want);
    check_tail(&got, &want);

    want = (wf_record_t) { .status = WF_STATUS_RUNNING };
    CHECK(wf_record_decode_whole(encoded(wf_record_encode, &want), &got)
          == WF_OK);
    check_head(&got, &want);
    check_tail(&got, &want);
    wf_arena_free(arena);
}


TEST(malformed)
{
    size_t       i;
    wf_str_t     head, tail, whole;
    wf_record_t  record, got;

    arena = wf_arena_create(0);
    record = sample();
    head = encoded(wf_record_encode_head, &record);
    tail = encoded(wf_record_encode_tail, &record);
    whole = encoded(wf_record_encode, &record);
    got.flow_no = 99;

    for (i = 0; i < head.len; i++) {
        CHECK(wf_record_decode((wf_str_t) { i, head.data }, tail, &got)
              == WF_ERROR);
    }

    for (i = 1; i < tail.len; i++) {
        CHECK(wf_record_decode(head, (wf_str_t) { i, tail.data }, &got)
              == WF_ERROR);
    }

    for (i = 0; i < whole.len; i++) {
        CHECK(wf_record_decode_whole((wf_str_t) { i, whole.data }, &got)
              == WF_ERROR);
    }

    /* bytes behind, the other blob, untouched on failure */

    CHECK(wf_record_decode(whole, wf_str_none, &got) == WF_ERROR);
    CHECK(wf_record_decode(tail, tail, &got) == WF_ERROR);
    CHECK_INT(got.flow_no, 99);

    record.status = 8;
    CHECK(wf_record_decode(head, encoded(wf_record_encode_tail, &record),
                           &got)
          == WF_ERROR);
    record.status = 0;
    CHECK(wf_record_decode_whole(encoded(wf_record_encode, &record), &got)
          == WF_ERROR);
    wf_arena_free(arena);
}


UNIT_MAIN()
