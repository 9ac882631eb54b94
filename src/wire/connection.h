
/*
 * Connections of HTTP tasks (asl 15): who asks, and what he adds, as
 * EventBridge's CreateConnection spells it.  Told the text, never opens a
 * file.
 *
 *     {"stripe": {"AuthorizationType": "API_KEY",
 *                 "AuthParameters": {"ApiKeyAuthParameters": {
 *                     "ApiKeyName": "Authorization", "ApiKeyValue": "..."}}}}
 *
 * A connection's name stands in its ARN, "arn:aws:events:REGION:ACCOUNT:
 * connection/NAME/ID"; or the whole ARN is its name.
 */

#ifndef WF_CONNECTION_H
#define WF_CONNECTION_H


#include "base/error.h"
#include "base/value.h"


typedef enum {
    WF_CONNECTION_API_KEY = 0,
    WF_CONNECTION_BASIC,
    WF_CONNECTION_OAUTH
} wf_connection_kind_t;

typedef struct wf_connection_s  wf_connection_t;

/* A connection; its values hold secrets: they go into requests alone. */
struct wf_connection_s {
    wf_str_t           name;
    uint8_t            kind;        /* wf_connection_kind_t */
    const wf_value_t  *own;         /* ApiKeyAuthParameters and the like */
    const wf_value_t  *extra;       /* InvocationHttpParameters; NULL: none */
};

typedef struct {
    wf_connection_t  *items;
    uint32_t          count;
} wf_connections_t;

/* Lists of extra, and of an OAuth connection's OAuthHttpParameters; each item
 * has Key and Value, texts, and maybe IsValueSecret. */
#define WF_CONNECTION_HEADERS  "HeaderParameters"
#define WF_CONNECTION_QUERY    "QueryStringParameters"
#define WF_CONNECTION_BODY     "BodyParameters"


/* Everything lives in the arena.  WF_ERROR: err is INVALID_ARGUMENT, the
 * reason without any secret, or INTERNAL. */
wf_rc_t wf_connections_parse(wf_arena_t *arena, wf_str_t text,
    wf_connections_t *connections, wf_error_t *err);

/* NULL: unknown. */
const wf_connection_t *wf_connections_find(
    const wf_connections_t *connections, wf_str_t arn);

/* A copy that outlives the file's; WF_ERROR: no memory. */
wf_rc_t wf_connection_copy(wf_arena_t *arena, const wf_connection_t *from,
    wf_connection_t *to);

/* A member of own that is there: it was checked. */
wf_str_t wf_connection_text(const wf_connection_t *connection,
    const char *name);

/* A list of extra or OAuthHttpParameters; NULL: none. */
const wf_value_t *wf_connection_list(const wf_value_t *parameters,
    const char *name);


#endif /* WF_CONNECTION_H */
