
/*
 * JSONata: regular expressions as functions, and the matches that $match(),
 * $replace(), $split() and $contains() go through, made by an expression or
 * by any function with the same answers.
 */

#include "expr/jsonata_fn.h"


#define SEARCH_STEPS  40        /* of a search, besides what it goes through */


struct jn_matcher_s {
    const wf_regex_t   *regex;
    wf_regex_search_t  *search;
    jn_matcher_t       *next;
};


static wf_regex_search_t *
search_of(jn_eval_t *eval, const wf_regex_t *regex)
{
    jn_matcher_t  *matcher;

    for (matcher = eval->matchers; matcher; matcher = matcher->next) {
        if (matcher->regex == regex) {
            return matcher->search;
        }
    }

    matcher = jn_alloc(eval, sizeof(jn_matcher_t));

    if (matcher == NULL) {
        return NULL;
    }

    matcher->regex = regex;
    matcher->search = wf_regex_search_create(eval->arena, regex);
    matcher->next = eval->matchers;

    if (matcher->search == NULL) {
        (void) jn_fail_oom(eval);
        return NULL;
    }

    eval->matchers = matcher;

    return matcher->search;
}


static wf_str_t
slice(jn_val_t text, size_t from, size_t to)
{
    return (wf_str_t) { to - from, text.u.data + from };
}


static jn_val_t
groups_of(jn_eval_t *eval, const wf_regex_search_t *search, jn_val_t text)
{
    uint32_t         i;
    jn_val_t         value;
    jn_list_t        list;
    wf_regex_span_t  span;

    jn_list_init(&list);

    for (i = 1; i < wf_regex_count(search); i++) {
        span = wf_regex_span(search, i);
        value = span.start == SIZE_MAX
                ? jn_none : jn_string(slice(text, span.start, span.end));

        if (!jn_list_push(eval, &list, value)) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, 0);
}


static bool
search_failed(jn_eval_t *eval, const wf_error_t *err)
{
    if (err->code == WF_E_INTERNAL) {
        (void) jn_fail_oom(eval);
        return false;
    }

    (void) jn_fail(eval, "D1012");
    eval->trouble.trouble = WF_JSONATA_LIMIT;

    return false;
}


/* The first match from a byte on, which is so many UTF-16 units in. */
static bool
find(jn_eval_t *eval, const jn_node_t *node, jn_val_t text, uint32_t from,
    uint32_t units, jn_match_t *match)
{
    bool                matched;
    wf_error_t          err;
    wf_regex_span_t     span;
    wf_regex_search_t  *search;

    search = search_of(eval, node->regex);

    if (search == NULL || !jn_work(eval, SEARCH_STEPS)) {
        return false;
    }

    if (wf_regex_search(search, jn_str(text), from, eval->meter, &matched,
                        &err)
        != WF_OK)
    {
        return search_failed(eval, &err);
    }

    match->text = jn_none;

    if (!matched) {
        return true;
    }

    span = wf_regex_span(search, 0);
    units += jn_text_units(slice(text, from, span.start));
    match->from = (uint32_t) span.start;
    match->to = (uint32_t) span.end;
    match->text = jn_string(slice(text, span.start, span.end));
    match->start = jn_number(units);
    match->end = jn_number(units + jn_text_units(jn_str(match->text)));
    match->groups = groups_of(eval, search, text);
    match->next = jn_none;

    return !jn_bad(match->groups);
}


/* The one behind; matches of nothing at all would never end. */
static bool
find_next(jn_eval_t *eval, const jn_node_t *node, jn_val_t text,
    uint32_t from, uint32_t units, jn_match_t *match)
{
    match->text = jn_none;

    if (from >= text.len) {
        return true;
    }

    if (!find(eval, node, text, from, units, match)) {
        return false;
    }

    if (match->text.type != JN_NONE && match->text.len == 0) {
        (void) jn_fail_at(eval, "D1004", jn_string(node->text),
                          node->position);
        return false;
    }

    return true;
}


jn_val_t
jn_match_object(jn_eval_t *eval, const jn_match_t *match)
{
    jn_object_t  *object;

    object = jn_object_create(eval, 5);

    if (object == NULL
        || !jn_object_set(eval, object, wf_str("match"), match->text)
        || !jn_object_set(eval, object, wf_str("start"), match->start)
        || !jn_object_set(eval, object, wf_str("end"), match->end)
        || !jn_object_set(eval, object, wf_str("groups"), match->groups)
        || !jn_object_set(eval, object, wf_str("next"), match->next))
    {
        return jn_failed;
    }

    return jn_object(object);
}


/* The object of a match that an expression found. */
static jn_val_t
regex_object(jn_eval_t *eval, const jn_node_t *node, jn_val_t text,
    jn_match_t *match)
{
    jn_function_t  *next;

    if (match->text.type == JN_NONE) {
        return jn_none;
    }

    next = jn_alloc(eval, sizeof(jn_function_t));

    if (next == NULL) {
        return jn_failed;
    }

    memset(next, 0, sizeof(jn_function_t));
    next->kind = JN_F_NEXT;
    next->u.regex.node = node;
    next->u.regex.text = text;
    next->u.regex.from = match->to;
    next->u.regex.units = (uint32_t) match->end.u.number;

    match->next = (jn_val_t) { .type = JN_FUNCTION };
    match->next.u.function = next;

    return jn_match_object(eval, match);
}


