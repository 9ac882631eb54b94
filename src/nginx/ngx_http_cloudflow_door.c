
/*
 * Locations that are a flow.  The directive says which action and which flow;
 * the door protocol of the core does the rest, the handler is the one of
 * cloudflow_api.
 */

#include "nginx/ngx_http_cloudflow_door.h"
#include "nginx/ngx_http_cloudflow_handler.h"


static char *value_compile(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_complex_value_t **value);


/* In the order of the directives' names: their commands' offset. */
static ngx_str_t  actions[] = {
    ngx_string("StartExecution"),
    ngx_string("StartSyncExecution")
};


char *
ngx_http_cloudflow_door(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_loc_conf_t *clcf = conf;

    char                            *rc;
    ngx_str_t                       *value, name;
    const wf_protocol_t            **protocol;
    ngx_http_core_loc_conf_t        *core;
    ngx_http_cloudflow_door_t       *door;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    if (clcf->protocols) {
        return clcf->door ? "is duplicate"
                          : "conflicts with \"cloudflow_api\"";
    }

    door = ngx_pcalloc(cf->pool, sizeof(ngx_http_cloudflow_door_t));
    clcf->protocols = ngx_array_create(cf->pool, 1, sizeof(wf_protocol_t *));

    if (door == NULL || clcf->protocols == NULL) {
        return NGX_CONF_ERROR;
    }

    protocol = ngx_array_push(clcf->protocols);
    if (protocol == NULL) {
        return NGX_CONF_ERROR;
    }

    *protocol = &wf_protocol_door;
    clcf->door = door;
    value = cf->args->elts;
    door->action = actions[cmd->offset];
    rc = value_compile(cf, &value[1], &door->flow);

    if (rc == NGX_CONF_OK && cf->args->nelts > 2) {

        if (ngx_strncmp(value[2].data, "name=", 5) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\"", &value[2]);
            return NGX_CONF_ERROR;
        }

        name.data = value[2].data + 5;
        name.len = value[2].len - 5;
        rc = value_compile(cf, &name, &door->name);
    }

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = ngx_http_cloudflow_handler;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    cmcf->apis++;

    return rc;
}


static char *
value_compile(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_complex_value_t **value)
{
    ngx_http_compile_complex_value_t  ccv;

    if (text->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "an empty name");
        return NGX_CONF_ERROR;
    }

    *value = ngx_pcalloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (*value == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = text;
    ccv.complex_value = *value;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? NGX_CONF_OK
                                                          : NGX_CONF_ERROR;
}


ngx_int_t
ngx_http_cloudflow_door_fill(ngx_http_request_t *r,
    const ngx_http_cloudflow_door_t *door, wf_door_t *to)
{
    ngx_str_t  flow, name;

    ngx_str_null(&name);

    if (ngx_http_complex_value(r, door->flow, &flow) != NGX_OK
        || (door->name
            && ngx_http_complex_value(r, door->name, &name) != NGX_OK))
    {
        return NGX_ERROR;
    }

    to->action.data = door->action.data;
    to->action.len = door->action.len;
    to->flow.data = flow.data;
    to->flow.len = flow.len;
    to->execution.data = name.data;
    to->execution.len = name.len;

    return NGX_OK;
}
