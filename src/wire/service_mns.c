
/*
 * Message queues and topics: the documented XML goes out; XML or JSON may
 * come back.  Of XML only what MNS's own answers need is understood: elements
 * without attributes of interest, text with the five entities.
 */

#include "wire/service_row.h"

#include "base/json.h"


#define PRIORITY_MAX       16
#define DELAY_SECONDS_MAX  604800

/* Parameters as the generations spell them (fdl.md 1.9, 2.8). */
typedef struct {
    const char  *body;
    const char  *priority;
    const char  *delay;
    const char  *tag;
    const char  *attributes;
} spelling_t;

static const spelling_t  spell_legacy = {
    "MessageBody", "Priority", "DelaySeconds", "MessageTag",
    "MessageAttributes"
};
static const spelling_t  spell_action = {
    "message", "priority", "delaySeconds", "messageTag", "messageAttributes"
};


static const spelling_t *
spelling_of(const wf_service_sheet_t *sheet)
{
    return sheet->call->is_action ? &spell_action : &spell_legacy;
}


/*
 * Out
 */

/* XML 1.0 has no place for most control characters, however written. */
static wf_rc_t
xml_text(wf_buf_t *buf, const char *name, wf_str_t text, wf_error_t *err)
{
    size_t   i, k;
    uint8_t  c;

    static const struct {
        uint8_t      c;
        const char  *text;
    } entities[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
        { '"', "&quot;" }, { '\'', "&apos;" }, { '\r', "&#13;" },
    };

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            return wf_service_refuse(err, name,
                                     "has control characters, which a "
                                     "message can't carry");
        }

        for (k = 0; k < wf_countof(entities) && entities[k].c != c; k++) {
            /* void */
        }

        if (k < wf_countof(entities)) {
            wf_buf_append(buf, entities[k].text, strlen(entities[k].text));

        } else {
            wf_buf_byte(buf, c);
        }
    }

    return WF_OK;
}


static void
xml_tag(wf_buf_t *buf, const char *open, wf_str_t name)
{
    wf_buf_append(buf, open, strlen(open));
    wf_buf_str(buf, name);
    wf_buf_byte(buf, '>');
}


static wf_rc_t
xml_element(wf_service_sheet_t *sheet, wf_buf_t *buf, wf_str_t tag,
    const char *name, const wf_value_t *value, wf_error_t *err)
{
    xml_tag(buf, "<", tag);

    if (xml_text(buf, name, wf_service_raw(sheet, value), err) != WF_OK) {
        return WF_ERROR;
    }

    xml_tag(buf, "</", tag);

    return WF_OK;
}


static wf_rc_t
xml_number(wf_service_sheet_t *sheet, wf_buf_t *buf, const char *tag,
    const char *name, int64_t min, int64_t max, wf_error_t *err)
{
    const wf_value_t  *value;

    value = wf_service_param(sheet, name);

    if (value == NULL) {
        return WF_OK;
    }

    if (value->type != WF_NUMBER || !value->is_integer
        || value->u.number.integer < min || value->u.number.integer > max)
    {
        wf_error_set(err, WF_E_INVALID_ARGUMENT,
                     "'%s' must be an integer between %d and %d.", name,
                     (int) min, (int) max);
        return WF_ERROR;
    }

    return xml_element(sheet, buf, wf_str_of(tag), name, value, err);
}


static bool
is_xml_name(wf_str_t name)
{
    size_t   i;
    uint8_t  c;

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'
              || (i > 0 && ((c >= '0' && c <= '9') || c == '-' || c == '.'))))
        {
            return false;
        }
    }

    return name.len > 0;
}


static wf_rc_t
xml_attributes(wf_service_sheet_t *sheet, wf_buf_t *buf, const char *name,
    wf_error_t *err)
{
    uint32_t            i;
    wf_rc_t             rc;
    const wf_value_t   *value;
    const wf_member_t  *member;

    value = wf_service_param(sheet, name);

    if (value == NULL) {
        return WF_OK;
    }

    if (value->type != WF_OBJECT) {
        return wf_service_refuse(err, name, "must be an object");
    }

    wf_buf_text(buf, "<MessageAttributes>");

    for (i = 0; i < value->count; i++) {
        member = &value->u.members[i];

        if (!is_xml_name(member->key)) {
            return wf_service_refuse(err, name,
                                     "has a member whose name is not usable");
        }

        rc = xml_element(sheet, buf, member->key, name, member->value, err);

        if (rc != WF_OK) {
            return rc;
        }
    }

    wf_buf_text(buf, "</MessageAttributes>");

    return WF_OK;
}


