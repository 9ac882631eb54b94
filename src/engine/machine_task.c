
/*
 * Task of a state machine (asl 12, 15, 16): what is sent, how long is waited,
 * word that it goes on.  What an answer means is state_task.c's.
 */

#include "base/json.h"
#include "engine/machine.h"
#include "engine/sight.h"


#define SECONDS_MAX  99999999.0


bool
wf_task_is_activity(const wf_node_t *node)
{
    return node->asl && node->asl->kind == WF_ASL_ACTIVITY;
}


/* A number of seconds, 0: not set. */
static wf_rc_t
seconds_of(wf_run_t *run, const wf_asl_number_t *number, uint32_t *seconds)
{
    double   value;
    wf_rc_t  rc;

    *seconds = 0;

    if (!number->is_set) {
        return WF_OK;
    }

    rc = wf_machine_number(run, number, false, &value);

    if (rc != WF_OK) {
        return rc;
    }

    if (value < 1 || value > SECONDS_MAX) {
        return wf_machine_refuse(run, (const char *) number->field.data,
                                 "%s must be between 1 and 99999999.",
                                 (const char *) number->field.data);
    }

    *seconds = (uint32_t) value;

    return WF_OK;
}


static wf_rc_t
fill_credentials(wf_run_t *run, const wf_node_t *node,
    const wf_value_t **credentials)
{
    wf_rc_t            rc;
    const wf_value_t  *value;

    if (node->asl->credentials == NULL) {
        return WF_OK;
    }

    rc = wf_machine_env(run, run->branch->input, NULL, NULL);

    if (rc == WF_OK) {
        rc = wf_machine_fill(run, "Credentials", node->asl->credentials,
                             &value);
    }

    if (rc == WF_OK) {
        rc = wf_machine_limit(run, wf_json_size(value), node->name);
    }

    return rc == WF_OK ? wf_machine_keep(run, value, credentials) : rc;
}


/* Each attempt is made of what is true then. */
static wf_rc_t
fill_event(wf_run_t *run, const wf_node_t *node, wf_event_t *event)
{
    wf_rc_t   rc;
    uint32_t  seconds;

    rc = wf_machine_params(run, node, &event->input);

    if (rc == WF_OK) {
        rc = fill_credentials(run, node, &event->output);
    }

    if (rc == WF_OK) {
        rc = seconds_of(run, &node->asl->timeout, &seconds);
    }

    if (rc == WF_OK) {
        event->due_ms = seconds ? run->now_ms + seconds * 1000ll : 0;
        rc = seconds_of(run, &node->asl->heartbeat, &event->width);
    }

    return rc;
}


/* asl 16.  Once it was there its tasks are tried again. */
static wf_rc_t
look_for_activity(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t               rc;
    wf_str_t              arn;
    const wf_identity_t  *identity;

    identity = run->identity;

    if (!wf_task_is_activity(node) || run->branch->attempt > 0
        || identity->activity == NULL)
    {
        return WF_OK;
    }

    arn = node->u.task.resource;
    rc = identity->activity(identity->data, arn);

    if (rc == WF_DECLINED) {
        return wf_machine_refuse(run, "Resource",
                                 "The activity %.*s does not exist.",
                                 (int) arn.len, (const char *) arn.data);
    }

    return rc == WF_ERROR ? wf_run_out_of_memory(run) : rc;
}


wf_rc_t
wf_machine_task_enter(wf_run_t *run, const wf_node_t *node)
{
    wf_rc_t     rc;
    wf_event_t  event;

    event = (wf_event_t) {
        .type = WF_EVENT_TASK_OPENED,
        .node = node->no,
        .index = run->branch->attempt
    };

    rc = look_for_activity(run, node);

    if (rc == WF_OK) {
        rc = fill_event(run, node, &event);
    }

    if (rc == WF_OK && wf_probe_is_mocked(run)) {
        return wf_probe_answer(run, node);
    }

    if (rc == WF_OK) {
        rc = wf_run_emit(run, &event);
    }

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    return wf_run_add_effect(run, WF_EFFECT_CALL,
                      wf_roster_find(&run->exec->tasks, run->branch->task));
}


/* A heartbeat that is missed has the same name (asl 12). */
wf_rc_t
wf_machine_task_late(wf_run_t *run, const wf_node_t *node)
{
    (void) node;

    return wf_task_time_out(run, wf_str("States.Timeout"), wf_str_none);
}


static wf_rc_t
emit_word(wf_run_t *run, uint8_t type, const wf_value_t *output)
{
    wf_event_t  event;

    event = (wf_event_t) {
        .type = type,
        .node = run->node->no,
        .output = output
    };

    return wf_run_emit(run, &event);
}


wf_rc_t
wf_task_heartbeat(wf_run_t *run)
{
    wf_rc_t  rc;

    if (!run->exec->is_asl) {
        return WF_DECLINED;
    }

    rc = wf_task_begin(run);

    return rc == WF_OK && wf_run_goes_on(run)
           ? emit_word(run, WF_EVENT_TASK_HEARTBEAT, NULL) : rc;
}


/* Somebody is there for it: recorded, then it is called once more. */
wf_rc_t
wf_task_claimed(wf_run_t *run)
{
    wf_rc_t            rc;
    const wf_value_t  *worker;

    worker = wf_run_keep(run, run->input->value ? run->input->value
                                                : &wf_event_empty);
    if (worker == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = emit_word(run, WF_EVENT_ACTIVITY_STARTED, worker);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    return wf_run_add_effect(run, WF_EFFECT_CALL,
                      wf_roster_find(&run->exec->tasks, run->branch->task));
}


/* The service does not tell when it is done: called once more, to ask. */
wf_rc_t
wf_task_open_job(wf_run_t *run)
{
    wf_rc_t            rc;
    const wf_value_t  *job;

    job = wf_run_keep(run, run->input->job);

    if (job == NULL) {
        return wf_run_out_of_memory(run);
    }

    rc = emit_word(run, WF_EVENT_JOB_OPENED, job);

    if (rc != WF_OK || !wf_run_goes_on(run)) {
        return rc;
    }

    return wf_run_add_effect(run, WF_EFFECT_CALL,
                      wf_roster_find(&run->exec->tasks, run->branch->task));
}


/* Text of a job as the value that it stands for; anything else as it is. */
static wf_value_t *
job_member(wf_run_t *run, const wf_member_t *member)
{
    wf_error_t   err;
    wf_value_t  *value;

    if ((!wf_str_eq(member->key, wf_str("Input"))
         && !wf_str_eq(member->key, wf_str("Output")))
        || member->value->type != WF_STRING
        || wf_json_parse(run->scratch, member->value->u.string, &value, &err)
           != WF_OK
        || wf_value_depth(value) >= WF_DEPTH_MAX)
    {
        return member->value;
    }

    return value;
}


const wf_value_t *
wf_machine_job(wf_run_t *run, const wf_value_t *value)
{
    uint32_t            i;
    wf_value_t         *job;
    const wf_member_t  *member;

    if (!wf_str_eq(run->node->asl->service, wf_str("states"))
        || !wf_str_eq(run->node->asl->operation,
                      wf_str("startExecution.sync:2"))
        || value->type != WF_OBJECT)
    {
        return value;
    }

    job = wf_value_object(run->scratch, value->count);

    for (i = 0; job && i < value->count; i++) {
        member = &value->u.members[i];

        if (wf_value_set(run->scratch, job, member->key,
                         job_member(run, member)) != WF_OK)
        {
            return NULL;
        }
    }

    return job;
}
