
/*
 * What both dialects ask of a value before it is recorded.
 */

#include "base/json.h"
#include "engine/cloudflow.h"
#include "engine/step.h"


const wf_handlers_t  wf_handlers_cloudflow[WF_STATE_END] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    [number] = { enter, on_input, resume },
#include "flow/states.def"
#undef STATE
};


wf_rc_t
wf_cloudflow_fault(wf_run_t *run)
{
    return wf_run_fail(run, run->dataflow->expression_error);
}


wf_rc_t
wf_cloudflow_weigh(wf_run_t *run, size_t size)
{
    return wf_dataflow_limit(run, size, run->dataflow->result_bytes_max,
                             "result of the task");
}


/* settled.md: time-outs are errors like others, limits are not. */
bool
wf_cloudflow_matches(const wf_run_t *run, wf_str_t name, wf_str_t error)
{
    (void) run;

    return wf_str_eq(name, error)
           || (wf_str_eq(name, wf_str("FnF.ALL"))
               && !wf_str_eq(error, wf_str("FnF.EventLimitExceeded"))
               && !wf_str_eq(error, wf_str("FnF.DataLimitExceeded")));
}


/* The parser refuses what nests deeper, and replay has to read it. */
wf_rc_t
wf_dataflow_check(wf_run_t *run, const wf_value_t *value, const char *what)
{
    if (wf_value_depth(value) <= WF_DEPTH_MAX) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "%s nests deeper than %d levels", what, WF_DEPTH_MAX);

    return wf_run_fail(run, run->dataflow->large.error);
}


wf_rc_t
wf_dataflow_limit(wf_run_t *run, size_t size, size_t limit, const char *what)
{
    /* Values are weighed, copied and printed in proportion to their size. */
    run->work += size / WF_STEP_BYTES_PER_WORK;

    if (size <= limit) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "%s: %zu bytes, more than %zu are not allowed", what, size,
                 limit);

    return wf_run_fail(run, run->dataflow->large.error);
}


wf_rc_t
wf_dataflow_fill(wf_run_t *run, const wf_template_t *template, size_t limit,
    const char *what, const wf_value_t **value)
{
    wf_rc_t            rc;
    const wf_value_t  *result;

    rc = wf_run_fill(run, template, &result);

    if (rc == WF_OK) {
        rc = wf_dataflow_limit(run, wf_json_size(result), limit, what);
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, result, what);
    }

    if (rc != WF_OK) {
        return rc;
    }

    *value = wf_run_keep(run, result);

    return *value ? WF_OK : wf_run_out_of_memory(run);
}
