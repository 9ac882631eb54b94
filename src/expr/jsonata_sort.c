
/*
 * JSONata: order-by, $sort() and transforms' order of things: one stable
 * merge sort, whose comparisons are those of the reference, so that the
 * first error is the same.
 */

#include "expr/jsonata_fn.h"


#define TERMS_MAX  64

typedef struct sorter_s  sorter_t;

/* An item that is ordered by a number. */
typedef struct {
    double    key;
    uint32_t  item;
} keyed_t;

/* Is a after b?  false: failed. */
typedef bool (*after_t)(sorter_t *sorter, uint32_t a, uint32_t b,
    bool *after);

struct sorter_s {
    jn_eval_t         *eval;
    after_t            after;
    jn_val_t           array;
    const jn_node_t   *step;        /* of an order-by */
    jn_frame_t        *frame;
    jn_val_t          *keys;        /* item * terms + term, when needed */
    const jn_call_t   *call;        /* of $sort() */
    jn_val_t           function;
    keyed_t           *numbers;     /* all first keys, if that is what they
                                       are; as many to spare */
    bool               descending;  /* they */
    bool               has_ties;    /* what is equal must be asked about */
};


static bool
merge(sorter_t *sorter, uint32_t *order, uint32_t *spare, uint32_t count)
{
    bool      after;
    uint32_t  left, right, middle, to;

    middle = count / 2;
    left = 0;
    right = middle;

    for (to = 0; left < middle && right < count; to++) {
        if (!sorter->after(sorter, order[left], order[right], &after)) {
            return false;
        }

        spare[to] = after ? order[right++] : order[left++];
    }

    memcpy(spare + to, order + left, (middle - left) * sizeof(uint32_t));
    memcpy(order, spare, (to + middle - left) * sizeof(uint32_t));

    return true;
}


static bool
sort_part(sorter_t *sorter, uint32_t *order, uint32_t *spare, uint32_t count)
{
    uint32_t  middle;

    if (count < 2) {
        return true;
    }

    middle = count / 2;

    return jn_work(sorter->eval, count / 4)
           && sort_part(sorter, order, spare, middle)
           && sort_part(sorter, order + middle, spare, count - middle)
           && merge(sorter, order, spare, count);
}


/* The same of numbers, most of which need no call to be compared. */
static bool
merge_numbers(sorter_t *sorter, keyed_t *order, keyed_t *spare,
    uint32_t count)
{
    bool            after;
    keyed_t        *to;
    const keyed_t  *left, *right, *middle, *end;

    left = order;
    middle = order + count / 2;
    right = middle;
    end = order + count;

    for (to = spare; left < middle && right < end; to++) {
        after = (left->key > right->key) != sorter->descending;

        if (left->key == right->key) {
            after = false;

            if (sorter->has_ties
                && !sorter->after(sorter, left->item, right->item, &after))
            {
                return false;
            }
        }

        *to = after ? *right++ : *left++;
    }

    while (left < middle) {
        *to++ = *left++;
    }

    memcpy(order, spare, (size_t) (to - spare) * sizeof(keyed_t));

    return true;
}


static bool
sort_numbers(sorter_t *sorter, keyed_t *order, keyed_t *spare,
    uint32_t count)
{
    uint32_t  middle;

    if (count < 2) {
        return true;
    }

    middle = count / 2;

    return jn_work(sorter->eval, count / 2)
           && sort_numbers(sorter, order, spare, middle)
           && sort_numbers(sorter, order + middle, spare, count - middle)
           && merge_numbers(sorter, order, spare, count);
}


static bool
sort_by_numbers(sorter_t *sorter, uint32_t *order, uint32_t count)
{
    uint32_t  i;

    if (!sort_numbers(sorter, sorter->numbers, sorter->numbers + count,
                      count))
    {
        return false;
    }

    for (i = 0; i < count; i++) {
        order[i] = sorter->numbers[i].item;
    }

    return true;
}


