
/*
 * UpdateStateMachine, and the publication that it, CreateStateMachine and
 * PublishStateMachineVersion end with (asl 18, 19).  A machine's id is that of
 * its revision: none before the first change.
 */

#include "actions/items.h"
#include "actions/sfn_machine.h"
#include "actions/uuid.h"
#include "flow/version.h"


#define LOOKS_MAX  5                /* at a machine that others change */


/* What is to be answered when a version is there; in the call's arena. */
typedef struct {
    const wf_flow_t  *flow;
    wf_str_t          description;
    void            (*answer)(wf_life_t *life, const wf_flow_t *flow,
                              uint64_t version);
    wf_go_pt          again;        /* the machine was changed meanwhile */
} publication_t;


/*
 * Publication
 */

static void
published(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    wf_go_pt        again;
    publication_t  *publication;

    publication = life->after_data;

    if (answer->kind == WF_SAY_VERSION) {
        publication->answer(life, publication->flow, answer->version.version);
        return;
    }

    wf_assert(answer->kind == WF_SAY_ERROR);
    again = publication->again;

    if (answer->err.code == WF_E_CONCURRENT_UPDATE && again
        && life->look_count++ < LOOKS_MAX)
    {
        life->after = NULL;
        again(life, now_ms);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


void
wf_sfn_publish(wf_life_t *life, const wf_flow_t *flow, wf_str_t description,
    wf_sfn_answer_pt answer, wf_go_pt again, int64_t now_ms)
{
    wf_arena_t     *arena;
    wf_submit_t    *submit;
    publication_t  *publication;

    arena = life->call->arena;
    publication = wf_arena_alloc(arena, sizeof(publication_t));
    submit = wf_arena_calloc(arena, sizeof(wf_submit_t));

    if (submit) {
        submit->published = wf_arena_calloc(arena, sizeof(wf_flow_version_t));
    }

    if (publication == NULL || submit == NULL || submit->published == NULL) {
        wf_life_no_memory(life);
        return;
    }

    *publication = (publication_t) {
        .flow = flow,
        .answer = answer,
        .again = again
    };

    submit->type = WF_SUBMIT_VERSION_PUBLISH;
    submit->is_idempotent = true;
    submit->flow_no = flow->flow_no;
    submit->revision = flow->revision;
    submit->flow_name = flow->name;
    submit->published->flow_no = flow->flow_no;
    submit->published->description = description;
    submit->published->created_ms = now_ms;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;
    life->after = published;
    life->after_data = publication;
    wf_life_submit(life, now_ms);
}


/*
 * Update
 */

static void
answer_updated(wf_life_t *life, const wf_flow_t *flow, uint64_t version)
{
    wf_sfn_machine_answer(life, flow, version);
}


/* The flow as it is now; to be published, if that was asked for. */
static void
finish(wf_life_t *life, const wf_flow_t *flow, int64_t now_ms)
{
    if (!wf_arg(life, PUBLISH)->number) {
        answer_updated(life, flow, 0);
        return;
    }

    wf_sfn_publish(life, flow, wf_arg(life, VERSION_DESCRIPTION)->text,
                   answer_updated, NULL, now_ms);
}


static void
updated(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    wf_flow_t  *flow;

    if (answer->kind == WF_SAY_ERROR) {

        if (answer->err.code == WF_E_CONCURRENT_UPDATE
            && life->look_count++ < LOOKS_MAX)
        {
            life->after = NULL;
            wf_action_sfn_machine_update(life, now_ms);
            return;
        }

        *life->call->err = answer->err;
        wf_life_failed(life);
        return;
    }

    flow = life->submit->flow;
    flow->revision = answer->flow.revision;
    life->call->reply.has_changed = true;
    finish(life, flow, now_ms);
}


static void
update_write(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    life->after = updated;
    wf_life_submit(life, now_ms);
}


static wf_str_t
revision_id(wf_life_t *life)
{
    uint8_t    *id, random[16];
    wf_port_t  *port;

    id = wf_arena_alloc(life->call->arena, WF_UUID_LEN);

    if (id == NULL) {
        return wf_str_none;
    }

    port = life->call->desk->port;
    port->random(port, random, sizeof(random));
    wf_uuid_v4(random, id);

    return (wf_str_t) { WF_UUID_LEN, id };
}


static bool
is_same(const wf_flow_t *a, const wf_flow_t *b)
{
    return wf_str_eq(a->definition, b->definition)
           && wf_str_eq(a->role, b->role)
           && wf_str_eq(a->attributes, b->attributes);
}


static void
update(wf_life_t *life, int64_t now_ms)
{
    wf_flow_t        *flow;
    wf_submit_t      *submit;
    const wf_flow_t  *before;

    before = &life->revision->flow;
    submit = wf_sfn_submit(life, WF_SUBMIT_FLOW_UPDATE);

    if (submit == NULL) {
        return;
    }

    flow = submit->flow;
    *flow = *before;
    flow->attributes = wf_sfn_attributes(life, before);
    flow->id = revision_id(life);
    flow->modified_ms = wf_max(now_ms, before->modified_ms);

    if (wf_arg(life, DEFINITION)->present) {
        flow->definition = wf_arg(life, DEFINITION)->text;
    }

    if (wf_arg(life, ROLE)->present) {
        flow->role = wf_arg(life, ROLE)->text;
    }

    if (flow->attributes.data == NULL || flow->id.data == NULL) {
        wf_life_no_memory(life);
        return;
    }

    if (is_same(flow, before)) {
        flow->id = before->id;
        finish(life, flow, now_ms);
        return;
    }

    wf_sfn_try(life, flow->definition, (wf_mode_t) flow->mode, update_write);
}


static bool
has_any(wf_life_t *life)
{
    return wf_arg(life, DEFINITION)->present || wf_arg(life, ROLE)->present
           || wf_arg(life, LOGGING)->present || wf_arg(life, TRACING)->present
           || wf_arg(life, ENCRYPTION)->present;
}


void
wf_action_sfn_machine_update(wf_life_t *life, int64_t now_ms)
{
    if (!has_any(life)) {
        wf_error_set(life->call->err, WF_E_NOTHING_CHANGES,
                     "Either the definition, the role ARN, the "
                     "LoggingConfiguration, or the TracingConfiguration must "
                     "be specified");
        wf_life_failed(life);
        return;
    }

    if (wf_sfn_description_check(life) != WF_OK
        || wf_sfn_attributes_check(life) != WF_OK)
    {
        return;
    }

    if (wf_arg(life, QUALIFIER)->present) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    wf_life_flow(life, wf_arg(life, FLOW)->text, update, now_ms);
}
