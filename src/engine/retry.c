
/*
 * What becomes of a failure: another try, a catch, or neither (fdl.md 1.7,
 * 2.6).  Owns how errors are matched and how long a pause is; state_task.c and
 * state_fork.c do the work again, the dialects build the caught output.
 */

#include "engine/sight.h"
#include "engine/work.h"
#include "expr/random.h"


/* Longer than any pause, so that the rest need not be exact. */
#define DELAY_MS_MAX  ((double) WF_EXECUTION_MS_MAX)


static bool
matches(const wf_run_t *run, const wf_str_t *errors, uint32_t count,
    wf_str_t error)
{
    uint32_t  i;

    for (i = 0; i < count; i++) {
        if (run->dataflow->matches(run, errors[i], error)) {
            return true;
        }
    }

    return false;
}


/* The first that names the error; NULL: none. */
static const wf_retrier_t *
find_retrier(const wf_run_t *run, const wf_node_t *node)
{
    uint32_t             i;
    const wf_retrier_t  *retrier;

    for (i = 0; i < node->retrier_count; i++) {
        retrier = &node->retriers[i];

        if (matches(run, retrier->errors, retrier->error_count,
                    run->error))
        {
            return retrier;
        }
    }

    return NULL;
}


const wf_catcher_t *
wf_run_catcher(const wf_run_t *run, const wf_node_t *node)
{
    uint32_t             i;
    const wf_catcher_t  *catcher;

    for (i = 0; i < node->catcher_count; i++) {
        catcher = &node->catchers[i];

        if (matches(run, catcher->errors, catcher->error_count,
                    run->branch->error))
        {
            return catcher->next == WF_NONE ? NULL : catcher;
        }
    }

    return NULL;
}


static uint32_t
count_of(const wf_branch_t *branch, uint32_t retrier)
{
    const wf_tries_t  *tries;

    for (tries = branch->tries; tries; tries = tries->next) {
        if (tries->retrier == retrier) {
            return tries->count;
        }
    }

    return 0;
}


/*
 * interval * multiplier ^ count, by squaring: the same digits everywhere.  It
 * is cut before it could leave the range of a double.
 */
int64_t
wf_retry_delay(const wf_retrier_t *retrier, uint32_t count)
{
    double  delay, factor, max;

    delay = (double) retrier->interval_ms;
    factor = retrier->multiplier;
    max = wf_min((double) retrier->max_interval_ms, DELAY_MS_MAX);

    for ( /* void */ ; count != 0; count >>= 1) {
        if (count & 1) {
            delay *= factor;
        }

        factor *= factor;

        if (factor > DELAY_MS_MAX) {
            factor = DELAY_MS_MAX;
        }
    }

    return (int64_t) (wf_min(delay, max) + 0.5);
}


static wf_rc_t
fail_step(wf_run_t *run, const wf_node_t *node)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_STEP_FAILED,
        .node = node->no,
        .error = run->error,
        .error_cause = run->cause
    };

    return wf_run_emit(run, &event);
}


/* Amazon States Language: the whole execution, or the expression first. */
static wf_rc_t
emit_fault(wf_run_t *run, const wf_node_t *node)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_EXECUTION_FAILED,
        .error = run->error,
        .error_cause = run->cause
    };

    if (run->fault == WF_FAULT_EXPRESSION) {
        if (run->branch->fork && wf_run_cancel(run, run->branch) != WF_OK) {
            return WF_ERROR;
        }

        event.type = WF_EVENT_EVALUATION_FAILED;
        event.node = node->no;
        event.output = run->location;
    }

    run->fault = WF_FAULT_NONE;

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_run_fail_step(wf_run_t *run, const wf_node_t *node, wf_rc_t rc)
{
    if (rc != WF_DECLINED) {
        return rc;
    }

    return run->fault != WF_FAULT_NONE ? emit_fault(run, node)
                                       : fail_step(run, node);
}


/* With jitter: anything up to that. */
static int64_t
pause_ms(wf_run_t *run, const wf_retrier_t *retrier, uint32_t count)
{
    int64_t  delay_ms;

    delay_ms = wf_retry_delay(retrier, count);

    return retrier->is_jittered
           ? (int64_t) (wf_random_next(&run->env.random_state)
                        % ((uint64_t) delay_ms + 1))
           : delay_ms;
}


/* A state on trial tells the pause as it is. */
static int64_t
due_after(const wf_run_t *run, int64_t delay_ms)
{
    return run->exec->probe ? run->now_ms + delay_ms
                            : wf_run_until(run, delay_ms);
}


/* An entry that is used up is not replaced by a later one. */
wf_rc_t
wf_run_settle(wf_run_t *run, const wf_node_t *node, wf_rc_t rc)
{
    uint32_t             no, count;
    wf_event_t           event;
    const wf_retrier_t  *retrier;

    if (rc != WF_DECLINED) {
        return rc;
    }

    if (run->fault != WF_FAULT_NONE) {
        return emit_fault(run, node);
    }

    retrier = find_retrier(run, node);

    if (retrier == NULL) {
        return fail_step(run, node);
    }

    no = (uint32_t) (retrier - node->retriers);
    count = run->exec->probe ? run->exec->probe->retry_count
                             : count_of(run->branch, no);

    if (count >= retrier->max_attempts) {
        return fail_step(run, node);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_RETRY_SCHEDULED,
        .node = node->no,
        .index = no,
        .due_ms = due_after(run, pause_ms(run, retrier, count))
    };

    return wf_run_emit(run, &event);
}
