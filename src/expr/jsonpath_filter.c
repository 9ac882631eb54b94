
/*
 * Filters of JSONPath evaluated: what is true of a value.  Comparisons follow
 * RFC 9535 where Jayway's have holes: types are never mixed, two paths that
 * lead nowhere are equal, everything else differs from nothing.
 */

#define _GNU_SOURCE             /* memmem() */

#include "expr/jsonpath_filter.h"


typedef wf_rc_t (*test_pt)(jsonpath_walk_t *walk, const jsonpath_node_t *node,
    bool *truth);


static bool
compare_equal(const wf_value_t *a, const wf_value_t *b)
{
    return a && b ? wf_value_eq(a, b) : a == b;
}


static bool
compare_unequal(const wf_value_t *a, const wf_value_t *b)
{
    return !compare_equal(a, b);
}


static bool
compare_less(const wf_value_t *a, const wf_value_t *b)
{
    if (a == NULL || b == NULL || a->type != b->type) {
        return false;
    }

    if (a->type == WF_NUMBER) {
        return wf_number_cmp(a, b) < 0;
    }

    return a->type == WF_STRING && wf_str_cmp(a->u.string, b->u.string) < 0;
}


static bool
compare_less_equal(const wf_value_t *a, const wf_value_t *b)
{
    return compare_less(a, b) || compare_equal(a, b);
}


static bool
compare_greater(const wf_value_t *a, const wf_value_t *b)
{
    return compare_less(b, a);
}


static bool
compare_greater_equal(const wf_value_t *a, const wf_value_t *b)
{
    return compare_less_equal(b, a);
}


static bool
holds(const wf_value_t *list, const wf_value_t *value)
{
    uint32_t  i;

    for (i = 0; i < list->count; i++) {
        if (wf_value_eq(list->u.items[i], value)) {
            return true;
        }
    }

    return false;
}


static bool
is_list(const wf_value_t *value)
{
    return value && value->type == WF_ARRAY;
}


/* How many of a's items stand in b. */
static uint32_t
shared_count(const wf_value_t *a, const wf_value_t *b)
{
    uint32_t  i, count;

    count = 0;

    for (i = 0; i < a->count; i++) {
        count += holds(b, a->u.items[i]);
    }

    return count;
}


static bool
compare_in(const wf_value_t *a, const wf_value_t *b)
{
    return a && is_list(b) && holds(b, a);
}


static bool
compare_nin(const wf_value_t *a, const wf_value_t *b)
{
    return !compare_in(a, b);
}


/* A list has the item, a text has the part. */
static bool
compare_contains(const wf_value_t *a, const wf_value_t *b)
{
    if (a == NULL || b == NULL || a->type != WF_STRING) {
        return compare_in(b, a);
    }

    return b->type == WF_STRING && b->u.string.len <= a->u.string.len
           && (b->u.string.len == 0
               || memmem(a->u.string.data, a->u.string.len,
                         b->u.string.data, b->u.string.len) != NULL);
}


static bool
compare_subsetof(const wf_value_t *a, const wf_value_t *b)
{
    return is_list(a) && is_list(b) && shared_count(a, b) == a->count;
}


static bool
compare_all(const wf_value_t *a, const wf_value_t *b)
{
    return compare_subsetof(b, a);
}


static bool
compare_anyof(const wf_value_t *a, const wf_value_t *b)
{
    return is_list(a) && is_list(b) && shared_count(a, b) > 0;
}


static bool
compare_noneof(const wf_value_t *a, const wf_value_t *b)
{
    return is_list(a) && is_list(b) && shared_count(a, b) == 0;
}


static bool
length_of(const wf_value_t *value, uint64_t *length)
{
    if (value == NULL || (value->type != WF_STRING && !is_list(value))) {
        return false;
    }

    *length = is_list(value) ? value->count : wf_utf8_length(value->u.string);
    return true;
}


static bool
compare_size(const wf_value_t *a, const wf_value_t *b)
{
    uint64_t  length;

    return length_of(a, &length) && b && b->type == WF_NUMBER && b->is_integer
           && b->u.number.integer >= 0
           && (uint64_t) b->u.number.integer == length;
}


static bool
compare_empty(const wf_value_t *a, const wf_value_t *b)
{
    uint64_t  length;

    return length_of(a, &length) && b && b->type == WF_BOOL
           && b->boolean == (length == 0);
}


