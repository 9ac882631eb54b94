
/*
 * Reads the file of connections and finds them.  What is wrong is told by
 * names alone: no value of the file reaches a message.
 */

#include "wire/connection.h"

#include "base/json.h"
#include "wire/service_row.h"


#define QUOTED_MAX  128


/* What a kind must have. */
static const struct {
    wf_str_t     type;
    const char  *own;
    const char  *texts[3];
} kinds[] = {
    [WF_CONNECTION_API_KEY] = {
        wf_str_init("API_KEY"), "ApiKeyAuthParameters",
        { "ApiKeyName", "ApiKeyValue", NULL }
    },
    [WF_CONNECTION_BASIC] = {
        wf_str_init("BASIC"), "BasicAuthParameters",
        { "Username", "Password", NULL }
    },
    [WF_CONNECTION_OAUTH] = {
        wf_str_init("OAUTH_CLIENT_CREDENTIALS"), "OAuthParameters",
        { "AuthorizationEndpoint", "HttpMethod", NULL }
    }
};

static const char *const  lists[] = {
    WF_CONNECTION_HEADERS, WF_CONNECTION_QUERY, WF_CONNECTION_BODY
};

/* They are the connection's to the server, not these. */
static const wf_str_t  refused[] = {
    wf_str_init("connection"), wf_str_init("content-length"),
    wf_str_init("expect"), wf_str_init("host"), wf_str_init("keep-alive"),
    wf_str_init("proxy-connection"), wf_str_init("te"),
    wf_str_init("trailer"), wf_str_init("transfer-encoding"),
    wf_str_init("upgrade")
};


static wf_rc_t
no_memory(wf_error_t *err)
{
    wf_error_set(err, WF_E_INTERNAL, "out of memory");
    return WF_ERROR;
}


static wf_rc_t
refuse(wf_error_t *err, const wf_connection_t *connection, const char *what,
    const char *why)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "connection \"%.*s\": %s %s",
                 (int) wf_min(connection->name.len, QUOTED_MAX),
                 (const char *) connection->name.data, what, why);
    return WF_ERROR;
}


/* A text that may stand in a header. */
static bool
is_line(const wf_value_t *value)
{
    return value && value->type == WF_STRING
           && wf_service_is_line(value->u.string);
}


static bool
is_text(const wf_value_t *value)
{
    return is_line(value) && value->u.string.len > 0;
}


static bool
is_header(wf_str_t name)
{
    size_t  i, k;

    for (i = 0; i < wf_countof(refused); i++) {
        for (k = 0; name.len == refused[i].len && k < name.len; k++) {
            if ((name.data[k] | 0x20) != refused[i].data[k]) {
                break;
            }
        }

        if (name.len == refused[i].len && k == name.len) {
            return false;
        }
    }

    return wf_service_is_token(name);
}


static wf_rc_t
list_check(const wf_connection_t *connection, const wf_value_t *parameters,
    const char *name, wf_error_t *err)
{
    bool               is_headers;
    uint32_t           i;
    const wf_value_t  *list, *key, *value, *secret;

    list = wf_value_get(parameters, wf_str_of(name));
    is_headers = strcmp(name, WF_CONNECTION_HEADERS) == 0;

    if (list == NULL) {
        return WF_OK;
    }

    if (list->type != WF_ARRAY) {
        return refuse(err, connection, name, "must be a list");
    }

    for (i = 0; i < list->count; i++) {
        key = wf_value_get(list->u.items[i], wf_str("Key"));
        value = wf_value_get(list->u.items[i], wf_str("Value"));
        secret = wf_value_get(list->u.items[i], wf_str("IsValueSecret"));

        if (!is_text(key) || value == NULL || value->type != WF_STRING
            || (secret && secret->type != WF_BOOL))
        {
            return refuse(err, connection, name, "must have texts as Key and "
                          "Value, and true or false as IsValueSecret");
        }

        if (is_headers && (!is_header(key->u.string) || !is_line(value))) {
            return refuse(err, connection, name, "has what is no header, or "
                          "none that can be set");
        }
    }

    return WF_OK;
}


