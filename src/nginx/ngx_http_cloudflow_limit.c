
/*
 * Directives that bound what is there.  Owns their syntax and defaults; what
 * they mean is decided by shards (retain.c, start.c, flows.c) and actions.
 */

#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_limit.h"


#define COUNT_MAX  1000000000


/* The memory of shard 0's owner holds all flows, a worker's all its Express
 * executions. */
static const struct {
    const char  *name;
    size_t       offset;
    ngx_uint_t   max;
} limits[] = {
    { "flows=",      offsetof(wf_quota_t, flows),      1000000 },
    { "executions=", offsetof(wf_quota_t, executions), COUNT_MAX },
    { "express=",    offsetof(wf_quota_t, express),    1000000 },
    { "map_concurrency=", offsetof(wf_quota_t, map_concurrency),
      WF_CONCURRENCY_RUN_MAX },
    { "domains=",    offsetof(wf_quota_t, domains),    1000000 },
    { "types=",      offsetof(wf_quota_t, types),      1000000 }
};


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


char *
ngx_http_cloudflow_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    size_t       len;
    uint64_t    *to;
    ngx_str_t   *value;
    ngx_uint_t   i, j, number;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        for (j = 0; j < wf_countof(limits); j++) {
            len = ngx_strlen(limits[j].name);

            if (value[i].len > len
                && ngx_strncmp(value[i].data, limits[j].name, len) == 0)
            {
                break;
            }
        }

        if (j == wf_countof(limits)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "unknown limit \"%V\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        to = (uint64_t *) ((u_char *) &cmcf->quota + limits[j].offset);

        if (*to) {
            return "sets a limit twice";
        }

        if (ngx_http_cloudflow_option(cf, &value[i], limits[j].name, 1,
                                      limits[j].max, &number)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        *to = number;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_cloudflow_wait_speed(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_int_t   speed;
    ngx_str_t  *value;

    (void) cmd;

    if (cmcf->quota.wait_speed) {
        return "is duplicate";
    }

    value = cf->args->elts;
    speed = ngx_atoi(value[1].data, value[1].len);

    if (speed < 1 || speed > WF_WAIT_SPEED_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid speed \"%V\", must "
                           "be between 1 and %d", &value[1],
                           WF_WAIT_SPEED_MAX);
        return NGX_CONF_ERROR;
    }

    cmcf->quota.wait_speed = speed;

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

    /* cloudflow-api 7; for the core none is set. */

    if (cmcf->quota.executions == 0) {
        cmcf->quota.executions = WF_EXECUTIONS_RUNNING_MAX;
    }

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
