
/*
 * The program: its builder, its numbering, its life.  Owns how nodes and
 * scopes are stored; knows no dialect's words.  Talks to verify.c for what
 * must hold.
 */

#include "flow/builder.h"

#include "flow/refuse.h"
#include "flow/verify.h"


#define FIRST_SIZE  16


wf_builder_t *
wf_builder_create(wf_arena_t *arena, wf_dialect_t dialect)
{
    wf_builder_t  *builder;
    wf_program_t  *program;

    builder = wf_arena_calloc(arena, sizeof(wf_builder_t));
    program = wf_arena_calloc(arena, sizeof(wf_program_t));

    if (builder == NULL || program == NULL) {
        return NULL;
    }

    program->arena = arena;
    program->dialect = dialect;
    builder->program = program;
    builder->last_link = &builder->links;
    wf_map_init(&builder->names, arena);

    return builder;
}


wf_program_t *
wf_builder_program(wf_builder_t *builder)
{
    return builder->program;
}


/*
 * Nodes and scopes are allocated one by one, so that what points into them
 * stays good while the tables of pointers grow.
 */
static void *
table_add(wf_arena_t *arena, void ***table, uint32_t *count, uint32_t *size,
    size_t entry_size)
{
    void      *entry, **grown;
    uint32_t   grown_size;

    if (*count == *size) {
        grown_size = *size ? *size * 2 : FIRST_SIZE;
        grown = wf_arena_alloc(arena, grown_size * sizeof(void *));

        if (grown == NULL) {
            return NULL;
        }

        if (*count) {
            memcpy(grown, *table, *count * sizeof(void *));
        }

        *table = grown;
        *size = grown_size;
    }

    entry = wf_arena_calloc(arena, entry_size);

    if (entry) {
        (*table)[(*count)++] = entry;
    }

    return entry;
}


uint32_t
wf_builder_scope(wf_builder_t *builder, uint32_t owner, wf_mark_t mark,
    wf_error_t *err)
{
    uint32_t       depth;
    wf_node_t     *node;
    wf_scope_t    *scope;
    wf_program_t  *program;

    program = builder->program;
    depth = 0;

    if (owner != WF_NONE) {
        node = builder->nodes[owner];
        scope = builder->scopes[node->scope];
        depth = scope->depth + 1;
    }

    if (depth >= WF_SCOPE_DEPTH_MAX) {
        (void) wf_refuse(err, mark, "nested deeper than %d levels",
                         WF_SCOPE_DEPTH_MAX);
        return WF_NONE;
    }

    scope = table_add(program->arena, &builder->scopes,
                      &program->scope_count, &builder->scope_size,
                      sizeof(wf_scope_t));
    if (scope == NULL) {
        (void) wf_refuse_oom(err);
        return WF_NONE;
    }

    scope->first = WF_NONE;
    scope->owner = owner;
    scope->depth = depth;

    return program->scope_count - 1;
}


wf_node_t *
wf_builder_node(wf_builder_t *builder, uint32_t scope, wf_state_type_t type,
    wf_str_t name, wf_mark_t mark, wf_error_t *err)
{
    wf_node_t     *node;
    wf_scope_t    *place;
    wf_program_t  *program;

    program = builder->program;

    wf_assert(scope < program->scope_count);

    if (program->node_count == WF_NODES_MAX) {
        (void) wf_refuse(err, mark, "more than %d steps or states",
                         WF_NODES_MAX);
        return NULL;
    }

    /* aliases and regular expressions are small only in the text */

    if (wf_arena_size(program->arena) > WF_PROGRAM_BYTES_MAX) {
        (void) wf_refuse(err, mark, "the definition takes more than %d MB of "
                         "memory", WF_PROGRAM_BYTES_MAX >> 20);
        return NULL;
    }

    node = table_add(program->arena, &builder->nodes,
                     &program->node_count, &builder->node_size,
                     sizeof(wf_node_t));
    if (node == NULL) {
        (void) wf_refuse_oom(err);
        return NULL;
    }

    node->no = program->node_count - 1;
    node->type = type;
    node->name = name;
    node->mark = mark;
    node->scope = scope;
    node->next = WF_NONE;

    if (wf_verify_name(builder, node, err) != WF_OK) {
        return NULL;
    }

    place = builder->scopes[scope];

    if (place->first == WF_NONE) {
        place->first = node->no;
    }

    return node;
}


wf_rc_t
wf_builder_link(wf_builder_t *builder, uint32_t scope, wf_str_t name,
    wf_mark_t mark, uint32_t node, uint32_t *target, wf_error_t *err)
{
    wf_link_t  *link;

    link = wf_arena_alloc(builder->program->arena, sizeof(wf_link_t));
    if (link == NULL) {
        return wf_refuse_oom(err);
    }

    *link = (wf_link_t) { NULL, name, mark, scope, node, target };
    *target = WF_NONE;
    *builder->last_link = link;
    builder->last_link = &link->following;

    return WF_OK;
}


wf_rc_t
wf_builder_start(wf_builder_t *builder, uint32_t scope, wf_str_t name,
    wf_mark_t mark, wf_error_t *err)
{
    wf_scope_t  *place;

    place = builder->scopes[scope];

    return wf_builder_link(builder, scope, name, mark, WF_NONE, &place->first,
                           err);
}


/* Links point into single nodes, so they are tied before these are copied. */
wf_rc_t
wf_builder_finish(wf_builder_t *builder, wf_error_t *err)
{
    uint32_t       i;
    wf_program_t  *program;

    if (wf_verify_links(builder, err) != WF_OK) {
        return WF_ERROR;
    }

    program = builder->program;
    program->nodes = wf_arena_alloc(program->arena,
                                    program->node_count * sizeof(wf_node_t));
    program->scopes = wf_arena_alloc(program->arena, program->scope_count
                                                     * sizeof(wf_scope_t));

    if (program->nodes == NULL || program->scopes == NULL) {
        return wf_refuse_oom(err);
    }

    for (i = 0; i < program->node_count; i++) {
        program->nodes[i] = *(wf_node_t *) builder->nodes[i];
    }

    for (i = 0; i < program->scope_count; i++) {
        program->scopes[i] = *(wf_scope_t *) builder->scopes[i];
    }

    return wf_verify_program(program, err);
}


/* A program belongs to one process; workers compile their own. */
void
wf_program_release(wf_program_t *program)
{
    wf_arena_free(program->arena);
}
