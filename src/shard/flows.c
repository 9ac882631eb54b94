
/*
 * Shard 0: the catalogue as its owner sees it.  Knows of each flow its name,
 * number, revision and the key of the call that wrote it; the records
 * themselves pass through into the batch.  A repeated call finds its own work
 * and succeeds.  What is in memory may be ahead of the store by the batches
 * that are away; their answers wait, and if an append fails all is forgotten.
 *
 * Items: FLOW by name, the current revision; REVISION by (flow_no,
 * revision), kept until the flow is deleted, for those still running it;
 * COUNTER "flow_no".
 */

#include "shard/notes.h"
#include "shard/publish.h"


typedef void (*flow_pt)(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);


static wf_flow_entry_t *entry_add(wf_shard_t *shard, wf_str_t name);
static void entry_remove(wf_shard_t *shard, wf_flow_entry_t *entry);
static void flow_create(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
static void flow_update(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
static void flow_delete(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
static void flow_write(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);


static const flow_pt  flow_table[] = {
    [WF_SUBMIT_FLOW_CREATE] = flow_create,
    [WF_SUBMIT_FLOW_UPDATE] = flow_update,
    [WF_SUBMIT_FLOW_DELETE] = flow_delete
};


wf_rc_t
wf_flows_adopt(wf_shard_t *shard, const wf_recovery_t *recovery)
{
    uint32_t           i;
    const wf_flow_t   *flow;
    wf_flow_entry_t   *entry, **entries;

    shard->flow_no = recovery->flow_no;
    entries = wf_arena_alloc(recovery->arena, recovery->flow_count
                                              * sizeof(wf_flow_entry_t *));
    if (entries == NULL) {
        return WF_ERROR;
    }

    for (i = 0; i < recovery->flow_count; i++) {
        flow = &recovery->flows[i];
        entry = entry_add(shard, flow->name);

        if (entry == NULL) {
            return WF_ERROR;
        }

        entry->flow_no = flow->flow_no;
        entry->revision = flow->revision;
        entry->key = flow->request_key;
        entries[i] = entry;

        if (flow->is_deleting) {
            wf_farewell_add(shard, entry);
        }
    }

    if (wf_notes_adopt(shard, recovery) != WF_OK) {
        return WF_ERROR;
    }

    return wf_publish_adopt(shard, recovery, entries);
}


void
wf_flows_submit(wf_shard_t *shard, wf_submit_t *submit)
{
    if (shard->no != 0 || submit->type >= wf_countof(flow_table)
        || submit->flow->name.len > WF_FLOW_NAME_LEN_MAX)
    {
        wf_shard_refuse(shard, submit);
        return;
    }

    flow_table[submit->type](shard, submit,
                             wf_flow_entry_find(shard, submit->flow->name));
}


static uint32_t
name_hash(wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret(), name);
}


wf_flow_entry_t *
wf_flow_entry_find(const wf_shard_t *shard, wf_str_t name)
{
    uint32_t          hash;
    wf_link_t        *link;
    wf_flow_entry_t  *entry;

    hash = name_hash(name);
    link = wf_table_chain(&shard->flows, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        entry = (wf_flow_entry_t *) link;

        if (link->hash == hash && wf_str_eq(entry->name, name)) {
            return entry;
        }
    }

    return NULL;
}


/* Of SWF. */
static bool
is_domain(wf_str_t name)
{
    return wf_str_starts(name, wf_str(WF_NOTE_SWF));
}


static wf_flow_entry_t *
entry_add(wf_shard_t *shard, wf_str_t name)
{
    size_t            size;
    wf_flow_entry_t  *entry;

    size = sizeof(wf_flow_entry_t) + name.len;
    entry = wf_slab_alloc(&shard->flow_slab, size);

    if (entry == NULL) {
        return NULL;
    }

    memcpy(entry + 1, name.data, name.len);
    entry->name = (wf_str_t) { name.len, (const uint8_t *) (entry + 1) };

    if (wf_table_add(&shard->flows, &entry->link, name_hash(name)) != WF_OK) {
        wf_slab_free(&shard->flow_slab, entry, size);
        return NULL;
    }

    shard->domain_count += is_domain(name);

    return entry;
}


static void
entry_remove(wf_shard_t *shard, wf_flow_entry_t *entry)
{
    shard->domain_count -= is_domain(entry->name);
    wf_table_remove(&shard->flows, &entry->link);
    wf_slab_free(&shard->flow_slab, entry,
                 sizeof(wf_flow_entry_t) + entry->name.len);
}


/* An answer with the record as the catalogue has it now. */

static void
answer_flow(wf_shard_t *shard, wf_submit_t *submit,
    const wf_flow_entry_t *entry)
{
    wf_flow_t   *flow;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);
    flow = batch ? wf_arena_alloc(batch->arena, sizeof(wf_flow_t)) : NULL;

    if (flow == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    /* Its strings belong to the giver, who waits. */

    *flow = *submit->flow;
    flow->request_key = submit->key;

    if (entry != NULL) {
        flow->flow_no = entry->flow_no;
        flow->revision = entry->revision;
    }

    wf_answer(shard, submit, NULL, flow);
}


/* Domains and other flows have a limit each. */
static bool
flows_are_many(const wf_shard_t *shard, wf_str_t name)
{
    const wf_quota_t  *quota;

    quota = &shard->port->quota;

    if (is_domain(name)) {
        return shard->domain_count >= (quota->domains ? quota->domains
                                                      : WF_SWF_DOMAINS_MAX);
    }

    return shard->flows.count - shard->domain_count
           >= (quota->flows ? quota->flows : WF_FLOWS_MAX);
}


static void
flow_create(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    if (entry != NULL) {
        if (entry->key == submit->key && submit->key != 0) {
            answer_flow(shard, submit, entry);
            return;
        }

        wf_answer_error(shard, submit, entry->is_deleting
                                       ? WF_E_FLOW_DELETING
                                       : WF_E_FLOW_EXISTS,
                        submit->flow->name, wf_str_none);
        return;
    }

    if (flows_are_many(shard, submit->flow->name)) {
        wf_answer_error(shard, submit, is_domain(submit->flow->name)
                                       ? WF_E_QUOTA : WF_E_THROTTLED,
                        wf_str("There are too many domains"), wf_str_none);
        return;
    }

    entry = entry_add(shard, submit->flow->name);

    if (entry == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    entry->flow_no = ++shard->flow_no;
    entry->revision = 1;
    flow_write(shard, submit, entry);
}


static void
flow_update(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    if (entry == NULL) {
        wf_answer_error(shard, submit, WF_E_FLOW_NOT_FOUND,
                        submit->flow->name, wf_str_none);
        return;
    }

    if (entry->key == submit->key && submit->key != 0) {
        answer_flow(shard, submit, entry);
        return;
    }

    if (entry->is_deleting) {
        wf_answer_error(shard, submit, WF_E_FLOW_DELETING,
                        submit->flow->name, wf_str_none);
        return;
    }

    if (entry->flow_no != submit->flow->flow_no
        || entry->revision != submit->flow->revision)
    {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);
        return;
    }

    entry->revision++;
    flow_write(shard, submit, entry);
}


/* A key of the catalogue, in the open batch. */

static wf_str_t
revision_key(wf_arena_t *arena, uint64_t flow_no, uint64_t revision)
{
    wf_buf_t  key;

    wf_buf_init(&key, arena, 16);
    wf_put_key_u64(&key, flow_no);

    if (revision != 0) {
        wf_put_key_u64(&key, revision);
    }

    return key.failed ? wf_str_none : wf_buf_done(&key);
}


static wf_rc_t
write_counter(wf_shard_t *shard, wf_arena_t *arena)
{
    wf_buf_t  value;

    wf_buf_init(&value, arena, 8);
    wf_put_u64(&value, shard->flow_no);

    if (value.failed) {
        return WF_ERROR;
    }

    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = WF_ITEM_COUNTER,
        .key = wf_str("flow_no"),
        .value = wf_buf_done(&value)
    });
}


