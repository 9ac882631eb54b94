
/*
 * PublishFlowVersion, DeleteFlowVersion, ListFlowVersions (cloudflow-api 3.19
 * to 3.21), and DescribeFlow of a version (3.4).  The catalogue's owner
 * decides; lists and descriptions are read from the store.
 */

#include "actions/answers.h"
#include "actions/items.h"
#include "actions/place.h"


static void
not_found(wf_life_t *life)
{
    wf_life_fail(life, WF_E_FLOW_VERSION_NOT_FOUND,
                 wf_arg(life, VERSION)->text, wf_arg(life, FLOW)->text);
}


/*
 * Writing
 */

static wf_flow_version_t *
submit_create(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->published = wf_arena_calloc(life->call->arena,
                                            sizeof(wf_flow_version_t));
    }

    if (submit == NULL || submit->published == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = type;
    submit->flow_no = life->revision->flow.flow_no;
    submit->flow_name = wf_arg(life, FLOW)->text;
    submit->published->flow_no = submit->flow_no;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;

    return submit->published;
}


static void
publish(wf_life_t *life, int64_t now_ms)
{
    wf_flow_version_t  *version;

    version = submit_create(life, WF_SUBMIT_VERSION_PUBLISH);

    if (version == NULL) {
        return;
    }

    version->description = wf_arg(life, DESCRIPTION)->text;
    version->created_ms = now_ms;
    wf_life_submit(life, now_ms);
}


void
wf_action_version_publish(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, publish, now_ms);
}


void
wf_version_answer(wf_life_t *life, const wf_flow_version_t *version)
{
    wf_reply_t         *reply;
    wf_version_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_version_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    /* What the owner added is the number; the text is our own. */
    *view = (wf_version_view_t) {
        .flow = wf_arg(life, FLOW)->text,
        .version = version->version,
        .description = wf_arg(life, DESCRIPTION)->text,
        .created_ms = version->created_ms
    };

    reply = &life->call->reply;
    reply->kind = WF_REPLY_VERSION;
    reply->count = 1;
    reply->u.versions = view;
    wf_life_done(life);
}


static void
delete(wf_life_t *life, int64_t now_ms)
{
    uint64_t            number;
    wf_flow_version_t  *version;

    number = wf_version_parse(wf_arg(life, VERSION)->text);

    if (number == 0) {
        not_found(life);
        return;
    }

    version = submit_create(life, WF_SUBMIT_VERSION_DELETE);

    if (version) {
        version->version = number;
        wf_life_submit(life, now_ms);
    }
}


void
wf_action_version_delete(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete, now_ms);
}


void
wf_action_version_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}


/*
 * DescribeFlow of a version: definition, environment and role as it froze
 * them, and its own description
 */

static void
describe(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t         *reply;
    wf_flow_view_t     *view;
    wf_flow_version_t   version;

    (void) now_ms;

    if (wf_version_decode(((wf_item_read_t *) life->job)->value, &version)
        != WF_OK)
    {
        wf_item_damaged(life);
        return;
    }

    if (life->revision->flow.revision != version.revision) {
        /* It went with its flow. */
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    view = wf_arena_alloc(life->call->arena, sizeof(wf_flow_view_t));

    if (view == NULL) {
        wf_life_no_memory(life);
        return;
    }

    wf_flow_view(view, &life->revision->flow);
    view->description = version.description;

    reply = &life->call->reply;
    reply->kind = WF_REPLY_FLOW;
    reply->count = 1;
    reply->u.flows = view;
    wf_life_done(life);
}


static void
describe_found(wf_life_t *life, int64_t now_ms)
{
    wf_item_read_t     *item;
    wf_flow_version_t   version;

    item = wf_item_answer(life);

    if (item == NULL) {
        return;
    }

    if (!item->is_there) {
        not_found(life);
        return;
    }

    if (wf_version_decode(item->value, &version) != WF_OK) {
        wf_item_damaged(life);
        return;
    }

    wf_life_revision(life, version.flow_no, version.revision, describe,
                     now_ms);
}


void
wf_version_describe(wf_life_t *life, int64_t now_ms)
{
    wf_buf_t  key;
    uint64_t  number;

    (void) now_ms;

    number = wf_version_parse(wf_arg(life, VERSION)->text);

    if (number == 0) {
        not_found(life);
        return;
    }

    wf_buf_init(&key, life->call->arena, 16);
    wf_version_key(&key, life->revision->flow.flow_no, number);

    if (key.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_item_ask(life, WF_ITEM_VERSION, wf_buf_done(&key), NULL,
                describe_found);
}


/*
 * ListFlowVersions
 */

static size_t
page_keep(wf_item_page_t *page, wf_str_t value)
{
    wf_flow_version_t   version;
    wf_version_view_t  *view;

    if (wf_version_decode(value, &version) != WF_OK) {
        return 0;
    }

    view = (wf_version_view_t *) page->views + page->count;
    *view = (wf_version_view_t) {
        .version = version.version,
        .description = version.description,
        .created_ms = version.created_ms
    };

    return version.description.len + 128;
}


/* The token is the number that its key ends with. */
static void
list_done(wf_life_t *life, int64_t now_ms)
{
    size_t           i;
    uint64_t         number;
    wf_buf_t         token;
    wf_reply_t      *reply;
    wf_item_page_t  *page;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    page = (wf_item_page_t *) life->job;
    reply = &life->call->reply;
    wf_buf_init(&token, life->call->arena, 20);

    if (page->next.len > 0) {

        for (number = 0, i = WF_VERSION_PREFIX; i < page->next.len; i++) {
            number = number << 8 | page->next.data[i];
        }

        wf_buf_uint(&token, UINT64_MAX - number);
    }

    if (token.failed) {
        wf_life_no_memory(life);
        return;
    }

    reply->kind = WF_REPLY_VERSIONS;
    reply->count = page->count;
    reply->u.versions = page->views;

    for (i = 0; i < page->count; i++) {
        reply->u.versions[i].flow = wf_arg(life, FLOW)->text;
    }

    reply->next_token = wf_buf_done(&token);
    wf_life_done(life);
}


static void
list(wf_life_t *life, int64_t now_ms)
{
    wf_buf_t         from;
    wf_item_page_t  *page;

    (void) now_ms;

    wf_buf_init(&from, life->call->arena, 16);
    wf_version_key(&from, life->revision->flow.flow_no,
                   wf_arg(life, NEXT_TOKEN)->present
                   ? (uint64_t) wf_arg(life, NEXT_TOKEN)->number
                   : UINT64_MAX);
    page = wf_item_page(life, WF_ITEM_VERSION, &from,
                        sizeof(wf_version_view_t));

    if (page) {
        page->keep = page_keep;
        wf_job_run(life, &page->job, list_done);
    }
}


void
wf_action_version_list(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, list, now_ms);
}
