
/*
 * JSONata: from the tree as written to the tree as it is evaluated.  Dots
 * become paths of steps, selections become stages of a step, and each % finds
 * the step whose context it means.
 */

#include "expr/jsonata_parse.h"


#define LABEL_MAX  16

typedef jn_node_t *(*shape_t)(jn_parser_t *parser, jn_node_t *node);

static jn_node_t *shape_same(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_both(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_apply(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_negate(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_list(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_block(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_name(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_parent(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_condition(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_bind(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_call(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_lambda(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_transform(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_dot(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_select(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_group(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_order(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_focus(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_index(jn_parser_t *parser, jn_node_t *node);
static jn_node_t *shape_end(jn_parser_t *parser, jn_node_t *node);
static wf_rc_t shape_nodes(jn_parser_t *parser, jn_nodes_t *nodes,
    jn_node_t *above);

static const shape_t  shapes[JN_NODE_COUNT] = {
    [JN_BINARY] = shape_both, [JN_AND] = shape_both, [JN_OR] = shape_both,
    [JN_NEGATE] = shape_negate, [JN_LIST] = shape_list,
    [JN_RECORD] = shape_list, [JN_NAME] = shape_name,
    [JN_LITERAL] = shape_same, [JN_WILDCARD] = shape_same,
    [JN_DESCENDANT] = shape_same, [JN_PARENT] = shape_parent,
    [JN_CONDITION] = shape_condition, [JN_DEFAULT] = shape_condition,
    [JN_BLOCK] = shape_block, [JN_BIND] = shape_bind,
    [JN_REGEX] = shape_same, [JN_CALL] = shape_call,
    [JN_VARIABLE] = shape_same, [JN_LAMBDA] = shape_lambda,
    [JN_PARTIAL] = shape_call, [JN_APPLY] = shape_apply,
    [JN_TRANSFORM] = shape_transform, [JN_PLACE] = shape_same,
    [JN_DOT] = shape_dot, [JN_SELECT] = shape_select,
    [JN_GROUP] = shape_group, [JN_ORDER] = shape_order,
    [JN_FOCUS] = shape_focus, [JN_INDEX] = shape_index,
    [JN_WORD] = shape_name, [JN_END] = shape_end
};


/* NULL passes through. */
jn_node_t *
jn_shape(jn_parser_t *parser, jn_node_t *node)
{
    bool        keep;
    jn_node_t  *shaped;

    if (node == NULL) {
        return NULL;
    }

    keep = node->keep;
    shaped = shapes[node->type](parser, node);

    if (shaped != NULL && keep) {
        shaped->keep = true;
    }

    return shaped;
}


static jn_node_t *
shape_same(jn_parser_t *parser, jn_node_t *node)
{
    (void) parser;
    return node;
}


static jn_node_t *
shape_end(jn_parser_t *parser, jn_node_t *node)
{
    (void) jn_refuse(parser, "S0207", node->position, node->text);
    return NULL;
}


static jn_node_t *
shape_both(jn_parser_t *parser, jn_node_t *node)
{
    node->left = jn_shape(parser, node->left);
    node->right = node->left ? jn_shape(parser, node->right) : NULL;

    if (node->right == NULL || jn_seek_on(parser, node, node->left) != WF_OK
        || jn_seek_on(parser, node, node->right) != WF_OK)
    {
        return NULL;
    }

    return node;
}


static jn_node_t *
shape_apply(jn_parser_t *parser, jn_node_t *node)
{
    node->left = jn_shape(parser, node->left);
    node->right = node->left ? jn_shape(parser, node->right) : NULL;

    if (node->right == NULL) {
        return NULL;
    }

    node->keep = node->left->keep || node->right->keep;

    return node;
}


static jn_node_t *
shape_negate(jn_parser_t *parser, jn_node_t *node)
{
    node->left = jn_shape(parser, node->left);

    if (node->left == NULL) {
        return NULL;
    }

    if (node->left->type == JN_LITERAL && node->left->value.type == JN_NUMBER)
    {
        node->left->value.u.number = -node->left->value.u.number;
        return node->left;
    }

    return jn_seek_on(parser, node, node->left) == WF_OK ? node : NULL;
}


/* [...] and {...} */
static jn_node_t *
shape_list(jn_parser_t *parser, jn_node_t *node)
{
    return shape_nodes(parser, &node->list, node) == WF_OK ? node : NULL;
}


static wf_rc_t
shape_nodes(jn_parser_t *parser, jn_nodes_t *nodes, jn_node_t *above)
{
    uint32_t    i;
    jn_node_t  *node;

    for (i = 0; i < nodes->count; i++) {
        node = jn_shape(parser, nodes->items[i]);

        if (node == NULL
            || (above && jn_seek_on(parser, above, node) != WF_OK))
        {
            return WF_ERROR;
        }

        nodes->items[i] = node;
    }

    return WF_OK;
}


static jn_node_t *
shape_block(jn_parser_t *parser, jn_node_t *node)
{
    uint32_t    i;
    jn_node_t  *part;

    if (shape_nodes(parser, &node->list, node) != WF_OK) {
        return NULL;
    }

    for (i = 0; i < node->list.count; i++) {
        part = node->list.items[i];

        if (part->cons
            || (part->type == JN_PATH && part->list.items[0]->cons))
        {
            node->cons = true;
        }
    }

    return node;
}


static jn_node_t *
path_of(jn_parser_t *parser, jn_node_t *step)
{
    jn_node_t  *path;

    path = jn_node_create(parser, JN_PATH, step->position);

    if (path == NULL || jn_nodes_push(parser, &path->list, step) != WF_OK) {
        return NULL;
    }

    return path;
}


static jn_node_t *
shape_name(jn_parser_t *parser, jn_node_t *node)
{
    jn_node_t  *path;

    node->type = JN_NAME;
    path = path_of(parser, node);

    if (path != NULL) {
        path->keep_single = node->keep;
    }

    return path;
}


/* Labels are names that no text can spell. */
static jn_node_t *
shape_parent(jn_parser_t *parser, jn_node_t *node)
{
    wf_buf_t  label;

    node->slot = wf_arena_calloc(parser->arena, sizeof(jn_slot_t));
    wf_buf_init(&label, parser->arena, LABEL_MAX);
    wf_buf_byte(&label, '!');
    wf_buf_uint(&label, parser->label_count++);

    if (node->slot == NULL || label.failed) {
        (void) jn_parse_oom(parser);
        return NULL;
    }

    node->slot->label = wf_buf_done(&label);
    node->slot->level = 1;

    return node;
}


static jn_node_t *
shape_condition(jn_parser_t *parser, jn_node_t *node)
{
    uint32_t     i;
    jn_node_t  **parts[3];

    parts[0] = &node->left;
    parts[1] = &node->right;
    parts[2] = &node->third;

    for (i = 0; i < wf_countof(parts); i++) {
        if (*parts[i] == NULL) {
            continue;
        }

        *parts[i] = jn_shape(parser, *parts[i]);

        if (*parts[i] == NULL || jn_seek_on(parser, node, *parts[i]) != WF_OK) {
            return NULL;
        }
    }

    return node;
}


static jn_node_t *
shape_bind(jn_parser_t *parser, jn_node_t *node)
{
    node->right = jn_shape(parser, node->right);

    if (node->right == NULL || jn_seek_on(parser, node, node->right) != WF_OK) {
        return NULL;
    }

    return node;
}


static jn_node_t *
shape_call(jn_parser_t *parser, jn_node_t *node)
{
    if (shape_nodes(parser, &node->list, node) != WF_OK) {
        return NULL;
    }

    node->left = jn_shape(parser, node->left);

    return node->left ? node : NULL;
}


/* Calls that end a function's body need no stack: they are thunks. */
static void
tails(jn_node_t *node)
{
    if (node == NULL || node->predicates.count || node->grouped) {
        return;
    }

    switch (node->type) {

    case JN_CALL:
        node->tail = true;
        break;

    case JN_CONDITION:
    case JN_DEFAULT:
        tails(node->right);
        tails(node->third);
        break;

    case JN_BLOCK:
        if (node->list.count) {
            tails(node->list.items[node->list.count - 1]);
        }
        break;

    default:
        break;
    }
}


static jn_node_t *
shape_lambda(jn_parser_t *parser, jn_node_t *node)
{
    node->right = jn_shape(parser, node->right);

    if (node->right == NULL) {
        return NULL;
    }

    tails(node->right);

    return node;
}


static jn_node_t *
shape_transform(jn_parser_t *parser, jn_node_t *node)
{
    node->left = jn_shape(parser, node->left);
    node->right = node->left ? jn_shape(parser, node->right) : NULL;

    if (node->right == NULL) {
        return NULL;
    }

    if (node->third != NULL) {
        node->third = jn_shape(parser, node->third);

        if (node->third == NULL) {
            return NULL;
        }
    }

    return node;
}


/* What all steps of a path must be, and what the path is because of them. */
static wf_rc_t
steps_check(jn_parser_t *parser, jn_node_t *path)
{
    uint32_t    i;
    jn_node_t  *step;

    for (i = 0; i < path->list.count; i++) {
        step = path->list.items[i];

        if (step->type == JN_LITERAL) {
            if (step->value.type != JN_STRING) {
                parser->trouble.value = step->value;
                return jn_refuse(parser, "S0213", step->position,
                                 wf_str_none);
            }

            step->type = JN_NAME;
            step->text = jn_str(step->value);
        }

        if (step->keep) {
            path->keep_single = true;
        }
    }

    step = path->list.items[0];
    step->cons = step->cons || step->type == JN_LIST;

    step = path->list.items[path->list.count - 1];
    step->cons = step->cons || step->type == JN_LIST;

    return WF_OK;
}


static void
predicates_to_stages(jn_node_t *step)
{
    step->stages = step->predicates;
    step->predicates = (jn_nodes_t) { NULL, 0, 0 };
}


static jn_node_t *
shape_dot(jn_parser_t *parser, jn_node_t *node)
{
    uint32_t    i;
    jn_node_t  *path, *left, *rest;

    left = jn_shape(parser, node->left);

    if (left == NULL) {
        return NULL;
    }

    path = left->type == JN_PATH ? left : path_of(parser, left);

    if (path == NULL
        || (left->type == JN_PARENT
            && jn_seek_push(parser, &path->seeking, left->slot) != WF_OK))
    {
        return NULL;
    }

    rest = jn_shape(parser, node->right);

    if (rest == NULL) {
        return NULL;
    }

    if (rest->type != JN_PATH) {
        predicates_to_stages(rest);

        if (jn_nodes_push(parser, &path->list, rest) != WF_OK) {
            return NULL;
        }
    }

    for (i = 0; rest->type == JN_PATH && i < rest->list.count; i++) {
        if (jn_nodes_push(parser, &path->list, rest->list.items[i]) != WF_OK) {
            return NULL;
        }
    }

    if (steps_check(parser, path) != WF_OK
        || jn_seek_in_path(parser, path) != WF_OK)
    {
        return NULL;
    }

    return path;
}


static jn_node_t *
last_step(jn_node_t *node)
{
    return node->type == JN_PATH ? node->list.items[node->list.count - 1]
                                 : node;
}


static jn_node_t *
shape_select(jn_parser_t *parser, jn_node_t *node)
{
    uint32_t    i;
    jn_node_t  *shaped, *step, *predicate;
    jn_slot_t  *slot;

    shaped = jn_shape(parser, node->left);

    if (shaped == NULL) {
        return NULL;
    }

    step = last_step(shaped);

    if (step->grouped) {
        (void) jn_refuse(parser, "S0209", node->position, wf_str_none);
        return NULL;
    }

    predicate = jn_shape(parser, node->right);

    if (predicate == NULL) {
        return NULL;
    }

    for (i = 0; i < predicate->seeking.count; i++) {
        slot = predicate->seeking.items[i];

        if (slot->level != 1) {
            slot->level--;

        } else if (jn_seek_parent(parser, step, slot) != WF_OK) {
            return NULL;
        }
    }

    if ((predicate->seeking.count
         && jn_seek_on(parser, step, predicate) != WF_OK)
        || jn_nodes_push(parser, shaped->type == JN_PATH ? &step->stages
                                                         : &step->predicates,
                         predicate)
           != WF_OK)
    {
        return NULL;
    }

    return shaped;
}


static jn_node_t *
shape_group(jn_parser_t *parser, jn_node_t *node)
{
    jn_node_t  *shaped;

    shaped = jn_shape(parser, node->left);

    if (shaped == NULL) {
        return NULL;
    }

    if (shaped->grouped) {
        (void) jn_refuse(parser, "S0210", node->position, wf_str_none);
        return NULL;
    }

    if (shape_nodes(parser, &node->group, NULL) != WF_OK) {
        return NULL;
    }

    shaped->grouped = true;
    shaped->group = node->group;
    shaped->group_position = node->position;

    return shaped;
}


static jn_node_t *
shape_order(jn_parser_t *parser, jn_node_t *node)
{
    uint32_t    i;
    jn_node_t  *path, *step, *term;

    path = jn_shape(parser, node->left);

    if (path != NULL && path->type != JN_PATH) {
        path = path_of(parser, path);
    }

    step = jn_node_create(parser, JN_SORT, node->position);

    if (path == NULL || step == NULL) {
        return NULL;
    }

    for (i = 0; i < node->list.count; i++) {
        term = node->list.items[i];
        term->left = jn_shape(parser, term->left);

        if (term->left == NULL
            || jn_seek_on(parser, step, term->left) != WF_OK)
        {
            return NULL;
        }
    }

    step->list = node->list;

    if (jn_nodes_push(parser, &path->list, step) != WF_OK
        || jn_seek_in_path(parser, path) != WF_OK)
    {
        return NULL;
    }

    return path;
}


static jn_node_t *
shape_focus(jn_parser_t *parser, jn_node_t *node)
{
    jn_node_t  *shaped, *step;

    shaped = jn_shape(parser, node->left);

    if (shaped == NULL) {
        return NULL;
    }

    step = last_step(shaped);

    if (step->stages.count || step->predicates.count
        || step->type == JN_SORT)
    {
        (void) jn_refuse(parser, step->type == JN_SORT && !step->stages.count
                                 ? "S0216" : "S0215",
                         node->position, wf_str_none);
        return NULL;
    }

    step->keep = step->keep || node->keep;
    step->focus = node->right->text;
    step->tuple = true;

    return shaped;
}


static jn_node_t *
shape_index(jn_parser_t *parser, jn_node_t *node)
{
    jn_node_t  *shaped, *step, *stage;

    shaped = jn_shape(parser, node->left);

    if (shaped == NULL) {
        return NULL;
    }

    step = last_step(shaped);

    if (shaped->type != JN_PATH) {
        shaped = path_of(parser, shaped);

        if (shaped == NULL) {
            return NULL;
        }

        predicates_to_stages(step);
    }

    step->tuple = true;

    if (step->stages.count == 0) {
        step->index = node->right->text;
        return shaped;
    }

    stage = jn_node_create(parser, JN_INDEX, node->position);

    if (jn_nodes_push(parser, &step->stages, stage) != WF_OK) {
        return NULL;
    }

    stage->index = node->right->text;

    return shaped;
}
