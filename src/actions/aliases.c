
/*
 * CreateFlowAlias, UpdateFlowAlias, DescribeFlowAlias, ListFlowAliases,
 * DeleteFlowAlias (cloudflow-api 3.22 to 3.26).  Who changes an alias reads it
 * first and names the write that was seen, so that the catalogue's owner
 * notices a change in between.
 */

#include "actions/alias.h"
#include "actions/items.h"
#include "actions/place.h"
#include "base/json.h"


static void
not_found(wf_life_t *life)
{
    wf_life_fail(life, WF_E_FLOW_ALIAS_NOT_FOUND, wf_arg(life, ALIAS)->text,
                 wf_arg(life, FLOW)->text);
}


wf_flow_alias_t *
wf_alias_submit(wf_life_t *life, wf_submit_type_t type)
{
    wf_submit_t  *submit;

    submit = wf_arena_calloc(life->call->arena, sizeof(wf_submit_t));

    if (submit) {
        submit->alias = wf_arena_calloc(life->call->arena,
                                        sizeof(wf_flow_alias_t));
    }

    if (submit == NULL || submit->alias == NULL) {
        wf_life_no_memory(life);
        return NULL;
    }

    submit->type = type;
    submit->flow_no = life->revision->flow.flow_no;
    submit->flow_name = wf_arg(life, FLOW)->text;
    submit->alias->flow_no = submit->flow_no;
    submit->alias->name = wf_arg(life, ALIAS)->text;
    life->submit = submit;
    life->shard_no = WF_CATALOG_SHARD;

    return submit->alias;
}


/* The text is as wire made it.  Not WF_OK: answered. */
wf_rc_t
wf_alias_routes(wf_life_t *life, wf_flow_alias_t *alias)
{
    uint32_t     i;
    wf_str_t     number;
    wf_value_t  *list, *route;

    if (wf_json_parse(life->call->arena, wf_arg(life, ROUTES)->text, &list,
                      life->call->err) != WF_OK)
    {
        wf_life_failed(life);
        return WF_ERROR;
    }

    wf_assert(list->type == WF_ARRAY && list->count <= WF_ROUTES_MAX);
    alias->route_count = list->count;

    for (i = 0; i < list->count; i++) {
        route = list->u.items[i];
        number = wf_value_get(route, wf_str("Version"))->u.string;

        alias->routes[i] = (wf_flow_route_t) {
            .version = wf_version_parse(number),
            .weight = (uint32_t) wf_value_get(route, wf_str("Weight"))
                                 ->u.number.real
        };

        if (alias->routes[i].version == 0) {
            wf_life_fail(life, WF_E_FLOW_VERSION_NOT_FOUND, number,
                         wf_arg(life, FLOW)->text);
            return WF_ERROR;
        }
    }

    return WF_OK;
}


void
wf_alias_view(wf_alias_view_t *view, const wf_flow_alias_t *alias)
{
    uint32_t  i;

    *view = (wf_alias_view_t) {
        .name = alias->name,
        .description = alias->description,
        .route_count = alias->route_count,
        .created_ms = alias->created_ms,
        .modified_ms = alias->modified_ms
    };

    for (i = 0; i < alias->route_count; i++) {
        view->routes[i].version = alias->routes[i].version;
        view->routes[i].weight = alias->routes[i].weight;
    }
}


void
wf_alias_answer(wf_life_t *life, const wf_flow_alias_t *alias)
{
    wf_reply_t       *reply;
    wf_alias_view_t  *view;

    view = wf_arena_alloc(life->call->arena, sizeof(wf_alias_view_t));

    if (view) {
        wf_alias_view(view, alias);
        view->flow = wf_arg(life, FLOW)->text;
        view->name = wf_arena_copy(life->call->arena, alias->name);
        view->description = wf_arena_copy(life->call->arena,
                                          alias->description);
    }

    if (view == NULL || view->name.data == NULL
        || view->description.data == NULL)
    {
        wf_life_no_memory(life);
        return;
    }

    reply = &life->call->reply;
    reply->kind = WF_REPLY_ALIAS;
    reply->count = 1;
    reply->u.aliases = view;
    wf_life_done(life);
}


/*
 * Create
 */

static void
create(wf_life_t *life, int64_t now_ms)
{
    wf_flow_alias_t  *alias;

    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_CREATE);

    if (alias == NULL || wf_alias_routes(life, alias) != WF_OK) {
        return;
    }

    alias->description = wf_arg(life, DESCRIPTION)->text;
    alias->created_ms = now_ms;
    alias->modified_ms = now_ms;
    wf_life_submit(life, now_ms);
}


