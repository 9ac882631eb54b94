
/*
 * Any bytes as a definition, in both modes: compiled and dumped, or refused
 * with a reason.  A program must survive its own checks and dump twice alike.
 */

#include "base/json.h"
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


static bool
is_json(wf_str_t text)
{
    wf_type_t   type;
    wf_error_t  err;

    return wf_json_check(text, &type, &err) == WF_OK && type == WF_OBJECT;
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_str_t       reason;
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);

    if (wf_compile(text, mode, &program, &err) == WF_OK) {
        dump_check(program);
        wf_program_release(program);
        return;
    }

    reason = wf_error_arg(&err, 0);
    wf_assert(err.code == WF_E_INVALID_ARGUMENT && reason.len > 0);

    /* a state machine's faults have a path for a place: see asl_fuzz.c */

    if (!wf_str_starts(reason, wf_str("line "))) {
        wf_assert(is_json(text) && wf_utf8_valid(reason));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
