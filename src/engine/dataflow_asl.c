
/*
 * Data flow of the Amazon States Language (asl 4, 9, 10): JSONPath states go
 * from InputPath to OutputPath, JSONata states make Output of what they know;
 * both assign variables, which take effect when the state is left.
 */

#include "base/json.h"
#include "engine/machine.h"
#include "engine/sight.h"


static wf_rc_t
asl_open(wf_run_t *run, const wf_value_t **input)
{
    *input = run->exec->input;

    return WF_OK;
}


static void
asl_show(const wf_frame_t *frame, wf_event_t *event)
{
    event->input = frame->input;
}


static wf_rc_t
asl_input(wf_run_t *run, const wf_node_t *node, const wf_value_t **input)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    rc = wf_machine_path(run, &node->asl->input_path,
                         run->branch->frame->input, &value);

    /* the context is around the input: it nests deeper, and a path may find
     * the same many times */

    if (rc == WF_OK && node->asl->input_path.expr) {
        rc = wf_dataflow_limit(run, wf_json_size(value), WF_FORK_BYTES_MAX,
                               "input of a state");
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "input of a state");
    }

    if (rc != WF_OK) {
        return rc;
    }

    wf_probe_see(run, WF_SEEN_INPUT_PATH, value);

    return wf_machine_keep(run, value, input);
}


/* The states set theirs themselves, as each field needs them. */
static void
asl_roots(wf_run_t *run)
{
    wf_run_env(run);
}


static const wf_value_t *
asl_result(const wf_run_t *run)
{
    return run->branch->input;
}


/* All variables of the scope, as they will be. */
static wf_rc_t
check_variables(wf_run_t *run, const wf_value_t *assigned)
{
    size_t             size;
    wf_rc_t            rc;
    uint32_t           i;
    const wf_frame_t  *frame;

    rc = wf_machine_limit(run, wf_json_size(assigned), run->node->name);

    if (rc != WF_OK) {
        return rc;
    }

    frame = run->branch->frame;
    size = wf_json_size(frame->local) + wf_json_size(assigned);

    for (i = 0; i < assigned->count && size > WF_VARIABLES_BYTES_ASL; i++) {
        if (wf_value_get(frame->local, assigned->u.members[i].key)) {
            size -= wf_json_size(wf_value_get(frame->local,
                                              assigned->u.members[i].key));
        }
    }

    if (size > WF_VARIABLES_BYTES_ASL) {
        return wf_machine_fail(run, wf_str("States.DataLimitExceeded"),
                               wf_str("The total size of variables exceeds "
                                      "the maximum number of bytes service "
                                      "limit."));
    }

    return wf_dataflow_check(run, assigned, "a variable");
}


/* The surroundings are there; NULL: nothing is assigned. */
static wf_rc_t
assign(wf_run_t *run, const wf_template_t *template, wf_event_t *event)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (template == NULL) {
        return WF_OK;
    }

    rc = wf_machine_fill(run, "Assign", template, &value);

    if (rc == WF_OK) {
        rc = check_variables(run, value);
    }

    if (rc != WF_OK || value->count == 0) {
        return rc;
    }

    return wf_machine_keep(run, value, &event->globals);
}


/* A value that leaves the state, in event. */
static wf_rc_t
hand_on(wf_run_t *run, const wf_value_t *value, wf_event_t *event)
{
    wf_rc_t  rc;

    rc = wf_machine_limit(run, wf_json_size(value), run->node->name);

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "output");
    }

    return rc == WF_OK ? wf_machine_keep(run, value, &event->output) : rc;
}


static bool
has_result(const wf_node_t *node)
{
    return node->type == WF_STATE_TASK
           || node->type == WF_STATE_PARALLEL
           || node->type == WF_STATE_MAP;
}


/* Of a choice: what its rule says; of the default: what the state says. */
static void
find_templates(const wf_run_t *run, const wf_asl_t *asl,
    const wf_template_t **assigning, const wf_template_t **output)
{
    const wf_alternative_t  *rule;

    rule = run->rule && run->rule->condition ? run->rule : NULL;

    *assigning = rule ? rule->assign : asl->assign;
    *output = rule ? rule->output : asl->output;
}


