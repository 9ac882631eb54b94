
/*
 * JSONata: % means the context of some step further out; these are the rules
 * which step that is.
 */

#include "expr/jsonata_parse.h"


/* What node still seeks, node above it seeks as well. */
wf_rc_t
jn_seek_on(jn_parser_t *parser, jn_node_t *above, jn_node_t *node)
{
    uint32_t  i;

    for (i = 0; i < node->seeking.count; i++) {
        if (jn_seek_push(parser, &above->seeking, node->seeking.items[i])
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return node->type == JN_PARENT
           ? jn_seek_push(parser, &above->seeking, node->slot) : WF_OK;
}


wf_rc_t
jn_seek_push(jn_parser_t *parser, jn_slots_t *slots, jn_slot_t *slot)
{
    uint32_t     size;
    jn_slot_t  **items;

    if (slots->count == slots->size) {
        size = slots->size ? slots->size * 2 : 2;
        items = wf_arena_alloc(parser->arena, size * sizeof(jn_slot_t *));

        if (items == NULL) {
            return jn_parse_oom(parser);
        }

        if (slots->count) {
            memcpy(items, slots->items, slots->count * sizeof(jn_slot_t *));
        }

        slots->items = items;
        slots->size = size;
    }

    slots->items[slots->count++] = slot;

    return WF_OK;
}


/* One step further out; a step that is found keeps its context by label. */
wf_rc_t
jn_seek_parent(jn_parser_t *parser, jn_node_t *node, jn_slot_t *slot)
{
    uint32_t  i;

    switch (node->type) {

    case JN_NAME:
    case JN_WILDCARD:
        if (--slot->level == 0) {
            if (node->ancestor != NULL) {
                slot->label = node->ancestor->label;
            }

            node->ancestor = slot;
            node->tuple = true;
        }

        return WF_OK;

    case JN_PARENT:
        slot->level++;
        return WF_OK;

    case JN_BLOCK:
        if (node->list.count == 0) {
            return WF_OK;
        }

        node->tuple = true;

        return jn_seek_parent(parser, node->list.items[node->list.count - 1],
                           slot);

    case JN_PATH:
        node->tuple = true;
        i = node->list.count;

        do {
            if (jn_seek_parent(parser, node->list.items[--i], slot) != WF_OK) {
                return WF_ERROR;
            }
        } while (slot->level > 0 && i > 0);

        return WF_OK;

    default:
        return jn_refuse(parser, "S0217", node->position, wf_str_none);
    }
}


/* What the last step seeks, among the steps before it. */
wf_rc_t
jn_seek_in_path(jn_parser_t *parser, jn_node_t *path)
{
    uint32_t      i, k;
    jn_node_t   **steps, *last;
    jn_slot_t    *slot;
    jn_slots_t    slots;

    steps = path->list.items;
    last = steps[path->list.count - 1];

    if (last->type == JN_PARENT
        && jn_seek_push(parser, &last->seeking, last->slot) != WF_OK)
    {
        return WF_ERROR;
    }

    slots = last->seeking;

    for (i = 0; i < slots.count; i++) {
        slot = slots.items[i];
        k = path->list.count - 1;

        while (slot->level > 0) {
            if (k == 0) {
                if (jn_seek_push(parser, &path->seeking, slot) != WF_OK) {
                    return WF_ERROR;
                }

                break;
            }

            k--;

            /* Steps in a row that bind the same context count as one. */
            while (k > 0 && steps[k]->focus.data && steps[k - 1]->focus.data) {
                k--;
            }

            if (jn_seek_parent(parser, steps[k], slot) != WF_OK) {
                return WF_ERROR;
            }
        }
    }

    return WF_OK;
}
