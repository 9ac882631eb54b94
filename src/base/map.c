
/*
 * The hash map.  Owns two tables: the entries in order of insertion, at most
 * half as many as there are slots, and the slots, which hold numbers of
 * entries.  An erased entry stays as a hole that its slot still names, so
 * probing goes on behind it; holes are swept when the entries are full.
 * Never touches a key that was erased: its bytes may be gone.
 */

#include "base/map.h"


#define SLOTS_MIN  16
#define SLOTS_MAX  (1u << 30)


static wf_map_entry_t *entry_find(const wf_map_t *map, wf_str_t key);
static wf_rc_t tables_grow(wf_map_t *map);
static void *table_alloc(wf_map_t *map, size_t size);
static void tables_free(wf_map_t *map);
static void slot_take(wf_map_t *map, wf_str_t key, uint32_t number);


void
wf_map_init(wf_map_t *map, wf_arena_t *arena)
{
    memset(map, 0, sizeof(wf_map_t));
    map->arena = arena;
}


void
wf_map_free(wf_map_t *map)
{
    tables_free(map);
    wf_map_init(map, map->arena);
}


void *
wf_map_get(const wf_map_t *map, wf_str_t key)
{
    wf_map_entry_t  *entry;

    entry = entry_find(map, key);

    return entry ? entry->value : NULL;
}


wf_rc_t
wf_map_set(wf_map_t *map, wf_str_t key, void *value)
{
    wf_map_entry_t  *entry;

    wf_assert(value != NULL);

    entry = entry_find(map, key);

    if (entry != NULL) {

        /* The old key may live shorter than the new value. */

        entry->key = key;
        entry->value = value;
        return WF_OK;
    }

    if (map->entry_count == map->slot_count / 2 && tables_grow(map) != WF_OK) {
        return WF_ERROR;
    }

    slot_take(map, key, map->entry_count);

    map->entries[map->entry_count++] = (wf_map_entry_t) { key, value };
    map->live_count++;

    return WF_OK;
}


void
wf_map_erase(wf_map_t *map, wf_str_t key)
{
    wf_map_entry_t  *entry;

    entry = entry_find(map, key);

    if (entry != NULL) {
        *entry = (wf_map_entry_t) { wf_str_none, NULL };
        map->live_count--;
    }
}


static wf_map_entry_t *
entry_find(const wf_map_t *map, wf_str_t key)
{
    uint32_t         i, mask, number;
    wf_map_entry_t  *entry;

    if (map->live_count == 0) {
        return NULL;
    }

    mask = map->slot_count - 1;
    i = (uint32_t) wf_hash(wf_hash_secret(), key) & mask;

    /* At least half of the slots are free, so this ends. */

    for ( ;; ) {
        number = map->slots[i];

        if (number == 0) {
            return NULL;
        }

        entry = &map->entries[number - 1];

        if (entry->value != NULL && wf_str_eq(entry->key, key)) {
            return entry;
        }

        i = (i + 1) & mask;
    }
}


static void
slot_take(wf_map_t *map, wf_str_t key, uint32_t number)
{
    uint32_t  i, mask;

    mask = map->slot_count - 1;
    i = (uint32_t) wf_hash(wf_hash_secret(), key) & mask;

    while (map->slots[i] != 0) {
        i = (i + 1) & mask;
    }

    map->slots[i] = number + 1;
}


/*
 * Doubles, unless a quarter of the entries are holes: then sweeping them out
 * is enough.  A map in an arena is swept in place, so it does not eat the
 * arena; on failure nothing has changed.
 */

static wf_rc_t
tables_grow(wf_map_t *map)
{
    uint32_t   i, count;
    wf_map_t   next;

    next = *map;
    next.entry_count = 0;

    if (map->live_count > map->entry_count - map->entry_count / 4
        || map->slot_count == 0)
    {
        if (map->slot_count >= SLOTS_MAX) {
            return WF_ERROR;
        }

        count = map->slot_count ? map->slot_count * 2 : SLOTS_MIN;

        next.slot_count = count;
        next.entries = table_alloc(map, sizeof(wf_map_entry_t) * (count / 2)
                                        + sizeof(uint32_t) * count);
        if (next.entries == NULL) {
            return WF_ERROR;
        }

        next.slots = (uint32_t *) (next.entries + count / 2);
    }

    memset(next.slots, 0, sizeof(uint32_t) * next.slot_count);

    for (i = 0; i < map->entry_count; i++) {
        if (map->entries[i].value != NULL) {
            slot_take(&next, map->entries[i].key, next.entry_count);
            next.entries[next.entry_count++] = map->entries[i];
        }
    }

    if (next.entries != map->entries) {
        tables_free(map);
    }

    *map = next;

    return WF_OK;
}


static void *
table_alloc(wf_map_t *map, size_t size)
{
    return map->arena ? wf_arena_alloc(map->arena, size) : wf_malloc(size);
}


/* The slots lie behind the entries in one block. */

static void
tables_free(wf_map_t *map)
{
    if (map->arena == NULL) {
        wf_free(map->entries);
    }
}
