
/*
 * String -> pointer hash map in an arena.  Open addressing, grows by
 * doubling, iterates in insertion order (never in hash order).  Keys are
 * referenced, not copied.
 */

#ifndef WF_MAP_H
#define WF_MAP_H


#include "base/arena.h"


typedef struct {
    wf_str_t   key;
    void      *value;           /* NULL: erased */
} wf_map_entry_t;

typedef struct {
    wf_arena_t      *arena;     /* NULL: the map owns malloc'ed tables */
    wf_map_entry_t  *entries;   /* insertion order, with holes */
    uint32_t        *slots;
    uint32_t         entry_count;   /* including holes */
    uint32_t         live_count;
    uint32_t         slot_count;
} wf_map_t;

/* arena == NULL: tables are malloc'ed; wf_map_free() returns them. */
void wf_map_init(wf_map_t *map, wf_arena_t *arena);
void wf_map_free(wf_map_t *map);

void *wf_map_get(const wf_map_t *map, wf_str_t key);    /* NULL: not there */

/* Replaces or appends; value must not be NULL.  WF_ERROR: no memory. */
wf_rc_t wf_map_set(wf_map_t *map, wf_str_t key, void *value);

/* May be absent.  Leaves a hole, so it may be called while iterating. */
void wf_map_erase(wf_map_t *map, wf_str_t key);


#endif /* WF_MAP_H */
