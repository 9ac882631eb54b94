
/*
 * XML -> values, as far as services of AWS write it.  One pass, a stack of its
 * own, no recursion; bytes are anybody's.
 */

#include "wire/xml.h"

#include "base/limits.h"
#include "base/utf8.h"


/* An element that is open. */
typedef struct {
    wf_str_t     name;
    wf_value_t  *object;        /* NULL: no element inside, so far */
    wf_buf_t     text;
} element_t;

typedef struct {
    wf_arena_t  *arena;
    wf_str_t     text;
    size_t       at;
    element_t    stack[WF_XML_DEPTH_MAX];
    uint32_t     depth;
    wf_value_t  *root;
    wf_str_t     root_name;
    bool         no_memory;
} xml_t;


static wf_str_t
rest(const xml_t *xml)
{
    return (wf_str_t) { xml->text.len - xml->at, xml->text.data + xml->at };
}


/* Moves behind the mark; false: it does not come. */
static bool
skip_past(xml_t *xml, const char *mark)
{
    size_t  len;

    len = strlen(mark);

    while (xml->text.len - xml->at >= len) {
        if (memcmp(xml->text.data + xml->at, mark, len) == 0) {
            xml->at += len;
            return true;
        }

        xml->at++;
    }

    return false;
}


static void
put_point(wf_buf_t *buf, uint32_t code)
{
    uint32_t  i, more;

    static const uint8_t  first[] = { 0, 0xc0, 0xe0, 0xf0 };

    more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    wf_buf_byte(buf, (uint8_t) (first[more] | code >> 6 * more));

    for (i = more; i-- > 0; ) {
        wf_buf_byte(buf, (uint8_t) (0x80 | (code >> 6 * i & 0x3f)));
    }
}


/* 0: none that may be there. */
static uint32_t
number_of(wf_str_t name)
{
    size_t    i;
    uint8_t   c;
    uint32_t  code, base, digit;

    base = name.len > 1 && name.data[1] == 'x' ? 16 : 10;
    code = 0;

    for (i = base == 16 ? 2 : 1; i < name.len; i++) {
        c = name.data[i];
        digit = c >= '0' && c <= '9' ? (uint32_t) (c - '0')
                : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
                  ? (uint32_t) ((c | 0x20) - 'a' + 10) : 99;

        if (digit >= base || code > 0x10ffff) {
            return 0;
        }

        code = code * base + digit;
    }

    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}


/* "amp", "#38", "#x26". */
static bool
put_entity(wf_buf_t *buf, wf_str_t name)
{
    size_t    i;
    uint32_t  code;

    static const struct {
        wf_str_t  name;
        char      byte;
    } entities[] = {
        { wf_str_init("amp"), '&' }, { wf_str_init("lt"), '<' },
        { wf_str_init("gt"), '>' }, { wf_str_init("quot"), '"' },
        { wf_str_init("apos"), '\'' }
    };

    for (i = 0; i < wf_countof(entities); i++) {
        if (wf_str_eq(entities[i].name, name)) {
            wf_buf_byte(buf, (uint8_t) entities[i].byte);
            return true;
        }
    }

    code = name.len > 1 && name.data[0] == '#' ? number_of(name) : 0;

    if (code == 0) {
        return false;
    }

    put_point(buf, code);

    return true;
}


static bool
put_text(xml_t *xml, wf_str_t text)
{
    size_t     i, end;
    wf_buf_t  *buf;

    if (xml->depth == 0) {
        return true;
    }

    buf = &xml->stack[xml->depth - 1].text;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != '&') {
            wf_buf_byte(buf, text.data[i]);
            continue;
        }

        for (end = i + 1; end < text.len && text.data[end] != ';'; end++) {
            /* void */
        }

        if (end == text.len
            || !put_entity(buf, (wf_str_t) { end - i - 1,
                                             text.data + i + 1 }))
        {
            return false;
        }

        i = end;
    }

    return true;
}


static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


static wf_str_t
read_name(xml_t *xml)
{
    size_t   from;
    uint8_t  c;

    from = xml->at;

    while (xml->at < xml->text.len) {
        c = xml->text.data[xml->at];

        if (is_blank(c) || c == '>' || c == '/' || c == '=' || c == '<') {
            break;
        }

        xml->at++;
    }

    return (wf_str_t) { xml->at - from, xml->text.data + from };
}


/* One more of that name makes a list. */
static bool
add(xml_t *xml, wf_value_t *object, wf_str_t name, wf_value_t *value)
{
    wf_value_t  *list, *before;

    before = wf_value_get(object, name);

    if (before == NULL) {
        return wf_value_set(xml->arena, object, name, value) == WF_OK;
    }

    if (before->type == WF_ARRAY && before->mark == 1) {
        return wf_value_push(xml->arena, before, value) == WF_OK;
    }

    list = wf_value_array(xml->arena, 4);

    if (list == NULL || wf_value_push(xml->arena, list, before) != WF_OK
        || wf_value_push(xml->arena, list, value) != WF_OK)
    {
        return false;
    }

    /* ours, and not one that came as members */

    list->mark = 1;

    return wf_value_set(xml->arena, object, name, list) == WF_OK;
}


