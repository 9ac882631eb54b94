
/*
 * The tools of a run that handlers share: recording a fact, failing,
 * evaluating.  Nothing here decides what happens next; step.c does.
 */

#include "engine/sight.h"
#include "engine/work.h"
#include "flow/program_asl.h"
#include "flow/refuse.h"


/* The first characters of valid UTF-8. */
static wf_str_t
cut(wf_str_t s, size_t length_max)
{
    size_t  i, length;

    if (s.len <= length_max) {
        return s;
    }

    length = 0;

    for (i = 0; i < s.len; i++) {
        if ((s.data[i] & 0xc0) != 0x80 && ++length > length_max) {
            return (wf_str_t) { i, s.data };
        }
    }

    return s;
}


wf_rc_t
wf_run_out_of_memory(wf_run_t *run)
{
    wf_error_set(run->err, WF_E_INTERNAL, "out of memory");

    return WF_ERROR;
}


/*
 * The history is full: what would have been its last event becomes the end of
 * the execution, so there is always room for that.
 */
static bool
is_over_limit(const wf_run_t *run, const wf_event_t *event)
{
    if (event->type == WF_EVENT_RETRY_SCHEDULED) {
        return run->exec->retry_count >= wf_exec_retries_max(run->exec);
    }

    return event->event_id >= run->dataflow->events_max
           && !wf_event_is_final(event->type);
}


/*
 * An end of the execution is the root's, whoever was acting; one that comes
 * from outside is caused by what was last.
 */
static void
complete(const wf_run_t *run, wf_event_t *event)
{
    const wf_exec_t  *exec;

    exec = run->exec;

    event->seq = exec->codec.seq + 1;
    event->event_id = wf_event_rpc_name(event->type)[0]
                      ? exec->codec.event_id + 1 : 0;
    event->cause_id = run->branch ? run->branch->cause_id
                                  : exec->codec.event_id;
    event->time_ms = run->now_ms;
    event->error = cut(event->error, run->dataflow->error_len_max);
    event->error_cause = cut(event->error_cause,
                             run->dataflow->cause_len_max);

    if (run->dataflow->link) {
        run->dataflow->link(run, event);
    }

    if (event->branch == 0 && run->branch
        && !wf_event_is_final(event->type))
    {
        event->branch = run->branch->no;
    }
}


static wf_rc_t
record(wf_run_t *run, wf_event_t *event)
{
    wf_rc_t     rc;
    wf_exec_t  *exec;

    exec = run->exec;
    wf_probe_event(run, event);

    if (wf_event_is_final(event->type) && wf_run_cancel(run, NULL) != WF_OK) {
        return WF_ERROR;
    }

    wf_event_encode(&run->step->events, &exec->codec, event);

    if (run->step->events.failed) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_engine_apply(exec, event);

    wf_assert(rc != WF_DECLINED);

    if (rc != WF_OK) {
        return wf_run_out_of_memory(run);
    }

    run->step->event_count++;

    return WF_OK;
}


wf_rc_t
wf_run_emit(wf_run_t *run, wf_event_t *event)
{
    wf_event_t  full;

    complete(run, event);

    if (!is_over_limit(run, event)) {
        return record(run, event);
    }

    full = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_FAILED,
        .error = run->dataflow->full.error,
        .error_cause = run->dataflow->full.cause
    };

    complete(run, &full);

    return record(run, &full);
}


bool
wf_run_goes_on(const wf_run_t *run)
{
    return run->exec->status == WF_STATUS_RUNNING;
}


int64_t
wf_run_life(const wf_run_t *run)
{
    uint64_t           life_ms;
    const wf_node_t   *node;
    const wf_value_t  *mode;
    const wf_scope_t  *scope;

    life_ms = run->program->timeout_ms;
    scope = &run->program->scopes[run->exec->status ? run->exec->scope
                                                    : run->input->scope];

    if (scope->owner != WF_NONE) {
        node = &run->program->nodes[scope->owner];

        if (node->asl) {
            return node->asl->is_express ? WF_EXPRESS_MS_MAX
                                         : (int64_t) WF_EXECUTION_MS_MAX;
        }

        mode = node->type == WF_STATE_MAP
               ? wf_value_get(node->u.fork.distributed,
                              wf_str("ExecutionMode"))
               : NULL;

        if (mode && wf_str_eq(mode->u.string, wf_str("Express"))) {
            return WF_EXPRESS_MS_MAX;
        }
    }

    return life_ms != 0 && life_ms < WF_EXECUTION_MS_MAX
           ? (int64_t) life_ms : (int64_t) WF_EXECUTION_MS_MAX;
}


int64_t
wf_run_until(const wf_run_t *run, int64_t delay_ms)
{
    int64_t  speed;

    speed = wf_max((int64_t) run->input->wait_speed, 1);

    return run->now_ms + delay_ms / speed + (delay_ms % speed > 0);
}


void
wf_run_turn_to(wf_run_t *run, wf_branch_t *branch)
{
    run->branch = branch;
    run->node = branch->node == WF_NONE ? NULL
                                        : &run->program->nodes[branch->node];
}


const wf_value_t *
wf_run_keep(wf_run_t *run, const wf_value_t *value)
{
    if (value->type == WF_OBJECT && value->count == 0) {
        return &wf_event_empty;
    }

    return wf_value_copy(run->exec->arena, value);
}


wf_rc_t
wf_run_fail(wf_run_t *run, wf_str_t error)
{
    wf_str_t  cause;

    cause = wf_arena_copy(run->scratch, wf_error_arg(run->err, 0));

    if (cause.data == NULL) {
        return wf_run_out_of_memory(run);
    }

    wf_error_clear(run->err);

    run->error = error;
    run->cause = cause;

    return WF_DECLINED;
}


void
wf_run_env(wf_run_t *run)
{
    run->env = (wf_env_t) {
        .context = run->dataflow->context,
        .data = run,
        .random_state = run->env.random_state,
        .meter = run->env.meter
    };
}


/* Ours to give up on, or the workflow's failure? */
static wf_rc_t
verdict(wf_run_t *run, wf_rc_t rc)
{
    if (rc != WF_ERROR || run->err->code == WF_E_INTERNAL) {
        return rc;
    }

    return run->dataflow->fault(run);
}


wf_rc_t
wf_run_fill(wf_run_t *run, const wf_template_t *template,
    const wf_value_t **value)
{
    return verdict(run, wf_template_fill(run->scratch, template, &run->env,
                                         value, run->err));
}


wf_rc_t
wf_run_eval(wf_run_t *run, const wf_expr_t *expr, const wf_value_t **value)
{
    wf_rc_t  rc;

    rc = wf_expr_eval(run->scratch, expr, &run->env, value, run->err);

    if (rc != WF_DECLINED) {
        return verdict(run, rc);
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT, "nothing is found by '%.*s'",
                 wf_quoted(wf_expr_text(expr)));

    return wf_run_fail(run, run->dataflow->expression_error);
}


wf_rc_t
wf_run_test(wf_run_t *run, const wf_expr_t *expr, bool *result)
{
    return verdict(run, wf_expr_test(run->scratch, expr, &run->env, result,
                                     run->err));
}


wf_rc_t
wf_run_finish(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    uint32_t next)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_SUCCEEDED,
        .node = node->no,
        .next = next
    };

    rc = run->dataflow->output(run, node, result, &event);

    if (rc != WF_OK) {
        return wf_run_settle(run, node, rc);
    }

    return wf_run_emit(run, &event);
}
