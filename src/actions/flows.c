
/*
 * Flows: CreateFlow, UpdateFlow, DeleteFlow, DescribeFlow (cloudflow-api 3.1
 * to 3.4).  A definition is compiled before it is offered to the owner of the
 * catalogue, by a reader thread, as a large one takes its time; what the owner
 * alone knows (does the name exist, is it still this revision) it decides.
 */

#include "actions/answers.h"
#include "actions/jobs.h"
#include "actions/place.h"
#include "actions/uuid.h"
#include "wire/aws_arn.h"


/* A definition on trial. */
typedef struct {
    wf_job_t    job;
    wf_str_t    definition;
    wf_mode_t   mode;
    uint64_t    map_concurrency;    /* that may be asked for */
    bool        is_machine;     /* not CloudFlow's */
} trial_t;


void
wf_flow_view(wf_flow_view_t *view, const wf_flow_t *flow)
{
    *view = (wf_flow_view_t) {
        .id = flow->id,
        .name = flow->name,
        .definition = flow->definition,
        .description = flow->description,
        .type = flow->type,
        .role = flow->role,
        .storage = flow->storage,
        .group = flow->group,
        .environment = flow->environment,
        .is_express = flow->mode == WF_MODE_EXPRESS,
        .is_deleting = flow->is_deleting,
        .created_ms = flow->created_ms,
        .modified_ms = flow->modified_ms,
        .attributes = flow->attributes,
    };
}


static wf_flow_t *
submit_create(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->flow = wf_arena_calloc(life->call->arena, sizeof(wf_flow_t));
    }

    if (submit == NULL || submit->flow == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = type;
    submit->flow_name = wf_arg(life, FLOW)->text;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;

    return submit->flow;
}


/* In the reader thread. */
static void
trial_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    trial_t       *trial;
    wf_program_t  *program;

    (void) type;
    (void) reader;

    trial = read->data;
    read->rc = wf_compile(trial->definition, trial->mode, &program,
                          &read->err);

    if (read->rc == WF_OK && trial->is_machine) {
        wf_program_release(program);

    } else if (read->rc == WF_OK) {
        read->rc = wf_compile_allowed(program, trial->map_concurrency,
                                      &read->err);
        wf_program_release(program);
    }
}


static void
trial_done(wf_life_t *life, int64_t now_ms)
{
    wf_read_t  *read;

    read = &life->job->read;

    if (read->rc != WF_OK) {
        *life->call->err = read->err;

        if (read->err.code == WF_E_INVALID_ARGUMENT) {
            wf_error_wrap(life->call->err, "Definition is not valid");
        }

        wf_life_failed(life);
        return;
    }

    wf_job_drop(life->job);
    life->job = NULL;
    wf_life_submit(life, now_ms);
}


/* life->submit goes off if the definition compiles. */
static void
submit_tried(wf_life_t *life)
{
    trial_t  *trial;

    trial = (trial_t *) wf_job_create(sizeof(trial_t), trial_run);

    if (trial) {
        trial->definition = life->submit->flow->definition;
        trial->mode = life->submit->flow->mode;
        trial->is_machine = wf_str_starts(life->submit->flow_name,
                                          wf_str(WF_ARN_FLOW));
        trial->map_concurrency = life->call->desk->port->quota.map_concurrency;

        /* One that stays was allowed once. */

        if (!wf_arg(life, DEFINITION)->present) {
            trial->map_concurrency = WF_CONCURRENCY_RUN_MAX;
        }

        if (wf_job_copy(&trial->job.read, &trial->definition) != WF_OK) {
            wf_job_drop(&trial->job);
            trial = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) trial, trial_done);
}


void
wf_action_flow_create(wf_life_t *life, int64_t now_ms)
{
    uint8_t     *id, random[16];
    wf_flow_t   *flow;
    wf_port_t   *port;

    flow = submit_create(life, WF_SUBMIT_FLOW_CREATE);

    if (flow == NULL) {
        return;
    }

    id = wf_arena_alloc(life->call->arena, WF_UUID_LEN);

    if (id == NULL) {
        wf_life_no_memory(life);
        return;
    }

    port = life->call->desk->port;
    port->random(port, random, sizeof(random));
    wf_uuid_v4(random, id);

    flow->id = (wf_str_t) { WF_UUID_LEN, id };
    flow->name = wf_arg(life, FLOW)->text;
    flow->definition = wf_arg(life, DEFINITION)->text;
    flow->description = wf_arg(life, DESCRIPTION)->text;
    flow->type = wf_arg(life, TYPE)->text;
    flow->role = wf_arg(life, ROLE)->text;
    flow->storage = wf_arg(life, STORAGE)->text;
    flow->group = wf_arg(life, GROUP)->text;
    flow->environment = wf_arg(life, ENVIRONMENT)->text;
    flow->mode = (uint8_t) wf_arg(life, MODE)->number;
    flow->created_ms = now_ms;
    flow->modified_ms = now_ms;

    submit_tried(life);
}


static void
merge(wf_str_t *field, const wf_arg_t *arg)
{
    if (arg->present) {
        *field = arg->text;
    }
}


/* Absent is unchanged; the revision we saw goes along, so that a change in
 * between is noticed. */
static void
update(wf_life_t *life, int64_t now_ms)
{
    wf_flow_t  *flow;

    flow = submit_create(life, WF_SUBMIT_FLOW_UPDATE);

    if (flow == NULL) {
        return;
    }

    *flow = life->revision->flow;
    merge(&flow->definition, wf_arg(life, DEFINITION));
    merge(&flow->description, wf_arg(life, DESCRIPTION));
    merge(&flow->type, wf_arg(life, TYPE));
    merge(&flow->role, wf_arg(life, ROLE));
    merge(&flow->environment, wf_arg(life, ENVIRONMENT));
    flow->modified_ms = wf_max(now_ms, flow->modified_ms);

    if (wf_arg(life, DEFINITION)->present) {
        submit_tried(life);
        return;
    }

    wf_life_submit(life, now_ms);
}


void
wf_action_flow_update(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, update, now_ms);
}


static void
delete(wf_life_t *life, int64_t now_ms)
{
    wf_flow_t  *flow;

    flow = submit_create(life, WF_SUBMIT_FLOW_DELETE);

    if (flow == NULL) {
        return;
    }

    *flow = life->revision->flow;
    flow->definition = wf_str_none;
    wf_life_submit(life, now_ms);
}


void
wf_action_flow_delete(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete, now_ms);
}


void
wf_action_flow_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}


static void
describe(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t      *reply;
    wf_flow_view_t  *view;

    if (wf_arg(life, VERSION)->present) {
        wf_version_describe(life, now_ms);
        return;
    }

    view = wf_arena_alloc(life->call->arena, sizeof(wf_flow_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_flow_view(view, &life->revision->flow);

    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOW;
    reply->count = 1;
    reply->u.flows = view;
    wf_life_done(life);
}


void
wf_action_flow_describe(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe, now_ms);
}
