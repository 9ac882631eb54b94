
/*
 * The table of ngx_http_cloudflow_nonce.h.  Owns nothing: the words belong
 * to the zone.  Must never include an nginx header; credentials.c and port.c
 * are its users, and nonce_test.c.
 *
 *   word: fingerprint (40 bits, never 0) | second of expiry (24 bits)
 *
 * Seconds are compared modulo 2^24 (194 days); a difference above the
 * longest window is an old word, not a future one.
 */

#include "nginx/ngx_http_cloudflow_nonce.h"

#include "base/digest.h"


#define WAYS         NGX_HTTP_CLOUDFLOW_NONCE_WAYS
#define EXPIRY_BITS  24
#define EXPIRY_MASK  (((uint64_t) 1 << EXPIRY_BITS) - 1)
#define TRIES        64
#define LEFT_MAX     (NGX_HTTP_CLOUDFLOW_NONCE_WINDOW_MS_MAX / 1000 + 2)


static bool fingerprint(const uint8_t *secret, const wf_str_t pair[2],
    uint64_t print[2]);
static uint64_t *bucket_of(ngx_http_cloudflow_nonces_t *nonces, size_t bytes,
    uint64_t print);
static uint64_t *word_choose(uint64_t *bucket, uint64_t print, uint64_t now,
    uint64_t *old);


/* Seconds that a word is to be kept; 0: dead or never used. */
static inline uint64_t
word_left(uint64_t word, uint64_t now)
{
    uint64_t  left;

    left = (word - now) & EXPIRY_MASK;

    return word == 0 || left > LEFT_MAX ? 0 : left;
}


wf_rc_t
ngx_http_cloudflow_nonce_check(ngx_http_cloudflow_nonces_t *nonces,
    size_t bytes, const uint8_t secret[NGX_HTTP_CLOUDFLOW_NONCE_SECRET],
    const wf_str_t pair[2], int64_t now_ms, uint64_t window_ms)
{
    unsigned   try, i;
    uint64_t   print[2], now, word, old, *bucket, *place;

    if (!fingerprint(secret, pair, print)) {
        return WF_DECLINED;
    }

    window_ms = wf_min(window_ms, NGX_HTTP_CLOUDFLOW_NONCE_WINDOW_MS_MAX);
    now = (uint64_t) now_ms / 1000;
    word = print[0] << EXPIRY_BITS
           | ((now + window_ms / 1000 + 2) & EXPIRY_MASK);
    bucket = bucket_of(nonces, bytes, print[1]);

    for (try = 0; try < TRIES; try++) {
        place = word_choose(bucket, print[0], now, &old);

        if (place == NULL) {
            return WF_DECLINED;
        }

        if (!__atomic_compare_exchange_n(place, &old, word, false,
                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        {
            continue;
        }

        /* Two at once usually fight for one word; if they chose different
         * ones, whoever sees both gives in. */
        for (i = 0; i < WAYS; i++) {
            old = __atomic_load_n(&bucket[i], __ATOMIC_SEQ_CST);

            if (&bucket[i] != place && old >> EXPIRY_BITS == print[0]
                && word_left(old, now))
            {
                return WF_DECLINED;
            }
        }

        return WF_OK;
    }

    return WF_DECLINED;
}


void
ngx_http_cloudflow_nonce_forget(ngx_http_cloudflow_nonces_t *nonces,
    size_t bytes, const uint8_t secret[NGX_HTTP_CLOUDFLOW_NONCE_SECRET],
    const wf_str_t pair[2], int64_t now_ms)
{
    unsigned   i;
    uint64_t   print[2], word, now, *bucket;

    if (!fingerprint(secret, pair, print)) {
        return;
    }

    now = (uint64_t) now_ms / 1000;
    bucket = bucket_of(nonces, bytes, print[1]);

    for (i = 0; i < WAYS; i++) {
        word = __atomic_load_n(&bucket[i], __ATOMIC_SEQ_CST);

        if (word >> EXPIRY_BITS == print[0] && word_left(word, now)) {
            (void) __atomic_compare_exchange_n(&bucket[i], &word, 0, false,
                                               __ATOMIC_SEQ_CST,
                                               __ATOMIC_SEQ_CST);
        }
    }
}


static uint64_t *
bucket_of(ngx_http_cloudflow_nonces_t *nonces, size_t bytes, uint64_t print)
{
    return nonces->words
           + (print & (bytes / (WAYS * sizeof(uint64_t)) - 1)) * WAYS;
}


/* NULL: the fingerprint is there and alive.  Else the first dead word, or the
 * one nearest to its end, and what was seen in it. */
static uint64_t *
word_choose(uint64_t *bucket, uint64_t print, uint64_t now, uint64_t *old)
{
    unsigned   i;
    uint64_t   word, left, least, *place;

    place = bucket;
    least = UINT64_MAX;

    for (i = 0; i < WAYS; i++) {
        word = __atomic_load_n(&bucket[i], __ATOMIC_SEQ_CST);
        left = word_left(word, now);

        if (left && word >> EXPIRY_BITS == print) {
            return NULL;
        }

        if (left < least) {
            least = left;
            place = &bucket[i];
            *old = word;
        }
    }

    return place;
}


/* The key's digest is the second digest's key: nothing to concatenate, so no
 * pair can be spelt in two ways. */
static bool
fingerprint(const uint8_t *secret, const wf_str_t pair[2], uint64_t print[2])
{
    size_t    len;
    uint8_t   digest[WF_DIGEST_LEN_MAX], key[WF_DIGEST_LEN_MAX];
    wf_str_t  str;

    str.len = NGX_HTTP_CLOUDFLOW_NONCE_SECRET;
    str.data = secret;
    len = wf_hmac(WF_SHA256, str, pair[0], key);

    if (len < 2 * sizeof(uint64_t)) {
        return false;
    }

    str.len = len;
    str.data = key;

    if (wf_hmac(WF_SHA256, str, pair[1], digest) != len) {
        return false;
    }

    memcpy(print, digest, 2 * sizeof(uint64_t));

    print[0] >>= EXPIRY_BITS;
    print[0] += print[0] == 0;

    return true;
}
