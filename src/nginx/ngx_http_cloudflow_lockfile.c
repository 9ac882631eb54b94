
/*
 * flock() with the one thing that is easily forgotten: a lock on a file that
 * has been removed protects nothing.  Owns descriptors; lease.c is its user,
 * and lockfile_test.c.
 */

#include "nginx/ngx_http_cloudflow_lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>


static wf_rc_t file_path(char path[PATH_MAX], const char *place,
    uint32_t shard_no, const char *suffix);
static wf_rc_t file_open(ngx_http_cloudflow_lockfile_t *file,
    const char *path);
static bool file_is_at(const ngx_http_cloudflow_lockfile_t *file,
    const char *path);
static wf_rc_t file_flock(ngx_http_cloudflow_lockfile_t *file, int operation);


/* What is locked must be the file that the path leads to: everybody else
 * would lock another one.  So look before, and after. */
wf_rc_t
ngx_http_cloudflow_lockfile_lock(ngx_http_cloudflow_lockfile_t *file,
    const char *place, uint32_t shard_no, const char *suffix)
{
    char     path[PATH_MAX];
    wf_rc_t  rc;

    if (file->is_locked) {
        return WF_OK;
    }

    if (file_path(path, place, shard_no, suffix) != WF_OK) {
        return WF_ERROR;
    }

    if (file->fd != -1 && !file_is_at(file, path)) {
        ngx_http_cloudflow_lockfile_close(file);
    }

    if (file_open(file, path) != WF_OK) {
        return WF_ERROR;
    }

    rc = file_flock(file, LOCK_EX|LOCK_NB);

    if (rc == WF_OK && !file_is_at(file, path)) {
        ngx_http_cloudflow_lockfile_close(file);
        return WF_AGAIN;
    }

    file->is_locked = rc == WF_OK;

    return rc;
}


/* Shared, so that two who look at once do not see each other.  Called often:
 * an open file is believed to be the right one; close it now and then. */
wf_rc_t
ngx_http_cloudflow_lockfile_probe(ngx_http_cloudflow_lockfile_t *file,
    const char *place, uint32_t shard_no, const char *suffix)
{
    char     path[PATH_MAX];
    wf_rc_t  rc;

    if (file->is_locked) {
        return WF_OK;
    }

    if (file_path(path, place, shard_no, suffix) != WF_OK
        || file_open(file, path) != WF_OK)
    {
        return WF_ERROR;
    }

    rc = file_flock(file, LOCK_SH|LOCK_NB);

    if (rc == WF_OK) {
        (void) flock(file->fd, LOCK_UN);
    }

    return rc;
}


void
ngx_http_cloudflow_lockfile_unlock(ngx_http_cloudflow_lockfile_t *file)
{
    if (file->is_locked) {
        (void) flock(file->fd, LOCK_UN);
        file->is_locked = false;
    }
}


void
ngx_http_cloudflow_lockfile_close(ngx_http_cloudflow_lockfile_t *file)
{
    if (file->fd != -1) {
        (void) close(file->fd);
    }

    *file = ngx_http_cloudflow_lockfile_closed;
}


static wf_rc_t
file_path(char path[PATH_MAX], const char *place, uint32_t shard_no,
    const char *suffix)
{
    int  len;

    len = snprintf(path, PATH_MAX, "%s/shard-%03u.%s", place,
                   (unsigned) shard_no, suffix);

    if (len < 0 || len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return WF_ERROR;
    }

    return WF_OK;
}


static wf_rc_t
file_open(ngx_http_cloudflow_lockfile_t *file, const char *path)
{
    if (file->fd == -1) {
        file->fd = open(path, O_RDWR|O_CREAT|O_CLOEXEC|O_NOFOLLOW, 0600);
    }

    return file->fd == -1 ? WF_ERROR : WF_OK;
}


static bool
file_is_at(const ngx_http_cloudflow_lockfile_t *file, const char *path)
{
    struct stat  named, opened;

    return stat(path, &named) == 0 && fstat(file->fd, &opened) == 0
           && named.st_ino == opened.st_ino
           && named.st_dev == opened.st_dev;
}


static wf_rc_t
file_flock(ngx_http_cloudflow_lockfile_t *file, int operation)
{
    int  rc;

    do {
        rc = flock(file->fd, operation);
    } while (rc == -1 && errno == EINTR);

    if (rc == 0) {
        return WF_OK;
    }

    return errno == EWOULDBLOCK ? WF_AGAIN : WF_ERROR;
}