static const jsonpath_operator_t  operators[] = {
#define OPERATOR(spelling, lists, regex, word, function)                      \
    { wf_str_init(spelling), lists, regex, word, compare_##function },
#include "expr/jsonpath_operators.def"
#undef OPERATOR
};


static bool
spelled(const fdl_parser_t *parser, const jsonpath_operator_t *row)
{
    size_t          i;
    const uint8_t  *pos;

    pos = parser->pos;

    if ((size_t) (parser->end - pos) < row->spelling.len) {
        return false;
    }

    for (i = 0; i < row->spelling.len; i++) {
        if ((row->is_word ? pos[i] | 0x20 : pos[i]) != row->spelling.data[i]) {
            return false;
        }
    }

    pos += row->spelling.len;

    return !row->is_word || pos == parser->end || !fdl_word_char(*pos);
}


/* Consumes what it finds; NULL: no operator here. */
const jsonpath_operator_t *
jsonpath_operator_find(fdl_parser_t *parser)
{
    unsigned  i;

    fdl_space(parser);

    for (i = 0; i < wf_countof(operators); i++) {
        if (spelled(parser, &operators[i])) {
            parser->pos += operators[i].spelling.len;
            return &operators[i];
        }
    }

    return NULL;
}


/* What comparing all of a with all of b can cost, at most. */
wf_rc_t
jsonpath_charge_pairs(jsonpath_walk_t *walk, const wf_value_t *a,
    const wf_value_t *b)
{
    uint64_t     before;
    fdl_eval_t  *eval;

    if (a == NULL || b == NULL) {
        return WF_OK;
    }

    eval = walk->eval;
    before = eval->env->meter.steps;

    if (fdl_weigh(eval, a, 0) != WF_OK || fdl_weigh(eval, b, 0) != WF_OK) {
        return WF_ERROR;
    }

    before = eval->env->meter.steps - before;

    return is_list(a) && is_list(b)
           ? fdl_charge(eval, before * wf_min(a->count, b->count)) : WF_OK;
}


static wf_rc_t
charge_compare(jsonpath_walk_t *walk, const jsonpath_operator_t *row,
    const wf_value_t *a, const wf_value_t *b)
{
    if (row->is_word) {
        return jsonpath_charge_pairs(walk, a, b);
    }

    /* Scalars are cheap to tell apart, texts up to the shorter one's end. */

    if (a == NULL || b == NULL || a->type != b->type) {
        return WF_OK;
    }

    return fdl_weigh(walk->eval, a->count < b->count ? a : b, 0);
}


wf_rc_t
jsonpath_operand(jsonpath_walk_t *walk, const jsonpath_node_t *node,
    const wf_value_t **value)
{
    wf_rc_t  rc;

    if (fdl_charge(walk->eval, 1) != WF_OK) {
        return WF_ERROR;
    }

    if (node->kind == JSONPATH_LITERAL) {
        *value = node->u.value;
        return WF_OK;
    }

    if (node->kind == JSONPATH_CALL) {
        return node->u.call.fn->call(walk, &node->u.call, NULL, value);
    }

    rc = jsonpath_walk(walk, node->u.path, value);

    if (rc == WF_DECLINED) {
        *value = NULL;
        return WF_OK;
    }

    return rc;
}


static wf_rc_t
test_chain(jsonpath_walk_t *walk, const jsonpath_node_t *node, bool *truth)
{
    bool      stop;
    uint32_t  i;

    stop = node->kind == JSONPATH_OR;

    for (i = 0; i < node->count; i++) {
        if (jsonpath_filter_test(walk, node->args[i], truth) != WF_OK) {
            return WF_ERROR;
        }

        if (*truth == stop) {
            return WF_OK;
        }
    }

    return WF_OK;
}


static wf_rc_t
test_not(jsonpath_walk_t *walk, const jsonpath_node_t *node, bool *truth)
{
    if (jsonpath_filter_test(walk, node->args[0], truth) != WF_OK) {
        return WF_ERROR;
    }

    *truth = !*truth;
    return WF_OK;
}


static wf_rc_t
test_compare(jsonpath_walk_t *walk, const jsonpath_node_t *node, bool *truth)
{
    const wf_value_t           *a, *b;
    const jsonpath_operator_t  *row;

    row = node->u.compare.row;

    if (jsonpath_operand(walk, node->args[0], &a) != WF_OK) {
        return WF_ERROR;
    }

    if (row->is_regex) {
        *truth = false;

        return a == NULL || a->type != WF_STRING
               ? WF_OK
               : jsonpath_match(walk, node->u.compare.regex, a->u.string,
                                truth);
    }

    if (jsonpath_operand(walk, node->args[1], &b) != WF_OK
        || charge_compare(walk, row, a, b) != WF_OK)
    {
        return WF_ERROR;
    }

    *truth = row->compare(a, b);
    return WF_OK;
}


/* A path leads somewhere, whatever stands there; a call says so. */
static wf_rc_t
test_alone(jsonpath_walk_t *walk, const jsonpath_node_t *node, bool *truth)
{
    const wf_value_t       *value;
    const jsonpath_node_t  *operand;

    operand = node->args[0];

    if (operand->kind == JSONPATH_PATH && operand->u.path->call == NULL) {
        return jsonpath_leads(walk, operand->u.path, truth);
    }

    if (jsonpath_operand(walk, operand, &value) != WF_OK) {
        return WF_ERROR;
    }

    *truth = operand->kind == JSONPATH_CALL ? fdl_is_true(value)
                                            : value != NULL;
    return WF_OK;
}


wf_rc_t
jsonpath_filter_test(jsonpath_walk_t *walk, const jsonpath_node_t *node,
    bool *truth)
{
    static const test_pt  tests[JSONPATH_NODE_KIND_COUNT] = {
        [JSONPATH_OR] = test_chain,
        [JSONPATH_AND] = test_chain,
        [JSONPATH_NOT] = test_not,
        [JSONPATH_COMPARE] = test_compare,
        [JSONPATH_TEST] = test_alone
    };

    if (fdl_charge(walk->eval, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    return tests[node->kind](walk, node, truth);
}
