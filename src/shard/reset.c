
/*
 * Reset: everything that a shard has goes, in one batch, and the shard is
 * opened anew, from a store that is empty but for its counters: numbers are
 * not given twice.  What is in memory, who waits and what is away goes the
 * way it goes when a shard steps down; no execution is stopped first, so none
 * has anything to call or to say.
 *
 * Shard 0 is first.  It has the catalogue, so nothing begins anew once it is
 * empty, and says below which number flows are gone.  A start that is still
 * on its way to another shard meets the other one's wipe, or its memory of it.
 */

#include "shard/reset.h"


static wf_rc_t
counter_write(wf_shard_t *shard, wf_str_t key, uint64_t number)
{
    wf_buf_t     value;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&value, batch->arena, 8);
    wf_put_u64(&value, number);

    return value.failed ? WF_ERROR
           : wf_batch_item(shard, &(wf_store_item_t) {
                 .kind = WF_ITEM_COUNTER,
                 .key = key,
                 .value = wf_buf_done(&value)
             });
}


/* Alone in its batch: what came before is wiped, what comes behind it fails,
 * for the next owner to do. */
static wf_rc_t
wipe(wf_shard_t *shard, wf_submit_t *submit)
{
    if (wf_batch_cut(shard) != WF_OK
        || counter_write(shard, wf_str(WF_RESET_EXEC), shard->exec_no)
           != WF_OK
        || counter_write(shard, wf_str(WF_RESET_FLOW), submit->event_id)
           != WF_OK
        || (shard->no == 0
            && counter_write(shard, wf_str("flow_no"), shard->flow_no)
               != WF_OK))
    {
        return WF_ERROR;
    }

    shard->open->append.wipes = submit->event_id;
    wf_answer(shard, submit, NULL, NULL);

    return wf_batch_cut(shard);
}


void
wf_reset_submit(wf_shard_t *shard, wf_submit_t *submit)
{
    submit->event_id = shard->no == 0 ? shard->flow_no + 1 : submit->flow_no;
    submit->event_id = wf_max(submit->event_id, shard->reset_no);
    submit->event_id += submit->event_id == 0;

    /* Without memory it is done(), or not, with all who wait. */

    if (wipe(shard, submit) != WF_OK) {
        wf_shard_oom(shard);
    }
}


void
wf_reset_release(wf_shard_t *shard)
{
    wf_error_t  err;

    wf_error_set(&err, WF_E_INTERNAL, "everything was removed");
    shard->is_wiped = true;
    wf_shard_down(shard, &err);
}
