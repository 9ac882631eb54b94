
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
#include "expr/meter.h"


typedef struct wf_regex_s  wf_regex_t;

/*
 * WF_ERROR: INVALID_ARGUMENT with PCRE2's reason, or INTERNAL (oom).  Work is
 * added to *steps: PCRE2 writes repeated groups out, so what a pattern costs,
 * at most half a millisecond, shows afterwards.
 */
wf_rc_t wf_regex_compile(wf_arena_t *arena, wf_str_t pattern,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err);

/*
 * Work is charged to the meter and stops with WF_ERROR when that is over, or
 * above WF_REGEX_MATCH_MAX or WF_REGEX_HEAP_KB_MAX.  arena is for scratch.
 */
wf_rc_t wf_regex_match(wf_arena_t *arena, const wf_regex_t *regex,
    wf_str_t text, wf_meter_t *meter, bool *matched, wf_error_t *err);


/*
 * Patterns of JavaScript, as far as PCRE2 reads them: \uXXXX, [^], groups that
 * did not take part match nothing.  Flags are those of the literal.
 */
#define WF_REGEX_CASELESS   1
#define WF_REGEX_MULTILINE  2

wf_rc_t wf_regex_compile_js(wf_arena_t *arena, wf_str_t pattern,
    unsigned flags, uint64_t *steps, wf_regex_t **regex, wf_error_t *err);

typedef struct wf_regex_search_s  wf_regex_search_t;

typedef struct {
    size_t  start;              /* bytes; SIZE_MAX: took no part */
    size_t  end;
} wf_regex_span_t;

/* What searches with one pattern need, whatever the text.  NULL: no memory. */
wf_regex_search_t *wf_regex_search_create(wf_arena_t *arena,
    const wf_regex_t *regex);

/*
 * The first match at or behind a byte of the text, which is valid UTF-8 (its
 * surrogates may be lone).  Work as wf_regex_match().
 */
wf_rc_t wf_regex_search(wf_regex_search_t *search, wf_str_t text, size_t from,
    wf_meter_t *meter, bool *matched, wf_error_t *err);

/* Of the last match: the whole and its groups, from 0; their number. */
uint32_t wf_regex_count(const wf_regex_search_t *search);
wf_regex_span_t wf_regex_span(const wf_regex_search_t *search, uint32_t index);


#endif /* WF_REGEX_H */
