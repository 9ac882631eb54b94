
/*
 * The routing configuration of an alias (asl 19, 25): from ARNs of versions
 * and weights to the routes that the engine knows,
 * [{"Version":"1","Weight":30}].
 */

#include "wire/aws_sfn.h"

#include "base/json.h"


#define WEIGHT_SUM  100

typedef struct {
    wf_str_t   text;                /* the ARN */
    wf_arn_t   arn;
    int64_t    weight;
} route_t;


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
refuse(wf_message_t *message, const route_t *routes, uint32_t count,
    const char *why, wf_error_t *err)
{
    uint32_t  i;
    wf_buf_t  list;

    wf_buf_init(&list, message->scratch, 256);

    for (i = 0; i < count; i++) {
        wf_buf_str(&list, i ? wf_str(", ") : wf_str(""));
        wf_buf_str(&list, routes[i].text);
    }

    wf_error_set(err, WF_E_VALIDATION, "%s. Received: [%.*s]", why,
                 (int) list.len, (const char *) list.data);

    return list.failed ? no_memory(err) : WF_ERROR;
}


static bool
is_version(wf_str_t qualifier)
{
    size_t  i;

    for (i = 0; i < qualifier.len; i++) {

        if (qualifier.data[i] < '0' || qualifier.data[i] > '9') {
            return false;
        }
    }

    return qualifier.len > 0;
}


static wf_rc_t
routes_read(wf_message_t *message, wf_str_t list, route_t *routes,
    uint32_t *count, wf_error_t *err)
{
    wf_str_t      entry, weight;
    wf_walk_t     walk;
    wf_error_t    ignored;
    wf_value_t   *number;

    walk = wf_walk(list);
    wf_walk_enter(&walk);

    for (*count = 0; wf_walk_entry(&walk, &entry); (*count)++) {
        wf_assert(*count < WF_ROUTES_MAX);
        weight = wf_aws_member(entry, wf_str("weight"));
        routes[*count].text = wf_walk_text(message->arena,
            wf_aws_member(entry, wf_str("stateMachineVersionArn")));

        if (routes[*count].text.data == NULL
            || wf_json_parse(message->scratch, weight, &number, &ignored)
               != WF_OK)
        {
            return no_memory(err);
        }

        routes[*count].weight = (int64_t) number->u.number.real;
    }

    return WF_OK;
}


static wf_rc_t
versions_check(wf_message_t *message, route_t *routes, uint32_t count,
    wf_error_t *err)
{
    uint32_t  i;

    for (i = 0; i < count; i++) {

        if (wf_arn_parse(routes[i].text, 1u << WF_ARN_MACHINE, &routes[i].arn,
                         err) != WF_OK)
        {
            return WF_ERROR;
        }

        if (routes[i].arn.label.len > 0
            || !is_version(routes[i].arn.qualifier))
        {
            return refuse(message, routes, count, "Routing configuration must "
                          "contain state machine version ARNs", err);
        }
    }

    if (count == 2 && wf_str_eq(routes[0].text, routes[1].text)) {
        return refuse(message, routes, count, "Routing configuration must "
                      "contain distinct state machine version ARNs", err);
    }

    if (count == 2 && !wf_arn_same_machine(&routes[0].arn, &routes[1].arn)) {
        return refuse(message, routes, count, "Routing configuration must "
                      "contain versions of one state machine", err);
    }

    return WF_OK;
}


static wf_rc_t
weights_check(const route_t *routes, uint32_t count, wf_error_t *err)
{
    int64_t   sum;
    uint32_t  i;

    for (sum = 0, i = 0; i < count; i++) {
        sum += routes[i].weight;
    }

    if (sum == WEIGHT_SUM) {
        return WF_OK;
    }

    wf_error_set(err, WF_E_VALIDATION, count == 1
                 ? "Sum of routing configuration weights must equal 100. "
                   "Received: [%lld]"
                 : "Sum of routing configuration weights must equal 100. "
                   "Received: [%lld, %lld]",
                 (long long) routes[0].weight,
                 (long long) routes[count - 1].weight);

    return WF_ERROR;
}


wf_rc_t
wf_sfn_routes(wf_message_t *message, wf_args_t *args, wf_error_t *err,
    wf_str_t *version_arn)
{
    route_t    routes[WF_ROUTES_MAX];
    uint32_t   i, count;
    wf_buf_t   buf;
    wf_arg_t  *arg;

    if (routes_read(message, wf_args_get(args, WF_ARG_ROUTING)->text, routes,
                    &count, err) != WF_OK
        || versions_check(message, routes, count, err) != WF_OK
        || weights_check(routes, count, err) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_buf_init(&buf, message->arena, 128);

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, i ? wf_str(",{\"Version\":\"")
                           : wf_str("[{\"Version\":\""));
        wf_buf_str(&buf, routes[i].arn.qualifier);
        wf_buf_text(&buf, "\",\"Weight\":");
        wf_buf_int(&buf, routes[i].weight);
        wf_buf_byte(&buf, '}');
    }

    wf_buf_byte(&buf, ']');
    arg = wf_args_add(message->arena, args, WF_ARG_ROUTES);

    if (arg == NULL || buf.failed) {
        return no_memory(err);
    }

    arg->text = wf_buf_done(&buf);
    *version_arn = routes[0].text;

    return WF_OK;
}