static jn_val_t
sorted(sorter_t *sorter)
{
    bool       done;
    uint32_t   i, count, *order;
    jn_val_t   array;

    count = sorter->array.len;
    order = jn_alloc(sorter->eval, 2 * (size_t) count * sizeof(uint32_t));

    if (order == NULL) {
        return jn_failed;
    }

    for (i = 0; i < count; i++) {
        order[i] = i;
    }

    done = sorter->numbers
           ? sort_by_numbers(sorter, order, count)
           : sort_part(sorter, order, order + count, count);

    if (!done) {
        return jn_failed;
    }

    array = (jn_val_t) { .type = JN_ARRAY, .len = count };
    array.u.items = jn_alloc(sorter->eval, count * sizeof(jn_val_t));

    if (array.u.items == NULL) {
        return jn_failed;
    }

    for (i = 0; i < count; i++) {
        array.u.items[i] = jn_item(sorter->array, order[i]);
    }

    return array;
}


static bool
term_key(sorter_t *sorter, uint32_t item, uint32_t term, jn_val_t *key)
{
    jn_val_t    *kept, value;
    jn_frame_t  *frame;

    kept = &sorter->keys[(size_t) item * sorter->step->list.count + term];

    if (kept->type == JN_UNBOUND) {
        value = jn_item(sorter->array, item);
        frame = sorter->frame;

        if (value.type == JN_TUPLE) {
            frame = value.u.frame;
            value = frame->slots[0];
        }

        *kept = jn_eval(sorter->eval, sorter->step->list.items[term]->left,
                        value, frame);
    }

    *key = *kept;

    return !jn_bad(*key);
}


static bool
order_keys(sorter_t *sorter, jn_val_t a, jn_val_t b, int *order)
{
    bool        left, right;
    jn_eval_t  *eval;

    eval = sorter->eval;

    if (a.type == JN_NONE || b.type == JN_NONE) {
        *order = (a.type == JN_NONE) - (b.type == JN_NONE);
        return true;
    }

    left = a.type == JN_STRING || a.type == JN_NUMBER;
    right = b.type == JN_STRING || b.type == JN_NUMBER;

    if (!left || !right) {
        (void) jn_fail_at(eval, "T2008", left ? b : a,
                          sorter->step->position);
        return false;
    }

    if (a.type != b.type) {
        (void) jn_fail_at(eval, "T2007", a, sorter->step->position);
        eval->trouble.value2 = b;
        return false;
    }

    if (a.type == JN_STRING
        && !jn_work(sorter->eval, wf_min(a.len, b.len) / JN_ORDER_BYTES))
    {
        return false;
    }

    *order = a.type == JN_STRING ? jn_string_cmp(jn_str(a), jn_str(b))
             : a.u.number == b.u.number ? 0 : a.u.number < b.u.number ? -1 : 1;

    return true;
}


/* By the terms of an order-by; what is not there comes last. */
static bool
after_by_terms(sorter_t *sorter, uint32_t a, uint32_t b, bool *after)
{
    int        order;
    bool       missing;
    uint32_t   i;
    jn_val_t   left, right;

    *after = false;

    for (i = 0; i < sorter->step->list.count; i++) {
        if (!term_key(sorter, a, i, &left) || !term_key(sorter, b, i, &right)
            || !order_keys(sorter, left, right, &order))
        {
            return false;
        }

        if (order != 0) {
            missing = left.type == JN_NONE || right.type == JN_NONE;
            *after = (order > 0)
                     != (sorter->step->list.items[i]->descending && !missing);
            break;
        }
    }

    return true;
}


/*
 * The keys of the first term, if all are numbers.  If one is none or fails,
 * they are forgotten: which comparison fails first is for the comparisons.
 */
static bool
first_numbers(sorter_t *sorter)
{
    uint32_t   i, count, depth;
    jn_val_t   key;
    keyed_t   *numbers;

    count = sorter->array.len;
    depth = sorter->eval->depth;
    numbers = jn_alloc(sorter->eval, 2 * (size_t) count * sizeof(keyed_t));

    if (numbers == NULL) {
        return false;
    }

    for (i = 0; i < count; i++) {
        if (!term_key(sorter, i, 0, &key) || key.type != JN_NUMBER) {
            memset(sorter->keys, 0, (size_t) count
                   * sorter->step->list.count * sizeof(jn_val_t));
            sorter->eval->depth = depth;
            return true;
        }

        numbers[i] = (keyed_t) { key.u.number, i };
    }

    sorter->numbers = numbers;
    sorter->descending = sorter->step->list.items[0]->descending;
    sorter->has_ties = sorter->step->list.count > 1;

    return true;
}


