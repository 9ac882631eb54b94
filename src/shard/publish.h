
/*
 * Flows as the owner of the catalogue knows them: an entry each, flows.c's;
 * what hangs on it is publish.c's.  Nobody outside this room includes this.
 */

#ifndef WF_PUBLISH_H
#define WF_PUBLISH_H


#include "flow/version.h"
#include "shard/inside.h"


typedef struct wf_published_s    wf_published_t;
typedef struct wf_alias_entry_s  wf_alias_entry_t;

struct wf_published_s {
    wf_published_t   *next;         /* older */
    uint64_t          version;
    uint64_t          revision;
    uint64_t          key;          /* of the call that published it */
};

struct wf_alias_entry_s {
    wf_alias_entry_t  *next;
    uint64_t           key;         /* of the last write */
    uint64_t           versions[WF_ROUTES_MAX];
    uint32_t           route_count;
    wf_str_t           name;        /* behind */
};

struct wf_flow_entry_s {
    wf_link_t          link;        /* first: by name */
    uint64_t           flow_no;
    uint64_t           revision;
    uint64_t           key;         /* of the last write */
    wf_published_t    *versions;    /* the newest first */
    wf_alias_entry_t  *aliases;
    wf_schedule_entry_t  *schedules;
    uint32_t           version_count;
    uint32_t           alias_count;
    uint32_t           schedule_count;
    uint64_t           version_no;  /* last used; deleted ones count */
    uint64_t           version_key; /* of the call that used it */
    uint32_t           type_count[2];   /* of SWF: "w", "a" */
    bool               is_deleting;
    wf_flow_entry_t   *next;        /* farewell.c */
    wf_str_t           name;        /* behind */
};


/* flows.c: NULL: no such flow. */
wf_flow_entry_t *wf_flow_entry_find(const wf_shard_t *shard, wf_str_t name);


/*
 * publish.c
 */

/* NULL: not there. */
wf_published_t *wf_published_find(const wf_flow_entry_t *entry,
    uint64_t number);
wf_alias_entry_t *wf_alias_entry_find(const wf_flow_entry_t *entry,
    wf_str_t name);

/* NULL: no memory. */
wf_published_t *wf_published_add(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_flow_version_t *from);
wf_alias_entry_t *wf_alias_entry_add(wf_shard_t *shard,
    wf_flow_entry_t *entry, wf_str_t name);
void wf_alias_entry_set(wf_alias_entry_t *alias, const wf_flow_alias_t *from,
    uint64_t key);
void wf_published_remove(wf_shard_t *shard, wf_flow_entry_t *entry,
    wf_published_t *version);
void wf_alias_entry_remove(wf_shard_t *shard, wf_flow_entry_t *entry,
    wf_alias_entry_t *alias);

/* entries: of all flows, in any order.  WF_ERROR: no memory. */
wf_rc_t wf_publish_adopt(wf_shard_t *shard, const wf_recovery_t *recovery,
    wf_flow_entry_t **entries);

/* Key of the item with the last number; no data: no memory. */
wf_str_t wf_version_counter(wf_arena_t *arena, uint64_t flow_no);

/* The flow goes: its versions and aliases leave the store with it ... */
wf_rc_t wf_publish_erase(wf_shard_t *shard, wf_arena_t *arena,
    const wf_flow_entry_t *entry);
/* ... and memory. */
void wf_publish_forget(wf_shard_t *shard, wf_flow_entry_t *entry);


/*
 * versions.c, aliases.c
 */

/* VERSION_*, ALIAS_*, SCHEDULE_*. */
void wf_publish_submit(wf_shard_t *shard, wf_submit_t *submit);

void wf_alias_create(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
void wf_alias_update(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
void wf_alias_delete(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);

/* schedules.c */
void wf_schedule_create(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
void wf_schedule_update(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);
void wf_schedule_delete(wf_shard_t *shard, wf_submit_t *submit,
    wf_flow_entry_t *entry);


/*
 * fires.c
 */

wf_schedule_entry_t *wf_schedule_find(const wf_flow_entry_t *entry,
    wf_str_t name);                     /* NULL: not there */
/* Of the flow from now on, and idle.  NULL: no memory. */
wf_schedule_entry_t *wf_schedule_add(wf_shard_t *shard,
    wf_flow_entry_t *entry, const wf_schedule_t *from);
void wf_schedule_remove(wf_shard_t *shard, wf_schedule_entry_t *schedule);

/* Its times begin anew, after after_ms. */
void wf_schedule_reset(wf_shard_t *shard, wf_schedule_entry_t *schedule,
    int64_t after_ms);
/* It was written into the open batch: nothing is due before that is durable.
 * No memory: the shard steps down. */
void wf_schedule_written(wf_shard_t *shard, wf_schedule_entry_t *schedule);

wf_rc_t wf_schedule_adopt(wf_shard_t *shard, wf_flow_entry_t *entry,
    const wf_schedule_t *from);         /* WF_ERROR: no memory */


/* The answer that there is no such version. */
void wf_version_missing(wf_shard_t *shard, wf_submit_t *submit,
    uint64_t number);

/* Was that written by this very call? */
static inline bool
wf_submit_is_own(const wf_submit_t *submit, uint64_t key)
{
    return key == submit->key && submit->key != 0;
}


#endif /* WF_PUBLISH_H */
