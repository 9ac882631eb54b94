
/*
 * Regular expressions of JSONPath filters: how Java's, Jayway's =~, and RFC
 * 9485's are spelled for regex.c, and what matching many values against few
 * patterns keeps in between.
 */

#include "expr/jsonpath_filter.h"


/* Memory for one pattern's matches, some 20 KiB, in steps. */
#define SEARCH_COST  1000


/* "(*ANYCRLF)": a dot takes no line break, neither of RFC 9485's two. */
wf_rc_t
jsonpath_regex(wf_arena_t *arena, const jsonpath_regex_t *source,
    uint64_t *steps, wf_regex_t **regex, wf_error_t *err)
{
    size_t    i;
    uint8_t   flag;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, source->pattern.len + 64);
    wf_buf_text(&buf, "(*ANYCRLF)");

    for (i = 0; i < source->flags.len; i++) {
        flag = source->flags.data[i];

        if (strchr("isxmdu", flag) == NULL) {
            wf_error_set(err, WF_E_INVALID_ARGUMENT, "unknown flag '%c'",
                         flag);
            return WF_ERROR;
        }

        if (flag != 'd' && flag != 'u') {
            wf_buf_text(&buf, "(?");
            wf_buf_byte(&buf, flag);
            wf_buf_byte(&buf, ')');
        }
    }

    if (source->is_whole) {
        wf_buf_text(&buf, "\\A(?:");
    }

    wf_buf_str(&buf, source->pattern);

    if (source->is_whole) {
        wf_buf_text(&buf, ")\\z");
    }

    if (buf.failed) {
        return fdl_oom(err);
    }

    return wf_regex_compile(arena, wf_buf_done(&buf), steps, regex, err);
}


/* NULL: err is set. */
static wf_regex_search_t *
search_make(jsonpath_walk_t *walk, const wf_regex_t *regex)
{
    wf_regex_search_t  *search;

    if (fdl_charge(walk->eval, SEARCH_COST) != WF_OK) {
        return NULL;
    }

    search = wf_regex_search_create(walk->eval->arena, regex);

    if (search == NULL) {
        fdl_oom(walk->eval->err);
    }

    return search;
}


/* The pattern's own while the path is walked; the oldest makes room. */
static wf_regex_search_t *
search_find(jsonpath_walk_t *walk, const wf_regex_t *regex)
{
    unsigned              i;
    wf_regex_search_t    *search;
    jsonpath_searches_t  *kept;

    kept = walk->searches;

    for (i = 0; kept && i < JSONPATH_SEARCHES_KEPT; i++) {
        if (kept->regexes[i] == regex) {
            return kept->searches[i];
        }
    }

    search = search_make(walk, regex);

    if (search && kept) {
        i = kept->next++ % JSONPATH_SEARCHES_KEPT;
        kept->regexes[i] = regex;
        kept->searches[i] = search;
    }

    return search;
}


wf_rc_t
jsonpath_match(jsonpath_walk_t *walk, const wf_regex_t *regex,
    wf_str_t text, bool *matched)
{
    wf_regex_search_t  *search;

    search = search_find(walk, regex);

    return search == NULL
           ? WF_ERROR
           : wf_regex_search(search, text, 0, &walk->eval->env->meter,
                             matched, walk->eval->err);
}
