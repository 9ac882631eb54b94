
/*
 * JSONata: paths.  A path maps each of its steps over what the step before
 * gave, flattening as it goes.  A sequence of one item that is no array is
 * passed on as the item itself.
 */

#include <math.h>

#include "expr/jsonata_make.h"


/* What one step gives: raw results, flattened as late as can be. */
typedef struct {
    jn_list_t  list;
    jn_val_t   held;            /* the first result while it is the only one,
                                   an array */
    bool       holding;
    uint32_t   count;           /* raw results */
} gather_t;


static bool
flat_push(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    return value.type == JN_ARRAY && !(value.flags & JN_CONS)
           ? jn_list_append(eval, list, value)
           : jn_list_push(eval, list, value);
}


static bool
gather(jn_eval_t *eval, gather_t *gathered, jn_val_t value)
{
    if (gathered->count++ == 0 && value.type == JN_ARRAY) {
        gathered->held = value;
        gathered->holding = true;
        return true;
    }

    if (gathered->holding) {
        gathered->holding = false;

        if (!flat_push(eval, &gathered->list, gathered->held)) {
            return false;
        }
    }

    return flat_push(eval, &gathered->list, value);
}


/* *single: the value is the only item of a sequence. */
static jn_val_t
gathered_value(jn_eval_t *eval, gather_t *gathered, bool last, bool *single)
{
    jn_val_t  held;

    *single = false;

    if (gathered->holding) {
        held = gathered->held;

        if (last && !(held.flags & JN_SEQ)) {
            return held;
        }

        if (held.flags & JN_CONS) {
            *single = true;
            return held;
        }

        held.flags = (uint8_t) ((held.flags & JN_JSON) | JN_SEQ);

        return held;
    }

    if (gathered->list.count == 1) {
        *single = true;
        return gathered->list.items[0];
    }

    return jn_list_array(eval, &gathered->list, JN_SEQ);
}


static jn_val_t
step_one(jn_eval_t *eval, const jn_node_t *step, jn_val_t item,
    jn_frame_t *frame, uint32_t *hint)
{
    uint32_t  i;
    jn_val_t  value;

    if (step->type == JN_NAME && !step->keep && !step->grouped
        && step->predicates.count == 0)
    {
        if (!jn_work(eval, 1 + jn_name_steps(step->text.len))) {
            return jn_failed;
        }

        value = item.type == JN_OBJECT
                ? jn_normal(jn_get_near(item, step->text, hint))
                : jn_normal(jn_lookup(eval, item, step->text));

    } else {
        value = jn_eval(eval, step, item, frame);
    }

    for (i = 0; i < step->stages.count && !jn_bad(value); i++) {
        value = jn_filter(eval, step->stages.items[i], value, frame);
    }

    return value;
}


static jn_val_t
step_map(jn_eval_t *eval, const jn_node_t *step, jn_val_t input,
    jn_frame_t *frame, bool last, bool *single)
{
    uint32_t  i, count, hint;
    jn_val_t  value;
    gather_t  gathered;

    jn_list_init(&gathered.list);
    gathered.holding = false;
    gathered.count = 0;
    hint = 0;
    count = *single ? 1 : input.len;

    for (i = 0; i < count; i++) {
        value = step_one(eval, step, *single ? input : jn_item(input, i),
                         frame, &hint);

        if (jn_bad(value)
            || (value.type != JN_NONE && !gather(eval, &gathered, value)))
        {
            return jn_failed;
        }
    }

    return gathered_value(eval, &gathered, last, single);
}


static jn_val_t
step_sort(jn_eval_t *eval, const jn_node_t *step, jn_val_t input,
    jn_frame_t *frame, bool *single)
{
    uint32_t  i;
    jn_val_t  value;

    value = *single ? input : jn_order(eval, step, input, frame);

    if (step->stages.count == 0 || jn_bad(value)) {
        return value;
    }

    if (*single) {
        value = jn_array_of(eval, value, JN_SEQ);
        *single = false;
    }

    for (i = 0; i < step->stages.count && !jn_bad(value); i++) {
        value = jn_filter(eval, step->stages.items[i], value, frame);
    }

    if (!jn_bad(value) && value.type != JN_ARRAY) {
        *single = true;
    }

    return value;
}


