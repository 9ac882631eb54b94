
/*
 * Distributed Map of a state machine (asl 14): from its items to the inputs
 * of children, how its run begins and ends.  Children themselves are started
 * and answer as in state_map.c.
 */

#include "base/json.h"
#include "engine/batch.h"
#include "engine/machine.h"


/* Name and limits are those that it had. */
static wf_rc_t
resume(wf_run_t *run, const wf_node_t *node)
{
    wf_event_t           event;
    wf_value_t          *object;
    const wf_map_run_t  *map_run;

    map_run = run->branch->stalled->run;
    object = wf_value_object(run->exec->arena, 1);

    if (object == NULL
        || wf_value_set(run->exec->arena, object, wf_str("MapRunName"),
                        wf_value_string(run->exec->arena, map_run->name))
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_REDRIVEN,
        .node = node->no,
        .output = object,
        .index = map_run->redrive_count + 1
    };

    return wf_run_emit(run, &event);
}


/* MaxConcurrency is looked at before anything is shown. */
wf_rc_t
wf_machine_map_run_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    uint32_t    width;
    wf_event_t  event;

    /* After a redrive nothing but a run that can be taken up is kept. */

    if (run->branch->stalled && run->branch->stalled->run
        && run->branch->stalled->run->node == node->no)
    {
        return resume(run, node);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_OPENED,
        .node = node->no
    };

    rc = WF_OK;

    if (node->asl->reader_resource.len == 0) {
        rc = wf_machine_items(run, node, &event.input);
    }

    if (rc == WF_OK) {
        rc = wf_machine_width(run, &node->asl->concurrency,
                              WF_CONCURRENCY_RUN_MAX, &width);
    }

    if (rc != WF_OK) {
        return rc;
    }

    event.index = event.input ? event.input->count : 0;

    return wf_run_emit(run, &event);
}


/* Members of an object: {"Key", "Value"} each.  NULL: no memory. */
static const wf_value_t *
pair_make(wf_run_t *run, const wf_member_t *member)
{
    wf_value_t  *pair;

    pair = wf_value_object(run->scratch, 2);

    if (pair == NULL
        || wf_value_set(run->scratch, pair, wf_str("Key"),
                        wf_value_string(run->scratch, member->key))
           != WF_OK
        || wf_value_set(run->scratch, pair, wf_str("Value"), member->value)
           != WF_OK)
    {
        return NULL;
    }

    return pair;
}


/* What the child is told of the item at index. */
static wf_rc_t
select_item(wf_run_t *run, const wf_node_t *node, const wf_value_t *items,
    uint32_t index, const wf_value_t **out)
{
    wf_rc_t             rc;
    const wf_value_t   *item;
    const wf_member_t  *member;

    member = items->type == WF_OBJECT ? &items->u.members[index] : NULL;
    item = member ? pair_make(run, member) : items->u.items[index];

    if (item == NULL) {
        return wf_run_out_of_memory(run);
    }

    if (node->u.fork.item == NULL) {
        *out = item;
        return WF_OK;
    }

    run->item = member ? member->value : item;
    run->item_key = member ? wf_value_get(item, wf_str("Key")) : NULL;
    run->item_index = index;
    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = wf_machine_fill(run, "ItemSelector", node->u.fork.item, out);
    }

    run->item = NULL;
    run->item_key = NULL;

    return rc;
}


static wf_rc_t
batch_limit(wf_run_t *run, const wf_asl_number_t *number, int64_t max,
    int64_t *limit)
{
    double   value;
    wf_rc_t  rc;

    *limit = max;

    if (!number->is_set) {
        return WF_OK;
    }

    rc = wf_machine_number(run, number, false, &value);

    if (rc == WF_OK && value < 1) {
        return wf_machine_refuse(run, (const char *) number->field.data,
                                 "field %s must be positive",
                                 (const char *) number->field.data);
    }

    if (rc == WF_OK) {
        *limit = (int64_t) wf_min(value, (double) max);
    }

    return rc;
}


static bool
has_batches(const wf_asl_t *asl)
{
    return asl->batch_items.is_set || asl->batch_bytes.is_set;
}


