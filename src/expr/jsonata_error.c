
/*
 * JSONata: what went wrong, in the words of jsonata_errors.def.
 */

#include "expr/jsonata_make.h"


#define MESSAGE_FIRST  128
#define EMPTY_MESSAGE  "The result is a function"


typedef struct {
    wf_str_t  code;
    wf_str_t  text;
} row_t;

static const row_t  rows[] = {
#define ERROR(code, text)  { wf_str_init(code), wf_str_init(text) },
#include "expr/jsonata_errors.def"
#undef ERROR
};


static wf_str_t
template_of(const jn_trouble_t *trouble)
{
    unsigned  i;

    for (i = 0; i < wf_countof(rows); i++) {
        if (wf_str_eq(rows[i].code, wf_str_of(trouble->code))) {
            return rows[i].text;
        }
    }

    return wf_str_none;
}


/* A detail as it is, or as JSON. */
static void
put_text(wf_buf_t *buf, wf_str_t text, bool bare)
{
    if (bare) {
        wf_buf_str(buf, text);

    } else if (text.data == NULL) {
        wf_buf_text(buf, "undefined");

    } else {
        jn_print_brief(buf, jn_string(text));
    }
}


static void
put_detail(wf_buf_t *buf, const jn_trouble_t *trouble, wf_str_t name,
    bool bare)
{
    if (wf_str_eq(name, wf_str("token"))) {
        put_text(buf, trouble->token, bare || trouble->bare);

    } else if (wf_str_eq(name, wf_str("message"))) {
        put_text(buf, trouble->message, bare);

    } else if (wf_str_eq(name, wf_str("type"))
               || wf_str_eq(name, wf_str("functionName")))
    {
        put_text(buf, wf_str_of(trouble->type), bare);

    } else if (wf_str_eq(name, wf_str("index"))) {
        wf_buf_uint(buf, trouble->index);

    } else {
        jn_print_brief(buf, wf_str_eq(name, wf_str("value"))
                            ? trouble->value : trouble->value2);
    }
}


/* {{name}} at pos: puts what it stands for; returns where it ends. */
static size_t
expand(wf_buf_t *buf, const jn_trouble_t *trouble, wf_str_t text, size_t pos)
{
    bool    bare;
    size_t  start, end;

    bare = pos + 2 < text.len && text.data[pos + 2] == '{';
    start = pos + 2 + bare;

    for (end = start; end < text.len && text.data[end] != '}'; end++) {
        /* void */
    }

    put_detail(buf, trouble,
               (wf_str_t) { end - start, text.data + start }, bare);

    return end + 2 + bare;
}


static wf_str_t
message_of(wf_arena_t *arena, const jn_trouble_t *trouble)
{
    size_t    pos;
    wf_buf_t  buf;
    wf_str_t  text;

    if (trouble->trouble == WF_JSONATA_UNSUPPORTED) {
        return wf_str(EMPTY_MESSAGE);
    }

    text = template_of(trouble);
    wf_buf_init(&buf, arena, MESSAGE_FIRST);

    for (pos = 0; pos < text.len; ) {
        if (text.data[pos] == '{' && pos + 1 < text.len
            && text.data[pos + 1] == '{')
        {
            pos = expand(&buf, trouble, text, pos);
            continue;
        }

        wf_buf_byte(&buf, text.data[pos++]);
    }

    return wf_buf_done(&buf);
}


/* Bytes of the text as UTF-16 units. */
static uint32_t
units(wf_str_t text, uint32_t bytes)
{
    size_t    i;
    uint32_t  count;

    for (count = 0, i = 0; i < text.len && i < bytes; i++) {
        count += ((text.data[i] & 0xc0) != 0x80) + (text.data[i] >= 0xf0);
    }

    return count;
}


void
jn_trouble_tell(wf_arena_t *arena, const jn_trouble_t *trouble,
    wf_str_t text, wf_jsonata_error_t *err)
{
    memset(err, 0, sizeof(wf_jsonata_error_t));
    err->trouble = trouble->trouble;

    if (trouble->trouble == WF_JSONATA_OOM) {
        return;
    }

    wf_assert(trouble->code != NULL);

    if (trouble->trouble != WF_JSONATA_UNSUPPORTED) {
        memcpy(err->code, trouble->code,
               wf_min(strlen(trouble->code), sizeof(err->code) - 1));
    }

    err->position = units(text, trouble->position);
    err->token = jn_text_export(arena, trouble->token);
    err->message = jn_text_export(arena, message_of(arena, trouble));
}
