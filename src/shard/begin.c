
/*
 * A new execution: its record, its identity and its input, and the first step
 * of its engine.  Whether it may be there others have decided (start.c,
 * runs.c).
 */

#include "base/json.h"
#include "shard/open.h"
#include "shard/serve.h"
#include "shard/tasks.h"


wf_rc_t
wf_start_build(wf_loaded_t *loaded, const wf_submit_t *submit,
    const wf_value_t **value, wf_error_t *err)
{
    wf_str_t      input;
    wf_value_t   *object;
    wf_arena_t   *home;
    wf_record_t  *record;

    input = submit->input.len ? submit->input : wf_str("{}");

    if (wf_json_parse(loaded->exec->arena, input, &object, err) != WF_OK) {
        return WF_ERROR;
    }

    /* An item of a map run may be anything, a state machine's input too. */

    if (submit->root_scope == 0 && object->type != WF_OBJECT
        && loaded->revision->program->dialect != WF_DIALECT_ASL)
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "The input must be a JSON object.");
        return WF_ERROR;
    }

    if (submit->root_scope >= loaded->revision->program->scope_count) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "There is no such scope.");
        return WF_ERROR;
    }

    home = loaded->exec->home;
    record = &loaded->record;

    *record = (wf_record_t) {
        .flow_no = submit->flow_no,
        .revision = submit->revision,
        .version = submit->version,
        .start_key = submit->key,
        .name = wf_arena_copy(home, submit->name),
        .input = wf_arena_copy(home, input),
        .callback_token = wf_arena_copy(home, submit->callback_token),
        .qualifier = wf_arena_copy(home, submit->qualifier),
        .depth = submit->depth,
        .root_scope = submit->root_scope,
        .status = WF_STATUS_RUNNING
    };

    if (!record->name.data || !record->input.data
        || !record->callback_token.data || !record->qualifier.data)
    {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    loaded->identity = (wf_identity_t) {
        .flow_name = loaded->revision->flow.name,
        .execution_name = record->name,
        .role = loaded->revision->flow.role,
        .environment = loaded->revision->flow.environment,
        .token = wf_tasks_token,
        .activity = wf_tasks_activity,
        .data = loaded
    };

    *value = object;

    return WF_OK;
}


wf_rc_t
wf_start_step(wf_shard_t *shard, wf_live_t *live, const wf_submit_t *submit,
    const wf_value_t *value)
{
    wf_input_t    input;
    wf_loaded_t  *loaded;

    loaded = live->loaded;
    live->exec_no = ++shard->exec_no;
    loaded->identity.number = wf_shard_number(shard->no, live->exec_no);
    shard->lives->running_count++;
    shard->retain.kept++;
    shard->retain.has_runs |= wf_swf_is_run(wf_live_name(live));
    wf_live_phase(shard->lives, live, WF_LIVE_RUNNING);
    loaded->version = shard->port->catalog_version(shard->port);
    wf_used_add(shard, live->flow_no, wf_live_name(live));

    loaded->is_new = true;
    input = (wf_input_t) {
        .type = WF_INPUT_START,
        .value = value,
        .scope = loaded->record.root_scope,
        .test_case = submit->test_case
    };

    if (wf_open_add(shard->lives, live) != WF_OK
        || wf_run_input(shard, live, &input) != WF_OK)
    {
        return WF_ERROR;
    }

    shard->stats.starts++;
    loaded->record.started_ms = loaded->exec->started_ms;

    return WF_OK;
}
