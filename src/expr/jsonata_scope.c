
/*
 * JSONata: which frame and slot a variable means, decided once.  A frame is
 * what a block with bindings, a function's body or a tuple of a path makes;
 * a name that is bound in none of them is global.  On the way it notes what
 * a look at the expression shows.
 */

#include "expr/jsonata_eval.h"
#include "expr/jsonata_parse.h"


typedef struct {
    jn_parser_t       *parser;
    wf_jsonata_t      *jsonata;
    wf_jsonata_look_t *look;
    wf_str_t          *variables;
    wf_str_t          *unknown;
} resolver_t;

static wf_rc_t resolve(resolver_t *resolver, jn_node_t *node,
    const jn_scope_t *scope, bool top);
static wf_rc_t collect(resolver_t *resolver, const jn_node_t *node,
    jn_scope_t *scope);


static wf_rc_t
name_add(resolver_t *resolver, wf_str_t **names, uint32_t *count,
    wf_str_t name)
{
    uint32_t   i;
    wf_str_t  *grown;

    for (i = 0; i < *count; i++) {
        if (wf_str_eq((*names)[i], name)) {
            return WF_OK;
        }
    }

    /* Room for a power of two. */
    if ((*count & (*count - 1)) == 0) {
        grown = wf_arena_alloc(resolver->parser->arena,
                               (*count ? *count * 2 : 1) * sizeof(wf_str_t));

        if (grown == NULL) {
            return jn_parse_oom(resolver->parser);
        }

        if (*count) {
            memcpy(grown, *names, *count * sizeof(wf_str_t));
        }

        *names = grown;
    }

    (*names)[(*count)++] = name;

    return WF_OK;
}


static wf_rc_t
scope_add(resolver_t *resolver, jn_scope_t *scope, wf_str_t name)
{
    return name_add(resolver, &scope->names, &scope->count, name);
}


static jn_scope_t *
scope_create(resolver_t *resolver, const jn_scope_t *parent)
{
    jn_scope_t  *scope;

    scope = wf_arena_calloc(resolver->parser->arena, sizeof(jn_scope_t));

    if (scope == NULL) {
        (void) jn_parse_oom(resolver->parser);
        return NULL;
    }

    scope->parent = parent;

    return scope;
}


static int64_t
scope_find(const jn_scope_t *scope, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < scope->count; i++) {
        if (wf_str_eq(scope->names[i], name)) {
            return i;
        }
    }

    return -1;
}


