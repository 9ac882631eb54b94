
/*
 * The token of an OAuth connection (RFC 6749, 4.4): how it is asked for, and
 * what the answer says.  The client's secret stands in the body, or in the
 * query of a GET.
 */

#include "wire/service_aws_http.h"

#include "base/json.h"


#define LIFE_S      300         /* of a token that does not say it */
#define LIFE_S_MAX  86400


bool
wf_http_is_token(const wf_service_call_t *call)
{
    return call->connection && call->connection->kind == WF_CONNECTION_OAUTH
           && call->bearer.len == 0;
}


static const wf_value_t *
oauth_list(const wf_service_call_t *call, const char *name)
{
    return wf_connection_list(wf_value_get(call->connection->own,
                                  wf_str("OAuthHttpParameters")), name);
}


/* A text of the client's. */
static wf_str_t
client_text(const wf_service_call_t *call, const char *name)
{
    const wf_value_t  *client, *value;

    client = wf_value_get(call->connection->own, wf_str("ClientParameters"));
    value = wf_value_get(client, wf_str_of(name));

    return value->u.string;
}


/* {"grant_type", "client_id", "client_secret"} and what the connection adds
 * to them, or puts in their place. */
static wf_value_t *
fields_build(wf_aws_call_t *call)
{
    size_t                    i;
    uint32_t                  k;
    wf_str_t                  key, value;
    wf_str_t                  own[3][2];
    wf_arena_t               *arena;
    wf_value_t               *fields;
    const wf_value_t         *list;
    const wf_service_call_t  *service;

    arena = call->sheet->arena;
    service = call->sheet->call;
    own[0][0] = wf_str("grant_type");
    own[0][1] = wf_str("client_credentials");
    own[1][0] = wf_str("client_id");
    own[1][1] = client_text(service, "ClientID");
    own[2][0] = wf_str("client_secret");
    own[2][1] = wf_http_secret(service, client_text(service, "ClientSecret"));
    fields = wf_value_object(arena, 4);

    for (i = 0; fields && i < wf_countof(own); i++) {
        if (wf_value_set(arena, fields, own[i][0],
                         wf_value_string(arena, own[i][1])) != WF_OK)
        {
            return NULL;
        }
    }

    list = oauth_list(service, WF_CONNECTION_BODY);

    for (k = 0; fields && list && k < list->count; k++) {
        wf_http_item(service, list, k, &key, &value);

        if (wf_value_set(arena, fields, key, wf_value_string(arena, value))
            != WF_OK)
        {
            return NULL;
        }
    }

    return fields;
}


static wf_rc_t
headers_add(wf_aws_call_t *call, wf_service_request_t *request)
{
    bool                      has_type;
    uint32_t                  i;
    wf_str_t                  key, value;
    const wf_value_t         *list;
    const wf_service_call_t  *service;

    has_type = false;
    service = call->sheet->call;
    list = oauth_list(service, WF_CONNECTION_HEADERS);
    wf_service_headers(call->sheet, request, 2 + (list ? list->count : 0));

    for (i = 0; list && i < list->count && !call->sheet->failed; i++) {
        wf_http_item(service, list, i, &key, &value);
        key = wf_service_lower(call->sheet, key);
        has_type |= wf_str_eq(key, wf_str("content-type"));
        wf_service_header(request, key, value);
    }

    if (call->sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("accept"), wf_str("application/json"));

    if (!has_type && !wf_str_eq(request->method, wf_str("GET"))) {
        wf_service_header(request, wf_str("content-type"),
                          wf_str("application/x-www-form-urlencoded"));
    }

    return WF_OK;
}


/* A connection whose header says so asks in JSON. */
static bool
is_json(const wf_service_request_t *request)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {
        if (wf_str_eq(request->headers[i].name, wf_str("content-type"))) {
            return wf_str_starts(request->headers[i].value,
                                 wf_str("application/json"));
        }
    }

    return false;
}


