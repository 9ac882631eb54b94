
/*
 * The heap of due times.  Owns the table of pointers; the nodes belong to
 * the caller and know their own position, so each can leave from anywhere.
 * Never reads a clock.
 */

#include "base/arena.h"
#include "base/heap.h"


#define HEAP_MIN  64            /* nodes of the first table */
#define HEAP_MAX  (1u << 30)


static bool before(const wf_heap_node_t *a, const wf_heap_node_t *b);
static void place(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node);
static void sift_up(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node);
static void sift_down(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node);


void
wf_heap_init(wf_heap_t *heap)
{
    memset(heap, 0, sizeof(wf_heap_t));
}


/* The nodes are left alone: they may be gone already. */

void
wf_heap_free(wf_heap_t *heap)
{
    wf_free(heap->nodes);
    wf_heap_init(heap);
}


wf_rc_t
wf_heap_add(wf_heap_t *heap, wf_heap_node_t *node, uint64_t due_ms)
{
    uint32_t          size;
    wf_heap_node_t  **nodes;

    wf_heap_remove(heap, node);

    if (heap->count == heap->size) {
        if (heap->size >= HEAP_MAX) {
            return WF_ERROR;
        }

        size = heap->size ? heap->size * 2 : HEAP_MIN;
        nodes = wf_realloc(heap->nodes, size * sizeof(wf_heap_node_t *));

        if (nodes == NULL) {
            return WF_ERROR;
        }

        heap->nodes = nodes;
        heap->size = size;
    }

    node->due_ms = due_ms;
    node->seq = heap->seq++;

    sift_up(heap, heap->count++, node);

    return WF_OK;
}


void
wf_heap_remove(wf_heap_t *heap, wf_heap_node_t *node)
{
    uint32_t         i;
    wf_heap_node_t  *last;

    if (node->slot == 0) {
        return;
    }

    i = node->slot - 1;

    wf_assert(i < heap->count && heap->nodes[i] == node);

    node->slot = 0;
    last = heap->nodes[--heap->count];

    if (last == node) {
        return;
    }

    if (i > 0 && before(last, heap->nodes[(i - 1) / 2])) {
        sift_up(heap, i, last);

    } else {
        sift_down(heap, i, last);
    }
}


wf_heap_node_t *
wf_heap_min(const wf_heap_t *heap)
{
    return heap->count ? heap->nodes[0] : NULL;
}


static bool
before(const wf_heap_node_t *a, const wf_heap_node_t *b)
{
    if (a->due_ms != b->due_ms) {
        return a->due_ms < b->due_ms;
    }

    return a->seq < b->seq;
}


static void
place(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node)
{
    heap->nodes[i] = node;
    node->slot = i + 1;
}


/* Position i is a gap; the node goes there or nearer to the top. */

static void
sift_up(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node)
{
    uint32_t  parent;

    while (i > 0) {
        parent = (i - 1) / 2;

        if (!before(node, heap->nodes[parent])) {
            break;
        }

        place(heap, i, heap->nodes[parent]);
        i = parent;
    }

    place(heap, i, node);
}


static void
sift_down(wf_heap_t *heap, uint32_t i, wf_heap_node_t *node)
{
    uint32_t  child;

    for ( ;; ) {
        child = 2 * i + 1;

        if (child >= heap->count) {
            break;
        }

        if (child + 1 < heap->count
            && before(heap->nodes[child + 1], heap->nodes[child]))
        {
            child++;
        }

        if (!before(heap->nodes[child], node)) {
            break;
        }

        place(heap, i, heap->nodes[child]);
        i = child;
    }

    place(heap, i, node);
}
