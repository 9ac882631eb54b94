
/*
 * HTTP:Request, and resources of generation 1 that are URLs.  The URL is taken
 * apart and made clean; whether and where it may be reached is decided by the
 * location that the operator maps it to.
 */

#include "wire/service_row.h"

#include "base/json.h"


#define TOKEN_HEADER  "x-fnf-http-callback-task-token"

/* Lower case; the connection's own business, or ours. */
static const char *const  refused_headers[] = {
    "connection", "expect", "host", "keep-alive", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade", "x-fnf-idempotency-key",
    "x-fnf-attempt", TOKEN_HEADER
};

/* Computed, or of no use: nobody here unpacks. */
static const char *const  dropped_headers[] = {
    "content-length", "accept-encoding"
};

static const char *const  methods[] = {
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"
};


static bool
is_host_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == ':' || c == '[' || c == ']';
}


wf_str_t
wf_service_lower(wf_service_sheet_t *sheet, wf_str_t text)
{
    size_t    i;
    wf_buf_t  buf;
    uint8_t   c;

    wf_buf_init(&buf, sheet->arena, text.len + 1);

    for (i = 0; i < text.len; i++) {
        c = text.data[i];
        wf_buf_byte(&buf, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


wf_str_t
wf_service_clean(wf_service_sheet_t *sheet, wf_str_t text)
{
    size_t    i;
    uint8_t   c;
    wf_buf_t  buf;

    static const char  hex[] = "0123456789ABCDEF";

    wf_buf_init(&buf, sheet->arena, text.len + 16);

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>'
            && c != '\\' && c != '^' && c != '`' && c != '{' && c != '|'
            && c != '}')
        {
            wf_buf_byte(&buf, c);
            continue;
        }

        wf_buf_byte(&buf, '%');
        wf_buf_byte(&buf, (uint8_t) hex[c >> 4]);
        wf_buf_byte(&buf, (uint8_t) hex[c & 15]);
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


static size_t
authority_len(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '/' || text.data[i] == '?'
            || text.data[i] == '#')
        {
            break;
        }
    }

    return i;
}


static wf_rc_t
host_check(wf_str_t host, const char *name, wf_error_t *err)
{
    size_t  i;

    if (host.len == 0) {
        return wf_service_refuse(err, name, "names no host");
    }

    for (i = 0; i < host.len; i++) {

        if (!is_host_byte(host.data[i])) {
            return wf_service_refuse(err, name,
                                     "has a host of other characters than "
                                     "letters, digits, '-', '.', '_' and a "
                                     "port");
        }
    }

    return WF_OK;
}


wf_rc_t
wf_service_url(wf_service_sheet_t *sheet, const char *name, wf_str_t url,
    wf_service_request_t *request, wf_error_t *err)
{
    size_t    len;
    wf_str_t  rest, path, parts[6];

    static const wf_str_t  schemes[] = {
        wf_str_init("http"), wf_str_init("https")
    };

    rest = url;
    request->scheme = wf_service_lower(sheet, wf_service_cut(&rest, ':'));

    if ((!wf_str_eq(request->scheme, schemes[0])
         && !wf_str_eq(request->scheme, schemes[1]))
        || !wf_str_starts(rest, wf_str("//")))
    {
        return wf_service_refuse(err, name,
                                 "must begin with http:// or https://");
    }

    rest.data += 2;
    rest.len -= 2;
    len = authority_len(rest);
    request->host = wf_service_lower(sheet, (wf_str_t) { len, rest.data });
    rest.data += len;
    rest.len -= len;

    if (host_check(request->host, name, err) != WF_OK) {
        return WF_ERROR;
    }

    rest = wf_service_cut(&rest, '#');
    path = wf_service_cut(&rest, '?');
    request->uri = path.len > 0 ? wf_service_clean(sheet, path) : wf_str("/");
    request->args = wf_service_clean(sheet, rest);

    parts[0] = request->scheme;
    parts[1] = wf_str("://");
    parts[2] = request->host;
    parts[3] = request->uri;
    parts[4] = request->args.len > 0 ? wf_str("?") : wf_str_none;
    parts[5] = request->args;
    request->target = wf_service_join(sheet, parts, 6);

    return WF_OK;
}


static wf_rc_t
method_read(wf_service_sheet_t *sheet, wf_service_request_t *request,
    wf_error_t *err)
{
    size_t    i;
    wf_rc_t   rc;
    wf_str_t  method;

    request->method = wf_str("GET");
    rc = wf_service_text_param(sheet, "method", &method, err);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    method = wf_service_lower(sheet, method);

    for (i = 0; i < wf_countof(methods); i++) {

        if (wf_str_eq(method, wf_service_lower(sheet,
                                               wf_str_of(methods[i]))))
        {
            request->method = wf_str_of(methods[i]);
            return WF_OK;
        }
    }

    return wf_service_refuse(err, "method", "must be GET, POST, PUT, PATCH, "
                             "DELETE or HEAD");
}


static bool
is_listed(wf_str_t name, const char *const *list, size_t count)
{
    size_t  i;

    for (i = 0; i < count; i++) {

        if (wf_str_eq(name, wf_str_of(list[i]))) {
            return true;
        }
    }

    return false;
}


bool
wf_service_is_token(wf_str_t name)
{
    size_t   i;
    uint8_t  c;

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || (c > 0x20 && c < 0x7f && memchr("!#$%&'*+-.^_`|~", c, 15))))
        {
            return false;
        }
    }

    return name.len > 0;
}


