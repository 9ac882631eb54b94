
/*
 * What a Map works on, and Map in distributed mode: a map run starts child
 * executions and gathers how they end (fdl.md 2.4.9, cloudflow-api 6.7).  A
 * child is called and answers like a task, under the seq of MAP_ITEM_STARTED.
 */

#include "base/json.h"
#include "engine/batch.h"
#include "engine/machine.h"


/* What the execution holds anyway is shared: many iterations may have it. */
wf_rc_t
wf_map_items(wf_run_t *run, const wf_node_t *node, const wf_value_t **items)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    run->dataflow->roots(run);
    rc = wf_run_eval(run, node->u.fork.items, &value);

    if (rc != WF_OK) {
        return rc;
    }

    if (value->type != WF_ARRAY) {
        wf_error_set(run->err, WF_E_INVALID_ARGUMENT,
                     "what is to be iterated over must be an array");
        return wf_run_fail(run, wf_str("FnF.RuntimeError"));
    }

    rc = wf_dataflow_limit(run, wf_json_size(value), WF_FORK_BYTES_MAX,
                           "items");

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, value, "items");
    }

    if (rc != WF_OK) {
        return rc;
    }

    *items = wf_arena_owns(run->exec->arena, value) ? value
                                                    : wf_run_keep(run, value);

    return *items ? WF_OK : wf_run_out_of_memory(run);
}


/*
 * Inputs of the children, in scratch
 */

static int64_t
limit_of(const wf_value_t *object, wf_str_t key, int64_t none)
{
    const wf_value_t  *value;

    value = wf_value_get(object, key);

    return value ? value->u.number.integer : none;
}


/* ItemConstructor: $Item is the element. */
static wf_rc_t
construct_item(wf_run_t *run, const wf_node_t *node, const wf_value_t **item)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    value = *item;

    if (node->u.fork.item) {
        run->dataflow->roots(run);
        run->env.roots[WF_ROOT_ITEM] = value;
        rc = wf_run_fill(run, node->u.fork.item, &value);

        if (rc != WF_OK) {
            return rc;
        }
    }

    *item = value;

    return wf_dataflow_limit(run, wf_json_size(value), WF_DATA_BYTES_CFL,
                             "an item");
}


/* ItemBatcher; NULL: no batches. */
static wf_rc_t
batch_init(wf_run_t *run, const wf_node_t *node, wf_batch_items_t *batch)
{
    const wf_value_t  *batcher;

    batcher = wf_value_get(node->u.fork.distributed, wf_str("ItemBatcher"));
    memset(batch, 0, sizeof(wf_batch_items_t));
    batch->bytes_max = WF_DATA_BYTES_CFL;
    batch->inputs = wf_value_array(run->scratch, 8);
    batch->count_max = limit_of(batcher, wf_str("MaxItemsPerBatch"),
                                WF_MAP_RUN_ITEMS_MAX);
    batch->size_max = limit_of(batcher, wf_str("MaxInputBytesPerBatch"),
                               WF_DATA_BYTES_CFL);

    if (batch->inputs == NULL) {
        return wf_run_out_of_memory(run);
    }

    if (node->u.fork.batch == NULL) {
        return WF_OK;
    }

    run->dataflow->roots(run);

    return wf_run_fill(run, node->u.fork.batch, &batch->batch_input);
}


