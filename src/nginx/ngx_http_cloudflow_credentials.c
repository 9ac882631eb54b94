
/*
 * Reads the credentials file and the policies it names at configuration time,
 * and answers the look-ups of signature verification.  Secrets stay here: they
 * reach no log and no message.
 */

#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_nonce.h"
#include "nginx/ngx_http_cloudflow_worker.h"


/* A file, and what nobody but its owner may do with it. */
typedef struct {
    ngx_str_t     name;
    mode_t        forbidden;
    size_t        size_max;
    const char   *advice;
} source_t;


static ngx_http_cloudflow_keys_t *keys_create(ngx_conf_t *cf,
    ngx_str_t *name);
static ngx_int_t keys_read(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys);
static void keys_cleanup(void *data);
static wf_rc_t policy_read(void *data, wf_str_t name, wf_str_t *document,
    wf_error_t *err);
static wf_rc_t file_read(ngx_pool_t *pool, const source_t *source,
    wf_str_t *text, wf_error_t *err);
static wf_rc_t file_check(const source_t *source, ngx_fd_t fd, size_t *size,
    wf_error_t *err);
static wf_rc_t file_failed(const source_t *source, const char *call,
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


wf_rc_t
ngx_http_cloudflow_secret_read(ngx_pool_t *pool, ngx_str_t *name,
    size_t size_max, wf_str_t *text, wf_error_t *err)
{
    source_t  source;

    source.name = *name;
    source.forbidden = S_IRWXO|S_IWGRP;
    source.size_max = size_max;
    source.advice = "must not be accessible to others nor writable by its "
                    "group (chmod 640 or stricter)";

    return file_read(pool, &source, text, err);
}


/* Holds no secret, but whoever may write to it decides who may do what. */
static wf_rc_t
policy_read(void *data, wf_str_t name, wf_str_t *document, wf_error_t *err)
{
    ngx_conf_t  *cf;
    source_t     source;

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

    return file_read(cf->pool, &source, document, err);
}


/* Not blocking: a FIFO would keep nginx from starting. */
static wf_rc_t
file_read(ngx_pool_t *pool, const source_t *source, wf_str_t *text,
    wf_error_t *err)
{
    size_t    size;
    u_char   *p;
    wf_rc_t   rc;
    ssize_t   n;
    ngx_fd_t  fd;

    size = 0;
    fd = ngx_open_file(source->name.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        return file_failed(source, ngx_open_file_n, err);
    }

    rc = file_check(source, fd, &size, err);

    if (rc == WF_OK) {
        p = ngx_pnalloc(pool, size + 1);
        n = p ? ngx_read_fd(fd, p, size) : -1;

        if (n == -1) {
            rc = file_failed(source, ngx_read_fd_n, err);

        } else {
            text->data = p;
            text->len = n;
        }
    }

    (void) ngx_close_file(fd);

    return rc;
}


static wf_rc_t
file_check(const source_t *source, ngx_fd_t fd, size_t *size, wf_error_t *err)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        return file_failed(source, ngx_fd_info_n, err);
    }

    if (!ngx_is_file(&fi)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "is not a regular file");
        return WF_ERROR;
    }

    if (ngx_file_access(&fi) & source->forbidden) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s", source->advice);
        return WF_ERROR;
    }

    if (ngx_file_size(&fi) > (off_t) source->size_max) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "is larger than %zu bytes",
                     source->size_max);
        return WF_ERROR;
    }

    *size = ngx_file_size(&fi);

    return WF_OK;
}


static wf_rc_t
file_failed(const source_t *source, const char *call, wf_error_t *err)
{
    u_char     text[NGX_MAX_ERROR_STR];
    u_char    *last;
    ngx_err_t  code;

    code = ngx_errno;
    last = ngx_strerror(code, text, sizeof(text));

    wf_error_set(err, WF_E_INVALID_ARGUMENT, "%s \"%.*s\" failed (%d: %.*s)",
                 call, (int) source->name.len, source->name.data, (int) code,
                 (int) (last - text), text);

    return WF_ERROR;
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
