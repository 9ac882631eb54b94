
/*
 * The store's token key.  Tokens are out in the world for as long as their
 * tasks wait, so the key is as lasting as the executions.  A file that is
 * there is never changed; a new one is written aside and linked, so that two
 * nginx that start on one store agree.
 */

#include "nginx/ngx_http_cloudflow_key.h"

#include <openssl/rand.h>


#define KEY_FILE  "/token.key"


static ngx_int_t key_read(ngx_log_t *log, u_char *name,
    ngx_http_cloudflow_main_conf_t *conf);
static ngx_int_t key_make(ngx_log_t *log, u_char *name, ngx_core_conf_t *ccf,
    size_t len);
static ngx_int_t key_write(ngx_log_t *log, u_char *name, ngx_fd_t fd,
    size_t len);
static ngx_int_t key_keep(ngx_log_t *log, ngx_str_t *store);
static ngx_int_t key_give(ngx_log_t *log, u_char *name, ngx_fd_t fd,
    ngx_core_conf_t *ccf);


ngx_int_t
ngx_http_cloudflow_key_load(ngx_log_t *log, ngx_core_conf_t *ccf,
    ngx_http_cloudflow_main_conf_t *conf)
{
    u_char     name[NGX_MAX_PATH];
    ngx_int_t  rc;

    if (conf->store.len + sizeof(KEY_FILE) > NGX_MAX_PATH) {
        ngx_log_error(NGX_LOG_EMERG, log, NGX_ENAMETOOLONG,
                      "the store \"%V\" can hold no key", &conf->store);
        return NGX_ERROR;
    }

    (void) ngx_sprintf(name, "%V" KEY_FILE "%Z", &conf->store);

    rc = key_read(log, name, conf);

    if (rc == NGX_DECLINED
        && key_make(log, name, ccf, sizeof(conf->token_key)) == NGX_OK
        && key_keep(log, &conf->store) == NGX_OK)
    {
        /* A store that had one before has lost its tokens: show the time. */
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "cloudflow: made a new token key \"%s\"", name);

        rc = key_read(log, name, conf);
    }

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


/* NGX_DECLINED: not there. */
static ngx_int_t
key_read(ngx_log_t *log, u_char *name, ngx_http_cloudflow_main_conf_t *conf)
{
    u_char    bytes[sizeof(conf->token_key) + 1];
    ssize_t   n;
    ngx_fd_t  fd;

    fd = ngx_open_file(name, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {

        if (ngx_errno == NGX_ENOENT) {
            return NGX_DECLINED;
        }

        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", name);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, bytes, sizeof(bytes));
    (void) ngx_close_file(fd);

    if (n != sizeof(conf->token_key)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%s\" should hold %uz bytes; without the right key "
                      "no task can be reported on", name,
                      sizeof(conf->token_key));
        return NGX_ERROR;
    }

    ngx_memcpy(conf->token_key, bytes, sizeof(conf->token_key));
    ngx_explicit_memzero(bytes, sizeof(bytes));

    return NGX_OK;
}


static ngx_int_t
key_make(ngx_log_t *log, u_char *name, ngx_core_conf_t *ccf, size_t len)
{
    u_char     aside[NGX_MAX_PATH + sizeof(".") + NGX_INT64_LEN];
    ngx_fd_t   fd;
    ngx_int_t  rc;

    (void) ngx_sprintf(aside, "%s.%P%Z", name, ngx_pid);
    (void) ngx_delete_file(aside);

    fd = open((const char *) aside, O_WRONLY|O_CREAT|O_EXCL, 0600);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", aside);
        return NGX_ERROR;
    }

    rc = key_write(log, aside, fd, len);

    if (rc == NGX_OK) {
        rc = key_give(log, aside, fd, ccf);
    }

    (void) ngx_close_file(fd);

    if (rc == NGX_OK
        && link((const char *) aside, (const char *) name) == -1
        && ngx_errno != NGX_EEXIST)
    {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "link(\"%s\") failed", name);
        rc = NGX_ERROR;
    }

    (void) ngx_delete_file(aside);

    return rc;
}


static ngx_int_t
key_write(ngx_log_t *log, u_char *name, ngx_fd_t fd, size_t len)
{
    u_char   bytes[64];
    ssize_t  n;

    wf_assert(len <= sizeof(bytes));

    if (RAND_bytes(bytes, (int) len) != 1) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "no random bytes for \"%s\"",
                      name);
        return NGX_ERROR;
    }

    n = ngx_write_fd(fd, bytes, len);
    ngx_explicit_memzero(bytes, sizeof(bytes));

    if (n != (ssize_t) len || fsync(fd) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "writing \"%s\" failed", name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Once a task is durable, so must be the key that its token is sealed with. */
static ngx_int_t
key_keep(ngx_log_t *log, ngx_str_t *store)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    fd = ngx_open_file(store->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed", store);
        return NGX_ERROR;
    }

    rc = NGX_OK;

    if (fsync(fd) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "fsync(\"%V\") failed", store);
        rc = NGX_ERROR;
    }

    (void) ngx_close_file(fd);

    return rc;
}


/* A master that lost its rights, or was one of the user's, reads it too. */
static ngx_int_t
key_give(ngx_log_t *log, u_char *name, ngx_fd_t fd, ngx_core_conf_t *ccf)
{
    if (geteuid() == 0 && ccf->user != (ngx_uid_t) NGX_CONF_UNSET_UINT
        && fchown(fd, ccf->user, -1) == -1)
    {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "chown(\"%s\", %d) failed", name, ccf->user);
        return NGX_ERROR;
    }

    return NGX_OK;
}
