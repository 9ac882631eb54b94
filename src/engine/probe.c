
/*
 * A state on trial: sees, and ends states as their mocks say.  Never decides
 * what comes next; the loop in step.c stops once the state is over.
 */

#include "base/json.h"
#include "engine/machine.h"
#include "engine/sight.h"


/*
 * What is shown of which state (asl 20): of JSONata much less than of
 * JSONPath, of some states nothing.
 */

#define of(type)  (1u << WF_STATE_##type)

static const struct {
    uint32_t  jsonpath;             /* types of states */
    uint32_t  jsonata;
} shown[WF_SEEN_COUNT] = {
    [WF_SEEN_INPUT_PATH] = {
        of(PASS) | of(TASK) | of(CHOICE) | of(WAIT) | of(SUCCEED) | of(FAIL)
        | of(MAP), 0
    },
    [WF_SEEN_PARAMETERS] = { of(PASS) | of(TASK), 0 },
    [WF_SEEN_ARGUMENTS] = { 0, of(TASK) },
    [WF_SEEN_RESULT] = { of(TASK) | of(PASS), of(TASK) },
    [WF_SEEN_SELECTOR] = { of(PASS) | of(TASK) | of(PARALLEL) | of(MAP), 0 },
    [WF_SEEN_RESULT_PATH] = {
        of(PASS) | of(TASK) | of(PARALLEL) | of(MAP), 0
    },
    [WF_SEEN_ITEMS] = { of(MAP), 0 },
    [WF_SEEN_ITEM_SELECTOR] = { of(MAP), of(MAP) },
    [WF_SEEN_BATCHES] = { of(MAP), of(MAP) },
    [WF_SEEN_CONCURRENCY] = { of(MAP), of(MAP) },
    [WF_SEEN_TOLERATED_COUNT] = { of(MAP), of(MAP) },
    [WF_SEEN_TOLERATED_PERCENTAGE] = { of(MAP), of(MAP) }
};


/* A Pass with a Result looks at nothing else. */
static bool
is_shown(const wf_node_t *node, wf_seen_t what)
{
    uint32_t  types;

    types = node->asl->is_jsonata ? shown[what].jsonata
                                  : shown[what].jsonpath;

    if ((types & 1u << node->type) == 0) {
        return false;
    }

    if (node->type != WF_STATE_PASS) {
        return true;
    }

    return node->asl->result ? what != WF_SEEN_INPUT_PATH
                               && what != WF_SEEN_PARAMETERS
                             : what != WF_SEEN_RESULT;
}


static wf_str_t
keep_text(wf_probe_t *probe, wf_str_t text)
{
    text = wf_arena_copy(probe->arena, text);
    probe->failed |= text.data == NULL;

    return text;
}


static wf_str_t
keep_json(wf_probe_t *probe, const wf_value_t *value)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, probe->arena, 0);
    wf_json_print(&buf, value);
    probe->failed |= buf.failed;

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


void
wf_probe_see(const wf_run_t *run, wf_seen_t what, const wf_value_t *value)
{
    wf_probe_t  *probe;

    probe = run->exec->probe;

    if (probe == NULL || probe->status != WF_TRIAL_RUNNING
        || run->node == NULL || run->node->no != probe->node
        || !is_shown(run->node, what))
    {
        return;
    }

    probe->values[what] = keep_json(probe, value);
}


/*
 * Events
 */

static void
next_is(wf_probe_t *probe, const wf_run_t *run, uint32_t next)
{
    probe->next = next == WF_NONE ? wf_str_none
                                  : run->program->nodes[next].name;
}


static void
on_success(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    probe->output = keep_json(probe, event->output ? event->output
                                                   : &wf_event_empty);
    next_is(probe, run, event->next);
    probe->status = WF_TRIAL_SUCCEEDED;
}


static void
on_failure(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    (void) run;

    probe->error = keep_text(probe, event->error);
    probe->cause = keep_text(probe, event->error_cause);
}


static void
on_end(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    on_failure(probe, run, event);
    probe->status = WF_TRIAL_FAILED;
}


static void
on_time_out(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    (void) run;

    probe->error = wf_str("States.Timeout");
    probe->cause = keep_text(probe, event->error_cause);
    probe->status = WF_TRIAL_FAILED;
}


static void
on_retry(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    probe->error = keep_text(probe, run->error);
    probe->cause = keep_text(probe, run->cause);
    probe->index = event->index;
    probe->pause_ms = event->due_ms - run->now_ms;
    probe->status = WF_TRIAL_RETRIABLE;
}


static void
on_catch(wf_probe_t *probe, const wf_run_t *run, const wf_event_t *event)
{
    const wf_catcher_t  *catcher;

    catcher = wf_run_catcher(run, run->node);
    wf_assert(catcher != NULL);

    on_success(probe, run, event);
    probe->error = keep_text(probe, run->branch->error);
    probe->cause = keep_text(probe, run->branch->error_cause);
    probe->index = (uint32_t) (catcher - run->node->catchers);
    probe->status = WF_TRIAL_CAUGHT;
}


static const struct {
    uint8_t  type;
    void   (*see)(wf_probe_t *probe, const wf_run_t *run,
        const wf_event_t *event);
} sights[] = {
    { WF_EVENT_STEP_SUCCEEDED, on_success },
    { WF_EVENT_STEP_FAILED, on_failure },
    { WF_EVENT_STEP_CAUGHT, on_catch },
    { WF_EVENT_ERROR_CAUGHT, on_catch },
    { WF_EVENT_RETRY_SCHEDULED, on_retry },
    { WF_EVENT_EXECUTION_FAILED, on_end },
    { WF_EVENT_EXECUTION_TIMED_OUT, on_time_out }
};


