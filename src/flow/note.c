
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
