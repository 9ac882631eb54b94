
/*
 * Shard 0: who may publish, who may delete a version (cloudflow-api 3.19,
 * 3.20, 6.5); the door for aliases and schedules, too.  A repeated call finds
 * its own work by its key.  Descriptions pass through into the batch.  Memory
 * may be ahead of the store by the batches that are away, as in flows.c.
 *
 * Items: VERSION; COUNTER "version" and the flow's number: the last version's
 * number, which is not used again, and the key of its call.
 */

#include "shard/publish.h"


#define DIGITS_MAX  20              /* of a number */

typedef void (*publish_pt)(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);


static void version_publish(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
static void version_delete(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);


static const struct {
    publish_pt  serve;
    bool        is_removal;         /* what is gone with its flow is gone */
} publish_table[] = {
    [WF_SUBMIT_VERSION_PUBLISH] = { version_publish, false },
    [WF_SUBMIT_VERSION_DELETE]  = { version_delete, true },
    [WF_SUBMIT_ALIAS_CREATE]    = { wf_alias_create, false },
    [WF_SUBMIT_ALIAS_UPDATE]    = { wf_alias_update, false },
    [WF_SUBMIT_ALIAS_DELETE]    = { wf_alias_delete, true },
    [WF_SUBMIT_SCHEDULE_CREATE] = { wf_schedule_create, false },
    [WF_SUBMIT_SCHEDULE_UPDATE] = { wf_schedule_update, false },
    [WF_SUBMIT_SCHEDULE_DELETE] = { wf_schedule_delete, true }
};


static void
answer(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer(shard, submit, NULL, NULL);
}


void
wf_publish_submit(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_flow_entry_t  *entry;

    if (shard->no != 0) {
        wf_shard_refuse(shard, submit);
        return;
    }

    entry = wf_flow_entry_find(shard, submit->flow_name);

    if (entry != NULL && entry->is_deleting
        && !publish_table[submit->type].is_removal)
    {
        wf_answer_error(shard, submit, WF_E_FLOW_DELETING, submit->flow_name,
                        wf_str_none);

    } else if (entry != NULL && entry->flow_no == submit->flow_no) {
        publish_table[submit->type].serve(shard, submit, entry);

    } else if (submit->is_repeat && publish_table[submit->type].is_removal) {
        answer(shard, submit);

    } else {
        wf_answer_error(shard, submit, entry ? WF_E_CONCURRENT_UPDATE
                                             : WF_E_FLOW_NOT_FOUND,
                        submit->flow_name, wf_str_none);
    }
}


static wf_str_t
number_print(uint8_t text[DIGITS_MAX], uint64_t number)
{
    uint8_t  *pos;

    pos = text + DIGITS_MAX;

    do {
        *--pos = (uint8_t) ('0' + number % 10);
        number /= 10;
    } while (number > 0);

    return (wf_str_t) { (size_t) (text + DIGITS_MAX - pos), pos };
}


void
wf_version_missing(wf_shard_t *shard, wf_submit_t *submit, uint64_t number)
{
    uint8_t  text[DIGITS_MAX];

    wf_answer_error(shard, submit, WF_E_FLOW_VERSION_NOT_FOUND,
                    number_print(text, number), submit->flow_name);
}


static wf_rc_t
version_write(wf_shard_t *shard, const wf_flow_version_t *version)
{
    wf_buf_t     key, value, last;
    wf_str_t     counter;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        return WF_ERROR;
    }

    wf_buf_init(&key, batch->arena, 16);
    wf_version_key(&key, version->flow_no, version->version);
    wf_buf_init(&value, batch->arena, version->description.len + 64);
    wf_version_encode(&value, version);
    wf_buf_init(&last, batch->arena, 16);
    wf_put_u64(&last, version->version);
    wf_put_u64(&last, version->request_key);
    counter = wf_version_counter(batch->arena, version->flow_no);

    if (key.failed || value.failed || last.failed || counter.data == NULL) {
        return WF_ERROR;
    }

    if (wf_batch_item(shard, &(wf_store_item_t) {
            .kind = WF_ITEM_COUNTER, .key = counter,
            .value = wf_buf_done(&last)
        }) != WF_OK)
    {
        return WF_ERROR;
    }

    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = WF_ITEM_VERSION, .key = wf_buf_done(&key),
        .value = wf_buf_done(&value)
    });
}


