
/*
 * The catalogue's memory, from inside: see catalog.h for the outside.
 */

#ifndef WF_CACHE_H
#define WF_CACHE_H


#include <stddef.h>

#include "shard/catalog.h"
#include "shard/slab.h"
#include "shard/table.h"


typedef struct wf_entry_s   wf_entry_t;
typedef struct wf_cached_s  wf_cached_t;
typedef struct wf_cache_s   wf_cache_t;

/* A name. */
struct wf_entry_s {
    wf_link_t      link;            /* first: by name */
    wf_cached_t   *revision;        /* NULL: no such flow */
    uint64_t       version;         /* of the catalogue, when this was so */
    wf_entry_t    *next;            /* absent ones, oldest first */
    wf_entry_t    *prev;
    wf_str_t       name;            /* behind */
};

/* A revision; lives in shown.arena. */
struct wf_cached_s {
    wf_revision_t  shown;           /* first */
    wf_link_t      link;            /* by flow_no and revision */
    wf_cache_t    *cache;           /* NULL: it is gone */
    wf_entry_t    *entry;           /* whose current revision it is */
    uint64_t       version;         /* it was there then */
    bool           is_gone;
    bool           is_unused;
    wf_cached_t   *next;            /* unused ones, oldest first */
    wf_cached_t   *prev;
};

#define wf_cached_of(at)                                                      \
    ((wf_cached_t *) ((uint8_t *) (at) - offsetof(wf_cached_t, link)))

struct wf_cache_s {
    wf_slab_t      slab;
    wf_table_t     entries;
    wf_table_t     revisions;
    wf_entry_t    *absent, *last_absent;
    wf_cached_t   *unused, *last_unused;
    uint32_t       absent_count;
    uint32_t       unused_count;
};

wf_rc_t wf_cache_init(wf_cache_t *cache);       /* WF_ERROR: no memory */

/* Revisions that are held live on until they are released. */
void wf_cache_done(wf_cache_t *cache);

/* NULL: not here. */
wf_cached_t *wf_cache_revision(const wf_cache_t *cache, uint64_t flow_no,
    uint64_t revision_no);
wf_entry_t *wf_cache_entry(const wf_cache_t *cache, wf_str_t name);

/* Takes over arena, which holds flow's strings and err, and program; held for
 * the caller.  NULL: no memory, nothing is taken. */
wf_cached_t *wf_cache_add(wf_cache_t *cache, wf_arena_t *arena,
    const wf_flow_t *flow, wf_program_t *program, wf_error_t *err);

/* Nobody may hold it. */
void wf_cache_forget(wf_cached_t *revision);

/* A name without a flow, so far.  NULL: no memory. */
wf_entry_t *wf_cache_entry_add(wf_cache_t *cache, wf_str_t name);

/* The name stands for revision (NULL: nothing) as of version. */
void wf_cache_point(wf_cache_t *cache, wf_entry_t *entry,
    wf_cached_t *revision, uint64_t version);


#endif /* WF_CACHE_H */
