
/*
 * The builder: the only vocabulary in which dialects write a program.
 */

#ifndef WF_BUILDER_H
#define WF_BUILDER_H


#include "base/map.h"
#include "flow/program.h"


typedef struct wf_link_s  wf_link_t;

/* A jump to a node that may be still to come. */
struct wf_link_s {
    wf_link_t   *following;
    wf_str_t     name;
    wf_mark_t    mark;
    uint32_t     scope;
    uint32_t     node;          /* that jumps; WF_NONE: start of the scope */
    uint32_t    *target;
};

/* For program.c and verify.c; dialects see no member. */
typedef struct {
    wf_program_t   *program;    /* unfinished: nodes and scopes not in it */
    void          **nodes;      /* wf_node_t *, by number */
    uint32_t        node_size;
    void          **scopes;     /* wf_scope_t *, by number */
    uint32_t        scope_size;
    wf_map_t        names;      /* verify.c */
    wf_link_t      *links;
    wf_link_t     **last_link;
} wf_builder_t;


/* NULL: no memory.  The program owns the arena. */
wf_builder_t *wf_builder_create(wf_arena_t *arena, wf_dialect_t dialect);
wf_program_t *wf_builder_program(wf_builder_t *builder);
uint32_t wf_builder_scope(wf_builder_t *builder, uint32_t owner,
    wf_mark_t mark, wf_error_t *err);                   /* WF_NONE: failed */
/*
 * Refuses names that are empty, too long or taken (generation 1: anywhere in
 * the flow, generation 2: in the scope).  The first node of a scope becomes
 * its start.  The pointer is valid until wf_builder_finish().
 */
wf_node_t *wf_builder_node(wf_builder_t *builder, uint32_t scope,
    wf_state_type_t type, wf_str_t name, wf_mark_t mark, wf_error_t *err);
/* The node called name, perhaps still to come, is the start of the scope. */
wf_rc_t wf_builder_start(wf_builder_t *builder, uint32_t scope, wf_str_t name,
    wf_mark_t mark, wf_error_t *err);
/*
 * "target" is to hold the number of the node called name in that scope.  It
 * lies in the arena or in a node and is written by wf_builder_finish().
 */
wf_rc_t wf_builder_link(wf_builder_t *builder, uint32_t scope, wf_str_t name,
    wf_mark_t mark, uint32_t node, uint32_t *target, wf_error_t *err);
/* Ties the links, verifies; the program is complete and read-only then. */
wf_rc_t wf_builder_finish(wf_builder_t *builder, wf_error_t *err);


#endif /* WF_BUILDER_H */
