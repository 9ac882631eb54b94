
/*
 * States of a state machine that need nothing from outside: Pass, Choice,
 * Wait, Fail (asl 3, 7); and which functions all of its states have.
 */

#include "base/timefmt.h"
#include "engine/machine.h"
#include "engine/sight.h"


#define DELAY_SECONDS_MAX  2147483647.0


const wf_handlers_t  wf_handlers_machine[WF_STATE_END] = {
    [WF_STATE_PASS] = {
        wf_machine_pass_enter, wf_input_none, wf_resume_none
    },
    [WF_STATE_CHOICE] = {
        wf_machine_choice_enter, wf_input_none, wf_resume_none
    },
    [WF_STATE_WAIT] = {
        wf_machine_wait_enter, wf_wait_on_input, wf_resume_none
    },
    [WF_STATE_SUCCEED] = {
        wf_succeed_enter, wf_input_none, wf_resume_none
    },
    [WF_STATE_FAIL] = {
        wf_machine_fail_enter, wf_input_none, wf_resume_none
    },
    [WF_STATE_TASK] = {
        wf_machine_task_enter, wf_machine_task_late, wf_task_resume
    },
    [WF_STATE_PARALLEL] = {
        wf_machine_parallel_enter, wf_input_none, wf_resume_none
    },
    [WF_STATE_MAP] = {
        wf_machine_map_enter, wf_input_none, wf_item_resume
    }
};


/* Result wins over Parameters. */
wf_rc_t
wf_machine_pass_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t            rc;
    const wf_value_t  *result;

    result = node->asl->result;
    rc = WF_OK;

    if (result == NULL) {
        rc = wf_machine_params(run, node, &result);

    } else {
        wf_probe_see(run, WF_SEEN_RESULT, result);
    }

    return rc == WF_OK ? wf_run_finish(run, node, result, node->next) : rc;
}


/* A condition of JSONata has to be a boolean. */
static wf_rc_t
holds(wf_run_t *run, const wf_expr_t *condition, bool *result)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    run->env.field = wf_str("Condition");

    if (!run->node->asl->is_jsonata) {
        return wf_run_test(run, condition, result);
    }

    rc = wf_run_eval(run, condition, &value);

    if (rc == WF_OK && value->type != WF_BOOL) {
        return wf_machine_mistyped(run, "Condition", condition, "boolean",
                                   value);
    }

    if (rc == WF_OK) {
        *result = value->boolean;
    }

    return rc;
}


/* The first that holds; the default has no condition.  NULL: none. */
static wf_rc_t
choose(wf_run_t *run, const wf_node_t *node, const wf_alternative_t **chosen)
{
    bool                     is_met;
    wf_rc_t                  rc;
    uint32_t                 i;
    const wf_alternative_t  *rule;

    *chosen = NULL;
    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    for (i = 0; rc == WF_OK && i < node->u.choice.count; i++) {
        rule = &node->u.choice.alternatives[i];
        is_met = true;

        if (rule->condition) {
            rc = holds(run, rule->condition, &is_met);
        }

        if (rc == WF_OK && is_met) {
            *chosen = rule;
            return WF_OK;
        }
    }

    return rc;
}


wf_rc_t
wf_machine_choice_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t                  rc;
    const wf_alternative_t  *chosen;

    rc = choose(run, node, &chosen);

    if (rc != WF_OK) {
        return rc;
    }

    if (chosen == NULL) {
        return wf_machine_unmatched(run);
    }

    run->rule = chosen;

    return wf_run_finish(run, node, run->branch->input, chosen->next);
}


static wf_rc_t
due_after(wf_run_t *run, double seconds, int64_t *due_ms)
{
    if (seconds > DELAY_SECONDS_MAX) {
        return wf_machine_refuse(run, NULL, "Wait state delay is too long.");
    }

    *due_ms = run->now_ms + (int64_t) seconds * 1000;

    return WF_OK;
}


static wf_rc_t
bad_seconds(wf_run_t *run, const wf_asl_t *asl, const wf_value_t *value)
{
    bool      is_negative;
    wf_str_t  text;

    if (asl->is_jsonata) {
        return wf_machine_mistyped(run, "Seconds", asl->seconds.expr,
                                   "non-negative integer", value);
    }

    text = wf_machine_text(run, value);
    is_negative = value->type == WF_NUMBER && value->is_integer;

    return wf_machine_refuse(run, NULL, is_negative
                             ? "The SecondsPath parameter references a "
                               "negative value: %.*s == %.*s"
                             : "The SecondsPath parameter cannot be parsed "
                               "as a long value: %.*s == %.*s",
                             (int) asl->wait_path.len,
                             (const char *) asl->wait_path.data,
                             (int) wf_min(text.len, 512u),
                             (const char *) text.data);
}


