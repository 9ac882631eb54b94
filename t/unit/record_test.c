
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
    CHECK_INT(got->event_id, want->event_id);
    CHECK_INT(got->redrive_count, want->redrive_count);
    CHECK_INT(got->redriven_ms, want->redriven_ms);
    CHECK_STR(got->redrive_token, want->redrive_token);
    CHECK_STR(got->redrives, want->redrives);
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


/* Before there were redrives: two counts missing. */
TEST(older_tails)
{
    wf_str_t     head, tail;
    uint8_t      bytes[256];
    wf_record_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    head = encoded(wf_record_encode_head, &want);
    tail = encoded(wf_record_encode_tail, &want);
    CHECK(tail.len < sizeof(bytes));
    memcpy(bytes, tail.data, tail.len);
    bytes[0] = 1;
    CHECK(wf_record_decode(head, (wf_str_t) { tail.len - 2, bytes }, &got)
          == WF_OK);
    check_tail(&got, &want);
    bytes[0] = 3;
    CHECK(wf_record_decode(head, (wf_str_t) { tail.len, bytes }, &got)
          == WF_ERROR);
    wf_arena_free(arena);
}


/* A tail of one that runs again; the last ten calls are known. */
TEST(redrives)
{
    uint64_t     i;
    wf_str_t     head, tail;
    wf_record_t  want, got;

    arena = wf_arena_create(0);
    want = sample();
    want.status = WF_STATUS_RUNNING;
    want.event_id = 300;
    want.redrive_token = wf_str("another");
    CHECK(wf_record_key(&want) == want.start_key);

    for (i = 1; i <= 12; i++) {
        CHECK(wf_record_redrive_add(arena, &want, 100 + i,
                                    1700000000000 + (int64_t) i)
              == WF_OK);
    }

    head = encoded(wf_record_encode_head, &want);
    tail = encoded(wf_record_encode_tail, &want);
    CHECK(wf_record_decode(head, tail, &got) == WF_OK);
    check_tail(&got, &want);
    CHECK_INT(got.redrive_count, 12);
    CHECK_INT(got.redriven_ms, 1700000000012);
    CHECK_INT(wf_record_key(&got), 112);
    CHECK_INT(wf_record_redriven(&got, 112, 0), 1700000000012);
    CHECK_INT(wf_record_redriven(&got, 103, 0), 1700000000003);
    CHECK_INT(wf_record_redriven(&got, 103, 1700000000004), 0);
    CHECK_INT(wf_record_redriven(&got, 102, 0), 0);
    CHECK_INT(wf_record_redriven(&got, 1, 0), 0);

    /* half a call is none */

    got.redrives.len--;
    tail = encoded(wf_record_encode_tail, &got);
    CHECK(wf_record_decode(head, tail, &got) == WF_ERROR);
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
