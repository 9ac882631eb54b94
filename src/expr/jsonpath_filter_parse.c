
/*
 * Filters of JSONPath, text -> tree: [?(@.a == 1 && !@.b)], as Jayway and RFC
 * 9535 both write them.  What can never be true on purpose (a literal alone, a
 * list compared with "==") is refused here.
 */

#include "expr/jsonpath_filter.h"


static jsonpath_node_t *or_parse(fdl_parser_t *parser);
static jsonpath_node_t *operand_parse(fdl_parser_t *parser);


static jsonpath_node_t *
make(fdl_parser_t *parser, jsonpath_node_kind_t kind, uint32_t size)
{
    jsonpath_node_t  *node;

    node = wf_arena_calloc(parser->arena, sizeof(jsonpath_node_t));

    if (node) {
        node->kind = kind;
        node->args = wf_arena_alloc(parser->arena,
                                    size * sizeof(jsonpath_node_t *));
    }

    if (node == NULL || node->args == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    return node;
}


wf_rc_t
jsonpath_enter(fdl_parser_t *parser)
{
    if (++parser->depth > WF_PATH_NESTING_MAX) {
        fdl_fail(parser, parser->pos, "filters are nested deeper than %u "
                 "levels", (unsigned) WF_PATH_NESTING_MAX);
        return WF_ERROR;
    }

    return WF_OK;
}


/* A constant pattern is compiled with the path; one that is malformed matches
 * nothing (RFC 9535). */
static wf_rc_t
call_prepare(fdl_parser_t *parser, jsonpath_call_t *call)
{
    uint64_t           ignored;
    wf_error_t         err;
    jsonpath_regex_t   source;
    const wf_value_t  *pattern;

    if (call->fn->gives != JSONPATH_GIVES_TRUTH
        || call->args[1]->kind != JSONPATH_LITERAL)
    {
        return WF_OK;
    }

    pattern = call->args[1]->u.value;

    if (pattern->type != WF_STRING) {
        call->is_void = true;
        return WF_OK;
    }

    ignored = 0;
    source = (jsonpath_regex_t) { pattern->u.string, wf_str_none,
                                  wf_str_eq(call->fn->name,
                                            wf_str("match")) };

    if (jsonpath_regex(parser->arena, &source, &ignored, &call->regex, &err)
        != WF_OK)
    {
        if (err.code == WF_E_INTERNAL) {
            return fdl_oom(parser->err);
        }

        call->is_void = true;
    }

    return WF_OK;
}


static bool
is_one(const jsonpath_node_t *node)
{
    return node->kind == JSONPATH_LITERAL
           || (node->kind == JSONPATH_PATH
               && (jsonpath_is_definite(node->u.path) || node->u.path->call))
           || (node->kind == JSONPATH_CALL
               && node->u.call.fn->gives == JSONPATH_GIVES_VALUE);
}


static wf_rc_t
call_check(fdl_parser_t *parser, const jsonpath_call_t *call,
    const uint8_t *at)
{
    uint32_t  i;
    wf_str_t  name;

    name = call->fn->name;

    if (call->count < call->fn->min || call->count > call->fn->max) {
        fdl_fail(parser, at, "%.*s(): wrong number of arguments",
                 (int) name.len, name.data);
        return WF_ERROR;
    }

    for (i = 0; i < call->count; i++) {
        if (i == 0 && call->fn->takes_nodes
            ? call->args[i]->kind != JSONPATH_PATH
            : (!call->fn->is_method && !is_one(call->args[i])))
        {
            fdl_fail(parser, at, "%.*s(): argument %u is of the wrong kind",
                     (int) name.len, name.data, (unsigned) i + 1);
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_rc_t
jsonpath_call_parse(fdl_parser_t *parser, jsonpath_call_t *call,
    const uint8_t *at)
{
    jsonpath_node_t  *arg, **args;

    if (jsonpath_enter(parser) != WF_OK) {
        return WF_ERROR;
    }

    parser->depth--;

    while (!fdl_accept(parser, ")")) {
        if (call->count && !fdl_accept(parser, ",")) {
            fdl_fail(parser, parser->pos, "',' or ')' is expected");
            return WF_ERROR;
        }

        fdl_space(parser);
        arg = operand_parse(parser);

        /* Few; a copy each time is nothing. */

        args = wf_arena_alloc(parser->arena, (call->count + 1)
                                             * sizeof(jsonpath_node_t *));

        if (arg == NULL || args == NULL) {
            return arg == NULL ? WF_ERROR : fdl_oom(parser->err);
        }

        if (call->count == WF_PATH_ARGS_MAX) {
            fdl_fail(parser, at, "more than %u arguments",
                     (unsigned) WF_PATH_ARGS_MAX);
            return WF_ERROR;
        }

        if (call->count) {
            memcpy(args, call->args, call->count * sizeof(jsonpath_node_t *));
        }

        args[call->count++] = arg;
        call->args = args;
    }

    return call_check(parser, call, at) == WF_OK ? call_prepare(parser, call)
                                                 : WF_ERROR;
}


/* null, true, false, or a function with "(" directly behind its name. */
static jsonpath_node_t *
word_parse(fdl_parser_t *parser, jsonpath_node_t *node)
{
    wf_str_t  word, shown;

    word = fdl_word(parser);

    if (parser->pos < parser->end && *parser->pos == '(') {
        node->kind = JSONPATH_CALL;
        node->u.call.fn = jsonpath_fn_find(word, false);

        if (node->u.call.fn == NULL) {
            shown = fdl_clip(word);
            fdl_fail(parser, word.data, "unknown function '%.*s'",
                     (int) shown.len, shown.data);
            return NULL;
        }

        parser->pos++;

        if (jsonpath_enter(parser) != WF_OK
            || jsonpath_call_parse(parser, &node->u.call, word.data) != WF_OK)
        {
            return NULL;
        }

        parser->depth--;
        return node;
    }

    node->u.value = jsonpath_constant(word);

    if (node->u.value == NULL) {
        fdl_fail(parser, word.data, "a path or a literal is expected");
        return NULL;
    }

    return node;
}


static jsonpath_node_t *
operand_parse(fdl_parser_t *parser)
{
    uint8_t           ch;
    jsonpath_node_t  *node;

    node = make(parser, JSONPATH_LITERAL, 0);

    if (node == NULL) {
        return NULL;
    }

    ch = parser->pos < parser->end ? *parser->pos : '\0';

    if (ch == '@' || ch == '$') {
        node->kind = JSONPATH_PATH;
        node->u.path = jsonpath_parse(parser);
        return node->u.path ? node : NULL;
    }

    if (ch && strchr("'\"[{-0123456789", ch)) {
        node->u.value = jsonpath_literal(parser);
        return node->u.value ? node : NULL;
    }

    return word_parse(parser, node);
}


/* /pattern/flags */
static wf_rc_t
regex_parse(fdl_parser_t *parser, jsonpath_node_t *node)
{
    uint64_t          ignored;
    const uint8_t    *start, *p;
    jsonpath_regex_t  source;

    fdl_space(parser);
    start = parser->pos;

    if (start == parser->end || *start != '/') {
        fdl_fail(parser, start, "'/' must follow '=~'");
        return WF_ERROR;
    }

    for (p = start + 1; p < parser->end && *p != '/'; p++) {
        p += *p == '\\' && p + 1 < parser->end;
    }

    if (p == parser->end) {
        fdl_fail(parser, start, "the regular expression is not closed");
        return WF_ERROR;
    }

    parser->pos = p + 1;
    ignored = 0;

    source.pattern = (wf_str_t) { p - start - 1, start + 1 };
    source.flags = fdl_word(parser);
    source.is_whole = true;

    if (jsonpath_regex(parser->arena, &source, &ignored,
                       &node->u.compare.regex, parser->err)
        != WF_OK)
    {
        return fdl_wrap(parser, start);
    }

    return WF_OK;
}


/* Behind the left operand and its operator. */
static jsonpath_node_t *
compare_parse(fdl_parser_t *parser, jsonpath_node_t *left,
    const jsonpath_operator_t *row, const uint8_t *at)
{
    jsonpath_node_t  *node;

    node = make(parser, JSONPATH_COMPARE, 2);

    if (node == NULL) {
        return NULL;
    }

    node->u.compare.row = row;
    node->args[0] = left;
    node->count = 2;

    if (row->is_regex) {
        node->count = 1;

        if (regex_parse(parser, node) != WF_OK) {
            return NULL;
        }

    } else {
        fdl_space(parser);
        node->args[1] = operand_parse(parser);

        if (node->args[1] == NULL) {
            return NULL;
        }
    }

    if (!row->takes_lists
        && (!is_one(left) || (node->count == 2 && !is_one(node->args[1]))))
    {
        fdl_fail(parser, at, "a path that can match more than one node, or a "
                 "test, cannot be compared");
        return NULL;
    }

    return node;
}


static jsonpath_node_t *
test_make(fdl_parser_t *parser, jsonpath_node_t *operand, const uint8_t *at)
{
    jsonpath_node_t  *node;

    if (operand->kind != JSONPATH_PATH
        && (operand->kind != JSONPATH_CALL
            || operand->u.call.fn->gives != JSONPATH_GIVES_TRUTH))
    {
        fdl_fail(parser, at, "this must be compared");
        return NULL;
    }

    node = make(parser, JSONPATH_TEST, 1);

    if (node) {
        node->args[0] = operand;
        node->count = 1;
    }

    return node;
}


static jsonpath_node_t *
basic_parse(fdl_parser_t *parser, bool may_compare)
{
    jsonpath_node_t            *node;
    const uint8_t              *at;
    const jsonpath_operator_t  *row;

    if (fdl_accept(parser, "(")) {
        if (jsonpath_enter(parser) != WF_OK) {
            return NULL;
        }

        node = or_parse(parser);
        parser->depth--;

        if (node && !fdl_accept(parser, ")")) {
            fdl_fail(parser, parser->pos, "')' or an operator is expected");
            return NULL;
        }

        return node;
    }

    fdl_space(parser);
    at = parser->pos;
    node = operand_parse(parser);

    if (node == NULL) {
        return NULL;
    }

    row = may_compare ? jsonpath_operator_find(parser) : NULL;

    return row ? compare_parse(parser, node, row, at)
               : test_make(parser, node, at);
}


static jsonpath_node_t *
not_parse(fdl_parser_t *parser)
{
    jsonpath_node_t  *node;

    if (!fdl_accept(parser, "!")) {
        return basic_parse(parser, true);
    }

    node = make(parser, JSONPATH_NOT, 1);

    if (node == NULL) {
        return NULL;
    }

    node->args[0] = basic_parse(parser, false);
    node->count = 1;

    return node->args[0] ? node : NULL;
}


/* "a op b op c" is one node: however long it is, it nests no deeper. */
static jsonpath_node_t *
chain_parse(fdl_parser_t *parser, jsonpath_node_kind_t kind,
    const char *spelling, jsonpath_node_t *(*below)(fdl_parser_t *parser))
{
    uint32_t          size;
    jsonpath_node_t  *first, *node, **args;

    first = below(parser);
    node = NULL;
    size = 4;

    while (first && fdl_accept(parser, spelling)) {
        if (node == NULL) {
            node = make(parser, kind, size);

            if (node == NULL) {
                return NULL;
            }

            node->args[node->count++] = first;
        }

        if (node->count == size) {
            args = wf_arena_alloc(parser->arena,
                                  2 * size * sizeof(jsonpath_node_t *));

            if (args == NULL) {
                fdl_oom(parser->err);
                return NULL;
            }

            memcpy(args, node->args, size * sizeof(jsonpath_node_t *));
            node->args = args;
            size *= 2;
        }

        first = below(parser);
        node->args[node->count++] = first;
    }

    return first && node ? node : first;
}


static jsonpath_node_t *
and_parse(fdl_parser_t *parser)
{
    return chain_parse(parser, JSONPATH_AND, "&&", not_parse);
}


static jsonpath_node_t *
or_parse(fdl_parser_t *parser)
{
    return chain_parse(parser, JSONPATH_OR, "||", and_parse);
}


jsonpath_node_t *
jsonpath_filter_parse(fdl_parser_t *parser)
{
    jsonpath_node_t  *node;

    if (jsonpath_enter(parser) != WF_OK) {
        return NULL;
    }

    node = or_parse(parser);
    parser->depth--;

    return node;
}
