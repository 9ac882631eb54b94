
/*
 * Any bytes as a definition, in both modes: compiled and dumped, or refused
 * with a reason.  A program must survive its own checks and dump twice alike.
 */

#include "flow/compile.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
dump_check(wf_program_t *program)
{
    wf_buf_t     first, second;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&first, arena, 0);
    wf_buf_init(&second, arena, 0);
    wf_program_dump(&first, program);
    wf_program_dump(&second, program);
    wf_assert(!first.failed && first.len > 0);
    wf_assert(wf_str_eq(wf_buf_done(&first), wf_buf_done(&second)));
    wf_assert(first.data[first.len - 1] == '\n');
    wf_arena_free(arena);
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);

    if (wf_compile(text, mode, &program, &err) == WF_OK) {
        dump_check(program);
        wf_program_release(program);
        return;
    }

    wf_assert(err.code == WF_E_INVALID_ARGUMENT);
    wf_assert(wf_str_starts(wf_error_arg(&err, 0), wf_str("line ")));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
