
/*
 * Shard 0: who may create, change and delete aliases (cloudflow-api 3.22,
 * 3.23, 3.26, 6.5).  Who changes one names the write that it saw, by its key;
 * a repeated call finds its own work by its own.  Weights and descriptions
 * pass through into the batch.  Memory may be ahead of the store by the
 * batches that are away, as in flows.c.
 */

#include "shard/publish.h"


static void
answer(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer(shard, submit, NULL, NULL);
}


/* Whose versions are there, with their revisions; 0: all are, else one that
 * is not. */

static uint64_t
routes_fill(const wf_flow_entry_t *entry, wf_flow_alias_t *alias)
{
    uint32_t         i;
    wf_published_t  *version;

    for (i = 0; i < alias->route_count; i++) {
        version = wf_published_find(entry, alias->routes[i].version);

        if (version == NULL) {
            return alias->routes[i].version;
        }

        alias->routes[i].revision = version->revision;
    }

    return 0;
}


static wf_rc_t
alias_write(wf_shard_t *shard, const wf_flow_alias_t *alias)
{
    wf_buf_t     key, value;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&key, batch->arena, 8 + alias->name.len);
    wf_alias_key(&key, alias->flow_no, alias->name);
    wf_buf_init(&value, batch->arena, alias->description.len + 256);
    wf_alias_encode(&value, alias);

    if (key.failed || value.failed) {
        return WF_ERROR;
    }

    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = WF_ITEM_ALIAS, .key = wf_buf_done(&key),
        .value = wf_buf_done(&value)
    });
}


/* entry NULL: a new one.  What the giver holds is not touched: the next owner
 * may need it again. */

static void
alias_put(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry,
    wf_alias_entry_t *known)
{
    uint64_t         missing;
    wf_flow_alias_t  alias;

    alias = *submit->alias;
    alias.flow_no = entry->flow_no;
    alias.request_key = submit->key;
    missing = routes_fill(entry, &alias);

    if (missing != 0) {
        wf_version_missing(shard, submit, missing);
        return;
    }

    if (known == NULL) {
        known = wf_alias_entry_add(shard, entry, alias.name);

        if (known == NULL) {
            wf_shard_refuse(shard, submit);
            return;
        }
    }

    wf_alias_entry_set(known, &alias, submit->key);

    if (alias_write(shard, &alias) != WF_OK) {
        /* Memory knows it, the batch does not: the shard is opened anew. */

        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    answer(shard, submit);
}


void
wf_alias_create(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    wf_alias_entry_t  *known;

    known = wf_alias_entry_find(entry, submit->alias->name);

    if (known != NULL) {
        if (wf_submit_is_own(submit, known->key)) {
            answer(shard, submit);
            return;
        }

        wf_answer_error(shard, submit, WF_E_FLOW_ALIAS_EXISTS,
                        submit->alias->name, submit->flow_name);
        return;
    }

    if (entry->alias_count >= WF_ALIASES_MAX) {
        wf_answer_error(shard, submit, WF_E_THROTTLED, wf_str_none,
                        wf_str_none);
        return;
    }

    alias_put(shard, submit, entry, NULL);
}


void
wf_alias_update(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    wf_alias_entry_t  *known;

    known = wf_alias_entry_find(entry, submit->alias->name);

    if (known == NULL) {
        wf_answer_error(shard, submit, WF_E_FLOW_ALIAS_NOT_FOUND,
                        submit->alias->name, submit->flow_name);

    } else if (wf_submit_is_own(submit, known->key)) {
        answer(shard, submit);

    } else if (known->key != submit->alias->request_key) {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);

    } else {
        alias_put(shard, submit, entry, known);
    }
}


/* What was seen is what is deleted; a name may have been used again. */

void
wf_alias_delete(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    wf_buf_t           key;
    wf_batch_t        *batch;
    wf_alias_entry_t  *known;

    known = wf_alias_entry_find(entry, submit->alias->name);

    if (known == NULL && submit->is_repeat) {
        answer(shard, submit);
        return;
    }

    if (known == NULL || known->key != submit->alias->request_key) {
        wf_answer_error(shard, submit, known ? WF_E_CONCURRENT_UPDATE
                                             : WF_E_FLOW_ALIAS_NOT_FOUND,
                        submit->alias->name, submit->flow_name);
        return;
    }

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_buf_init(&key, batch->arena, 8 + known->name.len);
    wf_alias_key(&key, entry->flow_no, known->name);

    if (key.failed
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_ALIAS, .key = wf_buf_done(&key), .erase = true
           }) != WF_OK)
    {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_alias_entry_remove(shard, entry, known);
    answer(shard, submit);
}
