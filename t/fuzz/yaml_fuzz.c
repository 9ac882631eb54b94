
/*
 * Any bytes: parsed or refused with a line and a column.  What is parsed is
 * JSON, keeps the limits and reads back equal, from the printed JSON too.
 */

#include <stdlib.h>

#include "base/json.h"
#include "base/yaml.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wf_buf_t     buf;
    wf_str_t     text;
    wf_error_t   err;
    wf_arena_t  *arena;
    wf_value_t  *value, *json, *yaml;

    arena = wf_arena_create(0);
    text = (wf_str_t) { size, data };

    if (wf_yaml_parse(arena, text, &value, &err) != WF_OK) {
        wf_assert(err.code == WF_E_INVALID_ARGUMENT);
        wf_assert(wf_str_starts(wf_error_arg(&err, 0), wf_str("line ")));
        wf_arena_free(arena);
        return 0;
    }

    wf_assert(wf_value_depth(value) <= WF_DEPTH_MAX);
    wf_assert(wf_json_size(value) <= 8 * WF_YAML_BYTES_MAX);

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);
    wf_assert(!buf.failed);

    wf_assert(wf_json_parse(arena, wf_buf_done(&buf), &json, &err) == WF_OK);
    wf_assert(wf_value_eq(value, json));

    /* A scalar in one line of JSON may be something else in YAML: a tab. */

    if (value->type == WF_OBJECT || value->type == WF_ARRAY) {
        wf_assert(wf_yaml_parse(arena, wf_buf_done(&buf), &yaml, &err)
                  == WF_OK);
        wf_assert(wf_value_eq(value, yaml));
    }

    wf_arena_free(arena);

    return 0;
}