jn_val_t
jn_order(jn_eval_t *eval, const jn_node_t *step, jn_val_t input,
    jn_frame_t *frame)
{
    size_t     size;
    sorter_t   sorter;

    if (input.len <= 1) {
        return input;
    }

    memset(&sorter, 0, sizeof(sorter_t));
    sorter.eval = eval;
    sorter.after = after_by_terms;
    sorter.array = input;
    sorter.step = step;
    sorter.frame = frame;

    size = (size_t) input.len * step->list.count * sizeof(jn_val_t);
    sorter.keys = jn_alloc(eval, size);

    if (sorter.keys == NULL) {
        return jn_failed;
    }

    memset(sorter.keys, 0, size);

    return first_numbers(&sorter) ? sorted(&sorter) : jn_failed;
}


static bool
after_by_value(sorter_t *sorter, uint32_t a, uint32_t b, bool *after)
{
    jn_val_t  left, right;

    left = jn_item(sorter->array, a);
    right = jn_item(sorter->array, b);

    if (!jn_work(sorter->eval, wf_min(left.len, right.len) / JN_ORDER_BYTES)) {
        return false;
    }

    *after = jn_string_cmp(jn_str(left), jn_str(right)) > 0;

    return true;
}


static bool
after_by_function(sorter_t *sorter, uint32_t a, uint32_t b, bool *after)
{
    jn_val_t  args[2], answer;

    args[0] = jn_item(sorter->array, a);
    args[1] = jn_item(sorter->array, b);
    answer = jn_fn_invoke(sorter->eval, sorter->call, sorter->function, args,
                          2);

    /* The reference takes the answer as JavaScript would: not as $boolean. */
    *after = answer.type == JN_BOOL ? answer.u.boolean
             : answer.type == JN_NUMBER
               ? answer.u.number < 0 || answer.u.number > 0
             : answer.type == JN_STRING ? answer.len > 0
             : answer.type >= JN_ARRAY && answer.type <= JN_FUNCTION;

    return !jn_bad(answer);
}


/* Are all items of that type? */
static bool
all_are(jn_val_t array, jn_type_t type)
{
    uint32_t  i;

    for (i = 0; i < array.len; i++) {
        if (jn_item(array, i).type != type) {
            return false;
        }
    }

    return true;
}


/* The items are numbers themselves. */
static bool
take_numbers(sorter_t *sorter)
{
    uint32_t  i, count;

    count = sorter->array.len;
    sorter->numbers = jn_alloc(sorter->eval,
                               2 * (size_t) count * sizeof(keyed_t));

    for (i = 0; sorter->numbers && i < count; i++) {
        sorter->numbers[i] = (keyed_t) { jn_item(sorter->array, i).u.number,
                                         i };
    }

    return sorter->numbers != NULL;
}


jn_val_t
jn_sort(jn_eval_t *eval, jn_val_t array, const jn_call_t *call,
    jn_val_t function)
{
    sorter_t  sorter;

    if (array.len <= 1) {
        return array;
    }

    memset(&sorter, 0, sizeof(sorter_t));
    sorter.eval = eval;
    sorter.array = array;
    sorter.call = call;
    sorter.function = function;
    sorter.after = function.type == JN_NONE ? after_by_value
                                            : after_by_function;

    if (function.type != JN_NONE) {
        return sorted(&sorter);
    }

    if (all_are(array, JN_NUMBER)) {
        return take_numbers(&sorter) ? sorted(&sorter) : jn_failed;
    }

    if (!all_are(array, JN_STRING)) {
        (void) jn_fail(eval, "D3070");
        eval->trouble.index = 1;
        return jn_failed;
    }

    return sorted(&sorter);
}
