
/*
 * Throttling per action.  Each level of the configuration that says something
 * about it has buckets of its own, a row in the zone; levels below share them
 * until they say something themselves.  Must never lock: a bucket is a word
 * (base/bucket.h).
 */

#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_throttle.h"
#include "nginx/ngx_http_cloudflow_worker.h"


static char *throttle_row(ngx_conf_t *cf,
    ngx_http_cloudflow_throttle_t *throttle);
static ngx_int_t throttle_bucket(ngx_conf_t *cf, wf_bucket_t *bucket);
static const wf_bucket_t *throttle_find(
    const ngx_http_cloudflow_throttle_t *throttle,
    const wf_action_t *action);


/* What the service grants a default account (cloudflow-api 7). */
static const struct {
    const char   *action;
    wf_bucket_t   bucket;
} published[] = {
    { "StartExecution",      { 100,  100 } },
    { "StartSyncExecution",  { 1000, 1000 } },
    { "DescribeExecution",   { 50,   5 } },
    { "GetExecutionHistory", { 50,   5 } }
};

static const wf_bucket_t  published_rest = { 10, 2 };


char *
ngx_http_cloudflow_throttle(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_loc_conf_t *clcf = conf;

    ngx_str_t                       *value;
    ngx_http_cloudflow_throttle_t   *throttle;
    ngx_http_cloudflow_main_conf_t  *cmcf;

    wf_assert(wf_action_count() <= NGX_HTTP_CLOUDFLOW_ACTIONS);

    value = cf->args->elts;
    throttle = clcf->throttle;

    if (throttle == NGX_CONF_UNSET_PTR) {
        cmcf = ngx_http_conf_get_module_main_conf(cf,
                                                  ngx_http_cloudflow_module);

        if (cmcf->throttles == NGX_HTTP_CLOUDFLOW_THROTTLES) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"cloudflow_throttle\" at more than %d "
                               "levels", NGX_HTTP_CLOUDFLOW_THROTTLES);
            return NGX_CONF_ERROR;
        }

        throttle = ngx_pcalloc(cf->pool,
                               sizeof(ngx_http_cloudflow_throttle_t));
        if (throttle == NULL) {
            return NGX_CONF_ERROR;
        }

        throttle->row = cmcf->throttles++;
        clcf->throttle = throttle;

    } else if (throttle->off || ngx_strcmp(value[1].data, "off") == 0) {
        return "has nothing beside \"off\"";
    }

    if (cf->args->nelts > 2) {
        return throttle_row(cf, throttle);
    }

    if (ngx_strcmp(value[1].data, "off") == 0) {
        throttle->off = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "published") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"rate=\" is missing");
        return NGX_CONF_ERROR;
    }

    if (throttle->published || throttle->rest.size) {
        return "sets all actions twice";
    }

    throttle->published = 1;

    return NGX_CONF_OK;
}


static char *
throttle_row(ngx_conf_t *cf, ngx_http_cloudflow_throttle_t *throttle)
{
    ngx_str_t          *value;
    wf_bucket_t         bucket, *to;
    const wf_action_t  *action;

    value = cf->args->elts;

    if (throttle_bucket(cf, &bucket) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (value[1].len == 1 && value[1].data[0] == '*') {
        to = throttle->published ? NULL : &throttle->rest;

    } else {
        action = wf_action_find("rpc", (wf_str_t) { value[1].len,
                                                    value[1].data });
        if (action == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown action \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }

        to = &throttle->buckets[wf_action_no(action)];
    }

    if (to == NULL || to->size) {
        return "sets an action twice";
    }

    *to = bucket;

    return NGX_CONF_OK;
}


/* Without burst= one second's worth. */
static ngx_int_t
throttle_bucket(ngx_conf_t *cf, wf_bucket_t *bucket)
{
    ngx_str_t   *value, rate;
    ngx_uint_t   number, burst;

    value = cf->args->elts;
    rate = value[2];

    if (rate.len < 2
        || ngx_strncmp(rate.data + rate.len - 2, "/s", 2) != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid rate \"%V\"",
                           &value[2]);
        return NGX_ERROR;
    }

    rate.len -= 2;

    if (ngx_http_cloudflow_option(cf, &rate, "rate=", 1, WF_BUCKET_RATE_MAX,
                                  &number)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    burst = number;

    if (cf->args->nelts > 3
        && ngx_http_cloudflow_option(cf, &value[3], "burst=", 1,
                                     WF_BUCKET_SIZE_MAX, &burst)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    bucket->per_second = (uint32_t) number;
    bucket->size = (uint32_t) burst;

    return NGX_OK;
}


/* NULL: as many as come. */
static const wf_bucket_t *
throttle_find(const ngx_http_cloudflow_throttle_t *throttle,
    const wf_action_t *action)
{
    ngx_uint_t          i;
    const wf_bucket_t  *bucket;

    bucket = &throttle->buckets[wf_action_no(action)];

    if (bucket->size) {
        return bucket;
    }

    if (!throttle->published) {
        return throttle->rest.size ? &throttle->rest : NULL;
    }

    for (i = 0; i < wf_countof(published); i++) {
        if (ngx_strcmp(published[i].action, wf_action_name(action)) == 0) {
            return &published[i].bucket;
        }
    }

    return &published_rest;
}


ngx_int_t
ngx_http_cloudflow_throttle_take(
    const ngx_http_cloudflow_throttle_t *throttle, const wf_action_t *action,
    uint64_t *wait_ms)
{
    uint64_t           *word, before, after;
    const wf_bucket_t  *bucket;

    bucket = throttle_find(throttle, action);

    if (bucket == NULL) {
        return NGX_OK;
    }

    word = &ngx_http_cloudflow_worker()->zone
                ->buckets[throttle->row][wf_action_no(action)];
    before = __atomic_load_n(word, __ATOMIC_RELAXED);

    do {
        if (!wf_bucket_take(bucket, before, ngx_http_cloudflow_now(), &after,
                            wait_ms))
        {
            ngx_http_cloudflow_metric_add(
                          NGX_HTTP_CLOUDFLOW_METRIC_REQUESTS_THROTTLED, 1);
            return NGX_BUSY;
        }

    } while (!__atomic_compare_exchange_n(word, &before, after, 0,
                                          __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));

    return NGX_OK;
}
