
/*
 * Functions of JSONPath: those that Jayway puts behind a path (.length(),
 * .sum(), ...) and those that RFC 9535 has in filters.  NULL as a value means
 * that there is nothing.
 */

#include <math.h>

#include "expr/jsonpath_filter.h"


typedef struct {
    uint64_t  count;
    double    sum;
    double    squares;
    double    min;
    double    max;
} numbers_t;


static const wf_value_t  null_value = { .type = WF_NULL };


static wf_rc_t
give(jsonpath_walk_t *walk, const wf_value_t *made, const wf_value_t **value)
{
    if (made == NULL) {
        return fdl_oom(walk->eval->err);
    }

    *value = made;
    return fdl_charge(walk->eval, FDL_COST_MADE);
}


static wf_rc_t
give_real(jsonpath_walk_t *walk, double real, const wf_value_t **value)
{
    if (!isfinite(real)) {
        *value = NULL;
        return WF_OK;
    }

    return give(walk, wf_value_real(walk->eval->arena, real), value);
}


/* NULL: neither text nor container. */
static wf_rc_t
length_give(jsonpath_walk_t *walk, const wf_value_t *of,
    const wf_value_t **value)
{
    uint64_t  length;

    if (of == NULL || of->type < WF_STRING) {
        *value = NULL;
        return WF_OK;
    }

    length = of->count;

    if (of->type == WF_STRING) {
        length = wf_utf8_length(of->u.string);

        if (fdl_charge(walk->eval, of->u.string.len / FDL_MOVED_PER_STEP)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return give(walk, wf_value_int(walk->eval->arena, (int64_t) length),
                value);
}


static wf_rc_t
fn_size(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    (void) call;

    if (length_give(walk, self, value) != WF_OK) {
        return WF_ERROR;
    }

    *value = *value ? *value : &null_value;
    return WF_OK;
}


static wf_rc_t
fn_length(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    if (jsonpath_operand(walk, call->args[0], &self) != WF_OK) {
        return WF_ERROR;
    }

    return length_give(walk, self, value);
}


static wf_rc_t
fn_count(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    if (jsonpath_nodes(walk, call->args[0]->u.path, &self) != WF_OK) {
        return WF_ERROR;
    }

    return length_give(walk, self, value);
}


static wf_rc_t
fn_value(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    if (jsonpath_nodes(walk, call->args[0]->u.path, &self) != WF_OK) {
        return WF_ERROR;
    }

    *value = self->count == 1 ? self->u.items[0] : NULL;
    return WF_OK;
}


/* A pattern that no constant gave; malformed: it matches nothing. */
static wf_rc_t
regex_make(jsonpath_walk_t *walk, const wf_value_t *pattern, bool is_whole,
    wf_regex_t **regex)
{
    wf_error_t        err;
    jsonpath_regex_t  source;

    source = (jsonpath_regex_t) { pattern->u.string, wf_str_none, is_whole };

    if (jsonpath_regex(walk->eval->arena, &source,
                       &walk->eval->env->meter.steps, regex, &err)
        == WF_OK)
    {
        return fdl_charge(walk->eval, 0);
    }

    *regex = NULL;
    return err.code == WF_E_INTERNAL ? fdl_oom(walk->eval->err)
                                     : fdl_charge(walk->eval, 0);
}


static wf_rc_t
regex_test(jsonpath_walk_t *walk, const jsonpath_call_t *call, bool is_whole,
    const wf_value_t **value)
{
    bool               matched;
    wf_regex_t        *regex;
    const wf_value_t  *text, *pattern;

    *value = fdl_bool(false);
    regex = call->regex;

    if (jsonpath_operand(walk, call->args[0], &text) != WF_OK
        || jsonpath_operand(walk, call->args[1], &pattern) != WF_OK)
    {
        return WF_ERROR;
    }

    if (call->is_void || text == NULL || text->type != WF_STRING
        || pattern == NULL || pattern->type != WF_STRING)
    {
        return WF_OK;
    }

    if (regex == NULL
        && regex_make(walk, pattern, is_whole, &regex) != WF_OK)
    {
        return WF_ERROR;
    }

    if (regex == NULL) {
        return WF_OK;
    }

    if (jsonpath_match(walk, regex, text->u.string, &matched) != WF_OK) {
        return WF_ERROR;
    }

    *value = fdl_bool(matched);
    return WF_OK;
}


static wf_rc_t
fn_match(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    (void) self;

    return regex_test(walk, call, true, value);
}


static wf_rc_t
fn_search(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    (void) self;

    return regex_test(walk, call, false, value);
}


static wf_rc_t
fn_keys(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    uint32_t     i;
    wf_arena_t  *arena;
    wf_value_t  *keys;

    (void) call;

    if (self->type != WF_OBJECT) {
        *value = &null_value;
        return WF_OK;
    }

    if (fdl_charge(walk->eval, FDL_COST_MADE * (uint64_t) self->count)
        != WF_OK)
    {
        return WF_ERROR;
    }

    arena = walk->eval->arena;
    keys = wf_value_array(arena, self->count);

    for (i = 0; keys && i < self->count; i++) {
        if (wf_value_push(arena, keys,
                          wf_value_string(arena, self->u.members[i].key))
            != WF_OK)
        {
            keys = NULL;
        }
    }

    return give(walk, keys, value);
}


/* Of what is not a list, or behind its end: nothing. */
static wf_rc_t
item_give(jsonpath_walk_t *walk, const wf_value_t *self, int64_t index,
    const wf_value_t **value)
{
    if (self->type == WF_ARRAY) {
        index += index < 0 ? (int64_t) self->count : 0;
    }

    *value = self->type == WF_ARRAY && index >= 0
             && index < (int64_t) self->count
             ? self->u.items[index] : NULL;

    return fdl_charge(walk->eval, 1);
}


static wf_rc_t
fn_first(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    (void) call;

    return item_give(walk, self, 0, value);
}


static wf_rc_t
fn_last(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    (void) call;

    return item_give(walk, self, -1, value);
}


static wf_rc_t
fn_index(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    const wf_value_t  *index;

    if (jsonpath_operand(walk, call->args[0], &index) != WF_OK) {
        return WF_ERROR;
    }

    if (index == NULL || index->type != WF_NUMBER || !index->is_integer
        || index->u.number.integer < -(int64_t) UINT32_MAX)
    {
        *value = NULL;
        return WF_OK;
    }

    return item_give(walk, self, index->u.number.integer, value);
}


static void
numbers_add(numbers_t *numbers, const wf_value_t *value)
{
    double  real;

    if (value->type != WF_NUMBER) {
        return;
    }

    real = value->u.number.real;

    numbers->min = numbers->count ? fmin(numbers->min, real) : real;
    numbers->max = numbers->count ? fmax(numbers->max, real) : real;
    numbers->sum += real;
    numbers->squares += real * real;
    numbers->count++;
}


static void
numbers_add_all(numbers_t *numbers, const wf_value_t *list)
{
    uint32_t  i;

    for (i = 0; i < list->count; i++) {
        numbers_add(numbers, list->u.items[i]);
    }
}


/* Of the list and of the arguments, which may be lists, too. */
static wf_rc_t
numbers_of(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, numbers_t *numbers)
{
    uint32_t           i;
    const wf_value_t  *value;

    memset(numbers, 0, sizeof(numbers_t));

    for (i = 0; i <= call->count; i++) {
        value = self;

        if (i > 0 && jsonpath_operand(walk, call->args[i - 1], &value)
                     != WF_OK)
        {
            return WF_ERROR;
        }

        if (value == NULL) {
            continue;
        }

        if (value->type == WF_ARRAY) {
            if (fdl_charge(walk->eval, value->count) != WF_OK) {
                return WF_ERROR;
            }

            numbers_add_all(numbers, value);

        } else if (i > 0) {
            numbers_add(numbers, value);
        }
    }

    return WF_OK;
}


static double
numbers_min(const numbers_t *numbers)
{
    return numbers->min;
}


static double
numbers_max(const numbers_t *numbers)
{
    return numbers->max;
}


static double
numbers_sum(const numbers_t *numbers)
{
    return numbers->sum;
}


static double
numbers_avg(const numbers_t *numbers)
{
    return numbers->sum / (double) numbers->count;
}


static double
numbers_stddev(const numbers_t *numbers)
{
    double  mean;

    mean = numbers_avg(numbers);

    return sqrt(fmax(0, numbers->squares / (double) numbers->count
                        - mean * mean));
}


/* Of no numbers: nothing. */
#define NUMBERS(name)                                                         \
    static wf_rc_t                                                            \
    fn_##name(jsonpath_walk_t *walk, const jsonpath_call_t *call,             \
        const wf_value_t *self, const wf_value_t **value)                     \
    {                                                                         \
        numbers_t  numbers;                                                   \
                                                                              \
        *value = NULL;                                                        \
                                                                              \
        if (numbers_of(walk, call, self, &numbers) != WF_OK) {                \
            return WF_ERROR;                                                  \
        }                                                                     \
                                                                              \
        return numbers.count ? give_real(walk, numbers_##name(&numbers),      \
                                         value)                               \
                             : WF_OK;                                         \
    }

NUMBERS(min)
NUMBERS(max)
NUMBERS(sum)
NUMBERS(avg)
NUMBERS(stddev)

#undef NUMBERS


static wf_rc_t
text_add(jsonpath_walk_t *walk, wf_buf_t *buf, const wf_value_t *value)
{
    if (value && value->type == WF_STRING) {
        wf_buf_str(buf, value->u.string);
        return fdl_charge(walk->eval,
                          value->u.string.len / FDL_MOVED_PER_STEP);
    }

    return fdl_charge(walk->eval, 1);
}


/* The texts of the list, then those given. */
static wf_rc_t
fn_concat(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    uint32_t           i;
    wf_buf_t           buf;
    const wf_value_t  *arg;

    wf_buf_init(&buf, walk->eval->arena, 64);

    for (i = 0; self->type == WF_ARRAY && i < self->count; i++) {
        if (text_add(walk, &buf, self->u.items[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    for (i = 0; i < call->count; i++) {
        if (jsonpath_operand(walk, call->args[i], &arg) != WF_OK
            || text_add(walk, &buf, arg) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return give(walk, buf.failed ? NULL
                                 : wf_value_string(walk->eval->arena,
                                                   wf_buf_done(&buf)),
                value);
}


static wf_rc_t
fn_append(jsonpath_walk_t *walk, const jsonpath_call_t *call,
    const wf_value_t *self, const wf_value_t **value)
{
    uint32_t           i, count;
    wf_value_t        *list;
    wf_arena_t        *arena;
    const wf_value_t  *item;

    if (self->type != WF_ARRAY) {
        *value = self;
        return WF_OK;
    }

    count = self->count + call->count;

    if (fdl_charge(walk->eval, FDL_COST_MADE * (uint64_t) count) != WF_OK) {
        return WF_ERROR;
    }

    arena = walk->eval->arena;
    list = wf_value_array(arena, count);

    for (i = 0; list && i < count; i++) {
        item = i < self->count ? self->u.items[i] : NULL;

        if (item == NULL
            && jsonpath_operand(walk, call->args[i - self->count], &item)
               != WF_OK)
        {
            return WF_ERROR;
        }

        if (item && wf_value_push(arena, list, fdl_share(item)) != WF_OK) {
            list = NULL;
        }
    }

    return give(walk, list, value);
}


static const jsonpath_fn_t  functions[] = {
#define FUNCTION(name, method, gives, min, max, nodes, function)              \
    { wf_str_init(name), method, JSONPATH_GIVES_##gives, min, max, nodes,     \
      fn_##function },
#include "expr/jsonpath_functions.def"
#undef FUNCTION
};


const jsonpath_fn_t *
jsonpath_fn_find(wf_str_t name, bool is_method)
{
    unsigned  i;

    for (i = 0; i < wf_countof(functions); i++) {
        if (functions[i].is_method == is_method
            && wf_str_eq(functions[i].name, name))
        {
            return &functions[i];
        }
    }

    return NULL;
}
