
/*
 * What answers of services mean in common: envelopes, error names, causes.
 * Bodies are anybody's bytes: whatever they hold, what leaves here is valid
 * JSON, valid UTF-8 and within the limits.
 */

#include "wire/service_row.h"

#include "base/json.h"


bool
wf_service_is_good(const wf_service_answer_t *answer)
{
    return answer->status >= 200 && answer->status < 300;
}


wf_str_t
wf_service_answer_header(const wf_service_answer_t *answer, wf_str_t name)
{
    uint32_t  i;

    for (i = 0; i < answer->header_count; i++) {

        if (wf_str_eq(answer->headers[i].name, name)) {
            return answer->headers[i].value;
        }
    }

    return wf_str_none;
}


static wf_value_t *
json_value(wf_service_sheet_t *sheet, wf_str_t text)
{
    wf_error_t   err;
    wf_value_t  *value;

    if (text.len == 0) {
        return NULL;
    }

    wf_error_clear(&err);

    if (wf_json_parse(sheet->arena, text, &value, &err) == WF_OK) {
        return value;
    }

    sheet->failed |= err.code == WF_E_INTERNAL;

    return NULL;
}


const wf_value_t *
wf_service_json(wf_service_sheet_t *sheet, wf_str_t text)
{
    return json_value(sheet, text);
}


wf_str_t
wf_service_member(const wf_value_t *object, const char *const *names)
{
    const wf_value_t  *value;

    for ( /* void */ ; object != NULL && *names != NULL; names++) {
        value = wf_value_get(object, wf_str_of(*names));

        if (value != NULL && value->type == WF_STRING
            && value->u.string.len > 0)
        {
            return value->u.string;
        }

        if (value != NULL && value->type == WF_NUMBER) {
            return value->u.number.text;
        }
    }

    return wf_str_none;
}


