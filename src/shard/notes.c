
/*
 * Shard 0: notes of other APIs.  Who changes one names the write that it saw,
 * by its key; a repeated call finds its own work by its own.  Texts pass
 * through into the batch.  What is erased takes its tags along.  Memory may be
 * ahead of the store by the batches that are away, as in flows.c.
 *
 * Items: NOTE by name.
 */

#include "shard/notes.h"
#include "shard/publish.h"


typedef struct {
    wf_link_t   link;               /* first: by name */
    uint64_t    key;                /* of the last write */
    wf_str_t    name;               /* behind */
} entry_t;


_Static_assert(sizeof(entry_t) + WF_NOTE_NAME_LEN_MAX <= WF_SLAB_MAX,
               "notes fit the slab");


static uint32_t
name_hash(wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret(), name);
}


static entry_t *
entry_find(const wf_shard_t *shard, wf_str_t name)
{
    uint32_t    hash;
    wf_link_t  *link;
    entry_t    *entry;

    hash = name_hash(name);
    link = wf_table_chain(&shard->notes, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        entry = (entry_t *) link;

        if (link->hash == hash && wf_str_eq(entry->name, name)) {
            return entry;
        }
    }

    return NULL;
}


/* How many types of its kind the domain of SWF has; NULL: it is no type. */
static uint32_t *
types_of(const wf_shard_t *shard, wf_str_t name)
{
    wf_flow_entry_t  *domain;
    const uint8_t    *mark;

    if (!wf_str_starts(name, wf_str(WF_NOTE_SWF))) {
        return NULL;
    }

    mark = memchr(name.data, WF_NOTE_MARK, name.len - 1);

    if (mark == NULL) {
        return NULL;
    }

    domain = wf_flow_entry_find(shard, (wf_str_t) {
        (size_t) (mark - name.data), name.data });

    return domain ? &domain->type_count[mark[1] == 'a'] : NULL;
}


static entry_t *
entry_add(wf_shard_t *shard, wf_str_t name)
{
    size_t     size;
    entry_t   *entry;
    uint32_t  *types;

    size = sizeof(entry_t) + name.len;
    entry = wf_slab_alloc(&shard->flow_slab, size);

    if (entry == NULL) {
        return NULL;
    }

    memcpy(entry + 1, name.data, name.len);
    entry->name = (wf_str_t) { name.len, (const uint8_t *) (entry + 1) };

    if (wf_table_add(&shard->notes, &entry->link, name_hash(name)) != WF_OK) {
        wf_slab_free(&shard->flow_slab, entry, size);
        return NULL;
    }

    types = types_of(shard, name);

    if (types) {
        shard->type_count++;
        (*types)++;
    }

    return entry;
}


wf_rc_t
wf_notes_adopt(wf_shard_t *shard, const wf_recovery_t *recovery)
{
    uint32_t   i;
    entry_t   *entry;

    for (i = 0; i < recovery->note_count; i++) {
        entry = entry_add(shard, recovery->notes[i].name);

        if (entry == NULL) {
            return WF_ERROR;
        }

        entry->key = recovery->notes[i].request_key;
    }

    return WF_OK;
}


/*
 * The open batch
 */

wf_rc_t
wf_notes_put(wf_shard_t *shard, const wf_note_t *note, uint64_t key)
{
    entry_t     *entry;
    wf_buf_t     value;
    wf_str_t     name;
    wf_note_t    kept;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);

    if (batch == NULL) {
        return WF_ERROR;
    }

    kept = *note;
    kept.request_key = key;
    wf_buf_init(&value, batch->arena, note->body.len + note->name.len + 64);
    wf_note_encode(&value, &kept);
    name = wf_arena_copy(batch->arena, note->name);

    if (value.failed || name.data == NULL
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_NOTE, .key = name, .value = wf_buf_done(&value)
           }) != WF_OK)
    {
        return WF_ERROR;
    }

    entry = entry_find(shard, note->name);

    if (entry == NULL) {
        entry = entry_add(shard, note->name);
    }

    if (entry == NULL) {
        return WF_ERROR;
    }

    entry->key = key;

    return WF_OK;
}


