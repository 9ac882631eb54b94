
/*
 * Variables of API requests.  They are known when the answer is, in the log
 * phase for sure; before that, and in other locations, they are not found.
 * Texts of clients go into logs this way: nothing in them may break a line.
 */

#include "nginx/ngx_http_cloudflow_variable.h"
#include "nginx/ngx_http_cloudflow_handler.h"


typedef wf_str_t (*field_pt)(const ngx_http_cloudflow_ctx_t *ctx);


static ngx_int_t variable_get(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t time_get(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t text_set(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, wf_str_t text);
static wf_str_t field_action(const ngx_http_cloudflow_ctx_t *ctx);
static wf_str_t field_flow(const ngx_http_cloudflow_ctx_t *ctx);
static wf_str_t field_execution(const ngx_http_cloudflow_ctx_t *ctx);
static wf_str_t field_status(const ngx_http_cloudflow_ctx_t *ctx);
static wf_str_t field_error(const ngx_http_cloudflow_ctx_t *ctx);
static wf_str_t field_request_id(const ngx_http_cloudflow_ctx_t *ctx);


static const struct {
    ngx_str_t                     name;
    ngx_http_get_variable_pt      get;
    field_pt                      field;
} variables[] = {
    { ngx_string("cloudflow_action"), variable_get, field_action },
    { ngx_string("cloudflow_flow"), variable_get, field_flow },
    { ngx_string("cloudflow_execution"), variable_get, field_execution },
    { ngx_string("cloudflow_status"), variable_get, field_status },
    { ngx_string("cloudflow_error"), variable_get, field_error },
    { ngx_string("cloudflow_request_id"), variable_get, field_request_id },
    { ngx_string("cloudflow_commit_time"), time_get, NULL }
};


ngx_int_t
ngx_http_cloudflow_variables(ngx_conf_t *cf)
{
    ngx_str_t             name;
    ngx_uint_t            i;
    ngx_http_variable_t  *variable;

    for (i = 0; i < wf_countof(variables); i++) {
        name = variables[i].name;
        variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);

        if (variable == NULL) {
            return NGX_ERROR;
        }

        variable->get_handler = variables[i].get;
        variable->data = i;
    }

    return NGX_OK;
}


static ngx_int_t
variable_get(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    const ngx_http_cloudflow_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_cloudflow_module);

    if (ctx == NULL || ctx->call == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return text_set(r, v, variables[data].field(ctx));
}


/* From the moment the call was understood until its answer was known; for
 * writes that is the commit. */
static ngx_int_t
time_get(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                           text[NGX_INT64_LEN + sizeof(".000")];
    uint64_t                         ms;
    wf_str_t                         time;
    const ngx_http_cloudflow_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_cloudflow_module);

    if (ctx == NULL || ctx->call == NULL || !ctx->answered) {
        v->not_found = 1;
        return NGX_OK;
    }

    ms = ctx->took_ms;
    time.data = text;
    time.len = ngx_sprintf(text, "%uL.%03uL", ms / 1000, ms % 1000) - text;

    return text_set(r, v, time);
}


static ngx_int_t
text_set(ngx_http_request_t *r, ngx_http_variable_value_t *v, wf_str_t text)
{
    size_t   i;
    u_char  *p;

    if (text.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, text.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < text.len; i++) {
        p[i] = text.data[i] < 0x20 || text.data[i] == 0x7f ? '?'
                                                           : text.data[i];
    }

    v->len = text.len;
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}


/*
 * Fields
 */

/* What no action is called goes into no log. */
static wf_str_t
field_action(const ngx_http_cloudflow_ctx_t *ctx)
{
    return ctx->call->action ? wf_str_of(wf_action_name(ctx->call->action))
                             : wf_str_none;
}


static const wf_execution_view_t *
execution_of(const ngx_http_cloudflow_ctx_t *ctx)
{
    const wf_reply_t  *reply;

    reply = &ctx->call->reply;

    if (!ctx->answered || reply->error
        || (reply->kind != WF_REPLY_EXECUTION
            && reply->kind != WF_REPLY_SYNC_EXECUTION))
    {
        return NULL;
    }

    return reply->u.executions;
}


static wf_str_t
field_flow(const ngx_http_cloudflow_ctx_t *ctx)
{
    return wf_args_get(&ctx->call->args, WF_ARG_FLOW)->text;
}


static wf_str_t
field_execution(const ngx_http_cloudflow_ctx_t *ctx)
{
    const wf_execution_view_t  *execution;

    execution = execution_of(ctx);

    return execution ? execution->name
                     : wf_args_get(&ctx->call->args, WF_ARG_EXECUTION)->text;
}


static wf_str_t
field_status(const ngx_http_cloudflow_ctx_t *ctx)
{
    const wf_execution_view_t  *execution;

    execution = execution_of(ctx);

    return execution ? wf_rpc_status(execution->status) : wf_str_none;
}


/* The API's code; else the error of the execution. */
static wf_str_t
field_error(const ngx_http_cloudflow_ctx_t *ctx)
{
    const wf_execution_view_t  *execution;

    if (!ctx->answered) {
        return wf_str_none;
    }

    if (ctx->call->reply.error) {
        return wf_rpc_error_code(ctx->error_code);
    }

    execution = execution_of(ctx);

    return execution ? execution->error : wf_str_none;
}


static wf_str_t
field_request_id(const ngx_http_cloudflow_ctx_t *ctx)
{
    return ctx->message.request_id;
}
