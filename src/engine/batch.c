
/*
 * Batches of items: {"BatchInput", "Items"} each.  Owns how they are filled;
 * what the items are is the map's.
 */

#include "engine/batch.h"

#include "base/json.h"


static wf_rc_t
batch_open(wf_run_t *run, wf_batch_items_t *batch)
{
    wf_value_t  *input;
    wf_arena_t  *arena;

    arena = run->scratch;
    input = wf_value_object(arena, 2);
    batch->list = wf_value_array(arena, 8);

    if (input == NULL
        || wf_value_set(arena, input, wf_str("Items"), batch->list) != WF_OK
        || (batch->batch_input
            && wf_value_set(arena, input, wf_str("BatchInput"),
                            (wf_value_t *) batch->batch_input)
               != WF_OK)
        || wf_value_push(arena, batch->inputs, input) != WF_OK)
    {
        return wf_run_out_of_memory(run);
    }

    batch->size = wf_json_size(input);

    return WF_OK;
}


/* The first item of a batch goes in whatever its size. */
wf_rc_t
wf_batch_items_add(wf_run_t *run, wf_batch_items_t *batch,
    const wf_value_t *item)
{
    size_t  size;

    size = wf_json_size(item) + 1;

    if (batch->list == NULL
        || batch->list->count >= batch->count_max
        || (batch->list->count > 0
            && batch->size + size > (size_t) batch->size_max))
    {
        if (batch_open(run, batch) != WF_OK) {
            return WF_ERROR;
        }
    }

    batch->size += size;

    if (batch->size > batch->bytes_max) {
        return wf_dataflow_limit(run, batch->size, batch->bytes_max,
                                 "a batch of items");
    }

    return wf_value_push(run->scratch, batch->list, (wf_value_t *) item)
           == WF_OK ? WF_OK : wf_run_out_of_memory(run);
}
