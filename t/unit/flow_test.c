
/*
 * The record of a flow.
 */

#include "flow/flow.c"

#include "unit.h"


static void
fill(wf_flow_t *flow)
{
    memset(flow, 0, sizeof(*flow));
    flow->flow_no = UINT64_MAX;
    flow->revision = 3;
    flow->request_key = 0x0123456789abcdefull;
    flow->id = wf_str("bfdf4c19-5020-4ac8-94a0-63d2ee68da4c");
    flow->name = wf_str("flow");
    flow->definition = wf_str("type: flow\0with a NUL");
    flow->description = wf_str("");
    flow->type = wf_str("FDL");
    flow->role = wf_str("acs:ram::1:role/r");
    flow->storage = wf_str("oss://b");
    flow->group = wf_str("rg-1");
    flow->environment = wf_str("[]");
    flow->mode = WF_MODE_EXPRESS;
    flow->created_ms = 1700000000123;
    flow->modified_ms = -1;
}


TEST(goes_and_comes_back)
{
    wf_buf_t     buf, again;
    wf_flow_t    flow, got;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    fill(&flow);
    wf_buf_init(&buf, arena, 0);
    wf_flow_encode(&buf, &flow);
    CHECK(!buf.failed);
    CHECK_INT(wf_flow_decode(wf_buf_done(&buf), &got), WF_OK);

    CHECK(got.flow_no == flow.flow_no);
    CHECK_INT(got.revision, 3);
    CHECK(got.request_key == flow.request_key);
    CHECK_STR(got.id, flow.id);
    CHECK_STR(got.name, flow.name);
    CHECK_STR(got.definition, flow.definition);
    CHECK_STR(got.description, flow.description);
    CHECK_STR(got.type, flow.type);
    CHECK_STR(got.role, flow.role);
    CHECK_STR(got.storage, flow.storage);
    CHECK_STR(got.group, flow.group);
    CHECK_STR(got.environment, flow.environment);
    CHECK_INT(got.mode, WF_MODE_EXPRESS);
    CHECK_INT(got.created_ms, flow.created_ms);
    CHECK_INT(got.modified_ms, -1);

    wf_buf_init(&again, arena, 0);
    wf_flow_encode(&again, &got);
    CHECK_STR(wf_buf_done(&again), wf_buf_done(&buf));
    wf_arena_free(arena);
}


/* Every prefix, every single altered byte: refused or at least harmless. */
TEST(malformed_is_refused)
{
    size_t       i, len;
    uint8_t     *copy;
    wf_buf_t     buf;
    wf_flow_t    flow, got;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    fill(&flow);
    wf_buf_init(&buf, arena, 0);
    wf_flow_encode(&buf, &flow);
    len = buf.len;

    memset(&got, 0x55, sizeof(got));

    for (i = 0; i < len; i++) {
        copy = malloc(i + 1);
        memcpy(copy, buf.data, i);
        CHECK_INT(wf_flow_decode((wf_str_t) { i, copy }, &got), WF_ERROR);
        free(copy);
    }

    CHECK_INT(got.mode, 0x55);      /* untouched */

    for (i = 0; i < len; i++) {
        copy = malloc(len);
        memcpy(copy, buf.data, len);
        copy[i] ^= 0xff;
        (void) wf_flow_decode((wf_str_t) { len, copy }, &got);
        free(copy);
    }

    wf_buf_byte(&buf, 0);
    CHECK_INT(wf_flow_decode(wf_buf_done(&buf), &got), WF_ERROR);
    buf.data[0] = VERSION + 1;
    CHECK_INT(wf_flow_decode((wf_str_t) { len, buf.data }, &got), WF_ERROR);
    wf_arena_free(arena);
}


UNIT_MAIN()
