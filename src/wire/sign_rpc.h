
/*
 * The steps of CloudFlow's signatures (cloudflow-api 1.4 and 1.5), pure and
 * small: texts in, texts out.  Sticky failure in buf.
 */

#ifndef WF_SIGN_RPC_H
#define WF_SIGN_RPC_H


#include "base/digest.h"
#include "wire/rpc.h"


/* enc(s): all but A-Z a-z 0-9 - _ . ~ as %XX. */
void wf_sign_escape(wf_buf_t *buf, wf_str_t s);

/*
 * enc(name)=enc(value) joined with "&", by name, then value, in byte order.
 * query_only: without the body's; never with a parameter called except.
 * WF_ERROR: no memory.
 */
wf_rc_t wf_sign_canonical(wf_buf_t *buf, const wf_params_t *params,
    bool query_only, wf_str_t except);

/* Signature V1: METHOD & %2F & enc(canonical), then the base64 of its HMAC. */
void wf_sign_v1_text(wf_buf_t *buf, wf_str_t method, wf_str_t canonical);
void wf_sign_v1(wf_buf_t *buf, wf_str_t secret, wf_str_t text);

/* The Authorization header of V3; parts may be missing, then they are empty. */
typedef struct {
    wf_str_t   algorithm;
    wf_str_t   key_id;
    wf_str_t   signed_headers;
    wf_str_t   signature;
} wf_sign_v3_t;

void wf_sign_v3_parse(wf_str_t header, wf_sign_v3_t *parts);

/* WF_DECLINED: not an algorithm we verify. */
wf_rc_t wf_sign_v3_algorithm(wf_str_t name, wf_digest_t *digest);

/* Lower-case hexadecimal of the digest. */
void wf_sign_hash(wf_buf_t *buf, wf_digest_t digest, wf_str_t data);

/* CanonicalRequest.  WF_DECLINED: a signed header is not there. */
wf_rc_t wf_sign_v3_request(wf_buf_t *buf, const wf_message_t *message,
    wf_str_t signed_headers, wf_str_t payload_hash);

void wf_sign_v3_text(wf_buf_t *buf, wf_str_t algorithm, wf_digest_t digest,
    wf_str_t canonical_request);
void wf_sign_v3(wf_buf_t *buf, wf_digest_t digest, wf_str_t secret,
    wf_str_t text);


#endif /* WF_SIGN_RPC_H */
