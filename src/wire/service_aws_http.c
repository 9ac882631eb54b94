
/*
 * HTTP tasks (asl 15, http:invoke): the request that the parameters and the
 * connection make together.  Where both say the same, the connection is right;
 * its values go into the request and nowhere else.
 */

#include "wire/service_aws_http.h"

#include "base/digest.h"
#include "base/json.h"


#define MASK            "***"
#define COMMON_HEADERS  4           /* user-agent, range, type, authorization */
#define TIME_MS         60000       /* all that a call may take */

static const char *const  methods[] = {
    "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"
};

static const wf_str_t  arrays[] = {
    [WF_FORM_INDICES] = wf_str_init("INDICES"),
    [WF_FORM_REPEAT] = wf_str_init("REPEAT"),
    [WF_FORM_COMMAS] = wf_str_init("COMMAS"),
    [WF_FORM_BRACKETS] = wf_str_init("BRACKETS")
};

/* A definition sets none of these; a last '-' stands for any rest. */
static const char *const  refused[] = {
    "a-im", "accept-charset", "accept-datetime", "accept-encoding",
    "authorization", "cache-control", "connection", "content-encoding",
    "content-length", "content-md5", "date", "expect", "forwarded", "from",
    "host", "http2-settings", "if-match", "if-modified-since",
    "if-none-match", "if-range", "if-unmodified-since", "max-forwards",
    "origin", "pragma", "proxy-authorization", "referer", "server", "te",
    "trailer", "transfer-encoding", "upgrade", "via", "warning",
    "x-forwarded-", "x-amz-", "x-amzn-", "x-fnf-"
};


/* What is being made. */
typedef struct {
    wf_aws_call_t          *call;
    wf_service_sheet_t     *sheet;
    wf_service_request_t   *request;
    const wf_connection_t  *connection;     /* NULL: none */
    wf_str_t                auth_name;      /* empty: none */
    wf_str_t                auth_value;
} http_t;


wf_str_t
wf_http_secret(const wf_service_call_t *call, wf_str_t secret)
{
    return call->is_masked ? wf_str(MASK) : secret;
}


void
wf_http_item(const wf_service_call_t *call, const wf_value_t *list,
    uint32_t i, wf_str_t *key, wf_str_t *value)
{
    const wf_value_t  *item, *secret;

    item = list->u.items[i];
    secret = wf_value_get(item, wf_str("IsValueSecret"));
    *key = wf_value_get(item, wf_str("Key"))->u.string;
    *value = wf_value_get(item, wf_str("Value"))->u.string;

    if (secret && secret->boolean) {
        *value = wf_http_secret(call, *value);
    }
}


static const wf_value_t *
extra_list(const http_t *http, const char *name)
{
    return http->connection ? wf_connection_list(http->connection->extra, name)
                            : NULL;
}


/* Does the connection say this itself? */
static bool
is_extra(const http_t *http, const char *name, wf_str_t key, bool nocase)
{
    uint32_t           i;
    wf_str_t           own, value;
    const wf_value_t  *list;

    list = extra_list(http, name);

    for (i = 0; list && i < list->count; i++) {
        wf_http_item(http->sheet->call, list, i, &own, &value);

        if (nocase) {
            own = wf_service_lower(http->sheet, own);
        }

        if (wf_str_eq(own, key)) {
            return true;
        }
    }

    return false;
}


/*
 * Headers
 */

static wf_str_t
basic_value(http_t *http)
{
    wf_buf_t  pair, text;

    wf_buf_init(&pair, http->sheet->arena, 128);
    wf_buf_init(&text, http->sheet->arena, 128);
    wf_buf_str(&pair, wf_connection_text(http->connection, "Username"));
    wf_buf_byte(&pair, ':');
    wf_buf_str(&pair, wf_connection_text(http->connection, "Password"));
    wf_buf_text(&text, "Basic ");
    wf_base64_print(&text, wf_buf_done(&pair));
    http->sheet->failed |= pair.failed || text.failed;

    return wf_buf_done(&text);
}