/* /regex/(text), or (text, where to begin) */
jn_val_t
jn_regex_apply(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    double      from;
    uint32_t    bytes;
    jn_val_t    text;
    jn_match_t  match;

    text = call->count ? call->args[0] : jn_none;

    /* What is no string is spelled as JavaScript does. */
    if (text.type == JN_OBJECT || text.type == JN_NONE) {
        text = jn_string(text.type == JN_NONE ? wf_str("undefined")
                                              : wf_str("[object Object]"));
    }

    text = jn_text(eval, text, false);

    if (jn_bad(text)) {
        return text;
    }

    from = call->count > 1 && call->args[1].type == JN_NUMBER
           ? call->args[1].u.number : 0;
    bytes = 0;

    if (from > 0) {
        if (from > text.len) {
            return jn_none;
        }

        bytes = jn_text_offset(jn_str(text), (uint32_t) from);
    }

    if (!find(eval, function->u.regex.node, text, bytes,
              jn_text_units(slice(text, 0, bytes)), &match))
    {
        return jn_failed;
    }

    return regex_object(eval, function->u.regex.node, text, &match);
}


jn_val_t
jn_regex_next(jn_eval_t *eval, const jn_function_t *function,
    const jn_call_t *call)
{
    jn_match_t  match;

    (void) call;

    if (!find_next(eval, function->u.regex.node, function->u.regex.text,
                   function->u.regex.from, function->u.regex.units, &match))
    {
        return jn_failed;
    }

    return regex_object(eval, function->u.regex.node,
                        function->u.regex.text, &match);
}


static jn_val_t
member(jn_val_t answer, wf_str_t name)
{
    return answer.type == JN_OBJECT ? jn_get(answer, name) : jn_none;
}


/* What a function answered, which must look like a match. */
static bool
take(jn_eval_t *eval, jn_val_t answer, jn_match_t *match)
{
    answer = jn_normal(answer);
    match->text = jn_none;

    if (jn_bad(answer)) {
        return false;
    }

    if (answer.type == JN_NONE) {
        return true;
    }

    match->start = member(answer, wf_str("start"));
    match->end = member(answer, wf_str("end"));
    match->groups = member(answer, wf_str("groups"));
    match->next = member(answer, wf_str("next"));
    match->text = member(answer, wf_str("match"));

    if ((match->start.type != JN_NUMBER && match->groups.type != JN_ARRAY
         && match->next.type != JN_FUNCTION)
        || match->text.type != JN_STRING || match->start.type != JN_NUMBER)
    {
        (void) jn_fail(eval, "T1010");
        return false;
    }

    if (match->end.type != JN_NUMBER) {
        match->end = jn_number(match->start.u.number
                               + jn_text_units(jn_str(match->text)));
    }

    return true;
}


/* The bytes of a match that is known in UTF-16 units. */
static bool
place(jn_eval_t *eval, jn_val_t text, jn_match_t *match)
{
    uint32_t  units;

    if (match->text.type == JN_NONE) {
        return true;
    }

    units = jn_text_units(jn_str(text));

    if (match->start.u.number < 0 || match->start.u.number > units
        || match->end.u.number < match->start.u.number)
    {
        (void) jn_fail(eval, "T1010");
        return false;
    }

    match->from = jn_text_unit_offset(jn_str(text),
                                      (uint32_t) match->start.u.number);
    match->to = jn_text_unit_offset(jn_str(text),
                                    (uint32_t) wf_min(match->end.u.number,
                                                      units));

    return jn_work(eval, text.len / 16);
}


bool
jn_match_first(jn_eval_t *eval, const jn_call_t *call, jn_val_t matcher,
    jn_val_t text, jn_match_t *match)
{
    if (matcher.type == JN_FUNCTION
        && matcher.u.function->kind == JN_F_REGEX)
    {
        return find(eval, matcher.u.function->u.regex.node, text, 0, 0, match);
    }

    return take(eval, jn_fn_invoke(eval, call, matcher, &text, 1), match)
           && place(eval, text, match);
}


bool
jn_match_next(jn_eval_t *eval, const jn_call_t *call, jn_val_t matcher,
    jn_val_t text, jn_match_t *match)
{
    if (!jn_work(eval, 1)) {
        return false;
    }

    if (matcher.type == JN_FUNCTION
        && matcher.u.function->kind == JN_F_REGEX)
    {
        return find_next(eval, matcher.u.function->u.regex.node, text,
                         match->to, (uint32_t) match->end.u.number, match);
    }

    return take(eval, jn_fn_invoke(eval, call, match->next, NULL, 0), match)
           && place(eval, text, match);
}