static wf_rc_t
collect_list(resolver_t *resolver, const jn_nodes_t *nodes, uint32_t end,
    jn_scope_t *scope)
{
    uint32_t  i;

    for (i = 0; i < nodes->count && i < end; i++) {
        if (collect(resolver, nodes->items[i], scope) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* The names that node binds in the frame around it. */
static wf_rc_t
collect(resolver_t *resolver, const jn_node_t *node, jn_scope_t *scope)
{
    uint32_t  end;

    if (node == NULL) {
        return WF_OK;
    }

    if (node->type == JN_BIND
        && scope_add(resolver, scope, node->left->text) != WF_OK)
    {
        return WF_ERROR;
    }

    end = node->type == JN_PATH ? node->first_tuple : UINT32_MAX;

    if (collect_list(resolver, &node->predicates, UINT32_MAX, scope) != WF_OK
        || collect_list(resolver, &node->stages, UINT32_MAX, scope) != WF_OK
        || (end == UINT32_MAX
            && collect_list(resolver, &node->group, UINT32_MAX, scope)
               != WF_OK))
    {
        return WF_ERROR;
    }

    if (node->type == JN_BLOCK || node->type == JN_LAMBDA) {
        return WF_OK;
    }

    return collect(resolver, node->left, scope) == WF_OK
           && collect(resolver, node->right, scope) == WF_OK
           && collect(resolver, node->third, scope) == WF_OK
           ? collect_list(resolver, &node->list, end, scope) : WF_ERROR;
}


/* The names that the tuples of a path carry, those of paths in it too. */
static wf_rc_t
collect_tuple(resolver_t *resolver, const jn_node_t *node, jn_scope_t *scope)
{
    uint32_t          i;
    const jn_node_t  *stage;

    if (node->type == JN_BLOCK && node->tuple && node->list.count) {
        if (collect_tuple(resolver, node->list.items[node->list.count - 1],
                          scope)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    for (i = 0; node->type == JN_PATH && i < node->list.count; i++) {
        if (collect_tuple(resolver, node->list.items[i], scope) != WF_OK) {
            return WF_ERROR;
        }
    }

    if ((node->focus.data
         && scope_add(resolver, scope, node->focus) != WF_OK)
        || (node->index.data
            && scope_add(resolver, scope, node->index) != WF_OK)
        || (node->ancestor
            && scope_add(resolver, scope, node->ancestor->label) != WF_OK))
    {
        return WF_ERROR;
    }

    for (i = 0; i < node->stages.count; i++) {
        stage = node->stages.items[i];

        if (stage->type == JN_INDEX
            && scope_add(resolver, scope, stage->index) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* A place for a name's value where it is not bound in the text. */
static wf_rc_t
global_find(resolver_t *resolver, wf_str_t name, int32_t *index)
{
    uint32_t       i;
    jn_global_t   *grown;
    wf_jsonata_t  *jsonata;

    jsonata = resolver->jsonata;

    for (i = 0; i < jsonata->global_count; i++) {
        if (wf_str_eq(jsonata->globals[i].name, name)) {
            *index = (int32_t) i;
            return WF_OK;
        }
    }

    if ((i & (i - 1)) == 0) {
        grown = wf_arena_alloc(resolver->parser->arena,
                               (i ? i * 2 : 1) * sizeof(jn_global_t));

        if (grown == NULL) {
            return jn_parse_oom(resolver->parser);
        }

        if (i) {
            memcpy(grown, jsonata->globals, i * sizeof(jn_global_t));
        }

        jsonata->globals = grown;
    }

    jsonata->globals[i].name = name;

    if (jn_builtin_value(resolver->parser, name, &jsonata->globals[i].value)
        != WF_OK)
    {
        return WF_ERROR;
    }

    jsonata->global_count++;
    *index = (int32_t) i;

    return WF_OK;
}


static wf_rc_t
find(resolver_t *resolver, jn_node_t *node, wf_str_t name,
    const jn_scope_t *scope)
{
    int64_t           slot;
    uint32_t          up;
    jn_ref_t         *ref;
    const jn_ref_t  **link;

    link = &node->ref;

    for (up = 0; scope != NULL; up++, scope = scope->parent) {
        slot = scope_find(scope, name);

        if (slot < 0) {
            continue;
        }

        ref = wf_arena_calloc(resolver->parser->arena, sizeof(jn_ref_t));

        if (ref == NULL) {
            return jn_parse_oom(resolver->parser);
        }

        ref->up = up;
        ref->slot = (uint32_t) slot;
        *link = ref;
        link = &ref->next;

        if (slot < scope->sure) {
            return WF_OK;
        }
    }

    return node->type == JN_PARENT ? WF_OK
           : global_find(resolver, name, &node->global);
}


static wf_rc_t
resolve_variable(resolver_t *resolver, jn_node_t *node,
    const jn_scope_t *scope, bool top)
{
    wf_jsonata_look_t  *look;

    look = resolver->look;

    if (node->text.len == 0) {
        look->context = look->context || top;
        return WF_OK;
    }

    if (find(resolver, node, node->text, scope) != WF_OK) {
        return WF_ERROR;
    }

    if (node->ref != NULL) {
        return WF_OK;
    }

    if (wf_str_eq(node->text, wf_str("$"))) {
        look->root = true;
        return WF_OK;
    }

    if (wf_str_eq(node->text, wf_str("states"))) {
        look->states |= WF_JSONATA_WHOLE;
    }

    if (resolver->jsonata->globals[node->global].value.type == JN_FUNCTION) {
        return WF_OK;
    }

    return name_add(resolver, &resolver->variables, &look->variable_count,
                    node->text);
}


/* A name that is called and that nothing in the text binds. */
static wf_rc_t
look_called(resolver_t *resolver, const jn_node_t *node)
{
    if (node->type != JN_VARIABLE || node->ref != NULL || node->global < 0
        || resolver->jsonata->globals[node->global].value.type == JN_FUNCTION
        || wf_str_eq(node->text, wf_str("$")))
    {
        return WF_OK;
    }

    return name_add(resolver, &resolver->unknown,
                    &resolver->look->unknown_count, node->text);
}


static void
look_path(resolver_t *resolver, const jn_node_t *path, unsigned before,
    bool top)
{
    unsigned          i;
    const jn_node_t  *first, *second;

    static const struct {
        wf_str_t  name;
        unsigned  bit;
    } members[] = {
        { wf_str_init("input"), WF_JSONATA_INPUT },
        { wf_str_init("context"), WF_JSONATA_CONTEXT },
        { wf_str_init("result"), WF_JSONATA_RESULT },
        { wf_str_init("errorOutput"), WF_JSONATA_ERROR }
    };

    first = path->list.items[0];

    if (first->type == JN_NAME || first->type == JN_WILDCARD
        || first->type == JN_DESCENDANT)
    {
        resolver->look->relative = resolver->look->relative || top;
        return;
    }

    second = path->list.count > 1 ? path->list.items[1] : NULL;

    if (first->type != JN_VARIABLE || first->ref != NULL
        || !wf_str_eq(first->text, wf_str("states")) || second == NULL
        || second->type != JN_NAME)
    {
        return;
    }

    for (i = 0; i < wf_countof(members); i++) {
        if (wf_str_eq(members[i].name, second->text)) {
            before |= members[i].bit;
            break;
        }
    }

    if (i == wf_countof(members)) {
        before |= WF_JSONATA_OTHER;
    }

    resolver->look->states = before;
}


static wf_rc_t
resolve_list(resolver_t *resolver, const jn_nodes_t *nodes,
    const jn_scope_t *scope, bool top)
{
    uint32_t  i;

    for (i = 0; i < nodes->count; i++) {
        if (resolve(resolver, nodes->items[i], scope, top) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/*
 * An expression that is evaluated in a tuple's frame binds in a frame of its
 * own, which is forgotten: as a block does.
 */
static wf_rc_t
in_tuple(resolver_t *resolver, jn_node_t **node)
{
    jn_scope_t   names;
    jn_node_t   *block;

    memset(&names, 0, sizeof(jn_scope_t));

    if (collect(resolver, *node, &names) != WF_OK) {
        return WF_ERROR;
    }

    if (names.count == 0) {
        return WF_OK;
    }

    block = jn_node_create(resolver->parser, JN_BLOCK, (*node)->position);

    if (jn_nodes_push(resolver->parser, &block->list, *node) != WF_OK) {
        return WF_ERROR;
    }

    *node = block;

    return WF_OK;
}


static wf_rc_t
in_tuple_list(resolver_t *resolver, const jn_nodes_t *nodes)
{
    uint32_t  i;

    for (i = 0; i < nodes->count; i++) {
        if (in_tuple(resolver, &nodes->items[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* The slots of what a step gives its tuples. */
static void
step_slots(jn_node_t *step, const jn_scope_t *scope)
{
    uint32_t    i;
    jn_node_t  *stage;

    if (step->focus.data) {
        step->focus_slot = (uint32_t) scope_find(scope, step->focus);
    }

    if (step->index.data) {
        step->index_slot = (uint32_t) scope_find(scope, step->index);
    }

    if (step->ancestor) {
        step->parent_slot = (uint32_t) scope_find(scope,
                                                  step->ancestor->label);
    }

    for (i = 0; i < step->stages.count; i++) {
        stage = step->stages.items[i];

        if (stage->type == JN_INDEX) {
            stage->index_slot = (uint32_t) scope_find(scope, stage->index);
        }
    }
}


/* Terms of a sort that is the first to make tuples know none yet. */
static wf_rc_t
resolve_step(resolver_t *resolver, jn_node_t *path, uint32_t i,
    const jn_scope_t *scope, bool top)
{
    jn_node_t         *step;
    const jn_scope_t  *inner;

    step = path->list.items[i];
    inner = i >= path->first_tuple ? path->scope : scope;

    if (resolve_list(resolver, &step->stages, inner, false) != WF_OK) {
        return WF_ERROR;
    }

    return step->type == JN_SORT
           ? resolve_list(resolver, &step->list,
                          i == path->first_tuple ? scope : inner, false)
           : resolve(resolver, step, inner, top);
}


static wf_rc_t
resolve_tuples(resolver_t *resolver, jn_node_t *path, jn_scope_t *scope)
{
    uint32_t     i;
    jn_node_t   *step;

    if (scope_add(resolver, scope, wf_str("@")) != WF_OK
        || collect_tuple(resolver, path, scope) != WF_OK
        || in_tuple_list(resolver, &path->group) != WF_OK)
    {
        return WF_ERROR;
    }

    for (i = path->first_tuple; i < path->list.count; i++) {
        step = path->list.items[i];
        step_slots(step, scope);

        if (in_tuple_list(resolver, &step->stages) != WF_OK
            || (step->type == JN_SORT
                && in_tuple_list(resolver, &step->list) != WF_OK))
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
resolve_path(resolver_t *resolver, jn_node_t *path, const jn_scope_t *scope,
    bool top)
{
    uint32_t      i;
    unsigned      before;
    jn_scope_t   *tuples;

    tuples = NULL;
    before = resolver->look->states;

    if (path->first_tuple != UINT32_MAX) {
        tuples = scope_create(resolver, scope);

        if (tuples == NULL || resolve_tuples(resolver, path, tuples) != WF_OK)
        {
            return WF_ERROR;
        }

        path->scope = tuples;
    }

    for (i = 0; i < path->list.count; i++) {
        if (resolve_step(resolver, path, i, scope, top && i == 0) != WF_OK) {
            return WF_ERROR;
        }

        if (i == 0) {
            look_path(resolver, path, before, top);
            before = resolver->look->states;
        }
    }

    return resolve_list(resolver, &path->group, tuples ? tuples : scope,
                        false);
}


static wf_rc_t
resolve_scoped(resolver_t *resolver, jn_node_t *node,
    const jn_scope_t *scope, bool top)
{
    uint32_t     i;
    jn_scope_t  *inner;

    inner = scope_create(resolver, scope);

    if (inner == NULL) {
        return WF_ERROR;
    }

    if (node->type == JN_BLOCK) {
        if (collect_list(resolver, &node->list, UINT32_MAX, inner) != WF_OK) {
            return WF_ERROR;
        }

        node->scope = inner->count ? inner : NULL;

        return resolve_list(resolver, &node->list,
                            inner->count ? inner : scope, top);
    }

    for (i = 0; i < node->list.count; i++) {
        if (scope_add(resolver, inner, node->list.items[i]->text) != WF_OK) {
            return WF_ERROR;
        }
    }

    for (i = 0; i < node->list.count; i++) {
        node->list.items[i]->focus_slot =
            (uint32_t) scope_find(inner, node->list.items[i]->text);
    }

    inner->sure = inner->count;

    if (collect(resolver, node->right, inner) != WF_OK) {
        return WF_ERROR;
    }

    node->scope = inner;

    return resolve(resolver, node->right, inner, top);
}


static wf_rc_t
resolve_rest(resolver_t *resolver, jn_node_t *node, const jn_scope_t *scope,
    bool top)
{
    bool  inner;

    inner = top && node->type != JN_TRANSFORM;

    if ((node->left && node->type != JN_BIND
         && resolve(resolver, node->left, scope, inner) != WF_OK)
        || (node->right
            && resolve(resolver, node->right, scope, inner) != WF_OK)
        || (node->third
            && resolve(resolver, node->third, scope, inner) != WF_OK))
    {
        return WF_ERROR;
    }

    if (node->type == JN_BIND) {
        return find(resolver, node, node->left->text, scope);
    }

    if ((node->type == JN_CALL || node->type == JN_PARTIAL)
        && look_called(resolver, node->left) != WF_OK)
    {
        return WF_ERROR;
    }

    /* foo() may have meant $foo(). */
    if ((node->type == JN_CALL || node->type == JN_PARTIAL)
        && node->left->type == JN_PATH
        && node->left->list.items[0]->type == JN_NAME
        && find(resolver, node, node->left->list.items[0]->text, scope)
           != WF_OK)
    {
        return WF_ERROR;
    }

    if (node->type == JN_APPLY && look_called(resolver, node->right) != WF_OK)
    {
        return WF_ERROR;
    }

    node->around = scope;

    return resolve_list(resolver, &node->list, scope, top);
}


/* A constructor as the first step is no step of tuples. */
static void
path_tuples(jn_node_t *path)
{
    uint32_t  i;

    path->first_tuple = UINT32_MAX;

    for (i = 0; i < path->list.count; i++) {
        if (path->list.items[i]->tuple) {
            path->first_tuple = i == 0 && path->list.items[0]->cons ? 1 : i;
            break;
        }
    }

    if (path->first_tuple == path->list.count) {
        path->first_tuple = UINT32_MAX;
    }
}


static wf_rc_t
resolve(resolver_t *resolver, jn_node_t *node, const jn_scope_t *scope,
    bool top)
{
    wf_rc_t  rc;

    switch (node->type) {

    case JN_VARIABLE:
        rc = resolve_variable(resolver, node, scope, top);
        break;

    case JN_PARENT:
        rc = find(resolver, node, node->slot->label, scope);
        break;

    case JN_PATH:
        return resolve_path(resolver, node, scope, top);

    case JN_BLOCK:
    case JN_LAMBDA:
        rc = resolve_scoped(resolver, node, scope, top);
        break;

    default:
        rc = resolve_rest(resolver, node, scope, top);
    }

    return rc == WF_OK
           && resolve_list(resolver, &node->predicates, scope, false) == WF_OK
           ? resolve_list(resolver, &node->group, scope, false) : WF_ERROR;
}


/* Before names are collected: which paths carry tuples. */
static void
mark(jn_node_t *node)
{
    uint32_t           i, k;
    const jn_nodes_t  *lists[4];

    if (node == NULL) {
        return;
    }

    if (node->type == JN_PATH) {
        path_tuples(node);
    }

    lists[0] = &node->list;
    lists[1] = &node->predicates;
    lists[2] = &node->stages;
    lists[3] = &node->group;

    for (i = 0; i < wf_countof(lists); i++) {
        for (k = 0; k < lists[i]->count; k++) {
            mark(lists[i]->items[k]);
        }
    }

    mark(node->left);
    mark(node->right);
    mark(node->third);
}


wf_rc_t
jn_resolve(jn_parser_t *parser, wf_jsonata_t *jsonata,
    const jn_scope_t *around)
{
    jn_scope_t  *scope;
    resolver_t   resolver;

    memset(&resolver, 0, sizeof(resolver_t));
    resolver.parser = parser;
    resolver.jsonata = jsonata;
    resolver.look = &jsonata->look;

    mark(jsonata->root);

    scope = scope_create(&resolver, around);

    if (scope == NULL || collect(&resolver, jsonata->root, scope) != WF_OK) {
        return WF_ERROR;
    }

    jsonata->scope = scope->count ? scope : NULL;

    if (resolve(&resolver, jsonata->root, scope->count ? scope : around, true)
        != WF_OK)
    {
        return WF_ERROR;
    }

    jsonata->look.variables = resolver.variables;
    jsonata->look.unknown = resolver.unknown;

    return WF_OK;
}
