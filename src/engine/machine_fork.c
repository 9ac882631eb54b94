
/*
 * Parallel and inline Map of a state machine (asl 13, 14): how they begin,
 * and how one that has failed gives up its other branches, state by state.
 */

#include "base/json.h"
#include "engine/machine.h"
#include "engine/sight.h"


static wf_rc_t
start(wf_run_t *run, const wf_event_t *what)
{
    wf_event_t  event;

    event = *what;
    event.type = WF_EVENT_FORK_OPENED;
    event.node = run->node->no;

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_machine_parallel_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .index = node->u.fork.count,
        .width = wf_max(node->u.fork.count, 1)
    };

    rc = wf_machine_params(run, node, &event.local);

    if (rc == WF_OK && wf_probe_is_mocked(run)) {
        return wf_probe_answer(run, node);
    }

    return rc == WF_OK ? start(run, &event) : rc;
}


static wf_rc_t
bad_items(wf_run_t *run, const wf_node_t *node, const wf_value_t *value)
{
    wf_str_t  text;

    if (node->asl->is_jsonata && node->u.fork.items) {
        return wf_machine_mistyped(run, "Items", node->u.fork.items, "array",
                                   value);
    }

    if (node->asl->is_jsonata) {
        text = wf_machine_json(run, value);

        return wf_machine_refuse(run, NULL, "Map state input must be an "
                                 "array but was: %.*s",
                                 (int) wf_min(text.len, 512u),
                                 (const char *) text.data);
    }

    text = node->u.fork.items ? wf_expr_text(node->u.fork.items)
                              : wf_str("$");

    /* A path of the context is named from its root. */

    if (text.len > 1 && text.data[1] == '$') {
        text = (wf_str_t) { text.len - 1, text.data + 1 };
    }

    return wf_machine_refuse(run, NULL,
                             "Reference path \"%.*s\" must point to array.",
                             (int) text.len, (const char *) text.data);
}


wf_rc_t
wf_machine_items(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **items)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    value = run->branch->input;
    rc = WF_OK;

    if (node->u.fork.items || node->asl->items_template) {
        rc = wf_machine_env(run, run->branch->input, NULL, NULL);
    }

    if (rc == WF_OK && node->u.fork.items) {
        rc = wf_machine_eval(run, node->asl->is_jsonata ? "Items"
                                                        : "ItemsPath",
                             node->u.fork.items, &value);

    } else if (rc == WF_OK && node->asl->items_template) {
        rc = wf_machine_fill(run, "Items", node->asl->items_template, &value);
    }

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type != WF_ARRAY
        && (value->type != WF_OBJECT || !node->asl->is_distributed))
    {
        return bad_items(run, node, value);
    }

    rc = wf_dataflow_check(run, value, "items");

    return rc == WF_OK ? wf_machine_keep(run, value, items) : rc;
}


/* 0: as many as there may be. */
wf_rc_t
wf_machine_width(wf_run_t *run, const wf_asl_number_t *number, uint32_t max,
    uint32_t *width)
{
    double   value;
    wf_rc_t  rc;

    *width = max;

    if (!number->is_set) {
        return WF_OK;
    }

    rc = wf_machine_number(run, number, false, &value);

    if (rc == WF_OK && value < 0) {
        return wf_machine_refuse(run, "MaxConcurrency",
                                 "MaxConcurrency cannot be negative.");
    }

    if (rc == WF_OK && value >= 1) {
        *width = (uint32_t) wf_min(value, (double) max);
    }

    return rc;
}


/* MaxConcurrency is looked at before anything is shown. */
wf_rc_t
wf_machine_map_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    wf_event_t  event;

    if (wf_probe_is_mocked(run)) {
        return wf_probe_map(run, node);
    }

    if (node->asl->is_distributed) {
        return wf_machine_map_run_enter(run, node);
    }

    event = (wf_event_t) { .width = 0 };
    rc = wf_machine_items(run, node, &event.input);

    if (rc == WF_OK) {
        rc = wf_machine_width(run, &node->asl->concurrency,
                              WF_CONCURRENCY_ASL, &event.width);
    }

    if (rc != WF_OK) {
        return rc;
    }

    event.index = event.input->count;

    return start(run, &event);
}


