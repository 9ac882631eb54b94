
/*
 * Pieces of which requests to services are built: headers, parameters, parts
 * of names.  Whatever comes from data is escaped here or refused.
 */

#include "wire/service_row.h"

#include "base/json.h"


void
wf_service_headers(wf_service_sheet_t *sheet, wf_service_request_t *request,
    uint32_t more)
{
    wf_service_header_t  *headers;

    headers = wf_arena_alloc(sheet->arena, (request->header_count + more)
                                           * sizeof(wf_service_header_t));

    if (headers == NULL) {
        sheet->failed = true;
        return;
    }

    if (request->header_count > 0) {
        memcpy(headers, request->headers,
               request->header_count * sizeof(wf_service_header_t));
    }

    request->headers = headers;
}


void
wf_service_header(wf_service_request_t *request, wf_str_t name,
    wf_str_t value)
{
    request->headers[request->header_count++] =
        (wf_service_header_t) { name, value };
}


bool
wf_service_is_line(wf_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
            return false;
        }
    }

    return true;
}


const wf_value_t *
wf_service_param(const wf_service_sheet_t *sheet, const char *name)
{
    const wf_value_t  *value;

    value = wf_value_get(sheet->params, wf_str_of(name));

    return value == NULL || value->type == WF_NULL ? NULL : value;
}


wf_rc_t
wf_service_refuse(wf_error_t *err, const char *name, const char *reason)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT, "'%s' %s.", name, reason);
    return WF_ERROR;
}


wf_rc_t
wf_service_text_param(const wf_service_sheet_t *sheet, const char *name,
    wf_str_t *text, wf_error_t *err)
{
    const wf_value_t  *value;

    value = wf_service_param(sheet, name);

    if (value == NULL) {
        return WF_DECLINED;
    }

    if (value->type != WF_STRING) {
        return wf_service_refuse(err, name, "must be a string");
    }

    *text = value->u.string;

    return WF_OK;
}


wf_str_t
wf_service_raw(wf_service_sheet_t *sheet, const wf_value_t *value)
{
    wf_buf_t  buf;

    if (value->type == WF_STRING) {
        return value->u.string;
    }

    wf_buf_init(&buf, sheet->arena, 256);
    wf_json_print(&buf, value);
    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


static bool
is_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
           || c == '~';
}


wf_str_t
wf_service_segment(wf_service_sheet_t *sheet, wf_str_t text)
{
    size_t    i;
    bool      all_dots;
    wf_buf_t  buf;

    static const char  hex[] = "0123456789ABCDEF";

    wf_buf_init(&buf, sheet->arena, text.len + 16);
    all_dots = true;

    for (i = 0; i < text.len; i++) {
        all_dots &= text.data[i] == '.';
    }

    for (i = 0; i < text.len; i++) {

        /* "." and ".." would not stay segments. */

        if (is_plain(text.data[i]) && !all_dots) {
            wf_buf_byte(&buf, text.data[i]);
            continue;
        }

        wf_buf_byte(&buf, '%');
        wf_buf_byte(&buf, (uint8_t) hex[text.data[i] >> 4]);
        wf_buf_byte(&buf, (uint8_t) hex[text.data[i] & 15]);
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


wf_str_t
wf_service_join(wf_service_sheet_t *sheet, const wf_str_t *parts,
    size_t count)
{
    size_t    i;
    wf_buf_t  buf;

    wf_buf_init(&buf, sheet->arena, 128);

    for (i = 0; i < count; i++) {
        wf_buf_str(&buf, parts[i]);
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


wf_str_t
wf_service_cut(wf_str_t *rest, uint8_t mark)
{
    wf_str_t        head;
    const uint8_t  *pos;

    head = *rest;
    pos = rest->len > 0 ? memchr(rest->data, mark, rest->len) : NULL;

    if (pos == NULL) {
        *rest = wf_str_none;
        return head;
    }

    head.len = (size_t) (pos - head.data);
    rest->data += head.len + 1;
    rest->len -= head.len + 1;

    return head;
}


bool
wf_service_arn(wf_str_t arn, wf_str_t *service, wf_str_t *rest)
{
    wf_str_t  scheme;

    scheme = wf_service_cut(&arn, ':');
    *service = wf_service_cut(&arn, ':');
    (void) wf_service_cut(&arn, ':');
    (void) wf_service_cut(&arn, ':');
    *rest = arn;

    return wf_str_eq(scheme, wf_str("acs")) && service->len > 0
           && rest->len > 0;
}


bool
wf_service_eq_nocase(wf_str_t text, const char *lower)
{
    size_t   i;
    uint8_t  c;

    if (text.len != strlen(lower)) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != (uint8_t) lower[i]) {
            return false;
        }
    }

    return true;
}
