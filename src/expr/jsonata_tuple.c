
/*
 * JSONata: steps of paths that bind names (@$x, #$x) or whose context is
 * somebody's parent (%).  Such a path carries tuples instead of values: a
 * tuple is a frame, slot 0 its context, in which the next step is evaluated.
 */

#include "expr/jsonata_make.h"


static jn_frame_t *
tuple_create(jn_eval_t *eval, const jn_node_t *path, jn_frame_t *frame,
    const jn_frame_t *from)
{
    jn_frame_t  *tuple;

    tuple = jn_frame_create(eval, path->scope, frame);

    if (tuple != NULL && from != NULL) {
        memcpy(tuple->slots, from->slots,
               path->scope->count * sizeof(jn_val_t));
    }

    return tuple;
}


static jn_val_t
tuple_value(jn_frame_t *tuple)
{
    return (jn_val_t) { .type = JN_TUPLE, .u = { .frame = tuple } };
}


/* The names of a tuple that a path inside made. */
static void
tuple_adopt(jn_frame_t *tuple, const jn_frame_t *inner)
{
    uint32_t  i, k;

    for (i = 0; i < inner->scope->count; i++) {
        if (inner->slots[i].type == JN_UNBOUND) {
            continue;
        }

        for (k = 0; k < tuple->scope->count; k++) {
            if (wf_str_eq(inner->scope->names[i], tuple->scope->names[k])) {
                tuple->slots[k] = inner->slots[i];
                break;
            }
        }
    }
}


/* The tuple that one result of a step makes. */
static void
tuple_fill(const jn_node_t *step, jn_frame_t *tuple, const jn_frame_t *from,
    jn_val_t result, uint32_t index)
{
    if (result.type == JN_TUPLE) {
        tuple_adopt(tuple, result.u.frame);
        return;
    }

    if (step->focus.data) {
        tuple->slots[step->focus_slot] = result;
        tuple->slots[0] = from->slots[0];

    } else {
        tuple->slots[0] = result;
    }

    if (step->index.data) {
        tuple->slots[step->index_slot] = jn_number(index);
    }

    if (step->ancestor) {
        tuple->slots[step->parent_slot] = from->slots[0];
    }
}


static bool
step_one(jn_eval_t *eval, const jn_node_t *path, const jn_node_t *step,
    jn_frame_t *from, jn_list_t *list)
{
    uint32_t     i, count;
    jn_val_t     result;
    jn_frame_t  *tuple;

    result = jn_eval(eval, step, from->slots[0], from);

    if (jn_bad(result) || result.type == JN_NONE) {
        return !jn_bad(result);
    }

    count = result.type == JN_ARRAY ? result.len : 1;

    for (i = 0; i < count; i++) {
        tuple = tuple_create(eval, path, from->parent, from);

        if (tuple == NULL) {
            return false;
        }

        tuple_fill(step, tuple, from,
                   result.type == JN_ARRAY ? jn_item(result, i) : result, i);

        if (!jn_list_push(eval, list, tuple_value(tuple))) {
            return false;
        }
    }

    return true;
}


/* Tuples of what has none yet. */
static jn_val_t
tuples_of(jn_eval_t *eval, const jn_node_t *path, jn_val_t input,
    jn_frame_t *frame)
{
    uint32_t     i;
    jn_list_t    list;
    jn_frame_t  *tuple;

    jn_list_init(&list);

    for (i = 0; i < input.len; i++) {
        tuple = tuple_create(eval, path, frame, NULL);

        if (tuple == NULL) {
            return jn_failed;
        }

        tuple->slots[0] = jn_item(input, i);

        if (!jn_list_push(eval, &list, tuple_value(tuple))) {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ | JN_STREAM);
}


static jn_val_t
sort_step(jn_eval_t *eval, const jn_node_t *path, const jn_node_t *step,
    jn_val_t input, jn_frame_t *frame)
{
    uint32_t  i;
    jn_val_t  sorted;

    sorted = jn_order(eval, step, input, frame);

    if (jn_bad(sorted)) {
        return sorted;
    }

    if (!(input.flags & JN_STREAM)) {
        sorted = tuples_of(eval, path, sorted, frame);
    }

    for (i = 0; step->index.data && !jn_bad(sorted) && i < sorted.len; i++) {
        jn_item(sorted, i).u.frame->slots[step->index_slot] = jn_number(i);
    }

    sorted.flags |= JN_SEQ | JN_STREAM;

    return sorted;
}


static jn_val_t
stages(jn_eval_t *eval, const jn_node_t *step, jn_val_t tuples,
    jn_frame_t *frame)
{
    uint32_t          i, k;
    const jn_node_t  *stage;

    for (i = 0; i < step->stages.count && !jn_bad(tuples); i++) {
        stage = step->stages.items[i];

        if (stage->type != JN_INDEX) {
            tuples = jn_filter(eval, stage, tuples, frame);
            continue;
        }

        for (k = 0; k < tuples.len; k++) {
            tuples.u.items[k].u.frame->slots[stage->index_slot] = jn_number(k);
        }
    }

    return tuples;
}


jn_val_t
jn_tuple_step(jn_eval_t *eval, const jn_node_t *path, uint32_t index,
    jn_val_t input, jn_val_t tuples, jn_frame_t *frame)
{
    uint32_t          i;
    jn_val_t          made;
    jn_list_t         list;
    const jn_node_t  *step;

    step = path->list.items[index];

    if (step->type == JN_SORT) {
        made = sort_step(eval, path, step,
                         tuples.type == JN_NONE ? input : tuples, frame);

        return jn_bad(made) ? made : stages(eval, step, made, frame);
    }

    if (tuples.type == JN_NONE) {
        tuples = tuples_of(eval, path, input, frame);

        if (jn_bad(tuples)) {
            return tuples;
        }
    }

    jn_list_init(&list);

    for (i = 0; i < tuples.len; i++) {
        if (!step_one(eval, path, step, jn_item(tuples, i).u.frame, &list)) {
            return jn_failed;
        }
    }

    made = jn_list_array(eval, &list, JN_SEQ | JN_STREAM);

    return jn_bad(made) ? made : stages(eval, step, made, frame);
}


/* What the tuples are about. */
jn_val_t
jn_tuple_contexts(jn_eval_t *eval, jn_val_t tuples)
{
    uint32_t   i;
    jn_list_t  list;

    jn_list_init(&list);

    for (i = 0; i < tuples.len; i++) {
        if (!jn_list_push(eval, &list,
                          jn_item(tuples, i).u.frame->slots[0]))
        {
            return jn_failed;
        }
    }

    return jn_list_array(eval, &list, JN_SEQ);
}
