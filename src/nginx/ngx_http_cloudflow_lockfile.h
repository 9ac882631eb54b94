
/*
 * Locks between any processes of the machine: flock() on a file in the
 * store's folder.  The kernel gives a lock up when its holder dies, however
 * it dies.  Knows no nginx.  Descriptors are close-on-exec and must not be
 * inherited by a fork: open after it.
 */

#ifndef NGX_HTTP_CLOUDFLOW_LOCKFILE_H
#define NGX_HTTP_CLOUDFLOW_LOCKFILE_H


#include "base/base.h"


typedef struct {
    int   fd;                   /* -1: not open */
    bool  is_locked;
} ngx_http_cloudflow_lockfile_t;

#define ngx_http_cloudflow_lockfile_closed                                    \
    ((ngx_http_cloudflow_lockfile_t) { -1, false })


/*
 * Lock <place>/shard-<shard_no>.<suffix>, making the file if need be.  Never
 * waits.  WF_OK: ours now (or before).  WF_AGAIN: somebody else's.  WF_ERROR:
 * errno says why.
 */
wf_rc_t ngx_http_cloudflow_lockfile_lock(ngx_http_cloudflow_lockfile_t *file,
    const char *place, uint32_t shard_no, const char *suffix);

/* WF_OK: nobody holds it.  WF_AGAIN: somebody does, not we.  WF_ERROR: as
 * above.  A lock that is ours stays. */
wf_rc_t ngx_http_cloudflow_lockfile_probe(ngx_http_cloudflow_lockfile_t *file,
    const char *place, uint32_t shard_no, const char *suffix);

/* The file stays open for next time. */
void ngx_http_cloudflow_lockfile_unlock(ngx_http_cloudflow_lockfile_t *file);

void ngx_http_cloudflow_lockfile_close(ngx_http_cloudflow_lockfile_t *file);


#endif /* NGX_HTTP_CLOUDFLOW_LOCKFILE_H */
