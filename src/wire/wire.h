
/*
 * Bytes <-> calls.  A protocol is a row of functions; the edge calls them in
 * this order (cloudflow-api 1.12) and stops at the first error:
 *
 *   begin    layout, protocol fields, version; learns action and request id
 *   (actions looks the action up; unknown: UNKNOWN_ACTION)
 *   verify   key, time, signature, nonce; skipped without credentials
 *   decode   parameters through the action's shape
 *   encode / encode_error
 */

#ifndef WF_WIRE_H
#define WF_WIRE_H


#include "wire/call.h"
#include "wire/field.h"
#include "wire/policy.h"


typedef struct {
    wf_str_t   name;                /* lower case */
    wf_str_t   value;
} wf_header_t;

/* A location that is a flow. */
typedef struct {
    wf_str_t   action;              /* StartExecution, StartSyncExecution */
    wf_str_t   flow;
    wf_str_t   execution;           /* name, or any text; empty: a fresh one */
} wf_door_t;

/* The request as the door saw it; its bytes may go once decode() has
 * returned. */
typedef struct {
    wf_str_t      method;           /* upper case */
    wf_str_t      path;             /* undecoded, without the query */
    wf_str_t      query;            /* raw, without '?' */
    wf_str_t      content_type;
    wf_header_t  *headers;
    uint32_t      header_count;
    wf_str_t      body;             /* raw bytes, de-chunked */
    int64_t       now_ms;
    wf_str_t      region;           /* the operator's; empty: the usual ones */
    wf_str_t      account;
    const wf_door_t  *door;         /* NULL: none */
} wf_request_t;

/* One access key. */
typedef struct {
    wf_str_t   id;
    wf_str_t   secret;
    wf_str_t   token;               /* STS; empty: none */
    int64_t    expires_ms;          /* 0: never */
    const wf_policy_t  *policy;     /* NULL: it may do everything */
} wf_key_t;

/* What verification needs of the world. */
typedef struct {
    const wf_key_t *(*find)(void *data, wf_str_t key_id);   /* NULL: unknown */
    /* True if seen before for this key within the window; else remembers. */
    bool  (*nonce_used)(void *data, wf_str_t key_id, wf_str_t nonce,
        int64_t now_ms);
    void   *data;
    int64_t skew_ms;                /* 15 minutes by default */
} wf_credentials_t;

typedef struct wf_protocol_s  wf_protocol_t;

/* A request on its way through a protocol. */
typedef struct {
    const wf_protocol_t  *protocol;
    wf_arena_t           *arena;        /* until the answer is written */
    wf_arena_t           *scratch;      /* begin() to decode(); encode() */
    const wf_request_t   *request;      /* begin() to decode() */
    wf_str_t              action;
    wf_str_t              request_id;
    wf_str_t              key_id;       /* who asks; empty: anonymous */
    const wf_policy_t    *policy;       /* the key's, after verify(); NULL:
                                           everything is allowed */
    void                 *state;        /* the protocol's own, in arena */
} wf_message_t;

struct wf_protocol_s {
    const char *name;
    const char *service;            /* of policies */

    /* Is this request in our tongue? */
    bool     (*recognise)(const wf_request_t *request);

    /* fresh_id: 36 characters in the arena, used unless the client gave a
     * usable one. */
    wf_rc_t  (*begin)(wf_message_t *message, wf_str_t fresh_id,
        wf_error_t *err);
    /* After begin(): does it know the action's parameters? */
    bool     (*knows)(const wf_message_t *message);
    wf_rc_t  (*verify)(wf_message_t *message,
        const wf_credentials_t *credentials, wf_error_t *err);
    /* shape: wf_rpc_shape()'s; Amazon's services have tables of their own. */
    wf_rc_t  (*decode)(wf_message_t *message, const wf_shape_t *shape,
        wf_args_t *args, wf_error_t *err);

    /* Body into buf, which may fail; the HTTP status. */
    unsigned (*encode)(wf_buf_t *buf, const wf_message_t *message,
        const wf_reply_t *reply);
    unsigned (*encode_error)(wf_buf_t *buf, const wf_message_t *message,
        const wf_error_t *err);
    /* NULL: nowhere but in the body. */
    wf_str_t (*error_code)(const wf_message_t *message, const wf_error_t *err);

    wf_str_t   content_type;
    wf_str_t   request_id_header;
    wf_str_t   error_code_header;
    wf_str_t   retry_header;        /* when a bucket will have room */
    uint32_t   retry_unit_ms;
};

extern const wf_protocol_t  wf_protocol_rpc;
extern const wf_protocol_t  wf_protocol_sfn;
extern const wf_protocol_t  wf_protocol_swf;
extern const wf_protocol_t  wf_protocol_door;

/* The code of an error and the word of a status, as answers spell them. */
wf_str_t wf_rpc_error_code(wf_error_code_t code);
wf_str_t wf_rpc_status(uint8_t status);

/* Shapes of CloudFlow's actions; NULL: unknown name. */
const wf_shape_t *wf_rpc_shape(wf_str_t action);


#endif /* WF_WIRE_H */
