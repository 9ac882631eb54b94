
/*
 * Parallel and Map, inline: branches begin, end, fail, and join (fdl.md 1.3.7,
 * 1.3.8, 1.10, 2.4.7, 2.4.8, 2.7).  A failure breaks all of the fork off at
 * once.  Map runs are state_map.c's.
 */

#include "base/json.h"
#include "engine/machine.h"


static wf_rc_t
start(wf_run_t *run, const wf_value_t *items, uint32_t count, uint32_t width)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_FORK_STARTED,
        .node = run->node->no,
        .input = items,
        .index = count,
        .width = width
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_fork_enter(wf_run_t *run, const wf_node_t *node)
{
    return start(run, NULL, node->u.fork.count,
                 wf_max(node->u.fork.count, 1));
}


wf_rc_t
wf_map_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t            rc;
    const wf_value_t  *items;

    if (node->u.fork.distributed) {
        return wf_map_run_enter(run, node);
    }

    rc = wf_map_items(run, node, &items);

    return rc == WF_OK
           ? start(run, items, items->count, node->u.fork.concurrency) : rc;
}


static wf_rc_t
branch_start(wf_run_t *run, const wf_fork_t *fork)
{
    wf_rc_t            rc;
    uint32_t           index, scope;
    wf_event_t         event;
    const wf_value_t  *element;

    index = fork->started;
    element = fork->items ? fork->items->u.items[index] : NULL;
    scope = run->node->u.fork.scopes[element ? 0 : index];

    event = (wf_event_t) {
        .type = element ? WF_EVENT_ITERATION_ENTERED
                        : WF_EVENT_BRANCH_ENTERED,
        .node = run->node->no,
        .branch = run->exec->last_branch + 1,
        .parent = run->branch->no,
        .index = index,
        .scope = scope,
        .next = run->program->scopes[scope].first
    };

    rc = run->dataflow->branch_input(run, run->node, element, index,
                                     &event.input);

    return rc == WF_OK ? wf_run_emit(run, &event) : rc;
}


wf_rc_t
wf_fork_next(wf_run_t *run)
{
    wf_rc_t           rc;
    const wf_fork_t  *fork;

    fork = run->branch->fork;

    if (fork->run) {
        return wf_item_next(run);
    }

    rc = branch_start(run, fork);

    if (rc == WF_DECLINED && run->fault != WF_FAULT_NONE) {
        return wf_run_fail_step(run, run->node, rc);
    }

    return rc == WF_DECLINED
           ? wf_fork_abandon(run, WF_NONE, run->error, run->cause) : rc;
}


/* A branch that comes back with more than fits breaks the fork. */
wf_rc_t
wf_fork_leave(wf_run_t *run)
{
    size_t             size;
    wf_event_t         event;
    const wf_fork_t   *fork;
    wf_branch_t       *branch;
    const wf_value_t  *output;

    branch = run->branch;
    fork = branch->parent->fork;
    output = run->dataflow->scope_result(branch->frame);
    size = fork->result_bytes + wf_json_size(output);

    if (wf_dataflow_limit(run, size, WF_FORK_BYTES_MAX, "results of branches")
        != WF_OK)
    {
        wf_run_turn_to(run, branch->parent);
        return wf_fork_abandon(run, branch->no, run->error, run->cause);
    }

    event = (wf_event_t) {
        .type = fork->items ? WF_EVENT_ITERATION_EXITED
                            : WF_EVENT_BRANCH_EXITED,
        .node = branch->parent->node,
        .index = branch->index,
        .output = output
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_fork_raise(wf_run_t *run)
{
    const wf_branch_t  *branch;

    if (run->exec->is_asl) {
        return wf_machine_raise(run);
    }

    branch = run->branch;
    wf_run_turn_to(run, branch->parent);

    return wf_fork_abandon(run, branch->no, branch->error,
                           branch->error_cause);
}


wf_rc_t
wf_fork_abandon(wf_run_t *run, uint32_t failed, wf_str_t error,
    wf_str_t cause)
{
    wf_event_t  event;

    if (wf_run_cancel(run, run->branch) != WF_OK) {
        return WF_ERROR;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_BRANCH_ABANDONED,
        .node = run->node->no,
        .index = failed,
        .error = error,
        .error_cause = cause
    };

    return wf_run_emit(run, &event);
}


/* A map run with too many failures ends here as well. */
wf_rc_t
wf_fork_join(wf_run_t *run)
{
    wf_rc_t           rc;
    wf_value_t       *result;
    const wf_fork_t  *fork;

    fork = run->branch->fork;

    if (fork->run && run->exec->is_asl) {
        rc = wf_machine_run_end(run);

        if (rc != WF_DECLINED) {
            return rc;
        }

    } else if (fork->run && wf_map_run_is_broken(fork->run)) {
        return wf_fork_abandon(run, WF_NONE, run->branch->error,
                               run->branch->error_cause);
    }

    result = run->dataflow->gather(run, fork);
    if (result == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_check(run, result, "results of branches");

    if (rc != WF_OK) {
        return wf_run_settle(run, run->node, rc);
    }

    return wf_run_finish(run, run->node, result, run->node->next);
}
