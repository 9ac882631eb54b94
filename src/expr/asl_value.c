
/*
 * What a ".$" key may hold (asl.md 4, 8): a path, or an intrinsic call with
 * literals, paths and further calls as arguments.  Text -> tree -> value.
 */

#include "expr/asl.h"
#include "expr/jsonpath_filter.h"


static asl_node_t *value_parse(fdl_parser_t *parser, bool is_argument);


static asl_node_t *
make(fdl_parser_t *parser, asl_node_kind_t kind)
{
    asl_node_t  *node;

    node = wf_arena_calloc(parser->arena, sizeof(asl_node_t));

    if (node == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    node->kind = kind;
    return node;
}


/* \' \\ \{ \} and no other; the raw text has been checked. */
wf_rc_t
asl_unescape(wf_arena_t *arena, wf_str_t raw, wf_str_t *string)
{
    size_t    i, len;
    uint8_t  *data;

    data = wf_arena_alloc(arena, raw.len);

    if (data == NULL) {
        return WF_ERROR;
    }

    for (i = 0, len = 0; i < raw.len; i++) {
        i += raw.data[i] == '\\' && i + 1 < raw.len;
        data[len++] = raw.data[i];
    }

    *string = (wf_str_t) { len, data };
    return WF_OK;
}


/* In single quotes, at pos. */
static asl_node_t *
string_parse(fdl_parser_t *parser)
{
    wf_str_t        string;
    asl_node_t     *node;
    const uint8_t  *start, *p;

    start = parser->pos;

    for (p = start + 1; p < parser->end && *p != '\''; p++) {
        if (*p != '\\') {
            continue;
        }

        p++;

        if (p == parser->end || *p == '\0' || strchr("'\\{}", *p) == NULL) {
            fdl_fail(parser, p - 1, "after a backslash may stand ', \\, { "
                     "and } alone");
            return NULL;
        }
    }

    if (p == parser->end) {
        fdl_fail(parser, start, "the string is not closed");
        return NULL;
    }

    parser->pos = p + 1;
    node = make(parser, ASL_CONSTANT);

    if (node == NULL) {
        return NULL;
    }

    node->raw = (wf_str_t) { p - start - 1, start + 1 };

    if (asl_unescape(parser->arena, node->raw, &string) == WF_OK) {
        node->u.value = wf_value_string(parser->arena, string);
    }

    if (node->u.value == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    return node;
}


static asl_node_t *
number_parse(fdl_parser_t *parser)
{
    asl_node_t  *node;

    node = make(parser, ASL_CONSTANT);

    if (node == NULL) {
        return NULL;
    }

    node->u.value = jsonpath_number(parser);
    return node->u.value ? node : NULL;
}


static asl_node_t *
path_parse(fdl_parser_t *parser)
{
    asl_node_t  *node;

    node = make(parser, ASL_PATH);

    if (node == NULL) {
        return NULL;
    }

    node->u.path = jsonpath_parse(parser);
    return node->u.path ? node : NULL;
}


static asl_node_t *
word_parse(fdl_parser_t *parser, wf_str_t word)
{
    asl_node_t        *node;
    const wf_value_t  *value;

    value = jsonpath_constant(word);

    if (value == NULL) {
        fdl_fail(parser, word.data, "a path, a literal or a call of States.* "
                 "is expected");
        return NULL;
    }

    node = make(parser, ASL_CONSTANT);

    if (node) {
        node->u.value = value;
    }

    return node;
}


static wf_rc_t
args_parse(fdl_parser_t *parser, asl_node_t *call)
{
    uint32_t      size;
    asl_node_t  **args;

    size = 0;

    while (!fdl_accept(parser, ")")) {
        if (call->count && !fdl_accept(parser, ",")) {
            fdl_fail(parser, parser->pos, "',' or ')' is expected");
            return WF_ERROR;
        }

        if (call->count == size) {
            size = size ? 2 * size : 4;
            args = wf_arena_alloc(parser->arena, size * sizeof(asl_node_t *));

            if (args == NULL) {
                return fdl_oom(parser->err);
            }

            if (call->count) {
                memcpy(args, call->args, call->count * sizeof(asl_node_t *));
            }

            call->args = args;
        }

        fdl_space(parser);
        call->args[call->count] = value_parse(parser, true);

        if (call->args[call->count++] == NULL) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* Behind "States", at ".". */
static asl_node_t *
call_parse(fdl_parser_t *parser, const uint8_t *at)
{
    wf_str_t     name, shown;
    asl_node_t  *node;

    parser->pos++;
    name = fdl_word(parser);
    node = make(parser, ASL_CALL);

    if (node == NULL) {
        return NULL;
    }

    node->u.function = asl_function_find(name);

    if (node->u.function == NULL || !fdl_accept(parser, "(")) {
        shown = fdl_clip(name);
        fdl_fail(parser, at, "there is no intrinsic function 'States.%.*s'",
                 (int) shown.len, shown.data);
        return NULL;
    }

    if (++parser->calls > WF_EXPR_CALLS_MAX) {
        fdl_fail(parser, at, "calls are nested deeper than %u levels",
                 (unsigned) WF_EXPR_CALLS_MAX);
        return NULL;
    }

    if (args_parse(parser, node) != WF_OK) {
        return NULL;
    }

    parser->calls--;

    if (node->count < node->u.function->min
        || node->count > node->u.function->max)
    {
        shown = fdl_clip(name);
        fdl_fail(parser, at, "States.%.*s(): wrong number of arguments",
                 (int) shown.len, shown.data);
        return NULL;
    }

    return node;
}


static asl_node_t *
value_parse(fdl_parser_t *parser, bool is_argument)
{
    uint8_t         ch;
    wf_str_t        word;
    const uint8_t  *at;

    at = parser->pos;
    ch = at < parser->end ? *at : '\0';

    if (ch == '$') {
        return path_parse(parser);
    }

    if (is_argument && ch == '\'') {
        return string_parse(parser);
    }

    if (is_argument && (ch == '-' || (ch >= '0' && ch <= '9'))) {
        return number_parse(parser);
    }

    word = fdl_word(parser);

    if (wf_str_eq(word, wf_str("States")) && parser->pos < parser->end
        && *parser->pos == '.')
    {
        return call_parse(parser, at);
    }

    if (is_argument) {
        return word_parse(parser, word);
    }

    fdl_fail(parser, at, "a path or a call of States.* is expected");
    return NULL;
}


wf_rc_t
asl_compile(wf_arena_t *arena, wf_expr_kind_t kind, wf_str_t text,
    asl_node_t **node, wf_error_t *err)
{
    asl_node_t    *made;
    fdl_parser_t   parser;

    if (fdl_parser_init(&parser, arena, FDL_FULL, text, err) != WF_OK) {
        return WF_ERROR;
    }

    made = kind == WF_EXPR_ASL_VALUE ? value_parse(&parser, false)
                                     : path_parse(&parser);
    if (made == NULL) {
        return WF_ERROR;
    }

    if (made->kind == ASL_CALL) {
        fdl_space(&parser);
    }

    if (parser.pos < parser.end) {
        fdl_fail(&parser, parser.pos, "the %s ends before this",
                 made->kind == ASL_CALL ? "call" : "path");
        return WF_ERROR;
    }

    if (kind == WF_EXPR_ASL_REFERENCE && !jsonpath_is_reference(made->u.path))
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "column 1: a reference path "
                     "has names and indexes alone");
        return WF_ERROR;
    }

    *node = made;
    return WF_OK;
}


static wf_rc_t
eval_call(asl_eval_t *asl, const asl_node_t *node, const wf_value_t **value)
{
    wf_rc_t     rc;
    uint32_t    i;
    asl_call_t  call;

    call.node = node;
    call.count = node->count;
    call.args = wf_arena_alloc(asl->eval.arena,
                               node->count * sizeof(wf_value_t *));

    if (call.args == NULL) {
        return fdl_oom(asl->eval.err);
    }

    for (i = 0; i < node->count; i++) {
        rc = asl_eval(asl, node->args[i], &call.args[i]);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return node->u.function->call(asl, &call, value);
}


wf_rc_t
asl_eval(asl_eval_t *asl, const asl_node_t *node, const wf_value_t **value)
{
    wf_rc_t  rc;

    if (fdl_charge(&asl->eval, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    if (node->kind == ASL_CONSTANT) {
        *value = node->u.value;
        return WF_OK;
    }

    if (node->kind == ASL_CALL) {
        return eval_call(asl, node, value);
    }

    rc = jsonpath_eval(&asl->eval, node->u.path, value);

    if (rc == WF_DECLINED) {
        asl->missing = node->u.path;
    }

    return rc;
}


wf_rc_t
asl_eval_whole(asl_eval_t *asl, wf_expr_kind_t kind, const asl_node_t *node,
    wf_str_t text, const wf_value_t **value)
{
    wf_rc_t            rc;
    const wf_value_t  *found;

    rc = asl_eval(asl, node, &found);

    if (rc == WF_DECLINED) {
        asl->eval.env->is_missing = true;

        if (node->kind == ASL_CALL) {
            return asl_fault_call(asl, text);
        }

        return kind == WF_EXPR_ASL_PATH ? asl_fault_path(asl)
               : kind == WF_EXPR_ASL_REFERENCE ? asl_fault_reference(asl)
               : asl_fault_field(asl, asl->eval.env->field);
    }

    if (rc != WF_OK) {
        return asl->eval.err->len[1] ? asl_fault_call(asl, text) : WF_ERROR;
    }

    /* What was built may be too deep; what was found is not. */

    if (node->kind == ASL_CALL && fdl_weigh(&asl->eval, found, 0) != WF_OK) {
        return WF_ERROR;
    }

    *value = found;
    return WF_OK;
}


wf_rc_t
asl_name_add(wf_arena_t *arena, wf_str_t name, wf_value_t *names)
{
    uint32_t  i;

    for (i = 0; i < names->count; i++) {
        if (wf_str_eq(names->u.items[i]->u.string, name)) {
            return WF_OK;
        }
    }

    if (names->count == WF_VARIABLE_NAMES_MAX) {
        return WF_DECLINED;
    }

    name = wf_arena_copy(arena, name);

    return name.data ? wf_value_push(arena, names,
                                     wf_value_string(arena, name))
                     : WF_ERROR;
}


wf_rc_t
asl_variables(wf_arena_t *arena, const asl_node_t *node, wf_value_t *names)
{
    wf_rc_t   rc;
    uint32_t  i;

    if (node->kind == ASL_PATH && node->u.path->root == JSONPATH_VARIABLE) {
        return asl_name_add(arena, node->u.path->variable, names);
    }

    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < node->count; i++) {
        rc = asl_variables(arena, node->args[i], names);
    }

    return rc;
}