static void
auth_set(http_t *http)
{
    wf_str_t  parts[2];

    if (http->connection == NULL) {
        return;
    }

    http->auth_name = wf_str("authorization");

    if (http->connection->kind == WF_CONNECTION_API_KEY) {
        http->auth_name = wf_service_lower(http->sheet,
                              wf_connection_text(http->connection,
                                                 "ApiKeyName"));
        http->auth_value = wf_connection_text(http->connection,
                                              "ApiKeyValue");

    } else if (http->connection->kind == WF_CONNECTION_BASIC) {
        http->auth_value = basic_value(http);

    } else {
        parts[0] = wf_str("Bearer ");
        parts[1] = http->sheet->call->bearer;
        http->auth_value = wf_service_join(http->sheet, parts, 2);
    }

    http->auth_value = wf_http_secret(http->sheet->call, http->auth_value);
}


static bool
is_refused(wf_str_t name)
{
    size_t    i;
    wf_str_t  word;

    for (i = 0; i < wf_countof(refused); i++) {
        word = wf_str_of(refused[i]);

        if (word.data[word.len - 1] == '-' ? wf_str_starts(name, word)
                                           : wf_str_eq(name, word))
        {
            return true;
        }
    }

    return false;
}


static bool
has_header(const http_t *http, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < http->request->header_count; i++) {
        if (wf_str_eq(http->request->headers[i].name, name)) {
            return true;
        }
    }

    return false;
}


/* A list is one value for the header. */
static wf_rc_t
header_text(http_t *http, const wf_value_t *value, wf_str_t *text,
    wf_error_t *err)
{
    uint32_t           i, count;
    wf_buf_t           buf;
    const wf_value_t  *item;

    wf_buf_init(&buf, http->sheet->arena, 64);
    count = value->type == WF_ARRAY ? value->count : 1;

    for (i = 0; i < count; i++) {
        item = value->type == WF_ARRAY ? value->u.items[i] : value;

        if (item->type == WF_ARRAY || item->type == WF_OBJECT
            || item->type == WF_NULL)
        {
            return wf_service_refuse(err, "Headers",
                                     "must have texts as values");
        }

        wf_buf_str(&buf, i ? wf_str(",") : wf_str(""));
        wf_buf_str(&buf, wf_service_raw(http->sheet, item));
    }

    http->sheet->failed |= buf.failed;
    *text = wf_buf_done(&buf);

    return wf_service_is_line(*text)
           ? WF_OK : wf_service_refuse(err, "Headers", "has a value with "
                                       "control characters");
}


static wf_rc_t
header_add(http_t *http, const wf_member_t *member, wf_error_t *err)
{
    wf_str_t  name, text;

    name = wf_service_lower(http->sheet, member->key);

    if (!wf_service_is_token(name) || is_refused(name)) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "The header '%.*s' is not "
                     "allowed in an HTTP task.", (int) name.len,
                     (const char *) name.data);
        return WF_ERROR;
    }

    if (header_text(http, member->value, &text, err) != WF_OK) {
        return WF_ERROR;
    }

    if (!wf_str_eq(name, http->auth_name)
        && !is_extra(http, WF_CONNECTION_HEADERS, name, true)
        && !has_header(http, name))
    {
        wf_service_header(http->request, name, text);
    }

    return WF_OK;
}


static void
header_default(http_t *http, wf_str_t name, wf_str_t value)
{
    if (!has_header(http, name)) {
        wf_service_header(http->request, name, value);
    }
}


static void
headers_end(http_t *http)
{
    uint32_t           i;
    wf_str_t           name, value, parts[2];
    const wf_value_t  *list;

    list = extra_list(http, WF_CONNECTION_HEADERS);

    for (i = 0; list && i < list->count; i++) {
        wf_http_item(http->sheet->call, list, i, &name, &value);
        name = wf_service_lower(http->sheet, name);

        if (!wf_str_eq(name, http->auth_name)) {
            header_default(http, name, value);
        }
    }

    if (http->auth_name.len > 0) {
        wf_service_header(http->request, http->auth_name, http->auth_value);
    }

    parts[0] = wf_str("Amazon|StepFunctions|HttpInvoke|");
    parts[1] = http->sheet->call->region;
    header_default(http, wf_str("user-agent"),
                   wf_service_join(http->sheet, parts, 2));
    header_default(http, wf_str("range"), wf_str("bytes=0-262144"));

    if (http->request->body.len > 0) {
        header_default(http, wf_str("content-type"),
                       wf_str("application/json; charset=UTF-8"));
    }
}


