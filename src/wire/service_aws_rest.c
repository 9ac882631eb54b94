
/*
 * Services of AWS with a path per operation and JSON as bodies (asl 15).  The
 * paths are a table; an operation without one is posted under its name.
 */

#include "wire/service_aws.h"

#include "base/json.h"


static const struct {
    const char  *service;
    const char  *action;
    const char  *method;
    const char  *path;
} paths[] = {
#define PATH(service, action, method, path)                                   \
    { service, action, method, path },
#include "wire/aws_paths.def"
#undef PATH
};


/* By the service's optimised name: it has one. */
static size_t
path_find(const wf_aws_call_t *call)
{
    size_t  i;

    for (i = 0; i < wf_countof(paths); i++) {
        if (strcmp(call->row->service, paths[i].service) == 0
            && wf_str_eq(call->action, wf_str_of(paths[i].action)))
        {
            break;
        }
    }

    return i;
}


/* "submitJob" is /v1/submitjob. */
static void
path_name(wf_aws_call_t *call, wf_buf_t *path)
{
    size_t  i;

    wf_buf_str(path, wf_str_of(call->row->target));

    for (i = 0; i < call->action.len; i++) {
        wf_buf_byte(path, call->action.data[i] >= 'A'
                          && call->action.data[i] <= 'Z'
                          ? call->action.data[i] | 0x20
                          : call->action.data[i]);
    }
}


/* The parameters that are not in the path; NULL: no memory. */
static wf_value_t *
rest_of(wf_aws_call_t *call, const wf_value_t *used)
{
    uint32_t            i;
    wf_value_t         *rest;
    const wf_member_t  *member;

    rest = wf_value_object(call->sheet->arena, call->sheet->params->count);

    for (i = 0; rest && i < call->sheet->params->count; i++) {
        member = &call->sheet->params->u.members[i];

        if (wf_value_get(used, member->key) == NULL
            && wf_value_set(call->sheet->arena, rest, member->key,
                            member->value) != WF_OK)
        {
            return NULL;
        }
    }

    return rest;
}


/* "/jobs/{Name}/jobRun/{RunId}"; used: names that it has. */
static wf_rc_t
path_fill(wf_aws_call_t *call, wf_str_t shape, wf_buf_t *path,
    wf_value_t *used, wf_error_t *err)
{
    wf_str_t           name;
    const wf_value_t  *value;

    while (shape.len > 0) {
        wf_buf_str(path, wf_service_cut(&shape, '{'));

        if (shape.len == 0) {
            break;
        }

        name = wf_service_cut(&shape, '}');
        value = wf_value_get(call->sheet->params, name);

        if (value == NULL || value->type != WF_STRING
            || value->u.string.len == 0)
        {
            wf_error_set(err, WF_E_INVALID_ARGUMENT, "'%.*s' is missing.",
                         (int) name.len, (const char *) name.data);
            return WF_ERROR;
        }

        wf_buf_str(path, wf_service_segment(call->sheet, value->u.string));

        if (wf_value_set(call->sheet->arena, used, name,
                         (wf_value_t *) value) != WF_OK)
        {
            call->sheet->failed = true;
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* A request without a body: what is left is the query. */
static wf_str_t
query_of(wf_aws_call_t *call, const wf_value_t *rest)
{
    uint32_t           i;
    wf_buf_t           query;
    const wf_value_t  *lower;

    lower = call->row->is_lower ? wf_aws_letters(call, rest, false) : rest;
    wf_buf_init(&query, call->sheet->arena, 64);

    for (i = 0; lower && i < lower->count; i++) {
        wf_buf_str(&query, i ? wf_str("&") : wf_str(""));
        wf_buf_str(&query, wf_service_segment(call->sheet,
                               lower->u.members[i].key));
        wf_buf_byte(&query, '=');
        wf_buf_str(&query, wf_service_segment(call->sheet,
                               wf_service_raw(call->sheet,
                                   lower->u.members[i].value)));
    }

    call->sheet->failed |= lower == NULL || query.failed;

    return wf_buf_done(&query);
}


static wf_rc_t
operation_request(wf_aws_call_t *call, wf_service_request_t *request,
    size_t no, wf_error_t *err)
{
    wf_buf_t     path;
    wf_value_t  *used, *rest;

    used = wf_value_object(call->sheet->arena, 2);
    wf_buf_init(&path, call->sheet->arena, 64);

    if (call->sheet->params->type != WF_OBJECT) {
        return wf_service_refuse(err, "Parameters", "must be an object");
    }

    if (used == NULL
        || path_fill(call, wf_str_of(paths[no].path), &path, used, err)
           != WF_OK)
    {
        call->sheet->failed |= used == NULL;
        return WF_ERROR;
    }

    rest = rest_of(call, used);

    if (rest == NULL) {
        call->sheet->failed = true;
        return WF_ERROR;
    }

    call->sheet->failed |= path.failed;
    request->method = wf_str_of(paths[no].method);
    request->uri = wf_buf_done(&path);

    if (wf_str_eq(request->method, wf_str("POST"))) {
        call->sheet->params = rest;
        wf_aws_body(call, request);

    } else {
        request->args = query_of(call, rest);
        request->body = wf_str_none;
    }

    return call->sheet->failed ? WF_ERROR : WF_OK;
}


static wf_rc_t
rest_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    size_t    no;
    wf_buf_t  path;

    no = path_find(call);

    if (no < wf_countof(paths)) {
        if (operation_request(call, request, no, err) != WF_OK) {
            return WF_ERROR;
        }

    } else {
        wf_buf_init(&path, call->sheet->arena, 64);
        path_name(call, &path);
        call->sheet->failed |= path.failed;
        request->uri = wf_buf_done(&path);
        wf_aws_body(call, request);
    }

    wf_service_headers(call->sheet, request, 1);

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    if (request->body.len > 0) {
        wf_service_header(request, wf_str("content-type"),
                          wf_str("application/json"));
    }

    return WF_OK;
}


const wf_aws_protocol_t  wf_aws_rest_json = {
    rest_request, wf_aws_json_result
};
