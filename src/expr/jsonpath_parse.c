
/*
 * JSONPath, text -> segments (asl.md 5).  Dotted names take what Jayway takes
 * and people write ($.delivery-partner, $.aws:tag, $.0); everything that could
 * be an operator needs brackets.  Filters are jsonpath_filter*.c's.
 */

#include "expr/jsonpath_filter.h"


#define INDEX_MAX  9007199254740991     /* exact in every JSON parser */


static bool
name_char(uint8_t ch)
{
    return fdl_word_char(ch) || ch >= 0x80
           || (ch && strchr("-:@#$/%+;^`~", ch) != NULL);
}


static wf_rc_t
name_parse(fdl_parser_t *parser, wf_str_t *name)
{
    const uint8_t  *start;

    start = parser->pos;

    while (parser->pos < parser->end && name_char(*parser->pos)) {
        parser->pos++;
    }

    *name = (wf_str_t) { parser->pos - start, start };

    if (name->len == 0) {
        fdl_fail(parser, start, "a name is expected; other names are "
                 "written ['...']");
        return WF_ERROR;
    }

    return WF_OK;
}


wf_rc_t
jsonpath_string(fdl_parser_t *parser, wf_str_t *string)
{
    uint8_t         quote;
    const uint8_t  *p;

    quote = *parser->pos;

    for (p = parser->pos + 1; p < parser->end && *p != quote; p++) {
        if (*p < 0x20) {
            fdl_fail(parser, p, "a control character must be escaped");
            return WF_ERROR;
        }

        if (*p == '\\' && p + 1 < parser->end) {
            p++;

            if ((*p == '"' || *p == '\'') && *p != quote) {
                fdl_fail(parser, p, "the other quote needs no backslash");
                return WF_ERROR;
            }
        }
    }

    return fdl_string(parser, string);
}


/* An integer as JSON spells it, without "-0". */
static wf_rc_t
index_parse(fdl_parser_t *parser, int64_t *index)
{
    bool            negative;
    int64_t         value;
    const uint8_t  *start, *digits;

    start = parser->pos;
    negative = *start == '-';
    digits = start + negative;

    for (value = 0, parser->pos = digits; parser->pos < parser->end
         && *parser->pos >= '0' && *parser->pos <= '9'; parser->pos++)
    {
        value = value * 10 + (*parser->pos - '0');

        if (value > INDEX_MAX) {
            fdl_fail(parser, start, "the index is out of range");
            return WF_ERROR;
        }
    }

    if (parser->pos == digits || (*digits == '0'
                                  && (negative || parser->pos > digits + 1)))
    {
        fdl_fail(parser, start, "an index is expected");
        return WF_ERROR;
    }

    *index = negative ? -value : value;
    return WF_OK;
}


static bool
at_index(const fdl_parser_t *parser)
{
    return parser->pos < parser->end
           && (*parser->pos == '-'
               || (*parser->pos >= '0' && *parser->pos <= '9'));
}