/* The steps; tuples: what they are when the path makes such. */
static jn_val_t
path_steps(jn_eval_t *eval, const jn_node_t *path, jn_val_t input,
    jn_frame_t *frame, bool *single)
{
    uint32_t          i;
    jn_val_t          value, tuples;
    const jn_node_t  *step;

    *single = input.type != JN_ARRAY
              || path->list.items[0]->type == JN_VARIABLE;
    value = input;
    tuples = jn_none;

    for (i = 0; i < path->list.count; i++) {
        step = path->list.items[i];

        if (i >= path->first_tuple) {
            if (*single && tuples.type == JN_NONE) {
                value = jn_array_of(eval, value, JN_SEQ);
                *single = false;
            }

            if (!jn_bad(value)) {
                tuples = jn_tuple_step(eval, path, i, value, tuples, frame);
            }

            if (jn_bad(value) || jn_bad(tuples)) {
                return jn_failed;
            }

            continue;
        }

        if (i == 0 && step->cons) {
            value = jn_eval(eval, step, input, frame);

            /* The context stays; the name is bound to nothing. */
            if (step->focus.data && !jn_bad(value)) {
                value = input;
                continue;
            }

            *single = false;

            /* There is nothing to go on with, as in the reference. */
            if (value.type != JN_ARRAY && path->list.count > 1) {
                return jn_bad(value) ? value : jn_none;
            }

        } else if (step->type == JN_SORT) {
            value = step_sort(eval, step, value, frame, single);

        } else {
            value = step_map(eval, step, value, frame,
                             i == path->list.count - 1, single);
        }

        /* No tuples are tuples, too. */
        if (jn_bad(value) || value.type == JN_NONE
            || (!*single && value.type == JN_ARRAY && value.len == 0
                && !step->tuple))
        {
            return value;
        }
    }

    return tuples.type == JN_NONE ? value : tuples;
}


/* A single item as the sequence that it stands for. */
static jn_val_t
path_keep(jn_eval_t *eval, jn_val_t value, bool single)
{
    if (jn_bad(value) || value.type == JN_NONE) {
        return value;
    }

    if (single || ((value.flags & JN_CONS) && !(value.flags & JN_SEQ))) {
        return jn_array_of(eval, value, JN_SEQ | JN_KEEP);
    }

    value.flags |= JN_KEEP;

    return value;
}


jn_val_t
jn_path(jn_eval_t *eval, const jn_node_t *path, jn_val_t input,
    jn_frame_t *frame)
{
    bool      single;
    jn_val_t  value;

    value = path_steps(eval, path, input, frame, &single);

    if (jn_bad(value)) {
        return value;
    }

    if (value.type == JN_ARRAY && (value.flags & JN_STREAM)) {
        if (path->grouped) {
            return jn_group(eval, &path->group, path->group_position, value,
                            frame);
        }

        if (path->tuple) {
            return value;
        }

        value = jn_tuple_contexts(eval, value);
        single = false;
    }

    if (path->keep_single || (single && path->keep)) {
        value = path_keep(eval, value, single);

    } else if (single && value.type == JN_ARRAY
               && (path->grouped || (value.flags & JN_SEQ)))
    {
        value = jn_array_of(eval, value, JN_SEQ);
    }

    /* Without a tuple there is still the frame that its names are sought in. */
    if (path->grouped && path->scope && !jn_bad(value)) {
        frame = jn_frame_create(eval, path->scope, frame);

        if (frame == NULL) {
            return jn_failed;
        }
    }

    if (path->grouped && !jn_bad(value)) {
        value = jn_group(eval, &path->group, path->group_position, value,
                         frame);
    }

    return value;
}


