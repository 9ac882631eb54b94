
/*
 * What every program must satisfy, whatever its dialect: names, links,
 * limits.  Unreachable nodes are no fault.
 */

#ifndef WF_VERIFY_H
#define WF_VERIFY_H


#include "flow/builder.h"


/* Enters the node's name; empty, too long or taken: refused. */
wf_rc_t wf_verify_name(wf_builder_t *builder, wf_node_t *node,
    wf_error_t *err);

/* Ties all links to the nodes they name. */
wf_rc_t wf_verify_links(wf_builder_t *builder, wf_error_t *err);

/* The finished program: limits are refused, broken structure is asserted. */
wf_rc_t wf_verify_program(const wf_program_t *program, wf_error_t *err);

/* The node of that name in the scope, or, where names are unique in the whole
 * flow, in WF_NONE; NULL: none yet. */
wf_node_t *wf_verify_find(const wf_builder_t *builder, uint32_t scope,
    wf_str_t name);


#endif /* WF_VERIFY_H */
