
/*
 * Any text as a state machine of the Amazon States Language, in both modes:
 * compiled and dumped, or refused with what is wrong and where.  One that is
 * taken runs for a while, as fuzzers of histories let theirs run.
 */

#include "flow/diagnostics.h"
#include "history.h"
#include "mutate_asl.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* What quotes the text is no better than the text. */
static void
check_list(const wf_diagnostics_t *list, bool is_utf8)
{
    uint32_t                count;
    const wf_diagnostic_t  *fault;

    count = 0;

    for (fault = list->first; fault; fault = fault->next) {
        wf_assert(fault->code && fault->code[0] && fault->message.len > 0);
        wf_assert(!is_utf8 || wf_utf8_valid(fault->message));
        wf_assert(!is_utf8 || wf_utf8_valid(fault->location));
        count++;
    }

    wf_assert(!list->failed && count <= list->error_count
                                        + list->warning_count);
}


static void
mode_check(wf_str_t text, wf_mode_t mode)
{
    wf_error_t        err;
    wf_program_t     *program;
    wf_diagnostics_t  list, again;

    wf_error_clear(&err);
    list = (wf_diagnostics_t) { .arena = wf_arena_create(0) };
    again = list;
    program = NULL;

    wf_assert(wf_asl_compile(text, mode, &program, &list, &err) == WF_OK);
    wf_assert((program == NULL) == (list.error_count != 0));
    check_list(&list, wf_utf8_valid(text));

    wf_assert(wf_asl_compile(text, mode, NULL, &again, &err) == WF_OK);
    wf_assert(again.error_count == list.error_count);
    wf_assert(again.warning_count == list.warning_count);

    if (program) {
        check_dump(program);
        run_program(program, text.len % 2);
        wf_program_release(program);
    }

    wf_arena_free(list.arena);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mode_check((wf_str_t) { size, data }, WF_MODE_STANDARD);
    mode_check((wf_str_t) { size, data }, WF_MODE_EXPRESS);

    return 0;
}
