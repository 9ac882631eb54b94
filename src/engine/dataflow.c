
/*
 * What both dialects ask of a value before it is recorded.
 */

#include "base/json.h"
#include "engine/step.h"


/* Containers inside each other; stops at one too many. */
static uint32_t
depth_of(const wf_value_t *value, uint32_t left)
{
    uint32_t           i, depth, deepest;
    const wf_value_t  *child;

    if (value->type != WF_ARRAY && value->type != WF_OBJECT) {
        return 0;
    }

    deepest = 0;

    for (i = 0; i < value->count && left != 0; i++) {
        child = value->type == WF_ARRAY ? value->u.items[i]
                                        : value->u.members[i].value;
        depth = depth_of(child, left - 1);
        deepest = wf_max(deepest, depth);
    }

    return deepest + 1;
}


/* The parser refuses what nests deeper, and replay has to read it. */
wf_rc_t
wf_dataflow_check(wf_run_t *run, const wf_value_t *value, const char *what)
{
    if (depth_of(value, WF_DEPTH_MAX) <= WF_DEPTH_MAX) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "%s nests deeper than %d levels", what, WF_DEPTH_MAX);

    return wf_run_fail(run, wf_str("FnF.DataLimitExceeded"));
}


wf_rc_t
wf_dataflow_limit(wf_run_t *run, size_t size, size_t limit, const char *what)
{
    if (size <= limit) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "%s: %zu bytes, more than %zu are not allowed", what, size,
                 limit);

    return wf_run_fail(run, wf_str("FnF.DataLimitExceeded"));
}
