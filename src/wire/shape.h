
/*
 * Decoding parameters that arrive as texts by the rows of a shape.
 */

#ifndef WF_SHAPE_H
#define WF_SHAPE_H


#include "wire/wire.h"


/* Where the texts come from. */
typedef struct {
    /* WF_OK: *text is the value, maybe empty; WF_DECLINED: absent;
     * WF_ERROR: no memory. */
    wf_rc_t  (*get)(void *data, wf_arena_t *scratch, const wf_field_t *field,
        wf_str_t *text);
    void      *data;
} wf_source_t;

/*
 * args is cleared first; what it gets lives in arena alone.  Required fields
 * before values (cloudflow-api 1.12, steps 11 and 12), both in the order of
 * the shape.  Errors: MISSING_PARAM with the name, INVALID_ARGUMENT with the
 * reason, INTERNAL.
 */
wf_rc_t wf_shape_decode(wf_arena_t *arena, wf_arena_t *scratch,
    const wf_shape_t *shape, const wf_source_t *source, wf_args_t *args,
    wf_error_t *err);

/* cloudflow-api section 2: names given at creation. */
bool wf_name_valid(wf_str_t name);


#endif /* WF_SHAPE_H */