static wf_rc_t
jsonata_output(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    wf_event_t *event)
{
    wf_rc_t               rc;
    const wf_value_t     *value;
    const wf_template_t  *assigning, *output;

    value = result;
    find_templates(run, node->asl, &assigning, &output);

    if (assigning || output) {
        rc = wf_machine_env(run, NULL, has_result(node) ? result : NULL,
                            NULL);

        if (rc == WF_OK) {
            rc = assign(run, assigning, event);
        }

        if (rc == WF_OK && output) {
            rc = wf_machine_fill(run, "Output", output, &value);
        }

        if (rc != WF_OK) {
            return rc;
        }
    }

    return hand_on(run, value, event);
}


/* ResultPath: into the raw input. */
static wf_rc_t
place_result(wf_run_t *run, const wf_asl_path_t *path,
    const wf_value_t *result, const wf_value_t **out)
{
    if (path->is_null) {
        *out = run->branch->frame->input;
        return WF_OK;
    }

    if (path->expr == NULL) {
        *out = result;
        return WF_OK;
    }

    if (wf_expr_insert(run->scratch, path->expr, run->branch->frame->input,
                       result, out, run->err)
        == WF_OK)
    {
        return WF_OK;
    }

    return run->err->code == WF_E_INTERNAL ? WF_ERROR
                                           : wf_machine_fault(run);
}


static wf_rc_t
jsonpath_output(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *result, wf_event_t *event)
{
    wf_rc_t               rc;
    const wf_asl_t       *asl;
    const wf_value_t     *value;
    const wf_template_t  *assigning, *output;

    asl = node->asl;
    value = result;
    find_templates(run, asl, &assigning, &output);
    rc = WF_OK;

    if (assigning || asl->selector) {
        rc = wf_machine_env(run, result, NULL, NULL);

        if (rc == WF_OK) {
            rc = assign(run, assigning, event);
        }

        if (rc == WF_OK && asl->selector) {
            rc = wf_machine_fill(run, "ResultSelector", asl->selector,
                                 &value);
        }
    }

    if (rc == WF_OK) {
        wf_probe_see(run, WF_SEEN_SELECTOR, value);
        rc = place_result(run, &asl->result_path, value, &value);
    }

    if (rc == WF_OK) {
        wf_probe_see(run, WF_SEEN_RESULT_PATH, value);
        rc = wf_machine_path(run, &asl->output_path, value, &value);
    }

    return rc == WF_OK ? hand_on(run, value, event) : rc;
}


static wf_rc_t
asl_output(wf_run_t *run, const wf_node_t *node, const wf_value_t *result,
    wf_event_t *event)
{
    wf_rc_t  rc;

    rc = node->asl->is_jsonata ? jsonata_output(run, node, result, event)
                               : jsonpath_output(run, node, result, event);
    run->rule = NULL;

    return rc;
}


static wf_rc_t
asl_leave(wf_run_t *run, wf_event_t *event)
{
    event->output = run->branch->output;
    event->local = run->branch->assigned;

    return WF_OK;
}


/* asl 13, 14: the same input, or the element, by ItemSelector. */
static wf_rc_t
asl_branch_input(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *element, uint32_t index, const wf_value_t **input)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (element == NULL) {
        *input = run->branch->fork->input;
        return WF_OK;
    }

    value = element;

    if (node->u.fork.item) {
        run->item = element;
        run->item_index = index;
        rc = wf_machine_env(run, run->branch->input, NULL, NULL);

        if (rc == WF_OK) {
            rc = wf_machine_fill(run, "ItemSelector", node->u.fork.item,
                                 &value);
        }

        run->item = NULL;

        if (rc != WF_OK) {
            return rc;
        }
    }

    rc = wf_machine_limit(run, wf_json_size(value), node->name);

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "input of an iteration");
    }

    return rc == WF_OK ? wf_machine_keep(run, value, input) : rc;
}


