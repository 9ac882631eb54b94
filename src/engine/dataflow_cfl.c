
/*
 * Data flow of generation 2 (fdl.md 2.3): each state gets the output of the
 * one before; constructors replace input and output; globals are merged.
 */

#include "base/json.h"
#include "engine/cloudflow.h"
#include "engine/step.h"


/* Roots that every expression of a state has; output: NULL before it is. */
static void
set_roots(wf_run_t *run, const wf_value_t *input, const wf_value_t *output)
{
    wf_run_env(run);
    run->env.roots[WF_ROOT_INPUT] = input;
    run->env.roots[WF_ROOT_OUTPUT] = output;
    run->env.roots[WF_ROOT_GLOBAL] = run->exec->globals;
}


static wf_rc_t
construct(wf_run_t *run, const wf_template_t *template, const char *what,
    const wf_value_t **value)
{
    return wf_dataflow_fill(run, template, WF_DATA_BYTES_CFL, what, value);
}


static wf_rc_t
cfl_open(wf_run_t *run, const wf_value_t **input)
{
    *input = run->exec->input;

    return WF_OK;
}


/* Once a state has failed nothing was handed on: only the way in is shown. */
static void
cfl_show(const wf_frame_t *frame, wf_event_t *event)
{
    event->input = frame->input;
}


static wf_rc_t
cfl_input(wf_run_t *run, const wf_node_t *node, const wf_value_t **input)
{
    const wf_value_t  *raw;

    raw = run->branch->frame->input;

    if (node->input == NULL) {
        *input = raw;
        return WF_OK;
    }

    set_roots(run, raw, NULL);

    return construct(run, node->input, "input", input);
}


static void
cfl_roots(wf_run_t *run)
{
    set_roots(run, run->branch->input, NULL);
}


static const wf_value_t *
cfl_result(const wf_run_t *run)
{
    return run->branch->input;
}


/*
 * Elements of a Map may be anything: one that is handed on as it came may go
 * on, but not be what the scope amounts to.
 */
static wf_rc_t
check_object(wf_run_t *run, const wf_value_t *output, uint32_t next)
{
    if (output->type == WF_OBJECT
        || (next != WF_NONE && output == run->branch->input))
    {
        return WF_OK;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "the output must be a JSON object");

    return wf_run_fail(run, wf_str("FnF.InvalidOutput"));
}


static wf_rc_t
check_global(wf_run_t *run, const wf_member_t *member)
{
    wf_rc_t  rc;

    rc = wf_dataflow_limit(run, member->key.len, WF_GLOBAL_KEY_LEN_MAX,
                           "name of a global variable");

    if (rc == WF_OK) {
        rc = wf_dataflow_limit(run, wf_json_size(member->value),
                               WF_GLOBAL_BYTES_MAX, "a global variable");
    }

    return rc;
}


/* All variables together, as they will be. */
static wf_rc_t
check_globals(wf_run_t *run, const wf_value_t *globals)
{
    wf_rc_t      rc;
    wf_value_t  *merged;

    merged = wf_value_merge(run->scratch, run->exec->globals, globals);

    if (merged == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_limit(run, wf_json_size(merged), WF_GLOBALS_BYTES_MAX,
                           "all global variables");

    if (rc != WF_OK || merged->count <= WF_GLOBALS_MAX) {
        return rc;
    }

    wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                 "more than %d global variables", WF_GLOBALS_MAX);

    return wf_run_fail(run, wf_str("FnF.DataLimitExceeded"));
}


static wf_rc_t
construct_globals(wf_run_t *run, const wf_template_t *template,
    const wf_value_t **globals)
{
    wf_rc_t            rc;
    uint32_t           i;
    const wf_value_t  *result;

    rc = wf_run_fill(run, template, &result);

    for (i = 0; rc == WF_OK && i < result->count; i++) {
        rc = check_global(run, &result->u.members[i]);
    }

    if (rc == WF_OK) {
        rc = check_globals(run, result);
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, result, "a global variable");
    }

    if (rc != WF_OK) {
        return rc;
    }

    *globals = wf_run_keep(run, result);

    return *globals ? WF_OK : wf_run_out_of_memory(run);
}


static wf_rc_t
cfl_output(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    wf_event_t *event)
{
    wf_rc_t            rc;
    const wf_value_t  *output, *globals;

    output = result;
    globals = NULL;

    /* both constructors see the raw result and the globals as they were */

    set_roots(run, run->branch->input, result);

    rc = node->output ? construct(run, node->output, "output", &output)
                      : wf_dataflow_limit(run, wf_json_size(result),
                                          WF_DATA_BYTES_CFL, "output");

    if (rc == WF_OK) {
        rc = check_object(run, output, event->next);
    }

    if (rc == WF_OK && node->global) {
        rc = construct_globals(run, node->global, &globals);
    }

    if (rc == WF_OK) {
        event->output = output;
        event->globals = globals;
    }

    return rc;
}