/* The item at a literal index: as it is, or as a sequence of one. */
static jn_val_t
filter_index(jn_eval_t *eval, double number, jn_val_t input)
{
    jn_val_t  empty;

    (void) eval;

    empty = (jn_val_t) { .type = JN_ARRAY, .flags = JN_SEQ };
    number = floor(number);

    if (input.type != JN_ARRAY) {
        return (number == 0 || number == -1) && input.type != JN_NONE
               ? input : empty;
    }

    if (number < 0) {
        number += input.len;
    }

    return number >= 0 && number < input.len ? jn_item(input, (uint32_t) number)
                                             : empty;
}


/*
 * Does the answer of a predicate choose the item at index?  Numbers are
 * positions; an array of numbers may name it several times.
 */
static bool
chosen(jn_eval_t *eval, jn_val_t answer, uint32_t index, uint32_t count,
    uint32_t *times)
{
    double    number;
    uint32_t  i, len;
    jn_val_t  item, truth;

    *times = 0;

    if (answer.type != JN_NUMBER && answer.type != JN_ARRAY) {
        truth = jn_truth(eval, answer);
        *times = truth.type == JN_BOOL && truth.u.boolean;
        return !jn_bad(truth);
    }

    len = answer.type == JN_ARRAY ? answer.len : 1;

    if (!jn_work(eval, len / 8)) {
        return false;
    }

    for (i = 0; i < len; i++) {
        item = answer.type == JN_ARRAY ? jn_item(answer, i) : answer;

        if (item.type == JN_NUMBER && isinf(item.u.number)) {
            (void) jn_fail_value(eval, "D1001", item);
            return false;
        }

        if (item.type != JN_NUMBER || isnan(item.u.number)) {
            truth = jn_truth(eval, answer);
            *times = truth.type == JN_BOOL && truth.u.boolean;
            return !jn_bad(truth);
        }

        number = floor(item.u.number);
        number += number < 0 ? count : 0;
        *times += number == index;
    }

    return true;
}


/* One item of an array to be filtered: its context and frame. */
static bool
filter_one(jn_eval_t *eval, const jn_node_t *predicate, jn_val_t item,
    jn_frame_t *frame, jn_val_t *answer)
{
    if (item.type == JN_TUPLE) {
        frame = item.u.frame;
        item = frame->slots[0];
    }

    *answer = jn_eval(eval, predicate, item, frame);

    return !jn_bad(*answer);
}


jn_val_t
jn_filter(jn_eval_t *eval, const jn_node_t *predicate, jn_val_t input,
    jn_frame_t *frame)
{
    bool       array;
    uint8_t    flags;
    uint32_t   i, count, times;
    jn_val_t   item, answer;
    jn_list_t  list;

    array = input.type == JN_ARRAY;
    flags = (uint8_t) (JN_SEQ | (array ? input.flags & JN_STREAM : 0));

    if (predicate->type == JN_LITERAL && predicate->value.type == JN_NUMBER
        && !(flags & JN_STREAM))
    {
        return filter_index(eval, predicate->value.u.number, input);
    }

    count = array ? input.len : 1;
    jn_list_init(&list);

    for (i = 0; i < count; i++) {
        item = array ? jn_item(input, i) : input;

        if (!filter_one(eval, predicate, item, frame, &answer)
            || !chosen(eval, answer, i, count, &times))
        {
            return jn_failed;
        }

        for ( ; times > 0; times--) {
            if (!jn_list_push(eval, &list, item)) {
                return jn_failed;
            }
        }
    }

    /* "Nothing" that was chosen counts as an item, as in the reference. */
    if (list.count == 1 && list.items[0].type != JN_ARRAY
        && list.items[0].type != JN_TUPLE && list.items[0].type != JN_NONE)
    {
        return list.items[0];
    }

    return jn_list_array(eval, &list, flags);
}


