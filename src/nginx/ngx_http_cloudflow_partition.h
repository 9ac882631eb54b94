
/*
 * One shard's part of the execution index, in a plain block of shared memory:
 * a circular log of blobs and a hash table of words that point into it.  One
 * writer (the shard's owner), any number of readers in any process, no lock.
 * Knows no nginx and no record.
 *
 * Positions count bytes ever written, so an entry that has been overwritten
 * is one whose position is below the tail.  The writer moves the tail before
 * it overwrites; a reader copies, then looks at the tail and the checksum.
 * The oldest entries go first (FIFO).
 */

#ifndef NGX_HTTP_CLOUDFLOW_PARTITION_H
#define NGX_HTTP_CLOUDFLOW_PARTITION_H


#include "base/arena.h"


/* An entry above this part of the log is not kept. */
#define NGX_HTTP_CLOUDFLOW_PARTITION_SHARE  4
#define NGX_HTTP_CLOUDFLOW_PARTITION_WAYS   8       /* words of a bucket */
#define NGX_HTTP_CLOUDFLOW_PARTITION_TRIES  4       /* of a reader */

typedef struct {
    uint64_t   generation __attribute__((aligned(64)));     /* of owners */
    uint64_t   tail;            /* oldest position that may be read */
    uint64_t   head;            /* the next position; the writer's */
    uint64_t   bucket_count;    /* a power of two */
    uint64_t   log_bytes;       /* a multiple of 64 */
    uint64_t   words[] __attribute__((aligned(64)));        /* then the log */
} ngx_http_cloudflow_partition_t;


/* Divide a zeroed block; bytes >= 8192. */
void ngx_http_cloudflow_partition_init(ngx_http_cloudflow_partition_t *part,
    size_t bytes);

/* The writer: a new owner starts.  Forgets everything, whatever state the
 * last one left. */
void ngx_http_cloudflow_partition_clear(ngx_http_cloudflow_partition_t *part);

/* The writer: newest bytes of a key (its 64-bit hash).  False: too large;
 * what was there for the key is gone. */
bool ngx_http_cloudflow_partition_put(ngx_http_cloudflow_partition_t *part,
    uint64_t key, wf_str_t bytes);

/* The writer. */
void ngx_http_cloudflow_partition_erase(ngx_http_cloudflow_partition_t *part,
    uint64_t key);

/* A reader: a copy in arena.  WF_DECLINED: not there, or no luck, or no
 * memory. */
wf_rc_t ngx_http_cloudflow_partition_find(
    const ngx_http_cloudflow_partition_t *part, wf_arena_t *arena,
    uint64_t key, wf_str_t *bytes);


#endif /* NGX_HTTP_CLOUDFLOW_PARTITION_H */
