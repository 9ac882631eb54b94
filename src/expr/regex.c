
/*
 * Regular expressions: a thin door to PCRE2, the only file that knows it.
 * Bounds what a pattern may cost; never lets PCRE2 touch malloc().  Talks to
 * base alone.
 */

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>

#include "expr/regex.h"


#define REGEX_OPTIONS                                                         \
    (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C               \
     | PCRE2_AUTO_CALLOUT)

/* Steps for each byte of a pattern, besides those of its code. */
#define REGEX_BYTE_COST      12

/* Steps of one callout; code units scanned that cost as much as one step. */
#define REGEX_CALLOUT_COST   2
#define REGEX_SCAN_PER_STEP  16

struct wf_regex_s {
    pcre2_code  *code;
};

struct wf_regex_search_s {
    const wf_regex_t     *regex;
    pcre2_match_data     *match;
    pcre2_match_context  *context;
};

typedef struct {
    uint64_t  *steps;
    uint64_t   step_max;
    size_t     last;            /* where the previous callout stood */
} regex_meter_t;


static void *
regex_alloc(size_t size, void *arena)
{
    return wf_arena_alloc(arena, size);
}


static void
regex_free(void *memory, void *arena)
{
    /* The arena frees. */
    (void) memory;
    (void) arena;
}


static wf_rc_t
regex_oom(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
compile(wf_arena_t *arena, wf_str_t pattern, uint32_t options,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err)
{
    int                      number;
    char                     reason[256];
    size_t                   size;
    wf_regex_t              *made;
    PCRE2_SIZE               offset;
    pcre2_general_context   *general;
    pcre2_compile_context   *context;

    if (pattern.len > WF_REGEX_LEN_MAX) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "the regular expression is longer than %u bytes",
                     (unsigned) WF_REGEX_LEN_MAX);
        return WF_ERROR;
    }

    made = wf_arena_alloc(arena, sizeof(wf_regex_t));
    general = pcre2_general_context_create(regex_alloc, regex_free, arena);
    context = general ? pcre2_compile_context_create(general) : NULL;

    if (made == NULL || context == NULL) {
        return regex_oom(err);
    }

    made->code = pcre2_compile(pattern.len ? pattern.data
                                           : (const uint8_t *) "",
                               pattern.len, options, &number, &offset,
                               context);

    if (made->code == NULL) {
        if (number == PCRE2_ERROR_HEAP_FAILED) {
            return regex_oom(err);
        }

        pcre2_get_error_message(number, (uint8_t *) reason, sizeof(reason));
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "the regular expression is malformed at byte %u: %s",
                     (unsigned) offset + 1, reason);
        return WF_ERROR;
    }

    (void) pcre2_pattern_info(made->code, PCRE2_INFO_SIZE, &size);

    *steps += REGEX_BYTE_COST * pattern.len + size;
    *regex = made;

    return WF_OK;
}


wf_rc_t
wf_regex_compile(wf_arena_t *arena, wf_str_t pattern, uint64_t *steps,
    wf_regex_t **regex, wf_error_t *err)
{
    return compile(arena, pattern, REGEX_OPTIONS, steps, regex, err);
}


wf_rc_t
wf_regex_compile_js(wf_arena_t *arena, wf_str_t pattern, unsigned flags,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err)
{
    uint32_t  options;

    options = REGEX_OPTIONS | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS
              | PCRE2_MATCH_UNSET_BACKREF;
    options |= flags & WF_REGEX_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & WF_REGEX_MULTILINE ? PCRE2_MULTILINE : 0;

    return compile(arena, pattern, options, steps, regex, err);
}


/*
 * PCRE2's own match limit starts anew at each position of the text, so a
 * long text would multiply it.  An automatic callout before every item of
 * the pattern counts over the whole search instead, the way scanned inside
 * one item included.
 */
static int
regex_callout(pcre2_callout_block *block, void *data)
{
    size_t          way;
    regex_meter_t  *meter;

    meter = data;
    way = block->current_position > meter->last
          ? block->current_position - meter->last
          : meter->last - block->current_position;

    meter->last = block->current_position;
    *meter->steps += REGEX_CALLOUT_COST + way / REGEX_SCAN_PER_STEP;

    return *meter->steps > meter->step_max ? PCRE2_ERROR_CALLOUT : 0;
}


