
/*
 * Regular expressions: a thin door to PCRE2, the only file that knows it.
 * Bounds what a pattern may cost; never lets PCRE2 touch malloc().  Talks to
 * base alone.
 */

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>

#include "expr/regex.h"


#define REGEX_OPTIONS                                                         \
    (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C)

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
    wf_meter_t  *meter;
    size_t       last;          /* where the previous callout stood */
} regex_run_t;


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


static bool
is_short(wf_str_t pattern, wf_error_t *err)
{
    if (pattern.len <= WF_REGEX_LEN_MAX) {
        return true;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "the regular expression is longer than %u bytes",
                 (unsigned) WF_REGEX_LEN_MAX);

    return false;
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
    return is_short(pattern, err)
           ? compile(arena, pattern, REGEX_OPTIONS | PCRE2_AUTO_CALLOUT, steps,
                     regex, err)
           : WF_ERROR;
}


/* How long is the quantifier that is there, with its ? or +; 0: none is. */
static size_t
quantifier_at(wf_str_t pattern, size_t pos)
{
    size_t   i;
    uint8_t  ch;

    ch = pattern.data[pos];
    i = pos + 1;

    if (ch == '{') {
        while (i < pattern.len && (pattern.data[i] == ','
                                   || (pattern.data[i] >= '0'
                                       && pattern.data[i] <= '9')))
        {
            i++;
        }

        if (i == pattern.len || pattern.data[i++] != '}') {
            return 0;
        }

    } else if (ch != '*' && ch != '+' && ch != '?') {
        return 0;
    }

    if (i < pattern.len && (pattern.data[i] == '?' || pattern.data[i] == '+')) {
        i++;
    }

    return i - pos;
}


/* How long is the class that begins there; 0: better not to tell. */
static size_t
class_at(wf_str_t pattern, size_t pos)
{
    size_t   i;
    uint8_t  next;

    i = pos + 1;

    if (i < pattern.len && pattern.data[i] == '^') {
        i++;
    }

    for ( /* void */ ; i < pattern.len && pattern.data[i] != ']'; i++) {
        next = i + 1 < pattern.len ? pattern.data[i + 1] : 0;

        if (pattern.data[i] == '['
            && (next == ':' || next == '.' || next == '='))
        {
            return 0;
        }

        i += pattern.data[i] == '\\';
    }

    return i < pattern.len ? i + 1 - pos : 0;
}


/* What opens a group that JavaScript knows; 0: none of those. */
static size_t
opening_at(wf_str_t pattern, size_t pos)
{
    size_t    i;
    wf_str_t  rest;

    static const char *const  openings[] = { "(?:", "(?=", "(?!", "(?<=",
                                             "(?<!" };

    rest = (wf_str_t) { pattern.len - pos, pattern.data + pos };

    if (rest.len < 2 || (rest.data[1] != '?' && rest.data[1] != '*')) {
        return 1;
    }

    for (i = 0; i < wf_countof(openings); i++) {
        if (wf_str_starts(rest, wf_str_of(openings[i]))) {
            return strlen(openings[i]);
        }
    }

    if (!wf_str_starts(rest, wf_str("(?<"))) {
        return 0;
    }

    for (i = 3; i < rest.len && rest.data[i] != '>'; i++) {
        /* void */
    }

    return i < rest.len ? i + 1 : 0;
}


/* An item of the pattern: its length, and whether a callout goes behind. */
static size_t
item_at(wf_str_t pattern, size_t pos, bool *counts)
{
    size_t  len;

    *counts = true;

    switch (pattern.data[pos]) {

    case '(':
        return opening_at(pattern, pos);

    case '|':
        return 1;

    case '[':
        *counts = false;
        return class_at(pattern, pos);

    case '\\':
        *counts = false;

        return pos + 1 == pattern.len || pattern.data[pos + 1] == 'Q'
               || pattern.data[pos + 1] == 'E' ? 0 : 2;
    }

    len = quantifier_at(pattern, pos);
    *counts = len > 0;

    return wf_max(len, 1);
}