/* Of a task without serviceParams the input is the message. */
static wf_rc_t
body_print(wf_service_sheet_t *sheet, wf_buf_t *buf, wf_error_t *err)
{
    const char        *name;
    const wf_value_t  *body;

    name = spelling_of(sheet)->body;
    body = sheet->call->is_action || sheet->call->has_params
           ? wf_service_param(sheet, name) : sheet->params;

    if (body == NULL) {
        return wf_service_refuse(err, name, "is missing");
    }

    return xml_element(sheet, buf, wf_str("MessageBody"), name, body, err);
}


static wf_rc_t
message_print(wf_service_sheet_t *sheet, wf_buf_t *buf, bool is_topic,
    wf_error_t *err)
{
    wf_str_t           tag;
    const spelling_t  *spelling;

    spelling = spelling_of(sheet);

    wf_buf_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                "<Message xmlns=\"http://mns.aliyuncs.com/doc/v1/\">");

    if (body_print(sheet, buf, err) != WF_OK) {
        return WF_ERROR;
    }

    if (is_topic) {

        if (wf_service_text_param(sheet, spelling->tag, &tag, err)
            == WF_ERROR)
        {
            return WF_ERROR;
        }

        if (wf_service_param(sheet, spelling->tag) != NULL
            && xml_element(sheet, buf, wf_str("MessageTag"), spelling->tag,
                           wf_service_param(sheet, spelling->tag), err)
               != WF_OK)
        {
            return WF_ERROR;
        }

        if (xml_attributes(sheet, buf, spelling->attributes, err) != WF_OK) {
            return WF_ERROR;
        }

    } else if (xml_number(sheet, buf, "DelaySeconds", spelling->delay, 0,
                          DELAY_SECONDS_MAX, err) != WF_OK
               || xml_number(sheet, buf, "Priority", spelling->priority, 1,
                             PRIORITY_MAX, err) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_buf_text(buf, "</Message>");

    return WF_OK;
}


/* acs:mns:::/queues/Q/messages, acs:mns:::/topics/T/messages */
static wf_rc_t
target_read(wf_service_sheet_t *sheet, wf_service_request_t *request,
    bool *is_topic, wf_error_t *err)
{
    wf_str_t  service, rest, kind, name, parts[5];

    if (!wf_service_arn(request->target, &service, &rest)) {
        rest = wf_str_none;
    }

    if (wf_str_starts(rest, wf_str("/"))) {
        (void) wf_service_cut(&rest, '/');
    }

    kind = wf_service_cut(&rest, '/');
    name = wf_service_cut(&rest, '/');
    *is_topic = wf_str_eq(kind, wf_str("topics"));

    if ((!*is_topic && !wf_str_eq(kind, wf_str("queues"))) || name.len == 0
        || !wf_str_eq(rest, wf_str("messages")))
    {
        return wf_service_refuse(err, "resourceArn", "must be "
                                 "acs:mns:::/queues/NAME/messages or "
                                 "acs:mns:::/topics/NAME/messages");
    }

    request->function = wf_service_segment(sheet, name);
    parts[0] = wf_str("/");
    parts[1] = kind;
    parts[2] = wf_str("/");
    parts[3] = request->function;
    parts[4] = wf_str("/messages");
    request->uri = wf_service_join(sheet, parts, 5);

    return WF_OK;
}


wf_rc_t
wf_service_request_mns(wf_service_sheet_t *sheet,
    wf_service_request_t *request, wf_error_t *err)
{
    bool      is_topic;
    wf_rc_t   rc;
    wf_buf_t  buf;

    if (sheet->call->is_action) {
        rc = wf_service_text_param(sheet, "resourceArn", &request->target,
                                   err);

        if (rc != WF_OK) {
            return rc == WF_ERROR ? rc
                   : wf_service_refuse(err, "resourceArn", "is missing");
        }
    }

    wf_buf_init(&buf, sheet->arena, sheet->call->params.len + 256);

    if (target_read(sheet, request, &is_topic, err) != WF_OK
        || message_print(sheet, &buf, is_topic, err) != WF_OK)
    {
        return WF_ERROR;
    }

    sheet->failed |= buf.failed;
    request->body = wf_buf_done(&buf);
    wf_service_headers(sheet, request, 2);

    if (sheet->failed) {
        return WF_ERROR;
    }

    wf_service_header(request, wf_str("content-type"),
                      wf_str("text/xml;charset=utf-8"));
    wf_service_header(request, wf_str("x-mns-version"),
                      wf_str("2015-06-06"));

    return WF_OK;
}