static bool
is_field_value(wf_str_t value)
{
    size_t  i;

    for (i = 0; i < value.len; i++) {

        if ((value.data[i] < 0x20 && value.data[i] != '\t')
            || value.data[i] == 0x7f)
        {
            return false;
        }
    }

    return true;
}


static wf_rc_t
header_add(wf_service_sheet_t *sheet, wf_service_request_t *request,
    wf_str_t name, const wf_value_t *value, wf_error_t *err)
{
    wf_str_t  text;

    if (value->type == WF_NULL) {
        return WF_OK;
    }

    if (value->type == WF_ARRAY || value->type == WF_OBJECT) {
        return wf_service_refuse(err, "headers", "must have strings or lists "
                                 "of strings as values");
    }

    text = wf_service_raw(sheet, value);

    if (!is_field_value(text)) {
        return wf_service_refuse(err, "headers", "has a value with control "
                                 "characters");
    }

    wf_service_header(request, name, text);

    return WF_OK;
}


static wf_rc_t
header_member(wf_service_sheet_t *sheet, wf_service_request_t *request,
    const wf_member_t *member, wf_error_t *err)
{
    uint32_t  i;
    wf_str_t  name;

    name = wf_service_lower(sheet, member->key);

    if (sheet->failed) {
        return WF_ERROR;
    }

    if (is_listed(name, dropped_headers, wf_countof(dropped_headers))) {
        return WF_OK;
    }

    if (!wf_service_is_token(name)
        || is_listed(name, refused_headers, wf_countof(refused_headers)))
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "'headers' can't set '%.*s'.", (int) name.len,
                     (const char *) name.data);
        return WF_ERROR;
    }

    if (member->value->type != WF_ARRAY) {
        return header_add(sheet, request, name, member->value, err);
    }

    for (i = 0; i < member->value->count; i++) {

        if (header_add(sheet, request, name, member->value->u.items[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


static uint32_t
header_count(const wf_value_t *headers)
{
    uint32_t  i, count;

    count = 0;

    for (i = 0; i < headers->count; i++) {
        count += headers->u.members[i].value->type == WF_ARRAY
                 ? headers->u.members[i].value->count : 1;
    }

    return count;
}


static wf_rc_t
headers_read(wf_service_sheet_t *sheet, wf_service_request_t *request,
    wf_error_t *err)
{
    uint32_t           i;
    const wf_value_t  *headers;

    headers = wf_service_param(sheet, "headers");

    if (headers == NULL) {
        return WF_OK;
    }

    if (headers->type != WF_OBJECT) {
        return wf_service_refuse(err, "headers", "must be an object");
    }

    wf_service_headers(sheet, request, header_count(headers));

    for (i = 0; i < headers->count && !sheet->failed; i++) {

        if (header_member(sheet, request, &headers->u.members[i], err)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return sheet->failed ? WF_ERROR : WF_OK;
}


static bool
has_header(const wf_service_request_t *request, const char *name)
{
    uint32_t  i;

    for (i = 0; i < request->header_count; i++) {

        if (wf_str_eq(request->headers[i].name, wf_str_of(name))) {
            return true;
        }
    }

    return false;
}


/* fdl.md 2.8: a string is sent raw, anything else as JSON. */
static void
body_read(wf_service_sheet_t *sheet, wf_service_request_t *request)
{
    const wf_value_t  *body;

    body = wf_service_param(sheet, "body");
    request->body = body ? wf_service_raw(sheet, body) : wf_str_none;

    if (body != NULL && body->type != WF_STRING && !sheet->failed
        && !has_header(request, "content-type"))
    {
        wf_service_header(request, wf_str("content-type"),
                          wf_str("application/json"));
    }
}


/* Generation 1 has no parameters for these: the input is posted. */
static wf_rc_t
request_named(wf_service_sheet_t *sheet, wf_service_request_t *request,
    wf_error_t *err)
{
    if (wf_service_url(sheet, "url", sheet->call->resource, request, err)
        != WF_OK)
    {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      wf_str("application/json"));

    return WF_OK;
}


static wf_rc_t
request_params(wf_service_sheet_t *sheet, wf_service_request_t *request,
    wf_error_t *err)
{
    wf_rc_t   rc;
    wf_str_t  url;

    rc = wf_service_text_param(sheet, "url", &url, err);

    if (rc != WF_OK) {
        return rc == WF_ERROR ? rc
                              : wf_service_refuse(err, "url", "is missing");
    }

    if (wf_service_url(sheet, "url", url, request, err) != WF_OK
        || method_read(sheet, request, err) != WF_OK
        || headers_read(sheet, request, err) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_service_headers(sheet, request, 2);

    if (sheet->failed) {
        return WF_ERROR;
    }

    body_read(sheet, request);

    return WF_OK;
}


wf_rc_t
wf_service_request_http(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    wf_rc_t  rc;

    wf_service_headers(sheet, request, 2);

    if (sheet->failed) {
        return WF_ERROR;
    }

    rc = sheet->call->is_action ? request_params(sheet, request, err)
                                : request_named(sheet, request, err);

    if (rc == WF_OK && sheet->call->mode == WF_SERVICE_TOKEN) {
        wf_service_header(request, wf_str(TOKEN_HEADER), sheet->call->token);
    }

    return rc;
}


void
wf_service_result_http(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    if (!wf_service_is_good(answer)) {
        wf_service_fail(sheet, answer, wf_str_none, result);
        return;
    }

    if (sheet->call->is_action) {
        wf_service_envelope(sheet, answer, result);

    } else {
        wf_service_bare(sheet, answer, result);
    }
}
