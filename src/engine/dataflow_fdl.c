
/*
 * Data flow of generation 1 (fdl.md 1.4): a scope has a parent input and a
 * growing parent local; mappings read both, outputs are merged into local.
 */

#include "base/json.h"
#include "engine/cloudflow.h"
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

    for (frame = run->branch->frame; frame->outer; frame = frame->outer) {
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

    frame = run->branch->frame;

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
    run->env.roots[WF_ROOT_SELF] = run->branch->input;
    run->env.roots[WF_ROOT_INPUT] = run->branch->input;
}


static const wf_value_t *
fdl_result(const wf_run_t *run)
{
    (void) run;

    return &wf_event_empty;
}


/* The scope's own local, once the output is in it. */
static wf_rc_t
check_local(wf_run_t *run, const wf_value_t *output)
{
    const wf_value_t  *local, *united;

    local = run->branch->frame->local;

    if (wf_json_size(output) + wf_json_size(local) <= WF_DATA_BYTES_FDL) {
        return WF_OK;
    }

    united = unite(run->scratch, local, output);

    if (united == NULL) {
        return wf_run_out_of_memory(run);
    }

    return wf_dataflow_limit(run, wf_json_size(united), WF_DATA_BYTES_FDL,
                             "local");
}


/* Input, output and local of a step together; and the scope's own local. */
static wf_rc_t
check_sizes(wf_run_t *run, const wf_value_t *result, const wf_value_t *output)
{
    wf_rc_t  rc;

    rc = wf_dataflow_limit(run,
                           wf_json_size(run->branch->input)
                           + wf_json_size(output)
                           + (result == output ? 0 : wf_json_size(result)),
                           WF_DATA_BYTES_FDL,
                           "input, output and local together");

    return rc == WF_OK ? check_local(run, output) : rc;
}


static wf_rc_t
fdl_output(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    wf_event_t *event)
{
    wf_rc_t            rc;
    const wf_value_t  *output;

    /* a fork's list is not for the scope (1.3.7, 1.3.8) */

    output = result->type == WF_ARRAY ? &wf_event_empty : result;

    if (node->output != NULL) {
        wf_run_env(run);
        run->env.roots[WF_ROOT_INPUT] = run->branch->input;
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

    branch = run->branch;
    event->local = unite(run->exec->arena, branch->frame->local,
                         branch->output);

    return event->local ? WF_OK : wf_run_out_of_memory(run);
}


/* NULL: no memory. */
static wf_value_t *
iteration_input(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *element, uint32_t index)
{
    wf_str_t     item_key, index_key;
    wf_arena_t  *arena;
    wf_value_t  *value;

    arena = run->exec->arena;
    value = wf_value_merge(arena, run->branch->input, NULL);
    item_key = wf_arena_copy(arena, node->u.fork.item_key);
    index_key = wf_arena_copy(arena, node->u.fork.index_key);

    if (value == NULL || item_key.data == NULL || index_key.data == NULL
        || wf_value_set(arena, value, item_key, (wf_value_t *) element)
           != WF_OK)
    {
        return NULL;
    }

    if (index_key.len != 0
        && wf_value_set(arena, value, index_key, wf_value_int(arena, index))
           != WF_OK)
    {
        return NULL;
    }

    return value;
}


/* fdl.md 1.3.7, 1.3.8 */
static wf_rc_t
fdl_branch_input(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *element, uint32_t index, const wf_value_t **input)
{
    wf_rc_t      rc;
    wf_value_t  *value;

    if (element == NULL) {
        *input = run->branch->input;
        return WF_OK;
    }

    value = iteration_input(run, node, element, index);
    if (value == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_limit(run, wf_json_size(value), WF_DATA_BYTES_FDL,
                           "input of an iteration");

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "input of an iteration");
    }

    if (rc == WF_OK) {
        *input = value;
    }

    return rc;
}


static wf_value_t *
fdl_gather(wf_run_t *run, const wf_fork_t *fork)
{
    uint32_t     i;
    wf_arena_t  *arena;
    wf_value_t  *list;

    arena = run->exec->arena;
    list = wf_value_array(arena, fork->count);

    for (i = 0; list && i < fork->count; i++) {
        if (wf_value_push(arena, list, (wf_value_t *) fork->results[i])
            != WF_OK)
        {
            return NULL;
        }
    }

    return list;
}


static wf_rc_t
fdl_answer(wf_run_t *run, const wf_value_t *result)
{
    if (result->type == WF_OBJECT) {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "the result of a task must be a JSON object");

    return wf_run_fail(run, wf_str("FnF.InvalidLocal"));
}


/* fdl.md 1.7: errorMappings see name and text; outputMappings are not run. */
static wf_rc_t
fdl_caught(wf_run_t *run, const wf_node_t *node, const wf_catcher_t *catcher,
    wf_event_t *event)
{
    wf_rc_t      rc;
    wf_value_t  *error, *local;

    (void) catcher;

    event->output = &wf_event_empty;

    if (node->error_output == NULL) {
        return WF_OK;
    }

    local = wf_value_object(run->scratch, 3);
    error = wf_value_string(run->scratch, run->branch->error);

    if (local == NULL
        || wf_value_set(run->scratch, local, wf_str("error"), error) != WF_OK
        || wf_value_set(run->scratch, local, wf_str("code"), error) != WF_OK
        || wf_value_set(run->scratch, local, wf_str("cause"),
                        wf_value_string(run->scratch,
                                        run->branch->error_cause))
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    wf_run_env(run);
    run->env.roots[WF_ROOT_INPUT] = run->branch->input
                                    ? run->branch->input
                                    : run->branch->frame->input;
    run->env.roots[WF_ROOT_LOCAL] = local;

    rc = map(run, node->error_output, "output", &event->output);

    return rc == WF_OK ? check_local(run, event->output) : rc;
}


static const wf_value_t *
fdl_params(const wf_run_t *run)
{
    return run->branch->input;
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

    frame = run->branch->frame;

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
    .states = wf_handlers_cloudflow,
    .fault = wf_cloudflow_fault,
    .matches = wf_cloudflow_matches,
    .open = fdl_open,
    .show = fdl_show,
    .input = fdl_input,
    .roots = fdl_roots,
    .result = fdl_result,
    .output = fdl_output,
    .leave = fdl_leave,
    .branch_input = fdl_branch_input,
    .gather = fdl_gather,
    .answer = fdl_answer,
    .weigh = wf_cloudflow_weigh,
    .caught = fdl_caught,
    .params = fdl_params,
    .scope_result = fdl_scope_result,
    .close = fdl_close,
    .context = wf_context_fdl,
    .expression_error = wf_str_init("FnF.RuntimeError"),
    .wait_texts = true,
    .tokens_in_input = true,
    .result_bytes_max = WF_DATA_BYTES_FDL,
    WF_CLOUDFLOW_LIMITS
};