/*
 * The pattern with callouts where matching can go back to, or begin a round:
 * behind quantifiers, at the begin of alternatives.  All others that
 * PCRE2_AUTO_CALLOUT would make cost more time than what they count.
 * WF_DECLINED: there is something that only PCRE2 can tell.
 */
static wf_rc_t
instrument(wf_arena_t *arena, wf_str_t pattern, wf_str_t *made)
{
    bool      counts;
    size_t    pos, len;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 2 * pattern.len + 16);

    if (pattern.len && pattern.data[0] != '(') {
        wf_buf_text(&buf, "(?C)");
    }

    for (pos = 0; pos < pattern.len; pos += len) {
        len = item_at(pattern, pos, &counts);

        if (len == 0) {
            return WF_DECLINED;
        }

        wf_buf_append(&buf, pattern.data + pos, len);

        if (counts) {
            wf_buf_text(&buf, "(?C)");
        }
    }

    *made = wf_buf_done(&buf);

    return buf.failed ? WF_ERROR : WF_OK;
}


wf_rc_t
wf_regex_compile_js(wf_arena_t *arena, wf_str_t pattern, unsigned flags,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err)
{
    wf_rc_t   rc;
    wf_str_t  made;
    uint32_t  options;

    options = REGEX_OPTIONS | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS
              | PCRE2_MATCH_UNSET_BACKREF;
    options |= flags & WF_REGEX_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & WF_REGEX_MULTILINE ? PCRE2_MULTILINE : 0;

    if (!is_short(pattern, err)) {
        return WF_ERROR;
    }

    rc = instrument(arena, pattern, &made);

    if (rc == WF_ERROR) {
        return regex_oom(err);
    }

    if (rc == WF_OK
        && compile(arena, made, options, steps, regex, err) == WF_OK)
    {
        return WF_OK;
    }

    /* Its errors are about the pattern as it was written. */

    return compile(arena, pattern, options | PCRE2_AUTO_CALLOUT, steps, regex,
                   err);
}


/*
 * PCRE2's own match limit starts anew at each position of the text, so a
 * long text would multiply it.  Callouts in the pattern count over the whole
 * search instead, the way scanned between two of them included.
 */
static int
regex_callout(pcre2_callout_block *block, void *data)
{
    size_t        way;
    regex_run_t  *run;

    run = data;
    way = block->current_position > run->last
          ? block->current_position - run->last
          : run->last - block->current_position;

    run->last = block->current_position;

    return wf_meter_charge(run->meter,
                           REGEX_CALLOUT_COST + way / REGEX_SCAN_PER_STEP)
           ? 0 : PCRE2_ERROR_CALLOUT;
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


static wf_rc_t
search(wf_regex_search_t *search, wf_str_t text, size_t from,
    uint32_t options, wf_meter_t *meter, bool *matched, wf_error_t *err)
{
    int          rc;
    regex_run_t  run;

    run.meter = meter;
    run.last = from;

    pcre2_set_callout(search->context, regex_callout, &run);

    (void) wf_meter_charge(meter, 1 + (from ? 0 : text.len
                                                  / REGEX_SCAN_PER_STEP));

    rc = pcre2_match(search->regex->code,
                     text.len ? text.data : (const uint8_t *) "", text.len,
                     from, options, search->match, search->context);

    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH) {
        return regex_failed(rc, err);
    }

    *matched = rc >= 0;
    return WF_OK;
}


wf_rc_t
wf_regex_search(wf_regex_search_t *made, wf_str_t text, size_t from,
    wf_meter_t *meter, bool *matched, wf_error_t *err)
{
    return search(made, text, from, PCRE2_NO_UTF_CHECK, meter, matched, err);
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
    wf_meter_t *meter, bool *matched, wf_error_t *err)
{
    wf_regex_search_t  made;

    if (search_init(arena, regex, 1, &made) != WF_OK) {
        return regex_oom(err);
    }

    return search(&made, text, 0, 0, meter, matched, err);
}