/* What may stand behind the first ":". */
static wf_rc_t
slice_parse(fdl_parser_t *parser, jsonpath_selector_t *selector)
{
    selector->kind = JSONPATH_SLICE;
    selector->u.slice.step = 1;
    fdl_space(parser);

    if (at_index(parser)) {
        selector->has_end = true;

        if (index_parse(parser, &selector->u.slice.end) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (!fdl_accept(parser, ":")) {
        return WF_OK;
    }

    fdl_space(parser);

    return at_index(parser) ? index_parse(parser, &selector->u.slice.step)
                            : WF_OK;
}


static wf_rc_t
index_or_slice_parse(fdl_parser_t *parser, jsonpath_selector_t *selector)
{
    int64_t  index;

    index = 0;

    if (at_index(parser)) {
        selector->has_start = true;

        if (index_parse(parser, &index) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (fdl_accept(parser, ":")) {
        selector->u.slice.start = index;
        return slice_parse(parser, selector);
    }

    selector->kind = JSONPATH_INDEX;
    selector->u.index = index;

    return WF_OK;
}


static wf_rc_t
selector_parse(fdl_parser_t *parser, jsonpath_t *path,
    jsonpath_selector_t *selector)
{
    uint8_t  ch;

    memset(selector, 0, sizeof(jsonpath_selector_t));
    fdl_space(parser);
    ch = parser->pos < parser->end ? *parser->pos : '\0';

    if (ch == '\'' || ch == '"') {
        selector->kind = JSONPATH_NAME;
        return jsonpath_string(parser, &selector->u.name);
    }

    if (ch == '*') {
        parser->pos++;
        selector->kind = JSONPATH_ALL;
        return WF_OK;
    }

    if (ch == '?') {
        parser->pos++;
        path->has_filter = true;
        selector->kind = JSONPATH_FILTER;
        selector->u.filter = jsonpath_filter_parse(parser);
        return selector->u.filter ? WF_OK : WF_ERROR;
    }

    if (ch == ':' || at_index(parser)) {
        return index_or_slice_parse(parser, selector);
    }

    fdl_fail(parser, parser->pos, "an index, a slice, '*', '?' or a quoted "
             "name must follow '['");
    return WF_ERROR;
}


/* Room for one more, doubled when it is full; NULL: no memory. */
static void *
grow(wf_arena_t *arena, void *old, uint32_t count, size_t size)
{
    void  *grown;

    if (count & (count - 1)) {
        return old;
    }

    grown = wf_arena_alloc(arena, (count ? 2 * (size_t) count : 1) * size);

    if (grown && count) {
        memcpy(grown, old, count * size);
    }

    return grown;
}


static jsonpath_selector_t *
selector_add(fdl_parser_t *parser, jsonpath_segment_t *segment)
{
    segment->selectors = grow(parser->arena, segment->selectors,
                              segment->count, sizeof(jsonpath_selector_t));

    if (segment->selectors == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    return &segment->selectors[segment->count++];
}


/* Behind "[". */
static wf_rc_t
bracket_parse(fdl_parser_t *parser, jsonpath_t *path,
    jsonpath_segment_t *segment)
{
    jsonpath_selector_t  *selector;

    do {
        selector = selector_add(parser, segment);

        if (selector == NULL || selector_parse(parser, path, selector) != WF_OK)
        {
            return WF_ERROR;
        }
    } while (fdl_accept(parser, ","));

    if (!fdl_accept(parser, "]")) {
        fdl_fail(parser, parser->pos, "']' or ',' is expected");
        return WF_ERROR;
    }

    return WF_OK;
}


/* .length(): ends the path. */
static wf_rc_t
method_parse(fdl_parser_t *parser, jsonpath_t *path, wf_str_t name)
{
    const uint8_t  *at;

    at = name.data;
    path->call = wf_arena_calloc(parser->arena, sizeof(jsonpath_call_t));

    if (path->call == NULL) {
        return fdl_oom(parser->err);
    }

    path->call->fn = jsonpath_fn_find(name, true);

    if (path->call->fn == NULL) {
        name = fdl_clip(name);
        fdl_fail(parser, at, "unknown function '%.*s'", (int) name.len,
                 name.data);
        return WF_ERROR;
    }

    parser->pos++;
    return jsonpath_call_parse(parser, path->call, at);
}


/* Behind "." or "..".  WF_DECLINED: a function, which ends the path. */
static wf_rc_t
dot_parse(fdl_parser_t *parser, jsonpath_t *path, jsonpath_segment_t *segment)
{
    wf_str_t              name;
    jsonpath_selector_t  *selector;

    selector = selector_add(parser, segment);
    if (selector == NULL) {
        return WF_ERROR;
    }

    memset(selector, 0, sizeof(jsonpath_selector_t));

    if (parser->pos < parser->end && *parser->pos == '*') {
        parser->pos++;
        selector->kind = JSONPATH_ALL;
        return WF_OK;
    }

    if (name_parse(parser, &name) != WF_OK) {
        return WF_ERROR;
    }

    if (!segment->is_deep && parser->pos < parser->end && *parser->pos == '(')
    {
        return method_parse(parser, path, name) == WF_OK ? WF_DECLINED
                                                         : WF_ERROR;
    }

    selector->kind = JSONPATH_NAME;
    selector->u.name = name;

    return WF_OK;
}


/* WF_DECLINED: the path ends here. */
static wf_rc_t
segment_parse(fdl_parser_t *parser, jsonpath_t *path,
    jsonpath_segment_t *segment)
{
    const uint8_t  *start;

    memset(segment, 0, sizeof(jsonpath_segment_t));
    start = parser->pos;

    if (fdl_accept(parser, "..")) {
        segment->is_deep = true;

        if (parser->pos < parser->end && *parser->pos == '[') {
            parser->pos++;
            return bracket_parse(parser, path, segment);
        }

        return dot_parse(parser, path, segment);
    }

    if (fdl_accept(parser, "[")) {
        return bracket_parse(parser, path, segment);
    }

    if (fdl_accept(parser, ".")) {
        return dot_parse(parser, path, segment);
    }

    parser->pos = start;
    return WF_DECLINED;
}


static bool
segment_is_plain(const jsonpath_segment_t *segment)
{
    return !segment->is_deep && segment->count == 1
           && segment->selectors[0].kind <= JSONPATH_INDEX;
}


static wf_rc_t
segments_parse(fdl_parser_t *parser, jsonpath_t *path)
{
    wf_rc_t             rc;
    jsonpath_segment_t  segment;

    while (path->call == NULL) {
        rc = segment_parse(parser, path, &segment);

        if (rc != WF_OK) {
            return rc == WF_DECLINED ? WF_OK : WF_ERROR;
        }

        path->segments = grow(parser->arena, path->segments, path->count,
                              sizeof(jsonpath_segment_t));

        if (path->segments == NULL) {
            return fdl_oom(parser->err);
        }

        if (path->plain == path->count && segment_is_plain(&segment)) {
            path->plain++;
        }

        path->segments[path->count++] = segment;
    }

    return WF_OK;
}


/* len 0: none here. */
static wf_str_t
variable_parse(fdl_parser_t *parser)
{
    size_t          i;
    wf_str_t        name;
    const uint8_t  *start;

    start = parser->pos;
    name = fdl_name(parser);

    for (i = 0; i < name.len && name.data[i] != '-'; i++) {
        /* void */
    }

    name.len = name.len && name.data[0] >= '0' && name.data[0] <= '9' ? 0 : i;
    parser->pos = start + name.len;

    return name;
}


static wf_rc_t
root_parse(fdl_parser_t *parser, jsonpath_t *path)
{
    uint8_t         ch;
    const uint8_t  *start;

    start = parser->pos;
    ch = start < parser->end ? *start : '\0';

    if (ch == '@' && parser->depth) {
        parser->pos++;
        path->root = JSONPATH_CURRENT;
        return WF_OK;
    }

    if (ch != '$') {
        fdl_fail(parser, start, "a path begins with '$'");
        return WF_ERROR;
    }

    parser->pos++;

    if (parser->depth) {
        return WF_OK;
    }

    if (parser->pos < parser->end && *parser->pos == '$') {
        parser->pos++;
        path->root = JSONPATH_CONTEXT;
        return WF_OK;
    }

    path->variable = variable_parse(parser);

    if (path->variable.len) {
        path->root = JSONPATH_VARIABLE;
    }

    return WF_OK;
}


jsonpath_t *
jsonpath_parse(fdl_parser_t *parser)
{
    jsonpath_t     *path;
    const uint8_t  *start;

    start = parser->pos;
    path = wf_arena_calloc(parser->arena, sizeof(jsonpath_t));

    if (path == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    if (root_parse(parser, path) != WF_OK
        || segments_parse(parser, path) != WF_OK)
    {
        return NULL;
    }

    path->text = (wf_str_t) { parser->pos - start, start };
    return path;
}


bool
jsonpath_is_reference(const jsonpath_t *path)
{
    uint32_t                    i;
    const jsonpath_selector_t  *selector;

    for (i = 0; i < path->plain; i++) {
        selector = path->segments[i].selectors;

        if (selector->kind == JSONPATH_INDEX && selector->u.index < 0) {
            return false;
        }
    }

    return jsonpath_is_definite(path) && path->call == NULL;
}
