
/*
 * What both dialects ask of a value before it is recorded.
 */

#include "engine/step.h"


/* The parser refuses what nests deeper, and replay has to read it. */
wf_rc_t
wf_dataflow_check(wf_run_t *run, const wf_value_t *value, const char *what)
{
    if (wf_value_depth(value) <= WF_DEPTH_MAX) {
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
