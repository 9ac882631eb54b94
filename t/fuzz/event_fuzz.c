
/*
 * Any bytes as a history: refused or replayed, never a crash.  What was
 * replayed keeps its fingerprint when it is compacted, and goes on from there
 * like any execution: what it then records replays to the same state.
 *
 * Input: a byte of choices, a byte of event count, the bytes.  Bit 0 of the
 * first byte: the bytes are events and get sealed (the checksum would keep
 * the fuzzer out); the other bits: which program goes on.
 */

#include "history.h"


#define SEAL      1
#define PROGRAM   1                 /* first of its bits */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


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
