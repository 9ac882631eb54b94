
/*
 * Signature Version 4 in small steps, so that each can be tested alone.
 */

#ifndef WF_SIGV4_H
#define WF_SIGV4_H


#include "wire/wire.h"


/* The Authorization header; parts may be missing, then they are empty. */
typedef struct {
    wf_str_t   credential;          /* whole */
    wf_str_t   key_id;
    wf_str_t   scope;               /* day/region/service/terminator */
    wf_str_t   day;
    wf_str_t   region;
    wf_str_t   service;
    wf_str_t   terminator;
    size_t     part_count;          /* of the credential */
    wf_str_t   signed_headers;
    wf_str_t   signature;
    bool       is_path_plain;       /* S3: the path as it is */
} wf_sigv4_t;

/* False: not that algorithm. */
bool wf_sigv4_parse(wf_str_t header, wf_sigv4_t *sign);

/* The canonical request; of sign its headers and path count.  false: it has
 * too many parts.  Sticky failure. */
bool wf_sigv4_request(wf_buf_t *buf, const wf_message_t *message,
    const wf_sigv4_t *sign);

/* Lower-case hexadecimal of SHA-256. */
void wf_sigv4_hash(wf_buf_t *buf, wf_str_t data);

/* The signature of a text to be signed; of sign the scope counts. */
void wf_sigv4_sign(wf_buf_t *buf, wf_str_t secret, const wf_sigv4_t *sign,
    wf_str_t text);

/* The signature of a canonical request. */
void wf_sigv4_seal(wf_buf_t *buf, wf_str_t secret, const wf_sigv4_t *sign,
    wf_str_t date, wf_str_t request);

/* "20150830T123600Z"; data NULL: no memory. */
wf_str_t wf_sigv4_date(wf_arena_t *arena, int64_t ms);


#endif /* WF_SIGV4_H */
