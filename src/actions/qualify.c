
/*
 * From a qualifier to the revision that an execution runs: digits are a
 * version, all else is an alias, which chooses between its versions by weight.
 * What the worker does not remember as of the present catalogue is read in a
 * reader thread.
 */

#include "actions/qualify.h"

#include "actions/items.h"
#include "actions/place.h"


typedef struct {
    wf_str_t   text;
    uint64_t   version;         /* of the catalogue, when asked */
    wf_go_pt   go;
} asking_t;


static void
not_found(wf_life_t *life, wf_str_t text)
{
    wf_life_fail(life, wf_version_is_meant(text) ? WF_E_FLOW_VERSION_NOT_FOUND
                                                 : WF_E_FLOW_ALIAS_NOT_FOUND,
                 text, wf_arg(life, FLOW)->text);
}


/* If the revision has gone, its flow has. */
static void
pinned(wf_life_t *life, int64_t now_ms)
{
    if (life->revision->flow.revision != life->pinned->revision) {
        wf_life_fail(life, WF_E_FLOW_NOT_FOUND, wf_arg(life, FLOW)->text,
                     wf_str_none);
        return;
    }

    life->pinned->go(life, now_ms);
}


static void
choose(wf_life_t *life, const wf_routing_t *routing, wf_go_pt go,
    int64_t now_ms)
{
    uint64_t                random;
    wf_port_t              *port;
    const wf_flow_route_t  *route;

    if (routing->count == 0) {
        not_found(life, wf_arg(life, QUALIFIER)->text);
        return;
    }

    life->pinned = wf_arena_alloc(life->call->arena, sizeof(wf_pinned_t));

    if (life->pinned == NULL) {
        wf_life_no_memory(life);
        return;
    }

    port = life->call->desk->port;
    port->random(port, &random, sizeof(random));
    route = wf_route_choose(routing->routes, routing->count, random);

    *life->pinned = (wf_pinned_t) {
        .version = route->version,
        .revision = route->revision,
        .go = go
    };

    wf_life_revision(life, life->revision->flow.flow_no, route->revision,
                     pinned, now_ms);
}


static wf_rc_t
routing_decode(wf_routing_t *routing, wf_str_t text, wf_str_t value)
{
    wf_flow_alias_t    alias;
    wf_flow_version_t  version;

    if (!wf_version_is_meant(text)) {

        if (wf_alias_decode(value, &alias) != WF_OK) {
            return WF_ERROR;
        }

        memcpy(routing->routes, alias.routes, sizeof(routing->routes));
        routing->count = alias.route_count;

        return WF_OK;
    }

    if (wf_version_decode(value, &version) != WF_OK) {
        return WF_ERROR;
    }

    routing->count = 1;
    routing->routes[0] = (wf_flow_route_t) {
        .version = version.version,
        .revision = version.revision,
        .weight = 1
    };

    return WF_OK;
}


static void
looked(wf_life_t *life, int64_t now_ms)
{
    asking_t        *asking;
    wf_routing_t     routing;
    wf_item_read_t  *item;

    item = wf_item_answer(life);

    if (item == NULL) {
        return;
    }

    asking = item->data;
    memset(&routing, 0, sizeof(routing));

    if (item->is_there
        && routing_decode(&routing, asking->text, item->value) != WF_OK)
    {
        wf_item_damaged(life);
        return;
    }

    wf_qualifiers_keep(life->call->desk->qualifiers,
                       life->revision->flow.flow_no, asking->text,
                       asking->version, &routing);
    wf_job_drop(life->job);
    life->job = NULL;
    choose(life, &routing, asking->go, now_ms);
}


static void
ask(wf_life_t *life, wf_str_t text, uint64_t version, wf_go_pt go)
{
    bool       is_version;
    wf_buf_t   key;
    asking_t  *asking;

    asking = wf_arena_alloc(life->call->arena, sizeof(asking_t));
    is_version = wf_version_is_meant(text);
    wf_buf_init(&key, life->call->arena, 8 + wf_max(text.len, 8));

    if (is_version) {
        wf_version_key(&key, life->revision->flow.flow_no,
                       wf_version_parse(text));

    } else {
        wf_alias_key(&key, life->revision->flow.flow_no, text);
    }

    if (asking == NULL || key.failed) {
        wf_life_no_memory(life);
        return;
    }

    *asking = (asking_t) { .text = text, .version = version, .go = go };
    wf_item_ask(life, is_version ? WF_ITEM_VERSION : WF_ITEM_ALIAS,
                wf_buf_done(&key), asking, looked);
}


void
wf_life_qualify(wf_life_t *life, wf_go_pt go, int64_t now_ms)
{
    wf_str_t             text;
    uint64_t             version;
    wf_port_t           *port;
    const wf_routing_t  *routing;

    if (life->revision->flow.is_deleting) {
        wf_life_fail(life, WF_E_FLOW_DELETING, life->revision->flow.name,
                     wf_str_none);
        return;
    }

    if (!wf_arg(life, QUALIFIER)->present) {
        go(life, now_ms);
        return;
    }

    text = wf_arg(life, QUALIFIER)->text;

    if (text.len > WF_NAME_LEN_MAX
        || (wf_version_is_meant(text) && wf_version_parse(text) == 0))
    {
        not_found(life, text);
        return;
    }

    port = life->call->desk->port;
    version = port->catalog_version(port);
    routing = wf_qualifiers_find(life->call->desk->qualifiers,
                                 life->revision->flow.flow_no, text, version);

    if (routing) {
        choose(life, routing, go, now_ms);
        return;
    }

    ask(life, text, version, go);
}
