
/*
 * Versions and aliases as bytes, and the choice between the routes of an
 * alias.  Owns their layout, which is on disk: the first byte is its version;
 * fields are only added at the end under a new one.
 */

#include "flow/version.h"


#define LAYOUT           1
#define LAYOUT_ALIAS     2          /* with the time of the last change */


void
wf_version_encode(wf_buf_t *buf, const wf_flow_version_t *version)
{
    wf_put_uint(buf, LAYOUT);
    wf_put_uint(buf, version->flow_no);
    wf_put_uint(buf, version->version);
    wf_put_uint(buf, version->revision);
    wf_put_u64(buf, version->request_key);
    wf_put_str(buf, version->description);
    wf_put_int(buf, version->created_ms);
}


wf_rc_t
wf_version_decode(wf_str_t bytes, wf_flow_version_t *version)
{
    wf_reader_t        reader;
    wf_flow_version_t  got;

    reader = wf_reader(bytes);

    if (wf_get_uint(&reader) != LAYOUT) {
        return WF_ERROR;
    }

    got.flow_no = wf_get_uint(&reader);
    got.version = wf_get_uint(&reader);
    got.revision = wf_get_uint(&reader);
    got.request_key = wf_get_u64(&reader);
    got.description = wf_get_str(&reader);
    got.created_ms = wf_get_int(&reader);

    if (!reader.ok || reader.pos != reader.end) {
        return WF_ERROR;
    }

    *version = got;

    return WF_OK;
}


void
wf_alias_encode(wf_buf_t *buf, const wf_flow_alias_t *alias)
{
    uint32_t  i;

    wf_put_uint(buf, LAYOUT_ALIAS);
    wf_put_uint(buf, alias->flow_no);
    wf_put_u64(buf, alias->request_key);
    wf_put_str(buf, alias->name);
    wf_put_str(buf, alias->description);
    wf_put_int(buf, alias->created_ms);
    wf_put_uint(buf, alias->route_count);

    for (i = 0; i < alias->route_count; i++) {
        wf_put_uint(buf, alias->routes[i].version);
        wf_put_uint(buf, alias->routes[i].revision);
        wf_put_uint(buf, alias->routes[i].weight);
    }

    wf_put_int(buf, alias->modified_ms);
}


static bool
get_routes(wf_reader_t *reader, wf_flow_alias_t *alias)
{
    uint32_t  i;
    uint64_t  count, weight;

    count = wf_get_uint(reader);

    if (count == 0 || count > WF_ROUTES_MAX) {
        return false;
    }

    alias->route_count = (uint32_t) count;

    for (i = 0; i < count; i++) {
        alias->routes[i].version = wf_get_uint(reader);
        alias->routes[i].revision = wf_get_uint(reader);
        weight = wf_get_uint(reader);

        if (weight > WF_WEIGHT_MAX) {
            return false;
        }

        alias->routes[i].weight = (uint32_t) weight;
    }

    return true;
}


wf_rc_t
wf_alias_decode(wf_str_t bytes, wf_flow_alias_t *alias)
{
    uint64_t         layout;
    wf_reader_t      reader;
    wf_flow_alias_t  got;

    memset(&got, 0, sizeof(got));
    reader = wf_reader(bytes);

    layout = wf_get_uint(&reader);

    if (layout < LAYOUT || layout > LAYOUT_ALIAS) {
        return WF_ERROR;
    }

    got.flow_no = wf_get_uint(&reader);
    got.request_key = wf_get_u64(&reader);
    got.name = wf_get_str(&reader);
    got.description = wf_get_str(&reader);
    got.created_ms = wf_get_int(&reader);

    if (!get_routes(&reader, &got)) {
        return WF_ERROR;
    }

    got.modified_ms = layout == LAYOUT ? got.created_ms
                                       : wf_get_int(&reader);

    if (!reader.ok || reader.pos != reader.end) {
        return WF_ERROR;
    }

    *alias = got;

    return WF_OK;
}


void
wf_version_key(wf_buf_t *key, uint64_t flow_no, uint64_t version)
{
    wf_put_key_u64(key, flow_no);
    wf_put_key_u64(key, UINT64_MAX - version);
}


void
wf_alias_key(wf_buf_t *key, uint64_t flow_no, wf_str_t name)
{
    wf_put_key_u64(key, flow_no);
    wf_buf_str(key, name);
}


bool
wf_version_is_meant(wf_str_t qualifier)
{
    size_t  i;

    for (i = 0; i < qualifier.len; i++) {

        if (qualifier.data[i] < '0' || qualifier.data[i] > '9') {
            return false;
        }
    }

    return qualifier.len > 0;
}


uint64_t
wf_version_parse(wf_str_t text)
{
    size_t    i;
    uint64_t  number;

    /* Eighteen digits fit, and nobody publishes that often. */

    if (!wf_version_is_meant(text) || text.data[0] == '0' || text.len > 18) {
        return 0;
    }

    number = 0;

    for (i = 0; i < text.len; i++) {
        number = number * 10 + (uint64_t) (text.data[i] - '0');
    }

    return number;
}


const wf_flow_route_t *
wf_route_choose(const wf_flow_route_t *routes, uint32_t count,
    uint64_t random)
{
    uint32_t  i, total;

    total = 0;

    for (i = 0; i < count; i++) {
        total += routes[i].weight;
    }

    wf_assert(total > 0);
    random %= total;

    for (i = 0; random >= routes[i].weight; i++) {
        random -= routes[i].weight;
    }

    return &routes[i];
}