static wf_rc_t
due_by_seconds(wf_run_t *run, const wf_asl_t *asl, int64_t *due_ms)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (asl->seconds.expr == NULL) {
        return due_after(run, asl->seconds.constant, due_ms);
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = wf_machine_eval(run, asl->is_jsonata ? "Seconds"
                                                  : "SecondsPath",
                             asl->seconds.expr, &value);
    }

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type != WF_NUMBER || !value->is_integer
        || value->u.number.integer < 0)
    {
        return bad_seconds(run, asl, value);
    }

    return due_after(run, (double) value->u.number.integer, due_ms);
}


static wf_rc_t
bad_time(wf_run_t *run, const wf_asl_t *asl, const wf_value_t *value)
{
    wf_str_t  text;

    text = wf_machine_text(run, value);

    if (asl->is_jsonata) {
        return wf_machine_refuse(run, "Timestamp", "The Timestamp field "
                                 "cannot be parsed as an ISO-8601 extended "
                                 "offset date-time format string: %.*s",
                                 (int) wf_min(text.len, 512u),
                                 (const char *) text.data);
    }

    return wf_machine_refuse(run, NULL, "The TimestampPath parameter does "
                             "not reference a valid ISO-8601 extended offset "
                             "date-time format string: %.*s == %.*s",
                             (int) asl->wait_path.len,
                             (const char *) asl->wait_path.data,
                             (int) wf_min(text.len, 512u),
                             (const char *) text.data);
}


static wf_rc_t
due_by_time(wf_run_t *run, const wf_node_t *node, int64_t *due_ms)
{
    wf_rc_t            rc;
    const wf_asl_t    *asl;
    const wf_value_t  *value;

    asl = node->asl;
    *due_ms = node->u.wait.until_ms;

    if (asl->timestamp) {
        rc = wf_machine_env(run, run->branch->input, NULL, NULL);

        if (rc == WF_OK) {
            rc = wf_machine_eval(run, asl->is_jsonata ? "Timestamp"
                                                      : "TimestampPath",
                                 asl->timestamp, &value);
        }

        if (rc != WF_OK) {
            return rc;
        }

        if (value->type != WF_STRING
            || memchr(value->u.string.data, 'T', value->u.string.len) == NULL
            || wf_time_parse(value->u.string, due_ms) != WF_OK)
        {
            return bad_time(run, asl, value);
        }
    }

    /* whole seconds count, as of a number of them */

    return (*due_ms - run->now_ms) / 1000 > (int64_t) DELAY_SECONDS_MAX
           ? wf_machine_refuse(run, NULL, "Wait state delay is too long.")
           : WF_OK;
}


wf_rc_t
wf_machine_wait_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    int64_t     due_ms;
    wf_event_t  event;

    rc = node->u.wait.has_seconds ? due_by_seconds(run, node->asl, &due_ms)
                                  : due_by_time(run, node, &due_ms);

    if (rc != WF_OK) {
        return rc;
    }

    if (due_ms <= run->now_ms) {
        return wf_run_finish(run, node, run->branch->input, node->next);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_WAIT_STARTED,
        .node = node->no,
        .due_ms = wf_run_until(run, due_ms - run->now_ms)
    };

    return wf_run_emit(run, &event);
}


/* Error or Cause. */
static wf_rc_t
text_of(wf_run_t *run, const char *field, const wf_expr_t *expr,
    wf_str_t *text)
{
    wf_rc_t            rc;
    wf_str_t           path;
    const wf_value_t  *value;

    if (expr == NULL) {
        return WF_OK;
    }

    rc = wf_machine_eval(run, field, expr, &value);

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type == WF_STRING) {
        *text = value->u.string;
        return WF_OK;
    }

    if (run->node->asl->is_jsonata) {
        return wf_machine_mistyped(run, field, expr, "string", value);
    }

    path = wf_expr_text(expr);

    return wf_machine_refuse(run, NULL, "The %s parameter does not reference "
                             "a string: %.*s", field, (int) path.len,
                             (const char *) path.data);
}


wf_rc_t
wf_machine_fail_enter(wf_run_t *run, const wf_node_t *node)
{
    bool      is_jsonata;
    wf_rc_t   rc;
    wf_str_t  error, cause;

    is_jsonata = node->asl->is_jsonata;
    error = node->u.fail.error;
    cause = node->u.fail.cause;
    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = text_of(run, is_jsonata ? "Error" : "ErrorPath",
                     node->u.fail.error_expr, &error);
    }

    if (rc == WF_OK) {
        rc = text_of(run, is_jsonata ? "Cause" : "CausePath",
                     node->u.fail.cause_expr, &cause);
    }

    return rc == WF_OK ? wf_machine_fail(run, error, cause) : rc;
}
