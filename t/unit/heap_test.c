
#include "base/heap.c"
#include "unit.h"


#define COUNT  500


static uint32_t  seed;


static uint32_t
next_random(void)
{
    seed = seed * 1664525 + 1013904223;

    return seed >> 8;
}


static void
check_heap(const wf_heap_t *heap)
{
    uint32_t  i;

    for (i = 0; i < heap->count; i++) {
        CHECK(heap->nodes[i]->slot == i + 1);
        CHECK(i == 0 || !before(heap->nodes[i], heap->nodes[(i - 1) / 2]));
    }
}


TEST(empty)
{
    wf_heap_t       heap;
    wf_heap_node_t  node = { 0 };

    wf_heap_init(&heap);
    CHECK(wf_heap_min(&heap) == NULL);
    wf_heap_remove(&heap, &node);
    wf_heap_free(&heap);
}


TEST(ties_leave_in_order_of_arrival)
{
    unsigned        i;
    wf_heap_t       heap;
    wf_heap_node_t  nodes[COUNT] = { 0 };

    wf_heap_init(&heap);

    for (i = 0; i < COUNT; i++) {
        CHECK(wf_heap_add(&heap, &nodes[i], 1000 + i / 100) == WF_OK);
    }

    for (i = 0; i < COUNT; i++) {
        CHECK(wf_heap_min(&heap) == &nodes[i]);
        wf_heap_remove(&heap, wf_heap_min(&heap));
        CHECK(nodes[i].slot == 0);
    }

    CHECK(wf_heap_min(&heap) == NULL);
    wf_heap_free(&heap);
}


/* Against the simplest opinion: look at all of them. */

TEST(random_life)
{
    unsigned         i, step;
    wf_heap_t        heap;
    wf_heap_node_t  *min, nodes[COUNT] = { 0 };

    seed = 42;
    wf_heap_init(&heap);

    for (step = 0; step < 5000; step++) {
        i = next_random() % COUNT;

        if (next_random() % 3 == 0) {
            wf_heap_remove(&heap, &nodes[i]);

        } else {
            CHECK(wf_heap_add(&heap, &nodes[i], next_random() % 50) == WF_OK);
        }

        if (step % 100 == 0) {
            check_heap(&heap);
        }

        min = NULL;

        for (i = 0; i < COUNT; i++) {
            if (nodes[i].slot && (min == NULL || before(&nodes[i], min))) {
                min = &nodes[i];
            }
        }

        CHECK(wf_heap_min(&heap) == min);
    }

    wf_heap_free(&heap);
}


TEST(no_memory)
{
    wf_heap_t       heap;
    wf_heap_node_t  node = { 0 };

    wf_heap_init(&heap);

    wf_arena_fail_after(1);
    CHECK(wf_heap_add(&heap, &node, 1) == WF_ERROR);
    CHECK(node.slot == 0 && wf_heap_min(&heap) == NULL);
    CHECK(wf_heap_add(&heap, &node, 1) == WF_OK);
    CHECK(wf_heap_min(&heap) == &node);

    wf_heap_free(&heap);
}


UNIT_MAIN()
