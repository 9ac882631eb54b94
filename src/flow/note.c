
/*
 * Notes as bytes.  Owns their layout, which is on disk: the first byte is its
 * version; fields are only added at the end under a new one.
 */

#include "flow/note.h"


#define LAYOUT  1


void
wf_note_encode(wf_buf_t *buf, const wf_note_t *note)
{
    wf_put_uint(buf, LAYOUT);
    wf_put_u64(buf, note->request_key);
    wf_put_str(buf, note->name);
    wf_put_str(buf, note->body);
    wf_put_int(buf, note->created_ms);
}


wf_rc_t
wf_note_decode(wf_str_t bytes, wf_note_t *note)
{
    wf_note_t    got;
    wf_reader_t  reader;

    reader = wf_reader(bytes);

    if (wf_get_uint(&reader) != LAYOUT) {
        return WF_ERROR;
    }

    got.request_key = wf_get_u64(&reader);
    got.name = wf_get_str(&reader);
    got.body = wf_get_str(&reader);
    got.created_ms = wf_get_int(&reader);

    if (!reader.ok || reader.pos != reader.end || got.name.len == 0
        || got.name.len > WF_NOTE_NAME_LEN_MAX)
    {
        return WF_ERROR;
    }

    *note = got;

    return WF_OK;
}


/* What stands before the next ':', which goes, too. */
static bool
part_take(wf_str_t *text, wf_str_t *part)
{
    const uint8_t  *colon;

    colon = text->len ? memchr(text->data, ':', text->len) : NULL;

    if (colon == NULL) {
        return false;
    }

    *part = (wf_str_t) { (size_t) (colon - text->data), text->data };
    text->len -= part->len + 1;
    text->data = colon + 1;

    return true;
}


/* arn:PARTITION:states:REGION:ACCOUNT:activity:NAME */
wf_rc_t
wf_note_activity(wf_buf_t *buf, wf_str_t arn)
{
    size_t    i;
    wf_str_t  parts[6];

    for (i = 0; i < wf_countof(parts); i++) {
        parts[i] = wf_str_none;

        if (!part_take(&arn, &parts[i])) {
            return WF_DECLINED;
        }
    }

    if (!wf_str_eq(parts[0], wf_str("arn"))
        || !wf_str_eq(parts[2], wf_str("states"))
        || !wf_str_eq(parts[5], wf_str("activity"))
        || arn.len == 0)
    {
        return WF_DECLINED;
    }

    wf_buf_text(buf, WF_NOTE_ACTIVITY);
    wf_buf_str(buf, parts[3]);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, parts[4]);
    wf_buf_byte(buf, '/');
    wf_buf_str(buf, arn);

    return buf->failed ? WF_ERROR : WF_OK;
}
