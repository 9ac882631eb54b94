
/*
 * What the files of CloudFlow's RPC protocol share among themselves; nobody
 * outside wire includes this.
 */

#ifndef WF_RPC_H
#define WF_RPC_H


#include "wire/wire.h"


/* cloudflow-api 1.3: decoded, valid UTF-8, in the order of arrival. */
typedef struct {
    wf_str_t   name;
    wf_str_t   value;
    bool       in_body;
} wf_param_t;

typedef struct {
    wf_param_t  *items;
    uint32_t     count;
    uint32_t     size;
    size_t       byte_count;    /* names and values so far */
} wf_params_t;

/* message->state */
typedef struct {
    wf_params_t  params;        /* in scratch: good until decode() returns */
    wf_str_t     host;          /* the header, for errors */
    bool         is_v3;         /* layout ACS3; else V1 */
} wf_rpc_state_t;


/*
 * Adds the pairs of a query string or form.  Errors: INVALID_ARGUMENT (bad
 * escape, not UTF-8, more than WF_PARAMS_MAX), TOO_LARGE (more than
 * WF_REQUEST_BYTES_MAX decoded bytes in all), INTERNAL.
 */
wf_rc_t wf_params_form(wf_arena_t *arena, wf_params_t *params, wf_str_t text,
    bool in_body, wf_error_t *err);

/* Adds the members of a JSON object; nested values become JSON text. */
wf_rc_t wf_params_json(wf_arena_t *arena, wf_params_t *params, wf_str_t text,
    wf_error_t *err);

/* The body's value wins over the query's, the first over later ones; NULL:
 * absent. */
const wf_param_t *wf_params_find(const wf_params_t *params, wf_str_t name);

/* As wf_params_find(), empty: absent or empty. */
wf_str_t wf_params_value(const wf_params_t *params, wf_str_t name);

/*
 * The flattened form of a list inside an object, as in
 * "Environment.Variables.1.Name": the object's JSON text; the list's if object
 * is empty, as in "RoutingConfigurations.1.Version".  members ends with an
 * empty name.  WF_DECLINED: none there.  WF_ERROR: no memory.
 */
wf_rc_t wf_params_flattened(wf_arena_t *arena, const wf_params_t *params,
    wf_str_t object, wf_str_t list, const wf_str_t *members, wf_str_t *text);

/* The value of a header, several joined with ","; empty: absent. */
wf_str_t wf_rpc_header(const wf_message_t *message, wf_str_t name);

/* Has the action a shape? */
bool wf_rpc_knows(const wf_message_t *message);

/* The media type without its parameters; name is lower case. */
bool wf_rpc_is_media_type(wf_str_t content_type, wf_str_t name);

/* Mandatory fields, key, time, signature, nonce of either layout. */
wf_rc_t wf_rpc_verify(wf_message_t *message,
    const wf_credentials_t *credentials, wf_error_t *err);

unsigned wf_rpc_encode(wf_buf_t *buf, const wf_message_t *message,
    const wf_reply_t *reply);
unsigned wf_rpc_encode_error(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err);


#endif /* WF_RPC_H */
