
/*
 * The record of a flow as bytes.  Owns its layout, which is on disk: the
 * first byte is its version; fields are only added at the end under a new
 * one.
 */

#include "flow/flow.h"


#define VERSION            3
#define VERSION_FIRST      1        /* without attributes */
#define VERSION_ATTRIBUTES 2        /* without is_deleting */


void
wf_flow_encode(wf_buf_t *buf, const wf_flow_t *flow)
{
    wf_put_uint(buf, VERSION);
    wf_put_uint(buf, flow->flow_no);
    wf_put_uint(buf, flow->revision);
    wf_put_u64(buf, flow->request_key);
    wf_put_str(buf, flow->id);
    wf_put_str(buf, flow->name);
    wf_put_str(buf, flow->definition);
    wf_put_str(buf, flow->description);
    wf_put_str(buf, flow->type);
    wf_put_str(buf, flow->role);
    wf_put_str(buf, flow->storage);
    wf_put_str(buf, flow->group);
    wf_put_str(buf, flow->environment);
    wf_put_uint(buf, flow->mode);
    wf_put_int(buf, flow->created_ms);
    wf_put_int(buf, flow->modified_ms);
    wf_put_str(buf, flow->attributes);
    wf_put_uint(buf, flow->is_deleting);
}


wf_rc_t
wf_flow_decode(wf_str_t bytes, wf_flow_t *flow)
{
    uint64_t     mode, version, is_deleting;
    wf_flow_t    got;
    wf_reader_t  reader;

    reader = wf_reader(bytes);

    version = wf_get_uint(&reader);

    if (version < VERSION_FIRST || version > VERSION) {
        return WF_ERROR;
    }

    got.flow_no = wf_get_uint(&reader);
    got.revision = wf_get_uint(&reader);
    got.request_key = wf_get_u64(&reader);
    got.id = wf_get_str(&reader);
    got.name = wf_get_str(&reader);
    got.definition = wf_get_str(&reader);
    got.description = wf_get_str(&reader);
    got.type = wf_get_str(&reader);
    got.role = wf_get_str(&reader);
    got.storage = wf_get_str(&reader);
    got.group = wf_get_str(&reader);
    got.environment = wf_get_str(&reader);
    mode = wf_get_uint(&reader);
    got.created_ms = wf_get_int(&reader);
    got.modified_ms = wf_get_int(&reader);
    got.attributes = version == VERSION_FIRST ? wf_str("")
                                              : wf_get_str(&reader);
    is_deleting = version > VERSION_ATTRIBUTES ? wf_get_uint(&reader) : 0;

    if (!reader.ok || reader.pos != reader.end || mode > WF_MODE_EXPRESS
        || is_deleting > 1)
    {
        return WF_ERROR;
    }

    got.mode = mode;
    got.is_deleting = is_deleting;
    *flow = got;

    return WF_OK;
}
