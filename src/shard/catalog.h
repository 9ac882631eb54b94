
/*
 * The worker's view of the catalogue: flows by name, revisions by number,
 * compiled once.  Loads through port->read(); an entry by name is good as
 * long as port->catalog_version() has not moved since it was read.  Revisions
 * never change, but may vanish (flow deleted).
 */

#ifndef WF_CATALOG_H
#define WF_CATALOG_H


#include "flow/flow.h"
#include "shard/port.h"


typedef struct wf_catalog_s  wf_catalog_t;
typedef struct wf_waiter_s   wf_waiter_t;

/* A revision in memory; counted. */
typedef struct {
    wf_flow_t       flow;
    wf_program_t   *program;    /* NULL: does not compile (any more); err */
    wf_error_t     *err;
    uint32_t        use_count;
    wf_arena_t     *arena;
} wf_revision_t;

/* One that is in no catalogue, held for the caller: takes over arena, which
 * holds flow's strings, and program.  NULL: no memory, nothing is taken. */
wf_revision_t *wf_revision_alone(wf_arena_t *arena, const wf_flow_t *flow,
    wf_program_t *program);

void wf_revision_hold(wf_revision_t *revision);
void wf_revision_release(wf_revision_t *revision);

/* Called once: rc WF_OK with a revision (held for the callee),
 * WF_DECLINED: no such flow, WF_ERROR: the store failed. */
struct wf_waiter_s {
    void          (*wake)(wf_waiter_t *waiter, wf_rc_t rc,
                          wf_revision_t *revision, const wf_error_t *err,
                          int64_t now_ms);
    void           *data;
    wf_waiter_t    *next;       /* the catalogue's */
    wf_waiter_t   **prev;
};

wf_catalog_t *wf_catalog_create(wf_port_t *port);
void wf_catalog_free(wf_catalog_t *catalog);

/*
 * WF_OK: *revision is held for the caller.  WF_DECLINED: no such flow.
 * WF_AGAIN: the waiter will be woken.  WF_ERROR: no memory.
 * waiter NULL: only look; WF_AGAIN: not at hand.
 */
wf_rc_t wf_catalog_flow(wf_catalog_t *catalog, wf_str_t name,
    wf_waiter_t *waiter, wf_revision_t **revision);
wf_rc_t wf_catalog_revision(wf_catalog_t *catalog, uint64_t flow_no,
    uint64_t revision_no, wf_waiter_t *waiter, wf_revision_t **revision);

/*
 * Revisions never change, but is this one still there (its flow not deleted)
 * as of the present version of the catalogue?  WF_OK, WF_DECLINED, WF_AGAIN;
 * WF_ERROR: no memory.  The waiter is woken with the revision held once more.
 */
wf_rc_t wf_catalog_check(wf_catalog_t *catalog, wf_revision_t *revision,
    wf_waiter_t *waiter);

/*
 * Is there a note of that name (flow/note.h), as of the present version?
 * WF_OK, WF_DECLINED, WF_AGAIN: it is being looked up, ask again a little
 * later; WF_ERROR: no memory.
 */
wf_rc_t wf_catalog_note(wf_catalog_t *catalog, wf_str_t name);

/*
 * Its text, as of the present version; good until anything else is asked of
 * the catalogue.  WF_AGAIN: it is not remembered; whoever reads it teaches it,
 * with the version that there was before the read.
 */
wf_rc_t wf_catalog_body(wf_catalog_t *catalog, wf_str_t name, wf_str_t *body);
void wf_catalog_learn(wf_catalog_t *catalog, wf_str_t name, uint64_t version,
    bool is_there, wf_str_t body);

/* The waiter no longer waits; allowed when it does not. */
void wf_catalog_cancel(wf_waiter_t *waiter);

/* Programs kept: at most this many unused ones, oldest forgotten first. */
#define WF_CATALOG_UNUSED_MAX  1000


#endif /* WF_CATALOG_H */
