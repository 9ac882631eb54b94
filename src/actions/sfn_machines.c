
/*
 * State machines: CreateStateMachine, DescribeStateMachine,
 * DeleteStateMachine (asl 18, 21).  A machine is a flow whose definition is in
 * the Amazon States Language; what only this API knows of it stands in its
 * attributes.
 */

#include "actions/sfn_notes.h"

#include "base/json.h"
#include "flow/diagnostics.h"
#include "flow/program_asl.h"


#define LOOKS_MAX  5                /* at a machine that others change */


/* A definition on trial. */
typedef struct {
    wf_job_t   job;
    wf_str_t   definition;
    wf_mode_t  mode;
    wf_go_pt   go;
} trial_t;


static void create_look(wf_life_t *life, int64_t now_ms);


/*
 * Definitions
 */

static wf_rc_t
trial_refuse(wf_read_t *read, const wf_diagnostics_t *list)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, read->arena, 256);
    wf_diagnostics_print(&buf, list);

    if (buf.failed) {
        return wf_job_no_memory(read);
    }

    wf_error_set(&read->err, WF_E_INVALID_DEFINITION,
                 "Invalid State Machine Definition: '%.*s'", (int) buf.len,
                 (const char *) buf.data);

    return WF_ERROR;
}


/* In the reader thread. */
static void
trial_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    trial_t           *trial;
    wf_diagnostics_t   list;

    (void) type;
    (void) reader;

    trial = read->data;
    list = (wf_diagnostics_t) { .arena = read->arena };
    read->rc = wf_asl_compile(trial->definition, trial->mode, NULL, &list,
                              &read->err);

    if (read->rc == WF_OK && list.error_count > 0) {
        read->rc = trial_refuse(read, &list);
    }
}


static void
trial_done(wf_life_t *life, int64_t now_ms)
{
    wf_go_pt  go;

    if (wf_job_failed(life)) {
        return;
    }

    go = ((trial_t *) life->job)->go;
    wf_job_drop(life->job);
    life->job = NULL;
    go(life, now_ms);
}


void
wf_sfn_try(wf_life_t *life, wf_str_t definition, wf_mode_t mode, wf_go_pt go)
{
    trial_t  *trial;

    trial = (trial_t *) wf_job_create(sizeof(trial_t), trial_run);

    if (trial) {
        trial->definition = definition;
        trial->mode = mode;
        trial->go = go;

        if (wf_job_copy(&trial->job.read, &trial->definition) != WF_OK) {
            wf_job_drop(&trial->job);
            trial = NULL;
        }
    }

    wf_job_run(life, (wf_job_t *) trial, trial_done);
}


/*
 * Create
 */

wf_submit_t *
wf_sfn_submit(wf_life_t *life, wf_submit_type_t type)
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

    return submit;
}


static void
machine_answer(wf_life_t *life, const wf_flow_t *flow, uint64_t version,
    wf_str_t references)
{
    wf_reply_t      *reply;
    wf_flow_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_flow_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_flow_view(view, flow);
    view->version = version;
    view->references = references;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOW;
    reply->count = 1;
    reply->u.flows = view;
    wf_life_done(life);
}


/* asl 10: of states that refer to some. */
static wf_str_t
references(wf_life_t *life)
{
    uint32_t             i;
    wf_buf_t             buf;
    const wf_node_t     *node;
    const wf_program_t  *program;

    program = life->revision ? life->revision->program : NULL;
    wf_buf_init(&buf, life->call->arena, 64);

    for (i = 0; program && i < program->node_count; i++) {
        node = &program->nodes[i];

        if (node->asl == NULL || node->asl->variables == NULL
            || node->asl->variables->count == 0)
        {
            continue;
        }

        wf_buf_byte(&buf, buf.len ? ',' : '{');
        wf_json_print_string(&buf, node->name);
        wf_buf_byte(&buf, ':');
        wf_json_print(&buf, node->asl->variables);
    }

    if (buf.len > 0) {
        wf_buf_byte(&buf, '}');
    }

    return buf.failed ? wf_str_none : wf_buf_done(&buf);
}


