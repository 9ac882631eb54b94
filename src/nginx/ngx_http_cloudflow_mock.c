
/*
 * Reads the mock configuration when nginx reads its own: what is wrong with
 * it nginx -t says, and a reload brings a new one.
 */

#include "nginx/ngx_http_cloudflow_mock.h"
#include "nginx/ngx_http_cloudflow_file.h"


static void
mock_cleanup(void *data)
{
    wf_arena_free(data);
}


static wf_arena_t *
mock_arena(ngx_conf_t *cf)
{
    wf_arena_t          *arena;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    arena = cln ? wf_arena_create(0) : NULL;

    if (arena) {
        cln->handler = mock_cleanup;
        cln->data = arena;
    }

    return arena;
}


/* cloudflow_mock_config file; */
char *
ngx_http_cloudflow_mock_config(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    wf_str_t                      text;
    ngx_str_t                    *value;
    wf_arena_t                   *arena;
    wf_error_t                    err;
    wf_mock_config_t             *mocks;
    ngx_http_cloudflow_source_t   source;

    if (cmcf->mocks) {
        return "is duplicate";
    }

    value = cf->args->elts;
    ngx_memzero(&source, sizeof(ngx_http_cloudflow_source_t));
    source.name = value[1];
    source.size_max = WF_MOCK_CONFIG_BYTES_MAX;
    arena = mock_arena(cf);
    mocks = ngx_palloc(cf->pool, sizeof(wf_mock_config_t));

    if (arena == NULL || mocks == NULL
        || ngx_conf_full_name(cf->cycle, &source.name, 1) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    wf_error_clear(&err);

    if (ngx_http_cloudflow_file_read(cf->pool, &source, &text, &err) != WF_OK
        || wf_mock_config_parse(arena, text, mocks, &err) != WF_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "mock configuration \"%V\", %s", &source.name,
                           err.arg[0]);
        return NGX_CONF_ERROR;
    }

    cmcf->mocks = mocks;

    return NGX_CONF_OK;
}
