
/*
 * The routes of an alias, checked and brought into one form: generic clients
 * write numbers as strings and versions as numbers.  Whether the versions
 * exist is not known here.
 */

#include "wire/routes.h"

#include "base/json.h"


typedef struct {
    wf_str_t   version;
    uint32_t   weight;
} route_t;


static wf_rc_t
refuse(wf_str_t name, wf_error_t *err, const char *must)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s %s.", (int) name.len,
                 (const char *) name.data, must);
    return WF_ERROR;
}


/* A string, or a number by its digits; empty: neither. */
static wf_str_t
member_text(const wf_value_t *route, wf_str_t key)
{
    const wf_value_t  *value;

    value = wf_value_get(route, key);

    if (value == NULL) {
        return wf_str_none;
    }

    if (value->type == WF_STRING) {
        return value->u.string;
    }

    return value->type == WF_NUMBER ? value->u.number.text : wf_str_none;
}


/* A whole number up to WF_WEIGHT_MAX. */
static bool
parse_weight(wf_str_t text, uint32_t *weight)
{
    size_t    i;
    uint32_t  number;

    number = 0;

    for (i = 0; i < text.len && number <= WF_WEIGHT_MAX; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }

        number = number * 10 + (uint32_t) (text.data[i] - '0');
    }

    *weight = number;

    return text.len > 0 && number <= WF_WEIGHT_MAX;
}


static wf_rc_t
read_route(const wf_value_t *value, wf_str_t name, route_t *route,
    wf_error_t *err)
{
    if (value->type != WF_OBJECT) {
        return refuse(name, err, "must be a list of objects with Version and "
                      "Weight");
    }

    route->version = member_text(value, wf_str("Version"));

    if (route->version.len == 0) {
        return refuse(name, err, "must name a Version in each object");
    }

    if (!parse_weight(member_text(value, wf_str("Weight")), &route->weight)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "%.*s must have an integer Weight between 0 and %d in "
                     "each object.", (int) name.len, (const char *) name.data,
                     WF_WEIGHT_MAX);
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
read_routes(const wf_value_t *value, wf_str_t name, route_t *routes,
    wf_error_t *err)
{
    uint32_t  i, k, sum;

    sum = 0;

    for (i = 0; i < value->count; i++) {

        if (read_route(value->u.items[i], name, &routes[i], err) != WF_OK) {
            return WF_ERROR;
        }

        sum += routes[i].weight;

        for (k = 0; k < i; k++) {

            if (wf_str_eq(routes[k].version, routes[i].version)) {
                return refuse(name, err, "must name different versions");
            }
        }
    }

    return sum > 0 ? WF_OK
                   : refuse(name, err, "must have a Weight above 0");
}


wf_rc_t
wf_routes_check(wf_arena_t *scratch, wf_str_t name, const wf_value_t *value,
    wf_str_t *text, wf_error_t *err)
{
    route_t   routes[WF_ROUTES_MAX];
    wf_buf_t  buf;
    uint32_t  i;

    if (value->type != WF_ARRAY || value->count == 0
        || value->count > WF_ROUTES_MAX)
    {
        return refuse(name, err, "must be a list of one or two objects");
    }

    if (read_routes(value, name, routes, err) != WF_OK) {
        return WF_ERROR;
    }

    wf_buf_init(&buf, scratch, 96);

    for (i = 0; i < value->count; i++) {
        wf_buf_byte(&buf, i == 0 ? '[' : ',');
        wf_buf_text(&buf, "{\"Version\":");
        wf_json_print_string(&buf, routes[i].version);
        wf_buf_text(&buf, ",\"Weight\":");
        wf_buf_uint(&buf, routes[i].weight);
        wf_buf_byte(&buf, '}');
    }

    wf_buf_byte(&buf, ']');

    if (buf.failed) {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    *text = wf_buf_done(&buf);

    return WF_OK;
}