void
wf_sfn_machine_describe(wf_life_t *life, const wf_flow_t *flow,
    uint64_t version)
{
    wf_str_t  text;

    text = references(life);

    if (text.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    machine_answer(life, flow, version, text);
}


void
wf_sfn_machine_answer(wf_life_t *life, const wf_flow_t *flow,
    uint64_t version)
{
    machine_answer(life, flow, version, wf_str_none);
}


wf_rc_t
wf_sfn_description_check(wf_life_t *life)
{
    if (!wf_arg(life, VERSION_DESCRIPTION)->present
        || wf_arg(life, PUBLISH)->number)
    {
        return WF_OK;
    }

    wf_error_set(life->call->err, WF_E_VALIDATION, "Version description can "
                 "only be set when publish is true");
    wf_life_failed(life);

    return WF_ERROR;
}


/* It is there; a version of it may be wanted. */
static void
create_finish(wf_life_t *life, const wf_flow_t *flow, int64_t now_ms)
{
    if (!wf_arg(life, PUBLISH)->number) {
        wf_sfn_machine_answer(life, flow, 0);
        return;
    }

    wf_sfn_publish(life, flow, wf_arg(life, VERSION_DESCRIPTION)->text,
                   wf_sfn_machine_answer, create_look, now_ms);
}


/* Somebody was faster: then it is there. */
static void
created(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind == WF_SAY_ERROR) {

        if (answer->err.code == WF_E_FLOW_EXISTS
            && life->look_count++ < LOOKS_MAX)
        {
            create_look(life, now_ms);
            return;
        }

        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    life->submit->flow->flow_no = answer->flow.flow_no;
    life->submit->flow->revision = answer->flow.revision;
    create_finish(life, life->submit->flow, now_ms);
}


static void
create_write(wf_life_t *life, int64_t now_ms)
{
    wf_str_t      attributes;
    wf_flow_t    *flow;
    wf_submit_t  *submit;

    submit = wf_sfn_submit(life, WF_SUBMIT_FLOW_CREATE);

    if (submit == NULL) {
        return;
    }

    attributes = wf_sfn_attributes(life, NULL);

    if (attributes.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    flow = submit->flow;
    flow->name = wf_arg(life, FLOW)->text;
    flow->definition = wf_arg(life, DEFINITION)->text;
    flow->type = wf_str("ASL");
    flow->role = wf_arg(life, ROLE)->text;
    flow->mode = (uint8_t) wf_arg(life, MACHINE_TYPE)->number;
    flow->attributes = attributes;
    flow->created_ms = now_ms;
    flow->modified_ms = now_ms;

    if (wf_sfn_tags_new(life, flow->name, &submit->tags) == WF_OK) {
        life->after = created;
        wf_life_submit(life, now_ms);
    }
}


static void
create_missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_sfn_try(life, wf_arg(life, DEFINITION)->text,
               (wf_mode_t) wf_arg(life, MACHINE_TYPE)->number, create_write);
}


/* asl 18: role and tags do not count. */
static void
create_found(wf_life_t *life, int64_t now_ms)
{
    wf_str_t          attributes;
    const wf_flow_t  *flow;

    flow = &life->revision->flow;

    if (flow->is_deleting) {
        wf_life_fail(life, WF_E_FLOW_DELETING, flow->name, wf_str_none);
        return;
    }

    attributes = wf_sfn_attributes(life, NULL);

    if (attributes.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (!wf_str_eq(flow->definition, wf_arg(life, DEFINITION)->text)
        || flow->mode != wf_arg(life, MACHINE_TYPE)->number
        || !wf_str_eq(flow->attributes, attributes))
    {
        wf_life_fail(life, WF_E_FLOW_EXISTS, flow->name, wf_str_none);
        return;
    }

    create_finish(life, flow, now_ms);
}


static void
create_look(wf_life_t *life, int64_t now_ms)
{
    life->after = NULL;
    life->missing = create_missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, create_found, now_ms);
}


void
wf_action_sfn_machine_create(wf_life_t *life, int64_t now_ms)
{
    if (wf_sfn_description_check(life) != WF_OK
        || wf_sfn_attributes_check(life) != WF_OK)
    {
        return;
    }

    create_look(life, now_ms);
}


/*
 * Describe
 */

static void
describe(wf_life_t *life, int64_t now_ms)
{
    if (wf_arg(life, QUALIFIER)->present) {
        wf_sfn_version_describe(life, now_ms);
        return;
    }

    wf_sfn_machine_describe(life, &life->revision->flow, 0);
}


void
wf_action_sfn_machine(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe, now_ms);
}


/*
 * Delete: one that is not there is deleted, so is one that is about to be
 */

static void
deleted(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind != WF_SAY_ERROR
        || answer->err.code == WF_E_FLOW_NOT_FOUND
        || answer->err.code == WF_E_FLOW_DELETING)
    {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_CONCURRENT_UPDATE
        && life->look_count++ < LOOKS_MAX)
    {
        wf_action_sfn_machine_delete(life, now_ms);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


/* At once, or when nothing of it runs any more. */
static void
delete(wf_life_t *life, bool is_idle, int64_t now_ms)
{
    wf_submit_t  *submit;

    submit = wf_sfn_submit(life, is_idle ? WF_SUBMIT_FLOW_DELETE
                                         : WF_SUBMIT_FLOW_UPDATE);

    if (submit == NULL) {
        return;
    }

    *submit->flow = life->revision->flow;
    submit->flow->is_deleting = true;

    if (is_idle) {
        submit->flow->definition = wf_str_none;
    }

    life->after = deleted;
    wf_life_submit(life, now_ms);
}


static void
delete_looked(wf_fetch_t *fetch, int64_t now_ms)
{
    bool        is_idle;
    wf_life_t  *life;

    life = fetch->data;

    if (fetch->read.rc == WF_ERROR) {
        *life->call->err = fetch->read.err;
        wf_life_failed(life);
        return;
    }

    is_idle = fetch->row_count == 0;
    wf_life_forget(life);
    delete(life, is_idle, now_ms);
}


/* Does any execution run? */
static void
delete_look(wf_life_t *life, int64_t now_ms)
{
    wf_list_query_t   query;
    const wf_flow_t  *flow;

    flow = &life->revision->flow;

    if (flow->is_deleting) {
        wf_sfn_done(life, now_ms);
        return;
    }

    query = (wf_list_query_t) {
        .flow_no = flow->flow_no,
        .status = WF_STATUS_RUNNING,
        .limit = 1
    };

    wf_life_read(life, NULL);
    life->fetch = wf_read_list(life->call->desk->port, &query, delete_looked,
                               life);

    if (life->fetch == NULL) {
        wf_life_no_memory(life);
    }
}


void
wf_action_sfn_machine_delete(wf_life_t *life, int64_t now_ms)
{
    life->after = NULL;
    life->missing = wf_sfn_done;
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete_look, now_ms);
}
