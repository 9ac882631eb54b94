
/*
 * The caller's policy against what a call asks for.  A token does not say the
 * name of its flow: the execution's record says which revision it runs, and
 * that one the name.  Nothing of it is done for callers that may do
 * everything.
 */

#include "actions/permit.h"

#include "actions/answers.h"
#include "actions/place.h"


bool
wf_permit_begin(const wf_life_t *life)
{
    wf_str_t           name;
    const wf_call_t   *call;

    call = life->call;

    /* Amazon's protocols ask when they know the ARN. */

    if (call->policy == NULL || !call->action->is_cloudflow) {
        return true;
    }

    name = call->action->name;

    return wf_policy_asks(name) == WF_ASK_TOKEN
           || wf_policy_allows(call->policy, name, wf_arg(life, FLOW)->text,
                               wf_arg(life, EXECUTION)->text);
}


void
wf_permit_refuse(wf_life_t *life)
{
    wf_life_fail(life, WF_E_ACCESS_DENIED, wf_str_none, wf_str_none);
}


/* Its flow may have been deleted: then nobody can say that it is allowed. */
static void
decide(wf_life_t *life, int64_t now_ms)
{
    const wf_call_t  *call;

    call = life->call;

    if (life->revision == NULL
        || !wf_policy_allows(call->policy, call->action->name,
                             life->revision->flow.name, life->submit->name))
    {
        wf_permit_refuse(life);
        return;
    }

    wf_life_submit(life, now_ms);
}


static void
found(wf_life_t *life, int64_t now_ms)
{
    uint64_t  flow_no, revision;

    flow_no = life->record->flow_no;
    revision = life->record->revision;

    wf_life_forget(life);
    wf_life_revision(life, flow_no, revision, decide, now_ms);
}


/* An execution that is not kept any more: the token is none, for anybody. */
static void
fetched(wf_fetch_t *fetch, int64_t now_ms)
{
    wf_life_t  *life;

    life = fetch->data;

    switch (fetch->read.rc) {

    case WF_OK:
        wf_assert(fetch->row_count == 1);
        life->record = fetch->records;
        found(life, now_ms);
        return;

    case WF_DECLINED:
        wf_life_forget(life);
        wf_life_submit(life, now_ms);
        return;

    default:
        *life->call->err = fetch->read.err;
        wf_life_failed(life);
        return;
    }
}


void
wf_permit_submit(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t             rc;
    wf_port_t          *port;
    const wf_submit_t  *submit;

    if (life->call->policy == NULL) {
        wf_life_submit(life, now_ms);
        return;
    }

    port = life->call->desk->port;
    submit = life->submit;
    rc = WF_ERROR;
    life->scratch = wf_arena_create(0);

    if (life->scratch) {
        life->record = wf_arena_alloc(life->scratch, sizeof(wf_record_t));
    }

    if (life->record) {
        rc = port->lookup(port, life->scratch, life->shard_no,
                          submit->flow_no, submit->name, life->record);
    }

    if (rc == WF_OK) {
        found(life, now_ms);
        return;
    }

    wf_life_forget(life);

    if (rc == WF_DECLINED) {
        wf_life_read(life, NULL);
        life->fetch = wf_read_find(port, life->shard_no, submit->flow_no,
                                   submit->name, fetched, life);
    }

    if (life->fetch == NULL) {
        wf_life_no_memory(life);
    }
}


/* Domains are not deleted: without one it is no token of ours. */
static void
domain_known(wf_life_t *life, int64_t now_ms)
{
    wf_go_pt          go;
    const wf_call_t  *call;

    go = life->found;
    call = life->call;
    life->found = NULL;

    if (life->revision == NULL) {
        wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str_none, wf_str_none);
        return;
    }

    if (call->policy != NULL
        && !wf_policy_allows_domain(call->policy, call->arena,
                                    call->action->name,
                                    life->revision->flow.name))
    {
        wf_permit_refuse(life);
        return;
    }

    go(life, now_ms);
}


void
wf_permit_domain(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    life->found = go;
    wf_life_revision(life, life->submit->flow_no, life->submit->revision,
                     domain_known, now_ms);
}