/*
 * Failures
 */

/* asl 22: a Task that fails in a Parallel is aborted with it. */
bool
wf_machine_leaves_open(const wf_run_t *run)
{
    const wf_branch_t  *parent;

    parent = run->branch->parent;

    return run->exec->is_asl
           && run->node->type == WF_STATE_TASK
           && parent != NULL
           && run->program->nodes[parent->node].type == WF_STATE_PARALLEL;
}


static bool
is_under(const wf_branch_t *branch, const wf_branch_t *owner)
{
    for (branch = branch->parent; branch; branch = branch->parent) {
        if (branch == owner) {
            return true;
        }
    }

    return false;
}


/* What is to be shown of a branch that is given up; 0: nothing more. */
static uint8_t
abortion_of(const wf_run_t *run, const wf_branch_t *branch)
{
    const wf_node_t  *node;

    node = branch->node == WF_NONE ? NULL
                                   : &run->program->nodes[branch->node];

    if (node && branch->phase != WF_PHASE_ABORTED
        && branch->phase >= WF_PHASE_ENTERED
        && branch->phase <= WF_PHASE_BACKOFF
        && (node->type == WF_STATE_TASK || node->type == WF_STATE_WAIT
            || node->type == WF_STATE_PARALLEL || node->type == WF_STATE_MAP))
    {
        return WF_EVENT_STATE_ABORTED;
    }

    if (branch->parent->fork && branch->parent->fork->items
        && branch->phase != WF_PHASE_STALLED
        && (branch->phase != WF_PHASE_ABORTED || branch->node != WF_NONE)
        && branch->phase != WF_PHASE_FAILED
        && branch->phase != WF_PHASE_UNCAUGHT
        && branch->phase != WF_PHASE_RAISED)
    {
        return WF_EVENT_ITERATION_ABORTED;
    }

    return 0;
}


/* The next one of the failed branch's fellows, what is innermost first. */
static wf_branch_t *
find_open(const wf_run_t *run, const wf_branch_t *failed, uint8_t *type)
{
    uint32_t                  i;
    wf_branch_t              *branch;
    const wf_roster_entry_t  *entry;

    for (i = run->exec->branches.count; i-- > 0; ) {
        entry = &run->exec->branches.entries[i];
        branch = entry->branch;

        if (branch == NULL || branch == failed
            || !is_under(branch, failed->parent))
        {
            continue;
        }

        *type = abortion_of(run, branch);

        if (*type) {
            return branch;
        }
    }

    return NULL;
}


static wf_rc_t
abort_branch(wf_run_t *run, wf_branch_t *branch, uint8_t type)
{
    wf_event_t  event;

    wf_run_turn_to(run, branch);

    if (wf_run_cancel(run, branch) != WF_OK) {
        return WF_ERROR;
    }

    event = (wf_event_t) {
        .type = type,
        .node = type == WF_EVENT_STATE_ABORTED ? branch->node
                                               : branch->parent->node,
        .index = branch->index
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_machine_raise(wf_run_t *run)
{
    uint8_t             type;
    wf_event_t          event;
    wf_branch_t        *open;
    const wf_branch_t  *failed;

    failed = run->branch;
    open = find_open(run, failed, &type);

    if (open) {
        return abort_branch(run, open, type);
    }

    wf_run_turn_to(run, failed->parent);

    if (run->branch->fork->items == NULL) {
        return wf_fork_abandon(run, failed->no, failed->error,
                               failed->error_cause);
    }

    if (wf_run_cancel(run, run->branch) != WF_OK) {
        return WF_ERROR;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_ITERATION_FAILED,
        .node = run->node->no,
        .parent = failed->no,
        .index = failed->index,
        .error = failed->error,
        .error_cause = failed->error_cause
    };

    return wf_run_emit(run, &event);
}
