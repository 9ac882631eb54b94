
/*
 * Walks along JSONPath segments.  Definite ones in a loop that takes no
 * memory; the others by recursion, each turn of which goes one level down in
 * the value, so that its depth bounds the stack.  Values are shared.
 */

#include "expr/jsonpath_filter.h"


typedef struct {
    jsonpath_walk_t     walk;
    const jsonpath_t   *path;
    wf_value_t         *list;       /* NULL: the first find ends it */
} sink_t;

typedef wf_rc_t (*select_pt)(sink_t *sink, uint32_t index,
    const jsonpath_selector_t *selector, const wf_value_t *value);


static wf_rc_t match(sink_t *sink, uint32_t index, const wf_value_t *value);


static bool
is_container(const wf_value_t *value)
{
    return value->type == WF_ARRAY || value->type == WF_OBJECT;
}


static const wf_value_t *
child(const wf_value_t *value, uint32_t i)
{
    return value->type == WF_ARRAY ? value->u.items[i]
                                   : value->u.members[i].value;
}


static const wf_value_t *
step(const jsonpath_selector_t *selector, const wf_value_t *value)
{
    int64_t  index;

    if (selector->kind == JSONPATH_NAME) {
        return wf_value_get(value, selector->u.name);
    }

    if (value->type != WF_ARRAY) {
        return NULL;
    }

    index = selector->u.index;
    index += index < 0 ? (int64_t) value->count : 0;

    return index >= 0 && index < (int64_t) value->count
           ? value->u.items[index] : NULL;
}


const wf_value_t *
jsonpath_step(const jsonpath_segment_t *segment, const wf_value_t *value)
{
    return step(&segment->selectors[0], value);
}


static wf_rc_t
select_one(sink_t *sink, uint32_t index, const jsonpath_selector_t *selector,
    const wf_value_t *value)
{
    const wf_value_t  *found;

    found = step(selector, value);

    return found ? match(sink, index + 1, found) : WF_OK;
}


