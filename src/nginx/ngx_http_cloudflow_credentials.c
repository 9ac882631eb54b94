
/*
 * Reads the credentials file at configuration time and answers the look-ups
 * of signature verification.  Secrets stay here: they reach no log and no
 * message.
 */

#include "nginx/ngx_http_cloudflow_credentials.h"
#include "nginx/ngx_http_cloudflow_nonce.h"
#include "nginx/ngx_http_cloudflow_worker.h"

#include "base/timefmt.h"


#define CREDENTIALS_SIZE_MAX  (1024 * 1024)
#define CREDENTIALS_WORDS     4     /* id, secret, token, expiry */


static ngx_int_t file_read(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *text);
static ngx_int_t file_check(ngx_conf_t *cf, ngx_str_t *name, ngx_fd_t fd,
    size_t *size);
static ngx_int_t file_parse(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys,
    ngx_str_t *text);
static ngx_uint_t line_split(u_char *line, u_char *end, wf_str_t *words);
static ngx_int_t line_parse(ngx_conf_t *cf, wf_str_t *words,
    ngx_uint_t count, wf_key_t *key);
static ngx_int_t keys_sort(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys);
static int ngx_libc_cdecl key_cmp(const void *one, const void *two);
static const wf_key_t *key_find(void *data, wf_str_t key_id);
static bool nonce_used(void *data, wf_str_t key_id, wf_str_t nonce,
    int64_t now_ms);


ngx_http_cloudflow_keys_t *
ngx_http_cloudflow_credentials_read(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_str_t                         text;
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

    keys = ngx_pcalloc(cf->pool, sizeof(ngx_http_cloudflow_keys_t));
    known = ngx_array_push(&cmcf->keys);

    if (keys == NULL || known == NULL) {
        return NULL;
    }

    keys->name = *name;
    *known = keys;

    if (file_read(cf, name, &text) != NGX_OK
        || file_parse(cf, keys, &text) != NGX_OK
        || keys_sort(cf, keys) != NGX_OK)
    {
        return NULL;
    }

    return keys;
}


static ngx_int_t
file_read(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *text)
{
    size_t    size;
    ssize_t   n;
    ngx_fd_t  fd;

    n = -1;
    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (file_check(cf, name, fd, &size) == NGX_OK) {
        text->data = ngx_pnalloc(cf->pool, size + 1);

        if (text->data != NULL) {
            n = ngx_read_fd(fd, text->data, size);
        }

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               ngx_read_fd_n " \"%V\" failed", name);
        }
    }

    (void) ngx_close_file(fd);

    if (n == -1) {
        return NGX_ERROR;
    }

    text->len = n;

    return NGX_OK;
}


static ngx_int_t
file_check(ngx_conf_t *cf, ngx_str_t *name, ngx_fd_t fd, size_t *size)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (ngx_file_access(&fi) & (S_IRWXO|S_IWGRP)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "credentials file \"%V\" must not be accessible "
                           "to others nor writable by its group "
                           "(chmod 640 or stricter)", name);
        return NGX_ERROR;
    }

    if (ngx_file_size(&fi) > CREDENTIALS_SIZE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "credentials file \"%V\" is larger than %d bytes",
                           name, CREDENTIALS_SIZE_MAX);
        return NGX_ERROR;
    }

    *size = ngx_file_size(&fi);

    return NGX_OK;
}


static ngx_int_t
file_parse(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys, ngx_str_t *text)
{
    u_char       *p, *end, *eol;
    wf_str_t      words[CREDENTIALS_WORDS + 1];
    wf_key_t     *key;
    ngx_uint_t    count, line;
    ngx_array_t   list;

    if (ngx_array_init(&list, cf->pool, 8, sizeof(wf_key_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    line = 0;
    end = text->data + text->len;

    for (p = text->data; p < end; p = eol + 1) {
        line++;

        eol = ngx_strlchr(p, end, '\n');
        if (eol == NULL) {
            eol = end;
        }

        count = line_split(p, eol, words);
        if (count == 0) {
            continue;
        }

        key = ngx_array_push(&list);

        if (key == NULL || line_parse(cf, words, count, key) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "credentials file \"%V\", line %ui: want "
                               "\"id secret [token [expiry]]\"",
                               &keys->name, line);
            return NGX_ERROR;
        }
    }

    keys->keys = list.elts;
    keys->count = list.nelts;

    return NGX_OK;
}


/* Words of a line; more than CREDENTIALS_WORDS: one more than that. */
static ngx_uint_t
line_split(u_char *line, u_char *end, wf_str_t *words)
{
    u_char      *p;
    ngx_uint_t   count;

    count = 0;

    for (p = line; p < end && *p != '#'; /* void */ ) {

        if (*p == ' ' || *p == '\t' || *p == '\r') {
            p++;
            continue;
        }

        if (count > CREDENTIALS_WORDS) {
            break;
        }

        words[count].data = p;

        while (p < end && *p != ' ' && *p != '\t' && *p != '\r') {
            p++;
        }

        words[count].len = p - words[count].data;
        count++;
    }

    return count;
}


static ngx_int_t
line_parse(ngx_conf_t *cf, wf_str_t *words, ngx_uint_t count, wf_key_t *key)
{
    if (count < 2 || count > CREDENTIALS_WORDS) {
        return NGX_ERROR;
    }

    ngx_memzero(key, sizeof(wf_key_t));

    key->id = words[0];
    key->secret = words[1];

    if (count > 2) {
        key->token = words[2];
    }

    if (count > 3 && wf_time_parse(words[3], &key->expires_ms) != WF_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
keys_sort(ngx_conf_t *cf, ngx_http_cloudflow_keys_t *keys)
{
    ngx_str_t   id;
    ngx_uint_t  i;

    ngx_qsort(keys->keys, keys->count, sizeof(wf_key_t), key_cmp);

    for (i = 1; i < keys->count; i++) {
        if (wf_str_eq(keys->keys[i - 1].id, keys->keys[i].id)) {
            id.data = (u_char *) keys->keys[i].id.data;
            id.len = keys->keys[i].id.len;

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "credentials file \"%V\" names key \"%V\" "
                               "twice", &keys->name, &id);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
key_cmp(const void *one, const void *two)
{
    const wf_key_t  *a, *b;

    a = one;
    b = two;

    return wf_str_cmp(a->id, b->id);
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
    int                             rc;
    ngx_uint_t                      low, high, middle;
    ngx_http_cloudflow_keys_t      *keys;
    ngx_http_cloudflow_loc_conf_t  *clcf;

    clcf = data;
    keys = clcf->keys;
    low = 0;
    high = keys->count;

    while (low < high) {
        middle = low + (high - low) / 2;
        rc = wf_str_cmp(key_id, keys->keys[middle].id);

        if (rc == 0) {
            return &keys->keys[middle];
        }

        if (rc < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return NULL;
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
