
/*
 * Flows in memory: entries by name, compiled revisions by number.  Owns both
 * tables, the revisions nobody holds (oldest forgotten first) and the names
 * known not to exist.  Reads and compiles nothing; catalog.c does.
 */

#include "shard/buggify.h"
#include "shard/cache.h"


#define ABSENT_MAX  1000            /* names known not to exist */


static void revision_unuse(wf_cached_t *revision);
static void absent_unlink(wf_cache_t *cache, wf_entry_t *entry);
static void absent_link(wf_cache_t *cache, wf_entry_t *entry);


wf_rc_t
wf_cache_init(wf_cache_t *cache)
{
    memset(cache, 0, sizeof(wf_cache_t));
    wf_table_init(&cache->entries);
    wf_table_init(&cache->revisions);

    return wf_slab_init(&cache->slab);
}


void
wf_cache_done(wf_cache_t *cache)
{
    uint32_t      start;
    wf_link_t    *link;
    wf_cached_t  *revision;

    start = 0;

    while ((link = wf_table_any(&cache->revisions, &start)) != NULL) {
        revision = wf_cached_of(link);
        revision->entry = NULL;

        if (revision->shown.use_count == 0) {
            wf_cache_forget(revision);
            continue;
        }

        wf_table_remove(&cache->revisions, link);
        revision->cache = NULL;
    }

    wf_table_free(&cache->revisions);
    wf_table_free(&cache->entries);
    wf_slab_done(&cache->slab);
}


/*
 * Revisions
 */

static uint32_t
number_hash(uint64_t flow_no, uint64_t revision_no)
{
    uint64_t  numbers[2];

    numbers[0] = flow_no;
    numbers[1] = revision_no;

    return (uint32_t) wf_hash(wf_hash_secret(), (wf_str_t) {
                                  sizeof(numbers), (uint8_t *) numbers });
}


wf_cached_t *
wf_cache_revision(const wf_cache_t *cache, uint64_t flow_no,
    uint64_t revision_no)
{
    uint32_t     hash;
    wf_link_t   *link;
    wf_cached_t  *revision;

    hash = number_hash(flow_no, revision_no);
    link = wf_table_chain(&cache->revisions, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        revision = wf_cached_of(link);

        if (revision->shown.flow.flow_no == flow_no
            && revision->shown.flow.revision == revision_no)
        {
            return revision;
        }
    }

    return NULL;
}


wf_cached_t *
wf_cache_add(wf_cache_t *cache, wf_arena_t *arena, const wf_flow_t *flow,
    wf_program_t *program, wf_error_t *err)
{
    wf_cached_t  *revision;

    revision = wf_arena_calloc(arena, sizeof(wf_cached_t));
    if (revision == NULL) {
        return NULL;
    }

    revision->shown.flow = *flow;
    revision->shown.program = program;
    revision->shown.err = err;
    revision->shown.arena = arena;
    revision->cache = cache;

    if (wf_table_add(&cache->revisions, &revision->link,
                     number_hash(flow->flow_no, flow->revision))
        != WF_OK)
    {
        return NULL;
    }

    wf_revision_hold(&revision->shown);

    return revision;
}


wf_revision_t *
wf_revision_alone(wf_arena_t *arena, const wf_flow_t *flow,
    wf_program_t *program)
{
    wf_cached_t  *revision;

    revision = wf_arena_calloc(arena, sizeof(wf_cached_t));

    if (revision == NULL) {
        return NULL;
    }

    revision->shown.flow = *flow;
    revision->shown.program = program;
    revision->shown.arena = arena;
    revision->shown.use_count = 1;

    return &revision->shown;
}


void
wf_revision_hold(wf_revision_t *shown)
{
    wf_cache_t   *cache;
    wf_cached_t  *revision;

    revision = (wf_cached_t *) shown;
    shown->use_count++;

    if (!revision->is_unused) {
        return;
    }

    cache = revision->cache;
    *(revision->prev ? &revision->prev->next : &cache->unused)
        = revision->next;
    *(revision->next ? &revision->next->prev : &cache->last_unused)
        = revision->prev;
    revision->next = revision->prev = NULL;
    revision->is_unused = false;
    cache->unused_count--;
}


void
wf_revision_release(wf_revision_t *shown)
{
    wf_assert(shown->use_count > 0);

    if (--shown->use_count == 0) {
        revision_unuse((wf_cached_t *) shown);
    }
}


