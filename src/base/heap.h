
/*
 * Min-heap of due times with intrusive nodes.  It is told the time and
 * never asks.  Ties leave in order of arrival (seq), so it is deterministic.
 */

#ifndef WF_HEAP_H
#define WF_HEAP_H


#include "base/base.h"


typedef struct {
    uint64_t  due_ms;
    uint64_t  seq;
    uint32_t  slot;             /* 0: not in a heap; position + 1 */
} wf_heap_node_t;

typedef struct {
    wf_heap_node_t  **nodes;
    uint32_t          count;
    uint32_t          size;
    uint64_t          seq;
} wf_heap_t;

void wf_heap_init(wf_heap_t *heap);
void wf_heap_free(wf_heap_t *heap);

/* A node that is in the heap already moves.  WF_ERROR: no memory. */
wf_rc_t wf_heap_add(wf_heap_t *heap, wf_heap_node_t *node, uint64_t due_ms);
void wf_heap_remove(wf_heap_t *heap, wf_heap_node_t *node); /* may be absent */

/* The first node, left in place; NULL: empty. */
wf_heap_node_t *wf_heap_min(const wf_heap_t *heap);


#endif /* WF_HEAP_H */
