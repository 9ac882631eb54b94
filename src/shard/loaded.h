
/*
 * What is in memory of an execution, besides its wf_live_t.  Those that only
 * wait are put to rest again, least used first, when they get too many.
 */

#ifndef WF_LOADED_H
#define WF_LOADED_H


#include "engine/engine.h"
#include "shard/catalog.h"
#include "shard/live.h"


struct wf_unit_s;
struct wf_task_s;
struct wf_shard_s;

/* In memory; lives in exec->home. */
struct wf_loaded_s {
    wf_live_t          *live;
    struct wf_shard_s  *shard;
    wf_exec_t          *exec;
    wf_revision_t      *revision;   /* held; NULL: its flow is gone */
    wf_record_t         record;     /* strings in exec->home, for the end in
                                       exec and its last batch */
    wf_identity_t       identity;
    struct wf_unit_s   *unit;       /* in the open batch */
    struct wf_task_s   *tasks;      /* calls that are away */
    struct wf_task_s   *results;    /* of them, back too early: tasks.c */
    struct wf_task_s  **last_result;
    wf_watch_t         *watches;    /* taken over when it left the table */
    uint64_t            version;    /* of the catalogue, when last checked */
    int64_t             resume_ms;  /* when the calls that it owes are to be
                                       made again; 0: all are away */
    uint64_t            durable_seq;    /* events up to it are; as far as we
                                       have heard */
    uint32_t            pins;       /* batches that hold it */
    bool                is_new;     /* its start is not sealed yet */
    bool                is_redriven;    /* its redrive is not sealed yet */
    bool                owes;       /* CONTINUE; among shard->yielded */
    bool                is_cut;     /* CONTINUE is owed */
    bool                is_asking;  /* ... when something has been looked up */
    bool                is_clean;   /* among lives->clean */
    bool                is_gone;    /* its flow was deleted */
    size_t              size;       /* when it became clean */
    wf_loaded_t        *next;       /* clean, least used first; or dead */
    wf_loaded_t        *prev;
    wf_loaded_t        *next_yielded;
};


/* A loaded part around exec, in its home. */
wf_loaded_t *wf_loaded_create(wf_lives_t *lives, wf_live_t *live);
void wf_loaded_free(wf_lives_t *lives, wf_loaded_t *loaded);
/* In use: must not be put to rest. */
void wf_loaded_touch(wf_lives_t *lives, wf_loaded_t *loaded);
/* If nothing holds it any more it may be put to rest one day; the least used
 * are, while too many are in memory. */
void wf_loaded_settle(wf_lives_t *lives, wf_loaded_t *loaded);


/* In memory at most, per shard; and bytes of those that only wait. */
#define WF_LOADED_MAX        2000
#define WF_LOADED_BYTES_MAX  (64 * 1024 * 1024)


#endif /* WF_LOADED_H */
