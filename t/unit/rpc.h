
/*
 * Building requests for tests of the RPC protocol.
 */

#ifndef WF_UNIT_RPC_H
#define WF_UNIT_RPC_H


#include "wire/rpc.h"


#define RPC_HEADERS_MAX  24
#define RPC_FRESH        wf_str("00000000-0000-4000-8000-000000000000")

/* 2026-01-02T03:04:05Z, the time of the vectors. */
#define RPC_NOW_MS       1767323045000

typedef struct {
    wf_header_t   headers[RPC_HEADERS_MAX];
    wf_request_t  request;
    wf_message_t  message;
    wf_error_t    err;
    wf_args_t     args;
} rpc_t;


static inline rpc_t *
req_create(const char *method, const char *query, const char *body)
{
    rpc_t  *rpc;

    rpc = calloc(1, sizeof(rpc_t));
    rpc->request.method = wf_str_of(method);
    rpc->request.path = wf_str("/");
    rpc->request.query = wf_str_of(query);
    rpc->request.body = wf_str_of(body);
    rpc->request.headers = rpc->headers;
    rpc->request.now_ms = RPC_NOW_MS;
    rpc->message.protocol = &wf_protocol_rpc;
    rpc->message.arena = wf_arena_create(0);
    rpc->message.scratch = wf_arena_create(0);
    rpc->message.request = &rpc->request;

    return rpc;
}


static inline void
req_free(rpc_t *rpc)
{
    wf_arena_free(rpc->message.arena);
    wf_arena_free(rpc->message.scratch);
    free(rpc);
}


static inline void
req_header(rpc_t *rpc, const char *name, const char *value)
{
    rpc->headers[rpc->request.header_count++] = (wf_header_t) {
        wf_str_of(name), wf_str_of(value)
    };

    if (strcmp(name, "content-type") == 0) {
        rpc->request.content_type = wf_str_of(value);
    }
}


static inline wf_rc_t
req_begin(rpc_t *rpc)
{
    return wf_protocol_rpc.begin(&rpc->message, RPC_FRESH, &rpc->err);
}


static inline wf_rc_t
req_decode(rpc_t *rpc)
{
    return wf_protocol_rpc.decode(&rpc->message,
                                  wf_rpc_shape(rpc->message.action),
                                  &rpc->args, &rpc->err);
}


/* One access key and one remembered nonce. */
typedef struct {
    wf_key_t          key;
    char              nonce[160];
    wf_credentials_t  credentials;
} rpc_keys_t;


static inline const wf_key_t *
rpc_keys_find(void *data, wf_str_t id)
{
    rpc_keys_t  *keys = data;

    return wf_str_eq(keys->key.id, id) ? &keys->key : NULL;
}


static inline bool
rpc_keys_nonce_used(void *data, wf_str_t id, wf_str_t nonce, int64_t now_ms)
{
    rpc_keys_t  *keys = data;

    (void) id;
    (void) now_ms;

    if (wf_str_eq(wf_str_of(keys->nonce), nonce)) {
        return true;
    }

    memcpy(keys->nonce, nonce.data, nonce.len);
    keys->nonce[nonce.len] = '\0';

    return false;
}


static inline void
rpc_keys_init(rpc_keys_t *keys, const char *id, const char *secret)
{
    memset(keys, 0, sizeof(rpc_keys_t));
    keys->key.id = wf_str_of(id);
    keys->key.secret = wf_str_of(secret);
    keys->credentials.find = rpc_keys_find;
    keys->credentials.nonce_used = rpc_keys_nonce_used;
    keys->credentials.data = keys;
    keys->credentials.skew_ms = 15 * 60 * 1000;
}


static inline wf_rc_t
req_verify(rpc_t *rpc, rpc_keys_t *keys)
{
    return wf_protocol_rpc.verify(&rpc->message, &keys->credentials,
                                  &rpc->err);
}


#endif /* WF_UNIT_RPC_H */