static wf_rc_t
cfl_leave(wf_run_t *run, wf_event_t *event)
{
    event->output = run->branch->output;

    return WF_OK;
}


/* fdl.md 2.4.7, 2.4.8: the same input, or the element itself. */
static wf_rc_t
cfl_branch_input(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *element, uint32_t index, const wf_value_t **input)
{
    (void) node;
    (void) index;

    if (element == NULL) {
        *input = run->branch->input;
        return WF_OK;
    }

    *input = element;

    return wf_dataflow_limit(run, wf_json_size(element), WF_DATA_BYTES_CFL,
                             "input of an iteration");
}


/* {"Branch0": ...}; NULL: no memory. */
static wf_value_t *
gather_branches(wf_arena_t *arena, const wf_fork_t *fork)
{
    uint32_t     i;
    wf_buf_t     key;
    wf_value_t  *object;

    object = wf_value_object(arena, fork->count);

    for (i = 0; object && i < fork->count; i++) {
        wf_buf_init(&key, arena, 16);
        wf_buf_text(&key, "Branch");
        wf_buf_uint(&key, i);

        if (key.failed
            || wf_value_set(arena, object, wf_buf_done(&key),
                            (wf_value_t *) fork->results[i])
               != WF_OK)
        {
            return NULL;
        }
    }

    return object;
}


/* {"Items": [...]}, null for a failure that is tolerated; NULL: no memory. */
static wf_value_t *
gather_items(wf_arena_t *arena, const wf_fork_t *fork)
{
    uint32_t           i;
    wf_value_t        *object, *list;
    const wf_value_t  *item;

    object = wf_value_object(arena, 1);
    list = wf_value_array(arena, fork->count);

    for (i = 0; list && i < fork->count; i++) {
        item = fork->results[i] ? fork->results[i] : wf_value_null(arena);

        if (wf_value_push(arena, list, (wf_value_t *) item) != WF_OK) {
            return NULL;
        }
    }

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Items"), list) != WF_OK)
    {
        return NULL;
    }

    return object;
}


static wf_value_t *
cfl_gather(wf_run_t *run, const wf_fork_t *fork)
{
    return fork->items ? gather_items(run->exec->arena, fork)
                       : gather_branches(run->exec->arena, fork);
}


/* What is none may still be made one by OutputConstructor. */
static wf_rc_t
cfl_answer(wf_run_t *run, const wf_value_t *result)
{
    (void) run;
    (void) result;

    return WF_OK;
}


/* Without a constructor: the error itself (fdl.md 2.6); NULL: no memory. */
static const wf_value_t *
error_output(wf_run_t *run)
{
    wf_value_t         *object;
    wf_arena_t         *arena;
    const wf_branch_t  *branch;

    arena = run->exec->arena;
    branch = run->branch;
    object = wf_value_object(arena, 2);

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Code"),
                        wf_value_string(arena, branch->error))
           != WF_OK
        || wf_value_set(arena, object, wf_str("Detail"),
                        wf_value_string(arena, branch->error_cause))
           != WF_OK)
    {
        return NULL;
    }

    return object;
}


static wf_rc_t
cfl_caught(wf_run_t *run, const wf_node_t *node, const wf_catcher_t *catcher,
    wf_event_t *event)
{
    const wf_value_t  *input;

    (void) node;

    if (catcher->output == NULL) {
        event->output = error_output(run);
        return event->output ? WF_OK : wf_run_out_of_memory(run);
    }

    input = run->branch->input ? run->branch->input
                               : run->branch->frame->input;
    set_roots(run, input, NULL);

    return construct(run, catcher->output, "output", &event->output);
}


static const wf_value_t *
cfl_params(const wf_run_t *run)
{
    (void) run;

    return &wf_event_empty;
}


static const wf_value_t *
cfl_scope_result(const wf_frame_t *frame)
{
    return frame->input;
}


static wf_rc_t
cfl_close(wf_run_t *run, const wf_value_t **output)
{
    *output = run->branch->frame->input;

    return WF_OK;
}


const wf_dataflow_t  wf_dataflow_cfl = {
    .states = wf_handlers_cloudflow,
    .fault = wf_cloudflow_fault,
    .matches = wf_cloudflow_matches,
    .open = cfl_open,
    .show = cfl_show,
    .input = cfl_input,
    .roots = cfl_roots,
    .result = cfl_result,
    .output = cfl_output,
    .leave = cfl_leave,
    .branch_input = cfl_branch_input,
    .gather = cfl_gather,
    .answer = cfl_answer,
    .weigh = wf_cloudflow_weigh,
    .caught = cfl_caught,
    .params = cfl_params,
    .scope_result = cfl_scope_result,
    .close = cfl_close,
    .context = wf_context_cfl,
    .expression_error = wf_str_init("FnF.InvalidExpression"),
    .wait_texts = false,
    .tokens_in_input = false,
    .result_bytes_max = WF_REQUEST_BYTES_MAX,
    WF_CLOUDFLOW_LIMITS
};
