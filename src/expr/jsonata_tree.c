
/*
 * JSONata: making the tree, and how making it fails.  Everybody between text
 * and tree uses this; it knows none of them.
 */

#include "expr/jsonata_parse.h"


#define LIST_FIRST  4


wf_rc_t
jn_refuse(jn_parser_t *parser, const char *code, uint32_t position,
    wf_str_t token)
{
    parser->trouble.code = code;
    parser->trouble.position = position;
    parser->trouble.token = token;

    return WF_ERROR;
}


wf_rc_t
jn_parse_oom(jn_parser_t *parser)
{
    parser->trouble.trouble = WF_JSONATA_OOM;
    return WF_ERROR;
}


/* Nested too deeply: no tree is made that the stack could not bear. */
wf_rc_t
jn_parse_deep(jn_parser_t *parser)
{
    parser->trouble.trouble = WF_JSONATA_LIMIT;
    return jn_refuse(parser, "D1011", (uint32_t) parser->pos, wf_str_none);
}


jn_node_t *
jn_node_create(jn_parser_t *parser, jn_node_type_t type, uint32_t position)
{
    jn_node_t  *node;

    node = wf_arena_calloc(parser->arena, sizeof(jn_node_t));

    if (node == NULL) {
        (void) jn_parse_oom(parser);
        return NULL;
    }

    node->type = (uint8_t) type;
    node->position = position;
    node->height = 1;
    node->global = -1;

    return node;
}


wf_rc_t
jn_nodes_push(jn_parser_t *parser, jn_nodes_t *nodes, jn_node_t *node)
{
    uint32_t     size;
    jn_node_t  **items;

    if (node == NULL) {
        return WF_ERROR;
    }

    if (nodes->count == nodes->size) {
        size = nodes->size ? nodes->size * 2 : LIST_FIRST;
        items = wf_arena_alloc(parser->arena, size * sizeof(jn_node_t *));

        if (items == NULL) {
            return jn_parse_oom(parser);
        }

        if (nodes->count) {
            memcpy(items, nodes->items, nodes->count * sizeof(jn_node_t *));
        }

        nodes->items = items;
        nodes->size = size;
    }

    nodes->items[nodes->count++] = node;

    return WF_OK;
}
