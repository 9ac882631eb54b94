
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

typedef struct {
    uint64_t  *steps;
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


wf_rc_t
wf_regex_compile(wf_arena_t *arena, wf_str_t pattern, uint64_t *steps,
    wf_regex_t **regex, wf_error_t *err)
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
                               pattern.len, REGEX_OPTIONS, &number, &offset,
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

    return *meter->steps > WF_EXPR_STEPS_MAX ? PCRE2_ERROR_CALLOUT : 0;
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


wf_rc_t
wf_regex_match(wf_arena_t *arena, const wf_regex_t *regex, wf_str_t text,
    uint64_t *steps, bool *matched, wf_error_t *err)
{
    int                     rc;
    regex_meter_t           meter;
    pcre2_match_data       *match;
    pcre2_match_context    *context;
    pcre2_general_context  *general;

    general = pcre2_general_context_create(regex_alloc, regex_free, arena);
    context = general ? pcre2_match_context_create(general) : NULL;
    match = general ? pcre2_match_data_create(1, general) : NULL;

    if (context == NULL || match == NULL) {
        return regex_oom(err);
    }

    meter.steps = steps;
    meter.last = 0;

    pcre2_set_match_limit(context, WF_REGEX_MATCH_MAX);
    pcre2_set_depth_limit(context, WF_REGEX_MATCH_MAX);
    pcre2_set_heap_limit(context, WF_REGEX_HEAP_KB_MAX);
    pcre2_set_callout(context, regex_callout, &meter);

    *steps += 1 + text.len / REGEX_SCAN_PER_STEP;

    rc = pcre2_match(regex->code,
                     text.len ? text.data : (const uint8_t *) "", text.len,
                     0, 0, match, context);

    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH) {
        return regex_failed(rc, err);
    }

    *matched = rc >= 0;
    return WF_OK;
}
