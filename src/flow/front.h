
/*
 * What the dialects share: their surroundings and the reading of values that
 * occur in more than one field.
 */

#ifndef WF_FRONT_H
#define WF_FRONT_H


#include "flow/builder.h"
#include "flow/compile.h"
#include "flow/fields.h"


/* A dialect at work. */
typedef struct {
    wf_arena_t    *arena;       /* the program's */
    wf_builder_t  *builder;
    wf_mode_t      mode;        /* of the executions to come */
} wf_front_t;


/* The dialects.  root is a mapping with the dialect's marker. */
wf_rc_t wf_dialect_fdl(wf_front_t *front, const wf_value_t *root,
    wf_error_t *err);
wf_rc_t wf_dialect_cfl(wf_front_t *front, const wf_value_t *root,
    wf_error_t *err);
wf_rc_t wf_dialect_swf(wf_front_t *front, const wf_value_t *root,
    wf_error_t *err);


/* The expression in a string; what: "condition". */
wf_rc_t wf_front_expr(wf_front_t *front, const wf_value_t *value,
    wf_expr_kind_t kind, const char *what, wf_expr_t **expr, wf_error_t *err);

/* The string as a time; milliseconds since 1970. */
wf_rc_t wf_front_time(const wf_value_t *value, const char *what, int64_t *ms,
    wf_error_t *err);

/* An array of count zeroed entries in the arena; NULL: no memory, err set. */
void *wf_front_array(wf_front_t *front, uint32_t count, size_t size,
    wf_error_t *err);

/* Room in the node, zeroed: for branches, retry and catch rules. */
wf_rc_t wf_front_fork(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err);
wf_rc_t wf_front_retriers(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err);
wf_rc_t wf_front_catchers(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err);

/* The string or "" of an optional field. */
wf_str_t wf_front_string(const wf_value_t *value);

/* The integer of an optional field. */
int64_t wf_front_int(const wf_value_t *value, int64_t otherwise);

/*
 * The type of a step or state.  It decides which fields there may be, so it is
 * read before them.
 */
wf_rc_t wf_front_type(wf_dialect_t dialect, const wf_value_t *item,
    wf_state_type_t *type, wf_error_t *err);

/* Its spelling. */
const char *wf_front_state_name(wf_dialect_t dialect, wf_state_type_t type);


#endif /* WF_FRONT_H */