static wf_rc_t
asl_answer(wf_run_t *run, const wf_value_t *result)
{
    (void) run;
    (void) result;

    return WF_OK;
}


/* What the messages call the task. */
static wf_str_t
task_name(const wf_node_t *node)
{
    if (node->type != WF_STATE_TASK) {
        return node->name;
    }

    return node->asl->kind == WF_ASL_SERVICE ? node->asl->service
                                             : node->u.task.resource;
}


static wf_rc_t
asl_weigh(wf_run_t *run, size_t size)
{
    return wf_machine_limit(run, size, task_name(run->node));
}


/* {"Error", "Cause"}; NULL: no memory. */
static wf_value_t *
error_output(wf_run_t *run)
{
    wf_value_t         *object;
    wf_arena_t         *arena;
    const wf_branch_t  *branch;

    arena = run->exec->arena;
    branch = run->branch;
    object = wf_value_object(arena, 2);

    if (object == NULL
        || wf_value_set(arena, object, wf_str("Error"),
                        wf_value_string(arena, branch->error))
           != WF_OK
        || wf_value_set(arena, object, wf_str("Cause"),
                        wf_value_string(arena, branch->error_cause))
           != WF_OK)
    {
        return NULL;
    }

    return object;
}


/* asl 11: the state's own OutputPath and Assign do not count. */
static wf_rc_t
asl_caught(wf_run_t *run, const wf_node_t *node, const wf_catcher_t *catcher,
    wf_event_t *event)
{
    wf_rc_t                rc;
    wf_value_t            *error;
    const wf_value_t      *value;
    const wf_asl_catch_t  *own;

    own = catcher->asl;
    error = error_output(run);

    if (error == NULL) {
        return wf_run_out_of_memory(run);
    }

    value = error;
    event->type = WF_EVENT_ERROR_CAUGHT;
    rc = wf_machine_env(run, error, NULL, error);

    if (rc == WF_OK) {
        rc = assign(run, own->assign, event);
    }

    if (rc == WF_OK && own->output) {
        rc = wf_machine_fill(run, "Output", own->output, &value);
    }

    if (rc == WF_OK && !node->asl->is_jsonata) {
        rc = place_result(run, &own->result_path, error, &value);
    }

    return rc == WF_OK ? hand_on(run, value, event) : rc;
}


static const wf_value_t *
asl_params(const wf_run_t *run)
{
    return run->branch->input;
}


static const wf_value_t *
asl_scope_result(const wf_frame_t *frame)
{
    return frame->input;
}


static wf_rc_t
asl_close(wf_run_t *run, const wf_value_t **output)
{
    *output = run->branch->frame->input;

    return WF_OK;
}


const wf_dataflow_t  wf_dataflow_asl = {
    .states = wf_handlers_machine,
    .link = wf_machine_link,
    .fault = wf_machine_fault,
    .matches = wf_machine_matches,
    .open = asl_open,
    .show = asl_show,
    .input = asl_input,
    .roots = asl_roots,
    .result = asl_result,
    .output = asl_output,
    .leave = asl_leave,
    .branch_input = asl_branch_input,
    .gather = wf_machine_gather,
    .answer = asl_answer,
    .weigh = asl_weigh,
    .caught = asl_caught,
    .params = asl_params,
    .scope_result = asl_scope_result,
    .close = asl_close,
    .context = wf_context_asl,
    .expression_error = wf_str_init("States.Runtime"),
    .result_bytes_max = WF_DATA_BYTES_ASL,
    .error_len_max = WF_ERROR_LEN_ASL_MAX,
    .cause_len_max = WF_CAUSE_LEN_ASL_MAX,
    .events_max = WF_EVENTS_ASL_MAX,
    .full = {
        wf_str_init("States.Runtime"),
        wf_str_init("The execution reached the maximum number of history "
                    "events (25000).")
    },
    .large = {
        wf_str_init("States.DataLimitExceeded"),
        wf_str_init("The execution holds more data than allowed.")
    }
};