static wf_rc_t
headers_read(http_t *http, wf_error_t *err)
{
    uint32_t           i;
    const wf_value_t  *headers, *list;

    headers = wf_service_param(http->sheet, "Headers");
    list = extra_list(http, WF_CONNECTION_HEADERS);

    if (headers && headers->type != WF_OBJECT) {
        return wf_service_refuse(err, "Headers", "must be an object");
    }

    wf_service_headers(http->sheet, http->request,
                       COMMON_HEADERS + (headers ? headers->count : 0)
                       + (list ? list->count : 0));

    for (i = 0; headers && i < headers->count && !http->sheet->failed; i++) {
        if (header_add(http, &headers->u.members[i], err) != WF_OK) {
            return WF_ERROR;
        }
    }

    if (!http->sheet->failed) {
        headers_end(http);
    }

    return http->sheet->failed ? WF_ERROR : WF_OK;
}


/*
 * Query
 */

static wf_rc_t
query_put(http_t *http, wf_form_t *form, const wf_value_t *query,
    wf_error_t *err)
{
    uint32_t  i;
    wf_str_t  text;

    if (query->type == WF_STRING) {
        text = query->u.string;
        wf_form_put_raw(form, wf_service_clean(http->sheet,
                                  wf_service_cut(&text, '#')));
        return WF_OK;
    }

    if (query->type == WF_ARRAY) {
        for (i = 0; i < query->count; i++) {
            if (query->u.items[i]->type == WF_ARRAY
                || query_put(http, form, query->u.items[i], err) != WF_OK)
            {
                return wf_service_refuse(err, "QueryParameters", "must be an "
                                         "object, a text or a list of them");
            }
        }

        return WF_OK;
    }

    if (query->type != WF_OBJECT) {
        return wf_service_refuse(err, "QueryParameters", "must be an object, "
                                 "a text or a list of them");
    }

    for (i = 0; i < query->count; i++) {
        if (!is_extra(http, WF_CONNECTION_QUERY, query->u.members[i].key,
                      false))
        {
            wf_form_put(form, query->u.members[i].key,
                        query->u.members[i].value);
        }
    }

    return WF_OK;
}


static wf_rc_t
query_read(http_t *http, wf_error_t *err)
{
    size_t             shown;
    uint32_t           i;
    wf_str_t           key, value;
    wf_form_t          form;
    const wf_value_t  *query, *list;

    wf_form_init(&form, http->sheet, WF_FORM_REPEAT);
    wf_form_put_raw(&form, http->request->args);
    query = wf_service_param(http->sheet, "QueryParameters");

    if (query && query_put(http, &form, query, err) != WF_OK) {
        return WF_ERROR;
    }

    shown = form.text.len;
    list = extra_list(http, WF_CONNECTION_QUERY);

    for (i = 0; list && i < list->count; i++) {
        wf_http_item(http->sheet->call, list, i, &key, &value);
        wf_form_put_text(&form, key, value);
    }

    http->request->args = wf_form_done(&form);
    http->request->args_secret = http->request->args.len - shown;

    return http->sheet->failed ? WF_ERROR : WF_OK;
}


/*
 * Body
 */

/* With what the connection adds; NULL: none, or no memory. */
static wf_rc_t
body_merge(http_t *http, const wf_value_t **body, wf_error_t *err)
{
    uint32_t           i;
    wf_str_t           key, value;
    wf_value_t        *merged;
    const wf_value_t  *list;

    list = extra_list(http, WF_CONNECTION_BODY);
    *body = wf_service_param(http->sheet, "RequestBody");

    if (list == NULL || list->count == 0) {
        return WF_OK;
    }

    if (*body && (*body)->type != WF_OBJECT) {
        return wf_service_refuse(err, "RequestBody", "must be an object, as "
                                 "the connection has parameters of the body");
    }

    merged = *body ? wf_value_merge(http->sheet->arena, *body, NULL)
                   : wf_value_object(http->sheet->arena, list->count);

    for (i = 0; i < list->count; i++) {
        wf_http_item(http->sheet->call, list, i, &key, &value);

        if (wf_value_set(http->sheet->arena, merged, key,
                         wf_value_string(http->sheet->arena, value))
            != WF_OK)
        {
            http->sheet->failed = true;
            return WF_ERROR;
        }
    }

    *body = merged;

    return WF_OK;
}


