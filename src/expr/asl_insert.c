
/*
 * ResultPath (asl.md 4): a value put into a document at a reference path.
 * Containers on the way are copied, one level each; everything else is
 * shared, so what it costs is bounded by what stands on the way.
 */

#include "base/json.h"
#include "expr/asl.h"


static wf_rc_t
mismatch(wf_arena_t *arena, const jsonpath_t *path, const wf_value_t *root,
    wf_error_t *err)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 256);
    wf_buf_text(&buf, "Unable to apply ReferencePath ");
    wf_buf_str(&buf, path->text);
    wf_buf_text(&buf, " to input ");
    wf_json_print(&buf, root);

    if (buf.failed) {
        return fdl_oom(err);
    }

    wf_error_args(err, WF_E_INVALID_ARGUMENT, wf_buf_done(&buf),
                  wf_str("States.ResultPathMatchFailure"));
    return WF_ERROR;
}


/* A copy whose child at the segment may be set; NULL: no memory. */
static wf_value_t *
copy_level(wf_arena_t *arena, const wf_value_t *value)
{
    uint32_t     i;
    wf_value_t  *copy;

    if (value == NULL) {
        return wf_value_object(arena, 1);
    }

    if (value->type == WF_OBJECT) {
        return wf_value_merge(arena, value, NULL);
    }

    copy = wf_value_array(arena, value->count);

    for (i = 0; copy && i < value->count; i++) {
        if (wf_value_push(arena, copy, value->u.items[i]) != WF_OK) {
            return NULL;
        }
    }

    return copy;
}


/* Where the segment fits: an object, an item that exists, or nothing yet. */
static bool
fits(const jsonpath_segment_t *segment, const wf_value_t *value)
{
    if (segment->selectors[0].kind == JSONPATH_INDEX) {
        return value && jsonpath_step(segment, value) != NULL;
    }

    return value == NULL || value->type == WF_OBJECT;
}


static wf_rc_t
set(wf_arena_t *arena, wf_value_t *parent, const jsonpath_segment_t *segment,
    wf_value_t *child)
{
    if (segment->selectors[0].kind == JSONPATH_INDEX) {
        parent->u.items[segment->selectors[0].u.index] = child;
        return WF_OK;
    }

    return wf_value_set(arena, parent, segment->selectors[0].u.name, child);
}


static wf_rc_t
depth_check(const jsonpath_t *path, const wf_value_t *value, wf_error_t *err)
{
    if (path->count + wf_value_depth(value) <= WF_DEPTH_MAX) {
        return WF_OK;
    }

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "the value is nested deeper than "
                 "%u levels", (unsigned) WF_DEPTH_MAX);
    return WF_ERROR;
}


wf_rc_t
asl_insert(wf_arena_t *arena, const asl_node_t *node, const wf_value_t *root,
    const wf_value_t *value, const wf_value_t **out, wf_error_t *err)
{
    uint32_t           i;
    wf_value_t        *made, *parent, *copy;
    const jsonpath_t  *path;
    const wf_value_t  *at;

    path = node->u.path;

    if (path->count == 0) {
        *out = value;
        return WF_OK;
    }

    if (depth_check(path, value, err) != WF_OK) {
        return WF_ERROR;
    }

    at = root;
    made = parent = NULL;

    for (i = 0; i < path->count; i++) {
        if (!fits(&path->segments[i], at)) {
            return mismatch(arena, path, root, err);
        }

        copy = copy_level(arena, at);

        if (copy == NULL
            || (parent && set(arena, parent, &path->segments[i - 1], copy)
                          != WF_OK))
        {
            return fdl_oom(err);
        }

        made = made ? made : copy;
        parent = copy;
        at = at ? jsonpath_step(&path->segments[i], at) : NULL;
    }

    if (set(arena, parent, &path->segments[path->count - 1],
            fdl_share(value))
        != WF_OK)
    {
        return fdl_oom(err);
    }

    *out = made;
    return WF_OK;
}