static wf_rc_t
regex_failed(int rc, wf_error_t *err)
{
    char      reason[256];
    unsigned  i;

    static const int  limits[] = {
        PCRE2_ERROR_CALLOUT, PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT,
        PCRE2_ERROR_HEAPLIMIT
    };

    if (rc == PCRE2_ERROR_NOMEMORY) {
        return regex_oom(err);
    }

    for (i = 0; i < wf_countof(limits); i++) {
        if (rc == limits[i]) {
            wf_error_set(err, WF_E_INVALID_ARGUMENT,
                         "the regular expression takes too much work on "
                         "this text");
            return WF_ERROR;
        }
    }

    pcre2_get_error_message(rc, (uint8_t *) reason, sizeof(reason));
    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "the regular expression cannot be matched: %s", reason);

    return WF_ERROR;
}


/* ovector_size 0: as many as the pattern has groups. */
static wf_rc_t
search_init(wf_arena_t *arena, const wf_regex_t *regex, uint32_t ovector_size,
    wf_regex_search_t *search)
{
    pcre2_general_context  *general;

    general = pcre2_general_context_create(regex_alloc, regex_free, arena);

    if (general == NULL) {
        return WF_ERROR;
    }

    search->regex = regex;
    search->context = pcre2_match_context_create(general);
    search->match = ovector_size
                    ? pcre2_match_data_create(ovector_size, general)
                    : pcre2_match_data_create_from_pattern(regex->code,
                                                           general);

    if (search->context == NULL || search->match == NULL) {
        return WF_ERROR;
    }

    pcre2_set_match_limit(search->context, WF_REGEX_MATCH_MAX);
    pcre2_set_depth_limit(search->context, WF_REGEX_MATCH_MAX);
    pcre2_set_heap_limit(search->context, WF_REGEX_HEAP_KB_MAX);

    return WF_OK;
}


wf_regex_search_t *
wf_regex_search_create(wf_arena_t *arena, const wf_regex_t *regex)
{
    wf_regex_search_t  *search;

    search = wf_arena_alloc(arena, sizeof(wf_regex_search_t));

    return search && search_init(arena, regex, 0, search) == WF_OK ? search
                                                                   : NULL;
}


wf_rc_t
wf_regex_search(wf_regex_search_t *search, wf_str_t text, size_t from,
    uint64_t *steps, uint64_t step_max, bool *matched, wf_error_t *err)
{
    int            rc;
    regex_meter_t  meter;

    meter.steps = steps;
    meter.step_max = step_max;
    meter.last = from;

    pcre2_set_callout(search->context, regex_callout, &meter);

    *steps += 1 + (from ? 0 : text.len / REGEX_SCAN_PER_STEP);

    rc = pcre2_match(search->regex->code,
                     text.len ? text.data : (const uint8_t *) "", text.len,
                     from, from ? PCRE2_NO_UTF_CHECK : 0, search->match,
                     search->context);

    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH) {
        return regex_failed(rc, err);
    }

    *matched = rc >= 0;
    return WF_OK;
}


uint32_t
wf_regex_count(const wf_regex_search_t *search)
{
    return pcre2_get_ovector_count(search->match);
}


wf_regex_span_t
wf_regex_span(const wf_regex_search_t *search, uint32_t index)
{
    const PCRE2_SIZE  *ovector;

    ovector = pcre2_get_ovector_pointer(search->match) + 2 * index;

    return ovector[0] == PCRE2_UNSET
           ? (wf_regex_span_t) { SIZE_MAX, SIZE_MAX }
           : (wf_regex_span_t) { ovector[0], ovector[1] };
}


wf_rc_t
wf_regex_match(wf_arena_t *arena, const wf_regex_t *regex, wf_str_t text,
    uint64_t *steps, bool *matched, wf_error_t *err)
{
    wf_regex_search_t  search;

    if (search_init(arena, regex, 1, &search) != WF_OK) {
        return regex_oom(err);
    }

    return wf_regex_search(&search, text, 0, steps, WF_EXPR_STEPS_MAX, matched,
                           err);
}
