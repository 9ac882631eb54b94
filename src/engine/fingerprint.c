
/*
 * The fingerprint of a state: everything that an event could tell, nothing of
 * where it lives.  Replay must come to that of the live execution.
 */

#include "engine/swf_state.h"


static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
    size_t   i;
    uint8_t  bytes[8];

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t) (number >> 8 * i);
    }

    return wf_hash(hash, (wf_str_t) { sizeof(bytes), bytes });
}


static uint64_t
hash_str(uint64_t hash, wf_str_t s)
{
    return wf_hash(hash_number(hash, s.len), s);
}


/* What wf_json_print() would write, without writing it. */
static uint64_t
hash_value(uint64_t hash, const wf_value_t *value)
{
    uint32_t  i;

    if (value == NULL) {
        return hash_number(hash, UINT64_MAX);
    }

    hash = hash_number(hash, (uint64_t) value->type << 32 | value->count);

    switch (value->type) {

    case WF_BOOL:
        return hash_number(hash, value->boolean);

    case WF_NUMBER:
        return hash_str(hash, value->u.number.text);

    case WF_STRING:
        return hash_str(hash, value->u.string);

    case WF_ARRAY:
        for (i = 0; i < value->count; i++) {
            hash = hash_value(hash, value->u.items[i]);
        }

        return hash;

    case WF_OBJECT:
        for (i = 0; i < value->count; i++) {
            hash = hash_str(hash, value->u.members[i].key);
            hash = hash_value(hash, value->u.members[i].value);
        }

        return hash;

    default:
        return hash;
    }
}


static uint64_t
hash_frames(uint64_t hash, const wf_frame_t *frame)
{
    for ( /* void */ ; frame; frame = frame->outer) {
        hash = hash_number(hash, frame->depth);
        hash = hash_number(hash, frame->scope);
        hash = hash_number(hash, frame->owner);
        hash = hash_number(hash, frame->after);
        hash = hash_value(hash, frame->owner_input);
        hash = hash_value(hash, frame->input);
        hash = hash_value(hash, frame->local);
    }

    return hash;
}


static uint64_t
hash_map_run(uint64_t hash, const wf_map_run_t *run)
{
    uint64_t  share;

    memcpy(&share, &run->tolerated_percentage, sizeof(share));

    hash = hash_str(hash, run->name);
    hash = hash_number(hash, run->status);
    hash = hash_number(hash, run->node);
    hash = hash_number(hash, (uint64_t) run->started_ms);
    hash = hash_number(hash, (uint64_t) run->stopped_ms);
    hash = hash_number(hash, run->concurrency);
    hash = hash_number(hash, run->tolerated_count);
    hash = hash_number(hash, share);
    hash = hash_number(hash, run->total);
    hash = hash_number(hash, run->pending);
    hash = hash_number(hash, run->running);
    hash = hash_number(hash, run->succeeded);
    hash = hash_number(hash, run->failed);
    hash = hash_number(hash, run->pending_redrive);
    hash = hash_number(hash, run->not_redrivable);
    hash = hash_number(hash, run->redrive_count);
    hash = hash_number(hash, (uint64_t) run->redriven_ms);

    return hash_number(hash, run->aborted);
}


static uint64_t
hash_fork(uint64_t hash, const wf_fork_t *fork)
{
    uint32_t  i;

    if (fork == NULL) {
        return hash_number(hash, 0);
    }

    hash = hash_number(hash, fork->count);
    hash = hash_number(hash, fork->started);
    hash = hash_number(hash, fork->running);
    hash = hash_number(hash, fork->width);
    hash = hash_number(hash, fork->redo);
    hash = hash_number(hash, fork->redo_end);
    hash = hash_number(hash, fork->result_bytes);
    hash = hash_number(hash, fork->cause_id);
    hash = hash_number(hash, fork->is_over);
    hash = hash_number(hash, fork->is_unread);
    hash = hash_number(hash, fork->task);
    hash = hash_value(hash, fork->request);
    hash = hash_value(hash, fork->written);
    hash = hash_value(hash, fork->items);
    hash = hash_value(hash, fork->input);

    for (i = 0; i < fork->started; i++) {
        hash = hash_value(hash, fork->results[i]);
    }

    return hash_str(hash, fork->run ? fork->run->name : wf_str_none);
}


static uint64_t
hash_branch(uint64_t hash, const wf_branch_t *branch)
{
    const wf_tries_t  *tries;

    hash = hash_number(hash, branch->no);
    hash = hash_number(hash, branch->index);
    hash = hash_number(hash, branch->parent ? branch->parent->no : 0);
    hash = hash_number(hash, branch->phase);
    hash = hash_number(hash, branch->node);
    hash = hash_number(hash, branch->next);
    hash = hash_number(hash, branch->attempt);
    hash = hash_number(hash, branch->task);
    hash = hash_number(hash, branch->call_no);
    hash = hash_number(hash, branch->cause_id);
    hash = hash_number(hash, branch->entered_id);
    hash = hash_number(hash, (uint64_t) branch->entered_ms);
    hash = hash_number(hash, (uint64_t) branch->deadline_ms);
    hash = hash_number(hash, branch->heartbeat_s);
    hash = hash_number(hash, branch->is_silent);
    hash = hash_number(hash, branch->is_claimed);
    hash = hash_value(hash, branch->assigned);
    hash = hash_number(hash, (uint64_t) branch->due_ms);
    hash = hash_value(hash, branch->input);
    hash = hash_value(hash, branch->output);
    hash = hash_value(hash, branch->params);
    hash = hash_value(hash, branch->job);
    hash = hash_str(hash, branch->error);
    hash = hash_str(hash, branch->error_cause);

    for (tries = branch->tries; tries; tries = tries->next) {
        hash = hash_number(hash, tries->retrier);
        hash = hash_number(hash, tries->count);
    }

    hash = hash_number(hash, branch->failed);
    hash = hash_number(hash, branch->halted);
    hash = hash_value(hash, branch->failed_input);
    hash = hash_fork(hash, branch->fork);
    hash = hash_fork(hash, branch->stalled);

    return hash_frames(hash, branch->frame);
}


