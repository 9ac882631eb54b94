
/*
 * Aliases of state machines (asl 19): CreateStateMachineAlias,
 * UpdateStateMachineAlias, DescribeStateMachineAlias, DeleteStateMachineAlias,
 * ListStateMachineAliases.  The catalogue's owner decides, as for CloudFlow's.
 */

#include <stdlib.h>

#include "actions/alias.h"
#include "actions/items.h"
#include "actions/sfn_machine.h"


#define LOOKS_MAX  5                /* at an alias that others change */


static void create_look(wf_life_t *life, int64_t now_ms);


static void
missing(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_life_fail(life, WF_E_REFERENCE_NOT_FOUND, wf_str_none, wf_str_none);
}


/* WF_DECLINED: not there, and not answered; its strings last as long as the
 * job. */
static wf_rc_t
looked(wf_life_t *life, wf_flow_alias_t *alias)
{
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return WF_ERROR;
    }

    if (!item->is_there) {
        return WF_DECLINED;
    }

    if (wf_alias_decode(item->value, alias) != WF_OK) {
        wf_item_damaged(life);
        return WF_ERROR;
    }

    return WF_OK;
}


/* The texts move from the job into the call. */
static wf_rc_t
alias_keep(wf_life_t *life, wf_flow_alias_t *alias)
{
    alias->name = wf_arena_copy(life->call->arena, alias->name);
    alias->description = wf_arena_copy(life->call->arena, alias->description);

    if (alias->name.data && alias->description.data) {
        return WF_OK;
    }

    wf_life_no_memory(life);

    return WF_ERROR;
}


/* Was it changed by others meanwhile?  Then all begins anew. */
static void
refused(wf_life_t *life, const wf_error_t *err, wf_go_pt again,
    int64_t now_ms)
{
    life->after = NULL;

    if ((err->code == WF_E_CONCURRENT_UPDATE
         || err->code == WF_E_FLOW_ALIAS_EXISTS)
        && life->look_count++ < LOOKS_MAX)
    {
        again(life, now_ms);
        return;
    }

    if (err->code == WF_E_FLOW_VERSION_NOT_FOUND
        || err->code == WF_E_FLOW_NOT_FOUND
        || err->code == WF_E_FLOW_ALIAS_NOT_FOUND)
    {
        missing(life, now_ms);
        return;
    }

    *life->call->err = *err;
    wf_life_failed(life);
}


static void
job_drop(wf_life_t *life)
{
    wf_job_drop(life->job);
    life->job = NULL;
}


/*
 * Create: the same again is no error
 */

static bool
is_same(const wf_flow_alias_t *a, const wf_flow_alias_t *b)
{
    uint32_t  i, k;

    if (!wf_str_eq(a->description, b->description)
        || a->route_count != b->route_count)
    {
        return false;
    }

    for (i = 0; i < a->route_count; i++) {

        for (k = 0; k < b->route_count; k++) {

            if (a->routes[i].version == b->routes[k].version
                && a->routes[i].weight == b->routes[k].weight)
            {
                break;
            }
        }

        if (k == b->route_count) {
            return false;
        }
    }

    return true;
}


static void
created(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind == WF_SAY_ERROR) {
        refused(life, &answer->err, create_look, now_ms);
        return;
    }

    wf_alias_answer(life, life->submit->alias);
}


static void
create_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t           rc;
    wf_flow_alias_t   seen, *alias;

    rc = looked(life, &seen);

    if (rc == WF_ERROR) {
        return;
    }

    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_CREATE);

    if (alias == NULL || wf_alias_routes(life, alias) != WF_OK) {
        return;
    }

    alias->description = wf_arg(life, DESCRIPTION)->text;
    alias->created_ms = now_ms;
    alias->modified_ms = now_ms;

    if (rc == WF_DECLINED) {
        job_drop(life);
        life->after = created;
        wf_life_submit(life, now_ms);

    } else if (is_same(&seen, alias)) {
        wf_alias_answer(life, &seen);

    } else {
        wf_error_set(life->call->err, WF_E_CONFLICT, "Failed to create alias "
                     "because an alias with the same name and a different "
                     "routing configuration already exists.");
        wf_life_failed(life);
    }
}


static void
create_flow(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, create_looked);
}


static void
create_look(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, create_flow, now_ms);
}


void
wf_action_sfn_alias_create(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    create_look(life, now_ms);
}


/*
 * Describe
 */

static void
describe_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t          rc;
    wf_flow_alias_t  alias;

    rc = looked(life, &alias);

    if (rc == WF_OK) {
        wf_alias_answer(life, &alias);

    } else if (rc == WF_DECLINED) {
        missing(life, now_ms);
    }
}


static void
describe_flow(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, describe_looked);
}


void
wf_action_sfn_alias_describe(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, describe_flow, now_ms);
}


/*
 * Update
 */

static void
update_done(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind == WF_SAY_ERROR) {
        refused(life, &answer->err, wf_action_sfn_alias_update, now_ms);
        return;
    }

    wf_alias_answer(life, life->submit->alias);
}


static void
update_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t          rc;
    wf_flow_alias_t  seen, *alias;

    rc = looked(life, &seen);

    if (rc == WF_DECLINED) {
        missing(life, now_ms);
    }

    if (rc != WF_OK || alias_keep(life, &seen) != WF_OK) {
        return;
    }

    job_drop(life);
    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_UPDATE);

    if (alias == NULL) {
        return;
    }

    *alias = seen;
    alias->modified_ms = wf_max(now_ms, seen.modified_ms);

    if (wf_arg(life, DESCRIPTION)->present) {
        alias->description = wf_arg(life, DESCRIPTION)->text;
    }

    if (wf_arg(life, ROUTES)->present
        && wf_alias_routes(life, alias) != WF_OK)
    {
        return;
    }

    life->after = update_done;
    wf_life_submit(life, now_ms);
}


