
/*
 * JSON text <-> value (RFC 8259).  cJSON parses; no cJSON tree leaves
 * json.c.  Strict: UTF-8 is checked, raw control characters, lone
 * surrogates, trailing bytes and nesting beyond WF_DEPTH_MAX are refused.
 * Of duplicate keys the last wins.  U+0000 in strings is kept.
 */

#ifndef WF_JSON_H
#define WF_JSON_H


#include "base/error.h"
#include "base/utf8.h"
#include "base/value.h"


/* WF_ERROR: err says why and at which byte (WF_E_INVALID_ARGUMENT), or oom. */
wf_rc_t wf_json_parse(wf_arena_t *arena, wf_str_t text, wf_value_t **value,
    wf_error_t *err);

/* As above; a text of more than count_max values is refused, which bounds the
 * time that it takes. */
wf_rc_t wf_json_parse_bounded(wf_arena_t *arena, wf_str_t text,
    uint64_t count_max, wf_value_t **value, wf_error_t *err);

/* Is it JSON by the rules of wf_json_parse(), and of which type?  Makes no
 * value, needs no memory.  WF_ERROR: as there. */
wf_rc_t wf_json_check(wf_str_t text, wf_type_t *type, wf_error_t *err);

/*
 * As wf_json_parse(), for texts written by people: repeated keys are refused.
 * On failure err holds the bare reason and *offset the byte (from 0) it is
 * about.
 */
wf_rc_t wf_json_parse_unique(wf_arena_t *arena, wf_str_t text,
    wf_value_t **value, size_t *offset, wf_error_t *err);

/* Compact text; members in their order.  Sticky failure in buf. */
void wf_json_print(wf_buf_t *buf, const wf_value_t *value);
void wf_json_print_string(wf_buf_t *buf, wf_str_t string);  /* with quotes */

/* Bytes that wf_json_print() would write. */
size_t wf_json_size(const wf_value_t *value);


#endif /* WF_JSON_H */