static void
revision_unuse(wf_cached_t *revision)
{
    wf_cache_t  *cache;

    cache = revision->cache;

    if (cache == NULL || revision->is_gone) {
        wf_cache_forget(revision);
        return;
    }

    revision->is_unused = true;
    revision->next = NULL;
    revision->prev = cache->last_unused;
    *(revision->prev ? &revision->prev->next : &cache->unused) = revision;
    cache->last_unused = revision;
    cache->unused_count++;

    if (cache->unused_count > WF_CATALOG_UNUSED_MAX || wf_buggify(100)) {
        wf_cache_forget(cache->unused);
    }
}


/* Not held by anyone. */

void
wf_cache_forget(wf_cached_t *revision)
{
    wf_cache_t  *cache;

    cache = revision->cache;

    if (revision->is_unused) {
        wf_revision_hold(&revision->shown);
    }

    if (cache != NULL) {
        wf_table_remove(&cache->revisions, &revision->link);
    }

    if (revision->entry != NULL) {
        wf_table_remove(&cache->entries, &revision->entry->link);
        wf_slab_free(&cache->slab, revision->entry,
                     sizeof(wf_entry_t) + revision->entry->name.len);
    }

    if (revision->shown.program != NULL) {
        wf_program_release(revision->shown.program);
    }

    wf_arena_free(revision->shown.arena);
}


/*
 * Entries
 */

static uint32_t
name_hash(wf_str_t name)
{
    return (uint32_t) wf_hash(wf_hash_secret(), name);
}


wf_entry_t *
wf_cache_entry(const wf_cache_t *cache, wf_str_t name)
{
    uint32_t    hash;
    wf_entry_t    *entry;
    wf_link_t  *link;

    hash = name_hash(name);
    link = wf_table_chain(&cache->entries, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        entry = (wf_entry_t *) link;

        if (link->hash == hash && wf_str_eq(entry->name, name)) {
            return entry;
        }
    }

    return NULL;
}


static void
absent_unlink(wf_cache_t *cache, wf_entry_t *entry)
{
    *(entry->prev ? &entry->prev->next : &cache->absent) = entry->next;
    *(entry->next ? &entry->next->prev : &cache->last_absent) = entry->prev;
    entry->next = entry->prev = NULL;
    cache->absent_count--;
}


static void
absent_link(wf_cache_t *cache, wf_entry_t *entry)
{
    wf_entry_t  *oldest;

    entry->next = NULL;
    entry->prev = cache->last_absent;
    *(entry->prev ? &entry->prev->next : &cache->absent) = entry;
    cache->last_absent = entry;
    cache->absent_count++;

    if (cache->absent_count > ABSENT_MAX) {
        oldest = cache->absent;
        absent_unlink(cache, oldest);
        wf_table_remove(&cache->entries, &oldest->link);
        wf_slab_free(&cache->slab, oldest,
                     sizeof(wf_entry_t) + oldest->name.len);
    }
}


/* NULL: no memory; then the name is simply looked up again. */

wf_entry_t *
wf_cache_entry_add(wf_cache_t *cache, wf_str_t name)
{
    size_t    size;
    wf_entry_t  *entry;

    size = sizeof(wf_entry_t) + name.len;
    entry = wf_slab_alloc(&cache->slab, size);

    if (entry == NULL) {
        return NULL;
    }

    memcpy(entry + 1, name.data, name.len);
    entry->name = (wf_str_t) { name.len, (const uint8_t *) (entry + 1) };

    if (wf_table_add(&cache->entries, &entry->link, name_hash(name))
        != WF_OK)
    {
        wf_slab_free(&cache->slab, entry, size);
        return NULL;
    }

    absent_link(cache, entry);

    return entry;
}


void
wf_cache_point(wf_cache_t *cache, wf_entry_t *entry, wf_cached_t *revision,
    uint64_t version)
{
    entry->version = version;

    if (entry->revision == revision) {
        return;
    }

    if (entry->revision != NULL) {
        entry->revision->entry = NULL;

    } else {
        absent_unlink(cache, entry);
    }

    entry->revision = revision;

    if (revision != NULL) {
        revision->entry = entry;

    } else {
        absent_link(cache, entry);
    }
}