static void
update_flow(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, update_looked);
}


void
wf_action_sfn_alias_update(wf_life_t *life, int64_t now_ms)
{
    if (!wf_arg(life, DESCRIPTION)->present
        && !wf_arg(life, ROUTES)->present)
    {
        wf_error_set(life->call->err, WF_E_VALIDATION, "Either the "
                     "description or the routing configuration must be "
                     "specified");
        wf_life_failed(life);
        return;
    }

    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, update_flow, now_ms);
}


/*
 * Delete
 */

static void
delete_done(wf_life_t *life, const wf_saying_t *answer, int64_t now_ms)
{
    if (answer->kind == WF_SAY_ERROR
        && answer->err.code != WF_E_FLOW_NOT_FOUND
        && answer->err.code != WF_E_FLOW_ALIAS_NOT_FOUND)
    {
        refused(life, &answer->err, wf_action_sfn_alias_delete, now_ms);
        return;
    }

    wf_sfn_done(life, now_ms);
}


static void
delete_looked(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t          rc;
    wf_flow_alias_t  seen, *alias;

    rc = looked(life, &seen);

    if (rc == WF_DECLINED) {
        missing(life, now_ms);
    }

    if (rc != WF_OK || alias_keep(life, &seen) != WF_OK) {
        return;
    }

    job_drop(life);
    alias = wf_alias_submit(life, WF_SUBMIT_ALIAS_DELETE);

    if (alias) {
        *alias = seen;
        life->after = delete_done;
        wf_life_submit(life, now_ms);
    }
}


static void
delete_flow(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_alias_look(life, delete_looked);
}


void
wf_action_sfn_alias_delete(wf_life_t *life, int64_t now_ms)
{
    life->missing = missing;
    wf_life_flow(life, wf_arg(life, FLOW)->text, delete_flow, now_ms);
}


/*
 * List: in the order of creation; there are never many
 */

static size_t
page_keep(wf_item_page_t *page, wf_str_t value)
{
    wf_flow_alias_t  alias;

    if (wf_alias_decode(value, &alias) != WF_OK) {
        return 0;
    }

    wf_alias_view((wf_alias_view_t *) page->views + page->count, &alias);

    return 1;
}


void
wf_sfn_alias_page(wf_life_t *life, wf_go_pt go)
{
    wf_buf_t         from;
    wf_item_page_t  *page;

    wf_buf_init(&from, life->call->arena, 8);
    wf_alias_key(&from, life->revision->flow.flow_no, wf_str(""));
    page = wf_item_page_of(life, WF_ITEM_ALIAS, &from,
                           sizeof(wf_alias_view_t), WF_ALIASES_MAX);

    if (page) {
        page->keep = page_keep;
        wf_job_run(life, &page->job, go);
    }
}


static int
view_order(const void *a, const void *b)
{
    const wf_alias_view_t  *first, *second;

    first = a;
    second = b;

    if (first->created_ms != second->created_ms) {
        return first->created_ms < second->created_ms ? -1 : 1;
    }

    return wf_str_cmp(first->name, second->name);
}


/* Those of one version, if that was asked for. */
static uint32_t
views_filter(wf_life_t *life, wf_alias_view_t *views, uint32_t count)
{
    uint32_t  i, k, kept;
    uint64_t  number;

    number = wf_version_parse(wf_arg(life, QUALIFIER)->text);

    if (!wf_arg(life, QUALIFIER)->present) {
        return count;
    }

    for (kept = 0, i = 0; i < count; i++) {

        for (k = 0; k < views[i].route_count; k++) {

            if (views[i].routes[k].version == number) {
                views[kept++] = views[i];
                break;
            }
        }
    }

    return kept;
}


/* The token is how many were shown. */
static void
listed(wf_life_t *life, int64_t now_ms)
{
    uint32_t          i, count, first;
    wf_buf_t          token;
    wf_reply_t       *reply;
    wf_item_page_t   *page;
    wf_alias_view_t  *views;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    page = (wf_item_page_t *) life->job;
    views = page->views;
    qsort(views, page->count, sizeof(wf_alias_view_t), view_order);
    count = views_filter(life, views, page->count);
    first = (uint32_t) wf_min(wf_arg(life, NEXT_TOKEN)->number, count);
    reply = &life->call->reply;
    reply->kind = WF_REPLY_ALIASES;
    reply->u.aliases = views + first;
    reply->count = wf_min(count - first,
                          (uint32_t) wf_arg(life, LIMIT)->number);
    wf_buf_init(&token, life->call->arena, 16);

    if (first + reply->count < count) {
        wf_buf_uint(&token, first + reply->count);
    }

    for (i = 0; i < reply->count; i++) {
        reply->u.aliases[i].flow = wf_arg(life, FLOW)->text;
    }

    if (token.failed) {
        wf_life_no_memory(life);
        return;
    }

    reply->next_token = wf_buf_done(&token);
    wf_life_done(life);
}


static void
list(wf_life_t *life, int64_t now_ms)
{
    (void) now_ms;

    wf_sfn_alias_page(life, listed);
}


void
wf_action_sfn_alias_list(wf_life_t *life, int64_t now_ms)
{
    wf_life_flow(life, wf_arg(life, FLOW)->text, list, now_ms);
}
