
/*
 * What hangs on the flows of the catalogue, for its owner: versions and
 * aliases in memory, as shard/publish.h has them; how they and schedules come
 * back when the shard is opened, how they go with their flow.  Decides
 * nothing; versions.c, aliases.c and schedules.c do.
 */

#include <stdlib.h>

#include "shard/publish.h"


wf_published_t *
wf_published_find(const wf_flow_entry_t *entry, uint64_t number)
{
    wf_published_t  *version;

    for (version = entry->versions; version; version = version->next) {
        if (version->version == number) {
            break;
        }
    }

    return version;
}


/* At its place: the newest is the first. */

wf_published_t *
wf_published_add(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_flow_version_t *from)
{
    wf_published_t  *version, **at;

    version = wf_slab_alloc(&shard->flow_slab, sizeof(wf_published_t));

    if (version == NULL) {
        return NULL;
    }

    version->version = from->version;
    version->revision = from->revision;
    version->key = from->request_key;

    at = &entry->versions;

    while (*at != NULL && (*at)->version > version->version) {
        at = &(*at)->next;
    }

    version->next = *at;
    *at = version;
    entry->version_count++;

    return version;
}


void
wf_published_remove(wf_shard_t *shard, wf_flow_entry_t *entry,
    wf_published_t *version)
{
    wf_published_t  **at;

    for (at = &entry->versions; *at != version; at = &(*at)->next) {
        /* void */
    }

    *at = version->next;
    entry->version_count--;
    wf_slab_free(&shard->flow_slab, version, sizeof(wf_published_t));
}


wf_alias_entry_t *
wf_alias_entry_find(const wf_flow_entry_t *entry, wf_str_t name)
{
    wf_alias_entry_t  *alias;

    for (alias = entry->aliases; alias; alias = alias->next) {
        if (wf_str_eq(alias->name, name)) {
            break;
        }
    }

    return alias;
}


void
wf_alias_entry_set(wf_alias_entry_t *alias, const wf_flow_alias_t *from,
    uint64_t key)
{
    uint32_t  i;

    alias->key = key;
    alias->route_count = from->route_count;

    for (i = 0; i < from->route_count; i++) {
        alias->versions[i] = from->routes[i].version;
    }
}


wf_alias_entry_t *
wf_alias_entry_add(wf_shard_t *shard, wf_flow_entry_t *entry, wf_str_t name)
{
    wf_alias_entry_t  *alias;

    alias = wf_slab_alloc(&shard->flow_slab,
                          sizeof(wf_alias_entry_t) + name.len);
    if (alias == NULL) {
        return NULL;
    }

    memcpy(alias + 1, name.data, name.len);
    alias->name = (wf_str_t) { name.len, (const uint8_t *) (alias + 1) };
    alias->next = entry->aliases;
    entry->aliases = alias;
    entry->alias_count++;

    return alias;
}


void
wf_alias_entry_remove(wf_shard_t *shard, wf_flow_entry_t *entry,
    wf_alias_entry_t *alias)
{
    wf_alias_entry_t  **at;

    for (at = &entry->aliases; *at != alias; at = &(*at)->next) {
        /* void */
    }

    *at = alias->next;
    entry->alias_count--;
    wf_slab_free(&shard->flow_slab, alias,
                 sizeof(wf_alias_entry_t) + alias->name.len);
}


void
wf_publish_forget(wf_shard_t *shard, wf_flow_entry_t *entry)
{
    while (entry->versions != NULL) {
        wf_published_remove(shard, entry, entry->versions);
    }

    while (entry->aliases != NULL) {
        wf_alias_entry_remove(shard, entry, entry->aliases);
    }

    while (entry->schedules != NULL) {
        wf_schedule_remove(shard, entry->schedules);
    }
}


/*
 * Opening
 */

static int
entry_order(const void *a, const void *b)
{
    uint64_t  first, second;

    first = (*(wf_flow_entry_t *const *) a)->flow_no;
    second = (*(wf_flow_entry_t *const *) b)->flow_no;

    return first < second ? -1 : first > second;
}


/* NULL: of a flow that is not there, which DeleteFlow does not leave. */

