
/*
 * Any bytes: parsed or refused.  What is parsed prints, reads back equal,
 * and prints the same; its size is known beforehand.
 */

#include <stdlib.h>

#include "base/json.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_buf_t     first, second;
    wf_str_t     text;
    wf_rc_t      rc;
    wf_type_t    type;
    wf_error_t   err;
    wf_arena_t  *arena;
    wf_value_t  *value, *again;

    arena = wf_arena_create(0);
    text = (wf_str_t) { size, data };
    rc = wf_json_check(text, &type, &err);
    wf_assert(rc == wf_json_parse(arena, text, &value, &err));

    if (rc != WF_OK) {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT && err.len[0] > 0);
        wf_arena_free(arena);
        return 0;
    }

    wf_assert(type == (wf_type_t) value->type);

    wf_buf_init(&first, arena, 0);
    wf_json_print(&first, value);
    wf_assert(!first.failed && first.len == wf_json_size(value));
    wf_assert(wf_utf8_valid(wf_buf_done(&first)));
    wf_assert(wf_value_depth(value) <= WF_DEPTH_MAX);

    wf_assert(wf_json_parse(arena, wf_buf_done(&first), &again, &err)
              == WF_OK);
    wf_assert(wf_value_eq(value, again));
    wf_assert(wf_value_eq(wf_value_copy(arena, value), value));

    wf_buf_init(&second, arena, 0);
    wf_json_print(&second, again);
    wf_assert(wf_str_eq(wf_buf_done(&first), wf_buf_done(&second)));

    wf_arena_free(arena);

    return 0;
}
