
/*
 * What a YAML scalar means: the core schema of YAML 1.2.  For yaml.c alone.
 */

#ifndef WF_YAML_SCALAR_H
#define WF_YAML_SCALAR_H


#include "base/value.h"


typedef struct {
    wf_str_t     text;
    const char  *tag;           /* resolved; NULL: none */
    bool         plain;         /* not quoted, not a block */
} wf_yaml_scalar_t;

/*
 * A copy in the arena.  NULL: *reason says what is wrong, or it is left
 * alone and there was no memory.
 */
wf_value_t *wf_yaml_scalar(wf_arena_t *arena, const wf_yaml_scalar_t *scalar,
    const char **reason);


#endif /* WF_YAML_SCALAR_H */