void
wf_probe_event(const wf_run_t *run, const wf_event_t *event)
{
    size_t       i;
    wf_probe_t  *probe;

    probe = run->exec->probe;

    if (probe == NULL || probe->status != WF_TRIAL_RUNNING) {
        return;
    }

    for (i = 0; i < wf_countof(sights); i++) {

        if (sights[i].type == event->type) {
            sights[i].see(probe, run, event);
            break;
        }
    }

    if (event->globals && probe->status != WF_TRIAL_RUNNING) {
        probe->assigned = wf_value_copy(probe->arena, event->globals);
        probe->failed |= probe->assigned == NULL;
    }
}


/*
 * Mocks
 */

wf_rc_t
wf_probe_answer(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t            rc;
    const wf_probe_t  *probe;
    const wf_value_t  *result;

    probe = run->exec->probe;

    if (probe->result == NULL) {
        return wf_machine_fail(run, probe->mock_error, probe->mock_cause);
    }

    rc = run->dataflow->weigh(run, wf_json_size(probe->result));

    if (rc == WF_OK) {
        rc = wf_machine_keep(run, probe->result, &result);
    }

    if (rc != WF_OK) {
        return rc;
    }

    wf_probe_see(run, WF_SEEN_RESULT, result);

    return wf_run_finish(run, node, result, node->next);
}


/* A number that may come from the input; a missing one: as it is. */
static wf_rc_t
number_of(wf_run_t *run, const wf_asl_number_t *number, bool is_real,
    wf_seen_t what, double *value)
{
    wf_rc_t      rc;
    wf_value_t  *seen;

    if (!number->is_set) {
        return WF_OK;
    }

    rc = wf_machine_number(run, number, is_real, value);

    if (rc != WF_OK) {
        return rc;
    }

    seen = is_real ? wf_value_real(run->scratch, *value)
                   : wf_value_int(run->scratch, (int64_t) *value);

    if (seen == NULL) {
        return wf_run_out_of_memory(run);
    }

    wf_probe_see(run, what, seen);

    return WF_OK;
}


/* Of the tolerated failures and those that are given. */
static wf_rc_t
check_failures(wf_run_t *run, const wf_asl_t *asl, uint32_t count)
{
    double             most, part;
    wf_rc_t            rc;
    const wf_probe_t  *probe;

    probe = run->exec->probe;
    most = probe->failure_count;
    part = 100;
    rc = number_of(run, &asl->tolerated_count, false, WF_SEEN_TOLERATED_COUNT,
                   &most);

    if (rc == WF_OK) {
        rc = number_of(run, &asl->tolerated_percentage, true,
                       WF_SEEN_TOLERATED_PERCENTAGE, &part);
    }

    if (rc != WF_OK || probe->result == NULL) {
        return rc;
    }

    if (probe->failure_count <= most
        && probe->failure_count * 100.0 <= part * count)
    {
        return WF_OK;
    }

    return wf_machine_fail(run,
                           wf_str("States.ExceedToleratedFailureThreshold"),
                           wf_str("The specified tolerated failure threshold "
                                  "was exceeded"));
}


static wf_rc_t
see_concurrency(wf_run_t *run, const wf_asl_t *asl)
{
    double             value;
    wf_rc_t            rc;
    uint32_t           width;
    const wf_value_t  *none;

    if (asl->concurrency.is_set) {
        rc = wf_machine_width(run, &asl->concurrency, WF_CONCURRENCY_RUN_MAX,
                              &width);

        return rc == WF_OK ? number_of(run, &asl->concurrency, false,
                                       WF_SEEN_CONCURRENCY, &value)
                           : rc;
    }

    none = wf_value_int(run->scratch, 0);

    if (none == NULL) {
        return wf_run_out_of_memory(run);
    }

    wf_probe_see(run, WF_SEEN_CONCURRENCY, none);

    return WF_OK;
}


static wf_rc_t
see_inputs(wf_run_t *run, const wf_node_t *node, const wf_value_t *items)
{
    wf_rc_t            rc;
    const wf_value_t  *inputs;

    if (node->u.fork.item) {
        rc = wf_machine_inputs(run, node, items, false, &inputs);

        if (rc != WF_OK) {
            return rc;
        }

        wf_probe_see(run, WF_SEEN_ITEM_SELECTOR, inputs);
    }

    if (node->asl->batch_items.is_set || node->asl->batch_bytes.is_set) {
        rc = wf_machine_inputs(run, node, items, true, &inputs);

        if (rc != WF_OK) {
            return rc;
        }

        wf_probe_see(run, WF_SEEN_BATCHES, inputs);
    }

    return WF_OK;
}


wf_rc_t
wf_probe_map(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t            rc;
    uint32_t           count;
    const wf_value_t  *items, *result;

    rc = WF_OK;
    result = run->exec->probe->result;
    items = run->exec->probe->items;

    if (node->asl->reader_resource.len == 0) {
        rc = wf_machine_items(run, node, &items);
    }

    if (rc == WF_OK && items) {
        wf_probe_see(run, WF_SEEN_ITEMS, items);
        rc = see_inputs(run, node, items);
    }

    if (rc == WF_OK) {
        rc = see_concurrency(run, node->asl);
    }

    count = items ? items->count
                  : result && result->type == WF_ARRAY ? result->count : 1;

    if (rc == WF_OK) {
        rc = check_failures(run, node->asl, count);
    }

    return rc == WF_OK ? wf_probe_answer(run, node) : rc;
}
