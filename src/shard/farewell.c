
/*
 * State machines that are being deleted (asl 18): no execution begins, those
 * that run go on, and when the store knows of none any more the flow goes.
 * One is looked after at a time, in a reader thread, in turn; a start that
 * was on its way when the flow began to leave may still be there, or ends as
 * one of a deleted flow does.
 */

#include "shard/publish.h"


#define LOOK_MS  500                /* from one look to the next */


static void looked(wf_fetch_t *fetch, int64_t now_ms);


/* To the end of the list. */
void
wf_farewell_add(wf_shard_t *shard, wf_flow_entry_t *entry)
{
    wf_flow_entry_t  **last;

    for (last = &shard->farewell.first; *last; last = &(*last)->next) {
        /* void */
    }

    entry->is_deleting = true;
    entry->next = NULL;
    *last = entry;
}


void
wf_farewell_remove(wf_shard_t *shard, wf_flow_entry_t *entry)
{
    wf_flow_entry_t  **at;

    for (at = &shard->farewell.first; *at; at = &(*at)->next) {

        if (*at == entry) {
            *at = entry->next;
            return;
        }
    }
}


int64_t
wf_farewell_due_ms(const wf_shard_t *shard)
{
    return shard->farewell.first && shard->farewell.fetch == NULL
           ? wf_max(shard->farewell.pause_ms, 1) : 0;
}


void
wf_farewell_turn(wf_shard_t *shard)
{
    int64_t          due_ms;
    wf_list_query_t  query;

    due_ms = wf_farewell_due_ms(shard);

    if (due_ms == 0 || due_ms > shard->now_ms) {
        return;
    }

    query = (wf_list_query_t) {
        .flow_no = shard->farewell.first->flow_no,
        .status = WF_STATUS_RUNNING,
        .limit = 1
    };

    shard->farewell.flow_no = query.flow_no;
    shard->farewell.pause_ms = shard->now_ms + LOOK_MS;
    shard->farewell.fetch = wf_read_list(shard->port, &query, looked, shard);
}


static wf_flow_entry_t *
leaving_find(const wf_shard_t *shard, uint64_t flow_no)
{
    wf_flow_entry_t  *entry;

    for (entry = shard->farewell.first; entry; entry = entry->next) {
        if (entry->flow_no == flow_no) {
            break;
        }
    }

    return entry;
}


static void
looked(wf_fetch_t *fetch, int64_t now_ms)
{
    bool              is_idle;
    wf_shard_t       *shard;
    wf_flow_entry_t  *entry;

    shard = fetch->data;
    is_idle = fetch->read.rc == WF_OK && fetch->row_count == 0;
    shard->farewell.fetch = NULL;
    wf_fetch_free(fetch);
    wf_shard_now(shard, now_ms);
    wf_shard_want_turn(shard);
    entry = leaving_find(shard, shard->farewell.flow_no);

    if (entry == NULL || shard->state != WF_SHARD_OPEN) {
        return;
    }

    if (!is_idle) {
        wf_farewell_remove(shard, entry);
        wf_farewell_add(shard, entry);

    } else if (wf_flow_entry_erase(shard, entry) != WF_OK) {
        wf_shard_oom(shard);
    }
}


void
wf_farewell_stop(wf_shard_t *shard)
{
    wf_fetch_cancel(shard->farewell.fetch);
    shard->farewell.fetch = NULL;
}
