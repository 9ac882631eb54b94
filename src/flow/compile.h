
/*
 * Definition text -> program.  Recognises the dialect, runs its front end,
 * verifies.  Refusals: INVALID_ARGUMENT with "line L, column C: reason".
 */

#ifndef WF_COMPILE_H
#define WF_COMPILE_H


#include "flow/program.h"


typedef enum {
    WF_MODE_STANDARD = 0,
    WF_MODE_EXPRESS
} wf_mode_t;

/*
 * The program is the caller's.  mode is the ExecutionMode of the
 * flow: Express refuses waiting task modes and long waits (fdl.md 2.10).
 * WF_ERROR: INVALID_ARGUMENT, or INTERNAL when out of memory; *program is
 * untouched then.
 */
wf_rc_t wf_compile(wf_str_t text, wf_mode_t mode, wf_program_t **program,
    wf_error_t *err);


/*
 * Is a new definition one of CloudFlow's languages, and does it ask for no
 * more than an operator allows?  Old ones
 * may: their map runs get what there is.  max 0: WF_CONCURRENCY_MAP_RUN.
 * WF_ERROR: INVALID_ARGUMENT.
 */
wf_rc_t wf_compile_allowed(const wf_program_t *program, uint64_t max,
    wf_error_t *err);


#endif /* WF_COMPILE_H */