/* Is it a form?  And how lists are written there. */
static wf_rc_t
transform_read(http_t *http, bool *is_form, uint8_t *format, wf_error_t *err)
{
    size_t             i;
    const wf_value_t  *transform, *encoding, *options, *list;

    *is_form = false;
    *format = WF_FORM_INDICES;
    transform = wf_service_param(http->sheet, "Transform");
    encoding = wf_value_get(transform, wf_str("RequestBodyEncoding"));
    options = wf_value_get(transform, wf_str("RequestEncodingOptions"));
    list = wf_value_get(options, wf_str("ArrayFormat"));

    if (encoding) {
        *is_form = encoding->type == WF_STRING
                   && wf_str_eq(encoding->u.string, wf_str("URL_ENCODED"));

        if (!*is_form && (encoding->type != WF_STRING
                          || !wf_str_eq(encoding->u.string, wf_str("NONE"))))
        {
            return wf_service_refuse(err, "RequestBodyEncoding",
                                     "must be NONE or URL_ENCODED");
        }
    }

    if (list == NULL) {
        return WF_OK;
    }

    for (i = 0; i < wf_countof(arrays); i++) {
        if (list->type == WF_STRING
            && wf_str_eq(list->u.string, arrays[i]))
        {
            *format = (uint8_t) i;
            return WF_OK;
        }
    }

    return wf_service_refuse(err, "ArrayFormat", "must be INDICES, REPEAT, "
                             "COMMAS or BRACKETS");
}


static wf_rc_t
body_read(http_t *http, wf_error_t *err)
{
    bool               is_form;
    uint8_t            format;
    uint32_t           i;
    wf_form_t          form;
    const wf_value_t  *body;

    http->request->body = wf_str_none;

    if (body_merge(http, &body, err) != WF_OK
        || transform_read(http, &is_form, &format, err) != WF_OK)
    {
        return WF_ERROR;
    }

    if (body == NULL) {
        return WF_OK;
    }

    if (!is_form || body->type == WF_STRING) {
        http->request->body = wf_service_raw(http->sheet, body);
        return WF_OK;
    }

    if (body->type != WF_OBJECT) {
        return wf_service_refuse(err, "RequestBody", "must be an object to be "
                                 "URL-encoded");
    }

    wf_form_init(&form, http->sheet, format);

    for (i = 0; i < body->count; i++) {
        wf_form_put(&form, body->u.members[i].key, body->u.members[i].value);
    }

    http->request->body = wf_form_done(&form);

    return WF_OK;
}


static wf_rc_t
method_read(http_t *http, wf_error_t *err)
{
    size_t    i;
    wf_rc_t   rc;
    wf_str_t  method;

    rc = wf_service_text_param(http->sheet, "Method", &method, err);

    if (rc == WF_ERROR) {
        return rc;
    }

    for (i = 0; rc == WF_OK && i < wf_countof(methods); i++) {
        if (wf_str_eq(method, wf_str_of(methods[i]))) {
            http->request->method = wf_str_of(methods[i]);
            return WF_OK;
        }
    }

    return wf_service_refuse(err, "Method", "must be GET, POST, PUT, DELETE, "
                             "PATCH, OPTIONS or HEAD");
}


static wf_rc_t
http_request(wf_aws_call_t *call, wf_service_request_t *request,
    wf_error_t *err)
{
    http_t    http;
    wf_rc_t   rc;
    wf_str_t  url;

    memset(&http, 0, sizeof(http));
    http.call = call;
    http.sheet = call->sheet;
    http.request = request;
    http.connection = call->sheet->call->connection;
    request->endpoint = wf_str_none;
    request->signing = wf_str_none;
    request->time_ms = TIME_MS;

    if (wf_http_is_token(call->sheet->call)) {
        return wf_http_token_request(call, request, err);
    }

    rc = wf_service_text_param(call->sheet, "ApiEndpoint", &url, err);

    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc : wf_service_refuse(err, "ApiEndpoint",
                                                       "is missing");
    }

    auth_set(&http);

    return wf_service_url(call->sheet, "ApiEndpoint", url, request, err)
           == WF_OK
           && method_read(&http, err) == WF_OK
           && query_read(&http, err) == WF_OK
           && body_read(&http, err) == WF_OK
           && headers_read(&http, err) == WF_OK
           && !call->sheet->failed ? WF_OK : WF_ERROR;
}


static void
http_result(wf_aws_call_t *call, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    if (wf_http_is_token(call->sheet->call)) {
        wf_http_token_result(call, answer, result);

    } else {
        wf_http_result(call, answer, result);
    }
}


const wf_aws_protocol_t  wf_aws_http = { http_request, http_result };