void
wf_action_alias_create(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, create, now_ms);
}


void
wf_action_alias_write(wf_life_t *life, wf_shard_t *shard, int64_t now_ms)
{
    wf_shard_submit(shard, life->submit, now_ms);
}


/*
 * Looking
 */

void
wf_alias_look(wf_life_t *life, wf_go_pt go)
{
    wf_buf_t  key;

    if (wf_arg(life, ALIAS)->text.len > WF_NAME_LEN_MAX) {
        not_found(life);
        return;
    }

    wf_buf_init(&key, life->call->arena, 8 + wf_arg(life, ALIAS)->text.len);
    wf_alias_key(&key, life->revision->flow.flow_no,
                 wf_arg(life, ALIAS)->text);

    if (key.failed) {
        wf_life_no_memory(life);
        return;
    }

    wf_item_ask(life, WF_ITEM_ALIAS, wf_buf_done(&key), NULL, go);
}


/* Its strings last as long as the job.  Not WF_OK: answered. */
static wf_rc_t
looked(wf_life_t *life, wf_flow_alias_t *alias)
{
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return WF_ERROR;
    }

    if (!item->is_there) {
        not_found(life);
        return WF_ERROR;
    }

    if (wf_alias_decode(item->value, alias) != WF_OK) {
        wf_item_damaged(life);
        return WF_ERROR;
    }

    return WF_OK;
}


static void
described(wf_life_t *life, int64_t now_ms)
{
    wf_flow_alias_t  alias;

    (void) now_ms;

    if (looked(life, &alias) == WF_OK) {
        wf_alias_answer(life, &alias);
    }
}


static void
describe(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, described);
}


void
wf_action_alias_describe(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe, now_ms);
}


/*
 * Update, delete: what is absent is unchanged
 */

static void
update_seen(wf_life_t *life, int64_t now_ms)
{
    wf_flow_alias_t  seen, *alias;

    if (looked(life, &seen) != WF_OK) {
        return;
    }

    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_UPDATE);

    if (alias == NULL) {
        return;
    }

    *alias = seen;
    alias->modified_ms = now_ms;

    if (wf_arg(life, DESCRIPTION)->present) {
        alias->description = wf_arg(life, DESCRIPTION)->text;
    }

    if (wf_arg(life, ROUTES)->present
        && wf_alias_routes(life, alias) != WF_OK)
    {
        return;
    }

    wf_life_submit(life, now_ms);
}


static void
update(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, update_seen);
}


void
wf_action_alias_update(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, update, now_ms);
}


static void
delete_seen(wf_life_t *life, int64_t now_ms)
{
    wf_flow_alias_t  seen, *alias;

    if (looked(life, &seen) != WF_OK) {
        return;
    }

    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_DELETE);

    if (alias == NULL) {
        return;
    }

    *alias = seen;
    wf_life_submit(life, now_ms);
}


static void
delete(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, delete_seen);
}


void
wf_action_alias_delete(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete, now_ms);
}


/*
 * List
 */

static size_t
page_keep(wf_item_page_t *page, wf_str_t value)
{
    wf_flow_alias_t  alias;

    if (wf_alias_decode(value, &alias) != WF_OK) {
        return 0;
    }

    wf_alias_view((wf_alias_view_t *) page->views + page->count, &alias);

    return alias.description.len + 384;
}


static void
list_done(wf_life_t *life, int64_t now_ms)
{
    wf_reply_t      *reply;
    wf_item_page_t  *page;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    page = (wf_item_page_t *) life->job;
    reply = &life->call->reply;
    reply->kind = WF_REPLY_ALIASES;
    reply->count = page->count;
    reply->u.aliases = page->views;

    if (page->next.len > 0) {
        reply->next_token = page->next;
        reply->next_token.data += WF_VERSION_PREFIX;
        reply->next_token.len -= WF_VERSION_PREFIX;
    }

    wf_life_done(life);
}


static void
list(wf_life_t *life, int64_t now_ms)
{
    wf_buf_t         from;
    wf_item_page_t  *page;

    (void) now_ms;

    wf_buf_init(&from, life->call->arena, 8);
    wf_alias_key(&from, life->revision->flow.flow_no,
                 wf_arg(life, NEXT_TOKEN)->text);
    page = wf_item_page(life, WF_ITEM_ALIAS, &from, sizeof(wf_alias_view_t));

    if (page) {
        page->keep = page_keep;
        wf_job_run(life, &page->job, list_done);
    }
}


void
wf_action_alias_list(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, list, now_ms);
}
