
/*
 * What a map run reads and writes (asl 14: ItemReader, ResultWriter): calls
 * like those of tasks, named by the seq of the event that records them.  What
 * a store is, is not known here.
 *
 * The reader is sent {"Resource", "Parameters", "ReaderConfig", "MaxItems"}
 * and answers with an array; the writer {"Resource", "Parameters",
 * "WriterConfig", "MapRunName", "Inputs", "Results"}, and what it answers is
 * the state's ResultWriterDetails.
 */

#include "base/json.h"
#include "engine/machine.h"


/* A member, unless it is missing. */
static wf_rc_t
set(wf_arena_t *arena, wf_value_t *object, wf_str_t key,
    const wf_value_t *value)
{
    return value ? wf_value_set(arena, object, key, (wf_value_t *) value)
                 : WF_OK;
}


static wf_rc_t
fill(wf_run_t *run, const wf_template_t *template, const wf_value_t **value)
{
    wf_rc_t  rc;

    *value = &wf_event_empty;

    if (template == NULL) {
        return WF_OK;
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = wf_machine_fill(run, run->node->asl->is_jsonata ? "Arguments"
                                                             : "Parameters",
                             template, value);
    }

    return rc;
}


/* A call of the run: what both kinds are told. */
static wf_rc_t
call(wf_run_t *run, uint8_t type, wf_value_t *request)
{
    wf_rc_t                   rc;
    wf_event_t                event;
    const wf_roster_entry_t  *entry;

    event = (wf_event_t) {
        .type = type,
        .node = run->node->no,
        .input = wf_value_copy(run->exec->arena, request)
    };

    if (event.input == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = wf_run_emit(run, &event);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    entry = wf_roster_find(&run->exec->tasks, run->branch->fork->task);

    return wf_run_add_effect(run, WF_EFFECT_CALL, entry);
}


/* MaxItems, 0: all of them; a bad one fails the run. */
static wf_rc_t
items_max(wf_run_t *run, double *max)
{
    wf_rc_t  rc;

    *max = 0;

    if (!run->node->asl->reader_max_items.is_set) {
        return WF_OK;
    }

    rc = wf_machine_number(run, &run->node->asl->reader_max_items, false,
                           max);

    if (rc == WF_OK && *max < 0) {
        return wf_machine_fail(run, wf_str("States.ItemReaderFailed"),
                               wf_str("field MaxItems must be positive"));
    }

    return rc;
}


static wf_rc_t
read_begin(wf_run_t *run)
{
    double             max;
    wf_rc_t            rc;
    wf_arena_t        *arena;
    wf_value_t        *request;
    const wf_asl_t    *asl;
    const wf_value_t  *params;

    asl = run->node->asl;
    arena = run->scratch;
    rc = items_max(run, &max);

    if (rc == WF_OK) {
        rc = fill(run, asl->reader, &params);
    }

    if (rc != WF_OK) {
        return rc;
    }

    request = wf_value_object(arena, 4);

    if (request == NULL
        || set(arena, request, wf_str("Resource"),
               wf_value_string(arena, asl->reader_resource))
           != WF_OK
        || set(arena, request, wf_str("Parameters"), params) != WF_OK
        || set(arena, request, wf_str("ReaderConfig"), asl->reader_config)
           != WF_OK
        || set(arena, request, wf_str("MaxItems"),
               wf_value_int(arena, (int64_t) max))
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_check(run, request, "what is to be read");

    return rc == WF_OK ? call(run, WF_EVENT_MAP_READER_STARTED, request) : rc;
}


wf_rc_t
wf_machine_read(wf_run_t *run)
{
    wf_rc_t  rc;

    rc = read_begin(run);

    if (rc == WF_DECLINED && run->fault == WF_FAULT_NONE) {
        return wf_machine_run_fail(run, run->error, run->cause);
    }

    return rc == WF_DECLINED ? wf_run_fail_step(run, run->node, rc) : rc;
}


wf_rc_t
wf_machine_write(wf_run_t *run)
{
    wf_rc_t            rc;
    wf_arena_t        *arena;
    wf_value_t        *request;
    const wf_asl_t    *asl;
    const wf_value_t  *params;

    asl = run->node->asl;
    arena = run->scratch;

    if (asl->writer_resource.len == 0 || run->branch->fork->written) {
        return WF_DECLINED;
    }

    rc = fill(run, asl->writer, &params);

    if (rc != WF_OK) {
        return wf_run_settle(run, run->node, rc);
    }

    request = wf_value_object(arena, 3);

    if (request == NULL
        || set(arena, request, wf_str("Resource"),
               wf_value_string(arena, asl->writer_resource))
           != WF_OK
        || set(arena, request, wf_str("Parameters"), params) != WF_OK
        || set(arena, request, wf_str("WriterConfig"), asl->writer_config)
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    rc = wf_dataflow_check(run, request, "what is to be written");

    return rc == WF_OK ? call(run, WF_EVENT_MAP_WRITER_STARTED, request)
                       : wf_run_settle(run, run->node, rc);
}


/* In the arena of effects: what the writer is told beside its request. */
static wf_value_t *
results_make(wf_run_t *run, const wf_fork_t *fork)
{
    uint32_t     i;
    wf_arena_t  *arena;
    wf_value_t  *list, *result, *params;

    arena = run->step->events.arena;
    list = wf_value_array(arena, fork->count);
    params = wf_value_merge(arena, fork->request, NULL);

    for (i = 0; list && i < fork->count; i++) {
        result = fork->results[i] ? (wf_value_t *) fork->results[i]
                                  : wf_value_null(arena);

        if (wf_value_push(arena, list, result) != WF_OK) {
            return NULL;
        }
    }

    if (list == NULL || params == NULL
        || set(arena, params, wf_str("MapRunName"),
               wf_value_string(arena, fork->run->name))
           != WF_OK
        || set(arena, params, wf_str("Inputs"), fork->items) != WF_OK
        || wf_value_set(arena, params, wf_str("Results"), list) != WF_OK)
    {
        return NULL;
    }

    return params;
}


wf_rc_t
wf_machine_describe_call(wf_run_t *run, wf_effect_t *effect,
    const wf_roster_entry_t *entry)
{
    wf_rc_t            rc;
    const wf_fork_t   *fork;
    const wf_node_t   *node;
    const wf_value_t  *params;

    rc = WF_OK;
    fork = entry->branch->fork;
    node = &run->program->nodes[entry->branch->node];
    params = fork->request;

    if (entry->item == WF_ITEM_WRITER && effect->type == WF_EFFECT_CALL) {
        params = results_make(run, fork);

        if (params == NULL) {
            return wf_run_out_of_memory(run);
        }
    }

    effect->mode = WF_CALL_REQUEST;
    effect->has_params = true;
    effect->resource = wf_effect_copy(run, entry->item == WF_ITEM_READER
                                           ? node->asl->reader_resource
                                           : node->asl->writer_resource,
                                      &rc);
    effect->step = wf_effect_copy(run, node->name, &rc);
    effect->params = wf_effect_print(run, params, &rc);

    return rc;
}


/* ItemsPath does not count beside a reader; the rest is as without one. */
static wf_rc_t
inputs_make(wf_run_t *run, const wf_value_t **inputs)
{
    double             max;
    wf_rc_t            rc;
    uint32_t           i;
    wf_value_t        *cut;
    const wf_value_t  *items;

    items = run->input->value ? run->input->value : &wf_event_empty;
    rc = items_max(run, &max);

    if (rc == WF_OK && items->type != WF_ARRAY) {
        return wf_machine_fail(run, wf_str("States.ItemReaderFailed"),
                               wf_str("Attempting to map over non-iterable "
                                      "node."));
    }

    if (rc != WF_OK || max == 0 || items->count <= max) {
        return rc == WF_OK ? wf_machine_child_inputs(run, run->node, items,
                                                     inputs)
                           : rc;
    }

    cut = wf_value_array(run->scratch, (uint32_t) max);

    for (i = 0; i < (uint32_t) max; i++) {
        if (cut == NULL
            || wf_value_push(run->scratch, cut, items->u.items[i]) != WF_OK)
        {
            return wf_run_out_of_memory(run);
        }
    }

    return wf_machine_child_inputs(run, run->node, cut, inputs);
}


static wf_rc_t
items_read(wf_run_t *run, const wf_roster_entry_t *entry)
{
    wf_rc_t            rc;
    wf_event_t         event;
    const wf_value_t  *inputs;

    rc = inputs_make(run, &inputs);

    if (rc == WF_DECLINED && run->fault == WF_FAULT_NONE) {
        return wf_machine_run_fail(run, run->error, run->cause);
    }

    if (rc != WF_OK) {
        return wf_run_fail_step(run, run->node, rc);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_ITEMS_READ,
        .node = run->node->no,
        .task = entry->no,
        .input = wf_value_copy(run->exec->arena, inputs)
    };

    return event.input ? wf_run_emit(run, &event)
                       : wf_run_out_of_memory(run);
}


wf_rc_t
wf_machine_call_done(wf_run_t *run, const wf_roster_entry_t *entry)
{
    bool        reads;
    wf_event_t  event;

    reads = entry->item == WF_ITEM_READER;

    if (run->input->outcome == WF_OUTCOME_FAILED) {
        return wf_machine_run_fail(run, reads
                                   ? wf_str("States.ItemReaderFailed")
                                   : wf_str("States.ResultWriterFailed"),
                                   run->input->cause);
    }

    if (reads) {
        return items_read(run, entry);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_WRITTEN,
        .node = run->node->no,
        .task = entry->no,
        .output = wf_run_keep(run, run->input->value ? run->input->value
                                                     : &wf_event_empty)
    };

    return event.output ? wf_run_emit(run, &event)
                        : wf_run_out_of_memory(run);
}


/* {"MapRunArn", "ResultWriterDetails"} */
static wf_value_t *
written_make(wf_run_t *run, const wf_fork_t *fork)
{
    wf_arena_t  *arena;
    wf_value_t  *object;

    arena = run->exec->arena;
    object = wf_value_object(arena, 2);

    if (object == NULL
        || wf_value_set(arena, object, wf_str("MapRunArn"),
                        wf_machine_map_run_arn(run, arena, fork->run))
           != WF_OK
        || set(arena, object, wf_str("ResultWriterDetails"), fork->written)
           != WF_OK)
    {
        return NULL;
    }

    return object;
}


/* WriterConfig: lists of lists become one. */
static bool
is_flat(const wf_asl_t *asl)
{
    const wf_value_t  *value;

    value = wf_value_get(asl->writer_config, wf_str("Transformation"));

    return value && value->type == WF_STRING
           && wf_str_eq(value->u.string, wf_str("FLATTEN"));
}


static wf_rc_t
add_result(wf_run_t *run, wf_value_t *list, const wf_value_t *result,
    bool flat)
{
    uint32_t     i;
    wf_arena_t  *arena;

    arena = run->exec->arena;

    if (result == NULL) {
        return wf_value_push(arena, list, wf_value_null(arena));
    }

    if (!flat || result->type != WF_ARRAY) {
        return wf_value_push(arena, list, (wf_value_t *) result);
    }

    for (i = 0; i < result->count; i++) {
        if (wf_value_push(arena, list, result->u.items[i]) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


wf_value_t *
wf_machine_gather(wf_run_t *run, const wf_fork_t *fork)
{
    bool         flat;
    uint32_t     i;
    wf_value_t  *list;

    if (fork->written) {
        return written_make(run, fork);
    }

    flat = fork->run && is_flat(run->node->asl);
    list = wf_value_array(run->exec->arena, fork->count);

    for (i = 0; list && i < fork->count; i++) {
        if (add_result(run, list, fork->results[i], flat) != WF_OK) {
            return NULL;
        }
    }

    return list;
}
