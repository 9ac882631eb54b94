
/*
 * The FDL expression language, text -> tree (fdl.md 1.6, 2.5).  Recursive
 * descent, one function for each rule of the grammar; what a dialect does
 * not have is refused here, so the evaluator knows no dialects.  Operators
 * without anything variable below them are computed at once.
 */

#include <stdio.h>

#include "expr/fdl_parse.h"


typedef struct {
    fdl_node_t  **nodes;
    uint32_t      count;
    uint32_t      size;
} node_list_t;

typedef struct {
    const char       *spelling;
    fdl_node_kind_t   kind;
} chain_t;

typedef struct {
    const char  *text;
    const char  *reason;
} refusal_t;


static fdl_node_t *parse_chain(fdl_parser_t *parser, unsigned level);
static fdl_node_t *parse_primary(fdl_parser_t *parser);


/* From loose to tight; comparisons come below. */
static const chain_t  chains[] = {
    { "||", FDL_OR },
    { "&&", FDL_AND }
};

static const char *const  operators[FDL_OPERATOR_COUNT] = {
#define OPERATOR(symbol, spelling, function)  spelling,
#include "expr/operators.def"
#undef OPERATOR
};

/* Where an operator or the end should be, but one of these stands. */
static const refusal_t  refusals[] = {
    { "+",  "operator '+' is not supported" },
    { "-",  "operator '-' between two values is not supported" },
    { "*",  "operator '*' is not supported" },
    { "/",  "operator '/' is not supported" },
    { "%",  "operator '%' is not supported" },
    { "?",  "operator '?:' is not supported" },
    { ":",  "operator '?:' is not supported" },
    { "=~", "regular expression operators are not supported" },
    { "!~", "regular expression operators are not supported" },
    { "=",  "'=' is no operator; write '=='" },
    { "&",  "'&' is no operator; write '&&'" },
    { "|",  "'|' is no operator; write '||'" },
    { "^",  "operator '^' is not supported" },
    { "~",  "operator '~' is not supported" },
    { "==", "comparisons cannot be chained; use parentheses" },
    { "!=", "comparisons cannot be chained; use parentheses" },
    { "<",  "comparisons cannot be chained; use parentheses" },
    { ">",  "comparisons cannot be chained; use parentheses" },
    { ".",  "segments can follow only a root such as $Input" },
    { "[",  "segments can follow only a root such as $Input" }
};


/* pos is where an operator could stand; expected says what else. */
static void
refuse(fdl_parser_t *parser, const char *expected)
{
    size_t            len, best;
    unsigned          i;
    wf_str_t          rest, found;
    const refusal_t  *refusal;

    fdl_space(parser);

    rest = (wf_str_t) { parser->end - parser->pos, parser->pos };
    refusal = NULL;
    best = 0;

    for (i = 0; i < wf_countof(refusals); i++) {
        len = strlen(refusals[i].text);

        if (len > best && wf_str_starts(rest, wf_str_of(refusals[i].text))) {
            refusal = &refusals[i];
            best = len;
        }
    }

    if (refusal) {
        fdl_fail(parser, parser->pos, "%s", refusal->reason);
        return;
    }

    found = fdl_character(parser);

    if (found.len) {
        fdl_fail(parser, parser->pos, "%s is expected before '%.*s'",
                 expected, (int) found.len, found.data);

    } else {
        fdl_fail(parser, parser->pos, "%s is expected at the end", expected);
    }
}


static fdl_node_t *
refuse_value(fdl_parser_t *parser)
{
    wf_str_t  found;

    found = fdl_character(parser);

    if (found.len) {
        fdl_fail(parser, parser->pos, "a value is expected before '%.*s'",
                 (int) found.len, found.data);

    } else {
        fdl_fail(parser, parser->pos, "a value is expected at the end");
    }

    return NULL;
}


static wf_rc_t
list_add(fdl_parser_t *parser, node_list_t *list, fdl_node_t *node)
{
    fdl_node_t  **grown;

    if (node == NULL) {
        return WF_ERROR;
    }

    if (list->count == list->size) {
        list->size = list->size ? list->size * 2 : 2;
        grown = wf_arena_alloc(parser->arena,
                               list->size * sizeof(fdl_node_t *));

        if (grown == NULL) {
            return fdl_oom(parser->err);
        }

        if (list->count) {
            memcpy(grown, list->nodes, list->count * sizeof(fdl_node_t *));
        }

        list->nodes = grown;
    }

    list->nodes[list->count++] = node;
    return WF_OK;
}


