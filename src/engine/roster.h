
/*
 * A roster: numbers that only grow, each with the branch that it means.
 * Lookup by halving; a hole where something left, tightened now and then.
 * Lives in exec->arena; compaction copies it.
 */

#ifndef WF_ROSTER_H
#define WF_ROSTER_H


#include "engine/branch.h"


/* Items of map runs that are none: calls that read what is to be worked on,
 * and write what has become of it. */
#define WF_ITEM_READER  (UINT32_MAX - 1)
#define WF_ITEM_WRITER  (UINT32_MAX - 2)

#define wf_item_is_call(item)                                                 \
    ((item) == WF_ITEM_READER || (item) == WF_ITEM_WRITER)

typedef struct {
    uint64_t      no;
    wf_branch_t  *branch;           /* NULL: a hole */
    uint32_t      item;             /* tasks: of a map run; WF_NONE: its own */
    bool          is_taken;         /* tasks: the call is not owed any more */
} wf_roster_entry_t;

typedef struct {
    wf_roster_entry_t  *entries;    /* by number */
    uint32_t            count;      /* holes included */
    uint32_t            live;
    uint32_t            size;
} wf_roster_t;


/* no: greater than any before.  WF_ERROR: no memory. */
wf_rc_t wf_roster_add(wf_arena_t *arena, wf_roster_t *roster, uint64_t no,
    wf_branch_t *branch, uint32_t item);

/* NULL: not there.  Valid until the roster changes. */
wf_roster_entry_t *wf_roster_find(const wf_roster_t *roster, uint64_t no);

/* Leaves a hole; entries stay where they are. */
void wf_roster_remove(wf_roster_t *roster, wf_roster_entry_t *entry);

/* Closes the holes, when there are many. */
void wf_roster_tighten(wf_roster_t *roster);

/* A copy without holes, its own memory.  WF_ERROR: no memory. */
wf_rc_t wf_roster_copy(wf_arena_t *arena, wf_roster_t *to,
    const wf_roster_t *from);


#endif /* WF_ROSTER_H */
