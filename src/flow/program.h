
/*
 * wf_program_t: a compiled definition.  Nodes, scopes and templates in one
 * arena, read-only once verified, shared by all executions of a revision.
 * Dialects build it through flow/builder.h, the engine reads this.
 *
 * Node and scope numbers are in histories on disk: a text always gets the
 * same, from 0 in document order: a node before all inside it, a scope before
 * its nodes, a choice's default last.  "steps: []" is a scope, no "steps" none.
 */

#ifndef WF_PROGRAM_H
#define WF_PROGRAM_H


#include "flow/node.h"


typedef enum {
    WF_DIALECT_FDL = 1,         /* CloudFlow generation 1, type: flow */
    WF_DIALECT_CFL,             /* CloudFlow generation 2, StateMachine */
    WF_DIALECT_ASL,             /* Amazon States Language */
    WF_DIALECT_SWF              /* none: deciders decide (engine/swf.h) */
} wf_dialect_t;

typedef struct {
    uint32_t   first;           /* WF_NONE: empty */
    uint32_t   owner;           /* node; WF_NONE: the flow itself */
    uint32_t   depth;
} wf_scope_t;

typedef struct {
    wf_arena_t     *arena;
    wf_dialect_t    dialect;
    uint64_t        timeout_ms;     /* whole execution; 0: only the cap */
    wf_template_t  *input, *output; /* flow-level mappings */
    wf_node_t      *nodes;
    uint32_t        node_count;
    wf_scope_t     *scopes;         /* [0]: the flow */
    uint32_t        scope_count;
    uint32_t        run_concurrency;    /* most of a map run; where: */
    wf_mark_t       run_mark;
} wf_program_t;


/* Arena and all.  Who shares a program counts (shard/catalog.h). */
void wf_program_release(wf_program_t *program);
/* Printable, one node a line: golden dumps of t/cases/flows. */
void wf_program_dump(wf_buf_t *buf, const wf_program_t *program);


#endif /* WF_PROGRAM_H */