/* What is no UTF-8 becomes U+FFFD, byte by byte. */
static wf_str_t
text_valid(wf_service_sheet_t *sheet, wf_str_t text)
{
    wf_buf_t        buf;
    unsigned        len;
    const uint8_t  *pos, *end;

    if (text.len == 0 || wf_utf8_valid(text)) {
        return text;
    }

    wf_buf_init(&buf, sheet->arena, text.len + 16);
    end = text.data + text.len;

    for (pos = text.data; pos < end; pos += len) {
        len = wf_utf8_step(pos, end);

        if (len > 0) {
            wf_buf_append(&buf, pos, len);

        } else {
            wf_buf_text(&buf, "\xef\xbf\xbd");
            len = 1;
        }
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


/* At most so many bytes, no character in halves. */
static wf_str_t
text_cut(wf_str_t text, size_t len_max)
{
    if (text.len > len_max) {
        text.len = len_max;

        while (text.len > 0 && (text.data[text.len] & 0xc0) == 0x80) {
            text.len--;
        }
    }

    return text;
}


void
wf_service_print_text(wf_buf_t *buf, wf_str_t text)
{
    wf_service_sheet_t  sheet;

    memset(&sheet, 0, sizeof(sheet));
    sheet.arena = buf->arena;
    text = text_valid(&sheet, text);

    if (sheet.failed) {
        buf->failed = true;
        return;
    }

    wf_json_print_string(buf, text.len > 0 ? text : wf_str(""));
}


/* "content-type" is "Content-Type". */
static wf_str_t
title_case(wf_service_sheet_t *sheet, wf_str_t name)
{
    bool      starts;
    size_t    i;
    uint8_t   c;
    wf_buf_t  text;

    wf_buf_init(&text, sheet->arena, name.len + 1);
    starts = true;

    for (i = 0; i < name.len; i++) {
        c = name.data[i];
        wf_buf_byte(&text, starts && c >= 'a' && c <= 'z' ? c & ~0x20 : c);
        starts = c == '-';
    }

    sheet->failed |= text.failed;

    return text_valid(sheet, wf_buf_done(&text));
}


static wf_value_t *
text_value(wf_service_sheet_t *sheet, wf_str_t text)
{
    text = text_valid(sheet, text);

    return wf_value_string(sheet->arena, text.len > 0 ? text : wf_str(""));
}


/* Values of one name are a list, in their order. */
static wf_value_t *
headers_value(wf_service_sheet_t *sheet, const wf_service_answer_t *answer)
{
    uint32_t     i;
    wf_str_t     name;
    wf_value_t  *headers, *list;

    headers = wf_value_object(sheet->arena, answer->header_count);

    for (i = 0; headers != NULL && i < answer->header_count; i++) {
        name = title_case(sheet, answer->headers[i].name);
        list = wf_value_get(headers, name);

        if (list == NULL) {
            list = wf_value_array(sheet->arena, 1);
            sheet->failed |= wf_value_set(sheet->arena, headers, name, list)
                             != WF_OK;
        }

        if (sheet->failed
            || wf_value_push(sheet->arena, list,
                             text_value(sheet, answer->headers[i].value))
               != WF_OK)
        {
            return NULL;
        }
    }

    return headers;
}


/* The envelope is a level of its own. */
static wf_value_t *
body_value(wf_service_sheet_t *sheet, const wf_service_answer_t *answer)
{
    wf_value_t  *body;

    body = json_value(sheet, answer->body);

    return body != NULL && wf_value_depth(body) < WF_DEPTH_MAX
           ? body : text_value(sheet, answer->body);
}


void
wf_service_envelope(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    wf_buf_t     buf;
    wf_value_t  *tree;

    tree = wf_value_object(sheet->arena, 3);

    if (tree == NULL
        || wf_value_set(sheet->arena, tree, wf_str("Code"),
                        wf_value_int(sheet->arena, answer->status)) != WF_OK
        || wf_value_set(sheet->arena, tree, wf_str("Header"),
                        headers_value(sheet, answer)) != WF_OK
        || wf_value_set(sheet->arena, tree, wf_str("Body"),
                        body_value(sheet, answer)) != WF_OK)
    {
        sheet->failed = true;
        return;
    }

    wf_buf_init(&buf, sheet->arena, answer->body.len + 512);
    wf_json_print(&buf, tree);
    sheet->failed |= buf.failed;
    result->value = wf_buf_done(&buf);
    result->tree = tree;
}


static void
print_as_string(wf_service_sheet_t *sheet, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, sheet->arena, answer->body.len + 16);
    wf_service_print_text(&buf, answer->body);
    sheet->failed |= buf.failed;
    result->value = wf_buf_done(&buf);
}


void
wf_service_bare(wf_service_sheet_t *sheet, const wf_service_answer_t *answer,
    wf_service_result_t *result)
{
    result->tree = json_value(sheet, answer->body);

    if (result->tree != NULL) {
        result->value = answer->body;
        return;
    }

    if (!sheet->call->is_legacy || sheet->is_submission) {
        print_as_string(sheet, answer, result);
        return;
    }

    wf_service_fail_as(sheet, answer, wf_str("FnF.InvalidLocal"), result);
    result->cause = wf_str("The result is not a JSON object.");
}


/* As a name that definitions can match and answers can show. */
static wf_str_t
name_clean(wf_str_t name)
{
    size_t  i;

    name = text_cut(name, WF_ERROR_NAME_LEN_MAX);

    if (name.len == 0 || !wf_utf8_valid(name)) {
        return wf_str_none;
    }

    for (i = 0; i < name.len; i++) {

        if (name.data[i] < 0x20 || name.data[i] == 0x7f) {
            return wf_str_none;
        }
    }

    return name;
}


static wf_str_t
status_text(wf_service_sheet_t *sheet, const char *before, unsigned status,
    const char *after)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, sheet->arena, 64);
    wf_buf_append(&buf, before, strlen(before));
    wf_buf_uint(&buf, status);
    wf_buf_append(&buf, after, strlen(after));
    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


void
wf_service_fail_with(wf_service_sheet_t *sheet, wf_str_t name,
    wf_str_t cause, wf_service_result_t *result)
{
    result->error = name_clean(name);
    result->cause = text_cut(text_valid(sheet, cause), WF_CAUSE_LEN_MAX);

    if (result->error.len == 0) {
        result->error = wf_str("FnF.RuntimeError");
    }
}


void
wf_service_fail_as(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_str_t name,
    wf_service_result_t *result)
{
    wf_service_fail_with(sheet, name, answer->body, result);

    if (result->cause.len == 0) {
        result->cause = status_text(sheet, "The answer has status ",
                                    answer->status, " and no body.");
    }
}


void
wf_service_fail(wf_service_sheet_t *sheet, const wf_service_answer_t *answer,
    wf_str_t code, wf_service_result_t *result)
{
    wf_str_t  parts[3];

    parts[0] = wf_str_of(sheet->row->prefix);
    parts[1] = wf_str(".");
    parts[2] = name_clean(code);

    if (parts[0].len == 0) {
        parts[0] = name_clean(sheet->service);
    }

    if (parts[2].len == 0) {
        parts[2] = status_text(sheet, "", answer->status, "");
    }

    wf_service_fail_as(sheet, answer, wf_service_join(sheet, parts, 3),
                       result);
}
