
/*
 * Any bytes as a history: refused or replayed, never a crash.  What was
 * replayed keeps its fingerprint when it is compacted, and goes on from there
 * like any execution: what it then records replays to the same state.
 *
 * Input: a byte of choices, a byte of event count, the bytes.  Bit 0 of the
 * first byte: the bytes are events and get sealed (the checksum would keep
 * the fuzzer out); the other bits: which program goes on.
 */

#include "flow/program_asl.h"
#include "history.h"
#include "wire/aws_history.h"
#include "wire/history.h"


#define SEAL      1
#define PROGRAM   1                 /* first of its bits */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* What can be decoded can be shown, whatever the program: valid JSON. */
static void
show(wf_arena_t *arena, wf_str_t chunk, const wf_program_t *program)
{
    uint32_t            i, count;
    wf_buf_t            buf;
    wf_type_t           type;
    wf_codec_t          codec;
    wf_error_t          err;
    wf_reader_t         reader;
    wf_event_view_t     view;
    wf_history_frame_t  frame;

    memset(&codec, 0, sizeof(wf_codec_t));
    memset(&frame, 0, sizeof(wf_history_frame_t));
    frame.has_data = true;

    if (wf_chunk_open(chunk, &reader, &count, &err) != WF_OK) {
        return;
    }

    for (i = 0; i < count; i++) {
        memset(&view, 0, sizeof(wf_event_view_t));

        if (wf_event_decode(arena, &reader, &codec, &view.event, &err)
            != WF_OK)
        {
            return;
        }

        if (view.event.node < program->node_count) {
            view.step = program->nodes[view.event.node].name;
            view.kind = program->nodes[view.event.node].asl
                        ? program->nodes[view.event.node].asl->kind : 0;
        }

        wf_buf_init(&buf, arena, 0);
        wf_aws_history_event(&buf, &frame, &view);
        wf_assert(wf_json_check(wf_buf_done(&buf), &type, &err) == WF_OK
                  || !wf_utf8_valid(wf_buf_done(&buf)));

        wf_buf_init(&buf, arena, 0);
        wf_history_rpc_detail(&buf, &view);
        wf_assert(wf_json_check(wf_buf_done(&buf), &type, &err) == WF_OK
                  || !wf_utf8_valid(wf_buf_done(&buf)));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t     fingerprint;
    wf_str_t     bytes;
    wf_buf_t     buf;
    wf_exec_t   *exec, *twin;
    wf_error_t   err;
    wf_arena_t  *arena;

    if (size < 2) {
        return 0;
    }

    programs_init();
    arena = wf_arena_create(0);
    exec = wf_exec_create();
    twin = wf_exec_create();
    wf_error_clear(&err);
    bytes = (wf_str_t) { size - 2, data + 2 };

    if (data[0] & SEAL) {
        wf_buf_init(&buf, arena, 0);
        wf_chunk_seal(&buf, bytes, data[1]);
        bytes = wf_buf_done(&buf);
    }

    show(arena, bytes,
         programs[(data[0] >> PROGRAM) % wf_countof(programs)]);

    if (wf_engine_replay(exec, bytes, &err) == WF_OK) {
        wf_assert(wf_engine_replay(twin, bytes, &err) == WF_OK);
        fingerprint = wf_exec_fingerprint(exec);
        wf_assert(wf_exec_compact(exec) == WF_OK);
        wf_assert(wf_exec_fingerprint(exec) == fingerprint);
        go_on(exec, twin,
              programs[(data[0] >> PROGRAM) % wf_countof(programs)]);

    } else {
        wf_assert(err.code == WF_E_INTERNAL && err.len[0] > 0);
    }

    wf_exec_free(exec);
    wf_exec_free(twin);
    wf_arena_free(arena);

    return 0;
}