static wf_rc_t
write_items(wf_shard_t *shard, wf_arena_t *arena, const wf_flow_t *flow)
{
    wf_str_t  name, key;
    wf_buf_t  value;

    wf_buf_init(&value, arena, flow->definition.len + 512);
    wf_flow_encode(&value, flow);
    name = wf_arena_copy(arena, flow->name);
    key = revision_key(arena, flow->flow_no, flow->revision);

    if (value.failed || name.data == NULL || key.data == NULL) {
        return WF_ERROR;
    }

    if (flow->revision == 1 && write_counter(shard, arena) != WF_OK) {
        return WF_ERROR;
    }

    if (wf_batch_item(shard, &(wf_store_item_t) {
            .kind = WF_ITEM_FLOW, .key = name, .value = wf_buf_done(&value)
        }) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = WF_ITEM_REVISION, .key = key, .value = wf_buf_done(&value)
    });
}


static void
flow_write(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    wf_flow_t    flow;
    wf_batch_t  *batch;

    entry->key = submit->key;

    flow = *submit->flow;
    flow.flow_no = entry->flow_no;
    flow.revision = entry->revision;
    flow.request_key = submit->key;

    batch = wf_batch_open(shard);

    if (batch == NULL || write_items(shard, batch->arena, &flow) != WF_OK
        || (submit->tags != NULL
            && wf_notes_put(shard, submit->tags, submit->key) != WF_OK))
    {
        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    if (flow.is_deleting) {
        wf_farewell_add(shard, entry);
    }

    answer_flow(shard, submit, entry);
}


wf_rc_t
wf_flow_entry_erase(wf_shard_t *shard, wf_flow_entry_t *entry)
{
    wf_str_t     name, key;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);
    name = batch ? wf_arena_copy(batch->arena, entry->name) : wf_str_none;
    key = batch ? revision_key(batch->arena, entry->flow_no, 0) : wf_str_none;

    if (name.data == NULL || key.data == NULL
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_FLOW, .key = name, .erase = true
           }) != WF_OK
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_REVISION, .key = key, .erase_prefix = true
           }) != WF_OK
        || wf_publish_erase(shard, batch->arena, entry) != WF_OK
        || wf_notes_untag(shard, entry->name) != WF_OK)
    {
        return WF_ERROR;
    }

    wf_farewell_remove(shard, entry);
    wf_publish_forget(shard, entry);
    entry_remove(shard, entry);

    return WF_OK;
}


/* What was seen is what is deleted; a name may have been used again. */

static void
flow_delete(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    if (entry == NULL || entry->flow_no != submit->flow->flow_no) {
        if (submit->is_repeat) {
            answer_flow(shard, submit, NULL);
            return;
        }

        wf_answer_error(shard, submit, entry ? WF_E_CONCURRENT_UPDATE
                                             : WF_E_FLOW_NOT_FOUND,
                        submit->flow->name, wf_str_none);
        return;
    }

    if (entry->revision != submit->flow->revision) {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);
        return;
    }

    if (wf_flow_entry_erase(shard, entry) != WF_OK) {
        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    answer_flow(shard, submit, NULL);
}