static void
form_build(wf_aws_call_t *call, wf_form_t *form, const wf_value_t *fields)
{
    uint32_t  i;

    for (i = 0; i < fields->count; i++) {
        wf_form_put(form, fields->u.members[i].key,
                    fields->u.members[i].value);
    }

    call->sheet->failed |= form->text.failed;
}


static void
query_build(wf_aws_call_t *call, wf_service_request_t *request,
    const wf_value_t *fields)
{
    size_t             shown;
    uint32_t           i;
    wf_str_t           key, value;
    wf_form_t          form;
    const wf_value_t  *list;

    wf_form_init(&form, call->sheet, WF_FORM_REPEAT);
    wf_form_put_raw(&form, request->args);
    shown = form.text.len;
    list = oauth_list(call->sheet->call, WF_CONNECTION_QUERY);

    for (i = 0; list && i < list->count; i++) {
        wf_http_item(call->sheet->call, list, i, &key, &value);
        wf_form_put_text(&form, key, value);
    }

    if (fields) {
        form_build(call, &form, fields);
    }

    request->args = wf_form_done(&form);
    request->args_secret = request->args.len - shown;
}


wf_rc_t
wf_http_token_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    bool                    is_get;
    wf_buf_t                json;
    wf_form_t               form;
    wf_value_t             *fields;
    const wf_connection_t  *connection;

    connection = call->sheet->call->connection;
    request->method = wf_connection_text(connection, "HttpMethod");
    request->function = wf_str("token");
    is_get = wf_str_eq(request->method, wf_str("GET"));
    fields = fields_build(call);

    if (fields == NULL) {
        call->sheet->failed = true;
        return WF_ERROR;
    }

    if (wf_service_url(call->sheet, "AuthorizationEndpoint",
                       wf_connection_text(connection,
                                          "AuthorizationEndpoint"),
                       request, err) != WF_OK
        || headers_add(call, request) != WF_OK)
    {
        return WF_ERROR;
    }

    query_build(call, request, is_get ? fields : NULL);
    request->body = wf_str_none;

    if (!is_get && is_json(request)) {
        wf_buf_init(&json, call->sheet->arena, 256);
        wf_json_print(&json, fields);
        call->sheet->failed |= json.failed;
        request->body = wf_buf_done(&json);

    } else if (!is_get) {
        wf_form_init(&form, call->sheet, WF_FORM_REPEAT);
        form_build(call, &form, fields);
        request->body = wf_form_done(&form);
    }

    return call->sheet->failed ? WF_ERROR : WF_OK;
}


static int64_t
life_of(const wf_value_t *answer)
{
    double             seconds;
    const wf_value_t  *value;

    value = wf_value_get(answer, wf_str("expires_in"));
    seconds = value && value->type == WF_NUMBER ? value->u.number.real
                                                : LIFE_S;

    return seconds < 0 ? 0 : (int64_t) wf_min(seconds, LIFE_S_MAX);
}


/* What the endpoint says is not shown: it may hold what it was asked with. */
void
wf_http_token_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_buf_t           cause;
    const wf_value_t  *value, *token;

    value = wf_service_json(call->sheet, answer->body);
    token = wf_value_get(value, wf_str("access_token"));

    if (wf_service_is_good(answer) && token && token->type == WF_STRING
        && token->u.string.len > 0 && wf_service_is_line(token->u.string))
    {
        result->is_more = true;
        result->bearer = token->u.string;
        result->bearer_s = life_of(value);
        return;
    }

    wf_buf_init(&cause, call->sheet->arena, 128);
    wf_buf_text(&cause, "The authorization endpoint of connection '");
    wf_buf_str(&cause, call->sheet->call->connection->name);
    wf_buf_text(&cause, "' gave no token: status ");
    wf_buf_uint(&cause, answer->status);
    wf_buf_byte(&cause, '.');
    call->sheet->failed |= cause.failed;

    wf_aws_fail_as(call,
                   wf_str("Events.ConnectionResource.InvalidConnectionState"),
                   wf_buf_done(&cause), result);
}
