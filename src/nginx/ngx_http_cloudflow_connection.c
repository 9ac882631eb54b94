
/*
 * Reads the file of connections when the configuration is read, and hands out
 * copies: a task may outlive the configuration.
 */

#include "nginx/ngx_http_cloudflow_connection.h"
#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_file.h"


static void arena_cleanup(void *data);


char *
ngx_http_cloudflow_connections(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    wf_str_t             text;
    ngx_str_t           *value;
    wf_arena_t          *arena;
    wf_error_t           err;
    ngx_pool_cleanup_t  *cln;

    if (cmcf->connections != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    cmcf->connections = NULL;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    cmcf->connections = ngx_pcalloc(cf->pool, sizeof(wf_connections_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (cmcf->connections == NULL || cln == NULL
        || ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return NGX_CONF_ERROR;
    }

    cln->handler = arena_cleanup;
    cln->data = arena;
    wf_error_clear(&err);

    if (ngx_http_cloudflow_secret_read(cf->pool, &value[1],
                                       WF_CREDENTIALS_BYTES_MAX, &text, &err)
        == WF_OK
        && wf_connections_parse(arena, text, cmcf->connections, &err)
           == WF_OK)
    {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "connections file \"%V\", %s",
                       &value[1], err.arg[0]);

    return NGX_CONF_ERROR;
}


static void
arena_cleanup(void *data)
{
    wf_arena_free(data);
}


wf_rc_t
ngx_http_cloudflow_connection(wf_port_t *port, wf_arena_t *arena,
    wf_str_t arn, wf_connection_t *connection)
{
    const wf_connection_t           *found;
    ngx_http_cloudflow_main_conf_t  *conf;

    conf = ngx_http_cloudflow_worker()->conf;
    found = conf->connections ? wf_connections_find(conf->connections, arn)
                              : NULL;

    return found ? wf_connection_copy(arena, found, connection) : WF_DECLINED;
}
