
/*
 * The map from resources to locations.  Owns nothing but the rows in the
 * configuration; knows no call.  Who signs is sign.c's.
 */

#include "nginx/ngx_http_cloudflow_resource.h"
#include "nginx/ngx_http_cloudflow_conf.h"
#include "nginx/ngx_http_cloudflow_sign.h"


static ngx_int_t option(ngx_conf_t *cf,
    ngx_http_cloudflow_resource_t *resource, ngx_str_t *word);
static ngx_int_t uri_check(ngx_conf_t *cf, ngx_str_t *uri);
static ngx_int_t best_match(ngx_array_t *resources, wf_str_t text);
static ngx_uint_t matches(ngx_str_t *pattern, wf_str_t text);


char *
ngx_http_cloudflow_resource(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cloudflow_main_conf_t *cmcf = conf;

    ngx_str_t                      *value;
    ngx_uint_t                      i;
    ngx_http_cloudflow_resource_t  *resource;

    value = cf->args->elts;
    resource = cmcf->resources.elts;

    for (i = 0; i < cmcf->resources.nelts; i++) {
        if (resource[i].pattern.len == value[1].len
            && ngx_memcmp(resource[i].pattern.data, value[1].data,
                          value[1].len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate resource \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (value[1].len == 0) {
        return "has an empty pattern";
    }

    if (uri_check(cf, &value[2]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    resource = ngx_array_push(&cmcf->resources);
    if (resource == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(resource, sizeof(ngx_http_cloudflow_resource_t));
    resource->pattern = value[1];
    resource->uri = value[2];

    for (i = 0; i < value[1].len; i++) {
        resource->literal += value[1].data[i] != '*';
    }

    for (i = 3; i < cf->args->nelts; i++) {
        if (option(cf, resource, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
option(ngx_conf_t *cf, ngx_http_cloudflow_resource_t *resource,
    ngx_str_t *word)
{
    ngx_int_t  rc;

    rc = ngx_http_cloudflow_sign_option(cf, resource, word);

    return rc != NGX_DECLINED
           ? rc : ngx_http_cloudflow_option(cf, word, "calls=", 1,
                                            NGX_HTTP_CLOUDFLOW_CALLS_MAX,
                                            &resource->calls);
}


/* It becomes a request line. */
static ngx_int_t
uri_check(ngx_conf_t *cf, ngx_str_t *uri)
{
    ngx_uint_t  i;

    if (uri->len == 0 || uri->data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" should be the URI of a location", uri);
        return NGX_ERROR;
    }

    for (i = 0; i < uri->len; i++) {
        if (uri->data[i] <= ' ' || uri->data[i] >= 0x7f
            || ngx_strchr("?#%\"<>\\", uri->data[i]))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" has characters that do not belong "
                               "into a URI", uri);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_resource_find(ngx_array_t *resources, wf_str_t target,
    wf_str_t action)
{
    ngx_int_t  i;

    i = best_match(resources, target);

    return i == NGX_DECLINED ? best_match(resources, action) : i;
}


static ngx_int_t
best_match(ngx_array_t *resources, wf_str_t text)
{
    ngx_int_t                       best;
    ngx_uint_t                      i;
    ngx_http_cloudflow_resource_t  *resource;

    best = NGX_DECLINED;
    resource = resources->elts;

    for (i = 0; i < resources->nelts; i++) {
        if ((best == NGX_DECLINED
             || resource[i].literal > resource[best].literal)
            && matches(&resource[i].pattern, text))
        {
            best = i;
        }
    }

    return best;
}


/* The last "*" takes as little as it can, and more when the rest fails. */
static ngx_uint_t
matches(ngx_str_t *pattern, wf_str_t text)
{
    size_t  p, t, star, from;

    p = 0;
    from = 0;
    star = pattern->len;

    for (t = 0; t < text.len; /* void */ ) {

        if (p < pattern->len && pattern->data[p] == '*') {
            star = p++;
            from = t;

        } else if (p < pattern->len && pattern->data[p] == text.data[t]) {
            p++;
            t++;

        } else if (star < pattern->len) {
            p = star + 1;
            t = ++from;

        } else {
            return 0;
        }
    }

    while (p < pattern->len && pattern->data[p] == '*') {
        p++;
    }

    return p == pattern->len;
}
