
/*
 * Directives that bound what is kept.  Owns their syntax and
 * defaults; what they mean is decided in shard/retain.c.
 */

#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_limit.h"


#define COUNT_MAX  1000000000


char *
ngx_http_cloudflow_retention(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_int_t   age;
    ngx_str_t  *value;

    if (cmcf->retention_age != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        cmcf->retention_age = 0;
        return NGX_CONF_OK;
    }

    age = ngx_parse_time(&value[1], 0);

    if (age == NGX_ERROR || age == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid time \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    cmcf->retention_age = age;

    if (cf->args->nelts > 2
        && ngx_http_cloudflow_option(cf, &value[2], "count=", 1, COUNT_MAX,
                                     &cmcf->retention_count)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * Whoever lost an answer may ask again for so long: twice the wait for an
 * owner, and a parent's pause before it starts its child again.  What that
 * call has started must still be found.
 */
ngx_int_t
ngx_http_cloudflow_limit_init(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *cmcf)
{
    ngx_conf_init_msec_value(cmcf->retention_age, WF_RETENTION_MS);

    cmcf->retention_grace = 2 * cmcf->owner_wait + WF_CHILD_RETRY_MS_MAX;

    if (cmcf->retention_age != 0
        && cmcf->retention_age < cmcf->retention_grace)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cloudflow_retention\" must be at least %Mms "
                           "with this \"cloudflow_owner_wait\"",
                           cmcf->retention_grace);
        return NGX_ERROR;
    }

    return NGX_OK;
}
