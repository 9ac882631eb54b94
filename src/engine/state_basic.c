
/*
 * States that need nothing from outside: pass, choice, succeed, fail.
 */

#include "base/json.h"
#include "engine/step.h"


wf_rc_t
wf_pass_enter(wf_run_t *run, const wf_node_t *node)
{
    return wf_run_finish(run, node, run->dataflow->result(run), node->next);
}


/* Ends the innermost scope (fdl.md 1.3.4, 2.4.4). */
wf_rc_t
wf_succeed_enter(wf_run_t *run, const wf_node_t *node)
{
    return wf_run_finish(run, node, run->dataflow->result(run), WF_NONE);
}


/* The first that holds; the default has no condition.  NULL: none. */
static wf_rc_t
choose(wf_run_t *run, const wf_node_t *node, const wf_alternative_t **chosen)
{
    bool                     holds;
    wf_rc_t                  rc;
    uint32_t                 i;
    const wf_alternative_t  *alternative;

    run->dataflow->roots(run);

    for (i = 0; i < node->u.choice.count; i++) {
        alternative = &node->u.choice.alternatives[i];
        holds = alternative->condition == NULL;

        if (!holds) {
            rc = wf_run_test(run, alternative->condition, &holds);

            if (rc != WF_OK) {
                return rc;
            }
        }

        if (holds) {
            *chosen = alternative;
            return WF_OK;
        }
    }

    *chosen = NULL;

    return WF_OK;
}


wf_rc_t
wf_choice_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t                  rc;
    uint32_t                 next;
    wf_event_t               event;
    const wf_alternative_t  *chosen;

    rc = choose(run, node, &chosen);

    if (rc != WF_OK) {
        return rc;
    }

    next = chosen && chosen->next != WF_NONE ? chosen->next : node->next;

    if (chosen == NULL || chosen->scope == WF_NONE) {
        return wf_run_finish(run, node, run->dataflow->result(run), next);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_SCOPE_ENTERED,
        .node = node->no,
        .scope = chosen->scope,
        .next = run->program->scopes[chosen->scope].first,
        .after = next,
        .input = run->branch->input
    };

    return wf_run_emit(run, &event);
}


/* A constant, or an expression's text; other values by their JSON. */
static wf_rc_t
text_of(wf_run_t *run, const wf_expr_t *expr, wf_str_t constant,
    wf_str_t *text)
{
    wf_rc_t            rc;
    wf_buf_t           buf;
    const wf_value_t  *value;

    *text = constant;

    if (expr == NULL) {
        return WF_OK;
    }

    rc = wf_run_eval(run, expr, &value);

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type == WF_STRING) {
        *text = value->u.string;
        return WF_OK;
    }

    wf_buf_init(&buf, run->scratch, 0);
    wf_json_print(&buf, value);
    *text = wf_buf_done(&buf);

    return buf.failed ? wf_run_out_of_memory(run) : WF_OK;
}


wf_rc_t
wf_fail_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t   rc;
    wf_str_t  error, cause;

    run->dataflow->roots(run);

    cause = wf_str_none;
    rc = text_of(run, node->u.fail.error_expr, node->u.fail.error, &error);

    if (rc == WF_OK) {
        rc = text_of(run, node->u.fail.cause_expr, node->u.fail.cause,
                     &cause);
    }

    if (rc != WF_OK) {
        return rc;
    }

    run->error = error;
    run->cause = cause;

    return WF_DECLINED;
}


/* States that take no input from outside, and those that owe nothing. */

wf_rc_t
wf_input_none(wf_run_t *run, const wf_node_t *node)
{
    (void) run;
    (void) node;

    return WF_DECLINED;
}


wf_rc_t
wf_resume_none(wf_run_t *run, const wf_node_t *node)
{
    (void) run;
    (void) node;

    return WF_DECLINED;
}
