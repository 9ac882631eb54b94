
/*
 * Reads files that directives name, at configuration time.  Says in words
 * what is wrong with one; knows nothing of what stands in it.
 */

#include "nginx/ngx_http_cloudflow_file.h"


static wf_rc_t file_check(const ngx_http_cloudflow_source_t *source,
    ngx_fd_t fd, size_t *size, wf_error_t *err);
static wf_rc_t file_failed(const ngx_http_cloudflow_source_t *source,
    const char *call, wf_error_t *err);


/* Not blocking: a FIFO would keep nginx from starting. */
wf_rc_t
ngx_http_cloudflow_file_read(ngx_pool_t *pool,
    const ngx_http_cloudflow_source_t *source, wf_str_t *text, wf_error_t *err)
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


wf_rc_t
ngx_http_cloudflow_secret_read(ngx_pool_t *pool, ngx_str_t *name,
    size_t size_max, wf_str_t *text, wf_error_t *err)
{
    ngx_http_cloudflow_source_t  source;

    source.name = *name;
    source.forbidden = S_IRWXO|S_IWGRP;
    source.size_max = size_max;
    source.advice = "must not be accessible to others nor writable by its "
                    "group (chmod 640 or stricter)";

    return ngx_http_cloudflow_file_read(pool, &source, text, err);
}


static wf_rc_t
file_check(const ngx_http_cloudflow_source_t *source, ngx_fd_t fd,
    size_t *size, wf_error_t *err)
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
file_failed(const ngx_http_cloudflow_source_t *source, const char *call,
    wf_error_t *err)
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
