
/*
 * A thin door to libcrypto: digests, HMAC, constant-time comparison, base64.
 */

#ifndef WF_DIGEST_H
#define WF_DIGEST_H


#include "base/arena.h"


#define WF_DIGEST_LEN_MAX  64

typedef enum {
    WF_MD5 = 0,
    WF_SHA1,
    WF_SHA256,
    WF_SHA384,
    WF_SHA512,
    WF_SM3
} wf_digest_t;

/* Raw bytes into out; returns their number, 0 if libcrypto cannot. */
size_t wf_digest(wf_digest_t algorithm, wf_str_t data,
    uint8_t out[WF_DIGEST_LEN_MAX]);
size_t wf_hmac(wf_digest_t algorithm, wf_str_t key, wf_str_t data,
    uint8_t out[WF_DIGEST_LEN_MAX]);

/* Constant time in the bytes; the lengths may be known. */
bool wf_secret_eq(wf_str_t a, wf_str_t b);

void wf_hex_print(wf_buf_t *buf, wf_str_t bytes);           /* lower case */
void wf_base64_print(wf_buf_t *buf, wf_str_t bytes);        /* RFC 4648, = */

/* Strict: padded, no white space.  WF_DECLINED: malformed; WF_ERROR: oom. */
wf_rc_t wf_base64_parse(wf_arena_t *arena, wf_str_t text, wf_str_t *bytes);

/* CRC-32 of zlib. */
uint32_t wf_crc32(wf_str_t data);


#endif /* WF_DIGEST_H */