static fdl_node_t *
node_make(fdl_parser_t *parser, fdl_node_kind_t kind, const node_list_t *args)
{
    fdl_node_t  *node;

    node = wf_arena_calloc(parser->arena, sizeof(fdl_node_t));

    if (node == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    node->kind = kind;

    if (args) {
        node->args = args->nodes;
        node->count = args->count;
    }

    return node;
}


static fdl_node_t *
constant_make(fdl_parser_t *parser, const wf_value_t *value)
{
    fdl_node_t  *node;

    if (value == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    node = node_make(parser, FDL_CONSTANT, NULL);

    if (node) {
        node->u.value = value;
    }

    return node;
}


/* Nothing variable below: the node is its value.  at: for what fails. */
static fdl_node_t *
fold(fdl_parser_t *parser, fdl_node_t *node, const uint8_t *at)
{
    uint32_t           i;
    wf_env_t           env;
    fdl_eval_t         eval;
    const wf_value_t  *value;

    for (i = 0; node && i < node->count; i++) {
        if (node->args[i]->kind != FDL_CONSTANT) {
            return node;
        }
    }

    if (node == NULL) {
        return NULL;
    }

    memset(&env, 0, sizeof(env));
    eval = (fdl_eval_t) { parser->arena, &env, parser->err, NULL };

    if (fdl_eval(&eval, node, &value) != WF_OK) {
        fdl_wrap(parser, at);
        return NULL;
    }

    return constant_make(parser, value);
}


static fdl_node_t *
parse_expr(fdl_parser_t *parser)
{
    fdl_node_t  *node;

    if (++parser->depth > WF_EXPR_DEPTH_MAX) {
        fdl_fail(parser, parser->pos, "nested deeper than %u levels",
                 (unsigned) WF_EXPR_DEPTH_MAX);
        return NULL;
    }

    node = parse_chain(parser, 0);
    parser->depth--;

    return node;
}


/* The prefix stands before pos. */
static fdl_node_t *
parse_prefix(fdl_parser_t *parser, fdl_node_kind_t kind, const uint8_t *at)
{
    fdl_node_t   *operand;
    node_list_t   args;

    if (++parser->depth > WF_EXPR_DEPTH_MAX) {
        fdl_fail(parser, at, "nested deeper than %u levels",
                 (unsigned) WF_EXPR_DEPTH_MAX);
        return NULL;
    }

    operand = parse_primary(parser);
    parser->depth--;

    memset(&args, 0, sizeof(args));

    if (list_add(parser, &args, operand) != WF_OK) {
        return NULL;
    }

    return fold(parser, node_make(parser, kind, &args), at);
}


static bool
operator_find(fdl_parser_t *parser, fdl_operator_t *operator)
{
    unsigned        i;
    const uint8_t  *start;

    fdl_space(parser);
    start = parser->pos;

    for (i = 0; i < FDL_OPERATOR_COUNT; i++) {
        if (!fdl_accept(parser, operators[i])) {
            continue;
        }

        /* "in" is a word: not the head of "index". */
        if (!fdl_word_char(parser->pos[-1]) || parser->pos == parser->end
            || !fdl_word_char(*parser->pos))
        {
            *operator = i;
            return true;
        }

        parser->pos = start;
    }

    return false;
}


static fdl_node_t *
parse_compare(fdl_parser_t *parser)
{
    fdl_node_t      *node;
    node_list_t      args;
    fdl_operator_t   operator;
    const uint8_t   *at;

    fdl_space(parser);
    at = parser->pos;
    node = parse_primary(parser);

    if (node == NULL || !operator_find(parser, &operator)) {
        return node;
    }

    memset(&args, 0, sizeof(args));

    if (list_add(parser, &args, node) != WF_OK
        || list_add(parser, &args, parse_primary(parser)) != WF_OK)
    {
        return NULL;
    }

    node = node_make(parser, FDL_COMPARE, &args);

    if (node) {
        node->compare = operator;
    }

    return fold(parser, node, at);
}


static fdl_node_t *
parse_chain(fdl_parser_t *parser, unsigned level)
{
    fdl_node_t     *node;
    node_list_t     args;
    const uint8_t  *at;

    if (level == wf_countof(chains)) {
        return parse_compare(parser);
    }

    at = parser->pos;
    node = parse_chain(parser, level + 1);

    memset(&args, 0, sizeof(args));

    while (node && fdl_accept(parser, chains[level].spelling)) {
        if ((args.count == 0 && list_add(parser, &args, node) != WF_OK)
            || list_add(parser, &args, parse_chain(parser, level + 1))
               != WF_OK)
        {
            return NULL;
        }
    }

    if (args.count == 0) {
        return node;
    }

    return fold(parser, node_make(parser, chains[level].kind, &args), at);
}


/* Up to close, separated by commas; pairs: "key: value" each. */
static wf_rc_t
parse_items(fdl_parser_t *parser, const char *close, bool pairs,
    node_list_t *items)
{
    char  expected[16];

    memset(items, 0, sizeof(node_list_t));

    if (fdl_accept(parser, close)) {
        return WF_OK;
    }

    memcpy(expected, "',' or ' '", sizeof("',' or ' '"));
    expected[sizeof("',' or '") - 1] = close[0];

    do {
        if (list_add(parser, items, parse_expr(parser)) != WF_OK) {
            return WF_ERROR;
        }

        if (!pairs) {
            continue;
        }

        if (!fdl_accept(parser, ":")) {
            refuse(parser, "':'");
            return WF_ERROR;
        }

        if (list_add(parser, items, parse_expr(parser)) != WF_OK) {
            return WF_ERROR;
        }

    } while (fdl_accept(parser, ","));

    if (!fdl_accept(parser, close)) {
        refuse(parser, expected);
        return WF_ERROR;
    }

    return WF_OK;
}


/* "[" or "{" stands at pos. */
static fdl_node_t *
parse_container(fdl_parser_t *parser)
{
    bool            object;
    node_list_t     items;
    const uint8_t  *at;

    at = parser->pos++;
    object = *at == '{';

    if (parser->dialect != FDL_FULL) {
        fdl_fail(parser, at, "%s literals are not supported here",
                 object ? "object" : "array");
        return NULL;
    }

    if (parse_items(parser, object ? "}" : "]", object, &items) != WF_OK) {
        return NULL;
    }

    return fold(parser,
                node_make(parser, object ? FDL_OBJECT : FDL_ARRAY, &items),
                at);
}


static fdl_node_t *
parse_string(fdl_parser_t *parser)
{
    wf_str_t  string;

    if (*parser->pos == '\'' && parser->dialect != FDL_FULL) {
        fdl_fail(parser, parser->pos,
                 "strings stand in double quotes or back quotes");
        return NULL;
    }

    if (fdl_string(parser, &string) != WF_OK) {
        return NULL;
    }

    return constant_make(parser, wf_value_string(parser->arena, string));
}


static fdl_node_t *
parse_number(fdl_parser_t *parser)
{
    wf_str_t  digits;

    if (fdl_number(parser, &digits) != WF_OK) {
        return NULL;
    }

    return constant_make(parser, wf_value_number(parser->arena, digits));
}


static fdl_node_t *
parse_path(fdl_parser_t *parser)
{
    fdl_path_t  *path;
    fdl_node_t  *node;

    path = fdl_path_parse(parser);
    node = path ? node_make(parser, FDL_PATH, NULL) : NULL;

    if (node) {
        node->u.path = path;
    }

    return node;
}


static wf_rc_t
check_arity(fdl_parser_t *parser, const fdl_function_t *function,
    uint32_t count, const uint8_t *at)
{
    char  bound[64];

    if (count >= function->min && count <= function->max) {
        return WF_OK;
    }

    if (function->min == function->max) {
        snprintf(bound, sizeof(bound), "%u", (unsigned) function->min);

    } else if (function->max == FDL_ANY) {
        snprintf(bound, sizeof(bound), "at least %u",
                 (unsigned) function->min);

    } else {
        snprintf(bound, sizeof(bound), "%u to %u", (unsigned) function->min,
                 (unsigned) function->max);
    }

    fdl_fail(parser, at, "%.*s() takes %s argument%s, not %u",
             (int) function->name.len, function->name.data, bound,
             function->max == 1 ? "" : "s", (unsigned) count);
    return WF_ERROR;
}


/* name has been read, "(" accepted. */
static fdl_node_t *
parse_call(fdl_parser_t *parser, wf_str_t name)
{
    fdl_node_t            *node;
    node_list_t            args;
    const fdl_function_t  *function;

    function = fdl_function_find(name);

    if (parser->dialect != FDL_FULL || function == NULL) {
        name = fdl_clip(name);
        fdl_fail(parser, name.data, parser->dialect == FDL_FULL
                 ? "unknown function '%.*s'"
                 : "function '%.*s': calls are not supported here",
                 (int) name.len, name.data);
        return NULL;
    }

    if (++parser->calls > WF_EXPR_CALLS_MAX) {
        fdl_fail(parser, name.data, "more than %u calls inside each other",
                 (unsigned) WF_EXPR_CALLS_MAX);
        return NULL;
    }

    if (parse_items(parser, ")", false, &args) != WF_OK
        || check_arity(parser, function, args.count, name.data) != WF_OK)
    {
        return NULL;
    }

    parser->calls--;
    node = node_make(parser, FDL_CALL, &args);

    if (node == NULL) {
        return NULL;
    }

    node->u.call.function = function;

    if (function->prepare
        && function->prepare(parser, node, name.data) != WF_OK)
    {
        return NULL;
    }

    return node;
}


static fdl_node_t *
parse_word(fdl_parser_t *parser)
{
    wf_str_t        word;
    const uint8_t  *after;

    word = fdl_word(parser);

    if (word.len == 0) {
        return refuse_value(parser);
    }

    after = parser->pos;

    if (fdl_accept(parser, "(")) {
        return parse_call(parser, word);
    }

    parser->pos = after;

    if (wf_str_eq(word, wf_str("true"))) {
        return constant_make(parser, fdl_bool(true));
    }

    if (wf_str_eq(word, wf_str("false"))) {
        return constant_make(parser, fdl_bool(false));
    }

    word = fdl_clip(word);
    fdl_fail(parser, word.data, "unknown word '%.*s'; strings stand in "
             "quotes", (int) word.len, word.data);
    return NULL;
}


static fdl_node_t *
parse_group(fdl_parser_t *parser)
{
    fdl_node_t  *node;

    parser->pos++;
    node = parse_expr(parser);

    if (node && !fdl_accept(parser, ")")) {
        refuse(parser, "')'");
        return NULL;
    }

    return node;
}


/* Prefix operators included: they bind tightest. */
static fdl_node_t *
parse_primary(fdl_parser_t *parser)
{
    unsigned        i;
    const uint8_t  *at;

    static const struct {
        const char    *first;
        fdl_node_t  *(*parse)(fdl_parser_t *parser);
    } forms[] = {
        { "$",          parse_path },
        { "\"'`",       parse_string },
        { "0123456789", parse_number },
        { "(",          parse_group },
        { "[{",         parse_container }
    };

    fdl_space(parser);
    at = parser->pos;

    if (at == parser->end || *at == '\0') {
        return refuse_value(parser);
    }

    if (*at == '-') {
        parser->pos++;
        return parse_prefix(parser, FDL_NEGATE, at);
    }

    if (*at == '!' && (at + 1 == parser->end || at[1] != '=')) {
        parser->pos++;
        return parse_prefix(parser, FDL_NOT, at);
    }

    for (i = 0; i < wf_countof(forms); i++) {
        if (strchr(forms[i].first, *at)) {
            return forms[i].parse(parser);
        }
    }

    return parse_word(parser);
}


fdl_node_t *
fdl_parse(fdl_parser_t *parser)
{
    bool         path_only;
    fdl_node_t  *node;

    fdl_space(parser);

    if (parser->pos == parser->end) {
        fdl_fail(parser, parser->pos, "the expression is empty");
        return NULL;
    }

    path_only = parser->dialect == FDL_SELF_PATH
                || parser->dialect == FDL_MAPPING;

    node = path_only ? parse_path(parser) : parse_expr(parser);

    if (node == NULL) {
        return NULL;
    }

    fdl_space(parser);

    if (parser->pos < parser->end) {
        refuse(parser, path_only ? "the end" : "an operator or the end");
        return NULL;
    }

    return node;
}
