
/*
 * Variables of locations that serve tasks.  Texts of flows and executions go
 * into headers and logs this way, so nothing in them may break a line.
 */

#include "nginx/ngx_http_cloudflow_call.h"


static ngx_int_t variable_get(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void field_source(const wf_outbound_t *out,
    wf_str_t texts[NGX_HTTP_CLOUDFLOW_FIELDS]);
static wf_str_t header_value(const wf_service_request_t *request,
    wf_str_t name);
static u_char *field_copy(ngx_str_t *field, u_char *to, wf_str_t text);


static ngx_str_t  names[] = {
#define FIELD(symbol, name)  ngx_string(name),
#include "nginx/fields.def"
#undef FIELD
};


ngx_int_t
ngx_http_cloudflow_call_variables(ngx_conf_t *cf)
{
    ngx_uint_t            i;
    ngx_http_variable_t  *variable;

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_FIELDS; i++) {
        variable = ngx_http_add_variable(cf, &names[i], 0);

        if (variable == NULL) {
            return NGX_ERROR;
        }

        variable->get_handler = variable_get;
        variable->data = i;
    }

    return NGX_OK;
}


static ngx_int_t
variable_get(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_str_t                  *field;
    ngx_http_cloudflow_call_t  *call;

    call = ngx_http_cloudflow_call_of(r);

    if (call == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    field = &call->fields[data];

    v->len = field->len;
    v->data = field->data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_call_fields(ngx_http_cloudflow_call_t *call)
{
    u_char      *p;
    size_t       len;
    wf_str_t     texts[NGX_HTTP_CLOUDFLOW_FIELDS];
    ngx_uint_t   i;

    field_source(call->out, texts);

    len = NGX_INT32_LEN;

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_FIELDS; i++) {
        len += texts[i].len;
    }

    call->fields = ngx_palloc(call->pool, NGX_HTTP_CLOUDFLOW_FIELDS
                                          * sizeof(ngx_str_t));
    p = ngx_pnalloc(call->pool, len);

    if (call->fields == NULL || p == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_CLOUDFLOW_FIELDS; i++) {
        p = field_copy(&call->fields[i], p, texts[i]);
    }

    i = NGX_HTTP_CLOUDFLOW_FIELD_ATTEMPT;
    call->fields[i].data = p;
    call->args_secret = call->out->request.args_secret;
    call->fields[i].len = ngx_sprintf(p, "%uD",
                                      call->out->task->effect.attempt) - p;

    return NGX_OK;
}


static void
field_source(const wf_outbound_t *out,
    wf_str_t texts[NGX_HTTP_CLOUDFLOW_FIELDS])
{
    const wf_task_t             *task;
    const wf_service_request_t  *request;

    task = out->task;
    request = &out->request;

    texts[NGX_HTTP_CLOUDFLOW_FIELD_RESOURCE] = task->effect.resource;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_TARGET] = request->target;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_FUNCTION] = request->function;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_FLOW] = task->flow;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_EXECUTION] = task->execution;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_STEP] = task->effect.step;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_ATTEMPT] = wf_str_none;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_TOKEN] = task->effect.token;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_KEY] =
                     header_value(request, wf_str("x-fnf-idempotency-key"));
    texts[NGX_HTTP_CLOUDFLOW_FIELD_URI] = request->uri;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_ARGS] = request->args;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_METHOD] = request->method;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_HOST] = request->host;
    texts[NGX_HTTP_CLOUDFLOW_FIELD_SCHEME] = request->scheme;
}


static wf_str_t
header_value(const wf_service_request_t *request, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {
        if (wf_str_eq(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }

    return wf_str_none;
}


static u_char *
field_copy(ngx_str_t *field, u_char *to, wf_str_t text)
{
    size_t  i;

    field->data = to;
    field->len = text.len;

    for (i = 0; i < text.len; i++) {
        *to++ = text.data[i] < 0x20 || text.data[i] == 0x7f ? '?'
                                                           : text.data[i];
    }

    return to;
}