static wf_rc_t
batch_init(wf_run_t *run, const wf_asl_t *asl, wf_batch_items_t *batch)
{
    wf_rc_t  rc;

    memset(batch, 0, sizeof(wf_batch_items_t));
    batch->inputs = wf_value_array(run->scratch, 8);
    batch->bytes_max = WF_DATA_BYTES_ASL;

    if (batch->inputs == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = batch_limit(run, &asl->batch_items, WF_MAP_RUN_ITEMS_MAX,
                     &batch->count_max);

    if (rc == WF_OK) {
        rc = batch_limit(run, &asl->batch_bytes, WF_DATA_BYTES_ASL,
                         &batch->size_max);
    }

    if (rc != WF_OK || asl->batch_input == NULL) {
        return rc;
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    return rc == WF_OK
           ? wf_machine_fill(run, "BatchInput", asl->batch_input,
                             &batch->batch_input)
           : rc;
}


/* selected: what came of items, or NULL: nothing did yet. */
static wf_rc_t
gather_inputs(wf_run_t *run, const wf_node_t *node, const wf_value_t *items,
    const wf_value_t *selected, bool is_batched, const wf_value_t **inputs)
{
    wf_rc_t            rc;
    uint32_t           i;
    const wf_value_t  *item;
    wf_batch_items_t   batch;

    rc = batch_init(run, node->asl, &batch);

    for (i = 0; rc == WF_OK && i < items->count; i++) {
        if (selected) {
            item = selected->u.items[i];

        } else {
            rc = select_item(run, node, items, i, &item);
            run->work += wf_meter_renew(&run->env.meter);
        }

        if (rc == WF_OK && is_batched) {
            rc = wf_batch_items_add(run, &batch, item);

        } else if (rc == WF_OK
                   && wf_value_push(run->scratch, batch.inputs,
                                    (wf_value_t *) item)
                      != WF_OK)
        {
            rc = wf_run_out_of_memory(run);
        }
    }

    *inputs = batch.inputs;

    if (rc == WF_OK && batch.inputs->count > WF_MAP_RUN_ITEMS_MAX) {
        wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                     "inputs of children: %u, more than %d are not allowed",
                     batch.inputs->count, WF_MAP_RUN_ITEMS_MAX);
        rc = wf_run_fail(run, run->dataflow->large.error);
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_limit(run, wf_json_size(batch.inputs),
                               WF_FORK_BYTES_MAX, "inputs of children");
    }

    return rc == WF_OK ? wf_dataflow_check(run, batch.inputs,
                                           "inputs of children")
                       : rc;
}


wf_rc_t
wf_machine_inputs(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *items, bool is_batched, const wf_value_t **inputs)
{
    return gather_inputs(run, node, items, NULL, is_batched, inputs);
}


/* The branch's; begun anew, if there is none.  NULL: no memory. */
static wf_making_t *
making_of(wf_run_t *run)
{
    wf_arena_t   *arena;
    wf_making_t  *making;

    making = run->exec->making;

    if (making && making->branch == run->branch->no
        && making->entered_id == run->branch->entered_id)
    {
        return making;
    }

    wf_exec_unmake(run->exec);
    arena = wf_arena_create(0);
    making = arena ? wf_arena_calloc(arena, sizeof(wf_making_t)) : NULL;

    if (making) {
        making->items = wf_value_array(arena, 8);
    }

    if (making == NULL || making->items == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    making->arena = arena;
    making->branch = run->branch->no;
    making->entered_id = run->branch->entered_id;
    run->exec->making = making;

    return making;
}


/* One more is selected, and kept beyond this turn. */
static wf_rc_t
make_item(wf_run_t *run, wf_making_t *making, const wf_value_t *items)
{
    wf_rc_t            rc;
    const wf_value_t  *item;

    rc = select_item(run, run->node, items, making->items->count, &item);

    if (rc == WF_OK) {
        making->size += wf_json_size(item);
        rc = wf_dataflow_limit(run, making->size, WF_FORK_BYTES_MAX,
                               "inputs of children");
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, item, "inputs of children");
    }

    if (rc == WF_OK
        && wf_value_push(making->arena, making->items,
                         wf_value_copy(making->arena, item))
           != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    return rc;
}


/*
 * ItemSelector is evaluated for each item, and each has a state's budget: as
 * many as a turn has time for.  WF_AGAIN: there are more.
 */
static wf_rc_t
make_inputs(wf_run_t *run, const wf_value_t *items,
    const wf_value_t **inputs)
{
    wf_rc_t       rc;
    wf_making_t  *making;

    if (run->node->u.fork.item == NULL) {
        return wf_machine_child_inputs(run, run->node, items, inputs);
    }

    making = making_of(run);

    if (making == NULL) {
        return wf_run_out_of_memory(run);
    }

    while (making->items->count < items->count) {
        rc = make_item(run, making, items);

        if (rc != WF_OK) {
            return rc;
        }

        if (wf_run_is_enough(run)) {
            return WF_AGAIN;
        }
    }

    return gather_inputs(run, run->node, items, making->items,
                         has_batches(run->node->asl), inputs);
}


wf_rc_t
wf_machine_child_inputs(wf_run_t *run, const wf_node_t *node,
    const wf_value_t *items, const wf_value_t **inputs)
{
    return wf_machine_inputs(run, node, items, has_batches(node->asl),
                             inputs);
}


static wf_rc_t
limits_of(wf_run_t *run, const wf_asl_t *asl, wf_map_run_t *limits)
{
    double   value;
    wf_rc_t  rc;

    limits->tolerated_count = UINT32_MAX;
    limits->tolerated_percentage = -1;
    rc = wf_machine_width(run, &asl->concurrency, WF_CONCURRENCY_RUN_MAX,
                          &limits->concurrency);

    if (rc == WF_OK && asl->tolerated_count.is_set) {
        rc = wf_machine_number(run, &asl->tolerated_count, false, &value);

        if (rc == WF_OK && value < 0) {
            return wf_machine_refuse(run, "ToleratedFailureCount",
                                     "ToleratedFailureCount cannot be "
                                     "negative.");
        }

        if (rc == WF_OK) {
            limits->tolerated_count = (uint32_t)
                wf_min(value, (double) WF_MAP_RUN_ITEMS_MAX);
        }
    }

    if (rc == WF_OK && asl->tolerated_percentage.is_set) {
        rc = wf_machine_number(run, &asl->tolerated_percentage, true, &value);

        if (rc == WF_OK && !(value >= 0 && value <= 100)) {
            return wf_machine_refuse(run, "ToleratedFailurePercentage",
                                     "ToleratedFailurePercentage must be "
                                     "between 0 and 100.");
        }

        if (rc == WF_OK) {
            limits->tolerated_percentage = value;
        }
    }

    return rc;
}


/* The items wait in the branch's output. */
static wf_rc_t
begin(wf_run_t *run)
{
    wf_rc_t            rc;
    wf_event_t         event;
    wf_map_run_t       limits;
    const wf_value_t  *inputs;

    rc = limits_of(run, run->node->asl, &limits);

    if (rc == WF_OK && run->branch->output) {
        rc = make_inputs(run, run->branch->output, &inputs);
    }

    if (rc != WF_OK) {
        return rc;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_STARTED,
        .node = run->node->no,
        .output = wf_map_run_name(run),
        .local = wf_map_run_limits(run, &limits)
    };

    if (run->branch->output) {
        event.input = wf_value_copy(run->exec->arena, inputs);
    }

    return (event.input || run->branch->output == NULL)
           && event.output && event.local
           ? wf_run_emit(run, &event) : wf_run_out_of_memory(run);
}


wf_rc_t
wf_machine_map_begin(wf_run_t *run)
{
    wf_rc_t  rc;

    rc = begin(run);

    if (rc != WF_AGAIN) {
        wf_exec_unmake(run->exec);
    }

    return wf_run_settle(run, run->node, rc);
}


wf_rc_t
wf_machine_run_fail(wf_run_t *run, wf_str_t error, wf_str_t cause)
{
    wf_event_t  event;

    if (wf_run_cancel(run, run->branch) != WF_OK) {
        return WF_ERROR;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_FAILED,
        .node = run->node->no,
        .error = error,
        .error_cause = cause
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_machine_run_end(wf_run_t *run)
{
    wf_rc_t           rc;
    wf_event_t        event;
    const wf_fork_t  *fork;

    fork = run->branch->fork;

    if (fork->is_over) {
        return WF_DECLINED;
    }

    if (wf_map_run_is_broken(fork->run)) {
        return wf_machine_run_fail(run,
                       wf_str("States.ExceedToleratedFailureThreshold"),
                       wf_str("The specified tolerated failure threshold was "
                              "exceeded"));
    }

    rc = wf_machine_write(run);

    if (rc != WF_DECLINED) {
        return rc;
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_SUCCEEDED,
        .node = run->node->no
    };

    return wf_run_emit(run, &event);
}