static wf_rc_t
child_inputs(wf_run_t *run, const wf_node_t *node, const wf_value_t *items,
    const wf_value_t **inputs)
{
    wf_batch_items_t   batch;
    wf_rc_t            rc;
    int64_t            count;
    uint32_t           i;
    const wf_value_t  *item, *batcher;

    batcher = wf_value_get(node->u.fork.distributed, wf_str("ItemBatcher"));
    count = limit_of(node->u.fork.distributed, wf_str("MaxItems"),
                     WF_MAP_RUN_ITEMS_MAX);
    rc = batch_init(run, node, &batch);

    for (i = 0; rc == WF_OK && i < items->count && i < count; i++) {
        item = items->u.items[i];
        rc = construct_item(run, node, &item);

        if (rc == WF_OK && batcher) {
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

    return rc;
}


/*
 * The run
 */

static uint64_t
mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;

    return z ^ z >> 31;
}


#define MAP_RUN_STEP  0x9e3779b97f4a7c15


/* 32 hex digits.  The second half hides the execution's number behind the
 * first. */
static void
name_write(uint8_t *text, uint64_t first, uint64_t number)
{
    size_t    i;
    uint64_t  half[2];

    half[0] = first;
    half[1] = mix(first + MAP_RUN_STEP) ^ number;

    for (i = 0; i < 32; i++) {
        text[i] = (uint8_t) "0123456789abcdef"[half[i / 16] >> i % 16 * 4 & 15];
    }

    text[32] = '\0';
}


/* From the seed: no two runs have the same name, not even in a history that
 * was made up. */
wf_value_t *
wf_map_run_name(wf_run_t *run)
{
    uint8_t     *text;
    uint64_t     first;
    wf_value_t  *object;

    text = wf_arena_alloc(run->exec->arena, 33);
    object = wf_value_object(run->exec->arena, 1);

    if (text == NULL || object == NULL) {
        return NULL;
    }

    first = mix(run->input->random_seed + run->exec->codec.seq);
    name_write(text, first, run->identity->number);

    while (wf_exec_map_run(run->exec, (wf_str_t) { 32, text })) {
        first = mix(first + MAP_RUN_STEP);
        name_write(text, first, run->identity->number);
    }

    if (wf_value_set(run->exec->arena, object, wf_str("MapRunName"),
                     wf_value_string(run->exec->arena,
                                     (wf_str_t) { 32, text }))
        != WF_OK)
    {
        return NULL;
    }

    return object;
}


uint64_t
wf_map_run_origin(wf_str_t name)
{
    size_t       i;
    uint8_t      c;
    uint64_t     half[2], digit;

    memset(half, 0, sizeof(half));

    for (i = 0; i < name.len && i < 32; i++) {
        c = name.data[i];
        digit = c <= '9' ? (uint64_t) c - '0' : (uint64_t) c - 'a' + 10;
        half[i / 16] |= (digit & 15) << i % 16 * 4;
    }

    return mix(half[0] + MAP_RUN_STEP) ^ half[1];
}


/* What is not set is left out.  NULL: no memory. */
wf_value_t *
wf_map_run_limits(wf_run_t *run, const wf_map_run_t *limits)
{
    wf_arena_t  *arena;
    wf_value_t  *object;

    arena = run->exec->arena;
    object = wf_value_object(arena, 3);

    if (object == NULL
        || wf_value_set(arena, object, wf_str("MaxConcurrency"),
                        wf_value_int(arena, limits->concurrency))
           != WF_OK)
    {
        return NULL;
    }

    if (limits->tolerated_count != UINT32_MAX
        && wf_value_set(arena, object, wf_str("ToleratedFailedCount"),
                        wf_value_int(arena, limits->tolerated_count))
           != WF_OK)
    {
        return NULL;
    }

    if (limits->tolerated_percentage >= 0
        && wf_value_set(arena, object, wf_str("ToleratedFailedPercentage"),
                        wf_value_real(arena, limits->tolerated_percentage))
           != WF_OK)
    {
        return NULL;
    }

    return object;
}


/* What the operator allows, now. */
static uint32_t
concurrency_max(const wf_run_t *run)
{
    if (run->input->map_concurrency) {
        return run->input->map_concurrency;
    }

    return run->exec->is_asl ? WF_CONCURRENCY_RUN_MAX
                             : WF_CONCURRENCY_MAP_RUN;
}


static wf_map_run_t
limits_of(const wf_run_t *run, const wf_node_t *node)
{
    wf_map_run_t       limits;
    const wf_value_t  *share;

    share = wf_value_get(node->u.fork.distributed,
                         wf_str("ToleratedFailurePercentage"));

    limits.concurrency = wf_min(node->u.fork.concurrency,
                                concurrency_max(run));
    limits.tolerated_count = (uint32_t)
        limit_of(node->u.fork.distributed, wf_str("ToleratedFailureCount"),
                 UINT32_MAX);
    limits.tolerated_percentage = share ? share->u.number.real : -1;

    return limits;
}


static wf_rc_t
run_start(wf_run_t *run, const wf_node_t *node, const wf_value_t *inputs)
{
    wf_event_t    event;
    wf_map_run_t  limits;

    limits = limits_of(run, node);

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_STARTED,
        .node = node->no,
        .input = wf_value_copy(run->exec->arena, inputs),
        .output = wf_map_run_name(run),
        .local = wf_map_run_limits(run, &limits)
    };

    return event.input && event.output && event.local
           ? wf_run_emit(run, &event) : wf_run_out_of_memory(run);
}