static wf_value_t *
element_value(xml_t *xml, element_t *element)
{
    wf_value_t  *member, *list;

    if (element->object == NULL) {
        xml->no_memory |= element->text.failed;
        return wf_value_string(xml->arena, wf_buf_done(&element->text));
    }

    member = wf_value_get(element->object, wf_str("member"));

    if (element->object->count != 1 || member == NULL) {
        return element->object;
    }

    if (member->type == WF_ARRAY && member->mark == 1) {
        return member;
    }

    list = wf_value_array(xml->arena, 1);

    return list && wf_value_push(xml->arena, list, member) == WF_OK ? list
                                                                    : NULL;
}


static bool
close_element(xml_t *xml)
{
    element_t   *element, *outer;
    wf_value_t  *value;

    element = &xml->stack[--xml->depth];
    value = element_value(xml, element);

    if (value == NULL) {
        xml->no_memory = true;
        return false;
    }

    if (xml->depth == 0) {
        xml->root = value;
        xml->root_name = element->name;
        return true;
    }

    outer = &xml->stack[xml->depth - 1];

    if (outer->object == NULL) {
        outer->object = wf_value_object(xml->arena, 4);
    }

    if (outer->object == NULL
        || !add(xml, outer->object, element->name, value))
    {
        xml->no_memory = true;
        return false;
    }

    return true;
}


/* Behind the attributes; *is_empty: "/>". */
static bool
skip_attributes(xml_t *xml, bool *is_empty)
{
    uint8_t  c, quote;

    quote = 0;
    *is_empty = false;

    for ( /* void */ ; xml->at < xml->text.len; xml->at++) {
        c = xml->text.data[xml->at];

        if (quote) {
            quote = c == quote ? 0 : quote;

        } else if (c == '"' || c == '\'') {
            quote = c;

        } else if (c == '>') {
            *is_empty = xml->text.data[xml->at - 1] == '/';
            xml->at++;
            return true;
        }
    }

    return false;
}


static bool
open_element(xml_t *xml)
{
    bool        is_empty;
    wf_str_t    name;
    element_t  *element;

    name = read_name(xml);

    if (name.len == 0 || xml->depth == WF_XML_DEPTH_MAX || xml->root) {
        return false;
    }

    element = &xml->stack[xml->depth++];
    element->name = name;
    element->object = NULL;
    wf_buf_init(&element->text, xml->arena, 32);

    if (!skip_attributes(xml, &is_empty)) {
        return false;
    }

    return !is_empty || close_element(xml);
}


static bool
close_tag(xml_t *xml)
{
    wf_str_t  name;

    name = read_name(xml);

    if (xml->depth == 0
        || !wf_str_eq(name, xml->stack[xml->depth - 1].name)
        || !skip_past(xml, ">"))
    {
        return false;
    }

    return close_element(xml);
}


static bool
cdata(xml_t *xml)
{
    size_t     from;
    wf_buf_t  *buf;

    from = xml->at;

    if (!skip_past(xml, "]]>") || xml->depth == 0) {
        return false;
    }

    buf = &xml->stack[xml->depth - 1].text;
    wf_buf_append(buf, xml->text.data + from, xml->at - from - 3);

    return true;
}


static bool
tag(xml_t *xml)
{
    wf_str_t  text;

    text = rest(xml);

    if (wf_str_starts(text, wf_str("<!--"))) {
        return skip_past(xml, "-->");
    }

    if (wf_str_starts(text, wf_str("<![CDATA["))) {
        xml->at += 9;
        return cdata(xml);
    }

    if (wf_str_starts(text, wf_str("<?"))) {
        return skip_past(xml, "?>");
    }

    if (wf_str_starts(text, wf_str("<!"))) {
        return skip_past(xml, ">");
    }

    if (wf_str_starts(text, wf_str("</"))) {
        xml->at += 2;
        return close_tag(xml);
    }

    xml->at++;

    return open_element(xml);
}


static bool
parse(xml_t *xml)
{
    size_t  from;

    while (xml->at < xml->text.len && !xml->no_memory) {
        from = xml->at;

        while (xml->at < xml->text.len && xml->text.data[xml->at] != '<') {
            xml->at++;
        }

        if (!put_text(xml, (wf_str_t) { xml->at - from,
                                        xml->text.data + from }))
        {
            return false;
        }

        if (xml->at < xml->text.len && !tag(xml)) {
            return false;
        }
    }

    return xml->root && xml->depth == 0;
}


wf_value_t *
wf_xml_parse(wf_arena_t *arena, wf_str_t text, wf_str_t *name, bool *failed)
{
    xml_t  *xml;

    xml = wf_arena_calloc(arena, sizeof(xml_t));

    if (xml == NULL) {
        *failed = true;
        return NULL;
    }

    xml->arena = arena;
    xml->text = text;

    if (!wf_utf8_valid(text) || !parse(xml)) {
        *failed |= xml->no_memory;
        return NULL;
    }

    *name = xml->root_name;

    return xml->root;
}
