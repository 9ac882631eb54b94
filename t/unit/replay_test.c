
/*
 * Replay: crashes between chunks, histories that are damaged, no memory.
 */

#include "engine/resume.c"
#include "engine_rig.h"


static const char  flow[] =
    "version: v1\n"
    "type: flow\n"
    "steps:\n"
    "- {type: wait, name: w, duration: 1}\n"
    "- type: pass\n"
    "  name: a\n"
    "  inputMappings: [{target: id, source: $context.step.eventId}]\n"
    "  outputMappings: [{target: id, source: $input.id}]\n"
    "- type: choice\n"
    "  name: more\n"
    "  choices:\n"
    "  - condition: $.id < 900\n"
    "    steps:\n"
    "    - {type: pass, name: in, outputMappings: "
    "[{target: k, source: {a: [1]}}]}\n"
    "    goto: a\n"
    "- {type: wait, name: v, duration: 1}\n";


/* From each chunk boundary on: the same end, event for event. */
TEST(crash)
{
    rig_t      rig, other;
    uint32_t   i;
    wf_str_t   trace;

    rig_open(&rig, wf_str_of(flow));
    rig_start(&rig, "{\"big\":\"0123456789012345678901234567890\"}");
    rig_run(&rig);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK(rig.chunk_count >= 6);
    trace = rig_trace(&rig);

    for (i = 0; i < rig.chunk_count; i++) {
        other = rig;
        other.is_quick = true;
        other.chunk_count = i;
        other.exec = rig_replay(&rig, i);
        other.now_ms = wf_max(RIG_NOW, other.exec->codec.time_ms);

        CHECK(rig_owes(&other)
              == (i != 0
                  && other.exec->branch.phase != WF_PHASE_WAITING));

        if (i == 0) {
            rig_start(&other,
                      "{\"big\":\"0123456789012345678901234567890\"}");
        }

        rig_run(&other);
        CHECK(wf_exec_fingerprint(other.exec)
              == wf_exec_fingerprint(rig.exec));
        CHECK_STR(rig_trace(&other), trace);
        wf_exec_free(other.exec);
    }

    CHECK(!rig_owes(&rig));
    rig_close(&rig);
}


/* Chunks out of order, twice, from elsewhere: an error that says so. */
TEST(wrong_chunks)
{
    rig_t       rig;
    wf_exec_t  *exec;

    rig_open(&rig, wf_str_of(flow));
    rig_start(&rig, "{}");
    rig_run(&rig);

    exec = rig_replay(&rig, 1);
    CHECK(wf_engine_replay(exec, rig.chunks[0], &rig.err) == WF_ERROR);
    CHECK_INT(rig.err.code, WF_E_INTERNAL);
    wf_exec_free(exec);

    exec = wf_exec_create();
    CHECK(wf_engine_replay(exec, rig.chunks[1], &rig.err) == WF_ERROR);
    wf_exec_free(exec);

    exec = rig_replay(&rig, rig.chunk_count);
    CHECK(wf_engine_replay(exec, rig.chunks[1], &rig.err) == WF_ERROR);
    wf_exec_free(exec);
    rig_close(&rig);
}


/* Whole by checksum, but not what was written: never more than an error. */
TEST(altered)
{
    rig_t        rig;
    size_t       i, len;
    uint8_t     *copy;
    uint32_t     count;
    unsigned     bad;
    wf_buf_t     buf;
    wf_exec_t   *exec;
    wf_reader_t  reader;

    rig_open(&rig, wf_str_of(flow));
    rig_start(&rig, "{\"a\":[1,{}]}");
    rig_run(&rig);
    CHECK(wf_chunk_open(rig.chunks[1], &reader, &count, &rig.err) == WF_OK);
    len = wf_min((size_t) (reader.end - reader.pos), 200);
    copy = wf_arena_alloc(rig.arena, (size_t) (reader.end - reader.pos));
    bad = 0;

    for (i = 0; i < len * 8; i++) {
        memcpy(copy, reader.pos, (size_t) (reader.end - reader.pos));
        copy[i / 8] ^= (uint8_t) (1 << i % 8);

        wf_buf_init(&buf, rig.arena, 0);
        wf_chunk_seal(&buf, (wf_str_t) { (size_t) (reader.end - reader.pos),
                                         copy },
                      count);

        exec = rig_replay(&rig, 1);
        bad += wf_engine_replay(exec, wf_buf_done(&buf), &rig.err) != WF_OK;
        wf_exec_free(exec);
    }

    CHECK(bad > len);

    /* too few and too many events for the count */

    wf_buf_init(&buf, rig.arena, 0);
    wf_chunk_seal(&buf, (wf_str_t) { (size_t) (reader.end - reader.pos),
                                     reader.pos },
                  count - 1);
    exec = rig_replay(&rig, 1);
    CHECK(wf_engine_replay(exec, wf_buf_done(&buf), &rig.err) == WF_ERROR);
    wf_exec_free(exec);

    wf_buf_init(&buf, rig.arena, 0);
    wf_chunk_seal(&buf, (wf_str_t) { (size_t) (reader.end - reader.pos),
                                     reader.pos },
                  count + 1);
    exec = rig_replay(&rig, 1);
    CHECK(wf_engine_replay(exec, wf_buf_done(&buf), &rig.err) == WF_ERROR);
    wf_exec_free(exec);
    rig_close(&rig);
}


TEST(torture)
{
    rig_t       rig;
    wf_rc_t     rc;
    uint64_t    i;
    wf_exec_t  *exec;

    rig_open(&rig, wf_str_of(flow));
    rig_start(&rig, "{\"a\":[1,{}]}");
    rig_run(&rig);

    for (i = 1; i < 10000; i++) {
        exec = rig_replay(&rig, 0);
        wf_arena_fail_after(i);
        rc = wf_engine_replay(exec, rig.chunks[0], &rig.err);
        wf_arena_fail_after(0);
        wf_exec_free(exec);

        if (rc == WF_OK) {
            break;
        }

        CHECK(rc == WF_ERROR);
        CHECK_STR(wf_error_arg(&rig.err, 0), wf_str("out of memory"));
    }

    CHECK(i > 5 && i < 10000);
    rig_close(&rig);
}


UNIT_MAIN()
