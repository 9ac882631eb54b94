
/*
 * JSONata: {...}, which groups the items of a sequence by keys and makes one
 * member of each group.  An object constructor groups its single context.
 */

#include "expr/jsonata_make.h"


typedef struct {
    wf_str_t   key;
    uint32_t   pair;
    jn_val_t   first;
    jn_list_t  list;            /* from the second item on: all of them */
} entry_t;

typedef struct {
    entry_t   *entries;
    uint32_t   count;
    uint32_t   size;
    uint32_t   mask;
    uint32_t  *slots;           /* entry number + 1; 0: free */
} groups_t;


static bool
groups_grow(jn_eval_t *eval, groups_t *groups)
{
    entry_t   *entries;
    uint32_t   i, k, size;

    size = groups->size ? groups->size * 2 : 8;
    entries = jn_alloc(eval, size * sizeof(entry_t));
    groups->slots = jn_alloc(eval, 2 * size * sizeof(uint32_t));

    if (entries == NULL || groups->slots == NULL) {
        return false;
    }

    memset(groups->slots, 0, 2 * size * sizeof(uint32_t));
    groups->mask = 2 * size - 1;

    for (i = 0; i < groups->count; i++) {
        entries[i] = groups->entries[i];

        /* A list of one lies in the list itself. */
        if (entries[i].list.items == &groups->entries[i].list.one) {
            entries[i].list.items = &entries[i].list.one;
        }

        k = (uint32_t) wf_hash(wf_hash_secret(), entries[i].key);

        for (k &= groups->mask; groups->slots[k]; k = (k + 1) & groups->mask) {
            /* void */
        }

        groups->slots[k] = i + 1;
    }

    groups->entries = entries;
    groups->size = size;

    return true;
}


/* The entry of a key; *added: it is new.  NULL: no memory. */
static entry_t *
groups_find(jn_eval_t *eval, groups_t *groups, wf_str_t key, bool *added)
{
    uint32_t  k;
    entry_t  *entry;

    if (!jn_work(eval, jn_name_steps(key.len))
        || (groups->count == groups->size && !groups_grow(eval, groups)))
    {
        return NULL;
    }

    *added = false;
    k = (uint32_t) wf_hash(wf_hash_secret(), key);

    for (k &= groups->mask; groups->slots[k]; k = (k + 1) & groups->mask) {
        entry = &groups->entries[groups->slots[k] - 1];

        if (wf_str_eq(entry->key, key)) {
            return entry;
        }
    }

    *added = true;
    entry = &groups->entries[groups->count++];
    groups->slots[k] = groups->count;
    entry->key = key;
    jn_list_init(&entry->list);

    return entry;
}


static jn_val_t
key_of(jn_eval_t *eval, const jn_node_t *node, uint32_t position,
    jn_val_t item, jn_frame_t *frame)
{
    jn_val_t  key;

    if (item.type == JN_TUPLE) {
        frame = item.u.frame;
        item = frame->slots[0];
    }

    key = node->type == JN_LITERAL && node->predicates.count == 0
          && !node->grouped
          ? node->value : jn_eval(eval, node, item, frame);

    if (jn_bad(key) || key.type == JN_STRING || key.type == JN_NONE) {
        return key;
    }

    return jn_fail_at(eval, "T1003", key, position);
}


/* Items of one key are an array from the second one on; nothing is none. */
static bool
entry_add(jn_eval_t *eval, entry_t *entry, jn_val_t item)
{
    if (item.type == JN_NONE) {
        return true;
    }

    if (entry->first.type == JN_NONE) {
        entry->first = item;
        return true;
    }

    if (entry->list.count == 0
        && !jn_list_append(eval, &entry->list, entry->first))
    {
        return false;
    }

    return jn_list_append(eval, &entry->list, item);
}


static bool
group_item(jn_eval_t *eval, groups_t *groups, const jn_nodes_t *pairs,
    uint32_t position, jn_val_t item, jn_frame_t *frame)
{
    bool      added;
    uint32_t  i;
    entry_t  *entry;
    jn_val_t  key;

    for (i = 0; i < pairs->count; i += 2) {
        key = key_of(eval, pairs->items[i], position, item, frame);

        if (jn_bad(key)) {
            return false;
        }

        if (key.type == JN_NONE) {
            continue;
        }

        entry = groups_find(eval, groups, jn_str(key), &added);

        if (entry == NULL) {
            return false;
        }

        if (added) {
            entry->pair = i;
            entry->first = item;
            continue;
        }

        if (entry->pair != i) {
            (void) jn_fail_at(eval, "D1009", key, position);
            return false;
        }

        if (!entry_add(eval, entry, item)) {
            return false;
        }
    }

    return true;
}