static wf_rc_t
lists_check(const wf_connection_t *connection, const wf_value_t *parameters,
    const char *name, wf_error_t *err)
{
    size_t  i;

    if (parameters == NULL) {
        return WF_OK;
    }

    if (parameters->type != WF_OBJECT) {
        return refuse(err, connection, name, "must be an object");
    }

    for (i = 0; i < wf_countof(lists); i++) {
        if (list_check(connection, parameters, lists[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static wf_rc_t
oauth_check(const wf_connection_t *connection, wf_error_t *err)
{
    wf_str_t           method;
    const wf_value_t  *client;

    client = wf_value_get(connection->own, wf_str("ClientParameters"));
    method = wf_connection_text(connection, "HttpMethod");

    if (!is_text(wf_value_get(client, wf_str("ClientID")))
        || !is_text(wf_value_get(client, wf_str("ClientSecret"))))
    {
        return refuse(err, connection, "ClientParameters",
                      "must have ClientID and ClientSecret");
    }

    if (!wf_str_eq(method, wf_str("GET")) && !wf_str_eq(method, wf_str("POST"))
        && !wf_str_eq(method, wf_str("PUT")))
    {
        return refuse(err, connection, "HttpMethod",
                      "must be GET, POST or PUT");
    }

    return lists_check(connection,
                       wf_value_get(connection->own,
                                    wf_str("OAuthHttpParameters")),
                       "OAuthHttpParameters", err);
}


static wf_rc_t
own_check(const wf_connection_t *connection, wf_error_t *err)
{
    uint32_t  i;

    for (i = 0; kinds[connection->kind].texts[i]; i++) {
        if (!is_text(wf_value_get(connection->own,
                             wf_str_of(kinds[connection->kind].texts[i]))))
        {
            return refuse(err, connection, kinds[connection->kind].texts[i],
                          "must be a text");
        }
    }

    if (connection->kind == WF_CONNECTION_API_KEY
        && !is_header(wf_connection_text(connection, "ApiKeyName")))
    {
        return refuse(err, connection, "ApiKeyName",
                      "is no header that can be set");
    }

    return connection->kind == WF_CONNECTION_OAUTH
           ? oauth_check(connection, err) : WF_OK;
}


static wf_rc_t
item_read(wf_connection_t *connection, const wf_member_t *member,
    wf_error_t *err)
{
    size_t             i;
    const wf_value_t  *type, *parameters;

    connection->name = member->key;
    type = wf_value_get(member->value, wf_str("AuthorizationType"));
    parameters = wf_value_get(member->value, wf_str("AuthParameters"));

    for (i = 0; i < wf_countof(kinds); i++) {
        if (type && type->type == WF_STRING
            && wf_str_eq(type->u.string, kinds[i].type))
        {
            break;
        }
    }

    if (i == wf_countof(kinds)) {
        return refuse(err, connection, "AuthorizationType", "must be API_KEY, "
                      "BASIC or OAUTH_CLIENT_CREDENTIALS");
    }

    connection->kind = (uint8_t) i;
    connection->own = wf_value_get(parameters, wf_str_of(kinds[i].own));
    connection->extra = wf_value_get(parameters,
                                     wf_str("InvocationHttpParameters"));

    if (connection->own == NULL || connection->own->type != WF_OBJECT) {
        return refuse(err, connection, kinds[i].own, "is missing");
    }

    return own_check(connection, err) == WF_OK
           ? lists_check(connection, connection->extra,
                         "InvocationHttpParameters", err) : WF_ERROR;
}


static unsigned
line_of(wf_str_t text, size_t offset)
{
    size_t    i;
    unsigned  line;

    line = 1;

    for (i = 0; i < offset && i < text.len; i++) {
        line += text.data[i] == '\n';
    }

    return line;
}


wf_rc_t
wf_connections_parse(wf_arena_t *arena, wf_str_t text,
    wf_connections_t *connections, wf_error_t *err)
{
    size_t       offset;
    uint32_t     i;
    wf_value_t  *root;

    text = wf_arena_copy(arena, text);

    if (text.data == NULL) {
        return no_memory(err);
    }

    if (wf_json_parse_unique(arena, text, &root, &offset, err) != WF_OK) {
        if (err->code != WF_E_INTERNAL) {
            wf_error_wrap(err, "line %u", line_of(text, offset));
        }

        return WF_ERROR;
    }

    if (root->type != WF_OBJECT) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "is no JSON object");
        return WF_ERROR;
    }

    connections->count = root->count;
    connections->items = wf_arena_calloc(arena, (root->count + 1)
                                                * sizeof(wf_connection_t));

    if (connections->items == NULL) {
        return no_memory(err);
    }

    for (i = 0; i < root->count; i++) {
        if (item_read(&connections->items[i], &root->u.members[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* "arn:aws:events:REGION:ACCOUNT:connection/NAME/ID" */
static wf_str_t
name_of(wf_str_t arn)
{
    uint32_t  i;

    for (i = 0; i < 5; i++) {
        (void) wf_service_cut(&arn, ':');
    }

    return wf_str_eq(wf_service_cut(&arn, '/'), wf_str("connection"))
           ? wf_service_cut(&arn, '/') : wf_str_none;
}


const wf_connection_t *
wf_connections_find(const wf_connections_t *connections, wf_str_t arn)
{
    uint32_t                i;
    wf_str_t                name;
    const wf_connection_t  *found;

    found = NULL;
    name = name_of(arn);

    for (i = 0; i < connections->count; i++) {
        if (wf_str_eq(connections->items[i].name, arn)) {
            return &connections->items[i];
        }

        if (name.len > 0 && wf_str_eq(connections->items[i].name, name)) {
            found = &connections->items[i];
        }
    }

    return found;
}


wf_rc_t
wf_connection_copy(wf_arena_t *arena, const wf_connection_t *from,
    wf_connection_t *to)
{
    *to = *from;
    to->name = wf_arena_copy(arena, from->name);
    to->own = wf_value_copy(arena, from->own);
    to->extra = from->extra ? wf_value_copy(arena, from->extra) : NULL;

    return to->name.data && to->own && (to->extra || !from->extra)
           ? WF_OK : WF_ERROR;
}


wf_str_t
wf_connection_text(const wf_connection_t *connection, const char *name)
{
    const wf_value_t  *value;

    value = wf_value_get(connection->own, wf_str_of(name));

    return value && value->type == WF_STRING ? value->u.string : wf_str_none;
}


const wf_value_t *
wf_connection_list(const wf_value_t *parameters, const char *name)
{
    return parameters ? wf_value_get(parameters, wf_str_of(name)) : NULL;
}
