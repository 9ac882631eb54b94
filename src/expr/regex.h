
/*
 * A thin door to PCRE2.  Patterns are UTF-8, unanchored, close to RE2: "$"
 * is the very end, \d \w \s know ASCII alone, \C is refused.  Memory comes
 * from arenas, also PCRE2's own; there is no JIT, whose memory no arena
 * could free.
 */

#ifndef WF_REGEX_H
#define WF_REGEX_H


#include "base/arena.h"
#include "base/error.h"


typedef struct wf_regex_s  wf_regex_t;

/*
 * WF_ERROR: INVALID_ARGUMENT with PCRE2's reason, or INTERNAL (oom).  Work is
 * added to *steps: PCRE2 writes repeated groups out, so what a pattern costs,
 * at most half a millisecond, shows afterwards.
 */
wf_rc_t wf_regex_compile(wf_arena_t *arena, wf_str_t pattern,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err);

/*
 * Work is added to *steps and stops with WF_ERROR above WF_EXPR_STEPS_MAX,
 * WF_REGEX_MATCH_MAX or WF_REGEX_HEAP_KB_MAX.  arena is for scratch.
 */
wf_rc_t wf_regex_match(wf_arena_t *arena, const wf_regex_t *regex,
    wf_str_t text, uint64_t *steps, bool *matched, wf_error_t *err);


#endif /* WF_REGEX_H */
