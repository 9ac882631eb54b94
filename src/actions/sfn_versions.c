
/*
 * Versions of state machines: PublishStateMachineVersion,
 * DeleteStateMachineVersion, ListStateMachineVersions, and DescribeStateMachine
 * of one (asl 19).
 */

#include "actions/items.h"
#include "actions/sfn_machine.h"
#include "flow/version.h"


void wf_action_version_list(wf_life_t *life, int64_t now_ms);
void wf_action_version_delete(wf_life_t *life, int64_t now_ms);

static void publish(wf_life_t *life, int64_t now_ms);


/* An item of the flow at hand. */
static void
version_ask(wf_life_t *life, uint64_t number, wf_go_pt go)
{
    wf_buf_t  key;

    wf_buf_init(&key, life->call->arena, 16);
    wf_version_key(&key, life->revision->flow.flow_no, number);

    if (key.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_item_ask(life, WF_ITEM_VERSION, wf_buf_done(&key), NULL, go);
}


/* Its strings last as long as the job.  WF_DECLINED: not there, answered as
 * are errors. */
static wf_rc_t
version_answer(wf_life_t *life, wf_flow_version_t *version)
{
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return WF_ERROR;
    }

    if (!item->is_there) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return WF_DECLINED;
    }

    if (wf_version_decode(item->value, version) != WF_OK) {
        wf_item_damaged(life);
        return WF_ERROR;
    }

    return WF_OK;
}


/*
 * Publish
 */

/* It may have been there: its own time counts. */
static void
publish_read(wf_life_t *life, int64_t now_ms)
{
    wf_flow_version_t  version;

    (void) now_ms;

    if (version_answer(life, &version) == WF_OK) {
        wf_version_answer(life, &version);
    }
}


static void
publish_answer(wf_life_t *life, const wf_flow_t *flow, uint64_t version)
{
    (void) flow;

    life->after = NULL;
    version_ask(life, version, publish_read);
}


static bool
is_revision(const wf_flow_t *flow, const wf_arg_t *id)
{
    return !id->present
           || wf_str_eq(id->text, flow->id.len ? flow->id
                                               : wf_str("INITIAL"));
}


static void
publish_begin(wf_life_t *life, int64_t now_ms)
{
    wf_str_t          id;
    const wf_arg_t   *wanted;
    const wf_flow_t  *flow;

    flow = &life->revision->flow;
    wanted = wf_arg(life, REVISION_ID);

    if (!is_revision(flow, wanted)) {
        id = flow->id.len ? flow->id : wf_str("INITIAL");
        wf_error_set(life->call->err, WF_E_CONFLICT, "Failed to publish the "
                     "State Machine version for revision %.*s. The current "
                     "State Machine revision is %.*s.",
                     (int) wanted->text.len, (const char *) wanted->text.data,
                     (int) id.len, (const char *) id.data);
        wf_life_failed(life);
        return;
    }

    wf_sfn_publish(life, flow, wf_arg(life, DESCRIPTION)->text,
                   publish_answer, publish, now_ms);
}


static void
publish(wf_life_t *life, int64_t now_ms)
{
    if (wf_arg(life, QUALIFIER)->present) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    wf_life_flow(life, wf_arg(life, FLOW)->text, publish_begin, now_ms);
}


void
wf_action_sfn_version_publish(wf_life_t *life, int64_t now_ms)
{
    publish(life, now_ms);
}


/*
 * Describe
 */

static void
describe(wf_life_t *life, int64_t now_ms)
{
    wf_flow_t          flow;
    wf_flow_version_t  version;

    (void) now_ms;

    if (version_answer(life, &version) != WF_OK) {
        return;
    }

    if (life->revision->flow.revision != version.revision) {
        /* It went with its flow. */
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    flow = life->revision->flow;
    flow.description = version.description;
    flow.created_ms = version.created_ms;
    wf_sfn_machine_describe(life, &flow, version.version);
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    wf_flow_version_t  version;

    if (version_answer(life, &version) == WF_OK) {
        wf_life_revision(life, version.flow_no, version.revision, describe,
                         now_ms);
    }
}


void
wf_sfn_version_describe(wf_life_t *life, int64_t now_ms)
{
    uint64_t  number;

    (void) now_ms;

    number = wf_version_parse(wf_arg(life, QUALIFIER)->text);

    if (number == 0) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    version_ask(life, number, described);
}


/*
 * Delete: what is not there is deleted
 */

/* Who uses it is known to the owner by one name; clients want all. */
static void
users_answer(wf_life_t *life, int64_t now_ms)
{
    uint32_t           i, k;
    uint64_t           number;
    wf_buf_t           names;
    wf_item_page_t    *page;
    wf_alias_view_t   *view;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    page = (wf_item_page_t *) life->job;
    number = wf_version_parse(wf_arg(life, VERSION)->text);
    wf_buf_init(&names, life->call->arena, 128);

    for (i = 0; i < page->count; i++) {
        view = (wf_alias_view_t *) page->views + i;

        for (k = 0; k < view->route_count; k++) {

            if (view->routes[k].version == number) {
                wf_buf_str(&names, names.len ? wf_str(", ") : wf_str(""));
                wf_buf_str(&names, view->name);
                break;
            }
        }
    }

    if (names.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_error_set(life->call->err, WF_E_CONFLICT, "Version to be deleted must "
                 "not be referenced by an alias. Current list of aliases "
                 "referencing this version: [%.*s]", (int) names.len,
                 (const char *) names.data);
    wf_life_failed(life);
}


static void
deleted(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    life->after = NULL;

    if (answer->kind != WF_SAY_ERROR
        || answer->err.code == WF_E_FLOW_VERSION_NOT_FOUND
        || answer->err.code == WF_E_FLOW_NOT_FOUND)
    {
        wf_sfn_done(life, now_ms);
        return;
    }

    if (answer->err.code == WF_E_FLOW_VERSION_IN_USE) {
        wf_sfn_alias_page(life, users_answer);
        return;
    }

    *life->call->err = answer->err;
    wf_life_failed(life);
}


void
wf_action_sfn_version_delete(wf_life_t *life, int64_t now_ms)
{
    if (wf_version_parse(wf_arg(life, VERSION)->text) == 0) {
        wf_error_set(life->call->err, WF_E_INVALID_ARN, "Resource type not "
                     "valid in this context: stateMachine");
        wf_life_failed(life);
        return;
    }

    life->missing = wf_sfn_done;
    life->after = deleted;
    wf_action_version_delete(life, now_ms);
}


/*
 * List
 */

static void
list_missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    life->call->reply.kind = WF_REPLY_VERSIONS;
    wf_life_done(life);
}


void
wf_action_sfn_version_list(wf_life_t *life, int64_t now_ms)
{
    life->missing = list_missing;
    wf_action_version_list(life, now_ms);
}