wf_rc_t
wf_map_run_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t            rc;
    const wf_value_t  *items, *inputs;

    rc = wf_map_items(run, node, &items);

    if (rc == WF_OK) {
        rc = child_inputs(run, node, items, &inputs);
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_limit(run, wf_json_size(inputs), WF_FORK_BYTES_MAX,
                               "inputs of children");
    }

    if (rc == WF_OK) {
        rc = wf_dataflow_check(run, inputs, "inputs of children");
    }

    return rc == WF_OK ? run_start(run, node, inputs) : rc;
}


/*
 * The children
 */

/* "<run>:<index>" (cloudflow-api 6.7). */
static wf_str_t
child_name(wf_run_t *run, const wf_map_run_t *map_run, uint32_t item,
    wf_rc_t *rc)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->step->events.arena, 48);
    wf_buf_str(&buf, map_run->name);
    wf_buf_byte(&buf, ':');
    wf_buf_uint(&buf, item);

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


/* Places that had started before the run was taken up again. */
static bool
is_redrive(const wf_roster_entry_t *entry)
{
    return entry->item < entry->branch->fork->redo_end;
}


wf_rc_t
wf_item_describe(wf_run_t *run, wf_effect_t *effect,
    const wf_roster_entry_t *entry)
{
    wf_rc_t           rc;
    const wf_node_t  *node;
    const wf_fork_t  *fork;

    rc = WF_OK;
    fork = entry->branch->fork;
    node = &run->program->nodes[entry->branch->node];

    effect->mode = WF_CALL_SYNC;
    effect->has_params = true;
    effect->is_redrive = is_redrive(entry);
    effect->scope = node->u.fork.scopes[0];
    effect->resource = wf_str("");
    effect->test_case = wf_effect_test_case(run, &rc);
    effect->step = wf_effect_copy(run, node->name, &rc);
    effect->child = child_name(run, fork->run, entry->item, &rc);
    effect->params = wf_effect_print(run, fork->items->u.items[entry->item],
                                     &rc);

    if (effect->type == WF_EFFECT_CALL && run->identity->token) {
        effect->token = run->identity->token(run->identity->data,
                                             effect->task,
                                             run->step->events.arena);

        if (effect->token.data == NULL) {
            rc = wf_run_out_of_memory(run);
        }
    }

    return rc;
}


wf_rc_t
wf_item_resume(wf_run_t *run, const wf_node_t *node)
{
    (void) node;

    return wf_run_add_effect(run, WF_EFFECT_CALL, run->entry);
}


wf_rc_t
wf_item_next(wf_run_t *run)
{
    wf_rc_t           rc;
    wf_event_t        event;
    const wf_fork_t  *fork;

    if (run->branch->fork->is_unread) {
        return wf_machine_read(run);
    }

    fork = run->branch->fork;

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_ITEM_STARTED,
        .node = run->node->no,
        .index = fork->started
    };

    if (fork->redo < fork->redo_end) {
        event.type = WF_EVENT_MAP_ITEM_REDRIVEN;
        event.index = fork->redo;
    }

    rc = wf_run_emit(run, &event);

    if (rc != WF_OK) {
        return rc;
    }

    run->entry = wf_roster_find(&run->exec->tasks, run->exec->codec.seq);

    return wf_item_resume(run, run->node);
}