/* The tuples of a group as one, each name with all its values. */
static jn_frame_t *
reduce(jn_eval_t *eval, const entry_t *entry)
{
    uint32_t           i, k;
    jn_list_t          list;
    jn_frame_t        *frame;
    const jn_frame_t  *tuple;

    if (entry->list.count == 0) {
        return entry->first.u.frame;
    }

    tuple = entry->first.u.frame;
    frame = jn_frame_create(eval, tuple->scope, tuple->parent);

    for (k = 0; frame != NULL && k < tuple->scope->count; k++) {
        jn_list_init(&list);

        for (i = 0; i < entry->list.count; i++) {
            tuple = entry->list.items[i].u.frame;

            if (tuple->slots[k].type > JN_NONE
                && !jn_list_append(eval, &list, tuple->slots[k]))
            {
                return NULL;
            }
        }

        if (list.count == 0) {
            continue;
        }

        frame->slots[k] = jn_list_array(eval, &list, 0);

        if (jn_bad(frame->slots[k])) {
            return NULL;
        }
    }

    return frame;
}


static jn_val_t
entry_value(jn_eval_t *eval, const jn_nodes_t *pairs, entry_t *entry,
    jn_frame_t *frame)
{
    jn_val_t  context;

    if (entry->first.type == JN_TUPLE) {
        frame = reduce(eval, entry);

        if (frame == NULL) {
            return jn_failed;
        }

        context = frame->slots[0];

    } else {
        context = entry->list.count
                  ? jn_list_array(eval, &entry->list, 0) : entry->first;
    }

    return jn_bad(context)
           ? context : jn_eval(eval, pairs->items[entry->pair + 1], context,
                               frame);
}


static jn_val_t
groups_value(jn_eval_t *eval, groups_t *groups, const jn_nodes_t *pairs,
    jn_frame_t *frame)
{
    uint32_t      i;
    jn_val_t      value;
    jn_object_t  *object;

    object = jn_object_create(eval, groups->count);

    if (object == NULL) {
        return jn_failed;
    }

    for (i = 0; i < groups->count; i++) {
        value = entry_value(eval, pairs, &groups->entries[i], frame);

        if (jn_bad(value)
            || (value.type != JN_NONE
                && !jn_object_set(eval, object, groups->entries[i].key,
                                  value)))
        {
            return jn_failed;
        }
    }

    return jn_object(object);
}


/* One context: all keys first, then their values; no groups are needed. */
static jn_val_t
construct(jn_eval_t *eval, const jn_nodes_t *pairs, uint32_t position,
    jn_val_t item, jn_frame_t *frame)
{
    uint32_t      i, count;
    jn_val_t      key, value;
    jn_member_t  *member;
    jn_object_t  *object;

    object = jn_object_create(eval, pairs->count / 2);

    if (object == NULL) {
        return jn_failed;
    }

    /* Until it is evaluated a member has the number of its pair. */
    for (i = 0; i < pairs->count; i += 2) {
        key = key_of(eval, pairs->items[i], position, item, frame);

        if (jn_bad(key)) {
            return key;
        }

        if (key.type == JN_NONE) {
            continue;
        }

        if (jn_object_find(object, jn_str(key))) {
            return jn_fail_at(eval, "D1009", key, position);
        }

        if (!jn_object_set(eval, object, jn_str(key), jn_number(i))) {
            return jn_failed;
        }
    }

    count = object->count;

    for (i = 0; i < count; i++) {
        member = &object->members[i];
        value = jn_eval(eval,
                        pairs->items[(uint32_t) member->value.u.number + 1],
                        item, frame);

        if (jn_bad(value)) {
            return value;
        }

        member->value = value;
    }

    for (i = count; i > 0; i--) {
        member = &object->members[i - 1];

        if (member->value.type == JN_NONE
            && !jn_object_remove(eval, object, member->key))
        {
            return jn_failed;
        }
    }

    return jn_object(object);
}


jn_val_t
jn_group(jn_eval_t *eval, const jn_nodes_t *pairs, uint32_t position,
    jn_val_t input, jn_frame_t *frame)
{
    uint32_t  i;
    groups_t  groups;

    if (input.type != JN_ARRAY) {
        return construct(eval, pairs, position, input, frame);
    }

    if (input.len == 0 && !(input.flags & JN_STREAM)) {
        return construct(eval, pairs, position, jn_none, frame);
    }

    memset(&groups, 0, sizeof(groups_t));

    for (i = 0; i < input.len; i++) {
        if (!jn_work(eval, 1)
            || !group_item(eval, &groups, pairs, position, jn_item(input, i),
                           frame))
        {
            return jn_failed;
        }
    }

    return groups_value(eval, &groups, pairs, frame);
}
