
/*
 * Wait: for a number of seconds or until a time (fdl.md 1.3.3, 2.4.3).  What
 * is recorded is the time it ends, so nothing has to be worked out again.
 */

#include "base/json.h"
#include "base/timefmt.h"
#include "engine/step.h"


static wf_rc_t
fail_wait(wf_run_t *run, const char *reason)
{
    wf_error_set(run->err, WF_E_INVALID_ARGUMENT, "%s", reason);

    return wf_run_fail(run, wf_str("FnF.RuntimeError"));
}


/* A number, or where the dialect allows it, a number in a string. */
static wf_rc_t
number_of(wf_run_t *run, const wf_value_t **value)
{
    wf_rc_t      rc;
    wf_value_t  *parsed;

    if ((*value)->type == WF_STRING && run->dataflow->wait_texts) {
        rc = wf_json_parse(run->scratch, (*value)->u.string, &parsed,
                           run->err);

        if (rc == WF_OK) {
            *value = parsed;

        } else if (run->err->code == WF_E_INTERNAL) {
            return WF_ERROR;
        }
    }

    if ((*value)->type == WF_NUMBER) {
        return WF_OK;
    }

    return fail_wait(run, "the time to wait must be a number of seconds");
}


static wf_rc_t
check_seconds(wf_run_t *run, const wf_node_t *node, bool is_low, bool is_high)
{
    if (!is_low && !is_high) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 is_low ? "the time to wait must be at least %u s"
                        : "the time to wait must be at most %u s",
                 is_low ? node->u.wait.seconds_min
                        : node->u.wait.seconds_max);

    return wf_run_fail(run, wf_str("FnF.RuntimeError"));
}


static wf_rc_t
due_of_number(wf_run_t *run, const wf_node_t *node, const wf_value_t *value,
    int64_t *due_ms)
{
    double   seconds;
    wf_rc_t  rc;

    seconds = value->is_integer ? (double) value->u.number.integer
                                : value->u.number.real;

    rc = check_seconds(run, node,
                       node->u.wait.seconds_min != 0
                       && seconds < node->u.wait.seconds_min,
                       seconds > node->u.wait.seconds_max);

    if (rc != WF_OK) {
        return rc;
    }

    /* at most two days from here on; to the nearest millisecond */

    *due_ms = run->now_ms
              + (seconds > 0 ? (int64_t) (seconds * 1000 + 0.5) : 0);

    return WF_OK;
}


static wf_rc_t
due_by_seconds(wf_run_t *run, const wf_node_t *node, int64_t *due_ms)
{
    wf_rc_t             rc;
    const wf_value_t   *value;
    const wf_amount_t  *amount;

    amount = &node->u.wait.seconds;

    if (amount->expr == NULL) {
        *due_ms = run->now_ms + wf_max(amount->constant, 0) * 1000;
        return WF_OK;
    }

    rc = wf_run_eval(run, amount->expr, &value);

    if (rc == WF_OK) {
        rc = number_of(run, &value);
    }

    return rc == WF_OK ? due_of_number(run, node, value, due_ms) : rc;
}


static wf_rc_t
due_by_time(wf_run_t *run, const wf_node_t *node, int64_t *due_ms)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    *due_ms = node->u.wait.until_ms;

    if (node->u.wait.until) {
        rc = wf_run_eval(run, node->u.wait.until, &value);

        if (rc != WF_OK) {
            return rc;
        }

        if (value->type != WF_STRING
            || wf_time_parse(value->u.string, due_ms) != WF_OK)
        {
            return fail_wait(run,
                             "the time to wait for must be an RFC 3339 time");
        }
    }

    return check_seconds(run, node, false,
                         node->u.wait.is_capped
                         && *due_ms - run->now_ms
                            > node->u.wait.seconds_max * 1000ll);
}


wf_rc_t
wf_wait_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    int64_t     due_ms;
    wf_event_t  event;

    run->dataflow->roots(run);

    rc = node->u.wait.has_seconds ? due_by_seconds(run, node, &due_ms)
                                  : due_by_time(run, node, &due_ms);

    if (rc != WF_OK) {
        return rc;
    }

    if (due_ms <= run->now_ms) {
        return wf_run_finish(run, node, run->dataflow->result(run),
                             node->next);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_WAIT_STARTED,
        .node = node->no,
        .due_ms = wf_run_until(run, due_ms - run->now_ms)
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_wait_on_input(wf_run_t *run, const wf_node_t *node)
{
    if (run->branch->due_ms > run->now_ms) {
        return WF_DECLINED;
    }

    return wf_run_finish(run, node, run->dataflow->result(run), node->next);
}
