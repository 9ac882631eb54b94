
/*
 * Reads the credentials file and the policies it names at configuration time,
 * and answers the look-ups of signature verification.  Secrets stay here: they
 * reach no log and no message.
 */

#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_file.h"
#include "nginx/ngx_http_cloudflow_nonce.h"
#include "nginx/ngx_http_cloudflow_worker.h"


static ngx_http_cloudflow_keys_t *keys_create(ngx_conf_t *cf,
    ngx_str_t *name);
static ngx_int_t keys_read(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys);
static void keys_cleanup(void *data);
static wf_rc_t policy_read(void *data, wf_str_t name, wf_str_t *document,
    wf_error_t *err);
static const wf_key_t *key_find(void *data, wf_str_t key_id);
static bool nonce_used(void *data, wf_str_t key_id, wf_str_t nonce,
    int64_t now_ms);


ngx_http_cloudflow_keys_t *
ngx_http_cloudflow_credentials_read(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                        i;
    ngx_http_cloudflow_keys_t        *keys, **known;
    ngx_http_cloudflow_main_conf_t   *cmcf;

    if (ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK) {
        return NULL;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cloudflow_module);
    known = cmcf->keys.elts;

    for (i = 0; i < cmcf->keys.nelts; i++) {
        if (known[i]->name.len == name->len
            && ngx_strncmp(known[i]->name.data, name->data, name->len) == 0)
        {
            return known[i];
        }
    }

    keys = keys_create(cf, name);
    known = ngx_array_push(&cmcf->keys);

    if (keys == NULL || known == NULL) {
        return NULL;
    }

    *known = keys;

    return keys_read(cf, keys) == NGX_OK ? keys : NULL;
}


static ngx_http_cloudflow_keys_t *
keys_create(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_cloudflow_keys_t  *keys;

    keys = ngx_pcalloc(cf->pool, sizeof(ngx_http_cloudflow_keys_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (keys == NULL || cln == NULL) {
        return NULL;
    }

    keys->name = *name;
    keys->arena = wf_arena_create(0);

    cln->handler = keys_cleanup;
    cln->data = keys;

    return keys->arena ? keys : NULL;
}


static void
keys_cleanup(void *data)
{
    ngx_http_cloudflow_keys_t  *keys;

    keys = data;
    wf_arena_free(keys->arena);
}


static ngx_int_t
keys_read(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys)
{
    wf_str_t    text;
    wf_error_t  err;

    wf_error_clear(&err);

    if (ngx_http_cloudflow_secret_read(cf->pool, &keys->name,
                                       WF_CREDENTIALS_BYTES_MAX, &text, &err)
        == WF_OK
        && wf_keys_parse(keys->arena, text, policy_read, cf, &keys->keys,
                         &err) == WF_OK)
    {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "credentials file \"%V\", %s",
                       &keys->name, err.arg[0]);

    return NGX_ERROR;
}


/* Holds no secret, but whoever may write to it decides who may do what. */
static wf_rc_t
policy_read(void *data, wf_str_t name, wf_str_t *document, wf_error_t *err)
{
    ngx_conf_t  *cf;
    ngx_http_cloudflow_source_t  source;

    cf = data;
    source.forbidden = S_IWOTH|S_IWGRP;
    source.size_max = WF_POLICY_BYTES_MAX;
    source.advice = "must not be writable by others nor by its group";

    source.name.len = name.len;
    source.name.data = ngx_pnalloc(cf->pool, name.len + 1);

    if (source.name.data) {
        *ngx_cpymem(source.name.data, name.data, name.len) = '\0';
    }

    if (source.name.data == NULL
        || ngx_conf_full_name(cf->cycle, &source.name, 1) != NGX_OK)
    {
        wf_error_set(err, WF_E_INTERNAL, "out of memory");
        return WF_ERROR;
    }

    return ngx_http_cloudflow_file_read(cf->pool, &source, document, err);
}


void
ngx_http_cloudflow_credentials(ngx_http_cloudflow_loc_conf_t *clcf,
    wf_credentials_t *credentials)
{
    credentials->find = key_find;
    credentials->nonce_used = clcf->replay_check ? nonce_used : NULL;
    credentials->data = clcf;
    credentials->skew_ms = clcf->clock_skew;
}


static const wf_key_t *
key_find(void *data, wf_str_t key_id)
{
    ngx_http_cloudflow_loc_conf_t  *clcf;

    clcf = data;

    return wf_keys_find(&clcf->keys->keys, key_id);
}


static bool
nonce_used(void *data, wf_str_t key_id, wf_str_t nonce, int64_t now_ms)
{
    wf_rc_t                         rc;
    wf_str_t                        pair[2];
    ngx_http_cloudflow_zone_t      *zone;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    clcf = data;
    zone = ngx_http_cloudflow_zone_get(
                                 ngx_http_cloudflow_worker()->conf->zone);
    pair[0] = key_id;
    pair[1] = nonce;

    rc = ngx_http_cloudflow_nonce_check(ngx_http_cloudflow_zone_nonces(zone),
                                        zone->nonce_bytes, zone->secret, pair,
                                        now_ms,
                                        2 * (uint64_t) clcf->clock_skew);
    if (rc == WF_OK) {
        return false;
    }

    ngx_http_cloudflow_metric_add(NGX_HTTP_CLOUDFLOW_METRIC_NONCES_REPLAYED,
                                  1);

    return true;
}