/* Done before, maybe deleted since by someone else? */

static bool
publish_again(wf_submit_t *submit, const wf_flow_entry_t *entry)
{
    uint64_t         number;
    wf_published_t  *version;

    number = wf_submit_is_own(submit, entry->version_key)
             ? entry->version_no : 0;

    for (version = entry->versions; version; version = version->next) {
        if (wf_submit_is_own(submit, version->key)) {
            number = version->version;
        }
    }

    if (number == 0) {
        return false;
    }

    submit->published->version = number;

    return true;
}


/* A version of the revision that is there will do.  True: answered. */

static bool
publish_found(wf_shard_t *shard, wf_submit_t *submit,
    const wf_flow_entry_t *entry)
{
    wf_published_t  *version;

    if (!submit->is_idempotent) {
        return false;
    }

    if (submit->revision != 0 && submit->revision != entry->revision) {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);
        return true;
    }

    for (version = entry->versions; version; version = version->next) {

        if (version->revision == entry->revision) {
            submit->published->version = version->version;
            answer(shard, submit);
            return true;
        }
    }

    return false;
}


/* What is published is the current revision, whichever the giver has seen. */

static void
version_publish(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry)
{
    wf_flow_version_t  version;

    if (publish_again(submit, entry)) {
        answer(shard, submit);
        return;
    }

    if (publish_found(shard, submit, entry)) {
        return;
    }

    if (entry->version_count >= WF_VERSIONS_MAX) {
        wf_answer_error(shard, submit, WF_E_THROTTLED, wf_str_none,
                        wf_str_none);
        return;
    }

    version = *submit->published;
    version.flow_no = entry->flow_no;
    version.version = entry->version_no + 1;
    version.revision = entry->revision;
    version.request_key = submit->key;

    if (wf_published_add(shard, entry, &version) == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    entry->version_no = version.version;
    entry->version_key = version.request_key;

    if (version_write(shard, &version) != WF_OK) {
        /* Memory knows it, the batch does not: the shard is opened anew. */

        wf_shard_refuse(shard, submit);
        wf_shard_oom(shard);
        return;
    }

    submit->published->version = version.version;
    answer(shard, submit);
}


static const wf_alias_entry_t *
alias_naming(const wf_flow_entry_t *entry, uint64_t number)
{
    uint32_t           i;
    wf_alias_entry_t  *alias;

    for (alias = entry->aliases; alias; alias = alias->next) {
        for (i = 0; i < alias->route_count; i++) {
            if (alias->versions[i] == number) {
                return alias;
            }
        }
    }

    return NULL;
}


/* errors.def has the quotes around the second detail. */

static void
version_in_use(wf_shard_t *shard, wf_submit_t *submit, wf_str_t alias)
{
    uint8_t     text[DIGITS_MAX];
    wf_error_t  err, detail;

    wf_error_set(&detail, WF_E_FLOW_VERSION_IN_USE,
                 "%.*s' is used by alias '%.*s", (int) submit->flow_name.len,
                 (const char *) submit->flow_name.data, (int) alias.len,
                 (const char *) alias.data);
    wf_error_args(&err, WF_E_FLOW_VERSION_IN_USE,
                  number_print(text, submit->published->version),
                  wf_error_arg(&detail, 0));
    wf_answer_err(shard, submit, &err);
}


static void
version_delete(wf_shard_t *shard, wf_submit_t *submit, wf_flow_entry_t *entry)
{
    wf_buf_t                 key;
    wf_batch_t              *batch;
    wf_published_t          *version;
    const wf_alias_entry_t  *alias;

    version = wf_published_find(entry, submit->published->version);

    if (version == NULL) {
        if (submit->is_repeat) {
            answer(shard, submit);

        } else {
            wf_version_missing(shard, submit, submit->published->version);
        }

        return;
    }

    alias = alias_naming(entry, version->version);

    if (alias != NULL) {
        version_in_use(shard, submit, alias->name);
        return;
    }

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_buf_init(&key, batch->arena, 16);
    wf_version_key(&key, entry->flow_no, version->version);

    if (key.failed
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_VERSION, .key = wf_buf_done(&key),
               .erase = true
           }) != WF_OK)
    {
        wf_shard_refuse(shard, submit);
        return;
    }

    wf_published_remove(shard, entry, version);
    answer(shard, submit);
}
