
/*
 * Effects: what the world is to do, written beside the events that make them
 * true.  Owns what a call tells of its task; whether there is one is decided
 * by state_task.c and state_map.c.
 */

#include "base/json.h"
#include "engine/machine.h"


static wf_effect_t *
effect_create(wf_run_t *run, wf_effect_type_t type,
    const wf_roster_entry_t *entry)
{
    wf_effect_t  *effect;

    effect = wf_arena_calloc(run->step->events.arena, sizeof(wf_effect_t));
    if (effect == NULL) {
        return NULL;
    }

    effect->type = (uint8_t) type;
    effect->dialect = (uint8_t) run->program->dialect;
    effect->task = entry->no;

    *run->step->last_effect = effect;
    run->step->last_effect = &effect->next;

    return effect;
}


wf_str_t
wf_effect_copy(wf_run_t *run, wf_str_t text, wf_rc_t *rc)
{
    wf_str_t  copy;

    copy = wf_arena_copy(run->step->events.arena, text);

    if (copy.data == NULL) {
        *rc = wf_run_out_of_memory(run);
    }

    return copy;
}


wf_str_t
wf_effect_print(wf_run_t *run, const wf_value_t *value, wf_rc_t *rc)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, run->step->events.arena, wf_json_size(value));
    wf_json_print(&buf, value);

    if (buf.failed) {
        *rc = wf_run_out_of_memory(run);
    }

    return wf_buf_done(&buf);
}


wf_str_t
wf_effect_test_case(wf_run_t *run, wf_rc_t *rc)
{
    return run->exec->test_case
           ? wf_effect_copy(run, run->exec->test_case->u.string, rc)
           : wf_str_none;
}


/* fdl.md 1.9: the event of a function is the step's input. */
bool
wf_task_sends_params(const wf_run_t *run, const wf_node_t *node)
{
    wf_str_t  resource;

    resource = node->u.task.resource;

    if (node->asl) {
        return true;
    }

    if (node->u.task.params == NULL) {
        return false;
    }

    return run->program->dialect != WF_DIALECT_FDL
           || node->u.task.is_action
           || resource.len < 7
           || memcmp(resource.data, "acs:fc:", 7) != 0;
}


/* All that a call says; a CANCEL says as much where the job may be stopped. */
static wf_rc_t
describe(wf_run_t *run, wf_effect_t *effect, const wf_branch_t *branch)
{
    wf_rc_t           rc;
    const wf_node_t  *node;

    rc = WF_OK;
    node = &run->program->nodes[branch->node];

    effect->mode = node->u.task.mode;
    effect->attempt = branch->attempt;
    effect->deadline_ms = run->exec->is_asl ? branch->deadline_ms
                                            : branch->due_ms;
    effect->is_action = node->u.task.is_action;
    effect->has_params = wf_task_sends_params(run, node);
    effect->is_activity = wf_task_is_activity(node);
    effect->is_started = branch->is_claimed;
    effect->resource = wf_effect_copy(run, node->u.task.resource, &rc);
    effect->step = wf_effect_copy(run, node->name, &rc);
    effect->params = wf_str("{}");
    effect->test_case = wf_effect_test_case(run, &rc);
    effect->call_no = branch->call_no;
    effect->job = wf_str("");

    if (branch->job) {
        effect->job = wf_effect_print(run, branch->job, &rc);
    }

    if (effect->type == WF_EFFECT_CALL || effect->mode == WF_CALL_SYNC) {
        effect->params = wf_effect_print(run, branch->params, &rc);
    }

    if (effect->type == WF_EFFECT_CALL && effect->mode != WF_CALL_REQUEST
        && run->identity->token)
    {
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
wf_run_add_effect(wf_run_t *run, wf_effect_type_t type,
    const wf_roster_entry_t *entry)
{
    wf_effect_t  *effect;

    effect = effect_create(run, type, entry);
    if (effect == NULL) {
        return wf_run_out_of_memory(run);
    }

    if (run->program->nodes == NULL) {
        return WF_OK;
    }

    if (wf_item_is_call(entry->item)) {
        return wf_machine_describe_call(run, effect, entry);
    }

    return entry->item == WF_NONE
           ? describe(run, effect, entry->branch)
           : wf_item_describe(run, effect, entry);
}


static bool
is_under(const wf_branch_t *branch, const wf_branch_t *owner)
{
    for ( /* void */ ; branch; branch = branch->parent) {
        if (branch == owner) {
            return true;
        }
    }

    return false;
}


wf_rc_t
wf_run_cancel(wf_run_t *run, const wf_branch_t *owner)
{
    uint32_t                  i;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < run->exec->tasks.count; i++) {
        entry = &run->exec->tasks.entries[i];

        if (entry->branch
            && (owner == NULL || is_under(entry->branch, owner))
            && wf_run_add_effect(run, WF_EFFECT_CANCEL, entry) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}