static wf_flow_entry_t *
entry_of(const wf_recovery_t *recovery, wf_flow_entry_t **entries,
    uint64_t flow_no)
{
    uint32_t  low, high, middle;

    low = 0;
    high = recovery->flow_count;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (entries[middle]->flow_no < flow_no) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low < recovery->flow_count && entries[low]->flow_no == flow_no
           ? entries[low] : NULL;
}


static wf_rc_t
adopt_alias(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_flow_alias_t *from)
{
    wf_alias_entry_t  *alias;

    alias = wf_alias_entry_add(shard, entry, from->name);

    if (alias == NULL) {
        return WF_ERROR;
    }

    wf_alias_entry_set(alias, from, from->request_key);

    return WF_OK;
}


wf_rc_t
wf_publish_adopt(wf_shard_t *shard, const wf_recovery_t *recovery,
    wf_flow_entry_t **entries)
{
    uint32_t                  i;
    wf_flow_entry_t          *entry;
    const wf_flow_version_t  *last;

    if (recovery->flow_count > 1) {
        qsort(entries, recovery->flow_count, sizeof(entries[0]),
              entry_order);
    }

    for (i = 0; i < recovery->last_count; i++) {
        last = &recovery->lasts[i];
        entry = entry_of(recovery, entries, last->flow_no);

        if (entry != NULL) {
            entry->version_no = last->version;
            entry->version_key = last->request_key;
        }
    }

    for (i = 0; i < recovery->version_count; i++) {
        entry = entry_of(recovery, entries, recovery->versions[i].flow_no);

        if (entry != NULL
            && wf_published_add(shard, entry, &recovery->versions[i]) == NULL)
        {
            return WF_ERROR;
        }
    }

    for (i = 0; i < recovery->alias_count; i++) {
        entry = entry_of(recovery, entries, recovery->aliases[i].flow_no);

        if (entry != NULL
            && adopt_alias(shard, entry, &recovery->aliases[i]) != WF_OK)
        {
            return WF_ERROR;
        }
    }

    for (i = 0; i < recovery->schedule_count; i++) {
        entry = entry_of(recovery, entries, recovery->schedules[i].flow_no);

        if (entry != NULL
            && wf_schedule_adopt(shard, entry, &recovery->schedules[i])
               != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/*
 * The end of a flow
 */

wf_str_t
wf_version_counter(wf_arena_t *arena, uint64_t flow_no)
{
    wf_buf_t  key;

    wf_buf_init(&key, arena, 16);
    wf_buf_str(&key, wf_str(WF_VERSION_COUNTER));
    wf_put_key_u64(&key, flow_no);

    return key.failed ? wf_str_none : wf_buf_done(&key);
}


static wf_rc_t
erase_all(wf_shard_t *shard, wf_item_kind_t kind, wf_str_t prefix)
{
    return wf_batch_item(shard, &(wf_store_item_t) {
        .kind = (uint8_t) kind, .key = prefix, .erase_prefix = true
    });
}


wf_rc_t
wf_publish_erase(wf_shard_t *shard, wf_arena_t *arena,
    const wf_flow_entry_t *entry)
{
    wf_buf_t  prefix;
    wf_str_t  counter;

    wf_buf_init(&prefix, arena, WF_VERSION_PREFIX);
    wf_put_key_u64(&prefix, entry->flow_no);

    if (prefix.failed
        || (entry->schedule_count > 0
            && erase_all(shard, WF_ITEM_SCHEDULE, wf_buf_done(&prefix))
               != WF_OK))
    {
        return WF_ERROR;
    }

    /* An alias needs a version. */

    if (entry->version_no == 0) {
        return WF_OK;
    }

    counter = wf_version_counter(arena, entry->flow_no);

    if (counter.data == NULL
        || wf_batch_item(shard, &(wf_store_item_t) {
               .kind = WF_ITEM_COUNTER, .key = counter, .erase = true
           }) != WF_OK
        || erase_all(shard, WF_ITEM_VERSION, wf_buf_done(&prefix)) != WF_OK)
    {
        return WF_ERROR;
    }

    return erase_all(shard, WF_ITEM_ALIAS, wf_buf_done(&prefix));
}
