
/*
 * Nonces seen before, in a plain block of shared memory that all workers
 * use at once, without a lock.  Knows no nginx.
 *
 * A word holds 40 bits of a fingerprint (beyond those that choose its bucket)
 * and the second when it may be forgotten.  A bucket is one cache line of
 * eight words.  When a bucket is full of live words the one nearest to its
 * end is replaced: under a flood of signed requests the window of detection
 * becomes shorter than asked for, requests are never refused for want of
 * room.  A fresh nonce is taken for a seen one with a probability of 8 in
 * 2^40.
 */

#ifndef NGX_HTTP_CLOUDFLOW_NONCE_H
#define NGX_HTTP_CLOUDFLOW_NONCE_H


#include "base/base.h"


#define NGX_HTTP_CLOUDFLOW_NONCE_WAYS           8
#define NGX_HTTP_CLOUDFLOW_NONCE_SECRET         32
#define NGX_HTTP_CLOUDFLOW_NONCE_WINDOW_MS_MAX  (48ull * 3600 * 1000)

/* All zero bytes are an empty table. */
typedef struct {
    uint64_t   words[1];        /* as many as the block holds */
} ngx_http_cloudflow_nonces_t;


/*
 * Whether (key_id, nonce) is new within window_ms (2 * the allowed skew, at
 * most ..._WINDOW_MS_MAX); remembers it.  WF_OK: new.  WF_DECLINED: seen
 * before.  bytes: of the block, a power of two >= 64.  secret: of the zone,
 * so nobody can aim at a bucket.
 */
wf_rc_t ngx_http_cloudflow_nonce_check(ngx_http_cloudflow_nonces_t *nonces,
    size_t bytes, const uint8_t secret[NGX_HTTP_CLOUDFLOW_NONCE_SECRET],
    const wf_str_t pair[2], int64_t now_ms, uint64_t window_ms);

/* It is new again. */
void ngx_http_cloudflow_nonce_forget(ngx_http_cloudflow_nonces_t *nonces,
    size_t bytes, const uint8_t secret[NGX_HTTP_CLOUDFLOW_NONCE_SECRET],
    const wf_str_t pair[2], int64_t now_ms);


#endif /* NGX_HTTP_CLOUDFLOW_NONCE_H */