/*
 * Back
 */

static bool
find(wf_str_t text, wf_str_t word, size_t *at)
{
    size_t  i;

    for (i = *at; i + word.len <= text.len; i++) {

        if (memcmp(text.data + i, word.data, word.len) == 0) {
            *at = i;
            return true;
        }
    }

    return false;
}


/* One of the five, or itself. */
static size_t
entity_read(wf_str_t text, wf_buf_t *buf)
{
    size_t  i, len;

    static const struct {
        const char  *text;
        uint8_t      c;
    } entities[] = {
        { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
        { "&quot;", '"' }, { "&apos;", '\'' },
    };

    for (i = 0; i < wf_countof(entities); i++) {
        len = strlen(entities[i].text);

        if (text.len >= len && memcmp(text.data, entities[i].text, len) == 0)
        {
            wf_buf_byte(buf, entities[i].c);
            return len;
        }
    }

    wf_buf_byte(buf, text.data[0]);

    return 1;
}


/* The text of the first <name>; empty: there is none. */
static wf_str_t
xml_find(wf_service_sheet_t *sheet, wf_str_t text, const char *name)
{
    size_t    from, to;
    wf_buf_t  buf;
    wf_str_t  rest, tags[2][3];

    tags[0][0] = wf_str("<");
    tags[1][0] = wf_str("</");
    tags[0][1] = tags[1][1] = wf_str_of(name);
    tags[0][2] = tags[1][2] = wf_str(">");
    tags[0][0] = wf_service_join(sheet, tags[0], 3);
    tags[1][0] = wf_service_join(sheet, tags[1], 3);
    from = 0;

    if (sheet->failed || !find(text, tags[0][0], &from)) {
        return wf_str_none;
    }

    from += tags[0][0].len;
    to = from;

    if (!find(text, tags[1][0], &to)) {
        return wf_str_none;
    }

    wf_buf_init(&buf, sheet->arena, to - from + 1);
    rest = (wf_str_t) { to - from, text.data + from };

    while (rest.len > 0) {
        from = entity_read(rest, &buf);
        rest.data += from;
        rest.len -= from;
    }

    sheet->failed |= buf.failed;

    return wf_buf_done(&buf);
}


static wf_str_t
answer_member(wf_service_sheet_t *sheet, const wf_value_t *json,
    const wf_service_answer_t *answer, const char *name)
{
    const char *const  names[] = { name, NULL };

    return json ? wf_service_member(json, names)
                : xml_find(sheet, answer->body, name);
}


/* What MNS told us, as an object; what it did not tell is left out. */
static void
value_print(wf_service_sheet_t *sheet, const wf_value_t *json,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    size_t    i;
    wf_buf_t  buf;
    wf_str_t  text;

    static const char *const  names[] = {
        "MessageId", "MessageBodyMD5", "RequestId"
    };

    wf_buf_init(&buf, sheet->arena, 256);
    wf_buf_byte(&buf, '{');

    for (i = 0; i < wf_countof(names); i++) {
        text = answer_member(sheet, json, answer, names[i]);

        if (text.len == 0 && i == wf_countof(names) - 1) {
            text = wf_service_answer_header(answer,
                                            wf_str("x-mns-request-id"));
        }

        if (text.len == 0) {
            continue;
        }

        if (buf.len > 1) {
            wf_buf_byte(&buf, ',');
        }

        wf_service_print_text(&buf, wf_str_of(names[i]));
        wf_buf_byte(&buf, ':');
        wf_service_print_text(&buf, text);
    }

    wf_buf_byte(&buf, '}');
    sheet->failed |= buf.failed;
    result->value = wf_buf_done(&buf);
}


void
wf_service_result_mns(wf_service_sheet_t *sheet,
    const wf_service_answer_t *answer, wf_service_result_t *result)
{
    const wf_value_t  *json;

    json = wf_service_json(sheet, answer->body);

    if (wf_service_is_good(answer)) {
        value_print(sheet, json, answer, result);
        return;
    }

    wf_service_fail(sheet, answer,
                    answer_member(sheet, json, answer, "Code"), result);
}
