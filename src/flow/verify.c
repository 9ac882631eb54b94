
/*
 * What every program must satisfy.  Owns the name index of a builder and the
 * limits of fdl.md 0.3, 1.3.7 and 2.4.7.  Never repairs anything; unreachable
 * nodes are no fault, real flows have them.
 */

#include "flow/verify.h"

#include "base/json.h"
#include "flow/refuse.h"


/* WF_STEP_NAME_LEN_MAX code points of four bytes, and the scope. */
#define KEY_SIZE  (4 + WF_STEP_NAME_LEN_MAX * 4)

/* How the dialects differ. */
static const struct {
    const char  *noun;
    const char  *where;         /* a link may point */
    bool         names_global;  /* unique in the flow, or in the scope */
    uint32_t     branches_max;
} dialects[] = {
    [WF_DIALECT_FDL] = {
        "step", "the same list of steps", true, WF_BRANCHES_FDL_MAX
    },
    [WF_DIALECT_CFL] = {
        "state", "the same scope", false, WF_BRANCHES_CFL_MAX
    },
    [WF_DIALECT_ASL] = {
        "state", "the same scope", true, WF_BRANCHES_ASL_MAX
    },
    [WF_DIALECT_SWF] = {
        "state", "the same scope", true, 0
    }
};


/* Scope and name in one key.  The name is at most KEY_SIZE - 4 bytes. */
static wf_str_t
key_print(uint8_t *key, uint32_t scope, wf_str_t name)
{
    key[0] = scope & 255;
    key[1] = scope >> 8 & 255;
    key[2] = scope >> 16 & 255;
    key[3] = scope >> 24;
    memcpy(key + 4, name.data, name.len);

    return (wf_str_t) { 4 + name.len, key };
}


wf_node_t *
wf_verify_find(const wf_builder_t *builder, uint32_t scope, wf_str_t name)
{
    uint8_t  key[KEY_SIZE];

    if (name.len == 0 || name.len > KEY_SIZE - 4) {
        return NULL;
    }

    return wf_map_get(&builder->names, key_print(key, scope, name));
}


static wf_rc_t
name_enter(wf_builder_t *builder, uint32_t scope, wf_node_t *node,
    wf_error_t *err)
{
    uint8_t  *key;

    key = wf_arena_alloc(builder->program->arena, 4 + node->name.len);

    if (key == NULL
        || wf_map_set(&builder->names, key_print(key, scope, node->name), node)
           != WF_OK)
    {
        return wf_refuse_oom(err);
    }

    return WF_OK;
}


wf_rc_t
wf_verify_name(wf_builder_t *builder, wf_node_t *node, wf_error_t *err)
{
    bool         global;
    wf_node_t   *other;
    const char  *noun;

    noun = dialects[builder->program->dialect].noun;
    global = dialects[builder->program->dialect].names_global;

    if (node->name.len == 0) {
        return wf_refuse(err, node->mark, "the name of a %s must not be empty",
                         noun);
    }

    if (node->name.len > KEY_SIZE - 4
        || wf_utf8_length(node->name) > WF_STEP_NAME_LEN_MAX)
    {
        return wf_refuse(err, node->mark,
                         "%s name '%.*s...' has more than %d characters",
                         noun, wf_quoted(node->name), WF_STEP_NAME_LEN_MAX);
    }

    other = wf_verify_find(builder, global ? WF_NONE : node->scope, node->name);

    if (other) {
        return wf_refuse(err, node->mark,
                         "%s name '%.*s' is already used in line %u", noun,
                         wf_quoted(node->name), wf_mark_line(other->mark));
    }

    if (global && name_enter(builder, WF_NONE, node, err) != WF_OK) {
        return WF_ERROR;
    }

    return name_enter(builder, node->scope, node, err);
}


wf_rc_t
wf_verify_links(wf_builder_t *builder, wf_error_t *err)
{
    wf_node_t     *node;
    wf_link_t     *link;
    const char    *noun, *where;
    wf_dialect_t   dialect;

    dialect = builder->program->dialect;
    noun = dialects[dialect].noun;
    where = dialects[dialect].where;

    for (link = builder->links; link; link = link->following) {
        node = wf_verify_find(builder, link->scope, link->name);

        if (node) {
            *link->target = node->no;
            continue;
        }

        if (link->node == WF_NONE) {
            return wf_refuse(err, link->mark, "no %s '%.*s' to start at", noun,
                             wf_quoted(link->name));
        }

        node = builder->nodes[link->node];

        return wf_refuse(err, link->mark,
                         "%s '%.*s' leads to '%.*s', which is not in %s", noun,
                         wf_quoted(node->name), wf_quoted(link->name), where);
    }

    return WF_OK;
}


/* Our own mistakes in one node. */
static void
node_check(const wf_program_t *program, const wf_node_t *node)
{
    uint32_t  i;

#define IN_SCOPE(number)                                                      \
    wf_assert((number) == WF_NONE                                             \
              || ((number) < program->node_count                              \
                  && program->nodes[number].scope == node->scope))
#define OPENED(number)                                                        \
    wf_assert((number) < program->scope_count                                 \
              && program->scopes[number].owner == node->no)

    wf_assert(node->scope < program->scope_count);
    IN_SCOPE(node->next);

    for (i = 0; i < node->catcher_count; i++) {
        IN_SCOPE(node->catchers[i].next);
    }

    if (node->type == WF_STATE_CHOICE) {
        for (i = 0; i < node->u.choice.count; i++) {
            IN_SCOPE(node->u.choice.alternatives[i].next);

            if (node->u.choice.alternatives[i].scope != WF_NONE) {
                OPENED(node->u.choice.alternatives[i].scope);
            }
        }
    }

    if (node->type == WF_STATE_PARALLEL || node->type == WF_STATE_MAP) {
        for (i = 0; i < node->u.fork.count; i++) {
            OPENED(node->u.fork.scopes[i]);
        }
    }

#undef IN_SCOPE
#undef OPENED
}


static wf_rc_t
node_verify(const wf_program_t *program, const wf_node_t *node,
    wf_error_t *err)
{
    uint32_t  max;

    node_check(program, node);

    max = dialects[program->dialect].branches_max;

    if (node->type == WF_STATE_PARALLEL && node->u.fork.count > max) {
        return wf_refuse(err, node->mark, "'%.*s' has more than %u branches",
                         wf_quoted(node->name), max);
    }

    if (node->type == WF_STATE_CHOICE
        && node->u.choice.count > WF_ALTERNATIVES_MAX)
    {
        return wf_refuse(err, node->mark,
                         "'%.*s' has more than %d alternatives",
                         wf_quoted(node->name), WF_ALTERNATIVES_MAX);
    }

    return WF_OK;
}


wf_rc_t
wf_verify_program(const wf_program_t *program, wf_error_t *err)
{
    uint32_t           i;
    const wf_scope_t  *scope;

    wf_assert(program->scope_count > 0);

    for (i = 0; i < program->scope_count; i++) {
        scope = &program->scopes[i];

        wf_assert(scope->first == WF_NONE
                  || program->nodes[scope->first].scope == i);
        wf_assert(i == 0 ? scope->owner == WF_NONE
                         : scope->owner < program->node_count);
        wf_assert(scope->depth < WF_SCOPE_DEPTH_MAX);
    }

    for (i = 0; i < program->node_count; i++) {
        wf_assert(program->nodes[i].no == i);

        if (node_verify(program, &program->nodes[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
