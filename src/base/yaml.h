
/*
 * YAML text -> value through libyaml, by the YAML 1.2 core schema: only
 * true/false are booleans, time stamps and null-less words are strings, tags
 * of deployment templates (!Ref x) are ignored on scalars.  JSON is a subset.
 * Refused: several documents, duplicate keys, merge keys, keys that are no
 * scalars, expansion beyond WF_YAML_NODES_MAX, depth beyond WF_DEPTH_MAX.
 * Every value and key carries its mark (line and column, from 1).
 */

#ifndef WF_YAML_H
#define WF_YAML_H


#include "base/error.h"
#include "base/value.h"


wf_rc_t wf_yaml_parse(wf_arena_t *arena, wf_str_t text, wf_value_t **value,
    wf_error_t *err);


#endif /* WF_YAML_H */