static wf_rc_t
select_all(sink_t *sink, uint32_t index, const jsonpath_selector_t *selector,
    const wf_value_t *value)
{
    wf_rc_t   rc;
    uint32_t  i;

    (void) selector;

    for (i = 0; is_container(value) && i < value->count; i++) {
        rc = match(sink, index + 1, child(value, i));

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static int64_t
clamp(int64_t number, int64_t min, int64_t max)
{
    return number < min ? min : number > max ? max : number;
}


/* Bounds as RFC 9535, 2.3.4.2.2 has them; step 0 takes nothing. */
static wf_rc_t
select_slice(sink_t *sink, uint32_t index,
    const jsonpath_selector_t *selector, const wf_value_t *value)
{
    wf_rc_t  rc;
    int64_t  i, start, end, step, count;

    step = selector->u.slice.step;

    if (value->type != WF_ARRAY || step == 0) {
        return WF_OK;
    }

    count = value->count;
    start = selector->has_start ? selector->u.slice.start
                                : step > 0 ? 0 : count - 1;
    end = selector->has_end ? selector->u.slice.end
                            : step > 0 ? count : -count - 1;

    start += start < 0 ? count : 0;
    end += end < 0 ? count : 0;

    if (step > 0) {
        start = clamp(start, 0, count);
        end = clamp(end, 0, count);

    } else {
        start = clamp(start, -1, count - 1);
        end = clamp(end, -1, count - 1);
    }

    for (i = start; step > 0 ? i < end : i > end; i += step) {
        rc = match(sink, index + 1, value->u.items[i]);

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static wf_rc_t
select_filter(sink_t *sink, uint32_t index,
    const jsonpath_selector_t *selector, const wf_value_t *value)
{
    bool             truth;
    wf_rc_t          rc;
    uint32_t         i;
    jsonpath_walk_t  inner;

    inner = sink->walk;

    for (i = 0; is_container(value) && i < value->count; i++) {
        inner.current = child(value, i);

        if (jsonpath_filter_test(&inner, selector->u.filter, &truth) != WF_OK)
        {
            return WF_ERROR;
        }

        rc = truth ? match(sink, index + 1, inner.current) : WF_OK;

        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


static wf_rc_t
select_here(sink_t *sink, uint32_t index, const wf_value_t *value)
{
    wf_rc_t                     rc;
    uint32_t                    i;
    const jsonpath_segment_t   *segment;

    static const select_pt  selectors[JSONPATH_SELECTOR_KIND_COUNT] = {
        [JSONPATH_NAME] = select_one,
        [JSONPATH_INDEX] = select_one,
        [JSONPATH_ALL] = select_all,
        [JSONPATH_SLICE] = select_slice,
        [JSONPATH_FILTER] = select_filter
    };

    segment = &sink->path->segments[index];

    for (i = 0; i < segment->count; i++) {
        if (fdl_charge(sink->walk.eval, FDL_COST_NODE) != WF_OK) {
            return WF_ERROR;
        }

        rc = selectors[segment->selectors[i].kind](sink, index,
                                                   &segment->selectors[i],
                                                   value);
        if (rc != WF_OK) {
            return rc;
        }
    }

    return WF_OK;
}


/* A value before all that is below it. */
static wf_rc_t
descend(sink_t *sink, uint32_t index, const wf_value_t *value)
{
    wf_rc_t   rc;
    uint32_t  i;

    rc = select_here(sink, index, value);

    for (i = 0; rc == WF_OK && i < value->count; i++) {
        rc = is_container(child(value, i))
             ? descend(sink, index, child(value, i))
             : fdl_charge(sink->walk.eval, 1);
    }

    return rc;
}


/* WF_DECLINED: found, and that was all that is asked. */
static wf_rc_t
match(sink_t *sink, uint32_t index, const wf_value_t *value)
{
    fdl_eval_t  *eval;

    eval = sink->walk.eval;

    if (index < sink->path->count) {
        if (!is_container(value)) {
            return fdl_charge(eval, 1);
        }

        return sink->path->segments[index].is_deep
               ? descend(sink, index, value)
               : select_here(sink, index, value);
    }

    if (sink->list == NULL) {
        return WF_DECLINED;
    }

    return wf_value_push(eval->arena, sink->list, fdl_share(value)) == WF_OK
           ? fdl_charge(eval, FDL_COST_MADE) : fdl_oom(eval->err);
}


/* Along the definite part; NULL: it leads nowhere. */
static const wf_value_t *
walk_plain(const jsonpath_t *path, const wf_value_t *value)
{
    uint32_t  i;

    for (i = 0; value && i < path->plain; i++) {
        value = step(&path->segments[i].selectors[0], value);
    }

    return value;
}


static const wf_value_t *
walk_base(const jsonpath_walk_t *walk, const jsonpath_t *path)
{
    return walk_plain(path, path->root == JSONPATH_CURRENT ? walk->current
                                                           : walk->root);
}


static wf_rc_t
walk_rest(jsonpath_walk_t *walk, const jsonpath_t *path,
    const wf_value_t *base, const wf_value_t **list)
{
    sink_t  sink;

    sink.walk = *walk;
    sink.path = path;
    sink.list = wf_value_array(walk->eval->arena, 0);

    if (sink.list == NULL) {
        return fdl_oom(walk->eval->err);
    }

    *list = sink.list;

    return base ? match(&sink, path->plain, base) : WF_OK;
}


wf_rc_t
jsonpath_nodes(jsonpath_walk_t *walk, const jsonpath_t *path,
    const wf_value_t **list)
{
    if (fdl_charge(walk->eval, FDL_COST_MADE + path->plain) != WF_OK) {
        return WF_ERROR;
    }

    return walk_rest(walk, path, walk_base(walk, path), list);
}


wf_rc_t
jsonpath_leads(jsonpath_walk_t *walk, const jsonpath_t *path, bool *truth)
{
    wf_rc_t            rc;
    sink_t             sink;
    const wf_value_t  *base;

    if (fdl_charge(walk->eval, 1 + path->plain) != WF_OK) {
        return WF_ERROR;
    }

    base = walk_base(walk, path);
    sink = (sink_t) { *walk, path, NULL };
    rc = base ? match(&sink, path->plain, base) : WF_OK;

    *truth = rc == WF_DECLINED;
    return rc == WF_ERROR ? WF_ERROR : WF_OK;
}


wf_rc_t
jsonpath_walk(jsonpath_walk_t *walk, const jsonpath_t *path,
    const wf_value_t **value)
{
    const wf_value_t  *found;

    if (fdl_charge(walk->eval, 1 + path->plain) != WF_OK) {
        return WF_ERROR;
    }

    found = walk_base(walk, path);

    if (!jsonpath_is_definite(path)
        && walk_rest(walk, path, found, &found) != WF_OK)
    {
        return WF_ERROR;
    }

    if (found && path->call
        && path->call->fn->call(walk, path->call, found, &found) != WF_OK)
    {
        return WF_ERROR;
    }

    *value = found;
    return found ? WF_OK : WF_DECLINED;
}


const wf_value_t *
jsonpath_variable(const wf_env_t *env, wf_str_t name)
{
    uint32_t           i;
    const wf_value_t  *value;

    for (i = 0; i < env->variable_count; i++) {
        value = env->variables[i] ? wf_value_get(env->variables[i], name)
                                  : NULL;
        if (value) {
            return value;
        }
    }

    return NULL;
}


wf_rc_t
jsonpath_root(fdl_eval_t *eval, const jsonpath_t *path,
    const wf_value_t **root)
{
    wf_env_t  *env;

    env = eval->env;

    if (path->root == JSONPATH_VARIABLE) {
        *root = jsonpath_variable(env, path->variable);
        return fdl_charge(eval, 1 + env->variable_count);
    }

    if (path->root == JSONPATH_SELF) {
        *root = env->roots[WF_ROOT_SELF];
        return WF_OK;
    }

    if (env->roots[WF_ROOT_CONTEXT] == NULL && env->context) {
        env->roots[WF_ROOT_CONTEXT] = env->context(env, eval->arena);

        if (env->roots[WF_ROOT_CONTEXT] == NULL) {
            return fdl_oom(eval->err);
        }
    }

    *root = env->roots[WF_ROOT_CONTEXT];
    return WF_OK;
}


wf_rc_t
jsonpath_eval(fdl_eval_t *eval, const jsonpath_t *path,
    const wf_value_t **value)
{
    jsonpath_walk_t      walk;
    jsonpath_searches_t  searches;

    walk.eval = eval;
    walk.current = NULL;
    walk.searches = NULL;

    if (path->has_filter || path->call) {
        memset(&searches, 0, sizeof(searches));
        walk.searches = &searches;
    }

    if (jsonpath_root(eval, path, &walk.root) != WF_OK) {
        return WF_ERROR;
    }

    return jsonpath_walk(&walk, path, value);
}
