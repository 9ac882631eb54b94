
/*
 * Makes and checks the folder of the store.  Executions are spread over
 * shards by a hash, so their number is noted when the store is made and
 * compared at every start.
 */

#include "nginx/ngx_http_cloudflow_folder.h"


#define COUNT_FILE  "/shards"
#define COUNT_NEW   "/shards.new"


static ngx_int_t count_read(ngx_log_t *log, ngx_str_t *store,
    ngx_uint_t *count);
static ngx_int_t count_write(ngx_log_t *log, ngx_str_t *store,
    ngx_uint_t count);
static ngx_int_t count_fill(ngx_log_t *log, u_char *name, ngx_uint_t count);
static ngx_int_t count_name(ngx_log_t *log, ngx_str_t *store,
    const char *file, u_char name[NGX_MAX_PATH]);


ngx_int_t
ngx_http_cloudflow_folder_check(ngx_conf_t *cf,
    ngx_http_cloudflow_main_conf_t *conf)
{
    ngx_int_t   rc;
    ngx_uint_t  count;

    if (conf->store.len == 0) {
        ngx_conf_init_uint_value(conf->shards, NGX_HTTP_CLOUDFLOW_SHARDS);
        return NGX_OK;
    }

    rc = count_read(cf->log, &conf->store, &count);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        ngx_conf_init_uint_value(conf->shards, NGX_HTTP_CLOUDFLOW_SHARDS);
        return NGX_OK;
    }

    ngx_conf_init_uint_value(conf->shards, count);

    if (conf->shards != count) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the store \"%V\" has %ui shards, this can't be "
                           "changed to %ui", &conf->store, count,
                           conf->shards);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_folder_make(ngx_log_t *log, ngx_core_conf_t *ccf,
    ngx_http_cloudflow_main_conf_t *conf)
{
    ngx_int_t        rc;
    ngx_uint_t       count;
    ngx_file_info_t  fi;

    if (ngx_create_dir(conf->store.data, 0700) == NGX_FILE_ERROR
        && ngx_errno != NGX_EEXIST)
    {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_create_dir_n " \"%V\" failed", &conf->store);
        return NGX_ERROR;
    }

    if (ngx_file_info(conf->store.data, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_file_info_n " \"%V\" failed", &conf->store);
        return NGX_ERROR;
    }

    if (!ngx_is_dir(&fi)) {
        ngx_log_error(NGX_LOG_EMERG, log, NGX_ENOTDIR,
                      "the store \"%V\" cannot be made", &conf->store);
        return NGX_ERROR;
    }

    /* As nginx does for its temporary folders. */

    if (geteuid() == 0 && ccf->user != (ngx_uid_t) NGX_CONF_UNSET_UINT
        && fi.st_uid != ccf->user
        && chown((const char *) conf->store.data, ccf->user, -1) == -1)
    {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "chown(\"%V\", %d) failed", &conf->store, ccf->user);
        return NGX_ERROR;
    }

    rc = count_read(log, &conf->store, &count);

    if (rc == NGX_DECLINED) {
        return count_write(log, &conf->store, conf->shards);
    }

    return rc;
}


/* NGX_DECLINED: not there yet. */
static ngx_int_t
count_read(ngx_log_t *log, ngx_str_t *store, ngx_uint_t *count)
{
    u_char     text[NGX_INT_T_LEN], name[NGX_MAX_PATH];
    ssize_t    n;
    ngx_fd_t   fd;
    ngx_int_t  number;

    if (count_name(log, store, COUNT_FILE, name) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(name, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {

        if (ngx_errno == NGX_ENOENT || ngx_errno == NGX_ENOTDIR) {
            return NGX_DECLINED;
        }

        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", name);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, text, sizeof(text));
    (void) ngx_close_file(fd);

    while (n > 0 && (text[n - 1] == LF || text[n - 1] == CR)) {
        n--;
    }

    number = n > 0 ? ngx_atoi(text, n) : NGX_ERROR;

    if (number <= 0 || number > WF_SHARDS_MAX) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%s\" should hold the number of the store's shards",
                      name);
        return NGX_ERROR;
    }

    *count = number;

    return NGX_OK;
}


/* Under another name first: half a file would end every later start. */
static ngx_int_t
count_write(ngx_log_t *log, ngx_str_t *store, ngx_uint_t count)
{
    u_char  name[NGX_MAX_PATH], fresh[NGX_MAX_PATH];

    if (count_name(log, store, COUNT_FILE, name) != NGX_OK
        || count_name(log, store, COUNT_NEW, fresh) != NGX_OK
        || count_fill(log, fresh, count) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_rename_file(fresh, name) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_rename_file_n " \"%s\" to \"%s\" failed", fresh,
                      name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
count_fill(ngx_log_t *log, u_char *name, ngx_uint_t count)
{
    u_char     text[NGX_INT_T_LEN + 1], *last;
    ssize_t    n;
    ngx_fd_t   fd;
    ngx_int_t  rc;

    fd = ngx_open_file(name, NGX_FILE_WRONLY, NGX_FILE_TRUNCATE, 0644);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", name);
        return NGX_ERROR;
    }

    last = ngx_sprintf(text, "%ui", count);
    *last++ = LF;
    n = ngx_write_fd(fd, text, last - text);
    rc = NGX_OK;

    if (n != last - text || fsync(fd) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "writing \"%s\" failed", name);
        (void) ngx_delete_file(name);
        rc = NGX_ERROR;
    }

    (void) ngx_close_file(fd);

    return rc;
}


static ngx_int_t
count_name(ngx_log_t *log, ngx_str_t *store, const char *file,
    u_char name[NGX_MAX_PATH])
{
    if (store->len + ngx_strlen(file) >= NGX_MAX_PATH) {
        ngx_log_error(NGX_LOG_EMERG, log, NGX_ENAMETOOLONG,
                      "the store \"%V\" cannot be made", store);
        return NGX_ERROR;
    }

    (void) ngx_sprintf(name, "%V%s%Z", store, file);

    return NGX_OK;
}