static wf_rc_t
entry_erase(wf_shard_t *shard, entry_t *entry)
{
    uint32_t    *types;
    wf_str_t     name;
    wf_batch_t  *batch;

    batch = wf_batch_open(shard);
    name = batch ? wf_arena_copy(batch->arena, entry->name) : wf_str_none;

    if (name.data == NULL
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_NOTE, .key = name, .erase = true
           }) != WF_OK)
    {
        return WF_ERROR;
    }

    types = types_of(shard, name);

    if (types) {
        shard->type_count--;
        (*types)--;
    }

    wf_table_remove(&shard->notes, &entry->link);
    wf_slab_free(&shard->flow_slab, entry, sizeof(entry_t) + name.len);

    return WF_OK;
}


wf_rc_t
wf_notes_untag(wf_shard_t *shard, wf_str_t name)
{
    entry_t   *entry;
    uint8_t    text[WF_NOTE_NAME_LEN_MAX];
    wf_str_t   tags;

    tags = wf_str(WF_NOTE_TAGS);

    if (name.len > sizeof(text) - tags.len) {
        return WF_OK;
    }

    memcpy(text, tags.data, tags.len);
    memcpy(text + tags.len, name.data, name.len);
    entry = entry_find(shard, (wf_str_t) { tags.len + name.len, text });

    return entry ? entry_erase(shard, entry) : WF_OK;
}


/*
 * Submits
 */

static void
answer(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_answer(shard, submit, NULL, NULL);
}


/* Memory knows it, the batch may not: the shard is opened anew. */

static void
fall(wf_shard_t *shard, wf_submit_t *submit)
{
    wf_shard_refuse(shard, submit);
    wf_shard_oom(shard);
}


/* false: there are too many, which is answered. */
static bool
has_room(wf_shard_t *shard, wf_submit_t *submit)
{
    uint64_t         max;
    const uint32_t  *types;

    types = types_of(shard, submit->note->name);

    if (types == NULL) {

        if (shard->notes.count - shard->type_count < WF_NOTES_MAX) {
            return true;
        }

        wf_answer_error(shard, submit, WF_E_THROTTLED, wf_str_none,
                        wf_str_none);
        return false;
    }

    max = shard->port->quota.types ? shard->port->quota.types
                                   : WF_SWF_TYPES_MAX;

    if (*types < max) {
        return true;
    }

    wf_answer_error(shard, submit, WF_E_QUOTA,
                    wf_str("There are too many types in this domain"),
                    wf_str_none);

    return false;
}


static void
note_put(wf_shard_t *shard, wf_submit_t *submit, entry_t *entry)
{
    if (entry != NULL && submit->key != 0 && entry->key == submit->key) {
        answer(shard, submit);
        return;
    }

    if (submit->note->request_key != (entry ? entry->key : 0)) {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);
        return;
    }

    if (entry == NULL && !has_room(shard, submit)) {
        return;
    }

    if (wf_notes_put(shard, submit->note, submit->key) != WF_OK
        || (submit->tags != NULL
            && wf_notes_put(shard, submit->tags, submit->key) != WF_OK))
    {
        fall(shard, submit);
        return;
    }

    answer(shard, submit);
}


/* What is not there is erased.  Who names the write it saw erases that. */

static void
note_erase(wf_shard_t *shard, wf_submit_t *submit, entry_t *entry)
{
    if (entry != NULL && submit->note->request_key != 0
        && submit->note->request_key != entry->key)
    {
        wf_answer_error(shard, submit, WF_E_CONCURRENT_UPDATE, wf_str_none,
                        wf_str_none);
        return;
    }

    if (entry != NULL
        && (wf_notes_untag(shard, entry->name) != WF_OK
            || entry_erase(shard, entry) != WF_OK))
    {
        fall(shard, submit);
        return;
    }

    answer(shard, submit);
}


void
wf_notes_submit(wf_shard_t *shard, wf_submit_t *submit)
{
    entry_t  *entry;

    if (shard->no != 0 || submit->note->name.len > WF_NOTE_NAME_LEN_MAX) {
        wf_shard_refuse(shard, submit);
        return;
    }

    entry = entry_find(shard, submit->note->name);

    if (submit->type == WF_SUBMIT_NOTE_PUT) {
        note_put(shard, submit, entry);

    } else {
        note_erase(shard, submit, entry);
    }
}