static uint64_t
hash_rosters(uint64_t hash, const wf_exec_t *exec)
{
    uint32_t                  i;
    const wf_branch_t        *branch;
    const wf_roster_entry_t  *entry;

    for (i = 0; i < exec->branches.count; i++) {
        if (exec->branches.entries[i].branch) {
            hash = hash_branch(hash, exec->branches.entries[i].branch);
        }
    }

    for (i = 0; i < exec->tasks.count; i++) {
        entry = &exec->tasks.entries[i];

        if (entry->branch) {
            hash = hash_number(hash, entry->no);
            hash = hash_number(hash, entry->branch->no);
            hash = hash_number(hash, entry->item);
            hash = hash_number(hash, entry->is_taken);
        }
    }

    for (branch = exec->ready; branch; branch = branch->next_ready) {
        hash = hash_number(hash, branch->no);
    }

    return hash;
}


static uint64_t
hash_item(uint64_t hash, const wf_swf_item_t *item)
{
    unsigned  i;

    hash = hash_number(hash, item->kind);
    hash = hash_number(hash, item->no);
    hash = hash_number(hash, item->seq);
    hash = hash_number(hash, item->started_id);
    hash = hash_number(hash, item->started_seq);
    hash = hash_number(hash, item->cancel_id);
    hash = hash_number(hash, (uint64_t) item->since_ms);
    hash = hash_number(hash, (uint64_t) item->started_ms);
    hash = hash_number(hash, (uint64_t) item->beat_ms);
    hash = hash_number(hash, item->due.slot ? item->due.due_ms : 0);

    for (i = 0; i < WF_SWF_TIMEOUT_END; i++) {
        hash = hash_number(hash, (uint64_t) item->limits[i]);
    }

    hash = hash_number(hash, item->is_delivered);
    hash = hash_number(hash, item->is_owed);
    hash = hash_number(hash, item->is_held);
    hash = hash_str(hash, item->id);
    hash = hash_str(hash, item->run_id);
    hash = hash_value(hash, item->attributes);

    return hash_value(hash, item->details);
}


static uint64_t
hash_swf(uint64_t hash, const wf_swf_t *swf)
{
    uint32_t              i;
    const wf_swf_item_t  *item;

    if (swf == NULL) {
        return hash;
    }

    for (item = swf->first; item; item = item->next) {
        hash = hash_item(hash, item);
    }

    for (i = 0; i < swf->told.entry_count; i++) {
        hash = hash_str(hash, swf->told.entries[i].key);
    }

    for (i = 0; i < WF_SWF_ITEM_END; i++) {
        hash = hash_number(hash, swf->counts[i]);
    }

    hash = hash_number(hash, swf->children);
    hash = hash_number(hash, swf->scheduled ? swf->scheduled->no : 0);
    hash = hash_number(hash, swf->started ? swf->started->no : 0);
    hash = hash_number(hash, swf->previous_id);
    hash = hash_number(hash, (uint64_t) swf->latest_activity_ms);
    hash = hash_number(hash, swf->is_canceling);
    hash = hash_number(hash, swf->is_orphaned);
    hash = hash_value(hash, swf->context);
    hash = hash_value(hash, swf->list);

    return hash_value(hash, swf->list_timeout);
}


uint64_t
wf_exec_fingerprint(const wf_exec_t *exec)
{
    uint32_t                  i;
    uint64_t                  hash;
    const wf_map_run_link_t  *link;

    hash = hash_number(0, exec->codec.seq);
    hash = hash_number(hash, exec->codec.event_id);
    hash = hash_number(hash, (uint64_t) exec->codec.time_ms);

    for (i = 0; i < WF_EVENT_REGISTERS; i++) {
        hash = hash_value(hash, exec->codec.registers[i]);
    }

    hash = hash_number(hash, exec->status);
    hash = hash_number(hash, exec->is_asl);
    hash = hash_number(hash, (uint64_t) exec->started_ms);
    hash = hash_number(hash, (uint64_t) exec->stopped_ms);
    hash = hash_number(hash, (uint64_t) exec->timeout_ms);
    hash = hash_number(hash, exec->scope);
    hash = hash_number(hash, exec->last_branch);
    hash = hash_number(hash, exec->owed_count);
    hash = hash_number(hash, exec->retry_count);
    hash = hash_number(hash, exec->redrive_count);
    hash = hash_number(hash, (uint64_t) exec->redriven_ms);
    hash = hash_value(hash, exec->test_case);

    for (i = 0; i < exec->call_nodes; i++) {
        hash = hash_number(hash, exec->call_counts[i]);
    }

    hash = hash_value(hash, exec->input);
    hash = hash_value(hash, exec->output);
    hash = hash_value(hash, exec->globals);
    hash = hash_str(hash, exec->error);
    hash = hash_str(hash, exec->error_cause);

    for (link = exec->map_runs; link; link = link->next) {
        hash = hash_map_run(hash, &link->run);
    }

    hash = hash_branch(hash, &exec->branch);
    hash = hash_swf(hash, exec->swf);

    return hash_rosters(hash, exec);
}