static wf_rc_t
item_taken(wf_run_t *run, const wf_roster_entry_t *entry)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_ITEM_TAKEN,
        .node = run->node->no,
        .task = entry->no
    };

    return wf_run_emit(run, &event);
}


/* Results that are too large, or no object, are failures of the child. */
static wf_rc_t
item_ended(wf_run_t *run, const wf_roster_entry_t *entry)
{
    size_t             size;
    wf_event_t         event;
    const wf_value_t  *value;

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_ITEM_ENDED,
        .node = run->node->no,
        .task = entry->no,
        .error = run->input->error,
        .error_cause = run->input->cause
    };

    if (run->input->outcome == WF_OUTCOME_FAILED) {
        return wf_run_emit(run, &event);
    }

    value = run->input->value ? run->input->value : &wf_event_empty;
    size = run->branch->fork->result_bytes + wf_json_size(value);

    if (wf_dataflow_limit(run, size, WF_FORK_BYTES_MAX, "results of children")
        != WF_OK)
    {
        event.error = run->error;
        event.error_cause = run->cause;

        return wf_run_emit(run, &event);
    }

    event.output = wf_run_keep(run, value);

    return event.output ? wf_run_emit(run, &event)
                        : wf_run_out_of_memory(run);
}


/* The call that was to take it up again has failed: it is as it was. */
static wf_rc_t
item_refused(wf_run_t *run, const wf_roster_entry_t *entry)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_ITEM_REFUSED,
        .node = run->node->no,
        .task = entry->no,
        .error = run->input->error,
        .error_cause = run->input->cause
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_item_done(wf_run_t *run, const wf_roster_entry_t *entry)
{
    if (wf_item_is_call(entry->item)) {
        return run->input->outcome == WF_OUTCOME_SUBMITTED
               ? WF_DECLINED : wf_machine_call_done(run, entry);
    }

    if (run->input->outcome == WF_OUTCOME_SUBMITTED) {
        return item_taken(run, entry);
    }

    return run->input->outcome == WF_OUTCOME_FAILED && is_redrive(entry)
           ? item_refused(run, entry) : item_ended(run, entry);
}


wf_rc_t
wf_item_reported(wf_run_t *run, const wf_roster_entry_t *entry)
{
    if (wf_item_is_call(entry->item)) {
        return WF_DECLINED;
    }

    return item_ended(run, entry);
}


/*
 * UpdateMapRun
 */

static wf_branch_t *
find_run(wf_exec_t *exec, wf_str_t name)
{
    uint32_t      i;
    wf_branch_t  *branch;

    branch = &exec->branch;

    for (i = 0; /* void */ ; i++) {
        if (branch && branch->fork && branch->fork->run
            && wf_str_eq(branch->fork->run->name, name))
        {
            return branch;
        }

        if (i == exec->branches.count) {
            return NULL;
        }

        branch = exec->branches.entries[i].branch;
    }
}


wf_rc_t
wf_map_run_update(wf_run_t *run)
{
    wf_event_t           event;
    wf_branch_t         *branch;
    wf_map_run_t         limits;
    const wf_map_run_t  *change;

    change = run->input->map_run;
    branch = find_run(run->exec, change->name);

    if (branch == NULL || branch->fork->run->stopped_ms != 0) {
        return WF_DECLINED;
    }

    wf_run_turn_to(run, branch);
    limits = *branch->fork->run;

    if (change->concurrency != 0) {
        limits.concurrency = wf_min(change->concurrency,
                                    concurrency_max(run));
    }

    if (change->tolerated_count != UINT32_MAX) {
        limits.tolerated_count = wf_min(change->tolerated_count,
                                        WF_MAP_RUN_ITEMS_MAX);
    }

    if (change->tolerated_percentage >= 0) {
        limits.tolerated_percentage = wf_min(change->tolerated_percentage,
                                             100.0);
    }

    event = (wf_event_t) {
        .type = WF_EVENT_MAP_RUN_UPDATED,
        .node = run->node->no,
        .local = wf_map_run_limits(run, &limits)
    };

    return event.local ? wf_run_emit(run, &event)
                       : wf_run_out_of_memory(run);
}
