
/*
 * Data flow of generation 1 (fdl.md 1.4): a scope has a parent input and a
 * growing parent local; mappings read both, outputs are merged into local.
 */

#include "base/json.h"
#include "engine/step.h"


/* Two objects as one, b wins; what is empty costs nothing. */
static const wf_value_t *
unite(wf_arena_t *arena, const wf_value_t *a, const wf_value_t *b)
{
    if (b->count == 0) {
        return a;
    }

    if (a->count == 0) {
        return b;
    }

    return wf_value_merge(arena, a, b);
}


static wf_rc_t
map(wf_run_t *run, const wf_template_t *template, const char *what,
    const wf_value_t **value)
{
    return wf_dataflow_fill(run, template, WF_DATA_BYTES_FDL, what, value);
}


static wf_rc_t
fdl_open(wf_run_t *run, const wf_value_t **input)
{
    if (run->program->input == NULL) {
        *input = run->exec->input;
        return WF_OK;
    }

    wf_run_env(run);
    run->env.roots[WF_ROOT_INPUT] = run->exec->input;
    run->env.roots[WF_ROOT_LOCAL] = &wf_event_empty;

    return map(run, run->program->input, "input", input);
}


static void
fdl_show(const wf_frame_t *frame, wf_event_t *event)
{
    event->input = frame->input;
    event->local = frame->local;
}


/* Inside choice branches, and only there, $local reaches further out. */
static void
set_outer_locals(wf_run_t *run)
{
    uint32_t           count;
    const wf_node_t   *owner;
    const wf_frame_t  *frame;

    count = 0;

    for (frame = run->exec->branch.frame; frame->outer; frame = frame->outer) {
        owner = &run->program->nodes[frame->owner];

        if (owner->type != WF_STATE_CHOICE) {
            break;
        }

        run->outer_locals[count++] = frame->outer->local;
    }

    run->env.outer_locals = run->outer_locals;
    run->env.outer_local_count = count;
}


static wf_rc_t
fdl_input(wf_run_t *run, const wf_node_t *node, const wf_value_t **input)
{
    wf_rc_t            rc;
    const wf_frame_t  *frame;
    const wf_value_t  *value;

    frame = run->exec->branch.frame;

    if (node->input != NULL) {
        wf_run_env(run);
        run->env.roots[WF_ROOT_INPUT] = frame->input;
        run->env.roots[WF_ROOT_LOCAL] = frame->local;
        set_outer_locals(run);

        return map(run, node->input, "input", input);
    }

    value = unite(run->exec->arena, frame->input, frame->local);

    if (value == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_limit(run, wf_json_size(value), WF_DATA_BYTES_FDL,
                           "input");

    if (rc == WF_OK) {
        *input = value;
    }

    return rc;
}


static void
fdl_roots(wf_run_t *run)
{
    wf_run_env(run);
    run->env.roots[WF_ROOT_SELF] = run->exec->branch.input;
    run->env.roots[WF_ROOT_INPUT] = run->exec->branch.input;
}


static const wf_value_t *
fdl_result(const wf_run_t *run)
{
    (void) run;

    return &wf_event_empty;
}


/* Input, output and local of a step together; and the scope's own local. */
static wf_rc_t
check_sizes(wf_run_t *run, const wf_value_t *result, const wf_value_t *output)
{
    size_t             size;
    wf_rc_t            rc;
    const wf_value_t  *local, *united;

    size = wf_json_size(output);
    local = run->exec->branch.frame->local;

    rc = wf_dataflow_limit(run,
                           wf_json_size(run->exec->branch.input) + size
                           + (result == output ? 0 : wf_json_size(result)),
                           WF_DATA_BYTES_FDL,
                           "input, output and local together");

    if (rc != WF_OK || size + wf_json_size(local) <= WF_DATA_BYTES_FDL) {
        return rc;
    }

    united = unite(run->scratch, local, output);

    if (united == NULL) {
        return wf_run_out_of_memory(run);
    }

    return wf_dataflow_limit(run, wf_json_size(united), WF_DATA_BYTES_FDL,
                             "local");
}


static wf_rc_t
fdl_output(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    wf_event_t *event)
{
    wf_rc_t            rc;
    const wf_value_t  *output;

    output = result;

    if (node->output != NULL) {
        wf_run_env(run);
        run->env.roots[WF_ROOT_INPUT] = run->exec->branch.input;
        run->env.roots[WF_ROOT_LOCAL] = result;

        rc = map(run, node->output, "output", &output);

        if (rc != WF_OK) {
            return rc;
        }
    }

    rc = check_sizes(run, result, output);

    if (rc == WF_OK) {
        event->output = output;
    }

    return rc;
}


static wf_rc_t
fdl_leave(wf_run_t *run, wf_event_t *event)
{
    const wf_branch_t  *branch;

    branch = &run->exec->branch;
    event->local = unite(run->exec->arena, branch->frame->local,
                         branch->output);

    return event->local ? WF_OK : wf_run_out_of_memory(run);
}


static const wf_value_t *
fdl_scope_result(const wf_frame_t *frame)
{
    return frame->local;
}


static wf_rc_t
fdl_close(wf_run_t *run, const wf_value_t **output)
{
    const wf_frame_t  *frame;

    frame = run->exec->branch.frame;

    if (run->program->output == NULL) {
        *output = frame->local;
        return WF_OK;
    }

    wf_run_env(run);
    run->env.roots[WF_ROOT_INPUT] = frame->input;
    run->env.roots[WF_ROOT_LOCAL] = frame->local;

    return map(run, run->program->output, "output", output);
}


const wf_dataflow_t  wf_dataflow_fdl = {
    .open = fdl_open,
    .show = fdl_show,
    .input = fdl_input,
    .roots = fdl_roots,
    .result = fdl_result,
    .output = fdl_output,
    .leave = fdl_leave,
    .scope_result = fdl_scope_result,
    .close = fdl_close,
    .context = wf_context_fdl,
    .expression_error = wf_str_init("FnF.RuntimeError"),
    .wait_texts = true
};