static bool
lookup_in(jn_eval_t *eval, jn_list_t *list, jn_val_t array, wf_str_t key)
{
    bool      done;
    uint32_t  i, hint;
    jn_val_t  item, value;

    if (!jn_enter(eval)
        || !jn_work(eval, array.len * (1 + jn_name_steps(key.len))))
    {
        return false;
    }

    hint = 0;

    for (done = true, i = 0; done && i < array.len; i++) {
        item = jn_item(array, i);

        if (item.type == JN_ARRAY) {
            done = lookup_in(eval, list, item, key);

        } else if (item.type == JN_OBJECT) {
            value = jn_get_near(item, key, &hint);
            done = value.type == JN_NONE
                   || jn_list_append(eval, list, value);
        }
    }

    jn_leave(eval);

    return done;
}


/* The member of an object, or those of all objects in an array. */
jn_val_t
jn_lookup(jn_eval_t *eval, jn_val_t value, wf_str_t key)
{
    jn_list_t  list;

    if (value.type == JN_OBJECT) {
        return jn_work(eval, jn_name_steps(key.len)) ? jn_get(value, key)
                                                     : jn_failed;
    }

    if (value.type != JN_ARRAY) {
        return jn_none;
    }

    jn_list_init(&list);

    return lookup_in(eval, &list, value, key)
           ? jn_list_array(eval, &list, JN_SEQ) : jn_failed;
}


/* All items, of arrays in arrays too. */
static bool
flatten(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    bool      done;
    uint32_t  i;

    if (value.type != JN_ARRAY) {
        return jn_list_push(eval, list, value);
    }

    if (!jn_enter(eval)) {
        return false;
    }

    for (done = true, i = 0; done && i < value.len; i++) {
        done = flatten(eval, list, jn_item(value, i));
    }

    jn_leave(eval);

    return done;
}


/* An array among the values makes the answer one that stays an array. */
jn_val_t
jn_wildcard(jn_eval_t *eval, jn_val_t value)
{
    uint8_t    flags;
    uint32_t   i, count;
    jn_val_t   item;
    jn_list_t  list;

    jn_list_init(&list);
    flags = JN_SEQ;

    if (value.type == JN_ARRAY && (value.flags & JN_OUTER)) {
        value = jn_item(value, 0);
    }

    count = value.type == JN_ARRAY ? value.len
            : value.type == JN_OBJECT ? jn_count(value) : 0;

    if (!jn_work(eval, count)) {
        return jn_failed;
    }

    for (i = 0; i < count; i++) {
        item = value.type == JN_ARRAY ? jn_item(value, i)
                                      : jn_member(value, i).value;

        if (item.type == JN_ARRAY) {
            flags = 0;
        }

        if (!flatten(eval, &list, item)) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, flags);
}


static bool
descend(jn_eval_t *eval, jn_list_t *list, jn_val_t value)
{
    bool      done;
    uint32_t  i, count;

    if (value.type != JN_ARRAY && !jn_list_push(eval, list, value)) {
        return false;
    }

    if (value.type != JN_ARRAY && value.type != JN_OBJECT) {
        return true;
    }

    if (!jn_enter(eval)) {
        return false;
    }

    count = value.type == JN_ARRAY ? value.len : jn_count(value);
    done = jn_work(eval, count);

    for (i = 0; done && i < count; i++) {
        done = descend(eval, list,
                       value.type == JN_ARRAY ? jn_item(value, i)
                                              : jn_member(value, i).value);
    }

    jn_leave(eval);

    return done;
}


jn_val_t
jn_descendants(jn_eval_t *eval, jn_val_t value)
{
    jn_list_t  list;

    if (value.type == JN_NONE) {
        return value;
    }

    jn_list_init(&list);

    if (!descend(eval, &list, value)) {
        return jn_failed;
    }

    return list.count == 1 ? list.items[0]
                           : jn_list_array(eval, &list, JN_SEQ);
}
